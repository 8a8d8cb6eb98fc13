"""The closed lists of a definition, as a coordinator reads them: each code of the model and its words."""

from __future__ import annotations

from collections.abc import Mapping

from cls_workbook.definition.asked.all_sections import DESCRIPTION
from cls_workbook.definition.rule_templates import models
from cls_workbook.domain import lifetime, model, rules
from cls_workbook.domain.announced.evaluations import EVALUATION_KINDS
from cls_workbook.domain.announced.linked_plans import usual_plans
from cls_workbook.domain.announced.money_lines import LINE_STATES
from cls_workbook.domain.asked import left_out
from cls_workbook.domain.verification import fiche_faults, list_faults, whole_contract
from cls_workbook.french import fold

YES, NO = "oui", "non"

_CODES: dict[str, tuple[str, ...]] = {
    "types_de_mesure": model.MESURE_TYPES,
    "agregations": model.AGGREGATIONS,
    "calculs": tuple(model.CALCULS),
    "types_d_indicateur": model.INDICATEUR_TYPES,
    "etats_du_montant": model.AMOUNT_STATES,
    "etats_de_ligne": LINE_STATES,
    "sortes_d_evaluation": EVALUATION_KINDS,
    "niveaux": model.LEVELS,
    "types_de_regle": rules.RULE_TYPES,
    "roles": list_faults.ROLES,
    "statuts_juridiques": list_faults.LEGAL_STATUTS,
    "gravites": whole_contract.FINDING_GRAVITIES,
    "types_de_complement": fiche_faults.COMPLEMENT_TYPES,
    "objets_de_revision": lifetime.REVISION_OBJECTS,
    "bases_d_aide": rules.SUBSIDY_BASES,
    "plafonds_par": rules.CAP_SCOPES,
    "changements": lifetime.CHANGES_NEEDING_AVENANT,
    "questions_facultatives": tuple(left_out.QUESTIONS),
    "instances": lifetime.DECISION_INSTANCES,
    "modeles_de_regle": tuple(models()),
    "plans": usual_plans(),
}
# Code → words, for each closed list, in the order of the model; a code without words of its own is shown as it is.
CHOICES: Mapping[str, Mapping[str, str]] = {
    listing: {code: DESCRIPTION["words"].get(listing, {}).get(code, code) for code in codes}
    for listing, codes in _CODES.items()
} | {"oui_non": {YES: YES, NO: NO}}


def words(listing: str, code: str) -> str:
    """How a code reads; a code that the list does not know stays as it is."""
    return CHOICES[listing].get(code, code)


def code(listing: str, texte: str) -> str | None:
    """The code meant by words or by the code itself, case and accents apart; None if the list has nothing like it."""
    sought = fold(texte)
    return next((c for c, libelle in CHOICES[listing].items() if sought in (fold(libelle), fold(c))), None)
