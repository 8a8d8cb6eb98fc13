"""Every fault of a contract's definition, each with its place: what the loader alone cannot see.

The loader (``domain``) refuses a definition that cannot be read; here it can be read, and is judged as a whole.
A contract without fiche, amount or indicator is a valid one: what it lacks is said, not refused.
"""

from __future__ import annotations

import dataclasses
import re
import unicodedata
from collections.abc import Iterator

from cls_workbook.domain.contrat_years import all_years, in_year
from cls_workbook.domain.definition_keys import values_by_key
from cls_workbook.domain.model import LEVELS, Contrat, Structure
from cls_workbook.domain.themes import priorites, shipped_themes, themes
from cls_workbook.domain.verification.fault import (
    A_CONFIRMER,
    FAULT,
    DefinitionFault,
    among,
    duplicates,
    fault,
    insee_number,
    note,
    places,
    reference,
    references,
    repetitions,
    too_long,
)
from cls_workbook.domain.verification.fiche_faults import (
    fiches,
    financements,
    indicateurs,
    mesures,
    names_of_sheets,
    regles,
)
from cls_workbook.domain.verification.lifetime_faults import becoming, decisions, fiscal_year, periods, revisions
from cls_workbook.french import amount_fr, fold

__all__ = ["A_CONFIRMER", "FAULT", "DefinitionFault", "verifier"]

MAX_TEXT = 32_767  # what an Excel cell holds
ROLES = ("copilote", "signataire")
LEGAL_STATUTS = ("public", "privé")
FINDING_GRAVITIES = ("à confirmer", "information")
INSEE_CODE = r"(0[1-9]|[1-8][0-9]|9[0-578]|2[AB])[0-9]{3}"  # departments 01 to 95, 2A, 2B, overseas 97 and 98
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
    already_seen = {annee: in_year(contrat, annee) for annee in all_years(contrat)}
    if all(view is contrat for view in already_seen.values()):
        yield from (f for rule in (announcement, maquette, gaps) for f in rule(contrat))
        return
    already = {(_without_rank(f.location), f.message) for f in all_found}
    by_fault: dict[tuple[str, str], tuple[DefinitionFault, list[int]]] = {}
    for annee, view in already_seen.items():
        for f in (f for rule in (header, groups, fiches, regles, announcement, maquette, gaps) for f in rule(view)):
            cle = _without_rank(f.location), f.message
            if cle not in already:
                by_fault.setdefault(cle, (f, []))[1].append(annee)
    for f, when in by_fault.values():
        yield dataclasses.replace(
            f, location=f.location + ("" if len(when) == len(already_seen) else f" (en {', '.join(map(str, when))})")
        )


def _without_rank(location: str) -> str:
    """A place without ranks: what left the contract moved those that stay."""
    return re.sub(r"\[\d+\]", "", location)


# --- The contract ---------------------------------------------------------------------------------------------------


def header(contrat: Contrat) -> Iterator[DefinitionFault]:
    """Identifier, title, coordination and agency."""
    yield from _identifier_faults("contrat.id", contrat.id)
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
    all_of_them = places("contrat.a_confirmer", contrat.a_confirmer)
    yield from duplicates(all_of_them, "code")
    for location, constat in all_of_them:
        yield from among(f"{location}.gravite", constat.gravite, FINDING_GRAVITIES)
        yield note(location, f"{constat.objet} : {constat.constat}")


# --- Who answers, where ---------------------------------------------------------------------------------------------


def axes(contrat: Contrat) -> Iterator[DefinitionFault]:
    """Each axe has its own number."""
    all_of_them = places("contrat.axes", contrat.axes)
    yield from duplicates(all_of_them, "numero", str.casefold)
    for location, axe in all_of_them:
        yield from too_long(f"{location}.titre", axe.titre)


def structures(contrat: Contrat) -> Iterator[DefinitionFault]:
    """Identifiers serve in file names; no name or alias may stand for two structures."""
    everything = places("contrat.structures", contrat.structures)
    yield from duplicates(everything, "id", str.casefold)
    yield from duplicates(everything, "siret")
    taken: dict[str, Structure] = {}
    for location, structure in everything:
        yield from _identifier_faults(f"{location}.id", structure.id)
        yield from too_long(f"{location}.nom", structure.nom)
        yield from insee_number(f"{location}.siret", structure.siret, 14, "SIRET")
        yield from among(f"{location}.statut_juridique", structure.statut_juridique, LEGAL_STATUTS)
        for nom in dict.fromkeys((structure.nom, structure.nom_complet or structure.nom, *structure.alias)):
            other = taken.setdefault(fold(nom), structure)
            if other is not structure:
                yield fault(
                    location,
                    f"le nom « {nom} » désigne déjà la structure « {other.id} ».",
                    "Un retour ne saurait plus à qui il est.",
                )


def groups(contrat: Contrat) -> Iterator[DefinitionFault]:
    """A group must be replaceable by someone; only a group has candidates."""
    for location, structure in places("contrat.structures", contrat.structures):
        if structure.groupe and not contrat.candidats(structure):
            yield fault(
                f"{location}.candidats",
                f"le groupe « {structure.nom} » n’a aucun candidat.",
                "Nommez ceux qui peuvent le remplacer.",
            )
        if not structure.groupe and (structure.candidats or structure.candidats_communes):
            yield fault(
                f"{location}.candidats",
                "des candidats sont donnés, mais la structure n’est pas un groupe.",
                "Ajoutez groupe = true.",
            )
        yield from repetitions(f"{location}.candidats", structure.candidats)
    for champ in ("coordination", "agence"):
        named = contrat.by_structure.get(getattr(contrat, champ) or "")
        if named is not None and named.groupe:
            yield fault(f"contrat.{champ}", f"« {named.id} » est un groupe.", "Nommez une seule structure.")


def signataires(contrat: Contrat) -> Iterator[DefinitionFault]:
    """Known roles, known structures."""
    all_of_them = places("contrat.signataires", contrat.signataires)
    yield from duplicates(all_of_them, "nom", fold)
    for location, signatory in all_of_them:
        yield from among(f"{location}.role", signatory.role, ROLES)
        yield from reference(f"{location}.structure", signatory.structure, contrat.by_structure, "la structure")


def communes(contrat: Contrat) -> Iterator[DefinitionFault]:
    """INSEE codes are text of five characters: 01004, 2A004, 97105."""
    everything = places("contrat.communes", contrat.communes)
    yield from duplicates(everything, "code_insee")
    yield from duplicates(everything, "nom", fold)
    yield from duplicates(everything, "siren")
    for location, commune in everything:
        if not re.fullmatch(INSEE_CODE, commune.code_insee):
            yield fault(
                f"{location}.code_insee",
                f"« {commune.code_insee} » n’est pas un code INSEE de commune.",
                "Il compte cinq caractères, zéro initial compris (01004, 2A004, 97105).",
            )
        yield from insee_number(f"{location}.siren", commune.siren, 9, "SIREN")


def neighbourhoods(contrat: Contrat) -> Iterator[DefinitionFault]:
    """Each QPV is in a commune of the contract."""
    all_of_them = places("contrat.qpv", contrat.qpv)
    yield from duplicates(all_of_them, "nom", fold)
    for location, neighbourhood in all_of_them:
        yield from reference(
            f"{location}.commune", neighbourhood.commune, [c.nom for c in contrat.communes], "la commune"
        )


def instances(contrat: Contrat) -> Iterator[DefinitionFault]:
    everything = places("contrat.instances", contrat.instances)
    yield from duplicates(everything, "nom", fold)
    for location, instance in everything:
        if instance.minimum_par_an < 0:
            yield fault(
                f"{location}.minimum_par_an",
                f"un nombre de réunions est positif ou nul, trouvé « {instance.minimum_par_an} ».",
            )


# --- Money and lists ------------------------------------------------------------------------------------------------


def natures(contrat: Contrat) -> Iterator[DefinitionFault]:
    everything = places("contrat.natures", contrat.natures)
    yield from duplicates(everything, "id")
    yield from duplicates(everything, "libelle", fold)
    for location, nature in everything:
        yield from among(f"{location}.niveau", nature.niveau, LEVELS)
        yield from too_long(f"{location}.libelle", nature.libelle)


def financeurs(contrat: Contrat) -> Iterator[DefinitionFault]:
    all_of_them = places("contrat.financeurs", contrat.financeurs)
    yield from duplicates(all_of_them, "id")
    yield from duplicates(all_of_them, "nom", fold)
    for location, financeur in all_of_them:
        yield from reference(f"{location}.structure", financeur.structure, contrat.by_structure, "la structure")
        yield from too_long(f"{location}.nom", financeur.nom)


def listes(contrat: Contrat) -> Iterator[DefinitionFault]:
    """Each drop-down list offers something, each choice once."""
    for name, choix in values_by_key(contrat.listes):
        location = f"contrat.listes.{name}"
        if not choix:
            yield fault(
                location,
                "la liste est vide : rien ne pourrait être choisi.",
                "Donnez ses choix, ou retirez-la pour garder ceux de l’outil.",
            )
        yield from repetitions(location, choix)
        for rank, texte in enumerate(choix, 1):
            yield from too_long(f"{location}[{rank}]", texte)


def a_programmer(contrat: Contrat) -> Iterator[DefinitionFault]:
    everything = places("contrat.a_programmer", contrat.a_programmer)
    yield from duplicates(everything, "titre", fold)
    for location, action in everything:
        yield from reference(f"{location}.axe", action.axe, [a.numero for a in contrat.axes], "l’axe")
        yield from too_long(f"{location}.titre", action.titre)


def enveloppes(contrat: Contrat) -> Iterator[DefinitionFault]:
    """Money of the whole contract: a year of the contract, a known funder, once each at any time."""
    everything = places("contrat.enveloppes", contrat.enveloppes)
    for rank, (location, envelope) in enumerate(everything):
        yield from reference(
            f"{location}.financeur", envelope.financeur, [f.id for f in contrat.financeurs], "le financeur"
        )
        if envelope.annee is not None and envelope.annee not in all_years(contrat):
            yield fault(f"{location}.annee", f"{envelope.annee} n’est pas une année du contrat.")
        if envelope.montant < 0:
            yield fault(f"{location}.montant", f"un montant est positif ou nul, trouvé « {envelope.montant} ».")
        for first_one, other in everything[:rank]:
            are_same = (other.annee, other.financeur) == (envelope.annee, envelope.financeur)
            if are_same and any(other.holds_in(a) and envelope.holds_in(a) for a in all_years(contrat)):
                yield fault(location, f"même année et même financeur que {first_one}.", "Gardez une seule enveloppe.")


def compared_themes(contrat: Contrat) -> Iterator[DefinitionFault]:
    """Themes and priorities: each defined once, each reference to one that exists."""
    for nom, defined in (("themes", contrat.themes), ("priorites", contrat.priorites)):
        all_of_them = places(f"contrat.{nom}", defined)
        yield from duplicates(all_of_them, "id")
        for location, theme in all_of_them:
            yield from too_long(f"{location}.libelle", theme.libelle)
    for location, theme in places("contrat.themes", contrat.themes):
        opened_book = shipped_themes().get(theme.id)
        if opened_book is not None and opened_book != theme.libelle:
            yield fault(
                f"{location}.id",
                f"« {theme.id} » est un thème livré (« {opened_book} ») : deux contrats ne seraient plus comparables.",
                "Prenez un autre identifiant.",
            )
    for location, fiche in places("contrat.fiches", contrat.fiches):
        yield from references(f"{location}.themes", fiche.themes, themes(contrat), "le thème")
        yield from references(f"{location}.priorites", fiche.priorites, priorites(contrat), "la priorité")
        for mesure in fiche.mesures:
            yield from reference(f"{location}.mesures ({mesure.id}).theme", mesure.theme, themes(contrat), "le thème")


# --- Texts ----------------------------------------------------------------------------------------------------------


def texts(contrat: Contrat) -> Iterator[DefinitionFault]:
    """No text of the definition, wherever it is, may be one that a sheet cannot hold or that a search would miss."""
    yield from _textes("contrat", contrat)


def _textes(location: str, objet: object) -> Iterator[DefinitionFault]:
    if isinstance(objet, str):
        yield from _text(location, objet)
    elif isinstance(objet, tuple):
        for place, element in places(location, objet):
            yield from _textes(place, element)
    elif dataclasses.is_dataclass(objet) and not isinstance(objet, type):
        for name, value in values_by_key(objet):
            yield from _textes(f"{location}.{name}", value)


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


def _identifier_faults(location: str, identifier: str) -> Iterator[DefinitionFault]:
    """Identifiers are parts of file names, on every system."""
    if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", identifier):
        yield fault(
            location,
            f"« {identifier} » ne peut pas servir dans un nom de fichier.",
            "Écrivez-le en minuscules sans accent, chiffres et tirets.",
        )
