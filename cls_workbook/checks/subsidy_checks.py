"""Checks 32: an aid against what its rule works out, and all the aids together against the cost."""

from __future__ import annotations

import dataclasses
from decimal import Decimal

from cls_workbook.anomalies import Anomalie
from cls_workbook.checks.check_input import CheckInput
from cls_workbook.checks.findings import CONFIRM, constat
from cls_workbook.domain.rules import SUBSIDY_TYPES, Rule, RuleCaps
from cls_workbook.domain.subsidies import Situation, compute
from cls_workbook.french import amount_fr
from cls_workbook.reading.storing.wide_views import ADDRESS_SUFFIX, total_of

VALORISATION = "valorisation"


def computed_subsidy(given: CheckInput) -> list[Anomalie]:
    """Rules of type ``aide``: the aid that a return engages against its rate or its unit amount; caps are checked apart."""
    all_found = []
    for rule in (r for r in given.contrat.regles if r.type == "aide"):
        without_cap = dataclasses.replace(rule, caps=RuleCaps())
        for (file, fiche), lines in _cash_lines(given, rule.fiche).items():
            its_own = [x for x in lines if x["id"] == given.financeur(rule.financeur)]
            asked = total_of(x["engage"] for x in its_own)
            if asked is None:
                continue
            aide = compute(without_cap, _situation(given, rule, file, fiche, lines, asked))
            if aide.montant is not None and asked > aide.montant:
                all_found.append(
                    constat(
                        "AIDE_SUPERIEURE_AU_CALCUL",
                        its_own[0],
                        [x["engage" + ADDRESS_SUFFIX] for x in its_own if x["engage"] is not None],
                        champ=given.libelle("financement", "engage"),
                        found=amount_fr(asked),
                        expected=f"{amount_fr(aide.montant)} au plus : {' ; '.join(aide.reasons)} ({rule.libelle})",
                        remedy=CONFIRM,
                    )
                )
    return all_found


def _cash_lines(given: CheckInput, fiche: str | None) -> dict[tuple[str, str], list[dict]]:
    """(fichier, fiche) → its funding lines in money."""
    groups: dict[tuple[str, str], list[dict]] = {}
    for x in given.financements:
        if fiche in (None, x["fiche"]) and x["niveau"] != VALORISATION:
            groups.setdefault((x["fichier"], x["fiche"]), []).append(x)
    return groups


def _situation(given: CheckInput, rule: Rule, file: str, fiche: str, lines: list[dict], asked: Decimal) -> Situation:
    expenditure = given.depenses.get((file, fiche), {})
    counts = given.counts({m for m in (rule.sessions.mesure_participants, rule.sessions.mesure_sessions) if m}).get(
        (file, fiche), {}
    )
    people, sessions = (counts.get(m) for m in (rule.sessions.mesure_participants, rule.sessions.mesure_sessions))
    engage = total_of(x["engage"] for x in lines)
    return Situation(
        given.annee,
        expenditure.get("total"),
        expenditure.get("etp"),
        engage,
        asked,
        engage - asked,
        people and people.valeur,
        sessions and sessions.valeur,
    )


def subsidies_above_cost(given: CheckInput, fiche: str) -> list[Anomalie]:
    """On a fiche that a rule of aid finances, all returns together; where a return gives no cost, nothing is said."""
    if not any(r.type in SUBSIDY_TYPES and r.fiche == fiche for r in given.contrat.regles):
        return []
    paid = [x for x in given.financements if x["niveau"] != VALORISATION and x["engage"] is not None]
    costs = [r["total"] for r in given.depenses.values()]
    engage = total_of(x["engage"] for x in paid)
    if engage is None or not costs or None in costs or engage <= sum(costs):
        return []
    all_found = []
    for file in dict.fromkeys(x["fichier"] for x in paid):
        here = [x for x in paid if x["fichier"] == file]
        all_found.append(
            constat(
                "AIDES_SUPERIEURES_AU_COUT",
                here[0],
                [x["engage" + ADDRESS_SUFFIX] for x in here],
                champ=given.libelle("financement", "engage"),
                found=f"{amount_fr(engage)} engagés, tous financeurs",
                expected=f"{amount_fr(sum(costs))} au plus : le coût de l’action",
                remedy=CONFIRM,
            )
        )
    return all_found
