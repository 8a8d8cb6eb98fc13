"""The pieces that a fiche sheet is made of: bands, table headers, forms, rows to add, computed lines."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple

from cls_workbook.domain.model import Contrat, Fiche, Indicateur
from cls_workbook.domain.questions import TEXT_LENGTH, Bloc, Champ
from cls_workbook.forms.columns import END, STATE, WIDTHS, C, D, E, F
from cls_workbook.forms.layout import FormPage, KeyedRow, RowQuestion, height
from cls_workbook.forms.row_states import NotAsked, put_state
from cls_workbook.french import typography
from cls_workbook.workbook.description import Formula, address

OTHER_VOLET, WHERE_AM_I = "autre volet", "Où en suis-je\u00a0?"
FOLLOWED = "Suivi"  # above the states of a table of which nothing is expected: one line
NOT_ASKED = "—"  # also tells, without colour, that a cell asks nothing
ROW_HEIGHT, CLOSING_ROW_HEIGHT = 17.0, 4.0  # points of a row to fill in; of the row that closes a table
# From D to K: some 450 characters, and 300 of an answer that is optional. A row can be enlarged.
LONG_TEXT_HEIGHT, OPTIONAL_TEXT_HEIGHT = 45.0, 31.0
CHARACTERS_A_LINE = 130  # of such a text, at least: what is over prints only if its row is enlarged


@dataclass(frozen=True, slots=True)
class SheetContext:
    """What a sheet says besides the contract: the campaign's year, who answers, last year, this year's programme."""

    contrat: Contrat
    annee: int
    structure: str | None = None  # printed name of the structure, when the workbook is its own
    volet: str | None = None  # the only volet that this structure answers for
    precedent: dict[str, object] = dataclasses.field(default_factory=dict)  # measure id → last year's value
    programme: dict[str, Decimal] = dataclasses.field(default_factory=dict)  # fiche → programmed euros
    structure_cell: str = ""  # where Accueil says who answers
    left_out: frozenset[str] = frozenset()  # what this fiche does not ask (see ``domain.asked.left_out``)

    def asked(self, bloc: Bloc) -> Bloc:
        """The questions of a block that this fiche asks."""
        kept = tuple(c for c in bloc.input_fields if f"{bloc.nom}/{c.nom}" not in self.left_out)
        return dataclasses.replace(bloc, input_fields=kept)

    @property
    def this_year(self) -> str:
        return self.contrat.follow_up.year_name(self.annee)

    @property
    def last_year(self) -> str:
        return self.contrat.follow_up.year_name(self.annee - 1)


@dataclass(frozen=True, slots=True)
class FormRows:
    """The rows of a table, from its headers to the row that closes it: formulas over both take in inserted rows."""

    header: int
    end: int

    def column(self, column: int) -> str:
        return f"{address(self.header, column, True)}:{address(self.end, column, True)}"


class BandHelp(NamedTuple):
    """What a band says of its block: the row, which has a key where that may change, and the rank of the cell."""

    row: KeyedRow | None
    rank: int


def band(page: FormPage, titre: str, aide: str = "", style: str = "bloc", cle: str = "") -> BandHelp:
    """The title of a block and, on the same line, what it asks for. Begins a group of rows that print together.
    ``cle``: of the line, for ``tell_long_answers``."""
    page.groups.append(page.line)
    page.next_row(6)
    row = page.row(cle, "repere") if cle else None
    page.texte(STATE, titre, style)
    page.fill(range(STATE + 1, E), style)
    rank = len(page.cells)
    page.texte(E, aide or None, f"{style}_aide")
    page.fill(range(F, END + 1), style)
    page.next_row(20)
    return BandHelp(row, rank)


def tell_long_answers(page: FormPage, told: BandHelp, lines: dict[str, int]) -> None:
    """The help of a band (see ``band``) gives way, while one types, to an answer that would print cut at its box:
    merged rows do not grow by themselves. ``lines``: label → row."""
    cell = page.cells[told.rank]
    formula = quote(str(cell.valeur or ""))
    for label, line in reversed(lines.items()):
        texte, fits = address(line, D), int(page.sheet.heights[line] / 13) * CHARACTERS_A_LINE
        ends = f'(LEN({texte})-LEN(SUBSTITUTE({texte},CHAR(10),"")))'
        start, end = (
            typography(f"« {label} » : "),
            f" caractères ; au-delà de {fits}, agrandissez la ligne pour l’imprimer.",
        )
        said = f"{quote(start)}&LEN({texte})&{quote(end)}"
        formula = f"IF(LEN({texte})+{CHARACTERS_A_LINE}*{ends}>{fits},{said},{formula})"
    if lines and told.row:
        page.cells[told.rank] = cell._replace(valeur=Formula(formula, cell.valeur))
        told.row.calculations.add(cell.column)


def block_band(page: FormPage, bloc: Bloc, context: SheetContext) -> BandHelp:
    """The title says in words, too, that the block is optional."""
    titre = bloc.titre.replace("{annee}", context.this_year)
    cle = f"{page.fiche}/{bloc.nom}/aide" if any(c.length == TEXT_LENGTH for c in bloc.input_fields) else ""
    if bloc.is_optional:
        return band(page, f"{titre} (facultatif)", bloc.aide, "bloc_optionnel", cle)
    return band(page, titre, bloc.aide, cle=cle)


def headers(
    page: FormPage, prefix: str, titles: dict[int, str], saisies: set[int], titre: str = "", named: str = ""
) -> None:
    """Header row of a table; its key tells a reader which table begins. ``titre``: the block's, that the header of the
    labels then is; ``named``: what the table is called, where that is a title above."""
    page.titled[page.line] = titre or named, max(titles)
    page.row(f"{prefix}/#", "entete")
    titles = {STATE: WHERE_AM_I if titre else FOLLOWED} | titles | ({C: titre} if titre else {})
    for column in range(STATE, max(titles) + 1):
        style = "bloc:texte" if titre and column == C else f"entete{'_saisie' * (column in saisies)}:lisible"
        page.texte(column, titles.get(column), style)
    tops = [height(t, WIDTHS[c], 21, bold=True) for c, t in titles.items() if not (titre and c == C)]
    page.next_row(max([*tops, height(titre, WIDTHS[C], 21, size=12, bold=True)]))


def header_of(champ: Champ, annee: str) -> str:
    """The label, with the name of the year."""
    return champ.libelle.replace("{annee}", annee)


def form(
    page: FormPage,
    bloc: Bloc,
    context: SheetContext,
    values: Mapping[str, object] | None = None,
    faults: Mapping[str, str] | None = None,
    when: Mapping[str, str] | None = None,
) -> dict[str, int]:
    """A band, then label at the left, input at its right, one question a row. Returns champ → row."""
    told = block_band(page, bloc, context)
    page.titled[page.line] = bloc.titre, END
    lines = questions(page, bloc, context, values, faults, when)
    tell_long_answers(page, told, {c.libelle: lines[c.nom] for c in bloc.input_fields if c.length == TEXT_LENGTH})
    return lines


def questions(
    page: FormPage,
    bloc: Bloc,
    context: SheetContext,
    values: Mapping[str, object] | None = None,
    faults: Mapping[str, str] | None = None,
    when: Mapping[str, str] | None = None,
) -> dict[str, int]:
    """The rows of a form. ``faults``: champ → a condition of a fault, in which ``{champ}`` is the cell of a question
    above; ``when``: champ → the condition under which it is to be answered."""
    lines: dict[str, int] = {}
    cle = f"{page.fiche}/{bloc.nom}"
    for champ in bloc.input_fields:
        label, valeur = header_of(champ, context.this_year), (values or {}).get(champ.nom)
        row = form_row(page, bloc, champ, f"{cle}/{champ.nom}", label, cle=cle, valeur=valeur)
        if champ.type != "texte":
            page.texte(E, champ.aide, "aide_ligne:retrait")
        lines[champ.nom] = page.line
        cells, called_for = {n: address(line, D) for n, line in lines.items()}, (when or {}).get(champ.nom, "")
        answered = f'{cells[champ.nom]}<>""' if champ.obligatoire or called_for else ""
        wrong = [f.format(**cells) for c, f in (faults or {}).items() if c == champ.nom]
        put_state(page, row, answered, filled=bool(valeur), when=called_for, faults=wrong)
        page.next_row(_height_of(champ, label))
    return lines


def form_row(
    page: FormPage,
    bloc: Bloc,
    champ: Champ,
    row_key: str,
    label: str,
    *,
    cle: str,
    valeur: object = None,
    mesure: str = "",
    subject: str = "",
) -> KeyedRow:
    """A label and its input, as wide as the form for a text. ``cle``: what the keys of inputs begin with."""
    row = page.row(row_key, "saisie", label)
    row.cle = cle
    page.texte(C, label, "libelle")
    up_to = END if champ.type == "texte" else None
    asked = RowQuestion(champ, bloc.nom, label, mesure=mesure, subject=subject, anchor_cell="gauche")
    page.typed(row, D, asked, valeur=valeur, up_to=up_to)
    return row


def _height_of(champ: Champ, label: str) -> float:
    if champ.length == TEXT_LENGTH:
        return LONG_TEXT_HEIGHT if champ.obligatoire else OPTIONAL_TEXT_HEIGHT
    return height(label, WIDTHS[C], ROW_HEIGHT)


def mesure_state(
    page: FormPage, row: KeyedRow, context: SheetContext, indicateur: Indicateur, condition: str, *faults: str
) -> None:
    """The state of a measure's row, which may be one volet's only."""
    volet_state(page, row, context, indicateur.volet, condition, *faults)


def volet_state(
    page: FormPage, row: KeyedRow, context: SheetContext, volet: str | None, condition: str, *faults: str
) -> None:
    """The state of a row; in words too when what is chosen above does not hold the volet (its id) that answers it."""
    names = context.contrat.par_fiche[page.fiche].names_over(volet) if volet else ()
    unless = None
    if names:
        chosen = address(page.plan.rows[f"{page.fiche}/reponse/volet"].numero, D, True)
        other = f'AND({chosen}<>"",{",".join(f"{chosen}<>{quote(nom)}" for nom in names)})'
        unless = NotAsked(other, OTHER_VOLET, context.volet not in (None, *names))
    put_state(page, row, condition, unless=unless, faults=faults)


def volets_table(page: FormPage, bloc: Bloc, fiche: Fiche, context: SheetContext) -> FormRows:
    """A row for each volet: where it is, and what was done in the year."""
    columns = {"etat": D, "realisation": E}
    titles = {C: "Volet"} | {column: header_of(bloc.champ(nom), context.this_year) for nom, column in columns.items()}

    def line(rank: int) -> None:
        volet = fiche.volets[rank - 1]
        label = " · ".join(filter(None, (volet.nom, volet.calendrier)))
        row = page.row(f"{page.fiche}/{bloc.nom}/{volet.id}", "saisie", label)
        page.texte(C, label, "libelle")
        for nom, column in columns.items():
            page.typed(row, column, RowQuestion(bloc.champ(nom), bloc.nom, titles[column], volet.id))
        volet_state(page, row, context, volet.id, f'AND({address(page.line, D)}<>"",{address(page.line, E)}<>"")')
        page.next_row(height(label, WIDTHS[C], ROW_HEIGHT))

    block_band(page, bloc, context)
    prefix, asked = f"{page.fiche}/{bloc.nom}", set(columns.values())
    return table_of_rows(page, prefix, titles, asked, len(fiche.volets), line, bloc.titre)


def without_value(context: SheetContext, cell: str) -> str:
    """The part of a condition that a statut without value satisfies (non disponible, sans objet)."""
    return ",".join(f"{cell}={quote(s)}" for s in context.contrat.follow_up.listes.statuts[2:])


def quote(texte: str) -> str:
    """A text as formulas write it."""
    return '"' + texte.replace('"', '""') + '"'


def quotient(page: FormPage, row: KeyedRow, column: int, top: int, bottom: int) -> None:
    """A rate, computed while one types; blank as long as it means nothing."""
    numerateur, denominateur = address(page.line, top), address(page.line, bottom)
    formula = f'IF(OR({numerateur}="",N({denominateur})=0),"",{numerateur}/{denominateur})'
    page.computation(row, column, formula, "", "calcul:taux")


def table_of_rows(
    page: FormPage,
    prefix: str,
    titles: dict[int, str],
    saisies: set[int],
    lines: int,
    row: Callable[[int], None],
    named: str,
) -> FormRows:
    """A table of which ``row(rank)`` draws each row, and the thin row that closes it. ``named``: its title."""
    start = page.line
    headers(page, prefix, titles, saisies, named=named)
    for rank in range(1, lines + 1):
        row(rank)
    page.row(f"{prefix}/fin", "fin")
    page.next_row(CLOSING_ROW_HEIGHT)
    return FormRows(start, page.line - 1)


def rows_to_fill(page: FormPage, bloc: Bloc, prefix: str, columns: dict[str, int], annee: str) -> FormRows:
    """A table whose rows the partner makes."""
    places = [(bloc.champ(nom), column) for nom, column in columns.items()]
    titles = {column: header_of(champ, annee) for champ, column in places}
    page.plan.extensible.add(prefix)

    def line(rank: int) -> None:
        row = page.row(f"{prefix}/{rank:02d}")
        for champ, column in places:
            page.typed(row, column, RowQuestion(champ, bloc.nom, titles[column], f"{rank:02d}"))
        put_state(page, row)
        page.next_row(ROW_HEIGHT)

    return table_of_rows(page, prefix, titles, set(columns.values()), bloc.lines, line, bloc.titre)


def computed_row(page: FormPage, nom: str, label: str, formula: str, format_: str) -> KeyedRow:
    """A line that computes: its label, then its value."""
    row = page.row(f"{page.fiche}/calculs/{nom}", "repere", label)
    page.texte(C, label, "libelle")
    page.computation(row, D, formula, "", f"calcul:{format_}")
    return row
