"""What a measure is to reach in a year, and how far it is."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

from cls_workbook.domain.announced.contrat_parts import Cible
from cls_workbook.domain.model import Contrat, Mesure
from cls_workbook.french import number_fr, rate_fr, typography

TENTH_OF_A_PERCENT = Decimal("0.001")
UNKNOWN = "non connu"


def due_year(cible: Cible, contrat: Contrat) -> int:
    """The year by which a target is to be reached: its own, or the last of the contract."""
    return cible.annee if cible.annee is not None else max(contrat.annees)


def is_to_come(cible: Cible, annee: int, contrat: Contrat) -> bool:
    """Is there time after that year to reach it?"""
    return not cible.chaque_annee and due_year(cible, contrat) > annee


def target_of(contrat: Contrat, mesure: str, annee: int) -> Cible | None:
    """The target that a year looks at: that of every year, else the next one due; None where the contract says none."""
    cibles = [c for c in contrat.announced.cibles if c.mesure == mesure and c.holds_in(annee)]
    yearly = next((c for c in cibles if c.chaque_annee), None)
    to_come = [c for c in cibles if not c.chaque_annee and due_year(c, contrat) >= annee]
    return yearly or min(to_come, key=lambda c: due_year(c, contrat), default=None)


def targets_in(contrat: Contrat, annee: int) -> dict[str, Cible]:
    """Measure → the target that the year looks at, for the measures that have one."""
    found = {mesure: target_of(contrat, mesure, annee) for mesure in contrat.by_mesure}
    return {mesure: cible for mesure, cible in found.items() if cible is not None}


def target_in_words(cible: Cible, mesure: Mesure, contrat: Contrat) -> str:
    """« Cible 2028 : 23 communes », « Cible de chaque année : 100 % », « Au plus, en 2028 : 40 places »."""
    start = "Au plus" if cible.au_plus else "Cible"
    if cible.chaque_annee:
        when = ", chaque année" if cible.au_plus else " de chaque année"
    else:
        when = f"{', en' if cible.au_plus else ''} {contrat.follow_up.year_name(due_year(cible, contrat))}"
    added = ", années ajoutées" if cible.cumulee else ""
    return typography(f"{start}{when}{added} : {value_in_words(cible.valeur, mesure)}")


def target_in_brief(cible: Cible, mesure: Mesure, contrat: Contrat) -> str:
    """« 23 en 2028 », « 100 % chaque année », « au plus 40 en 2028 »: beside the measure and its unit."""
    valeur = rate_fr(cible.valeur) if mesure.type in ("taux", "satisfaction") else number_fr(cible.valeur)
    when = "chaque année" if cible.chaque_annee else f"en {contrat.follow_up.year_name(due_year(cible, contrat))}"
    start, added = "au plus " * cible.au_plus, ", années ajoutées" * cible.cumulee
    return typography(f"{start}{valeur} {when}{added}")


def value_in_words(valeur: Decimal, mesure: Mesure) -> str:
    """A value with its unit; a rate, held as a part of 1, in per cent."""
    if mesure.type in ("taux", "satisfaction"):
        return rate_fr(valeur)
    return " ".join(filter(None, (number_fr(valeur), plural(mesure.unite or "") if valeur >= 2 else mesure.unite)))


def plural(unite: str) -> str:
    """« porteurs de projet » for « porteur de projet »; words that end in s, x or z stay as they are, as signs do."""
    first, space, others = unite.partition(" ")
    return f"{first}s{space}{others}" if first.isalpha() and first[-1] not in "sxz" else unite


def part_reached(cible: Cible, valeur: Decimal | None) -> Decimal | None:
    """Value over target, 1 where it is reached exactly; None where nothing is known, or where the target is a ceiling
    or zero, of which no part says anything."""
    return None if valeur is None or cible.au_plus or not cible.valeur else valeur / cible.valeur


def is_met(cible: Cible, valeur: Decimal | None) -> bool | None:
    """Is the target met by this value (None: not known)?"""
    if valeur is None:
        return None
    return valeur <= cible.valeur if cible.au_plus else valeur >= cible.valeur


def part_in_words(part: Decimal | None) -> str:
    """« 21,7 % »; never « 100 % » before the target is reached; "" where there is no part."""
    if part is None:
        return ""
    rounded = part.quantize(TENTH_OF_A_PERCENT, rounding=ROUND_HALF_UP)
    return rate_fr(min(rounded, 1 - TENTH_OF_A_PERCENT) if part < 1 else rounded)


def state_in_words(cible: Cible, valeur: Decimal | None, annee: int, contrat: Contrat) -> str:
    """Where one is in that year: « atteinte », « à atteindre d’ici 2028 », « non atteinte »; of a ceiling, « plafond
    respecté » or « plafond dépassé »; « non connu »."""
    met = is_met(cible, valeur)
    if met is None:
        return UNKNOWN
    if cible.au_plus:
        return "plafond respecté" if met else "plafond dépassé"
    if met:
        return "atteinte"
    if is_to_come(cible, annee, contrat):
        return f"à atteindre d’ici {contrat.follow_up.year_name(due_year(cible, contrat))}"
    return "non atteinte"
