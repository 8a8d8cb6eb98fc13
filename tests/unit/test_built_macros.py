"""The macros as they are shipped: built from the text of ``macros/``, read back, tied to the sheets,
the ribbon and Python.
"""

from __future__ import annotations

import html
import importlib
import inspect
import re
import zipfile
from io import BytesIO
from pathlib import Path
from xml.etree import ElementTree

import olefile
import pytest
from oletools.olevba import VBA_Parser
from pyopenvba import ExcelFile, check_file

from cls_workbook import resources, version
from cls_workbook.french import typography
from cls_workbook.office.coordinator import addin, home_sheet
from macros import build

SOURCES = build.SOURCES
SHIPPED_DEFINITIONS = resources.folder("templates")
OUR_SOURCES = sorted(f for d in ("commun", "classeur", "complement") for f in (SOURCES / d).iterdir())
XLWINGS = sorted(f for f in (SOURCES / "xlwings").iterdir() if f.suffix in (".bas", ".cls"))


@pytest.fixture(scope="module")
def rebuilt(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("macros")
    build.build(folder)
    return folder


@pytest.fixture(scope="module", params=["classeur", "complement"])
def project(request, tmp_path_factory, coordination_workbook) -> tuple[Path, bool]:
    """A file with macros, and whether it is the add-in."""
    if request.param == "classeur":
        return coordination_workbook, False
    return addin.installer(tmp_path_factory.mktemp("complement"))[0][0], True


# --- The build ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("nom", ["vbaProject.bin", "cls-workbook.xlam"])
def test_what_is_shipped_is_what_the_text_gives(rebuilt, nom):
    """If this fails: python -m macros.build"""
    assert (rebuilt / nom).read_bytes() == (SHIPPED_DEFINITIONS / nom).read_bytes()


@pytest.mark.parametrize("file", [*OUR_SOURCES, *XLWINGS], ids=lambda f: f.name)
def test_a_source_is_ascii_with_the_line_ends_of_vba(file):
    file_bytes = file.read_bytes()
    assert file_bytes.isascii()
    assert file_bytes.count(b"\r\n") == file_bytes.count(b"\n") == file_bytes.count(b"\r")
    assert all(len(line) < 1023 for line in file_bytes.splitlines()), "VBA refuses longer lines"


@pytest.mark.parametrize("file", OUR_SOURCES, ids=lambda f: f.name)
def test_every_module_of_ours_declares_its_variables(file):
    texte = file.read_text(encoding="ascii")
    assert "\nOption Explicit\n" in texte
    assert f'Attribute VB_Name = "{file.stem}"' in texte


def test_a_source_that_vba_would_not_read_is_not_built(tmp_path):
    (tmp_path / "A.bas").write_bytes(b"Option Explicit\n")
    with pytest.raises(ValueError, match="CRLF"):
        build.read(tmp_path / "A.bas")


def test_xlwings_is_embedded_as_published_but_for_its_messages_and_where_it_imports_from():
    import xlwings

    if xlwings.__version__ != version.XLWINGS:
        pytest.skip("another version of xlwings is installed than the one that is embedded")
    published = Path(xlwings.__file__).parent
    for ours, their_name in (
        ("xlwings.bas", "xlwings.bas"),
        ("xlwings_custom_addin.bas", "xlwings_custom_addin.bas"),
        ("Dictionary.cls", "addin/Dictionary.cls"),
    ):
        assert (SOURCES / "xlwings" / ours).read_bytes() == (published / their_name).read_bytes()
    for is_addin in (False, True):
        embedded = {m.nom: m.source for m in build.modules(is_addin)}["xlwings"].splitlines()
        origin = build.read(
            SOURCES / "xlwings" / ("xlwings_custom_addin.bas" if is_addin else "xlwings.bas")
        ).splitlines()
        changed = [fresh for former, fresh in zip(origin, embedded, strict=True) if former != fresh]
        assert len(changed) == 7 + is_addin
        assert not any("MsgBox" in line for line in changed)


def test_a_change_in_xlwings_that_would_bring_its_messages_back_stops_the_build():
    with pytest.raises(ValueError, match="attendu une fois"):
        build.patch("Sub Autre()", build.PATCHES)


def test_the_licences_of_what_is_embedded_are_kept(project):
    file, _ = project
    with ExcelFile(file) as opened_book:
        modules = opened_book.vba_modules()
    assert (
        "BSD 3-clause" in modules["xlwings"] and "Redistributions in binary form must reproduce" in modules["xlwings"]
    )
    assert "@license: MIT" in modules["Dictionary"] and "Tim Hall" in modules["Dictionary"]
    assert "Permission is hereby granted" in (SOURCES / "xlwings" / "LICENCES.md").read_text(encoding="utf-8")


# --- Read back ------------------------------------------------------------------------------------------------------


def body(source: str) -> str:
    """A module without its attributes, which Excel's export and the stream do not write alike."""
    return re.sub(
        r"\A(?:VERSION 1\.0 CLASS\n.*?\nEND\n)?(?:Attribute VB_.*\n)*",
        "",
        source.replace("\r\n", "\n"),
        flags=re.DOTALL,
    )


def test_two_readers_give_the_sources_back(project):
    file, is_addin = project
    all_wanted = {m.nom: body(m.source) for m in build.modules(is_addin)}
    with ExcelFile(file) as opened_book:
        values_read = {nom: body(source) for nom, source in opened_book.vba_modules().items()}
        assert opened_book.validate() == []
    assert {nom: values_read[nom] for nom in all_wanted} == all_wanted
    reader = VBA_Parser(str(file))
    excerpts = {nom.rpartition(".")[0]: body(source) for _, _, nom, source in reader.extract_macros()}
    reader.close()
    # olevba leaves out the last line end
    assert {nom: excerpts[nom].rstrip("\n") for nom in all_wanted} == {
        nom: source.rstrip("\n") for nom, source in all_wanted.items()
    }


def test_an_independent_check_finds_nothing_to_say(project):
    assert list(check_file(project[0]).issues) == []


def test_excel_compiles_from_the_sources(project):
    """No compiled copy: neither in its own stream nor in front of a module ([MS-OVBA] 2.3.4.1)."""
    with zipfile.ZipFile(project[0]) as archive, olefile.OleFileIO(archive.read("xl/vbaProject.bin")) as ole:
        assert ole.openstream("VBA/_VBA_PROJECT").read() == bytes.fromhex("CC61FFFF000000")
    with ExcelFile(project[0]) as opened_book:
        assert {m.text_offset for m in opened_book.vba_project().modules} == {0}


# --- Tied to the sheets ---------------------------------------------------------------------------------------------


def test_code_names_project_lines_and_sheets_agree(project):
    with zipfile.ZipFile(project[0]) as archive:
        workbook = ElementTree.fromstring(archive.read("xl/workbook.xml"))
        worksheets = sorted(n for n in archive.namelist() if re.fullmatch(r"xl/worksheets/sheet\d+\.xml", n))
        codes = [re.search(rb'<sheetPr[^>]*codeName="(\w+)"', archive.read(n))[1].decode() for n in worksheets]
        workbook_code = re.search(rb'<workbookPr[^>]*codeName="(\w+)"', archive.read("xl/workbook.xml"))[1].decode()
        with olefile.OleFileIO(archive.read("xl/vbaProject.bin")) as ole:
            lines = ole.openstream("PROJECT").read().decode("cp1252").splitlines()
            stream = {entry[1] for entry in ole.listdir() if entry[0] == "VBA"} - {"dir", "_VBA_PROJECT"}
    documents = [li.removeprefix("Document=").partition("/")[0] for li in lines if li.startswith("Document=")]
    assert sorted(documents) == sorted([workbook_code, *codes])
    assert len(codes) == len(list(workbook.iter("{http://schemas.openxmlformats.org/spreadsheetml/2006/main}sheet")))
    autres = [li.partition("=")[2] for li in lines if li.startswith(("Module=", "Class="))]
    assert sorted(documents + autres) == sorted(stream)


def test_types_and_relationships_are_those_of_a_file_with_macros(project):
    file, is_addin = project
    with zipfile.ZipFile(file) as archive:
        types, relations = archive.read("[Content_Types].xml").decode(), archive.read("_rels/.rels").decode()
        workbook_relations = archive.read("xl/_rels/workbook.xml.rels").decode()
        assert "customUI/customUI.xml" in archive.namelist()
    nature = "addin" if is_addin else "sheet"
    assert types.count(f"application/vnd.ms-excel.{nature}.macroEnabled.main+xml") == 1
    assert 'Extension="bin" ContentType="application/vnd.ms-office.vbaProject"' in types
    assert (
        'Type="http://schemas.microsoft.com/office/2006/relationships/ui/extensibility" Target="customUI/customUI.xml"'
        in relations
    )
    assert 'Target="vbaProject.bin"' in workbook_relations


# --- The ribbon, the buttons, the macros ----------------------------------------------------------------------------


def procedures(is_addin: bool) -> dict[str, str]:
    """Name of each public Sub of our modules → its parameters."""
    all_found = {}
    for module in build.modules(is_addin):
        if module.nom.startswith("Cls"):
            all_found |= dict(re.findall(r"^Public Sub (\w+)\((.*)\)\r$", module.source, re.MULTILINE))
    return all_found


def ribbon(file: Path) -> ElementTree.Element:
    with zipfile.ZipFile(file) as archive:
        return ElementTree.fromstring(archive.read("customUI/customUI.xml"))


def test_every_macro_that_the_ribbon_names_takes_a_control(project):
    file, is_addin = project
    subs, root = procedures(is_addin), ribbon(file)
    buttons = [e for e in root.iter() if e.tag.endswith("}button")]
    assert [b.get("label") for b in buttons] == [
        "Consolider",
        "Contrôler",
        "Synthèse ARS",
        "Bilan",
        "Présentation",
        "Relances",
        "Vérifier l’installation",
    ]
    assert {subs.get(b.get("onAction")) for b in buttons} == {"control As IRibbonControl"}
    calls = {
        b.get("onAction"): re.search(rf"Sub {b.get('onAction')}\(.*?\r\n    (\w+)\r\nEnd Sub", sources(is_addin))[1]
        for b in buttons
    }
    assert list(calls.values()) == [a.macro for a in home_sheet.ACTIONS]
    if is_addin:
        assert subs[root.get("onLoad")] == "ribbon As IRibbonUI"
        tab = next(e for e in root.iter() if e.tag.endswith("}tab"))
        assert subs[tab.get("getVisible")] == "control As IRibbonControl, ByRef visible"


def sources(is_addin: bool) -> str:
    return "".join(m.source for m in build.modules(is_addin) if m.nom.startswith("Cls"))


def test_the_two_ribbons_call_macros_of_different_names_for_the_same_buttons():
    """Excel finds a callback by its name alone: that of a workbook in the background must not answer for the add-in."""
    roots = [ElementTree.parse(SOURCES / nom).getroot() for nom in ("ruban.xml", "ruban_complement.xml")]
    buttons = [[dict(e.attrib) for e in root.iter() if e.tag.endswith("}button")] for root in roots]
    calls = [{b.pop("onAction") for b in listing} for listing in buttons]
    assert buttons[0] == buttons[1] and len(calls[0]) == len(calls[1]) == 7 and not calls[0] & calls[1]


def test_every_button_of_accueil_calls_a_macro_without_parameter(coordination_workbook):
    with zipfile.ZipFile(coordination_workbook) as archive:
        drawing = ElementTree.fromstring(archive.read("xl/drawings/vmlDrawing1.vml"))
    saved_forms = [e for e in drawing if e.tag.endswith("}shape")]
    macros = [e.text.removeprefix("[0]!") for e in drawing.iter() if e.tag.endswith("}FmlaMacro")]
    assert macros == [a.macro for a in home_sheet.ACTIONS]
    assert {procedures(False)[m] for m in macros} == {""}
    assert all(form.get("alt", "").startswith(a.nom) for form, a in zip(saved_forms, home_sheet.ACTIONS, strict=True))


def test_every_call_to_python_reaches_a_function_that_exists():
    calls = re.findall(r'"(import [\w.]+ as b; b\.\w+\(\))"', sources(False))
    assert len(calls) == len(set(calls)) == 7
    for call_made in calls:
        module, function = re.fullmatch(r"import ([\w.]+) as b; b\.(\w+)\(\)", call_made).groups()
        assert callable(getattr(importlib.import_module(module), function)), call_made


def test_what_xlwings_calls_in_place_of_its_messages_exists():
    subs = procedures(False)
    assert subs["ShowError"] == 'FileName As String, Optional Message As String = ""'
    assert subs["PythonIntrouvable"] == "ByVal chemin As String"
    assert subs["LiaisonMacAbsente"] == subs["AnnoncerTravail"] == ""


def test_the_versions_said_by_the_macros_are_those_of_the_package():
    assert f'Const VERSION_DES_MACROS As String = "{version.MACROS}"' in sources(False)
    for is_addin in (False, True):
        xlwings = {m.nom: m.source for m in build.modules(is_addin)}["xlwings"]
        assert f'Const XLWINGS_VERSION As String = "{version.XLWINGS}"' in xlwings
        assert 'Const PROJECT_NAME As String = "xlwings"' in xlwings


def test_the_version_of_the_package_is_that_of_the_project():
    project = (SOURCES.parent / "pyproject.toml").read_text(encoding="utf-8")
    assert 'path = "cls_workbook/version.py"' in project and f"xlwings=={version.XLWINGS}" in project


def test_every_worksheet_function_is_that_of_python_parameter_for_parameter():
    from cls_workbook.button import worksheet_functions

    all_expected = {
        nom: inspect.signature(f).parameters.values()
        for nom, f in vars(worksheet_functions).items()
        if nom.startswith("cls_")
    }
    requested = {
        nom: ", ".join(p.name if p.default is p.empty else f"Optional {p.name}" for p in parameters)
        for nom, parameters in all_expected.items()
    }
    module = {m.nom: m.source for m in build.modules(False)}["ClsFonctions"]
    assert dict(re.findall(r"^Public Function (\w+)\((.*)\)\r$", module, re.MULTILINE)) == requested
    for nom, parameters in all_expected.items():
        assert f'{nom} = Appeler("{nom}", Array({", ".join(p.name for p in parameters)}))' in module
    assert f'"{worksheet_functions.__name__}"' in module


# --- French ---------------------------------------------------------------------------------------------------------


def sentences() -> list[str]:
    """The texts of the macros as they will read."""
    return [
        html.unescape(t.replace('""', '"'))
        for t in re.findall(r'Fr\("((?:[^"]|"")*)"', re.sub(r'" & _\r\n *"', "", sources(False)))
    ]


@pytest.mark.parametrize("sentence", sentences())
def test_a_message_is_written_in_french_typography(sentence):
    assert typography(sentence) == sentence and "'" not in sentence.replace("Excel n'", "")
    assert "&" not in sentence, "an entity that Fr does not know"


def test_every_entity_is_known_to_the_function_that_reads_it():
    all_known = set(re.findall(r'"(&\w+;)", \d+', build.read(SOURCES / "commun" / "ClsTexte.bas")))
    codes = dict(re.findall(r'"(&\w+;)", (\d+)', build.read(SOURCES / "commun" / "ClsTexte.bas")))
    assert set(re.findall(r"&\w+;", sources(False) + sources(True))) <= all_known
    assert all(html.unescape(html_entity) == chr(int(code)) for html_entity, code in codes.items())


# --- Kept -----------------------------------------------------------------------------------------------------------


def test_macros_buttons_and_ribbon_survive_another_program(coordination_workbook, tmp_path):
    """Data written, saved by openpyxl: what carries the macros is still there."""
    import openpyxl

    opened_book = openpyxl.load_workbook(coordination_workbook, keep_vba=True)
    opened_book["Retours"]["A2"] = "1.1"
    opened_book.save(tmp_path / "k.xlsm")
    with zipfile.ZipFile(coordination_workbook) as before, zipfile.ZipFile(tmp_path / "k.xlsm") as after:
        assert after.read("xl/vbaProject.bin") == before.read("xl/vbaProject.bin")
        assert after.read("customUI/customUI.xml") == before.read("customUI/customUI.xml")
        assert "ui/extensibility" in after.read("_rels/.rels").decode()
        drawings = [after.read(n).decode() for n in after.namelist() if n.endswith(".vml")]
        assert sum(d.count("<x:FmlaMacro>[0]!Consolider</x:FmlaMacro>") for d in drawings) == 1
        assert "macroEnabled.main+xml" in after.read("[Content_Types].xml").decode()
    assert check_file(tmp_path / "k.xlsm").ok


def test_the_ribbon_is_not_half_written():
    """Parts are replaced once and only once, or nothing is made."""
    from cls_workbook.workbook import macro_package
    from cls_workbook.workbook.description import Macros

    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("_rels/.rels", "<Relationships/>")
    with pytest.raises(ValueError, match="attendu une fois"):
        macro_package.repackage(buffer.getvalue(), Macros(b"", b""))
