"""How the Synthèse is cut into pages: sections where they fit, fiches whole, ten pages for a full year of Dijon."""

from decimal import Decimal
from itertools import pairwise

import pytest

from cls_workbook import forms
from cls_workbook.definition import toml_reader
from cls_workbook.forms import examples
from cls_workbook.reports.synthese import synthese_sheet
from cls_workbook.reports.synthese.fiche_blocks import fiches
from cls_workbook.reports.synthese.synthese_pieces import BEFORE_BAND, PAGE_HEIGHT, Board
from cls_workbook.reports.synthese.synthese_portrait import Portrait
from cls_workbook.workbook.description import Sheet
from tests.support.first_page import portrait
from tests.support.lived_campagnes import live
from tests.support.result_headers import N
from tests.support.written_result import reponses, result

DIJON = "dijon-2024-2028"
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
    ("pages", "drawn"),
    [
        ((10, 9, 9, 9), "whole"),
        ((11, 10, 9, 9), "cut"),
        ((12, 12, 10, 9), "objectives alone"),
        ((12, 11, 11, 10), "fewer comparisons"),
        ((12, 12, 11, 11), "whole"),  # nothing is left out for nothing
        ((12, 11, 11, 11), "cut"),
        ((14, 13, 10, 10), "cut"),  # not even tried
    ],
)
def test_what_is_said_elsewhere_is_shortened_only_where_the_report_then_holds_on_ten_pages(pages, drawn, monkeypatch):
    levels = (synthese_sheet.AT_EASE, synthese_sheet.TIGHT, *synthese_sheet.SHORTENED)

    def fake(_, __, terseness):
        rank = levels.index(terseness)
        sheet = Sheet(("whole", "cut", "objectives alone", "fewer comparisons")[rank])
        sheet.print_setup.page_breaks.extend(range(1, pages[rank]))
        return sheet

    monkeypatch.setattr(synthese_sheet, "_drawn", fake)
    assert synthese_sheet.sheet(result()).nom == drawn


def test_the_band_of_an_axe_is_on_the_page_of_its_first_fiche():
    """However many points are left: fiches are cut where more than 110 are, and its band takes 18 of them."""
    long = (2025, "2.1", "Ville", N, "qualitatif", "leviers", N, TWO_SENTENCES["leviers"] * 9, "v", "FA 2.1", "C70")
    seen = portrait(reponses=reponses(long))
    for left in range(160, 560, 9):
        board = Board("Synthèse")
        board.advance(20)
        board.advance(PAGE_HEIGHT - left - 20)
        fiches(board, seen, 110.0, True)
        bands = {c.line for c in board.sheet.cells if c.style.startswith("axe") and ":" not in c.style}
        assert bands and not bands & set(board.sheet.print_setup.page_breaks), left


def test_a_fiche_cut_between_its_figures_and_its_texts_is_named_again():
    """Texts that take some 200 points do not fit under the figures of the second fiche, of which a page has as many."""
    long = TWO_SENTENCES["freins"] + " "
    said = [
        (2025, fiche, f"S{n}", N, "qualitatif", "freins", N, f"{n} {long}", f"r{n}", f"FA {fiche}", "C70")
        for fiche in ("1.1", "1.2")
        for n in range(18)
    ]
    sheet = synthese_sheet._drawn(Portrait(result(reponses=reponses(*said))), (), synthese_sheet.TIGHT)
    again = [c for c in sheet.cells if str(c.valeur).endswith(" (suite)") and c.style == "dense_total"]
    assert [c.valeur for c in again] == ["1.2 (suite)"]
    assert max(leap for leap in sheet.print_setup.page_breaks if leap < again[0].line) == again[0].line - 1


def year_of_dijon(folder, annee, before, change=lambda place, answer: answer):
    """The consolidation of all those who are expected; two sentences a question. ``change``: key, answer → answer."""
    contrat = toml_reader.load(DIJON)
    answers = {}
    for r in forms.repondants(contrat):
        plan = forms.plan(contrat, annee, r)
        typed = examples.make_answers(plan, f"{r.id}-{annee}")
        theirs = {p.cle: change(p, TWO_SENTENCES.get(p.champ, typed.get(p.cle))) for p in plan.input_places()}
        answers[r.id] = {k: v for k, v in theirs.items() if v is not None and k != "accueil/reponse/structure"}
    return live(folder, DIJON, annee, answers, before)


def stopped(place, answer):
    """Nothing was done, three times the money was engaged and paid, an avenant is asked: another answer for each."""
    if place.champ in ("engage", "verse") and isinstance(answer, (int, Decimal)):
        return answer * 3
    return {
        "etat": "Reportée" if place.fiche in ("1.2", "2.1", "2.3", "4.1") else "Abandonnée",
        "realisation": "Nulle",
        "motif": "Le poste est resté vacant toute l’année, faute de candidature.",
        "ecarts": "Le recrutement prévu n’a pas abouti. Le local a été rendu en mars.",
        "avenant": "Oui",
    }.get(place.champ, answer)


@pytest.mark.exhaustive
def test_full_years_of_dijon_take_ten_pages_each_the_good_and_the_bad(tmp_path):
    """All those who are expected answer, two sentences a question. See docs/synthese-imprimee.md."""
    first = year_of_dijon(tmp_path / "first", 2024, None)
    good = year_of_dijon(tmp_path / "good", 2025, first.consolidation)
    bad = year_of_dijon(tmp_path / "bad", 2025, first.consolidation, stopped)
    for year in (first, good, bad):
        points = filled(synthese_sheet.sheet(year.result))
        assert len(points) == 10 and min(points) > PAGE_HEIGHT * 0.75, points
