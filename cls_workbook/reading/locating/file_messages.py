"""What reading says of a whole file, or of a whole sheet."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from cls_workbook.anomalies import A_CONFIRMER, BLOCKING, Anomalie, Place
from cls_workbook.french import how_many
from cls_workbook.reading.cells.shown import QUOTED_MAX, quoted
from cls_workbook.reading.locating.retour import TypedInput
from cls_workbook.reading.locating.told import anomalie
from cls_workbook.reading.reading_checks import (
    EmptyRetour,
    MissingCell,
    MovedRows,
    OutOfCampagne,
    UnknownFiche,
    UnreadableFile,
)


def unreadable(file: str, found: str, remedy: str) -> Anomalie:
    expected = "un classeur de suivi au format .xlsx, .xlsm ou .ods"
    return anomalie(BLOCKING, UnreadableFile, Place(file), (), "", found, expected, remedy, refuses_file=True)


def empty_retour(file: str) -> Anomalie:
    return anomalie(
        A_CONFIRMER,
        EmptyRetour,
        Place(file),
        (),
        "",
        "un classeur de suivi où rien n’est saisi",
        "au moins une fiche remplie",
        "si ce n’est pas le bon fichier, renvoyez celui qui est rempli ; s’il n’y a rien à déclarer, dites-le à la "
        "coordination : tel quel, ce retour n’est pas compté.",
    )


def other_version(location: Place, modele: str, carried_over: Mapping[str, int], missing: Sequence[str]) -> Anomalie:
    """``carried_over``: fiche (or « Accueil ») → number of answers carried over. ``missing``: questions of this
    version that it lacks."""
    total = sum(carried_over.values())
    detail = ", ".join(f"{f} : {n}" for f, n in carried_over.items() if n)
    found = f"version {modele} : {how_many(total, 'réponse reprise')}" + (f" ({detail})" if total else "")
    verb = "figurent" if len(missing) > 1 else "figure"
    asked = f"{how_many(len(missing), 'question')} de cette année n’y {verb} pas, {quoted(missing)}"
    found += f" ; {asked}" if missing else ""
    return anomalie(
        A_CONFIRMER,
        OutOfCampagne,
        location,
        (),
        "version du modèle",
        found,
        "le modèle de cette campagne",
        "vérifiez ce qui est signalé, et demandez à la structure les réponses qui manquent : les réponses aux "
        "questions inchangées ont été reprises.",
    )


def out_of_campagne(file: str, champ: str, found: str, expected: str) -> Anomalie:
    remedy = "renvoyez le classeur de cette campagne ; celui-ci n’est pas pris en compte."
    return anomalie(BLOCKING, OutOfCampagne, Place(file), (), champ, found, expected, remedy, refuses_file=True)


def missing_sheet(location: Place, what: str, without_anchors: bool) -> Anomalie:
    found = (
        "la colonne masquée des repères (colonne A) a été supprimée"
        if without_anchors
        else "la feuille a été supprimée"
    )
    return anomalie(
        BLOCKING,
        MissingCell,
        location,
        (),
        what,
        found,
        "toutes les feuilles du classeur envoyé",
        "reportez les réponses dans un exemplaire neuf du classeur, puis renvoyez-le.",
    )


def answers_without_sheet(location: Place, cells: Sequence[str], ticks: bool) -> Anomalie:
    """What the sheet of territories (``ticks``), or of the comptes rendus, says of a fiche whose own sheet is not
    there."""
    filled = "cochée" if ticks else "remplie"
    return anomalie(
        BLOCKING,
        MissingCell,
        location,
        cells,
        f"{'territoires' if ticks else 'compte rendu'} d’une fiche supprimée",
        f"{how_many(len(cells), f'case {filled}')} pour la fiche {location.fiche}, dont la feuille a été supprimée",
        f"la feuille de la fiche {location.fiche}, ou aucune case {filled} pour elle",
        "reportez ces cases et les réponses de la fiche dans un exemplaire neuf du classeur, puis renvoyez-le ; ou, si "
        "la fiche ne vous concerne pas, effacez-les. Elles ne sont pas reprises.",
    )


def duplicate_sheet(location: Place, other: str, differences: Sequence[str]) -> Anomalie:
    return anomalie(
        BLOCKING,
        MovedRows,
        location,
        (),
        "feuille copiée",
        f"les feuilles « {other} » et « {location.sheet} » répondent à la même fiche, différemment : "
        + " ; ".join(differences[:QUOTED_MAX]),
        "une seule feuille par fiche",
        "supprimez celle des deux feuilles qui ne compte pas, puis renvoyez le classeur. Aucune des deux n’est "
        "prise en compte.",
        refuses_sheet=True,
    )


def hidden_twin(location: Place, shown: str, saisies: Sequence[TypedInput]) -> Anomalie:
    return anomalie(
        BLOCKING,
        MovedRows,
        location,
        [s.cell for s in saisies],
        "feuille masquée",
        f"une feuille masquée répond à la même fiche que « {shown} », qui est vide : {quoted(s.raw for s in saisies)}",
        "une seule feuille par fiche",
        "reportez ces réponses sur la feuille visible, ou supprimez la feuille masquée ; elle n’est pas lue.",
        refuses_sheet=True,
    )


def unasked_statement(location: Place) -> Anomalie:
    return anomalie(
        BLOCKING,
        UnknownFiche,
        location,
        (),
        "compte rendu financier",
        "une feuille de compte rendu financier",
        "aucun compte rendu : le contrat n’en demande pas cette année",
        "donnez le pilotage qui le demande, ou dites au contrat quelles fiches sont subventionnées ; cette feuille "
        "n’est pas prise en compte.",
    )


def unknown_fiche(location: Place) -> Anomalie:
    return anomalie(
        BLOCKING,
        UnknownFiche,
        location,
        (),
        "fiche",
        f"une feuille pour la fiche « {location.fiche} »",
        "une fiche du contrat",
        "reportez les réponses dans le classeur de cette campagne ; cette feuille n’est pas prise en compte.",
        refuses_sheet=True,
    )
