"""The funding rules of a contract as arithmetic: exact, in euros, rounded once (half-up, to the cent).

Source: domaine, section 4. Pure; the figures come from the ``Regle`` of the contract.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal

from cls_workbook.contract.model import Contrat, Regle
from cls_workbook.francais import CENTIME


def part_de_poste(regle: Regle, depense: Decimal, etp: Decimal | None) -> Decimal:
    """The most that a ``poste`` rule lets a funder pay for a year, in euros.

    min(taux × depense × min(1; etp_assiette_max / etp); plafond_annuel). 0 under ``etp_min``: not eligible.
    ``etp`` None: not known, the whole expense counts. Nothing is prorated on a part-year post.
    """
    if etp is not None and (etp <= 0 or (regle.etp_min is not None and etp < regle.etp_min)):
        return Decimal("0.00")
    aide = (Decimal(1) if regle.taux is None else regle.taux) * depense
    if etp is not None and regle.etp_assiette_max is not None and etp > regle.etp_assiette_max:
        aide = aide * regle.etp_assiette_max / etp
    if regle.plafond_annuel is not None:
        aide = min(aide, regle.plafond_annuel)
    return arrondi(aide)


def cout_au_bareme(prix: Decimal, quantite: int | Decimal) -> Decimal:
    """Unit cost × quantity, in euros (the cost per person includes all that it is said to include)."""
    return arrondi(prix * quantite)


def ecart_relatif(depuis: Decimal | None, vers: Decimal | None) -> Decimal | None:
    """Share by which ``vers`` differs from ``depuis`` (0.1: a tenth more). None where one is not known, or the first is 0."""
    return None if depuis is None or vers is None or not depuis else (vers - depuis) / depuis


def ecart_de_parite(montants: Sequence[Decimal | None]) -> Decimal | None:
    """Euros between the largest and the smallest share; None where a funder gave no figure: a blank is not a zero."""
    connus = [m for m in montants if m is not None]
    return arrondi(max(connus) - min(connus)) if connus and len(connus) == len(montants) else None


def annees_d_aide_ecoulees(regle: Regle, annee: int) -> bool:
    """Has the last year of a ``plafond`` rule passed? False where the contract says no first year or duration."""
    return regle.depuis is not None and regle.duree_ans is not None and annee >= regle.depuis + regle.duree_ans


def argent_d_ensemble(contrat: Contrat) -> bool:
    """Does the contract give its money as envelopes of the whole, and none to any fiche? Then a fiche may draw on them."""
    return bool(contrat.enveloppes) and all(f.financement.montant is None for f in contrat.fiches)


def arrondi(montant: Decimal) -> Decimal:
    return montant.quantize(CENTIME, rounding=ROUND_HALF_UP)
