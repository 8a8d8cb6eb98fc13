"""Small counts do not leave: neither as typed, nor by subtraction from a total."""

from dataclasses import replace
from decimal import Decimal

import pandas as pd
import pytest

from cls_workbook.summaries.deducible_counts import LeavingCount, lines_to_mask
from cls_workbook.summaries.masking import is_masked, mask_indicateurs
from tests.support.written_frames import contrat, mesure

THRESHOLD = 10


def indicateur(agregation, past_ones=None, **values):
    input_fields = {
        "Indicateur": "I",
        "Mesure": "M",
        "Unité": None,
        "Agrégation": agregation,
        "Valeur n-1": None,
        "Valeur": None,
        "Numérateur": None,
        "Dénominateur": None,
        "Réserve": None,
    }
    table = pd.DataFrame([input_fields | values], dtype=object)
    type_ = "taux" if agregation == "RATIO" else "entier"
    return (
        mask_indicateurs(contrat(mesure(agregation, type_, petits_effectifs=True)), table, past_ones).iloc[0].to_dict()
    )


def test_a_small_figure_is_masked_and_said_so():
    line = indicateur("PERSONNES", **{"Valeur": 7, "Valeur n-1": 30, "Réserve": "estimé"})
    assert (line["Valeur"], line["Valeur n-1"]) == (None, 30)
    assert line["Réserve"].replace("\u00a0", " ") == "estimé ; masqué (effectif de 1 à 10)"


def test_last_year_s_small_figure_is_masked_too():
    line = indicateur("PERSONNES", **{"Valeur": 70, "Valeur n-1": 3.0})
    assert (line["Valeur"], line["Valeur n-1"]) == (70, None)


def test_where_only_last_year_s_figure_is_small_nothing_is_said_to_be_masked_this_year():
    nothing = indicateur("PERSONNES", **{"Valeur n-1": 3})
    assert (nothing["Valeur n-1"], nothing["Réserve"]) == (None, "valeur n-1 masquée (effectif de 1 à 10)")
    assert not is_masked(nothing["Réserve"])
    assert is_masked(indicateur("PERSONNES", **{"Valeur": 7, "Valeur n-1": 3})["Réserve"])
    assert not is_masked(indicateur("PERSONNES")["Réserve"])


def test_last_year_s_rate_without_its_terms_is_left_out_and_not_said_to_be_small():
    line = indicateur("RATIO", **{"Valeur n-1": Decimal("0.25")})
    assert (line["Valeur n-1"], line["Réserve"]) == (None, "taux n-1 non repris (ses effectifs ne sont pas connus)")
    assert indicateur("RATIO")["Réserve"] is None


def test_a_larger_figure_and_a_zero_stay():
    assert indicateur("PERSONNES", Valeur=11)["Réserve"] is None
    assert indicateur("PERSONNES", Valeur=0)["Valeur"] == 0


def test_a_rate_over_few_people_loses_its_terms_with_its_value():
    line = indicateur("RATIO", Valeur=Decimal("0.25"), Numérateur=5, Dénominateur=20)
    assert (line["Valeur"], line["Numérateur"], line["Dénominateur"]) == (None, None, None)
    assert indicateur("RATIO", Valeur=Decimal("0.5"), Numérateur=50, Dénominateur=100)["Valeur"] == Decimal("0.5")


def test_last_year_s_rate_shows_only_if_it_is_known_to_speak_of_many():
    def shown_as(terms):
        current = {"Valeur": Decimal("0.5"), "Numérateur": 50, "Dénominateur": 100, "Valeur n-1": Decimal("0.25")}
        return indicateur("RATIO", {"M": terms} if terms else None, **current)["Valeur n-1"]

    assert shown_as((25, 100)) == Decimal("0.25")
    assert shown_as((2, 8)) is None  # masked last year, it does not come out this year
    assert shown_as((90, 95)) is None  # five did not
    assert shown_as(None) is None and shown_as((None, None)) is None


def of_one_indicateur(*values, small_ones=(), unites=(), before=()):
    """Measures M1, M2… of one indicator, as the table shows them once masked."""
    names = [f"M{rank}" for rank in range(1, len(values) + 1)]
    c = contrat(*(replace(mesure("PERSONNES", petits_effectifs=nom in small_ones), id=nom) for nom in names))
    input_fields = {
        "Indicateur": "I",
        "Agrégation": "PERSONNES",
        "Numérateur": None,
        "Dénominateur": None,
        "Réserve": None,
    }
    lines = [
        input_fields | {"Mesure": nom, "Valeur": valeur, "Unité": unite, "Valeur n-1": past}
        for nom, valeur, unite, past in zip(
            names, values, unites or ["personne"] * len(names), before or [None] * len(names), strict=True
        )
    ]
    table = pd.DataFrame(lines, dtype=object)
    return mask_indicateurs(c, table)


@pytest.mark.parametrize(
    ("values", "displayed"),
    [
        ((28, 25, 3), [28, None, None]),  # 28 - 25 would give 3: 25 goes with it, and the total stays
        ((68, 25, 3, 40), [68, None, None, 40]),  # the smallest of the others is enough
        ((29, 25, 3), [29, 25, None]),  # they do not add up: nothing to subtract
        ((58, 4, 4, 50), [58, None, None, 50]),  # two that make 8: nobody can tell which is which
        ((52, 1, 1, 50), [52, None, None, None]),  # two that make 2 can only be 1 and 1
        ((3, 3), [None, None]),
        ((28, 25, None), [28, 25, None]),
        ((40, 25, 15), [40, 25, 15]),
    ],
)
def test_a_masked_measure_is_not_the_difference_of_two_others(values, displayed):
    table = of_one_indicateur(*values, small_ones=("M3",) if len(values) > 2 else ("M2",))
    if values in ((58, 4, 4, 50), (52, 1, 1, 50)):
        table = of_one_indicateur(*values, small_ones=("M2", "M3"))
    assert [None if pd.isna(v) else v for v in table["Valeur"]] == displayed


def test_each_year_gives_its_own_small_counts_away():
    # 68 - 40 = 28 is no small count this year; last year, 28 - 25 was 3
    table = of_one_indicateur(68, 40, 28, small_ones=("M3",), before=(28, 25, 3))
    assert table["Valeur"].tolist() == [68, 40, 28]
    assert [None if pd.isna(v) else v for v in table["Valeur n-1"]] == [28, None, None]
    assert table["Réserve"].tolist()[1:] == [
        "valeur n-1 masquée (elle donnerait un petit effectif par différence)",
        "valeur n-1 masquée (effectif de 1 à 10)",
    ]
    # 28 - 25 gives 3 this year: it says nothing of last year's 90
    table = of_one_indicateur(28, 25, 3, small_ones=("M3",), before=(200, 90, 60))
    assert table["Valeur n-1"].tolist() == [200, 90, 60]


def test_what_goes_with_a_small_count_says_why():
    table = of_one_indicateur(28, 25, 3, small_ones=("M3",))
    assert [str(r).replace("\u00a0", " ") for r in table["Réserve"]] == [
        "None",
        "masqué (il donnerait un petit effectif par différence)",
        "masqué (effectif de 1 à 10)",
    ]


def test_counts_that_are_not_sensitive_or_not_of_one_unit_stay():
    assert of_one_indicateur(28, 25, 3)["Valeur"].tolist() == [28, 25, 3]
    table = of_one_indicateur(28, 25, 3, small_ones=("M3",), unites=("personne", "heure", "personne"))
    assert table["Valeur"].tolist()[:2] == [28, 25]


def leaving(*values, small_ones=(), section=0):
    """Counts of one fiche by rank; ``small_ones``: the ranks of those that are sensitive."""
    return {r: LeavingCount(v, r in small_ones, r, section) for r, v in enumerate(values)}


FAR_APART = [1000 * 4**rank for rank in range(1, 13)]  # no sum of some is another one


def test_among_more_than_twelve_counts_sums_of_three_are_looked_for():
    """100 + 200 + 3 = 303, and 100 + 200 + 400 + 3 = 703."""
    assert lines_to_mask(leaving(3, 100, 200, 303, *FAR_APART, small_ones=(0,)), THRESHOLD) == {0, 1}
    assert lines_to_mask(leaving(3, 100, 200, 400, 703, *FAR_APART, small_ones=(0,)), THRESHOLD) == {0}


def test_in_an_indicateur_of_a_large_fiche_longer_sums_are_looked_for_all_the_same():
    counts = leaving(3, 100, 200, 400, 703, small_ones=(0,), section="I1")
    others = {("I2", r): c for r, c in leaving(*FAR_APART, section="I2").items()}
    assert lines_to_mask(counts | others, THRESHOLD) == {0, 1}


def test_among_very_many_counts_sums_of_two_are_looked_for():
    """More than 122 counts make more than 300 000 sums of three."""
    many = [10_000 + 7 * 3**rank for rank in range(130)]
    assert lines_to_mask(leaving(3, 100, 103, *many, small_ones=(0,)), THRESHOLD) == {0, 1}
    assert lines_to_mask(leaving(3, 100, 200, 303, *many, small_ones=(0,)), THRESHOLD) == {0}


def test_the_search_gives_up_on_the_side_of_masking():
    """Sixty counts under twenty: thousands of sums by chance, and no small one is shown."""
    counts = leaving(*(1 + rank % 19 for rank in range(60)), small_ones=range(0, 60, 2))
    assert lines_to_mask(counts, THRESHOLD) >= {r for r in range(0, 60, 2) if 1 + r % 19 <= THRESHOLD}


@pytest.mark.parametrize(
    ("reserve", "expected_row"),
    [
        ("non dédoublonné\u00a0: entre 3 et 15", "non dédoublonné"),
        ("non dédoublonné\u00a0: entre 30 et 45\u00a0; estimé", "non dédoublonné\u00a0: entre 30 et 45\u00a0; estimé"),
        ("noms distincts (total des déclarations\u00a0: 7)", "noms distincts"),
        (
            "estimé\u00a0; non dédoublonné\u00a0: entre 11 et 1\u00a0200",
            "estimé\u00a0; non dédoublonné\u00a0: entre 11 et 1\u00a0200",
        ),
    ],
)
def test_a_reserve_does_not_say_the_small_count_that_is_masked(reserve, expected_row):
    assert indicateur("ENTITES", Réserve=reserve)["Réserve"] == expected_row
