"""What was worked out once, kept for the next time: by an object that is passed along, never by a module, and never
more than so much."""

from __future__ import annotations

from collections.abc import Callable, Collection, Hashable, Iterator, Mapping, Sized
from typing import TypeVar

K = TypeVar("K", bound=Sized)
H = TypeVar("H", bound=Hashable)
V = TypeVar("V")


class Memory(dict[K, V]):
    """What is written → what ``read`` makes of it: worked out once, and forgotten with all the others when they are too
    many.

    ``entries``: how many are kept. ``size``: of what is written; what is longer than ``size_max`` is not kept.
    """

    def __init__(self, read: Callable[[K], V], entries: int, size_max: int, size: Callable[[K], int] = len):
        super().__init__()
        self._read, self._entries, self._size_max, self._size = read, entries, size_max, size

    def __missing__(self, written: K) -> V:
        value = self._read(written)
        if self._size(written) <= self._size_max:
            if len(self) >= self._entries:
                self.clear()
            self[written] = value
        return value


class EachOnce(Mapping[H, V]):
    """For each of these keys, what ``make`` makes of it: worked out when it is first asked for, then kept."""

    def __init__(self, keys: Collection[H], make: Callable[[H], V]):
        self._keys, self._make = dict.fromkeys(keys), make
        self._made: dict[H, V] = {}

    def __getitem__(self, key: H) -> V:
        if key not in self._made:
            if key not in self._keys:
                raise KeyError(key)
            self._made[key] = self._make(key)
        return self._made[key]

    def __contains__(self, key: object) -> bool:
        return key in self._keys  # Mapping's own would make it

    def __iter__(self) -> Iterator[H]:
        return iter(self._keys)

    def __len__(self) -> int:
        return len(self._keys)
