"""``contrat``: the definitions that ship, one verified, one described in Excel."""

from __future__ import annotations

import argparse

from cls_workbook.cli.command_pieces import DONE, command, family, keep_imported, option, output, tell_findings
from cls_workbook.french import how_many


def _list(chosen: argparse.Namespace) -> int:
    from cls_workbook.definition.toml_reader import load, shipped

    for identifier in shipped():
        contrat = load(identifier)
        print(f"{identifier}\t{contrat.titre}\t{contrat.annees[0]}-{contrat.annees[-1]}")
    return DONE


def _verify(chosen: argparse.Namespace) -> int:
    from cls_workbook.definition.toml_reader import load
    from cls_workbook.domain.verification.whole_contract import verifier

    return tell_findings(verifier(load(chosen.fichier)))


def _template(chosen: argparse.Namespace) -> int:
    from cls_workbook.definition.authoring.authoring_workbook import workbook
    from cls_workbook.definition.toml_reader import load
    from cls_workbook.workbook.writer import write

    write(workbook(load(chosen.contrat) if chosen.contrat else None), chosen.sortie)
    print(chosen.sortie)
    return DONE


def _import(chosen: argparse.Namespace) -> int:
    from cls_workbook.definition.importing.definition_import import importer

    imported = importer(chosen.classeur)
    fiches, mesures = imported.contrat.fiches, imported.contrat.by_mesure
    return keep_imported(
        imported, f"{how_many(len(fiches), 'fiche')}, {how_many(len(mesures), 'chiffre')} à saisir", chosen.sortie
    )


CONTRAT = family(
    "contrat",
    "les définitions de contrat",
    "Les définitions de contrat : lister celles qui sont livrées, en vérifier une, en décrire une dans Excel.",
    command("lister", "liste les contrats livrés", _list),
    command(
        "verifier",
        "vérifie une définition : chaque faute avec sa place",
        _verify,
        option("fichier", metavar="ID|D.toml", help="la définition (.toml), ou l’identifiant d’un contrat livré"),
    ),
    command(
        "modele",
        "fabrique le classeur dans lequel un contrat se décrit",
        _template,
        output("X.xlsx", ".xlsx"),
        option("--contrat", metavar="ID|D.toml", help="rempli d’après ce contrat (par défaut : vide)"),
    ),
    command(
        "importer",
        "lit un classeur de description et en écrit la définition",
        _import,
        option("classeur", metavar="X.xlsx", help="le classeur rempli (.xlsx ou .ods)"),
        output("D.toml", ".toml"),
    ),
)
