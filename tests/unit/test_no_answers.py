"""What is not an answer: notes, formulas, errors, marks, sheets of one’s own; which anomaly, at which cell."""

from __future__ import annotations

from openpyxl.styles import PatternFill

from cls_workbook.anomalies import INFORMATION
from cls_workbook.reading import return_reader
from cls_workbook.reading.return_reader import ReturnReader
from tests.support.small_workbook import all_found, blank, cell, filled, items_read, line, modified, places, read, trial

FICHE = "FA 1.1"


def test_a_formula_in_an_input_is_refused_and_quoted(tmp_path):
    cle = "1.1/depenses/total"
    retour = read(filled(tmp_path, {cle: "='[Budget & co.xlsx]Feuil1'!B2+1", "1.1/depenses/achats": 5}))
    assert all_found(retour) == [("FORMULE_DANS_UNE_SAISIE", FICHE, (cell(cle),))]
    assert "=’[Budget & co.xlsx]Feuil1’!B2+1" in retour.anomalies[0].found.replace("'", "’")
    assert items_read(retour) == {"1.1/depenses/achats": 5}


def test_an_error_in_an_input_is_not_a_blank(tmp_path):
    cle = "1.1/mesures/1.1-I01/valeur"

    def error(opened_book):
        opened_book[FICHE][cell(cle)] = "#REF!"
        opened_book[FICHE][cell("1.1/depenses/total")] = "=1/0"

    retour = read(modified(blank(tmp_path), error))
    assert sorted(all_found(retour)) == sorted(
        ("FORMULE_DANS_UNE_SAISIE", FICHE, (cell(c),)) for c in (cle, "1.1/depenses/total")
    )
    assert "erreur" in retour.anomalies[0].found
    assert "1/0" in retour.anomalies[1].found


# --- what is not an answer ------------------------------------------------------------------------------------------


def test_a_note_anywhere_is_told_with_its_text(tmp_path):
    rank = line("1.1/mesures/1.1-I01/valeur")
    retour = read(
        filled(
            tmp_path,
            {},
            elsewhere={
                f"{FICHE}!N4": "à revoir avec Paul",
                f"{FICHE}!F{rank}": 40,
                "Accueil!F3": 12,
                "Sommaire!C40": "note",
            },
        )
    )
    assert sorted(all_found(retour)) == [
        ("SAISIE_HORS_CADRE", "Accueil", ("F3",)),
        ("SAISIE_HORS_CADRE", FICHE, (f"F{rank}",)),
        ("SAISIE_HORS_CADRE", FICHE, ("N4",)),
        ("SAISIE_HORS_CADRE", "Sommaire", ("C40",)),
    ]
    assert any("à revoir avec Paul" in a.found for a in retour.anomalies)


def test_a_hatched_cell_that_was_filled_is_told(tmp_path):
    rank = line("1.1/mesures/1.1-I02a/valeur")
    assert "1.1/mesures/1.1-I02a/dont_qpv" not in places()
    assert all_found(read(filled(tmp_path, {}, elsewhere={f"{FICHE}!J{rank}": 3}))) == [
        ("SAISIE_HORS_CADRE", FICHE, (f"J{rank}",))
    ]


def test_many_notes_are_summed_up_with_all_their_cells(tmp_path):
    elsewhere = {f"{FICHE}!N{n}": f"note {n}" for n in range(1, 31)}
    retour = read(filled(tmp_path, {}, elsewhere=elsewhere))
    assert len(retour.anomalies) == 21
    assert [c for a in retour.anomalies for c in a.cells] == [f"N{n}" for n in range(1, 31)]
    assert "10 autres cellules" in retour.anomalies[-1].found


def test_a_partner_s_own_sheet_is_named_once(tmp_path):
    def add(opened_book):
        opened_book.create_sheet("Nos calculs").append(["Total", 12, 14])
        opened_book.create_sheet("Vide")

    retour = read(modified(blank(tmp_path), add))
    assert [(a.gravite, a.code, a.sheet) for a in retour.anomalies] == [
        (INFORMATION, "SAISIE_HORS_CADRE", "Nos calculs")
    ]


def test_formatted_but_empty_rows_are_nothing(tmp_path):
    def paint_cells(opened_book):
        for rank in range(200, 3000):
            for column in range(1, 12):
                opened_book[FICHE].cell(rank, column).fill = PatternFill("solid", fgColor="FFFF00")

    assert read(modified(blank(tmp_path), paint_cells)).anomalies == ()


def test_spaces_and_invisible_characters_are_blanks(tmp_path):
    retour = read(
        filled(
            tmp_path,
            {"1.1/mesures/1.1-I01/valeur": " ", "1.1/depenses/total": "\u00a0\u200b"},
            elsewhere={f"{FICHE}!N4": "\u00a0"},
        )
    )
    assert (retour.saisies, retour.anomalies) == ((), ())


def test_a_sheet_of_annotations_is_ours(tmp_path):
    def annotate(opened_book):
        sheet = opened_book.create_sheet("Anomalies", 0)
        sheet["A1"], sheet["B1"] = f"§{return_reader.ANNOTATIONS}/liste", "Anomalies à corriger"

    retour = read(modified(filled(tmp_path, {"1.1/mesures/1.1-I01/valeur": 7}), annotate))
    assert (items_read(retour), retour.anomalies) == ({"1.1/mesures/1.1-I01/valeur": 7}, ())


def test_a_contract_is_asked_for_once(tmp_path):
    requests = []

    def ask_for(identifier):
        requests.append(identifier)
        return trial()

    path = blank(tmp_path)
    reader = ReturnReader(ask_for)
    for _ in range(3):
        reader.read(path)
    assert requests == ["essai"]
