"""A filled workbook (.xlsx, .ods) → its sheets as rows of cells, found by their keys and headers wherever they
moved.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from os import PathLike
from pathlib import Path

from cls_workbook.definition.asked.all_sections import CONTRAT, NOYAU
from cls_workbook.definition.asked.sections import ColumnBox, Described, Section
from cls_workbook.definition.authoring.authoring_guide import HELP_SHEET, VERIFICATION
from cls_workbook.definition.authoring.section_sheets import ANCHOR_TITLES, CHOICES, INSTRUCTIONS_SHEET, MARK
from cls_workbook.definition.importing.import_finding import AuthoredPlace, ImportFinding
from cls_workbook.definition.toml_objects import DESCRIBED
from cls_workbook.errors import Refusal, system_reason
from cls_workbook.french import fold, quoted_list, typography
from cls_workbook.reading.cells.parse_values import is_blank
from cls_workbook.reading.opening.grids import Grid
from cls_workbook.reading.opening.returned_workbook import open_workbook
from cls_workbook.workbook.description import address

OUR_SHEETS = {fold(n) for n in (INSTRUCTIONS_SHEET, HELP_SHEET, VERIFICATION, CHOICES)}
RESEMBLANCE = 0.6  # share of the headers that makes a row the headers of a sheet that has lost its keys
COMPUTED_TITLES = {fold(t) for t in ANCHOR_TITLES.values()}
CELL_IN_ERROR = object()  # what a cell in error holds


@dataclass
class RawTable:
    """``columns``: key of a column → its rank, from 0; ``lines``: (row, from 0; key → raw value), blank rows left out;
    ``places``, of the form: key → row and column of its answer. ``sheet`` is "" where none was found."""

    section: Section
    sheet: str = ""
    order: int = 0
    header: int = 0
    columns: dict[str, int] = field(default_factory=dict)
    lines: list[tuple[int, dict[str, object]]] = field(default_factory=list)
    places: dict[str, tuple[int, int]] = field(default_factory=dict)

    def location(self, line: int, cle: str) -> AuthoredPlace:
        """The cell of a column in a row; the row itself where the column is gone."""
        titre = next((c.titre for c in self.section.boxes if c.cle == cle), "")
        if self.section.form:
            return self.cell(*self.places.get(cle, (line, 0)), titre)
        return self.cell(line, self.columns.get(cle, min(self.columns.values(), default=0)), titre)

    def cell(self, line: int, column: int, titre: str = "") -> AuthoredPlace:
        place = address(line + 1, column + 1)
        return AuthoredPlace((self.order, line, column), self.sheet or self.section.sheet, place, titre)

    @property
    def entire(self) -> AuthoredPlace:
        return AuthoredPlace((self.order, -1, 0), self.sheet or self.section.sheet)


@dataclass
class DescriptionWorkbook:
    """``faults``: what must be mended, found so far; ``notices``: what was not read."""

    described: Described = CONTRAT
    tables: dict[str, RawTable] = field(init=False)
    faults: list[ImportFinding] = field(default_factory=list)
    notices: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.tables = {section.nom: RawTable(section) for section in self.described.sections}

    def add_fault(self, location: AuthoredPlace, message: str, remedy: str) -> None:
        self.faults.append(ImportFinding(location, message, remedy))

    def add_notice(self, sheet: str, message: str) -> None:
        self.notices.append(typography(f"feuille « {sheet} » : {message} du modèle, elle n’a pas été lue."))


def open_up(path: str | PathLike[str], described: Described = CONTRAT) -> DescriptionWorkbook:
    """Refusal if the file cannot be read, or is no description of a contract (of a noyau)."""
    try:
        workbook_file = open_workbook(Path(path).read_bytes())
    except OSError as error:
        raise Refusal(f"Le classeur « {path} » ne peut pas être lu ({system_reason(error)}).") from error
    except Refusal as refusal:
        details = [
            d.replace("puis renvoyez-le", "puis recommencez").replace(
                "Renvoyez le classeur d’origine, rempli,", "Reprenez le classeur d’origine,"
            )
            for d in refusal.details
        ]
        raise Refusal(f"Le classeur « {path} » ne peut pas être lu. {refusal}", details) from refusal
    workbook, command = DescriptionWorkbook(described), f"{described.nom} modele"
    for order, grid in enumerate(workbook_file.grids(except_for=CHOICES)):
        _read_sheet(workbook, order, grid)
    if not any(t.sheet for t in workbook.tables.values()):
        message = f"n’est pas un classeur de description : fabriquez-en un avec « {command} », et remplissez-le."
        raise Refusal(typography(f"« {path} » {message}"))
    form = workbook.tables[described.nom]
    if not form.sheet:
        for other in (CONTRAT, NOYAU):
            if other is not described and any(_is_form_of(other, g) for g in workbook_file.grids(except_for=CHOICES)):
                words = f"décrit {DESCRIBED[other.nom]}, non {DESCRIBED[described.nom]}"
                raise Refusal(typography(f"« {path} » {words} : importez-le par « {other.nom} importer »."))
        remedy = f"reprenez le classeur d’origine, ou fabriquez-en un avec « {command} »."
        workbook.add_fault(form.entire, "cette feuille est introuvable.", remedy)
    return workbook


def _is_form_of(described: Described, grid: Grid) -> bool:
    match = _locate(grid.nom, grid.lines, described)
    return match is not None and match[0].form


def _read_sheet(workbook: DescriptionWorkbook, order: int, grid: Grid) -> None:
    nom, lines = grid.nom, grid.lines
    match = _locate(nom, lines, workbook.described)
    if match is None:
        is_filled = any(not is_blank(v) for line in lines for v in line)
        if is_filled and fold(nom) not in OUR_SHEETS and not any(_is_key(v) for line in lines for v in line):
            workbook.add_notice(nom, "elle n’est pas")
        return
    section, header = match
    table = workbook.tables[section.nom]
    if table.sheet:
        location = AuthoredPlace((order, -1, 0), nom)
        workbook.add_fault(location, f"elle double la feuille « {table.sheet} ».", "supprimez l’une des deux.")
        return
    table.sheet, table.order, table.header = nom, order, header
    if section.form:
        _read_form(workbook, table, grid)
    else:
        _find_columns(workbook, table, grid.lines)
        _read_rows(workbook, table, grid)


def _is_key(printed: object) -> bool:
    return isinstance(printed, str) and printed.startswith(MARK)


# --- A sheet of rows ------------------------------------------------------------------------------------------------


def _read_rows(workbook: DescriptionWorkbook, table: RawTable, grid: Grid) -> None:
    for i in range(table.header + 1, len(grid.lines)):
        raw_values = {cle: v for cle, j in table.columns.items() if not is_blank(v := _value(grid, i, j))}
        if raw_values:
            table.lines.append((i, raw_values))
            _tell_cells_in_error(workbook, table, i, raw_values)
    for box in table.section.boxes:
        if table.lines and box.cle not in table.columns and box.required:
            location, message = table.cell(table.header, 0), f"la colonne « {box.titre} » est introuvable."
            workbook.add_fault(location, message, "rétablissez son titre dans la ligne d’en-têtes.")


def _tell_cells_in_error(
    workbook: DescriptionWorkbook, table: RawTable, line: int, raw_values: dict[str, object]
) -> None:
    for cle, raw in raw_values.items():
        if raw is CELL_IN_ERROR:
            message = "cette formule est en erreur, ou n’a jamais été calculée."
            workbook.add_fault(table.location(line, cle), message, "remplacez-la par sa valeur.")


def _value(grid: Grid, line: int, column: int) -> object:
    raw = _cell(grid.lines, line, column)
    special = grid.special_cells.get((line, column))
    if special and (special.error or (special.formula is not None and is_blank(raw))):
        return CELL_IN_ERROR if special.error else ""
    return raw


def _find_columns(workbook: DescriptionWorkbook, table: RawTable, lines: list[list[object]]) -> None:
    """Each column by its header, else by its hidden key; what is neither is the coordinator's own."""
    header, columns = table.header, table.columns
    titles = {fold(c.titre): c for c in table.section.boxes}
    keys = _column_keys(lines, header, table.section)
    by_titles = {titles[p].cle for v in lines[header] if (p := _title(v)) in titles}
    for j, printed in enumerate(lines[header]):
        texte = _title(printed) if isinstance(printed, str) and not _is_key(printed) else ""
        by_title, by_key = titles.get(texte), keys.get(j)
        box = by_title or by_key
        if box is None:
            is_filled = any(not is_blank(_cell(lines, i, j)) for i in range(header + 1, len(lines)))
            if texte and texte not in COMPUTED_TITLES and is_filled:
                workbook.add_notice(table.sheet, f"la colonne « {printed} » n’est pas")
        elif box.cle in columns:
            message = f"cette colonne est là deux fois (aussi en {address(header + 1, columns[box.cle] + 1)})."
            workbook.add_fault(table.cell(header, j, box.titre), message, "gardez-en une seule.")
        elif by_title and by_key and by_title.cle != by_key.cle and by_key.cle not in by_titles:
            message = f"cette colonne était celle de « {by_key.titre} »."
            remedy = "rétablissez son titre, ou déplacez la colonne entière."
            workbook.add_fault(table.cell(header, j, by_title.titre), message, remedy)
        else:
            columns[box.cle] = j


# --- The form -------------------------------------------------------------------------------------------------------


def _read_form(workbook: DescriptionWorkbook, table: RawTable, grid: Grid) -> None:
    for box in table.section.boxes:
        if (place := _question(grid.lines, box)) is not None:
            table.places[box.cle] = place
    raw_values = {cle: raw for cle, place in table.places.items() if not is_blank(raw := _value(grid, *place))}
    _tell_cells_in_error(workbook, table, 0, raw_values)
    lost = [c.titre for c in table.section.boxes if c.cle not in table.places]
    if lost:
        remedy = "rétablissez leur libellé, ou reprenez la feuille d’origine."
        workbook.add_fault(table.entire, f"questions introuvables : {quoted_list(lost)}.", remedy)
    table.lines.append((0, raw_values))


# --- Where things stand ---------------------------------------------------------------------------------------------


def _locate(nom: str, lines: list[list[object]], described: Described) -> tuple[Section, int] | None:
    """The section of a sheet and its row of headers (0 for the form): by its key, else by its headers."""
    keys = [(i, str(v).removeprefix(MARK)) for i, line in enumerate(lines) for v in line if _is_key(v)]
    for i, cle in keys:  # the first one: below the headers, a text may only look like a key
        for section in described.sections:
            if cle == section.nom or (section.form and cle.startswith(f"{section.nom}.")):
                return section, 0 if section.form else i
    return None if fold(nom) in OUR_SHEETS else _by_titles(nom, lines, described)


def _by_titles(nom: str, lines: list[list[object]], described: Described) -> tuple[Section, int] | None:
    """The section whose headers a sheet without keys bears: that of its name, else the one of most of them."""
    printed = [{_title(v) for v in line if isinstance(v, str)} for line in lines]
    resembling: list[tuple[tuple[bool, int], Section, int]] = []
    for section in described.sections:
        titles = {fold(c.titre) for c in section.boxes}
        headers = [set().union(*printed)] if section.form else printed
        in_common = [(len(titles & line), i) for i, line in enumerate(headers)]
        count, rank = max(in_common, key=lambda c: (c[0], -c[1]), default=(0, 0))
        if count >= RESEMBLANCE * len(titles):
            resembling.append(((fold(nom) == fold(section.sheet), count), section, rank))
    return max(resembling, key=lambda c: c[0])[1:] if resembling else None


def _title(printed: object) -> str:
    """A header as it is compared: without its star."""
    return fold(str(printed).replace("*", ""))


def _column_keys(lines: list[list[object]], header: int, section: Section) -> dict[int, ColumnBox]:
    """Rank of a column → what its hidden key, above the headers, says that it is."""
    boxes = {f"{MARK}{c.cle}": c for c in section.boxes}
    return {j: boxes[v] for line in lines[:header] for j, v in enumerate(line) if isinstance(v, str) and v in boxes}


def _question(lines: list[list[object]], box: ColumnBox) -> tuple[int, int] | None:
    """Row and column of an answer: at the right of its label; else two columns after its key."""
    titre, cle = fold(box.titre), f"{MARK}{box.cle}"
    by_key = next(((i, j) for i, line in enumerate(lines) for j, v in enumerate(line) if v == cle), None)
    for i, line in enumerate(lines):
        if by_key is not None and i != by_key[0]:
            continue
        for j, v in enumerate(line):
            if isinstance(v, str) and _title(v) == titre:
                return i, j + 1
    return (by_key[0], by_key[1] + 2) if by_key else None


def _cell(lines: list[list[object]], line: int, column: int) -> object:
    row = lines[line] if line < len(lines) else []
    return row[column] if column < len(row) else ""
