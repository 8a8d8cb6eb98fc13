"""How the values of several years make one figure, or why they make none. Pure: plain values in, plain values out."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from decimal import Decimal
from typing import Any

from cls_workbook.french import NBSP, all_of, number_fr
from cls_workbook.reading.storing.wide_views import total_of
from cls_workbook.summaries.aggregation import RULES, SEPARATOR, Number, spellings, without_hyphens


def sur_les_annees(
    agregation: str, series: Mapping[int, Any], initial: Decimal | None = None, year_name: Callable[[int], str] = str
) -> tuple[object, str]:
    """(one figure for several years or None, a French sentence that says what it is, and which years it leaves out).

    ``series``: year → value, None where unknown. What a value is depends on the code: a number; for ENTITES the
    names (a collection of str) or, failing that, a count; for RATIO the pair (numerator, denominator); else a text.
    ``initial``: what a stock was before the contract; ``year_name``: what the contract calls a year. KeyError for an
    aggregation code that does not exist.
    """
    known_years = {annee: series[annee] for annee in sorted(series) if series[annee] is not None}
    if agregation not in RULES:
        raise KeyError(agregation)
    if not known_years:
        return None, "aucune année renseignée"
    extent = _extent(series, known_years, year_name)
    match agregation:
        case "FLUX":
            return total_of(known_years.values()), f"somme {extent}"
        case "STOCK" | "CUMUL" | "CONTEXTE":
            return _last_stock(known_years, initial, year_name)
        case "JALON" | "PREMIERE_DATE" | "DERNIERE_DATE" | "DATES":
            last, said = max(known_years), "dernier état connu" if agregation == "JALON" else "dernière réponse connue"
            return known_years[last], f"{said} ({year_name(last)})"
        case "ENTITES":
            return _distinct_entities(known_years, extent, year_name)
        case "RATIO":
            return _cumulated_ratio(known_years, extent)
        case "UNION":
            words = spellings(word for texte in known_years.values() for word in str(texte).split(SEPARATOR))
            return SEPARATOR.join(words.values()), f"union {extent}"
        case "TEXTE":
            return "\n".join(
                f"{year_name(annee)}{NBSP}: {texte}" for annee, texte in known_years.items()
            ), f"textes {extent}"
        case "PERSONNES":
            reason = "une même personne peut revenir d’une année sur l’autre, les années ne s’additionnent pas"
        case _:
            reason = "les moyennes et les taux de satisfaction ne se cumulent pas d’une année sur l’autre"
    return None, f"série{NBSP}: {reason}"


def years_in_words(annees: Collection[int], year_name: Callable[[int], str] = str) -> str:
    """« 2025 », « 2025 et 2027 », « 2024, 2026 à 2028 et 2030 »."""
    runs: list[list[int]] = []
    for annee in sorted(annees):
        if runs and annee == runs[-1][-1] + 1:
            runs[-1].append(annee)
        else:
            runs.append([annee])
    return all_of([words for run in runs for words in _run_in_words(list(map(year_name, run)))])


def _run_in_words(names: Sequence[str]) -> Sequence[str]:
    """Of years that follow each other: two are named, more are said by their ends."""
    return names if len(names) < 3 else [f"{names[0]} à {names[-1]}"]


def _extent(series: Mapping[int, Any], known_years: Mapping[int, Any], year_name: Callable[[int], str]) -> str:
    first, *others = sorted(known_years)
    period = f"de {year_name(first)} à {year_name(others[-1])}" if others else f"de {year_name(first)}"
    return period + without(series.keys() - known_years.keys(), year_name)


def without(annees: Collection[int], year_name: Callable[[int], str] = str) -> str:
    """« , sans 2025 »; "" where no year is left out."""
    return f", sans {years_in_words(annees, year_name)}" if annees else ""


def _last_stock(
    known_years: Mapping[int, Number], initial: Decimal | None, year_name: Callable[[int], str]
) -> tuple[Number, str]:
    last = max(known_years)
    valeur = known_years[last]
    if initial is None:
        return valeur, f"dernière valeur connue ({year_name(last)})"
    gap = valeur - initial
    sign = "+" if gap > 0 else ""
    return (
        valeur,
        f"dernière valeur connue ({year_name(last)}), écart à la valeur initiale{NBSP}: {sign}{number_fr(gap)}",
    )


def _distinct_entities(
    known_years: Mapping[int, Any], extent: str, year_name: Callable[[int], str]
) -> tuple[int | None, str]:
    """A year that counts none needs no names."""
    counts = {a: len(set(v)) if isinstance(v, Collection) else v for a, v in known_years.items()}
    counting = {a: v for a, v in known_years.items() if counts[a]}
    if all(isinstance(v, Collection) and not isinstance(v, str) for v in counting.values()):
        distinct = {without_hyphens(str(nom)) for names in counting.values() for nom in names}
        return len(distinct), f"noms distincts {extent}"
    if len(counting) == 1:
        (annee,) = counting
        word = "une seule année renseignée" if len(counts) == 1 else "une seule année en compte"
        return counts[annee], f"{word} ({year_name(annee)})"
    bounds = f"entre {number_fr(max(counts.values()))} et {number_fr(sum(counts.values()))}"
    return None, f"non dédoublonné{NBSP}: {bounds}, {extent}"


def _cumulated_ratio(known_years: Mapping[int, Any], extent: str) -> tuple[Decimal | None, str]:
    if not all(isinstance(v, tuple) and len(v) == 2 for v in known_years.values()):
        return None, f"série{NBSP}: sans numérateurs ni dénominateurs, les taux ne se cumulent pas"
    top, bottom = (sum(v[rank] for v in known_years.values()) for rank in (0, 1))
    if not bottom:
        return None, "dénominateur nul"
    return Decimal(top) / Decimal(bottom), f"somme des numérateurs sur somme des dénominateurs {extent}"
