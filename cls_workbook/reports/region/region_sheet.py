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
from cls_workbook.reports.region.noyau_sections import categories_of_year, themes_elsewhere
from cls_workbook.reports.region.region_fiches import fiches_by_theme, mesures
from cls_workbook.reports.region.region_money import (
    MAX_SET_ASIDE,
    Tables,
    bars_by_contrat,
    contrats_against_maquette,
    contrats_and_years,
    financeurs_of_year,
    money_by_nature,
    name_of,
    planned_of_year,
    posts_of_year,
    reserves_of_year,
)
from cls_workbook.reports.region.region_noyau_tables import REGIONAL_MESURES
from cls_workbook.reports.region.region_places import places_of_year
from cls_workbook.reports.synthese.synthese_pieces import (
    CENTRED,
    RATE,
    ROUND_AMOUNT,
    STRONG,
    UNITS,
    WHOLE,
    Board,
    Card,
    PrintedColumn,
    StyledBox,
    rows_of,
)
from cls_workbook.tables.described_columns import Row
from cls_workbook.workbook.description import Sheet

NAME, USUAL = "Région", "Contrat local de santé"
_STATES = {True: "etat_bon:petit_centre", False: "etat_attention:petit_centre"}


def sheet(tables: Tables) -> Sheet:
    """The sheet, drawn from the tables; the year shown in detail is the last one."""
    annee = max((int(c["Année"]) for c in tables[region_tables.CONTRATS]), default=0)
    board = Board(NAME)
    _banner(board, tables, annee)
    _title(board, tables, annee)
    _contrats(board, tables, annee)
    _targets(board, tables, annee)
    contrats_against_maquette(board, tables)
    money_by_nature(board, tables)
    financeurs_of_year(board, tables, annee)
    planned_of_year(board, tables, annee)
    posts_of_year(board, tables, annee)
    reserves_of_year(board, tables, annee)
    fiches_by_theme(board, tables, annee)
    places_of_year(board, tables, annee)
    mesures(board, tables)
    categories_of_year(board, tables, annee)
    themes_elsewhere(board, tables)
    _overdue(board, tables, annee)
    _set_aside_files(board, tables)
    _provenance(board, REGIONAL_MESURES in tables)
    return board.finish(f"Région · {_summary(tables)}")


def _summary(tables: Tables) -> str:
    contrats, annees = contrats_and_years(tables)
    return f"{how_many(len(contrats), 'contrat')}, {_period(annees)}"


def _period(annees: Sequence[int]) -> str:
    return "aucune année" if not annees else str(annees[0]) if len(annees) == 1 else f"{annees[0]}-{annees[-1]}"


# --- Heading ----------------------------------------------------------------------------------------------------------


def _banner(board: Board, tables: Tables, annee: int) -> None:
    right = f"{_summary(tables)} · détail de {annee}" if annee else "aucune synthèse retenue"
    board.banner(_kinds(tables), 18, right)


def _kinds(tables: Tables) -> str:
    """What the contracts are called, where they are all called so."""
    kinds = {str(li["Type"] or USUAL) for li in tables[region_tables.CONTRATS]} or {USUAL}
    return "Contrats locaux de santé de la région" if kinds == {USUAL} else f"Région : {' ; '.join(sorted(kinds))}"


def _title(board: Board, tables: Tables, annee: int) -> None:
    board.empty(6)
    board.row(34, (UNITS, "Les contrats de la région, côte à côte", "titre"))
    places = "chaque chiffre mène au contrat, au fichier et à la cellule, dans les feuilles qui suivent"
    board.row(22, (UNITS, f"{_summary(tables)} · {places}", "sous_titre"))
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
        Card("Valeurs à corriger", blocking, "cle_entier", "elles ne sont dans aucun chiffre"),
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
        Card(f"Engagé {annee}", engaged, "cle_montant", "maquettes"),
        Card(f"Coût réalisé {annee}", spent, "cle_montant", "tous financeurs"),
        Card(f"Fiches actives {annee}", active, "cle_entier", how_many(len(of_year), "contrat")),
    ]


# --- Contracts --------------------------------------------------------------------------------------------------------


def _contrats(board: Board, tables: Tables, annee: int) -> None:
    """One line a contract for the last year, then how many returns came."""
    lines = [li for li in tables[region_tables.CONTRATS] if li["Année"] == annee]
    columns = (
        PrintedColumn("Contrat", 8, STRONG, name_of),
        PrintedColumn("État", 3, of=lambda li: StyledBox(li["État"], _STATES[li["État"] == VALIDE])),
        PrintedColumn("Retours reçus", 2, WHOLE, "Retours reçus"),
        PrintedColumn("attendus", 2, WHOLE, "Retours attendus"),
        PrintedColumn("Taux", 2, RATE, "Taux de retour"),
        PrintedColumn("À corriger", 2, WHOLE, "Bloquants"),
        PrintedColumn("À confirmer", 2, WHOLE, "À confirmer"),
        PrintedColumn("Fiches", 2, WHOLE, "Fiches actives"),
        PrintedColumn("Maquette", 3, ROUND_AMOUNT, "Maquette"),
        PrintedColumn(f"Programmé {annee}", 3, ROUND_AMOUNT, "Programmé"),
        PrintedColumn(f"Engagé {annee}", 3, ROUND_AMOUNT, "Engagé"),
        PrintedColumn(f"Versé {annee}", 4, ROUND_AMOUNT, "Versé"),
    )
    titre, absent = f"Les contrats en {annee}" if lines else "Les contrats", "Aucune synthèse n’a pu être retenue."
    board.section(titre, columns, rows_of(columns, lines), absent=absent, following=80)
    incomplete = [li for li in lines if li["Taux de retour"] is not None and li["Taux de retour"] < 1]
    if len(incomplete) > 1:
        series = (("Taux de retour", "Retours reçus / attendus", "accent"),)
        bars_by_contrat(board, f"Taux de retour {annee}, là où il en manque", incomplete, series, "taux")


def _targets(board: Board, tables: Tables, annee: int) -> None:
    """How far the contracts are from what they want; nothing where none of them wants a figure."""
    lines = [li for li in tables[region_tables.CONTRATS] if li["Année"] == annee]
    lines = [li for li in lines if li["Cibles atteintes"] is not None]
    if not lines:
        return
    columns = (
        PrintedColumn("Contrat", 18, STRONG, name_of),
        *(
            PrintedColumn(titre, 6, WHOLE, titre)
            for titre in ("Cibles atteintes", "Cibles suivies", "Cibles non connues")
        ),
    )
    board.band(f"Les cibles des contrats en {annee}", following=80)
    board.sheet_table(columns, rows_of(columns, lines))
    board.note(
        "Atteintes : la valeur de l’année y est, ou le plafond est respecté. Suivies : la valeur est connue et n’y est "
        "pas, ou le plafond est dépassé. Non connues : sans valeur, ou masquées."
    )


# --- What did not come ------------------------------------------------------------------------------------------------


def _overdue(board: Board, tables: Tables, annee: int) -> None:
    """The synthèses that are missing, by name; the returns that the last year lacks, by contract."""
    board.band("Qui est en retard", following=110)
    lines = tables[region_tables.OVERDUE]
    if not lines:
        return board.note("Personne : toutes les synthèses et tous les retours attendus sont là.")
    missing = [li for li in lines if li["Quoi"] == region_tables.MISSING_SYNTHESE]
    if missing:
        board.sous_titre(f"Synthèses absentes : {len(missing)}")
        columns = (
            PrintedColumn("Contrat", 12, STRONG, name_of),
            PrintedColumn("Année", 3, CENTRED, "Année"),
            PrintedColumn("Ce qu’on en sait", 21, of="Précision"),
        )
        board.sheet_table(columns, rows_of(columns, missing))
    groups: dict[object, list[Row]] = {}
    for li in lines:
        if li["Quoi"] != region_tables.MISSING_SYNTHESE and li["Année"] == annee:
            groups.setdefault(name_of(li), []).append(li)
    if groups:
        board.sous_titre(f"Retours qui manquent aux synthèses de {annee}")
        columns = (
            PrintedColumn("Contrat", 8, STRONG, lambda group: group[0]),
            PrintedColumn("Retours", 2, WHOLE, lambda group: len(group[1])),
            PrintedColumn("Structures et fiches", 26, of=lambda group: _structures(group[1])),
        )
        board.sheet_table(columns, rows_of(columns, groups.items()))
    autres = len(lines) - len(missing) - sum(map(len, groups.values()))
    if autres:
        what = f"{how_many(autres, 'retour')} des années précédentes manque{'nt' * (autres > 1)} aussi"
        board.note(f"{what}{NBSP}: feuille Retards.")


def _structures(lines: Sequence[Row]) -> str:
    by_structure: dict[str, list[str]] = {}
    for li in lines:
        word = "" if li["Quoi"] == region_tables.RETOUR_MANQUANT else f" [{li['Quoi']}]"
        by_structure.setdefault(f"{li['Structure'] or 'structure inconnue'}{word}", []).append(str(li["Fiche"] or "?"))
    return f"{NBSP}; ".join(f"{nom}{NBSP}: {', '.join(dict.fromkeys(fiches))}" for nom, fiches in by_structure.items())


def _set_aside_files(board: Board, tables: Tables) -> None:
    """Nothing where all are retained: a card of the first page says so."""
    discarded = [f for f in tables[region_tables.FILES] if f["Statut"] != RETAINED]
    if not discarded:
        return
    columns = (
        PrintedColumn("Fichier", 10, STRONG, "Fichier"),
        PrintedColumn("Pourquoi", 4, CENTRED, lambda f: StyledBox(f["Statut"], _STATES[False])),
        PrintedColumn("Détail", 22, of="Raison"),
    )
    more = len(discarded) - MAX_SET_ASIDE
    notes = [f"{more} de plus dans la feuille Fichiers."] if more > 0 else []
    board.section(
        "Les fichiers écartés", columns, rows_of(columns, discarded[:MAX_SET_ASIDE]), *notes, absent="", following=60
    )


def _provenance(board: Board, with_noyau: bool) -> None:
    added = " Les questions du noyau, elles, s’additionnent : feuille Noyau." if with_noyau else ""
    board.band("D’où viennent les chiffres", following=60)
    board.sentences(
        [
            "• Chaque feuille qui suit est un tableau filtrable : chaque ligne dit son contrat, son fichier, sa "
            "feuille et sa cellule. Les sommes de cette page sont celles de leurs colonnes.",
            "• Les petits effectifs sont masqués comme dans les synthèses ; une case vide veut dire « non connu », "
            "jamais zéro.",
            "• D’un contrat à l’autre, seules les mesures de même thème et de même unité sont mises côte à côte ; "
            f"rien n’en est additionné.{added}",
        ]
    )
