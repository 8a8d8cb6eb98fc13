"""Texts that a spreadsheet would compute, from a partner or from a contract: texts they stay, in every file that quotes them."""

from __future__ import annotations

import csv
import io
import zipfile

import openpyxl
import pytest
from classeurs import ANNEE, DEFINITION, cellule, modifie, rempli
from xlsx_lint import lint

from cls_workbook import conductor, contract, entry
from cls_workbook.entry.dictionary import dictionnaire, ecrire
from cls_workbook.xlsx import writer

FICHE, NOUVEAU_NOM = "FA 1.1", "=cmd|A0"
ATTAQUES = ("=cmd|' /C calc'!A0", "+1+cmd", "-1+1", "@SUM(A1)", "\t=1+1", "\r=1+1", '=HYPERLINK("http://exemple.invalid","clic")', "x\n=1+1")
OU = (
    "1.1/mesures/1.1-I01/valeur", "1.1/mesures/1.1-I02a/valeur", "1.1/financement/01/engage", "1.1/financement/01/prevu", "1.1/avancement/etat",
    "1.1/taux/1.1-I03a/numerateur", "1.1/depenses/total", "1.1/depenses/etp",
)  # fmt: skip


@pytest.fixture(scope="module")
def definition(tmp_path_factory) -> str:
    fichier = tmp_path_factory.mktemp("contrat") / "essai.toml"
    fichier.write_text(DEFINITION, encoding="utf-8")
    return str(fichier)


def empoisonner(livre) -> None:
    """Every attack in an input that does not take it, beside the sheet, and as the name of a sheet."""
    for rang, (cle, attaque) in enumerate(zip(OU, ATTAQUES, strict=True)):
        for case in (livre[FICHE][cellule(cle)], livre[FICHE].cell(200 + rang, 4)):
            case.value, case.data_type = attaque, "s"
    livre[FICHE].title = NOUVEAU_NOM


def formules(livre) -> set[tuple[str, str, str]]:
    return {(f.title, c.coordinate, str(c.value)) for f in livre for ligne in f.iter_rows() for c in ligne if c.data_type == "f"}


def simple(texte: object) -> str:
    return " ".join(str(texte).split())


def verifier_la_copie(copie, avant: set[tuple[str, str, str]]) -> None:
    livre = openpyxl.load_workbook(copie)
    liste = livre.worksheets[0]
    cites = {simple(c.value) for ligne in liste.iter_rows() for c in ligne if c.value is not None}
    commentaires = [simple(c.comment.text) for ligne in livre[NOUVEAU_NOM].iter_rows() for c in ligne if c.comment]
    for attaque in map(simple, ATTAQUES):
        assert any(attaque in texte for texte in cites), attaque
        assert any(attaque in texte for texte in commentaires), attaque
    assert {f for f in formules(livre) if f[0] == liste.title} == set() and formules(livre) <= avant
    assert not any(lien.target for feuille in livre for lien in feuille._hyperlinks)  # links lead inside, never out
    with zipfile.ZipFile(copie) as archive:
        assert not [n for n in archive.namelist() if "comment" in n and b"<f>" in archive.read(n)]
        assert not any(b"exemple.invalid" in archive.read(n) for n in archive.namelist() if n.endswith(".rels"))


def test_in_the_comments_and_in_the_list_of_an_annotated_copy(definition, tmp_path):
    retour = modifie(rempli(tmp_path, {"accueil/reponse/structure": "Ville de Rivemont"}, "ville"), empoisonner)
    avant = formules(openpyxl.load_workbook(retour))
    ((_, (copie, *_)),) = conductor.annoter([str(retour)], tmp_path / "copies", definition)
    verifier_la_copie(copie, avant)
    rendue = openpyxl.load_workbook(copie)[NOUVEAU_NOM]
    assert [simple(rendue[cellule(cle)].value) for cle in OU] == [simple(a) for a in ATTAQUES]  # what was typed is still there, as a text


def test_in_the_copy_of_an_ods_return(definition, tmp_path, libreoffice):
    vierge = rempli(tmp_path, {"accueil/reponse/structure": "Ville de Rivemont"}, "ville")
    with libreoffice.open(vierge) as document:
        document.unprotect(FICHE)
        document.put(FICHE, {cellule(cle): attaque for cle, attaque in zip(OU, ATTAQUES, strict=True)} | {f"D{200 + r}": a for r, a in enumerate(ATTAQUES)})
        document.rename_sheet(FICHE, NOUVEAU_NOM)
        retour = document.save(tmp_path / "retour.ods")
    ((_, (copie, *_)),) = conductor.annoter([str(retour)], tmp_path / "copies", definition)
    livre = openpyxl.load_workbook(copie)
    cites = [simple(c.value) for ligne in livre.worksheets[0].iter_rows() for c in ligne if c.value is not None]
    assert all(any(simple(a) in texte for texte in cites) for a in ATTAQUES)
    assert {simple(texte).lstrip("=") for _, _, texte in formules(livre)} & {simple(a).lstrip("=") for a in ATTAQUES} == set()
    assert not [f for f in formules(livre) if f[0] == livre.sheetnames[0]]


# --- a contract that is hostile itself ----------------------------------------------------------------------------------


def hostile() -> contract.Contrat:
    """Titles, labels, names and categories that begin as formulas do."""
    remplaces = {
        'titre = "Contrat local de santé d’essai"': """titre = "=cmd|' /C calc'!A0" """, 'nom_court = "CLS d’essai"': 'nom_court = "@CLS"',
        'titre = "Aller vers les habitants"': 'titre = "+1+cmd"', 'libelle = "Heures de permanence"': 'libelle = "-1+1"',
        'libelle = "Charte signée"': 'libelle = "=1+1"', '"Jeunes", "Adultes"': '"=1+1", "@SUM(A1)"', 'nom = "Mutuelle de l’Orme"': 'nom = "=Mutuelle"',
        'unite = "heure"': 'unite = "=heure"', 'titre = "Premier axe"': 'titre = "-Premier axe"', 'nom = "Le Port"': 'nom = "+Le Port"',
    }  # fmt: skip
    definition = DEFINITION
    for avant, apres in remplaces.items():
        assert avant in definition
        definition = definition.replace(avant, apres)
    return contract.parse(definition, "essai")


def test_the_dictionary_in_csv_of_a_hostile_contract(tmp_path):
    lignes = dictionnaire(entry.plan(hostile(), ANNEE))
    assert any(ligne["libelle"].startswith(("=", "-", "+", "@")) for ligne in lignes)  # there is something to neutralise
    ecrire(lignes, "csv", tmp_path / "d.csv")
    lues = list(csv.reader(io.StringIO((tmp_path / "d.csv").read_text("utf-8-sig")), delimiter=";"))
    assert [c for rangee in lues for c in rangee if c[:1] and c[0] in "=+-@\t\r"] == []
    assert any(c.startswith("'-1+1") for rangee in lues for c in rangee)


def test_the_workbook_of_a_hostile_contract_computes_nothing_of_it(tmp_path):
    plan = entry.plan(hostile(), ANNEE)
    writer.write(plan.classeur, tmp_path / "c.xlsx")
    livre = openpyxl.load_workbook(tmp_path / "c.xlsx")
    ecrites = {(f.nom, c.ligne, c.colonne): c.valeur for f in plan.classeur.feuilles for c in f.cellules}
    for feuille, ou, _ in formules(livre):
        case = livre[feuille][ou]
        assert type(ecrites[feuille, case.row, case.column]).__name__ == "Formule"
    textes = {c.value for f in livre for ligne in f.iter_rows() for c in ligne if c.data_type == "s"}
    assert {"=cmd|' /C calc'!A0", "=1+1", "=heure"} <= textes
    assert lint(tmp_path / "c.xlsx") == []
