"""The contract that a return says it is of."""

from __future__ import annotations

from cls_workbook.definition.toml_reader import load, shipped
from cls_workbook.domain.model import Contrat
from cls_workbook.errors import Refusal


class KnownContrats:
    """Contract id → Contrat: the one given, or one that ships. Goes to other processes as it is."""

    def __init__(self, provided: Contrat | None = None):
        self._known_contrats = {provided.id: provided} if provided else {}

    def __call__(self, identifier: str) -> Contrat:
        """Refusal if this contract is neither given nor shipped."""
        if identifier not in self._known_contrats:
            if identifier not in shipped():
                remedy = (
                    "Donnez sa définition (.toml) avec le classeur : par --contrat sur la ligne de commande, en la "
                    "déposant aussi dans la page locale."
                )
                raise Refusal(f"Le contrat « {identifier} » n’est pas livré avec l’outil.", (remedy,))
            self._known_contrats[identifier] = load(identifier)
        return self._known_contrats[identifier]
