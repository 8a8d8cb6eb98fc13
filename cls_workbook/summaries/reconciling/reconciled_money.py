"""The money of the reconciliation: what returns say of each amount and cost, against what was consolidated."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from decimal import ROUND_HALF_UP, Decimal
from itertools import groupby
from operator import itemgetter
from typing import Any, NamedTuple

import pandas as pd

from cls_workbook.domain.asked.money_questions import EXPENDITURE_POSTS
from cls_workbook.domain.model import Contrat
from cls_workbook.french import amount_fr
from cls_workbook.reading.storing.wide_views import total_of
from cls_workbook.summaries.reconciling.reconciliation_lines import RETAINED, ReconciliationLine
from cls_workbook.summaries.reconciling.typed_inputs import TypedInputs, tell_unreadable
from cls_workbook.tables.consolidation_tables import EXPENDITURE, FINANCEMENT
from cls_workbook.tables.table_frames import frame_records

AMOUNTS = {"prevu": "Prévu", "engage": "Engagé", "verse": "Versé"}
_VALUED = "saisi comme versé d’une valorisation, donc dans aucune somme versée"
_CENT = Decimal("0.01")


class AmountSum(NamedTuple):
    """Of one amount of a fiche. ``parts``: class → EUR; ``detail``: what was taken from the posts, in the place of
    totals that were refused."""

    parts: dict[str, Any]
    nombre: int
    detail: Any = None


def money(
    contrat: Contrat,
    saisies: TypedInputs,
    par_fiche: pd.DataFrame,
    par_financeur: pd.DataFrame,
    lines: Sequence[Mapping[str, Any]],
    unreadable: Counter[tuple[str, str]],
) -> Iterator[ReconciliationLine]:
    """What all fiches make together comes first."""
    amounts, costs = _amounts(saisies), _costs(saisies)
    for champ, column in AMOUNTS.items():
        line = ReconciliationLine(FINANCEMENT, None, None, column, "Tous financeurs", money=True)
        line.total = total_of(par_financeur[column])
        for parts, nombre, _ in (s for (_, c), s in amounts.items() if c == champ):
            line.parts = {c: line.parts.get(c, 0) + parts.get(c, 0) for c in line.parts | parts}
            line.nombre += nombre
        if champ == "verse":
            line.apart.append((total_of(li["verse_valorise"] for li in lines), _VALUED))
        line.notes += tell_unreadable(sum(n for (_, c), n in unreadable.items() if c == champ))
        yield _to_the_cent(line)
    for consolidated in frame_records(par_fiche):
        if (fiche := consolidated["Fiche"]) in contrat.par_fiche:
            its_own, theirs = (
                [li for li in lines if li["fiche"] == fiche],
                {c: amounts.get((fiche, c)) for c in AMOUNTS},
            )
            yield from _money_of_fiche(consolidated, theirs, its_own, unreadable)
            yield _cost(fiche, consolidated["Coût réalisé"], costs.get(fiche), unreadable)


def _amounts(saisies: TypedInputs) -> dict[tuple[str, str], AmountSum]:
    """(fiche, champ) → its sum over all funding lines, made batch after batch."""
    parts: dict[tuple[str, str], dict[str, Any]] = {}
    numbers: Counter[tuple[str, str]] = Counter()
    for _, fiche, champ, content, class_ in saisies.of_block("financement", AMOUNTS):
        its_own = parts.setdefault((fiche, champ), {})
        its_own[class_] = its_own.get(class_, 0) + content
        numbers[fiche, champ] += 1
    return {cle: AmountSum(its_own, numbers[cle]) for cle, its_own in parts.items()}


def _costs(saisies: TypedInputs) -> dict[str, AmountSum]:
    """Fiche → the cost that returns say: their total; where one gives none, the sum of its posts. What a return says
    stands together."""
    costs: dict[str, AmountSum] = {}
    typed = saisies.of_block("depenses", ("total", *EXPENDITURE_POSTS))
    for (_, fiche), its_own in groupby(typed, key=itemgetter(0, 1)):
        statements = [(champ == "total", content, class_) for _, _, champ, content, class_ in its_own]
        totaux = [class_ for in_all, _, class_ in statements if in_all]
        before = costs.get(fiche, AmountSum({}, 0))
        parts, nombre, detail = dict(before.parts), before.nombre, before.detail
        for in_all, content, class_ in statements:
            if in_all or not totaux:
                parts[class_] = parts.get(class_, 0) + content
                nombre += 1
            elif class_ == RETAINED and RETAINED not in totaux:
                parts[RETAINED] = parts.get(RETAINED, 0) + content
                detail = total_of((detail, content))
        costs[fiche] = AmountSum(parts, nombre, detail)
    return costs


def _money_of_fiche(
    consolidated: Mapping[str, Any],
    amounts: Mapping[str, AmountSum | None],
    lines: Sequence[Mapping[str, Any]],
    unreadable: Counter[tuple[str, str]],
) -> Iterator[ReconciliationLine]:
    fiche = consolidated["Fiche"]
    others = ("ARS hors maquette", "Cofinancements", "Valorisation")
    for champ, column, elsewhere in (("engage", "Engagé", others), ("verse", "Versé", ())):
        label = "Toutes natures" if elsewhere else "Maquette"
        line = ReconciliationLine(FINANCEMENT, fiche, None, column, label, money=True)
        line.parts, line.nombre, _ = amounts[champ] or AmountSum({}, 0)
        line.total = total_of(consolidated[c] for c in (column, *elsewhere))
        unsaid = total_of(li[champ] for li in lines if li["niveau"] is None)
        line.apart.append((unsaid, "sans nature, donc dans aucun sous-total"))
        if not elsewhere:
            outside = total_of(li[champ] for li in lines if li["niveau"] not in (None, "maquette"))
            line.apart.append((outside, "autres natures que la maquette"))
            line.apart.append((total_of(li["verse_valorise"] for li in lines), _VALUED))
        line.notes += tell_unreadable(unreadable[fiche, champ])
        yield _to_the_cent(line)


def _cost(fiche: str, total: Any, cost: AmountSum | None, unreadable: Counter[tuple[str, str]]) -> ReconciliationLine:
    line = ReconciliationLine(EXPENDITURE, fiche, None, "Coût réalisé", "Dépenses de l’année", total=total, money=True)
    line.parts, line.nombre, detail = cost or AmountSum({}, 0)
    if detail is not None:
        line.notes.append(f"{amount_fr(detail)} pris dans les postes, à la place d’un total refusé")
    line.notes += tell_unreadable(unreadable[fiche, "total"])
    return _to_the_cent(line)


def _to_the_cent(line: ReconciliationLine) -> ReconciliationLine:
    """Totals are rounded once, at the end: what it moves is told."""
    line.parts = {c: Decimal(v) for c, v in line.parts.items()}
    kept = sum(v for c, v in line.parts.items() if c == RETAINED) - sum(v or 0 for v, _ in line.apart)
    rounded = kept.quantize(_CENT, rounding=ROUND_HALF_UP) if isinstance(kept, Decimal) else kept
    if kept != rounded:
        line.apart.append((kept - rounded, "arrondi au centime"))
    return line
