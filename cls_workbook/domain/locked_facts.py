"""What the campaign prints in locked cells, of which the contract alone knows nothing: last year's figures and states,
what was programmed, whom to ask and by when.

The identification sheet keeps all of it, so that a reader tells what was typed over it, and what stood there.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from decimal import Decimal

CHARACTERS = 15_000  # in a cell: Excel takes twice as many, and counts some characters twice


def write(printed_facts: Mapping[str, object]) -> tuple[str, ...]:
    """Key of a row → what is printed in it, as the texts of as few cells as will hold it: always one at least, each
    whole by itself.
    """
    batches: list[dict[str, object]] = [{}]
    length = 0
    for cle, valeur in printed_facts.items():
        printed = (
            valeur if isinstance(valeur, (str, int)) else float(f"{Decimal(str(valeur)):.16G}")
        )  # to as many digits as a cell has
        length += len(cle) + len(str(printed)) + 8
        if length > CHARACTERS:
            batches.append({})
            length = 0
        batches[-1][cle] = printed
    return tuple(json.dumps(content, ensure_ascii=False, separators=(",", ":")) for content in batches)


def read(texts: Iterable[object]) -> dict[str, object] | None:
    """What those cells say; None where they say nothing: a template of before they were kept."""
    facts: dict[str, object] = {}
    nothing = True
    for texte in texts:
        try:
            content = json.loads(texte) if isinstance(texte, str) and texte else None
        except ValueError:
            return None
        if isinstance(content, dict):
            facts |= content
            nothing = False
    return None if nothing else facts
