"""What Excel holds at most, and what may stand there only once: heights, footers, columns, validations, formats."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from collections.abc import Iterator

from tests.support.lint_parts import COLUMNS, TEXT, Book, Zone, area, find, meet, relations, tag, utf16

HEIGHT_MAX, WIDTH_MAX, FOOTER_MAX, LINK_MAX, FORMAT_MAX = 409.5, 255, 255, 2_079, 255
_NUMBER = re.compile(r"-?\d+(\.\d+)?")
_UNQUOTED = re.compile(r'\\.|_.|\*.|"[^"]*"|\[[^\[\]]*\]')


def limit_faults(tree: ET.Element, book: Book) -> Iterator[str]:
    """Of one sheet."""
    for row in find(tree, "row"):
        if _beyond(row.get("ht"), HEIGHT_MAX):
            yield f"row {row.get('r')} is {row.get('ht')} points high, beyond {HEIGHT_MAX}."
    yield from _columns(tree)
    for place in ("oddHeader", "oddFooter", "evenHeader", "evenFooter", "firstHeader", "firstFooter"):
        for text in find(tree, place):
            if utf16(text.text or "") > FOOTER_MAX:
                yield f"{place} is longer than {FOOTER_MAX} characters."
    for protection in find(tree, "sheetProtection"):
        if len({protection.get(a) is None for a in ("algorithmName", "hashValue", "saltValue", "spinCount")}) > 1:
            yield "the hash of the protection is not whole."
    for cell in find(tree, "c"):
        yield from _cell(cell)
    yield from validations_together(tree)


def _beyond(number: str | None, most: float) -> bool:
    return number is not None and bool(_NUMBER.fullmatch(number)) and not 0 <= float(number) <= most


def _columns(tree: ET.Element) -> Iterator[str]:
    last = 0
    for column in find(tree, "col"):
        first, end = int(column.get("min", 0)), int(column.get("max", 0))
        if not 1 <= first <= end <= COLUMNS:
            yield f"the columns {first} to {end} are not columns of a sheet."
        if first <= last:
            yield f"the columns {first} to {end} are described twice, or out of order."
        if _beyond(column.get("width"), WIDTH_MAX):
            yield f"the column {first} is {column.get('width')} characters wide, beyond {WIDTH_MAX}."
        last = max(last, end)


def _cell(cell: ET.Element) -> Iterator[str]:
    where, kind = cell.get("r"), cell.get("t")
    value = "".join(child.text or "" for child in cell if tag(child) == "v")
    if kind == "b" and value not in ("0", "1"):
        yield f"{where} should be true or false and holds “{value[:40]}”."
    if kind in ("str", "inlineStr") and utf16("".join(cell.itertext())) > TEXT:
        yield f"{where} holds more than {TEXT} characters."


def validations_together(tree: ET.Element) -> Iterator[str]:
    """Two validations on one cell; bounds that nothing can satisfy; a bound that is missing."""
    zones: list[tuple[Zone, str]] = []
    for validation in find(tree, "dataValidation"):
        places = validation.get("sqref", "").split()
        zones += [(zone, place) for place in places if (zone := area(place))]
        bounds = {tag(child): child.text or "" for child in validation}
        low, high = bounds.get("formula1", ""), bounds.get("formula2", "")
        if validation.get("type", "none") != "none" and not low:
            yield f"validation of {places[:1]}: what it compares with is missing."
        between = validation.get("operator", "between") in ("between", "notBetween")
        if between and validation.get("type", "none") not in ("none", "list", "custom"):
            if not high:
                yield f"validation of {places[:1]}: its second bound is missing."
            elif _NUMBER.fullmatch(low) and _NUMBER.fullmatch(high) and float(low) > float(high):
                yield f"validation of {places[:1]}: nothing is between {low} and {high}."
    zones.sort()
    for rank, (zone, place) in enumerate(zones):
        for other, other_place in zones[rank + 1 :]:
            if other[0] > zone[2]:
                break
            if meet(zone, other):
                yield f"two validations, of {place} and {other_place}, are on one cell."


def number_format_faults(styles: ET.Element) -> Iterator[str]:
    """Codes of number formats that Excel does not read."""
    seen = set()
    for declared in find(styles, "numFmt"):
        code, key = declared.get("formatCode", ""), declared.get("numFmtId")
        bare = _UNQUOTED.sub("", code)
        if '"' in bare or "[" in bare or "]" in bare:
            yield f"the number format “{code}” has a quote or a bracket alone."
        if bare.count(";") > 3:
            yield f"the number format “{code}” has more than four sections."
        if utf16(code) > FORMAT_MAX:
            yield f"the number format {key} is longer than {FORMAT_MAX} characters."
        if key in seen and tag(declared) == "numFmt":
            yield f"the number format {key} is declared twice."
        seen.add(key)


def selected_tabs(book: Book) -> Iterator[str]:
    """Two sheets selected are a group: what is typed in one is typed in the other."""
    chosen = [
        name
        for name, part in book.sheets.items()
        for view in find(book.trees.get(part, ET.Element("absent")), "sheetView")
        if view.get("tabSelected") in ("1", "true")
    ]
    if len(chosen) > 1:
        yield f"Two sheets are selected: {', '.join(chosen)}."


def beside_faults(part: str, book: Book) -> Iterator[str]:
    """Of the parts that a sheet leads to: its comments, its links."""
    for target in relations(book.trees, part).values():
        if utf16(target) > LINK_MAX:
            yield f"a link is longer than {LINK_MAX} characters."
        tree = book.trees.get(target)
        if tree is not None and tag(tree) == "comments":
            yield from _comments(tree)


def _comments(tree: ET.Element) -> Iterator[str]:
    authors, seen = len(list(find(tree, "author"))), set()
    for comment in find(tree, "comment"):
        place = comment.get("ref", "")
        if area(place) is None:
            yield f"a comment stands at “{place}”, which is not a cell."
        if place in seen:
            yield f"{place} has two comments."
        seen.add(place)
        if int(comment.get("authorId", 0)) >= authors:
            yield f"the comment of {place} has no author."
        if utf16("".join(comment.itertext())) > TEXT:
            yield f"the comment of {place} is longer than {TEXT} characters."
