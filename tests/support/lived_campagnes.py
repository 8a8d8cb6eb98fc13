"""A campaign as it is lived: the year's workbook of each structure, filled by key, sent back, consolidated,
summed up.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path

import openpyxl

from cls_workbook import forms
from cls_workbook import pilotage as coordination
from cls_workbook.definition import toml_reader
from cls_workbook.fast_paths import offprint, row_writer
from cls_workbook.forms import examples
from cls_workbook.pipeline import way_back, way_out
from cls_workbook.reports.agency import ars_copy
from cls_workbook.reports.consolidation import consolidation_workbook
from cls_workbook.reports.consolidation.consolidated_result import Result
from cls_workbook.tables.table_frames import frame_records
from cls_workbook.workbook import writer
from cls_workbook.workbook.saving import save

NBSP = "\u00a0"
SHIPPED_DEFINITIONS = toml_reader.shipped()


@dataclass(frozen=True)
class LivedYear:
    """What a year came to; its workbooks are written when they are first looked at."""

    result: Result
    reference: str
    folder: Path

    @cached_property
    def consolidation(self) -> Path:
        path = _consolidation_in(self.folder, self.result.annee)
        row_writer.write(consolidation_workbook.workbook(self.result), path)
        return path

    @cached_property
    def synthese(self) -> Path:
        """The agency's copy."""
        path = self.consolidation.with_name(self.consolidation.name.replace("consolidation", "synthese"))
        ars_copy.file_copy(self.consolidation, path, contrat=self.reference)
        return path


def definition(folder: Path, texte: str, nom: str = "contrat.toml") -> str:
    """The path of a definition written there."""
    (folder / nom).write_text(texte, encoding="utf-8")
    return str(folder / nom)


def opened_book(identifier: str, *fiches: str) -> str:
    """The text of a definition that ships; with these fiches only, if any is named: a year takes a quarter of the
    time."""
    texte = SHIPPED_DEFINITIONS[identifier].read_text(encoding="utf-8")
    return _with_fiches(texte, fiches) if fiches else texte


def short(folder: Path, identifier: str, *fiches: str) -> str:
    """The path of a definition that ships, with these fiches only."""
    return definition(folder, opened_book(identifier, *fiches), f"{identifier}.toml")


def _with_fiches(texte: str, fiches: tuple[str, ...]) -> str:
    """Without the other fiches and what is about them; the maquette is the sum of those that stay."""
    pieces = re.split(r"^(?=\[)(?!\[+fiches\.)", texte, flags=re.MULTILINE)
    about = [re.search(r'^(?:numero|fiche|mesure) = "(\d+\.\d+)', piece, re.MULTILINE) for piece in pieces]
    assert set(fiches) <= {n[1] for n in about if n}
    kept = "".join(piece for piece, n in zip(pieces, about, strict=True) if n is None or n[1] in fiches)
    maquette = sum(map(int, re.findall(r"^montant = (\d+)", kept, re.MULTILINE)))
    return re.sub(r"^maquette = \d+", f"maquette = {maquette}", kept, count=1, flags=re.MULTILINE)


def live(
    folder: Path,
    reference: str,
    annee: int,
    reponses: Mapping[str, Mapping[str, object]],
    precedent: Path | None = None,
    pilotage: str | None = None,
) -> LivedYear:
    """One year: structure id → key → what is typed. Unknown keys are an error of the test."""
    for_this = folder / str(annee)
    (for_this / "retours").mkdir(parents=True)
    contrat = way_out.load_contrat(reference, annee)
    campagne = way_out._campagne(contrat, annee, pilotage, str(precedent) if precedent else None)
    repondants = {r.id: r for r in forms.repondants(contrat, campagne.membres)}
    for structure, saisies in reponses.items():
        plan = forms.plan(contrat, annee, repondants[structure], campagne)
        assert saisies.keys() <= {p.cle for p in plan.input_places()}, saisies.keys() - {
            p.cle for p in plan.input_places()
        }
        prefix = {"accueil/reponse/structure": repondants[structure].nom}
        examples.fill_cell(plan, prefix | dict(saisies))
        save(next(iter(offprint.produce([plan.workbook]))), for_this / "retours" / f"{forms.file_name(structure)}.xlsx")
    if not reponses:  # nobody has anything to answer: the blank workbook comes back
        writer.write(forms.plan(contrat, annee).workbook, for_this / "retours" / "vierge.xlsx")
    result = way_back.consolidate_folder(
        [for_this / "retours"],
        contrat,
        annee,
        day=date(annee + 1, 3, 1),
        precedent=precedent,
        pilotage=coordination.read(pilotage, contrat, annee) if pilotage else None,
        depuis=_consolidation_in(for_this, annee),
    )
    return LivedYear(result, reference, for_this)


def _consolidation_in(folder: Path, annee: int) -> Path:
    return folder / f"consolidation-{annee}.xlsx"


def lines(frame, **keys: object) -> list[dict]:
    """The rows of a frame that have these values."""
    return [r for r in frame_records(frame) if all(r[c] == v for c, v in keys.items())]


def by_year(annee: LivedYear, **keys: object) -> dict[int, object]:
    """Year → value, in the history that a consolidation keeps."""
    return {r["Année"]: r["Valeur"] for r in lines(annee.result.tables.history, **keys)}


def statements(annee: LivedYear) -> list[str]:
    return [e.replace(NBSP, " ") for e in annee.result.notes.explications]


def written(path: Path, sheet: str | None = None) -> set[str]:
    """Every text of a sheet (the only one if not named), plain spaces."""
    workbook = openpyxl.load_workbook(path, read_only=False)
    page = workbook[sheet] if sheet else workbook.active
    return {str(c.value).replace(NBSP, " ") for rank in page.iter_rows() for c in rank if c.value is not None}
