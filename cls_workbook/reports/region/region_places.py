"""The places that the contracts of a region reached: each kind apart, a place that two contracts name counted once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from cls_workbook.french import NBSP, fold
from cls_workbook.reports.agency import agency_tables as data
from cls_workbook.reports.region import region_tables
from cls_workbook.reports.region.agency_copies import ContratCopy
from cls_workbook.reports.region.region_money import Tables
from cls_workbook.reports.synthese.synthese_pieces import CENTRED, STRONG, WHOLE, Board, PrintedColumn, rows_of
from cls_workbook.tables.described_columns import Row

_NOT_SAID = "non dit"


def reached_places(copies: Sequence[ContratCopy]) -> list[Row]:
    """One row a year and kind, the last year first, kinds in the order in which they come."""
    groups: dict[tuple[int, str], dict[str, list[Row]]] = {}
    for file_copy in copies:
        contrat, annee = file_copy.cle
        for line in file_copy.lines[data.PLACES]:
            groups.setdefault((-annee, fold(str(line["Sorte"]))), {}).setdefault(contrat, []).append(line)
    years = sorted({year for year, _ in groups})
    return [_row(-year, by_contrat) for wanted in years for (year, _), by_contrat in groups.items() if year == wanted]


def _row(annee: int, by_contrat: dict[str, list[Row]]) -> Row:
    said = {c: lines for c, lines in by_contrat.items() if any(line["Fiches"] is not None for line in lines)}
    known = [line for lines in said.values() for line in lines]
    detail = (f"{c} {_told(lines) if c in said else _NOT_SAID}" for c, lines in by_contrat.items())
    return {
        "Année": annee,
        "Sorte": next(iter(by_contrat.values()))[0]["Sorte"],
        "Touchés": len(_different(line for line in known if line["Fiches"])) if said else None,
        "En tout": len(_different(known)) if said else None,
        "Contrats": len(by_contrat),
        "Lesquelles": f"{NBSP}; ".join(detail),
    }


def _told(lines: Sequence[Row]) -> str:
    return f"{sum(bool(line['Fiches']) for line in lines)} sur {len(lines)}"


def _different(lines: Iterable[Row]) -> set[tuple[str, ...]]:
    """A commune is told by its code; another place by its name and by where it is."""
    return {(line["Code"],) if line["Code"] else _by_name(line) for line in lines}


def _by_name(line: Row) -> tuple[str, ...]:
    return tuple(fold(str(line[titre] or "")) for titre in ("Nom", "Commune", "Département"))


def places_of_year(board: Board, tables: Tables, annee: int) -> None:
    """Nothing where no contract names a place."""
    lines = [line for line in tables[region_tables.PLACES] if line["Année"] == annee]
    if not lines:
        return
    columns = (
        PrintedColumn("Sorte de lieu", 8, STRONG, lambda li: str(li["Sorte"])[:1].upper() + str(li["Sorte"])[1:]),
        PrintedColumn("Touchés", 3, WHOLE, "Touchés"),
        PrintedColumn("En tout", 3, WHOLE, "En tout"),
        PrintedColumn("Contrats", 3, CENTRED, "Contrats"),
        PrintedColumn("Contrat par contrat", 19, of="Lesquelles"),
    )
    board.band(f"Les lieux touchés en {annee}", following=60)
    board.sheet_table(columns, rows_of(columns, lines))
    board.note("Chaque sorte de lieu est comptée à part. Un lieu que deux contrats nomment compte une fois.")
