"""The Synthèse as it is read, printed and drawn."""

import datetime
import re
from decimal import Decimal as D

import openpyxl
import pytest
from resultat_ecrit import CONTRAT, N, indicateurs, reponses, resultat, totaux
from xlsx_lint import lint

from cls_workbook import contract
from cls_workbook.anomalies import Anomalie
from cls_workbook.contract.model import Listes
from cls_workbook.results import synthese
from cls_workbook.results.synthese_parts import Planche, hauteur, lignes_de_texte, morceaux
from cls_workbook.xlsx import writer
from cls_workbook.xlsx.sheets import Classeur, Formule, Lien

PHRASE = "La mobilisation du public reste inégale selon les quartiers, et la coordination y travaille. "


def dessin(**changements):
    return synthese.feuille(resultat(**changements))


def valeurs(feuille):
    return [c.valeur for c in feuille.cellules if c.valeur is not None]


def textes(feuille):
    return "\n".join(str(v) for v in valeurs(feuille)).replace("\u00a0", " ")


def ligne_de(feuille, valeur, rang=0):
    """The values of the row where ``valeur`` stands (the ``rang``-th time), from left to right."""
    numero = [c.ligne for c in feuille.cellules if c.valeur == valeur][rang]
    return [c.valeur for c in sorted(feuille.cellules, key=lambda c: c.colonne) if c.ligne == numero and c.valeur is not None]


def carte(feuille, titre):
    """(value, note) of a key figure."""
    haut = next(c for c in feuille.cellules if c.valeur == titre)
    par_place = {(c.ligne, c.colonne): c.valeur for c in feuille.cellules}
    return par_place[haut.ligne + 1, haut.colonne], par_place[haut.ligne + 2, haut.colonne].replace("\u00a0", " ")


def graphiques(feuille):
    return {g.titre: g for g in feuille.graphiques}


def lus(feuille, plage):
    """What a chart reads."""
    _, (debut, colonne, fin, _) = plage
    par_place = {(c.ligne, c.colonne): c.valeur for c in feuille.cellules}
    return [par_place.get((ligne, colonne)) for ligne in range(debut, fin + 1)]


# --- heading and key figures ---


def test_it_says_which_contract_year_and_state_it_is():
    feuille = dessin()
    assert "Contrat d’essai 2024-2026" in valeurs(feuille)
    assert "Provisoire" in valeurs(feuille)
    assert "consolidation du 14/03/2026 · 3 retours reçus sur 4" in textes(feuille)


def test_once_the_copil_has_validated_it_it_says_when():
    assert "Validé en COPIL le 02/04/2026" in valeurs(dessin(valide_le=datetime.date(2026, 4, 2)))


def test_each_signatory_has_room_for_its_logo():
    logos = [c.valeur for c in dessin().cellules if c.style == "cadre_logo"]
    assert logos == ["Agence", "Ville"]


def test_both_rates_of_realisation_are_given_with_their_terms():
    feuille = dessin()
    assert carte(feuille, "Taux de réalisation strict") == (D("0.5"), "1 réalisée en totalité sur 2 programmées")
    assert carte(feuille, "Taux de réalisation large") == (D(1), "2 en totalité ou en partie sur 2 programmées")


def test_the_levels_of_the_maquette_stand_side_by_side():
    feuille = dessin()
    assert carte(feuille, "Agence : prévu au contrat")[0] == D(20000)
    assert carte(feuille, "Agence : engagé 2025") == (D("3000.50"), "connu pour 1 fiche dotée sur 1")
    assert carte(feuille, "Agence : versé 2025")[0] == D("1500.25")
    assert carte(feuille, "Coût réalisé 2025") == (D(58000), "tous financeurs ; connu pour 2 fiches sur 3")


def test_an_unknown_figure_is_a_dash_never_zero():
    sans = totaux()
    sans.loc[0, ["Programmé", "Engagé"]] = None
    feuille = dessin(totaux=sans)
    assert carte(feuille, "Agence : programmé 2025")[0] == "—"


def test_blocking_alerts_are_counted():
    assert carte(dessin(), "Alertes bloquantes") == (1, "valeurs hors des totaux ; 1 autre à confirmer")


# --- fiches ---


def test_a_fiche_shows_its_key_measures_from_the_initial_value_to_this_year():
    feuille = dessin()
    assert ligne_de(feuille, "Consulter près de chez soi")[:8] == [
        "1.1", "Consulter près de chez soi", "Association, Ville", "En cours", "Totale", "Consultations (consultation) [1]", D(100), 120,
    ]  # fmt: skip
    assert ligne_de(feuille, "Consulter près de chez soi")[8:11] == [150, D("3000.50"), D("1500.25")]


def test_a_rate_is_a_number_shown_as_a_rate():
    (taux,) = [c for c in dessin().cellules if c.valeur == D("0.75") and c.style.startswith("dense_fort")]
    assert taux.style == "dense_fort:taux_cale"


def test_a_list_of_types_takes_the_place_of_the_three_values():
    assert ligne_de(dessin(), "Prévenir")[:6] == ["1.2", "Prévenir", "Association", "Reportée", "Partielle", "Types d’actions"]
    assert "Ateliers ; Stands" in ligne_de(dessin(), "Prévenir")


def test_the_most_serious_points_come_first_and_the_decision_beside_them():
    ligne = ligne_de(dessin(), "Consulter près de chez soi")
    assert ligne[-1] == "• 1 retour manquant sur 2\n• 1 anomalie bloquante\n• Avenant demandé"
    assert ligne_de(dessin(), "Prévenir")[-2:] == ["• Action reportée\n• 1 point à confirmer", "Report accepté."]


def test_an_action_to_programme_has_its_line():
    assert ligne_de(dessin(), "Ouvrir une maison de santé") == ["—", "Ouvrir une maison de santé", "à programmer"]


def test_a_fiche_without_answer_says_so():
    assert "sans retour" in ligne_de(dessin(), "Animer le contrat")


def test_an_etat_is_told_by_its_word_and_by_a_role():
    styles = {c.valeur: c.style.partition(":")[0] for c in dessin().cellules if c.style.startswith("etat_")}
    assert styles["En cours"] == "etat_encours"
    assert styles["Reportée"] == "etat_attention"
    assert styles["sans retour"] == "etat_absent"


def test_a_scale_of_the_contract_s_own_finds_its_colours_by_rank():
    listes = Listes(etats=("Pas lancée", "Lancée", "Finie", "Stoppée"), etats_a_motif=("Stoppée",))
    roles = [synthese.apparence(listes, etat)[0] for etat in listes.etats]
    assert roles == ["etat_neutre", "etat_encours", "etat_bon", "etat_attention"]


# --- money ---


def test_an_amount_that_the_contract_does_not_give_keeps_its_printed_state():
    ligne = ligne_de(dessin(), "1.2", rang=1)
    assert ligne == ["1.2", "Prévenir", "non déterminé"]


def test_the_maquette_shows_gaps_in_euros_and_as_a_share():
    ligne = ligne_de(dessin(), "1.1", rang=1)
    assert ligne == [
        "1.1", "Consulter près de chez soi", D(20000), D(4000), D("3000.50"), D("1500.25"), D("-999.50"), D("-0.249875"),
        D("-1500.25"), D("-0.5"), D("16999.50"), D("0.25"), D("0.25004167"),
    ]  # fmt: skip
    assert ligne_de(dessin(), "Total de la maquette") == [
        "Total de la maquette", D(20000), D(4000), D("3000.50"), D("1500.25"), D("-999.50"), D("-0.249875"), D("-1500.25"), D("-0.5"), D("16999.50"),
    ]  # fmt: skip


def test_the_post_of_coordination_is_apart_with_its_rule():
    feuille = dessin()
    assert ligne_de(feuille, "50 %, 30 000 € au plus") == ["2.1", "50 %, 30 000 € au plus", D(52000), D(1), D("26000.00"), D(26000), D(13000), D("0.25")]
    assert "• Fiche 2.1 : dépense de 52 000 €, aide possible de 26 000 €." in textes(feuille)


def test_no_figure_adds_the_natures_of_money_together():
    montants = {v for v in valeurs(dessin()) if isinstance(v, D)}
    natures = [D("3000.50"), D(26000), D(800), D(3000)]
    sommes = {sum(n for rang, n in enumerate(natures) if masque >> rang & 1) for masque in range(1, 16)} - set(natures)
    assert montants.isdisjoint(sommes)


# --- charts ---


def test_every_chart_reads_visible_cells_of_the_sheet_and_says_what_it_shows():
    feuille = dessin()
    assert len(feuille.graphiques) == 4
    for graphique in feuille.graphiques:
        assert len(graphique.texte_alternatif) > 30
        for serie in graphique.series:
            assert serie.valeurs[0] == feuille.nom
            assert any(v is not None for v in lus(feuille, serie.valeurs))
            assert all(lus(feuille, serie.categories))


def test_progress_is_stacked_by_axe_with_a_colour_for_each_etat():
    feuille = dessin()
    graphique = graphiques(feuille)["Fiches par état"]
    assert graphique.empile
    assert {s.nom: lus(feuille, s.valeurs) for s in graphique.series} == {
        "En cours": [1, 0], "Reportée": [1, 0], "Sans retour": [0, 1], "À programmer": [1, 0],
    }  # fmt: skip
    assert len({s.couleur for s in graphique.series}) == 4


def test_only_measures_with_an_initial_value_and_a_value_are_compared():
    feuille = dessin()
    series = graphiques(feuille)["1.1 · Consultations"].series
    assert [(s.nom, lus(feuille, s.valeurs)) for s in series] == [("Valeur initiale", [D(100)]), ("2024", [120]), ("2025", [150])]
    assert not any("Séances" in titre or "Patients" in titre for titre in graphiques(feuille))


def test_measures_of_one_unit_share_a_chart_and_two_units_never():
    chiffres = indicateurs()
    chiffres.loc[3, ["Unité", "Valeur"]] = ["consultation", 9]
    texte = contract.parse(CONTRAT.replace('unite = "séance"', 'unite = "consultation"'), "essai")
    feuille = dessin(indicateurs=chiffres, contrat=texte)
    series = graphiques(feuille)["Unité : consultation"].series
    assert lus(feuille, series[0].categories) == ["1.1 · Consultations", "1.1 · Séances"]
    assert lus(feuille, series[-1].valeurs) == [150, 9]


def test_money_is_charted_by_nature_and_by_funder():
    feuille = dessin()
    (serie,) = graphiques(feuille)["Engagé par nature (à ne pas additionner)"].series
    assert lus(feuille, serie.valeurs) == [D("3000.50"), D(26000), D(800), D(3000)]
    engage, verse = graphiques(feuille)["Engagé et versé par financeur"].series
    assert lus(feuille, engage.categories) == ["Agence — Hors maquette", "Agence — Maquette", "Ville — Cofinancement", "Fonds santé — Hors maquette"]
    assert lus(feuille, verse.valeurs) == [D(13000), D("1500.25"), None, None]


# --- what must not leave ---


def test_a_small_count_is_masked_wherever_it_would_be_shown():
    feuille = dessin()
    assert "masqué" in valeurs(feuille)
    assert 7 not in valeurs(feuille)
    assert "masqué (effectif de 1 à 10)" in textes(feuille)


def test_what_designates_a_person_is_taken_out_and_no_file_is_named():
    feuille = dessin()
    assert "Appeler [donnée personnelle retirée] au [donnée personnelle retirée]." in textes(feuille)
    for interdit in ("Durand", "03 80", "@", ".xlsx", "asso-secret"):
        assert interdit not in textes(feuille)


@pytest.mark.parametrize("debut", range(0, 70, 7))
def test_a_telephone_number_is_taken_out_of_a_long_text_too(debut):
    """Wherever the text is cut into rows."""
    longue = PHRASE * 30 + "mot " * (debut // 4) + "03 80 12 34 56 " + PHRASE * 5
    feuille = dessin(reponses=reponses((2025, "1.2", "Association", N, "qualitatif", "ecarts", N, longue, "asso-secret.xlsx", "FA 1.2", "C70")))
    assert "34 56" not in textes(feuille) and "03 80" not in textes(feuille)


def test_a_name_in_a_decision_is_taken_out():
    assert "Durand" not in textes(dessin(decisions={"1.1": "Voir avec Mme Durand."}))


# --- governance, territory, texts, reserves ---


def test_governance_compares_meetings_with_the_minimum():
    feuille = dessin()
    assert ligne_de(feuille, "COPIL") == ["COPIL", 1, 2, "oui", 20, 15, D("0.75")]
    assert ligne_de(feuille, "Comité technique") == ["Comité technique", 2, 1, "non", "sous le minimum (1 sur 2)"]


def test_communes_and_quarters_are_named_reached_or_not():
    feuille = dessin()
    assert "Communes : 1 sur 2" in valeurs(feuille)
    assert ligne_de(feuille, "Fleury")[:3] == ["Fleury", 1, "1.1"]
    assert ligne_de(feuille, "Valcourt")[-2:] == ["Valcourt", "non cité"]
    assert "Quartiers prioritaires (QPV) : 1 sur 1" in valeurs(feuille)


def test_texts_are_side_by_side_with_the_name_of_who_wrote_them():
    assert ligne_de(dessin(), "Appeler [donnée personnelle retirée] au [donnée personnelle retirée].") == [
        "1.1", "Association", "Appeler [donnée personnelle retirée] au [donnée personnelle retirée].", "demandé",
    ]  # fmt: skip


def test_a_very_long_text_is_shown_whole_over_several_rows():
    mots = [f"mot{n:04}" for n in range(900)]
    feuille = dessin(reponses=reponses((2025, "1.2", "Association", N, "qualitatif", "perspectives", N, " ".join(mots), "a", "b", "c")))
    assert set(re.findall(r"mot\d{4}", textes(feuille))) == set(mots)


def test_the_reserves_say_who_has_not_answered_and_how_far_figures_hold():
    texte = textes(dessin())
    assert "• 1 attendu et non reçu — 1.1 : Ville." in texte
    assert "[1] Fiche 1.1, Consultations : partiel (1 sur 2) ; estimé." in texte
    assert "• 1 mesure sur 6 avec une part d’estimation." in texte
    assert "• Fiche 1.2 : porteur à préciser." in texte
    assert "• 1 anomalie bloquante : les valeurs concernées ne sont dans aucun chiffre." in texte


def test_a_disagreement_between_porteurs_is_explained_in_a_note():
    suivi = resultat().avancement
    suivi.loc[0, "detail"] = "Association : En cours\nVille : Réalisée"
    texte = textes(dessin(avancement=suivi, anomalies=()))
    numero = re.search(r"Porteurs en désaccord \[(\d+)\]", texte).group(1)
    assert f"[{numero}] Fiche 1.1, avancement : Association : En cours ; Ville : Réalisée." in texte


# --- print and file ---


def test_it_prints_on_landscape_a4_one_page_wide_with_a_repeated_head(tmp_path):
    chemin = tmp_path / "S.xlsx"
    writer.write(Classeur([dessin()], "Synthèse"), chemin)
    page = openpyxl.load_workbook(chemin).active
    assert (page.page_setup.orientation, page.page_setup.paperSize) == ("landscape", 9)
    assert (page.sheet_properties.pageSetUpPr.fitToPage, page.page_setup.fitToWidth or 1, page.page_setup.fitToHeight) == (True, 1, 0)
    assert page.print_title_rows == "$1:$1"
    assert "&P / &N" in page.oddFooter.right.text
    assert page.print_area.endswith(f"$AK${max(c.ligne for c in dessin().cellules)}")
    assert len(page._charts) == 4
    assert lint(chemin) == []


def test_it_holds_no_formula_no_link_and_no_table():
    feuille = dessin()
    assert not any(isinstance(v, (Formule, Lien)) for v in valeurs(feuille))
    assert not feuille.tableaux and not feuille.colonnes_masquees


def test_no_text_is_cut():
    """Every text has the height that it needs, rows under its merge included."""
    longues = {"1.1": PHRASE * 4, "1.2": PHRASE * 3, "": PHRASE * 12}
    feuille = dessin(decisions=longues, reserves=(PHRASE * 20,), a_preciser=(PHRASE * 9,))
    fusions = {(f.ligne, f.colonne): f for f in feuille.fusions}
    for c in feuille.cellules:
        if isinstance(c.valeur, str) and c.style.startswith(("dense", "entete", "chiffre_cle_libelle", "etat_")):
            fusion = fusions.get((c.ligne, c.colonne))
            unites = fusion.colonne_fin - fusion.colonne + 1 if fusion else 1
            lignes = range(c.ligne, (fusion.ligne_fin if fusion else c.ligne) + 1)
            place = sum(feuille.hauteurs[ligne] for ligne in lignes)
            assert place >= lignes_de_texte(c.valeur, unites, gras="fort" in c.style) * 12, c


def test_a_page_never_cuts_what_is_merged_nor_a_chart():
    feuille = dessin()
    sauts = feuille.impression.sauts
    assert sauts and sauts == sorted(set(sauts))
    for fusion in feuille.fusions:
        assert not any(fusion.ligne <= saut < fusion.ligne_fin for saut in sauts)
    haut = {1: 0.0}
    for ligne in range(1, max(feuille.hauteurs) + 1):
        haut[ligne + 1] = haut[ligne] + feuille.hauteurs.get(ligne, 15)
    for graphique in feuille.graphiques:
        bas = haut[graphique.ligne] + graphique.hauteur * 0.75
        assert not any(haut[graphique.ligne] < haut[saut + 1] < bas for saut in sauts), graphique.titre


def test_no_page_holds_more_than_its_paper():
    """The repeated head counts on each page after the first."""
    longues = [(2025, "1.2", f"Structure {n}", N, "qualitatif", "freins", N, PHRASE * 12, f"r{n}", "FA 1.2", "C70") for n in range(40)]
    feuille = dessin(reponses=reponses(*longues), reserves=(PHRASE,) * 60)
    bornes = [0, *feuille.impression.sauts, max(feuille.hauteurs)]
    pages = [sum(feuille.hauteurs.get(n, 15) for n in range(debut + 1, fin + 1)) for debut, fin in zip(bornes, bornes[1:], strict=False)]
    assert len(pages) > 5
    assert max(pages) <= 690 - 20  # points that a landscape A4 page takes at this width, less the head


def test_a_contract_without_fiche_amount_or_return_still_has_its_synthese():
    nu = contract.parse('[contrat]\nid = "nu"\ntitre = "Contrat nu"\nnom_court = "Nu"\nannees = [2025]\nterritoire = "Pays"', "nu")
    vides = {
        nom: getattr(resultat(), nom).iloc[0:0]
        for nom in ("retours", "indicateurs", "reponses", "par_fiche", "par_financeur", "financements", "avancement", "gouvernance", "territoire", "totaux", "mesures")
    }
    feuille = dessin(contrat=nu, anomalies=(), explications=(), a_preciser=(), decisions={}, precedent=False, **vides)
    assert "Ce contrat ne décrit aucune fiche" in textes(feuille)
    assert feuille.graphiques == []
    assert "Aucune réserve." in textes(feuille)


def test_more_points_than_three_are_counted():
    nombreuses = tuple(Anomalie(g, "X", "f", fiche="1.1") for g in ("bloquant", "à confirmer"))
    ligne = ligne_de(dessin(anomalies=nombreuses), "Consulter près de chez soi")
    assert ligne[-1].splitlines()[-1] == "• 1 autre point"
    assert len(ligne[-1].splitlines()) == 4


# --- measuring text ---


def test_a_text_takes_more_lines_in_a_narrower_cell_and_none_of_it_is_lost():
    texte = PHRASE * 40
    assert lignes_de_texte(texte, 36) < lignes_de_texte(texte, 9)
    assert len(morceaux(texte, 9)) > 1
    assert " ".join(" ".join(morceaux(texte, 9)).split()) == texte.strip()
    assert hauteur("", 4) == hauteur(None, 4) == 19
    assert lignes_de_texte("x" * 500, 2) > 20


def test_a_note_longer_than_a_row_may_be_goes_on_in_the_next_ones():
    """What each of a thousand structures said of a fiche: Excel has no row that high, and no cell that long."""
    dit = " ; ".join(f"Structure {n:04d} : En cours, Partielle" for n in range(1000))
    planche = Planche("Synthèse")
    planche.phrases_en_deux_colonnes([dit, "Une note courte."])
    assert max(planche.feuille.hauteurs.values()) <= 409
    lues = [c.valeur for c in sorted(planche.feuille.cellules, key=lambda c: (c.colonne, c.ligne)) if c.valeur]
    assert " ".join(lues).replace("\n", " ") == f"{dit} Une note courte."
