"""Last year's filled sheet, pasted over this year's: its printed texts say which year it is of."""

from __future__ import annotations

from collections.abc import Mapping, Set

from cls_workbook.anomalies import BLOCKING, Anomalie, Place
from cls_workbook.reading.locating.retour import ReadSheet
from cls_workbook.reading.locating.told import anomalie
from cls_workbook.reading.reading_checks import OutOfCampagne

YEARS_AROUND, TEXTS_MIN = 6, 2


def year_of_texts(texts: Set[str], all_printed: Mapping[tuple[int, int], str], annee: int) -> int:
    """The other year that most of a sheet's printed texts bear; 0 if they bear ``annee``, as ``all_printed`` does."""
    printed = set(all_printed.values())
    this_year, before = ({text for text in printed if str(year) in text} for year in (annee, annee - 1))
    kept = len(this_year & texts)

    def matching(year: int) -> int:
        """How many are as the sheet of that year prints them, and not as ours: « Valeur 2024 » may be ours too."""
        theirs = {text.replace(str(annee), str(year)) for text in this_year}
        theirs |= {text.replace(str(annee - 1), str(year - 1)) for text in before}
        return len((theirs - printed) & texts)

    others = (year for year in range(annee - YEARS_AROUND, annee + YEARS_AROUND + 1) if year != annee)
    best = max(others, key=matching)
    return best if matching(best) >= max(TEXTS_MIN, kept + 1) else 0


def refused(sheet: ReadSheet, location: Place, year: int, annee: int) -> ReadSheet:
    """The same sheet, of which nothing is taken: one anomaly says why, in place of all that follows from it."""
    return ReadSheet(
        sheet.nom,
        sheet.groupe,
        sheet.saisies,
        [_pasted_sheet(location, [s.cell for s in sheet.saisies], year, annee)],
        sheet.moved_inputs,
        sheet.refused_inputs,
    )


def _pasted_sheet(location: Place, cells: list[str], year: int, annee: int) -> Anomalie:
    return anomalie(
        BLOCKING,
        OutOfCampagne,
        location,
        cells,
        "année de la feuille",
        f"une feuille de {year} : ses en-têtes disent {year}",
        f"la feuille de {annee}",
        f"reprenez la feuille vierge de {annee} et reportez-y les réponses de {annee} ; aucune réponse de cette "
        "feuille n’est reprise.",
        refuses_sheet=True,
    )
