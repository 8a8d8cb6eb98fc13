"""In the sheet « Région »: fiches by theme and by priority, measures of same theme and unit side by side."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from decimal import Decimal

from cls_workbook.domain.questions import ChoiceLists
from cls_workbook.french import NBSP, listing
from cls_workbook.reports.agency.agency_tables import PLAN, PRIORITY, THEME
from cls_workbook.reports.region import region_tables
from cls_workbook.reports.region.region_money import Tables, bars_beside, name_of
from cls_workbook.reports.synthese.regional.noyau_section import answer_box
from cls_workbook.reports.synthese.synthese_pieces import STRONG, UNITS, WHOLE, Board, PrintedColumn, StyledBox
from cls_workbook.reports.synthese.synthese_portrait import appearance
from cls_workbook.reports.synthese.text_heights import abridged
from cls_workbook.summaries.aggregation import AS_RATE
from cls_workbook.summaries.progress import WITHOUT_RETOUR
from cls_workbook.tables.described_columns import Row

MAX_ETATS, MAX_YEARS, MAX_CHARTS = 8, 5, 6


def fiches_by_theme(board: Board, tables: Tables, annee: int) -> None:
    """Stacked bars by état for the themes; a table for the priorities, and one for the other plans."""
    for kind, titre, absence in (
        (THEME, f"Les fiches par thème en {annee}", "Aucun contrat ne dit les thèmes de ses fiches."),
        (
            PRIORITY,
            f"Les fiches par priorité du projet régional de santé en {annee}",
            "Aucun contrat ne dit quelles priorités du projet régional de santé servent ses fiches.",
        ),
        (
            PLAN,
            f"Les fiches liées à un autre plan en {annee}",
            "Aucun contrat ne dit à quels autres plans ses fiches sont liées.",
        ),
    ):
        lines = [li for li in tables[region_tables.THEMES] if li["Année"] == annee and li["Genre"] == kind]
        board.band(titre, following=150)
        if not lines:
            board.note(absence)
        else:
            _by_etat(board, lines, draw=kind == THEME)
            board.note("Une fiche qui en a plusieurs compte dans chacun. Quelles fiches : feuille Thèmes.")


def _by_etat(board: Board, lines: Sequence[Row], draw: bool) -> None:
    counts: dict[tuple[str, str], Counter[str]] = {}
    for li in lines:
        cle = str(li["Libellé"]), str(li["Identifiant"])
        counts.setdefault(cle, Counter())[str(li["État"])] += int(li["Fiches"])
    listes = ChoiceLists()
    known = (*listes.etats, WITHOUT_RETOUR)
    found = {e for c in counts.values() for e in c}
    etats = sorted(found, key=lambda e: (known.index(e) if e in known else len(known), e))[:MAX_ETATS]
    columns = [
        PrintedColumn("Libellé", 14 if len(etats) > 5 else 16, STRONG),
        *(PrintedColumn(e[0].upper() + e[1:], 2, "dense:entier_tiret") for e in etats),
        PrintedColumn("Fiches", 2, WHOLE),
    ]
    by_size = sorted(counts.items(), key=lambda c: (-c[1].total(), c[0]))
    rows = [[libelle, *(its_own[e] for e in etats), its_own.total()] for (libelle, _), its_own in by_size]
    drawn = board.sheet_table(columns, rows, may_split=not draw)
    if draw:
        bars, titre = drawn.bars(appearance(listes, e)[1] for e in etats), "Fiches par thème et par état"
        said = "Barres empilées : nombre de fiches de chaque thème selon leur état. Les chiffres sont dans le tableau "
        points = max(130.0, 64 + 22 * len(rows))
        form = "entier_sans_zero"
        board.wide_chart(points, "barres", titre, bars, said + "au-dessus.", form, stacked=True, before=6, after=2)


# --- Measures side by side --------------------------------------------------------------------------------------------


def mesures(board: Board, tables: Tables) -> None:
    """A table for each theme and unit: a row a measure of a contract, a column a year; then bars for the last year."""
    groups: dict[tuple[str, str], list[Row]] = {}
    for li in tables[region_tables.MESURES]:
        groups.setdefault((str(li["Libellé du thème"]), str(li["Unité"])), []).append(li)
    board.band("Les mesures de même thème et de même unité, côte à côte", following=120)
    _uncompared(board, tables[region_tables.UNCOMPARED])
    if not groups:
        return board.note("Aucune mesure n’est déclarée du même thème et de la même unité par deux contrats.")
    board.note(
        "Rien n’est additionné d’un contrat à l’autre : les territoires, les publics et les façons de compter "
        "diffèrent. La nature (flux, personnes, stock…) est rappelée."
    )
    for rank, ((theme, unite), lines) in enumerate(groups.items()):
        _group(board, theme, unite, lines, draw=rank < MAX_CHARTS)


def _uncompared(board: Board, lines: Sequence[Row]) -> None:
    """Theme after theme, the measures that cannot be set side by side, and their units."""
    by_theme: dict[str, list[str]] = {}
    for li in lines:
        said = f"{name_of(li)} {li['Mesure']} (unité{NBSP}: {li['Unité'] or 'non précisée'})"
        by_theme.setdefault(str(li["Libellé du thème"]), []).append(said)
    for theme, said_of in by_theme.items():
        board.note(f"{theme}{NBSP}: ne se comparent pas, leurs unités diffèrent{NBSP}: {listing(said_of)}.")


def _group(board: Board, theme: str, unite: str, lines: Sequence[Row], draw: bool) -> None:
    annees = sorted({int(li["Année"]) for li in lines})[-MAX_YEARS:]
    values = {(li["Contrat"], li["Mesure"], li["Année"]): li for li in lines}
    rows = []
    for contrat, mesure in dict.fromkeys((li["Contrat"], li["Mesure"]) for li in lines):
        its_own = [values.get((contrat, mesure, a)) for a in annees]
        modele = next(li for li in reversed(its_own) if li)
        what = f"{modele['Fiche']} · {modele['Libellé']} ({str(modele['Agrégation']).lower()})"
        rows.append([name_of(modele), what, *(li and answer_box(li) for li in its_own)])
    known = any(isinstance(_figure(row[-1]), (int, Decimal)) for row in rows)  # in the last year, and not masked
    drawable = draw and known and len(rows) > 1
    wide = 2 if len(annees) > 3 else 3
    columns = [
        PrintedColumn("Contrat", 6, STRONG),
        PrintedColumn("Fiche et mesure", 9 if drawable else UNITS - 6 - wide * len(annees)),
        *(PrintedColumn(str(a), wide, WHOLE) for a in annees),
    ]
    board.sous_titre(f"{theme} — unité : {unite}", following=140 if drawable else 80)
    if not drawable:
        board.sheet_table(columns, rows)
        return
    titre = f"{abridged(theme, 60)}, {annees[-1]}"
    said = f"Barres : {theme}, une barre par contrat. Les chiffres sont dans le tableau à gauche."
    form = "taux" if lines[0]["Agrégation"] in AS_RATE else "entier"
    bars_beside(board, columns, rows, titre, ["accent"], said, form)


def _figure(box: object) -> object:
    return box.valeur if isinstance(box, StyledBox) else box
