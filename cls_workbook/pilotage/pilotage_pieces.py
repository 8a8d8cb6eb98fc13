"""The pieces that the coordinator's sheets are made of: what they draw from, titles, bands, tables with rows to add.

Keyed rows, validations and styles are those of the entry workbook. A table runs from a row keyed ``…/#`` (headers)
to a row keyed ``…/end``: rows inserted in between belong to it.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from cls_workbook.domain.model import Contrat
from cls_workbook.domain.questions import Bloc
from cls_workbook.forms.form_pieces import FormRows
from cls_workbook.forms.layout import FormPage, KeyedRow, RowQuestion, SheetPlan, height
from cls_workbook.french import typography
from cls_workbook.pilotage import pilotage_questions as pf
from cls_workbook.pilotage.coordinator_inputs import Pilotage
from cls_workbook.workbook.description import Sheet

B, C, D, E, F, G, H, NOTE = range(2, 10)  # the last column of the widest sheet holds remarks


class SheetTally(NamedTuple):
    """What Accueil says of a sheet: what it is for, and how many of ``what`` were typed in it."""

    role: str
    what: str
    formula: str
    valeur: int


class CoordinatorPage(FormPage):
    """A sheet of the coordinator, drawn from top to bottom."""

    def title(self, titre: str, aide: str) -> None:
        """Title and what the sheet is for: they stay in view and head each printed page."""
        self.texte(B, titre, "titre")
        self.next_row(34)
        self.texte(B, typography(aide), "aide_ligne")
        self.next_row(20)
        self.sheet.frozen_at = (2, 0)
        self.sheet.print_setup.repeated_rows = (1, 2)

    def new_page(self) -> None:
        """What follows prints on a page of its own."""
        self.sheet.print_setup.page_breaks.append(self.line - 1)

    def band(self, titre: str, end: int, aide: str = "") -> None:
        self.next_row(9)
        self.texte(B, typography(titre), "bloc")
        self.fill(range(C, end + 1), "bloc")
        self.next_row(24)
        if aide:
            self.texte(B, typography(aide), "aide_ligne")
            self.next_row(19)

    def headers(self, prefix: str, titles: Mapping[int, str], saisies: Collection[int]) -> None:
        self.row(f"{prefix}/#", "entete")
        for column in range(min(titles), max(titles) + 1):
            self.texte(column, titles.get(column), f"entete{'_saisie' * (column in saisies)}:lisible")
        self.next_row(33)

    def enter_value(self, row: KeyedRow, bloc: Bloc, nom: str, column: int, valeur: object) -> None:
        champ, valeur = bloc.champ(nom), valeur or None if isinstance(valeur, str) else valeur
        self.typed(row, column, RowQuestion(champ, bloc.nom, champ.libelle), valeur=valeur)

    def table(
        self,
        bloc: Bloc,
        prefix: str,
        columns: Mapping[str, int],
        values: Sequence[Mapping[str, object]],
        *,
        computed: Mapping[int, ComputedColumn] | None = None,
        top: float | None = 24,
    ) -> FormRows:
        """A table to which rows may be added. ``top`` None: blank rows are left to grow with the text typed in them."""
        computed, header = computed or {}, self.line
        titles = {column: bloc.champ(nom).libelle for nom, column in columns.items()}
        self.headers(prefix, titles | {c: titre for c, (titre, _) in computed.items()}, columns.values())
        for rank in range(1, max(bloc.lines, len(values) + 3) + 1):
            row = self.row(f"{prefix}/{rank:02d}")
            line = values[rank - 1] if rank <= len(values) else {}
            for nom, column in columns.items():
                self.enter_value(row, bloc, nom, column, line.get(nom))
            for column, (_, compute) in computed.items():
                compute(self, row, column, line)
            self.next_row(top or self._height(columns, line))
        self.row(f"{prefix}/fin", "fin")
        self.next_row(6)
        return FormRows(header, self.line - 1)

    def _height(self, columns: Mapping[str, int], line: Mapping[str, object]) -> float | None:
        """What shows the texts of a row that is filled in already; None for a blank row."""
        texts = {column: v for nom, column in columns.items() if isinstance(v := line.get(nom), str)}
        return max((height(texte, self.sheet.widths[column], 24) for column, texte in texts.items()), default=None)


# What is printed above a column that computes, and what draws its cell in each row.
ComputedColumn = tuple[str, Callable[[CoordinatorPage, KeyedRow, int, Mapping[str, object]], None]]


@dataclass(frozen=True)
class Canvas:
    """What every sheet is drawn from. ``choix`` and ``addresses``: list name → its choices, its range;
    ``consolidated_in``: the sheet of this workbook that says where each structure stands, if it has one."""

    contrat: Contrat
    annee: int
    pilotage: Pilotage
    choix: Mapping[str, tuple[str, ...]]
    addresses: Mapping[str, str]
    consolidated_in: str = ""

    def page(self, nom: str, widths: Sequence[float], insertable: bool = True) -> CoordinatorPage:
        """A blank sheet; ``widths`` from column B on: together, what a page prints in 8 points or more."""
        sheet = Sheet(nom, protected=True, insert_rows=insertable, hidden_columns=(1,), tab_color="accent")
        sheet.widths.update({1: 4} | dict(enumerate(widths, B)))
        sheet.print_setup.left_footer = (
            f"{self.contrat.nom_court} · pilotage {self.contrat.follow_up.year_name(self.annee)}"
        )
        return CoordinatorPage(SheetPlan(sheet, ""), dict(self.addresses), dict(self.choix), self.annee)

    def bloc(self, bloc: Bloc, groupe: str = "") -> Bloc:
        return pf.for_this(bloc, self.contrat, self.annee, self.choix, groupe)
