"""Returns → the compte rendu financier of each structure and subsidised fiche, a file each."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from cls_workbook import checks
from cls_workbook.anomalies import BLOCKING, Anomalie, sort_out
from cls_workbook.checks import compte_rendu_checks
from cls_workbook.checks.given.check_input import CheckInput
from cls_workbook.checks.typed_comptes_rendus import DeclaredCompteRendu, comptes_rendus
from cls_workbook.definition.known_contrats import KnownContrats
from cls_workbook.definition.toml_reader import load_sound
from cls_workbook.domain.contrat_years import covers, in_year
from cls_workbook.errors import Refusal
from cls_workbook.forms.year_workbook import file_name
from cls_workbook.office.comptes_rendus import statement_facts, statement_page
from cls_workbook.reading.return_files import read, retours_in
from cls_workbook.reading.return_reader import ReturnReader
from cls_workbook.reading.storing import typed_frames
from cls_workbook.workbook.saving import save
from cls_workbook.workbook.writer import to_bytes


class WrittenStatements(NamedTuple):
    files: list[Path]
    anomalies: list[Anomalie]  # what refuses values, and what the comptes rendus do not say right


def write_statements(sources: Sequence[str], reference: str, annee: int, folder: str | Path) -> WrittenStatements:
    """Refusal if the contract asks for none that year. What does not balance is written, and told."""
    contrat = load_sound(reference)
    if not covers(contrat, annee):
        raise Refusal(f"Le contrat « {contrat.id} » ne couvre pas {annee}.")
    contrat = in_year(contrat, annee)
    if not any(f.compte_rendu for f in contrat.fiches):
        raise Refusal(
            "Le contrat ne demande aucun compte rendu financier cette année-là.",
            (
                "Dites quelles fiches sont subventionnées : « compte_rendu = true » dans la définition, ou la colonne "
                "« Compte rendu financier ? » de la feuille Fiches.",
            ),
        )
    reader, written = ReturnReader(KnownContrats(contrat)), WrittenStatements([], [])
    for retour in read(retours_in(sources), reader):
        if refusal := typed_frames.out_of_campagne(retour, contrat, annee):
            written.anomalies.extend(refusal)
            continue
        typed = typed_frames.type_values([retour], contrat, reader.models)
        found = tuple(typed.anomalies)
        addresses = typed.addresses(contrat)
        given = CheckInput(contrat, annee, typed.values, typed.retours, anomalies=found, addresses=addresses)
        anomalies = [*found, *checks.check_retour(given)]
        written.anomalies.extend(a for a in anomalies if a.gravite == BLOCKING or a.code in _CODES)
        for declared in comptes_rendus(_kept(given, anomalies)):
            if declared.is_said:
                written.files.append(_write(given, declared, anomalies, Path(folder), written.files))
    return WrittenStatements(written.files, sort_out(written.anomalies))


_CODES = {
    rule.code
    for rule in vars(compte_rendu_checks).values()
    if isinstance(rule, type) and rule.__module__ == compte_rendu_checks.__name__ and hasattr(rule, "code")
}


def _kept(given: CheckInput, anomalies: Sequence[Anomalie]) -> CheckInput:
    """What counts: without what is refused."""
    blocking = [a for a in anomalies if a.gravite == BLOCKING]
    whole = {(a.file, "" if a.refuses_file else a.fiche) for a in blocking if a.refuses_file or a.refuses_sheet}
    return given.without(whole).without_cells({(a.file, a.sheet, cell) for a in blocking for cell in a.cells})


def _write(
    given: CheckInput, declared: DeclaredCompteRendu, anomalies: Sequence[Anomalie], folder: Path, taken: Sequence[Path]
) -> Path:
    own = [
        a for a in anomalies if a.code in _CODES and a.file == declared.place.file and a.fiche in ("", declared.fiche)
    ]
    said = statement_facts.statement(given, declared, own)
    structure, fiche = file_name(str(declared.retour["structure"])), file_name(declared.fiche)
    rank, stem = 1, f"compte-rendu-{given.annee}-{structure}-{fiche}"
    while (path := folder / (f"{stem}-{rank}.xlsx" if rank > 1 else f"{stem}.xlsx")) in taken:
        rank += 1
    save(to_bytes(statement_page.workbook(said)), path)
    return path
