"""The other shipped contracts and the county's aid through a whole cycle: generated, filled, consolidated, summed up.

Every figure was worked out by hand beside it.
"""

from __future__ import annotations

from decimal import Decimal as D

import openpyxl
import pytest
from campagnes import NBSP, definition, dites, ecrit, lignes, livre, par_annee, vivre

from cls_workbook import contract
from cls_workbook.cli import main
from cls_workbook.contract.verification import verifier

SOLIDARITES, BESANCON = "dijon-solidarites-2024-2027", "besancon-2016-2018"
CREDITS = "Crédits du contrat"


@pytest.mark.parametrize("identifiant", contract.shipped())
def test_a_shipped_contract_has_no_fault(identifiant):
    assert [f for f in verifier(contract.load(identifiant)) if f.gravite == "faute"] == []


# --- solidarités ----------------------------------------------------------------------------------------------------


def parts(numero: int, etat, metropole, tiers=None, **plus) -> dict[str, object]:
    """The funding of an action: State, métropole and, if any, somebody else."""
    rangs = [("État", CREDITS, etat), ("Dijon métropole", CREDITS, metropole)] + ([("Fondation", "Cofinancement", tiers)] if tiers else [])
    saisies: dict[str, object] = {f"{numero}/avancement/etat": "En cours", f"{numero}/avancement/realisation": "Totale"}
    for rang, (financeur, nature, montant) in enumerate(rangs, 1):
        prefixe = f"{numero}/financement/{rang:02d}"
        saisies |= {f"{prefixe}/financeur": financeur, f"{prefixe}/nature": nature}
        if montant is not None:
            saisies |= {f"{prefixe}/engage": montant, f"{prefixe}/verse": montant, f"{prefixe}/reference": f"CONV-{numero}", f"{prefixe}/date": None}
    return {c: v for c, v in saisies.items() if v is not None} | {f"{numero}/{c}": v for c, v in plus.items()}


ETAT_2024 = {1: 60000, 2: 40000, 3: 50000, 4: 45000, 5: 47500, 6: 40000, 7: 25000, 8: 25000}  # 332 500 in all


@pytest.fixture(scope="module")
def solidarites(tmp_path_factory):
    """2024: the State's 332 500 € over the eight actions, as much from the métropole; a third funder on action 6.
    2025: 350 000 € each, but the métropole gives 500 € less on action 8."""
    dossier = tmp_path_factory.mktemp("solidarites")
    saisies: dict[str, object] = {"1/depenses/total": 120000}  # 60 000 + 60 000
    for numero, montant in ETAT_2024.items():
        saisies |= parts(numero, montant, montant, 5000 if numero == 6 else None)
    premiere = vivre(dossier, SOLIDARITES, 2024, {"dijon-metropole": saisies})
    suite: dict[str, object] = {}
    for numero, montant in (ETAT_2024 | {1: 77500}).items():  # 332 500 + 17 500 = 350 000
        suite |= parts(numero, montant, montant - 500 if numero == 8 else montant)
    return premiere, vivre(dossier, SOLIDARITES, 2025, {"dijon-metropole": suite}, premiere.consolidation)


def test_solidarites_has_what_the_deliberation_prints():
    contrat = contract.load(SOLIDARITES)
    assert (len(contrat.axes), len(contrat.fiches), contrat.par_mesure) == (4, 8, {})
    ensemble = {e.annee: e.montant for e in contrat.enveloppes if e.financeur is None}
    assert ensemble == {2024: 665000, 2025: 700000, 2026: 700000, 2027: 700000}
    assert {e.financeur: e.montant for e in contrat.enveloppes if e.financeur} == {"etat": 332500, "dijon-metropole": 332500}


def test_solidarites_adds_up_by_funder_to_the_envelope_of_the_year(solidarites):
    premiere, _ = solidarites
    assert [(r["Financeur"], r["Nature"], r["Engagé"]) for r in lignes(premiere.resultat.par_financeur)] == [
        ("État", CREDITS, D(332500)), ("Dijon métropole", CREDITS, D(332500)), ("Fondation", "Cofinancement", D(5000)),
    ]  # fmt: skip
    (maquette,) = lignes(premiere.resultat.totaux, **{"Sous-total": "Maquette"})
    assert maquette["Engagé"] == D(665000)
    assert not [p for p in dites(premiere) if "parité" in p]
    assert maquette["Contrat"] == D(2765000)  # 665 000 + 3 × 700 000
    assert dites(premiere) == [
        "Enveloppe 2024 : 665 000 € (voté), 665 000 € engagés, reste 0 €.",
        "Enveloppe 2024, part État : 332 500 € (voté), 332 500 € engagés, reste 0 €.",
        "Enveloppe 2024, part Dijon métropole : 332 500 € (voté), 332 500 € engagés, reste 0 €.",
    ]


def test_solidarites_refuses_the_action_that_breaks_parity_and_totals_leave_it_out(solidarites):
    _, seconde = solidarites
    (ecart,) = lignes_d_anomalies(seconde, "PARITE_NON_RESPECTEE")
    assert ecart.fiche == "8" and "25 000 €" in ecart.trouve.replace(NBSP, " ") and "24 500 €" in ecart.trouve.replace(NBSP, " ")
    assert [r["Engagé"] for r in lignes(seconde.resultat.par_financeur)] == [D(325000), D(325000)]  # 350 000 - 25 000 of the action refused, on both sides


def test_solidarites_follows_its_envelopes_over_the_years(solidarites):
    _, seconde = solidarites
    assert par_annee(seconde, Objet="Enveloppe", Financeur=None) == {2024: 665000, 2025: 700000}
    assert par_annee(seconde, Objet="Engagé par financeur", Fiche="1", Financeur="État") == {2024: 60000, 2025: 77500}


def lignes_d_anomalies(annee, code: str):
    return [a for a in annee.resultat.anomalies if a.code == code]


def test_solidarites_workbook_names_no_agency_and_asks_no_indicator(tmp_path):
    assert main(["generer", "--contrat", SOLIDARITES, "--annee", "2024", "--sortie", str(tmp_path)]) == 0
    classeur = openpyxl.load_workbook(tmp_path / f"{SOLIDARITES}-2024.xlsx")
    textes = [str(c.value) for page in classeur for rang in page.iter_rows() for c in rang if isinstance(c.value, str)]
    assert not [t for t in textes if "ARS" in t.split() or "indicateur" in t.lower() and t.startswith("§")]
    assert [n for n in classeur.sheetnames if n.startswith("FA ")] == [f"FA {n}" for n in range(1, 9)]


def test_solidarites_synthese_speaks_of_the_contract_not_of_an_agency(solidarites):
    textes = ecrit(solidarites[0].synthese)
    assert "Contrat : engagé 2024" in textes
    assert not [t for t in textes if "ARS :" in t]


def test_solidarites_accepts_the_indicator_that_the_coordinator_adds(tmp_path):
    texte = livre(SOLIDARITES).replace('numero = "3"\ntitre = "Remobiliser', 'numero = "3"\nindicateurs = [{ id = "3-I01", libelle = "Personnes", type = "compte", depuis = 2025, decision = "copil", mesures = [{ id = "3-I01", libelle = "Personnes remobilisées", type = "entier", agregation = "PERSONNES", unite = "personne" }] }]\ntitre = "Remobiliser')
    texte += '\n[[decisions]]\nid = "copil"\ninstance = "COPIL"\ndate = 2025-02-01\n'
    reference = definition(tmp_path, texte)
    assert [f for f in verifier(contract.load(reference)) if f.gravite == "faute"] == []
    assert contract.load(reference).en(2024).par_mesure == {}
    annee = vivre(tmp_path, reference, 2025, {"dijon-metropole": {"3/mesures/3-I01/valeur": 128}})
    assert [(r["Mesure"], r["Valeur"]) for r in lignes(annee.resultat.indicateurs)] == [("3-I01", 128)]


# --- a contract declared before its fiches --------------------------------------------------------------------------


def test_a_contract_without_fiches_makes_a_workbook_that_says_so(tmp_path, capsys):
    assert main(["generer", "--contrat", BESANCON, "--annee", "2016", "--sortie", str(tmp_path)]) == 0
    assert "Aucune fiche n’est décrite pour 2016 (20 actions annoncées)" in capsys.readouterr().err.replace(NBSP, " ")
    assert "Aucune fiche n’est encore décrite dans ce contrat : il n’y a rien à remplir pour le moment. 20 actions sont annoncées." in ecrit(tmp_path / f"{BESANCON}-2016.xlsx", "Sommaire")


def test_a_contract_without_fiches_is_consolidated_and_grows(tmp_path):
    texte = livre(BESANCON) + """
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
    reference = definition(tmp_path, texte)
    vide = vivre(tmp_path, reference, 2016, {})
    assert vide.resultat.recus_et_attendus() == (0, 0)
    assert any("ne décrit encore aucune fiche" in t for t in ecrit(vide.synthese))
    pleine = vivre(tmp_path, reference, 2017, {"ville-besancon": {
        "1.1/avancement/etat": "En cours", "1.1/avancement/realisation": "Partielle", "1.1/depenses/total": 9000,
        "1.1/financement/01/financeur": "ARS", "1.1/financement/01/nature": "Maquette ARS", "1.1/financement/01/engage": 4500, "1.1/financement/01/verse": 4500,
        "1.1/financement/02/financeur": "Ville de Besançon", "1.1/financement/02/nature": "Cofinancement", "1.1/financement/02/verse": 4500,
    }}, precedent=vide.consolidation)  # fmt: skip
    (ligne,) = lignes(pleine.resultat.par_fiche)
    assert (ligne["Engagé"], ligne["Reste à engager"], ligne["Taux constaté"]) == (4500, 7500, D("0.5"))  # 12 000 - 4 500 ; 4 500 / 9 000
    assert par_annee(pleine, Objet="Engagé", Fiche="1.1") == {2017: 4500}


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


def poste(depense: int, etp: float, ars: int | None, departement: int | None) -> dict[str, dict[str, object]]:
    saisies: dict[str, object] = {"5.1/avancement/etat": "En cours", "5.1/avancement/realisation": "Totale", "5.1/depenses/total": depense, "5.1/depenses/etp": etp}
    for rang, (financeur, nature, montant) in enumerate((("ARS", "ARS hors maquette", ars), ("Département", "Cofinancement", departement)), 1):
        if montant is not None:
            prefixe = f"5.1/financement/{rang:02d}"
            saisies |= {f"{prefixe}/financeur": financeur, f"{prefixe}/nature": nature, f"{prefixe}/engage": montant}
    return {"epci": saisies}


@pytest.fixture(scope="module")
def animation(tmp_path_factory):
    """Four years of aid asked: 10 000, 10 000, 10 000, then a fourth that the rule does not allow."""
    dossier = tmp_path_factory.mktemp("animation")
    reference = definition(dossier, ANIMATION)
    vecues, precedent = {}, None
    for annee, depense, ars in ((2024, 52000, 26000), (2025, 60000, 30000), (2026, 56000, 28000), (2027, 58000, 29000)):
        vecues[annee] = vivre(dossier, reference, annee, poste(depense, 1, ars, 10000), precedent)
        precedent = vecues[annee].consolidation
    return vecues


def test_the_countys_aid_is_granted_three_years_beside_the_agencys(animation):
    for annee, phrase in ((2024, "52 000 €, aide possible de 26 000 €"), (2025, "60 000 €, aide possible de 30 000 €")):
        assert any(phrase in p for p in dites(animation[annee]))
        assert any(p.startswith("Fiche 5.1 : aide de 10 000 €, dans les limites de la règle") for p in dites(animation[annee]))
    assert par_annee(animation[2026], Objet="Engagé par financeur", Financeur="Département") == {2024: 10000, 2025: 10000, 2026: 10000}


def test_a_fourth_year_of_the_countys_aid_is_blocked_and_leaves_every_total(animation):
    (refus,) = lignes_d_anomalies(animation[2027], "PLAFOND_TOTAL_DEPASSE")
    assert refus.attendu.replace(NBSP, " ").startswith("0 € au plus : 30 000 € sont déjà engagés sur 30 000 €")
    assert [(r["Financeur"], r["Engagé"]) for r in lignes(animation[2027].resultat.par_financeur) if r["Engagé"] is not None] == [("ARS", 29000)]


def test_the_aids_together_stay_under_the_cost(tmp_path):
    """Cost 34 000: the agency 17 000 and the city 12 000 leave 5 000 of the 10 000 asked."""
    reference = definition(tmp_path, ANIMATION)
    reponses = poste(34000, 1, 17000, 10000)
    reponses["epci"] |= {"5.1/financement/03/financeur": "Ville", "5.1/financement/03/nature": "Cofinancement", "5.1/financement/03/engage": 12000}
    annee = vivre(tmp_path, reference, 2024, reponses)
    assert any("aide de 10 000 € ramenée à 5 000 € (les aides ne dépassent pas le coût de 34 000 €, dont 29 000 € financés par ailleurs)" in p for p in dites(annee))
    assert any("39 000 € engagés pour un coût de 34 000 €, soit 5 000 € de trop" in p for p in dites(annee))  # 17 000 + 12 000 + 10 000
    (trop,) = lignes_d_anomalies(annee, "AIDES_SUPERIEURES_AU_COUT")
    assert len(trop.cellules) == 3 and trop.gravite == "à confirmer"


def test_the_sheet_computes_both_aids_and_prints_the_countys_conditions(tmp_path):
    reference = definition(tmp_path, ANIMATION)
    assert main(["generer", "--contrat", reference, "--annee", "2024", "--sortie", str(tmp_path)]) == 0
    textes = ecrit(tmp_path / "cls-essai-2024.xlsx", "FA 5.1")
    assert {"Aide calculée selon la règle (ARS)", "Aide possible selon la règle (Département)"} <= textes
    assert any(t.startswith("Condition : mention de la participation du Département") for t in textes)


def test_a_shared_post_may_share_the_cap(tmp_path):
    reference = definition(tmp_path, ANIMATION + 'quote_part = 0.5\nplafond_par = "poste"\n')
    annee = vivre(tmp_path, reference, 2024, poste(26000, 0.5, 13000, 6000))
    (trop,) = lignes_d_anomalies(annee, "PLAFOND_ANNUEL_DEPASSE")
    assert trop.attendu.replace(NBSP, " ").startswith("5 000 € au plus")
