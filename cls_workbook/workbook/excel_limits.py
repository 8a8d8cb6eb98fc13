"""What Excel refuses, cuts or silently repairs, said before a file is written. Knows no library."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from itertools import islice

from cls_workbook.workbook.description import (
    MAX_COLUMNS,
    MAX_ROWS,
    MAX_SHEET_NAME,
    PROMPT_MAX,
    TITLE_MAX,
    Cell,
    CellRange,
    ExcelTable,
    Formula,
    Sheet,
    Validation,
    WholeRows,
    Workbook,
    address,
)

FORMULA_MAX, FOOTER_MAX, LIST_MAX, WIDTH_MAX, MAX_HEIGHT = 8_192, 255, 255, 255, 409
_VALID_NAME = re.compile(r"[^\W\d][\w.]{0,254}")
# A name that reads as an address: AB12, R1C1 (and L1C1, its French form).
_LIKE_AN_ADDRESS = re.compile(r"[A-Za-z]{1,3}\d+|[RrLl]\d*[Cc]?\d*|[Cc]\d*")
# VBA: a letter, then letters, digits or underscores; 31 characters for a module. ASCII, whatever the code page.
_CODE_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,30}")
WORKBOOK_CODE_NAME = "ThisWorkbook"
_VALIDATION_TYPES = ("liste", "entier", "decimal", "montant", "date", "texte", "libre")
EXACT_INTEGER_MAX = 10**15  # beyond, Excel rounds
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_TARGETS = ("internal:", "external:", "mailto:", "https://", "http://")


def without_forbidden(texte: str) -> str:
    """The text with line ends as Excel has them, and every character that XML forbids shown as ``\\ufffd``."""
    return _FORBIDDEN.sub("\ufffd", texte.replace("\r\n", "\n").replace("\r", "\n"))


def unites(texte: str) -> int:
    """Length of a text as Excel counts it (UTF-16 units: an emoji counts for two)."""
    return len(texte) if texte.isascii() else len(texte.encode("utf-16-le", "surrogatepass")) // 2


def controler(workbook: Workbook) -> None:
    """ValueError, naming the place, at the first thing that Excel could not hold."""
    names = [sheet.nom for sheet in workbook.worksheets]
    _sheet_names(names)
    visible = [sheet.nom for sheet in workbook.worksheets if sheet.etat == "visible"]
    if not visible:
        raise ValueError("un classeur doit avoir au moins une feuille visible")
    if workbook.active_sheet is not None and workbook.active_sheet not in visible:
        raise ValueError(f"la feuille à ouvrir « {workbook.active_sheet} » n'existe pas ou est masquée")
    for nom, target in workbook.names.items():
        check_name(nom)
        if isinstance(target, Formula):
            _formula(target.texte, f"nom « {nom} »")
            continue
        place, cell_range = target
        if place not in names:
            raise ValueError(f"le nom « {nom} » désigne une feuille absente, « {place} »")
        _cell_range(cell_range, f"nom « {nom} »")
    _macros(workbook)
    _check_unique(list(workbook.names) + [t.nom for f in workbook.worksheets for t in f.sheet_tables], "nom")
    for sheet in workbook.worksheets:
        _sheet(sheet, names)


def _macros(workbook: Workbook) -> None:
    """A code name for each sheet, none twice; buttons only where there are macros, each calling one by its name."""
    codes = [sheet.code_name for sheet in workbook.worksheets]
    if workbook.macros is not None:
        _check_unique([WORKBOOK_CODE_NAME, *codes], "nom de code")
        codes += [button.macro for sheet in workbook.worksheets for button in sheet.buttons]
        for code in codes:
            if not _CODE_NAME.fullmatch(code):
                raise ValueError(f"« {code} » ne peut pas être un nom de module ou de macro")
    elif any(sheet.buttons for sheet in workbook.worksheets):
        raise ValueError("un bouton dans un classeur sans macro")


def check_name(nom: str) -> None:
    """ValueError unless Excel takes ``nom`` as the name of a range or a table."""
    if not _VALID_NAME.fullmatch(nom) or _LIKE_AN_ADDRESS.fullmatch(nom):
        raise ValueError(f"« {nom} » ne peut pas être un nom défini dans Excel")


def _sheet_names(names: list[str]) -> None:
    for nom in names:
        if not nom.strip() or unites(nom) > MAX_SHEET_NAME:
            raise ValueError(f"nom de feuille « {nom} » : 1 à {MAX_SHEET_NAME} caractères")
        if re.search(r"[:\\/?*\[\]\x00-\x1f]", nom) or nom.startswith("'") or nom.endswith("'"):
            raise ValueError(f"nom de feuille « {nom} » : un caractère n'est pas permis")
        if nom.casefold() == "history":
            raise ValueError("nom de feuille « History » : Excel se le réserve")
    _check_unique(names, "nom de feuille")


def _check_unique(names: list[str], what: str) -> None:
    seen: set[str] = set()
    for nom in names:
        if nom.casefold() in seen:
            raise ValueError(f"{what} « {nom} » donné deux fois")
        seen.add(nom.casefold())


def _cell_range(cell_range: CellRange, where: str) -> None:
    rows_ok = 1 <= cell_range.line <= cell_range.last_row <= MAX_ROWS
    if not rows_ok or not 1 <= cell_range.column <= cell_range.last_column <= MAX_COLUMNS:
        raise ValueError(f"{where} : la plage {tuple(cell_range)} n'existe pas dans Excel")


def _sheet(sheet: Sheet, names: list[str]) -> None:
    where = f"feuille « {sheet.nom} »"
    if sheet.etat not in ("visible", "masquee", "tres_masquee"):
        raise ValueError(f"{where} : état « {sheet.etat} » inconnu")
    if any(not 0 <= width <= WIDTH_MAX for width in sheet.widths.values()):
        raise ValueError(f"{where} : une largeur de colonne est hors de 0 à {WIDTH_MAX}")
    if any(not 0 <= height <= MAX_HEIGHT for height in sheet.heights.values()):
        raise ValueError(f"{where} : une hauteur de ligne est hors de 0 à {MAX_HEIGHT}")
    if unites(sheet.print_setup.left_footer) > FOOTER_MAX - 80:
        raise ValueError(f"{where} : pied de page trop long")
    _cells(sheet, where)
    for nom, cell_range in sheet.names.items():
        check_name(nom)
        _cell_range(cell_range, f"{where} : nom « {nom} »")
    _check_unique(list(sheet.names), f"{where} : nom")
    for validation in sheet.validations:
        _validation(validation, where)
    for rule in sheet.conditional_formats:
        _cell_range(rule.cell_range, where)
        _formula(rule.formula, where)
    for rank, sheet_table in enumerate(sheet.sheet_tables):
        _sheet_table(sheet_table, sheet, where)
        if any(_ranges_meet(sheet_table.cell_range, other.cell_range) for other in sheet.sheet_tables[:rank]):
            raise ValueError(f"{where} : le tableau « {sheet_table.nom} » en touche un autre")
    for chart in sheet.charts:
        for one_series in chart.series:
            for cible, cell_range in (one_series.categories, one_series.values):
                if cible not in names:
                    raise ValueError(f"{where} : un graphique montre une feuille absente, « {cible} »")
                _cell_range(cell_range, where)


def _cells(sheet: Sheet, where: str) -> None:
    """Merges that overlap or hide a value; a value written over another. What a cell holds is looked at as it is
    written."""
    covered: set[tuple[int, int]] = set()
    for cell_range in sheet.merges:
        _cell_range(cell_range, where)
        if cell_range[:2] == cell_range[2:]:
            raise ValueError(f"{where} : {cell_range.a1()} est une cellule seule, elle ne se fusionne pas")
        places = set(cell_range.places())
        if not places.isdisjoint(covered):
            raise ValueError(f"{where} : la fusion {cell_range.a1()} en recouvre une autre")
        covered |= places
    covered -= {cell_range[:2] for cell_range in sheet.merges}
    # The cells of whole rows are each at a place of their own: looking would make them all.
    if not covered and isinstance(sheet.cells, WholeRows):
        return
    filled = [cell[:2] for cell in sheet.cells if cell[2] is not None]
    if not covered.isdisjoint(filled):
        hidden = next(place for place in filled if place in covered)
        raise ValueError(f"{where} : {address(*hidden)} a une valeur cachée par une fusion")
    # The cells of a table come from one frame, each once.
    if not sheet.sheet_tables and len(set(filled)) < len(filled):
        (place, _), *_ = Counter(filled).most_common(1)
        raise ValueError(f"{where} : {address(*place)} est écrite deux fois")


def check_formula(texte: str) -> None:
    """ValueError unless a cell, or a conditional format, can hold this formula."""
    if not texte or texte.startswith("=") or len(texte) > FORMULA_MAX // 2 and unites(texte) > FORMULA_MAX:
        raise ValueError(f"formule vide, trop longue ou commençant par « = » : {texte[:60]}")


def check_link(cible: str) -> None:
    """ValueError if a link leads where Excel knows no way."""
    if not cible.startswith(_TARGETS):
        raise ValueError(f"lien de nature inconnue « {cible} »")


def _formula(texte: str, where: str) -> None:
    try:
        check_formula(texte)
    except ValueError as fault:
        raise ValueError(f"{where} : {fault}") from fault


def _validation(validation: Validation, where: str) -> None:
    if not validation.cell_ranges:
        raise ValueError(f"{where} : une validation sans plage")
    for cell_range in validation.cell_ranges:
        _cell_range(cell_range, where)
    where = f"{where}, validation de {validation.cell_ranges[0].a1()}"
    if validation.type not in _VALIDATION_TYPES:
        raise ValueError(f"{where} : type « {validation.type} » inconnu")
    titles, messages = (validation.titre, validation.error_title), (validation.prompt, validation.error)
    for texte, limite in (*((t, TITLE_MAX) for t in titles), *((m, PROMPT_MAX) for m in messages)):
        if len(texte) > limite // 2 and unites(texte) > limite:
            raise ValueError(f"{where} : {unites(texte)} caractères pour {limite} au plus : « {texte} »")
    if validation.type == "liste":
        _source(validation.source, where)


def _source(source: str | tuple[str, ...] | None, where: str) -> None:
    """A list's choices: a formula, or texts short enough and without the comma that parts them."""
    if not source:
        raise ValueError(f"{where} : une liste sans choix")
    if isinstance(source, str):
        if not source.startswith("=") or source.startswith("=="):
            raise ValueError(f"{where} : la source d'une liste est une formule, « = » compris")
    elif unites(",".join(source)) > LIST_MAX or any("," in choix or '"' in choix for choix in source):
        raise ValueError(f"{where} : liste de plus de {LIST_MAX} caractères ou contenant une virgule ou un guillemet")


def _sheet_table(sheet_table: ExcelTable, sheet: Sheet, where: str) -> None:
    """Headers of a table: one a column, all different, equal to the cells of its first row; no merge inside."""
    where = f"{where}, tableau « {sheet_table.nom} »"
    check_name(sheet_table.nom)
    _cell_range(sheet_table.cell_range, where)
    line, column, last_row, last_column = sheet_table.cell_range
    if len(sheet_table.columns) != last_column - column + 1:
        raise ValueError(f"{where} : {len(sheet_table.columns)} en-têtes pour {last_column - column + 1} colonnes")
    if any(not nom or "\n" in nom or "\r" in nom or unites(nom) > 255 for nom in sheet_table.columns):
        raise ValueError(f"{where} : un en-tête est vide, trop long ou sur deux lignes")
    _check_unique(list(sheet_table.columns), f"{where} : en-tête")
    cells: Iterable[Cell] = sheet.cells
    if isinstance(cells, WholeRows):
        cells = islice(cells, line * cells.width)  # and no row more: it would have to be made
    written = {c.column: c.valeur for c in cells if c.line == line}
    for i, nom in enumerate(sheet_table.columns):
        if written.get(column + i, nom) != nom:
            raise ValueError(f"{where} : l'en-tête {address(line, column + i)} devrait être « {nom} »")
    for merge in sheet.merges:
        if _ranges_meet(sheet_table.cell_range, merge):
            raise ValueError(f"{where} : la fusion {merge.a1()} le touche")


def _ranges_meet(sheet_table: CellRange, other: CellRange) -> bool:
    """Whether a range meets a table; a table has a second row even when empty."""
    lines = other.line <= max(sheet_table.last_row, sheet_table.line + 1) and sheet_table.line <= other.last_row
    return lines and other.column <= sheet_table.last_column and sheet_table.column <= other.last_column
