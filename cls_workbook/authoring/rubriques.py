"""What a column and a sheet of the workbook are, and how both follow from the model.

A ``Colonne`` names a field of a class of the model: its type, whether it is a list and whether it must be there are
the model's. A ``Rubrique`` is a sheet: one row an object of its class.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from cls_workbook.contract.champs import champs_de
from cls_workbook.francais import typographie

LIGNES_VIDES = 40  # rows of room beyond what is filled in
ESSENTIEL, PRECISIONS, VIE, IDENTIFIANTS = "L’essentiel", "Précisions", "Années et décisions", "Repères"


@dataclass(frozen=True)
class Colonne:
    """One field, as a column (or as a line of the form).

    ``renvoi``: what it names (a key of ``renvois``); ``choix``: a closed list (see ``choix``).
    ``repere``: a number or code that a spreadsheet would spoil by reading it as a number or a date.
    ``cases``: for a list, how many columns take one item each; what is beyond goes in one more, parted by « ; ».
    ``deduit``: what is understood when it is left blank, though the model needs it; "" if nothing is.
    """

    champ: str
    titre: str
    aide: str
    exemple: str = ""
    largeur: float = 18
    bande: str = PRECISIONS
    renvoi: str | None = None
    choix: str | None = None
    repere: bool = False
    format: str = ""  # montant, taux, annee, jour_mois, insee, chiffres
    cases: int = 0
    deduit: str = ""
    partie: str = ""  # a field of what shares the row: "mesures" on that of an indicator, "evolution" on the form
    pour: tuple[str, ...] = ()  # types of rule for which the field counts; (): all
    unique: bool = False
    maximum: int = 1  # the greatest rate

    def __post_init__(self):
        for texte in ("titre", "aide", "exemple", "deduit"):
            object.__setattr__(self, texte, typographie(getattr(self, texte)))


class Case(NamedTuple):
    """A column of a sheet. ``rang``: from 1 for the columns of a list that has several, 0 for its last or for a sole column."""

    cle: str
    titre: str
    colonne: Colonne
    rang: int = 0

    @property
    def seule(self) -> bool:
        """Does it hold one item (or the field is no list)?"""
        return self.rang > 0 or not self.colonne.cases


@dataclass(frozen=True)
class Rubrique:
    """A sheet. ``parent``: its rows belong to a fiche, which their first column names, in this field of it."""

    nom: str
    feuille: str
    classe: type
    aide: str
    colonnes: tuple[Colonne, ...]
    parent: str = ""
    sous_classe: type | None = None  # what columns of a ``partie`` are fields of
    lignes: int = LIGNES_VIDES
    figees: int = 1  # columns that stay in view
    formulaire: bool = False

    def __post_init__(self):
        for texte in ("aide", "feuille"):
            object.__setattr__(self, texte, typographie(getattr(self, texte)))

    def classe_de(self, colonne: Colonne) -> type:
        return self.sous_classe if colonne.partie and self.sous_classe else self.classe

    def nature(self, colonne: Colonne) -> tuple[type, bool, bool]:
        """(type, is it a list of it?, must it be there?), as the model says; the number of the parent fiche is a text."""
        if self.est_parent(colonne):
            return str, False, True
        return champs_de(self.classe_de(colonne))[colonne.champ]

    def est_parent(self, colonne: Colonne) -> bool:
        return bool(self.parent) and colonne is self.colonnes[0]

    def obligatoire(self, colonne: Colonne) -> bool:
        """Must the cell be filled in, once something else in its row is? (A measure may be absent from its row.)"""
        return self.nature(colonne)[2] and not colonne.deduit

    def defaut(self, colonne: Colonne) -> object:
        champ = next((c for c in dataclasses.fields(self.classe_de(colonne)) if c.name == colonne.champ), None)
        return None if champ is None or champ.default is dataclasses.MISSING else champ.default

    @cached_property
    def cases(self) -> tuple[Case, ...]:
        return tuple(self._cases())

    def _cases(self) -> Iterator[Case]:
        for colonne in self.colonnes:
            cle = f"{colonne.partie or self.nom}.{colonne.champ}"
            for rang in range(1, colonne.cases + 1):
                yield Case(f"{cle}.{rang}", f"{colonne.titre} {rang}", colonne, rang)
            yield Case(f"{cle}.suite", typographie(f"{colonne.titre} : les autres"), colonne) if colonne.cases else Case(cle, colonne.titre, colonne)

    def colonne(self, champ: str, partie: str = "") -> Colonne:
        return next(c for c in self.colonnes if (c.champ, c.partie) == (champ, partie))

    def case(self, champ: str, partie: str = "") -> Case:
        """The (first) column of a field."""
        return next(c for c in self.cases if (c.colonne.champ, c.colonne.partie) == (champ, partie))
