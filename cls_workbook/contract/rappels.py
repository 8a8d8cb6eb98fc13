"""What the campaign prints in locked cells, of which the contract alone knows nothing: last year's figures and states, what was
programmed, whom to ask and by when.

The identification sheet keeps all of it, so that a reader tells what was typed over it, and what stood there.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from decimal import Decimal

CARACTERES = 15_000  # in a cell: Excel takes twice as many, and counts some characters twice


def ecrire(rappels: Mapping[str, object]) -> tuple[str, ...]:
    """Key of a row → what is printed in it, as the texts of as few cells as will hold it: always one at least, each whole by itself."""
    lots: list[dict[str, object]] = [{}]
    longueur = 0
    for cle, valeur in rappels.items():
        imprime = valeur if isinstance(valeur, (str, int)) else float(f"{Decimal(str(valeur)):.16G}")  # to as many digits as a cell has
        longueur += len(cle) + len(str(imprime)) + 8
        if longueur > CARACTERES:
            lots.append({})
            longueur = 0
        lots[-1][cle] = imprime
    return tuple(json.dumps(lot, ensure_ascii=False, separators=(",", ":")) for lot in lots)


def lire(textes: Iterable[object]) -> dict[str, object] | None:
    """What those cells say; None where they say nothing: a template of before they were kept."""
    lus: dict[str, object] = {}
    vides = True
    for texte in textes:
        try:
            lot = json.loads(texte) if isinstance(texte, str) and texte else None
        except ValueError:
            return None
        if isinstance(lot, dict):
            lus |= lot
            vides = False
    return None if vides else lus
