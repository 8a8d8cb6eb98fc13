"""Where the columns and rows of each sheet stand, and the formulas that cite them. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field

from cls_workbook.authoring.lignes import Ligne
from cls_workbook.authoring.rubriques import Case, Rubrique
from cls_workbook.authoring.tout import RENVOIS
from cls_workbook.xlsx.sheets import Plage, adresse, reference

PREMIERE_COLONNE = 2  # column A holds hidden keys
CLES, BANDES, EXEMPLES, ENTETES = 3, 4, 5, 6  # rows
PREMIERE_LIGNE = 7
FORMULAIRE_LIGNE, FORMULAIRE_COLONNE = 4, 3  # of the form: its first question, its answers
REPERE, BASE = "indicateurs.repere", "indicateurs.base"  # computed columns: the ids that an import will give


@dataclass
class Grille:
    """One sheet that is being drawn. ``lignes``: what it holds; ``place``: blank rows below; ``derniere``: the last of them."""

    rubrique: Rubrique
    lignes: list[Ligne]
    place: int
    colonnes: dict[str, int] = field(init=False)
    derniere: int = field(init=False)

    def __post_init__(self):
        cles = [c.cle for c in self.rubrique.cases] + ([REPERE, BASE] if self.rubrique.nom == "indicateurs" else [])
        self.colonnes = {cle: PREMIERE_COLONNE + i for i, cle in enumerate(cles)}
        self.derniere = PREMIERE_LIGNE + len(self.lignes) + self.place - 1

    @property
    def fin(self) -> int:
        """The last column."""
        return max(self.colonnes.values())

    def plage(self, cle: str) -> Plage:
        """The cells of a column, from the first row of answers to the last."""
        return Plage(PREMIERE_LIGNE, self.colonnes[cle], self.derniere, self.colonnes[cle])

    def zone(self, cle: str) -> str:
        """« Fiches!$B$7:$B$60 », as formulas of any sheet cite a column."""
        return reference(self.rubrique.feuille, self.plage(cle))

    def ici(self, cle: str) -> str:
        """« $B7 »: the cell of the first row, as a conditional format of the whole column cites it."""
        return f"${adresse(PREMIERE_LIGNE, self.colonnes[cle])}"


class Plan(dict[str, Grille]):
    """Name of a rubrique → its sheet."""

    def source(self, renvoi: str) -> str:
        """The zone that a reference is looked for in."""
        nom, champ = RENVOIS[renvoi]
        return self[nom].zone(REPERE if champ == "repere" else self[nom].rubrique.case(champ).cle)

    def liste(self, renvoi: str) -> str:
        """The formula of a drop-down: the same zone, down to its last filled cell."""
        zone = self.source(renvoi)
        premiere = zone.partition(":")[0]
        avant = PREMIERE_LIGNE - 1
        return f'={premiere}:INDEX({zone},MAX(1,SUMPRODUCT(MAX(({zone}<>"")*(ROW({zone})-{avant})))))'


def saisies(case: Case, lignes: list[Ligne]) -> list[str]:
    """What is written in a column, blanks left out."""
    return [str(ligne[case.cle]) for ligne in lignes if ligne.get(case.cle) is not None]
