"""One workbook per structure for little more than the price of one: sheets are rendered once, then shared.

A « mother » workbook holds every sheet that any child needs. A child takes some of them, under its own
names, with some cells replaced; its parts are cut out of the mother's archive. What a child holds is what
``writer`` would have written for it (a test compares them).

Only for sheets without drawing, table or external link: entry workbooks have none.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterable
from dataclasses import dataclass, replace
from decimal import Decimal
from xml.sax.saxutils import escape

from cls_workbook.xlsx import writer
from cls_workbook.xlsx.sheets import Cellule, Classeur, Feuille, Formule, adresse

_DATE = (1980, 1, 1, 0, 0, 0)  # the zip format's first day, as XlsxWriter writes it
_TEXTE_PARTAGE = re.compile(rb' t="s"><v>(\d+)</v>')
_TEXTES = re.compile(rb"<si>.*?</si>", re.DOTALL)
_NOM = re.compile(r'<definedName name="([^"]+)" localSheetId="(\d+)"([^>]*)>([^<]*)</definedName>')
_FEUILLE = re.compile(r'<sheet name="([^"]*)" sheetId="\d+"((?: state="\w+")?) r:id="rId(\d+)"/>')
_TYPE_FEUILLE = "application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"
_RELATION = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


@dataclass(frozen=True, slots=True)
class _Part:
    """One sheet of a child: its name there, its name in the mother, and the cells that differ."""

    nom: str
    source: str
    differences: tuple[Cellule, ...] = ()


def editer(classeurs: list[Classeur]) -> Iterable[bytes]:
    """The bytes of each workbook, in order. Sheets that several workbooks share are rendered once.

    Two sheets are shared when they bear the same name and differ only in the values of some cells.
    """
    feuilles: dict[str, Feuille] = {}
    enfants = [[_placer(f, feuilles) for f in classeur.feuilles] for classeur in classeurs]
    mere = _Mere(writer.to_bytes(Classeur(list(feuilles.values()), classeurs[0].titre, classeurs[0].sujet, feuille_active=classeurs[0].feuille_active)))
    for classeur, parts in zip(classeurs, enfants, strict=True):
        yield mere.detacher(classeur, parts)


def _placer(feuille: Feuille, feuilles: dict[str, Feuille]) -> _Part:
    """Finds the sheet among those of the mother, or adds it under a free name."""
    jumelle = feuilles.get(feuille.nom)
    if jumelle is None:
        feuilles[feuille.nom] = feuille
        return _Part(feuille.nom, feuille.nom)
    if (differences := _differences(jumelle, feuille)) is not None:
        return _Part(feuille.nom, feuille.nom, differences)
    libre = f"{len(feuilles)}"
    feuilles[libre] = replace(feuille, nom=libre)
    return _Part(feuille.nom, libre)


def _differences(une: Feuille, autre: Feuille) -> tuple[Cellule, ...] | None:
    """The cells of ``autre`` that hold something else than those of ``une``; None if more than values differ."""
    if len(une.cellules) != len(autre.cellules) or autre.graphiques or autre.tableaux or replace(une, cellules=[]) != replace(autre, cellules=[]):
        return None
    couples = [(u, a) for u, a in zip(une.cellules, autre.cellules, strict=True) if u != a]
    if any(u[:2] != a[:2] or u.style != a.style or not _remplacable(u.valeur, a.valeur) for u, a in couples):
        return None
    return tuple(a for _, a in couples)


def _remplacable(avant: object, apres: object) -> bool:
    """Can the cell's XML be replaced: a value by a value, or a formula by itself with another result?"""
    if isinstance(avant, Formule) and isinstance(apres, Formule):
        return avant.texte == apres.texte
    return all(v is None or type(v) in (str, int, float, Decimal) for v in (avant, apres))


class _Mere:
    """The mother's archive, its sheets uncompressed once."""

    def __init__(self, contenu: bytes):
        archive = zipfile.ZipFile(io.BytesIO(contenu))
        self.communs = [(i.filename, archive.read(i)) for i in archive.infolist() if i.filename in ("_rels/.rels", "xl/styles.xml", "xl/theme/theme1.xml")]
        self.classeur = archive.read("xl/workbook.xml").decode()
        self.proprietes = archive.read("docProps/core.xml").decode()
        self.textes = _TEXTES.findall(archive.read("xl/sharedStrings.xml"))
        noms = [_sans_echappement(nom) for nom, _, _ in _FEUILLE.findall(self.classeur)]
        self.rangs = {nom: rang for rang, nom in enumerate(noms)}
        self.feuilles = {nom: archive.read(f"xl/worksheets/sheet{rang + 1}.xml") for nom, rang in self.rangs.items()}
        self.etats = {_sans_echappement(nom): etat for nom, etat, _ in _FEUILLE.findall(self.classeur)}

    def detacher(self, classeur: Classeur, parts: list[_Part]) -> bytes:
        """The bytes of a child."""
        textes = _Textes(self.textes)
        xml = [textes.renumeroter(_remplacer(self.feuilles[p.source], p.differences, textes)) for p in parts]
        tampon = io.BytesIO()
        with zipfile.ZipFile(tampon, "w", zipfile.ZIP_DEFLATED) as archive:
            for nom, contenu in (
                ("[Content_Types].xml", _types(len(parts))),
                *self.communs,
                ("docProps/app.xml", _application([p.nom for p in parts])),
                ("docProps/core.xml", re.sub("<dc:title>[^<]*</dc:title>", lambda _: f"<dc:title>{escape(classeur.titre)}</dc:title>", self.proprietes)),
                ("xl/workbook.xml", self._classeur(parts)),
                ("xl/_rels/workbook.xml.rels", _relations(len(parts))),
                ("xl/sharedStrings.xml", textes.xml()),
                *((f"xl/worksheets/sheet{rang}.xml", x) for rang, x in enumerate(xml, 1)),
            ):
                info = zipfile.ZipInfo(nom, _DATE)
                info.compress_type, info.external_attr = zipfile.ZIP_DEFLATED, 0o600 << 16
                archive.writestr(info, contenu)
        return tampon.getvalue()

    def _classeur(self, parts: list[_Part]) -> str:
        """``workbook.xml`` with the child's sheets, and the names that concern them."""
        feuilles = "".join(
            f'<sheet name="{_echappe(p.nom)}" sheetId="{n}"{self.etats[p.source]} r:id="rId{n}"/>' for n, p in enumerate(parts, 1)
        )
        place = {self.rangs[p.source]: (n, p) for n, p in enumerate(parts)}
        noms = []
        for nom, rang, plus, cible in _NOM.findall(self.classeur):
            if int(rang) in place:
                n, part = place[int(rang)]
                plage = cible.rpartition("!")[2]
                noms.append((nom, part.nom, f'<definedName name="{nom}" localSheetId="{n}"{plus}>{_entre_apostrophes(part.nom)}!{plage}</definedName>'))
        xml = re.sub("<sheets>.*</sheets>", lambda _: f"<sheets>{feuilles}</sheets>", self.classeur)
        definis = f"<definedNames>{''.join(x for _, _, x in noms)}</definedNames>" if noms else ""
        return re.sub("<definedNames>.*</definedNames>", lambda _: definis, xml)


class _Textes:
    """The shared texts that a child uses, numbered as they come."""

    def __init__(self, mere: list[bytes]):
        self._mere, self._numeros, self._textes, self._emplois = list(mere), {}, [], 0  # its own copy: ``ajouter`` lengthens it

    def numero(self, texte: bytes) -> int:
        self._emplois += 1
        numero = self._numeros.setdefault(texte, len(self._textes))
        if numero == len(self._textes):
            self._textes.append(texte)
        return numero

    def renumeroter(self, feuille: bytes) -> bytes:
        mere, numero = self._mere, self.numero
        return _TEXTE_PARTAGE.sub(lambda m: b' t="s"><v>%d</v>' % numero(mere[int(m.group(1))]), feuille)

    def xml(self) -> bytes:
        tete = b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" count="%d" uniqueCount="%d">'
        return tete % (self._emplois, len(self._textes)) + b"".join(self._textes) + b"</sst>"

    def ajouter(self, texte: str) -> int:
        """Number, among the mother's texts, of one that she may not have."""
        garde = ' xml:space="preserve"' if texte != texte.strip() else ""
        riche = texte.startswith("<r>") and texte.endswith("</r>")  # see writer.texte_sur
        element = (f"<si>{texte}</si>" if riche else f"<si><t{garde}>{escape(texte)}</t></si>").encode()
        if element not in self._mere:
            self._mere.append(element)
        return self._mere.index(element)


def _remplacer(feuille: bytes, differences: tuple[Cellule, ...], textes: _Textes) -> bytes:
    for cellule in differences:
        lieu = adresse(cellule.ligne, cellule.colonne).encode()
        motif = re.compile(rb'<c r="' + lieu + rb'"( s="\d+")?[^>]*?(?:/>|>(<f>.*?</f>)?<v>.*?</v></c>)')
        neuve = _cellule_xml(lieu, cellule.valeur, textes)
        feuille, nombre = motif.subn(lambda m, neuve=neuve: neuve(m.group(1) or b"", m.group(2) or b""), feuille, count=1)
        if nombre != 1:
            raise ValueError(f"la cellule {lieu.decode()} manque à la feuille partagée")
    return feuille


def _cellule_xml(lieu: bytes, valeur: object, textes: _Textes):
    """A function (style, formula) → the cell's XML."""
    debut = b'<c r="' + lieu + b'"'
    resultat = valeur.valeur if isinstance(valeur, Formule) else valeur
    if isinstance(valeur, Formule):
        # as XlsxWriter does: an empty result without a type makes every program compute it
        type_ = b' t="str"' if isinstance(resultat, str) and resultat else b""
        return lambda style, formule: debut + style + type_ + b">" + formule + b"<v>" + escape(str(resultat)).encode() + b"</v></c>"
    if resultat is None or resultat == "":
        return lambda style, _: debut + style + b"/>"
    if isinstance(resultat, str):
        numero = textes.ajouter(writer.texte_sur(resultat))
        return lambda style, _: debut + style + b' t="s"><v>%d</v></c>' % numero
    nombre = f"{resultat:.16G}" if type(resultat) is int else f"{float(resultat):.16G}"  # as XlsxWriter writes it
    return lambda style, _: debut + style + b"><v>" + nombre.encode() + b"</v></c>"


# --- small parts ----------------------------------------------------------------------------------------------------


def _types(feuilles: int) -> str:
    parties = {f"/xl/worksheets/sheet{n}.xml": _TYPE_FEUILLE for n in range(1, feuilles + 1)} | {
        "/docProps/app.xml": "application/vnd.openxmlformats-officedocument.extended-properties+xml",
        "/docProps/core.xml": "application/vnd.openxmlformats-package.core-properties+xml",
        "/xl/styles.xml": "application/vnd.openxmlformats-officedocument.spreadsheetml.styles+xml",
        "/xl/theme/theme1.xml": "application/vnd.openxmlformats-officedocument.theme+xml",
        "/xl/workbook.xml": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml",
        "/xl/sharedStrings.xml": "application/vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml",
    }
    return (
        '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/>'
        + "".join(f'<Override PartName="{nom}" ContentType="{type_}"/>' for nom, type_ in parties.items())
        + "</Types>"
    )


def _relations(feuilles: int) -> str:
    cibles = [("worksheet", f"worksheets/sheet{n}.xml") for n in range(1, feuilles + 1)]
    cibles += [("theme", "theme/theme1.xml"), ("styles", "styles.xml"), ("sharedStrings", "sharedStrings.xml")]
    return (
        '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        + "".join(f'<Relationship Id="rId{n}" Type="{_RELATION}/{type_}" Target="{cible}"/>' for n, (type_, cible) in enumerate(cibles, 1))
        + "</Relationships>"
    )


def _application(noms: list[str]) -> str:
    return (
        '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<Properties xmlns="http://schemas.openxmlformats.org/officeDocument/2006/extended-properties" '
        'xmlns:vt="http://schemas.openxmlformats.org/officeDocument/2006/docPropsVTypes"><Application>cls-workbook</Application><DocSecurity>0</DocSecurity>'
        f'<TitlesOfParts><vt:vector size="{len(noms)}" baseType="lpstr">' + "".join(f"<vt:lpstr>{escape(n)}</vt:lpstr>" for n in noms) + "</vt:vector></TitlesOfParts></Properties>"
    )


def _entre_apostrophes(nom: str) -> str:
    return escape(nom if re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*", nom) else "'" + nom.replace("'", "''") + "'")


def _echappe(texte: str) -> str:
    return escape(texte, {'"': "&quot;"})


def _sans_echappement(texte: str) -> str:
    return texte.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", '"').replace("&amp;", "&")
