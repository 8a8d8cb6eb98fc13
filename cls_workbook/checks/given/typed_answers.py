"""What the returns say, as rows: the views of a block, and what the rules ask of them more than once."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from cls_workbook.anomalies import Place
from cls_workbook.checks.given.contract_words import ContractWords
from cls_workbook.domain.model import Contrat
from cls_workbook.reading.storing.value_store import ValueStore
from cls_workbook.reading.storing.wide_views import ADDRESS_SUFFIX, ValueArrays, as_dicts, as_rows, wide

Row = Mapping[str, Any]  # one of a view: each of its columns is of its own type
Here = tuple[str, str]  # (fichier, fiche)

MESURE_BLOCKS = ("mesures", "taux", "satisfaction", "durees", "jalons", "textes", "ventilations")
# What answers a measure; the rest (statut, commentaire, échelle, unité…) only qualifies the answer.
ANSWER_FIELDS = (
    *("valeur", "dont_qpv", "numerateur", "denominateur", "questionnaires", "repondants", "satisfaits"),
    *("moyenne", "effectif", "jalon", "texte", "modalite", "nom"),
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


class TypedAnswers:
    """``values``, ``retours``: as in ``CheckInput``. A blank is None everywhere."""

    def __init__(
        self, contrat: Contrat, words: ContractWords, values: pd.DataFrame | ValueStore, retours: pd.DataFrame
    ):
        self._contrat, self._words, self._values, self._retours = contrat, words, values, retours
        self._views: dict[str, pd.DataFrame] = {}
        self._rows: dict[str, pd.DataFrame] = {}

    # --- rows of a block ---

    @property
    def values(self) -> pd.DataFrame:
        """Those of a batch; the values of a whole campaign are in no frame."""
        if isinstance(self._values, ValueStore):
            raise TypeError("a whole campaign is looked at by parts")
        return self._values

    @cached_property
    def _arrays(self) -> ValueArrays:
        return ValueArrays(self.values)

    @cached_property
    def blocks(self) -> frozenset[str]:
        """Those in which something was typed."""
        return frozenset(self._arrays.words["bloc"][np.unique(self._arrays.codes["bloc"])])

    def view(self, bloc: str) -> pd.DataFrame:
        """``wide`` of a block, computed once."""
        if bloc not in self._views:
            self._views[bloc] = self._arrays.wide(bloc)
        return self._views[bloc]

    def rows(self, bloc: str) -> pd.DataFrame:
        """The view of a block with what the contract says of each row: ``maximum``, ``en_qpv``, ``fixed``,
        ``a_capacite``, ``niveau``.
        """
        if bloc not in self._rows:
            self._rows[bloc] = self._in_context(bloc)
        return self._rows[bloc]

    def _in_context(self, bloc: str) -> pd.DataFrame:
        view, contrat = self.view(bloc), self._contrat
        if bloc == "mesures":
            maxima = {id_: self._maximum(id_) for id_ in view["mesure"].unique()}
            en_qpv = {f.numero for f in contrat.fiches if f.qpv_attendu}
            return view.assign(maximum=_objects([maxima[m] for m in view["mesure"]]), en_qpv=view["fiche"].isin(en_qpv))
        if bloc == "taux":
            a_capacite = {r.capacity.mesure for r in contrat.regles if r.type == "capacite"}
            fixed = [contrat.by_mesure[m][2].denominateur if m in contrat.by_mesure else None for m in view["mesure"]]
            return view.assign(fixed=_objects(fixed), a_capacite=view["mesure"].isin(list(a_capacite)))
        if bloc == "financement":
            return view.assign(niveau=[self._words.niveau(n) for n in view["nature"]])
        return view

    def _maximum(self, id_: str) -> Any:
        """The most that a measure may be: its own maximum, and no more communes than the territory has."""
        if id_ not in self._contrat.by_mesure:
            return None
        mesure, communes = self._words.mesure(id_), len(self._contrat.communes)
        bounds: list[Any] = [mesure.maximum] if mesure.maximum is not None else []
        return min([*bounds, *([communes] if mesure.communes and communes else [])], default=None)

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
        view = self.view("avancement")
        known = {here(r): r for r in as_dicts(view)}
        blank = dict.fromkeys(c for c in view.columns if c not in ("intitule", "annee")) | {"mesure": "", "ligne": ""}
        identity = ("fichier", "feuille", "fiche", "structure", "volet")
        return [known.get(here(r), blank | {c: r[c] for c in identity}) for r in self.fiches_returned]

    @cached_property
    def progress_of(self) -> dict[Here, Row]:
        """(fichier, fiche) → its row of ``progress_rows``."""
        return {here(r): r for r in self.progress_rows}

    # --- money ---

    @cached_property
    def financements(self) -> list[Row]:
        """The funding lines, with ``niveau`` (subtotal of the nature) and ``id`` (of the funder)."""
        return list(self.each_financement())

    def each_financement(self) -> Iterator[Row]:
        """The same, none kept: for a sum over a whole campaign."""
        return (x for view in self._views_of("financement") for x in self.financements_in(view))

    def financements_in(self, view: pd.DataFrame) -> list[Row]:
        words = self._words
        levels = {nature: words.niveau(nature) for nature in view["nature"].unique()}
        ids = {nom: words.financeur(nom) for nom in view["financeur"].unique()}
        return list(
            as_rows(view.assign(niveau=[levels[n] for n in view["nature"]], id=[ids[f] for f in view["financeur"]]))
        )

    def _views_of(self, bloc: str) -> Iterator[pd.DataFrame]:
        """``view``, part after part where it is of a whole campaign."""
        if isinstance(self._values, ValueStore):
            yield from (wide(part, bloc) for part in self._values.per_batch(lambda c: c.bloc == bloc))
        else:
            yield self.view(bloc)

    @cached_property
    def depenses(self) -> dict[Here, Row]:
        """(fichier, fiche) → what was spent."""
        return {here(r): r for view in self._views_of("depenses") for r in as_rows(view)}

    # --- measures ---

    @cached_property
    def ventilations(self) -> dict[tuple[str, str, str], list[Row]]:
        """(fichier, fiche, mesure) → rows of its breakdown."""
        groups: dict[tuple[str, str, str], list[Row]] = {}
        for r in as_dicts(self.view("ventilations")):
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


def _objects(values: Collection[Any]) -> Any:
    return pd.array(list(values), dtype=object)
