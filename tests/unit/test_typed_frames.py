"""Typed frames: values, who answers for which fiche and volet, reinterpretations, what cannot be typed."""

from __future__ import annotations

import dataclasses
import datetime
import pickle
from decimal import Decimal

import pytest

from cls_workbook.anomalies import A_CONFIRMER, BLOCKING
from cls_workbook.checks.catalogue import catalogue
from cls_workbook.reading.parsing.value_log import VALUES
from cls_workbook.reading.return_reader import ReturnReader
from cls_workbook.reading.storing import typed_frames
from tests.support.small_workbook import blank, contrats, filled, modified, places, read, trial

WHO = {"accueil/reponse/structure": "Mutuelle de l’Orme"}
FICHE = "FA 1.1"


def typed_returns(tmp_path, saisies, structure="", **extra) -> typed_frames.TypedRetours:
    return typed_frames.type_values([read(filled(tmp_path, saisies, structure, **extra))], trial())


def valeur(result: typed_frames.TypedRetours, cle: str):
    """(value, cell) typed at a key."""
    place = places()[cle]
    v = result.values
    (rank,) = v[(v["feuille"] == place.sheet) & (v["cellule"] == place.cell)].to_dict("records")
    return rank["valeur"]


# --- values ---------------------------------------------------------------------------------------------------------


def test_a_value_is_one_row_with_its_source(tmp_path):
    result = typed_returns(tmp_path, WHO | {"1.1/mesures/1.1-I01/valeur": 42})
    assert result.anomalies == []
    assert result.values.to_dict("records")[1] == {
        "annee": 2025,
        "fichier": "retour.xlsx",
        "feuille": FICHE,
        "cellule": places()["1.1/mesures/1.1-I01/valeur"].cell,
        "fiche": "1.1",
        "structure": "mutuelle",
        "volet": "",
        "bloc": "mesures",
        "mesure": "1.1-I01",
        "champ": "valeur",
        "ligne": "",
        "modalite": "",
        "type": "entier",
        "valeur": 42,
    }
    assert tuple(result.values.columns) == VALUES


@pytest.mark.parametrize(
    ("cle", "typed_in", "value_read", "rule"),
    [
        ("1.1/depenses/total", "12 000,50 €", Decimal("12000.50"), "symbole €"),
        ("1.1/depenses/total", "1\u202f250", Decimal("1250.00"), "espaces"),
        ("1.1/depenses/total", 1250.5, Decimal("1250.50"), None),
        ("1.1/mesures/1.1-I01/valeur", "30 personnes", 30, "unité"),
        ("1.1/mesures/1.1-I01/valeur", 30.0, 30, None),
        ("1.1/mesures/1.1-I02a/valeur", "7,5", Decimal("7.5"), "virgule"),
        ("1.1/avancement/date_debut", "15 mars 2025", datetime.date(2025, 3, 15), "texte"),
        ("1.1/avancement/date_debut", datetime.datetime(2025, 3, 15), datetime.date(2025, 3, 15), None),
        ("1.1/avancement/etat", "en  COURS", "En cours", "casse"),
        ("1.1/territoire/21001/commune", "X", "x", "case"),
        ("1.1/financement/01/financeur", "Fondation de l’Orme", "Fondation de l’Orme", None),
        (
            "1.1/qualitatif/realisations",
            "=SOMME(A1) écrit en toutes lettres",
            "=SOMME(A1) écrit en toutes lettres",
            None,
        ),
    ],
)
def test_what_french_people_type_is_understood_and_written_down(tmp_path, cle, typed_in, value_read, rule):
    def write(opened_book):
        c = opened_book[places()[cle].sheet][places()[cle].cell]
        c.value = typed_in
        if isinstance(typed_in, str):
            c.data_type = "s"

    retour = read(modified(filled(tmp_path, WHO), write))
    result = typed_frames.type_values([retour], trial())
    assert result.anomalies == []
    assert valeur(result, cle) == value_read and type(valeur(result, cle)) is type(value_read)
    normalisations = result.normalisations.to_dict("records")
    if rule is None:
        assert normalisations == []
    else:
        (n,) = normalisations
        assert (n["Fichier"], n["Feuille"], n["Cellule"]) == ("retour.xlsx", places()[cle].sheet, places()[cle].cell)
        assert rule in n["Règle"] and n["Champ"] == places()[cle].libelle
    assert tuple(result.normalisations.columns) == typed_frames.NORMALISATIONS


def test_a_normalisation_shows_what_was_typed_and_what_was_kept(tmp_path):
    (n,) = typed_returns(tmp_path, WHO | {"1.1/depenses/total": "12 000 €"}).normalisations.to_dict("records")
    assert (n["Saisi"], n["Retenu"]) == ("12 000 €", Decimal("12000.00"))


@pytest.mark.parametrize(
    ("cle", "typed_in", "code", "gravite"),
    [
        ("1.1/depenses/total", "env. 12 000", "MONTANT_ILLISIBLE", BLOCKING),
        ("1.1/depenses/etp", "un mi-temps", "NOMBRE_ILLISIBLE", BLOCKING),
        ("1.1/mesures/1.1-I01/valeur", 12.5, "ENTIER_ATTENDU", BLOCKING),
        ("1.1/mesures/1.1-I01/valeur", -3, "VALEUR_NEGATIVE", BLOCKING),
        ("2.1/mesures/2.1-I01/valeur", 501, "VALEUR_HORS_LIMITES", BLOCKING),
        ("1.1/avancement/date_debut", "au printemps", "DATE_ILLISIBLE", BLOCKING),
        ("1.1/avancement/etat", "presque fini", "CHOIX_INCONNU", BLOCKING),
        ("1.1/territoire/21001/commune", "peut-être", "CHOIX_INCONNU", BLOCKING),
        ("1.1/mesures/1.1-I01/commentaire", "mot " * 100, "TEXTE_TROP_LONG", A_CONFIRMER),
    ],
)
def test_what_cannot_be_typed_is_an_anomaly_at_its_cell(tmp_path, cle, typed_in, code, gravite):
    place = places()[cle]
    volet = {"2.1/reponse/volet": "Covoiturage"} if place.fiche == "2.1" else {}
    result = typed_returns(tmp_path, WHO | volet | {cle: typed_in})
    (anomalie,) = result.anomalies
    assert (anomalie.gravite, anomalie.code, anomalie.sheet, anomalie.cells) == (
        gravite,
        code,
        place.sheet,
        (place.cell,),
    )
    assert (anomalie.fiche, anomalie.structure, anomalie.champ) == (place.fiche, "mutuelle", place.libelle)
    assert (
        anomalie.expected and anomalie.remedy and gravite in next(c for c in catalogue() if c.code == code).gravities()
    )
    kept_ones = set(result.values["cellule"][result.values["feuille"] == place.sheet])
    assert (place.cell in kept_ones) is (gravite == A_CONFIRMER)


def test_the_example_of_the_interface_reads_as_it_is_printed(tmp_path):
    (anomalie,) = typed_returns(tmp_path, WHO | {"1.1/financement/01/engage": "env. 12 000"}).anomalies
    assert str(anomalie).replace("\u00a0", " ").splitlines()[:3] == [
        (
            f"retour.xlsx · feuille « FA 1.1 » · cellule {places()['1.1/financement/01/engage'].cell} (Engagé 2025) "
            "— bloquant MONTANT_ILLISIBLE"
        ),
        "  Trouvé  : « env. 12 000 »",
        "  Attendu : un montant en euros, entre 0 € et 999 999 999,99 €",
    ]


def test_what_names_a_row_of_a_breakdown_goes_with_its_figures(tmp_path):
    result = typed_returns(
        tmp_path,
        WHO
        | {
            "1.1/ventilations/1.1-I02c/02/effectif": 5,
            "1.1/ventilations/1.1-I02b/01/nom": "Le Relais",
            "1.1/ventilations/1.1-I02b/01/modalite": "Centre social",
            "1.1/ventilations/1.1-I02b/02/nom": "L’Escale",
            "1.1/ventilations/1.1-I03a/01/modalite": "Droits",
            "1.1/ventilations/1.1-I03a/01/numerateur": 3,
        },
    )
    v = result.values[result.values["bloc"] == "ventilations"]
    assert {(r.mesure, r.ligne, r.champ): r.modalite for r in v.itertuples()} == {
        ("1.1-I02c", "02", "effectif"): "Adultes",
        ("1.1-I02b", "01", "nom"): "Centre social",
        ("1.1-I02b", "01", "modalite"): "Centre social",
        ("1.1-I02b", "02", "nom"): "L’Escale",
        ("1.1-I03a", "01", "modalite"): "Droits",
        ("1.1-I03a", "01", "numerateur"): "Droits",
    }


def test_an_added_row_is_typed_like_the_others(tmp_path):
    rank = places()["1.1/financement/02/financeur"].row

    def insertable(opened_book):
        opened_book[FICHE].insert_rows(rank + 1)
        opened_book[FICHE][f"C{rank + 1}"], opened_book[FICHE][f"F{rank + 1}"], opened_book[FICHE][f"G{rank + 1}"] = (
            "ARS",
            "1 000 €",
            "beaucoup",
        )

    result = typed_frames.type_values([read(modified(filled(tmp_path, WHO), insertable))], trial())
    v = result.values[result.values["bloc"] == "financement"]
    assert [(r.ligne, r.champ, r.valeur, r.cellule) for r in v.itertuples()] == [
        ("02+1", "financeur", "ARS", f"C{rank + 1}"),
        ("02+1", "engage", Decimal("1000.00"), f"F{rank + 1}"),
    ]
    assert [(a.code, a.cells) for a in result.anomalies] == [("MONTANT_ILLISIBLE", (f"G{rank + 1}",))]
    assert result.addresses(trial())["retour.xlsx"]["1.1/financement/02+1/verse"] == (FICHE, f"G{rank + 1}")


# --- who answers ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "structure", "expected_row"),
    [
        ("Mutuelle de l’Orme", "", "mutuelle"),
        ("mairie de RIVEMONT", "", "ville"),
        ("Commune de Clairvaux", "", "Commune de Clairvaux"),
        ("Centre  social du Port", "", "Centre social du Port"),
        (None, "mutuelle", "mutuelle"),
        ("Ville de Rivemont", "mutuelle", "ville"),
    ],
)
def test_the_structure_is_the_one_typed_else_the_one_the_workbook_was_made_for(
    tmp_path, typed, structure, expected_row
):
    result = typed_returns(tmp_path, {"accueil/reponse/structure": typed, "1.1/mesures/1.1-I01/valeur": 4}, structure)
    assert set(result.retours["structure"]) == {expected_row} == set(result.values["structure"])
    assert result.anomalies == []


def test_a_return_that_says_no_structure_is_refused_as_a_whole(tmp_path):
    (anomalie,) = typed_returns(tmp_path, {"1.1/mesures/1.1-I01/valeur": 4}).anomalies
    assert (anomalie.gravite, anomalie.code, anomalie.sheet, anomalie.cells) == (
        BLOCKING,
        "STRUCTURE_INCONNUE",
        "Accueil",
        (places()["accueil/reponse/structure"].cell,),
    )
    assert anomalie.refuses_file


def test_a_blank_return_answers_nothing(tmp_path):
    for structure in ("", "mutuelle"):
        result = typed_frames.type_values([read(blank(tmp_path, structure))], trial())
        assert len(result.retours) == 0 and [a.code for a in result.anomalies] == ["RETOUR_VIDE"]
        assert set(result.values["fiche"]) <= {""}


def test_the_volet_is_the_one_chosen_else_all_those_of_the_structure(tmp_path):
    trips = {"2.1/mesures/2.1-I01/valeur": 9}
    assert list(typed_returns(tmp_path, WHO | trips).retours["volet"]) == ["Covoiturage"]
    assert list(typed_returns(tmp_path, WHO | trips | {"2.1/reponse/volet": "navettes"}).retours["volet"]) == [
        "Navettes"
    ]
    assert list(
        typed_returns(tmp_path, {"accueil/reponse/structure": "Ville de Rivemont"} | trips).retours["volet"]
    ) == ["Navettes + Covoiturage"]
    assert set(typed_returns(tmp_path, WHO | trips).values.query("fiche == '2.1'")["volet"]) == {"Covoiturage"}


def test_a_volet_that_the_workbook_came_with_is_no_answer(tmp_path):
    assert list(typed_returns(tmp_path, {"1.1/mesures/1.1-I01/valeur": 4}, "mutuelle").retours["fiche"]) == ["1.1"]
    assert list(typed_returns(tmp_path, WHO | {"2.1/reponse/volet": "Navettes"}).retours["fiche"]) == ["2.1"]


# --- one row per fiche answered -------------------------------------------------------------------------------------


def test_a_fiche_answered_is_one_row_that_counts_its_answers(tmp_path):
    result = typed_returns(
        tmp_path,
        WHO
        | {
            "1.1/avancement/etat": "En cours",
            "1.1/mesures/1.1-I01/valeur": 0,
            "1.1/mesures/1.1-I02a/statut": "non disponible",
            "1.1/mesures/1.1-I02b/statut": "estimé",
            "1.1/ventilations/1.1-I02c/01/effectif": 3,
            "1.1/taux/1.1-I03a/numerateur": 1,
            "1.1/taux/1.1-I03b/numerateur": 2,
            "1.1/depenses/personnel": 10,
        },
    )
    (line,) = result.retours.to_dict("records")
    # Filled: état, I01, I02a (by its statut), I02c (by its breakdown), I03b (its denominator is given).
    # Expected besides: réalisation, I02b, I02d, I03a, I04, I05, I06, I07, coût total, réalisations.
    assert (line["champs_renseignes"], line["champs_attendus"]) == (5, 15)
    assert (line["fichier"], line["annee"], line["contrat"], line["fiche"], line["feuille"]) == (
        "retour.xlsx",
        2025,
        "essai",
        "1.1",
        FICHE,
    )
    assert tuple(result.retours.columns) == typed_frames.RETOURS and len(line["sha256"]) == 64


def test_a_fiche_whose_only_answer_is_refused_was_answered_all_the_same(tmp_path):
    result = typed_returns(tmp_path, WHO | {"1.1/depenses/total": "=1+1"})
    assert list(result.retours["fiche"]) == ["1.1"]
    assert [(a.code, a.structure) for a in result.anomalies] == [("FORMULE_DANS_UNE_SAISIE", "mutuelle")]


def test_blank_inputs_have_an_address_too(tmp_path):
    addresses = typed_returns(tmp_path, WHO).addresses(trial())["retour.xlsx"]
    assert dict(addresses) == {cle: (p.sheet, p.cell) for cle, p in places().items()}
    assert len(addresses) == len(places()) and "1.1/inconnue" not in addresses


# --- several returns ------------------------------------------------------------------------------------------------


def test_an_unreadable_return_brings_only_its_anomaly(tmp_path):
    (tmp_path / "vide.xlsx").write_bytes(b"")
    good_one = read(filled(tmp_path, WHO | {"1.1/mesures/1.1-I01/valeur": 4}))
    result = typed_frames.type_values(iter([read(tmp_path / "vide.xlsx"), good_one]), trial())
    assert list(result.retours["fichier"]) == ["retour.xlsx"]
    assert [a.code for a in result.anomalies] == ["FICHIER_ILLISIBLE"]


def test_no_return_gives_empty_frames():
    result = typed_frames.type_values([], trial())
    assert tuple(result.values.columns) == VALUES and result.values.empty and result.anomalies == []


def test_a_return_of_another_year_or_contract_is_refused_as_a_whole(tmp_path):
    retour = read(blank(tmp_path))
    other = dataclasses.replace(trial(), id="autre")
    assert typed_frames.out_of_campagne(retour, trial(), 2025) == []
    for contrat, annee, word in ((trial(), 2026, "2025"), (other, 2025, "essai")):
        (anomalie,) = typed_frames.out_of_campagne(retour, contrat, annee)
        assert (anomalie.gravite, anomalie.code, anomalie.refuses_file) == (BLOCKING, "HORS_CAMPAGNE", True)
        assert word in anomalie.found
    assert typed_frames.type_values([retour], other).retours.empty


def test_a_return_is_light_enough_to_go_between_processes(tmp_path):
    retour = ReturnReader(contrats).read(filled(tmp_path, WHO | {"1.1/mesures/1.1-I01/valeur": 4}))
    file_copy = pickle.loads(pickle.dumps(retour))
    assert file_copy == retour and len(pickle.dumps(retour)) < 2_000
