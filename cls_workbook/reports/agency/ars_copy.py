"""The copy for the ARS: the Synthèse and the Évolution, drawn again from the tables of a consolidation workbook, and
the figures of the Synthèse as tables.

Nothing of the other sheets goes with it: no formula, no link, no hidden sheet, no name of a return, no personal data.
The « Données … » sheets say the figures of the Synthèse again, for the programs of a region (``region``).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pandas as pd

from cls_workbook.anomalies import Anomalie
from cls_workbook.definition import toml_reader
from cls_workbook.domain.contrat_years import in_year
from cls_workbook.domain.model import Contrat
from cls_workbook.errors import Refusal
from cls_workbook.fast_paths import row_writer
from cls_workbook.french import NBSP
from cls_workbook.reports.agency import agency_data
from cls_workbook.reports.agency.libreoffice_conversion import require_libreoffice, to_pdf
from cls_workbook.reports.consolidation import consolidation_workbook, evolution_sheet, previous_year
from cls_workbook.reports.consolidation.consolidated_result import Result, ResultNotes, ResultSummaries, ResultTables
from cls_workbook.reports.synthese import synthese_sheet
from cls_workbook.reports.synthese.logos import Logo, logos_in
from cls_workbook.reports.synthese.synthese_portrait import Portrait
from cls_workbook.summaries import funding, progress
from cls_workbook.tables import consolidation_tables as described
from cls_workbook.tables.described_columns import DescribedTable
from cls_workbook.tables.noyau_table import NOYAU_DETAIL
from cls_workbook.tables.summary_tables import EVALUATIONS, GOVERNANCE, PROGRESS, RATES
from cls_workbook.tables.table_frames import frame_of_rows, frame_records, table_frame
from cls_workbook.workbook.description import Sheet, Workbook
from cls_workbook.workbook.saving import save

_TABLES = (
    described.RETOURS,
    described.MESURES,
    described.ANSWERS,
    described.INDICATEURS,
    described.FINANCEMENTS,
    described.FINANCEMENT_FICHES,
    described.FINANCEMENT_FINANCEURS,
    described.ANOMALIES,
    described.ANCHORS,
)
Anchors = dict[str, dict[str, dict[str, object]]]  # rubrique → objet ("" if none) → champ → value
_ORIGIN = date(1899, 12, 30)


def file_copy(
    consolidation: str | Path,
    output: str | Path,
    contrat: str | Path | None = None,
    pdf: bool = False,
    logos: str | Path | None = None,
) -> list[Path]:
    """Writes the workbook for the ARS at ``output``, and a PDF beside it if asked; the files made.

    ``contrat``: the definition, where it does not ship; ``logos``: a folder of pictures for its head. Refusal if
    ``consolidation`` is not a consolidation workbook, if its contract cannot be found, or if the PDF cannot be made;
    then nothing is written.
    """
    consolidation, output = Path(consolidation), Path(output)
    if output.resolve() == consolidation.resolve():
        raise Refusal(
            f"La synthèse remplacerait la consolidation «{NBSP}{output}{NBSP}»{NBSP}: choisissez un autre nom de "
            f"fichier."
        )
    if pdf:
        require_libreoffice()
    pictures, result = logos_in(logos), read_back(consolidation, contrat)
    content = row_writer.to_bytes(workbook(result, pictures))
    files = [output]
    print_setup = to_pdf(row_writer.to_bytes(to_print(result, pictures))) if pdf else None
    save(content, output)
    if print_setup is not None:
        files.append(output.with_suffix(".pdf"))
        save(print_setup, files[-1])
    return files


def workbook(result: Result, logos: Sequence[Logo] = (), synthese: Sheet | None = None) -> Workbook:
    """The Synthèse, the Évolution of the years (nothing where the consolidation, an old one, remembers none), then the
    data of the Synthèse; values only. ``synthese``: as the consolidation has it, where it was drawn already."""
    printable = _printable(result, synthese) if synthese else to_print(result, logos)
    portrait = Portrait(result)
    if len(result.tables.history):
        printable.worksheets.append(evolution_sheet.sheet(portrait.leaving(), for_agency=True))
    printable.worksheets += agency_data.worksheets(portrait)
    return printable


def to_print(result: Result, logos: Sequence[Logo] = ()) -> Workbook:
    """The Synthèse alone, as the PDF has it."""
    return _printable(result, synthese_sheet.sheet(result, logos))


def _printable(result: Result, synthese: Sheet) -> Workbook:
    return Workbook(
        [synthese],
        f"Synthèse {result.year_name} — {result.contrat.titre}",
        subject=result.etat,
        active_sheet=synthese_sheet.NAME,
    )


# --- Reading back -----------------------------------------------------------------------------------------------------


def read_back(
    consolidation: str | Path | previous_year.PreviousConsolidation, reference: str | Path | Contrat | None = None
) -> Result:
    """The Resultat that a consolidation workbook was made from, as far as the Synthèse needs it. Refusal if it is not
    one.

    ``consolidation``: its file, or its tables where they were read elsewhere.
    """
    past = (
        consolidation
        if isinstance(consolidation, previous_year.PreviousConsolidation)
        else previous_year.read(consolidation)
    )
    frames = {table: _frame(past, table) for table in _TABLES}
    anchors = _anchors(frames[described.ANCHORS])
    identity = anchors.get(consolidation_workbook.IDENTIFICATION, {}).get("", {})
    contrat = contrat_of(past.path, str(identity.get("contrat") or ""), reference)
    annee, day = identity.get("année"), _day(identity.get("date"))
    if not isinstance(annee, int) or day is None:
        raise Refusal(
            f"La feuille {described.ANCHORS.sheet} de «{NBSP}{past.path}{NBSP}» ne dit plus l’année ou la date. "
            f"Refaites la consolidation."
        )
    contrat = in_year(contrat, annee)
    _verify(past.path, contrat, frames[described.INDICATEURS])
    return Result(
        contrat,
        annee,
        day,
        _tables(past, frames),
        _summaries(contrat, anchors, frames),
        _notes(anchors),
        _anomalies(frames[described.ANOMALIES]),
        validated_on=_day(identity.get("validé le")),
        precedent=identity.get("année précédente") == "oui",
    )


def _tables(past: previous_year.PreviousConsolidation, frames: Mapping[DescribedTable, pd.DataFrame]) -> ResultTables:
    return ResultTables(
        retours=frames[described.RETOURS],
        normalisations=table_frame(described.NORMALISATIONS),
        mesures=frames[described.MESURES],
        reponses=frames[described.ANSWERS],
        indicateurs=frames[described.INDICATEURS],
        financements=frames[described.FINANCEMENTS],
        par_fiche=frames[described.FINANCEMENT_FICHES],
        par_financeur=frames[described.FINANCEMENT_FINANCEURS],
        # The years that the workbook remembers: from them is known which of last year's rates speak of few people.
        history=frame_of_rows(described.HISTORY, past.rows(described.HISTORY)),
        noyau_detail=frame_of_rows(NOYAU_DETAIL, past.rows(NOYAU_DETAIL)),
    )


def _summaries(contrat: Contrat, anchors: Anchors, frames: Mapping[DescribedTable, pd.DataFrame]) -> ResultSummaries:
    return ResultSummaries(
        avancement=_frame_from(anchors.get(consolidation_workbook.PROGRESS, {}), "fiche", PROGRESS),
        gouvernance=_frame_from(anchors.get(consolidation_workbook.GOVERNANCE, {}), "Instance", GOVERNANCE),
        territoire=_territoire(contrat, frames[described.ANSWERS]),
        totaux=funding.totaux(contrat, frames[described.FINANCEMENT_FICHES]),
        evaluations=_frame_from(anchors.get(consolidation_workbook.EVALUATION, {}), "Évaluation", EVALUATIONS),
        taux=_frame_from(anchors.get(consolidation_workbook.RATE, {}), "fiche", RATES),
    )


def _notes(anchors: Anchors) -> ResultNotes:
    decisions = anchors.get(consolidation_workbook.DECISION, {})
    return ResultNotes(
        explications=_sentences(anchors, consolidation_workbook.RULE),
        a_preciser=_sentences(anchors, consolidation_workbook.TO_SPECIFY),
        reserves=_sentences(anchors, consolidation_workbook.CAVEAT),
        decisions={numero: str(d["texte"]) for numero, d in decisions.items() if d.get("texte")},
    )


def _frame(past: previous_year.PreviousConsolidation, table: DescribedTable) -> pd.DataFrame:
    if table not in past.tables:
        raise Refusal(
            f"«{NBSP}{past.path}{NBSP}» n’est pas une consolidation entière{NBSP}: la feuille "
            f"«{NBSP}{table.sheet}{NBSP}» manque. Refaites la consolidation."
        )
    if past.rows(table) and past.lacking[table]:
        raise Refusal(
            f"«{NBSP}{past.path}{NBSP}», feuille «{NBSP}{table.sheet}{NBSP}»{NBSP}: colonne "
            f"{', '.join(past.lacking[table])} introuvable. Refaites la consolidation."
        )
    return frame_of_rows(table, past.rows(table))


def contrat_of(path: Path, identifier: str, reference: str | Path | Contrat | None) -> Contrat:
    """The contract of a consolidation; ``reference``: its definition, where it does not ship. Refusal if
    it is another."""
    if not identifier:
        raise Refusal(f"«{NBSP}{path}{NBSP}» ne dit pas de quel contrat il est. Refaites la consolidation.")
    if reference is None and identifier not in toml_reader.shipped():
        raise Refusal(
            f"Le contrat «{NBSP}{identifier}{NBSP}» n’est pas livré avec l’outil{NBSP}: indiquez sa définition par "
            f"--contrat."
        )
    contrat = reference if isinstance(reference, Contrat) else toml_reader.load(reference or identifier)
    if contrat.id != identifier:
        raise Refusal(
            f"La consolidation est celle du contrat «{NBSP}{identifier}{NBSP}», la définition celle de "
            f"«{NBSP}{contrat.id}{NBSP}»."
        )
    return contrat


def _verify(path: Path, contrat: Contrat, indicateurs: pd.DataFrame) -> None:
    unknown = [m for m in indicateurs["Mesure"] if m not in contrat.by_mesure]
    if unknown:
        raise Refusal(
            f"«{NBSP}{path}{NBSP}» a des mesures que le contrat ne connaît plus ({', '.join(map(str, unknown[:3]))}). "
            f"Refaites la consolidation."
        )


def _anchors(frame: pd.DataFrame) -> Anchors:
    """Rubrique → objet ("" if none) → champ → value, in the order of the sheet."""
    anchors: Anchors = {}
    for section, objet, champ, valeur in frame.itertuples(index=False):
        anchors.setdefault(str(section), {}).setdefault(objet or "", {})[str(champ)] = valeur
    return anchors


def _frame_from(objects: dict[str, dict[str, object]], cle: str, table: DescribedTable) -> pd.DataFrame:
    return frame_of_rows(table, ({**said, cle: objet} for objet, said in objects.items()))


def _sentences(anchors: Anchors, section: str) -> tuple[str, ...]:
    return tuple(str(said["texte"]) for said in anchors.get(section, {}).values() if said.get("texte"))


def _territoire(contrat: Contrat, reponses: pd.DataFrame) -> pd.DataFrame:
    names = {"Bloc": "bloc", "Champ": "champ", "Ligne": "ligne", "Fiche": "fiche"}
    return progress.territoire(contrat, reponses.rename(columns=names))


def _anomalies(frame: pd.DataFrame) -> tuple[Anomalie, ...]:
    """Enough of each to count it."""
    return tuple(Anomalie(str(r["Gravité"]), str(r["Code"]), "", fiche=r["Fiche"] or "") for r in frame_records(frame))


def _day(valeur: object) -> date | None:
    if isinstance(valeur, (int, Decimal)):
        return _ORIGIN + timedelta(days=int(valeur))  # the cell lost its date format
    return valeur if isinstance(valeur, date) else None
