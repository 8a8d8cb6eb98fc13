"""What a contract calls things: who pays its maquette, what its natures of money are, in the words of the sheets."""

from __future__ import annotations

import re
from collections.abc import Sequence

from cls_workbook.domain.model import Axe, Contrat, Fiche, Mesure
from cls_workbook.domain.rules import SUBSIDY_TYPES
from cls_workbook.french import NBSP, all_of, amount_fr, fold

SHARED_PAYER = "Contrat"  # several funders share each action: the maquette is nobody's own


def fiches_named(numbers: Sequence[str]) -> str:
    """« fiche 1.2 », « fiches 1.2 et 3.4 », « fiches 1.2, 3.4 et 5.1 »."""
    return f"fiche{'s' * (len(numbers) > 1)} {all_of(numbers)}"


def payer(contrat: Contrat) -> str:
    """« ARS »: the agency that pays the maquette; « Contrat » where several share it, or where none is named."""
    agence = contrat.by_structure.get(contrat.parties.agence or "")
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
    agence = contrat.by_structure.get(contrat.parties.agence or "")
    return agence.nom if agence else SHARED_PAYER


def the_agency(contrat: Contrat) -> str:
    """« l’ARS », « l’État »; « l’agence » where none is named."""
    if not contrat.parties.agence:
        return "l’agence"
    nom = agency_name(contrat)
    return f"l’{nom}" if fold(nom)[:1] in "aeiouyh" else nom


def nature_name(contrat: Contrat, niveau: str) -> str:
    """What the contract prints for a level of money (« ARS hors maquette », « Hors contrat »); a general word where it
    has none."""
    return next((n.libelle for n in contrat.money.natures if n.niveau == niveau), _GENERAL_WORDS[niveau])


_GENERAL_WORDS = {
    "maquette": "Maquette",
    "hors_maquette": "Hors maquette",
    "cofinancement": "Cofinancement",
    "valorisation": "Valorisation",
}


def printed_lines(contrat: Contrat, fiche: Fiche) -> list[str]:
    """What the contract prints for each funder: « État, 2026 : 60 000 € (appel à projets, non acquis) »."""
    names = {f.id: f.nom for f in contrat.money.financeurs}
    natures = {n.id: n.libelle for n in contrat.money.natures}
    said = []
    for line in fiche.lignes:
        who = names.get(line.financeur or "", line.financeur) or "financeur à définir"
        of_what = [natures.get(line.nature or "", line.nature), None if line.annee is None else str(line.annee)]
        beside = [line.state_in_words] * (line.montant is not None)
        beside.append(line.mention or "")
        amount = line.state_in_words or "non chiffré" if line.montant is None else amount_fr(line.montant)
        words = ", ".join(filter(None, (who, *of_what)))
        added = ", ".join(filter(None, beside))
        said.append(f"{words}{NBSP}: {amount}" + (f" ({added})" if added else ""))
    return said


# --- Where a fiche belongs -----------------------------------------------------------------------------------------

AXE, AIM, TRANSVERSAL = "Axe", "Objectif", "Actions transversales"


def axe_name(axe: Axe) -> str:
    """« Axe 2 », « Objectif stratégique 2.1 »: its level and the number that the contract prints."""
    return f"{axe.niveau or (AIM if axe.parent else AXE)} {axe.numero_imprime or axe.numero}"


def lineage(contrat: Contrat, numero: str | None) -> tuple[Axe, ...]:
    """The axe of this number below those that hold it, the widest first; empty where it is none of the contract's."""
    path: list[Axe] = []
    axe = contrat.by_axe.get(numero or "")
    while axe is not None and axe not in path:
        path.append(axe)
        axe = contrat.by_axe.get(axe.parent or "")
    return tuple(reversed(path))


def axe_rank(contrat: Contrat, numero: str | None) -> int:
    """The rank (from 0) of the axe that holds it all, among those that nothing holds: it gives the colour."""
    path = lineage(contrat, numero)
    widest = [a.numero for a in contrat.axes if not a.parent or a.parent not in contrat.by_axe]
    return widest.index(path[0].numero) if path and path[0].numero in widest else 0


def holds_only_others(contrat: Contrat, axe: Axe) -> bool:
    """Is it there for the parts below it alone? Then it is no empty one."""
    is_named = any(axe.numero in (f.axe, *f.autres_axes) for f in contrat.fiches)
    is_named = is_named or any(a.axe == axe.numero for a in contrat.announced.a_programmer)
    return not is_named and any(a.parent == axe.numero for a in contrat.axes)


# --- Who a funder is ------------------------------------------------------------------------------------------------


def id_of_financeur(contrat: Contrat, nom: object) -> str | None:
    """The id of a funder given by id, by name, by its name of another year, or by a name of the structure that it is;
    None if the contract does not know it that year."""
    folded = fold(str(nom or ""))
    if not folded:
        return None
    financeurs = contrat.money.financeurs
    structure, of_another_year = contrat.identify(str(nom)), contrat.names_over_years["financeur"].get(folded)
    sought = (
        *(f.id for f in financeurs if folded in (fold(f.id), fold(f.nom))),
        *(f.id for f in financeurs if f.id == of_another_year),
        *(f.id for f in financeurs if structure and f.structure == structure),
    )
    return next(iter(sought), None)


def financeur_now(contrat: Contrat, nom: str) -> str | None:
    """What the contract calls that year a funder named in an earlier one; None once it has left; the name itself where
    no year knows it."""
    names = {f.id: f.nom for f in contrat.money.financeurs}
    known = id_of_financeur(contrat, nom) or contrat.names_over_years["financeur"].get(fold(nom))
    return names.get(known) if known else nom


def agency_financeurs(contrat: Contrat) -> set[str]:
    return {f.id for f in contrat.money.financeurs if contrat.parties.agence and f.structure == contrat.parties.agence}


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
    if not nom or not contrat.parties.agence:
        return False
    financeur = id_of_financeur(contrat, nom)
    if financeur is not None:
        return financeur in agency_financeurs(contrat)
    return fold(agency_name(contrat)) in fold(str(nom)).split()


def is_of_another(contrat: Contrat, numero: str, nom: object) -> bool:
    """Is this funder surely none of those that pay the maquette? A blank says nothing."""
    payers_ = maquette_payers(contrat, numero)
    return bool(payers_ and nom) and id_of_financeur(contrat, nom) not in payers_ and not is_agency(contrat, nom)


def rate_words(mesure: Mesure) -> str:
    """What a rate is of, as its definition says: « structures présentes / structures conviées »; "" if it does not."""
    if mesure.type != "taux":
        return ""
    said = re.split(r"[:;.]", mesure.definition or "", maxsplit=1)[0].strip()
    return said if " / " in said else ""
