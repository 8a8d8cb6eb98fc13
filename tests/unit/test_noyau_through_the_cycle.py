"""What a contract answers to its noyau, from the sheets to the agency's copy. Figures worked out by hand."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from types import SimpleNamespace

import pandas as pd
import pytest

from cls_workbook import forms
from cls_workbook.definition import toml_reader
from cls_workbook.definition.noyau_reader import load_noyau
from cls_workbook.domain.announced.contrat_parts import RegionalSide
from cls_workbook.domain.contrat_years import in_year
from cls_workbook.pipeline.refreshed_workbook import workbook_to_draw
from cls_workbook.reports.agency import agency_tables, ars_copy
from cls_workbook.reports.agency.agency_data import rows_by_table
from cls_workbook.reports.consolidation import consolidation_workbook
from cls_workbook.reports.consolidation.consolidation_workbook import noyau_rows
from cls_workbook.reports.synthese import synthese_sheet
from cls_workbook.summaries.regional.noyau_answers import no_longer_asked
from cls_workbook.summaries.regional.noyau_details import details
from cls_workbook.workbook import writer
from tests.support.dropped_returns import consolider, drop_retour
from tests.support.noyau_contrats import EXAMPLE, contrat_with, definition_with

YEAR = 2026
ANSWERS = {"1.1-I01": "N-02", "1.2-I02": "N-02", "1.2-I01": "N-01", "1.2-I03": "N-01"}
OF_ASSO = {
    "1.1/mesures/1.1-I01/valeur": 12,
    "1.2/mesures/1.2-I01/valeur": 40,
    "1.2/mesures/1.2-I02/valeur": 30,
    "1.2/mesures/1.2-I03/valeur": 25,
}
STATUTS = {f"{m}/statut": None for m in ("1.1/mesures/1.1-I01", *(f"1.2/mesures/1.2-I0{i}" for i in (1, 2, 3)))}
OF_CCAS = {
    "Noyau/mesures/N-03/valeur": None,
    "Noyau/mesures/N-03/statut": "non disponible",
    "Noyau/ventilations/N-03/01/effectif": None,
    "Noyau/ventilations/N-03/02/effectif": None,
    "Noyau/ventilations/N-03/03/effectif": None,
    "Noyau/mesures/N-04/valeur": 8,
    "Noyau/mesures/N-04/statut": "estimé",
    "Noyau/taux/N-05/numerateur": 6,
    "Noyau/taux/N-05/denominateur": 24,
    "Noyau/taux/N-05/statut": None,
    "Noyau/mesures/N-06/valeur": 1.5,
    "Noyau/mesures/N-06/statut": None,
    "Noyau/durees/N-07.2/moyenne": 3,
    "Noyau/durees/N-07.2/effectif": 10,
    "Noyau/durees/N-07.2/unite": "semaines",
    "Noyau/jalons/N-08/jalon": "Oui",
}


@pytest.fixture(scope="module")
def contrat():
    return in_year(contrat_with(answers=ANSWERS), YEAR)


@pytest.fixture(scope="module")
def result(contrat, tmp_path_factory):
    folder = tmp_path_factory.mktemp("retours")
    drop_retour(folder, contrat, "asso", STATUTS | OF_ASSO, annee=YEAR)
    drop_retour(folder, contrat, "ccas", OF_CCAS, annee=YEAR)
    return consolider(folder, contrat, YEAR)


@pytest.fixture(scope="module")
def rows(result):
    return {line["Mesure"]: line for line in noyau_rows(result)}


def said(text) -> str:
    return str(text or "").replace("\u00a0", " ")


def test_nothing_is_asked_twice(contrat):
    places = list(forms.plan(contrat, YEAR).input_places())
    asked = {p.mesure for p in places if p.sheet == "Noyau régional"}
    assert asked == {"N-03", "N-04", "N-05", "N-06", "N-07.2", "N-08"}
    assert {contrat.by_mesure[m][2].noyau for m in asked} & set(ANSWERS.values()) == set()
    assert {p.bloc for p in places if p.fiche == "Noyau"} == {"mesures", "ventilations", "taux", "durees", "jalons"}


def test_who_answers_the_noyau_alone_has_that_sheet_alone(contrat):
    (ccas,) = [r for r in forms.repondants(contrat) if r.id == "ccas"]
    names = [s.nom for s in forms.plan(contrat, YEAR, ccas).workbook.worksheets]
    assert names == ["Accueil", "Sommaire", "Noyau régional", "Listes", "_identification"]


def test_measures_of_fiches_answer_by_the_rule_of_the_question(rows):
    assert (rows["N-02"]["Valeur"], rows["N-02"]["Répondue par"]) == (42, "1.1-I01, 1.2-I02")
    assert rows["N-01"]["Valeur"] == 65
    assert "participations additionnées sur 2 fiches, et non personnes différentes" in said(rows["N-01"]["Réserve"])


def test_each_question_says_what_became_of_it(rows):
    assert {m: rows[m]["État"] for m in rows} == {
        "N-01": "renseignée",
        "N-02": "renseignée",
        "N-03": "non disponible",
        "N-04": "estimée",
        "N-05": "renseignée",
        "N-06": "renseignée",
        "N-07": "sans valeur commune",
        "N-08": "renseignée",
    }
    assert (rows["N-05"]["Valeur"], rows["N-05"]["Numérateur"], rows["N-05"]["Dénominateur"]) == (0.25, 6, 24)
    assert (rows["N-06"]["Valeur"], rows["N-06"]["Au"]) == (1.5, date(2026, 12, 31))


def test_another_unit_than_the_question_s_is_said_and_not_taken(rows):
    assert rows["N-07"]["Valeur"] is None
    assert "saisi en semaines, demandé en jours : non repris" in said(rows["N-07"]["Réserve"])


def test_what_a_version_changes_is_said(rows, contrat):
    assert "question changée en 2026 (unité : semaines, puis jours)" in said(rows["N-07"]["Réserve"])
    assert "posée depuis 2026" in said(rows["N-03"]["Réserve"])
    assert no_longer_asked(contrat, YEAR) == []


def test_a_question_in_other_words_is_still_the_same(contrat, result):
    (id_, noyau), *_ = contrat.regional.noyaux
    first, *others = noyau.mesures
    stopped = replace(first, libelle="Personnes suivies", jusque=2025)
    mesures = (stopped, replace(first, depuis=2026), *others)
    reworded = replace(contrat, regional=replace(contrat.regional, noyaux=((id_, replace(noyau, mesures=mesures)),)))
    lines = {li["Mesure"]: li for li in noyau_rows(replace(result, contrat=reworded))}
    assert lines["N-01"]["Valeur"] == 65
    assert "question reformulée en 2026 (avant : « Personnes suivies »)" in said(lines["N-01"]["Réserve"])


def test_the_common_sheet_is_no_action(result, contrat):
    assert [f.numero for f in contrat.actions] == ["1.1", "1.2"]
    assert list(result.summaries.avancement["fiche"]) == ["1.1", "1.2"]
    assert "Noyau" not in list(result.tables.par_fiche["Fiche"])
    assert rows_by_table(result)[agency_tables.CONTRAT][0]["Fiches actives"] == 2
    assert [a.code for a in result.anomalies if a.code in ("ETAT_NON_RENSEIGNE", "REALISATION_NON_RENSEIGNEE")] == []


def test_the_consolidation_gives_the_same_answers_once_it_is_read_back(result, tmp_path, contrat):
    writer.write(consolidation_workbook.workbook(result), tmp_path / "c.xlsx")
    again = ars_copy.read_back(tmp_path / "c.xlsx", contrat_with(answers=ANSWERS))
    whole = [{t: line[t] for t in line if t not in ("Libellé",)} for line in noyau_rows(again)]
    assert [(li["Mesure"], li["Valeur"], li["État"]) for li in whole] == [
        (li["Mesure"], li["Valeur"], li["État"]) for li in noyau_rows(result)
    ]


def test_a_masked_measure_masks_the_sum_that_would_give_it_away(contrat, tmp_path):
    drop_retour(tmp_path, contrat, "asso", STATUTS | OF_ASSO | {"1.2/mesures/1.2-I01/valeur": 4}, annee=YEAR)
    lines = {li["Mesure"]: li for li in rows_by_table(consolider(tmp_path, contrat, YEAR))[agency_tables.NOYAU_ANSWERS]}
    assert lines["N-01"]["Valeur"] is None and "masqué" in lines["N-01"]["Réserve"]
    assert lines["N-01"]["État"] == "renseignée"
    assert lines["N-02"]["Valeur"] == 42
    assert lines["N-06"]["État"] == "sans réponse"


def test_the_synthese_shows_the_questions_only_where_a_noyau_is_taken_in(result):
    cells = [said(c.valeur) for c in synthese_sheet.sheet(result).cells]
    assert "Le noyau régional : Noyau commun d’exemple, version 2" in cells
    assert any(c.startswith("8 questions posées, 6 renseignées (dont 1 sur estimation).") for c in cells)


def test_a_contract_without_noyau_has_neither_table_nor_sheet(tmp_path):
    plain = toml_reader.parse(definition_with(noyau=None), "essai.toml")
    drop_retour(tmp_path, plain, "asso", annee=YEAR)
    without = consolider(tmp_path, plain, YEAR)
    assert noyau_rows(without) == []
    sheets = {s.nom for s in consolidation_workbook.workbook(without).worksheets}
    assert "Noyau régional" not in sheets
    assert "Données noyau" not in {s.nom for s in ars_copy.workbook(without).worksheets}


SHIPPED = ("dijon-2024-2028", "dijon-solidarites-2024-2027")


def shipped_with_noyau(identifier):
    whole = toml_reader.load(identifier)
    return in_year(replace(whole, regional=RegionalSide(EXAMPLE, noyaux=((EXAMPLE, load_noyau(EXAMPLE)),))), YEAR)


@pytest.mark.parametrize("identifier", SHIPPED)
def test_a_shipped_contract_takes_the_example_in_and_asks_nothing_twice(identifier):
    taken = shipped_with_noyau(identifier)
    keys = [p.cle for p in forms.plan(taken, YEAR).input_places()]
    assert len(keys) == len(set(keys))
    (sheet,) = [f for f in taken.fiches if f.regional]
    assert sorted(m.noyau for m in sheet.mesures) == [f"N-0{rank}" for rank in range(1, 9)]
    assert len(taken.actions) == len(in_year(toml_reader.load(identifier), YEAR).fiches)


@pytest.mark.exhaustive
@pytest.mark.parametrize("identifier", SHIPPED)
def test_a_shipped_contract_goes_through_the_whole_year_with_the_example(identifier, tmp_path):
    taken = shipped_with_noyau(identifier)
    for respondent in forms.repondants(taken):
        drop_retour(tmp_path, taken, respondent.id, annee=YEAR)
    result = consolider(tmp_path, taken, YEAR)
    rows = noyau_rows(result)
    assert [li["Mesure"] for li in rows] == [f"N-0{rank}" for rank in range(1, 9)]
    assert {li["Retours reçus"] for li in rows if li["État"] in ("renseignée", "estimée")} == {1}
    copied = rows_by_table(result)
    assert len(copied[agency_tables.NOYAU_ANSWERS]) == 8
    assert copied[agency_tables.CONTRAT][0]["Fiches actives"] == len(taken.actions)


def test_a_detail_that_the_noyau_does_not_ask_is_none_of_the_region_s():
    """A fiche may ask more of its measure than the region does: what it asks more stays in the coordination."""
    said_of = [("1.1", m, "Grand public", 12, None, None) for m in ("1.1-I01", "N-03")]
    titles = ["fiche", "mesure", "modalite", "effectif", "numerateur", "denominateur"]
    ventilations = pd.DataFrame(said_of, columns=titles, dtype=object)
    found = details(in_year(contrat_with(answers=ANSWERS), YEAR), YEAR, ventilations)
    assert [li["Mesure"] for li in found] == ["N-03"]


# --- Breakdowns -------------------------------------------------------------------------------------------------------

AGES = ("moins de 18 ans", "18 à 64 ans", "65 ans et plus")


def with_ages(contrat, folder, *counts, others=None):
    """What is consolidated of the asked ages, and what leaves of them: category → value."""
    effectifs = {f"Noyau/ventilations/N-03/0{r}/effectif": n for r, n in enumerate(counts, 1)}
    asked = {"Noyau/mesures/N-03/valeur": sum(counts), "Noyau/mesures/N-03/statut": None}
    drop_retour(folder, contrat, "asso", STATUTS | OF_ASSO, annee=YEAR)
    drop_retour(folder, contrat, "ccas", OF_CCAS | asked | effectifs | (others or {}), annee=YEAR)
    campaign = consolider(folder, contrat, YEAR)
    left = {li["Catégorie"]: li for li in rows_by_table(campaign).get(agency_tables.NOYAU_DETAILS, ())}
    return dict(zip(*(campaign.tables.noyau_detail[t] for t in ("Catégorie", "Valeur")), strict=True)), left, campaign


def test_the_categories_of_a_question_leave_with_the_copy(contrat, tmp_path):
    known, left, _ = with_ages(contrat, tmp_path, 20, 0, 41)
    assert known == {a: li["Valeur"] for a, li in left.items()} == dict(zip(AGES, (20, 0, 41), strict=True))


def test_a_small_category_takes_another_with_it(contrat, tmp_path):
    known, left, campaign = with_ages(contrat, tmp_path, 4, 25, 41)
    assert known["moins de 18 ans"] == 4
    assert [left[a]["Valeur"] for a in AGES] == [None, None, 41]  # 70 in all, less 41: 29 for two
    assert {said(left[a]["Réserve"]) for a in AGES[:2]} == {"masqué (effectif de 1 à 10, ou qui en donnerait un)"}
    writer.write(consolidation_workbook.workbook(campaign), tmp_path / "c.xlsx")
    again = ars_copy.read_back(tmp_path / "c.xlsx", contrat_with(answers=ANSWERS))
    assert [li["Valeur"] for li in rows_by_table(again)[agency_tables.NOYAU_DETAILS]] == [None, None, 41]
    cells = synthese_sheet.sheet(campaign).cells
    printed = {said(c.valeur).strip(): c.line for c in cells if said(c.valeur).strip() in AGES}
    answers = {c.line: c.valeur for c in cells if c.column == 18 and c.line in printed.values()}
    assert [answers[printed[age]] for age in AGES] == ["masqué", "masqué", 41]


def test_where_a_printed_total_would_have_to_go_no_category_leaves(contrat, tmp_path):
    _, left, campaign = with_ages(contrat, tmp_path, 10, 10, 0)  # 20 in two small counts: they can only be 10 and 10
    answers = {li["Mesure"]: li["Valeur"] for li in rows_by_table(campaign)[agency_tables.NOYAU_ANSWERS]}
    assert (left, answers["N-03"]) == ({}, 20)


def test_categories_that_an_earlier_click_wrote_are_drawn_emptied(result):
    """``result`` has none: the table that stands would keep those of a return that is withdrawn."""
    for standing, expected in ((["Noyau_par_categorie"], [[]]), ([], [])):
        drawn = workbook_to_draw({"Noyau": SimpleNamespace(tables=standing)}, result)
        sheets = [s for s in drawn.worksheets if s.nom == "Noyau par catégorie"]
        assert [[c for c in s.cells if c.line > 1 and c.valeur is not None] for s in sheets] == expected


def test_a_masked_answer_has_no_categories(contrat, tmp_path):
    assert with_ages(contrat, tmp_path, 3, 0, 0)[1] == {}


def test_the_copy_says_what_themes_are_called_elsewhere(result):
    links = rows_by_table(result)[agency_tables.LINKS]
    assert [(li["Thème"], li["Vocabulaire"]) for li in links[:4]] == [
        ("acces-aux-soins", "OSCARS"),
        ("prevention", "OSCARS"),
        ("sante-mentale", "OSCARS"),
        ("acces-aux-soins", "Déterminants CLoterreS"),
    ]
