"""What is typed is what is read: every input, random valid values, through openpyxl and through LibreOffice."""

from __future__ import annotations

import datetime
import random
from concurrent.futures import ProcessPoolExecutor
from decimal import Decimal
from functools import partial

import classeurs
import pytest
from classeurs import ANNEE, contrats, essai, lignes_de, lire, lues, modifie, places, plan, valeur_valide
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cls_workbook import contract, entry
from cls_workbook.reading import frames, reader
from cls_workbook.xlsx import writer

# as they are sent: what is drawn is looked at here
rempli = partial(classeurs.rempli, orne=True)
vierge = partial(classeurs.vierge, orne=True)

RELECTURES = settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def valeurs_au_hasard(graine: int, structure: str = "") -> dict[str, object]:
    hasard = random.Random(graine)
    return {cle: valeur_valide(place, hasard) for cle, place in places(structure).items()}


@given(graine=st.integers(0, 2**32))
@RELECTURES
def test_every_value_typed_in_every_input_is_read_back(tmp_path, graine):
    attendues = valeurs_au_hasard(graine)
    retour = lire(rempli(tmp_path, attendues))
    assert lues(retour) == attendues
    assert retour.anomalies == ()


@given(graine=st.integers(0, 2**32), part=st.floats(0.02, 0.6))
@RELECTURES
def test_blank_inputs_stay_blank(tmp_path, graine, part):
    hasard = random.Random(graine)
    attendues = {c: v for c, v in valeurs_au_hasard(graine, "ville").items() if hasard.random() < part or c == "accueil/reponse/structure"}
    retour = lire(rempli(tmp_path, attendues, "ville"))
    assert lues(retour) == attendues
    assert retour.anomalies == ()


@pytest.mark.parametrize("extension", ["xlsx", "ods"])
def test_every_value_is_read_back_after_libreoffice(libreoffice, tmp_path, extension):
    attendues = valeurs_au_hasard(7)
    sortie = libreoffice.convert(rempli(tmp_path, attendues), tmp_path / f"par-libreoffice.{extension}")
    retour = lire(sortie)
    assert lues(retour) == attendues
    assert retour.anomalies == ()


@pytest.mark.parametrize("extension", ["xlsx", "ods"])
def test_a_blank_workbook_saved_by_libreoffice_says_nothing(libreoffice, tmp_path, extension):
    sortie = libreoffice.convert(vierge(tmp_path), tmp_path / f"vierge.{extension}")
    retour = lire(sortie)
    assert (retour.saisies, retour.anomalies) == ((), ())


@pytest.mark.parametrize("structure", ["", *(r.id for r in entry.repondants(essai()))])
def test_a_blank_workbook_says_nothing(tmp_path, structure):
    retour = lire(vierge(tmp_path, structure))
    assert retour.anomalies == ()
    # A structure's own workbook comes with its identity, and its volet where it has only one.
    assert {c.rpartition("/")[2] for c in lues(retour)} <= ({"structure", "volet"} if structure else set())


def test_what_the_campaign_adds_to_a_workbook_is_no_change(tmp_path):
    repondant = entry.repondants(essai(), {"communes": ("Commune de Clairvaux",)})[0]
    campagne = entry.Campagne(
        membres={"communes": ("Commune de Clairvaux", "Centre social du Port")}, programme={"1.1": Decimal(1234)},
        precedent={"1.1-I01": 40, "1.1-I02a": Decimal("7.5"), "1.1-I03a": Decimal("0.4"), "1.1-I06": "Engagé"},
        limite="31 mars 2026", contact="Le service santé, 01 02 03 04 05",
    )  # fmt: skip
    for qui in (None, repondant):
        chemin = tmp_path / "campagne.xlsx"
        writer.write(entry.plan(essai(), ANNEE, qui, campagne).classeur, chemin)
        assert lire(chemin).anomalies == ()


def test_the_shipped_contract_is_read_back_in_full(tmp_path):
    dijon = contract.load("dijon-2024-2028")
    feuillet, hasard = entry.plan(dijon, 2025), random.Random(3)
    writer.write(feuillet.classeur, tmp_path / "dijon.xlsx")
    attendues = {e.cle: (e, valeur_valide(e, hasard)) for e in feuillet.emplacements()}

    def remplir(livre):
        for place, valeur in attendues.values():
            livre[place.feuille][place.cellule] = valeur

    retour = reader.lire(modifie(tmp_path / "dijon.xlsx", remplir), contract.load)
    assert lues(retour) == {cle: valeur for cle, (_, valeur) in attendues.items()}
    assert retour.anomalies == ()
    lot = frames.typer([retour], dijon)
    assert len(lot.valeurs) == len(attendues) and lot.anomalies == []
    assert (lot.retours["champs_renseignes"] == lot.retours["champs_attendus"]).all()


# --- a partner's edits, with a real spreadsheet ---------------------------------------------------------------------


@pytest.fixture
def document(libreoffice, tmp_path):
    """The workbook filled everywhere, opened in LibreOffice; and a function that saves and reads it."""
    attendues = valeurs_au_hasard(11)
    with libreoffice.open(rempli(tmp_path, attendues)) as ouvert:
        for feuille in ouvert.protected_sheets():
            ouvert.unprotect(feuille)

        def relire(extension: str = "xlsx"):
            return lire(ouvert.save(tmp_path / f"modifie.{extension}"))

        ouvert.attendues, ouvert.relire = attendues, relire
        yield ouvert


@pytest.mark.parametrize("extension", ["xlsx", "ods"])
def test_inserted_rows_lose_nothing(document, extension):
    for rang in (60, 30, 10, 2):
        document.insert_rows("FA 1.1", rang, 2)
    retour = document.relire(extension)
    assert lues(retour) == document.attendues
    assert retour.anomalies == ()


@pytest.mark.parametrize("colonne", [1, 2, 3, 6])
def test_an_inserted_column_loses_nothing(document, colonne):
    document.insert_columns("FA 1.1", colonne)
    document.insert_columns("Accueil", min(colonne, 4))
    retour = document.relire()
    assert lues(retour) == document.attendues
    assert retour.anomalies == ()


def test_renamed_moved_and_hidden_sheets_lose_nothing(document):
    document.rename_sheet("FA 1.1", "notre fiche")
    document.move_sheet("notre fiche", 0)
    document.rename_sheet("Accueil", "Qui ?")
    document.rename_sheet("Sommaire", "Table")
    retour = document.relire()
    assert lues(retour) == document.attendues
    assert retour.anomalies == ()
    assert retour.feuilles["1.1"] == "notre fiche"


def test_sorted_funding_rows_keep_each_row_together(document):
    rangs = lignes_de("1.1/financement")
    debut, fin = (places()[f"1.1/financement/{rang}/financeur"].rangee for rang in (rangs[0], rangs[-1]))
    document.sort("FA 1.1", f"B{debut}:H{fin}", colonne=4, decroissant=True)
    retour = document.relire()
    assert retour.anomalies == ()
    champs = ("financeur", "nature", "prevu", "engage", "verse", "reference", "date")
    avant, apres = (sorted(tuple(dites[f"1.1/financement/{rang}/{c}"] for c in champs) for rang in rangs) for dites in (document.attendues, lues(retour)))
    assert apres == avant


def test_sorted_measures_are_refused_not_misread(document):
    ou = places()
    debut, fin = ou["1.1/mesures/1.1-I01/valeur"].rangee, ou["1.1/mesures/1.1-I02b/valeur"].rangee
    # Column A, hidden, is left out of the sort: every label but one moves away from its key.
    document.sort("FA 1.1", f"B{debut}:J{fin}", colonne=0, decroissant=True)
    retour = document.relire()
    lu = lues(retour)
    faux = [c for c, v in document.attendues.items() if c in lu and lu[c] != v]
    assert faux == []
    assert [a.code for a in retour.anomalies] == ["ANCRES_EN_DESACCORD"]


def test_a_row_added_with_insert_is_one_more_line(document):
    rang = places()["1.1/financement/03/financeur"].rangee
    document.insert_rows("FA 1.1", rang + 1)
    document.type("FA 1.1", {f"B{rang + 1}": "Mutuelle de l’Orme", f"E{rang + 1}": "1 250,50"})
    retour = document.relire("ods")
    assert retour.anomalies == ()
    assert lues(retour) == document.attendues | {"1.1/financement/03+1/financeur": "Mutuelle de l’Orme", "1.1/financement/03+1/engage": 1250.5}


def test_a_sheet_sent_alone_is_refused_with_a_remedy(document, tmp_path):
    with document.extract("FA 1.1") as seul:
        retour = lire(seul.save(tmp_path / "seul.xlsx"))
    assert [a.code for a in retour.anomalies] == ["FICHIER_ILLISIBLE"]
    assert "entier" in retour.anomalies[0].a_faire


def test_a_formula_typed_in_libreoffice_is_refused_at_its_cell(document):
    cellule = places()["1.1/depenses/personnel"].cellule
    document.type("FA 1.1", {cellule: "=2*600"})
    for extension in ("xlsx", "ods"):
        retour = document.relire(extension)
        assert [(a.code, a.cellules) for a in retour.anomalies] == [("FORMULE_DANS_UNE_SAISIE", (cellule,))]
        assert "1 200" in retour.anomalies[0].trouve.replace("\u00a0", " ")
        assert "1.1/depenses/personnel" not in lues(retour)


def test_numbers_typed_in_french_are_the_numbers_meant(document):
    ou = places()
    document.type(
        "FA 1.1", {ou["1.1/depenses/total"].cellule: "12 345,60", ou["1.1/depenses/etp"].cellule: "0,5", ou["1.1/avancement/date_debut"].cellule: "15/03/2025"}
    )
    valeurs = frames.typer([document.relire("ods")], essai()).valeurs
    dites = {
        c: v
        for c, v, f, b in zip(valeurs["champ"], valeurs["valeur"], valeurs["fiche"], valeurs["bloc"], strict=True)
        if f == "1.1" and b in ("depenses", "avancement")
    }
    assert dites["total"] == Decimal("12345.60") and dites["etp"] == Decimal("0.5")
    assert dites["date_debut"] == datetime.date(2025, 3, 15)


def test_reading_in_another_process_gives_the_same(tmp_path):
    chemins = [rempli(tmp_path, valeurs_au_hasard(g), nom=f"r{g}.xlsx") for g in (1, 2)]
    with ProcessPoolExecutor(1) as executeur:
        ailleurs = list(executeur.map(partial(reader.lire, contrats=contrats), chemins))
    assert ailleurs == [lire(c) for c in chemins]
    assert plan().modele == ailleurs[0].modele
