"""The funding and capacity rules of a contract: what each kind says."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TypeGuard

from cls_workbook.domain.definition_keys import grouped
from cls_workbook.domain.lifetime import Period

RULE_TYPES = ("poste", "cout_unitaire", "capacite", "plafond", "aide", "parite")
SUBSIDY_TYPES = ("poste", "plafond", "aide")
SUBSIDY_BASES = ("depense", "engage", "personne", "session")  # what the rate or the amount of an ``aide`` applies to
CAP_SCOPES = ("beneficiaire", "poste")
# The keys of a rule that name a measure.
MESURE_KEYS = (
    "mesure_participants",
    "mesure_sessions",
    "mesure",
    "mesure_file_active",
    "mesure_sorties",
    "mesure_relais",
)


@dataclass(frozen=True, slots=True)
class RuleCaps:
    """The most that is paid, EUR: each year, and in all; over so many years."""

    plafond_annuel: Decimal | None = None
    plafond_total: Decimal | None = None
    duree_ans: int | None = None


@dataclass(frozen=True, slots=True)
class PostTerms:
    """What a post must be (ETP), and how much of it counts."""

    etp_min: Decimal | None = None
    etp_assiette_max: Decimal | None = None

    def refuse(self, etp: Decimal | None) -> TypeGuard[Decimal]:
        """Is it nobody's work, or less than a post must be? Not known is not refused."""
        return etp is not None and (etp <= 0 or (self.etp_min is not None and etp < self.etp_min))


@dataclass(frozen=True, slots=True)
class SessionTerms:
    """What a person or a session costs (EUR), how many may take part, and where the figures are typed (ids of measures
    and of complements)."""

    cout_unitaire: Decimal | None = None
    participants_min: int | None = None
    participants_max: int | None = None
    mesure_participants: str | None = None
    mesure_sessions: str | None = None
    complement_cout: str | None = None
    complement_formateurs: str | None = None
    complement_cout_formateurs: str | None = None
    cout_formateur: Decimal | None = None


@dataclass(frozen=True, slots=True)
class CapacityTerms:
    """How many can be received, and the measures that say who was."""

    capacite: Decimal | None = None
    mesure: str | None = None
    mesure_file_active: str | None = None
    mesure_sorties: str | None = None
    mesure_relais: str | None = None


@dataclass(frozen=True, slots=True)
class PostSharing:
    """The share of a post that this contract carries with another; the caps follow it where they are ``plafond_par``
    poste.
    """

    quote_part: Decimal | None = None
    plafond_par: str = "beneficiaire"

    @property
    def share_of_caps(self) -> Decimal:
        """Less than 1 where a shared post shares its caps too."""
        return self.quote_part if self.quote_part is not None and self.plafond_par == "poste" else Decimal(1)


@dataclass(frozen=True, slots=True)
class Rule(Period):
    """A funding or capacity rule. Which keys count depends on ``type``:

    - ``poste``: share of a post (``taux``, ``caps``, ``post``)
    - ``cout_unitaire``: cost per person and session (``sessions``)
    - ``capacite``: a rate against a fixed capacity (``capacity``)
    - ``plafond``: aid capped per year, in all and in years, whatever the rate (``caps``)
    - ``aide``: ``taux`` of a ``base`` (depense, engage) or ``cout_unitaire`` for each person or session, capped alike
    - ``parite``: equal shares of ``financeurs`` on each fiche, every year

    Aids (poste, plafond, aide) never make the money of a fiche exceed its cost.
    ``modele``: the rule that ships and that this one was made from (see ``definition.rule_templates``).
    """

    id: str
    type: str
    libelle: str
    fiche: str | None = None
    financeur: str | None = None
    financeurs: tuple[str, ...] = ()
    taux: Decimal | None = None
    caps: RuleCaps = grouped(RuleCaps)
    post: PostTerms = grouped(PostTerms)
    assiette: str | None = None
    hors_maquette: bool = False
    sessions: SessionTerms = grouped(SessionTerms)
    capacity: CapacityTerms = grouped(CapacityTerms)
    tolerance: Decimal = Decimal("0.01")
    base: str | None = None
    sharing: PostSharing = grouped(PostSharing)
    conditions: tuple[str, ...] = ()  # what the funder expects in return, as printed
    modele: str | None = None

    def yearly_cap(self) -> Decimal | None:
        """EUR that this contract may be paid in a year; None: no cap."""
        cap = self.caps.plafond_annuel
        return None if cap is None else cap * self.sharing.share_of_caps

    def total_cap(self) -> Decimal | None:
        """EUR that it may be paid in all; None: no cap."""
        cap = self.caps.plafond_total
        return None if cap is None else cap * self.sharing.share_of_caps


@dataclass(frozen=True, slots=True)
class Complement:
    """A question that a rule needs and no printed indicator asks (``type``: entier, decimal, montant, texte)."""

    id: str
    libelle: str
    type: str
    unite: str | None = None
    aide: str | None = None
