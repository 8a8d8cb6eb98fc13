"""A table of a Word file: header repeated on each page, rows that are not cut, figures to the right, a description."""

from __future__ import annotations

from docx.document import Document
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml.xmlchemy import BaseOxmlElement
from docx.shared import Emu, Pt, RGBColor
from docx.table import _Cell, _Row

from cls_workbook.documents.document_parts import FigureTable
from cls_workbook.documents.word_xml import element
from cls_workbook.workbook import look

_CELL_POINTS = 9
_BORDERS = ("top", "left", "bottom", "right", "insideH", "insideV")


def add_table(document: Document, grid: FigureTable) -> None:
    section = document.sections[-1]
    room = (section.page_width or 0) - (section.left_margin or 0) - (section.right_margin or 0)
    table = document.add_table(rows=1, cols=len(grid.headers))
    table.alignment, table.autofit = WD_TABLE_ALIGNMENT.CENTER, False
    properties = table._tbl.tblPr
    properties.append(_frame())
    properties.append(element("w:tblLayout", type="fixed"))
    properties.append(element("w:tblLook", firstRow="1", lastRow="0", firstColumn="1", lastColumn="0", noHBand="1"))
    properties.append(element("w:tblCaption", val=grid.caption))
    properties.append(element("w:tblDescription", val=grid.alt))
    _order(properties)
    whole = sum(grid.widths)
    widths = [Emu(room * share // whole) for share in grid.widths]
    for column, width in zip(table.columns, widths, strict=True):
        column.width = width
    _fill(table.rows[0], grid.headers, widths, grid.figures, header=True)
    for rank, row in enumerate(grid.rows, 1):
        _fill(table.add_row(), row, widths, grid.figures, strong=grid.total and rank == len(grid.rows))
    for cell in table.rows[-1].cells:  # what follows, its source, is not alone on the next page
        cell.paragraphs[0].paragraph_format.keep_with_next = True


def _frame() -> BaseOxmlElement:
    borders = element("w:tblBorders")
    color = look.color("gris").lstrip("#")
    for side in _BORDERS:
        borders.append(element(f"w:{side}", val="single", sz="4", space="0", color=color))
    return borders


# The order that the schema wants.
_ORDER = (
    *("tblStyle", "tblpPr", "tblOverlap", "bidiVisual", "tblStyleRowBandSize", "tblStyleColBandSize", "tblW", "jc"),
    *("tblCellSpacing", "tblInd", "tblBorders", "shd", "tblLayout", "tblCellMar", "tblLook", "tblCaption"),
    "tblDescription",
)


def _order(properties: BaseOxmlElement) -> None:
    kept = {child.tag.rpartition("}")[2]: child for child in properties}  # the last of each: ours
    for child in list(properties):
        properties.remove(child)
    for nom in _ORDER:
        if nom in kept:
            properties.append(kept[nom])


def _fill(
    row: _Row,
    texts: tuple[str, ...],
    widths: list[Emu],
    figures: tuple[int, ...],
    header: bool = False,
    strong: bool = False,
) -> None:
    properties = row._tr.get_or_add_trPr()
    properties.append(element("w:cantSplit"))
    if header:
        properties.append(element("w:tblHeader"))
    for rank, (cell, texte, width) in enumerate(zip(row.cells, texts, widths, strict=True)):
        cell.width = width
        _write(cell, texte, rank in figures, header, strong or header)


def _write(cell: _Cell, texte: str, is_figure: bool, header: bool, strong: bool) -> None:
    paragraph = cell.paragraphs[0]
    spacing = paragraph.paragraph_format
    spacing.space_after = spacing.space_before = Pt(2)
    spacing.line_spacing = 1.0
    run = paragraph.add_run(texte)
    run.font.size, run.font.bold = Pt(_CELL_POINTS), strong
    if is_figure:
        paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
    if header:
        spacing.keep_with_next = True
        run.font.color.rgb = RGBColor.from_string(look.color("blanc").lstrip("#"))
        shade = element("w:shd", val="clear", color="auto", fill=look.color("accent").lstrip("#"))
        cell._tc.get_or_add_tcPr().append(shade)
