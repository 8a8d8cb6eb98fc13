"""All that was typed, and what became of each value: what the reconciliation adds up."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Any, NamedTuple

import numpy as np

from cls_workbook.reading.storing.value_store import ValueStore
from cls_workbook.summaries.reconciling.reconciliation_lines import (
    FIELD_NUMBERS,
    REFUSED,
    REPLACED,
    RETAINED,
    SET_ASIDE,
    MesureValues,
)
from cls_workbook.summaries.what_counts import Exclusions

_LOCATION = ("fichier", "fiche", "feuille", "cellule")
NO_VALUES = MesureValues(*(np.zeros(0, dtype=type_) for type_ in (np.int64, np.int64, np.int64, object, object)))


class TypedInputs(NamedTuple):
    """All that was typed, and what the anomalies refuse."""

    store: ValueStore
    excluded: Exclusions
    replaced: set[tuple[str, str]]

    def class_(self, file: str, fiche: str, sheet: str, cell: str) -> str:
        """What became of a value."""
        if file not in self.excluded.concerned:
            return RETAINED
        if (file, fiche) in self.replaced:
            return REPLACED
        if self.excluded.retour(file, fiche):
            return SET_ASIDE
        if (file, sheet, cell) in self.excluded.aside:
            return SET_ASIDE
        return REFUSED if (file, sheet, cell) in self.excluded.cells else RETAINED

    def of_block(self, bloc: str, input_fields: Collection[str]) -> Iterator[tuple[str, str, str, Any, str]]:
        """(fichier, fiche, champ, value, class) of what was typed there."""
        for file, fiche, sheet, cell, champ, content in self.store.lines(
            lambda c: c.bloc == bloc, *_LOCATION, "champ", "valeur", input_fields=input_fields
        ):
            yield file, fiche, champ, content, self.class_(file, fiche, sheet, cell)

    def of_mesure(self, mesure: str, input_fields: Collection[str]) -> MesureValues:
        """What is added up, or says how far it may be."""
        if not self.store.told(lambda c: c.mesure == mesure):
            return NO_VALUES
        values = self.store.whole(lambda c: c.mesure == mesure, input_fields)
        codes, words = values.codes, values.words
        classes = np.empty(len(values), dtype=object)
        classes.fill(RETAINED)  # the word itself: ``np.full`` would make one for each
        if concerned := self.excluded.concerned:
            implicated = np.flatnonzero(np.array([file in concerned for file in words["fichier"]])[codes["fichier"]])
            places = zip(*(values.read(nom, implicated) for nom in _LOCATION), strict=True)
            classes[implicated] = [self.class_(*place) for place in places]
        said = np.array([FIELD_NUMBERS.get(word, -1) for word in words["champ"]], dtype=np.int8)[codes["champ"]]
        lines = np.array([n if word else -1 for n, word in enumerate(words["ligne"])], dtype=np.int32)[codes["ligne"]]
        return MesureValues(codes["fichier"], lines, said, values.values, classes)


def tell_unreadable(nombre: int) -> list[str]:
    return [f"{nombre} saisie{'s' * (nombre > 1)} illisible{'s' * (nombre > 1)}, sans montant connu"] if nombre else []
