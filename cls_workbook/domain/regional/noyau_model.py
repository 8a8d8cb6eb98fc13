"""A region's common core (*noyau commun*): the few measures, themes and priorities that its contracts take in alike.

Plain frozen data, read from a definition of its own. Figures are then compared and added because they answer the same
question, not because they look alike.
"""

from __future__ import annotations

from dataclasses import dataclass

from cls_workbook.domain.announced.mesure import Mesure


@dataclass(frozen=True, slots=True)
class NoyauVersion:
    """A version, and the years that it is of."""

    numero: str
    annees: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class NoyauMesure(Mesure):
    """One question that contracts share. It may stand twice under one id, for years that do not meet: what changes of
    it is then said, never added over the change."""

    aide: str | None = None  # what to know to answer it
    sante_mentale: bool = False  # of the part on mental health
    priorite: str | None = None  # id of a priority of the noyau


@dataclass(frozen=True, slots=True)
class NoyauTheme:
    id: str
    libelle: str


@dataclass(frozen=True, slots=True)
class NoyauPriorite:
    id: str
    libelle: str


@dataclass(frozen=True, slots=True)
class Correspondance:
    """What a theme of the noyau is called in another vocabulary (OSCARS, the determinants of CLoterreS)."""

    theme: str
    vocabulaire: str
    libelle: str
    code: str | None = None


@dataclass(frozen=True)
class Noyau:
    id: str
    titre: str
    agence: str | None = None
    exemple: bool = False  # shipped to be looked at: no agency published it
    note: str | None = None
    versions: tuple[NoyauVersion, ...] = ()
    themes: tuple[NoyauTheme, ...] = ()
    priorites: tuple[NoyauPriorite, ...] = ()
    mesures: tuple[NoyauMesure, ...] = ()
    correspondances: tuple[Correspondance, ...] = ()

    @property
    def annees(self) -> tuple[int, ...]:
        """All the years of its versions, in order."""
        return tuple(sorted({annee for version in self.versions for annee in version.annees}))

    def version_of(self, annee: int) -> NoyauVersion | None:
        return next((v for v in self.versions if annee in v.annees), None)

    def mesures_in(self, annee: int) -> tuple[NoyauMesure, ...]:
        """What it asks of a year; nothing outside its versions."""
        return tuple(m for m in self.mesures if m.holds_in(annee)) if self.version_of(annee) else ()
