"""What a campaign adds up to: indicators and their breakdowns. Frames in, frames out.

How answers make one figure is in ``aggregation``. No figure is ever added across fiches.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any, NamedTuple

import pandas as pd

from cls_workbook.domain.announced.contrat_parts import Cible
from cls_workbook.domain.model import Contrat, Fiche, Indicateur, Mesure
from cls_workbook.french import fold
from cls_workbook.reading.storing.value_store import ValueStore
from cls_workbook.reading.storing.wide_views import total_of
from cls_workbook.summaries.aggregation import (
    SEPARATOR,
    Detail,
    MesureAnswer,
    aggregate,
    complete,
    depends_on_detail,
    entity_key,
)
from cls_workbook.summaries.campagne_returns import CampagneRetours, Coverage
from cls_workbook.summaries.computed.computed_figures import ComputedFigure
from cls_workbook.summaries.expected import ExpectedReturns
from cls_workbook.tables.consolidation_tables import INDICATEURS
from cls_workbook.tables.summary_tables import VENTILATIONS
from cls_workbook.tables.table_frames import table_frame

UNSPECIFIED = "non précisée"
GIVEN_ONCE = Coverage(1, 1, "complet (1 sur 1)")


# --- Indicators -----------------------------------------------------------------------------------------------------


def indicateurs(
    contrat: Contrat,
    values: pd.DataFrame | ValueStore,
    planned: pd.DataFrame | ExpectedReturns,
    precedent: Mapping[str, object] | None = None,
    cibles: Mapping[str, Cible] | None = None,
    details_set_aside: Mapping[str, Collection[str]] | None = None,
    computed: Mapping[str, ComputedFigure] | None = None,
) -> pd.DataFrame:
    """The table ``Indicateurs``: one row per measure, in the contract's order.

    ``values``: what is left once refused values are set aside (``what_counts.retain``). ``planned``: the frame of
    ``expected.expected_returns``, or its ``ExpectedReturns``. ``precedent``: measure → last year's value; ``cibles``:
    measure → the target that the year looks at; ``details_set_aside``: as ``what_counts`` has them; ``computed``:
    ``computed_figures``. Rates are shares (0.265 for 26,5 %). A return counts as received for a measure when it gave
    the figure, or said « sans objet ».
    """
    campagne, former, wanted = CampagneRetours(contrat, values, planned), precedent or {}, cibles or {}
    refused, worked_out = details_set_aside or {}, computed or {}

    def beside(id_: str) -> _Beside:
        return _Beside(former.get(id_), wanted.get(id_), refused.get(id_, ()), worked_out.get(id_))

    return table_frame(
        INDICATEURS, (_indicateur(campagne, *where, beside(id_)) for id_, where in contrat.by_mesure.items())
    )


class _Beside(NamedTuple):
    """What stands beside the figure of one measure: last year's, its target, the returns whose detail is refused, what
    the tool computes."""

    former: object
    wanted: Cible | None
    details_set_aside: Collection[str]
    computed: ComputedFigure | None


def _indicateur(
    campagne: CampagneRetours, fiche: Fiche, indicateur: Indicateur, mesure: Mesure, beside: _Beside
) -> tuple[Any, ...]:
    """The line of one measure; what returns say of it is let go before those of the next one are taken up."""
    reponses = campagne.reponses(mesure.id, depends_on_detail(mesure))
    result = aggregate(campagne.contrat, mesure, reponses.values())
    coverage, gaps = campagne.coverage(fiche, indicateur, reponses, result)
    if mesure.agregation == "CONTEXTE" and result.valeur is not None:
        coverage, gaps = GIVEN_ONCE, []  # one source is all that is asked
    asked = mesure.libelle, result.unite or mesure.unite, mesure.agregation, mesure.valeur_initiale
    figure = result.valeur, result.numerateur, result.denominateur
    without_detail = [
        r for r, reponse in reponses.items() if r in beside.details_set_aside and reponse in result.counted
    ]
    if n := len(without_detail):
        gaps.append(f"détail écarté, qui contredit la valeur ({n} retour{'s' * (n > 1)})")
    if beside.computed and beside.computed.differs(*figure):
        gaps.append(str(beside.computed))
    reserve = SEPARATOR.join((*result.reserves, *gaps)) or None
    compared = beside.wanted.valeur if beside.wanted else None, beside.former
    return (fiche.numero, fiche.axe, indicateur.id, mesure.id, *asked, *compared, *figure, *coverage, reserve)


# --- Breakdowns -----------------------------------------------------------------------------------------------------


def ventilations(
    contrat: Contrat, values: pd.DataFrame | ValueStore, mesures: Collection[str] | None = None
) -> pd.DataFrame:
    """The consolidated breakdowns: fiche, mesure, modalite, effectif, numerateur, denominateur (None where not asked).
    ``mesures``: of these only.

    Modalités in the contract's order, then as they first appear. Entities are counted by distinct name; where several
    structures give numbers of entities without names, effectif is None: adding them would count some twice.
    """
    nobody = pd.DataFrame({"fiche": [], "structure": [], "volet": [], "groupe": []}).astype({"groupe": bool})
    campagne = CampagneRetours(contrat, values, nobody)
    lines = []
    for mesure_id, (fiche, _, mesure) in contrat.by_mesure.items():
        if mesure.type == "liste" or (mesures is not None and mesure_id not in mesures):
            continue
        detail = _detail(contrat, mesure, list(campagne.reponses(mesure_id).values()))
        lines += [(fiche.numero, mesure_id, modalite, *numbers) for modalite, numbers in detail.items()]
    return table_frame(VENTILATIONS, lines)


def _detail(contrat: Contrat, mesure: Mesure, reponses: list[MesureAnswer]) -> dict[str, tuple[Any, ...]]:
    """Modalité → (effectif, numérateur, dénominateur)."""
    groups: dict[str, list[tuple[MesureAnswer, Detail]]] = {}
    spelling = {fold(m): m for m in mesure.modalites}
    for reponse in reponses:
        for line in reponse.lines:
            if mesure.ventilation or line.effectif is not None:
                modalite = str(line.modalite or UNSPECIFIED)
                spelling.setdefault(fold(modalite), modalite)
                groups.setdefault(fold(modalite), []).append((reponse, line))
    detail = {}
    for cle in sorted(groups, key=list(spelling).index):
        names = {entity_key(contrat, mesure, str(li.nom)) for _, li in groups[cle] if li.nom}
        declaring = {r for r, li in groups[cle] if li.effectif}
        effectif = len(names) or total_of(li.effectif for _, li in groups[cle])
        if not names and mesure.agregation in ("ENTITES", "STOCK") and len(declaring) > 1:
            effectif = None
        pairs = [(li.numerateur, li.denominateur) for _, li in groups[cle] if complete(li)]
        detail[spelling[cle]] = (effectif, total_of(n for n, _ in pairs), total_of(d for _, d in pairs))
    return detail
