"""Comments on the cells of a sheet, added to those that a partner wrote and taken away again without touching these."""

from __future__ import annotations

import copy
import re

from lxml import etree

from cls_workbook.annotation.feuille import LARGEUR_PAR_DEFAUT, FeuilleOuverte, place
from cls_workbook.annotation.paquet import nom
from cls_workbook.francais import sans_controle

MARQUE = "— Contrôle du classeur —"
AUTEUR = "Contrôle du classeur"
_TYPE_NOTES = "application/vnd.openxmlformats-officedocument.spreadsheetml.comments+xml"
_TYPE_DESSIN = "application/vnd.openxmlformats-officedocument.vmlDrawing"
LARGEUR, LIGNE, CARACTERES = 340, 17, 52  # pixels, pixels, characters on a line of a comment
TEXTE_MAX = 1500
_ESPACE = "{http://www.w3.org/XML/1998/namespace}space"

_DESSIN_NEUF = (
    '<xml xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office" xmlns:x="urn:schemas-microsoft-com:office:excel">'
    '<o:shapelayout v:ext="edit"><o:idmap v:ext="edit" data="{n}"/></o:shapelayout></xml>'
)
_TYPE_DE_FORME = (
    '<v:shapetype id="_x0000_t202" coordsize="21600,21600" o:spt="202" path="m,l,21600r21600,l21600,xe">'
    '<v:stroke joinstyle="miter"/><v:path gradientshapeok="t" o:connecttype="rect"/></v:shapetype>'
)
_FORME = (
    '<v:shape id="_x0000_s{id}" type="#_x0000_t202" style="position:absolute;width:{largeur}pt;height:{hauteur}pt;z-index:{rang};visibility:hidden" '
    'fillcolor="#ffffe1" o:insetmode="auto"><v:fill color2="#ffffe1"/><v:shadow on="t" color="black" obscured="t"/><v:path o:connecttype="none"/>'
    '<v:textbox style="mso-direction-alt:auto"><div style="text-align:left"></div></v:textbox><x:ClientData ObjectType="Note"><x:MoveWithCells/>'
    "<x:SizeWithCells/><x:Anchor>{ancre}</x:Anchor><x:AutoFill>False</x:AutoFill><x:Row>{ligne}</x:Row><x:Column>{colonne}</x:Column></x:ClientData></v:shape>"
)
_FORMES = re.compile(r"<v:shape\s.*?</v:shape>", re.DOTALL)
_IDENTIFIANTS = re.compile(r'_x0000_s(\d+)"')


class Notes:
    """The comments of one sheet, an address each."""

    def __init__(self, feuille: FeuilleOuverte):
        self.feuille, self.paquet = feuille, feuille.paquet
        self.partie = feuille.partie_liee("comments")
        # A discussion of recent Excel has a comment as its shadow, which must stay what it is.
        self.discussions = feuille.partie_liee("threadedComment") is not None

    def _liste(self) -> etree._Element:
        if self.partie is None:
            self.partie = self.paquet.libre("xl/comments{}.xml")
            racine = etree.fromstring(f'<comments xmlns="{nom("")[1:-1]}"><authors/><commentList/></comments>'.encode())
            self.paquet.ecrire(self.partie, racine, _TYPE_NOTES)
            self.paquet.relier(self.feuille.partie, "comments", self.partie)
        return self.paquet.xml(self.partie).find(nom("commentList"))

    def _par_cellule(self) -> dict[str, etree._Element]:
        return {} if self.partie is None else {n.get("ref", ""): n for n in self._liste()}

    def poser(self, textes: dict[str, str]) -> None:
        """Adds a comment to each of these cells, after the partner's own where there is one."""
        existantes = {} if not textes else self._par_cellule()
        auteur = self._auteur() if textes else 0
        nouvelles = []
        for adresse, texte in textes.items():
            note = existantes.get(adresse)
            if note is not None and self.discussions:
                continue
            if note is None:
                note = etree.SubElement(self._liste(), nom("comment"), ref=adresse, authorId=str(auteur))
                etree.SubElement(note, nom("text"))
                nouvelles.append((adresse, texte))
            self._completer(note.find(nom("text")), texte)
        if nouvelles:
            self._trier()
            self._dessiner(nouvelles)

    def _auteur(self) -> int:
        self._liste()
        auteurs = self.paquet.xml(self.partie).find(nom("authors"))
        noms = [a.text for a in auteurs]
        if AUTEUR not in noms:
            etree.SubElement(auteurs, nom("author")).text = AUTEUR
            noms.append(AUTEUR)
        return noms.index(AUTEUR)

    def _completer(self, texte: etree._Element, ajout: str) -> None:
        for enfant in list(texte):
            if enfant.tag == nom("t"):  # plain text: a run, as the others
                texte.remove(enfant)
                _course(texte, enfant.text or "")
        separateur = "\n\n" if len(texte) else ""
        _course(texte, f"{separateur}{MARQUE}\n", gras=True)
        _course(texte, sans_controle(ajout)[:TEXTE_MAX])

    def _trier(self) -> None:
        liste = self._liste()
        liste[:] = sorted(liste, key=lambda n: place(n.get("ref", "")))

    # --- shapes ---

    def _dessiner(self, notes: list[tuple[str, str]]) -> None:
        partie = self.feuille.partie_du_dessin()
        if partie is None:
            partie = self.paquet.libre("xl/drawings/vmlDrawing{}.vml")
            numero = int(re.sub(r"\D", "", partie.rpartition("/")[2]))
            self.paquet.ecrire(partie, _DESSIN_NEUF.format(n=numero).encode(), _TYPE_DESSIN)
            self.feuille.accrocher_le_dessin(partie)
        # As text: what programs write there is not always XML.
        dessin = self.paquet.lire(partie).decode("utf-8", "replace")
        dernier = max((int(i) for i in _IDENTIFIANTS.findall(dessin)), default=1024 * int(re.sub(r"\D", "", partie.rpartition("/")[2]) or 1))
        formes = "" if "_x0000_t202" in dessin else _TYPE_DE_FORME
        formes += "".join(self._forme(adresse, texte, dernier + rang, rang) for rang, (adresse, texte) in enumerate(notes, 1))
        tete, fin, queue = dessin.rpartition("</xml>")
        self.paquet.ecrire(partie, (tete + formes + fin + queue).encode())

    def _forme(self, adresse: str, texte: str, identifiant: int, rang: int) -> str:
        ligne, colonne = place(adresse)
        lignes = 2 + sum(1 + len(morceau) // CARACTERES for morceau in texte.split("\n"))
        hauteur = LIGNE * lignes + 8
        droite, decale = self._avancer(colonne + 1, LARGEUR, lambda c: self.feuille.largeurs.get(c, LARGEUR_PAR_DEFAUT))
        bas, descendu = self._avancer(ligne, hauteur, self.feuille.hauteur)
        ancre = f"{colonne}, 12, {max(ligne - 1, 0)}, 4, {droite - 1}, {decale}, {bas - 1}, {descendu}"
        return _FORME.format(id=identifiant, largeur=LARGEUR * 3 // 4, hauteur=hauteur * 3 // 4, rang=rang, ancre=ancre, ligne=ligne - 1, colonne=colonne - 1)

    @staticmethod
    def _avancer(depuis: int, pixels: int, taille) -> tuple[int, int]:
        """(row or column reached, pixels into it) so many pixels further."""
        reste = pixels + 12
        while reste > taille(depuis):
            reste -= taille(depuis)
            depuis += 1
        return depuis, reste

    # --- taking away ---

    def retirer(self) -> None:
        """Takes away what ``poser`` had added, in this copy or in one that a spreadsheet has saved since."""
        for adresse, note in self._par_cellule().items():
            texte = note.find(nom("text"))
            if texte is None or MARQUE not in "".join(texte.itertext()):
                continue
            if not _couper(texte):
                note.getparent().remove(note)
                self._effacer_la_forme(adresse)
        self._sans_reste()

    def _effacer_la_forme(self, adresse: str) -> None:
        partie = self.feuille.partie_du_dessin()
        if partie is None:
            return
        ligne, colonne = place(adresse)
        ici = (f"<x:Row>{ligne - 1}</x:Row>", f"<x:Column>{colonne - 1}</x:Column>")
        dessin = self.paquet.lire(partie).decode("utf-8", "replace")
        garde = _FORMES.sub(lambda m: "" if 'ObjectType="Note"' in m.group() and all(i in m.group() for i in ici) else m.group(), dessin)
        self.paquet.ecrire(partie, garde.encode())

    def _sans_reste(self) -> None:
        """An empty list of comments is no part at all."""
        if self.partie is None or len(self._liste()):
            return
        for relation in self.paquet.relations(self.feuille.partie):
            if relation.cible == self.partie:
                self.paquet.delier(self.feuille.partie, relation.id)
        self.paquet.retirer(self.partie)
        dessin = self.feuille.partie_du_dessin()
        if dessin and not _FORMES.search(self.paquet.lire(dessin).decode("utf-8", "replace")):
            for element in self.feuille.racine.findall(nom("legacyDrawing")):
                element.getparent().remove(element)
            for relation in self.paquet.relations(self.feuille.partie):
                if relation.cible == dessin:
                    self.paquet.delier(self.feuille.partie, relation.id)
            self.paquet.retirer(dessin)
        self.partie = None


def _course(texte: etree._Element, contenu: str, gras: bool = False) -> None:
    course = etree.SubElement(texte, nom("r"))
    mise_en_forme = etree.SubElement(course, nom("rPr"))
    if gras:
        etree.SubElement(mise_en_forme, nom("b"))
    etree.SubElement(mise_en_forme, nom("sz"), val="9")
    etree.SubElement(mise_en_forme, nom("rFont"), val="Calibri")
    morceau = etree.SubElement(course, nom("t"))
    morceau.text = contenu
    morceau.set(_ESPACE, "preserve")


def _couper(texte: etree._Element) -> bool:
    """Keeps what stands before our mark; was there anything?"""
    garde, coupe = [], False
    for enfant in texte:
        morceau = enfant if enfant.tag == nom("t") else enfant.find(nom("t"))
        contenu = (morceau.text or "") if morceau is not None else ""
        if MARQUE in contenu:
            morceau.text, coupe = contenu.partition(MARQUE)[0].rstrip(), True
            garde += [copy.deepcopy(enfant)] if morceau.text else []
            break
        garde.append(copy.deepcopy(enfant))
    if not coupe:  # the mark was cut between two runs: all of it, up to the mark, as one
        avant = "".join(texte.itertext()).partition(MARQUE)[0].rstrip()
        texte[:] = []
        if avant:
            _course(texte, avant)
        return bool(avant)
    texte[:] = garde
    return bool("".join(texte.itertext()).strip())


