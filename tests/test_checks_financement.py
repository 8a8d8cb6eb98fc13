"""Checks 26 to 31, 36 and 39."""

from decimal import Decimal

import pytest
from frames_for_tests import dossier, pilotage, precedent, trouve
from test_checks_avancement import A_CONFIRMER, BLOQUANT, un_retour

from cls_workbook.checks import controler_retour

INFORMATION = "information"


def ligne(rang: int, financeur: str | None, nature: str | None, **champs) -> str:
    donnes = {"financeur": financeur, "nature": nature, **champs}
    return "\n".join(f"financement/{rang:02d}/{c} {v}" for c, v in donnes.items() if v is not None) + "\n"


@pytest.mark.parametrize("postes, total, fautif", [
    (("600", "300", "100"), "1000,01", True),
    (("600", "300", "100"), "1000", False),
    (("0,10", "0,20", None), "0,30", False),  # exact, as a sum of doubles is not
    (("600", None, None), "1000", True),  # a detail given makes the total
    ((None, None, None), "1000", False),
    (("600", "?? MONTANT_ILLISIBLE", None), "1000", False),
])
def test_the_posts_make_the_total(postes, total, fautif):
    donnes = [(n, v) for n, v in zip(("personnel", "achats", "autres", "total"), (*postes, total), strict=True) if v]
    cellules = tuple(f"depenses/{n}" for n, _ in donnes)
    attendues = [("POSTES_DIFFERENTS_DU_TOTAL", BLOQUANT, cellules)] if fautif else []
    assert trouve(un_retour("\n".join(f"depenses/{n} {v}" for n, v in donnes)), "POSTES_DIFFERENTS_DU_TOTAL") == attendues


@pytest.mark.parametrize("total, agence, ville, fautif", [
    ("1000", "600", "401", False),  # 1 € apart
    ("1000", "600", "401,01", True),
    ("1000", "600", "398", True),
    ("1000", "600", None, False),  # what the other paid is not known
    ("1000", "1200", None, True),  # but it is too much already
    ("1000", None, None, False),
    (None, "600", "400", False),
])
def test_the_funders_make_the_cost_within_one_euro(total, agence, ville, fautif):
    lignes = ligne(1, "Agence", "Maquette", verse=agence) + ligne(2, "Ville", "Cofinancement", verse=ville)
    lignes += f"depenses/total {total}" if total else ""
    attendues = [("FINANCEURS_DIFFERENTS_DU_COUT", BLOQUANT, ("depenses/total",))] if fautif else []
    assert trouve(un_retour(lignes), "FINANCEURS_DIFFERENTS_DU_COUT") == attendues


def test_time_lent_is_no_cash():
    lignes = ligne(1, "Agence", "Maquette", verse="1000") + ligne(2, "Ville", "Valorisation", verse="500") + "depenses/total 1000"
    assert trouve(un_retour(lignes), "FINANCEURS_DIFFERENTS_DU_COUT") == []


def test_a_wrong_total_is_one_mistake_though_two_sums_contradict_it():
    lignes = ligne(1, "Agence", "Maquette", verse="900") + "depenses/personnel 900\n depenses/total 90"
    anomalies = trouve(un_retour(lignes), "FINANCEURS_DIFFERENTS_DU_COUT", "POSTES_DIFFERENTS_DU_TOTAL")
    assert anomalies == [("POSTES_DIFFERENTS_DU_TOTAL", BLOQUANT, ("depenses/personnel", "depenses/total"))]


@pytest.mark.parametrize("financeur, nature, cellule", [
    (None, "Maquette", "financement/01/financeur"), ("Agence", None, "financement/01/nature"),
    ("Agence", "?? CHOIX_INCONNU", None), ("Agence", "Maquette", None),
])  # fmt: skip
def test_an_amount_has_a_funder_and_a_nature(financeur, nature, cellule):
    attendues = [("LIGNE_DE_FINANCEMENT_INCOMPLETE", A_CONFIRMER, (cellule, "financement/01/prevu"))] if cellule else []
    assert trouve(un_retour(ligne(1, financeur, nature, prevu="10")), "LIGNE_DE_FINANCEMENT_INCOMPLETE") == attendues


@pytest.mark.parametrize("verse, fautif", [("100,01", True), ("100", False)])
def test_no_more_is_paid_than_committed(verse, fautif):
    attendues = [("VERSE_SUPERIEUR_A_L_ENGAGE", A_CONFIRMER, ("financement/01/verse", "financement/01/engage"))] if fautif else []
    assert trouve(un_retour(ligne(1, "Agence", "Maquette", engage="100", verse=verse)), "VERSE_SUPERIEUR_A_L_ENGAGE") == attendues


@pytest.mark.parametrize("programmes, fautif", [({("1.1", "agence"): Decimal(99)}, True), ({("1.1", "Agence"): Decimal(100)}, False), ({("1.2", "agence"): Decimal(1)}, False)])
def test_no_more_is_committed_than_programmed(programmes, fautif):
    attendues = [("ENGAGE_SUPERIEUR_AU_PROGRAMME", A_CONFIRMER, ("financement/01/engage",))] if fautif else []
    retour = un_retour(ligne(1, "Agence", "Maquette", engage="100"), pilotage=pilotage(programmes))
    assert trouve(retour, "ENGAGE_SUPERIEUR_AU_PROGRAMME") == attendues


def test_what_is_outside_the_maquette_is_not_held_against_what_was_programmed_on_it():
    lignes = ligne(1, "Agence", "Maquette", engage="60") + "\n" + ligne(2, "Agence", "Hors maquette", engage="80")
    assert trouve(un_retour(lignes, pilotage=pilotage({("1.1", "agence"): Decimal(100)})), "ENGAGE_SUPERIEUR_AU_PROGRAMME") == []


def test_what_two_structures_commit_adds_up_and_is_said_once_at_the_larger():
    texte = "[a.xlsx] association\n 1.1/financement/01/financeur Agence\n 1.1/financement/01/engage 60\n"
    texte += "[b.xlsx] ville\n 1.1/financement/02/financeur Agence\n 1.1/financement/02/engage 70"
    anomalies = trouve(dossier(texte, pilotage=pilotage({("1.1", "agence"): Decimal(100)})), "ENGAGE_SUPERIEUR_AU_PROGRAMME")
    assert anomalies == [("ENGAGE_SUPERIEUR_AU_PROGRAMME", A_CONFIRMER, ("financement/02/engage",))]


@pytest.mark.parametrize("avant, annee, fautif", [(0, "20000,01", True), (0, "20000", False), (15000, "5000,01", True), (15000, "5000", False)])
def test_what_is_committed_over_the_years_stays_within_the_contract(avant, annee, fautif):
    dernier = precedent("", (("1.1", "Agence", "Maquette", Decimal(avant)), ("1.1", "Agence", "Hors maquette", Decimal(90000))))
    attendues = [("CONTRAT_DEPASSE", A_CONFIRMER, ("financement/01/engage",))] if fautif else []
    assert trouve(un_retour(ligne(1, "Agence", "Maquette", engage=annee), precedent=dernier), "CONTRAT_DEPASSE") == attendues


@pytest.mark.parametrize("combien, dits", [(20, "b20.xlsx)"), (23, "b20.xlsx et 3 autres)")])
def test_the_returns_that_make_a_sum_too_large_are_named_as_far_as_they_can_be_read(combien, dits):
    lignes = {montant: ligne(1, "Agence", "Maquette", engage=montant).replace("financement", "1.1/financement") for montant in (2000, 2001)}
    texte = "".join(f"[b{n:02}.xlsx] Commune {n}\n{lignes[2000 if n else 2001]}" for n in range(combien + 1))
    (depasse,) = [a for a in controler_retour(dossier(texte)) if a.code == "CONTRAT_DEPASSE"]
    assert (depasse.fichier, depasse.cellules) == ("b00.xlsx", ("financement/01/engage",))
    assert depasse.trouve.startswith("4") and depasse.trouve.endswith(dits) and "(avec b01.xlsx, b02.xlsx" in depasse.trouve


@pytest.mark.parametrize("agence, ville, total, fautif", [
    ("261", "739", "1000", True),  # 26,1 % for 25 %
    ("260", "740", "1000", False),  # one point is allowed
    ("500", "600", "1000", False),  # the cost itself is contradicted: said once, by the rule on the cost
])
def test_the_observed_rate_stays_within_one_point_of_the_printed_one(agence, ville, total, fautif):
    lignes = ligne(1, "Agence", "Maquette", verse=agence) + ligne(2, "Ville", "Cofinancement", verse=ville) + f"depenses/total {total}"
    attendues = [("TAUX_SUPERIEUR_AU_CONTRAT", A_CONFIRMER, ("financement/01/verse",))] if fautif else []
    assert trouve(un_retour(lignes), "TAUX_SUPERIEUR_AU_CONTRAT") == attendues


@pytest.mark.parametrize("nature, reference, date, cellules", [
    ("Maquette", None, None, ("reference", "date", "engage")),
    ("Maquette", "Conv-12", None, ("date", "engage")),
    ("Maquette", "Conv-12", "01/02/2025", None),
    ("Maquette", "Conv-12", "?? DATE_ILLISIBLE", None),
    ("Valorisation", None, None, None),
])
def test_a_commitment_has_a_reference_and_a_date(nature, reference, date, cellules):
    attendues = [("ENGAGEMENT_SANS_REFERENCE", A_CONFIRMER, tuple(f"financement/01/{c}" for c in cellules))] if cellules else []
    retour = un_retour(ligne(1, "Agence", nature, engage="100", reference=reference, date=date))
    assert trouve(retour, "ENGAGEMENT_SANS_REFERENCE") == attendues


@pytest.mark.parametrize("financeur, nature, reference, autre", [
    ("Ville", "Maquette", None, "financeur"),
    ("Agence", "Maquette", "CPOM 2023-2027", "reference"),
    ("Agence", "Hors maquette", "CPOM 2023-2027", None),
    ("Ville", "Cofinancement", None, None),
    ("Agence", "Maquette", "Conv-12", None),
])
def test_only_the_money_of_the_contract_is_in_the_maquette(financeur, nature, reference, autre):
    attendues = [("NATURE_DOUTEUSE", A_CONFIRMER, ("financement/01/nature", f"financement/01/{autre}"))] if autre else []
    assert trouve(un_retour(ligne(1, financeur, nature, prevu="10", reference=reference)), "NATURE_DOUTEUSE") == attendues


def versements(structure: str, financeur: str, *montants: str, nature: str = "Cofinancement"):
    fiches = zip(("1.1", "1.2"), montants, strict=False)
    return dossier(f"[a.xlsx] {structure}\n" + "\n".join(
        f"{f}/financement/01/financeur {financeur}\n {f}/financement/01/nature {nature}\n {f}/financement/01/verse {m}" for f, m in fiches
    ))  # fmt: skip


@pytest.mark.parametrize("structure, financeur, montants, fautif", [
    ("association", "Ville", ("12000", "11000,01"), True),  # 23 000,01 € over two fiches
    ("association", "Ville", ("12000", "11000"), False),
    ("association", "Fondation", ("24000",), False),
    ("ville", "Agence", ("24000",), False),
])
def test_more_than_23_000_euros_of_a_public_funder_to_a_private_body_is_for_information(structure, financeur, montants, fautif):
    attendues = [("SUBVENTION_A_JUSTIFIER", INFORMATION, ("financement/01/verse",))] if fautif else []
    assert trouve(versements(structure, financeur, *montants), "SUBVENTION_A_JUSTIFIER") == attendues


@pytest.mark.parametrize("fiche, nature, fautif", [("1.2", "Maquette", True), ("1.1", "Maquette", False), ("1.4", "Maquette", False), ("1.2", "Cofinancement", False)])
def test_an_amount_where_the_contract_prints_none_is_for_information(fiche, nature, fautif):
    attendues = [("MONTANT_SANS_PREVISION", INFORMATION, ("financement/01/prevu",))] if fautif else []
    assert trouve(un_retour(ligne(1, "Agence", nature, prevu="10"), fiche), "MONTANT_SANS_PREVISION") == attendues
