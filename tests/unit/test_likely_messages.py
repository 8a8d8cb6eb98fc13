"""The messages that a coordinator who describes a contract most likely meets, to the letter as the guide prints them;
and the neighbours that once said one fault twice."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest

from cls_workbook.definition.importing.definition_import import importer
from cls_workbook.domain.verification.fault import FAULT
from cls_workbook.domain.verification.whole_contract import verifier
from tests.support.authoring_typist import FIRST, faults, fill_cell, where
from tests.support.other_definitions import AUBERVILLIERS, BARONNIES, CHAROLAIS, PTSM, parsed, plain

GUIDE = Path(__file__).parents[2] / "docs" / "decrire-son-contrat.md"
# (sheet, title of the column, row from the first, what is typed there) in the order of the guide
LIKELY = (
    ("Contrat", "Territoire", 0, None),
    ("Contrat", "Années", 0, "2025-27"),
    ("Fiches", "Titre", 0, None),
    ("Fiches", "Numéro", 2, datetime(2025, 1, 2)),
    ("Fiches", "Numéro", 2, "1.1"),
    ("Fiches", "Porteur 1", 0, "CCAS des Étang"),
    ("Fiches", "Porteur 1", 0, "ARS, CCAS des Étangs et CPTS 03"),
    ("Indicateurs", "Sorte de saisie", 2, "nombre"),
    ("Indicateurs", "Comment rassembler", 2, None),
    ("Indicateurs", "Valeur initiale", 1, 35),
    ("Montants", "Montant", 0, "env. 20 000 €"),
    ("Montants", "Montant", 0, 25000),
)


def printed() -> list[str]:
    """The messages as the guide prints them, each quoted after « > »."""
    lines = plain(GUIDE.read_text(encoding="utf-8")).splitlines()
    return [line.removeprefix("> ") for line in lines if line.startswith("> ")]


def cell(sheet: str, titre: str, rank: int) -> str:
    return where(sheet, titre) if sheet == "Contrat" else where(sheet, titre, FIRST + rank)


def test_the_guide_prints_the_twelve():
    assert len(printed()) == len(LIKELY) == 12


@pytest.mark.parametrize("rank", range(12))
def test_a_likely_mistake_is_told_once_in_the_words_of_the_guide(tmp_path, rank):
    sheet, titre, row, typed = LIKELY[rank]
    assert faults(fill_cell(tmp_path / "d.xlsx", **{sheet: {cell(sheet, titre, row): typed}})) == [printed()[rank]]


@pytest.mark.parametrize(
    ("sheet", "titre", "row", "typed"),
    [
        ("Structures", "Nom", 0, None),  # a funder names it
        ("Indicateurs", "Indicateur, tel qu’imprimé", 0, None),  # the row below continues it
        ("Montants", "Montant", 0, "20 000,555"),  # the maquette does not agree either
    ],
)
def test_what_follows_from_a_mistake_is_not_told_beside_it(tmp_path, sheet, titre, row, typed):
    (said,) = faults(fill_cell(tmp_path / "d.xlsx", **{sheet: {cell(sheet, titre, row): typed}}))
    assert f"cellule {cell(sheet, titre, row)} " in said


def test_a_year_typed_as_words_is_asked_as_a_year(tmp_path):
    (said,) = faults(fill_cell(tmp_path / "d.xlsx", Fiches={cell("Fiches", "À partir de", 0): "juin 2026"}))
    assert said.endswith("trouvé « juin 2026 », attendu une année. Écrivez-la seule, par exemple 2026.")


def test_money_of_a_fiche_that_the_contract_plans_for_later_is_in_its_maquette(tmp_path):
    """20 000 € from 2026 on, and 10 000 €: 30 000 € all the same, in 2025 too."""
    path = fill_cell(tmp_path / "d.xlsx", Fiches={cell("Fiches", "À partir de", 0): 2026})
    assert [note for note in importer(path).a_confirmer if "maquette" in note] == []


@pytest.mark.parametrize(
    ("path", "before", "after", "said"),
    [
        # a porteur of the fiche is misspelt: of volets, of an indicator of two fiches, nothing more is said
        (
            PTSM,
            'porteurs = ["ght", "ch-niort",',
            'porteurs = ["ght", "ch-nior",',
            ["la structure « ch-nior » n’existe"],
        ),
        (BARONNIES, '"cls", "sad", "ssiad"]', '"cls", "sadd", "ssiad"]', ["la structure « sadd » n’existe pas"]),
        (CHAROLAIS, 'porteurs = ["petr", "cpam-71"]', 'porteurs = ["petrr", "cpam-71"]', ["la structure « petrr »"]),
        # one who bears two volets without the fiche is named once
        (
            PTSM,
            '"ght", "ch-niort", "ch-nord"',
            '"ght", "ch-nord"',
            ["« CH Niort » porte 2 volets sans porter la fiche 1."],
        ),
        # two communes of one code: the double alone, and not a place « without a commune »
        (
            AUBERVILLIERS,
            'nom = "Aubervilliers" }]\n',
            'nom = "Aubervilliers" }, { code_insee = "93001", nom = "Pantin" }]\n',
            ["« 93001 » est déjà pris par"],
        ),
    ],
)
def test_one_fault_of_a_contract_is_one_message(path, before, after, said):
    known = {str(f) for f in verifier(parsed(path))}
    new = [f for f in verifier(parsed(path, (before, after))) if str(f) not in known]
    assert [plain(f.message)[: len(start)] for f, start in zip(new, said, strict=True)] == said
    assert new[0].gravite == FAULT


def test_signatories_in_one_cell_are_proposed_one_by_one():
    together = '\nsignataires = [{ nom = "PETR, CPAM 71 et CPAM 03", role = "copilote" }]\n\n[contrat]'
    (note,) = [f for f in verifier(parsed(CHAROLAIS, ("\n[contrat]", together))) if "signataires" in f.location]
    assert plain(f"{note.message} {note.remedy}") == (
        "« PETR, CPAM 71 et CPAM 03 » semble réunir plusieurs noms. Si ce sont plusieurs signataires, une ligne pour "
        "chacun : « PETR », « CPAM 71 », « CPAM 03 »."
    )


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        (
            "valeur_initiale = 62.5",
            "valeur_initiale = -62.5",
            "une valeur est positive ou nulle, trouvé « -62,5 ». Retirez le signe moins, ou corrigez le nombre.",
        ),
        (
            "valeur_initiale = 0.28",
            "valeur_initiale = 28.5",
            "un taux s’écrit en part de 1, trouvé « 28,5 ». "
            "Pour 28,5 %, écrivez 28,5 % dans le classeur de description (0,285 en part de 1).",
        ),
    ],
)
def test_numbers_are_told_with_a_decimal_comma(before, after, said):
    (fault,) = [f for f in verifier(parsed(BARONNIES, (before, after))) if f.gravite == FAULT]
    assert plain(f"{fault.message} {fault.remedy}".strip()) == said
