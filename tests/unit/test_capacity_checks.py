"""Rules on sessions, capacity and outings, and the arithmetic of the rules."""

import dataclasses
from decimal import Decimal

import pytest

from cls_workbook.definition import toml_reader
from cls_workbook.domain.subsidies import payable_for_post
from tests.support.frames_from_text import A_CONFIRMER, folder, found, line, one_retour, precedent, trial_contrat
from tests.support.written_rules import written_rule

POST = written_rule(
    "poste",
    "poste",
    "Poste",
    taux=Decimal("0.5"),
    plafond_annuel=Decimal(30000),
    etp_min=Decimal("0.5"),
    etp_assiette_max=Decimal(1),
)


@pytest.mark.parametrize(
    "expenditure, etp, aide",
    [
        ("52000", "1", "26000.00"),
        ("60000", "1", "30000.00"),
        ("75000", "1", "30000.00"),  # 40 %
        ("90000", "1.5", "30000.00"),  # base 60 000
        ("45000", "1.5", "15000.00"),  # base 30 000
        ("52000", "0.4", "0.00"),  # not eligible
        ("52000", "0.5", "26000.00"),  # no proration
        ("52000", None, "26000.00"),
        ("0.01", "1", "0.01"),  # 0,005 rounds up
        ("100", "3", "16.67"),  # 100 / 3 = 33,33… ; half: 16,666…
    ],
)
def test_the_share_of_a_post(expenditure, etp, aide):
    assert str(payable_for_post(POST, Decimal(expenditure), etp and Decimal(etp))) == aide


def course(sessions, participants, **complements) -> str:
    lines = [f"mesures/1.3-I01/valeur {sessions}"] if sessions is not None else []
    lines += [f"mesures/1.3-I02/valeur {participants}"] if participants is not None else []
    return "\n".join(lines + [f"complements/{c} {v}" for c, v in complements.items()])


SESSIONS, PARTICIPANTS = "mesures/1.3-I01/valeur", "mesures/1.3-I02/valeur"


@pytest.mark.parametrize(
    "sessions, participants, code",
    [
        (0, 12, "PARTICIPANTS_SANS_SESSION"),
        (1, 0, "SESSION_SANS_PARTICIPANT"),
        (0, 0, None),
        (1, 12, None),
        (None, 12, None),
        (1, None, None),
    ],
)
def test_sessions_have_participants_and_participants_sessions(sessions, participants, code):
    all_expected = [(code, A_CONFIRMER, (SESSIONS, PARTICIPANTS))] if code else []
    assert (
        found(
            one_retour(course(sessions, participants), "1.3"), "PARTICIPANTS_SANS_SESSION", "SESSION_SANS_PARTICIPANT"
        )
        == all_expected
    )


def test_two_counts_of_one_indicator_are_a_pair_without_any_rule():
    contrat = dataclasses.replace(trial_contrat(), regles=())
    assert found(
        folder("[a.xlsx] association / Cours\n 1.3/" + SESSIONS + " 0\n 1.3/" + PARTICIPANTS + " 5", contrat),
        "PARTICIPANTS_SANS_SESSION",
    ) == [("PARTICIPANTS_SANS_SESSION", A_CONFIRMER, (SESSIONS, PARTICIPANTS))]


@pytest.mark.parametrize(
    "sessions, participants, code, gravite",
    [
        (2, 33, "SESSION_TROP_NOMBREUSE", A_CONFIRMER),
        (2, 32, None, None),
        (2, 15, "SESSION_PEU_NOMBREUSE", A_CONFIRMER),
        (2, 16, None, None),
        (2, 0, None, None),
    ],
)
def test_a_session_takes_8_to_16_participants(sessions, participants, code, gravite):
    all_expected = [(code, gravite, (PARTICIPANTS, SESSIONS))] if code else []
    assert (
        found(one_retour(course(sessions, participants), "1.3"), "SESSION_TROP_NOMBREUSE", "SESSION_PEU_NOMBREUSE")
        == all_expected
    )


@pytest.mark.parametrize(
    "complements, cells",
    [
        ({"cout": "4480"}, ("complements/cout", PARTICIPANTS)),  # 16 × (250 + 30): the manual is in the 250 €
        ({"cout": "4000"}, None),
        ({"formateurs": "2", "cout_formateurs": "1500"}, ("complements/cout_formateurs", "complements/formateurs")),
        ({"formateurs": "2", "cout_formateurs": "3000"}, None),
        ({"cout_formateurs": "3000"}, None),
    ],
)
def test_the_cost_declared_is_the_printed_one(complements, cells):
    all_expected = [("COUT_DIFFERENT_DU_BAREME", A_CONFIRMER, cells)] if cells else []
    assert found(one_retour(course(1, 16, **complements), "1.3"), "COUT_DIFFERENT_DU_BAREME") == all_expected


def test_a_cost_is_not_compared_with_participants_that_are_refused():
    assert found(one_retour(course(1, 17, cout="4000"), "1.3"), "COUT_DIFFERENT_DU_BAREME") == []


@pytest.mark.parametrize("occupied, faulty", [("40,5", True), ("40", False)])
def test_an_occupation_over_the_capacity_is_to_be_confirmed_and_not_refused(occupied, faulty):
    all_expected = (
        [("OCCUPATION_SUPERIEURE_A_LA_CAPACITE", A_CONFIRMER, ("taux/1.3-I03/numerateur",))] if faulty else []
    )
    codes = ("OCCUPATION_SUPERIEURE_A_LA_CAPACITE", "NUMERATEUR_SUPERIEUR_AU_DENOMINATEUR", "DENOMINATEUR_MANQUANT")
    assert found(one_retour(f"taux/1.3-I03/numerateur {occupied}", "1.3"), *codes) == all_expected


@pytest.mark.parametrize(
    "followed, leavers, relays, all_expected",
    [
        (
            10,
            11,
            11,
            [
                (
                    "SORTIES_SUPERIEURES_A_LA_FILE_ACTIVE",
                    A_CONFIRMER,
                    ("mesures/1.3-I05/valeur", "mesures/1.3-I04/valeur"),
                )
            ],
        ),
        (
            10,
            10,
            11,
            [
                (
                    "RELAIS_SUPERIEURS_AUX_SORTIES",
                    A_CONFIRMER,
                    ("ventilations/1.3-I06/01/effectif", "mesures/1.3-I05/valeur"),
                )
            ],
        ),
        (10, 10, 10, []),
    ],
)
def test_people_leave_who_were_there_and_relays_are_for_those_who_leave(followed, leavers, relays, all_expected):
    lines = (
        f"mesures/1.3-I04/valeur {followed}\n mesures/1.3-I05/valeur {leavers}\n ventilations/1.3-I06/01/modalite "
        f"Soins\n ventilations/1.3-I06/01/effectif {relays}"
    )
    assert (
        found(one_retour(lines, "1.3"), "SORTIES_SUPERIEURES_A_LA_FILE_ACTIVE", "RELAIS_SUPERIEURS_AUX_SORTIES")
        == all_expected
    )


@pytest.mark.parametrize(
    "aide, expenditure, etp, code",
    [
        ("30000,01", "90000", "1", "AIDE_SUPERIEURE_AU_PLAFOND"),
        ("30000", "60000", "1", None),
        ("26000,01", "52000", "1", "AIDE_SUPERIEURE_A_LA_PART"),
        ("26000", "52000", "1", None),
        ("15000,01", "45000", "1,5", "AIDE_SUPERIEURE_A_LA_PART"),  # 1,5 ETP: base 30 000
        ("30000,01", None, None, "AIDE_SUPERIEURE_AU_PLAFOND"),
        ("10000", "52000", "0,4", None),  # the ETP is to be confirmed first
    ],
)
def test_the_aid_to_a_post_is_capped_and_is_a_share_of_the_expense(aide, expenditure, etp, code):
    lines = line(1, "Agence", "Hors maquette", verse=aide)
    lines += "\n".join(f"depenses/{c} {v}" for c, v in (("total", expenditure), ("etp", etp)) if v)
    all_expected = [(code, A_CONFIRMER, ("financement/01/verse",))] if code else []
    assert found(one_retour(lines, "1.4"), "AIDE_SUPERIEURE_AU_PLAFOND", "AIDE_SUPERIEURE_A_LA_PART") == all_expected


@pytest.mark.parametrize("etp, faulty", [("0,4", True), ("0,5", False), ("1", False), ("1,1", True)])
def test_the_post_is_half_to_full_time(etp, faulty):
    all_expected = [("ETP_HORS_BORNES", A_CONFIRMER, ("depenses/etp",))] if faulty else []
    assert found(one_retour(f"depenses/etp {etp}", "1.4"), "ETP_HORS_BORNES") == all_expected


def parity(agence, ville, champ="verse"):
    return (
        line(1, "Agence", "Maquette", **{champ: agence})
        + line(2, "Ville", "Cofinancement", **{champ: ville})
        + line(3, "Fondation", "Cofinancement", **{champ: "5"})
    )


@pytest.mark.parametrize("champ", ["verse", "engage"])
@pytest.mark.parametrize(
    "agence, ville, code, gravite",
    [
        ("100", "100,02", "PARITE_NON_RESPECTEE", A_CONFIRMER),
        ("100", "100,01", None, None),
        ("100", None, "PARITE_INVERIFIABLE", A_CONFIRMER),
        (None, None, None, None),
    ],
)
def test_two_funders_bring_equal_shares_whatever_a_third_one_brings(champ, agence, ville, code, gravite):
    cells = tuple(f"financement/0{rank}/{champ}" for rank, montant in ((1, agence), (2, ville)) if montant)
    all_expected = [(code, gravite, cells)] if code else []
    assert (
        found(one_retour(parity(agence, ville, champ), "1.6"), "PARITE_NON_RESPECTEE", "PARITE_INVERIFIABLE")
        == all_expected
    )


def test_equal_shares_declared_in_two_returns_are_compared_together():
    texte = "[a.xlsx] ville\n 1.6/financement/01/financeur Ville\n 1.6/financement/01/verse 50\n"
    texte += "[b.xlsx] Commune de Valcourt\n 1.6/financement/01/financeur Agence\n 1.6/financement/01/verse "
    codes = ("PARITE_NON_RESPECTEE", "PARITE_INVERIFIABLE")
    assert found(folder(texte + "50"), *codes) == []
    assert found(folder(texte + "40"), *codes) == [("PARITE_NON_RESPECTEE", A_CONFIRMER, ("financement/01/verse",))] * 2


@pytest.mark.parametrize(
    "annee, engage, before, code",
    [
        (2025, "10000,01", 0, "PLAFOND_ANNUEL_DEPASSE"),
        (2025, "10000", 0, None),
        (2026, "5000,01", 20000, "PLAFOND_TOTAL_DEPASSE"),
        (2026, "5000", 20000, None),
        (2027, "100", 0, "DUREE_D_AIDE_DEPASSEE"),  # 2024, 2025, 2026: three years
        (2026, "100", 0, None),
    ],
)
def test_an_aid_is_capped_by_year_in_all_and_in_years(annee, engage, before, code):
    last = precedent("", (("1.5", "agence", "Hors maquette", Decimal(before)),))
    retour = one_retour(line(1, "Agence", "Hors maquette", engage=engage), "1.5", annee=annee, precedent=last)
    all_expected = [(code, A_CONFIRMER, ("financement/01/engage",))] if code else []
    assert found(retour, "PLAFOND_ANNUEL_DEPASSE", "PLAFOND_TOTAL_DEPASSE", "DUREE_D_AIDE_DEPASSEE") == all_expected


def test_the_rules_of_the_shipped_contract_apply_to_its_own_measures():
    texte = """
    [a.xlsx] dijon-metropole
    2.2/mesures/2.2-I03/valeur 2
    2.2/mesures/2.2-I04/valeur 33
    5.1/financement/01/financeur ARS
    5.1/financement/01/nature ARS hors maquette
    5.1/financement/01/verse 26000,01
    5.1/depenses/total 52000
    5.1/depenses/etp 1
    [b.xlsx] sdat / EMAS
    2.3/taux/2.3-I03c/numerateur 41
    """
    codes = ("SESSION_TROP_NOMBREUSE", "AIDE_SUPERIEURE_A_LA_PART", "OCCUPATION_SUPERIEURE_A_LA_CAPACITE")
    assert sorted(found(folder(texte, toml_reader.load("dijon-2024-2028")), *codes)) == [
        ("AIDE_SUPERIEURE_A_LA_PART", A_CONFIRMER, ("financement/01/verse",)),
        ("OCCUPATION_SUPERIEURE_A_LA_CAPACITE", A_CONFIRMER, ("taux/2.3-I03c/numerateur",)),
        ("SESSION_TROP_NOMBREUSE", A_CONFIRMER, ("mesures/2.2-I04/valeur", "mesures/2.2-I03/valeur")),
    ]
