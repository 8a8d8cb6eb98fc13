"""Where each input of the returns is, blank ones included, and which of them reading refused."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cached_property

from cls_workbook.anomalies import Anomalie
from cls_workbook.checks.given.typed_answers import Row
from cls_workbook.reading.storing.wide_views import ADDRESS_SUFFIX


class InputPlaces:
    """``addresses``: file → key of an input → (sheet, cell). ``anomalies``: what reading and typing found."""

    def __init__(self, addresses: Mapping[str, Mapping[str, tuple[str, str]]], anomalies: Iterable[Anomalie]):
        self._addresses, self._anomalies = addresses, anomalies

    def of(self, file: str, key: str) -> tuple[str, str] | None:
        """(sheet, cell) of an input; None if unknown."""
        return self._addresses.get(file, {}).get(key)

    def cell(self, r: Row, bloc: str, champ: str) -> tuple[str, ...]:
        """Where ``champ`` of a row stands, blank or not; () if unknown."""
        if typed := r.get(champ + ADDRESS_SUFFIX):
            return (typed,)
        place = self.of(r["fichier"], _key(r, bloc, champ))
        return (place[1],) if place else ()

    @cached_property
    def _refused(self) -> frozenset[tuple[str, str]]:
        """(fichier, key) of the inputs in which something was typed that could not be taken."""
        at_fault = {(a.file, a.sheet, c) for a in self._anomalies for c in a.cells}
        return frozenset(
            (file, key)
            for file in {f for f, _, _ in at_fault}
            for key, (sheet, cell) in self._addresses.get(file, {}).items()
            if (file, sheet, cell) in at_fault
        )

    @cached_property
    def _tables_with_refused_input(self) -> frozenset[tuple[str, str]]:
        return frozenset((file, prefix) for file, key in self._refused for prefix in _prefixes(key))

    def refused(self, r: Row, bloc: str, champ: str) -> bool:
        """Was something typed there that reading already refused? Then it is not missing."""
        return bool(self._refused) and (r["fichier"], _key(r, bloc, champ)) in self._refused

    def any_refused(self, file: str, fiche: str, bloc: str, mesure: str = "") -> bool:
        """Does the block (of the measure) hold a refused input? Then its total is not known."""
        tables = self._tables_with_refused_input
        return bool(tables) and (file, "/".join(m for m in (fiche, bloc, mesure) if m)) in tables


def _key(r: Row, bloc: str, champ: str) -> str:
    """``fiche/bloc[/mesure][/line]/champ``."""
    fiche = r["fiche"] or "accueil"
    return "/".join(m for m in (fiche, bloc, r.get("mesure", ""), r.get("ligne", ""), champ) if m)


def _prefixes(key: str) -> list[str]:
    pieces = key.split("/")
    return ["/".join(pieces[:n]) for n in range(1, len(pieces))]
