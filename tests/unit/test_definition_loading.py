"""What the loader answers to a definition: exact amounts, numbers kept as text, each fault with its place."""

from __future__ import annotations

from decimal import Decimal

import pytest

from cls_workbook.definition import toml_reader
from cls_workbook.definition.toml_reader import load, parse
from cls_workbook.domain.definition_keys import keys_of
from cls_workbook.domain.model import Contrat
from cls_workbook.errors import Refusal
from tests.support.other_shapes import ACTION, BESANCON


def test_a_number_of_fiche_is_text_so_that_2_10_is_not_2_1():
    contrat = parse(BESANCON + ACTION.format(numero="2.1", axe=1) + ACTION.format(numero="2.10", axe=1), "essai")
    assert list(contrat.par_fiche) == ["2.1", "2.10"]
    assert contrat.par_fiche["2.10"].titre == "Action 2.10"


def test_a_number_of_fiche_typed_as_a_number_is_refused_rather_than_shortened():
    with pytest.raises(Refusal) as refusal:
        parse(BESANCON + ACTION.format(numero="2.10", axe=1).replace('"2.10"', "2.10", 1), "essai")
    assert refusal.value.details == (
        "contrat.fiches[1] (2.1).numero : un texte entre guillemets est attendu, trouvé « 2.1 ».",
    )


def test_amounts_and_rates_are_exact():
    texte = BESANCON + ACTION.format(numero="1", axe=1) + "[fiches.financement]\nmontant = 0.1\ntaux = 0.265\n"
    money = parse(texte, "essai").fiches[0].financement
    assert (money.montant, money.taux) == (Decimal("0.1"), Decimal("0.265"))


@pytest.mark.parametrize(
    ("before", "after", "detail"),
    [
        (
            'nom = "ARS"',
            'nmo = "ARS"',
            "contrat.structures[2] (ars) : le champ « nmo » est inconnu. Vouliez-vous dire « nom » ?",
        ),
        (
            'nom = "ARS"',
            'nom = "ARS"\nzzz = 1',
            "contrat.structures[2] (ars) : le champ « zzz » est inconnu. Champs possibles : alias,",
        ),
        ('nom = "ARS"', "", "contrat.structures[2] (ars) : le champ « nom » manque."),
        (
            'nom = "ARS"',
            "nom = 3",
            "contrat.structures[2] (ars).nom : un texte entre guillemets est attendu, trouvé « 3 ».",
        ),
        (
            'nom = "ARS"',
            'nom = "ARS"\nalias = "Agence"',
            "contrat.structures[2] (ars).alias : une liste est attendue, trouvé « Agence ».",
        ),
        (
            'nom = "ARS"',
            'nom = "ARS"\ngroupe = "oui"',
            "contrat.structures[2] (ars).groupe : true ou false est attendu, trouvé « oui ».",
        ),
        (
            "annees = [2016, 2017, 2018]",
            'annees = [2016, "2017"]',
            "contrat.annees[2] : un nombre entier est attendu, trouvé « 2017 ».",
        ),
        ("actions_annoncees = 20", "maquette = nan", "contrat.maquette : un nombre est attendu, trouvé « nan »."),
        ("actions_annoncees = 20", "maquette = true", "contrat.maquette : un nombre est attendu, trouvé « True »."),
        ("actions_annoncees = 20", "natures = [3]", "contrat.natures[1] : un tableau TOML est attendu, trouvé « 3 »."),
    ],
)
def test_what_cannot_be_read_is_named_with_its_place(before, after, detail):
    assert BESANCON.count(before) == 1
    with pytest.raises(Refusal, match=r"^La définition essai\.toml comporte 1 faute") as refusal:
        parse(BESANCON.replace(before, after), "essai.toml")
    (found,) = refusal.value.details
    assert found.startswith(detail)


def test_all_faults_of_a_definition_come_back_together():
    with pytest.raises(Refusal) as refusal:
        parse('[contrat]\nid = "x"\nlieu = "y"\n', "essai.toml")
    assert refusal.value.details[0].startswith("contrat : le champ « lieu » est inconnu.")
    assert list(refusal.value.details[1:]) == [
        f"contrat : le champ « {champ} » manque." for champ in ("titre", "nom_court", "annees", "territoire")
    ]


def test_a_file_that_is_not_toml_is_refused_with_the_line_at_fault():
    with pytest.raises(Refusal, match=r"essai\.toml n’est pas un fichier TOML lisible, ligne 2, colonne"):
        parse("[contrat]\nid = oups\n", "essai.toml")


@pytest.mark.parametrize(
    ("file_bytes", "told"),
    [
        (b"PK\x03\x04\xff", "est un classeur.*« contrat importer »"),
        (b"titre = 'Sant\xe9'", "n’est pas enregistré en UTF-8"),
    ],
)
def test_a_file_that_is_no_text_is_told_for_what_it_is(tmp_path, file_bytes, told):
    (tmp_path / "essai.toml").write_bytes(file_bytes)
    with pytest.raises(Refusal, match=told):
        load(tmp_path / "essai.toml")


@pytest.mark.parametrize("texte", ['contrat = "x"', '[[contrat]]\nid = "x"'])
def test_a_header_that_is_not_a_table_is_refused(texte):
    with pytest.raises(Refusal, match=r"écrit \[contrat\]"):
        parse(texte, "essai.toml")


def test_a_contract_that_is_nowhere_is_refused_and_those_that_ship_are_named(tmp_path):
    with pytest.raises(Refusal, match="« dijno » est introuvable.*dijon-2024-2028"):
        load("dijno")
    with pytest.raises(Refusal, match="est un dossier"):
        load(tmp_path)  # a folder


def test_a_file_saved_by_a_text_editor_of_windows_is_read(tmp_path):
    path = tmp_path / "ville.toml"
    path.write_bytes(b"\xef\xbb\xbf" + BESANCON.replace("\n", "\r\n").encode())
    assert load(path).id == "ville-2016-2018"


def test_a_file_that_is_not_utf8_is_refused(tmp_path):
    path = tmp_path / "ville.toml"
    path.write_bytes(BESANCON.encode("latin-1", "replace"))
    with pytest.raises(Refusal, match="UTF-8"):
        load(path)


def test_a_commune_that_begins_with_a_vowel_is_elided():
    dijon = toml_reader.load("dijon-2024-2028")
    candidats = dijon.candidats(dijon.by_structure["communes"])
    assert {"Commune d’Ahuy", "Commune d’Ouges", "Commune de Hauteville-lès-Dijon", "Commune de Chenôve"} <= set(
        candidats
    )


def test_the_order_that_a_definition_reads_in_names_each_key_of_a_contract():
    assert tuple(keys_of(Contrat)) == Contrat.KEY_ORDER
