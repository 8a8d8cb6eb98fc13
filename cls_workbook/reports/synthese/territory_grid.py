"""The places in the Synthèse: a grid, one row a place, one column a fiche that reached some."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from cls_workbook.domain.placed.place_kinds import COMMUNE, QPV, PlaceKind, groups, place_kinds
from cls_workbook.reports.synthese.synthese_pieces import CENTRED, MUTED, STRONG, UNITS, Board, PrintedColumn, StyledBox
from cls_workbook.reports.synthese.synthese_portrait import Portrait
from cls_workbook.summaries.aggregation import SEPARATOR
from cls_workbook.tables.table_frames import frame_records

NAME_WIDTH, COUNT_WIDTH = 8, 2
MAX_FICHES = UNITS - NAME_WIDTH - COUNT_WIDTH  # columns of one unit; beyond, the fiches are listed
HERE = StyledBox("●", CENTRED)
LINE = 13.0  # points
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
    board.band(titre, following=120)
    named: list[str] = []
    rows = list(_rows(kinds, reached, fiches, named))
    board.sheet_table(_columns(fiches, kinds), rows, least=LINE)
    for sentence in named:
        board.note(sentence)


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
