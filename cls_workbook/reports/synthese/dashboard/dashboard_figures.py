"""The figures of the first page, each from a table of the consolidation. Nothing is drawn here."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple

from cls_workbook.domain.model import Fiche, Mesure
from cls_workbook.domain.placed.place_kinds import PlaceKind, place_kinds
from cls_workbook.domain.placed.place_words import reached
from cls_workbook.french import amount_fr, fold, how_many, rate_fr
from cls_workbook.reading.storing.wide_views import total_of
from cls_workbook.reports.synthese.synthese_portrait import Portrait
from cls_workbook.reports.synthese.synthese_values import is_number
from cls_workbook.summaries.aggregation import AS_RATE
from cls_workbook.summaries.balances import remainders
from cls_workbook.summaries.history import ETAT
from cls_workbook.summaries.progress import COMPLETED
from cls_workbook.tables.consolidation_tables import DUPLICATE, MISSING, REJECTED
from cls_workbook.tables.table_frames import frame_records

VALUE, BEFORE = "Valeur", "Valeur n-1"
PEOPLE = "PERSONNES"


class FichesTotal(NamedTuple):
    """A sum over fiches and on how many it rests. ``total`` None: nothing is known."""

    total: Decimal | int | None
    fiches: int


@dataclass(frozen=True, slots=True)
class Trend:
    """A figure of last year and of this one; None: not known. ``basis``: on what it rests, "" where nothing is to be
    said."""

    libelle: str
    before: Decimal | int | None
    now: Decimal | int | None
    format: str
    basis: str = ""

    @property
    def change(self) -> str:
        """« en hausse de 12 % », « stable »; "" where it cannot be said."""
        if self.before is None or self.now is None or self.basis:
            return ""
        if self.now == self.before:
            return "stable"
        word = "en hausse" if self.now > self.before else "en baisse"
        if not self.before:
            return word
        share = abs(Decimal(self.now) - Decimal(self.before)) / Decimal(self.before) * 100
        return f"{word} de {max(1, round(share))} %"


# --- Persons and places -----------------------------------------------------------------------------------------------


def people(portrait: Portrait, column: str = VALUE, fiches: Iterable[Fiche] | None = None) -> FichesTotal:
    """Of each fiche the largest number of persons that one of its measures counts, added over the fiches.

    A person whom two fiches reached is there twice. A masked value is not there.
    """
    wanted = portrait.contrat.actions if fiches is None else fiches
    counts = [n for n in (people_of(portrait, f, column) for f in wanted) if n is not None]
    return FichesTotal(total_of(counts), len(counts))


def people_of(portrait: Portrait, fiche: Fiche, column: str = VALUE) -> Decimal | int | None:
    lines = (portrait.indicateurs.get(m.id, {}) for m in fiche.mesures if m.agregation == PEOPLE)
    known = [r[column] for r in lines if is_number(r.get(column))]
    return max(known, default=None)


class ReachedKind(NamedTuple):
    """A kind of place of the contract: how many were reached (None: no return says), of how many."""

    kind: PlaceKind
    number: int | None
    of: int

    @property
    def in_words(self) -> str:
        """« 3 villages touchés sur 4 »; "" where no return says."""
        return "" if self.number is None else reached(self.kind.word, self.number, self.of)


def places(portrait: Portrait) -> list[ReachedKind]:
    """Each kind apart: never added."""
    touched = {(r["type"], r["nom"]) for r in frame_records(portrait.result.summaries.territoire)}
    kinds = place_kinds(portrait.contrat, portrait.annee)
    numbers = (sum((k.type, p.nom) in touched for p in k.places) if touched else None for k in kinds)
    return [ReachedKind(k, number, len(k.places)) for k, number in zip(kinds, numbers, strict=True)]


# --- The maquette -----------------------------------------------------------------------------------------------------


class BesideMaquette(NamedTuple):
    """What stands on fiches that have no amount, where others have one: no part of the maquette."""

    amount: Decimal = Decimal(0)
    fiches: int = 0


class Maquette(NamedTuple):
    """Of the contract since its first year, EUR; None: not known. ``engaged``, ``paid``: on all fiches, of which
    ``engaged_beside``, ``paid_beside``. Of the others: ``to_pay``, engaged and not paid, fiche by fiche; ``left`` of
    the maquette, neither engaged nor paid, negative beyond it; ``known``: of the ``funded`` fiches, those known to have
    engaged something."""

    total: Decimal | None
    engaged: Decimal | None
    paid: Decimal | None
    to_pay: Decimal
    left: Decimal | None
    known: int
    funded: int
    engaged_beside: BesideMaquette = BesideMaquette()
    paid_beside: BesideMaquette = BesideMaquette()

    @property
    def paid_of_it(self) -> Decimal:
        return (self.paid or Decimal(0)) - self.paid_beside.amount

    def share_engaged(self, decimals: int, of: str = "") -> str:
        """« 5 % », with what it leaves out; "" where the maquette is not known. ``of``: « de la maquette »."""
        return self._share(self.engaged, self.engaged_beside, decimals, of)

    def share_paid(self, decimals: int, of: str = "") -> str:
        return self._share(self.paid, self.paid_beside, decimals, of)

    def _share(self, amount: Decimal | None, beside: BesideMaquette, decimals: int, of: str) -> str:
        if not self.total:
            return ""
        on = f", hors {amount_fr(beside.amount)} sur {how_many(beside.fiches, 'fiche')} sans montant"
        part = ((amount or 0) - beside.amount) / self.total
        return f"{rate_fr(part, decimals)}{of}{on if beside.amount else ''}"


def maquette(portrait: Portrait) -> Maquette:
    total = next(iter(frame_records(portrait.result.summaries.totaux)), {}).get("Contrat")
    end = portrait.annee + 1
    engaged = remainders.of_earlier_years(portrait.history, end, remainders.ENGAGE, remainders.ENGAGED_BEFORE)
    paid = remainders.of_earlier_years(portrait.history, end, remainders.VERSE)
    funded = {fiche for fiche, row in portrait.money.items() if row["Montant contrat"] is not None}
    parts = funded or engaged.keys() | paid.keys()
    due = (max(Decimal(0), m - paid.get(fiche, Decimal(0))) for fiche, m in engaged.items() if fiche in parts)
    to_pay, paid_total = sum(due, Decimal(0)), total_of(paid.values())
    beside = [_beside(parts, sums) for sums in (engaged, paid)]
    left = None if total is None else Decimal(total) - to_pay - ((paid_total or 0) - beside[1].amount)
    totals = total, total_of(engaged.values()), paid_total, to_pay, left
    return Maquette(*totals, len(funded & engaged.keys()), len(funded), *beside)


def _beside(parts: Collection[str], sums: Mapping[str, Decimal]) -> BesideMaquette:
    amounts = [amount for fiche, amount in sums.items() if amount and fiche not in parts]
    return BesideMaquette(sum(amounts, Decimal(0)), len(amounts))


# --- Against last year ------------------------------------------------------------------------------------------------


def trends(portrait: Portrait) -> list[Trend]:
    """What is known of this year or of the last; figures that rest on other fiches are not compared."""
    rows = [_done(portrait), _people_trend(portrait)]
    rows += [
        _amount(portrait, objet, libelle)
        for objet, libelle in (
            ("Engagé", "Engagé sur la maquette"),
            ("Versé", "Versé sur la maquette"),
            ("Coût réalisé", "Coût des actions, tous financeurs"),
        )
    ]
    return [t for t in rows if t.before is not None or t.now is not None]


def _done(portrait: Portrait) -> Trend:
    states = {a: _by_fiche(portrait, ETAT, a) for a in (portrait.annee - 1, portrait.annee)}
    before, now = (
        sum(fold(str(etat)) == COMPLETED for etat in s.values()) if s else None
        for s in (states[portrait.annee - 1], states[portrait.annee])
    )
    return Trend("Fiches achevées depuis le début", before, now, "entier")


def _people_trend(portrait: Portrait) -> Trend:
    """On the fiches that count persons both years, where last year is known at all."""
    both = [
        f
        for f in portrait.contrat.actions
        if people_of(portrait, f) is not None and people_of(portrait, f, BEFORE) is not None
    ]
    if not both:
        return Trend("Personnes touchées", None, people(portrait).total, "entier")
    before, now = (people(portrait, column, both).total for column in (BEFORE, VALUE))
    counted = people(portrait).fiches
    libelle = "Personnes touchées" + (f", {len(both)} fiches comparables" if counted > len(both) else "")
    return Trend(libelle, before, now, "entier")


def _amount(portrait: Portrait, objet: str, libelle: str) -> Trend:
    before, now = (_by_fiche(portrait, objet, a) for a in (portrait.annee - 1, portrait.annee))
    basis = f"sur {len(now)} fiches, contre {len(before)}" if before and now and before.keys() != now.keys() else ""
    return Trend(libelle, total_of(before.values()), total_of(now.values()), "montant_rond", basis)


def _by_fiche(portrait: Portrait, objet: str, annee: int) -> dict[str, Decimal]:
    return {str(r["Fiche"]): r["Valeur"] for r in portrait.history if r["Objet"] == objet and r["Année"] == annee}


def strongest_change(portrait: Portrait) -> tuple[Fiche, Mesure, Decimal, Decimal] | None:
    """The key measure that moved most since last year, with both values; rates are left aside."""

    def moved(candidate: tuple[Fiche, Mesure, Decimal, Decimal]) -> Decimal:
        _, _, before, now = candidate
        return abs(now - before) / before

    found = [
        (fiche, mesure, Decimal(str(before)), Decimal(str(now)))
        for fiche in portrait.contrat.actions
        for mesure in portrait.key_mesures(fiche)
        if mesure.agregation not in AS_RATE
        for before, now in [_both(portrait, mesure)]
        if is_number(before) and is_number(now) and before and before != now
    ]
    return max(found, key=moved, default=None)


def _both(portrait: Portrait, mesure: Mesure) -> tuple[object, object]:
    line = portrait.indicateurs.get(mesure.id, {})
    return line.get(BEFORE), line.get(VALUE)


# --- What the figures rest on -----------------------------------------------------------------------------------------


def lacking_structures(portrait: Portrait) -> list[str]:
    """Who has not answered, or whose answer is set aside: « CPTS Pays d’Or (1.1) », in the contract's order."""
    fiches: dict[str, list[str]] = {}
    for r in frame_records(portrait.result.tables.retours):
        if r["Statut"] in (MISSING, REJECTED, DUPLICATE):
            fiches.setdefault(r["Structure"] or "structure inconnue", []).append(r["Fiche"] or "?")
    return [f"{structure} ({', '.join(dict.fromkeys(numbers))})" for structure, numbers in fiches.items()]


def statuts(portrait: Portrait) -> Counter[str]:
    return Counter(r["Statut"] for r in frame_records(portrait.result.tables.retours))
