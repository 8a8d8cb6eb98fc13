"""``noyau``: a region's common core, verified, described in Excel, as a contract is."""

from __future__ import annotations

import argparse

from cls_workbook.cli.command_pieces import BLOCKING, DONE, command, family, option, output


def _verify(chosen: argparse.Namespace) -> int:
    from cls_workbook.definition.noyau_reader import load_noyau
    from cls_workbook.domain.verification.noyau_faults import verify_noyau

    findings = verify_noyau(load_noyau(chosen.fichier))
    faults = [finding for finding in findings if finding.gravite == "faute"]
    for finding in findings:
        print(finding)
    print(f"{len(faults)} faute(s), {len(findings) - len(faults)} point(s) à confirmer.")
    return BLOCKING if faults else DONE


def _template(chosen: argparse.Namespace) -> int:
    from cls_workbook.definition.authoring.authoring_workbook import noyau_workbook
    from cls_workbook.definition.noyau_reader import load_noyau
    from cls_workbook.workbook.writer import write

    write(noyau_workbook(load_noyau(chosen.noyau) if chosen.noyau else None), chosen.sortie)
    print(chosen.sortie)
    return DONE


def _import(chosen: argparse.Namespace) -> int:
    from cls_workbook.definition.importing.definition_import import importer_noyau
    from cls_workbook.workbook.saving import save

    imported = importer_noyau(chosen.classeur)
    save(imported.texte.encode(), chosen.sortie)
    for line in (*imported.notices, *imported.a_confirmer):
        print(line)
    noyau = imported.noyau
    print(
        f"{len(noyau.mesures)} mesure(s), {len(noyau.versions)} version(s), "
        f"{len(imported.a_confirmer)} point(s) à confirmer."
    )
    print(chosen.sortie)
    return DONE


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
