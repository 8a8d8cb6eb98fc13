"""The way back, step by step: returns → typed frames → checks → what counts → summaries → one ``Resultat``.

The command line and the Excel button are two doors to these functions.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

from cls_workbook import checks, garbage
from cls_workbook.anomalies import Anomalie, sort_out
from cls_workbook.domain.contrat_years import in_year
from cls_workbook.domain.model import Contrat
from cls_workbook.engines.engine_protocol import Engine
from cls_workbook.engines.local_engines import LocalEngine
from cls_workbook.french import date_fr
from cls_workbook.pipeline.campaign import Batch, Campagne, bring_together
from cls_workbook.pipeline.way_out import load_contrat, verify_year
from cls_workbook.reading.return_files import RetourFiles, retours_in
from cls_workbook.reading.return_reader import Retour
from cls_workbook.reading.storing import typed_frames
from cls_workbook.reading.storing.value_store import ValueStore
from cls_workbook.reports.consolidation.consolidated_result import Result, ResultNotes, ResultSummaries, ResultTables
from cls_workbook.summaries import activity, funding, funding_rules, history, reconciliation, replacement, what_counts

if TYPE_CHECKING:
    from cls_workbook.office.relances.relance_folder import Relances
    from cls_workbook.pilotage import Pilotage
    from cls_workbook.reports.consolidation.previous_year import PreviousConsolidation


def consolidate_files(
    sources: Sequence[str],
    reference: str,
    annee: int,
    output: str | Path,
    *,
    day: date,
    precedent: str | None = None,
    pilotage: str | None = None,
    processes: int | None = None,
    engine: Engine | None = None,
    to_replace: Sequence[str] = (),
) -> Result:
    """Reads, checks and consolidates returns, and writes the consolidation workbook at ``output``.

    ``engine``: who reads (default: this machine, or ``processes`` processes of it). ``to_replace``: « NOUVEAU » or « ANCIEN=NOUVEAU », returns that take the place of others.
    """
    from cls_workbook import pilotage as coordination
    from cls_workbook.fast_paths import row_writer
    from cls_workbook.reports.consolidation import consolidation_workbook

    contrat = load_contrat(reference, annee)
    saisies = coordination.read(pilotage, contrat, annee) if pilotage else None
    result = consolidate_folder(
        sources,
        contrat,
        annee,
        day=day,
        precedent=precedent,
        pilotage=saisies,
        depuis=output,
        processes=processes,
        engine=engine,
        to_replace=to_replace,
    )
    row_writer.write(consolidation_workbook.workbook(result), output)
    return result


def consolidate_folder(
    sources: Sequence[str | Path],
    contrat: Contrat,
    annee: int,
    *,
    day: date,
    precedent: str | Path | None = None,
    pilotage: Pilotage | None = None,
    depuis: str | Path | None = None,
    processes: int | None = None,
    engine: Engine | None = None,
    empty_allowed: bool = False,
    to_replace: Sequence[str] = (),
) -> Result:
    """Reads, checks and consolidates the returns of files and folders; nothing is written.

    ``depuis``: the workbook that will hold the result. It is no return, wherever it lies, and links start from it.
    ``empty_allowed``: a folder without any file is a campaign that nobody has answered, not a mistake.
    ``engine``, ``processes``, ``to_replace``: as in ``consolidate_files``; the replacements that ``pilotage`` names hold too.
    """
    from cls_workbook.reports.consolidation import previous_year as past_year

    verify_year(contrat, annee)
    past = past_year.read_last_year(precedent, contrat, annee) if precedent else None
    files = retours_from(sources, depuis, empty_allowed)
    requested = [*replacement.requests(to_replace, files), *(_lasting(pilotage, files) if pilotage else ())]
    campagne = _campagne(contrat, annee, past, pilotage)
    result = _conclude(
        campagne.batches(files, engine or LocalEngine(processes)), campagne, day, past, pilotage, requested
    )
    return replace(result, paths=paths_from(depuis, files)) if depuis else result


def write_relances_from_files(
    sources: Sequence[str],
    reference: str,
    annee: int,
    folder: str | Path,
    *,
    day: date,
    precedent: str | None = None,
    pilotage: str | None = None,
    engine: Engine | None = None,
) -> Relances:
    """Reads the returns, and writes in ``folder`` who has not answered and a draft of a message to each."""
    from cls_workbook import pilotage as coordination
    from cls_workbook.office.relances import relance_folder as relances

    contrat = load_contrat(reference, annee)
    saisies = coordination.read(pilotage, contrat, annee) if pilotage else coordination.Pilotage()
    result = consolidate_folder(
        sources,
        contrat,
        annee,
        day=day,
        precedent=precedent,
        pilotage=saisies,
        depuis=pilotage,
        empty_allowed=True,
        engine=engine,
    )
    return relances.prepare(result, saisies, folder, day, precedent)


def retours_from(
    sources: Sequence[str | Path], except_for: str | Path | None = None, empty_allowed: bool = False
) -> RetourFiles:
    """Name → file of each return, without the workbook of the coordinator, wherever it lies."""
    files = retours_in(sources, empty_allowed)
    if except_for is None:
        return files
    own = Path(except_for).resolve()
    return files.without(lambda path: path.resolve() == own)


def paths_from(workbook: str | Path, files: Mapping[str, Path]) -> dict[str, str]:
    """Name → path of each file as a link of ``workbook`` wants it: from its folder, or whole where drives differ."""
    folder, paths = Path(workbook).resolve().parent, {}
    for nom, file in files.items():
        try:
            paths[nom] = Path(os.path.relpath(file.resolve(), folder)).as_posix()
        except ValueError:  # another drive
            paths[nom] = str(file.resolve())
    return paths


def _lasting(pilotage: Pilotage, files: Mapping[str, Path]) -> Iterator[replacement.ReplacementRequest]:
    """The replacements written in the pilotage workbook; a return may have left the folder since."""
    for r in pilotage.remplacements:
        yield replacement.ReplacementRequest(
            replacement.find(r.nouveau, files) or r.nouveau, replacement.find(r.ancien, files) or r.ancien, lenient=True
        )


def consolider(
    retours: Iterable[Retour],
    contrat: Contrat,
    annee: int,
    *,
    day: date,
    precedent: PreviousConsolidation | None = None,
    pilotage: Pilotage | None = None,
    to_replace: Sequence[replacement.ReplacementRequest] = (),
) -> Result:
    """Returns as read → everything that the consolidation workbook says. No file is touched."""
    campagne = _campagne(contrat, annee, precedent, pilotage)
    return _conclude([campagne.controler(retours)], campagne, day, precedent, pilotage, to_replace)


def _campagne(
    contrat: Contrat, annee: int, precedent: PreviousConsolidation | None, pilotage: Pilotage | None
) -> Campagne:
    from cls_workbook import pilotage as coordination
    from cls_workbook.reports.consolidation import previous_year as past_year

    contrat, pilotage = in_year(contrat, annee), pilotage or coordination.Pilotage()
    return Campagne(
        contrat,
        annee,
        what_counts.expected_returns(contrat, annee, pilotage.membres),
        precedent=past_year.for_checks(precedent, contrat) if precedent else None,
        pilotage=coordination.for_checks(pilotage, contrat),
    )


def _conclude(
    batches: Iterable[Batch],
    campagne: Campagne,
    day: date,
    precedent: PreviousConsolidation | None,
    pilotage: Pilotage | None,
    to_replace: Sequence[replacement.ReplacementRequest],
) -> Result:
    """What takes all the returns: replacements, rules between returns, summaries."""
    from cls_workbook import pilotage as coordination

    contrat, pilotage = campagne.contrat, pilotage or coordination.Pilotage()
    batches = iter(batches)
    whole = bring_together(
        chain([next(batches, None) or campagne.controler([])], batches)
    )  # nobody may have answered yet
    typed_returns = whole.typed_returns
    discarded = replacement.apply(typed_returns, contrat, to_replace)
    with garbage.suspended():
        anomalies = _anomalies(whole, campagne, discarded)
        values = what_counts.retain(typed_returns.values, anomalies)
        result = _summarize(typed_returns, values, anomalies, campagne, day, precedent, pilotage)
        lines = funding.financement_lines(contrat, values)
        table = reconciliation.reconciliation(
            contrat,
            typed_returns,
            anomalies,
            discarded.fiches,
            result.tables.indicateurs,
            result.tables.par_fiche,
            result.tables.par_financeur,
            lines,
        )
    anomalies = (*reconciliation.unexplained(table), *result.anomalies)
    tables = replace(result.tables, remplacements=discarded.table, reconciliation=table)
    return replace(result, tables=tables, anomalies=anomalies)


def _anomalies(whole: Batch, campagne: Campagne, discarded: replacement.Replacements) -> list[Anomalie]:
    """Of reading, of each return, between returns; nothing of what was replaced."""
    from_reading = [
        a
        for a in whole.typed_returns.anomalies
        if a.file not in discarded.files and (a.file, a.fiche) not in discarded.fiches
    ]
    folder = campagne.folder(whole.typed_returns, from_reading).without(discarded.files, discarded.fiches.keys())
    findings, partly_replaced = whole.findings, {file for file, _ in discarded.fiches}
    if (
        partly_replaced
    ):  # of a return of which one fiche is replaced, the others are looked at again: a rule may span several
        remainders = folder.only(partly_replaced - discarded.files)
        findings = [*(a for a in findings if a.file not in partly_replaced), *checks.of_each_retour(remainders)]
    return sort_out([*from_reading, *discarded.anomalies, *checks.controler(folder, findings)])


def _summarize(
    typed_returns: typed_frames.TypedRetours,
    values: ValueStore,
    anomalies: Sequence[Anomalie],
    campagne: Campagne,
    day: date,
    precedent: PreviousConsolidation | None,
    pilotage: Pilotage,
) -> Result:
    from cls_workbook import pilotage as coordination
    from cls_workbook.reports.consolidation import previous_year as past_year

    contrat, annee = campagne.contrat, campagne.annee
    planned = what_counts.ExpectedReturns(contrat, campagne.expected_returns)
    programme = pilotage.programme or None
    running_total = (
        pilotage.engage_anterieur | past_year.engage_to_date(precedent)
        if precedent
        else pilotage.engage_anterieur or None
    )
    former_ones = past_year.indicateurs(precedent, contrat, annee) if precedent else None
    before = past_year.history(precedent, contrat) if precedent else []
    indicateurs = activity.indicateurs(contrat, values, planned, former_ones)
    avancement = activity.avancement(contrat, values, planned)
    par_fiche = funding.par_fiche(contrat, annee, values, programme, running_total)
    past_subsidies = history.past_subsidies(contrat, before)
    return Result(
        contrat,
        annee,
        day,
        ResultTables(
            retours=what_counts.statuts(contrat, planned, typed_returns.retours, anomalies),
            normalisations=typed_returns.normalisations,
            mesures=what_counts.mesures_table(contrat, values),
            reponses=what_counts.answers_table(contrat, values),
            indicateurs=indicateurs,
            financements=what_counts.financements_table(contrat, values),
            par_fiche=par_fiche,
            par_financeur=funding.par_financeur(contrat, values),
            history=history.history(
                contrat,
                annee,
                indicateurs=indicateurs,
                mesures=what_counts.names_cited(contrat, values),
                avancement=avancement,
                par_fiche=par_fiche,
                financements=funding.given_by_financeur(contrat, values),
                before=before,
            ),
        ),
        ResultSummaries(
            avancement=avancement,
            gouvernance=activity.gouvernance(contrat, pilotage.reunions),
            territoire=activity.territoire(contrat, values),
            totaux=funding.totaux(contrat, par_fiche),
        ),
        ResultNotes(
            explications=tuple(
                funding_rules.explications(contrat, annee, values, programme, running_total, past_subsidies)
            ),
            a_preciser=tuple(what_counts.a_preciser(contrat, pilotage.membres)),
            decisions=_decisions(pilotage),
        ),
        tuple(anomalies),
        validated_on=pilotage.date_validation if pilotage.etat == coordination.VALIDE else None,
        precedent=precedent is not None,
    )


def _decisions(pilotage: Pilotage) -> dict[str, str]:
    """Fiche ("" for the whole contract) → what the COPIL decided, in one line."""
    statements: dict[str, list[str]] = {}
    for d in pilotage.decisions:
        when = f" ({date_fr(d.date)})" if d.date else ""
        statements.setdefault(d.fiche, []).append(f"{d.decision}{when}" + (f" : {d.precision}" if d.precision else ""))
    return {fiche: " ; ".join(sentences) for fiche, sentences in statements.items()}
