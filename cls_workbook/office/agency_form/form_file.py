"""The form as a file: where its names lead, what its cells hold, a value put in one of them.

Its XML is changed in place, so that all that a library would lose is kept: shapes, slicers, controls, drop-downs,
macros (decision 7).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cached_property
from pathlib import Path

from cls_workbook.errors import Refusal
from cls_workbook.french import NBSP
from cls_workbook.office.annotation.annotated_sheet import OpenSheet, place
from cls_workbook.office.annotation.fault_styles import ArchiveStyles
from cls_workbook.office.annotation.returned_package import (
    AFTER_NAMES,
    WORKBOOK,
    ReturnedPackage,
    UnusualArchive,
    nom,
    put_before,
)
from cls_workbook.office.annotation.xml_tree import XML_NS, Element
from cls_workbook.reading.opening.zip_parts import ZipParts
from cls_workbook.workbook.description import MAX_TEXT, CellRange
from cls_workbook.workbook.excel_limits import unites

KINDS = (".xlsx", ".xlsm")
# The name of a sheet has thirty-one characters at most: a bound keeps a long text from being looked through again.
_REFERENCE = re.compile(
    r"(?:'((?:[^']|''){1,64})'|([^'!:,()\[\]]{1,64}))!\$?([A-Z]{1,3})\$?([0-9]{1,7})(?::\$?([A-Z]{1,3})\$?([0-9]{1,7}))?"
)
_NUMBER_FORMATS = {"date": 14, "taux": 10, "montant": 4}  # jj/mm/aaaa, 0,00 %, # ##0,00
_ORIGIN, _DAYS_OF_1904 = date(1899, 12, 30), 1462
_ESCAPED = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")  # what Excel would take for a character
_NOT_IN_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


@dataclass(frozen=True)
class DefinedName:
    """``there``: where it leads; None where that is not one rectangle of a sheet of this workbook."""

    nom: str
    reference: str
    sheet: str = ""
    there: CellRange | None = None


class FormFile:
    """One form. Refusal if it is not a workbook that can be changed in place."""

    def __init__(self, path: Path):
        self.name = path.name
        if path.suffix.lower() not in KINDS:
            raise Refusal(
                f"Le formulaire «{NBSP}{path}{NBSP}» n’est pas un classeur .xlsx ou .xlsm{NBSP}: ouvrez-le dans Excel, "
                f"enregistrez-le sous ce format, puis recommencez."
            )
        try:
            content = path.read_bytes()
            ZipParts(content)  # refuses what swells
            self._package = ReturnedPackage(content)
            self._styles = ArchiveStyles(self._package)
            self._sheets = {name: OpenSheet(self._package, part) for name, part in self._package.worksheets().items()}
        except OSError as fault:
            raise Refusal(f"Le formulaire «{NBSP}{path}{NBSP}» est introuvable ou illisible.") from fault
        except UnusualArchive as fault:
            raise Refusal(
                f"Le formulaire «{NBSP}{path}{NBSP}» n’est pas écrit comme Excel l’écrit{NBSP}: enregistrez-le à "
                f"nouveau depuis Excel («{NBSP}Classeur Excel{NBSP}»), puis recommencez."
            ) from fault

    # --- names ---

    @cached_property
    def names(self) -> list[DefinedName]:
        """Every name of the workbook, those of one sheet among them, in order."""
        listed = self._package.xml(WORKBOOK).findall(f"{nom('definedNames')}/{nom('definedName')}")
        return [self._name(e.get("name", ""), (e.text or "").strip()) for e in listed]

    def _name(self, name: str, reference: str) -> DefinedName:
        found = _REFERENCE.fullmatch(reference)
        sheet = (found[1] or found[2]).replace("''", "'") if found else ""
        if found is None or sheet not in self._sheets:
            return DefinedName(name, reference)
        first = place(found[3] + found[4])
        last = place(found[5] + found[6]) if found[5] else first
        return DefinedName(name, reference, sheet, CellRange(*first, *last))

    # --- cells ---

    def text(self, sheet: str, address: str) -> str:
        cell = self._sheets[sheet].written(address)
        return "" if cell is None else self._sheets[sheet].text(cell)

    def formula(self, sheet: str, address: str) -> bool:
        cell = self._sheets[sheet].written(address)
        return cell is not None and cell.find(nom("f")) is not None

    def filled(self, sheet: str, address: str) -> bool:
        cell = self._sheets[sheet].written(address)
        return cell is not None and any(child.local_name in ("v", "f", "is") for child in cell)

    def merged(self, sheet: str) -> list[CellRange]:
        listed = self._sheets[sheet].root.findall(f"{nom('mergeCells')}/{nom('mergeCell')}")
        corners = [e.get("ref", "").partition(":") for e in listed]
        return [CellRange(*place(first), *place(last or first)) for first, _, last in corners]

    def excel_tables(self, sheet: str) -> Iterator[tuple[CellRange, int]]:
        """(where an Excel table stands, how many of its last rows are totals)."""
        for relation in self._package.relations(self._sheets[sheet].part):
            if relation.type == "table" and relation.cible in self._package:
                root = self._package.xml(relation.cible)
                first, _, last = root.get("ref", "").partition(":")
                yield CellRange(*place(first), *place(last or first)), int(root.get("totalsRowCount", 0))

    # --- what is written ---

    def put(self, sheet: str, address: str, valeur: object, type_: str, like: str = "") -> None:
        """``type_``: of the column (``described_columns``). A cell without a style takes that of ``like``, its address
        on the same sheet; a style without a number format takes the type's. None empties the cell."""
        open_sheet = self._sheets[sheet]
        fresh, cell = open_sheet.written(address) is None, open_sheet.cell(address)
        if fresh:
            self._beside_the_others(sheet, cell, place(address)[1])
        if like and not int(cell.get("s", 0)):
            cell.set("s", str(open_sheet.style(like)))
        format_ = _NUMBER_FORMATS.get("date" if isinstance(valeur, date) else type_)
        if format_ is not None and not isinstance(valeur, str) and valeur is not None:
            cell.set("s", str(self._styles.formatted(int(cell.get("s", 0)), format_)))
        for attribute in ("t", "cm", "vm"):
            cell.attrib.pop(attribute, None)
        cell.replace_children(())
        if isinstance(valeur, str):
            cell.set("t", "inlineStr")
            piece = cell.add(nom("is")).add(nom("t"))
            piece.text = _written(valeur)
            piece.set(f"{{{XML_NS}}}space", "preserve")
        elif valeur is not None:
            cell.add(nom("v")).text = self._number(valeur)

    def _beside_the_others(self, sheet: str, cell: Element, column: int) -> None:
        """A cell that the sheet did not have: it looks as its column does, and the sheet and the row no longer say how
        far they go, which some programs would believe."""
        root = self._sheets[sheet].root
        if cell.parent is not None:
            cell.parent.attrib.pop("spans", None)
        for told in root.findall(nom("dimension")):
            told.detach()
        if cell.get("s") is None:
            listed = root.findall(f"{nom('cols')}/{nom('col')}")
            ranges = (e for e in listed if int(e.get("min", 0)) <= column <= int(e.get("max", 0)))
            cell.set("s", next((e.get("style", "0") for e in ranges), "0"))

    def _number(self, valeur: object) -> str:
        if isinstance(valeur, date):
            return str((valeur - _ORIGIN).days - _DAYS_OF_1904 * self._from_1904)
        return f"{valeur:f}" if isinstance(valeur, Decimal) else str(valeur)

    @cached_property
    def _from_1904(self) -> bool:
        settings = self._package.xml(WORKBOOK).find(nom("workbookPr"))
        return settings is not None and settings.get("date1904") in ("1", "true")

    def file_bytes(self) -> bytes:
        """The archive. What formulas came to before is taken out, and spreadsheets are told to compute again."""
        for sheet in self._sheets.values():
            for cell in sheet.root.iter(nom("c")):
                if cell.find(nom("f")) is not None:
                    cell.attrib.pop("t", None)
                    cell.replace_children([child for child in cell if child.local_name != "v"])
        workbook = self._package.xml(WORKBOOK)
        settings = workbook.find(nom("calcPr"))
        if settings is None:
            settings = Element(nom("calcPr"))
            put_before(workbook, settings, AFTER_NAMES[1:])
        settings.set("fullCalcOnLoad", "1")
        return self._package.file_bytes()

    def remarks(self) -> list[str]:
        """What filling cannot do in this form, one sentence each."""
        remarks = []
        if self._package.has("xl/pivotCache/"):
            remarks.append(
                "Ce formulaire a des tableaux croisés : dans Excel, actualisez-les (Données > Actualiser tout)."
            )
        if self._package.has("_xmlsignatures/"):
            remarks.append("Ce formulaire était signé numériquement : une fois rempli, il est à signer de nouveau.")
        return remarks


def _written(texte: str) -> str:
    """The text as a cell holds it: no more than Excel takes, nothing that it would take for something else."""
    plain = _NOT_IN_XML.sub("", texte.replace("\r\n", "\n").replace("\r", "\n"))
    while unites(plain) > MAX_TEXT:
        plain = plain[: MAX_TEXT - 1 - (unites(plain) - len(plain))].rstrip() + "…"
    return _ESCAPED.sub("_x005F_", plain)
