"""The parts of a contract beside its axes, structures, fiches and rules, each what its readers need at once.

A definition knows nothing of these groups: it writes every key of theirs beside the contract's own (see
``domain.definition_keys``).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from functools import cached_property

from cls_workbook.domain.announced.bodies import Instance
from cls_workbook.domain.announced.evaluations import Evaluation
from cls_workbook.domain.definition_keys import NOT_A_KEY
from cls_workbook.domain.lifetime import CHANGES_NEEDING_AVENANT, Decision, EvolutionThresholds, Period, Revision
from cls_workbook.domain.placed.place_model import Commune, Lieu, Qpv
from cls_workbook.domain.questions import ChoiceLists
from cls_workbook.domain.regional.noyau_model import Noyau
from cls_workbook.french import fold


@dataclass(frozen=True, slots=True)
class Theme:
    """What contracts are compared by: a theme of public health, or a priority of a regional health project."""

    id: str
    libelle: str


@dataclass(frozen=True, slots=True)
class Signatory(Period):
    nom: str
    role: str = "signataire"  # copilote | signataire
    structure: str | None = None


@dataclass(frozen=True, slots=True)
class Nature:
    """A nature of funding line, and the subtotal (``niveau``) that it belongs to."""

    id: str
    libelle: str
    niveau: str
    aide: str | None = None  # what belongs to it, for prompts


@dataclass(frozen=True, slots=True)
class Financeur(Period):
    id: str
    nom: str
    structure: str | None = None
    prive: bool = False


@dataclass(frozen=True, slots=True)
class ActionToProgramme(Period):
    """An action that the contract announces; once it is the fiche ``devient``, that fiche stands for it."""

    axe: str
    titre: str
    devient: str | None = None


@dataclass(frozen=True, slots=True)
class Enveloppe(Period):
    """The money of the whole contract for one year (None: for its whole duration)."""

    montant: Decimal
    annee: int | None = None
    etat: str = "voté"
    financeur: str | None = None


@dataclass(frozen=True, slots=True)
class Cible(Period):
    """What a measure is to reach (``valeur``: in its unit, a rate as a part of 1), and where the contract says so.

    ``annee``: the year by which it is to be reached (None: the last of the contract); ``chaque_annee``: it is to be
    reached in every year; ``cumulee``: by the sum of the years; ``au_plus``: it is not to be exceeded.
    """

    mesure: str
    valeur: Decimal
    annee: int | None = None
    chaque_annee: bool = False
    cumulee: bool = False
    au_plus: bool = False
    source: str | None = None


@dataclass(frozen=True, slots=True)
class ContratInconsistency:
    """An inconsistency of the printed contract, to be settled by its signatories."""

    code: str
    objet: str
    gravite: str
    constat: str


@dataclass(frozen=True, slots=True)
class Parties:
    """Who is in the contract, beside the structures that answer."""

    coordination: str | None = None  # structure id
    agence: str | None = None  # structure id of the ARS or the State
    contact: str | None = None
    signataires: tuple[Signatory, ...] = ()


@dataclass(frozen=True, slots=True)
class PrintedContrat:
    """What the contract says that is recalled where its figures are read, never computed with."""

    deliberation: str | None = None
    partenaires_associes: tuple[str, ...] = ()  # kinds of partners, beside signatories and communes
    rappels: tuple[str, ...] = ()  # clauses of the contract to keep in mind when its figures are read
    a_confirmer: tuple[ContratInconsistency, ...] = ()


@dataclass(frozen=True, slots=True)
class Places:
    """Where it takes place."""

    communes: tuple[Commune, ...] = ()
    qpv: tuple[Qpv, ...] = ()
    lieux: tuple[Lieu, ...] = ()  # places of other kinds

    def qpv_in(self, annee: int) -> tuple[Qpv, ...]:
        return tuple(q for q in self.qpv if q.holds_in(annee))


@dataclass(frozen=True)
class ContratMoney:
    """The money of the whole contract, and the words that it is told in. ``maquette`` in euros."""

    maquette: Decimal | None = None
    natures: tuple[Nature, ...] = ()
    financeurs: tuple[Financeur, ...] = ()
    enveloppes: tuple[Enveloppe, ...] = ()

    @cached_property
    def by_nature(self) -> dict[str, Nature]:
        """By printed label, as it is chosen in the workbook."""
        return {n.libelle: n for n in self.natures}


@dataclass(frozen=True, slots=True)
class FollowUp:
    """How it is followed: its years, what is asked, from where on a figure is masked, questioned or explained."""

    seuil_petits_effectifs: int = 10
    # of a compte rendu financier: the part of the planned budget beyond which a gap is to be explained
    ecart_a_expliquer: Decimal = Decimal("0.1")
    evolution: EvolutionThresholds = EvolutionThresholds()
    outil_depuis: int | None = None  # the first year that is followed with this tool; None: the first of the contract
    debut_annee: str = "01-01"  # month and day on which a year of the contract begins (``09-01``: September to August)
    non_demandes: tuple[str, ...] = ()  # optional questions that no fiche asks, unless it says so
    listes: ChoiceLists = ChoiceLists()

    def start(self, annee: int) -> date:
        """The first day of a year of the contract."""
        month, day = map(int, self.debut_annee.split("-"))
        return date(annee, month, day)

    def end(self, annee: int) -> date:
        """Its last day."""
        return self.start(annee + 1) - timedelta(days=1)

    def year_name(self, annee: int) -> str:
        """« 2025 », or « 2025-2026 » where a year of the contract is not the calendar's."""
        return str(annee) if self.start(annee) == date(annee, 1, 1) else f"{annee}-{annee + 1}"


@dataclass(frozen=True, slots=True)
class RegionalSide:
    """What it has in common with the contracts of its region."""

    noyau: str | None = None  # the regional noyau that it takes in: the id of one that ships, or its file
    repondant_noyau: str | None = None  # structure id of who answers what no fiche does; None: the coordination
    themes: tuple[Theme, ...] = ()  # themes of its own, beside the shipped ones
    priorites: tuple[Theme, ...] = ()  # priorities of the regional health project
    # reference → noyau, for those that it names, at some time or other
    noyaux: tuple[tuple[str, Noyau], ...] = field(default=(), compare=False, repr=False, metadata=NOT_A_KEY)

    @property
    def taken_in(self) -> Noyau | None:
        """The noyau that it names now."""
        return dict(self.noyaux).get(self.noyau or "")


@dataclass(frozen=True, slots=True)
class Announced:
    """What it announces beside its fiches, that coordinators follow from year to year."""

    actions_annoncees: int | None = None  # number of actions that the contract announces without listing them
    a_programmer: tuple[ActionToProgramme, ...] = ()
    instances: tuple[Instance, ...] = ()
    evaluations: tuple[Evaluation, ...] = ()
    cibles: tuple[Cible, ...] = ()


@dataclass(frozen=True)
class ContratChanges:
    """How it changed over its years, and what may not change without an avenant."""

    avenant_requis: tuple[str, ...] = CHANGES_NEEDING_AVENANT
    decisions: tuple[Decision, ...] = ()
    revisions: tuple[Revision, ...] = ()

    def names_given(self, objet: str) -> dict[str, str]:
        """Folded name that a revision gives to such an object → its id."""
        new_names = (r for r in self.revisions if (r.objet, r.champ) == (objet, "nom"))
        return {fold(r.valeur or ""): r.cible or "" for r in new_names}

    @cached_property
    def by_decision(self) -> dict[str, Decision]:
        return {d.id: d for d in self.decisions}
