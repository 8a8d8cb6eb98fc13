"""What fields a class of the model has, and what each may hold."""

from __future__ import annotations

import dataclasses
import types
import typing
from functools import cache


@cache
def fields_of(class_: type) -> dict[str, tuple[type, bool, bool]]:
    """Field → (its type, is it a list of it?, must it be there?)."""
    # asked once for the class: each call reads all its annotations again
    input_fields, type_hints = {}, typing.get_type_hints(class_)
    for champ in dataclasses.fields(class_):
        type_ = type_hints[champ.name]
        if typing.get_origin(type_) in (typing.Union, types.UnionType):
            type_ = next(t for t in typing.get_args(type_) if t is not type(None))
        listing = typing.get_origin(type_) is tuple
        obligatoire = champ.default is dataclasses.MISSING and champ.default_factory is dataclasses.MISSING
        input_fields[champ.name] = (typing.get_args(type_)[0] if listing else type_, listing, obligatoire)
    return input_fields
