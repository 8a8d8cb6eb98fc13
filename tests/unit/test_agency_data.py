"""The figures of the agency's copy as tables: the same, masked the same, readable by a program."""

import datetime
from decimal import Decimal as D

import pytest

from cls_workbook.errors import Refusal
from cls_workbook.reports import table_reading
from cls_workbook.reports.agency import agency_data, agency_tables, ars_copy
from cls_workbook.reports.consolidation import consolidation_workbook
from cls_workbook.tables import consolidation_tables
from cls_workbook.tables.structure_table import STRUCTURES
from cls_workbook.tables.table_frames import frame_records
from cls_workbook.workbook import writer
from tests.support.written_result import reponses, result


@pytest.fixture(scope="module")
def file_copy(tmp_path_factory):
    path = tmp_path_factory.mktemp("copie") / "S.xlsx"
    writer.write(ars_copy.workbook(result()), path)
    return path


@pytest.fixture(scope="module")
def worksheets(file_copy):
    return table_reading.open_up(file_copy)


def item_read(worksheets, description, path="S.xlsx"):
    return table_reading.table(path, worksheets, description)


def test_every_table_comes_back_as_it_was_drawn(worksheets):
    written_ones = agency_data.rows_by_table(result())
    of_a_noyau = (agency_tables.NOYAU_ANSWERS, agency_tables.NOYAU_DETAILS, agency_tables.LINKS)
    assert tuple(written_ones) == tuple(t for t in agency_tables.TABLES if t not in of_a_noyau)
    for planned in (agency_tables.PLANNED_MONEY, agency_tables.PLANNED_EVALUATIONS):
        assert written_ones.pop(planned) == []  # a contract that plans none has no such sheet
        assert planned.sheet not in worksheets
    for description, lines in written_ones.items():
        assert item_read(worksheets, description).lines == lines, description.sheet


def test_the_contract_says_its_state_its_returns_and_the_version_of_the_data(worksheets):
    (contrat,) = item_read(worksheets, agency_tables.CONTRAT).lines
    assert (contrat["Format"], contrat["Contrat"], contrat["Année"], contrat["État"]) == (
        2,
        "essai",
        2025,
        "provisoire",
    )
    assert (contrat["Retours reçus"], contrat["Retours attendus"], contrat["Bloquants"], contrat["À confirmer"]) == (
        3,
        4,
        1,
        1,
    )
    assert (contrat["Maquette"], contrat["Consolidé le"]) == (D("20000.00"), datetime.date(2026, 3, 14))
    (is_valid,) = agency_data.rows_by_table(result(validated_on=datetime.date(2026, 4, 2)))[agency_tables.CONTRAT]
    assert (is_valid["État"], is_valid["Validé le"]) == ("validé", datetime.date(2026, 4, 2))


def test_a_small_count_is_masked_as_it_is_in_print(worksheets):
    mesures = {m["Mesure"]: m for m in item_read(worksheets, agency_tables.MESURES).lines}
    assert mesures["1.1-I01"]["Valeur"] == 150
    assert mesures["1.1-I02"]["Valeur"] is None
    assert "masqué" in mesures["1.1-I02"]["Réserve"]
    assert not {"1.1-I05", "1.2-I01"} & mesures.keys(), "texts and lists stay in print"


def test_a_fiche_says_its_state_and_its_alerts(worksheets):
    fiches = {f["Titre"]: f for f in item_read(worksheets, agency_tables.FICHES).lines}
    assert fiches["Consulter près de chez soi"] == {
        "Fiche": "1.1",
        "Titre": "Consulter près de chez soi",
        "Axe": "1",
        "Titre de l’axe": "Soigner",
        "État": "En cours",
        "État commun": "En cours",
        "Réalisation": "Totale",
        "Retours reçus": 1,
        "Retours attendus": 2,
        "Bloquants": 1,
        "À confirmer": 0,
        "Avenant demandé": "oui",
        "Niveau de priorité": None,
    }
    assert fiches["Animer le contrat"]["État"] == "sans retour"
    assert fiches["Ouvrir une maison de santé"]["État"] == "à programmer"


def test_the_post_of_coordination_comes_with_its_rule(worksheets):
    (poste,) = item_read(worksheets, agency_tables.POSTS).lines
    assert (poste["Fiche"], poste["Taux"], poste["Plafond annuel"], poste["ETP"]) == ("2.1", D("0.5"), D(30000), 1)
    assert (poste["Dépense réalisée"], poste["Aide possible"], poste["Aide engagée"], poste["Aide versée"]) == (
        D(52000),
        D(26000),
        D(26000),
        D(13000),
    )
    assert poste["Aide / dépense"] == D("0.5")  # 26 000 / 52 000


def test_a_funder_line_says_its_level(worksheets):
    levels = [(f["Financeur"], f["Niveau"], f["Engagé"]) for f in item_read(worksheets, agency_tables.FINANCEURS).lines]
    assert ("Agence", "maquette", D("3000.50")) in levels
    assert ("Ville", "cofinancement", D("3000.00")) in levels


def test_what_designates_a_person_is_nowhere():
    texts = str(agency_data.rows_by_table(result(reponses=reponses())).values())
    assert "Durand" not in texts and "asso-secret" not in texts


# --- reading back -----------------------------------------------------------------------------------------------------


def test_the_descriptions_are_those_of_the_tables_that_the_workbook_has():
    tables = [t.description for t in consolidation_workbook.tables(result())]
    assert tables == [STRUCTURES, *(t for t in consolidation_tables.TABLES if not t.optional)]


def test_a_table_is_found_by_its_headers_wherever_it_was_moved(worksheets):
    header, *lines = worksheets["Données financement"]
    moved = {
        "Autre nom": [
            ["Un titre ajouté"],
            [],
            ["remarque", *reversed(header)],
            *(["", *reversed(line)] for line in lines),
        ]
    }
    table = item_read(moved, agency_tables.FINANCEMENT)
    assert table.lines == item_read(worksheets, agency_tables.FINANCEMENT).lines
    assert table.sheet == "Autre nom"
    assert table.cells(0, ["Fiche"]) == "Q4"
    assert table.cells(0, ["Engagé", "Versé"]) == "K4:L4"


def refusal(worksheets, description):
    with pytest.raises(Refusal) as raised:
        item_read(worksheets, description)
    return str(raised.value)


def test_what_a_column_does_not_accept_is_refused_at_its_cell(worksheets):
    header, *lines = worksheets["Données financement"]

    def with_changes(titre, valeur):
        first = [valeur if t == titre else v for t, v in zip(header, lines[0], strict=True)]
        return {"Données financement": [header, first, *lines[1:]]}

    assert "cellule F2 (Engagé) : trouvé « beaucoup », un montant en euros est attendu" in refusal(
        with_changes("Engagé", "beaucoup"), agency_tables.FINANCEMENT
    )
    assert "cellule F2 (Engagé) : la valeur « -1.0 » n’est pas possible" in refusal(
        with_changes("Engagé", -1.0), agency_tables.FINANCEMENT
    )
    assert "cellule A2 (Fiche) : la case est vide" in refusal(with_changes("Fiche", ""), agency_tables.FINANCEMENT)
    assert "cellule A2 (Fiche) : la case est vide" in refusal(with_changes("Fiche", " "), agency_tables.FINANCEMENT)
    assert "colonne Engagé introuvable" in refusal(
        {"Données financement": [["x" if t == "Engagé" else t for t in header], *lines]}, agency_tables.FINANCEMENT
    )
    assert "la feuille « Données financement » manque" in refusal({"Feuil1": [["a"]]}, agency_tables.FINANCEMENT)


def test_a_copy_of_before_a_column_was_added_is_read_without_it(worksheets):
    header, *lines = worksheets["Données mesures"]
    rank = header.index("Cible")
    older = {"Données mesures": [[*line[:rank], *line[rank + 1 :]] for line in (header, *lines)]}
    table = item_read(older, agency_tables.MESURES)
    assert [r["Cible"] for r in table.lines] == [None] * 4
    assert table.lines[0]["Valeur"] == 150
    assert table.cells(0, ["Cible", "Valeur"]) == "K2"


def test_a_date_that_lost_its_format_is_read_all_the_same(worksheets):
    one_series = [
        [c if line[0] != "Consolidé le" or rank != 1 else 46095.0 for rank, c in enumerate(line)]
        for line in worksheets["Données contrat"]
    ]
    (contrat,) = item_read({"Données contrat": one_series}, agency_tables.CONTRAT).lines
    assert contrat["Consolidé le"] == datetime.date(2026, 3, 14)


def test_the_record_of_the_contract_is_read_down_the_sheet(worksheets):
    assert [line[0] for line in worksheets["Données contrat"]][:4] == ["Renseignement", "Format", "Contrat", "Titre"]
    assert item_read(worksheets, agency_tables.CONTRAT).cells(0, ["Année"]) == "B8"
    without = {"Données contrat": [line for line in worksheets["Données contrat"] if line[0] != "Maquette"]}
    assert "ligne Maquette introuvable" in refusal(without, agency_tables.CONTRAT)


def test_records_are_those_of_the_frames(worksheets):
    assert [r["Statut"] for r in item_read(worksheets, agency_tables.RETOURS).lines] == [
        r["Statut"] for r in frame_records(result().tables.retours)
    ]
