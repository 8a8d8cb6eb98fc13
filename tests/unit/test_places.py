"""Two contracts through a year, one of villages overseas, one of two départements: places of any kind, declared,
ticked and counted each as what it is; indicators asked place by place, dates, and one that two fiches share.

Every figure was worked out by hand beside it.
"""

from __future__ import annotations

from datetime import date, datetime

import openpyxl
import pytest

from cls_workbook import forms
from cls_workbook.definition import toml_reader
from cls_workbook.definition.authoring.authoring_workbook import workbook as described
from cls_workbook.definition.importing.definition_import import importer
from cls_workbook.definition.toml_writer import write
from cls_workbook.domain.announced.mesure import Mesure
from cls_workbook.domain.placed.place_words import plural, word_of
from cls_workbook.domain.verification.whole_contract import verifier
from cls_workbook.forms.choice_lists import listes
from cls_workbook.reading.cells.accepted_input import NotUnderstood
from cls_workbook.reading.cells.parse_values import understand
from cls_workbook.reports.region.region_workbook import gather
from cls_workbook.summaries.aggregation import MesureAnswer, aggregate
from cls_workbook.workbook import writer
from tests.support.lived_campagnes import lines, live, written
from tests.support.other_definitions import BANDRELE, CHAROLAIS, parsed, plain

LE_GRAND = "CC Le Grand Charolais"


def of_fiche(numero: str, **ticks: str) -> dict[str, object]:
    """``commune="71106 71359"``: what is ticked of each sort."""
    return {f"{numero}/territoire/{line}/{champ}": "x" for champ, said in ticks.items() for line in said.split()}


def by_village(mesure: str, **counts: int) -> dict[str, object]:
    villages = ["Bandrélé", "Nyambadao", "Mtsamoudou", "Hamouro"]  # a row each, in the order of the contract
    return {f"2/ventilations/{mesure}/{villages.index(v) + 1:02d}/effectif": n for v, n in counts.items()}


@pytest.fixture(scope="module")
def bandrele(tmp_path_factory):
    """2022: fiche 2 in two villages, fiche 4 in one of them and a third; both in the commune. Young people: 18 of
    Nyambadao and 12 of Hamouro make 30; the commune says 25, and 24 of them by village."""
    asked = {"2/mesures/2-I01/valeur": 30} | by_village("2-I01", Nyambadao=18, Hamouro=12)
    reponses = {
        "maison-des-adolescents": asked | of_fiche("2", commune="97603", lieu="village-hamouro village-nyambadao"),
        "commune": {"2/mesures/2-I01/valeur": 25} | by_village("2-I01", Bandrélé=20, Nyambadao=4),
        "croix-rouge": of_fiche("4", commune="97603", lieu="village-hamouro village-mtsamoudou"),
    }
    return live(tmp_path_factory.mktemp("bandrele"), BANDRELE, 2022, reponses)


def dates(opening: datetime, welcome: datetime) -> dict[str, object]:
    return {"2/dates/2-I01/jour": opening, "2/dates/2-I02/jour": welcome}


@pytest.fixture(scope="module")
def charolais(tmp_path_factory):
    """2025: the PETR in two communes of Saône-et-Loire, the CPAM of Allier in one of its three; 7 and 5 professionals
    trained, asked on fiche 1 alone; two dates for each of two questions."""
    first_rows = {
        "1/mesures/1-I01/valeur": 50,
        **{"1/ventilations/1-I01/01/modalite": "Charolles", "1/ventilations/1-I01/01/effectif": 30},
        **{"1/ventilations/1-I01/02/modalite": "Gueugnon", "1/ventilations/1-I01/02/effectif": 20},
    }
    elsewhere = {"1/ventilations/1-I01/01/modalite": "Nulle part", "1/ventilations/1-I01/01/effectif": 8}
    reponses = {
        "petr": first_rows
        | {"1/mesures/1-I03/valeur": 7}
        | dates(datetime(2025, 9, 1), datetime(2025, 3, 1))
        | of_fiche("1", commune="71106 71230")
        | of_fiche("2", commune="71106"),
        "cpam-71": {"1/mesures/1-I03/valeur": 5} | dates(datetime(2025, 6, 12), datetime(2025, 2, 1)),
        "cpam-03": {"1/mesures/1-I01/valeur": 8} | elsewhere | of_fiche("1", commune="03173"),
    }
    return live(tmp_path_factory.mktemp("charolais"), CHAROLAIS, 2025, reponses)


@pytest.mark.parametrize("path", [BANDRELE, CHAROLAIS])
def test_neither_definition_has_a_fault_and_both_are_written_as_they_are_read(path):
    contrat = toml_reader.load(path)
    assert [f for f in verifier(contrat) if f.gravite == "faute"] == []
    assert toml_reader.parse(write(contrat), "écrit") == contrat


@pytest.mark.parametrize("path", [BANDRELE, CHAROLAIS])
def test_the_workbook_that_describes_them_loses_nothing(tmp_path, path):
    contrat = toml_reader.load(path)
    writer.write(described(contrat), tmp_path / "d.xlsx")
    assert importer(tmp_path / "d.xlsx").contrat == contrat


# --- overseas: villages ---------------------------------------------------------------------------------------------


def test_villages_are_counted_apart_from_the_commune(bandrele):
    touched = lines(bandrele.result.summaries.territoire)
    assert [(r["type"], r["nom"], r["numeros"]) for r in touched] == [
        ("commune", "Bandrélé", "2\u00a0; 4"),
        ("village", "Nyambadao", "2"),
        ("village", "Mtsamoudou", "4"),
        ("village", "Hamouro", "2\u00a0; 4"),
    ]


def test_the_synthese_counts_them_in_the_words_of_the_contract(bandrele):
    texts = written(bandrele.synthese)
    assert {"Villages touchés", "Communes touchées", "sur 4", "Villages", "3 sur 4", "1 sur 1"} <= texts
    assert any("1 commune sur 1 et 3 villages sur 4 ont vu une action" in t for t in texts)
    assert not [t for t in texts if "QPV" in t or "uartier prioritaire" in t]


def test_the_agencys_copy_names_every_village_and_how_many_fiches_reached_it(bandrele):
    page = openpyxl.load_workbook(bandrele.synthese)["Données lieux"]
    rows = [list(row) for row in page.iter_rows(min_row=2, values_only=True)]
    assert ["village", None, "Bandrélé", "Bandrélé", None, "Mayotte (976)", 0] in [[*map(spaced, r[:7])] for r in rows]
    assert [r[6] for r in rows if r[0] == "village"] == [0, 1, 1, 2]


def spaced(cell: object) -> object:
    return plain(cell) if isinstance(cell, str) else cell


def test_dont_qpv_is_asked_only_where_there_is_one():
    asked = {p.champ for p in forms.plan(parsed(BANDRELE), 2022).input_places()}
    one = ("lieux = [", 'qpv = [{ nom = "Bandrélé village", commune = "Bandrélé" }]\nlieux = [')
    assert "dont_qpv" not in asked and "qpv" not in asked
    assert {"dont_qpv", "qpv"} <= {p.champ for p in forms.plan(parsed(BANDRELE, one), 2022).input_places()}


# --- two départements, five EPCI, 128 communes ------------------------------------------------------------------------


def test_communes_stand_by_departement_and_epci_on_the_sheet():
    (sheet,) = [s for s in forms.plan(parsed(CHAROLAIS), 2025).workbook.worksheets if s.nom == "Territoires"]
    titles = dict.fromkeys(plain(c.valeur) for c in sheet.cells if c.line == 4 and c.valeur)
    assert list(titles) == [
        "Saône-et-Loire (71) · CC Entre Arroux, Loire et Somme",
        "Saône-et-Loire (71) · CC Brionnais Sud Bourgogne",
        f"Saône-et-Loire (71) · {LE_GRAND}",
        f"Allier (03) · {LE_GRAND}",
        "Saône-et-Loire (71) · CC de Marcigny",
        "Saône-et-Loire (71) · CC de Semur en Brionnais",
    ]
    assert sheet.print_setup.width == 4  # 128 boxes, some 32 a page


def test_the_synthese_has_a_subtotal_for_each_departement_and_epci(charolais):
    texts = written(charolais.synthese)
    rows = grid(charolais.synthese)
    assert rows["Communes"] == "3 sur 128"
    assert rows[f"Allier (03) · {LE_GRAND}"] == "1 sur 3"
    assert rows[f"Saône-et-Loire (71) · {LE_GRAND}"] == "1 sur 41"
    assert rows["Saône-et-Loire (71) · CC Entre Arroux, Loire et Somme"] == "1 sur 30"
    assert rows["Saône-et-Loire (71) · CC de Marcigny"] == "0 sur 12"
    assert f"Communes qu’aucune fiche ne cite, Allier (03) · {LE_GRAND} : Chassenard, Coulanges." in texts
    assert "Coulanges" not in rows  # what nothing reached has no row where there are that many


def grid(path) -> dict[str, str]:
    """First cell of a row of the Synthèse → the next that is filled."""
    rows = openpyxl.load_workbook(path)["Synthèse"].iter_rows(values_only=True)
    filled = [[plain(c) for c in row if c is not None] for row in rows]
    return {row[0]: row[1] for row in filled if len(row) > 1}


TWO_ALIKE = ('code_insee = "03173", nom = "Molinet"', 'code_insee = "03173", nom = "Chassy"')


def test_two_communes_of_one_name_are_told_apart_by_their_departement(tmp_path):
    contrat = parsed(CHAROLAIS, TWO_ALIKE)
    assert [f for f in verifier(contrat) if f.gravite == "faute"] == []
    labels = {p.cle: plain(p.label) for p in forms.plan(contrat, 2025).input_places() if p.champ == "commune"}
    assert labels["1/territoire/03173/commune"] == "Chassy (03)"
    assert labels["1/territoire/71111/commune"] == "Chassy (71)"
    assert {"Chassy (03)", "Chassy (71)"} <= set(listes(contrat)["communes"])


def test_a_place_in_a_commune_whose_name_is_not_alone_says_which():
    quarter = ("[contrat]", 'qpv = [{ nom = "Bourg", commune = "Chassy" }]\n[contrat]')
    (found,) = [f for f in verifier(parsed(CHAROLAIS, TWO_ALIKE, quarter)) if f.gravite == "faute"]
    assert "2 communes" in found.message and "Chassy (03)" in plain(found.remedy) and found.blocks
    named = ("[contrat]", 'qpv = [{ nom = "Bourg", commune = "Chassy (03)" }]\n[contrat]')
    assert [f for f in verifier(parsed(CHAROLAIS, TWO_ALIKE, named)) if f.gravite == "faute"] == []


def test_a_name_that_two_communes_bear_is_to_be_told_and_its_full_name_counts(tmp_path):
    path = tmp_path / "deux.toml"
    path.write_text(write(parsed(CHAROLAIS, TWO_ALIKE)), encoding="utf-8")
    named = {"1/mesures/1-I02/valeur": 1, "1/ventilations/1-I02/01/nom": "Chassy"}
    told = {"1/mesures/1-I02/valeur": 1, "1/ventilations/1-I02/01/nom": "Chassy (71)"}
    year = live(tmp_path, str(path), 2025, {"petr": named, "cpam-71": told})
    assert [a.found for a in year.result.anomalies if a.code == "CHOIX_INCONNU"] == ["« Chassy »"]
    assert [r["Valeur"] for r in lines(year.result.tables.indicateurs, Mesure="1-I02")] == [None]  # one name is refused


# --- the region -------------------------------------------------------------------------------------------------------


def test_the_region_adds_like_with_like_and_a_shared_commune_once(tmp_path, charolais):
    """Another contract of the year shares Molinet (reached there too) and has a second commune, not reached."""
    other = tmp_path / "autre.toml"
    text = """
structures = [{ id = "ville", nom = "Ville" }]
communes = [{ code_insee = "03173", nom = "Molinet" }, { code_insee = "03185", nom = "Montluçon" }]
lieux = [{ id = "canton-nord", nom = "Nord", sorte = "canton", departement = "03" }]
[contrat]
id = "autre-2025"
titre = "Autre"
nom_court = "Autre"
annees = [2025]
territoire = "Ailleurs"
[[fiches]]
numero = "1"
titre = "Voir"
porteurs = ["ville"]
"""
    other.write_text(text, encoding="utf-8")
    year = live(tmp_path, str(other), 2025, {"ville": of_fiche("1", commune="03173", lieu="canton-nord")})
    gather([charolais.synthese, year.synthese], tmp_path / "R.xlsx")
    rows = [*openpyxl.load_workbook(tmp_path / "R.xlsx")["Lieux"].iter_rows(min_row=2, values_only=True)]
    assert [plain(c) for c in rows[0]][:6] == [
        *("2025", "commune", "3", "129", "2"),  # 3 reached, 128 + 1 that is not shared
        "autre-2025 1 sur 2 ; charolais-brionnais-2025-2027 3 sur 128",
    ]
    assert [plain(c) for c in rows[1]][:6] == ["2025", "canton", "1", "1", "1", "autre-2025 1 sur 1"]
    assert "Les lieux touchés en 2025" in written(tmp_path / "R.xlsx", "Région")


# --- indicators: by place, dates, one for two fiches ------------------------------------------------------------------


def figures(year, mesure: str) -> dict:
    (row,) = lines(year.result.tables.indicateurs, Mesure=mesure)
    return row


def test_a_measure_by_village_has_a_row_for_each_and_its_total_is_checked(bandrele):
    assert figures(bandrele, "2-I01")["Valeur"] == 55  # 30 + 25: what is declared counts
    told = [a for a in bandrele.result.anomalies if a.code == "VENTILATION_DIFFERENTE_DU_TOTAL"]
    assert ["25 (cellule" in plain(a.found) and "total du détail : 24" in plain(a.found) for a in told] == [True]
    of_one = lines(bandrele.result.tables.mesures.frame(), Mesure="2-I01", Structure="Maison des adolescents")
    assert {r["Modalité"]: r["Valeur"] for r in of_one if r["Modalité"]} == {"Nyambadao": 18, "Hamouro": 12}


def test_the_rows_of_a_breakdown_are_the_places_of_the_year():
    new = ('id = "village-hamouro",', 'id = "village-hamouro", depuis = 2024,')
    rows = [
        [p.modalite for p in forms.plan(parsed(BANDRELE, new), annee).input_places() if p.mesure == "2-I01" and p.line]
        for annee in (2022, 2024)
    ]
    assert rows == [["Bandrélé", "Nyambadao", "Mtsamoudou"], ["Bandrélé", "Nyambadao", "Mtsamoudou", "Hamouro"]]


def test_beyond_thirty_places_the_partner_chooses_them_in_a_list(charolais):
    places = [p for p in forms.plan(parsed(CHAROLAIS), 2025).input_places() if p.champ == "modalite"]
    assert (len(places), {len(p.choix) for p in places}) == (10, {128})
    assert figures(charolais, "1-I01")["Valeur"] == 58  # 50 + 8, although « Nulle part » is no commune
    (refused,) = [a for a in charolais.result.anomalies if a.code == "CHOIX_INCONNU"]
    assert "Nulle part" in refused.found
    assert plain(said_of("Molinett").expected).startswith(
        "un choix parmi « Molinet », "
    )  # the nearest before the others


def said_of(texte: str) -> NotUnderstood:
    choices = tuple(c.nom for c in parsed(CHAROLAIS).places.communes)
    outcome = understand(texte, "liste", choices)
    assert isinstance(outcome, NotUnderstood)
    return outcome


def test_of_dates_one_is_kept_or_all_are_told_and_none_is_added(charolais):
    first, all_of_them = figures(charolais, "2-I01"), figures(charolais, "2-I02")
    assert first["Valeur"] == "12/06/2025"
    assert "dates différentes : 12/06/2025 (CPAM 71), 01/09/2025 (PETR" in plain(first["Réserve"])
    assert plain(all_of_them["Valeur"]) == "01/02/2025 (CPAM 71) ; 01/03/2025 (PETR du Pays Charolais-Brionnais)"
    assert "12/06/2025" in written(charolais.synthese)


def test_the_last_date_may_be_the_one_that_is_kept():
    mesure = Mesure("m", "Ouverture", "date", "DERNIERE_DATE")
    said = [MesureAnswer(s, {"jour": date(2025, month, 1)}) for s, month in (("A", 5), ("B", 9), ("C", 9))]
    assert aggregate(parsed(CHAROLAIS), mesure, said).valeur == "01/09/2025"
    assert aggregate(parsed(CHAROLAIS), mesure, [MesureAnswer("A", {"statut": "non disponible"})]).valeur is None


def test_a_date_goes_through_to_next_year(tmp_path, charolais):
    one = {"petr": dates(datetime(2026, 4, 2), datetime(2026, 3, 1))}
    following = live(tmp_path, CHAROLAIS, 2026, one, charolais.consolidation)
    assert (figures(following, "2-I01")["Valeur n-1"], figures(following, "2-I01")["Valeur"]) == (
        *("12/06/2025", "02/04/2026"),
    )


def test_an_indicator_of_two_fiches_is_asked_on_one_and_shown_on_both(charolais):
    keys = [p.cle for p in forms.plan(parsed(CHAROLAIS), 2025).input_places() if p.mesure == "1-I03"]
    assert {k.partition("/")[0] for k in keys} == {"1"}
    sheets = {
        s.nom: {plain(c.valeur) for c in s.cells} for s in forms.plan(parsed(CHAROLAIS), 2025).workbook.worksheets
    }
    told = "« Professionnels formés au dépistage » se remplit une fois, sur la fiche 1 : rien à saisir ici."
    assert told in sheets["FA 2"] and told not in sheets["FA 1"]
    texts = written(charolais.synthese)
    assert [t for t in texts if t.startswith("Professionnels formés") and t.endswith("comptée à la fiche 1")]


def test_an_indicator_of_two_fiches_is_counted_once(charolais):
    assert figures(charolais, "1-I03")["Valeur"] == 12  # 7 + 5
    assert "58" in written(charolais.synthese)  # persons reached: the larger of 58 and 12 on fiche 1, none on 2


def test_who_bears_only_the_other_fiche_is_said_not_to_be_asked():
    other = ('porteurs = ["petr", "cpam-71"]', 'porteurs = ["petr", "ars"]')
    (note,) = [f for f in verifier(parsed(CHAROLAIS, other)) if f.location.endswith("autres_fiches")]
    assert "« ARS Bourgogne-Franche-Comté » n’y répond pas" in plain(note.message) and note.gravite == "à confirmer"


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ('par_lieu = "commune"', 'par_lieu = "canton"', "aucun lieu de la sorte « canton »"),
        ('par_lieu = "commune"', 'par_lieu = "commune", modalites = ["Est"]', "les catégories sont les lieux"),
        ("communes = true", 'communes = true, par_lieu = "commune"', "ce champ ne vaut que pour"),
        ('autres_fiches = ["2"]', 'autres_fiches = ["3"]', "la fiche « 3 » n’existe pas"),
        ('autres_fiches = ["2"]', 'autres_fiches = ["1"]', "« 1 » est déjà sa fiche."),
        ('agregation = "DATES"', 'agregation = "FLUX"', "ne se rassemble pas par « FLUX »"),
    ],
)
def test_an_indicator_that_cannot_be_asked_is_a_fault(before, after, said):
    (found,) = [f for f in verifier(parsed(CHAROLAIS, (before, after))) if f.gravite == "faute"]
    assert said in plain(found.message)


# --- words and faults -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("one", "several"),
    [
        ("village", "villages"),
        ("commune déléguée", "communes déléguées"),
        ("IRIS", "IRIS"),
        ("hameau", "hameaux"),
        ("lieu-dit", "lieux-dits"),
        ("bassin de vie", "bassins de vie"),
        ("quartier communal", "quartiers communaux"),
        ("pays", "pays"),
    ],
)
def test_a_kind_has_its_plural(one, several):
    assert plural(one) == several


def test_a_kind_has_its_gender():
    assert [word_of(w).touched(2) for w in ("commune déléguée", "canton", "Île", "IRIS")] == [
        *("touchées", "touchés", "touchées", "touchés")
    ]


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ('sorte = "village", commune = "Bandrélé" },\n]', 'sorte = "QPV" },\n]', "« QPV » a sa propre liste (qpv)."),
        (
            'sorte = "village", commune = "Bandrélé" },\n]',
            'sorte = "village", departement = "99" },\n]',
            "« 99 » n’est",
        ),
        ('nom = "Hamouro"', 'nom = "Nyambadao"', "ce lieu est déjà pris par"),
        (
            'sorte = "village", commune = "Bandrélé" },\n]',
            'sorte = "village", commune = "Bandelé" },\n]',
            "n’existe pas",
        ),
    ],
)
def test_a_place_that_cannot_be_told_is_a_fault(before, after, said):
    (found,) = [f for f in verifier(parsed(BANDRELE, (before, after))) if f.gravite == "faute"]
    assert said in plain(found.message)
