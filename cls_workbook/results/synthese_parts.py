"""What the Synthèse is drawn with: a sheet of 36 equal units, bands, cards, tables, texts, page breaks.

Knows no figure. Heights are counted in points, so that a group that must stay together never straddles two pages.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from cls_workbook.xlsx.sheets import Cellule, Feuille, Graphique, Plage, Serie

UNITES, PREMIERE = 36, 2  # units of a line; column of the first one (A is a margin)
LARGEUR_D_UNITE, PIXELS = 4.71, 38
HAUTEUR_DE_PAGE = 668  # points of rows on a landscape A4 page, one page wide, with some to spare
POINT = 4 / 3  # pixels

# Text in 9 points (12 pixels to the em): widths of Calibri's characters in thousandths of an em, height of a line, margins.
_EM, _INTERLIGNE, _MARGE, _PRUDENCE, _GRAS = 12, 12.2, 6, 1.05, 1.035
_CLASSES = {
    215: " '’ilj|", 255: ".,;:!Ií\u00a0", 310: "-()[]ftr", 390: "sz/–J", 450: "ckvxyç?L", 480: "aàâäegEFST", 530: "0123456789€•«»",
    720: "wmMOQÔŒœ", 900: "W—…%@",
}  # fmt: skip
_LARGEURS = {caractere: largeur for largeur, caracteres in _CLASSES.items() for caractere in caracteres}
_AUTRE = 560
_CHIFFRES = ("montant", "taux", "entier", "decimal")
_RANG_MAX = 400
_LIGNES_MAX = 30  # of text in one row: Excel stops at 409 points


class Case(NamedTuple):
    valeur: object
    style: str = "dense"


class Colonne(NamedTuple):
    titre: str
    unites: int
    style: str = "dense"


class Carte(NamedTuple):
    """A key figure: what it is, the value (None: unknown), its format, what it rests on."""

    titre: str
    valeur: object
    format: str
    note: str
    alerte: bool = False


def lignes_de_texte(texte: object, unites: int, gras: bool = False) -> int:
    """How many lines a text in 9 points takes in a cell of ``unites``."""
    return sum(len(morceau) for morceau in _lignes(texte, unites, gras))


def _lignes(texte: object, unites: int, gras: bool = False) -> Iterator[list[str]]:
    """Paragraph by paragraph, the lines that the text makes in a cell of this width."""
    place = (unites * PIXELS - 16) / (_EM * _PRUDENCE * (_GRAS if gras else 1)) * 1000
    for paragraphe in str("" if texte is None else texte).split("\n"):
        lignes, restant = [""], place
        for mot in paragraphe.split(" "):
            for part in _parts(mot, place):
                besoin = _largeur(part)
                if lignes[-1] and besoin + _LARGEURS[" "] > restant:
                    lignes.append("")
                    restant = place
                lignes[-1] += (" " if lignes[-1] else "") + part
                restant -= besoin + _LARGEURS[" "]
        yield lignes


def _largeur(mot: str) -> int:
    return sum(_LARGEURS.get(caractere, _AUTRE) for caractere in mot)


def _parts(mot: str, place: float) -> list[str]:
    """The word, or its pieces if it is wider than a line: spreadsheets break it too."""
    n = max(1, int(place // 900))
    return [mot] if _largeur(mot) <= place else [mot[i : i + n] for i in range(0, len(mot), n)]


def hauteur(texte: object, unites: int, gras: bool = False, minimum: float = 19) -> float:
    """Points that a row needs to show the whole text."""
    return max(minimum, lignes_de_texte(texte, unites, gras) * _INTERLIGNE + _MARGE)


def morceaux(texte: str, unites: int) -> list[str]:
    """The text in as many pieces as rows are needed to show all of it."""
    lignes = [ligne for paragraphe in _lignes(texte, unites) for ligne in paragraphe]
    if len(lignes) <= _LIGNES_MAX:
        return [texte]
    return ["\n".join(lignes[i : i + _LIGNES_MAX]) for i in range(0, len(lignes), _LIGNES_MAX)]


def abrege(texte: str, longueur: int) -> str:
    """The text if it is short enough, else its beginning, cut between two words, and « … »."""
    return texte if len(texte) <= longueur else texte[:longueur].rsplit(" ", 1)[0].rstrip(" ,;.") + " …"


class Planche:
    """Draws one sheet from top to bottom, on a grid of 36 units."""

    def __init__(self, nom: str):
        self.feuille = Feuille(nom)
        self.feuille.largeurs = {1: 1.5} | dict.fromkeys(range(PREMIERE, PREMIERE + UNITES), LARGEUR_D_UNITE)
        self.ligne = 1
        self.haut = 0.0  # points already used on the current page

    # --- cells ---

    def place(self, debut: int, unites: int, valeur: object, style: str, lignes: int = 1) -> None:
        """A cell over ``unites`` units from ``debut`` (the first is 0), and ``lignes`` rows."""
        colonne = PREMIERE + debut
        self.feuille.cellules.append(Cellule(self.ligne, colonne, valeur, style))
        if unites > 1 or lignes > 1:
            self.feuille.fusions.append(Plage(self.ligne, colonne, self.ligne + lignes - 1, colonne + unites - 1))

    def avance(self, points: float) -> None:
        self.feuille.hauteurs[self.ligne] = round(points, 1)
        self.ligne += 1
        self.haut += points

    def vide(self, points: float = 9) -> None:
        self.avance(points)

    def reserver(self, points: float) -> None:
        """Room for a chart, in as many rows as Excel wants for that height."""
        rangs = -(-points // _RANG_MAX)
        for _ in range(int(rangs)):
            self.avance(points / rangs)

    def completer(self, depuis: int, points: float) -> None:
        """Blank room, so that what began at row ``depuis`` takes at least ``points``."""
        manque = points - sum(self.feuille.hauteurs.get(ligne, 15) for ligne in range(depuis, self.ligne))
        if manque > 0:
            self.reserver(manque)

    # --- pages ---

    def garder_ensemble(self, points: float) -> bool:
        """Starts a new page if the next ``points`` do not fit on this one; says whether it did."""
        if self.haut + points <= HAUTEUR_DE_PAGE or self.ligne == 1:
            return False
        self.page_suivante()
        return True

    def page_suivante(self) -> None:
        if self.ligne - 1 not in self.feuille.impression.sauts:
            self.feuille.impression.sauts.append(self.ligne - 1)
        self.haut = self.feuille.hauteurs.get(1, 0)  # the repeated row

    # --- parts ---

    def bande(self, titre: str, suite: float = 90, style: str = "bloc") -> None:
        """The heading of a section, kept with the ``suite`` points that follow."""
        self.garder_ensemble(34 + suite)
        self.vide()
        self.place(0, UNITES, titre, style)
        self.avance(24)

    def sous_titre(self, titre: str, suite: float = 60) -> None:
        self.garder_ensemble(28 + suite)
        self.vide(6)
        self.place(0, UNITES, titre, "dense_fort")
        self.avance(20)

    def phrases(self, textes: Iterable[str], style: str = "dense") -> None:
        """One row a sentence, over the whole width."""
        for texte in textes:
            for morceau in morceaux(texte, UNITES):
                points = hauteur(morceau, UNITES)
                self.garder_ensemble(points)
                self.place(0, UNITES, morceau, style)
                self.avance(points)

    def phrases_en_deux_colonnes(self, textes: Sequence[str]) -> None:
        """Short sentences, read down the left column, then down the right one."""
        moitie = UNITES // 2
        textes = [morceau for texte in textes for morceau in morceaux(texte, moitie)]  # what a thousand structures answered is no short sentence
        par_colonne = -(-len(textes) // 2)
        for rang in range(par_colonne):
            paire = [textes[rang], *textes[rang + par_colonne : rang + par_colonne + 1]]
            points = max(hauteur(t, moitie) for t in paire)
            self.garder_ensemble(points)
            for colonne, texte in enumerate((*paire, None)[:2]):
                self.place(colonne * moitie, moitie, texte, "dense")
            self.avance(points)

    def cartes(self, cartes: Sequence[Carte]) -> None:
        """Up to six key figures side by side; an unknown one shows a dash."""
        unites = UNITES // 6
        note = max(hauteur(c.note, unites - 1, minimum=18) for c in cartes)
        self.garder_ensemble(20 + 34 + note)
        for rang, carte in enumerate(cartes):
            self.place(rang * unites, unites, carte.titre, "chiffre_cle_titre")
        self.avance(20)
        for rang, carte in enumerate(cartes):
            role = "chiffre_cle_alerte" if carte.alerte else "chiffre_cle"
            self.place(rang * unites, unites, "—" if carte.valeur is None else carte.valeur, f"{role}:{carte.format}")
        self.avance(34)
        for rang, carte in enumerate(cartes):
            self.place(rang * unites, unites, carte.note, "chiffre_cle_libelle")
        self.avance(note)

    def tableau(self, colonnes: Sequence[Colonne], lignes: Iterable[Sequence[object]], debut: int = 0, couper: bool = True) -> tuple[int, int]:
        """Header and rows from unit ``debut``; (first, last) row of data. A page that begins inside it repeats its header.

        A cell is a value, in the style of its column, or a ``Case``. ``couper`` False: never cut over two pages.
        """
        rangees = [[c if isinstance(c, Case) else Case(c, col.style) for c, col in zip(ligne, colonnes, strict=True)] for ligne in lignes]
        points = [max(hauteur(_affiche(c.valeur), col.unites, _gras(c.style)) for c, col in zip(r, colonnes, strict=True)) for r in rangees]
        tete = max(hauteur(c.titre, c.unites, gras=True, minimum=24) for c in colonnes)
        self.garder_ensemble(tete + (sum(points[:2]) if couper else sum(points)))
        self._entete(colonnes, debut, tete)
        premiere = self.ligne
        for rangee, besoin in zip(rangees, points, strict=True):
            if couper and self.garder_ensemble(besoin):
                self._entete(colonnes, debut, tete)
            self._rangee(colonnes, rangee, debut)
            self.avance(besoin)
        return premiere, self.ligne - 1

    def _entete(self, colonnes: Sequence[Colonne], debut: int, points: float) -> None:
        for colonne in colonnes:
            self.place(debut, colonne.unites, colonne.titre, f"entete{_alignement(colonne.style)}")
            debut += colonne.unites
        self.avance(points)

    def _rangee(self, colonnes: Sequence[Colonne], rangee: Sequence[Case], debut: int) -> None:
        for colonne, case in zip(colonnes, rangee, strict=True):
            self.place(debut, colonne.unites, case.valeur, case.style)
            debut += colonne.unites

    # --- charts ---

    def plage(self, lignes: tuple[int, int], debut: int) -> tuple[str, Plage]:
        """The cells of one column of the grid, from the first to the last of ``lignes``."""
        colonne = PREMIERE + debut
        return self.feuille.nom, Plage(lignes[0], colonne, lignes[1], colonne)

    def graphique(self, debut: int, unites: int, points: float, type_: str, titre: str, series: list[Serie], alternatif: str, **reglages) -> None:
        """A chart whose top is on the current row; the rows that it covers are the caller's."""
        self.feuille.graphiques.append(
            Graphique(
                type_, titre, series, self.ligne, PREMIERE + debut, unites * PIXELS - 6, int(points * POINT) - 6, alternatif, **reglages,
            )
        )  # fmt: skip


def _gras(style: str) -> bool:
    return style.startswith(("dense_fort", "dense_total", "etat_", "entete"))


def _alignement(style: str) -> str:
    """The header of a column of figures is centred."""
    format_ = style.partition(":")[2]
    return ":petit_centre" if "centre" in format_ or format_.startswith(_CHIFFRES) else ""


def _affiche(valeur: object) -> object:
    """What counts for a height: figures stand on one line."""
    return "" if isinstance(valeur, (int, float, Decimal, date)) else valeur
