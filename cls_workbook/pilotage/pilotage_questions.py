"""Each input of the coordinator's workbook, described once: the sheets and their reading derive from it."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from datetime import date
from typing import Any

from cls_workbook.domain.announced.bodies import COPIL, deciding
from cls_workbook.domain.announced.evaluations import EVALUATION_STATES
from cls_workbook.domain.model import Contrat, Fiche, Structure
from cls_workbook.domain.questions import Bloc, Champ, amount, block, choice, day, integer, text
from cls_workbook.forms import choice_lists
from cls_workbook.french import fold

PROVISOIRE, VALIDE = "provisoire", "validé"
# What the state of the campaign is called in the list → what it is for programs.
STATES = {"provisoire": PROVISOIRE, "validé en COPIL": VALIDE, "validé": VALIDE}
RETOUR_STATUTS = ("reçu", "à corriger", "validé")
# What was offered before the consolidation said it: still understood.
FORMER_STATUTS = ("attendu", "relancé")
DECISIONS = ("maintien", "modification", "report", "abandon", "nouvelle fiche", "avenant", "autre")
DECIDED_BY = "instance"  # of a decision
NAME_MAX, SENTENCE_MAX = 160, 600


def _list(nom: str, libelle: str, choix: str, aide: str, **rest: Any) -> Champ:
    return choice(nom, libelle, choix, aide, NAME_MAX, **rest)


def _sentence(nom: str, libelle: str, aide: str, obligatoire: bool = False) -> Champ:
    return text(nom, libelle, aide, SENTENCE_MAX, obligatoire=obligatoire)


def _open_list(nom: str, libelle: str, choix: str, aide: str) -> Champ:
    """A required one, in which something else may be typed."""
    return _list(nom, libelle, choix, aide, strict=False, obligatoire=True)


def _fiche(aide: str, **extra: Any) -> Champ:
    return _list("fiche", "Fiche", "fiches", aide, **extra)


CAMPAGNE = block(
    "campagne",
    "La campagne",
    (
        _list(
            "etat",
            "État du bilan",
            "etats_du_bilan",
            "« provisoire » jusqu’à la décision {du}. Cet état figure en tête de la synthèse.",
            obligatoire=True,
        ),
        day("date_validation", "Date {du} qui valide", "Au format jj/mm/aaaa. Seulement si le bilan est validé."),
        day(
            "limite",
            "Retours attendus avant le",
            "Au format jj/mm/aaaa. La date figure sur la première feuille du classeur des partenaires.",
        ),
        text(
            "contact",
            "Contact indiqué aux partenaires",
            "Une fonction, un courriel, un téléphone de service, par exemple. Aucun nom de personne.",
        ),
    ),
)

MEMBERS = block(
    "membres",
    "Membres du groupe",
    (
        _open_list(
            "structure",
            "Structure qui répond",
            "structures",
            "Choisissez dans la liste, ou saisissez le nom d’une autre structure.",
        ),
        _list(
            "fiche",
            "Seulement pour la fiche (facultatif)",
            "fiches",
            "Laissez vide si la structure répond pour toutes les fiches du groupe. Pour deux fiches sur trois, prenez "
            "deux lignes.",
        ),
    ),
    lines=8,
)

YEAR_PROGRAMME = block(
    "programmation",
    "Programmation de l’année, fiche par fiche",
    (
        amount(
            "engage_anterieur",
            "Engagé les années précédentes",
            "Ce qui a été engagé sur la maquette de cette fiche avant l’année, en euros. Saisissez 0 si rien n’a été "
            "engagé.",
        ),
        amount("programme", "Programmé {annee}", "Le montant retenu par {le} pour l’année, sur la maquette, en euros."),
    ),
    aide="Le contrat ne donne pas de répartition par année : c’est {le} qui programme. Laissez vide ce qui n’est "
    "pas décidé.",
)

OTHER_FINANCEMENTS = block(
    "autres",
    "Autres financements programmés",
    (
        _fiche("La fiche que ce financement soutient.", obligatoire=True),
        _open_list(
            "financeur",
            "Financeur",
            "financeurs",
            "Choisissez dans la liste, ou saisissez le nom d’un autre financeur.",
        ),
        _list(
            "nature",
            "Nature",
            "natures",
            "De quel argent il s’agit, avec les mots du contrat. Une valorisation est sans versement.",
            obligatoire=True,
        ),
        amount("montant", "Montant {annee}", "Le montant programmé pour l’année, en euros.", obligatoire=True),
    ),
    aide="Une ligne par fiche, financeur et nature : tout ce qui n’est pas la maquette saisie ci-dessus.",
    lines=12,
)

SUBSIDISED = block(
    "comptes_rendus",
    "Comptes rendus financiers demandés",
    (_fiche("Une fiche subventionnée dans l’année.", obligatoire=True),),
    aide="Les fiches dont qui répond doit aussi un compte rendu financier, en plus de celles que le contrat désigne. À "
    "remplir avant de fabriquer les classeurs.",
    lines=6,
)

MEETINGS = block(
    "reunions",
    "Réunions tenues dans l’année",
    (
        _list("instance", "Instance", "instances", "L’instance qui s’est réunie.", obligatoire=True),
        day("date", "Date", "Au format jj/mm/aaaa : un jour de l’année suivie.", obligatoire=True),
        integer(
            "convies",
            "Structures conviées",
            "Combien de structures étaient conviées ? Comptez des structures, pas des personnes.",
        ),
        integer(
            "presents",
            "Structures présentes",
            "Combien de structures étaient présentes ? Comptez des structures, pas des personnes.",
        ),
        _sentence("observation", "Observation", "Facultatif : l’ordre du jour, un quorum, un report."),
    ),
    aide="Une ligne par réunion. Le nombre de réunions et la participation se calculent au-dessus.",
    lines=12,
)

EVALUATIONS = block(
    "evaluations",
    "Évaluations prévues par le contrat en {annee}",
    (
        _list("etat", "Où en est-elle ?", "etats_de_l_evaluation", "Où en est l’évaluation.", obligatoire=True),
        day("date", "Rendue le", "Au format jj/mm/aaaa. Seulement si l’évaluation est rendue."),
        _sentence(
            "constats",
            "Ce qu’elle dit, en quelques mots",
            "Facultatif : les constats principaux, ou pourquoi elle est reportée. Aucune donnée nominative.",
        ),
    ),
    aide="Une ligne par évaluation. Ces textes vont dans la synthèse. Vide : non renseigné.",
)

COPIL_DECISIONS = block(
    "decisions",
    "Décisions {du}",
    (
        _fiche("La fiche que la décision concerne. Laissez vide si elle porte sur tout le contrat."),
        _list("decision", "Décision", "decisions", "Ce qui a été décidé.", obligatoire=True),
        day("date", "Date", "Date de la décision, au format jj/mm/aaaa."),
        _sentence("precision", "En quelques mots", "Ce qui est décidé, en une ou deux phrases."),
        _sentence("avis", "Avis contradictoire", "Facultatif : l’avis du porteur, s’il diffère de celui {du}."),
        _sentence("perspectives", "Perspectives pour l’année suivante", "Facultatif : ce qui est prévu ensuite."),
        _list(DECIDED_BY, "Décidé par", "instances", "Seulement si une autre instance que {le} a décidé."),
    ),
    aide="Une ligne par décision. Aucune donnée nominative : ces textes vont dans la synthèse.",
    lines=16,
)

_FOLLOW_UP = (
    _list(
        "statut",
        "Statut du retour",
        "statuts_du_retour",
        "Vide d’ordinaire : la consolidation sait ce qui est reçu. « reçu » : reçu autrement que dans le dossier ; "
        "« à corriger » : renvoyé à la structure ; « validé » : relu par vous.",
    ),
    day("date", "Date de relance", "La dernière relance, au format jj/mm/aaaa."),
    text(
        "courriel",
        "Courriel du service",
        "Facultatif : l’adresse du service qui répond ; les brouillons de relance la portent. Reste chez la "
        "coordination.",
    ),
    _sentence("note", "Note", "Facultatif. Reste chez la coordination. Aucune donnée nominative."),
)
FOLLOW_UP = block(
    "suivi",
    "Retours attendus",
    _FOLLOW_UP,
    aide="Une ligne par structure. Ce qui est reçu ou manque se lit "
    "dans la consolidation : ne saisissez que ce que vous seul savez.",
)
OTHERS_FOLLOW_UP = block(
    "suivi_autres",
    "Autres structures, dont les membres des groupes",
    (
        _open_list(
            "structure", "Structure", "structures", "Choisissez dans la liste, ou saisissez le nom de la structure."
        ),
        *_FOLLOW_UP,
    ),
    lines=12,
)

REPLACEMENTS = block(
    "remplacements",
    "Retours remplacés par leur correction",
    (
        text(
            "ancien",
            "Fichier remplacé",
            "Le nom du fichier reçu d’abord, tel qu’il figure à la feuille « Retours » de la consolidation.",
            obligatoire=True,
        ),
        text(
            "nouveau",
            "Fichier qui le remplace",
            "Le nom du fichier corrigé. Les fiches qu’il contient remplacent les mêmes fiches du premier.",
            obligatoire=True,
        ),
        _sentence("note", "Note", "Facultatif : pourquoi, à la demande de qui (une fonction, pas un nom)."),
    ),
    aide="Sans cela, deux réponses pour la même fiche, la même structure et le même volet sont toutes deux écartées.",
    lines=6,
)

SET_ASIDE = block(
    "ecartes",
    "Retours à écarter",
    (
        text(
            "fichier",
            "Fichier à écarter",
            "Le nom du fichier reçu, tel qu’il figure à la feuille « Retours » de la consolidation.",
            obligatoire=True,
        ),
        _sentence("motif", "Pourquoi", "En quelques mots : cette raison figure à la feuille « Anomalies ».", True),
    ),
    aide="Le fichier reste dans le dossier, intact ; rien de ce qu’il dit ne compte. Pour le reprendre, videz la "
    "ligne.",
    lines=6,
)
# (block, column) that workbooks made before them do not have: they are read without.
ADDED_COLUMNS = frozenset({("decisions", DECIDED_BY), ("suivi", "courriel"), ("suivi_autres", "courriel")})


# --- For one contract and one year ----------------------------------------------------------------------------------


def period(contrat: Contrat, annee: int) -> dict[str, tuple[date, date]]:
    """Block → the first and last day that its dates may be; decisions on a year are often taken the year after."""
    followed, extent = (
        (contrat.follow_up.start(annee), contrat.follow_up.end(annee)),
        (contrat.follow_up.start(annee), contrat.follow_up.end(annee + 1)),
    )
    return {
        "campagne": extent,
        "reunions": followed,
        "evaluations": extent,
        "decisions": extent,
        "suivi": extent,
        "suivi_autres": extent,
    }


def for_this(bloc: Bloc, contrat: Contrat, annee: int, choix: Mapping[str, tuple[str, ...]], groupe: str = "") -> Bloc:
    """The block as the year has it: its year in the labels, its dates bounded, the lists of ``groupe`` where it has
    some.

    A list that the contract leaves empty (no funder, no nature, no instance) becomes a free text.
    """
    bounds = period(contrat, annee).get(bloc.nom)
    input_fields = []
    for champ in bloc.input_fields:
        specifics: dict[str, Any] = {
            "libelle": worded(champ.libelle, contrat, annee),
            "aide": worded(champ.aide, contrat, annee),
        }
        if champ.type == "date" and bounds:
            specifics |= {"minimum": bounds[0], "maximum": bounds[1]}
        if champ.choix:
            listing = f"{champ.choix} {groupe}" if f"{champ.choix} {groupe}" in choix else champ.choix
            free = {"choix": None, "type": "texte", "obligatoire": champ.obligatoire and champ.nom != "nature"}
            specifics |= {"choix": listing} if listing in choix else free
        input_fields.append(dataclasses.replace(champ, **specifics))
    titre, aide = worded(bloc.titre, contrat, annee), worded(bloc.aide, contrat, annee)
    return dataclasses.replace(bloc, titre=titre, aide=aide, input_fields=tuple(input_fields))


def worded(texte: str, contrat: Contrat, annee: int) -> str:
    """The text with the name of the year, and of the body that decides."""
    body = deciding(contrat)
    for place, word in (("{annee}", contrat.follow_up.year_name(annee)), ("{du}", body.of_the), ("{le}", body.the)):
        texte = texte.replace(place, word)
    return texte


def states(contrat: Contrat) -> tuple[str, ...]:
    """What the state of the campaign may be called."""
    return tuple(STATES)[:2] if deciding(contrat).nom == COPIL else ("provisoire", "validé")


def shown_fiche(fiche: Fiche) -> str:
    """A number alone would be read by a spreadsheet as a number or a date; with its title it stays a text."""
    return f"{fiche.numero} · {fiche.titre}"


def fiches_of_group(contrat: Contrat, groupe: Structure) -> tuple[Fiche, ...]:
    """The fiches for which a group is expected to answer."""
    return tuple(f for f in contrat.fiches if any(porteur == groupe.id for porteur, _ in f.repondants()))


def groups(contrat: Contrat) -> tuple[Structure, ...]:
    """The groups that answer for a fiche at least."""
    return tuple(s for s in contrat.structures if s.groupe and fiches_of_group(contrat, s))


def has_post(contrat: Contrat, fiche: Fiche) -> bool:
    """Does a rule pay this fiche as a post, outside the maquette?"""
    return any(r.hors_maquette and r.fiche == fiche.numero for r in contrat.rules_of(fiche.numero, "poste"))


def listes(contrat: Contrat) -> dict[str, tuple[str, ...]]:
    """List name → choices. Each group has its own lists of candidates and of fiches."""
    communes = choice_lists.listes(contrat)
    names = communes["structures"]
    choix = {
        "etats_du_bilan": states(contrat),
        "statuts_du_retour": RETOUR_STATUTS,
        "decisions": DECISIONS,
        "etats_de_l_evaluation": EVALUATION_STATES if contrat.announced.evaluations else (),
        "structures": names,
        "fiches": tuple(shown_fiche(f) for f in contrat.actions),
        "financeurs": communes["financeurs"],
        "natures": communes["natures"],
        "instances": tuple(i.nom for i in contrat.announced.instances),
    }
    for groupe in groups(contrat):
        candidats = contrat.candidats(groupe)
        seen = {fold(n) for n in candidats}
        choix[f"structures {groupe.id}"] = candidats + tuple(n for n in names if fold(n) not in seen)
        choix[f"fiches {groupe.id}"] = tuple(shown_fiche(f) for f in fiches_of_group(contrat, groupe))
    return {nom: values for nom, values in choix.items() if values}
