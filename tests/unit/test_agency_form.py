"""An agency's own form: each name gets its figure, what cannot be filled is told at its cell, the rest stays."""

import datetime
import json
import zipfile
from dataclasses import replace

import openpyxl
import pytest

from cls_workbook.cli.commands import main
from cls_workbook.definition import toml_reader
from cls_workbook.errors import Refusal
from cls_workbook.office.agency_form import fill
from cls_workbook.office.agency_form.form_names import TABLES, offered
from cls_workbook.reports.consolidation.consolidation_workbook import workbook
from cls_workbook.workbook import writer
from tests.support.agency_form_by_hand import NAMES, form
from tests.support.result_headers import frame
from tests.support.written_result import CONTRAT, result

FREINS = "=1+1 et Mme Durand : 03 80 12 34 56"


@pytest.fixture(scope="module")
def campaign(tmp_path_factory):
    """(consolidation, definition): a small campaign worked out by hand, in which a text begins like a formula."""
    folder = tmp_path_factory.mktemp("campaign")
    place = ("asso-secret.xlsx", "FA 1.1", "C70")
    said = frame("Réponses", (2025, "1.1", "Association", None, "qualitatif", "freins", None, FREINS, *place))
    kept = result().tables.reponses
    kept = kept[kept["Champ"] != "freins"]
    reponses = type(kept)([*kept.to_dict("records"), *said.to_dict("records")], dtype=object)
    writer.write(workbook(result(reponses=reponses)), folder / "C.xlsx")
    (folder / "essai.toml").write_text(CONTRAT, encoding="utf-8")
    return folder / "C.xlsx", folder / "essai.toml"


@pytest.fixture
def filled(campaign, tmp_path):
    """A function that fills a form: (the filled workbook, its anomalies as (code, sheet, cells))."""

    def play(names=None, change=lambda book: None):
        done = fill(
            campaign[0], form(tmp_path / "formulaire.xlsx", names, change), tmp_path / "rempli.xlsx", campaign[1]
        )
        told = [(a.code, a.sheet, a.cells) for a in done.anomalies]
        return openpyxl.load_workbook(done.path), told

    return play


def test_each_name_gets_its_figure_as_a_number_and_its_text_as_a_text(filled):
    book, told = filled()
    page = book["Bilan"]
    assert told == []
    assert page["B1"].value == "Contrat d’essai 2024-2026"
    assert page["B2"].value == datetime.datetime(2026, 3, 14) and page["B2"].is_date
    assert [page[f"B{line}"].value for line in (3, 4, 6, 8, 9)] == [3, 4, 3000.5, 150, 1500.25]
    assert page["B7"].value == 0.25004167 and page["B7"].number_format == "0.00%"
    assert page["B10"].data_type == "s" and page["B10"].value.startswith("=1+1")
    assert "Durand" not in page["B10"].value and "03 80" not in page["B10"].value


def test_the_rows_below_a_header_row_are_the_table(filled):
    book, _ = filled()
    rows = [[cell.value for cell in row] for row in book["Les fiches"]["A4:E8"]]
    assert rows == [
        ["1.1", "Consulter près de chez soi", "=LEN(B4)", "En cours", 1],
        ["1.2", "Prévenir", None, "Reportée", 1],
        ["2.1", "Animer le contrat", None, "sans retour", 1],
        [None, "Ouvrir une maison de santé", None, "à programmer", None],
        [None, None, None, None, None],
    ]
    assert [book["Les fiches"][f"B{line}"].font.i for line in (4, 7, 8)] == [True, True, False]


def test_all_else_of_the_form_stays_byte_for_byte(filled, tmp_path):
    book, _ = filled()
    page = book["Bilan"]
    assert page["B5"].value == "=B3/B4" and page["B11"].value == "=SUM(Montants)"
    assert page["B6"].number_format == '# ##0.00 "€"' and page["B6"].fill.fgColor.rgb == "00FFFF00"
    assert page["A6"].font.b and page.protection.sheet and [str(m) for m in page.merged_cells.ranges] == ["B1:D1"]
    before, after = (zipfile.ZipFile(tmp_path / nom) for nom in ("formulaire.xlsx", "rempli.xlsx"))
    assert before.namelist() == after.namelist()
    changed = {nom for nom in before.namelist() if before.read(nom) != after.read(nom)}
    assert changed == {"xl/styles.xml", "xl/worksheets/sheet1.xml", "xl/worksheets/sheet2.xml"}
    assert b"dataValidation" in after.read("xl/worksheets/sheet1.xml")


def test_formulas_are_computed_again_when_the_form_is_opened(filled, tmp_path):
    def remember(book):
        book.calculation.fullCalcOnLoad = False
        book["Bilan"]["D11"] = "=1"

    filled(change=remember)
    with zipfile.ZipFile(tmp_path / "rempli.xlsx") as package:
        assert b'fullCalcOnLoad="1"' in package.read("xl/workbook.xml")
        assert b"<f>1</f></c>" in package.read("xl/worksheets/sheet1.xml")


def test_an_unknown_name_is_told_at_its_cell_and_the_rest_is_filled(filled):
    book, told = filled(
        {"cls_fiche_1_1_angage": "Bilan!$B$6", "cls_annee": "Bilan!$B$3", "cls_table_fiche": NAMES["cls_table_fiches"]}
    )
    assert told == [("FORMULAIRE_NOM_INCONNU", "Bilan", ("B6",)), ("FORMULAIRE_NOM_INCONNU", "Les fiches", ("A3:E3",))]
    assert (book["Bilan"]["B6"].value, book["Bilan"]["B3"].value) == (None, 2025)


def test_an_unknown_name_is_told_with_the_nearest_one(campaign, tmp_path):
    made = form(tmp_path / "f.xlsx", {"cls_fiche_1_1_angage": "Bilan!$B$6"})
    (anomalie,) = fill(campaign[0], made, tmp_path / "r.xlsx", campaign[1]).anomalies
    assert "cls_fiche_1_1_engage" in anomalie.remedy and anomalie.champ == "nom cls_fiche_1_1_angage"


def test_a_header_that_is_no_title_of_the_table_is_told_at_its_cell(filled):
    def retitle(book):
        book["Les fiches"]["D3"] = "Étape"

    book, told = filled({"cls_table_fiches": NAMES["cls_table_fiches"]}, retitle)
    assert told == [("FORMULAIRE_NOM_INCONNU", "Les fiches", ("D3",))]
    assert [book["Les fiches"][cell].value for cell in ("A4", "D4", "E4")] == ["1.1", None, 1]


def test_what_the_contract_does_not_ask_this_year_is_told_apart_from_an_unknown_name(campaign, tmp_path):
    """Fiche 1.3 begins in 2026: the year 2025 has none."""
    consolidation, definition = campaign
    later = definition.read_text(encoding="utf-8") + (
        '\n[[fiches]]\nnumero = "1.3"\ntitre = "Plus tard"\naxe = "1"\nporteurs = ["asso"]\ndepuis = 2026\n'
        'financement = { montant_etat = "non_determine" }\n'
    )
    (tmp_path / "plus-tard.toml").write_text(later, encoding="utf-8")
    made = form(tmp_path / "f.xlsx", {"cls_fiche_1_3_etat": "Bilan!$B$6"})
    done = fill(consolidation, made, tmp_path / "r.xlsx", tmp_path / "plus-tard.toml")
    assert [(a.code, a.cells) for a in done.anomalies] == [("FORMULAIRE_HORS_ANNEE", ("B6",))]


def test_a_small_count_stays_out_of_the_form_as_of_the_agency_s_copy(filled):
    """7 patients, for a threshold of 10."""
    book, told = filled({"cls_mesure_1_1_i02_valeur": "Bilan!$B$8"})
    assert book["Bilan"]["B8"].value is None
    assert told == [("FORMULAIRE_SANS_VALEUR", "Bilan", ("B8",))]


@pytest.mark.parametrize(
    ("reference", "cells"),
    [
        ("Bilan!$B$5", ("B5",)),  # a formula of the form
        ("Bilan!$B$3:$B$4", ("B3:B4",)),
        ("Bilan!$B$1:$C$1", ("B1:C1",)),  # part of a merged cell
        ("#REF!", ()),
        ("Ailleurs!$B$3", ()),
        ("OFFSET(Bilan!$B$3,1,0)", ()),
    ],
)
def test_a_name_that_leads_to_no_cell_to_fill_is_told(filled, reference, cells):
    book, told = filled({"cls_annee": reference, "cls_contrat": "Bilan!$D$9"})
    assert [(code, place) for code, _, place in told] == [("FORMULAIRE_CASE", cells)]
    assert book["Bilan"]["B5"].value == "=B3/B4" and book["Bilan"]["D9"].value == "essai"


def test_two_names_do_not_share_a_cell(filled):
    _, told = filled({"cls_annee": "Bilan!$B$3", "cls_retours_recus": "Bilan!$B$3"})
    assert told == [("FORMULAIRE_CASE", "Bilan", ("B3",))]


def occupied(book):
    book["Les fiches"]["D7"] = "note"


def merged_rows(book):
    book["Les fiches"].merge_cells("A5:A6")


def short_table(book):
    table = openpyxl.worksheet.table.Table(displayName="Fiches", ref="A3:B5")
    book["Les fiches"].add_table(table)


@pytest.mark.parametrize(
    ("change", "why"),
    [(occupied, "D7 n’est pas vide"), (merged_rows, "A5:A6 sont fusionnées"), (short_table, "A3:B5 s’arrête")],
)
def test_rows_that_would_run_over_something_are_refused_and_nothing_is_written(filled, tmp_path, change, why):
    with pytest.raises(Refusal, match=f"demande 4 lignes.*{why}"):
        filled(change=change)
    assert not (tmp_path / "rempli.xlsx").exists()


def test_a_form_without_a_name_of_ours_is_refused(filled):
    with pytest.raises(Refusal, match="aucun nom qui commence par cls_"):
        filled({"Montants": NAMES["Montants"]})


def test_the_command_fills_and_says_by_its_exit_code_whether_something_is_missing(campaign, tmp_path, capsys):
    consolidation, definition = map(str, campaign)
    asked = ["synthese", consolidation, "--contrat", definition, "--sortie", str(tmp_path / "r.xlsx"), "--modele"]
    assert main([*asked, str(form(tmp_path / "f.xlsx"))]) == 0
    assert main([*asked, str(form(tmp_path / "g.xlsx", {"cls_rien": "Bilan!$B$3"}))]) == 1
    assert "feuille « Bilan » · cellule B3" in capsys.readouterr().out.replace("\u00a0", " ")
    assert main([*asked, str(definition)]) == 2
    assert main([*asked, str(tmp_path / "f.xlsx"), "--pdf"]) == 2


def test_every_name_of_the_list_is_one_that_excel_takes_and_that_gets_filled(campaign, tmp_path, capsys):
    _, definition = campaign
    asked = ["dictionnaire", "--pour-modele", "--contrat", str(definition), "--annee", "2025"]
    assert main(asked) == 0
    listed = json.loads(capsys.readouterr().out)
    names = [line["nom"] for line in listed]
    assert len(set(names)) == len(names) and all(n.isascii() and n.replace("_", "a").isalnum() for n in names)
    assert set(names) == {*offered(toml_reader.load(definition)), *TABLES}
    assert {"cls_retours_recus", "cls_fiche_1_1_etat", "cls_mesure_1_1_i01_valeur", "cls_table_fiches"} <= set(names)
    by_name = {line["nom"]: line for line in listed}
    assert by_name["cls_fiche_1_1_engage"]["exemple"] == 12345.67
    assert by_name["cls_table_retours"]["exemple"] == ["Fiche", "Structure", "Volet", "Statut"]
    assert main([*asked, "--format", "xlsx", "--sortie", str(tmp_path / "noms.xlsx")]) == 0
    assert openpyxl.load_workbook(tmp_path / "noms.xlsx").active.max_row == len(names) + 1


def test_a_form_that_is_not_a_workbook_of_today_is_refused(campaign, tmp_path):
    (tmp_path / "vieux.xls").write_bytes(b"\xd0\xcf\x11\xe0")
    (tmp_path / "faux.xlsx").write_bytes(b"rien")
    for name in ("vieux.xls", "faux.xlsx", "absent.xlsx"):
        with pytest.raises(Refusal):
            fill(campaign[0], tmp_path / name, tmp_path / f"r{name[-5:]}", campaign[1])
    assert list(tmp_path.glob("r.*")) == []


def test_a_form_with_macros_keeps_them_and_its_kind(campaign, tmp_path):
    made = form(tmp_path / "f.xlsm")
    with zipfile.ZipFile(made, "a") as package:
        package.writestr("xl/vbaProject.bin", b"macros")
        package.writestr("xl/pivotCache/pivotCacheDefinition1.xml", b"<pivotCacheDefinition/>")
    with pytest.raises(Refusal, match=r"\.xlsm"):
        fill(campaign[0], made, tmp_path / "r.xlsx", campaign[1])
    done = fill(campaign[0], made, tmp_path / "r.xlsm", campaign[1])
    with zipfile.ZipFile(done.path) as package:
        assert package.read("xl/vbaProject.bin") == b"macros"
    assert [remark.split(" : ")[0] for remark in done.remarks] == ["Ce formulaire a des tableaux croisés"]


def test_a_name_of_one_cell_of_a_merged_one_fills_it(filled):
    book, told = filled({"cls_annee": "Bilan!$B$1"})
    assert (book["Bilan"]["B1"].value, told) == (2025, [])


def test_the_form_itself_is_never_replaced(campaign, tmp_path):
    made = form(tmp_path / "f.xlsx")
    with pytest.raises(Refusal, match="serait remplacé"):
        fill(campaign[0], made, made, campaign[1])


# --- Years and contracts of every size --------------------------------------------------------------------------------

LONG = ("Développer l’accès de toutes et tous à la prévention, aux soins et aux droits, " * 3)[:200]


@pytest.mark.parametrize(
    "unsaid", [("par_fiche", "totaux", "taux"), ("par_fiche", "totaux", "taux", "reponses", "indicateurs")]
)
def test_a_year_without_money_and_an_empty_year_leave_cells_blank_and_say_so(tmp_path, unsaid):
    whole = result()
    parts = {**vars(whole.tables), **vars(whole.summaries)}
    made = result(**{nom: parts[nom].iloc[:0] for nom in unsaid})
    writer.write(workbook(made), tmp_path / "C.xlsx")
    (tmp_path / "essai.toml").write_text(CONTRAT, encoding="utf-8")
    names = {nom: there for nom, there in NAMES.items() if nom != "cls_table_fiches"}
    done = fill(tmp_path / "C.xlsx", form(tmp_path / "f.xlsx", names), tmp_path / "r.xlsx", tmp_path / "essai.toml")
    page = openpyxl.load_workbook(done.path)["Bilan"]
    assert page["B1"].value == "Contrat d’essai 2024-2026" and page["B6"].value is page["B7"].value is None
    assert {a.code for a in done.anomalies} == {"FORMULAIRE_SANS_VALEUR"}


def test_sixty_fiches_with_long_titles_all_stand_in_the_form(tmp_path):
    contrat = toml_reader.parse(CONTRAT, "essai")
    fiches = [replace(contrat.fiches[1], numero=f"1.{n}", titre=LONG, indicateurs=()) for n in range(3, 61)]
    contrat = replace(contrat, fiches=(*contrat.fiches, *fiches))
    writer.write(workbook(result(contrat=contrat)), tmp_path / "C.xlsx")

    def with_room(book):
        for row in book["Les fiches"].iter_rows(min_row=4):
            for cell in row:
                cell.value = None

    asked = form(tmp_path / "f.xlsx", {"cls_table_fiches": NAMES["cls_table_fiches"]}, with_room)
    page = openpyxl.load_workbook(fill(tmp_path / "C.xlsx", asked, tmp_path / "r.xlsx", contrat).path)["Les fiches"]
    rows = [row for row in page.iter_rows(min_row=4, values_only=True) if row[0]]
    assert len(rows) >= 61 and sum(LONG in row for row in rows) == 58
