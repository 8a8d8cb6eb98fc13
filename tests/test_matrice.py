"""No value lost in silence: whatever partners do to a workbook, each value is read exactly or an anomaly points at it."""

from __future__ import annotations

import os

import pytest
from libreoffice import LibreOffice, programmes
from matrice import FORMES, des_classeurs, des_feuilles
from modifications import MODIFICATIONS
from modifications_de_classeur import DE_CLASSEUR


@pytest.fixture(scope="module")
def cases(tmp_path_factory):
    """Every edit in every form: openpyxl's alone where there is no LibreOffice."""
    dossier = tmp_path_factory.mktemp("matrice")
    if programmes() is None and not os.environ.get("CI"):
        return {(c.nom, c.forme): c for c in des_feuilles(None, dossier) + des_classeurs(None, dossier)}
    with LibreOffice(dossier) as libreoffice:
        return {(c.nom, c.forme): c for c in des_feuilles(libreoffice, dossier) + des_classeurs(libreoffice, dossier)}


@pytest.mark.parametrize("forme", FORMES)
@pytest.mark.parametrize("nom", [m.nom for m in (*MODIFICATIONS, *DE_CLASSEUR)])
def test_every_value_is_read_or_pointed_at_and_nothing_else_is_said(cases, nom, forme):
    if (nom, forme) not in cases:
        pytest.skip("LibreOffice (soffice) or its Python module (uno) is not installed")
    assert cases[nom, forme].fautes == []


def test_every_edit_has_a_name_of_its_own():
    noms = [m.nom for m in (*MODIFICATIONS, *DE_CLASSEUR)]
    assert len(set(noms)) == len(noms)
