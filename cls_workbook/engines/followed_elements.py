"""Elements that tell when one of them is taken: how an engine knows which one is worked on, and since when."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar, overload

E = TypeVar("E")


class FollowedElements(Sequence[E]):
    """The elements; ``on_next`` is called with each that is taken."""

    def __init__(self, elements: Sequence[E], on_next: Callable[[E], object]):
        self._elements, self._on_next = elements, on_next

    def __len__(self) -> int:
        return len(self._elements)

    @overload
    def __getitem__(self, rank: int) -> E: ...

    @overload
    def __getitem__(self, rank: slice) -> Sequence[E]: ...

    def __getitem__(self, rank: int | slice) -> E | Sequence[E]:
        if isinstance(rank, slice):
            return FollowedElements(self._elements[rank], self._on_next)
        element = self._elements[rank]
        self._on_next(element)
        return element
