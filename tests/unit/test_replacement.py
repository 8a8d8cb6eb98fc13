"""A corrected return takes the place of an earlier one: only when it is said,
and everything that it changes is told.
"""

from __future__ import annotations

from datetime import date

import pytest

from cls_workbook import pilotage
from cls_workbook.cli.commands import main
from cls_workbook.errors import Refusal
from cls_workbook.pipeline import way_back
from cls_workbook.pipeline.settling import lasting, requests
from cls_workbook.reading import return_files
from cls_workbook.reading.return_files import read, retours_in
from cls_workbook.reading.return_reader import ReturnReader
from cls_workbook.summaries.replacement import preview
from tests.support.small_workbook import DEFINITION, YEAR, cell, contrats, filled, trial

BASE = {"accueil/reponse/structure": "Mutuelle de l’Orme", "1.1/avancement/etat": "En cours"}
V, H, E = "1.1/mesures/1.1-I01/valeur", "1.1/mesures/1.1-I02a/valeur", "1.1/financement/01/engage"


@pytest.fixture
def two_versions(tmp_path):
    """The first return, then its correction: one value changed, one added, one taken away; the rest as it was."""
    filled(tmp_path, BASE | {V: 30, E: 1000}, "mutuelle", "premier.xlsx")
    filled(tmp_path, BASE | {V: 35, H: 12}, "mutuelle", "corrige.xlsx")
    return tmp_path


def consolider(folder, *texts, saisies=None):
    files = retours_in([folder])
    pairs = [(r.ancien, r.nouveau) for r in saisies.remplacements] if saisies else []
    requested, retours = [*requests(texts, files), *lasting(pairs, files)], read(files, ReturnReader(contrats))
    return way_back.consolider(retours, trial(), YEAR, day=date(2026, 2, 1), pilotage=saisies, to_replace=requested)


def values(result) -> dict:
    m = result.tables.mesures.frame()
    return {
        (f, mesure): v
        for f, mesure, champ, v in zip(m["Fichier"], m["Mesure"], m["Champ"], m["Valeur"], strict=True)
        if champ == "valeur"
    }


def statuts(result) -> dict:
    r = result.tables.retours
    return {f: s for f, s in zip(r["Fichier"], r["Statut"], strict=True) if f}


def changes(table) -> dict:
    return {
        c: (k, a, b)
        for c, k, a, b in zip(
            table["Champ"], table["Changement"], table["Valeur avant"], table["Valeur après"], strict=True
        )
        if k != "inchangée"
    }


def test_two_versions_never_overwrite_each_other_in_silence(two_versions):
    result = consolider(two_versions)
    assert statuts(result) == {"premier.xlsx": "doublon", "corrige.xlsx": "doublon"}
    assert values(result) == {} and len(result.tables.remplacements) == 0


@pytest.mark.parametrize("asked", ["corrige.xlsx", "premier.xlsx=corrige.xlsx"])
def test_the_corrected_return_counts_and_the_other_is_set_aside(two_versions, asked):
    result = consolider(two_versions, asked)
    assert statuts(result) == {"premier.xlsx": "doublon", "corrige.xlsx": "reçu"}
    assert values(result) == {("corrige.xlsx", "1.1-I01"): 35, ("corrige.xlsx", "1.1-I02a"): 12}
    (told,) = [a for a in result.anomalies if a.code == "RETOUR_REMPLACE"]
    assert (told.gravite, told.file, told.refuses_file) == ("information", "premier.xlsx", True)
    assert "corrige.xlsx" in told.found and "1 créée, 1 modifiée, 1 supprimée" in told.found
    assert not [a for a in result.anomalies if a.code == "DOUBLON_DE_RETOUR"]


def test_each_change_is_told_with_its_cells_before_and_after(two_versions):
    table = consolider(two_versions, "corrige.xlsx").tables.remplacements
    assert set(changes(table).values()) == {("modifiée", 30, 35), ("créée", None, 12), ("supprimée", 1000, None)}
    (modified_row,) = table[table["Changement"] == "modifiée"].to_dict("records")
    assert (modified_row["Cellule remplacée"], modified_row["Cellule"], modified_row["Fiche"]) == (
        cell(V),
        cell(V),
        "1.1",
    )
    assert (
        len(modified_row["Empreinte du remplacé"]) == 64
        and modified_row["Empreinte du remplacé"] != modified_row["Empreinte du retenu"]
    )
    # Every value typed in the return set aside can be found there.
    assert set(table[table["Changement"] != "créée"]["Valeur avant"]) == {"Mutuelle de l’Orme", "En cours", 30, 1000}


def test_the_command_shows_the_change_before_anything_is_applied(two_versions, capsys):
    (two_versions / "essai.toml").write_text(DEFINITION, encoding="utf-8")
    before = sorted(two_versions.iterdir())
    assert (
        main(
            [
                "comparer",
                *(str(two_versions / n) for n in ("premier.xlsx", "corrige.xlsx")),
                "--contrat",
                str(two_versions / "essai.toml"),
            ]
        )
        == 0
    )
    output = capsys.readouterr().out.replace("\u00a0", " ")
    assert f"modifiée : FA 1.1!{cell(V)} (Personnes rencontrées — Valeur 2025) : « 30 » → « 35 »" in output
    assert "1 créée, 1 modifiée, 1 supprimée, 2 inchangées" in output and "Rien n’a été écrit" in output
    assert sorted(two_versions.iterdir()) == before


def test_a_value_refused_in_the_first_return_is_told_as_it_was_typed(tmp_path):
    filled(tmp_path, BASE | {V: "env. 30"}, "mutuelle", "premier.xlsx")
    filled(tmp_path, BASE | {V: 30}, "mutuelle", "corrige.xlsx")
    result = consolider(tmp_path, "corrige.xlsx")
    ((change, before, after),) = changes(result.tables.remplacements).values()
    assert (change, after) == ("modifiée", 30) and "env. 30" in before and "refusé" in before
    assert not [a for a in result.anomalies if a.gravite == "bloquant" and a.file == "premier.xlsx"]


def test_what_the_correction_does_not_answer_still_counts(tmp_path):
    filled(
        tmp_path,
        BASE
        | {
            V: 30,
            "2.1/reponse/volet": "Covoiturage",
            "2.1/avancement/etat": "En cours",
            "2.1/mesures/2.1-I01/valeur": 7,
        },
        "mutuelle",
        "premier.xlsx",
    )
    filled(tmp_path, BASE | {V: 35}, "mutuelle", "corrige.xlsx")
    result = consolider(tmp_path, "corrige.xlsx")
    assert values(result) == {("corrige.xlsx", "1.1-I01"): 35, ("premier.xlsx", "2.1-I01"): 7}
    (told,) = [a for a in result.anomalies if a.code == "RETOUR_REMPLACE"]
    assert (told.fiche, told.refuses_sheet, told.refuses_file) == ("1.1", True, False)


def test_an_older_and_a_newer_correction_follow_each_other(two_versions):
    filled(two_versions, BASE | {V: 40}, "mutuelle", "dernier.xlsx")
    result = consolider(two_versions, "premier.xlsx=corrige.xlsx", "corrige.xlsx=dernier.xlsx")
    assert values(result) == {("dernier.xlsx", "1.1-I01"): 40}
    assert statuts(result) == {"premier.xlsx": "doublon", "corrige.xlsx": "doublon", "dernier.xlsx": "reçu"}


def test_the_pilotage_workbook_can_say_it_once_for_all(two_versions, tmp_path):
    from cls_workbook.workbook import writer

    path = tmp_path / "p" / "pilotage.xlsx"
    written = pilotage.Pilotage(
        remplacements=(
            pilotage.Replacement("premier.xlsx", "corrige.xlsx", "Demande du service"),
            pilotage.Replacement("parti.xlsx", "aussi.xlsx"),
        )
    )
    writer.write(pilotage.workbook(trial(), YEAR, written), path)
    value_read = pilotage.read(path, trial(), YEAR)
    assert value_read.remplacements == written.remplacements
    path.unlink()
    assert statuts(consolider(two_versions, saisies=value_read)) == {"premier.xlsx": "doublon", "corrige.xlsx": "reçu"}


@pytest.mark.parametrize(
    ("texts", "sentence"),
    [
        (("absent.xlsx",), "ne désigne aucun des retours"),
        (("premier.xlsx=corrige.xlsx", "corrige.xlsx=premier.xlsx"), "l’un l’autre"),
        (("premier.xlsx=premier.xlsx",), "« premier.xlsx » ne peut pas se remplacer lui-même"),
        (("autre.xlsx",), "ne remplace rien"),
        (("premier.xlsx=casse.xlsx",), "ne peut rien remplacer"),
        (("premier.xlsx=corrige.xlsx", "premier.xlsx=troisieme.xlsx"), "serait remplacé deux fois"),
    ],
)
def test_a_request_that_makes_no_sense_is_refused_in_one_sentence(two_versions, texts, sentence):
    filled(two_versions, {"1.1/avancement/etat": "En cours"}, "ville", "autre.xlsx")
    filled(two_versions, BASE | {V: 50}, "mutuelle", "troisieme.xlsx")
    (two_versions / "casse.xlsx").write_bytes(b"rien")
    with pytest.raises(Refusal, match=sentence):
        consolider(two_versions, *texts)


def test_the_preview_says_nothing_when_nothing_is_replaced(two_versions):
    assert list(preview(consolider(two_versions).tables.remplacements)) == []


def test_every_return_is_opened_once_even_those_that_are_read_first(two_versions, monkeypatch):
    opened, content_of = [], return_files.content_of
    monkeypatch.setattr(return_files, "content_of", lambda path: opened.append(path.name) or content_of(path))
    result = way_back.consolidate_folder(
        [two_versions], trial(), YEAR, day=date(2026, 2, 1), to_replace=["premier.xlsx=corrige.xlsx"]
    )
    assert sorted(opened) == ["corrige.xlsx", "premier.xlsx"]
    assert statuts(result) == {"premier.xlsx": "doublon", "corrige.xlsx": "reçu"}


def test_what_is_replaced_is_typed_and_not_checked(two_versions):
    """Its values are told; of what it says amiss, nothing."""
    filled(two_versions, BASE | {V: 30, E: -5}, "mutuelle", "premier.xlsx")
    result = consolider(two_versions, "corrige.xlsx")
    assert [a.code for a in result.anomalies if a.file == "premier.xlsx"] == ["RETOUR_REMPLACE"]
    assert "(refusé)" in " ".join(str(v) for v in result.tables.remplacements["Valeur avant"])
