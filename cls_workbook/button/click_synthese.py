"""« Synthèse ARS », « Bilan », « Présentation »: what is made of a consolidation, written beside the open workbook from
the tables that it shows.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from cls_workbook.button.click_report import run_action
from cls_workbook.button.click_start import OpenWorkbook, contrat_of
from cls_workbook.documents import written_documents
from cls_workbook.errors import Refusal
from cls_workbook.reports.agency import ars_copy
from cls_workbook.reports.consolidation import previous_year
from cls_workbook.reports.consolidation.consolidated_result import Result
from cls_workbook.tables import consolidation_tables
from cls_workbook.workbook import writer

if TYPE_CHECKING:
    import xlwings


def write_copy(book: xlwings.Book) -> Path | None:
    """The same bytes as ``synthese`` from a consolidation that holds the same tables. None if it was refused."""
    return run_action(book, "Synthèse ARS", _write_copy)


def write_report(book: xlwings.Book) -> Path | None:
    """The same, of ``bilan``; refused too where the libraries of Word are not installed."""
    return run_action(book, "Bilan", _write_report)


def write_slides(book: xlwings.Book) -> Path | None:
    """The same, of ``presentation``."""
    return run_action(book, "Présentation", _write_slides)


def _write_copy(opened: OpenWorkbook) -> tuple[str, Path]:
    file, result = _shown(opened, "La synthèse s’écrit à côté")
    output = file.with_name(f"synthese-ars-{result.annee}.xlsx")
    writer.write(ars_copy.workbook(result), output)
    content = "des valeurs seules, sans macro ni donnée personnelle"
    return _written(output, result, content, "Relisez-la avant de l’envoyer"), output


def _write_report(opened: OpenWorkbook) -> tuple[str, Path]:
    file, result = _shown(opened, "Le bilan s’écrit à côté")
    output = written_documents.write_bilan(result, file.with_name(f"bilan-{result.annee}.docx"))
    return _written(output, result, "un document Word", "Relisez-le et finissez-le avant de le transmettre"), output


def _write_slides(opened: OpenWorkbook) -> tuple[str, Path]:
    file, result = _shown(opened, "La présentation s’écrit à côté")
    output = written_documents.write_presentation(result, file.with_name(f"copil-{result.annee}.pptx"))
    return _written(output, result, "des diapositives", "Relisez-les et finissez-les avant le COPIL"), output


def _written(output: Path, result: Result, content: str, remedy: str) -> str:
    return f"« {output.name} » est à côté de ce classeur : {content}. État : {result.etat}. {remedy}."


def _shown(opened: OpenWorkbook, where: str) -> tuple[Path, Result]:
    """The file of the workbook, and what its tables say. Refusal if they are of another year than Accueil says.
    ``where``: what would be written."""
    file = opened.own_file(where)
    result = ars_copy.read_back(previous_year.from_sheets(file, _sheets(opened)), contrat_of(opened))
    if opened.told("annee") != str(result.annee):
        raise Refusal(
            f"Les feuilles de la consolidation sont celles de {result.annee}, "
            f"l’Accueil dit {opened.told('annee')}. Consolidez, puis recommencez."
        )
    return file, result


def _sheets(opened: OpenWorkbook) -> dict[str, list[list[object]]]:
    """Sheet of the consolidation → the rows of its table, wherever it stands now. Refusal before the first
    consolidation."""
    names, worksheets = consolidation_tables.SHEETS, {}
    for content in opened.contents.values():
        for table, (top, left, bottom, right) in content.tables.items():
            if table in names:
                worksheets[names[table]] = [
                    [content.valeur(i, j) for j in range(left, right + 1)] for i in range(top, bottom + 1)
                ]
    anchors = worksheets.get(consolidation_tables.ANCHORS.sheet, [])
    if not any(v != "" for row in anchors[1:] for v in row):
        raise Refusal("Ce classeur n’a pas encore été consolidé : cliquez sur « Consolider », puis recommencez.")
    return worksheets
