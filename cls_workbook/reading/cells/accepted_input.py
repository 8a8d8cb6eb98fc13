"""What one input accepts, in the words of messages and prompts; and what comes of a cell: understood, or not."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any, NamedTuple

from cls_workbook.anomalies import Check
from cls_workbook.french import NBSP, amount_fr, date_fr, number_fr, rate_fr
from cls_workbook.reading.reading_checks import NegativeValue, OutOfBounds, UnreadableAmount, UnreadableNumber

NAMES: dict[str, tuple[type[Check], str, str, str]] = {
    "entier": (UnreadableNumber, "un nombre entier", "le nombre", "12"),
    "decimal": (UnreadableNumber, "un nombre", "le nombre", "12,5"),
    "montant": (UnreadableAmount, "un montant en euros", "le montant", "12000"),
    "taux": (UnreadableNumber, "un taux", "le taux", f"12,5{NBSP}%"),
}
CONTINUATION = "puis renvoyez le classeur."


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


def within_bounds(valeur: Any, rule: str, awaited: AcceptedInput) -> Understood | NotUnderstood:
    under = awaited.minimum is not None and valeur < awaited.minimum
    if not under and (awaited.maximum is None or valeur <= awaited.maximum):
        return Understood(valeur, rule)
    negative = under and not isinstance(valeur, date) and valeur < 0 <= awaited.minimum
    check: type[Check] = NegativeValue if negative else OutOfBounds
    what = "la date" if awaited.type == "date" else "la valeur"
    return NotUnderstood(check, expected_for(awaited), f"corrigez {what}, {CONTINUATION}")


_WRITERS: dict[str, Callable[[Any], str]] = {"montant": amount_fr, "taux": rate_fr}


def expected_for(awaited: AcceptedInput) -> str:
    """« un montant en euros, positif ou nul »: what the input accepts, as the message and the prompt say it."""
    if awaited.type == "date":
        nom = f"une date (jour, mois, année), par exemple 15/03/{_example_year(awaited)}"
        write: Callable[[Any], str] = date_fr
    else:
        nom = NAMES[awaited.type][1]
        write = _WRITERS.get(awaited.type, number_fr)
    bottom, top = awaited.minimum, awaited.maximum
    if bottom is None and top is None:
        return nom
    if bottom is not None and top is not None:
        return (
            f"{nom}, entre {'le ' * (awaited.type == 'date')}{write(bottom)} et "
            f"{'le ' * (awaited.type == 'date')}{write(top)}"
        )
    if awaited.type == "date":
        return f"{nom}, à partir du {write(bottom)}" if top is None else f"{nom}, au plus tard le {write(top)}"
    if top is None:
        return f"{nom}, positif ou nul" if bottom == 0 else f"{nom}, au moins {write(bottom)}"
    return f"{nom}, au plus {write(top)}"


def _example_year(awaited: AcceptedInput) -> int:
    bound = awaited.minimum or awaited.maximum
    return bound.year if isinstance(bound, date) else 2025
