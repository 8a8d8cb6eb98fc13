"""The year's entry workbook: what is asked, where it may be typed, how it prints, and that it is the same each time."""

from __future__ import annotations

import re
import subprocess
import sys
from functools import cache
from io import BytesIO
from pathlib import Path

import openpyxl
import pytest
from openpyxl.utils import range_boundaries
from openpyxl.worksheet.worksheet import Worksheet

from cls_workbook import forms, resources
from cls_workbook.definition import toml_reader
from cls_workbook.domain.questions import AMOUNT_MAX
from cls_workbook.forms import examples, layout
from cls_workbook.forms.columns import STATE, J
from cls_workbook.forms.layout import InputPlace
from cls_workbook.reading.return_reader import ReturnReader
from cls_workbook.workbook import writer
from cls_workbook.workbook.description import address
from tests.support.awkward_contrat import twisted
from tests.support.formula_grammar import FUNCTIONS
from tests.support.small_workbook import trial
from tests.support.xlsx_lint import lint

YEAR = 2025
SHIPPED_CONTRATS = sorted(p.stem for p in (resources.folder("templates") / "contrats").glob("*.toml"))
DIJON = toml_reader.load("dijon-2024-2028")
# What a spreadsheet knows in Excel 2016, in Excel on the web and in LibreOffice, and that these sheets need.
FUNCTIONS_USED = {
    "AND",
    "CHAR",
    "COUNT",
    "COUNTA",
    "COUNTIF",
    "FIXED",
    "IF",
    "INT",
    "ISERROR",
    "ISNUMBER",
    "LEN",
    "MATCH",
    "MIN",
    "N",
    "OR",
    "ROUND",
    "SUBSTITUTE",
    "SUM",
    "SUMIF",
    "SUMPRODUCT",
}
ENGLISH = re.compile(r"\b(the|value|enter|please|must|invalid|error|choose|select|between|number)\b", re.IGNORECASE)


@cache
def plan() -> forms.WorkbookPlan:
    return forms.plan(DIJON, YEAR)


@cache
def file_bytes() -> bytes:
    return writer.to_bytes(plan().workbook)


@pytest.fixture(scope="module")
def opened_book() -> openpyxl.Workbook:
    return openpyxl.load_workbook(BytesIO(file_bytes()))


@cache
def places() -> dict[str, list[InputPlace]]:
    """Sheet → its inputs."""
    everything: dict[str, list[InputPlace]] = {}
    for place in plan().input_places():
        everything.setdefault(place.sheet, []).append(place)
    return everything


def visible_ones(opened_book: openpyxl.Workbook) -> list[Worksheet]:
    return [f for f in opened_book.worksheets if f.sheet_state == "visible"]


# --- Sheets ---------------------------------------------------------------------------------------------------------


def test_there_is_one_sheet_per_fiche_between_the_front_and_the_hidden_sheets(opened_book):
    all_expected = ["Accueil", "Sommaire", *(f"FA {f.numero}" for f in DIJON.fiches), "Territoires"]
    assert opened_book.sheetnames == [*all_expected, "Listes", "_identification"]
    assert {f.title: f.sheet_state for f in opened_book.worksheets if f.sheet_state != "visible"} == {
        "Listes": "hidden",
        "_identification": "veryHidden",
    }
    assert opened_book.active.title == "Accueil"


def test_a_fiche_holds_the_blocks_that_its_contract_calls_for_and_no_other():
    worksheets = {f.fiche: f for f in plan().worksheets if f.fiche}
    always = {"avancement", "financement", "depenses", "qualitatif"}  # Dijon does not ask for partners
    blocks = {numero: {e.bloc for r in f.rows.values() for e in r.input_places} for numero, f in worksheets.items()}
    assert blocks["2.3"] == always | {"reponse", "mesures", "taux", "durees", "jalons", "ventilations"}
    assert blocks["3.4"] == always | {"mesures", "taux", "textes", "ventilations"}
    assert blocks["5.2"] == always | {"reponse", "jalons"}
    assert blocks["1.2"] == always | {"reponse", "mesures", "satisfaction", "ventilations"}
    assert "complements" in blocks["2.2"] and all("complements" not in b for n, b in blocks.items() if n != "2.2")


def test_the_territories_are_asked_once_for_the_fiches_of_the_workbook():
    boxes = {e.cle for e in plan().input_places() if e.sheet == "Territoires"}
    asked = [f for f in DIJON.fiches if "territoire" not in f.non_demandes]  # not where the contract is evaluated
    assert len(boxes) == len(asked) * (len(DIJON.places.communes) + len(DIJON.places.qpv))
    own = forms.plan(DIJON, YEAR, next(r for r in forms.repondants(DIJON) if r.id == "apo"))
    assert {e.fiche for e in own.input_places() if e.bloc == "territoire"} == {"3.1"}


def test_every_input_stands_in_a_column_that_is_shown():
    hidden = {f.nom: f.hidden_columns for f in plan().workbook.worksheets}
    assert [p.cle for p in plan().input_places() if p.column in hidden[p.sheet]] == []


def test_every_measure_of_the_contract_is_asked_once():
    asked_for = [m.id for f in DIJON.fiches for m in f.mesures]
    placed = {(e.mesure, e.champ) for e in plan().input_places() if e.mesure and e.bloc != "ventilations"}
    assert {m for m, _ in placed} == set(asked_for)
    keys = [e.cle for e in plan().input_places()]
    assert len(set(keys)) == len(keys)
    assert len({c for f in plan().worksheets for c in f.rows}) == sum(len(f.rows) for f in plan().worksheets)


def test_only_persons_are_asked_whether_they_were_counted_once_and_where_they_live(opened_book):
    placed = {(e.mesure, e.champ) for e in plan().input_places() if e.bloc == "mesures"}
    counted = [m for f in DIJON.fiches for m in f.mesures if m.type in ("entier", "decimal", "liste", "ventilation")]
    for mesure in counted:
        people = mesure.agregation == "PERSONNES" and mesure.type == "entier"
        assert (mesure.id, "double_compte") not in placed, mesure.id  # Dijon's contract leaves it out
        assert ((mesure.id, "dont_qpv") in placed) == (people if mesure.qpv is None else mesure.qpv), mesure.id
    # what is not asked is closed, and says so
    sheet = next(f for f in plan().worksheets if f.fiche == "2.3")
    leavers = sheet.rows["2.3/mesures/2.3-I04"].numero
    assert opened_book["FA 2.3"].cell(leavers, J).value == "—"


def test_each_key_stands_in_its_row_and_nowhere_else(opened_book):
    for sheet in plan().worksheets:
        written_ones = {
            c.row: c.value for (c,) in opened_book[sheet.sheet.nom].iter_rows(min_col=1, max_col=1) if c.value
        }
        assert written_ones == {r.numero: layout.MARK + cle for cle, r in sheet.rows.items()}
        assert opened_book[sheet.sheet.nom].column_dimensions["A"].hidden or sheet.sheet.etat == "tres_masquee"


def test_the_label_that_must_agree_is_printed_where_a_reader_looks_for_it(opened_book):
    for sheet in plan().worksheets:
        sheet_tables = {cle.removesuffix("/#"): r.numero for cle, r in sheet.rows.items() if r.role == "entete"}
        for cle, row in sheet.rows.items():
            for place in row.input_places:
                line = row.numero if place.anchor_cell == "gauche" else sheet_tables[cle.rpartition("/")[0]]
                column = place.column - 1 if place.anchor_cell == "gauche" else place.column
                assert opened_book[place.sheet].cell(line, column).value == place.label, place.cle


def test_the_identification_says_which_contract_year_and_model_it_is(opened_book):
    sheet = opened_book["_identification"]
    facts = {sheet.cell(r, 2).value: sheet.cell(r, 3).value for r in range(1, sheet.max_row + 1)}
    assert facts["contrat"] == "dijon-2024-2028" and facts["annee"] == 2025 and facts["structure"] is None
    assert re.fullmatch(r"1\.[0-9a-f]{12}", facts["modele"]) and re.fullmatch(r"[0-9a-f]{12}", facts["identifiant"])
    assert facts["fiches"].split(" / ") == [f.numero for f in DIJON.fiches]


def test_the_version_changes_with_the_questions_and_not_with_who_answers():
    other = forms.plan(DIJON, YEAR, forms.repondants(DIJON)[0])
    assert other.identifier != plan().identifier
    assert forms.plan(DIJON, 2026).modele == plan().modele
    assert other.modele != plan().modele  # fewer fiches, fewer questions
    assert forms.plan(trial(), YEAR).modele != plan().modele


def test_the_sommaire_links_to_every_fiche_and_each_fiche_back(opened_book):
    def links(sheet: str) -> list[tuple[str, str]]:
        return [(c.value, c.hyperlink.location) for r in opened_book[sheet].iter_rows() for c in r if c.hyperlink]

    to_fiches = [(f.numero, f"'FA {f.numero}'!B1") for f in DIJON.fiches]
    territories = ("Territoires touchés, pour toutes vos fiches\u00a0→", "'Territoires'!A1")
    assert [x for x in links("Sommaire") if x[0] != "← Accueil"] == [*to_fiches, territories]
    assert links("Territoires") == [("← Revenir au sommaire", "'Sommaire'!A1"), *to_fiches[:-1]]
    titles = [
        c.value
        for (c,) in opened_book["Sommaire"].iter_rows(min_row=4, max_row=3 + len(DIJON.fiches), min_col=4, max_col=4)
    ]
    assert titles == [f.titre for f in DIJON.fiches]
    for fiche in DIJON.fiches:
        back, *others = links(f"FA {fiche.numero}")
        assert back == ("← Revenir au sommaire", "'Sommaire'!A1")
        # the others lead to the tables that make a figure
        made_below = [m for m in fiche.mesures if m.type in ("liste", "ventilation")]
        assert [text for text, _ in others] == ["→ plus bas"] * len(made_below)
    assert links("Accueil") == [("Ouvrir le sommaire →", "'Sommaire'!A1")]


def test_actions_without_a_fiche_are_named_in_the_sommaire_with_nothing_to_fill_in(opened_book):
    texts = {c.value for r in opened_book["Sommaire"].iter_rows() for c in r}
    assert {a.titre for a in DIJON.announced.a_programmer} <= texts


# --- Inputs, locks, validations ---------------------------------------------------------------------------------------


def test_only_the_inputs_can_be_typed_in(opened_book):
    """Of an input over several columns, the first cell; the others are part of the same merged cell."""
    for sheet in opened_book.worksheets:
        assert sheet.protection.sheet and not sheet.protection.password, sheet.title
        covered = {
            (r, c)
            for m in sheet.merged_cells.ranges
            for r in range(m.min_row, m.max_row + 1)
            for c in range(m.min_col, m.max_col + 1)
        }
        covered -= {(m.min_row, m.min_col) for m in sheet.merged_cells.ranges}
        open_ones = {
            c.coordinate
            for r in sheet.iter_rows()
            for c in r
            if not c.protection.locked and (c.row, c.column) not in covered
        }
        assert open_ones == {p.cell for p in places().get(sheet.title, [])}, sheet.title


def test_rows_can_be_added_to_the_fiches_only(opened_book):
    allowed = {f.title for f in opened_book.worksheets if not f.protection.insertRows}
    assert allowed == {f"FA {f.numero}" for f in DIJON.fiches}


TYPES = {
    "entier": "whole",
    "decimal": "decimal",
    "montant": "decimal",
    "date": "date",
    "liste": "list",
    "case": "list",
    "texte": "textLength",
    "code": "textLength",
}


def validations(sheet: Worksheet) -> dict[str, list]:
    """Cell → the validations that cover it."""
    all_found: dict[str, list] = {}
    for validation in sheet.data_validations.dataValidation:
        for cell_range in validation.sqref.ranges:
            for line in range(cell_range.min_row, cell_range.max_row + 1):
                for column in range(cell_range.min_col, cell_range.max_col + 1):
                    all_found.setdefault(address(line, column), []).append(validation)
    return all_found


def test_every_input_has_one_validation_of_its_type_and_nothing_else_has_any(opened_book):
    for sheet in opened_book.worksheets:
        all_found = validations(sheet)
        its_own = {p.cell: p for p in places().get(sheet.title, [])}
        assert all_found.keys() == its_own.keys()
        for cell, place in its_own.items():
            (validation,) = all_found[cell]
            assert validation.type == TYPES[place.type], place.cle
            assert validation.allow_blank and validation.showInputMessage and validation.showErrorMessage
            assert validation.errorStyle in (None, "stop") if place.strict else validation.errorStyle == "warning"


def test_prompts_and_errors_are_french_and_within_excels_limits(opened_book):
    for sheet in opened_book.worksheets:
        for v in sheet.data_validations.dataValidation:
            for texte, limite in ((v.promptTitle, 32), (v.prompt, 255), (v.errorTitle, 32), (v.error, 255)):
                assert texte and len(texte) <= limite, (sheet.title, v.sqref, texte)
                assert not ENGLISH.search(texte), texte
                assert not re.search(r" [:;!?»€%]|« |'", texte), f"espace ou apostrophe : {texte}"
            assert v.prompt.endswith((".", "?", "…")) and v.error.endswith(".")


def test_a_number_is_bounded_as_its_question_is(opened_book):
    bounds = {}
    for sheet in opened_book.worksheets:
        for cell, (v,) in validations(sheet).items():
            bounds[sheet.title, cell] = (v.operator or "between", v.formula1, v.formula2)
    for place in plan().input_places():
        if place.type in ("entier", "decimal", "montant"):
            operator_name, minimum, maximum = bounds[place.sheet, place.cell]
            assert (operator_name, float(minimum), float(maximum)) == (
                "between",
                float(place.minimum),
                float(place.maximum),
            ), place.cle
        if place.type == "texte":
            assert bounds[place.sheet, place.cell][:2] == ("lessThanOrEqual", str(place.length)), place.cle
    by_key = {e.cle: e for e in plan().input_places()}
    assert by_key["2.2/financement/01/engage"].maximum == AMOUNT_MAX
    assert by_key["5.1/qualitatif/freins"].length == 1500


def test_a_list_offers_the_choices_of_its_question(opened_book):
    listes = opened_book["Listes"]
    for sheet in opened_book.worksheets:
        its_own = {p.cell: p for p in places().get(sheet.title, []) if p.type == "liste"}
        for cell, place in its_own.items():
            (validation,) = validations(sheet)[cell]
            c1, r1, c2, r2 = range_boundaries(validation.formula1.removeprefix("Listes!").replace("$", ""))
            assert c1 == c2
            assert tuple(listes.cell(r, c1).value for r in range(r1, r2 + 1)) == place.choix, place.cle
            assert listes.cell(r2 + 1, c1).value is None, "la plage s’arrête au dernier choix"


def test_what_is_asked_and_what_is_optional_look_different_and_not_by_colour_alone(opened_book):
    for place in plan().input_places():
        cell = opened_book[place.sheet][place.cell]
        stroke = cell.border.top.style
        assert stroke == ("thin" if place.obligatoire else "dashed"), place.cle
    for nom, sheet in ((f.sheet.nom, f) for f in plan().worksheets if f.fiche):
        mandatory = {r.numero for r in sheet.rows.values() if any(e.obligatoire for e in r.input_places)}
        for line in mandatory:
            assert '"à remplir"' in opened_book[nom].cell(line, STATE).value


def test_numbers_show_as_what_they_are(opened_book):
    formats = {"entier": "#,##0", "montant": '#,##0.00\\ "€"', "date": "dd/mm/yyyy", "code": "@"}
    for place in plan().input_places():
        if place.type in formats:
            assert opened_book[place.sheet][place.cell].number_format == formats[place.type], place.cle


def test_no_input_table_has_merged_cells(opened_book):
    for sheet in plan().worksheets:
        sheet_tables: dict[str, list[int]] = {}
        headers = {cle.removesuffix("/#") for cle, r in sheet.rows.items() if r.role == "entete"}
        for cle, row in sheet.rows.items():
            if (prefix := cle.rpartition("/")[0]) in headers:
                sheet_tables.setdefault(prefix, []).append(row.numero)
        for merge in opened_book[sheet.sheet.nom].merged_cells.ranges:
            # only form answers, facts and titles are: from the header to the last row, tables are bare
            for prefix, lines in sheet_tables.items():
                reminder = sheet.rows.get(f"{prefix}/rappel")
                lines = [n for n in lines if reminder is None or n != reminder.numero]
                assert not (merge.min_row <= max(lines) and merge.max_row >= min(lines)), (
                    sheet.sheet.nom,
                    str(merge),
                    prefix,
                )


def test_tab_runs_down_the_sheet_and_across_each_row(opened_book):
    """Inputs are drawn in the order in which Tab visits them: no question is behind another."""
    for nom, its_own in places().items():
        order = [(p.row, p.column) for p in its_own]
        assert [r for r, _ in order] == sorted(r for r, _ in order), nom
        assert opened_book[nom].sheet_view.selection[-1].activeCell == its_own[0].cell


# --- Formulas ---------------------------------------------------------------------------------------------------------


def test_formulas_use_only_functions_that_every_spreadsheet_knows(opened_book):
    assert FUNCTIONS_USED <= FUNCTIONS
    for sheet in opened_book.worksheets:
        for cell in (c for r in sheet.iter_rows() for c in r if c.data_type == "f"):
            unquoted = re.sub(r'"[^"]*"', '""', cell.value)
            assert set(re.findall(r"([A-Z][A-Z.]*)\(", unquoted)) <= FUNCTIONS_USED, cell.value
            assert cell.protection.locked


@pytest.mark.parametrize("contrat", SHIPPED_CONTRATS)
def test_every_shipped_contract_gives_a_sound_workbook(contrat):
    taken = toml_reader.load(contrat)
    drawn_plan = forms.plan(taken, taken.annees[0])
    assert lint(writer.to_bytes(drawn_plan.workbook)) == []
    assert [f.sheet.nom for f in drawn_plan.worksheets if f.fiche] == [f"FA {f.numero}" for f in taken.fiches]


# --- The same bytes, the same text ------------------------------------------------------------------------------------


def test_two_generations_give_the_same_bytes():
    programme = (
        "import hashlib; from cls_workbook import definition, forms; from cls_workbook.workbook import writer;"
        "print(hashlib.sha256(writer.to_bytes(forms.plan(definition.load('dijon-2024-2028'), "
        f"{YEAR}).workbook)).hexdigest())"
    )
    launched = [
        subprocess.Popen(
            [sys.executable, "-c", programme],
            stdout=subprocess.PIPE,
            env={"PYTHONHASHSEED": seed, "PATH": "/usr/bin"},
            cwd=Path(__file__).parents[2],
        )
        for seed in ("1", "2024")
    ]
    first, second = (p.communicate()[0] for p in launched)
    assert first == second and len(first) == 65


# --- What a contract may hold -----------------------------------------------------------------------------------------


def test_without_communes_financeurs_or_natures_nothing_is_drawn_for_them():
    drawn_plan = forms.plan(twisted(), 2025)
    blocks = {e.bloc for e in drawn_plan.input_places()}
    assert "territoire" not in blocks and "ventilations" not in blocks
    # nothing to choose from: a text is asked instead
    assert {e.type for e in drawn_plan.input_places() if e.champ in ("financeur", "nature")} == {"texte"}


def test_what_is_typed_in_an_awkward_workbook_is_read_back(tmp_path):
    drawn_plan = forms.plan(twisted(), 2025)
    reponses = examples.make_answers(drawn_plan)
    examples.fill_cell(drawn_plan, reponses)
    writer.write(drawn_plan.workbook, tmp_path / "retour.xlsx")
    retour = ReturnReader(lambda _: twisted()).read(tmp_path / "retour.xlsx")
    assert len(retour.saisies) == len(reponses)


def test_a_year_that_came_before_is_shown_beside_the_inputs():
    mesures = {m.id: m for f in DIJON.fiches for m in f.mesures}
    precedent = {"1.2-I03": 17, "2.3-I07": 7.5}
    drawn_plan = forms.plan(DIJON, YEAR, None, forms.WorkbookContext(precedent=precedent))
    for mesure, valeur in precedent.items():
        bloc = {"entier": "mesures", "moyenne": "durees"}[mesures[mesure].type]
        sheet = next(f for f in drawn_plan.worksheets if f.fiche == mesure.split("-")[0])
        row = sheet.rows[f"{sheet.fiche}/{bloc}/{mesure}"]
        cells = {c[:2]: c.valeur for c in sheet.sheet.cells}
        assert cells[row.numero, row.reminder] == valeur
        header = sheet.rows[f"{sheet.fiche}/{bloc}/#"].numero
        word = "Valeur" if bloc == "mesures" else "Durée"
        assert cells[header, row.reminder] == f"{word} 2024"


def test_the_campaign_says_until_when_and_whom_to_ask(tmp_path):
    campagne = forms.WorkbookContext(limite="15 mars 2026", contact="Coordination, 03 80 00 00 00")
    drawn_plan = forms.plan(DIJON, YEAR, None, campagne)
    texts = [c.valeur for c in drawn_plan.workbook.worksheets[0].cells]
    assert "Suivi de l’année 2025 · à renvoyer avant le 15 mars 2026" in texts
    assert {"Coordination, 03 80 00 00 00.", "Retour attendu avant le 15 mars 2026."} <= set(texts)
    # a return is read against the contract alone: what the campaign adds is no fault
    writer.write(drawn_plan.workbook, tmp_path / "retour.xlsx")
    assert ReturnReader(toml_reader.load).read(tmp_path / "retour.xlsx").anomalies == ()
