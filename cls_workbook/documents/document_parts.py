"""What a document is made of, before it has a format: headings, paragraphs, tables, charts. Plain data."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

COVER_TITLE, COVER_LINE, BODY, LEAD, SMALL = "cover title", "cover line", "body", "lead", "small"


@dataclass(frozen=True, slots=True)
class Heading:
    """``level`` from 1; ``new_page``: it opens a page."""

    texte: str
    level: int = 1
    new_page: bool = False


@dataclass(frozen=True, slots=True)
class Sentence:
    """A paragraph; ``role``: one of those above."""

    texte: str
    role: str = BODY


@dataclass(frozen=True, slots=True)
class Bullets:
    texts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Contents:
    """The table of contents stands here."""


@dataclass(frozen=True, slots=True)
class FigureTable:
    """A table: ``rows`` of as many texts as ``headers``. ``widths``: shares of the page's width. ``figures``: ranks of
    the columns that hold figures. ``source``: where each of them is in the consolidation. ``alt``: what it is, for who
    does not see it."""

    caption: str
    headers: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    widths: tuple[int, ...]
    source: str
    figures: tuple[int, ...] = ()
    total: bool = False  # the last row is one
    alt: str = ""
    roles: tuple[str, ...] = ()  # of the charte, for the last cell of each row


@dataclass(frozen=True, slots=True)
class Bars:
    """A native chart of horizontal bars, stacked or side by side: ``series``: (name, a value per category, colour of
    the charte)."""

    caption: str
    categories: tuple[str, ...]
    series: tuple[tuple[str, tuple[float | None, ...], str], ...]
    alt: str
    source: str
    stacked: bool = False
    number_format: str = "#,##0"


Part = Heading | Sentence | Bullets | Contents | FigureTable | Bars


@dataclass(frozen=True, slots=True)
class Slide:
    """One idea. ``notes``: what the speaker reads, and where each figure comes from."""

    titre: str
    parts: tuple[Part, ...]
    notes: tuple[str, ...]


def grid(
    caption: str,
    columns: Sequence[tuple[str, int]],
    rows: Sequence[Sequence[str | None]],
    source: str,
    figures: Sequence[int] = (),
    *,
    total: bool = False,
    alt: str = "",
    roles: Sequence[str] = (),
) -> FigureTable:
    """``columns``: (header, share of the width); None in a row: nothing is known. A column that says nothing in any row
    is left out, but for the first."""
    cells = [[cell or "" for cell in row] for row in rows]
    kept = [rank for rank in range(len(columns)) if rank == 0 or any(row[rank] for row in cells)]
    return FigureTable(
        caption,
        tuple(columns[rank][0] for rank in kept),
        tuple(tuple(row[rank] for rank in kept) for row in cells),
        tuple(columns[rank][1] for rank in kept),
        source,
        tuple(place for place, rank in enumerate(kept) if rank in figures),
        total,
        alt or caption,
        tuple(roles),
    )
