"""The coordinator's own: the workbook with the button, Excel's add-in, whether the installation is in order."""

from __future__ import annotations

import argparse

from cls_workbook.cli import command_pieces as pieces
from cls_workbook.cli.command_pieces import BLOCKING, DONE, declare

TYPE_CHECKING = False  # as type checkers know it: importing typing would take half the time of --help
if TYPE_CHECKING:
    from cls_workbook.cli.command_pieces import Subcommands


def add_coordonner(subcommands: Subcommands) -> None:
    coordonner = declare(
        subcommands,
        "coordonner",
        "fabrique le classeur de la coordination, avec le bouton « Consolider » (.xlsm)",
        _coordinate,
    )
    pieces.add_campagne(coordonner)
    pieces.add_output(coordonner, "K.xlsm", ".xlsm", "s’il existe déjà, il est refait et ses saisies sont gardées")
    coordonner.add_argument("--pilotage", metavar="P.xlsx", help="un classeur dont les saisies sont reprises")
    pieces.add_precedent(coordonner)


def _coordinate(chosen: argparse.Namespace) -> int:
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


def add_verifier_installation(subcommands: Subcommands) -> None:
    verifier = declare(
        subcommands,
        "verifier-installation",
        "dit si Python, les versions et les dossiers sont en ordre ; sinon, le remède",
        _verify_installation,
    )
    verifier.add_argument(
        "--classeur",
        metavar="K.xlsm",
        help="le classeur de la coordination : ses versions et son dossier des retours sont vérifiés aussi",
    )


def _verify_installation(chosen: argparse.Namespace) -> int:
    from cls_workbook.office import installation
    from cls_workbook.office.coordinator.closed_workbook import facts_of_workbook

    facts = installation.gather_facts(**(facts_of_workbook(chosen.classeur) if chosen.classeur else {}))
    findings = installation.verifier(facts)
    for finding in findings:
        print(finding)
    print(installation.bilan(findings).capitalize())
    return BLOCKING if any(finding.etat == installation.TO_CORRECT for finding in findings) else DONE


def add_complement(subcommands: Subcommands) -> None:
    under = pieces.group(
        subcommands,
        "complement",
        "le complément d’Excel (onglet CLS)",
        "Le complément d’Excel : l’onglet CLS, même là où les macros d’un classeur sont bloquées.",
    )
    installer = declare(under, "installer", "place le complément là où Excel le charge (Windows, macOS)", _install)
    installer.add_argument(
        "--sortie", metavar="DOSSIER", type=pieces.folder_name, help="l’écrit seulement dans ce dossier"
    )


def _install(chosen: argparse.Namespace) -> int:
    from cls_workbook.french import typography
    from cls_workbook.office.coordinator.addin import installer

    files, advice = installer(chosen.sortie)
    for file in files:
        print(file)
    for sentence in advice:
        print(typography(sentence))
    return DONE
