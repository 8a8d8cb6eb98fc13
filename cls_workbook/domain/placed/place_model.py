"""What a definition says of a place. Plain frozen data."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from cls_workbook.domain.lifetime import Period
from cls_workbook.french import fold

DEPARTEMENT_CODE = r"0[1-9]|[1-8][0-9]|9[0-5]|2[AB]|97[1-9]|98[0-9]"


@dataclass(frozen=True, slots=True)
class Commune(Period):
    """``epci``: the intercommunalité that it belongs to, where the contract counts several."""

    code_insee: str
    nom: str
    nom_imprime: str | None = None
    siren: str | None = None
    epci: str | None = None

    @property
    def departement(self) -> str:
        """The code of its département, which its own begins with; "" where it is none."""
        found = re.match(DEPARTEMENT_CODE, self.code_insee)
        return found[0] if found else ""


@dataclass(frozen=True, slots=True)
class Qpv(Period):
    """A *quartier prioritaire*."""

    nom: str
    commune: str


@dataclass(frozen=True, slots=True)
class Lieu(Period):
    """A place of another kind. ``sorte``: what the contract calls it, in the singular (village, canton, IRIS…).

    ``epci``, ``departement`` (its code): where no ``commune`` says them.
    """

    id: str
    nom: str
    sorte: str
    commune: str | None = None
    epci: str | None = None
    departement: str | None = None


def commune_names(communes: Iterable[Commune]) -> dict[str, str]:
    """INSEE code → the name shown. Two that bear one name are told apart: « Montbrison (26) », « Montbrison (42) »."""
    listed = tuple(communes)
    alike = Counter(fold(c.nom) for c in listed)
    neighbours = Counter((fold(c.nom), c.departement) for c in listed)

    def shown(commune: Commune) -> str:
        nom = fold(commune.nom)
        if alike[nom] == 1:
            return commune.nom
        told_apart = commune.departement and neighbours[nom, commune.departement] == 1
        return f"{commune.nom} ({commune.departement if told_apart else commune.code_insee})"

    return {c.code_insee: shown(c) for c in listed}


def code_of(names: dict[str, str], said: str | None) -> str | None:
    """The INSEE code of the commune that is named so, or by its code; None where no commune is. ``names``: those
    shown."""
    if said is None or said in names:
        return said
    return next((code for code, nom in names.items() if nom == said), None)
