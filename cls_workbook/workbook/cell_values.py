"""A value as a cell may hold it: texts that XML and Excel admit, dates as numbers, what a formula shows."""

from __future__ import annotations

import re
from datetime import date, datetime
from decimal import Decimal
from numbers import Integral

from cls_workbook.workbook.description import MAX_TEXT
from cls_workbook.workbook.excel_limits import unites, without_forbidden

# Characters that XML forbids, carriage returns, and a text that XlsxWriter would take for rich-text XML.
_ABNORMAL = re.compile("[\x00-\x08\x0b-\x1f\ud800-\udfff\ufffe\uffff]|^<r>.*</r>$", re.DOTALL)


def safe_text(text: str) -> str:
    """The text with line ends as Excel has them, and every character that XML forbids shown as ``\\ufffd``."""
    text = without_forbidden(text)
    if text.startswith("<r>") and text.endswith("</r>"):
        # XlsxWriter copies such a text into the file unescaped: give it the escaped text as one rich run.
        return f'<r><t xml:space="preserve">{escaped(text)}</t></r>'
    return text


def permitted_text(text: str) -> str:
    """The text as it may be stored. ValueError if a cell cannot hold it."""
    if len(text) > MAX_TEXT // 2 and unites(text) > MAX_TEXT:
        raise ValueError(f"texte de {unites(text)} caractères : Excel en accepte {MAX_TEXT} par cellule")
    return safe_text(text) if _ABNORMAL.search(text) else text


def finite(number: float) -> float:
    """ValueError for an infinite number, which no cell holds."""
    if number in (float("inf"), float("-inf")):
        raise ValueError("une cellule ne peut pas contenir un nombre infini")
    return number


def formula_result(value: object) -> str | float | bool:
    """What a formula shows: text ("" for nothing), number or truth value."""
    if value is None:
        return ""
    if isinstance(value, str):
        return without_forbidden(value)
    if isinstance(value, date):
        return _serial_number(value)
    if isinstance(value, Decimal):
        return float(value)
    if isinstance(value, (bool, int, float)):
        return value
    if isinstance(value, Integral):
        return int(value)
    raise not_for_a_cell(type(value))


def not_for_a_cell(class_: type) -> ValueError:
    return ValueError(f"une cellule ne peut pas contenir un objet {class_.__name__}")


def _serial_number(day: date) -> float:
    """A date (and time) as Excel counts it: days since 30/12/1899."""
    moment = day if isinstance(day, datetime) else datetime(day.year, day.month, day.day)
    return (moment - datetime(1899, 12, 30)).total_seconds() / 86_400


def escaped(text: str) -> str:
    """As XML wants it between two tags."""
    # not xml.sax.saxutils: it brings urllib, 25 ms at each start
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
