"""What stands in a cell, as a French sheet shows it: in messages, cut if it is long."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from decimal import Decimal

from cls_workbook.french import date_fr, number_fr
from cls_workbook.workbook.percentages import Percentage

QUOTED_MAX, QUOTED_LENGTH = 6, 80


def nearest_second(moment: datetime) -> datetime:
    """What the sheet shows: a number a hair under a whole day is that day, not 23:59:59 of the day before."""
    try:
        return (moment + timedelta(microseconds=500_000)).replace(microsecond=0)
    except OverflowError:  # the last second of the calendar
        return moment.replace(microsecond=0)


def hours_fr(duration: time | timedelta) -> str:
    """« 36:30 », « 09:05 », « -01:00 », with the seconds if there are any."""
    if isinstance(duration, time):
        duration = timedelta(hours=duration.hour, minutes=duration.minute, seconds=duration.second)
    seconds = round(duration.total_seconds())
    minutes, seconds, sign = abs(seconds) // 60, abs(seconds) % 60, "-" * (seconds < 0)
    return f"{sign}{minutes // 60:02}:{minutes % 60:02}" + (f":{seconds:02}" if seconds else "")


def moment_fr(moment: datetime) -> str:
    """« 15/03/2025 », « 15/03/2025 09:05 »."""
    shown = nearest_second(moment)
    return date_fr(shown) + (f" {hours_fr(shown.time())}" if shown.time() != time() else "")


def as_text(valeur: object) -> str:
    """A raw value as a French sheet shows it, cut if it is long."""
    if isinstance(valeur, bool):
        return "VRAI" if valeur else "FAUX"
    if isinstance(valeur, Percentage):
        return valeur.shown_as()
    if isinstance(valeur, Decimal) or (isinstance(valeur, (int, float)) and abs(valeur) < 1e15):
        return number_fr(valeur if isinstance(valeur, Decimal) else Decimal(f"{valeur:.15g}"))
    if isinstance(valeur, (int, float)):
        return f"{valeur:.6G}".replace(".", ",")  # « 1E+15 »: its digits are no longer all there
    if isinstance(valeur, datetime):
        return moment_fr(valeur)
    if isinstance(valeur, date):
        return date_fr(valeur)
    if isinstance(valeur, (time, timedelta)):
        return hours_fr(valeur)
    texte = str(valeur)
    return texte if len(texte) <= QUOTED_LENGTH else texte[: QUOTED_LENGTH - 1] + "…"


def quoted(values: Iterable[object]) -> str:
    """« a », « b » … at most a few of them."""
    all_of_them = [as_text(v) for v in values]
    remaining = len(all_of_them) - QUOTED_MAX
    return ", ".join(f"« {t} »" for t in all_of_them[:QUOTED_MAX]) + (
        f" et {remaining} autre{'s' if remaining > 1 else ''}" if remaining > 0 else ""
    )
