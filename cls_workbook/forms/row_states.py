"""Where a row stands, in a word beside its question, while one types: « rempli », « à remplir », « à corriger ».

A courtesy, in functions that Excel 2016, Excel on the web and LibreOffice share: every answer is checked again when it
comes back. A formula never compares a text or a boolean with a number: in Excel, both are greater than any number.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from cls_workbook.forms.columns import STATE
from cls_workbook.forms.layout import FILLED, TO_CORRECT, TO_FILL, FormPage, InputPlace, KeyedRow
from cls_workbook.workbook.description import address

# What cannot be more than something else of its row.
_AT_MOST = (
    ("numerateur", "denominateur"),
    ("satisfaits", "repondants"),
    ("repondants", "questionnaires"),
    ("dont_qpv", "valeur"),
    ("verse", "engage"),
)
_FIRST_DAY, _LAST_DAY = 18264, 73050  # 1 January 1950, 31 December 2099: what is read as a date


class NotAsked(NamedTuple):
    """A condition under which a row is asked nothing, the word that says so, whether it holds when the sheet leaves."""

    condition: str
    word: str
    holds: bool


def put_state(
    page: FormPage,
    row: KeyedRow,
    condition: str = "",
    *,
    filled: bool = False,
    when: str = "",
    unless: NotAsked | None = None,
    faults: Sequence[str] = (),
    always: bool = False,
    column: int = STATE,
) -> None:
    """The state of the current row, whose inputs are all placed. ``condition``: it is answered (« »: nothing is
    expected of it); ``filled``: does that hold when the sheet leaves? ``when``: something is expected only then.
    ``faults``: conditions of a fault, beside those of its inputs. ``always``: even if the fiche declares nothing."""
    wrong = [*(fault for place in row.input_places for fault in _faults(page, place)), *_above(row), *faults]
    if not (condition or wrong):
        return
    formula, word = f'IF({condition},"{FILLED}","{TO_FILL}")' if condition else '""', ""
    if condition and not when:
        word = FILLED if filled else TO_FILL
    if when:
        formula = f'IF({when},{formula},"")'
    if wrong:
        formula = f'IF({_any(wrong)},"{TO_CORRECT}",{formula})'
    if unless:
        formula, word = f'IF({unless.condition},"{unless.word}",{formula})', unless.word if unless.holds else word
    if page.nothing and not always:
        formula = f'IF({page.nothing}<>"","",{formula})'
    if word in (FILLED, TO_FILL):
        page.etats.append(word == FILLED)
    page.computation(row, column, formula, word, "calcul:centre")


def _any(conditions: Iterable[str]) -> str:
    found = list(conditions)
    return f"OR({','.join(found)})" if len(found) > 1 else found[0]


def _faults(page: FormPage, place: InputPlace) -> Iterable[str]:
    """What makes an input one to correct: its kind, its bounds, its list."""
    cell, bounds = place.cell, []
    match place.type:
        case "entier":
            bounds = [f"{place.cell}<{place.minimum or 0}", f"{cell}<>INT({cell})"]
        case "decimal" | "montant":
            bounds = [f"{place.cell}<{place.minimum or 0}"]
        case "date":
            bounds = [f"{cell}<{_FIRST_DAY}", f"{cell}>{_LAST_DAY}"]
        case "liste" if place.strict:
            yield f'AND({cell}<>"",ISERROR(MATCH({cell},{page.sources[place.cle]},0)))'
        case "texte" | "liste":
            yield f"LEN({cell})>{place.length}"
    if bounds:
        bounds += [f"{cell}>{place.maximum}"] if place.maximum is not None else []
        yield f'IF(ISNUMBER({cell}),OR({",".join(bounds)}),{cell}<>"")'


def _above(row: KeyedRow) -> Iterable[str]:
    cells = {place.champ: place.cell for place in row.input_places}
    return [more_than(cells[part], cells[whole]) for part, whole in _AT_MOST if part in cells and whole in cells]


def more_than(part: str, whole: str) -> str:
    """The condition that both cells hold numbers and the first is the greater."""
    return f"AND(ISNUMBER({part}),ISNUMBER({whole}),N({part})>N({whole}))"


def states_column(sheet: str = "") -> str:
    """The column of the states, as a formula of this sheet or of another cites it."""
    name = "'" + sheet.replace("'", "''") + "'!" if sheet else ""
    letter = address(1, STATE)[:-1]
    return f"{name}${letter}:${letter}"
