"""VALEUR_DIFFERENTE_DU_CALCUL: what the tool works out of all that came back, beside what is declared."""

from __future__ import annotations

import datetime

import pytest

from cls_workbook.domain.model import Fiche, Indicateur, Volet
from cls_workbook.pilotage import Meeting
from cls_workbook.reading.storing.value_store import ValueStore
from cls_workbook.summaries.activity import indicateurs
from cls_workbook.summaries.computed.computed_figures import KnownOfTheYear, differences, figures
from cls_workbook.summaries.expected import ExpectedReturns, expected_returns
from cls_workbook.summaries.progress import avancement
from tests.support.written_frames import contrat, mesure, texte, typed, values

DAY = datetime.date(2026, 3, 12)


def campaign(calcul, declared, done=(), reunions=(), validated_on=None, agregation="RATIO", **facts):
    """(Réserve, [(gravité, cells)]) of a measure of fiche 9; ``done``: fiche → what each of its porteurs says."""
    kind = {"RATIO": "taux", "JALON": "jalon"}.get(agregation, "entier")
    asked = Indicateur("I", "Taux", kind, (mesure(agregation, kind, calcul=calcul, **facts),))
    fiches = [Fiche(numero, "Action", "1", porteurs=tuple(said)) for numero, said in done]
    fiche = Fiche("9", "Animer", "1", porteurs=("c",), indicateurs=(asked,))
    trial = contrat(fiches=(*fiches, fiche), coordination="b")
    retours = [
        typed(who, numero, {"avancement/realisation": word}, file=f"{who}-{numero}.xlsx")
        for numero, said in done
        for who, word in said.items()
        if word
    ]
    store = ValueStore.of(values(*retours, typed("c", "9", declared)))
    planned = expected_returns(trial, 2025)
    progress, planned = avancement(trial, store, planned), ExpectedReturns.of(trial, planned)
    computed = figures(KnownOfTheYear(trial, progress, store, planned, reunions, validated_on))
    table = indicateurs(trial, store, planned, computed=computed)
    told = [(a.code, a.gravite, a.cells) for a in differences(trial, store, table, computed)]
    (row,) = table.to_dict("records")
    return texte(row["Réserve"]), told


def rate(top, bottom):
    return {"taux/M/numerateur": top, "taux/M/denominateur": bottom}


# two done, one in part, one not at all; nothing was programmed of the last: 2 of 4
DONE = (("1", {"a": "Totale"}), ("2", {"b": "Totale"}), ("3", {"b": "Partielle"}), ("4", {"a": "Nulle"}))
DONE = (*DONE, ("5", {"a": "Rien de programmé"}))
COUNTED = "fiches réalisées en totalité sur fiches programmées"
SAID = f"calcul de l’outil : 2 sur 4, soit 50,0 % ({COUNTED}, 1 fiche sans réponse)"


def test_fiches_done_are_counted_beside_what_the_porteur_declares():
    # fiche 9 itself says nothing of its réalisation: an information, until it does
    assert campaign("fiches_realisees", rate(3, 4), DONE) == (
        SAID,
        [("VALEUR_DIFFERENTE_DU_CALCUL", "information", ("D1", "D2"))],
    )
    said = {"avancement/realisation": "Rien de programmé"}
    reserve, told = campaign("fiches_realisees", rate(3, 4) | said, DONE)
    assert reserve == SAID.replace(", 1 fiche sans réponse", "")
    assert told == [("VALEUR_DIFFERENTE_DU_CALCUL", "à confirmer", ("D1", "D2"))]


def test_what_agrees_is_not_told_and_what_is_not_declared_is_shown():
    assert campaign("fiches_realisees", rate(2, 4), DONE) == (None, [])
    assert campaign("fiches_realisees", {"taux/M/statut": "non disponible"}, DONE) == (f"1 non disponible ; {SAID}", [])
    assert campaign(None, rate(3, 4), DONE) == (None, [])


def test_only_the_fiches_of_the_coordination_where_the_contract_says_so():
    # b, the coordination, carries fiches 2 and 3: 1 of 2
    reserve, told = campaign("fiches_realisees_coordination", rate(2, 4), DONE)
    assert reserve == "calcul de l’outil : 1 sur 2, soit 50,0 % (fiches réalisées en totalité sur fiches programmées)"
    assert [gravite for _, gravite, _ in told] == ["à confirmer"]


def test_nothing_is_computed_of_nothing():
    assert campaign("fiches_realisees", rate(2, 4)) == (None, [])
    assert campaign("participation", rate(2, 4)) == (None, [])
    assert campaign("bilan_valide", {"jalons/M/jalon": "Engagé"}, agregation="JALON") == (None, [])


@pytest.mark.parametrize(("known", "gravite"), [(15, "à confirmer"), (None, "information")])
def test_attendance_is_that_of_the_meetings_of_the_coordinator(known, gravite):
    meetings = (Meeting("COPIL", DAY, 20, 12), Meeting("COPIL", DAY, 30, known))
    reserve, told = campaign("participation", rate(25, 50), reunions=meetings)
    # (12 + 15) / (20 + 30), or 12 / 20 where the second meeting has no attendance
    sentence = "27 sur 50, soit 54,0 % (présents sur conviés, 2 réunions du pilotage)"
    if known is None:
        sentence = "12 sur 20, soit 60,0 % (présents sur conviés, 1 réunion du pilotage sur 2)"
    assert reserve == f"calcul de l’outil : {sentence}"
    assert [g for _, g, _ in told] == [gravite]


def test_the_follow_up_of_the_year_is_done_once_its_review_is_validated():
    said = "calcul de l’outil : Atteint (bilan validé le 12/03/2026)"
    for state, expected in (("Engagé", (said, ["à confirmer"])), ("Atteint", (None, []))):
        reserve, told = campaign("bilan_valide", {"jalons/M/jalon": state}, validated_on=DAY, agregation="JALON")
        assert (reserve, [g for _, g, _ in told]) == expected


MEETINGS = (Meeting("COPIL", DAY), Meeting("Comité technique", DAY), Meeting("Comité technique", DAY))
BESIDE = {
    "territoire/21001/commune": "x",
    "territoire/21002/commune": "x",
    "partenaires/01/nom": "Mission locale",
    "partenaires/02/nom": "MISSION LOCALE",
    "partenaires/03/nom": "MJC",
    "avancement/etat": "En cours",
}


@pytest.mark.parametrize(
    ("calcul", "agregation", "facts", "number", "basis"),
    [
        ("reunions_tenues", "FLUX", {}, 3, "réunions inscrites au pilotage"),
        ("reunions_tenues", "FLUX", {"modalites": ("comité technique",)}, 2, "réunions inscrites au pilotage"),
        ("communes_touchees", "ENTITES", {}, 2, "communes cochées par les retours de la fiche"),
        ("partenaires_cites", "STOCK", {}, 2, "partenaires différents nommés par les retours de la fiche"),
    ],
)
def test_what_is_counted_elsewhere_is_counted_again(calcul, agregation, facts, number, basis):
    def played(declared):
        saisies = BESIDE | {"mesures/M/valeur": declared}
        return campaign(calcul, saisies, reunions=MEETINGS, agregation=agregation, **facts)

    assert played(number) == (None, [])
    told = [("VALEUR_DIFFERENTE_DU_CALCUL", "à confirmer", ("D7",))]
    assert played(5) == (f"calcul de l’outil : {number} ({basis})", told)
    # whoever would count few persons so gives none of them away
    assert campaign(calcul, BESIDE | {"mesures/M/valeur": 5}, agregation=agregation, petits_effectifs=True) == (
        None,
        [],
    )


@pytest.mark.parametrize("team, complete", [(("c",), True), (("c", "d"), False)])
def test_a_measure_of_a_volet_looks_at_the_returns_of_that_volet(team, complete):
    """Two communes ticked for the team, of which d says nothing; a third one for the study."""
    volets = Volet("equipe", "Équipe", team), Volet("etude", "Étude", ("e", "f"))
    asked = Indicateur(
        "I", "Communes", "entier", (mesure("ENTITES", "entier", calcul="communes_touchees"),), volet="equipe"
    )
    trial = contrat(fiches=(Fiche("9", "Aller vers", "1", volets=volets, indicateurs=(asked,)),))
    declared = {f"territoire/{code}/commune": "x" for code in ("21001", "21002")} | {"mesures/M/valeur": 5}
    study = {"territoire/21003/commune": "x"}
    store = ValueStore.of(values(typed("c", "9", declared, volet="Équipe"), typed("e", "9", study, volet="Étude")))
    planned = expected_returns(trial, 2025)
    known = KnownOfTheYear(trial, avancement(trial, store, planned), store, ExpectedReturns.of(trial, planned))
    (figure,) = figures(known).values()
    assert texte(str(figure)) == "calcul de l’outil : 2 (communes cochées par les retours du volet « Équipe »)"
    assert figure.complete is complete


def test_nothing_is_counted_of_what_nobody_says():
    for calcul, agregation in (("reunions_tenues", "FLUX"), ("communes_touchees", "STOCK")):
        assert campaign(calcul, {"mesures/M/valeur": 5}, agregation=agregation) == (None, [])


def test_structures_that_answered_are_counted_over_those_that_were_to():
    """a answers for fiche 1, b for nothing, c for fiche 9: 2 of 3."""
    done = (("1", {"a": "Totale"}), ("2", {"b": None}))
    said = "calcul de l’outil : 2 sur 3, soit 66,7 % (structures qui ont répondu sur structures attendues)"
    assert campaign("structures_repondantes", rate(3, 3), done) == (
        said,
        [("VALEUR_DIFFERENTE_DU_CALCUL", "à confirmer", ("D1", "D2"))],
    )
    assert campaign("structures_repondantes", rate(2, 3), done) == (None, [])
