"""Making the coordinator's workbook, or making it again: what was typed in it is kept, the macros become today's."""

from __future__ import annotations

from pathlib import Path

from cls_workbook import pilotage as coordination
from cls_workbook.domain.model import Contrat
from cls_workbook.errors import Refusal, system_reason
from cls_workbook.french import quoted_list
from cls_workbook.office.coordinator import coordinator_workbook, home_rows, home_sheet, workstation
from cls_workbook.pilotage import Pilotage
from cls_workbook.reading.opening.grids import Grid
from cls_workbook.reading.opening.returned_workbook import own_workbook
from cls_workbook.workbook import writer
from cls_workbook.workbook.description import Sheet
from cls_workbook.workbook.saving import require_kind


def coordonner(
    contrat: Contrat,
    reference: str,
    annee: int,
    output: str | Path,
    *,
    pilotage: str | None = None,
    precedent: str | None = None,
    on: workstation.Workstation | None = None,
) -> list[Path]:
    """Writes the workbook at ``output``, and the folder of returns beside it. Returns both.

    ``reference``: what loads the contract. ``pilotage``: a file whose inputs are taken over; without it, those of
    ``output`` if it exists. ``on``: the computer whose Python the macros call; None: this one. Refusal rather than lose
    anything that was typed.
    """
    cible = Path(output)
    require_kind(cible, ".xlsm")
    if precedent and not Path(precedent).is_file():
        raise Refusal(f"« {precedent} » est introuvable : indiquez le fichier de la consolidation de l’an dernier.")
    exists = cible.exists()
    if exists:
        refuse_to_lose(cible, contrat, annee)
    source = pilotage or (str(cible) if exists else None)
    saisies = coordination.read(source, contrat, annee) if source else Pilotage()
    start = _initial_accueil(cible, reference, source, precedent)
    on = on if on is not None else workstation.this_workstation()
    writer.write(coordinator_workbook.workbook(contrat, annee, saisies, start, on), cible)
    folder = cible.parent / start.folder
    folder.mkdir(parents=True, exist_ok=True)
    return [cible, folder]


def _initial_accueil(
    cible: Path, reference: str, source: str | None, precedent: str | None
) -> home_sheet.InitialAccueil:
    """What Accueil says: as it was, if the workbook is made again."""
    said = _slots(Path(source)) if source else {}
    folder = str(said.get("dossier") or home_rows.DEFAULT_FOLDER)
    ancien = _path_from(cible, precedent) if precedent else str(said.get("precedent") or "")
    definition = _path_from(cible, reference) if Path(reference).is_file() else reference
    return home_sheet.InitialAccueil(definition, folder, ancien, coordinator_workbook.VERSIONS)


def _path_from(cible: Path, file: str) -> str:
    """The path as the workbook says it: from its own folder if the file lies there, else whole."""
    whole, folder = Path(file).resolve(), cible.resolve().parent
    return whole.relative_to(folder).as_posix() if whole.is_relative_to(folder) else str(whole)


def _slots(file: Path) -> dict[str, object]:
    for grid in own_workbook(file):
        if said := home_rows.values(grid.lines):
            return said
    return {}


def refuse_to_lose(cible: Path, contrat: Contrat, annee: int) -> None:
    """Refusal if the workbook that stands there holds more than inputs: own sheets, notes beside the tables."""
    try:
        there = {grid.nom: grid for grid in own_workbook(cible)}
    except OSError as error:
        raise Refusal(f"« {cible} » existe déjà et ne peut pas être lu ({system_reason(error)}).") from error
    start, on = home_sheet.InitialAccueil(""), workstation.Workstation()
    blank = {f.nom: f for f in coordinator_workbook.describe(contrat, annee, Pilotage(), start, on)}
    if at_risk := [nom for nom, grid in there.items() if nom not in blank or _is_filled(blank[nom], grid)]:
        worksheets = "contient la feuille" if len(at_risk) == 1 else "contiennent les feuilles"
        raise Refusal(
            f"« {cible} » existe déjà, et ce que {worksheets} {quoted_list(at_risk)} "
            "serait perdu : rien n’a été fait. "
            f"Choisissez un autre nom, avec --pilotage « {cible} » pour reprendre ses saisies ; "
            "puis consolidez, et copiez-y vos propres feuilles et notes."
        )


def _is_filled(blank: Sheet, grid: Grid) -> bool:
    """Does a sheet that holds a table hold more than its headers?"""
    if not blank.sheet_tables:
        return False
    headers = blank.sheet_tables[0].cell_range.last_column
    return any(v != "" for rank, row in enumerate(grid.lines) for v in (row if rank else row[headers:]))
