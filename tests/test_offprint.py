"""A structure's workbook is cut out of a shared one: it holds what the writer would have written for it alone."""

from __future__ import annotations

import io
import re
import xml.etree.ElementTree as ET
import zipfile
from functools import cache

import pytest
from classeurs import essai
from xlsx_lint import lint

from cls_workbook import contract, entry
from cls_workbook.entry import edition, offprint
from cls_workbook.xlsx import writer
from cls_workbook.xlsx.sheets import Classeur, Feuille, Formule

ANNEE = 2025
DIJON = contract.load("dijon-2024-2028")
NS = {"m": "http://schemas.openxmlformats.org/spreadsheetml/2006/main"}


@cache
def plans(contrat: contract.Contrat) -> list[entry.Plan]:
    """The general workbook, then one per structure."""
    return [entry.plan(contrat, ANNEE, r) for r in (None, *entry.repondants(contrat))]


@cache
def edites(contrat: contract.Contrat) -> list[bytes]:
    return list(offprint.editer([p.classeur for p in plans(contrat)]))


@pytest.fixture(autouse=True, scope="module")
def _oublier():
    yield
    plans.cache_clear()
    edites.cache_clear()


# --- What a file says, whatever the numbers that it gives to its styles and texts -----------------------------------------


def contenu(octets: bytes) -> dict[str, object]:
    with zipfile.ZipFile(io.BytesIO(octets)) as archive:
        parts = {n: archive.read(n) for n in archive.namelist()}
    classeur = ET.fromstring(parts["xl/workbook.xml"])
    liens = {r.get("Id"): "xl/" + r.get("Target") for r in ET.fromstring(parts["xl/_rels/workbook.xml.rels"])}
    textes = ["".join(t.text or "" for t in si.iter(f"{{{NS['m']}}}t")) for si in ET.fromstring(parts["xl/sharedStrings.xml"])]
    styles = ET.fromstring(parts["xl/styles.xml"])
    feuilles = classeur.findall("m:sheets/m:sheet", NS)
    noms = [f.get("name") for f in feuilles]
    rid = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
    return {
        "parts": sorted(n for n in parts if "worksheets" not in n),
        "feuilles": [(f.get("name"), f.get("state"), _feuille(ET.fromstring(parts[liens[f.get(rid)]]), textes, _formats(styles), _dxf(styles))) for f in feuilles],
        "noms": {(d.get("name"), noms[int(d.get("localSheetId"))], d.text) for d in classeur.findall("m:definedNames/m:definedName", NS)},
        "vues": [_dit(v) for v in classeur.findall("m:bookViews", NS)],
        "calcul": [_dit(v) for v in classeur.findall("m:calcPr", NS)],
        "proprietes": parts["docProps/core.xml"],
        "theme": parts["xl/theme/theme1.xml"],
        "titres": parts["docProps/app.xml"],
        "types": parts["[Content_Types].xml"],
    }


def _dit(element: ET.Element | None) -> str:
    return "" if element is None else re.sub(r"\s+", " ", ET.tostring(element, encoding="unicode"))


def _formats(styles: ET.Element) -> list[tuple[str, ...]]:
    """Each cell format in full."""
    formats = {f.get("numFmtId"): f.get("formatCode") for f in styles.findall("m:numFmts/m:numFmt", NS)}
    polices, fonds, traits = (styles.findall(f"m:{n}", NS) for n in ("fonts/m:font", "fills/m:fill", "borders/m:border"))
    return [
        (
            formats.get(x.get("numFmtId"), x.get("numFmtId")), _dit(polices[int(x.get("fontId"))]), _dit(fonds[int(x.get("fillId"))]),
            _dit(traits[int(x.get("borderId"))]), *(_dit(enfant) for enfant in x),
        )
        for x in styles.findall("m:cellXfs/m:xf", NS)
    ]  # fmt: skip


def _dxf(styles: ET.Element) -> list[str]:
    return [_dit(d) for d in styles.findall("m:dxfs/m:dxf", NS)]


def _feuille(feuille: ET.Element, textes: list[str], formats: list, dxf: list[str]) -> dict[str, object]:
    for regle in feuille.iter(f"{{{NS['m']}}}cfRule"):
        regle.set("dxfId", dxf[int(regle.get("dxfId"))])
    cellules = {}
    for cellule in feuille.iter(f"{{{NS['m']}}}c"):
        valeur, formule = cellule.findtext("m:v", None, NS), cellule.findtext("m:f", None, NS)
        if cellule.get("t") == "s":
            valeur = textes[int(valeur)]
        cellules[cellule.get("r")] = (cellule.get("t"), valeur, formule, formats[int(cellule.get("s", 0))])
    lignes = [{k: v for k, v in ligne.attrib.items() if k != "s"} for ligne in feuille.iter(f"{{{NS['m']}}}row")]
    autres = {e.tag: _dit(e) for e in feuille if not e.tag.endswith("}sheetData")}
    return {"cellules": cellules, "lignes": lignes, **autres}


# --- ------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("contrat", [DIJON, essai()], ids=["dijon", "essai"])
def test_each_workbook_is_what_the_writer_would_have_written_alone(contrat):
    for dessine, octets in zip(plans(contrat), edites(contrat), strict=True):
        obtenu, attendu = contenu(octets), contenu(writer.to_bytes(dessine.classeur))
        for (nom, *_), une, autre in zip(obtenu["feuilles"], obtenu["feuilles"], attendu["feuilles"], strict=True):
            for partie in une[2].keys() | autre[2].keys():
                assert une[2].get(partie) == autre[2].get(partie), (dessine.repondant, nom, partie)
            assert une[:2] == autre[:2]
        assert obtenu == attendu


@pytest.mark.parametrize("contrat", [DIJON, essai()], ids=["dijon", "essai"])
def test_the_year_s_workbook_is_the_same_file_with_or_without_those_of_structures(contrat):
    assert edites(contrat)[0] == writer.to_bytes(plans(contrat)[0].classeur)


def test_a_fiche_drawn_once_for_several_is_the_one_that_each_would_have_had():
    """Last year known of some, and not alike: a sheet is shared where it says the same, never otherwise."""
    mesures = {i.id: n for n, i in enumerate((m for f in DIJON.fiches for i in f.indicateurs for m in i.mesures), 10)}
    reprise = {"3.4/financement/01/financeur": "ARS", "accueil/reponse/siret": "12345678901234"}
    campagne = entry.Campagne(
        precedent=mesures, propres={"mussp": mesures, "acodege": dict.fromkeys(mesures, 3)}, reprises={"reppop": reprise, "apo": {}}, limite="31 mars",
    )  # fmt: skip
    qui = [None, *entry.repondants(DIJON)]
    seuls = offprint.editer([entry.plan(DIJON, ANNEE, r, campagne).classeur for r in qui])
    ensemble = dict(edition.editer(DIJON, ANNEE, qui, campagne))
    assert list(ensemble) == [edition.nom_du_classeur(DIJON, ANNEE, r) for r in qui]
    for r, seul, partage in zip(qui, seuls, ensemble.values(), strict=True):
        assert seul == partage, r


def test_each_workbook_is_sound_and_says_no_more_than_it_should():
    for dessine, octets in zip(plans(DIJON), edites(DIJON), strict=True):
        assert lint(octets) == []
        with zipfile.ZipFile(io.BytesIO(octets)) as archive:
            textes = archive.read("xl/sharedStrings.xml").decode()
        if dessine.repondant:
            absentes = [f for f in DIJON.fiches if f.numero not in dict(dessine.repondant.fiches)]
            assert absentes and not [f.numero for f in absentes if f">Fiche {f.numero} · " in textes], dessine.repondant.id


def textes(octets: bytes) -> list[str]:
    with zipfile.ZipFile(io.BytesIO(octets)) as archive:
        return re.findall("<si>(.*?)</si>", archive.read("xl/sharedStrings.xml").decode(), re.DOTALL)


def test_no_word_of_another_workbook_leaves_with_it():
    for dessine, octets in zip(plans(DIJON), edites(DIJON), strict=True):
        laisses = [t for t in textes(octets) if t != "<t></t>"]
        assert sorted(laisses) == sorted(textes(writer.to_bytes(dessine.classeur)))


def test_a_structure_has_its_fiches_only_and_its_name_is_filled_in_and_counted():
    general, *siens = plans(DIJON)
    assert [p.repondant.id for p in siens] == [r.id for r in entry.repondants(DIJON)]
    for dessine, octets in zip(siens, edites(DIJON)[1:], strict=True):
        lu = contenu(octets)
        noms = [nom for nom, _, _ in lu["feuilles"]]
        fiches = list(dict(dessine.repondant.fiches))
        assert noms == ["Accueil", "Sommaire", *(f"FA {n}" for n in fiches), "Listes", "_identification"]
        feuilles = {nom: f["cellules"] for nom, _, f in lu["feuilles"]}
        structure = next(e for e in dessine.emplacements() if e.cle == "accueil/reponse/structure")
        assert feuilles["Accueil"][structure.cellule][1] == dessine.repondant.nom
        assert feuilles["Accueil"][f"E{structure.rangee}"][1] == "rempli"
        for numero in fiches:
            assert feuilles[f"FA {numero}"]["B3"][1] == f"Structure\u00a0: {dessine.repondant.nom}"
        assert dessine.repondant.nom in lu["proprietes"].decode().replace("&amp;", "&")


def test_a_structure_that_answers_for_one_volet_finds_it_chosen_and_counted():
    sdat = next((p, o) for p, o in zip(plans(DIJON), edites(DIJON), strict=True) if p.repondant and p.repondant.id == "sdat")
    volet = next(e for e in sdat[0].emplacements() if e.cle == "2.3/reponse/volet")
    feuilles = {nom: f["cellules"] for nom, _, f in contenu(sdat[1])["feuilles"]}
    assert feuilles["FA 2.3"][volet.cellule][1] == "EMAS"
    # asked of EMAS: fourteen answers, of which this one is given
    assert feuilles["FA 2.3"]["J3"][1] == "1 sur 14 renseignés"
    assert [feuilles["Sommaire"][c][1] for c in ("F4", "G4", "H4", "F5", "G5")] == ["1", "14", "à compléter", "1", "14"]


def test_each_workbook_has_an_identifier_of_its_own():
    assert len({p.identifiant for p in plans(DIJON)}) == len(plans(DIJON))


def feuille(nom: str, *valeurs: object, **plus) -> Feuille:
    neuve = Feuille(nom, **plus)
    for colonne, valeur in enumerate(valeurs, 1):
        neuve.ecrire(1, colonne, valeur, "cellule")
    return neuve


@pytest.mark.parametrize("valeurs", [
    ("un texte", 3, None, Formule("B1+1", 4)),
    (" des espaces ", 0, "neuf", Formule("B1+1", "")),
    ("un", None, None, Formule("B1+1", 'dit "<&>"')),
    ("=1+1", -5, "<r>x</r>", Formule("B1+1", 2.5)),
    ("un texte", 3, "deux\nlignes & <autres>", Formule("B1+1", 4)),
])  # fmt: skip
def test_any_value_may_differ_from_one_workbook_to_the_next(valeurs):
    premier = Classeur([feuille("L'essai & d’autres", "ancien", 1, "x", Formule("B1+1", 2))], "Premier")
    second = Classeur([feuille("L'essai & d’autres", *valeurs)], "Second <2> & fin")
    _, octets = offprint.editer([premier, second])
    assert contenu(octets) == contenu(writer.to_bytes(second))
    assert lint(octets) == []


@pytest.mark.parametrize("autre", [
    feuille("Essai", "a", 1, largeurs={1: 30}),
    feuille("Essai", "a", 1, hauteurs={1: 40}),
    feuille("Essai", "a"),
    feuille("Essai", Formule("1+1", 2), 1),
    feuille("Essai", "a", 1, figee=(1, 0)),
    feuille("Essai", "a", 1, couleur_onglet="axe1"),
    feuille("Essai", "a", 1, etat="tres_masquee"),
    feuille("Essai", "a", 1, protegee=True),
    feuille("Essai", "a", 1, selection=(1, 2)),
], ids=lambda f: "")  # fmt: skip
def test_a_sheet_that_differs_in_more_than_values_is_not_shared(autre):
    visible = feuille("Toujours", "là")
    premier, second = Classeur([visible, feuille("Essai", "a", 1)], "Essai"), Classeur([visible, autre], "Essai")
    _, octets = offprint.editer([premier, second])
    assert contenu(octets) == contenu(writer.to_bytes(second))
