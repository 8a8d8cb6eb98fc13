"""Rows of cells → rows of typed fields, names still as written: the first half of an import."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from cls_workbook.authoring import liste_ecrite, valeurs
from cls_workbook.authoring.constat import Constat, Lieu
from cls_workbook.authoring.rubriques import Case, Rubrique
from cls_workbook.authoring.tables import ERREUR, Classeur, Table
from cls_workbook.authoring.valeurs import Douteux, Erreur

Item = tuple[object, Lieu]


@dataclass
class Rangee:
    """One row. ``items``: field (``fiches.porteurs``) → its values, each with its cell; a field that is blank is absent."""

    table: Table
    numero: int
    items: dict[str, list[Item]] = field(default_factory=dict)
    douteux: dict[str, Douteux] = field(default_factory=dict)  # what a cell holds that may be another number in disguise
    touches: set[str] = field(default_factory=set)  # fields in which something was written, understood or not

    def cle(self, champ: str, partie: str = "") -> str:
        return f"{partie or self.table.rubrique.nom}.{champ}"

    def valeur(self, champ: str, partie: str = "") -> object:
        """The sole value of a field; None if it is blank or could not be understood."""
        return next((v for v, _ in self.items.get(self.cle(champ, partie), ())), None)

    def texte(self, champ: str, partie: str = "") -> str:
        valeur = self.valeur(champ, partie)
        return "" if valeur is None or isinstance(valeur, Douteux) else str(valeur)

    def poser(self, champ: str, valeur: object, partie: str = "") -> None:
        """What is understood where nothing was written."""
        self.items[self.cle(champ, partie)] = [(valeur, self.lieu(champ, partie))]

    def lieu(self, champ: str, partie: str = "") -> Lieu:
        case = self.table.rubrique.case(champ, partie)
        return self.table.lieu(self.numero, case.cle)

    def vide(self, champ: str, partie: str = "") -> bool:
        return self.cle(champ, partie) not in self.touches

    @property
    def ici(self) -> Lieu:
        return self.table.lieu(self.numero, self.table.rubrique.cases[0].cle)


def typer(classeur: Classeur) -> dict[str, list[Rangee]]:
    """Name of a rubrique → its rows; what cannot be understood goes to the faults of the workbook."""
    return {nom: [_rangee(table, numero, bruts, classeur) for numero, bruts in table.lignes] for nom, table in classeur.tables.items()}


def _rangee(table: Table, numero: int, bruts: dict[str, object], classeur: Classeur) -> Rangee:
    rangee = Rangee(table, numero)
    for case in table.rubrique.cases:
        brut = bruts.get(case.cle)
        if brut is None:
            continue
        colonne = case.colonne
        cle = rangee.cle(colonne.champ, colonne.partie)
        rangee.touches.add(cle)
        if brut is ERREUR:
            continue
        lieu = table.lieu(numero, case.cle)
        for valeur in _items(table.rubrique, case, brut):
            if isinstance(valeur, Erreur):
                classeur.fautes.append(Constat(lieu, valeur.message, valeur.remede))
            elif isinstance(valeur, Douteux) and not colonne.renvoi:
                classeur.fautes.append(Constat(lieu, *valeur.erreur))
                rangee.douteux[cle] = valeur
            else:
                rangee.items.setdefault(cle, []).append((valeur, lieu))
    return rangee


def _items(rubrique: Rubrique, case: Case, brut: object) -> Iterator[object]:
    """The values that one cell holds: one, or the items of a list."""
    type_, liste, _ = rubrique.nature(case.colonne)
    if case.colonne.champ == "annees":
        lues = valeurs.annees(brut)
        yield from lues if isinstance(lues, tuple) and not isinstance(lues, Erreur) else (lues,)
    elif liste and not case.rang and rubrique.nom != "listes" and isinstance(brut, str):
        for item in liste_ecrite.separer(brut):
            yield valeurs.lire(case.colonne, type_, item)
    else:
        yield valeurs.lire(case.colonne, type_, brut)

