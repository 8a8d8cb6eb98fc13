"""A formula as it stands in a file (English names, commas, no ``=``), read as Excel reads it: what it would refuse, and
what it would compute otherwise than other programs.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

# Functions that both Excel 2016 (without Microsoft 365) and LibreOffice 7 know, by their English names, and how many
# arguments they take.
_FUNCTIONS = """
ABS 1 ACOS 1 ADDRESS 2-5 AND 1-255 AREAS 1 ASC 1 ASIN 1 ATAN 1 ATAN2 2 AVEDEV 1-255 AVERAGE 1-255 AVERAGEA 1-255
AVERAGEIF 2-3 AVERAGEIFS 3-255 CEILING 2 CELL 1-2 CHAR 1 CHOOSE 2-255 CLEAN 1 CODE 1 COLUMN 0-1 COLUMNS 1
CONCATENATE 1-255 CORREL 2 COS 1 COUNT 1-255 COUNTA 1-255 COUNTBLANK 1 COUNTIF 2 COUNTIFS 2-254 DATE 3 DATEDIF 3
DATEVALUE 1 DAY 1 DAYS360 2-3 DOLLAR 1-2 EDATE 2 EOMONTH 2 ERROR.TYPE 1 EVEN 1 EXACT 2 EXP 1 FACT 1 FALSE 0 FIND 2-3
FIXED 1-3 FLOOR 2 FREQUENCY 2 HLOOKUP 3-4 HOUR 1 HYPERLINK 1-2 IF 2-3 IFERROR 2 INDEX 2-4 INDIRECT 1-2 INT 1 ISBLANK 1
ISERR 1 ISERROR 1 ISEVEN 1 ISLOGICAL 1 ISNA 1 ISNONTEXT 1 ISNUMBER 1 ISODD 1 ISREF 1 ISTEXT 1 LARGE 2 LEFT 1-2 LEN 1
LN 1 LOG 1-2 LOG10 1 LOOKUP 2-3 LOWER 1 MATCH 2-3 MAX 1-255 MAXA 1-255 MEDIAN 1-255 MID 3 MIN 1-255 MINA 1-255 MINUTE 1
MOD 2 MODE 1-255 MONTH 1 MROUND 2 N 1 NA 0 NETWORKDAYS 2-3 NOT 1 NOW 0 ODD 1 OFFSET 3-5 OR 1-255 PERCENTILE 2 PI 0
POWER 2 PRODUCT 1-255 PROPER 1 QUARTILE 2 QUOTIENT 2 RANK 2-3 REPLACE 4 REPT 2 RIGHT 1-2 ROUND 2 ROUNDDOWN 2 ROUNDUP 2
ROW 0-1 ROWS 1 SEARCH 2-3 SECOND 1 SIGN 1 SIN 1 SMALL 2 SQRT 1 STDEV 1-255 SUBSTITUTE 3-4 SUBTOTAL 2-255 SUM 1-255
SUMIF 2-3 SUMIFS 3-255 SUMPRODUCT 1-255 SUMSQ 1-255 T 1 TAN 1 TEXT 2 TIME 3 TODAY 0 TRANSPOSE 1 TRIM 1 TRUE 0 TRUNC 1-2
TYPE 1 UPPER 1 VALUE 1 VAR 1-255 VLOOKUP 3-4 WEEKDAY 1-2 WEEKNUM 1-2 WORKDAY 2-3 YEAR 1 YEARFRAC 2-3
"""
ARGUMENTS = {name: (int(n.split("-")[0]), int(n.split("-")[-1])) for name, n in re.findall(r"(\S+) (\S+)", _FUNCTIONS)}
FUNCTIONS = frozenset(ARGUMENTS)
_BOOLEANS = """AND OR NOT EXACT TRUE FALSE ISBLANK ISERR ISERROR ISEVEN ISLOGICAL ISNA ISNONTEXT ISNUMBER ISODD ISREF
ISTEXT"""
BOOLEAN_FUNCTIONS = frozenset(_BOOLEANS.split())
TEXT_MAX, NESTED_MAX = 255, 64  # characters of a text, functions one inside the other

_SHEET = r"(?:'(?:[^']|'')+'|[^\W\d][\w.]*)!"
_COLUMN, _END = r"\$?[A-Za-z]{1,3}", r"(?![\w.(])"
_PLACE = rf"{_COLUMN}:{_COLUMN}{_END}|\$?\d+:\$?\d+|{_COLUMN}\$?\d+(?::{_COLUMN}\$?\d+)?{_END}"
_TOKEN = re.compile(
    rf"""\s*(?:
    (?P<text>"(?:[^"]|"")*") | (?P<error>\#(?:REF!|N/A|VALUE!|NAME\?|DIV/0!|NUM!|NULL!))
  | (?P<operand>(?:{_SHEET})?(?:{_PLACE})) | (?P<name>(?:{_SHEET})?[^\W\d][\w.]*)
  | (?P<number>\d+(?:\.\d*)?(?:[eE][+-]?\d+)?)
  | (?P<bracket>\[(?:[^\[\]]|\[[^\[\]]*\])*\]) | (?P<array>\{{[^{{}}]*\}}) | (?P<sign><>|<=|>=|[-=<>&+*/^%:(),]))""",
    re.VERBOSE,
)
_RANKS = ({"=", "<>", "<", ">", "<=", ">="}, {"&"}, {"+", "-"}, {"*", "/"}, {"^"})
BOOLEAN, VALUE = "boolean", "value"


class Unreadable(Exception):
    """Excel would not take the formula."""


@lru_cache(maxsize=20_000)  # the same formulas come back in every workbook
def formula_grammar_faults(formula: str, where: str = "") -> tuple[str, ...]:
    """What is wrong with a formula, beyond the names and the sheets that it cites. ``where``: a « name » may be several
    ranges, a « validation » takes no computed range ([MS-XLSX] 2.6.4), a « conditional format » no other sheet
    either."""
    return tuple(_faults(formula, where))


def _faults(formula: str, where: str) -> Iterator[str]:
    try:
        parser = _Parser(formula)
        yield from parser.faults(several=where == "name")
        if where in ("validation", "conditional format") and parser.computes_a_range:
            yield f"a {where} computes a range: only a defined name may."
    except Unreadable as fault:
        yield str(fault)
    if where == "conditional format" and "!" in re.sub(r'"(?:[^"]|"")*"', "", formula):
        yield f"a {where} looks at another sheet: only a defined name may."


class _Parser:
    """Recursive descent; a node is no more than its kind, which is what the faults are about."""

    def __init__(self, formula: str):
        self.formula, self.found = formula, list[str]()
        self.tokens = list(self._tokens(formula))
        self.signs = [word if nature == "sign" else "" for nature, word in self.tokens] + [""]  # and none at the end
        self.rank, self.depth = 0, 0
        self.computes_a_range = False  # as A1:INDEX(…)

    def _tokens(self, formula: str) -> Iterator[tuple[str, str]]:
        position = 0
        while position < len(formula.rstrip()):
            match = _TOKEN.match(formula, position)
            if match is None:
                raise Unreadable(f"the formula cannot be read from “{formula[position : position + 20]}” on.")
            position = match.end()
            yield str(match.lastgroup), match[str(match.lastgroup)]

    def faults(self, several: bool = False) -> list[str]:
        self._expression()
        while several and self._is_sign(","):
            self.rank += 1
            self._expression()
        if self.rank < len(self.tokens):
            raise Unreadable(f"“{self._ahead()}” follows a whole formula.")
        return self.found

    def _ahead(self) -> str:
        return self.tokens[self.rank][1] if self.rank < len(self.tokens) else ""

    def _is_sign(self, *signs: str) -> bool:
        return self.signs[self.rank] in signs

    def _take(self, sign: str) -> None:
        if not self._is_sign(sign):
            raise Unreadable(f"“{sign}” is missing before “{self._ahead() or 'the end'}”.")
        self.rank += 1

    def _expression(self, level: int = 0) -> str:
        """The kind of what stands there, operators of this rank and above taken in."""
        if level == len(_RANKS):
            return self._signed()
        kind = self._expression(level + 1)
        while self.signs[self.rank] in _RANKS[level]:
            self.rank += 1
            other = self._expression(level + 1)
            if level == 0 and (kind == BOOLEAN) != (other == BOOLEAN):
                self.found.append("a comparison is compared with a value: in Excel, it is greater than any number.")
            kind = VALUE if level else BOOLEAN
        return kind

    def _signed(self) -> str:
        if self._is_sign("+", "-"):
            self.rank += 1
            self._signed()
            return VALUE
        kind = self._range()
        while self._is_sign("%"):
            self.rank, kind = self.rank + 1, VALUE
        return kind

    def _range(self) -> str:
        kind = self._operand()
        while self._is_sign(":"):
            self.rank, self.computes_a_range = self.rank + 1, True
            self._operand()
            kind = VALUE
        return kind

    def _operand(self) -> str:
        if self._is_sign("("):
            self.rank += 1
            kind = self._expression()
            while self._is_sign(","):
                self.rank += 1
                self._expression()
            self._take(")")
            return kind
        if self.rank == len(self.tokens) or self.tokens[self.rank][0] in ("sign", "bracket"):
            raise Unreadable(f"something is missing before “{self._ahead() or 'the end'}”.")
        nature, word = self.tokens[self.rank]
        self.rank += 1
        if nature == "text" and len(word[1:-1].replace('""', '"')) > TEXT_MAX:
            self.found.append(f"a text of the formula is longer than {TEXT_MAX} characters.")
        if nature == "name" and self._is_sign("("):
            return self._call(word.upper())
        if nature == "name" and self.rank < len(self.tokens) and self.tokens[self.rank][0] == "bracket":
            self.rank += 1
        return BOOLEAN if nature == "name" and word.upper() in ("TRUE", "FALSE") else VALUE

    def _call(self, name: str) -> str:
        self._take("(")
        self.depth += 1
        if self.depth > NESTED_MAX:
            raise Unreadable(f"more than {NESTED_MAX} functions stand one inside the other.")
        given = 0 if self._is_sign(")") else self._arguments()
        self._take(")")
        self.depth -= 1
        least, most = ARGUMENTS.get(name, (0, 255))
        if not least <= given <= most:
            self.found.append(f"{name} is given {given} arguments, it takes {least} to {most}.")
        return BOOLEAN if name in BOOLEAN_FUNCTIONS else VALUE

    def _arguments(self) -> int:
        count = 0
        while True:
            count += 1
            if not self._is_sign(",", ")"):  # an argument may be left out: INDEX(A1:B2,,1)
                self._expression()
            if not self._is_sign(","):
                return count
            self.rank += 1
