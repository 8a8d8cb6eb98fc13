"""The matrix: edits × saved forms, and what becomes of every typed value.

``python -m tests.support.edit_matrix`` prints figures.
"""

from __future__ import annotations

import datetime
import io
import shutil
import sys
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cache, cached_property, partial
from pathlib import Path

import openpyxl
from python_calamine import CalamineWorkbook

from cls_workbook import forms
from cls_workbook.definition import toml_reader
from cls_workbook.domain.model import Contrat
from cls_workbook.forms import examples
from tests.support import (
    cell_edits,  # noqa: F401  (adds to EDITS)
    small_workbook,
    typing_edits,  # noqa: F401  (adds to EDITS)
)
from tests.support.campagne_edits import CAMPAGNE_EDITS, CampagneEdit, ExportSource
from tests.support.campagne_edits import judge as juger_une_campagne
from tests.support.edited_books import BookByLibreOffice, BookByOpenpyxl, EditedBook
from tests.support.gestures import Page
from tests.support.libreoffice import LibreOffice
from tests.support.light_workbooks import lighten
from tests.support.players import SheetByLibreOffice, SheetByOpenpyxl
from tests.support.sheet_edits import EDITS, Edit
from tests.support.small_workbook import DEFINITION, YEAR
from tests.support.verdict import LOST, READ, REPORTED, WRONG, ReadBack, Setting, Verdict, elsewhere, judge
from tests.support.workbook_edits import WORKBOOK_EDITS, WorkbookEdit

FORMS = ("xlsx (openpyxl)", "xlsx (LibreOffice)", "ods (LibreOffice)")


@dataclass(frozen=True)
class Case:
    """One edit in one form. ``codes``: of the anomalies that concern it."""

    nom: str
    form: str
    verdict: Verdict
    codes: frozenset[str]
    expected_returns: tuple[frozenset[str], int]

    @property
    def outcome(self) -> tuple[frozenset[str], int]:
        return self.codes, self.verdict.etats[REPORTED]

    @property
    def faults(self) -> list[str]:
        """What is not as it must be, in words; nothing otherwise."""
        statements = [" ".join(fault) for fault in self.verdict.faults()] + [
            f"fausse alerte {where}" for where in self.verdict.false_alarms
        ]
        if self.outcome != self.expected_returns:
            statements.append(
                f"{sorted(self.outcome[0])} signalent {self.outcome[1]} valeurs ; attendu : "
                f"{sorted(self.expected_returns[0])}, {self.expected_returns[1]}"
            )
        return statements


# --- workbooks, every input filled with a value of its own ------------------------------------------------------------


def numero(rank: int) -> str:
    return f"1.{rank + 1}"


# Every spelling of a number, an amount or a date has an input of its own.
COMPLEMENTS = "complements = ["
STEPS = """
  [[fiches.indicateurs]]
  id = "1.1-I09"
  libelle = "Autres étapes"
  type = "jalon"
  mesures = [{steps}]
"""


def _with_more_inputs(fiche: str) -> str:
    asked = [f'{{ id = "n{i}", libelle = "Nombre {i}", type = "entier" }}' for i in range(1, 5)]
    asked += [f'{{ id = "m{i}", libelle = "Montant {i}", type = "montant" }}' for i in range(1, 10)]
    step = '{{ id = "1.1-I09{0}", libelle = "Étape {0}", type = "jalon", agregation = "JALON" }}'
    return fiche.replace(COMPLEMENTS, COMPLEMENTS + ", ".join(asked) + ", ", 1) + STEPS.format(
        steps=", ".join(map(step.format, "abc"))
    )


@cache
def setting(count: int = len(EDITS)) -> Setting:
    """As many copies of the fiche 1.1 of the test contract as there are edits: each edit has its own sheet."""
    head, _, body = DEFINITION.partition("[[fiches]]")
    fiche = _with_more_inputs(body.partition("[[fiches]]")[0])
    fiches = "".join("[[fiches]]" + fiche.replace("1.1", numero(i)) for i in range(count))
    contrat = toml_reader.parse(head.replace('id = "essai"', 'id = "matrice"', 1) + fiches, "matrice")
    respondent = next(r for r in forms.repondants(contrat) if r.id == "ville")
    return Setting(contrat, forms.plan(contrat, YEAR, respondent, campagne := campagne_of(contrat)), campagne)


def campagne_of(contrat: Contrat) -> forms.WorkbookContext:
    """A year that has another before it: its values stand beside the inputs,
    and the amounts of the year in each sheet.
    """
    by_kind = {"jalon": "En cours", "entier": 42, "decimal": 12.5, "taux": 0.4, "moyenne": 3.25}
    past_ones = {m.id: by_kind[m.type] for f in contrat.fiches for m in f.mesures if m.type in by_kind}
    carried_over = {
        "partenaires/01/nom": "Le Relais",
        "partenaires/01/type": "Association",
        "financement/01/financeur": "ARS",
        "financement/02/financeur": "Ville de Rivemont",
    }
    return forms.WorkbookContext(
        programme={f.numero: Decimal("12500.5") for f in contrat.fiches},
        own={"ville": past_ones},
        limite="15 mars 2026",
        carried_over={
            "ville": {f"{f.numero}/{cle}": valeur for f in contrat.fiches for cle, valeur in carried_over.items()}
        },
    )


@cache
def small_setting(structure: str = "ville", prefilled: bool = False) -> Setting:
    """The workbook of a structure. ``prefilled``: with last year beside its inputs."""
    if not prefilled:
        return Setting(small_workbook.trial(), small_workbook.plan(structure))
    campagne = campagne_of(small_workbook.trial())
    return Setting(
        small_workbook.trial(),
        forms.plan(small_workbook.trial(), YEAR, small_workbook.plan(structure).respondent, campagne),
        campagne,
    )


def unique_value(place: forms.InputPlace, rank: int) -> object:
    """A value that no other input of the sheet holds, where the input allows it."""
    match place.type:
        case "entier":
            return 1000 + rank if place.maximum is None else min(1000 + rank, int(place.maximum))
        case "decimal":
            return 300 + rank + 0.25
        case "montant":
            return 20_000 + rank + 0.37
        case "date":
            return datetime.date(2025, 1, 1) + datetime.timedelta(days=rank)
        case "liste":
            return place.choix[rank % len(place.choix)] if place.choix else f"Nom {rank}"
        case "case":
            return "x"
        case "code":
            return "21210231700014"
    return f"texte n° {rank}"


def saisies(setting: Setting, offset: int = 0) -> Mapping[str, object]:
    """Key → value. ``offset`` makes another return, that answers otherwise. Who answers is as the workbook came."""
    who = setting.plan.respondent.nom if setting.plan.respondent else small_workbook.trial().structures[0].nom
    return {c: unique_value(p, (rank + offset) % 300) for rank, (c, p) in enumerate(setting.places.items())} | {
        "accueil/reponse/structure": who
    }


def filled(setting: Setting, values: Mapping[str, object]) -> bytes:
    """The workbook, filled in."""
    filled_plan = forms.plan(setting.contrat, YEAR, setting.plan.respondent, setting.campagne)
    examples.fill_cell(filled_plan, values)
    return lighten(filled_plan.workbook)


# --- edits of a sheet: all in one workbook ----------------------------------------------------------------------------


def pages(setting: Setting, values: Mapping[str, object], edits: Iterable[Edit]) -> list[Page]:
    """What each edit does to its own sheet."""
    made = []
    for rank, edit in enumerate(edits):
        made.append(Page(f"FA {numero(rank)}", setting.places, values))
        edit.perform(made[-1])
    return made


def by_openpyxl(content: bytes, pages: Iterable[Page], path: Path) -> Path:
    opened_book = openpyxl.load_workbook(io.BytesIO(content))
    for page in pages:
        SheetByOpenpyxl(opened_book[page.nom]).play(page.gestures)
    opened_book.save(path)
    return path


def by_libreoffice(libreoffice: LibreOffice, content: bytes, pages: Iterable[Page], folder: Path) -> tuple[Path, Path]:
    (folder / "rempli.xlsx").write_bytes(content)
    with libreoffice.open(folder / "rempli.xlsx") as document:
        for page in pages:
            document.unprotect(page.nom)
            SheetByLibreOffice(document, page.nom).play(page.gestures)
        return document.save(folder / "libreoffice.xlsx"), document.save(folder / "libreoffice.ods")


class SheetCases:
    """The cases of edits of a sheet. One workbook holds them all; it is made and read once in each form."""

    def __init__(self, libreoffice: LibreOffice | None, folder: Path, edits: Sequence[Edit]):
        self._libreoffice, self._folder, self._edits = libreoffice, folder, list(edits)
        self._files: dict[str, Path] = {}
        self._read: dict[str, tuple[ReadBack, CalamineWorkbook]] = {}

    @cached_property
    def _setting(self) -> Setting:
        return setting(len(self._edits))

    @cached_property
    def _pages(self) -> list[Page]:
        return pages(self._setting, saisies(self._setting), self._edits)

    @cached_property
    def _content(self) -> bytes:
        return filled(self._setting, saisies(self._setting))

    def _file(self, form: str) -> Path:
        if form not in self._files and form == FORMS[0]:
            self._files[form] = by_openpyxl(self._content, self._pages, self._folder / "openpyxl.xlsx")
        elif form not in self._files:
            assert self._libreoffice is not None
            both = by_libreoffice(self._libreoffice, self._content, self._pages, self._folder)
            self._files |= dict(zip(FORMS[1:], both, strict=True))
        return self._files[form]

    def case(self, edit: Edit, form: str) -> Case:
        if form not in self._read:
            path = self._file(form)
            self._read[form] = self._setting.read(path), CalamineWorkbook.from_path(path)
        (reading, raw), page = self._read[form], self._pages[self._edits.index(edit)]
        assert elsewhere(page, raw) == [], f"{edit.nom}, {form}"
        codes = frozenset(a.code for a in reading.anomalies if a.sheet in (page.nom, ""))
        return Case(edit.nom, form, judge(self._setting, page, reading), codes, (edit.codes, edit.reported))


# --- edits of a whole workbook: one file each -------------------------------------------------------------------------


def _book(edit: WorkbookEdit) -> EditedBook:
    def by_sheet(structure: str, offset: int) -> dict[str, Page]:
        location = small_setting(structure)
        names = dict.fromkeys(p.sheet for p in location.places.values())
        return {nom: Page(nom, location.places, saisies(location, offset)) for nom in names}

    opened_book = EditedBook(by_sheet("ville", 0), by_sheet("mutuelle", 100))
    edit.perform(opened_book)
    return opened_book


@cache
def _small_filled(structure: str, offset: int) -> bytes:
    return filled(small_setting(structure), saisies(small_setting(structure), offset))


class WorkbookCases:
    """The cases of the edits of a workbook: a file of its own for each edit and form."""

    def __init__(self, libreoffice: LibreOffice | None, folder: Path):
        self._libreoffice, self._folder = libreoffice, folder
        self._files: dict[tuple[str, str], Path] = {}

    def _by_libreoffice(self, edit: WorkbookEdit, forms: Iterable[str]) -> None:
        assert self._libreoffice is not None
        one, other = self._folder / "un.xlsx", self._folder / "autre.xlsx"
        one.write_bytes(_small_filled("ville", 0))
        other.write_bytes(_small_filled("mutuelle", 100))
        with self._libreoffice.open(one) as document:
            player = BookByLibreOffice(document, lambda: self._libreoffice.open(other))
            done = player.play(_book(edit).gestures)
            for form in forms:
                path = self._folder / f"{WORKBOOK_EDITS.index(edit)} LibreOffice.{form.partition(' ')[0]}"
                self._files[edit.nom, form] = done.save(path)
            for opened in player.open_items:
                opened.close()

    def _file(self, edit: WorkbookEdit, form: str, slow_too: bool) -> Path:
        if form == FORMS[0]:
            path = self._folder / f"{WORKBOOK_EDITS.index(edit)}.xlsx"
            one, other = (
                partial(openpyxl.load_workbook, io.BytesIO(_small_filled(*whose)))
                for whose in (("ville", 0), ("mutuelle", 100))
            )
            BookByOpenpyxl(one(), other).play(_book(edit).gestures).save(path)
            return path
        if (edit.nom, form) not in self._files:
            self._by_libreoffice(edit, saved_forms(edit, slow_too)[1:])
        return self._files[edit.nom, form]

    def case(self, edit: WorkbookEdit, form: str, slow_too: bool = False) -> Case:
        location, opened_book = small_setting(), _book(edit)
        path = self._file(edit, form, slow_too)
        reading = location.read(path)
        verdict = sum((judge(location, page, reading) for page in opened_book.pages.values()), Verdict())
        everything = sum(len(p.dues) for p in opened_book.pages.values())
        if edit.reported >= 0:
            raw = CalamineWorkbook.from_path(path)
            missing = [m for page in opened_book.pages.values() for m in elsewhere(page, raw)]
            assert missing == [], f"{edit.nom}, {form}: {missing[:20]}"
        expected = edit.codes, everything if edit.reported < 0 else edit.reported
        return Case(edit.nom, form, verdict, frozenset(a.code for a in reading.anomalies), expected)


def saved_forms(edit: Edit | WorkbookEdit | CampagneEdit, slow_too: bool = False) -> tuple[str, ...]:
    """The saved forms in which an edit is tried; ``slow_too``: those too that take LibreOffice a third of the whole
    time.
    """
    return FORMS if slow_too or not getattr(edit, "slow", False) else (FORMS[0], FORMS[2])


# --- what arrives beside a good return: several files each ------------------------------------------------------------


def _saved(source: ExportSource, form: str, libreoffice: LibreOffice | None, folder: Path) -> Path:
    """The workbook of a source as one of the programs saved it; once."""
    path = folder / f"source {id(source)} {FORMS.index(form)}.{form.partition(' ')[0]}"
    if path.exists():
        return path
    if libreoffice is None or form == FORMS[0]:
        openpyxl.load_workbook(io.BytesIO(source.content)).save(path)
        return path
    (folder / "source.xlsx").write_bytes(source.content)
    with libreoffice.open(folder / "source.xlsx") as document:
        for desired in FORMS[1:]:
            document.save(folder / f"source {id(source)} {FORMS.index(desired)}.{desired.partition(' ')[0]}")
    return path


class CampagneCases:
    """The cases of what may lie in the folder of returns."""

    def __init__(self, libreoffice: LibreOffice | None, folder: Path):
        self._libreoffice, self._folder = libreoffice, folder

    def case(self, edit: CampagneEdit, form: str) -> Case:
        arrivals = self._folder / f"campagne {CAMPAGNE_EDITS.index(edit)} {FORMS.index(form)}"
        arrivals.mkdir(exist_ok=True)
        files = {}
        for nom, source in edit.received.items():
            saved_file = _saved(source, form, self._libreoffice, self._folder)
            files[nom] = Path(shutil.copy(saved_file, arrivals / f"{nom}{saved_file.suffix}"))
        verdict, codes = juger_une_campagne(edit, files)
        return Case(edit.nom, form, verdict, codes, (edit.codes, edit.reported))


class Matrix:
    """Every edit in every form, each made when it is asked for; without LibreOffice, in openpyxl's form alone.

    ``edits``: those of a sheet that will be asked for.
    """

    def __init__(self, libreoffice: LibreOffice | None, folder: Path, edits: Sequence[Edit] = EDITS):
        self._by_kind: dict[type, SheetCases | WorkbookCases | CampagneCases] = {
            Edit: SheetCases(libreoffice, folder, edits),
            WorkbookEdit: WorkbookCases(libreoffice, folder),
            CampagneEdit: CampagneCases(libreoffice, folder),
        }

    def case(self, edit: Edit | WorkbookEdit | CampagneEdit, form: str, **extra: bool) -> Case:
        return self._by_kind[type(edit)].case(edit, form, **extra)


# --- figures ----------------------------------------------------------------------------------------------------------


KINDS = {
    "sheet_edits": "lignes, colonnes, cellules verrouillées, aspect",
    "cell_edits": "lignes, colonnes, cellules verrouillées, aspect",
    "typing_edits": "ce qui est tapé, dans chaque sorte de case",
    "workbook_edits": "feuilles et classeurs",
    "campagne_edits": "ce qui est dans le dossier",
}


def kind_of(edit: Edit | WorkbookEdit | CampagneEdit) -> str:
    """By the module that tells what is done."""
    module = "campagne_edits" if isinstance(edit, CampagneEdit) else edit.perform.__module__.rpartition(".")[2]
    return KINDS[module]


def digits(boxes: Iterable[tuple[str, Case]]) -> str:
    """The table of the docs: (kind, case) → a line for each kind in each form, then for each form."""
    by_line: dict[tuple[str, str], list[Case]] = {}
    for kind, box in boxes:
        for line in ((kind, box.form), ("ensemble", box.form)):
            by_line.setdefault(line, []).append(box)
    titles = (
        "genre",
        "forme",
        "modifications",
        "valeurs",
        "exactes",
        "signalées",
        "perdues",
        "fausses",
        "fausses alertes",
    )
    lines = ["| " + " | ".join(titles) + " |", "|---|---" + "|---:" * (len(titles) - 2) + "|"]
    for (kind, form), theirs in sorted(by_line.items(), key=lambda line: (line[0][0] == "ensemble", line[0])):
        total = sum((c.verdict for c in theirs), Verdict())
        etats = [total.etats[e] for e in (READ, REPORTED, LOST, WRONG)]
        counts = [len(theirs), total.etats.total(), *etats, len(total.false_alarms)]
        shown = " | ".join(f"{n:,}".replace(",", "\u00a0") for n in counts)
        lines.append(f"| {kind} | {form} | {shown} |")
    return "\n".join(lines)


def main() -> None:
    with tempfile.TemporaryDirectory() as folder, LibreOffice(Path(folder)) as libreoffice:
        matrix = Matrix(libreoffice, Path(folder))
        boxes = [
            *((kind_of(edit), matrix.case(edit, form)) for edit in (*EDITS, *CAMPAGNE_EDITS) for form in FORMS),
            *((kind_of(edit), matrix.case(edit, form, slow_too=True)) for edit in WORKBOOK_EDITS for form in FORMS),
        ]
    for _, box in boxes:
        if box.faults:
            print(box.nom, box.form, box.faults, sep="\n    ", file=sys.stderr)
    print(digits(boxes))


if __name__ == "__main__":
    main()
