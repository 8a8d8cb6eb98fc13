"""What a contract plans for a later year, and years that begin on another day."""

from __future__ import annotations

from cls_workbook.domain.contrat_years import in_year
from cls_workbook.domain.verification.whole_contract import verifier
from tests.support.other_definitions import BARONNIES, PTSM, parsed, plain


def notes(path: str, *replacements: tuple[str, str]) -> list[str]:
    return [plain(f) for f in verifier(parsed(path, *replacements))]


def test_fiches_that_begin_and_end_as_the_contract_plans_ask_for_no_decision():
    assert [n for n in notes(BARONNIES) if "décision" in n or "avenant" in n] == []
    contrat = parsed(BARONNIES)
    assert {annee: [f.numero for f in in_year(contrat, annee).fiches] for annee in (2025, 2026, 2027)} == {
        2025: ["1", "4", "16", "28"],
        2026: ["1", "4", "7", "16", "28"],
        2027: ["1", "4", "12", "16", "28"],
    }


def test_five_years_from_the_third_of_december_are_five_exercises_and_the_tool_says_so():
    contrat = parsed(PTSM)
    assert [contrat.follow_up.year_name(a) for a in contrat.annees] == [
        "2021-2022",
        "2022-2023",
        "2023-2024",
        "2024-2025",
        "2025-2026",
    ]
    assert (
        "contrat.debut_annee : 5 exercices, nommés par l’année où ils commencent : "
        "le premier du 03/12/2021 au 02/12/2022, le dernier (2025-2026) jusqu’au 02/12/2026. "
        "Si le contrat finit plus tôt, sa dernière année est 2024."
    ) in notes(PTSM)


def test_six_years_typed_for_a_contract_of_five_are_told_with_the_year_that_is_too_many():
    six = ("annees = [2021, 2022, 2023, 2024, 2025]", "annees = [2021, 2022, 2023, 2024, 2025, 2026]")
    (said,) = [n for n in notes(PTSM, six) if "exercices" in n]
    assert (
        "6 exercices" in said
        and "jusqu’au 02/12/2027. Si le contrat finit plus tôt, sa dernière année est 2025." in said
    )


def test_calendar_years_need_no_word():
    assert [n for n in notes(BARONNIES) if "exercice" in n] == []
