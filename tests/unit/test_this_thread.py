"""The engine of one thread: each element is told as it is begun, and what cannot be done costs one element."""

from __future__ import annotations

import subprocess
import sys

import pytest

from cls_workbook.engines.engine_protocol import Cause, Failure
from cls_workbook.engines.this_process import SingleProcess
from cls_workbook.engines.this_thread import ThisThread
from tests.support.engine_runs import consolidation
from tests.support.small_workbook import filled


def tens(numbers):
    return [10 * n for n in numbers]


def test_each_element_is_told_once_before_it_is_worked_on():
    said = []
    engine = ThisThread(said.append, lambda n: False)

    def work(numbers):
        done = []
        for n in numbers:
            done.append((n, list(said)))
        return done

    results = [r for _, r in engine.apply(work, [[1, 2], [3]])]
    assert results == [[(1, [1]), (2, [1, 2])], [(3, [1, 2, 3])]]


def test_what_hung_before_is_not_begun_again_and_the_others_are_done_in_order():
    said = []
    engine = ThisThread(said.append, lambda n: n in (2, 4))
    results = list(engine.apply(tens, [[1, 2, 3], [4]]))
    assert results == [
        ([1], [10]),
        ([2], Failure(2, Cause.TIME_LIMIT)),
        ([3], [30]),
        ([4], Failure(4, Cause.TIME_LIMIT)),
    ]
    assert said == [1, 2, 3, 4]


def test_an_element_that_wants_too_much_memory_costs_itself_alone():
    def greedy(numbers):
        if any(n == 2 for n in numbers):
            raise MemoryError
        return tens(numbers)

    results = [r for _, r in ThisThread(lambda n: None, lambda n: False).apply(greedy, [[1, 2, 3]])]
    assert results == [[10], Failure(2, Cause.MEMORY), [30]]


def test_what_the_work_raises_is_raised_to_the_one_who_asked():
    with pytest.raises(ZeroDivisionError):
        list(ThisThread(lambda n: None, lambda n: False).apply(lambda numbers: 1 // 0, [[1]]))


def test_it_starts_no_thread_and_imports_no_process():
    code = (
        "import sys\nfrom cls_workbook.engines.this_thread import ThisThread\n"
        "list(ThisThread(print, lambda n: False).apply(list, [[1]]))\n"
        "assert not {'multiprocessing', 'concurrent.futures', 'threading'} & set(sys.modules), sorted(sys.modules)"
    )
    subprocess.run([sys.executable, "-S", "-c", code], check=True, capture_output=True)


def test_a_consolidation_is_the_same_as_that_of_another_engine(tmp_path):
    files = {n: filled(tmp_path, {}, "ville", nom=n) for n in ("a.xlsx", "b.xlsx")}
    here = consolidation(files, ThisThread(lambda file: None, lambda file: False))
    assert here == consolidation(files, SingleProcess())
