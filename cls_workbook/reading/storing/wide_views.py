"""Wide views of the typed values: one row per line of a block, one column per champ, and where each was typed.

Used by ``typed_frames`` and by ``checks``; judges nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from functools import lru_cache
from typing import Any

import numpy as np
import pandas as pd

from cls_workbook.domain.entry_questions import BLOCKS, VOLET

Array = np.ndarray[Any, Any]
KEYS = ("fichier", "feuille", "fiche", "structure", "volet", "mesure", "ligne")
IDENTIFYING_KEYS = ("fichier", "feuille", "fiche", "mesure", "ligne")
WORDS = (*KEYS, "bloc", "champ", "modalite", "cellule")
WideView = dict[str, Array]  # its columns, one as long as the other, of objects
ADDRESS_SUFFIX = "@"  # ``valeur@`` is the cell in which ``valeur`` was typed

FIELDS = {nom: tuple(c.nom for c in bloc.input_fields) for nom, bloc in BLOCKS.items()}
FIELDS["reponse"] = tuple(dict.fromkeys((*FIELDS["reponse"], *(c.nom for c in VOLET.input_fields))))
NUMERIC_FIELDS = {
    nom: tuple(c.nom for c in bloc.input_fields if c.type in ("entier", "decimal", "montant"))
    for nom, bloc in BLOCKS.items()
}


class ValueArrays:
    """The columns of typed values as plain arrays, taken apart once: of each row, the number of its word; the words;
    the value."""

    def __init__(self, annees: Array, values: Array, codes: Mapping[str, Array], words: Mapping[str, Array]):
        """``codes``, ``words``: by name of column (``WORDS``)."""
        self.annees, self.values, self.codes, self.words = annees, values, codes, words

    @classmethod
    def of(cls, values: pd.DataFrame) -> ValueArrays:
        apart = {nom: _codes(values[nom]) for nom in WORDS}
        codes, words = ({nom: pair[n] for nom, pair in apart.items()} for n in (0, 1))
        return cls(values["annee"].to_numpy(object), _objects(values["valeur"]), codes, words)

    def __len__(self) -> int:
        return len(self.values)

    def numero(self, nom: str, word: str) -> int:
        """The number of a word of a column; -1 where nothing says it."""
        return int(next(iter(np.flatnonzero(self.words[nom] == word)), -1))

    def read(self, nom: str, ranks: Array) -> Array:
        """The words of a column at these rows."""
        words: Array = self.words[nom][self.codes[nom][ranks]]
        return words

    def rows(self, keys: Sequence[str], ranks: Array | None = None) -> tuple[Array, Array]:
        """Rows (those at ``ranks`` only) that have the same keys, numbered in order of appearance: (number of each,
        first of each number).

        One sheet answers for one structure and volet: ``IDENTIFYING_KEYS`` tell the others.
        """
        combined = np.zeros(len(self) if ranks is None else len(ranks), dtype=np.int64)
        for cle in keys:
            codes = self.codes[cle] if ranks is None else self.codes[cle][ranks]
            combined = pd.factorize(combined * (len(self.words[cle]) + 1) + codes)[0]  # kept small: no overflow
        return combined, np.unique(combined, return_index=True)[1]

    def wide(self, bloc: str) -> WideView:
        """One row per (fichier, feuille, fiche, structure, volet, mesure, ligne) of ``bloc``, in order of appearance.

        Columns: these keys, ``annee``, ``intitule`` (what names a row of a breakdown: its modalité or name), ``bloc``,
        then for each champ of the block the value and, under ``<champ>@``, its cell. Missing = None.
        Champs that nobody typed are there too, empty; a block without fixed champs shows those that were typed.
        """
        ranks = np.flatnonzero(self.codes["bloc"] == self.numero("bloc", bloc))
        lines, first_of_each = self.rows(IDENTIFYING_KEYS, ranks)
        head_ranks = ranks[first_of_each]
        view = {nom: self.read(nom, head_ranks) for nom in KEYS} | {
            "annee": self.annees[head_ranks],
            "intitule": self.read("modalite", head_ranks),
            "bloc": np.full(len(head_ranks), bloc, dtype=object),
        }
        input_fields = self.codes["champ"][ranks]
        for champ in FIELDS.get(bloc) or sorted(self.words["champ"][np.unique(input_fields)]):
            here = np.flatnonzero(input_fields == self.numero("champ", champ))
            if champ not in KEYS:  # the structure and the volet typed are keys already
                view[champ] = _column(len(head_ranks), lines[here], self.values[ranks[here]])
            view[champ + ADDRESS_SUFFIX] = _column(len(head_ranks), lines[here], self.read("cellule", ranks[here]))
        return view


def object_frame(contents: Mapping[str, Array]) -> pd.DataFrame:
    """The frame of these columns of objects, one as long as the other: of one array, pandas looks for no types."""
    values = np.empty((len(contents), len(next(iter(contents.values())))), dtype=object)
    for rank, content in enumerate(contents.values()):
        values[rank] = content
    return pd.DataFrame(values.T, columns=plain_names(tuple(contents)), dtype=object, copy=False)


@lru_cache(maxsize=200)
def plain_names(names: tuple[str, ...]) -> pd.Index[str]:
    """The names of columns as plain strings, in one index for all the frames that have them: of pandas' own strings,
    each frame would make a look-up table of its own."""
    return pd.Index(names, dtype=object)


def rows(values: pd.DataFrame, keys: Sequence[str]) -> Array:
    """The number of each row; those that have the same keys have the same one. See ``ValueArrays.rows``."""
    return ValueArrays.of(values).rows(keys)[0]


def _codes(column: pd.Series) -> tuple[Array, Array]:
    if isinstance(column.dtype, pd.CategoricalDtype):
        return column.array.codes, column.array.categories.to_numpy(object)
    return pd.factorize(_objects(column))


def _column(size: int, ranks: Array, contents: Array) -> Array:
    column = np.full(size, None, dtype=object)
    column[ranks] = contents
    return column


def total_of(values: Iterable[Any]) -> Any:
    """The sum of what is known; None when nothing is (a blank is not a zero)."""
    known = [v for v in values if v is not None]
    return sum(known) if known else None


def quotient(top: Any, bottom: Any) -> Decimal | None:
    """The exact rate; None where a term is not known, or where it would be over zero."""
    return Decimal(top) / Decimal(bottom) if top is not None and bottom else None


def columns(frame: pd.DataFrame | WideView, *names: str) -> Iterator[tuple[Any, ...]]:
    """The rows, these columns only. Values as they are, and ten times as fast as ``itertuples``."""
    return zip(*(_objects(frame[nom]) for nom in names), strict=True)


def _objects(column: pd.Series | Array) -> Array:
    """The values as objects; not copied where they already are (``to_numpy(object)`` would)."""
    if isinstance(column, np.ndarray):
        return column
    return column.to_numpy() if column.dtype == object else column.to_numpy(object)


class ViewRow(Mapping[str, object]):
    """A row of a frame, by the names of its columns: a quarter of the memory of a dictionary, for what is not gone
    through at length."""

    __slots__ = ("_content", "_ranks")

    def __init__(self, ranks: Mapping[str, int], content: tuple[Any, ...]):
        self._ranks, self._content = ranks, content

    def __getitem__(self, nom: str) -> object:
        return self._content[self._ranks[nom]]

    def __iter__(self) -> Iterator[str]:
        return iter(self._ranks)

    def __len__(self) -> int:
        return len(self._ranks)


def as_rows(view: WideView) -> list[ViewRow]:
    """The rows of a view, values as they are."""
    ranks = {nom: rank for rank, nom in enumerate(view)}
    return [ViewRow(ranks, content) for content in columns(view, *ranks)]


def as_dicts(
    frame: pd.DataFrame | WideView, mask: Sequence[bool] | pd.Series[bool] | None = None
) -> list[dict[str, Any]]:
    """The rows of a frame or a view as dictionaries (only those of ``mask``). Values as they are: ``to_dict`` boxes
    each one."""
    names = [str(nom) for nom in frame]
    if mask is None:
        return [dict(zip(names, line, strict=True)) for line in columns(frame, *names)]
    ranks = np.flatnonzero(mask)
    if not len(ranks):
        return []
    chosen = zip(*(_objects(frame[nom])[ranks] for nom in names), strict=True)
    return [dict(zip(names, line, strict=True)) for line in chosen]
