"""What a funding line is money of, as the contract has it, whatever nature was typed."""

from __future__ import annotations

from typing import NamedTuple

from cls_workbook.domain.model import Contrat
from cls_workbook.domain.rules import Rule
from cls_workbook.domain.wording import id_of_financeur, is_of_another
from cls_workbook.french import fold

MAQUETTE, OUTSIDE_MAQUETTE, COFINANCEMENT, VALORISATION = "maquette", "hors_maquette", "cofinancement", "valorisation"


class LineMeaning(NamedTuple):
    """``niveau``: the subtotal that it counts in (None: no nature); ``financeur``: id (None: not in the contract);
    ``reclassified``: not the subtotal that was typed."""

    niveau: str | None
    financeur: str | None
    reclassified: bool


def post_rules(contrat: Contrat, numero: str) -> list[Rule]:
    """The rules by which the aid to the post of this fiche stands outside the maquette."""
    return [r for r in contrat.regles if r.type == "poste" and r.hors_maquette and r.fiche == numero]


def meaning_of(contrat: Contrat, fiche: str, typed: str | None, nature: str | None) -> LineMeaning:
    """The aid to a post is outside the maquette; another funder's money is co-funding, even if it was typed as money of
    those who pay the maquette."""
    folded = fold(str(nature or ""))
    niveau = next((n.niveau for n in contrat.money.natures if fold(n.libelle) == folded), None)
    financeur = id_of_financeur(contrat, typed)
    if niveau in (MAQUETTE, OUTSIDE_MAQUETTE) and is_of_another(contrat, fiche, typed):
        return LineMeaning(COFINANCEMENT, financeur, True)
    # A line without funder is the aid of the rule's funder; a line of another funder is not.
    of_post = any(r.financeur in (None, financeur) or not typed for r in post_rules(contrat, fiche))
    if niveau == MAQUETTE and of_post:
        return LineMeaning(OUTSIDE_MAQUETTE, financeur, True)
    return LineMeaning(niveau, financeur, False)
