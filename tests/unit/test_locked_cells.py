"""What was locked and came back changed: labels, texts, prefilled values, formulas; before and after, once,
and no false alarm.
"""

from __future__ import annotations

import re

import openpyxl
import pytest

from cls_workbook.reading.locating.formula_comparison import in_words, readable_text, signature
from cls_workbook.workbook.description import Formula, address
from tests.support.small_workbook import blank, cell, filled, modified, places, plan, read

BASE = {"accueil/reponse/structure": "Ville de Rivemont", "1.1/avancement/etat": "En cours"}


def formula_of(cle: str) -> tuple[str, str]:
    """(cell, formula) of the last computed cell of the row of an input."""
    sheet = next(f.sheet for f in plan("ville").worksheets if f.fiche == cle.partition("/")[0])
    line = places("ville")[cle].row
    c = [c for c in sheet.cells if c.line == line and isinstance(c.valeur, Formula)][-1]
    return address(c.line, c.column), c.valeur.texte


def statements(retour) -> list[tuple[str, str, tuple[str, ...]]]:
    return [(a.gravite, a.code, a.cells) for a in retour.anomalies]


# --- formulas -------------------------------------------------------------------------------------------------------


def test_a_formula_that_computes_something_else_is_told_before_and_after(tmp_path):
    where, before = formula_of("1.1/mesures/1.1-I01/valeur")
    retour = read(
        modified(
            filled(tmp_path, BASE, "ville"),
            lambda opened_book: opened_book["FA 1.1"].__setitem__(where, '=IF(1=1,"rempli","à remplir")'),
        )
    )
    ((gravite, code, cells),) = statements(retour)
    assert (gravite, code, cells) == ("à confirmer", "FORMULE_MODIFIEE", (where,))
    assert "IF(1=1" in retour.anomalies[0].found and before[:30] in retour.anomalies[0].found


def test_many_changed_formulas_of_a_sheet_are_one_anomaly(tmp_path):
    def change_everything(opened_book):
        for line in opened_book["FA 1.1"].iter_rows():
            for c in line:
                if c.data_type == "f":
                    c.value = "=1+1"

    (anomalie,) = read(modified(filled(tmp_path, BASE, "ville"), change_everything)).anomalies
    assert anomalie.code == "FORMULE_MODIFIEE" and len(anomalie.cells) > 10


def test_a_formula_pasted_over_by_a_value_is_told_with_what_it_computed(tmp_path):
    where = cell("1.1/taux/1.1-I03a/numerateur")
    column = next(
        c
        for c in plan("ville").worksheets[1].sheet.cells
        if c.line == int(re.sub(r"\D", "", where)) and isinstance(c.valeur, Formula) and "/" in c.valeur.texte
    )
    there = address(column.line, column.column)
    retour = read(
        modified(filled(tmp_path, BASE, "ville"), lambda opened_book: opened_book["FA 1.1"].__setitem__(there, 0.4))
    )
    (anomalie,) = retour.anomalies
    assert anomalie.cells == (there,) and "divisé par" in anomalie.expected and "40\u00a0%" in anomalie.found


REWRITTEN = (
    lambda f: f.replace(",", ", ").replace("(", "( "),
    str.lower,
    lambda f: re.sub(r"\b([A-Z]+\d+)\b", r"$\1", f) if '"' not in f else f,
    lambda f: f.replace("'Accueil'!", "Accueil!").replace("'FA 1.1'!", "'Ma fiche'!"),
)


@pytest.mark.parametrize("rewrite", REWRITTEN)
def test_a_formula_rewritten_by_a_spreadsheet_is_the_same(tmp_path, rewrite):
    def everywhere(opened_book):
        for sheet in opened_book:
            for line in sheet.iter_rows():
                for c in line:
                    if c.data_type == "f":
                        pieces = re.split(r'("(?:[^"]|"")*")', c.value)
                        c.value = "".join(m if m.startswith('"') else rewrite(m) for m in pieces)

    assert read(modified(filled(tmp_path, BASE, "ville"), everywhere)).anomalies == ()


def test_truth_is_the_same_with_or_without_parentheses():
    """LibreOffice saves FALSE as FALSE() in an .ods."""
    sent = 'IF(OR(D7="",FALSE),TRUE,"FALSE ( )")'
    assert signature(sent) == signature('of:=IF(OR([.D7]="";FALSE());TRUE();"FALSE ( )")')
    assert signature(sent) != signature(sent.replace("FALSE)", "TRUE)"))


def test_two_forms_of_one_formula_have_one_signature():
    excel = """IF(OR('FA 1.2'!D14="",N(E14)=0),"a;b",SUM($C$66:$C$70)/1.50)"""
    odf = """of:=IF(OR([$'FA 1.2'.D14]="";N([.E14])=0);"a;b";SUM([.$C$66:.$C$70])/1.5)"""
    assert readable_text(odf).startswith("IF(OR('FA 1.2'!D14")
    assert signature(excel) == signature(odf)
    assert signature(excel) != signature(excel.replace("E14", "E15"))
    assert (
        signature(excel, False)
        == signature(excel.replace("E14", "E15"), False)
        != signature(excel.replace("SUM", "MAX"), False)
    )


def test_a_formula_is_put_in_words():
    assert in_words('IF(OR(D9="",N(E9)=0),"",D9/E9)') == "D9 divisé par E9"
    assert in_words("SUM(C66:C70)") == "la somme de C66 à C70"
    assert "=MAX(A1,B1)" in in_words("MAX(A1,B1)")


# --- texts and values -----------------------------------------------------------------------------------------------


def printed_title() -> tuple[str, str]:
    """(cell, text) of a printed text that no input depends on, and that has a few words."""
    sheet = next(f.sheet for f in plan("ville").worksheets if f.fiche == "1.1")
    c = next(c for c in sheet.cells if isinstance(c.valeur, str) and c.style.startswith("bloc") and len(c.valeur) > 12)
    return address(c.line, c.column), c.valeur


def test_a_reworded_text_is_an_information_before_and_after(tmp_path):
    where, texte = printed_title()
    retour = read(
        modified(
            filled(tmp_path, BASE, "ville"),
            lambda opened_book: opened_book["FA 1.1"].__setitem__(where, texte + " (vu)"),
        )
    )
    assert statements(retour) == [("information", "TEXTE_IMPRIME_MODIFIE", (where,))]
    assert "(vu)" in retour.anomalies[0].found and texte[:20] in retour.anomalies[0].found


def test_what_covers_a_printed_text_may_be_an_answer_and_is_to_be_confirmed(tmp_path):
    where, texte = printed_title()
    retour = read(
        modified(filled(tmp_path, BASE, "ville"), lambda opened_book: opened_book["FA 1.1"].__setitem__(where, 4213))
    )
    assert statements(retour) == [("à confirmer", "SAISIE_HORS_CADRE", (where,))]
    assert "4" in retour.anomalies[0].found and texte[:20] in retour.anomalies[0].found


def test_reworded_texts_of_a_sheet_are_one_anomaly(tmp_path):
    def everywhere(opened_book):
        for line in opened_book["Accueil"].iter_rows(min_col=6):
            for c in line:
                if isinstance(c.value, str) and len(c.value) > 20 and not c.value.startswith("="):
                    c.value += " (vu)"

    anomalies = [
        a
        for a in read(modified(filled(tmp_path, BASE, "ville"), everywhere)).anomalies
        if a.code == "TEXTE_IMPRIME_MODIFIE"
    ]
    assert len(anomalies) == 1 and len(anomalies[0].cells) > 2


def test_a_prefilled_value_is_told_with_what_it_was(tmp_path):
    line = places("ville")["1.1/mesures/1.1-I01/valeur"].row
    retour = read(
        modified(filled(tmp_path, BASE, "ville"), lambda opened_book: opened_book["FA 1.1"].__setitem__(f"E{line}", 99))
    )
    (anomalie,) = retour.anomalies
    assert (anomalie.gravite, anomalie.code, anomalie.cells) == ("bloquant", "PREREMPLI_MODIFIE", (f"E{line}",))
    assert "99" in anomalie.found and "12" in anomalie.expected


def test_an_untouched_workbook_saved_by_openpyxl_says_nothing(tmp_path):
    path = blank(tmp_path, "ville")
    openpyxl.load_workbook(path).save(path)
    assert read(path).anomalies == ()


def test_a_figure_typed_in_the_hidden_column_beside_the_sheet_is_told(tmp_path):
    """The column remembers what was taken up from last year: texts between bars, and nothing else."""
    line = places("ville")["1.1/financement/01/engage"].row
    retour = read(
        modified(
            filled(tmp_path, BASE, "ville"), lambda opened_book: opened_book["FA 1.1"].__setitem__(f"L{line}", 1500)
        )
    )
    assert statements(retour) == [("à confirmer", "SAISIE_HORS_CADRE", (f"L{line}",))]
    assert (
        read(
            modified(
                filled(tmp_path, BASE, "ville"),
                lambda opened_book: opened_book["FA 1.1"].__setitem__(f"L{line}", "|ARS|"),
            )
        ).anomalies
        == ()
    )


def test_a_note_typed_over_last_year_s_figure_is_told(tmp_path):
    line = places("ville")["1.1/mesures/1.1-I01/valeur"].row
    retour = read(
        modified(
            filled(tmp_path, BASE, "ville"),
            lambda opened_book: opened_book["FA 1.1"].__setitem__(f"F{line}", "environ 40"),
        )
    )
    assert statements(retour) == [("à confirmer", "SAISIE_HORS_CADRE", (f"F{line}",))]


@pytest.mark.parametrize(
    "elsewhere",
    [
        "[1]Accueil!$D$5",
        "'[retour de mars.xlsx]Accueil'!$D$5",
        "of:=['file:///C:/retour%20de%20mars.xlsx'#$Accueil.$D$5]",
    ],
)
def test_a_sheet_copied_to_a_new_workbook_looks_at_the_former_one_and_that_is_no_change(elsewhere):
    assert signature(elsewhere) == signature("Accueil!$D$5") == signature("'Accueil'!$D$5")
    assert signature(elsewhere) != signature("D5")
