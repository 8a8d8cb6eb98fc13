"""What the sheets show while one types is what Python makes of the same answers; blank,
they show what they were sent with.
"""

from __future__ import annotations

import datetime
import random
from decimal import Decimal

import openpyxl
import pytest

from cls_workbook import forms
from cls_workbook.definition import toml_reader
from cls_workbook.fast_paths import offprint
from cls_workbook.forms import examples
from cls_workbook.forms.layout import TO_CORRECT, TO_FILL
from cls_workbook.workbook import writer
from cls_workbook.workbook.description import Formula, address
from tests.support.awkward_contrat import STRUCTURE, TITLE, twisted
from tests.support.expected_formulas import all_expected
from tests.support.small_workbook import trial, valid_value
from tests.support.xlsx_lint import lint

YEAR = 2025
NAME_HELP = "Une ligne par structure ou par lieu, jamais une personne : elle n’est comptée qu’une fois."
DIJON = toml_reader.load("dijon-2024-2028")


def formulas(plan: forms.WorkbookPlan) -> dict[tuple[str, str], Formula]:
    return {
        (f.nom, address(*c[:2])): c.valeur
        for f in plan.workbook.worksheets
        for c in f.cells
        if isinstance(c.valeur, Formula)
    }


def is_readable(valeur: object) -> object:
    """Numbers as floats; texts with one kind of space; a blank and an empty text are the same to the eye."""
    if valeur is None or isinstance(valeur, str):
        return " ".join((valeur or "").replace("\u202f", " ").replace("\u00a0", " ").split(" "))
    return float(valeur)


def recalculated(libreoffice, file, plan: forms.WorkbookPlan) -> dict[tuple[str, str], object]:
    """(sheet, cell) → what each formula of the plan shows once LibreOffice has computed everything again."""
    items_read = {}
    with libreoffice.open(file) as document:
        document.recalc()
        for nom in {sheet for sheet, _ in formulas(plan)}:
            cells = document.values(nom)
            for sheet, cell in formulas(plan):
                if sheet == nom:
                    found_one = cells[cell]
                    assert (found_one.nature, found_one.error) == ("formule", 0), (nom, cell, found_one)
                    items_read[nom, cell] = is_readable(found_one.valeur)
    return items_read


def comparer(items_read: dict, all_expected: dict) -> None:
    assert items_read.keys() == all_expected.keys()
    wrong_ones = {
        location: (item_read, expected_row)
        for location, item_read in items_read.items()
        if item_read != pytest.approx(expected_row := is_readable(all_expected[location]), abs=1e-9)
        and item_read != expected_row
    }
    assert wrong_ones == {}


# --- Filled in ------------------------------------------------------------------------------------------------------


def at_random(plan: forms.WorkbookPlan, seed: int, part: float) -> dict[str, object]:
    """Valid answers to a part of the questions; small counts, so that some breakdowns make their totals."""
    rng = random.Random(seed)
    asked = [e for e in plan.input_places() if e.champ != "rien" or rng.random() < 0.2]
    reponses = {e.cle: valid_value(e, rng) for e in asked if rng.random() < part}
    return {c: rng.randint(0, 3) if type(v) is int and rng.random() < 0.8 else v for c, v in reponses.items()}


def verifier(libreoffice, folder, plan: forms.WorkbookPlan, reponses: dict[str, object]) -> None:
    wanted = all_expected(plan, reponses)  # a band knows how high rows are sent, not that these are made higher
    examples.fill_cell(plan, reponses)
    writer.write(plan.workbook, folder / "rempli.xlsx")
    comparer(recalculated(libreoffice, folder / "rempli.xlsx", plan), wanted)


def test_every_formula_agrees_with_python_on_the_example_answers(libreoffice, tmp_path):
    plan = forms.plan(DIJON, YEAR)
    reponses = examples.make_answers(plan)
    verifier(libreoffice, tmp_path, plan, reponses)
    # coherent answers leave nothing to fill in
    assert all(word != TO_FILL for word in all_expected(plan, reponses).values())


@pytest.mark.parametrize(
    ("contrat", "seed", "part"),
    [
        pytest.param(DIJON, 1, 0.15, marks=pytest.mark.exhaustive),
        pytest.param(DIJON, 2, 0.5),
        pytest.param(DIJON, 3, 0.9, marks=pytest.mark.exhaustive),
        *((trial(), *drawn) for drawn in ((1, 0.15), (2, 0.5), (3, 0.9))),
    ],
)
def test_every_formula_agrees_with_python_on_random_answers(libreoffice, tmp_path, contrat, seed, part):
    plan = forms.plan(contrat, YEAR)
    verifier(libreoffice, tmp_path, plan, at_random(plan, seed, part))


@pytest.fixture(scope="module")
def opened(libreoffice, tmp_path_factory):
    """The general workbook of Dijon open in LibreOffice; each test types in a fiche of its own."""
    file = tmp_path_factory.mktemp("ouvert") / "dijon.xlsx"
    writer.write(forms.plan(DIJON, YEAR).workbook, file)
    with libreoffice.open(file) as document:
        yield document


def cell(fiche: str, cle: str, column: str = "D") -> str:
    sheet = next(f for f in forms.plan(DIJON, YEAR).worksheets if f.fiche == fiche)
    return f"{column}{sheet.rows[f'{fiche}/{cle}'].numero}"


@pytest.mark.parametrize(
    ("cost", "etp", "aide"),
    # half of the post, 30 000 € at most; half a post at least; of a post and a half, one post is counted
    [
        ("52000", "1", 26000),
        ("75000", "1", 30000),
        ("52000", "0,4", 0),
        ("52000", "0,5", 26000),
        ("45000", "1,5", 15000),
        ("52000", "", ""),
    ],
)
def test_the_post_of_coordination_is_funded_while_one_types(opened, cost, etp, aide):
    eligible, share = cell("5.1", "poste/depense_eligible"), cell("5.1", "poste/quotite")
    opened.type("FA 5.1", {eligible: cost, share: etp, cell("5.1", "depenses/total"): "100000"})
    assert opened.values("FA 5.1")[cell("5.1", "calculs/regle.poste-coordination")].valeur == aide


def test_the_cost_per_person_is_computed_while_one_types(opened):
    mesure = DIJON.rules_of("2.2", "cout_unitaire")[0].sessions.mesure_participants
    cost = cell("2.2", "calculs/regle.sessions-pssm")
    assert opened.values("FA 2.2")[cost].valeur == ""
    opened.type("FA 2.2", {cell("2.2", f"mesures/{mesure}", "G"): "24"})
    assert opened.values("FA 2.2")[cost].valeur == 6000  # 24 × 250 €
    opened.type("FA 2.2", {cell("2.2", "complements/formateurs"): "2"})
    assert opened.values("FA 2.2")[cost].valeur == 9000  # and 2 × 1 500 €


@pytest.mark.parametrize(
    ("cle", "column", "typed"),
    [
        ("avancement/etat", "D", "bientôt"),
        ("avancement/date_fin_reelle", "D", "un jour"),
        ("depenses/total", "D", "env. 40"),
        ("depenses/ressources_propres", "D", "-3"),
        ("mesures/3.5-I01", "G", "2,5"),
        ("financement/01", "F", "oui"),
        ("financement/01", "G", "TRUE"),
        ("financement/01", "D", "Autre argent"),
    ],
)
def test_what_is_not_an_answer_is_to_be_corrected_while_one_types(opened, cle, column, typed):
    where, state = cell("3.5", cle, column), cell("3.5", cle, "B")
    before = opened.values("FA 3.5")[state].valeur
    opened.type("FA 3.5", {where: typed})
    assert opened.values("FA 3.5")[state].valeur == TO_CORRECT
    assert opened.values("Sommaire")[contents_cell("3.5", "H")].valeur == 1
    opened.type("FA 3.5", {where: ""})
    assert opened.values("FA 3.5")[state].valeur == before


def test_categories_of_a_rate_that_make_another_rate_are_to_be_corrected_while_one_types(opened):
    rate, first, total = "taux/5.1-I03", "ventilations/5.1-I03/01", "ventilations/5.1-I03/total"
    opened.type("FA 5.1", {cell("5.1", rate, "E"): "6", cell("5.1", rate, "F"): "8"})
    opened.type("FA 5.1", {cell("5.1", first, "D"): "6", cell("5.1", first, "E"): "7"})
    shown = opened.values("FA 5.1")
    assert [shown[cell("5.1", total, c)].valeur for c in "DEB"] == [6, 7, TO_CORRECT]
    opened.type("FA 5.1", {cell("5.1", first, "E"): "8"})
    shown = opened.values("FA 5.1")
    assert [shown[cell("5.1", total, c)].valeur for c in "DEB"] == [6, 8, ""]


@pytest.mark.parametrize(
    ("declared", "names", "count", "said", "state"),
    [
        ("2", ("CCAS", "Unafam", "ccas"), 2, "Noms différents : 2, autant que la valeur déclarée (2).", ""),
        ("1", ("CCAS", "Unafam", ""), 2, "Noms différents : 2, plus que la valeur déclarée (1).", TO_CORRECT),
        ("3", ("CCAS", "", "Les * du ?"), 2, "Noms différents : 2, moins que la valeur déclarée (3).", ""),
        ("env. 3", ("CCAS", "", ""), 1, "Noms différents : 1.", ""),
        ("1", ("", "", ""), "", NAME_HELP, ""),
    ],
)
def test_more_names_than_were_counted_are_to_be_corrected_while_one_types(opened, declared, names, count, said, state):
    counted, listed = "mesures/2.1-I03", "ventilations/2.1-I03"
    opened.type("FA 2.1", {cell("2.1", counted, "G"): declared})
    opened.type("FA 2.1", {cell("2.1", f"{listed}/{n:02d}", "C"): nom for n, nom in enumerate(names, 1)})
    shown = opened.values("FA 2.1")
    assert [shown[cell("2.1", f"{listed}/noms", c)].valeur for c in "DB"] == [count, state]
    assert is_readable(shown[cell("2.1", f"{listed}/noms", "F")].valeur) == said


def contents_cell(fiche: str, column: str) -> str:
    sheet = next(f for f in forms.plan(DIJON, YEAR).workbook.worksheets if f.nom == "Sommaire")
    return f"{column}{next(c.line for c in sheet.cells if getattr(c.valeur, 'texte', '') == fiche)}"


def test_last_year_the_target_and_the_change_stand_beside_the_answer(libreoffice, tmp_path):
    last = {"2.3-C01": 10, "2.3-I03c": 0.75, "2.3-I07": 7.5, "1.2-I09a": 0.9}
    typed = {
        "2.3/mesures/2.3-C01/valeur": 14,  # four communes more
        "2.3/taux/2.3-I03c/numerateur": 34,  # of 40: 85 %, ten points more
        "2.3/durees/2.3-I07/moyenne": Decimal("6.25"),
        "1.2/satisfaction/1.2-I09a/repondants": 20,
        "1.2/satisfaction/1.2-I09a/satisfaits": 17,
    }
    plan = forms.plan(DIJON, YEAR, None, forms.WorkbookContext(precedent=last))
    examples.fill_cell(plan, typed)
    writer.write(plan.workbook, tmp_path / "rempli.xlsx")
    rows = {p.mesure: p.row for p in plan.input_places() if p.mesure in last and p.bloc != "ventilations"}
    with libreoffice.open(tmp_path / "rempli.xlsx") as document:
        document.recalc()
        emas, mediation = document.values("FA 2.3"), document.values("FA 1.2")
    beside = {m: [emas[f"{c}{rows[m]}"].valeur for c in "EFGHIJK" if f"{c}{rows[m]}" in emas] for m in list(last)[:3]}
    assert beside["2.3-C01"] == [10, "23 en 2028", 14, 4, "—"]
    assert beside["2.3-I03c"] == [34, 40, 0.85, 0.75, "100\u00a0% chaque année", pytest.approx(10)]
    assert beside["2.3-I07"] == [6.25, 7.5, -1.25]
    change = mediation[f"J{rows['1.2-I09a']}"].valeur
    assert change == pytest.approx(-5)


def test_nothing_this_year_is_one_gesture_and_why(opened):
    rien = cell("4.1", "avancement/rien")
    opened.type("FA 4.1", {rien: "rien à déclarer"})
    shown = opened.values("FA 4.1")
    assert [shown[cell("4.1", f"avancement/{c}", "B")].valeur for c in ("rien", "etat")] == [TO_FILL, ""]
    assert shown["I2"].valeur == "0 sur 1 renseignés"
    opened.type("FA 4.1", {f"F{rien[1:]}": "L’action commence en 2026."})
    assert opened.values("Sommaire")[contents_cell("4.1", "I")].valeur == "complète"


@pytest.mark.parametrize(
    ("chosen", "word"), [("EMAS", TO_FILL), ("Étude de l’extension", "autre volet"), ("", TO_FILL)]
)
def test_what_another_volet_answers_is_not_asked(opened, chosen, word):
    opened.type("FA 2.3", {cell("2.3", "reponse/volet"): chosen})
    assert opened.values("FA 2.3")[cell("2.3", "mesures/2.3-I01", "B")].valeur == word


def test_rows_that_a_partner_inserts_at_either_end_of_a_table_count_in_its_totals(libreoffice, tmp_path):
    plan = forms.plan(trial(), YEAR)
    writer.write(plan.workbook, tmp_path / "lignes.xlsx")
    sheet = next(f for f in plan.worksheets if f.fiche == "1.1")
    first, end = (sheet.rows[f"1.1/financement/{r}"].numero for r in ("01", "fin"))
    with libreoffice.open(tmp_path / "lignes.xlsx") as document:
        document.unprotect("FA 1.1")
        document.insert_rows("FA 1.1", end)
        document.insert_rows("FA 1.1", first)
        document.type(
            "FA 1.1",
            {f"D{first}": "Maquette ARS", f"E{first}": "100", f"D{end + 1}": "Maquette ARS", f"E{end + 1}": "20,50"},
        )
        total = sheet.rows["1.1/financement/total.0"].numero + 2
        assert document.values("FA 1.1")[f"E{total}"].valeur == 120.5
        document.save(tmp_path / "relu.xlsx")
    last = sheet.rows["1.1/financement/total.1"].numero + 2
    names = openpyxl.load_workbook(tmp_path / "relu.xlsx")["FA 1.1"].defined_names
    assert names["Financements_de_l_année"].attr_text == f"'FA 1.1'!$B${first - 1}:$I${last}"


def test_what_stands_beside_a_table_stays_right_when_a_row_is_inserted(opened):
    counted, table = "mesures/3.3-I01", "ventilations/3.3-I01"
    declared, left = (cell("3.3", f"{table}/{n}", "L") for n in ("01", "02"))
    first = int(declared[1:])
    opened.type("FA 3.3", {cell("3.3", counted, "G"): "12", f"D{first}": "3", f"D{first + 2}": "4"})
    assert [opened.values("FA 3.3")[c].valeur for c in (declared, left)] == [12, 5]
    opened.insert_rows("FA 3.3", first + 1)
    opened.put("FA 3.3", {f"D{first + 1}": 2})
    shown = opened.values("FA 3.3")
    assert [shown[f"{c}{first + n}"].valeur for n in (0, 2) for c in "GL"] == [
        "Valeur déclarée plus haut",
        12,
        "Reste à répartir",
        3,
    ]


# --- As sent --------------------------------------------------------------------------------------------------------


def cached(file, plan: forms.WorkbookPlan) -> dict[tuple[str, str], object]:
    opened_book = openpyxl.load_workbook(file, data_only=True)
    return {(sheet, cell): is_readable(opened_book[sheet][cell].value) for sheet, cell in formulas(plan)}


@pytest.mark.parametrize("structure", [None, "sdat", "ars"])
def test_a_blank_workbook_shows_what_libreoffice_computes(libreoffice, tmp_path, structure):
    respondent = next((r for r in forms.repondants(DIJON) if r.id == structure), None)
    general, plan = forms.plan(DIJON, YEAR), forms.plan(DIJON, YEAR, respondent)
    file = tmp_path / "vide.xlsx"
    file.write_bytes(list(offprint.produce([general.workbook, plan.workbook]))[1])
    assert cached(file, plan) == recalculated(libreoffice, file, plan)
    saisies = {"accueil/reponse/structure": respondent.nom} if respondent else {}
    volets = {
        f"{n}/reponse/volet": v
        for n, v in (respondent.fiches if respondent else ())
        if v and [f for f, _ in respondent.fiches].count(n) == 1
    }
    assert cached(file, plan) == {
        location: is_readable(v) for location, v in all_expected(plan, saisies | volets).items()
    }


def test_dates_do_not_disturb_the_answers(libreoffice, tmp_path):
    """A date is a number to a spreadsheet: it is shown as one types it, and counted by no total."""
    plan = forms.plan(trial(), YEAR)
    place = next(e for e in plan.input_places() if e.cle == "1.1/financement/01/date")
    verifier(libreoffice, tmp_path, plan, {place.cle: datetime.date(2025, 3, 15)})
    with libreoffice.open(tmp_path / "rempli.xlsx") as document:
        assert document.values(place.sheet, as_shown=True)[place.cell].as_shown == "15/03/2025"


@pytest.mark.parametrize("sole", [False, True])
def test_a_contract_with_awkward_content_gives_a_sound_workbook(libreoffice, tmp_path, sole):
    contrat = twisted()
    (respondent,) = forms.repondants(contrat)
    drawn_plan = forms.plan(contrat, 2025, respondent if sole else None)
    reponses = examples.make_answers(drawn_plan)
    examples.fill_cell(drawn_plan, reponses)
    content = writer.to_bytes(drawn_plan.workbook)
    assert lint(content) == []
    (tmp_path / "retors.xlsx").write_bytes(content)
    with libreoffice.open(tmp_path / "retors.xlsx") as document:
        document.recalc()
        assert [n for n in document.sheets() if n.startswith("FA")] == ["FA A.3 bis", "FA Z'0"]
        cells = document.values("FA A.3 bis")
        assert cells["B1"].valeur == f"Fiche A.3 bis · {TITLE}"
        assert cells["F2"].valeur == f"Structure\u00a0: {STRUCTURE}"
        # 60 measures and the five questions of every fiche, the reason of the postponement left blank
        assert cells["I2"].valeur == "64 sur 65 renseignés"
        assert [document.values("Sommaire")[c].valeur for c in ("F4", "G4", "I4", "F5", "G5")] == [
            64,
            65,
            "à compléter",
            4,
            5,
        ]
