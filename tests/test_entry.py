"""The year's entry workbook: what is asked, where it may be typed, how it prints, and that it is the same each time."""

from __future__ import annotations

import difflib
import re
import subprocess
import sys
from functools import cache
from io import BytesIO
from pathlib import Path

import dump_fiche
import openpyxl
import pytest
from classeurs import essai
from openpyxl.utils import range_boundaries
from openpyxl.worksheet.worksheet import Worksheet
from xlsx_lint import FUNCTIONS, lint

from cls_workbook import contract, entry, resources
from cls_workbook.contract import fields
from cls_workbook.entry import examples, layout
from cls_workbook.entry.layout import Emplacement
from cls_workbook.reading import reader
from cls_workbook.xlsx import writer
from cls_workbook.xlsx.sheets import adresse

ANNEE = 2025
LIVRES = sorted(p.stem for p in (resources.folder("templates") / "contrats").glob("*.toml"))
DIJON = contract.load("dijon-2024-2028")
# What a spreadsheet knows in Excel 2016, in Excel on the web and in LibreOffice, and that these sheets need.
FONCTIONS = {"AND", "COUNT", "COUNTA", "COUNTIF", "FIXED", "IF", "MIN", "N", "OR", "ROUND", "SUM", "SUMIF", "SUMPRODUCT"}
ANGLAIS = re.compile(r"\b(the|value|enter|please|must|invalid|error|choose|select|between|number)\b", re.IGNORECASE)


@cache
def plan() -> entry.Plan:
    return entry.plan(DIJON, ANNEE)


@cache
def octets() -> bytes:
    return writer.to_bytes(plan().classeur)


@pytest.fixture(scope="module")
def livre() -> openpyxl.Workbook:
    return openpyxl.load_workbook(BytesIO(octets()))


@cache
def places() -> dict[str, list[Emplacement]]:
    """Sheet → its inputs."""
    toutes: dict[str, list[Emplacement]] = {}
    for place in plan().emplacements():
        toutes.setdefault(place.feuille, []).append(place)
    return toutes


def visibles(livre: openpyxl.Workbook) -> list[Worksheet]:
    return [f for f in livre.worksheets if f.sheet_state == "visible"]


# --- Sheets ---------------------------------------------------------------------------------------------------------


def test_there_is_one_sheet_per_fiche_between_the_front_and_the_hidden_sheets(livre):
    attendues = ["Accueil", "Sommaire", *(f"FA {f.numero}" for f in DIJON.fiches), "Listes", "_identification"]
    assert livre.sheetnames == attendues
    assert {f.title: f.sheet_state for f in livre.worksheets if f.sheet_state != "visible"} == {"Listes": "hidden", "_identification": "veryHidden"}
    assert livre.active.title == "Accueil"


def test_a_fiche_holds_the_blocks_that_its_contract_calls_for_and_no_other():
    feuilles = {f.fiche: f for f in plan().feuilles if f.fiche}
    toujours = {"avancement", "territoire", "partenaires", "financement", "depenses", "qualitatif"}
    blocs = {numero: {e.bloc for r in f.rangees.values() for e in r.emplacements} for numero, f in feuilles.items()}
    assert blocs["2.3"] == toujours | {"reponse", "mesures", "taux", "durees", "jalons", "ventilations"}
    assert blocs["3.4"] == toujours | {"mesures", "taux", "textes", "ventilations"}
    assert blocs["5.2"] == toujours | {"reponse", "jalons"}
    assert blocs["1.2"] == toujours | {"reponse", "mesures", "satisfaction", "ventilations"}
    assert "complements" in blocs["2.2"] and all("complements" not in b for n, b in blocs.items() if n != "2.2")


def test_every_measure_of_the_contract_is_asked_once():
    demandees = [m.id for f in DIJON.fiches for m in f.mesures]
    posees = {(e.mesure, e.champ) for e in plan().emplacements() if e.mesure and e.bloc != "ventilations"}
    assert {m for m, _ in posees} == set(demandees)
    cles = [e.cle for e in plan().emplacements()]
    assert len(set(cles)) == len(cles)
    assert len({c for f in plan().feuilles for c in f.rangees}) == sum(len(f.rangees) for f in plan().feuilles)


def test_only_persons_are_asked_whether_they_were_counted_once_and_where_they_live(livre):
    posees = {(e.mesure, e.champ) for e in plan().emplacements() if e.bloc == "mesures"}
    comptees = [m for f in DIJON.fiches for m in f.mesures if m.type in ("entier", "decimal", "liste", "ventilation")]
    for mesure in comptees:
        personnes = mesure.agregation == "PERSONNES" and mesure.type == "entier"
        assert ((mesure.id, "double_compte") in posees) == personnes, mesure.id
        assert ((mesure.id, "dont_qpv") in posees) == (personnes if mesure.qpv is None else mesure.qpv), mesure.id
    # what is not asked is closed, and says so
    feuille = next(f for f in plan().feuilles if f.fiche == "2.3")
    sorties = feuille.rangees["2.3/mesures/2.3-I04"].numero
    assert [livre["FA 2.3"].cell(sorties, c).value for c in (8, 9)] == ["—", "—"]


def test_each_key_stands_in_its_row_and_nowhere_else(livre):
    for feuille in plan().feuilles:
        ecrites = {c.row: c.value for (c,) in livre[feuille.feuille.nom].iter_rows(min_col=1, max_col=1) if c.value}
        assert ecrites == {r.numero: layout.MARQUE + cle for cle, r in feuille.rangees.items()}
        assert livre[feuille.feuille.nom].column_dimensions["A"].hidden or feuille.feuille.etat == "tres_masquee"


def test_the_label_that_must_agree_is_printed_where_a_reader_looks_for_it(livre):
    for feuille in plan().feuilles:
        tableaux = {cle.removesuffix("/#"): r.numero for cle, r in feuille.rangees.items() if r.role == "entete"}
        for cle, rangee in feuille.rangees.items():
            for place in rangee.emplacements:
                ligne = rangee.numero if place.ancre == "gauche" else tableaux[cle.rpartition("/")[0]]
                colonne = place.colonne - 1 if place.ancre == "gauche" else place.colonne
                assert livre[place.feuille].cell(ligne, colonne).value == place.etiquette, place.cle


def test_the_identification_says_which_contract_year_and_model_it_is(livre):
    feuille = livre["_identification"]
    faits = {feuille.cell(r, 2).value: feuille.cell(r, 3).value for r in range(1, feuille.max_row + 1)}
    assert faits["contrat"] == "dijon-2024-2028" and faits["annee"] == 2025 and faits["structure"] is None
    assert re.fullmatch(r"1\.[0-9a-f]{12}", faits["modele"]) and re.fullmatch(r"[0-9a-f]{12}", faits["identifiant"])
    assert faits["fiches"].split(" / ") == [f.numero for f in DIJON.fiches]


def test_the_version_changes_with_the_questions_and_not_with_who_answers():
    autre = entry.plan(DIJON, ANNEE, entry.repondants(DIJON)[0])
    assert autre.identifiant != plan().identifiant
    assert entry.plan(DIJON, 2026).modele == plan().modele
    assert autre.modele != plan().modele  # fewer fiches, fewer questions
    assert entry.plan(essai(), ANNEE).modele != plan().modele


def test_the_sommaire_links_to_every_fiche_and_each_fiche_back(livre):
    def liens(feuille: str) -> list[tuple[str, str]]:
        return [(c.value, c.hyperlink.location) for r in livre[feuille].iter_rows() for c in r if c.hyperlink]

    assert [x for x in liens("Sommaire") if x[0] != "← Accueil"] == [(f.numero, f"'FA {f.numero}'!B1") for f in DIJON.fiches]
    titres = [c.value for (c,) in livre["Sommaire"].iter_rows(min_row=4, max_row=3 + len(DIJON.fiches), min_col=4, max_col=4)]
    assert titres == [f.titre for f in DIJON.fiches]
    for fiche in DIJON.fiches:
        assert liens(f"FA {fiche.numero}") == [("← Revenir au sommaire", "'Sommaire'!A1")]
    assert liens("Accueil") == [("Ouvrir le sommaire →", "'Sommaire'!A1")]


def test_actions_without_a_fiche_are_named_in_the_sommaire_with_nothing_to_fill_in(livre):
    textes = {c.value for r in livre["Sommaire"].iter_rows() for c in r}
    assert {a.titre for a in DIJON.a_programmer} <= textes


# --- Inputs, locks, validations ---------------------------------------------------------------------------------------


def test_only_the_inputs_can_be_typed_in(livre):
    """Of an input over several columns, the first cell; the others are part of the same merged cell."""
    for feuille in livre.worksheets:
        assert feuille.protection.sheet and not feuille.protection.password, feuille.title
        couvertes = {(r, c) for m in feuille.merged_cells.ranges for r in range(m.min_row, m.max_row + 1) for c in range(m.min_col, m.max_col + 1)}
        couvertes -= {(m.min_row, m.min_col) for m in feuille.merged_cells.ranges}
        ouvertes = {c.coordinate for r in feuille.iter_rows() for c in r if not c.protection.locked and (c.row, c.column) not in couvertes}
        assert ouvertes == {p.cellule for p in places().get(feuille.title, [])}, feuille.title


def test_rows_can_be_added_to_the_fiches_only(livre):
    permis = {f.title for f in livre.worksheets if not f.protection.insertRows}
    assert permis == {f"FA {f.numero}" for f in DIJON.fiches}


TYPES = {"entier": "whole", "decimal": "decimal", "montant": "decimal", "date": "date", "liste": "list", "case": "list", "texte": "textLength", "code": "textLength"}


def validations(feuille: Worksheet) -> dict[str, list]:
    """Cell → the validations that cover it."""
    trouvees: dict[str, list] = {}
    for validation in feuille.data_validations.dataValidation:
        for plage in validation.sqref.ranges:
            for ligne in range(plage.min_row, plage.max_row + 1):
                for colonne in range(plage.min_col, plage.max_col + 1):
                    trouvees.setdefault(adresse(ligne, colonne), []).append(validation)
    return trouvees


def test_every_input_has_one_validation_of_its_type_and_nothing_else_has_any(livre):
    for feuille in livre.worksheets:
        trouvees = validations(feuille)
        siennes = {p.cellule: p for p in places().get(feuille.title, [])}
        assert trouvees.keys() == siennes.keys()
        for cellule, place in siennes.items():
            (validation,) = trouvees[cellule]
            assert validation.type == TYPES[place.type], place.cle
            assert validation.allow_blank and validation.showInputMessage and validation.showErrorMessage
            assert validation.errorStyle in (None, "stop") if place.stricte else validation.errorStyle == "warning"


def test_prompts_and_errors_are_french_and_within_excels_limits(livre):
    for feuille in livre.worksheets:
        for v in feuille.data_validations.dataValidation:
            for texte, limite in ((v.promptTitle, 32), (v.prompt, 255), (v.errorTitle, 32), (v.error, 255)):
                assert texte and len(texte) <= limite, (feuille.title, v.sqref, texte)
                assert not ANGLAIS.search(texte), texte
                assert not re.search(r" [:;!?»€%]|« |'", texte), f"espace ou apostrophe : {texte}"
            assert v.prompt.endswith((".", "?", "…")) and v.error.endswith(".")


def test_a_number_is_bounded_as_its_question_is(livre):
    bornes = {}
    for feuille in livre.worksheets:
        for cellule, (v,) in validations(feuille).items():
            bornes[feuille.title, cellule] = (v.operator or "between", v.formula1, v.formula2)
    for place in plan().emplacements():
        if place.type in ("entier", "decimal", "montant"):
            operateur, minimum, maximum = bornes[place.feuille, place.cellule]
            assert (operateur, float(minimum), float(maximum)) == ("between", float(place.minimum), float(place.maximum)), place.cle
        if place.type == "texte":
            assert bornes[place.feuille, place.cellule][:2] == ("lessThanOrEqual", str(place.longueur)), place.cle
    par_cle = {e.cle: e for e in plan().emplacements()}
    assert par_cle["2.2/financement/01/engage"].maximum == fields.MONTANT_MAX
    assert par_cle["5.1/qualitatif/freins"].longueur == 1500


def test_a_list_offers_the_choices_of_its_question(livre):
    listes = livre["Listes"]
    for feuille in livre.worksheets:
        siennes = {p.cellule: p for p in places().get(feuille.title, []) if p.type == "liste"}
        for cellule, place in siennes.items():
            (validation,) = validations(feuille)[cellule]
            c1, r1, c2, r2 = range_boundaries(validation.formula1.removeprefix("Listes!").replace("$", ""))
            assert c1 == c2
            assert tuple(listes.cell(r, c1).value for r in range(r1, r2 + 1)) == place.choix, place.cle
            assert listes.cell(r2 + 1, c1).value is None, "la plage s’arrête au dernier choix"


def test_what_is_asked_and_what_is_optional_look_different_and_not_by_colour_alone(livre):
    for place in plan().emplacements():
        cellule = livre[place.feuille][place.cellule]
        trait = cellule.border.top.style
        assert trait == ("thin" if place.obligatoire else "dashed"), place.cle
    for nom, feuille in ((f.feuille.nom, f) for f in plan().feuilles if f.fiche):
        obligatoires = {r.numero for r in feuille.rangees.values() if any(e.obligatoire for e in r.emplacements)}
        for ligne in obligatoires:
            assert '"à remplir"' in livre[nom].cell(ligne, 11).value


def test_numbers_show_as_what_they_are(livre):
    formats = {"entier": "#,##0", "montant": '#,##0.00\\ "€"', "date": "dd/mm/yyyy", "code": "@"}
    for place in plan().emplacements():
        if place.type in formats:
            assert livre[place.feuille][place.cellule].number_format == formats[place.type], place.cle


def test_no_input_table_has_merged_cells(livre):
    for feuille in plan().feuilles:
        tableaux: dict[str, list[int]] = {}
        entetes = {cle.removesuffix("/#") for cle, r in feuille.rangees.items() if r.role == "entete"}
        for cle, rangee in feuille.rangees.items():
            if (prefixe := cle.rpartition("/")[0]) in entetes:
                tableaux.setdefault(prefixe, []).append(rangee.numero)
        for fusion in livre[feuille.feuille.nom].merged_cells.ranges:
            # only form answers, facts and titles are: from the header to the last row, tables are bare
            for prefixe, lignes in tableaux.items():
                rappel = feuille.rangees.get(f"{prefixe}/rappel")
                lignes = [n for n in lignes if rappel is None or n != rappel.numero]
                assert not (fusion.min_row <= max(lignes) and fusion.max_row >= min(lignes)), (feuille.feuille.nom, str(fusion), prefixe)


def test_tab_runs_down_the_sheet_and_across_each_row(livre):
    """Inputs are drawn in the order in which Tab visits them: no question is behind another."""
    for nom, siennes in places().items():
        ordre = [(p.rangee, p.colonne) for p in siennes]
        assert [r for r, _ in ordre] == sorted(r for r, _ in ordre), nom
        assert livre[nom].sheet_view.selection[-1].activeCell == siennes[0].cellule


# --- Formulas ---------------------------------------------------------------------------------------------------------


def test_formulas_use_only_functions_that_every_spreadsheet_knows(livre):
    assert FONCTIONS <= FUNCTIONS
    for feuille in livre.worksheets:
        for cellule in (c for r in feuille.iter_rows() for c in r if c.data_type == "f"):
            nues = re.sub(r'"[^"]*"', '""', cellule.value)
            assert set(re.findall(r"([A-Z][A-Z.]*)\(", nues)) <= FONCTIONS, cellule.value
            assert cellule.protection.locked


@pytest.mark.parametrize("contrat", LIVRES)
def test_every_shipped_contract_gives_a_sound_workbook(contrat):
    pris = contract.load(contrat)
    dessine = entry.plan(pris, pris.annees[0])
    assert lint(writer.to_bytes(dessine.classeur)) == []
    assert [f.feuille.nom for f in dessine.feuilles if f.fiche] == [f"FA {f.numero}" for f in pris.fiches]


# --- The same bytes, the same text --------------------------------------------------------------------------------------


def test_two_generations_give_the_same_bytes():
    programme = (
        "import hashlib; from cls_workbook import contract, entry; from cls_workbook.xlsx import writer;"
        f"print(hashlib.sha256(writer.to_bytes(entry.plan(contract.load('dijon-2024-2028'), {ANNEE}).classeur)).hexdigest())"
    )
    lances = [
        subprocess.Popen([sys.executable, "-c", programme], stdout=subprocess.PIPE, env={"PYTHONHASHSEED": graine, "PATH": "/usr/bin"}, cwd=Path(__file__).parent.parent)
        for graine in ("1", "2024")
    ]
    premiere, seconde = (p.communicate(timeout=60)[0] for p in lances)
    assert premiere == seconde and len(premiere) == 65


def test_the_fiche_2_3_is_the_one_that_was_reviewed():
    attendu, obtenu = dump_fiche.GOLDEN.read_text(encoding="utf-8"), dump_fiche.dump()
    ecarts = list(difflib.unified_diff(attendu.splitlines(), obtenu.splitlines(), "relu", "dessiné", lineterm="", n=0))
    assert not ecarts, "\n".join([*ecarts[:60], "Relisez ces différences, puis : python tests/dump_fiche.py"])


# --- What a contract may hold -------------------------------------------------------------------------------------------

TITRE = ("L'été & l’hiver, « ici » / d'ailleurs <partout> : prévention, accès aux droits, médiation " * 3)[:200]
STRUCTURE = "L'Orme \"& Cie\" <ici>"
RETORS = f"""
[contrat]
id = "retors"
titre = '''{TITRE}'''
nom_court = "CLS d'à côté & d’autres"
annees = [2025]
territoire = "Rivemont"
coordination = "seule"
axes = [{{ numero = "A", titre = "L'axe / unique" }}, {{ numero = "B", titre = "Axe sans fiche" }}]
structures = [{{ id = "seule", nom = '''{STRUCTURE}''' }}]
[listes]
etats = ["Non démarrée", 'Dite "finie"', 'Reportée "sine die"']
etats_a_motif = ['Reportée "sine die"']
[[fiches]]
numero = "A.3 bis"
titre = '''{TITRE}'''
axe = "A"
porteurs = ["seule"]
{"".join(f'''
  [[fiches.indicateurs]]
  id = "I{rang}"
  libelle = "Nombre d'actions / de personnes, n° {rang}"
  type = "compte"
  mesures = [{{ id = "I{rang}", libelle = "Mesure {rang}", type = "entier", agregation = "FLUX" }}]
''' for rang in range(60))}
[[fiches]]
numero = "Z'0"
titre = "Sans indicateur"
axe = "A"
porteurs = ["seule"]
"""


@cache
def retors() -> contract.Contrat:
    return contract.parse(RETORS, "retors")


@pytest.mark.parametrize("seule", [False, True])
def test_a_contract_with_awkward_content_gives_a_sound_workbook(libreoffice, tmp_path, seule):
    contrat = retors()
    (repondant,) = entry.repondants(contrat)
    dessine = entry.plan(contrat, 2025, repondant if seule else None)
    reponses = examples.repondre(dessine)
    examples.remplir(dessine, reponses)
    contenu = writer.to_bytes(dessine.classeur)
    assert lint(contenu) == []
    (tmp_path / "retors.xlsx").write_bytes(contenu)
    with libreoffice.open(tmp_path / "retors.xlsx") as document:
        document.recalc()
        assert [n for n in document.sheets() if n.startswith("FA")] == ["FA A.3 bis", "FA Z'0"]
        cellules = document.values("FA A.3 bis")
        assert cellules["B1"].valeur == f"Fiche A.3 bis · {TITRE}"
        assert cellules["B3"].valeur == f"Structure\u00a0: {STRUCTURE}"
        # 60 measures and the five questions of every fiche, the reason of the postponement left blank
        assert cellules["J3"].valeur == "64 sur 65 renseignés"
        assert [document.values("Sommaire")[c].valeur for c in ("F4", "G4", "H4", "F5", "G5")] == [64, 65, "à compléter", 4, 5]


def test_without_communes_financeurs_or_natures_nothing_is_drawn_for_them():
    dessine = entry.plan(retors(), 2025)
    blocs = {e.bloc for e in dessine.emplacements()}
    assert "territoire" not in blocs and "ventilations" not in blocs
    # nothing to choose from: a text is asked instead
    assert {e.type for e in dessine.emplacements() if e.champ in ("financeur", "nature")} == {"texte"}


def test_what_is_typed_in_an_awkward_workbook_is_read_back(tmp_path):
    dessine = entry.plan(retors(), 2025)
    reponses = examples.repondre(dessine)
    examples.remplir(dessine, reponses)
    writer.write(dessine.classeur, tmp_path / "retour.xlsx")
    retour = reader.lire(tmp_path / "retour.xlsx", lambda _: retors())
    assert len(retour.saisies) == len(reponses)


def test_a_year_that_came_before_is_shown_beside_the_inputs():
    mesures = {m.id: m for f in DIJON.fiches for m in f.mesures}
    precedent = {"1.2-I03": 17, "2.3-I07": 7.5}
    dessine = entry.plan(DIJON, ANNEE, None, entry.Campagne(precedent=precedent))
    for mesure, valeur in precedent.items():
        bloc = {"entier": "mesures", "moyenne": "durees"}[mesures[mesure].type]
        feuille = next(f for f in dessine.feuilles if f.fiche == mesure.split("-")[0])
        rangee = feuille.rangees[f"{feuille.fiche}/{bloc}/{mesure}"]
        cellules = {c[:2]: c.valeur for c in feuille.feuille.cellules}
        assert cellules[rangee.numero, rangee.rappel] == valeur
        entete = feuille.rangees[f"{feuille.fiche}/{bloc}/#"].numero
        assert cellules[entete, rangee.rappel] == "Valeur 2024"


def test_the_campaign_says_until_when_and_whom_to_ask(tmp_path):
    campagne = entry.Campagne(limite="15 mars 2026", contact="Coordination, 03 80 00 00 00")
    dessine = entry.plan(DIJON, ANNEE, None, campagne)
    textes = [c.valeur for c in dessine.classeur.feuilles[0].cellules]
    assert "Suivi de l’année 2025 · à renvoyer avant le 15 mars 2026" in textes
    assert {"Coordination, 03 80 00 00 00.", "Retour attendu avant le 15 mars 2026."} <= set(textes)
    # a return is read against the contract alone: what the campaign adds is no fault
    writer.write(dessine.classeur, tmp_path / "retour.xlsx")
    assert reader.lire(tmp_path / "retour.xlsx", contract.load).anomalies == ()
