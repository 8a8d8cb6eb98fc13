"""What a person typed in one cell → a typed value, or a French sentence that says what is expected.

Pure: knows neither files nor frames. Never guesses: what may be read in two ways is ``NotUnderstood``.
Raw values are what a reader of spreadsheets gives: float, int, str, bool, date, datetime, time, timedelta.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Callable, Iterable
from datetime import date, datetime, time, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, NamedTuple

from cls_workbook.anomalies import Check
from cls_workbook.french import (
    CENT,
    FOR_NUMBER,
    NBSP,
    amount_fr,
    date_fr,
    fold,
    number_fr,
    quoted_list,
    rate_fr,
    without_control_characters,
    without_invisibles,
)
from cls_workbook.reading.parsing.percentages import Percentage
from cls_workbook.reading.reading_checks import (
    NegativeValue,
    OutOfBounds,
    TooLongText,
    UnknownChoice,
    UnreadableAmount,
    UnreadableDate,
    UnreadableNumber,
    WholeNumberExpected,
)

CAP = Decimal(10) ** 12  # nothing in a contract comes near; beyond, doubles no longer hold cents
CODE_MAX = 10**15  # beyond, Excel has already lost digits


class Understood(NamedTuple):
    """``valeur``: int, Decimal, date or str. ``rule``: "" when the value was taken as typed."""

    valeur: Any
    rule: str = ""


class NotUnderstood(NamedTuple):
    """``valeur`` is kept only where it may still be used once confirmed (a text that is too long)."""

    check: type[Check]
    expected: str
    remedy: str
    valeur: Any = None


class AcceptedInput(NamedTuple):
    """What one input accepts."""

    type: str
    choix: tuple[str, ...] = ()
    minimum: Any = None
    maximum: Any = None
    length: int | None = None
    unite: str | None = None


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
    return reader(raw, AcceptedInput(type_, choix, minimum, maximum, length, unite))


def _obvious_value(
    raw: object, type_: str, choix: tuple[str, ...], minimum: Any, maximum: Any, length: int | None
) -> Understood | None:
    """What nearly all cells hold and needs no reading: a whole number, a choice of the list, a plain text. None otherwise."""
    if type(raw) is float and type_ in _EXACT_TYPES and -CODE_MAX < raw < CODE_MAX and raw == (whole := int(raw)):
        inside = (minimum is None or whole >= minimum) and (maximum is None or whole <= maximum) and abs(whole) < CAP
        return Understood(_EXACT_TYPES[type_](whole)) if inside else None
    if type(raw) is str and type_ in ("liste", "texte") and raw.isprintable() and (texte := raw.strip()):
        known_one = texte in choix if type_ == "liste" else length is None or len(texte) <= length
        return Understood(texte) if known_one else None
    return None


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


# --- Numbers --------------------------------------------------------------------------------------------------------

_LEADING_NUMBER = re.compile(r"[+-]?[0-9][0-9 '.,]*(?<![ '.,])|[(][0-9 '.,]+[)]")
_SIMPLE = re.compile(r"([0-9]+)(?:([.,])([0-9]+))?")
_GROUPED_DIGITS = re.compile(r"([1-9][0-9]{0,2}([ '.,])[0-9]{3}(?:\2[0-9]{3})*)(?:([.,])([0-9]+))?")
_EUROS = ("€", "eur", "euro", "euros")
_NAMES: dict[str, tuple[type[Check], str, str, str]] = {
    "entier": (UnreadableNumber, "un nombre entier", "le nombre", "12"),
    "decimal": (UnreadableNumber, "un nombre", "le nombre", "12,5"),
    "montant": (UnreadableAmount, "un montant en euros", "le montant", "12000"),
    "taux": (UnreadableNumber, "un taux", "le taux", f"12,5{NBSP}%"),
}
_CONTINUATION = "puis renvoyez le classeur."


class _Doubt(NamedTuple):
    """Why a number cannot be read, as the beginning of « À faire » ("" for the ordinary sentence)."""

    reason: str = ""


class _ReadNumber(NamedTuple):
    nombre: Decimal
    rule: str = ""


def _number(raw: object, awaited: AcceptedInput) -> Understood | NotUnderstood:
    if isinstance(raw, str):
        value_read = _written_number(raw, awaited)
    elif isinstance(raw, Percentage) and awaited.type != "taux":
        value_read = _Doubt(f"la cellule contient un pourcentage{NBSP}: mettez-la au format nombre, ")
    elif isinstance(raw, (int, float)) and not isinstance(raw, bool):
        value_read = _native_number(raw)
    elif isinstance(raw, (date, time, timedelta)):
        value_read = _Doubt(f"la cellule contient une date ou une heure{NBSP}: mettez-la au format nombre, ")
    else:
        value_read = _Doubt()
    return (
        _number_refusal(awaited, value_read.reason) if isinstance(value_read, _Doubt) else _by_type(value_read, awaited)
    )


def _native_number(raw: int | float) -> _ReadNumber | _Doubt:
    if isinstance(raw, float) and not math.isfinite(raw):
        return _Doubt()
    # 15 digits are what a sheet shows and keeps: 0.1 + 0.2 was meant, and shown, as 0,3.
    return _ReadNumber(Decimal(raw) if isinstance(raw, int) else Decimal(f"{raw:.15g}"))


def _written_number(raw: str, awaited: AcceptedInput) -> _ReadNumber | _Doubt:
    """A number typed as text. What was set aside is told in the rule."""
    if len(raw) > 60 or "\u202e" in raw:  # written from right to left, it shows other digits
        return _Doubt()
    # An outer newline or control character is nothing; an inner one separates two things.
    texte = without_invisibles(raw.strip()).translate(FOR_NUMBER).strip()
    removed: list[str] = []
    if texte.startswith("'"):
        texte, removed = texte[1:].lstrip(" "), ["apostrophe"]
    texte, symbol = _without_unit(re.sub(" +", " ", texte), awaited)
    is_negative = texte.startswith(("-", "("))
    in_parentheses = texte.startswith("(") and texte.endswith(")")
    body = texte[1:-1].strip(" ") if in_parentheses else texte[1:] if texte.startswith(("+", "-")) else texte
    if in_parentheses and not symbol:
        body, symbol = _without_unit(body, awaited)
    value_read = _figures(body, thousands_possible=awaited.type in ("entier", "montant"))
    if isinstance(value_read, _Doubt):
        return value_read
    if awaited.type == "taux" and symbol != "%" and value_read.nombre:
        return _Doubt(f"précisez le symbole{NBSP}%{NBSP}: ")
    nombre = -value_read.nombre if is_negative else value_read.nombre
    if symbol == "%" and awaited.type == "taux":
        return _ReadNumber(nombre / 100, "pourcentage écrit en texte")
    removed += ["espaces"] * (" " in body) + ["apostrophes"] * ("'" in body) + [symbol] * bool(symbol)
    pieces = [
        _removed_phrase(removed),
        value_read.rule,
        "parenthèses lues comme un signe moins" if in_parentheses else "",
    ]
    return _ReadNumber(nombre, ", ".join(m for m in pieces if m) or "nombre écrit en texte")


def _removed_phrase(names: list[str]) -> str:
    if not names:
        return ""
    if len(names) > 1:
        return f"{', '.join(names[:-1])} et {names[-1]} retirés"
    is_feminine = names[0] in ("unité", "apostrophe", "apostrophes")
    return f"{names[0]} retiré{'e' * is_feminine}{'s' * (names[0] in ('espaces', 'apostrophes'))}"


def _without_unit(texte: str, awaited: AcceptedInput) -> tuple[str, str]:
    """The text without the unit expected here, and what to call it ("" when there is none)."""
    euros = awaited.type == "montant" or fold(awaited.unite or "") in _EUROS
    if euros and texte.startswith("€"):
        return texte[1:].strip(" "), "symbole €"
    head = _LEADING_NUMBER.match(texte)
    following = fold(texte[head.end() :]) if head else ""
    if not following:
        return texte, ""
    if euros and following in _EUROS:
        return texte[: head.end()], "symbole €"
    if awaited.type == "taux" and following == "%":
        return texte[: head.end()], "%"
    if awaited.unite and _singular(following) == _singular(awaited.unite):
        return texte[: head.end()], "unité"
    return texte, ""


def _singular(unite: str) -> str:
    return " ".join(word.removesuffix("s") for word in fold(unite).split())


def _figures(body: str, thousands_possible: bool) -> _ReadNumber | _Doubt:
    """Digits with their separators. ``thousands_possible``: « 1,234 » may be an English 1234 where no decimal is due."""
    if simple := _SIMPLE.fullmatch(body):
        entire, decimal_mark, decimals = simple.group(1), simple.group(2), simple.group(3) or ""
        if len(entire) > 2 and entire.startswith("0"):
            return _Doubt(f"un nombre ne commence pas par 0{NBSP}: ")  # rather a code or a telephone number
        groupe = len(decimals) == 3 and len(entire) <= 3 and not entire.startswith("0")
        if groupe and (decimal_mark == "." or thousands_possible):
            separator = "le point" if decimal_mark == "." else "la virgule"
            return _Doubt(f"{separator} peut séparer des milliers ou des décimales{NBSP}: ")
        rule = {",": "virgule décimale", ".": "point décimal"}.get(decimal_mark or "", "")
        return _ReadNumber(Decimal(f"{entire}.{decimals}" if decimals else entire), rule)
    groups = _GROUPED_DIGITS.fullmatch(body)
    if not groups:
        return _Doubt()
    entire, separator, decimal_mark, decimals = groups.groups()
    if decimal_mark == separator:
        return _Doubt()
    if decimal_mark == "." and separator in " '" and len(decimals) == 3:
        return _Doubt(f"le point peut séparer des milliers ou des décimales{NBSP}: ")
    thousands = {".": "points de milliers retirés", ",": "virgules de milliers retirées"}.get(separator, "")
    decimal = {",": "virgule décimale", ".": "point décimal"}.get(decimal_mark or "", "")
    nombre = Decimal(re.sub("[^0-9]", "", entire) + (f".{decimals}" if decimal_mark else ""))
    return _ReadNumber(nombre, ", ".join(m for m in (thousands, decimal) if m))


def _by_type(value_read: _ReadNumber, awaited: AcceptedInput) -> Understood | NotUnderstood:
    nombre, rule = value_read
    if abs(nombre) >= CAP:
        return NotUnderstood(OutOfBounds, expected_for(awaited), f"vérifiez l’ordre de grandeur, {_CONTINUATION}")
    if awaited.type == "entier":
        exact = _but_for_noise(nombre, Decimal(1))
        if exact is None:
            return NotUnderstood(
                WholeNumberExpected, expected_for(awaited), f"saisissez un nombre sans décimale, {_CONTINUATION}"
            )
        return _within_bounds(int(exact), rule, awaited)
    if awaited.type == "montant":
        exact = _but_for_noise(nombre, CENT)
        if exact is None:
            remedy = f"saisissez le montant avec deux décimales au plus, par exemple 12,50, {_CONTINUATION}"
            return NotUnderstood(UnreadableAmount, expected_for(awaited), remedy)
        return _within_bounds(exact, rule, awaited)
    return _within_bounds(nombre + 0, rule, awaited)


def _but_for_noise(nombre: Decimal, step: Decimal) -> Decimal | None:
    """The multiple of ``step`` that ``nombre`` is, but for the noise of binary arithmetic; None if it is none."""
    exact = nombre.quantize(step, rounding=ROUND_HALF_UP) + 0  # + 0: no « -0 »
    # Relative noise, but never a sum that a person could have meant.
    noise = min(Decimal("1e-9") * max(Decimal(1), abs(nombre)), Decimal("1e-6"))
    return exact if abs(nombre - exact) <= noise else None


def _within_bounds(valeur: Any, rule: str, awaited: AcceptedInput) -> Understood | NotUnderstood:
    under = awaited.minimum is not None and valeur < awaited.minimum
    if not under and (awaited.maximum is None or valeur <= awaited.maximum):
        return Understood(valeur, rule)
    negative = under and not isinstance(valeur, date) and valeur < 0 <= awaited.minimum
    check: type[Check] = NegativeValue if negative else OutOfBounds
    what = "la date" if awaited.type == "date" else "la valeur"
    return NotUnderstood(check, expected_for(awaited), f"corrigez {what}, {_CONTINUATION}")


def _number_refusal(awaited: AcceptedInput, reason: str) -> NotUnderstood:
    check, _, number_with_article, example = _NAMES[awaited.type]
    remedy = f"{reason}saisissez {number_with_article} en chiffres, par exemple {example}, {_CONTINUATION}"
    return NotUnderstood(check, expected_for(awaited), remedy)


def expected_for(awaited: AcceptedInput) -> str:
    """« un montant en euros, positif ou nul »: what the input accepts, as the message and the prompt say it."""
    if awaited.type == "date":
        nom = f"une date (jour, mois, année), par exemple 15/03/{_example_year(awaited)}"
        write: Callable[[Any], str] = date_fr
    else:
        nom = _NAMES[awaited.type][1]
        write = {"montant": amount_fr, "taux": rate_fr}.get(awaited.type, number_fr)
    bottom, top = awaited.minimum, awaited.maximum
    if bottom is None and top is None:
        return nom
    if bottom is not None and top is not None:
        return f"{nom}, entre {'le ' * (awaited.type == 'date')}{write(bottom)} et {'le ' * (awaited.type == 'date')}{write(top)}"
    if awaited.type == "date":
        return f"{nom}, à partir du {write(bottom)}" if top is None else f"{nom}, au plus tard le {write(top)}"
    if top is None:
        return f"{nom}, positif ou nul" if bottom == 0 else f"{nom}, au moins {write(bottom)}"
    return f"{nom}, au plus {write(top)}"


def _example_year(awaited: AcceptedInput) -> int:
    bound = awaited.minimum or awaited.maximum
    return bound.year if isinstance(bound, date) else 2025


# --- Dates ----------------------------------------------------------------------------------------------------------

_MONTHS = {
    nom: numero
    for numero, names in enumerate(
        (
            "janvier janv jan",
            "fevrier fevr fev",
            "mars",
            "avril avr",
            "mai",
            "juin",
            "juillet juil",
            "aout",
            "septembre sept sep",
            "octobre oct",
            "novembre nov",
            "decembre dec",
        ),
        start=1,
    )
    for nom in names.split()
}
_DAYS = ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche")
_DMY = re.compile(r"([0-9]{1,2}) ?([/.\- ]) ?([0-9]{1,2}) ?\2 ?([0-9]{4}|[0-9]{2})")
_YMD = re.compile(r"([0-9]{4})([/.\-])([0-9]{1,2})\2([0-9]{1,2})(?:[ t]00:00(?::00)?)?")
_DATE_IN_WORDS = re.compile(rf"(?:le )?(?:({'|'.join(_DAYS)}),? )?([0-9]{{1,2}})(?:er)? ([a-z]+)[.]? ([0-9]{{4}})")
_WITHOUT_DAY = re.compile(r"[0-9]{1,2} ?[/.\- ] ?[0-9]{4}|[0-9]{4} ?[/.\-] ?[0-9]{1,2}|[a-z]+[.]? [0-9]{4}")
_DATE_SERIALS = (36526, 73050)  # 01/01/2000 to 31/12/2099
_ORIGIN = date(1899, 12, 30)
_YEARS = (1950, 2099)  # a year typed alone in a date cell becomes a day of 1905: 2025 shows 17/07/1905


def _date(raw: object, awaited: AcceptedInput) -> Understood | NotUnderstood:
    if isinstance(raw, datetime):
        day, rule = raw.date(), "heure retirée" if raw.time() != time() else ""
    elif isinstance(raw, date):
        day, rule = raw, ""
    elif isinstance(raw, str):
        return _written_date(raw, awaited)
    elif isinstance(raw, (int, float)) and not isinstance(raw, bool) and _is_date_serial(raw):
        day, rule = _ORIGIN + timedelta(days=int(raw)), "numéro de série de date"
    else:
        return _date_refusal(awaited)
    return _plausible_date(day, rule, awaited)


def _is_date_serial(raw: int | float) -> bool:
    return _DATE_SERIALS[0] <= raw <= _DATE_SERIALS[1] and raw == int(raw)


def _written_date(raw: str, awaited: AcceptedInput) -> Understood | NotUnderstood:
    # Folding also removes the accents of « février » and a final full stop, but would make a 2 of « ² ».
    is_readable = len(raw) <= 60 and not any(unicodedata.category(c) == "No" for c in raw)
    texte = fold(raw.translate(FOR_NUMBER)) if is_readable else ""
    weekday_name, rule = None, "date écrite en texte"
    if found := _DMY.fullmatch(texte):
        day, month, annee = int(found.group(1)), int(found.group(3)), int(found.group(4))
        if annee < 100 and len(found.group(4)) == 2:
            annee, rule = annee + 2000, "date écrite en texte, année à deux chiffres lue 20.."
    elif found := _YMD.fullmatch(texte):
        annee, month, day = int(found.group(1)), int(found.group(3)), int(found.group(4))
    elif found := _DATE_IN_WORDS.fullmatch(texte):
        weekday_name, day, annee = found.group(1), int(found.group(2)), int(found.group(4))
        month = _MONTHS.get(found.group(3), 0)
    else:
        return _date_refusal(awaited, f"il manque le jour{NBSP}: " if _WITHOUT_DAY.fullmatch(texte) else "")
    try:
        item_read = date(annee, month, day)
    except ValueError:
        return _date_refusal(awaited, f"ce jour n’existe pas dans le calendrier{NBSP}: ")
    if weekday_name and _DAYS[item_read.weekday()] != weekday_name:
        return _date_refusal(awaited, f"le {date_fr(item_read)} est un {_DAYS[item_read.weekday()]}{NBSP}: ")
    return _plausible_date(item_read, rule, awaited)


def _plausible_date(day: date, rule: str, awaited: AcceptedInput) -> Understood | NotUnderstood:
    if not _YEARS[0] <= day.year <= _YEARS[1]:
        remedy = f"vérifiez l’année, et saisissez le jour, le mois et l’année (une année seule devient un jour de 1905), {_CONTINUATION}"
        return NotUnderstood(OutOfBounds, expected_for(awaited), remedy)
    return _within_bounds(day, rule, awaited)


def _date_refusal(awaited: AcceptedInput, reason: str = "") -> NotUnderstood:
    remedy = f"{reason}saisissez la date sous la forme jj/mm/aaaa, {_CONTINUATION}"
    return NotUnderstood(UnreadableDate, expected_for(awaited), remedy)


# --- Choices, texts, codes, ticks -----------------------------------------------------------------------------------


def _text_of(raw: object) -> tuple[str, str]:
    """(text as a French sheet shows it, rule). Outer spaces go without a word."""
    if isinstance(raw, str):
        cleaned = without_control_characters(raw)
        return cleaned.strip(), "" if cleaned == raw else "caractères de contrôle retirés"
    if isinstance(raw, bool):
        return ("VRAI" if raw else "FAUX"), "valeur logique lue comme un texte"
    if isinstance(raw, (int, float)):
        value_read = _native_number(raw)
        written = (
            raw.shown_as()
            if isinstance(raw, Percentage)
            else str(raw)
            if isinstance(value_read, _Doubt)
            else number_fr(value_read.nombre).replace(NBSP, "")
        )
        return written, "nombre lu comme un texte"
    if isinstance(raw, datetime) and raw.time() != time():
        return f"{date_fr(raw)} {raw:%H:%M}", "date lue comme un texte"
    if isinstance(raw, date):
        return date_fr(raw), "date lue comme un texte"
    if isinstance(raw, time):
        return f"{raw:%H:%M}", "heure lue comme un texte"
    return str(raw), "durée lue comme un texte"


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
    # A choice « 0,5 » may have been printed « 0.5 »: a number is compared in both spellings.
    saved_forms = {fold(texte)} | ({fold(texte.replace(",", "."))} if isinstance(raw, (int, float)) else set())
    close_matches = [choix for choix in dict.fromkeys(awaited.choix) if fold(choix) in saved_forms]
    if len(close_matches) == 1:
        return Understood(close_matches[0], "choix reconnu malgré la casse, les accents ou la ponctuation")
    remedy = f"choisissez une valeur dans la liste de la cellule, {_CONTINUATION}"
    return NotUnderstood(UnknownChoice, f"un choix parmi {quoted_list(awaited.choix)}", remedy)


def _code(raw: object, awaited: AcceptedInput) -> Understood | NotUnderstood:
    """A code is digits and letters that nobody adds up: SIRET, INSEE, reference."""
    if isinstance(raw, (int, float)) and not isinstance(raw, bool):
        if not abs(raw) < CODE_MAX:  # also false for nan
            remedy = f"mettez la cellule au format texte, saisissez à nouveau le code, {_CONTINUATION}"
            return NotUnderstood(UnreadableNumber, "un code saisi comme un texte", remedy)
        return Understood(_text_of(raw)[0], "nombre lu comme un code")
    if isinstance(raw, str):
        digits = "".join(without_invisibles(raw).translate(FOR_NUMBER).split())
        if digits.isascii() and digits.isdigit() and digits != raw.strip():
            return Understood(digits, "espaces retirés")
    return _text(raw, awaited)


_TICKS = frozenset(("x", "oui", "✓", "✔", "☑", "☒", "1", "vrai"))


def _box(raw: object, awaited: AcceptedInput) -> Understood | NotUnderstood:
    texte = _text_of(raw)[0]
    if texte == "x":
        return Understood("x")
    if fold(texte) in _TICKS:
        return Understood("x", "case cochée autrement que par x")
    remedy = f"saisissez x, ou videz la cellule si la réponse est non, {_CONTINUATION}"
    return NotUnderstood(UnknownChoice, f"«{NBSP}x{NBSP}», ou rien", remedy)


_READERS: dict[str, Callable[[object, AcceptedInput], Understood | NotUnderstood]] = {
    "entier": _number,
    "decimal": _number,
    "montant": _number,
    "taux": _number,
    "date": _date,
    "liste": _list,
    "texte": _text,
    "code": _code,
    "case": _box,
}
