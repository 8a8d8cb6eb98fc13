"""The coordinator's workbook, as the command line makes it."""

from __future__ import annotations

import math
import sys

import openpyxl
import pytest

from cls_workbook import pilotage, version
from cls_workbook.cli.commands import main
from cls_workbook.definition.toml_reader import load, parse, shipped
from cls_workbook.errors import Refusal
from cls_workbook.office.coordinator import coordinator_workbook, home_rows, home_sheet, workstation
from cls_workbook.office.coordinator.making import coordonner
from cls_workbook.pilotage import Pilotage
from cls_workbook.tables import consolidation_tables
from cls_workbook.workbook import writer
from cls_workbook.workbook.description import Button, Sheet, Workbook
from tests.support.pilotage_typist import CONTRAT, FULL_PILOTAGE
from tests.support.xlsx_lint import lint

POST = workstation.Workstation("C:\\Python312\\python.exe", "", "")


@pytest.fixture(scope="module")
def contrat():
    return parse(CONTRAT, "essai.toml")


@pytest.fixture(scope="module")
def opened(coordination_workbook) -> openpyxl.Workbook:
    return openpyxl.load_workbook(coordination_workbook, keep_vba=True)


def boxes(opened_book: openpyxl.Workbook) -> dict[str, object]:
    return home_rows.values([list(row) for row in opened_book["Accueil"].iter_rows(values_only=True)])


# --- What is drawn --------------------------------------------------------------------------------------------------


def test_excel_would_find_nothing_to_repair(coordination_workbook):
    assert lint(coordination_workbook) == []


def test_accueil_says_the_campaign_and_that_nothing_was_consolidated(opened):
    statements = boxes(opened)
    assert (
        statements["contrat"] == "essai.toml"
        and statements["identifiant"] == "essai-2024-2026"
        and statements["annee"] == 2025
    )
    assert (
        statements["dossier"] == "retours"
        and statements["etat"] == "provisoire"
        and statements["derniere"] == "aucune pour l’instant"
    )
    assert statements["bilan"] is None and statements["precedent"] is None
    assert home_rows.read_versions(statements["version"]) == home_rows.Versions(
        version.PACKAGE, version.MACROS, version.XLWINGS
    )
    assert statements.keys() == home_rows.SLOTS.keys()


def test_python_may_write_on_accueil_which_is_not_protected(opened):
    assert not opened["Accueil"].protection.sheet


def test_the_keys_are_out_of_sight(opened):
    assert opened["Accueil"].column_dimensions["A"].hidden


def test_the_tables_of_the_consolidation_are_there_with_their_headers_and_nothing_else(opened, contrat):
    tables = {t.displayName: sheet for sheet in opened for t in sheet.tables.values()}
    assert list(tables) == [
        "Retours_structures",
        "Retours",
        "Anomalies",
        "Indicateurs",
        "Financement_fiches",
        "Financement_financeurs",
        "Financements",
        "Mesures",
        "Reponses",
        "Normalisations",
        "Rapprochement",
        "Historique",
        "Reperes",
    ]
    for nom, sheet in tables.items():
        [headers, *lines] = sheet.iter_rows(values_only=True)
        assert all(headers), nom
        assert lines == [(None,) * len(headers)], nom
    assert [c.value for c in tables["Anomalies"][1]] == list(consolidation_tables.ANOMALIES.titles)


def test_the_sheets_are_those_of_pilotage_and_of_the_consolidation_then_the_settings(opened):
    assert opened.sheetnames == [
        "Accueil",
        "Groupes",
        "Programmation",
        "Gouvernance",
        "Décisions",
        "Suivi",
        "Synthèse",
        "Évolution",
        "Retours par structure",
        "Retours",
        "Anomalies",
        "Indicateurs",
        "Financement par fiche",
        "Financement par financeur",
        "Lignes de financement",
        "Mesures",
        "Réponses",
        "Normalisations",
        "Rapprochement",
        "Historique",
        "Repères",
        "Lisez-moi",
        "Listes",
        "xlwings.conf",
    ]
    assert [f.title for f in opened if f.sheet_state != "visible"] == ["Listes", "xlwings.conf"]


def test_in_suivi_each_row_shows_the_fiches_of_its_structure_whole_expected_or_missing(tmp_path):
    coordonner(load("dijon-2024-2028"), "dijon-2024-2028", 2025, tmp_path / "K.xlsm", on=POST)
    suivi = openpyxl.load_workbook(tmp_path / "K.xlsm")["Suivi"]
    lists = {row[6].row: row[6].value for row in suivi.iter_rows(min_row=7) if row[6].value and row[7].value}
    assert len(lists) > 5 and max(map(len, lists.values())) > 80
    for line, fiches in lists.items():  # columns of 32 and 30 characters, lines of 12 points
        lines = max(math.ceil(len(fiches) / 32), math.ceil(len(f"manquant : {fiches}") / 30))
        assert suivi.row_dimensions[line].height >= 12 * lines, fiches


def test_every_link_of_accueil_leads_to_a_sheet(opened):
    targets = [
        c.hyperlink.location.partition("!")[0].strip("'")
        for row in opened["Accueil"].iter_rows()
        for c in row
        if c.hyperlink
    ]
    assert len(targets) == 13 and set(targets) <= set(opened.sheetnames)


def test_xlwings_finds_python_in_the_settings_sheet(opened):
    lines = list(opened["xlwings.conf"].iter_rows(max_col=2, values_only=True))
    assert [line for line in lines if line[0]] == [
        ("INTERPRETER_WIN", "C:\\Python312\\python.exe"),
        ("INTERPRETER_MAC", "/usr/local/bin/python3"),
        ("PYTHONPATH", None),
        ("ADD_WORKBOOK_TO_PYTHONPATH", "False"),
    ]


def test_the_same_inputs_give_the_same_bytes(contrat, tmp_path):
    for nom in ("a", "b"):
        coordonner(contrat, "essai.toml", 2025, tmp_path / nom / "K.xlsm", on=POST)
    assert (tmp_path / "a" / "K.xlsm").read_bytes() == (tmp_path / "b" / "K.xlsm").read_bytes()


@pytest.mark.parametrize("identifier", shipped())
def test_the_sheets_are_the_same_whatever_the_contract(identifier):
    """The VBA project has one module a sheet: it is built once for all contracts."""
    opened_book = load(identifier)
    worksheets = coordinator_workbook.describe(
        opened_book, opened_book.annees[0], Pilotage(), home_sheet.InitialAccueil(identifier), workstation.Workstation()
    )
    assert [f.code_name for f in worksheets] == _project_codes()


def test_a_contract_without_groups_or_fiches_has_the_same_sheets_too():
    meagre = parse('[contrat]\nid = "x"\ntitre = "X"\nnom_court = "X"\nannees = [2025]\nterritoire = "X"\n', "x.toml")
    worksheets = coordinator_workbook.describe(
        meagre, 2025, Pilotage(), home_sheet.InitialAccueil("x"), workstation.Workstation()
    )
    assert [f.code_name for f in worksheets] == _project_codes()
    assert any("aucun groupe" in str(c.valeur) for f in worksheets if f.nom == "Groupes" for c in f.cells)


def _project_codes() -> list[str]:
    import olefile

    from cls_workbook import resources

    with olefile.OleFileIO(resources.folder("templates") / "vbaProject.bin") as ole:
        lines = ole.openstream("PROJECT").read().decode("cp1252").splitlines()
    return [li.removeprefix("Document=").partition("/")[0] for li in lines if li.startswith("Document=")][1:]


# --- What is typed in it --------------------------------------------------------------------------------------------


def test_it_is_read_wherever_a_pilotage_is(contrat, tmp_path):
    writer.write(pilotage.workbook(contrat, 2025, FULL_PILOTAGE), tmp_path / "p.xlsx")
    coordonner(contrat, "essai.toml", 2025, tmp_path / "K.xlsm", pilotage=str(tmp_path / "p.xlsx"), on=POST)
    assert pilotage.read(tmp_path / "K.xlsm", contrat, 2025) == FULL_PILOTAGE


def test_making_it_again_keeps_what_was_typed_and_renews_the_rest(contrat, tmp_path):
    writer.write(pilotage.workbook(contrat, 2025, FULL_PILOTAGE), tmp_path / "p.xlsx")
    cible = tmp_path / "K.xlsm"
    coordonner(contrat, "essai.toml", 2025, cible, pilotage=str(tmp_path / "p.xlsx"), on=POST)
    opened_book = openpyxl.load_workbook(cible, keep_vba=True)
    locations = home_rows.find([list(r) for r in opened_book["Accueil"].iter_rows(values_only=True)])
    opened_book["Accueil"].cell(*locations["dossier"]).value = "reçus"
    opened_book["Accueil"].cell(*locations["precedent"]).value = "C:\\2024.xlsx"
    opened_book["Accueil"].cell(*locations["version"]).value = "cls-workbook 0.0.1 · macros 0"
    opened_book.save(cible)
    coordonner(contrat, "essai.toml", 2025, cible, on=POST)
    statements = boxes(openpyxl.load_workbook(cible))
    assert (statements["dossier"], statements["precedent"], statements["version"]) == (
        "reçus",
        "C:\\2024.xlsx",
        coordinator_workbook.VERSIONS.write(),
    )
    assert pilotage.read(cible, contrat, 2025) == FULL_PILOTAGE


def test_the_coordinators_own_sheets_are_never_lost(contrat, tmp_path):
    cible = tmp_path / "K.xlsm"
    coordonner(contrat, "essai.toml", 2025, cible, on=POST)
    opened_book = openpyxl.load_workbook(cible, keep_vba=True)
    opened_book.create_sheet("Mes calculs")["A1"] = 1
    opened_book.save(cible)
    before = cible.read_bytes()
    with pytest.raises(Refusal, match="Mes calculs"):
        coordonner(contrat, "essai.toml", 2025, cible, on=POST)
    assert cible.read_bytes() == before


@pytest.mark.parametrize("place", ["A2", "N1", "P7"])
def test_what_stands_in_or_beside_a_table_is_never_lost(contrat, tmp_path, place):
    """A consolidation, or a note that the coordinator typed at its right."""
    cible = tmp_path / "K.xlsm"
    coordonner(contrat, "essai.toml", 2025, cible, on=POST)
    opened_book = openpyxl.load_workbook(cible, keep_vba=True)
    opened_book["Retours"][place] = "à rappeler"
    opened_book.save(cible)
    before = cible.read_bytes()
    with pytest.raises(Refusal, match="Retours"):
        coordonner(contrat, "essai.toml", 2025, cible, on=POST)
    assert cible.read_bytes() == before
    coordonner(contrat, "essai.toml", 2025, tmp_path / "K2.xlsm", pilotage=str(cible), on=POST)


def test_the_workbook_of_another_year_is_not_overwritten(contrat, tmp_path):
    cible = tmp_path / "K.xlsm"
    coordonner(contrat, "essai.toml", 2024, cible, on=POST)
    before = cible.read_bytes()
    with pytest.raises(Refusal, match="autre campagne"):
        coordonner(contrat, "essai.toml", 2025, cible, on=POST)
    assert cible.read_bytes() == before


def test_a_definition_beside_the_workbook_is_named_from_there(contrat, tmp_path):
    (tmp_path / "essai.toml").write_text(CONTRAT, encoding="utf-8")
    (tmp_path / "ancien").mkdir()
    (tmp_path / "ancien" / "c.xlsx").write_bytes(b"")
    coordonner(
        contrat,
        str(tmp_path / "essai.toml"),
        2025,
        tmp_path / "K.xlsm",
        precedent=str(tmp_path / "ancien" / "c.xlsx"),
        on=POST,
    )
    statements = boxes(openpyxl.load_workbook(tmp_path / "K.xlsm"))
    assert (statements["contrat"], statements["precedent"]) == ("essai.toml", "ancien/c.xlsx")


# --- Its cells, found again -----------------------------------------------------------------------------------------


def test_a_case_is_found_wherever_its_row_and_column_went():
    lines = [
        ["", "", ""],
        ["x", "§accueil/contrat", "Définition du contrat", "essai"],
        ["", "§accueil/dossier", " dossier des Retours", "là"],
    ]
    assert home_rows.find(lines) == {"contrat": (2, 4), "dossier": (3, 4)}
    assert home_rows.values(lines) == {"contrat": "essai", "dossier": "là"}
    assert home_rows.find(lines)["dossier"].cell == "D3"


def test_a_sheet_without_these_keys_is_no_accueil():
    assert home_rows.find([["§pilotage/campagne/etat", "État du bilan", "provisoire"]]) == {}
    assert home_rows.find([]) == {}


@pytest.mark.parametrize(
    ("lines", "word"),
    [
        ([["§accueil/contrat", "Autre chose", "x"]], "étiquette"),
        ([["§accueil/contrat", "Définition du contrat", "x"]] * 2, "en double"),
    ],
)
def test_a_key_and_its_label_that_disagree_are_told_not_guessed(lines, word):
    with pytest.raises(Refusal, match=word):
        home_rows.find(lines)


def test_the_versions_come_back_from_their_cell():
    assert home_rows.read_versions(home_rows.Versions("1.2", "3", "0.4").write()) == home_rows.Versions(
        "1.2", "3", "0.4"
    )
    assert home_rows.read_versions(None) == home_rows.Versions()


def test_the_last_message_tells_done_from_not_done():
    assert home_rows.message("c’est fini", True) == "Fait\u00a0: c’est fini"
    assert home_rows.message("rien", False) == "Non fait\u00a0: rien"


# --- What a workbook with macros must have --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("sheet", "fault"), [(Sheet("A", buttons=[Button(1, 1, "x", "X", 10, 10, "x")]), "sans macro")]
)
def test_a_button_needs_macros(sheet, fault):
    with pytest.raises(ValueError, match=fault):
        writer.to_bytes(Workbook([sheet], "x"))


@pytest.mark.parametrize("code", ["", "Fiche 1", "1x", "É", "x" * 32, "thisworkbook"])
def test_a_sheet_needs_a_code_name_that_vba_takes(code, contrat):
    sheet = Sheet("A", code_name=code)
    macros = coordinator_workbook.workbook(contrat, 2025, Pilotage(), home_sheet.InitialAccueil("x"), POST).macros
    with pytest.raises(ValueError, match="module|nom de code"):
        writer.to_bytes(Workbook([sheet], "x", macros=macros))


def test_a_computer_without_excel_writes_no_interpreter(monkeypatch):
    monkeypatch.setattr(sys, "platform", "linux")
    assert workstation.this_workstation() == workstation.Workstation()


def test_the_interpreter_of_this_computer_is_written_where_excel_may_call_it(monkeypatch):
    monkeypatch.setattr(sys, "platform", "darwin")
    monkeypatch.setattr(sys, "executable", "/opt/python/bin/python3")
    assert workstation.this_workstation()[:2] == ("", "/opt/python/bin/python3")


# --- The command line -----------------------------------------------------------------------------------------------


def test_the_command_makes_the_workbook_and_its_folder(tmp_path, capsys):
    cible = tmp_path / "campagne" / "K.xlsm"
    assert main(["coordonner", "--contrat", "dijon-2024-2028", "--annee", "2025", "--sortie", str(cible)]) == 0
    assert capsys.readouterr().out.split("\n")[:2] == [str(cible), str(cible.parent / "retours")]
    assert (cible.parent / "retours").is_dir()
    opened_book = openpyxl.load_workbook(cible)
    assert boxes(opened_book)["contrat"] == "dijon-2024-2028"
    assert (
        main(
            [
                "generer",
                "--contrat",
                "dijon-2024-2028",
                "--annee",
                "2025",
                "--pilotage",
                str(cible),
                "--sortie",
                str(tmp_path / "g"),
            ]
        )
        == 0
    )
    retour = next((tmp_path / "g").glob("*.xlsx"))
    assert main(
        [
            "consolider",
            str(retour),
            "--contrat",
            "dijon-2024-2028",
            "--annee",
            "2025",
            "--pilotage",
            str(cible),
            "--sortie",
            str(tmp_path / "c.xlsx"),
        ]
    ) in (0, 1)


@pytest.mark.parametrize(
    ("extra", "words"),
    [
        (["--annee", "2025", "--sortie", "K.xlsx"], "finit par .xlsm"),
        (["--annee", "1999", "--sortie", "K.xlsm"], "ne couvre pas"),
        (["--annee", "2025", "--sortie", "K.xlsm", "--pilotage", "absent.xlsx"], "ne peut pas être lu"),
        (["--annee", "2025", "--sortie", "K.xlsm", "--precedent", "absent.xlsx"], "est introuvable"),
    ],
)
def test_what_cannot_be_done_is_said_and_leaves_nothing(extra, words, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert main(["coordonner", "--contrat", "dijon-2024-2028", *extra]) == 2
    assert words in capsys.readouterr().err and list(tmp_path.iterdir()) == []
