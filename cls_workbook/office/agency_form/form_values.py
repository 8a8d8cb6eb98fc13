"""What the names of a form stand for this year: the rows of the agency's copy, masked and without persons as it is."""

from __future__ import annotations

from cls_workbook.domain.entry_questions import QUALITATIVE
from cls_workbook.french import NBSP
from cls_workbook.office.agency_form.form_names import TEXTS, TEXTS_OF_FICHE, FormName, Key, offered
from cls_workbook.reports.agency import agency_tables as described
from cls_workbook.reports.agency.agency_data import rows_by_table
from cls_workbook.reports.consolidation.consolidated_result import Result
from cls_workbook.reports.synthese.synthese_portrait import AS_TEXT, Portrait
from cls_workbook.summaries.masking import is_masked
from cls_workbook.tables.described_columns import DescribedTable, Row
from cls_workbook.tables.summary_tables import TOTALS
from cls_workbook.tables.table_frames import frame_records

_KEYS: dict[DescribedTable, tuple[str, ...]] = {
    described.CONTRAT: (),
    described.FICHES: ("Fiche",),
    described.FINANCEMENT: ("Fiche",),
    described.MESURES: ("Mesure",),
    described.FINANCEURS: ("Financeur", "Nature"),
    TOTALS: ("Sous-total",),
    TEXTS_OF_FICHE: ("Fiche",),
}


class FormValues:
    """``names``: those that this year knows. ``tables``: the rows of each table, title → value."""

    def __init__(self, result: Result):
        portrait = Portrait(result)
        self.names = offered(result.contrat)
        self.tables = rows_by_table(result) | {TOTALS: frame_records(result.summaries.totaux), TEXTS: _texts(portrait)}
        rows = self.tables | {
            described.MESURES: [*self.tables[described.MESURES], *_in_words(portrait)],
            TEXTS_OF_FICHE: _texts_of_fiches(portrait),
        }
        self._rows: dict[tuple[DescribedTable, Key], Row] = {
            (table, tuple(str(row[title]) for title in titles)): row
            for table, titles in _KEYS.items()
            for row in rows[table]
        }

    def of(self, name: FormName) -> object:
        """The value; None where nothing is known, or where it is masked."""
        return self._rows.get((name.table, name.key), {}).get(name.column.titre)

    def masked(self, name: FormName) -> bool:
        """Is it a small count that does not leave?"""
        return name.table is described.MESURES and is_masked(self._rows.get((name.table, name.key), {}).get("Réserve"))


def _in_words(portrait: Portrait) -> list[Row]:
    """The measures whose value is a list or a text: the printed Synthèse has them, its tables do not."""
    measures = [m for f in portrait.contrat.actions for m in f.mesures if m.agregation in AS_TEXT]
    return [portrait.indicateurs[m.id] for m in measures if m.id in portrait.indicateurs]


def _texts(portrait: Portrait) -> list[Row]:
    labels = {c.nom: c.libelle for c in QUALITATIVE.input_fields}
    return [
        {"Fiche": t.fiche, "Structure": t.structure, "Question": labels.get(champ, champ.capitalize()), "Texte": said}
        for t in portrait.testimonies
        for champ, said in t.texts.items()
    ]


def _texts_of_fiches(portrait: Portrait) -> list[Row]:
    """« Structure : what it wrote », a line each; the text alone where one structure wrote."""
    rows = []
    for fiche in portrait.contrat.actions:
        its_own = [t for t in portrait.testimonies if t.fiche == fiche.numero]
        row: Row = {"Fiche": fiche.numero}
        for champ in TEXTS_OF_FICHE.titles:
            said = [(t.structure, t.texts[champ]) for t in its_own if champ in t.texts]
            alone = len(said) == 1
            row[champ] = "\n".join(text if alone else f"{who}{NBSP}: {text}" for who, text in said) or None
        rows.append(row)
    return rows
