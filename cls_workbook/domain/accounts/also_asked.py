"""The comptes rendus financiers that the coordinator asks for, beside those of the contract."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from cls_workbook.domain.model import Contrat


def also_asked(contrat: Contrat, fiches: Collection[str]) -> Contrat:
    """The contract as of a year, with a compte rendu financier asked of these fiches too; itself where nothing
    changes."""
    if not any(f.numero in fiches and not f.compte_rendu for f in contrat.fiches):
        return contrat
    asked = (replace(f, compte_rendu=f.compte_rendu or f.numero in fiches) for f in contrat.fiches)
    return replace(contrat, fiches=tuple(asked))
