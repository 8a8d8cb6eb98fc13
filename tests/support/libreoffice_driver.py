"""Drives one headless LibreOffice, as a partner would, on orders read from stdin.

Run by the interpreter that has ``uno`` (Debian's own python3, LibreOffice's own python), never imported by the tests.
One JSON object a line, ``{"order": "values", "document": 1, …}``; one answer a line: ``{"ok": …}``, ``{"refusal": …}``
for what LibreOffice does not do, ``{"breakdown": …}`` where it is no longer itself and must be started again.
The documents are numbered by the one who asks. Started with the folder of a new profile. Ends with its input, and takes
LibreOffice along.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import time
from pathlib import Path

import libreoffice_keyboard as keyboard  # beside this file, which is run as a programme
import uno
import unohelper
from com.sun.star.awt import XCallback
from com.sun.star.beans import PropertyValue
from com.sun.star.container import NoSuchElementException
from com.sun.star.lang import DisposedException, IllegalArgumentException, Locale
from com.sun.star.table import TableSortField
from com.sun.star.task import ErrorCodeIOException
from com.sun.star.uno import Exception as UnoException
from libreoffice_screen import Screens

ADDIN_FILTER = "Calc MS Excel 2007 VBA XML"
FILTERS = {
    ".xlsx": "Calc MS Excel 2007 XML",
    ".ods": "calc8",
    ".pdf": "calc_pdf_Export",
    ".xls": "MS Excel 97",
    ".csv": "Text - txt - csv (StarCalc)",
    ".fods": "OpenDocument Spreadsheet Flat XML",
    ".html": "HTML (StarCalc)",
}
# What a document or a file does not have or allow. Any other exception is a fault of LibreOffice itself.
REFUSALS = (NoSuchElementException, IllegalArgumentException, ErrorCodeIOException, ValueError, LookupError)
FORMULA_CONTENT = 16  # com.sun.star.sheet.CellFlags.FORMULA: a text that begins with = is not one

# Without a French locale, 15/03/2026 and 12,5 stay texts, which no partner's machine would do.
SETTINGS = (
    ("/org.openoffice.Setup/L10N", "ooSetupSystemLocale", "fr-FR"),
    ("/org.openoffice.Office.Linguistic/General", "DefaultLocale", "fr-FR"),
    ("/org.openoffice.Office.Common/Misc", "FirstRun", "false"),
    # A lock file left by a LibreOffice that was killed would keep the next one from opening the workbook.
    ("/org.openoffice.Office.Common/Misc", "UseLocking", "false"),
)


def prepare_profile(folder: Path) -> None:
    lines = "".join(
        f'<item oor:path="{path}"><prop oor:name="{nom}" oor:op="fuse"><value>{valeur}</value></prop></item>\n'
        for path, nom, valeur in SETTINGS
    )
    (folder / "user").mkdir(parents=True)
    (folder / "user" / "registrymodifications.xcu").write_text(
        '<?xml version="1.0" encoding="UTF-8"?>\n<oor:items xmlns:oor="http://openoffice.org/2001/registry"\n'
        ' xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">\n'
        f"{lines}</oor:items>\n",
        encoding="utf-8",
    )


def launch(soffice: str, profile: Path):
    """(process, its context) once LibreOffice answers on a pipe of its own, which no other run can share."""
    prepare_profile(profile)
    pipe = f"cls_{os.getpid()}"
    processes = subprocess.Popen(
        [
            soffice,
            "--headless",
            "--invisible",
            "--norestore",
            "--nologo",
            "--nodefault",
            "--nolockcheck",
            f"-env:UserInstallation={profile.resolve().as_uri()}",
            f"--accept=pipe,name={pipe};urp;",
        ],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=None,
    )
    local = uno.getComponentContext()
    resolver = local.ServiceManager.createInstanceWithContext("com.sun.star.bridge.UnoUrlResolver", local)
    while True:  # for as long as it needs: the one who asked watches whether it works
        try:
            context = resolver.resolve(f"uno:pipe,name={pipe};urp;StarOffice.ComponentContext")
            context.ServiceManager.createInstanceWithContext("com.sun.star.frame.Desktop", context)
            return processes, context
        except UnoException:  # not there yet, or not all of it
            if processes.poll() is not None:
                raise
            time.sleep(0.05)


def properties(**values):
    return tuple(PropertyValue(nom, 0, valeur, 0) for nom, valeur in values.items())


class Driver(Screens):
    """One method per order; the parameters are the keys of the order."""

    def __init__(self, context):
        self.context = context
        self.desktop = context.ServiceManager.createInstanceWithContext("com.sun.star.frame.Desktop", context)
        self.documents = {}

    def run_action(self, order: str, document: int | None = None, **parameters):
        method = getattr(self, f"order_{order}")
        if document is not None:
            parameters |= {"doc": self.documents[document], "document": document}
        return method(**parameters)

    def _sheet(self, doc, sheet):
        return doc.Sheets.getByName(sheet)

    def _zone(self, doc, sheet, zone):
        return self._sheet(doc, sheet).getCellRangeByName(zone)

    # Documents

    def order_open(self, file, number, csv=""):
        # An add-in is not told by its content.
        filter_options = {"FilterName": ADDIN_FILTER} if file.endswith(".xlam") else {}
        if csv:
            filter_options = {"FilterName": FILTERS[".csv"], "FilterOptions": csv}
        doc = self.desktop.loadComponentFromURL(
            uno.systemPathToFileUrl(file), "_blank", 0, properties(Hidden=True, **filter_options)
        )
        self._keep(doc, number, file)

    def _new_document(self):
        return self.desktop.loadComponentFromURL("private:factory/scalc", "_blank", 0, properties(Hidden=True))

    def _keep(self, doc, number, nom):
        if doc is None:
            raise ValueError(f"LibreOffice does not open {nom}")
        self.documents[number] = doc

    def order_save(self, doc, document, file, password):
        secret = {"Password": password} if password else {}
        doc.storeToURL(
            uno.systemPathToFileUrl(file), properties(FilterName=FILTERS[Path(file).suffix], Overwrite=True, **secret)
        )

    def order_close(self, doc, document):
        del self.documents[document]
        doc.close(True)

    def order_recalc(self, doc, document):
        doc.calculateAll()

    def order_extract(self, doc, document, worksheets, number):
        """« Move or copy sheet… to a new document »."""
        new = self._new_document()
        for rank, nom in enumerate(worksheets):
            new.Sheets.importSheet(doc, nom, rank)
        for nom in new.Sheets.ElementNames[len(worksheets) :]:
            new.Sheets.removeByName(nom)
        self._keep(new, number, "a new document")

    def order_macros(self, doc, document):
        """{modules: names in the VBA library, codes: code names of the sheets, buttons: [sheet, label,
        macro] of each}.
        """
        libraries = doc.BasicLibraries
        modules = []
        if libraries.hasByName("VBAProject"):
            libraries.loadLibrary("VBAProject")
            modules = list(libraries.getByName("VBAProject").ElementNames)
        worksheets = [doc.Sheets.getByIndex(i) for i in range(doc.Sheets.Count)]
        buttons = [button for sheet in worksheets for button in self._buttons(sheet)]
        return {"modules": modules, "codes": [f.CodeName for f in worksheets], "buttons": buttons}

    def _buttons(self, sheet):
        for rank in range(sheet.DrawPage.Forms.Count):
            form = sheet.DrawPage.Forms.getByIndex(rank)
            for i in range(form.Count):
                for event in form.getScriptEvents(i):
                    yield [sheet.Name, form.getByIndex(i).Label, event.ScriptCode]

    def order_extract_values(self, doc, document, worksheets, number):
        """Each sheet copied, then « Paste special, values » in a new document: no format, no formula,
        no hidden column.
        """
        new = self._new_document()
        for rank, nom in enumerate(worksheets):
            new.Sheets.insertNewByName(f"copie {rank}", rank)
            source = self._everything(doc, nom)
            end = source.RangeAddress
            new.Sheets.getByIndex(rank).getCellRangeByPosition(0, 0, end.EndColumn, end.EndRow).setDataArray(
                source.getDataArray()
            )
        for nom in new.Sheets.ElementNames[len(worksheets) :]:
            new.Sheets.removeByName(nom)
        for rank, nom in enumerate(worksheets):
            new.Sheets.getByIndex(rank).setName(nom)
        self._keep(new, number, "a new document")

    def _everything(self, doc, sheet):
        cursor = self._sheet(doc, sheet).createCursor()
        cursor.gotoEndOfUsedArea(False)
        end = cursor.RangeAddress
        return self._sheet(doc, sheet).getCellRangeByPosition(0, 0, end.EndColumn, end.EndRow)

    def order_import_sheet(self, doc, document, other, sheet, nom):
        """A sheet of another open document, copied at the end of this one."""
        rank = doc.Sheets.importSheet(self.documents[other], sheet, doc.Sheets.Count)
        doc.Sheets.getByIndex(rank).setName(nom)

    def order_copy_across(self, doc, document, sheet, zone, other, to):
        """Copy on one sheet, paste on another."""
        arrival = self._zone(doc, other, to).getCellByPosition(0, 0).CellAddress
        self._sheet(doc, other).copyRange(arrival, self._zone(doc, sheet, zone).RangeAddress)

    def order_protect(self, doc, document, sheet, password):
        """The structure of the workbook where ``sheet`` is empty."""
        (self._sheet(doc, sheet) if sheet else doc).protect(password)

    # Cells

    def order_type(self, doc, document, sheet, saisies):
        """Each text as if typed at the keyboard: French numbers and dates, formulas with ``=``."""
        cible = self._sheet(doc, sheet)
        for address, texte in saisies.items():
            cible.getCellRangeByName(address).FormulaLocal = texte

    def order_put(self, doc, document, sheet, values):
        """Numbers and texts as such, without the reading that the keyboard does (a paste, a macro); None empties."""
        cible = self._sheet(doc, sheet)
        for address, valeur in values.items():
            cell = cible.getCellRangeByName(address)
            if isinstance(valeur, (int, float)):
                cell.setValue(valeur)
            else:
                cell.setString(valeur or "")

    def order_values(self, doc, document, sheet, as_shown):
        """[column, row, nature, value, formula, error number, shown text] of each cell that is not empty.

        Whole arrays at a time: one question about one cell costs 2 ms, hence the shown text only if asked.
        """
        source = self._sheet(doc, sheet)
        cursor = source.createCursor()
        cursor.gotoEndOfUsedArea(False)
        end = cursor.RangeAddress
        zone = source.getCellRangeByPosition(0, 0, end.EndColumn, end.EndRow)
        formulas, data = zone.getFormulaArray(), zone.getDataArray()
        computed = {
            (column, line)
            for bloc in zone.queryContentCells(FORMULA_CONTENT).RangeAddresses
            for column in range(bloc.StartColumn, bloc.EndColumn + 1)
            for line in range(bloc.StartRow, bloc.EndRow + 1)
        }
        return [
            self._cell(source, column, line, formula if (column, line) in computed else "", valeur, as_shown)
            for line, (texts, values) in enumerate(zip(formulas, data, strict=True))
            for column, (formula, valeur) in enumerate(zip(texts, values, strict=True))
            if formula != ""
        ]

    def _cell(self, source, column, line, formula, valeur, as_shown):
        nature = "formule" if formula else "texte" if isinstance(valeur, str) else "nombre"
        error, texte = 0, None
        if as_shown or (formula and valeur is None):
            cell = source.getCellByPosition(column, line)
            error, texte = (cell.getError() if formula else 0), (cell.String if as_shown else None)
        return [column, line, nature, valeur, formula, error, texte]

    def order_merge(self, doc, document, sheet, zone):
        self._zone(doc, sheet, zone).merge(True)

    def order_unmerge(self, doc, document, sheet, zone):
        self._zone(doc, sheet, zone).merge(False)

    def order_note(self, doc, document, sheet, cell, texte):
        self._sheet(doc, sheet).Annotations.insertNew(
            self._zone(doc, sheet, cell).getCellByPosition(0, 0).CellAddress, texte
        )

    def order_paint(self, doc, document, sheet, zone, color):
        self._zone(doc, sheet, zone).CellBackColor = color

    def order_number_format(self, doc, document, sheet, zone, code):
        formats, locale_used = doc.NumberFormats, Locale("en", "US", "")
        cle = formats.queryKey(code, locale_used, False)
        self._zone(doc, sheet, zone).NumberFormat = formats.addNew(code, locale_used) if cle == -1 else cle

    def order_filter(self, doc, document, sheet, zone):
        """An automatic filter with its arrows, which hides nothing yet."""
        nom = f"filtre_{sheet}_{zone}".translate({ord(c): "_" for c in " .:-"})
        doc.DatabaseRanges.addNewByName(nom, self._zone(doc, sheet, zone).RangeAddress)
        doc.DatabaseRanges.getByName(nom).AutoFilter = True

    def order_freeze(self, doc, document, sheet):
        """« Paste special, values » over the whole sheet."""
        zone = self._everything(doc, sheet)
        zone.setDataArray(zone.getDataArray())

    def order_copy(self, doc, document, sheet, zone, to):
        arrival = self._zone(doc, sheet, to).getCellByPosition(0, 0).CellAddress
        self._sheet(doc, sheet).copyRange(arrival, self._zone(doc, sheet, zone).RangeAddress)

    def order_cut(self, doc, document, sheet, zone, to):
        arrival = self._zone(doc, sheet, to).getCellByPosition(0, 0).CellAddress
        self._sheet(doc, sheet).moveRange(arrival, self._zone(doc, sheet, zone).RangeAddress)

    def order_sort(self, doc, document, sheet, zone, column, descending):
        """``column``: counted from 0 in the zone."""
        cible = self._zone(doc, sheet, zone)
        champ = TableSortField()
        champ.Field, champ.IsAscending = column, not descending
        description = list(cible.createSortDescriptor())
        for property_ in description:
            if property_.Name == "SortFields":
                property_.Value = uno.Any("[]com.sun.star.table.TableSortField", (champ,))
            if property_.Name == "ContainsHeader":
                property_.Value = False
        uno.invoke(cible, "sort", (tuple(description),))

    # At the keyboard

    def order_tab_stops(self, doc, document, sheet):
        return keyboard.tab_stops(doc, self._sheet(doc, sheet))

    def order_enter(self, doc, document, sheet, cell, texte):
        return keyboard.enter(doc, self._sheet(doc, sheet), cell, texte)

    def order_offered(self, doc, document, sheet, cell):
        return keyboard.offered(doc, self._sheet(doc, sheet), cell)

    def order_links(self, doc, document, sheet):
        return keyboard.links(self._sheet(doc, sheet))

    def order_judged_invalid(self, doc, document, sheet):
        return keyboard.judged_invalid(self._sheet(doc, sheet))

    # Rows, columns, sheets

    def order_insert_rows(self, doc, document, sheet, rank, nombre):
        self._sheet(doc, sheet).Rows.insertByIndex(rank - 1, nombre)

    def order_delete_rows(self, doc, document, sheet, rank, nombre):
        self._sheet(doc, sheet).Rows.removeByIndex(rank - 1, nombre)

    def order_insert_columns(self, doc, document, sheet, rank, nombre):
        self._sheet(doc, sheet).Columns.insertByIndex(rank - 1, nombre)

    def order_delete_columns(self, doc, document, sheet, rank, nombre):
        self._sheet(doc, sheet).Columns.removeByIndex(rank - 1, nombre)

    def order_hide_rows(self, doc, document, sheet, rank, nombre):
        for i in range(rank - 1, rank - 1 + nombre):
            self._sheet(doc, sheet).Rows.getByIndex(i).IsVisible = False

    def order_hide_columns(self, doc, document, sheet, rank, nombre, masked):
        for i in range(rank - 1, rank - 1 + nombre):
            self._sheet(doc, sheet).Columns.getByIndex(i).IsVisible = not masked

    def order_unprotect(self, doc, document, sheet, password):
        self._sheet(doc, sheet).unprotect(password)
        return not self._sheet(doc, sheet).isProtected()

    def order_sheets(self, doc, document):
        """[name, visible, protected] of each sheet."""
        return [
            [f.Name, f.IsVisible, f.isProtected()] for f in (doc.Sheets.getByIndex(i) for i in range(doc.Sheets.Count))
        ]

    def order_rename_sheet(self, doc, document, sheet, nom):
        self._sheet(doc, sheet).setName(nom)

    def order_move_sheet(self, doc, document, sheet, position):
        doc.Sheets.moveByName(sheet, position)

    def order_copy_sheet(self, doc, document, sheet, nom, position):
        doc.Sheets.copyByName(sheet, nom, position)

    def order_add_sheet(self, doc, document, sheet, position):
        doc.Sheets.insertNewByName(sheet, position)

    def order_show_sheet(self, doc, document, sheet, visible):
        self._sheet(doc, sheet).IsVisible = visible

    def order_delete_sheet(self, doc, document, sheet):
        doc.Sheets.removeByName(sheet)


def make_answers(output, reponse: dict) -> None:
    output.write(json.dumps(reponse) + "\n")
    output.flush()


class OnMainThread(unohelper.Base, XCallback):
    """Answers the orders on LibreOffice's main thread: what it calls while LibreOffice waits for the callback to end
    runs there. From another thread, a cursor that moves wakes the formula bar, which packages without windows lack."""

    def __init__(self, driver):
        self.driver, self.done = driver, threading.Event()

    def notify(self, _data):
        try:
            answer_orders(self.driver)
        finally:
            self.done.set()


def answer_orders(driver: Driver) -> None:
    for line in sys.stdin:
        try:
            make_answers(sys.stdout, {"ok": driver.run_action(**json.loads(line))})
        except REFUSALS as fault:  # told to the test, which fails with it
            make_answers(sys.stdout, {"refusal": f"{type(fault).__name__}: {fault}"})
        except Exception as fault:
            # A crash, or an object that no longer knows its own properties: LibreOffice 7.4 has such days.
            make_answers(sys.stdout, {"breakdown": f"{type(fault).__name__}: {fault}"})
            break


def main() -> None:
    soffice, profile = sys.argv[1:]
    processes, context = launch(soffice, Path(profile))
    driver = Driver(context)
    make_answers(sys.stdout, {"ok": "prêt"})
    try:
        callback = OnMainThread(driver)
        service = "com.sun.star.awt.AsyncCallback"
        context.ServiceManager.createInstanceWithContext(service, context).addCallback(callback, None)
        callback.done.wait()
    finally:
        try:
            driver.desktop.terminate()
        except DisposedException:
            processes.kill()  # it stopped answering on its own
        try:
            processes.wait(10)
        except subprocess.TimeoutExpired:
            processes.kill()


if __name__ == "__main__":
    main()
