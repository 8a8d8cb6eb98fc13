"""What many returns say, kept in a file and taken up by chapter: memory does not grow with their number.

A chapter is what they say in one block of one fiche (of one measure, where it asks for several). Whatever is taken up
comes in the order of the returns.
"""

from __future__ import annotations

import copy
import pickle
from array import array
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from itertools import starmap
from tempfile import SpooledTemporaryFile
from typing import Any, NamedTuple, TypeVar

import numpy as np
import pandas as pd

from cls_workbook.errors import Refusal, system_reason
from cls_workbook.reading.parsing.value_log import VALUES
from cls_workbook.reading.storing import wide_views
from cls_workbook.reading.storing.wide_views import Array, ValueArrays, plain_names

WORDS = VALUES[1:-1]  # all but the year and the value
IN_MEMORY_MAX = 2_000_000  # bytes: a campaign of the usual size makes no file
_PAGES_KEPT, _PAGE_MAX = 2000, 8000  # pages, bytes of one: those of a campaign of the usual size are taken up once
# A row is kept as numbers (its place in its batch, its year, the ranks of its words) beside its value.
_ORDER, _YEAR = 0, 1
_COLUMNS = {nom: n for n, nom in enumerate(WORDS, 2)}
_EMPTY = np.zeros((0, len(WORDS) + 2), dtype=np.int32), np.zeros(0, dtype=object)
StoredPart = tuple[Array, Array]  # numbers, values
R = TypeVar("R")


class Chapter(NamedTuple):
    fiche: str
    bloc: str
    mesure: str


Choice = Callable[[Chapter], object]


def _every_chapter(_: Chapter) -> bool:
    return True


class ValueStore:
    """Typed values, added batch by batch, taken up as frames (columns ``VALUES``, words as categories).

    ``wanted``: is this chapter meant? All are, if nothing is said. ``names``: columns, all if none is named.
    """

    def __init__(self) -> None:
        self._file = SpooledTemporaryFile(IN_MEMORY_MAX)  # noqa: SIM115 (it lives as long as the book)
        self._end = 0
        # Of each batch, where the page of each chapter begins, by its rank; then where the last one ends.
        self._batches: list[array[int]] = []
        self._chapters: dict[Chapter, int] = {}
        self._ranks: dict[str, dict[str, int]] = {nom: {} for nom in WORDS}  # column → word → its rank
        self._known_words: dict[str, tuple[pd.CategoricalDtype, Array]] = {}
        self._kept: dict[int, StoredPart] = {}  # pages that were taken up, by where they begin
        self._computed: dict[str, tuple[tuple[object, ...], Any]] = {}
        self._faulty_ranks: Sequence[int] = ()
        self._is_refused: Callable[[str, str, str, str], bool] | None = None

    @classmethod
    def of(cls, values: pd.DataFrame | ValueStore) -> ValueStore:
        """The book of one frame; a book is its own."""
        if isinstance(values, ValueStore):
            return values
        store = cls()
        store.add(values)
        return store

    # --- written --------------------------------------------------------------------------------------------------

    def add(self, values: pd.DataFrame) -> None:
        """One more batch."""
        columns = [
            _compact(np.arange(len(values))),
            _compact(values["annee"].to_numpy()),
            *(self._to_ranks(nom, values[nom]) for nom in WORDS),
        ]
        contents = values["valeur"].to_numpy(object)
        leading, groups = _groups([columns[_COLUMNS[nom]] for nom in Chapter._fields])
        parts = np.split(np.argsort(groups, kind="stable"), np.cumsum(np.bincount(groups))[:-1])
        its_own = {}
        for groupe in np.argsort(leading):
            chapter = Chapter(*(self._words(nom)[columns[_COLUMNS[nom]][leading[groupe]]] for nom in Chapter._fields))
            its_own[self._chapters.setdefault(chapter, len(self._chapters))] = parts[groupe]
        starts = [self._end]
        for rank in range(
            len(self._chapters)
        ):  # one after the other: a chapter of which the batch says nothing ends where it begins
            if rank in its_own:
                self._write(np.stack([c[its_own[rank]] for c in columns], axis=1), contents[its_own[rank]])
            starts.append(self._end)
        self._batches.append(array("q", starts))

    def _to_ranks(self, nom: str, column: pd.Series) -> Array:
        """The words of a batch → their ranks in the book."""
        # Of the array: the accessor of a column (``cat``) refers to itself, and keeps its frame while the garbage
        # collector rests.
        codes, words = (
            (column.array.codes, column.array.categories)
            if isinstance(column.dtype, pd.CategoricalDtype)
            else pd.factorize(column.to_numpy(object))
        )
        ranks = self._ranks[nom]
        return _compact(np.array([ranks.setdefault(word, len(ranks)) for word in words], dtype=np.int32))[codes]

    def _write(self, numbers: Array, contents: Array) -> None:
        page = pickle.dumps((_compact(numbers), contents), pickle.HIGHEST_PROTOCOL)
        try:
            self._file.seek(self._end)
            self._file.write(page)
        except OSError as fault:
            raise Refusal(
                f"Le dossier temporaire de cet ordinateur ne peut pas être écrit ({system_reason(fault)}). "
                "Libérez de la place sur le disque, "
                "ou vérifiez vos droits sur ce dossier, puis recommencez."
            ) from fault
        self._end += len(page)

    # --- taken up -------------------------------------------------------------------------------------------------

    def read(
        self, wanted: Choice = _every_chapter, names: Sequence[str] = VALUES, input_fields: Collection[str] = ()
    ) -> pd.DataFrame:
        """The values of these columns. ``input_fields``: of these only."""
        return self._frame(self._parts(wanted, input_fields), names)

    def per_batch(self, wanted: Choice = _every_chapter, names: Sequence[str] = VALUES) -> Iterator[pd.DataFrame]:
        """The same, batch after batch: what is added up needs no more at once."""
        for part in self._parts(wanted):
            yield self._frame([part], names)

    def arrays(self, wanted: Choice = _every_chapter) -> Iterator[ValueArrays]:
        """The same as plain arrays."""
        return starmap(self._arrays, self._parts(wanted))

    def _arrays(self, numbers: Array, contents: Array) -> ValueArrays:
        words = {nom: self._words(nom) for nom in wide_views.WORDS}
        codes = {nom: numbers[:, _COLUMNS[nom]] for nom in words}
        return ValueArrays(numbers[:, _YEAR].astype(object), contents, codes, words)

    def lines(self, wanted: Choice, *names: str, input_fields: Collection[str] = ()) -> Iterator[tuple[Any, ...]]:
        """The same as rows of these columns, of these champs only: what is gone through one by one needs no frame."""
        for numbers, contents in self._parts(wanted, input_fields):
            yield from zip(
                *(contents if nom == "valeur" else self._words(nom)[numbers[:, _COLUMNS[nom]]] for nom in names),
                strict=True,
            )

    def whole(self, wanted: Choice = _every_chapter, input_fields: Collection[str] = ()) -> ValueArrays:
        """``read``, as plain arrays: a frame for each measure costs more than what is done with it."""
        numbers, contents = map(np.concatenate, zip(_EMPTY, *self._parts(wanted, input_fields), strict=True))
        return self._arrays(numbers, contents)

    def of_files(self, files: Collection[str]) -> pd.DataFrame:
        """All that these returns say."""
        ranks_wanted = self._ranks_of("fichier", files)
        parts = self._parts() if ranks_wanted else ()
        return self._frame(
            [
                (numbers[theirs], contents[theirs])
                for numbers, contents in parts
                if (theirs := self._among("fichier", numbers, ranks_wanted)).any()
            ]
        )

    def distinct(self, *names: str, wanted: Choice = _every_chapter) -> Iterator[tuple[str, ...]]:
        """The words that these columns hold together; each group once a batch, in no order."""
        ranks = [_COLUMNS[nom] for nom in names]
        for pages in self._pages(wanted):
            seen = np.concatenate([numbers[:, ranks] for numbers, _ in pages])
            seen = seen[_groups(list(seen.T))[0]]
            yield from zip(*(self._words(nom)[column] for nom, column in zip(names, seen.T, strict=True)), strict=True)

    @property
    def chapters(self) -> Collection[Chapter]:
        """In the order in which they appear."""
        return self._chapters.keys()

    def told(self, wanted: Choice) -> bool:
        """Is anything said there?"""
        return any(map(wanted, self.chapters))

    def once(self, what: str, computation: Callable[[], R], *from_objects: object) -> R:
        """What is worked out from this book and from these very objects, once for all who ask; anew for others."""
        known = self._computed.get(what)
        if known is None or any(a is not b for a, b in zip(known[0], from_objects, strict=True)):
            known = self._computed[what] = from_objects, computation()
        result: R = known[1]
        return result

    def only(self, wanted: Choice) -> ValueStore:
        """These chapters only."""
        other = copy.copy(self)
        other._computed, other._chapters = {}, {c: rank for c, rank in self._chapters.items() if wanted(c)}
        return other

    def without(self, files: Collection[str], refused: Callable[[str, str, str, str], bool]) -> ValueStore:
        """The same without the values refused (fichier, fiche, feuille, cellule → is it?); all of them are in
        ``files``."""
        other, before = copy.copy(self), self._is_refused
        other._computed, other._kept = {}, {}
        other._faulty_ranks = [*self._faulty_ranks, *self._ranks_of("fichier", files)]
        other._is_refused = refused if before is None else lambda *place: before(*place) or refused(*place)
        return other

    def _ranks_of(self, nom: str, words: Collection[str]) -> list[int]:
        known = self._ranks[nom]
        return [known[word] for word in words if word in known]

    def _among(self, nom: str, numbers: Array, ranks: Sequence[int]) -> Array:
        """Of each row, is its word one of these? By a table of the words: on a page, ``np.isin`` takes longer than all
        the rest."""
        wanted = np.zeros(len(self._ranks[nom]), dtype=bool)
        wanted[ranks] = True
        among: Array = wanted[numbers[:, _COLUMNS[nom]]]
        return among

    def _parts(self, wanted: Choice = _every_chapter, input_fields: Collection[str] = ()) -> Iterator[StoredPart]:
        """What each batch says there, in its order. ``input_fields``: of these only, if any is named."""
        ranks = self._ranks_of("champ", input_fields)
        for its_own in self._pages(wanted):
            pages = list(its_own)
            numbers, contents = pages[0] if len(pages) == 1 else map(np.concatenate, zip(*pages, strict=True))
            if len(pages) > 1:
                order = np.argsort(numbers[:, _ORDER], kind="stable")  # each page is in order already
                numbers, contents = numbers[order], contents[order]
            if input_fields:
                theirs = self._among("champ", numbers, ranks)
                numbers, contents = numbers[theirs], contents[theirs]
            yield numbers, contents

    def _pages(self, wanted: Choice) -> Iterator[Iterator[StoredPart]]:
        """Of each batch that says something there, its pages."""
        ranks_wanted = [rank for chapter, rank in self._chapters.items() if wanted(chapter)]
        for starts in self._batches:
            if theirs := [rank for rank in ranks_wanted if rank < len(starts) - 1 and starts[rank] < starts[rank + 1]]:
                yield (self._page(*starts[rank : rank + 2]) for rank in theirs)

    def _page(self, start: int, end: int) -> StoredPart:
        if (page := self._kept.get(start)) is None:
            self._file.seek(start)
            page = self._without_refused(*pickle.loads(self._file.read(end - start)))
            if end - start <= _PAGE_MAX:
                if len(self._kept) >= _PAGES_KEPT:
                    self._kept.clear()
                self._kept[start] = page
        return page

    def _without_refused(self, numbers: Array, contents: Array) -> StoredPart:
        if self._is_refused is None or not len(
            implicated := np.flatnonzero(self._among("fichier", numbers, self._faulty_ranks))
        ):
            return numbers, contents
        places = zip(
            *(
                self._words(nom)[numbers[implicated, _COLUMNS[nom]]]
                for nom in ("fichier", "fiche", "feuille", "cellule")
            ),
            strict=True,
        )
        kept = np.ones(len(numbers), dtype=bool)
        kept[implicated] = [not self._is_refused(*place) for place in places]
        return numbers[kept], contents[kept]

    def _frame(self, parts: Iterable[StoredPart], names: Sequence[str] = VALUES) -> pd.DataFrame:
        numbered = [nom for nom in names if nom != "valeur"]
        ranks = [_COLUMNS.get(nom, _YEAR) for nom in numbered]
        pieces = [(numbers[:, ranks].T, contents) for numbers, contents in parts] or [
            (_EMPTY[0][:, ranks].T, _EMPTY[1])
        ]
        numbers = {nom: np.concatenate(column) for nom, *column in zip(numbered, *(n for n, _ in pieces), strict=True)}

        def column(nom: str) -> Array | pd.Categorical | pd.Series:
            if (
                nom == "valeur"
            ):  # as it was typed: pandas would take a column of texts for one of its own strings, and give others back
                return pd.Series(np.concatenate([contents for _, contents in pieces]), dtype=object)
            return (
                pd.Categorical.from_codes(numbers[nom], dtype=self._type(nom))
                if nom in _COLUMNS
                else numbers[nom].astype(np.int64)
            )

        return pd.DataFrame({nom: column(nom) for nom in names}, columns=plain_names(tuple(names)))

    def _type(self, nom: str) -> pd.CategoricalDtype:
        return self._known(nom)[0]

    def _words(self, nom: str) -> Array:
        return self._known(nom)[1]

    def _known(self, nom: str) -> tuple[pd.CategoricalDtype, Array]:
        """The words of a column, of plain strings: pandas' own take longer to give back."""
        known = self._known_words.get(nom)
        if known is None or len(known[1]) < len(self._ranks[nom]):
            words = pd.Index(list(self._ranks[nom]), dtype=object)
            known = self._known_words[nom] = pd.CategoricalDtype(words), words.to_numpy()
        return known


def _compact(numbers: Array) -> Array:
    """The same, as small as they fit: most often, a half or a quarter as large."""
    return numbers.astype(np.min_scalar_type(numbers.max(initial=0)), copy=False)


def _groups(columns: Sequence[Array]) -> tuple[Array, Array]:
    """Rows that are the same: (the first row of each group, the group of each row)."""
    cle = np.zeros(len(columns[0]), dtype=np.int64)
    for column in columns:
        cle = cle * (int(column.max(initial=0)) + 1) + column
    _, leading, groups = np.unique(cle, return_index=True, return_inverse=True)
    return leading, groups
