"""A structure against its own last year: what it is shown in its workbook, what changes too much, what was copied."""

from __future__ import annotations

import dataclasses
from datetime import date
from decimal import Decimal

import openpyxl
import pandas as pd
import pytest
from classeurs import ANNEE, DEFINITION, essai, lire, places
from frames_for_tests import dossier, precedent, trouve
from retours_lus import relue, retour

from cls_workbook import conductor, contract, entry
from cls_workbook.contract.vie import SeuilsEvolution
from cls_workbook.entry import offprint
from cls_workbook.errors import Refus
from cls_workbook.results.precedent import indicateurs, montrables, valeurs_propres

ETAT = {"1.1/avancement/etat": "En cours"}
I1, H = "1.1/mesures/1.1-I01/valeur", "1.1/mesures/1.1-I02a/valeur"
HAUT, BAS = "1.1/taux/1.1-I03a/numerateur", "1.1/taux/1.1-I03a/denominateur"
LIGNE = {f"1.1/financement/01/{c}": v for c, v in {"financeur": "ARS", "nature": "Maquette ARS", "prevu": 8000, "engage": 8000, "verse": 4000.5, "reference": "C-12"}.items()}


def annee_passee(*saisies: dict, structures=("ville", "mutuelle")):
    retours = [retour(f"{s}.xlsx", s, ETAT | dite, ANNEE - 1) for s, dite in zip(structures, saisies, strict=False)]
    return relue(conductor.consolider(retours, essai(), ANNEE - 1, jour=date(2025, 2, 1)))


def anomalies(passee, saisies: dict, code: str, contrat=None) -> list:
    resultat = conductor.consolider([retour("v.xlsx", "ville", ETAT | saisies)], contrat or essai(), ANNEE, jour=date(2026, 2, 1), precedent=passee)
    return [a for a in resultat.anomalies if a.code == code]


@pytest.mark.parametrize(
    ("avant", "cette_annee", "fautif"),
    [
        ({I1: 40}, {I1: 90}, True), ({I1: 40}, {I1: 55}, False),
        ({HAUT: 5, BAS: 10}, {HAUT: 8, BAS: 10}, True), ({HAUT: 5, BAS: 10}, {HAUT: 7, BAS: 10}, False),
        ({"1.1/durees/1.1-I05/moyenne": 10, "1.1/durees/1.1-I05/effectif": 3}, {"1.1/durees/1.1-I05/moyenne": 16, "1.1/durees/1.1-I05/effectif": 3}, True),
        (LIGNE, LIGNE | {"1.1/financement/01/engage": 12500}, True), (LIGNE, LIGNE | {"1.1/financement/01/engage": 11900}, False),
    ],
)  # fmt: skip
def test_what_changes_too_much_for_the_structure_itself_is_to_be_confirmed(avant, cette_annee, fautif):
    # The other structure's figures, ten times larger, change nothing.
    trouvees = anomalies(annee_passee(avant, {I1: 400, H: 1000}), cette_annee, "EVOLUTION_FORTE")
    assert bool(trouvees) is fautif
    if fautif:
        changees = {c for c, v in cette_annee.items() if avant.get(c) != v}
        assert {places("ville")[c].cellule for c in changees} <= set(trouvees[0].cellules)
        assert str(ANNEE - 1) in trouvees[0].trouve and trouvees[0].gravite == "à confirmer"


def test_the_thresholds_are_the_contract_s():
    prudent = dataclasses.replace(essai(), evolution=SeuilsEvolution(part=Decimal("0.1"), unites=2))
    passee = annee_passee({I1: 40})
    assert anomalies(passee, {I1: 45}, "EVOLUTION_FORTE") == []
    assert len(anomalies(passee, {I1: 45}, "EVOLUTION_FORTE", prudent)) == 1


def test_the_thresholds_are_read_from_a_definition():
    from classeurs import DEFINITION

    avec = DEFINITION.replace('territoire = "Rivemont"', 'territoire = "Rivemont"\nevolution = { part = 0.3, unites = 5, euros = 500, points = 0.1 }')
    assert contract.parse(avec, "essai").evolution == SeuilsEvolution(Decimal("0.3"), 5, 500, Decimal("0.1"))
    with pytest.raises(Refus):
        contract.parse(avec.replace("part =", "parte ="), "essai")


def test_funding_copied_from_last_year_with_its_reference_is_to_be_confirmed():
    passee = annee_passee(LIGNE)
    (trouvee,) = anomalies(passee, LIGNE, "IDENTIQUE_A_L_ANNEE_PRECEDENTE")
    assert places("ville")["1.1/financement/01/reference"].cellule in trouvee.cellules
    assert anomalies(passee, LIGNE | {"1.1/financement/01/reference": "C-13"}, "IDENTIQUE_A_L_ANNEE_PRECEDENTE") == []
    assert anomalies(passee, LIGNE | {"1.1/financement/01/verse": 4000.49}, "IDENTIQUE_A_L_ANNEE_PRECEDENTE") == []


# --- in the workbook that the structure receives --------------------------------------------------------------------


def passee_et_campagne():
    passee = annee_passee({I1: 40, H: 7.5, HAUT: 1, BAS: 4, "1.1/jalons/1.1-I06/jalon": "Engagé"}, {I1: 300, H: 2})
    return passee, entry.Campagne(precedent=indicateurs(passee, essai(), ANNEE), propres=valeurs_propres(passee, essai(), ANNEE))


def test_what_a_structure_said_is_told_apart_from_the_total():
    passee, campagne = passee_et_campagne()
    assert campagne.precedent["1.1-I01"] == 340
    assert campagne.propres["ville"] == {"1.1-I01": 40, "1.1-I02a": Decimal("7.5"), "1.1-I03a": Decimal("0.25"), "1.1-I06": "Engagé"}
    assert campagne.propres["mutuelle"] == {"1.1-I01": 300, "1.1-I02a": 2}


def test_the_general_workbook_does_not_show_partners_a_count_of_few_persons():
    passee = annee_passee({I1: 3, H: 7.5, HAUT: 1, BAS: 4}, {I1: 4})

    def sensibles(*mesures: str, seuil: int = 10):
        definition = DEFINITION.replace("[contrat]\n", f"[contrat]\nseuil_petits_effectifs = {seuil}\n", 1)
        for mesure in mesures:
            definition = definition.replace(f'{{ id = "{mesure}",', f'{{ id = "{mesure}", petits_effectifs = true,', 1)
        return montrables(passee, contract.parse(definition, "essai"), ANNEE)

    assert sensibles() == {"1.1-I01": 7, "1.1-I02a": Decimal("7.5"), "1.1-I03a": Decimal("0.25")}
    assert sensibles("1.1-I01", "1.1-I03a") == {"1.1-I02a": Decimal("7.5")}  # 7 persons; 1 of 4
    assert "1.1-I01" in sensibles("1.1-I01", seuil=6)


def valeurs_montrees(contenu: bytes, tmp_path) -> list:
    (tmp_path / "c.xlsx").write_bytes(contenu)
    assert lire(tmp_path / "c.xlsx").anomalies == ()  # what the campaign adds is no change
    feuille = openpyxl.load_workbook(tmp_path / "c.xlsx")["FA 1.1"]
    return [feuille[f"{colonne}{places()[cle].rangee}"].value for cle, colonne in ((I1, "E"), (H, "E"), (HAUT, "D"), ("1.1/jalons/1.1-I06/jalon", "C"))]


def test_each_workbook_shows_last_year_s_values_of_its_own_structure(tmp_path):
    _, campagne = passee_et_campagne()
    plans = [entry.plan(essai(), ANNEE, r, campagne).classeur for r in (None, *entry.repondants(essai()))]
    general, ville, mutuelle = (valeurs_montrees(contenu, tmp_path) for contenu in offprint.editer(plans))
    assert general[:3] == [340, 9.5, 0.25]
    assert ville == [40, 7.5, 0.25, "Engagé"]
    assert mutuelle == [300, 2, None, None]


def test_workbooks_with_different_values_of_last_year_still_share_their_sheets():
    """Or one workbook per structure would cost as much as the year's."""
    _, campagne = passee_et_campagne()
    feuilles, variantes = {}, {}
    for repondant in (None, *entry.repondants(essai())):
        for feuille in entry.plan(essai(), ANNEE, repondant, campagne).classeur.feuilles:
            if feuille.nom == "FA 1.1":
                assert offprint._placer(feuille, feuilles, variantes).source == "FA 1.1"


def test_the_money_of_a_structure_is_compared_over_all_its_returns_for_a_fiche():
    """Two volets, two files: together, what one line was last year."""
    avant = pd.DataFrame([("1.3", "association", "Agence", "Maquette", None, Decimal(9000), None, None)], columns=["fiche", "structure", "financeur", "nature", "prevu", "engage", "verse", "reference"])
    passee = dataclasses.replace(precedent("[avant.xlsx] association\n1.3"), lignes=avant)
    texte = """
        [cours.xlsx] association / Cours
        1.3/financement/01/financeur Agence
        1.3/financement/01/nature Maquette
        1.3/financement/01/engage {}
        [etude.xlsx] association / Étude
        1.3/financement/01/financeur Agence
        1.3/financement/01/nature Maquette
        1.3/financement/01/engage 4500
    """
    assert trouve(dossier(texte.format(4500), precedent=passee), "EVOLUTION_FORTE") == []
    assert len(trouve(dossier(texte.format(20000), precedent=passee), "EVOLUTION_FORTE")) == 1
