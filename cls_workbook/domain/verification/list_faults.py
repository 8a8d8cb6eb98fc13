"""What a definition says of who answers and where, of who pays, and of the lists to choose from."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import TypeVar

from cls_workbook.domain.announced.contrat_parts import Cible
from cls_workbook.domain.announced.evaluations import EVALUATION_KINDS
from cls_workbook.domain.contrat_years import all_years
from cls_workbook.domain.definition_keys import values_by_key
from cls_workbook.domain.model import LEVELS, Contrat, Mesure, Structure
from cls_workbook.domain.placed.place_words import COMMUNES, QUARTERS, departement_names
from cls_workbook.domain.questions import OWN_STATES, means
from cls_workbook.domain.themes import priorites, shipped_themes, themes
from cls_workbook.domain.verification.fault import (
    SIGN,
    DefinitionFault,
    FieldPlace,
    as_share,
    duplicates,
    fault,
    identifier_faults,
    insee_number,
    places,
    reference,
)
from cls_workbook.domain.wording import lineage
from cls_workbook.french import fold, number_fr, quoted_list

T = TypeVar("T")
TYPES_WITHOUT_FIGURE = ("jalon", "date", "liste", "texte")  # measures of which no figure comes
ADDED_OVER_YEARS = ("FLUX", "PERSONNES", "ENTITES")  # of which a target may be on the years added
ROLES = ("copilote", "signataire")
LEGAL_STATUTS = ("public", "privé")
INSEE_CODE = r"(0[1-9]|[1-8][0-9]|9[0-578]|2[AB])[0-9]{3}"  # departments 01 to 95, 2A, 2B, overseas 97 and 98

# --- Who answers, where ---------------------------------------------------------------------------------------------


def axes(contrat: Contrat) -> Iterator[DefinitionFault]:
    """Each axe has its own number."""
    located = places("contrat.axes", contrat.axes)
    for found in duplicates(located, "numero", str.casefold):
        remedy = "Si la numérotation recommence dans chaque axe, écrivez 2.1 ici, et 1 comme numéro imprimé."
        yield replace(found, remedy=remedy)
    for here, axe in located:
        yield from here.too_long("titre", "niveau")
        yield from here.reference("parent", contrat.by_axe, "l’axe")
        if any(a.parent == axe.numero for a in lineage(contrat, axe.numero)) and axe.parent:
            yield here.fault("parent", f"« {axe.numero} » ferait partie de lui-même.", "Corrigez ce renvoi.")


def several_names(nom: str) -> list[str]:
    """The names that one seems to bring together (« PETR, CPAM 71 et CPAM 03 »); none where it is one name."""
    pieces = [piece.strip() for piece in re.split(r",|;|/|\n|\+", nom)]
    last = [piece.strip() for piece in re.split(r"\bet\b", pieces[-1])]
    names = [*pieces[:-1], *last] if len(pieces) > 1 or all(map(_is_acronym, last)) else [nom]
    return names if len(names) > 1 and all(piece[:1].isupper() for piece in names) else []


def _is_acronym(nom: str) -> bool:
    return bool(re.match(r"[A-Z]{3,}\b", nom))


def _one_name_each(here: FieldPlace, sheet: str) -> Iterator[DefinitionFault]:
    if names := several_names(here.holder.nom):
        message = f"« {here.holder.nom} » semble réunir plusieurs noms."
        yield here.note("nom", message, f"Si ce sont {sheet}, une ligne pour chacun : {quoted_list(names)}.")


def structures(contrat: Contrat) -> Iterator[DefinitionFault]:
    """Identifiers serve in file names; no name or alias may stand for two structures."""
    located = places("contrat.structures", contrat.structures)
    yield from duplicates(located, "id", str.casefold)
    yield from duplicates(located, "siret")
    taken: dict[str, Structure] = {}
    for here, structure in located:
        yield from identifier_faults(here)
        yield from here.too_long("nom")
        yield from _one_name_each(here, "plusieurs structures")
        yield from insee_number(f"{here}.siret", structure.siret, 14, "SIRET")
        yield from here.among("statut_juridique", LEGAL_STATUTS)
        for nom in dict.fromkeys((structure.nom, structure.nom_complet or structure.nom, *structure.alias)):
            other = taken.setdefault(fold(nom), structure)
            if other is not structure:
                message = f"le nom « {nom} » désigne déjà la structure « {other.id} »."
                yield here.fault("", message, "Un retour ne saurait plus à qui il est.")


def groups(contrat: Contrat) -> Iterator[DefinitionFault]:
    """A group must be replaceable by someone; only a group has candidates."""
    for here, structure in places("contrat.structures", contrat.structures):
        if structure.groupe and not contrat.candidats(structure):
            message = f"le groupe « {structure.nom} » n’a aucun candidat."
            yield here.fault("candidats", message, "Nommez ceux qui peuvent le remplacer.")
        if not structure.groupe and (structure.candidats or structure.candidats_communes):
            message = "des candidats sont donnés, mais la structure n’est pas un groupe."
            yield here.fault("candidats", message, "Ajoutez groupe = true.")
        yield from here.repetitions("candidats")
    for champ in ("coordination", "agence"):
        named = contrat.by_structure.get(getattr(contrat.parties, champ) or "")
        if named is not None and named.groupe:
            yield fault(f"contrat.{champ}", f"« {named.id} » est un groupe.", "Nommez une seule structure.")


def signataires(contrat: Contrat) -> Iterator[DefinitionFault]:
    """Known roles, known structures."""
    located = places("contrat.signataires", contrat.parties.signataires)
    yield from duplicates(located, "nom", fold)
    for here, _ in located:
        yield from _one_name_each(here, "plusieurs signataires")
        yield from here.among("role", ROLES)
        yield from here.reference("structure", contrat.by_structure, "la structure")


def communes(contrat: Contrat) -> Iterator[DefinitionFault]:
    """INSEE codes are text of five characters: 01004, 2A004, 97105."""
    located = places("contrat.communes", contrat.places.communes)
    yield from duplicates(located, "code_insee")
    yield from duplicates(located, "siren")
    for here, commune in located:
        if not re.fullmatch(INSEE_CODE, commune.code_insee):
            message = f"« {commune.code_insee} » n’est pas un code INSEE de commune."
            remedy = "Il compte cinq caractères, zéro initial compris (01004, 2A004, 97105)."
            yield here.fault("code_insee", message, remedy)
        yield from insee_number(f"{here}.siren", commune.siren, 9, "SIREN")
        yield from here.too_long("nom", "epci")


def neighbourhoods(contrat: Contrat) -> Iterator[DefinitionFault]:
    """Each QPV is in a commune of the contract, and the only one of its name there."""
    located = places("contrat.qpv", contrat.places.qpv)
    yield from _same_place(located, lambda q: (fold(q.nom), q.commune))
    for here, quarter in located:
        yield from _its_commune(here, contrat, quarter.commune)


def other_places(contrat: Contrat) -> Iterator[DefinitionFault]:
    """Each is of a kind that has no sheet of its own, in a commune of the contract or in none."""
    located = places("contrat.lieux", contrat.places.lieux)
    yield from duplicates(located, "id", str.casefold)
    yield from _same_place(located, lambda x: (fold(x.sorte), fold(x.nom), x.commune or x.departement or x.epci))
    for here, lieu in located:
        yield from identifier_faults(here)
        yield from here.too_long("nom", "sorte", "epci")
        yield from _its_commune(here, contrat, lieu.commune)
        for word, champ in ((COMMUNES, "communes"), (QUARTERS, "qpv")):
            if fold(lieu.sorte) in map(fold, (word.one, word.several, word.short)):
                remedy = f"Inscrivez-le parmi les {word.several}."
                yield here.fault("sorte", f"« {lieu.sorte} » a sa propre liste ({champ}).", remedy)
        if lieu.departement is not None and lieu.departement not in departement_names():
            message = f"« {lieu.departement} » n’est pas le code d’un département."
            yield here.fault("departement", message, "Deux ou trois caractères : 01, 2A, 974.")


def _same_place(
    located: list[tuple[FieldPlace, T]], what: Callable[[T], tuple[str | None, ...]]
) -> Iterator[DefinitionFault]:
    """The second of two places that nothing tells apart."""
    seen: dict[tuple[str | None, ...], FieldPlace] = {}
    for here, place in located:
        first = seen.setdefault(what(place), here)
        if first is not here:
            yield here.fault("nom", f"ce lieu est déjà pris par {first}.", "Donnez un autre nom à l’un des deux.")


def _its_commune(here: FieldPlace, contrat: Contrat, said: str | None) -> Iterator[DefinitionFault]:
    """A commune named as it is shown, or by its code; the name alone where only one bears it."""
    alike = [
        nom for c in contrat.places.communes if c.nom == said and (nom := contrat.commune_names[c.code_insee]) != said
    ]
    if len(alike) > 1:
        message = f"« {said} » est le nom de {len(alike)} communes du contrat."
        remedy = f"Précisez : {quoted_list(alike)}."
        yield replace(here.fault("commune", message, remedy), blocks=True)
    else:
        # by its own name too: of two communes with one code, which is told, only the last has a name shown
        known = [*contrat.commune_names.values(), *contrat.commune_names, *(c.nom for c in contrat.places.communes)]
        yield from here.reference("commune", known, "la commune")


def instances(contrat: Contrat) -> Iterator[DefinitionFault]:
    """Each known once; no negative number of meetings."""
    located = places("contrat.instances", contrat.announced.instances)
    yield from duplicates(located, "nom", fold)
    for here, _ in located:
        yield from here.not_negative("minimum_par_an", "un nombre de réunions")
        yield from here.references("fiches", contrat.par_fiche, "la fiche")


def evaluations(contrat: Contrat) -> Iterator[DefinitionFault]:
    """Each in a year of the contract, one of a kind a year."""
    located, annees = places("contrat.evaluations", contrat.announced.evaluations), all_years(contrat)
    for rank, (here, evaluation) in enumerate(located):
        yield from here.among("sorte", EVALUATION_KINDS)
        yield from here.too_long("par", "objet")
        if annees and evaluation.annee not in annees:
            remedy = f"Donnez une de ses années, de {annees[0]} à {annees[-1]} : celle où l’évaluation est à suivre."
            yield here.fault("annee", f"{evaluation.annee} n’est pas une année du contrat.", remedy)
        for first, other in located[:rank]:
            if (other.sorte, other.annee) == (evaluation.sorte, evaluation.annee):
                yield here.fault("", f"même sorte et même année que {first}.", "Gardez une seule ligne.")


# --- Money and lists ------------------------------------------------------------------------------------------------


def natures(contrat: Contrat) -> Iterator[DefinitionFault]:
    """Each known once, in a total that is known."""
    located = places("contrat.natures", contrat.money.natures)
    yield from duplicates(located, "id")
    yield from duplicates(located, "libelle", fold)
    for here, _ in located:
        yield from here.among("niveau", LEVELS)
        yield from here.too_long("libelle")


def financeurs(contrat: Contrat) -> Iterator[DefinitionFault]:
    """Each known once; known structures."""
    located = places("contrat.financeurs", contrat.money.financeurs)
    yield from duplicates(located, "id")
    yield from duplicates(located, "nom", fold)
    for here, _ in located:
        yield from here.reference("structure", contrat.by_structure, "la structure")
        yield from here.too_long("nom")
        yield from _one_name_each(here, "plusieurs financeurs")


def listes(contrat: Contrat) -> Iterator[DefinitionFault]:
    """Each drop-down list offers something, each choice once."""
    here = FieldPlace("contrat.listes", contrat.follow_up.listes)
    for rank, written in enumerate(contrat.follow_up.listes.sens_des_etats, 1):
        pair = means(written)
        if pair is None or fold(pair[0]) not in map(fold, contrat.follow_up.listes.etats):
            message = f"« {written} » ne dit pas ce que veut dire un des états du contrat."
            remedy = f"Écrivez un de vos états, « = », puis un de ceux-ci : {quoted_list(OWN_STATES)}."
            yield here.fault(f"sens_des_etats[{rank}]", message, remedy)
    for name, choix in values_by_key(contrat.follow_up.listes):
        if not choix and name != "sens_des_etats":
            remedy = "Donnez ses choix, ou retirez-la pour garder ceux de l’outil."
            yield here.fault(name, "la liste est vide : rien ne pourrait être choisi.", remedy)
        yield from here.repetitions(name)
        yield from here.too_long(name)


def a_programmer(contrat: Contrat) -> Iterator[DefinitionFault]:
    """Each known once, in an axe that is known."""
    located = places("contrat.a_programmer", contrat.announced.a_programmer)
    yield from duplicates(located, "titre", fold)
    for here, _ in located:
        yield from here.reference("axe", [a.numero for a in contrat.axes], "l’axe")
        yield from here.too_long("titre")


def enveloppes(contrat: Contrat) -> Iterator[DefinitionFault]:
    """Money of the whole contract: a year of the contract, a known funder, once each at any time."""
    located, annees = places("contrat.enveloppes", contrat.money.enveloppes), all_years(contrat)
    for rank, (here, envelope) in enumerate(located):
        yield from here.reference("financeur", [f.id for f in contrat.money.financeurs], "le financeur")
        yield from here.year_among("annee", annees)
        yield from here.not_negative("montant")
        for first, other in located[:rank]:
            are_same = (other.annee, other.financeur) == (envelope.annee, envelope.financeur)
            if are_same and any(other.holds_in(a) and envelope.holds_in(a) for a in annees):
                yield here.fault("", f"même année et même financeur que {first}.", "Gardez une seule enveloppe.")


def cibles(contrat: Contrat) -> Iterator[DefinitionFault]:
    """A target is of a measure that is added up or counted, for a year of the contract, once for each."""
    located, annees = places("contrat.cibles", contrat.announced.cibles), all_years(contrat)
    for rank, (here, cible) in enumerate(located):
        yield from here.reference("mesure", contrat.by_mesure, "la mesure")
        known = contrat.by_mesure.get(cible.mesure)
        if known and known[2].type in TYPES_WITHOUT_FIGURE:
            yield here.fault("mesure", f"« {cible.mesure} » ne se compte pas : rien n’y est à atteindre.")
        if known:
            yield from _out_of_reach(here, cible, known[2])
        yield from here.year_among("annee", annees)
        if cible.annee is not None and cible.chaque_annee:
            yield here.fault("", "une cible de chaque année n’a pas d’année.", "Laissez l’année vide, ou « non ».")
        if cible.chaque_annee and cible.cumulee:
            yield here.fault("", "une cible vaut chaque année, ou pour les années ajoutées.", "Choisissez.")
        if cible.valeur < 0:
            yield here.fault("valeur", f"une cible est positive ou nulle, trouvé « {number_fr(cible.valeur)} ».", SIGN)
        for first, other in located[:rank]:
            are_same = (other.mesure, other.annee) == (cible.mesure, cible.annee)
            if are_same and any(other.holds_in(a) and cible.holds_in(a) for a in annees):
                yield here.fault("", f"même mesure et même année que {first}.", "Gardez une seule cible.")


def _out_of_reach(here: FieldPlace, cible: Cible, mesure: Mesure) -> Iterator[DefinitionFault]:
    """A target that its measure cannot reach, or that says nothing of it."""
    if cible.cumulee and (mesure.agregation not in ADDED_OVER_YEARS or mesure.stock):
        message = f"les années de « {mesure.id} » ne s’additionnent pas : c’est un état, une part ou une moyenne."
        yield here.fault("cumulee", message, "Donnez la valeur à atteindre une année.")
    if cible.au_plus or cible.cumulee:
        return
    if mesure.type in ("taux", "satisfaction") and cible.valeur > 1:
        message = f"un taux s’écrit en part de 1, trouvé « {number_fr(cible.valeur)} »."
        yield here.fault("valeur", message, as_share(cible.valeur))
    elif mesure.maximum and cible.valeur > mesure.maximum:
        message = f"{number_fr(cible.valeur)} dépasse le maximum de la mesure, {number_fr(mesure.maximum)}."
        yield here.fault("valeur", message, "Corrigez l’un des deux.")


def compared_themes(contrat: Contrat) -> Iterator[DefinitionFault]:
    """Themes and priorities: each defined once, each reference to one that exists."""
    for nom, defined in (("themes", contrat.regional.themes), ("priorites", contrat.regional.priorites)):
        located = places(f"contrat.{nom}", defined)
        yield from duplicates(located, "id")
        for here, _ in located:
            yield from here.too_long("libelle")
    for here, theme in places("contrat.themes", contrat.regional.themes):
        shipped = shipped_themes().get(theme.id)
        if shipped is not None and shipped != theme.libelle:
            named = f"« {theme.id} » est un thème livré (« {shipped} »)"
            message = f"{named} : deux contrats ne seraient plus comparables."
            yield here.fault("id", message, "Prenez un autre identifiant.")
    for here, fiche in places("contrat.fiches", contrat.fiches):
        yield from here.references("themes", themes(contrat), "le thème")
        yield from here.references("priorites", priorites(contrat), "la priorité")
        for mesure in fiche.mesures:
            yield from reference(f"{here}.mesures ({mesure.id}).theme", mesure.theme, themes(contrat), "le thème")


_PEOPLE = (axes, structures, groups, signataires, communes, neighbourhoods, other_places)
BEFORE_FICHES = (*_PEOPLE, instances, evaluations, natures, financeurs, listes)
