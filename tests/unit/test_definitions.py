"""The definitions that ship, and those of other shapes."""

from __future__ import annotations

import re
from collections import Counter
from decimal import Decimal

import pytest

from cls_workbook.definition import toml_reader
from cls_workbook.definition.toml_reader import load, parse
from cls_workbook.domain.verification.fault import A_CONFIRMER, FAULT
from cls_workbook.domain.verification.whole_contract import verifier
from tests.support.other_shapes import BESANCON, MAYENNE, SOLIDARITES


@pytest.fixture(scope="module")
def dijon():
    return load("dijon-2024-2028")


# --- Dijon ----------------------------------------------------------------------------------------------------------


def test_dijon_counts_what_the_signed_contract_counts(dijon):
    assert len(dijon.axes) == 5
    assert len(dijon.fiches) == 16
    printed = [i for f in dijon.fiches for i in f.indicateurs if i.imprime]
    assert len(printed) == 84
    assert sum(len(i.mesures) for i in printed) == 95
    # What the contract wants of the EMAS and prints no indicator for: the communes covered, the « pôle ressource ».
    assert {m for m, (_, i, _) in dijon.by_mesure.items() if not i.imprime} == {"2.3-C01", "2.3-C02"}
    assert len(dijon.announced.a_programmer) == 6
    assert len(dijon.parties.signataires) == 13
    assert [s.nom for s in dijon.parties.signataires if s.role == "copilote"] == [
        "Agence Régionale de Santé de Bourgogne-Franche-Comté",
        "Dijon métropole",
    ]
    assert dijon.annees == (2024, 2025, 2026, 2027, 2028)


def test_dijon_has_the_printed_fiches_in_the_printed_order(dijon):
    numbers = [
        "1.1",
        "1.2",
        "2.1",
        "2.2",
        "2.3",
        "3.1",
        "3.2",
        "3.3",
        "3.4",
        "3.5",
        "4.1",
        "4.2",
        "4.3",
        "4.4",
        "5.1",
        "5.2",
    ]
    assert [f.numero for f in dijon.fiches] == numbers
    printed = [sum(i.imprime for i in f.indicateurs) for f in dijon.fiches]
    assert printed == [3, 9, 4, 4, 8, 10, 4, 4, 4, 5, 4, 7, 4, 5, 6, 3]
    assert all(f.numero.startswith(f"{f.axe}.") for f in dijon.fiches)
    assert Counter(a.axe for a in dijon.announced.a_programmer) == {"1": 3, "3": 3}


def test_the_maquette_of_dijon_is_the_sum_of_its_fiches(dijon):
    amounts = {f.numero: f.financement.montant for f in dijon.fiches if f.financement.montant is not None}
    assert amounts == {"1.2": 45_000, "2.1": 20_000, "2.2": 40_000, "2.3": 171_350, "3.1": 30_000, "3.3": 40_000}
    assert sum(amounts.values()) == dijon.money.maquette == Decimal(346_350)


def test_a_missing_amount_keeps_its_reason(dijon):
    etats = {f.numero: f.financement.montant_etat for f in dijon.fiches if f.financement.montant is None}
    assert etats == {
        "1.1": "non_determine",
        "3.2": "non_determine",
        "4.2": "non_determine",
        "4.4": "non_determine",
        "3.4": "vide",
        "3.5": "vide",
        "4.1": "vide",
        "4.3": "vide",
        "5.1": "regle",
        "5.2": "a_definir",
    }


def test_only_pure_printed_rates_can_be_compared_with_observed_ones(dijon):
    taux = {f.numero: f.financement.taux for f in dijon.fiches if f.financement.taux_pur}
    assert taux == {"1.2": Decimal("0.265"), "2.1": 1, "2.2": 1, "2.3": Decimal("0.17")}
    assert dijon.par_fiche["1.2"].financement.duree_ans == 3
    assert [f.numero for f in dijon.fiches if f.financement.duree_ans] == ["1.2"]


def test_the_territory_of_dijon_is_23_communes_and_six_quarters_since_2024(dijon):
    assert (
        len(dijon.places.communes)
        == len({c.code_insee for c in dijon.places.communes})
        == len({c.siren for c in dijon.places.communes})
        == 23
    )
    crimolois = next(c for c in dijon.places.communes if c.code_insee == "21452")
    assert (crimolois.nom, crimolois.nom_imprime) == ("Neuilly-Crimolois", "Neuilly-les-Dijon")
    assert len(dijon.places.qpv_in(2024)) == 6
    assert [q.nom for q in dijon.places.qpv if q not in dijon.places.qpv_in(2023)] == ["Quetigny-centre"]


def test_initial_values_go_to_the_measures_that_they_mean_something_for(dijon):
    all_known = {m.id: m.valeur_initiale for _, _, m in dijon.by_mesure.values() if m.valeur_initiale is not None}
    mediation = {f"1.2-I0{n}": 0 for n in range(1, 9)}  # the ninth is a satisfaction
    assert all_known == mediation | {"1.1-I03": 2, "2.3-C01": 5, "4.1-I01": 0}


def test_dijon_says_what_each_fiche_is_to_reach(dijon):
    for fiche in dijon.fiches:
        assert fiche.printed.objectifs, fiche.numero
        assert fiche.printed.resultats_attendus, fiche.numero
    assert {c.mesure: (c.valeur, c.annee, c.chaque_annee) for c in dijon.announced.cibles} == {
        "2.3-C01": (23, None, False),
        "2.3-I03c": (1, None, True),
        "3.2-I01": (3, 2024, False),
    }
    without_pathway = {f.numero for f in dijon.fiches if f.printed.lien_parcours is None}
    assert without_pathway == {"1.1", "3.1", "4.1", "4.2", "4.3", "4.4", "5.1", "5.2"}
    assert len(dijon.printed.partenaires_associes) == 7


def test_groups_are_replaced_by_named_structures(dijon):
    groups = {s.id: s for s in dijon.structures if s.groupe}
    assert set(groups) == {"communes", "operateurs"}
    assert len(dijon.candidats(groups["communes"])) == 23
    assert {"Addictions France", "Sedap", "IREPS", "Avenir Santé", "Smerra", "RéPPOP"} <= set(
        dijon.candidats(groups["operateurs"])
    )


def test_a_part_of_a_fiche_is_answered_by_its_own_porteurs(dijon):
    assert dijon.par_fiche["2.3"].repondants() == (
        ("sdat", "EMAS"),
        ("acodege", "EMAS"),
        ("dijon-metropole", "Étude de l’extension"),
        ("ars", "Étude de l’extension"),
    )
    assert dijon.par_fiche["1.2"].repondants() == (("centres-soins-infirmiers", "Expérimentation"),)
    assert dijon.par_fiche["5.2"].repondants() == (("ars", "Évaluation finale"), ("dijon-metropole", "Suivi annuel"))


def test_dijon_metropole_carries_thirteen_fiches(dijon):
    assert [f.numero for f in dijon.fiches if "dijon-metropole" not in f.porteurs] == ["1.2", "3.1", "3.5"]


def test_the_rules_of_dijon_hold_the_printed_figures(dijon):
    poste, pssm, emas = (
        dijon.rules_of(n, t)[0] for n, t in (("5.1", "poste"), ("2.2", "cout_unitaire"), ("2.3", "capacite"))
    )
    assert (poste.taux, poste.caps.plafond_annuel, poste.post.etp_min, poste.post.etp_assiette_max) == (
        Decimal("0.5"),
        30_000,
        Decimal("0.5"),
        1,
    )
    assert poste.hors_maquette
    sessions = pssm.sessions
    assert (sessions.cout_unitaire, sessions.participants_min, sessions.participants_max, sessions.cout_formateur) == (
        250,
        8,
        16,
        1_500,
    )
    # The manual at 30 € is included: two full sessions a year for five years are the whole envelope.
    assert (
        2 * sessions.participants_max * sessions.cout_unitaire * len(dijon.annees)
        == dijon.par_fiche["2.2"].financement.montant
    )
    occupation = dijon.by_mesure["2.3-I03c"][2]
    assert emas.capacity.capacite == occupation.denominateur == 40
    assert occupation.numerateur_decimal


def test_breakdowns_that_the_contract_prints_are_fixed(dijon):
    fixed = {m.id: m.modalites for _, i, m in dijon.by_mesure.values() if m.modalites and i.imprime}
    assert fixed["2.2-I03"] == ("PSSM standard", "PSSM Jeune")
    assert fixed["5.1-I03"] == ("groupes de travail", "comité technique", "COPIL", "Assemblée plénière")
    assert len(fixed["5.1-I02"]) == 3
    assert len(fixed) == 3
    assert {m.id for _, _, m in dijon.by_mesure.values() if m.reponses_multiples} == {"2.1-I02", "2.3-I05", "5.1-I02"}


def test_measures_counted_in_communes_are_bounded_by_the_territory(dijon):
    communal = {m.id: m.maximum for _, _, m in dijon.by_mesure.values() if m.communes}
    assert communal == dict.fromkeys(("2.3-C01", "4.2-I05", "4.2-I06", "4.2-I07", "4.4-I01a", "4.4-I04"), Decimal(23))


def test_small_counts_are_masked_in_the_three_sensitive_fiches_only(dijon):
    assert {f.numero for f, _, m in dijon.by_mesure.values() if m.petits_effectifs} == {"1.2", "2.3", "3.4"}


def test_each_fiche_has_one_to_three_key_measures(dijon):
    assert all(1 <= sum(m.cle for m in f.mesures) <= 3 for f in dijon.fiches)


def test_the_27_inconsistencies_of_the_contract_are_kept(dijon):
    assert [c.code for c in dijon.printed.a_confirmer] == [f"A{n:02}" for n in range(1, 28)]


def test_dijon_has_no_fault_and_passes_its_inconsistencies_on(dijon):
    faults = verifier(dijon)
    assert [str(f) for f in faults if f.gravite == FAULT] == []
    assert [f.location for f in faults if f.gravite == A_CONFIRMER][:2] == [
        "contrat.fiches[2] (1.2).volets[2] (extension).porteurs",
        "contrat.fiches",
    ]
    assert len(faults) == 2 + 27


def test_no_definition_names_a_person_or_types_a_straight_apostrophe():
    for path in toml_reader.shipped().values():
        texte = path.read_text(encoding="utf-8")
        # A title before a capitalised name.
        assert not re.search(r"\b(Monsieur|Madame|M\.|Mme|Dr)\s+[A-ZÉ]", texte), path.name
        assert not re.search(r"\w'\w", texte), path.name


# --- The other shapes of contract -----------------------------------------------------------------------------------


def _serious(contrat):
    return [str(f) for f in verifier(contrat) if f.gravite == FAULT]


def test_a_contract_without_fiche_amount_or_indicator_is_valid_and_says_what_is_missing():
    contrat = parse(BESANCON, "essai")
    assert contrat.money.maquette is None
    assert [(f.location, f.gravite) for f in verifier(contrat)] == [("contrat.fiches", A_CONFIRMER)]
    assert "20 actions sont annoncées" in verifier(contrat)[0].message


def test_a_contract_of_eight_actions_at_parity_has_one_envelope_a_year():
    contrat = parse(SOLIDARITES, "essai")
    assert _serious(contrat) == []
    assert [f.axe for f in contrat.fiches] == ["1", "1", "2", "2", "3", "3", "4", "4"]
    assert sum(e.montant for e in contrat.money.enveloppes) == 2_765_000
    # The rule is of the contract: it binds each action.
    assert [r.id for r in contrat.rules_of("7", "parite")] == ["parite"]
    assert {f.location for f in verifier(contrat)} == {"contrat.fiches"}


def test_a_capped_aid_fits_the_model():
    contrat = parse(MAYENNE, "essai")
    rule = contrat.regles[0]
    assert _serious(contrat) == []
    assert (rule.caps.plafond_annuel, rule.caps.plafond_total, rule.caps.duree_ans, rule.depuis) == (
        10_000,
        30_000,
        3,
        2022,
    )
