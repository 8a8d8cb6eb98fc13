"""Drives one headless LibreOffice, as a partner would, on orders read from stdin.

Run by the interpreter that has ``uno`` (Debian's own python3, LibreOffice's own python), never imported by the tests.
One JSON object a line, ``{"ordre": "values", "document": 1, …}``; one answer a line, ``{"ok": …}`` or ``{"erreur": …}``.
Started with the folder of a new profile. Ends with its input, and takes LibreOffice along.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import uno
from com.sun.star.beans import PropertyValue
from com.sun.star.connection import NoConnectException
from com.sun.star.lang import DisposedException, Locale
from com.sun.star.table import TableSortField

DELAI_DE_DEPART = 60  # seconds; a cold start takes 2 to 10
FILTRE_DU_COMPLEMENT = "Calc MS Excel 2007 VBA XML"
FILTRES = {
    ".xlsx": "Calc MS Excel 2007 XML", ".ods": "calc8", ".pdf": "calc_pdf_Export", ".xls": "MS Excel 97", ".csv": "Text - txt - csv (StarCalc)",
    ".fods": "OpenDocument Spreadsheet Flat XML", ".html": "HTML (StarCalc)",
}  # fmt: skip
CONTENU_FORMULE = 16  # com.sun.star.sheet.CellFlags.FORMULA: a text that begins with = is not one

# Without a French locale, 15/03/2026 and 12,5 stay texts, which no partner's machine would do.
REGLAGES = (
    ("/org.openoffice.Setup/L10N", "ooSetupSystemLocale", "fr-FR"),
    ("/org.openoffice.Office.Linguistic/General", "DefaultLocale", "fr-FR"),
    ("/org.openoffice.Office.Common/Misc", "FirstRun", "false"),
    # A lock file left by a LibreOffice that was killed would keep the next one from opening the workbook.
    ("/org.openoffice.Office.Common/Misc", "UseLocking", "false"),
)


def preparer_profil(dossier: Path) -> None:
    lignes = "".join(
        f'<item oor:path="{chemin}"><prop oor:name="{nom}" oor:op="fuse"><value>{valeur}</value></prop></item>\n' for chemin, nom, valeur in REGLAGES
    )
    (dossier / "user").mkdir(parents=True)
    (dossier / "user" / "registrymodifications.xcu").write_text(
        '<?xml version="1.0" encoding="UTF-8"?>\n<oor:items xmlns:oor="http://openoffice.org/2001/registry"\n'
        ' xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">\n'
        f"{lignes}</oor:items>\n",
        encoding="utf-8",
    )


def demarrer(soffice: str, profil: Path):
    """(process, desktop) once LibreOffice answers on a pipe of its own, which no other run can share."""
    preparer_profil(profil)
    tuyau = f"cls_{os.getpid()}"
    processus = subprocess.Popen(
        [
            soffice, "--headless", "--invisible", "--norestore", "--nologo", "--nodefault", "--nolockcheck",
            f"-env:UserInstallation={profil.resolve().as_uri()}", f"--accept=pipe,name={tuyau};urp;",
        ],
        stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    local = uno.getComponentContext()
    resolveur = local.ServiceManager.createInstanceWithContext("com.sun.star.bridge.UnoUrlResolver", local)
    fin = time.monotonic() + DELAI_DE_DEPART
    while True:
        try:
            contexte = resolveur.resolve(f"uno:pipe,name={tuyau};urp;StarOffice.ComponentContext")
            return processus, contexte.ServiceManager.createInstanceWithContext("com.sun.star.frame.Desktop", contexte)
        except NoConnectException:
            if time.monotonic() > fin or processus.poll() is not None:
                raise
            time.sleep(0.05)


def proprietes(**valeurs):
    return tuple(PropertyValue(nom, 0, valeur, 0) for nom, valeur in valeurs.items())


class Pilote:
    """One method per order; the parameters are the keys of the order."""

    def __init__(self, bureau):
        self.bureau = bureau
        self.documents = {}
        self.dernier = 0

    def executer(self, ordre: str, document: int | None = None, **parametres):
        methode = getattr(self, f"ordre_{ordre}")
        return methode(**parametres) if document is None else methode(self.documents[document], document=document, **parametres)

    def _feuille(self, doc, feuille):
        return doc.Sheets.getByName(feuille)

    def _zone(self, doc, feuille, zone):
        return self._feuille(doc, feuille).getCellRangeByName(zone)

    # Documents

    def ordre_open(self, fichier):
        # An add-in is not told by its content.
        filtre = {"FilterName": FILTRE_DU_COMPLEMENT} if fichier.endswith(".xlam") else {}
        doc = self.bureau.loadComponentFromURL(uno.systemPathToFileUrl(fichier), "_blank", 0, proprietes(Hidden=True, **filtre))
        return self._garder(doc, fichier)

    def _nouveau(self):
        """A new document. Among many, LibreOffice 7.4 now and then gives one that does not answer: another is asked for."""
        for _ in range(5):
            neuf = self.bureau.loadComponentFromURL("private:factory/scalc", "_blank", 0, proprietes(Hidden=True))
            if hasattr(neuf, "Sheets"):
                return neuf
            time.sleep(0.2)
        raise ValueError("LibreOffice does not make a new document")

    def _garder(self, doc, nom):
        if doc is None:
            raise ValueError(f"LibreOffice does not open {nom}")
        self.dernier += 1
        self.documents[self.dernier] = doc
        return self.dernier

    def ordre_save(self, doc, document, fichier, mot_de_passe):
        secret = {"Password": mot_de_passe} if mot_de_passe else {}
        doc.storeToURL(uno.systemPathToFileUrl(fichier), proprietes(FilterName=FILTRES[Path(fichier).suffix], Overwrite=True, **secret))

    def ordre_close(self, doc, document):
        del self.documents[document]
        doc.close(True)

    def ordre_recalc(self, doc, document):
        doc.calculateAll()

    def ordre_extract(self, doc, document, feuilles):
        """« Move or copy sheet… to a new document »."""
        neuf = self._nouveau()
        for rang, nom in enumerate(feuilles):
            neuf.Sheets.importSheet(doc, nom, rang)
        for nom in neuf.Sheets.ElementNames[len(feuilles) :]:
            neuf.Sheets.removeByName(nom)
        return self._garder(neuf, "a new document")

    def ordre_macros(self, doc, document):
        """{modules: names in the VBA library, codes: code names of the sheets, buttons: [sheet, label, macro] of each}."""
        bibliotheques = doc.BasicLibraries
        modules = []
        if bibliotheques.hasByName("VBAProject"):
            bibliotheques.loadLibrary("VBAProject")
            modules = list(bibliotheques.getByName("VBAProject").ElementNames)
        feuilles = [doc.Sheets.getByIndex(i) for i in range(doc.Sheets.Count)]
        boutons = [bouton for feuille in feuilles for bouton in self._boutons(feuille)]
        return {"modules": modules, "codes": [f.CodeName for f in feuilles], "buttons": boutons}

    def _boutons(self, feuille):
        for rang in range(feuille.DrawPage.Forms.Count):
            formulaire = feuille.DrawPage.Forms.getByIndex(rang)
            for i in range(formulaire.Count):
                for evenement in formulaire.getScriptEvents(i):
                    yield [feuille.Name, formulaire.getByIndex(i).Label, evenement.ScriptCode]

    def ordre_extract_values(self, doc, document, feuilles):
        """Each sheet copied, then « Paste special, values » in a new document: no format, no formula, no hidden column."""
        neuf = self._nouveau()
        for rang, nom in enumerate(feuilles):
            neuf.Sheets.insertNewByName(f"copie {rang}", rang)
            source = self._tout(doc, nom)
            fin = source.RangeAddress
            neuf.Sheets.getByIndex(rang).getCellRangeByPosition(0, 0, fin.EndColumn, fin.EndRow).setDataArray(source.getDataArray())
        for nom in neuf.Sheets.ElementNames[len(feuilles) :]:
            neuf.Sheets.removeByName(nom)
        for rang, nom in enumerate(feuilles):
            neuf.Sheets.getByIndex(rang).setName(nom)
        return self._garder(neuf, "a new document")

    def _tout(self, doc, feuille):
        curseur = self._feuille(doc, feuille).createCursor()
        curseur.gotoEndOfUsedArea(False)
        fin = curseur.RangeAddress
        return self._feuille(doc, feuille).getCellRangeByPosition(0, 0, fin.EndColumn, fin.EndRow)

    def ordre_import_sheet(self, doc, document, autre, feuille, nom):
        """A sheet of another open document, copied at the end of this one."""
        rang = doc.Sheets.importSheet(self.documents[autre], feuille, doc.Sheets.Count)
        doc.Sheets.getByIndex(rang).setName(nom)

    def ordre_copy_across(self, doc, document, feuille, zone, autre, vers):
        """Copy on one sheet, paste on another."""
        arrivee = self._zone(doc, autre, vers).getCellByPosition(0, 0).CellAddress
        self._feuille(doc, autre).copyRange(arrivee, self._zone(doc, feuille, zone).RangeAddress)

    def ordre_protect(self, doc, document, feuille, mot_de_passe):
        """The structure of the workbook where ``feuille`` is empty."""
        (self._feuille(doc, feuille) if feuille else doc).protect(mot_de_passe)

    # Cells

    def ordre_type(self, doc, document, feuille, saisies):
        """Each text as if typed at the keyboard: French numbers and dates, formulas with ``=``."""
        cible = self._feuille(doc, feuille)
        for adresse, texte in saisies.items():
            cible.getCellRangeByName(adresse).FormulaLocal = texte

    def ordre_put(self, doc, document, feuille, valeurs):
        """Numbers and texts as such, without the reading that the keyboard does (a paste, a macro); None empties."""
        cible = self._feuille(doc, feuille)
        for adresse, valeur in valeurs.items():
            cellule = cible.getCellRangeByName(adresse)
            if isinstance(valeur, (int, float)):
                cellule.setValue(valeur)
            else:
                cellule.setString(valeur or "")

    def ordre_values(self, doc, document, feuille, affiche):
        """[column, row, nature, value, formula, error number, shown text] of each cell that is not empty.

        Whole arrays at a time: one question about one cell costs 2 ms, hence the shown text only if asked.
        """
        source = self._feuille(doc, feuille)
        curseur = source.createCursor()
        curseur.gotoEndOfUsedArea(False)
        fin = curseur.RangeAddress
        zone = source.getCellRangeByPosition(0, 0, fin.EndColumn, fin.EndRow)
        formules, donnees = zone.getFormulaArray(), zone.getDataArray()
        calculees = {
            (colonne, ligne)
            for bloc in zone.queryContentCells(CONTENU_FORMULE).RangeAddresses
            for colonne in range(bloc.StartColumn, bloc.EndColumn + 1)
            for ligne in range(bloc.StartRow, bloc.EndRow + 1)
        }
        return [
            self._cellule(source, colonne, ligne, formule if (colonne, ligne) in calculees else "", valeur, affiche)
            for ligne, (textes, valeurs) in enumerate(zip(formules, donnees, strict=True))
            for colonne, (formule, valeur) in enumerate(zip(textes, valeurs, strict=True))
            if formule != ""
        ]

    def _cellule(self, source, colonne, ligne, formule, valeur, affiche):
        nature = "formule" if formule else "texte" if isinstance(valeur, str) else "nombre"
        erreur, texte = 0, None
        if affiche or (formule and valeur is None):
            cellule = source.getCellByPosition(colonne, ligne)
            erreur, texte = (cellule.getError() if formule else 0), (cellule.String if affiche else None)
        return [colonne, ligne, nature, valeur, formule, erreur, texte]

    def ordre_merge(self, doc, document, feuille, zone):
        self._zone(doc, feuille, zone).merge(True)

    def ordre_unmerge(self, doc, document, feuille, zone):
        self._zone(doc, feuille, zone).merge(False)

    def ordre_note(self, doc, document, feuille, cellule, texte):
        self._feuille(doc, feuille).Annotations.insertNew(self._zone(doc, feuille, cellule).getCellByPosition(0, 0).CellAddress, texte)

    def ordre_paint(self, doc, document, feuille, zone, couleur):
        self._zone(doc, feuille, zone).CellBackColor = couleur

    def ordre_number_format(self, doc, document, feuille, zone, code):
        formats, langue = doc.NumberFormats, Locale("en", "US", "")
        cle = formats.queryKey(code, langue, False)
        self._zone(doc, feuille, zone).NumberFormat = formats.addNew(code, langue) if cle == -1 else cle

    def ordre_filter(self, doc, document, feuille, zone):
        """An automatic filter with its arrows, which hides nothing yet."""
        nom = f"filtre_{feuille}_{zone}".translate({ord(c): "_" for c in " .:-"})
        doc.DatabaseRanges.addNewByName(nom, self._zone(doc, feuille, zone).RangeAddress)
        doc.DatabaseRanges.getByName(nom).AutoFilter = True

    def ordre_freeze(self, doc, document, feuille):
        """« Paste special, values » over the whole sheet."""
        zone = self._tout(doc, feuille)
        zone.setDataArray(zone.getDataArray())

    def ordre_copy(self, doc, document, feuille, zone, vers):
        arrivee = self._zone(doc, feuille, vers).getCellByPosition(0, 0).CellAddress
        self._feuille(doc, feuille).copyRange(arrivee, self._zone(doc, feuille, zone).RangeAddress)

    def ordre_cut(self, doc, document, feuille, zone, vers):
        arrivee = self._zone(doc, feuille, vers).getCellByPosition(0, 0).CellAddress
        self._feuille(doc, feuille).moveRange(arrivee, self._zone(doc, feuille, zone).RangeAddress)

    def ordre_sort(self, doc, document, feuille, zone, colonne, decroissant):
        """``colonne``: counted from 0 in the zone."""
        cible = self._zone(doc, feuille, zone)
        champ = TableSortField()
        champ.Field, champ.IsAscending = colonne, not decroissant
        description = list(cible.createSortDescriptor())
        for propriete in description:
            if propriete.Name == "SortFields":
                propriete.Value = uno.Any("[]com.sun.star.table.TableSortField", (champ,))
            if propriete.Name == "ContainsHeader":
                propriete.Value = False
        uno.invoke(cible, "sort", (tuple(description),))

    # Rows, columns, sheets

    def ordre_insert_rows(self, doc, document, feuille, rang, nombre):
        self._feuille(doc, feuille).Rows.insertByIndex(rang - 1, nombre)

    def ordre_delete_rows(self, doc, document, feuille, rang, nombre):
        self._feuille(doc, feuille).Rows.removeByIndex(rang - 1, nombre)

    def ordre_insert_columns(self, doc, document, feuille, rang, nombre):
        self._feuille(doc, feuille).Columns.insertByIndex(rang - 1, nombre)

    def ordre_delete_columns(self, doc, document, feuille, rang, nombre):
        self._feuille(doc, feuille).Columns.removeByIndex(rang - 1, nombre)

    def ordre_hide_rows(self, doc, document, feuille, rang, nombre):
        for i in range(rang - 1, rang - 1 + nombre):
            self._feuille(doc, feuille).Rows.getByIndex(i).IsVisible = False

    def ordre_hide_columns(self, doc, document, feuille, rang, nombre, masquees):
        for i in range(rang - 1, rang - 1 + nombre):
            self._feuille(doc, feuille).Columns.getByIndex(i).IsVisible = not masquees

    def ordre_unprotect(self, doc, document, feuille, mot_de_passe):
        self._feuille(doc, feuille).unprotect(mot_de_passe)
        return not self._feuille(doc, feuille).isProtected()

    def ordre_sheets(self, doc, document):
        """[name, visible, protected] of each sheet."""
        return [[f.Name, f.IsVisible, f.isProtected()] for f in (doc.Sheets.getByIndex(i) for i in range(doc.Sheets.Count))]

    def ordre_rename_sheet(self, doc, document, feuille, nom):
        self._feuille(doc, feuille).setName(nom)

    def ordre_move_sheet(self, doc, document, feuille, position):
        doc.Sheets.moveByName(feuille, position)

    def ordre_copy_sheet(self, doc, document, feuille, nom, position):
        doc.Sheets.copyByName(feuille, nom, position)

    def ordre_add_sheet(self, doc, document, feuille, position):
        doc.Sheets.insertNewByName(feuille, position)

    def ordre_show_sheet(self, doc, document, feuille, visible):
        self._feuille(doc, feuille).IsVisible = visible

    def ordre_delete_sheet(self, doc, document, feuille):
        doc.Sheets.removeByName(feuille)


def repondre(sortie, reponse: dict) -> None:
    sortie.write(json.dumps(reponse) + "\n")
    sortie.flush()


def main() -> None:
    soffice, profil = sys.argv[1:]
    processus, bureau = demarrer(soffice, Path(profil))
    pilote = Pilote(bureau)
    repondre(sys.stdout, {"ok": "prêt"})
    try:
        for ligne in sys.stdin:
            try:
                repondre(sys.stdout, {"ok": pilote.executer(**json.loads(ligne))})
            except Exception as faute:  # told to the test, which fails with it
                repondre(sys.stdout, {"erreur": f"{type(faute).__name__}: {faute}"})
                if isinstance(faute, DisposedException) or processus.poll() is not None:
                    break  # LibreOffice has crashed: the next « open » starts another
    finally:
        try:
            bureau.terminate()
        except DisposedException:
            processus.kill()  # it stopped answering on its own
        try:
            processus.wait(10)
        except subprocess.TimeoutExpired:
            processus.kill()


if __name__ == "__main__":
    main()
