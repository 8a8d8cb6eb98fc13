"""Five years of a contract that lives, each read against the one before: what chains, what is added, what is not.

The shipped contract of five years, with what happens to one: a fiche added in the third year by the COPIL (an action that
was to be programmed), another abandoned after it, an amount revised by an avenant in the fourth. The expected figures are
worked out from ``VECU`` by plain sums.
"""

from __future__ import annotations

from decimal import Decimal as D

import openpyxl
import pytest
from campagnes import NBSP, definition, dites, ecrit, lignes, livre, par_annee, vivre

from cls_workbook import contract
from cls_workbook.contract.verification import verifier
from cls_workbook.errors import Refus

ANNEES = (2024, 2025, 2026, 2027, 2028)
AJOUT = """
[[decisions]]
id = "copil-2025"
instance = "COPIL"
date = 2025-12-04
objet = "Nouvelle fiche 3.6, fin de la fiche 3.1"
[[decisions]]
id = "avenant-1"
instance = "avenant"
date = 2026-11-20
reference = "AV-2026-01"

[[fiches]]
numero = "3.6"
titre = "Accompagner la parentalité en matière de santé"
axe = "3"
porteurs = ["apo"]
depuis = 2026
decision = "copil-2025"
[[fiches.indicateurs]]
id = "3.6-I01"
libelle = "Nombre d’ateliers"
type = "compte"
[[fiches.indicateurs.mesures]]
id = "3.6-I01"
libelle = "Ateliers"
type = "entier"
agregation = "FLUX"
cle = true

[[revisions]]
depuis = 2027
objet = "fiche"
cible = "1.2"
champ = "montant"
valeur = "60 000"
decision = "avenant-1"
[[revisions]]
depuis = 2027
objet = "contrat"
champ = "maquette"
valeur = "331 350"
decision = "avenant-1"
"""  # 346 350 + 15 000 of 1.2 - 30 000 of 3.1, which has ended

# year → (permanences, habitants, engaged, paid) of 1.2; None: nothing typed
VECU = {
    2024: (40, 120, D(15000), D(10000)),
    2025: (52, 135, D("14500.50"), D("14500.50")),
    2026: (48, 150, D(12000), D(12000)),
    2027: (None, 160, D(9000), None),
    2028: (60, 155, None, D(4000)),
}
ATELIERS = {2026: 6, 2027: 9, 2028: 11}
TROUBLES = {2024: D(5000), 2025: D(5000), 2026: D(2500)}  # engaged on 3.1, which ends in 2026


def somme(valeurs):
    connues = [v for v in valeurs if v is not None]
    return sum(connues) if connues else None


@pytest.fixture(scope="module")
def reference(tmp_path_factory) -> str:
    texte = livre("dijon-2024-2028")
    for avant, apres in (
        ('numero = "3.1"\n', 'numero = "3.1"\njusque = 2026\ndecision = "copil-2025"\n'),
        ('titre = "Accompagner la parentalité en matière de santé"\n', 'titre = "Accompagner la parentalité en matière de santé"\ndevient = "3.6"\n'),
    ):
        assert texte.count(avant) == 1, avant
        texte = texte.replace(avant, apres)
    return definition(tmp_path_factory.mktemp("contrat"), texte + AJOUT)


def reponses(annee: int) -> dict[str, dict[str, object]]:
    permanences, habitants, engage, verse = VECU[annee]
    mediation = {
        "1.2/avancement/etat": "En cours", "1.2/avancement/realisation": "Totale", "1.2/mesures/1.2-I03/valeur": permanences, "1.2/mesures/1.2-I04/valeur": habitants,
        "1.2/financement/01/financeur": "ARS", "1.2/financement/01/nature": "Maquette ARS", "1.2/financement/01/engage": engage, "1.2/financement/01/verse": verse,
    }  # fmt: skip
    apo: dict[str, object] = {}
    if annee in TROUBLES:
        apo |= {"3.1/avancement/etat": "Abandonnée" if annee == 2026 else "En cours", "3.1/avancement/realisation": "Partielle"}
        apo |= {"3.1/financement/01/financeur": "ARS", "3.1/financement/01/nature": "Maquette ARS", "3.1/financement/01/engage": TROUBLES[annee]}
    if annee in ATELIERS:
        apo |= {"3.6/avancement/etat": "En cours", "3.6/avancement/realisation": "Totale", "3.6/mesures/3.6-I01/valeur": ATELIERS[annee]}
    return {"centres-soins-infirmiers": {c: v for c, v in mediation.items() if v is not None}, "apo": apo}


@pytest.fixture(scope="module")
def cinq_ans(tmp_path_factory, reference):
    dossier, vecues, precedent = tmp_path_factory.mktemp("cinq-ans"), {}, None
    for annee in ANNEES:
        vecues[annee] = vivre(dossier, reference, annee, reponses(annee), precedent)
        precedent = vecues[annee].consolidation
    return vecues


# --- the contract of each year --------------------------------------------------------------------------------------


def test_the_living_definition_has_no_fault_and_no_change_to_confirm(reference):
    fautes = verifier(contract.load(reference))
    assert [str(f) for f in fautes if f.gravite == "faute" or "avenant" in f.message and "demande un" in f.message] == []


def test_each_year_expects_the_fiches_of_that_year(cinq_ans):
    fiches = {a: {r["Fiche"] for r in lignes(v.resultat.par_fiche)} for a, v in cinq_ans.items()}
    assert [("3.1" in fiches[a], "3.6" in fiches[a]) for a in ANNEES] == [(True, False), (True, False), (True, True), (False, True), (False, True)]
    annoncees = {a: len(lignes(v.resultat.par_fiche, Fiche="à programmer")) for a, v in cinq_ans.items()}
    assert annoncees == {2024: 6, 2025: 6, 2026: 5, 2027: 5, 2028: 5}


def test_the_synthese_of_a_year_shows_the_contract_of_that_year(cinq_ans):
    avant, apres = (ecrit(cinq_ans[a].synthese) for a in (2025, 2027))
    titre = "Accompagner la parentalité en matière de santé"
    assert titre in avant and "3.6" not in avant and {"3.6", titre} <= apres
    assert "Prévenir les troubles du langage chez les enfants" in avant - apres


# --- money over the years -------------------------------------------------------------------------------------------


def test_what_is_left_to_engage_takes_in_every_year_and_the_amount_in_force(cinq_ans):
    for annee in ANNEES:
        (fiche,) = lignes(cinq_ans[annee].resultat.par_fiche, Fiche="1.2")
        montant = 60000 if annee >= 2027 else 45000
        engage = sum(VECU[a][2] or 0 for a in ANNEES if a <= annee)
        assert (fiche["Montant contrat"], fiche["Reste à engager"]) == (montant, montant - engage)
    assert fiche["Reste à engager"] == D("9499.50")  # 60 000 - (15 000 + 14 500,50 + 12 000 + 9 000)


def test_no_engagement_of_earlier_years_is_unknown(cinq_ans):
    assert not [p for a in ANNEES[1:] for p in dites(cinq_ans[a]) if "ne sont pas connus" in p]


def test_the_history_keeps_each_year_of_each_amount(cinq_ans):
    derniere = cinq_ans[2028]
    assert par_annee(derniere, Objet="Engagé", Fiche="1.2") == {a: v[2] for a, v in VECU.items() if v[2] is not None}
    assert par_annee(derniere, Objet="Versé", Fiche="1.2") == {a: v[3] for a, v in VECU.items() if v[3] is not None}
    assert par_annee(derniere, Objet="Montant contrat", Fiche="1.2") == {2024: 45000, 2025: 45000, 2026: 45000, 2027: 60000, 2028: 60000}
    assert par_annee(derniere, Objet="Engagé", Fiche="3.1") == TROUBLES
    assert par_annee(derniere, Objet="État", Fiche="3.1") == {2024: "En cours", 2025: "En cours", 2026: "Abandonnée"}


# --- measures over the years ------------------------------------------------------------------------------------------


def test_last_years_value_is_the_one_of_last_year_only(cinq_ans):
    n_1 = {a: lignes(cinq_ans[a].resultat.indicateurs, Mesure="1.2-I03")[0]["Valeur n-1"] for a in ANNEES}
    assert n_1 == {2024: None, 2025: 40, 2026: 52, 2027: 48, 2028: None}  # nothing was typed in 2027


def evolution(annee, libelle: str) -> list[object]:
    """The row of the sheet Évolution that begins so, blanks left out."""
    page = openpyxl.load_workbook(annee.consolidation)["Évolution"]
    for rang in page.iter_rows(values_only=True):
        valeurs = [v for v in rang if v is not None]
        if valeurs and str(valeurs[0]).startswith(libelle):
            return [v.replace(NBSP, " ") if isinstance(v, str) else v for v in valeurs]
    raise AssertionError(libelle)


def test_a_flow_is_added_over_the_years_that_gave_it(cinq_ans):
    permanences = [v[0] for v in VECU.values()]
    assert evolution(cinq_ans[2028], "1.2 · Permanences") == [
        "1.2 · Permanences", 40, 52, 48, 60, "permanence", 0, somme(permanences), "somme de 2024 à 2028, partielle (4 années sur 5)",
    ]  # fmt: skip
    assert evolution(cinq_ans[2028], "3.6 · Ateliers")[1:5] == [6, 9, 11, 26]


def test_people_are_a_series_never_a_sum(cinq_ans):
    ligne = evolution(cinq_ans[2028], "1.2 · Habitants rencontrés")
    assert ligne[1:6] == [120, 135, 150, 160, 155]
    assert 720 not in ligne and ligne[-1].startswith("série : une même personne peut revenir")


def test_a_fiche_that_ended_stays_in_the_evolution_with_what_it_engaged(cinq_ans):
    ligne = evolution(cinq_ans[2028], "3.1 · Prévenir les troubles du langage chez les enfants (retirée)")
    assert ligne[1:] == ["Abandonnée (2026)", 30000, 5000, 5000, 2500, 12500]


def test_the_contract_as_a_whole_is_a_row_a_year_and_a_total(cinq_ans):
    engages = {a: somme([VECU[a][2], TROUBLES.get(a)]) for a in ANNEES}
    page = openpyxl.load_workbook(cinq_ans[2028].consolidation)["Évolution"]
    rangs = [[v for v in rang if v is not None] for rang in page.iter_rows(values_only=True)]
    tete = next(r for r in rangs if r and r[0] == "Année")
    place = tete.index("Engagé sur la maquette")
    assert [r[place] for r in rangs if r and r[0] in ("2024", "2025", "2026")][:3] == [engages[2024], float(engages[2025]), engages[2026]]
    assert next(r for r in rangs if r and r[0] == "Cumul")[-2:] == [float(somme(engages.values())), 40500.5]  # paid: 10 000 + 14 500,50 + 12 000 + 4 000


def test_the_evolution_has_native_charts(cinq_ans):
    page = openpyxl.load_workbook(cinq_ans[2028].consolidation)["Évolution"]
    assert len(page._charts) >= 2


# --- the right consolidation ------------------------------------------------------------------------------------------


def test_the_consolidation_of_another_year_or_contract_is_refused(tmp_path, cinq_ans, reference):
    with pytest.raises(Refus, match="est la consolidation de 2026"):
        vivre(tmp_path, reference, 2026, reponses(2026), cinq_ans[2026].consolidation)
    with pytest.raises(Refus, match="est la consolidation du contrat « dijon-2024-2028 »"):
        vivre(tmp_path / "x", "dijon-solidarites-2024-2027", 2025, {"dijon-metropole": {}}, cinq_ans[2024].consolidation)


def test_a_year_without_consolidation_keeps_the_history_but_has_no_last_year(tmp_path, cinq_ans, reference):
    saut = vivre(tmp_path, reference, 2026, reponses(2026), cinq_ans[2024].consolidation)
    (permanences,) = lignes(saut.resultat.indicateurs, Mesure="1.2-I03")
    assert permanences["Valeur n-1"] is None
    assert par_annee(saut, Objet="Mesure", Mesure="1.2-I03") == {2024: 40, 2026: 48}
    assert any("Aucune consolidation n’est connue pour 2025" in t for t in ecrit(saut.consolidation, "Évolution"))
