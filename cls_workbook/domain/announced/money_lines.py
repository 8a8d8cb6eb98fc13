"""The money that a contract prints for a fiche, funder after funder, beside the amount that its agency pays."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

LINE_STATES = ("chiffre", "enveloppe", "moyens_constants", "appel_a_projets", "a_definir", "en_nature")
_SAID = {
    "enveloppe": "enveloppe",
    "moyens_constants": "à moyens constants",
    "appel_a_projets": "appel à projets, non acquis",
    "a_definir": "à définir",
    "en_nature": "en nature",
}


@dataclass(frozen=True, slots=True)
class PrintedLine:
    """Never added to a maquette: shown as it is said. ``financeur``, ``nature``: ids; ``annee`` None: of no year."""

    financeur: str | None = None
    nature: str | None = None
    annee: int | None = None
    montant: Decimal | None = None
    etat: str = "chiffre"
    mention: str | None = None

    @property
    def state_in_words(self) -> str:
        """« appel à projets, non acquis »; "" for an amount that is simply printed."""
        return _SAID.get(self.etat, "")
