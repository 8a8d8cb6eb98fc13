"""The sheets to fill in, drawn from their columns: headers, help, validations, hints, room for more rows."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from cls_workbook.definition.asked.all_sections import REFERENCES
from cls_workbook.definition.asked.sections import ESSENTIAL, ColumnBox, Section, SectionColumn
from cls_workbook.definition.authoring import coded_choices
from cls_workbook.definition.authoring.filled_rows import Line, Value
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
    SectionPlan,
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
    Sheet,
    Validation,
    address,
    letter,
)
from cls_workbook.workbook.excel_limits import unites

MARK = "§modele/"  # first characters of the keys of this workbook
INSTRUCTIONS_SHEET, CHOICES = "Mode d’emploi", "Choix"
REQUIRED_MARK = f"{NBSP}*"
PAGE_WIDTH = 150  # characters that read well across one printed page
EMPTY_ROW_HEIGHT = 21.0
YEARS = (1990, 2100)
ANCHOR_TITLES = {ANCHOR: "Repère retenu", BASE: "Base du repère"}


def title_of(section: Section, box: ColumnBox) -> str:
    """The header of a column: what must be filled in bears a star."""
    return box.titre + (
        REQUIRED_MARK if section.obligatoire(box.column) and box.rank <= 1 and not box.cle.endswith(".suite") else ""
    )


def help_of(column: SectionColumn) -> str:
    """What the cell is for, what is understood when it is blank, and an example."""
    pieces = [
        column.aide,
        f"Vide : {column.deduced}" if column.deduced else "",
        f"Exemple : {column.example}" if column.example else "",
    ]
    return typography("\n".join(m for m in pieces if m))


def sheet(grid: DrawnGrid, plan: SectionPlan) -> Sheet:
    """The sheet of a rubrique, with what it holds already."""
    return _form(grid, plan) if grid.section.form else _Table(grid, plan).draw()


def hidden_choices() -> Sheet:
    """The hidden sheet of closed lists, one a column."""
    return choice_lists.sheet({nom: tuple(codes.values()) for nom, codes in coded_choices.CHOICES.items()}, CHOICES, 30)


def _closed_list(listing: str) -> str:
    column = letter(list(coded_choices.CHOICES).index(listing) + 1)
    return f"={CHOICES}!${column}$2:${column}${len(coded_choices.CHOICES[listing]) + 1}"


# --- Cells ----------------------------------------------------------------------------------------------------------


def format_of(section: Section, column: SectionColumn) -> str:
    """How the cells of a field are formatted: text unless the model says a number or a date."""
    key = section.key(column)
    if key.is_list or key.type in (str, bool):
        return "libre"
    return column.format or {int: "entier", Decimal: "nombre", date: "date"}[key.type]


def style_of(section: Section, box: ColumnBox) -> str:
    asked = section.obligatoire(box.column) and box.rank <= 1
    return ("saisie:" if asked or box.column.band == ESSENTIAL else "saisie_optionnelle:") + format_of(
        section, box.column
    )


def validation(section: Section, box: ColumnBox, cell_range: CellRange, plan: SectionPlan) -> Validation:
    """What the cells of a column accept; its prompt is the help of the column."""
    column = box.column
    key = section.key(column)
    rule = Validation(
        [cell_range],
        "libre",
        titre=abridge(box.titre, TITLE_MAX),
        prompt=_prompt(column),
        error_title="Saisie à vérifier",
        strict=not column.cross_reference,
    )
    if column.cross_reference and (box.sole and (column.boxes or not key.is_list)):
        rule.type, rule.source = "liste", plan.listing(column.cross_reference)
        sheet = plan[REFERENCES[column.cross_reference][0]].section.sheet
        rule.error = typography(
            f"Ce nom n’est pas sur la feuille « {sheet} » : ajoutez-l’y, ou choisissez dans la liste. Gardez-vous "
            "quand même cette saisie ?"
        )
    elif (column.choix or key.type is bool) and not key.is_list:
        rule.type, rule.source = "liste", _closed_list(column.choix or "oui_non")
        rule.error = "Choisissez une réponse de la liste."
    elif not key.is_list and key.type in _BOUNDS:
        rule.type, rule.minimum, rule.maximum, rule.error = _BOUNDS[key.type]
        if column.format == "annee":
            (rule.minimum, rule.maximum), rule.error = YEARS, "Une année en quatre chiffres, par exemple 2026."
        if column.format == "taux":
            rule.maximum, rule.error = (
                column.maximum,
                typography(
                    f"Un pourcentage entre 0 et {number_fr(Decimal(100 * column.maximum))} %, par exemple "
                    f"{column.example}."
                ),
            )
    return rule


_BOUNDS = {
    int: ("entier", 0, 99_999_999, "Un nombre entier, sans texte."),
    Decimal: ("decimal", 0, 999_999_999, "Un nombre, sans texte. Exemple : 1234,56."),
    date: ("date", date(1990, 1, 1), date(2100, 12, 31), "Une date au format jj/mm/aaaa."),
}


def _prompt(column: SectionColumn) -> str:
    entire = help_of(column)
    return entire if unites(entire) <= PROMPT_MAX else abridge(typography(column.aide), PROMPT_MAX)


# --- A sheet of rows ------------------------------------------------------------------------------------------------


class _Table:
    def __init__(self, grid: DrawnGrid, plan: SectionPlan):
        self.grid, self.plan, self.section = grid, plan, grid.section
        self.page = Sheet(
            self.section.sheet,
            hidden_columns=(1,),
            frozen_at=(HEADERS, self.section.frozen_columns + 1),
            tab_color=_tab_colour(self.section),
        )
        self.page.widths[1] = 4

    def draw(self) -> Sheet:
        self._top()
        for box in self.section.boxes:
            self._column(box)
        if self.section.nom == "indicateurs":
            self._anchors()
        self._rows()
        self._visual_hints()
        g, page = self.grid, self.page
        cell_range = CellRange(HEADERS, FIRST_COLUMN, g.last, g.end)
        titles = {c.column: c.valeur for c in page.cells if c.line == HEADERS and c.column >= FIRST_COLUMN}
        page.sheet_tables.append(
            ExcelTable(
                f"T_{self.section.nom}", cell_range, tuple(str(titles[c]) for c in range(FIRST_COLUMN, g.end + 1))
            )
        )
        drawn_cells(page).sort(key=lambda c: (c.line, c.column))
        page.selection = (FIRST_ROW, FIRST_COLUMN)
        self._print_setup()
        return page

    def _top(self) -> None:
        page, section = self.page, self.section
        page.write(1, FIRST_COLUMN, section.sheet, "titre")
        page.write(2, FIRST_COLUMN, section.aide, "aide_ligne")
        page.write(HEADERS, 1, f"{MARK}{section.nom}", "cle")
        page.heights |= {1: 32, 2: 20, KEYS: 0, BANDS: 20, HEADERS: 34}
        band = ""
        for box in section.boxes:
            column = self.grid.columns[box.cle]
            texte = box.column.band if box.column.band != band else None
            band = box.column.band
            page.write(BANDS, column, texte, "bloc" if band == ESSENTIAL else "bloc_optionnel")

    def _column(self, box: ColumnBox) -> None:
        """The key, the example and the header of a column; its cells, and what they accept."""
        page, section, numero = self.page, self.section, self.grid.columns[box.cle]
        example = box.column.example if box.rank <= 1 and (box.rank or box.sole) else ""
        page.widths[numero] = box.column.width
        page.write(KEYS, numero, f"{MARK}{box.cle}", "cle")
        page.write(EXAMPLES, numero, f"ex.{NBSP}: {example}" if example else None, "aide:retrait")
        page.write(
            HEADERS,
            numero,
            title_of(section, box),
            "entete_saisie" if section.obligatoire(box.column) and box.rank <= 1 else "entete",
        )
        top = height(f"ex. : {example}", box.column.width, 20, size=9)
        page.heights[EXAMPLES] = min(max(page.heights.get(EXAMPLES, 20), top), 64)
        style, supplied_count = style_of(section, box), len(shipped_themes()) if section.nom == "themes" else 0
        for rank in range(self.grid.last - FIRST_ROW + 1):
            line = self.grid.lines[rank] if rank < len(self.grid.lines) else {}
            page.write(FIRST_ROW + rank, numero, line.get(box.cle), style if rank >= supplied_count else "calcul:libre")
        # The header bears the same prompt: help is read before anything is typed.
        rule = validation(section, box, self.grid.cell_range(box.cle), self.plan)
        page.validations.append(rule)
        page.validations.append(
            Validation([CellRange(HEADERS, numero, HEADERS, numero)], "libre", titre=rule.titre, prompt=rule.prompt)
        )

    def _anchors(self) -> None:
        """The ids that an import gives to indicators and measures, as a drop-down of the rules may cite them."""
        g, page = self.grid, self.page
        for cle in (ANCHOR, BASE):
            numero = g.columns[cle]
            page.widths[numero] = 14
            page.write(BANDS, numero, None, "bloc_optionnel")
            page.write(EXAMPLES, numero, "calculé" if cle == ANCHOR else None, "aide:retrait")
            page.write(HEADERS, numero, ANCHOR_TITLES[cle], "entete")
        page.hidden_columns = (1, g.columns[BASE])
        indicateur = ""
        for rank in range(g.last - FIRST_ROW + 1):
            line = g.lines[rank] if rank < len(g.lines) else {}
            indicateur = str(line.get("indicateurs.id") or "")
            page.write(
                FIRST_ROW + rank, g.columns[BASE], Formula(self._base(FIRST_ROW + rank), indicateur), "calcul:texte"
            )
            page.write(
                FIRST_ROW + rank,
                g.columns[ANCHOR],
                Formula(self._anchor(FIRST_ROW + rank), str(line.get("mesures.id") or "")),
                "calcul:texte",
            )

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

    def _rows(self) -> None:
        """Rows that are filled in are as high as their texts; blank ones grow with what is typed."""
        for rank, line in enumerate(self.grid.lines):
            self.page.heights[FIRST_ROW + rank] = self._height_of(line)

    def _height_of(self, line: Line) -> float:
        widths = {c.cle: c.column.width for c in self.section.boxes}
        return max(
            (height(v, widths[cle] - 1, EMPTY_ROW_HEIGHT) for cle, v in line.items() if isinstance(v, str)),
            default=EMPTY_ROW_HEIGHT,
        )

    # --- hints ---

    def _visual_hints(self) -> None:
        """Colours that say what an import would refuse: unknown names, duplicates, what is missing from a row."""
        for box in self.section.boxes:
            here, zone = self.grid.here(box.cle), self.grid.zone(box.cle)
            if (
                box.column.cross_reference
                and box.sole
                and (box.column.boxes or not self.section.key(box.column).is_list)
            ):
                self._hint(
                    box,
                    f'AND({here}<>"",SUMPRODUCT(--({self.plan.source(box.column.cross_reference)}={here}))=0)',
                    "erreur",
                )
            listing = box.column.choix or ("oui_non" if self.section.key(box.column).type is bool else "")
            if listing and not self.section.key(box.column).is_list:
                self._hint(box, f'AND({here}<>"",ISNA(MATCH({here},{_closed_list(listing)[1:]},0)))', "erreur")
            if box.cle == "mesures.agregation":
                variety = self.grid.here("mesures.type")
                open_cells = "".join(
                    f',{variety}="{coded_choices.words("types_de_mesure", t)}"'
                    for t, allowed in ALLOWED_AGGREGATIONS.items()
                    if len(allowed) > 1
                )
                self._hint(box, f'AND({here}="",OR(FALSE{open_cells}))', "attention")
            if box.column.unique:
                self._hint(box, f'AND({here}<>"",SUMPRODUCT(--({zone}={here}))>1)', "erreur")
            if self.section.nom == "regles" and box.column.meant_for:
                variety = self.grid.here("regles.type")
                autres = "".join(
                    f',{variety}<>"{coded_choices.words("types_de_regle", t)}"' for t in box.column.meant_for
                )
                self._hint(box, f'AND({variety}<>""{autres})', "hors_sujet")
            if self.section.obligatoire(box.column) and box.rank <= 1 and box.cle != "indicateurs.libelle":
                start, end = (
                    f"${address(FIRST_ROW, c)}" for c in (FIRST_COLUMN, FIRST_COLUMN + len(self.section.boxes) - 1)
                )
                self._hint(box, f'AND({here}="",COUNTA({start}:{end})>0)', "attention")

    def _hint(self, box: ColumnBox, formula: str, style: str) -> None:
        self.page.conditional_formats.append(ConditionalFormat(self.grid.cell_range(box.cle), formula, style))

    def _print_setup(self) -> None:
        g, print_setup = self.grid, self.page.print_setup
        width = sum(wide for c, wide in self.page.widths.items() if c not in self.page.hidden_columns)
        print_setup.width = max(1, round(width / PAGE_WIDTH))
        if print_setup.width > 1:
            print_setup.repeated_columns = (FIRST_COLUMN, FIRST_COLUMN + self.section.frozen_columns - 1)
        print_setup.repeated_rows = (BANDS, HEADERS)
        # On several pages side by side, the title would be cut at the edge of the columns that are repeated.
        print_setup.zone = CellRange(1 if print_setup.width == 1 else BANDS, FIRST_COLUMN, g.last, g.end)
        print_setup.left_footer = f"Description du contrat · {self.section.sheet}"


def _tab_colour(section: Section) -> str:
    """Blue-green for what every contract needs; paler for what some have."""
    return (
        "accent"
        if section.nom in ("contrat", "axes", "structures", "fiches", "indicateurs", "financement")
        else "accent_clair"
    )


# --- The form -------------------------------------------------------------------------------------------------------


def _form(grid: DrawnGrid, plan: SectionPlan) -> Sheet:
    """Contrat: one question a row, its answer beside it."""
    section = grid.section
    page = Sheet(section.sheet, hidden_columns=(1,), frozen_at=(2, 0), tab_color=_tab_colour(section))
    page.widths |= {1: 4, 2: 36, FORM_COLUMN: 60, 4: 84}
    page.write(1, 2, section.sheet, "titre")
    page.write(2, 2, section.aide, "aide_ligne")
    page.heights |= {1: 32, 2: 20, 3: 6}
    values = grid.lines[0] if grid.lines else {}
    line, band = FORM_ROW, ""
    for box in section.boxes:
        if box.column.band != band:
            band = box.column.band
            for column in range(2, 5):
                page.write(
                    line, column, band if column == 2 else None, "bloc" if band == ESSENTIAL else "bloc_optionnel"
                )
            page.heights[line] = 22
            line += 1
        _question(page, section, box, values.get(box.cle), line, plan)
        line += 1
    page.selection = (FORM_ROW + 1, FORM_COLUMN)
    page.print_setup.left_footer = f"Description du contrat · {section.sheet}"
    page.print_setup.zone = CellRange(1, 2, line - 1, 4)
    return page


def _question(page: Sheet, section: Section, box: ColumnBox, valeur: Value, line: int, plan: SectionPlan) -> None:
    page.write(line, 1, f"{MARK}{box.cle}", "cle")
    page.write(line, 2, title_of(section, box), "libelle_fort" if section.obligatoire(box.column) else "libelle")
    style = style_of(section, box)
    page.write(line, FORM_COLUMN, valeur, style)
    aide = help_of(box.column).replace("\n", " ")
    page.write(line, 4, aide, "aide:retrait")
    page.heights[line] = max(height(aide, 84, 22, size=9), height(valeur, 60) if isinstance(valeur, str) else 22)
    page.validations.append(validation(section, box, CellRange(line, FORM_COLUMN, line, FORM_COLUMN), plan))
