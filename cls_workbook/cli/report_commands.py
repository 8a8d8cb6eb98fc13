"""What leaves a consolidation: the agency's copy, tables for other tools, several contracts side by side."""

from __future__ import annotations

import argparse

from cls_workbook.cli import command_pieces as pieces
from cls_workbook.cli.command_pieces import DONE, command, option
from cls_workbook.errors import Refusal


def _synthese(chosen: argparse.Namespace) -> int:
    if chosen.modele:
        return _form(chosen)
    from cls_workbook.workbook.saving import require_kind

    require_kind(chosen.sortie, ".xlsx")
    from cls_workbook.reports.agency.ars_copy import file_copy

    for file in file_copy(chosen.consolidation, chosen.sortie, chosen.contrat, chosen.pdf, chosen.logos):
        print(file)
    return DONE


def _form(chosen: argparse.Namespace) -> int:
    from cls_workbook.office.agency_form import fill

    if chosen.pdf:
        raise Refusal("--pdf est celui de la synthèse : un formulaire rempli s’imprime depuis votre tableur.")
    filled = fill(chosen.consolidation, chosen.modele, chosen.sortie, chosen.contrat)
    code = pieces.report(filled.anomalies)
    for line in (*filled.remarks, filled.path):
        print(line)
    return code


def _export(chosen: argparse.Namespace) -> int:
    if chosen.format == "scdl":
        return _export_subsidies(chosen)
    if chosen.format == "csv-excel":
        return _export_to_excel(chosen)
    if chosen.colonnes:
        raise Refusal("--colonnes est du seul format csv-excel : les autres écrivent toutes les colonnes.")
    from cls_workbook.reports.exports.data_package import exporter

    for file in exporter(chosen.classeur, chosen.sortie, chosen.format):
        print(file)
    return DONE


def _export_to_excel(chosen: argparse.Namespace) -> int:
    from cls_workbook.french import typography
    from cls_workbook.reports.exports.excel_csv import exporter

    made = exporter(chosen.classeur, chosen.sortie, chosen.colonnes, chosen.contrat)
    for line in (*made.files, *filter(None, [typography(made.remark)])):
        print(line)
    return DONE


def _export_subsidies(chosen: argparse.Namespace) -> int:
    from cls_workbook.reports.exports.scdl_folder import exporter

    if not chosen.financeur:
        raise Refusal("Le format scdl demande --financeur : chaque financeur ne publie que ses propres subventions.")
    bilan = exporter(chosen.classeur, chosen.sortie, chosen.financeur, chosen.siret, chosen.contrat)
    for refused in bilan.refused:
        print(refused)
    print(bilan.bilan())
    for file in bilan.files:
        print(file)
    return DONE


def _bilan(chosen: argparse.Namespace) -> int:
    from cls_workbook.documents.written_documents import write_bilan
    from cls_workbook.workbook.saving import require_kind

    require_kind(chosen.sortie, f".{chosen.format}")
    print(write_bilan(chosen.consolidation, chosen.sortie, chosen.contrat, chosen.modele, chosen.format))
    return DONE


def _presentation(chosen: argparse.Namespace) -> int:
    from cls_workbook.documents.written_documents import write_presentation

    print(write_presentation(chosen.consolidation, chosen.sortie, chosen.contrat, chosen.modele))
    return DONE


def _region(chosen: argparse.Namespace) -> int:
    from cls_workbook.french import typography
    from cls_workbook.reports.region.region_workbook import gather

    region = gather(chosen.syntheses, chosen.sortie, chosen.contrat)
    for gap in region.ecarts:
        print(typography(f"{gap.file} : {gap.statut}. {gap.reason}"))
    for written in (
        *(region.write_meeting_pages(chosen.entretiens) if chosen.entretiens else ()),
        *(region.write_reminders(chosen.relances) if chosen.relances else ()),
    ):
        print(written)
    print(region.bilan())
    print(chosen.sortie)
    return DONE


CONSOLIDATION = option("consolidation", metavar="C.xlsx", help="la consolidation (par « consolider »)")
SYNTHESE = command(
    "synthese",
    "écrit la synthèse destinée à l’ARS",
    _synthese,
    CONSOLIDATION,
    option("--sortie", metavar="S.xlsx", required=True, help="le classeur à écrire"),
    option(
        "--modele",
        metavar="F.xlsx",
        help="remplit plutôt ce formulaire de l’agence, d’après ses noms définis (voir « dictionnaire --pour-modele »)",
    ),
    pieces.definition(),
    option("--pdf", action="store_true", help="écrit aussi un PDF (demande LibreOffice)"),
    option("--logos", metavar="DOSSIER", help="les logos à mettre en tête : les images .png et .jpg de ce dossier"),
)
BILAN = command(
    "bilan",
    "écrit le bilan annuel en document Word, à finir par une personne",
    _bilan,
    CONSOLIDATION,
    option("--sortie", metavar="B.docx", required=True, help="le document à écrire"),
    option("--modele", metavar="M.docx", help="un document à vous : ses en-têtes, pieds et styles sont gardés"),
    option("--format", choices=("docx", "odt"), default="docx", help="docx (par défaut), ou odt (demande LibreOffice)"),
    pieces.definition(),
)
PRESENTATION = command(
    "presentation",
    "écrit les diapositives du comité de pilotage",
    _presentation,
    CONSOLIDATION,
    pieces.output("V.pptx", ".pptx"),
    option("--modele", metavar="M.pptx", help="une présentation à vous : son apparence et ses diapositives restent"),
    pieces.definition(),
)
EXPORTER = command(
    "exporter",
    "exporte les tables d’une consolidation, ou d’une synthèse, pour d’autres outils",
    _export,
    option("classeur", metavar="C.xlsx|S.xlsx", help="une consolidation, ou (sauf pour scdl) une synthèse"),
    option(
        "--format",
        choices=("csv", "csv-excel", "parquet", "scdl"),
        required=True,
        help="csv ou parquet : un « Data Package » ; csv-excel : s’ouvre tel quel dans un Excel français ; "
        "scdl : le schéma SCDL subventions 2.1.1",
    ),
    pieces.folder("le dossier à écrire ; un export antérieur y est remplacé", required=True),
    option(
        "--financeur", metavar="FINANCEUR", help="scdl : le financeur qui demande ses subventions (identifiant ou nom)"
    ),
    option(
        "--colonnes",
        metavar="[TABLE=]COL,COL",
        action="append",
        default=[],
        help="csv-excel : les seules colonnes à écrire, de toutes les tables ou d’une seule ; peut être répété",
    ),
    option("--siret", metavar="14 CHIFFRES", help="scdl : le SIRET de ce financeur, s’il n’est pas au contrat"),
    pieces.definition("csv-excel, scdl : "),
)
REGION = command(
    "region",
    "met côte à côte les synthèses de plusieurs contrats et années",
    _region,
    option(
        "syntheses",
        metavar="S.xlsx|C.xlsx|DOSSIER",
        nargs="+",
        help="des synthèses pour l’ARS (ou des consolidations), ou le dossier qui les contient",
    ),
    pieces.output("R.xlsx", ".xlsx"),
    option(
        "--contrat",
        metavar="ID|D.toml",
        action="append",
        default=[],
        help="la définition d’un contrat non livré, pour lire sa consolidation ; autant de fois qu’il faut",
    ),
    option("--entretiens", metavar="DOSSIER", help="écrit aussi une page par contrat, pour un entretien"),
    option("--relances", metavar="DOSSIER", help="écrit aussi un brouillon de message par coordination en retard"),
)
