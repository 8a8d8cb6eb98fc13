"""What a column of a results table is: title, type, unit, bounds, sentence. Described once, for the sheets that show it,
the reading that takes it back, and the schemas of the exports.

``types``: texte, entier, nombre (as exact as it was given), montant (euros, cents), taux (a share: 0.1 for 10 %), date,
annee, empreinte (SHA-256), mixte (a number, a date or a text, as the answer was).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from decimal import Decimal

from cls_workbook.domain.entry_questions import FINANCEMENT
from cls_workbook.french import fold, typography

TYPES = ("texte", "entier", "nombre", "montant", "taux", "date", "annee", "empreinte", "mixte")
VERTICAL_HEADERS = ("Renseignement", "Valeur")
UNITS = {"montant": "EUR", "taux": "1"}
_STYLES = {
    "montant": "cellule:montant",
    "entier": "cellule:entier",
    "taux": "cellule:taux",
    "date": "cellule:date",
    "annee": "cellule:centre",
    "empreinte": "cellule:code",
}


@dataclass(frozen=True, slots=True)
class TableColumn:
    """``choix``: the only values it may hold; ``obligatoire``: never empty."""

    titre: str
    type: str
    aide: str
    obligatoire: bool = False
    choix: tuple[str, ...] = ()
    minimum: Decimal | None = None

    def __post_init__(self):
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
    """One sheet = one table. ``cle``: titles that tell one row from another; ``cross_references``: (title, table, title) it refers to.

    ``vertical``: the table has one record, and its sheet shows it a title a row (``VERTICAL_HEADERS`` are then its headers).
    """

    sheet: str
    nom: str
    aide: str
    columns: tuple[TableColumn, ...]
    cle: tuple[str, ...] = ()
    cross_references: tuple[tuple[str, str, str], ...] = ()
    vertical: bool = False
    optional: bool = False  # a workbook that has nothing to say of it has no such sheet

    def __post_init__(self):
        object.__setattr__(self, "aide", typography(self.aide))

    @property
    def titles(self) -> tuple[str, ...]:
        return tuple(c.titre for c in self.columns)

    @property
    def file(self) -> str:
        """The name under which other tools know the table."""
        return fold(self.nom).replace(" ", "_")


def styles(tables: tuple[DescribedTable, ...]) -> dict[str, str]:
    """Title → cell style, for the columns whose type alone says how they are shown."""
    return {c.titre: _STYLES[c.type] for t in tables for c in t.columns if c.type in _STYLES}


# --- Columns that come back -------------------------------------------------------------------------------------------


def texte(titre: str, aide: str, **extra) -> TableColumn:
    return TableColumn(titre, "texte", aide, **extra)


def whole(titre: str, aide: str, **extra) -> TableColumn:
    return TableColumn(titre, "entier", aide, minimum=Decimal(0), **extra)


def montant(titre: str, aide: str, minimum: Decimal | None = Decimal(0), **extra) -> TableColumn:
    return TableColumn(titre, "montant", aide, minimum=minimum, **extra)


def taux(titre: str, aide: str) -> TableColumn:
    return TableColumn(titre, "taux", aide)


def column_of_field(titre: str, champ: str) -> TableColumn:
    """A column that holds what was typed for a champ of the block « financement »: its type, its bound, its sentence."""
    described = FINANCEMENT.champ(champ)
    type_ = described.type if described.type in TYPES else "texte"
    return TableColumn(titre, type_, described.aide, minimum=described.minimum)


def obligatoire(column: TableColumn) -> TableColumn:
    return replace(column, obligatoire=True)


YEAR = TableColumn("Année", "annee", "L’année de la campagne.", obligatoire=True)
FICHE = texte("Fiche", "Le numéro de la fiche action.")
STRUCTURE = texte("Structure", "La structure qui répond : une organisation, jamais une personne.")
VOLET = texte("Volet", "Le volet de la fiche, si elle en compte plusieurs.")
AXE = texte("Axe", "Le numéro de l’axe du contrat.")
# Where a figure comes from: the file, the sheet, the cell.
FILE = texte("Fichier", "Le fichier d’où vient la ligne.")
SHEET = texte("Feuille", "La feuille de ce fichier.")
CELL = texte("Cellule", "La ou les cellules de cette feuille.")
PROVENANCE = (FILE, SHEET, CELL)
