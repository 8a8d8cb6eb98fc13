"""What a coordinator types becomes a definition; every mistake is told with its sheet, its cell and what to do."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

import openpyxl
import pytest
from authoring_for_tests import ENTETES, PREMIERE, SAISIES, colonnes, court, fautes, ou, remplir

from cls_workbook.authoring.importation import importer
from cls_workbook.cli import main
from cls_workbook.contract import load
from cls_workbook.contract.themes import themes_livres
from cls_workbook.contract.verification import verifier
from cls_workbook.contract.vie import SeuilsEvolution
from cls_workbook.errors import Refus
from cls_workbook.generation import generer
from cls_workbook.xlsx.sheets import Formule


@pytest.fixture
def chemin(tmp_path):
    return tmp_path / "description.xlsx"


# --- What is understood ---------------------------------------------------------------------------------------------


def test_a_small_contract_typed_by_hand_is_understood(chemin):
    contrat = importer(remplir(chemin)).contrat
    assert (contrat.id, contrat.annees) == ("pays-des-etangs-2025-2027", (2025, 2026, 2027))
    assert [(f.numero, f.porteurs, f.financement.montant, f.financement.montant_etat) for f in contrat.fiches] == [
        ("1.1", ("cpts-de-l-etang", "ccas-des-etangs"), Decimal(20000), "chiffre"),
        ("1.10", ("ccas-des-etangs",), None, "vide"),
        ("2.1", ("ccas-des-etangs",), Decimal(10000), "chiffre"),
    ]
    assert contrat.par_fiche["1.1"].financement.taux == Decimal("0.5")


def test_identifiers_and_what_follows_from_the_rest_need_not_be_typed(chemin):
    contrat = importer(remplir(chemin)).contrat
    premier, second = contrat.par_fiche["1.1"].indicateurs[0], contrat.par_fiche["2.1"].indicateurs[0]
    assert [(m.id, m.libelle, m.type, m.agregation) for m in premier.mesures] == [
        ("1.1-I01a", "Personnes reçues", "entier", "PERSONNES"), ("1.1-I01b", "Taux de retour", "taux", "RATIO"),
    ]  # fmt: skip
    assert (premier.id, premier.type, premier.mesures[0].modalites) == ("1.1-I01", "compte_ventile", ("moins de 18 ans", "18 ans et plus"))
    assert [(m.id, m.libelle) for m in second.mesures] == [("2.1-I01", "Séances")] and second.type == "compte"


def test_a_contract_typed_by_hand_gives_its_workbooks(chemin, tmp_path):
    (tmp_path / "etangs.toml").write_text(importer(remplir(chemin)).texte, encoding="utf-8")
    assert [f for f in verifier(load(tmp_path / "etangs.toml")) if f.gravite == "faute"] == []
    fabriques = list(generer(str(tmp_path / "etangs.toml"), 2025, tmp_path / "classeurs"))
    assert openpyxl.load_workbook(fabriques[0]).sheetnames[2:5] == ["FA 1.1", "FA 1.10", "FA 2.1"]


@pytest.mark.parametrize(("typed", "meant"), [("2025 à 2027", (2025, 2026, 2027)), ("2025 ; 2027", (2025, 2027)), (2025, (2025,)), ("2025 – 2026", (2025, 2026))])
def test_years_may_be_written_in_several_ways(chemin, typed, meant):
    assert importer(remplir(chemin, Contrat={"C8": typed})).contrat.annees == meant


@pytest.mark.parametrize("typed", ["la cpts", "CPTS DE L'ETANG", "cpts-de-l-etang", " CPTS de l’Étang "])
def test_a_structure_is_known_by_any_of_its_names(chemin, typed):
    assert importer(remplir(chemin, Fiches={"E9": typed})).contrat.par_fiche["2.1"].porteurs == ("cpts-de-l-etang",)


@pytest.mark.parametrize("typed", ["FA 1.10", "1.10", "fiche 1.10", "Aller vers"])
def test_a_fiche_is_known_by_its_number_or_its_title(chemin, typed):
    lu = importer(remplir(chemin, Montants={"B8": typed})).contrat
    assert lu.par_fiche["1.10"].financement.montant == 10000


def test_a_whole_number_and_a_lost_zero_are_no_mystery(chemin):
    lu = importer(remplir(chemin, Axes={"B7": 1}, Fiches={"D7": 1.0}, Communes={"B7": 1004})).contrat
    assert (lu.axes[0].numero, lu.communes[0].code_insee) == ("1", "01004")


def test_amounts_and_rates_may_be_typed_as_texts(chemin):
    argent = importer(remplir(chemin, Montants={"C7": "20 000 €", "E7": "26,5 %"})).contrat.par_fiche["1.1"].financement
    assert (argent.montant, argent.taux) == (Decimal(20000), Decimal("0.265"))


def test_dates_decisions_and_revisions_are_read_in_the_words_of_the_sheets(chemin):
    lu = importer(remplir(
        chemin, Décisions={"B7": "COPIL-1", "C7": "copil", "D7": datetime(2026, 3, 12)},
        Révisions={"B7": 2026, "C7": "une fiche", "D7": "1.1", "E7": "Porteur", "F7": "ARS ; la CPTS", "G7": "COPIL-1"},
    )).contrat  # fmt: skip
    assert lu.decisions[0].date == date(2026, 3, 12)
    assert (lu.revisions[0].champ, lu.revisions[0].valeur) == ("porteurs", "ars ; cpts-de-l-etang")
    assert lu.en(2025).par_fiche["1.1"].porteurs == ("cpts-de-l-etang", "ccas-des-etangs") and lu.en(2026).par_fiche["1.1"].porteurs == ("ars", "cpts-de-l-etang")


PROPRE = PREMIERE + len(themes_livres())  # the first row of the sheet Thèmes that is left to the contract


def test_a_fiche_and_a_measure_name_themes_that_ship_or_are_the_contracts_own(chemin):
    lu = importer(remplir(
        chemin, Thèmes={f"B{PROPRE}": "Santé des étudiants", f"B{PROPRE + 1}": "habitat ET logement", f"B{PROPRE + 2}": "Prévention"}, Priorités={"B7": "Favoriser la santé mentale"},
        Fiches={ou("Fiches", "Thème 1"): "Santé mentale", ou("Fiches", "Thème 2"): "santé des etudiants", ou("Fiches", "Thème : les autres"): "habitat ; Addictions",
                ou("Fiches", "Priorité 1"): "Favoriser la santé mentale"},
        Indicateurs={ou("Indicateurs", "Thème", 9): "Nutrition : actions menées"},
    )).contrat  # fmt: skip
    assert [(t.id, t.libelle) for t in lu.themes] == [("sante-des-etudiants", "Santé des étudiants"), ("prevention-2", "Prévention")]
    assert [(p.id, p.libelle) for p in lu.priorites] == [("favoriser-la-sante-mentale", "Favoriser la santé mentale")]
    assert lu.par_fiche["1.1"].themes == ("sante-mentale", "sante-des-etudiants", "habitat", "addictions")
    assert lu.par_fiche["1.1"].priorites == ("favoriser-la-sante-mentale",)
    assert [m.theme for f in lu.fiches for m in f.mesures] == [None, None, "nutrition-actions"]


def test_themes_that_ship_are_known_even_where_their_rows_were_deleted(chemin):
    livre = openpyxl.load_workbook(remplir(chemin, Fiches={ou("Fiches", "Thème 1"): "Vaccination"}))
    livre["Thèmes"].delete_rows(PREMIERE, PROPRE - PREMIERE)
    livre.save(chemin)
    lu = importer(chemin).contrat
    assert (lu.par_fiche["1.1"].themes, lu.themes) == (("vaccination",), ())


def test_thresholds_of_change_are_answers_of_the_sheet_contrat(chemin):
    part, unites, euros, points = (ou("Contrat", t) for t in ("Évolution : à partir de quelle part", "Évolution : et d’au moins (unités)", "Évolution : et d’au moins (euros)", "Évolution : pour un taux, de plus de"))
    lu = importer(remplir(chemin, Contrat={part: "150 %", unites: None, euros: 5000, points: 0.1})).contrat
    assert lu.evolution == SeuilsEvolution(Decimal("1.5"), 10, 5000, Decimal("0.1"))


# --- Whatever was moved ---------------------------------------------------------------------------------------------


def test_rows_inserted_columns_moved_and_sheets_renamed_change_nothing(chemin):
    attendu = importer(remplir(chemin)).contrat
    livre = openpyxl.load_workbook(chemin)
    fiches = livre["Fiches"]
    fiches.insert_rows(8, 2)
    fiches.insert_rows(1)
    livre["Structures"].insert_cols(2)
    livre["Structures"].title = "Les organismes"
    axes = livre["Axes"]
    for ligne in range(3, 20):  # Numéro and Titre change places, keys and headers included
        axes.cell(ligne, 2).value, axes.cell(ligne, 3).value = axes.cell(ligne, 3).value, axes.cell(ligne, 2).value
    axes.cell(ENTETES, 2).value = "TITRE"
    livre.move_sheet("Fiches", 5)
    livre.save(chemin)
    assert importer(chemin).contrat == attendu


def test_without_its_hidden_keys_a_sheet_is_known_by_its_headers(chemin):
    attendu = importer(remplir(chemin)).contrat
    livre = openpyxl.load_workbook(chemin)
    for nom in ("Contrat", "Fiches", "Indicateurs"):
        for ligne in livre[nom].iter_rows():
            for cellule in ligne:
                if isinstance(cellule.value, str) and cellule.value.startswith("§"):
                    cellule.value = None
    livre.save(chemin)
    assert importer(chemin).contrat == attendu


def test_a_header_that_was_renamed_is_known_by_its_hidden_key(chemin):
    attendu = importer(remplir(chemin)).contrat
    livre = openpyxl.load_workbook(chemin)
    livre["Fiches"]["C6"] = "Intitulé"
    livre.save(chemin)
    assert importer(chemin).contrat == attendu


def test_columns_and_sheets_of_ones_own_are_left_alone_and_said_to_be(chemin):
    livre = openpyxl.load_workbook(remplir(chemin))
    fin = livre["Axes"].max_column + 1
    livre["Axes"].cell(ENTETES, fin, "Mes notes")
    livre["Axes"].cell(PREMIERE, fin, "à revoir")
    livre.create_sheet("Brouillon")["A1"] = "rien"
    livre.save(chemin)
    informations = " ".join(importer(chemin).informations).replace("\u00a0", " ")
    assert "« Mes notes » n’est pas du modèle" in informations and "« Brouillon »" in informations


# --- What must be mended --------------------------------------------------------------------------------------------

PAS_COMMENCEE = "cette case est vide, alors que la ligne est commencée"


@pytest.mark.parametrize(
    ("sheet", "cell", "typed", "says"),
    [
        ("Fiches", "B8", 1.1, "trouvé le nombre 1,1 : le tableur a pu retirer un zéro final"),
        ("Fiches", "B7", datetime(2026, 1, 1), "trouvé la date 01/01/2026 : le tableur a changé un numéro en date. Mettez la cellule au format Texte"),
        ("Fiches", "B8", "1.1", "« 1.1 » est déjà pris par la cellule B7 de la feuille « Fiches »"),
        ("Fiches", "C7", None, PAS_COMMENCEE),
        ("Fiches", "D7", "3", "trouvé « 3 », qui ne désigne pas un axe. Ajoutez-le à la feuille « Axes », ou corrigez"),
        ("Fiches", "E7", "CTPS de l’Etang", "qui ne désigne pas une structure. Vouliez-vous dire « CPTS de l’Étang » ?"),
        ("Fiches", "E8", None, "la fiche n’a pas de porteur"),
        ("Montants", "C7", "env. 20 000", "trouvé « env. 20 000 », attendu un montant en euros"),
        ("Montants", "E7", 50, "trouvé « 50 », attendu un pourcentage entre 0 et 100 %. Écrivez-le avec son symbole : 50 %"),
        ("Montants", "B8", "9.9", "trouvé « 9.9 », qui ne désigne pas une fiche"),
        ("Montants", "B8", "1.1", "la fiche 1.1 a déjà une ligne, ligne 7. Gardez-en une seule"),
        ("Montants", "B8", None, "la fiche manque"),
        ("Indicateurs", "E7", "nombre entiers", "Vouliez-vous dire « nombre entier » ?"),
        ("Indicateurs", "F7", None, "l’outil ne peut pas la déduire ici"),
        ("Indicateurs", "F8", "s’additionne (actions, séances…)", "une mesure de type « taux (numérateur et dénominateur) » ne se rassemble pas par « s’additionne"),
        ("Indicateurs", "C9", None, "le libellé de l’indicateur manque"),
        ("Structures", "E7", "publique", "Vouliez-vous dire « public » ?"),
        ("Structures", "F7", "123", "un SIRET compte 14 chiffres"),
        ("Structures", "G7", "oui", "le groupe « ARS » n’a aucun candidat"),
        ("Structures", "G7", "peut-être", "attendu « oui » ou « non »"),
        ("Contrat", "C5", None, "cette réponse manque"),
        ("Contrat", "C8", "cinq ans", "trouvé « cinq ans », attendu des années"),
        ("Contrat", "C15", 31000, "la maquette est de 31 000 €, la somme des fiches de 30 000 €"),
        ("Natures", "C7", "maquete", "attendu un choix parmi"),
        ("Communes", "B7", "ABC", "n’est pas un code INSEE"),
        ("Axes", "C8", None, PAS_COMMENCEE),
        ("Fiches", ou("Fiches", "Thème 1"), "Santé mental", "qui ne désigne pas un thème. Vouliez-vous dire « Santé mentale » ? Sinon, ajoutez-le à la feuille « Thèmes »"),
        ("Fiches", ou("Fiches", "Priorité 2"), "PRAPS", "qui ne désigne pas une priorité"),
        ("Indicateurs", ou("Indicateurs", "Thème"), "Bien-être", "qui ne désigne pas un thème"),
        ("Thèmes", "C8", "acces-aux-soins", "« acces-aux-soins » est un thème livré"),
        ("Contrat", ou("Contrat", "Évolution : et d’au moins (unités)"), 0, "un seuil est positif"),
        ("Contrat", ou("Contrat", "Évolution : pour un taux, de plus de"), 20, "attendu un pourcentage entre 0 et 100 %"),
        ("Contrat", ou("Contrat", "Évolution : à partir de quelle part"), 50, "attendu un pourcentage entre 0 et 1 000 %"),
    ],
)  # fmt: skip
def test_a_mistake_is_told_once_at_its_cell(chemin, sheet, cell, typed, says):
    trouvees = fautes(remplir(chemin, **{sheet: {cell: typed}}))
    assert len(trouvees) == 1, trouvees
    assert f"feuille « {sheet} »" in trouvees[0] and says in trouvees[0]
    # a missing candidate is told in the column of candidates, and so on: elsewhere the very cell is named
    if "candidat" not in says:
        assert f", cellule {cell} " in trouvees[0]


def test_all_mistakes_come_back_together_in_reading_order(chemin):
    trouvees = fautes(remplir(chemin, Montants={"C7": "beaucoup"}, Axes={"C8": None}, Fiches={"B8": 1.1, "E7": "Inconnue", "D9": "7"}))
    assert [f.split(" (")[0] for f in trouvees] == [
        "feuille « Axes », cellule C8", "feuille « Fiches », cellule E7", "feuille « Fiches », cellule B8", "feuille « Fiches », cellule D9", "feuille « Montants », cellule C7",
    ]  # fmt: skip


def test_a_number_that_only_one_fiche_bears_is_that_fiche_and_no_other(chemin):
    sans_1_10 = {"B8": "1.2"}
    assert fautes(remplir(chemin, Fiches=sans_1_10, Montants={"B7": 1.1})) == []
    ambigue = fautes(remplir(chemin, Montants={"B7": 1.1}))
    assert len(ambigue) == 1 and "cellule B7 (Fiche)" in ambigue[0] and "« 1.1 », ou « 1.10 »" in ambigue[0]


def test_a_formula_in_error_is_no_value(chemin):
    trouvees = fautes(remplir(chemin, Montants={"C7": Formule("1/0", "#DIV/0!")}))
    assert len(trouvees) == 1 and "cellule C7 (Montant) : cette formule est en erreur" in trouvees[0]
    assert fautes(remplir(chemin, Montants={"C7": Formule("2*10000", 20000)})) == []


def test_a_needed_column_that_was_deleted_is_missed(chemin):
    livre = openpyxl.load_workbook(remplir(chemin))
    livre["Fiches"].delete_cols(3)
    livre.save(chemin)
    assert any("la colonne « Titre » est introuvable" in f for f in fautes(chemin))


def test_a_sheet_that_was_copied_is_not_read_twice_in_silence(chemin):
    livre = openpyxl.load_workbook(remplir(chemin))
    livre.copy_worksheet(livre["Axes"]).title = "Axes (2)"
    livre.save(chemin)
    assert any("« Axes (2) » : elle double la feuille « Axes »" in f for f in fautes(chemin))


def test_two_rows_of_an_indicator_cannot_disagree(chemin):
    volet = colonnes(openpyxl.load_workbook(court(chemin))["Indicateurs"])["Groupe d’indicateurs"]
    trouvees = fautes(remplir(chemin, Indicateurs={f"{volet}7": "Accueil", f"{volet}8": "Suivi"}))
    assert len(trouvees) == 1 and f"cellule {volet}8" in trouvees[0] and "diffère de la première ligne" in trouvees[0]


@pytest.mark.parametrize("contenu", [b"", b"a;b;c", b"%PDF-1.7"])
def test_another_file_is_refused_in_a_sentence(chemin, contenu):
    chemin.write_bytes(contenu)
    with pytest.raises(Refus, match="ne peut pas être lu"):
        importer(chemin)


def test_another_workbook_is_refused_in_a_sentence(chemin):
    livre = openpyxl.Workbook()
    livre.active["A1"] = "Bonjour"
    livre.save(chemin)
    with pytest.raises(Refus, match="n’est pas un classeur de description"):
        importer(chemin)


# --- The command ----------------------------------------------------------------------------------------------------


def test_the_command_writes_the_definition_or_nothing(tmp_path, capsys):
    bon, mauvais = remplir(tmp_path / "bon.xlsx"), remplir(tmp_path / "mauvais.xlsx", Fiches={"D7": "3"})
    assert main(["contrat", "importer", str(mauvais), "--sortie", str(tmp_path / "c.toml")]) == 2
    assert not (tmp_path / "c.toml").exists()
    assert "cellule D7" in capsys.readouterr().err
    assert main(["contrat", "importer", str(bon), "--sortie", str(tmp_path / "c.toml")]) == 0
    assert "3 fiche(s), 3 chiffre(s) à saisir" in capsys.readouterr().out
    assert load(tmp_path / "c.toml").titre == "Contrat local de santé des Étangs 2025-2027"


def test_the_command_fills_the_workbook_from_a_definition(tmp_path, capsys):
    (tmp_path / "c.toml").write_text(importer(remplir(tmp_path / "bon.xlsx")).texte, encoding="utf-8")
    assert main(["contrat", "modele", "--sortie", str(tmp_path / "m.xlsx"), "--contrat", str(tmp_path / "c.toml")]) == 0
    assert openpyxl.load_workbook(tmp_path / "m.xlsx")["Fiches"]["C7"].value == SAISIES["Fiches"][0]["Titre"]
    assert importer(tmp_path / "m.xlsx").contrat == load(tmp_path / "c.toml")
