"""The Accueil of the coordinator's workbook, drawn: the buttons, where the campaign stands, what it is, its sheets.

The sheet is not protected: Excel would refuse what Python writes in it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from cls_workbook.forms.layout import KEY_COLUMN, MARK, height
from cls_workbook.french import typography
from cls_workbook.office.coordinator import home_rows
from cls_workbook.pilotage import pilotage_questions as pf
from cls_workbook.pilotage.pilotage_pieces import B, C, Canvas, CoordinatorPage, D, E, SheetTally
from cls_workbook.pilotage.pilotage_sheets import campagne, colors, sheets_and_counts
from cls_workbook.workbook.description import Button, CellRange, ConditionalFormat, Link, Sheet, Validation, address

WIDTHS = (36, 57, 60, 24)
_BUTTON_WIDTH, _BUTTON_HEIGHT, _BUTTON_ROW_HEIGHT = 248, 28, 25.5  # pixels, pixels, points: the row holds its button


class Action(NamedTuple):
    """A button: its words, the macro that it calls, what it does."""

    nom: str
    macro: str
    meaning: str


ACTIONS = (
    Action(
        "Consolider",
        "Consolider",
        "Lit tous les retours du dossier, les contrôle, et remplit les feuilles de ce classeur. À "
        "refaire à chaque nouveau retour : rien n’est doublé.",
    ),
    Action(
        "Contrôler",
        "Controler",
        "Lit les retours et remplit la seule feuille Anomalies : ce qui est à corriger, et où.",
    ),
    Action(
        "Synthèse ARS",
        "SyntheseArs",
        "Écrit à côté de ce classeur la copie destinée à l’ARS : des valeurs seules, sans macro et "
        "sans donnée personnelle.",
    ),
    Action(
        "Bilan",
        "Bilan",
        "Écrit à côté de ce classeur le bilan annuel, en document Word : à relire et à finir par une personne.",
    ),
    Action(
        "Présentation",
        "Presentation",
        "Écrit à côté de ce classeur les diapositives du COPIL, en PowerPoint : à relire et à finir par une personne.",
    ),
    Action(
        "Relances",
        "Relances",
        "Prépare un brouillon de message par structure qui n’a pas répondu, son classeur joint. Rien n’est envoyé.",
    ),
    Action(
        "Vérifier l’installation",
        "VerifierInstallation",
        "Dit si Python, les versions, le dossier des retours et les macros sont en ordre ; sinon, le remède.",
    ),
)
NO_MACRO_HELP = (
    "Les boutons ne répondent pas ? Excel bloque peut-être les macros : fermez le classeur ; dans "
    "l’Explorateur, clic droit sur le fichier, Propriétés, « Débloquer » ; rouvrez-le, "
    "puis « Activer le contenu ». Sans macro, la page locale et la commande « cls-workbook consolider » font le même "
    "travail."
)
FIRST_MESSAGE = (
    "Déposez les classeurs reçus dans le dossier des retours, sans les renommer ni les corriger, puis "
    "cliquez sur « Consolider »."
)
_SETTINGS_HELP = {
    "dossier": "Le dossier où vous déposez les classeurs reçus. Sans chemin complet : à côté de ce classeur.",
    "precedent": "Facultatif : le fichier de la consolidation de l’an dernier, pour montrer l’évolution.",
    "contrat": "Ne change que si la définition (.toml) a été déplacée : un contrat livré avec l’outil, ou un chemin.",
}
_SHEETS = {
    "Synthèse": "Le portrait de l’année : ce que lira l’ARS.",
    "Évolution": "Chaque mesure et chaque enveloppe au fil des années ; n’est additionné que ce qui peut l’être.",
    "Retours par structure": "Où en est chaque structure, quand elle a été relancée, ce qui reste à faire avec elle.",
    "Retours": "Qui a répondu, pour quelles fiches, avec quel fichier.",
    "Anomalies": "Ce qui est refusé, à confirmer ou signalé ; un lien mène à la cellule du retour.",
    "Indicateurs": "Une ligne par mesure du contrat, avec le nombre de retours sur lequel elle repose.",
    "Financement par fiche": "L’argent de chaque fiche, en euros.",
    "Financement par financeur": "L’argent de chaque financeur, par nature.",
    "Financements prévus": "Ce que le contrat prévoit pour l’année, financeur par financeur, et dans quel état.",
}


class InitialAccueil(NamedTuple):
    """What Accueil holds when it leaves. ``contrat``: what loads the definition; paths as they are to be shown."""

    contrat: str
    folder: str = home_rows.DEFAULT_FOLDER
    precedent: str = ""
    versions: home_rows.Versions = home_rows.Versions()


def draw(
    canvas: Canvas, counts: Sequence[tuple[str, SheetTally]], outcomes: Sequence[str], starting_point: InitialAccueil
) -> Sheet:
    """The sheet. ``counts``: the sheets where the coordinator types; ``outcomes``: names of those that Python fills."""
    page = canvas.page(home_rows.NAME, WIDTHS, insertable=False)
    page.sheet.protected = False
    annee = canvas.contrat.follow_up.year_name(canvas.annee)
    page.sheet.print_setup.left_footer = f"{canvas.contrat.nom_court} · coordination {annee}"
    page.next_row(4)
    page.texte(B, f"Coordination de l’année {annee}", "titre")
    page.next_row(30)
    page.texte(B, canvas.contrat.titre, "sous_titre")
    page.next_row(18)
    _buttons(page)
    _situation(page)
    page.band(canvas.bloc(pf.CAMPAGNE).titre, E)
    _setting(page, "dossier", starting_point.folder, "saisie:code")
    _setting(page, "precedent", starting_point.precedent or None)
    campagne(page, canvas)
    _setting(page, "contrat", starting_point.contrat)
    page.sheet.print_setup.page_breaks.append(page.line - 1)
    page.band("Les feuilles à remplir, et ce qui y est déjà saisi", E)
    sheets_and_counts(page, list(counts))
    page.band("Les feuilles que remplit « Consolider »", E)
    _computed_sheets(page, outcomes)
    colors(page)
    page.next_row(9)
    _box(page, "version", starting_point.versions.write(), "repere:texte")
    page.next_row(20)
    page.sheet.selection = (2, B)
    return page.sheet


def _buttons(page: CoordinatorPage) -> None:
    """One button a row, and beside it what it does."""
    page.band("Que voulez-vous faire ?", E)
    for action in ACTIONS:
        page.texte(B, action.nom, "libelle_fort")  # under the button, which does not print
        page.merge(C, E, typography(action.meaning), "libelle")
        alt_text, size = typography(f"{action.nom} : {action.meaning}"), (_BUTTON_WIDTH, _BUTTON_HEIGHT)
        page.sheet.buttons.append(Button(page.line, B, action.nom, action.macro, *size, alt_text))
        page.next_row(_BUTTON_ROW_HEIGHT)
    page.merge(B, E, typography(NO_MACRO_HELP), "aide")
    page.next_row(height(NO_MACRO_HELP, sum(WIDTHS)))


def _situation(page: CoordinatorPage) -> None:
    """What the last click left: date, figures, message."""
    page.band("Où en est la campagne", E)
    _box(page, "derniere", home_rows.NEVER, "libelle:date_gauche")
    page.next_row(22)
    _box(page, "bilan", None, "libelle:texte")
    page.next_row(30)
    _box(page, "message", typography(FIRST_MESSAGE), "libelle:texte")
    cell_range, first = CellRange(page.line, C, page.line, E), address(page.line, C, True)
    for start, style in ((home_rows.NOT_DONE, "erreur"), (home_rows.DONE, "bon")):
        formula = f'LEFT({first},{len(start)})="{start}"'
        page.sheet.conditional_formats.append(ConditionalFormat(cell_range, formula, style))
    page.next_row(42)


def _setting(page: CoordinatorPage, nom: str, valeur: str | None, style: str = "saisie_optionnelle:code") -> None:
    """A cell that tells Python where something is: a path, from the workbook's folder or whole."""
    _row(page, nom)
    page.texte(C, valeur, style)
    cell_range, aide = CellRange(page.line, C, page.line, C), typography(_SETTINGS_HELP[nom])
    page.sheet.validations.append(Validation([cell_range], "libre", titre=home_rows.SLOTS[nom].libelle, prompt=aide))
    page.merge(D, E, aide, "aide:retrait")
    page.next_row(24)


def _computed_sheets(page: CoordinatorPage, names: Sequence[str]) -> None:
    for nom in names:
        if nom in _SHEETS:
            page.texte(B, Link(f"internal:'{nom}'!A1", nom, f"Ouvrir la feuille {nom}"), "lien")
            page.merge(C, E, typography(_SHEETS[nom]), "libelle")
            page.next_row(21)


def _box(page: CoordinatorPage, nom: str, valeur: object, style: str) -> None:
    """A cell that Python writes, as wide as the sheet."""
    _row(page, nom)
    page.merge(C, E, valeur, style)


def _row(page: CoordinatorPage, nom: str) -> None:
    box = home_rows.SLOTS[nom]
    page.texte(KEY_COLUMN, MARK + box.cle, "cle")
    page.texte(B, typography(box.libelle), "libelle")
