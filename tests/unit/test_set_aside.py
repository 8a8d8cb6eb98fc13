"""A return that the coordinator sets aside in the pilotage, with a reason: it is listed, and nothing of it counts."""

from __future__ import annotations

import email
from datetime import date
from email import policy

import openpyxl
import pytest

from cls_workbook import pilotage
from cls_workbook.errors import Refusal
from cls_workbook.office.relances import relance_message
from cls_workbook.office.relances.late_returns import delays
from cls_workbook.page.desk.board import board_of
from cls_workbook.pilotage import Pilotage, Relance, Replacement, SetAside
from cls_workbook.pipeline import way_back
from cls_workbook.reports.agency import ars_copy
from cls_workbook.reports.consolidation import consolidation_workbook
from cls_workbook.reports.region.region_workbook import gather
from cls_workbook.workbook import writer
from tests.support.small_workbook import YEAR, filled, trial

DAY = date(2026, 2, 1)
MUTUELLE = {"accueil/reponse/structure": "Mutuelle de l’Orme", "1.1/avancement/etat": "En cours"}
V, H, E = "1.1/mesures/1.1-I01/valeur", "1.1/mesures/1.1-I02a/valeur", "1.1/financement/01/engage"
WHY = "compte les adhérents de deux départements"


def consolidate(folder, *names, replaced=()):
    told = Pilotage(ecartes=tuple(SetAside(name, WHY) for name in names), remplacements=tuple(replaced))
    return way_back.consolidate_folder([folder], trial(), YEAR, day=DAY, pilotage=told), told


def statuts(result) -> dict:
    return {(r["Fiche"], r["Structure"]): r["Statut"] for r in result.tables.retours.to_dict("records")}


@pytest.fixture
def two_returns(tmp_path):
    filled(tmp_path, MUTUELLE | {V: 30, E: 1000, H: "env. 3"}, "mutuelle", "mutuelle.xlsx")
    filled(tmp_path, {V: 5, "1.1/avancement/etat": "En cours"}, "ville", "ville.xlsx")
    return tmp_path


def test_the_file_is_kept_and_listed_and_nothing_of_it_counts(two_returns):
    before = (two_returns / "mutuelle.xlsx").read_bytes()
    result, _ = consolidate(two_returns, "mutuelle.xlsx")
    assert (two_returns / "mutuelle.xlsx").read_bytes() == before
    (row,) = [r for r in result.tables.retours.to_dict("records") if r["Fichier"] == "mutuelle.xlsx"]
    assert (row["Statut"], row["Fiche"], len(row["Empreinte SHA-256"]), row["Bloquants"]) == ("écarté", "1.1", 64, 0)
    assert set(result.tables.mesures.frame()["Fichier"]) == {"ville.xlsx"}
    assert len(result.tables.financements.frame()) == 0 and set(result.tables.reponses.frame()["Fichier"]) == {
        "ville.xlsx"
    }
    (line,) = [r for r in result.tables.indicateurs.to_dict("records") if r["Mesure"] == "1.1-I01"]
    assert (line["Valeur"], line["Retours reçus"], line["Retours attendus"]) == (5, 1, 2)


def test_it_is_told_once_with_its_place_and_its_reason(two_returns):
    result, _ = consolidate(two_returns, "mutuelle.xlsx")
    (told,) = [a for a in result.anomalies if a.file == "mutuelle.xlsx"]
    assert (told.code, told.gravite, told.structure) == ("RETOUR_ECARTE", "information", "mutuelle")
    assert WHY in told.found and "videz la ligne" in told.remedy
    (missing,) = [a for a in result.anomalies if a.code == "RETOUR_MANQUANT" and a.structure == "mutuelle"]
    assert "1.1" in missing.found


def test_wherever_returns_are_counted_it_is_said(two_returns):
    result, _ = consolidate(two_returns, "mutuelle.xlsx")
    whole, _ = consolidate(two_returns)
    (received, expected), before = result.received_and_expected(), whole.received_and_expected()
    assert (received, expected) == (before[0] - 1, before[1])
    s = "s" * (received > 1)
    counted = f"{received} retour{s} reçu{s} sur {expected}, 1 écarté"
    assert counted in result.bilan() and "écarté" not in whole.bilan()
    front, read_me = (texts(sheet) for sheet in drawn(result))
    assert (
        f"{received} reçu{'s' * (received > 1)} sur {expected}, 1 écarté" in read_me
        and f"sur {expected} attendus, 1 écarté" in front
    )
    assert "1 reçu et écarté par la coordination — 1.1 : Mutuelle de l’Orme." in front
    (mutuelle,) = [s for s in board_of(result)["structures"] if s["structure"] == "Mutuelle de l’Orme"]
    assert mutuelle["recus"] == 0 and mutuelle["fichiers"] == ["mutuelle.xlsx"]


def test_the_region_says_that_what_is_missing_came_and_was_set_aside(two_returns):
    result, _ = consolidate(two_returns, "mutuelle.xlsx")
    writer.write(ars_copy.workbook(result), two_returns / "S.xlsx")
    gather([two_returns / "S.xlsx"], two_returns / "R.xlsx")
    head, *rows = openpyxl.load_workbook(two_returns / "R.xlsx")["Retards"].iter_rows(values_only=True)
    lines = [dict(zip(head, row, strict=True)) for row in rows]
    told = {(li["Fiche"], li["Structure"]): li["Précision"] for li in lines if li["Quoi"] == "retour manquant"}
    assert told.pop(("1.1", "Mutuelle de l’Orme")) == "reçu, et écarté par la coordination"
    assert set(told.values()) == {None}


def drawn(result):
    return [s for s in consolidation_workbook.workbook(result).worksheets if s.nom in ("Synthèse", "Lisez-moi")]


def texts(sheet) -> str:
    return " ".join(str(c.valeur) for c in sheet.cells).replace("\u00a0", " ")


def test_of_two_versions_the_one_that_is_not_set_aside_counts(two_returns):
    filled(two_returns, MUTUELLE | {V: 40}, "mutuelle", "mutuelle-2.xlsx")
    result, _ = consolidate(two_returns, "mutuelle.xlsx")
    assert [a.code for a in result.anomalies if a.code == "DOUBLON_DE_RETOUR"] == []
    (line,) = [r for r in result.tables.indicateurs.to_dict("records") if r["Mesure"] == "1.1-I01"]
    assert (line["Valeur"], line["Retours reçus"]) == (45, 2)


def test_a_file_that_cannot_be_read_may_be_set_aside_too(two_returns):
    (two_returns / "casse.xlsx").write_bytes(b"rien")
    result, _ = consolidate(two_returns, "casse.xlsx")
    assert [(a.code, a.gravite) for a in result.anomalies if a.file == "casse.xlsx"] == [
        ("RETOUR_ECARTE", "information")
    ]
    assert "écarté" in statuts(result).values()
    assert result.received_and_expected() == consolidate(two_returns, "casse.xlsx")[0].received_and_expected()


def test_a_name_that_no_return_bears_is_told_and_nothing_is_set_aside(two_returns):
    result, _ = consolidate(two_returns, "mutuele.xlsx")
    (told,) = [a for a in result.anomalies if a.code == "RETOUR_ECARTE"]
    assert (told.gravite, told.file) == ("à confirmer", "mutuele.xlsx") and "écarté" not in statuts(result).values()


def test_the_totals_are_reconciled_with_what_was_set_aside(two_returns):
    table = consolidate(two_returns, "mutuelle.xlsx")[0].tables.reconciliation
    (line,) = table[(table["Mesure"] == "1.1-I01") & (table["Colonne"] == "Valeur")].to_dict("records")
    stated = line["Somme des retours"], line["Écartées"], line["Total consolidé"], line["Écart inexpliqué"]
    assert stated == (35, 30, 5, 0)


def test_a_return_both_set_aside_and_said_to_replace_another_is_refused(two_returns):
    with pytest.raises(Refusal, match="à la fois écarté et retenu"):
        consolidate(two_returns, "ville.xlsx", replaced=[Replacement("mutuelle.xlsx", "ville.xlsx")])


def test_the_pilotage_workbook_keeps_it_and_wants_its_reason(tmp_path):
    path = tmp_path / "pilotage.xlsx"
    told = Pilotage(ecartes=(SetAside("a.xlsx", WHY),), relances=(Relance("ville", courriel="sante@ville.fr"),))
    writer.write(pilotage.workbook(trial(), YEAR, told), path)
    assert pilotage.read(path, trial(), YEAR) == told
    writer.write(pilotage.workbook(trial(), YEAR, Pilotage(ecartes=(SetAside("a.xlsx", ""),))), path)
    with pytest.raises(Refusal) as refused:
        pilotage.read(path, trial(), YEAR)
    assert "Pourquoi" in refused.value.details[0] and "Suivi" in refused.value.details[0]


def test_a_pilotage_made_before_these_questions_is_still_read(tmp_path):
    path = tmp_path / "pilotage.xlsx"
    told = Pilotage(relances=(Relance("ville", "relancé", date(2025, 12, 1)), Relance("mutuelle", "Attendu")))
    writer.write(pilotage.workbook(trial(), YEAR, told), path)
    book = openpyxl.load_workbook(path)
    for row in book["Suivi"]:
        for cell in row:
            if cell.value == "Courriel du service" or str(cell.value).startswith("§pilotage/ecartes/"):
                cell.value = None
    book.save(path)
    assert pilotage.read(path, trial(), YEAR) == told


@pytest.mark.parametrize("typed", ["Service santé", "a@b", "santé@ville.fr", "a@ville.fr b@ville.fr"])
def test_an_address_that_no_message_can_be_sent_to_is_refused(tmp_path, typed):
    path = tmp_path / "pilotage.xlsx"
    writer.write(pilotage.workbook(trial(), YEAR, Pilotage(relances=(Relance("ville", courriel=typed),))), path)
    with pytest.raises(Refusal) as refused:
        pilotage.read(path, trial(), YEAR)
    assert "Courriel du service" in refused.value.details[0]


def test_the_reminder_says_it_carries_the_deadline_and_goes_to_the_service(two_returns):
    result, told = consolidate(two_returns, "mutuelle.xlsx")
    who = Relance("mutuelle", courriel="a@orme.fr, b@orme.fr")
    told = Pilotage(ecartes=told.ecartes, limite=date(2026, 3, 15), relances=(who,))
    (late,) = [d for d in delays(result, told, DAY) if d.respondent.id == "mutuelle"]
    draft = relance_message.draft(trial(), YEAR, late, "", None)
    message = email.message_from_bytes(draft, policy=policy.default)
    text = message.get_body().get_content().replace("\u00a0", " ")
    assert message["To"] == "a@orme.fr, b@orme.fr" and "15/03/2026" in message["Subject"]
    assert "mis de côté ce que vous nous avez envoyé" in text and "est attendue pour le 15/03/2026" in text
    assert late.a_remplir and WHY not in text
