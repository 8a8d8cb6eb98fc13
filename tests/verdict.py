"""What became of every typed value of a file: read exactly, pointed at by an anomaly, lost, or wrong."""

from __future__ import annotations

import datetime
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from pathlib import Path

from gestes import PARTOUT, REFUSE, Due, Page
from joueurs import cellule
from python_calamine import CalamineWorkbook

from cls_workbook import contract, entry
from cls_workbook.anomalies import BLOQUANT, Anomalie
from cls_workbook.errors import Refus
from cls_workbook.reading import frames, reader

LUE, SIGNALEE, PERDUE, FAUSSE = "lue", "signalée", "perdue", "fausse"


@dataclass(frozen=True)
class Terrain:
    """A contract and the plan of the workbook that is filled in, for a campaign."""

    contrat: contract.Contrat
    plan: entry.Plan
    campagne: entry.Campagne | None = None

    @cached_property
    def places(self) -> dict[str, entry.Emplacement]:
        return {p.cle: p for p in self.plan.emplacements()}

    @cached_property
    def extensibles(self) -> frozenset[str]:
        return frozenset(p for f in self.plan.feuilles for p in f.extensibles)

    def contrats(self, identifiant: str) -> contract.Contrat:
        if identifiant != self.contrat.id:
            raise Refus(f"Le contrat « {identifiant} » n’est pas livré.")
        return self.contrat

    def lire(self, chemin: Path) -> Lecture:
        """The file as the tool understands it, up to the typed values; no rule of the contract is checked."""
        retour = reader.lire(chemin, self.contrats)
        if not retour.contrat:
            return Lecture({}, list(retour.anomalies))
        lot = frames.typer([retour], self.contrat)
        colonnes = ("feuille", "cellule", "fiche", "bloc", "mesure", "champ", "ligne", "valeur")
        lues = zip(*(lot.valeurs[c] for c in colonnes), strict=True)
        return Lecture({(f, c): reste for f, c, *reste in lues}, lot.anomalies, frozenset(retour.feuilles.values()))


@dataclass(frozen=True)
class Lecture:
    """``valeurs``: (sheet, cell) → fiche, bloc, mesure, champ, ligne, valeur. ``feuilles``: those that were read."""

    valeurs: Mapping[tuple[str, str], list]
    anomalies: list[Anomalie]
    feuilles: frozenset[str] = frozenset()

    @cached_property
    def par_feuille(self) -> Mapping[str, Mapping[str, list]]:
        """Sheet → cell → the same."""
        feuilles: dict[str, dict[str, list]] = {}
        for (feuille, ici), lue in self.valeurs.items():
            feuilles.setdefault(feuille, {})[ici] = lue
        return feuilles

    def pointees(self, feuille: str, *, bloquantes: bool = False) -> set[str]:
        return {c for a in self.anomalies if a.feuille == feuille and (not bloquantes or a.gravite == BLOQUANT) for c in a.cellules}

    def refusee(self, page: Page) -> bool:
        """Is the file, or the fiche of this sheet, refused as a whole?"""
        return any(a.refuse_fichier or (a.refuse_feuille and (a.feuille == page.nom or a.fiche == page.fiche)) for a in self.anomalies)

    def dite_en_entier(self, page: Page) -> bool:
        """Is the sheet, which was not read, told as such?"""
        return self.refusee(page) or (page.nom not in self.feuilles and any(a.feuille == page.nom for a in self.anomalies))


@dataclass
class Verdict:
    """``details``: (state, sheet and cell, what it was) of all that was not simply read."""

    etats: Counter[str] = field(default_factory=Counter)
    fausses_alertes: list[str] = field(default_factory=list)
    details: list[tuple[str, str, str]] = field(default_factory=list)

    def compter(self, etat: str, ou: str, quoi: object) -> None:
        self.etats[etat] += 1
        if etat != LUE:
            self.details.append((etat, ou, str(quoi)))

    def fautes(self) -> list[tuple[str, str, str]]:
        return [d for d in self.details if d[0] in (PERDUE, FAUSSE)]

    def __add__(self, autre: Verdict) -> Verdict:
        return Verdict(self.etats + autre.etats, self.fausses_alertes + autre.fausses_alertes, self.details + autre.details)


def juger(terrain: Terrain, page: Page, lecture: Lecture) -> Verdict:
    """What became of what stands on one sheet."""
    verdict = Verdict()
    pointees, bloquees, refusee = lecture.pointees(page.nom), lecture.pointees(page.nom, bloquantes=True), lecture.refusee(page)
    lues = lecture.par_feuille.get(page.nom, {})
    justes: dict[str, list] = {}
    for place, due in page.dues.items():
        ici = cellule(*place)
        lue, ou = lues.get(ici), f"{page.nom}!{ici}"
        if lue is not None and ici not in bloquees and not refusee and _exacte(terrain, due, lue):
            justes[ici] = lue
            verdict.compter(LUE, ou, due.brut)
            if ici in pointees and not due.touchee:
                verdict.fausses_alertes.append(ou)
        elif due.invisible and lue is None:
            continue  # under a merged cell: nobody sees it any more, and Excel drops it
        elif ici in pointees or lecture.dite_en_entier(page):
            verdict.compter(SIGNALEE, ou, due.brut)
        elif due.copie and any(_exacte(terrain, due, autre) for autre in lecture.valeurs.values()):
            verdict.compter(LUE, ou, due.brut)
        else:
            verdict.compter(PERDUE if lue is None else FAUSSE, ou, f"{due.cle} = {due.brut!r} lu {lue}")
    typees = {cellule(*p) for p in page.dues}
    for ici, lue in lues.items():
        if ici not in typees and ici not in pointees and not refusee:
            verdict.compter(FAUSSE, f"{page.nom}!{ici}", f"rien n’y est saisi, lu {lue}")
    for ici in _melangees(terrain, page, justes):
        verdict.compter(FAUSSE, f"{page.nom}!{ici}", "les valeurs d’une même ligne sont séparées, ou celles de deux lignes réunies")
    return verdict


def _exacte(terrain: Terrain, due: Due, lue: list) -> bool:
    if not due.cle or due.sens is REFUSE:
        return False
    fiche, bloc, mesure, champ, ligne, valeur = lue
    if due.cle == PARTOUT:
        return egales(valeur, due.sens)
    place = terrain.places[due.cle]
    meme_ligne = ligne == place.ligne or _prefixe(due.cle) in terrain.extensibles
    return meme_ligne and (fiche, bloc, mesure, champ) == (place.fiche, place.bloc, place.mesure, place.champ) and egales(valeur, due.sens)


def _prefixe(cle: str) -> str:
    return cle.rpartition("/")[0].rpartition("/")[0]


def egales(lue: object, sens: object) -> bool:
    if isinstance(sens, datetime.date):
        return lue == sens
    if isinstance(sens, (int, float, Decimal)) and isinstance(lue, (int, Decimal)):
        return Decimal(lue) == Decimal(str(sens))
    if isinstance(sens, str) and isinstance(lue, str):
        return lue == "".join(c for c in sens if c != "\r").strip()
    return str(lue) == str(sens)


def _melangees(terrain: Terrain, page: Page, justes: Mapping[str, list]) -> Iterator[str]:
    """Tables that may grow: what stands on one row of the sheet is one line of the answer, and nothing else is."""
    lignes: dict[tuple[str, int], set[str]] = {}
    for (rang, colonne), due in page.dues.items():
        if due.cle not in ("", PARTOUT) and _prefixe(due.cle) in terrain.extensibles and cellule(rang, colonne) in justes:
            lignes.setdefault((_prefixe(due.cle), rang), set()).add(justes[cellule(rang, colonne)][4])
    vues: Counter[tuple[str, str]] = Counter((prefixe, nom) for (prefixe, _), noms in lignes.items() for nom in noms)
    for (prefixe, rang), noms in lignes.items():
        if len(noms) != 1 or vues[prefixe, next(iter(noms))] > 1:
            yield cellule(rang, 1)


def ailleurs(page: Page, classeur: CalamineWorkbook) -> list[str]:
    """Cells where the file does not hold what the notebook of gestures says: it is the test that would be wrong."""
    lignes = classeur.get_sheet_by_name(page.nom).to_python(skip_empty_area=False)
    absentes = []
    for (rang, colonne), due in page.dues.items():
        lu = lignes[rang - 1][colonne - 1] if rang <= len(lignes) and colonne <= len(lignes[rang - 1]) else ""
        sans_valeur = isinstance(due.brut, str) and due.brut[:1] in ("=", "#")  # neither formulas nor errors have one
        if lu == "" and not (sans_valeur or due.invisible):
            absentes.append(f"{page.nom}!{cellule(rang, colonne)} : {due.brut!r}")
    return absentes
