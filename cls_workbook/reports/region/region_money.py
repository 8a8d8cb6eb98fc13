"""The money of a region's contracts: against each maquette, by nature and year, by funder, and the posts of
coordination."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import accumulate
from typing import Any

from cls_workbook.domain.announced.money_lines import STATES_IN_WORDS
from cls_workbook.french import NBSP, fold, how_many
from cls_workbook.reading.storing.wide_views import total_of
from cls_workbook.reports.agency.agency_tables import TO_CONFIRM
from cls_workbook.reports.region import region_tables
from cls_workbook.reports.synthese.synthese_pieces import (
    AMOUNT,
    BLANK_TOTAL,
    MUTED,
    RATE,
    ROUND_AMOUNT,
    STRONG,
    UNITS,
    WHOLE,
    Board,
    PrintedColumn,
    StyledBox,
    row_points,
    rows_of,
    total_row,
)
from cls_workbook.reports.synthese.text_heights import on_one_line
from cls_workbook.tables.described_columns import DescribedTable, Row

Tables = Mapping[DescribedTable, list[Row]]
MAX_FINANCEURS, MAX_SET_ASIDE, MAX_RESERVES = 20, 60, 40
LEAST_BARS = 5  # on a page that the bars of many contracts begin or end
POINTS_PER_ROW = (16, 24)  # of one bar, of two: they and what they say can be told apart
_CHART_FRAME, _LEAST_CHART = 60, 110.0  # points of a chart's title and legend; of the smallest chart


def name_of(line: Row) -> object:
    """What a contract is called: two of one territory are told apart."""
    return line["Nom court"] or line["Territoire"] or line["Contrat"]


def contrats_and_years(tables: Tables) -> tuple[list[object], list[int]]:
    lines = tables[region_tables.CONTRATS]
    return list(dict.fromkeys(li["Contrat"] for li in lines)), sorted({int(li["Année"]) for li in lines})


def bars_by_contrat(
    board: Board, titre: str, lines: Sequence[Row], series: Sequence[tuple[str, str, str]], format_: str
) -> None:
    """A small table of the contracts, and the bars that read it beside it.

    Nothing where it would be one bar against zero: the table above says it."""
    known = [li for li in lines if any(li[t] is not None for t, _, _ in series)]
    if len(known) * len(series) < 2:
        return
    columns = [
        PrintedColumn("Contrat", 8, STRONG, lambda li: on_one_line(str(name_of(li)), 8)),
        *(PrintedColumn(nom, 4, f"dense:{format_}_cale", t) for t, nom, _ in series),
    ]
    said = f"Barres : {titre.lower()}. Les chiffres sont dans le tableau à gauche."
    bars_beside(board, columns, rows_of(columns, known), titre, [color for _, _, color in series], said, format_)


def bars_beside(
    board: Board,
    columns: Sequence[PrintedColumn],
    rows: Sequence[Sequence[object]],
    titre: str,
    colors: Sequence[str],
    alt_text: str,
    format_: str,
) -> None:
    """A table, and beside it bars that read its last columns, a colour each: as many rows as the page has room for, the
    others on the next ones."""
    per_row = [max(POINTS_PER_ROW[len(colors) - 1], row_points(columns, row)) for row in rows]
    start = 0
    while start < len(rows):
        fitting = _fitting(per_row[start:], board.left)
        if fitting < min(LEAST_BARS, len(rows) - start):
            board.next_page()
            fitting = max(1, _fitting(per_row[start:], board.left))
        left = len(rows) - start - fitting  # a few rows alone would make a poor chart
        end = start + max(1, fitting - max(0, LEAST_BARS - left) * (left > 0))
        part = f" ({start + 1} à {end} sur {len(rows)})" if end - start < len(rows) else ""
        points = max(_LEAST_CHART, _CHART_FRAME + sum(per_row[start:end]))
        board.empty(6)
        board.table_and_bars(columns, rows[start:end], titre + part, colors, points, alt_text, format_)
        start = end


def _fitting(points: Sequence[float], left: float) -> int:
    """How many of these rows have their bars on a page with ``left`` points."""
    room = left - _CHART_FRAME - 16
    return sum(total <= room for total in accumulate(points)) if left >= _LEAST_CHART + 16 else 0


def contrats_against_maquette(board: Board, tables: Tables) -> None:
    lines = tables[region_tables.MAQUETTES]
    columns = (
        PrintedColumn("Contrat", 6, STRONG, name_of),
        PrintedColumn("Durée", 3, of=lambda m: f"{m['Première année']}-{m['Dernière année']}"),
        PrintedColumn("Maquette", 4, AMOUNT, "Maquette"),
        PrintedColumn("Engagé cumulé", 4, AMOUNT, "Engagé cumulé"),
        PrintedColumn("Versé cumulé", 4, AMOUNT, "Versé cumulé"),
        PrintedColumn("Part engagée", 2, RATE, "Part engagée"),
        PrintedColumn("Reste à engager", 3, AMOUNT, "Reste à engager"),
        PrintedColumn("Reste à verser", 3, AMOUNT, "Reste à verser"),
        PrintedColumn("Années absentes du cumul", 3, MUTED, "Années absentes"),
        PrintedColumn("Réserve sur les restes", 4, MUTED, "Réserve"),
    )
    sums = [total_of(m[t] for m in lines) for t in ("Maquette", "Engagé cumulé", "Versé cumulé")]
    total = total_row(columns, ["Ensemble", BLANK_TOTAL, *sums, *[BLANK_TOTAL] * 5])
    board.section(
        "Chaque contrat face à sa maquette, depuis le début",
        columns,
        [*rows_of(columns, lines), total] if lines else [],
        "Un cumul ne réunit que les années reçues dont l’engagement est connu. Les restes sont ceux de la dernière "
        "synthèse de chaque contrat : la maquette moins ce qui est engagé sur les fiches dotées ; ce qui est engagé et "
        "non encore versé.",
        absent="Aucun contrat.",
        following=90,
    )
    series = (("Maquette", "Maquette", "gris_moyen"), ("Engagé cumulé", "Engagé cumulé", "accent"))
    bars_by_contrat(board, "Maquette et engagé depuis le début", lines, series, "montant_rond")


def money_by_nature(board: Board, tables: Tables) -> None:
    """By nature and year: what was engaged; no total over natures."""
    lines, displayed = tables[region_tables.FINANCEMENT], contrats_and_years(tables)[1][-5:]
    engages: dict[tuple[object, int], list[Any]] = {}
    for li in lines:
        engages.setdefault((li["Nature"], int(li["Année"])), []).append(li["Engagé"])
    columns = [
        PrintedColumn("Nature", UNITS - 5 * len(displayed), STRONG),
        *(PrintedColumn(str(a), 5, AMOUNT) for a in displayed),
    ]
    rows = [[n, *(total_of(engages.get((n, a), ())) for a in displayed)] for n in region_tables.NATURES]
    contrats = Counter(li["Année"] for li in tables[region_tables.CONTRATS])
    with_post = [
        f"{li['Nature']}, {name_of(li)} {li['Année']}{NBSP}: {li['Réserve']}."
        for li in lines
        if li["Réserve"] and li["Année"] in displayed
    ]
    more = len(with_post) - MAX_FINANCEURS
    with_post[MAX_FINANCEURS:] = [f"{how_many(more, 'autre')} dans la feuille Financement."] * (more > 0)
    drawn = board.section(
        "L’argent engagé par nature et par année, tous contrats",
        columns,
        rows if lines else [],
        f"Les natures ne s’additionnent pas entre elles. Nombre de contrats{NBSP}: "
        f"{', '.join(f'{a}{NBSP}: {contrats[a]}' for a in displayed)}.",
        *with_post,
        absent="Aucun montant n’est connu.",
        following=190,
        may_split=False,
    )
    if drawn is None or not (years := len(drawn.columns) - 1):  # a year without any amount has no column
        return
    board.empty(6)
    bars = drawn.bars(("gris_moyen", "axe4", "axe2", "axe3", "accent")[-years:])
    titre = "Engagé par nature et par année"
    said = "Colonnes : montant engagé par nature, une couleur par année. Les chiffres sont dans le tableau au-dessus."
    board.keep_together(150)
    points = min(195.0, board.left - 4)
    board.chart(0, UNITS, points, "colonnes", titre, bars, said, "montant_rond", data_labels=False)
    board.advance(points + 3)


def financeurs_of_year(board: Board, tables: Tables, annee: int) -> None:
    """Funders of the last year, by name and level; a name is one name, whatever its case and accents."""
    groups: dict[tuple[str, str], list[Row]] = {}
    for li in tables[region_tables.FINANCEURS]:
        if li["Année"] == annee:
            cle = str(li["Financeur"] or "non précisé"), str(li["Nature"] or "non précisée")
            groups.setdefault(cle, []).append(li)
    amounts = ("Prévu", "Engagé", "Versé")
    rows = [
        [*cle, len({li["Contrat"] for li in its_own}), *(total_of(li[t] for li in its_own) for t in amounts)]
        for cle, its_own in groups.items()
    ]
    rows.sort(key=lambda r: (-(r[4] or 0), r[0], r[1]))
    columns = (
        PrintedColumn("Financeur", 10, STRONG),
        PrintedColumn("Nature", 9),
        PrintedColumn("Contrats", 2, WHOLE),
        *(PrintedColumn(titre, 5, AMOUNT) for titre in amounts),
    )
    more = len(rows) - MAX_FINANCEURS
    following = f" {how_many(more, 'ligne')} de plus, plus petite{'s' * (more > 1)}, dans la feuille Financeurs."
    board.section(
        f"Les financeurs en {annee}",
        columns,
        rows[:MAX_FINANCEURS],
        "Un financeur est réuni d’un contrat à l’autre quand son nom est écrit de la même façon."
        + following * (more > 0),
        absent="Aucune ligne de financeur n’est connue.",
        following=80,
    )


def planned_of_year(board: Board, tables: Tables, annee: int) -> None:
    """What the contracts of the last year print of each funder: one row a funder and state, since a call for projects
    that is not won is no money. Nothing where no contract prints any."""
    groups: dict[tuple[str, str], list[Row]] = {}
    for li in tables[region_tables.PLANNED_MONEY]:
        if li["Année"] == annee:
            groups.setdefault((str(li["Financeur"] or "à définir"), str(li["État"])), []).append(li)
    if not groups:
        return
    columns = (
        PrintedColumn("Financeur", 10, STRONG),
        PrintedColumn("État", 8),
        PrintedColumn("Contrats", 2, WHOLE),
        PrintedColumn("Lignes", 2, WHOLE),
        PrintedColumn("dont sans montant", 3, WHOLE),
        PrintedColumn("Montant prévu", 5, AMOUNT),
        PrintedColumn("Reste à engager", 5, AMOUNT),
    )
    rows = [
        [*cle, len({li["Contrat"] for li in its_own}), len(its_own), sum(li["Montant"] is None for li in its_own)]
        + [total_of(li[t] for li in its_own) for t in ("Montant", "Reste à engager")]
        for cle, its_own in sorted(groups.items(), key=lambda g: (fold(g[0][0]), STATES_IN_WORDS.index(g[0][1])))
    ]
    more = len(rows) - MAX_FINANCEURS
    board.section(
        f"Ce que les contrats prévoient en {annee}, par financeur et par état",
        columns,
        rows[:MAX_FINANCEURS],
        "Les états ne s’additionnent pas : un appel à projets non acquis, un montant à définir ou en nature n’est pas "
        "de l’argent acquis. Une ligne sans année est de toutes les années du contrat.",
        *[f"{how_many(more, 'ligne')} de plus, dans la feuille Financements prévus."] * (more > 0),
        absent="",
        following=80,
    )


def reserves_of_year(board: Board, tables: Tables, annee: int) -> None:
    """What the syntheses of the last year say beside their amounts: what is to be confirmed first."""
    lines = [li for li in tables[region_tables.RESERVES] if li["Année"] == annee]
    lines.sort(key=lambda li: li["Genre"] != TO_CONFIRM)
    columns = (
        PrintedColumn("Contrat", 7, STRONG, name_of),
        PrintedColumn("Genre", 3, of="Genre"),
        PrintedColumn("Réserve", 26, of="Réserve"),
    )
    more = len(lines) - MAX_RESERVES
    following = f"{how_many(more, 'réserve')} de plus, dans la feuille Réserves."
    board.section(
        f"Les réserves sur les montants en {annee}",
        columns,
        rows_of(columns, lines[:MAX_RESERVES]),
        *[following] * (more > 0),
        absent="Aucune synthèse n’en donne. Celles d’une version antérieure ne les disaient pas à part.",
        following=80,
    )


def posts_of_year(board: Board, tables: Tables, annee: int) -> None:
    columns = (
        PrintedColumn("Contrat", 6, STRONG, name_of),
        PrintedColumn("Règle", 8, of="Règle"),
        PrintedColumn("ETP", 2, "dense:decimal_cale", "ETP"),
        PrintedColumn("Dépense éligible", 3, ROUND_AMOUNT, "Dépense éligible"),
        PrintedColumn("Aide possible", 3, ROUND_AMOUNT, "Aide possible"),
        PrintedColumn("Aide engagée", 3, ROUND_AMOUNT, "Aide engagée"),
        PrintedColumn("Aide versée", 3, ROUND_AMOUNT, "Aide versée"),
        PrintedColumn("À regarder", 8, of=lambda li: StyledBox(li["À regarder"], STRONG) if li["À regarder"] else None),
    )
    rows = rows_of(columns, (li for li in tables[region_tables.POSTS] if li["Année"] == annee))
    absent = "Aucun contrat ne décrit de poste de coordination."
    board.section(f"Les postes de coordination en {annee}", columns, rows, absent=absent, following=80)
