"""As a coordinator would: the blank workbook filled in LibreOffice, its mistakes found and mended,
the contract used.
"""

from __future__ import annotations

import openpyxl
import pytest

from cls_workbook.definition import load, shipped
from cls_workbook.definition.importing.definition_import import importer
from cls_workbook.pipeline.way_out import generer
from tests.support.authoring_typist import blank, faults, opened_book, places, short

# What slips in while typing: sheet → cell → what was typed instead.
SLIPS = {
    "Structures": {"E7": "publique"},
    "Fiches": {"E8": "C.C.A.S. des Etangs", "D9": "3"},
    "Montants": {"C7": "vingt mille"},
    "Indicateurs": {"B9": "2.11"},
}


def keyed(valeur: object) -> str:
    """A value as it is typed on a French keyboard."""
    return str(valeur).replace(".", ",") if isinstance(valeur, float) else str(valeur)


def test_a_contract_is_described_in_libreoffice_mended_and_used(libreoffice, tmp_path):
    """Saved as .xlsx the first time, as .ods the second."""
    saisies = {nom: {where: keyed(v) for where, v in cells.items()} for nom, cells in places().items()}
    with libreoffice.open(blank(tmp_path / "vide.xlsx")) as doc:
        for nom, cells in saisies.items():
            doc.type(nom, cells | SLIPS.get(nom, {}))
        doc.recalc()
        counts = {c.valeur for c in doc.values("Vérification").values()}
        with_faults = doc.save(tmp_path / "premier.xlsx")
        all_found = faults(with_faults)
        assert [f.split(" :")[0] for f in all_found] == [
            "feuille « Structures », cellule E7 (Statut)",
            "feuille « Fiches », cellule E8 (Porteur 1)",
            "feuille « Fiches », cellule D9 (Axe)",
            "feuille « Montants », cellule C7 (Montant)",
            "feuille « Indicateurs », cellule B9 (Fiche)",
        ]
        assert "Vouliez-vous dire « CCAS des Étangs » ?" in all_found[1]
        assert "à voir" in counts
        for nom, cells in SLIPS.items():
            doc.type(nom, {where: saisies[nom].get(where, "public") for where in cells})
        mended = doc.save(tmp_path / "second.ods")
    value_read = importer(mended)
    assert [f.numero for f in value_read.contrat.fiches] == ["1.1", "1.10", "2.1"]
    (tmp_path / "etangs.toml").write_text(value_read.texte, encoding="utf-8")
    made = list(generer(str(tmp_path / "etangs.toml"), 2026, tmp_path / "classeurs"))
    assert "FA 1.10" in openpyxl.load_workbook(made[0], read_only=True).sheetnames


def test_sixty_fiches_and_a_hundred_and_twenty_eight_communes_are_listed_and_counted(libreoffice, tmp_path):
    """Some typed below the rows that are prepared; the last structure is chosen by the last fiche."""
    axe, structures = {"B7": "1", "C7": "Soins"}, {f"B{7 + n}": f"Structure {n}" for n in range(90)}
    communes = {f"{column}{7 + n}": v for n in range(128) for column, v in (("B", f"{26001 + n}"), ("C", f"Ville {n}"))}
    fiches = {
        f"{column}{7 + n}": v
        for n in range(60)
        for column, v in (("B", f"1.{n + 1}"), ("C", f"Action {n}"), ("D", "1"), ("E", f"Structure {n + 30}"))
    }
    with libreoffice.open(blank(tmp_path / "vide.xlsx")) as doc:
        for nom, cells in (("Axes", axe), ("Structures", structures), ("Communes", communes), ("Fiches", fiches)):
            doc.type(nom, cells)
        doc.type("Fiches", {"E66": "Structure 89", "E65": "Structure 99"})
        doc.recalc()
        shown = {where: c.valeur for where, c in doc.values("Vérification").items()}
    lines = {shown[where]: where[1:] for where in shown if where[0] == "B"}
    assert shown[f"C{lines['Fiches décrites']}"] == 60
    counted = {
        nom: [shown[f"{column}{lines[nom]}"] for column in "CDEF"] for nom in ("Communes", "Structures", "Fiches")
    }
    assert counted == {"Communes": [128, 0, 0, 0], "Structures": [90, 0, 0, 0], "Fiches": [60, 0, 1, 0]}


# The richest in both formats, each of the others in one: saving is what takes LibreOffice long.
FORMATS = {"dijon-2024-2028": ("xlsx", "ods"), "dijon-solidarites-2024-2027": ("xlsx",)}


QUICKEST = "dijon-solidarites-2024-2027"  # the others where every case is played


@pytest.mark.parametrize(
    "identifier", [pytest.param(i, marks=() if i == QUICKEST else pytest.mark.exhaustive) for i in shipped()]
)
def test_a_shipped_contract_comes_back_whole_from_libreoffice(libreoffice, tmp_path, identifier):
    contrat = load(identifier)
    with libreoffice.open(opened_book(identifier, tmp_path / "contrat.xlsx")) as doc:
        for format_ in FORMATS.get(identifier, ("ods",)):
            assert importer(doc.save(tmp_path / f"relu.{format_}")).contrat == contrat


def test_what_is_computed_is_what_libreoffice_computes(libreoffice, tmp_path):
    path = opened_book("dijon-2024-2028", tmp_path / "dijon.xlsx")
    written_ones = openpyxl.load_workbook(path, data_only=True)
    with libreoffice.open(path) as doc:
        doc.recalc()
        for nom in ("Vérification", "Indicateurs"):
            formulas = {where: c for where, c in doc.values(nom).items() if c.nature == "formule"}
            assert len(formulas) > 80
            assert {where: c.valeur or "" for where, c in formulas.items()} == {
                where: written_ones[nom][where].value or "" for where in formulas
            }


def test_the_ids_shown_while_typing_are_those_of_the_import(libreoffice, tmp_path):
    with libreoffice.open(short(tmp_path / "vide.xlsx")) as doc:
        doc.type("Fiches", {where: keyed(v) for where, v in places()["Fiches"].items()})
        doc.type("Indicateurs", {where: keyed(v) for where, v in places()["Indicateurs"].items()})
        doc.recalc()
        values = doc.values("Indicateurs")
    column = next(where[:-1] for where, c in values.items() if c.valeur == "Repère retenu")
    assert [values[f"{column}{line}"].valeur for line in (7, 8, 9)] == ["1.1-I01a", "1.1-I01b", "2.1-I01"]
