"""``contrat``: the definitions that ship, one verified, one described in Excel."""

from __future__ import annotations

import argparse

from cls_workbook.cli.command_pieces import BLOCKING, DONE, add_output, declare, group

TYPE_CHECKING = False  # as type checkers know it: importing typing would take half the time of --help
if TYPE_CHECKING:
    from cls_workbook.cli.command_pieces import Subcommands


def add_contrat(subcommands: Subcommands) -> None:
    under = group(
        subcommands,
        "contrat",
        "les définitions de contrat",
        "Les définitions de contrat : lister celles qui sont livrées, en vérifier une, en décrire une dans Excel.",
    )
    declare(under, "lister", "liste les contrats livrés", _list)
    verifier = declare(under, "verifier", "vérifie une définition : chaque faute avec sa place", _verify)
    verifier.add_argument(
        "fichier", metavar="FICHIER", help="la définition (.toml), ou l’identifiant d’un contrat livré"
    )
    modele = declare(under, "modele", "fabrique le classeur dans lequel un contrat se décrit", _template)
    add_output(modele, "X.xlsx", ".xlsx")
    modele.add_argument("--contrat", metavar="ID|FICHIER", help="rempli d’après ce contrat (par défaut : vide)")
    importer = declare(under, "importer", "lit un classeur de description et en écrit la définition", _import)
    importer.add_argument("classeur", metavar="X.xlsx", help="le classeur rempli (.xlsx ou .ods)")
    add_output(importer, "C.toml", ".toml")


def _list(chosen: argparse.Namespace) -> int:
    from cls_workbook.definition.toml_reader import load, shipped

    for identifier in shipped():
        contrat = load(identifier)
        print(f"{identifier}\t{contrat.titre}\t{contrat.annees[0]}-{contrat.annees[-1]}")
    return DONE


def _verify(chosen: argparse.Namespace) -> int:
    from cls_workbook.definition.toml_reader import load
    from cls_workbook.domain.verification.whole_contract import verifier

    findings = verifier(load(chosen.fichier))
    faults = [finding for finding in findings if finding.gravite == "faute"]
    for finding in findings:
        print(finding)
    print(f"{len(faults)} faute(s), {len(findings) - len(faults)} point(s) à confirmer.")
    return BLOCKING if faults else DONE


def _template(chosen: argparse.Namespace) -> int:
    from cls_workbook.definition.authoring.authoring_workbook import workbook
    from cls_workbook.definition.toml_reader import load
    from cls_workbook.workbook.writer import write

    write(workbook(load(chosen.contrat) if chosen.contrat else None), chosen.sortie)
    print(chosen.sortie)
    return DONE


def _import(chosen: argparse.Namespace) -> int:
    from cls_workbook.definition.importing.definition_import import importer
    from cls_workbook.workbook.saving import save

    imported = importer(chosen.classeur)
    save(imported.texte.encode(), chosen.sortie)
    for line in (*imported.notices, *imported.a_confirmer):
        print(line)
    contrat = imported.contrat
    print(
        f"{len(contrat.fiches)} fiche(s), {len(contrat.by_mesure)} chiffre(s) à saisir, "
        f"{len(imported.a_confirmer)} point(s) à confirmer."
    )
    print(chosen.sortie)
    return DONE
