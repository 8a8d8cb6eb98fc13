"""To find one's way: the whole cycle on an example, the catalogue of what is checked."""

from __future__ import annotations

import argparse

from cls_workbook.cli.command_pieces import DONE, command, folder

WIDTH = 100  # characters of a line


def _anomalies(chosen: argparse.Namespace) -> int:
    """What is looked for first, its code last, under how serious it is."""
    from textwrap import fill

    from cls_workbook.anomalies import GRAVITIES
    from cls_workbook.checks.catalogue import catalogue
    from cls_workbook.french import typography

    meanings = ("la valeur est hors des totaux", "la valeur compte, à vérifier", "pour information")
    found = catalogue()
    for gravite, meaning in zip(GRAVITIES, meanings, strict=True):
        print(typography(f"{gravite.upper()} : {meaning}"))
        for check in found:
            if check.gravities()[0] == gravite:
                others = "".join(f", ou {other}" for other in check.gravities()[1:])
                print(fill(check.sought, WIDTH, initial_indent="  • ", subsequent_indent="    "))
                print(f"    {check.code}{others}")
        print()
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
