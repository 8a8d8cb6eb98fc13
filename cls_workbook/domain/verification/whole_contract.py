"""Every fault of a contract's definition, each with its place: what the loader alone cannot see.

The reader (``definition``) refuses a definition that cannot be read; here it can be read, and is judged as a whole.
A contract without fiche, amount or indicator is a valid one: what it lacks is said, not refused.
"""

from __future__ import annotations

import dataclasses
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import replace

from cls_workbook.domain.contrat_years import all_years, in_year
from cls_workbook.domain.model import Contrat
from cls_workbook.domain.verification.fault import (
    A_CONFIRMER,
    FAULT,
    DefinitionFault,
    among,
    duplicates,
    everything,
    fault,
    identifier_faults,
    note,
    places,
    reference,
    too_long,
)
from cls_workbook.domain.verification.fiche_faults import fiches, financements, indicateurs, mesures, names_of_sheets
from cls_workbook.domain.verification.lifetime_faults import becoming, decisions, fiscal_year, periods, revisions
from cls_workbook.domain.verification.list_faults import (
    a_programmer,
    axes,
    communes,
    compared_themes,
    enveloppes,
    financeurs,
    groups,
    instances,
    listes,
    natures,
    neighbourhoods,
    signataires,
    structures,
)
from cls_workbook.domain.verification.rule_faults import regles
from cls_workbook.french import amount_fr

__all__ = ["A_CONFIRMER", "FAULT", "DefinitionFault", "verifier"]

MAX_TEXT = 32_767  # what an Excel cell holds
FINDING_GRAVITIES = ("à confirmer", "information")
FIRST_YEAR, LAST_YEAR = 1990, 2100


def verifier(contrat: Contrat) -> list[DefinitionFault]:
    """All faults and points to settle, in the order of the definition. No fault: it can be generated from."""
    definition_rules = (
        header,
        annees,
        fiscal_year,
        texts,
        decisions,
        periods,
        revisions,
        axes,
        structures,
        groups,
        signataires,
        communes,
        neighbourhoods,
        instances,
        natures,
        financeurs,
        listes,
        names_of_sheets,
        fiches,
        financements,
        indicateurs,
        mesures,
        a_programmer,
        becoming,
        regles,
        enveloppes,
        compared_themes,
    )
    all_found = [f for rule in definition_rules for f in rule(contrat)]
    return [*all_found, *_faults_by_year(contrat, all_found), *findings(contrat)]


def _faults_by_year(contrat: Contrat, all_found: list[DefinitionFault]) -> Iterator[DefinitionFault]:
    """What only holds of a year: totals and gaps; and the faults that a change brings, each with its years."""
    views = {annee: in_year(contrat, annee) for annee in all_years(contrat)}
    if all(view is contrat for view in views.values()):
        yield from (f for rule in (announcement, maquette, gaps) for f in rule(contrat))
        return
    already = {(_without_rank(f.location), f.message) for f in all_found}
    by_fault: dict[tuple[str, str], tuple[DefinitionFault, list[int]]] = {}
    for annee, view in views.items():
        for f in (f for rule in (header, groups, fiches, regles, announcement, maquette, gaps) for f in rule(view)):
            cle = _without_rank(f.location), f.message
            if cle not in already:
                by_fault.setdefault(cle, (f, []))[1].append(annee)
    for f, when in by_fault.values():
        yield dataclasses.replace(
            f, location=f.location + ("" if len(when) == len(views) else f" (en {', '.join(map(str, when))})")
        )


def _without_rank(location: str) -> str:
    """A place without ranks: what left the contract moved those that stay."""
    return re.sub(r"\[\d+\]", "", location)


# --- The contract ---------------------------------------------------------------------------------------------------


def header(contrat: Contrat) -> Iterator[DefinitionFault]:
    """Identifier, title, coordination and agency."""
    yield from (replace(found, blocks=True) for found in identifier_faults("contrat.id", contrat.id))
    for champ in ("titre", "nom_court", "territoire"):
        yield from too_long(f"contrat.{champ}", getattr(contrat, champ))
    for champ in ("coordination", "agence"):
        yield from reference(f"contrat.{champ}", getattr(contrat, champ), contrat.by_structure, "la structure")
    for champ in ("part", "unites", "euros", "points"):
        if (threshold := getattr(contrat.evolution, champ)) <= 0:
            yield fault(f"contrat.evolution.{champ}", f"un seuil est positif, trouvé « {threshold} ».")
    if contrat.seuil_petits_effectifs < 0:
        yield fault(
            "contrat.seuil_petits_effectifs",
            f"un seuil est positif ou nul, trouvé « {contrat.seuil_petits_effectifs} ».",
        )


def announcement(contrat: Contrat) -> Iterator[DefinitionFault]:
    """No more actions than the contract announces."""
    described = len(contrat.fiches) + len(contrat.a_programmer)
    if contrat.actions_annoncees is not None and contrat.actions_annoncees < described:
        yield note(
            "contrat.actions_annoncees",
            f"{contrat.actions_annoncees} actions annoncées, mais {described} sont décrites.",
        )


def annees(contrat: Contrat) -> Iterator[DefinitionFault]:
    """Years in order, each once."""
    if not contrat.annees:
        yield fault("contrat.annees", "le contrat ne couvre aucune année.", "Donnez-les, par exemple [2024, 2025].")
    for rank, annee in enumerate(contrat.annees, 1):
        if not FIRST_YEAR <= annee <= LAST_YEAR:
            yield fault(f"contrat.annees[{rank}]", f"« {annee} » n’est pas une année plausible.")
        if rank > 1 and annee <= contrat.annees[rank - 2]:
            yield fault(
                f"contrat.annees[{rank}]",
                f"{annee} ne suit pas {contrat.annees[rank - 2]}.",
                "Rangez les années dans l’ordre, chacune une fois.",
            )


def maquette(contrat: Contrat) -> Iterator[DefinitionFault]:
    """The announced total against the sum of the fiches."""
    amounts = [f.financement.montant for f in contrat.fiches if f.financement.montant is not None]
    total = contrat.maquette
    if total is not None and total < 0:
        yield fault("contrat.maquette", f"un montant est positif ou nul, trouvé « {total} ».")
    elif total is not None and not amounts:
        yield note("contrat.maquette", f"la maquette est de {amount_fr(total)}, mais aucune fiche n’a de montant.")
    elif total is not None and total != sum(amounts):
        yield fault(
            "contrat.maquette",
            f"la maquette est de {amount_fr(total)}, la somme des fiches de {amount_fr(sum(amounts))}.",
            "Corrigez la maquette ou le montant d’une fiche.",
        )
    elif total is None and amounts:
        yield note(
            "contrat.maquette", f"les fiches totalisent {amount_fr(sum(amounts))}, mais la maquette n’est pas donnée."
        )


def gaps(contrat: Contrat) -> Iterator[DefinitionFault]:
    """What a contract may lack, and what will then be empty."""
    if not contrat.structures:
        yield note("contrat.structures", "aucune structure : personne n’est attendu.")
    if not contrat.fiches:
        announcement = (
            f", alors que {contrat.actions_annoncees} actions sont annoncées" if contrat.actions_annoncees else ""
        )
        yield note("contrat.fiches", f"aucune fiche{announcement} : le classeur n’aura pas de feuille à remplir.")
        return
    without_amount = [f.numero for f in contrat.fiches if f.financement.montant is None]
    without_indicateur = [f.numero for f in contrat.fiches if not f.indicateurs]
    if without_amount:
        yield note("contrat.fiches", f"montant non chiffré : {', '.join(without_amount)}.")
    if without_indicateur:
        yield note("contrat.fiches", f"aucun indicateur : {', '.join(without_indicateur)}.")
    no_list = " : les lignes de financement n’auront pas de liste."
    if not contrat.financeurs:
        yield note("contrat.financeurs", "aucun financeur" + no_list)
    if not contrat.natures:
        yield note("contrat.natures", "aucune nature de financement" + no_list)


def findings(contrat: Contrat) -> Iterator[DefinitionFault]:
    """The inconsistencies of the printed contract, passed on as they are."""
    located = places("contrat.a_confirmer", contrat.a_confirmer)
    yield from duplicates(located, "code")
    for location, constat in located:
        yield from among(f"{location}.gravite", constat.gravite, FINDING_GRAVITIES)
        yield note(location, f"{constat.objet} : {constat.constat}")


# --- Texts ----------------------------------------------------------------------------------------------------------


def texts(contrat: Contrat) -> Iterator[DefinitionFault]:
    """No text of the definition, wherever it is, may be one that a sheet cannot hold or that a search would miss."""
    for location, value in everything("contrat", contrat):
        if isinstance(value, str):
            yield from _text(location, value)


def _text(location: str, texte: str) -> Iterator[DefinitionFault]:
    if not texte.strip():
        yield fault(location, "le texte est vide.", "Écrivez-le, ou retirez le champ.")
        return
    if texte != texte.strip():
        yield fault(location, f"« {texte} » commence ou finit par une espace.", "Retirez-la.")
    forbidden = {c for c in texte if c != "\n" and (unicodedata.category(c) in ("Cc", "Cs") or c in "\ufffe\uffff")}
    for character in sorted(forbidden):
        yield fault(
            location,
            f"le texte contient le caractère de contrôle U+{ord(character):04X}, qu’Excel refuse.",
            "Retirez-le.",
        )
    if len(texte) > MAX_TEXT:
        yield fault(
            location, f"le texte compte {len(texte)} caractères, pour {MAX_TEXT} dans une cellule.", "Raccourcissez-le."
        )
