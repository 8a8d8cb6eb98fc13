"""No value lost in silence: whatever partners do to a workbook, each value is read exactly or an anomaly points at it."""

from __future__ import annotations

import os

import pytest
from libreoffice import programmes
from matrice import des_campagnes, des_classeurs, des_feuilles, formes
from modifications import MODIFICATIONS
from modifications_de_campagne import DE_CAMPAGNE
from modifications_de_classeur import DE_CLASSEUR

TOUTES = (*MODIFICATIONS, *DE_CLASSEUR, *DE_CAMPAGNE)


@pytest.fixture(scope="module")
def cases(request, tmp_path_factory):
    """Every edit in every form: openpyxl's alone where there is no LibreOffice."""
    dossier = tmp_path_factory.mktemp("matrice")
    absent = programmes() is None and not os.environ.get("CI")
    libreoffice = None if absent else request.getfixturevalue("libreoffice")
    return {(c.nom, c.forme): c for c in [*des_feuilles(libreoffice, dossier), *des_classeurs(libreoffice, dossier), *des_campagnes(libreoffice, dossier)]}


@pytest.mark.parametrize(("nom", "forme"), [(m.nom, forme) for m in TOUTES for forme in formes(m)])
def test_every_value_is_read_or_pointed_at_and_nothing_else_is_said(cases, nom, forme):
    if (nom, forme) not in cases:
        pytest.skip("LibreOffice (soffice) or its Python module (uno) is not installed")
    assert cases[nom, forme].fautes == []


def test_every_edit_has_a_name_of_its_own():
    noms = [m.nom for m in TOUTES]
    assert len(set(noms)) == len(noms)
