"""What was locked and came back changed: labels, texts, prefilled values, formulas; before and after, once, and no false alarm."""

from __future__ import annotations

import re

import openpyxl
import pytest
from classeurs import cellule, lire, modifie, places, plan, rempli, vierge

from cls_workbook import contract, entry
from cls_workbook.reading import reader
from cls_workbook.reading.calculs import en_mots, signature, texte_lisible
from cls_workbook.xlsx import writer
from cls_workbook.xlsx.sheets import Formule, adresse

BASE = {"accueil/reponse/structure": "Ville de Rivemont", "1.1/avancement/etat": "En cours"}


def formule_de(cle: str) -> tuple[str, str]:
    """(cell, formula) of the last computed cell of the row of an input."""
    feuille = next(f.feuille for f in plan("ville").feuilles if f.fiche == cle.partition("/")[0])
    ligne = places("ville")[cle].rangee
    c = [c for c in feuille.cellules if c.ligne == ligne and isinstance(c.valeur, Formule)][-1]
    return adresse(c.ligne, c.colonne), c.valeur.texte


def dites(retour) -> list[tuple[str, str, tuple[str, ...]]]:
    return [(a.gravite, a.code, a.cellules) for a in retour.anomalies]


# --- formulas -------------------------------------------------------------------------------------------------------


def test_a_formula_that_computes_something_else_is_told_before_and_after(tmp_path):
    ou, avant = formule_de("1.1/mesures/1.1-I01/valeur")
    retour = lire(modifie(rempli(tmp_path, BASE, "ville"), lambda livre: livre["FA 1.1"].__setitem__(ou, '=IF(1=1,"rempli","à remplir")')))
    ((gravite, code, cellules),) = dites(retour)
    assert (gravite, code, cellules) == ("à confirmer", "FORMULE_MODIFIEE", (ou,))
    assert "IF(1=1" in retour.anomalies[0].trouve and avant[:30] in retour.anomalies[0].trouve


def test_many_changed_formulas_of_a_sheet_are_one_anomaly(tmp_path):
    def tout_changer(livre):
        for ligne in livre["FA 1.1"].iter_rows():
            for c in ligne:
                if c.data_type == "f":
                    c.value = "=1+1"

    (anomalie,) = lire(modifie(rempli(tmp_path, BASE, "ville"), tout_changer)).anomalies
    assert anomalie.code == "FORMULE_MODIFIEE" and len(anomalie.cellules) > 10


def test_a_formula_pasted_over_by_a_value_is_told_with_what_it_computed(tmp_path):
    ou = cellule("1.1/taux/1.1-I03a/numerateur")
    colonne = next(c for c in plan("ville").feuilles[1].feuille.cellules if c.ligne == int(re.sub(r"\D", "", ou)) and isinstance(c.valeur, Formule) and "/" in c.valeur.texte)
    la = adresse(colonne.ligne, colonne.colonne)
    retour = lire(modifie(rempli(tmp_path, BASE, "ville"), lambda livre: livre["FA 1.1"].__setitem__(la, 0.4)))
    (anomalie,) = retour.anomalies
    assert anomalie.cellules == (la,) and "divisé par" in anomalie.attendu and "40\u00a0%" in anomalie.trouve


REECRITES = (
    lambda f: f.replace(",", ", ").replace("(", "( "),
    str.lower,
    lambda f: re.sub(r"\b([A-Z]+\d+)\b", r"$\1", f) if '"' not in f else f,
    lambda f: f.replace("'Accueil'!", "Accueil!").replace("'FA 1.1'!", "'Ma fiche'!"),
)


@pytest.mark.parametrize("reecrire", REECRITES)
def test_a_formula_rewritten_by_a_spreadsheet_is_the_same(tmp_path, reecrire):
    def partout(livre):
        for feuille in livre:
            for ligne in feuille.iter_rows():
                for c in ligne:
                    if c.data_type == "f":
                        morceaux = re.split(r'("(?:[^"]|"")*")', c.value)
                        c.value = "".join(m if m.startswith('"') else reecrire(m) for m in morceaux)

    assert lire(modifie(rempli(tmp_path, BASE, "ville"), partout)).anomalies == ()


def test_every_formula_of_the_shipped_contract_is_known_again_in_odf(tmp_path, libreoffice):
    dijon = contract.load("dijon-2024-2028")
    writer.write(entry.plan(dijon, 2025).classeur, tmp_path / "d.xlsx")
    for extension in ("xlsx", "ods"):
        sortie = libreoffice.convert(tmp_path / "d.xlsx", tmp_path / f"s.{extension}")
        assert reader.lire(sortie, contract.load).anomalies == ()


def test_two_forms_of_one_formula_have_one_signature():
    excel = """IF(OR('FA 1.2'!D14="",N(E14)=0),"a;b",SUM($C$66:$C$70)/1.50)"""
    odf = """of:=IF(OR([$'FA 1.2'.D14]="";N([.E14])=0);"a;b";SUM([.$C$66:.$C$70])/1.5)"""
    assert texte_lisible(odf).startswith("IF(OR('FA 1.2'!D14")
    assert signature(excel) == signature(odf)
    assert signature(excel) != signature(excel.replace("E14", "E15"))
    assert signature(excel, False) == signature(excel.replace("E14", "E15"), False) != signature(excel.replace("SUM", "MAX"), False)


def test_a_formula_is_put_in_words():
    assert en_mots('IF(OR(D9="",N(E9)=0),"",D9/E9)') == "D9 divisé par E9"
    assert en_mots("SUM(C66:C70)") == "la somme de C66 à C70"
    assert "=MAX(A1,B1)" in en_mots("MAX(A1,B1)")


# --- texts and values -----------------------------------------------------------------------------------------------


def titre_imprime() -> tuple[str, str]:
    """(cell, text) of a printed text that no input depends on, and that has a few words."""
    feuille = next(f.feuille for f in plan("ville").feuilles if f.fiche == "1.1")
    c = next(c for c in feuille.cellules if isinstance(c.valeur, str) and c.style.startswith("bloc") and len(c.valeur) > 12)
    return adresse(c.ligne, c.colonne), c.valeur


def test_a_reworded_text_is_an_information_before_and_after(tmp_path):
    ou, texte = titre_imprime()
    retour = lire(modifie(rempli(tmp_path, BASE, "ville"), lambda livre: livre["FA 1.1"].__setitem__(ou, texte + " (vu)")))
    assert dites(retour) == [("information", "TEXTE_IMPRIME_MODIFIE", (ou,))]
    assert "(vu)" in retour.anomalies[0].trouve and texte[:20] in retour.anomalies[0].trouve


def test_what_covers_a_printed_text_may_be_an_answer_and_is_to_be_confirmed(tmp_path):
    ou, texte = titre_imprime()
    retour = lire(modifie(rempli(tmp_path, BASE, "ville"), lambda livre: livre["FA 1.1"].__setitem__(ou, 4213)))
    assert dites(retour) == [("à confirmer", "SAISIE_HORS_CADRE", (ou,))]
    assert "4" in retour.anomalies[0].trouve and texte[:20] in retour.anomalies[0].trouve


def test_reworded_texts_of_a_sheet_are_one_anomaly(tmp_path):
    def partout(livre):
        for ligne in livre["Accueil"].iter_rows(min_col=6):
            for c in ligne:
                if isinstance(c.value, str) and len(c.value) > 20 and not c.value.startswith("="):
                    c.value += " (vu)"

    anomalies = [a for a in lire(modifie(rempli(tmp_path, BASE, "ville"), partout)).anomalies if a.code == "TEXTE_IMPRIME_MODIFIE"]
    assert len(anomalies) == 1 and len(anomalies[0].cellules) > 2


def test_a_prefilled_value_is_told_with_what_it_was(tmp_path):
    ligne = places("ville")["1.1/mesures/1.1-I01/valeur"].rangee
    retour = lire(modifie(rempli(tmp_path, BASE, "ville"), lambda livre: livre["FA 1.1"].__setitem__(f"D{ligne}", 99)))
    (anomalie,) = retour.anomalies
    assert (anomalie.gravite, anomalie.code, anomalie.cellules) == ("bloquant", "PREREMPLI_MODIFIE", (f"D{ligne}",))
    assert "99" in anomalie.trouve and "12" in anomalie.attendu


def test_an_untouched_workbook_saved_by_openpyxl_says_nothing(tmp_path):
    chemin = vierge(tmp_path, "ville")
    openpyxl.load_workbook(chemin).save(chemin)
    assert lire(chemin).anomalies == ()


def test_a_figure_typed_in_the_hidden_column_beside_the_sheet_is_told(tmp_path):
    """The column remembers what was taken up from last year: texts between bars, and nothing else."""
    ligne = places("ville")["1.1/financement/01/engage"].rangee
    retour = lire(modifie(rempli(tmp_path, BASE, "ville"), lambda livre: livre["FA 1.1"].__setitem__(f"L{ligne}", 1500)))
    assert dites(retour) == [("à confirmer", "SAISIE_HORS_CADRE", (f"L{ligne}",))]
    assert lire(modifie(rempli(tmp_path, BASE, "ville"), lambda livre: livre["FA 1.1"].__setitem__(f"L{ligne}", "|ARS|"))).anomalies == ()


def test_a_note_typed_over_last_year_s_figure_is_told(tmp_path):
    ligne = places("ville")["1.1/mesures/1.1-I01/valeur"].rangee
    retour = lire(modifie(rempli(tmp_path, BASE, "ville"), lambda livre: livre["FA 1.1"].__setitem__(f"E{ligne}", "environ 40")))
    assert dites(retour) == [("à confirmer", "SAISIE_HORS_CADRE", (f"E{ligne}",))]


@pytest.mark.parametrize("ailleurs", ["[1]Accueil!$D$5", "'[retour de mars.xlsx]Accueil'!$D$5", "of:=['file:///C:/retour%20de%20mars.xlsx'#$Accueil.$D$5]"])
def test_a_sheet_copied_to_a_new_workbook_looks_at_the_former_one_and_that_is_no_change(ailleurs):
    assert signature(ailleurs) == signature("Accueil!$D$5") == signature("'Accueil'!$D$5")
    assert signature(ailleurs) != signature("D5")
