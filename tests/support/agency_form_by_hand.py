"""A form as an agency might send it, made by hand: names, a header row, merged cells, its own formulas, a chart."""

from __future__ import annotations

import zipfile
from pathlib import Path

import openpyxl
from openpyxl.chart import BarChart, Reference
from openpyxl.styles import Font, PatternFill
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.datavalidation import DataValidation

NAMES = {
    "cls_titre": "Bilan!$B$1:$D$1",  # merged
    "cls_consolide_le": "Bilan!$B$2",
    "cls_retours_recus": "Bilan!$B$3",
    "cls_retours_attendus": "Bilan!$B$4",
    "CLS_Fiche_1_1_Engage": "Bilan!$B$6",
    "cls_fiche_1_1_taux_constate": "Bilan!$B$7",
    "cls_mesure_1_1_i01_valeur": "Bilan!$B$8",
    "cls_total_maquette_verse": "Bilan!$B$9",
    "cls_fiche_1_1_texte_freins": "Bilan!$B$10",
    "cls_table_fiches": "'Les fiches'!$A$3:$E$3",
    "Montants": "Bilan!$B$6:$B$9",  # the form's own
}
SHAPE = (
    '<xdr:twoCellAnchor xmlns:xdr="http://schemas.openxmlformats.org/drawingml/2006/spreadsheetDrawing" '
    'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"><xdr:from><xdr:col>6</xdr:col><xdr:colOff>0'
    "</xdr:colOff><xdr:row>1</xdr:row><xdr:rowOff>0</xdr:rowOff></xdr:from><xdr:to><xdr:col>8</xdr:col><xdr:colOff>0"
    "</xdr:colOff><xdr:row>4</xdr:row><xdr:rowOff>0</xdr:rowOff></xdr:to><xdr:sp><xdr:nvSpPr><xdr:cNvPr "
    'id="90" name="Cadre"/><xdr:cNvSpPr/></xdr:nvSpPr><xdr:spPr><a:prstGeom prst="rect"><a:avLst/></a:prstGeom>'
    "</xdr:spPr><xdr:txBody><a:bodyPr/><a:p><a:r><a:t>À signer</a:t></a:r></a:p></xdr:txBody></xdr:sp>"
    "<xdr:clientData/></xdr:twoCellAnchor>"
)


def form(path: Path, names: dict[str, str] | None = None, change=lambda book: None) -> Path:
    """Writes the form at ``path``. ``names``: instead of ``NAMES``; ``change``: what is done to it beside."""
    book = openpyxl.Workbook()
    page = book.active
    page.title = "Bilan"
    for line, label in enumerate(
        ("Contrat", "Fait le", "Reçus", "Attendus", "Part reçue", "Engagé", "Taux", "Consultations", "Versé", "Freins"),
        1,
    ):
        page.cell(line, 1, label).font = Font(bold=True)
    page.merge_cells("B1:D1")
    page["B5"] = "=B3/B4"
    page["B6"].number_format = '# ##0.00 "€"'
    page["B6"].fill = PatternFill("solid", fgColor="FFFF00")
    page["B11"] = "=SUM(Montants)"
    page["B8"] = "à remplir"
    choices = DataValidation("list", formula1='"oui,non"')
    choices.add("D8")
    page.add_data_validation(choices)
    chart = BarChart()
    chart.add_data(Reference(page, range_string="Bilan!$B$6:$B$9"))
    page.add_chart(chart, "F12")
    page.protection.sheet = True
    fiches = book.create_sheet("Les fiches")
    fiches["A1"] = "Une ligne par fiche"
    for column, titre in enumerate(("Fiche", "Titre", None, "État", "retours recus"), 1):
        fiches.cell(3, column, titre)
    fiches["B4"].font = Font(italic=True)
    fiches["C4"] = "=LEN(B4)"
    fiches["A10"] = "Total"
    fiches["E10"] = "=SUM(E4:E9)"
    for nom, place in (NAMES if names is None else names).items():
        book.defined_names[nom] = DefinedName(nom, attr_text=place)
    change(book)
    book.save(path)
    _add_a_shape(path)
    return path


def _add_a_shape(path: Path) -> None:
    """What no library keeps."""
    with zipfile.ZipFile(path) as archive:
        parts = {nom: archive.read(nom) for nom in archive.namelist()}
    end = b"</wsDr>" if b"</wsDr>" in parts["xl/drawings/drawing1.xml"] else b"</xdr:wsDr>"
    parts["xl/drawings/drawing1.xml"] = parts["xl/drawings/drawing1.xml"].replace(end, SHAPE.encode() + end)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for nom, content in parts.items():
            archive.writestr(nom, content)
