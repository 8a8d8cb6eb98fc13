"""What ties a fiche to others: the plans it takes part in, its priority, its partners; and a porteur still to name."""

from __future__ import annotations

import re
from datetime import date

import openpyxl
import pytest

from cls_workbook import forms
from cls_workbook.cli.commands import main
from cls_workbook.definition import parse
from cls_workbook.definition.authoring.authoring_workbook import workbook
from cls_workbook.definition.importing.definition_import import importer
from cls_workbook.definition.toml_writer import write
from cls_workbook.domain.announced.linked_plans import counted_as, usual_plans
from cls_workbook.domain.verification.whole_contract import verifier
from cls_workbook.forms import examples
from cls_workbook.office.relances.late_returns import delays
from cls_workbook.pilotage import Pilotage
from cls_workbook.pipeline import way_back
from cls_workbook.reports.exports.actions_table import actions
from cls_workbook.reports.region import region_workbook
from cls_workbook.workbook import writer
from tests.support.authoring_typist import ROOM
from tests.support.lived_campagnes import definition, live, written
from tests.support.other_definitions import BARONNIES, PTSM, plain, text
from tests.support.sheet_rows import table

FICHE_1 = 'suivi d’élus autour du CLS"\naxe = "1"\nporteurs = ["cls"]'
LINKED = (
    'suivi d’élus autour du CLS"\naxe = "1"\nplans = ["PTSM", "Contrat de ville de Nyons 2024-2030", "Charte de parc"]'
    '\nniveau_priorite = "haute"\npartenaires = "CPTS, CPAM, centres sociaux"'
)
FICHE_4 = 'pour le grand public"\naxe = "2"\n'


def changed() -> str:
    """Baronnies: nobody carries fiche 1 yet, which is linked to three plans; fiche 4 is linked to the PTSM too."""
    texte = text(BARONNIES)
    assert FICHE_1 in texte and FICHE_4 in texte
    return texte.replace(FICHE_1, LINKED).replace(
        FICHE_4, FICHE_4 + 'plans = ["Projet Territorial de Santé mentale"]\n'
    )


@pytest.fixture(scope="module")
def contrat():
    return parse(changed(), "essai")


@pytest.fixture(scope="module")
def lived(tmp_path_factory):
    folder = tmp_path_factory.mktemp("links")
    answers = {"ccbdp": {"4/avancement/etat": "Réalisé", "4/avancement/realisation": "Totale"}}
    return live(folder, definition(folder, changed()), 2025, answers)


@pytest.mark.parametrize(
    ("link", "counted"),
    [
        ("PTSM", "PTSM"),
        ("Projet territorial de santé mentale des Deux-Sèvres", "PTSM"),
        ("contrat de ville", "Contrat de ville"),
        ("Contrats de ville 2024-2030", "Contrat de ville"),
        ("CTG de la CCBDP", "CTG"),
        ("PRS 2023-2028", "PRS"),
        ("PRSE 4", "PRSE"),
        ("PATRIMOINE", "PATRIMOINE"),
        ("Charte de parc", "Charte de parc"),
    ],
)
def test_a_link_counts_with_the_plan_whose_name_it_begins_with(link, counted):
    assert counted_as(link).libelle == counted


def test_no_usual_plan_is_taken_for_another():
    assert [counted_as(plan).libelle for plan in usual_plans()] == list(usual_plans())


def test_links_and_priority_come_back_from_the_authoring_workbook(contrat, tmp_path):
    writer.write(workbook(contrat, ROOM), tmp_path / "d.xlsx")
    described = importer(tmp_path / "d.xlsx").contrat.par_fiche["1"]
    assert described.plans == ("PTSM", "Contrat de ville de Nyons 2024-2030", "Charte de parc")
    assert (described.niveau_priorite, described.porteurs) == ("haute", ())
    assert parse(write(contrat), "essai").par_fiche["1"] == contrat.par_fiche["1"]


def sheet_texts(contrat, sheet: str) -> list[str]:
    plan = forms.plan(contrat, 2025)
    (page,) = [s for s in plan.workbook.worksheets if s.nom == sheet]
    return [plain(c.valeur) for c in page.cells if isinstance(c.valeur, str)]


def after(texts: list[str], label: str) -> str:
    return texts[texts.index(label) + 1]


def test_the_partners_sheet_shows_them_where_it_is_filled_in(contrat):
    said = sheet_texts(contrat, "FA 1")
    assert after(said, "Plans liés") == "PTSM, Contrat de ville de Nyons 2024-2030, Charte de parc"
    assert after(said, "Niveau de priorité") == "haute"
    assert after(said, "Porteurs attendus") == "à désigner"
    # just above the table in which partners are typed
    cited = said.index("Partenaires cités")
    assert said[cited + 1] == "CPTS, CPAM, centres sociaux" and "Partenaires mobilisés (facultatif)" in said[:cited]
    assert "Type" in said[cited:]
    assert "Plans liés" not in sheet_texts(contrat, "FA 28")


def test_partners_are_shown_as_a_reminder_where_the_contract_does_not_ask_for_them():
    without = changed().replace("[contrat]\n", '[contrat]\nnon_demandes = ["partenaires"]\n', 1)
    said = sheet_texts(parse(without, "essai"), "FA 1")
    assert after(said, "Partenaires cités") == "CPTS, CPAM, centres sociaux"
    assert said.index("Partenaires cités") > said.index("Ce que dit le contrat")


def test_the_synthese_says_the_links_and_asks_to_name_the_porteur(lived):
    said = written(lived.synthese, "Synthèse")
    links = "Plans liés : PTSM ; Contrat de ville de Nyons 2024-2030 ; Charte de parc — Niveau de priorité : haute"
    assert links in said and "1 · porteur à désigner" in said
    assert "Le porteur est à désigner : aucun retour n’est attendu." in said
    assert any(t.endswith("Fiche 1 : désigner le porteur.") for t in said), said
    assert not [t for t in said if "Préciser" in t and "porteur" in t]


def test_nobody_is_expected_nor_reminded_for_a_fiche_without_porteur(lived):
    (fiche,) = [r for r in actions(lived.result) if r["Fiche"] == "1"]
    assert (fiche["Porteurs"], fiche["Partenaires"]) == (None, "CPTS, CPAM, centres sociaux")
    assert (plain(fiche["Plans liés"]), fiche["Niveau de priorité"]) == (
        "PTSM ; Contrat de ville de Nyons 2024-2030 ; Charte de parc",
        "haute",
    )
    assert "1" not in set(lived.result.tables.retours["Fiche"])
    reminded = {f for late in delays(lived.result, Pilotage(), lived.result.day) for f, *_ in late.a_remplir}
    assert reminded == {"4", "16", "28"}
    assert "1" not in {a.fiche for a in lived.result.anomalies}


def test_a_year_in_which_no_porteur_is_known_is_generated(tmp_path, capsys):
    alone = re.sub(r"porteurs = \[[^]]*\]", "porteurs = []", changed())
    path = definition(tmp_path, alone)
    assert main(["generer", "--contrat", path, "--annee", "2025", "--par-structure", "--sortie", str(tmp_path)]) == 0
    assert [p.name for p in tmp_path.glob("*.xlsx")] == ["baronnies-2025-2030-2025.xlsx"]


def test_the_check_of_a_definition_says_it_kindly(contrat):
    (said,) = [f for f in verifier(contrat) if f.location == "contrat.fiches[1] (1).porteurs"]
    assert said.gravite == "à confirmer"
    assert plain(said.message + " " + said.remedy) == (
        "le porteur est à désigner : d’ici là, aucun retour n’est attendu et personne n’est relancé. "
        "Nommez-le dès qu’il est connu ; l’année peut commencer sans lui."
    )


def test_somebody_who_answers_all_the_same_is_told_that_nobody_is_expected(contrat, tmp_path):
    plan = forms.plan(contrat, 2025)
    typed = {"accueil/reponse/structure": "CCBDP", "1/avancement/etat": "Réalisé", "1/avancement/realisation": "Totale"}
    examples.fill_cell(plan, typed)
    (tmp_path / "retours").mkdir()
    writer.write(plan.workbook, tmp_path / "retours" / "r.xlsx")
    path = definition(tmp_path, changed())
    result = way_back.consolidate_files([tmp_path / "retours"], path, 2025, tmp_path / "c.xlsx", day=date(2026, 3, 1))
    (told,) = [a for a in result.anomalies if a.code == "STRUCTURE_INATTENDUE"]
    assert (told.fiche, plain(told.expected)) == ("1", "personne : le porteur est à désigner")


def test_the_region_counts_fiches_by_plan_whatever_each_contract_calls_it(lived, tmp_path):
    linked = text(PTSM).replace('numero = "1"\n', 'numero = "1"\nplans = ["ptsm"]\n', 1)
    other = live(tmp_path, definition(tmp_path, linked), 2025, {"ch-niort": {"1/mesures/1-I03/valeur": 25}})
    region_workbook.gather([lived.synthese, other.synthese], tmp_path / "region.xlsx")
    book = openpyxl.load_workbook(tmp_path / "region.xlsx")
    counted = {
        (r["Libellé"], r["État"]): (r["Fiches"], r["Contrats"], plain(r["Lesquelles"]))
        for r in table(book["Thèmes"])
        if r["Genre"] == "plan"
    }
    assert counted == {
        ("Charte de parc", "sans retour"): (1, 1, "baronnies-2025-2030 1"),
        ("Contrat de ville", "sans retour"): (1, 1, "baronnies-2025-2030 1"),
        ("PTSM", "Réalisée"): (1, 1, "baronnies-2025-2030 4"),
        ("PTSM", "sans retour"): (2, 2, "baronnies-2025-2030 1 ; ptsm-deux-sevres-2021-2026 1"),
    }
    fiches = {(r["Contrat"], r["Fiche"]): r for r in table(book["Fiches"])}
    assert (
        fiches["baronnies-2025-2030", "1"]["Plans liés"].replace("\u00a0", " ")
        == "PTSM ; Contrat de ville ; Charte de parc"
    )
    assert fiches["baronnies-2025-2030", "1"]["Niveau de priorité"] == "haute"
    assert "Les fiches liées à un autre plan en 2025" in written(tmp_path / "region.xlsx", "Région")
