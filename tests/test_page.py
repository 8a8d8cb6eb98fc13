"""The rows and cells that ``xlsx.page`` writes are, byte for byte, those that XlsxWriter's documented calls write."""

from __future__ import annotations

import io
import tracemalloc
import zipfile
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from numbers import Real

import numpy as np
import pandas as pd
import pytest
import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st
from xlsxwriter.format import Format
from xlsxwriter.sharedstrings import SharedStringTable
from xlsxwriter.worksheet import Worksheet

from cls_workbook.xlsx import writer
from cls_workbook.xlsx.archive import Reserve
from cls_workbook.xlsx.contenus import texte_sur
from cls_workbook.xlsx.sheets import Cellule, Classeur, Feuille, Formule, Graphique, Lien, Plage, Rangees, Serie, Tableau, Validation


class Ordinaire(Worksheet):
    """XlsxWriter's own sheet behind the same door: each cell by a documented call, merges first."""

    def preparer(self, formats, styles, contenus, validations) -> None:
        self.style, self.donnees, self.fusions, self.reserve = formats, [], [], Reserve()

    def valider(self, cle, options, lieux: str) -> None:
        self.data_validation(0, 0, 0, 0, options() | {"multi_range": lieux})

    def poser(self, cellules) -> None:
        self.donnees += cellules

    def fusionner(self, plage: Plage) -> None:
        self.fusions.append(plage)

    def derouler(self, rangees: Rangees) -> None:
        self.poser(rangees)
        self.rendre()

    def rendre(self, montrees=()) -> None:
        styles = {c[:2]: c.style for c in self.donnees}
        for ligne, colonne, ligne_fin, colonne_fin in self.fusions:
            format_ = self.style[styles[ligne, colonne]] if (ligne, colonne) in styles else None
            self.merge_range(ligne - 1, colonne - 1, ligne_fin - 1, colonne_fin - 1, "", format_)
        for ligne, colonne, valeur, style in self.donnees:
            self.une(ligne - 1, colonne - 1, valeur, self.style[style])

    def une(self, i: int, j: int, valeur: object, format_: Format) -> None:
        if valeur is None or valeur == "" or valeur != valeur:
            self.write_blank(i, j, None, format_)
        elif isinstance(valeur, bool):
            self.write_boolean(i, j, valeur, format_)
        elif isinstance(valeur, Formule):
            self.write_formula(i, j, f"={valeur.texte}", format_, self.resultat(valeur.valeur))
        elif isinstance(valeur, Lien):
            self.write_url(i, j, valeur.cible, format_, texte_sur(valeur.texte), valeur.infobulle or None)
        elif isinstance(valeur, date):
            self.write_datetime(i, j, valeur, format_)
        elif isinstance(valeur, str) or isinstance(valeur, int) and abs(valeur) >= 10**15:
            self.write_string(i, j, texte_sur(str(valeur)), format_)
        elif isinstance(valeur, (Real, Decimal)):
            self.write_number(i, j, valeur if isinstance(valeur, int) else float(valeur), format_)

    @staticmethod
    def resultat(valeur: object) -> object:
        if isinstance(valeur, date):
            return (datetime(*valeur.timetuple()[:6]) - datetime(1899, 12, 30)).total_seconds() / 86400
        return "" if valeur is None else float(valeur) if isinstance(valeur, Decimal) else texte_sur(valeur) if isinstance(valeur, str) else valeur


def ecrits(*feuilles: Feuille) -> tuple[bytes, bytes]:
    """The workbook of these sheets as we write it, and as XlsxWriter alone does."""
    classeur = Classeur(list(feuilles), "Essai")
    with pytest.MonkeyPatch.context() as monkeypatch:
        notre = writer.to_bytes(classeur)
        monkeypatch.setattr(writer, "Page", Ordinaire)
        return notre, writer.to_bytes(classeur)


def memes_octets(*feuilles: Feuille) -> dict[str, str]:
    """Both are the same; the parts, for who wants to look."""
    notre, sien = ({nom: z.read(nom).decode() for nom in z.namelist()} for z in (zipfile.ZipFile(io.BytesIO(c)) for c in ecrits(*feuilles)))
    assert list(notre) == list(sien)
    for nom, contenu in sien.items():
        assert notre[nom] == contenu, nom
    assert len(set(ecrits(*feuilles))) == 1
    return notre


def page(*cellules, nom="Essai", **reglages) -> Feuille:
    return Feuille(nom, [Cellule(*c) for c in cellules], **reglages)


class Mot(str):
    """Another library's text."""


VALEURS = [
    None, "", "texte", "texte", "  bords  ", "a & b < c > \"d\" 'e'", "=1+1", "{=A1}", "http://exemple.fr", "_x0041_", "deux\nlignes", "a\x00b\x1fc\ufffe",
    "<r><t>gras & <b></t></r>", "<r>à moitié", "seul \ud800 ici", "😀", "une\r\ndeux\rtrois", "tab\tulation", Mot("mot"), Mot(""),
    0, 1, -1, 12, 999_999_999_999_999, -999_999_999_999_999, 10**15, -(10**18), True, False, 0.1, -0.0, 1 / 3, 1e-7, 1e21, 123456789.123456789, float("nan"),
    Decimal("12345.67"), Decimal("0.10"), Decimal("-0"), Decimal("1E+3"), Decimal("NaN"), Fraction(1, 3), np.int64(7), np.float64(2.5),
    date(2026, 3, 15), date(1900, 1, 1), date(1900, 2, 28), date(1900, 3, 1), datetime(2026, 3, 15, 13, 45, 30), datetime(1900, 1, 1), pd.Timestamp("2026-03-15"),
    Formule("A1+1", 12), Formule('IF(A1<2,"a & b",A2)', "x < y & z"), Formule("A1", ""), Formule("A1", None), Formule("A1=1", True), Formule("A1=1", False),
    Formule("A1", 0), Formule("A1/A2", "#DIV/0!"), Formule("A1", "#REF"), Formule("A1", Decimal("12.50")), Formule("A1", 0.1), Formule("A1", 10**16),
    Formule("TODAY()", date(2026, 1, 1)), Formule("NOW()", datetime(2026, 1, 1, 6)), Formule("A1", "a\x07b\r\nc"),
    Lien("internal:'Essai'!A1", "=Retour", "Revenir"), Lien("external:retours/ccas & co.xlsx#'FA 1'!B2", "ccas"), Lien("https://exemple.fr/a?b=c&d#e", "<site>"),
    Lien("mailto:a@exemple.fr", "texte"), Lien("internal:'Essai'!A1", ""),
]  # fmt: skip


def test_every_kind_of_value_is_written_as_xlsxwriter_does():
    styles = ("cellule", "saisie:montant", "cellule:date", "libelle")
    cellules = [(n // 5 + 1, n % 5 + 1, valeur, styles[n % 4]) for n, valeur in enumerate(VALEURS)]
    parts = memes_octets(page(*cellules))
    assert '<c r="B5" s="2"><v>1</v></c>' in parts["xl/worksheets/sheet1.xml"]  # the oracle does write cells


@pytest.mark.parametrize("cellules", [
    [(40, 30, "loin", "cellule"), (2, 3, 5, "libelle"), (2, 1, "a", "titre"), (17, 703, "b", "cellule"), (16, 2, None, "cellule"), (33, 1, "a", "titre")],
    [(1, 1, "écrasé", "cellule"), (1, 2, 1, "titre"), (1, 1, 2, "libelle"), (1, 2, "par un texte", "cellule"), (3, 1, "x", "cellule"), (3, 1, None, "cellule")],
    [(5, 5, "seule", "cellule")],
    [],
], ids=["in any order", "twice at one place", "one", "none"])  # fmt: skip
@pytest.mark.parametrize("hauteurs", [{}, {1: 30.0, 2: 15, 3: 0, 18: 15.4, 60: 12.75, 16: 409}], ids=["usual rows", "heights"])
def test_rows_are_those_of_xlsxwriter(cellules, hauteurs):
    # Two values at one place: our lint refuses it but where a table is.
    ailleurs = [] if len({c[:2] for c in cellules}) == len(cellules) else [Tableau("T", Plage(70, 1, 72, 2), ("x", "y"))]
    memes_octets(page(*cellules, hauteurs=hauteurs, tableaux=ailleurs))


def test_a_table_shows_its_headers_whether_they_are_given_or_not():
    donnees = [(i, j, f"{i}·{j}", "cellule") for i in (3, 4) for j in (2, 3, 4)]
    entetes = [(2, 2, "nom", "entete"), (2, 4, "reste", "entete"), (2, 6, Lien("external:a.xlsx", "à côté"), "lien")]
    tableaux = [Tableau(nom, Plage(2, 2, 4, 4), ("nom", "prénom", "reste")) for nom in ("T", "U")]
    parts = memes_octets(page(*donnees, tableaux=tableaux[:1]), page(*entetes, *donnees, nom="Autre", tableaux=tableaux[1:]))
    assert '<c r="C2" t="s">' in parts["xl/worksheets/sheet2.xml"]


def test_merged_cells_keep_what_they_are_given_and_the_style_of_the_first():
    cellules = [(2, 2, "titre", "titre"), (2, 3, None, "cellule"), (5, 1, "a", "libelle"), (20, 4, 1, "cellule")]
    memes_octets(page(*cellules, fusions=[Plage(2, 2, 3, 5), Plage(5, 1, 5, 9), Plage(8, 1, 9, 2), Plage(20, 4, 40, 4)]))


@pytest.mark.parametrize("dessus", [None, 3, "autre", "", Lien("internal:'Essai'!B2", "interne")])
def test_a_link_under_another_value_is_told_as_xlsxwriter_does(dessus):
    liens = [(1, 1, Lien("external:a.xlsx", "a"), "lien"), (1, 2, Lien("https://exemple.fr", "b"), "lien")]
    memes_octets(page(*liens, (1, 1, dessus, "cellule"), (4, 1, Lien("external:c.xlsx", "c"), "lien"), tableaux=[Tableau("T", Plage(9, 1, 10, 1), ("x",))]))


def test_a_chart_keeps_the_values_that_it_shows():
    noms = ["a", "", None, Lien("internal:'Essai'!A1", "d"), Formule("A1", "e"), "<r>f</r>", "g", 10**17]
    valeurs = [1, Decimal("2.50"), None, Formule("A1", 4), True, float("nan"), date(2026, 1, 1), 1 / 3]
    cellules = [(i, j, v, "cellule") for j, colonne in ((2, noms), (3, valeurs)) for i, v in enumerate(colonne, 3)]
    plages = [(("Essai", Plage(3, 2, 12, 2)), ("Essai", Plage(3, 3, 12, 3))), (("Essai", Plage(4, 2, 4, 5)), ("Essai", Plage(4, 3, 4, 3)))]
    dessins = [Graphique("barres", "T", [Serie("s", *p)], 1, 8, 400, 300, "alt") for p in plages]
    fusion = [Plage(11, 2, 11, 3)]
    parts = memes_octets(page(*cellules, (11, 2, "k", "cellule"), fusions=fusion, graphiques=dessins), Feuille("Autre", table(6, 3), graphiques=[
        Graphique("colonnes", "T", [Serie("s", ("Autre", Plage(2, 1, 4, 1)), ("Autre", Plage(2, 2, 4, 2)))], 1, 8, 400, 300, "alt"),
    ]))  # fmt: skip
    assert "<c:v>4</c:v>" in parts["xl/charts/chart1.xml"]


def test_sheets_share_styles_and_texts_in_the_order_of_their_cells():
    premiere = page((3, 1, "b", "titre"), (1, 2, "a", "cellule"), (1, 1, "b", "saisie:montant"))
    memes_octets(premiere, page((2, 1, "c", "libelle"), (1, 1, "a", "titre"), nom="Deux"), page((1, 1, "a", "cellule"), nom="Trois"))


def test_validations_alike_are_written_once_and_the_same_everywhere():
    dits = {"titre": "Titre « a »", "invite": 'Une "invite" & <plus>\nlongue', "titre_erreur": "Non", "erreur": "sqref=\"ICI\" ICI"}
    ici, la = [Plage(1, 1, 1, 1)], [Plage(2, 1, 9, 1), Plage(4, 3, 4, 3)]
    genres = [
        {"type": "entier"}, {"type": "entier", "minimum": 0}, {"type": "entier", "minimum": 1}, {"type": "decimal", "minimum": 1.0, "maximum": Decimal("2.5")},
        {"type": "montant", "minimum": Decimal(1)}, {"type": "decimal", "minimum": True}, {"type": "date", "minimum": date(2026, 1, 1), "maximum": date(2026, 12, 31)}, {"type": "date", "minimum": "=$B$1"},
        {"type": "texte", "maximum": 12}, {"type": "liste", "source": ("oui", "non & <peut-être>")}, {"type": "liste", "source": "=Listes!$A$1:$A$3"},
        {"type": "liste", "source": ("a",), "stricte": False}, {"type": "libre"},
    ]  # fmt: skip
    toutes = [Validation(plages, **genre, **textes) for textes in (dits, {}) for plages in (ici, la) for genre in genres]
    parts = memes_octets(page(validations=toutes), page((1, 1, "x", "cellule"), nom="Autre", validations=toutes[::-1]), page(nom="Sans"))
    assert 'count="50"' in parts["xl/worksheets/sheet2.xml"]  # « libre » without a word says nothing
    assert "dataValidations" not in parts["xl/worksheets/sheet3.xml"]


def table(nombre: int, largeur: int, valeur=lambda i, j: VALEURS[(i * 7 + j) % len(VALEURS)]) -> Rangees:
    styles = ["cellule", "saisie:montant", "libelle"]
    return Rangees(nombre, largeur, lambda: (([valeur(i, j) for j in range(largeur)], [styles[(i + j) % 3] for j in range(largeur)]) for i in range(nombre)))


@pytest.mark.parametrize("morceau", [1 << 18, 500], ids=["in one piece", "in pieces"])
@pytest.mark.parametrize("nombre", [1, 16, 150])
def test_rows_made_as_they_are_written_are_the_same_too(monkeypatch, morceau, nombre):
    monkeypatch.setattr(Reserve, "MORCEAU", morceau)
    hauteurs = {1: 30.0, 12: 40.0, nombre: 21.0, nombre + 9: 18.0}
    memes_octets(page((2, 1, "avant", "titre")), Feuille("Table", table(nombre, 6), hauteurs=hauteurs), page((1, 1, "après", "entete"), nom="Après"))


def test_a_row_made_as_it_is_written_says_where_it_is_at_fault():
    for fautive, mot in ((float("inf"), "infini"), (Formule("=A1"), "commençant par"), (Lien("javascript:1", "x"), "lien de nature inconnue"), ("x" * 32_768, "32768")):
        with pytest.raises(ValueError, match=f"« Table », B3 : .*{mot}"):
            writer.to_bytes(Classeur([Feuille("Table", table(4, 3, lambda i, j, v=fautive: v if (i, j) == (2, 1) else i))], "t"))
    with pytest.raises(ValueError, match="n'existe pas dans Excel"):
        writer.to_bytes(Classeur([Feuille("Table", table(1_048_577, 1, lambda i, j: None))], "t"))


def test_a_large_table_is_never_whole_in_memory():
    tracemalloc.start()
    try:
        contenu = writer.to_bytes(Classeur([Feuille("Table", table(12_000, 8, lambda i, j: j * i % 97))], "t"))
        sommet = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    with zipfile.ZipFile(io.BytesIO(contenu)) as lue:
        entiere = lue.getinfo("xl/worksheets/sheet1.xml").file_size
    assert sommet < entiere


valeurs = st.one_of(
    st.sampled_from(VALEURS), st.text(max_size=12), st.integers(), st.floats(allow_infinity=False), st.booleans(),
    st.decimals(allow_infinity=False, allow_nan=False, places=2), st.dates(min_value=date(1900, 1, 1)),
)  # fmt: skip


@settings(max_examples=40, deadline=None)
@given(
    st.dictionaries(st.tuples(st.integers(1, 40), st.integers(1, 30)), st.tuples(valeurs, st.sampled_from(["cellule", "titre", "saisie:date"])), max_size=30),
    st.dictionaries(st.integers(1, 45), st.floats(0, 409), max_size=5),
    st.randoms(use_true_random=False),
)
def test_whatever_the_cells_the_bytes_are_those_of_xlsxwriter(cellules, hauteurs, hasard):
    donnees = [(*place, *contenu) for place, contenu in cellules.items()]
    hasard.shuffle(donnees)
    notre, sien = ecrits(page(*donnees, hauteurs=hauteurs))
    assert notre == sien


RELIES = {
    Worksheet: (
        "_write_sheet_data", "_write_data_validations", "_write_data_validation", "validations", "_get_range_data", "_prepare_formula", "_write_cell", "_check_dimensions",
        "table", "row_info", "hyperlinks", "merge", "fh", "dim_rowmin", "default_row_height", "str_table",
    ),
    SharedStringTable: ("_get_shared_string_index", "count"),
    Format: ("_get_xf_index",),
}  # fmt: skip


@pytest.mark.parametrize(("classe", "nom"), [(c, n) for c, noms in RELIES.items() for n in noms])
def test_what_page_relies_upon_in_xlsxwriter_is_there(classe, nom):
    livre = xlsxwriter.Workbook(io.BytesIO(), {"in_memory": True})
    objet = {Worksheet: livre.add_worksheet, SharedStringTable: lambda: livre.str_table, Format: livre.add_format}[classe]()
    assert hasattr(objet, nom), f"XlsxWriter {xlsxwriter.__version__} n'a plus {classe.__name__}.{nom} : voir cls_workbook/xlsx/page.py"
