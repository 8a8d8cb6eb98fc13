"""What a contract asks: axes, fiches, indicators, measures, structures, money, rules.

Plain frozen data, read from a TOML definition. Knows neither Excel nor pandas.
Nothing here is about one contract: every rule is data (see ``domain.rules``).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from typing import ClassVar

from cls_workbook.domain.announced import volets as parts
from cls_workbook.domain.announced.contrat_parts import (
    Announced,
    ContratChanges,
    ContratMoney,
    FollowUp,
    Parties,
    Places,
    PrintedContrat,
    RegionalSide,
)
from cls_workbook.domain.announced.mesure import AGGREGATIONS as AGGREGATIONS
from cls_workbook.domain.announced.mesure import CALCULS as CALCULS
from cls_workbook.domain.announced.mesure import MESURE_TYPES as MESURE_TYPES
from cls_workbook.domain.announced.mesure import Mesure as Mesure
from cls_workbook.domain.announced.money_lines import PrintedLine
from cls_workbook.domain.announced.printed_fiche import PrintedFiche
from cls_workbook.domain.announced.volets import Volet
from cls_workbook.domain.definition_keys import NOT_A_KEY, grouped
from cls_workbook.domain.lifetime import Period
from cls_workbook.domain.placed.place_model import commune_names
from cls_workbook.domain.rules import Complement, Rule
from cls_workbook.french import fold, of

INDICATEUR_TYPES = (
    *("compte", "compte_ventile", "liste_types", "satisfaction", "taux", "jalon", "duree", "date", "texte"),
)
AMOUNT_STATES = ("chiffre", "non_determine", "a_definir", "regle", "vide", "absente")
Members = Mapping[
    str | tuple[str, str], tuple[str, ...]
]  # group id, or (group id, fiche) → the names that stand for it
LEVELS = ("maquette", "hors_maquette", "cofinancement", "valorisation")


@dataclass(frozen=True, slots=True)
class Axe(Period):
    """A part of the contract, or a part of one (``parent``: its number): axe, objectif stratégique, objectif…

    ``niveau``: what the contract calls parts of this level; ``numero_imprime``: where numbers begin again under each
    parent, the one that is printed.
    """

    numero: str
    titre: str
    parent: str | None = None
    niveau: str | None = None
    numero_imprime: str | None = None


@dataclass(frozen=True, slots=True)
class Structure(Period):
    """An organisation that answers, or a ``groupe`` that stands for several.

    ``candidats``: names that a group may be replaced by; ``candidats_communes`` adds the communes.
    """

    id: str
    nom: str
    nom_complet: str | None = None
    alias: tuple[str, ...] = ()
    statut_juridique: str | None = None  # public | privé
    siret: str | None = None
    groupe: bool = False
    candidats: tuple[str, ...] = ()
    candidats_communes: bool = False


@dataclass(frozen=True, slots=True)
class Indicateur(Period):
    id: str
    libelle: str
    type: str
    mesures: tuple[Mesure, ...] = ()
    groupe: str | None = None
    volet: str | None = None  # id of the volet whose porteurs answer; None: every porteur of the fiche
    autres_fiches: tuple[str, ...] = ()  # numbers of those that follow it too: it is asked and counted on its own alone
    imprime: bool = True  # False: asked for although the contract prints no such indicator
    note: str | None = None


@dataclass(frozen=True, slots=True)
class FicheFinancement:
    """The money as the contract prints it. ``montant`` in euros, over ``duree_ans`` years (None: not printed)."""

    montant: Decimal | None = None
    montant_etat: str = "vide"
    montant_imprime: str | None = None
    montant_base: str | None = None
    duree_ans: int | None = None
    taux: Decimal | None = None
    taux_pur: bool = False  # a rate that an observed one may be compared with
    taux_imprime: str | None = None
    cofinancements_imprimes: str | None = None
    cofinanceurs: tuple[str, ...] = ()
    mention: str | None = None


@dataclass(frozen=True, slots=True)
class Fiche(Period):
    numero: str
    titre: str
    axe: str | None = None  # None: it belongs to all of them
    porteurs: tuple[str, ...] = ()
    reponse_commune: bool = False  # one of them answers for all; where there are volets, for all those of each
    volets: tuple[Volet, ...] = ()
    autres_axes: tuple[str, ...] = ()  # those that it serves beside its own
    printed: PrintedFiche = grouped(PrintedFiche)
    qpv_attendu: bool = False  # the action takes place in QPV
    compte_rendu: bool = False  # a compte rendu financier is asked of those that answer for it
    non_demandes: tuple[str, ...] = ()  # optional questions that it leaves out (see ``domain.asked.left_out``)
    demandes: tuple[str, ...] = ()  # those that it asks although the contract leaves them out
    themes: tuple[str, ...] = ()  # ids of themes (see ``domain.themes``)
    priorites: tuple[str, ...] = ()  # ids of the priorities of the regional health project that it serves
    plans: tuple[str, ...] = ()  # other plans that it is linked to, as the contract calls them (``linked_plans``)
    niveau_priorite: str | None = None  # how much of a priority it is, in the contract's own words
    financement: FicheFinancement = FicheFinancement()
    lignes: tuple[PrintedLine, ...] = ()  # the money of each funder, as printed
    indicateurs: tuple[Indicateur, ...] = ()
    complements: tuple[Complement, ...] = ()
    regional: bool = field(default=False, metadata=NOT_A_KEY)  # no action: what the regional noyau asks beside them

    @property
    def mesures(self) -> tuple[Mesure, ...]:
        return tuple(m for i in self.indicateurs for m in i.mesures)

    def concerns(self, indicateur: Indicateur, volet: str) -> bool:
        """Is the indicator asked of who answers for the volet of this name? ("" is not known: everything is asked)"""
        return indicateur.volet is None or not volet or indicateur.volet in parts.covered(self.volets, volet)

    def answers_together(self, volet: str) -> bool:
        """Does one of its porteurs (of the volet of this name) answer for all?"""
        return self.reponse_commune or any(v.nom == volet and v.reponse_commune for v in self.volets)

    @property
    def volet_names(self) -> tuple[str, ...]:
        """What a structure may say that it answers for; nothing where the fiche has no volets."""
        return parts.named(self.volets, self.porteurs, self.reponse_commune) if self.volets else ()

    def names_over(self, volet: str) -> tuple[str, ...]:
        """Those of ``volet_names`` that the volet of this id is part of."""
        return tuple(nom for nom in self.volet_names if volet in parts.covered(self.volets, nom))

    @property
    def shares_sheets(self) -> bool:
        """Has a structure several of its volets on one sheet?"""
        return any(len(parts.covered(self.volets, nom)) > 1 for nom in self.volet_names)

    def repondants(self) -> tuple[tuple[str, str | None], ...]:
        """(structure id, name of its volet or volets, or None), one per expected return of this fiche."""
        if self.volets:
            return tuple(parts.repondants(self.volets, self.porteurs, self.reponse_commune))
        return tuple((p, None) for p in self.porteurs)


# The keys of a definition, in the order that it reads in: parts are told one after the other, not group by group.
_READS_AS = (
    *("id", "titre", "nom_court", "annees", "territoire", "type", "coordination", "agence", "contact", "deliberation"),
    *("partenaires_associes", "rappels", "maquette", "seuil_petits_effectifs", "ecart_a_expliquer", "evolution"),
    *("noyau", "repondant_noyau", "outil_depuis", "actions_annoncees", "debut_annee", "avenant_requis"),
    *("non_demandes", "decisions", "revisions", "axes", "structures", "signataires", "communes", "qpv", "lieux"),
    *("instances", "evaluations", "natures", "financeurs", "listes", "fiches", "a_programmer", "regles"),
    *("enveloppes", "cibles", "themes", "priorites", "a_confirmer"),
)


@dataclass(frozen=True, slots=True)
class YearView:
    """What a contract as of a year was made from: the year, and the whole definition."""

    annee: int
    definition: Contrat


@dataclass(frozen=True)
class Contrat:
    """A whole definition, or what it is in one year (``contrat_years.in_year``): then it has a ``view``.

    Contracts that say the same are equal, whatever they come from.
    """

    KEY_ORDER: ClassVar[tuple[str, ...]] = _READS_AS

    id: str
    titre: str
    nom_court: str
    annees: tuple[int, ...]
    territoire: str
    type: str = "Contrat local de santé"
    parties: Parties = grouped(Parties)
    printed: PrintedContrat = grouped(PrintedContrat)
    places: Places = grouped(Places)
    money: ContratMoney = grouped(ContratMoney)
    follow_up: FollowUp = grouped(FollowUp)
    regional: RegionalSide = grouped(RegionalSide)
    announced: Announced = grouped(Announced)
    changes: ContratChanges = grouped(ContratChanges)
    axes: tuple[Axe, ...] = ()
    structures: tuple[Structure, ...] = ()
    fiches: tuple[Fiche, ...] = ()
    regles: tuple[Rule, ...] = ()
    view: YearView | None = field(default=None, compare=False, repr=False, metadata=NOT_A_KEY)

    @property
    def definition(self) -> Contrat:
        """The whole definition, whatever the year that the contract is seen from."""
        return self if self.view is None else self.view.definition

    @cached_property
    def by_structure(self) -> dict[str, Structure]:
        return {s.id: s for s in self.structures}

    @cached_property
    def actions(self) -> tuple[Fiche, ...]:
        """The fiches, without what the regional noyau asks beside them: those that have a state and money."""
        return tuple(f for f in self.fiches if not f.regional)

    @cached_property
    def par_fiche(self) -> dict[str, Fiche]:
        return {f.numero: f for f in self.fiches}

    @cached_property
    def by_mesure(self) -> dict[str, tuple[Fiche, Indicateur, Mesure]]:
        return {m.id: (f, i, m) for f in self.fiches for i in f.indicateurs for m in i.mesures}

    @cached_property
    def by_axe(self) -> dict[str, Axe]:
        return {a.numero: a for a in self.axes}

    @cached_property
    def _by_name(self) -> dict[str, str]:
        former = {nom: id_ for nom, id_ in self.names_over_years["structure"].items() if id_ in self.by_structure}
        names = {fold(n): s.id for s in reversed(self.structures) for n in (s.nom, s.nom_complet or s.nom, *s.alias)}
        return former | names

    @cached_property
    def names_over_years(self) -> dict[str, dict[str, str]]:
        """« structure », « financeur » → folded name, as each year of the contract calls them → id."""
        whole = self.definition
        return {
            objet: whole.changes.names_given(objet) | {fold(x.nom): x.id for x in listed}
            for objet, listed in (("structure", whole.structures), ("financeur", whole.money.financeurs))
        }

    def identify(self, nom: str) -> str | None:
        """The id of the structure that bears this name (name, full name or alias; case and accents apart), or None."""
        return nom if nom in self.by_structure else self._by_name.get(fold(nom))

    @cached_property
    def commune_names(self) -> dict[str, str]:
        """INSEE code → the name shown, the same in every year of the contract."""
        return commune_names(self.definition.places.communes)

    @cached_property
    def is_lasting(self) -> bool:
        """Is it sure that nothing in it changes over its years? Then none of them needs a view of its own."""
        indicateurs = [(i, f) for f in self.fiches for i in f.indicateurs]
        people = (*self.axes, *self.structures, *self.parties.signataires, *self.money.financeurs)
        places = (*self.places.communes, *self.places.qpv, *self.places.lieux)
        wanted = (
            *self.fiches,
            *self.announced.a_programmer,
            *self.regles,
            *self.money.enveloppes,
            *self.announced.cibles,
        )
        parts = (*(v for f in self.fiches for v in f.volets), *(i for i, _ in indicateurs))
        mesures = (m for i, _ in indicateurs for m in i.mesures)
        periods: list[Period] = [*people, *places, *wanted, *parts, *mesures]
        return (
            bool(self.annees)
            and not (self.changes.revisions or self.regional.noyau)
            and all(p.holds_in(annee) for p in periods for annee in {self.annees[0], self.annees[-1]})
            and not any(a.devient for a in self.announced.a_programmer)
            and not any(m.par_lieu for i, _ in indicateurs for m in i.mesures)
            and not any(line.annee is not None for f in self.fiches for line in f.lignes)
            and all(i.mesures and i.volet in {None, *(v.id for v in f.volets)} for i, f in indicateurs)
        )

    def rules_of(self, numero: str, type_: str | None = None) -> tuple[Rule, ...]:
        """The rules that apply to a fiche: its own, and those of the whole contract."""
        return tuple(r for r in self.regles if r.fiche in (None, numero) and type_ in (None, r.type))

    def candidats(self, groupe: Structure) -> tuple[str, ...]:
        """The names that the coordinator may choose from for a group."""
        names = (self.commune_names[c.code_insee] for c in self.places.communes if groupe.candidats_communes)
        return groupe.candidats + tuple(f"Commune {of(nom)}" for nom in names)
