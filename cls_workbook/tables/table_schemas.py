"""The Pandera schema of a described table, and the border that it guards: no table leaves that breaks its own
description."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import pandas as pd

from cls_workbook.errors import OwnFault
from cls_workbook.french import listing, typography
from cls_workbook.tables.described_columns import DescribedTable, Row, TableColumn
from cls_workbook.tables.table_frames import frame_of_rows, known

if TYPE_CHECKING:
    import pandera.pandas as pa

SCHEMAS_KEPT = 64
_NUMBERS = {int, float, Decimal}
# Type of a column → what its values are; exactly: a bool is no whole number here, nor a time a date.
_CLASSES: dict[str, set[type]] = {
    "texte": {str},
    "empreinte": {str},
    "entier": {int},
    "annee": {int},
    "nombre": _NUMBERS,
    "montant": _NUMBERS,
    "taux": _NUMBERS,
    "date": {date},
    "mixte": {str, date, *_NUMBERS},
}


# Pandera's own checks: of the columns that are there, of what they hold.
_OF_COLUMNS = {"column_in_dataframe": "absente", "column_in_schema": "en trop", "column_ordered": "mal placée"}
_IN_WORDS = _OF_COLUMNS | {"not_nullable": "vide", "multiple_fields_uniqueness": "la même deux fois"}


@lru_cache(SCHEMAS_KEPT)
def schema(table: DescribedTable) -> pa.DataFrameSchema:
    """Its columns, in their order and no other, empty where they may be; its key; what each of its values may be.

    Kept: to build it takes a quarter of the time that a small table takes to be judged."""
    import pandera.pandas as pa

    return pa.DataFrameSchema(
        {c.titre: pa.Column(None, nullable=not c.obligatoire) for c in table.columns},
        # One check for all columns: one each would cost a hundred times what it looks at.
        checks=pa.Check(lambda frame: not any(_faults(table, frame)), ignore_na=False, error="valeurs"),
        strict=True,
        ordered=True,
        unique=list(table.cle) or None,
    )


def verify(table: DescribedTable, rows: pd.DataFrame | Sequence[Row]) -> None:
    """Raises OwnFault if rows of a table are not what its description says."""
    import pandera.pandas as pa

    frame = rows if isinstance(rows, pd.DataFrame) else frame_of_rows(table, rows)
    try:
        schema(table).validate(frame, lazy=True)
    except pa.errors.SchemaErrors as failure:
        cases = failure.failure_cases
        where = zip(cases["column"], cases["failure_case"], cases["check"], strict=True)  # no column: it is named
        found = [(column or named, check) for column, named, check in where]
        faults = [f"{titre} ({_IN_WORDS[check]})" for titre, check in found if check in _IN_WORDS]
        if not {check for _, check in found} & _OF_COLUMNS.keys():
            faults += _faults(table, frame)
        raise OwnFault(
            typography(
                f"la table « {table.nom} » n’est pas ce que dit sa description : "
                f"{listing(list(dict.fromkeys(faults)))}."
            )
        ) from failure


def _faults(table: DescribedTable, frame: pd.DataFrame) -> Iterator[str]:
    """The columns that hold what they may not, and what that is."""
    for column in table.columns:
        if column.titre in frame:
            contents = frame[column.titre].tolist()
            if fault := _fault(column, contents):
                yield f"{column.titre} ({fault})"


def _fault(column: TableColumn, contents: list[Any]) -> str:
    """What a column may not hold, "" if nothing. By classes first: they are few, however many the rows."""
    allowed, classes = _CLASSES[column.type], set(map(type, contents)) - {type(None)}
    if not classes <= allowed or float in classes:
        contents = [known(v) for v in contents]  # what pandas calls missing is
        classes = set(map(type, contents)) - {type(None)}
    if others := classes - allowed:
        return ", ".join(sorted(c.__name__ for c in others))
    if column.choix and (unknown := set(contents) - {None, *column.choix}):
        return str(unknown.pop())
    if column.minimum is not None:
        least = min((v for v in contents if v is not None), default=column.minimum)
        return str(least) if least < column.minimum else ""
    return ""
