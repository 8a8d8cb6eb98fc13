"""``contrat``: the definitions that ship, one verified, one described in Excel."""

from __future__ import annotations

import argparse

from cls_workbook.cli.command_pieces import BLOCKING, DONE, command, family, option, output


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
