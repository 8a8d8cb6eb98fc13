"""The Pandera schema of a described table, and the border that it guards: no table leaves that breaks its own
description."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pandas as pd

from cls_workbook.errors import OwnFault
from cls_workbook.french import listing, typography
from cls_workbook.tables.described_columns import DescribedTable, Row, TableColumn
from cls_workbook.tables.table_frames import frame_of_rows, known

if TYPE_CHECKING:
    import pandera.pandas as pa

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


_COLUMNS, _VALUES = "colonnes", "valeurs"


def schema(table: DescribedTable) -> pa.DataFrameSchema:
    """Its columns, in their order and no other, empty where they may be; its key; what each of its values may be."""
    import pandera.pandas as pa

    return pa.DataFrameSchema(
        # A column that may be empty asks nothing more by itself, and would take as long to look at as the others.
        {c.titre: pa.Column(None, nullable=False) for c in table.columns if c.obligatoire},
        # One check for all columns: one each would cost a hundred times what it looks at.
        checks=[
            pa.Check(lambda frame: not any(_misplaced(table, frame)), ignore_na=False, error=_COLUMNS),
            pa.Check(lambda frame: not any(_faults(table, frame)), ignore_na=False, error=_VALUES),
        ],
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
        told = [(c, k) for c, k in zip(cases["column"], cases["check"], strict=True) if k not in (_COLUMNS, _VALUES)]
        faults = [*(f"{c} ({k})" for c, k in told), *(list(_misplaced(table, frame)) or _faults(table, frame))]
        raise OwnFault(
            typography(
                f"la table « {table.nom} » n’est pas ce que dit sa description : "
                f"{listing(list(dict.fromkeys(faults)))}."
            )
        ) from failure


def _misplaced(table: DescribedTable, frame: pd.DataFrame) -> Iterator[str]:
    """The columns that are not where the description has them."""
    found = list(frame.columns)
    if found != list(table.titles):
        yield from (f"{titre} (absente)" for titre in table.titles if titre not in found)
        yield from (f"{titre} (en trop)" for titre in found if titre not in table.titles)
        yield "les colonnes, dans cet ordre ou en double"


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
