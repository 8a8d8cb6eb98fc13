"""How far the measures are from what the contract wants, worked out by hand: one target, its state, the Synthèse."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal as D

import pytest

from cls_workbook.definition import toml_reader
from cls_workbook.domain.announced.contrat_parts import Cible
from cls_workbook.domain.definition_keys import changed
from cls_workbook.domain.targets import part_in_words, state_in_words
from cls_workbook.reports.consolidation import evolution_sheet
from cls_workbook.reports.synthese import synthese_sheet
from cls_workbook.reports.synthese.synthese_portrait import Portrait
from cls_workbook.tables.consolidation_tables import HISTORY
from cls_workbook.tables.table_frames import frame_of_rows
from tests.support.written_result import CONTRAT, indicateurs, result

VISITS, PATIENTS, RATE, SESSIONS = "1.1-I01", "1.1-I02", "1.1-I03", "1.1-I04"


def campaign(*cibles, past=(), **changes):
    """The written campaign of 2025 under a contract that has these targets; ``past``: (year, measure, value)."""
    contrat = toml_reader.parse(CONTRAT, "essai")
    aggregations = {m: contrat.by_mesure[m][2].agregation for m in contrat.by_mesure}
    rows = [
        {"Année": a, "Objet": "Mesure", "Fiche": "1.1", "Mesure": m, "Agrégation": aggregations[m], "Valeur": v}
        for a, m, v in past
    ]
    return result(contrat=changed(contrat, cibles=cibles), history=frame_of_rows(HISTORY, rows), **changes)


def followed(mesure, *cibles, **changes):
    return Portrait(campaign(*cibles, **changes)).targets[mesure]


def plain(texte):
    return str(texte).replace("\u00a0", " ")


def texts(sheet):
    return "\n".join(plain(c.valeur) for c in sheet.cells if c.valeur is not None)


# --- one target ---


def test_the_part_reached_is_that_of_the_value_of_the_year():
    target = followed(VISITS, Cible(VISITS, D(200), annee=2026))
    assert (target.valeur, target.part, target.met) == (150, D("0.75"), False)
    # one of the two returns has come
    assert target.state == "à atteindre d’ici 2026 (partiel)"
    assert plain(target.sentence) == "Cible 2026 : 200 consultations ; 75 % atteints (partiel)"


@pytest.mark.parametrize(
    ("cible", "valeur", "state"),
    [
        (Cible("m", D(23)), D(5), "à atteindre d’ici 2026"),
        (Cible("m", D(23)), D(23), "atteinte"),
        (Cible("m", D(23), annee=2025), D(22), "non atteinte"),
        (Cible("m", D(1), chaque_annee=True), D("0.95"), "non atteinte"),
        (Cible("m", D(0)), D(0), "atteinte"),
        (Cible("m", D(40), au_plus=True), D(40), "plafond respecté"),
        (Cible("m", D(40), au_plus=True), D(41), "plafond dépassé"),
        (Cible("m", D(40), au_plus=True), None, "non connu"),
        (Cible("m", D(40)), None, "non connu"),
    ],
)
def test_where_one_is_in_2025_is_said_in_words(cible, valeur, state):
    assert state_in_words(cible, valeur, 2025, toml_reader.parse(CONTRAT, "essai")) == state


def test_a_part_is_written_to_the_tenth_and_never_whole_before_the_target_is_reached():
    parts = (D(5) / D(23), D("0.95"), D("0.99999"), D(1), D("1.5"))
    assert [plain(part_in_words(p)) for p in parts] == ["21,7 %", "95 %", "99,9 %", "100 %", "150 %"]
    assert part_in_words(None) == ""


def test_a_ceiling_is_told_in_words_and_has_no_part():
    kept, exceeded = (followed(VISITS, Cible(VISITS, D(n), chaque_annee=True, au_plus=True)) for n in (150, 149))
    assert (kept.part, kept.met, kept.state) == (None, True, "plafond respecté (partiel)")
    assert (exceeded.part, exceeded.met, exceeded.state) == (None, False, "plafond dépassé (partiel)")
    assert plain(kept.sentence) == "Au plus, chaque année : 150 consultations ; plafond respecté (partiel)"


def test_what_is_not_known_has_neither_part_nor_state():
    target = followed(SESSIONS, Cible(SESSIONS, D(10)))
    assert (target.valeur, target.part, target.met, target.state) == (None, None, None, "non connu")


def test_an_average_in_another_unit_is_not_compared():
    rows = indicateurs()
    rows.loc[0, ["Unité", "Agrégation"]] = ["heure", "MOYENNE"]
    assert followed(VISITS, Cible(VISITS, D(200)), indicateurs=rows).state == "non connu"


# --- years added ---


def test_a_target_on_added_years_looks_at_their_sum():
    added = Cible(VISITS, D(300), cumulee=True)
    target = followed(VISITS, added, past=[(2024, VISITS, 120)])
    assert (target.valeur, target.part, target.partial) == (270, D("0.9"), False)  # 120 + 150
    assert plain(target.sentence) == "Cible 2026, années ajoutées : 300 consultations ; 270 à ce jour, 90 % atteints"
    assert followed(VISITS, replace(added, valeur=D(270)), past=[(2024, VISITS, 120)]).state == "atteinte"


def test_a_sum_that_lacks_a_year_says_so():
    target = followed(VISITS, Cible(VISITS, D(300), cumulee=True))
    assert (target.valeur, target.part) == (150, D("0.5"))
    assert target.rests_on == "somme de 2025, sans 2024"
    assert target.state == "à atteindre d’ici 2026 (partiel)"


def test_entities_named_in_two_years_count_once():
    contrat = toml_reader.parse(CONTRAT.replace('agregation = "FLUX", unite = "séance"', 'agregation = "ENTITES"'), "e")
    cible = Cible(SESSIONS, D(4), cumulee=True)
    rows, names = indicateurs(), {2024: "A | B", 2025: "B | C"}
    rows.loc[3, ["Agrégation", "Valeur"]] = ["ENTITES", 2]
    past = [
        {"Année": a, "Objet": "Mesure", "Mesure": SESSIONS, "Agrégation": "ENTITES", "Valeur": 2, "Noms": noms}
        for a, noms in names.items()
    ]
    campagne = result(contrat=changed(contrat, cibles=(cible,)), indicateurs=rows, history=frame_of_rows(HISTORY, past))
    assert Portrait(campagne).targets[SESSIONS].valeur == 3  # A, B, C


# --- small counts ---


def test_a_masked_value_is_found_again_from_no_part():
    sheet = synthese_sheet.sheet(campaign(Cible(PATIENTS, D(20))))  # 7 of 20: 35 %
    target = followed(PATIENTS, Cible(PATIENTS, D(20)))
    assert (target.valeur, target.part, target.met, target.state) == (None, None, None, "masqué")
    assert "35 %" not in texts(sheet)
    assert not {7, D("0.35")} & {c.valeur for c in sheet.cells if isinstance(c.valeur, (int, D))}
    assert "Cible 2026 : 20 personnes ; masqué" in texts(sheet)


@pytest.mark.parametrize("valeur", [3, 10])
def test_added_years_do_not_give_a_masked_year_away(valeur):
    rows = indicateurs()
    rows.loc[1, ["Valeur n-1", "Valeur"]] = [valeur, 30]
    target = followed(PATIENTS, Cible(PATIENTS, D(50), cumulee=True), past=[(2024, PATIENTS, valeur)], indicateurs=rows)
    assert target.state == "masqué"


def test_a_part_is_told_of_no_count_from_1_to_the_threshold():
    rows = indicateurs()
    told = set()
    for count in range(13):
        rows.loc[1, "Valeur"] = count
        if followed(PATIENTS, Cible(PATIENTS, D(20)), indicateurs=rows).part is not None:
            told.add(count)
    assert told == {0, 11, 12}


def test_added_years_of_which_none_is_small_are_told():
    rows = indicateurs()
    rows.loc[1, ["Valeur n-1", "Valeur"]] = [11, 30]
    target = followed(PATIENTS, Cible(PATIENTS, D(50), cumulee=True), past=[(2024, PATIENTS, 11)], indicateurs=rows)
    assert (target.valeur, target.part) == (41, D("0.82"))


# --- the sheet ---


def test_a_measure_that_has_a_target_is_shown_though_it_is_not_a_key_one():
    assert "Séances" not in texts(synthese_sheet.sheet(result()))
    assert "Séances (séance)\nCible 2026 : 10 séances ; non connu" in texts(
        synthese_sheet.sheet(campaign(Cible(SESSIONS, D(10))))
    )


def test_the_targets_stand_in_a_table_of_their_own():
    cibles = (Cible(VISITS, D(200), source="article 3"), Cible(RATE, D("0.5"), chaque_annee=True, au_plus=True))
    sheet = synthese_sheet.sheet(campaign(*cibles))
    top = next(c.line for c in sheet.cells if c.valeur == "Les cibles du contrat")
    head, first, second = (
        [plain(c.valeur) for c in sorted(sheet.cells, key=lambda c: c.column) if c.line == top + n] for n in (1, 2, 3)
    )
    assert head == [
        "Fiche et mesure",
        "Cible",
        "Valeur initiale",
        "2025",
        "Part atteinte",
        "Où l’on en est",
        "Ce que dit le contrat",
    ]
    assert first == [
        "1.1 · Consultations",
        "Cible 2026 : 200 consultations",
        "100",
        "150",
        "0.75",
        "à atteindre d’ici 2026 (partiel)",
        "article 3",
    ]
    # 30 of 40 for at most one half
    assert second[1:] == ["Au plus, chaque année : 50 %", "None", "0.75", "None", "plafond dépassé (partiel)", "None"]


def counted_before(unite):
    row = {
        "Année": 2024,
        "Objet": "Mesure",
        "Fiche": "1.1",
        "Mesure": VISITS,
        "Libellé": "Consultations",
        "Unité": unite,
    }
    now = row | {"Année": 2025, "Unité": "consultation", "Valeur": 150}
    rows = [r | {"Agrégation": "FLUX"} for r in (row | {"Valeur": 12}, now)]
    contrat = changed(toml_reader.parse(CONTRAT, "essai"), cibles=(Cible(VISITS, D(200), cumulee=True, annee=2026),))
    return result(contrat=contrat, history=frame_of_rows(HISTORY, rows))


def test_years_counted_in_another_unit_are_not_added_and_stand_on_a_line_of_their_own():
    sums = {
        "consultation": {"somme de 2024 à 2025"},
        "heure": {"somme de 2024", "somme de 2025", "somme de 2025, sans 2024"},
    }
    for unite, total in (("consultation", 162), ("heure", 150)):
        counted = counted_before(unite)
        assert Portrait(counted).targets[VISITS].valeur == total
        said = [plain(c.valeur) for c in evolution_sheet.sheet(counted).cells]
        assert {s for s in said if s.startswith("somme de")} == sums[unite]
        assert any("l’unité ou la façon de compter a changé" in s for s in said) is (unite == "heure")


def test_a_contract_without_targets_nor_aims_has_no_word_of_them():
    said = texts(synthese_sheet.sheet(result()))
    words = ("Cible", "cible", "Objectifs", "Résultats attendus", "rappelle", "associés")
    assert [word for word in words if word in said] == []
    assert "cible" not in texts(evolution_sheet.sheet(result()))


def test_aims_stand_beside_what_was_done_and_clauses_beside_money_and_perimeter():
    contrat = toml_reader.parse(
        CONTRAT.replace(
            'titre = "Prévenir"', 'titre = "Prévenir"\nobjectifs = ["Aller vers", "Former"]\nautres_plans = "Le PRS"'
        ).replace(
            'id = "essai"',
            'id = "essai"\nrappels = ["Dans la limite des enveloppes"]\npartenaires_associes = ["Les CCAS"]',
        ),
        "essai",
    )
    said = texts(synthese_sheet.sheet(result(contrat=contrat)))
    assert "Objectifs : Aller vers ; Former — Autres plans : Le PRS" in said
    assert "Ce que le contrat rappelle : Dans la limite des enveloppes." in said
    assert "Partenaires associés au contrat : Les CCAS." in said
