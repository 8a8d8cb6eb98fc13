"""What a contract calls things: who pays its maquette, what its natures of money are, in the words of the sheets."""

from __future__ import annotations

from cls_workbook.domain.model import Contrat
from cls_workbook.domain.rules import SUBSIDY_TYPES
from cls_workbook.french import fold

SHARED_PAYER = "Contrat"  # several funders share each action: the maquette is nobody's own


def payer(contrat: Contrat) -> str:
    """« ARS »: the agency that pays the maquette; « Contrat » where several share it, or where none is named."""
    agence = contrat.by_structure.get(contrat.agence or "")
    has_parity = any(r.type == "parite" and r.fiche is None for r in contrat.regles)
    return agence.nom if agence and not has_parity else SHARED_PAYER


def of_payer(contrat: Contrat) -> str:
    """« de l’ARS », « du contrat »."""
    nom = payer(contrat)
    if nom == SHARED_PAYER:
        return "du contrat"
    return f"de l’{nom}" if fold(nom)[:1] in "aeiouyh" else f"de {nom}"


def agency_name(contrat: Contrat) -> str:
    """The agency, whoever shares the maquette with it; « Contrat » where none is named."""
    agence = contrat.by_structure.get(contrat.agence or "")
    return agence.nom if agence else SHARED_PAYER


def the_agency(contrat: Contrat) -> str:
    """« l’ARS », « l’État »; « l’agence » where none is named."""
    if not contrat.agence:
        return "l’agence"
    nom = agency_name(contrat)
    return f"l’{nom}" if fold(nom)[:1] in "aeiouyh" else nom


def nature_name(contrat: Contrat, niveau: str) -> str:
    """What the contract prints for a level of money (« ARS hors maquette », « Hors contrat »); a general word where it
    has none."""
    return next((n.libelle for n in contrat.natures if n.niveau == niveau), _GENERAL_WORDS[niveau])


_GENERAL_WORDS = {
    "maquette": "Maquette",
    "hors_maquette": "Hors maquette",
    "cofinancement": "Cofinancement",
    "valorisation": "Valorisation",
}


# --- Who a funder is ------------------------------------------------------------------------------------------------


def id_of_financeur(contrat: Contrat, nom: object) -> str | None:
    """The id of a funder given by id, by name, or by a name of the structure that it is; None if the contract does not
    know it."""
    folded = fold(str(nom or ""))
    if not folded:
        return None
    structure = contrat.identify(str(nom))
    return next(
        (f.id for f in contrat.financeurs if folded in (fold(f.id), fold(f.nom))),
        next((f.id for f in contrat.financeurs if structure and f.structure == structure), None),
    )


def agency_financeurs(contrat: Contrat) -> set[str]:
    return {f.id for f in contrat.financeurs if contrat.agence and f.structure == contrat.agence}


def maquette_payers(contrat: Contrat, numero: str) -> set[str]:
    """The ids of the funders whose money the maquette of a fiche is, and what stands beside it: the agency, those that
    pay equal shares with it, those whose aid a rule sets. Empty: the contract does not say."""
    agencies = agency_financeurs(contrat)
    if not agencies:
        return set()
    parity = {f for r in contrat.rules_of(numero, "parite") for f in r.financeurs}
    return (
        agencies | parity | {r.financeur for r in contrat.rules_of(numero) if r.type in SUBSIDY_TYPES and r.financeur}
    )


def is_agency(contrat: Contrat, nom: object) -> bool:
    """Is this funder the agency? « ARS du Centre » is the ARS."""
    if not nom or not contrat.agence:
        return False
    financeur = id_of_financeur(contrat, nom)
    if financeur is not None:
        return financeur in agency_financeurs(contrat)
    return fold(agency_name(contrat)) in fold(str(nom)).split()


def is_of_another(contrat: Contrat, numero: str, nom: object) -> bool:
    """Is this funder surely none of those that pay the maquette? A blank says nothing."""
    payers_ = maquette_payers(contrat, numero)
    return bool(payers_ and nom) and id_of_financeur(contrat, nom) not in payers_ and not is_agency(contrat, nom)
