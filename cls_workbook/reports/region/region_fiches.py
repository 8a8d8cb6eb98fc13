"""In the sheet « Région »: fiches by theme and by priority, measures of same theme and unit side by side."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from decimal import Decimal

from cls_workbook.domain.model import ChoiceLists
from cls_workbook.reports.agency.agency_tables import PRIORITY, THEME
from cls_workbook.reports.region import region_tables
from cls_workbook.reports.synthese.synthese_pieces import UNITS, Board, PrintedColumn, StyledBox, abridged
from cls_workbook.reports.synthese.synthese_portrait import appearance
from cls_workbook.summaries.aggregation import AS_RATE
from cls_workbook.summaries.progress import WITHOUT_RETOUR
from cls_workbook.tables.described_columns import DescribedTable, Row
from cls_workbook.workbook.description import ChartSeries

Tables = Mapping[DescribedTable, list[Row]]
MAX_ETATS, MAX_YEARS, MAX_CHARTS, CONTRATS_PER_CHART = 8, 5, 6, 30


def fiches_by_theme(board: Board, tables: Tables, annee: int) -> None:
    """Stacked bars by état for the themes; a table for the priorities."""
    for kind, titre, absence in (
        (THEME, f"Les fiches par thème en {annee}", "Aucun contrat ne dit les thèmes de ses fiches."),
        (
            PRIORITY,
            f"Les fiches par priorité du projet régional de santé en {annee}",
            "Aucun contrat ne dit quelles priorités du projet régional de santé servent ses fiches.",
        ),
    ):
        lines = [li for li in tables[region_tables.THEMES] if li["Année"] == annee and li["Genre"] == kind]
        board.band(titre, following=150)
        if not lines:
            board.sentences([absence], "dense_doux")
        else:
            _by_etat(board, lines, draw=kind == THEME)
            board.sentences(
                ["Une fiche qui en a plusieurs compte dans chacun. Quelles fiches : feuille Thèmes."], "dense_doux"
            )


def _by_etat(board: Board, lines: Sequence[Row], draw: bool) -> None:
    counts: dict[tuple[str, str], Counter[str]] = {}
    for li in lines:
        cle = str(li["Libellé"]), str(li["Identifiant"])
        counts.setdefault(cle, Counter())[str(li["État"])] += int(li["Fiches"])
    listes = ChoiceLists()
    known = (*listes.etats, WITHOUT_RETOUR)
    etats = sorted(
        {e for c in counts.values() for e in c}, key=lambda e: (known.index(e) if e in known else len(known), e)
    )[:MAX_ETATS]
    nom = 14 if len(etats) > 5 else 16
    columns = [
        PrintedColumn("Libellé", nom, "dense_fort"),
        *(PrintedColumn(e[0].upper() + e[1:], 2, "dense:entier_tiret") for e in etats),
    ]
    columns.append(PrintedColumn("Fiches", 2, "dense:entier_cale"))
    rows = [
        [libelle, *(counts[libelle, i][e] for e in etats), sum(counts[libelle, i].values())]
        for libelle, i in sorted(counts, key=lambda c: (-sum(counts[c].values()), c))
    ]
    ranks = board.sheet_table(columns, rows, may_split=not draw)
    if draw:
        points = max(130.0, 64 + 22 * len(rows))
        board.keep_together(points + 8)
        board.empty(6)
        series = [
            ChartSeries(
                c.titre, board.cell_range(ranks, 0), board.cell_range(ranks, nom + 2 * r), appearance(listes, e)[1]
            )
            for r, (c, e) in enumerate(zip(columns[1:], etats, strict=False))
        ]
        board.chart(
            0,
            UNITS,
            points,
            "barres",
            "Fiches par thème et par état",
            series,
            "Barres empilées : nombre de fiches de chaque thème selon leur état. Les chiffres sont dans le tableau "
            "au-dessus.",
            stacked=True,
            value_format="entier_sans_zero",
        )
        board.leave_room(points + 2)


# --- Measures side by side --------------------------------------------------------------------------------------------


def mesures(board: Board, tables: Tables) -> None:
    """A table for each theme and unit: a row a measure of a contract, a column a year; then bars for the last year."""
    groups: dict[tuple[str, str], list[Row]] = {}
    for li in tables[region_tables.MESURES]:
        groups.setdefault((str(li["Libellé du thème"]), str(li["Unité"])), []).append(li)
    board.band("Les mesures de même thème et de même unité, côte à côte", following=120)
    if not groups:
        board.sentences(
            ["Aucune mesure n’est déclarée du même thème et de la même unité par deux contrats."], "dense_doux"
        )
        return
    board.sentences(
        [
            "Rien n’est additionné d’un contrat à l’autre : les territoires, les publics et les façons de compter "
            "diffèrent. La nature (flux, personnes, stock…) est rappelée."
        ],
        "dense_doux",
    )
    for rank, ((theme, unite), lines) in enumerate(groups.items()):
        _group(board, theme, unite, lines, draw=rank < MAX_CHARTS)


def _group(board: Board, theme: str, unite: str, lines: Sequence[Row], draw: bool) -> None:
    annees = sorted({int(li["Année"]) for li in lines})[-MAX_YEARS:]
    values = {(li["Contrat"], li["Mesure"], li["Année"]): li for li in lines}
    rows = []
    for contrat, mesure in dict.fromkeys((li["Contrat"], li["Mesure"]) for li in lines):
        its_own = [values.get((contrat, mesure, a)) for a in annees]
        modele = next(li for li in reversed(its_own) if li)
        rows.append(
            [
                modele["Territoire"] or contrat,
                f"{modele['Fiche']} · {modele['Libellé']}",
                str(modele["Agrégation"]).lower(),
                *(_box(li) for li in its_own),
            ]
        )
    columns = [
        PrintedColumn("Contrat", 9, "dense_fort"),
        PrintedColumn("Fiche et mesure", UNITS - 13 - 3 * len(annees)),
        PrintedColumn("Nature", 4),
        *(PrintedColumn(str(a), 3, "dense:entier_cale") for a in annees),
    ]
    drawable = draw and len(rows) <= CONTRATS_PER_CHART
    board.sous_titre(f"{theme} — unité : {unite}", following=30 + 19 * len(rows) if drawable else 80)
    ranks = board.sheet_table(columns, rows, may_split=not drawable)
    if drawable:
        points = max(110.0, 56 + (22 if len(rows) <= 16 else 18) * len(rows))
        board.keep_together(points + 8)
        board.empty(4)
        start = UNITS - 3
        format_ = "taux" if lines[0]["Agrégation"] in AS_RATE else "entier"
        one_series = ChartSeries(str(annees[-1]), board.cell_range(ranks, 0), board.cell_range(ranks, start), "accent")
        board.chart(
            0,
            UNITS,
            points,
            "barres",
            abridged(f"{theme}, {annees[-1]} ({unite})", 90),
            [one_series],
            f"Barres : {theme}, une barre par contrat. Les chiffres sont dans le tableau au-dessus.",
            value_format=format_,
        )
        board.leave_room(points + 2)


def _box(line: Row | None) -> object:
    """The value with its format; « masqué » where the synthèse masks it; nothing where it is not known."""
    if line is None:
        return None
    valeur = line["Valeur"]
    if valeur is None:
        return StyledBox("masqué", "dense_doux:petit_centre") if "masqué" in str(line["Réserve"] or "") else None
    if not isinstance(valeur, (int, Decimal)):
        return StyledBox(valeur, "dense:petit_centre")
    if line["Agrégation"] in AS_RATE:
        return StyledBox(valeur, "dense:taux_cale")
    return StyledBox(valeur, "dense:entier_cale" if valeur == int(valeur) else "dense:decimal_cale")
