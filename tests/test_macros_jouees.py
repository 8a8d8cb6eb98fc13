"""A click, from the macro to the text that Python gets, or to the message that the coordinator reads. No Excel: see ``excel_simule``."""

from __future__ import annotations

import shlex

import pytest
from excel_simule import ExcelSimule
from pyopenvba.interpreter import NOTHING, member

from cls_workbook import cli
from cls_workbook.coordination import accueil

PYTHON = "C:\\Python312\\python.exe"  # the one of the fixture's workbook
AUTRE = "C:\\LOCALAPPDATA\\Programs\\Python\\Python312\\python.exe"
OUI, NON = 6, 7


@pytest.fixture
def excel(classeur_coordination):
    """Excel with the workbook open, on a computer that has these files."""
    return lambda *fichiers, **precisions: ExcelSimule(classeur_coordination, fichiers, **precisions)


def dit(excel, nom: str) -> object:
    return accueil.valeurs(excel.lignes("Accueil"))[nom]


@pytest.mark.parametrize(
    ("macro", "fonction"),
    [("Consolider", "consolider"), ("Controler", "controler"), ("SyntheseArs", "synthese_ars"), ("Relances", "relances"), ("VerifierInstallation", "verifier")],
)
def test_a_click_sends_one_line_to_python_and_says_nothing_itself(excel, macro, fonction):
    ouvert = excel(PYTHON)
    ouvert.cliquer(macro)
    assert ouvert.commandes == [f"import cls_workbook.excel.bouton as b; b.{fonction}()"]
    assert ouvert.messages == []


def test_the_ribbon_does_what_the_button_does(excel):
    ouvert = excel(PYTHON)
    for macro in ("RubanConsolider", "RubanControler", "RubanSyntheseArs", "RubanRelances", "RubanVerifier"):
        ouvert.app.run(macro, NOTHING)
    assert [c.partition("b.")[2] for c in ouvert.commandes] == ["consolider()", "controler()", "synthese_ars()", "relances()", "verifier()"]


def test_without_python_the_click_says_so_with_a_remedy_and_the_command(excel):
    ouvert = excel()
    ouvert.cliquer("Consolider")
    assert ouvert.commandes == []
    [message] = ouvert.messages
    assert message.startswith("« Consolider » n’a pas abouti.".replace("« ", "«\u00a0").replace(" »", "\u00a0»"))
    assert f"Python est introuvable (cherché ici\u00a0: {PYTHON})" in message and "Vérifier l’installation" in message
    assert message.endswith('py -m cls_workbook consolider "retours" --contrat "essai.toml" --annee 2025 --pilotage "K.xlsm" --sortie consolidation.xlsx')
    assert str(dit(ouvert, "message")).startswith("Non fait\u00a0: Python est introuvable")


@pytest.mark.parametrize(
    ("macro", "commandes"),
    [
        ("Consolider", ["consolider"]),
        ("Controler", ["controler"]),
        ("SyntheseArs", ["consolider", "synthese"]),
        ("Relances", ["relances"]),
        ("VerifierInstallation", ["verifier-installation"]),
    ],
)
def test_the_way_round_is_a_command_that_exists(excel, macro, commandes):
    """What the message proposes to type is understood by the command line, word for word."""
    ouvert = excel(PYTHON, erreur="ValueError: boum")
    lieux = accueil.trouver(ouvert.lignes("Accueil"))
    ouvert.app.sheet("Accueil").set_value(lieux["precedent"].cellule, "an dernier.xlsx")
    ouvert.cliquer(macro)
    proposees = [shlex.split(ligne) for ligne in ouvert.messages[0].splitlines() if ligne.startswith("py -m cls_workbook ")]
    assert [mots[3] for mots in proposees] == commandes
    for mots in proposees:
        choix = vars(cli._analyseur().parse_args(mots[3:]))
        assert "precedent" not in choix or choix["precedent"] == "an dernier.xlsx"


@pytest.mark.parametrize(
    ("erreur", "attendu"),
    [
        ("Traceback\r\nModuleNotFoundError: No module named 'cls_workbook'\r\n", "il lui manque un paquet (ModuleNotFoundError: No module named 'cls_workbook')"),
        ("'python' n'est pas reconnu en tant que commande interne", "Python est introuvable"),
        ("Python was not found; run without arguments to install", "Python est introuvable"),
        ("PermissionError: [Errno 13] Permission denied: 'a.xlsx'", "Un fichier n’a pas pu être lu ou écrit"),
        ("Accès refusé.", "l’antivirus empêche Excel de lancer Python"),
        ("Access is denied.", "l’antivirus empêche Excel de lancer Python"),
        ("Traceback\n  File x\nZeroDivisionError: division by zero\n\n", "erreur imprévue\u00a0: ZeroDivisionError: division by zero"),
        ("   \n", "sans autre précision"),
    ],
)
def test_what_python_writes_when_it_fails_is_explained_in_french(excel, erreur, attendu):
    ouvert = excel(PYTHON, erreur=erreur)
    ouvert.cliquer("Controler")
    [message] = ouvert.messages
    assert attendu in message and "Contrôler" in message and 'py -m cls_workbook controler "retours"' in message
    assert len(message) <= 1_000, "MsgBox would cut it"
    assert attendu in str(dit(ouvert, "message"))


def test_a_program_that_windows_forbids_is_explained(excel):
    ouvert = excel(PYTHON, erreur="bloque")
    ouvert.cliquer("Relances")
    assert "l’antivirus empêche Excel de lancer Python" in ouvert.messages[0] and PYTHON in ouvert.messages[0]


def test_a_very_long_error_leaves_a_message_that_excel_can_show(excel):
    ouvert = excel(PYTHON, erreur="ValueError: " + "x" * 5_000)
    ouvert.cliquer("SyntheseArs")
    assert len(ouvert.messages[0]) <= 1_000 and "cls_workbook synthese" in ouvert.messages[0]


# --- Worksheet functions ----------------------------------------------------------------------------------------------


def test_a_worksheet_function_asks_python_and_gives_its_answer(excel):
    ouvert = excel(PYTHON)
    ouvert.app.run("PretDeRepondre", 0.25)
    assert ouvert.app.run("cls_ecart", 100, 125) == 0.25
    assert ouvert.app.run("DerniereFonction") == "cls_workbook.excel.fonctions.cls_ecart(100;125)"


def test_without_the_udf_server_a_worksheet_function_says_so_and_nothing_breaks(excel):
    ouvert = excel(PYTHON)
    assert str(ouvert.app.run("cls_parite", 1)).startswith("#Fonction indisponible\u00a0: Python ne répond pas")
    ouvert.cliquer("Consolider")
    assert len(ouvert.commandes) == 1


# --- Where the workbook lies ----------------------------------------------------------------------------------------


def test_a_workbook_that_was_never_saved_says_so(excel):
    ouvert = excel(PYTHON)
    ouvert.app.workbook.path = ""
    ouvert.cliquer("Consolider")
    assert ouvert.commandes == [] and "n’a jamais été enregistré" in ouvert.messages[0]


@pytest.fixture
def en_ligne(excel, monkeypatch):
    """The workbook opened from SharePoint: its full name is an address."""
    ouvert = excel(PYTHON)
    adresse = "https://exemple-my.sharepoint.com/personal/agent/Documents/K.xlsm"
    classe = type("EnLigne", (type(ouvert.app.workbook),), {"FullName": member(lambda livre: adresse, name="FullName")})
    monkeypatch.setattr(ouvert.app.workbook, "__class__", classe)
    return ouvert


def test_a_workbook_at_an_address_without_a_folder_says_so(en_ligne):
    ouvert = en_ligne
    ouvert.cliquer("Consolider")
    assert ouvert.commandes == [] and "OneDrive ou SharePoint" in ouvert.messages[0] and "conserver sur cet appareil" in ouvert.messages[0]


def test_a_workbook_that_onedrive_keeps_on_this_computer_is_consolidated(en_ligne):
    ouvert = en_ligne
    ouvert.app.run("RetenirAdresse", "C:\\OneDrive\\K.xlsm")
    ouvert.cliquer("Consolider")
    assert len(ouvert.commandes) == 1 and ouvert.messages == []


# --- Vérifier l'installation ------------------------------------------------------------------------------------------


def test_the_check_of_the_installation_says_something_useful_without_python(excel):
    ouvert = excel()
    ouvert.cliquer("VerifierInstallation")
    assert ouvert.commandes == []
    [message] = ouvert.messages
    for morceau in ("Macros\u00a0: permises", "Version des macros\u00a0: 1", "xlwings\u00a0: 0.37.8", f"Inscrit\u00a0: {PYTHON}", "K.xlsm", "À faire", "Installez Python 3.11"):
        assert morceau in message


def test_another_python_of_this_computer_is_proposed_and_written_in_the_workbook(excel):
    ouvert = excel(AUTRE)
    ouvert.cliquer("VerifierInstallation", OUI)
    [question] = ouvert.messages
    assert PYTHON in question and AUTRE in question and question.endswith("L’inscrire dans ce classeur\u00a0?")
    reglages = {ligne[0]: ligne[1] for ligne in ouvert.lignes("xlwings.conf")}
    assert reglages["INTERPRETER_WIN"] == AUTRE and reglages["ADD_WORKBOOK_TO_PYTHONPATH"] == "False"
    assert ouvert.commandes == ["import cls_workbook.excel.bouton as b; b.verifier()"]


def test_a_refused_proposal_changes_nothing(excel):
    ouvert = excel(AUTRE)
    ouvert.cliquer("VerifierInstallation", NON)
    assert {ligne[0]: ligne[1] for ligne in ouvert.lignes("xlwings.conf")}["INTERPRETER_WIN"] == PYTHON
    assert ouvert.commandes == [] and "introuvable" in ouvert.messages[1]


def test_the_check_writes_the_versions_of_the_macros_that_run(classeur_coordination):
    ouvert = ExcelSimule(classeur_coordination, (PYTHON,), xlwings="0.30.0")
    ouvert.cliquer("VerifierInstallation")
    assert accueil.lire_versions(dit(ouvert, "version")) == accueil.Versions("0.1.0", "1", "0.30.0")
