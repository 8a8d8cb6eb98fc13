"""What a definition says of who answers and where, of who pays, and of the lists to choose from."""

from __future__ import annotations

import re
from collections.abc import Iterator

from cls_workbook.domain.contrat_years import all_years
from cls_workbook.domain.definition_keys import values_by_key
from cls_workbook.domain.model import LEVELS, Contrat, Structure
from cls_workbook.domain.themes import priorites, shipped_themes, themes
from cls_workbook.domain.verification.fault import (
    DefinitionFault,
    among,
    duplicates,
    fault,
    identifier_faults,
    insee_number,
    places,
    reference,
    references,
    repetitions,
    too_long,
)
from cls_workbook.french import fold

ROLES = ("copilote", "signataire")
LEGAL_STATUTS = ("public", "privé")
INSEE_CODE = r"(0[1-9]|[1-8][0-9]|9[0-578]|2[AB])[0-9]{3}"  # departments 01 to 95, 2A, 2B, overseas 97 and 98

# --- Who answers, where ---------------------------------------------------------------------------------------------


def axes(contrat: Contrat) -> Iterator[DefinitionFault]:
    """Each axe has its own number."""
    located = places("contrat.axes", contrat.axes)
    yield from duplicates(located, "numero", str.casefold)
    for location, axe in located:
        yield from too_long(f"{location}.titre", axe.titre)


def structures(contrat: Contrat) -> Iterator[DefinitionFault]:
    """Identifiers serve in file names; no name or alias may stand for two structures."""
    located = places("contrat.structures", contrat.structures)
    yield from duplicates(located, "id", str.casefold)
    yield from duplicates(located, "siret")
    taken: dict[str, Structure] = {}
    for location, structure in located:
        yield from identifier_faults(f"{location}.id", structure.id)
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
    located = places("contrat.signataires", contrat.signataires)
    yield from duplicates(located, "nom", fold)
    for location, signatory in located:
        yield from among(f"{location}.role", signatory.role, ROLES)
        yield from reference(f"{location}.structure", signatory.structure, contrat.by_structure, "la structure")


def communes(contrat: Contrat) -> Iterator[DefinitionFault]:
    """INSEE codes are text of five characters: 01004, 2A004, 97105."""
    located = places("contrat.communes", contrat.communes)
    yield from duplicates(located, "code_insee")
    yield from duplicates(located, "nom", fold)
    yield from duplicates(located, "siren")
    for location, commune in located:
        if not re.fullmatch(INSEE_CODE, commune.code_insee):
            yield fault(
                f"{location}.code_insee",
                f"« {commune.code_insee} » n’est pas un code INSEE de commune.",
                "Il compte cinq caractères, zéro initial compris (01004, 2A004, 97105).",
            )
        yield from insee_number(f"{location}.siren", commune.siren, 9, "SIREN")


def neighbourhoods(contrat: Contrat) -> Iterator[DefinitionFault]:
    """Each QPV is in a commune of the contract."""
    located = places("contrat.qpv", contrat.qpv)
    yield from duplicates(located, "nom", fold)
    for location, neighbourhood in located:
        yield from reference(
            f"{location}.commune", neighbourhood.commune, [c.nom for c in contrat.communes], "la commune"
        )


def instances(contrat: Contrat) -> Iterator[DefinitionFault]:
    located = places("contrat.instances", contrat.instances)
    yield from duplicates(located, "nom", fold)
    for location, instance in located:
        if instance.minimum_par_an < 0:
            yield fault(
                f"{location}.minimum_par_an",
                f"un nombre de réunions est positif ou nul, trouvé « {instance.minimum_par_an} ».",
            )


# --- Money and lists ------------------------------------------------------------------------------------------------


def natures(contrat: Contrat) -> Iterator[DefinitionFault]:
    located = places("contrat.natures", contrat.natures)
    yield from duplicates(located, "id")
    yield from duplicates(located, "libelle", fold)
    for location, nature in located:
        yield from among(f"{location}.niveau", nature.niveau, LEVELS)
        yield from too_long(f"{location}.libelle", nature.libelle)


def financeurs(contrat: Contrat) -> Iterator[DefinitionFault]:
    located = places("contrat.financeurs", contrat.financeurs)
    yield from duplicates(located, "id")
    yield from duplicates(located, "nom", fold)
    for location, financeur in located:
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
    located = places("contrat.a_programmer", contrat.a_programmer)
    yield from duplicates(located, "titre", fold)
    for location, action in located:
        yield from reference(f"{location}.axe", action.axe, [a.numero for a in contrat.axes], "l’axe")
        yield from too_long(f"{location}.titre", action.titre)


def enveloppes(contrat: Contrat) -> Iterator[DefinitionFault]:
    """Money of the whole contract: a year of the contract, a known funder, once each at any time."""
    located = places("contrat.enveloppes", contrat.enveloppes)
    for rank, (location, envelope) in enumerate(located):
        yield from reference(
            f"{location}.financeur", envelope.financeur, [f.id for f in contrat.financeurs], "le financeur"
        )
        if envelope.annee is not None and envelope.annee not in all_years(contrat):
            yield fault(f"{location}.annee", f"{envelope.annee} n’est pas une année du contrat.")
        if envelope.montant < 0:
            yield fault(f"{location}.montant", f"un montant est positif ou nul, trouvé « {envelope.montant} ».")
        for first, other in located[:rank]:
            are_same = (other.annee, other.financeur) == (envelope.annee, envelope.financeur)
            if are_same and any(other.holds_in(a) and envelope.holds_in(a) for a in all_years(contrat)):
                yield fault(location, f"même année et même financeur que {first}.", "Gardez une seule enveloppe.")


def compared_themes(contrat: Contrat) -> Iterator[DefinitionFault]:
    """Themes and priorities: each defined once, each reference to one that exists."""
    for nom, defined in (("themes", contrat.themes), ("priorites", contrat.priorites)):
        located = places(f"contrat.{nom}", defined)
        yield from duplicates(located, "id")
        for location, theme in located:
            yield from too_long(f"{location}.libelle", theme.libelle)
    for location, theme in places("contrat.themes", contrat.themes):
        shipped = shipped_themes().get(theme.id)
        if shipped is not None and shipped != theme.libelle:
            yield fault(
                f"{location}.id",
                f"« {theme.id} » est un thème livré (« {shipped} ») : deux contrats ne seraient plus comparables.",
                "Prenez un autre identifiant.",
            )
    for location, fiche in places("contrat.fiches", contrat.fiches):
        yield from references(f"{location}.themes", fiche.themes, themes(contrat), "le thème")
        yield from references(f"{location}.priorites", fiche.priorites, priorites(contrat), "la priorité")
        for mesure in fiche.mesures:
            yield from reference(f"{location}.mesures ({mesure.id}).theme", mesure.theme, themes(contrat), "le thème")
