"""Typed frames → anomalies.

One rule, one class (``anomalies.Check``), in the family it belongs to; ``check_kinds`` says where each looks.

What reads, types or sums is elsewhere. ``catalogue`` lists every code.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

from cls_workbook.anomalies import Anomalie, checks, sort_out
from cls_workbook.checks import border, compte_rendu_checks, form_checks
from cls_workbook.checks.check_kinds import BetweenRetours, CampagneCheck, FicheCheck, InputCheck, RetourCheck
from cls_workbook.checks.families import (
    answer_checks,
    breakdown_checks,
    campaign_checks,
    capacity_checks,
    common_answer_checks,
    double_checks,
    evolution_checks,
    grant_checks,
    indicateur_checks,
    money_checks,
    nature_checks,
    privacy_checks,
    progress_checks,
    stray_checks,
    subsidy_checks,
)
from cls_workbook.checks.given.check_input import CheckInput, PilotageFacts, PreviousYear

__all__ = ["FAMILIES", "CheckInput", "PilotageFacts", "PreviousYear", "check_retour", "controler", "of_each_retour"]

# In the order of the catalogue. A module of rules that is not here is found by ``catalogue``, and refused.
FAMILIES = (
    campaign_checks,
    common_answer_checks,
    progress_checks,
    answer_checks,
    stray_checks,
    breakdown_checks,
    indicateur_checks,
    capacity_checks,
    evolution_checks,
    money_checks,
    nature_checks,
    subsidy_checks,
    double_checks,
    grant_checks,
    compte_rendu_checks,
    privacy_checks,
    form_checks,
)
K = TypeVar("K", bound=InputCheck)


def _of_kind(kind: type[K], given: CheckInput) -> list[K]:
    """The rules that look there."""
    return [check(given) for check in checks() if issubclass(check, kind)]


def controler(given: CheckInput, findings: Sequence[Anomalie] | None = None) -> list[Anomalie]:
    """Every anomaly of a campaign's returns, most serious first; those that reading already found are not repeated.

    Second copies, and what a second common answer says again, are set aside before the rules between returns look.
    ``findings``: what ``of_each_retour`` found, where it has looked already.
    """
    duplicates = campaign_checks.DuplicateRetour(given).second_answers()
    of_campagne = [a for check in _of_kind(CampagneCheck, given) for a in check.in_campagne()]
    copies = {(a.file, a.fiche) for a in duplicates if a.refuses_file}
    given = given.without(copies)
    kept = given.without({(a.file, a.fiche) for a in duplicates})
    if findings is None:
        findings = of_each_retour(given)
    theirs = [a for a in findings if (a.file, "") not in copies]
    twice = list(common_answer_checks.CommonAnswerTwice(kept).second_answers([*given.anomalies, *theirs]))
    kept = kept.without_cells({(a.file, a.sheet, cell) for a in twice if a.sets_aside for cell in a.cells})
    return _new_anomalies(given, [*duplicates, *of_campagne, *theirs, *twice, *_between_retours(kept)])


def check_retour(given: CheckInput) -> list[Anomalie]:
    """The same for returns on their own, without a campaign: none is expected, none is missing, none is a duplicate."""
    return _new_anomalies(given, _in_retours(given) + _between_retours(given))


def of_each_retour(given: CheckInput) -> list[Anomalie]:
    """What each return is found to say amiss, whatever the others say: they may be looked at in several parts.

    OwnFault if what is given breaks its schema (a return on its own is spared the second that Pandera takes to start).
    """
    border.verify(given.answers.values, given.retours)
    return _in_retours(given)


def _in_retours(given: CheckInput) -> list[Anomalie]:
    return [a for check in _of_kind(RetourCheck, given) for a in check.in_retours()]


def _between_retours(given: CheckInput) -> list[Anomalie]:
    """Rules that add up several returns: those in conflict over one fiche would count twice."""
    fiches = given.par_fiche("financement")
    on_money = [a for fiche, part in fiches for check in _of_kind(FicheCheck, part) for a in check.on_fiche(fiche)]
    return on_money + [a for check in _of_kind(BetweenRetours, given) for a in check.between()]


def _new_anomalies(given: CheckInput, anomalies: list[Anomalie]) -> list[Anomalie]:
    already = {(a.code, a.file, a.sheet, a.cells) for a in given.anomalies}
    return sort_out(a for a in anomalies if (a.code, a.file, a.sheet, a.cells) not in already)
