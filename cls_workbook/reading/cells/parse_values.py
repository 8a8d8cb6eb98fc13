"""What a person typed in one cell → a typed value, or a French sentence that says what is expected.

Pure: knows neither files nor frames. Never guesses: what may be read in two ways is ``NotUnderstood``.
Raw values are what a reader of spreadsheets gives: float, int, str, bool, date, datetime, time, timedelta.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable
from datetime import date, time, timedelta
from decimal import Decimal
from typing import Any

from cls_workbook.anomalies import Check
from cls_workbook.french import (
    CENT,
    CHOICES_CITED,
    FOR_NUMBER,
    NBSP,
    fold,
    number_fr,
    quoted_list,
    without_control_characters,
    without_invisibles,
)
from cls_workbook.reading.cells.accepted_input import (
    CONTINUATION,
    NAMES,
    AcceptedInput,
    NotUnderstood,
    Understood,
    expected_for,
)
from cls_workbook.reading.cells.marked_text import MarkedText
from cls_workbook.reading.cells.shown import as_text, hours_fr
from cls_workbook.reading.cells.written_dates import read_date
from cls_workbook.reading.cells.written_numbers import CAP, Doubt, native_number, read_number
from cls_workbook.reading.reading_checks import (
    StruckOut,
    TooLongText,
    UnknownChoice,
    UnreadableDate,
    UnreadableNumber,
    WrittenNo,
)
from cls_workbook.workbook.percentages import Percentage

CODE_MAX = 10**15  # beyond, Excel has already lost digits


def understand(
    raw: object,
    type_: str,
    choix: Iterable[str] = (),
    minimum: Any = None,
    maximum: Any = None,
    length: int | None = None,
    unite: str | None = None,
) -> Understood | NotUnderstood | None:
    """The value meant by ``raw``; None for a blank cell. Never raises on what was typed.

    ``type_``: entier (int), decimal (Decimal), montant (Decimal, exact cents), taux (Decimal, 0.125 for 12,5 %),
    date, liste and texte and code (str), case ("x"). A ``listing`` without choices is read as a text.
    ``unite``: a unit that may follow the number (« 30 personnes »). KeyError for an unknown type.
    """
    reader, choix = _READERS[type_], tuple(choix)
    if (obvious := _obvious_value(raw, type_, choix, minimum, maximum, length)) is not None:
        return obvious
    if is_blank(raw):
        return None
    if isinstance(raw, MarkedText):
        return _marked(raw, AcceptedInput(type_, choix, minimum, maximum, length, unite))
    return reader(raw, AcceptedInput(type_, choix, minimum, maximum, length, unite))


def _obvious_value(
    raw: object, type_: str, choix: tuple[str, ...], minimum: Any, maximum: Any, length: int | None
) -> Understood | None:
    """What nearly all cells hold and needs no reading: a whole number, a choice of the list, a plain text. None
    otherwise."""
    if type(raw) is float and type_ in _EXACT_TYPES and -CODE_MAX < raw < CODE_MAX and raw == (whole := int(raw)):
        inside = (minimum is None or whole >= minimum) and (maximum is None or whole <= maximum) and abs(whole) < CAP
        return Understood(_EXACT_TYPES[type_](whole)) if inside else None
    if type(raw) is str and type_ in ("liste", "texte") and raw.isprintable() and (texte := raw.strip()):
        known = texte in choix if type_ == "liste" else length is None or len(texte) <= length
        return Understood(texte) if known else None
    return None


def _marked(raw: MarkedText, awaited: AcceptedInput) -> Understood | NotUnderstood:
    """A text of which a part is struck out, or a digit raised: read without what is struck out where any text will do,
    and asked again; refused elsewhere."""
    if awaited.type == "texte" and raw.kept == raw:
        return _text(str(raw), awaited)
    reason = (
        "une partie est barrée, ou ne se voit pas" if raw.kept != raw else "un chiffre y est en exposant ou en indice"
    )
    if awaited.type == "texte":
        remedy = f"effacez ce qui est barré, ou écrit en blanc, {CONTINUATION} Seul le reste est repris."
        return NotUnderstood(
            StruckOut, "un texte dont rien n’est barré, et qui se voit en entier", remedy, raw.kept.strip() or None
        )
    check: type[Check] = UnreadableNumber
    expected = "une valeur dont rien n’est barré, ni en exposant"
    if awaited.type in NAMES or awaited.type == "date":
        check = UnreadableDate if awaited.type == "date" else NAMES[awaited.type][0]
        expected = expected_for(awaited)
    elif awaited.type == "liste" and awaited.choix:
        check, expected = UnknownChoice, f"un choix parmi {quoted_list(awaited.choix)}"
    return NotUnderstood(check, expected, f"{reason}{NBSP}: saisissez seulement la réponse, {CONTINUATION}")


RESEMBLANCE_LENGTH = 100  # of a text that is compared with choices: the time that it takes grows with it
_EXACT_TYPES: dict[str, Callable[[int], int | Decimal]] = {
    "entier": int,
    "decimal": Decimal,
    "montant": lambda whole: Decimal(whole).quantize(CENT),
}


def is_blank(raw: object) -> bool:
    """Blank: nothing, or only spaces and characters that nobody sees."""
    if not isinstance(raw, str):
        return raw is None
    if raw.isprintable():  # nearly always; the characters that nobody sees are not printable
        return not raw.strip()
    return not without_invisibles(without_control_characters(raw)).strip()


# --- Choices, texts, codes, ticks -----------------------------------------------------------------------------------


def _text_of(raw: object) -> tuple[str, str]:
    """(text as a French sheet shows it, rule). Outer spaces go without a word."""
    if isinstance(raw, str):
        cleaned = without_control_characters(raw)
        return cleaned.strip(), "" if cleaned == raw else "caractères de contrôle retirés"
    if isinstance(raw, bool):
        return ("VRAI" if raw else "FAUX"), "valeur logique lue comme un texte"
    if isinstance(raw, (int, float)):
        value = native_number(raw)
        written = (
            raw.shown_as()
            if isinstance(raw, Percentage)
            else str(raw)
            if isinstance(value, Doubt)
            else number_fr(value.nombre).replace(NBSP, "")
        )
        return written, "nombre lu comme un texte"
    if isinstance(raw, date):
        return as_text(raw), "date lue comme un texte"
    if isinstance(raw, time):
        return hours_fr(raw), "heure lue comme un texte"
    if isinstance(raw, timedelta):
        return hours_fr(raw), "durée lue comme un texte"
    return str(raw), "lu comme un texte"


def _text(raw: object, awaited: AcceptedInput) -> Understood | NotUnderstood:
    texte, rule = _text_of(raw)
    if awaited.length is not None and len(texte) > awaited.length:
        length = number_fr(awaited.length)
        remedy = f"raccourcissez le texte ({number_fr(len(texte))} caractères), ou confirmez-le tel quel."
        return NotUnderstood(TooLongText, f"un texte de {length} caractères au plus", remedy, texte)
    return Understood(texte, rule)


def _list(raw: object, awaited: AcceptedInput) -> Understood | NotUnderstood:
    if not awaited.choix:
        return _text(raw, awaited)
    texte, rule = _text_of(raw)
    if texte in awaited.choix:
        return Understood(texte, rule)
    if (yes_or_no := _LOGICAL.get(fold(texte))) in awaited.choix:
        return Understood(yes_or_no, "valeur logique lue comme oui ou non")
    # A choice « 0,5 » may have been printed « 0.5 »: a number is compared in both spellings.
    saved_forms = {fold(texte)} | ({fold(texte.replace(",", "."))} if isinstance(raw, (int, float)) else set())
    close_matches = [choix for choix in dict.fromkeys(awaited.choix) if fold(choix) in saved_forms]
    if len(close_matches) == 1:
        return Understood(close_matches[0], "choix reconnu malgré la casse, les accents ou la ponctuation")
    remedy = f"choisissez une valeur dans la liste de la cellule, {CONTINUATION}"
    offered = quoted_list(_nearest_first(texte, awaited.choix))
    return NotUnderstood(UnknownChoice, f"un choix parmi {offered}", remedy)


def _nearest_first(texte: str, choix: tuple[str, ...]) -> Iterable[str]:
    """The choices of a list too long to be told whole, those that resemble the text before the others."""
    if len(choix) <= CHOICES_CITED:
        return choix
    folded = {fold(c): c for c in reversed(choix)}
    near = difflib.get_close_matches(fold(texte[:RESEMBLANCE_LENGTH]), folded, n=3)
    return dict.fromkeys((*(folded[f] for f in near), *choix))


def _code(raw: object, awaited: AcceptedInput) -> Understood | NotUnderstood:
    """A code is digits and letters that nobody adds up: SIRET, INSEE, reference."""
    if isinstance(raw, (int, float)) and not isinstance(raw, bool):
        if not abs(raw) < CODE_MAX:  # also false for nan
            remedy = f"mettez la cellule au format texte, saisissez à nouveau le code, {CONTINUATION}"
            return NotUnderstood(UnreadableNumber, "un code saisi comme un texte", remedy)
        return Understood(_text_of(raw)[0], "nombre lu comme un code")
    if isinstance(raw, str):
        digits = "".join(without_invisibles(raw).translate(FOR_NUMBER).split())
        if digits.isascii() and digits.isdigit() and digits != raw.strip():
            return Understood(digits, "espaces retirés")
    return _text(raw, awaited)


_LOGICAL = {"vrai": "oui", "true": "oui", "faux": "non", "false": "non"}  # what a checkbox of a sheet keeps
_TICKS = frozenset(("x", "oui", "✓", "✔", "☑", "☒", "1", "vrai", "true"))
_NO_TICKS = frozenset(("non", "☐", "0", "faux", "false"))


def _box(raw: object, awaited: AcceptedInput) -> Understood | NotUnderstood:
    texte = _text_of(raw)[0]
    if texte == "x":
        return Understood("x")
    if fold(texte) in _TICKS:
        return Understood("x", "case cochée autrement que par x")
    if fold(texte) in _NO_TICKS:
        return NotUnderstood(WrittenNo, WrittenNo.expected, WrittenNo.remedy)
    remedy = f"saisissez x, ou videz la cellule si la réponse est non, {CONTINUATION}"
    return NotUnderstood(UnknownChoice, f"«{NBSP}x{NBSP}», ou rien", remedy)


_READERS: dict[str, Callable[[object, AcceptedInput], Understood | NotUnderstood]] = {
    "entier": read_number,
    "decimal": read_number,
    "montant": read_number,
    "taux": read_number,
    "date": read_date,
    "liste": _list,
    "texte": _text,
    "code": _code,
    "case": _box,
}
