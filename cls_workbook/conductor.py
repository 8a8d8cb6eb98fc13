"""The way back, step by step: returns → typed frames → checks → what counts → summaries → one ``Resultat``.

The command line and, one day, the Excel button are two doors to these functions.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from datetime import date
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import pandas as pd

from cls_workbook import checks, consolidation, frames, funding, funding_rules, reader, summaries
from cls_workbook.anomalies import Anomalie, trier
from cls_workbook.checks.dossier import Dossier
from cls_workbook.contract import Contrat, load, shipped
from cls_workbook.errors import Refus
from cls_workbook.francais import date_fr
from cls_workbook.generation import verifier_annee
from cls_workbook.resultat import Resultat

if TYPE_CHECKING:
    from cls_workbook.pilotage import Pilotage
    from cls_workbook.precedent import Consolidation

FICHIERS_PAR_PROCESSUS = 40  # below, a second process costs more than it brings
T = TypeVar("T")


# --- files ----------------------------------------------------------------------------------------------------------


def retours_dans(sources: Iterable[str | Path]) -> dict[str, Path]:
    """Name to show → file, for every file given and every file of the folders given; sorted, none twice.

    Hidden and lock files are left out. Refus if a source does not exist, or if there is no file at all.
    """
    fichiers: dict[str, Path] = {}
    for source in map(Path, sources):
        if source.is_dir():
            trouves = sorted(p for p in source.rglob("*") if p.is_file() and not _de_service(p.relative_to(source)))
            candidats = [(p.relative_to(source).as_posix(), p) for p in trouves]
        elif source.is_file():
            candidats = [(source.name, source)]
        else:
            raise Refus(f"« {source} » n’existe pas : indiquez un retour, ou le dossier qui contient les retours.")
        for nom, chemin in candidats:
            if chemin.resolve() not in {p.resolve() for p in fichiers.values() if p.name == chemin.name}:
                fichiers[nom if nom not in fichiers else str(chemin)] = chemin
    if not fichiers:
        raise Refus("Aucun fichier à lire : le dossier est vide. Déposez-y les retours, puis recommencez.")
    return dict(sorted(fichiers.items()))


def _de_service(chemin: Path) -> bool:
    return any(part.startswith((".", "~$")) for part in chemin.parts)


def lire(fichiers: dict[str, Path], contrats: Callable[[str], Contrat], processus: int | None = None) -> Iterator[reader.Retour]:
    """Reads each file, in order, over several processes when there are many."""
    travail = partial(_lire_un, contrats=contrats)
    nombre = processus or min(os.cpu_count() or 1, 1 + len(fichiers) // FICHIERS_PAR_PROCESSUS)
    if nombre == 1:
        yield from _avec_progression(map(travail, fichiers.items()), len(fichiers))
        return
    with ProcessPoolExecutor(nombre) as executeur:
        yield from _avec_progression(executeur.map(travail, fichiers.items(), chunksize=max(1, len(fichiers) // (8 * nombre))), len(fichiers))


def _lire_un(fichier: tuple[str, Path], contrats: Callable[[str], Contrat]) -> reader.Retour:
    nom, chemin = fichier
    return reader.lire(chemin, contrats, fichier=nom)


def _avec_progression(etapes: Iterable[T], total: int) -> Iterator[T]:
    """A progress bar on a terminal, once it has lasted a second; nothing elsewhere."""
    from tqdm import tqdm

    return iter(tqdm(etapes, total=total, desc="Lecture", unit=" retour", delay=1, leave=False, disable=None))


class Contrats:
    """Contract id → Contrat: the one given, or one that ships. Goes to other processes as it is."""

    def __init__(self, donne: Contrat | None = None):
        self._connus = {donne.id: donne} if donne else {}

    def __call__(self, identifiant: str) -> Contrat:
        """Refus if this contract is neither given nor shipped."""
        if identifiant not in self._connus:
            if identifiant not in shipped():
                raise Refus(f"Le contrat « {identifiant} » n’est pas livré : indiquez sa définition avec --contrat.")
            self._connus[identifiant] = load(identifiant)
        return self._connus[identifiant]


# --- single returns -------------------------------------------------------------------------------------------------


def controler(sources: Sequence[str], reference: str | None = None) -> list[Anomalie]:
    """The anomalies of returns looked at one by one, without a campaign: each says its contract and year."""
    contrats = Contrats(load(reference) if reference else None)
    anomalies: list[Anomalie] = []
    for retour in lire(retours_dans(sources), contrats):
        anomalies += retour.anomalies if not retour.contrat else _controler_un(retour, contrats(retour.contrat))
    return trier(anomalies)


def _controler_un(retour: reader.Retour, contrat: Contrat) -> list[Anomalie]:
    lot = frames.typer([retour], contrat)
    if retour.annee not in contrat.annees:
        return list(lot.anomalies)
    dossier = Dossier(contrat, retour.annee, lot.valeurs, lot.retours, anomalies=tuple(lot.anomalies), adresses=lot.adresses)
    return list(lot.anomalies) + checks.controler_retour(dossier)


# --- a campaign -----------------------------------------------------------------------------------------------------


def consolider_fichiers(
    sources: Sequence[str],
    reference: str,
    annee: int,
    sortie: str | Path,
    *,
    jour: date,
    precedent: str | None = None,
    pilotage: str | None = None,
    processus: int | None = None,
) -> Resultat:
    """Reads, checks and consolidates returns, and writes the consolidation workbook at ``sortie``."""
    from cls_workbook import consolidated, writer
    from cls_workbook import pilotage as coordination
    from cls_workbook import precedent as annee_passee

    contrat = load(reference)
    verifier_annee(contrat, annee)
    saisies = coordination.lire(pilotage, contrat, annee) if pilotage else coordination.Pilotage()
    passee = annee_passee.lire(precedent) if precedent else None
    fichiers = {n: p for n, p in retours_dans(sources).items() if p.resolve() != Path(sortie).resolve()}
    retours = lire(fichiers, Contrats(contrat), processus)
    resultat = consolider(retours, contrat, annee, jour=jour, precedent=passee, pilotage=saisies)
    writer.write(consolidated.classeur(resultat), sortie)
    return resultat


def consolider(
    retours: Iterable[reader.Retour],
    contrat: Contrat,
    annee: int,
    *,
    jour: date,
    precedent: Consolidation | None = None,
    pilotage: Pilotage | None = None,
) -> Resultat:
    """Returns as read → everything that the consolidation workbook says. No file is touched."""
    from cls_workbook import pilotage as coordination

    pilotage = pilotage or coordination.Pilotage()
    intrus: list[Anomalie] = []
    lot = frames.typer(_de_la_campagne(retours, contrat, annee, intrus), contrat)
    lot.anomalies.extend(intrus)
    prevus = consolidation.attendus(contrat, annee, pilotage.membres)
    anomalies = _anomalies(lot, contrat, annee, prevus, precedent, pilotage)
    valeurs = consolidation.retenir(lot.valeurs, anomalies)
    return _resumer(lot, valeurs, anomalies, prevus, contrat, annee, jour, precedent, pilotage)


def _de_la_campagne(retours: Iterable[reader.Retour], contrat: Contrat, annee: int, intrus: list[Anomalie]) -> Iterator[reader.Retour]:
    """The returns of this campaign; what is said of the others goes into ``intrus``."""
    for retour in retours:
        if refus := frames.hors_campagne(retour, contrat, annee):
            intrus += refus
        else:
            yield retour


def _anomalies(lot: frames.Lot, contrat: Contrat, annee: int, prevus: pd.DataFrame, precedent: Consolidation | None, pilotage: Pilotage) -> list[Anomalie]:
    from cls_workbook import pilotage as coordination
    from cls_workbook import precedent as annee_passee

    dossier = Dossier(
        contrat, annee, lot.valeurs, lot.retours, prevus,
        precedent=annee_passee.pour_controles(precedent, contrat) if precedent else None,
        pilotage=coordination.pour_controles(pilotage, contrat), anomalies=tuple(lot.anomalies), adresses=lot.adresses,
    )  # fmt: skip
    return trier([*lot.anomalies, *checks.controler(dossier)])


def _resumer(lot, valeurs, anomalies, prevus, contrat: Contrat, annee: int, jour: date, precedent: Consolidation | None, pilotage: Pilotage) -> Resultat:
    from cls_workbook import pilotage as coordination
    from cls_workbook import precedent as annee_passee

    programme = pilotage.programme or None
    cumul = pilotage.engage_anterieur | annee_passee.engage_cumule(precedent) if precedent else pilotage.engage_anterieur or None
    anciennes = annee_passee.indicateurs(precedent, contrat) if precedent else None
    par_fiche = funding.par_fiche(contrat, annee, valeurs, programme, cumul)
    return Resultat(
        contrat, annee, jour,
        retours=consolidation.statuts(contrat, prevus, lot.retours, anomalies),
        normalisations=lot.normalisations,
        mesures=consolidation.mesures_table(contrat, valeurs),
        reponses=consolidation.reponses_table(contrat, valeurs),
        indicateurs=summaries.indicateurs(contrat, valeurs, prevus, anciennes),
        financements=consolidation.financements_table(contrat, valeurs),
        par_fiche=par_fiche,
        par_financeur=funding.par_financeur(contrat, valeurs),
        avancement=summaries.avancement(contrat, valeurs, prevus),
        gouvernance=summaries.gouvernance(contrat, pilotage.reunions),
        territoire=summaries.territoire(contrat, valeurs),
        totaux=funding.totaux(contrat, par_fiche),
        anomalies=tuple(anomalies),
        explications=tuple(funding_rules.explications(contrat, annee, valeurs, programme, cumul)),
        a_preciser=tuple(consolidation.a_preciser(contrat, pilotage.membres)),
        decisions=_decisions(pilotage),
        valide_le=pilotage.date_validation if pilotage.etat == coordination.VALIDE else None,
        precedent=precedent is not None,
    )  # fmt: skip


def _decisions(pilotage: Pilotage) -> dict[str, str]:
    """Fiche ("" for the whole contract) → what the COPIL decided, in one line."""
    dites: dict[str, list[str]] = {}
    for d in pilotage.decisions:
        quand = f" ({date_fr(d.date)})" if d.date else ""
        dites.setdefault(d.fiche, []).append(f"{d.decision}{quand}" + (f" : {d.precision}" if d.precision else ""))
    return {fiche: " ; ".join(phrases) for fiche, phrases in dites.items()}
