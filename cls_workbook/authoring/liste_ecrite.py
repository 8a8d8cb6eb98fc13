"""Several items in one cell: « a ; b ; c », or one a line; an item that holds a separator stands in quotes."""

from __future__ import annotations

import re
from collections.abc import Iterable

SEPARATEUR = " ; "
_ITEM = re.compile(r'[^\S\n]*(?:"((?:[^"]|"")*)"\s*(?=;|\n|\Z)|([^;\n]*))(?:;|\n|\Z)')


def joindre(items: Iterable[str]) -> str:
    """« a ; b »; ``separer`` gives the same items back."""
    return SEPARATEUR.join('"' + i.replace('"', '""') + '"' if i.startswith('"') or any(c in i for c in ";\n\r") else i for i in items)


def separer(texte: str) -> tuple[str, ...]:
    """The items; blank ones are nothing."""
    items, position = [], 0
    while position < len(texte) and (trouve := _ITEM.match(texte, position)):
        cite, libre = trouve.groups()
        item = libre.strip() if cite is None else cite.replace('""', '"')
        if item:
            items.append(item)
        position = trouve.end()
    return tuple(items)
