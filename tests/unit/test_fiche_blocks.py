"""Each fiche in the Synthèse: what was done, its measures, its money, what its porteurs say."""

import re
from dataclasses import replace
from decimal import Decimal as D
from itertools import pairwise

from cls_workbook.anomalies import Anomalie
from cls_workbook.definition import toml_reader
from cls_workbook.reports.synthese import synthese_sheet
from tests.support.result_headers import N
from tests.support.written_result import CONTRAT, indicateurs, reponses, result

DONE = "Deux permanences par semaine ont ouvert."


def said(*answers):
    """(fiche, structure, champ, texte) → the table of answers with them."""
    return reponses(
        *(
            (2025, f, who, N, "qualitatif", champ, N, text, f"{who}.xlsx", f"FA {f}", "C70")
            for f, who, champ, text in answers
        )
    )


def rows(**changes):
    """The rows of the fiches, each as its values from left to right."""
    sheet = synthese_sheet.sheet(result(**changes))
    lines = {}
    for c in sorted(sheet.cells, key=lambda c: (c.line, c.column)):
        if c.valeur is not None:
            valeur = c.valeur.replace("\u00a0", " ") if isinstance(c.valeur, str) else c.valeur
            lines.setdefault(c.line, []).append(valeur)
    listed = list(lines.values())
    start = next(n for n, row in enumerate(listed) if row[0] == "Les fiches en 2025")
    return listed[start:]


def row_with(text, **changes):
    return next(row for row in rows(**changes) if text in row)


def below(heading, **changes):
    """What stands under a heading of the texts, in the fiche where it comes first."""
    listed = rows(**changes)
    rank = next(n for n, row in enumerate(listed) if heading in row)
    return dict(zip(listed[rank], listed[rank + 1], strict=True))[heading]


def test_a_fiche_is_named_with_its_porteurs_its_state_and_what_became_of_its_programme():
    assert row_with("Consulter près de chez soi") == [
        "1.1",
        "Consulter près de chez soi",
        "Association, Ville",
        "En cours",
        "Totale",
    ]
    assert row_with("Animer le contrat")[-1] == "sans retour"


def test_what_was_done_stands_first_beside_who_says_so():
    """It was nowhere in the Synthèse."""
    done = said(("1.1", "Association", "realisations", DONE))
    assert row_with(f"Association : {DONE}", reponses=done)[0] == f"Association : {DONE}"


def test_structures_that_write_the_same_share_it():
    done = said(("1.1", "Association", "realisations", DONE), ("1.1", "Ville", "realisations", DONE))
    assert row_with(f"Association, Ville : {DONE}", reponses=done)


def test_a_fiche_of_which_nothing_is_said_tells_why():
    firsts = [row[0] for row in rows()]
    assert "Les retours reçus ne disent pas ce qui a été réalisé." in firsts


def test_a_fiche_that_calls_for_no_answer_this_year_says_so_and_why():
    """It read « sans retour », and its porteurs as in disagreement."""
    suivi = result().summaries.avancement
    why = "Ville : rien à déclarer (Le poste est resté vacant.)."
    suivi.loc[0, ["etat", "realisation", "detail"]] = [N, "rien à déclarer", why]
    assert row_with("Consulter près de chez soi", avancement=suivi)[-2:] == ["Association, Ville", "rien à déclarer"]
    assert below("Ce qui a été réalisé", avancement=suivi) == why
    assert "désaccord" not in below("Points d’attention", avancement=suivi)


def test_measures_stand_against_last_year_and_what_they_started_from_beside_the_money():
    assert row_with("Consultations (consultation) [1]") == [
        "Consultations (consultation) [1]",
        120,
        150,
        "départ : 100",
        "Au contrat, en tout",
        D("20000.00"),
        "Cofinancements",
        D("3000.00"),
    ]


def test_a_target_stands_before_the_start():
    texte = CONTRAT.replace(
        "[contrat]\n", 'cibles = [{ mesure = "1.1-I01", annee = 2026, valeur = 300 }]\n\n[contrat]\n', 1
    )
    line = row_with("Consultations (consultation) [1]", contrat=toml_reader.parse(texte, "essai"))
    assert line[3] == "Cible 2026 : 300 consultations ; 50 % atteints (partiel) ; départ : 100"


def test_money_is_told_by_nature_to_the_cent():
    told = {label: amount for row in rows() for label, amount in pairwise(row) if isinstance(amount, D)}
    assert told.items() >= {
        ("Agence, engagé", D("3000.50")),
        ("Agence, versé", D("1500.25")),
        ("Cofinancements", D("3000.00")),
        ("Coût de l’action", D("52000.00")),  # of the last fiche
    }


def test_a_rate_is_a_number_and_a_list_of_types_is_words():
    assert D("0.75") in row_with("Adhésion [3]")
    assert "Ateliers ; Stands" in row_with("Types d’actions")


def test_without_last_year_no_column_waits_for_it():
    measured = indicateurs()
    measured["Valeur n-1"] = N
    head = row_with("Argent de 2025", indicateurs=measured, precedent=False)
    assert head[1:] == ["2025", "Départ", "Argent de 2025"]


def test_what_helps_comes_before_what_hinders_then_what_comes_next():
    words = said(
        ("1.2", "Association", "perspectives", "Ouvrir un second lieu."),
        ("1.2", "Association", "freins", "Le local manque."),
        ("1.2", "Association", "leviers", "Les bénévoles sont formés."),
    )
    head = row_with("Perspectives 2026", reponses=words)
    others = ["Leviers", "Freins", "Perspectives 2026", "Points d’attention", "Décision du COPIL"]
    assert head == ["Ce qui a été réalisé", *others]
    assert below("Leviers", reponses=words) == "Les bénévoles sont formés."


def test_who_wrote_is_named_where_others_could_have_written():
    """The fiche 1.1 has two porteurs; 1.2 only the one that its first line names."""
    assert below("Leviers", reponses=said(("1.1", "Ville", "leviers", "Un local."))) == "Ville : Un local."
    assert below("Leviers", reponses=said(("1.2", "Centre social", "leviers", "Un local."))) == (
        "Centre social : Un local."
    )


def test_the_motif_of_an_action_put_off_opens_its_gaps():
    words = reponses(
        (
            2025,
            "1.2",
            "Association",
            N,
            "avancement",
            "motif",
            N,
            "Départ de la responsable.",
            "a.xlsx",
            "FA 1.2",
            "C15",
        ),
        (2025, "1.2", "Association", N, "qualitatif", "ecarts", N, "Un seul atelier.", "a.xlsx", "FA 1.2", "C70"),
    )
    heading = "Écarts avec ce qui était prévu"
    assert below(heading, reponses=words) == "Motif : Départ de la responsable.\nUn seul atelier."


def test_the_most_serious_points_come_first_and_the_decision_beside_them():
    assert below("Points d’attention") == "• 1 retour manquant sur 2\n• 1 anomalie bloquante\n• Avenant demandé"
    assert below("Décision du COPIL") == "Report accepté."


def test_more_points_than_three_are_counted():
    numerous = tuple(Anomalie(g, "X", "f", fiche="1.1") for g in ("bloquant", "à confirmer"))
    points = below("Points d’attention", anomalies=numerous).splitlines()
    assert (len(points), points[-1]) == (4, "• 1 autre point")


def test_actions_to_programme_are_one_sentence_under_their_axe():
    assert ["À programmer, encore sans fiche : Ouvrir une maison de santé."] in rows()


def test_what_the_contract_wants_closes_the_fiche():
    contrat = toml_reader.parse(CONTRAT, "essai")
    first, *others = contrat.fiches
    printed = replace(first.printed, objectifs=("Rapprocher les soins",), resultats_attendus=("Moins de délais",))
    wanting = replace(contrat, fiches=(replace(first, printed=printed), *others))
    assert ["Objectifs : Rapprocher les soins — Résultats attendus : Moins de délais"] in rows(contrat=wanting)


def test_notes_are_numbered_in_the_order_in_which_they_are_met():
    called = [
        int(n)
        for row in rows()
        for cell in row
        if isinstance(cell, str) and not cell.startswith("[")
        for n in re.findall(r"\[(\d+)\]", cell)
    ]
    assert called == sorted(called) and called[0] == 1
    printed = [int(m.group(1)) for row in rows() for cell in row if (m := re.match(r"\[(\d+)\] ", str(cell)))]
    assert printed == list(range(1, max(called) + 1))
