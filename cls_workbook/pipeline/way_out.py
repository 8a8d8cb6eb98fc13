"""The way out: a contract's workbooks for one year, written to a folder. Imports neither pandas nor xlwings."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from cls_workbook import forms, garbage
from cls_workbook.definition.toml_reader import load_sound
from cls_workbook.domain.contrat_years import all_years, covers, in_year
from cls_workbook.domain.model import Contrat
from cls_workbook.errors import Refusal
from cls_workbook.forms.dictionary import Members
from cls_workbook.forms.editions import produce
from cls_workbook.french import listing
from cls_workbook.workbook.saving import save

NAMED_MAX = 5  # filled workbooks named in a refusal


def load_contrat(reference: str, annee: int) -> Contrat:
    """The contract as of that year. Refusal if it cannot be read, names what it does not define, or if it does not
    cover the year."""
    contrat = load_sound(reference)
    verify_year(contrat, annee)
    return in_year(contrat, annee)


def verify_year(contrat: Contrat, annee: int) -> None:
    """Refusal if the contract does not cover the year."""
    if not covers(contrat, annee):
        covered = ", ".join(map(str, all_years(contrat)))
        raise Refusal(f"Le contrat « {contrat.titre} » ne couvre pas l’année {annee}. Années du contrat : {covered}.")


def generer(
    reference: str,
    annee: int,
    folder: str | Path,
    *,
    by_structure: bool = False,
    precedent: str | None = None,
    pilotage: str | None = None,
) -> Iterator[Path]:
    """Writes the year's workbook, then one per structure if asked. Yields each file once it is whole. ``precedent``:
    last year's consolidation; ``pilotage``: the coordinator's inputs. Refusal if any cannot be read, or if a workbook
    that has come back filled in stands where one would be written."""
    with garbage.suspended():
        contrat, folder = load_contrat(reference, annee), Path(folder)
        _refuse_to_lose(contrat, annee, folder, by_structure)
        campagne = _campagne(contrat, annee, pilotage, precedent)
        repondants = [None, *forms.repondants(contrat, campagne.membres)] if by_structure else [None]
        for nom, content in produce(contrat, annee, repondants, campagne):
            save(content, folder / nom)
            yield folder / nom


def _refuse_to_lose(contrat: Contrat, annee: int, folder: Path, by_structure: bool) -> None:
    stem = f"{forms.file_name(contrat.id)}-{annee}"
    there = [path for path in sorted(folder.glob(f"{stem}*.xlsx")) if by_structure or path.stem == stem]
    if not there:
        return
    from cls_workbook.definition.known_contrats import KnownContrats  # who writes anew need not import what reads
    from cls_workbook.reading.parsing.answering import Answering
    from cls_workbook.reading.return_reader import ReturnReader

    reader = ReturnReader(KnownContrats(contrat))
    retours = (retour for path in there if (retour := reader.read(path)).contrat)
    filled = [r.file for r in retours if Answering(r, reader.models.of(reader.contrat(r.contrat), r.annee)).answered]
    if filled:
        names = listing([f"« {nom} »" for nom in filled[:NAMED_MAX]])
        what = "est rempli : il serait remplacé" if len(filled) == 1 else "sont remplis : ils seraient remplacés"
        raise Refusal(
            f"Dans « {folder} », {names} {what} par un classeur vierge. Rien n’a été écrit. Rangez ailleurs ce qui est "
            "revenu, ou choisissez un autre dossier."
        )


def plan_of(
    reference: str, annee: int, pilotage: str | None, structure: str | None
) -> tuple[forms.WorkbookPlan, Members]:
    """The plan of a campaign, or of one structure of it (id or name); and the named members of groups."""
    contrat = load_contrat(reference, annee)
    campagne = _campagne(contrat, annee, pilotage, None)
    respondent = None
    if structure:
        known = {r.id: r for r in forms.repondants(contrat, campagne.membres)}
        respondent = known.get(contrat.identify(structure) or structure)
        if respondent is None:
            raise Refusal(
                f"« {structure} » n’est attendue sur aucune fiche. Structures attendues : {', '.join(known)}."
            )
    return forms.plan(contrat, annee, respondent, campagne), campagne.membres


def _campagne(contrat: Contrat, annee: int, pilotage: str | None, precedent: str | None) -> forms.WorkbookContext:
    campagne = forms.WorkbookContext()
    if pilotage:
        from cls_workbook import pilotage as coordination  # who has none need not import what reads one

        campagne = coordination.campagne(coordination.read(pilotage, contrat, annee))
    if precedent:
        from cls_workbook.reports.consolidation.previous_year import for_workbooks

        past = for_workbooks(precedent, contrat, annee)
        campagne = replace(campagne, precedent=past["precedent"], own=past["own"], carried_over=past["carried_over"])
    return campagne
