"""Where each question stands: contract → sheets, keyed rows, places of the inputs.

Pure: knows Excel's grid but no library. A ``Page`` draws one sheet and notes, while it draws, what a
reader needs to find every input again: a hidden key per row (column A), the printed labels that must
agree with it, and what locked cells held when the sheet left.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import lru_cache
from typing import NamedTuple

from cls_workbook.contract.fields import Champ
from cls_workbook.contract.reprises import SEPARATEUR, est_repris
from cls_workbook.entry import chasses
from cls_workbook.francais import typographie
from cls_workbook.xlsx.limits import unites
from cls_workbook.xlsx.sheets import INVITE_MAX, TITRE_MAX, Cellule, Feuille, Formule, Lien, MiseEnForme, Plage, Validation, adresse, lettre

VERSION_MODELE = 1
SEPARATEUR_DE_FICHES = " / "  # a fiche number may hold spaces; a sheet name, no slash
MARQUE = "§"  # first character of every key, so that a key is known wherever it was moved
FEUILLE_LISTES, FEUILLE_IDENTITE = "Listes", "_identification"
CLE, LIBELLE, MEMOIRE = 1, 2, 12  # column A holds the keys, column B the labels; L, what was taken up from last year
REMPLI, A_REMPLIR = "rempli", "à remplir"
HAUTEUR_MAX = 400.0  # points; Excel stops at 409


class Emplacement(NamedTuple):
    """One input cell: what is asked, and where.

    ``etiquette`` is the printed text that must agree: the header of its column (``ancre`` « entete »)
    or the label in the cell at its left (« gauche »).
    """

    cle: str
    fiche: str
    bloc: str
    mesure: str
    champ: str
    ligne: str
    libelle: str
    type: str
    aide: str
    feuille: str
    rangee: int
    colonne: int
    etiquette: str
    ancre: str
    unite: str | None = None
    choix: tuple[str, ...] = ()
    stricte: bool = True
    minimum: Decimal | None = None
    maximum: Decimal | None = None
    longueur: int | None = None
    obligatoire: bool = False
    modalite: str = ""

    @property
    def cellule(self) -> str:
        return adresse(self.rangee, self.colonne)


@dataclass(slots=True)
class Rangee:
    """A row that bears a key. ``role``: saisie, entete (header of a table), fin (its last row), repere (facts)."""

    cle: str
    numero: int
    role: str
    etiquette: str = ""  # printed label in ``colonne_etiquette`` that must agree; "" where the row has none
    colonne_etiquette: int = LIBELLE
    emplacements: list[Emplacement] = field(default_factory=list)
    reperes: dict[int, object] = field(default_factory=dict)  # column → locked value
    calculs: set[int] = field(default_factory=set)  # columns that hold a formula
    rappel: int = 0  # column of a locked value that the contract alone does not tell


@dataclass(slots=True)
class PlanFeuille:
    """One sheet as planned. ``extensibles``: prefixes of the tables in which a partner may insert rows."""

    feuille: Feuille
    fiche: str
    rangees: dict[str, Rangee] = field(default_factory=dict)
    extensibles: set[str] = field(default_factory=set)


class Page:
    """Draws one sheet from top to bottom. ``listes``: list name → formula of its range."""

    def __init__(self, plan: PlanFeuille, listes: dict[str, str], choix: dict[str, tuple[str, ...]], annee: int):
        self.plan, self.feuille, self.fiche = plan, plan.feuille, plan.fiche
        self.listes, self.choix, self.annee = listes, choix, annee
        self.ligne = 1
        self.etats: list[bool] = []  # one per required row: is it filled when the workbook leaves?
        self.groupes: list[int] = []  # first rows of what prints together
        self._validations: dict[tuple, Validation] = {}
        self.reprises: Mapping[str, object] = {}  # key of an input → last year's answer
        self.repris: dict[str, object] = {}  # those that were taken up
        self._memoires: dict[int, int] = {}  # row → rank of the cell that remembers it
        self.place_du_nom = 0  # rank of the cell that says which structure answers
        self.rappels: dict[str, object] = {}  # key of a row → the locked value that only this workbook tells

    # --- cells ---

    def texte(self, colonne: int, valeur: object, style: str) -> None:
        self.feuille.cellules.append(Cellule(self.ligne, colonne, valeur, style))

    def fond(self, colonnes: range, style: str) -> None:
        ligne = self.ligne
        self.feuille.cellules += [Cellule(ligne, colonne, None, style) for colonne in colonnes]

    def fusion(self, debut: int, fin: int, valeur: object, style: str) -> None:
        self.texte(debut, valeur, style)
        self.fond(range(debut + 1, fin + 1), style)
        self.feuille.fusions.append(Plage(self.ligne, debut, self.ligne, fin))

    def suivante(self, hauteur: float | None = None) -> None:
        if hauteur:
            self.feuille.hauteurs[self.ligne] = hauteur
        self.ligne += 1

    # --- keyed rows ---

    def rangee(self, cle: str, role: str = "saisie", etiquette: str = "") -> Rangee:
        """Starts a keyed row on the current line: the key goes into the hidden column."""
        rangee = Rangee(cle, self.ligne, role, etiquette)
        self.plan.rangees[cle] = rangee
        self.texte(CLE, MARQUE + cle, "cle")
        return rangee

    def repere(self, rangee: Rangee, colonne: int, valeur: object, style: str) -> None:
        """A locked fact; a reader compares it on return."""
        self.texte(colonne, valeur, style)
        if valeur is not None and not isinstance(valeur, (Formule, Lien)):
            rangee.reperes[colonne] = valeur
        elif isinstance(valeur, Formule):
            rangee.calculs.add(colonne)

    def rappel(self, rangee: Rangee, colonne: int, valeur: object, style: str) -> None:
        """A locked value that the campaign tells, not the contract: the workbook itself keeps what it was."""
        self.texte(colonne, valeur, style)
        rangee.rappel = colonne
        if valeur is not None:
            self.rappels[rangee.cle] = valeur

    def calcul(self, rangee: Rangee, colonne: int, formule: str, valeur: object, style: str) -> None:
        self.texte(colonne, Formule(formule, valeur), style)
        rangee.calculs.add(colonne)

    def saisie(
        self,
        rangee: Rangee,
        champ: Champ,
        colonne: int,
        *,
        cle: str = "",
        etiquette: str,
        ancre: str = "entete",
        bloc: str,
        mesure: str = "",
        ligne: str = "",
        sujet: str = "",
        valeur: object = None,
        jusqu_a: int | None = None,
        optionnelle: bool = False,
        **precisions,
    ) -> Emplacement:
        """An input cell at the current row. ``precisions`` replace what the champ says (type, maximum, unite…)."""
        type_ = precisions.pop("type", champ.type)
        liste = precisions.pop("liste", champ.choix)
        if type_ == "liste" and not self.choix.get(liste or ""):
            type_, liste = "texte", None  # the contract has nothing to choose from
        emplacement = Emplacement(
            cle or f"{rangee.cle}/{champ.nom}", self.fiche, bloc, mesure, champ.nom, ligne, f"{sujet} — {etiquette}" if sujet else etiquette, type_,
            champ.aide, self.feuille.nom, self.ligne, colonne, etiquette, ancre,
            precisions.get("unite", champ.unite), self.choix.get(liste or "", ()), champ.stricte, champ.minimum,
            precisions.get("maximum", champ.maximum), champ.longueur, champ.obligatoire, precisions.get("modalite", ""),
        )  # fmt: skip
        rangee.emplacements.append(emplacement)
        style = ("saisie_optionnelle:" if optionnelle else "saisie:") + _FORMATS[type_]
        if est_repris(bloc, champ.nom):
            valeur = self._reprendre(emplacement) if valeur is None else valeur
        if jusqu_a:
            self.fusion(colonne, jusqu_a, valeur, style + "_long")
        else:
            self.texte(colonne, valeur, style)
        self._valider(emplacement, liste)
        return emplacement

    def a_remplir(
        self, rangee: Rangee, colonne: int, condition: str, rempli: bool = False, si: str | None = None, sauf: tuple[str, str, bool] | None = None
    ) -> None:
        """The word « rempli » or « à remplir » at the end of a row.

        ``si``: only when this condition holds. ``sauf``: (a condition, the word that it puts instead, whether it
        holds when the workbook leaves).
        """
        formule = f'IF({condition},"{REMPLI}","{A_REMPLIR}")'
        if si:
            self.calcul(rangee, colonne, f'IF({si},{formule},"")', "", "calcul:centre")
            return
        mot = REMPLI if rempli else A_REMPLIR
        if sauf:
            exception, autre, vraie = sauf
            formule, mot = f'IF({exception},"{autre}",{formule})', autre if vraie else mot
        if mot in (REMPLI, A_REMPLIR):
            self.etats.append(rempli)
        self.calcul(rangee, colonne, formule, mot, "calcul:centre")

    def _reprendre(self, place: Emplacement) -> object:
        """Last year's answer, if the list still offers it; the row remembers it, in a hidden cell that every workbook has."""
        if self.ligne not in self._memoires:
            self._memoires[self.ligne] = len(self.feuille.cellules)
            self.texte(MEMOIRE, None, "repere")
        valeur = self.reprises.get(place.cle)
        if valeur is None or (place.type == "liste" and place.stricte and valeur not in place.choix):
            return None
        rang = self._memoires[self.ligne]
        memoire = self.feuille.cellules[rang]
        self.feuille.cellules[rang] = memoire._replace(valeur=f"{memoire.valeur or SEPARATEUR}{valeur}{SEPARATEUR}")
        self.repris[place.cle] = valeur
        return valeur

    # --- validations ---

    def _valider(self, place: Emplacement, liste: str | None) -> None:
        # one prompt for all the boxes to tick, whatever stands beside each
        titre = place.libelle.partition(" — ")[0] if place.type == "case" else place.etiquette
        signature = (place.type, liste, place.minimum, place.maximum, place.longueur, titre, place.aide)
        validation = self._validations.get(signature)
        if validation is None:
            validation = self._validations[signature] = Validation(
                [], _VALIDATIONS.get(place.type, place.type), source=("x",) if place.type == "case" else self.listes.get(liste or ""), titre=abreger(titre, TITRE_MAX),
                invite=abreger(place.aide, INVITE_MAX), titre_erreur="Saisie à corriger", erreur=typographie(attendu(place)), stricte=place.stricte,
                minimum=place.minimum, maximum=place.longueur if place.type in ("texte", "code") else place.maximum,
            )  # fmt: skip
            self.feuille.validations.append(validation)
        validation.plages.append(Plage(place.rangee, place.colonne, place.rangee, place.colonne))

    # --- end ---

    def reprises_visibles(self, debut: int, fin: int) -> None:
        """What still holds last year's answer shows, between these columns; it no longer does once it is changed."""
        cellule, memoire = adresse(1, debut), f"${lettre(MEMOIRE)}1"
        formule = f'AND({cellule}<>"",ISNUMBER(SEARCH("{SEPARATEUR}"&{cellule}&"{SEPARATEUR}",{memoire})))'
        self.feuille.mises_en_forme.append(MiseEnForme(Plage(1, debut, self.ligne, fin), formule, "repris"))

    def etats_lisibles(self, colonne: int) -> None:
        """« rempli » and « à remplir » also told by colour, and the sheet's print area."""
        plage = Plage(1, colonne, self.ligne, colonne)
        premiere = adresse(1, colonne)
        for mot, style in ((REMPLI, "rempli"), (A_REMPLIR, "a_remplir")):
            self.feuille.mises_en_forme.append(MiseEnForme(plage, f'{premiere}="{mot}"', style))


_FORMATS = {
    "entier": "entier", "decimal": "decimal", "montant": "montant", "date": "date", "liste": "texte",
    "texte": "texte", "code": "code", "case": "centre",
}  # fmt: skip


_VALIDATIONS = {"code": "texte", "case": "liste"}


def attendu(place: Emplacement) -> str:
    """What an input accepts, in one French sentence: the error of its validation and the « Attendu » of anomalies."""
    borne = f", au plus {place.maximum}" if isinstance(place.maximum, (int, Decimal)) and place.maximum < 1_000_000 else ""
    match place.type:
        case "entier":
            return f"Un nombre entier, 0 ou plus{borne}, en chiffres et sans texte."
        case "decimal":
            return f"Un nombre, 0 ou plus{borne}, en chiffres et sans texte. Exemple : 7,5."
        case "montant":
            return "Un montant en euros, 0 ou plus, en chiffres. Exemple : 1234,56."
        case "date":
            return "Une date au format jj/mm/aaaa, par exemple 15/03/2025."
        case "liste":
            return "Un des choix de la liste déroulante." if place.stricte else "De préférence un des choix de la liste."
        case "case":
            return "Un x, ou rien."
        case "code":
            return "14 chiffres, sans lettre."
    return f"Un texte de {place.longueur} caractères au plus."


@lru_cache(maxsize=20_000)  # the same labels come back on every sheet
def hauteur(texte: object, largeur: float, minimum: float = 17, *, taille: float = 10, gras: bool = False) -> float:
    """Row height (points) that shows the whole text in a cell of that width (characters)."""
    # One twentieth to spare: a spreadsheet's own measure varies with its zoom.
    lignes = chasses.lignes(texte, chasses.place(largeur) / 1.05, taille, gras)
    return min(HAUTEUR_MAX, max(minimum, round(1.24 * taille * lignes + 5, 1)))


@lru_cache(maxsize=5_000)
def abreger(texte: str, longueur: int) -> str:
    """The text if it is short enough, else its beginning, cut between two words, and « … »."""
    plat = " ".join(texte.split("\n"))
    if unites(plat) <= longueur:
        return plat
    while unites(plat) > longueur - 1:
        plat = plat[: max(plat.rfind(" "), 0)] if " " in plat else plat[:-1]
    return plat.rstrip(" ,;:.(") + "…"
