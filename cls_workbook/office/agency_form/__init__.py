"""An agency's own form, filled: its defined names say what goes where, everything else in it stays as it was."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from cls_workbook.anomalies import Anomalie
from cls_workbook.errors import Refusal
from cls_workbook.french import NBSP
from cls_workbook.office.agency_form.filling import Filling
from cls_workbook.office.agency_form.form_file import FormFile
from cls_workbook.office.agency_form.form_names import offered
from cls_workbook.office.agency_form.form_values import FormValues
from cls_workbook.reports.agency.ars_copy import contrat_of, read_back
from cls_workbook.workbook.saving import require_kind, save

__all__ = ["FilledForm", "fill"]


class FilledForm(NamedTuple):
    """``remarks``: what the reader of the form should do or know, one sentence each."""

    path: Path
    anomalies: list[Anomalie]
    remarks: list[str]


def fill(
    consolidation: str | Path, form: str | Path, output: str | Path, contrat: str | Path | None = None
) -> FilledForm:
    """Writes ``form``, filled with what the agency's copy of ``consolidation`` says, at ``output``.

    A name that cannot be filled is an anomaly, and the rest is filled. Refusal, and then nothing is written: what is no
    consolidation or no form, a form without a name of ours, a table that would run over something.
    """
    form, output = Path(form), Path(output)
    require_kind(output, form.suffix.lower())
    for kept in (form, Path(consolidation)):
        if output.resolve() == kept.resolve():
            raise Refusal(f"«{NBSP}{output}{NBSP}» serait remplacé{NBSP}: choisissez un autre nom de fichier.")
    file = FormFile(form)
    result = read_back(consolidation, contrat)
    definition = contrat_of(Path(consolidation), result.contrat.id, contrat)
    filling = Filling(file, FormValues(result), offered(definition).keys())
    filling.fill()
    save(file.file_bytes(), output)
    return FilledForm(output, filling.anomalies, file.remarks())
