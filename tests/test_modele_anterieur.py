"""A return filled on an older template of the same year: answers are carried over where keys allow, the rest is listed."""

from __future__ import annotations

import openpyxl
import pytest
from classeurs import ANNEE, DEFINITION, essai, lire, lues

from cls_workbook import contract, entry
from cls_workbook.anomalies import A_CONFIRMER
from cls_workbook.reading.frames import typer
from cls_workbook.xlsx import writer

FICHE = "FA 1.1"
PERSONNES, HEURES, LIEUX = (f"1.1/mesures/1.1-{m}/valeur" for m in ("I01", "I02a", "I02b"))


@pytest.fixture
def rempli_avant(tmp_path):
    """Writes and reads a return made from the contract as it was, with ``remplacements`` in its definition."""

    def remplir(saisies: dict[str, object], *remplacements: tuple[str, str]):
        definition = DEFINITION
        for maintenant, avant in remplacements:
            assert maintenant in definition
            definition = definition.replace(maintenant, avant)
        plan = entry.plan(contract.parse(definition, "essai"), ANNEE)
        writer.write(plan.classeur, tmp_path / "ancien.xlsx")
        livre = openpyxl.load_workbook(tmp_path / "ancien.xlsx")
        places = {p.cle: p for p in plan.emplacements()}
        for cle, valeur in saisies.items():
            livre[FICHE][places[cle].cellule] = valeur
        livre.save(tmp_path / "ancien.xlsx")
        return lire(tmp_path / "ancien.xlsx"), places

    return remplir


def dites(retour):
    return [(a.gravite, a.code, a.cellules) for a in retour.anomalies]


UNE_DE_PLUS = ('    { id = "1.1-I02a"', '    { id = "1.1-I99", libelle = "Affiches posées", type = "entier", agregation = "FLUX" },\n    { id = "1.1-I02a"')
HEURES_SEULES = '    { id = "1.1-I02a", libelle = "Heures de permanence", type = "decimal", agregation = "FLUX", unite = "heure" },\n'


def test_a_measure_added_since_is_asked_for_and_the_others_are_carried_over(rempli_avant):
    retour, _ = rempli_avant({PERSONNES: 7, LIEUX: 3}, (HEURES_SEULES, ""))
    assert lues(retour) == {PERSONNES: 7, LIEUX: 3}
    assert dites(retour) == [(A_CONFIRMER, "HORS_CAMPAGNE", ())]
    trouve = retour.anomalies[0].trouve.replace("\u00a0", " ")
    assert "2 réponse(s) reprise(s) (1.1 : 2)" in trouve and "Heures de permanence" in trouve and "1 question(s)" in trouve


def test_an_answer_to_a_measure_removed_since_is_pointed_at(rempli_avant):
    retour, avant = rempli_avant({PERSONNES: 7, "1.1/mesures/1.1-I99/valeur": 12, LIEUX: 3}, UNE_DE_PLUS)
    assert lues(retour) == {PERSONNES: 7, LIEUX: 3}
    assert dites(retour)[1:] == [(A_CONFIRMER, "SAISIE_HORS_CADRE", (avant["1.1/mesures/1.1-I99/valeur"].cellule,))]


def test_an_answer_to_a_measure_renamed_since_is_carried_over_and_asked_about(rempli_avant):
    retour, avant = rempli_avant({PERSONNES: 7, HEURES: 2.5}, ('libelle = "Heures de permanence"', 'libelle = "Heures d’ouverture"'))
    assert lues(retour) == {PERSONNES: 7, HEURES: 2.5}
    assert dites(retour)[1:] == [(A_CONFIRMER, "ANCRES_EN_DESACCORD", (avant[HEURES].cellule,))]
    assert "Heures d’ouverture" in retour.anomalies[1].trouve and "Heures de permanence" in retour.anomalies[1].attendu


def test_an_answer_in_another_unit_is_asked_about(rempli_avant):
    retour, avant = rempli_avant({HEURES: 2.5}, ('unite = "heure"', 'unite = "jour"'))
    assert dites(retour)[1:] == [(A_CONFIRMER, "ANCRES_EN_DESACCORD", (avant[HEURES].cellule,))]


def test_two_categories_that_changed_places_are_refused_not_exchanged(rempli_avant):
    jeunes, adultes = ("1.1/ventilations/1.1-I02c/01/effectif", "1.1/ventilations/1.1-I02c/02/effectif")
    retour, avant = rempli_avant({jeunes: 5, adultes: 8}, ('["Jeunes", "Adultes",', '["Adultes", "Jeunes",'))
    assert lues(retour) == {}
    assert {avant[jeunes].cellule, avant[adultes].cellule} <= {c for a in retour.anomalies for c in a.cellules}


def test_the_rows_that_a_partner_named_for_a_removed_breakdown_are_pointed_at(rempli_avant):
    saisies = {"1.1/ventilations/1.1-I99/01/nom": "Salle des fêtes", "1.1/ventilations/1.1-I99/02/nom": "Gymnase"}
    avec_details = (UNE_DE_PLUS[0], UNE_DE_PLUS[1].replace('"FLUX" }', '"ENTITES", ventilation = "lieu" }', 1))
    retour, avant = rempli_avant(saisies, avec_details)
    assert {avant[c].cellule for c in saisies} <= {c for a in retour.anomalies for c in a.cellules}


def test_carried_answers_are_typed_as_today(rempli_avant):
    retour, _ = rempli_avant({HEURES: 2.5}, ('type = "decimal", agregation = "FLUX", unite = "heure"', 'type = "entier", agregation = "FLUX", unite = "heure"'))
    lot = typer([retour], essai())
    assert [str(v) for v in lot.valeurs["valeur"]] == ["2.5"]


def test_the_same_template_is_no_other_version(rempli_avant):
    retour, _ = rempli_avant({PERSONNES: 7})
    assert (lues(retour), retour.anomalies) == ({PERSONNES: 7}, ())
