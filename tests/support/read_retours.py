"""Returns as read, without a file: keys and values of the small contract, as the reader would give them."""

from __future__ import annotations

from pathlib import Path

from cls_workbook.reading.locating.retour import Retour, TypedInput
from cls_workbook.reports.consolidation.previous_year import PreviousConsolidation
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

    def table(frame) -> list[dict]:
        lines = frame.astype(object).to_dict("records")
        return [
            {c: float(v) if hasattr(v, "quantize") else None if v != v else v for c, v in r.items()} for r in lines
        ]  # a blank is not a number

    names = {
        "Mesures": result.tables.mesures.frame(),
        "Indicateurs": result.tables.indicateurs,
        "Financement par fiche": result.tables.par_fiche,
        "Lignes de financement": result.tables.financements.frame(),
    }
    return PreviousConsolidation(Path("consolidation.xlsx"), {nom: table(frame) for nom, frame in names.items()})
