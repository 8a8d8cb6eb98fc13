"""What the Accueil of the coordinator's workbook says, and how Python finds it again: a hidden key a row,
as everywhere.

Pure: works on rows of values, wherever they were read. The year and the state are the cells of ``pilotage``, whose
keys they keep, so that the workbook is accepted wherever a pilotage file is.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from cls_workbook.errors import Refusal
from cls_workbook.forms.layout import MARK
from cls_workbook.french import fold, typography
from cls_workbook.workbook.description import address

NAME = "Accueil"
NEVER = "aucune pour l’instant"
DEFAULT_FOLDER = "retours"  # beside the workbook


class AnswerBox(NamedTuple):
    """One answer of Accueil. ``cle``: what column A holds after the mark; ``libelle``: printed at the left of the
    value."""

    cle: str
    libelle: str


SLOTS: Mapping[str, AnswerBox] = {
    "contrat": AnswerBox(
        "accueil/contrat", "Définition du contrat"
    ),  # what ``definition.load`` takes: a shipped id, or a path
    "identifiant": AnswerBox("pilotage/identification/contrat", "Contrat"),  # the id only
    "annee": AnswerBox("pilotage/identification/annee", "Année suivie"),
    "dossier": AnswerBox("accueil/dossier", "Dossier des retours"),  # relative: to the workbook's folder
    "precedent": AnswerBox("accueil/precedent", "Consolidation de l’an dernier"),  # blank: none
    "etat": AnswerBox("pilotage/campagne/etat", "État du bilan"),
    "derniere": AnswerBox("accueil/derniere", "Dernière consolidation"),  # a date
    "bilan": AnswerBox("accueil/bilan", "Bilan"),  # returns received and expected, anomalies: one sentence
    "message": AnswerBox("accueil/message", "Dernier message"),
    "version": AnswerBox("accueil/version", "Versions"),
}

# How the last message begins; its colour follows.
DONE, NOT_DONE = "Fait", "Non fait"


class CellPosition(NamedTuple):
    """Row and column of a value, from 1."""

    line: int
    column: int

    @property
    def cell(self) -> str:
        return address(*self)


def find(lines: Sequence[Sequence[object]]) -> dict[str, CellPosition]:
    """Name of a case → where its value stands, in the rows of a sheet read from A1. Empty: this sheet is no Accueil.

    The hidden key tells the row, the printed label the column: its value is next to it. Refusal if a key stands twice,
    or if a key and its label do not agree; a case that is lost is absent.
    """
    by_key = {MARK + box.cle: nom for nom, box in SLOTS.items()}
    places: dict[str, CellPosition] = {}
    for i, row in enumerate(lines, 1):
        for nom in (by_key[v] for v in row if isinstance(v, str) and v in by_key):
            libelle = SLOTS[nom].libelle
            ranks = [j for j, v in enumerate(row, 1) if isinstance(v, str) and fold(v) == fold(libelle)]
            if nom in places or len(ranks) != 1:
                what = "est en double" if nom in places else f"a perdu son étiquette « {libelle} »"
                raise Refusal(
                    f"Feuille « {NAME} », ligne {i} : la question « {libelle} » {what}. "
                    "Rétablissez la feuille d’origine, puis recommencez."
                )
            places[nom] = CellPosition(i, ranks[0] + 1)
    return places if "accueil/contrat" in {SLOTS[nom].cle for nom in places} else {}


def values(lines: Sequence[Sequence[object]]) -> dict[str, object]:
    """Name of a case → what stands in it (None if blank), for the cases that were found."""
    said: dict[str, object] = {}
    for nom, place in find(lines).items():
        row = lines[place.line - 1]
        valeur = row[place.column - 1] if place.column <= len(row) else None
        said[nom] = None if valeur == "" else valeur
    return said


def message(texte: str, succeeded: bool) -> str:
    """The last message of the tool, as Accueil shows it: « Fait : … » or « Non fait : … »."""
    return typography(f"{DONE if succeeded else NOT_DONE} : {texte}")


class Versions(NamedTuple):
    """``macros``: of the VBA modules in the workbook; ``xlwings``: of its VBA module; ``office``: bits of the Excel
    that opened it last. "": not said."""

    package: str = ""
    macros: str = ""
    xlwings: str = ""
    office: str = ""

    def write(self) -> str:
        return " · ".join(f"{nom} {valeur}" for nom, valeur in zip(_VERSION_NAMES, self, strict=True) if valeur)


_VERSION_NAMES = ("cls-workbook", "macros", "xlwings", "Office")


def read_versions(texte: object) -> Versions:
    """The versions that the cell ``version`` holds, as ``Versions.write`` wrote them."""
    statements = dict(piece.strip().partition(" ")[::2] for piece in str(texte or "").split("·"))
    return Versions(*(statements.get(nom, "") for nom in _VERSION_NAMES))
