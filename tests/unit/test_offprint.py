"""A structure's workbook is cut out of a shared one: it holds what the writer would have written for it alone."""

from __future__ import annotations

import io
import re
import xml.etree.ElementTree as ET
import zipfile
from functools import cache

import pytest

from cls_workbook import forms
from cls_workbook.definition import toml_reader
from cls_workbook.domain.model import Contrat
from cls_workbook.fast_paths import offprint
from cls_workbook.forms import editions
from cls_workbook.workbook import writer
from cls_workbook.workbook.description import Formula, Sheet, Workbook
from tests.support.small_workbook import trial
from tests.support.xlsx_lint import lint

YEAR = 2025
DIJON = toml_reader.load("dijon-2024-2028")
NS = {"m": "http://schemas.openxmlformats.org/spreadsheetml/2006/main"}


@cache
def plans(contrat: Contrat) -> list[forms.WorkbookPlan]:
    """The general workbook, then one per structure."""
    return [forms.plan(contrat, YEAR, r) for r in (None, *forms.repondants(contrat))]


@cache
def offprints(contrat: Contrat) -> list[bytes]:
    return list(offprint.produce([p.workbook for p in plans(contrat)]))


@pytest.fixture(autouse=True, scope="module")
def _forget():
    yield
    plans.cache_clear()
    offprints.cache_clear()


# --- What a file says, whatever the numbers that it gives to its styles and texts -------------------------------------


def content(file_bytes: bytes) -> dict[str, object]:
    with zipfile.ZipFile(io.BytesIO(file_bytes)) as archive:
        parts = {n: archive.read(n) for n in archive.namelist()}
    workbook = ET.fromstring(parts["xl/workbook.xml"])
    links = {r.get("Id"): "xl/" + r.get("Target") for r in ET.fromstring(parts["xl/_rels/workbook.xml.rels"])}
    texts = [
        "".join(t.text or "" for t in when.iter(f"{{{NS['m']}}}t"))
        for when in ET.fromstring(parts["xl/sharedStrings.xml"])
    ]
    styles = ET.fromstring(parts["xl/styles.xml"])
    worksheets = workbook.findall("m:sheets/m:sheet", NS)
    names = [f.get("name") for f in worksheets]
    rid = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
    return {
        "parts": sorted(n for n in parts if "worksheets" not in n),
        "feuilles": [
            (
                f.get("name"),
                f.get("state"),
                _sheet(ET.fromstring(parts[links[f.get(rid)]]), texts, _formats(styles), _dxf(styles)),
            )
            for f in worksheets
        ],
        "noms": {
            (d.get("name"), names[int(d.get("localSheetId"))], d.text)
            for d in workbook.findall("m:definedNames/m:definedName", NS)
        },
        "vues": [_as_text(v) for v in workbook.findall("m:bookViews", NS)],
        "calcul": [_as_text(v) for v in workbook.findall("m:calcPr", NS)],
        "proprietes": parts["docProps/core.xml"],
        "theme": parts["xl/theme/theme1.xml"],
        "titres": parts["docProps/app.xml"],
        "types": parts["[Content_Types].xml"],
    }


def _as_text(element: ET.Element | None) -> str:
    return "" if element is None else re.sub(r"\s+", " ", ET.tostring(element, encoding="unicode"))


def _formats(styles: ET.Element) -> list[tuple[str, ...]]:
    """Each cell format in full."""
    formats = {f.get("numFmtId"): f.get("formatCode") for f in styles.findall("m:numFmts/m:numFmt", NS)}
    font_nodes, fills, stroke_nodes = (
        styles.findall(f"m:{n}", NS) for n in ("fonts/m:font", "fills/m:fill", "borders/m:border")
    )
    return [
        (
            formats.get(x.get("numFmtId"), x.get("numFmtId")),
            _as_text(font_nodes[int(x.get("fontId"))]),
            _as_text(fills[int(x.get("fillId"))]),
            _as_text(stroke_nodes[int(x.get("borderId"))]),
            *(_as_text(child) for child in x),
        )
        for x in styles.findall("m:cellXfs/m:xf", NS)
    ]


def _dxf(styles: ET.Element) -> list[str]:
    return [_as_text(d) for d in styles.findall("m:dxfs/m:dxf", NS)]


def _sheet(sheet: ET.Element, texts: list[str], formats: list, dxf: list[str]) -> dict[str, object]:
    for rule in sheet.iter(f"{{{NS['m']}}}cfRule"):
        rule.set("dxfId", dxf[int(rule.get("dxfId"))])
    cells = {}
    for cell in sheet.iter(f"{{{NS['m']}}}c"):
        valeur, formula = cell.findtext("m:v", None, NS), cell.findtext("m:f", None, NS)
        if cell.get("t") == "s":
            valeur = texts[int(valeur)]
        cells[cell.get("r")] = (cell.get("t"), valeur, formula, formats[int(cell.get("s", 0))])
    lines = [{k: v for k, v in line.attrib.items() if k != "s"} for line in sheet.iter(f"{{{NS['m']}}}row")]
    autres = {e.tag: _as_text(e) for e in sheet if not e.tag.endswith("}sheetData")}
    return {"cellules": cells, "lignes": lines, **autres}


# --- ------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "contrat", [pytest.param(DIJON, marks=pytest.mark.exhaustive), trial()], ids=["dijon", "essai"]
)
def test_each_workbook_is_what_the_writer_would_have_written_alone(contrat):
    for drawn_plan, file_bytes in zip(plans(contrat), offprints(contrat), strict=True):
        obtained, expected = content(file_bytes), content(writer.to_bytes(drawn_plan.workbook))
        for (nom, *_), one, other in zip(obtained["feuilles"], obtained["feuilles"], expected["feuilles"], strict=True):
            for part in one[2].keys() | other[2].keys():
                assert one[2].get(part) == other[2].get(part), (drawn_plan.respondent, nom, part)
            assert one[:2] == other[:2]
        assert obtained == expected


@pytest.mark.parametrize("contrat", [DIJON, trial()], ids=["dijon", "essai"])
def test_the_year_s_workbook_is_the_same_file_with_or_without_those_of_structures(contrat):
    assert offprints(contrat)[0] == writer.to_bytes(plans(contrat)[0].workbook)


def test_a_fiche_drawn_once_for_several_is_the_one_that_each_would_have_had():
    """Last year known of some, and not alike: a sheet is shared where it says the same, never otherwise."""
    mesures = {i.id: n for n, i in enumerate((m for f in DIJON.fiches for i in f.indicateurs for m in i.mesures), 10)}
    carried_over = {"3.4/financement/01/financeur": "ARS", "accueil/reponse/siret": "12345678901234"}
    campagne = forms.WorkbookContext(
        precedent=mesures,
        own={"mussp": mesures, "acodege": dict.fromkeys(mesures, 3)},
        carried_over={"reppop": carried_over, "apo": {}},
        limite="31 mars",
    )
    who = [None, *forms.repondants(DIJON)]
    singles = offprint.produce([forms.plan(DIJON, YEAR, r, campagne).workbook for r in who])
    combined = dict(editions.produce(DIJON, YEAR, who, campagne))
    assert list(combined) == [f"{DIJON.id}-{YEAR}.xlsx", *(f"{DIJON.id}-{YEAR}-{r.id}.xlsx" for r in who[1:])]
    for r, alone, sharing in zip(who, singles, combined.values(), strict=True):
        assert alone == sharing, r


def test_each_workbook_is_sound_and_says_no_more_than_it_should():
    for drawn_plan, file_bytes in zip(plans(DIJON), offprints(DIJON), strict=True):
        assert lint(file_bytes) == []
        with zipfile.ZipFile(io.BytesIO(file_bytes)) as archive:
            texts = archive.read("xl/sharedStrings.xml").decode()
        if drawn_plan.respondent:
            absent_ones = [f for f in DIJON.fiches if f.numero not in dict(drawn_plan.respondent.fiches)]
            assert absent_ones and not [f.numero for f in absent_ones if f">Fiche {f.numero} · " in texts], (
                drawn_plan.respondent.id
            )


def texts(file_bytes: bytes) -> list[str]:
    with zipfile.ZipFile(io.BytesIO(file_bytes)) as archive:
        return re.findall("<si>(.*?)</si>", archive.read("xl/sharedStrings.xml").decode(), re.DOTALL)


def test_no_word_of_another_workbook_leaves_with_it():
    for drawn_plan, file_bytes in zip(plans(DIJON), offprints(DIJON), strict=True):
        left_texts = [t for t in texts(file_bytes) if t != "<t></t>"]
        assert sorted(left_texts) == sorted(texts(writer.to_bytes(drawn_plan.workbook)))


def said_in(cells: dict[str, tuple], words: str) -> list[str]:
    """What the formulas of a sheet show that holds these words, in whichever cell."""
    return [shown for _, shown, formula, _ in cells.values() if formula and words in (shown or "")]


def test_a_structure_has_its_fiches_only_and_its_name_is_filled_in_and_counted():
    general, *theirs = plans(DIJON)
    assert [p.respondent.id for p in theirs] == [r.id for r in forms.repondants(DIJON)]
    for drawn_plan, file_bytes in zip(theirs, offprints(DIJON)[1:], strict=True):
        value_read = content(file_bytes)
        names = [nom for nom, _, _ in value_read["feuilles"]]
        fiches = list(dict(drawn_plan.respondent.fiches))
        fiche_sheets = [f"FA {n}" for n in fiches]
        assert names == ["Accueil", "Sommaire", *fiche_sheets, "Territoires", "Listes", "_identification"]
        worksheets = {nom: f["cellules"] for nom, _, f in value_read["feuilles"]}
        structure = next(e for e in drawn_plan.input_places() if e.cle == "accueil/reponse/structure")
        assert worksheets["Accueil"][structure.cell][1] == drawn_plan.respondent.nom
        assert worksheets["Accueil"][f"E{structure.row}"][1] == "rempli"
        for numero in fiches:
            said = said_in(worksheets[f"FA {numero}"], "Structure\u00a0: ")
            assert said == [f"Structure\u00a0: {drawn_plan.respondent.nom}"]
        assert drawn_plan.respondent.nom in value_read["proprietes"].decode().replace("&amp;", "&")


def test_a_structure_that_answers_for_one_volet_finds_it_chosen_and_counted():
    sdat = next(
        (p, o)
        for p, o in zip(plans(DIJON), offprints(DIJON), strict=True)
        if p.respondent and p.respondent.id == "sdat"
    )
    volet = next(e for e in sdat[0].input_places() if e.cle == "2.3/reponse/volet")
    worksheets = {nom: f["cellules"] for nom, _, f in content(sdat[1])["feuilles"]}
    assert worksheets["FA 2.3"][volet.cell][1] == "EMAS"
    # asked of EMAS: sixteen answers, of which this one is given
    assert said_in(worksheets["FA 2.3"], " renseignés") == ["1 sur 16 renseignés"]
    summary = worksheets["Sommaire"]
    columns = {summary[f"{c}3"][1]: c for c in "CDEFGHI"}
    counted = [summary[columns[head] + line][1] for line in "45" for head in ("Renseigné", "Attendu", "À corriger")]
    assert counted == ["1", "16", "0"] * 2
    assert summary[columns["Où en suis-je\u00a0?"] + "4"][1] == "à compléter"


def test_each_workbook_has_an_identifier_of_its_own():
    assert len({p.identifier for p in plans(DIJON)}) == len(plans(DIJON))


def sheet(nom: str, *values: object, **extra) -> Sheet:
    fresh = Sheet(nom, **extra)
    for column, valeur in enumerate(values, 1):
        fresh.write(1, column, valeur, "cellule")
    return fresh


@pytest.mark.parametrize(
    "values",
    [
        ("un texte", 3, None, Formula("B1+1", 4)),
        (" des espaces ", 0, "neuf", Formula("B1+1", "")),
        ("un", None, None, Formula("B1+1", 'dit "<&>"')),
        ("=1+1", -5, "<r>x</r>", Formula("B1+1", 2.5)),
        ("un texte", 3, "deux\nlignes & <autres>", Formula("B1+1", 4)),
    ],
)
def test_any_value_may_differ_from_one_workbook_to_the_next(values):
    first_one = Workbook([sheet("L'essai & d’autres", "ancien", 1, "x", Formula("B1+1", 2))], "Premier")
    second = Workbook([sheet("L'essai & d’autres", *values)], "Second <2> & fin")
    _, file_bytes = offprint.produce([first_one, second])
    assert content(file_bytes) == content(writer.to_bytes(second))
    assert lint(file_bytes) == []


@pytest.mark.parametrize(
    "other",
    [
        sheet("Essai", "a", 1, widths={1: 30}),
        sheet("Essai", "a", 1, heights={1: 40}),
        sheet("Essai", "a"),
        sheet("Essai", Formula("1+1", 2), 1),
        sheet("Essai", "a", 1, frozen_at=(1, 0)),
        sheet("Essai", "a", 1, tab_color="axe1"),
        sheet("Essai", "a", 1, etat="tres_masquee"),
        sheet("Essai", "a", 1, protected=True),
        sheet("Essai", "a", 1, selection=(1, 2)),
    ],
    ids=lambda f: "",
)
def test_a_sheet_that_differs_in_more_than_values_is_not_shared(other):
    visible = sheet("Toujours", "là")
    first_one, second = Workbook([visible, sheet("Essai", "a", 1)], "Essai"), Workbook([visible, other], "Essai")
    _, file_bytes = offprint.produce([first_one, second])
    assert content(file_bytes) == content(writer.to_bytes(second))
