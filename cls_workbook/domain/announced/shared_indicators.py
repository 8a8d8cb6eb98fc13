"""Indicators that serve several fiches: asked and counted on one of them, shown on the others."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cls_workbook.domain.announced.mesure import Mesure
    from cls_workbook.domain.model import Contrat, Fiche, Indicateur


def shown_on(contrat: Contrat, numero: str) -> Iterator[tuple[Fiche, Indicateur]]:
    """Those of other fiches that this one follows too, each with the fiche on which it is asked."""
    for fiche in contrat.fiches:
        yield from ((fiche, i) for i in fiche.indicateurs if numero in i.autres_fiches)


def shared_mesures(contrat: Contrat, numero: str) -> list[tuple[Fiche, Mesure]]:
    """Their measures."""
    return [(fiche, mesure) for fiche, indicateur in shown_on(contrat, numero) for mesure in indicateur.mesures]
