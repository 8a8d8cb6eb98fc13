"""``noyau``: a region's common core, verified, described in Excel, as a contract is."""

from __future__ import annotations

import argparse

from cls_workbook.cli.command_pieces import DONE, command, family, keep_imported, option, output, tell_findings
from cls_workbook.french import how_many


def _verify(chosen: argparse.Namespace) -> int:
    from cls_workbook.definition.noyau_reader import load_noyau
    from cls_workbook.domain.verification.noyau_faults import verify_noyau

    return tell_findings(verify_noyau(load_noyau(chosen.fichier)))


def _template(chosen: argparse.Namespace) -> int:
    from cls_workbook.definition.authoring.authoring_workbook import noyau_workbook
    from cls_workbook.definition.noyau_reader import load_noyau
    from cls_workbook.workbook.writer import write

    write(noyau_workbook(load_noyau(chosen.noyau) if chosen.noyau else None), chosen.sortie)
    print(chosen.sortie)
    return DONE


def _import(chosen: argparse.Namespace) -> int:
    from cls_workbook.definition.importing.definition_import import importer_noyau

    imported = importer_noyau(chosen.classeur)
    noyau = imported.noyau
    return keep_imported(
        imported, f"{how_many(len(noyau.mesures), 'mesure')}, {how_many(len(noyau.versions), 'version')}", chosen.sortie
    )


NOYAU = family(
    "noyau",
    "les noyaux régionaux",
    "Les noyaux régionaux, questions communes à tous les contrats d’une région : en vérifier un, en décrire un dans "
    "Excel.",
    command(
        "verifier",
        "vérifie un noyau : chaque faute avec sa place",
        _verify,
        option("fichier", metavar="ID|N.toml", help="le noyau (.toml), ou l’identifiant d’un noyau livré"),
    ),
    command(
        "modele",
        "fabrique le classeur dans lequel un noyau se décrit",
        _template,
        output("X.xlsx", ".xlsx"),
        option("--noyau", metavar="ID|N.toml", help="rempli d’après ce noyau (par défaut : vide)"),
    ),
    command(
        "importer",
        "lit un classeur de description et en écrit le noyau",
        _import,
        option("classeur", metavar="X.xlsx", help="le classeur rempli (.xlsx ou .ods)"),
        output("N.toml", ".toml"),
    ),
)
