"""Funding rules as data: each base, each limit, several rules on one fiche; figures worked out by hand."""

from __future__ import annotations

from decimal import Decimal as D

import pytest

from cls_workbook.definition.toml_reader import parse
from cls_workbook.domain.subsidies import Situation, compute
from cls_workbook.domain.verification.whole_contract import verifier
from cls_workbook.errors import Refusal
from tests.support.written_rules import written_rule

NBSP = "\u00a0"
CAP = written_rule(
    "m", "plafond", "Animateur", financeur="dep", plafond_annuel=D(10000), plafond_total=D(30000), duree_ans=3
)


def told(aide) -> tuple:
    return aide.montant, [m.replace(NBSP, " ") for m in aide.reasons]


def test_a_rate_of_the_expense():
    rule = written_rule("r", "aide", "Région", financeur="reg", base="depense", taux=D("0.3"))
    assert told(compute(rule, Situation(2025, expenditure=D("41235.50")))) == (
        D("12370.65"),
        ["30 % de 41 235,50 €"],
    )  # 12 370,65


def test_a_rate_of_what_was_engaged():
    rule = written_rule("r", "aide", "Région", financeur="reg", base="engage", taux=D("0.2"), plafond_annuel=D(5000))
    assert told(compute(rule, Situation(2025, engage=D(18000)))) == (D(3600), ["20 % de 18 000 €"])
    assert told(compute(rule, Situation(2025, engage=D(40000)))) == (
        D(5000),
        ["20 % de 40 000 €", "plafond de 5 000 € par an"],
    )


@pytest.mark.parametrize(
    ("base", "situation", "montant", "motif"),
    [
        ("personne", Situation(2025, people=37), D("925.00"), "37 personnes à 25 €"),
        ("session", Situation(2025, sessions=1), D("25.00"), "1 session à 25 €"),
        ("personne", Situation(2025), None, "nombre de personnes non connu"),
        ("session", Situation(2025, sessions=0), D("0.00"), "0 session à 25 €"),
    ],
)
def test_an_amount_for_each_person_or_session(base, situation, montant, motif):
    rule = written_rule("r", "aide", "Forfait", financeur="reg", base=base, cout_unitaire=D(25))
    assert told(compute(rule, situation)) == (montant, [motif])


def test_no_aid_under_the_minimum_of_etp():
    rule = written_rule("r", "aide", "Poste", financeur="reg", base="depense", taux=D("0.5"), etp_min=D("0.5"))
    refused = compute(rule, Situation(2025, expenditure=D(20000), etp=D("0.4")))
    assert refused.refused and told(refused) == (D(0), ["0,4 ETP, sous le minimum de 0,5 ETP"])
    assert compute(rule, Situation(2025, expenditure=D(20000), etp=D("0.5"))).montant == D(10000)


def test_the_caps_of_a_year_then_in_all_then_the_years():
    asked = D(12000)
    assert told(compute(CAP, Situation(2025, asked=asked))) == (D(10000), ["plafond de 10 000 € par an"])
    already = {2024: D(10000), 2025: D(10000)}
    assert compute(CAP, Situation(2026, asked=asked, earlier=already)).montant == D(10000)
    third = {2024: D(9000), 2025: D(9000), 2026: D(9000)}
    assert compute(CAP, Situation(2027, asked=asked, earlier=third)).refused  # a fourth year
    without_duration = written_rule(
        "m", "plafond", "A", financeur="dep", plafond_annuel=D(10000), plafond_total=D(30000)
    )
    assert told(compute(without_duration, Situation(2027, asked=D(9000), earlier=third))) == (
        D(3000),
        ["27 000 € déjà engagés sur 30 000 € en tout"],
    )


def test_the_aids_together_never_exceed_the_cost():
    aide = compute(CAP, Situation(2025, asked=D(10000), expenditure=D(36000), autres=D(30000)))
    assert told(aide) == (
        D(6000),
        ["les aides ne dépassent pas le coût de 36 000 €, dont 30 000 € financés par ailleurs"],
    )


def test_a_shared_post_shares_the_cap_only_where_the_cap_is_of_the_post():
    per_epci = written_rule("m", "plafond", "A", financeur="dep", plafond_annuel=D(10000), quote_part=D("0.5"))
    per_post = written_rule(
        "m",
        "plafond",
        "A",
        financeur="dep",
        plafond_annuel=D(10000),
        plafond_total=D(30000),
        quote_part=D("0.5"),
        plafond_par="poste",
    )
    assert compute(per_epci, Situation(2025, asked=D(8000))).montant == D(8000)
    assert told(compute(per_post, Situation(2025, asked=D(8000)))) == (
        D(5000),
        ["plafond de 5 000 € par an, soit 50 % du plafond du poste"],
    )
    assert compute(per_post, Situation(2027, asked=D(5000), earlier={2024: D(7000), 2025: D(7000)})).montant == D(
        1000
    )  # 15 000 - 14 000


# --- as a definition writes them ------------------------------------------------------------------------------------

BASE = """
[contrat]
id = "r"
titre = "R"
nom_court = "R"
annees = [2024, 2025, 2026, 2027]
territoire = "R"
[[axes]]
numero = "1"
titre = "Un"
[[structures]]
id = "epci"
nom = "EPCI"
[[financeurs]]
id = "ars"
nom = "ARS"
[[financeurs]]
id = "departement"
nom = "Département"
[[fiches]]
numero = "1"
titre = "Animer"
axe = "1"
porteurs = ["epci"]
"""


def test_a_rule_that_ships_is_taken_by_its_name_and_what_is_written_prevails():
    contrat = parse(
        BASE + '[[regles]]\nmodele = "mayenne-animateur"\nfiche = "1"\nfinanceur = "departement"\ndepuis = 2025\n'
        "plafond_annuel = 8000\n",
        "r.toml",
    )
    (rule,) = contrat.regles
    assert (
        rule.type,
        rule.caps.plafond_annuel,
        rule.caps.plafond_total,
        rule.caps.duree_ans,
        rule.depuis,
        rule.financeur,
    ) == ("plafond", D(8000), D(30000), 3, 2025, "departement")
    assert rule.taux is None and rule.conditions
    assert [f for f in verifier(contrat) if f.gravite == "faute"] == []


def test_a_rule_that_does_not_ship_is_refused_with_those_that_do():
    with pytest.raises(Refusal) as refusal:
        parse(BASE + '[[regles]]\nmodele = "animateur"\n', "r.toml")
    assert list(refusal.value.details) == [
        "contrat.regles[1].modele : aucune règle livrée ne s’appelle « animateur ». Règles livrées : mayenne-animateur."
    ]


@pytest.mark.parametrize(
    ("rule", "location", "excerpt"),
    [
        ('type = "aide"\nfinanceur = "ars"\nbase = "depense"', "contrat.regles[1] (x).taux", "a besoin de ce champ"),
        (
            'type = "aide"\nfinanceur = "ars"\nbase = "session"\ncout_unitaire = 3',
            "contrat.regles[1] (x).mesure_sessions",
            "a besoin de ce champ",
        ),
        (
            'type = "aide"\nfinanceur = "ars"\nbase = "heure"',
            "contrat.regles[1] (x).base",
            "n’est pas une valeur connue",
        ),
        ('type = "plafond"\nplafond_annuel = 3', "contrat.regles[1] (x).financeur", "a besoin de ce champ"),
        (
            'type = "plafond"\nfinanceur = "ars"\nplafond_annuel = 3\nquote_part = 50',
            "contrat.regles[1] (x).quote_part",
            "une part s’écrit entre 0 et 1",
        ),
        (
            'type = "plafond"\nfinanceur = "ars"\nplafond_annuel = 3\nduree_ans = 0',
            "contrat.regles[1] (x).duree_ans",
            "au moins un an",
        ),
    ],
)
def test_a_rule_that_says_too_little_is_a_fault(rule, location, excerpt):
    faults = [
        f
        for f in verifier(parse(BASE + f'[[regles]]\nid = "x"\nlibelle = "X"\nfiche = "1"\n{rule}\n', "r.toml"))
        if f.gravite == "faute"
    ]
    assert [(f.location, excerpt in f.message.replace(NBSP, " ")) for f in faults] == [(location, True)], faults
