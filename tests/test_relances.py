"""Who is late, and what they are told: every case of a campaign, the files of the command line."""

from __future__ import annotations

import email
import io
from datetime import date
from email import policy

import openpyxl
import petit_contrat
import pytest

from cls_workbook import cli, conductor, contract, pilotage
from cls_workbook.relances import messages
from cls_workbook.relances.retards import retards

ANNEE, JOUR, LIMITE = 2025, date(2026, 2, 15), date(2026, 1, 31)


def espaces(texte: str) -> str:
    return texte.replace("\u00a0", " ")


@pytest.fixture
def reference(tmp_path):
    return petit_contrat.definition(tmp_path)


def en_retard(reference, dossier, saisies=None, jour=JOUR):
    dossier.mkdir(exist_ok=True)
    saisies = saisies or pilotage.Pilotage()
    resultat = conductor.consolider_dossier([dossier], contract.load(reference), ANNEE, jour=jour, pilotage=saisies, processus=1, vide_permis=True)
    return retards(resultat, saisies, jour)


def relancer(reference, dossier, sortie, saisies=None):
    """The command line's way; the drafts by name, opened."""
    dossier.mkdir(exist_ok=True)
    resultat = conductor.relancer_fichiers([str(dossier)], str(reference), ANNEE, sortie, jour=JOUR)
    return resultat, {p.name: email.message_from_bytes(p.read_bytes(), policy=policy.default) for p in sortie.glob("*.eml")}


# --- who ---------------------------------------------------------------------------------------------------------------


def test_who_has_answered_nothing_is_late_for_each_fiche(reference, tmp_path):
    asso, ville = en_retard(reference, tmp_path / "r")
    assert (asso.repondant.id, asso.manquantes) == ("asso", (("1.1", ""), ("1.2", "")))
    assert (ville.repondant.id, ville.manquantes, ville.recues) == ("ville", (("1.1", ""), ("2.1", "")), ())


def test_who_has_answered_all_is_not(reference, tmp_path):
    petit_contrat.retour(tmp_path / "r", reference, "asso")
    assert [r.repondant.id for r in en_retard(reference, tmp_path / "r")] == ["ville"]


def test_two_versions_are_not_an_absence(reference, tmp_path):
    for nom, valeur in (("un.xlsx", 1), ("deux.xlsx", 2)):
        petit_contrat.retour(tmp_path / "r", reference, "ville", {"1.1/mesures/1.1-I01/valeur": valeur}, nom=nom)
    ville = en_retard(reference, tmp_path / "r")[1]
    assert (ville.manquantes, ville.en_double, ville.a_remplir) == ((), (("1.1", ""), ("2.1", "")), ())


def test_lateness_counts_from_the_limit_and_only_after_it(reference, tmp_path):
    limite = pilotage.Pilotage(limite=LIMITE)
    assert [r.jours for r in en_retard(reference, tmp_path / "r", limite)] == [15, 15]
    assert [r.jours for r in en_retard(reference, tmp_path / "r", limite, jour=LIMITE)] == [None, None]
    assert [r.jours for r in en_retard(reference, tmp_path / "r")] == [None, None]


def test_what_the_pilotage_says_of_a_return_counts(reference, tmp_path):
    suivi = (pilotage.Relance("asso", "reçu"), pilotage.Relance("ville", "relancé", date(2026, 2, 1)))
    asso, ville = en_retard(reference, tmp_path / "r", pilotage.Pilotage(relances=suivi))
    assert (asso.dit_recu, asso.a_relancer) == (True, False)
    assert (ville.a_relancer, ville.statut, ville.relancee_le) == (True, "relancé", date(2026, 2, 1))


def test_a_group_without_members_is_named_and_nobody_is_written_to(tmp_path):
    dijon = contract.load("dijon-2024-2028")
    resultat = conductor.consolider([], dijon, ANNEE, jour=JOUR)
    sans, avec = (retards(resultat, p, JOUR) for p in (pilotage.Pilotage(), pilotage.Pilotage(membres={"communes": ("Commune de Chenôve",)})))
    groupes = {r.repondant.id: r for r in sans if r.groupe}
    assert set(groupes) == {"communes", "operateurs"} and not groupes["communes"].a_relancer
    assert "communes" not in {r.repondant.id for r in avec}
    assert next(r for r in avec if r.repondant.nom == "Commune de Chenôve").manquantes


# --- what they are told ---------------------------------------------------------------------------------------------------


def test_a_draft_has_no_sender_no_recipient_no_date_and_opens_unsent(reference, tmp_path):
    _, brouillons = relancer(reference, tmp_path / "r", tmp_path / "s")
    message = brouillons["relance-asso.eml"]
    assert (message["To"], message["From"], message["Date"], message["X-Unsent"]) == ("", None, None, "1")
    assert espaces(message["Subject"]) == "Essai : votre réponse pour le bilan 2025"


def test_the_message_names_each_fiche_and_the_day(reference, tmp_path):
    essai = contract.load(reference)
    asso, _ = en_retard(reference, tmp_path / "r", pilotage.Pilotage(limite=LIMITE, relances=(pilotage.Relance("asso", "relancé", date(2026, 2, 5)),)))
    texte = espaces(messages.texte(essai, ANNEE, asso, "coordination@exemple.fr", joint=True))
    assert "nous n’avons pas toujours reçu" not in texte
    for attendu in (
        "toujours pas reçu la réponse de la structure « Association »", "  • fiche 1.1, Consulter près de chez soi\n  • fiche 1.2, Prévenir\n",
        "Elle était attendue pour le 31/01/2026, et nous vous avons écrit le 05/02/2026.", "Pour toute question : coordination@exemple.fr",
    ):  # fmt: skip
        assert attendu in texte
    avant = espaces(messages.texte(essai, ANNEE, en_retard(reference, tmp_path / "r", pilotage.Pilotage(limite=LIMITE), jour=date(2026, 1, 5))[0], "", joint=True))
    assert "Elle est attendue pour le 31/01/2026." in avant and "pas encore reçu" in avant


def test_who_sent_two_versions_is_asked_which_and_gets_no_blank_workbook(reference, tmp_path):
    for nom, valeur in (("un.xlsx", 1), ("deux.xlsx", 2)):
        petit_contrat.retour(tmp_path / "r", reference, "ville", {"1.1/mesures/1.1-I01/valeur": valeur}, nom=nom)
    _, brouillons = relancer(reference, tmp_path / "r", tmp_path / "s")
    ville = brouillons["relance-ville.eml"]
    assert "Dites-nous laquelle garder" in ville.get_body().get_content() and not list(ville.iter_attachments())
    assert "votre envoi" in ville["Subject"]


def test_the_workbook_attached_holds_what_is_missing_only_and_its_return_completes_the_campaign(reference, tmp_path):
    """Fiche 1.1 came from the association in a workbook of its own: the reminder asks for 1.2, and thanks."""
    essai = contract.load(reference)
    from dataclasses import replace

    from cls_workbook import entry
    from cls_workbook.entry import examples, offprint

    asso = next(r for r in entry.repondants(essai) if r.id == "asso")

    def deposer(fiches, nom):
        plan = entry.plan(essai, ANNEE, replace(asso, fiches=fiches))
        examples.remplir(plan, examples.repondre(plan, graine=nom))
        (tmp_path / "r").mkdir(exist_ok=True)
        (tmp_path / "r" / nom).write_bytes(next(iter(offprint.editer([plan.classeur]))))

    deposer((("1.1", ""),), "premiere.xlsx")
    _, brouillons = relancer(reference, tmp_path / "r", tmp_path / "s")
    message = brouillons["relance-asso.eml"]
    assert "reçu vos réponses pour la fiche 1.1" in espaces(message.get_body().get_content())
    (joint,) = message.iter_attachments()
    assert joint.get_filename() == "essai-2025-asso.xlsx"
    feuilles = openpyxl.load_workbook(io.BytesIO(joint.get_payload(decode=True))).sheetnames
    assert "FA 1.2" in feuilles and "FA 1.1" not in feuilles
    deposer((("1.2", ""),), "seconde.xlsx")  # as the reminder's workbook comes back
    assert [r.repondant.id for r in en_retard(reference, tmp_path / "r")] == ["ville"]


def test_the_same_reminders_twice_give_the_same_bytes(reference, tmp_path):
    for sortie in ("un", "deux"):
        relancer(reference, tmp_path / "r", tmp_path / sortie)
    un, deux = ({p.name: p.read_bytes() for p in (tmp_path / s).iterdir()} for s in ("un", "deux"))
    assert un == deux and len(un) == 3


def test_the_command_prints_its_files_and_what_it_did(reference, tmp_path, capsys):
    (tmp_path / "r").mkdir()
    sortie = tmp_path / "s"
    code = cli.main(["relances", str(tmp_path / "r"), "--contrat", str(reference), "--annee", "2025", "--sortie", str(sortie), "--date", "2026-02-15"])
    lignes = capsys.readouterr().out.splitlines()
    assert code == 0 and lignes[:3] == [str(sortie / n) for n in ("relances-2025.xlsx", "relance-asso.eml", "relance-ville.eml")]
    assert espaces(lignes[3]) == "2 brouillons de message, un par structure à relancer ; rien n’est envoyé."
