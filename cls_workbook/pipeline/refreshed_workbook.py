"""A coordinator's workbook refreshed in its file, as a click on « Consolider » would do it in Excel."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Unpack

from cls_workbook import pilotage as coordination
from cls_workbook.domain.contrat_years import in_year
from cls_workbook.domain.model import Contrat
from cls_workbook.errors import Refusal, system_reason
from cls_workbook.french import date_fr, typography
from cls_workbook.office.annotation.returned_package import WORKBOOK, ReturnedPackage, UnusualArchive, nom
from cls_workbook.office.coordinator import home_rows
from cls_workbook.office.coordinator.making import refuse_to_lose
from cls_workbook.office.refreshing.file_content import standing_sheets
from cls_workbook.office.refreshing.file_player import FilePlayer
from cls_workbook.pipeline import way_back
from cls_workbook.pipeline.way_back import Reading
from cls_workbook.pipeline.way_out import load_contrat
from cls_workbook.reading.opening.open_sheets import WorkbookRows
from cls_workbook.redrawing.standing_sheet import StandingSheet
from cls_workbook.redrawing.value_forms import as_written, kept
from cls_workbook.redrawing.whole_drawing import COUNTED_FROM_1904, WholeDrawing
from cls_workbook.reports import table_sheets
from cls_workbook.reports.consolidation import consolidation_workbook
from cls_workbook.reports.consolidation.consolidated_result import Result
from cls_workbook.tables import consolidation_tables
from cls_workbook.tables.structure_table import STRUCTURES
from cls_workbook.workbook.description import Workbook
from cls_workbook.workbook.saving import require_kind, save

# The tables that the tool writes: what they hold was typed by partners, and is never read as a coordinator's input.
TABLES = frozenset((*consolidation_tables.SHEETS, STRUCTURES.nom, "Relances"))
_MACROS = "vbaProject"


def refresh(
    former: str | Path, sources: Sequence[str], reference: str, annee: int, output: str | Path, **how: Unpack[Reading]
) -> tuple[Result, str]:
    """Writes at ``output`` the coordinator's workbook ``former`` with its result sheets redrawn; what came of it, and
    the sentence that its Accueil now says.

    All else stays as it is in ``former``: inputs, notes, own sheets, macros. Without ``precedent``, last year's
    consolidation is the one that Accueil names. Refusal, and nothing is written, if ``former`` is not a coordinator's
    workbook of this contract and year, or holds what only Excel can move.
    """
    require_kind(output, ".xlsm")
    try:
        return _refresh(Path(former), sources, reference, annee, Path(output), how)
    except OSError as error:
        raise Refusal(f"« {former} » ne peut pas être lu ({system_reason(error)}).") from error
    except UnusualArchive as unusual:
        raise Refusal(
            f"« {Path(former).name} » n’est pas écrit comme Excel l’écrit ({unusual}) : il ne peut pas être mis à jour "
            "sans risque. Ouvrez-le dans Excel, enregistrez-le, puis recommencez ; ou cliquez-y sur « Consolider »."
        ) from unusual


def _refresh(
    former: Path, sources: Sequence[str], reference: str, annee: int, output: Path, how: Reading
) -> tuple[Result, str]:
    package = ReturnedPackage(former.read_bytes())
    contents = standing_sheets(former, package)
    home, places = _home(former, package, contents)
    contrat = in_year(load_contrat(reference, annee), annee)
    if output.exists() and not output.samefile(former):
        refuse_to_lose(output, contrat, annee)
    said = home_rows.values(home.lines)
    _require_same(former.name, said, contrat, annee)
    rows = WorkbookRows(former.name, {n: c.lines for n, c in contents.items() if not TABLES & c.tables.keys()})
    day, precedent = how["day"], how.get("precedent") or _previous(former, home, places, said)
    inputs, how = coordination.read(rows, contrat, annee), {**how, "precedent": precedent}
    result = way_back.consolidate_folder(list(sources), contrat, annee, pilotage=inputs, depuis=output, **how)
    drawing = WholeDrawing.of(contents, workbook_to_draw(contents, result), home.nom)
    bilan = typography(result.bilan())
    sentence = typography(f"consolidation du {date_fr(day)}. {bilan}{''.join(drawing.remarks())}")
    told = {"derniere": day, "bilan": result.bilan(), "message": home_rows.message(sentence, True)}
    answers = {place: value for name, value in told.items() if (place := places.get(name))}
    save(_redrawn(package, drawing, day, home.nom, answers), output)
    return result, sentence


def _redrawn(
    package: ReturnedPackage,
    drawing: WholeDrawing,
    day: date,
    home: str,
    answers: Mapping[home_rows.CellPosition, object],
) -> bytes:
    """The workbook with its sheets drawn again. ``answers``: place in the sheet ``home`` → what is told there."""
    steps = drawing.steps(day)
    player = FilePlayer(package, {p.nom: p.sheet for p in drawing.planned})
    player.refuse_what_only_excel_can(steps)
    player.play(steps)
    for place, value in answers.items():
        player.write(home, *place, as_written(kept(value)))
    return player.file_bytes()


def workbook_to_draw(contents: Mapping[str, StandingSheet], result: Result) -> Workbook:
    """The consolidation; and, emptied, the tables that an earlier click wrote and that have no row now: replacements,
    categories of the noyau…"""
    workbook = consolidation_workbook.workbook(result)
    drawn = {table.nom for sheet in workbook.worksheets for table in sheet.sheet_tables}
    standing = {nom for content in contents.values() for nom in content.tables}
    for table in consolidation_tables.TABLES:
        if table.optional and table.nom in standing - drawn:
            workbook.worksheets.append(table_sheets.sheet(table_sheets.from_rows(table, []), workbook.titre))
    return workbook


def _home(
    former: Path, package: ReturnedPackage, contents: Mapping[str, StandingSheet]
) -> tuple[StandingSheet, Mapping[str, home_rows.CellPosition]]:
    """Accueil, and where it says what. Refusal if this is not a coordinator's workbook."""
    found = next(((c, places) for c in contents.values() if (places := home_rows.find(c.lines))), None)
    if found is None or package.part_of_type(_MACROS) is None:
        raise Refusal(
            f"« {former.name} » n’est pas un classeur de la coordination (.xlsm) : "
            f"{'sa feuille « Accueil » est introuvable' if found is None else 'il n’a plus ses macros'}. "
            "Donnez celui que la commande « coordonner » a fabriqué."
        )
    settings = package.xml(WORKBOOK).find(nom("workbookPr"))
    if settings is not None and settings.get("date1904") in ("1", "true"):
        raise Refusal(COUNTED_FROM_1904)
    return found


def _require_same(former: str, said: Mapping[str, object], contrat: Contrat, annee: int) -> None:
    """Refusal if the workbook is of another contract or year."""
    told = str(said.get("identifiant") or said.get("contrat") or "")
    if told and told != contrat.id and Path(told).suffix != ".toml":
        raise Refusal(
            f"« {former} » est le classeur du contrat « {told} », pas de « {contrat.id} ». "
            "Indiquez son contrat, ou donnez le classeur de ce contrat-ci."
        )
    year = said.get("annee")
    if isinstance(year, (int, float)) and int(year) != annee:
        raise Refusal(
            f"« {former} » est le classeur de l’année {int(year)}, pas de {annee}. "
            "Indiquez son année, ou donnez le classeur de cette année-ci."
        )


def _previous(
    former: Path, home: StandingSheet, places: Mapping[str, home_rows.CellPosition], said: Mapping[str, object]
) -> Path | None:
    """Last year's consolidation, as Accueil names it."""
    if not (told := str(said.get("precedent") or "").strip()):
        return None
    file = Path(os.path.abspath(former.parent)) / told
    if not file.is_file():
        raise Refusal(
            f"Feuille « {home.nom} », cellule {places['precedent'].cell} : « {told} » est introuvable. "
            "Donnez la consolidation de l’an dernier (par --precedent sur la ligne de commande, en la déposant aussi "
            "dans la page locale), ou videz la cellule."
        )
    return file
