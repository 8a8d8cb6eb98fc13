"""« Vérifier l’installation »: one wrong fact at a time, and the remedy that it calls for."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from coordination_for_tests import classeur

from cls_workbook import cli, installation, version
from cls_workbook.coordination.accueil import Versions
from cls_workbook.installation import A_CORRIGER, A_SAVOIR, Faits, verifier

BONNES = Versions(version.PAQUET, version.MACROS, version.XLWINGS)


@pytest.fixture
def sain(tmp_path):
    return Faits((3, 12, 1), "/usr/bin/python3", classeur=BONNES, chemin=str(tmp_path / "k.xlsm"), dossier=tmp_path, par_excel=True)


def fautes(faits) -> dict[str, str]:
    return {c.objet: c.remede for c in verifier(faits) if c.etat == A_CORRIGER}


def test_where_all_is_well_nothing_is_to_do(sain):
    assert {c.etat for c in verifier(sain)} == {"bon"}
    assert installation.bilan(verifier(sain)) == "tout est en ordre."


@pytest.mark.parametrize(("changement", "objet", "remede"), [
    ({"python": (3, 10, 4)}, "Python", "installez Python 3.11 ou plus récent"),
    ({"absentes": ("pandera",)}, "Bibliothèques", "pip install"),
    ({"xlwings": ""}, "xlwings", "pip install"),
    ({"xlwings": "0.30.0"}, "xlwings", f"xlwings=={version.XLWINGS}"),
    ({"classeur": BONNES._replace(paquet="0.0.1")}, "Version de l’outil", "coordonner"),
    ({"classeur": BONNES._replace(macros="")}, "Version des macros", "coordonner"),
    ({"classeur": BONNES._replace(xlwings="0.1")}, "Module xlwings du classeur", "coordonner"),
    ({"chemin": ""}, "Emplacement du classeur", "enregistrez-le dans un dossier de l’ordinateur"),
])  # fmt: skip
def test_each_fault_names_its_remedy(sain, changement, objet, remede):
    trouvees = fautes(replace(sain, **changement))
    assert set(trouvees) == {objet} and remede in trouvees[objet]


def test_a_long_path_and_a_folder_that_refuses_writing_are_told(sain, tmp_path):
    assert set(fautes(replace(sain, chemin=str(tmp_path / ("x" * 220))))) == {"Emplacement du classeur"}
    assert set(fautes(replace(sain, chemin=str(tmp_path / "nulle" / "part" / "k.xlsm")))) == {"Écriture"}


def test_a_synchronised_folder_is_worth_knowing_not_a_fault(sain, tmp_path):
    (tmp_path / "OneDrive - Ville").mkdir()
    constats = verifier(replace(sain, chemin=str(tmp_path / "OneDrive - Ville" / "k.xlsm")))
    assert [c.objet for c in constats if c.etat == A_SAVOIR] == ["Emplacement du classeur"]
    assert "Toujours conserver sur cet appareil" in str(next(c for c in constats if c.etat == A_SAVOIR))


def test_only_a_macro_can_say_that_macros_are_allowed(sain):
    assert [c.objet for c in verifier(replace(sain, par_excel=False)) if c.etat == A_SAVOIR] == ["Macros"]


def test_the_command_looks_at_a_closed_workbook(tmp_path, capsys):
    classeur(tmp_path / "k.xlsm", "dijon-2024-2028", 2025)
    assert cli.main(["verifier-installation", "--classeur", str(tmp_path / "k.xlsm")]) == 0
    sortie = capsys.readouterr().out
    assert f"« {tmp_path / 'retours'} » se lit".replace(" ", "\u00a0", 1).replace(" »", "\u00a0»") in sortie or str(tmp_path / "retours") in sortie
    (tmp_path / "retours").rmdir()
    assert cli.main(["verifier-installation", "--classeur", str(tmp_path / "k.xlsm")]) == 1
    assert "Dossier des retours" in capsys.readouterr().out
    (tmp_path / "autre.xlsx").write_bytes(b"rien")
    assert cli.main(["verifier-installation", "--classeur", str(tmp_path / "autre.xlsx")]) == 2
    assert Path(tmp_path / "autre.xlsx").name in capsys.readouterr().err
