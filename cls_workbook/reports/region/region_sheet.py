"""The sheet « Région »: what an agency reads first. One printed sheet, native charts; its figures are those of the
tables.

Sums are of money against each contract's maquette, or counts of returns and fiches; measures are set side by side,
never added.
"""

from __future__ import annotations

from collections.abc import Sequence

from cls_workbook.french import NBSP, how_many
from cls_workbook.reading.storing.wide_views import total_of
from cls_workbook.reports.agency.agency_tables import VALIDE
from cls_workbook.reports.region import region_tables
from cls_workbook.reports.region.agency_copies import RETAINED
from cls_workbook.reports.region.region_fiches import fiches_by_theme, mesures
from cls_workbook.reports.region.region_money import (
    MAX_SET_ASIDE,
    ROUND_AMOUNT,
    Tables,
    bars_by_contrat,
    contrats_against_maquette,
    contrats_and_years,
    financeurs_of_year,
    money_by_nature,
    posts_of_year,
)
from cls_workbook.reports.synthese.synthese_pieces import FIRST, UNITS, Board, Card, PrintedColumn, StyledBox
from cls_workbook.tables.described_columns import Row
from cls_workbook.workbook.description import CellRange, PrintSetup, Sheet

NAME = "Région"
_FOLLOWED = (
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


def sheet(tables: Tables) -> Sheet:
    """The sheet, drawn from the tables; the year shown in detail is the last one."""
    annee = max((int(c["Année"]) for c in tables[region_tables.CONTRATS]), default=0)
    board = Board(NAME)
    _banner(board, tables, annee)
    _title(board, tables, annee)
    _contrats(board, tables, annee)
    contrats_against_maquette(board, tables)
    money_by_nature(board, tables)
    financeurs_of_year(board, tables, annee)
    posts_of_year(board, tables, annee)
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
    contrats, annees = contrats_and_years(tables)
    return f"{how_many(len(contrats), 'contrat')}, {_period(annees)}"


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
    board.cards(_activity_cards(tables))
    board.empty(6)
    board.cards(_money_cards(tables, annee))


def _activity_cards(tables: Tables) -> list[Card]:
    contrats, annees = contrats_and_years(tables)
    lines, delays, files = tables[region_tables.CONTRATS], tables[region_tables.OVERDUE], tables[region_tables.FILES]
    validated = sum(li["État"] == VALIDE for li in lines)
    provisional = len(lines) - validated
    received, expected_returns = (total_of(li[t] for li in lines) for t in ("Retours reçus", "Retours attendus"))
    absent = sum(r["Quoi"] == region_tables.MISSING_SYNTHESE for r in delays)
    discarded = sum(f["Statut"] != RETAINED for f in files)
    states = f"dont {validated} validée{'s' * (validated > 1)}, {provisional} provisoire{'s' * (provisional > 1)}"
    blocking = total_of(li["Bloquants"] for li in lines)
    return [
        Card("Contrats", len(contrats), "cle_entier", f"années{NBSP}: {_period(annees)}"),
        Card("Synthèses retenues", len(lines), "cle_entier", states),
        Card("Synthèses absentes", absent, "cle_entier", f"sur {len(lines) + absent} attendues", alert=bool(absent)),
        Card("Fichiers écartés", discarded, "cle_entier", "nommés en fin de document", alert=bool(discarded)),
        Card("Retours reçus", received, "cle_entier", f"sur {expected_returns} attendus, toutes années"),
        Card("Alertes bloquantes", blocking, "cle_entier", "ces valeurs ne sont dans aucun chiffre"),
    ]


def _money_cards(tables: Tables, annee: int) -> list[Card]:
    maquettes = tables[region_tables.MAQUETTES]
    of_year = [li for li in tables[region_tables.CONTRATS] if li["Année"] == annee]
    prevu, engage, verse = (total_of(m[t] for m in maquettes) for t in ("Maquette", "Engagé cumulé", "Versé cumulé"))
    endowed = how_many(sum(m["Maquette"] is not None for m in maquettes), "contrat")
    incomplete = how_many(sum(bool(m["Années absentes"]) for m in maquettes), "contrat")
    engaged, spent, active = (total_of(li[t] for li in of_year) for t in ("Engagé", "Coût réalisé", "Fiches actives"))
    known_years = f"années connues{NBSP}; {incomplete} à cumul incomplet"
    return [
        Card("Maquettes : prévu", prevu, "cle_montant", f"toute la durée, {endowed} à maquette chiffrée"),
        Card("Engagé depuis le début", engage, "cle_montant", known_years),
        Card("Versé depuis le début", verse, "cle_montant", "années connues"),
        Card(f"Engagé {annee}", engaged, "cle_montant", "maquettes de l’ARS"),
        Card(f"Coût réalisé {annee}", spent, "cle_montant", "tous financeurs"),
        Card(f"Fiches actives {annee}", active, "cle_entier", how_many(len(of_year), "contrat")),
    ]


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
            *(li[t] for t in _FOLLOWED),
        ]
        for li in lines
    ]
    board.sheet_table(columns, rows)
    bars_by_contrat(
        board,
        f"Taux de retour {annee}, par contrat",
        lines,
        (("Taux de retour", "Retours reçus / attendus", "accent"),),
        "taux",
    )


# --- Money ------------------------------------------------------------------------------------------------------------


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
