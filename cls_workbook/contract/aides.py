"""What a rule of aid lets its funder pay for a year, and the sentences that say why: exact, in euros, rounded once.

Three kinds of rule give an aid: a share of a post (``poste``), a cap without a rate (``plafond``), a rate or an amount on
a base (``aide``). They meet the same limits, in this order: conditions, caps of the year, caps in all, cost. Pure.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from cls_workbook.contract.model import Regle
from cls_workbook.contract.regles import arrondi
from cls_workbook.francais import montant_fr, nombre_fr, taux_fr

TYPES_D_AIDE = ("poste", "plafond", "aide")


@dataclass(frozen=True, slots=True)
class Situation:
    """A fiche (or all that a rule covers) in one year; EUR, None where it is not known.

    ``demande``: aid engaged by the rule's funder; ``autres``: engaged by the others, in money; ``engage``: by all;
    ``anterieures``: year → aid of this rule engaged in earlier years.
    """

    annee: int
    depense: Decimal | None = None
    etp: Decimal | None = None
    engage: Decimal | None = None
    demande: Decimal | None = None
    autres: Decimal | None = None
    personnes: int | Decimal | None = None
    sessions: int | Decimal | None = None
    anterieures: Mapping[int, Decimal] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Aide:
    """``montant``: the most that the rule allows, EUR; None where what it rests on is not known. ``motifs``: what applied,
    limited or refused, in French, without capital or final stop. ``refusee``: a condition of the rule is not met."""

    montant: Decimal | None
    motifs: tuple[str, ...] = ()
    refusee: bool = False


def calculer(regle: Regle, situation: Situation) -> Aide:
    """What a rule of type poste, plafond or aide allows in this situation."""
    if motif := _refus(regle, situation):
        return Aide(Decimal("0.00"), (motif,), True)
    montant, calcul = _droit(regle, situation)
    if montant is None:
        return Aide(None, (calcul,))
    motifs = [calcul] if calcul else []
    for limite, motif in _limites(regle, situation):
        if montant > limite:
            montant = limite
            motifs.append(motif)
    return Aide(arrondi(montant), tuple(motifs))


def _refus(regle: Regle, situation: Situation) -> str:
    etp = situation.etp
    if etp is not None and (etp <= 0 or (regle.etp_min is not None and etp < regle.etp_min)):
        return f"{nombre_fr(etp)} ETP, sous le minimum de {nombre_fr(regle.etp_min)} ETP" if regle.etp_min is not None else "aucun ETP"
    premiere = premiere_annee(regle, situation)
    if premiere is not None and situation.annee < premiere:
        return f"aucune aide avant {premiere}"
    if premiere is not None and regle.duree_ans is not None and situation.annee >= premiere + regle.duree_ans:
        return f"aucune aide après {premiere + regle.duree_ans - 1}, {regle.duree_ans} années sont passées"
    return ""


def premiere_annee(regle: Regle, situation: Situation) -> int | None:
    """The year from which the aid runs: the rule's own or, failing that, the first in which it was engaged."""
    if regle.depuis is not None:
        return regle.depuis
    return min((a for a, m in situation.anterieures.items() if m > 0), default=None)


def _droit(regle: Regle, situation: Situation) -> tuple[Decimal | None, str]:
    """(what the rate or the amount gives, how it was worked out); None and what is missing."""
    if regle.type == "plafond":
        return (situation.demande, "") if situation.demande is not None else (None, "aide engagée non connue")
    if regle.base in ("personne", "session"):
        combien = situation.personnes if regle.base == "personne" else situation.sessions
        if combien is None:
            return None, f"nombre de {regle.base}s non connu"
        return combien * (regle.cout_unitaire or Decimal(0)), f"{nombre_fr(combien)} {regle.base}{'s' * (combien > 1)} à {montant_fr(regle.cout_unitaire)}"
    base = situation.engage if regle.base == "engage" else situation.depense
    if base is None:
        return None, "montant engagé non connu" if regle.base == "engage" else "dépense non connue"
    suite = ""
    etp, au_plus = situation.etp, regle.etp_assiette_max
    if regle.base != "engage" and etp is not None and au_plus is not None and etp > au_plus:
        base, suite = base * au_plus / etp, f", assiette ramenée de {nombre_fr(etp)} à {nombre_fr(au_plus)} ETP"
    taux = Decimal(1) if regle.taux is None else regle.taux
    return taux * base, f"{taux_fr(taux)} de {montant_fr(base)}{suite}"


def part_du_poste(regle: Regle) -> Decimal:
    """The share of the caps that this contract may use: less than 1 where a shared post shares them too."""
    return regle.quote_part if regle.quote_part is not None and regle.plafond_par == "poste" else Decimal(1)


def plafonds(regle: Regle) -> tuple[Decimal | None, Decimal | None]:
    """(of a year, in all), EUR; None where the rule sets none."""
    part = part_du_poste(regle)
    return tuple(None if p is None else p * part for p in (regle.plafond_annuel, regle.plafond_total))


def _limites(regle: Regle, situation: Situation) -> list[tuple[Decimal, str]]:
    """(EUR, what it is): the caps of the rule, then the cost that all the aids together may not exceed."""
    part = part_du_poste(regle)
    partage = f", soit {taux_fr(part)} du plafond du poste" if part != 1 else ""
    annuel, total = plafonds(regle)
    limites = []
    if annuel is not None:
        limites.append((annuel, f"plafond de {montant_fr(annuel)} par an{partage}"))
    if total is not None:
        deja = sum((m for a, m in situation.anterieures.items() if a < situation.annee), Decimal(0))
        reste = max(Decimal(0), total - deja)
        limites.append((reste, f"{montant_fr(deja)} déjà engagés sur {montant_fr(total)} en tout{partage}"))
    if situation.depense is not None:
        autres = situation.autres or Decimal(0)
        reste = max(Decimal(0), situation.depense - autres)
        ailleurs = f", dont {montant_fr(autres)} financés par ailleurs" if autres else ""
        limites.append((reste, f"les aides ne dépassent pas le coût de {montant_fr(situation.depense)}{ailleurs}"))
    return limites
