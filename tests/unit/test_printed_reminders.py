"""What the campaign printed in locked cells (last year's figures and states, amounts of the year, whom to ask):
typed over, it is told before and after, whatever was done to the rows; left alone, it is never told.
"""

from __future__ import annotations

import re
from decimal import Decimal

import openpyxl
import pytest

from cls_workbook import forms
from cls_workbook.domain import locked_facts
from cls_workbook.domain.carried_over import is_memory
from cls_workbook.forms.columns import F
from cls_workbook.forms.layout import MEMORY
from cls_workbook.reading.locating import sheet_locator
from cls_workbook.workbook import writer
from cls_workbook.workbook.description import address
from tests.support.small_workbook import YEAR, blank, cell, line, modified, plan, read, trial

PAST = {
    "1.1-I01": 42,
    "1.1-I02a": Decimal("12.5"),
    "1.1-I03a": Decimal(1) / Decimal(3),
    "1.1-I05": Decimal("3.25"),
    "1.1-I06": "En cours",
    "2.1-I01": 310,
}
CARRIED_OVER = {
    "accueil/reponse/siret": "21210231700014",
    "1.1/taux/1.1-I03a/definition": "Personnes revenues au moins une fois",
    "1.1/partenaires/01/nom": "Le Relais",
    "1.1/partenaires/01/type": "Association",
    "1.1/financement/01/financeur": "ARS",
    "1.1/financement/02/financeur": "Ville de Rivemont",
    "1.1/financement/02/nature": "Cofinancement",
}
CAMPAGNE = forms.WorkbookContext(
    programme={"1.1": Decimal("12500.50")},
    precedent=PAST,
    carried_over={"ville": CARRIED_OVER},
    own={"ville": PAST},
    limite="15 mars 2026",
    contact="Coordination, 03 80 00 00 00",
)
FICHE = "FA 1.1"


def drawn_plan(structure: str = "ville", campagne: forms.WorkbookContext = CAMPAGNE) -> forms.WorkbookPlan:
    respondent = next((r for r in forms.repondants(trial()) if r.id == structure), None)
    return forms.plan(trial(), YEAR, respondent, campagne)


@pytest.fixture(scope="module")
def prefilled() -> bytes:
    """The workbook of a structure, with its last year beside the inputs."""
    return writer.to_bytes(drawn_plan().workbook)


def write(folder, content: bytes, *saisies: tuple[str, str, object]):
    path = folder / "retour.xlsx"
    path.write_bytes(content)

    def enter_value(opened_book) -> None:
        for sheet, location, valeur in saisies:
            opened_book[sheet][location] = valeur

    return modified(path, enter_value) if saisies else path


def simple(texte: str) -> str:
    return texte.replace("\u202f", " ").replace("\u00a0", " ")


def statements(retour) -> list[tuple[str, str, tuple[str, ...]]]:
    return [(a.gravite, a.code, a.cells) for a in retour.anomalies]


def read_last_year(mesure: str) -> str:
    """The cell beside which last year's value of a measure stands."""
    sheet = next(f for f in plan("ville").worksheets if f.fiche == mesure.partition("-")[0])
    row = next(r for c, r in sheet.rows.items() if c.endswith(f"/{mesure}") and r.reminder)
    return address(row.numero, row.reminder)


CELLS = {
    "1.1-I01": ("42", 45, "45"),
    "1.1-I02a": ("12,5", 12, "12"),
    "1.1-I03a": ("33,33 %", 0.4, "40 %"),
    "1.1-I05": ("3,25", 4, "4"),
    "1.1-I06": ("En cours", "Atteinte", "Atteinte"),
}


@pytest.mark.parametrize("mesure", CELLS)
def test_what_is_typed_over_last_years_value_is_told_before_and_after(tmp_path, prefilled, mesure):
    before, typed_value, after = CELLS[mesure]
    where = read_last_year(mesure)
    (anomalie,) = read(write(tmp_path, prefilled, (FICHE, where, typed_value))).anomalies
    assert (anomalie.gravite, anomalie.code, anomalie.sheet, anomalie.cells) == (
        "bloquant",
        "PREREMPLI_MODIFIE",
        FICHE,
        (where,),
    )
    assert (
        f"« {after} »" in simple(anomalie.found)
        and f"« {before}" in simple(anomalie.expected)
        and "l’an dernier" in anomalie.champ
    )


def test_last_years_value_erased_is_told_with_what_it_was(tmp_path, prefilled):
    where = read_last_year("1.1-I01")
    (anomalie,) = read(write(tmp_path, prefilled, (FICHE, where, None))).anomalies
    assert anomalie.cells == (where,) and "vide" in anomalie.found and "« 42 »" in simple(anomalie.expected)


def test_a_number_typed_where_last_year_said_nothing_is_told(tmp_path, prefilled):
    where = read_last_year("1.1-I03b")
    assert statements(read(write(tmp_path, prefilled, (FICHE, where, 0.8)))) == [
        ("à confirmer", "SAISIE_HORS_CADRE", (where,))
    ]


def test_without_last_year_a_number_typed_in_its_place_is_told(tmp_path):
    for mesure, valeur in (("1.1-I01", 45), ("1.1-I06", "Fait en mars")):
        where = read_last_year(mesure)
        path = modified(
            blank(tmp_path, "ville"),
            lambda opened_book, where=where, valeur=valeur: opened_book[FICHE].__setitem__(where, valeur),
        )
        assert statements(read(path)) == [("à confirmer", "SAISIE_HORS_CADRE", (where,))]


def test_the_amount_of_the_year_and_the_campaigns_words_are_told_too(tmp_path, prefilled):
    rank = next(f for f in plan("ville").worksheets if f.fiche == "1.1").rows["1.1/financement/rappel"].numero
    montant = openpyxl.load_workbook(write(tmp_path, prefilled))[FICHE][f"C{rank}"].value
    assert "12 500,50" in simple(montant)
    retour = read(
        write(
            tmp_path,
            prefilled,
            (FICHE, f"C{rank}", re.sub("12.500", "15\u202f500", montant)),
            ("Accueil", "B2", "Nous répondrons en avril"),
        )
    )
    one, other = retour.anomalies
    assert (one.gravite, one.code, one.cells) == (
        "à confirmer",
        "SAISIE_HORS_CADRE",
        ("B2",),
    ) and "Suivi de l’année 2025 · Ville de Rivemont" in one.found
    assert (other.gravite, other.code, other.cells) == ("bloquant", "PREREMPLI_MODIFIE", (f"C{rank}",))


def test_the_date_by_which_to_answer_reworded_is_told_with_what_it_was(tmp_path, prefilled):
    opened_book = openpyxl.load_workbook(write(tmp_path, prefilled))
    (where,) = [
        c.coordinate
        for rank in opened_book["Accueil"].iter_rows()
        for c in rank
        if isinstance(c.value, str) and c.value.startswith("Retour attendu")
    ]
    (anomalie,) = read(
        write(tmp_path, prefilled, ("Accueil", where, "Retour attendu avant le 30 avril 2026."))
    ).anomalies
    assert (anomalie.code, anomalie.cells) == ("TEXTE_IMPRIME_MODIFIE", (where,))
    assert "30 avril" in anomalie.found and "15 mars" in anomalie.found


# --- rows and columns that moved ------------------------------------------------------------------------------------


def test_after_rows_were_inserted_the_cell_is_found_and_told(tmp_path, prefilled):
    def insertable(opened_book) -> None:
        opened_book[FICHE].insert_rows(3, 2)
        opened_book[FICHE][address(line("1.1/mesures/1.1-I01/valeur") + 2, F)] = 45

    path = write(tmp_path, prefilled)
    (anomalie,) = [a for a in read(modified(path, insertable)).anomalies if a.code != "FORMULE_MODIFIEE"]
    assert anomalie.cells == (address(line("1.1/mesures/1.1-I01/valeur") + 2, F),) and "« 42 »" in simple(
        anomalie.expected
    )


COLUMNS = (1, 2, 3, 5, 6, 11, MEMORY, MEMORY + 1)


@pytest.mark.parametrize("column", COLUMNS)
def test_a_column_inserted_in_a_prefilled_workbook_is_no_fault(tmp_path, prefilled, column):
    path = modified(write(tmp_path, prefilled), lambda opened_book: opened_book[FICHE].insert_cols(column))
    assert [
        a for a in read(path).anomalies if a.code != "FORMULE_MODIFIEE"
    ] == []  # openpyxl does not move what formulas cite


def test_a_row_that_was_copied_takes_its_memory_with_it(tmp_path, prefilled):
    rank = line("1.1/financement/02/engage")

    def make_copy(opened_book) -> None:
        sheet = opened_book[FICHE]
        for column in range(1, MEMORY + 1):
            sheet.cell(rank + 2, column).value = sheet.cell(rank, column).value

    (anomalie,) = [
        a for a in read(modified(write(tmp_path, prefilled), make_copy)).anomalies if a.code != "FORMULE_MODIFIEE"
    ]
    assert anomalie.code == "SAISIE_HORS_CADRE" and "copie" in anomalie.found  # and nothing of the hidden cell


# --- other templates, other ways ------------------------------------------------------------------------------------


def test_a_prefilled_workbook_left_alone_is_read_the_short_way(tmp_path, prefilled, monkeypatch):
    values_read = []
    monkeypatch.setattr(
        sheet_locator, "_SheetReading", lambda grid, *_: values_read.append(grid.nom) or pytest.fail(grid.nom)
    )
    without_deadline = writer.to_bytes(
        drawn_plan(
            campagne=forms.WorkbookContext(
                programme=CAMPAGNE.programme, own=CAMPAGNE.own, carried_over=CAMPAGNE.carried_over
            )
        ).workbook
    )
    assert len(read(write(tmp_path, without_deadline)).saisies) == len(CARRIED_OVER) + 2 and values_read == []


def test_a_workbook_of_before_says_nothing_of_its_past_and_gives_no_false_alarm(tmp_path, prefilled):
    """Templates sent out before this memory was kept: a number may have been printed there."""
    path = write(tmp_path, prefilled)

    def forget(opened_book) -> None:
        sheet = opened_book["_identification"]
        (rank,) = [r for r in range(1, 12) if sheet.cell(r, 2).value == "rappels"]
        sheet.delete_rows(rank)

    assert read(modified(path, forget)).anomalies == ()
    typed_value = read_last_year("1.1-I01")
    assert read(modified(path, lambda opened_book: opened_book[FICHE].__setitem__(typed_value, 45))).anomalies == ()
    assert statements(
        read(modified(path, lambda opened_book: opened_book[FICHE].__setitem__(typed_value, "environ 45")))
    ) == [("à confirmer", "SAISIE_HORS_CADRE", (typed_value,))]


def test_the_general_workbook_shows_and_keeps_the_consolidated_values(tmp_path):
    content = writer.to_bytes(drawn_plan("").workbook)
    assert read(write(tmp_path, content)).anomalies == ()
    where = read_last_year("1.1-I01")
    assert statements(read(write(tmp_path, content, (FICHE, where, 45)))) == [
        ("bloquant", "PREREMPLI_MODIFIE", (where,))
    ]


def test_the_same_campaign_gives_the_same_bytes(prefilled):
    assert writer.to_bytes(drawn_plan().workbook) == prefilled


# --- what is kept, and how ------------------------------------------------------------------------------------------


def test_what_does_not_hold_in_a_cell_takes_several():
    many = {f"1.1/mesures/1.1-I{n:04d}": n + 0.5 for n in range(3000)} | {
        "accueil/information/annee": "d’« ici »\nà là"
    }
    texts = locked_facts.write(many)
    assert len(texts) > 3 and all(len(t) < 32_767 for t in texts)
    assert locked_facts.read(texts) == many


def test_nothing_kept_is_not_nothing_printed():
    assert locked_facts.read([]) is None and locked_facts.read([""]) is None and locked_facts.read(["{"]) is None
    assert locked_facts.read(locked_facts.write({})) == {}


def test_the_memory_of_a_row_is_known_among_all_texts():
    assert is_memory("|ARS|") and not is_memory("|") and not is_memory("ARS|") and not is_memory(12)
    assert cell("1.1/financement/01/financeur")[0] == "C"
