"""Does a file write the day first? One date such as « 11/28/2025 » makes the others of its file doubtful."""

from __future__ import annotations

from collections.abc import Iterator

from cls_workbook.anomalies import Anomalie, Place
from cls_workbook.forms.layout import InputPlace
from cls_workbook.french import NBSP
from cls_workbook.reading.cells.accepted_input import AcceptedInput, NotUnderstood, Understood
from cls_workbook.reading.cells.shown import as_text, quoted
from cls_workbook.reading.cells.written_dates import date_refusal, is_month_first, may_be_month_first
from cls_workbook.reading.locating.retour import TypedInput
from cls_workbook.reading.parsing.answering import Answering
from cls_workbook.reading.reading_checks import DoubtfulDayOrder

Outcome = Understood | NotUnderstood | None


class DayOrder:
    """Of one return. A text is then asked again; on the same sheet, what the spreadsheet made a date of is to be
    confirmed, once."""

    def __init__(self, answering: Answering):
        self._answering = answering
        month_first = [t for t, place in answering.placed if place.type == "date" and is_month_first(t.raw)]
        self._witness = month_first[0].raw if month_first else None
        self._sheets = {t.sheet for t in month_first}
        self._converted: dict[tuple[str, str], list[TypedInput]] = {}  # (sheet, fiche) → inputs

    def of(self, typed: TypedInput, place: InputPlace, outcome: Outcome) -> Outcome:
        """``outcome``: what the date says, read day first."""
        if self._witness is None or place.type != "date" or not may_be_month_first(typed.raw):
            return outcome
        if isinstance(typed.raw, str):
            reason = f"dans ce fichier, «{NBSP}{as_text(self._witness)}{NBSP}» met le mois d’abord{NBSP}: "
            return date_refusal(AcceptedInput("date", minimum=place.minimum, maximum=place.maximum), reason)
        if (
            isinstance(outcome, Understood)
            and typed.sheet in self._sheets
            and not self._answering.is_unchanged(typed, place)
        ):
            self._converted.setdefault((typed.sheet, place.fiche), []).append(typed)
        return outcome

    def anomalies(self) -> Iterator[Anomalie]:
        for (sheet, fiche), typed in self._converted.items():
            yield DoubtfulDayOrder.anomalie(
                Place(self._answering.retour.file, sheet, fiche, self._answering.structure),
                [t.cell for t in typed],
                champ="dates",
                found=f"{quoted(t.raw for t in typed)} ; ailleurs dans ce fichier : « {as_text(self._witness)} », "
                "mois d’abord",
            )
