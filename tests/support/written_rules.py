"""A rule from its keys, as a definition writes them."""

from __future__ import annotations

from cls_workbook.domain.definition_keys import build
from cls_workbook.domain.rules import Rule


def written_rule(id_: str, type_: str, libelle: str, **keys: object) -> Rule:
    return build(Rule, {"id": id_, "type": type_, "libelle": libelle, **keys})
