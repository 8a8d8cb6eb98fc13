"""The measures that have a past, in the Synthèse: a table from one period to the next, and charts that read it."""

from __future__ import annotations

from collections.abc import Sequence

from cls_workbook.domain.model import Fiche, Mesure
from cls_workbook.reports.synthese.synthese_pieces import UNITS, WHOLE, Board, PrintedColumn, PrintedTable, StyledBox
from cls_workbook.reports.synthese.synthese_portrait import Portrait
from cls_workbook.reports.synthese.synthese_values import is_number, value_style
from cls_workbook.reports.synthese.text_heights import abridged
from cls_workbook.summaries.aggregation import AS_RATE

MAX_COMPARISONS = 18  # rows that stay together on a page
MAX_CHARTS, CHARTS_PER_ROW, CHART_HEIGHT = 6, 3, 150


def measures_over_time(board: Board, portrait: Portrait) -> None:
    """The measures that were something before this year: a table, then a chart for each unit; nothing without them."""
    groups, set_aside = _comparables(portrait)
    if not groups:
        return
    board.band("Les mesures qui ont un passé", following=60 + 20 * sum(len(m) for _, m in groups))
    periods = _periods(portrait, [mesure for _, membres in groups for _, mesure in membres])
    columns = [
        PrintedColumn("Fiche et mesure", UNITS - 6 - 4 * len(periods)),
        PrintedColumn("Unité", 6),
        *(PrintedColumn(titre, 4, WHOLE) for titre in periods),
    ]
    lines = []
    for unite, membres in groups:
        for fiche, mesure in membres:
            values = [_past(portrait, mesure)[titre] for titre in periods]
            boxes = [StyledBox(v, value_style(mesure, v, strong=v is values[-1])) for v in values]
            lines.append([f"{fiche.numero} · {mesure.libelle}", unite or None, *boxes])
    drawn = board.sheet_table(columns, lines, may_split=False)
    if set_aside:
        board.note(f"{set_aside} autres mesures ont un passé : elles sont dans la consolidation.")
    board.empty()
    _small_charts(board, groups, drawn)


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


def _comparables(portrait: Portrait) -> tuple[list[tuple[str, list[tuple[Fiche, Mesure]]]], int]:
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
    if len(candidates) > MAX_COMPARISONS:
        kept_ones = sorted(candidates, key=lambda c: not c[1].cle)[:MAX_COMPARISONS]
    groups: dict[str, list[tuple[Fiche, Mesure]]] = {}
    for fiche, mesure in kept_ones:
        groups.setdefault("%" if mesure.agregation in AS_RATE else mesure.unite or "", []).append((fiche, mesure))
    return sorted(groups.items(), key=lambda g: -len(g[1])), len(candidates) - len(kept_ones)


def _small_charts(board: Board, groups: Sequence[tuple[str, list[tuple[Fiche, Mesure]]]], drawn: PrintedTable) -> None:
    """Columns side by side for each unit, three charts a row; the rows of a unit follow each other in the table."""
    last = drawn.columns[-1].titre
    colors = ("gris_moyen", "axe4", "accent")[5 - len(drawn.columns) :]
    above = 0
    for rank, (unite, membres) in enumerate(groups[:MAX_CHARTS]):
        if rank % CHARTS_PER_ROW == 0:
            board.keep_together(CHART_HEIGHT + 4)
            board.empty(4)  # a chart at the very top of a page shows its edge at the foot of the one before
        fiche, mesure = membres[0]
        titre = f"{fiche.numero} · {mesure.libelle}" if len(membres) == 1 else f"Unité : {unite or 'nombre'}"
        names = ", ".join(m.libelle for _, m in membres)
        said = f"Colonnes : {names}, jusqu’en {last}. Les chiffres sont dans le tableau au-dessus."
        bars, format_ = drawn.part(above, len(membres)).bars(colors, first=2), "taux" if unite == "%" else "entier"
        start = rank % CHARTS_PER_ROW * 12
        board.chart(start, 12, CHART_HEIGHT, "colonnes", abridged(titre, 52), bars, said, format_)
        above += len(membres)
        if rank % CHARTS_PER_ROW == CHARTS_PER_ROW - 1 or rank == min(len(groups), MAX_CHARTS) - 1:
            board.advance(CHART_HEIGHT)
