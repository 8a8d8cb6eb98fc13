"""The way back, step by step: returns → typed frames → checks → what counts → summaries → one ``Resultat``.

The command line and the Excel button are two doors to these functions.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from cls_workbook import checks
from cls_workbook.anomalies import Anomalie, trier
from cls_workbook.checks.dossier import Dossier
from cls_workbook.contract.definition import load
from cls_workbook.contract.model import Contrat
from cls_workbook.francais import date_fr
from cls_workbook.generation import verifier_annee
from cls_workbook.reading import frames
from cls_workbook.reading.lecture import Contrats, lire, retours_dans
from cls_workbook.reading.reader import Retour
from cls_workbook.results.resultat import Resultat
from cls_workbook.summaries import activity, consolidation, funding, funding_rules

if TYPE_CHECKING:
    from cls_workbook.pilotage import Pilotage
    from cls_workbook.relances.dossier import Relances
    from cls_workbook.results.precedent import Consolidation


# --- single returns -------------------------------------------------------------------------------------------------


def controler(sources: Sequence[str], reference: str | None = None) -> list[Anomalie]:
    """The anomalies of returns looked at one by one, without a campaign: each says its contract and year."""
    contrats = Contrats(load(reference) if reference else None)
    anomalies: list[Anomalie] = []
    for retour in lire(retours_dans(sources), contrats):
        anomalies += retour.anomalies if not retour.contrat else _controler_un(retour, contrats(retour.contrat))
    return trier(anomalies)


def _controler_un(retour: Retour, contrat: Contrat) -> list[Anomalie]:
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
    from cls_workbook import pilotage as coordination
    from cls_workbook.results import consolidated
    from cls_workbook.xlsx import writer

    contrat = load(reference)
    verifier_annee(contrat, annee)
    saisies = coordination.lire(pilotage, contrat, annee) if pilotage else None
    resultat = consolider_dossier(sources, contrat, annee, jour=jour, precedent=precedent, pilotage=saisies, depuis=sortie, processus=processus)
    writer.write(consolidated.classeur(resultat), sortie)
    return resultat


def consolider_dossier(
    sources: Sequence[str | Path],
    contrat: Contrat,
    annee: int,
    *,
    jour: date,
    precedent: str | Path | None = None,
    pilotage: Pilotage | None = None,
    depuis: str | Path | None = None,
    processus: int | None = None,
    vide_permis: bool = False,
) -> Resultat:
    """Reads, checks and consolidates the returns of files and folders; nothing is written.

    ``depuis``: the workbook that will hold the result. It is no return, wherever it lies, and links start from it.
    ``vide_permis``: a folder without any file is a campaign that nobody has answered, not a mistake.
    """
    from cls_workbook.results import precedent as annee_passee

    verifier_annee(contrat, annee)
    passee = annee_passee.lire(precedent) if precedent else None
    fichiers = retours_de(sources, depuis, vide_permis)
    retours = lire(fichiers, Contrats(contrat), processus)
    resultat = consolider(retours, contrat, annee, jour=jour, precedent=passee, pilotage=pilotage)
    return replace(resultat, chemins=chemins_depuis(depuis, fichiers)) if depuis else resultat


def relancer_fichiers(
    sources: Sequence[str],
    reference: str,
    annee: int,
    dossier: str | Path,
    *,
    jour: date,
    precedent: str | None = None,
    pilotage: str | None = None,
) -> Relances:
    """Reads the returns, and writes in ``dossier`` who has not answered and a draft of a message to each."""
    from cls_workbook import pilotage as coordination
    from cls_workbook.relances import dossier as relances

    contrat = load(reference)
    verifier_annee(contrat, annee)
    saisies = coordination.lire(pilotage, contrat, annee) if pilotage else coordination.Pilotage()
    resultat = consolider_dossier(sources, contrat, annee, jour=jour, precedent=precedent, pilotage=saisies, depuis=pilotage, vide_permis=True)
    return relances.preparer(resultat, saisies, dossier, jour, precedent)


def retours_de(sources: Sequence[str | Path], sauf: str | Path | None = None, vide_permis: bool = False) -> dict[str, Path]:
    """Name → file of each return, without the workbook of the coordinator, wherever it lies."""
    return {n: p for n, p in retours_dans(sources, vide_permis).items() if sauf is None or p.resolve() != Path(sauf).resolve()}


def chemins_depuis(classeur: str | Path, fichiers: Mapping[str, Path]) -> dict[str, str]:
    """Name → path of each file as a link of ``classeur`` wants it: from its folder, or whole where drives differ."""
    dossier, chemins = Path(classeur).resolve().parent, {}
    for nom, fichier in fichiers.items():
        try:
            chemins[nom] = Path(os.path.relpath(fichier.resolve(), dossier)).as_posix()
        except ValueError:  # another drive
            chemins[nom] = str(fichier.resolve())
    return chemins


def consolider(
    retours: Iterable[Retour],
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


def _de_la_campagne(retours: Iterable[Retour], contrat: Contrat, annee: int, intrus: list[Anomalie]) -> Iterator[Retour]:
    """The returns of this campaign; what is said of the others goes into ``intrus``."""
    for retour in retours:
        if refus := frames.hors_campagne(retour, contrat, annee):
            intrus += refus
        else:
            yield retour


def _anomalies(lot: frames.Lot, contrat: Contrat, annee: int, prevus: pd.DataFrame, precedent: Consolidation | None, pilotage: Pilotage) -> list[Anomalie]:
    from cls_workbook import pilotage as coordination
    from cls_workbook.results import precedent as annee_passee

    dossier = Dossier(
        contrat, annee, lot.valeurs, lot.retours, prevus,
        precedent=annee_passee.pour_controles(precedent, contrat) if precedent else None,
        pilotage=coordination.pour_controles(pilotage, contrat), anomalies=tuple(lot.anomalies), adresses=lot.adresses,
    )  # fmt: skip
    return trier([*lot.anomalies, *checks.controler(dossier)])


def _resumer(lot, valeurs, anomalies, prevus, contrat: Contrat, annee: int, jour: date, precedent: Consolidation | None, pilotage: Pilotage) -> Resultat:
    from cls_workbook import pilotage as coordination
    from cls_workbook.results import precedent as annee_passee

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
        indicateurs=activity.indicateurs(contrat, valeurs, prevus, anciennes),
        financements=consolidation.financements_table(contrat, valeurs),
        par_fiche=par_fiche,
        par_financeur=funding.par_financeur(contrat, valeurs),
        avancement=activity.avancement(contrat, valeurs, prevus),
        gouvernance=activity.gouvernance(contrat, pilotage.reunions),
        territoire=activity.territoire(contrat, valeurs),
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
