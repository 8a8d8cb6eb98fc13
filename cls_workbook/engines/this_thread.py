"""The engine that does everything in the thread that calls it: for where there is no other, as in a browser."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from cls_workbook.engines.engine_protocol import Cause, Failure, Results, Work
from cls_workbook.engines.followed_elements import FollowedElements

E = TypeVar("E")
R = TypeVar("R")


@dataclass(frozen=True)
class ThisThread:
    """``begun``: told of each element before it is worked on. ``given_up``: is this one that hung whoever worked on it
    before? ``ended``: told when there is no more.

    Nothing watches here: who can end the whole program counts the time, and says so the next time."""

    begun: Callable[[Any], None]
    given_up: Callable[[Any], bool]
    ended: Callable[[], None] = lambda: None
    remote = False
    places = 1

    def apply(self, work: Work[E, R], batches: Iterable[Sequence[E]]) -> Results[E, R]:
        """See ``Engine``."""
        for batch in batches:
            for part in _parts(batch, self.given_up):
                if self.given_up(part[0]):
                    self.begun(part[0])
                    yield part, Failure(part[0], Cause.TIME_LIMIT)
                else:
                    yield from self._done(work, part)
        self.ended()

    def _done(self, work: Work[E, R], elements: Sequence[E]) -> Results[E, R]:
        try:
            result = work(FollowedElements(elements, self.begun))
        except MemoryError:
            if len(elements) == 1:
                yield elements, Failure(elements[0], Cause.MEMORY)
            else:
                for element in elements:
                    yield from self._done(work, [element])
        else:
            yield elements, result


def _parts(batch: Sequence[E], stands_alone: Callable[[E], bool]) -> Iterator[Sequence[E]]:
    """The batch, in order, cut around each element that stands alone."""
    together: list[E] = []
    for element in batch:
        if stands_alone(element):
            if together:
                yield together
            yield [element]
            together = []
        else:
            together.append(element)
    if together:
        yield together
