"""One finding on one place of one return, and how it reads."""

from __future__ import annotations

from dataclasses import dataclass

BLOQUANT, A_CONFIRMER, INFORMATION = "bloquant", "à confirmer", "information"
GRAVITES = (BLOQUANT, A_CONFIRMER, INFORMATION)


@dataclass(frozen=True, slots=True)
class Anomalie:
    """``cellules`` are addresses (``D14``) in ``feuille`` of ``fichier``; several when one mistake spans several cells.

    A blocking anomaly refuses the values of its cells; with ``refuse_feuille`` it refuses the whole
    fiche (``fichier``, ``fiche``), with ``refuse_fichier`` the whole return. An « à confirmer » may carry ``refuse_fichier``
    too: a second copy of a return is set aside, but nothing has to be corrected.
    """

    gravite: str
    code: str
    fichier: str
    feuille: str = ""
    cellules: tuple[str, ...] = ()
    fiche: str = ""
    structure: str = ""
    champ: str = ""
    trouve: str = ""
    attendu: str = ""
    a_faire: str = ""
    refuse_fichier: bool = False
    refuse_feuille: bool = False

    def __str__(self) -> str:
        lieu = " · ".join(
            morceau
            for morceau in (
                self.fichier or "campagne",
                f"feuille « {self.feuille} »" if self.feuille else "",
                f"cellule{'s' * (len(self.cellules) > 1)} {', '.join(self.cellules)}" if self.cellules else "",
            )
            if morceau
        )
        if self.champ:
            lieu += f" ({self.champ})"
        lignes = [f"{lieu} — {self.gravite} {self.code}"]
        if self.trouve:
            lignes.append(f"  Trouvé  : {self.trouve}")
        if self.attendu:
            lignes.append(f"  Attendu : {self.attendu}")
        if self.a_faire:
            lignes.append(f"  À faire : {self.a_faire}")
        return "\n".join(lignes)


def trier(anomalies: list[Anomalie]) -> list[Anomalie]:
    """Most serious first, then by file, sheet and place."""
    return sorted(anomalies, key=lambda a: (GRAVITES.index(a.gravite), a.fichier, a.feuille, a.cellules, a.code, a.trouve))
