"""Sums, whatever is added: exact, and unknown only where everything is."""

from __future__ import annotations

from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from cls_workbook.domain.model import Fiche
from cls_workbook.summaries.funding import par_fiche, par_financeur
from cls_workbook.summaries.years.over_the_years import sur_les_annees
from tests.support.written_frames import contrat, money, values

MAQUETTE, OUTSIDE, COFI, VALO = "Maquette ARS", "ARS hors maquette", "Cofinancement", "Valorisation"
CENTS = st.integers(0, 10**9)


@given(st.lists(st.one_of(st.none(), st.integers(0, 10**6)), min_size=1, max_size=5))
def test_a_flow_over_the_years_is_unknown_only_when_every_year_is(one_series):
    known = [n for n in one_series if n is not None]
    assert sur_les_annees("FLUX", dict(enumerate(one_series, 2024)))[0] == (sum(known) if known else None)


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["1.1", "1.2"]),
            st.sampled_from([MAQUETTE, OUTSIDE, COFI, VALO]),
            st.one_of(st.none(), CENTS),
        ),
        max_size=12,
    )
)
@settings(max_examples=40, deadline=None)
def test_sums_are_exact_to_the_cent(lines):
    two = contrat(fiches=tuple(Fiche(n, "Action", "1", porteurs=("a",)) for n in ("1.1", "1.2")))
    v = values(
        *(
            money(f"s{i}", fiche, ("ARS", nature, {"engage": c if c is None else Decimal(c) / 100}))
            for i, (fiche, nature, c) in enumerate(lines)
        )
    )
    table = par_fiche(two, 2025, v).set_index("Fiche")
    columns = {MAQUETTE: "Engagé", OUTSIDE: "ARS hors maquette", COFI: "Cofinancements", VALO: "Valorisation"}
    for fiche in ("1.1", "1.2"):
        for nature, column in columns.items():
            known = [c for f, n, c in lines if (f, n) == (fiche, nature) and c is not None]
            obtained = table.loc[fiche, column]
            assert obtained is None if not known else obtained * 100 == sum(known)
    all_of_them = [c for _, _, c in lines if c is not None]
    assert sum(m for m in par_financeur(two, v)["Engagé"] if m is not None) * 100 == sum(all_of_them)
