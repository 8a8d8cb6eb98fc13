"""A region's workbook: the sheet « Région », then one table a sheet. Files in, one workbook out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from cls_workbook.errors import Refusal
from cls_workbook.fast_paths import row_writer
from cls_workbook.french import how_many
from cls_workbook.reports import table_sheets
from cls_workbook.reports.region import agency_copies, executive_pages, meeting_pages, region_sheet
from cls_workbook.reports.region.agency_copies import ContratCopy, SetAsideFile
from cls_workbook.reports.region.region_noyau_tables import REGIONAL_MESURES
from cls_workbook.reports.region.region_rows import lines
from cls_workbook.tables.described_columns import DescribedTable, Row
from cls_workbook.workbook.description import Workbook


@dataclass(frozen=True)
class RegionWorkbook:
    """What was read: one copy a contract and year, and what was set aside."""

    copies: list[ContratCopy]
    ecarts: list[SetAsideFile]

    @cached_property
    def tables(self) -> dict[DescribedTable, list[Row]]:
        return lines(self.copies, self.ecarts)

    def write_meeting_pages(self, folder: str | Path) -> list[Path]:
        """A workbook of one page for each contract that takes the noyau in; the files made."""
        return meeting_pages.write_meeting_pages(self.tables, folder)

    def write_reminders(self, folder: str | Path) -> list[Path]:
        """A draft for each coordination that is late; the files made."""
        return meeting_pages.write_reminders(self.tables, folder)

    def bilan(self) -> str:
        """One French sentence for the command line."""
        contrats = len({c.cle[0] for c in self.copies})
        words = ", ".join(how_many(n, statut) for statut, n in sorted(Counter(e.statut for e in self.ecarts).items()))
        return (
            f"{how_many(len(self.copies), 'synthèse retenue')}, de {how_many(contrats, 'contrat')} ; "
            f"{how_many(len(self.ecarts), 'fichier écarté')}" + (f" ({words})." if words else ".")
        )


def gather(
    sources: Sequence[str | Path],
    output: str | Path,
    contrats: Sequence[str | Path] = (),
    following: agency_copies.Following = agency_copies.with_a_bar,
) -> RegionWorkbook:
    """Reads copies and consolidations, and writes the region's workbook at ``output``.

    ``contrats``: definitions, for the consolidations of contracts that do not ship. A file that cannot be read costs
    itself and is listed. ``following``: shows how far it is. Refusal if none can be retained: then nothing is
    written.
    """
    files = agency_copies.files_in(sources, Path(output))
    retained, ecarts = agency_copies.choose(agency_copies.read(files, agency_copies.definitions(contrats), following))
    if not retained:
        raise Refusal("Aucune synthèse n’a pu être retenue : rien n’a été écrit.", [e.reason for e in ecarts])
    row_writer.write(workbook(retained, ecarts), output)
    return RegionWorkbook(retained, ecarts)


def workbook(retained: Sequence[ContratCopy], ecarts: Sequence[SetAsideFile]) -> Workbook:
    """The workbook described; nothing in it is hidden."""
    tables = lines(retained, ecarts)
    footer = f"Région · {how_many(len({c.cle[0] for c in retained}), 'contrat')}"
    worksheets = [executive_pages.executive_sheet(tables)] if REGIONAL_MESURES in tables else []
    worksheets.append(region_sheet.sheet(tables))
    shown = {table: rows for table, rows in tables.items() if rows or not table.optional}
    drawn = (table_sheets.sheet(table_sheets.from_rows(*table), footer) for table in shown.items())
    worksheets += map(table_sheets.unprinted, drawn)
    return Workbook(worksheets, "Région", subject=footer, active_sheet=worksheets[0].nom)
