"""A copy of a return in which each faulty cell is coloured and commented, and whose first sheet lists the anomalies.

The copy is the return itself, its parts changed in place: validations, protection, hidden keys, formats, formulas,
pictures and macros stay what they were. Annotations of an earlier copy are taken away first.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from lxml import etree

from cls_workbook.annotation import liste
from cls_workbook.annotation.feuille import FeuilleOuverte, place
from cls_workbook.annotation.notes import Notes
from cls_workbook.annotation.paquet import CLASSEUR, LIENS, TYPE_FEUILLE, Paquet, nom
from cls_workbook.annotation.styles import Styles, uni
from cls_workbook.anomalies import GRAVITES, Anomalie
from cls_workbook.xlsx import look, writer
from cls_workbook.xlsx.sheets import Classeur

CELLULES_MAX = 3_000  # coloured cells of a copy; one anomaly may name a whole sheet
_AVANT_LES_NOMS = ("definedNames", "calcPr", "oleSize", "customWorkbookViews", "pivotCaches", "webPublishing", "fileRecoveryPr", "webPublishObjects", "extLst")


class Copie:
    """One return being annotated. Inhabituel if its archive is not written as spreadsheets write them."""

    def __init__(self, contenu: bytes):
        self.paquet = Paquet(contenu)
        self.styles = Styles(self.paquet)
        self.fonds = {g: uni(look.couleur(liste.COULEURS[g])) for g in GRAVITES}
        self._ouvertes: dict[str, FeuilleOuverte] = {}
        self._lues: dict[str, dict[str, str]] = {}
        self._partages = _textes_partages(self.paquet)
        self._nettoyer()
        self.feuilles = self.paquet.feuilles()

    @property
    def macros(self) -> bool:
        return self.paquet.partie_de_type("vbaProject") is not None

    def annoter(self, fichier: str, anomalies: Sequence[Anomalie], ou: liste.Ou | None = None, remarques: Iterable[str] = ()) -> bytes:
        """The bytes of the copy. ``ou``: (sheet, cell) of an anomaly → its place in this workbook (default: the same)."""
        ou = ou or self._ici
        par_cellule: dict[tuple[str, str], list[Anomalie]] = {}
        for anomalie in anomalies:
            for cellule in anomalie.cellules:
                lieu = ou(anomalie.feuille, cellule)
                if lieu is not None and (lieu in par_cellule or len(par_cellule) < CELLULES_MAX):
                    par_cellule.setdefault(lieu, []).append(anomalie)
        fonds = [self._colorer(*lieu, siennes) for lieu, siennes in par_cellule.items()]
        for feuille in dict.fromkeys(f for f, _ in par_cellule):
            textes = {c: liste.commentaire(siennes) for (f, c), siennes in par_cellule.items() if f == feuille}
            Notes(self._ouvrir(feuille)).poser(textes)
        self._inserer(fichier, anomalies, ou, remarques, fonds)
        return self.paquet.octets()

    def _ici(self, feuille: str, cellule: str) -> tuple[str, str] | None:
        return (feuille, cellule) if feuille in self.feuilles else None

    def _ouvrir(self, feuille: str) -> FeuilleOuverte:
        partie = self.paquet.feuilles()[feuille]
        if partie not in self._ouvertes:
            self._ouvertes[partie] = FeuilleOuverte(self.paquet, partie)
        return self._ouvertes[partie]

    def _colorer(self, feuille: str, cellule: str, anomalies: list[Anomalie]) -> tuple[str, str, str, str]:
        """Colours a cell after its most serious anomaly; what it takes to undo it."""
        ouverte = self._ouvrir(feuille)
        rang = ouverte.style(cellule)
        gravite = min((a.gravite for a in anomalies), key=GRAVITES.index)
        ouverte.styler(cellule, self.styles.remplir(rang, self.fonds[gravite]))
        return feuille, cellule, self._cle(ouverte, cellule), self.styles.fond(rang)

    def _cle(self, ouverte: FeuilleOuverte, cellule: str) -> str:
        """The key of the row, in column A: it stays when rows move."""
        return self._textes(ouverte).get(f"A{place(cellule)[0]}", "")

    def _textes(self, ouverte: FeuilleOuverte) -> dict[str, str]:
        if ouverte.partie not in self._lues:
            self._lues[ouverte.partie] = dict(ouverte.textes(self._partages, {1, 2, 3, 4, 5}))
        return self._lues[ouverte.partie]

    # --- an earlier copy ---

    def _nettoyer(self) -> None:
        """Takes the annotations of an earlier copy away: its sheets, its comments, its colours."""
        feuilles = {n: self._ouvrir(n) for n in self.paquet.feuilles()}
        notres = {n for n, f in feuilles.items() if self._textes(f).get("A1", "").startswith(liste.PREFIXE)}
        anciens: dict[tuple[str, str], str] = {}
        for n in notres:
            textes = self._textes(feuilles[n])
            for adresse in (a for a, t in textes.items() if t == f"{liste.PREFIXE}fond"):
                rang = adresse[1:]
                feuille, cellule, cle, fond = (textes.get(f"{c}{rang}", "") for c in "BCDE")
                anciens[feuille, cellule] = fond
                if cle:
                    anciens[cle, cellule.rstrip("0123456789")] = fond
        for n, f in feuilles.items():
            if n not in notres:
                Notes(f).retirer()
                self._decolorer(n, f, anciens)
        for n in notres:
            self._supprimer(n)

    def _decolorer(self, nom_de_feuille: str, feuille: FeuilleOuverte, anciens: dict[tuple[str, str], str]) -> None:
        notres = {f.split("|")[1] for f in self.fonds.values()}
        colores = {rang for _, rang in feuille.cellules()}
        colores = {r for r in colores if self.styles.fond(r).split("|")[1] in notres}
        for adresse, rang in [(a, r) for a, r in feuille.cellules() if r in colores]:
            par_cle = anciens.get((self._cle(feuille, adresse), adresse.rstrip("0123456789")))
            feuille.styler(adresse, self.styles.remplir(rang, par_cle or anciens.get((nom_de_feuille, adresse), "none||")))

    def _supprimer(self, nom_de_feuille: str) -> None:
        classeur = self.paquet.xml(CLASSEUR)
        for rang, feuille in enumerate(classeur.find(nom("sheets"))):
            if feuille.get("name") == nom_de_feuille:
                identifiant = feuille.get(f"{{{LIENS}}}id")
                cible = next(r.cible for r in self.paquet.relations(CLASSEUR) if r.id == identifiant)
                feuille.getparent().remove(feuille)
                self.paquet.delier(CLASSEUR, identifiant)
                self.paquet.retirer(cible)
                self._ouvertes.pop(cible, None)
                self._decaler(rang, -1)
                return

    def _decaler(self, rang: int, pas: int) -> None:
        """Names and views cite sheets by rank: one was added at ``rang``, or taken away from there."""
        classeur = self.paquet.xml(CLASSEUR)
        for defini in list(classeur.iterfind(f"{nom('definedNames')}/{nom('definedName')}")):
            local = defini.get("localSheetId")
            if local is None:
                continue
            if pas < 0 and int(local) == rang:
                defini.getparent().remove(defini)
            elif int(local) >= rang:
                defini.set("localSheetId", str(int(local) + pas))
        for vue in classeur.iterfind(f"{nom('bookViews')}/{nom('workbookView')}"):
            vue.set("activeTab", str(max(0, int(vue.get("activeTab", 0)) + (pas if int(vue.get("activeTab", 0)) >= rang else 0))))
            vue.attrib.pop("firstSheet", None)
        definis = classeur.find(nom("definedNames"))
        if definis is not None and not len(definis):
            classeur.remove(definis)

    # --- the sheets added ---

    def _inserer(self, fichier: str, anomalies: Sequence[Anomalie], ou: liste.Ou, remarques: Iterable[str], fonds) -> None:
        """The list in front, the register behind: drawn as every sheet of ours, then moved into this archive."""
        pris = {n.casefold() for n in self.paquet.feuilles()}
        libres = [next(n for r in range(1, 1000) if (n := f"{base}{f' {r}' if r > 1 else ''}").casefold() not in pris) for base in (liste.NOM, liste.REGISTRE)]
        page, registre = liste.feuille(fichier, anomalies, ou, remarques, libres[0]), liste.registre(fonds)
        registre.nom = libres[1]
        source = Paquet(writer.to_bytes(Classeur([page, registre], libres[0])))
        styles = Styles(source)
        self._ajouter(source, libres[1], styles, etat="veryHidden")
        for ouverte in (self._ouvrir(n) for n in self.paquet.feuilles()):
            ouverte.deselectionner()
        self._ajouter(source, libres[0], styles, devant=True)
        debut, fin = page.impression.lignes_repetees or (1, 1)
        self._titres_imprimes(libres[0], debut, fin)
        for vue in self.paquet.xml(CLASSEUR).iterfind(f"{nom('bookViews')}/{nom('workbookView')}"):
            vue.set("activeTab", "0")

    def _ajouter(self, source: Paquet, nom_de_feuille: str, styles: Styles, etat: str = "", devant: bool = False) -> None:
        racine = source.xml(source.feuilles()[nom_de_feuille])
        textes, rangs = _textes_partages(source), {}
        for cellule in racine.iter(nom("c")):
            rang = int(cellule.get("s", 0))
            if rang not in rangs:
                rangs[rang] = self.styles.importer(styles, rang)
            cellule.set("s", str(rangs[rang]))
            _ecrire_le_texte(cellule, textes)
        for colonne in racine.iter(nom("col")):
            colonne.attrib.pop("style", None)
        partie = self.paquet.libre("xl/worksheets/sheet{}.xml")
        self.paquet.ecrire(partie, racine, TYPE_FEUILLE)
        feuilles = self.paquet.xml(CLASSEUR).find(nom("sheets"))
        numero = max((int(f.get("sheetId", 0)) for f in feuilles), default=0) + 1
        attributs = {"name": nom_de_feuille, "sheetId": str(numero)} | ({"state": etat} if etat else {})
        element = etree.Element(nom("sheet"), attributs | {f"{{{LIENS}}}id": self.paquet.relier(CLASSEUR, "worksheet", partie)})
        feuilles.insert(0 if devant else len(feuilles), element)
        if devant:
            self._decaler(0, 1)

    def _titres_imprimes(self, feuille: str, debut: int, fin: int) -> None:
        classeur = self.paquet.xml(CLASSEUR)
        definis = classeur.find(nom("definedNames"))
        if definis is None:
            definis = etree.Element(nom("definedNames"))
            suite = next((e for e in classeur if etree.QName(e).localname in _AVANT_LES_NOMS), None)
            classeur.append(definis) if suite is None else suite.addprevious(definis)
        defini = etree.SubElement(definis, nom("definedName"), {"name": "_xlnm.Print_Titles", "localSheetId": "0"})
        defini.text = f"'{feuille}'!${debut}:${fin}"


def _textes_partages(paquet: Paquet) -> list[str]:
    partie = paquet.partie_de_type("sharedStrings")
    if partie is None:
        return []
    return ["".join(t.text or "" for t in si.iter(nom("t"))) for si in paquet.xml(partie).iterfind(nom("si"))]


def _ecrire_le_texte(cellule: etree._Element, textes: list[str]) -> None:
    """A shared text as the cell's own."""
    if cellule.get("t") != "s":
        return
    contenu = textes[int(cellule.findtext(nom("v"), "0"))]
    cellule[:] = []
    cellule.set("t", "inlineStr")
    morceau = etree.SubElement(etree.SubElement(cellule, nom("is")), nom("t"))
    morceau.text = contenu
    morceau.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")
