"""The demo is the main job: a whole year from nothing, and every file explained."""

from __future__ import annotations

import shutil
from datetime import date
from itertools import chain, pairwise

import openpyxl
import pytest

from cls_workbook import demo
from cls_workbook.errors import Refusal
from tests.support.both_excels import OnOpenpyxl, open_up
from tests.support.counted_calls import counted_calls
from tests.support.xlsx_lint import lint


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("annee") / "demo"
    demo.play(folder)
    return folder


@pytest.fixture(scope="module")
def consolidation(folder):
    return openpyxl.load_workbook(folder / "consolidation-2025.xlsx", data_only=True)


def lines(workbook: openpyxl.Workbook, sheet: str) -> list[dict]:
    headers, *following = workbook[sheet].iter_rows(values_only=True)
    return [dict(zip(headers, line, strict=True)) for line in following]


def test_every_file_left_is_named_in_the_explanations(folder):
    texte = (folder / "LISEZ-MOI.txt").read_text(encoding="utf-8-sig")
    for file in [*folder.glob("*.xlsx"), *(folder / demo.RETOURS).iterdir()]:
        assert file.name in texte, file.name
    assert demo.WORKBOOKS in texte


def test_late_faulty_double_and_libreoffice_returns_are_each_told(consolidation):
    statuts = {(r["Fiche"], r["Structure"]): r["Statut"] for r in lines(consolidation, "Retours")}
    assert statuts["1.1", "CPTS Pays d’Or"] == statuts["3.4", "RéPPOP"] == "manquant"
    assert statuts["2.3", "SDAT"] == "reçu" and ("2.3", "Acodège") not in statuts
    assert statuts["1.1", "CPTS Centre-21"] == "doublon"
    assert statuts["3.4", "MUSSP"] == "reçu"
    assert [r["Fichier"] for r in lines(consolidation, "Retours") if r["Structure"] == "MUSSP"] == [
        "dijon-2024-2028-2025-mussp.ods"
    ]
    codes = {(r["Code"], r["Trouvé"]) for r in lines(consolidation, "Anomalies")}
    assert ("MONTANT_ILLISIBLE", "«\u00a0env. 12 000\u00a0»") in codes


def test_what_was_typed_in_a_french_way_is_understood_and_written_down(consolidation):
    typed_fields = {r["Saisi"]: r["Retenu"] for r in lines(consolidation, "Normalisations")}
    assert typed_fields["15 000,00 €"] == 15000
    assert typed_fields["en cours"] == "En cours"
    assert "1er mars 2025" in typed_fields


def test_the_example_saved_by_libreoffice_is_of_the_current_template(consolidation):
    its_own = [
        r
        for r in lines(consolidation, "Anomalies")
        if r["Fichier"] and r["Fichier"].endswith(".ods") and r["Gravité"] != "information"
    ]
    assert its_own == [], "refaites-le avec python -m tests.support.rebuild_example"


def test_the_copy_for_the_agency_has_no_hidden_sheet_no_formula_and_no_personal_datum(folder):
    workbook = openpyxl.load_workbook(folder / "synthese-ars-2025.xlsx")
    first, evolution, *data = workbook
    assert (
        (first.title, evolution.title) == ("Synthèse", "Évolution")
        and data
        and all(f.title.startswith("Données ") for f in data)
    )
    assert {f.sheet_state for f in workbook} == {"visible"}
    texts = [str(c.value) for sheet in workbook for line in sheet.iter_rows() for c in line if c.value is not None]
    assert not any(t.startswith("=") or "06 00 00" in t or "Mme Exemple" in t or ".xlsx" in t for t in texts)


def test_the_synthese_takes_ten_pages_none_of_them_half_blank(folder):
    """See docs/synthese-imprimee.md."""
    sheet = openpyxl.load_workbook(folder / "synthese-ars-2025.xlsx")["Synthèse"]
    bounds = [0, *(leap.id for leap in sheet.row_breaks.brk), sheet.max_row]
    filled = [sum(sheet.row_dimensions[n].height or 15 for n in range(a + 1, b + 1)) for a, b in pairwise(bounds)]
    assert len(filled) <= 10 and min(filled[:-1]) > 586 * 0.75 and filled[-1] > 586 / 2


@pytest.mark.parametrize("most", [1, pytest.param(None, marks=pytest.mark.exhaustive)], ids=["one a kind", "all"])
def test_every_workbook_of_the_demo_is_sound(folder, most):
    """Of each folder, those of structures and of their returns are alike."""
    kinds = [sorted(folder.glob("*.xlsx")), *(sorted(f.rglob("*.xlsx"))[:most] for f in folder.iterdir() if f.is_dir())]
    assert len(kinds) >= 3 and all(kinds)
    for file in chain.from_iterable(kinds):
        assert lint(file) == [], file.name


@pytest.mark.exhaustive
def test_playing_twice_gives_the_same_bytes(folder, tmp_path):
    demo.play(tmp_path / "encore")
    for file in folder.rglob("*"):
        if file.is_file():
            assert (tmp_path / "encore" / file.relative_to(folder)).read_bytes() == file.read_bytes(), file.name


def test_a_folder_that_holds_something_else_is_left_alone(tmp_path):
    (tmp_path / "travail.txt").write_text("à garder")
    with pytest.raises(Refusal, match="contient déjà autre chose"):
        demo.play(tmp_path)
    assert [p.name for p in tmp_path.iterdir()] == ["travail.txt"]


def test_emas_grows_from_the_five_communes_where_it_starts(consolidation):
    (covered,) = (r for r in lines(consolidation, "Indicateurs") if r["Mesure"] == "2.3-C01")
    assert covered["Valeur initiale"] == 5 < covered["Valeur"] <= 23


@pytest.mark.exhaustive
def test_a_click_asks_excel_few_things_and_few_more_for_twice_the_returns(folder, tmp_path):
    """A millisecond each, there; 14 923 before steps were a list. Three clicks on a real campaign: some seconds."""
    retours = sorted((folder / demo.RETOURS).iterdir())
    (tmp_path / "retours").mkdir()
    excel = open_up(OnOpenpyxl, tmp_path, "dijon-2024-2028", 2025, tmp_path / "retours")
    numbers = []
    for some in (retours[::2], retours[1::2], []):
        for file in some:
            shutil.copy(file, tmp_path / "retours")
        with counted_calls() as calls:
            assert excel.click(day=date(2026, 2, 15)) is not None
        numbers.append(calls)
    first, twice, same = (sum(calls.values()) for calls in numbers)
    assert first <= 2_500 and twice <= 2_500
    assert twice - first <= 150
    assert same <= 800  # it is read, and what did not change is not written again
    written = {name for name in numbers[2] if name.endswith("=")}
    assert numbers[2]["Range.raw_value="] == 3 and written <= {
        "Range.raw_value=",  # date, figures and message of Accueil
        "App.screen_updating=",
        "App.calculation=",
        "App.status_bar=",
        "App.display_alerts=",  # while it is saved
    }
