"""The figures of the agency's copy as tables: the same, masked the same, readable by a program."""

import datetime
from decimal import Decimal as D

import pytest
from resultat_ecrit import reponses, resultat

from cls_workbook.errors import Refus
from cls_workbook.results import ars_copy, consolidated, descriptions, donnees, donnees_decrites, relecture
from cls_workbook.results.resultat import enregistrements
from cls_workbook.summaries import activity, consolidation, funding, remplacement
from cls_workbook.xlsx import writer


@pytest.fixture(scope="module")
def copie(tmp_path_factory):
    chemin = tmp_path_factory.mktemp("copie") / "S.xlsx"
    writer.write(ars_copy.classeur(resultat()), chemin)
    return chemin


@pytest.fixture(scope="module")
def feuilles(copie):
    return relecture.ouvrir(copie)


def lue(feuilles, description, chemin="S.xlsx"):
    return relecture.table(chemin, feuilles, description)


def test_every_table_comes_back_as_it_was_drawn(feuilles):
    ecrites = donnees.lignes_par_table(resultat())
    assert tuple(ecrites) == donnees_decrites.TABLES
    for description, lignes in ecrites.items():
        assert lue(feuilles, description).lignes == lignes, description.feuille


def test_the_contract_says_its_state_its_returns_and_the_version_of_the_data(feuilles):
    (contrat,) = lue(feuilles, donnees_decrites.CONTRAT).lignes
    assert (contrat["Format"], contrat["Contrat"], contrat["Année"], contrat["État"]) == (1, "essai", 2025, "provisoire")
    assert (contrat["Retours reçus"], contrat["Retours attendus"], contrat["Bloquants"], contrat["À confirmer"]) == (3, 4, 1, 1)
    assert (contrat["Maquette"], contrat["Consolidé le"]) == (D("20000.00"), datetime.date(2026, 3, 14))
    (valide,) = donnees.lignes_par_table(resultat(valide_le=datetime.date(2026, 4, 2)))[donnees_decrites.CONTRAT]
    assert (valide["État"], valide["Validé le"]) == ("validé", datetime.date(2026, 4, 2))


def test_a_small_count_is_masked_as_it_is_in_print(feuilles):
    mesures = {m["Mesure"]: m for m in lue(feuilles, donnees_decrites.MESURES).lignes}
    assert mesures["1.1-I01"]["Valeur"] == 150
    assert mesures["1.1-I02"]["Valeur"] is None
    assert "masqué" in mesures["1.1-I02"]["Réserve"]
    assert not {"1.1-I05", "1.2-I01"} & mesures.keys(), "texts and lists stay in print"


def test_a_fiche_says_its_state_and_its_alerts(feuilles):
    fiches = {f["Titre"]: f for f in lue(feuilles, donnees_decrites.FICHES).lignes}
    assert fiches["Consulter près de chez soi"] == {
        "Fiche": "1.1", "Titre": "Consulter près de chez soi", "Axe": "1", "Titre de l’axe": "Soigner", "État": "En cours", "Réalisation": "Totale",
        "Retours reçus": 1, "Retours attendus": 2, "Bloquants": 1, "À confirmer": 0, "Avenant demandé": "oui",
    }  # fmt: skip
    assert fiches["Animer le contrat"]["État"] == "sans retour"
    assert fiches["Ouvrir une maison de santé"]["État"] == "à programmer"


def test_the_post_of_coordination_comes_with_its_rule(feuilles):
    (poste,) = lue(feuilles, donnees_decrites.POSTES).lignes
    assert (poste["Fiche"], poste["Taux"], poste["Plafond annuel"], poste["ETP"]) == ("2.1", D("0.5"), D(30000), 1)
    assert (poste["Dépense réalisée"], poste["Aide possible"], poste["Aide engagée"], poste["Aide versée"]) == (D(52000), D(26000), D(26000), D(13000))
    assert poste["Aide / dépense"] == D("0.25")


def test_a_funder_line_says_its_level(feuilles):
    niveaux = [(f["Financeur"], f["Niveau"], f["Engagé"]) for f in lue(feuilles, donnees_decrites.FINANCEURS).lignes]
    assert ("Agence", "maquette", D("3000.50")) in niveaux
    assert ("Ville", "cofinancement", D("3000.00")) in niveaux


def test_what_designates_a_person_is_nowhere():
    textes = str(donnees.lignes_par_table(resultat(reponses=reponses())).values())
    assert "Durand" not in textes and "asso-secret" not in textes


# --- reading back -----------------------------------------------------------------------------------------------------


def test_the_descriptions_are_those_of_the_tables_that_the_workbook_has():
    tables = {t.nom: tuple(t.colonnes) for t in consolidated.tables(resultat())}
    assert {t.nom: t.titres for t in descriptions.TABLES if not t.optionnelle} == tables
    assert descriptions.REMPLACEMENTS.titres == remplacement.REMPLACEMENTS
    assert descriptions.RETOURS.titres == consolidation.RETOURS
    assert descriptions.INDICATEURS.titres == activity.INDICATEURS
    assert descriptions.FINANCEMENT_FICHES.titres == funding.PAR_FICHE


def test_a_table_is_found_by_its_headers_wherever_it_was_moved(feuilles):
    entete, *lignes = feuilles["Données financement"]
    deplacee = {"Autre nom": [["Un titre ajouté"], [], ["remarque", *reversed(entete)], *(["", *reversed(ligne)] for ligne in lignes)]}
    table = lue(deplacee, donnees_decrites.FINANCEMENT)
    assert table.lignes == lue(feuilles, donnees_decrites.FINANCEMENT).lignes
    assert table.feuille == "Autre nom"
    assert table.cellules(0, ["Fiche"]) == "O4"
    assert table.cellules(0, ["Engagé", "Versé"]) == "I4:J4"


def refus(feuilles, description):
    with pytest.raises(Refus) as leve:
        lue(feuilles, description)
    return str(leve.value)


def test_what_a_column_does_not_accept_is_refused_at_its_cell(feuilles):
    entete, *lignes = feuilles["Données financement"]

    def avec(titre, valeur):
        premiere = [valeur if t == titre else v for t, v in zip(entete, lignes[0], strict=True)]
        return {"Données financement": [entete, premiere, *lignes[1:]]}

    assert "cellule F2 (Engagé) : trouvé « beaucoup », un montant en euros est attendu" in refus(avec("Engagé", "beaucoup"), donnees_decrites.FINANCEMENT)
    assert "cellule F2 (Engagé) : la valeur « -1.0 » n’est pas possible" in refus(avec("Engagé", -1.0), donnees_decrites.FINANCEMENT)
    assert "cellule A2 (Fiche) : la case est vide" in refus(avec("Fiche", ""), donnees_decrites.FINANCEMENT)
    assert "colonne Engagé introuvable" in refus({"Données financement": [["x" if t == "Engagé" else t for t in entete], *lignes]}, donnees_decrites.FINANCEMENT)
    assert "la feuille « Données financement » manque" in refus({"Feuil1": [["a"]]}, donnees_decrites.FINANCEMENT)


def test_a_date_that_lost_its_format_is_read_all_the_same(feuilles):
    serie = [[c if ligne[0] != "Consolidé le" or rang != 1 else 46095.0 for rang, c in enumerate(ligne)] for ligne in feuilles["Données contrat"]]
    (contrat,) = lue({"Données contrat": serie}, donnees_decrites.CONTRAT).lignes
    assert contrat["Consolidé le"] == datetime.date(2026, 3, 14)


def test_the_record_of_the_contract_is_read_down_the_sheet(feuilles):
    assert [ligne[0] for ligne in feuilles["Données contrat"]][:4] == ["Renseignement", "Format", "Contrat", "Titre"]
    assert lue(feuilles, donnees_decrites.CONTRAT).cellules(0, ["Année"]) == "B8"
    sans = {"Données contrat": [ligne for ligne in feuilles["Données contrat"] if ligne[0] != "Maquette"]}
    assert "ligne Maquette introuvable" in refus(sans, donnees_decrites.CONTRAT)


def test_records_are_those_of_the_frames(feuilles):
    assert [r["Statut"] for r in lue(feuilles, donnees_decrites.RETOURS).lignes] == [r["Statut"] for r in enregistrements(resultat().retours)]
