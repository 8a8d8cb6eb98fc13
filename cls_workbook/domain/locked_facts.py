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
    typed_batches: list[dict[str, object]] = [{}]
    length = 0
    for cle, valeur in printed_facts.items():
        printed = (
            valeur if isinstance(valeur, (str, int)) else float(f"{Decimal(str(valeur)):.16G}")
        )  # to as many digits as a cell has
        length += len(cle) + len(str(printed)) + 8
        if length > CHARACTERS:
            typed_batches.append({})
            length = 0
        typed_batches[-1][cle] = printed
    return tuple(
        json.dumps(typed_returns, ensure_ascii=False, separators=(",", ":")) for typed_returns in typed_batches
    )


def read(texts: Iterable[object]) -> dict[str, object] | None:
    """What those cells say; None where they say nothing: a template of before they were kept."""
    values_read: dict[str, object] = {}
    blanks = True
    for texte in texts:
        try:
            typed_returns = json.loads(texte) if isinstance(texte, str) and texte else None
        except ValueError:
            return None
        if isinstance(typed_returns, dict):
            values_read |= typed_returns
            blanks = False
    return None if blanks else values_read
