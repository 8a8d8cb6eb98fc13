"""Who is late, and what they are told: every case of a campaign, the files of the command line."""

from __future__ import annotations

import email
import io
from datetime import date
from email import policy

import openpyxl
import pytest

from cls_workbook import pilotage
from cls_workbook.cli import commands
from cls_workbook.definition import toml_reader
from cls_workbook.office.relances import relance_message
from cls_workbook.office.relances.late_returns import delays
from cls_workbook.pipeline import way_back
from tests.support import small_contrat

YEAR, DAY, DEADLINE = 2025, date(2026, 2, 15), date(2026, 1, 31)


def plain_spaces(texte: str) -> str:
    return texte.replace("\u00a0", " ")


@pytest.fixture
def reference(tmp_path):
    return small_contrat.definition(tmp_path)


def late(reference, folder, saisies=None, day=DAY):
    folder.mkdir(exist_ok=True)
    saisies = saisies or pilotage.Pilotage()
    result = way_back.consolidate_folder([folder], toml_reader.load(reference), YEAR, day=day, pilotage=saisies)
    return delays(result, saisies, day)


def write_relances(reference, folder, output, saisies=None):
    """The command line's way; the drafts by name, opened."""
    folder.mkdir(exist_ok=True)
    result = way_back.write_relances_from_files([str(folder)], str(reference), YEAR, output, day=DAY)
    return result, {
        p.name: email.message_from_bytes(p.read_bytes(), policy=policy.default) for p in output.glob("*.eml")
    }


# --- who --------------------------------------------------------------------------------------------------------------


def test_who_has_answered_nothing_is_late_for_each_fiche(reference, tmp_path):
    asso, ville = late(reference, tmp_path / "r")
    assert (asso.respondent.id, asso.missing) == ("asso", (("1.1", ""), ("1.2", "")))
    assert (ville.respondent.id, ville.missing, ville.received) == ("ville", (("1.1", ""), ("2.1", "")), ())


def test_who_has_answered_all_is_not(reference, tmp_path):
    small_contrat.retour(tmp_path / "r", reference, "asso")
    assert [r.respondent.id for r in late(reference, tmp_path / "r")] == ["ville"]


def test_two_versions_are_not_an_absence(reference, tmp_path):
    for nom, valeur in (("un.xlsx", 1), ("deux.xlsx", 2)):
        small_contrat.retour(tmp_path / "r", reference, "ville", {"1.1/mesures/1.1-I01/valeur": valeur}, nom=nom)
    ville = late(reference, tmp_path / "r")[1]
    assert (ville.missing, ville.duplicated, ville.a_remplir) == ((), (("1.1", ""), ("2.1", "")), ())


def test_lateness_counts_from_the_limit_and_only_after_it(reference, tmp_path):
    limite = pilotage.Pilotage(limite=DEADLINE)
    assert [r.days for r in late(reference, tmp_path / "r", limite)] == [15, 15]
    assert [r.days for r in late(reference, tmp_path / "r", limite, day=DEADLINE)] == [None, None]
    assert [r.days for r in late(reference, tmp_path / "r")] == [None, None]


def test_what_the_pilotage_says_of_a_return_counts(reference, tmp_path):
    suivi = (pilotage.Relance("asso", "reçu"), pilotage.Relance("ville", "relancé", date(2026, 2, 1)))
    asso, ville = late(reference, tmp_path / "r", pilotage.Pilotage(relances=suivi))
    assert (asso.said_received, asso.to_remind) == (True, False)
    assert (ville.to_remind, ville.statut, ville.reminded_on) == (True, "relancé", date(2026, 2, 1))


def test_a_group_without_members_is_named_and_nobody_is_written_to(tmp_path):
    dijon = toml_reader.load("dijon-2024-2028")
    result = way_back.consolider([], dijon, YEAR, day=DAY)
    without, with_changes = (
        delays(result, p, DAY)
        for p in (pilotage.Pilotage(), pilotage.Pilotage(membres={"communes": ("Commune de Chenôve",)}))
    )
    groups = {r.respondent.id: r for r in without if r.groupe}
    assert set(groups) == {"communes", "operateurs"} and not groups["communes"].to_remind
    assert "communes" not in {r.respondent.id for r in with_changes}
    assert next(r for r in with_changes if r.respondent.nom == "Commune de Chenôve").missing


# --- what they are told -----------------------------------------------------------------------------------------------


def test_a_draft_has_no_sender_no_recipient_no_date_and_opens_unsent(reference, tmp_path):
    _, drafts = write_relances(reference, tmp_path / "r", tmp_path / "s")
    message = drafts["relance-asso.eml"]
    assert (message["To"], message["From"], message["Date"], message["X-Unsent"]) == ("", None, None, "1")
    assert plain_spaces(message["Subject"]) == "Essai : votre réponse pour le bilan 2025"


def test_the_message_names_each_fiche_and_the_day(reference, tmp_path):
    trial = toml_reader.load(reference)
    asso, _ = late(
        reference,
        tmp_path / "r",
        pilotage.Pilotage(limite=DEADLINE, relances=(pilotage.Relance("asso", "relancé", date(2026, 2, 5)),)),
    )
    texte = plain_spaces(relance_message.texte(trial, YEAR, asso, "coordination@exemple.fr", attached=True))
    assert "nous n’avons pas toujours reçu" not in texte
    for expected in (
        "toujours pas reçu la réponse de la structure « Association »",
        "  • fiche 1.1, Consulter près de chez soi\n  • fiche 1.2, Prévenir\n",
        "Elle était attendue pour le 31/01/2026, et nous vous avons écrit le 05/02/2026.",
        "Pour toute question : coordination@exemple.fr",
    ):
        assert expected in texte
    before = plain_spaces(
        relance_message.texte(
            trial,
            YEAR,
            late(reference, tmp_path / "r", pilotage.Pilotage(limite=DEADLINE), day=date(2026, 1, 5))[0],
            "",
            attached=True,
        )
    )
    assert "Elle est attendue pour le 31/01/2026." in before and "pas encore reçu" in before


def test_who_sent_two_versions_is_asked_which_and_gets_no_blank_workbook(reference, tmp_path):
    for nom, valeur in (("un.xlsx", 1), ("deux.xlsx", 2)):
        small_contrat.retour(tmp_path / "r", reference, "ville", {"1.1/mesures/1.1-I01/valeur": valeur}, nom=nom)
    _, drafts = write_relances(reference, tmp_path / "r", tmp_path / "s")
    ville = drafts["relance-ville.eml"]
    assert "Dites-nous laquelle garder" in ville.get_body().get_content() and not list(ville.iter_attachments())
    assert "votre envoi" in ville["Subject"]


def test_the_workbook_attached_holds_what_is_missing_only_and_its_return_completes_the_campaign(reference, tmp_path):
    """Fiche 1.1 came from the association in a workbook of its own: the reminder asks for 1.2, and thanks."""
    trial = toml_reader.load(reference)
    from dataclasses import replace

    from cls_workbook import forms
    from cls_workbook.fast_paths import offprint
    from cls_workbook.forms import examples

    asso = next(r for r in forms.repondants(trial) if r.id == "asso")

    def drop_retour(fiches, nom):
        plan = forms.plan(trial, YEAR, replace(asso, fiches=fiches))
        examples.fill_cell(plan, examples.make_answers(plan, seed=nom))
        (tmp_path / "r").mkdir(exist_ok=True)
        (tmp_path / "r" / nom).write_bytes(next(iter(offprint.produce([plan.workbook]))))

    drop_retour((("1.1", ""),), "premiere.xlsx")
    _, drafts = write_relances(reference, tmp_path / "r", tmp_path / "s")
    message = drafts["relance-asso.eml"]
    assert "reçu vos réponses pour la fiche 1.1" in plain_spaces(message.get_body().get_content())
    (attached,) = message.iter_attachments()
    assert attached.get_filename() == "essai-2025-asso.xlsx"
    worksheets = openpyxl.load_workbook(io.BytesIO(attached.get_payload(decode=True))).sheetnames
    assert "FA 1.2" in worksheets and "FA 1.1" not in worksheets
    drop_retour((("1.2", ""),), "seconde.xlsx")  # as the reminder's workbook comes back
    assert [r.respondent.id for r in late(reference, tmp_path / "r")] == ["ville"]


def test_the_same_reminders_twice_give_the_same_bytes(reference, tmp_path):
    for output in ("un", "deux"):
        write_relances(reference, tmp_path / "r", tmp_path / output)
    one, two = ({p.name: p.read_bytes() for p in (tmp_path / s).iterdir()} for s in ("un", "deux"))
    assert one == two and len(one) == 3


def test_the_command_prints_its_files_and_what_it_did(reference, tmp_path, capsys):
    (tmp_path / "r").mkdir()
    output = tmp_path / "s"
    code = commands.main(
        [
            "relances",
            str(tmp_path / "r"),
            "--contrat",
            str(reference),
            "--annee",
            "2025",
            "--sortie",
            str(output),
            "--date",
            "2026-02-15",
        ]
    )
    lines = capsys.readouterr().out.splitlines()
    assert code == 0 and lines[:3] == [
        str(output / n) for n in ("relances-2025.xlsx", "relance-asso.eml", "relance-ville.eml")
    ]
    assert plain_spaces(lines[3]) == "2 brouillons de message, un par structure à relancer ; rien n’est envoyé."
