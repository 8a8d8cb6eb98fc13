"""The other shipped contracts and the county's aid through a whole cycle: generated, filled, consolidated, summed up.

Every figure was worked out by hand beside it.
"""

from __future__ import annotations

from decimal import Decimal as D

import openpyxl
import pytest

from cls_workbook.cli.commands import main
from cls_workbook.definition import toml_reader
from cls_workbook.domain.contrat_years import in_year
from cls_workbook.domain.verification.whole_contract import verifier
from tests.support.lived_campagnes import NBSP, by_year, definition, lines, live, opened_book, statements, written

SOLIDARITES, BESANCON = "dijon-solidarites-2024-2027", "besancon-2016-2018"
CREDITS = "Crédits du contrat"


@pytest.mark.parametrize("identifier", toml_reader.shipped())
def test_a_shipped_contract_has_no_fault(identifier):
    assert [f for f in verifier(toml_reader.load(identifier)) if f.gravite == "faute"] == []


# --- solidarités ----------------------------------------------------------------------------------------------------


def parts(numero: int, etat, metropole, third_party=None, **extra) -> dict[str, object]:
    """The funding of an action: State, métropole and, if any, somebody else."""
    ranks = [("État", CREDITS, etat), ("Dijon métropole", CREDITS, metropole)] + (
        [("Fondation", "Cofinancement", third_party)] if third_party else []
    )
    saisies: dict[str, object] = {f"{numero}/avancement/etat": "En cours", f"{numero}/avancement/realisation": "Totale"}
    for rank, (financeur, nature, montant) in enumerate(ranks, 1):
        prefix = f"{numero}/financement/{rank:02d}"
        saisies |= {f"{prefix}/financeur": financeur, f"{prefix}/nature": nature}
        if montant is not None:
            saisies |= {
                f"{prefix}/engage": montant,
                f"{prefix}/verse": montant,
                f"{prefix}/reference": f"CONV-{numero}",
                f"{prefix}/date": None,
            }
    return {c: v for c, v in saisies.items() if v is not None} | {f"{numero}/{c}": v for c, v in extra.items()}


STATE_2024 = {1: 60000, 2: 40000, 3: 50000, 4: 45000, 5: 47500, 6: 40000, 7: 25000, 8: 25000}  # 332 500 in all


@pytest.fixture(scope="module")
def solidarites(tmp_path_factory):
    """2024: the State's 332 500 € over the eight actions, as much from the métropole; a third funder on action 6.
    2025: 350 000 € each, but the métropole gives 500 € less on action 8."""
    folder = tmp_path_factory.mktemp("solidarites")
    saisies: dict[str, object] = {"1/depenses/total": 120000}  # 60 000 + 60 000
    for numero, montant in STATE_2024.items():
        saisies |= parts(numero, montant, montant, 5000 if numero == 6 else None)
    first = live(folder, SOLIDARITES, 2024, {"dijon-metropole": saisies})
    following: dict[str, object] = {}
    for numero, montant in (STATE_2024 | {1: 77500}).items():  # 332 500 + 17 500 = 350 000
        following |= parts(numero, montant, montant - 500 if numero == 8 else montant)
    return first, live(folder, SOLIDARITES, 2025, {"dijon-metropole": following}, first.consolidation)


def test_solidarites_has_what_the_deliberation_prints():
    contrat = toml_reader.load(SOLIDARITES)
    assert (len(contrat.axes), len(contrat.fiches), contrat.by_mesure) == (4, 8, {})
    combined = {e.annee: e.montant for e in contrat.money.enveloppes if e.financeur is None}
    assert combined == {2024: 665000, 2025: 700000, 2026: 700000, 2027: 700000}
    assert {e.financeur: e.montant for e in contrat.money.enveloppes if e.financeur} == {
        "etat": 332500,
        "dijon-metropole": 332500,
    }


def test_solidarites_adds_up_by_funder_to_the_envelope_of_the_year(solidarites):
    first, _ = solidarites
    assert [(r["Financeur"], r["Nature"], r["Engagé"]) for r in lines(first.result.tables.par_financeur)] == [
        ("État", CREDITS, D(332500)),
        ("Dijon métropole", CREDITS, D(332500)),
        ("Fondation", "Cofinancement", D(5000)),
    ]
    (maquette,) = lines(first.result.summaries.totaux, **{"Sous-total": "Maquette"})
    assert maquette["Engagé"] == D(665000)
    assert maquette["Contrat"] == D(2765000)  # 665 000 + 3 × 700 000
    assert statements(first) == [
        "Enveloppe 2024 : 665 000 € (voté), 665 000 € engagés, reste 0 €.",
        "Enveloppe 2024, part État : 332 500 € (voté), 332 500 € engagés, reste 0 €.",
        "Enveloppe 2024, part Dijon métropole : 332 500 € (déduit de la parité), 332 500 € engagés, reste 0 €.",
    ]


def test_solidarites_keeps_the_action_that_breaks_parity_and_says_by_how_much(solidarites):
    _, second = solidarites
    (gap,) = anomalie_rows(second, "PARITE_NON_RESPECTEE")
    assert (
        gap.fiche == "8" and "25 000 €" in gap.found.replace(NBSP, " ") and "24 500 €" in gap.found.replace(NBSP, " ")
    )
    assert [r["Engagé"] for r in lines(second.result.tables.par_financeur)] == [D(350000), D(349500)]
    assert gap.gravite == "à confirmer" and gap.found.replace(NBSP, " ").endswith("soit 500 € d’écart")


def test_solidarites_follows_its_envelopes_over_the_years(solidarites):
    _, second = solidarites
    assert by_year(second, Objet="Enveloppe", Financeur=None) == {2024: 665000, 2025: 700000}
    assert by_year(second, Objet="Engagé par financeur", Fiche="1", Financeur="État") == {2024: 60000, 2025: 77500}


def anomalie_rows(annee, code: str):
    return [a for a in annee.result.anomalies if a.code == code]


def test_solidarites_workbook_names_no_agency_and_asks_no_indicator(tmp_path):
    assert main(["generer", "--contrat", SOLIDARITES, "--annee", "2024", "--sortie", str(tmp_path)]) == 0
    workbook = openpyxl.load_workbook(tmp_path / f"{SOLIDARITES}-2024.xlsx")
    texts = [str(c.value) for page in workbook for rank in page.iter_rows() for c in rank if isinstance(c.value, str)]
    assert not [t for t in texts if "ARS" in t.split() or "indicateur" in t.lower() and t.startswith("§")]
    assert [n for n in workbook.sheetnames if n.startswith("FA ")] == [f"FA {n}" for n in range(1, 9)]


def test_solidarites_synthese_speaks_of_the_contract_not_of_an_agency(solidarites):
    texts = written(solidarites[0].synthese)
    assert "La maquette du contrat, depuis le début" in texts
    assert not [t for t in texts if "ARS :" in t]


def test_solidarites_accepts_the_indicator_that_the_coordinator_adds(tmp_path):
    texte = opened_book(SOLIDARITES).replace(
        'numero = "3"\ntitre = "Remobiliser',
        'numero = "3"\nindicateurs = [{ id = "3-I01", libelle = "Personnes", type = "compte", depuis = 2025, '
        'decision = "copil", mesures = [{ id = "3-I01", libelle = "Personnes remobilisées", type = "entier", '
        'agregation = "PERSONNES", unite = "personne" }] }]\ntitre = "Remobiliser',
    )
    texte += '\n[[decisions]]\nid = "copil"\ninstance = "COPIL"\ndate = 2025-02-01\n'
    reference = definition(tmp_path, texte)
    assert [f for f in verifier(toml_reader.load(reference)) if f.gravite == "faute"] == []
    assert in_year(toml_reader.load(reference), 2024).by_mesure == {}
    annee = live(tmp_path, reference, 2025, {"dijon-metropole": {"3/mesures/3-I01/valeur": 128}})
    assert [(r["Mesure"], r["Valeur"]) for r in lines(annee.result.tables.indicateurs)] == [("3-I01", 128)]


# --- a contract declared before its fiches --------------------------------------------------------------------------


def test_a_contract_without_fiches_makes_a_workbook_that_says_so(tmp_path, capsys):
    assert main(["generer", "--contrat", BESANCON, "--annee", "2016", "--sortie", str(tmp_path)]) == 0
    assert "Aucune fiche n’est décrite pour 2016 (20 actions annoncées)" in capsys.readouterr().err.replace(NBSP, " ")
    said = written(tmp_path / f"{BESANCON}-2016.xlsx", "Sommaire")
    assert (
        "Aucune fiche n’est encore décrite dans ce contrat : il n’y a rien à remplir pour le moment. "
        "20 actions sont annoncées."
    ) in said
    assert "Axe" in said and not {"Fiche", "Renseigné"} & set(said)  # nothing is headed that is not there


def test_a_contract_without_fiches_is_consolidated_and_grows(tmp_path):
    texte = (
        opened_book(BESANCON)
        + """
[[decisions]]
id = "copil-2016"
instance = "COPIL"
date = 2016-11-24
[[fiches]]
numero = "1.1"
titre = "Promouvoir la vaccination"
axe = "1"
porteurs = ["ville-besancon"]
depuis = 2017
decision = "copil-2016"
[fiches.financement]
montant = 12000
montant_etat = "chiffre"
"""
    )
    reference = definition(tmp_path, texte)
    empty = live(tmp_path, reference, 2016, {})
    assert empty.result.received_and_expected() == (0, 0)
    assert any("ne décrit encore aucune fiche" in t for t in written(empty.synthese))
    full_year = live(
        tmp_path,
        reference,
        2017,
        {
            "ville-besancon": {
                "1.1/avancement/etat": "En cours",
                "1.1/avancement/realisation": "Partielle",
                "1.1/depenses/total": 9000,
                "1.1/financement/01/financeur": "ARS",
                "1.1/financement/01/nature": "Maquette ARS",
                "1.1/financement/01/engage": 4500,
                "1.1/financement/01/verse": 4500,
                "1.1/financement/02/financeur": "Ville de Besançon",
                "1.1/financement/02/nature": "Cofinancement",
                "1.1/financement/02/verse": 4500,
            }
        },
        precedent=empty.consolidation,
    )
    (line,) = lines(full_year.result.tables.par_fiche)
    assert (line["Engagé"], line["Reste à engager"], line["Taux constaté"]) == (
        4500,
        7500,
        D("0.5"),
    )  # 12 000 - 4 500 ; 4 500 / 9 000
    assert by_year(full_year, Objet="Engagé", Fiche="1.1") == {2017: 4500}


# --- the county's aid, beside the agency's ----------------------------------------------------------------------------

ANIMATION = """
[contrat]
id = "cls-essai"
titre = "Contrat local de santé d’essai"
nom_court = "CLS d’essai"
annees = [2024, 2025, 2026, 2027, 2028]
territoire = "Pays d’essai"
coordination = "epci"
agence = "ars"
[[axes]]
numero = "5"
titre = "Coordonner"
[[structures]]
id = "epci"
nom = "Communauté de communes"
[[structures]]
id = "ars"
nom = "ARS"
[[natures]]
id = "maquette"
libelle = "Maquette ARS"
niveau = "maquette"
[[natures]]
id = "hors"
libelle = "ARS hors maquette"
niveau = "hors_maquette"
[[natures]]
id = "cofi"
libelle = "Cofinancement"
niveau = "cofinancement"
[[financeurs]]
id = "ars"
nom = "ARS"
structure = "ars"
[[financeurs]]
id = "departement"
nom = "Département"
[[fiches]]
numero = "5.1"
titre = "Animer le contrat"
axe = "5"
porteurs = ["epci"]
[[regles]]
id = "poste"
type = "poste"
libelle = "Poste : 50 % de la dépense, 30 000 € par an au plus"
fiche = "5.1"
financeur = "ars"
taux = 0.5
plafond_annuel = 30000
etp_min = 0.5
etp_assiette_max = 1
hors_maquette = true
[[regles]]
modele = "mayenne-animateur"
fiche = "5.1"
financeur = "departement"
"""


def poste(expenditure: int, etp: float, ars: int | None, departement: int | None) -> dict[str, dict[str, object]]:
    saisies: dict[str, object] = {
        "5.1/avancement/etat": "En cours",
        "5.1/avancement/realisation": "Totale",
        "5.1/depenses/total": expenditure,
        "5.1/depenses/etp": etp,
        "5.1/poste/depense_eligible": expenditure,
        "5.1/poste/quotite": etp,
        "5.1/poste/mois": 12,
    }
    for rank, (financeur, nature, montant) in enumerate(
        (("ARS", "ARS hors maquette", ars), ("Département", "Cofinancement", departement)), 1
    ):
        if montant is not None:
            prefix = f"5.1/financement/{rank:02d}"
            saisies |= {f"{prefix}/financeur": financeur, f"{prefix}/nature": nature, f"{prefix}/engage": montant}
    return {"epci": saisies}


@pytest.fixture(scope="module")
def animation(tmp_path_factory):
    """Four years of aid asked: 10 000, 10 000, 10 000, then a fourth that the rule does not allow."""
    folder = tmp_path_factory.mktemp("animation")
    reference = definition(folder, ANIMATION)
    years_lived, precedent = {}, None
    for annee, expenditure, ars in (
        (2024, 52000, 26000),
        (2025, 60000, 30000),
        (2026, 56000, 28000),
        (2027, 58000, 29000),
    ):
        years_lived[annee] = live(folder, reference, annee, poste(expenditure, 1, ars, 10000), precedent)
        precedent = years_lived[annee].consolidation
    return years_lived


def test_the_countys_aid_is_granted_three_years_beside_the_agencys(animation):
    for annee, sentence in (
        (2024, "52 000 €, aide possible de 26 000 €"),
        (2025, "60 000 €, aide possible de 30 000 €"),
    ):
        assert any(sentence in p for p in statements(animation[annee]))
        assert any(
            p.startswith("Fiche 5.1 : aide de 10 000 €, dans les limites de la règle")
            for p in statements(animation[annee])
        )
    assert by_year(animation[2026], Objet="Engagé par financeur", Financeur="Département") == {
        2024: 10000,
        2025: 10000,
        2026: 10000,
    }


def test_a_fourth_year_of_the_countys_aid_counts_and_is_to_be_confirmed(animation):
    (refusal,) = anomalie_rows(animation[2027], "PLAFOND_TOTAL_DEPASSE")
    assert refusal.expected.replace(NBSP, " ").startswith("0 € au plus : 30 000 € sont déjà engagés sur 30 000 €")
    assert [
        (r["Financeur"], r["Engagé"])
        for r in lines(animation[2027].result.tables.par_financeur)
        if r["Engagé"] is not None
    ] == [("ARS", 29000), ("Département", 10000)]
    assert refusal.gravite == "à confirmer" and refusal.found.replace(NBSP, " ") == "10 000 €, soit 10 000 € de trop"


def test_the_aids_together_stay_under_the_cost(tmp_path):
    """Cost 34 000: the agency 17 000 and the city 12 000 leave 5 000 of the 10 000 asked."""
    reference = definition(tmp_path, ANIMATION)
    reponses = poste(34000, 1, 17000, 10000)
    reponses["epci"] |= {
        "5.1/financement/03/financeur": "Ville",
        "5.1/financement/03/nature": "Cofinancement",
        "5.1/financement/03/engage": 12000,
    }
    annee = live(tmp_path, reference, 2024, reponses)
    assert any(
        "aide de 10 000 €, soit 5 000 € de plus que les 5 000 € que permet la règle ; le montant déclaré reste compté "
        "(les aides ne dépassent pas le coût de 34 000 €, "
        "dont 29 000 € financés par ailleurs)" in p
        for p in statements(annee)
    )
    assert any(
        "39 000 € engagés pour un coût de 34 000 €, soit 5 000 € de trop" in p for p in statements(annee)
    )  # 17 000 + 12 000 + 10 000
    (excess,) = anomalie_rows(annee, "AIDES_SUPERIEURES_AU_COUT")
    assert len(excess.cells) == 3 and excess.gravite == "à confirmer"


def test_the_sheet_computes_both_aids_and_prints_the_countys_conditions(tmp_path):
    reference = definition(tmp_path, ANIMATION)
    assert main(["generer", "--contrat", reference, "--annee", "2024", "--sortie", str(tmp_path)]) == 0
    texts = written(tmp_path / "cls-essai-2024.xlsx", "FA 5.1")
    assert {"Aide calculée selon la règle (ARS)", "Aide possible selon la règle (Département)"} <= texts
    assert any(t.startswith("Condition : mention de la participation du Département") for t in texts)


def test_a_shared_post_may_share_the_cap(tmp_path):
    reference = definition(tmp_path, ANIMATION + 'quote_part = 0.5\nplafond_par = "poste"\n')
    annee = live(tmp_path, reference, 2024, poste(26000, 0.5, 13000, 6000))
    (excess,) = anomalie_rows(annee, "PLAFOND_ANNUEL_DEPASSE")
    assert excess.expected.replace(NBSP, " ").startswith("5 000 € au plus")
