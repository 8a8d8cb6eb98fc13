"""The three tables of values: what each return said, and where.

Made whenever they are asked for, whole or batch after batch.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache, partial
from typing import Any

import numpy as np
import pandas as pd

from cls_workbook.domain.model import Contrat
from cls_workbook.reading.storing.value_store import Chapter, ValueStore
from cls_workbook.reading.storing.wide_views import ADDRESS_SUFFIX, ValueArrays, WideView, columns, object_frame, rows
from cls_workbook.summaries.expected import displayed_name
from cls_workbook.tables.consolidation_tables import ANSWERS, FINANCEMENTS, MESURES
from cls_workbook.tables.described_columns import DescribedTable
from cls_workbook.tables.table_frames import table_frame

ACTUAL = "réel"
_FINANCEMENT_FIELDS = ("financeur", "nature", "prevu", "engage", "verse", "reference", "date")
# The champs of a measure that carry a figure or an answer; the others only qualify it.
VALUE_FIELDS = {
    *("valeur", "dont_qpv", "numerateur", "denominateur", "questionnaires", "repondants", "satisfaits"),
    *("moyenne", "effectif", "jalon", "jour", "texte", "nom", "modalite"),
}


@dataclass(frozen=True, eq=False)
class ValueTable:
    """A table of which returns give the rows: made whenever it is asked for, whole (``frame``) or batch after batch
    (``parts``)."""

    store: ValueStore
    described: DescribedTable
    wanted: Callable[[Chapter], object]
    perform: Callable[[pd.DataFrame], pd.DataFrame]

    def frame(self) -> pd.DataFrame:
        return self.perform(self.store.read(self.wanted))

    def parts(self) -> Iterator[pd.DataFrame]:
        return map(self.perform, self.store.per_batch(self.wanted))


def as_frame(table: pd.DataFrame | ValueTable) -> pd.DataFrame:
    """The frame of a table, made if something makes it."""
    return table.frame() if isinstance(table, ValueTable) else table


def mesures_table(contrat: Contrat, values: pd.DataFrame | ValueStore) -> ValueTable:
    """The table ``Mesures``: one row per value typed for a measure (its figure, its statut, its comment…).

    Statut is what the return typed for that measure; « réel » where a figure came without statut.
    """
    return ValueTable(ValueStore.of(values), MESURES, lambda c: c.mesure, partial(_mesures, contrat))


def _mesures(contrat: Contrat, its_own: pd.DataFrame) -> pd.DataFrame:
    own: dict[str, Iterable[Any]] = {
        "Indicateur": _translated(its_own["mesure"], lambda mesure: contrat.by_mesure[mesure][1].id),
        "Mesure": its_own["mesure"],
        "Champ": its_own["champ"],
        "Modalité": _translated(its_own["modalite"]),
        "Valeur": its_own["valeur"],
        "Statut": _statuts_of_mesures(its_own),
    }
    return _columns_to_table(MESURES, _origin(contrat, its_own) | own)


def _statuts_of_mesures(values: pd.DataFrame) -> np.ndarray:
    """Of each value: the statut that its return gives to its measure."""
    numbers = rows(values, ("fichier", "feuille", "mesure"))
    said = np.full(len(values), None, dtype=object)  # by number of (return, measure)
    said[numbers[values["champ"].isin(VALUE_FIELDS).to_numpy()]] = ACTUAL
    typed_values = np.flatnonzero(values["champ"] == "statut")
    said[numbers[typed_values]] = values["valeur"].to_numpy()[typed_values]
    of_each: np.ndarray = said[numbers]
    return of_each


def financements_table(contrat: Contrat, values: pd.DataFrame | ValueStore) -> ValueTable:
    """The table ``Financements``: one row per funding line; amounts in euros. Cellule is the range that was typed."""
    return ValueTable(
        ValueStore.of(values), FINANCEMENTS, lambda c: c.bloc == "financement", partial(_financements, contrat)
    )


def _financements(contrat: Contrat, its_own: pd.DataFrame) -> pd.DataFrame:
    return table_frame(FINANCEMENTS, _financement_lines(contrat, ValueArrays.of(its_own).wide("financement")))


def _financement_lines(contrat: Contrat, view: WideView) -> Iterator[tuple[Any, ...]]:
    origins = columns(view, "annee", "fiche", "structure", "fichier", "feuille")
    contents = columns(view, *_FINANCEMENT_FIELDS)
    addresses = columns(view, *(champ + ADDRESS_SUFFIX for champ in _FINANCEMENT_FIELDS))
    for (annee, fiche, structure, file, sheet), content, cells in zip(origins, contents, addresses, strict=True):
        where = file, sheet, extent([c for c in cells if c is not None])
        yield (annee, fiche, displayed_name(contrat, structure), *content, *where)


def names_cited(contrat: Contrat, values: pd.DataFrame | ValueStore) -> pd.DataFrame:
    """Of the table ``Mesures``, the names that count entities, each once: Mesure, Champ, Valeur."""
    nominative, names = (
        {id_ for id_, (_, _, m) in contrat.by_mesure.items() if m.nominative},
        ("mesure", "champ", "valeur"),
    )
    quoted = ValueStore.of(values).lines(lambda c: c.mesure in nominative, *names, input_fields=("nom",))
    return pd.DataFrame(list(dict.fromkeys(quoted)), columns=["Mesure", "Champ", "Valeur"], dtype=object)


def answers_table(contrat: Contrat, values: pd.DataFrame | ValueStore) -> ValueTable:
    """The table ``Reponses``: every value that is neither of a measure nor of a funding line."""
    return ValueTable(
        ValueStore.of(values), ANSWERS, lambda c: not c.mesure and c.bloc != "financement", partial(_answers, contrat)
    )


def _answers(contrat: Contrat, autres: pd.DataFrame) -> pd.DataFrame:
    own: dict[str, Iterable[Any]] = {
        "Bloc": autres["bloc"],
        "Champ": autres["champ"],
        "Ligne": _translated(autres["ligne"]),
        "Valeur": autres["valeur"],
    }
    return _columns_to_table(ANSWERS, _origin(contrat, autres) | own)


def _origin(contrat: Contrat, values: pd.DataFrame) -> dict[str, Iterable[Any]]:
    """The columns that tell where each value comes from."""
    return {
        "Année": values["annee"],
        "Fiche": _translated(values["fiche"]),
        "Structure": _translated(values["structure"], lambda structure: displayed_name(contrat, structure)),
        "Volet": _translated(values["volet"]),
        "Fichier": values["fichier"],
        "Feuille": values["feuille"],
        "Cellule": values["cellule"],
    }


def _translated(words: pd.Series, translate: Callable[[str], str] = str) -> np.ndarray:
    """A column with each of its words translated, once; None for an empty one."""
    ranks, known = pd.factorize(words)
    return np.array([translate(word) or None for word in known] or [None], dtype=object)[ranks]


def extent(cells: Sequence[str]) -> str:
    """The smallest range that holds these cells: ``C45:I45``; ``C45`` for one cell."""
    places = [_letters_and_rank(cell) for cell in cells]
    columns = sorted({c for c, _ in places}, key=lambda c: (len(c), c))
    rows = sorted(rank for _, rank in places)
    start, end = f"{columns[0]}{rows[0]}", f"{columns[-1]}{rows[-1]}"
    return start if start == end else f"{start}:{end}"


@lru_cache(maxsize=5_000)
def _letters_and_rank(cell: str) -> tuple[str, int]:
    letters = cell.rstrip("0123456789")
    return letters, int(cell[len(letters) :])


def _columns_to_table(table: DescribedTable, by_title: Mapping[str, Iterable[Any]]) -> pd.DataFrame:
    """Object columns only: an int stays an int and a missing value stays None."""
    return object_frame({titre: np.asarray(by_title[titre], dtype=object) for titre in table.titles})
