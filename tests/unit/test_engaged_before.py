"""What the pilotage says that earlier years engaged, in the year when it is said and the year after; by hand."""

from __future__ import annotations

from decimal import Decimal as D

import openpyxl

from cls_workbook import pilotage
from cls_workbook.definition import toml_reader
from cls_workbook.workbook import writer
from tests.support.lived_campagnes import lines, live, short, statements

DIJON, SOLIDARITES = "dijon-2024-2028", "dijon-solidarites-2024-2027"


def told(folder, contrat: str, annee: int, **fiches: int) -> str:
    """A pilotage that says what was engaged before, fiche by fiche."""
    known = {numero.strip("f").replace("_", "."): D(montant) for numero, montant in fiches.items()}
    path = folder / "pilotage.xlsx"
    typed = pilotage.Pilotage(engage_anterieur=known)
    writer.write(pilotage.workbook(toml_reader.load(contrat), annee, typed), path)
    return str(path)


def engaged(fiche: str, financeur: str, nature: str, montant: int) -> dict[str, object]:
    facts = {"financeur": financeur, "nature": nature, "engage": montant}
    return {f"{fiche}/financement/01/{champ}": valeur for champ, valeur in facts.items()}


def evolution(year, fiche: str) -> list[object]:
    """In all, left to engage, left to pay: the last three cells of a fiche in the sheet Évolution."""
    sheet = openpyxl.load_workbook(year.consolidation)["Évolution"]
    rows = ([c for c in row if c is not None] for row in sheet.iter_rows(values_only=True))
    return next(row for row in rows if row and str(row[0]).startswith(f"{fiche} · "))


def test_what_was_engaged_before_is_kept_the_year_after(tmp_path):
    """3.1 (30 000 € in the contract): 2 000 before, 10 000, nothing. 3.5, without an amount: 5 000, 6 000, 1 000."""
    dijon = short(tmp_path, DIJON, "3.1", "3.5")
    first = live(
        tmp_path,
        dijon,
        2025,
        {
            "apo": engaged("3.1", "ARS", "Maquette ARS", 10000),
            "ville-dijon": engaged("3.5", "ARS", "Maquette ARS", 6000),
        },
        pilotage=told(tmp_path, dijon, 2025, f3_1=2000, f3_5=5000),
    )
    then = {"ville-dijon": engaged("3.5", "ARS", "Maquette ARS", 1000)}
    second = live(tmp_path, dijon, 2026, then, first.consolidation)
    for year, of_3_5 in ((first, "11 000"), (second, "12 000")):
        (of_3_1,) = lines(year.result.tables.par_fiche, Fiche="3.1")
        assert of_3_1["Reste à engager"] == 18000
        said = f"Fiche 3.5 : {of_3_5} € engagés sur la maquette, sans montant chiffré au contrat."
        assert said in statements(year)
    assert evolution(first, "3.1")[-2:] == [12000, 18000]
    assert evolution(second, "3.5")[-1] == 12000


def test_where_the_contract_gives_its_money_as_a_whole_what_is_left_counts_it_too(tmp_path):
    """2 765 000 in all, 1 000 before, 2 000, then 500."""
    first = live(
        tmp_path,
        SOLIDARITES,
        2025,
        {"dijon-metropole": engaged("1", "État", "Crédits du contrat", 2000)},
        pilotage=told(tmp_path, SOLIDARITES, 2025, f1=1000),
    )
    then = {"dijon-metropole": engaged("1", "État", "Crédits du contrat", 500)}
    second = live(tmp_path, SOLIDARITES, 2026, then, first.consolidation)
    for year, left in ((first, 2762000), (second, 2761500)):
        sheet = openpyxl.load_workbook(year.synthese)["Synthèse"]
        (total,) = (row for row in sheet.iter_rows(values_only=True) if "Total de la maquette" in row)
        assert left in total
