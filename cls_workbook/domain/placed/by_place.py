"""Measures that are asked place by place: the rows of their breakdown are the places of the contract, in that year."""

from __future__ import annotations

from dataclasses import replace

from cls_workbook.domain.announced.mesure import Mesure
from cls_workbook.domain.definition_keys import changed
from cls_workbook.domain.model import Contrat, Fiche
from cls_workbook.domain.placed.place_kinds import PlaceKind, of_word, place_kinds

ROWS_AT_MOST = 30  # places that each have a row; beyond, the partner chooses those that count


def with_places(contrat: Contrat, annee: int) -> Contrat:
    """The contract with these rows; itself where no measure is asked so."""
    if not any(m.par_lieu for f in contrat.fiches for m in f.mesures):
        return contrat
    kinds = place_kinds(contrat, annee)
    return changed(contrat, fiches=tuple(_fiche(f, kinds) for f in contrat.fiches))


def _fiche(fiche: Fiche, kinds: list[PlaceKind]) -> Fiche:
    indicateurs = (replace(i, mesures=tuple(_mesure(m, kinds) for m in i.mesures)) for i in fiche.indicateurs)
    return replace(fiche, indicateurs=tuple(indicateurs)) if any(m.par_lieu for m in fiche.mesures) else fiche


def _mesure(mesure: Mesure, kinds: list[PlaceKind]) -> Mesure:
    if mesure.par_lieu is None:
        return mesure
    kind = of_word(kinds, mesure.par_lieu)
    names = tuple(p.nom for p in kind.places) if kind else ()
    said = mesure.ventilation or (kind.word.one if kind else mesure.par_lieu)
    return replace(mesure, ventilation=said, modalites=names if len(names) <= ROWS_AT_MOST else ())


def choices(contrat: Contrat, annee: int) -> dict[str, tuple[str, ...]]:
    """Name of a list (``place_list``) → the places to choose from, where they are too many for a row each."""
    kinds = place_kinds(contrat, annee)
    asked = [m for f in contrat.fiches for m in f.mesures if m.par_lieu and not m.modalites]
    found = {place_list(m): of_word(kinds, m.par_lieu or "") for m in asked}
    return {name: tuple(p.nom for p in kind.places) for name, kind in found.items() if kind}


def place_list(mesure: Mesure) -> str:
    return f"lieux {mesure.par_lieu}"
