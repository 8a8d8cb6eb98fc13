"""The bodies of a contract: which one decides, what working groups follow, and how each is named in sentences."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import openpyxl
import pytest

from cls_workbook import forms, pilotage
from cls_workbook.definition import parse
from cls_workbook.definition.authoring.authoring_workbook import workbook
from cls_workbook.definition.importing.definition_import import importer
from cls_workbook.definition.toml_writer import write
from cls_workbook.domain.announced.bodies import deciding, named
from cls_workbook.domain.model import Contrat
from cls_workbook.domain.verification.whole_contract import verifier
from cls_workbook.pilotage.coordinator_inputs import CopilDecision, Pilotage
from cls_workbook.pipeline.conclusion import _decisions
from cls_workbook.reports.agency import agency_data, agency_tables
from cls_workbook.reports.synthese import synthese_sheet
from cls_workbook.reports.synthese.dashboard.expected_decisions import decisions
from cls_workbook.reports.synthese.dashboard.leading_sentences import sentences
from cls_workbook.reports.synthese.synthese_portrait import Portrait
from cls_workbook.summaries.progress import gouvernance
from cls_workbook.workbook import writer
from tests.support.authoring_typist import ROOM
from tests.support.other_definitions import plain
from tests.support.pilotage_typist import enter_value, place
from tests.support.written_result import CONTRAT, result

INSTANCES = 'instances = [{ nom = "COPIL", minimum_par_an = 1 }, { nom = "Comité technique", minimum_par_an = 2 }]'
BODIES = (
    'instances = [{ nom = "COPIL", minimum_par_an = 1 }, { nom = "Comité technique", minimum_par_an = 2 }, '
    '{ nom = "Assemblée plénière du CLS", decide = true }, { nom = "Groupe précarité", fiches = ["1.1", "1.2"] }]'
)


def described(bodies: str = BODIES, more: str = "") -> Contrat:
    assert INSTANCES in CONTRAT
    return parse(CONTRAT.replace(INSTANCES, bodies) + more, "essai")


@pytest.mark.parametrize(
    ("nom", "du", "au"),
    [
        ("COPIL", "du COPIL", "au COPIL"),
        ("Comité de pilotage (COPIL)", "du COPIL", "au COPIL"),
        ("COTER", "du COTER", "au COTER"),
        ("Comité territorial", "du comité territorial", "au comité territorial"),
        ("Conseil local de santé mentale", "du conseil local de santé mentale", "au conseil local de santé mentale"),
        ("Assemblée plénière", "de l’assemblée plénière", "à l’assemblée plénière"),
        ("Équipe projet", "de l’équipe projet", "à l’équipe projet"),
        ("Commission santé", "de la commission santé", "à la commission santé"),
        ("CTS", "de l’instance « CTS »", "à l’instance « CTS »"),
        ("Élus référents", "de l’instance « Élus référents »", "à l’instance « Élus référents »"),
    ],
)
def test_a_body_is_named_as_french_names_it(nom, du, au):
    assert (plain(named(nom).of_the), plain(named(nom).to_the)) == (du, au)


def test_the_copil_decides_unless_the_contract_says_who_does():
    assert deciding(described(INSTANCES)).of_the == "du COPIL"
    assert deciding(described()).of_the == "de l’assemblée plénière du CLS"
    two = INSTANCES.replace("minimum_par_an = 1", "decide = true").replace("minimum_par_an = 2", "decide = true")
    assert deciding(described(two)).of_the == "du COPIL ou du comité technique"


def test_what_is_asked_is_asked_of_the_body_that_decides():
    given = result(contrat=described())
    portrait = Portrait(given)
    last = plain(sentences(portrait, decisions(portrait))[2])
    assert last.startswith("5 décisions sont attendues de l’assemblée plénière du CLS, la première ")
    texts = {plain(c.valeur) for c in synthese_sheet.sheet(given).cells if isinstance(c.valeur, str)}
    assert "Décisions attendues de l’assemblée plénière du CLS" in texts
    assert not [t for t in texts if "du COPIL" in t or "au COPIL" in t]
    validated = replace(given, validated_on=date(2026, 4, 2))
    assert validated.etat == "Validé par l’assemblée plénière du CLS le 02/04/2026"


def texts_of(book, sheet: str) -> set[str]:
    return {plain(c.value) for row in book[sheet].iter_rows() for c in row if c.value is not None}


def test_the_pilotage_speaks_of_it_and_takes_the_decision_of_another(tmp_path):
    contrat, path = described(), tmp_path / "p.xlsx"
    writer.write(pilotage.workbook(contrat, 2025), path)
    book = openpyxl.load_workbook(path)
    assert "Décisions de l’assemblée plénière du CLS · 2025" in texts_of(book, "Décisions")
    assert "Date de l’assemblée plénière du CLS qui valide" in texts_of(book, "Accueil")
    assert not [t for t in texts_of(book, "Programmation") | texts_of(book, "Décisions") if "COPIL" in t]
    decided = {"Décision": "maintien", "Décidé par": "Groupe précarité", "Date": date(2025, 6, 3)}
    enter_value(
        path,
        {("pilotage/decisions/01", titre): valeur for titre, valeur in decided.items()}
        | {("pilotage/campagne/etat", ""): "validé", ("pilotage/campagne/date_validation", ""): date(2026, 3, 1)},
    )
    read = pilotage.read(path, contrat, 2025)
    assert read.decisions == (CopilDecision("", "maintien", date(2025, 6, 3), instance="Groupe précarité"),)
    assert (read.etat, read.date_validation) == ("validé", date(2026, 3, 1))
    assert _decisions(contrat, read) == {"": "maintien (Groupe précarité, 03/06/2025)"}


def test_who_decides_is_not_repeated_where_the_heading_says_it():
    told = Pilotage(decisions=(CopilDecision("1.1", "report", instance="assemblée plénière du CLS"),))
    assert _decisions(described(), told) == {"1.1": "report"}


def test_a_pilotage_made_before_is_read(tmp_path):
    """It has no column « Décidé par », and its form speaks of the COPIL."""
    path = tmp_path / "p.xlsx"
    writer.write(pilotage.workbook(described(INSTANCES), 2025), path)
    enter_value(path, {("pilotage/decisions/01", "Décision"): "abandon"})
    book = openpyxl.load_workbook(path)
    place(book, "pilotage/decisions/#", "Décidé par").value = None
    book.save(path)
    assert pilotage.read(path, described(), 2025).decisions == (CopilDecision("", "abandon"),)


def test_a_body_of_the_contract_may_have_decided_a_change():
    taken = '[[decisions]]\nid = "d1"\ninstance = "{}"\ndate = 2025-02-01\n'
    by_a_group = described(more=taken.format("Groupe précarité"))
    assert not [f for f in verifier(by_a_group) if "decisions" in f.location]
    (said,) = [f for f in verifier(described(more=taken.format("Groupe santé"))) if "decisions" in f.location]
    assert "Valeurs possibles : « COPIL », « avenant », « Comité technique »," in plain(said.remedy)


def test_bodies_and_evaluations_come_back_from_the_authoring_workbook(tmp_path):
    planned = (
        '\nevaluations = [{ sorte = "mi_parcours", annee = 2024, par = "ORS" }, { sorte = "autre", annee = 2026 }]'
    )
    contrat = described(BODIES + planned)
    writer.write(workbook(contrat, ROOM), tmp_path / "d.xlsx")
    read = importer(tmp_path / "d.xlsx").contrat
    assert (read.announced.instances, read.announced.evaluations) == (
        contrat.announced.instances,
        contrat.announced.evaluations,
    )
    assert parse(write(contrat), "essai").announced.instances == contrat.announced.instances


def test_a_working_group_is_shown_with_the_fiches_that_it_follows():
    given = result(contrat=described())
    (page,) = [s for s in forms.plan(given.contrat, 2025).workbook.worksheets if s.nom == "FA 1.1"]
    said = [plain(c.valeur) for c in page.cells if isinstance(c.valeur, str)]
    assert said[said.index("Suivie par") + 1] == "Groupe précarité"
    assert "Suivie par" not in [
        c.valeur for s in forms.plan(described(INSTANCES), 2025).workbook.worksheets for c in s.cells
    ]


def test_a_group_is_asked_its_meetings_and_counted_for_the_agency(tmp_path):
    contrat = described()
    writer.write(pilotage.workbook(contrat, 2025), tmp_path / "p.xlsx")
    assert "Groupe précarité" in texts_of(openpyxl.load_workbook(tmp_path / "p.xlsx"), "Gouvernance")
    given = result(contrat=contrat)
    given = replace(given, summaries=replace(given.summaries, gouvernance=gouvernance(contrat)))
    rows = agency_data.rows_by_table(given)[agency_tables.INSTANCES]
    assert [(r["Instance"], r["Décide"], r["Fiches suivies"] and plain(r["Fiches suivies"])) for r in rows] == [
        ("COPIL", "non", None),
        ("Comité technique", "non", None),
        ("Assemblée plénière du CLS", "oui", None),
        ("Groupe précarité", "non", "1.1 ; 1.2"),
    ]
    printed = {plain(c.valeur) for c in synthese_sheet.sheet(given).cells if isinstance(c.valeur, str)}
    assert "Groupe précarité (fiches 1.1 et 1.2)" in printed
    unknown = described(BODIES.replace('"1.2"]', '"9.9"]'))
    (fault,) = [f for f in verifier(unknown) if "instances" in f.location]
    assert "la fiche « 9.9 » n’existe pas" in plain(fault.message)
