"""Every figure of the first page of the Synthèse, found again in the tables of the consolidation it was written from.

Two years by the whole chain; the files are then read with openpyxl alone and counted with plain Python.
"""

from __future__ import annotations

import re
import tomllib
from decimal import Decimal as D
from types import SimpleNamespace

import openpyxl
import pytest

from tests.support.lived_campagnes import live
from tests.support.written_result import CONTRAT

YEARS = (2024, 2025)
AGENCY, OWN_MONEY = "Agence", "Maquette"


def money(fiche, engaged, paid, nature=OWN_MONEY):
    keys = {"financeur": AGENCY, "nature": nature, "engage": D(engaged), "verse": D(paid)}
    return {f"{fiche}/financement/01/{champ}": valeur for champ, valeur in keys.items()}


def answered(fiche, etat, realisation):
    return {f"{fiche}/avancement/etat": etat, f"{fiche}/avancement/realisation": realisation}


def persons(number):
    place = "1.1/mesures/1.1-I02/"
    return {place + "valeur": number, place + "statut": "réel", place + "double_compte": "non"}


FIRST = {
    "asso": answered("1.1", "En cours", "Totale")
    | persons(120)
    | money("1.1", "2000.40", "1500")
    | {"1.1/depenses/total": D(9000), "1.1/territoire/21001/commune": "x"}
    | answered("1.2", "Réalisée", "Totale"),
    "ville": answered("2.1", "En cours", "Partielle"),
}
SECOND = {
    "asso": answered("1.1", "En cours", "Partielle")
    | persons(180)
    | money("1.1", "3000.20", "2500.10")
    | {"1.1/depenses/total": D(10800), "1.1/qualitatif/avenant": "oui"}
    | {"1.1/territoire/21001/commune": "x", "1.1/territoire/21002/commune": "x", "1.1/territoire/Les Tilleuls/qpv": "x"}
    | answered("1.2", "Reportée", "Nulle")
    | {"1.2/avancement/motif": "Plus de salle."}
    | {"1.1/mesures/1.1-I04/valeur": "beaucoup"}  # refused
}


@pytest.fixture(scope="module")
def played(tmp_path_factory):
    """The first page (texts by place), and the tables of both years: sheet → rows by header."""
    folder = tmp_path_factory.mktemp("followed")
    reference = folder / "essai.toml"
    reference.write_text(CONTRAT, encoding="utf-8")
    first = live(folder, str(reference), 2024, FIRST)
    second = live(folder, str(reference), 2025, SECOND, first.consolidation)
    books = {a: openpyxl.load_workbook(y.consolidation) for a, y in zip(YEARS, (first, second), strict=True)}
    page = books[2025]["Synthèse"]
    end = page.row_breaks.brk[0].id
    at = {(c.row, c.column): c.value for row in page.iter_rows(max_row=end) for c in row if c.value is not None}
    return SimpleNamespace(
        at=at,
        words=[str(v).replace("\u00a0", " ") for v in at.values()],
        tables={a: {s.title: rows_of(s) for s in book.worksheets} for a, book in books.items()},
        contrat=tomllib.loads(CONTRAT),
    )


def rows_of(sheet):
    head, *rows = sheet.iter_rows(values_only=True)
    return [dict(zip(head, row, strict=True)) for row in rows]


def below(played, titre, gap=1):
    line, column = next(place for place, valeur in played.at.items() if valeur == titre)
    return played.at.get((line + gap, column))


def beside(played, libelle, count):
    """The values of the row that begins so, in their order."""
    line = next(line for (line, _), valeur in played.at.items() if valeur == libelle)
    return [v for (other, _), v in sorted(played.at.items()) if other == line and v != libelle][:count]


def sums(played, annee, column, sheet="Lignes de financement"):
    """Of the agency's money of the maquette, by fiche."""
    found = {}
    for r in played.tables[annee][sheet]:
        if r["Nature"] == OWN_MONEY and r[column] is not None:
            found[r["Fiche"]] = found.get(r["Fiche"], D(0)) + D(str(r[column]))
    return found


def said(played, start):
    return next(text for text in played.words if text.startswith(start))


def largest_counts(played, column):
    counts = {}
    for r in played.tables[2025]["Indicateurs"]:
        if r["Agrégation"] == "PERSONNES" and isinstance(r[column], int | float):
            counts[r["Fiche"]] = max(counts.get(r["Fiche"], 0), r[column])
    return counts


def test_persons_and_their_trend_are_those_of_the_table_of_measures(played):
    now, before = largest_counts(played, "Valeur"), largest_counts(played, "Valeur n-1")
    assert below(played, "Personnes touchées") == sum(now.values()) == 180
    assert below(played, "Personnes touchées", 2) == f"comptées sur {len(now)} fiche"
    trend = next(
        [v for (other, _), v in sorted(played.at.items()) if other == line]
        for (line, _), valeur in sorted(played.at.items(), reverse=True)
        if valeur == "Personnes touchées"
    )
    assert trend[1:3] == [sum(before.values()), sum(now.values())] == [120, 180]
    assert trend[3].replace("\u00a0", " ") == "en hausse de 50 %"


@pytest.mark.parametrize(
    ("titre", "champ", "listed"),
    [("Communes touchées", "commune", "communes"), ("Quartiers prioritaires touchés", "qpv", "qpv")],
)
def test_places_are_the_boxes_that_the_answers_tick(played, titre, champ, listed):
    ticked = {r["Ligne"] for r in played.tables[2025]["Réponses"] if (r["Bloc"], r["Champ"]) == ("territoire", champ)}
    assert below(played, titre) == len(ticked) == len(played.contrat[listed])
    assert below(played, titre, 2) == f"sur {len(played.contrat[listed])}"


def test_the_returns_are_those_of_the_table_of_returns_and_what_is_refused_of_that_of_anomalies(played):
    tables = played.tables[2025]
    statuts = [r["Statut"] for r in tables["Retours"]]
    lacking = {}
    for r in tables["Retours"]:
        if r["Statut"] == "manquant":
            lacking.setdefault(r["Structure"], []).append(r["Fiche"])
    assert below(played, "Retours reçus") == statuts.count("reçu") == 2
    names = ", ".join(f"{nom} ({', '.join(fiches)})" for nom, fiches in lacking.items())
    refused = sum(r["Gravité"] == "bloquant" for r in tables["Anomalies"])
    assert below(played, "Retours reçus", 2).replace("\u00a0", " ") == (
        f"sur {len(statuts)} attendus ; manque : {names} ; {refused} valeur à corriger, hors des chiffres"
    )
    assert (lacking, refused) == ({"Ville": ["1.1", "2.1"]}, 1)


def test_each_light_is_the_word_of_the_answers(played):
    """The state of an action that stopped, else what was done; nothing, where nobody answered."""
    told = {}
    for r in played.tables[2025]["Réponses"]:
        if r["Bloc"] == "avancement":
            told.setdefault(r["Fiche"], {})[r["Champ"]] = r["Valeur"]
    for fiche in played.contrat["fiches"]:
        answers = told.get(fiche["numero"], {})
        stopped = answers.get("etat") if answers.get("etat") in ("Reportée", "Abandonnée") else None
        word = stopped or answers.get("realisation") or "sans retour"
        assert f"{fiche['numero']} · {word}" in played.words
    assert f"{len(played.contrat['a_programmer'])} à programmer" in played.words


def test_the_bar_of_the_maquette_is_the_lines_of_both_years(played):
    total = D(played.contrat["contrat"]["maquette"])
    engaged, paid = (sum(sum(sums(played, a, column).values()) for a in YEARS) for column in ("Engagé", "Versé"))
    assert (engaged, paid) == (D("5000.60"), D("4000.10"))
    bar = [D(str(v)) for v in beside(played, "Maquette", 3)]
    assert bar == [paid, engaged - paid, total - engaged] and sum(bar) == total
    sentence = said(played, "Maquette 20 000 €")
    assert sentence == "Maquette 20 000 € ; engagé 5 000,60 € (25 %) ; versé 4 000,10 € (20 %)."
    assert (round(engaged / total * 100), round(paid / total * 100)) == (25, 20)


@pytest.mark.parametrize(
    ("libelle", "of", "change"),
    [
        ("Engagé sur la maquette", "Engagé", "en hausse de 50 %"),
        ("Versé sur la maquette", "Versé", "en hausse de 67 %"),
        ("Coût des actions, tous financeurs", "total", "en hausse de 20 %"),
        ("Fiches achevées depuis le début", "etat", "à zéro"),
    ],
)
def test_the_trends_are_what_each_year_s_own_consolidation_says(played, libelle, of, change):
    if of in ("Engagé", "Versé"):
        expected = [sum(sums(played, a, of).values()) for a in YEARS]
    else:
        answers = {a: [r for r in played.tables[a]["Réponses"] if r["Champ"] == of] for a in YEARS}
        expected = [
            sum(D(str(r["Valeur"])) for r in answers[a]) if of == "total" else [r["Valeur"] for r in answers[a]]
            for a in YEARS
        ]
        expected = expected if of == "total" else [states.count("Réalisée") for states in expected]
    found = beside(played, libelle, 3)
    assert [D(str(v)) for v in found[:2]] == expected
    assert found[2].replace("\u00a0", " ") == change


def test_the_sentences_say_the_figures_of_the_tables(played):
    fiches = [f["numero"] for f in played.contrat["fiches"]]
    assert said(played, "En 2025") == (
        f"En 2025, sur {len(fiches)} fiches actives : programme réalisé en partie pour 1, 1 action reportée, 1 sans "
        f"retour (fiche 2.1)."
    )
    # the measure that moved most is that of persons: 120, then 180
    assert said(played, "À retenir") == (
        "À retenir : action reportée (fiche 1.2) ; Patients (fiche 1.1) : 180 personnes en 2025, 120 en 2024 ; "
        "180 personnes touchées, comptées par 1 fiche."
    )


def test_the_decisions_are_numbered_as_many_as_the_sentence_says_and_each_has_its_row(played):
    numbered = [text for text in played.words if re.match(r"\d+\. ", text)]
    more = [int(m[1]) for text in played.words if (m := re.match(r"Et (\d+) de plus", text))]
    number = int(said(played, next(t for t in played.words if "décisions sont attendues" in t)).split()[0])
    assert len(numbered) + sum(more) == number
    tables = played.tables[2025]
    asked = [
        (r["Fiche"], r["Structure"]) for r in tables["Réponses"] if (r["Champ"], r["Valeur"]) == ("avenant", "oui")
    ]
    assert asked == [("1.1", "Association")]
    assert numbered[0] == "1. Fiche 1.1 : se prononcer sur un avenant, demandé par Association."
    assert numbered[1] == "2. Fiche 1.2 : maintenir, modifier ou arrêter l’action (« Reportée »)."
