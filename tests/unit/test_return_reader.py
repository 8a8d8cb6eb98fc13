"""What a return says it is, its anchors, its locked cells: which anomaly, at which cell."""

from __future__ import annotations

import openpyxl
import pytest

from cls_workbook.anomalies import A_CONFIRMER, BLOCKING
from cls_workbook.forms.columns import C, G
from cls_workbook.workbook.description import letter
from tests.support.small_workbook import (
    all_found,
    blank,
    cell,
    filled,
    items_read,
    line,
    modified,
    places,
    plan,
    read,
    rows_of,
)

FICHE = "FA 1.1"


# --- identification -------------------------------------------------------------------------------------------------


def test_a_return_says_what_it_is(tmp_path):
    path = blank(tmp_path, "mutuelle")
    retour = read(path)
    assert (retour.contrat, retour.annee, retour.structure, retour.fiches) == (
        "essai",
        2025,
        "mutuelle",
        ("1.1", "2.1"),
    )
    assert retour.modele == plan("mutuelle").modele
    assert retour.worksheets == {"accueil": "Accueil", "1.1": "FA 1.1", "2.1": "FA 2.1", "territoire": "Territoires"}
    assert (retour.file, retour.path) == ("retour.xlsx", str(path))


def _identity(nom: str, valeur: object):
    def alter(opened_book):
        sheet = opened_book["_identification"]
        rank = next(r for r in range(1, 10) if sheet.cell(r, 2).value == nom)
        sheet.cell(rank, 3).value = valeur

    return alter


def test_an_unknown_contract_is_said_once(tmp_path):
    retour = read(modified(blank(tmp_path), _identity("contrat", "autre-contrat")))
    assert all_found(retour) == [("FICHIER_ILLISIBLE", "", ())]
    assert "autre-contrat" in retour.anomalies[0].found


@pytest.mark.parametrize("annee", ["bientôt", None, 99999])
def test_a_tampered_year_is_said(tmp_path, annee):
    assert all_found(read(modified(blank(tmp_path), _identity("annee", annee)))) == [("FICHIER_ILLISIBLE", "", ())]


def test_a_workbook_of_another_version_gives_its_unchanged_answers(tmp_path):
    def former(opened_book):
        _identity("modele", "1.000000000000")(opened_book)
        sheet = opened_book[FICHE]
        rank = line("1.1/mesures/1.1-I02a/valeur")
        sheet.cell(rank, 1).value = "§1.1/mesures/1.1-I99"
        sheet.cell(rank, C).value = "Une question d’avant"
        sheet.cell(rank, G).value = 31
        sheet[cell("1.1/mesures/1.1-I01/valeur")] = 7

    retour = read(modified(blank(tmp_path), former))
    assert items_read(retour) == {"1.1/mesures/1.1-I01/valeur": 7}
    assert [(a.code, a.cells) for a in retour.anomalies] == [
        ("HORS_CAMPAGNE", ()),
        ("SAISIE_HORS_CADRE", (f"G{line('1.1/mesures/1.1-I02a/valeur')}",)),
    ]
    assert "Heures de permanence" in retour.anomalies[0].found and not retour.anomalies[0].refuses_file


# --- anchors --------------------------------------------------------------------------------------------------------


def test_a_label_that_does_not_agree_with_its_key_refuses_the_row(tmp_path):
    rank = line("1.1/mesures/1.1-I01/valeur")
    retour = read(
        filled(
            tmp_path,
            {"1.1/mesures/1.1-I01/valeur": 7, "1.1/mesures/1.1-I02a/valeur": 2.5},
            elsewhere={f"{FICHE}!C{rank}": "Autre chose"},
        )
    )
    assert all_found(retour) == [("ANCRES_EN_DESACCORD", FICHE, (f"C{rank}", f"G{rank}"))]
    assert "Autre chose" in retour.anomalies[0].found and "7" in retour.anomalies[0].found
    assert items_read(retour) == {"1.1/mesures/1.1-I02a/valeur": 2.5}
    assert retour.started_fiches == ("1.1",)


def test_a_label_is_recognised_whatever_its_case_and_spaces(tmp_path):
    rank = line("1.1/mesures/1.1-I01/valeur")
    assert read(filled(tmp_path, {}, elsewhere={f"{FICHE}!C{rank}": " personnes  RENCONTREES "})).anomalies == ()


def test_a_form_label_that_changed_refuses_its_input(tmp_path):
    rank = line("1.1/depenses/personnel")
    retour = read(filled(tmp_path, {"1.1/depenses/personnel": 100}, elsewhere={f"{FICHE}!C{rank}": "Salaires"}))
    assert all_found(retour) == [("ANCRES_EN_DESACCORD", FICHE, (f"C{rank}", f"D{rank}"))]
    assert items_read(retour) == {}


BOXES = {"1.1/territoire/21001/commune": "x", "1.1/territoire/21002/commune": "x", "2.1/territoire/Le Port/qpv": "x"}


@pytest.mark.parametrize("who", ["", "mutuelle"])
def test_the_boxes_of_all_fiches_stand_on_one_sheet(tmp_path, who):
    retour = read(filled(tmp_path, BOXES, who))
    assert {c: v for c, v in items_read(retour).items() if "/territoire/" in c} == BOXES and retour.anomalies == ()
    assert {s.sheet for s in retour.saisies if s.cle in BOXES} == {"Territoires"}


def test_the_box_of_a_commune_whose_name_changed_is_refused(tmp_path):
    place = places()["1.1/territoire/21001/commune"]
    header = f"{letter(place.column)}{place.row - 1}"
    retour = read(filled(tmp_path, BOXES, elsewhere={f"Territoires!{header}": "Aubeterre-sur-Onde"}))
    assert all_found(retour) == [("ANCRES_EN_DESACCORD", "Territoires", (header, place.cell))]
    assert items_read(retour) == {cle: x for cle, x in BOXES.items() if cle != place.cle}


def test_the_sheet_of_the_territories_deleted_is_told(tmp_path):
    def delete(opened_book):
        del opened_book["Territoires"]

    retour = read(modified(filled(tmp_path, {"1.1/mesures/1.1-I01/valeur": 7}), delete))
    assert [(a.code, a.sheet, a.fiche) for a in retour.anomalies] == [("CELLULE_INTROUVABLE", "", "")]
    assert "Territoires" in retour.anomalies[0].champ


def test_a_changed_header_refuses_its_column(tmp_path):
    rank = line("1.1/mesures/1.1-I01/valeur")
    retour = read(
        filled(
            tmp_path,
            {"1.1/mesures/1.1-I01/valeur": 7, "1.1/mesures/1.1-I01/statut": "estimé"},
            elsewhere={f"{FICHE}!G{rank - 1}": "Valeur 2026"},
        )
    )
    assert all_found(retour) == [("ANCRES_EN_DESACCORD", FICHE, (f"G{rank - 1}", f"G{rank}"))]
    assert items_read(retour) == {"1.1/mesures/1.1-I01/statut": "estimé"}


def test_swapped_columns_follow_their_headers(tmp_path):
    keys = [f"1.1/satisfaction/1.1-I04/{c}" for c in ("repondants", "satisfaits")]
    where = [places()[c] for c in keys]

    def swap(opened_book):
        sheet = opened_book[FICHE]
        for rank in (where[0].row - 1, where[0].row):
            left, right = sheet.cell(rank, where[0].column), sheet.cell(rank, where[1].column)
            left.value, right.value = right.value, left.value

    retour = read(modified(filled(tmp_path, {keys[0]: 20, keys[1]: 15}), swap))
    assert items_read(retour) == {keys[0]: 20, keys[1]: 15}
    # Nobody can tell whether the headers alone were exchanged: the values are read, and asked about.
    boxes = {f"{c}{r}" for c in "FG" for r in (where[0].row - 1, where[0].row)}
    assert [(a.gravite, a.code, set(a.cells)) for a in retour.anomalies] == [
        (A_CONFIRMER, "ANCRES_EN_DESACCORD", boxes)
    ]
    assert retour.moved_inputs[keys[0]] == where[1].cell


def test_a_deleted_column_is_said_once(tmp_path):
    column = places()["1.1/mesures/1.1-I01/statut"].column
    retour = read(
        modified(
            filled(tmp_path, {"1.1/mesures/1.1-I01/valeur": 7}),
            lambda opened_book: opened_book[FICHE].delete_cols(column),
        )
    )
    rows = next(s for s in plan().worksheets if s.sheet.nom == FICHE).rows
    tables = {
        cle.rpartition("/")[0]
        for cle, row in rows.items()
        if any(p.column == column and p.anchor_cell == "entete" for p in row.input_places)
    }
    headers = {rows[f"{table}/#"].numero for table in tables}
    (columns,) = [a for a in retour.anomalies if a.code == "CELLULE_INTROUVABLE"]
    assert {int(c[1:]) for c in columns.cells} == headers
    assert "Statut" in columns.found and "Référence" in columns.found
    # Boxes whose name or cell went with the column: what now stands beside a name is not taken for an answer.
    assert {a.code for a in retour.anomalies} <= {"CELLULE_INTROUVABLE", "ANCRES_EN_DESACCORD"}
    assert items_read(retour) == {"1.1/mesures/1.1-I01/valeur": 7}


def test_rows_of_the_territories_in_another_order_follow_their_labels(tmp_path):
    one, other = (places()[f"{n}/territoire/21001/commune"].row for n in ("1.1", "2.1"))

    def swap(opened_book):
        sheet = opened_book["Territoires"]
        for column in range(1, sheet.max_column + 1):
            above, below = sheet.cell(one, column), sheet.cell(other, column)
            above.value, below.value = below.value, above.value

    retour = read(modified(filled(tmp_path, BOXES), swap))
    assert (items_read(retour), retour.anomalies) == (BOXES, ())


def test_a_deleted_row_is_said_once_per_sheet(tmp_path):
    ranks = sorted((line("1.1/mesures/1.1-I02a/valeur"), line("1.1/avancement/etat")), reverse=True)

    def delete_some(opened_book):
        for rank in ranks:
            opened_book[FICHE].delete_rows(rank)

    retour = read(modified(filled(tmp_path, {"1.1/mesures/1.1-I01/valeur": 7}), delete_some))
    assert all_found(retour) == [("CELLULE_INTROUVABLE", FICHE, ())]
    assert (
        "2 lignes du modèle manquent" in retour.anomalies[0].found and "État de l’action" in retour.anomalies[0].found
    )
    assert items_read(retour) == {"1.1/mesures/1.1-I01/valeur": 7}


def test_blank_rows_deleted_from_a_table_that_may_grow_are_nothing(tmp_path):
    rank = line(f"1.1/financement/{rows_of('1.1/financement')[-2]}/financeur")
    assert read(modified(blank(tmp_path), lambda opened_book: opened_book[FICHE].delete_rows(rank, 2))).anomalies == ()


def test_a_deleted_header_row_refuses_what_stands_under_it(tmp_path):
    rank = line("1.1/mesures/1.1-I01/valeur")
    retour = read(
        modified(
            filled(tmp_path, {"1.1/mesures/1.1-I01/valeur": 7}),
            lambda opened_book: opened_book[FICHE].delete_rows(rank - 1),
        )
    )
    assert all_found(retour) == [("CELLULE_INTROUVABLE", FICHE, (f"G{rank - 1}",))]
    assert items_read(retour) == {} and retour.started_fiches == ("1.1",)


def test_a_deleted_sheet_is_said_in_a_structure_s_own_workbook_only(tmp_path):
    def delete_some(opened_book):
        del opened_book["FA 2.1"]

    assert read(modified(blank(tmp_path), delete_some)).anomalies == ()
    retour = read(modified(blank(tmp_path, "mutuelle"), delete_some))
    assert [(a.code, a.fiche) for a in retour.anomalies] == [("CELLULE_INTROUVABLE", "2.1")]


def test_a_sheet_whose_hidden_keys_were_deleted_is_read_by_its_printed_texts(tmp_path):
    retour = read(
        modified(
            filled(tmp_path, {"1.1/mesures/1.1-I01/valeur": 7}), lambda opened_book: opened_book[FICHE].delete_cols(1)
        )
    )
    assert items_read(retour) == {"1.1/mesures/1.1-I01/valeur": 7}
    assert [(a.gravite, a.code, a.sheet) for a in retour.anomalies] == [(A_CONFIRMER, "PREREMPLI_MODIFIE", FICHE)]


def test_a_sheet_without_keys_nor_title_is_refused_as_a_whole(tmp_path):
    def erase(opened_book):
        opened_book[FICHE].delete_cols(1)
        opened_book[FICHE]["A1"] = (
            "Notre action"  # two fiches may ask the same questions: the title told which one it was
        )

    retour = read(modified(filled(tmp_path, {"1.1/mesures/1.1-I01/valeur": 7}), erase))
    assert items_read(retour) == {}
    assert [(a.code, a.sheet, a.fiche) for a in retour.anomalies] == [("CELLULE_INTROUVABLE", FICHE, "1.1")]


def test_a_sheet_of_an_unknown_fiche_is_said(tmp_path):
    def age_it(opened_book):
        for rank in range(1, opened_book["FA 2.1"].max_row + 1):
            cle = opened_book["FA 2.1"].cell(rank, 1)
            cle.value = cle.value.replace("§2.1/", "§9.9/") if cle.value else None

    retour = read(modified(blank(tmp_path), age_it))
    assert [(a.code, a.sheet, a.fiche) for a in retour.anomalies] == [("FICHE_INCONNUE", "FA 2.1", "9.9")]


# --- locked cells ---------------------------------------------------------------------------------------------------


def test_a_changed_fact_is_said_with_before_and_after(tmp_path):
    rank = line("1.1/mesures/1.1-I01/valeur")
    retour = read(filled(tmp_path, {}, elsewhere={f"{FICHE}!E{rank}": 15, f"{FICHE}!B1": "Fiche 1.1 · Un autre titre"}))
    assert [(a.gravite, a.code, a.cells) for a in retour.anomalies] == [
        (BLOCKING, "PREREMPLI_MODIFIE", ("B1",)),
        (BLOCKING, "PREREMPLI_MODIFIE", (f"E{rank}",)),
    ]
    assert "15" in retour.anomalies[1].found and "12" in retour.anomalies[1].expected


def test_a_fact_written_otherwise_is_no_change(tmp_path):
    rank = line("1.1/mesures/1.1-I01/valeur")
    assert (
        read(filled(tmp_path, {}, elsewhere={f"{FICHE}!E{rank}": "12,0", f"{FICHE}!D{rank}": "Personne "})).anomalies
        == ()
    )


def test_a_rate_typed_over_its_formula_is_said(tmp_path):
    rank = line("1.1/taux/1.1-I03a/numerateur")
    retour = read(filled(tmp_path, {}, elsewhere={f"{FICHE}!G{rank}": 0.265}))
    assert all_found(retour) == [("TAUX_SAISI", FICHE, (f"G{rank}",))]


def test_a_remark_typed_over_the_progress_column_is_told(tmp_path):
    rank = line("1.1/avancement/etat")
    retour = read(filled(tmp_path, {}, elsewhere={f"{FICHE}!B{rank}": "voir avec la ville"}))
    assert [(a.gravite, *t) for a, t in zip(retour.anomalies, all_found(retour), strict=True)] == [
        (A_CONFIRMER, "SAISIE_HORS_CADRE", FICHE, (f"B{rank}",))
    ]


def test_a_sheet_saved_without_its_formulas_is_said_once(tmp_path):
    def paste_values(opened_book):
        values = openpyxl.load_workbook(tmp_path / "retour.xlsx", data_only=True)
        for sheet in opened_book:
            for row in sheet.iter_rows():
                for c in row:
                    if isinstance(c.value, str) and c.value.startswith("="):
                        c.value = values[sheet.title][c.coordinate].value

    retour = read(modified(filled(tmp_path, {"1.1/mesures/1.1-I01/valeur": 7}), lambda opened_book: None))
    assert retour.anomalies == ()
    blank(tmp_path)
    retour = read(modified(tmp_path / "retour.xlsx", paste_values))
    assert {(a.gravite, a.code) for a in retour.anomalies} == {(A_CONFIRMER, "PREREMPLI_MODIFIE")}
    assert len(retour.anomalies) == len({a.sheet for a in retour.anomalies})
