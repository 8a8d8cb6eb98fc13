"""Copied sheets and rows, rows that a partner adds: what counts, what is refused, what is only told."""

from __future__ import annotations

from cls_workbook.anomalies import A_CONFIRMER
from cls_workbook.forms.columns import END
from tests.support.small_workbook import (
    all_found,
    blank,
    cell,
    filled,
    items_read,
    line,
    modified,
    places,
    read,
    rows_of,
)

FICHE = "FA 1.1"


# --- copies ---------------------------------------------------------------------------------------------------------


def _copy_of_row(opened_book, nom: str = "FA 1.1 (2)"):
    file_copy = opened_book.copy_worksheet(opened_book[FICHE])
    file_copy.title = nom
    return file_copy


def test_a_blank_or_identical_copy_of_a_sheet_is_nothing(tmp_path):
    saisies = {"1.1/mesures/1.1-I01/valeur": 7}
    assert items_read(read(modified(filled(tmp_path, saisies), _copy_of_row))) == saisies

    def empty_the_original(opened_book):
        _copy_of_row(opened_book)
        opened_book[FICHE][cell("1.1/mesures/1.1-I01/valeur")] = None

    retour = read(modified(filled(tmp_path, saisies), empty_the_original))
    assert (items_read(retour), retour.anomalies, retour.worksheets["1.1"]) == (saisies, (), "FA 1.1 (2)")


def test_two_sheets_that_answer_differently_are_both_refused(tmp_path):
    def contradict(opened_book):
        _copy_of_row(opened_book)[cell("1.1/mesures/1.1-I01/valeur")] = 8

    retour = read(modified(filled(tmp_path, {"1.1/mesures/1.1-I01/valeur": 7}), contradict))
    (anomalie,) = retour.anomalies
    assert (anomalie.code, anomalie.sheet, anomalie.fiche, anomalie.refuses_sheet) == (
        "ANCRES_EN_DESACCORD",
        "FA 1.1 (2)",
        "1.1",
        True,
    )
    assert f"{cell('1.1/mesures/1.1-I01/valeur')} : 7 et 8" in anomalie.found.replace("\u00a0", " ")


def _copied_row(cle: str, to: int, **changes):
    def make_copy(opened_book):
        sheet, rank = opened_book[FICHE], line(cle)
        sheet.insert_rows(to)
        source = rank if rank < to else rank + 1
        for column in range(1, END + 1):
            sheet.cell(to, column).value = sheet.cell(source, column).value
        for column, valeur in changes.items():
            sheet[f"{column}{to}"] = valeur

    return make_copy


def test_a_copied_measure_row_is_refused_only_if_it_says_otherwise(tmp_path):
    rank = line("1.1/mesures/1.1-I01/valeur")
    saisies = {"1.1/mesures/1.1-I01/valeur": 7}
    assert (
        items_read(read(modified(filled(tmp_path, saisies), _copied_row("1.1/mesures/1.1-I01/valeur", rank + 1))))
        == saisies
    )
    retour = read(modified(filled(tmp_path, saisies), _copied_row("1.1/mesures/1.1-I01/valeur", rank + 1, G=9)))
    assert all_found(retour) == [("ANCRES_EN_DESACCORD", FICHE, (f"G{rank}", f"G{rank + 1}"))]
    assert items_read(retour) == {}


def test_a_funding_row_copied_then_changed_is_one_more_line(tmp_path):
    saisies = {"1.1/financement/01/financeur": "ARS", "1.1/financement/01/engage": 500}
    rank = line("1.1/financement/01/engage")
    retour = read(modified(filled(tmp_path, saisies), _copied_row("1.1/financement/01/engage", rank + 1, F=800)))
    assert retour.anomalies == ()
    assert items_read(retour) == saisies | {"1.1/financement/01+1/financeur": "ARS", "1.1/financement/01+1/engage": 800}


def test_a_funding_row_copied_as_it_is_counts_once_and_is_asked_about(tmp_path):
    saisies = {"1.1/financement/01/financeur": "ARS", "1.1/financement/01/engage": 500}
    rank = line("1.1/financement/01/engage")
    retour = read(modified(filled(tmp_path, saisies), _copied_row("1.1/financement/01/engage", rank + 1)))
    assert items_read(retour) == saisies
    assert [(a.gravite, a.code, a.cells) for a in retour.anomalies] == [
        (A_CONFIRMER, "SAISIE_HORS_CADRE", (f"C{rank + 1}", f"F{rank + 1}"))
    ]


# --- rows that a partner adds ---------------------------------------------------------------------------------------


def test_inserted_rows_are_named_after_the_row_above(tmp_path):
    rank = line("1.1/partenaires/02/nom")

    def insertable(opened_book):
        opened_book[FICHE].insert_rows(rank + 1, 2)
        opened_book[FICHE][f"C{rank + 1}"] = "Le Relais"
        opened_book[FICHE][f"C{rank + 2}"] = "L’Escale"
        opened_book[FICHE][f"D{rank + 2}"] = "Association"

    retour = read(modified(filled(tmp_path, {"1.1/partenaires/03/nom": "La Source"}), insertable))
    assert retour.anomalies == ()
    assert items_read(retour) == {
        "1.1/partenaires/02+1/nom": "Le Relais",
        "1.1/partenaires/02+2/nom": "L’Escale",
        "1.1/partenaires/02+2/type": "Association",
        "1.1/partenaires/03/nom": "La Source",
    }
    assert [s.line for s in retour.saisies] == ["03", "02+1", "02+2", "02+2"]
    assert retour.moved_inputs["1.1/partenaires/02+1/nom"] == f"C{rank + 1}"


def test_a_line_typed_under_a_table_is_read_and_a_note_is_only_told(tmp_path):
    def write(opened_book):
        sheet = opened_book[FICHE]
        end = next(r for r in range(1, sheet.max_row) if sheet.cell(r, 1).value == "§1.1/partenaires/fin")
        sheet[f"C{end + 1}"], sheet[f"D{end + 1}"] = "Le Relais", "Association"
        sheet[f"C{line('1.1/qualitatif/avenant') + 2}"] = "Merci de nous rappeler."

    retour = read(modified(blank(tmp_path), write))
    last = rows_of("1.1/partenaires")[-1]
    assert items_read(retour) == {
        f"1.1/partenaires/{last}+1/nom": "Le Relais",
        f"1.1/partenaires/{last}+1/type": "Association",
    }
    assert all_found(retour) == [("SAISIE_HORS_CADRE", FICHE, (f"C{line('1.1/qualitatif/avenant') + 2}",))]


def test_a_row_inserted_in_a_fixed_table_is_told_not_read(tmp_path):
    rank = line("1.1/ventilations/1.1-I02c/01/effectif")
    column = places()["1.1/ventilations/1.1-I02c/01/effectif"].cell.rstrip("0123456789")

    def insertable(opened_book):
        opened_book[FICHE].insert_rows(rank + 1)
        opened_book[FICHE][f"{column}{rank + 1}"] = 4

    retour = read(modified(blank(tmp_path), insertable))
    assert (items_read(retour), all_found(retour)) == ({}, [("SAISIE_HORS_CADRE", FICHE, (f"{column}{rank + 1}",))])
