"""The scales of the drop-down lists."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ChoiceLists:
    """The scales offered in drop-down lists. All are choices of ours: a definition may replace any."""

    etats: tuple[str, ...] = ("Non démarrée", "En préparation", "En cours", "Réalisée", "Reportée", "Abandonnée")
    etats_a_motif: tuple[str, ...] = ("Reportée", "Abandonnée")
    realisations: tuple[str, ...] = ("Totale", "Partielle", "Nulle", "Rien de programmé")
    statuts: tuple[str, ...] = ("réel", "estimé", "non disponible", "sans objet")
    jalons: tuple[str, ...] = ("Non engagé", "Engagé", "Atteint")
    double_compte: tuple[str, ...] = ("oui", "non", "ne sait pas")
    types_partenaire: tuple[str, ...] = (
        "Collectivité",
        "Service de l’État",
        "Établissement de santé",
        "Professionnel de santé",
        "Association",
        "Établissement scolaire",
        "Organisme de protection sociale",
        "Bailleur",
        "Autre",
    )
    participations: tuple[str, ...] = ("Présence aux réunions", "Participation à des actions", "Convention signée")
    echelles: tuple[str, ...] = (
        "Satisfait / non satisfait",
        "Échelle de 1 à 4",
        "Échelle de 1 à 5",
        "Échelle de 1 à 10",
        "Autre",
    )
    unites_duree: tuple[str, ...] = ("jours", "semaines", "mois", "années")
