"""The places in the Synthèse: a grid of fiches and places, whichever way it takes less room.

A row a fiche where all places have a column; else a row a place, a column a fiche that reached some.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from cls_workbook.domain.placed.place_kinds import COMMUNE, QPV, PlaceKind, groups, place_kinds
from cls_workbook.french import NBSP
from cls_workbook.reports.synthese.synthese_pieces import CENTRED, MUTED, STRONG, UNITS, Board, PrintedColumn, StyledBox
from cls_workbook.reports.synthese.synthese_portrait import Portrait
from cls_workbook.reports.synthese.text_heights import abridged, height
from cls_workbook.summaries.aggregation import SEPARATOR
from cls_workbook.tables.table_frames import frame_records
from cls_workbook.workbook.text_width import width

NAME_WIDTH, COUNT_WIDTH = 7, 3
NAME_LENGTH, UPRIGHT_SIZE = 5, 9  # characters that a unit shows; points of the names of places over their columns
UPRIGHT_ROWS = 9  # that those names take
MAX_FICHES = UNITS - NAME_WIDTH - COUNT_WIDTH  # columns of one unit; beyond, the fiches are listed
HERE = StyledBox("●", CENTRED)
LINE = 12.5  # points
LISTED = 40  # places of a kind: beyond, only those that were reached have a row
TypedName = tuple[str, str]  # type, name


def territories(board: Board, portrait: Portrait) -> None:
    """Nothing is said of places where no return says any, or where the contract names none."""
    reached, kinds = _reached(portrait), place_kinds(portrait.contrat, portrait.annee)
    if not (reached or kinds):
        return
    titre = "Lieux touchés" if len(kinds) != 1 else f"{kinds[0].word.title} {kinds[0].word.touched(2)}"
    if _usual(kinds):
        titre = "Communes et quartiers prioritaires touchés"
    if not reached:
        board.band(titre, following=30)
        return board.note("Aucun retour ne dit quels lieux ont été touchés.")
    active = {numero for numbers in reached.values() for numero in numbers}
    fiches = [f.numero for f in portrait.contrat.actions if f.numero in active]
    placed = _in_columns(kinds, reached)
    if len(fiches) + UPRIGHT_ROWS < sum(len(places) for _, places in placed) <= UNITS - NAME_WIDTH:
        return _fiches_in_rows(board, portrait, titre, placed, reached)
    board.band(titre, following=120)
    named: list[str] = []
    rows = list(_rows(kinds, reached, fiches, named))
    board.sheet_table(_columns(fiches, kinds), rows, least=LINE)
    for sentence in named:
        board.note(sentence)


# --- A row a fiche ----------------------------------------------------------------------------------------------------


def _in_columns(kinds: Sequence[PlaceKind], reached: dict[TypedName, list[str]]) -> list[tuple[str, list[TypedName]]]:
    """(heading, places) of each kind and group, then of what the contract does not know."""
    placed = []
    for kind in kinds:
        for group in groups(kind, kinds):
            places = [(kind.type, p.nom) for p in group.places]
            count = f"{sum(p in reached for p in places)} sur {len(places)}"
            placed.append((f"{' · '.join(filter(None, (kind.word.title, group.titre)))}{NBSP}: {count}", places))
    known = {place for _, places in placed for place in places}
    others = [place for place in reached if place not in known]
    return placed + [(f"Hors du territoire{NBSP}: {len(others)}", others)] * bool(others)


def _fiches_in_rows(
    board: Board,
    portrait: Portrait,
    titre: str,
    placed: Sequence[tuple[str, list[TypedName]]],
    reached: dict[TypedName, list[str]],
) -> None:
    """Names of places stand upright over their columns; the last row counts the fiches of each."""
    places = [place for _, its_own in placed for place in its_own]
    fiches = [f for f in portrait.contrat.actions if any(f.numero in numbers for numbers in reached.values())]
    wide = (UNITS - NAME_WIDTH) // len(places)
    name = UNITS - wide * len(places)
    heads = [(wide * len(its_own), titre, "entete:petit_centre") for titre, its_own in placed if its_own]
    head = max(height(text, units, bold=True) for units, text, _ in heads)
    upright = max(width(nom, UPRIGHT_SIZE, bold=True) for _, nom in places) + 8
    board.band(titre, following=head + upright + LINE * (len(fiches) + 1))
    board.row(head, (name, None, "entete"), *heads)
    board.row(upright, (name, "Fiche", "entete"), *((wide, nom, "entete:debout_petit") for _, nom in places))
    for fiche in fiches:
        here = ((wide, HERE.valeur if fiche.numero in reached.get(place, ()) else None, CENTRED) for place in places)
        board.row(LINE, (name, abridged(f"{fiche.numero} · {fiche.titre}", NAME_LENGTH * name), "dense"), *here)
    counts = ((wide, len(reached.get(place, ())), "dense_total:petit_centre") for place in places)
    board.row(LINE, (name, "Fiches", "dense_total"), *counts)


# --- A row a place ----------------------------------------------------------------------------------------------------


def _usual(kinds: Sequence[PlaceKind]) -> bool:
    return [k.type for k in kinds] == [COMMUNE, QPV]


def _reached(portrait: Portrait) -> dict[TypedName, list[str]]:
    """Place → the numbers of the fiches that reached it."""
    return {
        (r["type"], r["nom"]): str(r["numeros"]).split(SEPARATOR)
        for r in frame_records(portrait.result.summaries.territoire)
    }


def _columns(fiches: Sequence[str], kinds: Sequence[PlaceKind]) -> list[PrintedColumn]:
    name, count = (
        PrintedColumn("Commune ou quartier" if _usual(kinds) else "Lieu", NAME_WIDTH, STRONG),
        PrintedColumn("Fiches", COUNT_WIDTH, CENTRED),
    )
    if len(fiches) > MAX_FICHES:
        return [name, count, PrintedColumn("Lesquelles", MAX_FICHES)]
    wide, more = divmod(MAX_FICHES, len(fiches))
    widths = [wide + (rank < more) for rank in range(len(fiches))]
    return [name, count, *(PrintedColumn(n, w, CENTRED) for n, w in zip(fiches, widths, strict=True))]


def _rows(
    kinds: Sequence[PlaceKind], reached: dict[TypedName, list[str]], fiches: Sequence[str], named: list[str]
) -> Iterator[list[object]]:
    """Each kind under a row that counts it, each département and EPCI under another; then what the contract does not
    know. ``named`` receives the sentences that name what nothing reached, where that is too many for a row each."""
    blank = [None] * (1 if len(fiches) > MAX_FICHES else len(fiches))
    known = {(k.type, p.nom) for k in kinds for p in k.places}
    others = [place for place in reached if place not in known]
    for kind in kinds:
        count = f"{sum((kind.type, p.nom) in reached for p in kind.places)} sur {len(kind.places)}"
        yield _heading(kind.word.title, count, blank)
        is_long = len(kind.places) > LISTED
        for group in groups(kind, kinds):
            names = [(kind.type, p.nom) for p in group.places]
            there = [place for place in names if place in reached]
            if group.titre:
                yield [group.titre, StyledBox(f"{len(there)} sur {len(names)}", CENTRED), *blank]
            yield from (_row(place, reached, fiches) for place in (there if is_long else names))
            if is_long and len(there) < len(names):
                absent = ", ".join(nom for place in names if place not in reached for _, nom in [place])
                where = f", {group.titre}" if group.titre else ""
                named.append(f"{kind.word.title} qu’aucune fiche ne cite{where} : {absent}.")
    if others:
        yield _heading("Hors du territoire", len(others), blank)
        yield from (_row(place, reached, fiches) for place in others)


def _heading(titre: str, count: object, blank: Sequence[None]) -> list[object]:
    return [StyledBox(titre, "dense_total"), StyledBox(count, "dense_total:petit_centre"), *_filled(blank)]


def _filled(blank: Sequence[None]) -> list[StyledBox]:
    return [StyledBox(v, "dense_total") for v in blank]


def _row(place: TypedName, reached: dict[TypedName, list[str]], fiches: Sequence[str]) -> list[object]:
    numbers = reached.get(place, [])
    name = place[1] if numbers else StyledBox(place[1], MUTED)
    if len(fiches) > MAX_FICHES:
        return [name, len(numbers), SEPARATOR.join(numbers)]
    return [name, len(numbers), *(HERE if n in numbers else None for n in fiches)]
