"""What a contract answers to each question of its noyau: by the measures of its fiches, or on the common sheet. Pure.

The same rows serve the consolidation (figures as they are) and what leaves (measures masked before): an answer that one
masked measure enters is masked too.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import pandas as pd

from cls_workbook.domain.model import Contrat, Mesure
from cls_workbook.domain.regional.noyau_model import Noyau, NoyauMesure
from cls_workbook.domain.regional.taken_in import SHEET, answering, noyau_asked
from cls_workbook.domain.themes import priorites, themes
from cls_workbook.french import NBSP, fold
from cls_workbook.reading.storing.wide_views import quotient, total_of
from cls_workbook.summaries import aggregation
from cls_workbook.summaries.aggregation import AS_RATE, SEPARATOR
from cls_workbook.summaries.masking import is_masked
from cls_workbook.summaries.value_tables import ValueTable
from cls_workbook.tables import noyau_table as told
from cls_workbook.tables.described_columns import Row

AT_A_DATE = ("STOCK", "CUMUL")
Statuts = Mapping[str, Counter[str]]  # measure → statut (folded) → how many returns say it


def answers(contrat: Contrat, annee: int, indicateurs: Mapping[str, Row], statuts: Statuts) -> list[Row]:
    """The rows of the table ``Noyau`` of a year; none where the contract takes no noyau in.

    ``indicateurs``: measure → its row of ``Indicateurs``, masked or not.
    """
    noyau = contrat.regional.taken_in
    version = noyau.version_of(annee) if noyau else None
    if noyau is None or version is None:
        return []
    by = answering(contrat)
    return [
        {"Noyau": noyau.id, "Version": version.numero}
        | _question(contrat, asked, annee)
        | _answer(contrat, asked, by.get(asked.id, []), indicateurs, statuts, _change(noyau, asked, annee))
        for asked in noyau_asked(contrat, annee)
    ]


def statuts_said(contrat: Contrat, mesures: pd.DataFrame | ValueTable) -> Statuts:
    """What each return says of each measure that answers the noyau, from the table ``Mesures``."""
    wanted = {m.id for theirs in answering(contrat).values() for m in theirs}
    said: dict[tuple[str, object], str] = {}
    for part in (mesures.parts() if isinstance(mesures, ValueTable) else [mesures]) if wanted else ():
        kept = part[part["Mesure"].isin(wanted)]
        for mesure, file, statut in zip(kept["Mesure"], kept["Fichier"], kept["Statut"], strict=True):
            if statut:
                said[mesure, file] = fold(str(statut))
    counts: dict[str, Counter[str]] = {mesure: Counter() for mesure in wanted}
    for (mesure, _), statut in said.items():
        counts[mesure][statut] += 1
    return counts


def _question(contrat: Contrat, asked: NoyauMesure, annee: int) -> Row:
    return {
        "Mesure": asked.id,
        "Libellé": asked.libelle,
        "Thème": asked.theme,
        "Libellé du thème": themes(contrat).get(asked.theme or ""),
        "Priorité": priorites(contrat).get(asked.priorite or ""),
        "Santé mentale": told.YES if asked.sante_mentale else told.NO,
        "Unité": asked.unite,
        "Agrégation": asked.agregation,
        "Au": contrat.follow_up.end(annee) if asked.agregation in AT_A_DATE or asked.stock else None,
    }


def _answer(
    contrat: Contrat,
    asked: NoyauMesure,
    by: Sequence[Mesure],
    indicateurs: Mapping[str, Row],
    statuts: Statuts,
    change: str | None,
) -> Row:
    lines = [indicateurs[m.id] for m in by if m.id in indicateurs]
    figure, reserves = _figure(asked, lines)
    said: Counter[str] = sum((statuts.get(m.id, Counter()) for m in by), Counter())
    masked = any(is_masked(li["Réserve"]) for li in lines)
    return figure | {
        "Répondue par": ", ".join(_name(contrat, m) for m in by) or None,
        "État": _state(figure["Valeur"] is not None or masked, said, bool(reserves)),
        "Retours reçus": total_of(li["Retours reçus"] for li in lines),
        "Retours attendus": total_of(li["Retours attendus"] for li in lines),
        "Réserve": SEPARATOR.join(dict.fromkeys(filter(None, (*reserves, change)))) or None,
    }


def _name(contrat: Contrat, mesure: Mesure) -> str:
    return SHEET if contrat.by_mesure[mesure.id][0].regional else mesure.id


def _figure(asked: NoyauMesure, lines: Sequence[Row]) -> tuple[Row, list[str]]:
    """Value and terms, and what they do not say alone."""
    blank: Row = {"Valeur": None, "Numérateur": None, "Dénominateur": None}
    reserves = [str(li["Réserve"]) for li in lines if li["Réserve"]]
    if any(is_masked(li["Réserve"]) for li in lines):
        return blank, reserves
    foreign = [str(li["Unité"]) for li in lines if asked.unite and li["Unité"] and not _same(li["Unité"], asked.unite)]
    if foreign:
        return blank, [*reserves, f"saisi en {foreign[0]}, demandé en {asked.unite}{NBSP}: non repris"]
    if len(lines) < 2:
        return ({t: lines[0][t] for t in blank} if lines else blank), reserves
    lacking = [str(li["Mesure"]) for li in lines if li["Valeur"] is None]
    if lacking:
        reserves.append(f"partiel{NBSP}: {', '.join(lacking)} sans valeur")
    if asked.agregation == "PERSONNES":
        reserves.append(f"participations additionnées sur {len(lines)} fiches, et non personnes différentes")
    return _added(asked, lines, blank), reserves


def _added(asked: NoyauMesure, lines: Sequence[Row], blank: Row) -> Row:
    """The answers of several fiches, by the rule of the question."""
    if asked.agregation not in AS_RATE:
        return blank | {"Valeur": total_of(li["Valeur"] for li in lines)}
    known = [li for li in lines if li["Numérateur"] is not None and li["Dénominateur"] is not None]
    top = total_of(li["Numérateur"] for li in known)
    # a denominator that the noyau sets counts once
    bottom = asked.denominateur if asked.denominateur is not None else total_of(li["Dénominateur"] for li in known)
    rate = quotient(top, bottom)
    return {"Valeur": rate, "Numérateur": top, "Dénominateur": bottom if top is not None else None}


def _same(one: Any, other: str) -> bool:
    return fold(str(one)).rstrip("sx") == fold(other).rstrip("sx")


def _state(known: bool, said: Counter[str], reserved: bool) -> str:
    if known:
        return told.ESTIMATED if said[fold(aggregation.ESTIMATED)] else told.ANSWERED
    if said[fold(aggregation.UNAVAILABLE)]:
        return told.UNAVAILABLE
    if said and set(said) == {fold(aggregation.NOT_APPLICABLE)}:
        return told.NOT_APPLICABLE
    return told.UNCLEAR if said and reserved else told.UNANSWERED


# --- From one year to the next --------------------------------------------------------------------------------------

_ALIKE: dict[str, Callable[[NoyauMesure], object]] = {
    "unité": lambda m: m.unite,
    "façon de rassembler": lambda m: m.agregation,
    "sorte de saisie": lambda m: m.type,
    "catégories": lambda m: ", ".join(m.modalites) or m.ventilation,
}


def _change(noyau: Noyau, asked: NoyauMesure, annee: int) -> str | None:
    """What is not the same as the year before: then nothing is compared over it, unless its words alone changed."""
    earlier = {m.id: m for m in noyau.mesures_in(annee - 1)}
    if not earlier:
        return None
    former = earlier.get(asked.id)
    if former is None:
        return f"posée depuis {annee}"
    changes = [
        f"{what}{NBSP}: {said_of(former) or 'aucune'}, puis {said_of(asked) or 'aucune'}"
        for what, said_of in _ALIKE.items()
        if said_of(former) != said_of(asked)
    ]
    if changes:
        return f"{told.changed_in(annee)} ({', '.join(changes)})"
    if fold(former.libelle) != fold(asked.libelle):
        return f"{told.reworded_in(annee)} (avant{NBSP}: «{NBSP}{former.libelle}{NBSP}»)"
    return None


def no_longer_asked(contrat: Contrat, annee: int) -> list[NoyauMesure]:
    """The questions of the year before that the noyau does not ask any more."""
    noyau = contrat.regional.taken_in
    if noyau is None or noyau.version_of(annee) is None:
        return []
    asked = {m.id for m in noyau.mesures_in(annee)}
    return [m for m in noyau.mesures_in(annee - 1) if m.id not in asked]
