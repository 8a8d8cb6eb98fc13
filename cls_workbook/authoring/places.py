"""What the verification of a definition says, in the words and at the cells of the workbook."""

from __future__ import annotations

import dataclasses
import re

from cls_workbook.authoring import choix
from cls_workbook.authoring.assemblage import Assemblage
from cls_workbook.authoring.constat import Constat, Lieu
from cls_workbook.authoring.rubriques import Rubrique
from cls_workbook.authoring.tout import PAR_NOM
from cls_workbook.contract.faute import Faute, places

# Remedies that speak of the definition's text → what they come to in the workbook.
_REMEDES = (
    (r"Ajoutez groupe = true\.", "Répondez « oui » dans la colonne « Groupe ? », ou effacez ces membres."),
    (r"Écrivez montant_etat = \"chiffre\"\.", "Choisissez « chiffré », ou effacez le montant."),
    (r"Donnez-les, par exemple \[2024, 2025\]\.", "Écrivez-les, par exemple 2025-2029."),
    (r"Ajoutez-le à decisions, puis", "Ajoutez-le à la feuille « Décisions », puis"),
    (r"Ajoutez l’avenant à decisions,", "Ajoutez l’avenant à la feuille « Décisions »,"),
    (r"dans la définition", "dans ce classeur"),
    (r"retirez le champ|Retirez le champ", "videz la case"),
    (r"Écrivez mois et jour, par exemple 09-01 pour le 1er septembre\.", "Écrivez le jour et le mois, par exemple 01/09 pour le 1er septembre."),
)


class Places:
    """Place of a definition (``contrat.fiches[3] (2.2).axe``) → cell of the workbook."""

    def __init__(self, assemblage: Assemblage):
        self.assemblage = assemblage
        self.cellules: dict[str, Lieu] = {}
        self.rubriques: dict[str, Rubrique] = {}
        tete = assemblage.rangees["contrat"]
        if tete:
            self._champs("contrat", assemblage.contrat, tete[0], "")
            self._champs("contrat.evolution", assemblage.contrat.evolution, tete[0], "evolution")
        self._descendre("contrat", assemblage.contrat)
        self._listes()
        self._sans_rang = {_sans_rang(lieu): place for lieu, place in reversed(self.cellules.items())}

    def _descendre(self, lieu: str, objet: object) -> None:
        """Every object that a row made, then what it holds."""
        origine = self.assemblage.origines.get(id(objet))
        if origine is not None:
            self.cellules[lieu] = origine.rangee.lieu("libelle", "mesures") if origine.partie else origine.rangee.ici
            self._champs(lieu, objet, origine.rangee, origine.partie)
        for champ in dataclasses.fields(objet):  # type: ignore[arg-type]
            contenu = getattr(objet, champ.name)
            if isinstance(contenu, tuple):
                self._liste(f"{lieu}.{champ.name}", champ.name, contenu)
            elif dataclasses.is_dataclass(contenu):
                self._descendre(f"{lieu}.{champ.name}", contenu)

    def _liste(self, lieu: str, champ: str, contenu: tuple) -> None:
        if lieu == f"contrat.{champ}" and champ in PAR_NOM:
            self.cellules[lieu] = self.assemblage.tables[champ].entiere
        for place, element in places(lieu, contenu):
            if dataclasses.is_dataclass(element):
                self._descendre(place, element)
            if champ == "mesures":  # the verification of themes places a measure in its fiche
                self.cellules[f"{lieu.partition('.indicateurs')[0]}.mesures ({element.id}).theme"] = self.cellules[f"{place}.theme"]

    def _champs(self, lieu: str, objet: object, rangee, partie: str) -> None:
        rubrique: Rubrique = rangee.table.rubrique
        self.rubriques[lieu] = rubrique
        for colonne in rubrique.colonnes:
            if colonne.partie != partie or rubrique.est_parent(colonne):
                continue
            place = f"{lieu}.{colonne.champ}"
            self.cellules[place] = rangee.lieu(colonne.champ, partie)
            items = rangee.items.get(rangee.cle(colonne.champ, partie), ())
            for rang, (_, cellule) in enumerate(items, 1):
                self.cellules[f"{place}[{rang}]"] = cellule
        if rubrique.nom == "indicateurs" and not partie:
            self.cellules[f"{lieu}.mesures"] = rangee.lieu("type", "mesures")

    def _listes(self) -> None:
        """Each choice of a scale stands in its own cell."""
        for rangee in self.assemblage.rangees["listes"]:
            for colonne in rangee.table.rubrique.colonnes:
                lieu = f"contrat.listes.{colonne.champ}"
                for _, cellule in rangee.items.get(rangee.cle(colonne.champ), ()):
                    rang = 1 + sum(1 for connu in self.cellules if connu.startswith(f"{lieu}["))
                    self.cellules[f"{lieu}[{rang}]"] = cellule
                    self.cellules.setdefault(lieu, cellule)

    # --- faults ---

    def constat(self, faute: Faute) -> Constat:
        """The same fault, at its cell."""
        lieu, annees = _annees(faute.lieu)
        cellule = self._cellule(lieu)
        return Constat(cellule, self._en_mots(faute.message, lieu) + annees, self._en_mots(faute.remede, lieu), faute.gravite)

    def _cellule(self, lieu: str) -> Lieu:
        """The cell of the place, or of what holds it."""
        for connues, cherche in ((self.cellules, lieu), (self._sans_rang, _sans_rang(lieu))):
            if cherche in connues:
                return connues[cherche]
        while "." in lieu or "[" in lieu:
            lieu = _parent(lieu)
            if lieu in self.cellules:
                return self.cellules[lieu]
            if _sans_rang(lieu) in self._sans_rang:
                return self._sans_rang[_sans_rang(lieu)]
        return self.assemblage.tables["contrat"].entiere

    def _en_mots(self, texte: str, lieu: str) -> str:
        """Cells for places, words for codes, titles of columns for names of fields."""
        for motif, mots in _REMEDES:
            texte = re.sub(motif, mots, texte)
        for autre in sorted((c for c in self.cellules if c in texte), key=len, reverse=True):
            place = self.cellules[autre]
            texte = texte.replace(autre, f"la cellule {place.cellule} de la feuille « {place.feuille} »" if place.cellule else f"la feuille « {place.feuille} »")
        rubrique = next((self.rubriques[p] for p in _ancetres(lieu) if p in self.rubriques), None)
        return _mots_des_codes(_titres(texte, rubrique), rubrique, lieu)


def _parent(lieu: str) -> str:
    """The place that holds this one: what a dot or a rank adds is taken away; names in parentheses may hold both."""
    sans_nom = re.sub(r" \([^()]*(\([^()]*\)[^()]*)*\)$", "", lieu)
    if sans_nom != lieu:
        return sans_nom
    sans_rang = re.sub(r"\[\d+\]$", "", lieu)
    return sans_rang if sans_rang != lieu else re.sub(r"\.?[a-z_]+$", "", lieu) if re.search(r"\.[a-z_]+$", lieu) else ""


def _ancetres(lieu: str) -> list[str]:
    trouves = [lieu]
    while lieu := _parent(lieu):
        trouves.append(lieu)
    return trouves


def _sans_rang(lieu: str) -> str:
    """Ranks of objects taken away, those that a year shifts; their names stay."""
    return re.sub(r"\[\d+\](?= \()", "", lieu)


def _annees(lieu: str) -> tuple[str, str]:
    """The place, and the years that the verification adds to it, as the end of a sentence."""
    trouve = re.search(r" \(en ([\d, ]+)\)$", lieu)
    return (lieu[: trouve.start()], f" (En {trouve.group(1)}.)") if trouve else (lieu, "")


def _titres(texte: str, rubrique: Rubrique | None) -> str:
    for colonne in rubrique.colonnes if rubrique else ():
        if "_" in colonne.champ:
            texte = re.sub(rf"\b{colonne.champ}\b", f"« {colonne.titre} »", texte)
    return re.sub(r"le champ (ventilation|modalites)", lambda m: "la colonne « " + ("Détail par" if m.group(1) == "ventilation" else "Catégories du détail") + " »", texte)


def _mots_des_codes(texte: str, rubrique: Rubrique | None, lieu: str) -> str:
    """Codes of the model, cited or listed → the words of the drop-downs."""
    for colonne in rubrique.colonnes if rubrique else ():
        for code, mots in choix.CHOIX.get(colonne.choix or "", {}).items():
            cite = rf"(?<=«\u00a0){re.escape(code)}(?=\u00a0»)"
            if code.isupper():  # such a word is nothing else
                texte = re.sub(rf"{cite}|\b{code}\b(?=[,.])", mots, texte)
            elif lieu.endswith(f".{colonne.champ}"):
                texte = re.sub(cite, mots, texte)
            elif colonne.champ == "type":
                texte = re.sub(rf"(?<=type «\u00a0){re.escape(code)}(?=\u00a0»)", mots, texte)
    return texte
