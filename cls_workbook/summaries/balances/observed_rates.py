"""The part of its cost that the agency attributes to a fiche in a year, over the returns that say both. Pure; euros."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from decimal import Decimal
from functools import cache, partial

import pandas as pd

from cls_workbook.domain.asked.money_questions import EXPENDITURE_POSTS
from cls_workbook.domain.model import Contrat
from cls_workbook.domain.wording import agency_financeurs
from cls_workbook.reading.storing.value_store import ValueStore
from cls_workbook.reading.storing.wide_views import columns, total_of
from cls_workbook.summaries.balances.line_meaning import MAQUETTE, OUTSIDE_MAQUETTE, meaning_of, post_rules
from cls_workbook.summaries.expected import answers_together
from cls_workbook.tables.summary_tables import RATES
from cls_workbook.tables.table_frames import table_frame


@dataclass(slots=True)
class ObservedRate:
    """Of one fiche: what was attributed and what it cost, over the ``known`` returns that say both, of ``returns``."""

    attributed: Decimal = Decimal(0)
    cost: Decimal = Decimal(0)
    known: int = 0
    returns: int = 0

    @property
    def taux(self) -> Decimal | None:
        """A share (0.1 for 10 %); None where no return says both, or nothing was spent."""
        return self.attributed / self.cost if self.cost else None


def observed_rates(contrat: Contrat, store: ValueStore) -> dict[str, ObservedRate]:
    """Fiche → its rate. The agency's money only: of the maquette, or its aid to the post."""
    return store.once("taux", lambda: _rates(contrat, store), contrat)


def rates_table(contrat: Contrat, store: ValueStore) -> pd.DataFrame:
    """The same as the table ``summary_tables.RATES``."""
    rates = observed_rates(contrat, store)
    rows = ((f.numero, rates[f.numero]) for f in contrat.actions if f.numero in rates)
    return table_frame(RATES, ((f, r.attributed, r.cost, r.known, r.returns) for f, r in rows))


def _rates(contrat: Contrat, store: ValueStore) -> dict[str, ObservedRate]:
    answers, known = _answers(contrat, store), set[tuple[str, str]]()
    rates = {fiche: ObservedRate(returns=n) for fiche, n in Counter(fiche for fiche, _ in {*answers.values()}).items()}
    is_of_agency = cache(partial(_is_of_agency, contrat))
    for part in store.arrays(lambda c: c.bloc in ("financement", "depenses")):
        costs = {
            (file, fiche): total if total is not None else total_of(posts)
            for file, fiche, total, *posts in columns(
                part.wide("depenses"), "fichier", "fiche", "total", *EXPENDITURE_POSTS
            )
        }
        attributed: dict[tuple[str, str], Decimal] = {}
        for file, fiche, *line, engage in columns(
            part.wide("financement"), "fichier", "fiche", "financeur", "nature", "engage"
        ):
            if engage is not None and is_of_agency(fiche, *line):
                attributed[file, fiche] = attributed.get((file, fiche), Decimal(0)) + engage
        for (file, fiche), amount in attributed.items():
            if (cost := costs.get((file, fiche))) is not None:
                rate = rates[fiche]
                rate.attributed, rate.cost = rate.attributed + amount, rate.cost + cost
                known.add(answers[file, fiche])
    for fiche, _ in known:
        rates[fiche].known += 1
    return rates


def _answers(contrat: Contrat, store: ValueStore) -> dict[tuple[str, str], tuple[str, str]]:
    """(fichier, fiche) → (fiche, what it is an answer of): itself, or the volet that several answer as one."""
    volets: dict[tuple[str, str], str] = {}
    for file, fiche, volet in store.distinct("fichier", "fiche", "volet"):
        if fiche:
            volets[file, fiche] = volet or volets.get((file, fiche), "")
    return {
        (file, fiche): (fiche, f"« {volet} »" if answers_together(contrat, fiche, volet) else file)
        for (file, fiche), volet in volets.items()
    }


def _is_of_agency(contrat: Contrat, fiche: str, financeur: str | None, nature: str | None) -> bool:
    posts = post_rules(contrat, fiche)
    meaning = meaning_of(contrat, fiche, financeur, nature)
    if meaning.niveau != (OUTSIDE_MAQUETTE if posts else MAQUETTE):
        return False
    agencies = {r.financeur for r in posts if r.financeur} or agency_financeurs(contrat)
    return not agencies or not financeur or meaning.financeur is None or meaning.financeur in agencies
