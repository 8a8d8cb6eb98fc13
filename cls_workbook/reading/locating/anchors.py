"""What a reader expects to find in the workbook of a contract and a year: keyed rows, printed texts, locked facts.

Compiled once per process from the plan that drew the workbook; the drawing itself is then forgotten.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

from cls_workbook import forms
from cls_workbook.domain.contrat_years import in_year
from cls_workbook.domain.model import Contrat
from cls_workbook.forms.layout import FILLED, TO_FILL, InputPlace, SheetPlan
from cls_workbook.forms.layout import MEMORY as COLONNE_MEMOIRE
from cls_workbook.french import fold
from cls_workbook.reading.locating.campaign_texts import MEMORY, NUMBER, TEXT, FreeCell
from cls_workbook.reading.locating.unchanged_sheet import SheetTemplate
from cls_workbook.workbook.description import Cell, Formula, Link

HOME, IDENTIFICATION = "accueil", "identification"
INFORMATION_PREFIX = "accueil/information/"  # rows whose text depends on the campaign
CONTRATS_KEPT = 8


@dataclass(frozen=True, slots=True)
class ExpectedRow:
    """A keyed row as it was sent out; columns count from 1.

    ``texts``: what is printed. ``facts``: locked values that must come back unchanged. ``calculations``: formulas, of which
    ``suivi`` (0: none) only says « rempli »; ``tally``: the row counts among the answers expected.
    ``free_cells``: its columns whose locked content the contract alone does not tell.
    """

    cle: str
    prefix: str  # the key of the table, or of the form, that the row is part of
    numero: int
    role: str
    label: str
    label_column: int
    places: tuple[InputPlace, ...]
    texts: dict[int, str]
    facts: dict[int, object]
    calculations: frozenset[int]
    suivi: int
    tally: bool
    free_cells: dict[int, FreeCell]

    @property
    def by_header(self) -> bool:
        return bool(self.places) and self.places[0].anchor_cell == "entete"


class CountedAnswer(NamedTuple):
    """An answer expected. ``asked_for``: keys of the inputs that make it; ``statut``: of the one that says why not; ``detail``: of its breakdown."""

    mesure: str
    asked_for: tuple[str, ...]
    statut: str
    detail: str

    @classmethod
    def of(cls, expected_row: ExpectedRow) -> CountedAnswer:
        mesure = next((p.mesure for p in expected_row.places if p.mesure), "")
        asked_for = tuple(p.cle for p in expected_row.places if p.obligatoire)
        return cls(
            mesure, asked_for, f"{expected_row.cle}/statut", expected_row.cle.replace("/mesures/", "/ventilations/")
        )


class WorkbookModel:
    """The expected rows by key, and the printed texts of each sheet.

    ``extensible``: prefix of a table that may grow → its first row; ``boxes``: prefixes of lists of names to tick.
    """

    def __init__(self, contrat: Contrat, annee: int):
        plan = forms.plan(contrat, annee)
        self.contrat, self.annee = contrat, annee
        self.rows: dict[str, ExpectedRow] = {}
        self.groups: dict[str, tuple[str, ...]] = {}
        self.texts: dict[str, frozenset[str]] = {}
        self.ambiguous: dict[
            str, frozenset[str]
        ] = {}  # printed texts of a sheet that are also choices of one of its inputs
        self.counted: dict[str, list[CountedAnswer]] = {}
        self.sheet_templates: dict[str, SheetTemplate] = {}
        self.extensible: dict[str, ExpectedRow] = {}
        self.headers: dict[str, ExpectedRow] = {}
        for sheet in plan.worksheets:
            self._compile(sheet)
        drawn = {f.sheet.nom for f in plan.worksheets}
        self.annexes = {
            f.nom: (_textes(f.cells), f.etat == "visible") for f in plan.workbook.worksheets if f.nom not in drawn
        }
        self.boxes = {a.prefix for a in self.rows.values() if a.places and not a.by_header and not a.label}
        self.places = {p.cle: p for a in self.rows.values() for p in a.places}
        self._fingerprints: dict[tuple[str, ...], str] = {}
        self.understood: dict[
            tuple, object
        ] = {}  # (key of an input, kind, what was typed) → what it means (``typage``)

    def _compile(self, sheet: SheetPlan) -> None:
        by_row: dict[int, list[Cell]] = {}
        for cell in sheet.sheet.cells:
            by_row.setdefault(cell.line, []).append(cell)
        for cle, row in sheet.rows.items():
            self.rows[cle] = expected_row = _expected_row(cle, row, by_row.get(row.numero, []))
            if row.role == "entete":
                self.headers[expected_row.prefix] = expected_row
            if expected_row.prefix in sheet.extensible and expected_row.places:
                self.extensible.setdefault(expected_row.prefix, expected_row)
        groupe = next(iter(sheet.rows)).partition("/")[0]
        self.groups[groupe] = tuple(sheet.rows)
        self.texts[groupe] = _textes(sheet.sheet.cells)
        its_own = [self.rows[cle] for cle in sheet.rows]
        self.ambiguous[groupe] = self.texts[groupe] & {choix for a in its_own for p in a.places for choix in p.choix}
        self.counted[groupe] = [CountedAnswer.of(a) for a in its_own if a.tally]
        free_cells = {(a.numero, column): free for a in its_own for column, free in a.free_cells.items()}
        self.sheet_templates[groupe] = SheetTemplate(sheet, its_own, free_cells)

    def place(self, cle: str) -> InputPlace | None:
        """The input of that key; for a row that a partner added to a table, the input of its first row."""
        known_one = self.places.get(cle)
        if known_one is None:
            row, _, champ = cle.rpartition("/")
            modele = self.extensible.get(row.rpartition("/")[0])
            known_one = next((p for p in modele.places if p.champ == champ), None) if modele else None
        return known_one

    def version(self, fiches: tuple[str, ...]) -> str:
        """The version that a workbook with these fiches bears, when it was made from this very contract."""
        if fiches not in self._fingerprints:
            groups = (HOME, *(g for g in self.groups if g in fiches))
            self._fingerprints[fiches] = forms.version(
                (p for g in groups for c in self.groups[g] for p in self.rows[c].places), self.annee
            )
        return self._fingerprints[fiches]


def _expected_row(cle: str, row, cells: list[Cell]) -> ExpectedRow:
    texts: dict[int, str] = {}
    suivi, tally, free_cells = 0, False, {}
    for _, column, valeur, style in cells:
        if isinstance(valeur, (str, Link)) and column > 1:
            texts[column] = valeur if isinstance(valeur, str) else valeur.texte
        elif isinstance(valeur, Formula) and f'"{FILLED}"' in valeur.texte and "COUNTIF" not in valeur.texte:
            suivi, tally = column, valeur.valeur in (FILLED, TO_FILL)
        if column == row.reminder:
            # what the contract says of it is the beginning of what the campaign prints there; of its informations, it says nothing
            nature = NUMBER if style.startswith("repere:") and style != "repere:texte" else TEXT
            free_cells[column] = FreeCell(
                cle, nature, "" if valeur is None or cle.startswith(INFORMATION_PREFIX) else str(valeur)
            )
        elif valeur is None and column == COLONNE_MEMOIRE:
            free_cells[column] = FreeCell(cle, MEMORY)
    saisies = {p.column for p in row.input_places}
    return ExpectedRow(
        cle,
        cle.rpartition("/")[0],
        row.numero,
        row.role,
        row.label,
        row.label_column,
        tuple(row.input_places),
        {c: t for c, t in texts.items() if c not in saisies and c != row.reminder},
        dict(row.anchors),
        frozenset(row.calculations),
        suivi,
        tally,
        free_cells,
    )


def _textes(cells: Iterable[Cell]) -> frozenset[str]:
    """Every printed text, as printed and folded."""
    all_printed = {
        c.valeur if isinstance(c.valeur, str) else c.valeur.texte for c in cells if isinstance(c.valeur, (str, Link))
    }
    return frozenset(all_printed | {fold(t) for t in all_printed})


_models: dict[tuple[int, int], tuple[Contrat, WorkbookModel]] = {}


def workbook_model(contrat: Contrat, annee: int) -> WorkbookModel:
    """The ``WorkbookModel`` of this contract and year, compiled once (a tenth of a second)."""
    # By identity: hashing a whole contract would take longer than reading a return. Kept alive, so that its id stays its own.
    contrat = in_year(contrat, annee)
    cle = id(contrat), annee
    if cle not in _models:
        # The same contract may come again as another object, sent by another process.
        known_one = next((m for c, m in _models.values() if m.annee == annee and c == contrat), None)
        if len(_models) >= CONTRATS_KEPT:
            _models.pop(next(iter(_models)))
        _models[cle] = contrat, known_one or WorkbookModel(contrat, annee)
    return _models[cle][1]
