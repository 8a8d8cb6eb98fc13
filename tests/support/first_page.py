"""The first page of the Synthèse of the campaign worked out by hand, and what it says: for the tests of that page."""

from __future__ import annotations

from cls_workbook.reports.synthese import synthese_sheet
from cls_workbook.reports.synthese.dashboard.expected_decisions import decisions
from cls_workbook.reports.synthese.dashboard.leading_sentences import sentences
from cls_workbook.reports.synthese.synthese_portrait import Portrait
from cls_workbook.tables.consolidation_tables import HISTORY
from cls_workbook.tables.table_frames import frame_of_rows
from tests.support.result_headers import PROGRESS, N, frame
from tests.support.written_result import indicateurs, result


def progress(**by_fiche):
    """``f11=("En cours", "Totale")``: état and réalisation of the fiche 1.1; the others have not answered."""
    lines = [
        (f, f[0], f"Fiche {f}", *by_fiche.get(f"f{f[0]}{f[2]}", (N, N)), N, N, 1, 1, "complet")
        for f in ("1.1", "1.2", "2.1")
    ]
    return frame(PROGRESS, *lines)


def good(**changes):
    return progress(f11=("En cours", "Totale"), f12=("Réalisée", "Totale"), f21=("En cours", "Totale")), changes


def portrait(**changes):
    return Portrait(result(**changes))


def said(**changes):
    """The three sentences, with plain spaces."""
    seen = portrait(**changes)
    return [text.replace("\u00a0", " ") for text in sentences(seen, decisions(seen))]


def asked(**changes):
    return [text.replace("\u00a0", " ") for text in decisions(portrait(**changes))]


def page(**changes):
    """The cells of the first page: (value, style)."""
    sheet = synthese_sheet.sheet(result(**changes))
    end = sheet.print_setup.page_breaks[0]
    return [(c.valeur, c.style) for c in sheet.cells if c.line <= end and c.valeur is not None]


def words(**changes):
    return [str(valeur).replace("\u00a0", " ") for valeur, _ in page(**changes)]


def card(titre, **changes):
    """(value, note) of a key figure."""
    sheet = synthese_sheet.sheet(result(**changes))
    at = {(c.line, c.column): c.valeur for c in sheet.cells}
    line, column = next(place for place, valeur in at.items() if valeur == titre)
    return at[line + 1, column], str(at[line + 2, column]).replace("\u00a0", " ")


def year(annee, objet, fiche, valeur):
    return {"Année": annee, "Objet": objet, "Fiche": fiche, "Valeur": valeur}


def remembered(*rows):
    return frame_of_rows(HISTORY, rows)


def nothing_of(*names):
    """The tables of that name, without a row."""
    made = result()
    tables = {**vars(made.tables), **vars(made.summaries)}
    return {name: tables[name].iloc[0:0] for name in names}


def without_figures():
    measured = indicateurs()
    measured[["Valeur", "Valeur n-1"]] = N
    return {"indicateurs": measured, "history": remembered()}
