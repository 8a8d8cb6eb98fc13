"""A line of the reconciliation, and the typed values that its sums are made of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np

from cls_workbook.domain.announced.mesure import OF_DATES
from cls_workbook.french import amount_fr, number_fr, typography
from cls_workbook.reading.storing.wide_views import total_of
from cls_workbook.summaries.aggregation import SEPARATOR

RETAINED, REFUSED, REPLACED, SET_ASIDE = "retenue", "refusée", "remplacée", "écartée"
COUNTED = {
    **{"MOYENNE": "moyenne", "JALON": "jalon", "TEXTE": "texte", "UNION": "modalite", "CONTEXTE": "valeur"},
    **dict.fromkeys(OF_DATES, "jour"),
}
TERMS = {
    "RATIO": (("numerateur", "Numérateur"), ("denominateur", "Dénominateur")),
    "SATISFACTION": (("satisfaits", "Numérateur"), ("repondants", "Dénominateur")),
}
# What is added, and what says how far it may be.
_TERM_FIELDS = (champ for terms in TERMS.values() for champ, _ in terms)
_FIELD_NAMES = dict.fromkeys(("valeur", "effectif", "statut", "double_compte", "nom", *COUNTED.values(), *_TERM_FIELDS))
FIELD_NUMBERS = {champ: numero for numero, champ in enumerate(_FIELD_NAMES)}


class MesureValues(NamedTuple):
    """Typed values: the return that each comes from and its row in a breakdown (numbers; negative: none), and what
    became of it."""

    retours: np.ndarray
    lines: np.ndarray
    input_fields: np.ndarray
    contents: np.ndarray
    classes: np.ndarray

    def where(self, mask: np.ndarray) -> MesureValues:
        return MesureValues(*(column[mask] for column in self))

    def of(self, *input_fields: str) -> MesureValues:
        mask = np.zeros(len(self.contents), dtype=bool)
        for champ in input_fields:
            mask |= self.input_fields == FIELD_NUMBERS[champ]
        return self.where(mask)

    @property
    def retained(self) -> MesureValues:
        return self.where(self.classes == RETAINED)

    @property
    def rows(self) -> np.ndarray:
        """What tells the row of a return from all others."""
        numbers: np.ndarray = (self.retours.astype(np.int64) << 32) + self.lines
        return numbers

    @property
    def total_of(self) -> Any:
        return total_of(self.contents)

    def sums(self) -> tuple[dict[str, Any], int]:
        """(class → sum, how many values)."""
        return {class_: sum(self.contents[self.classes == class_]) for class_ in set(self.classes)}, len(self.contents)


@dataclass
class ReconciliationLine:
    """One line of the table. ``apart``: (amount, why) of what was retained and is not in the total all the same."""

    objet: str
    fiche: str | None
    mesure: str | None
    column: str
    libelle: str
    parts: dict[str, Any] = field(default_factory=dict)  # class → sum
    nombre: int = 0
    apart: list[tuple[Any, str]] = field(default_factory=list)
    total: Any = None
    notes: list[str] = field(default_factory=list)
    money: bool = False

    def row(self) -> tuple[Any, ...]:
        sums = [self.parts.get(c) for c in (REFUSED, REPLACED, SET_ASIDE)]
        stated, sum_apart = total_of(self.parts.values()), total_of(v for v, _ in self.apart)
        gap = (stated or 0) - sum(v or 0 for v in (*sums, sum_apart, self.total))
        of_what = self.objet, self.fiche, self.mesure, self.column, self.libelle
        explanation = self._explanation(sums, stated, gap)
        return (*of_what, self.nombre, stated, *sums, sum_apart, self.total, gap, explanation)

    def _explanation(self, sums: Sequence[Any], stated: Any, gap: Any) -> str:
        reasons = (
            "refusé (feuille Anomalies)",
            "remplacé par une correction",
            "écarté (retours en double, rejetés ou écartés)",
        )
        words = [f"{word} : {self._as_text(v)}" for v, word in (*zip(sums, reasons, strict=True), *self.apart) if v]
        words += self.notes
        if gap:
            words.insert(0, f"écart de {self._as_text(gap)} que rien n’explique")
        if not words:
            words = ["aucune valeur"] if stated is None else ["la somme des retours est le total"]
        return typography(SEPARATOR.join(words))

    def _as_text(self, valeur: Any) -> str:
        return amount_fr(valeur) if self.money else number_fr(valeur)
