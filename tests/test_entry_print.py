"""How the entry workbook looks and prints: one palette, nothing cut, pages that end where a block ends."""

from __future__ import annotations

from functools import cache
from io import BytesIO

import openpyxl
import pytest
from openpyxl.worksheet.worksheet import Worksheet

from cls_workbook import contract, entry
from cls_workbook.entry import chasses, layout, pagination
from cls_workbook.xlsx import look, writer
from cls_workbook.xlsx.sheets import Feuille, adresse

ANNEE = 2025
DIJON = contract.load("dijon-2024-2028")


@cache
def plan() -> entry.Plan:
    return entry.plan(DIJON, ANNEE)


@pytest.fixture(scope="module")
def livre() -> openpyxl.Workbook:
    return openpyxl.load_workbook(BytesIO(writer.to_bytes(plan().classeur)))


def visibles(livre: openpyxl.Workbook) -> list[Worksheet]:
    return [f for f in livre.worksheets if f.sheet_state == "visible"]


# --- Look and print -----------------------------------------------------------------------------------------------------


def test_every_sheet_prints_on_a4_landscape_one_page_wide_with_its_pages_numbered(livre):
    for feuille in visibles(livre):
        assert (feuille.page_setup.orientation, feuille.page_setup.paperSize) == ("landscape", 9), feuille.title
        assert feuille.sheet_properties.pageSetUpPr.fitToPage and (feuille.page_setup.fitToWidth or 1, feuille.page_setup.fitToHeight) == (1, 0)
        assert feuille.oddFooter.right.text.endswith("Page &P / &N") and "CLS Dijon métropole · 2025" in feuille.oddFooter.left.text


def test_headers_stay_in_view_and_head_each_printed_page(livre):
    for feuille in visibles(livre):
        fiche = feuille.title.startswith("FA ")
        assert feuille.freeze_panes == {"Accueil": "A3", "Sommaire": "A4"}.get(feuille.title, "C4")
        assert feuille.print_title_rows == {"Accueil": None, "Sommaire": "$3:$3"}.get(feuille.title, "$1:$1")
        assert not fiche or feuille["B1"].value.startswith(f"Fiche {feuille.title[3:]} · ")


def test_tabs_have_the_colour_of_their_axe(livre):
    rangs = {a.numero: i for i, a in enumerate(DIJON.axes, 1)}
    for fiche in DIJON.fiches:
        assert livre[f"FA {fiche.numero}"].sheet_properties.tabColor.rgb[2:] == look.couleur(f"axe{rangs[fiche.axe]}")[1:]


def test_every_colour_comes_from_the_palette_and_every_text_can_be_read(livre):
    palette = {v[1:].upper() for v in look.charte()["couleurs"].values()}
    vues = set()
    for feuille in visibles(livre):
        for cellule in (c for r in feuille.iter_rows() for c in r if c.has_style):
            texte, fond = cellule.font.color.rgb[2:] if cellule.font.color and cellule.font.color.type == "rgb" else "000000", "FFFFFF"
            if cellule.fill.patternType == "solid":
                fond = cellule.fill.fgColor.rgb[2:]
                assert fond in palette
            if cellule.value is not None and cellule.column > 1:
                vues.add((texte, fond))
    assert {t for t, _ in vues} <= palette
    assert {(t, f) for t, f in vues if look.contraste(f"#{t}", f"#{f}") < 4.5} == set()


def test_the_words_of_a_printed_text_are_never_cut_by_the_height_of_its_row():
    """Every wrapped text fits its row, even a little wider than Calibri makes it."""
    for feuille in (f for f in plan().classeur.feuilles if f.etat == "visible"):
        fusions = {(p.ligne, p.colonne): p.colonne_fin for p in feuille.fusions}
        for ligne, colonne, valeur, style in feuille.cellules:
            aspect = look.style(style)
            if not isinstance(valeur, str) or colonne == 1 or not aspect.get("text_wrap"):
                continue
            fin = fusions.get((ligne, colonne), colonne)
            taille, gras = aspect["font_size"], aspect.get("bold", False)
            points = chasses.place(sum(feuille.largeurs[c] for c in range(colonne, fin + 1)), aspect.get("indent", 0))
            besoin = chasses.lignes(valeur, points, taille, gras) * taille * 1.22
            assert besoin <= feuille.hauteurs.get(ligne, 15), (feuille.nom, adresse(ligne, colonne), valeur)


def test_a_text_on_one_line_ends_before_the_next_filled_cell():
    for feuille in (f for f in plan().classeur.feuilles if f.etat == "visible"):
        remplies = {c[:2] for c in feuille.cellules if c.valeur is not None}
        fusionnees = {(p.ligne, c) for p in feuille.fusions for c in range(p.colonne, p.colonne_fin + 1)}
        derniere = max(c for c in feuille.largeurs)
        for ligne, colonne, valeur, style in feuille.cellules:
            aspect = look.style(style)
            if not isinstance(valeur, str) or colonne == 1 or aspect.get("text_wrap") or (ligne, colonne) in fusionnees:
                continue
            fin = next((c - 1 for c in range(colonne + 1, derniere + 1) if (ligne, c) in remplies), derniere)
            points = sum(chasses.place(feuille.largeurs[c], 0) + 4 for c in range(colonne, fin + 1))
            assert chasses.largeur(valeur, aspect["font_size"], aspect.get("bold", False)) <= points, (feuille.nom, adresse(ligne, colonne), valeur)


def test_a_text_of_1500_characters_shows_whole_where_one_is_asked():
    texte = ("Les partenaires se sont réunis chaque trimestre pour faire le point sur l’action. " * 20)[:1500]
    place = next(e for e in plan().emplacements() if e.cle == "1.2/qualitatif/realisations")
    feuille = next(f for f in plan().classeur.feuilles if f.nom == place.feuille)
    fusion = next(p for p in feuille.fusions if (p.ligne, p.colonne) == (place.rangee, place.colonne))
    points = chasses.place(sum(feuille.largeurs[c] for c in range(fusion.colonne, fusion.colonne_fin + 1)))
    assert chasses.lignes(texte, points, 9) * 9 * 1.22 <= feuille.hauteurs[place.rangee]


def test_an_amount_fits_its_cell():
    for place in plan().emplacements():
        if place.type == "montant":
            feuille = next(f for f in plan().classeur.feuilles if f.nom == place.feuille)
            assert chasses.largeur("1 171 350,00 €", 10) <= chasses.place(feuille.largeurs[place.colonne]), place.cle


def test_a_fiche_takes_five_pages_at_most_and_most_take_four():
    pages = {f.feuille.nom: len(f.feuille.impression.sauts) + 1 for f in plan().feuilles if f.fiche}
    assert max(pages.values()) <= 5
    assert sum(n <= 4 for n in pages.values()) >= 13


def test_pages_are_cut_where_planned(libreoffice, tmp_path):
    dessine = entry.plan(DIJON, ANNEE, next(r for r in entry.repondants(DIJON) if r.id == "sdat"))
    writer.write(dessine.classeur, tmp_path / "vide.xlsx")
    # Accueil and Sommaire on one page each, fiche 2.3 on five
    assert libreoffice.pdf(tmp_path / "vide.xlsx", tmp_path / "vide.pdf") == 7


# --- Widths and pages, alone ------------------------------------------------------------------------------------------


def test_a_text_takes_the_lines_that_its_words_need():
    assert chasses.largeur("1234567890", 10) == pytest.approx(52)
    assert chasses.lignes("", 100, 10) == chasses.lignes(None, 100, 10) == 1
    assert chasses.lignes("un\ndeux", 100, 10) == 2
    assert chasses.lignes("1111 1111", 45, 10) == 1  # 9 characters: 8 × 5.2 + 2.4 = 44 points
    assert chasses.lignes("1111 1111", 43, 10) == 2
    assert chasses.lignes("1111111111", 26, 10) == 2  # a word too wide is broken: 52 points
    assert chasses.largeur("gras", 10, gras=True) > chasses.largeur("gras", 10)


@pytest.mark.parametrize(("texte", "longueur", "attendu"), [
    ("Court", 32, "Court"),
    ("Fonction de la personne qui répond", 32, "Fonction de la personne qui…"),
    ("Deux\nlignes", 32, "Deux lignes"),
    ("a" * 40, 32, "a" * 31 + "…"),
    ("😀" * 20, 32, "😀" * 15 + "…"),
])  # fmt: skip
def test_a_title_too_long_for_excel_is_cut_between_words(texte, longueur, attendu):
    assert layout.abreger(texte, longueur) == attendu


def feuille_de(hauts: list[float]) -> Feuille:
    """Rows of these heights, on a page that takes 500 points of them."""
    feuille = Feuille("Essai", largeurs={1: 4, 2: 100}, colonnes_masquees=(1,), hauteurs=dict(enumerate(hauts, 1)))
    facteur = pagination.points_par_page(feuille) / 500
    feuille.hauteurs = {ligne: haut * facteur for ligne, haut in feuille.hauteurs.items()}
    return feuille


@pytest.mark.parametrize(("hauts", "groupes", "sauts"), [
    ([100] * 5, [1, 3], []),  # one page
    ([100] * 6, [1, 4], [3]),  # a group that fits a page is not split
    ([40] * 10 + [20] * 10, [1, 11], [10]),  # though some of its rows would still fit
    ([100] * 12, [1], [5, 10]),  # a group taller than a page is
    ([100] * 6, [1], [4]),  # no row alone on the last page
])  # fmt: skip
def test_pages_are_cut_between_groups(hauts, groupes, sauts):
    feuille = feuille_de([h * 0.999 for h in hauts])
    pagination.paginer(feuille, groupes, len(hauts))
    assert feuille.impression.sauts == sauts
