"""Communes and priority quarters in the Synthèse: a grid, one row a place, one column a fiche that reached some."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from cls_workbook.reports.synthese.synthese_pieces import CENTRED, MUTED, STRONG, UNITS, Board, PrintedColumn, StyledBox
from cls_workbook.reports.synthese.synthese_portrait import Portrait
from cls_workbook.summaries.aggregation import SEPARATOR
from cls_workbook.tables.table_frames import frame_records

NAME_WIDTH, COUNT_WIDTH = 8, 2
MAX_FICHES = UNITS - NAME_WIDTH - COUNT_WIDTH  # columns of one unit; beyond, the fiches are listed
HERE = StyledBox("●", CENTRED)
LINE = 13.0  # points
Place = tuple[str, str]  # type, name


def territories(board: Board, portrait: Portrait) -> None:
    """Nothing is said of places where no return says any."""
    reached = _reached(portrait)
    titre = "Communes et quartiers prioritaires touchés"
    if not reached:
        board.band(titre, following=30)
        return board.note("Aucun retour ne dit quelles communes ni quels quartiers ont été touchés.")
    active = {numero for numbers in reached.values() for numero in numbers}
    fiches = [f.numero for f in portrait.contrat.actions if f.numero in active]
    board.band(titre, following=120)
    board.sheet_table(_columns(fiches), list(_rows(portrait, reached, fiches)), least=LINE)


def _reached(portrait: Portrait) -> dict[Place, list[str]]:
    """Place → the numbers of the fiches that reached it."""
    return {
        (r["type"], r["nom"]): str(r["numeros"]).split(SEPARATOR)
        for r in frame_records(portrait.result.summaries.territoire)
    }


def _columns(fiches: Sequence[str]) -> list[PrintedColumn]:
    name, count = (
        PrintedColumn("Commune ou quartier", NAME_WIDTH, STRONG),
        PrintedColumn("Fiches", COUNT_WIDTH, CENTRED),
    )
    if len(fiches) > MAX_FICHES:
        return [name, count, PrintedColumn("Lesquelles", MAX_FICHES)]
    wide, more = divmod(MAX_FICHES, len(fiches))
    widths = [wide + (rank < more) for rank in range(len(fiches))]
    return [name, count, *(PrintedColumn(n, w, CENTRED) for n, w in zip(fiches, widths, strict=True))]


def _rows(portrait: Portrait, reached: dict[Place, list[str]], fiches: Sequence[str]) -> Iterator[list[object]]:
    """Each group under a row that counts it: communes, quarters, then what the contract does not know."""
    contrat = portrait.contrat
    known = [("commune", c.nom) for c in contrat.communes], [("qpv", q.nom) for q in contrat.qpv_in(portrait.annee)]
    others = [place for place in reached if place not in known[0] and place not in known[1]]
    blank = [None] * (1 if len(fiches) > MAX_FICHES else len(fiches))
    for titre, places in (("Communes", known[0]), ("Quartiers prioritaires", known[1]), ("Hors du territoire", others)):
        if places:
            count = f"{sum(p in reached for p in places)} sur {len(places)}" if places is not others else len(places)
            yield [StyledBox(titre, "dense_total"), StyledBox(count, "dense_total:petit_centre"), *_filled(blank)]
            yield from (_row(place, reached, fiches) for place in places)


def _filled(blank: Sequence[None]) -> list[StyledBox]:
    return [StyledBox(v, "dense_total") for v in blank]


def _row(place: Place, reached: dict[Place, list[str]], fiches: Sequence[str]) -> list[object]:
    numbers = reached.get(place, [])
    name = place[1] if numbers else StyledBox(place[1], MUTED)
    if len(fiches) > MAX_FICHES:
        return [name, len(numbers), SEPARATOR.join(numbers)]
    return [name, len(numbers), *(HERE if n in numbers else None for n in fiches)]
