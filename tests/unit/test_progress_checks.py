"""Rules on where an action stands, its dates, its milestones."""

import pytest

from tests.support.frames_from_text import A_CONFIRMER, BLOCKING, folder, found, one_retour, precedent


@pytest.mark.parametrize(
    "lines, all_expected",
    [
        ("mesures/1.1-I01/valeur 3", [("ETAT_NON_RENSEIGNE", BLOCKING, ("avancement/etat",))]),
        ("avancement/etat En cours", []),
        ("avancement/etat ?? CHOIX_INCONNU", []),  # typed, and refused by reading: said once
    ],
)
def test_an_empty_state_is_blocking(lines, all_expected):
    assert found(one_retour(lines), "ETAT_NON_RENSEIGNE") == all_expected


@pytest.mark.parametrize(
    "lines, cells",
    [
        ("avancement/etat Non démarrée\n mesures/1.1-I01/valeur 3", ("avancement/etat", "mesures/1.1-I01/valeur")),
        ("avancement/etat Non démarrée\n depenses/total 100", ("avancement/etat", "depenses/total")),
        ("avancement/etat Non démarrée\n financement/01/verse 100", ("avancement/etat", "financement/01/verse")),
        ("avancement/etat Non démarrée\n mesures/1.1-I01/valeur 0\n depenses/total 0", None),
        ("avancement/etat Non démarrée\n mesures/1.1-I05/valeur 2", None),  # a stock stands without the action
        ("avancement/etat Non démarrée\n financement/01/engage 100", None),  # money may be committed beforehand
        ("avancement/etat En cours\n mesures/1.1-I01/valeur 3", None),
    ],
)
def test_an_action_not_started_has_no_activity(lines, cells):
    all_expected = [("NON_DEMARREE_AVEC_ACTIVITE", A_CONFIRMER, cells)] if cells else []
    assert found(one_retour(lines), "NON_DEMARREE_AVEC_ACTIVITE") == all_expected


@pytest.mark.parametrize(
    "lines, faulty",
    [
        ("avancement/etat En cours", True),
        ("avancement/etat Réalisée\n mesures/1.1-I01/commentaire rien à dire", True),
        ("avancement/etat En cours\n mesures/1.1-I01/valeur 0", False),
        ("avancement/etat En cours\n mesures/1.1-I01/valeur ?? NOMBRE_ILLISIBLE", False),
        ("avancement/etat En préparation", False),
    ],
)
def test_an_action_under_way_has_at_least_one_indicator(lines, faulty):
    all_expected = [("ACTIVE_SANS_INDICATEUR", A_CONFIRMER, ("avancement/etat",))] if faulty else []
    assert found(one_retour(lines), "ACTIVE_SANS_INDICATEUR") == all_expected


def test_a_fiche_without_indicators_is_not_asked_for_any():
    assert (
        found(
            folder("[a.xlsx] ville\n 1.4/avancement/etat En cours"), "ACTIVE_SANS_INDICATEUR", "VALEUR_NON_RENSEIGNEE"
        )
        == []
    )


@pytest.mark.parametrize(
    "lines, all_expected",
    [
        (
            "avancement/etat Réalisée",
            [("REALISEE_SANS_DATE_DE_FIN", A_CONFIRMER, ("avancement/date_fin_reelle", "avancement/etat"))],
        ),
        ("avancement/etat Réalisée\n avancement/date_fin_reelle 30/06/2025", []),
        ("avancement/etat Réalisée\n avancement/date_fin_reelle ?? DATE_ILLISIBLE", []),
        ("avancement/etat Reportée", [("MOTIF_MANQUANT", A_CONFIRMER, ("avancement/motif", "avancement/etat"))]),
        ("avancement/etat Abandonnée", [("MOTIF_MANQUANT", A_CONFIRMER, ("avancement/motif", "avancement/etat"))]),
        ("avancement/etat Abandonnée\n avancement/motif Plus de financement", []),
        ("avancement/etat En cours", []),
    ],
)
def test_an_action_that_ends_says_when_and_one_that_stops_says_why(lines, all_expected):
    assert found(one_retour(lines), "REALISEE_SANS_DATE_DE_FIN", "MOTIF_MANQUANT") == all_expected


@pytest.mark.parametrize(
    "lines, cells",
    [
        (
            "avancement/date_debut 02/03/2025\n avancement/date_fin_reelle 01/03/2025",
            ("avancement/date_debut", "avancement/date_fin_reelle"),
        ),
        (
            (
                "avancement/date_debut 02/03/2025\n avancement/date_fin_prevue 01/01/2024\n "
                "avancement/date_fin_reelle 01/02/2025"
            ),
            ("avancement/date_debut", "avancement/date_fin_prevue", "avancement/date_fin_reelle"),
        ),
        ("avancement/date_debut 02/03/2025\n avancement/date_fin_reelle 02/03/2025", None),
        ("avancement/date_fin_reelle 01/03/2025", None),
    ],
)
def test_an_end_before_the_start_is_one_blocking_anomaly_on_all_the_dates_concerned(lines, cells):
    all_expected = [("FIN_AVANT_DEBUT", BLOCKING, cells)] if cells else []
    assert found(one_retour(lines), "FIN_AVANT_DEBUT") == all_expected


@pytest.mark.parametrize(
    "lines, cell",
    [
        ("avancement/date_debut 31/12/2023", "avancement/date_debut"),  # the contract begins in 2024
        ("avancement/date_debut 01/01/2024", None),
        ("avancement/date_fin_prevue 01/01/2028", "avancement/date_fin_prevue"),  # and ends in 2027
        ("avancement/date_fin_prevue 31/12/2027", None),
        ("avancement/date_fin_reelle 31/12/2024", "avancement/date_fin_reelle"),  # the year is 2025
        ("avancement/date_fin_reelle 01/01/2025", None),
        ("financement/01/date 01/01/2026", "financement/01/date"),  # engaged in 2025 by a decision of 2026
        ("financement/01/date 05/05/2024", None),
    ],
)
def test_a_date_outside_the_year_or_the_contract_is_to_be_confirmed(lines, cell):
    all_expected = [("DATE_HORS_PERIODE", A_CONFIRMER, (cell,))] if cell else []
    assert found(one_retour(lines), "DATE_HORS_PERIODE") == all_expected


@pytest.mark.parametrize(
    "lines, cells",
    [
        ("jalons/1.2-I04/jalon Atteint", ("jalons/1.2-I04/date", "jalons/1.2-I04/jalon")),
        ("jalons/1.2-I04/jalon Atteint\n jalons/1.2-I04/date 01/02/2025", None),
        ("jalons/1.2-I04/jalon Engagé", None),
    ],
)
def test_a_milestone_reached_has_a_date(lines, cells):
    all_expected = [("JALON_SANS_DATE", A_CONFIRMER, cells)] if cells else []
    assert found(one_retour(lines, "1.2"), "JALON_SANS_DATE") == all_expected


@pytest.mark.parametrize("jalon, faulty", [("Non engagé", True), ("Engagé", False), ("Atteint", False)])
def test_a_milestone_does_not_go_backwards(jalon, faulty):
    before = precedent("[b.xlsx] association\n 1.2/jalons/1.2-I04/jalon Engagé")
    all_expected = [("JALON_EN_RECUL", A_CONFIRMER, ("jalons/1.2-I04/jalon",))] if faulty else []
    assert found(one_retour(f"jalons/1.2-I04/jalon {jalon}", "1.2", precedent=before), "JALON_EN_RECUL") == all_expected


def test_without_last_year_a_milestone_is_compared_with_nothing():
    assert found(one_retour("jalons/1.2-I04/jalon Non engagé", "1.2"), "JALON_EN_RECUL") == []


# --- nothing this year ------------------------------------------------------------------------------------------------

NOTHING = "avancement/rien rien à déclarer"
WHY = "\n avancement/rien_motif L’action commence l’an prochain."


def test_a_fiche_without_anything_this_year_is_asked_nothing_else():
    assert found(one_retour(NOTHING + WHY)) == []


@pytest.mark.parametrize("choice", ["rien à déclarer", "sans objet cette année"])
def test_without_anything_to_declare_one_says_why(choice):
    cells = ("avancement/rien", "avancement/rien_motif")
    given = found(one_retour(f"avancement/rien {choice}"), "RIEN_SANS_RAISON")
    assert [(code, gravite, set(where)) for code, gravite, where in given] == [
        ("RIEN_SANS_RAISON", A_CONFIRMER, set(cells))
    ]


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("avancement/etat En cours", "avancement/etat"),
        ("mesures/1.1-I01/valeur 7", "mesures/1.1-I01/valeur"),
        ("depenses/total 100", "depenses/total"),
    ],
)
def test_nothing_to_declare_and_yet_an_answer_is_asked_about(line, told):
    ((code, gravite, cells),) = found(one_retour(f"{NOTHING}{WHY}\n {line}"), "RIEN_ET_POURTANT")
    assert (code, gravite, set(cells)) == ("RIEN_ET_POURTANT", A_CONFIRMER, {"avancement/rien", told})
