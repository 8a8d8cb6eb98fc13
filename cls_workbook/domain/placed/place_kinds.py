"""The places of a contract, kind by kind, as they are ticked, counted and printed: each kind in its own words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from cls_workbook.domain.model import Contrat
from cls_workbook.domain.placed.place_model import Commune, code_of
from cls_workbook.domain.placed.place_words import COMMUNES, QUARTERS, PlaceWord, departement_name, word_of
from cls_workbook.french import fold

COMMUNE, QPV, OTHER = "commune", "qpv", "lieu"  # what is ticked, in the keys of inputs


class ContratPlace(NamedTuple):
    """``cle``: its name in keys; ``nom``: the one shown, that no other of its kind bears; ``code``: what INSEE calls
    it, "" for none; ``commune``: the name of the one that it is in, "" for none. ``departement`` is named."""

    cle: str
    nom: str
    code: str
    commune: str
    epci: str
    departement: str

    @property
    def label(self) -> str:
        """« Les Tilleuls (Aubeterre) »."""
        where = f" ({self.commune})" if self.commune else ""
        return self.nom if self.nom.endswith(where) else f"{self.nom}{where}"


class PlaceKind(NamedTuple):
    """``type``: what tables call it: commune, qpv, or the contract's own word."""

    champ: str
    type: str
    word: PlaceWord
    places: tuple[ContratPlace, ...]


class PlaceGroup(NamedTuple):
    """Places of one kind that are in one département and EPCI; ``titre`` "" where the contract has one of each."""

    titre: str
    places: tuple[ContratPlace, ...]


def place_kinds(contrat: Contrat, annee: int | None = None) -> list[PlaceKind]:
    """Those of which the contract names a place: communes, QPV, then the others in its order. ``annee``: as of that
    year; None: of all those that the contract tells."""
    kinds = [PlaceKind(COMMUNE, COMMUNE, COMMUNES, tuple(_communes(contrat, annee)))]
    kinds.append(PlaceKind(QPV, QPV, QUARTERS, tuple(_quarters(contrat, annee))))
    others: dict[str, list[ContratPlace]] = {}
    sortes: dict[str, str] = {}
    for sorte, place in _others(contrat, annee):
        others.setdefault(fold(sorte), []).append(place)
        sortes.setdefault(fold(sorte), sorte)
    kinds += [PlaceKind(OTHER, sortes[s], word_of(sortes[s]), tuple(places)) for s, places in others.items()]
    return [k for k in kinds if k.places]


def of_word(kinds: Iterable[PlaceKind], said: str) -> PlaceKind | None:
    """The kind that is called so, in the singular or in the plural, case and accents apart."""
    sought = fold(said)
    return next((k for k in kinds if sought in map(fold, (k.type, k.word.one, k.word.several, k.word.short))), None)


def groups(kind: PlaceKind, kinds: Iterable[PlaceKind]) -> list[PlaceGroup]:
    """Its places by département and EPCI, in the contract's order, where the contract has several of either."""
    everywhere = [p for k in kinds for p in k.places]
    parts = [len({getattr(p, part) for p in everywhere if getattr(p, part)}) > 1 for part in ("departement", "epci")]
    found: dict[str, list[ContratPlace]] = {}
    for place in kind.places:
        said = (place.departement if parts[0] else "", place.epci if parts[1] else "")
        found.setdefault(" · ".join(filter(None, said)), []).append(place)
    return [PlaceGroup(titre, tuple(its_own)) for titre, its_own in found.items()]


def _communes(contrat: Contrat, annee: int | None) -> Iterator[ContratPlace]:
    for commune in contrat.places.communes:
        if annee is None or commune.holds_in(annee):
            code = commune.code_insee
            departement = departement_name(commune.departement)
            yield ContratPlace(code, contrat.commune_names[code], code, "", commune.epci or "", departement)


def _quarters(contrat: Contrat, annee: int | None) -> Iterator[ContratPlace]:
    alike = Counter(fold(q.nom) for q in contrat.definition.places.qpv)
    for quarter in contrat.places.qpv if annee is None else contrat.places.qpv_in(annee):
        commune, epci, departement = _whereabouts(contrat, quarter.commune)
        nom = quarter.nom if alike[fold(quarter.nom)] == 1 else f"{quarter.nom} ({commune})"
        yield ContratPlace(nom, nom, "", commune, epci, departement)


def _others(contrat: Contrat, annee: int | None) -> Iterator[tuple[str, ContratPlace]]:
    """Each with its kind."""
    alike = Counter((fold(x.sorte), fold(x.nom)) for x in contrat.definition.places.lieux)
    for lieu in contrat.places.lieux:
        if annee is None or lieu.holds_in(annee):
            commune, epci, departement = _whereabouts(contrat, lieu.commune)
            epci, departement = epci or lieu.epci or "", departement or departement_name(lieu.departement or "")
            told = commune or departement or epci
            nom = lieu.nom if alike[fold(lieu.sorte), fold(lieu.nom)] == 1 else f"{lieu.nom} ({told})"
            yield lieu.sorte, ContratPlace(lieu.id, nom, "", commune, epci, departement)


def _whereabouts(contrat: Contrat, commune: str | None) -> tuple[str, str, str]:
    """(name shown, EPCI, département) of the commune that a place names; "" where none is said."""
    code = code_of(contrat.commune_names, commune)
    known: Commune | None = next((c for c in contrat.places.communes if c.code_insee == code), None)
    if known is None or code is None:
        return commune or "", "", ""
    return contrat.commune_names[code], known.epci or "", departement_name(known.departement)
