"""Every fault of a contract's definition, each with its place: what the loader alone cannot see.

The reader (``definition``) refuses a definition that cannot be read; here it can be read, and is judged as a whole.
A contract without fiche, amount or indicator is a valid one: what it lacks is said, not refused.
"""

from __future__ import annotations

import dataclasses
import re
import unicodedata
from collections.abc import Iterator
from decimal import Decimal

from cls_workbook.domain.contrat_years import all_years, in_year
from cls_workbook.domain.definition_keys import values_by_key
from cls_workbook.domain.model import Contrat
from cls_workbook.domain.verification import fiche_faults, lifetime_faults, list_faults, noyau_faults, rule_faults
from cls_workbook.domain.verification.fault import (
    SIGN,
    DefinitionFault,
    FieldPlace,
    duplicates,
    everything,
    fault,
    identifier_faults,
    note,
    places,
)
from cls_workbook.french import amount_fr, number_fr

MAX_TEXT = 32_767  # what an Excel cell holds
FINDING_GRAVITIES = ("à confirmer", "information")
FIRST_YEAR, LAST_YEAR = 1990, 2100
ABOVE_ZERO = "Donnez un nombre plus grand que zéro, ou laissez vide."


def verifier(contrat: Contrat) -> list[DefinitionFault]:
    """All faults and points to settle, in the order of the definition. No fault: it can be generated from."""
    lists, lifetime, rules = list_faults, lifetime_faults, rule_faults
    of_contract = (
        header,
        annees,
        followed_since,
        lifetime.fiscal_year,
        texts,
        lifetime.decisions,
        lifetime.periods,
        lifetime.revisions,
    )
    after_fiches = (
        lists.a_programmer,
        lifetime.becoming,
        rules.regles,
        lists.enveloppes,
        lists.cibles,
        lists.compared_themes,
        noyau_faults.taking_in,
    )
    definition_rules = (*of_contract, *lists.BEFORE_FICHES, *fiche_faults.OF_FICHES, *after_fiches)
    faults = [f for rule in definition_rules for f in rule(contrat)]
    return [*faults, *_faults_by_year(contrat, faults), *findings(contrat)]


def _faults_by_year(contrat: Contrat, faults: list[DefinitionFault]) -> Iterator[DefinitionFault]:
    """What only holds of a year: totals and gaps; and the faults that a change brings, each with its years."""
    views = {annee: in_year(contrat, annee) for annee in all_years(contrat)}
    if all(view is contrat for view in views.values()):
        yield from (f for rule in SUMS_AND_GAPS for f in rule(contrat))
        return
    already = {(_without_rank(f.location), f.message) for f in faults}
    by_fault: dict[tuple[str, str], tuple[DefinitionFault, list[int]]] = {}
    for annee, view in views.items():
        for f in (f for rule in (*OF_EACH_YEAR, *SUMS_AND_GAPS) for f in rule(view)):
            cle = _without_rank(f.location), f.message
            if cle not in already:
                by_fault.setdefault(cle, (f, []))[1].append(annee)
    for f, when in by_fault.values():
        years = "" if len(when) == len(views) else f" (en {', '.join(map(str, when))})"
        yield dataclasses.replace(f, location=f.location + years)


def _without_rank(location: str) -> str:
    """A place without ranks: what left the contract moved those that stay."""
    return re.sub(r"\[\d+\]", "", location)


# --- The contract ---------------------------------------------------------------------------------------------------


def header(contrat: Contrat) -> Iterator[DefinitionFault]:
    """Identifier, title, coordination and agency."""
    here, evolution = FieldPlace("contrat", contrat), FieldPlace("contrat.evolution", contrat.follow_up.evolution)
    yield from (dataclasses.replace(found, blocks=True) for found in identifier_faults(here))
    yield from here.too_long("titre", "nom_court", "territoire")
    for champ in ("coordination", "agence"):
        yield from here.reference(champ, contrat.by_structure, "la structure")
    for champ, threshold in values_by_key(contrat.follow_up.evolution):
        if threshold <= 0:
            yield evolution.fault(champ, f"un seuil est positif, trouvé « {number_fr(threshold)} ».", ABOVE_ZERO)
    yield from here.not_negative("seuil_petits_effectifs", "un seuil")
    if contrat.follow_up.ecart_a_expliquer <= 0:
        message = f"un seuil est positif, trouvé « {number_fr(contrat.follow_up.ecart_a_expliquer)} »."
        yield here.fault("ecart_a_expliquer", message, ABOVE_ZERO)


def announcement(contrat: Contrat) -> Iterator[DefinitionFault]:
    """No more actions than the contract announces."""
    announced, described = (
        contrat.announced.actions_annoncees,
        len(contrat.actions) + len(contrat.announced.a_programmer),
    )
    if announced is not None and announced < described:
        yield note("contrat.actions_annoncees", f"{announced} actions annoncées, mais {described} sont décrites.")


def annees(contrat: Contrat) -> Iterator[DefinitionFault]:
    """Years in order, each once."""
    if not contrat.annees:
        yield fault("contrat.annees", "le contrat ne couvre aucune année.", "Donnez-les, par exemple [2024, 2025].")
    for rank, annee in enumerate(contrat.annees, 1):
        location = f"contrat.annees[{rank}]"
        if not FIRST_YEAR <= annee <= LAST_YEAR:
            yield fault(location, f"« {annee} » n’est pas une année plausible.", "Écrivez-la en quatre chiffres.")
        if rank > 1 and annee <= contrat.annees[rank - 2]:
            remedy = "Rangez les années dans l’ordre, chacune une fois."
            yield fault(location, f"{annee} ne suit pas {contrat.annees[rank - 2]}.", remedy)


def followed_since(contrat: Contrat) -> Iterator[DefinitionFault]:
    """The year in which a contract took the tool is one of its own."""
    if contrat.follow_up.outil_depuis is not None and contrat.follow_up.outil_depuis not in all_years(contrat):
        message = f"{contrat.follow_up.outil_depuis} n’est pas une année du contrat."
        yield fault("contrat.outil_depuis", message, "Corrigez-la, ou laissez vide.")


def maquette(contrat: Contrat) -> Iterator[DefinitionFault]:
    """The announced total against the sum of the fiches: of those of the year, or of those that the contract itself
    plans for its other years too."""
    amounts = [f.financement.montant for f in contrat.fiches if f.financement.montant is not None]
    elsewhere = (f for f in contrat.definition.fiches if f.decision is None and f.numero not in contrat.par_fiche)
    planned = sum(amounts, sum((f.financement.montant or Decimal(0) for f in elsewhere), Decimal(0)))
    location, total, of_fiches = "contrat.maquette", contrat.money.maquette, amount_fr(sum(amounts))
    if total is None:
        if amounts:
            yield note(location, f"les fiches totalisent {of_fiches}, mais la maquette n’est pas donnée.")
    elif total < 0:
        yield fault(location, f"un montant est positif ou nul, trouvé « {number_fr(total)} ».", SIGN)
    elif not amounts:
        yield note(location, f"la maquette est de {amount_fr(total)}, mais aucune fiche n’a de montant.")
    elif total not in (sum(amounts), planned):
        message = f"la maquette est de {amount_fr(total)}, la somme des fiches de {of_fiches}."
        yield fault(location, message, "Corrigez la maquette ou le montant d’une fiche.")


def gaps(contrat: Contrat) -> Iterator[DefinitionFault]:
    """What a contract may lack, and what will then be empty."""
    if not contrat.structures:
        yield note("contrat.structures", "aucune structure : personne n’est attendu.")
    if not contrat.actions:
        announced = contrat.announced.actions_annoncees
        announced_too = f", alors que {announced} actions sont annoncées" if announced else ""
        yield note("contrat.fiches", f"aucune fiche{announced_too} : le classeur n’aura pas de feuille à remplir.")
        return
    numbered = [f for f in contrat.actions if f.numero]  # one without a number is told for that
    without_amount = [f.numero for f in numbered if f.financement.montant is None]
    without_indicateur = [f.numero for f in numbered if not f.indicateurs]
    if without_amount:
        yield note("contrat.fiches", f"montant non chiffré : {', '.join(without_amount)}.")
    if without_indicateur:
        yield note("contrat.fiches", f"aucun indicateur : {', '.join(without_indicateur)}.")
    no_list = " : les lignes de financement n’auront pas de liste."
    if not contrat.money.financeurs:
        yield note("contrat.financeurs", "aucun financeur" + no_list)
    if not contrat.money.natures:
        yield note("contrat.natures", "aucune nature de financement" + no_list)


def findings(contrat: Contrat) -> Iterator[DefinitionFault]:
    """The inconsistencies of the printed contract, passed on as they are."""
    located = places("contrat.a_confirmer", contrat.printed.a_confirmer)
    yield from duplicates(located, "code")
    for here, constat in located:
        yield from here.among("gravite", FINDING_GRAVITIES)
        yield here.note("", f"{constat.objet} : {constat.constat}")


SUMS_AND_GAPS = (announcement, maquette, gaps)  # what holds of one year
OF_EACH_YEAR = (
    header,
    list_faults.groups,
    fiche_faults.fiches,
    rule_faults.regles,
    noyau_faults.answers,
)  # what a change may break


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
        message = f"le texte contient le caractère de contrôle U+{ord(character):04X}, qu’Excel refuse."
        yield fault(location, message, "Retirez-le.")
    if len(texte) > MAX_TEXT:
        message = f"le texte compte {len(texte)} caractères, pour {MAX_TEXT} dans une cellule."
        yield fault(location, message, "Raccourcissez-le.")
