"""A table of results drawn as a sheet: headers in row 1, one Excel table, widths, heights and print setup.

A missing value is an empty cell. What a partner typed is always text, never a formula.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Context, Decimal
from functools import cached_property, partial
from itertools import islice

import pandas as pd

from cls_workbook.francais import date_fr
from cls_workbook.results import colonnes
from cls_workbook.results.colonnes import VERTICALE, TableDecrite
from cls_workbook.results.descriptions import STYLES, TABLES
from cls_workbook.results.resultat import enregistrements
from cls_workbook.summaries.consolidation import TableDeValeurs
from cls_workbook.xlsx.limits import unites
from cls_workbook.xlsx.sheets import TEXTE_MAX, Feuille, Impression, Lien, Plage, Rangees, Tableau

_CHIFFRES = Context(prec=12)  # those that every spreadsheet keeps
_LONG = TEXTE_MAX // 2  # characters, which may count for two: an emoji does
_SUITE = " … [suite : feuille Mesures]"
_LARGEUR_MIN, _LARGEUR_MAX, _ECHANTILLON = 9, 52, 400
_LARGEURS_MAX = {"Valeur n-1": 24, "Valeur": 40, "Libellé": 44}
SANS_RETOUR_A_LA_LIGNE = frozenset(c.titre for t in TABLES for c in t.colonnes if c.type == "empreinte")  # 64 characters that nobody reads to the end
_MIXTES = {
    int: "cellule:entier", float: "cellule:decimal", Decimal: "cellule:decimal", date: "cellule:date",
    bool: "cellule:centre", str: "cellule:texte", type(None): "cellule:texte",
}  # fmt: skip
_A_GAUCHE = {int: "cellule:gauche", date: "cellule:date_gauche"}
_PASTILLES = {
    "bloquant": "gravite_bloquant", "à confirmer": "gravite_a_confirmer", "information": "gravite_information",
    "reçu": "etat_bon", "manquant": "etat_attention", "doublon": "etat_attention", "rejeté": "etat_mauvais",
}  # fmt: skip

# (value, row as a dictionary) → style name
Styliste = Callable[[object, Mapping[str, object]], str]


@dataclass(frozen=True)
class Table:
    """One sheet = one Excel table. ``styles``: column → style name, or a function that chooses it for each value.

    ``cle``: the columns that tell a row from the others, from one consolidation to the next.
    """

    feuille: str
    nom: str
    lignes: Sequence[dict[str, object]]
    colonnes: tuple[str, ...]
    cle: tuple[str, ...]
    styles: Mapping[str, str | Styliste]
    figees: int = 1
    onglet: str = "gris_moyen"

    def style(self, titre: str) -> str | Styliste:
        return self.styles.get(titre) or STYLES.get(titre, "cellule:texte")


class LignesDeCadre(Sequence):
    """The rows of a frame as dictionaries, missing values as None: made a batch at a time, each time they are asked for."""

    _LOT = 2_000

    def __init__(self, frame: pd.DataFrame | TableDeValeurs):
        self._parties = frame.parties if isinstance(frame, TableDeValeurs) else lambda: [frame]

    @cached_property
    def _nombre(self) -> int:
        return sum(map(len, self._parties()))

    def __len__(self) -> int:
        return self._nombre

    def __getitem__(self, rang):
        return list(islice(self, rang.start, rang.stop, rang.step)) if isinstance(rang, slice) else list(islice(self, rang, rang + 1))[0]

    def __iter__(self) -> Iterator[dict[str, object]]:
        for partie in self._parties():
            for debut in range(0, len(partie), self._LOT):
                yield from enregistrements(partie.iloc[debut : debut + self._LOT])


def depuis_cadre(
    frame: pd.DataFrame | TableDeValeurs, feuille: str, nom: str, cle: tuple[str, ...], styles: Mapping[str, str | Styliste], figees: int = 1, onglet: str = "gris_moyen"
) -> Table:
    titres = frame.titres if isinstance(frame, TableDeValeurs) else tuple(frame.columns)
    return Table(feuille, nom, LignesDeCadre(frame), titres, cle, styles, figees, onglet)


def decrite(description: TableDecrite, lignes: list[dict[str, object]], styles: Mapping[str, str | Styliste] | None = None, **reglages) -> Table:
    """A table whose columns are described; ``styles`` for those whose type does not say how they are shown."""
    if description.verticale:
        return _verticale(description, lignes[0], **reglages)
    mixtes = {c.titre: mixte for c in description.colonnes if c.type in ("mixte", "nombre")}
    tous = colonnes.styles((description,)) | mixtes | dict(styles or {})
    return Table(description.feuille, description.nom, lignes, description.titres, description.cle, tous, **reglages)


def _verticale(description: TableDecrite, ligne: dict[str, object], **reglages) -> Table:
    """One record, a row a title, and beside each what it is."""
    rangees = [dict(zip((*VERTICALE, "Ce que c’est"), (c.titre, ligne[c.titre], c.aide), strict=True)) for c in description.colonnes]
    par_titre = colonnes.styles((description,))

    def style(valeur: object, rangee: Mapping) -> str:
        # Of different kinds in one column: they read best aligned together.
        montant = par_titre.get(rangee[VERTICALE[0]]) == "cellule:montant"
        return "cellule:cle_montant" if montant else _A_GAUCHE.get(type(valeur), "cellule:texte")

    return Table(description.feuille, description.nom, rangees, tuple(rangees[0]), VERTICALE[:1], {VERTICALE[1]: style}, **reglages)


def pastille(valeur: object, _: Mapping) -> str:
    return _PASTILLES.get(str(valeur), "cellule:centre")


def mixte(valeur: object, _: Mapping) -> str:
    if type(valeur) is Decimal and valeur == valeur.to_integral_value():
        return "cellule:entier"
    return _MIXTES.get(type(valeur), "cellule:texte")


# --- Sheets ---------------------------------------------------------------------------------------------------------


def feuille(table: Table, pied: str) -> Feuille:
    """Headers in row 1, so that it reads as a plain table anywhere."""
    fin = max(2, len(table.lignes) + 1)
    cellules = Rangees(fin, len(table.colonnes), partial(_rangees, table))
    page = Feuille(table.feuille, cellules, figee=(1, table.figees), couleur_onglet=table.onglet)
    page.tableaux.append(Tableau(table.nom, Plage(1, 1, fin, len(table.colonnes)), table.colonnes, table.cle))
    premieres = table.lignes[:_ECHANTILLON]
    page.largeurs = {rang: _largeur(titre, table, premieres) for rang, titre in enumerate(table.colonnes, 1)}
    page.hauteurs = {1: 30.0} | _hauteurs(table, page.largeurs)
    page.impression = Impression(lignes_repetees=(1, 1), pied_gauche=f"{pied} · {table.feuille}")
    return page


def _rangees(table: Table) -> Iterator[tuple[Sequence[object], Sequence[str]]]:
    """The values and the styles of each row: a fixed style a column, or a function of the value."""
    yield table.colonnes, ["entete"] * len(table.colonnes)
    choix = [table.style(titre) for titre in table.colonnes]
    fixes = [style if type(style) is str else "" for style in choix]
    choisis = [(rang, style) for rang, style in enumerate(choix) if type(style) is not str]
    for ligne in table.lignes or [dict.fromkeys(table.colonnes)]:
        valeurs = [_coupe(v) if type(v) is str and len(v) > _LONG else v for v in map(ligne.__getitem__, table.colonnes)]
        styles = fixes.copy()
        for rang, style in choisis:
            styles[rang] = style(valeurs[rang], ligne)
        yield valeurs, styles


def _coupe(texte: str) -> str:
    """The text, cut if no cell could hold it whole."""
    return texte[: _LONG - len(_SUITE)] + _SUITE if unites(texte) > TEXTE_MAX else texte


def _largeur(titre: str, table: Table, lignes: Sequence[Mapping[str, object]]) -> float:
    """What the first rows and the header (with its filter button) need, within bounds."""
    if titre in SANS_RETOUR_A_LA_LIGNE:
        return 22.0
    longueurs = [len(titre) + 4]
    for ligne in lignes:
        valeur = ligne[titre]
        if valeur is not None:
            longueurs.append(max(map(len, _affiche(valeur).split("\n"))) + 2)
    if table.style(titre) == "cellule:montant":
        longueurs.append(15)
    return float(min(_LARGEURS_MAX.get(titre, _LARGEUR_MAX), max(_LARGEUR_MIN, *longueurs)))


def _affiche(valeur: object) -> str:
    """A value as it takes room: the same for 40, 40.0 and Decimal("40.00"), which a spreadsheet does not tell apart."""
    if isinstance(valeur, (float, Decimal)):
        return format(_CHIFFRES.create_decimal(str(valeur)).normalize(), "f")
    return valeur.texte if isinstance(valeur, Lien) else date_fr(valeur) if isinstance(valeur, date) else str(valeur)


def _hauteurs(table: Table, largeurs: Mapping[int, float]) -> dict[int, float]:
    """Row → points, for the rows whose longest text takes several lines: not every spreadsheet fits them by itself."""
    places = [(titre, largeurs[rang] - 1) for rang, titre in enumerate(table.colonnes, 1) if titre not in SANS_RETOUR_A_LA_LIGNE]
    hauteurs = {}
    for numero, ligne in enumerate(table.lignes, 2):
        lignes = 1
        for titre, place in places:
            texte = ligne[titre]
            if type(texte) is str and (len(texte) > place or "\n" in texte):
                lignes = max(lignes, sum(1 + int(len(morceau) * 1.05 / place) for morceau in texte.split("\n")))
        if lignes > 1:
            hauteurs[numero] = min(400.0, 13.5 * lignes + 4)
    return hauteurs
