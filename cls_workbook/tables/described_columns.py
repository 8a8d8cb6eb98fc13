"""What a table of results is: its columns, and of each the title, type, unit, bounds, sentence and look. Described
once.

``types``: texte, entier, nombre (as exact as it was given), montant (euros, cents), taux (a share: 0.1 for 10 %), date,
annee, empreinte (SHA-256), mixte (a number, a date or a text, as the answer was).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from cls_workbook.domain.asked.money_questions import FINANCEMENT
from cls_workbook.french import fold, typography

# One row: title → value, None where it is missing. What each cell may hold is said by its column, and held by the
# schema.
Row = dict[str, Any]

TYPES = ("texte", "entier", "nombre", "montant", "taux", "date", "annee", "empreinte", "mixte")
VERTICAL_HEADERS = ("Renseignement", "Valeur")
UNITS = {"montant": "EUR", "taux": "1"}
# How a column is shown where its type does not say it: a pill coloured by its word; centred; a link to the place; a
# figure
# in euros or as a rate, as the rest of its row says; an answer, as its question says.
PILL, CENTRED, LINK, FIGURE, ANSWER = "pill", "centred", "link", "figure", "answer"
MAX_WIDTH, VALUE_WIDTH, LABEL_WIDTH = 52, 40, 44  # characters, before the text is wrapped


@dataclass(frozen=True, slots=True)
class TableColumn:
    """``choix``: the only values it may hold; ``obligatoire``: never empty. ``look``: how it is shown, "" as its type
    says. ``added``: a workbook of before it was described lacks it, and is read all the same."""

    titre: str
    type: str
    aide: str
    obligatoire: bool = False
    choix: tuple[str, ...] = ()
    minimum: Decimal | None = None
    look: str = ""
    max_width: int = MAX_WIDTH
    added: bool = False

    def __post_init__(self) -> None:
        object.__setattr__(self, "aide", typography(self.aide))

    @property
    def nom(self) -> str:
        """The title as other tools name a column: « Valeur n-1 » → ``valeur_n_1``."""
        return re.sub(r"[^0-9a-z]+", "_", fold(self.titre)).strip("_")

    @property
    def unite(self) -> str | None:
        return UNITS.get(self.type)


@dataclass(frozen=True, slots=True, eq=False)
class DescribedTable:
    """One sheet = one table. ``cle``: titles that tell one row from another; ``cross_references``: (title, table,
    title) it refers to.

    ``vertical``: the table has one record, and its sheet shows it a title a row (``VERTICAL_HEADERS`` are then its
    headers). ``note_key``: the titles by which the coordinator's notes follow their row from one consolidation to the
    next (default: ``cle``). ``printed_columns``: how many print, from the first (0: all); ``printed`` False: none does,
    for who looks for a value or for programs.
    """

    sheet: str
    nom: str
    aide: str
    columns: tuple[TableColumn, ...]
    cle: tuple[str, ...] = ()
    cross_references: tuple[tuple[str, str, str], ...] = ()
    vertical: bool = False
    optional: bool = False  # a workbook that has nothing to say of it has no such sheet
    note_key: tuple[str, ...] = ()
    frozen_columns: int = 1
    printed_columns: int = 0
    printed: bool = True
    tab: str = "gris_moyen"

    def __post_init__(self) -> None:
        object.__setattr__(self, "aide", typography(self.aide))

    @property
    def titles(self) -> tuple[str, ...]:
        return tuple(c.titre for c in self.columns)

    @property
    def needed(self) -> tuple[str, ...]:
        """The titles without which a workbook does not have the table."""
        return tuple(c.titre for c in self.columns if not c.added)

    @property
    def file(self) -> str:
        """The name under which other tools know the table."""
        return fold(self.nom).replace(" ", "_")

    def chosen(self, *titles: str) -> tuple[TableColumn, ...]:
        """These columns, for a table that shows them again."""
        by_title = {c.titre: c for c in self.columns}
        return tuple(by_title[t] for t in titles)


# --- Columns that come back -------------------------------------------------------------------------------------------


def texte(
    titre: str,
    aide: str,
    *,
    obligatoire: bool = False,
    choix: tuple[str, ...] = (),
    look: str = "",
    max_width: int = MAX_WIDTH,
) -> TableColumn:
    return TableColumn(titre, "texte", aide, obligatoire, choix, look=look, max_width=max_width)


def whole(titre: str, aide: str, *, obligatoire: bool = False) -> TableColumn:
    return TableColumn(titre, "entier", aide, obligatoire, minimum=Decimal(0))


def montant(titre: str, aide: str, minimum: Decimal | None = Decimal(0)) -> TableColumn:
    return TableColumn(titre, "montant", aide, minimum=minimum)


def taux(titre: str, aide: str) -> TableColumn:
    return TableColumn(titre, "taux", aide)


def nombre(titre: str, aide: str, look: str = "") -> TableColumn:
    return TableColumn(titre, "nombre", aide, look=look)


def mixte(titre: str, aide: str, look: str = "", max_width: int = MAX_WIDTH) -> TableColumn:
    return TableColumn(titre, "mixte", aide, look=look, max_width=max_width)


def column_of_field(titre: str, champ: str) -> TableColumn:
    """A column that holds what was typed for a champ of the block « financement »: its type, its bound, its
    sentence."""
    described = FINANCEMENT.champ(champ)
    type_ = described.type if described.type in TYPES else "texte"
    return TableColumn(titre, type_, described.aide, minimum=described.minimum)


def obligatoire(column: TableColumn) -> TableColumn:
    return replace(column, obligatoire=True)


YEAR = TableColumn("Année", "annee", "L’année de la campagne.", obligatoire=True)
FICHE = texte("Fiche", "Le numéro de la fiche action.", max_width=13)
STRUCTURE = texte("Structure", "La structure qui répond : une organisation, jamais une personne.")
VOLET = texte("Volet", "Le volet de la fiche, si elle en compte plusieurs.")
AXE = texte("Axe", "Le numéro de l’axe du contrat.")
# Where a figure comes from: the file, the sheet, the cell.
FILE = texte("Fichier", "Le fichier d’où vient la ligne.")
SHEET = texte("Feuille", "La feuille de ce fichier.")
CELL = texte("Cellule", "La ou les cellules de cette feuille.")
PROVENANCE = (FILE, SHEET, CELL)
LOCATION = tuple(c.titre for c in PROVENANCE)
