"""A region: fourteen contracts over five years, some late, some provisional, one of another version, one damaged.

Every total is checked against the arithmetic of ``written_region``, which knows nothing of the program.
"""

import re
import zipfile
from datetime import date
from decimal import Decimal as D

import openpyxl
import pytest

from cls_workbook.cli.commands import main
from cls_workbook.errors import Refusal
from cls_workbook.reports.agency import agency_data, ars_copy
from cls_workbook.reports.consolidation import consolidation_workbook
from cls_workbook.reports.region.region_workbook import gather
from cls_workbook.workbook import writer
from tests.support import written_region as as_written
from tests.support.region_figures import (
    YEARS,
    engage,
    etat,
    first_aiders,
    is_valid,
    lacking,
    left,
    maquette,
    nom,
    unite,
)
from tests.support.written_result import CONTRAT, result
from tests.support.xlsx_lint import lint

CONTRATS = range(1, 15)
LATE = {(7, 2028), (8, 2028), (11, 2026)}  # never sent
OTHER_VERSION, DAMAGED = (12, 2025), (13, 2027)
TWICE, TWO_TRUTHS = (4, 2024), (5, 2024)  # sent twice: an older one; two that disagree
IN_FULL = {(1, 2024), (14, 2027)}  # by the whole path, from the frames of a campaign
KEPT = sorted({(r, a) for r in CONTRATS for a in YEARS} - LATE - {OTHER_VERSION, DAMAGED, TWO_TRUTHS})


def alter(path, gesture):
    opened_book = openpyxl.load_workbook(path)
    gesture(opened_book)
    opened_book.save(path)


def of_version_3(opened_book):
    sheet = opened_book["Données contrat"]
    assert sheet["A2"].value == "Format"
    sheet["B2"] = 3


@pytest.fixture(scope="module")
def region(tmp_path_factory):
    """(the folder of the workbooks received, the region's workbook)."""
    received = tmp_path_factory.mktemp("recus")
    for rank in CONTRATS:
        for annee in YEARS:
            if (rank, annee) not in LATE:
                (as_written.write_in_full if (rank, annee) in IN_FULL else as_written.write)(received, rank, annee)
    alter(received / nom(*OTHER_VERSION), of_version_3)
    damaged = received / nom(*DAMAGED)
    damaged.write_bytes(damaged.read_bytes()[:2000])
    as_written.write(received, *TWICE, day=date(2025, 2, 1), under="ancienne.xlsx")
    (received / "copie.xlsx").write_bytes((received / nom(*TWICE)).read_bytes())
    other = as_written.write(received, *TWO_TRUTHS, under="autre-verite.xlsx")
    alter(other, lambda opened_book: opened_book["Données financement"].__setitem__("F2", 1))
    openpyxl.Workbook().save(received / "sans-rapport.xlsx")
    output = received / "R.xlsx"
    return received, output, gather([received], output)


@pytest.fixture(scope="module")
def opened_book(region):
    return openpyxl.load_workbook(region[1])


@pytest.fixture(scope="module")
def tables(opened_book):
    """Sheet → its rows as dictionaries, by its headers."""
    rows_of = {}
    for sheet in opened_book.worksheets[1:]:
        header, *rows = sheet.iter_rows(values_only=True)
        rows_of[sheet.title] = [dict(zip(header, r, strict=True)) for r in rows if any(v is not None for v in r)]
    return rows_of


def total_of(values):
    known = [v for v in values if v is not None]
    return sum(known) if known else None


def exact(valeur):
    return None if valeur is None else D(repr(valeur)).quantize(D("0.01"))


def ident(rank):
    return f"cls-{rank:02}"


# --- the generator itself ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("rank", "annee"), [(1, 2024), (4, 2027), (14, 2025)])
def test_the_rows_written_for_this_test_are_those_of_a_whole_campaign(rank, annee):
    assert agency_data.rows_by_table(as_written.campagne(rank, annee)) == as_written.lines(rank, annee)


# --- what counts, what does not ---------------------------------------------------------------------------------------


def test_one_copy_counts_for_each_contract_and_year(tables):
    assert [(c["Contrat"], c["Année"]) for c in tables["Contrats"]] == [(ident(r), a) for r, a in KEPT]


def test_what_is_set_aside_is_listed_with_its_reason_and_the_rest_goes_on(region, tables):
    discarded = {f["Fichier"]: f for f in tables["Fichiers"] if f["Statut"] != "retenu"}
    assert {n: f["Statut"] for n, f in discarded.items()} == {
        nom(*OTHER_VERSION): "autre version",
        nom(*DAMAGED): "illisible",
        "ancienne.xlsx": "doublon",
        "autre-verite.xlsx": "doublon",
        nom(*TWO_TRUTHS): "doublon",
        "sans-rapport.xlsx": "autre classeur",
        "copie.xlsx": "copie identique",
    }
    assert "format 3, attendu 2" in discarded[nom(*OTHER_VERSION)]["Raison"]
    assert (discarded[nom(*OTHER_VERSION)]["Contrat"], discarded[nom(*OTHER_VERSION)]["Année"]) == ("cls-12", 2025)
    assert "aucune n’est retenue" in discarded["autre-verite.xlsx"]["Raison"]
    assert "plus récente" in discarded["ancienne.xlsx"]["Raison"]
    assert len(tables["Fichiers"]) == len(KEPT) + len(discarded)
    assert region[2].bilan() == (
        "64 synthèses retenues, de 14 contrats ; 7 fichiers écartés (1 autre classeur, "
        "1 autre version, 1 copie identique, 3 doublons, 1 illisible)."
    )


def test_who_is_late_is_named(tables):
    absent = {(r["Contrat"], r["Année"]): r["Précision"] for r in tables["Retards"] if r["Quoi"] == "synthèse absente"}
    assert set(absent) == {(ident(r), a) for r, a in LATE | {OTHER_VERSION, TWO_TRUTHS}} | {
        (ident(DAMAGED[0]), DAMAGED[1])
    }
    assert absent["cls-07", 2028] == "aucun fichier reçu"
    assert "autre version" in absent["cls-12", 2025]
    missing = {
        (r["Contrat"], r["Année"], r["Structure"], r["Fiche"])
        for r in tables["Retards"]
        if r["Quoi"] == "retour manquant"
    }
    assert missing == {(ident(r), a, f"Ville {r}", "1.2") for r, a in KEPT if lacking(r, a)}


# --- totals against plain arithmetic ----------------------------------------------------------------------------------


def test_the_state_the_returns_and_the_alerts_of_each_contract(tables):
    for line, (rank, annee) in zip(tables["Contrats"], KEPT, strict=True):
        assert line["État"] == ("validé" if is_valid(rank, annee) else "provisoire")
        assert (line["Retours reçus"], line["Retours attendus"]) == (4 - lacking(rank, annee), 4)
        assert (line["À confirmer"], line["Maquette"]) == (rank % 3, maquette(rank))
        assert exact(line["Engagé"]) == engage(rank, annee)


def test_the_money_of_the_region_by_nature_is_independent_arithmetic(tables):
    expected = {
        "Maquette": total_of(engage(r, a) for r, a in KEPT),
        "Poste de coordination": D(sum(20_000 + r for r, _ in KEPT)),
        "Hors maquette": D(700 * len(KEPT)),
        "Cofinancements": D(sum(300 * r for r, _ in KEPT)),
    }
    found = {n: total_of(exact(li["Engagé"]) for li in tables["Financement"] if li["Nature"] == n) for n in expected}
    assert found == expected
    assert {li["Nature"] for li in tables["Financement"]} == set(expected), "a nature without money has no row"


def test_each_contract_stands_against_its_maquette(tables):
    for line in tables["Maquettes"]:
        rank = int(line["Contrat"][-2:])
        annees = [a for r, a in KEPT if r == rank]
        known = [a for a in annees if engage(rank, a) is not None]
        running_total = total_of(engage(rank, a) for a in annees)
        assert exact(line["Engagé cumulé"]) == running_total
        assert line["Années additionnées"] == ", ".join(map(str, known))
        assert (exact(line["Reste à engager"]), exact(line["Reste à verser"])) == left(rank, annees[-1]), rank


def test_the_money_of_each_funder_is_independent_arithmetic(tables):
    agence = [li for li in tables["Financeurs"] if li["Financeur"] == "Agence" and li["Niveau"] == "hors_maquette"]
    assert total_of(exact(li["Engagé"]) for li in agence) == D(sum(20_700 + r for r, _ in KEPT))
    (ville,) = [li for li in tables["Financeurs"] if li["Financeur"] == "Ville 9" and li["Année"] == 2026]
    assert (ville["Contrat"], ville["Engagé"], ville["Fichier"]) == ("cls-09", 2700, nom(9, 2026))


def test_posts_come_with_their_rule_and_what_is_to_be_looked_at(tables):
    assert len(tables["Postes de coordination"]) == len(KEPT)
    for poste in tables["Postes de coordination"]:
        assert (poste["Aide possible"], poste["Aide engagée"]) == (25_000, 20_000 + int(poste["Contrat"][-2:]))
        assert poste["À regarder"] is None


def test_fiches_are_counted_by_theme_and_by_priority(tables):
    def tally(kind, identifier, annee):
        return sum(
            t["Fiches"]
            for t in tables["Thèmes"]
            if (t["Genre"], t["Identifiant"], t["Année"]) == (kind, identifier, annee)
        )

    for annee in YEARS:
        contrats = sum(a == annee for _, a in KEPT)
        assert (
            tally("thème", "sante-mentale", annee)
            == tally("thème", "enfance-jeunesse", annee)
            == tally("priorité", "p1", annee)
            == contrats
        )
    under_way = [(r, a) for r, a in KEPT if a == 2025 and etat(r, a, "1.1") == "En cours"]
    (line,) = [
        t for t in tables["Thèmes"] if (t["Identifiant"], t["Année"], t["État"]) == ("sante-mentale", 2025, "En cours")
    ]
    assert (line["Fiches"], line["Contrats"]) == (len(under_way), len(under_way))


# --- measures ---------------------------------------------------------------------------------------------------------


def test_measures_stand_side_by_side_only_under_the_same_theme_and_unit(tables):
    mesures = [m for m in tables["Mesures comparées"] if m["Thème"] == "sante-mentale-secouristes"]
    assert {(m["Contrat"], m["Unité"]) for m in mesures} == {(ident(r), unite(r)) for r, _ in KEPT}
    by_key = {(m["Contrat"], m["Année"]): m["Valeur"] for m in mesures}
    assert by_key == {(ident(r), a): first_aiders(r, a) for r, a in KEPT}
    unites = [m["Unité"] for m in mesures]
    assert unites == sorted(unites), "a unit after the other, never mixed"


def test_a_measure_without_theme_is_compared_with_nothing(tables):
    assert not [m for m in tables["Mesures comparées"] if m["Libellé"] == "Secouristes bis"]


def test_masked_counts_stay_masked(tables):
    patients = {m["Contrat"]: m for m in tables["Mesures comparées"] if m["Mesure"] == "1.1-I02" and m["Année"] == 2025}
    assert patients["cls-10"]["Valeur"] is None and "masqué" in patients["cls-10"]["Réserve"]
    assert patients["cls-11"]["Valeur"] == 11


def test_no_measure_is_ever_added_up(opened_book):
    total = sum(first_aiders(r, 2028) for r, a in KEPT if a == 2028 and unite(r) == "personne")
    assert not any(c.value == total for sheet in opened_book.worksheets for line in sheet.iter_rows() for c in line)


# --- traceability -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("sheet", "column"),
    [
        ("Financement par fiche", "Engagé"),
        ("Financeurs", "Engagé"),
        ("Mesures comparées", "Valeur"),
        ("Postes de coordination", "Aide engagée"),
        ("Fiches", "État"),
    ],
)
def test_every_figure_leads_to_the_cell_that_holds_it(region, tables, sheet, column):
    """Opened with another library, the cell that a row names holds the figure of the row."""
    chosen = [li for li in tables[sheet] if li["Fichier"] == nom(14, 2027)]
    assert chosen
    source = openpyxl.load_workbook(region[0] / nom(14, 2027))
    for line in chosen:
        cells = source[line["Feuille"]][line["Cellule"]]
        values = [c.value for row in (cells if isinstance(cells, tuple) else ((cells,),)) for c in row]
        assert line[column] is None or line[column] in values, line


def test_a_sum_names_the_block_that_it_adds(region, tables):
    (line,) = [
        li
        for li in tables["Financement"]
        if (li["Contrat"], li["Année"], li["Nature"]) == ("cls-14", 2027, "Cofinancements")
    ]
    bloc = openpyxl.load_workbook(region[0] / line["Fichier"])[line["Feuille"]][line["Cellule"]]
    assert total_of(c.value for row in bloc for c in row) == line["Engagé"] == 4200


# --- the workbook -----------------------------------------------------------------------------------------------------


def test_the_workbook_is_sound_visible_and_printable(region, opened_book):
    assert lint(region[1]) == []
    assert [f.title for f in opened_book.worksheets] == [
        "Région",
        "Contrats",
        "Maquettes",
        "Financement",
        "Financement par fiche",
        "Financeurs",
        "Restes à verser",
        "Réserves",
        "Postes de coordination",
        "Thèmes",
        "Fiches",
        "Lieux",
        "Instances",
        "Mesures comparées",
        "Mesures non comparables",
        "Retards",
        "Fichiers",
    ]
    for sheet in opened_book.worksheets:
        assert sheet.sheet_state == "visible"
        assert (
            sheet.page_setup.orientation == "landscape"
            and sheet.page_setup.paperSize == 9
            and sheet.sheet_properties.pageSetUpPr.fitToPage
        )
        assert sheet.print_title_rows
    assert len(opened_book["Région"]._charts) >= 5


def test_the_first_sheet_says_the_same_totals(opened_book):
    page = opened_book["Région"]
    texts = {}
    for line in page.iter_rows():
        for c in line:
            texts.setdefault(c.value, (c.row, c.column))

    def card(titre):
        line, column = texts[titre]
        return page.cell(line + 1, column).value

    assert card("Contrats") == len(CONTRATS)
    assert card("Synthèses retenues") == len(KEPT)
    assert card("Synthèses absentes") == len(CONTRATS) * len(YEARS) - len(KEPT)
    assert card("Maquettes : prévu") == sum(maquette(r) for r in CONTRATS)
    assert exact(card("Engagé depuis le début")) == total_of(engage(r, a) for r, a in KEPT)
    assert card("Retours reçus") == sum(4 - lacking(r, a) for r, a in KEPT)


def test_two_runs_write_the_same_bytes_and_the_output_is_not_read_back(region):
    received, output, _ = region
    before = output.read_bytes()
    gather([received], output)
    assert output.read_bytes() == before


def test_nothing_of_a_return_is_in_the_workbook(region):
    with zipfile.ZipFile(region[1]) as archive:
        content = "".join(archive.read(n).decode("utf-8", "replace") for n in archive.namelist())
    assert "r.xlsx" not in content.replace("cls-", "")
    assert not re.search(r"[\w.]+@[\w.]+\.\w+", content)


# --- consolidations, refusals, command --------------------------------------------------------------------------------


@pytest.fixture
def definition(tmp_path):
    path = tmp_path / "essai.toml"
    path.write_text(CONTRAT, encoding="utf-8")
    return path


def test_a_consolidation_is_read_too_masked_and_with_its_own_cells(tmp_path, definition):
    writer.write(consolidation_workbook.workbook(result()), tmp_path / "C.xlsx")
    gather([tmp_path / "C.xlsx"], tmp_path / "R.xlsx", [definition])
    opened_book, source = openpyxl.load_workbook(tmp_path / "R.xlsx"), openpyxl.load_workbook(tmp_path / "C.xlsx")
    header, *rows = opened_book["Financement par fiche"].iter_rows(values_only=True)
    line = dict(zip(header, rows[0], strict=True))
    assert (line["Engagé"], line["Fichier"], line["Feuille"]) == (3000.5, "C.xlsx", "Financement par fiche")
    assert 3000.5 in [c.value for c in source[line["Feuille"]][line["Cellule"]][0]]
    header, *rows = opened_book["Fiches"].iter_rows(values_only=True)
    fiche = dict(zip(header, rows[0], strict=True))
    assert source[fiche["Feuille"]][fiche["Cellule"]].value == fiche["État"] == "En cours"
    assert fiche["Bloquants"] == 1


def test_a_consolidation_and_the_copy_made_of_it_say_the_same(tmp_path, definition):
    writer.write(consolidation_workbook.workbook(result()), tmp_path / "C.xlsx")
    ars_copy.file_copy(tmp_path / "C.xlsx", tmp_path / "S.xlsx", definition)
    region = gather([tmp_path], tmp_path / "R.xlsx", [definition])
    assert [(c.file, c.kind) for c in region.copies] == [("C.xlsx", "consolidation")]
    assert [(e.file, e.statut) for e in region.ecarts] == [("S.xlsx", "copie identique")]


def test_a_consolidation_whose_definition_is_not_at_hand_costs_itself(tmp_path):
    writer.write(consolidation_workbook.workbook(result()), tmp_path / "C.xlsx")
    as_written.write(tmp_path, 1, 2024, under="S.xlsx")
    region = gather([tmp_path], tmp_path / "R.xlsx")
    (gap,) = region.ecarts
    assert (gap.file, gap.contrat, gap.annee) == ("C.xlsx", "essai", 2025) and "--contrat" in gap.reason


def test_the_same_label_under_another_theme_label_is_another_theme(tmp_path):
    for rank in (1, 2):
        path = as_written.write(tmp_path, rank, 2024)
        if rank == 2:
            alter(path, lambda opened_book: opened_book["Données mesures"].__setitem__("H2", "Un autre libellé"))
    gather([tmp_path], tmp_path / "R.xlsx")
    header, *rows = openpyxl.load_workbook(tmp_path / "R.xlsx")["Mesures comparées"].iter_rows(values_only=True)
    assert "sante-mentale-secouristes" not in {r[0] for r in rows}
    assert header[0] == "Thème"


def test_one_contract_alone_is_never_drawn_as_one_bar(tmp_path):
    gather([as_written.write(tmp_path, 1, 2024)], tmp_path / "R.xlsx")
    drawn = openpyxl.load_workbook(tmp_path / "R.xlsx")["Région"]._charts
    bars = [{s.cat.strRef.f for s in chart.series} | {s.val.numRef.f for s in chart.series} for chart in drawn]
    assert drawn and not [b for b in bars if len(b) == 2 and all(":" not in cells for cells in b)]


def test_without_any_copy_nothing_is_written(tmp_path):
    openpyxl.Workbook().save(tmp_path / "vide.xlsx")
    with pytest.raises(Refusal, match="Aucune synthèse"):
        gather([tmp_path], tmp_path / "R.xlsx")
    with pytest.raises(Refusal, match="n’existe pas"):
        gather([tmp_path / "absent"], tmp_path / "R.xlsx")
    assert [p.name for p in tmp_path.iterdir()] == ["vide.xlsx"]


def test_the_command_says_what_it_set_aside(tmp_path, capsys):
    as_written.write(tmp_path, 1, 2024)
    (tmp_path / "abime.xlsx").write_bytes(b"PK")
    assert main(["region", str(tmp_path), "--sortie", str(tmp_path / "R.xlsx")]) == 0
    output = capsys.readouterr().out.replace("\u00a0", " ")
    assert "abime.xlsx : illisible." in output
    assert "1 synthèse retenue, de 1 contrat ; 1 fichier écarté (1 illisible)." in output
    assert str(tmp_path) + "/abime" not in output, "named as the coordinator knows it"
