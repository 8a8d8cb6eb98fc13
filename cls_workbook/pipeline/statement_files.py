"""Returns, or the consolidation made of them → the compte rendu financier of each structure and subsidised fiche."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

from cls_workbook import checks
from cls_workbook import pilotage as coordination
from cls_workbook.anomalies import BLOCKING, Anomalie, sort_out
from cls_workbook.checks import compte_rendu_checks
from cls_workbook.checks.given.check_input import CheckInput
from cls_workbook.checks.typed_comptes_rendus import DeclaredCompteRendu, comptes_rendus
from cls_workbook.definition.known_contrats import KnownContrats
from cls_workbook.domain.accounts.also_asked import also_asked
from cls_workbook.domain.model import Contrat
from cls_workbook.errors import Refusal
from cls_workbook.forms.year_workbook import file_name
from cls_workbook.office.comptes_rendus import statement_facts, statement_page
from cls_workbook.pipeline.way_out import load_contrat
from cls_workbook.reading.return_files import read, retours_in
from cls_workbook.reading.return_reader import ReturnReader
from cls_workbook.reading.sheet_names import sheet_names
from cls_workbook.reading.storing import typed_frames
from cls_workbook.reports.consolidation import previous_year
from cls_workbook.reports.consolidation.previous_year import PreviousConsolidation
from cls_workbook.reports.consolidation.values_read_back import values_read_back
from cls_workbook.tables.consolidation_tables import ANCHORS
from cls_workbook.tables.statement_table import STATEMENTS
from cls_workbook.workbook.saving import save
from cls_workbook.workbook.writer import to_bytes


class Statements(NamedTuple):
    """``contents``: name of the file → what it holds. ``anomalies``: what refuses values, and what the comptes rendus
    do not say right."""

    contents: dict[str, bytes]
    anomalies: list[Anomalie]


def write_statements(
    sources: Sequence[str], reference: str, annee: int, folder: str | Path, pilotage: str | None = None
) -> tuple[list[Path], list[Anomalie]]:
    """Writes them in ``folder``; the files made, and what is said of them. The rest: see ``statements``."""
    made, files = statements(sources, reference, annee, pilotage), []
    for nom, content in made.contents.items():
        files.append(Path(folder) / nom)
        save(content, files[-1])
    return files, made.anomalies


def statements(
    sources: Sequence[str | Path], reference: str | Path, annee: int, pilotage: str | None = None
) -> Statements:
    """``sources``: returns and folders of returns, or one consolidation. What does not balance is drawn up, and told.

    Refusal if nothing asks for any that year, or if the consolidation is of another contract or year."""
    contrat = load_contrat(str(reference), annee)
    if pilotage:
        contrat = also_asked(contrat, coordination.read(pilotage, contrat, annee).comptes_rendus)
    consolidation = _consolidation(sources, contrat, annee)
    if consolidation:  # says itself of which fiches it has some
        contrat = also_asked(contrat, {str(r["Fiche"]) for r in consolidation.rows(STATEMENTS)})
    if not any(f.compte_rendu for f in contrat.fiches):
        raise Refusal(
            "Aucun compte rendu financier n’est demandé cette année-là.",
            (
                "Dites quelles fiches sont subventionnées : « compte_rendu = true » dans la définition, ou la colonne "
                "« Compte rendu financier ? » de la feuille Fiches ; ou, pour une année, au pilotage (--pilotage), "
                "feuille Programmation.",
            ),
        )
    if consolidation:
        return _drawn_up([values_read_back(consolidation, contrat, annee)])
    return _drawn_up(_returned(sources, contrat, annee))


_CODES = {
    rule.code
    for rule in vars(compte_rendu_checks).values()
    if isinstance(rule, type) and rule.__module__ == compte_rendu_checks.__name__ and hasattr(rule, "code")
}


def _consolidation(sources: Sequence[str | Path], contrat: Contrat, annee: int) -> PreviousConsolidation | None:
    """The only source, if it is a consolidation; Refusal if it is of another contract or year."""
    if len(sources) > 1 or ANCHORS.sheet not in sheet_names(sources[0]):
        return None
    consolidation, path = previous_year.read(sources[0]), sources[0]
    whose = consolidation.identity("contrat"), consolidation.identity("année")
    if whose != (contrat.id, annee):
        raise Refusal(
            f"« {path} » est la consolidation du contrat « {whose[0]} » en {whose[1]}, pas de « {contrat.id} » en "
            f"{annee}. Indiquez son contrat et son année, ou donnez une autre consolidation."
        )
    return consolidation


def _returned(sources: Sequence[str | Path], contrat: Contrat, annee: int) -> Iterator[CheckInput]:
    """Each return, without what is refused; its anomalies are all that is said of it."""
    reader = ReturnReader(KnownContrats(contrat))
    for retour in read(retours_in(sources), reader):
        refusal = typed_frames.out_of_campagne(retour, contrat, annee)
        typed = typed_frames.type_values([] if refusal else [retour], contrat, reader.models)
        found, addresses = (*refusal, *typed.anomalies), typed.addresses(contrat)
        given = CheckInput(contrat, annee, typed.values, typed.retours, anomalies=found, addresses=addresses)
        yield _kept(given, [*found, *checks.check_retour(given)])


def _kept(given: CheckInput, anomalies: list[Anomalie]) -> CheckInput:
    """What counts: without what is refused."""
    blocking = [a for a in anomalies if a.gravite == BLOCKING]
    whole = {(a.file, "" if a.refuses_file else a.fiche) for a in blocking if a.refuses_file or a.refuses_sheet}
    kept = given.without(whole).without_cells({(a.file, a.sheet, cell) for a in blocking for cell in a.cells})
    return replace(kept, anomalies=tuple(anomalies))


def _drawn_up(given: Iterable[CheckInput]) -> Statements:
    made = Statements({}, [])
    for one in given:
        made.anomalies.extend(a for a in one.anomalies if a.gravite == BLOCKING or a.code in _CODES)
        for declared in comptes_rendus(one):
            if declared.is_said:
                nom = _file_name(one, declared, made.contents)
                made.contents[nom] = to_bytes(statement_page.workbook(_statement(one, declared)))
    return Statements(made.contents, sort_out(made.anomalies))


def _statement(given: CheckInput, declared: DeclaredCompteRendu) -> statement_page.Statement:
    own = [
        a
        for a in given.anomalies
        if a.code in _CODES and a.file == declared.place.file and a.fiche in ("", declared.fiche)
    ]
    return statement_facts.statement(given, declared, own)


def _file_name(given: CheckInput, declared: DeclaredCompteRendu, taken: dict[str, bytes]) -> str:
    structure, fiche = file_name(str(declared.retour["structure"])), file_name(declared.fiche)
    rank, stem = 1, f"compte-rendu-{given.annee}-{structure}-{fiche}"
    while (nom := f"{stem}-{rank}.xlsx" if rank > 1 else f"{stem}.xlsx") in taken:
        rank += 1
    return nom
