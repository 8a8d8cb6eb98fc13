"""A whole workbook that is edited: where every typed value stands; its gestures, by openpyxl and by LibreOffice."""

from __future__ import annotations

import copy
from collections.abc import Callable
from dataclasses import replace

import openpyxl

from tests.support.gestures import Gesture, Page, Zone
from tests.support.libreoffice import Document
from tests.support.players import SheetByLibreOffice, SheetByOpenpyxl, as_serial, cell, cell_range

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
