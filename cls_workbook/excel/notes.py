"""What the coordinator typed beside a table follows its row, from one consolidation to the next. Pure: rows in, rows out."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import NamedTuple

from cls_workbook.francais import date_fr

Cle = tuple[str, ...]


class Orpheline(NamedTuple):
    """A note whose row is no more: what the row said, the header of its column ("" if none), the note."""

    ligne: str
    colonne: str
    note: object


@dataclass
class Voisinage:
    """What stands beside a table once its rows are new.

    ``entetes``: header of each column at the right of ours; ``lignes``: what stands there, a row for each new row of the
    table; ``a_ecrire``: does any of it change place? ``orphelines``: what has no row left.
    """

    entetes: list[object]
    lignes: list[list[object]]
    a_ecrire: bool = False
    orphelines: list[Orpheline] = field(default_factory=list)


def suivre(avant: Sequence[Sequence[object]], colonnes: Sequence[str], cle: Sequence[str], nouvelles: Sequence[Cle]) -> Voisinage:
    """``avant``: the rows as they stand, headers first, over the whole used width; ``colonnes``: the headers that are ours.

    ``cle``: those of them that tell a row; ``nouvelles``: this key for each new row. Several rows of one key pair in order.
    """
    entetes = [ecrit(v) for v in avant[0]] if avant else []
    places = {titre: entetes.index(titre) for titre in colonnes if titre in entetes}
    ajoutees = [j for j in range(len(entetes)) if j not in places.values()]
    deplacees = ajoutees != list(range(len(colonnes), len(entetes)))
    libres: dict[Cle, deque[int]] = defaultdict(deque)
    for i, rangee in enumerate(avant[1:], 1):
        if any(rangee[j] != "" for j in ajoutees):
            libres[tuple(ecrit(rangee[places[c]]) if c in places else "" for c in cle)].append(i)
    lignes, bouge = [], deplacees
    for rang, nouvelle in enumerate(nouvelles, 1):
        ancienne = libres[nouvelle].popleft() if libres.get(nouvelle) else None
        lignes.append([avant[ancienne][j] for j in ajoutees] if ancienne else [""] * len(ajoutees))
        sur_place = [avant[rang][j] for j in ajoutees] if rang < len(avant) else [""] * len(ajoutees)
        bouge = bouge or lignes[-1] != sur_place
    perdues = sorted(i for rangs in libres.values() for i in rangs)
    orphelines = [
        Orpheline(" · ".join(t for c in cle if c in places and (t := ecrit(avant[i][places[c]]))), entetes[j], avant[i][j])
        for i in perdues for j in ajoutees if avant[i][j] != ""
    ]  # fmt: skip
    return Voisinage([avant[0][j] for j in ajoutees] if avant else [], lignes, bouge or bool(orphelines), orphelines)


def ecrit(valeur: object) -> str:
    """A value as two engines agree to write it: 1 and 1.0 alike, a date without its hour, nothing as ""."""
    if valeur is None:
        return ""
    if isinstance(valeur, bool):
        return str(valeur)
    if isinstance(valeur, datetime):
        return date_fr(valeur.date())
    if isinstance(valeur, date):
        return date_fr(valeur)
    if isinstance(valeur, (int, float)) and valeur == int(valeur):
        return str(int(valeur))
    return str(valeur).replace("\r\n", "\n")
