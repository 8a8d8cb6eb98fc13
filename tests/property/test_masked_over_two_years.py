"""What leaves over two years, read together by someone who can count: no masked count is found again.

The adversary knows how the measures of an indicator add up, tries every set of numbers that agrees with all that is
shown in last year's copy and in this year's, and shares no code with what masks.
"""

from dataclasses import replace
from itertools import product

import pandas as pd
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from cls_workbook.domain.model import Fiche, Indicateur
from cls_workbook.summaries.masking import mask_indicateurs
from tests.support.written_frames import contrat, mesure

THRESHOLD = 3
PARTS = ("A", "B", "C")
SENSITIVE = ("A", "B")
# A and B make up a subtotal, with C the total; a rate is said of the persons of A among those of the total.
SUMS = {"SUB": ("A", "B"), "ALL": ("A", "B", "C")}
MEASURES = (*PARTS, *SUMS)
ASKED = {
    **{m: replace(mesure("PERSONNES", petits_effectifs=m in SENSITIVE), id=m) for m in MEASURES},
    "R": replace(mesure("RATIO", "taux"), id="R"),
}


def printed(*indicateurs):
    """A contract whose one fiche prints its measures under these indicators (each a tuple of measures)."""
    fiche = Fiche(
        *("1.1", "Action d’essai", "1"),
        porteurs=("a",),
        indicateurs=tuple(
            Indicateur(f"1.1-I0{rank}", "Indicateur d’essai", "compte", tuple(ASKED[m] for m in its_own))
            for rank, its_own in enumerate(indicateurs, 1)
        ),
    )
    return contrat(fiche=fiche, seuil_petits_effectifs=THRESHOLD)


CONTRAT = printed((*MEASURES, "R"))
LAYOUTS = (CONTRAT, printed(("A", "B"), ("SUB",), ("C", "ALL", "R")), printed(*((m,) for m in ASKED)))
COLUMNS = (
    *("Indicateur", "Mesure", "Unité", "Agrégation"),
    *("Valeur n-1", "Valeur", "Numérateur", "Dénominateur", "Réserve"),
)


def figures(parts):
    """The counts of a year: parts, and what they add up to."""
    known = dict(zip(PARTS, parts, strict=True))
    return known | {total: sum(known[p] for p in its_own) for total, its_own in SUMS.items()}


def copy(now, before, its_contrat=CONTRAT):
    """The table that leaves for a year, of which ``now`` are the figures, after a year of ``before``."""
    lines = [
        (
            "I",
            m,
            "personne" if m in PARTS else "Personnes",
            "PERSONNES",
            (before or {}).get(m),
            now[m],
            None,
            None,
            None,
        )
        for m in MEASURES
    ]
    rate = (now["A"] / now["ALL"], now["A"], now["ALL"]) if now["ALL"] else (None, None, None)
    past_rate = (before["A"], before["ALL"]) if before else (None, None)
    past_value = before["A"] / before["ALL"] if before and before["ALL"] else None
    lines.append(("I", "R", None, "RATIO", past_value, *rate, None))
    table = pd.DataFrame(lines, columns=list(COLUMNS), dtype=object)
    masked = mask_indicateurs(its_contrat, table, {"R": past_rate})
    return {r["Mesure"]: {c: None if pd.isna(v) else v for c, v in r.items()} for r in masked.to_dict("records")}


def agrees(trial, shown, column):
    """Does a set of figures agree with a column of a copy?"""
    for m in MEASURES:
        if shown[m][column] is not None and shown[m][column] != trial[m]:
            return False
    rate = shown["R"][column]
    if column == "Valeur" and shown["R"]["Numérateur"] is not None:
        return (trial["A"], trial["ALL"]) == (shown["R"]["Numérateur"], shown["R"]["Dénominateur"])
    return rate is None or bool(trial["ALL"]) and trial["A"] / trial["ALL"] == rate


def found_again(true, *columns_shown):
    """The sensitive small counts that are the same in every set of figures that agrees with all that is shown."""
    hidden = {p for p in PARTS if all(shown[p][column] is None for shown, column in columns_shown)}
    bounds = [
        range(1, THRESHOLD + 1)
        if p in hidden and p in SENSITIVE and 0 < true[p] <= THRESHOLD
        else range(40)
        if p in hidden
        else (true[p],)
        for p in PARTS
    ]
    all_trials = [t for t in map(figures, product(*bounds)) if all(agrees(t, s, c) for s, c in columns_shown)]
    assert true in all_trials
    return {p for p in SENSITIVE if 0 < true[p] <= THRESHOLD and len({t[p] for t in all_trials}) == 1}


COUNTS = st.tuples(*(st.one_of(st.integers(0, 4), st.integers(0, 30)) for _ in PARTS))


@given(COUNTS, COUNTS, COUNTS, st.sampled_from(LAYOUTS))
@settings(max_examples=30, deadline=None)
@example((25, 3, 40), (25, 3, 40), (2, 30, 0), LAYOUTS[0])
@example((25, 3, 40), (25, 3, 40), (2, 30, 0), LAYOUTS[1])
@example((1, 1, 20), (3, 3, 4), (1, 2, 0), LAYOUTS[2])
def test_two_copies_read_together_give_no_masked_count(first, second, third, layout):
    """Whichever indicators of the fiche hold the measures."""
    years = [figures(y) for y in (first, second, third)]
    copies = [copy(years[0], None, layout), copy(years[1], years[0], layout), copy(years[2], years[1], layout)]
    for rank, true in enumerate(years[:2]):
        assert found_again(true, (copies[rank], "Valeur"), (copies[rank + 1], "Valeur n-1")) == set()
    assert found_again(years[2], (copies[2], "Valeur")) == set()


def test_a_year_is_masked_alike_in_its_own_copy_and_in_the_next_one():
    past = figures((25, 3, 40))
    own, after = copy(past, None), copy(figures((20, 21, 22)), past)
    for m in MEASURES:
        assert own[m]["Valeur"] == after[m]["Valeur n-1"], m
    assert own["A"]["Valeur"] is None and own["B"]["Valeur"] is None and own["SUB"]["Valeur"] == 28


def test_the_adversary_finds_what_is_masked_by_itself_alone():
    """He would have spoken: with the small count masked and nothing else, the difference gives it."""
    true = figures((25, 3, 40))
    shown = {m: {"Valeur": None if m == "B" else true[m], "Numérateur": None} for m in MEASURES} | {
        "R": {"Valeur": None, "Numérateur": None}
    }
    assert found_again(true, (shown, "Valeur")) == {"B"}


@pytest.mark.parametrize(
    "units", [("personne", "personnes"), ("Personne", "personnes"), ("jeune suivi", "jeunes suivis")]
)
def test_units_of_one_word_in_the_singular_and_the_plural_add_up(units):
    lines = [
        ("I", m, unit, "PERSONNES", None, value, None, None, None)
        for m, unit, value in (("ALL", units[1], 28), ("A", units[0], 25), ("B", units[0], 3))
    ]
    masked = mask_indicateurs(CONTRAT, pd.DataFrame(lines, columns=list(COLUMNS), dtype=object))
    assert [None if pd.isna(v) else v for v in masked["Valeur"]] == [28, None, None]


def test_a_rate_that_says_the_masked_count_goes_too():
    """3 of 28 is not said of a measure that is not marked, where 3 is masked beside it."""
    shown = copy(figures((3, 25, 20)), None)
    assert shown["A"]["Valeur"] is None and shown["R"]["Numérateur"] is None and shown["R"]["Valeur"] is None
