"""The workbook in which a contract is described: nothing of the model is forgotten, and a person can fill it in."""

from __future__ import annotations

import dataclasses
import io
import re

import openpyxl
import pytest
from authoring_for_tests import ENTETES, PLACE, PREMIERE, colonnes, octets_livres, octets_vierges, plat
from xlsx_lint import lint

from cls_workbook.authoring import choix
from cls_workbook.authoring.classeur import classeur
from cls_workbook.authoring.deductions import TYPES_D_INDICATEUR, identifiant, lettres
from cls_workbook.authoring.tout import PAR_NOM, RENVOIS, RUBRIQUES, SANS_COLONNE
from cls_workbook.contract import load, model, parse, shipped
from cls_workbook.contract.champs import champs_de
from cls_workbook.contract.verification_fiches import AGREGATIONS_PERMISES
from cls_workbook.xlsx import writer

FORMULE_DE_DONNEE = '=HYPERLINK("http://exemple.example")'


@pytest.fixture(scope="module")
def livre():
    return openpyxl.load_workbook(io.BytesIO(octets_vierges()))


# --- The whole model ------------------------------------------------------------------------------------------------


def classes(depuis: type = model.Contrat) -> list[type]:
    """Every class that a contract is made of."""
    toutes = [depuis]
    for type_, _, _ in champs_de(depuis).values():
        if dataclasses.is_dataclass(type_):
            toutes += [c for c in classes(type_) if c not in toutes]
    return toutes


@pytest.mark.parametrize("classe", classes(), ids=lambda c: c.__name__)
def test_each_field_of_the_model_has_a_column_or_a_reason(classe):
    demandes = {(r.classe_de(c), c.champ) for r in RUBRIQUES for c in r.colonnes if not r.est_parent(c)}
    for champ, (type_, _, _) in champs_de(classe).items():
        a_sa_feuille = dataclasses.is_dataclass(type_) and any(r.classe is type_ and r.nom in (champ, r.nom) and champ in (r.nom, r.parent) for r in RUBRIQUES)
        assert (classe, champ) in demandes or a_sa_feuille or (classe, champ) in SANS_COLONNE, f"{classe.__name__}.{champ} n’est demandé nulle part"


def test_every_column_is_a_field_of_the_model():
    for rubrique in RUBRIQUES:
        for colonne in rubrique.colonnes:
            assert rubrique.est_parent(colonne) or colonne.champ in champs_de(rubrique.classe_de(colonne)), colonne.titre


def test_every_reason_is_about_a_field_that_is_there():
    assert all(champ in champs_de(classe) and raison for (classe, champ), raison in SANS_COLONNE.items())


def test_each_closed_list_has_words_of_its_own_and_no_two_alike():
    for liste, codes in choix.CHOIX.items():
        assert len(set(codes.values())) == len(codes), liste
        for code, mots in codes.items():
            assert choix.code(liste, mots) == choix.code(liste, code) == code
            assert "_" not in mots and not mots.isupper() or liste == "instances", mots


def test_a_sort_of_measure_without_an_obvious_indicator_is_a_count():
    assert set(model.TYPES_DE_MESURE) == set(TYPES_D_INDICATEUR) | {"entier", "decimal"}
    assert set(TYPES_D_INDICATEUR.values()) <= set(model.TYPES_D_INDICATEUR)
    assert set(AGREGATIONS_PERMISES) == set(model.TYPES_DE_MESURE)


def test_no_two_columns_of_a_sheet_bear_the_same_title():
    for rubrique in RUBRIQUES:
        titres = [case.titre.casefold() for case in rubrique.cases]
        assert len(set(titres)) == len(titres), rubrique.nom


@pytest.mark.parametrize(("name", "id_"), [("CCAS d’Essai (74)", "ccas-d-essai-74"), ("  École  Œuvre ", "ecole-oeuvre"), ("★", "")])
def test_an_identifier_is_made_of_a_name(name, id_):
    assert identifiant(name) == id_


def test_measures_are_lettered_like_columns():
    assert [lettres(n) for n in (0, 25, 26, 27, 51, 52)] == ["a", "z", "aa", "ab", "az", "ba"]


# --- A workbook that a person can fill in ---------------------------------------------------------------------------


def test_it_opens_on_what_to_do_in_which_order(livre):
    assert livre.active.title == livre.sheetnames[0] == "Mode d’emploi"
    liens = [c.hyperlink.location.split("!")[0].strip("'") for ligne in livre.active.iter_rows() for c in ligne if c.hyperlink]
    assert set(liens) >= {r.feuille for r in RUBRIQUES} | {"Vérification", "Aide"}


def test_excel_would_find_nothing_to_repair():
    for octets in (octets_vierges(), *map(octets_livres, shipped())):
        assert lint(octets) == []


def test_the_same_contract_gives_the_same_bytes():
    assert writer.to_bytes(classeur()) == octets_vierges()
    assert writer.to_bytes(classeur(load("besancon-2016-2018"), PLACE)) == octets_livres("besancon-2016-2018")


@pytest.mark.parametrize("rubrique", [r for r in RUBRIQUES if not r.formulaire], ids=lambda r: r.nom)
def test_a_sheet_shows_what_it_needs_and_keeps_its_headers_in_view(livre, rubrique):
    feuille = livre[rubrique.feuille]
    ligne_figee = int(re.sub("[A-Z]", "", feuille.freeze_panes))
    assert ligne_figee == PREMIERE and feuille.column_dimensions["A"].hidden and feuille.row_dimensions[3].hidden
    for cellule in feuille[ENTETES]:
        case = next((c for c in rubrique.cases if plat(c.titre) == plat(cellule.value)), None)
        if case is not None:
            seule = case.rang <= 1 and not case.cle.endswith(".suite")
            assert str(cellule.value).endswith("*") == (rubrique.obligatoire(case.colonne) and seule), cellule.value
    assert feuille.page_setup.orientation == "landscape" and int(feuille.page_setup.paperSize) == 9 and feuille.print_title_rows == "$4:$6"


def validations(feuille) -> dict[str, object]:
    """Letter of a column → what its cells of answers accept."""
    return {re.match("[A-Z]+", str(plage))[0]: v for v in feuille.data_validations.dataValidation for plage in v.sqref.ranges if plage.min_row == PREMIERE}  # type: ignore[index]


@pytest.mark.parametrize("rubrique", [r for r in RUBRIQUES if not r.formulaire], ids=lambda r: r.nom)
def test_each_column_says_what_it_wants_and_each_name_is_chosen_from_a_list(livre, rubrique):
    feuille = livre[rubrique.feuille]
    ou, regles = colonnes(feuille), validations(feuille)
    for case in rubrique.cases:
        regle = regles[ou[plat(case.titre)]]
        assert regle.prompt and regle.promptTitle
        liste = rubrique.nature(case.colonne)[1]
        if case.colonne.renvoi and case.seule and (case.colonne.cases or not liste):
            assert regle.type == "list" and PAR_NOM[RENVOIS[case.colonne.renvoi][0]].feuille in regle.formula1.replace("'", "")
            assert regle.errorStyle == "warning" and "liste" in regle.error
        elif case.colonne.choix and not liste:
            assert regle.type == "list" and regle.formula1.startswith("Choix!")


def test_numbers_that_a_spreadsheet_would_spoil_stand_in_text_cells(livre):
    for rubrique in (r for r in RUBRIQUES if not r.formulaire):
        ou = colonnes(livre[rubrique.feuille])
        for case in rubrique.cases:
            if case.colonne.repere or rubrique.nature(case.colonne)[0] is str:
                assert livre[rubrique.feuille][f"{ou[plat(case.titre)]}{PREMIERE}"].number_format == "@", case.cle


def test_there_is_room_for_a_whole_contract(livre):
    lignes = {r.nom: livre[r.feuille].tables[f"T_{r.nom}"].ref for r in RUBRIQUES if not r.formulaire}
    fin = {nom: int(re.search(r"\d+$", ref)[0]) - ENTETES for nom, ref in lignes.items()}  # type: ignore[index]
    assert fin["fiches"] >= 40 and fin["indicateurs"] >= 120 and fin["structures"] >= 40


def test_nothing_of_a_contract_is_written_as_a_formula():
    contrat = parse(f"""
        [contrat]
        id = "essai"
        titre = '{FORMULE_DE_DONNEE}'
        nom_court = "+1"
        annees = [2025]
        territoire = "-2"
        [[axes]]
        numero = "1.10"
        titre = '{FORMULE_DE_DONNEE}'
        [[structures]]
        id = "a"
        nom = "@a"
        alias = ["=1;2", "01/02"]
    """, "essai")  # fmt: skip
    livre = openpyxl.load_workbook(io.BytesIO(writer.to_bytes(classeur(contrat, PLACE))))
    assert (livre["Axes"]["B7"].value, livre["Axes"]["B7"].data_type) == ("1.10", "s")
    assert livre["Structures"]["D7"].value == '"=1;2" ; 01/02'
    formules = {(f.title, c.coordinate) for f in livre for ligne in f.iter_rows() for c in ligne if c.data_type == "f"}
    assert {nom for nom, _ in formules} == {"Indicateurs", "Vérification"}  # the computed columns, the counts
    assert {re.match("[A-Z]+", c)[0] for nom, c in formules if nom == "Indicateurs"} == {colonnes(livre["Indicateurs"])[t] for t in ("Repère retenu", "Base du repère")}  # type: ignore[index]
    assert FORMULE_DE_DONNEE in [c.value for c in livre["Contrat"]["C"]]


def test_a_filled_workbook_shows_its_counts_at_once():
    """Dijon: 16 fiches, 84 indicators, 95 measures, 10 fiches without amount, 346 350 € as the contract announces."""
    livre = openpyxl.load_workbook(io.BytesIO(octets_livres("dijon-2024-2028")), data_only=True, read_only=True)
    comptes = {plat(ligne[1].value): ligne[2].value for ligne in livre["Vérification"].iter_rows(min_row=5, max_row=14)}
    assert comptes == {
        "Fiches décrites": 16, "Indicateurs décrits": 84, "Chiffres à saisir chaque année": 95, "Fiches sans porteur": 0, "Fiches sans indicateur": 0,
        "Axes sans fiche": 0, "Fiches sans montant": 10, "Somme des montants des fiches": 346350, "Maquette annoncée sur la feuille Contrat": 346350, "Écart entre les deux": 0,
    }  # fmt: skip
