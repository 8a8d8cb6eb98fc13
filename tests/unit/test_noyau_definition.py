"""A region's noyau as data: read and verified with the care of a contract's definition, described in Excel."""

from __future__ import annotations

from dataclasses import replace
from string import ascii_uppercase
from types import SimpleNamespace

import openpyxl
import pytest

from cls_workbook.cli.commands import main
from cls_workbook.definition import toml_reader
from cls_workbook.definition.authoring.authoring_workbook import noyau_workbook
from cls_workbook.definition.importing import authored_tables
from cls_workbook.definition.importing.definition_import import importer_noyau
from cls_workbook.definition.noyau_reader import load_noyau, parse_noyau
from cls_workbook.definition.toml_writer import write_noyau
from cls_workbook.domain.contrat_years import in_year
from cls_workbook.domain.verification.noyau_faults import verify_noyau
from cls_workbook.domain.verification.whole_contract import verifier
from cls_workbook.errors import Refusal
from cls_workbook.reading.opening.grids import PlainGrid
from cls_workbook.reading.opening.returned_workbook import open_workbook
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
    (told,) = faults_of(example).splitlines()
    assert told.startswith("noyau.exemple : c’est un exemple : aucune agence ne l’a publié. Pour publier le vôtre")
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


# What an agency's agent may get wrong in the workbook → the one thing that is told of it.
MISTAKES = {
    "no unit": ("Mesures", {"F7": None}, "cellule F7 (Unité) : l’unité manque"),
    "no unit of a mean": ("Mesures", {"F14": None}, "cellule F14 (Unité) : l’unité manque"),
    "one identifier twice": (
        "Mesures",
        {"B8": "n-01"},
        "cellule B8 (Repère) : « n-01 » est déjà pris par la cellule B7",
    ),
    "no identifier": ("Mesures", {"B7": None}, "cellule B7 (Repère) : cette case est vide"),
    "unknown theme": ("Mesures", {"K7": "Accès aux soinss"}, "cellule K7 (Thème) : trouvé « Accès aux soinss »"),
    "unknown priority": ("Mesures", {"L7": "Agir"}, "cellule L7 (Priorité) : trouvé « Agir »"),
    "breakdown without categories": (
        "Mesures",
        {"H9": None},
        "cellule H9 (Catégories du détail) : le détail par « âge »",
    ),
    "one category": ("Mesures", {"H9": "moins de 18 ans"}, "cellule H9 (Catégories du détail) : le détail par « âge »"),
    "categories of nothing": (
        "Mesures",
        {"G9": None},
        "cellule H9 (Catégories du détail) : des catégories sont données",
    ),
    "version not raised": ("Versions", {"B8": "1"}, "cellule B8 (Version) : « 1 » est déjà pris"),
    "unit changed in all years": (
        "Mesures",
        {"W14": None, "X13": None},
        "cellule B14 (Repère) : « N-07 » est déjà pris",
    ),
    "changed amid a version": ("Mesures", {"W8": 2027}, "W8 (À partir de) : elle ne vaut qu’en 2027, 2028, une partie"),
    "stopped amid a version": ("Mesures", {"X8": 2027}, "X8 (Jusqu’à) : elle ne vaut qu’en 2026, 2027, une partie"),
    "year of two versions": ("Versions", {"C8": "2025-2028"}, "cellule C8 (Années) : 2025 est déjà une année"),
    "version without years": ("Versions", {"C8": None}, "cellule C8 (Années) : cette case est vide"),
    "years backwards": ("Versions", {"C8": "2028-2026"}, "cellule C8 (Années) : trouvé « 2028-2026 »"),
    "years outside": ("Mesures", {"W8": 2031}, "cellule W8 (À partir de) : elle ne vaut dans aucune année"),
    "match of an unknown theme": ("Correspondances", {"B9": "Santé mental"}, "cellule B9 (Thème du noyau) : trouvé"),
    "match in no vocabulary": ("Correspondances", {"C9": None}, "cellule C9 (Vocabulaire) : cette case est vide"),
    "unknown kind": ("Mesures", {"D7": "nombre"}, "cellule D7 (Sorte de saisie) : trouvé « nombre »"),
    "impossible addition": ("Mesures", {"E11": "s’additionne (actions, séances…)"}, "cellule E11 (Comment rassembler)"),
    "no title": ("Noyau", {"C5": None}, "cellule C5 (Titre du noyau) : cette réponse manque"),
}


@pytest.fixture(scope="module")
def described(example, tmp_path_factory):
    path = tmp_path_factory.mktemp("noyau") / "noyau.xlsx"
    write(noyau_workbook(example), path)
    return path


@pytest.fixture
def typed(described, monkeypatch):
    """Types in a sheet of the workbook, as it is read: no file is saved again."""
    grids = list(open_workbook(described.read_bytes()).grids())

    def type_in(sheet, cells):
        lines = [list(line) for g in grids if g.nom == sheet for line in g.lines]
        for cell, value in cells.items():
            lines[int(cell[1:]) - 1][ascii_uppercase.index(cell[0])] = "" if value is None else value
        altered = [PlainGrid(sheet, lines, dict) if g.nom == sheet else g for g in grids]
        stand_in = SimpleNamespace(grids=lambda except_for="": altered)
        monkeypatch.setattr(authored_tables, "open_workbook", lambda _: stand_in)
        return described

    return type_in


@pytest.mark.parametrize("mistake", MISTAKES)
def test_one_mistake_is_told_once_at_its_cell_with_a_remedy_and_nothing_is_written(mistake, typed, tmp_path, capsys):
    sheet, cells, expected = MISTAKES[mistake]
    assert main(["noyau", "importer", str(typed(sheet, cells)), "--sortie", str(tmp_path / "n.toml")]) == 2
    head, *lines = capsys.readouterr().err.replace("\u00a0", " ").splitlines()
    (told,) = [line for line in lines if "à confirmer :" not in line]
    assert "1 point à corriger" in head
    assert f"feuille « {sheet} »" in told and expected in told
    assert told.count(". ") >= 1 and told.endswith(("?", "."))  # what is wrong, then what to do
    assert not (tmp_path / "n.toml").exists()


@pytest.mark.parametrize(
    ("sheet", "cells", "expected"),
    [
        ("Versions", {"C8": "2027-2028"}, "aucune version ne vaut pour 2026"),
        ("Correspondances", {"C9": "OSCAR"}, "« OSCAR » n’est nommé qu’une fois, et ressemble à « OSCARS »"),
        ("Mesures", {"S11": None}, "rien ne dit ce que sont le haut et le bas du taux"),
    ],
)
def test_what_may_be_meant_is_asked(typed, sheet, cells, expected):
    assert expected in said(importer_noyau(typed(sheet, cells)).a_confirmer)


def test_a_contract_given_for_a_noyau_and_the_other_way_round_is_told_for_what_it_is(described, tmp_path, capsys):
    (tmp_path / "contrat.toml").write_text(definition_with(noyau=None), encoding="utf-8")
    (tmp_path / "noyau.toml").write_text(write_noyau(load_noyau(EXAMPLE)), encoding="utf-8")
    out = ["--sortie", str(tmp_path / "sortie.toml")]
    for order, expected in (
        (["noyau", "verifier", str(tmp_path / "contrat.toml")], "décrit un contrat, non un noyau régional"),
        (["contrat", "verifier", str(tmp_path / "noyau.toml")], "décrit un noyau régional, non un contrat"),
        (["contrat", "importer", str(described), *out], "importez-le par « noyau importer »"),
    ):
        assert main(order) == 2
        assert expected in capsys.readouterr().err.replace("\u00a0", " ")
    assert not (tmp_path / "sortie.toml").exists()


def test_the_three_commands_make_the_whole_turn(tmp_path, capsys):
    book, toml = str(tmp_path / "n.xlsx"), str(tmp_path / "n.toml")
    assert main(["noyau", "modele", "--noyau", EXAMPLE, "--sortie", book]) == 0
    assert main(["noyau", "importer", book, "--sortie", toml]) == 0
    assert main(["noyau", "verifier", toml]) == 0
    assert "9 mesures, 2 versions, 1 point à confirmer." in capsys.readouterr().out


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
    (told,) = refusal.value.details
    assert told.startswith("contrat.noyau : Le noyau « absent.toml » est introuvable")
    assert "Donnez son fichier avec la définition du contrat : dans le même dossier, ou déposé avec elle." in told


def test_a_noyau_lies_beside_the_definition_that_names_it(tmp_path, example):
    (tmp_path / "region.toml").write_text(write_noyau(replace(example, id="region")), encoding="utf-8")
    (tmp_path / "contrat.toml").write_text(definition_with(noyau="region.toml"), encoding="utf-8")
    assert toml_reader.load(tmp_path / "contrat.toml").regional.taken_in.id == "region"
