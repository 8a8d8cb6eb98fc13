"""What is written takes its place in one move, keeps the mode of what it replaces, and bears the name of its kind."""

import os
import re
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from cls_workbook import forms
from cls_workbook.cli.commands import main
from cls_workbook.definition.toml_reader import load
from cls_workbook.domain.contrat_years import in_year
from cls_workbook.errors import Refusal
from cls_workbook.forms.editions import produce
from cls_workbook.reports.exports import whole_folder
from cls_workbook.workbook import saving
from cls_workbook.workbook.saving import save
from tests.support.small_contrat import YEAR, definition

ROOT = Path(__file__).parents[2]
posix = pytest.mark.skipif(sys.platform == "win32", reason="modes and locks of POSIX")


def mode(path):
    return stat.S_IMODE(path.stat().st_mode)


def export(folder, **texts):
    """An export of files named after ``texts``."""
    with whole_folder.whole_folder(folder) as provisoire:
        for name, text in texts.items():
            (provisoire / f"{name}.csv").write_text(text, encoding="utf-8")
        resources = ", ".join(f'{{"path": "{name}.csv"}}' for name in texts)
        (provisoire / "datapackage.json").write_text(f'{{"cls-workbook": {{}}, "resources": [{resources}]}}')


def run_and_die(code):
    """Runs ``code`` in a process of its own, that it is to leave by ``os._exit(9)``."""
    environment = os.environ | {"PYTHONPATH": os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")])}
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True)
    assert done.returncode == 9, done.stderr


# --- modes and links --------------------------------------------------------------------------------------------------


@posix
@pytest.mark.parametrize("private", [0o600, 0o640, 0o644])
def test_a_file_that_is_replaced_keeps_its_mode(tmp_path, private):
    target = tmp_path / "C.xlsx"
    target.write_bytes(b"avant")
    target.chmod(private)
    save(b"neuf", target)
    assert (target.read_bytes(), mode(target)) == (b"neuf", private)


@posix
def test_a_private_file_is_private_while_it_is_written(tmp_path, monkeypatch):
    target, seen = tmp_path / "C.xlsx", []
    target.write_bytes(b"avant")
    target.chmod(0o600)
    write = Path.write_bytes
    monkeypatch.setattr(Path, "write_bytes", lambda path, content: (seen.append(mode(path)), write(path, content)))
    save(b"neuf", target)
    assert seen == [0o600]


@posix
def test_a_new_file_has_the_mode_that_the_person_gives_to_new_files(tmp_path):
    (tmp_path / "temoin").write_bytes(b"")
    save(b"neuf", tmp_path / "C.xlsx")
    assert mode(tmp_path / "C.xlsx") == mode(tmp_path / "temoin")


@posix
def test_a_link_still_leads_to_the_file(tmp_path):
    (tmp_path / "ailleurs").mkdir()
    real = tmp_path / "ailleurs" / "C.xlsx"
    real.write_bytes(b"avant")
    (tmp_path / "C.xlsx").symlink_to(real)
    save(b"neuf", tmp_path / "C.xlsx")
    assert (tmp_path / "C.xlsx").is_symlink() and real.read_bytes() == b"neuf"


@posix
@pytest.mark.parametrize("at_once", [True, False], ids=["in one move", "in two moves"])
def test_an_export_that_was_private_stays_private(tmp_path, monkeypatch, at_once):
    if not at_once:
        monkeypatch.setattr(whole_folder, "_exchange", lambda one, other: False)
    export(tmp_path / "D", retours="1", mesures="2")
    for file in (tmp_path / "D").iterdir():
        file.chmod(0o600)
    (tmp_path / "D" / "mesures.csv").chmod(0o640)
    (tmp_path / "D").chmod(0o700)
    export(tmp_path / "D", retours="3", mesures="4", anomalies="5")
    modes = {p.name: mode(p) for p in (tmp_path / "D").iterdir()}
    assert modes == {"retours.csv": 0o600, "mesures.csv": 0o640, "anomalies.csv": 0o600, "datapackage.json": 0o600}
    assert mode(tmp_path / "D") == 0o700
    assert (tmp_path / "D" / "retours.csv").read_text() == "3"


# --- killed in the middle ---------------------------------------------------------------------------------------------

WRITE = """
import os
from pathlib import Path
from cls_workbook.workbook import saving
{}
saving.save(b"neuf", Path({!r}))
"""
EXPORT = """
import os
from pathlib import Path
from cls_workbook.reports.exports import whole_folder
{}
with whole_folder.whole_folder(Path({!r})) as folder:
    (folder / "retours.csv").write_text("neuf")
    (folder / "datapackage.json").write_text('{{"cls-workbook": {{}}, "resources": [{{"path": "retours.csv"}}]}}')
"""
DIES_BEFORE_MOVE_2 = """
moves, move = [], os.replace
def dying(*ends):
    moves.append(ends)
    os._exit(9) if len(moves) == 2 else move(*ends)
os.replace = dying
"""


def test_a_file_killed_before_its_move_leaves_the_former_one_and_is_swept(tmp_path):
    save(b"avant", tmp_path / "C.xlsx")
    run_and_die(WRITE.format("os.replace = lambda *_: os._exit(9)", str(tmp_path / "C.xlsx")))
    assert (tmp_path / "C.xlsx").read_bytes() == b"avant" and len(list(tmp_path.iterdir())) == 2
    save(b"autre", tmp_path / "D.xlsx")  # another file of the same folder
    assert sorted(p.name for p in tmp_path.iterdir()) == ["C.xlsx", "D.xlsx"]


@pytest.mark.parametrize(
    "death",
    [
        "whole_folder._take_place_of = lambda *_: os._exit(9)",
        "whole_folder.shutil.rmtree = lambda *a, **k: os._exit(9)",
    ],
    ids=["before the move", "after it"],
)
def test_an_export_killed_about_its_move_leaves_a_whole_one_and_is_swept(tmp_path, death):
    export(tmp_path / "D", retours="avant")
    run_and_die(EXPORT.format(death, str(tmp_path / "D")))
    assert (tmp_path / "D" / "retours.csv").read_text() in ("avant", "neuf")
    export(tmp_path / "D", retours="ensuite")
    assert [p.name for p in tmp_path.iterdir()] == ["D"]
    assert (tmp_path / "D" / "retours.csv").read_text() == "ensuite"


@pytest.mark.skipif(sys.platform not in ("linux", "darwin"), reason="where the system exchanges two folders")
def test_no_export_is_between_two_moves_where_the_system_exchanges_folders(tmp_path):
    export(tmp_path / "D", retours="avant")
    with pytest.MonkeyPatch.context() as during:
        during.setattr(whole_folder.os, "replace", lambda *_: pytest.fail("a second move would be needed"))
        export(tmp_path / "D", retours="neuf")
    assert (tmp_path / "D" / "retours.csv").read_text() == "neuf"


def test_elsewhere_an_export_killed_between_two_moves_is_put_back_by_the_next_one(tmp_path):
    export(tmp_path / "D", retours="avant")
    run_and_die(EXPORT.format("whole_folder._exchange = lambda *_: False" + DIES_BEFORE_MOVE_2, str(tmp_path / "D")))
    with pytest.raises(ZeroDivisionError), whole_folder.whole_folder(tmp_path / "D"):
        _ = 1 / 0  # this one fails too
    assert (tmp_path / "D" / "retours.csv").read_text() == "avant"
    assert [p.name for p in tmp_path.iterdir()] == ["D"]


@posix
def test_what_another_run_is_writing_is_not_swept(tmp_path):
    partial = saving.partial_beside(tmp_path / "C.xlsx")
    with partial.open("wb") as file, saving.held(file.fileno()):
        save(b"autre", tmp_path / "D.xlsx")
        assert partial.exists()
    save(b"autre", tmp_path / "D.xlsx")
    assert not partial.exists()


def test_a_file_that_only_resembles_a_leftover_stays(tmp_path):
    for name in (".notes.partiel", "0123456789ab.partiel", ".0123456789ab.partiel.xlsx"):
        (tmp_path / name).write_text("à garder")
    save(b"neuf", tmp_path / "C.xlsx")
    assert len(list(tmp_path.iterdir())) == 4


# --- names ------------------------------------------------------------------------------------------------------------

CAMPAIGN = ("--contrat", "dijon-2024-2028", "--annee", "2025")
FILES = {
    ".xlsx": [
        ("pilotage", *CAMPAIGN),
        ("consolider", "retours", *CAMPAIGN),
        ("synthese", "C.xlsx"),
        ("region", "S.xlsx"),
        ("contrat", "modele"),
        ("noyau", "modele"),
        ("dictionnaire", *CAMPAIGN, "--format", "xlsx"),
    ],
    ".xlsm": [("coordonner", *CAMPAIGN)],
    ".docx": [("bilan", "C.xlsx")],
    ".odt": [("bilan", "C.xlsx", "--format", "odt")],
    ".pptx": [("presentation", "C.xlsx")],
    ".html": [("page",)],
    ".toml": [("contrat", "importer", "D.xlsx"), ("noyau", "importer", "D.xlsx")],
    ".csv": [("dictionnaire", *CAMPAIGN, "--format", "csv")],
    ".json": [("dictionnaire", *CAMPAIGN)],
}
FOLDERS = [
    ("generer", *CAMPAIGN, "--sortie"),
    ("exporter", "C.xlsx", "--format", "csv", "--sortie"),
    ("relances", "retours", *CAMPAIGN, "--sortie"),
    ("compte-rendu", "retours", *CAMPAIGN, "--sortie"),
    ("demo", "--sortie"),
    ("complement", "installer", "--sortie"),
    ("controler", "R.xlsx", "--annoter"),
]


@pytest.mark.parametrize(
    ("command", "extension"),
    [(c, e) for e, commands in FILES.items() for c in commands],
    ids=lambda v: " ".join(v[:2]) if isinstance(v, tuple) else v,
)
@pytest.mark.parametrize("name", ["x.pdf", "x", "x.xls", "x.xlsx.txt", ".xlsx"])
def test_a_file_is_refused_unless_its_name_ends_as_its_kind(command, extension, name, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert main([*command, "--sortie", name]) == 2
    said = capsys.readouterr().err.replace("\u00a0", " ")
    assert f"« {name} »" in said and f"son nom finit par {extension}" in said
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("command", FOLDERS, ids=lambda c: c[0])
@pytest.mark.parametrize("name", ["x.pdf", "X.XLSX", "sous/x.csv"])
def test_a_folder_does_not_bear_the_name_of_a_file(command, name, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert main([*command, name]) == 2
    assert "indiquez un nom de dossier" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_every_option_that_names_what_is_written_is_tried_above():
    import argparse

    from cls_workbook.cli.commands import _parser

    def written(parser, words=()):
        for action in parser._actions:
            if isinstance(action, argparse._SubParsersAction):
                for name, command in action.choices.items():
                    yield from written(command, (*words, name))
            elif action.option_strings and action.option_strings[0] in ("--sortie", "--annoter"):
                yield words

    tried = {c for commands in FILES.values() for c in commands} | set(FOLDERS)
    for words in written(_parser()):
        assert any(c[: len(words)] == words for c in tried), words


OUTSIDE = ["../x", "..", "/x", "a/../../x", "..\\\\x", "C:x", "x\\u0000"]  # as TOML writes them


@pytest.mark.parametrize("identifier", OUTSIDE)
def test_an_id_that_would_lead_out_of_the_folder_is_refused(identifier, tmp_path, capsys):
    text = definition(tmp_path).read_text(encoding="utf-8").replace('id = "essai"', f'id = "{identifier}"', 1)
    (tmp_path / "essai.toml").write_text(text, encoding="utf-8")
    given = ("--contrat", str(tmp_path / "essai.toml"), "--annee", str(YEAR), "--sortie")
    assert main(["generer", *given, str(tmp_path / "sous" / "D"), "--par-structure"]) == 2
    assert main(["pilotage", *given, str(tmp_path / "sous" / "P.xlsx")]) == 2
    assert "ne peut pas servir dans un nom de fichier" in capsys.readouterr().err
    assert [p.name for p in tmp_path.rglob("*")] == ["essai.toml"]


@pytest.mark.parametrize("name", ["../x", "/etc/x", "..", "C:\\x", "\u202e.exe", "x" * 300, "健康", "con\u0000"])
def test_a_structure_named_by_the_coordinator_gives_the_name_of_a_file_of_this_folder(name):
    said = forms.file_name(name)
    assert re.fullmatch("[a-z0-9]+(-[a-z0-9]+)*", said) and len(said) <= 80


def test_two_structures_whose_names_look_alike_have_each_its_file(tmp_path):
    contrat = in_year(load(definition(tmp_path)), YEAR)
    alike = [forms.Respondent(name, name, (("1.1", ""),)) for name in ("École A", "Ecole-A", "école a !")]
    names = [name for name, _ in produce(contrat, YEAR, alike, forms.WorkbookContext())]
    assert names == ["essai-2025-ecole-a.xlsx", "essai-2025-ecole-a-2.xlsx", "essai-2025-ecole-a-3.xlsx"]


def test_a_folder_whose_name_has_a_dot_is_a_folder(tmp_path):
    saving.require_folder(tmp_path / "retours.2026")
    (tmp_path / "classeurs.xlsx").mkdir()
    saving.require_folder(tmp_path / "classeurs.xlsx")
    with pytest.raises(Refusal, match="est un dossier"):
        saving.require_kind(tmp_path / "classeurs.xlsx", ".xlsx")
    saving.require_kind("C.XLSX", ".xlsx")
