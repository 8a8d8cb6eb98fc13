"""What a coordinator types becomes a definition; every mistake is told with its sheet, its cell and what to do."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

import openpyxl
import pytest

from cls_workbook.cli.commands import main
from cls_workbook.definition import load
from cls_workbook.definition.importing.definition_import import importer
from cls_workbook.domain.contrat_years import in_year
from cls_workbook.domain.lifetime import EvolutionThresholds
from cls_workbook.domain.themes import shipped_themes
from cls_workbook.domain.verification.whole_contract import verifier
from cls_workbook.errors import Refusal
from cls_workbook.pipeline.way_out import generer
from cls_workbook.workbook.description import Formula
from tests.support.authoring_typist import FIRST, HEADERS, INPUTS, columns, faults, fill_cell, short, where


@pytest.fixture
def path(tmp_path):
    return tmp_path / "description.xlsx"


# --- What is understood ---------------------------------------------------------------------------------------------


def test_a_small_contract_typed_by_hand_is_understood(path):
    contrat = importer(fill_cell(path)).contrat
    assert (contrat.id, contrat.annees) == ("pays-des-etangs-2025-2027", (2025, 2026, 2027))
    assert [(f.numero, f.porteurs, f.financement.montant, f.financement.montant_etat) for f in contrat.fiches] == [
        ("1.1", ("cpts-de-l-etang", "ccas-des-etangs"), Decimal(20000), "chiffre"),
        ("1.10", ("ccas-des-etangs",), None, "vide"),
        ("2.1", ("ccas-des-etangs",), Decimal(10000), "chiffre"),
    ]
    assert contrat.par_fiche["1.1"].financement.taux == Decimal("0.5")


def test_identifiers_and_what_follows_from_the_rest_need_not_be_typed(path):
    contrat = importer(fill_cell(path)).contrat
    first_one, second = contrat.par_fiche["1.1"].indicateurs[0], contrat.par_fiche["2.1"].indicateurs[0]
    assert [(m.id, m.libelle, m.type, m.agregation) for m in first_one.mesures] == [
        ("1.1-I01a", "Personnes reçues", "entier", "PERSONNES"),
        ("1.1-I01b", "Taux de retour", "taux", "RATIO"),
    ]
    assert (first_one.id, first_one.type, first_one.mesures[0].modalites) == (
        "1.1-I01",
        "compte_ventile",
        ("moins de 18 ans", "18 ans et plus"),
    )
    assert [(m.id, m.libelle) for m in second.mesures] == [("2.1-I01", "Séances")] and second.type == "compte"


def test_a_contract_typed_by_hand_gives_its_workbooks(path, tmp_path):
    (tmp_path / "etangs.toml").write_text(importer(fill_cell(path)).texte, encoding="utf-8")
    assert [f for f in verifier(load(tmp_path / "etangs.toml")) if f.gravite == "faute"] == []
    made = list(generer(str(tmp_path / "etangs.toml"), 2025, tmp_path / "classeurs"))
    assert openpyxl.load_workbook(made[0]).sheetnames[2:5] == ["FA 1.1", "FA 1.10", "FA 2.1"]


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("2025 à 2027", (2025, 2026, 2027)),
        ("2025 ; 2027", (2025, 2027)),
        (2025, (2025,)),
        ("2025 – 2026", (2025, 2026)),
    ],
)
def test_years_may_be_written_in_several_ways(path, typed, meant):
    assert importer(fill_cell(path, Contrat={"C8": typed})).contrat.annees == meant


@pytest.mark.parametrize("typed", ["la cpts", "CPTS DE L'ETANG", "cpts-de-l-etang", " CPTS de l’Étang "])
def test_a_structure_is_known_by_any_of_its_names(path, typed):
    assert importer(fill_cell(path, Fiches={"E9": typed})).contrat.par_fiche["2.1"].porteurs == ("cpts-de-l-etang",)


@pytest.mark.parametrize("typed", ["FA 1.10", "1.10", "fiche 1.10", "Aller vers"])
def test_a_fiche_is_known_by_its_number_or_its_title(path, typed):
    value_read = importer(fill_cell(path, Montants={"B8": typed})).contrat
    assert value_read.par_fiche["1.10"].financement.montant == 10000


def test_a_whole_number_and_a_lost_zero_are_no_mystery(path):
    value_read = importer(fill_cell(path, Axes={"B7": 1}, Fiches={"D7": 1.0}, Communes={"B7": 1004})).contrat
    assert (value_read.axes[0].numero, value_read.places.communes[0].code_insee) == ("1", "01004")


def test_amounts_and_rates_may_be_typed_as_texts(path):
    money = importer(fill_cell(path, Montants={"C7": "20 000 €", "E7": "26,5 %"})).contrat.par_fiche["1.1"].financement
    assert (money.montant, money.taux) == (Decimal(20000), Decimal("0.265"))


def test_dates_decisions_and_revisions_are_read_in_the_words_of_the_sheets(path):
    value_read = importer(
        fill_cell(
            path,
            Décisions={"B7": "COPIL-1", "C7": "copil", "D7": datetime(2026, 3, 12)},
            Révisions={
                "B7": 2026,
                "C7": "une fiche",
                "D7": "1.1",
                "E7": "Porteur",
                "F7": "ARS ; la CPTS",
                "G7": "COPIL-1",
            },
        )
    ).contrat
    assert value_read.changes.decisions[0].date == date(2026, 3, 12)
    assert (value_read.changes.revisions[0].champ, value_read.changes.revisions[0].valeur) == (
        "porteurs",
        "ars ; cpts-de-l-etang",
    )
    assert in_year(value_read, 2025).par_fiche["1.1"].porteurs == ("cpts-de-l-etang", "ccas-des-etangs") and in_year(
        value_read, 2026
    ).par_fiche["1.1"].porteurs == ("ars", "cpts-de-l-etang")


FIRST_OWN_ROW = FIRST + len(shipped_themes())  # the first row of the sheet Thèmes that is left to the contract


def test_a_fiche_and_a_measure_name_themes_that_ship_or_are_the_contracts_own(path):
    value_read = importer(
        fill_cell(
            path,
            Thèmes={
                f"B{FIRST_OWN_ROW}": "Santé des étudiants",
                f"B{FIRST_OWN_ROW + 1}": "habitat ET logement",
                f"B{FIRST_OWN_ROW + 2}": "Prévention",
            },
            Priorités={"B7": "Favoriser la santé mentale"},
            Fiches={
                where("Fiches", "Thème 1"): "Santé mentale",
                where("Fiches", "Thème 2"): "santé des etudiants",
                where("Fiches", "Thème : les autres"): "habitat ; Addictions",
                where("Fiches", "Priorité 1"): "Favoriser la santé mentale",
            },
            Indicateurs={where("Indicateurs", "Thème", 9): "Nutrition : actions menées"},
        )
    ).contrat
    assert [(t.id, t.libelle) for t in value_read.regional.themes] == [
        ("sante-des-etudiants", "Santé des étudiants"),
        ("prevention-2", "Prévention"),
    ]
    assert [(p.id, p.libelle) for p in value_read.regional.priorites] == [
        ("favoriser-la-sante-mentale", "Favoriser la santé mentale")
    ]
    assert value_read.par_fiche["1.1"].themes == ("sante-mentale", "sante-des-etudiants", "habitat", "addictions")
    assert value_read.par_fiche["1.1"].priorites == ("favoriser-la-sante-mentale",)
    assert [m.theme for f in value_read.fiches for m in f.mesures] == [None, None, "nutrition-actions"]


def test_themes_that_ship_are_known_even_where_their_rows_were_deleted(path):
    opened_book = openpyxl.load_workbook(fill_cell(path, Fiches={where("Fiches", "Thème 1"): "Vaccination"}))
    opened_book["Thèmes"].delete_rows(FIRST, FIRST_OWN_ROW - FIRST)
    opened_book.save(path)
    value_read = importer(path).contrat
    assert (value_read.par_fiche["1.1"].themes, value_read.regional.themes) == (("vaccination",), ())


def test_thresholds_of_change_are_answers_of_the_sheet_contrat(path):
    part, unites, euros, points = (
        where("Contrat", t)
        for t in (
            "Évolution : à partir de quelle part",
            "Évolution : et d’au moins (unités)",
            "Évolution : et d’au moins (euros)",
            "Évolution : pour un taux, de plus de",
        )
    )
    value_read = importer(fill_cell(path, Contrat={part: "150 %", unites: None, euros: 5000, points: 0.1})).contrat
    assert value_read.follow_up.evolution == EvolutionThresholds(Decimal("1.5"), 10, 5000, Decimal("0.1"))


# --- Whatever was moved ---------------------------------------------------------------------------------------------


def test_rows_inserted_columns_moved_and_sheets_renamed_change_nothing(path):
    expected = importer(fill_cell(path)).contrat
    opened_book = openpyxl.load_workbook(path)
    fiches = opened_book["Fiches"]
    fiches.insert_rows(8, 2)
    fiches.insert_rows(1)
    opened_book["Structures"].insert_cols(2)
    opened_book["Structures"].title = "Les organismes"
    axes = opened_book["Axes"]
    for line in range(3, 20):  # Numéro and Titre change places, keys and headers included
        axes.cell(line, 2).value, axes.cell(line, 3).value = axes.cell(line, 3).value, axes.cell(line, 2).value
    axes.cell(HEADERS, 2).value = "TITRE"
    opened_book.move_sheet("Fiches", 5)
    opened_book.save(path)
    assert importer(path).contrat == expected


def test_without_its_hidden_keys_a_sheet_is_known_by_its_headers(path):
    expected = importer(fill_cell(path)).contrat
    opened_book = openpyxl.load_workbook(path)
    for nom in ("Contrat", "Fiches", "Indicateurs"):
        for line in opened_book[nom].iter_rows():
            for cell in line:
                if isinstance(cell.value, str) and cell.value.startswith("§"):
                    cell.value = None
    opened_book.save(path)
    assert importer(path).contrat == expected


def test_a_header_that_was_renamed_is_known_by_its_hidden_key(path):
    expected = importer(fill_cell(path)).contrat
    opened_book = openpyxl.load_workbook(path)
    opened_book["Fiches"]["C6"] = "Intitulé"
    opened_book.save(path)
    assert importer(path).contrat == expected


def test_columns_and_sheets_of_ones_own_are_left_alone_and_said_to_be(path):
    opened_book = openpyxl.load_workbook(fill_cell(path))
    end = opened_book["Axes"].max_column + 1
    opened_book["Axes"].cell(HEADERS, end, "Mes notes")
    opened_book["Axes"].cell(FIRST, end, "à revoir")
    opened_book.create_sheet("Brouillon")["A1"] = "rien"
    opened_book.save(path)
    notices = " ".join(importer(path).notices).replace("\u00a0", " ")
    assert "« Mes notes » n’est pas du modèle" in notices and "« Brouillon »" in notices


# --- What must be mended --------------------------------------------------------------------------------------------

LEFT_EMPTY = "cette case est vide, alors que la ligne est commencée"


@pytest.mark.parametrize(
    ("sheet", "cell", "typed", "says"),
    [
        ("Fiches", "B8", 1.1, "trouvé le nombre 1,1 : le tableur a pu retirer un zéro final"),
        (
            "Fiches",
            "B7",
            datetime(2026, 1, 1),
            "trouvé la date 01/01/2026 : le tableur a changé un numéro en date. Mettez la cellule au format Texte",
        ),
        ("Fiches", "B8", "1.1", "« 1.1 » est déjà pris par la cellule B7 de la feuille « Fiches »"),
        ("Fiches", "C7", None, LEFT_EMPTY),
        ("Fiches", "D7", "3", "trouvé « 3 », qui ne désigne pas un axe. Ajoutez-le à la feuille « Axes », ou corrigez"),
        (
            "Fiches",
            "E7",
            "CTPS de l’Etang",
            "qui ne désigne pas une structure. Vouliez-vous dire « CPTS de l’Étang » ?",
        ),
        ("Montants", "C7", "env. 20 000", "trouvé « env. 20 000 », attendu un montant en euros"),
        (
            "Montants",
            "E7",
            50,
            "trouvé « 50 », attendu un pourcentage entre 0 et 100 %. Écrivez-le avec son symbole : 50 %",
        ),
        ("Montants", "B8", "9.9", "trouvé « 9.9 », qui ne désigne pas une fiche"),
        ("Montants", "B8", "1.1", "la fiche 1.1 a déjà une ligne, ligne 7. Gardez-en une seule"),
        ("Montants", "B8", None, "la fiche manque"),
        ("Indicateurs", "E7", "nombre entiers", "Vouliez-vous dire « nombre entier » ?"),
        ("Indicateurs", "F7", None, "plusieurs façons de rassembler conviennent"),
        (
            "Indicateurs",
            "F8",
            "s’additionne (actions, séances…)",
            "une mesure de type « taux (numérateur et dénominateur) » ne se rassemble pas par « s’additionne",
        ),
        ("Indicateurs", "C9", None, "le libellé de l’indicateur manque"),
        ("Structures", "E7", "publique", "Vouliez-vous dire « public » ?"),
        ("Structures", "F7", "123", "un SIRET compte 14 chiffres"),
        ("Structures", "G7", "oui", "le groupe « ARS » n’a aucun candidat"),
        ("Structures", "G7", "peut-être", "attendu « oui » ou « non »"),
        ("Contrat", "C5", None, "cette réponse manque"),
        ("Contrat", "C8", "cinq ans", "trouvé « cinq ans », attendu des années"),
        ("Contrat", "C17", 31000, "la maquette est de 31 000 €, la somme des fiches de 30 000 €"),
        ("Natures", "C7", "maquete", "attendu un choix parmi"),
        ("Communes", "B7", "ABC", "n’est pas un code INSEE"),
        ("Axes", "C8", None, LEFT_EMPTY),
        (
            "Fiches",
            where("Fiches", "Thème 1"),
            "Santé mental",
            (
                "qui ne désigne pas un thème. Vouliez-vous dire « Santé mentale » ? Sinon, "
                "ajoutez-le à la feuille « Thèmes »"
            ),
        ),
        ("Fiches", where("Fiches", "Priorité 2"), "PRAPS", "qui ne désigne pas une priorité"),
        ("Indicateurs", where("Indicateurs", "Thème"), "Bien-être", "qui ne désigne pas un thème"),
        ("Thèmes", "C8", "acces-aux-soins", "« acces-aux-soins » est un thème livré"),
        ("Contrat", where("Contrat", "Évolution : et d’au moins (unités)"), 0, "un seuil est positif"),
        (
            "Contrat",
            where("Contrat", "Évolution : pour un taux, de plus de"),
            20,
            "attendu un pourcentage entre 0 et 100 %",
        ),
        (
            "Contrat",
            where("Contrat", "Évolution : à partir de quelle part"),
            50,
            "attendu un pourcentage entre 0 et 1 000 %",
        ),
    ],
)
def test_a_mistake_is_told_once_at_its_cell(path, sheet, cell, typed, says):
    all_found = faults(fill_cell(path, **{sheet: {cell: typed}}))
    assert len(all_found) == 1, all_found
    assert f"feuille « {sheet} »" in all_found[0] and says in all_found[0]
    # a missing candidate is told in the column of candidates, and so on: elsewhere the very cell is named
    if "candidat" not in says:
        assert f", cellule {cell} " in all_found[0]


@pytest.mark.parametrize(("label", "lacks"), [(None, "BCE"), ("Nombre de séances", "BE")])
def test_a_row_of_an_unknown_fiche_is_told_all_that_it_lacks_at_the_first_try(path, label, lacks):
    all_found = faults(fill_cell(path, Indicateurs={"B11": "9.9", "C11": label}))
    assert [f.split(" (")[0] for f in all_found] == [f"feuille « Indicateurs », cellule {c}11" for c in lacks]
    assert all(LEFT_EMPTY in lack for lack in all_found[1:])


def test_the_rows_of_an_indicator_of_an_unknown_fiche_lack_nothing_else(path):
    all_found = faults(fill_cell(path, Indicateurs={"B7": "9.9", "B8": "9.9"}))
    assert [f.split(" (")[0] for f in all_found] == [f"feuille « Indicateurs », cellule B{n}" for n in (7, 8)]


def test_all_mistakes_come_back_together_in_reading_order(path):
    all_found = faults(
        fill_cell(path, Montants={"C7": "beaucoup"}, Axes={"C8": None}, Fiches={"B8": 1.1, "E7": "Inconnue", "D9": "7"})
    )
    assert [f.split(" (")[0] for f in all_found] == [
        "feuille « Axes », cellule C8",
        "feuille « Fiches », cellule E7",
        "feuille « Fiches », cellule B8",
        "feuille « Fiches », cellule D9",
        "feuille « Montants », cellule C7",
    ]


def test_a_number_that_only_one_fiche_bears_is_that_fiche_and_no_other(path):
    without_1_10 = {"B8": "1.2"}
    assert faults(fill_cell(path, Fiches=without_1_10, Montants={"B7": 1.1})) == []
    ambiguous = faults(fill_cell(path, Montants={"B7": 1.1}))
    assert len(ambiguous) == 1 and "cellule B7 (Fiche)" in ambiguous[0] and "« 1.1 », ou « 1.10 »" in ambiguous[0]


def test_a_formula_in_error_is_no_value(path):
    all_found = faults(fill_cell(path, Montants={"C7": Formula("1/0", "#DIV/0!")}))
    assert len(all_found) == 1 and "cellule C7 (Montant) : cette formule est en erreur" in all_found[0]
    assert faults(fill_cell(path, Montants={"C7": Formula("2*10000", 20000)})) == []


def test_a_needed_column_that_was_deleted_is_missed(path):
    opened_book = openpyxl.load_workbook(fill_cell(path))
    opened_book["Fiches"].delete_cols(3)
    opened_book.save(path)
    (fault,) = faults(path)  # once, and not for each row
    assert "feuille « Fiches », cellule A6 : la colonne « Titre » est introuvable. Rétablissez son titre" in fault


def test_a_sheet_that_was_deleted_is_missed_once_whatever_cites_it(path):
    opened_book = openpyxl.load_workbook(fill_cell(path))
    del opened_book["Fiches"]
    opened_book.save(path)
    (fault,) = faults(path)
    assert fault.startswith("feuille « Fiches » : cette feuille est introuvable") and "Rétablissez-la" in fault


def test_a_sheet_that_was_copied_is_not_read_twice_in_silence(path):
    opened_book = openpyxl.load_workbook(fill_cell(path))
    opened_book.copy_worksheet(opened_book["Axes"]).title = "Axes (2)"
    opened_book.save(path)
    assert any("« Axes (2) » : elle double la feuille « Axes »" in f for f in faults(path))


def test_two_rows_of_an_indicator_cannot_disagree(path):
    volet = columns(openpyxl.load_workbook(short(path))["Indicateurs"])["Groupe d’indicateurs"]
    all_found = faults(fill_cell(path, Indicateurs={f"{volet}7": "Accueil", f"{volet}8": "Suivi"}))
    assert (
        len(all_found) == 1 and f"cellule {volet}8" in all_found[0] and "diffère de la première ligne" in all_found[0]
    )


@pytest.mark.parametrize("content", [b"", b"a;b;c", b"%PDF-1.7"])
def test_another_file_is_refused_in_a_sentence(path, content):
    path.write_bytes(content)
    with pytest.raises(Refusal, match="ne peut pas être lu"):
        importer(path)


def test_another_workbook_is_refused_in_a_sentence(path):
    opened_book = openpyxl.Workbook()
    opened_book.active["A1"] = "Bonjour"
    opened_book.save(path)
    with pytest.raises(Refusal, match="n’est pas un classeur de description"):
        importer(path)


# --- The command ----------------------------------------------------------------------------------------------------


def test_the_command_writes_the_definition_or_nothing(tmp_path, capsys):
    good_one, bad_one = fill_cell(tmp_path / "bon.xlsx"), fill_cell(tmp_path / "mauvais.xlsx", Fiches={"D7": "3"})
    assert main(["contrat", "importer", str(bad_one), "--sortie", str(tmp_path / "c.toml")]) == 2
    assert not (tmp_path / "c.toml").exists()
    assert "cellule D7" in capsys.readouterr().err
    assert main(["contrat", "importer", str(good_one), "--sortie", str(tmp_path / "c.toml")]) == 0
    assert "3 fiches, 3 chiffres à saisir" in capsys.readouterr().out
    assert load(tmp_path / "c.toml").titre == "Contrat local de santé des Étangs 2025-2027"


def test_the_command_fills_the_workbook_from_a_definition(tmp_path, capsys):
    (tmp_path / "c.toml").write_text(importer(fill_cell(tmp_path / "bon.xlsx")).texte, encoding="utf-8")
    assert main(["contrat", "modele", "--sortie", str(tmp_path / "m.xlsx"), "--contrat", str(tmp_path / "c.toml")]) == 0
    assert openpyxl.load_workbook(tmp_path / "m.xlsx")["Fiches"]["C7"].value == INPUTS["Fiches"][0]["Titre"]
    assert importer(tmp_path / "m.xlsx").contrat == load(tmp_path / "c.toml")


# --- Several names in one cell --------------------------------------------------------------------------------------


@pytest.mark.parametrize("typed", ["ARS, CCAS des Étangs et CPTS 03", "ARS / CCAS des Étangs / CPTS 03"])
def test_several_structures_in_one_cell_are_proposed_one_by_one(path, typed):
    (said,) = faults(fill_cell(path, Fiches={"E9": typed}))
    assert said == (
        f"feuille « Fiches », cellule E9 (Porteur 1) : trouvé « {typed} », qui semble contenir plusieurs noms. "
        "Un nom par case : « ARS », « CCAS des Étangs », « CPTS 03 » ; si les cases manquent, « ; » les sépare dans la "
        "dernière. À ajouter à la feuille « Structures » : « CPTS 03 »."
    )


def test_a_name_that_only_looks_like_several_is_looked_for_as_it_is(path):
    (said,) = faults(fill_cell(path, Fiches={"E9": "Aide et soins"}))
    assert "qui ne désigne pas une structure" in said
