"""Typed returns → tidy frames; every reinterpretation written down; what cannot be typed, an anomaly.

The returns are typed in parts (``TypedRetours``), each where its files were read; ``bring_together`` makes one of them.
Wide views: ``wide_views.ValueArrays.wide``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Generic, NamedTuple, TypeVar

import pandas as pd

from cls_workbook.anomalies import BLOCKING, Anomalie
from cls_workbook.domain.model import Contrat
from cls_workbook.reading.cells.shown import as_text
from cls_workbook.reading.locating import file_messages
from cls_workbook.reading.locating.expected_row import groupe_of
from cls_workbook.reading.locating.retour import Retour
from cls_workbook.reading.locating.workbook_model import WorkbookModel, WorkbookModels
from cls_workbook.reading.parsing.answering import Answer, Answering
from cls_workbook.reading.parsing.typing_of_cells import ReturnTyping, TypedValue, Understanding
from cls_workbook.reading.parsing.value_log import ValueLog
from cls_workbook.reading.storing.value_store import ValueStore
from cls_workbook.reading.storing.wide_views import plain_names

RETOURS = (
    "fichier",
    "sha256",
    "annee",
    "contrat",
    "modele",
    "structure",
    "volet",
    "fiche",
    "feuille",
    "champs_renseignes",
    "champs_attendus",
)
NORMALISATIONS = ("Fichier", "Feuille", "Cellule", "Champ", "Saisi", "Retenu", "Règle")
INTEGER_COLUMNS = ("annee", "champs_renseignes", "champs_attendus")


Settle = Callable[[Sequence[Answer]], Mapping[str, str] | None]  # see ``SettledReturn``

# --- where each input is --------------------------------------------------------------------------------------------


class InputLocations(NamedTuple):
    """Of one return: its year, group → sheet, and the inputs that stand elsewhere than planned (key → cell)."""

    annee: int
    worksheets: Mapping[str, str]
    moved_inputs: Mapping[str, str]


class CellAddresses(Mapping[str, tuple[str, str]]):
    """Key of an input → (sheet, cell) in one return, blank inputs included; added rows too. Built when asked."""

    def __init__(self, locations: InputLocations, modele: WorkbookModel):
        _, self._sheets, self._moved_inputs = locations
        self._model = modele

    def __getitem__(self, cle: str) -> tuple[str, str]:
        sheet = self._sheets[groupe_of(cle)]
        return sheet, self._moved_inputs[cle] if cle in self._moved_inputs else self._model.places[cle].cell

    def __iter__(self) -> Iterator[str]:
        for groupe in self._sheets:
            yield from (p.cle for row in self._model.expected(groupe, self._sheets) for p in row.places)
        yield from (cle for cle in self._moved_inputs if cle not in self._model.places)

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def libelle(self, cle: str) -> str:
        """What is printed beside the input; its key if it is none of the workbook's."""
        place = self._model.place(cle)
        return place.libelle if place else cle


class AddressDirectory(Mapping[str, CellAddresses]):
    """File → its ``CellAddresses``."""

    def __init__(self, locations: Mapping[str, InputLocations], contrat: Contrat, models: WorkbookModels):
        self._locations, self._contrat, self._models = locations, contrat, models

    def __getitem__(self, file: str) -> CellAddresses:
        locations = self._locations[file]
        return CellAddresses(locations, self._models.of(self._contrat, locations.annee))

    def __iter__(self) -> Iterator[str]:
        return iter(self._locations)

    def __len__(self) -> int:
        return len(self._locations)


# --- who takes whose place ------------------------------------------------------------------------------------------


class Said(NamedTuple):
    """What an input of a return says. ``valeur``: typed; what was refused, as it was found."""

    libelle: str
    valeur: object
    sheet: str
    cell: str


class SettledReturn(NamedTuple):
    """A return that takes the place of another, or whose place is taken; it answers for a fiche at least. ``replaced``:
    fiche → the return that answers for it instead.

    ``said``: key of an input → what it says, for all that was typed.
    """

    answers: tuple[Answer, ...]
    replaced: Mapping[str, str]
    said: Mapping[str, Said]

    @property
    def file(self) -> str:
        return self.answers[0].file

    @property
    def is_replaced_whole(self) -> bool:
        return len(self.replaced) == len(self.answers)

    @property
    def set_aside(self) -> set[tuple[str, str]]:
        """(fichier, fiche) of what another return says instead; fiche "": all of it."""
        return {(self.file, "")} if self.is_replaced_whole else {(self.file, fiche) for fiche in self.replaced}


# --- what several returns say ---------------------------------------------------------------------------------------

V = TypeVar("V", pd.DataFrame, ValueStore)


@dataclass(frozen=True, eq=False)
class TypedRetours(Generic[V]):
    """What several returns say. ``values``: columns ``VALUES``, words as categories; a book of them once
    ``bring_together``.

    ``retours``: columns ``RETOURS``. ``normalisations``: one row per typed value that was understood as another (Saisi:
    text, Retenu: typed). ``anomalies``: of reading and of typing, with the structure that answers; none of what was
    replaced.
    ``locations``: file → where its inputs are. ``settled``: those that take a place, or whose place is taken.
    ``saved``: file → the day on which it says it was saved.
    """

    values: V
    retours: pd.DataFrame
    normalisations: pd.DataFrame
    anomalies: list[Anomalie] = field(default_factory=list)
    locations: Mapping[str, InputLocations] = field(default_factory=dict)
    settled: Sequence[SettledReturn] = ()
    saved: Mapping[str, date] = field(default_factory=dict)
    models: WorkbookModels = field(default_factory=WorkbookModels)

    def addresses(self, contrat: Contrat) -> Mapping[str, Mapping[str, tuple[str, str]]]:
        """File → key of an input → (sheet, cell). ``contrat``: the one that these returns are of."""
        return AddressDirectory(self.locations, contrat, self.models)


def type_values(
    retours: Iterable[Retour], contrat: Contrat, models: WorkbookModels | None = None, settle: Settle | None = None
) -> TypedRetours[pd.DataFrame]:
    """Types every value of the returns of ``contrat``; those of another contract only bring their anomalies.

    ``models``: those that the returns were read with. ``settle``: what a return answers → fiche → the return that takes
    its place there; None: it takes no place, and keeps its own.
    """
    lot = _Lot(contrat, models or WorkbookModels(), settle)
    for retour in retours:
        if retour.contrat == contrat.id:
            lot.add(retour)
        else:
            lot.anomalies += retour.anomalies
    return lot.typed()


class _Lot:
    """Returns of one contract, as they are typed one after the other."""

    def __init__(self, contrat: Contrat, models: WorkbookModels, settle: Settle | None):
        self._contrat, self._models, self._settle = contrat, models, settle
        self._understandings: dict[int, Understanding] = {}  # by year
        self._log = ValueLog()
        self._lines: list[tuple[object, ...]] = []
        self._normalisations: list[tuple[object, ...]] = []
        self._locations: dict[str, InputLocations] = {}
        self._settled: list[SettledReturn] = []
        self._saved: dict[str, date] = {}
        self.anomalies: list[Anomalie] = []

    def add(self, retour: Retour) -> None:
        modele = self._models.of(self._contrat, retour.annee)
        answering = Answering(retour, modele)
        # Who counts is settled first: what a return says is typed, then judged, once.
        replaced = self._settle(answering.answers) if self._settle else None
        reading = ReturnTyping(answering, self._understandings.setdefault(retour.annee, Understanding()))
        locations = InputLocations(retour.annee, retour.worksheets, retour.moved_inputs)
        values = self._note_down(answering, reading.values())
        if replaced is None:
            for _ in values:
                pass
            anomalies = reading.anomalies
        else:
            said = {v.typed.cle: Said(v.place.libelle, v.valeur, v.typed.sheet, v.typed.cell) for v in values}
            said |= _refused(reading.anomalies, CellAddresses(locations, modele), said)
            self._settled.append(SettledReturn(answering.answers, replaced, said))
            anomalies = (
                [] if self._settled[-1].is_replaced_whole else [a for a in reading.anomalies if a.fiche not in replaced]
            )
        self._locations[retour.file] = locations
        if retour.saved_on:
            self._saved[retour.file] = retour.saved_on
        self._lines += reading.lines()
        self.anomalies += anomalies
        if not (answering.answered or any(a.gravite == BLOCKING for a in reading.anomalies)):
            self.anomalies.append(file_messages.empty_retour(retour.file))

    def _note_down(self, answering: Answering, values: Iterable[TypedValue]) -> Iterator[TypedValue]:
        retour, before = answering.retour, None
        for value in values:
            sheet = value.typed.sheet
            if value.rule:
                found = retour.file, sheet, value.typed.cell, value.place.libelle, as_text(value.typed.raw)
                self._normalisations.append((*found, value.valeur, value.rule))
            if (sheet, value.place.fiche) != before:
                before = sheet, value.place.fiche
                volet = answering.volets.get(value.place.fiche, "")
                self._log.open_up(retour.annee, retour.file, sheet, answering.structure, volet)
            self._log.note_down(value)
            yield value

    def typed(self) -> TypedRetours[pd.DataFrame]:
        return TypedRetours(
            self._log.frame(),
            _frame(self._lines, RETOURS),
            _frame(self._normalisations, NORMALISATIONS),
            self.anomalies,
            self._locations,
            self._settled,
            self._saved,
            self._models,
        )


def _refused(anomalies: Iterable[Anomalie], addresses: CellAddresses, typed: Mapping[str, Said]) -> Mapping[str, Said]:
    """What was typed and could not be taken, as it was found."""
    refused: dict[str, Said] = {}
    keys = {location: cle for cle, location in addresses.items()}
    for a in anomalies:
        for cell in a.cells:
            cle = keys.get((a.sheet, cell))
            if cle and cle not in typed and cle not in refused and a.found:
                refused[cle] = Said(addresses.libelle(cle), f"{a.found} (refusé)", a.sheet, cell)
    return refused


def bring_together(
    typed_batches: Iterable[TypedRetours[pd.DataFrame]], models: WorkbookModels | None = None
) -> TypedRetours[ValueStore]:
    """One lot, in their order: their values are a book, each lot is let go once it is written there."""
    store = ValueStore()
    retours: list[pd.DataFrame] = []
    normalisations: list[pd.DataFrame] = []
    anomalies: list[Anomalie] = []
    locations: dict[str, InputLocations] = {}
    settled: list[SettledReturn] = []
    saved: dict[str, date] = {}
    known: dict[tuple[object, ...], InputLocations] = {}  # many senders have their inputs in the same places
    for typed in typed_batches:
        store.add(typed.values)
        # Its own memory: what is kept in the midst of all that is let go with the lot would leave holes there.
        retours.append(typed.retours.copy())
        normalisations.append(typed.normalisations)
        anomalies += typed.anomalies
        settled += typed.settled
        saved |= typed.saved
        for file, there in typed.locations.items():
            key = there.annee, *there.worksheets.items(), None, *there.moved_inputs.items()
            locations[file] = known.setdefault(key, there)
    return TypedRetours(
        store,
        pd.concat(retours, ignore_index=True),
        pd.concat(normalisations, ignore_index=True),
        anomalies,
        locations,
        settled,
        saved,
        models or WorkbookModels(),
    )


def out_of_campagne(retour: Retour, contrat: Contrat, annee: int) -> list[Anomalie]:
    """A blocking anomaly if the return is of another contract or year than the campaign; the whole file is refused."""
    if not retour.contrat:
        return []  # unreadable: already said
    if retour.contrat != contrat.id:
        return [
            file_messages.out_of_campagne(
                retour.file, "contrat", f"un classeur du contrat « {retour.contrat} »", f"le contrat « {contrat.id} »"
            )
        ]
    if retour.annee != annee:
        return [
            file_messages.out_of_campagne(
                retour.file, "année", f"un classeur de l’année {retour.annee}", f"l’année {annee}"
            )
        ]
    return []


def _frame(lines: Sequence[tuple[object, ...]], columns: tuple[str, ...]) -> pd.DataFrame:
    """Object columns (a missing value stays None, an int stays an int), but for whole numbers."""
    contents: Iterable[Sequence[Any]] = zip(*lines, strict=True) if lines else ((),) * len(columns)
    by_name = {nom: _column(nom, content) for nom, content in zip(columns, contents, strict=True)}
    return pd.DataFrame(by_name, columns=plain_names(columns))


def _column(nom: str, content: Sequence[Any]) -> pd.Series[Any]:
    return pd.Series(content, dtype="int64" if nom in INTEGER_COLUMNS else object)
