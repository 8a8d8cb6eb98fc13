"""What a rule lets its funder pay for a year, and the sentences that say why: exact, in euros, rounded once (half-up,
to the cent).

Three kinds of rule give an aid: a share of a post (``poste``), a cap without a rate (``plafond``), a rate or an amount
on a base (``aide``). They meet the same limits, in this order: conditions, caps of the year, caps in all, cost. Pure.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal

from cls_workbook.domain.model import Contrat
from cls_workbook.domain.rules import Rule
from cls_workbook.french import CENT, amount_fr, number_fr, rate_fr


@dataclass(frozen=True, slots=True)
class Situation:
    """A fiche (or all that a rule covers) in one year; EUR, None where it is not known.

    ``expenditure``: the whole cost, which the aids together may not exceed; ``eligible``: what a ``poste`` rule rests
    on; ``etp``: the share of a post, whatever the months it was filled; ``asked``: aid engaged by the rule's funder;
    ``autres``: engaged by the others, in money; ``engage``: by all;
    ``earlier``: year → aid of this rule engaged in earlier years.
    """

    annee: int
    expenditure: Decimal | None = None
    etp: Decimal | None = None
    engage: Decimal | None = None
    asked: Decimal | None = None
    autres: Decimal | None = None
    people: int | Decimal | None = None
    sessions: int | Decimal | None = None
    earlier: Mapping[int, Decimal] = field(default_factory=dict)
    eligible: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Subsidy:
    """``montant``: the most that the rule allows, EUR; None where what it rests on is not known. ``reasons``: what
    applied, limited or refused, in French, without capital or final stop. ``refused``: a condition of the rule is not
    met."""

    montant: Decimal | None
    reasons: tuple[str, ...] = ()
    refused: bool = False


def compute(rule: Rule, situation: Situation) -> Subsidy:
    """What a rule of type poste, plafond or aide allows in this situation."""
    if motif := _refusal(rule, situation):
        return Subsidy(Decimal("0.00"), (motif,), True)
    montant, computation = _entitlement(rule, situation)
    if montant is None:
        return Subsidy(None, (computation,))
    reasons = [computation] if computation else []
    for limite, motif in _limits(rule, situation):
        if montant > limite:
            montant = limite
            reasons.append(motif)
    return Subsidy(rounded(montant), tuple(reasons))


def _refusal(rule: Rule, situation: Situation) -> str:
    etp = situation.etp
    if rule.post.refuse(etp):
        return (
            f"{number_fr(etp)} ETP, sous le minimum de {number_fr(rule.post.etp_min)} ETP"
            if rule.post.etp_min is not None
            else "aucun ETP"
        )
    first = first_year(rule, situation)
    if first is not None and situation.annee < first:
        return f"aucune aide avant {first}"
    if first is not None and rule.caps.duree_ans is not None and situation.annee >= first + rule.caps.duree_ans:
        return f"aucune aide après {first + rule.caps.duree_ans - 1}, {rule.caps.duree_ans} années sont passées"
    return ""


def first_year(rule: Rule, situation: Situation) -> int | None:
    """The year from which the aid runs: the rule's own or, failing that, the first in which it was engaged."""
    if rule.depuis is not None:
        return rule.depuis
    return min((a for a, m in situation.earlier.items() if m > 0), default=None)


def _entitlement(rule: Rule, situation: Situation) -> tuple[Decimal | None, str]:
    """(what the rate or the amount gives, how it was worked out); None and what is missing."""
    if rule.type == "plafond":
        return (situation.asked, "") if situation.asked is not None else (None, "aide engagée non connue")
    if rule.base in ("personne", "session"):
        how_many = situation.people if rule.base == "personne" else situation.sessions
        if how_many is None:
            return None, f"nombre de {rule.base}s non connu"
        return how_many * (
            rule.sessions.cout_unitaire or Decimal(0)
        ), f"{number_fr(how_many)} {rule.base}{'s' * (how_many > 1)} à {amount_fr(rule.sessions.cout_unitaire)}"
    if rule.type == "poste":
        base, unknown = situation.eligible, "dépense éligible du poste non connue"
    elif rule.base == "engage":
        base, unknown = situation.engage, "montant engagé non connu"
    else:
        base, unknown = situation.expenditure, "dépense non connue"
    if base is None:
        return None, unknown
    following = ""
    etp, at_most = situation.etp, rule.post.etp_assiette_max
    if rule.base != "engage" and etp is not None and at_most is not None and etp > at_most:
        base, following = base * at_most / etp, f", assiette ramenée de {number_fr(etp)} à {number_fr(at_most)} ETP"
    taux = Decimal(1) if rule.taux is None else rule.taux
    return taux * base, f"{rate_fr(taux)} de {amount_fr(base)}{following}"


def _limits(rule: Rule, situation: Situation) -> list[tuple[Decimal, str]]:
    """(EUR, what it is): the caps of the rule, then the cost that all the aids together may not exceed."""
    part = rule.sharing.share_of_caps
    sharing = f", soit {rate_fr(part)} du plafond du poste" if part != 1 else ""
    yearly, total = rule.yearly_cap(), rule.total_cap()
    limits = []
    if yearly is not None:
        limits.append((yearly, f"plafond de {amount_fr(yearly)} par an{sharing}"))
    if total is not None:
        already = sum((m for a, m in situation.earlier.items() if a < situation.annee), Decimal(0))
        remaining = max(Decimal(0), total - already)
        limits.append((remaining, f"{amount_fr(already)} déjà engagés sur {amount_fr(total)} en tout{sharing}"))
    if situation.expenditure is not None:
        autres = situation.autres or Decimal(0)
        remaining = max(Decimal(0), situation.expenditure - autres)
        elsewhere = f", dont {amount_fr(autres)} financés par ailleurs" if autres else ""
        limits.append(
            (remaining, f"les aides ne dépassent pas le coût de {amount_fr(situation.expenditure)}{elsewhere}")
        )
    return limits


# --- A rule as one figure -------------------------------------------------------------------------------------------


def payable_for_post(rule: Rule, expenditure: Decimal, etp: Decimal | None) -> Decimal:
    """The most that a ``poste`` rule lets a funder pay for a year, in euros.

    min(taux × depense × min(1; etp_assiette_max / etp); plafond_annuel). 0 under ``etp_min``: not eligible.
    ``etp`` None: not known, the whole expense counts. Nothing is prorated on a part-year post.
    """
    if rule.post.refuse(etp):
        return Decimal("0.00")
    aide = (Decimal(1) if rule.taux is None else rule.taux) * expenditure
    if etp is not None and rule.post.etp_assiette_max is not None and etp > rule.post.etp_assiette_max:
        aide = aide * rule.post.etp_assiette_max / etp
    if rule.caps.plafond_annuel is not None:
        aide = min(aide, rule.caps.plafond_annuel)
    return rounded(aide)


def scale_cost(price: Decimal, quantity: int | Decimal) -> Decimal:
    """Unit cost × quantity, in euros (the cost per person includes all that it is said to include)."""
    return rounded(price * quantity)


def relative_gap(depuis: Decimal | None, to: Decimal | None) -> Decimal | None:
    """Share by which ``to`` differs from ``depuis`` (0.1: a tenth more). None where one is not known, or the first is
    0.
    """
    return None if depuis is None or to is None or not depuis else (to - depuis) / depuis


def parity_gap(amounts: Sequence[Decimal | None]) -> Decimal | None:
    """Euros between the largest and the smallest share; None where a funder gave no figure: a blank is not a zero."""
    known = [m for m in amounts if m is not None]
    return rounded(max(known) - min(known)) if known and len(known) == len(amounts) else None


def are_subsidy_years_over(rule: Rule, annee: int) -> bool:
    """Has the last year of a ``plafond`` rule passed? False where the contract says no first year or duration."""
    return rule.depuis is not None and rule.caps.duree_ans is not None and annee >= rule.depuis + rule.caps.duree_ans


def has_overall_money(contrat: Contrat) -> bool:
    """Does the contract give its money as envelopes of the whole, and none to any fiche? Then a fiche may draw on
    them.
    """
    return bool(contrat.money.enveloppes) and all(f.financement.montant is None for f in contrat.actions)


def rounded(montant: Decimal) -> Decimal:
    return montant.quantize(CENT, rounding=ROUND_HALF_UP)
