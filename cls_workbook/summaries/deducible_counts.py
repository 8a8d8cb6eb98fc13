"""Which counts go with the small ones, because they would give them away: one search, by whatever column they leave.

What is known to whoever reads: every count that is shown, every sum of some counts that is another one, and that what
is masked is between 1 and the threshold, or above it. A small count is safe when it could be another number all the
same. Pure: numbers in, keys out; the same counts give the same answer, so that what left last year is masked alike.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import combinations
from typing import NamedTuple

from cls_workbook.domain.small_counts import small

Count = int | Decimal
_ALL_SUMS, _FEW, _TRIALS = (
    12,
    3,
    4_000,
)  # counts of which all sums are looked at; terms of a sum beyond; steps of a search


class LeavingCount(NamedTuple):
    """``sensitive``: is it masked where it is small? ``line``: what goes with it when it goes."""

    value: Count
    sensitive: bool
    line: Hashable


class SumOfCounts(NamedTuple):
    total: Hashable
    parts: tuple[Hashable, ...]


def lines_to_mask(counts: Mapping[Hashable, LeavingCount], threshold: int) -> set[Hashable]:
    """The lines to mask: of the sensitive counts from 1 to ``threshold``, and of those that would give them away."""
    concealed = {c.line for c in counts.values() if c.sensitive and small(c.value, threshold)}
    if not concealed:
        return set()
    sums = list(_sums({k: c.value for k, c in counts.items() if c.value}, counts, threshold))
    while (another := _given_away(counts, sums, concealed, threshold)) is not None:
        concealed.add(another)
    return concealed


def _sums(
    values: Mapping[Hashable, Count], counts: Mapping[Hashable, LeavingCount], threshold: int
) -> Iterator[SumOfCounts]:
    """Every count that is the sum of others; two that are equal, unless both are masked anyway."""
    keys = list(values)
    longest = len(keys) if len(keys) <= _ALL_SUMS else _FEW
    for number in range(1, longest + 1):
        for parts in combinations(keys, number):
            total_of = sum(values[k] for k in parts)
            for total in (k for k in keys if values[k] == total_of and k not in parts):
                twins = number == 1 and all(
                    counts[k].sensitive and small(values[k], threshold) for k in (total, *parts)
                )
                if not twins:
                    yield SumOfCounts(total, parts)


def _given_away(
    counts: Mapping[Hashable, LeavingCount], sums: Sequence[SumOfCounts], concealed: set[Hashable], threshold: int
) -> Hashable | None:
    """The line to mask next: the smallest part shown beside a small count that can be found; the total where no part
    is left."""
    search = _Search(counts, sums, {k for k, c in counts.items() if c.line in concealed}, threshold)
    for key in sorted(search.hidden, key=str):
        if counts[key].sensitive and small(counts[key].value, threshold) and not search.could_be_another(key):
            shown = [
                (key not in (s.total, *s.parts), k == s.total, counts[k].value, str(k), counts[k].line)
                for s in sums
                for k in (s.total, *s.parts)
                if k not in search.hidden and search.hidden & {s.total, *s.parts}
            ]
            if shown:
                return min(shown)[-1]
    return None


@dataclass
class _Search:
    """Looks for other numbers that agree with all that is shown, as differences from the true ones."""

    counts: Mapping[Hashable, LeavingCount]
    sums: Sequence[SumOfCounts]
    hidden: set[Hashable]
    threshold: int
    trials: int = field(default=0)

    def could_be_another(self, key: Hashable) -> bool:
        """False too where the search gives up: rather one count too many masked."""
        self.trials = 0
        concerned = [s for s in self.sums if self.hidden & {s.total, *s.parts}]
        return any(self._agrees({key: step}, concerned) for step in self._steps(key) if step)

    def _steps(self, key: Hashable) -> list[int]:
        """By how much a hidden count could differ, the least first: it stays small, or above the threshold, or 0."""
        value, far = self.counts[key].value, 2 * self.threshold
        is_small = small(value, self.threshold)

        def possible(step: int) -> bool:
            other = value + step
            return 0 < other <= self.threshold if is_small else other > self.threshold or (not value and other >= 0)

        return sorted((s for s in range(-far, far + 1) if possible(s)), key=abs)

    def _agrees(self, chosen: dict[Hashable, int], sums: Sequence[SumOfCounts]) -> bool:
        self.trials += 1
        if self.trials > _TRIALS:
            return False
        left = []
        for total, parts in sums:
            unknown = [k for k in (total, *parts) if k in self.hidden and k not in chosen]
            off = chosen.get(total, 0) - sum(chosen.get(k, 0) for k in parts)
            if not unknown and off:
                return False
            if len(unknown) == 1:
                step = -off if unknown[0] == total else off
                return step in self._steps(unknown[0]) and self._agrees({**chosen, unknown[0]: step}, sums)
            if unknown:
                left.append(unknown[0])
        if not left:
            return True
        return any(self._agrees({**chosen, left[0]: step}, sums) for step in self._steps(left[0]))
