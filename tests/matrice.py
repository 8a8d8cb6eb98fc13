"""The matrix: edits × saved forms, and what becomes of every typed value. ``python tests/matrice.py`` prints its figures."""

from __future__ import annotations

import datetime
import io
import shutil
import sys
import tempfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache, partial
from pathlib import Path

import classeurs
import modifications_de_saisie  # noqa: F401  (adds to MODIFICATIONS)
import openpyxl
from classeurs import ANNEE, DEFINITION
from classeurs_legers import alleger
from gestes import Page
from joueurs import ParLibreOffice, ParOpenpyxl
from libreoffice import LibreOffice
from modifications import MODIFICATIONS, Modification
from modifications_de_campagne import DE_CAMPAGNE, ModificationDeCampagne, Source
from modifications_de_campagne import juger as juger_une_campagne
from modifications_de_classeur import DE_CLASSEUR, Livre, LivreParLibreOffice, LivreParOpenpyxl, ModificationDeClasseur
from python_calamine import CalamineWorkbook
from verdict import FAUSSE, LUE, PERDUE, SIGNALEE, Terrain, Verdict, ailleurs, juger

from cls_workbook import contract, entry
from cls_workbook.entry import examples

FORMES = ("xlsx (openpyxl)", "xlsx (LibreOffice)", "ods (LibreOffice)")


@dataclass(frozen=True)
class Case:
    """One edit in one form. ``codes``: of the anomalies that concern it."""

    nom: str
    forme: str
    verdict: Verdict
    codes: frozenset[str]
    attendus: tuple[frozenset[str], int]

    @property
    def obtenus(self) -> tuple[frozenset[str], int]:
        return self.codes, self.verdict.etats[SIGNALEE]

    @property
    def fautes(self) -> list[str]:
        """What is not as it must be, in words; nothing otherwise."""
        dites = [" ".join(faute) for faute in self.verdict.fautes()] + [f"fausse alerte {ou}" for ou in self.verdict.fausses_alertes]
        if self.obtenus != self.attendus:
            dites.append(f"{sorted(self.obtenus[0])} signalent {self.obtenus[1]} valeurs ; attendu : {sorted(self.attendus[0])}, {self.attendus[1]}")
        return dites


# --- workbooks, every input filled with a value of its own ------------------------------------------------------------


def numero(rang: int) -> str:
    return f"1.{rang + 1}"


@cache
def terrain() -> Terrain:
    """As many copies of the fiche 1.1 of the test contract as there are edits: each edit has its own sheet."""
    tete, _, corps = DEFINITION.partition("[[fiches]]")
    fiche = corps.partition("[[fiches]]")[0]
    fiches = "".join("[[fiches]]" + fiche.replace("1.1", numero(i)) for i in range(len(MODIFICATIONS)))
    contrat = contract.parse(tete.replace('id = "essai"', 'id = "matrice"', 1) + fiches, "matrice")
    repondant = next(r for r in entry.repondants(contrat) if r.id == "ville")
    return Terrain(contrat, entry.plan(contrat, ANNEE, repondant, campagne := campagne_de(contrat)), campagne)


def campagne_de(contrat: contract.Contrat) -> entry.Campagne:
    """A year that has another before it: its values stand beside the inputs, and the amounts of the year in each sheet."""
    de_la_sorte = {"jalon": "En cours", "entier": 42, "decimal": 12.5, "taux": 0.4, "moyenne": 3.25}
    passees = {m.id: de_la_sorte[m.type] for f in contrat.fiches for m in f.mesures if m.type in de_la_sorte}
    reprises = {"partenaires/01/nom": "Le Relais", "partenaires/01/type": "Association", "financement/01/financeur": "ARS", "financement/02/financeur": "Ville de Rivemont"}
    return entry.Campagne(
        programme={f.numero: Decimal("12500.5") for f in contrat.fiches}, propres={"ville": passees}, limite="15 mars 2026",
        reprises={"ville": {f"{f.numero}/{cle}": valeur for f in contrat.fiches for cle, valeur in reprises.items()}},
    )  # fmt: skip


@cache
def petit_terrain(structure: str = "ville", prerempli: bool = False) -> Terrain:
    """The workbook of a structure. ``prerempli``: with last year beside its inputs."""
    if not prerempli:
        return Terrain(classeurs.essai(), classeurs.plan(structure))
    campagne = campagne_de(classeurs.essai())
    return Terrain(classeurs.essai(), entry.plan(classeurs.essai(), ANNEE, classeurs.plan(structure).repondant, campagne), campagne)


def valeur_unique(place: entry.Emplacement, rang: int) -> object:
    """A value that no other input of the sheet holds, where the input allows it."""
    match place.type:
        case "entier":
            return 1000 + rang if place.maximum is None else min(1000 + rang, int(place.maximum))
        case "decimal":
            return 300 + rang + 0.25
        case "montant":
            return 20_000 + rang + 0.37
        case "date":
            return datetime.date(2025, 1, 1) + datetime.timedelta(days=rang)
        case "liste":
            return place.choix[rang % len(place.choix)] if place.choix else f"Nom {rang}"
        case "case":
            return "x"
        case "code":
            return "21210231700014"
    return f"texte n° {rang}"


def saisies(terrain: Terrain, decalage: int = 0) -> Mapping[str, object]:
    """Key → value. ``decalage`` makes another return, that answers otherwise. Who answers is as the workbook came."""
    qui = terrain.plan.repondant.nom if terrain.plan.repondant else classeurs.essai().structures[0].nom
    return {c: valeur_unique(p, (rang + decalage) % 300) for rang, (c, p) in enumerate(terrain.places.items())} | {"accueil/reponse/structure": qui}


def rempli(terrain: Terrain, valeurs: Mapping[str, object]) -> bytes:
    """The workbook, filled in."""
    feuillet = entry.plan(terrain.contrat, ANNEE, terrain.plan.repondant, terrain.campagne)
    examples.remplir(feuillet, valeurs)
    return alleger(feuillet.classeur)


# --- edits of a sheet: all in one workbook ----------------------------------------------------------------------------


def pages(terrain: Terrain, valeurs: Mapping[str, object], modifications: Iterable[Modification]) -> list[Page]:
    """What each edit does to its own sheet."""
    faites = []
    for rang, modification in enumerate(modifications):
        faites.append(Page(f"FA {numero(rang)}", terrain.places, valeurs))
        modification.faire(faites[-1])
    return faites


def par_openpyxl(contenu: bytes, pages: Iterable[Page], chemin: Path) -> Path:
    livre = openpyxl.load_workbook(io.BytesIO(contenu))
    for page in pages:
        ParOpenpyxl(livre[page.nom]).jouer(page.gestes)
    livre.save(chemin)
    return chemin


def par_libreoffice(libreoffice: LibreOffice, contenu: bytes, pages: Iterable[Page], dossier: Path) -> tuple[Path, Path]:
    (dossier / "rempli.xlsx").write_bytes(contenu)
    with libreoffice.open(dossier / "rempli.xlsx") as document:
        for page in pages:
            document.unprotect(page.nom)
            ParLibreOffice(document, page.nom).jouer(page.gestes)
        return document.save(dossier / "libreoffice.xlsx"), document.save(dossier / "libreoffice.ods")


def des_feuilles(libreoffice: LibreOffice | None, dossier: Path) -> list[Case]:
    """The cases of every edit of a sheet; in one form only without LibreOffice."""
    lieu = terrain()
    valeurs = saisies(lieu)
    contenu, faites = rempli(lieu, valeurs), pages(lieu, valeurs, MODIFICATIONS)
    fichiers = [par_openpyxl(contenu, faites, dossier / "openpyxl.xlsx")]
    if libreoffice is not None:
        fichiers += par_libreoffice(libreoffice, contenu, faites, dossier)
    cases = []
    for forme, chemin in zip(FORMES, fichiers, strict=False):
        lecture, brut = lieu.lire(chemin), CalamineWorkbook.from_path(chemin)
        for modification, page in zip(MODIFICATIONS, faites, strict=True):
            assert ailleurs(page, brut) == [], f"{modification.nom}, {forme}"
            codes = frozenset(a.code for a in lecture.anomalies if a.feuille in (page.nom, ""))
            cases.append(Case(modification.nom, forme, juger(lieu, page, lecture), codes, (modification.codes, modification.signalees)))
    return cases


# --- edits of a whole workbook: one file each -------------------------------------------------------------------------


def _livre(modification: ModificationDeClasseur) -> Livre:
    def par_feuille(structure: str, decalage: int) -> dict[str, Page]:
        lieu = petit_terrain(structure)
        noms = dict.fromkeys(p.feuille for p in lieu.places.values())
        return {nom: Page(nom, lieu.places, saisies(lieu, decalage)) for nom in noms}

    livre = Livre(par_feuille("ville", 0), par_feuille("mutuelle", 100))
    modification.faire(livre)
    return livre


@cache
def _petit_rempli(structure: str, decalage: int) -> bytes:
    return rempli(petit_terrain(structure), saisies(petit_terrain(structure), decalage))


def _fichiers(livre: Livre, libreoffice: LibreOffice | None, dossier: Path, rang: int, formes: Iterable[str]) -> dict[str, Path]:
    contenus = [_petit_rempli("ville", 0), _petit_rempli("mutuelle", 100)]
    fichiers = {FORMES[0]: dossier / f"{rang}.xlsx"}
    un, autre = (partial(openpyxl.load_workbook, io.BytesIO(c)) for c in contenus)
    LivreParOpenpyxl(un(), autre).jouer(livre.gestes).save(fichiers[FORMES[0]])
    if libreoffice is None:
        return fichiers
    for nom, contenu in zip(("un.xlsx", "autre.xlsx"), contenus, strict=True):
        (dossier / nom).write_bytes(contenu)
    with libreoffice.open(dossier / "un.xlsx") as document:
        joueur = LivreParLibreOffice(document, lambda: libreoffice.open(dossier / "autre.xlsx"))
        fait = joueur.jouer(livre.gestes)
        fichiers |= {forme: fait.save(dossier / f"{rang} LibreOffice.{forme.partition(' ')[0]}") for forme in FORMES[1:] if forme in formes}
        for ouvert in joueur.ouverts:
            ouvert.close()
    return fichiers


def formes(modification: Modification | ModificationDeClasseur | ModificationDeCampagne, lentes: bool = False) -> tuple[str, ...]:
    """The saved forms in which an edit is tried; ``lentes``: those too that take LibreOffice a third of the whole time."""
    return FORMES if lentes or not getattr(modification, "lente", False) else (FORMES[0], FORMES[2])


def des_classeurs(libreoffice: LibreOffice | None, dossier: Path, lentes: bool = False) -> list[Case]:
    """The cases of every edit of a workbook."""
    lieu, cases = petit_terrain(), []
    for rang, modification in enumerate(DE_CLASSEUR):
        livre = _livre(modification)
        for forme, chemin in _fichiers(livre, libreoffice, dossier, rang, formes(modification, lentes)).items():
            lecture = lieu.lire(chemin)
            verdict = sum((juger(lieu, page, lecture) for page in livre.pages.values()), Verdict())
            toutes = sum(len(p.dues) for p in livre.pages.values())
            attendus = modification.codes, toutes if modification.signalees < 0 else modification.signalees
            if modification.signalees >= 0:
                brut = CalamineWorkbook.from_path(chemin)
                absentes = [m for page in livre.pages.values() for m in ailleurs(page, brut)]
                assert absentes == [], f"{modification.nom}, {forme}: {absentes[:20]}"
            cases.append(Case(modification.nom, forme, verdict, frozenset(a.code for a in lecture.anomalies), attendus))
    return cases


# --- what arrives beside a good return: several files each ------------------------------------------------------------


def _enregistree(source: Source, forme: str, libreoffice: LibreOffice | None, dossier: Path) -> Path:
    """The workbook of a source as one of the programs saved it; once."""
    chemin = dossier / f"source {id(source)} {FORMES.index(forme)}.{forme.partition(' ')[0]}"
    if chemin.exists():
        return chemin
    if libreoffice is None or forme == FORMES[0]:
        openpyxl.load_workbook(io.BytesIO(source.contenu)).save(chemin)
        return chemin
    (dossier / "source.xlsx").write_bytes(source.contenu)
    with libreoffice.open(dossier / "source.xlsx") as document:
        for voulue in FORMES[1:]:
            document.save(dossier / f"source {id(source)} {FORMES.index(voulue)}.{voulue.partition(' ')[0]}")
    return chemin


def des_campagnes(libreoffice: LibreOffice | None, dossier: Path) -> list[Case]:
    """The cases of what may lie in the folder of returns."""
    cases = []
    for rang, modification in enumerate(DE_CAMPAGNE):
        for forme in FORMES if libreoffice else FORMES[:1]:
            arrives = dossier / f"campagne {rang} {FORMES.index(forme)}"
            arrives.mkdir()
            fichiers = {}
            for nom, source in modification.recus.items():
                enregistree = _enregistree(source, forme, libreoffice, dossier)
                fichiers[nom] = Path(shutil.copy(enregistree, arrives / f"{nom}{enregistree.suffix}"))
            verdict, codes = juger_une_campagne(modification, fichiers)
            cases.append(Case(modification.nom, forme, verdict, codes, (modification.codes, modification.signalees)))
    return cases


# --- figures ----------------------------------------------------------------------------------------------------------


def chiffres(cases: Iterable[Case]) -> str:
    """The table of the README."""
    par_forme: dict[str, list[Case]] = {}
    for case in cases:
        par_forme.setdefault(case.forme, []).append(case)
    titres = ("forme enregistrée", "modifications", "valeurs", "lues exactement", "signalées", "perdues sans un mot", "fausses sans un mot", "fausses alertes")
    lignes = ["| " + " | ".join(titres) + " |", "|---" + "|---:" * (len(titres) - 1) + "|"]
    for forme, siens in [*par_forme.items(), ("ensemble", [c for liste in par_forme.values() for c in liste])]:
        total = sum((c.verdict for c in siens), Verdict())
        comptes = [len(siens), total.etats.total(), *(total.etats[e] for e in (LUE, SIGNALEE, PERDUE, FAUSSE)), len(total.fausses_alertes)]
        lignes.append(f"| {forme} | " + " | ".join(f"{n:,}".replace(",", "\u00a0") for n in comptes) + " |")
    return "\n".join(lignes)


def main() -> None:
    with tempfile.TemporaryDirectory() as dossier, LibreOffice(Path(dossier)) as libreoffice:
        cases = des_feuilles(libreoffice, Path(dossier)) + des_classeurs(libreoffice, Path(dossier), lentes=True) + des_campagnes(libreoffice, Path(dossier))
    for case in cases:
        if case.fautes:
            print(case.nom, case.forme, case.fautes, sep="\n    ", file=sys.stderr)
    print(chiffres(cases))


if __name__ == "__main__":
    main()
