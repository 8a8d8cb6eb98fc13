"""Indicators that are no count of the year: yes or no, a scale, a date, a cumulative count, a value of context."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal as D

import openpyxl
import pytest

from cls_workbook import forms
from cls_workbook.definition.importing.definition_import import importer
from cls_workbook.domain.verification.whole_contract import verifier
from tests.support.authoring_typist import columns, faults, fill_cell, short
from tests.support.lived_campagnes import lines, live
from tests.support.other_definitions import BARONNIES, parsed, plain


def answers(guide: str, copies: tuple[int, int], doctors: tuple[float, float]) -> dict[str, dict[str, object]]:
    return {
        "cls": {
            "4/jalons/4-I01/jalon": guide,
            "4/jalons/4-I01/date": datetime(2026, 6, 12),
            "4/mesures/4-I02/valeur": copies[0],
            "4/mesures/4-I03/valeur": doctors[0],
        },
        "ccbdp": {
            "4/jalons/4-I01/jalon": "Oui",
            "4/mesures/4-I02/valeur": copies[1],
            "4/mesures/4-I03/valeur": doctors[1],
        },
    }


@pytest.fixture(scope="module")
def years(tmp_path_factory):
    """Copies since 2025: 300 and 100 by the end of the first year, 700 and 250 by the end of the second."""
    folder = tmp_path_factory.mktemp("baronnies")
    first = live(folder, BARONNIES, 2025, answers("Non", (300, 100), (60.5, 60.5)))
    second = live(folder, BARONNIES, 2026, answers("Oui", (700, 250), (58, 61)), first.consolidation)
    return first, second


def figures(year) -> dict[str, object]:
    return {r["Mesure"]: r["Valeur"] for r in lines(year.result.tables.indicateurs, Fiche="4")}


def reserve(year, mesure: str) -> str:
    (line,) = lines(year.result.tables.indicateurs, Mesure=mesure)
    return plain(line["Réserve"])


def test_a_yes_or_no_is_yes_once_all_say_so_and_keeps_its_date(years):
    first, second = years
    assert (figures(first)["4-I01"], figures(second)["4-I01"]) == ("Non", "Oui")
    assert "au 12/06/2026" in reserve(second, "4-I01")


def test_a_cumulative_count_is_added_between_structures_and_never_between_years(years):
    first, second = years
    assert (figures(first)["4-I02"], figures(second)["4-I02"]) == (400, 950)  # 300 + 100, 700 + 250
    evolution = openpyxl.load_workbook(second.consolidation)["Évolution"].iter_rows(values_only=True)
    (row,) = [[c for c in row if c is not None] for row in evolution if any("Exemplaires" in str(c) for c in row)]
    assert [plain(c) for c in row[1:]] == ["400", "950", "exemplaire", "950", "dernière valeur connue (2026)"]
    assert [a.cells for a in second.result.anomalies if a.code == "EVOLUTION_FORTE" and "Exempl" in a.champ] == []


def test_a_value_of_context_is_one_and_two_that_differ_make_none(years):
    first, second = years
    assert (figures(first)["4-I03"], figures(second)["4-I03"]) == (D("60.5"), None)
    assert "valeurs différentes : 61 (CCBDP), 58 (Contrat local de santé)" in reserve(second, "4-I03")


def test_a_value_of_context_is_given_once_and_asked_of_nobody_else(tmp_path):
    typed = {"cls": answers("Non", (300, 100), (60.5, 60.5))["cls"], "ccbdp": {"4/mesures/4-I02/valeur": 100}}
    year = live(tmp_path, BARONNIES, 2025, typed)
    (line,) = lines(year.result.tables.indicateurs, Mesure="4-I03")
    assert (line["Valeur"], line["Couverture"], line["Réserve"]) == (D("60.5"), "complet (1 sur 1)", None)
    silent = {a.champ for a in year.result.anomalies if a.code == "VALEUR_NON_RENSEIGNEE"}
    assert silent and not [champ for champ in silent if "Médecins" in champ]


def test_the_steps_of_an_indicator_are_those_that_its_list_offers():
    plan = forms.plan(parsed(BARONNIES), 2025)
    place = next(p for p in plan.input_places() if p.cle == "4/jalons/4-I01/jalon")
    assert place.choix == ("Non", "Oui")


def test_the_initial_value_of_a_rate_stands_beside_its_answer():
    workbook = forms.plan(parsed(BARONNIES), 2025).workbook
    texts = {plain(c.valeur) for s in workbook.worksheets if s.nom == "FA 4" for c in s.cells}
    assert "Participation au dépistage colorectal\nAu départ : 28 %" in texts


@pytest.mark.parametrize(("typed", "meant"), [("28 %", D("0.28")), ("28,5 %", D("0.285")), (0.28, D("0.28"))])
def test_the_initial_value_of_a_rate_may_be_typed_in_per_cent(tmp_path, typed, meant):
    column = columns(openpyxl.load_workbook(short(tmp_path / "vide.xlsx"))["Indicateurs"])["Valeur initiale"]
    contrat = importer(fill_cell(tmp_path / "d.xlsx", Indicateurs={f"{column}8": typed})).contrat
    assert contrat.par_fiche["1.1"].mesures[1].valeur_initiale == meant


def test_an_initial_rate_of_35_is_told(tmp_path):
    column = columns(openpyxl.load_workbook(short(tmp_path / "vide.xlsx"))["Indicateurs"])["Valeur initiale"]
    (said,) = faults(fill_cell(tmp_path / "d.xlsx", Indicateurs={f"{column}8": 35}))
    assert f"cellule {column}8" in said and "un taux s’écrit en part de 1, trouvé « 35 »" in said and "35 %" in said
    too_high = ("valeur_initiale = 0.28", "valeur_initiale = 35")
    assert [f.location for f in verifier(parsed(BARONNIES, too_high)) if f.gravite == "faute"] == [
        "contrat.fiches[2] (4).indicateurs[4] (4-I04).mesures[1] (4-I04).valeur_initiale"
    ]
