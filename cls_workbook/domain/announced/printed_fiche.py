"""The words that a contract prints of a fiche."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class PrintedFiche:
    """What the contract prints of a fiche, word for word: shown to who answers, never computed with.

    ``objectifs`` and ``resultats_attendus`` may be put in fewer words than the contract's.
    """

    sous_titre: str | None = None
    titre_recapitulatif: str | None = None
    porteurs_imprimes: str | None = None
    porteurs_recapitulatif: str | None = None
    partenaires: str | None = None
    public: str | None = None
    territoire: str | None = None
    calendrier: str | None = None
    objectifs: tuple[str, ...] = ()
    resultats_attendus: tuple[str, ...] = ()
    lien_parcours: str | None = None  # the care pathway of the regional health project that it belongs to
    autres_plans: str | None = None  # other plans, programmes and policies that it serves
    valeur_initiale: str | None = None  # as printed for the whole fiche; the measures hold what it means for each
    frequence: str | None = None
    source: str | None = None
    responsable: str | None = None
