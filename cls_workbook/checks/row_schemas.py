"""What must hold in a column, or in one row, as Pandera schemas; their failures become anomalies.

Each wide view is validated once, all returns together (lazy: every failure comes back, none stops the others).
The name of a Pandera check is the code of its anomaly.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import pandas as pd
import pandera.pandas as pa

from cls_workbook.anomalies import Anomalie
from cls_workbook.checks.check_input import CheckInput
from cls_workbook.checks.findings import SEND_BACK, constat
from cls_workbook.french import number_fr
from cls_workbook.reading.storing.wide_views import NUMERIC_FIELDS, as_dicts

NEGATIVE = "VALEUR_NEGATIVE"


@dataclass(frozen=True, slots=True)
class RowRule:
    """A rule on one row of a block. ``fault``: view → True where it is broken; ``compose`` says so (None: not after all)."""

    code: str
    bloc: str
    fault: Callable[[pd.DataFrame], Sequence[bool]]
    compose: Callable[[CheckInput, dict], Anomalie | None]


def schema(bloc: str, regles: Iterable[RowRule]) -> pa.DataFrameSchema:
    """The schema of a block's wide view. Typed frames only: nothing is coerced."""
    positive_check = pa.Check(lambda column: column >= 0, name=NEGATIVE, error=NEGATIVE)
    return pa.DataFrameSchema(
        {champ: pa.Column(object, positive_check, nullable=True) for champ in NUMERIC_FIELDS.get(bloc, ())},
        checks=[
            pa.Check(
                lambda view, r=r: ~pd.Series(r.fault(view), index=view.index, dtype=bool),
                name=r.code,
                error=r.code,
                ignore_na=False,
            )
            for r in regles
        ],
        strict=False,
    )


def validate(given: CheckInput, regles: Sequence[RowRule]) -> list[Anomalie]:
    """Every failure of the schemas of all blocks, as anomalies with their cells."""
    all_found: list[Anomalie] = []
    for bloc in dict.fromkeys([*(r.bloc for r in regles), *NUMERIC_FIELDS]):
        of_block = {r.code: r for r in regles if r.bloc == bloc}
        if bloc not in given.blocks or not (of_block or NUMERIC_FIELDS.get(bloc)):
            continue  # nothing typed, or nothing that must hold
        view = in_context(given, bloc)
        try:
            schema(bloc, of_block.values()).validate(view, lazy=True)
        except pa.errors.SchemaErrors as failure:
            all_found += _anomalies(given, bloc, view, of_block, failure.failure_cases)
    return all_found


def _anomalies(
    given: CheckInput, bloc: str, view: pd.DataFrame, regles: dict[str, RowRule], failures: pd.DataFrame
) -> list[Anomalie]:
    # A check on rows reports every column of a failing row: one anomaly all the same.
    examined = dict.fromkeys(
        (e.check, e.index, e.column if e.check == NEGATIVE else "")
        for e in failures.itertuples(index=False, name="Echec")
    )
    ranks = sorted({index for _, index, _ in examined})
    by_rank = dict(zip(ranks, as_dicts(view.loc[ranks]), strict=True))
    findings = [
        _negative(given, bloc, champ, by_rank[index])
        if code == NEGATIVE
        else regles[code].compose(given, by_rank[index])
        for code, index, champ in examined
    ]
    return [c for c in findings if c]


def _negative(given: CheckInput, bloc: str, champ: str, line: dict) -> Anomalie:
    return constat(
        NEGATIVE,
        line,
        given.cell(line, bloc, champ),
        champ=given.libelle(bloc, champ, line["mesure"]),
        found=number_fr(line[champ]),
        expected="un nombre positif ou nul",
        remedy=f"corrigez la valeur, {SEND_BACK}",
    )


def in_context(given: CheckInput, bloc: str) -> pd.DataFrame:
    """The view of a block with what the contract says of each row: ``maximum``, ``en_qpv``, ``fixed``, ``a_capacite``, ``niveau``."""
    view, contrat = given.view(bloc), given.contrat
    if bloc == "mesures":
        maxima = {id_: _maximum(given, id_) for id_ in view["mesure"].unique()}
        en_qpv = {f.numero for f in contrat.fiches if f.qpv_attendu}
        return view.assign(maximum=_objects([maxima[m] for m in view["mesure"]]), en_qpv=view["fiche"].isin(en_qpv))
    if bloc == "taux":
        a_capacite = {r.capacity.mesure for r in contrat.regles if r.type == "capacite"}
        fixed = [contrat.by_mesure[m][2].denominateur if m in contrat.by_mesure else None for m in view["mesure"]]
        return view.assign(fixed=_objects(fixed), a_capacite=view["mesure"].isin(list(a_capacite)))
    if bloc == "financement":
        return view.assign(niveau=[given.niveau(n) for n in view["nature"]])
    return view


def _maximum(given: CheckInput, id_: str) -> object:
    """The most that a measure may be: its own maximum, and no more communes than the territory has."""
    if id_ not in given.contrat.by_mesure:
        return None
    mesure, communes = given.mesure(id_), len(given.contrat.communes)
    bounds = [mesure.maximum] if mesure.maximum is not None else []
    bounds += [communes] if mesure.communes and communes else []
    return min(bounds, default=None)


def _objects(values: list) -> list:
    return pd.array(values, dtype=object)
