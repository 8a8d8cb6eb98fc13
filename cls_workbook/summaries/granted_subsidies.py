"""The rules of aid applied to a campaign: how each was met, what limited or refused it, in French sentences. Pure.

The arithmetic is in ``domain.subsidies``; here are the figures that it rests on, taken from what the returns say.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from functools import partial

from cls_workbook.domain.model import Contrat
from cls_workbook.domain.rules import SUBSIDY_TYPES, Rule
from cls_workbook.domain.small_counts import small
from cls_workbook.domain.subsidies import Situation, Subsidy, compute, payable_for_post
from cls_workbook.french import NBSP, amount_fr
from cls_workbook.reading.storing.value_store import Chapter, ValueStore
from cls_workbook.reading.storing.wide_views import total_of
from cls_workbook.summaries.balances.line_meaning import COFINANCEMENT, MAQUETTE, OUTSIDE_MAQUETTE
from cls_workbook.summaries.declared_posts import DeclaredPost, declared_post
from cls_workbook.tables.described_columns import Row

CASH_LEVELS = (MAQUETTE, OUTSIDE_MAQUETTE, COFINANCEMENT)
PastSubsidies = Mapping[str, Mapping[int, Decimal]]


def situations(
    contrat: Contrat,
    annee: int,
    lines: list[Row],
    values: ValueStore,
    costs: Mapping[str, Decimal],
    past: PastSubsidies | None = None,
) -> list[tuple[Rule, Situation, Subsidy]]:
    """Each rule of aid, in the contract's order, with what it was applied to and what it gives.

    ``lines``: ``financement_lines`` of the year; ``costs``: fiche → EUR; ``past``: rule id → year → EUR engaged.
    An aid that nobody typed counts, for the rules after it, as what its own rule allows: together they stay under the
    cost.
    """
    applied: list[tuple[Rule, Situation, Subsidy]] = []
    entitlements: dict[str, Decimal] = {}  # funder → what a rule allows it, where it engaged nothing
    for rule in (r for r in contrat.regles if r.type in SUBSIDY_TYPES):
        its_own = [li for li in lines if rule.fiche in (None, li["fiche"]) and li["niveau"] in CASH_LEVELS]
        of_financeur = [li for li in its_own if rule.financeur in (None, li["financeur_id"])]
        autres = [li for li in its_own if li not in of_financeur]
        promised = sum((m for f, m in entitlements.items() if f != rule.financeur and rule.fiche), Decimal(0))
        post = declared_post(values, rule.fiche) if rule.fiche else DeclaredPost()
        situation = Situation(
            annee,
            expenditure=total_of(m for f, m in costs.items() if rule.fiche in (None, f)),
            etp=post.etp if rule.type == "poste" or post.etp is not None else _worked(values, rule),
            engage=total_of(li["engage"] for li in its_own),
            asked=total_of(li["engage"] for li in of_financeur),
            autres=(total_of(li["engage"] for li in autres) or Decimal(0)) + promised,
            people=tally(contrat, values, rule.sessions.mesure_participants),
            sessions=tally(contrat, values, rule.sessions.mesure_sessions),
            earlier=(past or {}).get(rule.id, {}),
            eligible=post.expenditure,
        )
        aide = compute(rule, situation)
        if situation.asked is None and aide.montant is not None and rule.financeur:
            entitlements[rule.financeur] = aide.montant
        applied.append((rule, situation, aide))
    return applied


def _worked(values: ValueStore, rule: Rule) -> Decimal | None:
    """The ETP declared among the expenditure that a rule looks at."""
    declared = values.lines(partial(_is_expenditure, rule), "valeur", input_fields=("etp",))
    worked: Decimal | None = total_of(valeur for (valeur,) in declared)
    return worked


def _is_expenditure(rule: Rule, chapter: Chapter) -> bool:
    return chapter.bloc == "depenses" and rule.fiche in (None, chapter.fiche)


def subsidy_explanations(contrat: Contrat, situations_: Iterable[tuple[Rule, Situation, Subsidy]]) -> list[str]:
    """One sentence for each rule that has something to say. The share of a post has its own sentence elsewhere: here
    only what limits it beyond its rate and its yearly cap, and what was engaged beyond it. Amounts that a small count
    was multiplied into are not said."""
    situations_ = list(situations_)
    sentences: list[str] = []
    fiches: dict[str, Situation] = {}
    discreet_fiches = {
        r.fiche
        for r, s, _ in situations_
        if r.base == "personne" and is_of_few_people(contrat, r.sessions.mesure_participants, s.people)
    }
    for rule, situation, aide in situations_:
        location = f"Fiche {rule.fiche}" if rule.fiche else rule.libelle
        if discreet_fiches & {rule.fiche, None}:  # the rules of a fiche reckon with each other's amounts
            sentences.append(f"{location}{NBSP}: {_explain_discreetly(situation, aide)}.")
            continue
        sentence = _explain_post(rule, situation, aide) if rule.type == "poste" else _sentence(situation, aide)
        if sentence:
            naming = f" ({rule.libelle})" if rule.fiche and rule.type != "poste" and rule.modele else ""
            sentences.append(f"{location}{NBSP}: {sentence}{naming}.")
        if rule.fiche:
            fiches.setdefault(rule.fiche, situation)
    for numero, s in fiches.items():
        if s.engage is not None and s.expenditure is not None and s.engage > s.expenditure:
            sentences.append(
                f"Fiche {numero}{NBSP}: {amount_fr(s.engage)} engagés pour un coût de {amount_fr(s.expenditure)}, "
                f"soit {amount_fr(s.engage - s.expenditure)} de trop."
            )
    return sentences


def _sentence(situation: Situation, aide: Subsidy) -> str:
    asked, reasons = situation.asked, f"{NBSP}; ".join(aide.reasons)
    if asked is None:
        known = aide.montant is not None and not aide.refused
        return f"aide possible de {amount_fr(aide.montant)} ({reasons})" if known else ""
    if aide.refused:
        return f"aide de {amount_fr(asked)}, que la règle ne permet pas ({reasons}){NBSP}; elle reste comptée"
    if aide.montant is None:
        return f"aide de {amount_fr(asked)}, non vérifiable ({reasons})"
    if aide.montant < asked:
        return f"aide de {amount_fr(asked)}, {_beyond(asked, aide.montant)} ({reasons})"
    most = f" ({amount_fr(aide.montant)} au plus)" if aide.montant > asked else ""
    return f"aide de {amount_fr(asked)}, dans les limites de la règle{most}"


def _beyond(asked: Decimal, allowed: Decimal) -> str:
    return (
        f"soit {amount_fr(asked - allowed)} de plus que les {amount_fr(allowed)} que permet la règle{NBSP}; "
        f"le montant déclaré reste compté"
    )


def _explain_discreetly(situation: Situation, aide: Subsidy) -> str:
    """Whether the aid holds, without what it was worked out from."""
    if situation.asked is None or aide.montant is None:
        return "aide calculée sur un effectif masqué"
    beyond = aide.refused or aide.montant < situation.asked
    limite = "au-dessus de ce que permet la règle" if beyond else "dans les limites de la règle"
    return f"aide de {amount_fr(situation.asked)}, {limite} (effectif masqué)"


def _explain_post(rule: Rule, situation: Situation, aide: Subsidy) -> str:
    asked = situation.asked
    if aide.montant is None:
        return ""
    told = []
    if situation.eligible is not None and not aide.refused:
        alone = payable_for_post(rule, situation.eligible, situation.etp)
        if aide.montant < alone:
            told = [f"aide possible ramenée de {amount_fr(alone)} à {amount_fr(aide.montant)} ({aide.reasons[-1]})"]
    if asked is not None and asked > aide.montant:
        told.append(f"aide engagée de {amount_fr(asked)}, {_beyond(asked, aide.montant)}")
    return f"{NBSP}; ".join(told)


def is_of_few_people(contrat: Contrat, mesure: str | None, nombre: object) -> bool:
    """Is it a small count of a measure whose small counts are masked? What a rule makes of it would tell it."""
    is_sensitive = mesure is not None and contrat.by_mesure[mesure][2].petits_effectifs
    return is_sensitive and small(nombre, contrat.follow_up.seuil_petits_effectifs)


def tally(contrat: Contrat, values: ValueStore, mesure: str | None) -> int | Decimal | None:
    """The sum that the returns give for a measure: its figures, or the total of its breakdown."""
    if mesure is None:
        return None
    champ = "effectif" if contrat.by_mesure[mesure][2].type == "ventilation" else "valeur"
    typed = values.lines(lambda c: c.mesure == mesure, "valeur", input_fields=(champ,))
    total: int | Decimal | None = total_of(valeur for (valeur,) in typed)
    return total
