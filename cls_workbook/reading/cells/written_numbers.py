"""A number as a person writes it → its exact value, or why it cannot be told."""

from __future__ import annotations

import math
import re
from datetime import date, time, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import NamedTuple

from cls_workbook.french import CENT, FOR_NUMBER, NBSP, all_of, fold, without_invisibles
from cls_workbook.reading.cells.accepted_input import (
    CONTINUATION,
    NAMES,
    AcceptedInput,
    NotUnderstood,
    Understood,
    expected_for,
    within_bounds,
)
from cls_workbook.reading.cells.marked_text import OtherwiseShown
from cls_workbook.reading.reading_checks import OutOfBounds, UnreadableAmount, WholeNumberExpected
from cls_workbook.workbook.percentages import Percentage

CAP = Decimal(10) ** 12  # nothing in a contract comes near; beyond, doubles no longer hold cents
_LEADING_NUMBER = re.compile(r"[+-]?[0-9][0-9 '.,]*(?<![ '.,])|[(][0-9 '.,]+[)]")
_SIMPLE = re.compile(r"([0-9]+)(?:([.,])([0-9]+))?")
_GROUPED_DIGITS = re.compile(r"([1-9][0-9]{0,2}([ '.,])[0-9]{3}(?:\2[0-9]{3})*)(?:([.,])([0-9]+))?")
_EUROS = ("€", "eur", "euro", "euros")
_HOURS = re.compile(r"([0-9]{1,6}) ?(?:[:h]|heures?) ?(?:([0-5][0-9])(?::([0-5][0-9]))?)? ?(?:mn|min)?", re.IGNORECASE)
_NOTHING_SAID = frozenset(
    (
        "",
        "-",
        "--",
        "/",
        "?",
        "x",
        "neant",
        "aucun",
        "aucune",
        "rien",
        "zero",
        "nul",
        "nc",
        "nd",
        "na",
        "ns",
        "nsp",
        "so",
        "ras",
    )
    + (
        "sans objet",
        "inconnu",
        "non connu",
        "non communique",
        "non disponible",
        "non renseigne",
        "a venir",
        "en attente",
    )
)
_DURATION_RULE = "durée lue en heures"


class Doubt(NamedTuple):
    """Why a number cannot be read, as the beginning of « À faire » ("" for the ordinary sentence)."""

    reason: str = ""


class ReadNumber(NamedTuple):
    nombre: Decimal
    rule: str = ""


def read_number(raw: object, awaited: AcceptedInput) -> Understood | NotUnderstood:
    if (hours := _hours(raw, awaited)) is not None:
        return _by_type(ReadNumber(hours, _DURATION_RULE), awaited)
    if isinstance(raw, str):
        value = _written_number(raw, awaited)
    elif isinstance(raw, Percentage) and awaited.type != "taux":
        value = Doubt(f"la cellule contient un pourcentage{NBSP}: mettez-la au format nombre, ")
    elif isinstance(raw, OtherwiseShown):
        value = Doubt(f"la cellule montre autre chose que ce nombre{NBSP}: mettez-la au format nombre, ")
    elif isinstance(raw, (int, float)) and not isinstance(raw, bool):
        value = native_number(raw)
    elif isinstance(raw, (date, time, timedelta)):
        value = Doubt(f"la cellule contient une date ou une heure{NBSP}: mettez-la au format nombre, ")
    else:
        value = Doubt()
    return _number_refusal(awaited, value.reason) if isinstance(value, Doubt) else _by_type(value, awaited)


def _hours(raw: object, awaited: AcceptedInput) -> Decimal | None:
    """Where hours are asked: « 36:30 » and « 36 h 30 » are 36,5; None for what is no duration."""
    if isinstance(raw, (int, float)) or _singular(awaited.unite or "") not in ("heure", "h"):
        return None
    if isinstance(raw, time):
        raw = timedelta(hours=raw.hour, minutes=raw.minute, seconds=raw.second)
    if isinstance(raw, timedelta):
        seconds = Decimal(round(raw.total_seconds()))
    else:
        texte = without_invisibles(raw).translate(FOR_NUMBER).strip() if isinstance(raw, str) else ""
        found = _HOURS.fullmatch(texte)
        if found is None or (found.group(2) is None and not texte.endswith(("h", "H"))):
            return None
        seconds = sum((Decimal(found.group(i) or 0) * 60 ** (3 - i) for i in (1, 2, 3)), Decimal(0))
    return (seconds / 3600).quantize(Decimal("0.0001"), rounding=ROUND_HALF_UP)


def native_number(raw: int | float) -> ReadNumber | Doubt:
    if isinstance(raw, float) and not math.isfinite(raw):
        return Doubt()
    # 15 digits are what a sheet shows and keeps: 0.1 + 0.2 was meant, and shown, as 0,3.
    return ReadNumber(Decimal(raw) if isinstance(raw, int) else Decimal(f"{raw:.15g}"))


def _written_number(raw: str, awaited: AcceptedInput) -> ReadNumber | Doubt:
    """A number typed as text. What was set aside is told in the rule."""
    if len(raw) > 60 or "\u202e" in raw:  # written from right to left, it shows other digits
        return Doubt()
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
    value = _figures(body, thousands_possible=awaited.type in ("entier", "montant"))
    if isinstance(value, Doubt) and re.sub(r"(?<=\w)[./]", "", fold(raw)) in _NOTHING_SAID:
        return Doubt("saisissez 0 s’il n’y a rien, videz la case si ce n’est pas connu ; sinon, ")
    if isinstance(value, Doubt):
        return value
    if awaited.type == "taux" and symbol != "%" and value.nombre:
        return Doubt(f"précisez le symbole{NBSP}%{NBSP}: ")
    nombre = -value.nombre if is_negative else value.nombre
    if symbol == "%" and awaited.type == "taux":
        return ReadNumber(nombre / 100, "pourcentage écrit en texte")
    removed += ["espaces"] * (" " in body) + ["apostrophes"] * ("'" in body) + [symbol] * bool(symbol)
    pieces = [_removed_phrase(removed), value.rule, "parenthèses lues comme un signe moins" if in_parentheses else ""]
    return ReadNumber(nombre, ", ".join(m for m in pieces if m) or "nombre écrit en texte")


def _removed_phrase(names: list[str]) -> str:
    if not names:
        return ""
    if len(names) > 1:
        return f"{all_of(names)} retirés"
    is_feminine = names[0] in ("unité", "apostrophe", "apostrophes")
    return f"{names[0]} retiré{'e' * is_feminine}{'s' * (names[0] in ('espaces', 'apostrophes'))}"


def _without_unit(texte: str, awaited: AcceptedInput) -> tuple[str, str]:
    """The text without the unit expected here, and what to call it ("" when there is none)."""
    euros = awaited.type == "montant" or fold(awaited.unite or "") in _EUROS
    if euros and texte.startswith("€"):
        return texte[1:].strip(" "), "symbole €"
    head = _LEADING_NUMBER.match(texte)
    following = fold(texte[head.end() :]) if head else ""
    if head is None or not following:
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


def _figures(body: str, thousands_possible: bool) -> ReadNumber | Doubt:
    """Digits with their separators. ``thousands_possible``: « 1,234 » may be an English 1234 where no decimal is
    due."""
    if simple := _SIMPLE.fullmatch(body):
        entire, decimal_mark, decimals = simple.group(1), simple.group(2), simple.group(3) or ""
        if len(entire) > 2 and entire.startswith("0"):
            return Doubt(f"un nombre ne commence pas par 0{NBSP}: ")  # rather a code or a telephone number
        groupe = len(decimals) == 3 and len(entire) <= 3 and not entire.startswith("0")
        if groupe and (decimal_mark == "." or thousands_possible):
            separator = "le point" if decimal_mark == "." else "la virgule"
            return Doubt(f"{separator} peut séparer des milliers ou des décimales{NBSP}: ")
        rule = {",": "virgule décimale", ".": "point décimal"}.get(decimal_mark or "", "")
        return ReadNumber(Decimal(f"{entire}.{decimals}" if decimals else entire), rule)
    groups = _GROUPED_DIGITS.fullmatch(body)
    if not groups:
        return Doubt()
    entire, separator, decimal_mark, decimals = groups.groups()
    if decimal_mark == separator:
        return Doubt()
    if decimal_mark == "." and separator in " '" and len(decimals) == 3:
        return Doubt(f"le point peut séparer des milliers ou des décimales{NBSP}: ")
    thousands = {".": "points de milliers retirés", ",": "virgules de milliers retirées"}.get(separator, "")
    decimal = {",": "virgule décimale", ".": "point décimal"}.get(decimal_mark or "", "")
    nombre = Decimal(re.sub("[^0-9]", "", entire) + (f".{decimals}" if decimal_mark else ""))
    return ReadNumber(nombre, ", ".join(m for m in (thousands, decimal) if m))


def _by_type(value: ReadNumber, awaited: AcceptedInput) -> Understood | NotUnderstood:
    nombre, rule = value
    if abs(nombre) >= CAP:
        return NotUnderstood(OutOfBounds, expected_for(awaited), f"vérifiez l’ordre de grandeur, {CONTINUATION}")
    if awaited.type == "entier":
        exact = _but_for_noise(nombre, Decimal(1))
        if exact is None:
            return NotUnderstood(
                WholeNumberExpected, expected_for(awaited), f"saisissez un nombre sans décimale, {CONTINUATION}"
            )
        return within_bounds(int(exact), rule, awaited)
    if awaited.type == "montant":
        exact = _but_for_noise(nombre, CENT)
        if exact is None:
            remedy = f"saisissez le montant avec deux décimales au plus, par exemple 12,50, {CONTINUATION}"
            return NotUnderstood(UnreadableAmount, expected_for(awaited), remedy)
        return within_bounds(exact, rule, awaited)
    return within_bounds(nombre + 0, rule, awaited)


def _but_for_noise(nombre: Decimal, step: Decimal) -> Decimal | None:
    """The multiple of ``step`` that ``nombre`` is, but for the noise of binary arithmetic; None if it is none."""
    exact = nombre.quantize(step, rounding=ROUND_HALF_UP) + 0  # + 0: no « -0 »
    # Relative noise, but never a sum that a person could have meant.
    noise = min(Decimal("1e-9") * max(Decimal(1), abs(nombre)), Decimal("1e-6"))
    return exact if abs(nombre - exact) <= noise else None


def _number_refusal(awaited: AcceptedInput, reason: str) -> NotUnderstood:
    check, _, number_with_article, example = NAMES[awaited.type]
    remedy = f"{reason}saisissez {number_with_article} en chiffres, par exemple {example}, {CONTINUATION}"
    return NotUnderstood(check, expected_for(awaited), remedy)
