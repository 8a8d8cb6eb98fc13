"""A region's noyau as data: read and verified with the care of a contract's definition, described in Excel."""

from __future__ import annotations

from dataclasses import replace

import openpyxl
import pytest

from cls_workbook.cli.commands import main
from cls_workbook.definition import toml_reader
from cls_workbook.definition.authoring.authoring_workbook import noyau_workbook
from cls_workbook.definition.importing.definition_import import importer_noyau
from cls_workbook.definition.noyau_reader import load_noyau, parse_noyau
from cls_workbook.definition.toml_writer import write_noyau
from cls_workbook.domain.contrat_years import in_year
from cls_workbook.domain.verification.noyau_faults import verify_noyau
from cls_workbook.domain.verification.whole_contract import verifier
from cls_workbook.errors import Refusal
from cls_workbook.workbook.writer import write
from tests.support.noyau_contrats import EXAMPLE, contrat_with, definition_with


def said(findings) -> str:
    return "\n".join(map(str, findings)).replace("\u00a0", " ")


def faults_of(noyau) -> str:
    return said(verify_noyau(noyau))


@pytest.fixture(scope="module")
def example():
    return load_noyau(EXAMPLE)


def test_the_noyau_that_ships_says_that_it_is_an_example_and_has_no_fault(example):
    assert faults_of(example) == "noyau.exemple : c’est un exemple : aucune agence ne l’a publié."
    assert "exemple" in example.id and "exemple" in example.titre


def test_its_text_and_its_workbook_come_back_as_they_were(example, tmp_path):
    assert parse_noyau(write_noyau(example), "noyau.toml") == example
    write(noyau_workbook(example), tmp_path / "noyau.xlsx")
    assert importer_noyau(tmp_path / "noyau.xlsx").noyau == example


def test_a_misspelt_field_is_told_with_its_place():
    texte = (
        '[noyau]\nid = "n"\ntitre = "N"\n[[mesures]]\nid = "N-01"\nlibele = "x"\ntype = "entier"\nagregation = "FLUX"\n'
    )
    with pytest.raises(Refusal) as refusal:
        parse_noyau(texte, "n.toml")
    assert refusal.value.details == (
        "noyau.mesures[1] (N-01) : le champ « libele » est inconnu. Vouliez-vous dire « libelle » ?",
    )


def first_with(noyau, **values):
    return replace(noyau, mesures=(replace(noyau.mesures[0], **values), *noyau.mesures[1:]))


@pytest.mark.parametrize(
    ("broken", "told"),
    [
        (lambda n: replace(n, versions=()), "aucune version"),
        (lambda n: replace(n, mesures=()), "aucune mesure"),
        (lambda n: replace(n, id="Noyau 1"), "ne peut pas servir dans un nom de fichier"),
        (
            lambda n: replace(n, versions=(n.versions[0], replace(n.versions[1], annees=(2025, 2026)))),
            "2025 est déjà une année de la version « 1 »",
        ),
        (lambda n: first_with(n, id="N-02"), "« N-02 » est déjà pris par noyau.mesures[1] (N-02) en 2024"),
        (lambda n: first_with(n, theme="nulle-part"), "le thème « nulle-part » n’existe pas"),
        (lambda n: first_with(n, priorite="nulle-part"), "la priorité « nulle-part » n’existe pas"),
        (lambda n: first_with(n, depuis=2040), "elle ne vaut dans aucune année des versions"),
        (lambda n: first_with(n, agregation="RATIO"), "ne se rassemble pas par « RATIO »"),
        (lambda n: first_with(n, cle=True), "ce champ n’est que d’un seul"),
        (
            lambda n: replace(n, correspondances=(n.correspondances[0],) * 2),
            "la même correspondance que noyau.correspondances[1]",
        ),
    ],
)
def test_each_fault_of_a_noyau_is_told(example, broken, told):
    assert told in faults_of(broken(example))


def test_what_is_wrong_in_the_workbook_is_told_at_its_cell_and_nothing_is_written(example, tmp_path, capsys):
    write(noyau_workbook(example), tmp_path / "noyau.xlsx")
    book = openpyxl.load_workbook(tmp_path / "noyau.xlsx")
    book["Versions"]["C8"] = "2025-2028"
    book["Mesures"]["B10"] = "N 04"
    book["Mesures"]["D7"] = "entierr"
    book.save(tmp_path / "noyau.xlsx")
    assert main(["noyau", "importer", str(tmp_path / "noyau.xlsx"), "--sortie", str(tmp_path / "n.toml")]) == 2
    told = capsys.readouterr().err.replace("\u00a0", " ")
    assert not (tmp_path / "n.toml").exists()
    for place in ("« Versions », cellule C8 (Années)", "« Mesures », cellule B10 (Repère)", "« Mesures », cellule D7"):
        assert place in told


def test_the_three_commands_make_the_whole_turn(tmp_path, capsys):
    book, toml = str(tmp_path / "n.xlsx"), str(tmp_path / "n.toml")
    assert main(["noyau", "modele", "--noyau", EXAMPLE, "--sortie", book]) == 0
    assert main(["noyau", "importer", book, "--sortie", toml]) == 0
    assert main(["noyau", "verifier", toml]) == 0
    assert "9 mesure(s), 2 version(s), 1 point(s) à confirmer." in capsys.readouterr().out


# --- A contract takes it in -----------------------------------------------------------------------------------------


def regional(contrat, annee):
    return next((f for f in in_year(contrat, annee).fiches if f.regional), None)


def test_what_no_fiche_answers_is_asked_once_of_who_coordinates():
    sheet = regional(contrat_with(answers={"1.1-I01": "N-02"}), 2025)
    assert [m.id for m in sheet.mesures] == ["N-01", "N-05", "N-06", "N-04", "N-07", "N-08"]
    assert sheet.porteurs == ("ccas",)


def test_a_version_brings_its_own_questions():
    contrat = contrat_with()
    before, after = regional(contrat, 2025), regional(contrat, 2026)
    assert "N-03" not in [m.id for m in before.mesures] and "N-03" in [m.id for m in after.mesures]
    units = [next(m.unite for m in sheet.mesures if m.noyau == "N-07") for sheet in (before, after)]
    assert units == ["semaines", "jours"]


def test_a_contract_without_noyau_is_itself_in_every_year():
    contrat = toml_reader.parse(definition_with(noyau=None), "essai.toml")
    assert in_year(contrat, 2025) is contrat


def test_another_structure_may_answer():
    assert regional(contrat_with(extra='repondant_noyau = "asso"'), 2025).porteurs == ("asso",)


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ({"answers": {"1.1-I01": "N-01"}}, "« N-01 » du noyau est en « personne », elle en « action »"),
        ({"answers": {"1.1-I01": "N-99"}}, "la mesure du noyau « N-99 » n’existe pas"),
        ({"noyau": None, "answers": {"1.1-I01": "N-02"}}, "mais le contrat ne prend aucun noyau"),
        ({"extra": 'repondant_noyau = "personne"'}, "la structure « personne » n’existe pas"),
        ({"coordination": False}, "personne ne répondrait à ce que les fiches ne demandent pas"),
        ({"answers": {"1.2-I01": "N-01"}, "masked": False}, "« N-01 » du noyau masque les petits effectifs"),
    ],
)
def test_what_does_not_agree_with_the_noyau_is_a_fault_of_the_contract(asked, told):
    assert told in said(verifier(contrat_with(**asked)))


def test_several_fiches_answer_one_question_only_where_their_answers_are_added():
    contrat = contrat_with(answers={"1.1-I01": "N-02", "1.2-I02": "N-02"})
    assert "ne s’additionnent pas" not in said(verifier(contrat))
    assert [m.id for m in regional(contrat, 2025).mesures if m.id == "N-02"] == []


def test_a_noyau_that_cannot_be_found_is_told_at_its_place():
    with pytest.raises(Refusal) as refusal:
        toml_reader.parse(definition_with(noyau="absent.toml"), "essai.toml")
    assert refusal.value.details[0].startswith("contrat.noyau : Le noyau « absent.toml » est introuvable")


def test_a_noyau_lies_beside_the_definition_that_names_it(tmp_path, example):
    (tmp_path / "region.toml").write_text(write_noyau(replace(example, id="region")), encoding="utf-8")
    (tmp_path / "contrat.toml").write_text(definition_with(noyau="region.toml"), encoding="utf-8")
    assert toml_reader.load(tmp_path / "contrat.toml").regional_noyau.id == "region"
