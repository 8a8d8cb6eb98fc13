"""What partners do to a whole workbook: its sheets, copies of them, other returns put in it. Played by both programs.

A ``EditedBook`` is told gestures as a ``Page`` is. The workbook is the one of a structure, that answers for two fiches.
"""

from __future__ import annotations

import copy
import datetime
from collections.abc import Callable
from dataclasses import dataclass, replace

import openpyxl

from tests.support.gestures import REFUSED, Gesture, Page, Zone
from tests.support.libreoffice import Document
from tests.support.players import SheetByLibreOffice, SheetByOpenpyxl, as_serial, cell, cell_range
from tests.support.sheet_edits import VALUE_COLUMN

HOME, CONTENTS, FICHE, OTHER_FICHE, TERRITORIES, LISTS, IDENTITY = (
    "Accueil",
    "Sommaire",
    "FA 1.1",
    "FA 2.1",
    "Territoires",
    "Listes",
    "_identification",
)
ALL_OF_THEM = (HOME, CONTENTS, FICHE, OTHER_FICHE, TERRITORIES, LISTS, IDENTITY)


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


class EditedBook:
    """Where every typed value of a workbook stands. ``pages``: name of a sheet → its values."""

    def __init__(self, pages: dict[str, Page], autres: dict[str, Page]):
        self.pages, self.autres, self.gestures = pages, autres, []

    def _record(self, nom: str, *arguments: object) -> None:
        self.gestures.append(Gesture(nom, arguments))

    def rename(self, ancien: str, nouveau: str) -> None:
        self._record("rename", ancien, nouveau)
        if ancien in self.pages:
            self.pages[nouveau] = self.pages.pop(ancien)
            self.pages[nouveau].nom = nouveau

    def reposition_sheet(self, nom: str, position: int) -> None:
        self._record("reposition_sheet", nom, position)

    def remove_sheet(self, nom: str) -> None:
        self._record("remove_sheet", nom)
        self.pages.pop(nom, None)

    def set_sheet_visible(self, nom: str, visible: bool) -> None:
        self._record("set_sheet_visible", nom, visible)

    def duplicate_sheet(self, nom: str, nouveau: str) -> None:
        self._record("duplicate_sheet", nom, nouveau)
        if nom not in self.pages:  # one that asks nothing
            self.start_page(nouveau)
            return
        self.pages[nouveau] = file_copy = copy.copy(self.pages[nom])
        file_copy.nom, file_copy.gestures = nouveau, []
        file_copy.dues = {p: replace(d, file_copy=True) for p, d in file_copy.dues.items()}

    def new_sheet(self, nom: str) -> Page:
        self._record("new_sheet", nom)
        return self.start_page(nom)

    def start_page(self, nom: str) -> Page:
        """What is typed on a sheet that asks nothing."""
        self.pages[nom] = page = copy.copy(self.pages[HOME])
        page.nom, page.gestures, page.dues = nom, [], {}
        return page

    def paste_as_values(self) -> None:
        self._record("paste_as_values")

    def new_workbook(self, worksheets: tuple[str, ...], only_values: bool = False) -> None:
        self._record("new_workbook", worksheets, only_values)

    def importer(self, sheet: str, nom: str) -> None:
        """A sheet of another structure's return."""
        self._record("importer", sheet, nom)
        if sheet in self.autres:
            self.pages[nom] = page = copy.copy(self.autres[sheet])
            page.nom, page.gestures = nom, []

    def copy_between(self, of: str, zone: Zone, to: str, place: tuple[int, int]) -> None:
        self._record("copy_between", of, zone, to, place)
        bottom = place[0] - zone.top
        arrival = Zone(*place, zone.bottom + bottom, zone.right)
        staying = {p: d for p, d in self.pages[to].dues.items() if not arrival.contains(p)}
        arrived = {
            (p[0] + bottom, p[1]): replace(d, file_copy=True)
            for p, d in self.pages[of].dues.items()
            if zone.contains(p)
        }
        self.pages[to].dues = staying | arrived

    def protect_all(self, password: str) -> None:
        self._record("protect_all", password)

    def write(self, sheet: str, line: int, column: int, raw: object, cle: str = "") -> None:
        self._record("page", sheet, Gesture("write", (line, column, raw)))
        self.pages[sheet].write(line, column, raw, cle=cle)

    def enter_value(self, sheet: str, cle: str, raw: object, meaning: object) -> None:
        """Types over an input. ``meaning``: what is meant by it."""
        page, place = self.pages[sheet], self.pages[sheet].places[cle]
        self._record("page", sheet, Gesture("write", (place.row, place.column, raw)))
        page.write(place.row, place.column, raw, cle=cle, meaning=meaning)

    def print_over(self, sheet: str, line: int, column: int, raw: object) -> None:
        """What a spreadsheet makes of one of our own printed texts: nobody typed it."""
        self._record("page", sheet, Gesture("write", (line, column, raw)))


class BookByOpenpyxl:
    """``open_other``: opens the other return, when a gesture needs it."""

    def __init__(self, opened_book: openpyxl.Workbook, open_other: Callable[[], openpyxl.Workbook]):
        self.opened_book, self.open_other = opened_book, open_other
        self.other: openpyxl.Workbook | None = None

    def play(self, gestures: list[Gesture]) -> openpyxl.Workbook:
        for gesture in gestures:
            getattr(self, gesture.nom)(*gesture.arguments)
        return self.opened_book

    def page(self, sheet: str, gesture: Gesture) -> None:
        SheetByOpenpyxl(self.opened_book[sheet]).play([gesture])

    def rename(self, ancien: str, nouveau: str) -> None:
        sheet = self.opened_book[ancien]
        sheet.title = f"{nouveau}~"  # openpyxl adds a figure to a name that differs by its case only
        sheet.title = nouveau

    def reposition_sheet(self, nom: str, position: int) -> None:
        self.opened_book.move_sheet(nom, position - self.opened_book.sheetnames.index(nom))

    def remove_sheet(self, nom: str) -> None:
        del self.opened_book[nom]

    def set_sheet_visible(self, nom: str, visible: bool) -> None:
        self.opened_book[nom].sheet_state = "visible" if visible else "hidden"

    def duplicate_sheet(self, nom: str, nouveau: str) -> None:
        self.opened_book.copy_worksheet(self.opened_book[nom]).title = nouveau

    def new_sheet(self, nom: str) -> None:
        self.opened_book.create_sheet(nom, 0)

    def paste_as_values(self) -> None:
        for sheet in self.opened_book:
            for line in sheet.iter_rows():
                for box in line:
                    if box.data_type == "f":
                        box.value = _as_shown(box.value)

    def new_workbook(self, worksheets: tuple[str, ...], only_values: bool) -> None:
        new = openpyxl.Workbook()
        del new[new.sheetnames[0]]
        for nom in worksheets:
            self._copy_into(self.opened_book[nom], new.create_sheet(nom), only_values)
        self.opened_book = new

    def _copy_into(self, source, cible, only_values: bool = False) -> None:
        for line in source.iter_rows():
            for box in line:
                if box.value is None:
                    continue
                new_one = cible.cell(box.row, box.column)
                computation = only_values and box.data_type == "f"
                new_one.value = (
                    _as_shown(box.value)
                    if computation
                    else as_serial(box.value)
                    if only_values and box.is_date
                    else box.value
                )
                if not only_values:
                    new_one.number_format = box.number_format

    def importer(self, sheet: str, nom: str) -> None:
        self.other = self.other or self.open_other()
        self._copy_into(self.other[sheet], self.opened_book.create_sheet(nom))

    def copy_between(self, of: str, zone: Zone, to: str, place: tuple[int, int]) -> None:
        player = SheetByOpenpyxl(self.opened_book[to])
        player._undo_merges()
        player._put(zone, SheetByOpenpyxl(self.opened_book[of])._values(zone), place)

    def protect_all(self, password: str) -> None:
        self.opened_book.security = openpyxl.workbook.protection.WorkbookProtection(
            workbookPassword=password, lockStructure=True
        )
        for sheet in self.opened_book:
            sheet.protection.set_password(password)
            sheet.protection.enable()


def _as_shown(formula: str) -> object:
    """What a formula of ours may show."""
    return "rempli" if "rempli" in formula else 0


class BookByLibreOffice:
    """``open_other``: opens the other return, when a gesture needs it. ``open_items``: what is to be closed."""

    def __init__(self, document: Document, open_other: Callable[[], Document]):
        self.document, self.open_other = document, open_other
        self.other: Document | None = None
        self.open_items: list[Document] = []

    def play(self, gestures: list[Gesture]):
        for sheet in self.document.protected_sheets():
            self.document.unprotect(sheet)
        for gesture in gestures:
            getattr(self, gesture.nom)(*gesture.arguments)
        return self.document

    def page(self, sheet: str, gesture: Gesture) -> None:
        SheetByLibreOffice(self.document, sheet).play([gesture])

    def rename(self, ancien: str, nouveau: str) -> None:
        self.document.rename_sheet(ancien, f"{nouveau}~")
        self.document.rename_sheet(f"{nouveau}~", nouveau)

    def reposition_sheet(self, nom: str, position: int) -> None:
        self.document.move_sheet(nom, position)

    def remove_sheet(self, nom: str) -> None:
        self.document.delete_sheet(nom)

    def set_sheet_visible(self, nom: str, visible: bool) -> None:
        self.document.show_sheet(nom, visible)

    def duplicate_sheet(self, nom: str, nouveau: str) -> None:
        self.document.copy_sheet(nom, nouveau, len(self.document.sheets()))

    def new_sheet(self, nom: str) -> None:
        self.document.add_sheet(nom)

    def paste_as_values(self) -> None:
        for sheet in self.document.sheets():
            self.document.freeze(sheet)

    def new_workbook(self, worksheets: tuple[str, ...], only_values: bool) -> None:
        extract = self.document.extract_values if only_values else self.document.extract
        self.document = extract(*worksheets)
        self.open_items.append(self.document)

    def importer(self, sheet: str, nom: str) -> None:
        if self.other is None:
            self.other = self.open_other()
            self.open_items.append(self.other)
        self.document.import_sheet(self.other, sheet, nom)

    def copy_between(self, of: str, zone: Zone, to: str, place: tuple[int, int]) -> None:
        # A paste by hand undoes the merged cells that it covers; this order does not.
        self.document.unmerge(
            to, cell_range(Zone(*place, place[0] + zone.bottom - zone.top, place[1] + zone.right - zone.left))
        )
        self.document.copy_across(of, cell_range(zone), to, cell(*place))

    def protect_all(self, password: str) -> None:
        for sheet in self.document.sheets():
            self.document.protect(sheet, password)
        self.document.protect("", password)


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
