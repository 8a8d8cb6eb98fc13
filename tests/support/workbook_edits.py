"""What partners do to a whole workbook: its sheets, copies of them, other returns put in it. Played by both programs.

A ``EditedBook`` is told gestures as a ``Page`` is. The workbook is the one of a structure, that answers for two fiches.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable
from dataclasses import dataclass

from tests.support.edited_books import (
    ALL_OF_THEM,
    CONTENTS,
    FICHE,
    HOME,
    IDENTITY,
    LISTS,
    OTHER_FICHE,
    TERRITORIES,
    EditedBook,
)
from tests.support.gestures import REFUSED, Gesture, Zone
from tests.support.sheet_edits import VALUE_COLUMN


@dataclass(frozen=True)
class WorkbookEdit:
    """``codes``: every anomaly that the reading of the file gives.

    ``reported``: how many typed values they point at, -1 for all.

    ``slow``: LibreOffice writes a million rows of it in .xlsx, which is tried by hand only.
    """

    nom: str
    perform: Callable[[EditedBook], None]
    codes: frozenset[str]
    reported: int
    slow: bool = False


WORKBOOK_EDITS: list[WorkbookEdit] = []


def edit(nom: str, *codes: str, reported: int = 0, slow: bool = False):
    def register(perform):
        WORKBOOK_EDITS.append(WorkbookEdit(nom, perform, frozenset(codes), reported, slow))
        return perform

    return register


# --- the edits --------------------------------------------------------------------------------------------------------


@edit("renommer toutes les feuilles")
def rename(opened_book: EditedBook) -> None:
    for ancien, nouveau in (
        (FICHE, "Notre fiche"),
        (OTHER_FICHE, "Feuil2"),
        (TERRITORIES, "Communes"),
        (HOME, "Qui répond"),
        (CONTENTS, "Table"),
        (LISTS, "choix"),
        (IDENTITY, "id"),
    ):
        opened_book.rename(ancien, nouveau)


@edit("noms de feuilles dans une autre casse")
def letter_case(opened_book: EditedBook) -> None:
    for nom in (FICHE, HOME, CONTENTS, LISTS):
        opened_book.rename(nom, nom.upper() if nom == HOME else nom.lower())


@edit("réordonner les feuilles")
def reorder(opened_book: EditedBook) -> None:
    opened_book.reposition_sheet(OTHER_FICHE, 0)
    opened_book.reposition_sheet(IDENTITY, 1)
    opened_book.reposition_sheet(HOME, 3)


@edit("masquer des feuilles, montrer les feuilles masquées")
def hide_sheets(opened_book: EditedBook) -> None:
    opened_book.set_sheet_visible(OTHER_FICHE, False)
    opened_book.set_sheet_visible(CONTENTS, False)
    opened_book.set_sheet_visible(LISTS, True)
    opened_book.set_sheet_visible(IDENTITY, True)


@edit("copier une feuille telle quelle")
def make_copy(opened_book: EditedBook) -> None:
    opened_book.duplicate_sheet(FICHE, "FA 1.1 (2)")


@edit("copier une feuille et modifier la copie", "ANCRES_EN_DESACCORD", reported=231)
def copy_and_edit(opened_book: EditedBook) -> None:
    opened_book.duplicate_sheet(FICHE, "FA 1.1 (2)")
    line, column = opened_book.pages[FICHE].place("mesures/1.1-I01/valeur")
    opened_book.write("FA 1.1 (2)", line, column, 4242, cle="1.1/mesures/1.1-I01/valeur")


@edit("supprimer le sommaire et les listes")
def delete_contents(opened_book: EditedBook) -> None:
    opened_book.remove_sheet(CONTENTS)
    opened_book.remove_sheet(LISTS)


@edit("supprimer la feuille Accueil", "CELLULE_INTROUVABLE")
def delete_accueil(opened_book: EditedBook) -> None:
    opened_book.remove_sheet(HOME)


@edit("supprimer la feuille d’une fiche", "CELLULE_INTROUVABLE", reported=7)
def delete_a_fiche(opened_book: EditedBook) -> None:
    opened_book.remove_sheet(OTHER_FICHE)


@edit("cases des territoires cochées autrement que par x, ou dites non", "CASE_NON_COCHEE", reported=3)
def boxes(opened_book: EditedBook) -> None:
    for cle, raw, meaning in (
        ("1.1/territoire/21001/commune", "X", "x"),
        ("1.1/territoire/21002/commune", "oui", "x"),
        ("1.1/territoire/21003/commune", "✔", "x"),
        ("1.1/territoire/21004/commune", 1, "x"),
        ("1.1/territoire/21005/commune", "non", REFUSED),
        ("2.1/territoire/21001/commune", "VRAI", "x"),
        ("2.1/territoire/21002/commune", "FAUX", REFUSED),
        ("2.1/territoire/Le Port/qpv", 0, REFUSED),
    ):
        opened_book.enter_value(TERRITORIES, cle, raw, meaning)


@edit("supprimer la feuille des territoires", "CELLULE_INTROUVABLE")
def delete_territories(opened_book: EditedBook) -> None:
    opened_book.remove_sheet(TERRITORIES)


@edit("insérer une ligne et une colonne dans les territoires")
def move_territories(opened_book: EditedBook) -> None:
    page = opened_book.pages[TERRITORIES]
    page.insert_rows(6)
    page.insert_columns(5)
    opened_book.gestures += [Gesture("page", (TERRITORIES, gesture)) for gesture in page.gestures]


@edit("supprimer la feuille masquée d’identification", "FICHIER_ILLISIBLE", reported=-1)
def delete_identification(opened_book: EditedBook) -> None:
    opened_book.remove_sheet(IDENTITY)


@edit("ajouter ses propres feuilles", "SAISIE_HORS_CADRE", reported=2)
def own_sheets(opened_book: EditedBook) -> None:
    opened_book.new_sheet("Brouillon")
    opened_book.write("Brouillon", 2, 2, "Total des séances")
    opened_book.write("Brouillon", 3, 3, 128)


@edit("continuer un tableau de financement sur une feuille à soi", "SAISIE_HORS_CADRE", reported=6)
def lines_on_own_sheet(opened_book: EditedBook) -> None:
    opened_book.new_sheet("Suite")
    for line, values in enumerate((("CPAM", "Cofinancement", 1200), ("ARS", "Maquette ARS", 800)), 1):
        for column, value in enumerate(values, 1):
            opened_book.write("Suite", line, column, value)


@edit("écrire des nombres, une date et un texte sur le sommaire", "SAISIE_HORS_CADRE", reported=4)
def write_on_contents(opened_book: EditedBook) -> None:
    opened_book.start_page(CONTENTS)
    for line, value in enumerate((1234, 12.5, datetime.date(2025, 3, 4), "vu avec le directeur"), 4):
        opened_book.write(CONTENTS, line, 10, value)


@edit("copier le sommaire et y ajouter des chiffres", "SAISIE_HORS_CADRE", reported=4)
def copied_contents(opened_book: EditedBook) -> None:
    opened_book.duplicate_sheet(CONTENTS, "Suivi")
    for line in range(4, 8):
        opened_book.write("Suivi", line, 9, 100 + line)


@edit("ajouter un financeur et son montant aux listes", "SAISIE_HORS_CADRE", reported=2)
def add_to_lists(opened_book: EditedBook) -> None:
    opened_book.start_page(LISTS)
    opened_book.write(LISTS, 12, 11, "CPAM")
    opened_book.write(LISTS, 12, 12, 1500)


@edit("nos chiffres imprimés, rangés en nombres par le tableur")
def printed_digits(opened_book: EditedBook) -> None:
    for step in range(1, 6):
        opened_book.print_over(HOME, 11 + step, 2, step)
    for line, numero in ((4, 1.1), (5, 2.1)):
        opened_book.print_over(CONTENTS, line, 3, numero)


@edit("tout coller en valeurs", "PREREMPLI_MODIFIE")
def paste_as_values(opened_book: EditedBook) -> None:
    opened_book.paste_as_values()


@edit("copier toutes les feuilles dans un nouveau classeur")
def new_workbook(opened_book: EditedBook) -> None:
    opened_book.new_workbook(ALL_OF_THEM)


@edit("coller les valeurs de toutes les feuilles dans un nouveau classeur", "PREREMPLI_MODIFIE")
def values_in_a_new_workbook(opened_book: EditedBook) -> None:
    opened_book.new_workbook(ALL_OF_THEM, only_values=True)


@edit("copier dans un nouveau classeur les seules feuilles visibles", "FICHIER_ILLISIBLE", reported=-1)
def only_visible_sheets(opened_book: EditedBook) -> None:
    opened_book.new_workbook((HOME, CONTENTS, FICHE, OTHER_FICHE, TERRITORIES))


@edit(
    "coller une ligne d’une fiche sur la feuille d’une autre", "ANCRES_EN_DESACCORD", "CELLULE_INTROUVABLE", reported=5
)
def line_of_another_fiche(opened_book: EditedBook) -> None:
    rank = opened_book.pages[FICHE].line("mesures/1.1-I01/valeur")
    opened_book.copy_between(
        FICHE, Zone(rank, 1, rank, 12), OTHER_FICHE, (opened_book.pages[OTHER_FICHE].line("mesures/2.1-I01/valeur"), 1)
    )


@edit("coller toute une feuille par-dessus une autre", "CELLULE_INTROUVABLE", reported=7)
def sheet_over_another(opened_book: EditedBook) -> None:
    opened_book.copy_between(FICHE, Zone(1, 1, 140, 12), OTHER_FICHE, (1, 1))


@edit("réunir deux retours dans un même fichier", "FICHIER_ILLISIBLE", reported=-1)
def two_retours(opened_book: EditedBook) -> None:
    for nom in (HOME, FICHE, OTHER_FICHE, TERRITORIES, IDENTITY):
        opened_book.importer(nom, f"{nom} (2)")


@edit("coller dans un retour la fiche d’un autre", "ANCRES_EN_DESACCORD", reported=231)
def fiche_of_another(opened_book: EditedBook) -> None:
    opened_book.importer(FICHE, "FA 1.1 (2)")


@edit("protéger les feuilles et le classeur par un mot de passe")
def protect_all(opened_book: EditedBook) -> None:
    opened_book.protect_all("secret")


@edit("un caractère égaré dans la dernière cellule de la feuille", "FICHIER_ILLISIBLE", reported=-1, slow=True)
def end_of_the_sheet(opened_book: EditedBook) -> None:
    opened_book.write(FICHE, 1_048_576, VALUE_COLUMN, "z")
