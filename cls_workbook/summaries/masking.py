"""Small counts hidden in what leaves: 1 to ``threshold`` persons may let someone be recognised.

0 hides nothing and stays; a blank stays blank. Pure: frames in, frames out; nothing is masked in the coordinator's own
tables.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Hashable, Mapping
from decimal import Decimal
from typing import Any, Protocol

import pandas as pd

from cls_workbook.domain.announced.contrat_parts import FollowUp
from cls_workbook.domain.model import Fiche, Indicateur, Mesure
from cls_workbook.domain.small_counts import is_identifying_rate, small
from cls_workbook.french import NBSP, fold
from cls_workbook.summaries.aggregation import AS_RATE, SEPARATOR
from cls_workbook.summaries.deducible_counts import LeavingCount, lines_to_mask
from cls_workbook.tables.described_columns import Row
from cls_workbook.tables.table_frames import frame_records

MASKED = "masqué"  # of the year's figure; what is said of last year's is never that word alone
DEDUCED = f"{MASKED} (il donnerait un petit effectif par différence)"
_MASKED_BEFORE = "valeur n-1 masquée"
_DEDUCED_BEFORE = f"{_MASKED_BEFORE} (elle donnerait un petit effectif par différence)"
_UNTOLD_BEFORE = "taux n-1 non repris (ses effectifs ne sont pas connus)"
RateTerms = tuple[Any, Any]  # numerator and denominator of a rate, None where not known
_FIGURES = ("Valeur", "Numérateur", "Dénominateur")
ADDITIVES = ("FLUX", "PERSONNES", "ENTITES", "STOCK", "CUMUL")
_N = rf"(\d[\d {NBSP}]*)"
_COUNTS_TOLD = re.compile(
    rf"entre {_N} et {_N}|\(total des déclarations{NBSP}?: ?{_N}\)|total des déclarations{NBSP}: {_N}"
)


class SmallCountRules(Protocol):
    """What masking asks of a contract."""

    @property
    def by_mesure(self) -> Mapping[str, tuple[Fiche, Indicateur, Mesure]]: ...

    @property
    def follow_up(self) -> FollowUp: ...


def mask_indicateurs(
    contrat: SmallCountRules,
    indicateurs: pd.DataFrame,
    past_terms: Mapping[str, RateTerms] | None = None,
    concealed: Collection[str] = (),
    concealed_before: Collection[str] = (),
) -> pd.DataFrame:
    """The table ``Indicateurs`` with the small counts of ``petits_effectifs`` measures left out; Réserve says so.

    Neither do those leave that would give them away (``deducible_counts``): each year is looked at by itself, with what
    is known of it alone, so that a year is masked alike in the copy of that year and in the next one's; last year's
    rate goes unless it is known to speak of many. ``past_terms``: measure → last year's terms; ``concealed``,
    ``concealed_before``: the measures that go besides, this year and last year, for what other years say.
    """
    lines, past = frame_records(indicateurs), past_terms or {}
    now = _to_mask(contrat, lines, "Valeur", {li["Mesure"]: (li["Numérateur"], li["Dénominateur"]) for li in lines})
    before = _to_mask(contrat, lines, "Valeur n-1", past)
    now, before = now.union(concealed), before.union(concealed_before)
    masked = [_masked(contrat, li, past.get(li["Mesure"], (None, None)), now, before) for li in lines]
    return pd.DataFrame(masked, columns=indicateurs.columns, dtype=object)


def _to_mask(contrat: SmallCountRules, lines: list[Row], column: str, terms: Mapping[str, RateTerms]) -> set[Hashable]:
    """The measures whose counts of one year go: small, or such that small ones could be worked out from them. Among the
    measures of a fiche: counts of one unit (« personne » or « personnes »), and both terms of rates."""
    groups: dict[tuple[str, str], dict[Hashable, LeavingCount]] = {}
    for line in lines:
        if line["Agrégation"] in ADDITIVES and (count := count_of(line[column])) is not None:
            counts = groups.setdefault((contrat.by_mesure[line["Mesure"]][0].numero, counted_unit(line["Unité"])), {})
            counts[line["Mesure"]] = leaving(contrat, line["Mesure"], count)
    for line in lines:
        of_rate = list(enumerate(map(count_of, terms.get(line["Mesure"], ())))) if line["Agrégation"] in AS_RATE else []
        for (fiche, _), counts in groups.items():
            counts |= {
                (line["Mesure"], rank): leaving(contrat, line["Mesure"], count)
                for rank, count in of_rate
                if count is not None and fiche == contrat.by_mesure[line["Mesure"]][0].numero
            }
    return {li for counts in groups.values() for li in lines_to_mask(counts, contrat.follow_up.seuil_petits_effectifs)}


def counted_unit(unite: object) -> str:
    """« personne » and « Personnes » are one unit: counts of it may be differences of each other."""
    return " ".join(word.rstrip("sx") for word in fold(str(unite or "")).split())


def leaving(contrat: SmallCountRules, mesure: str, count: int | Decimal) -> LeavingCount:
    _, indicateur, asked = contrat.by_mesure[mesure]
    return LeavingCount(count, asked.petits_effectifs, mesure, indicateur.id)


def count_of(value: object) -> int | Decimal | None:
    """A count as it is compared: 3.0, as a workbook that was read again has it, is 3."""
    if isinstance(value, bool) or not isinstance(value, (int, float, Decimal)) or value != value:
        return None
    exact = Decimal(repr(value)) if isinstance(value, float) else value
    return int(exact) if exact == int(exact) else exact


def _masked(
    contrat: SmallCountRules, line: Row, past_terms: RateTerms, now: set[Hashable], before: set[Hashable]
) -> Row:
    mesure, threshold = contrat.by_mesure[line["Mesure"]][2], contrat.follow_up.seuil_petits_effectifs
    if not mesure.petits_effectifs and mesure.id not in now | before:
        return line
    if mesure.agregation in AS_RATE:
        few = is_identifying_rate(line["Numérateur"], line["Dénominateur"], threshold)
        few_before = is_identifying_rate(*past_terms, threshold)
        untold = None in past_terms
    else:
        few, few_before, untold = small(line["Valeur"], threshold), small(line["Valeur n-1"], threshold), False
    hidden, masked, why = few or mesure.id in now, dict(line), f"(effectif de 1 à {threshold})"
    said = str(line["Réserve"]).split(SEPARATOR) if line["Réserve"] else []
    reserves = [r for r in (_without_small_number(r, threshold, hidden) for r in said) if r]
    if hidden and any(line[c] is not None for c in _FIGURES):
        masked |= dict.fromkeys(_FIGURES)
        reserves.append(f"{MASKED} {why}" if few else DEDUCED)
    if line["Valeur n-1"] is not None and (few_before or untold or mesure.id in before):
        masked["Valeur n-1"] = None
        reserves.append(f"{_MASKED_BEFORE} {why}" if few_before else _UNTOLD_BEFORE if untold else _DEDUCED_BEFORE)
    return masked | {"Réserve": SEPARATOR.join(reserves) or None}


def is_masked(reserve: object) -> bool:
    """Does the Réserve of a measure say that the figure of its year is known, and masked?"""
    return any(said.startswith(f"{MASKED} (") for said in str(reserve or "").split(SEPARATOR))


def _without_small_number(reserve: str, threshold: int, hidden: bool) -> str:
    """A reserve that gives counts (« entre 3 et 5 », « total des déclarations : 7 ») without them, if one is small, or
    if the figure that they speak of is ``hidden``."""
    counts = _COUNTS_TOLD.search(reserve)
    if counts is None or not (hidden or any(small(int(re.sub(r"\D", "", n)), threshold) for n in counts.groups() if n)):
        return reserve
    return reserve[: counts.start()].rstrip(f" :({NBSP}")
