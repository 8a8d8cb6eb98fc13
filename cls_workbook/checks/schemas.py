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
from cls_workbook.checks.constats import RENVOYER, constat
from cls_workbook.checks.dossier import Dossier
from cls_workbook.francais import nombre_fr
from cls_workbook.reading.vues import NUMERIQUES, en_lignes

NEGATIVE = "VALEUR_NEGATIVE"


@dataclass(frozen=True, slots=True)
class RegleDeLigne:
    """A rule on one row of a block. ``faute``: view → True where it is broken; ``redige`` says so (None: not after all)."""

    code: str
    bloc: str
    faute: Callable[[pd.DataFrame], Sequence[bool]]
    redige: Callable[[Dossier, dict], Anomalie | None]


def schema(bloc: str, regles: Iterable[RegleDeLigne]) -> pa.DataFrameSchema:
    """The schema of a block's wide view. Typed frames only: nothing is coerced."""
    positif = pa.Check(lambda colonne: colonne >= 0, name=NEGATIVE, error=NEGATIVE)
    return pa.DataFrameSchema(
        {champ: pa.Column(object, positif, nullable=True) for champ in NUMERIQUES.get(bloc, ())},
        checks=[
            pa.Check(lambda vue, r=r: ~pd.Series(r.faute(vue), index=vue.index, dtype=bool), name=r.code, error=r.code, ignore_na=False)
            for r in regles
        ],
        strict=False,
    )


def valider(dossier: Dossier, regles: Sequence[RegleDeLigne]) -> list[Anomalie]:
    """Every failure of the schemas of all blocks, as anomalies with their cells."""
    trouvees: list[Anomalie] = []
    for bloc in dict.fromkeys([*(r.bloc for r in regles), *NUMERIQUES]):
        du_bloc = {r.code: r for r in regles if r.bloc == bloc}
        if bloc not in dossier.blocs or not (du_bloc or NUMERIQUES.get(bloc)):
            continue  # nothing typed, or nothing that must hold
        vue = en_contexte(dossier, bloc)
        try:
            schema(bloc, du_bloc.values()).validate(vue, lazy=True)
        except pa.errors.SchemaErrors as echec:
            trouvees += _anomalies(dossier, bloc, vue, du_bloc, echec.failure_cases)
    return trouvees


def _anomalies(dossier: Dossier, bloc: str, vue: pd.DataFrame, regles: dict[str, RegleDeLigne], echecs: pd.DataFrame) -> list[Anomalie]:
    # A check on rows reports every column of a failing row: one anomaly all the same.
    cas = dict.fromkeys((e.check, e.index, e.column if e.check == NEGATIVE else "") for e in echecs.itertuples(index=False, name="Echec"))
    rangs = sorted({index for _, index, _ in cas})
    par_rang = dict(zip(rangs, en_lignes(vue.loc[rangs]), strict=True))
    constats = [
        _negative(dossier, bloc, champ, par_rang[index]) if code == NEGATIVE else regles[code].redige(dossier, par_rang[index])
        for code, index, champ in cas
    ]
    return [c for c in constats if c]


def _negative(dossier: Dossier, bloc: str, champ: str, ligne: dict) -> Anomalie:
    return constat(
        NEGATIVE, ligne, dossier.cellule(ligne, bloc, champ),
        champ=dossier.libelle(bloc, champ, ligne["mesure"]),
        trouve=nombre_fr(ligne[champ]),
        attendu="un nombre positif ou nul",
        a_faire=f"corrigez la valeur, {RENVOYER}",
    )  # fmt: skip


def en_contexte(dossier: Dossier, bloc: str) -> pd.DataFrame:
    """The view of a block with what the contract says of each row: ``maximum``, ``en_qpv``, ``fixe``, ``a_capacite``, ``niveau``."""
    vue, contrat = dossier.vue(bloc), dossier.contrat
    if bloc == "mesures":
        maxima = {id_: _maximum(dossier, id_) for id_ in vue["mesure"].unique()}
        en_qpv = {f.numero for f in contrat.fiches if f.qpv_attendu}
        return vue.assign(maximum=_objets([maxima[m] for m in vue["mesure"]]), en_qpv=vue["fiche"].isin(en_qpv))
    if bloc == "taux":
        a_capacite = {r.mesure for r in contrat.regles if r.type == "capacite"}
        fixes = [contrat.par_mesure[m][2].denominateur if m in contrat.par_mesure else None for m in vue["mesure"]]
        return vue.assign(fixe=_objets(fixes), a_capacite=vue["mesure"].isin(list(a_capacite)))
    if bloc == "financement":
        return vue.assign(niveau=[dossier.niveau(n) for n in vue["nature"]])
    return vue


def _maximum(dossier: Dossier, id_: str) -> object:
    """The most that a measure may be: its own maximum, and no more communes than the territory has."""
    if id_ not in dossier.contrat.par_mesure:
        return None
    mesure, communes = dossier.mesure(id_), len(dossier.contrat.communes)
    bornes = [mesure.maximum] if mesure.maximum is not None else []
    bornes += [communes] if mesure.communes and communes else []
    return min(bornes, default=None)


def _objets(valeurs: list) -> list:
    return pd.array(valeurs, dtype=object)
