"""A light for each fiche: what became of its programme of the year, in a word of the contract and a colour."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from cls_workbook.domain.model import Fiche
from cls_workbook.domain.questions import ChoiceLists
from cls_workbook.domain.wording import fiches_named
from cls_workbook.french import fold
from cls_workbook.reports.synthese.synthese_portrait import Portrait, appearance
from cls_workbook.summaries.expected import TO_BE_NAMED
from cls_workbook.summaries.progress import FULL, NOTHING, PARTIAL, WITHOUT_RETOUR

# What a light says, whatever the words of the contract.
KEPT, IN_PART, NOT_KEPT, STOPPED, NONE_DUE, SILENT, UNTOLD = (
    *("kept", "in part", "not kept", "stopped", "none due", "silent", "untold"),
)
_ROLES = {
    KEPT: "etat_bon",
    IN_PART: "etat_attention",
    NOT_KEPT: "etat_mauvais",
    NONE_DUE: "etat_neutre",
    SILENT: "etat_absent",
}


class Light(NamedTuple):
    """``kind``: one of those above; ``word``: that of the contract; ``role``: of its cell."""

    kind: str
    word: str
    role: str


def light(portrait: Portrait, fiche: Fiche) -> Light:
    """An action that is put off or given up says so first; then what was done of the year's programme; else its
    state."""
    listes, etat = portrait.contrat.follow_up.listes, portrait.etat(fiche)
    suivi = portrait.suivi.get(fiche.numero, {})
    word = suivi.get("realisation")
    if etat in listes.stopped:
        return Light(STOPPED, etat, appearance(listes, etat)[0])
    if word:
        kind = _kind(listes, word)
        return Light(kind, word, _ROLES[kind])
    if etat == WITHOUT_RETOUR:
        return Light(SILENT, etat if fiche.repondants() else TO_BE_NAMED, _ROLES[SILENT])
    return Light(UNTOLD, etat, appearance(listes, etat)[0])


def _kind(listes: ChoiceLists, word: str) -> str:
    """By the word where it is one of ours, else by its place in the contract's scale, from the best to the worst."""
    folded = fold(word)
    if folded in (FULL, PARTIAL, NOTHING):
        return {FULL: KEPT, PARTIAL: IN_PART, NOTHING: NONE_DUE}[folded]
    scale = [fold(r) for r in listes.realisations if fold(r) != NOTHING]
    if folded not in scale:
        return IN_PART
    return KEPT if folded == scale[0] else NOT_KEPT if folded == scale[-1] else IN_PART


def by_kind(portrait: Portrait) -> dict[str, list[Fiche]]:
    """Kind → the active fiches that have it, in the contract's order."""
    found: dict[str, list[Fiche]] = {}
    for fiche in portrait.contrat.actions:
        found.setdefault(light(portrait, fiche).kind, []).append(fiche)
    return found


def numbered(fiches: Iterable[Fiche]) -> str:
    """« fiche 1.2 », « fiches 1.2 et 3.4 », « fiches 1.2, 3.4 et 5.1 »."""
    return fiches_named([f.numero for f in fiches])
