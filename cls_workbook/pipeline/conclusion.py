"""What takes all the returns of a campaign: rules between them, what counts, summaries, reconciliation."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

import pandas as pd

from cls_workbook import checks, garbage
from cls_workbook import pilotage as coordination
from cls_workbook.anomalies import Anomalie, sort_out
from cls_workbook.checks.families.campaign_checks import set_aside
from cls_workbook.checks.given.check_input import CheckInput
from cls_workbook.domain.announced.bodies import deciding
from cls_workbook.domain.model import Contrat
from cls_workbook.domain.regional.taken_in import answering
from cls_workbook.domain.targets import targets_in
from cls_workbook.french import date_fr, fold
from cls_workbook.pilotage import Pilotage
from cls_workbook.pipeline.campaign import Batch, Campagne
from cls_workbook.reading.storing.typed_frames import TypedRetours
from cls_workbook.reading.storing.value_store import ValueStore
from cls_workbook.reports.consolidation import previous_year as past_year
from cls_workbook.reports.consolidation.consolidated_result import Result, ResultNotes, ResultSummaries, ResultTables
from cls_workbook.reports.consolidation.previous_year import PreviousConsolidation
from cls_workbook.summaries import (
    activity,
    expected,
    funding,
    funding_rules,
    history,
    progress,
    replacement,
    value_tables,
    what_counts,
)
from cls_workbook.summaries.balances import observed_rates
from cls_workbook.summaries.balances.statement_rows import statement_rows
from cls_workbook.summaries.computed import computed_figures
from cls_workbook.summaries.follow_up.structure_returns import Followed, by_structure
from cls_workbook.summaries.reconciling import reconciliation
from cls_workbook.summaries.regional import noyau_details
from cls_workbook.tables.described_columns import Row
from cls_workbook.tables.noyau_table import NOYAU_DETAIL
from cls_workbook.tables.statement_table import STATEMENTS
from cls_workbook.tables.table_frames import frame_of_rows, table_frame


def conclude(
    batches: Iterable[Batch[pd.DataFrame]],
    campagne: Campagne,
    day: date,
    precedent: PreviousConsolidation | None,
    pilotage: Pilotage,
) -> Result:
    """Batches of returns, read, typed and checked → everything that the consolidation workbook says."""
    contrat, whole = campagne.contrat, campagne.bring_together(batches)
    typed_returns = whole.typed_returns
    replaced = campagne.settlement.conclude(typed_returns.settled)
    with garbage.suspended():
        changes = replacement.replacements(contrat, replaced, typed_returns.settled)
        found = checks.controler(campagne.folder(typed_returns), whole.findings)
        aside = campagne.not_counted
        heard = [a for a in (*typed_returns.anomalies, *changes.anomalies, *found) if a.file not in aside.reasons]
        anomalies = sort_out([*heard, *set_aside(aside.reasons, aside.unknown, typed_returns.retours)])
        values = what_counts.retain(typed_returns.values, anomalies)
        result = _summarize(typed_returns, values, anomalies, campagne, day, precedent, pilotage)
        table = reconciliation.reconciliation(
            contrat,
            typed_returns,
            anomalies,
            changes.fiches,
            result.tables.indicateurs,
            result.tables.par_fiche,
            result.tables.par_financeur,
            funding.financement_lines(contrat, values),
        )
    structures = by_structure(contrat, result.tables.retours, anomalies, _followed(pilotage), typed_returns.saved)
    tables = replace(
        result.tables,
        remplacements=changes.table,
        reconciliation=table,
        structures=structures,
        comptes_rendus=frame_of_rows(
            STATEMENTS, statement_rows(CheckInput(contrat, campagne.annee, values, typed_returns.retours))
        ),
    )
    return replace(result, tables=tables, anomalies=(*reconciliation.unexplained(table), *result.anomalies))


@dataclass(frozen=True)
class _Before:
    """What the years before leave: their rows, the figures of the last one, and fiche → EUR engaged up to it. ``told``:
    of these, what the coordinator alone says."""

    years: list[Row]
    indicateurs: dict[str, object] | None
    engaged: dict[str, Decimal] | None
    told: dict[str, Decimal]

    @classmethod
    def of(cls, campagne: Campagne, precedent: PreviousConsolidation | None, pilotage: Pilotage) -> _Before:
        told = _told_of_before(precedent, pilotage)
        if precedent is None:
            return cls([], None, told or None, told)
        contrat = campagne.contrat
        figures = past_year.indicateurs(precedent, contrat, campagne.annee)
        return cls(past_year.history(precedent, contrat), figures, told | past_year.engage_to_date(precedent), told)


def _summarize(
    typed_returns: TypedRetours[ValueStore],
    values: ValueStore,
    anomalies: Sequence[Anomalie],
    campagne: Campagne,
    day: date,
    precedent: PreviousConsolidation | None,
    pilotage: Pilotage,
) -> Result:
    """The tables, of ``values``: those that count."""
    contrat, annee = campagne.contrat, campagne.annee
    planned = expected.ExpectedReturns(contrat, campagne.expected_returns)
    before = _Before.of(campagne, precedent, pilotage)
    avancement = progress.avancement(contrat, values, planned)
    validated_on = pilotage.date_validation if pilotage.etat == coordination.VALIDE else None
    known = computed_figures.KnownOfTheYear(contrat, avancement, values, planned, pilotage.reunions, validated_on)
    indicateurs, anomalies = _counted(known, annee, typed_returns.values, anomalies, before)
    tables = ResultTables(
        retours=what_counts.statuts(contrat, planned, typed_returns.retours, anomalies),
        normalisations=typed_returns.normalisations,
        mesures=value_tables.mesures_table(contrat, values),
        reponses=value_tables.answers_table(contrat, values),
        indicateurs=what_counts.reserved(indicateurs, typed_returns.values, anomalies),
        financements=value_tables.financements_table(contrat, values),
        par_fiche=funding.par_fiche(contrat, annee, values, pilotage.programme or None, before.engaged, before.years),
        par_financeur=funding.par_financeur(contrat, values),
        noyau_detail=_noyau_detail(contrat, annee, values),
    )
    return Result(
        contrat,
        annee,
        day,
        replace(tables, history=_history(contrat, annee, values, tables, avancement, before)),
        _summaries(contrat, annee, values, tables, avancement, pilotage),
        _notes(campagne, values, anomalies, before, pilotage),
        tuple(anomalies),
        validated_on=validated_on,
        precedent=precedent is not None,
    )


def _counted(
    known: computed_figures.KnownOfTheYear,
    annee: int,
    typed: ValueStore,
    anomalies: Sequence[Anomalie],
    before: _Before,
) -> tuple[pd.DataFrame, list[Anomalie]]:
    """The indicators, those that are computed included; and the anomalies, with those of a figure that was typed
    otherwise than it is computed. ``typed``: all the values, those that do not count included."""
    contrat, values, computed = known.contrat, known.values, computed_figures.figures(known)
    refused, wanted = what_counts.details_set_aside(typed, anomalies), targets_in(contrat, annee)
    indicateurs = activity.indicateurs(contrat, values, known.planned, before.indicateurs, wanted, refused, computed)
    return indicateurs, sort_out([*anomalies, *computed_figures.differences(contrat, values, indicateurs, computed)])


def _notes(
    campagne: Campagne, values: ValueStore, anomalies: Sequence[Anomalie], before: _Before, pilotage: Pilotage
) -> ResultNotes:
    contrat, programme = campagne.contrat, pilotage.programme or None
    past = history.past_subsidies(contrat, before.years)
    explications = funding_rules.explications(
        contrat, campagne.annee, values, programme, before.engaged, past, before.years
    )
    return ResultNotes(
        explications=tuple(explications),
        a_preciser=tuple(expected.a_preciser(contrat, pilotage.membres)),
        reserves=tuple(what_counts.money_reserves(anomalies)),
        decisions=_decisions(contrat, pilotage),
    )


def _summaries(
    contrat: Contrat, annee: int, values: ValueStore, tables: ResultTables, avancement: pd.DataFrame, pilotage: Pilotage
) -> ResultSummaries:
    return ResultSummaries(
        avancement=avancement,
        gouvernance=progress.gouvernance(contrat, pilotage.reunions),
        evaluations=progress.evaluations(contrat, annee, pilotage.evaluations),
        territoire=progress.territoire(contrat, values),
        totaux=funding.totaux(contrat, tables.par_fiche),
        taux=observed_rates.rates_table(contrat, values),
    )


def _noyau_detail(contrat: Contrat, annee: int, values: ValueStore) -> pd.DataFrame:
    wanted = {m.id for theirs in answering(contrat).values() for m in theirs}
    if contrat.regional.taken_in is None or not wanted:
        return table_frame(NOYAU_DETAIL)
    found = noyau_details.details(contrat, annee, activity.ventilations(contrat, values, wanted))
    return frame_of_rows(NOYAU_DETAIL, found)


def _followed(pilotage: Pilotage) -> dict[str, Followed]:
    """Structure → what the coordinator says of its return; of two lines, the first."""
    return {r.structure: Followed(r.statut, r.date, r.courriel) for r in reversed(pilotage.relances)}


def _history(
    contrat: Contrat, annee: int, values: ValueStore, tables: ResultTables, avancement: pd.DataFrame, before: _Before
) -> pd.DataFrame:
    return history.history(
        contrat,
        annee,
        indicateurs=tables.indicateurs,
        mesures=value_tables.names_cited(contrat, values),
        avancement=avancement,
        par_fiche=tables.par_fiche,
        financements=funding.given_by_financeur(contrat, values),
        engaged_before=before.told,
        before=before.years,
    )


def _told_of_before(precedent: PreviousConsolidation | None, pilotage: Pilotage) -> dict[str, Decimal]:
    """Fiche → EUR that earlier years engaged, where the coordinator alone says it: last year's consolidation says it
    better."""
    known = past_year.engage_to_date(precedent) if precedent else {}
    return {fiche: montant for fiche, montant in pilotage.engage_anterieur.items() if fiche not in known}


def _decisions(contrat: Contrat, pilotage: Pilotage) -> dict[str, str]:
    """Fiche ("" for the whole contract) → what was decided, in a line; by whom, if not by the body that decides."""
    statements: dict[str, list[str]] = {}
    for d in pilotage.decisions:
        by = "" if fold(d.instance) == fold(deciding(contrat).nom) else d.instance
        beside = ", ".join(filter(None, (by, date_fr(d.date))))
        when = f" ({beside})" if beside else ""
        statements.setdefault(d.fiche, []).append(f"{d.decision}{when}" + (f" : {d.precision}" if d.precision else ""))
    return {fiche: " ; ".join(sentences) for fiche, sentences in statements.items()}
