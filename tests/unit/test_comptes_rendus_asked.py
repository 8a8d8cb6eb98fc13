"""A compte rendu financier that the pilotage asks for, and the contract does not."""

from __future__ import annotations

import pytest
from openpyxl import load_workbook

from cls_workbook import forms, pilotage
from cls_workbook.cli.commands import main
from cls_workbook.definition.known_contrats import KnownContrats
from cls_workbook.forms.examples import fill_cell, make_answers
from cls_workbook.pilotage import Pilotage
from cls_workbook.pipeline import single_returns
from cls_workbook.reading.return_reader import ReturnReader
from cls_workbook.workbook import writer
from tests.support import small_comptes_rendus as by_hand

YEAR = 2025


@pytest.fixture(scope="module")
def campaign(tmp_path_factory):
    """The files of a campaign whose contract asks for none, and whose pilotage asks for that of 1.1."""
    folder = tmp_path_factory.mktemp("pilotage")
    contrat = by_hand.contrat(folder, by_hand.SUBSIDISED.replace("compte_rendu = true\n", ""))
    inputs = Pilotage(comptes_rendus=("1.1",))
    writer.write(pilotage.workbook(contrat, YEAR, inputs), folder / "P.xlsx")
    respondent = next(r for r in forms.repondants(contrat) if r.id == "asso")
    plan = forms.plan(contrat, YEAR, respondent, pilotage.campagne(inputs))
    asked = {p.cle for p in plan.input_places()}
    fill_cell(plan, make_answers(plan, seed="asso") | {k: v for k, v in by_hand.ANSWERS.items() if k in asked})
    (folder / "r").mkdir()
    writer.write(plan.workbook, folder / "r" / "asso.xlsx")
    return folder, contrat


def test_the_pilotage_asks_for_one_that_the_contract_does_not(campaign, capsys):
    folder, contrat = campaign
    assert pilotage.read(str(folder / "P.xlsx"), contrat, YEAR).comptes_rendus == ("1.1",)
    campagne = ["--contrat", str(folder / "subventions.toml"), "--annee", str(YEAR)]
    told = [*campagne, "--pilotage", str(folder / "P.xlsx")]
    main(["generer", *told, "--sortie", str(folder / "g")])
    assert "Compte rendu" in load_workbook(next((folder / "g").iterdir()), read_only=True).sheetnames
    main(["consolider", str(folder / "r"), *told, "--sortie", str(folder / "C.xlsx")])
    rows = load_workbook(folder / "C.xlsx")["Comptes rendus"].iter_rows(min_row=2, values_only=True)
    assert {r[1] for r in rows} == {"1.1"}
    # what was asked then is known of the consolidation; of the returns, of the pilotage alone
    for source in ([str(folder / "r"), *told], [str(folder / "C.xlsx"), *campagne]):
        capsys.readouterr()
        main(["compte-rendu", *source, "--sortie", str(folder / "cr")])
        assert "compte-rendu-2025-asso-1-1.xlsx" in capsys.readouterr().out
    assert main(["compte-rendu", str(folder / "r"), *campagne, "--sortie", str(folder / "cr")]) == 2


def test_a_return_looked_at_alone_is_taken_at_its_word(campaign):
    folder, _ = campaign
    found = single_returns.controler([str(folder / "r")], str(folder / "subventions.toml"))
    assert "FICHE_INCONNUE" not in {a.code for a in found}
    assert "COMPTE_RENDU_DETAIL_SUPERIEUR" in {a.code for a in found}


def test_a_campaign_that_asks_for_none_says_that_the_sheet_is_not_taken(campaign):
    folder, contrat = campaign
    read = ReturnReader(KnownContrats(contrat)).read(folder / "r" / "asso.xlsx")
    told = next(a for a in read.anomalies if a.code == "FICHE_INCONNUE")
    assert (told.sheet, told.fiche) == ("Compte rendu", "")
    assert "donnez le pilotage qui le demande" in told.remedy
