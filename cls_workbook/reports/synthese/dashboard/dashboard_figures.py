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
from cls_workbook.french import all_of, amount_fr, fold, how_many, listing, number_fr, rate_fr
from cls_workbook.reading.storing.wide_views import total_of
from cls_workbook.reports.synthese.dashboard.fiche_lights import numbered
from cls_workbook.reports.synthese.synthese_portrait import Portrait
from cls_workbook.reports.synthese.synthese_values import is_number
from cls_workbook.summaries.aggregation import AS_RATE
from cls_workbook.summaries.balances import remainders
from cls_workbook.summaries.expected import answers_together
from cls_workbook.summaries.history import ETAT
from cls_workbook.summaries.progress import COMPLETED
from cls_workbook.tables.consolidation_tables import DUPLICATE, MISSING, RECEIVED, REJECTED
from cls_workbook.tables.table_frames import frame_records

VALUE, BEFORE = "Valeur", "Valeur n-1"
NUMBERS_SHOWN = 4  # of fiches, behind a name
PEOPLE = "PERSONNES"


class FichesTotal(NamedTuple):
    """A sum over fiches and on how many it rests. ``total`` None: nothing is known."""

    total: Decimal | int | None
    fiches: int

    def in_words(self, counted: str) -> str:
        """« 1 281 personnes touchées, comptées sur 12 fiches »; "" where nothing is known. ``counted``: « sur »."""
        if self.total is None:
            return ""
        s = "s" * (self.total > 1)
        persons = f"{number_fr(self.total)} personne{s} touchée{s}"
        return f"{persons}, comptée{s} {counted} {how_many(self.fiches, 'fiche')}"


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
        if not self.now:
            return "à zéro"
        if not self.before:
            return word
        share = abs(Decimal(self.now) - Decimal(self.before)) / Decimal(self.before)
        return f"{word} de {whole_rate(share)}"


def whole_rate(part: Decimal) -> str:
    """« 12 % » for 0.1184; what is neither nothing nor everything is not said to be 0 % or 100 %."""
    if 0 < part < Decimal("0.005"):
        return "moins de 1 %"
    if Decimal("0.995") <= part < 1:
        return "plus de 99 %"
    return rate_fr(part, 0)


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
        """« 5 % », with what it leaves out; "" of nothing, or of no known maquette. ``of``: « de la maquette »."""
        return self._share(self.engaged, self.engaged_beside, decimals, of)

    def share_paid(self) -> str:
        return self._share(self.paid, self.paid_beside, 0, "")

    def _share(self, amount: Decimal | None, beside: BesideMaquette, decimals: int, of: str) -> str:
        if not self.total or not amount:
            return ""
        on = f", hors {amount_fr(beside.amount)} sur {how_many(beside.fiches, 'fiche')} sans montant"
        part = (amount - beside.amount) / self.total
        return f"{rate_fr(part, decimals) if decimals else whole_rate(part)}{of}{on if beside.amount else ''}"


def spent(amount: Decimal, word: str) -> str:
    """« 12 € engagés », « rien de versé »."""
    if not amount:
        return f"rien {'d’' if word.startswith('e') else 'de '}{word}"
    return f"{amount_fr(amount)} {word}{'s' * (amount >= 2)}"


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


def lacking(portrait: Portrait, shown: int) -> list[str]:
    """Whose answers the figures lack, and why, ``shown`` structures of each: « manquent : SDAT (2.3), MUSSP (3.4) »."""
    retours = frame_records(portrait.result.tables.retours)
    answered = {(r["Fiche"], r["Volet"]) for r in retours if r["Statut"] == RECEIVED}
    said = []
    for statut, one, several in _LACKING:
        fiches: dict[str, list[str]] = {}
        for r in retours:
            # Those who answer together have answered as soon as one of them has.
            of_all = answers_together(portrait.contrat, r["Fiche"], r["Volet"])
            if r["Statut"] == statut and not (of_all and (r["Fiche"], r["Volet"]) in answered):
                fiches.setdefault(r["Structure"] or "structure inconnue", []).append(r["Fiche"] or "?")
        names = [f"{structure} ({_where(list(dict.fromkeys(of)))})" for structure, of in fiches.items()]
        if names:
            said.append(f"{one if len(names) == 1 else several} : {listing(names, shown)}")
    return said


_LACKING = (
    (MISSING, "manque", "manquent"),
    (REJECTED, "refusé", "refusés"),
    (DUPLICATE, "reçu en double, à trancher", "reçus en double, à trancher"),
)


def _where(fiches: list[str]) -> str:
    return ", ".join(fiches) if len(fiches) <= NUMBERS_SHOWN else f"{len(fiches)} fiches"


def which(portrait: Portrait, fiches: Iterable[Fiche]) -> str:
    """« fiches 1.2 et 3.4 »; how many, where a sentence would drown in their numbers."""
    chosen = list(fiches)
    if 1 < len(chosen) == len(portrait.contrat.actions):
        return "toutes les fiches"
    numbers = [f.numero for f in chosen]
    if len(numbers) > 2 * NUMBERS_SHOWN:
        return f"{len(numbers)} fiches, dont {all_of(numbers[:NUMBERS_SHOWN])}"
    return numbered(chosen)


def statuts(portrait: Portrait) -> Counter[str]:
    return Counter(r["Statut"] for r in frame_records(portrait.result.tables.retours))
