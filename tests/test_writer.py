"""What the writer puts in a file, read back through openpyxl or from the XML itself."""

from __future__ import annotations

import io
import os
import sys
import zipfile
from datetime import date
from decimal import Decimal

import openpyxl
import pytest
import xlsx_lint

from cls_workbook.errors import Refus
from cls_workbook.xlsx import writer
from cls_workbook.xlsx.sheets import (
    Classeur,
    Feuille,
    Formule,
    Graphique,
    Impression,
    Lien,
    MiseEnForme,
    Plage,
    Serie,
    Tableau,
    Validation,
)


def feuille(*cellules, nom="Essai", **reglages) -> Feuille:
    """A sheet of cells (row, column, value, style)."""
    page = Feuille(nom, **reglages)
    for cellule in cellules:
        page.ecrire(*cellule)
    return page


def relu(*feuilles: Feuille, valeurs: bool = False, **reglages) -> openpyxl.Workbook:
    """The workbook of these sheets, through the lint, then openpyxl. ``valeurs``: a formula's value, not its text."""
    contenu = writer.to_bytes(Classeur(list(feuilles), "Essai", **reglages))
    assert xlsx_lint.lint(contenu) == []
    return openpyxl.load_workbook(io.BytesIO(contenu), data_only=valeurs)


def cellule(valeur, style="cellule", **options) -> openpyxl.cell.Cell:
    """One value written in B2 and read back."""
    return relu(feuille((2, 2, valeur, style)), **options)["Essai"]["B2"]


@pytest.mark.parametrize(
    ("ecrite", "lue"),
    [
        ("Santé mentale — l’été", "Santé mentale — l’été"),
        ("01234", "01234"),
        (12, 12),
        (Decimal("12345.67"), 12345.67),
        (Decimal("0.1"), 0.1),
        (-3.5, -3.5),
        (True, True),
        (None, None),
        (float("nan"), None),
        ("", None),
    ],
)
def test_what_is_described_is_what_is_read(ecrite, lue):
    assert cellule(ecrite).value == lue


def test_a_date_is_a_date():
    lue = cellule(date(2026, 3, 15), "saisie:date")
    assert lue.is_date
    assert lue.value.date() == date(2026, 3, 15)


@pytest.mark.parametrize("texte", ["=1+1", "{=1+1}", "+33 1 23", "@SUM(A1)", "http://exemple.fr", "internal:A1", "TRUE"])
def test_a_text_stays_a_text_whatever_it_looks_like(texte):
    lue = cellule(texte)
    assert (lue.value, lue.hyperlink) == (texte, None)
    with zipfile.ZipFile(io.BytesIO(writer.to_bytes(Classeur([feuille((1, 1, texte, "cellule"))], "t")))) as archive:
        assert b"<f>" not in archive.read("xl/worksheets/sheet1.xml")


@pytest.mark.parametrize(
    ("texte", "lu"),
    [
        ("a\x00b\x07c", "a\ufffdb\ufffdc"),
        ("seul \ud800 ici", "seul \ufffd ici"),
        ("une\r\ndeux\rtrois", "une\ndeux\ntrois"),
        ("<r><t>gras</t></r>", "<r><t>gras</t></r>"),
        ("<r>cassé & <b></r>", "<r>cassé & <b></r>"),
        ("_x0041_", "_x0041_"),
        ("  bords  ", "  bords  "),
        ("a & b < c > \"d\" 'e'", "a & b < c > \"d\" 'e'"),
    ],
)
def test_a_text_that_xml_cannot_hold_is_made_safe(texte, lu):
    assert cellule(texte).value == lu


def test_an_integer_that_excel_would_round_is_kept_as_text():
    assert cellule(123456789012345678).value == "123456789012345678"
    assert cellule(999_999_999_999_999).value == 999_999_999_999_999


@pytest.mark.parametrize(
    ("valeur", "lue"),
    [(True, True), ("à remplir", "à remplir"), (Decimal("12.5"), 12.5), (0, 0), (date(2026, 1, 1), 46023), (None, None)],
)
def test_a_formula_carries_the_value_that_it_shows(valeur, lue):
    assert cellule(Formule("IF(A1=1,A2,A3)", valeur), valeurs=True).value == lue
    assert cellule(Formule("IF(A1=1,A2,A3)", valeur)).value == "=IF(A1=1,A2,A3)"


def test_a_link_has_its_text_its_target_and_its_tip():
    lue = cellule(Lien("internal:'Essai'!A1", "=Retour", "Revenir au début"), "lien")
    assert (lue.value, lue.hyperlink.location, lue.hyperlink.tooltip) == ("=Retour", "'Essai'!A1", "Revenir au début")
    assert cellule(Lien("external:retours/ccas.xlsx", "ccas"), "lien").hyperlink.target == "retours\\ccas.xlsx"


def test_styles_are_those_of_the_charte_and_shared():
    livre = relu(feuille((1, 1, 5, "saisie:montant"), (2, 1, 6, "saisie:montant"), (3, 1, 7, "calcul:entier")))
    premiere, deuxieme, troisieme = (livre["Essai"].cell(i, 1) for i in (1, 2, 3))
    assert premiere.number_format == '#,##0.00\\ "€"'
    assert (premiere.protection.locked, troisieme.protection.locked) == (False, True)
    assert premiere.fill.fgColor.rgb == "FFFFF6D6"
    assert premiere._style == deuxieme._style


def test_a_sheet_has_its_widths_panes_tab_and_protection():
    page = relu(
        feuille(
            (1, 1, "clé", "cle"),
            largeurs={1: 5, 3: 40.5},
            hauteurs={2: 33},
            colonnes_masquees=(1,),
            figee=(5, 3),
            couleur_onglet="accent",
            protegee=True,
            inserer_lignes=True,
            zoom=90,
            selection=(6, 4),
        )
    )["Essai"]
    assert (page.column_dimensions["A"].hidden, page.column_dimensions["C"].hidden) == (True, False)
    assert page.column_dimensions["C"].width == pytest.approx(40.5, abs=0.8)
    assert page.row_dimensions[2].height == 33
    assert page.freeze_panes == "D6"
    assert page.sheet_properties.tabColor.rgb == "FF0B4F5C"
    assert (page.sheet_view.zoomScale, page.sheet_view.showGridLines) == (90, False)
    assert [s.activeCell for s in page.sheet_view.selection if s.pane == "bottomRight"] == ["D6"]
    protection = page.protection
    assert protection.sheet and protection.password is None
    # In the file, False means « allowed ».
    permis = (protection.insertRows, protection.formatColumns, protection.formatRows, protection.selectLockedCells)
    assert permis == (False, False, False, False)
    assert protection.deleteRows is True


def test_rows_may_not_be_inserted_unless_said():
    assert relu(feuille(protegee=True))["Essai"].protection.insertRows is True
    assert relu(feuille())["Essai"].protection.sheet is False


def test_sheets_are_hidden_and_the_first_visible_one_opens():
    livre = relu(feuille(nom="A", etat="tres_masquee"), feuille(nom="B", etat="masquee"), feuille(nom="C"), feuille(nom="D"))
    assert [p.sheet_state for p in livre] == ["veryHidden", "hidden", "visible", "visible"]
    assert livre.active.title == "C"
    assert relu(feuille(nom="A"), feuille(nom="B"), feuille_active="B").active.title == "B"


def test_a_merge_gives_its_style_to_the_cells_it_covers():
    page = relu(feuille((1, 1, "Bandeau", "bloc"), fusions=[Plage(1, 1, 2, 3)]))["Essai"]
    assert [str(zone) for zone in page.merged_cells.ranges] == ["A1:C2"]
    xml = zipfile.ZipFile(io.BytesIO(writer.to_bytes(Classeur([feuille((1, 1, "x", "bloc"), fusions=[Plage(1, 1, 2, 3)])], "t"))))
    assert xml.read("xl/worksheets/sheet1.xml").count(b'<c r="') == 6


def _validation(**reglages):
    reglages = {"plages": [Plage(2, 2, 4, 2), Plage(9, 3, 9, 3)]} | reglages
    page = relu(feuille(validations=[Validation(**reglages)]), feuille((1, 1, "oui", "cellule"), nom="Listes"))["Essai"]
    (validation,) = page.data_validations.dataValidation
    assert str(validation.sqref) == "B2:B4 C9"
    return validation


@pytest.mark.parametrize(
    ("reglages", "attendu"),
    [
        ({"type": "entier", "minimum": 0}, ("whole", "greaterThanOrEqual", "0", None)),
        ({"type": "montant", "minimum": Decimal("0"), "maximum": Decimal("99.5")}, ("decimal", None, "0", "99.5")),
        ({"type": "decimal", "maximum": 10}, ("decimal", "lessThanOrEqual", "10", None)),
        ({"type": "decimal"}, ("decimal", "greaterThanOrEqual", "-1000000000000000", None)),
        # 1 January 2026 is day 46023, 31 December day 46387.
        ({"type": "date", "minimum": date(2026, 1, 1), "maximum": date(2026, 12, 31)}, ("date", None, "46023", "46387")),
        ({"type": "texte", "maximum": 500}, ("textLength", "lessThanOrEqual", "500", None)),
        ({"type": "liste", "source": "=Listes!$A$1:$A$2"}, ("list", None, "Listes!$A$1:$A$2", None)),
        ({"type": "liste", "source": ("oui", "non")}, ("list", None, '"oui,non"', None)),
    ],
)
def test_a_validation_says_what_is_accepted(reglages, attendu):
    validation = _validation(**reglages)
    assert (validation.type, validation.operator, validation.formula1, validation.formula2) == attendu
    assert (validation.allow_blank, validation.showErrorMessage) == (True, True)


def test_a_validation_speaks_to_the_person_typing():
    validation = _validation(type="entier", titre="Effectif", invite="Un nombre entier.", titre_erreur="Non", erreur="Un entier, s’il vous plaît.")
    assert (validation.promptTitle, validation.prompt) == ("Effectif", "Un nombre entier.")
    assert (validation.errorTitle, validation.error) == ("Non", "Un entier, s’il vous plaît.")
    assert validation.errorStyle in (None, "stop")


def test_a_list_that_proposes_lets_other_values_in():
    assert _validation(type="liste", source=("a", "b"), stricte=False).showErrorMessage is False
    assert _validation(type="liste", source=("a", "b"), stricte=False, erreur="Autre ?").errorStyle == "warning"


def test_a_prompt_alone_forbids_nothing():
    validation = _validation(type="libre", invite="SIRET : 14 chiffres.")
    assert (validation.type, validation.prompt) == (None, "SIRET : 14 chiffres.")


def test_a_conditional_format_applies_its_formula_over_its_range():
    page = relu(feuille(mises_en_forme=[MiseEnForme(Plage(2, 2, 9, 2), 'B2=""', "erreur")]))["Essai"]
    ((zone, (regle,)),) = ((str(z.sqref), r) for z, r in page.conditional_formatting._cf_rules.items())
    assert (zone, regle.formula, regle.dxf.font.b) == ("B2:B9", ['B2=""'], True)


ENTETES = ("Fiche", "Engagé")


def _tableau(*lignes, fin=None, **reglages) -> Feuille:
    cellules = [(1, i, nom, "entete") for i, nom in enumerate(ENTETES, 1)] + list(lignes)
    plage = Plage(1, 1, fin or 1 + len(lignes), 2)
    return feuille(*cellules, tableaux=[Tableau("Financements", plage, ENTETES)], **reglages)


def test_a_table_keeps_its_cells_and_their_formats():
    page = relu(_tableau((2, 1, "1.2", "cellule:code"), (2, 2, Decimal("12.5"), "cellule:montant"), fin=2))["Essai"]
    tableau = page.tables["Financements"]
    assert (tableau.ref, tableau.autoFilter.ref, [c.name for c in tableau.tableColumns]) == ("A1:B2", "A1:B2", list(ENTETES))
    assert (page["A1"].value, page["A1"].font.b, page["A2"].value, page["B2"].value) == ("Fiche", True, "1.2", 12.5)
    assert page["B2"].number_format == '#,##0.00\\ "€"'


def test_two_tables_may_not_share_a_name_nor_a_table_overlap_another():
    deux = [Tableau("T", Plage(1, i, 3, i), ("x",)) for i in (1, 3)]
    with pytest.raises(ValueError, match="« T » donné deux fois"):
        writer.to_bytes(Classeur([feuille(tableaux=deux)], "t"))
    deux = [Tableau(f"T{i}_", Plage(1 + 2 * i, 1, 4 + 2 * i, 1), ("x",)) for i in (0, 1)]
    with pytest.raises(ValueError, match="en touche un autre"):
        writer.to_bytes(Classeur([feuille(tableaux=deux)], "t"))


def test_an_empty_table_has_one_blank_row():
    page = relu(_tableau())["Essai"]
    assert page.tables["Financements"].ref == "A1:B2"
    assert page["A2"].value is None


@pytest.mark.parametrize(
    ("nature", "balise"),
    [("barres", "barChart"), ("colonnes", "barChart"), ("courbes", "lineChart"), ("secteurs", "pieChart")],
)
def test_a_chart_is_native_titled_described_and_coloured(nature, balise):
    page = feuille(*[(i, 1, f"Axe {i}", "cellule") for i in (1, 2)], *[(i, 2, 10 * i, "cellule:entier") for i in (1, 2)])
    serie = Serie("Engagé", ("Essai", Plage(1, 1, 2, 1)), ("Essai", Plage(1, 2, 2, 2)))
    page.graphiques = [Graphique(nature, "Engagé par axe", [serie], 4, 2, 480, 288, "Engagé : axe 1, 10 ; axe 2, 20")]
    contenu = writer.to_bytes(Classeur([page], "t"))
    assert xlsx_lint.lint(contenu) == []
    with zipfile.ZipFile(io.BytesIO(contenu)) as archive:
        dessin, ancre = archive.read("xl/charts/chart1.xml").decode(), archive.read("xl/drawings/drawing1.xml").decode()
    assert f"<c:{balise}>" in dessin
    assert "Engagé par axe" in dessin and "<c:f>Essai!$B$1:$B$2</c:f>" in dessin
    assert "<c:v>20</c:v>" in dessin  # the values shown without recalculating
    assert 'srgbClr val="0B4F5C"' in dessin and 'typeface="Calibri"' in dessin
    assert 'descr="Engagé : axe 1, 10 ; axe 2, 20"' in ancre
    assert "<xdr:from><xdr:col>1</xdr:col>" in ancre


def test_bars_are_read_from_top_to_bottom_and_stack_when_asked():
    serie = Serie("A", ("Essai", Plage(1, 1, 2, 1)), ("Essai", Plage(1, 2, 2, 2)))
    page = feuille(graphiques=[Graphique("barres", "T", [serie, serie], 4, 2, 400, 300, "alt", empile=True)])
    with zipfile.ZipFile(io.BytesIO(writer.to_bytes(Classeur([page], "t")))) as archive:
        dessin = archive.read("xl/charts/chart1.xml").decode()
    assert '<c:barDir val="bar"/><c:grouping val="stacked"/>' in dessin
    categories = dessin[dessin.index("<c:catAx>") : dessin.index("</c:catAx>")]
    assert '<c:orientation val="maxMin"/>' in categories


def test_a_sheet_prints_on_a4_one_page_wide():
    impression = Impression(True, (4, 5), Plage(1, 2, 40, 9), "CLS & santé", [12, 30])
    page = relu(feuille((1, 2, "x", "titre"), impression=impression))["Essai"]
    mise = page.page_setup
    assert (mise.paperSize, mise.orientation, mise.fitToHeight, page.sheet_properties.pageSetUpPr.fitToPage) == (
        9,
        "landscape",
        0,
        True,
    )
    assert (page.print_title_rows, page.print_area) == ("$4:$5", "'Essai'!$B$1:$I$40")
    assert [saut.id for saut in page.row_breaks.brk] == [12, 30]
    assert page.print_options.horizontalCentered
    assert page.oddFooter.left.text.endswith("CLS && santé")
    assert page.oddFooter.right.text.endswith("Page &P / &N") or page.oddFooter.right.text.endswith("Page &[Page] / &[Pages]")
    assert relu(feuille(impression=Impression(paysage=False)))["Essai"].page_setup.orientation == "portrait"


def test_names_and_properties_are_written():
    livre = relu(feuille(nom="L’été 1"), noms={"statuts": ("L’été 1", Plage(1, 1, 4, 1))}, sujet="Bilan")
    assert livre.defined_names["statuts"].attr_text == "'L’été 1'!$A$1:$A$4"
    assert (livre.properties.title, livre.properties.subject) == ("Essai", "Bilan")
    assert livre.calculation.fullCalcOnLoad is True


def test_two_runs_give_the_same_bytes():
    page = _tableau((2, 1, "1.2", "cellule"), (2, 2, 5, "cellule:entier"), fin=2)
    serie = Serie("A", ("Essai", Plage(2, 1, 2, 1)), ("Essai", Plage(2, 2, 2, 2)))
    page.graphiques = [Graphique("secteurs", "T", [serie], 4, 4, 400, 300, "alt")]
    classeur = Classeur([page], "Essai")
    premier = writer.to_bytes(classeur)
    assert premier == writer.to_bytes(classeur)
    with zipfile.ZipFile(io.BytesIO(premier)) as archive:
        assert {info.date_time for info in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert b"2024-01-01T00:00:00Z" in archive.read("docProps/core.xml")


LONG = "x" * 256
LISTE = {"plages": [Plage(1, 1, 1, 1)], "type": "liste"}


@pytest.mark.parametrize(
    ("page", "mot"),
    [
        (lambda: feuille(nom="a/b"), "nom de feuille « a/b »"),
        (lambda: feuille(nom="x" * 32), "1 à 31 caractères"),
        (lambda: feuille(nom="'citée'"), "pas permis"),
        (lambda: feuille(nom="History"), "réserve"),
        (lambda: feuille((1, 1, "x" * 32_768, "cellule")), "Essai », A1 : texte de 32768"),
        (lambda: feuille((1, 1, "é😀" * 11_000, "cellule")), "texte de 33000"),
        (lambda: feuille((0, 1, 5, "cellule")), "n'existe pas dans Excel"),
        (lambda: feuille((1, 16_385, "x", "cellule")), "n'existe pas dans Excel"),
        (lambda: feuille((1, 1, object(), "cellule")), "A1 : une cellule ne peut pas contenir un objet object"),
        (lambda: feuille((1, 1, float("inf"), "cellule")), "infini"),
        (lambda: feuille((1, 1, Formule("=A2", 0), "cellule")), "commençant par"),
        (lambda: feuille((1, 1, Lien("javascript:1", "x"), "lien")), "lien de nature inconnue"),
        (lambda: feuille((3, 2, "a", "cellule"), (3, 2, "b", "cellule")), "B3 est écrite deux fois"),
        (lambda: feuille((1, 2, "perdu", "cellule"), fusions=[Plage(1, 1, 1, 3)]), "B1 a une valeur cachée"),
        (lambda: feuille(fusions=[Plage(1, 1, 1, 3), Plage(1, 3, 2, 3)]), "la fusion C1:C2 en recouvre une autre"),
        (lambda: feuille(fusions=[Plage(1, 1, 1, 1)]), "cellule seule"),
        (lambda: feuille(validations=[Validation(**LISTE, source=("a",), invite=LONG)]), "256 caractères pour 255"),
        (lambda: feuille(validations=[Validation(**LISTE, source=("a",), erreur=LONG)]), "256 caractères pour 255"),
        (lambda: feuille(validations=[Validation(**LISTE, source=("a",), titre="x" * 33)]), "33 caractères pour 32"),
        (lambda: feuille(validations=[Validation(**LISTE, source=("a",) * 129)]), "liste de plus de 255"),
        (lambda: feuille(validations=[Validation(**LISTE, source=("oui, si", "non"))]), "virgule"),
        (lambda: feuille(validations=[Validation(**LISTE)]), "liste sans choix"),
        (lambda: feuille(validations=[Validation([], "entier")]), "sans plage"),
        (lambda: feuille(mises_en_forme=[MiseEnForme(Plage(1, 1, 1, 1), "=A1", "bon")]), "commençant par"),
        (lambda: feuille(tableaux=[Tableau("A1", Plage(1, 1, 2, 1), ("x",))]), "« A1 » ne peut pas être un nom"),
        (lambda: feuille(tableaux=[Tableau("T", Plage(1, 1, 2, 2), ("x", "X"))]), "« X » donné deux fois"),
        (lambda: feuille(tableaux=[Tableau("T", Plage(1, 1, 2, 2), ("x",))]), "1 en-têtes pour 2 colonnes"),
        (lambda: feuille((1, 1, "y", "entete"), tableaux=[Tableau("T", Plage(1, 1, 2, 1), ("x",))]), "A1 devrait être « x »"),
        (lambda: feuille(tableaux=[Tableau("T", Plage(1, 1, 2, 1), ("x",))], fusions=[Plage(2, 1, 3, 1)]), "le touche"),
        (lambda: feuille(etat="masquee"), "au moins une feuille visible"),
    ],
)
def test_what_excel_could_not_hold_is_refused(page, mot):
    with pytest.raises(ValueError) as faute:
        writer.to_bytes(Classeur([page()], "Essai"))
    assert mot in str(faute.value).replace("\xa0", " ")


def test_two_sheets_or_names_alike_but_for_case_are_refused():
    with pytest.raises(ValueError, match="donné deux fois"):
        writer.to_bytes(Classeur([feuille(nom="FA 1"), feuille(nom="fa 1")], "t"))
    with pytest.raises(ValueError, match="feuille absente"):
        writer.to_bytes(Classeur([feuille()], "t", noms={"statuts": ("Listes", Plage(1, 1, 1, 1))}))


def test_an_unknown_style_is_an_error_of_ours_not_a_plain_cell():
    with pytest.raises(KeyError, match="inconnu"):
        writer.to_bytes(Classeur([feuille((1, 1, "x", "inconnu"))], "t"))


def test_beyond_excel_s_limit_of_links_the_text_stays(monkeypatch):
    monkeypatch.setattr("cls_workbook.xlsx.page.LIENS_MAX", 1)
    page = relu(feuille(*[(i, 1, Lien("internal:'Essai'!A1", f"lien {i}"), "lien") for i in (1, 2)]))["Essai"]
    assert [page.cell(i, 1).value for i in (1, 2)] == ["lien 1", "lien 2"]
    assert [page.cell(i, 1).hyperlink is not None for i in (1, 2)] == [True, False]


def test_a_file_appears_whole_in_a_folder_that_is_made(tmp_path):
    cible = tmp_path / "sous" / "dossier" / "essai.xlsx"
    writer.write(Classeur([feuille()], "t"), cible)
    assert cible.read_bytes() == writer.to_bytes(Classeur([feuille()], "t"))
    assert [p.name for p in cible.parent.iterdir()] == ["essai.xlsx"]


def test_a_file_open_elsewhere_is_refused_and_left_as_it_was(tmp_path, monkeypatch):
    cible = tmp_path / "essai.xlsx"
    cible.write_bytes(b"avant")

    def verrou(*_):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(os, "replace", verrou)
    with pytest.raises(Refus, match="ouvert dans Excel"):
        writer.write(Classeur([feuille()], "t"), cible)
    assert cible.read_bytes() == b"avant"
    assert list(tmp_path.iterdir()) == [cible]


def test_a_workbook_that_cannot_be_made_leaves_the_old_file(tmp_path):
    cible = tmp_path / "essai.xlsx"
    cible.write_bytes(b"avant")
    with pytest.raises(ValueError):
        writer.write(Classeur([feuille((1, 1, object(), "cellule"))], "t"), cible)
    assert cible.read_bytes() == b"avant"


def test_a_folder_or_a_path_through_a_file_is_refused(tmp_path):
    with pytest.raises(Refus, match="est un dossier"):
        writer.write(Classeur([feuille()], "t"), tmp_path)
    (tmp_path / "fichier").write_text("x")
    with pytest.raises(Refus, match="ne peut pas être écrit"):
        writer.write(Classeur([feuille()], "t"), tmp_path / "fichier" / "essai.xlsx")


def test_a_mistake_that_xlsxwriter_only_warns_about_stops_the_writing(monkeypatch):
    monkeypatch.setattr(writer, "_valider", lambda page, validation: page.data_validation(0, 0, 0, 0, {"validate": "?"}))
    with pytest.raises(ValueError, match="Unknown validation type"):
        writer.to_bytes(Classeur([feuille(validations=[Validation([Plage(1, 1, 1, 1)], "entier")])], "t"))


def test_writing_adds_little_to_what_xlsxwriter_does():
    """Calls of our own are counted rather than seconds: about one a cell."""
    page = feuille(*[(i, j, f"texte {i}", "cellule") for i in range(1, 101) for j in range(1, 11)])
    classeur, appels = Classeur([page], "t"), 0

    def compter(cadre, evenement, _):
        nonlocal appels
        appels += evenement == "call" and "cls_workbook" in cadre.f_code.co_filename

    sys.setprofile(compter)
    try:
        writer.to_bytes(classeur)
    finally:
        sys.setprofile(None)
    assert appels < 1.5 * len(page.cellules)
