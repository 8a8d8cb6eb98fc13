"""The Synthèse as it is read, printed and drawn."""

import datetime
import re
from dataclasses import replace
from decimal import Decimal as D

import openpyxl
import pytest

from cls_workbook.definition import toml_reader
from cls_workbook.domain.questions import ChoiceLists
from cls_workbook.reports.synthese import synthese_sheet
from cls_workbook.reports.synthese.synthese_pieces import Board
from cls_workbook.reports.synthese.synthese_portrait import appearance
from cls_workbook.reports.synthese.text_heights import height, pieces, text_line_count
from cls_workbook.summaries.aggregation import SEPARATOR
from cls_workbook.workbook import writer
from cls_workbook.workbook.description import Formula, Link, Workbook
from tests.support.result_headers import N
from tests.support.written_result import CONTRAT, indicateurs, reponses, result
from tests.support.xlsx_lint import lint

SENTENCE = "La mobilisation du public reste inégale selon les quartiers, et la coordination y travaille. "


def drawing(**changes):
    return synthese_sheet.sheet(result(**changes))


def values(sheet):
    return [c.valeur for c in sheet.cells if c.valeur is not None]


def texts(sheet):
    return "\n".join(str(v) for v in values(sheet)).replace("\u00a0", " ")


def row_of(sheet, valeur, rank=0):
    """The values of the row where ``valeur`` stands (the ``rank``-th time), from left to right."""
    numero = [c.line for c in sheet.cells if c.valeur == valeur][rank]
    return [c.valeur for c in sorted(sheet.cells, key=lambda c: c.column) if c.line == numero and c.valeur is not None]


def charts(sheet):
    return {g.titre: g for g in sheet.charts}


def values_read(sheet, cell_range):
    """What a chart reads."""
    _, (start, column, end, _) = cell_range
    by_place = {(c.line, c.column): c.valeur for c in sheet.cells}
    return [by_place.get((line, column)) for line in range(start, end + 1)]


# --- heading and key figures ---


def test_it_says_which_contract_year_and_state_it_is():
    sheet = drawing()
    assert "Contrat d’essai 2024-2026" in values(sheet)
    assert "Provisoire" in values(sheet)
    assert "consolidation du 14/03/2026 · 3 retours reçus sur 4" in texts(sheet)


def test_once_the_copil_has_validated_it_it_says_when():
    assert "Validé en COPIL le 02/04/2026" in values(drawing(validated_on=datetime.date(2026, 4, 2)))


# --- fiches ---


def test_an_etat_is_told_by_its_word_and_by_a_role():
    styles = {c.valeur: c.style.partition(":")[0] for c in drawing().cells if c.style.startswith("etat_")}
    assert styles["En cours"] == "etat_encours"
    assert styles["Reportée"] == "etat_attention"
    assert styles["sans retour"] == "etat_absent"


def test_a_scale_of_the_contract_s_own_finds_its_colours_by_rank():
    listes = ChoiceLists(etats=("Pas lancée", "Lancée", "Finie", "Stoppée"), etats_a_motif=("Stoppée",))
    roles = [appearance(listes, etat)[0] for etat in listes.etats]
    assert roles == ["etat_neutre", "etat_encours", "etat_bon", "etat_attention"]


# --- money ---


def test_an_amount_that_the_contract_does_not_give_keeps_its_printed_state():
    assert "Sans montant au contrat ni crédit de la maquette : 1.2 (non déterminé)." in texts(drawing())


def test_the_maquette_shows_the_gap_in_euros_and_as_a_share():
    figures = [D(20000), D(4000), D("3000.50"), D("1500.25"), D("-999.50"), D("-0.249875"), D("16999.50")]
    line = row_of(drawing(), "1.1", rank=1)
    assert line == ["1.1", "Consulter près de chez soi", *figures, D("1500.25")]
    assert row_of(drawing(), "Total de la maquette") == ["Total de la maquette", *figures, D("1500.25")]


def test_the_post_of_coordination_is_apart_with_its_rule():
    sheet = drawing()
    assert row_of(sheet, "50 %, 30 000 € au plus") == [
        "2.1",
        "50 %, 30 000 € au plus",
        D(52000),
        D(1),
        D(12),
        D("1.00"),
        D("26000.00"),
        D(26000),
        D(13000),
        D("0.5"),  # 26 000 / 52 000
    ]
    assert "• Fiche 2.1 : dépense de 52 000 €, aide possible de 26 000 €." in texts(sheet)


def test_no_figure_adds_the_natures_of_money_together():
    amounts = {v for v in values(drawing()) if isinstance(v, D)}
    natures = [D("3000.50"), D(26000), D(800), D(3000)]
    sums = {sum(n for rank, n in enumerate(natures) if mask >> rank & 1) for mask in range(1, 16)} - set(natures)
    assert amounts.isdisjoint(sums)


# --- charts ---


def test_every_chart_reads_visible_cells_of_the_sheet_and_says_what_it_shows():
    sheet = drawing()
    assert len(sheet.charts) == 2
    for chart in sheet.charts:
        assert len(chart.alt_text) > 30
        for one_series in chart.series:
            assert one_series.values[0] == sheet.nom
            assert any(v is not None for v in values_read(sheet, one_series.values))
            assert all(values_read(sheet, one_series.categories))


def test_only_measures_that_were_something_before_are_charted():
    sheet = drawing()
    series = charts(sheet)["1.1 · Consultations"].series
    assert [(s.nom, values_read(sheet, s.values)) for s in series] == [
        ("Valeur initiale", [D(100)]),
        ("2024", [120]),
        ("2025", [150]),
    ]
    assert not any("Séances" in titre or "Patients" in titre for titre in charts(sheet))


def test_bars_begin_at_zero_whose_lengths_are_compared():
    drawn = drawing().charts
    assert {c.type for c in drawn} == {"barres", "colonnes"} and all(c.from_zero for c in drawn)


def test_no_bar_stands_against_zero_or_alone():
    measured = indicateurs()
    measured["Valeur n-1"] = N
    contrat = toml_reader.parse(CONTRAT.replace("valeur_initiale = 100", "valeur_initiale = 0"), "essai")
    sheet = drawing(contrat=contrat, indicateurs=measured)
    assert "Les mesures qui ont un passé" not in values(sheet)
    assert not [c for c in sheet.charts if "Consultations" in c.titre]


def test_a_period_of_which_nothing_is_known_has_no_column():
    measured = indicateurs()
    measured["Valeur n-1"] = N
    series = charts(drawing(indicateurs=measured))["1.1 · Consultations"].series
    assert [s.nom for s in series] == ["Valeur initiale", "2025"]


def test_measures_of_one_unit_share_a_chart_and_two_units_never():
    digits = indicateurs()
    digits.loc[3, ["Unité", "Valeur"]] = ["consultation", 9]
    texte = toml_reader.parse(CONTRAT.replace('unite = "séance"', 'unite = "consultation"'), "essai")
    sheet = drawing(indicateurs=digits, contrat=texte)
    series = charts(sheet)["Unité : consultation"].series
    assert values_read(sheet, series[0].categories) == ["1.1 · Consultations", "1.1 · Séances"]
    assert values_read(sheet, series[-1].values) == [150, 9]


def test_money_is_told_by_nature_and_charted_by_funder():
    sheet = drawing()
    natures = ("Maquette", "Poste de coordination (hors maquette)", "Hors maquette", "Cofinancement")
    assert [row_of(sheet, n, rank=-1)[1] for n in natures] == [D("3000.50"), D(26000), D(800), D(3000)]
    engage, verse = charts(sheet)["Engagé et versé par financeur"].series
    assert charts(sheet)["Engagé et versé par financeur"].data_labels, "four funders: their labels have room"
    assert values_read(sheet, engage.categories) == [
        "Agence — Hors maquette",
        "Agence — Maquette",
        "Ville — Cofinancement",
        "Fonds santé — Hors maquette",
    ]
    assert values_read(sheet, verse.values) == [D(13000), D("1500.25"), None, None]


# --- what must not leave ---


def test_a_small_count_is_masked_wherever_it_would_be_shown():
    sheet = drawing()
    assert "masqué" in values(sheet)
    assert 7 not in values(sheet)
    assert "masqué (effectif de 1 à 10)" in texts(sheet)


def test_what_designates_a_person_is_taken_out_and_no_file_is_named():
    sheet = drawing()
    assert "Appeler [donnée personnelle retirée] au [donnée personnelle retirée]." in texts(sheet)
    for forbidden in ("Durand", "03 80", "@", ".xlsx", "asso-secret"):
        assert forbidden not in texts(sheet)


@pytest.mark.parametrize("start", range(0, 70, 7))
def test_a_telephone_number_is_taken_out_of_a_long_text_too(start):
    """Wherever the text is cut into rows."""
    long = SENTENCE * 30 + "mot " * (start // 4) + "03 80 12 34 56 " + SENTENCE * 5
    sheet = drawing(
        reponses=reponses(
            (2025, "1.2", "Association", N, "qualitatif", "ecarts", N, long, "asso-secret.xlsx", "FA 1.2", "C70")
        )
    )
    assert "34 56" not in texts(sheet) and "03 80" not in texts(sheet)


def test_a_name_in_a_decision_is_taken_out():
    assert "Durand" not in texts(drawing(decisions={"1.1": "Voir avec Mme Durand."}))


# --- governance, territory, texts, reserves ---


def test_governance_compares_meetings_with_the_minimum():
    sheet = drawing()
    assert row_of(sheet, "COPIL") == ["COPIL", 1, 2, "oui", 20, 15, D("0.75")]
    assert row_of(sheet, "Comité technique") == ["Comité technique", 2, 1, "non", "sous le minimum (1 sur 2)"]


def test_communes_and_quarters_are_a_grid_of_places_by_fiches():
    sheet = drawing()
    assert row_of(sheet, "Communes") == ["Communes", "1 sur 2"]
    assert row_of(sheet, "Fleury") == ["Fleury", 1, "●"]
    assert row_of(sheet, "Valcourt") == ["Valcourt", 0]
    assert row_of(sheet, "Quartiers prioritaires") == ["Quartiers prioritaires", "1 sur 1"]
    assert row_of(sheet, "Les Tilleuls") == ["Les Tilleuls", 1, "●"]


def test_a_place_that_the_contract_does_not_know_comes_last_as_it_was_given():
    touched = result().summaries.territoire
    touched.loc[len(touched)] = ["commune", N, "Ailleurs", 2, SEPARATOR.join(("1.1", "1.2"))]
    sheet = drawing(territoire=touched)
    assert row_of(sheet, "Hors du territoire") == ["Hors du territoire", 1]
    assert row_of(sheet, "Ailleurs") == ["Ailleurs", 2, "●", "●"]


def test_where_places_are_many_fiches_are_the_rows_and_each_place_a_column_that_is_counted():
    others = "".join(f', {{ code_insee = "{21100 + n}", nom = "Lieu {n}" }}' for n in range(20))
    contrat = toml_reader.parse(CONTRAT.replace('nom = "Valcourt" }', 'nom = "Valcourt" }' + others), "essai")
    sheet = drawing(contrat=contrat)
    assert "Communes : 1 sur 22\nQuartiers prioritaires : 1 sur 1" in texts(sheet)
    head = row_of(sheet, "Lieu 19")
    assert (head[:3], head[-1]) == (["Fiche", "Fleury", "Valcourt"], "Les Tilleuls")
    upright = {c.valeur: c for c in sheet.cells if c.style == "entete:debout_petit"}
    cells = {(c.line, c.column): c.valeur for c in sheet.cells}
    line = upright["Fleury"].line
    for name, fiche, count in (("Fleury", "●", 1), ("Valcourt", None, 0)):
        column = upright[name].column
        assert (cells[line + 1, column], cells[line + 2, column]) == (fiche, count), name


def test_a_reserve_that_several_fiches_share_has_one_number():
    alike = indicateurs()
    alike["Couverture"], alike["Réserve"] = "partiel (1 sur 2)", "estimé"
    texte = texts(drawing(indicateurs=alike))
    (note,) = re.findall(r"\[1\] (Fiches .*)", texte)
    assert note.endswith(" : partiel (1 sur 2) ; estimé.")
    assert {"1.1", "1.2"} <= set(re.findall(r"\d\.\d", note.partition(" : ")[0]))


def test_what_money_does_not_say_stands_under_its_table_and_nowhere_else():
    texte = texts(drawing(reserves=("Financement : fiche 1.1, peut-être compté deux fois.", "Autre chose.")))
    assert texte.count("iche 1.1, peut-être compté deux fois.") == 1 and "• Autre chose." in texte


def test_a_very_long_text_is_shown_whole_over_several_rows():
    words = [f"mot{n:04}" for n in range(900)]
    sheet = drawing(
        reponses=reponses(
            (2025, "1.2", "Association", N, "qualitatif", "perspectives", N, " ".join(words), "a", "b", "c")
        )
    )
    assert set(re.findall(r"mot\d{4}", texts(sheet))) == set(words)


def test_the_reserves_say_who_has_not_answered_and_how_far_figures_hold():
    texte = texts(drawing())
    assert "• 1 attendu et non reçu — 1.1 : Ville." in texte
    assert "[1] Fiche 1.1, Consultations : partiel (1 sur 2) ; estimé." in texte
    assert "• 1 mesure sur 6 avec une part d’estimation." in texte
    assert "• Fiche 1.2 : porteur à préciser." in texte
    assert "• 1 anomalie bloquante : les valeurs concernées ne sont dans aucun chiffre." in texte


def test_a_disagreement_between_porteurs_is_explained_in_a_note():
    suivi = result().summaries.avancement
    suivi.loc[0, "detail"] = "Association : En cours\nVille : Réalisée"
    texte = texts(drawing(avancement=suivi, anomalies=()))
    numero = re.search(r"Porteurs en désaccord \[(\d+)\]", texte).group(1)
    assert f"[{numero}] Fiche 1.1, avancement : Association : En cours ; Ville : Réalisée." in texte


# --- print and file ---


def test_it_prints_on_landscape_a4_one_page_wide_with_a_repeated_head(tmp_path):
    path = tmp_path / "S.xlsx"
    writer.write(Workbook([drawing()], "Synthèse"), path)
    page = openpyxl.load_workbook(path).active
    assert (page.page_setup.orientation, page.page_setup.paperSize) == ("landscape", 9)
    assert (
        page.sheet_properties.pageSetUpPr.fitToPage,
        page.page_setup.fitToWidth or 1,
        page.page_setup.fitToHeight,
    ) == (True, 1, 0)
    assert page.print_title_rows == "$1:$1"
    assert "&P / &N" in page.oddFooter.right.text
    assert page.print_area.endswith(f"$AK${max(c.line for c in drawing().cells)}")
    assert len(page._charts) == 2
    assert lint(path) == []


def test_it_holds_no_formula_no_link_and_no_table():
    sheet = drawing()
    assert not any(isinstance(v, (Formula, Link)) for v in values(sheet))
    assert not sheet.sheet_tables and not sheet.hidden_columns


def test_no_text_is_cut():
    """Every text has the height that it needs, rows under its merge included."""
    long_ones = {"1.1": SENTENCE * 4, "1.2": SENTENCE * 3, "": SENTENCE * 12}
    sheet = drawing(decisions=long_ones, reserves=(SENTENCE * 20,), a_preciser=(SENTENCE * 9,))
    merges = {(f.line, f.column): f for f in sheet.merges}
    for c in sheet.cells:
        if isinstance(c.valeur, str) and c.style.startswith(("dense", "entete", "chiffre_cle_libelle", "etat_")):
            merge = merges.get((c.line, c.column))
            unites = merge.last_column - merge.column + 1 if merge else 1
            lines = range(c.line, (merge.last_row if merge else c.line) + 1)
            place = sum(sheet.heights[line] for line in lines)
            assert place >= text_line_count(c.valeur, unites, bold="fort" in c.style) * 12, c


def test_a_page_never_cuts_what_is_merged_nor_a_chart():
    sheet = drawing()
    page_breaks = sheet.print_setup.page_breaks
    assert page_breaks and page_breaks == sorted(set(page_breaks))
    for merge in sheet.merges:
        assert not any(merge.line <= leap < merge.last_row for leap in page_breaks)
    top = {1: 0.0}
    for line in range(1, max(sheet.heights) + 1):
        top[line + 1] = top[line] + sheet.heights.get(line, 15)
    for chart in sheet.charts:
        bottom = top[chart.line] + chart.height * 0.75
        assert not any(top[chart.line] < top[leap + 1] < bottom for leap in page_breaks), chart.titre


def test_no_page_holds_more_than_its_paper():
    """The repeated head counts on each page after the first."""
    long_ones = [
        (2025, "1.2", f"Structure {n}", N, "qualitatif", "freins", N, SENTENCE * 12, f"r{n}", "FA 1.2", "C70")
        for n in range(40)
    ]
    sheet = drawing(reponses=reponses(*long_ones), reserves=(SENTENCE,) * 60)
    bounds = [0, *sheet.print_setup.page_breaks, max(sheet.heights)]
    pages = [
        sum(sheet.heights.get(n, 15) for n in range(start + 1, end + 1))
        for start, end in zip(bounds, bounds[1:], strict=False)
    ]
    assert len(pages) > 4
    assert max(pages) <= 596 - 20  # points that a landscape A4 page takes at this width, less the head


def test_a_contract_without_fiche_amount_or_return_still_has_its_synthese():
    bare_workbook = toml_reader.parse(
        '[contrat]\nid = "nu"\ntitre = "Contrat nu"\nnom_court = "Nu"\nannees = [2025]\nterritoire = "Pays"', "nu"
    )
    given = {**vars(result().tables), **vars(result().summaries)}
    blanks = {nom: frame.iloc[0:0] for nom, frame in given.items()}
    sheet = drawing(
        contrat=bare_workbook, anomalies=(), explications=(), a_preciser=(), decisions={}, precedent=False, **blanks
    )
    assert "Ce contrat ne décrit aucune fiche" in texts(sheet)
    assert sheet.charts == []
    assert "Aucune réserve." in texts(sheet)
    assert sheet.print_setup.page_breaks == [], "one page, not two that are half blank"


def test_a_contract_without_any_measure_has_no_column_for_them():
    contrat = result().contrat
    bare = replace(contrat, fiches=tuple(replace(f, indicateurs=()) for f in contrat.fiches))
    shown = texts(drawing(contrat=bare, indicateurs=indicateurs().iloc[0:0]))
    assert "Argent de 2025" in shown
    assert "aucune mesure au contrat" not in shown and not re.search("^(Cible, d|D)épart$", shown, re.MULTILINE)


# --- measuring text ---


def test_a_text_takes_more_lines_in_a_narrower_cell_and_none_of_it_is_lost():
    texte = SENTENCE * 40
    assert text_line_count(texte, 36) < text_line_count(texte, 9)
    assert len(pieces(texte, 9)) > 1
    assert " ".join(" ".join(pieces(texte, 9)).split()) == texte.strip()
    assert height("", 4) == height(None, 4) == 14.5
    assert text_line_count("x" * 500, 2) > 20


def test_a_note_longer_than_a_row_may_be_goes_on_in_the_next_ones():
    """What each of a thousand structures said of a fiche: Excel has no row that high, and no cell that long."""
    told = " ; ".join(f"Structure {n:04d} : En cours, Partielle" for n in range(1000))
    board = Board("Synthèse")
    board.sentences_in_two_columns([told, "Une note courte."])
    assert max(board.sheet.heights.values()) <= 409
    items_read = [c.valeur for c in sorted(board.sheet.cells, key=lambda c: (c.line, c.column)) if c.valeur]
    assert " ".join(items_read).replace("\n", " ") == f"{told} Une note courte."
