"""Which counts go with the small ones, because they would give them away: one search, by whatever column they leave.

What is known to whoever reads: every count that is shown, every sum of some counts that is another one, and that what
is masked is between 1 and the threshold, or above it. A small count is safe when it could be another number all the
same. Pure: numbers in, keys out; the same counts give the same answer, so that what left last year is masked alike.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import combinations, islice
from math import comb
from typing import NamedTuple

from cls_workbook.domain.small_counts import small

Count = int | Decimal
_ALL_SUMS, _FEW = 12, 3  # counts of which all sums are looked at; terms of a sum beyond
_TRIED, _FOUND = 300_000, 5_000  # sums that are tried over many counts, fewer terms first; sums that are kept
_LOOKS, _ALL_LOOKS = 100_000, 1_000_000  # looks at a sum to clear one small count; to clear all


class LeavingCount(NamedTuple):
    """``sensitive``: is it masked where it is small? ``line``: what goes with it when it goes. ``section``: the counts
    that are printed together with it."""

    value: Count
    sensitive: bool
    line: Hashable
    section: Hashable = None


class SumOfCounts(NamedTuple):
    total: Hashable
    parts: tuple[Hashable, ...]


def lines_to_mask(counts: Mapping[Hashable, LeavingCount], threshold: int) -> set[Hashable]:
    """The lines to mask: of the sensitive counts from 1 to ``threshold``, and of those that would give them away."""
    concealed = {c.line for c in counts.values() if c.sensitive and small(c.value, threshold)}
    if not concealed:
        return set()
    search = _Search(counts, list(islice(_sums(counts, threshold), _FOUND)), threshold)
    search.hide(concealed)
    while (another := search.given_away()) is not None:
        concealed.add(another)
        search.hide({another})
    return concealed


def is_given_away(
    counts: Mapping[Hashable, LeavingCount], sums: Sequence[SumOfCounts], hidden: set[Hashable], threshold: int
) -> bool:
    """Can one of the ``hidden`` lines be no other number, by what the others show and by these ``sums``?"""
    search = _Search(counts, sums, threshold)
    search.hide(hidden)
    return any(not search.could_be_another(key, sums) for key in search.hidden)


def _sums(counts: Mapping[Hashable, LeavingCount], threshold: int) -> Iterator[SumOfCounts]:
    """Every count that is the sum of others, of as many terms as can be tried; two that are equal, unless both are
    masked anyway."""
    keys = [k for k, c in counts.items() if c.value]
    longest = _longest_sum(len(keys))
    yield from _sums_among(keys, range(1, longest + 1), counts, threshold)
    sections: dict[Hashable, list[Hashable]] = {}
    for k in keys:
        sections.setdefault(counts[k].section, []).append(k)
    for together in sections.values():
        if longest < len(together) <= _ALL_SUMS:
            yield from _sums_among(together, range(longest + 1, len(together) + 1), counts, threshold)


def _longest_sum(number: int) -> int:
    """Of how many terms sums are tried among so many counts."""
    if number <= _ALL_SUMS:
        return number
    return max(terms for terms in range(1, _FEW + 1) if terms == 1 or comb(number, terms) <= _TRIED)


def _sums_among(
    keys: Sequence[Hashable], terms: range, counts: Mapping[Hashable, LeavingCount], threshold: int
) -> Iterator[SumOfCounts]:
    totals: dict[Count, list[Hashable]] = {}
    for k in keys:
        totals.setdefault(counts[k].value, []).append(k)
    for number in terms:
        for parts in combinations(keys, number):
            for total in totals.get(sum(counts[k].value for k in parts), ()):
                twins = number == 1 and all(
                    counts[k].sensitive and small(counts[k].value, threshold) for k in (total, *parts)
                )
                if total not in parts and not twins:
                    yield SumOfCounts(total, parts)


@dataclass
class _Search:
    """Looks for other numbers that agree with all that is shown, as differences from the true ones."""

    counts: Mapping[Hashable, LeavingCount]
    sums: Sequence[SumOfCounts]
    threshold: int
    hidden: set[Hashable] = field(default_factory=set)
    looks: int = 0
    most_looks: int = 0

    def hide(self, lines: set[Hashable]) -> None:
        self.hidden |= {k for k, c in self.counts.items() if c.line in lines}

    def given_away(self) -> Hashable | None:
        """The line to mask next: the smallest part shown beside a small count that can be found; the total where no
        part is left."""
        concerned = [s for s in self.sums if self.hidden & {s.total, *s.parts}]
        for key in sorted(self.hidden, key=str):
            found = self.counts[key].sensitive and small(self.counts[key].value, self.threshold)
            if found and not self.could_be_another(key, concerned):
                shown = [
                    (key not in (s.total, *s.parts), k == s.total, self.counts[k].value, str(k), self.counts[k].line)
                    for s in concerned
                    for k in (s.total, *s.parts)
                    if k not in self.hidden
                ]
                if shown:
                    return min(shown)[-1]
        return None

    def could_be_another(self, key: Hashable, concerned: Sequence[SumOfCounts]) -> bool:
        """False too where the search gives up: rather one count too many masked."""
        self.most_looks = min(self.looks + _LOOKS, _ALL_LOOKS)
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
        self.looks += 1 + len(sums)
        if self.looks > self.most_looks:
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
