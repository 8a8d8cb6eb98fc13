"""The sum of what returns say, and the total that was consolidated: every difference told, to the cent.

The sums are made again here, from the cells, without the functions that consolidate: what they do not explain is an
error. Only which funding lines are of which nature is taken from those: a sum set apart by mistake would be missing
from the total, or twice in it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from operator import itemgetter
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from cls_workbook.anomalies import BLOCKING, Anomalie, Place
from cls_workbook.checks.families.campaign_checks import UnexplainedGap
from cls_workbook.domain.model import Contrat, Mesure
from cls_workbook.french import fold, number_fr
from cls_workbook.reading.storing.value_store import ValueStore
from cls_workbook.reading.storing.wide_views import columns
from cls_workbook.summaries.aggregation import ESTIMATED, entity_key
from cls_workbook.summaries.reconciling.reconciled_money import money
from cls_workbook.summaries.reconciling.reconciliation_lines import (
    COUNTED,
    RETAINED,
    TERMS,
    MesureValues,
    ReconciliationLine,
)
from cls_workbook.summaries.reconciling.typed_inputs import TypedInputs, tell_unreadable
from cls_workbook.summaries.what_counts import Exclusions
from cls_workbook.tables.consolidation_tables import INDICATEUR, RECONCILIATION
from cls_workbook.tables.table_frames import frame_records, table_frame

if TYPE_CHECKING:
    from cls_workbook.reading.storing.typed_frames import TypedRetours

_ADDITIVES = ("FLUX", "PERSONNES", "STOCK", "ENTITES", "CUMUL")


def reconciliation(
    contrat: Contrat,
    typed_returns: TypedRetours[ValueStore],
    anomalies: Sequence[Anomalie],
    replaced: Iterable[tuple[str, str]],
    indicateurs: pd.DataFrame,
    par_fiche: pd.DataFrame,
    par_financeur: pd.DataFrame,
    lines: Sequence[Mapping[str, object]] = (),
) -> pd.DataFrame:
    """The table ``Rapprochement``: one row per measure and term, per fiche and amount, per amount for the whole
    contract.

    ``typed_returns``: all that was typed (``TypedRetours``). The other frames: what was consolidated; ``lines``:
    the funding lines that count (``funding.financement_lines``). Missing sums are None.
    """
    saisies = TypedInputs(ValueStore.of(typed_returns.values), Exclusions(anomalies), set(replaced))
    unreadable = _unreadable(typed_returns, contrat, anomalies)
    statements = [
        *_mesures(contrat, saisies, indicateurs, unreadable),
        *money(contrat, saisies, par_fiche, par_financeur, lines, unreadable),
    ]
    return table_frame(RECONCILIATION, (line.row() for line in statements))


def unexplained(table: pd.DataFrame) -> list[Anomalie]:
    """One anomaly for each line whose difference is not explained: an error of the program, never of a return."""
    anomalies = []
    for r in (r for r in frame_records(table) if r["Écart inexpliqué"]):
        found = f"écart de {number_fr(r['Écart inexpliqué'])} entre la somme des retours et le total"
        label = f"{r['Libellé']} — {r['Colonne']}"
        anomalies.append(UnexplainedGap.anomalie(Place(fiche=r["Fiche"] or ""), (), label, found))
    return anomalies


def _unreadable(
    typed_returns: TypedRetours[ValueStore], contrat: Contrat, anomalies: Sequence[Anomalie]
) -> Counter[tuple[str, str]]:
    """(measure, or fiche of a funding line, champ) → inputs whose content could not be read as a number."""
    counts: Counter[tuple[str, str]] = Counter()
    addresses = typed_returns.addresses(contrat)
    involved = [a for a in anomalies if a.gravite == BLOCKING and a.cells and a.file in addresses]
    files = {a.file for a in involved}
    understood = set(columns(ValueStore.of(typed_returns.values).of_files(files), "fichier", "feuille", "cellule"))
    keys: dict[str, dict[tuple[str, str], str]] = {}
    for a in involved:
        for cell in a.cells:
            if (a.file, a.sheet, cell) in understood:
                continue
            its_own = keys.setdefault(a.file, {location: cle for cle, location in addresses[a.file].items()})
            pieces = its_own.get((a.sheet, cell), "").split("/")
            if len(pieces) > 2:
                counts[pieces[0] if pieces[1] in ("financement", "depenses") else pieces[2], pieces[-1]] += 1
    return counts


# --- measures -------------------------------------------------------------------------------------------------------


def _mesures(
    contrat: Contrat, saisies: TypedInputs, indicateurs: pd.DataFrame, unreadable: Counter[tuple[str, str]]
) -> Iterator[ReconciliationLine]:
    consolidated_by_mesure = {r["Mesure"]: r for r in frame_records(indicateurs)}
    for fiche, _, mesure in contrat.by_mesure.values():
        for line in _of_mesure(contrat, saisies, fiche.numero, mesure, consolidated_by_mesure.get(mesure.id, {})):
            input_fields = {c for c, t in TERMS.get(mesure.agregation, ()) if t == line.column}
            if mesure.agregation in _ADDITIVES:
                input_fields = {"valeur", "effectif"}
            line.notes += tell_unreadable(sum(unreadable[mesure.id, c] for c in input_fields))
            yield line


def _of_mesure(
    contrat: Contrat, saisies: TypedInputs, fiche: str, mesure: Mesure, consolidated: Mapping[str, Any]
) -> list[ReconciliationLine]:
    """Its lines; what returns say of it is let go with them."""

    def open_up(column: str) -> ReconciliationLine:
        return ReconciliationLine(INDICATEUR, fiche, mesure.id, column, mesure.libelle)

    input_fields: tuple[str, ...]
    if mesure.agregation in _ADDITIVES:
        reconcile: Callable[..., Iterator[ReconciliationLine]] = _additive
        figure = "effectif" if mesure.type == "ventilation" else "valeur"
        input_fields = (figure, "statut", "double_compte", "nom")
    elif mesure.agregation in TERMS:
        reconcile, input_fields = _terms, tuple(champ for champ, _ in TERMS[mesure.agregation])
    else:
        reconcile, input_fields = _counted, (COUNTED[mesure.agregation],)
    return list(reconcile(contrat, mesure, saisies.of_mesure(mesure.id, input_fields), consolidated, open_up))


def _additive(
    contrat: Contrat,
    mesure: Mesure,
    values: MesureValues,
    consolidated: Mapping[str, Any],
    open_up: Callable[[str], ReconciliationLine],
) -> Iterator[ReconciliationLine]:
    line = open_up("Valeur")
    is_ventilation = mesure.type == "ventilation"
    digits = values.of("effectif" if is_ventilation else "valeur")
    digits = digits.where((digits.lines >= 0) == is_ventilation)
    line.parts, line.nombre = digits.sums()
    line.total = consolidated.get("Valeur")
    retained = digits.retained
    if mesure.agregation in ("STOCK", "ENTITES"):
        line.apart += _double_counts(contrat, mesure, values, retained)
    if estimated := sum(retained.contents[_saying(retained, values.of("statut"), fold(ESTIMATED))]):
        line.notes.append(f"dont {number_fr(estimated)} estimé")
    attested = _saying(retained, values.of("double_compte"), "oui") & (len(set(retained.retours)) < 2)
    doubt = sum(retained.contents[~attested])
    if doubt and mesure.agregation == "PERSONNES" and line.total is not None:
        line.notes.append(f"dont {number_fr(doubt)} sans garantie contre le double compte")
    yield line


def _saying(digits: MesureValues, statements: MesureValues, word: str) -> np.ndarray:
    """Does the return of each figure say this word (folded) among ``statements``?"""
    said = zip(statements.retained.retours, statements.retained.contents, strict=True)
    return np.isin(digits.retours, [retour for retour, content in said if fold(str(content)) == word])


def _double_counts(
    contrat: Contrat, mesure: Mesure, values: MesureValues, retained: MesureValues
) -> list[tuple[Any, str]]:
    """What several returns count of the same entities: known where all are named; else no total holds."""
    counts: dict[int, Any] = {}
    for retour, content in zip(map(int, retained.retours), retained.contents, strict=True):
        counts[retour] = counts.get(retour, 0) + content
    if sum(content != 0 for content in counts.values()) < 2:
        return []
    named, numbers = values.of("nom").retained, dict.fromkeys(counts, 0)
    distinct: set[str] = set()
    for retour, theirs in groupby(zip(map(int, named.retours), named.contents, strict=True), key=itemgetter(0)):
        if retour in numbers:
            names = {entity_key(contrat, mesure, str(content)) for _, content in theirs}
            numbers[retour] = len(names)
            distinct |= names
    told = sum(counts.values())
    if numbers != counts:
        bounds = f"entre {number_fr(max(counts.values()))} et {number_fr(told)}"
        return [(told, f"sans total, faute de pouvoir dédoublonner ({bounds})")]
    return [(told - len(distinct), "déclaré par plusieurs structures, compté une fois")]


def _terms(
    contrat: Contrat,
    mesure: Mesure,
    values: MesureValues,
    consolidated: Mapping[str, Any],
    open_up: Callable[[str], ReconciliationLine],
) -> Iterator[ReconciliationLine]:
    """The terms of a rate. A return that gives none in all is read in its breakdown."""
    input_fields = TERMS[mesure.agregation]
    in_all = values.where(values.lines < 0).of("numerateur", "denominateur")
    detailed = ~np.isin(values.retours, in_all.retours)  # the returns that give no term in all
    refused = ~detailed & ~np.isin(values.retours, in_all.retained.retours)  # those whose terms in all are all refused
    fixed = mesure.denominateur
    for champ, column in input_fields:
        if fixed is not None and column == "Dénominateur":
            continue  # the contract's: no return says it
        line = open_up(column)
        said = values.where((values.lines < 0) | detailed).of(champ)
        line.parts, line.nombre = said.sums()
        line.total = consolidated.get(column)
        autres = values.of(*(c for c, _ in input_fields if c != champ)).retained.rows
        if fixed is None:
            retained = said.retained
            line.apart.append((retained.where(~np.isin(retained.rows, autres)).total_of, "sans l’autre terme du taux"))
        in_detail = values.where((values.lines >= 0) & refused).of(champ).retained
        detail = in_detail.where(np.isin(in_detail.rows, autres)).total_of
        if detail is not None:
            line.parts[RETAINED] = line.parts.get(RETAINED, 0) + detail
            line.notes.append(f"{number_fr(detail)} lu dans le détail, à la place d’un total refusé")
        remaining = (line.parts.get(RETAINED) or 0) - sum(v or 0 for v, _ in line.apart)
        if line.total is None and remaining:
            line.apart.append((remaining, "sans total, car les échelles diffèrent ou ne sont pas précisées"))
        yield line


def _counted(
    _: Contrat,
    mesure: Mesure,
    values: MesureValues,
    consolidated: Mapping[str, Any],
    open_up: Callable[[str], ReconciliationLine],
) -> Iterator[ReconciliationLine]:
    """What is no sum (a mean, a state, a text): how many answers were given, and how many were retained."""
    line = open_up("Réponses")
    statements = values.of(COUNTED[mesure.agregation])
    line.parts, line.nombre = dict(Counter(statements.classes)), len(statements.classes)
    line.total = line.parts.get(RETAINED)
    if line.total and consolidated.get("Valeur") is None:
        line.notes.append("réponses qui ne font pas une seule valeur")
    yield line
