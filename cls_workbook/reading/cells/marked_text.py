"""What says something else than its characters do: a text of which a part is struck out, cannot be seen, or is raised
above the line; a number that its cell shows otherwise."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple


class OtherwiseShown(float):
    """The number as it is kept. Its cell shows it in thousands or millions (« 5 k€ »), beside other digits, or not."""


class Run(NamedTuple):
    """A piece of the text of a cell, and how it is shown. ``struck``: or not to be seen (white, or tiny)."""

    text: str
    struck: bool = False
    raised: bool = False


class MarkedText(str):
    """All the characters of a cell. ``kept``: without those that are struck out or not to be seen; ``raised``: is a
    digit above or under the line, as in 12³?"""

    kept: str
    raised: bool

    def __new__(cls, text: str, kept: str, raised: bool = False) -> MarkedText:
        marked = super().__new__(cls, text)
        marked.kept, marked.raised = kept, raised
        return marked

    def __eq__(self, other: object) -> bool:
        same_marks = not isinstance(other, MarkedText) or (other.kept, other.raised) == (self.kept, self.raised)
        return super().__eq__(other) is True and same_marks

    def __ne__(self, other: object) -> bool:
        return not self == other

    __hash__ = str.__hash__

    def __getnewargs__(self) -> tuple[str, str, bool]:  # type: ignore[override]  # it travels between processes
        return str(self), self.kept, self.raised


def text_of_runs(runs: Iterable[Run]) -> str:
    """A ``MarkedText`` where the format of a run changes what it says; else their text."""
    all_runs = list(runs)
    text = "".join(run.text for run in all_runs)
    raised = any(run.raised and any(c.isdigit() for c in run.text) for run in all_runs)
    if not raised and not any(run.struck and run.text.strip() for run in all_runs):
        return text
    return MarkedText(text, "".join(run.text for run in all_runs if not run.struck), raised)
