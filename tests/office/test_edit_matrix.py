"""No value lost in silence: whatever partners do to a workbook, each value is read exactly or an anomaly points at
it.
"""

from __future__ import annotations

import pytest

from tests.support.campagne_edits import CAMPAGNE_EDITS
from tests.support.edit_matrix import FORMS, Matrix, saved_forms
from tests.support.sheet_edits import EDITS
from tests.support.workbook_edits import WORKBOOK_EDITS

ONE_IN = 16  # of the edits, saved by LibreOffice too whenever the suite runs; all of them where it is exhaustive
ALL_EDITS = (*EDITS, *WORKBOOK_EDITS, *CAMPAGNE_EDITS)


@pytest.fixture(scope="module")
def by_openpyxl(tmp_path_factory):
    return Matrix(None, tmp_path_factory.mktemp("openpyxl"))


@pytest.fixture(scope="module")
def by_libreoffice(libreoffice, tmp_path_factory, request):
    """The edits of a sheet stand in one workbook: no more than are played."""
    played = {test.callspec.params["edit"].nom for test in request.session.items if "by_libreoffice" in _fixtures(test)}
    edits = [edit for edit in EDITS if edit.nom in played]
    return Matrix(libreoffice, tmp_path_factory.mktemp("libreoffice"), edits)


def _fixtures(test: pytest.Item) -> list[str]:
    return getattr(test, "fixturenames", [])


@pytest.mark.parametrize("edit", ALL_EDITS, ids=lambda edit: edit.nom)
def test_every_value_is_read_or_pointed_at_and_nothing_else_is_said(by_openpyxl, edit):
    assert by_openpyxl.case(edit, FORMS[0]).faults == []


@pytest.mark.parametrize(
    ("edit", "form"),
    [
        pytest.param(edit, form, id=f"{edit.nom}-{form}", marks=() if rank % ONE_IN == 0 else pytest.mark.exhaustive)
        for rank, edit in enumerate(ALL_EDITS)
        for form in saved_forms(edit)[1:]
    ],
)
def test_the_same_where_it_was_done_in_libreoffice(by_libreoffice, edit, form):
    assert by_libreoffice.case(edit, form).faults == []


def test_every_edit_has_a_name_of_its_own():
    names = [edit.nom for edit in ALL_EDITS]
    assert len(set(names)) == len(names)
