"""Described tables read back from a workbook, whoever saved it last: found by their headers, never by an address.

Each value comes as its column's type says, and keeps its place: a figure can be followed to file, sheet and cell.
"""

from __future__ import annotations

import zipfile
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal, InvalidOperation
from pathlib import Path

from cls_workbook.contract.regles import arrondi
from cls_workbook.errors import Refus
from cls_workbook.francais import plier
from cls_workbook.results.colonnes import VERTICALE, Colonne, TableDecrite
from cls_workbook.xlsx.sheets import Plage, adresse

Feuilles = dict[str, list[list[object]]]
LIGNES_D_ENTETE = 30  # how far down a header may have been pushed
_ORIGINE = date(1899, 12, 30)


@dataclass(frozen=True)
class TableLue:
    """``lignes``: title → value, missing = None; ``places``: for each of them, title → (row, column) in the sheet."""

    feuille: str
    lignes: list[dict[str, object]]
    places: list[dict[str, tuple[int, int]]]

    def cellules(self, rang: int, titres: Iterable[str]) -> str:
        """Where these columns of a row stand: « D12 », or « D12:F12 » from the first to the last."""
        coins = sorted(self.places[rang][t] for t in titres)
        return Plage(*coins[0], *coins[-1]).a1()

    def choisir(self, rangs: Iterable[int]) -> TableLue:
        """The same table with these rows only."""
        gardes = list(rangs)
        return TableLue(self.feuille, [self.lignes[r] for r in gardes], [self.places[r] for r in gardes])


def ouvrir(chemin: str | Path) -> Feuilles:
    """Sheet name → rows of cells as they are. Refus if the file is not a workbook that can be read."""
    from python_calamine import CalamineError, CalamineWorkbook

    try:
        livre = CalamineWorkbook.from_path(str(chemin))
        return {nom: livre.get_sheet_by_name(nom).to_python(skip_empty_area=False) for nom in livre.sheet_names}
    except (OSError, CalamineError, zipfile.BadZipFile, ValueError) as erreur:
        raise Refus(f"« {chemin} » est introuvable ou illisible. Indiquez un classeur produit par « consolider » ou « synthese ».") from erreur


def a_la_table(feuilles: Feuilles, description: TableDecrite) -> bool:
    """Is there a sheet of this name, whatever its content?"""
    return any(plier(nom) == plier(description.feuille) for nom in feuilles)


def table(chemin: str | Path, feuilles: Feuilles, description: TableDecrite) -> TableLue:
    """The table of a workbook. Refus, with the place, if it is missing, incomplete, or holds what its columns do not accept."""
    nom, entete, colonnes = _trouver(chemin, feuilles, description)
    rangees = enumerate(feuilles[nom][entete:], entete + 1)
    if description.verticale:
        return _verticale(chemin, nom, description, list(rangees), colonnes)
    lignes, places = [], []
    for numero, cellules in rangees:
        bruts = {t: cellules[c - 1] if c <= len(cellules) else "" for t, c in colonnes.items()}
        if any(v != "" for v in bruts.values()):
            lignes.append({c.titre: _valeur(chemin, nom, adresse(numero, colonnes[c.titre]), c, bruts[c.titre]) for c in description.colonnes})
            places.append({t: (numero, colonne) for t, colonne in colonnes.items()})
    return TableLue(nom, lignes, places)


def _verticale(chemin: str | Path, nom: str, description: TableDecrite, rangees: list[tuple[int, list[object]]], colonnes: dict[str, int]) -> TableLue:
    """One record, a row a title."""
    champ, valeur = (colonnes[t] for t in VERTICALE)
    lues = {str(cellules[champ - 1]).strip(): (numero, cellules[valeur - 1] if valeur <= len(cellules) else "") for numero, cellules in rangees if champ <= len(cellules)}
    absents = [t for t in description.titres if t not in lues]
    if absents:
        raise Refus(f"« {chemin} », feuille « {nom} » : ligne {', '.join(absents)} introuvable. {_REMEDE}")
    ligne = {c.titre: _valeur(chemin, nom, adresse(lues[c.titre][0], valeur), c, lues[c.titre][1]) for c in description.colonnes}
    return TableLue(nom, [ligne], [{t: (lues[t][0], valeur) for t in description.titres}])


def _trouver(chemin: str | Path, feuilles: Feuilles, description: TableDecrite) -> tuple[str, int, dict[str, int]]:
    """(sheet, row of the header, title → column), both counted from 1."""
    meme_nom = [nom for nom in feuilles if plier(nom) == plier(description.feuille)]
    absentes = voulus = VERTICALE if description.verticale else description.titres
    for nom in meme_nom or feuilles:
        for numero, cellules in enumerate(feuilles[nom][:LIGNES_D_ENTETE], 1):
            places: dict[str, int] = {}
            for colonne, cellule in enumerate(cellules, 1):
                places.setdefault(str(cellule).strip(), colonne)
            manque = tuple(t for t in voulus if t not in places)
            if not manque:
                return nom, numero, {t: places[t] for t in voulus}
            absentes = min(absentes, manque, key=len)
    if not meme_nom or absentes == voulus:
        raise Refus(f"« {chemin} » : la feuille « {description.feuille} » manque ou n’a plus ses en-têtes. {_REMEDE}")
    raise Refus(f"« {chemin} », feuille « {description.feuille} » : colonne {', '.join(absentes)} introuvable. {_REMEDE}")


_REMEDE = "Le fichier vient d’une autre version ou a été modifié : refaites-le."


# --- Values -----------------------------------------------------------------------------------------------------------


def _valeur(chemin: str | Path, feuille: str, cellule: str, colonne: Colonne, brut: object) -> object:
    if brut == "" or brut is None:
        if colonne.obligatoire:
            raise Refus(f"« {chemin} », feuille « {feuille} », cellule {cellule} ({colonne.titre}) : la case est vide. {_REMEDE}")
        return None
    try:
        valeur = _LECTEURS[colonne.type](brut)
    except (ValueError, ArithmeticError, InvalidOperation) as erreur:
        raise Refus(f"« {chemin} », feuille « {feuille} », cellule {cellule} ({colonne.titre}) : trouvé « {brut} », {_ATTENDUS.get(colonne.type, 'un texte')} est attendu. {_REMEDE}") from erreur
    if (colonne.choix and valeur not in colonne.choix) or (colonne.minimum is not None and valeur < colonne.minimum):
        raise Refus(f"« {chemin} », feuille « {feuille} », cellule {cellule} ({colonne.titre}) : la valeur « {brut} » n’est pas possible. {_REMEDE}")
    return valeur


def _texte(brut: object) -> str:
    if isinstance(brut, datetime):
        brut = brut.date()
    return str(int(brut)) if isinstance(brut, float) and brut.is_integer() else str(brut)


def _nombre(brut: object) -> int | Decimal:
    if isinstance(brut, bool) or not isinstance(brut, (int, float)):
        raise ValueError
    # Twelve significant digits: a spreadsheet that saves again may change the fifteenth.
    return int(brut) if float(brut).is_integer() else Decimal(f"{brut:.12g}")


def _montant(brut: object) -> Decimal:
    _nombre(brut)
    return arrondi(Decimal(repr(brut)))


def _entier(brut: object) -> int:
    nombre = _nombre(brut)
    if not isinstance(nombre, int):
        raise ValueError
    return nombre


def _date(brut: object) -> date:
    if isinstance(brut, datetime):
        return brut.date()
    # A cell that lost its date format shows the number of days.
    return brut if isinstance(brut, date) else _ORIGINE + timedelta(days=_entier(brut))


def _mixte(brut: object) -> object:
    if isinstance(brut, (int, float)) and not isinstance(brut, bool):
        return _nombre(brut)
    return _date(brut) if isinstance(brut, date) else str(brut)


_LECTEURS = {
    "texte": _texte, "empreinte": _texte, "entier": _entier, "annee": _entier, "nombre": _nombre, "date": _date, "mixte": _mixte,
    "montant": _montant, "taux": lambda brut: Decimal(_nombre(brut)),
}  # fmt: skip
_ATTENDUS = {
    "entier": "un nombre entier", "annee": "une année", "nombre": "un nombre", "montant": "un montant en euros", "taux": "un taux", "date": "une date",
}  # fmt: skip
