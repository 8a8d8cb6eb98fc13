"""The parts of a fiche that have their own porteurs, and which of them a structure answers for in one sheet."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from cls_workbook.domain.lifetime import Period

WHOLE_FICHE, AND = "Ensemble de la fiche", " + "


@dataclass(frozen=True, slots=True)
class Volet(Period):
    """A part of a fiche that has its own porteurs. ``reponse_commune``: one of them answers for all."""

    id: str
    nom: str
    porteurs: tuple[str, ...] = ()
    reponse_commune: bool = False
    calendrier: str | None = None  # as printed


def repondants(volets: Sequence[Volet], porteurs: Sequence[str], together: bool) -> Iterator[tuple[str, str]]:
    """(structure id, name of what it answers for), one per expected return, in the order of the volets.

    A structure has one sheet for all its volets, but those of which one porteur answers for all (``together``: every
    volet); a porteur of the fiche that has no volet answers for the whole fiche.
    """
    already_named = set()
    for volet in volets:
        for porteur in volet.porteurs:
            theirs = [v for v in volets if porteur in v.porteurs and not (together or v.reponse_commune)]
            nom = AND.join(v.nom for v in theirs) if volet in theirs else volet.nom
            if (porteur, nom) not in already_named:
                already_named.add((porteur, nom))
                yield porteur, nom
    yield from ((p, WHOLE_FICHE) for p in porteurs if not any(p in v.porteurs for v in volets))


def named(volets: Sequence[Volet], porteurs: Sequence[str], together: bool) -> tuple[str, ...]:
    """What one may say that one answers for: each volet, then those of a structure that has several."""
    of_structures = (nom for _, nom in repondants(volets, porteurs, together))
    return tuple(dict.fromkeys([*(v.nom for v in volets), *of_structures]))


def covered(volets: Sequence[Volet], nom: str) -> tuple[str, ...]:
    """The ids of the volets of this name; none for the whole fiche, of which no volet is asked."""
    exact = tuple(v.id for v in volets if v.nom == nom)
    if exact or AND not in nom:
        return exact
    # names may hold the sign themselves: each volet is looked for between two of them
    return tuple(v.id for v in volets if f"{AND}{v.nom}{AND}" in f"{AND}{nom}{AND}")
