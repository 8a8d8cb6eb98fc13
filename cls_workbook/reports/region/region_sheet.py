"""The sheet « Région »: what an agency reads first. One printed sheet, native charts; its figures are those of the
tables.

Sums are of money against each contract's maquette, or counts of returns and fiches; measures are set side by side,
never added.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from cls_workbook.french import NBSP, how_many
from cls_workbook.reading.storing.wide_views import total_of
from cls_workbook.reports.agency.agency_tables import VALIDE
from cls_workbook.reports.region import region_tables
from cls_workbook.reports.region.agency_copies import RETAINED
from cls_workbook.reports.region.region_fiches import fiches_by_theme, mesures
from cls_workbook.reports.synthese.synthese_pieces import FIRST, UNITS, Board, Card, PrintedColumn, StyledBox
from cls_workbook.tables.described_columns import DescribedTable, Row
from cls_workbook.workbook.description import CellRange, ChartSeries, PrintSetup, Sheet

NAME = "Région"
Tables = Mapping[DescribedTable, list[Row]]
AMOUNT, TOTAL, ROUND_AMOUNT = "dense:montant_cale", "dense_total:montant_cale", "dense:montant_rond_cale"
MAX_BARS, POINTS_PER_BAR, MAX_FINANCEURS, MAX_SET_ASIDE = 24, 20, 20, 60


def sheet(tables: Tables) -> Sheet:
    """The sheet, drawn from the tables; the year shown in detail is the last one."""
    annee = max((int(c["Année"]) for c in tables[region_tables.CONTRATS]), default=0)
    board = Board(NAME)
    _banner(board, tables, annee)
    _title(board, tables, annee)
    _contrats(board, tables, annee)
    _maquettes(board, tables)
    _money(board, tables)
    _financeurs(board, tables, annee)
    _posts(board, tables, annee)
    fiches_by_theme(board, tables, annee)
    mesures(board, tables)
    _overdue(board, tables, annee)
    _set_aside_files(board, tables)
    _provenance(board)
    page = board.sheet
    page.tab_color, page.frozen_at, page.selection = "accent", (1, 0), (1, FIRST)
    page.print_setup = PrintSetup(
        repeated_rows=(1, 1),
        zone=CellRange(1, FIRST, board.line - 1, FIRST + UNITS - 1),
        left_footer=f"Région · {_summary(tables)}",
        page_breaks=page.print_setup.page_breaks,
    )
    return page


def _summary(tables: Tables) -> str:
    contrats, annees = _contrats_and_years(tables)
    return f"{how_many(len(contrats), 'contrat')}, {_period(annees)}"


def _contrats_and_years(tables: Tables) -> tuple[list[object], list[int]]:
    lines = tables[region_tables.CONTRATS]
    return list(dict.fromkeys(li["Contrat"] for li in lines)), sorted({int(li["Année"]) for li in lines})


def _period(annees: Sequence[int]) -> str:
    return "aucune année" if not annees else str(annees[0]) if len(annees) == 1 else f"{annees[0]}-{annees[-1]}"


# --- Heading ----------------------------------------------------------------------------------------------------------


def _banner(board: Board, tables: Tables, annee: int) -> None:
    board.place(0, 18, "Contrats locaux de santé de la région", "courant")
    board.place(
        18, 18, f"{_summary(tables)} · détail de {annee}" if annee else "aucune synthèse retenue", "courant:droite"
    )
    board.advance(20)


def _title(board: Board, tables: Tables, annee: int) -> None:
    contrats, annees = _contrats_and_years(tables)
    board.empty(6)
    board.place(0, UNITS, "Les contrats de la région, côte à côte", "titre")
    board.advance(34)
    board.place(
        0,
        UNITS,
        f"{_summary(tables)} · chaque chiffre mène au contrat, au fichier et à la cellule, dans les feuilles qui "
        f"suivent",
        "sous_titre",
    )
    board.advance(22)
    board.empty(6)
    lines, delays, files = tables[region_tables.CONTRATS], tables[region_tables.OVERDUE], tables[region_tables.FILES]
    validated_count = sum(li["État"] == VALIDE for li in lines)
    received, expected_returns = (total_of(li[t] for li in lines) for t in ("Retours reçus", "Retours attendus"))
    absent_ones = sum(r["Quoi"] == region_tables.MISSING_SYNTHESE for r in delays)
    discarded = sum(f["Statut"] != RETAINED for f in files)
    board.cards(
        [
            Card("Contrats", len(contrats), "cle_entier", f"années{NBSP}: {_period(annees)}"),
            Card(
                "Synthèses retenues",
                len(lines),
                "cle_entier",
                f"dont {validated_count} validée{'s' * (validated_count > 1)}, {len(lines) - validated_count} "
                f"provisoire{'s' * (len(lines) - validated_count > 1)}",
            ),
            Card(
                "Synthèses absentes",
                absent_ones,
                "cle_entier",
                f"sur {len(lines) + absent_ones} attendues",
                alert=bool(absent_ones),
            ),
            Card("Fichiers écartés", discarded, "cle_entier", "nommés en fin de document", alert=bool(discarded)),
            Card("Retours reçus", received, "cle_entier", f"sur {expected_returns} attendus, toutes années"),
            Card(
                "Alertes bloquantes",
                total_of(li["Bloquants"] for li in lines),
                "cle_entier",
                "ces valeurs ne sont dans aucun chiffre",
            ),
        ]
    )
    board.empty(6)
    maquettes = tables[region_tables.MAQUETTES]
    prevu, engage, verse = (total_of(m[t] for m in maquettes) for t in ("Maquette", "Engagé cumulé", "Versé cumulé"))
    endowed_count, incomplete_count = (
        sum(m["Maquette"] is not None for m in maquettes),
        sum(bool(m["Années absentes"]) for m in maquettes),
    )
    followed = sum(li["Année"] == annee for li in lines)
    board.cards(
        [
            Card(
                "Maquettes : prévu",
                prevu,
                "cle_montant",
                f"toute la durée, {how_many(endowed_count, 'contrat')} à maquette chiffrée",
            ),
            Card(
                "Engagé depuis le début",
                engage,
                "cle_montant",
                f"années connues{NBSP}; {how_many(incomplete_count, 'contrat')} à cumul incomplet",
            ),
            Card("Versé depuis le début", verse, "cle_montant", "années connues"),
            Card(
                f"Engagé {annee}",
                total_of(li["Engagé"] for li in lines if li["Année"] == annee),
                "cle_montant",
                "maquettes de l’ARS",
            ),
            Card(
                f"Coût réalisé {annee}",
                total_of(li["Coût réalisé"] for li in lines if li["Année"] == annee),
                "cle_montant",
                "tous financeurs",
            ),
            Card(
                f"Fiches actives {annee}",
                total_of(li["Fiches actives"] for li in lines if li["Année"] == annee),
                "cle_entier",
                how_many(followed, "contrat"),
            ),
        ]
    )


# --- Contracts --------------------------------------------------------------------------------------------------------


def _contrats(board: Board, tables: Tables, annee: int) -> None:
    """One line a contract for the last year, then how many returns came."""
    lines = [li for li in tables[region_tables.CONTRATS] if li["Année"] == annee]
    board.band(f"Les contrats en {annee}" if lines else "Les contrats", following=80)
    if not lines:
        board.sentences(["Aucune synthèse n’a pu être retenue."], "dense_doux")
        return
    columns = (
        PrintedColumn("Contrat", 8, "dense_fort"),
        PrintedColumn("État", 3),
        PrintedColumn("Retours reçus", 2, "dense:entier_cale"),
        PrintedColumn("attendus", 2, "dense:entier_cale"),
        PrintedColumn("Taux", 2, "dense:taux_cale"),
        PrintedColumn("Bloquants", 2, "dense:entier_cale"),
        PrintedColumn("À confirmer", 2, "dense:entier_cale"),
        PrintedColumn("Fiches", 2, "dense:entier_cale"),
        PrintedColumn("Maquette", 3, ROUND_AMOUNT),
        PrintedColumn(f"Programmé {annee}", 3, ROUND_AMOUNT),
        PrintedColumn(f"Engagé {annee}", 3, ROUND_AMOUNT),
        PrintedColumn(f"Versé {annee}", 4, ROUND_AMOUNT),
    )
    rows = [
        [
            li["Territoire"] or li["Contrat"],
            StyledBox(li["État"], "etat_bon:petit_centre" if li["État"] == VALIDE else "etat_attention:petit_centre"),
            *(
                li[t]
                for t in (
                    "Retours reçus",
                    "Retours attendus",
                    "Taux de retour",
                    "Bloquants",
                    "À confirmer",
                    "Fiches actives",
                    "Maquette",
                    "Programmé",
                    "Engagé",
                    "Versé",
                )
            ),
        ]
        for li in lines
    ]
    board.sheet_table(columns, rows)
    _bars_by_contrat(
        board,
        f"Taux de retour {annee}, par contrat",
        lines,
        (("Taux de retour", "Retours reçus / attendus", "accent"),),
        "taux",
    )


def _bars_by_contrat(
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


# --- Money ------------------------------------------------------------------------------------------------------------


def _maquettes(board: Board, tables: Tables) -> None:
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
        [
            m["Territoire"] or m["Titre"],
            f"{m['Première année']}-{m['Dernière année']}",
            *(
                m[t]
                for t in (
                    "Maquette",
                    "Engagé cumulé",
                    "Versé cumulé",
                    "Part engagée",
                    "Reste à engager",
                    "Années absentes",
                )
            ),
        ]
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
    _bars_by_contrat(
        board,
        "Maquette et engagé depuis le début",
        lines,
        (("Maquette", "Maquette", "gris_moyen"), ("Engagé cumulé", "Engagé cumulé", "accent")),
        "montant_rond",
    )


def _money(board: Board, tables: Tables) -> None:
    """By nature and year: what was engaged; no total over natures."""
    lines, annees = tables[region_tables.FINANCEMENT], _contrats_and_years(tables)[1]
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


def _financeurs(board: Board, tables: Tables, annee: int) -> None:
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


def _posts(board: Board, tables: Tables, annee: int) -> None:
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


# --- What did not come ------------------------------------------------------------------------------------------------


def _overdue(board: Board, tables: Tables, annee: int) -> None:
    """The synthèses that are missing, by name; the returns that the last year lacks, by contract."""
    board.band("Qui est en retard", following=60)
    lines = tables[region_tables.OVERDUE]
    if not lines:
        board.sentences(["Personne : toutes les synthèses et tous les retours attendus sont là."], "dense_doux")
        return
    absent_ones = [li for li in lines if li["Quoi"] == region_tables.MISSING_SYNTHESE]
    if absent_ones:
        board.sous_titre(f"Synthèses absentes : {len(absent_ones)}")
        columns = (
            PrintedColumn("Contrat", 12, "dense_fort"),
            PrintedColumn("Année", 3, "dense:petit_centre"),
            PrintedColumn("Ce qu’on en sait", 21),
        )
        board.sheet_table(
            columns, [[li["Territoire"] or li["Contrat"], li["Année"], li["Précision"]] for li in absent_ones]
        )
    groups: dict[object, list[Row]] = {}
    for li in lines:
        if li["Quoi"] != region_tables.MISSING_SYNTHESE and li["Année"] == annee:
            groups.setdefault(li["Territoire"] or li["Contrat"], []).append(li)
    if groups:
        board.sous_titre(f"Retours qui manquent aux synthèses de {annee}")
        columns = (
            PrintedColumn("Contrat", 8, "dense_fort"),
            PrintedColumn("Retours", 2, "dense:entier_cale"),
            PrintedColumn("Structures et fiches", 26),
        )
        board.sheet_table(
            columns, [[contrat, len(its_own), _structures(its_own)] for contrat, its_own in groups.items()]
        )
    autres = len(lines) - len(absent_ones) - sum(map(len, groups.values()))
    if autres:
        board.sentences(
            [
                f"{autres} retour{'s' * (autres > 1)} des années précédentes manque{'nt' * (autres > 1)} aussi{NBSP}: "
                f"feuille Retards."
            ],
            "dense_doux",
        )


def _structures(lines: Sequence[Row]) -> str:
    by_structure: dict[str, list[str]] = {}
    for li in lines:
        word = "" if li["Quoi"] == region_tables.RETOUR_MANQUANT else f" [{li['Quoi']}]"
        by_structure.setdefault(f"{li['Structure'] or 'structure inconnue'}{word}", []).append(str(li["Fiche"] or "?"))
    return f"{NBSP}; ".join(f"{nom}{NBSP}: {', '.join(dict.fromkeys(fiches))}" for nom, fiches in by_structure.items())


def _set_aside_files(board: Board, tables: Tables) -> None:
    discarded = [f for f in tables[region_tables.FILES] if f["Statut"] != RETAINED]
    board.band("Les fichiers écartés", following=60)
    if not discarded:
        board.sentences(["Aucun : tous les fichiers lus sont retenus."], "dense_doux")
        return
    columns = (
        PrintedColumn("Fichier", 10, "dense_fort"),
        PrintedColumn("Pourquoi", 4, "dense:petit_centre"),
        PrintedColumn("Détail", 22),
    )
    board.sheet_table(
        columns,
        [
            [f["Fichier"], StyledBox(f["Statut"], "etat_attention:petit_centre"), f["Raison"]]
            for f in discarded[:MAX_SET_ASIDE]
        ],
    )
    if len(discarded) > MAX_SET_ASIDE:
        board.sentences([f"{len(discarded) - MAX_SET_ASIDE} de plus dans la feuille Fichiers."], "dense_doux")


def _provenance(board: Board) -> None:
    board.band("D’où viennent les chiffres", following=60)
    board.sentences(
        [
            "• Chaque feuille qui suit est un tableau filtrable : chaque ligne dit son contrat, son fichier, sa "
            "feuille et sa cellule. Les sommes de cette page sont celles de leurs colonnes.",
            "• Les petits effectifs sont masqués comme dans les synthèses ; une case vide veut dire « non connu », "
            "jamais zéro.",
            "• D’un contrat à l’autre, seules les mesures de même thème et de même unité sont mises côte à côte ; "
            "rien n’en est additionné.",
        ],
        "dense",
    )
