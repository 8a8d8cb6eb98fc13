"""What a consolidation comes to: everything that the consolidation workbook and the Synthèse say."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

import pandas as pd

from cls_workbook.anomalies import BLOCKING, GRAVITIES, Anomalie, counted
from cls_workbook.domain.announced.bodies import by_it, deciding
from cls_workbook.domain.model import Contrat
from cls_workbook.french import NBSP, date_fr, how_many
from cls_workbook.summaries.expected import answers_together
from cls_workbook.summaries.value_tables import ValueTable
from cls_workbook.tables.consolidation_tables import HISTORY, RECEIVED, RECONCILIATION, REPLACEMENTS, SET_ASIDE
from cls_workbook.tables.noyau_table import NOYAU_DETAIL
from cls_workbook.tables.statement_table import STATEMENTS
from cls_workbook.tables.structure_table import STRUCTURES
from cls_workbook.tables.summary_tables import EVALUATIONS, RATES
from cls_workbook.tables.table_frames import frame_records, table_frame


@dataclass(frozen=True, eq=False)
class ResultTables:
    """The tables that the consolidation workbook has a sheet of, with the columns of ``consolidation_tables``.

    Missing values are None in every frame; money is in euros. Of ``mesures``, ``reponses`` and ``financements`` a row
    is kept for every value: where something makes them (``ValueTable``), they are made whenever they are asked for, and
    not kept. ``reconciliation``: sums of returns against totals. ``remplacements``: what changed when a corrected
    return took the place of another. ``history``: what each year came to, this one included. ``structures``: where each
    stands. ``comptes_rendus``: what is asked of subsidised fiches. ``noyau_detail``: the breakdowns of its noyau.
    """

    retours: pd.DataFrame
    normalisations: pd.DataFrame
    mesures: pd.DataFrame | ValueTable
    reponses: pd.DataFrame | ValueTable
    indicateurs: pd.DataFrame
    financements: pd.DataFrame | ValueTable
    par_fiche: pd.DataFrame
    par_financeur: pd.DataFrame
    history: pd.DataFrame = field(default_factory=lambda: table_frame(HISTORY))
    reconciliation: pd.DataFrame = field(default_factory=lambda: table_frame(RECONCILIATION))
    remplacements: pd.DataFrame = field(default_factory=lambda: table_frame(REPLACEMENTS))
    structures: pd.DataFrame = field(default_factory=lambda: table_frame(STRUCTURES))
    comptes_rendus: pd.DataFrame = field(default_factory=lambda: table_frame(STATEMENTS))
    noyau_detail: pd.DataFrame = field(default_factory=lambda: table_frame(NOYAU_DETAIL))


@dataclass(frozen=True, eq=False)
class ResultSummaries:
    """What only feeds the Synthèse, with the columns of ``summary_tables``."""

    avancement: pd.DataFrame
    gouvernance: pd.DataFrame
    territoire: pd.DataFrame
    totaux: pd.DataFrame
    taux: pd.DataFrame = field(default_factory=lambda: table_frame(RATES))
    evaluations: pd.DataFrame = field(default_factory=lambda: table_frame(EVALUATIONS))


@dataclass(frozen=True)
class ResultNotes:
    """Sentences. ``explications``: what the funding rules make of the figures; ``a_preciser``: what the contract leaves
    open; ``reserves``: how far the figures hold; ``decisions``: fiche ("" for the whole contract) → what the COPIL
    decided or is asked."""

    explications: tuple[str, ...] = ()
    a_preciser: tuple[str, ...] = ()
    reserves: tuple[str, ...] = ()
    decisions: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, eq=False)
class Result:
    """One campaign, consolidated on ``day``. ``validated_on``: date of the COPIL that validated it, None while
    provisional.

    ``precedent``: was last year's consolidation at hand? ``paths``: file name → path from the workbook, for links.
    """

    contrat: Contrat
    annee: int
    day: date
    tables: ResultTables
    summaries: ResultSummaries
    notes: ResultNotes = ResultNotes()
    anomalies: tuple[Anomalie, ...] = ()
    validated_on: date | None = None
    precedent: bool = False
    paths: Mapping[str, str] = field(default_factory=dict)

    @property
    def year_name(self) -> str:
        return self.contrat.follow_up.year_name(self.annee)

    @property
    def etat(self) -> str:
        """« Provisoire », or « Validé en COPIL le 12/03/2026 », by the body that decides."""
        if not self.validated_on:
            return "Provisoire"
        return f"Validé {by_it(deciding(self.contrat))} le {date_fr(self.validated_on)}"

    def alerts(self, gravite: str) -> int:
        return sum(a.gravite == gravite for a in self.anomalies)

    def received_and_expected(self) -> tuple[int, int]:
        """(answers that came in and count, answers expected or come in): one per fiche, structure and volet.

        A duplicate or a refused return is expected still; one set aside is as if it had not come.
        """
        return int((self.tables.retours["Statut"] == RECEIVED).sum()), sum(self.expected_by_fiche().values())

    def expected_by_fiche(self) -> Counter[str]:
        """Fiche → how many structures and volets were expected, or answered."""
        expected = dict.fromkeys(
            (r["Fiche"], "" if answers_together(self.contrat, r["Fiche"], r["Volet"]) else r["Structure"], r["Volet"])
            for r in frame_records(self.tables.retours)
            if r["Fiche"] is not None and r["Statut"] != SET_ASIDE
        )
        return Counter(fiche for fiche, _, _ in expected)

    def set_aside(self, fiche: str = "") -> str:
        """« , 1 écarté »: the answers that the coordinator set aside, of one fiche or of all; "" if none."""
        table = self.tables.retours
        number = int(((table["Statut"] == SET_ASIDE) & (table["Fiche"].eq(fiche) | (not fiche))).sum())
        return f", {number} écarté{'s' * (number > 1)}" if number else ""

    def bilan(self) -> str:
        """One French sentence for the command line."""
        received, expected_returns = self.received_and_expected()
        alerts = ", ".join(counted(self.alerts(g), g) for g in GRAVITIES)
        following = f"{NBSP}; des valeurs bloquantes sont hors des totaux" if self.alerts(BLOCKING) else ""
        returns = f"{how_many(received, 'retour reçu')} sur {expected_returns}{self.set_aside()}"
        return f"{returns}{NBSP}; anomalies{NBSP}: {alerts}{following}."
