"""The command line as a person or a script meets it: French, exit codes, nothing half written."""

from __future__ import annotations

import argparse
import re
import subprocess
import sys
import tempfile

import pytest

from cls_workbook import garbage
from cls_workbook.checks.catalogue import catalogue
from cls_workbook.cli import commands
from cls_workbook.cli.commands import main
from cls_workbook.definition.toml_reader import shipped
from cls_workbook.errors import OwnFault
from cls_workbook.version import PACKAGE
from cls_workbook.workbook import writer

ENGLISH = re.compile(
    r"\b(usage|error|required|argument|invalid|choose|optional|positional|could|expected|ignored|explicit)\b", re.I
)
ILL_SPACED = re.compile(r"\w:(?:\s|$)| [:;!?»]|« ", re.M)  # French wants a non-breaking space there


def every_parser(parser=None):
    """That of the tool, of each family and of each command: (what is typed to reach it, the parser)."""
    commands.speak_french()
    parser = parser or commands._parser()
    yield parser.prog.split()[1:], parser
    for action in parser._actions:
        for under in action.choices.values() if isinstance(action, argparse._SubParsersAction) else ():
            yield from every_parser(under)


PARSERS = {" ".join(words): (words, parser) for words, parser in every_parser()}


def plain(texte):
    return texte.replace("\u00a0", " ")


def run_cli(*arguments: str) -> tuple[int, str]:
    """Exit code of a command in this process (argparse leaves by SystemExit)."""
    try:
        return main(list(arguments)), ""
    except SystemExit as output:
        return output.code, ""


@pytest.mark.parametrize("typed", PARSERS)
def test_every_command_has_its_help_in_french(typed):
    words, parser = PARSERS[typed]
    aide = parser.format_help()
    assert aide.startswith(f"utilisation\u00a0: {' '.join(['cls-workbook', *words])} ")
    assert not ENGLISH.search(aide) and not ILL_SPACED.search(aide)
    assert "\noptions\u00a0:\n" in aide and ("\narguments\u00a0:\n" in aide) == any(
        not action.option_strings and action.metavar != "<commande>" for action in parser._actions
    )
    assert all(action.help for action in parser._actions if action.metavar != "<commande>")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ((), "il manque : <commande>."),
        (("zzz",), "« zzz » n’existe pas ; au choix : contrat, noyau, generer,"),
        (("exporter", "c.xlsx", "--format", "zzz"), "--format : « zzz » n’existe pas ; au choix : csv, csv-excel,"),
        (("generer", "--annee", "2025"), "il manque : --contrat"),
        (
            ("generer", "--contrat", "x", "--annee", "deux"),
            "« deux » ne convient pas, un nombre en chiffres est attendu",
        ),
        (("generer", "--contrat"), "une valeur est attendue"),
        (("generer", "--par-structure=oui"), "--par-structure : ne prend pas de valeur ; reçu : « oui »."),
        (("generer", "--p"), "« --p » est ambigu ; au choix : --par-structure, --precedent, --pilotage."),
        (("anomalies", "--zzz"), "cls-workbook anomalies : « --zzz » n’existe pas ; au choix : -h, --help, --version."),
        (("demo", "un", "deux"), "cls-workbook demo : mots non compris : un deux."),
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
    assert words in plain(error)
    assert not ENGLISH.search(error) and not ILL_SPACED.search(error)
    assert "Traceback" not in error


SHIPPED = "dijon-2024-2028"
YEAR_OF = ("--contrat", SHIPPED, "--annee", "2025")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("generer", "--contrat", "dijon", "--annee", "2025"), f"Vouliez-vous dire « {SHIPPED} » ?"),
        (("generer", "--contrat", "dossier", "--annee", "2025"), "« dossier » est un dossier : ce n’est ni un contrat"),
        (
            ("generer", "--contrat", "note.txt", "--annee", "2025"),
            "note.txt n’est pas un fichier TOML lisible, ligne 1,",
        ),
        (("generer", "--contrat", "absent.toml", "--annee", "2025"), "est introuvable : ce n’est ni un contrat livré"),
        (("generer", "--contrat", SHIPPED, "--annee", "2035"), "ne couvre pas l’année 2035. Années du contrat : 2024,"),
        (("generer", *YEAR_OF, "--precedent", "dossier"), "introuvable ou illisible. C’est un dossier. Indiquez"),
        (
            ("generer", *YEAR_OF, "--sortie", "note.txt"),
            "« note.txt » est un nom de fichier : indiquez un nom de dossier",
        ),
        (("pilotage", *YEAR_OF, "--sortie", "note.txt/P.xlsx"), "(un fichier est à la place d’un dossier)"),
        (("pilotage", *YEAR_OF, "--sortie", "dossier"), "« dossier » est un dossier : indiquez un nom de fichier"),
        (("pilotage", *YEAR_OF, "--sortie", "P.txt"), "ce qui s’écrit là est un fichier .xlsx"),
        (("synthese", "dossier", "--sortie", "S.xlsx"), "introuvable ou illisible. C’est un dossier. Indiquez"),
        (("exporter", "dossier", "--format", "csv", "--sortie", "D"), "introuvable ou illisible. C’est un dossier."),
        (
            ("synthese", "note.txt", "--sortie", "S.xlsx", "--logos", "absent"),
            "Le dossier de logos « absent » n’existe pas",
        ),
        (("controler", "absent.xlsx"), "« absent.xlsx » n’existe pas : indiquez un retour, ou le dossier"),
        (("controler", "dossier"), "Aucun fichier à lire"),
        (("controler", "~$retour.xlsx", ".~lock.retour.xlsx#"), "Aucun fichier à lire"),
        (("page", "--sortie", "P.html", "--pyodide", "absent"), "(il n’existe pas). Indiquez avec --pyodide"),
    ],
)
def test_a_wrong_file_is_one_french_sentence_with_its_remedy_and_nothing_written(
    arguments, words, capsys, tmp_path, monkeypatch
):
    (tmp_path / "dossier").mkdir()
    for nom in ("note.txt", "~$retour.xlsx", ".~lock.retour.xlsx#"):
        (tmp_path / nom).write_text("bonjour à tous\n", encoding="utf-8")
    before = sorted(p.name for p in tmp_path.rglob("*"))
    monkeypatch.chdir(tmp_path)
    assert run_cli(*arguments)[0] == 2
    error = capsys.readouterr().err
    assert words in plain(error)
    assert not ENGLISH.search(error) and "Errno" not in error and "Traceback" not in error
    assert sorted(p.name for p in tmp_path.rglob("*")) == before


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
    ("typed", "refused", "meant"),
    [
        ("controller", "controller", "controler"),
        ("syntheses", "syntheses", "synthese"),
        ("contrat liste", "liste", "lister"),
        ("exporter c.xlsx --format cvs", "cvs", "csv"),
        # an option, though what is lacking could be told first
        ("generer --anee 2025 --contrat x", "--anee", "--annee"),
        ("consolider r --contrat=x --annee=2025 --sorite=c.xlsx", "--sorite", "--sortie"),
        ("generer --contrat x --annee 2025 -sortie d", "-sortie", "--sortie"),
        ("--versoin", "--versoin", "--version"),
        ("-help", "-help", "--help"),
        ("contrat lister --halp", "--halp", "--help"),
    ],
)
def test_a_mistyped_word_is_told_which_one_was_meant(typed, refused, meant, capsys):
    assert run_cli(*typed.split())[0] == 2
    assert f"« {refused} » n’existe pas ; vouliez-vous dire « {meant} » ?\n" in plain(capsys.readouterr().err)


def test_what_looks_like_an_option_and_is_none_is_a_value_as_before(capsys):
    assert run_cli("controler", "-- absent --.xlsx")[0] == 2
    assert "« -- absent --.xlsx » n’existe pas" in plain(capsys.readouterr().err)
    assert run_cli("controler", "absent.xlsx", "--processus", "-2")[0] == 2
    assert "--processus) est au moins 1" in plain(capsys.readouterr().err)
    assert run_cli("controler", "--", "--absent.xlsx")[0] == 2
    assert "« --absent.xlsx » n’existe pas" in plain(capsys.readouterr().err)


def test_each_kind_of_file_has_one_letter_in_the_help():
    """``P.xlsx`` was the pilotage in one command, last year's consolidation in another."""
    explained = dict(commands.KINDS_OF_FILES)
    letters, of_option = {}, {}
    for _, parser in PARSERS.values():
        for action in parser._actions:
            for letter in re.findall(r"\b[A-Z]\.[a-z]+\b", action.metavar or ""):
                letters.setdefault(letter[0], set()).add(letter)
                if action.dest not in ("sortie", "modele", "classeur"):
                    of_option.setdefault(action.dest, set()).add(letter)
            assert not re.search(r"[A-Z]{2,}\.[a-z]", action.metavar or ""), "a word instead of a letter"
    assert letters.pop("M") == {"M.docx", "M.pptx"}  # a template of one's own
    assert {one for (one,) in letters.values()} | {"M.docx, M.pptx", "RETOUR"} == explained.keys()
    assert of_option == {
        "fichier": {"D.toml", "N.toml"},
        "contrat": {"D.toml"},
        "noyau": {"N.toml"},
        "precedent": {"C.xlsx"},
        "pilotage": {"P.xlsx"},
        "consolidation": {"C.xlsx"},
        "retours": {"C.xlsx"},
        "syntheses": {"S.xlsx", "C.xlsx"},
    }
    assert len(set(explained.values())) == len(explained)


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
        "'openpyxl', 'lxml', 'email.policy'} & set(sys.modules)), file=sys.stderr)"
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
