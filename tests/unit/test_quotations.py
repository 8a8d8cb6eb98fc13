"""What the shipped definitions take from a document stands in it word for word."""

from __future__ import annotations

import pytest

from tests.support.quotations import PRINTED, TEMPLATES, missing_runs, printed_in, quotations

DEFINITIONS = {path.stem: path for folder in ("contrats", "regles") for path in (TEMPLATES / folder).glob("*.toml")}

# Not taken from the document: the definition says where it comes from, or that it is a choice.
OURS = {
    "ARS hors maquette",  # a nature of ours
    "CCAS de Besançon",
    "non imprimé",
    "poste-coordination",
    "choix",
}


def test_each_shipped_definition_has_the_words_of_its_document():
    assert {path.stem for path in PRINTED.glob("*.txt")} == set(DEFINITIONS)


@pytest.mark.parametrize("name", sorted(DEFINITIONS))
def test_what_a_definition_takes_from_its_document_stands_there_word_for_word(name):
    printed = printed_in(name)
    reworded = {
        f"{place} : {text}": missing
        for place, text in quotations(DEFINITIONS[name])
        if text not in OURS and (missing := missing_runs(text, printed))
    }
    assert reworded == {}


def test_one_word_changed_in_a_title_is_seen():
    printed = printed_in("dijon-2024-2028")
    assert missing_runs("Prévenir les troubles du langage chez les enfants", printed) == []
    assert missing_runs("Prévenir les troubles de langage chez les enfants", printed) == [
        "les troubles de",
        "troubles de langage",
    ]
