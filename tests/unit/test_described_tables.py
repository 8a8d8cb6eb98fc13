"""A table of results is what its description says, or it is never written."""

from __future__ import annotations

import dataclasses
import re
from datetime import date
from decimal import Decimal

import pandas as pd
import pytest

from cls_workbook.errors import OwnFault
from cls_workbook.reports import table_sheets
from cls_workbook.reports.consolidation import consolidation_workbook
from cls_workbook.reports.consolidation.blank_results import worksheets
from cls_workbook.reports.table_sheets import FrameRows, from_rows, sheet
from cls_workbook.tables import table_schemas
from cls_workbook.tables.consolidation_tables import ANOMALIES, FINANCEMENT_FICHES, INDICATEURS, RETOURS, TABLES
from cls_workbook.tables.described_columns import DescribedTable, TableColumn, montant, texte, whole
from cls_workbook.tables.structure_table import STRUCTURES
from cls_workbook.tables.table_frames import frame_of_rows, table_frame
from cls_workbook.workbook import writer
from tests.support.written_result import result

TRIAL = DescribedTable(
    "Essai",
    "Essai",
    "Une table d’essai.",
    (
        texte("Fiche", "Le numéro.", obligatoire=True),
        texte("État", "Un mot.", choix=("ouvert", "fermé")),
        whole("Retours", "Combien."),
        montant("Engagé", "En euros."),
        TableColumn("Taux", "taux", "Une part."),
        TableColumn("Date", "date", "Un jour."),
        TableColumn("Valeur", "mixte", "Ce qui fut saisi."),
    ),
    cle=("Fiche",),
)
SOUND = {
    "Fiche": "1.1",
    "État": "ouvert",
    "Retours": 2,
    "Engagé": Decimal("10.50"),
    "Taux": Decimal("0.25"),
    "Date": date(2026, 3, 1),
    "Valeur": "oui",
}


def is_held(rows: list[dict]) -> bool:
    try:
        table_schemas.verify(TRIAL, rows)
    except OwnFault:
        return False
    return True


def test_rows_that_are_what_the_description_says_pass():
    assert is_held([SOUND, SOUND | {"Fiche": "1.2", "Valeur": 3, "Engagé": 0}])


def test_all_but_what_is_required_may_be_missing_however_pandas_says_it():
    for missing in (None, float("nan"), pd.NA, pd.NaT):
        assert is_held([dict.fromkeys(SOUND, missing) | {"Fiche": "1.1"}])


@pytest.mark.parametrize(
    ("titre", "valeur"),
    [
        ("Fiche", None),
        ("Fiche", 1.1),
        ("État", "entrouvert"),
        ("Retours", -1),
        ("Retours", "deux"),
        ("Retours", True),
        ("Engagé", Decimal("-0.01")),
        ("Engagé", "10,50"),
        ("Taux", "25 %"),
        ("Date", "01/03/2026"),
        ("Valeur", ["oui"]),
    ],
)
def test_a_value_that_its_column_may_not_hold_is_our_fault_and_named(titre, valeur):
    with pytest.raises(OwnFault, match=f"« Essai ».*{titre}".replace(" »", "\u00a0»").replace("« ", "«\u00a0")):
        table_schemas.verify(TRIAL, [SOUND | {titre: valeur}])


def test_a_key_is_found_once():
    with pytest.raises(OwnFault, match="Fiche"):
        table_schemas.verify(TRIAL, [SOUND, SOUND])


def test_columns_are_those_described_in_their_order():
    frame = frame_of_rows(TRIAL, [SOUND])
    twice, moved = [*frame.columns, "Taux"], list(reversed(frame.columns))
    for broken, told in (
        (frame.drop(columns="Taux"), "Taux (absente)"),
        (frame.drop(columns=list(TRIAL.cle)), f"{TRIAL.cle[0]} (absente)"),
        (frame.assign(Autre=1), "Autre (en trop)"),
        (frame[moved], f"{TRIAL.cle[0]} (mal placée)"),
        (frame[twice], "Taux (mal placée)"),
    ):
        with pytest.raises(OwnFault, match=re.escape(told)):
            table_schemas.verify(TRIAL, broken)


@pytest.mark.parametrize(
    ("nom", "table", "broken"),
    [
        ("retours", RETOURS, {"Statut": "perdu"}),
        ("par_fiche", FINANCEMENT_FICHES, {"Engagé": "3 000,50 €"}),
        ("indicateurs", INDICATEURS, {"Agrégation": "SOMME"}),
    ],
)
def test_a_table_that_breaks_its_description_is_never_written(tmp_path, nom, table, broken):
    campagne = result()
    tables = dataclasses.replace(campagne.tables, **{nom: getattr(campagne.tables, nom).assign(**broken)})
    with pytest.raises(OwnFault, match=table.nom.replace("_", ".")):
        writer.write(consolidation_workbook.workbook(dataclasses.replace(campagne, tables=tables)), tmp_path / "C.xlsx")
    assert not list(tmp_path.iterdir())


def test_the_sheet_has_the_titles_the_widths_and_the_styles_of_the_description():
    page = sheet(from_rows(TRIAL, [SOUND]), "essai")
    header, row = list(page.cells.rows())
    assert header[0] == TRIAL.titles
    assert list(row[1]) == [
        "cellule:texte",
        "cellule:texte",
        "cellule:entier",
        "cellule:montant",
        "cellule:taux",
        "cellule:date",
        "cellule:texte",
    ]
    assert page.widths[4] == 13.0  # an amount of nine digits, whatever the first ones are


def test_the_blank_tables_are_those_described():
    blank = {
        f.sheet_tables[0].nom: f.sheet_tables[0].columns for f in worksheets(result().contrat, 2025) if f.sheet_tables
    }
    assert blank == {t.nom: t.titles for t in (STRUCTURES, *TABLES) if not t.optional}


def test_the_rows_that_the_button_will_add_print_too():
    zones = {f.nom: f.print_setup.zone for f in worksheets(result().contrat, 2025)}
    assert (zones["Retours"], zones["Anomalies"]) == ((1, 1, 1_048_576, 9), (1, 1, 1_048_576, 8))
    assert zones["Synthèse"] == zones["Évolution"] == (1, 2, 1_048_576, 37)


def test_an_empty_table_has_its_columns():
    assert tuple(table_frame(ANOMALIES).columns) == ANOMALIES.titles and not len(FrameRows(table_frame(ANOMALIES)))


@pytest.mark.parametrize(("widths", "pages"), [((20,) * 8, 1), ((20,) * 9, 2), ((20,) * 15, 2), ((20,) * 16, 3)])
def test_a_table_too_wide_for_a_page_goes_on_beside_it_where_its_text_would_be_too_small(widths, pages):
    """A page takes 914 points of cells, reduced to 813: 8 columns of 20 characters take 911. Each page after the first
    has its first column again, and seven others."""
    assert table_sheets._pages_wide(widths, 1) == pages
