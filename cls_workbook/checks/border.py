"""The border of the checks: typed returns are what is said of them here, or the fault is ours."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from functools import cache
from typing import TYPE_CHECKING

import pandas as pd

from cls_workbook.domain.entry_questions import BLOCKS
from cls_workbook.errors import OwnFault
from cls_workbook.french import listing, typography
from cls_workbook.reading.parsing.value_log import VALUES
from cls_workbook.reading.storing.typed_frames import INTEGER_COLUMNS, RETOURS
from cls_workbook.reading.storing.value_store import WORDS

if TYPE_CHECKING:
    import pandera.pandas as pa

# Type of an input → what its values are, exactly: a bool is no whole number here, nor a time a date.
CLASSES: dict[str, type] = {
    "entier": int,
    "decimal": Decimal,
    "montant": Decimal,
    "date": date,
    "liste": str,
    "texte": str,
    "code": str,
    "case": str,
}
MAY_BE_UNSAID = ("structure", "volet", "modele")  # of a return: other rules say so


def verify(values: pd.DataFrame, retours: pd.DataFrame) -> None:
    """OwnFault if the typed values of a batch, or its returns, break their schema.

    A batch at a time: a schema costs as much for one row as for thousands.
    """
    import pandera.pandas as pa

    for nom, schema, frame in (("valeurs lues", _values_schema(), values), ("retours lus", _retours_schema(), retours)):
        try:
            schema.validate(frame, lazy=True)
        except pa.errors.SchemaErrors as failure:
            cases = failure.failure_cases
            faults = dict.fromkeys(f"{c} ({k})" for c, k in zip(cases["column"], cases["check"], strict=True))
            raise OwnFault(
                typography(f"{nom} : ce n’est pas ce que les contrôles attendent : {listing(list(faults))}.")
            ) from failure


@cache
def _values_schema() -> pa.DataFrameSchema:
    """Words as categories, no blank; each value of the class that its type says."""
    import pandera.pandas as pa

    allowed = {"bloc": pa.Check.isin(list(BLOCKS)), "type": pa.Check.isin(list(CLASSES))}
    columns = {nom: pa.Column("category", allowed.get(nom), nullable=False) for nom in WORDS}
    columns |= {"annee": pa.Column("int64"), "valeur": pa.Column(object, nullable=False)}
    return pa.DataFrameSchema(
        {nom: columns[nom] for nom in VALUES},
        checks=pa.Check(_are_of_their_type, ignore_na=False, error="valeur d’un autre type que le sien"),
        strict=True,
        ordered=True,
    )


def _are_of_their_type(values: pd.DataFrame) -> bool:
    kinds = set(zip(values["type"].tolist(), map(type, values["valeur"].tolist()), strict=True))
    return all(CLASSES.get(type_) is of for type_, of in kinds)


@cache
def _retours_schema() -> pa.DataFrameSchema:
    """One row a fiche answered: by whom, in which file, of which campaign."""
    import pandera.pandas as pa

    columns = {nom: pa.Column(object, nullable=nom in MAY_BE_UNSAID) for nom in RETOURS}
    columns |= {nom: pa.Column("int64", pa.Check.ge(0)) for nom in INTEGER_COLUMNS}
    return pa.DataFrameSchema(columns, strict=True, ordered=True)
