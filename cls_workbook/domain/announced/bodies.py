"""Which body of the contract decides, and how a sentence names it: « du COPIL », « de l’assemblée plénière »."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from cls_workbook.french import NBSP, fold

if TYPE_CHECKING:
    from cls_workbook.domain.model import Contrat

COPIL = "COPIL"
# Words that names of bodies begin with; any other name is cited after « l’instance ».
_MASCULINE = {"comite", "conseil", "groupe", "bureau", "college", "directoire", "secretariat", "forum", "collectif"}
_FEMININE = {
    "commission",
    "assemblee",
    "equipe",
    "instance",
    "conference",
    "cellule",
    "direction",
    "reunion",
    "pleniere",
}
_VOWELS = "aeiouy"


@dataclass(frozen=True, slots=True)
class Instance:
    """A governance body, or a working group: the least number of meetings a year, and whether it decides.

    ``fiches``: those that a working group follows; empty: the whole contract.
    """

    nom: str
    minimum_par_an: int = 0
    composition: str | None = None
    roles: tuple[str, ...] = ()
    decide: bool = False
    fiches: tuple[str, ...] = ()


class Body(NamedTuple):
    """A body as sentences say it: « le COPIL », « du COPIL », « au COPIL », « par le COPIL »."""

    nom: str
    the: str
    of_the: str
    to_the: str


def deciding(contrat: Contrat) -> Body:
    """The body that decides: that which the contract says, several joined by « ou »; the COPIL where it says none."""
    bodies = [named(i.nom) for i in contrat.announced.instances if i.decide] or [named(COPIL)]
    return Body(*(" ou ".join(forms) for forms in zip(*bodies, strict=True)))


def by_it(body: Body) -> str:
    """« en COPIL », « par le comité territorial »."""
    return f"en {COPIL}" if body.nom == COPIL else f"par {body.the}"


def named(nom: str) -> Body:
    """The forms of one name: its acronym where it gives one between parentheses."""
    acronym = re.search(r"\(([A-Z][A-Za-z0-9]+)\)\s*$", nom)
    short = acronym[1] if acronym else nom
    first = fold(re.split(r"[\s\u00a0]", short, maxsplit=1)[0])
    if re.fullmatch(r"CO[A-Z]+", short) or first in _MASCULINE:
        said = short if short.isupper() else short[0].lower() + short[1:]
        return Body(short, f"le {said}", f"du {said}", f"au {said}")
    if first in _FEMININE:
        said = short[0].lower() + short[1:]
        the = f"l’{said}" if first[0] in _VOWELS else f"la {said}"
        return Body(short, the, f"de {the}", f"à {the}")
    quoted = f"«{NBSP}{short}{NBSP}»"
    return Body(short, f"l’instance {quoted}", f"de l’instance {quoted}", f"à l’instance {quoted}")
