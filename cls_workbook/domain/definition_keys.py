"""The keys of a definition: what a class of the domain may say, in order, and what each key may hold.

A class may keep some of its keys together in a group, a smaller class of what its readers need at once (``grouped``).
A definition knows nothing of groups: it writes every key beside the others, in the class's ``KEY_ORDER`` where it has
one (keys that it does not name come last).
"""

from __future__ import annotations

import dataclasses
import types
import typing
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any, TypeVar

if typing.TYPE_CHECKING:
    from _typeshed import DataclassInstance

T = TypeVar("T")
D = TypeVar("D", bound="DataclassInstance")
_GROUPED, _NO_KEY = "grouped", "no key"
NOT_A_KEY = {_NO_KEY: True}  # metadata of a field that no definition writes


@dataclasses.dataclass(frozen=True, slots=True)
class Key:
    """``type``: of its value, or of each item where it ``is_list``; ``group``: the field that holds it, "" where the
    class itself does; ``default``: what it is where a definition leaves it out, MISSING where it may not."""

    type: type
    is_list: bool
    default: object
    group: str = ""

    @property
    def obligatoire(self) -> bool:
        return self.default is dataclasses.MISSING


def grouped(class_: type[T]) -> T:
    """A field whose own fields are keys of the class that has it."""
    return dataclasses.field(default=class_(), metadata={_GROUPED: True})


@cache
def keys_of(class_: type) -> dict[str, Key]:
    """Name of each key of the class → what it may hold; a pure function of the class, so worked out once for each."""
    keys: dict[str, Key] = {}
    hints = typing.get_type_hints(class_)
    for field in dataclasses.fields(class_):
        hint = hints[field.name]
        if field.metadata.get(_NO_KEY):
            continue
        if field.metadata.get(_GROUPED):
            keys |= {n: dataclasses.replace(k, group=field.name) for n, k in keys_of(hint).items()}
            continue
        if typing.get_origin(hint) in (typing.Union, types.UnionType):
            hint = next(t for t in typing.get_args(hint) if t is not type(None))
        is_list = typing.get_origin(hint) is tuple
        keys[field.name] = Key(typing.get_args(hint)[0] if is_list else hint, is_list, field.default)
    return {name: keys[name] for name in (*getattr(class_, "KEY_ORDER", ()), *keys)}


@cache
def _groups_of(class_: type) -> dict[str, type]:
    """Name of each group of the class → the smaller class that it is."""
    return {f.name: type(f.default) for f in dataclasses.fields(class_) if f.metadata.get(_GROUPED)}


def build(class_: type[D], values: Mapping[str, Any]) -> D:
    """An object of the class from the values of its keys, each in its group."""
    own: dict[str, Any] = {}
    groups: dict[str, dict[str, Any]] = {}
    keys = keys_of(class_)
    for name, value in values.items():
        group = keys[name].group
        (groups.setdefault(group, {}) if group else own)[name] = value
    return class_(**own, **{name: _groups_of(class_)[name](**inside) for name, inside in groups.items()})


def value_of_key(holder: DataclassInstance, name: str) -> Any:
    """What the object says under a key of its class."""
    group = keys_of(type(holder))[name].group
    return getattr(getattr(holder, group) if group else holder, name)


def values_by_key(holder: DataclassInstance) -> Iterator[tuple[str, Any]]:
    """Every key of the object, in order, and what it says."""
    return ((name, value_of_key(holder, name)) for name in keys_of(type(holder)))


def changed(holder: D, **values: Any) -> D:
    """The object with these values under these keys: the same object where they are what it says already."""
    keys = keys_of(type(holder))
    own: dict[str, Any] = {}
    for name, value in values.items():
        if value_of_key(holder, name) == value:
            continue
        group = keys[name].group
        own[group or name] = (
            dataclasses.replace(own.get(group, getattr(holder, group)), **{name: value}) if group else value
        )
    return dataclasses.replace(holder, **own) if own else holder
