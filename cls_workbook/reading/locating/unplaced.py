"""What is missing from a returned sheet, and what is too much: told, never dropped.

Rows and columns of the returned sheet count from 0.
"""

from __future__ import annotations

from cls_workbook.reading.cells.parse_values import is_blank
from cls_workbook.reading.locating import cell_messages, row_messages
from cls_workbook.reading.locating.expected_row import INFORMATION_PREFIX
from cls_workbook.reading.locating.located_sheet import LocatedSheet
from cls_workbook.reading.locating.still_printed import are_same
from cls_workbook.reading.reading_checks import ChangedPrefill, TypedElsewhere
from cls_workbook.workbook.description import address


def report_unknown_rows(sheet: LocatedSheet) -> None:
    """Rows that another version of the template asked for, or another fiche: told once, with what they hold."""
    all_found: dict[str, list[tuple[str, object]]] = {}
    for i, cle in sheet.keys:
        if cle in sheet.its_own:
            continue
        filled = [(j, v) for j, v in enumerate(sheet.lines[i]) if v != "" and j != sheet.key_column]
        if cle.startswith(INFORMATION_PREFIX):
            # a row that the contract alone does not have: its text is the first
            sheet.accounted.update(
                (i, j)
                for j, v in filled[:1]
                if sheet.printed_facts is None or are_same(v, str(sheet.printed_facts.get(cle, "")))
            )
            sheet.all_printed |= {
                (i, j): str(sheet.printed_facts.get(cle, "")) for j, _ in filled[:1] if sheet.printed_facts is not None
            }
        if cle.startswith(INFORMATION_PREFIX):
            continue
        sheet.accounted.update((i, j) for j, _ in filled)
        groupe = cle.partition("/")[0]
        texts = sheet.modele.texts[groupe if groupe in sheet.modele.texts else sheet.output.groupe]
        # The first cell is the label of the row, but in a table whose rows the partner names; the computed ones are
        # ours.
        named_by_partner = cle.rpartition("/")[2].isdecimal() or (filled and not isinstance(filled[0][1], str))
        for j, v in filled if named_by_partner else filled[1:]:
            if (i, j) not in sheet.grid.special_cells and not is_blank(v) and v not in texts:
                all_found.setdefault(groupe, []).append((address(i + 1, j + 1), v))
    for groupe, saisies in all_found.items():
        other = "" if groupe == sheet.output.groupe else groupe
        sheet.output.anomalies.append(
            row_messages.unknown_question(sheet.location, [c for c, _ in saisies], [v for _, v in saisies], other)
        )
        sheet.output.refused_inputs += len(saisies) if other else 0


def report_lost_headers(sheet: LocatedSheet) -> None:
    """Columns whose header was changed (what is typed under it is named) or deleted (told once for the sheet)."""
    missing: dict[str, list[str]] = {}
    for prefix, sheet_table in sheet.columns.sheet_tables.items():
        ranks = [(i, a) for i, a in sheet.located_rows if a.prefix == prefix and a.places] if sheet_table.lost else []
        for column, j in sorted(sheet_table.lost.items()):
            asked_for = [i for i, a in ranks if any(p.column == column for p in a.places)]
            titre = sheet.modele.headers[prefix].texts[column]
            value_read = "" if j is None else sheet.at(sheet_table.header, j)
            typed_values = [] if j is None else [i for i in asked_for if _is_typed(sheet, i, j)]
            if not asked_for:
                continue
            if j is None or j == sheet.key_column or not (typed_values or value_read):
                missing.setdefault(titre, []).append(address(sheet_table.header + 1, sheet.key_column + 2))
                continue
            sheet.accounted.update((i, j) for i in (*asked_for, sheet_table.header))
            sheet.output.refused_inputs += len(typed_values)
            cells = [address(i + 1, j + 1) for i in (sheet_table.header, *typed_values)]
            sheet.output.anomalies.append(
                row_messages.changed_header(
                    sheet.location, cells, titre, value_read, [sheet.at(i, j) for i in typed_values]
                )
            )
    if missing:
        sheet.output.anomalies.append(row_messages.missing_columns(sheet.location, missing))


def report_swapped_columns(sheet: LocatedSheet) -> None:
    """Columns that are no longer in their order: read under their headers. Nobody can tell whether headers alone
    were moved."""
    for prefix, sheet_table in sheet.columns.sheet_tables.items():
        ranks = (
            [i for i, a in sheet.located_rows if a.prefix == prefix and a.places]
            if (columns := sheet_table.swapped)
            else []
        )
        cells = [(sheet_table.header, j) for j in columns] + [
            (i, j) for i in ranks for j in columns if not is_blank(sheet.at(i, j))
        ]
        if ranks:
            titles = [sheet.at(sheet_table.header, j) for j in columns]
            sheet.output.anomalies.append(
                row_messages.swapped_columns(sheet.location, [address(i + 1, j + 1) for i, j in cells], titles)
            )


def report_headerless_rows(sheet: LocatedSheet) -> None:
    """What is typed in the rows of tables whose header row is gone: named by ``report_absences``, not taken."""
    for i, expected_row in sheet.located_rows:
        if not expected_row.by_header or expected_row.prefix in sheet.columns.sheet_tables:
            continue
        typed_values = sheet.foreign_columns(i, expected_row)
        sheet.accounted.update((i, j) for j in typed_values)
        sheet.orphans += [(address(i + 1, j + 1), sheet.at(i, j)) for j in typed_values]
    sheet.output.refused_inputs += len(sheet.orphans)


def report_absences(sheet: LocatedSheet) -> None:
    """Rows and headers that were deleted, told once for the sheet. Blank rows of a table that may grow do not
    count."""
    already_seen = {c for _, c in sheet.keys}
    missing = []
    for expected_row in sheet.modele.expected(sheet.output.groupe, sheet.fiches):
        if expected_row.cle in already_seen or expected_row.role not in ("saisie", "entete"):
            continue
        if expected_row.prefix in sheet.modele.extensible and expected_row.places:
            continue
        missing.append(expected_row)
    if missing:
        sheet.output.anomalies.append(
            row_messages.missing_rows(
                sheet.location, missing, [c for c, _ in sheet.orphans], [v for _, v in sheet.orphans]
            )
        )


def forgive(sheet: LocatedSheet) -> None:
    """Another version printed other facts and other texts: no fault of the partner's. What stands in no input is
    told at once.

    A value carried over to a question that was printed otherwise is to be confirmed.
    """
    for i, before, now in sheet.reworded:
        if cells := [s.cell for s in sheet.output.saisies if int(s.cell.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")) == i + 1]:
            sheet.output.anomalies.append(row_messages.reworded_question(sheet.location, cells, before, now))
    anomalies = [a for a in sheet.output.anomalies if a.code != ChangedPrefill.code]
    single_cells = [a for a in anomalies if a.code == TypedElsewhere.code and len(a.cells) == 1]
    if len(single_cells) > 1:
        anomalies = [a for a in anomalies if a not in single_cells] + [cell_messages.other_texts(single_cells)]
    sheet.output.anomalies = anomalies


def _is_typed(sheet: LocatedSheet, i: int, j: int) -> bool:
    """Something that was not printed there, or may have been chosen."""
    value_read, groupe = sheet.at(i, j), sheet.output.groupe
    return not is_blank(value_read) and (
        value_read not in sheet.modele.texts[groupe] or value_read in sheet.modele.ambiguous[groupe]
    )
