"""A table of results drawn as a sheet: headers in row 1, one Excel table, widths, heights and print setup.

A missing value is an empty cell. What a partner typed is always text, never a formula.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Context, Decimal
from functools import cached_property, partial
from itertools import islice

import pandas as pd

from cls_workbook.french import date_fr
from cls_workbook.reports.consolidation.consolidated_result import frame_records
from cls_workbook.reports.consolidation.consolidation_tables import STYLES, TABLES
from cls_workbook.reports.tables import described_columns
from cls_workbook.reports.tables.described_columns import VERTICAL_HEADERS, DescribedTable
from cls_workbook.summaries.what_counts import ValueTable
from cls_workbook.workbook.description import MAX_TEXT, CellRange, ExcelTable, Link, PrintSetup, Sheet, WholeRows
from cls_workbook.workbook.excel_limits import unites

_DIGITS = Context(prec=12)  # those that every spreadsheet keeps
_LONG = MAX_TEXT // 2  # characters, which may count for two: an emoji does
_CONTINUATION = " … [suite : feuille Mesures]"
_MIN_WIDTH, _MAX_WIDTH, _SAMPLE_ROWS = 9, 52, 400
_MAX_WIDTHS = {"Valeur n-1": 24, "Valeur": 40, "Libellé": 44}
NO_WRAP = frozenset(
    c.titre for t in TABLES for c in t.columns if c.type == "empreinte"
)  # 64 characters that nobody reads to the end
_MIXED_STYLES = {
    int: "cellule:entier",
    float: "cellule:decimal",
    Decimal: "cellule:decimal",
    date: "cellule:date",
    bool: "cellule:centre",
    str: "cellule:texte",
    type(None): "cellule:texte",
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
}

# (value, row as a dictionary) → style name
Styler = Callable[[object, Mapping[str, object]], str]


@dataclass(frozen=True)
class TableSheet:
    """One sheet = one Excel table. ``styles``: column → style name, or a function that chooses it for each value.

    ``cle``: the columns that tell a row from the others, from one consolidation to the next.
    """

    sheet: str
    nom: str
    lines: Sequence[dict[str, object]]
    columns: tuple[str, ...]
    cle: tuple[str, ...]
    styles: Mapping[str, str | Styler]
    frozen_columns: int = 1
    tab: str = "gris_moyen"

    def style(self, titre: str) -> str | Styler:
        return self.styles.get(titre) or STYLES.get(titre, "cellule:texte")


class FrameRows(Sequence):
    """The rows of a frame as dictionaries, missing values as None: made a batch at a time, each time they are asked for."""

    _BATCH_SIZE = 2_000

    def __init__(self, frame: pd.DataFrame | ValueTable):
        self._parts = frame.parts if isinstance(frame, ValueTable) else lambda: [frame]

    @cached_property
    def _number(self) -> int:
        return sum(map(len, self._parts()))

    def __len__(self) -> int:
        return self._number

    def __getitem__(self, rank):
        return (
            list(islice(self, rank.start, rank.stop, rank.step))
            if isinstance(rank, slice)
            else list(islice(self, rank, rank + 1))[0]
        )

    def __iter__(self) -> Iterator[dict[str, object]]:
        for part in self._parts():
            for start in range(0, len(part), self._BATCH_SIZE):
                yield from frame_records(part.iloc[start : start + self._BATCH_SIZE])


def from_frame(
    frame: pd.DataFrame | ValueTable,
    sheet: str,
    nom: str,
    cle: tuple[str, ...],
    styles: Mapping[str, str | Styler],
    frozen_columns: int = 1,
    tab: str = "gris_moyen",
) -> TableSheet:
    titles = frame.titles if isinstance(frame, ValueTable) else tuple(frame.columns)
    return TableSheet(sheet, nom, FrameRows(frame), titles, cle, styles, frozen_columns, tab)


def described_table(
    description: DescribedTable,
    lines: list[dict[str, object]],
    styles: Mapping[str, str | Styler] | None = None,
    **settings,
) -> TableSheet:
    """A table whose columns are described; ``styles`` for those whose type does not say how they are shown."""
    if description.vertical:
        return _vertical_table(description, lines[0], **settings)
    mixed_styles = {c.titre: mixed for c in description.columns if c.type in ("mixte", "nombre")}
    all_of_them = described_columns.styles((description,)) | mixed_styles | dict(styles or {})
    return TableSheet(
        description.sheet, description.nom, lines, description.titles, description.cle, all_of_them, **settings
    )


def _vertical_table(description: DescribedTable, line: dict[str, object], **settings) -> TableSheet:
    """One record, a row a title, and beside each what it is."""
    rows = [
        dict(zip((*VERTICAL_HEADERS, "Ce que c’est"), (c.titre, line[c.titre], c.aide), strict=True))
        for c in description.columns
    ]
    by_title = described_columns.styles((description,))

    def style(valeur: object, row: Mapping) -> str:
        # Of different kinds in one column: they read best aligned together.
        montant = by_title.get(row[VERTICAL_HEADERS[0]]) == "cellule:montant"
        return "cellule:cle_montant" if montant else _LEFT_ALIGNED.get(type(valeur), "cellule:texte")

    return TableSheet(
        description.sheet,
        description.nom,
        rows,
        tuple(rows[0]),
        VERTICAL_HEADERS[:1],
        {VERTICAL_HEADERS[1]: style},
        **settings,
    )


def pill(valeur: object, _: Mapping) -> str:
    return _PILLS.get(str(valeur), "cellule:centre")


def mixed(valeur: object, _: Mapping) -> str:
    if type(valeur) is Decimal and valeur == valeur.to_integral_value():
        return "cellule:entier"
    return _MIXED_STYLES.get(type(valeur), "cellule:texte")


# --- Sheets ---------------------------------------------------------------------------------------------------------


def sheet(table: TableSheet, footer: str) -> Sheet:
    """Headers in row 1, so that it reads as a plain table anywhere."""
    end = max(2, len(table.lines) + 1)
    cells = WholeRows(end, len(table.columns), partial(_rows, table))
    page = Sheet(table.sheet, cells, frozen_at=(1, table.frozen_columns), tab_color=table.tab)
    page.sheet_tables.append(ExcelTable(table.nom, CellRange(1, 1, end, len(table.columns)), table.columns, table.cle))
    first_ones = table.lines[:_SAMPLE_ROWS]
    page.widths = {rank: _width(titre, table, first_ones) for rank, titre in enumerate(table.columns, 1)}
    page.heights = {1: 30.0} | _heights(table, page.widths)
    page.print_setup = PrintSetup(repeated_rows=(1, 1), left_footer=f"{footer} · {table.sheet}")
    return page


def _rows(table: TableSheet) -> Iterator[tuple[Sequence[object], Sequence[str]]]:
    """The values and the styles of each row: a fixed style a column, or a function of the value."""
    yield table.columns, ["entete"] * len(table.columns)
    choix = [table.style(titre) for titre in table.columns]
    fixed = [style if type(style) is str else "" for style in choix]
    chosen_ones = [(rank, style) for rank, style in enumerate(choix) if type(style) is not str]
    for line in table.lines or [dict.fromkeys(table.columns)]:
        values = [
            _cut_text(v) if type(v) is str and len(v) > _LONG else v for v in map(line.__getitem__, table.columns)
        ]
        styles = fixed.copy()
        for rank, style in chosen_ones:
            styles[rank] = style(values[rank], line)
        yield values, styles


def _cut_text(texte: str) -> str:
    """The text, cut if no cell could hold it whole."""
    return texte[: _LONG - len(_CONTINUATION)] + _CONTINUATION if unites(texte) > MAX_TEXT else texte


def _width(titre: str, table: TableSheet, lines: Sequence[Mapping[str, object]]) -> float:
    """What the first rows and the header (with its filter button) need, within bounds."""
    if titre in NO_WRAP:
        return 22.0
    lengths = [len(titre) + 4]
    for line in lines:
        valeur = line[titre]
        if valeur is not None:
            lengths.append(max(map(len, _displayed(valeur).split("\n"))) + 2)
    if table.style(titre) == "cellule:montant":
        lengths.append(15)
    return float(min(_MAX_WIDTHS.get(titre, _MAX_WIDTH), max(_MIN_WIDTH, *lengths)))


def _displayed(valeur: object) -> str:
    """A value as it takes room: the same for 40, 40.0 and Decimal("40.00"), which a spreadsheet does not tell apart."""
    if isinstance(valeur, (float, Decimal)):
        return format(_DIGITS.create_decimal(str(valeur)).normalize(), "f")
    return valeur.texte if isinstance(valeur, Link) else date_fr(valeur) if isinstance(valeur, date) else str(valeur)


def _heights(table: TableSheet, widths: Mapping[int, float]) -> dict[int, float]:
    """Row → points, for the rows whose longest text takes several lines: not every spreadsheet fits them by itself."""
    places = [(titre, widths[rank] - 1) for rank, titre in enumerate(table.columns, 1) if titre not in NO_WRAP]
    heights = {}
    for numero, line in enumerate(table.lines, 2):
        lines = 1
        for titre, place in places:
            texte = line[titre]
            if type(texte) is str and (len(texte) > place or "\n" in texte):
                lines = max(lines, sum(1 + int(len(piece) * 1.05 / place) for piece in texte.split("\n")))
        if lines > 1:
            heights[numero] = min(400.0, 13.5 * lines + 4)
    return heights
