"""A region whose contracts take in a noyau of two versions: copies written by the real writer, and its totals by plain
arithmetic. Nothing of ``cls_workbook.reports.region`` is used.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal as D
from pathlib import Path
from statistics import median

from cls_workbook.reports import table_sheets
from cls_workbook.reports.agency.agency_tables import NOYAU_ANSWERS, NOYAU_DETAILS
from cls_workbook.workbook import writer
from cls_workbook.workbook.description import Workbook
from tests.support import written_region

YEARS = (2024, 2025, 2026, 2027, 2028)
CHANGE = 2026  # the first year of the second version
THRESHOLD = 10
# Question → unit in each version (None: not asked), way of bringing together.
QUESTIONS = {
    "N-01": ("personne", "personne", "PERSONNES"),
    "N-02": ("action", "action", "FLUX"),
    "N-03": (None, "structure", "ENTITES"),
    "N-04": ("atelier", None, "FLUX"),
    "N-05": ("", "", "RATIO"),
    "N-06": ("ETP", "ETP", "STOCK"),
    "N-07": ("semaines", "jours", "MOYENNE"),
    "N-08": ("", "", "JALON"),
}


def takes_it(rank: int) -> bool:
    """One in eight does not."""
    return rank % 8 != 0


def unit(question: str, annee: int) -> str | None:
    """None: that version does not ask it."""
    return QUESTIONS[question][annee >= CHANGE]


def state(question: str, rank: int, annee: int) -> str:
    turn = (rank * 3 + annee + int(question[-1])) % 11
    return {0: "non disponible", 1: "sans réponse", 2: "sans objet", 3: "estimée", 4: "estimée"}.get(turn, "renseignée")


def has_value(question: str, rank: int, annee: int) -> bool:
    return state(question, rank, annee) in ("renseignée", "estimée")


def true_value(question: str, rank: int, annee: int):
    """What the contract knows, masked or not."""
    return {
        "N-01": 4 * rank + annee - 2024,
        "N-02": rank + annee - 2024,
        "N-03": 2 * rank,
        "N-04": 3 * rank,
        "N-05": D(rank) / (2 * rank + annee - 2023),
        "N-06": D(rank) / 2,
        "N-07": D(rank) / 4,
        "N-08": "Oui" if rank % 2 else "Non",
    }[question]


def is_masked(question: str, rank: int, annee: int) -> bool:
    return question == "N-01" and 0 < true_value(question, rank, annee) <= THRESHOLD


def shown(question: str, rank: int, annee: int):
    """None where it is not known, or masked."""
    if not has_value(question, rank, annee) or is_masked(question, rank, annee):
        return None
    return true_value(question, rank, annee)


def rows(rank: int, annee: int) -> list[dict]:
    """The rows of « Données noyau » of one contract and year."""
    lines = []
    for question, (*_, agregation) in QUESTIONS.items() if takes_it(rank) else ():
        if unit(question, annee) is None:
            continue
        value, rate = shown(question, rank, annee), agregation == "RATIO"
        masked = has_value(question, rank, annee) and is_masked(question, rank, annee)
        line = {
            "Noyau": "noyau-essai",
            "Version": "1" if annee < CHANGE else "2",
            "Mesure": question,
            "Libellé": f"Question {question}",
            "Libellé du thème": "Thème A" if question < "N-05" else "Thème B",
            "Santé mentale": "non",
            "Unité": unit(question, annee) or None,
            "Agrégation": agregation,
            "Valeur": value,
            "Numérateur": rank if rate and value is not None else None,
            "Dénominateur": 2 * rank + annee - 2023 if rate and value is not None else None,
            "Au": date(annee, 12, 31) if agregation == "STOCK" else None,
            "État": state(question, rank, annee),
            "Réserve": f"masqué (effectif de 1 à {THRESHOLD})" if masked else None,
        }
        lines.append({t: line.get(t) for t in NOYAU_ANSWERS.titles})
    return lines


# --- Breakdowns: of N-01, by age ------------------------------------------------------------------------------------

AGES = ("moins de 18 ans", "18 à 64 ans", "65 ans et plus")


def ages(rank: int, annee: int) -> list[int | None]:
    """What the copy shows of each age. An odd contract masks the two first; one in five gives no detail."""
    if rank % 5 == 0 or shown("N-01", rank, annee) is None:
        return []
    young, old = rank + annee - 2024, rank
    counts: list[int | None] = [young, true_value("N-01", rank, annee) - young - old, old]
    return [None, None, old] if rank % 2 else counts


def details(rank: int, annee: int) -> list[dict]:
    """The rows of « Données noyau catégories »."""
    who = {
        "Noyau": "noyau-essai",
        "Version": "1" if annee < CHANGE else "2",
        "Mesure": "N-01",
        "Agrégation": "PERSONNES",
    }
    asked = who | {"Libellé": "Question N-01", "Unité": "personne"}
    return [
        dict.fromkeys(NOYAU_DETAILS.titles)
        | asked
        | {"Catégorie": age, "Valeur": count, "Réserve": "masqué (effectif de 1 à 10)" if count is None else None}
        for age, count in zip(AGES, ages(rank, annee) if takes_it(rank) else (), strict=False)
    ]


def write(folder: Path, rank: int, annee: int) -> Path:
    tables = written_region.lines(rank, annee)
    if its_own := rows(rank, annee):
        tables |= {NOYAU_ANSWERS: its_own}
    if its_details := details(rank, annee):
        tables |= {NOYAU_DETAILS: its_details}
    path = folder / f"{annee}-{rank:03}.xlsx"
    sheets = [table_sheets.sheet(table_sheets.from_rows(*table), "essai") for table in tables.items()]
    writer.write(Workbook(sheets, "essai"), path)
    return path


# --- What the region must come to -----------------------------------------------------------------------------------


def expected(question: str, annee: int, ranks: list[int], former: list[int]) -> dict:
    """Of the contracts that were received that year (``ranks``) and the year before (``former``)."""
    agregation = QUESTIONS[question][2]
    taking = [r for r in ranks if takes_it(r)]
    states = [state(question, r, annee) for r in taking]
    known = [r for r in taking if shown(question, r, annee) is not None]
    both = [r for r in known if r in former and takes_it(r) and shown(question, r, annee - 1) is not None]
    if unit(question, annee - 1) != unit(question, annee) or annee == YEARS[0]:
        both = []
    answered = states.count("renseignée") + states.count("estimée")
    asked = len(states) - states.count("sans objet")
    return {
        "Posées": asked,
        "Renseignées": answered,
        "dont estimées": states.count("estimée"),
        "Non disponibles": states.count("non disponible"),
        "Sans objet": states.count("sans objet"),
        "Sans réponse": states.count("sans réponse"),
        "Taux de remplissage": D(answered) / asked,
        "Masquées": sum(has_value(question, r, annee) and is_masked(question, r, annee) for r in taking),
        "provisoires": sum(not written_region.is_valid(r, annee) for r in known),
        "Valeur": total(question, annee, known),
        **spread(question, annee, known if agregation != "JALON" else []),
        "Contrats communs": len(both) if both and agregation != "JALON" else None,
        "Valeur n-1, contrats communs": total(question, annee - 1, both),
        "Valeur, contrats communs": total(question, annee, both),
    }


def expected_filling(rank: int, annee: int) -> dict:
    """Of one contract and year."""
    states = [state(q, rank, annee) for q in QUESTIONS if unit(q, annee) is not None] if takes_it(rank) else []
    asked, answered = len(states) - states.count("sans objet"), states.count("renseignée") + states.count("estimée")
    provisional = None if written_region.is_valid(rank, annee) else "bilan provisoire"
    counted = {"Posées": asked, "Renseignées": answered, "dont estimées": states.count("estimée")}
    counted |= {"Non disponibles": states.count("non disponible"), "Sans réponse": states.count("sans réponse")}
    rate = {"Taux de remplissage": D(answered) / asked if asked else None}
    return counted | rate | {"Précision": provisional} if states else {"Précision": "ne prend pas de noyau"}


def expected_age(age: str, annee: int, ranks: list[int]) -> dict:
    """Over contracts: who gives the category, who masks it, what they make together."""
    given = [ages(r, annee)[AGES.index(age)] for r in ranks if takes_it(r) and ages(r, annee)]
    known = [D(n) for n in given if n is not None]
    bounds = (min(known), median(known), max(known)) if known else (None, None, None)
    counted = {"Contrats": len(given), "Masquées": len(given) - len(known), "Contrats comptés": len(known)}
    figures = {"Valeur": sum(known) if known else None}
    return counted | figures | dict(zip(("Minimum", "Médiane", "Maximum"), bounds, strict=True))


def total(question: str, annee: int, ranks: list[int]):
    agregation = QUESTIONS[question][2]
    if not ranks or agregation in ("MOYENNE", "JALON") or (agregation == "ENTITES" and len(ranks) > 1):
        return None
    if agregation == "RATIO":
        return D(sum(ranks)) / sum(2 * r + annee - 2023 for r in ranks)
    return sum(true_value(question, r, annee) for r in ranks)


def spread(question: str, annee: int, ranks: list[int]) -> dict:
    values = [D(true_value(question, r, annee)) for r in ranks]
    bounds = (min(values), median(values), max(values)) if values else (None, None, None)
    return dict(zip(("Minimum", "Médiane", "Maximum"), bounds, strict=True))
