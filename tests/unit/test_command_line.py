"""The command line as a person or a script meets it: French, exit codes, nothing half written."""

from __future__ import annotations

import re
import subprocess
import sys
import tempfile

import pytest

from cls_workbook import garbage
from cls_workbook.checks.catalogue import catalogue
from cls_workbook.cli.commands import main
from cls_workbook.definition.toml_reader import shipped
from cls_workbook.errors import OwnFault
from cls_workbook.version import PACKAGE
from cls_workbook.workbook import writer

COMMANDS = (
    "contrat",
    "generer",
    "pilotage",
    "coordonner",
    "complement",
    "dictionnaire",
    "consolider",
    "synthese",
    "controler",
    "exporter",
    "region",
    "anomalies",
    "demo",
)
ENGLISH = re.compile(r"\b(usage:|error|required|argument|invalid|choose|optional|positional)\b", re.IGNORECASE)


def run_cli(*arguments: str) -> tuple[int, str]:
    """Exit code of a command in this process (argparse leaves by SystemExit)."""
    try:
        return main(list(arguments)), ""
    except SystemExit as output:
        return output.code, ""


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_its_help_in_french(command, capsys):
    code, _ = run_cli(command, "--help")
    aide = capsys.readouterr().out
    assert code == 0
    assert aide.startswith(f"usage : cls-workbook {command}")
    assert not ENGLISH.search(aide.replace("usage :", ""))


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ((), "il manque"),
        (("exporterr",), "« exporterr » n’existe pas"),
        (("generer", "--annee", "2025"), "il manque : --contrat"),
        (("generer", "--contrat", "x", "--annee", "deux"), "« deux » ne convient pas"),
        (("generer", "--contrat"), "une valeur est attendue"),
        (("anomalies", "--tout"), "mots non compris : --tout"),
        (
            ("consolider", "r", "--contrat", "x", "--annee", "2025", "--sortie", "c.xlsx", "--date", "hier"),
            "« hier » n’est pas une date",
        ),
    ],
)
def test_a_mistyped_command_is_one_french_sentence_and_exit_code_2(arguments, words, capsys):
    code, _ = run_cli(*arguments)
    error = capsys.readouterr().err
    assert code == 2
    assert words in error
    assert not ENGLISH.search(error.replace("<commande>", ""))
    assert "Traceback" not in error


def test_the_shipped_contracts_are_listed_one_a_line_with_their_years(capsys):
    assert run_cli("contrat", "lister")[0] == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split("\t")[0] for line in lines] == list(shipped())
    assert "2024-2028" in next(line for line in lines if line.startswith("dijon-2024-2028\t"))


def test_a_definition_with_faults_lists_them_and_exits_1_an_unreadable_one_exits_2(tmp_path, capsys):
    faulty = tmp_path / "contrat.toml"
    faulty.write_text(
        '[contrat]\nid = "x"\ntitre = "X"\nnom_court = "X"\nterritoire = "T"\nannees = [2025]\ncoordination = '
        '"personne"\n',
        encoding="utf-8",
    )
    assert run_cli("contrat", "verifier", str(faulty))[0] == 1
    assert "«\u00a0personne\u00a0»" in capsys.readouterr().out
    faulty.write_text("[contrat", encoding="utf-8")
    assert run_cli("contrat", "verifier", str(faulty))[0] == 2
    assert "TOML" in capsys.readouterr().err


def test_a_shipped_definition_has_no_fault_and_its_27_known_points_to_settle(capsys):
    assert run_cli("contrat", "verifier", "dijon-2024-2028")[0] == 0
    codes = set(re.findall(r"\bA\d\d\b", capsys.readouterr().out))
    assert {f"A{n:02d}" for n in range(1, 28)} <= codes


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("generer", "--contrat", "inconnu", "--annee", "2025"), "« inconnu » est introuvable"),
        (("generer", "--contrat", "dijon-2024-2028", "--annee", "2031"), "ne couvre pas l’année 2031"),
        (
            ("consolider", "absent", "--contrat", "dijon-2024-2028", "--annee", "2025", "--sortie", "c.xlsx"),
            "« absent » n’existe pas",
        ),
        (("controler", "absent.xlsx"), "« absent.xlsx » n’existe pas"),
        (("synthese", "absent.xlsx", "--sortie", "s.xlsx"), "absent.xlsx"),
        (
            ("dictionnaire", "--contrat", "dijon-2024-2028", "--annee", "2025", "--structure", "nulle-part"),
            "« nulle-part »",
        ),
    ],
)
def test_what_cannot_be_done_is_said_in_one_sentence_and_leaves_no_file(
    arguments, words, tmp_path, monkeypatch, capsys
):
    monkeypatch.chdir(tmp_path)
    assert run_cli(*arguments)[0] == 2
    output = capsys.readouterr()
    assert words.replace("« ", "«\u00a0").replace(" »", "\u00a0»") in output.err
    assert output.out == ""
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "arguments",
    [
        ("generer", "--annee", "2025", "--sortie", "classeurs"),
        ("dictionnaire", "--annee", "2025"),
        ("pilotage", "--annee", "2025", "--sortie", "P.xlsx"),
        ("coordonner", "--annee", "2025", "--sortie", "K.xlsm"),
        ("consolider", ".", "--annee", "2025", "--sortie", "C.xlsx"),
        ("controler", "."),
    ],
    ids=lambda arguments: arguments[0],
)
def test_a_definition_with_a_fault_is_refused_with_its_place_by_whoever_is_given_it(
    arguments, tmp_path, monkeypatch, capsys
):
    sound = shipped()["dijon-2024-2028"].read_text(encoding="utf-8")
    faulty = tmp_path / "contrat.toml"
    faulty.write_text(sound.replace('porteurs = ["', 'porteurs = ["inconnue", "', 1), encoding="utf-8")
    (tmp_path / "ici").mkdir()
    monkeypatch.chdir(tmp_path / "ici")
    assert run_cli(*arguments, "--contrat", str(faulty))[0] == 2
    said = capsys.readouterr().err
    assert "porteurs[1]" in said and "la structure «\u00a0inconnue\u00a0» n’existe pas" in said.replace(
        "« ", "«\u00a0"
    ).replace(" »", "\u00a0»")
    assert list((tmp_path / "ici").iterdir()) == []


@pytest.fixture
def details_folder(tmp_path, monkeypatch):
    """Where the details of a fault are written."""
    folder = tmp_path / "détails"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    return folder


def test_a_fault_of_ours_is_one_french_sentence_exit_code_3_and_a_file_that_holds_the_traceback(
    details_folder, tmp_path, monkeypatch, capsys
):
    def fail(*_):
        raise OwnFault("la table « Mesures » contredit son schéma")

    monkeypatch.setattr(writer, "to_bytes", fail)
    made = tmp_path / "P.xlsx"
    assert run_cli("pilotage", "--contrat", "dijon-2024-2028", "--annee", "2025", "--sortie", str(made))[0] == 3
    output = capsys.readouterr()
    (details,) = details_folder.iterdir()
    assert re.fullmatch(r"cls-workbook-erreur-.+\.txt", details.name)
    assert output.out == ""
    assert len(output.err.splitlines()) == 1
    assert "L’outil est en faute" in output.err
    assert str(details) in output.err
    assert "Traceback" not in output.err
    told = details.read_text(encoding="utf-8")
    assert "Demandé : cls-workbook pilotage --contrat dijon-2024-2028 --annee 2025" in told
    assert "Traceback (most recent call last)" in told
    assert "la table « Mesures » contredit son schéma" in told
    assert list(tmp_path.iterdir()) == [details_folder]  # nothing half written


def test_a_fault_whose_details_cannot_be_written_says_itself_what_it_is(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "absent"))
    monkeypatch.setattr(writer, "to_bytes", lambda *_: 1 / 0)
    made = str(tmp_path / "P.xlsx")
    assert run_cli("pilotage", "--contrat", "dijon-2024-2028", "--annee", "2025", "--sortie", made)[0] == 3
    assert "ZeroDivisionError" in capsys.readouterr().err


def test_an_interrupted_command_is_a_sentence_and_exit_code_2(tmp_path, monkeypatch, capsys):
    def interrupt(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(writer, "to_bytes", interrupt)
    made = str(tmp_path / "P.xlsx")
    assert run_cli("pilotage", "--contrat", "dijon-2024-2028", "--annee", "2025", "--sortie", made)[0] == 2
    assert capsys.readouterr().err.startswith("Interrompu")
    assert list(tmp_path.iterdir()) == []


def test_a_reader_that_has_had_enough_gets_no_traceback():
    command = subprocess.Popen(
        [sys.executable, "-m", "cls_workbook", "anomalies"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    command.stdout.close()
    assert command.stderr.read() == ""
    command.stderr.close()
    assert command.wait() == 2


def test_the_catalogue_of_checks_says_what_is_looked_for_and_then_its_code(capsys):
    assert run_cli("anomalies")[0] == 0
    said = capsys.readouterr().out
    assert said.startswith("BLOQUANT\u00a0: la valeur est hors des totaux\n")
    codes = re.findall(r"^    ([A-Z_0-9]+)(?:, ou .*)?$", said, re.M)
    assert sorted(codes) == sorted(check.code for check in catalogue())
    assert "  • Une date ne se lit pas, ou n’existe pas.\n    DATE_ILLISIBLE\n" in said
    assert max(map(len, said.splitlines())) <= 110


def test_every_command_says_its_version(capsys):
    for words in ((), ("consolider",), ("contrat", "verifier")):
        with pytest.raises(SystemExit) as end:
            main([*words, "--version"])
        assert end.value.code == 0
        assert capsys.readouterr().out == f"cls-workbook {PACKAGE}\n"


@pytest.mark.parametrize(
    ("typed", "meant"), [(("controller",), "controler"), (("syntheses",), "synthese"), (("contrat", "liste"), "lister")]
)
def test_a_mistyped_command_is_told_which_one_was_meant(typed, meant, capsys):
    with pytest.raises(SystemExit) as end:
        main([*typed])
    assert end.value.code == 2
    assert f"« {typed[-1]} » n’existe pas ; vouliez-vous dire « {meant} » ?" in capsys.readouterr().err


def test_a_word_that_is_near_no_command_is_told_them_all(capsys):
    with pytest.raises(SystemExit):
        main(["zzz"])
    assert "au choix : " in capsys.readouterr().err


def test_each_kind_of_file_has_one_letter_in_the_help(capsys):
    """``P.xlsx`` was the pilotage in one command, last year's consolidation in another."""
    found, options = {}, {}
    for words in (
        *[(c,) for c in COMMANDS],
        ("contrat", "modele"),
        ("contrat", "importer"),
        ("complement", "installer"),
    ):
        with pytest.raises(SystemExit):
            main([*words, "--help"])
        said = capsys.readouterr().out
        for letter, extension in re.findall(r"\b([A-Z])\.([a-z]+)\b", said):
            found.setdefault(letter, set()).add(extension)
        for name, letter in re.findall(r"(--precedent|--pilotage) ([A-Z])\.", said):
            options.setdefault(name, set()).add(letter)
    assert found == {letter: {{"D": "toml", "K": "xlsm"}.get(letter, "xlsx")} for letter in "CDKPRSX"}
    assert options == {"--precedent": {"C"}, "--pilotage": {"P"}}


def test_help_imports_nothing_heavy():
    programme = (
        "import sys; from cls_workbook.cli.commands import main\ntry: main(['--help'])\nexcept SystemExit: "
        "pass\nprint(sorted(m for m in sys.modules if m.partition('.')[0] in "
        "('pandas', 'pandera', 'xlwings', 'openpyxl', 'xlsxwriter', 'python_calamine', 'pathlib', 'datetime')), "
        "file=sys.stderr)"
    )
    result = subprocess.run([sys.executable, "-S", "-c", programme], capture_output=True, text=True, check=True)
    assert result.stderr.strip() == "[]"


def test_one_return_is_checked_without_what_only_many_need(tmp_path):
    """Schemas, pools of processes, progress bars, what writes workbooks: each would add to the second that it takes."""
    from cls_workbook.pipeline.way_out import generer

    *_, retour = generer("dijon-2024-2028", 2025, str(tmp_path))
    programme = (
        "import sys; from cls_workbook.cli.commands import main\n"
        f"code = main(['controler', {str(retour)!r}])\n"
        "print(code, sorted({'pandera', 'tqdm', 'concurrent.futures.process', 'multiprocessing', 'xlsxwriter', "
        "'openpyxl', 'lxml'} & set(sys.modules)), file=sys.stderr)"
    )
    result = subprocess.run([sys.executable, "-c", programme], capture_output=True, text=True)
    assert result.stderr.strip() == "0 []"


def test_the_collector_rests_during_one_command_and_what_it_found_is_left_alone_at_its_end(monkeypatch):
    done = []
    monkeypatch.setattr(garbage.gc, "set_threshold", lambda number: done.append(("rarely", number)))
    monkeypatch.setattr(garbage.gc, "freeze", lambda: done.append("left alone"))
    with pytest.raises(SystemExit), garbage.of_one_command():
        done.append("command")
        sys.exit(2)
    assert done == [("rarely", garbage.BETWEEN_VISITS), "command", "left alone"]
