"""``Classeur`` → the open workbook, through xlwings: the second renderer of the same description (``xlsx.writer``: files).

Everything is read and decided in ``preparer``; ``ecrire`` only writes, so that what cannot be done is said before
anything has changed. A table is found by its name, whatever its sheet is called now or wherever the table was moved.
"""

from __future__ import annotations

import re
import traceback
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING

from cls_workbook.errors import Refus
from cls_workbook.excel import graphiques, habillage
from cls_workbook.excel.lecture import Contenu
from cls_workbook.excel.notes import Cle, Orpheline, Voisinage, ecrit, suivre
from cls_workbook.excel.rectangles import rectangles
from cls_workbook.francais import NBSP, plier
from cls_workbook.xlsx.limits import ENTIER_EXACT, sans_interdit
from cls_workbook.xlsx.sheets import Cellule, Classeur, Feuille, Lien, Plage, Tableau

if TYPE_CHECKING:
    import xlwings

STYLE_DE_TABLEAU = "TableStyleLight1"
LIGNES_PAR_ECRITURE = 5_000
TEXTE_PAR_ECRITURE = 8_000  # a longer one is refused by some versions of Excel inside a block: it is written alone
_POINTS_PAR_CARACTERE, _MARGE = 5.25, 3.75  # a column's width, for engines that count in points
_CHIFFRES = re.compile(r"\d+")
# What Excel would take for something else, if it were typed back in a cell.
_RETYPABLE = re.compile(r"\s*[=+\-@'\d]|true$|false$|vrai$|faux$", re.IGNORECASE)


@dataclass
class Prevu:
    """One sheet to write. ``contenu`` None: the sheet is to be added. ``debut``: row and column of its first cell (from 1).

    For a table, ``fin``: last row of what it held before; ``droite``: its last column; ``voisinage``: what stands beside.
    """

    feuille: Feuille
    contenu: Contenu | None = None
    debut: tuple[int, int] = (1, 1)
    fin: int = 0
    droite: int = 0
    voisinage: Voisinage | None = None

    @property
    def tableau(self) -> Tableau | None:
        return self.feuille.tableaux[0] if self.feuille.tableaux else None


# --- Deciding -------------------------------------------------------------------------------------------------------


def preparer(contenus: Mapping[str, Contenu], classeur: Classeur) -> list[Prevu]:
    """What will be written where. Refus if a sheet of the coordinator's own bears the name of one of ours."""
    return [_prevoir(contenus, feuille) for feuille in classeur.feuilles]


def _prevoir(contenus: Mapping[str, Contenu], feuille: Feuille) -> Prevu:
    tableau = feuille.tableaux[0] if feuille.tableaux else None
    if tableau and (porteuse := next((c for c in contenus.values() if tableau.nom in c.tables), None)):
        return _au_tableau(porteuse, feuille, tableau)
    homonyme = next((c for nom, c in contenus.items() if plier(nom) == plier(feuille.nom)), None)
    if homonyme is None:
        return Prevu(feuille)
    if homonyme.lignes and (tableau or not _est_la_notre(homonyme, feuille)):
        raise Refus(
            f"La feuille «{NBSP}{homonyme.feuille.name}{NBSP}» n’est pas celle de la consolidation{NBSP}: rien n’a été écrit. "
            "Donnez-lui un autre nom, puis recommencez."
        )
    return Prevu(feuille, homonyme)


def _au_tableau(contenu: Contenu, feuille: Feuille, tableau: Tableau) -> Prevu:
    haut, gauche, bas, droite = contenu.tables[tableau.nom]
    largeur = max(contenu.largeur, droite)
    avant = [[contenu.valeur(i, j) for j in range(gauche, largeur + 1)] for i in range(haut, bas + 1)]
    voisinage = suivre(avant, tableau.colonnes, tableau.cle, _cles(feuille, tableau))
    return Prevu(feuille, contenu, (haut, gauche), bas, droite, voisinage)


def _cles(feuille: Feuille, tableau: Tableau) -> list[Cle]:
    """The key of each row of the table to come; none for the blank row of an empty table."""
    rangs = [tableau.colonnes.index(c) + 1 for c in tableau.cle]
    textes = {(c.ligne, c.colonne): ecrit(c.valeur.texte if isinstance(c.valeur, Lien) else _valeur(c.valeur)) for c in feuille.cellules}
    return [tuple(textes[ligne, rang] for rang in rangs) for ligne in range(tableau.plage.ligne + 1, tableau.plage.ligne_fin + 1)]


def _est_la_notre(contenu: Contenu, feuille: Feuille) -> bool:
    """Does the sheet begin as ours does, years, states and what surrounds the title apart?"""
    premiere = min((c for c in feuille.cellules if c.valeur is not None), key=lambda c: (c.ligne, c.colonne))
    la, voulue = (_morceaux(v) for v in (contenu.valeur(premiere.ligne, premiere.colonne), premiere.valeur))
    return bool(la & voulue)


def _morceaux(texte: object) -> set[str]:
    return {m for morceau in _CHIFFRES.sub("", str(texte)).split("·") if (m := plier(morceau))}


@dataclass
class Ecrit:
    """``perdues``: (sheet, note) of what was typed beside a row that is no more. ``sans_graphique``: charts could not be drawn."""

    perdues: list[tuple[str, Orpheline]] = field(default_factory=list)
    sans_graphique: bool = False


# --- Writing --------------------------------------------------------------------------------------------------------


def ecrire(book: xlwings.Book, prevus: Sequence[Prevu]) -> Ecrit:
    """Writes the sheets, those that are missing after the last."""
    ecrit_ = Ecrit()
    for prevu in prevus:
        page = prevu.contenu.feuille if prevu.contenu else book.sheets.add(prevu.feuille.nom, after=book.sheets[len(book.sheets) - 1])
        rendu = _Page(page, prevu)
        rendu.ecrire()
        ecrit_.perdues += [(page.name, o) for o in (prevu.voisinage.orphelines if prevu.voisinage else ())]
        ecrit_.sans_graphique |= rendu.sans_graphique
    return ecrit_


class _Page:
    """One sheet being written."""

    def __init__(self, page: xlwings.Sheet, prevu: Prevu):
        self.page, self.prevu, self.feuille = page, prevu, prevu.feuille
        self.dl, self.dc = prevu.debut[0] - 1, prevu.debut[1] - 1
        self.neuve = prevu.contenu is None or not prevu.contenu.lignes
        self.sans_graphique = False

    def zone(self, plage: Plage) -> xlwings.Range:
        """A range of the description, where it stands in the sheet."""
        return self.page.range((plage.ligne + self.dl, plage.colonne + self.dc), (plage.ligne_fin + self.dl, plage.colonne_fin + self.dc))

    def ecrire(self) -> None:
        if self.prevu.tableau:
            self._tableau(self.prevu.tableau)
        else:
            self._planche()

    def _tableau(self, tableau: Tableau) -> None:
        plage = tableau.plage
        ancien = self.page.tables[tableau.nom] if self.prevu.fin else None
        totaux = ancien is not None and ancien.show_totals
        if totaux:
            ancien.show_totals = False
        vide = Plage(plage.ligne, plage.colonne, max(plage.ligne_fin, self.prevu.fin - self.dl), plage.colonne_fin)
        if self.prevu.contenu:
            self._pousser_ce_qui_suit(plage)
            self.zone(vide).clear()
        self._voisinage(plage)
        self._cellules(aligner=False)
        self._presenter(neuve=self.neuve or self.prevu.fin - self.dl <= plage.ligne + 1)
        if ancien is None:
            self.page.tables.add(self.zone(plage), name=tableau.nom, table_style_name=STYLE_DE_TABLEAU)
        else:
            droite = max(plage.colonne_fin, self.prevu.droite - self.dc)
            if (plage.ligne_fin + self.dl, droite + self.dc) != (self.prevu.fin, self.prevu.droite):
                ancien.resize(self.zone(plage._replace(colonne_fin=droite)))
        if totaux:
            ancien.show_totals = True
        self.zone(plage._replace(ligne=plage.ligne + 1)).rows.autofit()

    def _pousser_ce_qui_suit(self, plage: Plage) -> None:
        """What stands below a table goes down when the table grows: it is never written over."""
        fin, besoin = self.prevu.fin, plage.ligne_fin + self.dl
        suite = self.prevu.contenu.lignes[fin:]
        if besoin > fin and any(v != "" for rangee in suite for v in rangee):
            largeur = max(self.prevu.contenu.largeur, self.prevu.droite)
            self.page.range((fin + 1, 1), (besoin, largeur)).insert("down", "format_from_left_or_above")

    def _voisinage(self, plage: Plage) -> None:
        """What was typed at the right of the table, beside its row again."""
        voisinage = self.prevu.voisinage
        if not voisinage or not voisinage.entetes or not voisinage.a_ecrire:
            return
        fin = max(self.prevu.fin - self.dl, plage.ligne_fin)
        vides = [[""] * len(voisinage.entetes)] * (fin - plage.ligne - len(voisinage.lignes))
        for rang, entete in enumerate(voisinage.entetes):
            colonne = plage.colonne_fin + 1 + rang
            contenus = [entete, *(ligne[rang] for ligne in [*voisinage.lignes, *vides])]
            zone = self.zone(Plage(plage.ligne, colonne, fin, colonne))
            if not _a_des_formules(zone):  # a formula looks at its own row: it is right where it stands
                self._colonne(zone, contenus)

    def _colonne(self, zone: xlwings.Range, contenus: list[object]) -> None:
        zone.clear_contents()
        for rang, contenu in enumerate(contenus):
            if isinstance(contenu, str) and _RETYPABLE.match(contenu):
                zone[rang, 0].number_format = habillage.TEXTE
        zone.value = [[v if v != "" else None] for v in contenus]

    def _planche(self) -> None:
        """A sheet that is drawn: our columns are cleared and drawn again; what stands at their right is not ours."""
        largeur = max(max(c.colonne for c in self.feuille.cellules), max((f.colonne_fin for f in self.feuille.fusions), default=1))
        if self.prevu.contenu and self.prevu.contenu.lignes:
            ancienne = self.page.range((1, 1), (len(self.prevu.contenu.lignes), largeur))
            ancienne.unmerge()
            ancienne.clear()
        self._cellules(aligner=True)
        for plage, par_ligne in _fusions(self.feuille.fusions):
            self.zone(plage).merge(across=par_ligne)
        self._presenter(neuve=True)
        try:
            graphiques.dessiner(self.page, self.feuille)
        except Exception:  # the errors of Excel's own libraries have no common parent, and figures matter more than their drawing
            traceback.print_exc()
            self.sans_graphique = True

    def _cellules(self, *, aligner: bool) -> None:
        cellules = list(self.feuille.cellules)
        habillage.poser_les_formats(cellules, self.zone)
        self._valeurs(cellules)
        # What a merge covers looks like its first cell: neighbours of one look then make one rectangle.
        habillage.habiller([*cellules, *_couvertes(self.feuille)], self.zone, aligner=aligner)

    def _valeurs(self, cellules: Sequence[Cellule]) -> None:
        """The values in a few large blocks; then the links, and the texts too long for a block."""
        valeurs = {(c.ligne, c.colonne): _valeur(c.valeur) for c in cellules}
        lignes, colonnes = max(li for li, _ in valeurs), max(co for _, co in valeurs)
        for debut in range(1, lignes + 1, LIGNES_PAR_ECRITURE):
            fin = min(lignes, debut + LIGNES_PAR_ECRITURE - 1)
            bloc = [[valeurs.get((i, j)) for j in range(1, colonnes + 1)] for i in range(debut, fin + 1)]
            courts = [[None if isinstance(v, str) and len(v) > TEXTE_PAR_ECRITURE else v for v in rangee] for rangee in bloc]
            self.zone(Plage(debut, 1, fin, colonnes)).value = courts
        for (ligne, colonne), valeur in valeurs.items():
            if isinstance(valeur, str) and len(valeur) > TEXTE_PAR_ECRITURE:
                self.zone(Plage(ligne, colonne, ligne, colonne)).value = valeur
        for cellule in cellules:
            if isinstance(cellule.valeur, Lien):
                cible, texte, infobulle = cellule.valeur
                cible = f"#{cible.removeprefix('internal:')}" if cible.startswith("internal:") else cible.removeprefix("external:")
                self.zone(Plage(cellule.ligne, cellule.colonne, cellule.ligne, cellule.colonne)).add_hyperlink(cible, texte, infobulle or texte)

    def _presenter(self, *, neuve: bool) -> None:
        """Widths and heights. A table that already held rows keeps the widths that the coordinator gave it."""
        if neuve:
            points = getattr(self.page.book.app.engine, "type", "") == "remote"
            for plage, largeur in rectangles({(1, colonne): li for colonne, li in self.feuille.largeurs.items()}):
                self.zone(plage).column_width = largeur * _POINTS_PAR_CARACTERE + _MARGE if points else largeur
        hauteurs = {1: self.feuille.hauteurs.get(1)} if self.prevu.tableau else self.feuille.hauteurs
        for plage, hauteur in rectangles({(ligne, 1): h for ligne, h in hauteurs.items() if h}):
            self.zone(plage).row_height = hauteur


def _fusions(fusions: Sequence[Plage]) -> Iterator[tuple[Plage, bool]]:
    """The merges in fewer calls: those of one row and of the same columns, one below the other, at once (True: row by row)."""
    d_une_ligne = {(p.ligne, p.colonne): p.colonne_fin for p in fusions if p.ligne == p.ligne_fin}
    yield from ((p, False) for p in fusions if p.ligne != p.ligne_fin)
    for colonne in sorted({c for _, c in d_une_ligne}):
        for plage, fin in rectangles({place: fin for place, fin in d_une_ligne.items() if place[1] == colonne}):
            yield plage._replace(colonne_fin=fin), True


def _couvertes(feuille: Feuille) -> Iterator[Cellule]:
    """The cells under each merge, but the first, in its style."""
    styles = {(c.ligne, c.colonne): c.style for c in feuille.cellules}
    for plage in feuille.fusions:
        style = styles.get((plage.ligne, plage.colonne))
        for ligne in range(plage.ligne, plage.ligne_fin + 1):
            for colonne in range(plage.colonne, plage.colonne_fin + 1):
                if style and (ligne, colonne) != (plage.ligne, plage.colonne):
                    yield Cellule(ligne, colonne, None, style)


def _a_des_formules(zone: xlwings.Range) -> bool:
    """Does a formula stand in this column? A text that begins with « = » is its own value; a formula is not."""
    try:
        formules = zone.formula
    except NotImplementedError:  # an engine that does not say: what it shows is kept
        return False
    valeurs = zone.options(ndim=1, err_to_str=True).value
    textes = [f[0] if isinstance(f, (list, tuple)) else f for f in (formules if isinstance(formules, (list, tuple)) else [formules])]
    return any(isinstance(f, str) and f.startswith("=") and f != v for f, v in zip(textes, valeurs, strict=True))


def _valeur(valeur: object) -> object:
    """A value as xlwings takes it: None, text, number, bool or datetime. NaN, as frames say missing, is None."""
    if isinstance(valeur, Lien):
        return sans_interdit(valeur.texte)
    if isinstance(valeur, str):
        return sans_interdit(valeur) or None
    if isinstance(valeur, bool) or valeur is None:
        return valeur
    if isinstance(valeur, Decimal):
        return None if valeur.is_nan() else float(valeur)
    if isinstance(valeur, int):
        return int(valeur) if abs(valeur) < ENTIER_EXACT else str(valeur)
    if isinstance(valeur, float):
        return None if valeur != valeur else float(valeur)
    if isinstance(valeur, date) and not isinstance(valeur, datetime):
        return datetime(valeur.year, valeur.month, valeur.day)
    return valeur
