"""The money that a contract prints for a fiche, funder after funder, beside the amount that its agency pays."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

_AMOUNT = "montant chiffré"
_SAID = {
    "chiffre": _AMOUNT,
    "enveloppe": "enveloppe",
    "moyens_constants": "à moyens constants",
    "appel_a_projets": "appel à projets, non acquis",
    "a_definir": "à définir",
    "en_nature": "en nature",
}
LINE_STATES, STATES_IN_WORDS = tuple(_SAID), tuple(_SAID.values())
_GRANTED = ("chiffre", "enveloppe")


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
    def state(self) -> str:
        """« montant chiffré », « appel à projets, non acquis »: what tells one kind of amount from another."""
        return _SAID.get(self.etat, self.etat)

    @property
    def state_in_words(self) -> str:
        """The same; "" for an amount that is simply printed."""
        return "" if self.state == _AMOUNT else self.state

    @property
    def is_granted(self) -> bool:
        """Is it money that the contract counts on? No call for projects, no means in kind."""
        return self.etat in _GRANTED
