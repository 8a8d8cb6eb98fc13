"""The numbers asked of every fiche that the Synthèse adds up: which, each question says
(``money_questions.TOTALLED``)."""

from __future__ import annotations

from decimal import Decimal

from cls_workbook.domain.questions import Champ
from cls_workbook.french import how_many, typography
from cls_workbook.reading.storing.wide_views import total_of
from cls_workbook.reports.synthese.synthese_pieces import (
    BLANK_TOTAL,
    STRONG_CENTRED,
    UNITS,
    Board,
    PrintedColumn,
    total_row,
)
from cls_workbook.reports.synthese.synthese_portrait import Portrait

_STYLES = {"montant": "montant_cale", "entier": "entier_cale", "decimal": "decimal_cale"}


def totals(board: Board, portrait: Portrait) -> None:
    """A row a fiche that gives one, the total, and on how many returns each total rests. Nothing where nobody gives
    any."""
    asked = portrait.totals
    if not asked:
        return
    board.band(f"Ce que les fiches ont compté en {portrait.year_label()}", following=110)
    wide = max(3, 20 // len(asked))
    columns = (
        PrintedColumn("N°", 1, STRONG_CENTRED),
        PrintedColumn("Fiche", UNITS - 1 - wide * len(asked)),
        *(PrintedColumn(_title(champ), wide, f"dense:{_STYLES[champ.type]}") for champ, _ in asked),
    )
    sums = {f: [total_of(values.get(f.numero, ())) for _, values in asked] for f in portrait.contrat.actions}
    lines = [[f.numero, f.titre, *its_own] for f, its_own in sums.items() if any(v is not None for v in its_own)]
    total = total_row(
        columns,
        [BLANK_TOTAL, "Total", *(total_of(v for its_own in values.values() for v in its_own) for _, values in asked)],
    )
    board.sheet_table(columns, [*lines, total])
    board.note(*(_coverage(champ, values) for champ, values in asked))


def _title(champ: Champ) -> str:
    return f"{champ.libelle} ({champ.unite})" if champ.unite else champ.libelle


def _coverage(champ: Champ, values: dict[str, list[Decimal | int]]) -> str:
    known = sum(map(len, values.values()))
    return typography(f"{champ.libelle} : {how_many(known, 'réponse')} de {how_many(len(values), 'fiche')}.")
