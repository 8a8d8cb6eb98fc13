"""No value lost in silence: whatever partners do to a workbook, each value is read exactly or an anomaly points at it."""

from __future__ import annotations

import os

import pytest

from tests.support.campagne_edits import CAMPAGNE_EDITS
from tests.support.edit_matrix import campagne_cases, from_sheets, saved_forms, workbook_cases
from tests.support.libreoffice import programmes
from tests.support.sheet_edits import EDITS
from tests.support.workbook_edits import WORKBOOK_EDITS

ALL_OF_THEM = (*EDITS, *WORKBOOK_EDITS, *CAMPAGNE_EDITS)


@pytest.fixture(scope="module")
def boxes(request, tmp_path_factory):
    """Every edit in every form: openpyxl's alone where there is no LibreOffice."""
    folder = tmp_path_factory.mktemp("matrice")
    absent = programmes() is None and not os.environ.get("CI")
    libreoffice = None if absent else request.getfixturevalue("libreoffice")
    return {
        (c.nom, c.form): c
        for c in [
            *from_sheets(libreoffice, folder),
            *workbook_cases(libreoffice, folder),
            *campagne_cases(libreoffice, folder),
        ]
    }


@pytest.mark.parametrize(("nom", "form"), [(m.nom, form) for m in ALL_OF_THEM for form in saved_forms(m)])
def test_every_value_is_read_or_pointed_at_and_nothing_else_is_said(boxes, nom, form):
    if (nom, form) not in boxes:
        pytest.skip("LibreOffice (soffice) or its Python module (uno) is not installed")
    assert boxes[nom, form].faults == []


def test_every_edit_has_a_name_of_its_own():
    names = [m.nom for m in ALL_OF_THEM]
    assert len(set(names)) == len(names)
