"""Typed returns → tidy frames; every reinterpretation written down; what cannot be typed, an anomaly.

The returns are typed in parts (``TypedRetours``), each where its files were read; ``bring_together`` makes one of them. Wide views: ``wide`` (``already_seen``).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import pandas as pd

from cls_workbook.anomalies import BLOCKING, Anomalie
from cls_workbook.domain.model import Contrat
from cls_workbook.reading import reading_messages as findings
from cls_workbook.reading.locating.anchors import WorkbookModel, workbook_model
from cls_workbook.reading.parsing.typing_of_cells import ReturnTyping
from cls_workbook.reading.return_reader import Retour
from cls_workbook.reading.storing.value_log import ValueLog
from cls_workbook.reading.storing.value_store import VALUES, ValueStore
from cls_workbook.reading.storing.wide_views import wide

__all__ = ["VALUES", "CellAddresses", "TypedRetours", "out_of_campagne", "wide", "bring_together", "type_values"]

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
        sheet = self._sheets[cle.partition("/")[0]]
        return sheet, self._moved_inputs[cle] if cle in self._moved_inputs else self._model.places[cle].cell

    def __iter__(self) -> Iterator[str]:
        for groupe in self._sheets:
            yield from (p.cle for c in self._model.groups[groupe] for p in self._model.rows[c].places)
        yield from (cle for cle in self._moved_inputs if cle not in self._model.places)

    def __len__(self) -> int:
        return sum(1 for _ in self)


class AddressDirectory(Mapping[str, CellAddresses]):
    """File → its ``CellAddresses``."""

    def __init__(self, locations: Mapping[str, InputLocations], contrat: Contrat):
        self._locations, self._contrat = locations, contrat

    def __getitem__(self, file: str) -> CellAddresses:
        locations = self._locations[file]
        return CellAddresses(locations, workbook_model(self._contrat, locations.annee))

    def __iter__(self) -> Iterator[str]:
        return iter(self._locations)

    def __len__(self) -> int:
        return len(self._locations)


# --- what several returns say ---------------------------------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class TypedRetours:
    """What several returns say. ``values``: columns ``store.VALUES``, words as categories; a book of them once ``bring_together``. ``retours``: ``RETOURS``.

    ``normalisations``: one row per typed value that was understood as another (Saisi: text, Retenu: typed). ``anomalies``: of reading and of typing,
    with the structure that answers. ``locations``: file → where its inputs are.
    """

    values: pd.DataFrame | ValueStore
    retours: pd.DataFrame
    normalisations: pd.DataFrame
    anomalies: list[Anomalie] = field(default_factory=list)
    locations: Mapping[str, InputLocations] = field(default_factory=dict)

    def addresses(self, contrat: Contrat) -> Mapping[str, Mapping[str, tuple[str, str]]]:
        """File → key of an input → (sheet, cell). ``contrat``: the one that these returns are of."""
        return AddressDirectory(self.locations, contrat)


def type_values(retours: Iterable[Retour], contrat: Contrat) -> TypedRetours:
    """Types every value of the returns of ``contrat``; those of another contract only bring their anomalies."""
    value_log = ValueLog()
    lines: list[tuple] = []
    normalisations: list[tuple] = []
    anomalies: list[Anomalie] = []
    locations: dict[str, InputLocations] = {}
    for retour in retours:
        if retour.contrat != contrat.id:
            anomalies += retour.anomalies
            continue
        locations[retour.file] = InputLocations(retour.annee, retour.worksheets, retour.moved_inputs)
        reading = ReturnTyping(retour, workbook_model(contrat, retour.annee))
        reading.type_values(value_log, normalisations)
        lines += reading.lines()
        anomalies += reading.anomalies
        if not (reading.answered or any(a.gravite == BLOCKING for a in reading.anomalies)):
            anomalies.append(findings.empty_retour(retour.file))
    return TypedRetours(
        value_log.frame(), _frame(lines, RETOURS), _frame(normalisations, NORMALISATIONS), anomalies, locations
    )


def bring_together(typed_batches: Iterable[TypedRetours]) -> TypedRetours:
    """One lot, in their order: their values are a book, each lot is let go once it is written there."""
    store, retours, normalisations, anomalies, locations = ValueStore(), [], [], [], {}
    known: dict[tuple, InputLocations] = {}  # the returns of many senders have their inputs in the same places
    for typed_returns in typed_batches:
        store.add(typed_returns.values)
        retours.append(
            typed_returns.retours.copy()
        )  # its own memory: what is kept in the midst of all that is let go with the lot would leave holes there
        normalisations.append(typed_returns.normalisations)
        anomalies += typed_returns.anomalies
        locations |= {
            f: known.setdefault((there.annee, *there.worksheets.items(), None, *there.moved_inputs.items()), there)
            for f, there in typed_returns.locations.items()
        }
    return TypedRetours(
        store, *(pd.concat(parts, ignore_index=True) for parts in (retours, normalisations)), anomalies, locations
    )


def out_of_campagne(retour: Retour, contrat: Contrat, annee: int) -> list[Anomalie]:
    """A blocking anomaly if the return is of another contract or year than the campaign; the whole file is refused."""
    if not retour.contrat:
        return []  # unreadable: already said
    if retour.contrat != contrat.id:
        return [
            findings.out_of_campagne(
                retour.file, "contrat", f"un classeur du contrat « {retour.contrat} »", f"le contrat « {contrat.id} »"
            )
        ]
    if retour.annee != annee:
        return [
            findings.out_of_campagne(retour.file, "année", f"un classeur de l’année {retour.annee}", f"l’année {annee}")
        ]
    return []


def _frame(lines: Sequence[tuple], columns: tuple[str, ...]) -> pd.DataFrame:
    """Object columns (a missing value stays None, an int stays an int), but for whole numbers."""
    contents = zip(*lines, strict=True) if lines else ((),) * len(columns)
    return pd.DataFrame({nom: _column(nom, content) for nom, content in zip(columns, contents, strict=True)})


def _column(nom: str, content: Sequence) -> pd.Series:
    return pd.Series(content, dtype=int if nom in INTEGER_COLUMNS else object)
