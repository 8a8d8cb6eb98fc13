"""A value → what follows the style in the XML of its cell, as XlsxWriter writes it. Texts are shared by the whole workbook."""

from __future__ import annotations

import re
from datetime import date, datetime
from decimal import Decimal
from numbers import Integral, Real

from xlsxwriter.sharedstrings import SharedStringTable
from xlsxwriter.utility import _datetime_to_excel_datetime

from cls_workbook.workbook.description import MAX_TEXT, Formula, Link
from cls_workbook.workbook.excel_limits import EXACT_INTEGER_MAX, check_formula, unites, without_forbidden

EMPTY, TEXT = "/>", ' t="s"'
NO_VALUE = object()  # charts pass over a truth value
# Characters that XML forbids, carriage returns, and a text that XlsxWriter would take for rich-text XML.
_ABNORMAL = re.compile("[\x00-\x08\x0b-\x1f\ud800-\udfff\ufffe\uffff]|^<r>.*</r>$", re.DOTALL)
_ERRORS = frozenset(("#DIV/0!", "#N/A", "#NAME?", "#NULL!", "#NUM!", "#REF!", "#VALUE!"))


def safe_text(texte: str) -> str:
    """The text with line ends as Excel has them, and every character that XML forbids shown as ``\\ufffd``."""
    texte = without_forbidden(texte)
    if texte.startswith("<r>") and texte.endswith("</r>"):
        # XlsxWriter copies such a text into the file unescaped: give it the escaped text as one rich run.
        return f'<r><t xml:space="preserve">{_escaped(texte)}</t></r>'
    return texte


def permitted_text(texte: str) -> str:
    """The text as it may be stored. ValueError if a cell cannot hold it."""
    if len(texte) > MAX_TEXT // 2 and unites(texte) > MAX_TEXT:
        raise ValueError(f"texte de {unites(texte)} caractères : Excel en accepte {MAX_TEXT} par cellule")
    return safe_text(texte) if _ABNORMAL.search(texte) else texte


def shared_text_cell(rank: int) -> str:
    """The cell of a shared text."""
    return f"{TEXT}><v>{rank}</v></c>"


class SharedTexts(dict):
    """Text → the end of its cell, worked out once for each distinct text. Who writes the cell counts it: ``table.count``."""

    def __init__(self, table: SharedStringTable):
        super().__init__({"": EMPTY})  # an empty text would make the cell count as filled
        self.table = table

    def __missing__(self, texte: str) -> str:
        rank = self.table._get_shared_string_index(permitted_text(texte))
        self.table.count -= 1
        end = self[texte] = shared_text_cell(rank)
        return end


class CellContents(dict):
    """Type of a value → the function that gives the end of its cell; None, plain texts and links are left to the caller.

    It holds methods of its own: ``clear()`` when the workbook is written, and no collector is needed.
    """

    def __init__(self, texts: SharedTexts):
        super().__init__(
            {
                int: self._integer,
                float: self._real,
                Decimal: self._real,
                bool: _boolean,
                date: _date,
                datetime: _date,
                Formula: _formula,
            }
        )
        self.texts = texts

    def __missing__(self, class_: type):
        """Subclasses and other libraries' numbers."""
        parents = [(datetime, _date), (str, self._text), (Integral, self._integer), (Real, self._real)]
        for parent, write in parents:
            if issubclass(class_, parent):
                self[class_] = write
                return write
        raise ValueError(f"une cellule ne peut pas contenir un objet {class_.__name__}")

    def _text(self, valeur: str) -> str:
        self.texts.table.count += valeur != ""
        return self.texts[valeur]

    def _integer(self, valeur) -> str:
        if -EXACT_INTEGER_MAX < valeur < EXACT_INTEGER_MAX:
            return f"><v>{int(valeur)}</v></c>"
        return self._text(str(valeur))

    def _real(self, valeur) -> str:
        nombre = float(valeur)
        if nombre != nombre:  # NaN is how frames say missing
            return EMPTY
        if nombre in (float("inf"), float("-inf")):
            raise ValueError("une cellule ne peut pas contenir un nombre infini")
        return f"><v>{nombre:.16G}</v></c>"


def shown_as(valeur: object) -> object:
    """What a chart keeps of a cell that it shows: text, number written in full, result of a formula; or SANS_VALEUR."""
    if valeur is None or valeur == "" or valeur != valeur:
        return ""
    if isinstance(valeur, bool):
        return NO_VALUE
    if isinstance(valeur, Formula):
        return _result(valeur.valeur)
    if isinstance(valeur, (Link, str)):
        return permitted_text(valeur.texte if isinstance(valeur, Link) else valeur)
    if isinstance(valeur, date):
        return f"{_number(valeur):.16g}"
    if isinstance(valeur, Integral):
        return f"{int(valeur):.16g}" if -EXACT_INTEGER_MAX < valeur < EXACT_INTEGER_MAX else str(valeur)
    return f"{float(valeur):.16g}"


def _date(day: date) -> str:
    return f"><v>{_number(day):.16G}</v></c>"


def _number(day: date) -> float:
    return _datetime_to_excel_datetime(day, False, False)  # years from 1900, time zones refused


def _boolean(valeur: bool) -> str:
    return f' t="b"><v>{valeur:d}</v></c>'


def _formula(formula: Formula) -> str:
    texte, valeur = formula
    check_formula(texte)
    type_, result = "", _result(valeur)
    if isinstance(result, bool):
        type_, result = ' t="b"', int(result)
    elif isinstance(result, str) and result:  # none for an empty result: every program then computes it
        type_, result = ' t="e"' if result in _ERRORS else ' t="str"', _escaped(result)
    return f"{type_}><f>{_escaped(texte)}</f><v>{result}</v></c>"


def _result(valeur: object) -> object:
    """What a formula shows: text ("" for nothing), number or truth value."""
    if not valeur and (valeur is None or isinstance(valeur, str)):
        return ""
    if isinstance(valeur, str):
        return without_forbidden(valeur)
    if isinstance(valeur, date):
        return _serial_number(valeur)
    return float(valeur) if isinstance(valeur, Decimal) else valeur


def _serial_number(day: date) -> float:
    """A date (and time) as Excel counts it: days since 30/12/1899."""
    moment = day if isinstance(day, datetime) else datetime(day.year, day.month, day.day)
    return (moment - datetime(1899, 12, 30)).total_seconds() / 86_400


def _escaped(texte: str) -> str:
    return texte.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
