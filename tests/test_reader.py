"""Anchors, locked cells, copies, and everything that is not an answer: which anomaly, at which cell."""

from __future__ import annotations

import openpyxl
import pytest
from classeurs import cellule, essai, ligne, lignes_de, lire, lues, modifie, places, plan, rempli, trouvees, vierge
from openpyxl.comments import Comment
from openpyxl.styles import PatternFill

from cls_workbook.anomalies import A_CONFIRMER, BLOQUANT, INFORMATION
from cls_workbook.reading import reader

FICHE = "FA 1.1"


# --- identification -------------------------------------------------------------------------------------------------


def test_a_return_says_what_it_is(tmp_path):
    chemin = vierge(tmp_path, "mutuelle")
    retour = lire(chemin)
    assert (retour.contrat, retour.annee, retour.structure, retour.fiches) == ("essai", 2025, "mutuelle", ("1.1", "2.1"))
    assert retour.modele == plan("mutuelle").modele
    assert retour.feuilles == {"accueil": "Accueil", "1.1": "FA 1.1", "2.1": "FA 2.1"}
    assert (retour.fichier, retour.chemin) == ("retour.xlsx", str(chemin))


def _identite(nom: str, valeur: object):
    def changer(livre):
        feuille = livre["_identification"]
        rang = next(r for r in range(1, 10) if feuille.cell(r, 2).value == nom)
        feuille.cell(rang, 3).value = valeur

    return changer


def test_an_unknown_contract_is_said_once(tmp_path):
    retour = lire(modifie(vierge(tmp_path), _identite("contrat", "autre-contrat")))
    assert trouvees(retour) == [("FICHIER_ILLISIBLE", "", ())]
    assert "autre-contrat" in retour.anomalies[0].trouve


@pytest.mark.parametrize("annee", ["bientôt", None, 99999])
def test_a_tampered_year_is_said(tmp_path, annee):
    assert trouvees(lire(modifie(vierge(tmp_path), _identite("annee", annee)))) == [("FICHIER_ILLISIBLE", "", ())]


def test_a_workbook_of_another_version_gives_its_unchanged_answers(tmp_path):
    def ancienne(livre):
        _identite("modele", "1.000000000000")(livre)
        feuille = livre[FICHE]
        rang = ligne("1.1/mesures/1.1-I02a/valeur")
        feuille.cell(rang, 1).value = "§1.1/mesures/1.1-I99"
        feuille.cell(rang, 2).value = "Une question d’avant"
        feuille.cell(rang, 6).value = 31
        feuille[cellule("1.1/mesures/1.1-I01/valeur")] = 7

    retour = lire(modifie(vierge(tmp_path), ancienne))
    assert lues(retour) == {"1.1/mesures/1.1-I01/valeur": 7}
    assert [(a.code, a.cellules) for a in retour.anomalies] == [("HORS_CAMPAGNE", ()), ("SAISIE_HORS_CADRE", (f"F{ligne('1.1/mesures/1.1-I02a/valeur')}",))]
    assert "Heures de permanence" in retour.anomalies[0].trouve and not retour.anomalies[0].refuse_fichier


# --- anchors --------------------------------------------------------------------------------------------------------


def test_a_label_that_does_not_agree_with_its_key_refuses_the_row(tmp_path):
    rang = ligne("1.1/mesures/1.1-I01/valeur")
    retour = lire(rempli(tmp_path, {"1.1/mesures/1.1-I01/valeur": 7, "1.1/mesures/1.1-I02a/valeur": 2.5}, ailleurs={f"{FICHE}!B{rang}": "Autre chose"}))
    assert trouvees(retour) == [("ANCRES_EN_DESACCORD", FICHE, (f"B{rang}", f"F{rang}"))]
    assert "Autre chose" in retour.anomalies[0].trouve and "7" in retour.anomalies[0].trouve
    assert lues(retour) == {"1.1/mesures/1.1-I02a/valeur": 2.5}
    assert retour.entamees == ("1.1",)


def test_a_label_is_recognised_whatever_its_case_and_spaces(tmp_path):
    rang = ligne("1.1/mesures/1.1-I01/valeur")
    assert lire(rempli(tmp_path, {}, ailleurs={f"{FICHE}!B{rang}": " personnes  RENCONTREES "})).anomalies == ()


def test_a_form_label_that_changed_refuses_its_input(tmp_path):
    rang = ligne("1.1/depenses/personnel")
    retour = lire(rempli(tmp_path, {"1.1/depenses/personnel": 100}, ailleurs={f"{FICHE}!B{rang}": "Salaires"}))
    assert trouvees(retour) == [("ANCRES_EN_DESACCORD", FICHE, (f"B{rang}", f"C{rang}"))]
    assert lues(retour) == {}


def test_a_box_is_found_by_the_name_at_its_left(tmp_path):
    rang = ligne("1.1/territoire/99001/commune")
    retour = lire(
        rempli(tmp_path, {"1.1/territoire/99001/commune": "x", "1.1/territoire/99002/commune": "x"}, ailleurs={f"{FICHE}!B{rang}": "Aubeterre-sur-Onde"})
    )
    assert trouvees(retour) == [("ANCRES_EN_DESACCORD", FICHE, (f"B{rang}", f"C{rang}"))]
    assert lues(retour) == {"1.1/territoire/99002/commune": "x"}


def test_a_changed_header_refuses_its_column(tmp_path):
    rang = ligne("1.1/mesures/1.1-I01/valeur")
    retour = lire(rempli(tmp_path, {"1.1/mesures/1.1-I01/valeur": 7, "1.1/mesures/1.1-I01/statut": "estimé"}, ailleurs={f"{FICHE}!F{rang - 1}": "Valeur 2026"}))
    assert trouvees(retour) == [("ANCRES_EN_DESACCORD", FICHE, (f"F{rang - 1}", f"F{rang}"))]
    assert lues(retour) == {"1.1/mesures/1.1-I01/statut": "estimé"}


def test_swapped_columns_follow_their_headers(tmp_path):
    cles = [f"1.1/satisfaction/1.1-I04/{c}" for c in ("repondants", "satisfaits")]
    ou = [places()[c] for c in cles]

    def echanger(livre):
        feuille = livre[FICHE]
        for rang in (ou[0].rangee - 1, ou[0].rangee):
            gauche, droite = feuille.cell(rang, ou[0].colonne), feuille.cell(rang, ou[1].colonne)
            gauche.value, droite.value = droite.value, gauche.value

    retour = lire(modifie(rempli(tmp_path, {cles[0]: 20, cles[1]: 15}), echanger))
    assert lues(retour) == {cles[0]: 20, cles[1]: 15}
    # Nobody can tell whether the headers alone were exchanged: the values are read, and asked about.
    cases = {f"{c}{r}" for c in "EF" for r in (ou[0].rangee - 1, ou[0].rangee)}
    assert [(a.gravite, a.code, set(a.cellules)) for a in retour.anomalies] == [(A_CONFIRMER, "ANCRES_EN_DESACCORD", cases)]
    assert retour.deplacements[cles[0]] == ou[1].cellule


def test_a_deleted_column_is_said_once(tmp_path):
    colonne = places()["1.1/mesures/1.1-I01/statut"].colonne
    retour = lire(modifie(rempli(tmp_path, {"1.1/mesures/1.1-I01/valeur": 7}), lambda livre: livre[FICHE].delete_cols(colonne)))
    perdues = [p for p in places().values() if p.feuille == FICHE and p.colonne == colonne and p.ancre == "entete"]
    entetes = {
        min(p.rangee for p in perdues if (p.bloc, p.mesure * bool(p.ligne)) == table) - 1 for table in {(p.bloc, p.mesure * bool(p.ligne)) for p in perdues}
    }
    (colonnes,) = [a for a in retour.anomalies if a.code == "CELLULE_INTROUVABLE"]
    assert set(colonnes.cellules) == {f"B{rang}" for rang in entetes}
    assert "Statut" in colonnes.trouve and "Référence" in colonnes.trouve
    # Boxes whose name or cell went with the column: what now stands beside a name is not taken for an answer.
    assert {a.code for a in retour.anomalies} <= {"CELLULE_INTROUVABLE", "ANCRES_EN_DESACCORD"}
    assert lues(retour) == {"1.1/mesures/1.1-I01/valeur": 7}


def test_a_name_to_tick_may_be_in_any_row_of_its_list(tmp_path):
    ici, la = places()["1.1/territoire/99001/commune"], places()["1.1/territoire/Les Tilleuls/qpv"]

    def deplacer(livre):
        feuille = livre[FICHE]
        for decalage in (-1, 0):
            un, autre = feuille.cell(ici.rangee, ici.colonne + decalage), feuille.cell(la.rangee, la.colonne + decalage)
            un.value, autre.value = autre.value, un.value

    retour = lire(modifie(rempli(tmp_path, {"1.1/territoire/99001/commune": "x"}), deplacer))
    assert (lues(retour), retour.anomalies) == ({"1.1/territoire/99001/commune": "x"}, ())


def test_a_deleted_row_is_said_once_per_sheet(tmp_path):
    rangs = sorted((ligne("1.1/mesures/1.1-I02a/valeur"), ligne("1.1/avancement/etat")), reverse=True)

    def supprimer(livre):
        for rang in rangs:
            livre[FICHE].delete_rows(rang)

    retour = lire(modifie(rempli(tmp_path, {"1.1/mesures/1.1-I01/valeur": 7}), supprimer))
    assert trouvees(retour) == [("CELLULE_INTROUVABLE", FICHE, ())]
    assert "2 ligne(s)" in retour.anomalies[0].trouve and "État de l’action" in retour.anomalies[0].trouve
    assert lues(retour) == {"1.1/mesures/1.1-I01/valeur": 7}


def test_blank_rows_deleted_from_a_table_that_may_grow_are_nothing(tmp_path):
    rang = ligne(f"1.1/financement/{lignes_de('1.1/financement')[-2]}/financeur")
    assert lire(modifie(vierge(tmp_path), lambda livre: livre[FICHE].delete_rows(rang, 2))).anomalies == ()


def test_a_deleted_header_row_refuses_what_stands_under_it(tmp_path):
    rang = ligne("1.1/mesures/1.1-I01/valeur")
    retour = lire(modifie(rempli(tmp_path, {"1.1/mesures/1.1-I01/valeur": 7}), lambda livre: livre[FICHE].delete_rows(rang - 1)))
    assert trouvees(retour) == [("CELLULE_INTROUVABLE", FICHE, (f"F{rang - 1}",))]
    assert lues(retour) == {} and retour.entamees == ("1.1",)


def test_a_deleted_sheet_is_said_in_a_structure_s_own_workbook_only(tmp_path):
    def supprimer(livre):
        del livre["FA 2.1"]

    assert lire(modifie(vierge(tmp_path), supprimer)).anomalies == ()
    retour = lire(modifie(vierge(tmp_path, "mutuelle"), supprimer))
    assert [(a.code, a.fiche) for a in retour.anomalies] == [("CELLULE_INTROUVABLE", "2.1")]


def test_a_sheet_whose_hidden_keys_were_deleted_is_read_by_its_printed_texts(tmp_path):
    retour = lire(modifie(rempli(tmp_path, {"1.1/mesures/1.1-I01/valeur": 7}), lambda livre: livre[FICHE].delete_cols(1)))
    assert lues(retour) == {"1.1/mesures/1.1-I01/valeur": 7}
    assert [(a.gravite, a.code, a.feuille) for a in retour.anomalies] == [(A_CONFIRMER, "PREREMPLI_MODIFIE", FICHE)]


def test_a_sheet_without_keys_nor_title_is_refused_as_a_whole(tmp_path):
    def effacer(livre):
        livre[FICHE].delete_cols(1)
        livre[FICHE]["A1"] = "Notre action"  # two fiches may ask the same questions: the title told which one it was

    retour = lire(modifie(rempli(tmp_path, {"1.1/mesures/1.1-I01/valeur": 7}), effacer))
    assert lues(retour) == {}
    assert [(a.code, a.feuille, a.fiche) for a in retour.anomalies] == [("CELLULE_INTROUVABLE", FICHE, "1.1")]


def test_a_sheet_of_an_unknown_fiche_is_said(tmp_path):
    def vieillir(livre):
        for rang in range(1, livre["FA 2.1"].max_row + 1):
            cle = livre["FA 2.1"].cell(rang, 1)
            cle.value = cle.value.replace("§2.1/", "§9.9/") if cle.value else None

    retour = lire(modifie(vierge(tmp_path), vieillir))
    assert [(a.code, a.feuille, a.fiche) for a in retour.anomalies] == [("FICHE_INCONNUE", "FA 2.1", "9.9")]


# --- locked cells ---------------------------------------------------------------------------------------------------


def test_a_changed_fact_is_said_with_before_and_after(tmp_path):
    rang = ligne("1.1/mesures/1.1-I01/valeur")
    retour = lire(rempli(tmp_path, {}, ailleurs={f"{FICHE}!D{rang}": 15, f"{FICHE}!B1": "Fiche 1.1 · Un autre titre"}))
    assert [(a.gravite, a.code, a.cellules) for a in retour.anomalies] == [
        (BLOQUANT, "PREREMPLI_MODIFIE", ("B1",)), (BLOQUANT, "PREREMPLI_MODIFIE", (f"D{rang}",))
    ]  # fmt: skip
    assert "15" in retour.anomalies[1].trouve and "12" in retour.anomalies[1].attendu


def test_a_fact_written_otherwise_is_no_change(tmp_path):
    rang = ligne("1.1/mesures/1.1-I01/valeur")
    assert lire(rempli(tmp_path, {}, ailleurs={f"{FICHE}!D{rang}": "12,0", f"{FICHE}!C{rang}": "Personne "})).anomalies == ()


def test_a_rate_typed_over_its_formula_is_said(tmp_path):
    rang = ligne("1.1/taux/1.1-I03a/numerateur")
    retour = lire(rempli(tmp_path, {}, ailleurs={f"{FICHE}!H{rang}": 0.265}))
    assert trouvees(retour) == [("TAUX_SAISI", FICHE, (f"H{rang}",))]


def test_a_remark_typed_over_the_progress_column_is_told(tmp_path):
    rang = ligne("1.1/avancement/etat")
    retour = lire(rempli(tmp_path, {}, ailleurs={f"{FICHE}!K{rang}": "voir avec la ville"}))
    assert [(a.gravite, *t) for a, t in zip(retour.anomalies, trouvees(retour), strict=True)] == [(A_CONFIRMER, "SAISIE_HORS_CADRE", FICHE, (f"K{rang}",))]


def test_a_sheet_saved_without_its_formulas_is_said_once(tmp_path):
    def coller_les_valeurs(livre):
        valeurs = openpyxl.load_workbook(tmp_path / "retour.xlsx", data_only=True)
        for feuille in livre:
            for rangee in feuille.iter_rows():
                for c in rangee:
                    if isinstance(c.value, str) and c.value.startswith("="):
                        c.value = valeurs[feuille.title][c.coordinate].value

    retour = lire(modifie(rempli(tmp_path, {"1.1/mesures/1.1-I01/valeur": 7}), lambda livre: None))
    assert retour.anomalies == ()
    vierge(tmp_path)
    retour = lire(modifie(tmp_path / "retour.xlsx", coller_les_valeurs))
    assert {(a.gravite, a.code) for a in retour.anomalies} == {(A_CONFIRMER, "PREREMPLI_MODIFIE")}
    assert len(retour.anomalies) == len({a.feuille for a in retour.anomalies})


# --- formulas and errors in inputs ----------------------------------------------------------------------------------


def test_a_formula_in_an_input_is_refused_and_quoted(tmp_path):
    cle = "1.1/depenses/total"
    retour = lire(rempli(tmp_path, {cle: "='[Budget & co.xlsx]Feuil1'!B2+1", "1.1/depenses/achats": 5}))
    assert trouvees(retour) == [("FORMULE_DANS_UNE_SAISIE", FICHE, (cellule(cle),))]
    assert "=’[Budget & co.xlsx]Feuil1’!B2+1" in retour.anomalies[0].trouve.replace("'", "’")
    assert lues(retour) == {"1.1/depenses/achats": 5}


def test_an_error_in_an_input_is_not_a_blank(tmp_path):
    cle = "1.1/mesures/1.1-I01/valeur"

    def erreur(livre):
        livre[FICHE][cellule(cle)] = "#REF!"
        livre[FICHE][cellule("1.1/depenses/total")] = "=1/0"

    retour = lire(modifie(vierge(tmp_path), erreur))
    assert sorted(trouvees(retour)) == sorted(("FORMULE_DANS_UNE_SAISIE", FICHE, (cellule(c),)) for c in (cle, "1.1/depenses/total"))
    assert "erreur" in retour.anomalies[0].trouve
    assert "1/0" in retour.anomalies[1].trouve


# --- what is not an answer ------------------------------------------------------------------------------------------


def test_a_note_anywhere_is_told_with_its_text(tmp_path):
    rang = ligne("1.1/mesures/1.1-I01/valeur")
    retour = lire(rempli(tmp_path, {}, ailleurs={f"{FICHE}!N4": "à revoir avec Paul", f"{FICHE}!E{rang}": 40, "Accueil!F3": 12, "Sommaire!C40": "note"}))
    assert sorted(trouvees(retour)) == [
        ("SAISIE_HORS_CADRE", "Accueil", ("F3",)),
        ("SAISIE_HORS_CADRE", FICHE, (f"E{rang}",)),
        ("SAISIE_HORS_CADRE", FICHE, ("N4",)),
        ("SAISIE_HORS_CADRE", "Sommaire", ("C40",)),
    ]
    assert any("à revoir avec Paul" in a.trouve for a in retour.anomalies)


def test_a_hatched_cell_that_was_filled_is_told(tmp_path):
    rang = ligne("1.1/mesures/1.1-I02a/valeur")
    assert "1.1/mesures/1.1-I02a/dont_qpv" not in places()
    assert trouvees(lire(rempli(tmp_path, {}, ailleurs={f"{FICHE}!I{rang}": 3}))) == [("SAISIE_HORS_CADRE", FICHE, (f"I{rang}",))]


def test_many_notes_are_summed_up_with_all_their_cells(tmp_path):
    ailleurs = {f"{FICHE}!N{n}": f"note {n}" for n in range(1, 31)}
    retour = lire(rempli(tmp_path, {}, ailleurs=ailleurs))
    assert len(retour.anomalies) == 21
    assert [c for a in retour.anomalies for c in a.cellules] == [f"N{n}" for n in range(1, 31)]
    assert "10 autres cellules" in retour.anomalies[-1].trouve


def test_a_partner_s_own_sheet_is_named_once(tmp_path):
    def ajouter(livre):
        livre.create_sheet("Nos calculs").append(["Total", 12, 14])
        livre.create_sheet("Vide")

    retour = lire(modifie(vierge(tmp_path), ajouter))
    assert [(a.gravite, a.code, a.feuille) for a in retour.anomalies] == [(INFORMATION, "SAISIE_HORS_CADRE", "Nos calculs")]


def test_formatted_but_empty_rows_are_nothing(tmp_path):
    def colorier(livre):
        for rang in range(200, 3000):
            for colonne in range(1, 12):
                livre[FICHE].cell(rang, colonne).fill = PatternFill("solid", fgColor="FFFF00")
        livre[FICHE]["C12"].comment = Comment("un commentaire", "une personne")

    assert lire(modifie(vierge(tmp_path), colorier)).anomalies == ()


def test_spaces_and_invisible_characters_are_blanks(tmp_path):
    retour = lire(rempli(tmp_path, {"1.1/mesures/1.1-I01/valeur": " ", "1.1/depenses/total": "\u00a0\u200b"}, ailleurs={f"{FICHE}!N4": "\u00a0"}))
    assert (retour.saisies, retour.anomalies) == ((), ())


def test_a_sheet_of_annotations_is_ours(tmp_path):
    def annoter(livre):
        feuille = livre.create_sheet("Anomalies", 0)
        feuille["A1"], feuille["B1"] = f"§{reader.ANNOTATIONS}/liste", "Anomalies à corriger"

    retour = lire(modifie(rempli(tmp_path, {"1.1/mesures/1.1-I01/valeur": 7}), annoter))
    assert (lues(retour), retour.anomalies) == ({"1.1/mesures/1.1-I01/valeur": 7}, ())


def test_a_contract_is_asked_for_once(tmp_path):
    demandes = []

    def demander(identifiant):
        demandes.append(identifiant)
        return essai()

    chemin = vierge(tmp_path)
    for _ in range(3):
        reader.lire(chemin, demander)
    assert demandes == ["essai"]
