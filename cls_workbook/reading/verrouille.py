"""What was locked and came back otherwise: formulas, printed texts; and whatever stands where nothing should.

Rows and columns of the returned sheet count from 0.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from cls_workbook.anomalies import Anomalie
from cls_workbook.entry.layout import A_REMPLIR, MARQUE, REMPLI
from cls_workbook.francais import plier
from cls_workbook.reading import calculs
from cls_workbook.reading import constats_de_lecture as constats
from cls_workbook.reading.classeur import Grille
from cls_workbook.reading.colonnes import Colonnes, Reperee
from cls_workbook.reading.imprimes import effaces, imprime_en
from cls_workbook.reading.reperes import Attendue, Modele
from cls_workbook.reading.saisie import est_vide
from cls_workbook.xlsx.sheets import adresse


def formules_changees(lieu: constats.Lieu, grille: Grille, attendues: Mapping[tuple[int, int], str], en_place: bool) -> list[Anomalie]:
    """One anomaly for all the formulas of a sheet that are not those ``attendues``."""
    trouvees = list(calculs.changees(grille.speciales, attendues, en_place))
    return [constats.formules_changees(lieu, trouvees)] if trouvees else []


@dataclass
class Verrouille:
    """A sheet whose inputs were found. ``connues``: cells accounted for, to which this adds; ``ecartees``: rows that are told whole."""

    lieu: constats.Lieu
    grille: Grille
    modele: Modele
    groupe: str
    colonnes: Colonnes
    colonne_cles: int
    reperees: list[Reperee]
    connues: set[tuple[int, int]]
    ecartees: set[int]
    campagne: Mapping[tuple[int, int], str]  # what the campaign printed, where it is no longer

    def _en(self, i: int, j: int) -> object:
        ligne = self.grille.lignes[i]
        return ligne[j] if 0 <= j < len(ligne) else ""

    def calculs(self) -> list[Anomalie]:
        """Formulas that compute something else; computed cells that now hold a typed value."""
        presentes: dict[tuple[int, int], str] = {}
        ecrases: list[tuple[int, int, int, Attendue]] = []
        for i, attendue in self.reperees:
            ou = self.colonnes.du_tableau(attendue.prefixe) if attendue.par_entete else self.colonnes.generale
            for colonne in attendue.calculs:
                j = ou(colonne)
                if j is None or j == self.colonne_cles:
                    continue
                if (i, j) in self.grille.speciales:
                    presentes[i, j] = self._formule(attendue, colonne)
                elif self._en(i, j) != "" and (i, j) not in self.connues:
                    self.connues.add((i, j))
                    ecrases.append((i, j, colonne, attendue))
        return self._changees(presentes) + self._ecrases(ecrases, len(presentes))

    def _formule(self, attendue: Attendue, colonne: int) -> str:
        return self.modele.gabarits[self.groupe].textes_des_formules.get((attendue.numero - 1, colonne - 1), "")

    def _changees(self, presentes: Mapping[tuple[int, int], str]) -> list[Anomalie]:
        if not self.colonnes.exacte:  # a formula may be its neighbour's
            return []
        en_place = self.colonne_cles == 0 and all(i + 1 == a.numero for i, a in self.reperees)
        attendues = {(i, j): texte for (i, j), texte in presentes.items() if texte and i not in self.ecartees}
        return formules_changees(self.lieu, self.grille, attendues, en_place)

    def _ecrases(self, ecrases: list[tuple[int, int, int, Attendue]], presentes: int) -> list[Anomalie]:
        """A file saved « values only » has lost all its formulas: said once."""
        if len(ecrases) > max(3, presentes):
            return [constats.sans_formules(self.lieu, [adresse(i + 1, j + 1) for i, j, _, _ in ecrases])]
        return [
            constats.calcul_ecrase(self.lieu, adresse(i + 1, j + 1), attendue, colonne, self._en(i, j), calculs.en_mots(self._formule(attendue, colonne)))
            for i, j, colonne, attendue in ecrases
            if attendue.suivi != colonne or self._en(i, j) not in (REMPLI, A_REMPLIR)
        ]

    def hors_cadre(self) -> list[Anomalie]:
        """Whatever is neither an input, nor printed, nor computed; printed texts that were retouched or erased."""
        textes, ambigus, trouvees = self.modele.textes[self.groupe], self.modele.ambigus[self.groupe], []
        speciales, connues, tenues = self.grille.speciales, self.connues, {i for i, _ in self.reperees}
        du_modele = imprime_en(self.modele.gabarits[self.groupe].imprimes, self.reperees, self.colonne_cles)

        def imprime(i: int, j: int) -> str:
            return self.campagne.get((i, j)) or du_modele(i, j)

        for i, ligne in enumerate(self.grille.lignes):
            for j, valeur in enumerate(ligne):
                if valeur == "" or (i, j) in connues or (i, j) in speciales:
                    continue
                if valeur in ambigus and (i not in tenues or imprime(i, j) != valeur):  # printed, but not there: it may have been chosen
                    trouvees.append((adresse(i + 1, j + 1), valeur, ""))
                    continue
                if valeur in textes or (isinstance(valeur, str) and (valeur[:1] == MARQUE or est_vide(valeur) or plier(valeur) in textes)):
                    continue
                trouvees.append((adresse(i + 1, j + 1), valeur, imprime(i, j)))
        retouches = [t for t in trouvees if constats.est_une_retouche(*t[1:])]
        entieres = [(i, a) for i, a in self.reperees if i not in self.ecartees]
        blancs = effaces(entieres, self._blanche, self.colonnes.generale, imprime) if self.colonnes.exacte else []
        dites = [constats.textes_retouches(self.lieu, [*retouches, *blancs])] if retouches or blancs else []
        return dites + constats.hors_cadre(self.lieu, [t for t in trouvees if t not in retouches])

    def _blanche(self, i: int, j: int) -> bool:
        return self._en(i, j) == "" and (i, j) not in self.connues and (i, j) not in self.grille.speciales
