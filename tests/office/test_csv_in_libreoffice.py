"""Our CSV opened by a spreadsheet that computes formulas, whatever separator it splits at: none of them is one."""

import pytest

from cls_workbook import csv_texts

TEXTS = ("note;=1+1", "a\n=1+1", 'x;"=1+1', "x,=1+1", "x\t=1+1", "x|=1+1", "voir =1+1", "  =1+1", "=1+1", "+1+1")
# The separator, quotes, UTF-8, French; formulas are to be evaluated.
IMPORT = "{},34,76,1,,1036,false,true,false,false,false,0,true"


def formulas(libreoffice, folder, separator, texts):
    """How many cells LibreOffice would compute in a CSV of ours."""
    with (folder / "essai.csv").open("w", encoding="utf-8", newline="") as output:
        csv_texts.write(output, ["a", "b"], [["x", text] for text in texts])
    with libreoffice.open(folder / "essai.csv", csv=IMPORT.format(ord(separator))) as document:
        (sheet,) = document.sheets()
        return [cell.nature for cell in document.values(sheet).values()].count("formule")


@pytest.mark.parametrize("separator", [",", ";", "\t", "|", " "])
def test_no_separator_makes_a_formula_of_a_text(libreoffice, separator, tmp_path):
    assert formulas(libreoffice, tmp_path, separator, TEXTS) > 0  # it would compute them
    assert formulas(libreoffice, tmp_path, separator, [csv_texts.neutralized(t) for t in TEXTS]) == 0
