"""Numbers, dates and durations as a file writes them → the values that a person sees."""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta

_NUMBER = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]{1,4})?")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_MOMENT = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}(?::[0-9]{2})?)(?:[.,]([0-9]{1,9}))?Z?")
_BEYOND = re.compile(r"\+?([1-9][0-9]{4,6})-([0-9]{2})-([0-9]{2})(?:T[0-9:.,]{1,20}Z?)?")  # a number in a cell of dates
_DURATION = re.compile(
    r"(-?)P(?:([0-9]{1,6})D)?(?:T(?:([0-9]{1,7})H)?(?:([0-9]{1,9})M)?(?:([0-9]{1,9}(?:[.,][0-9]{1,9})?)S)?)?"
)
_DAY = 86_400_000  # milliseconds: what a spreadsheet keeps of a time
_ORIGIN = datetime(1899, 12, 30)
_LAST_DAY, _LEAP_DAY, SINCE_1904 = 2_958_465, 60, 1_462  # 31/12/9999; the 29/02/1900 that never was


def number(written: str) -> float:
    """ValueError if it is not one."""
    written = written.strip(" \t\r\n")
    if len(written) > 400 or not _NUMBER.fullmatch(written):
        raise ValueError(written[:40])
    return float(written)


def moment(days: float, since_1904: bool = False) -> date | datetime | time | float:
    """What a date format shows of a number of days: a day, a day and a time, or a time alone. The number itself where
    there is no such day."""
    if since_1904:
        days += SINCE_1904
    if not 0 <= days <= _LAST_DAY:
        return days
    if days < _LEAP_DAY:
        days += days >= 1
    milliseconds = round(days * _DAY)
    instant = _ORIGIN + timedelta(milliseconds=milliseconds)
    if milliseconds < _DAY:
        return instant.time()
    return instant.date() if milliseconds % _DAY == 0 else instant


def duration(days: float) -> timedelta | float:
    """What a format of elapsed time shows of a number of days; the number itself where it is beyond counting."""
    return timedelta(milliseconds=round(days * _DAY)) if abs(days) <= _LAST_DAY else days


def written_moment(written: str) -> date | datetime | float:
    """« 2025-03-15 », « 2025-03-15T10:30:00 » → a day, or a day and a time; the number of days beyond the year 9999, as
    ``moment``. ValueError if it is not one."""
    written = written.strip(" \t\r\n")
    if beyond := _BEYOND.fullmatch(written):
        year, month, day = map(int, beyond.groups())
        cycles = year // 400 - 5  # of as many days each
        return float((date(year - 400 * cycles, month, day) - _ORIGIN.date()).days + 146_097 * cycles)
    if _DATE.fullmatch(written):
        return date.fromisoformat(written)
    found = _MOMENT.fullmatch(written)
    if found is None:
        raise ValueError(written[:40])
    instant, fraction = datetime.fromisoformat(found.group(1)), found.group(2)
    if fraction and instant.year < 9999:
        instant += timedelta(milliseconds=round(float(f"0.{fraction}") * 1000))
    return instant.date() if instant.time() == time() else instant


def written_duration(written: str) -> time | timedelta:
    """« PT10H30M00S » → a time of the day; from 24 hours on, or less than none, a duration. ValueError if it is not
    one."""
    found = _DURATION.fullmatch(written.strip(" \t\r\n"))
    if found is None:
        raise ValueError(written[:40])
    minus, days, hours, minutes, seconds = found.groups()
    elapsed = timedelta(
        days=int(days or 0),
        hours=int(hours or 0),
        minutes=int(minutes or 0),
        milliseconds=round(float((seconds or "0").replace(",", ".")) * 1000),
    )
    if not minus and elapsed < timedelta(days=1):
        return (datetime.min + elapsed).time()
    return -elapsed if minus else elapsed
