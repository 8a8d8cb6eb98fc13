"""What enters the checks is held against its schema: a typed frame that breaks it is our fault."""

from __future__ import annotations

import pandas as pd
import pytest

from cls_workbook.checks import border
from cls_workbook.errors import OwnFault
from tests.support.frames_from_text import folder

RETOUR = """
[a.xlsx] association
1.1/mesures/1.1-I01/valeur 12
1.1/avancement/date_debut 15/01/2024
1.1/financement/01/engage 5000,50
1.1/qualitatif/freins Aucun
"""


@pytest.mark.parametrize("texte", ["", RETOUR])
def test_typed_returns_enter_as_they_are(texte):
    given = folder(texte)
    border.verify(given.answers.values, given.retours)


@pytest.mark.parametrize(
    ("champ", "wrong"),
    [
        ("valeur", "12"),
        ("valeur", True),
        ("valeur", 12.0),
        ("date_debut", pd.Timestamp("2024-01-15")),
        ("freins", None),
    ],
)
def test_a_value_of_another_type_than_its_own_is_our_fault(champ, wrong):
    given = folder(RETOUR)
    values = given.answers.values.copy()
    values["valeur"] = [wrong if c == champ else v for c, v in zip(values["champ"], values["valeur"], strict=True)]
    with pytest.raises(OwnFault, match="valeurs lues"):
        border.verify(values, given.retours)


@pytest.mark.parametrize(("column", "word"), [("bloc", "depense"), ("type", "duree"), ("cellule", None)])
def test_a_word_that_the_form_does_not_know_is_our_fault(column, word):
    given = folder(RETOUR)
    values = given.answers.values.assign(**{column: pd.Categorical([word] * 4)})
    with pytest.raises(OwnFault, match=column):
        border.verify(values, given.retours)


@pytest.mark.parametrize(
    "break_it",
    [
        lambda retours: retours.drop(columns="sha256"),
        lambda retours: retours.assign(fiche=None),
        lambda retours: retours.assign(champs_renseignes=-1),
    ],
)
def test_a_return_without_what_tells_it_is_our_fault(break_it):
    given = folder(RETOUR)
    with pytest.raises(OwnFault, match="retours lus"):
        border.verify(given.answers.values, break_it(given.retours))
