"""A corrected return takes the place of an earlier one: only when it is said, and everything that it changes is told."""

from __future__ import annotations

from datetime import date

import pytest
from classeurs import ANNEE, DEFINITION, cellule, contrats, essai, rempli

from cls_workbook import conductor, pilotage
from cls_workbook.cli import main
from cls_workbook.errors import Refus
from cls_workbook.reading.lecture import lire, retours_dans
from cls_workbook.summaries.remplacement import apercu, demandes

BASE = {"accueil/reponse/structure": "Mutuelle de l’Orme", "1.1/avancement/etat": "En cours"}
V, H, E = "1.1/mesures/1.1-I01/valeur", "1.1/mesures/1.1-I02a/valeur", "1.1/financement/01/engage"


@pytest.fixture
def deux_versions(tmp_path):
    """The first return, then its correction: one value changed, one added, one taken away; the rest as it was."""
    rempli(tmp_path, BASE | {V: 30, E: 1000}, "mutuelle", "premier.xlsx")
    rempli(tmp_path, BASE | {V: 35, H: 12}, "mutuelle", "corrige.xlsx")
    return tmp_path


def consolider(dossier, *textes, saisies=None):
    fichiers = retours_dans([dossier])
    voulues = [*demandes(textes, fichiers), *(conductor._durables(saisies, fichiers) if saisies else ())]
    return conductor.consolider(lire(fichiers, contrats, 1), essai(), ANNEE, jour=date(2026, 2, 1), pilotage=saisies, remplacer=voulues)


def valeurs(resultat) -> dict:
    m = resultat.mesures
    return {(f, mesure): v for f, mesure, champ, v in zip(m["Fichier"], m["Mesure"], m["Champ"], m["Valeur"], strict=True) if champ == "valeur"}


def statuts(resultat) -> dict:
    r = resultat.retours
    return {f: s for f, s in zip(r["Fichier"], r["Statut"], strict=True) if f}


def changements(table) -> dict:
    return {c: (k, a, b) for c, k, a, b in zip(table["Champ"], table["Changement"], table["Valeur avant"], table["Valeur après"], strict=True) if k != "inchangée"}


def test_two_versions_never_overwrite_each_other_in_silence(deux_versions):
    resultat = consolider(deux_versions)
    assert statuts(resultat) == {"premier.xlsx": "doublon", "corrige.xlsx": "doublon"}
    assert valeurs(resultat) == {} and len(resultat.remplacements) == 0


@pytest.mark.parametrize("demande", ["corrige.xlsx", "premier.xlsx=corrige.xlsx"])
def test_the_corrected_return_counts_and_the_other_is_set_aside(deux_versions, demande):
    resultat = consolider(deux_versions, demande)
    assert statuts(resultat) == {"premier.xlsx": "doublon", "corrige.xlsx": "reçu"}
    assert valeurs(resultat) == {("corrige.xlsx", "1.1-I01"): 35, ("corrige.xlsx", "1.1-I02a"): 12}
    (dit,) = [a for a in resultat.anomalies if a.code == "RETOUR_REMPLACE"]
    assert (dit.gravite, dit.fichier, dit.refuse_fichier) == ("information", "premier.xlsx", True)
    assert "corrige.xlsx" in dit.trouve and "1 créée, 1 modifiée, 1 supprimée" in dit.trouve
    assert not [a for a in resultat.anomalies if a.code == "DOUBLON_DE_RETOUR"]


def test_each_change_is_told_with_its_cells_before_and_after(deux_versions):
    table = consolider(deux_versions, "corrige.xlsx").remplacements
    assert set(changements(table).values()) == {("modifiée", 30, 35), ("créée", None, 12), ("supprimée", 1000, None)}
    (modifiee,) = table[table["Changement"] == "modifiée"].to_dict("records")
    assert (modifiee["Cellule remplacée"], modifiee["Cellule"], modifiee["Fiche"]) == (cellule(V), cellule(V), "1.1")
    assert len(modifiee["Empreinte du remplacé"]) == 64 and modifiee["Empreinte du remplacé"] != modifiee["Empreinte du retenu"]
    # Every value typed in the return set aside can be found there.
    assert set(table[table["Changement"] != "créée"]["Valeur avant"]) == {"Mutuelle de l’Orme", "En cours", 30, 1000}


def test_the_command_shows_the_change_before_anything_is_applied(deux_versions, capsys):
    (deux_versions / "essai.toml").write_text(DEFINITION, encoding="utf-8")
    avant = sorted(deux_versions.iterdir())
    assert main(["comparer", *(str(deux_versions / n) for n in ("premier.xlsx", "corrige.xlsx")), "--contrat", str(deux_versions / "essai.toml")]) == 0
    sortie = capsys.readouterr().out.replace("\u00a0", " ")
    assert f"modifiée : FA 1.1!{cellule(V)} (Personnes rencontrées — Valeur 2025) : « 30 » → « 35 »" in sortie
    assert "1 créée, 1 modifiée, 1 supprimée, 2 inchangées" in sortie and "Rien n’a été écrit" in sortie
    assert sorted(deux_versions.iterdir()) == avant


def test_a_value_refused_in_the_first_return_is_told_as_it_was_typed(tmp_path):
    rempli(tmp_path, BASE | {V: "env. 30"}, "mutuelle", "premier.xlsx")
    rempli(tmp_path, BASE | {V: 30}, "mutuelle", "corrige.xlsx")
    resultat = consolider(tmp_path, "corrige.xlsx")
    ((changement, avant, apres),) = changements(resultat.remplacements).values()
    assert (changement, apres) == ("modifiée", 30) and "env. 30" in avant and "refusé" in avant
    assert not [a for a in resultat.anomalies if a.gravite == "bloquant" and a.fichier == "premier.xlsx"]


def test_what_the_correction_does_not_answer_still_counts(tmp_path):
    rempli(tmp_path, BASE | {V: 30, "2.1/reponse/volet": "Covoiturage", "2.1/avancement/etat": "En cours", "2.1/mesures/2.1-I01/valeur": 7}, "mutuelle", "premier.xlsx")
    rempli(tmp_path, BASE | {V: 35}, "mutuelle", "corrige.xlsx")
    resultat = consolider(tmp_path, "corrige.xlsx")
    assert valeurs(resultat) == {("corrige.xlsx", "1.1-I01"): 35, ("premier.xlsx", "2.1-I01"): 7}
    (dit,) = [a for a in resultat.anomalies if a.code == "RETOUR_REMPLACE"]
    assert (dit.fiche, dit.refuse_feuille, dit.refuse_fichier) == ("1.1", True, False)


def test_an_older_and_a_newer_correction_follow_each_other(deux_versions):
    rempli(deux_versions, BASE | {V: 40}, "mutuelle", "dernier.xlsx")
    resultat = consolider(deux_versions, "premier.xlsx=corrige.xlsx", "corrige.xlsx=dernier.xlsx")
    assert valeurs(resultat) == {("dernier.xlsx", "1.1-I01"): 40}
    assert statuts(resultat) == {"premier.xlsx": "doublon", "corrige.xlsx": "doublon", "dernier.xlsx": "reçu"}


def test_the_pilotage_workbook_can_say_it_once_for_all(deux_versions, tmp_path):
    from cls_workbook.xlsx import writer

    chemin = tmp_path / "p" / "pilotage.xlsx"
    ecrit = pilotage.Pilotage(remplacements=(pilotage.Remplacement("premier.xlsx", "corrige.xlsx", "Demande du service"), pilotage.Remplacement("parti.xlsx", "aussi.xlsx")))
    writer.write(pilotage.classeur(essai(), ANNEE, ecrit), chemin)
    lu = pilotage.lire(chemin, essai(), ANNEE)
    assert lu.remplacements == ecrit.remplacements
    chemin.unlink()
    assert statuts(consolider(deux_versions, saisies=lu)) == {"premier.xlsx": "doublon", "corrige.xlsx": "reçu"}


@pytest.mark.parametrize(
    ("textes", "phrase"),
    [
        (("absent.xlsx",), "ne désigne aucun des retours"),
        (("premier.xlsx=corrige.xlsx", "corrige.xlsx=premier.xlsx"), "l’un l’autre"),
        (("autre.xlsx",), "ne remplace rien"),
        (("premier.xlsx=casse.xlsx",), "ne peut rien remplacer"),
        (("premier.xlsx=corrige.xlsx", "premier.xlsx=troisieme.xlsx"), "serait remplacé deux fois"),
    ],
)
def test_a_request_that_makes_no_sense_is_refused_in_one_sentence(deux_versions, textes, phrase):
    rempli(deux_versions, {"1.1/avancement/etat": "En cours"}, "ville", "autre.xlsx")
    rempli(deux_versions, BASE | {V: 50}, "mutuelle", "troisieme.xlsx")
    (deux_versions / "casse.xlsx").write_bytes(b"rien")
    with pytest.raises(Refus, match=phrase):
        consolider(deux_versions, *textes)


def test_the_preview_says_nothing_when_nothing_is_replaced(deux_versions):
    assert list(apercu(consolider(deux_versions).remplacements)) == []
