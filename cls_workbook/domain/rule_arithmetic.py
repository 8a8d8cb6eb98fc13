"""The funding rules of a contract as arithmetic: exact, in euros, rounded once (half-up, to the cent).

Source: domaine, section 4. Pure; the figures come from the ``Rule`` of the contract.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal

from cls_workbook.domain.model import Contrat, Rule
from cls_workbook.french import CENT


def payable_for_post(rule: Rule, expenditure: Decimal, etp: Decimal | None) -> Decimal:
    """The most that a ``poste`` rule lets a funder pay for a year, in euros.

    min(taux × depense × min(1; etp_assiette_max / etp); plafond_annuel). 0 under ``etp_min``: not eligible.
    ``etp`` None: not known, the whole expense counts. Nothing is prorated on a part-year post.
    """
    if etp is not None and (etp <= 0 or (rule.etp_min is not None and etp < rule.etp_min)):
        return Decimal("0.00")
    aide = (Decimal(1) if rule.taux is None else rule.taux) * expenditure
    if etp is not None and rule.etp_assiette_max is not None and etp > rule.etp_assiette_max:
        aide = aide * rule.etp_assiette_max / etp
    if rule.plafond_annuel is not None:
        aide = min(aide, rule.plafond_annuel)
    return rounded(aide)


def scale_cost(price: Decimal, quantity: int | Decimal) -> Decimal:
    """Unit cost × quantity, in euros (the cost per person includes all that it is said to include)."""
    return rounded(price * quantity)


def relative_gap(depuis: Decimal | None, to: Decimal | None) -> Decimal | None:
    """Share by which ``to`` differs from ``depuis`` (0.1: a tenth more). None where one is not known, or the first is 0."""
    return None if depuis is None or to is None or not depuis else (to - depuis) / depuis


def parity_gap(amounts: Sequence[Decimal | None]) -> Decimal | None:
    """Euros between the largest and the smallest share; None where a funder gave no figure: a blank is not a zero."""
    known = [m for m in amounts if m is not None]
    return rounded(max(known) - min(known)) if known and len(known) == len(amounts) else None


def are_subsidy_years_over(rule: Rule, annee: int) -> bool:
    """Has the last year of a ``cap`` rule passed? False where the contract says no first year or duration."""
    return rule.depuis is not None and rule.duree_ans is not None and annee >= rule.depuis + rule.duree_ans


def has_overall_money(contrat: Contrat) -> bool:
    """Does the contract give its money as envelopes of the whole, and none to any fiche? Then a fiche may draw on them."""
    return bool(contrat.enveloppes) and all(f.financement.montant is None for f in contrat.fiches)


def rounded(montant: Decimal) -> Decimal:
    return montant.quantize(CENT, rounding=ROUND_HALF_UP)
