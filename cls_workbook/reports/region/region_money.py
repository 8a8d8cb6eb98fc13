"""The money of a region's contracts: against each maquette, by nature and year, by funder, and the posts of
coordination."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from cls_workbook.french import NBSP
from cls_workbook.reading.storing.wide_views import total_of
from cls_workbook.reports.region import region_tables
from cls_workbook.reports.synthese.synthese_pieces import UNITS, Board, PrintedColumn, StyledBox
from cls_workbook.tables.described_columns import DescribedTable, Row
from cls_workbook.workbook.description import ChartSeries

Tables = Mapping[DescribedTable, list[Row]]
AMOUNT, TOTAL, ROUND_AMOUNT = "dense:montant_cale", "dense_total:montant_cale", "dense:montant_rond_cale"
MAX_BARS, POINTS_PER_BAR, MAX_FINANCEURS, MAX_SET_ASIDE = 24, 20, 20, 60

_OF_MAQUETTE = ("Maquette", "Engagé cumulé", "Versé cumulé", "Part engagée", "Reste à engager", "Années absentes")


def contrats_and_years(tables: Tables) -> tuple[list[object], list[int]]:
    lines = tables[region_tables.CONTRATS]
    return list(dict.fromkeys(li["Contrat"] for li in lines)), sorted({int(li["Année"]) for li in lines})


def bars_by_contrat(
    board: Board, titre: str, lines: Sequence[Row], series: Sequence[tuple[str, str, str]], format_: str
) -> None:
    """Small tables of at most ``MAX_BARS`` contracts, each beside the bars that read it."""
    all_known = [li for li in lines if any(li[t] is not None for t, _, _ in series)]
    for start in range(0, len(all_known), MAX_BARS):
        part = all_known[start : start + MAX_BARS]
        points = max(110.0, 56 + len(part) * (POINTS_PER_BAR + 8 * (len(series) - 1)))
        board.keep_together(points + 20)
        board.empty(6)
        top = board.line
        columns = [
            PrintedColumn("Contrat", 8, "dense_fort"),
            *(PrintedColumn(nom, 4, f"dense:{format_}_cale") for _, nom, _ in series),
        ]
        ranks = board.sheet_table(
            columns,
            [[li["Territoire"] or li["Contrat"], *(li[t] for t, _, _ in series)] for li in part],
            may_split=False,
        )
        end, board.line = board.line, top
        wide = sum(c.unites for c in columns)
        following = f" ({start + 1} à {start + len(part)} sur {len(all_known)})" if len(all_known) > MAX_BARS else ""
        drawn = [
            ChartSeries(nom, board.cell_range(ranks, 0), board.cell_range(ranks, 8 + 4 * i), color)
            for i, (_, nom, color) in enumerate(series)
        ]
        board.chart(
            wide + 1,
            UNITS - wide - 1,
            points,
            "barres",
            titre + following,
            drawn,
            f"Barres : {titre.lower()}. Les chiffres sont dans le tableau à gauche.",
            value_format=format_,
        )
        board.line = end
        board.complete(top, points + 10)  # rows lose a fraction of a pixel each


def contrats_against_maquette(board: Board, tables: Tables) -> None:
    lines = tables[region_tables.MAQUETTES]
    board.band("Chaque contrat face à sa maquette, depuis le début", following=90)
    if not lines:
        board.sentences(["Aucun contrat."], "dense_doux")
        return
    columns = (
        PrintedColumn("Contrat", 9, "dense_fort"),
        PrintedColumn("Durée", 3),
        PrintedColumn("Maquette", 4, AMOUNT),
        PrintedColumn("Engagé cumulé", 4, AMOUNT),
        PrintedColumn("Versé cumulé", 4, AMOUNT),
        PrintedColumn("Part engagée", 2, "dense:taux_cale"),
        PrintedColumn("Reste à engager", 4, AMOUNT),
        PrintedColumn("Années absentes du cumul", 6, "dense_doux"),
    )
    rows = [
        [m["Territoire"] or m["Titre"], f"{m['Première année']}-{m['Dernière année']}", *(m[t] for t in _OF_MAQUETTE)]
        for m in lines
    ]
    sums = [total_of(m[t] for m in lines) for t in ("Maquette", "Engagé cumulé", "Versé cumulé")]
    total = [
        StyledBox("Ensemble", "dense_total"),
        StyledBox(None, "dense_total"),
        *(StyledBox(s, TOTAL) for s in sums),
        *(StyledBox(None, "dense_total") for _ in range(3)),
    ]
    board.sheet_table(columns, [*rows, total])
    board.sentences(
        [
            "Un cumul ne réunit que les années dont l’engagement est connu ; sans toutes les années, le reste à "
            "engager n’est pas calculé."
        ],
        "dense_doux",
    )
    bars_by_contrat(
        board,
        "Maquette et engagé depuis le début",
        lines,
        (("Maquette", "Maquette", "gris_moyen"), ("Engagé cumulé", "Engagé cumulé", "accent")),
        "montant_rond",
    )


def money_by_nature(board: Board, tables: Tables) -> None:
    """By nature and year: what was engaged; no total over natures."""
    lines, annees = tables[region_tables.FINANCEMENT], contrats_and_years(tables)[1]
    board.band("L’argent engagé par nature et par année, tous contrats", following=190)
    if not lines:
        board.sentences(["Aucun montant n’est connu."], "dense_doux")
        return
    displayed = annees[-5:]
    columns = [
        PrintedColumn("Nature", UNITS - 5 * len(displayed), "dense_fort"),
        *(PrintedColumn(str(a), 5, AMOUNT) for a in displayed),
    ]
    rows = [
        [
            nature,
            *(total_of(li["Engagé"] for li in lines if li["Nature"] == nature and li["Année"] == a) for a in displayed),
        ]
        for nature in region_tables.NATURES
    ]
    ranks = board.sheet_table(columns, rows, may_split=False)
    board.sentences(
        [
            f"Les natures ne s’additionnent pas entre elles. Nombre de contrats{NBSP}: "
            + ", ".join(
                f"{a}{NBSP}: {sum(li['Année'] == a for li in tables[region_tables.CONTRATS])}" for a in displayed
            )
            + "."
        ],
        "dense_doux",
    )
    board.empty(6)
    colors = ("gris_moyen", "axe4", "axe2", "axe3", "accent")[-len(displayed) :]
    start = columns[0].unites
    series = [
        ChartSeries(str(a), board.cell_range(ranks, 0), board.cell_range(ranks, start + 5 * i), c)
        for i, (a, c) in enumerate(zip(displayed, colors, strict=True))
    ]
    board.keep_together(200)
    board.chart(
        0,
        UNITS,
        195,
        "colonnes",
        "Engagé par nature et par année",
        series,
        "Colonnes : montant engagé par nature, une couleur par année. Les chiffres sont dans le tableau au-dessus.",
        value_format="montant_rond",
        data_labels=False,
    )
    board.advance(198)


def financeurs_of_year(board: Board, tables: Tables, annee: int) -> None:
    """Funders of the last year, by name and level; a name is one name, whatever its case and accents."""
    groups: dict[tuple[str, str], list[Row]] = {}
    for li in tables[region_tables.FINANCEURS]:
        if li["Année"] == annee:
            groups.setdefault((str(li["Financeur"] or "non précisé"), str(li["Nature"] or "non précisée")), []).append(
                li
            )
    rows = [
        [
            f,
            n,
            len({li["Contrat"] for li in its_own}),
            *(total_of(li[t] for li in its_own) for t in ("Prévu", "Engagé", "Versé")),
        ]
        for (f, n), its_own in groups.items()
    ]
    rows.sort(key=lambda r: (-(r[4] or 0), r[0], r[1]))
    board.band(f"Les financeurs en {annee}", following=80)
    if not rows:
        board.sentences(["Aucune ligne de financeur n’est connue."], "dense_doux")
        return
    columns = (
        PrintedColumn("Financeur", 10, "dense_fort"),
        PrintedColumn("Nature", 9),
        PrintedColumn("Contrats", 2, "dense:entier_cale"),
        PrintedColumn("Prévu", 5, AMOUNT),
        PrintedColumn("Engagé", 5, AMOUNT),
        PrintedColumn("Versé", 5, AMOUNT),
    )
    board.sheet_table(columns, rows[:MAX_FINANCEURS])
    autres = len(rows) - MAX_FINANCEURS
    following = (
        f" {autres} ligne{'s' * (autres > 1)} de plus, plus petite{'s' * (autres > 1)}, dans la feuille Financeurs."
        if autres > 0
        else ""
    )
    board.sentences(
        [f"Un financeur est réuni d’un contrat à l’autre quand son nom est écrit de la même façon.{following}"],
        "dense_doux",
    )


def posts_of_year(board: Board, tables: Tables, annee: int) -> None:
    lines = [li for li in tables[region_tables.POSTS] if li["Année"] == annee]
    board.band(f"Les postes de coordination en {annee}", following=80)
    if not lines:
        board.sentences(["Aucun contrat ne décrit de poste de coordination."], "dense_doux")
        return
    columns = (
        PrintedColumn("Contrat", 6, "dense_fort"),
        PrintedColumn("Règle", 8),
        PrintedColumn("ETP", 2, "dense:decimal_cale"),
        PrintedColumn("Dépense", 3, ROUND_AMOUNT),
        PrintedColumn("Aide possible", 3, ROUND_AMOUNT),
        PrintedColumn("Aide engagée", 3, ROUND_AMOUNT),
        PrintedColumn("Aide versée", 3, ROUND_AMOUNT),
        PrintedColumn("À regarder", 8),
    )
    input_fields = ("Règle", "ETP", "Dépense réalisée", "Aide possible", "Aide engagée", "Aide versée")
    board.sheet_table(
        columns,
        [
            [
                li["Territoire"] or li["Contrat"],
                *(li[t] for t in input_fields),
                StyledBox(li["À regarder"], "dense_fort") if li["À regarder"] else None,
            ]
            for li in lines
        ],
    )
