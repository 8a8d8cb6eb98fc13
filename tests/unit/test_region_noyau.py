"""A region adds what its contracts answer to one noyau: every figure against independent arithmetic."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal as D
from itertools import pairwise

import pytest

from cls_workbook.reports.agency.agency_tables import NOYAU_ANSWERS
from cls_workbook.reports.region import (
    agency_copies,
    executive_pages,
    meeting_pages,
    region_fiches,
    region_money,
    region_tables,
    region_workbook,
)
from cls_workbook.reports.region.region_noyau_tables import (
    REGIONAL_ANSWERS,
    REGIONAL_DETAILS,
    REGIONAL_FILLING,
    REGIONAL_MESURES,
)
from cls_workbook.reports.region.region_rows import lines
from cls_workbook.reports.synthese.synthese_pieces import PAGE_HEIGHT, Board
from tests.support import written_noyau, written_region

SMALL = ([1, 2, 3, 5, 8], (2025, 2026))
LATE, DAMAGED = {(3, 2026)}, {(5, 2025)}


def region_of(folder, ranks, years, late, damaged):
    """The retained copies, what was set aside, and which contracts count, by year."""
    for annee in years:
        for rank in ranks:
            if (rank, annee) not in late:
                path = written_noyau.write(folder, rank, annee)
                if (rank, annee) in damaged:
                    path.write_bytes(path.read_bytes()[:500])
    files = agency_copies.files_in([folder], folder / "region.xlsx")
    retained, ecarts = agency_copies.choose(agency_copies.read(files, {}, lambda items: items))
    received = {a: [r for r in ranks if (r, a) not in late | damaged] for a in years}
    return retained, ecarts, received


def assert_like(found, wanted):
    """Equal, to the digits that a workbook keeps."""
    for titre, value in wanted.items():
        if isinstance(value, D):
            assert found[titre] is not None, titre
            assert abs(D(str(found[titre])) - value) < D("1e-9"), titre
        else:
            assert found[titre] == value, titre


def every_figure(tables, received):
    count = 0
    for annee, ranks in received.items():
        for question in written_noyau.QUESTIONS:
            unit = written_noyau.unit(question, annee)
            if unit is None:
                continue
            (line,) = [li for li in tables[REGIONAL_MESURES] if (li["Année"], li["Mesure"]) == (annee, question)]
            assert (line["Unité"] or "") == unit
            wanted = written_noyau.expected(question, annee, ranks, received.get(annee - 1, []))
            provisional = wanted.pop("provisoires")
            assert_like(line, wanted)
            assert (f"{provisional} provisoire" in said(line["Réserve"])) == bool(provisional)
            count += len(wanted) + 1
    assert len(tables[REGIONAL_MESURES]) == sum(
        written_noyau.unit(q, a) is not None for a in received for q in written_noyau.QUESTIONS
    )
    return count


def every_filling(tables, received):
    """Contract by contract, and age by age."""
    filled = {(li["Contrat"], li["Année"]): li for li in tables[REGIONAL_FILLING]}
    by_age = {(li["Année"], li["Catégorie"]): li for li in tables.get(REGIONAL_DETAILS, ())}
    assert len(filled) == sum(map(len, received.values()))
    for annee, ranks in received.items():
        for rank in ranks:
            assert_like(filled[f"cls-{rank:02}", annee], written_noyau.expected_filling(rank, annee))
        for age in written_noyau.AGES:
            wanted = written_noyau.expected_age(age, annee, ranks)
            assert_like(by_age.pop((annee, age), dict.fromkeys(wanted)), wanted if wanted["Contrats"] else {})
    assert not by_age


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    return region_of(tmp_path_factory.mktemp("region"), *SMALL, LATE, DAMAGED)


@pytest.fixture(scope="module")
def tables(small):
    retained, ecarts, _ = small
    return lines(retained, ecarts)


def test_every_figure_of_a_small_region_is_that_of_plain_arithmetic(small, tables):
    assert every_figure(tables, small[2]) == 14 * 16
    every_filling(tables, small[2])


def said(text) -> str:
    return str(text or "").replace("\u00a0", " ")


def of(tables, annee, question):
    return next(li for li in tables[REGIONAL_MESURES] if (li["Année"], li["Mesure"]) == (annee, question))


def test_reserves_say_what_a_sum_does_not(tables):
    people = said(of(tables, 2026, "N-01")["Réserve"])
    assert "masquée" in people and "hors de ces chiffres" in people
    assert "non dédoublonné : entre" in said(of(tables, 2026, "N-03")["Réserve"])
    assert "au 31/12/2026" in said(of(tables, 2026, "N-06")["Réserve"])
    assert "moyennes non additionnées" in said(of(tables, 2026, "N-07")["Réserve"])


def test_what_appears_disappears_or_changes_unit_is_said_and_not_compared(tables):
    assert "posée depuis 2026" in said(of(tables, 2026, "N-03")["Réserve"])
    assert "n’est plus demandée en 2026" in said(of(tables, 2025, "N-04")["Réserve"])
    weeks = of(tables, 2026, "N-07")
    assert "question changée en 2026 (avant : semaines, moyenne)" in said(weeks["Réserve"])
    assert weeks["Contrats communs"] is None


@pytest.mark.parametrize("what", ["catégories : âge, puis sexe", "sorte de saisie : entier, puis liste"])
def test_a_question_that_a_copy_says_to_have_changed_is_not_compared(small, what):
    """Of one unit before and after: nothing but the copy shows it."""
    retained, ecarts, _ = small
    told = f"question changée en 2026 ({what})"
    changed = []
    for copy in retained:
        answers = [
            li | {"Réserve": told} if (li["Mesure"], copy.contrat["Année"]) == ("N-02", 2026) else li
            for li in copy.lines.get(NOYAU_ANSWERS, ())
        ]
        changed.append(replace(copy, lines={**copy.lines, NOYAU_ANSWERS: answers} if answers else copy.lines))
    assert of(lines(retained, ecarts), 2026, "N-02")["Contrats communs"] is not None
    question = of(lines(changed, ecarts), 2026, "N-02")
    assert question["Contrats communs"] is None and told in said(question["Réserve"])


def test_a_question_in_other_words_is_said_and_still_compared(small):
    retained, ecarts, _ = small
    told = "question reformulée en 2026 (avant : « Actions »)"
    reworded = []
    for copy in retained:
        answers = [
            li | {"Réserve": told} if (li["Mesure"], copy.contrat["Année"]) == ("N-02", 2026) else li
            for li in copy.lines.get(NOYAU_ANSWERS, ())
        ]
        reworded.append(replace(copy, lines={**copy.lines, NOYAU_ANSWERS: answers} if answers else copy.lines))
    question = of(lines(reworded, ecarts), 2026, "N-02")
    assert question["Contrats communs"] is not None and said(question["Réserve"]).count(told) == 1


def test_filling_by_contract_is_counted_by_hand(tables):
    by_contract = {(li["Contrat"], li["Année"]): li for li in tables[REGIONAL_FILLING]}
    # contract 2 in 2026: (6 + 2026 + n) % 11, for n = 1 2 3 5 6 7 8, is 9 10 0 2 3 4 5
    line = by_contract["cls-02", 2026]
    assert [line[t] for t in ("Posées", "Renseignées", "dont estimées", "Non disponibles", "Sans objet")] == [
        6,
        5,
        2,
        1,
        1,
    ]
    assert line["Taux de remplissage"] == D(5) / 6
    assert by_contract["cls-08", 2026]["Précision"] == "ne prend pas de noyau"
    assert ("cls-03", 2026) not in by_contract and ("cls-05", 2025) not in by_contract


def test_every_answer_leads_to_its_file_and_cell(tables):
    line = next(li for li in tables[REGIONAL_ANSWERS] if (li["Contrat"], li["Année"]) == ("cls-01", 2026))
    assert (line["Fichier"], line["Feuille"]) == ("2026-001.xlsx", "Données noyau")
    assert line["Cellule"].startswith("L2")


def test_a_masked_answer_is_found_by_no_subtraction(tmp_path, monkeypatch):
    """Whatever the small count is, the region's workbook has the same bytes."""
    written = []
    for count in (1, 4, 10):
        folder = tmp_path / str(count)
        folder.mkdir()
        true = written_noyau.true_value
        monkeypatch.setattr(
            written_noyau, "true_value", lambda q, r, a, n=count, t=true: n if (q, r) == ("N-01", 1) else t(q, r, a)
        )
        for rank in (1, 5):
            written_noyau.write(folder, rank, 2026)
        monkeypatch.undo()
        region_workbook.gather([folder], folder / "region.xlsx", following=lambda items: items)
        written.append((folder / "region.xlsx").read_bytes())
    assert written[0] == written[1] == written[2]


def test_a_region_without_noyau_has_none_of_its_sheets(tmp_path):
    written_region.write(tmp_path, 1, 2025, under="un.xlsx")
    files = agency_copies.files_in([tmp_path], tmp_path / "region.xlsx")
    retained, ecarts = agency_copies.choose(agency_copies.read(files, {}, lambda items: items))
    names = [s.nom for s in region_workbook.workbook(retained, ecarts).worksheets]
    assert names[0] == "Région" and not [n for n in names if "Noyau" in n or "essentiel" in n]


def test_the_first_sheet_is_what_an_executive_keeps(small):
    retained, ecarts, _ = small
    sheet = region_workbook.workbook(retained, ecarts).worksheets[0]
    assert sheet.nom == "L’essentiel"
    told = [said(c.valeur) for c in sheet.cells]
    assert "Ce que les contrats de la région font ensemble en 2026" in told
    assert {"Thème A", "Thème B", "Part engagée", "ETP de coordination"} <= set(told)
    assert len(sheet.print_setup.page_breaks) == 1


LONG = "CLS de la Communauté d’agglomération du Pays des Trois Rivières et du Haut-Val"


def grid_of(contrats, themes, nom="CLS", questions=1):
    """« L’essentiel » of so many contracts and themes, a question of each theme asked of each contract."""
    told = {"Année": 2026, "Unité": None, "Réserve": None, "État": "renseignée"}
    answers = [
        told | {"Contrat": f"c{c}", "Libellé du thème": f"Thème {t}"} for c in range(contrats) for t in range(themes)
    ]
    blank = dict.fromkeys((*REGIONAL_MESURES.titles, *REGIONAL_FILLING.titles))
    who = [
        blank
        | told
        | {"Contrat": f"c{c}", "Nom court": f"{nom} {c}", "Posées": 1, "Renseignées": 1, "dont estimées": 0}
        for c in range(contrats)
    ]
    rows = {
        region_tables.CONTRATS: who,
        REGIONAL_FILLING: who,
        REGIONAL_ANSWERS: answers,
        REGIONAL_MESURES: [blank | told | WORDY] * questions,
    }
    empty = {t: [] for t in (region_tables.MAQUETTES, region_tables.POSTS, region_tables.OVERDUE)}
    return executive_pages.executive_sheet(rows | empty)


WORDY = {
    "Mesure": "N-01",
    "Libellé": "Jeunes de moins de 25 ans rencontrés en milieu scolaire ou universitaire",
    "Réserve": "participations additionnées sur 24 contrats, et non personnes différentes ; réponses : 1 masquée "
    "(hors de ces chiffres), 7 estimées, 13 provisoires",
}


@pytest.mark.parametrize(
    ("contrats", "themes", "nom", "questions", "breaks"),
    [(40, 6, "CLS", 1, 1), (40, 12, "CLS", 1, 1), (40, 8, LONG, 14, 1), (5, 2, LONG, 14, 1), (60, 6, "CLS", 1, 2)],
)
def test_forty_contracts_hold_on_two_pages(contrats, themes, nom, questions, breaks):
    assert len(grid_of(contrats, themes, nom, questions).print_setup.page_breaks) == breaks


def test_a_long_name_keeps_both_its_ends_where_forty_contracts_hold_on_a_page():
    told = [said(c.valeur) for c in grid_of(40, 6, LONG).cells]
    assert "CLS de la Communauté … Haut-Val 39" in told and f"{LONG} 39" not in told
    assert f"{LONG} 4" in [said(c.valeur) for c in grid_of(5, 6, LONG).cells]


@pytest.mark.parametrize(("contrats", "years"), [(40, 2), (41, 1), (100, 1)])
def test_bars_of_many_contracts_hold_on_their_page_and_leave_none_alone(contrats, years):
    board = Board("Essai")
    board.empty(300)
    lines_of = [{"Nom court": f"{LONG} {c}", "Maquette": 1, "Engagé cumulé": 1} for c in range(contrats)]
    series = [(titre, titre, "accent") for titre in ("Maquette", "Engagé cumulé")][:years]
    region_money.bars_by_contrat(board, "Maquette", lines_of, series, "montant_rond")
    charts = board.sheet.charts
    drawn = [(s.values[1].line, s.values[1].last_row) for s in (chart.series[0] for chart in charts)]
    assert sum(last - first + 1 for first, last in drawn) == contrats
    assert min(last - first + 1 for first, last in drawn) >= region_money.LEAST_BARS
    assert charts[0].line <= 3  # what is left of the first page is used
    starts = [0, *board.sheet.print_setup.page_breaks, board.line - 1]
    assert all(
        sum(board.sheet.heights[li] for li in range(first + 1, last + 1)) <= PAGE_HEIGHT
        for first, last in pairwise(starts)
    )


def test_a_chart_taller_than_a_page_would_have_libreoffice_print_the_whole_sheet_smaller():
    """Sixty contracts that count the same."""
    said = dict.fromkeys(region_tables.MESURES.titles) | {"Libellé du thème": "Médiation", "Unité": "personne"}
    said |= {"Année": 2025, "Fiche": "1.1", "Mesure": "1.1-I01", "Libellé": "Patients", "Agrégation": "FLUX"}
    rows = [said | {"Contrat": f"cls-{rank}", "Nom court": f"CLS {rank}", "Valeur": rank} for rank in range(1, 61)]
    board = Board("Essai")
    region_fiches.mesures(board, {region_tables.MESURES: rows, region_tables.UNCOMPARED: []})
    assert len(board.sheet.charts) > 1 and all(chart.height * 3 / 4 < PAGE_HEIGHT for chart in board.sheet.charts)
    assert set(range(1, 61)) <= {c.valeur for c in board.sheet.cells}


def test_themes_beyond_six_are_told_together():
    told = {said(c.valeur) for c in grid_of(2, 9).cells}
    assert {"Thème 0", "Thème 4", "4 autres thèmes", "4 / 4"} <= told and "Thème 5" not in told


def test_each_contract_has_a_page_for_its_meeting(tables, tmp_path):
    files = meeting_pages.write_meeting_pages(tables, tmp_path / "pages")
    # contract 8 takes no noyau in; the last year of contract 3 that came is 2025
    assert [f.name for f in files] == [f"entretien-cls-{r:02}.xlsx" for r in (1, 2, 3, 5)]
    filling = next(li for li in tables[REGIONAL_FILLING] if (li["Contrat"], li["Année"]) == ("cls-02", 2026))
    (page,) = meeting_pages.meeting_page(tables, filling).worksheets
    told = [said(c.valeur) for c in page.cells]
    assert "CLS 2 et la région, 2026" in told
    assert "• N-03 Question N-03 : non disponible." in told
    assert not any("CLS 5" in c or "CLS 1" in c for c in told)


def test_a_meeting_page_gives_no_middle_of_fewer_than_three_contracts(tables):
    """Of two, it would be the figure of the other."""
    filling = next(li for li in tables[REGIONAL_FILLING] if (li["Contrat"], li["Année"]) == ("cls-02", 2026))
    counted = {li["Mesure"]: li["Contrats comptés"] for li in tables[REGIONAL_MESURES] if li["Année"] == 2026}
    assert {counted["N-01"], counted["N-02"]} == {1, 3}
    (page,) = meeting_pages.meeting_page(tables, filling).worksheets
    rows = {said(c.valeur)[:4]: c.line for c in page.cells if said(c.valeur).startswith("N-0")}
    middle = {m: [c.valeur for c in page.cells if (c.line, c.column) == (rows[m], 22)] for m in ("N-01", "N-02")}
    assert middle == {"N-01": [None], "N-02": [of(tables, 2026, "N-02")["Médiane"]]}


def test_who_is_late_has_a_draft_of_a_reminder(tables, tmp_path):
    files = {f.name: said(f.read_text(encoding="utf-8")) for f in meeting_pages.write_reminders(tables, tmp_path)}
    assert "– la synthèse de 2026 (aucun fichier reçu)" in files["relance-cls-03.txt"]
    assert "un statut suffit" in files["relance-cls-05.txt"]
    assert "un statut suffit" not in files["relance-cls-08.txt"]  # no question is asked of it
    assert "relance-cls-08.txt" in files  # it takes no noyau in, and its synthèse of 2024 never came
    # contract 2 in 2026: no question makes 1 (see above)
    assert "du noyau pour" not in files["relance-cls-02.txt"]
    # contract 5 in 2026: (15 + 2026 + 6) % 11 is 1
    assert "la question N-06 du noyau pour 2026 (Question N-06)" in files["relance-cls-05.txt"]


@pytest.mark.exhaustive
def test_forty_contracts_five_years_two_versions(tmp_path):
    ranks = list(range(1, 41))
    late = {(r, a) for r in ranks for a in written_noyau.YEARS if (r + a) % 23 == 0}
    damaged = {(7, 2025), (19, 2027), (33, 2028)} - late
    retained, ecarts, received = region_of(tmp_path, ranks, written_noyau.YEARS, late, damaged)
    assert len(ecarts) == len(damaged)
    assert sum(not written_noyau.takes_it(r) for r in ranks) == 5
    tables = lines(retained, ecarts)
    assert every_figure(tables, received) == 35 * 16
    every_filling(tables, received)
    provisional = [c for c in retained if c.contrat["État"] != "validé"]
    assert len(provisional) == sum(not written_region.is_valid(r, a) for a, ranks in received.items() for r in ranks)
    assert len(provisional) > 20
