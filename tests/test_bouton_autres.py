"""The other buttons: the agency's copy, the reminders, the installation; and the names that the macros call."""

from __future__ import annotations

import inspect
from datetime import date
from pathlib import Path

import petit_contrat
import pytest
import xlwings
from coordination_for_tests import case
from excels import Distant, SurOpenpyxl, a_distance, contenu, les_deux, message, ouvrir, tout

import cls_workbook
from cls_workbook import conductor, contract, pilotage, version
from cls_workbook.excel import bouton, relances, synthese, verification
from cls_workbook.relances import dossier
from cls_workbook.results import ars_copy

ANNEE, JOUR = 2025, date(2026, 2, 15)


@pytest.fixture
def petite(tmp_path):
    reference = petit_contrat.definition(tmp_path)
    petit_contrat.retour(tmp_path / "retours", reference, "asso", {"1.1/mesures/1.1-I01/valeur": "une centaine"})
    return reference, tmp_path / "retours"


# --- « Synthèse ARS » ----------------------------------------------------------------------------------------------------


def test_the_agency_s_copy_has_the_bytes_of_the_command_line(petite, tmp_path):
    reference, retours = petite
    excel = ouvrir(SurOpenpyxl, tmp_path, reference, ANNEE, retours)
    excel.cliquer(jour=JOUR)
    sortie = excel.cliquer(synthese.ecrire_la_copie)
    assert sortie == tmp_path / "synthese-ars-2025.xlsx"
    conductor.consolider_fichiers([retours], str(reference), ANNEE, tmp_path / "c.xlsx", jour=JOUR)
    ars_copy.copie(tmp_path / "c.xlsx", tmp_path / "s.xlsx", contrat=reference)
    assert sortie.read_bytes() == (tmp_path / "s.xlsx").read_bytes()
    assert "« synthese-ars-2025.xlsx » est à côté de ce classeur" in message(excel) and "Provisoire" in message(excel)


@a_distance
def test_the_agency_s_copy_waits_for_a_consolidation_and_for_a_place(petite, tmp_path):
    reference, retours = petite
    excel = ouvrir(SurOpenpyxl, tmp_path, reference, ANNEE, retours)
    assert excel.cliquer(synthese.ecrire_la_copie) is None
    assert "n’a pas encore été consolidé" in message(excel)
    sans_lieu = Distant(excel.livre, excel.chemin)
    assert sans_lieu.cliquer(synthese.ecrire_la_copie) is None
    assert "n’a pas d’emplacement connu" in message(sans_lieu)
    assert not list(tmp_path.glob("synthese*"))


# --- « Relances » --------------------------------------------------------------------------------------------------------


def test_reminders_are_those_of_the_command_line_and_the_sheet_lists_them(petite, tmp_path):
    reference, retours = petite
    excel = ouvrir(SurOpenpyxl, tmp_path, reference, ANNEE, retours, pilotage.Pilotage(limite=date(2026, 1, 31)))
    excel.cliquer(relances.relancer, jour=JOUR)
    en_ligne = conductor.relancer_fichiers([str(retours)], str(reference), ANNEE, tmp_path / "ligne", jour=JOUR, pilotage=str(tmp_path / "pilotage.xlsx"))
    faits, voulus = ({p.name: p.read_bytes() for p in d.iterdir()} for d in (tmp_path / "relances", tmp_path / "ligne"))
    assert faits == voulus and sorted(faits) == ["relance-ville.eml", "relances-2025.xlsx"]
    assert len(en_ligne.fichiers) == 2
    entetes, ville = excel.livre["Relances"].iter_rows(max_row=2, values_only=True)
    assert entetes == dossier.COLONNES
    assert (ville[0], ville[1], ville[6], ville[9]) == ("Ville", "1.1, 2.1", 15, "relance-ville.eml")  # 31/01 → 15/02
    assert "1 brouillon de message" in message(excel)


def test_once_all_have_answered_the_old_drafts_go_and_the_sheet_is_empty(petite, tmp_path):
    reference, retours = petite
    excel = ouvrir(SurOpenpyxl, tmp_path, reference, ANNEE, retours)
    excel.cliquer(relances.relancer, jour=JOUR)
    (tmp_path / "relances" / "relance-a-moi.eml").write_bytes(b"Subject: le mien\r\n\r\n")
    petit_contrat.retour(retours, reference, "ville")
    excel.cliquer(relances.relancer, jour=JOUR)
    assert sorted(p.name for p in (tmp_path / "relances").iterdir()) == ["relance-a-moi.eml", "relances-2025.xlsx"]
    assert [c.value for c in excel.livre["Relances"]["A"] if c.value] == ["Structure"]
    assert "personne n’est à relancer" in message(excel)


def test_before_any_return_everybody_is_expected(petite, tmp_path):
    reference, _ = petite
    (tmp_path / "vide").mkdir()
    excel = ouvrir(SurOpenpyxl, tmp_path, reference, ANNEE, tmp_path / "vide")
    faites = excel.cliquer(relances.relancer, jour=JOUR)
    assert [r.repondant.id for r in faites.retards] == ["asso", "ville"]


# --- « Vérifier l’installation » -----------------------------------------------------------------------------------------


@les_deux
def test_verifying_changes_the_message_only_and_says_each_finding(moteur, petite, tmp_path):
    reference, retours = petite
    excel = ouvrir(moteur, tmp_path, reference, ANNEE, retours)
    avant = tout(excel.livre)
    constats = excel.cliquer(verification.verifier)
    apres = tout(excel.livre)
    place = case(excel.livre, "message").coordinate
    assert {(f, c) for f in apres for c in apres[f] if apres[f].get(c) != avant[f].get(c)} == {("Accueil", place)}
    objets = {c.objet: c.etat for c in constats}
    assert objets["Python"] == objets["Macros"] == objets["Version des macros"] == objets["Dossier des retours"] == "bon"
    assert (objets["Emplacement du classeur"] == "à corriger") is (moteur is Distant)  # the remote engine knows no path
    assert all(str(c) in excel.alertes[-1][1] for c in constats)


def test_a_workbook_of_older_macros_and_a_lost_folder_are_found_together(petite, tmp_path):
    reference, _ = petite
    excel = ouvrir(SurOpenpyxl, tmp_path, reference, ANNEE, tmp_path / "perdu")
    case(excel.livre, "version").value = f"cls-workbook {version.PAQUET} · macros 0 · xlwings {version.XLWINGS}"
    fautes = {c.objet: c for c in excel.cliquer(verification.verifier) if c.etat == "à corriger"}
    assert set(fautes) == {"Version des macros", "Dossier des retours"}
    assert "coordonner" in fautes["Version des macros"].remede
    assert excel.alertes[-1][0] == "critical" and message(excel).startswith("Non fait : 2 points à corriger.")


def test_verifying_works_where_nothing_else_does(tmp_path):
    import openpyxl

    excel = SurOpenpyxl(openpyxl.Workbook(), tmp_path / "autre.xlsx")
    assert [c.objet for c in excel.cliquer(verification.verifier) if c.etat == "à corriger"] == ["Dossier des retours"]
    assert contenu(excel.livre.active) == {}


# --- the doors ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("nom", ["consolider", "controler", "synthese_ars", "relances", "verifier"])
def test_a_macro_s_call_finds_its_door_and_the_workbook_that_called(nom, petite, tmp_path, monkeypatch):
    reference, retours = petite
    excel = ouvrir(SurOpenpyxl, tmp_path, reference, ANNEE, retours)
    monkeypatch.setattr(xlwings.Book, "_mock_caller", excel.book, raising=False)
    (parametre,) = inspect.signature(getattr(bouton, nom)).parameters.values()
    assert parametre.default is None
    exec(f"import cls_workbook.excel.bouton as b; b.{nom}()")  # what VBA sends
    assert excel.alertes and not message(excel).startswith("Déposez")
    assert "erreur inattendue" not in message(excel)


def test_importing_the_package_imports_nothing_else():
    import subprocess
    import sys

    code = "import sys, cls_workbook; print([m for m in ('xlwings', 'pandas', 'openpyxl', 'cls_workbook.conductor') if m in sys.modules])"
    racine = Path(cls_workbook.__file__).parents[1]
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=racine, check=True).stdout.strip() == "[]"
    assert cls_workbook.consolider.__module__ == "cls_workbook.excel.consolidation"
    with pytest.raises(AttributeError):
        cls_workbook.inconnu  # noqa: B018
    assert contract.load  # the package's own rooms stay where they are
