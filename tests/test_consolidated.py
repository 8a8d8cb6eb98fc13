"""The consolidation workbook: its tables as others read them."""

import datetime
from dataclasses import replace
from decimal import Decimal

import openpyxl
import pandas as pd
import pytest
from resultat_ecrit import ENTETES, TABLES, N, cadre, indicateurs, resultat
from xlsx_lint import lint

from cls_workbook.results.consolidated import classeur
from cls_workbook.xlsx import writer


@pytest.fixture(scope="module")
def fichier(tmp_path_factory):
    chemin = tmp_path_factory.mktemp("consolidation") / "C.xlsx"
    writer.write(classeur(resultat()), chemin)
    return chemin


@pytest.fixture(scope="module")
def livre(fichier):
    return openpyxl.load_workbook(fichier)


def ecrire(chemin, **changements):
    writer.write(classeur(resultat(**changements)), chemin)
    return openpyxl.load_workbook(chemin)


def colonne(feuille, entete):
    """The cells under a header, by row number."""
    rang = next(c.column for c in feuille[1] if c.value == entete)
    return {ligne: feuille.cell(ligne, rang) for ligne in range(2, feuille.max_row + 1)}


def test_the_sheets_come_in_the_announced_order_and_none_is_hidden(livre):
    assert livre.sheetnames == [
        "Synthèse", "Évolution", "Retours", "Anomalies", "Indicateurs", "Financement par fiche", "Financement par financeur",
        "Lignes de financement", "Mesures", "Réponses", "Normalisations", "Historique", "Repères", "Lisez-moi",
    ]  # fmt: skip
    assert {f.sheet_state for f in livre} == {"visible"}
    assert livre.active.title == "Synthèse"


@pytest.mark.parametrize("nom", TABLES)
def test_each_sheet_is_one_table_of_the_announced_name_and_headers(livre, nom):
    feuille = livre[nom]
    (table,) = feuille.tables.values()
    assert table.displayName == TABLES[nom]
    assert [c.name for c in table.tableColumns] == ENTETES[nom].split(", ")
    assert [c.value for c in feuille[1]] == ENTETES[nom].split(", ")
    assert table.ref.startswith("A1:") and table.autoFilter is not None
    assert feuille.freeze_panes is not None and feuille.freeze_panes.endswith("2")


def test_a_table_reads_as_a_plain_frame(fichier):
    lue = pd.read_excel(fichier, sheet_name="Retours", engine="calamine")
    assert list(lue.columns) == ENTETES["Retours"].split(", ")
    assert lue["Statut"].tolist() == ["reçu", "manquant", "reçu", "reçu"]


def test_a_missing_value_is_an_empty_cell_and_a_zero_is_a_zero(livre):
    bloquants = colonne(livre["Retours"], "Bloquants")
    assert [c.value for c in bloquants.values()] == [1, None, 0, 0]
    assert [c.value for c in colonne(livre["Financement par fiche"], "Engagé").values()] == [3000.5, None, None, None]


def test_figures_dates_and_rates_are_typed_and_formatted(livre):
    engage = colonne(livre["Lignes de financement"], "Engagé")[2]
    jour = colonne(livre["Lignes de financement"], "Date")[2]
    taux = colonne(livre["Indicateurs"], "Valeur")[4]
    assert (engage.value, engage.number_format) == (3000.5, '#,##0.00\\ "€"')
    assert (jour.value, jour.number_format) == (datetime.datetime(2025, 4, 15), "dd/mm/yyyy")
    assert (taux.value, taux.number_format) == (0.75, "0.0%")


def test_a_column_of_answers_keeps_the_type_of_each(livre):
    valeurs = [c.value for c in colonne(livre["Réponses"], "Valeur").values()]
    assert valeurs[1] == "En cours"
    assert valeurs[2] == datetime.datetime(2025, 2, 1)
    assert valeurs[7] == 52000
    formats = [c.number_format for c in colonne(livre["Réponses"], "Valeur").values()]
    assert formats[7] == '#,##0.00\\ "€"'  # money of « depenses »
    assert formats[8] == "#,##0"  # but not its ETP


def test_what_a_partner_typed_is_text_even_if_it_looks_like_a_formula(livre):
    trouve = {c.value: c.data_type for c in colonne(livre["Anomalies"], "Trouvé").values()}
    assert trouve == {"=1+1": "s", "vide": "s"}


def test_gravity_is_said_by_a_word_and_by_a_colour_most_serious_first(livre):
    cellules = list(colonne(livre["Anomalies"], "Gravité").values())
    assert [c.value for c in cellules] == ["bloquant", "à confirmer"]
    assert len({c.fill.fgColor.rgb for c in cellules}) == 2


def test_the_cells_of_an_anomaly_are_named_together(livre):
    assert [c.value for c in colonne(livre["Anomalies"], "Cellule").values()] == ["D45", "D12, E12"]


def test_the_cell_of_an_anomaly_is_a_link_only_where_the_return_can_be_found(tmp_path, livre):
    assert all(c.hyperlink is None for c in colonne(livre["Anomalies"], "Cellule").values())
    trouvables = ecrire(tmp_path / "C.xlsx", chemins={"asso-secret.xlsx": "retours/asso-secret.xlsx"})
    lien = colonne(trouvables["Anomalies"], "Cellule")[2]
    assert lien.value == "D45"
    assert (lien.hyperlink.target.replace("\\", "/"), lien.hyperlink.location) == ("retours/asso-secret.xlsx", "'FA 1.1'!D45")


def test_an_empty_table_has_its_headers_and_one_blank_row(tmp_path):
    feuille = ecrire(tmp_path / "C.xlsx", normalisations=cadre("Normalisations"), anomalies=())["Normalisations"]
    (table,) = feuille.tables.values()
    assert table.ref == "A1:G2"
    assert [c.value for c in feuille[2]] == [None] * 7


def test_what_pandas_calls_missing_is_an_empty_cell_too(tmp_path):
    lignes = cadre("Financement par financeur", ("Agence", pd.NA, float("nan"), Decimal("1.10"), N))
    feuille = ecrire(tmp_path / "C.xlsx", par_financeur=lignes)["Financement par financeur"]
    assert [c.value for c in feuille[2]] == ["Agence", None, None, 1.1, None]


def test_a_text_too_long_for_a_cell_says_where_the_rest_is(tmp_path):
    longs = indicateurs()
    longs.loc[4, "Valeur"] = "mot " * 10_000
    valeur = colonne(ecrire(tmp_path / "C.xlsx", indicateurs=longs)["Indicateurs"], "Valeur")[6].value
    assert valeur.startswith("mot mot") and valeur.endswith("[suite : feuille Mesures]")


def test_a_long_text_gets_a_row_high_enough(tmp_path):
    longs = indicateurs()
    longs.loc[4, "Valeur"] = "Une phrase assez longue pour tenir sur plusieurs lignes. " * 5
    feuille = ecrire(tmp_path / "C.xlsx", indicateurs=longs)["Indicateurs"]
    assert feuille.row_dimensions[6].height > 80
    assert feuille.row_dimensions[2].height is None


def test_the_workbook_says_what_it_is_and_what_its_sheets_hold(livre):
    textes = [c.value for ligne in livre["Lisez-moi"].iter_rows() for c in ligne if c.value is not None]
    assert "Contrat d’essai 2024-2026 (essai)" in textes
    assert "3 reçus sur 4" in textes
    for nom in (*TABLES, "Repères"):
        assert nom in textes


def test_excel_has_nothing_to_repair_and_two_runs_give_the_same_bytes(fichier):
    assert lint(fichier) == []
    assert writer.to_bytes(classeur(resultat())) == fichier.read_bytes()


def test_the_one_sentence_of_the_command_line(tmp_path):
    bilan = resultat().bilan().replace("\u00a0", " ")
    assert bilan == "3 retours reçus sur 4 ; anomalies : 1 bloquant, 1 à confirmer, 0 information ; des valeurs bloquantes sont hors des totaux."
    assert replace(resultat(), anomalies=()).bilan().replace("\u00a0", " ").endswith("0 information.")
