"""The whole way back, on the shipped contract: files in, one ``Resultat`` and one workbook out."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import openpyxl
import pandas as pd
import pytest

from cls_workbook import campagne, conductor, contract, entry, pilotage
from cls_workbook.entry import examples, offprint
from cls_workbook.errors import Refus
from cls_workbook.results import consolidated
from cls_workbook.summaries.consolidation import attendus
from cls_workbook.xlsx import writer

ANNEE, JOUR = 2025, date(2026, 2, 15)


@pytest.fixture(scope="module")
def dijon():
    return contract.load("dijon-2024-2028")


def plan_de(contrat, structure: str, annee: int = ANNEE) -> entry.Plan:
    return entry.plan(contrat, annee, next(r for r in entry.repondants(contrat) if r.id == structure))


def deposer(dossier, contrat, structure: str, propres: dict | None = None, nom: str | None = None, annee: int = ANNEE) -> str:
    """A return of one structure, filled with plausible answers and ``propres``; returns its file name."""
    plan = plan_de(contrat, structure, annee)
    examples.remplir(plan, examples.repondre(plan, graine=structure) | (propres or {}))
    nom = nom or f"{structure}.xlsx"
    (dossier / nom).write_bytes(next(iter(offprint.editer([plan.classeur]))))
    return nom


def consolider(dossier, contrat, annee: int = ANNEE, **plus):
    retours = conductor.lire(conductor.retours_dans([dossier]), conductor.Contrats(contrat), processus=1)
    return conductor.consolider(retours, contrat, annee, jour=JOUR, **plus)


def test_every_value_typed_is_in_exactly_one_table_or_in_an_anomaly(tmp_path, dijon):
    plan = plan_de(dijon, "apo")
    typees = examples.repondre(plan, graine="apo") | {"3.1/financement/01/engage": "env. 12 000", "3.1/mesures/3.1-I08/valeur": "une centaine"}
    deposer(tmp_path, dijon, "apo", typees)
    resultat = consolider(tmp_path, dijon)
    places = {p.cle: (p.feuille, p.cellule) for p in plan.emplacements()}
    attendues = {places[cle] for cle in typees}
    mesures = set(zip(resultat.mesures["Feuille"], resultat.mesures["Cellule"], strict=True))
    reponses = set(zip(resultat.reponses["Feuille"], resultat.reponses["Cellule"], strict=True))
    refusees = {(a.feuille, c) for a in resultat.anomalies if a.gravite == "bloquant" for c in a.cellules}
    lignes = {
        (feuille, cellule)
        for feuille, plage in zip(resultat.financements["Feuille"], resultat.financements["Cellule"], strict=True)
        for cellule in cellules_de(plage)
    } & attendues - refusees
    assert attendues == mesures | reponses | lignes | (refusees & attendues)
    assert not (mesures & reponses or mesures & lignes or reponses & lignes or (mesures | reponses) & refusees)
    assert {places["3.1/financement/01/engage"], places["3.1/mesures/3.1-I08/valeur"]} <= refusees


def cellules_de(plage: str) -> set[str]:
    return {c.coordinate for morceau in plage.replace(" ", "").split(",") for rangee in openpyxl.Workbook().active[morceau + (":" + morceau if ":" not in morceau else "")] for c in rangee}


def test_two_versions_of_a_return_are_both_set_aside_and_say_so(tmp_path, dijon):
    deposer(tmp_path, dijon, "cpam")
    deposer(tmp_path, dijon, "cpam", {"1.1/mesures/1.1-I02a/valeur": 99}, nom="cpam (2).xlsx")
    deposer(tmp_path, dijon, "ars")
    resultat = consolider(tmp_path, dijon)
    assert {(a.fichier, a.fiche) for a in resultat.anomalies if a.code == "DOUBLON_DE_RETOUR"} == {("cpam.xlsx", "1.1"), ("cpam (2).xlsx", "1.1")}
    statuts = resultat.retours[(resultat.retours["Fiche"] == "1.1") & (resultat.retours["Structure"] == "CPAM")]
    assert statuts["Statut"].tolist() == ["doublon", "doublon"]
    assert "CPAM" not in set(resultat.mesures["Structure"])
    # the agency's four answers count; CPAM's, set aside, is still among what is expected
    assert resultat.recus_et_attendus() == (4, len(attendus(dijon, ANNEE)))


def test_the_same_file_twice_counts_once(tmp_path, dijon):
    deposer(tmp_path, dijon, "apo")
    seul = consolider(tmp_path, dijon)
    (tmp_path / "copie de apo.xlsx").write_bytes((tmp_path / "apo.xlsx").read_bytes())
    double = consolider(tmp_path, dijon)
    assert double.par_fiche["Engagé"].tolist() == seul.par_fiche["Engagé"].tolist()
    assert sorted(double.retours.loc[double.retours["Fichier"].notna(), "Statut"]) == ["doublon", "reçu"]
    assert [a.gravite for a in double.anomalies if a.code == "DOUBLON_DE_RETOUR"] == ["à confirmer"]


def test_a_return_of_another_year_is_refused_whole(tmp_path, dijon):
    deposer(tmp_path, dijon, "apo", annee=2024)
    resultat = consolider(tmp_path, dijon)
    assert [(a.code, a.fichier) for a in resultat.anomalies if a.gravite == "bloquant"] == [("HORS_CAMPAGNE", "apo.xlsx")]
    assert resultat.mesures.empty and resultat.reponses.empty and resultat.financements.empty
    assert "rejeté" in set(resultat.retours["Statut"])


def test_files_that_are_no_workbook_are_named_and_the_others_still_count(tmp_path, dijon):
    deposer(tmp_path, dijon, "apo")
    (tmp_path / "notes.pdf").write_bytes(b"%PDF-1.7 rien")
    (tmp_path / "vide.xlsx").write_bytes(b"")
    (tmp_path / "~$apo.xlsx").write_bytes(b"verrou")
    resultat = consolider(tmp_path, dijon)
    assert sorted(a.fichier for a in resultat.anomalies if a.code == "FICHIER_ILLISIBLE") == ["notes.pdf", "vide.xlsx"]
    assert resultat.recus_et_attendus()[0] == 1


def test_one_process_or_two_give_the_same_tables(tmp_path, dijon):
    for structure in ("apo", "ars", "cpam"):
        deposer(tmp_path, dijon, structure)
    fichiers = conductor.retours_dans([tmp_path])
    un, deux = (
        conductor.consolider(conductor.lire(fichiers, conductor.Contrats(dijon), n), dijon, ANNEE, jour=JOUR) for n in (1, 2)
    )  # fmt: skip
    assert writer.to_bytes(consolidated.classeur(un)) == writer.to_bytes(consolidated.classeur(deux))


def test_money_adds_up_to_the_cent_over_the_returns(tmp_path, dijon):
    deposer(tmp_path, dijon, "apo", {"3.1/financement/01/engage": Decimal("1234.56"), "3.1/financement/01/verse": Decimal("1000.01"), "3.1/depenses/total": Decimal("2000.02")})
    fiche = consolider(tmp_path, dijon).par_fiche.set_index("Fiche").loc["3.1"]
    assert (fiche["Montant contrat"], fiche["Engagé"], fiche["Reste à engager"]) == (30000, Decimal("1234.56"), Decimal("28765.44"))


def test_named_members_of_a_group_are_expected_in_its_place(tmp_path, dijon):
    deposer(tmp_path, dijon, "apo")
    saisies = pilotage.Pilotage(membres={"communes": ("Commune de Chenôve",), "operateurs": ("Sedap",)})
    resultat = consolider(tmp_path, dijon, pilotage=saisies)
    attendus = set(zip(resultat.retours["Fiche"], resultat.retours["Structure"], strict=True))
    assert {("3.3", "Commune de Chenôve"), ("4.4", "Commune de Chenôve"), ("3.2", "Sedap")} <= attendus
    assert not any(s in ("Communes", "Opérateurs de prévention") for _, s in attendus)


def test_the_second_year_reads_the_first(tmp_path, dijon):
    for annee, valeur in ((2024, 40), (2025, 100)):
        (tmp_path / str(annee)).mkdir()
        deposer(tmp_path / str(annee), dijon, "apo", {"3.1/mesures/3.1-I08/valeur": valeur}, annee=annee)
    premiere = tmp_path / "c2024.xlsx"
    conductor.consolider_fichiers([tmp_path / "2024"], dijon.id, 2024, premiere, jour=date(2025, 2, 1))
    seconde = conductor.consolider_fichiers([tmp_path / "2025"], dijon.id, 2025, tmp_path / "c2025.xlsx", jour=JOUR, precedent=str(premiere))
    livres = seconde.indicateurs.set_index("Mesure").loc["3.1-I08"]
    assert (livres["Valeur n-1"], livres["Valeur"]) == (40, 100)
    # 3 000 € engaged each year by the plausible answers (30 000 over five years, one porteur at half the cost)
    engages = [pd.read_excel(c, sheet_name="Financement par fiche", engine="calamine").set_index("Fiche").loc["3.1", "Engagé"] for c in (premiere, tmp_path / "c2025.xlsx")]
    reste = seconde.par_fiche.set_index("Fiche").loc["3.1", "Reste à engager"]
    assert reste == 30000 - Decimal(str(sum(engages)))
    place = next(p for p in plan_de(dijon, "apo").emplacements() if p.cle == "3.1/mesures/3.1-I08/valeur")
    assert (place.cellule,) in [a.cellules for a in seconde.anomalies if a.code == "EVOLUTION_FORTE"]


def test_the_consolidation_is_never_read_as_a_return(tmp_path, dijon):
    deposer(tmp_path, dijon, "apo")
    sortie = tmp_path / "consolidation.xlsx"
    for _ in range(2):
        resultat = conductor.consolider_fichiers([tmp_path], dijon.id, ANNEE, sortie, jour=JOUR)
    assert "consolidation.xlsx" not in {a.fichier for a in resultat.anomalies}


def test_an_empty_folder_is_refused_with_a_remedy(tmp_path):
    with pytest.raises(Refus, match="Déposez-y les retours"):
        conductor.retours_dans([tmp_path])


def test_single_returns_are_checked_without_a_campaign(tmp_path, dijon):
    deposer(tmp_path, dijon, "clsm-franco-basaglia", {"2.1/satisfaction/2.1-I04a/satisfaits": 95})
    anomalies = conductor.controler([str(tmp_path / "clsm-franco-basaglia.xlsx")])
    assert [a.code for a in anomalies if a.gravite == "bloquant"] == ["SATISFACTION_INCOHERENTE"]
    assert not any(a.code == "RETOUR_MANQUANT" for a in anomalies)


def test_a_blank_return_is_told_and_not_counted(tmp_path, dijon):
    plan = plan_de(dijon, "apo")
    (tmp_path / "apo.xlsx").write_bytes(next(iter(offprint.editer([plan.classeur]))))
    resultat = consolider(tmp_path, dijon)
    assert [(a.gravite, a.fichier) for a in resultat.anomalies if a.code == "RETOUR_VIDE"] == [("à confirmer", "apo.xlsx")]
    assert resultat.recus_et_attendus()[0] == 0


def test_in_how_many_batches_returns_are_read_changes_nothing(tmp_path, dijon, monkeypatch):
    retours = tmp_path / "retours"
    retours.mkdir()
    for rang, structure in enumerate(("apo", "acodege", "ars", "apo", "sdat")):
        propres = {"3.1/mesures/3.1-I08/valeur": f"env. {rang}"} if structure == "apo" else {}
        deposer(retours, dijon, structure, propres, nom=f"{rang}-{structure}.xlsx")
    (retours / "abime.xlsx").write_bytes(b"PK\x03\x04rien")
    classeurs = []
    for par_tranche in (250, 2):
        monkeypatch.setattr(campagne, "PAR_TRANCHE", par_tranche)
        sortie = tmp_path / f"{par_tranche}.xlsx"
        conductor.consolider_fichiers([retours], "dijon-2024-2028", ANNEE, sortie, jour=JOUR)
        classeurs.append(sortie.read_bytes())
    assert classeurs[0] == classeurs[1]
