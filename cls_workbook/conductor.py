"""The way back, step by step: returns → typed frames → checks → what counts → summaries → one ``Resultat``.

The command line and the Excel button are two doors to these functions.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from cls_workbook import checks, ramasse_miettes
from cls_workbook.annotation import nom_de_la_copie
from cls_workbook.anomalies import Anomalie, trier
from cls_workbook.campagne import Campagne, Tranche, reunir
from cls_workbook.checks.dossier import Dossier
from cls_workbook.contract.definition import load
from cls_workbook.contract.model import Contrat
from cls_workbook.errors import Refus
from cls_workbook.francais import date_fr, typographie
from cls_workbook.generation import charger, verifier_annee
from cls_workbook.moteurs.local import Local
from cls_workbook.moteurs.promesse import Moteur
from cls_workbook.reading import frames
from cls_workbook.reading.cahier import Cahier
from cls_workbook.reading.lecture import Contrats, Fichiers, lire, retours_dans
from cls_workbook.reading.reader import Retour
from cls_workbook.results.resultat import Resultat
from cls_workbook.summaries import activity, consolidation, funding, funding_rules, historique, rapprochement, remplacement
from cls_workbook.xlsx.writer import enregistrer

if TYPE_CHECKING:
    from cls_workbook.pilotage import Pilotage
    from cls_workbook.relances.dossier import Relances
    from cls_workbook.results.precedent import Consolidation


# --- single returns -------------------------------------------------------------------------------------------------


def controler(sources: Sequence[str], reference: str | None = None, moteur: Moteur | None = None) -> list[Anomalie]:
    """The anomalies of returns looked at one by one, without a campaign: each says its contract and year."""
    contrats = Contrats(load(reference) if reference else None)
    anomalies: list[Anomalie] = []
    for retour in lire(retours_dans(sources), contrats, moteur=moteur):
        anomalies += retour.anomalies if not retour.contrat else _controler_un(retour, contrats(retour.contrat))
    return trier(anomalies)


def annoter(sources: Sequence[str], dossier: str | Path, reference: str | None = None, moteur: Moteur | None = None) -> Iterator[tuple[list[Anomalie], list[str]]]:
    """Each return in turn: its anomalies, and lines on its annotated copy, written in ``dossier`` (the path first, or why none)."""
    from cls_workbook.annotation import annoter as copier

    dossier, contrats, pris = Path(dossier), Contrats(load(reference) if reference else None), set()
    fichiers = _sans_les_copies(sources, dossier)
    for retour in lire(fichiers, contrats, moteur=moteur):
        if not retour.contrat:
            yield list(retour.anomalies), [typographie(f"{retour.fichier} : pas de copie annotée, car le fichier ne se lit pas.")]
            continue
        contrat = contrats(retour.contrat)
        lot = frames.typer([retour], contrat)
        anomalies = _controler_un(retour, contrat, lot)
        annotee = copier(retour, contrat, anomalies, lot.adresses(contrat)[retour.fichier])
        cible = _cible(dossier, retour, annotee.extension, pris)
        enregistrer(annotee.contenu, cible)
        yield anomalies, [str(cible), *([typographie(f"{retour.fichier} : {annotee.refaite}")] if annotee.refaite else [])]


def _sans_les_copies(sources: Sequence[str], dossier: Path) -> Fichiers:
    """The returns; not the copies that an earlier run left in a folder among them."""
    ici = dossier.resolve()
    dedans = any(Path(s).is_dir() and ici != Path(s).resolve() and ici.is_relative_to(Path(s).resolve()) for s in sources)
    fichiers = retours_dans(sources)
    return fichiers.sans(lambda chemin: chemin.resolve().is_relative_to(ici)) if dedans else fichiers


def _cible(dossier: Path, retour: Retour, extension: str, pris: set[Path]) -> Path:
    """A file for the copy, never the return itself nor another return's copy."""
    voulue = dossier / nom_de_la_copie(retour, extension)
    rang, cible = 1, voulue
    while cible in pris or cible.resolve() == Path(retour.chemin).resolve():
        rang += 1
        cible = voulue.with_stem(f"{voulue.stem}-{rang}")
    pris.add(cible)
    return cible


def _controler_un(retour: Retour, contrat: Contrat, lot: frames.Lot | None = None) -> list[Anomalie]:
    lot = lot or frames.typer([retour], contrat)
    if not contrat.couvre(retour.annee):
        return list(lot.anomalies)
    contrat = contrat.en(retour.annee)
    dossier = Dossier(contrat, retour.annee, lot.valeurs, lot.retours, anomalies=tuple(lot.anomalies), adresses=lot.adresses(contrat))
    return list(lot.anomalies) + checks.controler_retour(dossier)


def comparer(ancien: str, nouveau: str, reference: str | None = None) -> pd.DataFrame:
    """What would change if the return ``nouveau`` replaced ``ancien``: the table ``Remplacements``. Nothing is written.

    Refus if one of them cannot be read, or if they are of two campaigns.
    """
    contrats = Contrats(load(reference) if reference else None)
    chemins = Path(ancien), Path(nouveau)
    fichiers = {c.name: c for c in chemins} if chemins[0].name != chemins[1].name else {str(c): c for c in chemins}
    for fichier in fichiers.values():
        if not fichier.is_file():
            raise Refus(f"« {fichier} » n’existe pas, ou n’est pas un fichier : indiquez un retour.")
    retours = list(lire(fichiers, contrats, 1))
    noms = list(fichiers)
    for retour in retours:
        if not retour.contrat:
            raise Refus(f"« {retour.fichier} » ne se lit pas. {retour.anomalies[0].trouve}")
    campagnes = {(r.contrat, r.annee) for r in retours}
    if len(campagnes) > 1 or len(retours) < 2:
        raise Refus(f"« {ancien} » et « {nouveau} » ne sont pas deux retours d’une même campagne.")
    contrat = contrats(retours[0].contrat).en(retours[0].annee)
    return remplacement.appliquer(frames.typer(retours, contrat), contrat, [remplacement.Demande(noms[1], noms[0])]).table


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
    moteur: Moteur | None = None,
    remplacer: Sequence[str] = (),
) -> Resultat:
    """Reads, checks and consolidates returns, and writes the consolidation workbook at ``sortie``.

    ``moteur``: who reads (default: this machine, or ``processus`` processes of it). ``remplacer``: « NOUVEAU » or « ANCIEN=NOUVEAU », returns that take the place of others.
    """
    from cls_workbook import pilotage as coordination
    from cls_workbook.results import consolidated
    from cls_workbook.xlsx import writer

    contrat = charger(reference, annee)
    saisies = coordination.lire(pilotage, contrat, annee) if pilotage else None
    resultat = consolider_dossier(
        sources, contrat, annee, jour=jour, precedent=precedent, pilotage=saisies, depuis=sortie, processus=processus, moteur=moteur, remplacer=remplacer
    )
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
    moteur: Moteur | None = None,
    vide_permis: bool = False,
    remplacer: Sequence[str] = (),
) -> Resultat:
    """Reads, checks and consolidates the returns of files and folders; nothing is written.

    ``depuis``: the workbook that will hold the result. It is no return, wherever it lies, and links start from it.
    ``vide_permis``: a folder without any file is a campaign that nobody has answered, not a mistake.
    ``moteur``, ``processus``, ``remplacer``: as in ``consolider_fichiers``; the replacements that ``pilotage`` names hold too.
    """
    from cls_workbook.results import precedent as annee_passee

    verifier_annee(contrat, annee)
    passee = annee_passee.de_l_an_dernier(precedent, contrat, annee) if precedent else None
    fichiers = retours_de(sources, depuis, vide_permis)
    voulues = [*remplacement.demandes(remplacer, fichiers), *(_durables(pilotage, fichiers) if pilotage else ())]
    campagne = _campagne(contrat, annee, passee, pilotage)
    resultat = _conclure(campagne.tranches(fichiers, moteur or Local(processus)), campagne, jour, passee, pilotage, voulues)
    return resultat.avec(chemins=chemins_depuis(depuis, fichiers)) if depuis else resultat


def relancer_fichiers(
    sources: Sequence[str],
    reference: str,
    annee: int,
    dossier: str | Path,
    *,
    jour: date,
    precedent: str | None = None,
    pilotage: str | None = None,
    moteur: Moteur | None = None,
) -> Relances:
    """Reads the returns, and writes in ``dossier`` who has not answered and a draft of a message to each."""
    from cls_workbook import pilotage as coordination
    from cls_workbook.relances import dossier as relances

    contrat = charger(reference, annee)
    saisies = coordination.lire(pilotage, contrat, annee) if pilotage else coordination.Pilotage()
    resultat = consolider_dossier(sources, contrat, annee, jour=jour, precedent=precedent, pilotage=saisies, depuis=pilotage, vide_permis=True, moteur=moteur)
    return relances.preparer(resultat, saisies, dossier, jour, precedent)


def retours_de(sources: Sequence[str | Path], sauf: str | Path | None = None, vide_permis: bool = False) -> Fichiers:
    """Name → file of each return, without the workbook of the coordinator, wherever it lies."""
    fichiers = retours_dans(sources, vide_permis)
    if sauf is None:
        return fichiers
    sien = Path(sauf).resolve()
    return fichiers.sans(lambda chemin: chemin.resolve() == sien)


def chemins_depuis(classeur: str | Path, fichiers: Mapping[str, Path]) -> dict[str, str]:
    """Name → path of each file as a link of ``classeur`` wants it: from its folder, or whole where drives differ."""
    dossier, chemins = Path(classeur).resolve().parent, {}
    for nom, fichier in fichiers.items():
        try:
            chemins[nom] = Path(os.path.relpath(fichier.resolve(), dossier)).as_posix()
        except ValueError:  # another drive
            chemins[nom] = str(fichier.resolve())
    return chemins


def _durables(pilotage: Pilotage, fichiers: Mapping[str, Path]) -> Iterator[remplacement.Demande]:
    """The replacements written in the pilotage workbook; a return may have left the folder since."""
    for r in pilotage.remplacements:
        yield remplacement.Demande(remplacement.trouver(r.nouveau, fichiers) or r.nouveau, remplacement.trouver(r.ancien, fichiers) or r.ancien, souple=True)


def consolider(
    retours: Iterable[Retour],
    contrat: Contrat,
    annee: int,
    *,
    jour: date,
    precedent: Consolidation | None = None,
    pilotage: Pilotage | None = None,
    remplacer: Sequence[remplacement.Demande] = (),
) -> Resultat:
    """Returns as read → everything that the consolidation workbook says. No file is touched."""
    campagne = _campagne(contrat, annee, precedent, pilotage)
    return _conclure([campagne.controler(retours)], campagne, jour, precedent, pilotage, remplacer)


def _campagne(contrat: Contrat, annee: int, precedent: Consolidation | None, pilotage: Pilotage | None) -> Campagne:
    from cls_workbook import pilotage as coordination
    from cls_workbook.results import precedent as annee_passee

    contrat, pilotage = contrat.en(annee), pilotage or coordination.Pilotage()
    return Campagne(
        contrat, annee, consolidation.attendus(contrat, annee, pilotage.membres),
        precedent=annee_passee.pour_controles(precedent, contrat) if precedent else None,
        pilotage=coordination.pour_controles(pilotage, contrat),
    )  # fmt: skip


def _conclure(
    tranches: Iterable[Tranche],
    campagne: Campagne,
    jour: date,
    precedent: Consolidation | None,
    pilotage: Pilotage | None,
    remplacer: Sequence[remplacement.Demande],
) -> Resultat:
    """What takes all the returns: replacements, rules between returns, summaries."""
    from cls_workbook import pilotage as coordination

    contrat, pilotage = campagne.contrat, pilotage or coordination.Pilotage()
    tranches = iter(tranches)
    tout = reunir(chain([next(tranches, None) or campagne.controler([])], tranches))  # nobody may have answered yet
    lot = tout.lot
    ecartes = remplacement.appliquer(lot, contrat, remplacer)
    with ramasse_miettes.suspendu():
        anomalies = _anomalies(tout, campagne, ecartes)
        valeurs = consolidation.retenir(lot.valeurs, anomalies)
        resultat = _resumer(lot, valeurs, anomalies, campagne, jour, precedent, pilotage)
        lignes = funding.lignes_de_financement(contrat, valeurs)
        table = rapprochement.rapprochement(contrat, lot, anomalies, ecartes.fiches, resultat.indicateurs, resultat.par_fiche, resultat.par_financeur, lignes)
    anomalies = (*rapprochement.inexpliques(table), *resultat.anomalies)
    return resultat.avec(remplacements=ecartes.table, rapprochement=table, anomalies=anomalies)


def _anomalies(tout: Tranche, campagne: Campagne, ecartes: remplacement.Remplacements) -> list[Anomalie]:
    """Of reading, of each return, between returns; nothing of what was replaced."""
    de_lecture = [a for a in tout.lot.anomalies if a.fichier not in ecartes.fichiers and (a.fichier, a.fiche) not in ecartes.fiches]
    dossier = campagne.dossier(tout.lot, de_lecture).sans(ecartes.fichiers, ecartes.fiches.keys())
    constats, entames = tout.constats, {fichier for fichier, _ in ecartes.fiches}
    if entames:  # of a return of which one fiche is replaced, the others are looked at again: a rule may span several
        restes = dossier.seulement(entames - ecartes.fichiers)
        constats = [*(a for a in constats if a.fichier not in entames), *checks.de_chaque_retour(restes)]
    return trier([*de_lecture, *ecartes.anomalies, *checks.controler(dossier, constats)])


def _resumer(lot: frames.Lot, valeurs: Cahier, anomalies: Sequence[Anomalie], campagne: Campagne, jour: date, precedent: Consolidation | None, pilotage: Pilotage) -> Resultat:
    from cls_workbook import pilotage as coordination
    from cls_workbook.results import precedent as annee_passee

    contrat, annee = campagne.contrat, campagne.annee
    prevus = consolidation.Attendus(contrat, campagne.attendus)
    programme = pilotage.programme or None
    cumul = pilotage.engage_anterieur | annee_passee.engage_cumule(precedent) if precedent else pilotage.engage_anterieur or None
    anciennes = annee_passee.indicateurs(precedent, contrat, annee) if precedent else None
    avant = annee_passee.historique(precedent, contrat) if precedent else []
    tables = {
        "indicateurs": activity.indicateurs(contrat, valeurs, prevus, anciennes), "avancement": activity.avancement(contrat, valeurs, prevus),
        "par_fiche": funding.par_fiche(contrat, annee, valeurs, programme, cumul),
    }  # fmt: skip
    donnes = funding.donnes_par_financeur(contrat, valeurs)
    return Resultat(
        contrat, annee, jour,
        retours=consolidation.statuts(contrat, prevus, lot.retours, anomalies),
        normalisations=lot.normalisations,
        mesures=consolidation.mesures_table(contrat, valeurs),
        reponses=consolidation.reponses_table(contrat, valeurs),
        financements=consolidation.financements_table(contrat, valeurs),
        par_financeur=funding.par_financeur(contrat, valeurs),
        **tables,
        historique=historique.historique(contrat, annee, **tables, mesures=consolidation.noms_cites(contrat, valeurs), financements=donnes, avant=avant),
        gouvernance=activity.gouvernance(contrat, pilotage.reunions),
        territoire=activity.territoire(contrat, valeurs),
        totaux=funding.totaux(contrat, tables["par_fiche"]),
        anomalies=tuple(anomalies),
        explications=tuple(funding_rules.explications(contrat, annee, valeurs, programme, cumul, historique.aides_passees(contrat, avant))),
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
