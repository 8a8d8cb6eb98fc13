"""An aid against what its rule works out, and all the aids together against the cost."""

from __future__ import annotations

import dataclasses
from decimal import Decimal

import pytest

from cls_workbook.anomalies import A_CONFIRMER
from cls_workbook.domain.rules import Rule
from tests.support.frames_from_text import folder, found, trial_contrat
from tests.support.written_rules import written_rule

ENGAGE, OTHER = "financement/01/engage", "financement/02/engage"
RATE = written_rule(
    "t", "aide", "30 % de la dépense", fiche="1.5", financeur="ville", base="depense", taux=Decimal("0.3")
)
PER_PERSON = written_rule(
    "p",
    "aide",
    "20 € par personne",
    fiche="1.3",
    financeur="ville",
    base="personne",
    cout_unitaire=Decimal(20),
    mesure_participants="1.3-I02",
)


def retour(rule: Rule, fiche: str, *saisies: str):
    texte = (
        "[a.xlsx] association" + (" / Cours" if fiche == "1.3" else "") + "".join(f"\n {fiche}/{s}" for s in saisies)
    )
    return folder(texte, dataclasses.replace(trial_contrat(), regles=(rule,)))


def ville(montant: int, line: str = "01") -> tuple[str, ...]:
    return (
        f"financement/{line}/financeur Ville",
        f"financement/{line}/nature Cofinancement",
        f"financement/{line}/engage {montant}",
    )


@pytest.mark.parametrize(("engage", "is_reported"), [(3000, False), (3001, True)])
def test_an_aid_is_not_above_its_rate(engage, is_reported):
    all_expected = [("AIDE_SUPERIEURE_AU_CALCUL", A_CONFIRMER, (ENGAGE,))] if is_reported else []
    assert (
        found(retour(RATE, "1.5", "depenses/total 10000", *ville(engage)), "AIDE_SUPERIEURE_AU_CALCUL") == all_expected
    )  # 30 % of 10 000


@pytest.mark.parametrize(("engage", "is_reported"), [(740, False), (741, True)])
def test_an_aid_is_not_above_its_amount_for_each_person(engage, is_reported):
    all_expected = [("AIDE_SUPERIEURE_AU_CALCUL", A_CONFIRMER, (ENGAGE,))] if is_reported else []
    assert (
        found(retour(PER_PERSON, "1.3", "mesures/1.3-I02/valeur 37", *ville(engage)), "AIDE_SUPERIEURE_AU_CALCUL")
        == all_expected
    )  # 37 × 20


def test_an_aid_whose_base_is_not_known_is_not_judged():
    assert found(retour(RATE, "1.5", *ville(9000)), "AIDE_SUPERIEURE_AU_CALCUL", "AIDES_SUPERIEURES_AU_COUT") == []


@pytest.mark.parametrize(("other", "is_reported"), [(7000, False), (7001, True)])
def test_the_aids_together_are_not_above_the_cost(other, is_reported):
    saisies = (
        "depenses/total 10000",
        *ville(3000),
        "financement/02/financeur Agence",
        "financement/02/nature Maquette",
        f"financement/02/engage {other}",
    )
    all_expected = [("AIDES_SUPERIEURES_AU_COUT", A_CONFIRMER, (ENGAGE, OTHER))] if is_reported else []
    assert found(retour(RATE, "1.5", *saisies), "AIDES_SUPERIEURES_AU_COUT") == all_expected


def test_what_is_only_valued_is_no_aid():
    saisies = (
        "depenses/total 3000",
        "financement/01/financeur Ville",
        "financement/01/nature Valorisation",
        "financement/01/engage 5000",
    )
    assert found(retour(RATE, "1.5", *saisies), "AIDES_SUPERIEURES_AU_COUT", "AIDE_SUPERIEURE_AU_CALCUL") == []
