"""What a rule of aid lets its funder pay for a year, and the sentences that say why: exact, in euros, rounded once.

Three kinds of rule give an aid: a share of a post (``poste``), a cap without a rate (``cap``), a rate or an amount on
a base (``aide``). They meet the same limits, in this order: conditions, caps of the year, caps in all, cost. Pure.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from cls_workbook.domain.model import Rule
from cls_workbook.domain.rule_arithmetic import rounded
from cls_workbook.french import amount_fr, number_fr, rate_fr

SUBSIDY_TYPES = ("poste", "plafond", "aide")


@dataclass(frozen=True, slots=True)
class Situation:
    """A fiche (or all that a rule covers) in one year; EUR, None where it is not known.

    ``asked``: aid engaged by the rule's funder; ``autres``: engaged by the others, in money; ``engage``: by all;
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


@dataclass(frozen=True, slots=True)
class Subsidy:
    """``montant``: the most that the rule allows, EUR; None where what it rests on is not known. ``reasons``: what applied,
    limited or refused, in French, without capital or final stop. ``refused``: a condition of the rule is not met."""

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
    if etp is not None and (etp <= 0 or (rule.etp_min is not None and etp < rule.etp_min)):
        return (
            f"{number_fr(etp)} ETP, sous le minimum de {number_fr(rule.etp_min)} ETP"
            if rule.etp_min is not None
            else "aucun ETP"
        )
    first = first_year(rule, situation)
    if first is not None and situation.annee < first:
        return f"aucune aide avant {first}"
    if first is not None and rule.duree_ans is not None and situation.annee >= first + rule.duree_ans:
        return f"aucune aide après {first + rule.duree_ans - 1}, {rule.duree_ans} années sont passées"
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
            rule.cout_unitaire or Decimal(0)
        ), f"{number_fr(how_many)} {rule.base}{'s' * (how_many > 1)} à {amount_fr(rule.cout_unitaire)}"
    base = situation.engage if rule.base == "engage" else situation.expenditure
    if base is None:
        return None, "montant engagé non connu" if rule.base == "engage" else "dépense non connue"
    following = ""
    etp, at_most = situation.etp, rule.etp_assiette_max
    if rule.base != "engage" and etp is not None and at_most is not None and etp > at_most:
        base, following = base * at_most / etp, f", assiette ramenée de {number_fr(etp)} à {number_fr(at_most)} ETP"
    taux = Decimal(1) if rule.taux is None else rule.taux
    return taux * base, f"{rate_fr(taux)} de {amount_fr(base)}{following}"


def share_of_post(rule: Rule) -> Decimal:
    """The share of the caps that this contract may use: less than 1 where a shared post shares them too."""
    return rule.quote_part if rule.quote_part is not None and rule.plafond_par == "poste" else Decimal(1)


def caps(rule: Rule) -> tuple[Decimal | None, Decimal | None]:
    """(of a year, in all), EUR; None where the rule sets none."""
    part = share_of_post(rule)
    return tuple(None if p is None else p * part for p in (rule.plafond_annuel, rule.plafond_total))


def _limits(rule: Rule, situation: Situation) -> list[tuple[Decimal, str]]:
    """(EUR, what it is): the caps of the rule, then the cost that all the aids together may not exceed."""
    part = share_of_post(rule)
    sharing = f", soit {rate_fr(part)} du plafond du poste" if part != 1 else ""
    yearly, total = caps(rule)
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
