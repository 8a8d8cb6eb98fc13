"""One workbook per structure for little more than the price of one: sheets are rendered once, then shared.

A « mother » workbook holds every sheet that any child needs. A child takes some of them, under its own
names, with some cells replaced; its parts are cut out of the mother's archive, still compressed where nothing
changes. What a child shows is what ``writer`` would have written for it (a test compares them); the first child
is so to the byte.

Only for sheets without drawing, table or external link: entry workbooks have none.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from cls_workbook.xlsx import archive, contenus, writer
from cls_workbook.xlsx.sheets import Cellule, Classeur, Feuille, Formule, adresse

_TEXTE_PARTAGE = re.compile(rb' t="s"><v>(\d+)</v>')
_TEXTES = re.compile(rb"<si>.*?</si>", re.DOTALL)
_TEXTES_PARTAGES = "xl/sharedStrings.xml"
_SANS_TEXTE = b"<si><t></t></si>"
_NOM = re.compile(r'<definedName name="([^"]+)" localSheetId="(\d+)"([^>]*)>([^<]*)</definedName>')
_APOSTROPHE = "'"
_FEUILLE = re.compile(r'<sheet name="([^"]*)" sheetId="\d+"((?: state="\w+")?) r:id="rId\d+"/>')
_TYPE = re.compile(r'(<Override PartName="/xl/worksheets/sheet)(\d+)(\.xml"[^>]*/>)')
_LIEN = re.compile(r'(<Relationship Id="rId)(\d+)("[^>]*/>)')


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
    if len(classeurs) == 1:
        yield writer.to_bytes(classeurs[0])
        return
    feuilles: dict[str, Feuille] = {}
    variantes: dict[str, list[str]] = {}
    enfants = [[_placer(f, feuilles, variantes) for f in classeur.feuilles] for classeur in classeurs]
    mere = _Mere(writer.to_bytes(Classeur(list(feuilles.values()), classeurs[0].titre, classeurs[0].sujet, feuille_active=classeurs[0].feuille_active)))
    for rang, (classeur, parts) in enumerate(zip(classeurs, enfants, strict=True)):
        # The first is the same file whether others follow or not. Of these, no two have the same texts, blanks for the most part:
        # to press them as small as can be would take longer than all the rest.
        yield mere.detacher(classeur, parts, archive.VITE if rang else archive.USUEL)


def _placer(feuille: Feuille, feuilles: dict[str, Feuille], variantes: dict[str, list[str]]) -> _Part:
    """Finds the sheet among those of the mother, or adds it under a free name. ``variantes``: name in children → names in the mother."""
    for source in variantes.setdefault(feuille.nom, []):
        if (differences := _differences(feuilles[source], feuille)) is not None:
            return _Part(feuille.nom, source, differences)
    source = f"{len(feuilles)}" if feuille.nom in feuilles else feuille.nom
    feuilles[source] = replace(feuille, nom=source)
    variantes[feuille.nom].append(source)
    return _Part(feuille.nom, source)


def _differences(une: Feuille, autre: Feuille) -> tuple[Cellule, ...] | None:
    """The cells of ``autre`` that hold something else than those of ``une``; None if more than values differ."""
    if len(une.cellules) != len(autre.cellules) or autre.graphiques or autre.tableaux or replace(une, cellules=[], nom=autre.nom) != replace(autre, cellules=[]):
        return None
    couples = [(u, a) for u, a in zip(une.cellules, autre.cellules, strict=True) if u is not a and u != a]
    if any(u[:2] != a[:2] or u.style != a.style or not _remplacable(u.valeur, a.valeur) for u, a in couples):
        return None
    return tuple(a for _, a in couples)


def _remplacable(avant: object, apres: object) -> bool:
    """Can the cell's XML be replaced: a value by a value, or a formula by itself with another result?"""
    if isinstance(avant, Formule) and isinstance(apres, Formule):
        return avant.texte == apres.texte
    return all(v is None or type(v) in (str, int, float, Decimal) for v in (avant, apres))


class _Mere:
    """The mother's archive, its parts uncompressed once."""

    def __init__(self, contenu: bytes):
        self.parts = archive.extraire(contenu)
        # a part that a child leaves as it was is copied compressed
        self.faites = dict(self.parts.values())
        self.employes: dict[bytes, list[bytes]] = {}
        self.queues: dict[bytes, archive.Part] = {}
        self.classeur = self._lire("xl/workbook.xml")
        self.textes = {texte: rang for rang, texte in enumerate(_TEXTES.findall(self.parts[_TEXTES_PARTAGES][0]))}
        feuilles = [(_sans_echappement(nom), etat) for nom, etat in _FEUILLE.findall(self.classeur)]
        self.rangs = {nom: rang for rang, (nom, _) in enumerate(feuilles)}
        self.etats = dict(feuilles)

    def _lire(self, nom: str) -> str:
        return self.parts[nom][0].decode()

    def detacher(self, classeur: Classeur, choisies: list[_Part], niveau: int) -> bytes:
        """The bytes of a child: the mother's parts in their order, those that change replaced. ``niveau``: how its texts are compressed."""
        textes = _Textes(self.textes)
        sources = [self.parts[_chemin(self.rangs[p.source] + 1)][0] for p in choisies]
        feuilles = [_remplacer(source, p.differences, textes) for source, p in zip(sources, choisies, strict=True)]
        partages = textes.partie([rang for feuille in feuilles for rang in self._employes(feuille)])
        nombre, imprimes = len(choisies), self._noms_definis(choisies)
        neuves = {
            "[Content_Types].xml": _sans_feuilles(self._lire("[Content_Types].xml"), _TYPE, nombre, len(self.rangs)),
            "xl/_rels/workbook.xml.rels": _sans_feuilles(self._lire("xl/_rels/workbook.xml.rels"), _LIEN, nombre, len(self.rangs)),
            "xl/workbook.xml": self._classeur(choisies, imprimes),
            "docProps/app.xml": self._application(choisies, imprimes),
            "docProps/core.xml": re.sub("<dc:title>[^<]*</dc:title>", lambda _: f"<dc:title>{_echappe(classeur.titre)}</dc:title>", self._lire("docProps/core.xml")),
        }
        contenus = {nom: texte.encode() for nom, texte in neuves.items()} | {_TEXTES_PARTAGES: partages}
        contenus |= {_chemin(rang): feuille for rang, feuille in enumerate(feuilles, 1)}
        changees = {feuille: max(c.ligne for c in p.differences) for feuille, p in zip(feuilles, choisies, strict=True) if p.differences}
        enlevees = {_chemin(rang) for rang in range(nombre + 1, len(self.rangs) + 1)}
        restants = {nom: contenus.get(nom, contenu) for nom, (contenu, _) in self.parts.items() if nom not in enlevees}

        def comprimee(contenu: bytes) -> archive.Part:
            return archive.comprimer(contenu, niveau) if contenu is partages else self._comprimee(contenu, changees.get(contenu, 0))

        return archive.assembler((nom, comprimee(contenu)) for nom, contenu in restants.items())

    def _employes(self, feuille: bytes) -> list[bytes]:
        """The ranks of the texts that a sheet shows. Those of a sheet of the mother are looked for once."""
        if feuille not in self.faites:
            return _TEXTE_PARTAGE.findall(feuille)
        if feuille not in self.employes:
            self.employes[feuille] = _TEXTE_PARTAGE.findall(feuille)
        return self.employes[feuille]

    def _comprimee(self, contenu: bytes, ligne: int) -> archive.Part:
        """A part of a child. ``ligne``: the last row of a sheet that changes; what comes after it is compressed once for all children."""
        if contenu in self.faites:
            return self.faites[contenu]
        suite = contenu.find(b"<row ", contenu.find(b'<row r="%d"' % ligne) + 1) if ligne else -1
        if suite < 0:
            return archive.comprimer(contenu)
        queue = contenu[suite:]
        if queue not in self.queues:
            self.queues[queue] = archive.comprimer(queue)
        return archive.comprimer_le_debut(contenu, self.queues[queue])

    def _noms_definis(self, choisies: list[_Part]) -> list[tuple[str, str, str]]:
        """(name, its sheet in quotes, XML) of the mother's names that concern the child's sheets."""
        place = {self.rangs[p.source]: (n, _entre_apostrophes(p.nom)) for n, p in enumerate(choisies)}
        noms = []
        for nom, rang, plus, cible in _NOM.findall(self.classeur):
            if int(rang) in place:
                n, feuille = place[int(rang)]
                noms.append((nom, feuille, f'<definedName name="{nom}" localSheetId="{n}"{plus}>{feuille}!{cible.rpartition("!")[2]}</definedName>'))
        return sorted(noms, key=lambda n: f"{n[0].removeprefix('_xlnm.')}::{n[1].lstrip(_APOSTROPHE)}".lower())  # as XlsxWriter does

    def _classeur(self, choisies: list[_Part], imprimes: list[tuple[str, str, str]]) -> str:
        """``workbook.xml`` with the child's sheets, and the names that concern them."""
        feuilles = "".join(
            f'<sheet name="{_echappe_attribut(p.nom)}" sheetId="{n}"{self.etats[p.source]} r:id="rId{n}"/>' for n, p in enumerate(choisies, 1)
        )
        xml = re.sub("<sheets>.*</sheets>", lambda _: f"<sheets>{feuilles}</sheets>", self.classeur)
        definis = f"<definedNames>{''.join(x for _, _, x in imprimes)}</definedNames>" if imprimes else ""
        return re.sub("<definedNames>.*</definedNames>", lambda _: definis, xml)

    def _application(self, choisies: list[_Part], imprimes: list[tuple[str, str, str]]) -> str:
        """``app.xml``: how many sheets and names, and what they are called."""
        feuilles = [_echappe(p.nom) for p in choisies if "veryHidden" not in self.etats[p.source]]
        noms = [f"{feuille}!{nom.removeprefix('_xlnm.')}" for nom, feuille, _ in imprimes]
        comptes = [(quoi, len(n)) for quoi, n in (("Worksheets", feuilles), ("Named Ranges", noms)) if n]
        paires = "".join(f"<vt:variant><vt:lpstr>{quoi}</vt:lpstr></vt:variant><vt:variant><vt:i4>{n}</vt:i4></vt:variant>" for quoi, n in comptes)
        titres = "".join(f"<vt:lpstr>{titre}</vt:lpstr>" for titre in feuilles + noms)
        tete = f'<HeadingPairs><vt:vector size="{2 * len(comptes)}" baseType="variant">{paires}</vt:vector></HeadingPairs>'
        suite = f'<TitlesOfParts><vt:vector size="{len(feuilles) + len(noms)}" baseType="lpstr">{titres}</vt:vector></TitlesOfParts>'
        return re.sub("<HeadingPairs>.*</TitlesOfParts>", lambda _: tete + suite, self._lire("docProps/app.xml"))


class _Textes:
    """The shared texts of a child. Those of the mother keep their ranks, so that a sheet which changes nothing else is not touched at all;
    what the child does not show is left blank: no other structure's words leave with it."""

    def __init__(self, mere: dict[bytes, int]):
        self._rangs = dict(mere)  # its own copy: ``ajouter`` lengthens it

    def partie(self, employes: Sequence[bytes]) -> bytes:
        """The part that holds them. ``employes``: the ranks that cells show, each time that they do."""
        montres, tous = set(map(int, employes)), list(self._rangs)
        textes = [_SANS_TEXTE] * (max(montres, default=-1) + 1)
        for rang in montres:
            textes[rang] = tous[rang]
        tete = b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" count="%d" uniqueCount="%d">'
        return tete % (len(employes), len(textes)) + b"".join(textes) + b"</sst>"

    def ajouter(self, texte: str) -> int:
        """Rank of a text among the mother's, or after hers."""
        garde = ' xml:space="preserve"' if texte != texte.strip() else ""
        riche = texte.startswith("<r>") and texte.endswith("</r>")  # see contenus.texte_sur
        element = (f"<si>{texte}</si>" if riche else f"<si><t{garde}>{_echappe(texte)}</t></si>").encode()
        return self._rangs.setdefault(element, len(self._rangs))


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
        return lambda style, formule: debut + style + type_ + b">" + formule + b"<v>" + _echappe(str(resultat)).encode() + b"</v></c>"
    if resultat is None or resultat == "":
        return lambda style, _: debut + style + b"/>"
    if isinstance(resultat, str):
        numero = textes.ajouter(contenus.texte_sur(resultat))
        return lambda style, _: debut + style + b' t="s"><v>%d</v></c>' % numero
    nombre = f"{resultat:.16G}" if type(resultat) is int else f"{float(resultat):.16G}"  # as XlsxWriter writes it
    return lambda style, _: debut + style + b"><v>" + nombre.encode() + b"</v></c>"


# --- small parts ----------------------------------------------------------------------------------------------------


def _chemin(rang: int) -> str:
    return f"xl/worksheets/sheet{rang}.xml"


def _sans_feuilles(xml: str, motif: re.Pattern, nombre: int, avant: int) -> str:
    """A list of parts cut to ``nombre`` sheets out of ``avant``; what comes after them is numbered anew."""

    def garder(m: re.Match) -> str:
        rang = int(m[2])
        return m[0] if rang <= nombre else "" if rang <= avant else f"{m[1]}{rang - avant + nombre}{m[3]}"

    return motif.sub(garder, xml)


def _entre_apostrophes(nom: str) -> str:
    return _echappe(nom if re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*", nom) else "'" + nom.replace("'", "''") + "'")


def _echappe(texte: str) -> str:
    # not xml.sax.saxutils: it brings urllib, 25 ms at each start
    return html.escape(texte, quote=False)


def _echappe_attribut(texte: str) -> str:
    return _echappe(texte).replace('"', "&quot;")


def _sans_echappement(texte: str) -> str:
    return texte.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", '"').replace("&amp;", "&")
