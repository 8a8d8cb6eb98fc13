"""Last year's answers filled in beforehand: what is taken up, how it shows, and that alone it is no answer."""

from __future__ import annotations

from datetime import date

import openpyxl
import pytest
from campagnes import vivre

from cls_workbook import conductor, contract
from cls_workbook.cli import main
from cls_workbook.reading import reader

DIJON = "dijon-2024-2028"
ANCIENNES = {
    "accueil/reponse/siret": "77821304500017", "accueil/reponse/contact_fonction": "Directrice", "accueil/reponse/contact_courriel": "accueil@exemple.fr",
    "3.1/avancement/etat": "En cours", "3.1/avancement/realisation": "Totale", "3.1/avancement/date_debut": date(2024, 9, 2),
    "3.1/partenaires/01/nom": "Cité éducative", "3.1/partenaires/01/type": "Association", "3.1/partenaires/03/nom": "Ville de Chenôve",
    "3.1/financement/01/financeur": "ARS", "3.1/financement/01/nature": "Maquette ARS", "3.1/financement/01/engage": 6000, "3.1/financement/01/reference": "CONV-2024-7",
    "3.1/qualitatif/realisations": "Dépistages dans quatre écoles.",
}  # fmt: skip


@pytest.fixture(scope="module")
def suivante(tmp_path_factory):
    """The folder of 2025's workbooks, made with 2024's consolidation."""
    dossier = tmp_path_factory.mktemp("reprises")
    passee = vivre(dossier, DIJON, 2024, {"apo": ANCIENNES})
    assert main(["generer", "--contrat", DIJON, "--annee", "2025", "--par-structure", "--precedent", str(passee.consolidation), "--sortie", str(dossier / "2025")]) == 0
    return dossier / "2025"


def saisies(chemin) -> dict[str, object]:
    retour = reader.lire(chemin, conductor.Contrats())
    assert not retour.anomalies
    return {s.cle: s.brut for s in retour.saisies}


def test_what_rarely_changes_is_filled_in_and_nothing_else(suivante):
    lues = saisies(suivante / f"{DIJON}-2025-apo.xlsx")
    assert {c: v for c, v in lues.items() if c != "3.1/avancement/date_debut"} == {
        "accueil/reponse/structure": "APO", "accueil/reponse/siret": "77821304500017", "accueil/reponse/contact_fonction": "Directrice",
        "3.1/partenaires/01/nom": "Cité éducative", "3.1/partenaires/01/type": "Association", "3.1/partenaires/02/nom": "Ville de Chenôve",
        "3.1/financement/01/financeur": "ARS", "3.1/financement/01/nature": "Maquette ARS",
    }  # fmt: skip
    assert str(lues["3.1/avancement/date_debut"]).startswith("2024-09-02")


def test_another_structure_and_the_years_workbook_take_up_nothing_of_it(suivante):
    assert saisies(suivante / f"{DIJON}-2025-cpam.xlsx").keys() == {"accueil/reponse/structure"}
    assert saisies(suivante / f"{DIJON}-2025.xlsx") == {}


def test_a_value_taken_up_is_an_input_that_shows(suivante):
    page = openpyxl.load_workbook(suivante / f"{DIJON}-2025-apo.xlsx")["FA 3.1"]
    (cellule,) = [c for rang in page.iter_rows() for c in rang if c.value == "Cité éducative" and c.column == 2]
    assert not cellule.protection.locked
    assert page.cell(cellule.row, 12).value == "|Cité éducative|Association|" and page.column_dimensions["L"].hidden
    assert [r for plage in page.conditional_formatting for r in plage.rules if "SEARCH" in r.formula[0] and "$L1" in r.formula[0]]


def test_alone_it_is_no_answer(suivante):
    resultat = consolide(suivante / f"{DIJON}-2025-apo.xlsx")
    assert resultat.recus_et_attendus()[0] == 0 and len(resultat.financements) == 0
    assert [a.code for a in resultat.anomalies if a.fichier] == ["RETOUR_VIDE"]


def test_kept_beside_an_answer_or_changed_it_counts(tmp_path, suivante):
    livre = openpyxl.load_workbook(suivante / f"{DIJON}-2025-apo.xlsx")
    (cellule,) = [c for rang in livre["FA 3.1"].iter_rows() for c in rang if c.value == "Cité éducative" and c.column == 2]
    cellule.value = "Cité éducative de Chenôve"
    livre.save(tmp_path / "apo.xlsx")
    resultat = consolide(tmp_path / "apo.xlsx")
    assert resultat.recus_et_attendus()[0] == 1
    partenaires = resultat.reponses[(resultat.reponses["Bloc"] == "partenaires") & (resultat.reponses["Champ"] == "nom")]["Valeur"]
    assert list(partenaires) == ["Cité éducative de Chenôve", "Ville de Chenôve"]


def consolide(chemin):
    contrat = contract.load(DIJON)
    retours = conductor.lire({chemin.name: chemin}, conductor.Contrats(contrat), processus=1)
    return conductor.consolider(retours, contrat, 2025, jour=date(2026, 2, 1))
