"""An attack on the region: whoever holds the copies and all its tables finds no small count of a contract.

Every world of a small contract is played through masking, copy and region. Worlds that leave the same figures (answers,
categories, sums, spread, filling, years) cannot be told from each other: in each such group, whatever is masked must
have several values.
"""

from collections import defaultdict
from itertools import product

import pandas as pd
import pytest

from cls_workbook.domain.contrat_years import in_year
from cls_workbook.domain.definition_keys import changed
from cls_workbook.reports.agency.agency_tables import CONTRAT, NOYAU_ANSWERS, NOYAU_DETAILS, VALIDE
from cls_workbook.reports.region.agency_copies import ContratCopy
from cls_workbook.reports.region.regional_details import detail_lines
from cls_workbook.reports.region.regional_sums import noyau_lines
from cls_workbook.summaries.masking import mask_indicateurs
from cls_workbook.summaries.regional.noyau_answers import answers
from cls_workbook.summaries.regional.noyau_details import details, leaving_details
from cls_workbook.tables.consolidation_tables import INDICATEURS
from cls_workbook.tables.table_frames import frame_records
from tests.support.noyau_contrats import contrat_with

YEAR, THRESHOLD, MOST = 2026, 2, 7  # persons in all: every way of sharing them out is played
CATEGORIES = ("moins de 18 ans", "18 à 64 ans", "65 ans et plus")
ANSWERING = {"1.2-I01": "N-01", "1.2-I03": "N-01"}
CONTRAT_READ = in_year(changed(contrat_with(answers=ANSWERING), seuil_petits_effectifs=THRESHOLD), YEAR)


def indicateur(mesure, value):
    fiche, of, asked = CONTRAT_READ.by_mesure[mesure]
    row = dict.fromkeys(INDICATEURS.titles) | {"Fiche": fiche.numero, "Indicateur": of.id, "Mesure": mesure}
    return row | {"Unité": asked.unite, "Agrégation": asked.agregation, "Valeur": value}


def copy_of(contrat, values, categories, annee=YEAR):
    """What leaves of one contract: measure → value, and the categories of N-03."""
    known = {m: indicateur(m, value) for m, value in values.items()}
    frame = pd.DataFrame(list(known.values()), columns=INDICATEURS.titles, dtype=object)
    shown = {li["Mesure"]: li for li in frame_records(mask_indicateurs(CONTRAT_READ, frame))}
    counted = [("Noyau", "N-03", c, n, None, None) for c, n in zip(CATEGORIES, categories, strict=False)]
    titles = ["fiche", "mesure", "modalite", "effectif", "numerateur", "denominateur"]
    detail = details(CONTRAT_READ, YEAR, pd.DataFrame(counted, columns=titles, dtype=object))
    left = answers(CONTRAT_READ, YEAR, shown, {})
    who = dict.fromkeys(CONTRAT.titles) | {"Contrat": contrat, "Année": annee, "État": VALIDE}
    rows = {CONTRAT: [who], NOYAU_ANSWERS: left}
    rows[NOYAU_DETAILS] = leaving_details(CONTRAT_READ, detail, left, known, shown)
    return ContratCopy(f"{contrat}.xlsx", "", "synthèse", rows, lambda *_: ("", ""))


OTHERS = [
    copy_of("b", {"1.2-I01": 40, "1.2-I03": 2, "N-03": 30}, (10, 9, 11)),
    copy_of("a", {"1.2-I01": 12, "1.2-I03": 8, "N-03": 21}, (7, 8, 6), YEAR - 1),
    copy_of("b", {"1.2-I01": 41, "1.2-I03": 5, "N-03": 30}, (10, 2, 18), YEAR - 1),
]


def published(copy):
    """All that the copy and the region say."""
    copies = sorted([copy, *OTHERS], key=lambda c: c.cle)
    region = noyau_lines(copies) | detail_lines(copies)
    return repr([copy.lines[NOYAU_ANSWERS], copy.lines[NOYAU_DETAILS], list(region.values())])


def found_again(worlds):
    """The small counts that all the worlds alike have: (a world, the rank of the count)."""
    groups = defaultdict(list)
    for counts, copy, masked in worlds:
        groups[published(copy)].append((counts, masked))
    return [
        (counts, rank)
        for alike in groups.values()
        for counts, ranks in alike
        for rank in ranks
        if len({other[rank] for other, _ in alike}) == 1
    ]


def few(counts):
    """The ranks of the small ones."""
    return [rank for rank, n in enumerate(counts) if 0 < n <= THRESHOLD]


def worlds_of_categories():
    for counts in (c for c in product(range(MOST + 1), repeat=3) if sum(c) <= MOST):
        copy = copy_of("a", {"1.2-I01": 20, "1.2-I03": 30, "N-03": sum(counts)}, counts)
        yield counts, copy, few(counts)
    for total in range(MOST + 1):  # a contract that knows the total alone
        yield (None, None, None), copy_of("a", {"1.2-I01": 20, "1.2-I03": 30, "N-03": total}, ()), []


def worlds_of_measures():
    for counts in product(range(MOST + 1), repeat=2):
        values = dict(zip(ANSWERING, counts, strict=True))
        copy = copy_of("a", values | {"N-03": 30}, (10, 9, 11))
        (answer,) = (li for li in copy.lines[NOYAU_ANSWERS] if li["Mesure"] == "N-01")
        assert answer["Valeur"] is None or not few(counts)
        yield counts, copy, few(counts)


@pytest.mark.parametrize("worlds", [worlds_of_categories, worlds_of_measures])
def test_no_small_count_of_a_contract_is_found_from_the_copies_and_the_region(worlds):
    assert found_again(list(worlds())) == []


def test_the_region_adds_the_categories_that_are_shown():
    asked = {"1.2-I01": 20, "1.2-I03": 30}
    copies = [copy_of("a", asked | {"N-03": 90}, (20, 30, 40)), copy_of("b", asked | {"N-03": 67}, (1, 25, 41))]
    (lines,) = (rows for table, rows in detail_lines(copies).items() if table.nom == "Noyau_par_categorie")
    told = [[li[t] for t in ("Valeur", "Contrats comptés", "Masquées", "Minimum", "Maximum")] for li in lines]
    assert told == [[20, 1, 1, 20, 20], [30, 1, 1, 30, 30], [81, 2, 0, 40, 41]]  # 1 is masked, and 25 with it
