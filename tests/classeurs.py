"""A small contract that asks every kind of question, its workbook, and a way to fill it in by key."""

from __future__ import annotations

import datetime
import random
from collections.abc import Mapping
from functools import cache
from pathlib import Path

import openpyxl
from classeurs_legers import alleger

from cls_workbook import contract, entry
from cls_workbook.errors import Refus
from cls_workbook.reading import reader
from cls_workbook.xlsx import writer

DEFINITION = """
[contrat]
id = "essai"
titre = "Contrat local de santé d’essai"
nom_court = "CLS d’essai"
annees = [2024, 2025, 2026]
territoire = "Rivemont"
coordination = "ville"
axes = [{ numero = "1", titre = "Premier axe" }, { numero = "2", titre = "Second axe" }]
structures = [
  { id = "ville", nom = "Ville de Rivemont", alias = ["Mairie de Rivemont"] },
  { id = "mutuelle", nom = "Mutuelle de l’Orme" },
  { id = "ars", nom = "ARS" },
  { id = "communes", nom = "Communes", groupe = true, candidats_communes = true },
]
communes = [
  { code_insee = "99001", nom = "Aubeterre" }, { code_insee = "99002", nom = "Bois-le-Pré" },
  { code_insee = "99003", nom = "Clairvaux" }, { code_insee = "99004", nom = "Doussay" },
  { code_insee = "99005", nom = "Étang-Neuf" },
]
qpv = [{ nom = "Les Tilleuls", commune = "99001" }, { nom = "Le Port", commune = "99003" }]
natures = [
  { id = "maquette", libelle = "Maquette ARS", niveau = "maquette" },
  { id = "cofi", libelle = "Cofinancement", niveau = "cofinancement" },
]
financeurs = [{ id = "ars", nom = "ARS", structure = "ars" }, { id = "ville", nom = "Ville de Rivemont" }]

[[fiches]]
numero = "1.1"
titre = "Aller vers les habitants"
axe = "1"
porteurs = ["ville", "mutuelle"]
calendrier = "2024 à 2026"
financement = { montant = 20000, montant_etat = "chiffre", taux_imprime = "50 %" }
complements = [{ id = "formateurs", libelle = "Formateurs formés", type = "entier" }]

  [[fiches.indicateurs]]
  id = "1.1-I01"
  libelle = "Personnes rencontrées"
  type = "compte"
  mesures = [{ id = "1.1-I01", libelle = "Personnes rencontrées", type = "entier", agregation = "PERSONNES", unite = "personne", valeur_initiale = 12 }]

  [[fiches.indicateurs]]
  id = "1.1-I02"
  libelle = "Heures et lieux"
  type = "compte"
  mesures = [
    { id = "1.1-I02a", libelle = "Heures de permanence", type = "decimal", agregation = "FLUX", unite = "heure" },
    { id = "1.1-I02b", libelle = "Lieux de permanence", type = "entier", agregation = "ENTITES", ventilation = "type de lieu" },
    { id = "1.1-I02c", libelle = "Permanences par public", type = "ventilation", agregation = "FLUX", ventilation = "public", modalites = ["Jeunes", "Adultes", "Personnes âgées"] },
    { id = "1.1-I02d", libelle = "Outils utilisés", type = "liste", agregation = "UNION", ventilation = "outil" },
  ]

  [[fiches.indicateurs]]
  id = "1.1-I03"
  libelle = "Taux de suite donnée"
  type = "taux"
  mesures = [
    { id = "1.1-I03a", libelle = "Taux de suite donnée", type = "taux", agregation = "RATIO", ventilation = "orientation" },
    { id = "1.1-I03b", libelle = "Taux de couverture", type = "taux", agregation = "RATIO", denominateur = 5 },
  ]

  [[fiches.indicateurs]]
  id = "1.1-I04"
  libelle = "Satisfaction"
  type = "satisfaction"
  mesures = [{ id = "1.1-I04", libelle = "Satisfaction des habitants", type = "satisfaction", agregation = "SATISFACTION" }]

  [[fiches.indicateurs]]
  id = "1.1-I05"
  libelle = "Délai"
  type = "duree"
  mesures = [{ id = "1.1-I05", libelle = "Délai moyen", type = "moyenne", agregation = "MOYENNE" }]

  [[fiches.indicateurs]]
  id = "1.1-I06"
  libelle = "Charte signée"
  type = "jalon"
  mesures = [{ id = "1.1-I06", libelle = "Charte signée", type = "jalon", agregation = "JALON" }]

  [[fiches.indicateurs]]
  id = "1.1-I07"
  libelle = "Appréciation d’ensemble"
  type = "texte"
  mesures = [{ id = "1.1-I07", libelle = "Appréciation d’ensemble", type = "texte", agregation = "TEXTE" }]

[[fiches]]
numero = "2.1"
titre = "Se déplacer pour se soigner"
axe = "2"
volets = [
  { id = "a", nom = "Navettes", porteurs = ["ville"] },
  { id = "b", nom = "Covoiturage", porteurs = ["mutuelle", "ville"] },
]
porteurs = ["ville", "mutuelle"]

  [[fiches.indicateurs]]
  id = "2.1-I01"
  libelle = "Trajets"
  type = "compte"
  mesures = [{ id = "2.1-I01", libelle = "Trajets", type = "entier", agregation = "FLUX", maximum = 500 }]
"""

ANNEE = 2025


@cache
def essai() -> contract.Contrat:
    return contract.parse(DEFINITION, "essai")


def contrats(identifiant: str) -> contract.Contrat:
    if identifiant != "essai":
        raise Refus(f"Le contrat « {identifiant} » n’est pas livré.")
    return essai()


@cache
def plan(structure: str = "") -> entry.Plan:
    """The general workbook, or the one of a structure."""
    repondant = next((r for r in entry.repondants(essai()) if r.id == structure), None)
    return entry.plan(essai(), ANNEE, repondant)


@cache
def _octets(structure: str, orne: bool) -> bytes:
    repondant = plan(structure).repondant
    return writer.to_bytes(plan(structure).classeur) if orne else alleger(entry.plan(essai(), ANNEE, repondant).classeur)


def places(structure: str = "") -> dict[str, entry.Emplacement]:
    return {e.cle: e for e in plan(structure).emplacements()}


def ligne(cle: str) -> int:
    return places()[cle].rangee


def cellule(cle: str) -> str:
    return places()[cle].cellule


def lignes_de(prefixe: str) -> list[str]:
    """The rows of a table to fill in: « 01 », « 02 »…"""
    return sorted({c.split("/")[-2] for c in places() if c.rpartition("/")[0].rpartition("/")[0] == prefixe})


def vierge(dossier: Path, structure: str = "", nom: str = "retour.xlsx", orne: bool = False) -> Path:
    """The workbook as it is sent. ``orne``: with its validations, colours and frames, which no reader looks at."""
    chemin = dossier / nom
    chemin.write_bytes(_octets(structure, orne))
    return chemin


def modifie(chemin: Path, modifier) -> Path:
    """The workbook once ``modifier`` (a function of the openpyxl workbook) has changed it."""
    livre = openpyxl.load_workbook(chemin)
    modifier(livre)
    livre.save(chemin)
    return chemin


def rempli(dossier: Path, saisies: Mapping[str, object], structure: str = "", nom: str = "retour.xlsx", ailleurs: Mapping[str, object] | None = None, orne: bool = False) -> Path:
    """A workbook with these values at these keys, and others at « sheet!cell »."""
    ou = places(structure)

    def remplir(livre: openpyxl.Workbook) -> None:
        for cle, valeur in saisies.items():
            livre[ou[cle].feuille][ou[cle].cellule] = valeur
        for lieu, valeur in (ailleurs or {}).items():
            feuille, _, cellule = lieu.partition("!")
            livre[feuille][cellule] = valeur

    return modifie(vierge(dossier, structure, nom, orne), remplir)


def lire(chemin: Path) -> reader.Retour:
    return reader.lire(chemin, contrats)


def lues(retour: reader.Retour) -> dict[str, object]:
    """Key → value as read, dates and times as dates."""
    return {s.cle: s.brut.date() if isinstance(s.brut, datetime.datetime) else s.brut for s in retour.saisies}


def trouvees(retour: reader.Retour) -> list[tuple[str, str, tuple[str, ...]]]:
    return [(a.code, a.feuille, a.cellules) for a in retour.anomalies]


def valeur_valide(place: entry.Emplacement, hasard: random.Random) -> object:
    """A random value that this input accepts, as a spreadsheet stores it."""
    match place.type:
        case "entier":
            return hasard.randint(0, int(min(place.maximum or 10_000, 10_000)))
        case "decimal":
            return round(hasard.uniform(0, 500), 2)
        case "montant":
            return hasard.randint(0, 99_999_999) / 100
        case "date":
            return datetime.date(2025, 1, 1) + datetime.timedelta(days=hasard.randint(0, 364))
        case "liste":
            return hasard.choice(place.choix) if place.choix else "Un nom d’usage"
        case "case":
            return "x"
        case "code":
            return "21210231700014"
    mots = ("élève", "l’été", "« œuvre »", "santé & soin", "a < b", "première ligne\nseconde", "deux  espaces", "100 %", "-", "n° 3")
    return " ".join(hasard.choice(mots) for _ in range(hasard.randint(1, 4)))
