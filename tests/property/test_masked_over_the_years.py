"""An attack on the years of a contract read together: the copies of each year, and the Évolution of the last one.

The adversary knows how the measures add up, in a year and since the beginning, and tries every set of numbers that
agrees with all that is shown; he shares no code with what masks. The Évolution is drawn from these figures alone
(``tests/unit/test_evolution_for_the_agency.py``).
"""

from dataclasses import replace
from itertools import accumulate, product

import pytest

from cls_workbook.domain.model import Fiche, Indicateur
from cls_workbook.summaries.masking import mask_indicateurs
from cls_workbook.summaries.years.masked_years import leaving_history, masked_years
from cls_workbook.tables.consolidation_tables import HISTORY, INDICATEURS
from cls_workbook.tables.table_frames import frame_of_rows, frame_records
from tests.support.written_frames import contrat, mesure

THRESHOLD, FIRST = 2, 2024
FEW, OTHERS, ALL, RUNNING = "few", "others", "all", "running"


def asked(agregation, identifier, sensitive=False):
    return replace(mesure(agregation, petits_effectifs=sensitive, unite="personne"), id=identifier)


def printed(*mesures, threshold=THRESHOLD, **period):
    its_own = tuple(replace(m, **period) for m in mesures)
    fiche = Fiche("1.1", "Action", "1", porteurs=("a",), indicateurs=(Indicateur("I", "Comptes", "compte", its_own),))
    return contrat(fiche=fiche, seuil_petits_effectifs=threshold)


FLOW = asked("FLUX", FEW, sensitive=True)
WITH_RUNNING = printed(FLOW, asked("CUMUL", RUNNING))
WITH_TOTAL = printed(FLOW, asked("FLUX", OTHERS), asked("FLUX", ALL), asked("CUMUL", RUNNING))


def known(its_contrat, annee, identifier, valeur):
    of = its_contrat.by_mesure[identifier][2]
    said = {"Objet": "Mesure", "Année": annee, "Fiche": "1.1", "Indicateur": "I", "Mesure": identifier}
    return said | {"Unité": of.unite, "Agrégation": of.agregation, "Valeur": valeur}


def copies(its_contrat, years):
    """What leaves, year after year: the rows of the copy, its own year and the last one, then those of its Évolution.
    ``years``: measure → value, one a year."""
    remembered = []
    for annee, figures in enumerate(years, FIRST):
        before = years[annee - FIRST - 1] if annee > FIRST else {}
        rows = [known(its_contrat, annee, m, v) | {"Valeur n-1": before.get(m)} for m, v in figures.items()]
        remembered += rows
        table, history = frame_of_rows(INDICATEURS, rows), frame_of_rows(HISTORY, remembered)
        masked = masked_years(its_contrat, annee, history, table)
        left = mask_indicateurs(its_contrat, table, {}, masked[annee], masked.get(annee - 1, ()))
        yield annee, frame_records(left), frame_records(leaving_history(its_contrat, history, masked))


def shown(its_contrat, years):
    """(measure, year) → the figure that one of the copies shows."""
    said = {}
    for annee, left, evolution in copies(its_contrat, years):
        places = [(r["Mesure"], annee - gap, r[c]) for r in left for gap, c in enumerate(("Valeur", "Valeur n-1"))]
        places += [(r["Mesure"], r["Année"], r["Valeur"]) for r in evolution]
        said |= {(m, a): v for m, a, v in places if v is not None}
    return said


def lived(parts):
    """The figures of each year, from (few, others)."""
    running = accumulate(few for few, _ in parts)
    return [
        {FEW: few, OTHERS: others, ALL: few + others, RUNNING: total}
        for (few, others), total in zip(parts, running, strict=True)
    ]


def found_again(its_contrat, parts):
    """The years of which the small count can be no other number."""
    years = [{m: v for m, v in figures.items() if m in its_contrat.by_mesure} for figures in lived(parts)]
    said = shown(its_contrat, years)
    bounds = []
    for annee, (few, others) in enumerate(parts, FIRST):
        masked = range(1, THRESHOLD + 1) if 0 < few <= THRESHOLD else range(2 * MOST)
        bounds.append((few,) if (FEW, annee) in said else masked)
        bounds.append((others,) if (OTHERS, annee) in said or OTHERS not in years[0] else range(2 * MOST))
    trials = []
    for numbers in product(*bounds):
        tried = list(zip(numbers[::2], numbers[1::2], strict=True))
        if all(lived(tried)[a - FIRST][m] == v for (m, a), v in said.items()):
            trials.append(tried)
    assert parts in trials
    small = [rank for rank, (few, _) in enumerate(parts) if 0 < few <= THRESHOLD]
    assert not [rank for rank in small if (FEW, FIRST + rank) in said]
    return [rank for rank in small if len({tried[rank][0] for tried in trials}) == 1]


MOST = 4
ALONE = [list(zip(few, (0, 0, 0), strict=True)) for few in product(range(MOST + 1), repeat=3)]
TOGETHER = [list(p) for p in product(product(range(MOST + 1), (0, 2, 3)), repeat=2)]


@pytest.mark.parametrize(("its_contrat", "worlds"), [(WITH_RUNNING, ALONE[::5]), (WITH_TOTAL, TOGETHER[::14])])
def test_no_masked_year_is_found_from_the_copies_and_the_evolution(its_contrat, worlds):
    assert [(parts, found) for parts in worlds if (found := found_again(its_contrat, parts))] == []


@pytest.mark.exhaustive
@pytest.mark.parametrize(("its_contrat", "worlds"), [(WITH_RUNNING, ALONE), (WITH_TOTAL, TOGETHER)])
def test_no_masked_year_of_any_world_is_found(its_contrat, worlds):
    assert [(parts, found) for parts in worlds if (found := found_again(its_contrat, parts))] == []


def values(left, identifier):
    return [r["Valeur"] for r in left if r["Mesure"] == identifier]


def test_the_count_since_the_beginning_goes_from_the_year_that_it_would_give_away_and_stays_out():
    """20 in the first year, 2 in the second: 20 then 22 would say 2; so would 42 less the 20 of the third year."""
    years = [{FEW: n, RUNNING: total} for n, total in ((20, 20), (2, 22), (20, 42))]
    *_, (_, left, evolution) = copies(WITH_RUNNING, years)
    assert (values(evolution, FEW), values(evolution, RUNNING)) == ([20, None, 20], [20, None, None])
    assert [(r["Valeur n-1"], r["Valeur"]) for r in left] == [(None, 20), (None, None)]


def test_a_count_since_the_beginning_that_says_nothing_of_a_masked_year_stays():
    """It counts other persons: 50, 61 and 75 are no sums of 20, 2 and 20."""
    years = [{FEW: n, RUNNING: total} for n, total in ((20, 50), (2, 61), (20, 75))]
    *_, (_, _, evolution) = copies(WITH_RUNNING, years)
    assert values(evolution, RUNNING) == [50, 61, 75]


def test_a_year_is_masked_alike_in_its_own_copy_and_in_every_later_one():
    years = lived([(20, 5), (2, 26), (20, 1), (1, 1)])
    by_copy = [evolution for _, _, evolution in copies(WITH_TOTAL, years)]
    for annee, evolution in enumerate(by_copy, FIRST):
        for later in by_copy[annee - FIRST :]:
            assert evolution == [r for r in later if r["Année"] <= annee]


# --- contracts that change ---


def lasting(**period):
    return printed(FLOW, asked("FLUX", OTHERS), replace(asked("FLUX", ALL), **period))


def test_a_measure_that_ended_still_gives_last_year_s_small_count_away():
    """28 less 26 is 2: the next year's copy, which no longer has the total, must not show 26 beside the Évolution."""
    ended = lasting(jusque=2024)
    years = [{FEW: 2, OTHERS: 26, ALL: 28}, {FEW: 30, OTHERS: 40}]
    (_, first, _), (_, second, evolution) = copies(ended, years)
    assert values(first, OTHERS) == [None] and values(evolution, OTHERS) == [None, 40]
    assert {r["Mesure"]: r["Valeur n-1"] for r in second} == {FEW: None, OTHERS: None}


def test_what_was_small_by_the_rules_of_its_year_or_is_by_today_s_does_not_leave():
    rows = [known(WITH_RUNNING, FIRST, FEW, 5), known(WITH_RUNNING, FIRST + 1, FEW, 50)]
    history = frame_of_rows(HISTORY, rows)
    for threshold, masked in ((2, set()), (10, {FEW})):
        today = printed(FLOW, threshold=threshold)
        assert masked_years(today, FIRST + 1, history)[FIRST] == masked


def test_a_past_rate_of_which_the_terms_are_not_known_does_not_leave():
    rate = printed(replace(asked("RATIO", FEW, sensitive=True), type="taux"))
    rows = [known(rate, a, FEW, 0.25) for a in (FIRST, FIRST + 1)]
    history = frame_of_rows(HISTORY, rows)
    assert masked_years(rate, FIRST + 1, history) == {FIRST: {FEW}, FIRST + 1: set()}
    with_terms = [r | {"Numérateur": 25, "Dénominateur": 100} for r in rows]
    assert masked_years(rate, FIRST + 1, frame_of_rows(HISTORY, with_terms)) == {FIRST: set(), FIRST + 1: set()}


def test_a_measure_that_the_contract_never_had_does_not_leave():
    unknown = known(WITH_RUNNING, FIRST, FEW, 50) | {"Mesure": "X"}
    history = frame_of_rows(HISTORY, [unknown, known(WITH_RUNNING, FIRST, FEW, 50)])
    left = frame_records(leaving_history(WITH_RUNNING, history, masked_years(WITH_RUNNING, FIRST, history)))
    assert [r["Mesure"] for r in left] == [FEW]


def test_a_count_since_the_beginning_that_nobody_has_given_yet_gives_nothing_back():
    ((_, first, _), (_, second, _)) = copies(WITH_RUNNING, [{FEW: 1, RUNNING: None}, {FEW: 5, RUNNING: None}])
    assert [[r["Valeur"] for r in rows] for rows in (first, second)] == [[None, None], [5, None]]
