"""The macros as they are shipped: built from the text of ``macros/``, read back, tied to the sheets, the ribbon and Python."""

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
from cls_workbook.coordination import complement, page
from cls_workbook.francais import typographie
from macros import construire

SOURCES = construire.SOURCES
MODELES = resources.folder("templates")
NOS_SOURCES = sorted(f for d in ("commun", "classeur", "complement") for f in (SOURCES / d).iterdir())
XLWINGS = sorted(f for f in (SOURCES / "xlwings").iterdir() if f.suffix in (".bas", ".cls"))


@pytest.fixture(scope="module")
def reconstruit(tmp_path_factory) -> Path:
    dossier = tmp_path_factory.mktemp("macros")
    construire.construire(dossier)
    return dossier


@pytest.fixture(scope="module", params=["classeur", "complement"])
def projet(request, tmp_path_factory, classeur_coordination) -> tuple[Path, bool]:
    """A file with macros, and whether it is the add-in."""
    if request.param == "classeur":
        return classeur_coordination, False
    return complement.installer(tmp_path_factory.mktemp("complement"))[0][0], True


# --- The build ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("nom", ["vbaProject.bin", "cls-workbook.xlam"])
def test_what_is_shipped_is_what_the_text_gives(reconstruit, nom):
    """If this fails: python -m macros.construire"""
    assert (reconstruit / nom).read_bytes() == (MODELES / nom).read_bytes()


@pytest.mark.parametrize("fichier", [*NOS_SOURCES, *XLWINGS], ids=lambda f: f.name)
def test_a_source_is_ascii_with_the_line_ends_of_vba(fichier):
    octets = fichier.read_bytes()
    assert octets.isascii()
    assert octets.count(b"\r\n") == octets.count(b"\n") == octets.count(b"\r")
    assert all(len(ligne) < 1023 for ligne in octets.splitlines()), "VBA refuses longer lines"


@pytest.mark.parametrize("fichier", NOS_SOURCES, ids=lambda f: f.name)
def test_every_module_of_ours_declares_its_variables(fichier):
    texte = fichier.read_text(encoding="ascii")
    assert "\nOption Explicit\n" in texte
    assert f'Attribute VB_Name = "{fichier.stem}"' in texte


def test_a_source_that_vba_would_not_read_is_not_built(tmp_path):
    (tmp_path / "A.bas").write_bytes(b"Option Explicit\n")
    with pytest.raises(ValueError, match="CRLF"):
        construire.lire(tmp_path / "A.bas")


def test_xlwings_is_embedded_as_published_but_for_its_messages():
    import xlwings

    if xlwings.__version__ != version.XLWINGS:
        pytest.skip("another version of xlwings is installed than the one that is embedded")
    publie = Path(xlwings.__file__).parent
    for notre, leur in (("xlwings.bas", "xlwings.bas"), ("xlwings_custom_addin.bas", "xlwings_custom_addin.bas"), ("Dictionary.cls", "addin/Dictionary.cls")):
        assert (SOURCES / "xlwings" / notre).read_bytes() == (publie / leur).read_bytes()
    for complement_ in (False, True):
        embarque = {m.nom: m.source for m in construire.modules(complement_)}["xlwings"].splitlines()
        origine = construire.lire(SOURCES / "xlwings" / ("xlwings_custom_addin.bas" if complement_ else "xlwings.bas")).splitlines()
        changees = [neuve for ancienne, neuve in zip(origine, embarque, strict=True) if ancienne != neuve]
        assert len(changees) == 4 + complement_
        assert not any("MsgBox" in ligne for ligne in changees)


def test_a_change_in_xlwings_that_would_bring_its_messages_back_stops_the_build():
    with pytest.raises(ValueError, match="attendu une fois"):
        construire.retoucher("Sub Autre()", construire.RETOUCHES)


def test_the_licences_of_what_is_embedded_are_kept(projet):
    fichier, _ = projet
    with ExcelFile(fichier) as livre:
        modules = livre.vba_modules()
    assert "BSD 3-clause" in modules["xlwings"] and "Redistributions in binary form must reproduce" in modules["xlwings"]
    assert "@license: MIT" in modules["Dictionary"] and "Tim Hall" in modules["Dictionary"]
    assert "Permission is hereby granted" in (SOURCES / "xlwings" / "LICENCES.md").read_text(encoding="utf-8")


# --- Read back ------------------------------------------------------------------------------------------------------


def corps(source: str) -> str:
    """A module without its attributes, which Excel's export and the stream do not write alike."""
    return re.sub(r"\A(?:VERSION 1\.0 CLASS\n.*?\nEND\n)?(?:Attribute VB_.*\n)*", "", source.replace("\r\n", "\n"), flags=re.DOTALL)


def test_two_readers_give_the_sources_back(projet):
    fichier, complement_ = projet
    voulus = {m.nom: corps(m.source) for m in construire.modules(complement_)}
    with ExcelFile(fichier) as livre:
        lus = {nom: corps(source) for nom, source in livre.vba_modules().items()}
        assert livre.validate() == []
    assert {nom: lus[nom] for nom in voulus} == voulus
    lecteur = VBA_Parser(str(fichier))
    extraits = {nom.rpartition(".")[0]: corps(source) for _, _, nom, source in lecteur.extract_macros()}
    lecteur.close()
    # olevba leaves out the last line end
    assert {nom: extraits[nom].rstrip("\n") for nom in voulus} == {nom: source.rstrip("\n") for nom, source in voulus.items()}


def test_an_independent_check_finds_nothing_to_say(projet):
    assert list(check_file(projet[0]).issues) == []


def test_excel_compiles_from_the_sources(projet):
    """No compiled copy: neither in its own stream nor in front of a module ([MS-OVBA] 2.3.4.1)."""
    with zipfile.ZipFile(projet[0]) as archive, olefile.OleFileIO(archive.read("xl/vbaProject.bin")) as ole:
        assert ole.openstream("VBA/_VBA_PROJECT").read() == bytes.fromhex("CC61FFFF000000")
    with ExcelFile(projet[0]) as livre:
        assert {m.text_offset for m in livre.vba_project().modules} == {0}


# --- Tied to the sheets ---------------------------------------------------------------------------------------------


def test_code_names_project_lines_and_sheets_agree(projet):
    with zipfile.ZipFile(projet[0]) as archive:
        classeur = ElementTree.fromstring(archive.read("xl/workbook.xml"))
        feuilles = sorted(n for n in archive.namelist() if re.fullmatch(r"xl/worksheets/sheet\d+\.xml", n))
        codes = [re.search(rb'<sheetPr[^>]*codeName="(\w+)"', archive.read(n))[1].decode() for n in feuilles]
        code_du_classeur = re.search(rb'<workbookPr[^>]*codeName="(\w+)"', archive.read("xl/workbook.xml"))[1].decode()
        with olefile.OleFileIO(archive.read("xl/vbaProject.bin")) as ole:
            lignes = ole.openstream("PROJECT").read().decode("cp1252").splitlines()
            flux = {entree[1] for entree in ole.listdir() if entree[0] == "VBA"} - {"dir", "_VBA_PROJECT"}
    documents = [li.removeprefix("Document=").partition("/")[0] for li in lignes if li.startswith("Document=")]
    assert sorted(documents) == sorted([code_du_classeur, *codes])
    assert len(codes) == len(list(classeur.iter("{http://schemas.openxmlformats.org/spreadsheetml/2006/main}sheet")))
    autres = [li.partition("=")[2] for li in lignes if li.startswith(("Module=", "Class="))]
    assert sorted(documents + autres) == sorted(flux)


def test_types_and_relationships_are_those_of_a_file_with_macros(projet):
    fichier, complement_ = projet
    with zipfile.ZipFile(fichier) as archive:
        types, relations = archive.read("[Content_Types].xml").decode(), archive.read("_rels/.rels").decode()
        du_classeur = archive.read("xl/_rels/workbook.xml.rels").decode()
        assert "customUI/customUI.xml" in archive.namelist()
    nature = "addin" if complement_ else "sheet"
    assert types.count(f"application/vnd.ms-excel.{nature}.macroEnabled.main+xml") == 1
    assert 'Extension="bin" ContentType="application/vnd.ms-office.vbaProject"' in types
    assert 'Type="http://schemas.microsoft.com/office/2006/relationships/ui/extensibility" Target="customUI/customUI.xml"' in relations
    assert 'Target="vbaProject.bin"' in du_classeur


# --- The ribbon, the buttons, the macros ----------------------------------------------------------------------------


def procedures(complement_: bool) -> dict[str, str]:
    """Name of each public Sub of our modules → its parameters."""
    trouvees = {}
    for module in construire.modules(complement_):
        if module.nom.startswith("Cls"):
            trouvees |= dict(re.findall(r"^Public Sub (\w+)\((.*)\)\r$", module.source, re.MULTILINE))
    return trouvees


def ruban(fichier: Path) -> ElementTree.Element:
    with zipfile.ZipFile(fichier) as archive:
        return ElementTree.fromstring(archive.read("customUI/customUI.xml"))


def test_every_macro_that_the_ribbon_names_takes_a_control(projet):
    fichier, complement_ = projet
    subs, racine = procedures(complement_), ruban(fichier)
    boutons = [e for e in racine.iter() if e.tag.endswith("}button")]
    assert [b.get("label") for b in boutons] == ["Consolider", "Contrôler", "Synthèse ARS", "Relances", "Vérifier l’installation"]
    assert {subs.get(b.get("onAction")) for b in boutons} == {"control As IRibbonControl"}
    appels = {b.get("onAction"): re.search(rf"Sub {b.get('onAction')}\(.*?\r\n    (\w+)\r\nEnd Sub", sources(complement_))[1] for b in boutons}
    assert list(appels.values()) == [a.macro for a in page.ACTIONS]
    if complement_:
        assert subs[racine.get("onLoad")] == "ribbon As IRibbonUI"
        onglet = next(e for e in racine.iter() if e.tag.endswith("}tab"))
        assert subs[onglet.get("getVisible")] == "control As IRibbonControl, ByRef visible"


def sources(complement_: bool) -> str:
    return "".join(m.source for m in construire.modules(complement_) if m.nom.startswith("Cls"))


def test_the_two_ribbons_call_macros_of_different_names_for_the_same_buttons():
    """Excel finds a callback by its name alone: that of a workbook in the background must not answer for the add-in."""
    racines = [ElementTree.parse(SOURCES / nom).getroot() for nom in ("ruban.xml", "ruban_complement.xml")]
    boutons = [[dict(e.attrib) for e in racine.iter() if e.tag.endswith("}button")] for racine in racines]
    appels = [{b.pop("onAction") for b in liste} for liste in boutons]
    assert boutons[0] == boutons[1] and len(appels[0]) == len(appels[1]) == 5 and not appels[0] & appels[1]


def test_every_button_of_accueil_calls_a_macro_without_parameter(classeur_coordination):
    with zipfile.ZipFile(classeur_coordination) as archive:
        dessin = ElementTree.fromstring(archive.read("xl/drawings/vmlDrawing1.vml"))
    formes = [e for e in dessin if e.tag.endswith("}shape")]
    macros = [e.text.removeprefix("[0]!") for e in dessin.iter() if e.tag.endswith("}FmlaMacro")]
    assert macros == [a.macro for a in page.ACTIONS]
    assert {procedures(False)[m] for m in macros} == {""}
    assert all(forme.get("alt", "").startswith(a.nom) for forme, a in zip(formes, page.ACTIONS, strict=True))


def test_every_call_to_python_reaches_a_function_that_exists():
    appels = re.findall(r'"(import [\w.]+ as b; b\.\w+\(\))"', sources(False))
    assert len(appels) == len(set(appels)) == 5
    for appel in appels:
        module, fonction = re.fullmatch(r"import ([\w.]+) as b; b\.(\w+)\(\)", appel).groups()
        assert callable(getattr(importlib.import_module(module), fonction)), appel


def test_what_xlwings_calls_in_place_of_its_messages_exists():
    subs = procedures(False)
    assert subs["ShowError"] == 'FileName As String, Optional Message As String = ""'
    assert subs["PythonIntrouvable"] == "ByVal chemin As String"
    assert subs["LiaisonMacAbsente"] == subs["AnnoncerTravail"] == ""


def test_the_versions_said_by_the_macros_are_those_of_the_package():
    assert f'Const VERSION_DES_MACROS As String = "{version.MACROS}"' in sources(False)
    for complement_ in (False, True):
        xlwings = {m.nom: m.source for m in construire.modules(complement_)}["xlwings"]
        assert f'Const XLWINGS_VERSION As String = "{version.XLWINGS}"' in xlwings
        assert 'Const PROJECT_NAME As String = "xlwings"' in xlwings


def test_the_version_of_the_package_is_that_of_the_project():
    projet = (SOURCES.parent / "pyproject.toml").read_text(encoding="utf-8")
    assert 'path = "cls_workbook/version.py"' in projet and f"xlwings=={version.XLWINGS}" in projet


def test_every_worksheet_function_is_that_of_python_parameter_for_parameter():
    from cls_workbook.excel import fonctions

    attendues = {nom: inspect.signature(f).parameters.values() for nom, f in vars(fonctions).items() if nom.startswith("cls_")}
    voulues = {nom: ", ".join(p.name if p.default is p.empty else f"Optional {p.name}" for p in parametres) for nom, parametres in attendues.items()}
    module = {m.nom: m.source for m in construire.modules(False)}["ClsFonctions"]
    assert dict(re.findall(r"^Public Function (\w+)\((.*)\)\r$", module, re.MULTILINE)) == voulues
    for nom, parametres in attendues.items():
        assert f'{nom} = Appeler("{nom}", Array({", ".join(p.name for p in parametres)}))' in module
    assert f'"{fonctions.__name__}"' in module


# --- French ---------------------------------------------------------------------------------------------------------


def phrases() -> list[str]:
    """The texts of the macros as they will read."""
    return [html.unescape(t.replace('""', '"')) for t in re.findall(r'Fr\("((?:[^"]|"")*)"', re.sub(r'" & _\r\n *"', "", sources(False)))]


@pytest.mark.parametrize("phrase", phrases())
def test_a_message_is_written_in_french_typography(phrase):
    assert typographie(phrase) == phrase and "'" not in phrase.replace("Excel n'", "")
    assert "&" not in phrase, "an entity that Fr does not know"


def test_every_entity_is_known_to_the_function_that_reads_it():
    connues = set(re.findall(r'"(&\w+;)", \d+', construire.lire(SOURCES / "commun" / "ClsTexte.bas")))
    codes = dict(re.findall(r'"(&\w+;)", (\d+)', construire.lire(SOURCES / "commun" / "ClsTexte.bas")))
    assert set(re.findall(r"&\w+;", sources(False) + sources(True))) <= connues
    assert all(html.unescape(entite) == chr(int(code)) for entite, code in codes.items())


# --- Kept -----------------------------------------------------------------------------------------------------------


def test_macros_buttons_and_ribbon_survive_another_program(classeur_coordination, tmp_path):
    """Data written, saved by openpyxl: what carries the macros is still there."""
    import openpyxl

    livre = openpyxl.load_workbook(classeur_coordination, keep_vba=True)
    livre["Retours"]["A2"] = "1.1"
    livre.save(tmp_path / "k.xlsm")
    with zipfile.ZipFile(classeur_coordination) as avant, zipfile.ZipFile(tmp_path / "k.xlsm") as apres:
        assert apres.read("xl/vbaProject.bin") == avant.read("xl/vbaProject.bin")
        assert apres.read("customUI/customUI.xml") == avant.read("customUI/customUI.xml")
        assert "ui/extensibility" in apres.read("_rels/.rels").decode()
        dessins = [apres.read(n).decode() for n in apres.namelist() if n.endswith(".vml")]
        assert sum(d.count("<x:FmlaMacro>[0]!Consolider</x:FmlaMacro>") for d in dessins) == 1
        assert "macroEnabled.main+xml" in apres.read("[Content_Types].xml").decode()
    assert check_file(tmp_path / "k.xlsm").ok


def test_the_ribbon_is_not_half_written():
    """Parts are replaced once and only once, or nothing is made."""
    from cls_workbook.xlsx import macros
    from cls_workbook.xlsx.sheets import Macros

    tampon = BytesIO()
    with zipfile.ZipFile(tampon, "w") as archive:
        archive.writestr("_rels/.rels", "<Relationships/>")
    with pytest.raises(ValueError, match="attendu une fois"):
        macros.empaqueter(tampon.getvalue(), Macros(b"", b""))
