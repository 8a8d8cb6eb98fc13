"""The coordinator's workbook and the add-in, as the command line makes them."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

import openpyxl
import pytest
from pilotage_for_tests import CONTRAT, PLEIN
from xlsx_lint import lint

from cls_workbook import pilotage, version
from cls_workbook.cli import main
from cls_workbook.contract.definition import load, parse, shipped
from cls_workbook.coordination import accueil, classeur, complement, page, poste
from cls_workbook.coordination.fabrication import coordonner
from cls_workbook.errors import Refus
from cls_workbook.pilotage import Pilotage
from cls_workbook.results import consolidated
from cls_workbook.xlsx import writer
from cls_workbook.xlsx.sheets import Bouton, Classeur, Feuille

POSTE = poste.Poste("C:\\Python312\\python.exe", "", "")


@pytest.fixture(scope="module")
def contrat():
    return parse(CONTRAT, "essai.toml")


@pytest.fixture(scope="module")
def ouvert(classeur_coordination) -> openpyxl.Workbook:
    return openpyxl.load_workbook(classeur_coordination, keep_vba=True)


def cases(livre: openpyxl.Workbook) -> dict[str, object]:
    return accueil.valeurs([list(rangee) for rangee in livre["Accueil"].iter_rows(values_only=True)])


# --- What is drawn --------------------------------------------------------------------------------------------------


def test_excel_would_find_nothing_to_repair(classeur_coordination):
    assert lint(classeur_coordination) == []


def test_accueil_says_the_campaign_and_that_nothing_was_consolidated(ouvert):
    dites = cases(ouvert)
    assert dites["contrat"] == "essai.toml" and dites["identifiant"] == "essai-2024-2026" and dites["annee"] == 2025
    assert dites["dossier"] == "retours" and dites["etat"] == "provisoire" and dites["derniere"] == "aucune pour l’instant"
    assert dites["bilan"] is None and dites["precedent"] is None
    assert accueil.lire_versions(dites["version"]) == accueil.Versions(version.PAQUET, version.MACROS, version.XLWINGS)
    assert dites.keys() == accueil.CASES.keys()


def test_python_may_write_on_accueil_which_is_not_protected(ouvert):
    assert not ouvert["Accueil"].protection.sheet


def test_the_keys_are_out_of_sight(ouvert):
    assert ouvert["Accueil"].column_dimensions["A"].hidden


def test_the_tables_of_the_consolidation_are_there_with_their_headers_and_nothing_else(ouvert, contrat):
    tables = {t.displayName: feuille for feuille in ouvert for t in feuille.tables.values()}
    assert list(tables) == [
        "Retours", "Anomalies", "Indicateurs", "Financement_fiches", "Financement_financeurs", "Financements", "Mesures", "Reponses", "Normalisations",
        "Historique", "Reperes",
    ]  # fmt: skip
    for nom, feuille in tables.items():
        [entetes, *lignes] = feuille.iter_rows(values_only=True)
        assert all(entetes), nom
        assert lignes == [(None,) * len(entetes)], nom
    assert [c.value for c in tables["Anomalies"][1]] == list(consolidated.ANOMALIES)


def test_the_sheets_are_those_of_pilotage_and_of_the_consolidation_then_the_settings(ouvert):
    assert ouvert.sheetnames == [
        "Accueil", "Groupes", "Programmation", "Gouvernance", "Décisions", "Suivi", "Synthèse", "Évolution", "Retours", "Anomalies", "Indicateurs",
        "Financement par fiche",
        "Financement par financeur", "Lignes de financement", "Mesures", "Réponses", "Normalisations", "Historique", "Repères", "Lisez-moi", "Listes", "xlwings.conf",
    ]  # fmt: skip
    assert [f.title for f in ouvert if f.sheet_state != "visible"] == ["Listes", "xlwings.conf"]


def test_every_link_of_accueil_leads_to_a_sheet(ouvert):
    cibles = [c.hyperlink.location.partition("!")[0].strip("'") for rangee in ouvert["Accueil"].iter_rows() for c in rangee if c.hyperlink]
    assert len(cibles) == 12 and set(cibles) <= set(ouvert.sheetnames)


def test_xlwings_finds_python_in_the_settings_sheet(ouvert):
    lignes = list(ouvert["xlwings.conf"].iter_rows(max_col=2, values_only=True))
    assert lignes == [
        ("INTERPRETER_WIN", "C:\\Python312\\python.exe"), ("INTERPRETER_MAC", "/usr/local/bin/python3"), ("PYTHONPATH", None),
        ("ADD_WORKBOOK_TO_PYTHONPATH", "False"),
    ]  # fmt: skip


def test_the_same_inputs_give_the_same_bytes(contrat, tmp_path):
    for nom in ("a", "b"):
        coordonner(contrat, "essai.toml", 2025, tmp_path / nom / "K.xlsm", sur=POSTE)
    assert (tmp_path / "a" / "K.xlsm").read_bytes() == (tmp_path / "b" / "K.xlsm").read_bytes()


@pytest.mark.parametrize("identifiant", shipped())
def test_the_sheets_are_the_same_whatever_the_contract(identifiant):
    """The VBA project has one module a sheet: it is built once for all contracts."""
    livre = load(identifiant)
    feuilles = classeur.decrire(livre, livre.annees[0], Pilotage(), page.Depart(identifiant), poste.Poste())
    assert [f.nom_de_code for f in feuilles] == _codes_du_projet()


def test_a_contract_without_groups_or_fiches_has_the_same_sheets_too():
    maigre = parse('[contrat]\nid = "x"\ntitre = "X"\nnom_court = "X"\nannees = [2025]\nterritoire = "X"\n', "x.toml")
    feuilles = classeur.decrire(maigre, 2025, Pilotage(), page.Depart("x"), poste.Poste())
    assert [f.nom_de_code for f in feuilles] == _codes_du_projet()
    assert any("aucun groupe" in str(c.valeur) for f in feuilles if f.nom == "Groupes" for c in f.cellules)


def _codes_du_projet() -> list[str]:
    import olefile

    from cls_workbook import resources

    with olefile.OleFileIO(resources.folder("templates") / "vbaProject.bin") as ole:
        lignes = ole.openstream("PROJECT").read().decode("cp1252").splitlines()
    return [li.removeprefix("Document=").partition("/")[0] for li in lignes if li.startswith("Document=")][1:]


# --- What is typed in it --------------------------------------------------------------------------------------------


def test_it_is_read_wherever_a_pilotage_is(contrat, tmp_path):
    writer.write(pilotage.classeur(contrat, 2025, PLEIN), tmp_path / "p.xlsx")
    coordonner(contrat, "essai.toml", 2025, tmp_path / "K.xlsm", pilotage=str(tmp_path / "p.xlsx"), sur=POSTE)
    assert pilotage.lire(tmp_path / "K.xlsm", contrat, 2025) == PLEIN


def test_making_it_again_keeps_what_was_typed_and_renews_the_rest(contrat, tmp_path):
    writer.write(pilotage.classeur(contrat, 2025, PLEIN), tmp_path / "p.xlsx")
    cible = tmp_path / "K.xlsm"
    coordonner(contrat, "essai.toml", 2025, cible, pilotage=str(tmp_path / "p.xlsx"), sur=POSTE)
    livre = openpyxl.load_workbook(cible, keep_vba=True)
    lieux = accueil.trouver([list(r) for r in livre["Accueil"].iter_rows(values_only=True)])
    livre["Accueil"].cell(*lieux["dossier"]).value = "reçus"
    livre["Accueil"].cell(*lieux["precedent"]).value = "C:\\2024.xlsx"
    livre["Accueil"].cell(*lieux["version"]).value = "cls-workbook 0.0.1 · macros 0"
    livre.save(cible)
    coordonner(contrat, "essai.toml", 2025, cible, sur=POSTE)
    dites = cases(openpyxl.load_workbook(cible))
    assert (dites["dossier"], dites["precedent"], dites["version"]) == ("reçus", "C:\\2024.xlsx", classeur.VERSIONS.ecrire())
    assert pilotage.lire(cible, contrat, 2025) == PLEIN


def test_the_coordinators_own_sheets_are_never_lost(contrat, tmp_path):
    cible = tmp_path / "K.xlsm"
    coordonner(contrat, "essai.toml", 2025, cible, sur=POSTE)
    livre = openpyxl.load_workbook(cible, keep_vba=True)
    livre.create_sheet("Mes calculs")["A1"] = 1
    livre.save(cible)
    avant = cible.read_bytes()
    with pytest.raises(Refus, match="Mes calculs"):
        coordonner(contrat, "essai.toml", 2025, cible, sur=POSTE)
    assert cible.read_bytes() == avant


@pytest.mark.parametrize("place", ["A2", "N1", "P7"])
def test_what_stands_in_or_beside_a_table_is_never_lost(contrat, tmp_path, place):
    """A consolidation, or a note that the coordinator typed at its right."""
    cible = tmp_path / "K.xlsm"
    coordonner(contrat, "essai.toml", 2025, cible, sur=POSTE)
    livre = openpyxl.load_workbook(cible, keep_vba=True)
    livre["Retours"][place] = "à rappeler"
    livre.save(cible)
    avant = cible.read_bytes()
    with pytest.raises(Refus, match="Retours"):
        coordonner(contrat, "essai.toml", 2025, cible, sur=POSTE)
    assert cible.read_bytes() == avant
    coordonner(contrat, "essai.toml", 2025, tmp_path / "K2.xlsm", pilotage=str(cible), sur=POSTE)


def test_the_workbook_of_another_year_is_not_overwritten(contrat, tmp_path):
    cible = tmp_path / "K.xlsm"
    coordonner(contrat, "essai.toml", 2024, cible, sur=POSTE)
    avant = cible.read_bytes()
    with pytest.raises(Refus, match="autre campagne"):
        coordonner(contrat, "essai.toml", 2025, cible, sur=POSTE)
    assert cible.read_bytes() == avant


def test_a_definition_beside_the_workbook_is_named_from_there(contrat, tmp_path):
    (tmp_path / "essai.toml").write_text(CONTRAT, encoding="utf-8")
    (tmp_path / "ancien").mkdir()
    (tmp_path / "ancien" / "c.xlsx").write_bytes(b"")
    coordonner(contrat, str(tmp_path / "essai.toml"), 2025, tmp_path / "K.xlsm", precedent=str(tmp_path / "ancien" / "c.xlsx"), sur=POSTE)
    dites = cases(openpyxl.load_workbook(tmp_path / "K.xlsm"))
    assert (dites["contrat"], dites["precedent"]) == ("essai.toml", "ancien/c.xlsx")


# --- Its cells, found again -----------------------------------------------------------------------------------------


def test_a_case_is_found_wherever_its_row_and_column_went():
    lignes = [["", "", ""], ["x", "§accueil/contrat", "Définition du contrat", "essai"], ["", "§accueil/dossier", " dossier des Retours", "là"]]
    assert accueil.trouver(lignes) == {"contrat": (2, 4), "dossier": (3, 4)}
    assert accueil.valeurs(lignes) == {"contrat": "essai", "dossier": "là"}
    assert accueil.trouver(lignes)["dossier"].cellule == "D3"


def test_a_sheet_without_these_keys_is_no_accueil():
    assert accueil.trouver([["§pilotage/campagne/etat", "État du bilan", "provisoire"]]) == {}
    assert accueil.trouver([]) == {}


@pytest.mark.parametrize(
    ("lignes", "mot"),
    [
        ([["§accueil/contrat", "Autre chose", "x"]], "étiquette"),
        ([["§accueil/contrat", "Définition du contrat", "x"]] * 2, "en double"),
    ],
)
def test_a_key_and_its_label_that_disagree_are_told_not_guessed(lignes, mot):
    with pytest.raises(Refus, match=mot):
        accueil.trouver(lignes)


def test_the_versions_come_back_from_their_cell():
    assert accueil.lire_versions(accueil.Versions("1.2", "3", "0.4").ecrire()) == accueil.Versions("1.2", "3", "0.4")
    assert accueil.lire_versions(None) == accueil.Versions()


def test_the_last_message_tells_done_from_not_done():
    assert accueil.message("c’est fini", True) == "Fait\u00a0: c’est fini"
    assert accueil.message("rien", False) == "Non fait\u00a0: rien"


# --- What a workbook with macros must have --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("feuille", "faute"),
    [
        (Feuille("A", boutons=[Bouton(1, 1, "x", "X", 10, 10, "x")]), "sans macro"),
    ],
)
def test_a_button_needs_macros(feuille, faute):
    with pytest.raises(ValueError, match=faute):
        writer.to_bytes(Classeur([feuille], "x"))


@pytest.mark.parametrize("code", ["", "Fiche 1", "1x", "É", "x" * 32, "thisworkbook"])
def test_a_sheet_needs_a_code_name_that_vba_takes(code, contrat):
    feuille = Feuille("A", nom_de_code=code)
    macros = classeur.classeur(contrat, 2025, Pilotage(), page.Depart("x"), POSTE).macros
    with pytest.raises(ValueError, match="module|nom de code"):
        writer.to_bytes(Classeur([feuille], "x", macros=macros))


def test_a_computer_without_excel_writes_no_interpreter(monkeypatch):
    monkeypatch.setattr(sys, "platform", "linux")
    assert poste.ce_poste() == poste.Poste()


def test_the_interpreter_of_this_computer_is_written_where_excel_may_call_it(monkeypatch):
    monkeypatch.setattr(sys, "platform", "darwin")
    monkeypatch.setattr(sys, "executable", "/opt/python/bin/python3")
    assert poste.ce_poste()[:2] == ("", "/opt/python/bin/python3")


# --- The command line -----------------------------------------------------------------------------------------------


def test_the_command_makes_the_workbook_and_its_folder(tmp_path, capsys):
    cible = tmp_path / "campagne" / "K.xlsm"
    assert main(["coordonner", "--contrat", "dijon-2024-2028", "--annee", "2025", "--sortie", str(cible)]) == 0
    assert capsys.readouterr().out.split("\n")[:2] == [str(cible), str(cible.parent / "retours")]
    assert (cible.parent / "retours").is_dir()
    livre = openpyxl.load_workbook(cible)
    assert cases(livre)["contrat"] == "dijon-2024-2028"
    assert main(["generer", "--contrat", "dijon-2024-2028", "--annee", "2025", "--pilotage", str(cible), "--sortie", str(tmp_path / "g")]) == 0
    retour = next((tmp_path / "g").glob("*.xlsx"))
    assert main(["consolider", str(retour), "--contrat", "dijon-2024-2028", "--annee", "2025", "--pilotage", str(cible), "--sortie", str(tmp_path / "c.xlsx")]) in (0, 1)


@pytest.mark.parametrize(
    ("plus", "mots"),
    [
        (["--annee", "2025", "--sortie", "K.xlsx"], "finit par .xlsm"),
        (["--annee", "1999", "--sortie", "K.xlsm"], "ne couvre pas"),
        (["--annee", "2025", "--sortie", "K.xlsm", "--pilotage", "absent.xlsx"], "ne peut pas être lu"),
        (["--annee", "2025", "--sortie", "K.xlsm", "--precedent", "absent.xlsx"], "est introuvable"),
    ],
)
def test_what_cannot_be_done_is_said_and_leaves_nothing(plus, mots, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert main(["coordonner", "--contrat", "dijon-2024-2028", *plus]) == 2
    assert mots in capsys.readouterr().err and list(tmp_path.iterdir()) == []


# --- The add-in -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("systeme", "environ", "lieu"),
    [
        ("win32", {"APPDATA": "{tmp}"}, ("Microsoft", "Excel", "XLSTART")),
        ("darwin", {"HOME": "{tmp}"}, ("Library", "Group Containers", "UBF8T346G9.Office", "User Content.localized", "Startup.localized", "Excel")),
    ],
)
def test_the_add_in_goes_where_excel_starts(systeme, environ, lieu, tmp_path):
    fichiers, suite = complement.installer(None, systeme, {k: v.format(tmp=tmp_path) for k, v in environ.items()})
    assert fichiers[0] == tmp_path.joinpath(*lieu, "cls-workbook.xlam") and fichiers[0].is_file()
    assert any("rouvrez" in phrase for phrase in suite)
    if systeme == "darwin":
        [script] = fichiers[1:]
        assert script == tmp_path / "Library" / "Application Scripts" / "com.microsoft.Excel" / f"xlwings-{version.XLWINGS}.applescript"
        assert b"VbaHandler" in script.read_bytes()
    else:
        assert len(fichiers) == 1


def test_elsewhere_the_command_says_what_to_do(monkeypatch, capsys):
    monkeypatch.setattr(sys, "platform", "linux")
    assert subprocess.run([sys.executable, "-m", "cls_workbook", "complement", "installer"], capture_output=True, cwd=Path(__file__).parent.parent).returncode == 2
    with pytest.raises(Refus, match="--sortie DOSSIER"):
        complement.installer(None, "linux", {})


def test_the_add_in_can_just_be_written(tmp_path, capsys):
    assert main(["complement", "installer", "--sortie", str(tmp_path)]) == 0
    assert "XLSTART" in capsys.readouterr().out
    assert lint(tmp_path / "cls-workbook.xlam") == []


def test_the_add_in_calls_the_python_of_its_computer(tmp_path, monkeypatch):
    monkeypatch.setattr(poste, "ce_poste", lambda: POSTE)
    [fichier] = complement.installer(tmp_path)[0]
    with zipfile.ZipFile(fichier) as archive:
        assert b"C:\\Python312\\python.exe" in archive.read("xl/sharedStrings.xml")


# --- LibreOffice ----------------------------------------------------------------------------------------------------


def test_libreoffice_opens_it_and_wires_each_button_to_its_macro(libreoffice, classeur_coordination):
    with libreoffice.open(classeur_coordination) as document:
        lues = document.macros()
        feuilles = classeur.decrire(parse(CONTRAT, "essai.toml"), 2025, Pilotage(), page.Depart("x"), poste.Poste())
        assert lues["codes"] == [f.nom_de_code for f in feuilles]
        assert {"ClsActions", "ClsRuban", "ClsPython", "xlwings", "Dictionary"} <= set(lues["modules"])
        assert [b[:2] for b in lues["buttons"]] == [["Accueil", a.nom] for a in page.ACTIONS]
        for (_, _, script), action in zip(lues["buttons"], page.ACTIONS, strict=True):
            assert script == f"vnd.sun.star.script:VBAProject.ClsActions.{action.macro}?language=Basic&location=document"
        document.type("Accueil", {"C" + place_de(classeur_coordination): "reçus"})
        assert document.values("Accueil")["C" + place_de(classeur_coordination)].valeur == "reçus"


def test_libreoffice_opens_the_add_in(libreoffice, tmp_path):
    [fichier] = complement.installer(tmp_path)[0]
    with libreoffice.open(fichier) as document:
        lues = document.macros()
    assert {"ClsComplement", "ClsActions", "xlwings"} <= set(lues["modules"]) and "ClsRuban" not in lues["modules"]
    assert lues["codes"] == [f.nom_de_code for f in complement.feuilles(poste.Poste())]


def place_de(fichier: Path) -> str:
    livre = openpyxl.load_workbook(fichier)
    return str(accueil.trouver([list(r) for r in livre["Accueil"].iter_rows(values_only=True)])["dossier"].ligne)
