"""What a column of a results table is: title, type, unit, bounds, sentence. Described once, for the sheets that show it,
the reading that takes it back, and the schemas of the exports.

``types``: texte, entier, nombre (as exact as it was given), montant (euros, cents), taux (a share: 0.1 for 10 %), date,
annee, empreinte (SHA-256), mixte (a number, a date or a text, as the answer was).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from decimal import Decimal

from cls_workbook.contract.fields import FINANCEMENT
from cls_workbook.francais import plier, typographie

TYPES = ("texte", "entier", "nombre", "montant", "taux", "date", "annee", "empreinte", "mixte")
VERTICALE = ("Renseignement", "Valeur")
UNITES = {"montant": "EUR", "taux": "1"}
_STYLES = {
    "montant": "cellule:montant", "entier": "cellule:entier", "taux": "cellule:taux", "date": "cellule:date",
    "annee": "cellule:centre", "empreinte": "cellule:code",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Colonne:
    """``choix``: the only values it may hold; ``obligatoire``: never empty."""

    titre: str
    type: str
    aide: str
    obligatoire: bool = False
    choix: tuple[str, ...] = ()
    minimum: Decimal | None = None

    def __post_init__(self):
        object.__setattr__(self, "aide", typographie(self.aide))

    @property
    def nom(self) -> str:
        """The title as other tools name a column: « Valeur n-1 » → ``valeur_n_1``."""
        return re.sub(r"[^0-9a-z]+", "_", plier(self.titre)).strip("_")

    @property
    def unite(self) -> str | None:
        return UNITES.get(self.type)


@dataclass(frozen=True, slots=True, eq=False)
class TableDecrite:
    """One sheet = one table. ``cle``: titles that tell one row from another; ``renvois``: (title, table, title) it refers to.

    ``verticale``: the table has one record, and its sheet shows it a title a row (``VERTICALE`` are then its headers).
    """

    feuille: str
    nom: str
    aide: str
    colonnes: tuple[Colonne, ...]
    cle: tuple[str, ...] = ()
    renvois: tuple[tuple[str, str, str], ...] = ()
    verticale: bool = False
    optionnelle: bool = False  # a workbook that has nothing to say of it has no such sheet

    def __post_init__(self):
        object.__setattr__(self, "aide", typographie(self.aide))

    @property
    def titres(self) -> tuple[str, ...]:
        return tuple(c.titre for c in self.colonnes)

    @property
    def fichier(self) -> str:
        """The name under which other tools know the table."""
        return plier(self.nom).replace(" ", "_")


def styles(tables: tuple[TableDecrite, ...]) -> dict[str, str]:
    """Title → cell style, for the columns whose type alone says how they are shown."""
    return {c.titre: _STYLES[c.type] for t in tables for c in t.colonnes if c.type in _STYLES}


# --- Columns that come back -------------------------------------------------------------------------------------------


def texte(titre: str, aide: str, **plus) -> Colonne:
    return Colonne(titre, "texte", aide, **plus)


def entier(titre: str, aide: str, **plus) -> Colonne:
    return Colonne(titre, "entier", aide, minimum=Decimal(0), **plus)


def montant(titre: str, aide: str, minimum: Decimal | None = Decimal(0), **plus) -> Colonne:
    return Colonne(titre, "montant", aide, minimum=minimum, **plus)


def taux(titre: str, aide: str) -> Colonne:
    return Colonne(titre, "taux", aide)


def du_champ(titre: str, champ: str) -> Colonne:
    """A column that holds what was typed for a champ of the block « financement »: its type, its bound, its sentence."""
    decrit = FINANCEMENT.champ(champ)
    type_ = decrit.type if decrit.type in TYPES else "texte"
    return Colonne(titre, type_, decrit.aide, minimum=decrit.minimum)


def obligatoire(colonne: Colonne) -> Colonne:
    return replace(colonne, obligatoire=True)


ANNEE = Colonne("Année", "annee", "L’année de la campagne.", obligatoire=True)
FICHE = texte("Fiche", "Le numéro de la fiche action.")
STRUCTURE = texte("Structure", "La structure qui répond : une organisation, jamais une personne.")
VOLET = texte("Volet", "Le volet de la fiche, si elle en compte plusieurs.")
AXE = texte("Axe", "Le numéro de l’axe du contrat.")
# Where a figure comes from: the file, the sheet, the cell.
FICHIER = texte("Fichier", "Le fichier d’où vient la ligne.")
FEUILLE = texte("Feuille", "La feuille de ce fichier.")
CELLULE = texte("Cellule", "La ou les cellules de cette feuille.")
PROVENANCE = (FICHIER, FEUILLE, CELLULE)
