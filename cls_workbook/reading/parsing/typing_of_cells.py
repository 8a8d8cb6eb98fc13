"""One return → its values typed, each with who says it of what; what cannot be typed, an anomaly.

Knows no frame: a return is typed in whichever process read it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

from cls_workbook.anomalies import Anomalie, Place
from cls_workbook.forms.layout import InputPlace
from cls_workbook.reading.cells.accepted_input import NotUnderstood, Understood
from cls_workbook.reading.cells.parse_values import understand
from cls_workbook.reading.cells.shown import as_text, quoted
from cls_workbook.reading.locating.expected_row import HOME, CountedAnswer
from cls_workbook.reading.locating.retour import TypedInput
from cls_workbook.reading.parsing.answering import STRUCTURE, Answering
from cls_workbook.reading.parsing.day_order import DayOrder
from cls_workbook.reading.reading_checks import UnknownChoice, UnnamedStructure, WrittenNo

UNDERSTOOD_MAX, WORD_LENGTH_MAX = 5_000, 200  # words remembered; characters of one
Outcome = Understood | NotUnderstood | None

NOTHING, REASON = "{}/avancement/rien", "{}/avancement/rien_motif"  # a fiche without anything this year, and why


class Understanding:
    """What was typed in the inputs of one workbook, understood: the same word in the same input means the same in
    every return."""

    def __init__(self) -> None:
        self._known: dict[tuple[str, type, object], Outcome] = {}

    def of(self, raw: object, place: InputPlace) -> Outcome:
        """Worked out once, while it is remembered."""
        key = place.cle, raw.__class__, raw
        if (outcome := self._known.get(key)) is None:
            outcome = _understand(raw, place)
            if len(self._known) >= UNDERSTOOD_MAX:
                self._known.clear()
            if not isinstance(raw, str) or len(raw) <= WORD_LENGTH_MAX:
                self._known[key] = outcome
        return outcome


def _understand(raw: object, place: InputPlace) -> Outcome:
    outcome = understand(raw, place.type, place.choix, place.minimum, place.maximum, place.length, place.unite)
    if isinstance(outcome, NotUnderstood) and outcome.check is UnknownChoice and not place.strict:
        return understand(raw, "texte", length=place.length)  # the list only proposes
    return outcome


class TypedValue(NamedTuple):
    """``modalite``: what names its row, where that was typed; ``rule``: "" when it was taken as typed."""

    typed: TypedInput
    place: InputPlace
    valeur: Any
    rule: str
    modalite: str


class ReturnTyping:
    """One return. ``anomalies``: of reading, then of typing, with the structure that answers; whole once ``values``
    are gone through."""

    def __init__(self, answering: Answering, understanding: Understanding):
        self.answering, self.retour, self._understanding = answering, answering.retour, understanding
        self._ventilation_inputs = [(t, place) for t, place in answering.placed if place.bloc == "ventilations"]
        self.anomalies = [replace(a, structure=answering.structure) for a in self.retour.anomalies]
        # A blank workbook that comes back answers nothing: nobody needs to know who sent it.
        if not answering.structure and answering.answered:
            self.anomalies.append(self._unknown_structure())

    def values(self) -> Iterator[TypedValue]:
        """The values of the fiches answered, in the order of the sheets."""
        modalites, untouched = self._typed_modalites(), self._untouched_rows()
        answered = {"", *self.answering.answered}
        order, written_no = DayOrder(self.answering), dict[tuple[str, str], list[TypedInput]]()
        for typed, place in self.answering.placed:
            if place.fiche not in answered or (untouched and _row(typed.cle) in untouched):
                continue
            outcome = order.of(typed, place, self._understanding.of(typed.raw, place))
            if isinstance(outcome, NotUnderstood):
                if outcome.check is WrittenNo:
                    written_no.setdefault((typed.sheet, place.fiche), []).append(typed)
                else:
                    self.anomalies.append(self._not_understood(typed, place, outcome))
                outcome = None if outcome.valeur is None else Understood(outcome.valeur)
            if outcome is not None:
                modalite = modalites.get(_row(typed.cle), "") if modalites and not place.modalite else ""
                yield TypedValue(typed, place, outcome.valeur, outcome.rule, modalite)
        self.anomalies += [*order.anomalies(), *(self._written_no(*where, its) for where, its in written_no.items())]

    def _untouched_rows(self) -> set[str]:
        """Funding lines that hold last year's funder and nothing of this year: they say nothing."""
        lines: dict[str, bool] = {}
        for typed, place in self.answering.placed if self.retour.carried_over else ():
            if place.bloc == "financement":
                row = _row(typed.cle)
                lines[row] = lines.get(row, True) and self.answering.is_unchanged(typed, place)
        return {row for row, is_untouched in lines.items() if is_untouched}

    def _typed_modalites(self) -> dict[str, str]:
        """Row of a breakdown → what names it: its category as typed, else the name."""
        names: dict[str, dict[str, str]] = {}
        for typed, place in self._ventilation_inputs:
            if place.champ in ("modalite", "nom"):
                outcome = self._understanding.of(typed.raw, place)
                if isinstance(outcome, Understood):
                    names.setdefault(_row(typed.cle), {})[place.champ] = outcome.valeur
        return {row: n.get("modalite") or n["nom"] for row, n in names.items()}

    # --- how much is filled in ---

    def lines(self) -> list[tuple[object, ...]]:
        """One row of ``typed_frames.RETOURS`` per fiche answered."""
        r, volets, structure = self.retour, self.answering.volets, self.answering.structure
        identity = r.file, r.sha256, r.annee, r.contrat, r.modele, structure
        detailed = {_row(_row(typed.cle)) for typed, _ in self._ventilation_inputs}
        return [
            (*identity, volets.get(f, ""), f, r.worksheets[f], *self._tallies(f, detailed))
            for f in self.answering.answered
        ]

    def _tallies(self, fiche: str, detailed: set[str]) -> tuple[int, int]:
        """(answers given, answers expected) on a fiche, counted as its last column counts them. ``detailed``: the
        breakdowns filled in."""
        if NOTHING.format(fiche) in self.answering.raw_values:  # why is then all that is asked
            return int(REASON.format(fiche) in self.answering.raw_values), 1
        expected = [a for a in self.answering.modele.counted[fiche] if self._is_asked(a)]
        return sum(1 for a in expected if self._is_filled(a, detailed)), len(expected)

    def _is_asked(self, counted: CountedAnswer) -> bool:
        """Not what belongs to another volet than the one answered for."""
        if not counted.mesure:
            return True
        fiche, indicateur, _ = self.answering.contrat.by_mesure[counted.mesure]
        return fiche.concerns(indicateur, self.answering.volets.get(fiche.numero, ""))

    def _is_filled(self, counted: CountedAnswer, detailed: set[str]) -> bool:
        raw_values = self.answering.raw_values
        if counted.asked_for and all(map(raw_values.__contains__, counted.asked_for)):
            return True
        if raw_values.get(counted.statut) in self.answering.contrat.follow_up.listes.statuts[2:]:
            return True
        # A measure made of its breakdown has no figure of its own.
        return not counted.asked_for and counted.detail in detailed

    # --- anomalies ---

    def _not_understood(self, typed: TypedInput, place: InputPlace, fault: NotUnderstood) -> Anomalie:
        return fault.check.anomalie(
            Place(self.retour.file, typed.sheet, place.fiche, self.answering.structure),
            (typed.cell,),
            champ=place.libelle,
            found=f"« {as_text(typed.raw)} »",
            expected=fault.expected,
            remedy=fault.remedy,
        )

    def _written_no(self, sheet: str, fiche: str, typed: Sequence[TypedInput]) -> Anomalie:
        return WrittenNo.anomalie(
            Place(self.retour.file, sheet, fiche, self.answering.structure),
            [t.cell for t in typed],
            champ="cases à cocher",
            found=quoted(dict.fromkeys(t.raw for t in typed)),
        )

    def _unknown_structure(self) -> Anomalie:
        sheet, place = self.retour.worksheets.get(HOME, ""), self.answering.modele.places[STRUCTURE]
        cell = self.retour.moved_inputs.get(STRUCTURE, place.cell)
        return UnnamedStructure.anomalie(
            Place(self.retour.file, sheet),
            (cell,) if sheet else (),
            champ=place.libelle,
            found="une cellule vide",
            expected="le nom de la structure qui répond",
            remedy="choisissez votre structure sur la feuille Accueil, puis renvoyez le classeur.",
            refuses_file=True,
        )


def _row(cle: str) -> str:
    """The key of the row that an input stands in."""
    return cle.rpartition("/")[0]
