"""Typed frames → anomalies. One rule, one function; what reads, types or sums is elsewhere.

Schemas hold what must be true of a column or of one row; the tuples below, what takes several rows, fiches, returns
or years. ``catalogue`` lists every code.
"""

from __future__ import annotations

from collections.abc import Sequence

from cls_workbook.anomalies import Anomalie, sort_out
from cls_workbook.checks import (
    breakdown_checks,
    campaign_checks,
    contract_rule_checks,
    evolution_checks,
    indicateur_checks,
    money_checks,
    privacy_checks,
    progress_checks,
)
from cls_workbook.checks.catalogue import CATALOGUE, Check
from cls_workbook.checks.check_input import CheckInput, PilotageFacts, PreviousYear
from cls_workbook.checks.row_schemas import validate

__all__ = [
    "CATALOGUE",
    "Check",
    "CheckInput",
    "PilotageFacts",
    "PreviousYear",
    "controler",
    "check_retour",
    "of_each_retour",
]

FAMILIES = (
    progress_checks,
    indicateur_checks,
    breakdown_checks,
    money_checks,
    contract_rule_checks,
    evolution_checks,
    privacy_checks,
)
ALL_ROW_RULES = (
    *progress_checks.ROW_RULES,
    *indicateur_checks.ROW_RULES,
    *breakdown_checks.ROW_RULES,
    *money_checks.ROW_RULES,
)
RULES = (campaign_checks.unexpected_structure, *(rule for family in FAMILIES for rule in family.RULES))
RULES_OF_ONE_FICHE = (
    *money_checks.RULES_OF_ONE_FICHE,
    *contract_rule_checks.RULES_OF_ONE_FICHE,
    *evolution_checks.RULES_OF_ONE_FICHE,
)
RULES_BETWEEN_RETOURS = (*money_checks.RULES_BETWEEN_RETOURS, *evolution_checks.RULES_BETWEEN_RETOURS)


def controler(given: CheckInput, findings: Sequence[Anomalie] | None = None) -> list[Anomalie]:
    """Every anomaly of a campaign's returns, most serious first; those that reading already found are not repeated.

    Returns of another campaign and second copies are set aside before the other rules look. ``findings``: what
    ``of_each_retour`` found, where it has looked already.
    """
    strangers = campaign_checks.out_of_campagne(given)
    given = given.without(files={a.file for a in strangers})
    duplicates = campaign_checks.duplicate_retour(given)
    missing_ones = campaign_checks.missing_retour(given)
    discarded = {a.file for a in duplicates if a.refuses_file}
    given = given.without(files=discarded)
    kept = given.without(fiches={(a.file, a.fiche) for a in duplicates if a.refuses_sheet})
    if findings is None:
        findings = of_each_retour(given)
    discarded |= {a.file for a in strangers}
    theirs = [a for a in findings if a.file not in discarded]
    all_found = [*strangers, *duplicates, *missing_ones, *campaign_checks.governance_below_minimum(given), *theirs]
    return _new_anomalies(given, all_found + _between_retours(kept))


def check_retour(given: CheckInput) -> list[Anomalie]:
    """The same for returns on their own, without a campaign: none is expected, none is missing, none is a duplicate."""
    return _new_anomalies(given, of_each_retour(given) + _between_retours(given))


def of_each_retour(given: CheckInput) -> list[Anomalie]:
    """What each return is found to say amiss, whatever the others say: they may be looked at in several parts."""
    return validate(given, ALL_ROW_RULES) + [a for rule in RULES for a in rule(given)]


def _between_retours(given: CheckInput) -> list[Anomalie]:
    """Rules that add up several returns: those in conflict over one fiche would count twice. Money is looked at fiche by fiche."""
    on_money = [
        a for fiche, part in given.par_fiche("financement") for rule in RULES_OF_ONE_FICHE for a in rule(part, fiche)
    ]
    return on_money + [a for rule in RULES_BETWEEN_RETOURS for a in rule(given)]


def _new_anomalies(given: CheckInput, all_found: list[Anomalie]) -> list[Anomalie]:
    already = {(a.code, a.file, a.sheet, a.cells) for a in given.anomalies}
    return sort_out([a for a in all_found if (a.code, a.file, a.sheet, a.cells) not in already])
