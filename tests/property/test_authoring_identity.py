"""A contract written in the authoring workbook and read back is the same contract."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from cls_workbook.definition import load, parse, shipped
from cls_workbook.definition.authoring.authoring_workbook import workbook
from cls_workbook.definition.authoring.written_list import join, split
from cls_workbook.definition.importing.assembly import Assembly
from cls_workbook.definition.importing.authored_tables import open_up
from cls_workbook.definition.importing.definition_import import importer
from cls_workbook.definition.toml_writer import write
from cls_workbook.domain import model
from cls_workbook.domain.announced.contrat_parts import FollowUp, Places, Theme
from cls_workbook.domain.definition_keys import changed
from cls_workbook.domain.model import Contrat
from cls_workbook.domain.placed.place_model import Commune
from cls_workbook.domain.themes import shipped_themes
from cls_workbook.workbook import writer
from tests.support.any_contrat import TEXT, contrats
from tests.support.authoring_typist import ROOM, opened_book, without_trimmings


def read_back(contrat: Contrat, path) -> Contrat:
    """Written, read, put together; without the verification, which an odd contract would not pass."""
    writer.write(without_trimmings(workbook(contrat, place=2)), path)
    assembly = Assembly(open_up(path))
    assert [str(f) for f in assembly.faults] == []
    return assembly.contrat


@pytest.mark.parametrize("identifier", shipped())
def test_a_shipped_contract_makes_the_trip_without_loss(identifier, tmp_path):
    contrat = load(identifier)
    imported = importer(opened_book(identifier, tmp_path / "contrat.xlsx"))
    assert imported.contrat == contrat
    (tmp_path / "contrat.toml").write_text(imported.texte, encoding="utf-8")
    assert load(tmp_path / "contrat.toml") == contrat


@pytest.mark.parametrize("identifier", shipped())
def test_a_definition_written_again_is_the_same(identifier):
    contrat = load(identifier)
    assert parse(write(contrat), "essai") == contrat


def test_a_theme_that_ships_told_again_by_a_contract_makes_the_trip(tmp_path):
    themes = tuple(Theme(*theme) for theme in list(shipped_themes().items())[:2])
    contrat = changed(load("besancon-2016-2018"), themes=(Theme("prevention-2", "Prévention"), *themes))
    assert read_back(contrat, tmp_path / "themes.xlsx") == contrat


# The rule of a department that ships: what a definition writes itself prevails, even where it says « no », « nothing »
# or zero.
def test_a_rule_made_from_one_that_ships_makes_the_trip(tmp_path):
    texte = (
        write(load("besancon-2016-2018"))
        + """
[[regles]]
modele = "mayenne-animateur"
plafond_annuel = 8000
hors_maquette = false
conditions = []

[[regles]]
modele = "mayenne-animateur"
id = "autre"
plafond_annuel = 0
"""
    )
    contrat = parse(texte, "essai")
    said = [(r.hors_maquette, len(r.conditions), r.caps.plafond_annuel) for r in contrat.regles]
    assert said == [(False, 0, 8000), (True, 6, 0)]
    assert parse(write(contrat), "essai") == contrat
    assert read_back(contrat, tmp_path / "regles.xlsx") == contrat


def test_a_contract_with_awkward_content_makes_the_trip(tmp_path):
    """60 fiches, odd numbers, long titles equal in their beginnings, 80 structures, overseas codes,
    an axe without fiche.
    """
    structures = tuple(
        model.Structure(f"s-{n}", f"Association n° {n} de l’Île d’Yeu/Noirmoutier") for n in range(1, 81)
    )
    titre = "Aller vers les personnes éloignées du soin : l’été / l’hiver, à domicile ou « hors les murs » — " * 2
    mesures = [model.Mesure(f"A.3-I{n:02}", f"Nombre n° {n}", "entier", "FLUX") for n in range(1, 61)]
    indicateurs = tuple(model.Indicateur(m.id, m.libelle, "compte", (m,)) for m in mesures)
    fiches = tuple(
        model.Fiche(
            "A.3 bis" if n == 1 else f"{n // 10}.{n}",
            f"{titre}{n}"[:200],
            "1",
            (structures[n].id,),
            indicateurs=indicateurs if n == 1 else (),
        )
        for n in range(1, 61)
    )
    communes = tuple(Commune(code, f"Commune {code}") for code in ("97411", "2A004", "01004"))
    contrat = Contrat(
        "iles-2025",
        "Îles",
        "Îles",
        (2025,),
        "Îles",
        axes=(model.Axe("1", "Un"), model.Axe("2", "Vide")),
        structures=structures,
        places=Places(communes),
        follow_up=FollowUp(debut_annee="09-01"),
        fiches=fiches,
    )
    writer.write(workbook(contrat, ROOM), tmp_path / "iles.xlsx")
    assert importer(tmp_path / "iles.xlsx").contrat == contrat


# --- Any contract ---------------------------------------------------------------------------------------------------


@given(contrats())
@settings(
    max_examples=4,
    derandomize=True,
    database=None,
    deadline=None,
    phases=(Phase.explicit, Phase.generate),
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much],
)
def test_any_contract_comes_back_as_it_was(tmp_path_factory, contrat):
    assert parse(write(contrat), "essai") == contrat
    assert read_back(contrat, tmp_path_factory.getbasetemp() / "quelconque.xlsx") == contrat


@given(st.lists(TEXT, max_size=5))
@settings(derandomize=True, database=None, deadline=None)
def test_items_put_in_one_cell_come_back_one_by_one(items):
    assert list(split(join(items))) == items
