"""A small contract that asks every kind of question, its workbook, and a way to fill it in by key."""

from __future__ import annotations

import datetime
import io
import random
from collections.abc import Mapping
from functools import cache, lru_cache
from pathlib import Path

import openpyxl

from cls_workbook import forms
from cls_workbook.definition import toml_reader
from cls_workbook.domain.model import Contrat
from cls_workbook.errors import Refusal
from cls_workbook.reading.locating.retour import Retour
from cls_workbook.reading.return_reader import ReturnReader
from cls_workbook.workbook import writer
from tests.support import quick_openpyxl
from tests.support.light_workbooks import lighten

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
  { code_insee = "21001", nom = "Aubeterre" }, { code_insee = "21002", nom = "Bois-le-Pré" },
  { code_insee = "21003", nom = "Clairvaux" }, { code_insee = "21004", nom = "Doussay" },
  { code_insee = "21005", nom = "Étang-Neuf" },
]
qpv = [{ nom = "Les Tilleuls", commune = "Aubeterre" }, { nom = "Le Port", commune = "Clairvaux" }]
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
  mesures = [{ id = "1.1-I01", libelle = "Personnes rencontrées", type = "entier", agregation = "PERSONNES", \
unite = "personne", valeur_initiale = 12 }]

  [[fiches.indicateurs]]
  id = "1.1-I02"
  libelle = "Heures et lieux"
  type = "compte"
  mesures = [
    { id = "1.1-I02a", libelle = "Heures de permanence", type = "decimal", agregation = "FLUX", unite = "heure" },
    { id = "1.1-I02b", libelle = "Lieux de permanence", type = "entier", agregation = "ENTITES", \
ventilation = "type de lieu" },
    { id = "1.1-I02c", libelle = "Permanences par public", type = "ventilation", agregation = "FLUX", \
ventilation = "public", modalites = ["Jeunes", "Adultes", "Personnes âgées"] },
    { id = "1.1-I02d", libelle = "Outils utilisés", type = "liste", agregation = "UNION", ventilation = "outil" },
  ]

  [[fiches.indicateurs]]
  id = "1.1-I03"
  libelle = "Taux de suite donnée"
  type = "taux"
  mesures = [
    { id = "1.1-I03a", libelle = "Taux de suite donnée", type = "taux", agregation = "RATIO", \
ventilation = "orientation" },
    { id = "1.1-I03b", libelle = "Taux de couverture", type = "taux", agregation = "RATIO", denominateur = 5 },
  ]

  [[fiches.indicateurs]]
  id = "1.1-I04"
  libelle = "Satisfaction"
  type = "satisfaction"
  mesures = [{ id = "1.1-I04", libelle = "Satisfaction des habitants", type = "satisfaction", \
agregation = "SATISFACTION" }]

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

YEAR = 2025


@cache
def trial() -> Contrat:
    return toml_reader.parse(DEFINITION, "essai")


def contrats(identifier: str) -> Contrat:
    if identifier != "essai":
        raise Refusal(f"Le contrat « {identifier} » n’est pas livré.")
    return trial()


@cache
def plan(structure: str = "") -> forms.WorkbookPlan:
    """The general workbook, or the one of a structure."""
    respondent = next((r for r in forms.repondants(trial()) if r.id == structure), None)
    return forms.plan(trial(), YEAR, respondent)


@cache
def _raw_bytes(structure: str, ornate: bool) -> bytes:
    respondent = plan(structure).respondent
    return (
        writer.to_bytes(plan(structure).workbook) if ornate else lighten(forms.plan(trial(), YEAR, respondent).workbook)
    )


def places(structure: str = "") -> dict[str, forms.InputPlace]:
    return {e.cle: e for e in plan(structure).input_places()}


def line(cle: str) -> int:
    return places()[cle].row


def cell(cle: str) -> str:
    return places()[cle].cell


def rows_of(prefix: str) -> list[str]:
    """The rows of a table to fill in: « 01 », « 02 »…"""
    return sorted({c.split("/")[-2] for c in places() if c.rpartition("/")[0].rpartition("/")[0] == prefix})


def blank(folder: Path, structure: str = "", nom: str = "retour.xlsx", ornate: bool = False) -> Path:
    """The workbook as it is sent. ``ornate``: with its validations, colours and frames, which no reader looks at."""
    path = folder / nom
    path.write_bytes(_raw_bytes(structure, ornate))
    return path


def modified(path: Path, modify) -> Path:
    """The workbook once ``modify`` (a function of the openpyxl workbook) has changed it."""
    opened_book = openpyxl.load_workbook(path)
    modify(opened_book)
    quick_openpyxl.save(opened_book, path)
    return path


def filled(
    folder: Path,
    saisies: Mapping[str, object],
    structure: str = "",
    nom: str = "retour.xlsx",
    elsewhere: Mapping[str, object] | None = None,
    ornate: bool = False,
) -> Path:
    """A workbook with these values at these keys, and others at « sheet!cell »."""
    path = folder / nom
    path.write_bytes(_filled_bytes(_typed(saisies), _typed(elsewhere or {}), structure, ornate))
    return path


Typed = tuple[tuple[str, type, object], ...]


def _typed(values: Mapping[str, object]) -> Typed:
    """With their types: 1 is not 1.0."""
    return tuple((cle, type(valeur), valeur) for cle, valeur in values.items())


@lru_cache(maxsize=64)  # many tests of a file begin with the same answers
def _filled_bytes(saisies: Typed, elsewhere: Typed, structure: str, ornate: bool) -> bytes:
    where, disk = places(structure), io.BytesIO()
    opened_book = openpyxl.load_workbook(io.BytesIO(_raw_bytes(structure, ornate)))
    for cle, _, valeur in saisies:
        opened_book[where[cle].sheet][where[cle].cell] = valeur
    for location, _, valeur in elsewhere:
        sheet, _, cell = location.partition("!")
        opened_book[sheet][cell] = valeur
    quick_openpyxl.save(opened_book, disk)
    return disk.getvalue()


READER = ReturnReader(contrats)


def read(path: Path) -> Retour:
    return READER.read(path)


def items_read(retour: Retour) -> dict[str, object]:
    """Key → value as read, dates and times as dates."""
    return {s.cle: s.raw.date() if isinstance(s.raw, datetime.datetime) else s.raw for s in retour.saisies}


def all_found(retour: Retour) -> list[tuple[str, str, tuple[str, ...]]]:
    return [(a.code, a.sheet, a.cells) for a in retour.anomalies]


def valid_value(place: forms.InputPlace, rng: random.Random) -> object:
    """A random value that this input accepts, as a spreadsheet stores it."""
    match place.type:
        case "entier":
            return rng.randint(0, int(min(place.maximum or 10_000, 10_000)))
        case "decimal":
            return round(rng.uniform(0, float(min(place.maximum or 500, 500))), 2)
        case "montant":
            return rng.randint(0, 99_999_999) / 100
        case "date":
            return datetime.date(2025, 1, 1) + datetime.timedelta(days=rng.randint(0, 364))
        case "liste":
            return rng.choice(place.choix) if place.choix else "Un nom d’usage"
        case "case":
            return "x"
        case "code":
            return "21210231700014"
    words = (
        "élève",
        "l’été",
        "« œuvre »",
        "santé & soin",
        "a < b",
        "première ligne\nseconde",
        "deux  espaces",
        "100 %",
        "-",
        "n° 3",
    )
    return " ".join(rng.choice(words) for _ in range(rng.randint(1, 4)))


def random_values(seed: int, structure: str = "") -> dict[str, object]:
    rng = random.Random(seed)
    return {cle: valid_value(place, rng) for cle, place in places(structure).items()}
