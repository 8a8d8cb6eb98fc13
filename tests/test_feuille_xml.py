"""The quick reader of sheets: what it reads is what calamine reads, cell by cell; what it does not know it leaves alone."""

from __future__ import annotations

import datetime
import io
import random
import re
import zipfile

import pytest
import xlsxwriter
from classeurs import ANNEE, essai, lire, places, rempli, valeur_valide
from python_calamine import CalamineError, CalamineWorkbook

from cls_workbook import entry
from cls_workbook.entry import examples
from cls_workbook.errors import Refus
from cls_workbook.reading import classeur, feuille_xml
from cls_workbook.reading.archive import Parties
from cls_workbook.reading.formats_de_date import formats_de_date
from cls_workbook.reading.formules import _speciales_xlsx
from cls_workbook.xlsx import writer

# --- a workbook of one sheet, its XML written by hand ---------------------------------------------------------------

_FORMATS = ("General", "0.00", "dd/mm/yyyy", "[h]:mm", "@", '"jour" 0', "d mmmm yyyy", "hh:mm")  # s="0" to s="7"
NATURES = {2: "date", 3: "durée", 6: "date", 7: "heure"}


def _modele() -> dict[str, bytes]:
    tampon = io.BytesIO()
    livre = xlsxwriter.Workbook(tampon)
    page = livre.add_worksheet("Feuille")
    for rang, code in enumerate(_FORMATS):
        page.write(rang, 0, "x" if rang else "un texte", livre.add_format({"num_format": code}) if rang else None)
    livre.close()
    with zipfile.ZipFile(tampon) as archive:
        return {nom: archive.read(nom) for nom in archive.namelist()}


MODELE = _modele()
FEUILLE, TEXTES = "xl/worksheets/sheet1.xml", "xl/sharedStrings.xml"
NOMS = b'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'


def octets(rangees: bytes = b"", textes: tuple[bytes, ...] = (b"<si><t>zero</t></si>", b"<si><t>un</t></si>"), **parties: bytes) -> bytes:
    """``rangees``: the inside of ``sheetData``; ``textes``: the shared texts; ``parties``: feuille or sst, whole parts."""
    contenus = MODELE | {
        FEUILLE: parties.get("feuille", b'<?xml version="1.0" encoding="UTF-8"?>\n<worksheet %s><sheetData>%s</sheetData></worksheet>' % (NOMS, rangees)),
        TEXTES: parties.get("sst", b"<sst %s>%s</sst>" % (NOMS, b"".join(textes))),
        "xl/workbook.xml": parties.get("classeur", MODELE["xl/workbook.xml"]),
    }
    tampon = io.BytesIO()
    with zipfile.ZipFile(tampon, "w") as archive:
        for nom, contenu in contenus.items():
            archive.writestr(nom, contenu)
    return tampon.getvalue()


def par_calamine(contenu: bytes) -> dict[str, list[list]]:
    livre = CalamineWorkbook.from_filelike(io.BytesIO(contenu))
    return {nom: livre.get_sheet_by_name(nom).to_python(skip_empty_area=False) for nom in livre.sheet_names}


def vite(contenu: bytes) -> dict[str, classeur.Grille]:
    """The sheets that the quick reader reads by itself; none of a file that neither reader can read."""
    try:
        grilles = list(classeur.Classeur(contenu).grilles())
    except Refus:
        return {}
    return {g.nom: g for g in grilles if type(g) is classeur.Grille}


def _exact(lignes: list[list]) -> list[list]:
    """Values with their types: 1.0 is not True, a date is not a datetime; a nan is itself."""
    # calamine alone does not tell that a number is shown as a percentage
    return [[(type(v).__name__.replace("Pourcentage", "float"), repr(v)) for v in ligne] for ligne in _sans_blanc_final(lignes)]


def _sans_blanc_final(lignes: list[list]) -> list[list]:
    """Without the blank rows and columns at the end: a number that is not written may or may not count for one."""
    hauteur = max((i for i, ligne in enumerate(lignes, 1) if any(v != "" for v in ligne)), default=0)
    largeur = max((j for ligne in lignes for j, v in enumerate(ligne, 1) if v != ""), default=0)
    return [ligne[:largeur] for ligne in lignes[:hauteur]]


def verifier(contenu: bytes) -> list[str]:
    """Asserts that whatever the quick reader reads is what calamine and the slow look at formulas read; their names."""
    grilles = vite(contenu)
    attendues = par_calamine(contenu) if grilles else {}
    xml = {f.nom: Parties(contenu)[f.partie] for f in classeur.Classeur(contenu)._plan.feuilles}
    for nom, grille in grilles.items():
        assert _exact(grille.lignes) == _exact(attendues[nom])
        assert grille.speciales == _speciales_xlsx(xml[nom])
        lente = classeur.GrilleDeCalamine(nom, attendues[nom], None)
        assert {r: v for r, v in grille.valeurs.items() if v != ""} == lente.valeurs
        assert grille.formulees == {classeur._repere(*ou) for ou in grille.speciales}
    return list(grilles)


# --- files as spreadsheets save them --------------------------------------------------------------------------------


def _saisies(graine: int) -> dict[str, object]:
    hasard = random.Random(graine)
    return {cle: valeur_valide(place, hasard) for cle, place in places().items() if hasard.random() < 0.6}


def test_every_sheet_of_a_return_written_by_the_project_is_read_quickly_and_exactly():
    for structure in (None, *entry.repondants(essai())):
        plan = entry.plan(essai(), ANNEE, structure)
        examples.remplir(plan, examples.repondre(plan, graine="7"))
        contenu = writer.to_bytes(plan.classeur)
        assert verifier(contenu) == [f.nom for f in plan.classeur.feuilles]


@pytest.mark.parametrize("graine", range(2))
def test_a_return_typed_in_libreoffice_is_read_quickly_and_exactly(libreoffice, tmp_path, graine):
    with libreoffice.open(rempli(tmp_path, _saisies(graine))) as document:
        document.unprotect("FA 1.1")
        document.type("FA 1.1", {"M60": "=1/0", "M61": '="é & <"&1', "M62": "VRAI", "M63": "1,5E-7", "M64": "  deux espaces  "})
        document.recalc()
        contenu = document.save(tmp_path / "retour.xlsx").read_bytes()
    assert len(verifier(contenu)) == len(par_calamine(contenu))
    assert vite(contenu)["FA 1.1"].lignes[59][12] == ""
    assert vite(contenu)["FA 1.1"].speciales[59, 12].erreur


def test_returns_saved_by_openpyxl_are_read_exactly_quickly_or_not(tmp_path):
    verifier(rempli(tmp_path, _saisies(1)).read_bytes())


def test_both_readers_give_the_same_return(tmp_path, monkeypatch):
    for structure in ("mutuelle", "ville"):
        plan = entry.plan(essai(), ANNEE, next(r for r in entry.repondants(essai()) if r.id == structure))
        examples.remplir(plan, examples.repondre(plan, graine=structure) | {"1.1/depenses/total": 12.5})
        writer.write(plan.classeur, tmp_path / "retour.xlsx")
        court = lire(tmp_path / "retour.xlsx")
        with monkeypatch.context() as contexte:
            contexte.setattr(classeur, "contenu", lambda *_: None)
            assert lire(tmp_path / "retour.xlsx") == court
        assert len(court.saisies) > 30


# --- single cells ---------------------------------------------------------------------------------------------------

NOMBRES = (b"12", b"-0", b"0.1", b"1E-7", b"1.5E+20", b"123456789012345678", b"0.30000000000000004", b"4.9406564584124654E-324", b"1e400", b"1E400",
           b"+5", b".5", b"5.", b" 12 ", b"1_0", b"nan", b"inf", b"abc", b"0x1F", b"", b"1,5", "１２".encode())  # fmt: skip
SERIES = (b"0", b"0.5", b"1", b"59", b"60", b"61", b"45000", b"45000.25", b"44999.999999999", b"2958465", b"2958466", b"-1", b"1E4")


@pytest.mark.parametrize("ecrit", [*NOMBRES, *SERIES])
@pytest.mark.parametrize("nature", [b"", b' t="n"'])
def test_a_number_in_any_format_is_what_calamine_says_or_is_left_to_it(ecrit, nature):
    for style in range(len(_FORMATS) + 2):
        verifier(octets(b'<row r="1"><c r="A1" s="%d"%s><v>%s</v></c></row>' % (style, nature, ecrit)))


@pytest.mark.parametrize("style", range(len(_FORMATS)))
def test_plain_numbers_and_whole_days_are_read_quickly(style):
    grilles = vite(octets(b'<row r="1"><c r="A1" s="%d"><v>45000</v></c></row>' % style))
    if NATURES.get(style) == "durée":
        assert grilles == {}
    else:
        attendu = datetime.date(2023, 3, 15) if style in NATURES else 45000.0
        assert grilles["Feuille"].lignes == [[attendu]]


CELLULES = (
    b'<c r="B2" t="s"><v>1</v></c>', b'<c r="B2" t="s"><v>01</v></c>', b'<c r="B2" t="s"><v>9</v></c>', b'<c r="B2" t="s"><v></v></c>', b'<c r="B2" t="s"/>',
    b'<c r="B2" t="b"><v>1</v></c>', b'<c r="B2" t="b"><v>0</v></c>', b'<c r="B2" t="b"><v>true</v></c>',
    b'<c r="B2" t="e"><v>#REF!</v></c>', b'<c r="B2" t="e"><f>1/0</f><v>#DIV/0!</v></c>',
    b'<c r="B2" t="d"><v>2025-01-02</v></c>', b'<c r="B2" t="str"><v>a &amp; b &lt;c&gt; &quot;d&apos;</v></c>', b'<c r="B2" t="str"><v>&#233;&eacute;</v></c>',
    b'<c r="B2" t="str"><v>12</v></c>', b'<c r="B2" t="str"><v> a </v></c>', b'<c r="B2" t="str"><v>a\r\nb</v></c>', b'<c r="B2" t="str"><v>a_x000D_b</v></c>',
    b'<c r="B2" t="str"><f>A1</f><v></v></c>', b'<c r="B2" t="str"><f>A1</f></c>', b'<c r="B2" t="str"><f>A1</f><v/></c>', b'<c r="B2"><f>A1</f></c>', b'<c r="B2"><f>A1</f><v/></c>',
    b'<c r="B2"><f/><v>3</v></c>', b'<c r="B2"><f></f><v>3</v></c>', b'<c r="B2"><f t="shared" ref="B2:B9" si="0">A1&gt;2</f><v>3</v></c>', b'<c r="B2"><f t="shared" si="0"/><v>3</v></c>',
    b'<c r="B2"><f>IF(A1>2,"&lt;","\xc3\xa9")</f><v>3</v></c>', b'<c r="B2"><f ca="1" aca="false" >A1</f><v>3</v></c>',
    b'<c r="B2" t="inlineStr"><is><t>ici</t></is></c>', b'<c r="B2" t="inlineStr"><is><r><t>i</t></r><r><t>ci</t></r></is></c>',
    b'<c r="B2" t="zz"><v>1</v></c>', b"<c r='B2' t='s'><v>1</v></c>", b'<c t="s" r="B2"><v>1</v></c>', b'<c r="B2"  t="s"><v>1</v></c>', b'<c r="B2" t="s" ><v>1</v></c>',
    b'<c r="B2" cm="1"><v>1</v></c>', b'<c><v>1</v></c><c><v>2</v></c>', b'<c r="b2"><v>1</v></c>', b'<c r="B02"><v>1</v></c>', b'<c r="$B$2"><v>1</v></c>', b'<c r="B0"><v>1</v></c>',
    b'<c r="C2"><v>1</v></c><c r="A2"><v>2</v></c>', b'<c r="B2"><v>1</v></c><c r="B2"><v>2</v></c>', b'<c r="B2"><v>1</v><v>2</v></c>', b'<c r="A7"><v>1</v></c>',
    b'<c r="B2"><v>1<!-- un --></v></c>', b'<c r="B2" t="str"><v><![CDATA[<a>]]></v></c>', b'<!-- <c r="B2"><v>1</v></c> -->', b'<c r="B2"><?p x?><v>1</v></c>',
    b'<c r="B2"><v >1</v></c>', b'<c r="B2" ><v>1</v></c>', b'<c r="B2">\n<v>1</v>\n</c>', b'<c r="B2" s="1"></c>', b'<c r="B2" s="1" />', b'<c r="B2"><v>1</v><extLst/></c>',
    b'<x:c xmlns:x="http://schemas.openxmlformats.org/spreadsheetml/2006/main" r="B2"><x:v>1</x:v></x:c>',
)  # fmt: skip


@pytest.mark.parametrize("cellule", CELLULES)
def test_a_cell_of_any_shape_is_what_calamine_says_or_is_left_to_it(cellule):
    voisines = (b'<c r="A1"><v>7</v></c>', b'<c r="D9"><v>9</v></c>')
    contenu = octets(b'<row r="1">%s</row><row r="2">%s</row><row r="9">%s</row>' % (voisines[0], cellule, voisines[1]))
    verifier(contenu)


def test_the_shapes_that_spreadsheets_write_are_read_quickly():
    lues = [c for c in CELLULES if vite(octets(b'<row r="2">%s</row>' % c))]
    assert {CELLULES[0], CELLULES[5], CELLULES[8], CELLULES[9], CELLULES[11], CELLULES[17], CELLULES[24], CELLULES[25], CELLULES[26]} <= set(lues)


# --- shared texts ---------------------------------------------------------------------------------------------------

LES_TEXTES = (
    b"<si><t>plat</t></si>", "<si><t>l\u2019\u00e9t\u00e9\u00a0: \u0153uvre \U0001f600</t></si>".encode(), b"<si><t></t></si>", b"<si><t/></si>", b"<si/>",
    b'<si><t xml:space="preserve">  a  </t></si>', b"<si><t>  a</t></si>", b"<si><t>a\n</t></si>", "<si><t>\u00a0a\u202f</t></si>".encode(), b"<si><t>a\nb\tc</t></si>",
    b"<si><t>a\r\nb</t></si>", b"<si><t>a&amp;b &lt;c&gt; &quot;d&quot; &apos;e&apos;</t></si>", b"<si><t>&amp;lt; &amp;amp;</t></si>", b"<si><t>&#233;&#xE9;</t></si>", b"<si><t>a&#10;b</t></si>", b"<si><t>&#10;b</t></si>", b"<si><t>a&#9;</t></si>", b"<si><t>a&#13;b</t></si>", b"<si><t>&#0;</t></si>", b"<si><t>&#xD800;</t></si>",
    b"<si><t>&#1114112;</t></si>", b"<si><t>&#150;&#xA0;</t></si>", b'<si><t xml:space="preserve">&#10;a&#32;&#x1F600;</t></si>', b"<si><t>&#38;lt;</t></si>", b"<si><t>&#a;&#;</t></si>",
    b"<si><t>a_x000D_b</t></si>", b"<si><t>_x005F_x000D_</t></si>", b"<si><t>taux_x</t></si>", b"<si><t>_x00e9_</t></si>",
    b"<si><r><rPr><b/></rPr><t>a</t></r><r><t xml:space=\"preserve\"> b</t></r></si>", b"<si><t>a</t><rPh sb=\"0\" eb=\"1\"><t>zz</t></rPh><phoneticPr fontId=\"1\"/></si>",
    b"<si><t>a<!-- x -->b</t></si>", b"<si><t><![CDATA[<a>]]></t></si>", b"<si><t>a</t><t>b</t></si>", b"<si><t xml:space='preserve'> a </t></si>", b"<si>\n<t>a</t>\n</si>",
    b"<si><t>&nbsp;</t></si>", b"<si><t>A & B</t></si>", b"<si><t>\xff</t></si>", b"<si><t>a]]>b</t></si>",
)  # fmt: skip


@pytest.mark.parametrize("texte", LES_TEXTES)
def test_a_shared_text_of_any_shape_is_what_calamine_says_or_is_left_to_it(texte):
    contenu = octets(b'<row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1" t="s"><v>1</v></c></row>', textes=(b"<si><t>avant</t></si>", texte))
    verifier(contenu)


def test_plain_texts_are_read_quickly():
    for texte in (*LES_TEXTES[:3], LES_TEXTES[5], LES_TEXTES[8], LES_TEXTES[9], LES_TEXTES[11], LES_TEXTES[12], b"<si><t>taux_x</t></si>", b"<si><t>a&#10;b</t></si>"):
        assert vite(octets(b'<row r="1"><c r="A1" t="s"><v>0</v></c></row>', textes=(texte,)))


# --- whole parts ----------------------------------------------------------------------------------------------------

RANGEE = b'<row r="1"><c r="A1" t="s"><v>0</v></c></row>'
ORDINAIRE = b'<worksheet %s><dimension ref="A1"/><sheetData>%s</sheetData></worksheet>' % (NOMS, RANGEE)


@pytest.mark.parametrize(
    ("feuille", "vite_lue"),
    [
        (ORDINAIRE, True),
        (b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\r\n' + ORDINAIRE, True),
        (b"<?xml version='1.0' encoding='utf-8'?>\n" + ORDINAIRE, True),
        (b'<?xml version="1.0" encoding="ISO-8859-1"?>' + ORDINAIRE, False),
        (b'<?xml version="1.0" encoding="UTF-16"?>' + ORDINAIRE, False),
        (b"\xef\xbb\xbf" + ORDINAIRE, False),
        (ORDINAIRE.decode().encode("utf-16"), False),
        (b"<!-- un -->" + ORDINAIRE, False),
        (re.sub(rb"<(/?)(\w)", rb"<\1x:\2", ORDINAIRE).replace(b"xmlns=", b"xmlns:x="), False),
        (ORDINAIRE.replace(b"<sheetData>", b"<sheetData >"), False),
        (ORDINAIRE.replace(b"</sheetData>", b"</sheetData><sheetData>%s</sheetData>" % RANGEE), False),
        (ORDINAIRE.replace(b"<sheetData>%s</sheetData>" % RANGEE, b"<sheetData/>"), True),
        (ORDINAIRE.replace(b"</row></sheetData></worksheet>", b""), False),
    ],
    ids=["plain", "Excel", "openpyxl", "Latin-1", "said UTF-16", "BOM", "UTF-16", "comment", "prefix", "space", "twice", "empty", "cut"],
)  # fmt: skip
def test_a_sheet_whose_xml_is_unusual_is_left_to_calamine(feuille, vite_lue):
    contenu = octets(feuille=feuille)
    assert bool(vite(contenu) if not vite_lue else verifier(contenu)) is vite_lue if b"</sheetData>" in feuille or vite_lue else True


def test_days_counted_from_1904_are_left_to_calamine():
    depuis_1904 = MODELE["xl/workbook.xml"].replace(b"<workbookPr ", b'<workbookPr date1904="1" ')
    contenu = octets(b'<row r="1"><c r="A1" s="2"><v>45000</v></c></row>', classeur=depuis_1904)
    assert vite(contenu) == {}
    assert [g.lignes for g in classeur.Classeur(contenu).grilles()] == [[[datetime.date(2027, 3, 16)]]]


def test_the_formats_that_show_dates_are_those_that_calamine_takes_for_dates():
    assert formats_de_date(MODELE["xl/styles.xml"]) == (frozenset((b"2", b"6", b"7")), frozenset((b"3",)), frozenset())
    assert formats_de_date(b"<styleSheet") is None and formats_de_date(b"") is None


# --- anything at all ------------------------------------------------------------------------------------------------


def test_a_sheet_changed_at_random_is_read_as_calamine_reads_it_or_left_to_it():
    """Pieces of XML taken out, doubled or replaced: never a value that calamine does not give."""
    hasard = random.Random(8)
    plan = entry.plan(essai(), ANNEE)
    examples.remplir(plan, examples.repondre(plan, graine="3"))
    parties = Parties(writer.to_bytes(plan.classeur))
    source, sst = parties["xl/worksheets/sheet3.xml"], parties[TEXTES]
    debut, fin = source.find(b"<sheetData>") + 11, source.find(b"</sheetData>")
    jetons = re.findall(rb"<[^>]*>|[^<]+", source[debut:fin])
    lus = 0
    for _ in range(200):
        change = list(jetons)
        for _ in range(hasard.choice((1, 1, 2, 5))):
            ou = hasard.randrange(len(change))
            change[ou] = hasard.choice((b"", change[ou] * 2, hasard.choice(jetons), change[ou].replace(b'"', b"'"), change[ou].upper(), b"<v>" + change[ou]))
        contenu = octets(b"".join(change), sst=sst)
        try:
            attendues = par_calamine(contenu)
        except CalamineError:
            continue  # broken XML: nothing to compare with
        lus += bool(vite(contenu))
        if vite(contenu):
            assert _exact(vite(contenu)["Feuille"].lignes) == _exact(attendues["Feuille"])
    assert lus > 10
    assert feuille_xml.contenu(source, feuille_xml.textes_partages(sst), formats_de_date(MODELE["xl/styles.xml"])) is not None
