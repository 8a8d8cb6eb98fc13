"""What leaves a consolidation, or a Synthèse, that is already made."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from cls_workbook.errors import Refusal
from cls_workbook.french import typography
from cls_workbook.page.desk.asked import Asked, Said, archive
from cls_workbook.page.desk.board import board_of
from cls_workbook.page.desk.listed import row_as_data
from cls_workbook.tables.consolidation_tables import ANOMALIES
from cls_workbook.tables.statement_table import STATEMENTS

_LOGOS = "logos"  # the folder of pictures for the head of the Synthèse


def _resume(asked: Asked) -> Said:
    """A consolidation made earlier: the agency's copy, and what the screen shows of it."""
    from cls_workbook.reports.agency.ars_copy import read_back
    from cls_workbook.reports.consolidation import previous_year

    past = previous_year.read(asked.files[0])
    shown = board_of(read_back(past, asked.own_definition)) | _synthese(asked)
    shown["comptes_rendus"] = shown["comptes_rendus"] or bool(past.rows(STATEMENTS))
    return shown | {"anomalies": [row_as_data(row) for row in past.rows(ANOMALIES)]}


def _synthese(asked: Asked) -> Said:
    """The agency's copy; with the pictures that stand beside the consolidation among ``files``, at its head."""
    from cls_workbook.reports.agency.ars_copy import file_copy

    consolidation, *pictures = asked.files
    path = f"synthese-ars-{asked.annee}.xlsx"
    file_copy(consolidation, path, contrat=asked.own_definition, logos=_LOGOS if pictures else None)
    return {"files": [path]}


def _export(asked: Asked) -> Said:
    """The tables of a workbook, for other tools: in one archive, with what is to be known of them."""
    kind = asked.format or "csv"
    said = _EXPORTS[kind](asked)
    return said | {"files": [archive("export", f"export-{kind}-{Path(asked.files[0]).stem}.zip")]}


def _data_package(asked: Asked) -> Said:
    from cls_workbook.reports.exports.data_package import exporter

    if asked.columns:
        raise Refusal(
            "Seul le CSV pour Excel a des colonnes à choisir : l’autre export les écrit toutes. "
            "Videz la case des colonnes, ou choisissez le CSV pour Excel."
        )
    exporter(asked.files[0], "export", "csv")
    return {}


def _csv_of_excel(asked: Asked) -> Said:
    from cls_workbook.reports.exports.excel_csv import exporter

    remark = exporter(asked.files[0], "export", asked.columns, asked.own_definition).remark
    return {"remarks": [typography(remark)] if remark else []}


def _subsidies(asked: Asked) -> Said:
    from cls_workbook.reports.exports.scdl_folder import exporter

    done = exporter(asked.files[0], "export", asked.financeur, asked.siret or None, asked.own_definition)
    return {"bilan": done.bilan(), "remarks": done.refused}


_EXPORTS: dict[str, Callable[[Asked], Said]] = {"csv": _data_package, "csv-excel": _csv_of_excel, "scdl": _subsidies}


def _form(asked: Asked) -> Said:
    """An agency's own form, filled from a consolidation."""
    from cls_workbook.office.agency_form import fill

    consolidation, form = asked.files
    path = f"formulaire-{asked.annee}{Path(form).suffix.lower()}"
    filled = fill(consolidation, form, path, asked.own_definition)
    return {"remarks": [typography(str(line)) for line in (*filled.anomalies, *filled.remarks)], "files": [path]}


ANSWERS: dict[str, Callable[[Asked], Said]] = {
    "reprendre": _resume,
    "synthese": _synthese,
    "exporter": _export,
    "formulaire": _form,
}
