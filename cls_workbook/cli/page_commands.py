"""``page``: the local page, everything that needs no Excel in one file."""

from __future__ import annotations

import argparse

from cls_workbook.cli.command_pieces import DONE, command, option, output


def _make(chosen: argparse.Namespace) -> int:
    from cls_workbook.page.making.page_writing import make
    from cls_workbook.page.making.pyodide_files import described

    digest = make(chosen.pyodide or described()["adresse"], chosen.sortie)
    print(chosen.sortie)
    print(f"SHA-256 : {digest}")
    return DONE


PAGE = command(
    "page",
    "fabrique la page locale : un seul fichier, qui s’ouvre dans un navigateur et n’installe rien",
    _make,
    output("L.html", ".html"),
    option(
        "--pyodide",
        metavar="DOSSIER|ADRESSE",
        help="où sont les fichiers de Pyodide, cœur et roues (par défaut : l’adresse où ils sont publiés) ; chacun est "
        "vérifié par son empreinte",
    ),
)
