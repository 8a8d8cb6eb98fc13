"""Small files that would fill a memory, or end a program that believes them.

``python -m tests.support.swollen_workbooks write FOLDER`` makes them; ``… read FOLDER`` reads them all, in one process,
and prints what was said of each, then the memory that it took (MiB); ``… own FOLDER`` as our own workbooks, which may
hold more.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path

from cls_workbook.errors import Refusal
from cls_workbook.reading.opening import zip_parts
from cls_workbook.reading.opening.returned_workbook import open_workbook, own_workbook
from tests.support.written_packages import MAIN, ods, ods_of, relations, sheet, workbook, xlsx, xlsx_parts, zipped

MILLION = 1_000_000
CELL = '<c r="A1"><v>1</v></c>'
FORMULA = '<table:table-cell table:formula="of:=1" office:value-type="float" office:value="1"'


BRACKETS = (
    f'<numFmts><numFmt numFmtId="200" formatCode="{"[" * MILLION}"/></numFmts><cellXfs><xf numFmtId="200"/></cellXfs>'
)


def _styles(inside: str) -> str:
    return f'<styleSheet xmlns="{MAIN}">{inside}</styleSheet>'


def _row(repeated: int) -> str:
    return f'<table:table-row table:number-rows-repeated="{repeated}">'


def _announced_texts() -> bytes:
    texts = f'<sst xmlns="{MAIN}" count="4294967296" uniqueCount="4294967296"><si><t>un</t></si></sst>'
    return zipped(xlsx_parts('<row r="1"><c r="A1" t="s"><v>0</v></c></row>') | {"xl/sharedStrings.xml": texts})


def _far_sheets() -> bytes:
    parts = xlsx_parts()
    for rank in range(1, 300):
        far = '<row r="1000"><c r="ALL1000"><v>1</v></c></row>'
        parts[f"xl/worksheets/sheet{rank}.xml"] = sheet(far)
    parts["xl/workbook.xml"] = workbook(*(f"F{rank}" for rank in range(1, 300)))
    parts["xl/_rels/workbook.xml.rels"] = relations(
        *((f"s{rank}", "worksheet", f"worksheets/sheet{rank}.xml") for rank in range(1, 300))
    )
    return zipped(parts)


def _row_of(number: int) -> str:
    return "".join(f'<c r="{address}{number}"><v>1</v></c>' for address in ("A", "B", "C"))


SWOLLEN: dict[str, Callable[[], bytes]] = {
    "texts announced": _announced_texts,
    "texts by the million": lambda: xlsx(texts="<si><t/></si>" * 2 * MILLION),
    "rows by the million": lambda: xlsx("<row/>" * 3 * MILLION),
    "rows with a number": lambda: xlsx("".join(f'<row r="{n}"/>' for n in range(1, MILLION // 5))),
    "one cell a million times": lambda: xlsx(f'<row r="1">{CELL * MILLION}</row>'),
    "cells to the end": lambda: xlsx("".join(f'<row r="{n}">{_row_of(n)}</row>' for n in range(1, MILLION // 4))),
    "a column of blanks": lambda: xlsx('<row><c r="XFD1"/></row>' + '<row><c t="str"><v>1</v></c></row>' * 900_000),
    "far cells of many sheets": _far_sheets,
    "a long text": lambda: xlsx(f'<row><c t="str"><v>{"x" * 9 * MILLION}</v></c></row>'),
    "long texts": lambda: xlsx(texts=f"<si><t>{'é' * 90_000}</t></si>" * 700),
    "a long attribute": lambda: xlsx(f'<row x="{"x" * 9 * MILLION}"/>'),
    "a long comment": lambda: xlsx(f"<!--{'x' * 9 * MILLION}-->"),
    "nested without end": lambda: xlsx(f"<row><c><is><r>{'<t>' * MILLION}"),
    "formats": lambda: zipped(xlsx_parts() | {"xl/styles.xml": _styles(f"<cellXfs>{'<xf/>' * MILLION}</cellXfs>")}),
    "a format of brackets": lambda: zipped(xlsx_parts() | {"xl/styles.xml": _styles(BRACKETS)}),
    "an .ods row repeated": lambda: ods(f"{_row(MILLION)}{FORMULA}/></table:table-row>"),
    "an .ods cell repeated": lambda: ods(
        f'{_row(1000)}{FORMULA} table:number-columns-repeated="16384"/></table:table-row>'
    ),
    "an .ods row repeated without end": lambda: ods(
        f'<table:table-row table:number-rows-repeated="99999999999"/><table:table-row>{FORMULA}/></table:table-row>'
    ),
    "an .ods row far away": lambda: ods(
        f'<table:table-row table:number-rows-repeated="1048000"/><table:table-row>{FORMULA}/></table:table-row>'
    ),
    "an .ods of spaces": lambda: ods(
        '<table:table-row><table:table-cell office:value-type="string"><text:p><text:s text:c="1000000000"/></text:p>'
        "</table:table-cell></table:table-row>"
    ),
    "an .ods of tables": lambda: ods_of("".join(f'<table:table table:name="{n}"/>' for n in range(MILLION))),
    "an .ods of groups": lambda: ods("<table:table-row-group>" * MILLION),
}


def write(folder: Path) -> None:
    for rank, make in enumerate(SWOLLEN.values()):
        (folder / f"{rank:02}").write_bytes(make())


def read(folder: Path, own: bool = False) -> None:
    zip_parts.RATIO_MAX = 10**9  # what swells most is refused by that alone; what swells less is not
    for path in sorted(folder.iterdir()):
        try:
            grids = own_workbook(path) if own else list(open_workbook(path.read_bytes()).grids())
            said = f"lu, {sum(len(grid.lines) for grid in grids)} lignes"
        except Refusal as refusal:
            said = str(refusal)
        print(list(SWOLLEN)[int(path.name)], "|", said)
    print(_memory())


def _memory() -> int:
    """The most that this process ever held, in MiB."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return int(next(line for line in lines if line.startswith("VmHWM")).split()[1]) // 1024


if __name__ == "__main__":
    {"write": write, "read": read, "own": partial(read, own=True)}[sys.argv[1]](Path(sys.argv[2]))
