"""On the sheet « Région »: the categories of the questions of the noyau, and its themes in other vocabularies."""

from __future__ import annotations

from cls_workbook.french import listing, typography
from cls_workbook.reports.region.region_money import Tables
from cls_workbook.reports.region.region_noyau_tables import REGIONAL_DETAILS, REGIONAL_LINKS, REGIONAL_MESURES
from cls_workbook.reports.synthese.regional.noyau_section import figure_box
from cls_workbook.reports.synthese.synthese_pieces import CENTRED, MUTED, STRONG, UNITS, Board, PrintedColumn, rows_of
from cls_workbook.tables.described_columns import Row

_MOST_VOCABULARIES = 4


def categories_of_year(board: Board, tables: Tables, annee: int) -> None:
    """A row a category, in the last year; no section where no question has any."""
    lines = [li for li in tables.get(REGIONAL_DETAILS, ()) if li["Année"] == annee]
    if not lines:
        return
    columns = (
        PrintedColumn("Question", 10, STRONG, lambda li: f"{li['Mesure']} · {li['Libellé']}"),
        PrintedColumn("Catégorie", 6, of="Catégorie"),
        PrintedColumn("Ensemble", 3, of=lambda li: figure_box(li, "Valeur")),
        PrintedColumn("Contrats", 3, CENTRED, lambda li: f"{li['Contrats comptés']} / {li['Contrats']}"),
        PrintedColumn("Minimum", 2, of=lambda li: figure_box(li, "Minimum")),
        PrintedColumn("Médiane", 2, of=lambda li: figure_box(li, "Médiane")),
        PrintedColumn("Maximum", 2, of=lambda li: figure_box(li, "Maximum")),
        PrintedColumn("Ce que le chiffre ne dit pas", 8, MUTED, "Réserve"),
    )
    board.band(f"Les questions communes, catégorie par catégorie, {annee}", following=90)
    board.sheet_table(columns, rows_of(columns, lines))
    board.note(
        "Contrats : ceux qui entrent dans le chiffre, sur ceux qui donnent la catégorie. Une catégorie masquée dans "
        "une synthèse n’entre dans aucun chiffre : les catégories ne font pas toujours le total de la question."
    )


def themes_elsewhere(board: Board, tables: Tables) -> None:
    """A row a theme of the noyau, a column a vocabulary; no section where nothing matches."""
    links = tables.get(REGIONAL_LINKS, ())
    if not links:
        return
    vocabularies = list(dict.fromkeys(li["Vocabulaire"] for li in links))[:_MOST_VOCABULARIES]
    names: dict[tuple[object, object], list[str]] = {}
    for li in links:
        names.setdefault((li["Thème"], li["Vocabulaire"]), []).append(_said(li))
    labels = {li["Thème"]: li["Libellé du thème"] or li["Thème"] for li in links}
    asked: dict[object, list[str]] = {}
    for li in tables[REGIONAL_MESURES]:
        asked.setdefault(li["Thème"], []).append(str(li["Mesure"]))
    wide = (UNITS - 12) // len(vocabularies)
    columns = [
        PrintedColumn("Thème du noyau", 12 - 4 + (UNITS - 12) - wide * len(vocabularies), STRONG),
        PrintedColumn("Questions", 4, CENTRED),
        *(PrintedColumn(str(vocabulary), wide) for vocabulary in vocabularies),
    ]
    rows = [
        [label, listing(list(dict.fromkeys(asked.get(theme, ())))) or None]
        + [" ; ".join(names.get((theme, vocabulary), ())) or None for vocabulary in vocabularies]
        for theme, label in labels.items()
    ]
    board.band("Les thèmes du noyau dans d’autres vocabulaires", following=60)
    board.sheet_table(columns, rows)
    board.note(
        typography("Correspondances écrites par l’agence dans son noyau ; toutes sont dans « Noyau correspondances ».")
    )


def _said(line: Row) -> str:
    return f"{line['Code']} {line['Correspondance']}" if line["Code"] else str(line["Correspondance"])
