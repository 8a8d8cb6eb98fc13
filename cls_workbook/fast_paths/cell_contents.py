"""A value → what follows the style in the XML of its cell, as XlsxWriter writes it.

Texts are shared by the whole book.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from numbers import Integral, Real
from typing import Any

from xlsxwriter.sharedstrings import SharedStringTable
from xlsxwriter.utility import _datetime_to_excel_datetime

from cls_workbook.workbook.cell_values import escaped, finite, formula_result, not_for_a_cell, permitted_text
from cls_workbook.workbook.description import Formula, Link
from cls_workbook.workbook.excel_limits import EXACT_INTEGER_MAX, check_formula

EMPTY, TEXT = "/>", ' t="s"'
NO_VALUE = object()  # charts pass over a truth value
_ERRORS = frozenset(("#DIV/0!", "#N/A", "#NAME?", "#NULL!", "#NUM!", "#REF!", "#VALUE!"))


def shared_text_cell(rank: int) -> str:
    """The cell of a shared text."""
    return f"{TEXT}><v>{rank}</v></c>"


class SharedTexts(dict[str, str]):
    """Text → the end of its cell, worked out once for each text. Who writes the cell counts it: ``table.count``."""

    def __init__(self, table: SharedStringTable):
        super().__init__({"": EMPTY})  # an empty text would make the cell count as filled
        self.table = table

    def __missing__(self, text: str) -> str:
        rank = self.table._get_shared_string_index(permitted_text(text))
        self.table.count -= 1
        end = self[text] = shared_text_cell(rank)
        return end


class CellContents(dict[type, Callable[[Any], str]]):
    """Type of a value → the function that gives the end of its cell; None, plain texts and links are the caller's. It
    holds methods of its own: ``clear()`` when the workbook is written, and no collector is needed."""

    def __init__(self, texts: SharedTexts):
        super().__init__(
            {
                int: self._integer,
                float: _real,
                Decimal: _real,
                bool: _boolean,
                date: _date,
                datetime: _date,
                Formula: _formula,
            }
        )
        self.texts = texts

    def __missing__(self, class_: type) -> Callable[[Any], str]:
        """Subclasses and other libraries' numbers."""
        parents: tuple[tuple[type, Callable[[Any], str]], ...] = (
            (datetime, _date),
            (str, self._text),
            (Integral, self._integer),
            (Real, _real),
        )
        for parent, write in parents:
            if issubclass(class_, parent):
                self[class_] = write
                return write
        raise not_for_a_cell(class_)

    def _text(self, value: str) -> str:
        self.texts.table.count += value != ""
        return self.texts[value]

    def _integer(self, value: int) -> str:
        if -EXACT_INTEGER_MAX < value < EXACT_INTEGER_MAX:
            return f"><v>{int(value)}</v></c>"
        return self._text(str(value))


def shown_as(value: object) -> object:
    """What a chart keeps of a cell that it shows: text, number in full, result of a formula; or NO_VALUE."""
    if value is None or value == "" or value != value:
        return ""
    if isinstance(value, bool):
        return NO_VALUE
    if isinstance(value, Formula):
        return formula_result(value.valeur)
    if isinstance(value, (Link, str)):
        return permitted_text(value.texte if isinstance(value, Link) else value)
    if isinstance(value, date):
        return f"{_number(value):.16g}"
    if isinstance(value, Integral):
        return f"{int(value):.16g}" if abs(int(value)) < EXACT_INTEGER_MAX else str(value)
    if isinstance(value, (Real, Decimal)):
        return f"{float(value):.16g}"
    raise not_for_a_cell(type(value))


def _real(value: float | Decimal) -> str:
    number = float(value)
    # NaN is how frames say missing
    return EMPTY if number != number else f"><v>{finite(number):.16G}</v></c>"


def _date(day: date) -> str:
    return f"><v>{_number(day):.16G}</v></c>"


def _number(day: date) -> float:
    number: float = _datetime_to_excel_datetime(day, False, False)  # years from 1900, time zones refused
    return number


def _boolean(value: bool) -> str:
    return f' t="b"><v>{value:d}</v></c>'


def _formula(formula: Formula) -> str:
    check_formula(formula.texte)
    type_, result = "", formula_result(formula.valeur)
    if isinstance(result, bool):
        type_, result = ' t="b"', int(result)
    elif isinstance(result, str) and result:  # none for an empty result: every program then computes it
        type_, result = ' t="e"' if result in _ERRORS else ' t="str"', escaped(result)
    return f"{type_}><f>{escaped(formula.texte)}</f><v>{result}</v></c>"
