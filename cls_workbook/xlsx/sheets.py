"""A workbook described, without any library: sheets, cells, validations, tables, charts, print setup.

Both the entry workbooks (``layout``) and the summaries (``consolidated``) are made of these;
``writer`` turns a ``Classeur`` into a file. Rows and columns count from 1. A style is named
``role`` or ``role:format`` (``saisie:montant``); ``look`` knows what each name looks like.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import NamedTuple

LIGNES_MAX, COLONNES_MAX = 1_048_576, 16_384
NOM_DE_FEUILLE_MAX, TEXTE_MAX, INVITE_MAX, TITRE_MAX = 31, 32_767, 255, 32


class Formule(NamedTuple):
    """A formula (English function names, no leading ``=``) and the value that it shows."""

    texte: str
    valeur: object = ""


class Lien(NamedTuple):
    """A link: ``internal:'FA 1.2'!B2`` or ``external:dossier/fichier.xlsx``, and the text shown."""

    cible: str
    texte: str
    infobulle: str = ""


class Cellule(NamedTuple):
    ligne: int
    colonne: int
    valeur: object  # None (blank), str, int, float, Decimal, date, bool, Formule or Lien
    style: str


@dataclass(frozen=True, slots=True)
class Rangees:
    """The cells of a sheet that whole rows fill from its first cell on: made each time they are asked for, never kept.

    ``rangees()`` gives for each row its ``largeur`` values, and the style of each.
    """

    nombre: int
    largeur: int
    rangees: Callable[[], Iterable[tuple[Sequence[object], Sequence[str]]]]

    def __len__(self) -> int:
        return self.nombre * self.largeur

    def __iter__(self) -> Iterator[Cellule]:
        for ligne, (valeurs, styles) in enumerate(self.rangees(), 1):
            for colonne, (valeur, style) in enumerate(zip(valeurs, styles, strict=True), 1):
                yield Cellule(ligne, colonne, valeur, style)


class Plage(NamedTuple):
    """A rectangle, both corners included."""

    ligne: int
    colonne: int
    ligne_fin: int
    colonne_fin: int

    def a1(self, absolu: bool = False) -> str:
        debut = adresse(self.ligne, self.colonne, absolu)
        return debut if self[:2] == self[2:] else f"{debut}:{adresse(self.ligne_fin, self.colonne_fin, absolu)}"


@dataclass(slots=True)
class Validation:
    """What a range accepts. ``type``: liste, entier, decimal, montant, date, texte (length), libre (prompt only).

    ``source``: formula of a list (``=Listes!$A$2:$A$7`` or ``=un_nom``), or a tuple of choices.
    ``stricte`` False: the list proposes, other values are accepted.
    """

    plages: list[Plage]
    type: str
    minimum: object = None
    maximum: object = None
    source: str | tuple[str, ...] | None = None
    titre: str = ""
    invite: str = ""
    titre_erreur: str = ""
    erreur: str = ""
    stricte: bool = True


@dataclass(slots=True)
class MiseEnForme:
    """A conditional format: ``formule`` is relative to the range's first cell (no leading ``=``)."""

    plage: Plage
    formule: str
    style: str


@dataclass(slots=True)
class Tableau:
    """An Excel table over ``plage``, header row included; its cells are given as ordinary cells.

    ``cle``: the columns that tell a row from the others; in an open workbook, what is typed beside a row follows it.
    """

    nom: str
    plage: Plage
    colonnes: tuple[str, ...]
    cle: tuple[str, ...] = ()


class Serie(NamedTuple):
    """``couleur``: a colour name of the charte; "": the next one of its series."""

    nom: str
    categories: tuple[str, Plage]  # sheet name, range
    valeurs: tuple[str, Plage]
    couleur: str = ""


@dataclass(slots=True)
class Graphique:
    """A native chart. ``type``: barres (horizontal), colonnes, courbes, secteurs; ``empile`` stacks the series."""

    type: str
    titre: str
    series: list[Serie]
    ligne: int
    colonne: int
    largeur: int  # pixels
    hauteur: int
    texte_alternatif: str
    format_valeurs: str = "entier"
    empile: bool = False
    etiquettes: bool = True


class Bouton(NamedTuple):
    """A button over the cells, its upper left corner in (``ligne``, ``colonne``). ``macro``: a Sub without parameter."""

    ligne: int
    colonne: int
    texte: str
    macro: str
    largeur: int  # pixels
    hauteur: int
    texte_alternatif: str


class Macros(NamedTuple):
    """What makes a workbook carry macros: a VBA project, the ribbon's XML; ``complement``: the file is an add-in."""

    projet: bytes
    ruban: bytes
    complement: bool = False


@dataclass(slots=True)
class Impression:
    """A4, ``largeur`` pages wide, « Page x / y » at the foot. ``lignes_repetees``, ``colonnes_repetees``: first and last
    row, first and last column repeated on each page."""

    paysage: bool = True
    lignes_repetees: tuple[int, int] | None = None
    zone: Plage | None = None
    pied_gauche: str = ""
    sauts: list[int] = field(default_factory=list)  # page break after these rows
    largeur: int = 1
    colonnes_repetees: tuple[int, int] | None = None


@dataclass(slots=True)
class Feuille:
    nom: str
    cellules: list[Cellule] | Rangees = field(default_factory=list)
    largeurs: dict[int, float] = field(default_factory=dict)
    hauteurs: dict[int, float] = field(default_factory=dict)
    fusions: list[Plage] = field(default_factory=list)
    colonnes_masquees: tuple[int, ...] = ()
    figee: tuple[int, int] | None = None  # rows, columns kept in view
    couleur_onglet: str | None = None  # a colour name of the charte (``axe1`` … or ``accent``)
    etat: str = "visible"  # visible | masquee | tres_masquee
    protegee: bool = False
    inserer_lignes: bool = False  # protected, but rows may be inserted
    validations: list[Validation] = field(default_factory=list)
    mises_en_forme: list[MiseEnForme] = field(default_factory=list)
    tableaux: list[Tableau] = field(default_factory=list)
    graphiques: list[Graphique] = field(default_factory=list)
    boutons: list[Bouton] = field(default_factory=list)
    nom_de_code: str = ""  # of its module in the VBA project
    impression: Impression = field(default_factory=Impression)
    zoom: int = 100
    selection: tuple[int, int] | None = None  # cell selected when the sheet opens

    def ecrire(self, ligne: int, colonne: int, valeur: object, style: str) -> None:
        self.cellules.append(Cellule(ligne, colonne, valeur, style))


@dataclass(slots=True)
class Classeur:
    feuilles: list[Feuille]
    titre: str
    sujet: str = ""
    noms: dict[str, tuple[str, Plage]] = field(default_factory=dict)  # defined name → sheet, range
    feuille_active: str | None = None
    macros: Macros | None = None


@cache
def lettre(colonne: int) -> str:
    """1 → A, 27 → AA."""
    texte = ""
    while colonne:
        colonne, reste = divmod(colonne - 1, 26)
        texte = chr(65 + reste) + texte
    return texte


def adresse(ligne: int, colonne: int, absolu: bool = False) -> str:
    """``adresse(12, 4)`` → ``D12``; absolute: ``$D$12``."""
    return f"${lettre(colonne)}${ligne}" if absolu else f"{lettre(colonne)}{ligne}"


def reference(feuille: str, plage: Plage, absolu: bool = True) -> str:
    """``'FA 1.2'!$D$12``, quoted as formulas want it."""
    return "'" + feuille.replace("'", "''") + f"'!{plage.a1(absolu)}"
