"""A region's workbook: the sheet « Région », then one table a sheet. Files in, one workbook out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from cls_workbook.errors import Refusal
from cls_workbook.french import how_many
from cls_workbook.reports.agency.agency_tables import PROVISOIRE, VALIDE
from cls_workbook.reports.region import agency_copies, region_sheet, region_tables
from cls_workbook.reports.region.agency_copies import ContratCopy, SetAsideFile
from cls_workbook.reports.region.region_rows import AS_SHARE, lines
from cls_workbook.reports.tables import table_sheets
from cls_workbook.reports.tables.table_sheets import Styler, described_table, mixed
from cls_workbook.workbook import writer
from cls_workbook.workbook.description import Workbook

_TABS = {region_tables.CONTRATS: "accent", region_tables.FILES: "gris_moyen", region_tables.OVERDUE: "rouge"}
_PILLS = {
    VALIDE: "etat_bon",
    PROVISOIRE: "etat_attention",
    agency_copies.RETAINED: "etat_bon",
    agency_copies.DUPLICATE: "etat_attention",
    agency_copies.IDENTICAL: "etat_neutre",
    agency_copies.OTHER_VERSION: "etat_attention",
    agency_copies.INCOMPLETE: "etat_mauvais",
    agency_copies.UNREADABLE: "etat_mauvais",
    agency_copies.FOREIGN: "etat_neutre",
    region_tables.MISSING_SYNTHESE: "etat_mauvais",
    region_tables.RETOUR_MANQUANT: "etat_attention",
    region_tables.REJECTED_RETOUR: "etat_attention",
    region_tables.DUPLICATE_RETOUR: "etat_attention",
}


@dataclass(frozen=True)
class RegionWorkbook:
    """What was read: one copy a contract and year, and what was set aside."""

    copies: list[ContratCopy]
    ecarts: list[SetAsideFile]

    def bilan(self) -> str:
        """One French sentence for the command line."""
        contrats = len({c.cle[0] for c in self.copies})
        words = ", ".join(f"{n} {statut}" for statut, n in sorted(Counter(e.statut for e in self.ecarts).items()))
        return (
            f"{len(self.copies)} synthèse(s) de {contrats} contrat(s) retenue(s), {len(self.ecarts)} fichier(s) écarté(s)"
            + (f" ({words})." if words else ".")
        )


def gather(sources: Sequence[str | Path], output: str | Path, contrats: Sequence[str | Path] = ()) -> RegionWorkbook:
    """Reads copies and consolidations, and writes the region's workbook at ``output``.

    ``contrats``: definitions, for the consolidations of contracts that do not ship. A file that cannot be read costs
    itself and is listed. Refus if none can be retained: then nothing is written.
    """
    files = agency_copies.files_in(sources, Path(output))
    retained, ecarts = agency_copies.choose(agency_copies.read(files, agency_copies.definitions(contrats)))
    if not retained:
        raise Refusal("Aucune synthèse n’a pu être retenue : rien n’a été écrit.", [e.reason for e in ecarts])
    writer.write(workbook(retained, ecarts), output)
    return RegionWorkbook(retained, ecarts)


def workbook(retained: Sequence[ContratCopy], ecarts: Sequence[SetAsideFile]) -> Workbook:
    """The workbook described; nothing in it is hidden."""
    tables = lines(retained, ecarts)
    footer = f"Région · {how_many(len({c.cle[0] for c in retained}), 'contrat')}"
    worksheets = [region_sheet.sheet(tables)]
    for table, its_own in tables.items():
        styles: dict[str, str | Styler] = {
            c.titre: _pill
            for c in table.columns
            if c.titre in ("État", "Statut", "Quoi")
            and table is not region_tables.THEMES
            and table is not region_tables.FICHES
        }
        if table is region_tables.MESURES:
            styles |= dict.fromkeys(("Valeur initiale", "Valeur"), _value)
        worksheets.append(
            table_sheets.sheet(described_table(table, its_own, styles, tab=_TABS.get(table, "axe2")), footer)
        )
    return Workbook(worksheets, "Région", subject=footer, active_sheet=region_sheet.NAME)


def _pill(valeur: object, _) -> str:
    return _PILLS.get(str(valeur), "cellule:centre")


def _value(content: object, line) -> str:
    part = isinstance(content, (int, Decimal)) and line["Agrégation"] in AS_SHARE
    return "cellule:taux" if part else mixed(content, line)
