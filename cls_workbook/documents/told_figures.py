"""Figures of a campaign in the words of a document: values with their unit, amounts, what is not known left blank."""

from __future__ import annotations

from decimal import Decimal

from cls_workbook.domain.model import Fiche, Mesure
from cls_workbook.french import amount_fr, number_fr, rate_fr
from cls_workbook.reports.synthese.synthese_portrait import Portrait
from cls_workbook.summaries.aggregation import AS_RATE
from cls_workbook.summaries.masking import MASKED

_LONG = 600  # characters of a list or a text; the rest is in the consolidation


def told(mesure: Mesure, valeur: object) -> str:
    """« 1 234 », « 45,2 % », « 12,5 »; a text as it is; "" where nothing is known."""
    if valeur is None:
        return ""
    if not isinstance(valeur, (int, float, Decimal)) or isinstance(valeur, bool):
        texte = str(valeur)
        return texte if len(texte) <= _LONG else texte[: _LONG - 1].rstrip() + "…"
    if mesure.agregation in AS_RATE:
        return rate_fr(valeur, 1)
    whole = valeur == int(valeur) and mesure.agregation != "MOYENNE"
    return number_fr(valeur, 0 if whole else 1)


def of_the_year(portrait: Portrait, mesure: Mesure) -> str:
    """The value of the year, « masqué » where a small count is known and does not leave."""
    valeur = portrait.indicateurs.get(mesure.id, {}).get("Valeur")
    return MASKED if valeur is None and portrait.masked(mesure) else told(mesure, valeur)


def of_last_year(portrait: Portrait, mesure: Mesure) -> str:
    return told(mesure, portrait.indicateurs.get(mesure.id, {}).get("Valeur n-1"))


def amount(portrait: Portrait, fiche: Fiche, column: str) -> str:
    return amount_fr(portrait.money.get(fiche.numero, {}).get(column))
