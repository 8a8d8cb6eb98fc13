"""A filled workbook (.xlsx, .ods) → its sheets as rows of cells, found by their keys and headers wherever they
moved.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from os import PathLike
from pathlib import Path

from cls_workbook.definition.asked.all_sections import SECTIONS
from cls_workbook.definition.asked.sections import ColumnBox, Section
from cls_workbook.definition.authoring.authoring_guide import HELP_SHEET, VERIFICATION
from cls_workbook.definition.authoring.section_sheets import ANCHOR_TITLES, CHOICES, INSTRUCTIONS_SHEET, MARK
from cls_workbook.definition.importing.import_finding import AuthoredPlace, ImportFinding
from cls_workbook.errors import Refusal
from cls_workbook.french import fold, quoted_list, typography
from cls_workbook.reading.cells.parse_values import is_blank
from cls_workbook.reading.opening import returned_workbook as reader
from cls_workbook.workbook.description import address

OUR_SHEETS = {fold(n) for n in (INSTRUCTIONS_SHEET, HELP_SHEET, VERIFICATION, CHOICES)}
RESEMBLANCE = 0.6  # share of the headers that makes a row the headers of a sheet that has lost its keys
CELL_IN_ERROR = object()  # what a cell in error holds


@dataclass
class RawTable:
    """``columns``: key of a column → its rank, from 0. ``lines``: (row, from 0; key → raw value), blank rows left
    out.
    """

    section: Section
    sheet: str = ""
    order: int = 0
    header: int = 0
    columns: dict[str, int] = field(default_factory=dict)
    lines: list[tuple[int, dict[str, object]]] = field(default_factory=list)
    places: dict[str, tuple[int, int]] = field(default_factory=dict)  # of the form: key → row and column of its answer

    def location(self, line: int, cle: str) -> AuthoredPlace:
        """The cell of a column in a row; the row itself where the column is gone."""
        box = next((c for c in self.section.boxes if c.cle == cle), None)
        if self.section.form and cle in self.places:
            line, column = self.places[cle]
        else:
            column = self.columns.get(cle, min(self.columns.values(), default=0))
        return AuthoredPlace(
            (self.order, line, column),
            self.sheet or self.section.sheet,
            address(line + 1, column + 1),
            box.titre if box else "",
        )

    @property
    def entire(self) -> AuthoredPlace:
        return AuthoredPlace((self.order, -1, 0), self.sheet or self.section.sheet)


@dataclass
class DescriptionWorkbook:
    tables: dict[str, RawTable]
    faults: list[ImportFinding]
    notices: list[str]


def open_up(path: str | PathLike[str]) -> DescriptionWorkbook:
    """Refusal if the file cannot be read, or is no description of a contract."""
    try:
        workbook = reader.open_workbook(Path(path).read_bytes())
    except OSError as error:
        raise Refusal(f"Le classeur « {path} » ne peut pas être lu ({error.strerror or error}).") from error
    except Refusal as refusal:
        details = [
            d.replace("puis renvoyez-le", "puis recommencez").replace(
                "Renvoyez le classeur d’origine, rempli,", "Reprenez le classeur d’origine,"
            )
            for d in refusal.details
        ]
        raise Refusal(f"Le classeur « {path} » ne peut pas être lu. {refusal}", details) from refusal
    reading = _DescriptionReading(workbook)
    if not any(t.sheet for t in reading.workbook.tables.values()):
        raise Refusal(
            typography(
                f"« {path} » n’est pas un classeur de description : fabriquez-en un avec « contrat modele », et "
                "remplissez-le."
            )
        )
    return reading.workbook


class _DescriptionReading:
    def __init__(self, workbook: reader.WorkbookFile):
        self.workbook = DescriptionWorkbook({r.nom: RawTable(r) for r in SECTIONS}, [], [])
        for order, grid in enumerate(workbook.grids(except_for=CHOICES)):
            self._sheet(order, grid)
        for table in self.workbook.tables.values():
            if not table.sheet and table.section.form:
                self._add_fault(
                    table.entire,
                    "cette feuille est introuvable.",
                    "reprenez le classeur d’origine, ou fabriquez-en un avec « contrat modele ».",
                )

    def _add_fault(self, location: AuthoredPlace, message: str, remedy: str) -> None:
        self.workbook.faults.append(ImportFinding(location, message, remedy))

    def _sheet(self, order: int, grid: reader.Grid) -> None:
        nom, lines = grid.nom, grid.lines
        match = _locate(nom, lines)
        if match is None:
            filled = sum(1 for line in lines for v in line if not is_blank(v))
            if (
                filled
                and fold(nom) not in OUR_SHEETS
                and not any(isinstance(v, str) and v.startswith(MARK) for line in lines for v in line)
            ):
                self.workbook.notices.append(
                    typography(f"feuille « {nom} » : elle n’est pas du modèle, elle n’a pas été lue.")
                )
            return
        section, header = match
        table = self.workbook.tables[section.nom]
        if table.sheet:
            location = AuthoredPlace((order, -1, 0), nom)
            self._add_fault(location, f"elle double la feuille « {table.sheet} ».", "supprimez l’une des deux.")
            return
        table.sheet, table.order, table.header = nom, order, header
        (self._form if section.form else self._table)(table, grid)

    # --- a sheet of rows ---

    def _table(self, table: RawTable, grid: reader.Grid) -> None:
        self._columns(table, grid.lines)
        for i in range(table.header + 1, len(grid.lines)):
            raw_values = {cle: v for cle, j in table.columns.items() if not is_blank(v := self._value(grid, i, j))}
            if raw_values:
                table.lines.append((i, raw_values))
                for cle in [c for c, v in raw_values.items() if v is CELL_IN_ERROR]:
                    self._add_fault(
                        table.location(i, cle),
                        "cette formule est en erreur, ou n’a jamais été calculée.",
                        "remplacez-la par sa valeur.",
                    )
        for box in table.section.boxes:
            if (
                table.lines
                and box.cle not in table.columns
                and table.section.obligatoire(box.column)
                and box.rank <= 1
                and not box.cle.endswith(".suite")
            ):
                location = AuthoredPlace((table.order, table.header, 0), table.sheet, address(table.header + 1, 1))
                self._add_fault(
                    location,
                    f"la colonne « {box.titre} » est introuvable.",
                    "rétablissez son titre dans la ligne d’en-têtes.",
                )

    def _value(self, grid: reader.Grid, line: int, column: int) -> object:
        raw = _cell(grid.lines, line, column)
        special = grid.special_cells.get((line, column))
        if special and (special.error or (special.formula is not None and is_blank(raw))):
            return CELL_IN_ERROR if special.error else ""
        return raw

    def _columns(self, table: RawTable, lines: list[list[object]]) -> None:
        """Each column by its header, else by its hidden key; what is neither is the coordinator's own."""
        titles = {fold(c.titre): c for c in table.section.boxes}
        computed = {fold(t) for t in ANCHOR_TITLES.values()}
        keys = _column_keys(lines, table.header, table.section)
        for j, printed in enumerate(lines[table.header]):
            texte = _title(printed) if isinstance(printed, str) and not printed.startswith(MARK) else ""
            by_title, by_key = titles.get(texte), keys.get(j)
            box = by_title or by_key
            if box is None:
                if (
                    texte
                    and texte not in computed
                    and any(not is_blank(_cell(lines, i, j)) for i in range(table.header + 1, len(lines)))
                ):
                    self.workbook.notices.append(
                        typography(
                            f"feuille « {table.sheet} » : la colonne « {printed} » n’est pas du modèle, elle n’a pas "
                            "été lue."
                        )
                    )
            elif box.cle in table.columns:
                location = AuthoredPlace(
                    (table.order, table.header, j), table.sheet, address(table.header + 1, j + 1), box.titre
                )
                self._add_fault(
                    location,
                    "cette colonne est là deux fois (aussi en "
                    f"{address(table.header + 1, table.columns[box.cle] + 1)}).",
                    "gardez-en une seule.",
                )
            elif (
                by_title
                and by_key
                and by_title.cle != by_key.cle
                and by_key.cle not in {titles[p].cle for v in lines[table.header] if (p := _title(v)) in titles}
            ):
                location = AuthoredPlace(
                    (table.order, table.header, j), table.sheet, address(table.header + 1, j + 1), by_title.titre
                )
                self._add_fault(
                    location,
                    f"cette colonne était celle de « {by_key.titre} ».",
                    "rétablissez son titre, ou déplacez la colonne entière.",
                )
            else:
                table.columns[box.cle] = j

    # --- the form ---

    def _form(self, table: RawTable, grid: reader.Grid) -> None:
        raw_values: dict[str, object] = {}
        for box in table.section.boxes:
            place = _question(grid.lines, box)
            if place is None:
                continue
            table.places[box.cle] = place
            raw = self._value(grid, *place)
            if raw is CELL_IN_ERROR:
                self._add_fault(
                    table.location(place[0], box.cle),
                    "cette formule est en erreur, ou n’a jamais été calculée.",
                    "remplacez-la par sa valeur.",
                )
            if not is_blank(raw):
                raw_values[box.cle] = raw
        lost = [c.titre for c in table.section.boxes if c.cle not in table.places]
        if lost:
            self._add_fault(
                table.entire,
                f"questions introuvables : {quoted_list(lost)}.",
                "rétablissez leur libellé, ou reprenez la feuille d’origine.",
            )
        table.lines.append((0, raw_values))


def _locate(nom: str, lines: list[list[object]]) -> tuple[Section, int] | None:
    """The rubrique of a sheet and its row of headers (0 for the form): by its key, else by its headers."""
    keys = [
        (i, v[len(MARK) :]) for i, line in enumerate(lines) for v in line if isinstance(v, str) and v.startswith(MARK)
    ]
    for i, cle in keys:  # the first one: below the headers, a text may only look like a key
        for section in SECTIONS:
            if cle == section.nom or (section.form and cle.startswith(f"{section.nom}.")):
                return section, 0 if section.form else i
    return None if fold(nom) in OUR_SHEETS else _by_titles(nom, lines)


def _by_titles(nom: str, lines: list[list[object]]) -> tuple[Section, int] | None:
    """The rubrique whose headers a sheet without keys bears: that of its name, else the one that most of them are
    of.
    """
    printed = [{_title(v) for v in line if isinstance(v, str)} for line in lines]
    candidats: list[tuple[tuple[bool, int], Section, int]] = []
    for section in SECTIONS:
        titles = {fold(c.titre) for c in section.boxes}
        candidates = [set().union(*printed)] if section.form else printed
        in_common = [(len(titles & line), i) for i, line in enumerate(candidates)]
        nombre, rank = max(in_common, key=lambda c: (c[0], -c[1]), default=(0, 0))
        if nombre >= RESEMBLANCE * len(titles):
            candidats.append(((fold(nom) == fold(section.sheet), nombre), section, rank))
    if not candidats:
        return None
    _, section, rank = max(candidats, key=lambda c: c[0])
    return section, rank


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
