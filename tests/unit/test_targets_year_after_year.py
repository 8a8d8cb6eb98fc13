"""The targets of contracts through the whole cycle: returns filled, sent back, consolidated, two years chained, sent to
the agency. Every figure is worked out by hand.
"""

from __future__ import annotations

from decimal import Decimal

import openpyxl
import pytest

from cls_workbook.domain.targets import part_in_words
from cls_workbook.reports.region import region_workbook
from cls_workbook.reports.synthese.synthese_portrait import Portrait
from tests.support.lived_campagnes import definition, lines, live, opened_book, written
from tests.support.written_result import CONTRAT

# Over two years: consultations are added up to 300; no more than 12 sessions a year; patients are few (masked).
CIBLES = """
[[cibles]]
mesure = "1.1-I01"
valeur = 300
annee = 2025
cumulee = true
[[cibles]]
mesure = "1.1-I04"
valeur = 12
chaque_annee = true
au_plus = true
[[cibles]]
mesure = "1.1-I02"
valeur = 20
source = "article 2"
"""
STATED = {"1.1/avancement/etat": "En cours", "1.1/avancement/realisation": "Totale"}


def told(visits, patients, sessions):
    counts = {"1.1-I01": visits, "1.1-I02": patients, "1.1-I04": sessions}
    return STATED | {f"1.1/mesures/{m}/valeur": v for m, v in counts.items() if v is not None}


@pytest.fixture(scope="module")
def two_years(tmp_path_factory):
    """2024: 80 + 40 consultations, 4 + 2 patients, 8 + 4 sessions. 2025: 100 + 50, 3 + 2, 8 + 5."""
    folder = tmp_path_factory.mktemp("essai")
    reference = definition(folder, CONTRAT + CIBLES)
    first = live(folder, reference, 2024, {"asso": told(80, 4, 8), "ville": told(40, 2, 4)})
    second = live(
        folder, reference, 2025, {"asso": told(100, 3, 8), "ville": told(50, 2, 5)}, precedent=first.consolidation
    )
    return first, second


def row_after(path, sheet, *beginning):
    """The values of the first row of a sheet that begins with these texts, plain spaces, blanks apart."""
    for rank in openpyxl.load_workbook(path)[sheet].iter_rows(values_only=True):
        row = [v.replace("\u00a0", " ") if isinstance(v, str) else v for v in rank if v is not None]
        if tuple(row[: len(beginning)]) == beginning:
            return row
    raise AssertionError(beginning)


def test_the_table_gives_the_target_of_the_year_in_the_unit_of_the_measure(two_years):
    for year in two_years:
        table = {r["Mesure"]: r["Cible"] for r in lines(year.result.tables.indicateurs)}
        assert table == {
            "1.1-I01": 300,
            "1.1-I02": 20,
            "1.1-I03": None,
            "1.1-I04": 12,
            "1.1-I05": None,
            "1.2-I01": None,
        }


def test_added_years_are_compared_with_a_target_on_added_years(two_years):
    first, second = two_years
    target = "Cible 2025, années ajoutées : 300 consultations"
    assert row_after(first.synthese, "Synthèse", "1.1 · Consultations", target) == [
        *("1.1 · Consultations", target, 100, 120, "120 consultations : somme de 2024", 0.4),
        "à atteindre d’ici 2025",
    ]
    assert row_after(second.synthese, "Synthèse", "1.1 · Consultations", target) == [
        *("1.1 · Consultations", target, 100, 150, "270 consultations : somme de 2024 à 2025", 0.9),
        "non atteinte",
    ]


def test_a_ceiling_is_kept_in_the_first_year_and_exceeded_in_the_second(two_years):
    target = "Au plus, chaque année : 12 séances"
    for year, valeur, state in zip(two_years, (12, 13), ("plafond respecté", "plafond dépassé"), strict=True):
        row = row_after(year.synthese, "Synthèse", "1.1 · Séances", target)
        assert row == ["1.1 · Séances", target, 5, valeur, state]
        assert f"{target} ; {state} ; départ : 5" in written(year.synthese, "Synthèse")


def test_no_part_of_a_small_count_leaves(two_years):
    """6 then 5 patients of 20: neither the count, nor 30 % or 25 %, nor whether the target is reached."""
    for year, count, part in zip(two_years, (6, 5), (0.3, 0.25), strict=True):
        row = row_after(year.synthese, "Synthèse", "1.1 · Patients")
        assert row == ["1.1 · Patients", "Cible 2026 : 20 personnes", 0, "masqué", "masqué", "article 2"]
        kept = row_after(year.synthese, "Données mesures", "1.1", "1.1-I", "1.1-I02")
        assert part not in kept and count not in kept
        assert "oui" not in kept and "non" not in kept


def test_evolution_follows_target_value_and_part_over_the_years(two_years):
    _, second = two_years
    book = openpyxl.load_workbook(second.consolidation)["Évolution"]
    rows = [[v for v in rank if v is not None] for rank in book.iter_rows(values_only=True)]
    start = next(n for n, row in enumerate(rows) if row[:1] == ["Les cibles du contrat, année par année"])
    assert rows[start + 1] == ["Fiche et mesure", "Suivi", "2024", "2025", "Où l’on en est"]  # 2026 has no figure
    assert rows[start + 2 : start + 11] == [
        ["1.1 · Consultations", "cible", 300, 300],
        ["valeur, années ajoutées", 120, 270, "non atteinte"],
        ["part atteinte", 0.4, 0.9],
        ["1.1 · Patients", "cible", 20, 20],
        ["valeur", 6, 5, "à atteindre d’ici 2026"],  # the coordinator's own sheet masks nothing
        ["part atteinte", 0.3, 0.25],
        ["1.1 · Séances", "plafond", 12, 12],
        ["valeur", 12, 13, "plafond dépassé"],
        ["respecté", "oui", "non"],
    ]


@pytest.fixture(scope="module")
def regional(two_years, tmp_path_factory):
    output = tmp_path_factory.mktemp("region") / "R.xlsx"
    region_workbook.gather([year.synthese for year in two_years], output)
    return output


def test_the_region_counts_what_is_reached_followed_and_not_known(regional):
    sheet = openpyxl.load_workbook(regional)["Contrats"]
    head, *rows = sheet.iter_rows(values_only=True)
    titles = ("Année", "Cibles atteintes", "Cibles suivies", "Cibles non connues")
    counted = [tuple(row[head.index(t)] for t in titles) for row in rows]
    # 2024: the ceiling is kept, the sum is on its way, the patients are masked. 2025: neither is reached.
    assert counted == [(2024, 1, 1, 1), (2025, 0, 2, 1)]
    assert row_after(regional, "Région", "Essai", 0)[:4] == ["Essai", 0, 2, 1]


# --- the contract that ships ---


@pytest.fixture(scope="module")
def dijon(tmp_path_factory):
    """Fiche 2.3: 5 of the 23 communes, 38 of the 40 places. Fiche 3.2: 3 actions in 2024, 3 in 2025."""
    folder = tmp_path_factory.mktemp("dijon")
    reference = definition(folder, opened_book("dijon-2024-2028", "2.3", "3.2"))
    emas = {"2.3/reponse/volet": "EMAS", "2.3/mesures/2.3-C01/valeur": 5, "2.3/taux/2.3-I03c/numerateur": 38}
    actions = {"3.2/mesures/3.2-I01/valeur": 3}
    reponses = {"sdat": emas, "dijon-metropole": actions}
    first = live(folder, reference, 2024, reponses)
    return first, live(folder, reference, 2025, reponses, precedent=first.consolidation)


def states(year):
    return {t.mesure.id: (t.valeur, part_in_words(t.part).replace("\u00a0", " ")) for t in followed_of(year)}


def followed_of(year):
    return Portrait(year.result).targets.values()


def test_the_targets_that_dijon_prints_are_followed(dijon):
    first, second = dijon
    emas = {"2.3-C01": (5, "21,7 %"), "2.3-I03c": (Decimal("0.95"), "95 %")}  # 5/23; 38/40 over 100 %
    assert states(first) == emas | {"3.2-I01": (3, "100 %")}
    assert states(second) == emas  # what was wanted of 2024 is looked at no more


def test_what_dijon_wants_stands_beside_what_was_done(dijon):
    said = "\n".join(written(dijon[1].synthese, "Synthèse")) + "\n"  # one return of the EMAS team answers for all
    assert "Cible 2028 : 23 communes ; 21,7 % atteints ; départ : 5\n" in said
    assert "Cible de chaque année : 100 % ; 95 % atteints\n" in said
    assert "Résultats attendus : L’EMAS intervient dans les 23 communes de la métropole" in said
    assert "Les 23 communes sont associées au contrat avec leur CCAS ;" in said
    assert "Les acteurs du secteur de l’insertion professionnelle ;" in said
