"""The evaluations that a contract plans: described, followed by the coordinator in their year, told to the agency."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import openpyxl
import pytest

from cls_workbook import pilotage
from cls_workbook.documents.bilan_tables import governance_table
from cls_workbook.documents.document_parts import FigureTable
from cls_workbook.domain.definition_keys import changed
from cls_workbook.domain.verification.whole_contract import verifier
from cls_workbook.errors import Refusal
from cls_workbook.reports.agency import ars_copy
from cls_workbook.reports.region import region_workbook
from cls_workbook.reports.synthese.dashboard.expected_decisions import decisions
from cls_workbook.reports.synthese.synthese_portrait import Portrait
from cls_workbook.tables.table_frames import frame_records
from cls_workbook.workbook import writer
from tests.support.lived_campagnes import live, written
from tests.support.other_definitions import BARONNIES, parsed, plain
from tests.support.pilotage_typist import enter_value

HALF_WAY = "Évaluation à mi-parcours"
ROW = "pilotage/evaluations/mi_parcours"
STATE, DAY, SAYS = "Où en est-elle ?", "Rendue le", "Ce qu’elle dit, en quelques mots"
PLANNED = 'sorte = "mi_parcours", annee = 2026'


def followed(path, **typed):
    """The pilotage of 2026 where this was typed of the half-way evaluation."""
    titles = {"etat": STATE, "date": DAY, "constats": SAYS}
    writer.write(pilotage.workbook(parsed(BARONNIES), 2026), path)
    enter_value(path, {(ROW, titles[champ]): valeur for champ, valeur in typed.items()})
    return path


@pytest.fixture(scope="module")
def year(tmp_path_factory):
    """2026: the evaluation was handed over on 15 October; a person is named in what is said of it."""
    folder = tmp_path_factory.mktemp("evaluations")
    says = "Les fiches avancent ; écrire à jean.dupont@exemple.fr."
    path = followed(folder / "p.xlsx", etat="rendue", date=date(2026, 10, 15), constats=says)
    typed = {"1/avancement/etat": "En cours", "1/avancement/realisation": "Totale"}
    return live(folder, BARONNIES, 2026, {"cls": typed}, pilotage=str(path))


def rows(path, sheet: str) -> list[dict]:
    header, *lines = (r for r in openpyxl.load_workbook(path)[sheet].iter_rows(values_only=True) if any(r))
    return [dict(zip(header, line, strict=True)) for line in lines]


@pytest.mark.parametrize(
    ("instead", "said"),
    [
        (
            'sorte = "mi_parcours", annee = 2031',
            "2031 n’est pas une année du contrat. Donnez une de ses années, de 2025 à 2030 : "
            "celle où l’évaluation est à suivre.",
        ),
        (
            'sorte = "mi-parcours", annee = 2026',
            "« mi-parcours » n’est pas une valeur connue. Valeurs possibles : « mi_parcours », « finale », « autre ».",
        ),
        (
            'sorte = "finale", annee = 2030',
            "même sorte et même année que contrat.evaluations[1] (Évaluation finale). Gardez une seule ligne.",
        ),
    ],
)
def test_what_is_wrong_of_an_evaluation_is_told_once(instead, said):
    (fault,) = [f for f in verifier(parsed(BARONNIES, (PLANNED, instead))) if "evaluations" in f.location]
    assert plain(f"{fault.message} {fault.remedy}") == said


def test_it_is_asked_of_the_coordinator_in_its_year_alone():
    contrat = parsed(BARONNIES)
    for annee, names in ((2025, set()), (2026, {HALF_WAY}), (2030, {"Évaluation finale"})):
        (sheet,) = [s for s in pilotage.workbook(contrat, annee).worksheets if s.nom == "Gouvernance"]
        assert {c.valeur for c in sheet.cells if str(c.valeur).startswith("Évaluation ")} == names


def test_what_is_typed_of_it_is_read_and_shown_again(tmp_path):
    read = pilotage.read(
        followed(tmp_path / "p.xlsx", etat="reportée", constats="Marché infructueux."), parsed(BARONNIES), 2026
    )
    assert read.evaluations == (pilotage.FollowedEvaluation("mi_parcours", "reportée", None, "Marché infructueux."),)
    writer.write(pilotage.workbook(parsed(BARONNIES), 2026, read), tmp_path / "again.xlsx")
    assert pilotage.read(tmp_path / "again.xlsx", parsed(BARONNIES), 2026) == read


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ({"date": date(2026, 10, 15)}, "attendu : une saisie, puisque la ligne est commencée"),
        ({"date": date(2026, 10, 15), "etat": "en cours"}, "attendu : « rendue », puisqu’une date est donnée"),
        ({"etat": "presque"}, "attendu : un choix parmi « à engager », « en cours », « rendue », « reportée »"),
    ],
)
def test_what_is_not_understood_of_it_is_refused_at_its_cell(tmp_path, typed, expected):
    with pytest.raises(Refusal) as refusal:
        pilotage.read(followed(tmp_path / "p.xlsx", **typed), parsed(BARONNIES), 2026)
    (said,) = refusal.value.details
    assert plain(said).startswith("feuille « Gouvernance », cellule C29 (Où en est-elle ?)") and expected in plain(said)


def test_a_pilotage_made_before_the_contract_planned_it_is_read(tmp_path):
    before = changed(parsed(BARONNIES), evaluations=())
    writer.write(pilotage.workbook(before, 2026), tmp_path / "p.xlsx")
    assert pilotage.read(tmp_path / "p.xlsx", parsed(BARONNIES), 2026) == pilotage.Pilotage()


def test_the_synthese_and_the_copy_say_what_it_says_without_naming_anybody(year):
    texts = written(year.synthese, "Synthèse")
    assert {"Évaluations prévues en 2026", HALF_WAY, "ORS Auvergne-Rhône-Alpes", "15/10/2026", "rendue"} <= texts
    (told,) = rows(year.synthese, "Données évaluations")
    assert (told["Évaluation"], told["État"], told["Rendue le"].date()) == (HALF_WAY, "rendue", date(2026, 10, 15))
    assert told["Ce qu’elle dit"].startswith("Les fiches avancent") and "dupont" not in told["Ce qu’elle dit"]
    assert not [t for t in texts if "dupont" in t]


def test_it_is_read_back_from_the_consolidation(year):
    again = ars_copy.read_back(year.consolidation, BARONNIES)
    assert frame_records(again.summaries.evaluations) == frame_records(year.result.summaries.evaluations)


def test_the_report_has_it_under_the_bodies(year):
    tables = [part for part in governance_table(Portrait(year.result)) if isinstance(part, FigureTable)]
    assert plain(tables[1].caption) == "Les évaluations prévues en 2026"
    assert tables[1].rows[0][:4] == (HALF_WAY, "ORS Auvergne-Rhône-Alpes", "rendue", "15/10/2026")


def test_the_region_has_evaluations_and_working_groups(year, tmp_path):
    region_workbook.gather([year.synthese], tmp_path / "region.xlsx")
    (told,) = rows(tmp_path / "region.xlsx", "Évaluations")
    assert (told["Contrat"], told["Année"], told["État"]) == ("baronnies-2025-2030", 2026, "rendue")
    bodies = rows(tmp_path / "region.xlsx", "Instances")
    assert [(r["Instance"], r["Minimum par an"], r["Réunions tenues"]) for r in bodies] == [
        ("COPIL", 1, None),
        ("Groupes de travail", 0, None),
    ]


def test_an_evaluation_put_off_is_brought_to_those_who_decide(year):
    def asked(etat):
        frame = year.result.summaries.evaluations.assign(État=etat)
        given = replace(year.result, summaries=replace(year.result.summaries, evaluations=frame))
        return [d for d in map(plain, decisions(Portrait(given))) if "mi-parcours" in d]

    assert asked("reportée") == ["Suivre « Évaluation à mi-parcours » (reportée)"]
    assert asked("rendue") == asked(None) == []
