"""The measures that have a past, in the Synthèse: a table from one period to the next, and charts that read it."""

from __future__ import annotations

from collections.abc import Sequence

from cls_workbook.domain.model import Fiche, Mesure
from cls_workbook.reports.synthese.synthese_pieces import UNITS, WHOLE, Board, PrintedColumn, PrintedTable, StyledBox
from cls_workbook.reports.synthese.synthese_portrait import Portrait
from cls_workbook.reports.synthese.synthese_values import is_number, value_style
from cls_workbook.reports.synthese.text_heights import abridged, height
from cls_workbook.summaries.aggregation import AS_RATE

TABLE_WIDTH, CHART_HEIGHT, LEAST_LINE = 22, 110, 12.5  # units, points
PER_CHART = 4  # measures: beyond, their names would cross
Group = tuple[str, list[tuple[Fiche, Mesure]]]  # unit, its measures


def measures_over_time(board: Board, portrait: Portrait, most: int) -> None:
    """The measures that were something before this year, ``most`` of them: a table, and beside it a chart a unit, as
    many as there is room for; nothing without them."""
    groups, set_aside = _comparables(portrait, most)
    if not groups:
        return
    lines = _lines(portrait, groups)
    periods = _periods(portrait, [mesure for _, membres in groups for _, mesure in membres])
    columns = [
        PrintedColumn("Fiche et mesure", TABLE_WIDTH - 4 - 3 * len(periods)),
        PrintedColumn("Unité", 4),
        *(PrintedColumn(titre, 3, WHOLE) for titre in periods),
    ]
    tall = (
        max(height(t, c.unites, minimum=LEAST_LINE) for t, c in zip(row, columns[:2], strict=False)) for row in lines
    )
    board.band("Les mesures qui ont un passé", following=max(CHART_HEIGHT, 28 + sum(tall)))
    top = board.line
    drawn = board.sheet_table(columns, lines, may_split=False, least=LEAST_LINE)
    _charts_beside(board, groups, drawn, top)
    if set_aside:
        board.note(f"{set_aside} autres mesures ont un passé : elles sont dans la consolidation.")


def _lines(portrait: Portrait, groups: Sequence[Group]) -> list[list[object]]:
    periods = _periods(portrait, [mesure for _, membres in groups for _, mesure in membres])
    lines: list[list[object]] = []
    for unite, membres in groups:
        for fiche, mesure in membres:
            values = [_past(portrait, mesure)[titre] for titre in periods]
            boxes = [StyledBox(v, value_style(mesure, v, strong=v is values[-1])) for v in values]
            lines.append([f"{fiche.numero} · {mesure.libelle}", unite or None, *boxes])
    return lines


def _past(portrait: Portrait, mesure: Mesure) -> dict[str, object]:
    """Heading → value, from the one that the contract started from to this year's."""
    line = portrait.indicateurs.get(mesure.id, {})
    return {
        "Valeur initiale": mesure.valeur_initiale,
        portrait.year_label(-1): line.get("Valeur n-1"),
        portrait.year_label(): line.get("Valeur"),
    }


def _periods(portrait: Portrait, mesures: Sequence[Mesure]) -> list[str]:
    """The headings under which one measure at least has a value."""
    pasts = [_past(portrait, m) for m in mesures]
    return [titre for titre in pasts[0] if any(past[titre] is not None for past in pasts)]


def _comparables(portrait: Portrait, most: int) -> tuple[list[Group], int]:
    """((unit, measures), how many are left out). The units with most measures come first: different units share no
    axis. A bar against nothing says nothing: a measure that was zero, or unknown, before is not compared."""
    candidates = [
        (fiche, mesure)
        for fiche in portrait.contrat.actions
        for mesure in fiche.mesures
        for *before, now in [_past(portrait, mesure).values()]
        if is_number(now) and any(is_number(v) and v for v in before)
    ]
    kept_ones = candidates
    if len(candidates) > most:
        kept_ones = sorted(candidates, key=lambda c: not c[1].cle)[:most]
    groups: dict[str, list[tuple[Fiche, Mesure]]] = {}
    for fiche, mesure in kept_ones:
        groups.setdefault("%" if mesure.agregation in AS_RATE else mesure.unite or "", []).append((fiche, mesure))
    return sorted(groups.items(), key=lambda g: -len(g[1])), len(candidates) - len(kept_ones)


def _charts_beside(board: Board, groups: Sequence[Group], drawn: PrintedTable, top: int) -> None:
    """Columns side by side for each unit, one chart under the other from row ``top``, as high as the table together;
    the rows of a unit follow each other in the table."""
    last, end = drawn.columns[-1].titre, board.line
    colors = ("gris_moyen", "axe4", "accent")[5 - len(drawn.columns) :]
    room = sum(board.sheet.heights[line] for line in range(top, end))
    above, board.line = 0, top
    drawn_groups = groups[: max(1, int(room // CHART_HEIGHT))]
    high = max(float(CHART_HEIGHT), room / len(drawn_groups))
    for unite, membres in drawn_groups:
        shown = membres[:PER_CHART]
        said = (
            f"Colonnes : {', '.join(m.libelle for _, m in shown)}, jusqu’en {last}. Les chiffres sont dans le tableau."
        )
        bars = drawn.part(above, len(shown)).bars(colors, first=2)
        titre, format_ = _title(unite, shown, len(membres)), "taux" if unite == "%" else "entier"
        start = TABLE_WIDTH + 1
        board.chart(start, UNITS - start, high, "colonnes", abridged(titre, 52), bars, said, format_)
        above += len(membres)
        below = 0.0
        while board.line < end and below < high:
            below += board.sheet.heights[board.line]
            board.line += 1
    board.line = end
    board.complete(top, CHART_HEIGHT)


def _title(unite: str, shown: Sequence[tuple[Fiche, Mesure]], of: int) -> str:
    """« 1.1 · Consultations »; « Unité : personne (4 sur 8) »."""
    if of == 1:
        return f"{shown[0][0].numero} · {shown[0][1].libelle}"
    return f"Unité : {unite or 'nombre'}" + (f" ({len(shown)} sur {of})" if len(shown) < of else "")
