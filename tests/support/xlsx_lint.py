"""A lint for written .xlsx files: what Excel would repair, refuse or silently drop. Standard library only.

``lint(path or bytes)`` returns one sentence a fault; an empty list means that nothing was found.
"""

from __future__ import annotations

import io
import posixpath
import re
import xml.etree.ElementTree as ET
import zipfile
from collections.abc import Iterator
from pathlib import Path

from tests.support.formula_grammar import FUNCTIONS, formula_grammar_faults
from tests.support.lint_grammar import grammar_faults
from tests.support.lint_limits import beside_faults, limit_faults, number_format_faults, selected_tabs
from tests.support.lint_parts import (
    RELATION_ID,
    ROWS,
    TEXT,
    Book,
    Zone,
    area,
    find,
    meet,
    relations,
    resolve,
    tag,
    utf16,
)

_BUILTIN_NAMES = ("_xlnm.Print_Area", "_xlnm.Print_Titles", "_xlnm._FilterDatabase", "_xlnm.Criteria", "_xlnm.Extract")


def lint(path_or_bytes: str | Path | bytes) -> list[str]:
    """Every fault found, one sentence each. Stops early if the package itself cannot be read."""
    source = io.BytesIO(path_or_bytes) if isinstance(path_or_bytes, bytes) else path_or_bytes
    try:
        with zipfile.ZipFile(source) as archive:
            names = archive.namelist()
            parts = {name: archive.read(name) for name in names}
    except zipfile.BadZipFile as fault:
        return [f"The file is not a sound zip archive ({fault})."]
    faults = [f"The part {name} is in the archive twice." for name in sorted({n for n in names if names.count(n) > 1})]
    if len({name.casefold() for name in names}) < len(set(names)):
        faults.append("Two parts have names that differ by their capitals only.")
    trees: dict[str, ET.Element] = {}
    for name, content in parts.items():
        if name.endswith((".xml", ".rels", ".vml")):
            try:
                trees[name] = ET.fromstring(content)
            except ET.ParseError as fault:
                faults.append(f"The part {name} is not well-formed ({fault}).")
    for needed in ("[Content_Types].xml", "xl/workbook.xml", "xl/_rels/workbook.xml.rels", "xl/styles.xml"):
        if needed not in trees:
            return [*faults, f"The part {needed} is missing or cannot be read."]
    faults += _content_types(parts, trees["[Content_Types].xml"])
    faults += _relationships(parts, trees)
    for name, tree in trees.items():
        faults += grammar_faults(name, tree)
    book = Book(trees)
    return faults + [
        *_book(book),
        *selected_tabs(book),
        *_styles(book),
        *number_format_faults(book.styles),
        *_strings(book),
        *_names(book),
        *_sheets(book),
        *_charts(book),
    ]


def _content_types(parts: dict[str, bytes], tree: ET.Element) -> Iterator[str]:
    overrides = {o.get("PartName", "").lstrip("/") for o in find(tree, "Override")}
    defaults = {d.get("Extension", "").lower() for d in find(tree, "Default")}
    for name in sorted(overrides - parts.keys()):
        yield f"A content type is declared for {name}, which does not exist."
    for name in parts:
        if name not in overrides | {"[Content_Types].xml"} and name.rpartition(".")[2].lower() not in defaults:
            yield f"The part {name} has no content type."
        if name.endswith(".xml") and name.startswith("xl/") and name not in overrides:
            yield f"The part {name} has no content type of its own."


def _relationships(parts: dict[str, bytes], trees: dict[str, ET.Element]) -> Iterator[str]:
    for name, tree in trees.items():
        if not name.endswith(".rels"):
            continue
        folder = posixpath.dirname(posixpath.dirname(name))
        owner = posixpath.join(folder, posixpath.basename(name).removesuffix(".rels"))
        if posixpath.basename(owner) and owner not in parts:
            yield f"The relationships {name} belong to a part that does not exist."
        seen = set()
        for relation in find(tree, "Relationship"):
            if (key := relation.get("Id")) in seen:
                yield f"{name} gives the id {key} twice."
            seen.add(key)
            if relation.get("TargetMode") != "External" and resolve(folder, relation) not in parts:
                yield f"{name} leads to {relation.get('Target')}, which does not exist."
    for name, tree in trees.items():
        known = relations(trees, name).keys()
        for element in tree.iter():
            if (key := element.get(RELATION_ID)) is not None and key not in known:
                yield f"{name} uses the relationship {key}, which is not declared."


def _book(book: Book) -> Iterator[str]:
    seen: set[str] = set()
    for name in (entry.get("name", "") for entry in book.entries):
        if not 1 <= utf16(name) <= 31 or re.search(r"[:\\/?*\[\]]", name) or name[:1] == "'" or name[-1:] == "'":
            yield f"The sheet name “{name}” is not one that Excel takes."
        if name.casefold() == "history":
            yield "Excel keeps the sheet name “History” for itself."
        if name.casefold() in seen:
            yield f"Two sheets are called “{name}”."
        seen.add(name.casefold())
    ids = [entry.get("sheetId") for entry in book.entries]
    if len(set(ids)) < len(ids):
        yield "Two sheets have the same sheetId."
    visible = [entry.get("state", "visible") == "visible" for entry in book.entries]
    if not any(visible):
        yield "No sheet is visible."
    for view in find(book.root, "workbookView"):
        active = int(view.get("activeTab", 0))
        if active >= len(visible) or not visible[active]:
            yield f"The active sheet (number {active}) is hidden or does not exist."


def _styles(book: Book) -> Iterator[str]:
    sizes = {
        f"{kind}Id": len([e for group in find(book.styles, f"{kind}s") for e in group])
        for kind in ("font", "fill", "border")
    }
    formats = {int(f.get("numFmtId", -1)) for f in find(book.styles, "numFmt")}
    for i, xf in enumerate(book.xfs):
        for attribute, size in sizes.items():
            if int(xf.get(attribute, 0)) >= size:
                yield f"The cell format {i} uses {attribute} {xf.get(attribute)}, beyond the last."
        number = int(xf.get("numFmtId", 0))
        if number >= 164 and number not in formats:
            yield f"The cell format {i} uses the number format {number}, which is not declared."


def _strings(book: Book) -> Iterator[str]:
    tree = book.trees.get("xl/sharedStrings.xml")
    if tree is not None and tree.get("uniqueCount") not in (None, str(len(book.strings))):
        yield f"uniqueCount says {tree.get('uniqueCount')} shared strings, there are {len(book.strings)}."
    for i, string in enumerate(book.strings):
        if utf16("".join(t.text or "" for t in find(string, "t"))) > TEXT:
            yield f"The shared string {i} is longer than {TEXT} characters."


def _names(book: Book) -> Iterator[str]:
    seen = set()
    for defined in find(book.root, "definedName"):
        name, scope, target = defined.get("name", ""), defined.get("localSheetId"), defined.text or ""
        if (name.casefold(), scope) in seen:
            yield f"The name {name} is defined twice."
        seen.add((name.casefold(), scope))
        if name not in _BUILTIN_NAMES and (not re.fullmatch(r"[^\W\d][\w.\\]{0,254}", name) or _reads_as_a_place(name)):
            yield f"“{name}” cannot be a defined name."
        if scope is not None and int(scope) >= len(book.entries):
            yield f"The name {name} belongs to sheet {scope}, which does not exist."
        for fault in formula_faults(target, book, "name"):
            yield f"Name {name}: {fault}"


def _reads_as_a_place(name: str) -> bool:
    """``AB12``, ``R1C1`` and its French form ``L1C1``, the letters alone."""
    return area(name) is not None or re.fullmatch(r"[RrLl]\d*([Cc]\d*)?|[Cc]\d*", name) is not None


def formula_faults(formula: str, book: Book, where: str = "") -> Iterator[str]:
    """Faults of one formula, as it stands in the file (no ``=``). ``where``: a name, a
    validation or a conditional format, which do not take all that a cell takes."""
    if formula.startswith("="):
        yield f"the formula begins with “=” ({formula[:40]})."
    if "#REF!" in formula:
        yield f"the formula has lost a reference ({formula[:40]})."
    if utf16(formula) > 8192:
        yield "the formula is longer than 8192 characters."
    bare = re.sub(r'"(?:[^"]|"")*"', '""', formula)
    for quoted, plain in re.findall(r"'((?:[^']|'')+)'!|([\w.]+)!", bare):
        sheet = quoted.replace("''", "'") or plain
        if sheet.casefold() not in book.sheet_names:
            yield f"the sheet “{sheet}” does not exist ({formula[:60]})."
    bare = re.sub(r"'(?:[^']|'')+'!|[\w.]+!", "", bare)
    bare = re.sub(r"#(?:REF|N/A|VALUE|NAME|DIV/0|NUM|NULL)[!?]?", "", re.sub(r"\[[^\]]*\]+", "", bare))
    bare = re.sub(r"\$?\b[A-Za-z]{1,3}:\$?[A-Za-z]{1,3}\b", "", bare)  # whole columns
    if bare.count("(") != bare.count(")"):
        yield f"the parentheses do not match ({formula[:60]})."
    elif "#REF!" not in formula and not formula.startswith("="):
        for fault in formula_grammar_faults(formula, where):
            yield f"{fault[:-1]} ({formula[:60]})."
    if ";" in re.sub(r"\{[^}]*\}", "", bare):
        yield f"arguments are parted by “;” instead of “,” ({formula[:60]})."
    for name, bracket in re.findall(r"(?<![\w.$])([^\W\d][\w.]*)(\s*\()?", bare.replace("$", "")):
        if bracket:
            if name.upper() not in FUNCTIONS:
                yield f"the function {name} is not known to Excel 2016 and LibreOffice ({formula[:60]})."
        elif not (area(name) or name.upper() in ("TRUE", "FALSE") or name.casefold() in book.known):
            yield f"“{name}” is neither a cell nor a defined name ({formula[:60]})."


def _sheets(book: Book) -> Iterator[str]:
    table_names: set[str] = set()
    table_ids: set[str | None] = set()
    for name, part in book.sheets.items():
        tree = book.trees.get(part)
        if tree is None:
            yield f"The sheet “{name}” has no part."
            continue
        merges = [zone for m in find(tree, "mergeCell") if (zone := area(m.get("ref", "")))]
        for rule in (_cells, _validations, _conditionals, _links, limit_faults):
            for fault in rule(tree, book):
                yield f"Sheet “{name}”: {fault}"
        for fault in (*_merges(tree, merges), *beside_faults(part, book)):
            yield f"Sheet “{name}”: {fault}"
        for target in relations(book.trees, part).values():
            table = book.trees.get(target)
            if table is None or tag(table) != "table":
                continue
            for fault in _table(table, tree, merges, book):
                yield f"Sheet “{name}”: {fault}"
            label, key = table.get("displayName", "").casefold(), table.get("id")
            if label in table_names or label in {n.casefold() for n in book.names}:
                yield f"The name {table.get('displayName')} is given to two tables or to a range as well."
            if key in table_ids:
                yield f"Two tables have the id {key}."
            table_names.add(label)
            table_ids.add(key)


def _cells(tree: ET.Element, book: Book) -> Iterator[str]:
    """Order, limits, style and string indices, formulas."""
    last_row = 0
    for row in find(tree, "row"):
        number = int(row.get("r", 0))
        if not last_row < number <= ROWS:
            yield f"row {number} comes after row {last_row}."
        last_row, last_column = number, 0
        if int(row.get("s", 0)) >= len(book.xfs):
            yield f"row {number} has the style {row.get('s')}, beyond the last."
        for cell in find(row, "c"):
            where = cell.get("r", "")
            zone = area(where)
            if zone is None or zone[0] != number or zone[1] <= last_column:
                yield f"the cell {where} is out of place in row {number}."
                continue
            last_column = zone[1]
            yield from _cell(cell, where, book)
    for column in find(tree, "col"):
        if int(column.get("style", 0)) >= len(book.xfs):
            yield f"a column has the style {column.get('style')}, beyond the last."


def _cell(cell: ET.Element, where: str, book: Book) -> Iterator[str]:
    if int(cell.get("s", 0)) >= len(book.xfs):
        yield f"{where} has the style {cell.get('s')}, beyond the last."
    values = {tag(child): child.text or "" for child in cell}
    if cell.get("t") == "s" and not (values.get("v", "").isdigit() and int(values["v"]) < len(book.strings)):
        yield f"{where} shows the shared string {values.get('v')}, which does not exist."
    if cell.get("t") == "e":
        yield f"{where} shows the error {values.get('v')}."
    if cell.get("t", "n") == "n" and values.get("v"):
        try:
            float(values["v"])
        except ValueError:
            yield f"{where} should be a number and holds “{values['v'][:40]}”."
    if "f" in values:
        for fault in formula_faults(values["f"], book):
            yield f"{where}: {fault}"


def _merges(tree: ET.Element, merges: list[Zone]) -> Iterator[str]:
    for merge in find(tree, "mergeCell"):
        zone = area(merge.get("ref", ""))
        if zone is None or zone[:2] == zone[2:]:
            yield f"the merge {merge.get('ref')} is not an area of several cells."
    ordered = sorted(merges)
    for i, first in enumerate(ordered):
        for second in ordered[i + 1 :]:
            if second[0] > first[2]:
                break
            if meet(first, second):
                yield f"the merges at rows {first[0]} and {second[0]} overlap."


def _areas(element: ET.Element) -> Iterator[str]:
    for zone in element.get("sqref", "").split():
        if area(zone) is None:
            yield f"“{zone}” is not an area of a sheet."


def _validations(tree: ET.Element, book: Book) -> Iterator[str]:
    limits = {"promptTitle": 32, "errorTitle": 32, "prompt": 255, "error": 255}
    for validation in find(tree, "dataValidation"):
        where = f"validation of {validation.get('sqref', '')[:30]}"
        if not validation.get("sqref"):
            yield "a validation has no range."
        yield from _areas(validation)
        for attribute, limit in limits.items():
            if utf16(validation.get(attribute, "")) > limit:
                yield f"{where}: {attribute} is longer than {limit} characters."
        for child in validation:
            text = child.text or ""
            if tag(child) == "formula1" and text.startswith('"') and utf16(text) > 257:
                yield f"{where}: the list is longer than 255 characters."
            for fault in formula_faults(text, book, "validation"):
                yield f"{where}: {fault}"
        if validation.get("type") == "list" and not any((child.text or "").strip('"') for child in validation):
            yield f"{where}: the list has no choices."


def _conditionals(tree: ET.Element, book: Book) -> Iterator[str]:
    for group in find(tree, "conditionalFormatting"):
        yield from _areas(group)
        for rule in find(group, "cfRule"):
            if int(rule.get("dxfId", 0)) >= book.dxfs:
                yield f"a conditional format uses the style {rule.get('dxfId')}, beyond the last."
            for formula in find(rule, "formula"):
                for fault in formula_faults(formula.text or "", book, "conditional format"):
                    yield f"conditional format of {group.get('sqref')}: {fault}"


def _links(tree: ET.Element, book: Book) -> Iterator[str]:
    for link in find(tree, "hyperlink"):
        place = link.get("location")
        if place and link.get(RELATION_ID) is None:
            for fault in formula_faults(place, book):
                yield f"link of {link.get('ref')}: {fault}"
        if utf16(link.get("tooltip", "")) > 255:
            yield f"link of {link.get('ref')}: the tooltip is longer than 255 characters."


def _table(table: ET.Element, tree: ET.Element, merges: list[tuple], book: Book) -> Iterator[str]:
    name, zone = table.get("displayName", ""), area(table.get("ref", ""))
    where = f"table {name}"
    if not re.fullmatch(r"[^\W\d][\w.]{0,254}", name) or _reads_as_a_place(name):
        yield f"{where}: Excel does not take this name."
    if zone is None or zone[2] <= zone[0]:
        yield f"{where}: “{table.get('ref')}” has no room for a header and a row."
        return
    headers = [column.get("name", "") for column in find(table, "tableColumn")]
    if len(headers) != zone[3] - zone[1] + 1:
        yield f"{where}: {len(headers)} columns are named for a range of {zone[3] - zone[1] + 1}."
    if len({column.get("id") for column in find(table, "tableColumn")}) < len(headers):
        yield f"{where}: two columns have the same id."
    if len({header.casefold() for header in headers}) < len(headers):
        yield f"{where}: two columns have the same name."
    for column, header in enumerate(headers, zone[1]):
        if (shown := _text_at(tree, zone[0], column, book)) != header:
            yield f"{where}: the column “{header}” has “{shown}” as its header cell."
    for filtered in find(table, "autoFilter"):
        inside = area(filtered.get("ref", ""))
        if inside is None or inside[:2] != zone[:2] or inside[3] != zone[3]:
            yield f"{where}: the filter is over another range."
    if any(meet(zone, merge) for merge in merges):
        yield f"{where}: cells are merged inside it."


def _text_at(tree: ET.Element, row: int, column: int, book: Book) -> str | None:
    for cell in find(tree, "c"):
        if (area(cell.get("r", "")) or ())[:2] == (row, column):
            value = "".join(v.text or "" for v in find(cell, "t" if cell.get("t") == "inlineStr" else "v"))
            if cell.get("t") == "s" and value.isdigit() and int(value) < len(book.strings):
                return "".join(t.text or "" for t in find(book.strings[int(value)], "t"))
            return value
    return None


def _charts(book: Book) -> Iterator[str]:
    for name, tree in book.trees.items():
        if name.startswith("xl/charts/chart"):
            for formula in find(tree, "f"):
                for fault in formula_faults(formula.text or "", book):
                    yield f"{name}: {fault}"
