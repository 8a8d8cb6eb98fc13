"""States that a contract calls by names of its own, and what depends on them."""

from __future__ import annotations

import pytest

from cls_workbook import forms
from cls_workbook.domain.questions import ChoiceLists
from cls_workbook.domain.verification.whole_contract import verifier
from cls_workbook.forms.columns import STATE
from cls_workbook.reports.agency import agency_data, agency_tables
from cls_workbook.reports.synthese.synthese_portrait import appearance
from tests.support.lived_campagnes import lines, live
from tests.support.other_definitions import BARONNIES, parsed, plain


@pytest.fixture(scope="module")
def lived(tmp_path_factory):
    answers = {
        "cls": {
            "1/avancement/etat": "Mis en veille",
            "1/avancement/realisation": "Nulle",
            "4/avancement/etat": "Réalisé",
            "4/avancement/realisation": "Totale",
            "28/avancement/etat": "À venir",
            "28/avancement/realisation": "Nulle",
            "28/depenses/total": 500,
        }
    }
    return live(tmp_path_factory.mktemp("baronnies"), BARONNIES, 2025, answers)


@pytest.mark.parametrize(
    ("local", "own"),
    [
        ("Reporté", "Reportée"),
        ("reportée", "Reportée"),
        ("pérennisée", "Réalisée"),
        ("action bloquée", "Reportée"),
        ("Mis en veille", "Reportée"),
        ("À venir", "Non démarrée"),
        ("Un mot à nous", "Un mot à nous"),
    ],
)
def test_a_local_word_is_the_tools_own(local, own):
    assert parsed(BARONNIES).follow_up.listes.own_word(local) == own


def test_what_the_contract_says_comes_before_what_is_usual():
    listes = ChoiceLists(etats=("Bloqué", "En cours"), sens_des_etats=("Bloqué = Abandonnée",))
    assert (listes.own_word("Bloqué"), listes.own_word("bloque")) == ("Abandonnée", "Abandonnée")


def test_the_states_of_a_stopped_action_ask_for_a_reason_on_the_sheet_and_on_return(lived):
    assert parsed(BARONNIES).follow_up.listes.stopped == ("En pause", "Bloqué", "Mis en veille", "Abandonné")
    plan = forms.plan(parsed(BARONNIES), 2025)
    motif = next(p for p in plan.input_places() if p.cle == "1/avancement/motif")
    cells = {(c.line, c.column): c.valeur for s in plan.workbook.worksheets if s.nom == "FA 1" for c in s.cells}
    assert '="Mis en veille"' in cells[motif.row, STATE][0]
    codes = {(a.code, a.fiche) for a in lived.result.anomalies}
    assert ("MOTIF_MANQUANT", "1") in codes


def test_rules_read_the_meaning_of_a_state(lived):
    codes = {(a.code, a.fiche) for a in lived.result.anomalies}
    assert ("NON_DEMARREE_AVEC_ACTIVITE", "28") in codes
    assert ("REALISEE_SANS_DATE_DE_FIN", "4") in codes


def test_the_synthese_keeps_the_local_word_and_colours_what_it_means(lived):
    listes = parsed(BARONNIES).follow_up.listes
    assert appearance(listes, "Mis en veille") == appearance(ChoiceLists(), "Reportée")
    (line,) = lines(lived.result.summaries.avancement, fiche="1")
    assert line["etat"] == "Mis en veille"


def test_the_agency_reads_both_words(lived):
    fiches = agency_data.rows_by_table(lived.result)[agency_tables.FICHES]
    assert {(r["Fiche"], r["État"], r["État commun"]) for r in fiches} >= {
        ("1", "Mis en veille", "Reportée"),
        ("4", "Réalisé", "Réalisée"),
        ("16", "sans retour", "sans retour"),
    }


@pytest.mark.parametrize("written", ["Mis en veille = Endormie", "Ailleurs = Reportée", "Reportée"])
def test_a_meaning_that_cannot_be_understood_is_told(written):
    contrat = parsed(BARONNIES, ("Mis en veille = Reportée", written))
    (said,) = [plain(f) for f in verifier(contrat) if f.gravite == "faute"]
    assert said == (
        f"contrat.listes.sens_des_etats[1] : « {written} » ne dit pas ce que veut dire un des états du contrat. "
        "Écrivez un de vos états, « = », puis un de ceux-ci : « Non démarrée », « En préparation », « En cours », "
        "« Réalisée », « Reportée », « Abandonnée »."
    )
