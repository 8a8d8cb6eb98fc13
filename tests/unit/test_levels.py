"""Levels above the fiche: parts of an axe, numbers that begin again, fiches of several axes or of none."""

from __future__ import annotations

import pytest

from cls_workbook import forms
from cls_workbook.domain.verification.whole_contract import verifier
from cls_workbook.domain.wording import axe_rank
from cls_workbook.forms.columns import STATE
from cls_workbook.reports.agency import agency_data, agency_tables
from cls_workbook.reports.synthese.synthese_portrait import by_axe
from tests.support.lived_campagnes import live, written
from tests.support.other_definitions import AUBERVILLIERS, parsed, plain


@pytest.fixture(scope="module")
def lived(tmp_path_factory):
    return live(
        tmp_path_factory.mktemp("aubervilliers"),
        AUBERVILLIERS,
        2018,
        {"hygiene": {"A.1.1/mesures/A.1.1-I01/valeur": 14}},
    )


def faults(*replacements):
    return [plain(f) for f in verifier(parsed(AUBERVILLIERS, *replacements)) if f.gravite == "faute"]


def test_the_definition_has_no_fault():
    assert faults() == []


def test_a_part_of_an_axe_is_named_below_it_and_what_only_holds_others_is_no_empty_axe():
    assert [
        (g.titre, [f.numero for f in g.fiches], [f.numero for f in g.elsewhere]) for g in by_axe(parsed(AUBERVILLIERS))
    ] == [
        ("Axe A › Objectif A.1 — Logement et cadre de vie", ["A.1.1"], []),
        ("Axe A › Objectif A.2 — Prévention et dépistage précoce", ["A.2.1"], []),
        ("Axe B › Objectif B1 — Accès aux droits de santé", ["B1.1"], []),
        ("Axe C › Objectif stratégique 1 — Petite enfance, périnatalité et parentalité", ["C.1.1"], ["A.1.1"]),
        ("Actions transversales", ["T1"], []),
    ]


def test_parts_have_the_colour_of_the_axe_that_holds_them():
    contrat = parsed(AUBERVILLIERS)
    assert [axe_rank(contrat, n) for n in ("A", "A.2", "B1", "C.1", None)] == [0, 0, 1, 2, 0]


def test_an_axe_that_holds_nothing_at_all_stays_an_empty_one():
    contrat = parsed(
        AUBERVILLIERS, ('{ numero = "B", titre', '{ numero = "D", titre = "À venir" },\n    { numero = "B", titre')
    )
    assert ("Axe D — À venir", []) in [(g.titre, g.fiches) for g in by_axe(contrat)]


def test_the_sheet_of_a_fiche_says_all_its_levels_and_the_other_axes_it_serves():
    workbook = forms.plan(parsed(AUBERVILLIERS), 2018).workbook
    heads = {
        s.nom: next(plain(c.valeur) for c in s.cells if c.line == 2 and c.column == STATE and c.valeur)
        for s in workbook.worksheets
        if s.nom in ("FA A.1.1", "FA T1")
    }
    assert heads["FA A.1.1"].startswith(
        "Axe A : La santé dans toutes les politiques › Objectif A.1 : Logement et cadre de vie · "
        "aussi Objectif stratégique 1 · 2018"
    )
    assert heads["FA T1"].startswith("Actions transversales · 2018")


def test_the_synthese_shows_a_fiche_in_its_axe_and_names_it_in_the_others(lived):
    texts = written(lived.synthese)
    assert any(t == "A.1.1 · Lutter contre l’habitat indigne et le saturnisme (voir Objectif A.1)" for t in texts)
    assert "Actions transversales" in texts and not [t for t in texts if t.startswith("Axe A —")]


def test_the_agency_reads_where_each_fiche_belongs(lived):
    fiches = agency_data.rows_by_table(lived.result)[agency_tables.FICHES]
    assert {(r["Fiche"], r["Axe"], r["Titre de l’axe"]) for r in fiches} >= {
        ("A.1.1", "A.1", "La santé dans toutes les politiques › Logement et cadre de vie"),
        ("T1", None, "Actions transversales"),
    }


TWICE = (
    "contrat.axes[3] (A.1).numero : « A.1 » est déjà pris par contrat.axes[2] (A.1). "
    "Si la numérotation recommence dans chaque axe, écrivez 2.1 ici, et 1 comme numéro imprimé."
)
ITSELF = "contrat.axes[1] (A).parent : « A » ferait partie de lui-même. Corrigez ce renvoi."
NOWHERE = (
    "contrat.axes[5] (B1).parent : l’axe « Z » n’existe pas dans la définition. "
    "Corrigez ce renvoi, ou ajoutez ce qu’il désigne."
)
ITS_OWN = "contrat.fiches[1] (A.1.1).autres_axes : « A.1 » est déjà l’axe de la fiche. Retirez-le."


@pytest.mark.parametrize(
    ("ancien", "nouveau", "said"),
    [
        ('numero = "A.2", titre', 'numero = "A.1", titre', TWICE),
        ('{ numero = "A", titre', '{ numero = "A", parent = "A.1", titre', ITSELF),
        ('parent = "B" }', 'parent = "Z" }', NOWHERE),
        ('autres_axes = ["C.1"]', 'autres_axes = ["A.1"]', ITS_OWN),
    ],
)
def test_levels_that_do_not_hold_are_told(ancien, nouveau, said):
    assert said in faults((ancien, nouveau))
