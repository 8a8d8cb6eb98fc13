"""To find one's way: the whole cycle on an example, the catalogue of what is checked."""

from __future__ import annotations

import argparse

from cls_workbook.cli.command_pieces import DONE, command, folder


def _anomalies(chosen: argparse.Namespace) -> int:
    from cls_workbook.checks.catalogue import told

    print(told(), end="")
    return DONE


def _demo(chosen: argparse.Namespace) -> int:
    from cls_workbook.demo import play

    play(chosen.sortie)
    return DONE


ANOMALIES = command("anomalies", "liste tout ce qui est contrôlé", _anomalies)
DEMO = command(
    "demo",
    "joue une année entière sur un contrat livré et explique chaque fichier",
    _demo,
    folder("où ranger les fichiers (par défaut : demo-cls)", default="demo-cls"),
)
