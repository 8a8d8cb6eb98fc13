"""Where each question stands: contract → sheets, keyed rows, places of the inputs.

Pure: knows Excel's grid but no library. A ``Page`` draws one sheet and notes, while it draws, what a
reader needs to find every input again: a hidden key per row (column A), the printed labels that must
agree with it, and what locked cells held when the sheet left.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from functools import lru_cache
from typing import NamedTuple

from cls_workbook.domain.carried_over import SEPARATOR
from cls_workbook.domain.questions import Champ
from cls_workbook.french import typography
from cls_workbook.workbook import text_width
from cls_workbook.workbook.description import (
    PROMPT_MAX,
    TITLE_MAX,
    Cell,
    CellRange,
    ConditionalFormat,
    Formula,
    Link,
    Sheet,
    Validation,
    address,
    letter,
)
from cls_workbook.workbook.excel_limits import unites

TEMPLATE_VERSION = 1
FICHE_SEPARATOR = " / "  # a fiche number may hold spaces; a sheet name, no slash
MARK = "§"  # first character of every key, so that a key is known wherever it was moved
LISTS_SHEET, IDENTITY_SHEET = "Listes", "_identification"
KEY_COLUMN, LABEL_COLUMN, MEMORY = 1, 3, 13  # keys in column A, labels in C; in M, what was taken up from last year
FILLED, TO_FILL, TO_CORRECT = "rempli", "à remplir", "à corriger"
MAX_HEIGHT = 400.0  # points; Excel stops at 409


class InputPlace(NamedTuple):
    """One input cell: what is asked, and where. ``label`` is the printed text that must agree: the header of its column
    (``anchor_cell`` « entete ») or the label in the cell at its left (« gauche »)."""

    cle: str
    fiche: str
    bloc: str
    mesure: str
    champ: str
    line: str
    libelle: str
    type: str
    aide: str
    sheet: str
    row: int
    column: int
    label: str
    anchor_cell: str
    unite: str | None = None
    choix: tuple[str, ...] = ()
    strict: bool = True
    minimum: Decimal | None = None
    maximum: Decimal | None = None
    length: int | None = None
    obligatoire: bool = False
    modalite: str = ""

    @property
    def cell(self) -> str:
        return address(self.row, self.column)


@dataclass(frozen=True, slots=True)
class RowQuestion:
    """A question as one row asks it. ``champ``: with its type, choices, unit and bounds of here; ``label``: the printed
    text that must agree; ``cle``: where the row's key does not make it; ``subject``: what the label is said of."""

    champ: Champ
    bloc: str
    label: str
    line: str = ""
    mesure: str = ""
    modalite: str = ""
    subject: str = ""
    cle: str = ""
    anchor_cell: str = "entete"


@dataclass(slots=True)
class KeyedRow:
    """A row that bears a key. ``role``: saisie, entete (header of a table), fin (its last row), repere (facts)."""

    cle: str
    numero: int
    role: str
    label: str = ""  # printed label in ``label_column`` that must agree; "" where the row has none
    label_column: int = LABEL_COLUMN
    input_places: list[InputPlace] = field(default_factory=list)
    anchors: dict[int, object] = field(default_factory=dict)  # column → locked value
    calculations: set[int] = field(default_factory=set)  # columns that hold a formula
    reminder: int = 0  # column of a locked value that the contract alone does not tell


@dataclass(slots=True)
class SheetPlan:
    """One sheet as planned. ``extensible``: prefixes of the tables in which a partner may insert rows."""

    sheet: Sheet
    fiche: str
    rows: dict[str, KeyedRow] = field(default_factory=dict)
    extensible: set[str] = field(default_factory=set)


def drawn_cells(sheet: Sheet) -> list[Cell]:
    """The cells of a sheet that is drawn cell by cell."""
    assert isinstance(sheet.cells, list), sheet.nom  # whole rows are for tables of results
    return sheet.cells


class FormPage:
    """Draws one sheet from top to bottom. ``listes``: list name → formula of its range."""

    def __init__(self, plan: SheetPlan, listes: dict[str, str], choix: dict[str, tuple[str, ...]], annee: int):
        self.plan, self.sheet, self.fiche = plan, plan.sheet, plan.fiche
        self.cells = drawn_cells(plan.sheet)
        self.listes, self.choix, self.annee = listes, choix, annee
        self.line, self.least = 1, 0.0  # the row that is drawn, and the points that what it already says takes
        self.etats: list[bool] = []  # one per required row: is it filled when the workbook leaves?
        self.groups: list[int] = []  # first rows of what prints together
        self.titled: dict[int, tuple[str, int]] = {}  # first row of a table or a form → its title, its last column
        self._validations: dict[tuple[object, ...], Validation] = {}
        self.carried_over: Mapping[str, object] = {}  # key of an input → last year's answer
        self.taken_up: dict[str, object] = {}  # those that were taken up
        self._memories: dict[int, int] = {}  # row → rank of the cell that remembers it
        self.sources: dict[str, str] = {}  # key of an input → the range that it is chosen from
        self.nothing = ""  # address of the cell that says that a fiche has nothing to declare
        self.options = 0  # first column of what is optional in the table of what was counted
        self.name_rank = 0  # rank of the cell that says which structure answers
        self.printed_facts: dict[str, object] = {}  # key of a row → the locked value that only this workbook tells

    # --- cells ---

    def texte(self, column: int, valeur: object, style: str) -> None:
        self.cells.append(Cell(self.line, column, valeur, style))

    def fill(self, columns: range, style: str) -> None:
        line = self.line
        self.cells += [Cell(line, column, None, style) for column in columns]

    def merge(self, start: int, end: int, valeur: object, style: str) -> None:
        self.texte(start, valeur, style)
        self.fill(range(start + 1, end + 1), style)
        if end > start:
            self.sheet.merges.append(CellRange(self.line, start, self.line, end))

    def next_row(self, height: float | None = None) -> None:
        if height:
            self.sheet.heights[self.line] = max(height, self.least)
        self.line, self.least = self.line + 1, 0.0

    # --- keyed rows ---

    def row(self, cle: str, role: str = "saisie", label: str = "") -> KeyedRow:
        """Starts a keyed row on the current line: the key goes into the hidden column."""
        row = KeyedRow(cle, self.line, role, label)
        self.plan.rows[cle] = row
        self.texte(KEY_COLUMN, MARK + cle, "cle")
        return row

    def anchor(self, row: KeyedRow, column: int, valeur: object, style: str) -> None:
        """A locked fact; a reader compares it on return."""
        self.texte(column, valeur, style)
        if valeur is not None and not isinstance(valeur, (Formula, Link)):
            row.anchors[column] = valeur
        elif isinstance(valeur, Formula):
            row.calculations.add(column)

    def reminder(self, row: KeyedRow, column: int, valeur: object, style: str) -> None:
        """A locked value that the campaign tells, not the contract: the workbook itself keeps what it was."""
        self.texte(column, valeur, style)
        row.reminder = column
        if valeur is not None:
            self.printed_facts[row.cle] = valeur

    def computation(self, row: KeyedRow, column: int, formula: str, valeur: object, style: str) -> None:
        self.texte(column, Formula(formula, valeur), style)
        row.calculations.add(column)

    def typed(
        self, row: KeyedRow, column: int, asked: RowQuestion, *, valeur: object = None, up_to: int | None = None
    ) -> None:
        """An input cell at the current row, as wide as the columns up to ``up_to``."""
        champ, choix = asked.champ, self.choix.get(asked.champ.choix or "", ())
        if champ.type == "liste" and not choix:
            champ = replace(champ, type="texte", choix=None)  # the contract has nothing to choose from
        place = self._place(row, column, asked, champ, choix)
        row.input_places.append(place)
        self.sources[place.cle] = self.listes.get(champ.choix or "", "").removeprefix("=")
        if champ.carried_over and valeur is None:
            valeur = self._take_up(place)
        self._draw_input(place, valeur, up_to)
        self._validate(place, champ.choix)

    def _place(
        self, row: KeyedRow, column: int, asked: RowQuestion, champ: Champ, choix: tuple[str, ...]
    ) -> InputPlace:
        return InputPlace(
            cle=asked.cle or f"{row.cle}/{champ.nom}",
            fiche=self.fiche,
            bloc=asked.bloc,
            mesure=asked.mesure,
            champ=champ.nom,
            line=asked.line,
            libelle=f"{asked.subject} — {asked.label}" if asked.subject else asked.label,
            type=champ.type,
            aide=champ.aide,
            sheet=self.sheet.nom,
            row=self.line,
            column=column,
            label=asked.label,
            anchor_cell=asked.anchor_cell,
            unite=champ.unite,
            choix=choix,
            strict=champ.strict,
            minimum=champ.minimum,
            maximum=champ.maximum,
            length=champ.length,
            obligatoire=champ.obligatoire,
            modalite=asked.modalite,
        )

    def _draw_input(self, place: InputPlace, valeur: object, up_to: int | None) -> None:
        style = ("saisie:" if place.obligatoire else "saisie_optionnelle:") + _FORMATS.get(place.type, place.type)
        if valeur is not None:
            wide = _width(self.sheet, place.column, up_to or place.column)
            self.least = max(self.least, height_of_answer(valeur, wide))
        if up_to:
            self.merge(place.column, up_to, valeur, f"{style}_long")
        else:
            self.texte(place.column, valeur, style)

    def _take_up(self, place: InputPlace) -> object:
        """Last year's answer, if the list still offers it; the row remembers it, in a cell that every workbook has."""
        if self.line not in self._memories:
            self._memories[self.line] = len(self.cells)
            self.texte(MEMORY, None, "repere")
        valeur = self.carried_over.get(place.cle)
        if valeur is None or (place.type == "liste" and place.strict and valeur not in place.choix):
            return None
        rank = self._memories[self.line]
        memory = self.cells[rank]
        self.cells[rank] = memory._replace(valeur=f"{memory.valeur or SEPARATOR}{valeur}{SEPARATOR}")
        self.taken_up[place.cle] = valeur
        return valeur

    # --- validations ---

    def _validate(self, place: InputPlace, listing: str | None) -> None:
        # one prompt for all the boxes to tick, whatever stands beside each
        titre = place.libelle.partition(" — ")[0] if place.type == "case" else place.label
        signature = (place.type, listing, place.minimum, place.maximum, place.length, titre, place.aide)
        validation = self._validations.get(signature)
        if validation is None:
            validation = self._validations[signature] = Validation(
                [],
                _VALIDATIONS.get(place.type, place.type),
                source=("x",) if place.type == "case" else self.listes.get(listing or ""),
                titre=abridge(titre, TITLE_MAX),
                prompt=abridge(place.aide, PROMPT_MAX),
                error_title="Saisie à corriger",
                error=typography(expected(place)),
                strict=place.strict,
                minimum=place.minimum,
                maximum=place.length if place.type in ("texte", "code") else place.maximum,
            )
            self.sheet.validations.append(validation)
        validation.cell_ranges.append(CellRange(place.row, place.column, place.row, place.column))

    # --- end ---

    def show_taken_up(self, start: int, end: int) -> None:
        """What still holds last year's answer shows, between these columns; it no longer does once it is changed."""
        cell, memory = address(1, start), f"${letter(MEMORY)}1"
        formula = f'AND({cell}<>"",ISNUMBER(SEARCH("{SEPARATOR}"&{cell}&"{SEPARATOR}",{memory})))'
        self.sheet.conditional_formats.append(ConditionalFormat(CellRange(1, start, self.line, end), formula, "repris"))

    def colour_states(self, column: int) -> None:
        """The words of the states also told by colour."""
        cell_range, first = CellRange(1, column, self.line, column), address(1, column)
        for word, style in ((FILLED, "rempli"), (TO_FILL, "a_remplir"), (TO_CORRECT, "erreur")):
            self.sheet.conditional_formats.append(ConditionalFormat(cell_range, f'{first}="{word}"', style))


_FORMATS = {"liste": "texte", "case": "centre"}  # the format of a type, where it has another name
_VALIDATIONS = {"code": "texte", "case": "liste"}


def expected(place: InputPlace) -> str:
    """What an input accepts, in one French sentence: the error of its validation and the « Attendu » of anomalies."""
    is_said = isinstance(place.maximum, (int, Decimal)) and place.maximum < 1_000_000
    bound = f", au plus {place.maximum}" if is_said else ""
    match place.type:
        case "entier":
            return f"Un nombre entier, 0 ou plus{bound}, en chiffres et sans texte."
        case "decimal":
            return f"Un nombre, 0 ou plus{bound}, en chiffres et sans texte. Exemple : 7,5."
        case "montant":
            return "Un montant en euros, 0 ou plus, en chiffres. Exemple : 1234,56."
        case "date":
            return "Une date au format jj/mm/aaaa, par exemple 15/03/2025."
        case "liste":
            return "Un des choix de la liste déroulante." if place.strict else "De préférence un des choix de la liste."
        case "case":
            return "Un x, ou rien."
        case "code":
            return "14 chiffres, sans lettre."
    return f"Un texte de {place.length} caractères au plus."


@lru_cache(maxsize=20_000)  # the same labels come back on every sheet
def height(texte: object, width: float, minimum: float = 17, *, size: float = 10, bold: bool = False) -> float:
    """Row height (points) that shows the whole text in a cell of that width (characters)."""
    # One twentieth to spare: a spreadsheet's own measure varies with its zoom.
    lines = text_width.lines(texte, text_width.place(width) / 1.05, size, bold)
    return min(MAX_HEIGHT, max(minimum, round(1.24 * size * lines + 5, 1)))


def height_of_answer(valeur: object, width: float) -> float:
    """Points of the row of an answer that is known; 0 where every row shows it: no text, or one line."""
    needed = height(valeur, width, 0.0) if isinstance(valeur, str) else 0.0
    return needed if needed > height("", width, 0.0) else 0.0


def show_whole(sheet: Sheet, place: InputPlace, valeur: object) -> None:
    """The row of an answer that is known is high enough to show it whole: merged cells do not grow by themselves."""
    ends = (m.last_column for m in sheet.merges if (m.line, m.column) == (place.row, place.column))
    needed = height_of_answer(valeur, _width(sheet, place.column, next(ends, place.column)))
    if needed > sheet.heights.get(place.row, 15.0):
        sheet.heights = sheet.heights | {place.row: needed}  # the sheets of other structures keep theirs


def _width(sheet: Sheet, start: int, end: int) -> float:
    return sum(sheet.widths[c] for c in range(start, end + 1))


@lru_cache(maxsize=5_000)
def abridge(texte: str, length: int) -> str:
    """The text if it is short enough, else its beginning, cut between two words, and « … »."""
    flat = " ".join(texte.split("\n"))
    if unites(flat) <= length:
        return flat
    while unites(flat) > length - 1:
        flat = flat[: max(flat.rfind(" "), 0)] if " " in flat else flat[:-1]
    return flat.rstrip(" ,;:.(") + "…"
