"""A table of results drawn as a sheet: headers in row 1, one Excel table, widths, heights and print setup.

A missing value is an empty cell. What a partner typed is always text, never a formula.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Context, Decimal
from functools import partial
from itertools import chain, islice
from typing import overload

import pandas as pd

from cls_workbook.domain.entry_questions import question
from cls_workbook.french import date_fr
from cls_workbook.summaries.aggregation import AS_RATE
from cls_workbook.summaries.history import MESURE
from cls_workbook.summaries.value_tables import ValueTable
from cls_workbook.tables import table_schemas
from cls_workbook.tables.consolidation_tables import EXPENDITURE, FINANCEMENT
from cls_workbook.tables.described_columns import (
    ANSWER,
    CENTRED,
    FIGURE,
    LINK,
    PILL,
    VALUE_WIDTH,
    VERTICAL_HEADERS,
    DescribedTable,
    Row,
    TableColumn,
)
from cls_workbook.tables.table_frames import frame_records
from cls_workbook.workbook.description import (
    MAX_TEXT,
    PRINTED_WIDTH,
    CellRange,
    ExcelTable,
    Link,
    PrintSetup,
    Sheet,
    WholeRows,
    printed_width,
)
from cls_workbook.workbook.excel_limits import unites

# A blank cell far beside any table and the notes beside it: no page is made of it, in LibreOffice nor in Excel.
UNPRINTED = CellRange(1, 200, 1, 200)
LEAST_SCALE = 0.89

_DIGITS = Context(prec=12)  # those that every spreadsheet keeps
_LONG = MAX_TEXT // 2  # characters, which may count for two: an emoji does
_CONTINUATION = " … [suite : feuille Mesures]"
_MIN_WIDTH, _SAMPLE_ROWS, _FINGERPRINT_WIDTH = 9, 400, 66.0  # it is read whole, or not at all
_RECORD = (
    "record"  # the look of the values of a record: of different kinds in one column, they read best aligned together
)

# (value, its row) → the name of its style
Styler = Callable[[object, Row], str]


# --- How a value is shown ---------------------------------------------------------------------------------------------

_BY_TYPE = {
    "montant": "cellule:montant",
    "entier": "cellule:entier",
    "taux": "cellule:taux",
    "date": "cellule:date",
    "annee": "cellule:centre",
    "empreinte": "cellule:code",
}
_BY_CLASS = {
    int: "cellule:entier",
    float: "cellule:decimal",
    Decimal: "cellule:decimal",
    date: "cellule:date",
    bool: "cellule:centre",
}
_LEFT_ALIGNED = {int: "cellule:gauche", date: "cellule:date_gauche"}
_PILLS = {
    "bloquant": "gravite_bloquant",
    "à confirmer": "gravite_a_confirmer",
    "information": "gravite_information",
    "reçu": "etat_bon",
    "manquant": "etat_attention",
    "doublon": "etat_attention",
    "rejeté": "etat_mauvais",
    "écarté": "etat_neutre",
    "en partie": "etat_attention",
    "à corriger": "etat_attention",
    # of a region
    "validé": "etat_bon",
    "provisoire": "etat_attention",
    "retenu": "etat_bon",
    "copie identique": "etat_neutre",
    "autre version": "etat_attention",
    "incomplet": "etat_mauvais",
    "illisible": "etat_mauvais",
    "autre classeur": "etat_neutre",
    "synthèse absente": "etat_mauvais",
    "retour manquant": "etat_attention",
    "retour rejeté": "etat_attention",
    "retour en double": "etat_attention",
}


def _mixed(valeur: object, _: Row) -> str:
    if type(valeur) is Decimal and valeur == valeur.to_integral_value():
        return "cellule:entier"
    return _BY_CLASS.get(type(valeur), "cellule:texte")


def _figure(valeur: object, row: Row) -> str:
    """A figure of a row that says what it is: euros, a rate, or what it looks like."""
    if not isinstance(valeur, (int, float, Decimal)):
        return _mixed(valeur, row)
    objet = row.get("Objet", MESURE)
    if objet in (FINANCEMENT, EXPENDITURE) or (row.get("Unité") == "€" and objet != MESURE):
        return "cellule:montant"
    return "cellule:taux" if row.get("Agrégation") in AS_RATE else _mixed(valeur, row)


def _answer(valeur: object, row: Row) -> str:
    """An answer as its question says it."""
    asked = question(row["Bloc"], row["Champ"])
    money = asked is not None and asked.type == "montant" and isinstance(valeur, (int, Decimal))
    return "cellule:montant" if money else _mixed(valeur, row)


def _of_record(valeur: object, row: Row) -> str:
    return "cellule:cle_montant" if row["type"] == "montant" else _LEFT_ALIGNED.get(type(valeur), "cellule:texte")


_BY_LOOK: dict[str, str | Styler] = {
    PILL: lambda valeur, _: _PILLS.get(str(valeur), "cellule:centre"),
    CENTRED: "cellule:centre",
    LINK: lambda valeur, _: "lien:texte" if isinstance(valeur, Link) else "cellule:texte",
    FIGURE: _figure,
    ANSWER: _answer,
    _RECORD: _of_record,
    "mixte": _mixed,
    "nombre": _mixed,
}


def _style(column: TableColumn) -> str | Styler:
    return _BY_LOOK.get(column.look or column.type) or _BY_TYPE.get(column.type, "cellule:texte")


# --- Rows -------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class TableSheet:
    """One sheet = one Excel table, as it is described; its rows hold what the description says (``verified``)."""

    description: DescribedTable
    lines: Sequence[Row]


class FrameRows(Sequence[Row]):
    """The rows of a frame as dictionaries, missing values as None: made a batch at a time, each time they are asked
    for. ``number`` of rows: where they have been counted."""

    _BATCH_SIZE = 2_000

    def __init__(self, frame: pd.DataFrame | ValueTable, number: int | None = None):
        self._frame = frame
        self._number = sum(map(len, _parts(frame))) if number is None else number

    def __len__(self) -> int:
        return self._number

    @overload
    def __getitem__(self, rank: int) -> Row: ...
    @overload
    def __getitem__(self, rank: slice) -> list[Row]: ...
    def __getitem__(self, rank: int | slice) -> Row | list[Row]:
        if isinstance(rank, slice):
            return list(islice(self, rank.start, rank.stop, rank.step))
        return next(islice(self, rank, None))

    def __iter__(self) -> Iterator[Row]:
        for part in _parts(self._frame):
            for start in range(0, len(part), self._BATCH_SIZE):
                yield from frame_records(part.iloc[start : start + self._BATCH_SIZE])


def from_frame(description: DescribedTable, frame: pd.DataFrame | ValueTable) -> TableSheet:
    """A table whose rows are those of a frame. OwnFault if they are not what the description says."""
    number = 0
    for part in _parts(frame):
        table_schemas.verify(description, part)
        number += len(part)
    return TableSheet(description, FrameRows(frame, number))


def _parts(frame: pd.DataFrame | ValueTable) -> Iterable[pd.DataFrame]:
    return frame.parts() if isinstance(frame, ValueTable) else [frame]


def from_rows(description: DescribedTable, rows: Sequence[Row]) -> TableSheet:
    """A table of these rows; one of a record shows it a title a row, and beside each what it is. OwnFault as above."""
    plain = [{t: v.texte if isinstance(v, Link) else v for t, v in row.items()} for row in rows]
    table_schemas.verify(description, plain)
    return _record(description, rows[0]) if description.vertical else TableSheet(description, rows)


def _record(description: DescribedTable, record: Row) -> TableSheet:
    titles = (*VERTICAL_HEADERS, "Ce que c’est")
    rows = [
        dict(zip((*titles, "type"), (c.titre, record[c.titre], c.aide, c.type), strict=True))
        for c in description.columns
    ]
    named, value, help_ = (TableColumn(titre, "texte", "") for titre in titles)
    columns = (named, replace(value, look=_RECORD, max_width=VALUE_WIDTH), help_)
    return TableSheet(replace(description, columns=columns, cle=titles[:1]), rows)


# --- Sheets -----------------------------------------------------------------------------------------------------------


def sheet(table: TableSheet, footer: str) -> Sheet:
    """Headers in row 1, so that it reads as a plain table anywhere."""
    described, titles = table.description, table.description.titles
    end = max(2, len(table.lines) + 1)
    cells = WholeRows(end, len(titles), partial(_rows, table))
    page = Sheet(described.sheet, cells, frozen_at=(1, described.frozen_columns), tab_color=described.tab)
    note_key = described.note_key or described.cle
    page.sheet_tables.append(ExcelTable(described.nom, CellRange(1, 1, end, len(titles)), titles, note_key))
    lines = iter(table.lines)
    sample = list(islice(lines, _SAMPLE_ROWS))
    page.widths = {rank: _width(column, sample) for rank, column in enumerate(described.columns, 1)}
    page.heights = {1: 30.0} | _heights(described, chain(sample, lines), page.widths)
    page.print_setup = _print_setup(described, page.widths, end, footer)
    return page


def _print_setup(described: DescribedTable, widths: Mapping[int, float], end: int, footer: str) -> PrintSetup:
    """The columns that print, over several pages where one would be too small."""
    printed, repeated = described.printed_columns or len(described.columns), max(1, described.frozen_columns)
    print_setup = PrintSetup(repeated_rows=(1, 1), left_footer=f"{footer} · {described.sheet}")
    if described.printed_columns or not described.printed:
        print_setup.zone = CellRange(1, 1, end, printed) if described.printed else UNPRINTED
    print_setup.width = _pages_wide([widths[rank] for rank in range(1, printed + 1)], repeated)
    if print_setup.width > 1:
        print_setup.repeated_columns = (1, repeated)
    return print_setup


def unprinted(page: Sheet) -> Sheet:
    """The same sheet, for programs and for who looks for a value: it does not print with the workbook's report."""
    page.print_setup.zone = UNPRINTED
    return page


def _pages_wide(widths: Sequence[float], repeated: int) -> int:
    """Side by side on paper, so that headers of 9 points are printed in 8: LibreOffice keeps whole hundredths, and .89
    is the first that does. Columns go over whole, after the first ``repeated`` ones."""
    pages, taken, again = 1, 0.0, sum(map(printed_width, widths[:repeated]))
    for column in map(printed_width, widths):
        if taken + column > PRINTED_WIDTH / LEAST_SCALE and taken > again:
            pages, taken = pages + 1, again
        taken += column
    return pages


def _rows(table: TableSheet) -> Iterator[tuple[Sequence[object], Sequence[str]]]:
    """The values and the styles of each row: a fixed style a column, or a function of the value."""
    titles = table.description.titles
    yield titles, ["entete"] * len(titles)
    styles = [_style(column) for column in table.description.columns]
    fixed = [style if isinstance(style, str) else "" for style in styles]
    chosen = [(rank, style) for rank, style in enumerate(styles) if not isinstance(style, str)]
    for line in table.lines or [dict.fromkeys(titles)]:
        values = [_cut_text(v) if type(v) is str and len(v) > _LONG else v for v in map(line.__getitem__, titles)]
        row_styles = fixed.copy()
        for rank, styler in chosen:
            row_styles[rank] = styler(values[rank], line)
        yield values, row_styles


def _cut_text(texte: str) -> str:
    """The text, cut if no cell could hold it whole."""
    return texte[: _LONG - len(_CONTINUATION)] + _CONTINUATION if unites(texte) > MAX_TEXT else texte


def _width(column: TableColumn, lines: Sequence[Row]) -> float:
    """What the first rows and the header (with its filter button) need, within bounds."""
    if column.type == "empreinte":
        return _FINGERPRINT_WIDTH
    longest = 0
    for line in lines if column.type != "taux" else ():  # shown with one decimal, however many it has
        valeur = line[column.titre]
        if valeur is not None:
            texte = valeur if type(valeur) is str else _displayed(valeur)
            length = max(map(len, texte.split("\n"))) if "\n" in texte else len(texte)
            longest = max(longest, length)
    least = max(_MIN_WIDTH, 13 if column.type == "montant" else 0, _on_two_lines(column.titre) + 4)
    return float(min(column.max_width, max(least, longest + 2)))


def _on_two_lines(titre: str) -> int:
    """Characters that a title takes on the two lines of the headers."""
    spaces = [rank for rank, letter in enumerate(titre) if letter == " "]
    return min((max(rank, len(titre) - rank - 1) for rank in spaces), default=len(titre))


def _displayed(valeur: object) -> str:
    """A value as it takes room: the same for 40, 40.0 and Decimal("40.00"), which a spreadsheet does not tell apart."""
    if isinstance(valeur, (float, Decimal)):
        return format(_DIGITS.create_decimal(str(valeur)).normalize(), "f")
    return valeur.texte if isinstance(valeur, Link) else date_fr(valeur) if isinstance(valeur, date) else str(valeur)


def _heights(described: DescribedTable, rows: Iterable[Row], widths: Mapping[int, float]) -> dict[int, float]:
    """Row → points, for the rows whose longest text takes several lines: not every spreadsheet fits them by itself."""
    columns = enumerate(described.columns, 1)
    places = [(c.titre, widths[rank] - 1) for rank, c in columns if c.type != "empreinte"]
    heights = {}
    for numero, line in enumerate(rows, 2):
        lines = 1
        for titre, place in places:
            texte = line[titre]
            texte = texte.texte if isinstance(texte, Link) else texte
            if type(texte) is str and (len(texte) > place or "\n" in texte):
                lines = max(lines, sum(1 + int(len(piece) * 1.05 / place) for piece in texte.split("\n")))
        if lines > 1:
            heights[numero] = min(400.0, 13.5 * lines + 4)
    return heights
