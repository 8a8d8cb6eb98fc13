"""« Vérifier l’installation », asked from the open workbook: the findings in an alert, their number in the message."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cls_workbook.button.click_report import BUSY, tell
from cls_workbook.button.click_start import OpenWorkbook, contrat_of, open_up, retours_folder
from cls_workbook.button.excel_patience import ExcelBusy, Patience
from cls_workbook.button.excel_settings import repair
from cls_workbook.errors import Refusal
from cls_workbook.office import installation
from cls_workbook.office.coordinator import home_rows

if TYPE_CHECKING:
    import xlwings


def verifier(book: xlwings.Book) -> list[installation.InstallationFinding]:
    """Never refuses: what cannot be looked at is a finding too."""
    opened: OpenWorkbook | None = None
    excel = {"by_excel": True, "repaired": repair(book, Patience())}
    try:
        opened = open_up(book)
        facts = installation.gather_facts(**_workbook_facts(opened), **excel)
    except Refusal as refusal:
        facts = installation.gather_facts(default=str(refusal), **excel)
    except ExcelBusy:
        facts = installation.gather_facts(default=BUSY, **excel)
    findings = installation.verifier(facts)
    sentence = "\n".join([installation.bilan(findings).capitalize(), "", *map(str, findings)])
    tell(
        book,
        opened,
        "Vérifier l’installation",
        sentence,
        succeeded=all(c.etat != installation.TO_CORRECT for c in findings),
    )
    return findings


def _workbook_facts(opened: OpenWorkbook) -> dict[str, object]:
    facts: dict[str, object] = {
        "workbook": home_rows.read_versions(opened.told("version")),
        "path": str(opened.path or ""),
    }
    try:
        contrat_of(opened)
        return facts | {"folder": retours_folder(opened)}
    except Refusal as refusal:
        return facts | {"default": str(refusal)}
