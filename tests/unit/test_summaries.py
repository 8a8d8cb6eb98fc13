"""What a campaign adds up to: what each figure rests on, breakdowns, progress, governance, territory."""

import datetime
import re
from decimal import Decimal

import pytest

from cls_workbook.definition.toml_reader import load
from cls_workbook.domain.announced.bodies import Instance
from cls_workbook.domain.announced.contrat_parts import ActionToProgramme
from cls_workbook.domain.model import Axe, Fiche, Structure, Volet
from cls_workbook.domain.placed.place_model import Commune, Qpv
from cls_workbook.domain.questions import ChoiceLists
from cls_workbook.domain.targets import targets_in
from cls_workbook.pilotage import Meeting
from cls_workbook.summaries.activity import indicateurs, ventilations
from cls_workbook.summaries.expected import expected_returns
from cls_workbook.summaries.progress import avancement, completion_rate, gouvernance, territoire
from cls_workbook.tables.consolidation_tables import INDICATEURS
from tests.support.written_frames import contrat, line, mesure, texte, told, typed, values

# --- the row ---


def test_there_is_one_row_per_measure_in_the_order_of_the_contract():
    trial = load("dijon-2024-2028")
    table = indicateurs(trial, values(), expected_returns(trial, 2025))
    assert tuple(table.columns) == INDICATEURS.titles
    assert len(table) == 97
    assert table["Mesure"].tolist() == list(trial.by_mesure)
    assert table["Valeur"].isna().all()  # nothing came back: no zero anywhere
    assert table.loc[table["Mesure"] == "1.1-I03", "Valeur initiale"].tolist() == [2]


def test_last_year_stands_beside_this_year():
    assert line(contrat(mesure("FLUX")), precedent={"M": 7})["Valeur n-1"] == 7
    assert line(contrat(mesure("FLUX")), precedent={"autre": 7})["Valeur n-1"] is None


def test_the_target_that_the_year_looks_at_stands_beside_the_value():
    trial = load("dijon-2024-2028")
    table = indicateurs(trial, values(), expected_returns(trial, 2025), cibles=targets_in(trial, 2025))
    wanted = {m: c for m, c in zip(table["Mesure"], table["Cible"], strict=True) if c is not None}
    assert wanted == {"2.3-C01": 23, "2.3-I03c": 1}  # 3.2-I01 was to be reached in 2024


# --- coverage ---


def test_a_total_says_how_many_returns_it_rests_on():
    trial = contrat(mesure("FLUX"))
    for retours, coverage in (
        ([], "aucun retour (0 sur 3)"),
        ([told("a", 3), told("b", 4)], "partiel (2 sur 3)"),
        ([told("a", 3), told("b", 4), told("c", 0)], "complet (3 sur 3)"),
        ([told("a")], "aucune valeur (0 sur 3)"),
    ):
        row = line(trial, *retours)
        assert row["Couverture"] == coverage
        assert (row["Retours reçus"], row["Retours attendus"]) == tuple(int(n) for n in re.findall("[0-9]", coverage))


def test_a_blank_is_not_a_zero_and_makes_the_total_partial():
    row = line(contrat(mesure("FLUX")), told("a", 3), told("b", commentaire="pas encore"), told("c"))
    assert (row["Valeur"], row["Couverture"]) == (3, "partiel (1 sur 3)")
    assert row["Réserve"] == "2 retours sans valeur retenue"


def test_not_available_and_not_applicable_are_told_apart():
    row = line(
        contrat(mesure("FLUX")), told("a", 3), told("b", statut="non disponible"), told("c", statut="sans objet")
    )
    # « sans objet » takes nothing away from the total; « non disponible » does
    assert (row["Valeur"], row["Couverture"]) == (3, "partiel (2 sur 3)")
    assert row["Réserve"] == "1 non disponible ; 1 sans objet"


def test_a_measure_that_applies_to_nobody_is_complete_and_empty():
    row = line(contrat(mesure("FLUX"), porteurs=("a",)), told("a", statut="sans objet"))
    assert (row["Valeur"], row["Couverture"]) == (None, "complet (1 sur 1)")


def test_a_value_with_a_statut_that_denies_it_counts_and_is_flagged():
    row = line(contrat(mesure("FLUX"), porteurs=("a",)), told("a", 4, statut="non disponible"))
    assert row["Valeur"] == 4
    assert "malgré un statut" in row["Réserve"]


def test_a_return_that_nobody_expected_counts_but_is_named():
    row = line(contrat(mesure("FLUX"), porteurs=("a",)), told("Association du Lavoir", 5))
    assert (row["Valeur"], row["Couverture"]) == (5, "partiel (0 sur 1)")
    assert row["Réserve"] == "compte 1 retour non attendu (Association du Lavoir)"


def test_with_an_unnamed_group_the_number_expected_is_unknown():
    trial = contrat(mesure("FLUX"), porteurs=("g",), structures=(Structure("g", "Communes", groupe=True),))
    row = line(trial, told("Commune de Bief", 5), told("Commune de Aval", 2))
    assert (row["Valeur"], row["Retours attendus"], row["Couverture"], row["Réserve"]) == (
        7,
        None,
        "partiel (2 sur ?)",
        None,
    )
    named_ones = line(trial, told("Commune de Bief", 5), planned={"g": ["Commune de Bief", "Commune de Aval"]})
    assert named_ones["Couverture"] == "partiel (1 sur 2)"


# --- breakdowns ---


def test_entities_of_a_breakdown_are_counted_by_distinct_name():
    trial = contrat(mesure("ENTITES", ventilation="type", modalites=()), porteurs=("a", "b"))
    two = values(
        typed(
            "a",
            "1.1",
            {
                "mesures/M/valeur": 2,
                "ventilations/M/01/nom": "MJC",
                "ventilations/M/01/modalite": "Association",
                "ventilations/M/02/nom": "CPAM",
                "ventilations/M/02/modalite": "Organisme",
            },
        ),
        typed(
            "b",
            "1.1",
            {
                "mesures/M/valeur": 2,
                "ventilations/M/01/nom": "mjc",
                "ventilations/M/01/modalite": "association",
                "ventilations/M/02/nom": "Foyer",
            },
        ),
    )
    assert ventilations(trial, two)[["modalite", "effectif"]].values.tolist() == [
        ["Association", 1],
        ["Organisme", 1],
        ["non précisée", 1],
    ]


def test_entities_counted_without_names_by_two_structures_are_not_added_in_a_breakdown_either():
    trial = contrat(
        mesure("ENTITES", "ventilation", ventilation="type", modalites=("réunion", "convention")), porteurs=("a", "b")
    )

    def retour(structure, *headcounts):
        lines = typed(structure, "1.1", {f"ventilations/M/{i:02}/effectif": n for i, n in enumerate(headcounts, 1)})
        # the categories are printed, so only the number is typed and the row's label comes with it
        return [li | {"modalite": ("réunion", "convention")[int(li["ligne"]) - 1]} for li in lines]

    assert ventilations(trial, values(retour("a", 5, 3), retour("b", 4)))[["modalite", "effectif"]].values.tolist() == [
        ["réunion", None],
        ["convention", 3],
    ]


def test_a_breakdown_of_a_rate_keeps_both_terms():
    trial = contrat(mesure("RATIO", "taux", ventilation="instance"), porteurs=("a", "b"))

    def retour(structure, top, bottom):
        return typed(
            structure,
            "1.1",
            {
                "ventilations/M/01/modalite": "COPIL",
                "ventilations/M/01/numerateur": top,
                "ventilations/M/01/denominateur": bottom,
            },
        )

    assert ventilations(trial, values(retour("a", 20, 36), retour("b", 3, 4)))[
        ["modalite", "numerateur", "denominateur"]
    ].values.tolist() == [["COPIL", 23, 40]]


# --- progress ---


def step(structure, etat, realisation=None, fiche="1.1"):
    return typed(
        structure, fiche, {"avancement/etat": etat} | ({"avancement/realisation": realisation} if realisation else {})
    )


def suivi(*retours, **extra):
    trial = contrat(**extra)
    return avancement(trial, values(*retours), expected_returns(trial, 2025)).iloc[0]


def test_a_fiche_is_as_advanced_as_its_least_advanced_porteur():
    fiche = suivi(step("a", "En cours", "Totale"), step("b", "En préparation", "Partielle"), porteurs=("a", "b"))
    assert (fiche["etat"], fiche["realisation"]) == ("En préparation", "Partielle")
    assert texte(fiche["detail"]) == "Alpha : En cours, Totale\nBêta : En préparation, Partielle"
    assert fiche["couverture"] == "complet (2 sur 2)"


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (("Totale", "Totale"), "Totale"),
        (("Nulle", "Nulle"), "Nulle"),
        (("Partielle", "Partielle"), "Partielle"),
        (("Totale", "Totale", "Totale", "Totale", "Nulle"), "Partielle"),
        (("Totale", "Partielle"), "Partielle"),
        (("Partielle", "Nulle"), "Partielle"),
        (("Nulle", "Rien de programmé"), "Nulle"),
        (("Rien de programmé", "Rien de programmé"), "Rien de programmé"),
    ],
)
def test_what_is_done_in_part_is_neither_all_nor_nothing(words, expected):
    porteurs = tuple(f"p{rank}" for rank in range(len(words)))
    steps = [step(who, "En cours", word) for who, word in zip(porteurs, words, strict=True)]
    assert suivi(*steps, porteurs=porteurs)["realisation"] == expected


def test_a_scale_of_the_contract_s_own_that_has_no_word_for_a_part_keeps_the_least_done():
    own = ChoiceLists(realisations=("Fait", "Pas fait"))
    assert (
        suivi(step("a", "En cours", "Fait"), step("b", "En cours", "Pas fait"), listes=own)["realisation"] == "Pas fait"
    )


def in_volets(*said):
    volets = (Volet("v1", "Cours", ("a", "b")), Volet("v2", "Étude", ("c",)))
    fiche = Fiche("1.1", "Action", "1", volets=volets)
    steps = [
        typed(who, "1.1", {"avancement/etat": "En cours", "avancement/realisation": word}, volet=volet)
        for who, volet, word in said
    ]
    row = suivi(*steps, fiche=fiche)
    return row["realisation"], texte(row["par_volet"])


def test_each_volet_is_done_on_its_own():
    assert in_volets(("a", "Cours", "Totale"), ("b", "Cours", "Totale"), ("c", "Étude", "Nulle")) == (
        "Partielle",
        "Cours : Totale\nÉtude : Nulle",
    )
    assert in_volets(("a", "Cours", "Totale"), ("b", "Cours", "Nulle"), ("c", "Étude", "Totale")) == (
        "Partielle",
        "Cours : Partielle\nÉtude : Totale",
    )


def test_volets_that_differ_are_no_disagreement_of_porteurs():
    volets = (Volet("v1", "Cours", ("a", "b")), Volet("v2", "Étude", ("c",)))

    def detail(*said):
        saisies = (
            typed(who, "1.1", {"avancement/etat": "En cours", "avancement/realisation": word}, volet=volet)
            for who, volet, word in said
        )
        return texte(suivi(*saisies, fiche=Fiche("1.1", "Action", "1", volets=volets))["detail"])

    assert detail(("a", "Cours", "Totale"), ("b", "Cours", "Totale"), ("c", "Étude", "Nulle")) is None
    assert detail(("a", "Cours", "Totale"), ("b", "Cours", "Nulle")) == (
        "Alpha (Cours) : En cours, Totale\nBêta (Cours) : En cours, Nulle"
    )


def test_a_volet_of_which_nobody_says_anything_is_not_done_by_the_other_one():
    assert in_volets(("a", "Cours", "Totale")) == ("Totale", "Cours : Totale\nÉtude : sans retour")
    assert in_volets(("a", "", "Totale")) == (
        "Totale",
        "Cours : sans retour\nÉtude : sans retour\nvolet non précisé : Totale",
    )
    assert in_volets() == (None, None)
    assert suivi(step("a", "En cours", "Totale"))["par_volet"] is None


def test_a_fiche_is_done_only_when_all_say_so():
    assert suivi(step("a", "Réalisée"), step("b", "Reportée"))["etat"] == "Reportée"
    assert suivi(step("a", "Réalisée"), step("b", "Réalisée"))["etat"] == "Réalisée"
    assert suivi(step("a", "Réalisée"), step("b", "Réalisée"))["detail"] is None


def test_a_porteur_with_nothing_to_do_does_not_drag_the_others_down():
    assert suivi(step("a", "En cours", "Totale"), step("b", "En cours", "Rien de programmé"))["realisation"] == "Totale"
    assert suivi(step("a", "En cours", "Rien de programmé"))["realisation"] == "Rien de programmé"
    assert suivi()["realisation"] is None


def five_fiches():
    return contrat(
        fiches=tuple(
            Fiche(f"1.{n}", "Action", "1" if n < 4 else "2", porteurs=("a",) if n < 4 else ("b",)) for n in range(1, 6)
        ),
        axes=(Axe("1", "Un"), Axe("2", "Deux")),
        a_programmer=(ActionToProgramme("2", "Plus tard"),),
    )


def test_the_share_of_actions_done_leaves_out_what_was_not_programmed_and_says_who_is_silent():
    trial = five_fiches()
    retours = [("1.1", "Totale"), ("1.2", "Partielle"), ("1.3", "Nulle"), ("1.4", "Rien de programmé")]
    advance = avancement(
        trial, values(*(step("a", "En cours", r, fiche=f) for f, r in retours)), expected_returns(trial, 2025)
    )
    taux = completion_rate(trial, advance)
    # programmed: 1.1, 1.2, 1.3; strict 1 / 3, broad (1 + 1) / 3; 1.5 did not answer
    assert (taux.fully_done, taux.partly_done, taux.programmed, taux.unanswered) == (1, 1, 3, 1)
    assert (taux.strict, taux.wide) == (Decimal(1) / 3, Decimal(2) / 3)
    assert completion_rate(trial, advance, porteur="b").strict is None  # 1.4 had nothing programmed, 1.5 is silent


# --- governance, territory ---


def test_attendance_is_a_sum_over_a_sum_and_a_missing_meeting_is_told():
    trial = contrat(instances=(Instance("Comité technique", 2), Instance("COPIL", 1)))
    day = datetime.date(2025, 6, 3)
    table = gouvernance(
        trial, (Meeting("COPIL", day, 36, 20), Meeting("copil", day, 30), Meeting("Comité technique", day, 10, 8))
    )
    # COPIL: the second meeting has no attendance, so 20 / 36; comité technique 8 / 10, one meeting of the two that are
    # due
    assert table[["Réunions tenues", "Conviés", "Présents", "Taux de participation"]].values.tolist() == [
        [1, 10, 8, Decimal("0.8")],
        [2, 36, 20, Decimal(20) / 36],
    ]
    assert table["Réserve"].tolist() == ["sous le minimum (1 sur 2)", "participation connue pour 1 réunion sur 2"]


def test_without_a_list_of_meetings_nothing_is_known_of_governance():
    table = gouvernance(contrat(instances=(Instance("COPIL", 1),)))
    assert table[["Réunions tenues", "Réserve"]].values.tolist() == [[None, "réunions non renseignées"]]


def test_places_reached_are_united_with_how_many_fiches_reach_them():
    trial = contrat(
        fiches=tuple(Fiche(f"1.{n}", "Action", "1", porteurs=("a", "b")) for n in (1, 2)),
        communes=(Commune("01002", "Bief"), Commune("01001", "Aval")),
        qpv=(Qpv("Le Lavoir", "Bief"),),
    )
    table = territoire(
        trial,
        values(
            typed(
                "a",
                "1.1",
                {"territoire/01001/commune": "x", "territoire/01002/commune": "x", "territoire/Le Lavoir/qpv": "x"},
            ),
            typed("b", "1.1", {"territoire/01002/commune": "x"}),  # the same fiche, through another structure
            typed("a", "1.2", {"territoire/01002/commune": "x"}),
        ),
    )
    assert [[texte(c) if isinstance(c, str) else c for c in r] for r in table.values.tolist()] == [
        ["commune", "01002", "Bief", 2, "1.1 ; 1.2"],
        ["commune", "01001", "Aval", 1, "1.1"],
        ["qpv", None, "Le Lavoir", 1, "1.1"],
    ]


# --- volets ---


def test_an_indicator_of_one_volet_is_asked_of_the_porteurs_of_that_volet_only():
    dijon = load("dijon-2024-2028")
    followed = values(
        typed("sdat", "2.3", {"mesures/2.3-I01/valeur": 90}, volet="EMAS"),
        typed("ars", "2.3", {"jalons/2.3-I08/jalon": "Engagé"}, volet="Étude de l’extension"),
    )
    table = indicateurs(dijon, followed, expected_returns(dijon, 2025)).set_index("Mesure")
    # the two porteurs of EMAS answer as one, those of the other volet each: one of them has
    assert table.loc[["2.3-I01", "2.3-I08"], "Couverture"].tolist() == ["complet (1 sur 1)", "partiel (1 sur 2)"]
    assert table.loc["2.3-I01", "Valeur"] == 90
