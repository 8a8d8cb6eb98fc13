"""The returns of a campaign: consolidated, given back annotated, reminded."""

from __future__ import annotations

from collections.abc import Callable

from cls_workbook.errors import Refusal
from cls_workbook.french import typography
from cls_workbook.page.desk.asked import Asked, Said, archive
from cls_workbook.page.desk.board import board_of
from cls_workbook.pipeline import single_returns, way_back


def _consolidate(asked: Asked) -> Said:
    """The consolidation and the agency's copy, and what the screen shows of them."""
    consolidation, synthese = _consolidation(asked), f"synthese-ars-{asked.annee}.xlsx"
    result = way_back.consolidate_files(
        asked.sources,
        asked.contrat,
        asked.annee,
        consolidation,
        pilotage=asked.pilotage,
        precedent=asked.precedent,
        day=asked.day,
        engine=asked.engine(),
        to_replace=asked.to_replace,
        memory=asked.memory,
        synthese=synthese,
    )
    return board_of(result) | {"files": [consolidation, synthese]}


def _consolidation(asked: Asked) -> str:
    return f"consolidation-{asked.annee}.xlsx"


def _annotate(asked: Asked) -> Said:
    """A copy of each return with its faults shown, in one archive."""
    remarks: list[str] = []
    for seen in single_returns.annotate(asked.sources, "copies", asked.own_definition, asked.engine(), asked.memory):
        remarks += [line for line in seen.lines if not line.startswith("copies/")]
    return {"remarks": remarks, "files": [archive("copies", f"copies-annotees-{asked.annee}.zip")]}


def _remind(asked: Asked) -> Said:
    """The drafts of reminders, and the list of those who have not answered, in one archive."""
    made = way_back.write_relances_from_files(
        asked.sources,
        asked.contrat,
        asked.annee,
        "relances",
        pilotage=asked.pilotage,
        precedent=asked.precedent,
        day=asked.day,
        engine=asked.engine(),
        memory=asked.memory,
    )
    bilan = made.bilan()
    said = typography(bilan[0].upper() + bilan[1:])
    return {"bilan": said, "files": [archive("relances", f"relances-{asked.annee}.zip")]}


def _state_accounts(asked: Asked) -> Said:
    """The compte rendu financier of each structure and subsidised fiche, in one archive; from returns, or from the
    consolidation made of them (``files``)."""
    from cls_workbook.pipeline.statement_files import write_statements

    sources = list(asked.files) or asked.sources
    files, anomalies = write_statements(sources, asked.contrat, asked.annee, "comptes-rendus", asked.pilotage)
    if not files:
        raise Refusal("Aucun retour lu ne parle d’argent pour une fiche subventionnée : aucun compte rendu à écrire.")
    to_confirm = [str(anomalie) for anomalie in anomalies]
    return {"remarks": to_confirm, "files": [archive("comptes-rendus", f"comptes-rendus-{asked.annee}.zip")]}


def _compare(asked: Asked) -> Said:
    """What a corrected return would change."""
    from cls_workbook.summaries.replacement import preview

    ancien, nouveau = asked.files
    table = single_returns.comparer(ancien, nouveau, asked.own_definition, asked.engine())
    return {"lines": [typography(line) for line in preview(table)]}


def _refresh(asked: Asked) -> Said:
    """The coordinator's own workbook, as a click on « Consolider » would leave it."""
    from cls_workbook.pipeline.refreshed_workbook import refresh

    path = f"coordination-{asked.annee}.xlsm"
    _, sentence = refresh(
        str(asked.pilotage),
        asked.sources,
        asked.contrat,
        asked.annee,
        path,
        day=asked.day,
        precedent=asked.precedent,
        engine=asked.engine(),
        to_replace=asked.to_replace,
        memory=asked.memory,
    )
    return {"bilan": sentence[0].upper() + sentence[1:], "files": [path]}


ANSWERS: dict[str, Callable[[Asked], Said]] = {
    "consolider": _consolidate,
    "annoter": _annotate,
    "relancer": _remind,
    "comptes-rendus": _state_accounts,
    "comparer": _compare,
    "rafraichir": _refresh,
}
