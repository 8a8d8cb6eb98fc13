"""Several items in one cell: « a ; b ; c », or one a line; an item that holds a separator stands in quotes."""

from __future__ import annotations

import re
from collections.abc import Iterable

SEPARATOR = " ; "
_ITEM = re.compile(r'[^\S\n]*(?:"((?:[^"]|"")*)"\s*(?=;|\n|\Z)|([^;\n]*))(?:;|\n|\Z)')


def join(items: Iterable[str]) -> str:
    """« a ; b »; ``split`` gives the same items back."""
    return SEPARATOR.join(
        '"' + i.replace('"', '""') + '"' if i.startswith('"') or any(c in i for c in ";\n\r") else i for i in items
    )


def split(texte: str) -> tuple[str, ...]:
    """The items; blank ones are nothing."""
    items, position = [], 0
    while position < len(texte) and (found := _ITEM.match(texte, position)):
        quoted, free = found.groups()
        item = free.strip() if quoted is None else quoted.replace('""', '"')
        if item:
            items.append(item)
        position = found.end()
    return tuple(items)
