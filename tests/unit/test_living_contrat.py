"""A contract that lives: what it is in each year, and what stands behind each of its changes."""

from __future__ import annotations

import pickle
from datetime import date
from decimal import Decimal

import pytest

from cls_workbook.definition.toml_reader import parse
from cls_workbook.domain.contrat_years import all_years, covers, in_year
from cls_workbook.domain.verification.whole_contract import verifier
from cls_workbook.errors import Refusal

NBSP = "\u00a0"

LIVING = """
[contrat]
id = "vivant"
titre = "Contrat vivant"
nom_court = "Vivant"
annees = [2024, 2025, 2026]
territoire = "Le pays"
maquette = 1500

[[decisions]]
id = "copil-2025"
instance = "COPIL"
date = 2025-03-12
[[decisions]]
id = "avenant-1"
instance = "avenant"
date = 2025-06-30
reference = "AV-2025-01"

[[axes]]
numero = "1"
titre = "Un"
[[axes]]
numero = "2"
titre = "Deux"
depuis = 2025
decision = "avenant-1"
[[structures]]
id = "mairie"
nom = "Mairie"
[[structures]]
id = "asso"
nom = "Association"
jusque = 2024
[[structures]]
id = "ccas"
nom = "CCAS"
[[natures]]
id = "maquette"
libelle = "Maquette"
niveau = "maquette"
[[financeurs]]
id = "ars"
nom = "ARS"

[[fiches]]
numero = "1.1"
titre = "Première"
axe = "1"
porteurs = ["mairie", "asso"]
[fiches.financement]
montant = 1000
montant_etat = "chiffre"
[[fiches.indicateurs]]
id = "1.1-I01"
libelle = "Actions"
type = "compte"
[[fiches.indicateurs.mesures]]
id = "1.1-I01"
libelle = "Actions"
type = "entier"
agregation = "FLUX"
[[fiches]]
numero = "1.2"
titre = "Abandonnée"
axe = "1"
porteurs = ["mairie"]
jusque = 2025
decision = "copil-2025"
[fiches.financement]
montant = 500
montant_etat = "chiffre"
[[fiches]]
numero = "2.1"
titre = "Venue plus tard"
axe = "2"
porteurs = ["mairie"]
depuis = 2025
decision = "copil-2025"

[[a_programmer]]
axe = "2"
titre = "Une plateforme"
devient = "2.1"

[[revisions]]
depuis = 2026
objet = "fiche"
cible = "1.1"
champ = "montant"
valeur = "1 800,50"
decision = "avenant-1"
[[revisions]]
depuis = 2026
objet = "fiche"
cible = "1.1"
champ = "porteurs"
valeur = "mairie ; ccas"
decision = "copil-2025"
[[revisions]]
depuis = 2026
objet = "contrat"
champ = "maquette"
valeur = "1800,5"
decision = "avenant-1"
[[revisions]]
depuis = 2026
objet = "contrat"
champ = "annees"
valeur = "2024 ; 2025 ; 2026 ; 2027"
decision = "avenant-1"
"""


@pytest.fixture(scope="module")
def living():
    return parse(LIVING, "vivant.toml")


def modified(before: str, after: str):
    assert LIVING.count(before) == 1, before
    return parse(LIVING.replace(before, after), "vivant.toml")


def said(contrat) -> list[tuple[str, str]]:
    return [(f.location, f.message.replace(NBSP, " ")) for f in verifier(contrat)]


# --- the contract of a year -----------------------------------------------------------------------------------------


def test_each_year_has_its_own_fiches_axes_and_structures(living):
    assert {a: [f.numero for f in in_year(living, a).fiches] for a in (2024, 2025, 2026)} == {
        2024: ["1.1", "1.2"],
        2025: ["1.1", "1.2", "2.1"],
        2026: ["1.1", "2.1"],
    }
    assert [a.numero for a in in_year(living, 2024).axes] == ["1"]
    assert [s.id for s in in_year(living, 2025).structures] == ["mairie", "ccas"]


def test_who_left_answers_no_more(living):
    assert [in_year(living, a).par_fiche["1.1"].porteurs for a in (2024, 2025, 2026)] == [
        ("mairie", "asso"),
        ("mairie",),
        ("mairie", "ccas"),
    ]


def test_an_amount_is_what_was_decided_by_then(living):
    assert [in_year(living, a).par_fiche["1.1"].financement.montant for a in (2025, 2026, 2027)] == [
        Decimal(1000),
        Decimal("1800.50"),
        Decimal("1800.50"),
    ]
    assert [in_year(living, a).money.maquette for a in (2025, 2026)] == [Decimal(1500), Decimal("1800.5")]


def test_an_action_to_programme_is_announced_until_it_is_a_fiche(living):
    assert [len(in_year(living, a).announced.a_programmer) for a in (2024, 2025)] == [1, 0]


def test_a_duration_that_an_avenant_extended(living):
    assert all_years(living) == (2024, 2025, 2026, 2027)
    assert in_year(living, 2025).annees == (2024, 2025, 2026)  # nobody knew then
    assert [covers(living, a) for a in (2023, 2027, 2028)] == [False, True, False]


def test_a_year_is_seen_from_the_whole_definition(living):
    assert in_year(in_year(living, 2024), 2027) == in_year(living, 2027)
    assert all_years(in_year(living, 2027)) == all_years(living)
    assert in_year(pickle.loads(pickle.dumps(in_year(living, 2024))), 2025) == in_year(living, 2025)


def test_a_contract_that_nothing_changes_is_itself_every_year():
    fixed = parse(LIVING.partition("[[decisions]]")[0], "fixe.toml")
    assert in_year(fixed, 2024) is fixed and in_year(fixed, 2026) is fixed


def test_a_rule_goes_with_its_fiche_and_an_indicator_with_its_measures():
    trial = modified(
        "[[a_programmer]]",
        """[[regles]]
id = "r"
type = "plafond"
libelle = "Aide"
fiche = "1.2"
financeur = "ars"
plafond_annuel = 10
[[a_programmer]]""",
    )
    assert [len(in_year(trial, a).regles) for a in (2025, 2026)] == [1, 0]
    trial = modified('agregation = "FLUX"', 'agregation = "FLUX"\njusque = 2024')
    assert [len(in_year(trial, a).par_fiche["1.1"].indicateurs) for a in (2024, 2025)] == [1, 0]


def test_years_that_are_not_the_calendars():
    school_year = modified("maquette = 1500", 'maquette = 1500\ndebut_annee = "09-01"')
    assert (
        school_year.follow_up.start(2025),
        school_year.follow_up.end(2025),
        school_year.follow_up.year_name(2025),
    ) == (date(2025, 9, 1), date(2026, 8, 31), "2025-2026")
    july = modified("maquette = 1500", 'maquette = 1500\ndebut_annee = "03-01"')
    assert july.follow_up.end(2027) == date(2028, 2, 29)


def test_calendar_years_have_one_number(living):
    assert (living.follow_up.start(2025), living.follow_up.end(2025), living.follow_up.year_name(2025)) == (
        date(2025, 1, 1),
        date(2025, 12, 31),
        "2025",
    )


# --- what is verified -----------------------------------------------------------------------------------------------


def test_a_contract_whose_changes_are_decided_has_nothing_to_confirm_about_them(living):
    assert [(location, m) for location, m in said(living) if "avenant" in m or "décision" in m] == []


AVENANT_NEEDED = [
    (
        'titre = "Deux"\ndepuis = 2025\ndecision = "avenant-1"',
        'titre = "Deux"\ndepuis = 2025',
        "contrat.axes[2] (2).depuis",
        "demande un avenant, aucun n’est cité",
    ),
    (
        'titre = "Deux"\ndepuis = 2025\ndecision = "avenant-1"',
        'titre = "Deux"\ndepuis = 2025\ndecision = "copil-2025"',
        "contrat.axes[2] (2).depuis",
        "est une décision du COPIL",
    ),
    (
        'valeur = "1 800,50"\ndecision = "avenant-1"',
        'valeur = "1 800,50"',
        "contrat.revisions[1].decision",
        "changer un montant demande un avenant",
    ),
    (
        'valeur = "2024 ; 2025 ; 2026 ; 2027"\ndecision = "avenant-1"',
        'valeur = "2024 ; 2025 ; 2026 ; 2027"',
        "contrat.revisions[4].decision",
        "changer la durée du contrat demande un avenant",
    ),
    (
        '[[axes]]\nnumero = "1"',
        '[[signataires]]\nnom = "La Région"\njusque = 2025\n[[axes]]\nnumero = "1"',
        "contrat.signataires[1] (La Région).jusque",
        "ce changement de signataire demande un avenant",
    ),
]


@pytest.mark.parametrize(("before", "after", "location", "excerpt"), AVENANT_NEEDED)
def test_a_change_without_what_it_takes_is_to_be_confirmed(before, after, location, excerpt):
    (fault,) = [f for f in verifier(modified(before, after)) if f.location == location]
    assert fault.gravite == "à confirmer" and excerpt in fault.message.replace(NBSP, " ")


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ('jusque = 2025\ndecision = "copil-2025"', "jusque = 2025"),
        ('depuis = 2025\ndecision = "copil-2025"\n\n', "depuis = 2025\n\n"),
    ],
)
def test_what_the_contract_plans_for_a_later_year_asks_for_no_decision(before, after):
    assert said(modified(before, after)) == said(modified(before, before))


def test_a_contract_says_itself_what_takes_an_avenant():
    trial = modified('valeur = "1 800,50"\ndecision = "avenant-1"', 'valeur = "1 800,50"\ndecision = "copil-2025"')
    lenient = modified("maquette = 1500", 'maquette = 1500\navenant_requis = ["axes", "duree"]')
    assert any("demande un avenant" in m for _, m in said(trial))
    assert not any("demande un avenant" in m for _, m in said(lenient))


FAULTS = [
    (
        'decision = "avenant-1"\n[[structures]]',
        'decision = "avenant-9"\n[[structures]]',
        "contrat.axes[2] (2).decision",
        "la décision « avenant-9 » n’existe pas",
    ),
    (
        "jusque = 2025\ndecision",
        "depuis = 2026\njusque = 2025\ndecision",
        "contrat.fiches[2] (1.2).jusque",
        "2025 vient avant 2026",
    ),
    (
        'instance = "COPIL"',
        'instance = "réunion"',
        "contrat.decisions[1] (copil-2025).instance",
        "n’est pas une valeur connue",
    ),
    ('valeur = "1 800,50"', 'valeur = "900"', "contrat.maquette (en 2026, 2027)", "la somme des fiches de 900 €"),
    ('devient = "2.1"', 'devient = "9.9"', "contrat.a_programmer[1].devient", "la fiche « 9.9 » n’existe pas"),
    (
        "maquette = 1500",
        'maquette = 1500\ndebut_annee = "02-29"',
        "contrat.debut_annee",
        "n’est pas un jour de l’année",
    ),
]


@pytest.mark.parametrize(("before", "after", "location", "excerpt"), FAULTS)
def test_a_fault_of_a_living_contract_has_its_place_and_its_years(before, after, location, excerpt):
    all_found = [f for f in verifier(modified(before, after)) if f.gravite == "faute"]
    assert [(f.location, excerpt in f.message.replace(NBSP, " ")) for f in all_found if f.location == location] == [
        (location, True)
    ], all_found


UNREADABLE = [
    (
        'valeur = "1 800,50"',
        'valeur = "beaucoup"',
        "contrat.revisions[1].valeur : un nombre est attendu, trouvé « beaucoup ».",
    ),
    (
        'cible = "1.1"\nchamp = "montant"',
        'cible = "7.7"\nchamp = "montant"',
        "contrat.revisions[1].cible : « 7.7 » ne désigne rien de type « fiche » dans la définition.",
    ),
    ('champ = "maquette"', 'champ = "id"', "contrat.revisions[3].champ : « id » n’est pas un champ qui se révise."),
    (
        'objet = "contrat"\nchamp = "maquette"',
        'objet = "commune"\nchamp = "maquette"',
        "contrat.revisions[3].objet : « commune » ne se révise pas.",
    ),
]


@pytest.mark.parametrize(("before", "after", "sentence"), UNREADABLE)
def test_a_revision_that_cannot_be_applied_is_refused_at_its_place(before, after, sentence):
    with pytest.raises(Refusal) as refusal:
        modified(before, after)
    assert [d for d in refusal.value.details if d.replace(NBSP, " ").startswith(sentence)], refusal.value.details
