"""How the Synthèse is cut into pages: sections where they fit, fiches whole, ten pages for a full year of Dijon."""

from itertools import pairwise

import pytest

from cls_workbook import forms
from cls_workbook.definition import toml_reader
from cls_workbook.forms import examples
from cls_workbook.reports.synthese import synthese_sheet
from cls_workbook.reports.synthese.synthese_pieces import BEFORE_BAND, PAGE_HEIGHT, Board
from cls_workbook.workbook.description import Sheet
from tests.support.first_page import portrait
from tests.support.lived_campagnes import live
from tests.support.result_headers import N
from tests.support.written_result import reponses, result

TWO_SENTENCES = {
    "realisations": "Les actions prévues ont eu lieu, et les partenaires se sont réunis chaque trimestre. Deux "
    "permanences de plus ont été ouvertes dans les quartiers.",
    "freins": "La mobilisation du public reste inégale selon les quartiers. Les délais de conventionnement ont retardé "
    "le démarrage.",
    "leviers": "Le relais des communes et des associations a facilité la venue du public. Le comité technique a permis "
    "de lever les blocages.",
    "perspectives": "Poursuivre au même rythme et ouvrir l’action à un nouveau quartier. Former deux professionnels de "
    "plus.",
}


def filled(sheet):
    """Points of each page."""
    bounds = [0, *sheet.print_setup.page_breaks, max(c.line for c in sheet.cells)]
    return [sum(sheet.heights.get(n, 15) for n in range(a + 1, b + 1)) for a, b in pairwise(bounds)]


def section(name, points):
    def draw(board, _):
        board.band(name, following=points)
        board.advance(points)

    return draw


def drawn_after(points, *sections):
    """The headings, page by page, on what ``points`` leave of a first page."""
    board = Board("Synthèse")
    board.advance(20)  # the row that each page repeats
    board.advance(points - 20)
    synthese_sheet._where_they_fit(board, portrait(), [section(*s) for s in sections])
    leaps = board.sheet.print_setup.page_breaks
    pages = [[] for _ in range(len(leaps) + 1)]
    for cell in board.sheet.cells:
        if cell.style == "bloc":
            pages[sum(leap < cell.line for leap in leaps)].append(cell.valeur)
    return pages


def test_a_shorter_section_goes_before_one_that_would_leave_the_page_blank():
    assert drawn_after(200, ("A", 100), ("B", 400), ("C", 100)) == [["A", "C"], ["B"]]
    assert drawn_after(200, ("A", 100), ("B", 300), ("C", 100)) == [["B"], ["A", "C"]]  # less blank still


def test_sections_that_fit_stay_in_their_order():
    assert drawn_after(100, ("A", 100), ("B", 100), ("C", 100)) == [["A", "B", "C"]]
    assert drawn_after(570, ("A", 100), ("B", 100), ("C", 100)) == [[], ["A", "B", "C"]]


def test_a_section_that_fills_what_is_left_to_the_point_is_kept_there():
    exact = PAGE_HEIGHT - 200 - BEFORE_BAND - 21
    assert drawn_after(200, ("A", 500), ("B", exact)) == [["B"], ["A"]]


@pytest.mark.parametrize(
    ("whole", "cut", "drawn"), [(10, 9, "whole"), (11, 10, "cut"), (12, 12, "whole"), (13, 12, "cut")]
)
def test_fiches_are_cut_sooner_only_where_that_saves_a_page_beyond_the_tenth(whole, cut, drawn, monkeypatch):
    def pages(number, name):
        sheet = Sheet(name)
        sheet.print_setup.page_breaks.extend(range(1, number))
        return sheet

    def fake(_, __, most_blank):
        return pages(whole, "whole") if most_blank == synthese_sheet.MOST_BLANK else pages(cut, "cut")

    monkeypatch.setattr(synthese_sheet, "_drawn", fake)
    assert synthese_sheet.sheet(result()).nom == drawn


def test_a_fiche_cut_between_its_figures_and_its_texts_is_named_again():
    """Texts that take some 200 points do not fit under the figures of the second fiche, of which a page has as many."""
    long = TWO_SENTENCES["freins"] + " "
    said = [
        (2025, fiche, f"S{n}", N, "qualitatif", "freins", N, f"{n} {long}", f"r{n}", f"FA {fiche}", "C70")
        for fiche in ("1.1", "1.2")
        for n in range(18)
    ]
    sheet = synthese_sheet._drawn(result(reponses=reponses(*said)), (), 70.0)
    again = [c for c in sheet.cells if str(c.valeur).endswith(" (suite)") and c.style == "dense_total"]
    assert [c.valeur for c in again] == ["1.2 (suite)"]
    assert max(leap for leap in sheet.print_setup.page_breaks if leap < again[0].line) == again[0].line - 1


@pytest.mark.exhaustive
def test_two_full_years_of_dijon_take_ten_pages_each(tmp_path):
    """All those who are expected answer, two sentences a question. See docs/synthese-imprimee.md."""
    reference, before = "dijon-2024-2028", None
    contrat = toml_reader.load(reference)
    for annee in (2024, 2025):
        answers = {
            r.id: {
                key: TWO_SENTENCES.get(key.rpartition("/")[2], valeur)
                for key, valeur in examples.make_answers(forms.plan(contrat, annee, r), f"{r.id}-{annee}").items()
                if key != "accueil/reponse/structure"
            }
            for r in forms.repondants(contrat)
        }
        year = live(tmp_path, reference, annee, answers, before)
        before, points = year.consolidation, filled(synthese_sheet.sheet(year.result))
        assert len(points) == 10 and min(points) > PAGE_HEIGHT * 0.75, points
