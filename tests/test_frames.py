"""Typed frames: values, who answers for which fiche and volet, reinterpretations, what cannot be typed."""

from __future__ import annotations

import dataclasses
import datetime
import pickle
from decimal import Decimal

import pytest
from classeurs import contrats, essai, lire, modifie, places, rempli, vierge

from cls_workbook.anomalies import A_CONFIRMER, BLOQUANT
from cls_workbook.checks.catalogue import PAR_CODE
from cls_workbook.reading import frames, reader

QUI = {"accueil/reponse/structure": "Mutuelle de l’Orme"}
FICHE = "FA 1.1"


def lot(tmp_path, saisies, structure="", **plus) -> frames.Lot:
    return frames.typer([lire(rempli(tmp_path, saisies, structure, **plus))], essai())


def valeur(resultat: frames.Lot, cle: str):
    """(value, cell) typed at a key."""
    place = places()[cle]
    v = resultat.valeurs
    (rang,) = v[(v["feuille"] == place.feuille) & (v["cellule"] == place.cellule)].to_dict("records")
    return rang["valeur"]


# --- values ---------------------------------------------------------------------------------------------------------


def test_a_value_is_one_row_with_its_source(tmp_path):
    resultat = lot(tmp_path, QUI | {"1.1/mesures/1.1-I01/valeur": 42})
    assert resultat.anomalies == []
    assert resultat.valeurs.to_dict("records")[1] == {
        "annee": 2025, "fichier": "retour.xlsx", "feuille": FICHE, "cellule": places()["1.1/mesures/1.1-I01/valeur"].cellule,
        "fiche": "1.1", "structure": "mutuelle", "volet": "", "bloc": "mesures", "mesure": "1.1-I01", "champ": "valeur",
        "ligne": "", "modalite": "", "type": "entier", "valeur": 42,
    }  # fmt: skip
    assert tuple(resultat.valeurs.columns) == frames.VALEURS


@pytest.mark.parametrize(
    ("cle", "saisi", "lu", "regle"),
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
        ("1.1/territoire/99001/commune", "X", "x", "case"),
        ("1.1/financement/01/financeur", "Fondation de l’Orme", "Fondation de l’Orme", None),
        ("1.1/qualitatif/realisations", "=SOMME(A1) écrit en toutes lettres", "=SOMME(A1) écrit en toutes lettres", None),
    ],
)
def test_what_french_people_type_is_understood_and_written_down(tmp_path, cle, saisi, lu, regle):
    def ecrire(livre):
        c = livre[places()[cle].feuille][places()[cle].cellule]
        c.value = saisi
        if isinstance(saisi, str):
            c.data_type = "s"

    retour = lire(modifie(rempli(tmp_path, QUI), ecrire))
    resultat = frames.typer([retour], essai())
    assert resultat.anomalies == []
    assert valeur(resultat, cle) == lu and type(valeur(resultat, cle)) is type(lu)
    normalisations = resultat.normalisations.to_dict("records")
    if regle is None:
        assert normalisations == []
    else:
        (n,) = normalisations
        assert (n["Fichier"], n["Feuille"], n["Cellule"]) == ("retour.xlsx", places()[cle].feuille, places()[cle].cellule)
        assert regle in n["Règle"] and n["Champ"] == places()[cle].libelle
    assert tuple(resultat.normalisations.columns) == frames.NORMALISATIONS


def test_a_normalisation_shows_what_was_typed_and_what_was_kept(tmp_path):
    (n,) = lot(tmp_path, QUI | {"1.1/depenses/total": "12 000 €"}).normalisations.to_dict("records")
    assert (n["Saisi"], n["Retenu"]) == ("12 000 €", Decimal("12000.00"))


@pytest.mark.parametrize(
    ("cle", "saisi", "code", "gravite"),
    [
        ("1.1/depenses/total", "env. 12 000", "MONTANT_ILLISIBLE", BLOQUANT),
        ("1.1/depenses/etp", "un mi-temps", "NOMBRE_ILLISIBLE", BLOQUANT),
        ("1.1/mesures/1.1-I01/valeur", 12.5, "ENTIER_ATTENDU", BLOQUANT),
        ("1.1/mesures/1.1-I01/valeur", -3, "VALEUR_NEGATIVE", BLOQUANT),
        ("2.1/mesures/2.1-I01/valeur", 501, "VALEUR_HORS_LIMITES", BLOQUANT),
        ("1.1/avancement/date_debut", "au printemps", "DATE_ILLISIBLE", BLOQUANT),
        ("1.1/avancement/etat", "presque fini", "CHOIX_INCONNU", BLOQUANT),
        ("1.1/territoire/99001/commune", "peut-être", "CHOIX_INCONNU", BLOQUANT),
        ("1.1/mesures/1.1-I01/commentaire", "mot " * 100, "TEXTE_TROP_LONG", A_CONFIRMER),
    ],
)
def test_what_cannot_be_typed_is_an_anomaly_at_its_cell(tmp_path, cle, saisi, code, gravite):
    place = places()[cle]
    volet = {"2.1/reponse/volet": "Covoiturage"} if place.fiche == "2.1" else {}
    resultat = lot(tmp_path, QUI | volet | {cle: saisi})
    (anomalie,) = resultat.anomalies
    assert (anomalie.gravite, anomalie.code, anomalie.feuille, anomalie.cellules) == (gravite, code, place.feuille, (place.cellule,))
    assert (anomalie.fiche, anomalie.structure, anomalie.champ) == (place.fiche, "mutuelle", place.libelle)
    assert anomalie.attendu and anomalie.a_faire and gravite in PAR_CODE[code].gravites
    gardees = set(resultat.valeurs["cellule"][resultat.valeurs["feuille"] == place.feuille])
    assert (place.cellule in gardees) is (gravite == A_CONFIRMER)


def test_the_example_of_the_interface_reads_as_it_is_printed(tmp_path):
    (anomalie,) = lot(tmp_path, QUI | {"1.1/financement/01/engage": "env. 12 000"}).anomalies
    assert str(anomalie).replace("\u00a0", " ").splitlines()[:3] == [
        f"retour.xlsx · feuille « FA 1.1 » · cellule {places()['1.1/financement/01/engage'].cellule} (Engagé 2025) — bloquant MONTANT_ILLISIBLE",
        "  Trouvé  : « env. 12 000 »",
        "  Attendu : un montant en euros, entre 0 € et 999 999 999,99 €",
    ]


def test_what_names_a_row_of_a_breakdown_goes_with_its_figures(tmp_path):
    resultat = lot(tmp_path, QUI | {
        "1.1/ventilations/1.1-I02c/02/effectif": 5,
        "1.1/ventilations/1.1-I02b/01/nom": "Le Relais", "1.1/ventilations/1.1-I02b/01/modalite": "Centre social",
        "1.1/ventilations/1.1-I02b/02/nom": "L’Escale",
        "1.1/ventilations/1.1-I03a/01/modalite": "Droits", "1.1/ventilations/1.1-I03a/01/numerateur": 3,
    })  # fmt: skip
    v = resultat.valeurs[resultat.valeurs["bloc"] == "ventilations"]
    assert {(r.mesure, r.ligne, r.champ): r.modalite for r in v.itertuples()} == {
        ("1.1-I02c", "02", "effectif"): "Adultes", ("1.1-I02b", "01", "nom"): "Centre social", ("1.1-I02b", "01", "modalite"): "Centre social",
        ("1.1-I02b", "02", "nom"): "L’Escale", ("1.1-I03a", "01", "modalite"): "Droits", ("1.1-I03a", "01", "numerateur"): "Droits",
    }  # fmt: skip


def test_an_added_row_is_typed_like_the_others(tmp_path):
    rang = places()["1.1/financement/02/financeur"].rangee

    def inserer(livre):
        livre[FICHE].insert_rows(rang + 1)
        livre[FICHE][f"B{rang + 1}"], livre[FICHE][f"E{rang + 1}"], livre[FICHE][f"F{rang + 1}"] = "ARS", "1 000 €", "beaucoup"

    resultat = frames.typer([lire(modifie(rempli(tmp_path, QUI), inserer))], essai())
    v = resultat.valeurs[resultat.valeurs["bloc"] == "financement"]
    assert [(r.ligne, r.champ, r.valeur, r.cellule) for r in v.itertuples()] == [
        ("02+1", "financeur", "ARS", f"B{rang + 1}"),
        ("02+1", "engage", Decimal("1000.00"), f"E{rang + 1}"),
    ]
    assert [(a.code, a.cellules) for a in resultat.anomalies] == [("MONTANT_ILLISIBLE", (f"F{rang + 1}",))]
    assert resultat.adresses(essai())["retour.xlsx"]["1.1/financement/02+1/verse"] == (FICHE, f"F{rang + 1}")


# --- who answers ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typee", "structure", "attendue"),
    [
        ("Mutuelle de l’Orme", "", "mutuelle"), ("mairie de RIVEMONT", "", "ville"), ("Commune de Clairvaux", "", "Commune de Clairvaux"),
        ("Centre  social du Port", "", "Centre social du Port"), (None, "mutuelle", "mutuelle"), ("Ville de Rivemont", "mutuelle", "ville"),
    ],
)  # fmt: skip
def test_the_structure_is_the_one_typed_else_the_one_the_workbook_was_made_for(tmp_path, typee, structure, attendue):
    resultat = lot(tmp_path, {"accueil/reponse/structure": typee, "1.1/mesures/1.1-I01/valeur": 4}, structure)
    assert set(resultat.retours["structure"]) == {attendue} == set(resultat.valeurs["structure"])
    assert resultat.anomalies == []


def test_a_return_that_says_no_structure_is_refused_as_a_whole(tmp_path):
    (anomalie,) = lot(tmp_path, {"1.1/mesures/1.1-I01/valeur": 4}).anomalies
    assert (anomalie.gravite, anomalie.code, anomalie.feuille, anomalie.cellules) == (
        BLOQUANT,
        "STRUCTURE_INCONNUE",
        "Accueil",
        (places()["accueil/reponse/structure"].cellule,),
    )
    assert anomalie.refuse_fichier


def test_a_blank_return_answers_nothing(tmp_path):
    for structure in ("", "mutuelle"):
        resultat = frames.typer([lire(vierge(tmp_path, structure))], essai())
        assert len(resultat.retours) == 0 and [a.code for a in resultat.anomalies] == ["RETOUR_VIDE"]
        assert set(resultat.valeurs["fiche"]) <= {""}


def test_the_volet_is_the_one_chosen_else_the_only_one(tmp_path):
    trajets = {"2.1/mesures/2.1-I01/valeur": 9}
    assert list(lot(tmp_path, QUI | trajets).retours["volet"]) == ["Covoiturage"]
    assert list(lot(tmp_path, QUI | trajets | {"2.1/reponse/volet": "navettes"}).retours["volet"]) == ["Navettes"]
    assert list(lot(tmp_path, {"accueil/reponse/structure": "Ville de Rivemont"} | trajets).retours["volet"]) == [""]
    assert set(lot(tmp_path, QUI | trajets).valeurs.query("fiche == '2.1'")["volet"]) == {"Covoiturage"}


def test_a_volet_that_the_workbook_came_with_is_no_answer(tmp_path):
    assert list(lot(tmp_path, {"1.1/mesures/1.1-I01/valeur": 4}, "mutuelle").retours["fiche"]) == ["1.1"]
    assert list(lot(tmp_path, QUI | {"2.1/reponse/volet": "Navettes"}).retours["fiche"]) == ["2.1"]


# --- one row per fiche answered -------------------------------------------------------------------------------------


def test_a_fiche_answered_is_one_row_that_counts_its_answers(tmp_path):
    resultat = lot(tmp_path, QUI | {
        "1.1/avancement/etat": "En cours", "1.1/mesures/1.1-I01/valeur": 0, "1.1/mesures/1.1-I02a/statut": "non disponible",
        "1.1/mesures/1.1-I02b/statut": "estimé", "1.1/ventilations/1.1-I02c/01/effectif": 3, "1.1/taux/1.1-I03a/numerateur": 1,
        "1.1/taux/1.1-I03b/numerateur": 2, "1.1/depenses/personnel": 10,
    })  # fmt: skip
    (ligne,) = resultat.retours.to_dict("records")
    # Filled: état, I01, I02a (by its statut), I02c (by its breakdown), I03b (its denominator is given).
    # Expected besides: réalisation, I02b, I02d, I03a, I04, I05, I06, I07, coût total, réalisations.
    assert (ligne["champs_renseignes"], ligne["champs_attendus"]) == (5, 15)
    assert (ligne["fichier"], ligne["annee"], ligne["contrat"], ligne["fiche"], ligne["feuille"]) == ("retour.xlsx", 2025, "essai", "1.1", FICHE)
    assert tuple(resultat.retours.columns) == frames.RETOURS and len(ligne["sha256"]) == 64


def test_a_fiche_whose_only_answer_is_refused_was_answered_all_the_same(tmp_path):
    resultat = lot(tmp_path, QUI | {"1.1/depenses/total": "=1+1"})
    assert list(resultat.retours["fiche"]) == ["1.1"]
    assert [(a.code, a.structure) for a in resultat.anomalies] == [("FORMULE_DANS_UNE_SAISIE", "mutuelle")]


def test_blank_inputs_have_an_address_too(tmp_path):
    adresses = lot(tmp_path, QUI).adresses(essai())["retour.xlsx"]
    assert dict(adresses) == {cle: (p.feuille, p.cellule) for cle, p in places().items()}
    assert len(adresses) == len(places()) and "1.1/inconnue" not in adresses


# --- several returns ------------------------------------------------------------------------------------------------


def test_an_unreadable_return_brings_only_its_anomaly(tmp_path):
    (tmp_path / "vide.xlsx").write_bytes(b"")
    bon = lire(rempli(tmp_path, QUI | {"1.1/mesures/1.1-I01/valeur": 4}))
    resultat = frames.typer(iter([lire(tmp_path / "vide.xlsx"), bon]), essai())
    assert list(resultat.retours["fichier"]) == ["retour.xlsx"]
    assert [a.code for a in resultat.anomalies] == ["FICHIER_ILLISIBLE"]


def test_no_return_gives_empty_frames():
    resultat = frames.typer([], essai())
    assert tuple(resultat.valeurs.columns) == frames.VALEURS and resultat.valeurs.empty and resultat.anomalies == []


def test_a_return_of_another_year_or_contract_is_refused_as_a_whole(tmp_path):
    retour = lire(vierge(tmp_path))
    autre = dataclasses.replace(essai(), id="autre")
    assert frames.hors_campagne(retour, essai(), 2025) == []
    for contrat, annee, mot in ((essai(), 2026, "2025"), (autre, 2025, "essai")):
        (anomalie,) = frames.hors_campagne(retour, contrat, annee)
        assert (anomalie.gravite, anomalie.code, anomalie.refuse_fichier) == (BLOQUANT, "HORS_CAMPAGNE", True)
        assert mot in anomalie.trouve
    assert frames.typer([retour], autre).retours.empty


def test_a_return_is_light_enough_to_go_between_processes(tmp_path):
    retour = reader.lire(rempli(tmp_path, QUI | {"1.1/mesures/1.1-I01/valeur": 4}), contrats)
    copie = pickle.loads(pickle.dumps(retour))
    assert copie == retour and len(pickle.dumps(retour)) < 2_000
