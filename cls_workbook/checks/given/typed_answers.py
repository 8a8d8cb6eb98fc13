"""What the returns say, as rows: the views of a block, and what the rules ask of them more than once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from cls_workbook.anomalies import Place
from cls_workbook.checks.given.contract_words import ContractWords
from cls_workbook.reading.storing.value_store import ValueStore
from cls_workbook.reading.storing.wide_views import ADDRESS_SUFFIX, FIELDS, ValueArrays, WideView, as_dicts, as_rows

Row = Mapping[str, Any]  # one of a view: each of its columns is of its own type
Here = tuple[str, str]  # (fichier, fiche)

MESURE_BLOCKS = ("mesures", "taux", "satisfaction", "durees", "jalons", "dates", "textes", "ventilations")
# What answers a measure; the rest (statut, commentaire, échelle, unité…) only qualifies the answer.
ANSWER_FIELDS = (
    *("valeur", "dont_qpv", "numerateur", "denominateur", "questionnaires", "repondants", "satisfaits"),
    *("moyenne", "effectif", "jalon", "jour", "texte", "modalite", "nom"),
)


class AnswerInput(NamedTuple):
    """One input of a measure."""

    bloc: str
    champ: str
    valeur: Any
    cell: str


def place_of(r: Row) -> Place:
    return Place(r["fichier"], r["feuille"], r["fiche"], r["structure"])


def here(r: Row) -> Here:
    return r["fichier"], r["fiche"]


def typed_cells(r: Row, *champs: str) -> list[str]:
    """Where these were typed; those left blank apart."""
    return [r[c + ADDRESS_SUFFIX] for c in champs if r[c] is not None]


def by_retour(rows: Iterable[Row]) -> dict[Here, list[Row]]:
    groups: dict[Here, list[Row]] = {}
    for r in rows:
        groups.setdefault(here(r), []).append(r)
    return groups


def above(one: Any, other: Any) -> bool:
    """An unknown value contradicts nothing."""
    return one is not None and other is not None and bool(one > other)


class TypedAnswers:
    """``values``, ``retours``: as in ``CheckInput``. A blank is None everywhere."""

    def __init__(self, words: ContractWords, values: pd.DataFrame | ValueStore, retours: pd.DataFrame):
        self._words, self._values, self._retours = words, values, retours
        self._rows: dict[str, Sequence[Row]] = {}

    # --- rows of a block ---

    @property
    def values(self) -> pd.DataFrame:
        """Those of a batch; the values of a whole campaign are in no frame."""
        if isinstance(self._values, ValueStore):
            raise TypeError("a whole campaign is looked at by parts")
        return self._values

    @cached_property
    def _arrays(self) -> ValueArrays:
        return ValueArrays.of(self.values)

    def rows(self, bloc: str) -> Sequence[Row]:
        """The rows of a block as ``wide`` has them, with ``bloc``; a funding line with its ``niveau`` (subtotal of the
        nature) and the ``id`` of its funder."""
        if bloc not in self._rows:
            whole = isinstance(self._values, ValueStore)
            self._rows[bloc] = list(self.each(bloc)) if whole else as_dicts(self._seen(self._arrays, bloc))
        return self._rows[bloc]

    def each(self, bloc: str) -> Iterator[Row]:
        """The same, none kept of a whole campaign: for a sum."""
        if not isinstance(self._values, ValueStore):
            return iter(self.rows(bloc))
        parts = self._values.arrays(lambda c: c.bloc == bloc)
        return (r for part in parts for r in as_rows(self._seen(part, bloc)))

    def _seen(self, arrays: ValueArrays, bloc: str) -> WideView:
        view = arrays.wide(bloc)
        if bloc == "financement":
            view["niveau"] = np.array([*map(self._words.niveau, view["nature"])], dtype=object)
            view["id"] = np.array([*map(self._words.financeur, view["financeur"])], dtype=object)
        return view

    # --- avancement ---

    @cached_property
    def fiches_returned(self) -> list[Row]:
        """The rows of ``retours``."""
        return list(as_dicts(self._retours))

    @cached_property
    def progress_rows(self) -> list[Row]:
        """One row per fiche returned with the champs of ``avancement`` (None where blank),
        in the order of ``retours``.
        """
        known = {here(r): r for r in self.rows("avancement")}
        blank = dict.fromkeys(x for c in FIELDS["avancement"] for x in (c, c + ADDRESS_SUFFIX))
        blank |= {"bloc": "avancement", "mesure": "", "ligne": ""}
        identity = ("fichier", "feuille", "fiche", "structure", "volet")
        return [known.get(here(r), blank | {c: r[c] for c in identity}) for r in self.fiches_returned]

    @cached_property
    def progress_of(self) -> dict[Here, Row]:
        """(fichier, fiche) → its row of ``progress_rows``."""
        return {here(r): r for r in self.progress_rows}

    @cached_property
    def depenses(self) -> dict[Here, Row]:
        """(fichier, fiche) → what was spent."""
        return {here(r): r for r in self.each("depenses")}

    @cached_property
    def posts(self) -> dict[Here, Row]:
        """(fichier, fiche) → the post that a rule shares in."""
        return {here(r): r for r in self.each("poste")}

    # --- measures ---

    @cached_property
    def ventilations(self) -> dict[tuple[str, str, str], list[Row]]:
        """(fichier, fiche, mesure) → rows of its breakdown."""
        groups: dict[tuple[str, str, str], list[Row]] = {}
        for r in self.rows("ventilations"):
            groups.setdefault((*here(r), r["mesure"]), []).append(r)
        return groups

    @cached_property
    def fills(self) -> dict[tuple[str, str, str], list[AnswerInput]]:
        """(fichier, fiche, mesure) → what answers it."""
        arrays, groups = self._arrays, dict[tuple[str, str, str], list[AnswerInput]]()
        is_answer = np.isin(arrays.codes["champ"], [arrays.numero("champ", champ) for champ in ANSWER_FIELDS])
        for bloc in MESURE_BLOCKS:
            for key, fill in self._inputs(is_answer & (arrays.codes["bloc"] == arrays.numero("bloc", bloc))):
                groups.setdefault(key, []).append(fill)
        return groups

    @cached_property
    def statuts(self) -> dict[tuple[str, str, str], AnswerInput]:
        """(fichier, fiche, mesure) → statut, where one was chosen."""
        return dict(self._inputs(self._arrays.codes["champ"] == self._arrays.numero("champ", "statut")))

    def _inputs(self, mask: npt.NDArray[np.bool_]) -> Iterable[tuple[tuple[str, str, str], AnswerInput]]:
        """(fichier, fiche, mesure), and what answers it, of these rows."""
        arrays, ranks = self._arrays, np.flatnonzero(mask)
        bloc, champ, cell = (arrays.read(nom, ranks) for nom in ("bloc", "champ", "cellule"))
        keys = zip(*(arrays.read(nom, ranks) for nom in ("fichier", "fiche", "mesure")), strict=True)
        return zip(keys, map(AnswerInput, bloc, champ, arrays.values[ranks], cell), strict=True)
