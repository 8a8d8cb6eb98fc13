"""To find one's way: the whole cycle on an example, the catalogue of what is checked."""

from __future__ import annotations

import argparse

from cls_workbook.cli import command_pieces as pieces
from cls_workbook.cli.command_pieces import DONE, declare

TYPE_CHECKING = False  # as type checkers know it: importing typing would take half the time of --help
if TYPE_CHECKING:
    from cls_workbook.cli.command_pieces import Subcommands


def add_anomalies(subcommands: Subcommands) -> None:
    declare(subcommands, "anomalies", "liste tout ce qui est contrôlé", _anomalies)


def _anomalies(chosen: argparse.Namespace) -> int:
    from cls_workbook.checks.catalogue import catalogue

    for check in catalogue():
        print(f"{check.code}\t{' ou '.join(check.gravities())}\t{check.sought}")
    return DONE


def add_demo(subcommands: Subcommands) -> None:
    demo = declare(subcommands, "demo", "joue une année entière sur un contrat livré et explique chaque fichier", _demo)
    demo.add_argument(
        "--sortie",
        metavar="DOSSIER",
        default="demo-cls",
        type=pieces.folder_name,
        help="où ranger les fichiers (par défaut : demo-cls)",
    )


def _demo(chosen: argparse.Namespace) -> int:
    from cls_workbook.demo import play

    play(chosen.sortie)
    return DONE
