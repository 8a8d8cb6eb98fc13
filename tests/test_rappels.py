"""What the campaign printed in locked cells (last year's figures and states, amounts of the year, whom to ask): typed over, it is
told before and after, whatever was done to the rows; left alone, it is never told."""

from __future__ import annotations

import re
from decimal import Decimal

import openpyxl
import pytest
from classeurs import ANNEE, cellule, essai, ligne, lire, modifie, plan, vierge

from cls_workbook import entry
from cls_workbook.contract import rappels
from cls_workbook.contract.reprises import est_memoire
from cls_workbook.entry.layout import MEMOIRE
from cls_workbook.reading import reperage
from cls_workbook.xlsx import writer
from cls_workbook.xlsx.sheets import adresse

PASSEES = {
    "1.1-I01": 42, "1.1-I02a": Decimal("12.5"), "1.1-I03a": Decimal(1) / Decimal(3), "1.1-I05": Decimal("3.25"), "1.1-I06": "En cours",
    "2.1-I01": 310,
}  # fmt: skip
REPRISES = {
    "accueil/reponse/siret": "21210231700014", "1.1/taux/1.1-I03a/definition": "Personnes revenues au moins une fois",
    "1.1/partenaires/01/nom": "Le Relais", "1.1/partenaires/01/type": "Association", "1.1/financement/01/financeur": "ARS",
    "1.1/financement/02/financeur": "Ville de Rivemont", "1.1/financement/02/nature": "Cofinancement",
}  # fmt: skip
CAMPAGNE = entry.Campagne(
    programme={"1.1": Decimal("12500.50")}, precedent=PASSEES, reprises={"ville": REPRISES}, propres={"ville": PASSEES},
    limite="15 mars 2026", contact="Coordination, 03 80 00 00 00",
)  # fmt: skip
FICHE = "FA 1.1"


def dessine(structure: str = "ville", campagne: entry.Campagne = CAMPAGNE) -> entry.Plan:
    repondant = next((r for r in entry.repondants(essai()) if r.id == structure), None)
    return entry.plan(essai(), ANNEE, repondant, campagne)


@pytest.fixture(scope="module")
def prerempli() -> bytes:
    """The workbook of a structure, with its last year beside the inputs."""
    return writer.to_bytes(dessine().classeur)


def ecrire(dossier, contenu: bytes, *saisies: tuple[str, str, object]):
    chemin = dossier / "retour.xlsx"
    chemin.write_bytes(contenu)

    def saisir(livre) -> None:
        for feuille, lieu, valeur in saisies:
            livre[feuille][lieu] = valeur

    return modifie(chemin, saisir) if saisies else chemin


def simple(texte: str) -> str:
    return texte.replace("\u202f", " ").replace("\u00a0", " ")


def dites(retour) -> list[tuple[str, str, tuple[str, ...]]]:
    return [(a.gravite, a.code, a.cellules) for a in retour.anomalies]


def de_l_an_dernier(mesure: str) -> str:
    """The cell beside which last year's value of a measure stands."""
    feuille = next(f for f in plan("ville").feuilles if f.fiche == mesure.partition("-")[0])
    rangee = next(r for c, r in feuille.rangees.items() if c.endswith(f"/{mesure}") and r.rappel)
    return adresse(rangee.numero, rangee.rappel)


CELLULES = {
    "1.1-I01": ("42", 45, "45"), "1.1-I02a": ("12,5", 12, "12"), "1.1-I03a": ("33,33 %", 0.4, "40 %"), "1.1-I05": ("3,25", 4, "4"),
    "1.1-I06": ("En cours", "Atteinte", "Atteinte"),
}  # fmt: skip


@pytest.mark.parametrize("mesure", CELLULES)
def test_what_is_typed_over_last_years_value_is_told_before_and_after(tmp_path, prerempli, mesure):
    avant, tape, apres = CELLULES[mesure]
    ou = de_l_an_dernier(mesure)
    (anomalie,) = lire(ecrire(tmp_path, prerempli, (FICHE, ou, tape))).anomalies
    assert (anomalie.gravite, anomalie.code, anomalie.feuille, anomalie.cellules) == ("bloquant", "PREREMPLI_MODIFIE", FICHE, (ou,))
    assert f"« {apres} »" in simple(anomalie.trouve) and f"« {avant}" in simple(anomalie.attendu) and "l’an dernier" in anomalie.champ


def test_last_years_value_erased_is_told_with_what_it_was(tmp_path, prerempli):
    ou = de_l_an_dernier("1.1-I01")
    (anomalie,) = lire(ecrire(tmp_path, prerempli, (FICHE, ou, None))).anomalies
    assert anomalie.cellules == (ou,) and "vide" in anomalie.trouve and "« 42 »" in simple(anomalie.attendu)


def test_a_number_typed_where_last_year_said_nothing_is_told(tmp_path, prerempli):
    ou = de_l_an_dernier("1.1-I03b")
    assert dites(lire(ecrire(tmp_path, prerempli, (FICHE, ou, 0.8)))) == [("à confirmer", "SAISIE_HORS_CADRE", (ou,))]


def test_without_last_year_a_number_typed_in_its_place_is_told(tmp_path):
    for mesure, valeur in (("1.1-I01", 45), ("1.1-I06", "Fait en mars")):
        ou = de_l_an_dernier(mesure)
        chemin = modifie(vierge(tmp_path, "ville"), lambda livre, ou=ou, valeur=valeur: livre[FICHE].__setitem__(ou, valeur))
        assert dites(lire(chemin)) == [("à confirmer", "SAISIE_HORS_CADRE", (ou,))]


def test_the_amount_of_the_year_and_the_campaigns_words_are_told_too(tmp_path, prerempli):
    rang = next(f for f in plan("ville").feuilles if f.fiche == "1.1").rangees["1.1/financement/rappel"].numero
    montant = openpyxl.load_workbook(ecrire(tmp_path, prerempli))[FICHE][f"B{rang}"].value
    assert "12 500,50" in simple(montant)
    retour = lire(ecrire(tmp_path, prerempli, (FICHE, f"B{rang}", re.sub("12.500", "15\u202f500", montant)), ("Accueil", "B2", "Nous répondrons en avril")))
    un, autre = retour.anomalies
    assert (un.gravite, un.code, un.cellules) == ("à confirmer", "SAISIE_HORS_CADRE", ("B2",)) and "Suivi de l’année 2025 · Ville de Rivemont" in un.trouve
    assert (autre.gravite, autre.code, autre.cellules) == ("bloquant", "PREREMPLI_MODIFIE", (f"B{rang}",))


def test_the_date_by_which_to_answer_reworded_is_told_with_what_it_was(tmp_path, prerempli):
    livre = openpyxl.load_workbook(ecrire(tmp_path, prerempli))
    (ou,) = [c.coordinate for rang in livre["Accueil"].iter_rows() for c in rang if isinstance(c.value, str) and c.value.startswith("Retour attendu")]
    (anomalie,) = lire(ecrire(tmp_path, prerempli, ("Accueil", ou, "Retour attendu avant le 30 avril 2026."))).anomalies
    assert (anomalie.code, anomalie.cellules) == ("TEXTE_IMPRIME_MODIFIE", (ou,))
    assert "30 avril" in anomalie.trouve and "15 mars" in anomalie.trouve


# --- rows and columns that moved ------------------------------------------------------------------------------------


def test_after_rows_were_inserted_the_cell_is_found_and_told(tmp_path, prerempli):
    def inserer(livre) -> None:
        livre[FICHE].insert_rows(3, 2)
        livre[FICHE][adresse(ligne("1.1/mesures/1.1-I01/valeur") + 2, 5)] = 45

    chemin = ecrire(tmp_path, prerempli)
    (anomalie,) = [a for a in lire(modifie(chemin, inserer)).anomalies if a.code != "FORMULE_MODIFIEE"]
    assert anomalie.cellules == (adresse(ligne("1.1/mesures/1.1-I01/valeur") + 2, 5),) and "« 42 »" in simple(anomalie.attendu)


COLONNES = (1, 2, 3, 5, 6, 11, MEMOIRE, MEMOIRE + 1)


@pytest.mark.parametrize("colonne", COLONNES)
def test_a_column_inserted_in_a_prefilled_workbook_is_no_fault(tmp_path, prerempli, colonne):
    chemin = modifie(ecrire(tmp_path, prerempli), lambda livre: livre[FICHE].insert_cols(colonne))
    assert [a for a in lire(chemin).anomalies if a.code != "FORMULE_MODIFIEE"] == []  # openpyxl does not move what formulas cite


def test_a_row_that_was_copied_takes_its_memory_with_it(tmp_path, prerempli):
    rang = ligne("1.1/financement/02/engage")

    def copier(livre) -> None:
        feuille = livre[FICHE]
        for colonne in range(1, MEMOIRE + 1):
            feuille.cell(rang + 2, colonne).value = feuille.cell(rang, colonne).value

    (anomalie,) = [a for a in lire(modifie(ecrire(tmp_path, prerempli), copier)).anomalies if a.code != "FORMULE_MODIFIEE"]
    assert anomalie.code == "SAISIE_HORS_CADRE" and "copie" in anomalie.trouve  # and nothing of the hidden cell


# --- other templates, other ways ------------------------------------------------------------------------------------


def test_a_prefilled_workbook_left_alone_is_read_the_short_way(tmp_path, prerempli, monkeypatch):
    lus = []
    monkeypatch.setattr(reperage, "_Lecture", lambda grille, *_: lus.append(grille.nom) or pytest.fail(grille.nom))
    sans_limite = writer.to_bytes(dessine(campagne=entry.Campagne(programme=CAMPAGNE.programme, propres=CAMPAGNE.propres, reprises=CAMPAGNE.reprises)).classeur)
    assert len(lire(ecrire(tmp_path, sans_limite)).saisies) == len(REPRISES) + 1 and lus == []


def test_a_workbook_of_before_says_nothing_of_its_past_and_gives_no_false_alarm(tmp_path, prerempli):
    """Templates sent out before this memory was kept: a number may have been printed there."""
    chemin = ecrire(tmp_path, prerempli)

    def oublier(livre) -> None:
        feuille = livre["_identification"]
        (rang,) = [r for r in range(1, 12) if feuille.cell(r, 2).value == "rappels"]
        feuille.delete_rows(rang)

    assert lire(modifie(chemin, oublier)).anomalies == ()
    tape = de_l_an_dernier("1.1-I01")
    assert lire(modifie(chemin, lambda livre: livre[FICHE].__setitem__(tape, 45))).anomalies == ()
    assert dites(lire(modifie(chemin, lambda livre: livre[FICHE].__setitem__(tape, "environ 45")))) == [("à confirmer", "SAISIE_HORS_CADRE", (tape,))]


def test_the_general_workbook_shows_and_keeps_the_consolidated_values(tmp_path):
    contenu = writer.to_bytes(dessine("").classeur)
    assert lire(ecrire(tmp_path, contenu)).anomalies == ()
    ou = de_l_an_dernier("1.1-I01")
    assert dites(lire(ecrire(tmp_path, contenu, (FICHE, ou, 45)))) == [("bloquant", "PREREMPLI_MODIFIE", (ou,))]


def test_the_same_campaign_gives_the_same_bytes(prerempli):
    assert writer.to_bytes(dessine().classeur) == prerempli


# --- what is kept, and how ------------------------------------------------------------------------------------------


def test_what_does_not_hold_in_a_cell_takes_several():
    beaucoup = {f"1.1/mesures/1.1-I{n:04d}": n + 0.5 for n in range(3000)} | {"accueil/information/annee": "d’« ici »\nà là"}
    textes = rappels.ecrire(beaucoup)
    assert len(textes) > 3 and all(len(t) < 32_767 for t in textes)
    assert rappels.lire(textes) == beaucoup


def test_nothing_kept_is_not_nothing_printed():
    assert rappels.lire([]) is None and rappels.lire([""]) is None and rappels.lire(["{"]) is None
    assert rappels.lire(rappels.ecrire({})) == {}


def test_the_memory_of_a_row_is_known_among_all_texts():
    assert est_memoire("|ARS|") and not est_memoire("|") and not est_memoire("ARS|") and not est_memoire(12)
    assert cellule("1.1/financement/01/financeur")[0] == "B"
