"""Defects that Excel would repair, refuse or compute otherwise, injected one at a time into files of ours.

    python -m tests.support.injected_defects FILE.xlsx…

tells which kinds the lint misses in these files. A defect is a pattern looked for in the parts of a kind, and what
takes its place the first time that it is found; ``sentence`` is what the lint says.
"""

from __future__ import annotations

import io
import re
import sys
import zipfile
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from tests.support.xlsx_lint import lint

SHEET, TABLE, COMMENTS = r"xl/worksheets/sheet\d+\.xml", r"xl/tables/table\d+\.xml", r"xl/comments\d+\.xml"
BOOK, STYLES, LINKS = r"xl/workbook\.xml", r"xl/styles\.xml", r"xl/worksheets/_rels/sheet\d+\.xml\.rels"


class Defect(NamedTuple):
    kind: str
    part: str
    before: str
    after: str
    sentence: str


def _formula(kind: str, after: str, sentence: str) -> Defect:
    """In a cell: what is computed becomes ``after``."""
    return Defect(kind, SHEET, r"(<f>)[^<]*(</f>)", rf"\g<1>{after}\g<2>", sentence)


def _rule(kind: str, after: str, sentence: str) -> Defect:
    """In a conditional format."""
    return Defect(kind, SHEET, r"(<formula>)[^<]*(</formula>)", rf"\g<1>{after}\g<2>", sentence)


def _bounds(kind: str, after: str, sentence: str) -> Defect:
    """In a validation: all that it compares with."""
    bounds = r"(<dataValidation type=\"(?:whole|decimal)\"[^>]*>)<formula1>.*?(</dataValidation>)"
    return Defect(kind, SHEET, bounds, rf"\g<1>{after}\g<2>", sentence)


def _name(name: str) -> Defect:
    kind = f"nom {name}"
    return Defect(kind, BOOK, r'(<definedName name=")[a-z]\w*(")', rf"\g<1>{name}\g<2>", f"“{name}” cannot be")


def _format(kind: str, code: str, sentence: str) -> Defect:
    return Defect(kind, STYLES, r'(formatCode=")[^"]*(")', rf"\g<1>{code}\g<2>", sentence)


def _value(part: str, element: str, attribute: str, value: str) -> Defect:
    """An attribute that says what it may not."""
    kind, sentence = f"{element} {attribute}={value}", f"<{element}> says {attribute}=“{value}”"
    return Defect(kind, part, rf'(<{element}\b[^>]*? {attribute}=")[^"]*(")', rf"\g<1>{value}\g<2>", sentence)


def _unknown(part: str, element: str) -> Defect:
    sentence = f"<{element}> has an attribute couleur"
    return Defect(f"attribut inconnu de {element}", part, rf"<{element}\b", rf'<{element} couleur="1"', sentence)


def _lacking(part: str, element: str, attribute: str) -> Defect:
    kind, sentence = f"{element} sans {attribute}", f"<{element}> lacks its attribute {attribute}"
    return Defect(kind, part, rf'(<{element}\b[^>]*?) {attribute}="[^"]*"', r"\g<1>", sentence)


def _swapped(part: str, first: str, second: str) -> Defect:
    """Two neighbours, or elements further apart, in the wrong order."""
    element = r"(<{0}\b(?:[^>]*/>|.*?</{0}>))"
    pattern = rf"(?s){element.format(first)}(.*?){element.format(second)}"
    return Defect(f"{second} avant {first}", part, pattern, r"\g<3>\g<2>\g<1>", f"<{first}> comes after <{second}>")


def _counted(part: str, element: str) -> Defect:
    return Defect(f"compte de {element}", part, rf'(<{element} count=")\d+', r"\g<1>99", f"<{element}> counts 99")


LONG = "x" * 256
DEFECTS = [
    _swapped(SHEET, "sheetViews", "sheetData"),
    _swapped(SHEET, "cols", "sheetData"),
    _swapped(SHEET, "sheetData", "sheetProtection"),
    _swapped(SHEET, "dataValidations", "pageMargins"),
    _swapped(SHEET, "pageSetup", "headerFooter"),
    _swapped(BOOK, "sheets", "definedNames"),
    _swapped(STYLES, "fills", "borders"),
    _swapped(TABLE, "autoFilter", "tableColumns"),
    _swapped(TABLE, "tableColumns", "tableStyleInfo"),
    _value(SHEET, "dataValidation", "type", "entier"),
    _value(SHEET, "dataValidation", "showInputMessage", "oui"),
    _value(SHEET, "cfRule", "type", "formule"),
    _value(SHEET, "cfRule", "priority", "haute"),
    _value(SHEET, "pane", "activePane", "basDroite"),
    _value(SHEET, "pane", "state", "figé"),
    _value(SHEET, "pageSetup", "orientation", "paysage"),
    _value(SHEET, "row", "customHeight", "oui"),
    _value(SHEET, "row", "ht", "haut"),
    _value(SHEET, "c", "t", "texte"),
    _value(SHEET, "tabColor", "rgb", "bleu"),
    _value(STYLES, "alignment", "horizontal", "gauche"),
    _value(STYLES, "alignment", "vertical", "milieu"),
    _value(STYLES, "patternFill", "patternType", "plein"),
    _value(STYLES, "left", "style", "fin"),
    _value(STYLES, "protection", "locked", "non"),
    _value(TABLE, "tableStyleInfo", "showRowStripes", "oui"),
    Defect("feuille masquée", BOOK, r"<sheet name=", '<sheet state="masquee" name=', "<sheet> says state=“masquee”"),
    Defect("zoom", SHEET, r"<sheetView ", '<sheetView zoomScale="900" ', "<sheetView> says zoomScale=“900”"),
    *(_unknown(SHEET, element) for element in ("row", "col", "c", "dataValidation", "mergeCell", "sheetProtection")),
    *(_unknown(STYLES, element) for element in ("xf", "border", "alignment")),
    _unknown(TABLE, "tableColumn"),
    _unknown(BOOK, "workbookView"),
    _lacking(SHEET, "cfRule", "priority"),
    _lacking(SHEET, "mergeCell", "ref"),
    _lacking(SHEET, "pageMargins", "left"),
    _lacking(TABLE, "tableColumn", "id"),
    _lacking(BOOK, "sheet", "sheetId"),
    _counted(SHEET, "mergeCells"),
    _counted(SHEET, "dataValidations"),
    _counted(STYLES, "cellXfs"),
    _counted(TABLE, "tableColumns"),
    Defect("élément inconnu", SHEET, r"<sheetData>", "<titre/><sheetData>", "holds <titre>, which does not belong"),
    Defect("élément deux fois", SHEET, r"(<sheetFormatPr[^>]*/>)", r"\g<1>\g<1>", "holds <sheetFormatPr> twice"),
    Defect(
        "mot de passe", SHEET, r"<sheetProtection ", '<sheetProtection password="secret" ', "says password=“secret”"
    ),
    Defect("empreinte", SHEET, r"<sheetProtection ", '<sheetProtection hashValue="é" ', "says hashValue=“é”"),
    Defect("sans sel", SHEET, r"<sheetProtection ", '<sheetProtection hashValue="aaaa" ', "the hash of the protection"),
    Defect("colonnes", SHEET, r'(<col min="1" max=")1"', r'\g<1>3"', "are described twice"),
    Defect(
        "colonne à l’envers", SHEET, r'<col min="2" max="\d+"', '<col min="2" max="1"', "are not columns of a sheet"
    ),
    Defect("largeur", SHEET, r'(<col [^>]* width=")[\d.]+', r"\g<1>300", "characters wide, beyond 255"),
    Defect("hauteur", SHEET, r'(<row [^>]* ht=")[\d.]+', r"\g<1>410", "points high, beyond 409.5"),
    Defect("pied de page", SHEET, r"<oddFooter>", f"<oddFooter>{LONG}", "oddFooter is longer than 255"),
    _formula("texte long", f'LEN("{LONG}")', "a text of the formula is longer than 255"),
    _formula("trop d’arguments", "IF(1,2,3,4)", "IF is given 4 arguments, it takes 2 to 3"),
    _formula("trop peu d’arguments", "ROUND(1)", "ROUND is given 1 arguments"),
    _formula("opérateurs à la suite", "1+*2", "something is missing before “*”"),
    _formula("opérateur à la fin", "1+", "something is missing before “the end”"),
    _formula("opérandes à la suite", "1 2", "“2” follows a whole formula"),
    _formula("guillemet", 'LEN("a)', "cannot be read from"),
    _formula("virgule de trop", "SUM(1,2),3", "“,” follows a whole formula"),
    _formula("comparaison comparée", 'SUM((A1="")&gt;0)', "in Excel, it is greater than any number"),
    _formula("fonction comparée", "SUM(ISBLANK(A1)+0,NOT(A1)=1)", "in Excel, it is greater than any number"),
    _formula("comparaisons à la suite", "IF(1&lt;2&lt;3,1,0)", "in Excel, it is greater than any number"),
    _formula("trop profond", "NOT(" * 65 + "1" + ")" * 65, "more than 64 functions"),
    _formula("accolade", "SUM({1,2)", "cannot be read from"),
    _rule("autre feuille", "LEN('Accueil'!A1)", "a conditional format looks at another sheet"),
    _rule("sa propre feuille", "SUM(Nulle!A1)", "a conditional format looks at another sheet"),
    _rule("plage calculée d’un format", "SUM(A1:INDEX(A1:A9,2))", "a conditional format computes a range"),
    _rule("comparaison d’un format", '(A1="")&gt;0', "in Excel, it is greater than any number"),
    _bounds("plage calculée", "<formula1>A1:INDEX(A1:A9,2)</formula1><formula2>9</formula2>", "computes a range"),
    _bounds("fonction avant", "<formula1>INDEX(A1:A9,2):A9</formula1><formula2>9</formula2>", "computes a range"),
    _bounds("bornes à l’envers", "<formula1>9</formula1><formula2>1</formula2>", "nothing is between 9 and 1"),
    _bounds("sans borne", "", "what it compares with is missing"),
    Defect(
        "deux validations",
        SHEET,
        r'(<dataValidations[^>]*>)(<dataValidation [^>]*sqref="[^"]*"(?:/>|.*?</dataValidation>))',
        r"\g<1>\g<2>\g<2>",
        "are on one cell",
    ),
    *map(_name, ("C", "R", "l", "R1C1", "L1C1", "rc", "XFD1")),
    _format("guillemet d’un format", "0 &quot;euros", "has a quote or a bracket alone"),
    _format("crochet d’un format", "[Red0", "has a quote or a bracket alone"),
    _format("sections d’un format", "0;0;0;0;0", "has more than four sections"),
    _format("format long", "0" * 256, "is longer than 255 characters"),
    Defect("format deux fois", STYLES, r"(<numFmt [^>]*/>)", r"\g<1>\g<1>", "is declared twice"),
    Defect("ids de colonnes", TABLE, r'(<tableColumn id=)"2"', r'\g<1>"1"', "two columns have the same id"),
    Defect("nom de tableau", TABLE, r'displayName="[^"]*"', 'displayName="R1C1"', "Excel does not take this name"),
    Defect("nom réservé", BOOK, r'(<sheet name=")[^"]*', r"\g<1>History", "keeps the sheet name “History”"),
    Defect("vrai ou faux", SHEET, r'<c r="(\w+)"( s="\d+")?/>', r'<c r="\g<1>" t="b"><v>vrai</v></c>', "true or false"),
]
# What only some files have: comments, and more than one sheet to select.
BESIDE = [
    Defect("deux commentaires", COMMENTS, r"(?s)(<comment .*?</comment>)", r"\g<1>\g<1>", "has two comments"),
    Defect("place d’un commentaire", COMMENTS, r'(<comment ref=")\w+', r"\g<1>ici", "which is not a cell"),
    Defect("auteur", COMMENTS, r'authorId="\d+"', 'authorId="99"', "has no author"),
    Defect("attribut d’un commentaire", COMMENTS, r"<comment ", '<comment couleur="1" ', "an attribute couleur"),
    Defect(
        "deux onglets", SHEET, r"<sheetView (?!.*tabSelected)", '<sheetView tabSelected="1" ', "sheets are selected"
    ),
    Defect(
        "lien trop long",
        LINKS,
        r'Target="[^"]*" TargetMode="External"',
        f'Target="https://{"x" * 2080}" TargetMode="External"',
        "a link is longer",
    ),
]


def injected(content: bytes, defect: Defect) -> bytes | None:
    """The file with the defect, or None where nothing of it can bear it."""
    output, done = io.BytesIO(), False
    with zipfile.ZipFile(io.BytesIO(content)) as source, zipfile.ZipFile(output, "w") as target:
        for name in source.namelist():
            part = source.read(name)
            if not done and re.fullmatch(defect.part, name):
                text = part.decode()
                changed = re.sub(defect.before, defect.after, text, count=1)
                part, done = changed.encode(), changed != text
            target.writestr(name, part)
    return output.getvalue() if done else None


def missed(files: Iterable[Path]) -> tuple[int, list[str]]:
    """How many kinds these files can bear, each tried on the first, and those that the lint does not tell."""
    contents = [file.read_bytes() for file in files]
    tried, untold = 0, []
    for defect in (*DEFECTS, *BESIDE):
        broken = next((b for content in contents if (b := injected(content, defect))), None)
        tried += broken is not None
        if broken and not any(defect.sentence in fault for fault in lint(broken)):
            untold.append(defect.kind)
    return tried, untold


if __name__ == "__main__":
    tried, untold = missed(map(Path, sys.argv[1:]))
    print(f"{tried} kinds of defects injected, {len(untold)} missed", *untold, sep="\n  ")
    sys.exit(bool(untold))
