"""The coordinator's own: the workbook with the button, Excel's add-in, whether the installation is in order."""

from __future__ import annotations

import argparse

from cls_workbook.cli import command_pieces as pieces
from cls_workbook.cli.command_pieces import BLOCKING, CAMPAGNE, DONE, command, option


def _coordinate(chosen: argparse.Namespace) -> int:
    if chosen.retours:
        return _refresh(chosen)
    from cls_workbook.office.coordinator.making import coordonner
    from cls_workbook.pipeline.way_out import load_contrat

    for file in coordonner(
        load_contrat(chosen.contrat, chosen.annee),
        chosen.contrat,
        chosen.annee,
        chosen.sortie,
        pilotage=chosen.pilotage,
        precedent=chosen.precedent,
    ):
        print(file)
    return DONE


def _refresh(chosen: argparse.Namespace) -> int:
    from cls_workbook.pipeline.refreshed_workbook import refresh

    result, sentence = refresh(
        chosen.pilotage or chosen.sortie,
        chosen.retours,
        chosen.contrat,
        chosen.annee,
        chosen.sortie,
        precedent=chosen.precedent,
        day=pieces.day_of(chosen),
        engine=pieces.engine_of(chosen),
        to_replace=chosen.remplacer,
    )
    pieces.tell_changes(result.tables.remplacements)
    code = pieces.report(result.anomalies)
    print(f"{sentence[0].upper()}{sentence[1:]}")
    print(chosen.sortie)
    return code


def _verify_installation(chosen: argparse.Namespace) -> int:
    from cls_workbook.office import installation
    from cls_workbook.office.coordinator.closed_workbook import facts_of_workbook

    facts = installation.gather_facts(**(facts_of_workbook(chosen.classeur) if chosen.classeur else {}))
    findings = installation.verifier(facts)
    for finding in findings:
        print(finding)
    print(installation.bilan(findings).capitalize())
    return BLOCKING if any(finding.etat == installation.TO_CORRECT for finding in findings) else DONE


def _install(chosen: argparse.Namespace) -> int:
    from cls_workbook.french import typography
    from cls_workbook.office.coordinator.addin import installer

    files, advice = installer(chosen.sortie)
    for file in files:
        print(file)
    for sentence in advice:
        print(typography(sentence))
    return DONE


COORDONNER = command(
    "coordonner",
    "fabrique le classeur de la coordination, avec le bouton « Consolider » (.xlsm)",
    _coordinate,
    *CAMPAGNE,
    pieces.output("K.xlsm", ".xlsm", "s’il existe déjà, il est refait et ses saisies sont gardées"),
    option("--pilotage", metavar="P.xlsx", help="un classeur dont les saisies sont reprises"),
    pieces.precedent(),
    option(
        "--retours",
        metavar="DOSSIER",
        nargs="+",
        help="avec l’ancien classeur .xlsm (--pilotage, ou celui de --sortie) : ses feuilles de résultats sont mises à "
        "jour comme par « Consolider », tout le reste y est gardé",
    ),
    pieces.replacing("avec --retours, "),
    pieces.day("avec --retours, la date de la consolidation"),
    pieces.reading,
)
VERIFIER_INSTALLATION = command(
    "verifier-installation",
    "dit si Python, les versions et les dossiers sont en ordre ; sinon, le remède",
    _verify_installation,
    option(
        "--classeur",
        metavar="K.xlsm",
        help="le classeur de la coordination : ses versions et son dossier des retours sont vérifiés aussi",
    ),
)
COMPLEMENT = pieces.family(
    "complement",
    "le complément d’Excel (onglet CLS)",
    "Le complément d’Excel : l’onglet CLS, même là où les macros d’un classeur sont bloquées.",
    command(
        "installer",
        "place le complément là où Excel le charge (Windows, macOS)",
        _install,
        pieces.folder("l’écrit seulement dans ce dossier"),
    ),
)
