"""The annotated copy of a return: what it adds, what it keeps, and that it reads clean once corrected."""

from __future__ import annotations

import io
import zipfile
from functools import partial
from pathlib import Path

import classeurs
import openpyxl
import pytest
from classeurs import DEFINITION, cellule, modifie, places
from lxml import etree
from xlsx_lint import lint

from cls_workbook import conductor
from cls_workbook.cli import main

# as they are sent: what is drawn is looked at here
rempli = partial(classeurs.rempli, orne=True)
vierge = partial(classeurs.vierge, orne=True)

FAUTES = {
    "accueil/reponse/structure": "Ville de Rivemont", "1.1/avancement/etat": "En cours", "1.1/mesures/1.1-I01/valeur": "env. 30",
    "1.1/financement/01/financeur": "ARS", "1.1/financement/01/engage": "=1+1", "1.1/financement/01/prevu": "douze mille",
}  # fmt: skip
S = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"


@pytest.fixture(scope="module")
def contrat(tmp_path_factory):
    """The small contract, as a definition that does not ship."""
    fichier = tmp_path_factory.mktemp("contrat") / "essai.toml"
    fichier.write_text(DEFINITION, encoding="utf-8")
    return str(fichier)


def annoter(contrat, retour: Path, dossier: Path) -> tuple[list, Path | None, list[str]]:
    """(anomalies, the copy, the lines printed on it)."""
    ((anomalies, lignes),) = conductor.annoter([str(retour)], dossier, contrat)
    return anomalies, Path(lignes[0]) if Path(lignes[0]).exists() else None, lignes


def relire(contrat, fichier: Path) -> list[tuple]:
    return [(a.code, a.feuille, a.cellules) for a in conductor.controler([str(fichier)], contrat)]


def parties(fichier: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(fichier) as archive:
        return {n: archive.read(n) for n in archive.namelist()}


def fautif(tmp_path, **plus) -> Path:
    return rempli(tmp_path, FAUTES | plus, "ville")


def corriger(contrat, copie: Path, anomalies) -> None:
    """Puts a right answer in every faulty input, in the copy itself, as a partner would."""
    bonnes = {"1.1/mesures/1.1-I01/valeur": 30, "1.1/financement/01/engage": 1000, "1.1/financement/01/prevu": 12000}
    ou = places("ville")
    modifie(copie, lambda livre: [livre[ou[c].feuille].__setitem__(ou[c].cellule, v) for c, v in bonnes.items()])


# --- what is added --------------------------------------------------------------------------------------------------


def test_every_faulty_cell_is_coloured_and_commented(contrat, tmp_path):
    anomalies, copie, _ = annoter(contrat, fautif(tmp_path), tmp_path / "copies")
    livre, avant = openpyxl.load_workbook(copie), openpyxl.load_workbook(tmp_path / "retour.xlsx")
    nommees = {(a.feuille, c) for a in anomalies for c in a.cellules}
    assert ("FA 1.1", cellule("1.1/mesures/1.1-I01/valeur")) in nommees
    for feuille, adresse in nommees:
        la, la_avant = livre[feuille][adresse], avant[feuille][adresse]
        assert la.fill.fgColor.rgb != la_avant.fill.fgColor.rgb
        assert "À faire" in la.comment.text
        assert (la.value, la.number_format, la.protection.locked, la.border.left.style) == (
            la_avant.value, la_avant.number_format, la_avant.protection.locked, la_avant.border.left.style,
        )  # fmt: skip
    colorees = {(f.title, c.coordinate) for f in livre for ligne in f.iter_rows() for c in ligne if c.comment}
    assert colorees == nommees


def test_a_comment_says_what_was_found_what_is_expected_and_what_to_do(contrat, tmp_path):
    _, copie, _ = annoter(contrat, fautif(tmp_path), tmp_path / "copies")
    texte = openpyxl.load_workbook(copie)["FA 1.1"][cellule("1.1/mesures/1.1-I01/valeur")].comment.text.replace("\u00a0", " ")
    assert "BLOQUANT" in texte and "Trouvé : « env. 30 »" in texte and "Attendu :" in texte and "À faire :" in texte


def test_the_first_sheet_lists_every_anomaly_with_a_link_to_its_cell(contrat, tmp_path):
    anomalies, copie, _ = annoter(contrat, fautif(tmp_path), tmp_path / "copies")
    livre = openpyxl.load_workbook(copie)
    liste = livre.worksheets[0]
    assert (livre.active.title, liste.title, liste.sheet_state) == ("Anomalies", "Anomalies", "visible")
    assert [f.title for f in livre if f.sheet_view.tabSelected] == ["Anomalies"]
    liens = {c.hyperlink.location for ligne in liste.iter_rows() for c in ligne if c.hyperlink}
    assert {f"'{a.feuille}'!{a.cellules[0]}" for a in anomalies if a.cellules} == liens
    trouves = [str(ligne[6].value) for ligne in liste.iter_rows() if isinstance(ligne[1].value, int)]
    assert len(trouves) == len(anomalies)
    assert liste.column_dimensions["A"].hidden and liste["A1"].value.startswith("§annotations/")


def test_the_copy_has_no_fault_that_a_spreadsheet_would_repair(contrat, tmp_path):
    _, copie, _ = annoter(contrat, fautif(tmp_path), tmp_path / "copies")
    assert lint(copie) == []


def test_what_a_partner_typed_never_becomes_a_formula(contrat, tmp_path):
    poison = '=HYPERLINK("http://exemple.invalid";"clic")'
    retour = rempli(tmp_path, FAUTES, "ville")

    def empoisonner(livre):
        case = livre["FA 1.1"][cellule("1.1/mesures/1.1-I01/valeur")]
        case.value, case.data_type = poison, "s"

    _, copie, _ = annoter(contrat, modifie(retour, empoisonner), tmp_path / "copies")
    liste = openpyxl.load_workbook(copie).worksheets[0]
    assert any("HYPERLINK" in str(c.value) for ligne in liste.iter_rows() for c in ligne)
    assert not [c for ligne in liste.iter_rows() for c in ligne if c.data_type == "f"]


# --- what is kept ---------------------------------------------------------------------------------------------------


def test_nothing_else_of_the_archive_changes(contrat, tmp_path):
    """Byte for byte, but for the sheets annotated, the styles, and what lists the sheets."""
    retour = fautif(tmp_path)
    _, copie, _ = annoter(contrat, retour, tmp_path / "copies")
    avant, apres = parties(retour), parties(copie)
    changees = {n for n in avant if avant[n] != apres[n]}
    livre = openpyxl.load_workbook(retour)
    annotees = {f"xl/worksheets/sheet{livre.sheetnames.index(f) + 1}.xml" for f in ("FA 1.1",)}
    selectionnees = {n for n in avant if b"tabSelected" in avant[n]}
    assert changees <= annotees | selectionnees | {"xl/styles.xml", "xl/workbook.xml", "xl/_rels/workbook.xml.rels", "[Content_Types].xml"}
    for n in annotees:
        assert sans_annotation(avant[n]) == sans_annotation(apres[n])
    formats = [etree.fromstring(p["xl/styles.xml"]) for p in (avant, apres)]
    xfs = [[etree.tostring(x) for x in f.find(f"{{{S}}}cellXfs")] for f in formats]
    assert xfs[1][: len(xfs[0])] == xfs[0]


def sans_annotation(xml: bytes) -> bytes:
    """A sheet without the ranks of styles and what hangs its comments: all that annotating may change in it."""
    racine = etree.fromstring(xml)
    for element in racine.iter(f"{{{S}}}c"):
        element.attrib.pop("s", None)
    for element in [*racine.iter(f"{{{S}}}legacyDrawing")]:
        element.getparent().remove(element)
    for vue in racine.iter(f"{{{S}}}sheetView"):
        vue.attrib.pop("tabSelected", None)
    return etree.tostring(racine, method="c14n")


def reecrire(fichier: Path, partie: str, fonction) -> None:
    contenus = parties(fichier)
    contenus[partie] = fonction(contenus[partie])
    with zipfile.ZipFile(fichier, "w") as archive:
        for n, c in contenus.items():
            archive.writestr(n, c)


X14 = (
    b'<extLst><ext uri="{CCE6A557-97BC-4b89-ADB6-D9C93CAAB3DF}" xmlns:x14="http://schemas.microsoft.com/office/spreadsheetml/2009/9/main">'
    b'<x14:dataValidations xmlns:xm="http://schemas.microsoft.com/office/excel/2006/main" count="1"><x14:dataValidation type="list">'
    b"<x14:formula1><xm:f>Listes!$A$2:$A$5</xm:f></x14:formula1><xm:sqref>Z9</xm:sqref></x14:dataValidation></x14:dataValidations></ext></extLst>"
)


def test_drop_downs_as_excel_itself_saves_them_are_kept(contrat, tmp_path):
    """Excel writes a list that stands on another sheet as an extension, which openpyxl drops."""
    retour = fautif(tmp_path)
    reecrire(retour, "xl/worksheets/sheet3.xml", lambda xml: xml.replace(b"</worksheet>", X14 + b"</worksheet>"))
    _, copie, _ = annoter(contrat, retour, tmp_path / "copies")
    assert b"<xm:f>Listes!$A$2:$A$5</xm:f></x14:formula1><xm:sqref>Z9</xm:sqref>" in parties(copie)["xl/worksheets/sheet3.xml"]
    openpyxl.load_workbook(copie).save(tmp_path / "openpyxl.xlsx")
    assert b"x14:dataValidation" not in parties(tmp_path / "openpyxl.xlsx")["xl/worksheets/sheet4.xml"]  # why openpyxl was not chosen


def test_a_partner_s_picture_and_own_comment_are_kept(contrat, tmp_path):
    from openpyxl.comments import Comment

    retour = fautif(tmp_path)
    ou = cellule("1.1/mesures/1.1-I01/valeur")
    modifie(retour, lambda livre: [setattr(livre["FA 1.1"][c], "comment", Comment(f"Ma note {c}", "Nous")) for c in (ou, "B3")])
    _, copie, _ = annoter(contrat, retour, tmp_path / "copies")
    feuille = openpyxl.load_workbook(copie)["FA 1.1"]
    assert feuille["B3"].comment.text == "Ma note B3"
    assert feuille[ou].comment.text.startswith(f"Ma note {ou}") and "À faire" in feuille[ou].comment.text
    _, seconde, _ = annoter(contrat, copie, tmp_path / "secondes")
    assert openpyxl.load_workbook(seconde)["FA 1.1"][ou].comment.text.count("À faire") == feuille[ou].comment.text.count("À faire")


def test_the_macros_of_an_xlsm_are_kept_and_it_stays_an_xlsm(contrat, tmp_path):
    retour = fautif(tmp_path).rename(tmp_path / "retour.xlsm")
    reecrire(retour, "[Content_Types].xml", lambda x: x.replace(
        b"openxmlformats-officedocument.spreadsheetml.sheet.main+xml", b"ms-excel.sheet.macroEnabled.main+xml").replace(
        b"</Types>", b'<Override PartName="/xl/vbaProject.bin" ContentType="application/vnd.ms-office.vbaProject"/></Types>'))  # fmt: skip
    reecrire(retour, "xl/_rels/workbook.xml.rels", lambda x: x.replace(
        b"</Relationships>", b'<Relationship Id="rIdVba" Type="http://schemas.microsoft.com/office/2006/relationships/vbaProject" Target="vbaProject.bin"/></Relationships>'))  # fmt: skip
    with zipfile.ZipFile(retour, "a") as archive:
        archive.writestr("xl/vbaProject.bin", b"\xd0\xcf\x11\xe0 des macros")
    _, copie, _ = annoter(contrat, retour, tmp_path / "copies")
    assert copie.suffix == ".xlsm" and parties(copie)["xl/vbaProject.bin"] == b"\xd0\xcf\x11\xe0 des macros"
    assert relire(contrat, copie) == relire(contrat, retour)


# --- the way back ---------------------------------------------------------------------------------------------------


def test_the_copy_says_the_same_as_the_return(contrat, tmp_path):
    retour = fautif(tmp_path)
    _, copie, _ = annoter(contrat, retour, tmp_path / "copies")
    assert relire(contrat, copie) == relire(contrat, retour)


def refuses(constats) -> list:
    return [c for c in constats if c[0] in ("NOMBRE_ILLISIBLE", "MONTANT_ILLISIBLE", "FORMULE_DANS_UNE_SAISIE", "SAISIE_HORS_CADRE", "PREREMPLI_MODIFIE")]


def test_the_copy_once_corrected_reads_clean(contrat, tmp_path):
    retour = fautif(tmp_path)
    anomalies, copie, _ = annoter(contrat, retour, tmp_path / "copies")
    corriger(contrat, copie, anomalies)
    temoin = rempli(tmp_path, FAUTES | {"1.1/mesures/1.1-I01/valeur": 30, "1.1/financement/01/engage": 1000, "1.1/financement/01/prevu": 12000}, "ville", "temoin.xlsx")
    assert refuses(relire(contrat, retour)) and refuses(relire(contrat, copie)) == []
    assert relire(contrat, copie) == relire(contrat, temoin)


@pytest.mark.parametrize("extension", ["xlsx", "ods"])
def test_the_copy_corrected_in_libreoffice_reads_clean(contrat, libreoffice, tmp_path, extension):
    _, copie, _ = annoter(contrat, fautif(tmp_path), tmp_path / "copies")
    ou = places("ville")
    with libreoffice.open(copie) as document:
        for cle, valeur in (("1.1/mesures/1.1-I01/valeur", "30"), ("1.1/financement/01/engage", "1000"), ("1.1/financement/01/prevu", "12000")):
            document.type(ou[cle].feuille, {ou[cle].cellule: valeur})
        corrigee = document.save(tmp_path / f"corrigee.{extension}")
    assert refuses(relire(contrat, corrigee)) == []


def test_annotating_again_replaces_the_annotations_and_gives_the_colours_back(contrat, tmp_path):
    retour = fautif(tmp_path)
    anomalies, copie, _ = annoter(contrat, retour, tmp_path / "copies")
    corriger(contrat, copie, anomalies)
    _, seconde, _ = annoter(contrat, copie, tmp_path / "secondes")
    livre, origine = openpyxl.load_workbook(seconde), openpyxl.load_workbook(retour)
    assert livre.sheetnames == ["Anomalies", *origine.sheetnames, "_annotations"]
    ou = cellule("1.1/mesures/1.1-I01/valeur")
    assert livre["FA 1.1"][ou].comment is None
    assert livre["FA 1.1"][ou].fill.fgColor.rgb == origine["FA 1.1"][ou].fill.fgColor.rgb
    assert livre["FA 1.1"].print_title_rows == origine["FA 1.1"].print_title_rows
    assert lint(seconde) == []


def test_annotating_again_after_libreoffice_and_an_inserted_row_gives_the_colours_back(contrat, libreoffice, tmp_path):
    retour = fautif(tmp_path)
    _, copie, _ = annoter(contrat, retour, tmp_path / "copies")
    ou = places("ville")["1.1/mesures/1.1-I01/valeur"]
    with libreoffice.open(copie) as document:
        document.unprotect(ou.feuille)
        document.insert_rows(ou.feuille, 3, 1)
        document.type(ou.feuille, {f"{ou.cellule[0]}{ou.rangee + 1}": "30"})
        document.save(tmp_path / "corrigee.xlsx")
    _, seconde, _ = annoter(contrat, tmp_path / "corrigee.xlsx", tmp_path / "secondes")
    case = openpyxl.load_workbook(seconde)[ou.feuille][f"{ou.cellule[0]}{ou.rangee + 1}"]
    assert (case.value, case.comment) == (30, None)
    assert case.fill.fgColor.rgb == openpyxl.load_workbook(retour)[ou.feuille][ou.cellule].fill.fgColor.rgb
    assert case.number_format == openpyxl.load_workbook(retour)[ou.feuille][ou.cellule].number_format


# --- particular returns ---------------------------------------------------------------------------------------------


def test_an_ods_return_gives_an_xlsx_with_its_answers_and_says_so(contrat, libreoffice, tmp_path):
    retour = libreoffice.convert(fautif(tmp_path), tmp_path / "retour.ods")
    anomalies, copie, lignes = annoter(contrat, retour, tmp_path / "copies")
    assert copie.name == "retour-annote.xlsx" and ".ods" in lignes[1] and ".xlsx" in lignes[1]
    livre, ou = openpyxl.load_workbook(copie), places("ville")
    assert livre["FA 1.1"][ou["1.1/mesures/1.1-I01/valeur"].cellule].value == "env. 30"
    assert livre["FA 1.1"][ou["1.1/financement/01/engage"].cellule].value is None  # a formula: what it showed is in the comment
    assert "1+1" in livre["FA 1.1"][ou["1.1/financement/01/engage"].cellule].comment.text
    assert ".ods" in " ".join(str(c.value) for c in livre.worksheets[0]["B"])
    corriger(contrat, copie, anomalies)
    assert refuses(relire(contrat, copie)) == []


def test_rows_added_in_an_ods_find_a_place_in_the_copy(contrat, libreoffice, tmp_path):
    ou = places("ville")
    with libreoffice.open(fautif(tmp_path)) as document:
        document.unprotect("FA 1.1")
        rang = ou["1.1/financement/02/financeur"].rangee
        document.insert_rows("FA 1.1", rang, 1)
        document.type("FA 1.1", {f"{ou['1.1/financement/01/financeur'].cellule[0]}{rang}": "Ville de Rivemont", f"{ou['1.1/financement/01/engage'].cellule[0]}{rang}": "500"})
        document.save(tmp_path / "retour.ods")
    _, copie, _ = annoter(contrat, tmp_path / "retour.ods", tmp_path / "copies")
    feuille = openpyxl.load_workbook(copie)["FA 1.1"]
    ligne = ou["1.1/financement/02/financeur"].rangee
    assert feuille[f"{ou['1.1/financement/01/financeur'].cellule[0]}{ligne}"].value == "Ville de Rivemont"
    assert feuille[ou["1.1/financement/02/engage"].cellule].value == 500


def test_an_unreadable_file_has_no_copy_and_it_is_said(contrat, tmp_path):
    (tmp_path / "casse.xlsx").write_bytes(b"PK\x03\x04 rien")
    anomalies, copie, lignes = annoter(contrat, tmp_path / "casse.xlsx", tmp_path / "copies")
    assert [a.code for a in anomalies] == ["FICHIER_ILLISIBLE"] and copie is None
    assert "pas de copie" in lignes[0] and not (tmp_path / "copies").exists()


def test_an_anomaly_on_the_whole_file_stands_in_the_list_without_a_link(contrat, tmp_path):
    retour = modifie(fautif(tmp_path), lambda livre: livre.remove(livre["FA 2.1"]))
    anomalies, copie, _ = annoter(contrat, retour, tmp_path / "copies")
    assert any(a.code == "CELLULE_INTROUVABLE" and not a.cellules for a in anomalies)
    liste = openpyxl.load_workbook(copie).worksheets[0]
    assert "tout le fichier" in {c.value for c in liste["D"]}


def test_a_return_without_anomaly_has_a_copy_that_says_so(contrat, tmp_path):
    _, copie, _ = annoter(contrat, vierge(tmp_path, "ville"), tmp_path / "copies")
    assert copie is not None


def test_a_whole_sheet_of_anomalies_is_annotated(contrat, tmp_path):
    textes = {c: "abc" for c, p in places("ville").items() if p.type in ("entier", "decimal", "montant", "date")}
    retour = rempli(tmp_path, textes, "ville")
    anomalies, copie, _ = annoter(contrat, retour, tmp_path / "copies")
    assert sum(len(a.cellules) for a in anomalies) > 50
    assert lint(copie) == [] and relire(contrat, copie) == relire(contrat, retour)


def test_two_runs_give_the_same_bytes(contrat, tmp_path):
    retour = fautif(tmp_path)
    copies = [annoter(contrat, retour, tmp_path / d)[1].read_bytes() for d in ("a", "b")]
    assert copies[0] == copies[1]


def test_the_command_prints_each_copy_and_never_writes_over_a_return(contrat, tmp_path, capsys):
    retour = fautif(tmp_path)
    avant = retour.read_bytes()
    assert main(["controler", str(retour), "--contrat", contrat, "--annoter", str(tmp_path)]) == 1
    sortie = capsys.readouterr().out.splitlines()
    assert sortie[-1] == str(tmp_path / "retour-annote.xlsx") and retour.read_bytes() == avant
    assert main(["controler", str(tmp_path / "retour-annote.xlsx"), "--contrat", contrat, "--annoter", str(tmp_path)]) == 1
    assert capsys.readouterr().out.splitlines()[-1] == str(tmp_path / "retour-annote-2.xlsx")


def test_copies_left_in_the_folder_of_returns_are_not_taken_for_returns(contrat, tmp_path):
    fautif(tmp_path)
    for _ in range(2):
        traites = list(conductor.annoter([str(tmp_path)], tmp_path / "copies", contrat))
        assert len(traites) == 1


def test_a_copy_is_readable_by_openpyxl_from_memory(contrat, tmp_path):
    _, copie, _ = annoter(contrat, fautif(tmp_path), tmp_path / "copies")
    assert openpyxl.load_workbook(io.BytesIO(copie.read_bytes())).worksheets[0].title == "Anomalies"
