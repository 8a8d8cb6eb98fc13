"""A question and a group of questions, the kinds that there are, and the scales that are offered: said here once."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from cls_workbook.french import fold, typography

TEXT_LENGTH, SHORT_LENGTH = 1500, 300
AMOUNT_MAX = Decimal("999999999.99")
INTEGER_MAX = Decimal(99_999_999)


@dataclass(frozen=True, slots=True)
class Champ:
    """One question.

    ``type``: entier, decimal, montant (euros, cents), date, liste, texte, code, case.
    ``choix`` names a list (see ``forms.choice_lists``); a list that is not ``strict`` only proposes.
    ``{annee}`` in ``libelle`` is replaced by the year asked about. ``carried_over``: rarely changes, so last year's
    answer is filled in beforehand. ``synthese``: what the Synthèse makes of it (see ``entry_questions``), "" nothing.
    """

    nom: str
    libelle: str
    type: str
    aide: str
    choix: str | None = None
    strict: bool = True
    unite: str | None = None
    minimum: Decimal | None = None
    maximum: Decimal | None = None
    length: int | None = None
    obligatoire: bool = False
    carried_over: bool = False
    synthese: str = ""


@dataclass(frozen=True, slots=True)
class Bloc:
    """A group of champs under one title. ``lines``: rows of room where the partner makes the list."""

    nom: str
    titre: str
    input_fields: tuple[Champ, ...]
    aide: str = ""
    is_optional: bool = False
    lines: int = 0

    def known(self, nom: str | None) -> Champ | None:
        """The champ of this name, None if it has none."""
        return next((c for c in self.input_fields if c.nom == nom), None)

    def champ(self, nom: str) -> Champ:
        """KeyError if the block does not ask it."""
        if found := self.known(nom):
            return found
        raise KeyError(nom)


def block(nom: str, titre: str, input_fields: tuple[Champ, ...], aide: str = "", **rest: Any) -> Bloc:
    return Bloc(nom, typography(titre), input_fields, typography(aide), **rest)


def ask(nom: str, libelle: str, type_: str, aide: str, **rest: Any) -> Champ:
    """A question of any kind, in French typography; ``rest``: the other fields of ``Champ``."""
    return Champ(nom, typography(libelle), type_, typography(aide), **rest)


def text(nom: str, libelle: str, aide: str, length: int = SHORT_LENGTH, **rest: Any) -> Champ:
    return ask(nom, libelle, "texte", aide, length=length, **rest)


def choice(nom: str, libelle: str, choix: str, aide: str, length: int = SHORT_LENGTH, **rest: Any) -> Champ:
    return ask(nom, libelle, "liste", aide, choix=choix, length=length, **rest)


def integer(nom: str, libelle: str, aide: str, **rest: Any) -> Champ:
    return ask(nom, libelle, "entier", aide, minimum=Decimal(0), maximum=INTEGER_MAX, **rest)


def decimal(nom: str, libelle: str, aide: str, maximum: Decimal = INTEGER_MAX, **rest: Any) -> Champ:
    return ask(nom, libelle, "decimal", aide, minimum=Decimal(0), maximum=maximum, **rest)


def amount(nom: str, libelle: str, aide: str, **rest: Any) -> Champ:
    return ask(nom, libelle, "montant", aide, unite="€", minimum=Decimal(0), maximum=AMOUNT_MAX, **rest)


def day(nom: str, libelle: str, aide: str, **rest: Any) -> Champ:
    return ask(nom, libelle, "date", aide, **rest)


def asked_by_contract(nom: str, libelle: str, type_: str, aide: str, unite: str | None) -> Champ:
    """A question that a contract words itself (``type_``: entier, decimal, montant, texte)."""
    if type_ == "texte":
        return text(nom, libelle, aide, unite=unite)
    maximum = AMOUNT_MAX if type_ == "montant" else INTEGER_MAX
    return ask(nom, libelle, type_, aide, unite=unite, minimum=Decimal(0), maximum=maximum)


@dataclass(frozen=True, slots=True)
class ChoiceLists:
    """The scales offered in drop-down lists. All are choices of ours: a definition may replace any."""

    etats: tuple[str, ...] = ("Non démarrée", "En préparation", "En cours", "Réalisée", "Reportée", "Abandonnée")
    etats_a_motif: tuple[str, ...] = ("Reportée", "Abandonnée")
    sens_des_etats: tuple[str, ...] = ()  # « Bloqué = Reportée »: an état of the contract, and the tool's own word
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

    def own_word(self, etat: str) -> str:
        """The tool's own word for an état: as the contract says it, else as it is usually meant, else the état."""
        said = dict(pair for written in self.sens_des_etats if (pair := means(written)))
        return next((word for local, word in said.items() if fold(local) == fold(etat)), _USUAL.get(fold(etat), etat))

    @property
    def stopped(self) -> tuple[str, ...]:
        """The états of an action that is put off or given up: they ask for a reason."""
        asked = {*self.etats_a_motif, OWN_STATES[4], OWN_STATES[5]}
        return tuple(e for e in self.etats if e in asked or self.own_word(e) in OWN_STATES[4:])


OWN_STATES = ("Non démarrée", "En préparation", "En cours", "Réalisée", "Reportée", "Abandonnée")
# What contracts write instead, folded.
_USUAL = {
    word: OWN_STATES[rank]
    for rank, words in enumerate(
        (
            ("non demarree", "non demarre", "non engagee", "a venir", "a demarrer"),
            ("en preparation", "a preparer", "a discuter"),
            ("en cours", "engagee", "demarree", "en retard"),
            ("realisee", "realise", "terminee", "termine", "achevee", "perennisee", "perennise"),
            ("reportee", "reporte", "en pause", "suspendue", "suspendu", "bloquee", "bloque", "action bloquee"),
            ("abandonnee", "abandonne", "annulee", "annule"),
        )
    )
    for word in words
}


def means(written: str) -> tuple[str, str] | None:
    """« Bloqué = Reportée » → (« Bloqué », « Reportée »); None where no « = » parts it, or where it ends on a word that
    is not the tool's."""
    local, sign, word = (piece.strip() for piece in written.partition("="))
    own = next((state for state in OWN_STATES if fold(state) == fold(word)), None)
    return (local, own) if sign and local and own else None
