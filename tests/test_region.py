"""A region: forty contracts over five years, some late, some provisional, one of another version, one damaged.

Every total is checked against the arithmetic of ``region_ecrite``, which knows nothing of the program.
"""

import re
import zipfile
from datetime import date
from decimal import Decimal as D

import openpyxl
import pytest
import region_ecrite as ecrite
from region_ecrite import ANNEES, engage, manque, maquette, nom, secouristes, unite, valide
from resultat_ecrit import CONTRAT, resultat
from xlsx_lint import lint

from cls_workbook.cli import main
from cls_workbook.errors import Refus
from cls_workbook.region.classeur import rassembler
from cls_workbook.results import ars_copy, consolidated, donnees
from cls_workbook.xlsx import writer

CONTRATS = range(1, 41)
EN_RETARD = {(7, 2028), (8, 2028), (19, 2026)}  # never sent
AUTRE_VERSION, ABIME = (12, 2025), (13, 2027)
DEUX_FOIS, DEUX_VERITES = (20, 2024), (21, 2024)  # sent twice: an older one; two that disagree
EN_ENTIER = {(1, 2024), (30, 2027)}  # by the whole path, from the frames of a campaign
RETENUES = sorted({(r, a) for r in CONTRATS for a in ANNEES} - EN_RETARD - {AUTRE_VERSION, ABIME, DEUX_VERITES})


def changer(chemin, geste):
    livre = openpyxl.load_workbook(chemin)
    geste(livre)
    livre.save(chemin)


def de_la_version_2(livre):
    feuille = livre["Données contrat"]
    assert feuille["A2"].value == "Format"
    feuille["B2"] = 2


@pytest.fixture(scope="module")
def region(tmp_path_factory):
    """(the folder of the workbooks received, the region's workbook)."""
    recus = tmp_path_factory.mktemp("recus")
    for rang in CONTRATS:
        for annee in ANNEES:
            if (rang, annee) not in EN_RETARD:
                (ecrite.ecrire_en_entier if (rang, annee) in EN_ENTIER else ecrite.ecrire)(recus, rang, annee)
    changer(recus / nom(*AUTRE_VERSION), de_la_version_2)
    abime = recus / nom(*ABIME)
    abime.write_bytes(abime.read_bytes()[:2000])
    ecrite.ecrire(recus, *DEUX_FOIS, jour=date(2025, 2, 1), sous="ancienne.xlsx")
    (recus / "copie.xlsx").write_bytes((recus / nom(*DEUX_FOIS)).read_bytes())
    autre = ecrite.ecrire(recus, *DEUX_VERITES, sous="autre-verite.xlsx")
    changer(autre, lambda livre: livre["Données financement"].__setitem__("F2", 1))
    openpyxl.Workbook().save(recus / "sans-rapport.xlsx")
    sortie = recus / "R.xlsx"
    return recus, sortie, rassembler([recus], sortie)


@pytest.fixture(scope="module")
def livre(region):
    return openpyxl.load_workbook(region[1])


@pytest.fixture(scope="module")
def tables(livre):
    """Sheet → its rows as dictionaries, by its headers."""
    lues = {}
    for feuille in livre.worksheets[1:]:
        entete, *rangees = feuille.iter_rows(values_only=True)
        lues[feuille.title] = [dict(zip(entete, r, strict=True)) for r in rangees if any(v is not None for v in r)]
    return lues


def somme(valeurs):
    connues = [v for v in valeurs if v is not None]
    return sum(connues) if connues else None


def exact(valeur):
    return None if valeur is None else D(repr(valeur)).quantize(D("0.01"))


def ident(rang):
    return f"cls-{rang:02}"


# --- the generator itself ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("rang", "annee"), [(1, 2024), (4, 2027), (40, 2025)])
def test_the_rows_written_for_this_test_are_those_of_a_whole_campaign(rang, annee):
    assert donnees.lignes_par_table(ecrite.campagne(rang, annee)) == ecrite.lignes(rang, annee)


# --- what counts, what does not ---------------------------------------------------------------------------------------


def test_one_copy_counts_for_each_contract_and_year(tables):
    assert [(c["Contrat"], c["Année"]) for c in tables["Contrats"]] == [(ident(r), a) for r, a in RETENUES]


def test_what_is_set_aside_is_listed_with_its_reason_and_the_rest_goes_on(region, tables):
    ecartes = {f["Fichier"]: f for f in tables["Fichiers"] if f["Statut"] != "retenu"}
    assert {n: f["Statut"] for n, f in ecartes.items()} == {
        nom(*AUTRE_VERSION): "autre version", nom(*ABIME): "illisible", "ancienne.xlsx": "doublon", "autre-verite.xlsx": "doublon", nom(*DEUX_VERITES): "doublon",
        "sans-rapport.xlsx": "autre classeur", "copie.xlsx": "copie identique",
    }  # fmt: skip
    assert "format 2, attendu 1" in ecartes[nom(*AUTRE_VERSION)]["Raison"]
    assert (ecartes[nom(*AUTRE_VERSION)]["Contrat"], ecartes[nom(*AUTRE_VERSION)]["Année"]) == ("cls-12", 2025)
    assert "aucune n’est retenue" in ecartes["autre-verite.xlsx"]["Raison"]
    assert "plus récente" in ecartes["ancienne.xlsx"]["Raison"]
    assert len(tables["Fichiers"]) == len(RETENUES) + len(ecartes)
    assert region[2].bilan() == "194 synthèse(s) de 40 contrat(s) retenue(s), 7 fichier(s) écarté(s) (1 autre classeur, 1 autre version, 1 copie identique, 3 doublon, 1 illisible)."


def test_who_is_late_is_named(tables):
    absentes = {(r["Contrat"], r["Année"]): r["Précision"] for r in tables["Retards"] if r["Quoi"] == "synthèse absente"}
    assert set(absentes) == {(ident(r), a) for r, a in EN_RETARD | {AUTRE_VERSION, DEUX_VERITES}} | {(ident(ABIME[0]), ABIME[1])}
    assert absentes["cls-07", 2028] == "aucun fichier reçu"
    assert "autre version" in absentes["cls-12", 2025]
    manquants = {(r["Contrat"], r["Année"], r["Structure"], r["Fiche"]) for r in tables["Retards"] if r["Quoi"] == "retour manquant"}
    assert manquants == {(ident(r), a, f"Ville {r}", "1.2") for r, a in RETENUES if manque(r, a)}


# --- totals against plain arithmetic ----------------------------------------------------------------------------------


def test_the_state_the_returns_and_the_alerts_of_each_contract(tables):
    for ligne, (rang, annee) in zip(tables["Contrats"], RETENUES, strict=True):
        assert ligne["État"] == ("validé" if valide(rang, annee) else "provisoire")
        assert (ligne["Retours reçus"], ligne["Retours attendus"]) == (4 - manque(rang, annee), 4)
        assert (ligne["À confirmer"], ligne["Maquette"]) == (rang % 3, maquette(rang))
        assert exact(ligne["Engagé"]) == engage(rang, annee)


def test_the_money_of_the_region_by_nature_is_independent_arithmetic(tables):
    attendu = {
        "Maquette": somme(engage(r, a) for r, a in RETENUES), "Poste de coordination": D(sum(20_000 + r for r, _ in RETENUES)),
        "ARS hors maquette": D(700 * len(RETENUES)), "Cofinancements": D(sum(300 * r for r, _ in RETENUES)),
    }  # fmt: skip
    trouve = {n: somme(exact(li["Engagé"]) for li in tables["Financement"] if li["Nature"] == n) for n in attendu}
    assert trouve == attendu
    assert {li["Nature"] for li in tables["Financement"]} == set(attendu), "a nature without money has no row"


def test_each_contract_stands_against_its_maquette(tables):
    for ligne in tables["Maquettes"]:
        rang = int(ligne["Contrat"][-2:])
        annees = [a for r, a in RETENUES if r == rang]
        connues = [a for a in annees if engage(rang, a) is not None]
        cumul = somme(engage(rang, a) for a in annees)
        assert exact(ligne["Engagé cumulé"]) == cumul
        assert ligne["Années additionnées"] == ", ".join(map(str, connues))
        entier = connues == list(range(2024, annees[-1] + 1))
        assert exact(ligne["Reste à engager"]) == (maquette(rang) - cumul if entier else None), rang


def test_the_money_of_each_funder_is_independent_arithmetic(tables):
    agence = [li for li in tables["Financeurs"] if li["Financeur"] == "Agence" and li["Niveau"] == "hors_maquette"]
    assert somme(exact(li["Engagé"]) for li in agence) == D(sum(20_700 + r for r, _ in RETENUES))
    (ville,) = [li for li in tables["Financeurs"] if li["Financeur"] == "Ville 9" and li["Année"] == 2026]
    assert (ville["Contrat"], ville["Engagé"], ville["Fichier"]) == ("cls-09", 2700, nom(9, 2026))


def test_posts_come_with_their_rule_and_what_is_to_be_looked_at(tables):
    assert len(tables["Postes de coordination"]) == len(RETENUES)
    for poste in tables["Postes de coordination"]:
        assert (poste["Aide possible"], poste["Aide engagée"]) == (25_000, 20_000 + int(poste["Contrat"][-2:]))
        assert poste["À regarder"] is None


def test_fiches_are_counted_by_theme_and_by_priority(tables):
    def compte(genre, identifiant, annee):
        return sum(t["Fiches"] for t in tables["Thèmes"] if (t["Genre"], t["Identifiant"], t["Année"]) == (genre, identifiant, annee))

    for annee in ANNEES:
        contrats = sum(a == annee for _, a in RETENUES)
        assert compte("thème", "sante-mentale", annee) == compte("thème", "enfance-jeunesse", annee) == compte("priorité", "p1", annee) == contrats
    en_cours = [(r, a) for r, a in RETENUES if a == 2025 and ecrite.ETATS[(r + a) % 4] == "En cours"]
    (ligne,) = [t for t in tables["Thèmes"] if (t["Identifiant"], t["Année"], t["État"]) == ("sante-mentale", 2025, "En cours")]
    assert (ligne["Fiches"], ligne["Contrats"]) == (len(en_cours), len(en_cours))


# --- measures ---------------------------------------------------------------------------------------------------------


def test_measures_stand_side_by_side_only_under_the_same_theme_and_unit(tables):
    mesures = [m for m in tables["Mesures comparées"] if m["Thème"] == "sante-mentale-secouristes"]
    assert {(m["Contrat"], m["Unité"]) for m in mesures} == {(ident(r), unite(r)) for r, _ in RETENUES}
    par_cle = {(m["Contrat"], m["Année"]): m["Valeur"] for m in mesures}
    assert par_cle == {(ident(r), a): secouristes(r, a) for r, a in RETENUES}
    unites = [m["Unité"] for m in mesures]
    assert unites == sorted(unites), "a unit after the other, never mixed"


def test_a_measure_without_theme_is_compared_with_nothing(tables):
    assert not [m for m in tables["Mesures comparées"] if m["Libellé"] == "Secouristes bis"]


def test_masked_counts_stay_masked(tables):
    patients = {m["Contrat"]: m for m in tables["Mesures comparées"] if m["Mesure"] == "1.1-I02" and m["Année"] == 2025}
    assert patients["cls-10"]["Valeur"] is None and "masqué" in patients["cls-10"]["Réserve"]
    assert patients["cls-11"]["Valeur"] == 11


def test_no_measure_is_ever_added_up(livre):
    total = sum(secouristes(r, 2028) for r, a in RETENUES if a == 2028 and unite(r) == "personne")
    assert not any(c.value == total for feuille in livre.worksheets for ligne in feuille.iter_rows() for c in ligne)


# --- traceability -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("feuille", "colonne"), [
    ("Financement par fiche", "Engagé"), ("Financeurs", "Engagé"), ("Mesures comparées", "Valeur"), ("Postes de coordination", "Aide engagée"), ("Fiches", "État"),
])  # fmt: skip
def test_every_figure_leads_to_the_cell_that_holds_it(region, tables, feuille, colonne):
    """Opened with another library, the cell that a row names holds the figure of the row."""
    choisies = [li for li in tables[feuille] if li["Fichier"] == nom(30, 2027)]
    assert choisies
    source = openpyxl.load_workbook(region[0] / nom(30, 2027))
    for ligne in choisies:
        cellules = source[ligne["Feuille"]][ligne["Cellule"]]
        valeurs = [c.value for rangee in (cellules if isinstance(cellules, tuple) else ((cellules,),)) for c in rangee]
        assert ligne[colonne] is None or ligne[colonne] in valeurs, ligne


def test_a_sum_names_the_block_that_it_adds(region, tables):
    (ligne,) = [li for li in tables["Financement"] if (li["Contrat"], li["Année"], li["Nature"]) == ("cls-30", 2027, "Cofinancements")]
    bloc = openpyxl.load_workbook(region[0] / ligne["Fichier"])[ligne["Feuille"]][ligne["Cellule"]]
    assert somme(c.value for rangee in bloc for c in rangee) == ligne["Engagé"] == 9000


# --- the workbook -----------------------------------------------------------------------------------------------------


def test_the_workbook_is_sound_visible_and_printable(region, livre):
    assert lint(region[1]) == []
    assert [f.title for f in livre.worksheets] == [
        "Région", "Contrats", "Maquettes", "Financement", "Financement par fiche", "Financeurs", "Postes de coordination", "Thèmes", "Fiches", "Mesures comparées", "Retards", "Fichiers",
    ]  # fmt: skip
    for feuille in livre.worksheets:
        assert feuille.sheet_state == "visible"
        assert feuille.page_setup.orientation == "landscape" and feuille.page_setup.paperSize == 9 and feuille.sheet_properties.pageSetUpPr.fitToPage
        assert feuille.print_title_rows
    assert len(livre["Région"]._charts) >= 5


def test_the_first_sheet_says_the_same_totals(livre):
    page = livre["Région"]
    textes = {}
    for ligne in page.iter_rows():
        for c in ligne:
            textes.setdefault(c.value, (c.row, c.column))

    def carte(titre):
        ligne, colonne = textes[titre]
        return page.cell(ligne + 1, colonne).value

    assert carte("Contrats") == 40
    assert carte("Synthèses retenues") == len(RETENUES)
    assert carte("Synthèses absentes") == 200 - len(RETENUES)
    assert carte("Maquettes : prévu") == sum(maquette(r) for r in CONTRATS)
    assert exact(carte("Engagé depuis le début")) == somme(engage(r, a) for r, a in RETENUES)
    assert carte("Retours reçus") == sum(4 - manque(r, a) for r, a in RETENUES)


def test_two_runs_write_the_same_bytes_and_the_output_is_not_read_back(region):
    recus, sortie, _ = region
    avant = sortie.read_bytes()
    rassembler([recus], sortie)
    assert sortie.read_bytes() == avant


def test_nothing_of_a_return_is_in_the_workbook(region):
    with zipfile.ZipFile(region[1]) as archive:
        contenu = "".join(archive.read(n).decode("utf-8", "replace") for n in archive.namelist())
    assert "r.xlsx" not in contenu.replace("cls-", "")
    assert not re.search(r"[\w.]+@[\w.]+\.\w+", contenu)


# --- consolidations, refusals, command --------------------------------------------------------------------------------


@pytest.fixture
def definition(tmp_path):
    chemin = tmp_path / "essai.toml"
    chemin.write_text(CONTRAT, encoding="utf-8")
    return chemin


def test_a_consolidation_is_read_too_masked_and_with_its_own_cells(tmp_path, definition):
    writer.write(consolidated.classeur(resultat()), tmp_path / "C.xlsx")
    rassembler([tmp_path / "C.xlsx"], tmp_path / "R.xlsx", [definition])
    livre, source = openpyxl.load_workbook(tmp_path / "R.xlsx"), openpyxl.load_workbook(tmp_path / "C.xlsx")
    entete, *rangees = livre["Financement par fiche"].iter_rows(values_only=True)
    ligne = dict(zip(entete, rangees[0], strict=True))
    assert (ligne["Engagé"], ligne["Fichier"], ligne["Feuille"]) == (3000.5, "C.xlsx", "Financement par fiche")
    assert 3000.5 in [c.value for c in source[ligne["Feuille"]][ligne["Cellule"]][0]]
    entete, *rangees = livre["Fiches"].iter_rows(values_only=True)
    fiche = dict(zip(entete, rangees[0], strict=True))
    assert source[fiche["Feuille"]][fiche["Cellule"]].value == fiche["État"] == "En cours"
    assert fiche["Bloquants"] == 1


def test_a_consolidation_and_the_copy_made_of_it_say_the_same(tmp_path, definition):
    writer.write(consolidated.classeur(resultat()), tmp_path / "C.xlsx")
    ars_copy.copie(tmp_path / "C.xlsx", tmp_path / "S.xlsx", definition)
    region = rassembler([tmp_path], tmp_path / "R.xlsx", [definition])
    assert [(c.fichier, c.genre) for c in region.copies] == [("C.xlsx", "consolidation")]
    assert [(e.fichier, e.statut) for e in region.ecarts] == [("S.xlsx", "copie identique")]


def test_a_consolidation_whose_definition_is_not_at_hand_costs_itself(tmp_path):
    writer.write(consolidated.classeur(resultat()), tmp_path / "C.xlsx")
    ecrite.ecrire(tmp_path, 1, 2024, sous="S.xlsx")
    region = rassembler([tmp_path], tmp_path / "R.xlsx")
    (ecart,) = region.ecarts
    assert (ecart.fichier, ecart.contrat, ecart.annee) == ("C.xlsx", "essai", 2025) and "--contrat" in ecart.raison


def test_the_same_label_under_another_theme_label_is_another_theme(tmp_path):
    for rang in (1, 2):
        chemin = ecrite.ecrire(tmp_path, rang, 2024)
        if rang == 2:
            changer(chemin, lambda livre: livre["Données mesures"].__setitem__("H2", "Un autre libellé"))
    rassembler([tmp_path], tmp_path / "R.xlsx")
    entete, *rangees = openpyxl.load_workbook(tmp_path / "R.xlsx")["Mesures comparées"].iter_rows(values_only=True)
    assert "sante-mentale-secouristes" not in {r[0] for r in rangees}
    assert entete[0] == "Thème"


def test_without_any_copy_nothing_is_written(tmp_path):
    openpyxl.Workbook().save(tmp_path / "vide.xlsx")
    with pytest.raises(Refus, match="Aucune synthèse"):
        rassembler([tmp_path], tmp_path / "R.xlsx")
    with pytest.raises(Refus, match="n’existe pas"):
        rassembler([tmp_path / "absent"], tmp_path / "R.xlsx")
    assert [p.name for p in tmp_path.iterdir()] == ["vide.xlsx"]


def test_the_command_says_what_it_set_aside(tmp_path, capsys):
    ecrite.ecrire(tmp_path, 1, 2024)
    (tmp_path / "abime.xlsx").write_bytes(b"PK")
    assert main(["region", str(tmp_path), "--sortie", str(tmp_path / "R.xlsx")]) == 0
    sortie = capsys.readouterr().out.replace("\u00a0", " ")
    assert "abime.xlsx : illisible." in sortie
    assert "1 synthèse(s) de 1 contrat(s) retenue(s), 1 fichier(s) écarté(s) (1 illisible)." in sortie
    assert str(tmp_path) + "/abime" not in sortie, "named as the coordinator knows it"
