"""The sheet Évolution of the agency's copy: three chained years of a small contract, every figure worked out by hand.

Masked: in 2025 the 5 women (10 at most) and the 727 men beside them (732 - 727); in 2024 the stock of 8; in 2026 the
rate of 457 in 460, of which 3 did not.
"""

from __future__ import annotations

import re
from dataclasses import replace
from decimal import Decimal
from zipfile import ZipFile

import openpyxl
import pandas as pd
import pytest

from cls_workbook.definition import toml_reader
from cls_workbook.pipeline.way_back import consolidate_files
from cls_workbook.reports import table_reading
from cls_workbook.reports.agency import agency_data_read, ars_copy
from cls_workbook.reports.consolidation import evolution_sheet, previous_year
from cls_workbook.reports.synthese.synthese_pieces import Board, PrintedColumn
from cls_workbook.tables.consolidation_tables import HISTORY
from cls_workbook.tables.table_frames import frame_of_rows, frame_records
from cls_workbook.workbook import charts as charts_of_xlsxwriter
from cls_workbook.workbook import writer
from tests.support.lived_campagnes import definition, live
from tests.support.written_result import CONTRAT, result

NBSP = "\u00a0"
DEFINITION = """
axes = [{ numero = "1", titre = "Soigner" }]
structures = [{ id = "agence", nom = "Agence" }, { id = "ville", nom = "Ville" }]
financeurs = [{ id = "agence", nom = "Agence", structure = "agence" }]
natures = [{ id = "maquette", libelle = "Maquette", niveau = "maquette" }]

[contrat]
id = "essai"
titre = "Contrat d’essai 2024-2026"
nom_court = "Essai"
annees = [2024, 2025, 2026]
territoire = "Pays d’essai"
agence = "agence"
seuil_petits_effectifs = 10

[[fiches]]
numero = "1.1"
titre = "Accompagner"
axe = "1"
porteurs = ["ville"]
financement = { montant = 24000, montant_etat = "chiffre" }

[[fiches.indicateurs]]
id = "1.1-I"
libelle = "Personnes accompagnées"
type = "compte"
mesures = [
    { id = "ALL", libelle = "Personnes", type = "entier", agregation = "FLUX", unite = "personne", cle = true },
    { id = "WOMEN", libelle = "Femmes", type = "entier", agregation = "FLUX", unite = "personne", \
petits_effectifs = true, cle = true },
    { id = "MEN", libelle = "Hommes", type = "entier", agregation = "FLUX", unite = "personne", \
petits_effectifs = true, cle = true },
    { id = "RATE", libelle = "Suivi repris", type = "taux", agregation = "RATIO", petits_effectifs = true, cle = true },
    { id = "STOCK", libelle = "File active", type = "entier", agregation = "STOCK", unite = "dossier", \
valeur_initiale = 72, petits_effectifs = true, cle = true },
    { id = "HOURS", libelle = "Heures", type = "entier", agregation = "FLUX", unite = "heure", cle = true },
    { id = "SAID", libelle = "Avis", type = "texte", agregation = "TEXTE" },
]

[[cibles]]
mesure = "WOMEN"
valeur = 1704
cumulee = true
[[cibles]]
mesure = "HOURS"
valeur = 9000
cumulee = true
[[cibles]]
mesure = "STOCK"
valeur = 108
chaque_annee = true
"""
# year → persons, women, men, (numerator, denominator), stock, hours: all that is shown is a multiple of 12, and nothing
# that is masked
COUNTED = {
    2024: (1044, 420, 624, (240, 480), 8, 2004),
    2025: (732, 5, 727, (420, 672), 120, 3108),
    2026: (2052, 720, 1332, (457, 460), 240, None),
}
# The same with 7 women of 732 persons, a stock of 6, and 453 in 460.
OTHERWISE = {"WOMEN": {2025: 7}, "MEN": {2025: 725}, "STOCK": {2024: 6}, "RATE": {2026: Decimal(453) / 460}}
MASKED = {5, 727, 8, 457, 460, 457 / 460}
TOLD = "Appeler Mme Durand au 03 80 12 34 56."


def answers(annee, persons, women, men, rate, stock, hours):
    counts = {"ALL": persons, "WOMEN": women, "MEN": men, "STOCK": stock, "HOURS": hours}
    said = {f"1.1/mesures/{m}/valeur": v for m, v in counts.items() if v is not None}
    said |= {f"1.1/taux/RATE/{c}": v for c, v in zip(("numerateur", "denominateur"), rate, strict=True)}
    said |= {"1.1/avancement/etat": "En cours", "1.1/avancement/realisation": "Totale"}
    return said | {"1.1/textes/SAID/texte": f"{TOLD} {annee}"}


@pytest.fixture(scope="module")
def years(tmp_path_factory):
    folder = tmp_path_factory.mktemp("trois-ans")
    reference, precedent, lived = definition(folder, DEFINITION), None, []
    for annee, figures in COUNTED.items():
        lived.append(live(folder, reference, annee, {"ville": answers(annee, *figures)}, precedent))
        precedent = lived[-1].consolidation
    return lived


@pytest.fixture(scope="module")
def books(years):
    """The copies of the three years, opened."""
    return [openpyxl.load_workbook(year.synthese) for year in years]


@pytest.fixture(scope="module")
def copies(years, books):
    """The last year's copy and its consolidation."""
    return books[-1], openpyxl.load_workbook(years[-1].consolidation)


def rows(book, beginning=""):
    """The rows of Évolution that hold such a text, plain spaces, blanks apart."""
    found = [
        [v.replace(NBSP, " ") if isinstance(v, str) else v for v in row if v is not None]
        for row in book["Évolution"].iter_rows(values_only=True)
    ]
    return [row for row in found if any(str(v).startswith(beginning) for v in row)]


def mesure(book, name):
    """Its row in the table of the measures."""
    return next(row for row in rows(book, f"1.1 · {name}") if len(row) > 2)


def test_the_sheet_stands_after_the_synthese_in_every_copy(books):
    assert [book.sheetnames[:3] for book in books] == [["Synthèse", "Évolution", "Données contrat"]] * 3


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("Personnes", [1044, 732, 2052, "personne", 3828, "somme de 2024 à 2026"]),
        ("Femmes", [420, "masqué", 720, "personne", "masqué : 2025 l’est"]),
        ("Hommes", [624, "masqué", 1332, "personne", "masqué : 2025 l’est"]),
        ("Suivi repris", [0.5, 0.625, "masqué", "masqué : 2026 l’est"]),
        ("File active", ["masqué", 120, 240, "dossier", 72, "masqué : 2024 l’est"]),
        ("Heures", [2004, 3108, "heure", 5112, "somme de 2024 à 2025, sans 2026"]),
    ],
)
def test_a_measure_with_a_masked_year_loses_it_and_its_cumul(copies, name, told):
    assert mesure(copies[0], name)[1:] == told


def test_what_is_not_masked_is_as_the_coordinator_has_it(copies):
    left, kept = copies
    for name in ("Personnes", "Heures"):
        assert mesure(left, name) == mesure(kept, name)
    assert mesure(kept, "Femmes")[1:5] == [420, 5, 720, "personne"] and mesure(kept, "Femmes")[5] == 1145
    for beginning in ("La maquette", "2024", "1.1 · Accompagner"):
        assert rows(left, beginning)[0] == rows(kept, beginning)[0]


def test_a_target_shows_neither_the_masked_year_nor_the_sums_that_hold_it(copies):
    found = rows(copies[0])
    start = found.index(["Fiche et mesure", "Suivi", "2024", "2025", "2026", "Où l’on en est"])
    assert found[start + 1 : start + 10] == [
        ["1.1 · Femmes", "cible", 1704, 1704, 1704],
        ["valeur, années ajoutées", 420, "masqué", "masqué", "masqué"],
        ["part atteinte", pytest.approx(420 / 1704)],
        ["1.1 · File active", "cible", 108, 108, 108],
        ["valeur", "masqué", 120, 240, "atteinte"],
        ["part atteinte", *map(pytest.approx, (120 / 108, 240 / 108))],
        ["1.1 · Heures", "cible", 9000, 9000, 9000],
        ["valeur, années ajoutées", 2004, 5112, 5112, "non atteinte (partiel)"],
        [*("part atteinte", *map(pytest.approx, (2004 / 9000, 0.568, 0.568))), "somme de 2024 à 2025, sans 2026"],
    ]


# --- charts ---


def charts(path):
    """Name of each series of a file's charts → the points that the file keeps of it: category → value."""
    kept = {}
    with ZipFile(path) as package:
        drawn = [package.read(n).decode() for n in package.namelist() if n.startswith("xl/charts/chart")]
    for one_series in re.findall("<c:ser>(.*?)</c:ser>", "".join(drawn)):
        name, *parts = re.split("<c:cat>|<c:val>", one_series)
        named, values = (dict(re.findall('<c:pt idx="(.*?)"><c:v>(.*?)</c:v>', part)) for part in parts)
        kept[re.findall("<c:v>(.*?)</c:v>", name)[0]] = {named[rank]: v for rank, v in values.items()}
    return kept


def test_no_chart_keeps_a_masked_figure(years):
    kept = charts(years[-1].synthese)
    assert kept["1.1 · Femmes"] == {"2024": "420", "2026": "720"}
    assert kept["1.1 · File active"] == {"2025": "120", "2026": "240"}
    assert kept["1.1 · Personnes"] == {"2024": "1044", "2025": "732", "2026": "2052"}
    assert not {float(v) for points in kept.values() for v in points.values()} & MASKED
    # the coordinator's own has it
    assert charts(years[-1].consolidation)["1.1 · Femmes"] == {"2024": "420", "2025": "5", "2026": "720"}


# --- attacks ---


def numbers(book):
    """Every number that a copy says of the measures, whatever the sheet, but counts of returns and years."""
    found = set()
    for sheet in book:
        for row in sheet.iter_rows(values_only=True):
            told = str([v for v in row if isinstance(v, str)])
            if re.search("Personnes|Femmes|Hommes|Suivi|File|Heures|valeur|part atteinte|cible|'20", told):
                found |= {float(v) for v in row if isinstance(v, (int, float))}
    return {n for n in found if n > 10 or n % 1}


def test_no_combination_of_what_the_copies_say_gives_a_masked_figure(years, books):
    """Sums and differences of any figures (all are multiples of 12), parts of targets and of each other."""
    found = {n for book in books for n in numbers(book)}
    found |= {float(v) for year in years for points in charts(year.synthese).values() for v in points.values()}
    assert {1044, 3828, 420, 2052, 672, 0.625, 1704, 24000} <= found
    assert {n for n in found if n % 1 == 0 and n % 12} == set()
    made = {round(n, 6) for a in found for b in found for n in (a * b, a / b, (1 - a) * b)}
    assert not made & {round(float(n), 6) for n in MASKED}


def test_no_sentence_says_a_masked_figure(books):
    said = [str(v) for book in books for sheet in book for row in sheet.iter_rows(values_only=True) for v in row if v]
    assert any("2 052 personnes en 2026, 732 en 2025" in t.replace(NBSP, " ") for t in said)
    assert not [t for t in said if re.search(r"\b(727|457|460|99,3)\b|\b[58] (femme|dossier|personne)", t)]


def another_world(result):
    """The same campaign, had it counted ``OTHERWISE``."""

    def changed(table, column, year_of):
        rows = [r | {column: OTHERWISE.get(r["Mesure"], {}).get(year_of(r), r[column])} for r in frame_records(table)]
        rows = [r | {"Numérateur": 453} if r["Valeur"] == Decimal(453) / 460 else r for r in rows]
        return pd.DataFrame(rows, columns=table.columns, dtype=object)

    tables = result.tables
    indicateurs = changed(tables.indicateurs, "Valeur", lambda _: result.annee)
    indicateurs = changed(indicateurs, "Valeur n-1", lambda _: result.annee - 1)
    history = changed(tables.history, "Valeur", lambda r: r["Année"])
    return replace(result, tables=replace(tables, indicateurs=indicateurs, history=history))


def test_a_campaign_that_counted_otherwise_what_is_masked_leaves_the_same_copy_to_the_byte(years):
    for year in years:
        true = ars_copy.read_back(year.consolidation, year.result.contrat)
        other = another_world(true)
        assert str(frame_records(other.tables.history)) != str(frame_records(true.tables.history))
        assert writer.to_bytes(ars_copy.workbook(other)) == year.synthese.read_bytes()


# --- what the copy is besides ---


def test_the_copy_made_along_with_the_consolidation_is_that_of_its_file(years):
    """The page makes both at once: nothing is read back, and the Synthèse is drawn once."""
    before, year = years[-2:]
    again, along = year.consolidation.with_name("again.xlsx"), year.consolidation.with_name("along.xlsx")
    retours, day = [year.consolidation.with_name("retours")], year.result.day
    how = {"day": day, "precedent": before.consolidation, "synthese": along}
    consolidate_files(retours, year.reference, year.result.annee, again, **how)
    assert along.read_bytes() == year.synthese.read_bytes()
    assert again.read_bytes() == year.consolidation.read_bytes()


def test_the_general_workbook_of_the_next_year_shows_what_the_copy_shows(years):
    past = previous_year.read(years[1].consolidation)
    shown = previous_year.showable(past, years[2].result.contrat, 2026)
    assert {m: v for m, v in shown.items() if m != "SAID"} == {"ALL": 732, "RATE": 0.625, "STOCK": 120, "HOURS": 3108}


def test_what_designates_a_person_stays_with_the_coordinator(years, copies):
    said = rows(copies[0], "1.1 · Avis")
    assert len(said) == 3 and "retirée" in said[0][0] and not re.search("Durand|12 34", str(said))
    assert TOLD in str(rows(copies[1], "1.1 · Avis"))


def test_a_copy_of_before_the_sheet_is_read_alike(years):
    path = years[-1].synthese
    sheets = table_reading.open_up(path)
    today = agency_data_read.data_tables(path, sheets)
    before = agency_data_read.data_tables(path, {nom: rows for nom, rows in sheets.items() if nom != "Évolution"})
    assert {t: read.lines for t, read in today.items()} == {t: read.lines for t, read in before.items()}


def test_the_agency_is_not_told_of_the_command_line():
    row = {"Année": 2023, "Objet": "Mesure", "Mesure": "1.1-I01", "Agrégation": "FLUX", "Valeur": 90}
    leap = result(history=frame_of_rows(HISTORY, [row]))
    own, left = (
        " ".join(str(c.valeur) for c in evolution_sheet.sheet(leap, for_agency).cells) for for_agency in (False, True)
    )
    lacking = "Aucune consolidation n’est connue pour 2024"
    assert f"{lacking}{NBSP}: donnez celle de l’an dernier quand vous consolidez." in own
    assert f"{lacking}." in left and "--" not in left


# --- no text is cut ---


def test_a_long_name_is_whole_above_its_chart_which_has_no_title():
    long = "Consultations données dans les communes et les quartiers, toutes structures réunies"
    contrat = toml_reader.parse(
        CONTRAT.replace('libelle = "Consultations", type = "entier"', f'libelle = "{long}", type = "entier"'), "e"
    )
    past = [
        {
            "Année": a,
            "Objet": "Mesure",
            "Fiche": "1.1",
            "Mesure": m,
            "Libellé": name,
            "Agrégation": "FLUX",
            "Valeur": 90,
        }
        for a in (2024, 2025)
        for m, name in (("1.1-I01", long), ("1.1-I02", "Patients"))
    ]
    sheet = evolution_sheet.sheet(result(contrat=contrat, history=frame_of_rows(HISTORY, past)))
    assert [c.titre for c in sheet.charts[-2:]] == ["", "1.1 · Patients"]
    assert [c.valeur for c in sheet.cells].count(f"1.1 · {long}") == 2  # in the table, then above the chart
    assert long in sheet.charts[-2].alt_text
    assert not [c for c in sheet.cells if "…" in str(c.valeur)]


def test_the_rows_of_a_target_stay_on_one_page():
    board, column = Board("Essai"), [PrintedColumn("Suivi", 36)]
    drawn = board.sheet_table(column, [[f"{n} {part}"] for n in range(40) for part in "abc"], together=3)
    said = {c.line: c.valeur for c in board.sheet.cells}
    after = [said[line + 2] for line in board.sheet.print_setup.page_breaks]  # under the header that comes back
    assert len(after) == 3 and all(text.endswith(" a") for text in after) and drawn.last > 120


def test_bars_begin_at_zero_unless_a_value_is_negative():
    for value, from_zero in ((90, True), (-5, False)):
        past = [
            {"Année": a, "Objet": "Mesure", "Fiche": "1.1", "Mesure": "1.1-I01", "Agrégation": "FLUX", "Valeur": v}
            for a, v in ((2024, value), (2025, 100))
        ]
        drawn = evolution_sheet.sheet(result(history=frame_of_rows(HISTORY, past))).charts[-1]
        assert drawn.from_zero is from_zero
        assert [o.get("min") for o in charts_of_xlsxwriter.settings(drawn).values()].count(0) == from_zero
