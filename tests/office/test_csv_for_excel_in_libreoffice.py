"""A CSV for Excel opened by a spreadsheet in French: each column in its place, numbers and dates as such."""

from cls_workbook.reports.consolidation.consolidation_workbook import workbook
from cls_workbook.reports.exports.excel_csv import exporter
from cls_workbook.workbook import writer
from tests.support.written_result import result

# Semicolons, quotes, UTF-8, French; numbers and dates are recognised.
IMPORT = "59,34,76,1,,1036,false,true,false,false,false,0,true"


def test_numbers_and_dates_are_recognised(libreoffice, tmp_path):
    writer.write(workbook(result()), tmp_path / "C.xlsx")
    exporter(tmp_path / "C.xlsx", tmp_path / "D")
    with libreoffice.open(tmp_path / "D" / "financements.csv", csv=IMPORT) as document:
        (sheet,) = document.sheets()
        cells = document.values(sheet)
    assert (cells["A1"].valeur, cells["F1"].valeur) == ("Année", "Prévu")
    assert (cells["G2"].nature, cells["G2"].valeur) == ("nombre", 3000.5)
    assert (cells["J2"].nature, cells["J2"].valeur) == ("nombre", 45762)  # days from 30/12/1899 to 15/04/2025
