"""A copy of a return in which each faulty cell is coloured and commented, and whose first sheet lists the anomalies.

The copy is the return itself, its parts changed in place: validations, protection, hidden keys, formats, formulas,
pictures and macros stay what they were. Annotations of an earlier copy are taken away first.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from cls_workbook.anomalies import GRAVITIES, INFORMATION, Anomalie
from cls_workbook.office.annotation import anomaly_list_sheet
from cls_workbook.office.annotation.annotated_sheet import OpenSheet, place
from cls_workbook.office.annotation.cell_comments import SheetComments, as_written
from cls_workbook.office.annotation.fault_styles import ArchiveStyles, plain_fill
from cls_workbook.office.annotation.returned_package import (
    AFTER_NAMES,
    WORKBOOK,
    ReturnedPackage,
    first_child,
    nom,
    put_before,
)
from cls_workbook.office.annotation.xml_tree import Element
from cls_workbook.reading.beside.annotation_lists import FILLS, NOTES
from cls_workbook.reading.reading_checks import CellNote
from cls_workbook.workbook import look, writer
from cls_workbook.workbook.description import Workbook

MAX_CELLS = 3_000  # coloured cells of a copy; one anomaly may name a whole sheet


class WorkingCopy:
    """One return being annotated. UnusualArchive if its archive is not written as spreadsheets write them."""

    def __init__(self, content: bytes):
        self.package = ReturnedPackage(content)
        self.styles = ArchiveStyles(self.package)
        self.fills = {g: plain_fill(look.color(anomaly_list_sheet.COLORS[g])) for g in GRAVITIES}
        self._open_sheets: dict[str, OpenSheet] = {}
        self._clean_up()
        self.worksheets = self.package.worksheets()

    @property
    def macros(self) -> bool:
        return self.package.part_of_type("vbaProject") is not None

    def annotate(
        self,
        file: str,
        anomalies: Sequence[Anomalie],
        where: anomaly_list_sheet.Locator | None = None,
        remarks: Iterable[str] = (),
        understood: Sequence[anomaly_list_sheet.UnderstoodRow] = (),
        answers: Iterable[tuple[str, str, str]] = (),
    ) -> bytes:
        """The bytes of the copy. ``where``: (sheet, cell) of an anomaly → its place in this workbook (default: the
        same). ``answers``: sheet, cell and text of what was answered in words."""
        where = where or self._here
        for sheet, cell, texte in answers:
            self._open(sheet).show_whole(cell, texte)
        by_cell: dict[tuple[str, str], list[Anomalie]] = {}
        for anomalie in anomalies:
            if (anomalie.code, anomalie.gravite) == (CellNote.code, INFORMATION):
                continue  # a comment on a comment
            for cell in anomalie.cells:
                location = where(anomalie.sheet, cell)
                if location is not None and (location in by_cell or len(by_cell) < MAX_CELLS):
                    by_cell.setdefault(location, []).append(anomalie)
        fills = [self._color_cell(*location, its_own) for location, its_own in by_cell.items()]
        comments: dict[str, dict[str, str]] = {}
        for (sheet, cell), its_own in by_cell.items():
            comments.setdefault(sheet, {})[cell] = anomaly_list_sheet.commentaire(its_own)
        for sheet, texts in comments.items():
            SheetComments(self._open(sheet)).put(texts)
        listed = anomaly_list_sheet.down_the_sheets(anomalies, self.worksheets)
        others = anomaly_list_sheet.down_the_sheets(understood, self.worksheets)
        written = [as_written(text) for texts in comments.values() for text in texts.values()]
        self._insert(file, listed, where, remarks, fills, others, written)
        return self.package.file_bytes()

    def _here(self, sheet: str, cell: str) -> tuple[str, str] | None:
        return (sheet, cell) if sheet in self.worksheets else None

    def _open(self, sheet: str) -> OpenSheet:
        part = self.package.worksheets()[sheet]
        if part not in self._open_sheets:
            self._open_sheets[part] = OpenSheet(self.package, part)
        return self._open_sheets[part]

    def _color_cell(self, sheet: str, cell: str, anomalies: list[Anomalie]) -> tuple[str, str, str, str]:
        """Colours a cell after its most serious anomaly; what it takes to undo it."""
        open_sheet = self._open(sheet)
        rank = open_sheet.style(cell)
        gravite = min((a.gravite for a in anomalies), key=GRAVITIES.index)
        open_sheet.set_style(cell, self.styles.fill_cell(rank, self.fills[gravite]))
        return sheet, cell, self._row_key(open_sheet, cell), self.styles.fill(rank)

    def _row_key(self, open_sheet: OpenSheet, cell: str) -> str:
        """The key of the row, in column A: it stays when rows move."""
        return open_sheet.texts.get(f"A{place(cell)[0]}", "")

    # --- an earlier copy ---

    def _clean_up(self) -> None:
        """Takes the annotations of an earlier copy away: its sheets, its comments, its colours."""
        worksheets = {n: self._open(n) for n in self.package.worksheets()}
        ours = [n for n, f in worksheets.items() if f.texts.get("A1", "").startswith(anomaly_list_sheet.PREFIX)]
        fills: dict[tuple[str, str], str] = {}
        lines: set[str] = set()
        for texts in (worksheets[n].texts for n in ours):
            for rank in (a[1:] for a, t in texts.items() if t == f"{anomaly_list_sheet.PREFIX}{FILLS}"):
                sheet, cell, cle, fill = (texts.get(f"{c}{rank}", "") for c in "BCDE")
                fills[sheet, cell] = fill
                if cle:
                    fills[cle, cell.rstrip("0123456789")] = fill
            for rank in (a[1:] for a, t in texts.items() if t == f"{anomaly_list_sheet.PREFIX}{NOTES}"):
                lines.update(texts.get(f"B{rank}", "").split())
        for n, f in worksheets.items():
            if n not in ours:
                SheetComments(f).withdraw(lines)
                self._uncolor(n, f, fills)
        for n in ours:
            self._delete(n)

    def _uncolor(self, sheet_name: str, sheet: OpenSheet, fills: dict[tuple[str, str], str]) -> None:
        """``fills``: (sheet, cell), or (key of a row, column) → the background that was there."""
        ours = {f.split("|")[1] for f in self.fills.values()}
        colored_styles = {rank for _, rank in sheet.cells()}
        colored_styles = {r for r in colored_styles if self.styles.fill(r).split("|")[1] in ours}
        for address, rank in [(a, r) for a, r in sheet.cells() if r in colored_styles]:
            by_key = fills.get((self._row_key(sheet, address), address.rstrip("0123456789")))
            fill = by_key or fills.get((sheet_name, address), "none||")
            sheet.set_style(address, self.styles.fill_cell(rank, fill))

    def _delete(self, sheet_name: str) -> None:
        workbook = self.package.xml(WORKBOOK)
        for rank, sheet in enumerate(first_child(workbook, "sheets")):
            if sheet.get("name") == sheet_name:
                part = self.package.worksheets()[sheet_name]
                sheet.detach()
                self.package.withdraw(WORKBOOK, part)
                self._open_sheets.pop(part, None)
                self._shift(rank, -1)
                return

    def _shift(self, rank: int, step: int) -> None:
        """Names and views cite sheets by rank: one was added at ``rank``, or taken away from there."""
        workbook = self.package.xml(WORKBOOK)
        for defined_name in list(workbook.findall(f"{nom('definedNames')}/{nom('definedName')}")):
            local = defined_name.get("localSheetId")
            if local is None:
                continue
            if step < 0 and int(local) == rank:
                defined_name.detach()
            elif int(local) >= rank:
                defined_name.set("localSheetId", str(int(local) + step))
        for view in workbook.findall(f"{nom('bookViews')}/{nom('workbookView')}"):
            active = int(view.get("activeTab", 0))
            view.set("activeTab", str(max(0, active + step * (active >= rank))))
            view.attrib.pop("firstSheet", "")
        defined = workbook.find(nom("definedNames"))
        if defined is not None and not len(defined):
            defined.detach()

    # --- the sheets added ---

    def _insert(
        self,
        file: str,
        anomalies: Sequence[Anomalie],
        where: anomaly_list_sheet.Locator,
        remarks: Iterable[str],
        fills: list[tuple[str, str, str, str]],
        understood: Sequence[anomaly_list_sheet.UnderstoodRow],
        comments: list[str],
    ) -> None:
        """The list in front, the register behind: drawn as every sheet of ours, then moved into this archive."""
        taken = {n.casefold() for n in self.package.worksheets()}
        listing, register = (
            next(n for r in range(1, 1000) if (n := f"{base}{f' {r}' if r > 1 else ''}").casefold() not in taken)
            for base in (anomaly_list_sheet.NAME, anomaly_list_sheet.REGISTER)
        )
        page = anomaly_list_sheet.sheet(file, anomalies, where, remarks, listing, understood)
        pages = [page, anomaly_list_sheet.register(fills, comments, page, register)]
        source = ReturnedPackage(writer.to_bytes(Workbook(pages, listing)))
        styles = ArchiveStyles(source)
        self._add(source, register, styles, etat="veryHidden")
        for open_sheet in (self._open(n) for n in self.package.worksheets()):
            open_sheet.deselect()
        self._add(source, listing, styles, in_front=True)
        start, end = page.print_setup.repeated_rows or (1, 1)
        self._print_titles(listing, start, end)
        for view in self.package.xml(WORKBOOK).findall(f"{nom('bookViews')}/{nom('workbookView')}"):
            view.set("activeTab", "0")

    def _add(
        self, source: ReturnedPackage, sheet_name: str, styles: ArchiveStyles, etat: str = "", in_front: bool = False
    ) -> None:
        root = source.xml(source.worksheets()[sheet_name])
        ranks = dict.fromkeys(int(cell.get("s", 0)) for cell in root.iter(nom("c")))
        imported = {rank: str(self.styles.importer(styles, rank)) for rank in ranks}
        for cell in root.iter(nom("c")):
            cell.set("s", imported[int(cell.get("s", 0))])
            _write_text(cell, source.shared_texts)
        for column in root.iter(nom("col")):
            column.attrib.pop("style", "")
        _, element = self.package.new_sheet(sheet_name, root, etat)
        worksheets = first_child(self.package.xml(WORKBOOK), "sheets")
        worksheets.insert(0 if in_front else len(worksheets), element)
        if in_front:
            self._shift(0, 1)

    def _print_titles(self, sheet: str, start: int, end: int) -> None:
        workbook = self.package.xml(WORKBOOK)
        defined = workbook.find(nom("definedNames"))
        if defined is None:
            defined = Element(nom("definedNames"))
            put_before(workbook, defined, AFTER_NAMES)
        attributes = {"name": "_xlnm.Print_Titles", "localSheetId": "0"}
        defined.add(nom("definedName"), attributes).text = f"'{sheet}'!${start}:${end}"


def _write_text(cell: Element, texts: list[str]) -> None:
    """A shared text as the cell's own."""
    if cell.get("t") != "s":
        return
    content = texts[int(cell.findtext(nom("v"), "0"))]
    cell.replace_children(())
    cell.set("t", "inlineStr")
    piece = cell.add(nom("is")).add(nom("t"))
    piece.text = content
    piece.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")
