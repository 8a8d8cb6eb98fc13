"""What each year of a contract came to, one row per thing and year: the memory that goes from a consolidation to the
next.

Frames in, a frame out. A row is a measure, the state of a fiche, an amount of a fiche, what a funder engaged on it, or
an envelope of the whole contract, for one year. Years are never added here: see ``aggregation``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

import pandas as pd

from cls_workbook.domain.model import Contrat, Mesure
from cls_workbook.reading.storing.wide_views import total_of
from cls_workbook.summaries.aggregation import entity_key
from cls_workbook.summaries.balances.remainders import ENGAGE_BY_FINANCEUR, ENGAGED_BEFORE, VERSE_BY_FINANCEUR
from cls_workbook.summaries.funding import TO_BE_SCHEDULED
from cls_workbook.summaries.masking import counted_unit
from cls_workbook.tables.consolidation_tables import HISTORY
from cls_workbook.tables.described_columns import Row
from cls_workbook.tables.table_frames import frame_of_rows, frame_records, known

MESURE, ETAT, ENVELOPE = "Mesure", "État", "Enveloppe"
# Of a fiche, as ``Financement par fiche`` names them.
AMOUNTS = ("Montant contrat", "Programmé", "Engagé", "Versé", "Coût réalisé")
NAME_SEPARATOR = " | "


def history(
    contrat: Contrat,
    annee: int,
    *,
    indicateurs: pd.DataFrame,
    mesures: pd.DataFrame,
    avancement: pd.DataFrame,
    par_fiche: pd.DataFrame,
    financements: pd.DataFrame,
    engaged_before: Mapping[str, Decimal] | None = None,
    before: Iterable[Mapping[str, Any]] = (),
) -> pd.DataFrame:
    """Rows of earlier years (``before``, columns as here), then those of ``annee``, from the tables of its
    consolidation.

    Of ``mesures``, only the names count; of ``financements``, what each funder gave: its lines may be added up.
    ``engaged_before``: fiche → EUR, what the coordinator says of the years that ``before`` does not hold.
    """
    of_the_year = (
        *_mesures(contrat, indicateurs, mesures),
        *_states(avancement),
        *_amounts(contrat, par_fiche, engaged_before or {}),
        *_by_financeur(contrat, financements),
        *_envelopes(contrat, annee),
    )
    kept = [r for r in before if isinstance(r.get("Année"), int) and r["Année"] < annee]
    return frame_of_rows(HISTORY, (*kept, *({"Année": annee, **row} for row in of_the_year)))


def _mesures(contrat: Contrat, indicateurs: pd.DataFrame, mesures: pd.DataFrame) -> Iterable[Row]:
    named: dict[str, dict[str, str]] = {}
    for mesure, nom in mesures.loc[mesures["Champ"] == "nom", ["Mesure", "Valeur"]].itertuples(index=False):
        named.setdefault(mesure, {}).setdefault(entity_key(contrat, contrat.by_mesure[mesure][2], str(nom)), str(nom))
    for r in frame_records(indicateurs):
        valeur, names = known(r["Valeur"]), named.get(r["Mesure"], {})
        if valeur is None:
            continue
        # names count over the years only where they are all there
        all_complete = r["Agrégation"] == "ENTITES" and len(names) == valeur
        noms = NAME_SEPARATOR.join(names.values()) if all_complete else None
        yield {"Objet": MESURE, **{c: known(r[c]) for c in r if c in HISTORY.titles}, "Noms": noms}


def _states(avancement: pd.DataFrame) -> Iterable[Row]:
    for r in frame_records(avancement):
        if (etat := known(r["etat"])) is not None:
            yield {"Objet": ETAT, "Fiche": r["fiche"], "Axe": r["axe"], "Libellé": r["titre"], "Valeur": etat}


def _amounts(contrat: Contrat, par_fiche: pd.DataFrame, engaged_before: Mapping[str, Decimal]) -> Iterable[Row]:
    for r in frame_records(par_fiche):
        if r["Fiche"] == TO_BE_SCHEDULED:
            continue
        where = {"Fiche": r["Fiche"], "Axe": r["Axe"], "Libellé": contrat.par_fiche[r["Fiche"]].titre}
        for objet in (*AMOUNTS, ENGAGED_BEFORE):
            montant = engaged_before.get(r["Fiche"]) if objet == ENGAGED_BEFORE else known(r[objet])
            if montant is not None:
                yield {"Objet": objet, **where, "Unité": "€", "Valeur": montant}


def _by_financeur(contrat: Contrat, financements: pd.DataFrame) -> Iterable[Row]:
    """One row per fiche, funder and nature for what was engaged, one for what was paid."""
    sums: dict[tuple[Any, ...], list[Mapping[str, Any]]] = {}
    for r in frame_records(financements):
        sums.setdefault((r["Fiche"], known(r["Financeur"]), known(r["Nature"])), []).append(r)
    for (fiche, financeur, nature), lines in sums.items():
        axe = contrat.par_fiche[fiche].axe if fiche in contrat.par_fiche else None
        where = {"Fiche": fiche, "Axe": axe, "Financeur": financeur, "Nature": nature}
        for objet, column in ((ENGAGE_BY_FINANCEUR, "Engagé"), (VERSE_BY_FINANCEUR, "Versé")):
            if (montant := total_of(known(li[column]) for li in lines)) is not None:
                yield {"Objet": objet, **where, "Unité": "€", "Valeur": montant}


def _envelopes(contrat: Contrat, annee: int) -> Iterable[Row]:
    names = {f.id: f.nom for f in contrat.money.financeurs}
    for e in contrat.money.enveloppes:
        if e.annee in (None, annee):
            libelle = "Enveloppe de l’année" if e.annee else "Enveloppe du contrat"
            figure = {"Unité": "€", "Valeur": e.montant, "Réserve": e.etat}
            yield {"Objet": ENVELOPE, "Libellé": libelle, "Financeur": names.get(e.financeur or ""), **figure}


# --- Read again -----------------------------------------------------------------------------------------------------


def series_of_mesures(history: pd.DataFrame) -> dict[str, dict[int, Row]]:
    """Measure → year → its row."""
    series: dict[str, dict[int, Row]] = {}
    for r in frame_records(history):
        if r["Objet"] == MESURE:
            series.setdefault(r["Mesure"], {})[r["Année"]] = r
    return series


def counts_alike(row: Row, mesure: Mesure) -> bool:
    """Does a row of an earlier year (its Unité, its Agrégation) count what the measure counts now? If not, nothing is
    compared over it, nor added. What is not said differs in nothing; the unit of a mean is the answers' own."""
    units = {counted_unit(u) for u in (row.get("Unité"), mesure.unite) if u and mesure.agregation != "MOYENNE"}
    return len(units) < 2 and row.get("Agrégation") in (None, mesure.agregation)


def over_years_value(row: Row, agregation: str) -> Any:
    """What ``over_the_years`` makes one figure of: the terms of a rate, the names of entities, else the value."""
    if agregation == "RATIO" and row["Numérateur"] is not None and row["Dénominateur"] is not None:
        return row["Numérateur"], row["Dénominateur"]
    if agregation == "ENTITES" and row.get("Noms"):
        return set(str(row["Noms"]).split(NAME_SEPARATOR))
    return row["Valeur"]


def terms(history: pd.DataFrame, annee: int) -> dict[str, tuple[object, object]]:
    """Measure → numerator and denominator of that year, None where not known."""
    its_own = [r for r in frame_records(history) if r["Objet"] == MESURE and r["Année"] == annee]
    return {r["Mesure"]: (known(r["Numérateur"]), known(r["Dénominateur"])) for r in its_own}


def past_subsidies(contrat: Contrat, before: Iterable[Mapping[str, Any]]) -> dict[str, dict[int, Decimal]]:
    """Rule id → year → EUR that the rule's funder engaged on what the rule covers, in money."""
    valued = {n.libelle for n in contrat.money.natures if n.niveau == "valorisation"}
    names = {f.id: f.nom for f in contrat.money.financeurs}
    past: dict[str, dict[int, Decimal]] = {}
    in_money = (r for r in before if r["Objet"] == ENGAGE_BY_FINANCEUR and r["Nature"] not in valued)
    lines = [r for r in in_money if isinstance(r["Valeur"], (int, Decimal))]
    for rule in contrat.regles:
        for r in lines:
            if rule.financeur and r["Financeur"] == names.get(rule.financeur) and rule.fiche in (None, r["Fiche"]):
                by_year = past.setdefault(rule.id, {})
                by_year[r["Année"]] = by_year.get(r["Année"], Decimal(0)) + r["Valeur"]
    return past
