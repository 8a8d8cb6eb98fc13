"""The noyau over contracts: each question added by its own rule, how far it is filled in, how contracts differ. Pure.

Only what the copies show is used: a masked answer enters no sum, no spread and no comparison of years, so that nothing
of it can be found by subtraction from the region.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from statistics import median
from typing import Any

from cls_workbook.french import NBSP, date_fr, how_many, number_fr
from cls_workbook.reading.storing.wide_views import total_of
from cls_workbook.reports.agency.agency_tables import NOYAU_ANSWERS, PROVISOIRE
from cls_workbook.reports.region.agency_copies import ContratCopy
from cls_workbook.reports.region.region_noyau_tables import REGIONAL_ANSWERS, REGIONAL_FILLING, REGIONAL_MESURES
from cls_workbook.summaries.aggregation import AS_RATE, SEPARATOR
from cls_workbook.summaries.masking import is_masked
from cls_workbook.tables import noyau_table as told
from cls_workbook.tables.described_columns import DescribedTable, Row

_SUMS = ("FLUX", "PERSONNES", "CUMUL", "STOCK")
_NOT_ADDED = {
    "MOYENNE": "moyennes non additionnées",
    "CONTEXTE": "valeurs de contexte non additionnées",
    "UNION": "listes non réunies",
    "TEXTE": "textes non réunis",
}
_TITLES = {
    told.UNAVAILABLE: "Non disponibles",
    told.NOT_APPLICABLE: "Sans objet",
    told.UNCLEAR: "Sans valeur commune",
    told.UNANSWERED: "Sans réponse",
}
NO_NOYAU = "ne prend pas de noyau"
PARTICIPATIONS = "participations additionnées sur"  # how the reserve of persons begins


def noyau_lines(copies: Sequence[ContratCopy]) -> dict[DescribedTable, list[Row]]:
    """The rows of the three tables; none at all where no contract takes a noyau in."""
    answers = [line for copy in copies for line in _answers(copy)]
    if not answers:
        return {}
    return {
        REGIONAL_MESURES: list(_by_question(answers)),
        REGIONAL_ANSWERS: answers,
        REGIONAL_FILLING: [_filling(copy) for copy in copies],
    }


def _answers(copy: ContratCopy) -> Iterator[Row]:
    who = {t: copy.contrat[t] for t in ("Contrat", "Nom court", "Territoire", "Année")}
    for rank, line in enumerate(copy.lines.get(NOYAU_ANSWERS, ())):
        where = copy.where(NOYAU_ANSWERS, rank, ["Valeur", "État"])
        yield who | line | where | {"provisoire": copy.contrat["État"] == PROVISOIRE}


def counts(lines: Sequence[Row]) -> Row:
    """How many questions, or contracts, are asked, answered, estimated, not available…, and the rate of filling."""
    states = Counter(str(line["État"]) for line in lines)
    answered = states[told.ANSWERED] + states[told.ESTIMATED]
    asked = len(lines) - states[told.NOT_APPLICABLE]
    return {
        "Posées": asked,
        "Renseignées": answered,
        "dont estimées": states[told.ESTIMATED],
        **{titre: states[state] for state, titre in _TITLES.items()},
        "Taux de remplissage": Decimal(answered) / asked if asked else None,
    }


def _filling(copy: ContratCopy) -> Row:
    lines = copy.lines.get(NOYAU_ANSWERS, [])
    first = lines[0] if lines else {"Noyau": None, "Version": None}
    said = NO_NOYAU if not lines else "bilan provisoire" if copy.contrat["État"] == PROVISOIRE else None
    who = {t: copy.contrat[t] for t in ("Contrat", "Nom court", "Territoire", "Année")}
    place = copy.where(NOYAU_ANSWERS, 0, ["État"]) if lines else {"Fichier": copy.file}
    filled = counts(lines) if lines else {}
    return who | {"Noyau": first["Noyau"], "Version": first["Version"], "Précision": said} | filled | place


# --- A question over contracts --------------------------------------------------------------------------------------

Question = tuple[str, str, str, str]  # noyau, measure, unit, way of bringing together: what is one and the same


def _key(line: Row) -> Question:
    return str(line["Noyau"]), str(line["Mesure"]), str(line["Unité"] or ""), str(line["Agrégation"])


def _by_question(answers: Sequence[Row]) -> Iterator[Row]:
    """Year after year, in the order of the noyau."""
    groups: dict[tuple[int, Question], list[Row]] = {}
    for line in answers:
        groups.setdefault((int(line["Année"]), _key(line)), []).append(line)
    for (annee, key), lines in sorted(groups.items(), key=lambda g: (g[0][1][0], g[0][0], g[0][1])):
        figure, reserves = added(lines)
        asked_years = {a for a, other in groups if other[0] == key[0]}
        before = groups.get((annee - 1, key), [])
        changed = _said(lines, told.changed_in(annee)) if before or annee - 1 not in asked_years else []
        before = [] if changed else before
        reworded = _said(lines, told.reworded_in(annee))
        reserves += [*changed, *reworded, *_changes(annee, key, groups.keys(), asked_years)]
        same = {t: lines[0][t] for t in REGIONAL_MESURES.titles if t in NOYAU_ANSWERS.titles}
        yield (
            same
            | {"Année": annee}
            | counts(lines)
            | {"Masquées": sum(map(_is_masked, lines))}
            | figure
            | spread(lines)
            | _over_a_year(lines, before)
            | {"Réserve": SEPARATOR.join(reserves) or None}
        )


def _said(lines: Iterable[Row], start: str) -> list[str]:
    """What the copies say that only the definition of the noyau shows: under the same unit, other categories, another
    sort of input, other words."""
    said = (part for li in lines for part in str(li["Réserve"] or "").split(SEPARATOR))
    return list(dict.fromkeys(part for part in said if part.startswith(start)))


def _is_masked(line: Row) -> bool:
    return is_masked(line["Réserve"])


def _known(lines: Iterable[Row]) -> list[Row]:
    """Those that show a number; of a rate, those that show its terms."""
    return [
        li for li in lines if isinstance(li["Valeur"], (int, float, Decimal)) and not isinstance(li["Valeur"], bool)
    ]


def added(lines: Sequence[Row]) -> tuple[Row, list[str]]:
    """What contracts make together by the rule of the question, and what that does not say alone."""
    agregation, known = str(lines[0]["Agrégation"]), _known(lines)
    if agregation == "JALON":
        known = [li for li in lines if li["Valeur"] is not None]  # a step is a word
    reserves = _common_caveats(lines, known)
    figure: Row = {"Valeur": None, "Numérateur": None, "Dénominateur": None, "Contrats comptés": len(known)}
    if agregation in AS_RATE:
        terms = [li for li in known if li["Numérateur"] is not None and li["Dénominateur"] is not None]
        if len(terms) < len(known):
            reserves.append(f"{how_many(len(known) - len(terms), 'contrat')} sans les deux termes")
        return figure | _rate(terms) | {"Contrats comptés": len(terms)}, reserves
    if agregation == "JALON":
        steps = Counter(str(li["Valeur"]) for li in lines if li["Valeur"] is not None)
        told_steps = ", ".join(f"{step}{NBSP}: {n}" for step, n in sorted(steps.items()))
        return figure | {"Contrats comptés": steps.total()}, [*filter(None, [told_steps]), *reserves]
    if agregation in _NOT_ADDED:
        return figure, [_NOT_ADDED[agregation], *reserves]
    total = total_of(li["Valeur"] for li in known)
    if agregation not in _SUMS and sum(bool(li["Valeur"]) for li in known) > 1:
        bounds = f"entre {number_fr(max(li['Valeur'] for li in known))} et {number_fr(total)}"
        return figure, [f"non dédoublonné{NBSP}: {bounds}", *reserves]
    if agregation == "PERSONNES" and len(known) > 1:
        reserves.insert(0, f"{PARTICIPATIONS} {len(known)} contrats, et non personnes différentes")
    return figure | {"Valeur": total}, reserves


def _rate(lines: Sequence[Row]) -> Row:
    top, bottom = (total_of(li[t] for li in lines) for t in ("Numérateur", "Dénominateur"))
    return {
        "Valeur": Decimal(str(top)) / Decimal(str(bottom)) if top is not None and bottom else None,
        "Numérateur": top,
        "Dénominateur": bottom,
    }


def _common_caveats(lines: Sequence[Row], known: Sequence[Row]) -> list[str]:
    reserves = []
    dates = sorted({li["Au"] for li in known if li["Au"]})
    if dates:
        reserves.append(f"au {' et au '.join(map(date_fr, dates))}")
    states = (
        (sum(map(_is_masked, lines)), "masquée", " (hors de ces chiffres)"),
        (sum(li["État"] == told.ESTIMATED for li in known), "estimée", ""),
        (sum(bool(li.get("provisoire")) for li in known), "provisoire", ""),
    )
    if said := [how_many(number, word) + more for number, word, more in states if number]:
        reserves.append(f"réponses{NBSP}: {', '.join(said)}")
    versions = sorted({str(li["Version"]) for li in lines})
    if len(versions) > 1:
        reserves.append(f"versions différentes du noyau{NBSP}: {', '.join(versions)}")
    return reserves


def spread(lines: Sequence[Row]) -> Row:
    """The least, the middle and the greatest value of a contract."""
    values = sorted(Decimal(str(li["Valeur"])) for li in _known(lines))
    bounds = (values[0], median(values), values[-1]) if values else (None, None, None)
    return dict(zip(("Minimum", "Médiane", "Maximum"), bounds, strict=True))


def _over_a_year(lines: Sequence[Row], before: Sequence[Row]) -> Row:
    """The same contracts one year after the other: what came or went would else look like a change."""
    now, then = ({li["Contrat"]: li for li in _known(side)} for side in (lines, before))
    both = [contrat for contrat in now if contrat in then]
    blank: Row = {"Contrats communs": len(both)}
    if not both:
        return {"Contrats communs": None}
    values: list[Any] = [added([side[c] for c in both])[0]["Valeur"] for side in (then, now)]
    return blank | dict(zip(("Valeur n-1, contrats communs", "Valeur, contrats communs"), values, strict=True))


def _changes(annee: int, key: Question, all_keys: Iterable[tuple[int, Question]], asked: set[int]) -> list[str]:
    """What a question is not the same as, the year before and the year after."""
    keys = list(all_keys)
    told_changes = []
    if annee - 1 in asked and (annee - 1, key) not in keys:
        former = [k for a, k in keys if a == annee - 1 and k[:2] == key[:2]]
        changed = ", ".join(f"{k[2] or 'sans unité'}, {k[3].lower()}" for k in former)
        told_changes.append(f"{told.changed_in(annee)} (avant{NBSP}: {changed})" if former else f"posée depuis {annee}")
    if annee + 1 in asked and not any(a == annee + 1 and k[:2] == key[:2] for a, k in keys):
        told_changes.append(f"n’est plus demandée en {annee + 1}")
    return told_changes
