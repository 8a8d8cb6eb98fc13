"""As a coordinator would: the blank workbook filled in LibreOffice, its mistakes found and mended, the contract used."""

from __future__ import annotations

import openpyxl
import pytest
from authoring_for_tests import court, fautes, livre, places, vierge

from cls_workbook.authoring.importation import importer
from cls_workbook.contract import load, shipped
from cls_workbook.generation import generer

# What slips in while typing: sheet → cell → what was typed instead.
SLIPS = {
    "Structures": {"E7": "publique"},
    "Fiches": {"E8": "C.C.A.S. des Etangs", "D9": "3"},
    "Montants": {"C7": "vingt mille"},
    "Indicateurs": {"B9": "2.11"},
}


def clavier(valeur: object) -> str:
    """A value as it is typed on a French keyboard."""
    return str(valeur).replace(".", ",") if isinstance(valeur, float) else str(valeur)


def test_a_contract_is_described_in_libreoffice_mended_and_used(libreoffice, tmp_path):
    """Saved as .xlsx the first time, as .ods the second."""
    saisies = {nom: {ou: clavier(v) for ou, v in cellules.items()} for nom, cellules in places().items()}
    with libreoffice.open(vierge(tmp_path / "vide.xlsx")) as doc:
        for nom, cellules in saisies.items():
            doc.type(nom, cellules | SLIPS.get(nom, {}))
        doc.recalc()
        comptes = {c.valeur for c in doc.values("Vérification").values()}
        avec_fautes = doc.save(tmp_path / "premier.xlsx")
        trouvees = fautes(avec_fautes)
        assert [f.split(" :")[0] for f in trouvees] == [
            "feuille « Structures », cellule E7 (Statut)", "feuille « Fiches », cellule E8 (Porteur 1)", "feuille « Fiches », cellule D9 (Axe)",
            "feuille « Montants », cellule C7 (Montant)", "feuille « Indicateurs », cellule B9 (Fiche)",
        ]  # fmt: skip
        assert "Vouliez-vous dire « CCAS des Étangs » ?" in trouvees[1]
        assert "à voir" in comptes
        for nom, cellules in SLIPS.items():
            doc.type(nom, {ou: saisies[nom].get(ou, "public") for ou in cellules})
        mende = doc.save(tmp_path / "second.ods")
    lu = importer(mende)
    assert [f.numero for f in lu.contrat.fiches] == ["1.1", "1.10", "2.1"]
    (tmp_path / "etangs.toml").write_text(lu.texte, encoding="utf-8")
    fabriques = list(generer(str(tmp_path / "etangs.toml"), 2026, tmp_path / "classeurs"))
    assert "FA 1.10" in openpyxl.load_workbook(fabriques[0], read_only=True).sheetnames


# The richest in both formats, each of the others in one: saving is what takes LibreOffice long.
FORMATS = {"dijon-2024-2028": ("xlsx", "ods"), "dijon-solidarites-2024-2027": ("xlsx",)}


@pytest.mark.parametrize("identifiant", shipped())
def test_a_shipped_contract_comes_back_whole_from_libreoffice(libreoffice, tmp_path, identifiant):
    contrat = load(identifiant)
    with libreoffice.open(livre(identifiant, tmp_path / "contrat.xlsx")) as doc:
        for format_ in FORMATS.get(identifiant, ("ods",)):
            assert importer(doc.save(tmp_path / f"relu.{format_}")).contrat == contrat


def test_what_is_computed_is_what_libreoffice_computes(libreoffice, tmp_path):
    chemin = livre("dijon-2024-2028", tmp_path / "dijon.xlsx")
    ecrites = openpyxl.load_workbook(chemin, data_only=True)
    with libreoffice.open(chemin) as doc:
        doc.recalc()
        for nom in ("Vérification", "Indicateurs"):
            formules = {ou: c for ou, c in doc.values(nom).items() if c.nature == "formule"}
            assert len(formules) > 80
            assert {ou: c.valeur or "" for ou, c in formules.items()} == {ou: ecrites[nom][ou].value or "" for ou in formules}


def test_the_ids_shown_while_typing_are_those_of_the_import(libreoffice, tmp_path):
    with libreoffice.open(court(tmp_path / "vide.xlsx")) as doc:
        doc.type("Fiches", {ou: clavier(v) for ou, v in places()["Fiches"].items()})
        doc.type("Indicateurs", {ou: clavier(v) for ou, v in places()["Indicateurs"].items()})
        doc.recalc()
        valeurs = doc.values("Indicateurs")
    colonne = next(ou[:-1] for ou, c in valeurs.items() if c.valeur == "Repère retenu")
    assert [valeurs[f"{colonne}{ligne}"].valeur for ligne in (7, 8, 9)] == ["1.1-I01a", "1.1-I01b", "2.1-I01"]
