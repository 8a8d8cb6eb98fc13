"""An aid against what its rule works out, and all the aids together against the cost."""

from __future__ import annotations

import dataclasses
from decimal import Decimal

import pytest
from frames_for_tests import contrat_d_essai, dossier, trouve

from cls_workbook.anomalies import A_CONFIRMER
from cls_workbook.contract.model import Regle

ENGAGE, AUTRE = "financement/01/engage", "financement/02/engage"
TAUX = Regle("t", "aide", "30 % de la dépense", fiche="1.5", financeur="ville", base="depense", taux=Decimal("0.3"))
PAR_PERSONNE = Regle("p", "aide", "20 € par personne", fiche="1.3", financeur="ville", base="personne", cout_unitaire=Decimal(20), mesure_participants="1.3-I02")


def retour(regle: Regle, fiche: str, *saisies: str):
    texte = "[a.xlsx] association" + (" / Cours" if fiche == "1.3" else "") + "".join(f"\n {fiche}/{s}" for s in saisies)
    return dossier(texte, dataclasses.replace(contrat_d_essai(), regles=(regle,)))


def ville(montant: int, ligne: str = "01") -> tuple[str, ...]:
    return f"financement/{ligne}/financeur Ville", f"financement/{ligne}/nature Cofinancement", f"financement/{ligne}/engage {montant}"


@pytest.mark.parametrize(("engage", "signale"), [(3000, False), (3001, True)])
def test_an_aid_is_not_above_its_rate(engage, signale):
    attendues = [("AIDE_SUPERIEURE_AU_CALCUL", A_CONFIRMER, (ENGAGE,))] if signale else []
    assert trouve(retour(TAUX, "1.5", "depenses/total 10000", *ville(engage)), "AIDE_SUPERIEURE_AU_CALCUL") == attendues  # 30 % of 10 000


@pytest.mark.parametrize(("engage", "signale"), [(740, False), (741, True)])
def test_an_aid_is_not_above_its_amount_for_each_person(engage, signale):
    attendues = [("AIDE_SUPERIEURE_AU_CALCUL", A_CONFIRMER, (ENGAGE,))] if signale else []
    assert trouve(retour(PAR_PERSONNE, "1.3", "mesures/1.3-I02/valeur 37", *ville(engage)), "AIDE_SUPERIEURE_AU_CALCUL") == attendues  # 37 × 20


def test_an_aid_whose_base_is_not_known_is_not_judged():
    assert trouve(retour(TAUX, "1.5", *ville(9000)), "AIDE_SUPERIEURE_AU_CALCUL", "AIDES_SUPERIEURES_AU_COUT") == []


@pytest.mark.parametrize(("autre", "signale"), [(7000, False), (7001, True)])
def test_the_aids_together_are_not_above_the_cost(autre, signale):
    saisies = ("depenses/total 10000", *ville(3000), "financement/02/financeur Agence", "financement/02/nature Maquette", f"financement/02/engage {autre}")
    attendues = [("AIDES_SUPERIEURES_AU_COUT", A_CONFIRMER, (ENGAGE, AUTRE))] if signale else []
    assert trouve(retour(TAUX, "1.5", *saisies), "AIDES_SUPERIEURES_AU_COUT") == attendues


def test_what_is_only_valued_is_no_aid():
    saisies = ("depenses/total 3000", "financement/01/financeur Ville", "financement/01/nature Valorisation", "financement/01/engage 5000")
    assert trouve(retour(TAUX, "1.5", *saisies), "AIDES_SUPERIEURES_AU_COUT", "AIDE_SUPERIEURE_AU_CALCUL") == []
