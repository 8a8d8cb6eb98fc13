"""Free text as it may leave: what designates a person is taken out. The patterns are those of the check on returns."""

from __future__ import annotations

from functools import lru_cache

from cls_workbook.checks.confidentialite import MOTIFS

RETIREE = "[donnée personnelle retirée]"


@lru_cache(maxsize=20_000)
def sans_donnees_personnelles(texte: str) -> str:
    """The text without e-mail addresses, phone and social security numbers, and names that follow a civility."""
    for _, motif in MOTIFS:
        texte = motif.sub(RETIREE, texte)
    return texte
