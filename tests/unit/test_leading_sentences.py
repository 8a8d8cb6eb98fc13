"""The three sentences of the first page, and the decisions: on empty, partial, good and bad years."""

from dataclasses import replace
from decimal import Decimal as D

import pytest

from cls_workbook.definition import toml_reader
from cls_workbook.reports.synthese.dashboard import dashboard_figures as figures
from cls_workbook.reports.synthese.dashboard.leading_sentences import asked as sentence_of
from cls_workbook.summaries.expected import a_preciser
from tests.support.first_page import (
    asked,
    good,
    nothing_of,
    portrait,
    progress,
    remembered,
    said,
    without_figures,
    words,
    year,
)
from tests.support.result_headers import N, frame
from tests.support.written_result import CONTRAT, indicateurs, par_fiche, result, retours

# --- how far ----------------------------------------------------------------------------------------------------------


def test_a_partial_year_counts_what_was_done_and_names_who_is_silent():
    assert said()[0] == (
        "En 2025, sur 3 fiches actives : programme réalisé en totalité pour 1, 1 action reportée, "
        "1 sans retour (fiche 2.1)."
    )


def test_a_good_year_is_said_in_a_word():
    assert said(avancement=good()[0])[0] == (
        "En 2025, les 3 fiches actives ont toutes réalisé leur programme en totalité."
    )


@pytest.mark.parametrize(
    ("each", "sentence"),
    [
        (("En cours", "Partielle"), "les 3 fiches actives ont toutes réalisé leur programme en partie"),
        (("En cours", "Nulle"), "les 3 fiches actives n’ont rien réalisé de leur programme"),
        (("Reportée", N), "les 3 actions sont toutes reportées"),
        (("Abandonnée", "Nulle"), "les 3 actions sont toutes abandonnées"),
        (("En cours", "Rien de programmé"), "rien n’était programmé pour les 3 fiches actives"),
        (("En cours", N), "les retours des 3 fiches actives ne disent pas ce qui a été réalisé"),
    ],
)
def test_fiches_that_are_all_alike_are_told_together_and_once(each, sentence):
    told = said(avancement=progress(f11=each, f12=each, f21=each), history=remembered())
    assert told[0] == f"En 2025, {sentence}."
    assert "1.2" not in told[1]


@pytest.mark.parametrize(
    ("its_own", "sentence"),
    [
        (("En cours", "Totale"), "En 2025, la fiche active a réalisé son programme en totalité."),
        (("En cours", "Nulle"), "En 2025, la fiche active n’a rien réalisé de son programme."),
        (("Abandonnée", N), "En 2025, l’action de la fiche active est abandonnée."),
        ((N, N), "Aucun retour de 2025 ne dit encore où en est la fiche active."),
    ],
)
def test_a_contract_of_one_fiche_is_told_in_the_singular(its_own, sentence):
    alone = toml_reader.parse(CONTRAT, "essai")
    alone, measured = replace(alone, fiches=alone.fiches[:1]), indicateurs()
    measured = measured[measured["Fiche"] == "1.1"]
    assert said(contrat=alone, indicateurs=measured, avancement=progress(f11=its_own))[0] == sentence


def test_a_bad_year_is_said_as_it_is():
    bad = progress(f11=("En cours", "Nulle"), f12=("Abandonnée", N), f21=("Reportée", "Nulle"))
    assert said(avancement=bad)[0] == (
        "En 2025, sur 3 fiches actives : programme réalisé pas du tout pour 1, 2 actions reportées ou abandonnées."
    )


def test_a_year_without_return_says_that_nothing_is_known():
    silent = said(avancement=progress(), **nothing_of("reponses", "territoire"), **without_figures())
    assert silent[0] == "Aucun retour de 2025 ne dit encore où en sont les 3 fiches actives."
    assert silent[1] == "Rien ne ressort des retours reçus."
    nobody = said(avancement=progress(), **nothing_of("reponses", "territoire", "retours"), **without_figures())
    assert nobody[1] == "Rien ne ressort encore : aucun chiffre n’est connu."


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
        "À retenir : action reportée (fiche 1.2) ; Consultations (fiche 1.1) : 150 consultations en "
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


@pytest.mark.parametrize(
    ("touched", "told"),
    [
        ((("commune", "Fleury"),), "1 commune sur 2 a vu une action"),
        ((("commune", "Fleury"), ("commune", "Valcourt")), "2 communes sur 2 ont vu une action"),
        ((("qpv", "Les Tilleuls"),), "1 QPV sur 1 a vu une action"),
        ((("commune", "Fleury"), ("qpv", "Les Tilleuls")), "1 commune sur 2 et 1 QPV sur 1 ont vu une action"),
    ],
)
def test_places_agree_with_their_verb_and_a_kind_never_reached_is_not_told(touched, told):
    places = frame(("type", "nom", "fiches"), *((kind, nom, 1) for kind, nom in touched))
    seen = said(avancement=good()[0], territoire=places, **without_figures())
    assert seen[1] == f"À retenir : {told}."


@pytest.mark.parametrize(
    ("engaged", "told"),
    [
        (0, "rien d’engagé depuis le début"),
        (1, "1 € engagé depuis le début, moins de 1 % de la maquette"),
        (9900, "9 900 € engagés depuis le début, 50 % de la maquette"),
        (19950, "19 950 € engagés depuis le début, plus de 99 % de la maquette"),
        (20000, "20 000 € engagés depuis le début, 100 % de la maquette"),
    ],
)
def test_a_share_is_no_nought_and_no_whole_that_it_is_not(engaged, told):
    nothing_else = without_figures() | {"history": remembered(year(2025, "Engagé", "1.1", D(engaged)))}
    seen = said(avancement=good()[0], **nothing_of("territoire"), **nothing_else)
    assert seen[1] == f"À retenir : {told}."


def test_one_person_is_told_in_the_singular():
    assert figures.FichesTotal(1, 1).in_words("par") == "1 personne touchée, comptée par 1 fiche"
    assert figures.FichesTotal(None, 0).in_words("par") == ""


@pytest.mark.parametrize(
    ("before", "now", "change"),
    [
        (1000, 1003, "en hausse de moins de 1 %"),
        (10, 400, "en hausse de 3 900 %"),
        (10, 0, "à zéro"),
        (0, 10, "en hausse"),
        (0, 0, "stable"),
        (N, 10, ""),
    ],
)
def test_a_change_is_said_as_a_person_would(before, now, change):
    assert figures.Trend("", before, now, "entier").change.replace("\u00a0", " ") == change


def test_several_targets_missed_are_counted_and_the_first_named():
    two = '{ mesure = "1.1-I01", annee = 2025, valeur = 200 }, { mesure = "1.1-I03", annee = 2025, valeur = 0.9 }'
    texte = CONTRAT.replace("[contrat]\n", f"cibles = [{two}]\n\n[contrat]\n", 1)
    assert said(contrat=toml_reader.parse(texte, "essai"), avancement=good()[0])[1].startswith(
        "À retenir : 2 cibles manquées, dont Consultations (fiche 1.1), 150 consultations pour 200 consultations ; "
    )


def test_numbers_that_would_drown_a_sentence_are_counted():
    numbers = [f"1.{n}" for n in range(1, 13)]
    fiche = toml_reader.parse(CONTRAT, "essai").fiches[0]
    seen = portrait()
    seen.contrat = replace(seen.contrat, fiches=tuple(replace(fiche, numero=n) for n in (*numbers, "2.1")))
    assert figures.which(seen, seen.contrat.fiches) == "toutes les fiches"
    assert figures.which(seen, seen.contrat.fiches[:12]) == "12 fiches, dont 1.1, 1.2, 1.3 et 1.4"
    assert figures.which(seen, seen.contrat.fiches[:2]) == "fiches 1.1 et 1.2"


# --- what is asked ----------------------------------------------------------------------------------------------------


def test_decisions_are_ranked_and_the_first_is_in_the_sentence():
    assert asked() == [
        "Fiche 1.1 : se prononcer sur un avenant, demandé par Association",
        "Préciser : fiche 1.2 : porteur à préciser",
        "Réunir « Comité technique » (1 réunion sur 2 au moins)",
        "Programmer 1 action encore sans fiche",
        "Valider le bilan 2025, aujourd’hui provisoire",
    ]
    assert said()[2] == (
        "5 décisions sont attendues du COPIL, la première sur la fiche 1.1 : se prononcer sur un avenant, demandé "
        "par Association."
    )


def test_what_was_decided_is_not_asked_again():
    """The action 1.2 is put off: the COPIL accepted it; without its decision, it is asked."""
    assert not [text for text in asked() if "1.2" in text and "maintenir" in text]
    assert "Fiche 1.2 : maintenir, modifier ou arrêter l’action (« Reportée »)" in asked(decisions={})


def test_fiches_of_which_the_same_is_asked_share_a_line():
    bad = progress(f11=("En cours", "Nulle"), f12=("En cours", "Totale"), f21=("En cours", "Nulle"))
    assert "Fiches 1.1 et 2.1 : reprogrammer l’action, dont rien n’a été réalisé en 2025" in asked(
        avancement=bad, decisions={}
    )


def test_porteurs_who_disagree_are_asked_to_say():
    suivi = result().summaries.avancement
    suivi.loc[0, "detail"] = "Association : En cours\nVille : Réalisée"
    assert "Fiche 1.1 : dire où en est l’action (les porteurs ne s’accordent pas)" in asked(avancement=suivi)


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


def test_money_beyond_the_maquette_of_several_fiches_is_one_decision():
    over = par_fiche()
    over["Reste à engager"] = [D("-250.50"), D(-100), N, N]
    assert asked(par_fiche=over, decisions={})[0] == (
        "Fiches 1.1 et 1.2 : régler le dépassement de la maquette (350,50 € en tout)"
    )


def test_groups_whose_members_are_not_named_are_asked_once_with_their_fiches():
    texte = CONTRAT.replace('{ id = "asso", nom = "Association" },', '{ id = "asso", nom = "Asso", groupe = true },')
    contrat = toml_reader.parse(texte, "essai")
    points = a_preciser(contrat)
    assert [p.replace("\u00a0", " ") for p in points] == [
        "Fiches 1.1 et 1.2 : les structures du groupe « Asso » ne sont pas nommées, le nombre de retours attendus est "
        "inconnu."
    ]
    assert "Fiches 1.1 et 1.2 : nommer les structures du groupe « Asso »" in asked(a_preciser=tuple(points))


@pytest.mark.parametrize(
    ("decisions", "sentence"),
    [
        (["Réunir le COPIL", "Valider"], "2 décisions sont attendues du COPIL, d’abord réunir le COPIL."),
        (["Fiche 1.1\u00a0: agir"], "Une décision est attendue du COPIL, sur la fiche 1.1 : agir."),
        (["Fiches 1.1 et 1.2\u00a0: agir", "Valider"], "la première sur les fiches 1.1 et 1.2 : agir."),
        (["Toutes les fiches\u00a0: agir", "Valider"], "la première sur toutes les fiches : agir."),
        (["Réunir le COPIL"], "Une décision est attendue du COPIL : réunir le COPIL."),
    ],
)
def test_what_is_asked_first_follows_in_one_sentence(decisions, sentence):
    seen = portrait(validated_on=result().day)
    assert sentence_of(seen, decisions).replace("\u00a0", " ").endswith(sentence)


@pytest.mark.parametrize(
    ("statut", "told"), [("rejeté", "refusé : Ville (1.1)"), ("doublon", "reçu en double, à trancher : Ville (1.1)")]
)
def test_an_answer_that_does_not_count_is_not_said_to_be_missing(statut, told):
    changed = retours()
    changed.loc[1, "Statut"] = statut
    assert figures.lacking(portrait(retours=changed), 3) == [told]


@pytest.mark.parametrize("common", [True, False])
def test_who_answers_together_has_answered_as_soon_as_one_has(common):
    fiche = '[[fiches]]\nnumero = "1.1"\n'
    texte = CONTRAT.replace(fiche, f"{fiche}reponse_commune = true\n") if common else CONTRAT
    changed = retours()
    changed.loc[1, "Statut"] = "doublon"
    told = figures.lacking(portrait(retours=changed, contrat=toml_reader.parse(texte, "essai")), 3)
    assert told == ([] if common else ["reçu en double, à trancher : Ville (1.1)"])
