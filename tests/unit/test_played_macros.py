"""A click, from the macro to the text that Python gets, or to the message that the coordinator reads.

No Excel: see ``fake_excel``.
"""

from __future__ import annotations

import shlex

import pytest
from pyopenvba.interpreter import NOTHING, member

from cls_workbook import version
from cls_workbook.cli import commands
from cls_workbook.office.coordinator import home_rows
from tests.support.simulated_clicks import SimulatedExcel

PYTHON = "C:\\Python312\\python.exe"  # the one of the fixture's workbook
OTHER = "C:\\LOCALAPPDATA\\Programs\\Python\\Python312\\python.exe"
YES, NO = 6, 7
FIRST = "import sys; sys.path[:] = filter(None, sys.path); import cls_workbook.button.doors as b; "


@pytest.fixture
def excel(coordination_workbook):
    """Excel with the workbook open, on a computer that has these files."""
    return lambda *files, **specifics: SimulatedExcel(coordination_workbook, files, **specifics)


def told(excel, nom: str) -> object:
    return home_rows.values(excel.lines("Accueil"))[nom]


@pytest.mark.parametrize(
    ("macro", "function"),
    [
        ("Consolider", "consolider"),
        ("Controler", "controler"),
        ("SyntheseArs", "synthese_ars"),
        ("Bilan", "bilan"),
        ("Presentation", "presentation"),
        ("Relances", "relances"),
        ("VerifierInstallation", "verifier"),
    ],
)
def test_a_click_sends_one_line_to_python_and_says_nothing_itself(excel, macro, function):
    opened = excel(PYTHON)
    opened.click(macro)
    assert opened.subcommands == [f"{FIRST}b.{function}()"]
    assert opened.messages == []


def test_the_ribbon_does_what_the_button_does(excel):
    opened = excel(PYTHON)
    campagne = ("Consolider", "Controler", "SyntheseArs", "Bilan", "Presentation", "Relances")
    for macro in (*(f"Ruban{nom}" for nom in campagne), "RubanVerifier"):
        opened.app.run(macro, NOTHING)
    assert [c.removeprefix(f"{FIRST}b.") for c in opened.subcommands] == [
        "consolider()",
        "controler()",
        "synthese_ars()",
        "bilan()",
        "presentation()",
        "relances()",
        "verifier()",
    ]


def test_without_python_the_click_says_so_with_a_remedy_and_the_command(excel):
    opened = excel()
    opened.click("Consolider")
    assert opened.subcommands == []
    [message] = opened.messages
    assert message.startswith("« Consolider » n’a pas abouti.".replace("« ", "«\u00a0").replace(" »", "\u00a0»"))
    assert f"Python est introuvable (cherché ici\u00a0: {PYTHON})" in message and "Vérifier l’installation" in message
    assert message.endswith(
        'py -P -m cls_workbook consolider "retours" --contrat "essai.toml" --annee 2025 --pilotage "K.xlsm" '
        "--sortie consolidation.xlsx"
    )
    assert str(told(opened, "message")).startswith("Non fait\u00a0: Python est introuvable")


@pytest.mark.parametrize(
    ("macro", "subcommands"),
    [
        ("Consolider", ["consolider"]),
        ("Controler", ["controler"]),
        ("SyntheseArs", ["consolider", "synthese"]),
        ("Relances", ["relances"]),
        ("VerifierInstallation", ["verifier-installation"]),
    ],
)
def test_the_way_round_is_a_command_that_exists(excel, macro, subcommands):
    """What the message proposes to type is understood by the command line, word for word."""
    opened = excel(PYTHON, error="ValueError: boum")
    locations = home_rows.find(opened.lines("Accueil"))
    opened.app.sheet("Accueil").set_value(locations["precedent"].cell, "an dernier.xlsx")
    opened.click(macro)
    proposed = [
        shlex.split(line) for line in opened.messages[0].splitlines() if line.startswith("py -P -m cls_workbook ")
    ]
    assert [words[4] for words in proposed] == subcommands
    for words in proposed:
        choix = vars(commands._parser().parse_args(words[4:]))
        assert "precedent" not in choix or choix["precedent"] == "an dernier.xlsx"


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (
            "Traceback\r\nModuleNotFoundError: No module named 'cls_workbook'\r\n",
            "il lui manque un paquet (ModuleNotFoundError: No module named 'cls_workbook')",
        ),
        ("'python' n'est pas reconnu en tant que commande interne", "Python est introuvable"),
        ("Python was not found; run without arguments to install", "Python est introuvable"),
        ("PermissionError: [Errno 13] Permission denied: 'a.xlsx'", "Un fichier n’a pas pu être lu ou écrit"),
        ("Accès refusé.", "l’antivirus empêche Excel de lancer Python"),
        ("Access is denied.", "l’antivirus empêche Excel de lancer Python"),
        (
            "Traceback\n  File x\nZeroDivisionError: division by zero\n\n",
            "erreur imprévue\u00a0: ZeroDivisionError: division by zero",
        ),
        ("   \n", "sans autre précision"),
    ],
)
def test_what_python_writes_when_it_fails_is_explained_in_french(excel, error, expected):
    opened = excel(PYTHON, error=error)
    opened.click("Controler")
    [message] = opened.messages
    assert expected in message and "Contrôler" in message and 'py -P -m cls_workbook controler "retours"' in message
    assert len(message) <= 1_000, "MsgBox would cut it"
    assert expected in str(told(opened, "message"))


SYSTEMS_SAY = [
    ("Accès refusé.", "l’antivirus empêche Excel de lancer Python"),
    ("L'accès est refusé.", "l’antivirus empêche Excel de lancer Python"),
    (
        "Ce programme est bloqué par une stratégie de groupe. Contactez votre administrateur système.",
        "Une stratégie de votre organisme interdit ce programme",
    ),
    ("Une stratégie de contrôle d'application a bloqué ce fichier.", "Une stratégie de votre organisme"),
    ("L'opération n'a pas abouti car le fichier contient un logiciel potentiellement indésirable.", "L’antivirus a"),
    ("Le fichier spécifié est introuvable.", "Python est introuvable"),
    ("Non autorisé à envoyer des évènements Apple à Microsoft Excel. (-1743)", "macOS n’autorise pas encore Python"),
]


@pytest.mark.parametrize(
    "code_page", ["cp850", *(pytest.param(page, marks=pytest.mark.exhaustive) for page in ("cp1252", "utf-8"))]
)
@pytest.mark.parametrize(("said", "expected"), SYSTEMS_SAY)
def test_what_windows_and_macos_say_is_known_in_every_code_page(excel, said, expected, code_page):
    """The log is read as the code page of Windows, whatever wrote it."""
    opened = excel(PYTHON, error=said.encode(code_page).decode("cp1252", errors="replace"))
    opened.click("Controler")
    assert expected in opened.messages[0]


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("This program is blocked by group policy.", "Une stratégie de votre organisme"),
        ("An Application Control policy has blocked this file.", "Une stratégie de votre organisme"),
        ("the file contains a virus or potentially unwanted software.", "L’antivirus a arrêté Python"),
        ("OSERROR: -1743 MESSAGE: The user has declined permission.", "Automatisation, cochez"),
        ("unknown option -P\nusage: python [option]", "Ce Python est trop ancien"),
    ],
)
def test_what_systems_say_in_english_is_known_too(excel, said, expected):
    opened = excel(PYTHON, error=said)
    opened.click("Controler")
    assert expected in opened.messages[0]


@pytest.mark.parametrize("macro", ["Relances", "VerifierInstallation"])
def test_where_excel_may_start_no_program_the_rule_is_named_and_the_other_way(excel, macro):
    opened = excel(PYTHON, error="bloque")
    opened.click(macro)
    [message] = opened.messages
    assert "empêche Excel de lancer un autre programme" in message and PYTHON in message
    assert "la page locale, dans un navigateur, et la ligne de commande font le même travail" in message
    assert "rien n’est à réparer ici" in message
    assert len(message) <= 1_000


def test_the_python_that_only_opens_the_microsoft_store_is_none(excel):
    alias = "C:\\Users\\moi\\AppData\\Local\\Microsoft\\WindowsApps"
    opened = excel(f"{alias}\\python.exe")
    opened.app.run("RetenirChemin", alias)
    opened.app.sheet("xlwings.conf").set_value("B1", "python")
    opened.click("Consolider")
    assert opened.subcommands == []
    assert "ne fait qu’ouvrir le Microsoft Store" in opened.messages[0]


def test_a_workbook_whose_name_has_an_equals_sign_says_so(excel, monkeypatch):
    opened = excel(PYTHON)
    class_ = type("Nomme", (type(opened.app.workbook),), {"Name": member(lambda book: "a=b.xlsm", name="Name")})
    monkeypatch.setattr(opened.app.workbook, "__class__", class_)
    opened.click("Consolider")
    assert opened.subcommands == [] and "contient le signe" in opened.messages[0]


def test_a_very_long_error_leaves_a_message_that_excel_can_show(excel):
    opened = excel(PYTHON, error="ValueError: " + "x" * 5_000)
    opened.click("SyntheseArs")
    assert len(opened.messages[0]) <= 1_000 and "cls_workbook synthese" in opened.messages[0]


# --- Worksheet functions ----------------------------------------------------------------------------------------------


def test_a_worksheet_function_asks_python_and_gives_its_answer(excel):
    opened = excel(PYTHON)
    opened.app.run("PretDeRepondre", 0.25)
    assert opened.app.run("cls_ecart", 100, 125) == 0.25
    assert opened.app.run("DerniereFonction") == "cls_workbook.button.worksheet_functions.cls_ecart(100;125)"


def test_without_the_udf_server_a_worksheet_function_says_so_and_nothing_breaks(excel):
    opened = excel(PYTHON)
    assert str(opened.app.run("cls_parite", 1)).startswith("#Fonction indisponible\u00a0: Python ne répond pas")
    opened.click("Consolider")
    assert len(opened.subcommands) == 1


# --- Where the workbook lies ----------------------------------------------------------------------------------------


def test_a_workbook_that_was_never_saved_says_so(excel):
    opened = excel(PYTHON)
    opened.app.workbook.path = ""
    opened.click("Consolider")
    assert opened.subcommands == [] and "n’a jamais été enregistré" in opened.messages[0]


@pytest.fixture
def from_command_line(excel, monkeypatch):
    """The workbook opened from SharePoint: its full name is an address."""
    opened = excel(PYTHON)
    address = "https://exemple-my.sharepoint.com/personal/agent/Documents/K.xlsm"
    class_ = type(
        "EnLigne", (type(opened.app.workbook),), {"FullName": member(lambda opened_book: address, name="FullName")}
    )
    monkeypatch.setattr(opened.app.workbook, "__class__", class_)
    return opened


def test_a_workbook_at_an_address_without_a_folder_says_so(from_command_line):
    opened = from_command_line
    opened.click("Consolider")
    assert (
        opened.subcommands == []
        and "OneDrive ou SharePoint" in opened.messages[0]
        and "conserver sur cet appareil" in opened.messages[0]
    )


def test_a_workbook_that_onedrive_keeps_on_this_computer_is_consolidated(from_command_line):
    opened = from_command_line
    opened.app.run("RetenirAdresse", "C:\\OneDrive\\K.xlsm")
    opened.click("Consolider")
    assert len(opened.subcommands) == 1 and opened.messages == []


# --- Vérifier l'installation ------------------------------------------------------------------------------------------


def test_the_check_of_the_installation_says_something_useful_without_python(excel):
    opened = excel()
    opened.click("VerifierInstallation")
    assert opened.subcommands == []
    [message] = opened.messages
    for piece in (
        "Macros\u00a0: permises",
        "Version des macros\u00a0: 3",
        "xlwings\u00a0: 0.37.8",
        f"Inscrit\u00a0: {PYTHON}",
        "K.xlsm",
        "À faire",
        "Installez Python 3.11",
    ):
        assert piece in message


def test_another_python_of_this_computer_is_proposed_and_written_in_the_workbook(excel):
    opened = excel(OTHER)
    opened.click("VerifierInstallation", YES)
    [question] = opened.messages
    assert PYTHON in question and OTHER in question and question.endswith("L’inscrire dans ce classeur\u00a0?")
    settings = {line[0]: line[1] for line in opened.lines("xlwings.conf")}
    assert settings["INTERPRETER_WIN"] == OTHER and settings["ADD_WORKBOOK_TO_PYTHONPATH"] == "False"
    assert opened.subcommands == [f"{FIRST}b.verifier()"]


def test_a_refused_proposal_changes_nothing(excel):
    opened = excel(OTHER)
    opened.click("VerifierInstallation", NO)
    assert {line[0]: line[1] for line in opened.lines("xlwings.conf")}["INTERPRETER_WIN"] == PYTHON
    assert opened.subcommands == [] and "introuvable" in opened.messages[1]


def test_the_check_writes_the_versions_of_the_macros_that_run(coordination_workbook):
    opened = SimulatedExcel(coordination_workbook, (PYTHON,), xlwings="0.30.0")
    opened.click("VerifierInstallation")
    versions = home_rows.read_versions(told(opened, "version"))
    assert versions == home_rows.Versions("0.1.0", version.MACROS, "0.30.0", "64")
