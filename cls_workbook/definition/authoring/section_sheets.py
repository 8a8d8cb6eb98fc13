"""The sheets to fill in, drawn from their columns: headers, help, validations, hints, room for more rows."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from cls_workbook.definition.asked.all_sections import REFERENCES, SECTION_BY_NAME
from cls_workbook.definition.asked.sections import ESSENTIAL, NOBODY, ColumnBox, Section, SectionColumn
from cls_workbook.definition.authoring import coded_choices
from cls_workbook.definition.authoring.filled_rows import Value
from cls_workbook.definition.authoring.section_grid import (
    ANCHOR,
    BANDS,
    BASE,
    EXAMPLES,
    FIRST_COLUMN,
    FIRST_ROW,
    FORM_COLUMN,
    FORM_ROW,
    HEADERS,
    KEYS,
    DrawnGrid,
    name_of,
)
from cls_workbook.domain.themes import shipped_themes
from cls_workbook.domain.verification.fiche_faults import ALLOWED_AGGREGATIONS
from cls_workbook.forms import choice_lists
from cls_workbook.forms.layout import abridge, drawn_cells, height
from cls_workbook.french import NBSP, number_fr, typography
from cls_workbook.workbook.description import (
    PROMPT_MAX,
    TITLE_MAX,
    CellRange,
    ConditionalFormat,
    ExcelTable,
    Formula,
    Link,
    Sheet,
    Validation,
    address,
    letter,
)
from cls_workbook.workbook.excel_limits import unites

MARK = "§modele/"  # first characters of the keys of this workbook
INSTRUCTIONS_SHEET, CHOICES = "Mode d’emploi", "Choix"
UNFOLD = "Le + au-dessus des colonnes montre les facultatives."
REQUIRED_MARK = f"{NBSP}*"
PAGE_WIDTH = 150  # characters that read well across one printed page
EMPTY_ROW_HEIGHT = 21.0
YEARS = (1990, 2100)
ANCHOR_TITLES = {ANCHOR: "Repère retenu", BASE: "Base du repère"}
# What every contract, every noyau needs.
MAIN_SECTIONS = (
    "contrat",
    "axes",
    "structures",
    "fiches",
    "indicateurs",
    "financement",
    "noyau",
    "versions",
    "mesures",
)


def title_of(box: ColumnBox) -> str:
    """The header of a column: what must be filled in bears a star."""
    return box.titre + (REQUIRED_MARK if box.required else "")


def help_of(column: SectionColumn) -> str:
    """What the cell is for, what is understood when it is blank, and an example."""
    deduced = f"\nVide : {column.deduced}" if column.deduced else ""
    example = f"\nExemple : {column.example}" if column.example else ""
    return typography(column.aide + deduced + example)


def link_to(sheet: str) -> Link:
    """A link to the top of a sheet."""
    return Link(f"internal:'{sheet}'!A1", sheet, f"Ouvrir la feuille {sheet}")


def named(grid: DrawnGrid) -> Link | str:
    """A link to the sheet; its name alone while it is out of sight, where no link would lead."""
    return grid.section.sheet if grid.masked else link_to(grid.section.sheet)


def sheet(grid: DrawnGrid) -> Sheet:
    """The sheet of a section, with what it holds already."""
    return _form(grid) if grid.section.form else _RowsSheet(grid).draw()


def hidden_choices() -> Sheet:
    """The hidden sheet of closed lists, one a column."""
    return choice_lists.sheet({nom: tuple(codes.values()) for nom, codes in coded_choices.CHOICES.items()}, CHOICES, 30)


def names_of_choices() -> dict[str, tuple[str, CellRange]]:
    """The defined name of each closed list, and its cells."""
    lengths = {_closed_list(listing): len(codes) for listing, codes in coded_choices.CHOICES.items()}
    return {nom: (CHOICES, CellRange(2, c, n + 1, c)) for c, (nom, n) in enumerate(lengths.items(), 1)}


def _closed_list(listing: str) -> str:
    return f"choix_{listing}"


def _band_style(band: str) -> str:
    return "bloc" if band == ESSENTIAL else "bloc_optionnel"


# --- Cells ----------------------------------------------------------------------------------------------------------


def style_of(box: ColumnBox) -> str:
    """How the cells of a column look: text unless the model says a number or a date."""
    key, formatted = box.column.key, "libre"
    if not key.is_list and key.type not in (str, bool):
        formatted = box.column.format or {int: "entier", Decimal: "nombre", date: "date"}[key.type]
    return ("saisie:" if box.required or box.column.band == ESSENTIAL else "saisie_optionnelle:") + formatted


_BOUNDS = {
    int: ("entier", 0, 99_999_999, "Un nombre entier, sans texte."),
    Decimal: ("decimal", 0, 999_999_999, "Un nombre, sans texte. Exemple : 1234,56."),
    date: ("date", date(1990, 1, 1), date(2100, 12, 31), "Une date au format jj/mm/aaaa."),
}


def validation(box: ColumnBox, cell_range: CellRange) -> Validation:
    """What the cells of a column accept; its prompt is the help of the column."""
    column = box.column
    rule = Validation(
        [cell_range],
        "libre",
        titre=abridge(box.titre, TITLE_MAX),
        prompt=_prompt(column),
        error_title="Saisie à vérifier",
        strict=not (column.cross_reference or column.proposed),
    )
    if box.reference:
        rule.type, rule.source = "liste", f"={name_of(box.reference)}"
        named_in = SECTION_BY_NAME[REFERENCES[box.reference].section].sheet
        rule.error = typography(
            f"Ce nom n’est pas sur la feuille « {named_in} » : ajoutez-l’y, ou choisissez dans la liste. Gardez-vous "
            "quand même cette saisie ?"
        )
    elif column.closed_list:
        rule.type, rule.source = "liste", f"={_closed_list(column.closed_list)}"
        rule.error = "Choisissez une réponse de la liste."
    elif column.proposed and (box.rank or not column.key.is_list):
        rule.type, rule.source = "liste", f"={_closed_list(column.proposed)}"
        rule.error = typography("Ce nom n’est pas parmi les plus courants. Gardez-vous cette saisie ?")
    elif not column.key.is_list and column.key.type in _BOUNDS:
        rule.type, rule.minimum, rule.maximum, rule.error = _BOUNDS[column.key.type]
        if column.format == "annee":
            (rule.minimum, rule.maximum), rule.error = YEARS, "Une année en quatre chiffres, par exemple 2026."
        if column.format == "taux":
            rule.maximum, most = column.maximum, number_fr(Decimal(100 * column.maximum))
            rule.error = typography(f"Un pourcentage entre 0 et {most} %, par exemple {column.example}.")
    return rule


def _prompt(column: SectionColumn) -> str:
    entire = help_of(column)
    return entire if unites(entire) <= PROMPT_MAX else abridge(typography(column.aide), PROMPT_MAX)


# --- A sheet of rows ------------------------------------------------------------------------------------------------


class _RowsSheet:
    def __init__(self, grid: DrawnGrid):
        self.grid, self.section = grid, grid.section
        frozen_at = (HEADERS, self.section.frozen_columns + 1)
        self.page = _blank_page(self.section, frozen_at, FIRST_COLUMN, UNFOLD if grid.folded() else "")

    def draw(self) -> Sheet:
        g, page = self.grid, self.page
        page.write(HEADERS, 1, f"{MARK}{self.section.nom}", "cle")
        page.heights |= {KEYS: 0, BANDS: 20, HEADERS: 34}
        band = ""
        for box in self.section.boxes:
            changes, band = box.column.band != band, box.column.band
            page.write(BANDS, g.columns[box.cle], band if changes else None, _band_style(band))
        for box in self.section.boxes:
            self._column(box)
        if self.section.nom == "indicateurs":
            self._anchors()
        self._row_heights()
        for box in self.section.boxes:
            self._visual_hints(box)
        titles = {c.column: str(c.valeur) for c in page.cells if c.line == HEADERS}
        headers = tuple(titles[c] for c in range(FIRST_COLUMN, g.end + 1))
        cell_range = CellRange(HEADERS, FIRST_COLUMN, g.last, g.end)
        page.sheet_tables.append(ExcelTable(f"T_{self.section.nom}", cell_range, headers))
        drawn_cells(page).sort(key=lambda c: (c.line, c.column))
        page.selection = (FIRST_ROW, FIRST_COLUMN)
        page.folded_columns = g.folded()
        page.etat = "masquee" if g.masked else "visible"
        self._print_setup()
        return page

    def _column(self, box: ColumnBox) -> None:
        """The key, the example and the header of a column; its cells, and what they accept."""
        page, numero = self.page, self.grid.columns[box.cle]
        example = box.column.example if box.is_first else ""
        page.widths[numero] = box.column.width
        page.write(KEYS, numero, f"{MARK}{box.cle}", "cle")
        page.write(EXAMPLES, numero, f"ex.{NBSP}: {example}" if example else None, "aide:retrait")
        page.write(HEADERS, numero, title_of(box), "entete_saisie" if box.required else "entete")
        top = height(f"ex. : {example}", box.column.width, 20)
        page.heights[EXAMPLES] = min(max(page.heights.get(EXAMPLES, 20), top), 64)
        own_rows = FIRST_ROW + (len(shipped_themes()) if self.section.nom == "themes" else 0)
        for row, line in self.grid.rows():
            style = style_of(box) if row >= own_rows else "calcul:libre"
            page.write(row, numero, line.get(box.cle), style)
        # The header bears the same prompt: help is read before anything is typed.
        rule = validation(box, self.grid.cell_range(box.cle))
        header = CellRange(HEADERS, numero, HEADERS, numero)
        page.validations += [rule, Validation([header], "libre", titre=rule.titre, prompt=rule.prompt)]

    def _anchors(self) -> None:
        """The ids that an import gives to indicators and measures, as a drop-down of the rules may cite them."""
        g, page = self.grid, self.page
        for cle in (ANCHOR, BASE):
            page.widths[g.columns[cle]] = 14
            page.write(BANDS, g.columns[cle], None, "bloc_optionnel")
            page.write(EXAMPLES, g.columns[cle], "calculé" if cle == ANCHOR else None, "aide:retrait")
            page.write(HEADERS, g.columns[cle], ANCHOR_TITLES[cle], "entete")
        page.hidden_columns = (1, g.columns[BASE])
        for numero, line in g.rows():
            indicateur, mesure = str(line.get("indicateurs.id") or ""), str(line.get("mesures.id") or "")
            page.write(numero, g.columns[BASE], Formula(self._base(numero), indicateur), "calcul:texte")
            page.write(numero, g.columns[ANCHOR], Formula(self._anchor(numero), mesure), "calcul:texte")

    def _base(self, line: int) -> str:
        fiche, libelle, id_ = (
            letter(self.grid.columns[c]) for c in ("indicateurs.fiche", "indicateurs.libelle", "indicateurs.id")
        )
        base, start = letter(self.grid.columns[BASE]), FIRST_ROW
        before = f"{base}{line - 1}" if line > start else '""'
        rank = f'SUMPRODUCT(({fiche}${start}:{fiche}{line}={fiche}{line})*({libelle}${start}:{libelle}{line}<>""))'
        given = f'IF({libelle}{line}="",{before},{fiche}{line}&"-I"&TEXT({rank},"00"))'
        return f'IF({fiche}{line}="","",IF({id_}{line}<>"",{id_}{line},{given}))'

    def _anchor(self, line: int) -> str:
        libelle, type_, id_ = (letter(self.grid.columns[c]) for c in ("mesures.libelle", "mesures.type", "mesures.id"))
        base, start, end = letter(self.grid.columns[BASE]), FIRST_ROW, self.grid.last
        everything = f"SUMPRODUCT(--({base}${start}:{base}${end}={base}{line}))"
        so_far = f"SUMPRODUCT(--({base}${start}:{base}{line}={base}{line}))"
        lettered = f"IF({everything}>1,{base}{line}&CHAR(96+{so_far}),{base}{line})"
        return f'IF({id_}{line}<>"",{id_}{line},IF(OR({base}{line}="",{type_}{line}&{libelle}{line}=""),"",{lettered}))'

    def _row_heights(self) -> None:
        """Rows that are filled in are as high as their texts; blank ones grow with what is typed."""
        widths = {c.cle: c.column.width for c in self.section.boxes}
        for numero, line in enumerate(self.grid.lines, FIRST_ROW):
            texts = ((cle, v) for cle, v in line.items() if isinstance(v, str))
            self.page.heights[numero] = max(
                (height(v, widths[cle] - 1, EMPTY_ROW_HEIGHT) for cle, v in texts), default=EMPTY_ROW_HEIGHT
            )

    def _visual_hints(self, box: ColumnBox) -> None:
        """Colours that say what an import would refuse: unknown names, duplicates, what is missing from a row."""
        column, here = box.column, self.grid.here(box.cle)
        if box.reference:
            but = f',{here}<>"{NOBODY}"' if column.champ == "porteurs" else ""
            self._hint(box, f'AND({here}<>""{but},SUMPRODUCT(--({name_of(box.reference)}={here}))=0)', "erreur")
        if column.closed_list:
            listing = _closed_list(column.closed_list)
            self._hint(box, f'AND({here}<>"",ISNA(MATCH({here},{listing},0)))', "erreur")
        if box.cle == "mesures.agregation":
            variety = self.grid.here("mesures.type")
            several = [t for t, allowed in ALLOWED_AGGREGATIONS.items() if len(allowed) > 1]
            open_cells = "".join(f',{variety}="{coded_choices.words("types_de_mesure", t)}"' for t in several)
            self._hint(box, f'AND({here}="",OR(FALSE{open_cells}))', "attention")
        if column.unique:
            zone = self.grid.cell_range(box.cle).a1(absolute=True)
            self._hint(box, f'AND({here}<>"",SUMPRODUCT(--({zone}={here}))>1)', "erreur")
        if column.meant_for:
            variety = self.grid.here("regles.type")
            others = "".join(f',{variety}<>"{coded_choices.words("types_de_regle", t)}"' for t in column.meant_for)
            self._hint(box, f'AND({variety}<>""{others})', "hors_sujet")
        if box.required and box.cle != "indicateurs.libelle":
            end = FIRST_COLUMN + len(self.section.boxes) - 1
            row = f"${address(FIRST_ROW, FIRST_COLUMN)}:${address(FIRST_ROW, end)}"
            self._hint(box, f'AND({here}="",COUNTA({row})>0)', "attention")

    def _hint(self, box: ColumnBox, formula: str, style: str) -> None:
        self.page.conditional_formats.append(ConditionalFormat(self.grid.cell_range(box.cle), formula, style))

    def _print_setup(self) -> None:
        g, print_setup = self.grid, self.page.print_setup
        unseen = {*self.page.hidden_columns, *self.page.folded_columns}
        width = sum(wide for c, wide in self.page.widths.items() if c not in unseen)
        print_setup.width = max(1, round(width / PAGE_WIDTH))
        if print_setup.width > 1:
            print_setup.repeated_columns = (FIRST_COLUMN, FIRST_COLUMN + self.section.frozen_columns - 1)
        print_setup.repeated_rows = (BANDS, HEADERS)
        # On several pages side by side, the title would be cut at the edge of the columns that are repeated.
        print_setup.zone = CellRange(1 if print_setup.width == 1 else BANDS, FIRST_COLUMN, g.last, g.end)


def _blank_page(section: Section, frozen_at: tuple[int, int], column: int, more: str = "") -> Sheet:
    """The title and the help of a section (and ``more``) above what is still to be drawn."""
    colour = "accent" if section.nom in MAIN_SECTIONS else "accent_clair"
    page = Sheet(section.sheet, hidden_columns=(1,), frozen_at=frozen_at, tab_color=colour)
    page.widths[1] = 4
    page.write(1, column, section.sheet, "titre")
    page.write(2, column, typography(f"{section.aide} {more}".rstrip()), "aide_ligne")
    page.heights |= {1: 32, 2: 20}
    page.print_setup.left_footer = f"Description du {section.of} · {section.sheet}"
    return page


# --- The form -------------------------------------------------------------------------------------------------------


def _form(grid: DrawnGrid) -> Sheet:
    """Contrat: one question a row, its answer beside it."""
    page = _blank_page(grid.section, (2, 0), 2)
    page.widths |= {2: 36, FORM_COLUMN: 60, 4: 84}
    page.heights[3] = 6
    values = grid.lines[0] if grid.lines else {}
    line, band = FORM_ROW, ""
    for box in grid.section.boxes:
        if box.column.band != band:
            band = box.column.band
            for column in range(2, 5):
                page.write(line, column, band if column == 2 else None, _band_style(band))
            page.heights[line] = 22
            line += 1
        _question(page, box, values.get(box.cle), line)
        line += 1
    page.selection = (FORM_ROW + 1, FORM_COLUMN)
    page.print_setup.zone = CellRange(1, 2, line - 1, 4)
    return page


def _question(page: Sheet, box: ColumnBox, valeur: Value, line: int) -> None:
    page.write(line, 1, f"{MARK}{box.cle}", "cle")
    page.write(line, 2, title_of(box), "libelle_fort" if box.required else "libelle")
    page.write(line, FORM_COLUMN, valeur, style_of(box))
    aide = help_of(box.column).replace("\n", " ")
    page.write(line, 4, aide, "aide:retrait")
    page.heights[line] = max(height(aide, 84, 22), height(valeur, 60) if isinstance(valeur, str) else 22)
    page.validations.append(validation(box, CellRange(line, FORM_COLUMN, line, FORM_COLUMN)))
