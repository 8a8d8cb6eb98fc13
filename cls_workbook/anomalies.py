"""One finding on one place of one return, and how it reads."""

from __future__ import annotations

from dataclasses import dataclass

BLOCKING, A_CONFIRMER, INFORMATION = "bloquant", "à confirmer", "information"
GRAVITIES = (BLOCKING, A_CONFIRMER, INFORMATION)


@dataclass(frozen=True, slots=True)
class Anomalie:
    """``cells`` are addresses (``D14``) in ``sheet`` of ``file``; several when one mistake spans several cells.

    A blocking anomaly refuses the values of its cells; with ``refuses_sheet`` it refuses the whole
    fiche (``file``, ``fiche``), with ``refuses_file`` the whole return. An « à confirmer » may carry ``refuses_file``
    too: a second copy of a return is set aside, but nothing has to be corrected.
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

    def __str__(self) -> str:
        location = " · ".join(
            piece
            for piece in (
                self.file or "campagne",
                f"feuille « {self.sheet} »" if self.sheet else "",
                f"cellule{'s' * (len(self.cells) > 1)} {', '.join(self.cells)}" if self.cells else "",
            )
            if piece
        )
        if self.champ:
            location += f" ({self.champ})"
        lines = [f"{location} — {self.gravite} {self.code}"]
        if self.found:
            lines.append(f"  Trouvé  : {self.found}")
        if self.expected:
            lines.append(f"  Attendu : {self.expected}")
        if self.remedy:
            lines.append(f"  À faire : {self.remedy}")
        return "\n".join(lines)


def sort_out(anomalies: list[Anomalie]) -> list[Anomalie]:
    """Most serious first, then by file, sheet and place."""
    return sorted(anomalies, key=lambda a: (GRAVITIES.index(a.gravite), a.file, a.sheet, a.cells, a.code, a.found))
