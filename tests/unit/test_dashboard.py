"""The first page of the Synthèse: its lights, and each of its figures, from tables made by hand."""

from decimal import Decimal as D

from cls_workbook.domain.definition_keys import changed
from cls_workbook.domain.questions import ChoiceLists
from cls_workbook.reports.synthese import synthese_sheet
from cls_workbook.reports.synthese.dashboard import dashboard_figures as figures
from cls_workbook.reports.synthese.dashboard.fiche_lights import light
from cls_workbook.summaries.history import history
from tests.support.first_page import card, nothing_of, page, portrait, progress, remembered, words, year
from tests.support.result_headers import N
from tests.support.written_result import indicateurs, reponses, result, retours, totaux

# --- lights -----------------------------------------------------------------------------------------------------------


def test_each_fiche_has_its_light_and_its_word_under_its_axe():
    lit = {str(valeur): style.partition(":")[0] for valeur, style in page() if style.startswith("etat_")}
    assert lit.items() >= {
        ("1.1 · Totale", "etat_bon"),
        ("1.2 · Reportée", "etat_attention"),
        ("2.1 · sans retour", "etat_absent"),
        ("1 à programmer", "etat_neutre"),
    }


def test_a_scale_of_the_contract_s_own_is_lit_by_rank():
    scale = ChoiceLists(realisations=("Fait", "Presque", "Pas fait"))
    seen = portrait(
        avancement=progress(f11=("En cours", "Fait"), f12=("En cours", "Presque"), f21=("En cours", "Pas fait"))
    )
    seen.contrat = changed(seen.contrat, listes=scale)
    assert [light(seen, f).role for f in seen.contrat.fiches] == ["etat_bon", "etat_attention", "etat_mauvais"]


# --- figures, each followed to its table ------------------------------------------------------------------------------


def test_no_word_of_the_tool_is_on_the_first_page():
    everything = " ".join(words()).lower()
    for word in ("strict", "large", "bloquant", "alerte", "anomalie", "champ", "volet"):
        assert word not in everything


def test_persons_are_the_largest_count_of_each_fiche_and_are_added_over_the_fiches():
    measured = indicateurs()
    measured.loc[measured["Mesure"] == "1.1-I02", "Valeur"] = 340
    assert card("Personnes touchées", indicateurs=measured) == (340, "comptées sur 1 fiche")
    assert card("Personnes touchées") == ("—", "non comptées")  # seven: masked


def test_places_are_those_of_the_table_of_territories():
    assert card("Communes touchées") == (1, "sur 2")
    assert card("Quartiers prioritaires touchés") == (1, "sur 1")
    assert card("Communes touchées", **nothing_of("territoire")) == ("—", "sur 2")


def test_the_returns_say_who_is_missing_and_what_is_to_be_corrected():
    assert card("Retours reçus") == (
        3,
        "sur 4 attendus ; manque : Ville (1.1) ; 1 valeur à corriger, hors des chiffres",
    )
    all_there = retours()
    all_there.loc[1, "Statut"] = "reçu"
    assert card("Retours reçus", retours=all_there, anomalies=()) == (4, "sur 4 attendus")


def test_the_bar_of_money_adds_up_to_the_maquette():
    """Engaged 2 000 in 2024 and 3 000,50 in 2025, paid 1 500,25 in all, of 20 000."""
    remembers = remembered(
        year(2024, "Engagé", "1.1", D(2000)),
        year(2025, "Engagé", "1.1", D("3000.50")),
        year(2025, "Versé", "1.1", D("1500.25")),
    )
    money = figures.maquette(portrait(history=remembers))
    assert (money.total, money.engaged, money.paid) == (D(20000), D("5000.50"), D("1500.25"))
    assert (money.to_pay, money.left) == (D("3500.25"), D("14999.50"))
    assert money.paid + money.to_pay + money.left == money.total
    assert "Maquette 20 000 € ; engagé 5 000,50 € (25 %) ; versé 1 500,25 € (8 %)." in words(history=remembers)


def test_the_bar_reads_what_stands_above_it():
    remembers = remembered(year(2025, "Engagé", "1.1", D(3000)), year(2025, "Versé", "1.1", D(1000)))
    sheet = synthese_sheet.sheet(result(history=remembers))
    bar = next(c for c in sheet.charts if c.stacked)
    at = {(c.line, c.column): c.valeur for c in sheet.cells}
    read = {s.nom: at[s.values[1].line, s.values[1].column] for s in bar.series}
    assert read == {"Versé": D(1000), "Engagé, à verser": D(2000), "Ni l’un ni l’autre": D(17000)}
    assert bar.from_zero, "a maquette almost spent is not drawn as one that is half spent"


def test_money_paid_without_a_known_engagement_is_in_the_bar_once():
    money = figures.maquette(portrait(history=remembered(year(2025, "Versé", "1.1", D(300)))))
    assert (money.paid_of_it, money.to_pay, money.left) == (D(300), D(0), D(19700))


def test_money_of_a_fiche_without_amount_is_no_part_of_the_maquette():
    """1.1 engaged 1 000 of its 20 000, and was paid 400; 1.2, which has no amount, engaged 500 and was paid 300."""
    remembers = remembered(
        *(year(2024, "Engagé", "1.1", D(1000)), year(2025, "Versé", "1.1", D(400))),
        *(year(2024, "Engagé", "1.2", D(500)), year(2025, "Versé", "1.2", D(300))),
    )
    money = figures.maquette(portrait(history=remembers))
    assert (money.engaged, money.paid) == (D(1500), D(700))
    assert (money.paid_of_it, money.to_pay, money.left) == (D(400), D(600), D(19000))
    beside = "hors 500 € sur 1 fiche sans montant"
    paid = "versé 700 € (2 %, hors 300 € sur 1 fiche sans montant)"
    assert f"Maquette 20 000 € ; engagé 1 500 € (5 %, {beside}) ; {paid}." in words(history=remembers)


def test_money_beyond_the_maquette_is_said_under_the_bar():
    remembers = remembered(year(2025, "Engagé", "1.1", D(25000)))
    assert any("au-delà de la maquette" in text for text in words(history=remembers))


def test_without_maquette_there_is_no_bar():
    without = totaux()
    without.loc[0, "Contrat"] = None
    remembers = remembered(year(2025, "Engagé", "1.1", D(3000)))
    sheet = synthese_sheet.sheet(result(totaux=without, history=remembers))
    assert not [c for c in sheet.charts if c.stacked]
    assert "Sans montant au contrat ; engagé 3 000 € ; versé non connu." in words(totaux=without, history=remembers)


def test_the_trends_are_last_year_s_rows_beside_this_year_s():
    remembers = remembered(
        *(year(a, "Engagé", "1.1", D(v)) for a, v in ((2024, 2000), (2025, 3000))),
        *(year(a, "Versé", "1.1", D(v)) for a, v in ((2024, 1000), (2025, 1000))),
        year(2024, "Coût réalisé", "1.1", D(4000)),
        *(year(2025, "Coût réalisé", f, D(3000)) for f in ("1.1", "1.2")),
        *(year(a, "État", "1.2", e) for a, e in ((2024, "En cours"), (2025, "Réalisée"))),
    )
    seen = {t.libelle: (t.before, t.now, t.change or t.basis) for t in figures.trends(portrait(history=remembers))}
    assert seen == {
        "Fiches achevées depuis le début": (0, 1, "en hausse"),
        "Engagé sur la maquette": (D(2000), D(3000), "en hausse de 50\u00a0%"),
        "Versé sur la maquette": (D(1000), D(1000), "stable"),
        # not the same fiches: not compared
        "Coût des actions, tous financeurs": (D(4000), D(6000), "sur 2 fiches, contre 1"),
    }


def test_a_first_year_shows_no_column_for_the_year_before():
    remembers = remembered(year(2025, "Engagé", "1.1", D(3000)))
    assert "L’année" in words(history=remembers) and "2024" not in words(history=remembers)


def test_the_history_of_a_consolidation_has_this_year_s_rows():
    """The figures of the first page are those of the tables, through the history that the consolidation makes."""
    made = result()
    rows = history(
        made.contrat,
        2025,
        indicateurs=made.tables.indicateurs,
        mesures=made.tables.mesures,
        avancement=made.summaries.avancement,
        par_fiche=made.tables.par_fiche,
        financements=made.tables.financements,
    )
    money = figures.maquette(portrait(history=rows))
    assert money.engaged == made.tables.par_fiche["Engagé"].dropna().sum() == D("3000.50")
    assert money.paid == made.tables.par_fiche["Versé"].dropna().sum() == D("1500.25")


def test_the_first_page_is_one_page():
    numerous = reponses(
        *(
            (2025, "1.1", f"Structure {n}", N, "qualitatif", "avenant", N, "oui", f"r{n}.xlsx", "FA 1.1", "C75")
            for n in range(30)
        )
    )
    sheet = synthese_sheet.sheet(result(reponses=numerous))
    end = sheet.print_setup.page_breaks[0]
    assert "Décisions attendues du COPIL" in {c.valeur for c in sheet.cells if c.line <= end}
    assert sum(sheet.heights.get(n, 15) for n in range(1, end + 1)) <= 575
