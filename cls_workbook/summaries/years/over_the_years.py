"""How the values of several years make one figure, or why they make none. Pure: plain values in, plain values out."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from decimal import Decimal
from typing import Any

from cls_workbook.french import NBSP, number_fr
from cls_workbook.reading.storing.wide_views import total_of
from cls_workbook.summaries.aggregation import RULES, SEPARATOR, Number, spellings, without_hyphens


def sur_les_annees(agregation: str, series: Mapping[int, Any], initial: Decimal | None = None) -> tuple[object, str]:
    """(one figure for several years or None, a French sentence that says what it is).

    ``series``: year → value, None where unknown. What a value is depends on the code: a number; for ENTITES the
    names (a collection of str) or, failing that, a count; for RATIO the pair (numerator, denominator); else a text.
    ``initial``: what a stock was before the contract. KeyError for an aggregation code that does not exist.
    """
    known_years = {annee: series[annee] for annee in sorted(series) if series[annee] is not None}
    if agregation not in RULES:
        raise KeyError(agregation)
    if not known_years:
        return None, "aucune année renseignée"
    extent = _extent(series, known_years)
    match agregation:
        case "FLUX":
            return total_of(known_years.values()), f"somme {extent}"
        case "STOCK":
            return _last_stock(known_years, initial)
        case "CUMUL" | "CONTEXTE":
            return _last_stock(known_years, initial)
        case "PREMIERE_DATE" | "DERNIERE_DATE" | "DATES":
            last = max(known_years)
            return known_years[last], f"dernière réponse connue ({last})"
        case "JALON":
            last = max(known_years)
            return known_years[last], f"dernier état connu ({last})"
        case "ENTITES":
            return _distinct_entities(known_years, extent)
        case "RATIO":
            return _cumulated_ratio(known_years, extent)
        case "UNION":
            words = spellings(word for texte in known_years.values() for word in str(texte).split(SEPARATOR))
            return SEPARATOR.join(words.values()), f"union {extent}"
        case "TEXTE":
            return "\n".join(f"{annee}{NBSP}: {texte}" for annee, texte in known_years.items()), f"textes {extent}"
        case "PERSONNES":
            reason = "une même personne peut revenir d’une année sur l’autre, les années ne s’additionnent pas"
        case _:
            reason = "les moyennes et les taux de satisfaction ne se cumulent pas d’une année sur l’autre"
    return None, f"série{NBSP}: {reason}"


def _extent(series: Mapping[int, Any], known_years: Mapping[int, Any]) -> str:
    annees = sorted(series)
    period = f"de {annees[0]} à {annees[-1]}" if len(annees) > 1 else f"de {annees[0]}"
    how_many = f"{len(known_years)} année{'s' * (len(known_years) > 1)}"
    return period if len(known_years) == len(annees) else f"{period}, partielle ({how_many} sur {len(annees)})"


def _last_stock(known_years: Mapping[int, Number], initial: Decimal | None) -> tuple[Number, str]:
    last = max(known_years)
    valeur = known_years[last]
    if initial is None:
        return valeur, f"dernière valeur connue ({last})"
    gap = valeur - initial
    sign = "+" if gap > 0 else ""
    return valeur, f"dernière valeur connue ({last}), écart à la valeur initiale{NBSP}: {sign}{number_fr(gap)}"


def _distinct_entities(known_years: Mapping[int, Any], extent: str) -> tuple[int | None, str]:
    """A year that counts none needs no names."""
    counts = {a: len(set(v)) if isinstance(v, Collection) else v for a, v in known_years.items()}
    counting = {a: v for a, v in known_years.items() if counts[a]}
    if all(isinstance(v, Collection) and not isinstance(v, str) for v in counting.values()):
        distinct = {without_hyphens(str(nom)) for names in counting.values() for nom in names}
        return len(distinct), f"noms distincts {extent}"
    if len(counting) == 1:
        (annee,) = counting
        word = "une seule année renseignée" if len(counts) == 1 else "une seule année en compte"
        return counts[annee], f"{word} ({annee})"
    return None, f"non dédoublonné{NBSP}: entre {number_fr(max(counts.values()))} et {number_fr(sum(counts.values()))}"


def _cumulated_ratio(known_years: Mapping[int, Any], extent: str) -> tuple[Decimal | None, str]:
    if not all(isinstance(v, tuple) and len(v) == 2 for v in known_years.values()):
        return None, f"série{NBSP}: sans numérateurs ni dénominateurs, les taux ne se cumulent pas"
    top, bottom = (sum(v[rank] for v in known_years.values()) for rank in (0, 1))
    if not bottom:
        return None, "dénominateur nul"
    return Decimal(top) / Decimal(bottom), f"somme des numérateurs sur somme des dénominateurs {extent}"
