"""One finding on one place of one return, how it reads, and the check that makes it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar, NamedTuple

from cls_workbook.french import how_many, typography

BLOCKING, A_CONFIRMER, INFORMATION = "bloquant", "à confirmer", "information"
GRAVITIES = (BLOCKING, A_CONFIRMER, INFORMATION)


@dataclass(frozen=True, slots=True)
class Anomalie:
    """``cells`` are addresses (``D14``) in ``sheet`` of ``file``; several when one mistake spans several cells.

    A blocking anomaly refuses the values of its cells; with ``refuses_sheet`` it refuses the whole
    fiche (``file``, ``fiche``), with ``refuses_file`` the whole return. An « à confirmer » may carry ``refuses_file``
    too: a second copy of a return is set aside, but nothing has to be corrected; ``sets_aside``: so are its cells.
    """

    gravite: str
    code: str
    file: str
    sheet: str = ""
    cells: tuple[str, ...] = ()
    fiche: str = ""
    structure: str = ""
    champ: str = ""
    found: str = ""
    expected: str = ""
    remedy: str = ""
    refuses_file: bool = False
    refuses_sheet: bool = False
    sets_aside: bool = False

    def __str__(self) -> str:
        sheet, plural = f"feuille « {self.sheet} »" if self.sheet else "", "s" * (len(self.cells) > 1)
        cells = f"cellule{plural} {', '.join(self.cells)}" if self.cells else ""
        location = " · ".join(filter(None, (self.file or "campagne", sheet, cells)))
        said = (("Trouvé ", self.found), ("Attendu", self.expected), ("À faire", self.remedy))
        lines = [location + (f" ({self.champ})" if self.champ else "") + f" — {self.gravite} {self.code}"]
        lines += [f"  {word} : {text}" for word, text in said if text]
        return "\n".join(lines)


def sort_out(anomalies: Iterable[Anomalie]) -> list[Anomalie]:
    """Most serious first, then by file, sheet and place."""
    return sorted(anomalies, key=lambda a: (GRAVITIES.index(a.gravite), a.file, a.sheet, a.cells, a.code, a.found))


def counted(nombre: int, gravite: str) -> str:
    """« 1 bloquant », « 12 bloquants », « 12 à confirmer »."""
    return f"{nombre} {gravite}" if gravite == A_CONFIRMER else how_many(nombre, gravite)


class Place(NamedTuple):
    """What an anomaly is about: a sheet of a return, or a whole return (no sheet), or the campaign (no file)."""

    file: str = ""
    sheet: str = ""
    fiche: str = ""
    structure: str = ""


class Check:
    """A rule: what is looked for, and how its anomalies read. One class a code; defining the class registers it.

    ``gravity``: one of ``GRAVITIES``, or several where the sub-case decides. ``sought``: the sentence of the catalogue.
    ``expected``, ``remedy``: what its anomalies say, where each of them does not say better.
    ``after``: the code that it follows in the catalogue, where that is not the one defined above it.
    A check that looks further, in typed values, for what reading looks for already inherits from that one: one code.
    """

    code: ClassVar[str]
    gravity: ClassVar[str | tuple[str, ...]]
    sought: ClassVar[str]
    expected: ClassVar[str] = ""
    remedy: ClassVar[str] = ""
    after: ClassVar[str] = ""

    def __init_subclass__(cls, abstract: bool = False) -> None:
        """TypeError for a check that lacks its code, gravity or sentence, or whose code is another's."""
        if abstract:
            return
        missing = [name for name in ("code", "gravity", "sought") if not getattr(cls, name, "")]
        if missing:
            raise TypeError(f"the check {cls.__name__} has no {', '.join(missing)}")
        first = next((check for check in _CHECKS if check.code == cls.code), None)
        if first is not None and not issubclass(cls, first):
            raise TypeError(f"{cls.code} is the code of two checks: {first.__name__} and {cls.__name__}")
        _CHECKS.append(cls)

    @classmethod
    def gravities(cls) -> tuple[str, ...]:
        return (cls.gravity,) if isinstance(cls.gravity, str) else cls.gravity

    @classmethod
    def anomalie(
        cls,
        place: Place,
        cells: Iterable[str],
        champ: str,
        found: str,
        expected: str = "",
        remedy: str = "",
        gravite: str = "",
        **refuses: bool,
    ) -> Anomalie:
        """What this check found at a place. ``refuses``: ``refuses_file``, ``refuses_sheet`` or ``sets_aside``.

        ``gravite``: where ``gravity`` leaves a choice; ValueError for any other.
        """
        gravities = cls.gravities()
        gravite = gravite or (gravities[0] if len(gravities) == 1 else "")
        if gravite not in gravities:
            raise ValueError(f"{cls.code}: « {gravite} » is not among its gravities")
        file, sheet, fiche, structure = place
        at, found = tuple(dict.fromkeys(cells)), typography(found)
        expected, remedy = typography(expected or cls.expected), typography(remedy or cls.remedy)
        return Anomalie(gravite, cls.code, file, sheet, at, fiche, structure, champ, found, expected, remedy, **refuses)


_CHECKS: list[type[Check]] = []


def checks() -> tuple[type[Check], ...]:
    """Every check that the modules imported so far define, in order."""
    return tuple(_CHECKS)
