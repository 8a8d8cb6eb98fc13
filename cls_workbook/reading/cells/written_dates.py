"""A date as a person writes it → the day, or what is missing."""

from __future__ import annotations

import re
import unicodedata
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
_YMD = re.compile(r"([0-9]{4})([/.\-])([0-9]{1,2})\2([0-9]{1,2})(?:[ t]00:00(?::00)?)?")
_DATE_IN_WORDS = re.compile(rf"(?:le )?(?:({'|'.join(_DAYS)}),? )?([0-9]{{1,2}})(?:er)? ([a-z]+)[.]? ([0-9]{{4}})")
_WITHOUT_DAY = re.compile(r"[0-9]{1,2} ?[/.\- ] ?[0-9]{4}|[0-9]{4} ?[/.\-] ?[0-9]{1,2}|[a-z]+[.]? [0-9]{4}")
_DATE_SERIALS = (36526, 73050)  # 01/01/2000 to 31/12/2099
_ORIGIN = date(1899, 12, 30)
_YEARS = (1950, 2099)  # a year typed alone in a date cell becomes a day of 1905: 2025 shows 17/07/1905


def read_date(raw: object, awaited: AcceptedInput) -> Understood | NotUnderstood:
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
        day_read = date(annee, month, day)
    except ValueError:
        return _date_refusal(awaited, f"ce jour n’existe pas dans le calendrier{NBSP}: ")
    if weekday_name and _DAYS[day_read.weekday()] != weekday_name:
        return _date_refusal(awaited, f"le {date_fr(day_read)} est un {_DAYS[day_read.weekday()]}{NBSP}: ")
    return _plausible_date(day_read, rule, awaited)


def _plausible_date(day: date, rule: str, awaited: AcceptedInput) -> Understood | NotUnderstood:
    if not _YEARS[0] <= day.year <= _YEARS[1]:
        remedy = (
            "vérifiez l’année, et saisissez le jour, le mois et l’année (une année seule devient un jour de "
            f"1905), {CONTINUATION}"
        )
        return NotUnderstood(OutOfBounds, expected_for(awaited), remedy)
    return within_bounds(day, rule, awaited)


def _date_refusal(awaited: AcceptedInput, reason: str = "") -> NotUnderstood:
    remedy = f"{reason}saisissez la date sous la forme jj/mm/aaaa, {CONTINUATION}"
    return NotUnderstood(UnreadableDate, expected_for(awaited), remedy)
