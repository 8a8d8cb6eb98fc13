"""The names that an agency's form may bear: one for each figure of the agency's copy, one for each of its tables."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from cls_workbook.domain.entry_questions import QUALITATIVE
from cls_workbook.domain.model import Contrat
from cls_workbook.french import date_fr, fold
from cls_workbook.reports.agency import agency_tables as described
from cls_workbook.summaries import funding
from cls_workbook.tables.consolidation_tables import FINANCEMENT_FICHES
from cls_workbook.tables.described_columns import FICHE, STRUCTURE, DescribedTable, TableColumn, texte
from cls_workbook.tables.summary_tables import TOTALS
from cls_workbook.tables.table_frames import frame_of_rows

PREFIX, OF_TABLE = "cls_", "cls_table_"
Key = tuple[str, ...]

TEXTS = DescribedTable(
    "Données textes",
    "Donnees_textes",
    "Ce que les porteurs ont écrit, une ligne par fiche, structure et question ; aucune donnée personnelle.",
    (FICHE, STRUCTURE, texte("Question", "La question posée."), texte("Texte", "La réponse.")),
)
# The same answers, a row per fiche and a column per question: what one name asks for.
TEXTS_OF_FICHE = DescribedTable(
    "Textes par fiche",
    "Textes_par_fiche",
    "Ce que les porteurs d’une fiche ont écrit, structure par structure.",
    tuple(texte(c.nom, f"{c.libelle}, par tous les porteurs de la fiche.") for c in QUALITATIVE.input_fields),
)
# Name of a table of rows → what it is made of.
TABLES = {
    OF_TABLE + table.file.removeprefix("donnees_"): table
    for table in (*(t for t in described.TABLES if not t.vertical), TOTALS, TEXTS)
}
_EXAMPLES = {
    "montant": 12345.67,
    "taux": 0.25,
    "entier": 12,
    "nombre": 12.5,
    "annee": 2025,
    "date": date_fr(date(2025, 12, 31)),
    "mixte": 12,
}


@dataclass(frozen=True)
class FormName:
    """``key``: which row of ``table`` (one of its record: none). ``objet``: what the figure is about."""

    nom: str
    table: DescribedTable
    key: Key
    column: TableColumn
    objet: str


def offered(contrat: Contrat) -> dict[str, FormName]:
    """Name → what it stands for, for the fiches, measures and funders of ``contrat``: of one year, or of all."""
    names: dict[str, FormName] = {}
    for words, table, key, columns, objet in _rows(contrat):
        for column in columns:
            nom = base = PREFIX + "_".join((*map(plain, words), column.nom))
            number = 1
            while nom in names and names[nom].key != key:  # « 1.1 » and « 1-1 »
                nom = f"{base}__{(number := number + 1)}"
            names.setdefault(nom, FormName(nom, table, key, column, objet))
    return names


def plain(word: str) -> str:
    return re.sub(r"[^0-9a-z]+", "_", fold(word)).strip("_")


def _rows(contrat: Contrat) -> Iterator[tuple[Sequence[str], DescribedTable, Key, Sequence[TableColumn], str]]:
    """(words of the name, table, which row, columns, what it is about)."""
    yield (), described.CONTRAT, (), described.CONTRAT.columns[1:], contrat.nom_court
    for f in contrat.actions:
        fiche, objet = ("fiche", f.numero), f"Fiche {f.numero} — {f.titre}"
        yield fiche, described.FICHES, (f.numero,), described.FICHES.columns, objet
        yield fiche, described.FINANCEMENT, (f.numero,), described.FINANCEMENT.columns[2:], objet
        yield (*fiche, "texte"), TEXTS_OF_FICHE, (f.numero,), TEXTS_OF_FICHE.columns, objet
        for mesure in f.mesures:
            about = f"Fiche {f.numero} — {mesure.libelle}"
            yield ("mesure", mesure.id), described.MESURES, (mesure.id,), described.MESURES.columns, about
    for financeur in contrat.money.financeurs:
        for nature in contrat.money.natures:
            key = (financeur.nom, nature.libelle)
            yield (
                ("financeur", financeur.id, nature.id),
                described.FINANCEURS,
                key,
                described.FINANCEURS.columns,
                " — ".join(key),
            )
    unknown = frame_of_rows(FINANCEMENT_FICHES, ({"Fiche": f.numero} for f in contrat.actions))
    for sous_total in funding.totaux(contrat, unknown)["Sous-total"]:
        yield ("total", sous_total), TOTALS, (sous_total,), TOTALS.columns[1:], sous_total


# --- The list of them -------------------------------------------------------------------------------------------------

COLUMNS = ("nom", "objet", "colonne", "ce_que_c_est", "type", "unite", "exemple")
WIDTHS = (44, 50, 24, 70, 10, 8, 44)


def listed(contrat: Contrat) -> list[dict[str, object]]:
    """One dict per name, with the names of ``COLUMNS``: figures first, then tables."""
    figures = [
        (n.nom, n.objet, n.column.titre, n.column.aide, n.column.type, n.column.unite, _example(n.column))
        for n in offered(contrat).values()
    ]
    tables = [
        (nom, table.sheet, "", f"{table.aide} Le nom désigne la ligne d’en-tête.", "table", None, list(table.titles))
        for nom, table in TABLES.items()
    ]
    return [dict(zip(COLUMNS, line, strict=True)) for line in (*figures, *tables)]


def _example(column: TableColumn) -> object:
    return _EXAMPLES.get(column.type, column.choix[0] if column.choix else "un texte")
