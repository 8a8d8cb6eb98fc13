"""Who pays what, as the contract prints it: a State call for projects is never the agency's money."""

from __future__ import annotations

import pytest

from cls_workbook import forms
from cls_workbook.definition.authoring.authoring_workbook import workbook
from cls_workbook.definition.importing.definition_import import importer
from cls_workbook.domain.verification.whole_contract import verifier
from cls_workbook.workbook import writer
from tests.support.lived_campagnes import lines, live, written
from tests.support.other_definitions import AUBERVILLIERS, parsed, plain

PRINTED = (
    "État, politique de la ville, Appel à projets, 2018 : 60 000 € (appel à projets, non acquis, "
    "appel à projets annuel du contrat de ville) ; ARS (FIR), Maquette ARS : à définir ; "
    "CPAM 93 : à moyens constants ; Ville, Temps d’agents : 4 500,50 € (en nature) ; financeur à définir : 1 000 €."
)


def test_the_sheet_prints_each_funder_with_what_is_sure():
    workbook_ = forms.plan(parsed(AUBERVILLIERS), 2018).workbook
    (sheet,) = [s for s in workbook_.worksheets if s.nom == "FA B1.1"]
    texts = [plain(c.valeur) for c in sheet.cells if isinstance(c.valeur, str)]
    assert f"Prévu au contrat : {PRINTED}" in texts
    assert [t for t in texts if "60 000" in t] == [f"Prévu au contrat : {PRINTED}"]
    assert "Montant ARS Île-de-France au contrat : non renseigné" in texts


def test_the_synthese_prints_it_too_and_no_total_holds_it(tmp_path):
    year = live(tmp_path, AUBERVILLIERS, 2018, {"ccas": {"B1.1/avancement/etat": "En cours"}})
    assert f"• Fiche B1.1 : {PRINTED}" in written(year.synthese)
    assert {r["Montant contrat"] for r in lines(year.result.tables.par_fiche)} == {None}


def test_it_makes_the_trip_through_the_description_workbook(tmp_path):
    contrat = parsed(AUBERVILLIERS)
    writer.write(workbook(contrat, 2), tmp_path / "description.xlsx")
    assert importer(tmp_path / "description.xlsx").contrat == contrat


@pytest.mark.parametrize(
    ("ancien", "nouveau", "said"),
    [
        ('financeur = "etat", nature', 'financeur = "etta", nature', "le financeur « etta » n’existe pas"),
        ('nature = "temps"', 'nature = "tems"', "la nature « tems » n’existe pas"),
        ("annee = 2018, montant", "annee = 2028, montant", "2028 n’est pas une année du contrat"),
        ("{ montant = 1000 }", '{ mention = "peut-être" }', "le montant manque"),
        ('etat = "moyens_constants"', 'etat = "promis"', "« promis » n’est pas une valeur connue"),
    ],
)
def test_a_line_that_does_not_hold_is_told_at_its_place(ancien, nouveau, said):
    faults = [plain(f) for f in verifier(parsed(AUBERVILLIERS, (ancien, nouveau))) if f.gravite == "faute"]
    assert len(faults) == 1 and "contrat.fiches[3] (B1.1).lignes[" in faults[0] and said in faults[0]
