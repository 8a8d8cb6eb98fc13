"""Returns as read, without a file: keys and values of the small contract, as the reader would give them."""

from __future__ import annotations

from pathlib import Path

from cls_workbook.reading.locating.retour import Retour, TypedInput
from cls_workbook.reports.consolidation.previous_year import PreviousConsolidation, from_sheets
from tests.support.small_workbook import YEAR, plan, trial


def retour(file: str, structure: str, saisies: dict[str, object], annee: int = YEAR) -> Retour:
    p = plan(structure)
    places = {e.cle: e for e in p.input_places()}
    items_read = tuple(TypedInput(c, places[c].sheet, places[c].cell, v, places[c].line) for c, v in saisies.items())
    worksheets = {"accueil": "Accueil"} | {f.numero: f"FA {f.numero}" for f in trial().fiches}
    return Retour(
        file,
        file,
        f"empreinte {file}",
        "essai",
        annee,
        p.modele,
        structure,
        tuple(f.numero for f in trial().fiches),
        items_read,
        worksheets=worksheets,
    )


def reread(result) -> PreviousConsolidation:
    """A consolidation as next year's campaign finds it in the workbook: numbers are binary, blanks are None."""

    def rows(frame) -> list[list]:
        values = frame.astype(object).values.tolist()
        return [
            list(frame.columns),
            *([float(v) if hasattr(v, "quantize") else None if v != v else v for v in line] for line in values),
        ]  # a blank is not a number

    frames = {
        "Mesures": result.tables.mesures.frame(),
        "Indicateurs": result.tables.indicateurs,
        "Financement par fiche": result.tables.par_fiche,
        "Lignes de financement": result.tables.financements.frame(),
    }
    return from_sheets(Path("consolidation.xlsx"), {nom: rows(frame) for nom, frame in frames.items()})
