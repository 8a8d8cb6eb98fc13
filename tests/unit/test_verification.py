"""Each fault of a definition, one at a time, with the place that it is reported at.

Each case replaces one text of a definition without fault, and expects one fault and no other.
"""

from __future__ import annotations

import subprocess
import sys

import pytest

from cls_workbook.definition.toml_reader import parse
from cls_workbook.domain.verification.fault import A_CONFIRMER, FAULT, has_luhn_key
from cls_workbook.domain.verification.whole_contract import verifier
from tests.support.definition_faults import CASES, F1, F2, GOOD, MA, OCC, PRICE, SEATS

NBSP = "\u00a0"


def serious(texte: str) -> list[tuple[str, str]]:
    """(place, message) of each fault, with plain spaces so that the cases stay readable."""
    return [
        (f.location, f"{f.message} {f.remedy}".replace(NBSP, " "))
        for f in verifier(parse(texte, "essai"))
        if f.gravite == FAULT
    ]


def modified(before: str, after: str) -> str:
    assert GOOD.count(before) == 1, f"« {before} » must be in GOOD once"
    return GOOD.replace(before, after)


def test_the_definition_that_the_cases_start_from_has_no_fault():
    assert serious(GOOD) == []


@pytest.mark.parametrize(
    "target",
    [
        'mesure = "1.1-I01b"\nvaleur = 160\ncumulee = true',  # more than a year may say, in several
        'mesure = "2.1-I01"\nvaleur = 1.1\nau_plus = true',  # more places than there are, at most
        'mesure = "1.1-I01b"\nvaleur = 90',
    ],
)
def test_a_target_that_can_be_reached_is_no_fault(target):
    assert serious(GOOD.replace('mesure = "1.1-I01b"\nvaleur = 80', target)) == []


@pytest.mark.parametrize(
    ("before", "after", "location", "excerpt"), CASES, ids=[f"{c[2]}-{n}" for n, c in enumerate(CASES)]
)
def test_a_fault_is_reported_once_at_its_place(before, after, location, excerpt):
    (found_one,) = serious(modified(before, after))
    assert found_one[0] == location
    assert excerpt in found_one[1]


def test_every_fault_says_what_to_do():
    tried = [modified(before, after) for before, after, *_ in CASES]
    silent = {
        f.message for texte in tried for f in verifier(parse(texte, "essai")) if f.gravite == FAULT and not f.remedy
    }
    assert silent == set()


NUMEROS = [
    ("1.1/a", "Excel refuse le nom de feuille « FA 1.1/a »"),
    ("1.1 [bis]", "Excel refuse"),
    ("1.1:2", "Excel refuse"),
    ("1" * 29, "32 caractères, pour 31 au plus"),
]


@pytest.mark.parametrize(("numero", "excerpt"), NUMEROS)
def test_a_number_of_fiche_that_cannot_name_a_sheet_is_refused(numero, excerpt):
    # 2.1 is renamed everywhere, so that the name of the sheet is the only thing wrong.
    (found_one,) = serious(
        GOOD.replace('numero = "2.1"', f'numero = "{numero}"').replace('fiche = "2.1"', f'fiche = "{numero}"')
    )
    assert found_one[0] == f"contrat.fiches[2] ({numero}).numero"
    assert excerpt in found_one[1]


def test_a_number_of_28_characters_still_names_a_sheet():
    assert (
        serious(
            GOOD.replace('numero = "2.1"', f'numero = "{"1" * 28}"').replace('fiche = "2.1"', f'fiche = "{"1" * 28}"')
        )
        == []
    )


def test_two_sheets_whose_names_differ_by_case_only_are_refused():
    two = GOOD.replace('numero = "1.1"', 'numero = "2.a"').replace('fiche = "1.1"', 'fiche = "2.a"')
    two = two.replace('numero = "2.1"', 'numero = "2.A"').replace('fiche = "2.1"', 'fiche = "2.A"')
    assert serious(two) == [
        (
            "contrat.fiches[2] (2.A).numero",
            "« 2.A » est déjà pris par contrat.fiches[1] (2.a). Donnez une autre valeur à l’un des deux.",
        )
    ]


def test_a_breakdown_that_does_not_say_by_what_is_refused():
    before = 'type = "entier"\nagregation = "FLUX"\nventilation = "type de session"\nmodalites = ["Longue", "Courte"]'
    (found_one, rule) = serious(modified(before, 'type = "ventilation"\nagregation = "FLUX"'))
    assert found_one[0] == f"{MA}.ventilation"
    assert rule[0] == f"{PRICE}.mesure_sessions"  # the rule counts sessions, which are no longer counted


def test_an_indicator_without_measure_is_refused():
    without = modified(
        '{ id = "2.1-I02", libelle = "Communes", type = "entier", agregation = "ENTITES", communes = true, '
        "stock = true }",
        "",
    )
    assert [location for location, _ in serious(without)] == [f"{F2}.indicateurs[2] (2.1-I02).mesures"]


def test_a_denominator_of_zero_is_refused():
    assert f"{OCC}.denominateur" in [
        location for location, _ in serious(modified("denominateur = 40", "denominateur = 0"))
    ]


def test_a_group_of_communes_needs_communes():
    texte = modified('candidats = ["Un", "Deux"]', "candidats_communes = true")
    assert serious(texte) == []
    without = texte[: texte.index("[[communes]]")] + texte[texte.index("[[instances]]") :]
    assert [location for location, _ in serious(without)] == ["contrat.structures[3] (operateurs).candidats"]


def test_more_than_three_key_measures_do_not_fit_a_line():
    texte = GOOD
    for identifier in ("C", "D", "E", "F"):
        texte = texte.replace(
            '\n[[fiches]]\nnumero = "2.1"',
            f'\n[[fiches.indicateurs.mesures]]\nid = "{identifier}"\nlibelle = "{identifier}"\ntype = "texte"\n'
            'agregation = "TEXTE"\ncle = true\n\n[[fiches]]\nnumero = "2.1"',
        )
    assert serious(texte) == [
        (F1, "4 mesures sont marquées cle, pour 3 au plus sur une ligne de synthèse. Gardez-en 3 parmi C, D, E, F.")
    ]


def test_every_fault_comes_back_in_the_order_of_the_definition():
    texte = (
        modified('role = "copilote"', 'role = "pilote"')
        .replace("annees = [2024, 2025]", "annees = []")
        .replace('axe = "2"', 'axe = "7"')
    )
    locations = [location for location, _ in serious(texte)]
    assert locations == [
        "contrat.annees",
        "contrat.signataires[1] (La mairie).role",
        f"{F2}.axe",
        "contrat.enveloppes[1].annee",
        "contrat.enveloppes[2].annee",
    ]


# --- What is not wrong, but open ------------------------------------------------------------------------------------

NOTES = [
    (
        "maquette = 1000",
        "maquette = 1000\nactions_annoncees = 2",
        "contrat.actions_annoncees",
        "2 actions annoncées, mais 3 sont décrites",
    ),
    ("maquette = 1000", "", "contrat.maquette", "les fiches totalisent 1 000 €"),
    (
        '{ id = "b", nom = "Volet B", porteurs = ["asso"] }',
        '{ id = "b", nom = "Volet B" }',
        f"{F1}.volets[2] (b).porteurs",
        "le porteur du volet « Volet B » est à désigner",
    ),
    ('porteurs = ["asso"]\n\n', "porteurs = []\n\n", f"{F2}.porteurs", "le porteur est à désigner"),
    ('nom = "Association"', 'nom = "PETR, CPAM 71 et CPAM 03"', "contrat.structures[2] (asso).nom", "plusieurs noms"),
    ('commune = "Dijon"', 'commune = "Dijon"\ndepuis = 2030', "contrat.qpv[1] (Le Mail).depuis", "ne paraîtra jamais"),
    (
        "capacite = 40",
        "capacite = 40\nplafond_annuel = 10\nplafond_total = 40\nduree_ans = 3",
        f"{SEATS}.plafond_total",
        "n’est pas 3 fois",
    ),
    (
        '[[natures]]\nid = "maquette"\nlibelle = "Maquette"\nniveau = "maquette"',
        "",
        "contrat.natures",
        "n’auront pas de liste",
    ),
]


def open_items(texte: str) -> list[tuple[str, str]]:
    return [
        (f.location, f.message.replace(NBSP, " ")) for f in verifier(parse(texte, "essai")) if f.gravite == A_CONFIRMER
    ]


def test_what_the_printed_contract_leaves_open_is_passed_on():
    assert open_items(GOOD) == [
        ("contrat.fiches", "montant non chiffré : 2.1."),
        ("contrat.a_confirmer[1] (A01)", "Fiche 1.1 : Titre abrégé"),
    ]


@pytest.mark.parametrize(("before", "after", "location", "excerpt"), NOTES)
def test_what_is_missing_is_said_without_being_a_fault(before, after, location, excerpt):
    (message,) = [m for place, m in open_items(modified(before, after)) if place == location]
    assert excerpt in message


def test_an_envelope_announced_without_any_amount_is_said():
    texte = GOOD.replace("montant = 1000\nmontant_etat", "montant_etat").replace(
        'montant_etat = "chiffre"', 'montant_etat = "a_definir"'
    )
    assert ("contrat.maquette", "la maquette est de 1 000 €, mais aucune fiche n’a de montant.") in open_items(texte)
    assert serious(texte) == []


# --- Details --------------------------------------------------------------------------------------------------------


def test_luhn_accepts_printed_numbers_and_refuses_their_neighbours():
    assert has_luhn_key("242100410")  # an intercommunality of Côte-d’Or
    assert not has_luhn_key("242100411")
    assert not has_luhn_key("242100140")  # two digits exchanged


def test_the_exception_of_la_poste_is_known():
    # 3+5+6 and 9 digits of the establishment: 14 + 1 = 15, a multiple of 5, while Luhn fails.
    numero = "35600000000001"
    assert not has_luhn_key(numero)
    assert serious(modified("21210231300013", numero)) == []


def test_a_fault_reads_as_one_sentence_with_its_place():
    (found_one,) = [f for f in verifier(parse(modified("taux = 0.265", "taux = 26.5"), "essai")) if f.gravite == FAULT]
    assert str(found_one).replace(NBSP, " ") == (
        "contrat.fiches[1] (1.1).financement.taux : un taux s’écrit entre 0 et 1, trouvé « 26,5 ». Pour 26,5 %, "
        "écrivez 26,5 % dans le classeur de description (0,265 en part de 1)."
    )
    assert f"«{NBSP}26,5{NBSP}»" in found_one.message


def test_checking_a_definition_does_not_wait_for_pandas():
    code = (
        "import sys, cls_workbook.domain.verification.whole_contract; print(sorted(m for m in ('pandas', "
        "'openpyxl', 'xlsxwriter') if m in sys.modules))"
    )
    assert (
        subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.strip() == "[]"
    )
