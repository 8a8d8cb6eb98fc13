"""The first page of the Synthèse: what it says of an empty, a partial, a good and a bad year; where its figures are."""

from dataclasses import replace
from decimal import Decimal as D

import pytest

from cls_workbook.definition import toml_reader
from cls_workbook.domain.questions import ChoiceLists
from cls_workbook.reports.synthese import synthese_sheet
from cls_workbook.reports.synthese.dashboard import dashboard_figures as figures
from cls_workbook.reports.synthese.dashboard.expected_decisions import decisions
from cls_workbook.reports.synthese.dashboard.fiche_lights import light
from cls_workbook.reports.synthese.dashboard.leading_sentences import sentences
from cls_workbook.reports.synthese.synthese_portrait import Portrait
from cls_workbook.summaries.history import history
from cls_workbook.tables.consolidation_tables import HISTORY
from cls_workbook.tables.table_frames import frame_of_rows
from tests.support.result_headers import N, frame
from tests.support.written_result import CONTRAT, indicateurs, par_fiche, reponses, result, retours, totaux

SUIVI = ("fiche", "axe", "titre", "etat", "realisation", "par_volet", "detail", "recus", "attendus", "couverture")


def progress(**by_fiche):
    """``f11=("En cours", "Totale")``: état and réalisation of the fiche 1.1; the others have not answered."""
    lines = [
        (f, f[0], f"Fiche {f}", *by_fiche.get(f"f{f[0]}{f[2]}", (N, N)), N, N, 1, 1, "complet")
        for f in ("1.1", "1.2", "2.1")
    ]
    return frame(SUIVI, *lines)


def good(**changes):
    return progress(f11=("En cours", "Totale"), f12=("Réalisée", "Totale"), f21=("En cours", "Totale")), changes


def portrait(**changes):
    return Portrait(result(**changes))


def said(**changes):
    """The three sentences, with plain spaces."""
    seen = portrait(**changes)
    return [text.replace("\u00a0", " ") for text in sentences(seen, decisions(seen))]


def asked(**changes):
    return [text.replace("\u00a0", " ") for text in decisions(portrait(**changes))]


def page(**changes):
    """The cells of the first page: (value, style)."""
    sheet = synthese_sheet.sheet(result(**changes))
    end = sheet.print_setup.page_breaks[0]
    return [(c.valeur, c.style) for c in sheet.cells if c.line <= end and c.valeur is not None]


def words(**changes):
    return [str(valeur).replace("\u00a0", " ") for valeur, _ in page(**changes)]


def card(titre, **changes):
    """(value, note) of a key figure."""
    sheet = synthese_sheet.sheet(result(**changes))
    at = {(c.line, c.column): c.valeur for c in sheet.cells}
    line, column = next(place for place, valeur in at.items() if valeur == titre)
    return at[line + 1, column], str(at[line + 2, column]).replace("\u00a0", " ")


def year(annee, objet, fiche, valeur):
    return {"Année": annee, "Objet": objet, "Fiche": fiche, "Valeur": valeur}


def remembered(*rows):
    return frame_of_rows(HISTORY, rows)


def nothing_of(*names):
    """The tables of that name, without a row."""
    made = result()
    tables = {**vars(made.tables), **vars(made.summaries)}
    return {name: tables[name].iloc[0:0] for name in names}


# --- how far ----------------------------------------------------------------------------------------------------------


def test_a_partial_year_counts_what_was_done_and_names_who_is_silent():
    assert said()[0] == (
        "En 2025, sur 3 fiches actives : programme réalisé en totalité pour 1, 1 action reportée ou abandonnée, "
        "1 sans retour (fiche 2.1)."
    )


def test_a_good_year_is_said_in_a_word():
    assert said(avancement=good()[0])[0] == (
        "En 2025, les 3 fiches actives ont toutes réalisé leur programme en totalité."
    )


def test_a_bad_year_is_said_as_it_is():
    bad = progress(f11=("En cours", "Nulle"), f12=("Abandonnée", N), f21=("Reportée", "Nulle"))
    assert said(avancement=bad)[0] == (
        "En 2025, sur 3 fiches actives : programme réalisé pas du tout pour 1, 2 actions reportées ou abandonnées."
    )


def test_a_year_without_return_says_that_nothing_is_known():
    silent = said(avancement=progress(), **nothing_of("reponses", "territoire"), **without_figures())
    assert silent[0] == "Aucun retour de 2025 ne dit encore où en sont les 3 fiches actives."
    assert silent[1] == "Rien ne ressort encore : aucun chiffre n’est connu."


def without_figures():
    measured = indicateurs()
    measured[["Valeur", "Valeur n-1"]] = N
    return {"indicateurs": measured, "history": remembered()}


def test_a_year_of_which_nothing_was_programmed_is_no_failure():
    none_due = progress(f11=("En cours", "Rien de programmé"), f12=("En cours", "Partielle"), f21=("En cours", N))
    assert said(avancement=none_due)[0] == (
        "En 2025, sur 3 fiches actives : programme réalisé en partie pour 1, rien de programmé pour 1, réalisation "
        "non dite pour 1."
    )


def test_a_contract_without_fiches_says_so():
    bare = toml_reader.parse(
        '[contrat]\nid = "nu"\ntitre = "Contrat nu"\nnom_court = "Nu"\nannees = [2025]\nterritoire = "Pays"\n'
        "actions_annoncees = 12",
        "nu",
    )
    every = [*vars(result().tables), *vars(result().summaries)]
    seen = said(contrat=bare, decisions={}, a_preciser=(), anomalies=(), **nothing_of(*every))
    assert seen == [
        "Ce contrat ne décrit encore aucune fiche ; il annonce 12 actions.",
        "Rien ne ressort encore : aucun chiffre n’est connu.",
        "Il est seulement demandé au COPIL de valider ce bilan.",
    ]


# --- what stands out --------------------------------------------------------------------------------------------------


def test_what_is_serious_comes_before_what_moved_and_what_was_reached():
    assert said()[1] == (
        "À retenir : action reportée ou abandonnée (fiche 1.2) ; Consultations (fiche 1.1) : 150 consultations en "
        "2025, 120 en 2024 ; 1 commune sur 2 et 1 QPV sur 1 ont vu une action."
    )


def test_money_beyond_the_maquette_comes_first():
    over = par_fiche()
    over.loc[0, "Reste à engager"] = D("-250.50")
    assert said(par_fiche=over)[1].startswith("À retenir : maquette dépassée de 250,50 € (fiche 1.1) ; ")


def test_a_programme_of_which_nothing_was_done_stands_out():
    bad = progress(f11=("En cours", "Nulle"), f12=("En cours", "Nulle"), f21=("En cours", "Totale"))
    assert "rien n’a été réalisé de ce qui était prévu (fiches 1.1 et 1.2)" in said(avancement=bad)[1]


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        (200, "cible manquée : Consultations (fiche 1.1), 150 consultations pour 200 consultations"),
        (140, "1 cible atteinte sur 1"),
    ],
)
def test_targets_that_are_missed_or_reached_stand_out(wanted, expected):
    texte = CONTRAT.replace(
        "[contrat]\n", f'cibles = [{{ mesure = "1.1-I01", annee = 2025, valeur = {wanted} }}]\n\n[contrat]\n', 1
    )
    assert expected in said(contrat=toml_reader.parse(texte, "essai"), avancement=good()[0])[1]


def test_a_masked_value_is_in_no_sentence():
    """Seven patients, on a threshold of ten."""
    everything = " ".join([*words(), *said()])
    assert "Patients" not in everything and " 7 " not in everything


# --- what is asked ----------------------------------------------------------------------------------------------------


def test_decisions_are_ranked_and_the_first_is_in_the_sentence():
    assert asked() == [
        "Fiche 1.1 : se prononcer sur un avenant, demandé par Association",
        "Préciser : fiche 1.2 : porteur à préciser",
        "Réunir « Comité technique » : 1 réunion sur 2 au moins",
        "Programmer 1 action encore sans fiche",
        "Valider le bilan 2025, aujourd’hui provisoire",
    ]
    assert said()[2] == (
        "5 décisions sont attendues du COPIL, d’abord : fiche 1.1 : se prononcer sur un avenant, demandé par "
        "Association."
    )


def test_what_was_decided_is_not_asked_again():
    """The action 1.2 is put off: the COPIL accepted it; without its decision, it is asked."""
    assert not [text for text in asked() if "1.2" in text and "maintenir" in text]
    assert "Fiche 1.2 : maintenir, modifier ou arrêter l’action (« Reportée »)" in asked(decisions={})


def test_fiches_of_which_the_same_is_asked_share_a_line():
    bad = progress(f11=("En cours", "Nulle"), f12=("En cours", "Nulle"), f21=("En cours", "Nulle"))
    assert "Fiches 1.1, 1.2 et 2.1 : reprogrammer l’action, dont rien n’a été réalisé en 2025" in asked(
        avancement=bad, decisions={}
    )


def test_porteurs_who_disagree_are_asked_to_say():
    suivi = result().summaries.avancement
    suivi.loc[0, "detail"] = "Association : En cours\nVille : Réalisée"
    assert "Fiche 1.1 : dire où en est l’action : les porteurs ne s’accordent pas" in asked(avancement=suivi)


def test_money_beyond_the_maquette_is_asked_first():
    over = par_fiche()
    over.loc[0, "Reste à engager"] = D(-250)
    assert asked(par_fiche=over)[0] == "Fiche 1.1 : régler le dépassement de la maquette (250 €)"


def test_a_validated_year_of_which_all_is_decided_asks_nothing():
    nothing_open = {
        "avancement": good()[0],
        "decisions": {"1.1": "Avenant signé."},
        "a_preciser": (),
        "gouvernance": result().summaries.gouvernance.iloc[:1],
        "contrat": toml_reader.parse(CONTRAT.replace("a_programmer", "# a_programmer"), "essai"),
    }
    assert said(**nothing_open)[2] == "Il est seulement demandé au COPIL de valider ce bilan."
    validated = said(**nothing_open, validated_on=result().day)
    assert validated[2] == "Aucune décision n’est attendue du COPIL : le bilan est validé."


def test_decisions_that_do_not_fit_on_the_page_are_counted():
    open_points = tuple(f"Point {n} à préciser." for n in range(20))
    assert any(text.startswith("Et ") and "de plus" in text for text in words(a_preciser=open_points))


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
    seen.contrat = replace(seen.contrat, listes=scale)
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
        "sur 4 attendus ; manquent : Ville (1.1) ; 1 valeur à corriger, hors des chiffres",
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
        "Engagé sur la maquette": (D(2000), D(3000), "en hausse de 50 %"),
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
