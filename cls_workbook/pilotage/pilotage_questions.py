"""Each input of the coordinator's workbook, described once: the sheets and their reading derive from it."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from cls_workbook.domain import entry_questions
from cls_workbook.domain.entry_questions import Bloc, Champ
from cls_workbook.domain.model import Contrat, Fiche, Structure
from cls_workbook.french import fold, typography

PROVISOIRE, VALIDE = "provisoire", "validé"
# What the state of the campaign is called in the list → what it is for programs.
STATES = {"provisoire": PROVISOIRE, "validé en COPIL": VALIDE}
RETOUR_STATUTS = ("attendu", "relancé", "reçu", "à corriger", "validé")
DECISIONS = ("maintien", "modification", "report", "abandon", "nouvelle fiche", "avenant", "autre")
NAME_MAX, SENTENCE_MAX = 160, 600


def _field(nom: str, libelle: str, type_: str, aide: str, **extra: Any) -> Champ:
    return Champ(nom, typography(libelle), type_, typography(aide), **extra)


def _block(nom: str, titre: str, input_fields: tuple[Champ, ...], aide: str = "", lines: int = 0) -> Bloc:
    return Bloc(nom, typography(titre), input_fields, typography(aide), lines=lines)


def _amount(nom: str, libelle: str, aide: str, **extra: Any) -> Champ:
    return _field(
        nom, libelle, "montant", aide, unite="€", minimum=Decimal(0), maximum=entry_questions.AMOUNT_MAX, **extra
    )


def _count_field(nom: str, libelle: str, aide: str) -> Champ:
    return _field(nom, libelle, "entier", aide, minimum=Decimal(0), maximum=Decimal(entry_questions.INTEGER_MAX))


def _list(nom: str, libelle: str, choix: str, aide: str, **extra: Any) -> Champ:
    return _field(nom, libelle, "liste", aide, choix=choix, length=NAME_MAX, **extra)


def _fiche(aide: str, **extra: Any) -> Champ:
    return _list("fiche", "Fiche", "fiches", aide, **extra)


CAMPAGNE = _block(
    "campagne",
    "La campagne",
    (
        _list(
            "etat",
            "État du bilan",
            "etats_du_bilan",
            "« provisoire » jusqu’à la décision du COPIL. Cet état figure en tête de la synthèse.",
        ),
        _field(
            "date_validation",
            "Date du COPIL qui valide",
            "date",
            "Au format jj/mm/aaaa. Seulement si le bilan est validé.",
        ),
        _field(
            "limite",
            "Retours attendus avant le",
            "date",
            "Au format jj/mm/aaaa. La date figure sur la première feuille du classeur des partenaires.",
        ),
        _field(
            "contact",
            "Contact indiqué aux partenaires",
            "texte",
            "Une fonction, un courriel, un téléphone de service, par exemple. Aucun nom de personne.",
            length=entry_questions.SHORT_LENGTH,
        ),
    ),
)

MEMBERS = _block(
    "membres",
    "Membres du groupe",
    (
        _list(
            "structure",
            "Structure qui répond",
            "structures",
            "Choisissez dans la liste, ou saisissez le nom d’une autre structure.",
            strict=False,
            obligatoire=True,
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

YEAR_PROGRAMME = _block(
    "programmation",
    "Programmation de l’année, fiche par fiche",
    (
        _amount(
            "engage_anterieur",
            "Engagé les années précédentes",
            "Ce qui a été engagé sur la maquette de cette fiche avant l’année, en euros. Saisissez 0 si rien n’a été "
            "engagé.",
        ),
        _amount(
            "programme", "Programmé {annee}", "Le montant retenu par le COPIL pour l’année, sur la maquette, en euros."
        ),
    ),
    aide="Le contrat ne donne pas de répartition par année : c’est le COPIL qui programme. Laissez vide ce qui n’est "
    "pas décidé.",
)

OTHER_FINANCEMENTS = _block(
    "autres",
    "Autres financements programmés",
    (
        _fiche("La fiche que ce financement soutient.", obligatoire=True),
        _list(
            "financeur",
            "Financeur",
            "financeurs",
            "Choisissez dans la liste, ou saisissez le nom d’un autre financeur.",
            strict=False,
            obligatoire=True,
        ),
        _list(
            "nature",
            "Nature",
            "natures",
            "Hors maquette : CPOM, fonds dédiés, poste. Valorisation : moyens mis à disposition, sans versement.",
            obligatoire=True,
        ),
        _amount("montant", "Montant {annee}", "Le montant programmé pour l’année, en euros.", obligatoire=True),
    ),
    aide="Une ligne par fiche, financeur et nature : tout ce qui n’est pas la maquette saisie ci-dessus.",
    lines=12,
)

MEETINGS = _block(
    "reunions",
    "Réunions tenues dans l’année",
    (
        _list("instance", "Instance", "instances", "L’instance qui s’est réunie.", obligatoire=True),
        _field("date", "Date", "date", "Au format jj/mm/aaaa : un jour de l’année suivie.", obligatoire=True),
        _count_field(
            "convies",
            "Structures conviées",
            "Combien de structures étaient conviées ? Comptez des structures, pas des personnes.",
        ),
        _count_field(
            "presents",
            "Structures présentes",
            "Combien de structures étaient présentes ? Comptez des structures, pas des personnes.",
        ),
        _field(
            "observation",
            "Observation",
            "texte",
            "Facultatif : l’ordre du jour, un quorum, un report.",
            length=SENTENCE_MAX,
        ),
    ),
    aide="Une ligne par réunion. Le nombre de réunions et la participation se calculent au-dessus.",
    lines=12,
)

COPIL_DECISIONS = _block(
    "decisions",
    "Décisions du COPIL",
    (
        _fiche("La fiche que la décision concerne. Laissez vide si elle porte sur tout le contrat."),
        _list("decision", "Décision", "decisions", "Ce que le COPIL a décidé.", obligatoire=True),
        _field("date", "Date", "date", "Date de la décision, au format jj/mm/aaaa."),
        _field(
            "precision", "En quelques mots", "texte", "Ce qui est décidé, en une ou deux phrases.", length=SENTENCE_MAX
        ),
        _field(
            "avis",
            "Avis contradictoire",
            "texte",
            "Facultatif : l’avis du porteur, s’il diffère de celui du COPIL.",
            length=SENTENCE_MAX,
        ),
        _field(
            "perspectives",
            "Perspectives pour l’année suivante",
            "texte",
            "Facultatif : ce qui est prévu ensuite.",
            length=SENTENCE_MAX,
        ),
    ),
    aide="Une ligne par décision. Aucune donnée nominative : ces textes vont dans la synthèse.",
    lines=16,
)

_FOLLOW_UP = (
    _list(
        "statut",
        "Statut du retour",
        "statuts_du_retour",
        "attendu, relancé, reçu, à corriger (renvoyé à la structure) ou validé.",
    ),
    _field("date", "Date de relance", "date", "La dernière relance, au format jj/mm/aaaa."),
    _field(
        "note",
        "Note",
        "texte",
        "Facultatif. Reste chez la coordination. Aucune donnée nominative.",
        length=SENTENCE_MAX,
    ),
)
FOLLOW_UP = _block("suivi", "Retours attendus", _FOLLOW_UP, aide="Une ligne par structure : où en est son classeur ?")
OTHERS_FOLLOW_UP = _block(
    "suivi_autres",
    "Autres structures, dont les membres des groupes",
    (
        _list(
            "structure",
            "Structure",
            "structures",
            "Choisissez dans la liste, ou saisissez le nom de la structure.",
            strict=False,
            obligatoire=True,
        ),
        *_FOLLOW_UP,
    ),
    lines=12,
)

REPLACEMENTS = _block(
    "remplacements",
    "Retours remplacés par leur correction",
    (
        _field(
            "ancien",
            "Fichier remplacé",
            "texte",
            "Le nom du fichier reçu d’abord, tel qu’il figure à la feuille « Retours » de la consolidation.",
            length=entry_questions.SHORT_LENGTH,
            obligatoire=True,
        ),
        _field(
            "nouveau",
            "Fichier qui le remplace",
            "texte",
            "Le nom du fichier corrigé. Les fiches qu’il contient remplacent les mêmes fiches du premier.",
            length=entry_questions.SHORT_LENGTH,
            obligatoire=True,
        ),
        _field(
            "note",
            "Note",
            "texte",
            "Facultatif : pourquoi, à la demande de qui (une fonction, pas un nom).",
            length=SENTENCE_MAX,
        ),
    ),
    aide="Sans cela, deux réponses pour la même fiche, la même structure et le même volet sont toutes deux écartées.",
    lines=6,
)


# --- For one contract and one year ----------------------------------------------------------------------------------


def period(contrat: Contrat, annee: int) -> dict[str, tuple[date, date]]:
    """Block → the first and last day that its dates may be; decisions on a year are often taken the year after."""
    followed, extent = (contrat.start(annee), contrat.end(annee)), (contrat.start(annee), contrat.end(annee + 1))
    return {"campagne": extent, "reunions": followed, "decisions": extent, "suivi": extent, "suivi_autres": extent}


def for_this(bloc: Bloc, contrat: Contrat, annee: int, choix: Mapping[str, tuple[str, ...]], groupe: str = "") -> Bloc:
    """The block as the year has it: its year in the labels, its dates bounded, the lists of ``groupe`` where it has
    some.

    A list that the contract leaves empty (no funder, no nature, no instance) becomes a free text.
    """
    bounds = period(contrat, annee).get(bloc.nom)
    input_fields = []
    for champ in bloc.input_fields:
        specifics: dict[str, Any] = {"libelle": champ.libelle.replace("{annee}", contrat.year_name(annee))}
        if champ.type == "date" and bounds:
            specifics |= {"minimum": bounds[0], "maximum": bounds[1]}
        if champ.choix:
            listing = f"{champ.choix} {groupe}" if f"{champ.choix} {groupe}" in choix else champ.choix
            specifics |= (
                {"choix": listing}
                if listing in choix
                else {"choix": None, "type": "texte", "obligatoire": champ.obligatoire and champ.nom != "nature"}
            )
        input_fields.append(dataclasses.replace(champ, **specifics))
    return dataclasses.replace(bloc, input_fields=tuple(input_fields))


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
    communes = entry_questions.listes(contrat)
    names = communes["structures"]
    choix = {
        "etats_du_bilan": tuple(STATES),
        "statuts_du_retour": RETOUR_STATUTS,
        "decisions": DECISIONS,
        "structures": names,
        "fiches": tuple(shown_fiche(f) for f in contrat.fiches),
        "financeurs": communes["financeurs"],
        "natures": communes["natures"],
        "instances": tuple(i.nom for i in contrat.instances),
    }
    for groupe in groups(contrat):
        candidats = contrat.candidats(groupe)
        seen = {fold(n) for n in candidats}
        choix[f"structures {groupe.id}"] = candidats + tuple(n for n in names if fold(n) not in seen)
        choix[f"fiches {groupe.id}"] = tuple(shown_fiche(f) for f in fiches_of_group(contrat, groupe))
    return {nom: values for nom, values in choix.items() if values}
