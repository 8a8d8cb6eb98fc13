"""Each measure in the sheet Évolution: year after year, what the years make together, and the key ones as charts."""

from __future__ import annotations

from decimal import Decimal

from cls_workbook.french import NBSP, typography
from cls_workbook.reports.consolidation.history_view import HistoryView, YearSeries
from cls_workbook.reports.synthese.synthese_pieces import (
    MUTED,
    STRONG,
    WHOLE,
    Board,
    PrintedColumn,
    StyledBox,
    header_height,
)
from cls_workbook.reports.synthese.text_heights import height
from cls_workbook.summaries.aggregation import AS_RATE
from cls_workbook.summaries.history import over_years_value
from cls_workbook.summaries.masking import MASKED
from cls_workbook.summaries.years.over_the_years import sur_les_annees, years_in_words
from cls_workbook.tables.described_columns import Row

_HIDDEN = StyledBox(MASKED, f"{MUTED}:petit_centre")
MAX_TEXT = 240  # characters, all years together, of a measure in words that the table shows
MAX_CHARTS, PER_ROW, POINTS = 12, 3, 165
LABEL_UNITS = 11
CHART_TITLE = 52  # characters: a longer name is whole above the figures, and the chart has no title
_CHANGED_NOTE = (
    "Une mesure dont l’unité ou la façon de compter a changé est sur plusieurs lignes : d’une ligne à l’autre, rien ne "
    "se compare ni ne s’additionne."
)
_MASKED_NOTE = (
    "« masqué » : le chiffre est connu, et trop petit pour être transmis, ou il en donnerait un qui l’est ; il n’y a "
    "alors ni cumul, ni part atteinte, ni colonne de graphique."
)


def mesures_by_year(board: Board, view: HistoryView) -> None:
    """Every measure that has a value one year at least, then charts of the contract's key measures."""
    series = view.mesures()
    told = (
        PrintedColumn("Unité", 3),
        PrintedColumn("Valeur initiale", 2, WHOLE),
        PrintedColumn("Cumul", 3, WHOLE),
        PrintedColumn("Ce qu’est le cumul", 6),
    )
    label, *between, last = view.columns("Fiche et mesure", 9, WHOLE, told)
    freed = max(0, label.unites - LABEL_UNITS)  # the sentences take the room that few years leave
    columns = [label._replace(unites=label.unites - freed), *between, last._replace(unites=last.unites + freed)]
    counted = {cle: s for cle, s in series.items() if not _is_long(s)}
    lines = [_row(view, fiche, one_series) for (fiche, *_), one_series in counted.items()]
    absent = "Aucune mesure n’a encore de valeur."
    concealed = any(map(view.masked_years, series.values()))
    changed = len({cle[:2] for cle in series}) < len(series)
    notes = (*[_MASKED_NOTE] * concealed, *[_CHANGED_NOTE] * changed)
    if board.section("Chaque mesure, année par année", columns, lines, *notes, absent=absent, following=110):
        keys = {m.id for f in view.contrat.fiches for m in f.mesures if m.cle}
        drawable = [(c, s) for c, s in series.items() if c[1] in keys and len(_figures(s)) > 1]
        _small_charts(board, view, [(f"{fiche} · {_last(s)['Libellé']}", s) for (fiche, *_), s in drawable])
    _in_words(board, view, {cle: s for cle, s in series.items() if cle not in counted})


def _in_words(board: Board, view: HistoryView, series: dict[tuple[str, str, str, str], YearSeries]) -> None:
    """The measures whose value is words: whole, a sentence a year, then what the years make."""
    if series:
        board.sous_titre("Les mesures qui se disent en mots", following=40)
    for (fiche, *_), one_series in series.items():
        concealed = view.masked_years(one_series)
        said = [
            (view.contrat.follow_up.year_name(a), MASKED if a in concealed else r["Valeur"])
            for a, r in sorted(one_series.items())
        ]
        running_total, told = _cumulative(view, one_series)
        if len(said) > 1 and _last(one_series)["Agrégation"] != "TEXTE":
            said.append((told, running_total))
        name = f"{fiche} · {_last(one_series)['Libellé']}"
        board.sentences(typography(f"{name}, {when} : {words}") for when, words in said)


def _is_long(one_series: YearSeries) -> bool:
    """Too long for a cell of the table."""
    texts = [r["Valeur"] for r in one_series.values() if isinstance(r["Valeur"], str)]
    return _last(one_series)["Agrégation"] == "TEXTE" or sum(map(len, texts)) > MAX_TEXT


def _last(one_series: YearSeries) -> Row:
    return one_series[max(one_series)]


def _row(view: HistoryView, fiche: str, one_series: YearSeries) -> list[object]:
    last = _last(one_series)
    style = _style(last["Agrégation"])
    running_total, told = _cumulative(view, one_series)
    concealed = view.masked_years(one_series)
    values = {a: _HIDDEN if a in concealed else _box(r["Valeur"], style) for a, r in one_series.items()}
    return [
        f"{fiche} · {last['Libellé']}",
        *map(values.get, view.annees),
        last["Unité"],
        _box(last["Valeur initiale"], style),
        _box(running_total, style, STRONG),
        told,
    ]


def _figures(one_series: YearSeries) -> dict[int, object]:
    return {a: r["Valeur"] for a, r in one_series.items() if isinstance(r["Valeur"], (int, float, Decimal))}


def _cumulative(view: HistoryView, one_series: YearSeries) -> tuple[object, str]:
    """What several years make together, by the rule of the measure; its values as that rule wants them. Nothing where
    one of them is masked: the others, taken from it, would give it back."""
    last, named = _last(one_series), view.contrat.follow_up.year_name
    if concealed := view.masked_years(one_series):
        are = "le sont" if len(concealed) > 1 else "l’est"
        return None, f"{MASKED}{NBSP}: {years_in_words(concealed, named)} {are}"
    years_followed = sorted(a for a in {*view.asked(last), *one_series} if min(one_series) <= a)
    initial = last["Valeur initiale"]
    return sur_les_annees(
        last["Agrégation"],
        {a: over_years_value(one_series[a], last["Agrégation"]) if a in one_series else None for a in years_followed},
        None if initial is None else Decimal(initial),
        named,
    )


def _style(agregation: str) -> str:
    return "taux_cale" if agregation in AS_RATE else "decimal_cale" if agregation == "MOYENNE" else "entier_cale"


def _box(valeur: object, style: str, role: str = "dense") -> StyledBox:
    if isinstance(valeur, (int, float, Decimal)):
        return StyledBox(valeur, f"{role}:{'decimal_cale' if style == 'entier_cale' and valeur % 1 else style}")
    return StyledBox(None if valeur is None else str(valeur), role)


def _small_charts(board: Board, view: HistoryView, mesures: list[tuple[str, YearSeries]]) -> None:
    """Three key measures side by side: a row a year, and the chart that reads it."""
    if not mesures:
        return
    retained = mesures[:MAX_CHARTS]
    for start in range(0, len(retained), PER_ROW):
        groupe = retained[start : start + PER_ROW]
        names = [height(_year_label(view, s, a), 4, bold=True) for _, s in groupe for a in view.annees]
        need = 4 + header_height(_chart_columns(groupe)) + max(names) * len(view.annees) + POINTS
        if start == 0:
            board.sous_titre("Les mesures clés en images", following=need)
        board.keep_together(need)
        board.empty(4)
        _row_of_charts(board, view, groupe)
    if autres := len(mesures) - len(retained):
        s = "s" * (autres > 1)
        board.note(f"{autres} autre{s} mesure{s} clé{s}{NBSP}: dans le tableau.")


def _year_label(view: HistoryView, one_series: YearSeries, annee: int) -> str:
    """A year that has no bar says why, where it is masked."""
    return view.contrat.follow_up.year_name(annee) + (f" ({MASKED})" if annee in view.masked_years(one_series) else "")


def _chart_columns(groupe: list[tuple[str, YearSeries]]) -> list[PrintedColumn]:
    return [c for titre, _ in groupe for c in (PrintedColumn("Année", 4, STRONG), PrintedColumn(titre, 8, WHOLE))]


def _row_of_charts(board: Board, view: HistoryView, groupe: list[tuple[str, YearSeries]]) -> None:
    styles = [_style(_last(one_series)["Agrégation"]) for _, one_series in groupe]
    lines: list[list[object]] = [[] for _ in view.annees]
    for (_, one_series), style in zip(groupe, styles, strict=True):
        for line, a in zip(lines, view.annees, strict=True):
            line += [_year_label(view, one_series, a), _box(_figures(one_series).get(a), style)]
    drawn = board.sheet_table(_chart_columns(groupe), lines, may_split=False)
    for rank, ((titre, _), style) in enumerate(zip(groupe, styles, strict=True)):
        bars = [drawn.series(2 * rank + 1, "accent", titre, labels=2 * rank)]
        said = f"Colonnes : {titre}, année par année. Les chiffres sont dans le tableau au-dessus."
        format_ = "taux" if style == "taux_cale" else "entier"
        shown = titre if len(titre) <= CHART_TITLE else ""
        board.chart(rank * 12, 12, POINTS, "colonnes", shown, bars, said, format_)
    board.advance(POINTS)
