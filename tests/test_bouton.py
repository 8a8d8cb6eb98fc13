"""The button « Consolider », on two doubles of Excel: what it writes is what the command line writes."""

from __future__ import annotations

import datetime as dt
import io
from datetime import date
from functools import cache

import moteur_openpyxl
import openpyxl
import petit_contrat
import pytest
from coordination_for_tests import case
from excels import SurOpenpyxl, contenu, les_deux, message, ouvrir, tout
from test_conductor import deposer

from cls_workbook import conductor, contract, pilotage
from cls_workbook.excel import consolidation, rendu
from cls_workbook.results import consolidated

ANNEE, JOUR, DIJON = 2025, date(2026, 2, 15), "dijon-2024-2028"
FEUILLES = ("Synthèse", "Évolution", *(f for f in consolidated.FEUILLES.values() if f != "Remplacements"), "Lisez-moi")


def en_ligne_de_commande(retours, reference, sortie, annee=ANNEE, **plus) -> openpyxl.Workbook:
    conductor.consolider_fichiers([retours], str(reference), annee, sortie, jour=JOUR, processus=1, **plus)
    return openpyxl.load_workbook(sortie)


def assert_memes_feuilles(livre, attendu):
    for feuille in attendu:
        assert contenu(livre[feuille.title]) == contenu(feuille), feuille.title
        assert {t.name: t.ref for t in livre[feuille.title].tables.values()} == {t.name: t.ref for t in feuille.tables.values()}


def ligne_de(feuille, **cle) -> int:
    """The row of a table whose columns hold these values."""
    rangs = {c.value: c.column for c in feuille[1]}
    return next(li for li in range(2, feuille.max_row + 1) if all(feuille.cell(li, rangs[k]).value == v for k, v in cle.items()))


# --- the same as the command line -------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def campagne(tmp_path_factory):
    """Two returns of a large contract, one with faults and a text that a spreadsheet would run; a file that is no workbook;
    everybody else missing. And what the command line makes of it."""
    dossier, dijon = tmp_path_factory.mktemp("campagne"), contract.load(DIJON)
    (dossier / "retours").mkdir()
    deposer(dossier / "retours", dijon, "apo", {"3.1/financement/01/engage": "env. 12 000", "3.1/avancement/motif": "=HYPERLINK(\"http://x\")", "3.1/financement/01/reference": "0123"})
    deposer(dossier / "retours", dijon, "cpam", {"1.1/mesures/1.1-I02a/valeur": 99})
    (dossier / "retours" / "notes.pdf").write_bytes(b"%PDF-1.7 rien")
    return dossier / "retours", en_ligne_de_commande(dossier / "retours", DIJON, dossier / "consolidation.xlsx")


@pytest.fixture(scope="module")
def cliques(campagne, tmp_path_factory):
    """Double of Excel → (the workbook once clicked, what the click gave): for tests that look at it."""

    @cache
    def clique(moteur):
        excel = ouvrir(moteur, tmp_path_factory.mktemp("clique"), DIJON, ANNEE, campagne[0])
        return excel, excel.cliquer(jour=JOUR)

    return clique


@les_deux
def test_every_sheet_is_that_of_the_command_line_cell_by_cell(moteur, campagne, cliques):
    _, attendu = campagne
    excel, resultat = cliques(moteur)
    assert set(resultat.retours["Statut"]) == {"reçu", "manquant", "rejeté"} and resultat.alertes("bloquant")
    assert_memes_feuilles(excel.livre, attendu)
    assert case(excel.livre, "bilan").value == resultat.bilan()
    assert case(excel.livre, "derniere").value == dt.datetime(2026, 2, 15)
    assert message(excel).startswith("Fait : consolidation du 15/02/2026. 2 retours reçus sur ")
    assert [mode for mode, _ in excel.alertes] == ["info"]


@les_deux
def test_what_a_partner_typed_is_never_a_formula_and_keeps_its_zeros(moteur, cliques):
    excel, _ = cliques(moteur)
    cellules = [c for nom in FEUILLES for c in excel.livre[nom]._cells.values()]
    assert not [c.coordinate for c in cellules if c.data_type == "f"]
    dangereuse = next(c for c in excel.livre["Réponses"]._cells.values() if c.value == '=HYPERLINK("http://x")')
    assert (dangereuse.data_type, dangereuse.number_format) == ("s", "@")
    assert "0123" in [c.value for c in excel.livre["Lignes de financement"]._cells.values()]


@les_deux
def test_the_charts_are_drawn_once_however_often_one_clicks(moteur, campagne, cliques):
    _, attendu = campagne
    excel, _ = cliques(moteur)
    excel.cliquer(jour=JOUR)
    for dessinee in ("Synthèse", "Évolution"):
        assert len(excel.livre[dessinee]._charts) == len(attendu[dessinee]._charts) > 0
        assert excel.livre[f"Graphiques · {dessinee}"].sheet_state == "hidden"
    donnees = excel.livre["Graphiques · Synthèse"]
    # the first chart: « Fiches par état », one series an état; the sum of all is the number of fiches and actions to come
    dijon = contract.load(DIJON)
    vides = next(li for li in range(2, donnees.max_row + 2) if donnees.cell(li, 1).value is None)
    total = sum(c.value for rangee in donnees.iter_rows(2, vides - 1, 2) for c in rangee if c.value is not None)
    assert total == len(dijon.fiches) + len(dijon.a_programmer)


def test_an_anomaly_links_to_the_file_the_sheet_and_the_cell(campagne, cliques):
    retours, attendu = campagne
    excel, _ = cliques(SurOpenpyxl)
    feuille = excel.livre["Anomalies"]
    lien = feuille.cell(ligne_de(feuille, Code="MONTANT_ILLISIBLE"), 5)
    fichier, _, lieu = lien.hyperlink.target.partition("#")
    assert (excel.chemin.parent / fichier).resolve() == (retours / "apo.xlsx").resolve()
    assert lieu == f"'FA 3.1'!{lien.value}"
    de_la_commande = attendu["Anomalies"].cell(lien.row, 5).hyperlink
    assert (de_la_commande.target.replace("\\", "/"), de_la_commande.location) == ("retours/apo.xlsx", lieu)


# --- clicking again, and what was typed --------------------------------------------------------------------------------


@pytest.fixture
def petite(tmp_path):
    """A campaign of four answers, half of them there."""
    reference = petit_contrat.definition(tmp_path)
    petit_contrat.retour(tmp_path / "retours", reference, "asso", {"1.1/mesures/1.1-I01/valeur": "une centaine"})
    return reference, tmp_path / "retours"


@les_deux
def test_a_second_click_replaces_the_first(moteur, petite, tmp_path):
    reference, retours = petite
    excel = ouvrir(moteur, tmp_path, reference, ANNEE, retours)
    excel.cliquer(jour=JOUR)
    noms = excel.livre.sheetnames
    petit_contrat.retour(retours, reference, "ville")
    excel.cliquer(jour=JOUR)
    assert_memes_feuilles(excel.livre, en_ligne_de_commande(retours, reference, tmp_path / "deux.xlsx"))
    (retours / "asso.xlsx").unlink()  # fewer rows than before: none is left over
    excel.cliquer(jour=JOUR)
    assert_memes_feuilles(excel.livre, en_ligne_de_commande(retours, reference, tmp_path / "un.xlsx"))
    assert excel.livre.sheetnames == noms


@les_deux
def test_what_is_typed_in_the_open_workbook_counts_and_stays_without_being_saved(moteur, petite, tmp_path):
    reference, retours = petite
    excel = ouvrir(moteur, tmp_path, reference, ANNEE, retours, pilotage.Pilotage(programme={("1.1", ""): 5000}))
    case(excel.livre, "etat").value = "validé en COPIL"
    feuille = excel.livre["Accueil"]
    feuille.cell(case(excel.livre, "etat").row + 1, 3).value = dt.datetime(2026, 3, 12)
    excel.livre.create_sheet("Mes calculs")["B2"] = "=1+1"
    avant = tout(excel.livre)
    resultat = excel.cliquer(jour=JOUR)
    assert resultat.etat == "Validé en COPIL le 12/03/2026"
    assert resultat.par_fiche.set_index("Fiche").loc["1.1", "Programmé"] == 5000
    apres = tout(excel.livre)
    ecrites = {case(excel.livre, nom).coordinate for nom in ("derniere", "bilan", "message")}
    for nom in set(avant) - set(FEUILLES):
        assert {c: v for c, v in apres[nom].items() if nom != "Accueil" or c not in ecrites} == {
            c: v for c, v in avant[nom].items() if nom != "Accueil" or c not in ecrites
        }, nom
    assert apres["Mes calculs"] == {"B2": ("=1+1", "f")}


@les_deux
def test_what_is_typed_beside_a_row_follows_it(moteur, petite, tmp_path):
    reference, retours = petite
    excel = ouvrir(moteur, tmp_path, reference, ANNEE, retours)
    excel.cliquer(jour=JOUR)
    feuille = excel.livre["Anomalies"]
    feuille["L1"], feuille["N1"] = "Qui s’en charge", "Vu le"
    feuille.cell(ligne_de(feuille, Code="NOMBRE_ILLISIBLE"), 12, "à rappeler")
    feuille.cell(ligne_de(feuille, Code="NOMBRE_ILLISIBLE"), 14, dt.datetime(2026, 2, 1))
    # two faults come first by their file, sheet or cell: the row goes down
    petit_contrat.retour(retours, reference, "ville", {"1.1/mesures/1.1-I01/valeur": "beaucoup", "1.1/mesures/1.1-I04/valeur": "peu"}, nom="aaa.xlsx")
    excel.cliquer(jour=JOUR)
    rangee = ligne_de(feuille, Code="NOMBRE_ILLISIBLE", Fichier="asso.xlsx")
    assert rangee > 2
    assert {c.coordinate: c.value for c in feuille["L"] if c.value} == {"L1": "Qui s’en charge", f"L{rangee}": "à rappeler"}
    assert {c.coordinate: c.value for c in feuille["N"] if c.value} == {"N1": "Vu le", f"N{rangee}": dt.datetime(2026, 2, 1)}


@les_deux
def test_a_note_whose_row_is_gone_is_kept(moteur, petite, tmp_path):
    reference, retours = petite
    excel = ouvrir(moteur, tmp_path, reference, ANNEE, retours)
    excel.cliquer(jour=JOUR)
    feuille = excel.livre["Anomalies"]
    feuille["L1"] = "Suivi"
    feuille.cell(ligne_de(feuille, Code="NOMBRE_ILLISIBLE"), 12, "=relancée")
    feuille.cell(ligne_de(feuille, Code="NOMBRE_ILLISIBLE"), 12).data_type = "s"
    petit_contrat.retour(retours, reference, "asso")  # corrected
    excel.cliquer(jour=JOUR)
    assert "NOMBRE_ILLISIBLE" not in [c.value for c in feuille["B"]]
    assert [c.value for c in feuille["L"] if c.value] == ["Suivi"]
    entetes, note = excel.livre["Notes conservées"].iter_rows(values_only=True)
    assert entetes == ("Feuille", "Ligne", "Colonne", "Note", "Conservée le")
    assert (note[0], note[2:]) == ("Anomalies", ("Suivi", "=relancée", "15/02/2026")) and "asso.xlsx" in note[1]
    assert excel.livre["Notes conservées"]["D2"].data_type == "s"
    assert "1 note dont la ligne a disparu" in message(excel)


@les_deux
def test_what_stands_below_a_table_is_pushed_not_covered(moteur, petite, tmp_path):
    reference, retours = petite
    excel = ouvrir(moteur, tmp_path, reference, ANNEE, retours)
    excel.cliquer(jour=JOUR)
    feuille = excel.livre["Mesures"]
    fin = feuille.max_row
    feuille.cell(fin + 2, 1, "Relu par la coordination")
    petit_contrat.retour(retours, reference, "ville")
    excel.cliquer(jour=JOUR)
    attendu = en_ligne_de_commande(retours, reference, tmp_path / "c.xlsx")["Mesures"].max_row
    assert attendu > fin + 2
    assert feuille.cell(attendu + 2, 1).value == "Relu par la coordination"


def test_formulas_beside_a_table_stay_in_place_and_a_totals_row_stays_last(petite, tmp_path):
    reference, retours = petite
    excel = ouvrir(SurOpenpyxl, tmp_path, reference, ANNEE, retours)
    excel.cliquer(jour=JOUR)
    feuille = excel.livre["Financement par fiche"]
    feuille["N1"], feuille["N2"] = "Écart", "=E2-F2"
    table = feuille.tables["Financement_fiches"]
    table.gardes = ["Total", *[None] * 12]
    excel.book.sheets["Financement par fiche"].tables["Financement_fiches"].show_totals = True
    assert feuille["A6"].value == "Total"  # three fiches and an action to come
    petit_contrat.retour(retours, reference, "ville")
    excel.cliquer(jour=JOUR)
    assert (feuille["N2"].value, feuille["A6"].value, table.ref, table.totalsRowCount) == ("=E2-F2", "Total", "A1:M6", 1)


@les_deux
def test_a_table_is_found_again_when_its_sheet_was_renamed_and_rows_put_above(moteur, petite, tmp_path):
    reference, retours = petite
    excel = ouvrir(moteur, tmp_path, reference, ANNEE, retours)
    excel.cliquer(jour=JOUR)
    feuille = excel.livre["Retours"]
    feuille.title = "Qui a répondu"
    table = feuille.tables["Retours"]
    feuille.move_range(f"A1:J{feuille.max_row}", rows=2)
    table.ref = f"A3:J{feuille.max_row}"
    feuille["A1"] = "Pour le COPIL"
    petit_contrat.retour(retours, reference, "ville")
    excel.cliquer(jour=JOUR)
    attendu = list(en_ligne_de_commande(retours, reference, tmp_path / "c.xlsx")["Retours"].iter_rows(values_only=True))
    assert list(feuille.iter_rows(min_row=3, values_only=True)) == attendu
    assert feuille["A1"].value == "Pour le COPIL" and "Retours" not in excel.livre.sheetnames


def test_once_saved_the_filled_workbook_still_has_its_macros_and_serves_as_pilotage(petite, tmp_path):
    import zipfile

    reference, retours = petite
    excel = ouvrir(SurOpenpyxl, tmp_path, reference, ANNEE, retours, pilotage.Pilotage(programme={("1.1", ""): 5000}))
    avant = zipfile.ZipFile(excel.chemin).read("xl/vbaProject.bin")
    excel.cliquer(jour=JOUR)
    rempli = tmp_path / "rempli.xlsm"
    excel.livre.save(rempli)
    parties = zipfile.ZipFile(rempli)
    assert parties.read("xl/vbaProject.bin") == avant
    assert any("customUI" in nom for nom in parties.namelist())
    assert pilotage.lire(rempli, contract.load(reference), ANNEE).programme == {("1.1", ""): 5000}


@les_deux
def test_replacements_come_and_go_with_what_the_pilotage_says(moteur, petite, tmp_path):
    reference, retours = petite
    petit_contrat.retour(retours, reference, "asso", nom="corrige.xlsx")
    excel = ouvrir(moteur, tmp_path, reference, ANNEE, retours, pilotage.Pilotage(remplacements=(pilotage.Remplacement("asso.xlsx", "corrige.xlsx"),)))
    excel.cliquer(jour=JOUR)
    assert excel.livre["Remplacements"].tables["Remplacements"].ref != "A1:I2"
    assert "NOMBRE_ILLISIBLE" not in [c.value for c in excel.livre["Anomalies"]["B"]]
    for nom in ("asso.xlsx", "corrige.xlsx"):
        (retours / nom).unlink()
    petit_contrat.retour(retours, reference, "asso", nom="corrige.xlsx")
    excel.cliquer(jour=JOUR)
    assert all(c.value is None for rangee in excel.livre["Remplacements"].iter_rows(2) for c in rangee)


# --- what cannot be done -----------------------------------------------------------------------------------------------


def refuse(excel, avant) -> str:
    """The sentence of a refused click, once it is sure that nothing but the message has changed."""
    apres = tout(excel.livre)
    place = case(excel.livre, "message").coordinate
    for nom in apres:
        assert {c: v for c, v in apres[nom].items() if (nom, c) != ("Accueil", place)} == {
            c: v for c, v in avant[nom].items() if (nom, c) != ("Accueil", place)
        }
    assert list(apres) == list(avant)
    mode, alerte = excel.alertes[-1]
    assert mode == "critical" and message(excel).casefold() == f"Non fait : {alerte}".replace("\u00a0", " ").casefold()
    return message(excel)


@les_deux
@pytest.mark.parametrize("cas", ["absent", "fichier", "vide", "illisible"])
def test_a_folder_that_cannot_be_used_leaves_the_sheets_as_they_were(moteur, cas, petite, tmp_path, monkeypatch):
    reference, retours = petite
    excel = ouvrir(moteur, tmp_path, reference, ANNEE, retours)
    excel.cliquer(jour=JOUR)
    dossier = {"absent": tmp_path / "nulle part", "fichier": reference, "vide": tmp_path / "rien", "illisible": retours}[cas]
    (tmp_path / "rien").mkdir()
    if cas == "illisible":
        monkeypatch.setattr("os.listdir", lambda _: (_ for _ in ()).throw(PermissionError(13, "Permission denied")))
    case(excel.livre, "dossier").value = str(dossier)
    avant = tout(excel.livre)
    assert excel.cliquer(jour=JOUR) is None
    phrase = refuse(excel, avant)
    remede = {"absent": "n’existe pas. Créez-le", "fichier": "est un fichier. Indiquez le dossier", "vide": "Déposez-y les retours", "illisible": "ne peut pas être lu (Permission denied). Vérifiez vos droits"}
    assert remede[cas] in phrase
    assert cas == "vide" or case(excel.livre, "dossier").coordinate in phrase


@les_deux
def test_a_workbook_of_another_year_is_refused(moteur, petite, tmp_path):
    reference, retours = petite
    excel = ouvrir(moteur, tmp_path, reference, ANNEE, retours)
    case(excel.livre, "annee").value = 2026
    avant = tout(excel.livre)
    assert excel.cliquer(jour=JOUR) is None
    assert "dit l’année 2026, mais ses feuilles sont celles de 2025" in refuse(excel, avant)


@les_deux
@pytest.mark.parametrize(("nom", "valeur", "attendu"), [
    ("annee", 2031, "ne couvre pas l’année 2031"),
    ("annee", "l’an dernier", "n’est pas une année"),
    ("contrat", "cls-inconnu", "Le contrat « cls-inconnu » est introuvable"),
    ("contrat", DIJON, "celle du contrat « dijon-2024-2028 », le classeur est celui de « essai »"),
    ("precedent", "/nulle/part.xlsx", "est introuvable. Indiquez la consolidation de l’an dernier"),
    ("etat", "on verra", "à corriger"),
])  # fmt: skip
def test_what_accueil_says_wrong_is_named(moteur, nom, valeur, attendu, petite, tmp_path):
    reference, retours = petite
    excel = ouvrir(moteur, tmp_path, reference, ANNEE, retours)
    if nom == "contrat" and valeur == "cls-inconnu":
        attendu = "cls-inconnu"
    case(excel.livre, nom).value = valeur
    avant = tout(excel.livre)
    assert excel.cliquer(jour=JOUR) is None
    assert attendu in refuse(excel, avant)


@les_deux
def test_a_workbook_that_is_no_coordinator_s_is_left_alone(moteur, tmp_path):
    livre = openpyxl.Workbook()
    livre.active["A1"] = "mes courses"
    excel = moteur(livre, tmp_path / "courses.xlsx")
    assert excel.cliquer(jour=JOUR) is None
    assert tout(livre) == {"Sheet": {"A1": ("mes courses", "s")}}
    assert "n’est pas celui de la coordination" in excel.alertes[-1][1].replace("\u00a0", " ")


@les_deux
def test_a_sheet_of_the_coordinator_s_own_that_bears_our_name_is_not_written_over(moteur, petite, tmp_path):
    reference, retours = petite
    excel = ouvrir(moteur, tmp_path, reference, ANNEE, retours)
    del excel.livre["Normalisations"]
    excel.livre.create_sheet("Normalisations")["A1"] = "mes notes"
    avant = tout(excel.livre)
    assert excel.cliquer(jour=JOUR) is None
    assert "La feuille « Normalisations » n’est pas celle de la consolidation" in refuse(excel, avant)


@les_deux
def test_a_failure_that_nobody_foresaw_ends_with_words_too(moteur, petite, tmp_path, monkeypatch):
    reference, retours = petite
    excel = ouvrir(moteur, tmp_path, reference, ANNEE, retours)
    monkeypatch.setattr(conductor, "consolider_dossier", lambda *_, **__: 1 / 0)
    avant = tout(excel.livre)
    assert excel.cliquer(jour=JOUR) is None
    assert "erreur inattendue" in refuse(excel, avant)


def test_excel_that_stops_half_way_leaves_the_file_as_it_was(petite, tmp_path, monkeypatch):
    reference, retours = petite
    excel = ouvrir(SurOpenpyxl, tmp_path, reference, ANNEE, retours)
    excel.livre.create_sheet("Mes calculs")["B2"] = "à garder"
    avant = tout(excel.livre)
    ecrire = rendu._Page.ecrire

    def en_panne(page):
        if page.page.name == "Indicateurs":
            raise RuntimeError("Excel ne répond plus")
        ecrire(page)

    monkeypatch.setattr(rendu._Page, "ecrire", en_panne)
    assert excel.cliquer(jour=JOUR) is None
    assert tout(excel.livre)["Retours"] != avant["Retours"]
    assert tout(openpyxl.load_workbook(io.BytesIO(excel.livre.sur_le_disque))) == avant
    assert "Excel ne répond plus" in message(excel) and "sans l’enregistrer" in message(excel)


def test_a_workbook_that_cannot_be_saved_is_not_written_in(petite, tmp_path, monkeypatch):
    reference, retours = petite
    excel = ouvrir(SurOpenpyxl, tmp_path, reference, ANNEE, retours)
    monkeypatch.setattr(moteur_openpyxl.Book, "save", lambda *_: 1 / 0)
    avant = tout(excel.livre)
    assert excel.cliquer(jour=JOUR) is None
    assert "ne peut pas être enregistré" in refuse(excel, avant)


# --- « Contrôler » -------------------------------------------------------------------------------------------------------


@les_deux
def test_controler_writes_the_anomalies_only(moteur, petite, tmp_path):
    reference, retours = petite
    excel = ouvrir(moteur, tmp_path, reference, ANNEE, retours)
    avant = tout(excel.livre)
    excel.cliquer(consolidation.controler, jour=JOUR)
    apres = tout(excel.livre)
    attendu = en_ligne_de_commande(retours, reference, tmp_path / "c.xlsx")
    assert apres["Anomalies"] == contenu(attendu["Anomalies"])
    assert {nom for nom in apres if apres[nom] != avant[nom]} == {"Anomalies", "Accueil"}
    assert message(excel).startswith("Fait : contrôle du 15/02/2026.")
