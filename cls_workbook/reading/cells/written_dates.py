"""A date as a person writes it → the day, or what is missing."""

from __future__ import annotations

import re
import unicodedata
from contextlib import suppress
from datetime import date, datetime, time, timedelta

from cls_workbook.french import FOR_NUMBER, NBSP, date_fr, fold
from cls_workbook.reading.cells.accepted_input import (
    CONTINUATION,
    AcceptedInput,
    NotUnderstood,
    Understood,
    expected_for,
    within_bounds,
)
from cls_workbook.reading.cells.shown import nearest_second
from cls_workbook.reading.reading_checks import OutOfBounds, UnreadableDate

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
_YMD = re.compile(r"([0-9]{4})([/.\-])([0-9]{1,2})\2([0-9]{1,2})")
_HOUR = re.compile(  # at the end of a date: « T00:00:00.000Z », « 10:30 », « à 10 h 30 »
    r"(?:t| a | )([0-9]{1,2}) ?[:h] ?([0-9]{2})?(?::([0-9]{2})(?:[.,][0-9]{1,9})?)? ?(z|[+-][0-9]{2}:?[0-9]{2})?"
)
_DATE_IN_WORDS = re.compile(r"([0-9]{1,2})(?:er)?([/.\- ])([a-z]+)[.]?\2([0-9]{4}|[0-9]{2})")  # « 03-mars-25 » of Excel
_BEFORE_DATE = re.compile(rf"(?:le )?(?:({'|'.join(_DAYS)}),? )?")
_WITHOUT_DAY = re.compile(
    r"[0-9]{1,2} ?[/.\- ] ?[0-9]{4}|[0-9]{4} ?[/.\-] ?[0-9]{1,2}|[a-z]+[.]?[/.\- ](?:[0-9]{4}|[0-9]{2})"
)
_DATE_SERIALS = (36526, 73050)  # 01/01/2000 to 31/12/2099
_ORIGIN = datetime(1899, 12, 30)
LATEST_HOUR = 22  # in universal time: from there on it may already be the next day in France
_YEARS = (1950, 2099)  # a year typed alone in a date cell becomes a day of 1905: 2025 shows 17/07/1905


def read_date(raw: object, awaited: AcceptedInput) -> Understood | NotUnderstood:
    if isinstance(raw, str):
        return _written_date(raw, awaited)
    if isinstance(raw, datetime):
        moment, rules = nearest_second(raw), []
    elif isinstance(raw, date):
        return _plausible_date(raw, "", awaited)
    elif isinstance(raw, (int, float)) and not isinstance(raw, bool) and _is_date_serial(raw):
        moment, rules = nearest_second(_ORIGIN + timedelta(days=raw)), ["numéro de série de date"]
    elif isinstance(raw, (int, float)) and not isinstance(raw, bool) and (day := _day_of_digits(raw)):
        return _plausible_date(day, "jour, mois et année en chiffres", awaited)
    else:
        return date_refusal(awaited)
    rules += ["heure retirée"] if moment.time() != time() else []
    return _plausible_date(moment.date(), ", ".join(rules), awaited)


def _is_date_serial(raw: int | float) -> bool:
    return _DATE_SERIALS[0] <= raw < _DATE_SERIALS[1] + 1


def _day_of_digits(raw: int | float | str) -> date | None:
    """« 15032025 », « 20250315 », and 1032025 that lost its zero: no digits can be read both ways."""
    if not isinstance(raw, str):
        raw = f"{raw:08.0f}" if 1_000_000 <= raw <= 99_999_999 and raw == int(raw) else ""
    if not re.fullmatch("[0-9]{8}", raw):
        return None
    for annee, month, day in ((raw[4:], raw[2:4], raw[:2]), (raw[:4], raw[4:6], raw[6:])):
        if _YEARS[0] <= int(annee) <= _YEARS[1]:
            with suppress(ValueError):
                return date(int(annee), int(month), int(day))
    return None


def _written_date(raw: str, awaited: AcceptedInput) -> Understood | NotUnderstood:
    # Folding also removes the accents of « février » and a final full stop, but would make a 2 of « ² ».
    is_readable = len(raw) <= 60 and not any(unicodedata.category(c) == "No" for c in raw)
    texte = fold(raw.translate(FOR_NUMBER)) if is_readable else ""
    texte, hour, zone = _without_hour(texte)
    if hour is None or (zone == "z" and hour.hour >= LATEST_HOUR):
        return date_refusal(awaited, f"l’heure écrite ne dit pas de quel jour{NBSP}: ")
    weekday_name, texte = _without_weekday(texte)
    rule = "date écrite en texte"
    if found := _DMY.fullmatch(texte) or _DATE_IN_WORDS.fullmatch(texte):
        day, annee = int(found.group(1)), int(found.group(4))
        month = int(found.group(3)) if found.group(3).isdecimal() else _MONTHS.get(found.group(3), 0)
        if month == 0 and not found.group(3).isdecimal():
            return date_refusal(awaited)
        if len(found.group(4)) == 2:
            annee, rule = annee + 2000, "date écrite en texte, année à deux chiffres lue 20.."
    elif found := _YMD.fullmatch(texte):
        annee, month, day = int(found.group(1)), int(found.group(3)), int(found.group(4))
    elif known := _day_of_digits(texte):
        annee, month, day = known.year, known.month, known.day
    else:
        return date_refusal(awaited, f"il manque le jour{NBSP}: " if _WITHOUT_DAY.fullmatch(texte) else "")
    try:
        day_read = date(annee, month, day)
    except ValueError:
        return date_refusal(awaited, f"ce jour n’existe pas dans le calendrier{NBSP}: ")
    if weekday_name and _DAYS[day_read.weekday()] != weekday_name:
        return date_refusal(awaited, f"le {date_fr(day_read)} est un {_DAYS[day_read.weekday()]}{NBSP}: ")
    return _plausible_date(day_read, rule + ", heure retirée" * (hour != time()), awaited)


def _without_weekday(texte: str) -> tuple[str | None, str]:
    found = _BEFORE_DATE.match(texte)
    return (found.group(1), texte[found.end() :]) if found else (None, texte)


def _without_hour(texte: str) -> tuple[str, time | None, str]:
    """(the date, its hour, its zone); None for an hour that does not exist."""
    found = _HOUR.search(texte) if ":" in texte or "h" in texte else None
    if found is None or found.end() != len(texte):
        return texte, time(), ""
    try:
        hour = time(int(found.group(1)), int(found.group(2) or 0), int(found.group(3) or 0))
    except ValueError:
        return texte, None, ""
    return texte[: found.start()], hour, found.group(4) or ""


def is_month_first(raw: object) -> bool:
    """« 11/28/2025 »: only a month can come first."""
    numbers = _two_numbers(raw)
    return numbers is not None and numbers[0] <= 12 < numbers[1] <= 31


def may_be_month_first(raw: object) -> bool:
    """« 01/06/2025 », or a date that a spreadsheet may have made of it, day first."""
    numbers = (raw.day, raw.month) if isinstance(raw, date) else _two_numbers(raw)
    return numbers is not None and numbers[0] <= 12 and numbers[1] <= 12 and numbers[0] != numbers[1]


def _two_numbers(raw: object) -> tuple[int, int] | None:
    if not isinstance(raw, str) or len(raw) > 60:
        return None
    found = _DMY.fullmatch(_without_weekday(_without_hour(fold(raw.translate(FOR_NUMBER)))[0])[1])
    return (int(found.group(1)), int(found.group(3))) if found else None


def _plausible_date(day: date, rule: str, awaited: AcceptedInput) -> Understood | NotUnderstood:
    if not _YEARS[0] <= day.year <= _YEARS[1]:
        remedy = (
            "vérifiez l’année, et saisissez le jour, le mois et l’année (une année seule devient un jour de "
            f"1905), {CONTINUATION}"
        )
        return NotUnderstood(OutOfBounds, expected_for(awaited), remedy)
    return within_bounds(day, rule, awaited)


def date_refusal(awaited: AcceptedInput, reason: str = "") -> NotUnderstood:
    """``reason``: why, as the beginning of « À faire »."""
    remedy = f"{reason}saisissez la date sous la forme jj/mm/aaaa, {CONTINUATION}"
    return NotUnderstood(UnreadableDate, expected_for(awaited), remedy)
