"""Copied sheets and rows, rows that a partner adds: what counts, what is refused, what is only told."""

from __future__ import annotations

from classeurs import cellule, ligne, lignes_de, lire, lues, modifie, places, rempli, trouvees, vierge

from cls_workbook.anomalies import A_CONFIRMER

FICHE = "FA 1.1"


# --- copies ---------------------------------------------------------------------------------------------------------


def _copie(livre, nom: str = "FA 1.1 (2)"):
    copie = livre.copy_worksheet(livre[FICHE])
    copie.title = nom
    return copie


def test_a_blank_or_identical_copy_of_a_sheet_is_nothing(tmp_path):
    saisies = {"1.1/mesures/1.1-I01/valeur": 7}
    assert lues(lire(modifie(rempli(tmp_path, saisies), _copie))) == saisies

    def vider_l_original(livre):
        _copie(livre)
        livre[FICHE][cellule("1.1/mesures/1.1-I01/valeur")] = None

    retour = lire(modifie(rempli(tmp_path, saisies), vider_l_original))
    assert (lues(retour), retour.anomalies, retour.feuilles["1.1"]) == (saisies, (), "FA 1.1 (2)")


def test_two_sheets_that_answer_differently_are_both_refused(tmp_path):
    def contredire(livre):
        _copie(livre)[cellule("1.1/mesures/1.1-I01/valeur")] = 8

    retour = lire(modifie(rempli(tmp_path, {"1.1/mesures/1.1-I01/valeur": 7}), contredire))
    (anomalie,) = retour.anomalies
    assert (anomalie.code, anomalie.feuille, anomalie.fiche, anomalie.refuse_feuille) == ("ANCRES_EN_DESACCORD", "FA 1.1 (2)", "1.1", True)
    assert f"{cellule('1.1/mesures/1.1-I01/valeur')} : 7 et 8" in anomalie.trouve.replace("\u00a0", " ")


def _ligne_copiee(cle: str, vers: int, **changements):
    def copier(livre):
        feuille, rang = livre[FICHE], ligne(cle)
        feuille.insert_rows(vers)
        source = rang if rang < vers else rang + 1
        for colonne in range(1, 12):
            feuille.cell(vers, colonne).value = feuille.cell(source, colonne).value
        for colonne, valeur in changements.items():
            feuille[f"{colonne}{vers}"] = valeur

    return copier


def test_a_copied_measure_row_is_refused_only_if_it_says_otherwise(tmp_path):
    rang = ligne("1.1/mesures/1.1-I01/valeur")
    saisies = {"1.1/mesures/1.1-I01/valeur": 7}
    assert lues(lire(modifie(rempli(tmp_path, saisies), _ligne_copiee("1.1/mesures/1.1-I01/valeur", rang + 1)))) == saisies
    retour = lire(modifie(rempli(tmp_path, saisies), _ligne_copiee("1.1/mesures/1.1-I01/valeur", rang + 1, F=9)))
    assert trouvees(retour) == [("ANCRES_EN_DESACCORD", FICHE, (f"F{rang}", f"F{rang + 1}"))]
    assert lues(retour) == {}


def test_a_funding_row_copied_then_changed_is_one_more_line(tmp_path):
    saisies = {"1.1/financement/01/financeur": "ARS", "1.1/financement/01/engage": 500}
    rang = ligne("1.1/financement/01/engage")
    retour = lire(modifie(rempli(tmp_path, saisies), _ligne_copiee("1.1/financement/01/engage", rang + 1, E=800)))
    assert retour.anomalies == ()
    assert lues(retour) == saisies | {"1.1/financement/01+1/financeur": "ARS", "1.1/financement/01+1/engage": 800}


def test_a_funding_row_copied_as_it_is_counts_once_and_is_asked_about(tmp_path):
    saisies = {"1.1/financement/01/financeur": "ARS", "1.1/financement/01/engage": 500}
    rang = ligne("1.1/financement/01/engage")
    retour = lire(modifie(rempli(tmp_path, saisies), _ligne_copiee("1.1/financement/01/engage", rang + 1)))
    assert lues(retour) == saisies
    assert [(a.gravite, a.code, a.cellules) for a in retour.anomalies] == [(A_CONFIRMER, "SAISIE_HORS_CADRE", (f"B{rang + 1}", f"E{rang + 1}"))]


# --- rows that a partner adds ---------------------------------------------------------------------------------------


def test_inserted_rows_are_named_after_the_row_above(tmp_path):
    rang = ligne("1.1/partenaires/02/nom")

    def inserer(livre):
        livre[FICHE].insert_rows(rang + 1, 2)
        livre[FICHE][f"B{rang + 1}"] = "Le Relais"
        livre[FICHE][f"B{rang + 2}"] = "L’Escale"
        livre[FICHE][f"C{rang + 2}"] = "Association"

    retour = lire(modifie(rempli(tmp_path, {"1.1/partenaires/03/nom": "La Source"}), inserer))
    assert retour.anomalies == ()
    assert lues(retour) == {
        "1.1/partenaires/02+1/nom": "Le Relais", "1.1/partenaires/02+2/nom": "L’Escale",
        "1.1/partenaires/02+2/type": "Association", "1.1/partenaires/03/nom": "La Source",
    }  # fmt: skip
    assert [s.ligne for s in retour.saisies] == ["03", "02+1", "02+2", "02+2"]
    assert retour.deplacements["1.1/partenaires/02+1/nom"] == f"B{rang + 1}"


def test_a_line_typed_under_a_table_is_read_and_a_note_is_only_told(tmp_path):
    def ecrire(livre):
        feuille = livre[FICHE]
        fin = next(r for r in range(1, feuille.max_row) if feuille.cell(r, 1).value == "§1.1/partenaires/fin")
        feuille[f"B{fin + 1}"], feuille[f"C{fin + 1}"] = "Le Relais", "Association"
        feuille[f"B{ligne('1.1/qualitatif/avenant') + 2}"] = "Merci de nous rappeler."

    retour = lire(modifie(vierge(tmp_path), ecrire))
    derniere = lignes_de("1.1/partenaires")[-1]
    assert lues(retour) == {f"1.1/partenaires/{derniere}+1/nom": "Le Relais", f"1.1/partenaires/{derniere}+1/type": "Association"}
    assert trouvees(retour) == [("SAISIE_HORS_CADRE", FICHE, (f"B{ligne('1.1/qualitatif/avenant') + 2}",))]


def test_a_row_inserted_in_a_fixed_table_is_told_not_read(tmp_path):
    rang = ligne("1.1/ventilations/1.1-I02c/01/effectif")
    colonne = places()["1.1/ventilations/1.1-I02c/01/effectif"].cellule.rstrip("0123456789")

    def inserer(livre):
        livre[FICHE].insert_rows(rang + 1)
        livre[FICHE][f"{colonne}{rang + 1}"] = 4

    retour = lire(modifie(vierge(tmp_path), inserer))
    assert (lues(retour), trouvees(retour)) == ({}, [("SAISIE_HORS_CADRE", FICHE, (f"{colonne}{rang + 1}",))])
