"""« L’essentiel », what an executive keeps of a region whose contracts take a noyau in: the region in figures; then its
contracts in a grid, with the filling of each theme, the money against maquettes, the posts of coordination.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from cls_workbook.french import how_many, number_fr, typography
from cls_workbook.reading.storing.wide_views import total_of
from cls_workbook.reports.region import region_tables
from cls_workbook.reports.region.region_money import Tables, name_of
from cls_workbook.reports.region.region_noyau_tables import REGIONAL_ANSWERS, REGIONAL_FILLING, REGIONAL_MESURES
from cls_workbook.reports.region.regional_sums import PARTICIPATIONS, counts
from cls_workbook.reports.synthese.regional.noyau_section import figure_box
from cls_workbook.reports.synthese.synthese_pieces import (
    CENTRED,
    MUTED,
    PAGE_HEIGHT,
    RATE,
    ROUND_AMOUNT,
    STRONG,
    UNITS,
    Board,
    Card,
    PrintedColumn,
    StyledBox,
    header_height,
    rows_of,
)
from cls_workbook.reports.synthese.text_heights import LEAST_ROW, height, on_one_line
from cls_workbook.summaries.aggregation import SEPARATOR
from cls_workbook.tables.described_columns import Row
from cls_workbook.workbook.description import Sheet

NAME = "L’essentiel"
MAX_THEMES = 6  # columns: those beyond are told together, so that each title can be read
_BESIDE_THEMES = 12  # units of the figures of a contract
_NAMES, _THEME = 6, 3  # units of the names of contracts, at least; of a theme whose title can still be read
_HEADINGS = 100  # points of what stands above the rows of the grid
_LEAST_ROW = 11.3  # points: a line of text in 9 points, without leading
_WITHOUT = "—"


def executive_sheet(tables: Tables) -> Sheet:
    """Drawn from the tables; the year shown is the last that has answers."""
    annee = max(int(li["Année"]) for li in tables[REGIONAL_MESURES])
    board = Board(NAME)
    contrats = {li["Contrat"] for li in tables[region_tables.CONTRATS]}
    board.banner("La région en deux pages", 18, f"{how_many(len(contrats), 'contrat')} · {annee}")
    board.empty(4)
    board.row(30, (UNITS, f"Ce que les contrats de la région font ensemble en {annee}", "titre"))
    board.cards(_cards(tables, annee))
    _questions(board, tables, annee)
    board.next_page()
    _grid(board, tables, annee)
    return board.finish(f"Région · l’essentiel {annee}")


def _of_year(lines: Sequence[Row], annee: int) -> list[Row]:
    return [li for li in lines if li["Année"] == annee]


def _cards(tables: Tables, annee: int) -> list[Card]:
    contrats, filling = (_of_year(tables[t], annee) for t in (region_tables.CONTRATS, REGIONAL_FILLING))
    maquettes, posts = tables[region_tables.MAQUETTES], _of_year(tables[region_tables.POSTS], annee)
    taking = [li for li in filling if li["Posées"]]
    asked, answered, estimated = (total_of(li[t] for li in taking) for t in ("Posées", "Renseignées", "dont estimées"))
    rate = Decimal(answered) / asked if asked else None
    prevu, engage = (total_of(m[t] for m in maquettes) for t in ("Maquette", "Engagé cumulé"))
    absent = sum(
        li["Quoi"] == region_tables.MISSING_SYNTHESE and li["Année"] == annee for li in tables[region_tables.OVERDUE]
    )
    etp = total_of(p["ETP"] for p in posts)
    posts_told = f"ETP, {how_many(len(posts), 'poste')}"
    return [
        Card("Contrats reçus", len(contrats), "cle_entier", f"{absent} en retard", alert=bool(absent)),
        Card("Prennent le noyau", len(taking), "cle_entier", f"sur {how_many(len(contrats), 'contrat')}"),
        Card("Questions renseignées", rate, "cle_taux", f"{answered} sur {asked}, dont {estimated} estimées"),
        Card("Maquettes", prevu, "cle_montant", "toute la durée"),
        Card("Engagé depuis le début", engage, "cle_montant", "années connues"),
        Card("Postes de coordination", None if etp is None else number_fr(etp), "cle_entier", posts_told),
    ]


def _questions(board: Board, tables: Tables, annee: int) -> None:
    lines = _of_year(tables[REGIONAL_MESURES], annee)
    columns = (
        PrintedColumn("Question", 9, STRONG, lambda li: f"{li['Mesure']} · {li['Libellé']}"),
        PrintedColumn("Unité", 3, CENTRED, "Unité"),
        PrintedColumn("Ensemble", 3, of=lambda li: figure_box(li, "Valeur")),
        PrintedColumn("Renseignée", 2, CENTRED, lambda li: f"{li['Renseignées']} / {li['Posées']}"),
        PrintedColumn("Minimum", 2, of=lambda li: figure_box(li, "Minimum")),
        PrintedColumn("Médiane", 2, of=lambda li: figure_box(li, "Médiane")),
        PrintedColumn("Maximum", 2, of=lambda li: figure_box(li, "Maximum")),
        PrintedColumn(f"{annee - 1}, mêmes contrats", 2, of=lambda li: figure_box(li, "Valeur n-1, contrats communs")),
        PrintedColumn(f"{annee}, mêmes contrats", 2, of=lambda li: figure_box(li, "Valeur, contrats communs")),
        PrintedColumn("Ce que le chiffre ne dit pas", 9, MUTED, _reserve),
    )
    board.band(f"Les questions communes, {annee}", following=90)
    board.sheet_table(columns, rows_of(columns, lines))
    board.note(
        "Chaque question se rassemble selon sa nature : personnes en participations (une même personne peut être "
        "comptée par plusieurs contrats), taux sur leurs termes, états à leur date. Une réponse masquée n’entre dans "
        "aucun chiffre. Mêmes contrats : ceux dont la réponse est connue les deux années. La maquette et l’engagé sont "
        "de toute la durée des contrats."
    )


def _reserve(line: Row) -> str | None:
    """Without what the note under the table says of all persons."""
    parts = str(line["Réserve"] or "").split(SEPARATOR)
    return SEPARATOR.join(part for part in parts if not part.startswith(PARTICIPATIONS)) or None


def _grid(board: Board, tables: Tables, annee: int) -> None:
    """A row a contract, a column a theme: how many of its questions have an answer."""
    lines = _of_year(tables[REGIONAL_FILLING], annee)
    names = [str(name_of(li)) for li in lines]
    tight = sum(height(nom, _NAMES, bold=True) for nom in names) > PAGE_HEIGHT - _HEADINGS
    answers = _of_year(tables[REGIONAL_ANSWERS], annee)
    shown_as = _columns_of_themes(list(dict.fromkeys(map(_theme, answers))), MAX_THEMES - tight)
    themes = list(dict.fromkeys(shown_as.values()))
    by_cell: dict[tuple[object, str], list[Row]] = {}
    for li in answers:
        by_cell.setdefault((li["Contrat"], shown_as[_theme(li)]), []).append(li)
    money = {m["Contrat"]: m for m in tables[region_tables.MAQUETTES]}
    posts: dict[object, list[object]] = {}
    for post in _of_year(tables[region_tables.POSTS], annee):
        posts.setdefault(post["Contrat"], []).append(post["ETP"])
    columns = _grid_columns(themes, tight)
    if tight:
        names = [on_one_line(nom, columns[0].unites) for nom in names]
    rows = []
    for nom, filling in zip(names, lines, strict=True):
        contrat = filling["Contrat"]
        m = money.get(contrat, {})
        cells = [_filled(by_cell.get((contrat, theme), [])) for theme in themes]
        sums = (m.get("Maquette"), m.get("Engagé cumulé"), m.get("Part engagée"))
        etp = total_of(posts.get(contrat, ()))
        rows.append([nom, *cells, filling["Taux de remplissage"], *sums, etp])
    said = "questions renseignées / posées ; « — » : rien n’y est demandé, ou pas de noyau"
    board.row(24, (UNITS, typography(f"Les contrats, thème par thème, {annee} : {said}"), "bloc"))
    board.sheet_table(columns, rows, one_line=_row_height(board, columns, len(rows)))


def _grid_columns(themes: Sequence[str], tight: bool) -> list[PrintedColumn]:
    """``tight``: the titles of the themes leave all the room they can to names that must hold on one line."""
    room = UNITS - _BESIDE_THEMES
    wide = _THEME if tight else (room - _NAMES) // max(1, len(themes))
    return [
        PrintedColumn("Contrat", room - wide * len(themes), STRONG),
        *(PrintedColumn(theme, wide, CENTRED) for theme in themes),
        PrintedColumn("Remplissage", 2, RATE),
        PrintedColumn("Maquette", 3, ROUND_AMOUNT),
        PrintedColumn("Engagé cumulé", 3, ROUND_AMOUNT),
        PrintedColumn("Part engagée", 2, RATE),
        PrintedColumn("ETP de coordination", 2, "dense:decimal_cale"),
    ]


def _columns_of_themes(themes: Sequence[str], most: int) -> dict[str, str]:
    """Theme → the column that shows it, of ``most`` at most."""
    if len(themes) <= most:
        return {theme: theme for theme in themes}
    others = f"{len(themes) - most + 1} autres thèmes"
    return {theme: theme if rank < most - 1 else others for rank, theme in enumerate(themes)}


def _row_height(board: Board, columns: Sequence[PrintedColumn], rows: int) -> float:
    """Of a row of the grid: as many points as leave it on its page, as long as a line can be read in them."""
    head = header_height(columns)
    return min(LEAST_ROW, max(_LEAST_ROW, (PAGE_HEIGHT - board.top - head) / max(1, rows) - 0.05))


def _theme(line: Row) -> str:
    return str(line["Libellé du thème"] or "Sans thème")


def _filled(lines: Sequence[Row]) -> object:
    found = counts(lines)
    if not found["Posées"]:
        return StyledBox(_WITHOUT, "dense_doux:petit_centre")
    style = "etat_bon:petit_centre" if found["Renseignées"] == found["Posées"] else "etat_attention:petit_centre"
    return StyledBox(f"{found['Renseignées']} / {found['Posées']}", style)
