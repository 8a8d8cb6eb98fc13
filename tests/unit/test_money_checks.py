"""Rules on what was spent and who pays, against what the contract and the COPIL said."""

from decimal import Decimal

import pytest

from cls_workbook.checks import check_retour
from tests.support.frames_from_text import A_CONFIRMER, BLOCKING, folder, found, line, one_retour, pilotage, precedent

INFORMATION = "information"


@pytest.mark.parametrize(
    "posts, total, faulty",
    [
        (("600", "300", "100"), "1000,01", True),
        (("600", "300", "100"), "1000", False),
        (("0,10", "0,20", None), "0,30", False),  # exact, as a sum of doubles is not
        (("600", None, None), "1000", True),  # a detail given makes the total
        ((None, None, None), "1000", False),
        (("600", "?? MONTANT_ILLISIBLE", None), "1000", False),
    ],
)
def test_the_posts_make_the_total_or_are_set_aside(posts, total, faulty):
    supplied = [(n, v) for n, v in zip(("personnel", "achats", "autres", "total"), (*posts, total), strict=True) if v]
    cells = tuple(f"depenses/{n}" for n, _ in supplied[:-1])  # the total is not refused
    all_expected = [("POSTES_DIFFERENTS_DU_TOTAL", BLOCKING, cells)] if faulty else []
    assert (
        found(one_retour("\n".join(f"depenses/{n} {v}" for n, v in supplied)), "POSTES_DIFFERENTS_DU_TOTAL")
        == all_expected
    )


@pytest.mark.parametrize(
    "total, agence, ville, own, faulty",
    [
        ("1000", "600", "401", None, False),  # 1 € apart
        ("1000", "600", "401,01", None, True),
        ("1000", "600", "398", None, True),
        ("1000", "600", "300", "100", False),  # the structure brings the rest
        ("1000", "600", "300", "98,99", True),
        ("1000", "600", "300", "0", True),
        ("1000", "600", None, None, False),  # what the other attributed is not known
        ("1000", "1200", None, None, True),  # but it is too much already
        ("1000", None, None, None, False),
        ("1000", None, None, "1000", False),
        (None, "600", "400", None, False),
    ],
)
def test_what_is_attributed_makes_the_cost_within_one_euro(total, agence, ville, own, faulty):
    lines = line(1, "Agence", "Maquette", engage=agence) + line(2, "Ville", "Cofinancement", engage=ville)
    known = (("total", total), ("ressources_propres", own))
    lines += "\n".join(f"depenses/{champ} {montant}" for champ, montant in known if montant)
    cells = tuple(f"depenses/{champ}" for champ, montant in known if montant)
    all_expected = [("FINANCEURS_DIFFERENTS_DU_COUT", A_CONFIRMER, cells)] if faulty else []
    assert found(one_retour(lines), "FINANCEURS_DIFFERENTS_DU_COUT") == all_expected


def test_a_balance_that_comes_later_is_an_ordinary_year():
    lines = line(1, "Agence", "Maquette", engage="10000", verse="8000") + "depenses/total 10000"
    assert found(one_retour(lines), "FINANCEURS_DIFFERENTS_DU_COUT") == []


def test_time_lent_is_no_cash():
    lines = (
        line(1, "Agence", "Maquette", engage="1000")
        + line(2, "Ville", "Valorisation", engage="500")
        + "depenses/total 1000"
    )
    assert found(one_retour(lines), "FINANCEURS_DIFFERENTS_DU_COUT") == []


def test_a_wrong_total_is_one_mistake_though_two_sums_contradict_it():
    lines = line(1, "Agence", "Maquette", engage="900") + "depenses/personnel 900\n depenses/total 90"
    anomalies = found(one_retour(lines), "FINANCEURS_DIFFERENTS_DU_COUT", "POSTES_DIFFERENTS_DU_TOTAL")
    assert anomalies == [("POSTES_DIFFERENTS_DU_TOTAL", BLOCKING, ("depenses/personnel",))]


@pytest.mark.parametrize(
    "financeur, nature, cell",
    [
        (None, "Maquette", "financement/01/financeur"),
        ("Agence", None, "financement/01/nature"),
        ("Agence", "?? CHOIX_INCONNU", None),
        ("Agence", "Maquette", None),
    ],
)
def test_an_amount_has_a_funder_and_a_nature(financeur, nature, cell):
    all_expected = [("LIGNE_DE_FINANCEMENT_INCOMPLETE", A_CONFIRMER, (cell, "financement/01/prevu"))] if cell else []
    assert found(one_retour(line(1, financeur, nature, prevu="10")), "LIGNE_DE_FINANCEMENT_INCOMPLETE") == all_expected


@pytest.mark.parametrize("verse, faulty", [("100,01", True), ("100", False)])
def test_no_more_is_paid_than_committed(verse, faulty):
    all_expected = (
        [("VERSE_SUPERIEUR_A_L_ENGAGE", A_CONFIRMER, ("financement/01/verse", "financement/01/engage"))]
        if faulty
        else []
    )
    assert (
        found(one_retour(line(1, "Agence", "Maquette", engage="100", verse=verse)), "VERSE_SUPERIEUR_A_L_ENGAGE")
        == all_expected
    )


@pytest.mark.parametrize(
    "programmes, faulty",
    [
        ({("1.1", "agence"): Decimal(99)}, True),
        ({("1.1", "Agence"): Decimal(100)}, False),
        ({("1.2", "agence"): Decimal(1)}, False),
    ],
)
def test_no_more_is_committed_than_programmed(programmes, faulty):
    all_expected = [("ENGAGE_SUPERIEUR_AU_PROGRAMME", A_CONFIRMER, ("financement/01/engage",))] if faulty else []
    retour = one_retour(line(1, "Agence", "Maquette", engage="100"), pilotage=pilotage(programmes))
    assert found(retour, "ENGAGE_SUPERIEUR_AU_PROGRAMME") == all_expected


def test_what_is_outside_the_maquette_is_not_held_against_what_was_programmed_on_it():
    lines = line(1, "Agence", "Maquette", engage="60") + "\n" + line(2, "Agence", "Hors maquette", engage="80")
    assert (
        found(one_retour(lines, pilotage=pilotage({("1.1", "agence"): Decimal(100)})), "ENGAGE_SUPERIEUR_AU_PROGRAMME")
        == []
    )


def test_what_two_structures_commit_adds_up_and_is_said_once_at_the_larger():
    texte = "[a.xlsx] association\n 1.1/financement/01/financeur Agence\n 1.1/financement/01/engage 60\n"
    texte += "[b.xlsx] ville\n 1.1/financement/02/financeur Agence\n 1.1/financement/02/engage 70"
    anomalies = found(
        folder(texte, pilotage=pilotage({("1.1", "agence"): Decimal(100)})), "ENGAGE_SUPERIEUR_AU_PROGRAMME"
    )
    assert anomalies == [("ENGAGE_SUPERIEUR_AU_PROGRAMME", A_CONFIRMER, ("financement/02/engage",))]


@pytest.mark.parametrize(
    "before, annee, faulty",
    [(0, "20000,01", True), (0, "20000", False), (15000, "5000,01", True), (15000, "5000", False)],
)
def test_what_is_committed_over_the_years_stays_within_the_contract(before, annee, faulty):
    last = precedent(
        "", (("1.1", "Agence", "Maquette", Decimal(before)), ("1.1", "Agence", "Hors maquette", Decimal(90000)))
    )
    all_expected = [("CONTRAT_DEPASSE", A_CONFIRMER, ("financement/01/engage",))] if faulty else []
    assert (
        found(one_retour(line(1, "Agence", "Maquette", engage=annee), precedent=last), "CONTRAT_DEPASSE")
        == all_expected
    )


@pytest.mark.parametrize("how_many, said", [(20, "b20.xlsx)"), (23, "b20.xlsx et 3 autres)")])
def test_the_returns_that_make_a_sum_too_large_are_named_as_far_as_they_can_be_read(how_many, said):
    lines = {
        montant: line(1, "Agence", "Maquette", engage=montant).replace("financement", "1.1/financement")
        for montant in (2000, 2001)
    }
    texte = "".join(f"[b{n:02}.xlsx] Commune {n}\n{lines[2000 if n else 2001]}" for n in range(how_many + 1))
    (exceeding,) = [a for a in check_retour(folder(texte)) if a.code == "CONTRAT_DEPASSE"]
    assert (exceeding.file, exceeding.cells) == ("b00.xlsx", ("financement/01/engage",))
    assert (
        exceeding.found.startswith("4")
        and exceeding.found.endswith(said)
        and "(avec b01.xlsx, b02.xlsx" in exceeding.found
    )


@pytest.mark.parametrize(
    "agence, ville, total, faulty",
    [
        ("261", "739", "1000", True),  # 26,1 % for 25 %
        ("260", "740", "1000", False),  # one point is allowed
        ("500", "600", "1000", True),  # whatever the others bring
    ],
)
def test_the_observed_rate_stays_within_one_point_of_the_printed_one(agence, ville, total, faulty):
    lines = (
        line(1, "Agence", "Maquette", engage=agence)
        + line(2, "Ville", "Cofinancement", engage=ville)
        + f"depenses/total {total}"
    )
    all_expected = [("TAUX_SUPERIEUR_AU_CONTRAT", A_CONFIRMER, ("financement/01/engage",))] if faulty else []
    assert found(one_retour(lines), "TAUX_SUPERIEUR_AU_CONTRAT") == all_expected


@pytest.mark.parametrize(
    "nature, reference, date, cells",
    [
        ("Maquette", None, None, ("reference", "date", "engage")),
        ("Maquette", "Conv-12", None, ("date", "engage")),
        ("Maquette", "Conv-12", "01/02/2025", None),
        ("Maquette", "Conv-12", "?? DATE_ILLISIBLE", None),
        ("Valorisation", None, None, None),
    ],
)
def test_a_commitment_has_a_reference_and_a_date(nature, reference, date, cells):
    all_expected = (
        [("ENGAGEMENT_SANS_REFERENCE", A_CONFIRMER, tuple(f"financement/01/{c}" for c in cells))] if cells else []
    )
    retour = one_retour(line(1, "Agence", nature, engage="100", reference=reference, date=date))
    assert found(retour, "ENGAGEMENT_SANS_REFERENCE") == all_expected


@pytest.mark.parametrize(
    "financeur, nature, reference, other",
    [
        ("Ville", "Maquette", None, "financeur"),
        ("Agence", "Maquette", "CPOM 2023-2027", "reference"),
        ("Agence", "Hors maquette", "CPOM 2023-2027", None),
        ("Ville", "Hors maquette", None, "financeur"),
        ("Total", "Maquette", None, None),  # the total typed as a line: another rule says so
        ("Ville", "Cofinancement", None, None),
        ("Agence", "Maquette", "Conv-12", None),
    ],
)
def test_only_the_money_of_the_contract_is_in_the_maquette(financeur, nature, reference, other):
    all_expected = (
        [("NATURE_DOUTEUSE", A_CONFIRMER, ("financement/01/nature", f"financement/01/{other}"))] if other else []
    )
    assert (
        found(one_retour(line(1, financeur, nature, prevu="10", reference=reference)), "NATURE_DOUTEUSE")
        == all_expected
    )


@pytest.mark.parametrize(
    "financeur, nature, faulty",
    [
        ("Agence", "Cofinancement", True),
        ("Agence du Centre", "Cofinancement", True),  # the same, in more words
        ("Ville", "Cofinancement", False),
        ("Agence", "Hors maquette", False),
    ],
)
def test_the_agency_is_no_cofunder(financeur, nature, faulty):
    places = ("financement/01/nature", "financement/01/financeur")
    all_expected = [("AGENCE_EN_COFINANCEMENT", A_CONFIRMER, places)] if faulty else []
    assert found(one_retour(line(1, financeur, nature, engage="10")), "AGENCE_EN_COFINANCEMENT") == all_expected


@pytest.mark.parametrize(
    "nature, verse, faulty",
    [("Valorisation", "300", True), ("Valorisation", "0", False), ("Cofinancement", "300", False)],
)
def test_what_is_valued_is_never_paid(nature, verse, faulty):
    places = ("financement/01/verse", "financement/01/nature")
    all_expected = [("VALORISATION_VERSEE", A_CONFIRMER, places)] if faulty else []
    assert found(one_retour(line(1, "Ville", nature, verse=verse)), "VALORISATION_VERSEE") == all_expected


def payments(structure: str, financeur: str, *amounts: str, nature: str = "Cofinancement"):
    fiches = zip(("1.1", "1.2"), amounts, strict=False)
    return folder(
        f"[a.xlsx] {structure}\n"
        + "\n".join(
            f"{f}/financement/01/financeur {financeur}\n {f}/financement/01/nature {nature}\n "
            f"{f}/financement/01/verse {m}"
            for f, m in fiches
        )
    )


@pytest.mark.parametrize(
    "structure, financeur, amounts, faulty",
    [
        ("association", "Ville", ("12000", "11000,01"), True),  # 23 000,01 € over two fiches
        ("association", "Ville", ("12000", "11000"), False),
        ("association", "Fondation", ("24000",), False),
        ("ville", "Agence", ("24000",), False),
    ],
)
def test_more_than_23_000_euros_of_a_public_funder_to_a_private_body_is_for_information(
    structure, financeur, amounts, faulty
):
    all_expected = [("SUBVENTION_A_JUSTIFIER", INFORMATION, ("financement/01/verse",))] if faulty else []
    assert found(payments(structure, financeur, *amounts), "SUBVENTION_A_JUSTIFIER") == all_expected


@pytest.mark.parametrize(
    "fiche, nature, faulty",
    [
        ("1.2", "Maquette", True),
        ("1.1", "Maquette", False),
        ("1.4", "Maquette", False),
        ("1.2", "Cofinancement", False),
    ],
)
def test_an_amount_where_the_contract_prints_none_is_for_information(fiche, nature, faulty):
    all_expected = [("MONTANT_SANS_PREVISION", INFORMATION, ("financement/01/prevu",))] if faulty else []
    assert found(one_retour(line(1, "Agence", nature, prevu="10"), fiche), "MONTANT_SANS_PREVISION") == all_expected
