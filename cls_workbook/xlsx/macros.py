"""A workbook that carries macros: the VBA project and the buttons through XlsxWriter, then the ribbon into the package.

The ribbon is that of 2006, which every Excel since 2007 shows and which openpyxl keeps when it saves a workbook.
"""

from __future__ import annotations

import zipfile
from io import BytesIO

from cls_workbook.xlsx.limits import CODE_DU_CLASSEUR
from cls_workbook.xlsx.sheets import Bouton, Classeur, Macros

RUBAN = "customUI/customUI.xml"
RELATION_DU_RUBAN = "http://schemas.microsoft.com/office/2006/relationships/ui/extensibility"
TYPE_CLASSEUR = "application/vnd.ms-excel.sheet.macroEnabled.main+xml"
TYPE_COMPLEMENT = "application/vnd.ms-excel.addin.macroEnabled.main+xml"
_TYPES, _RELATIONS = "[Content_Types].xml", "_rels/.rels"
_DATE = (1980, 1, 1, 0, 0, 0)


def attacher(livre, classeur: Classeur) -> None:
    """The VBA project, the code names that tie it to the sheets, and the buttons, in an XlsxWriter workbook."""
    livre.add_vba_project(BytesIO(classeur.macros.projet), True)
    livre.set_vba_name(CODE_DU_CLASSEUR)
    for feuille in classeur.feuilles:
        page = livre.get_worksheet_by_name(feuille.nom)
        page.set_vba_name(feuille.nom_de_code)
        for bouton in feuille.boutons:
            page.insert_button(bouton.ligne - 1, bouton.colonne - 1, _options(bouton))


def _options(bouton: Bouton) -> dict[str, object]:
    return {
        "macro": bouton.macro,
        "caption": bouton.texte,
        "width": bouton.largeur,
        "height": bouton.hauteur,
        "x_offset": 2,
        "y_offset": 2,
        "description": bouton.texte_alternatif,
    }


def empaqueter(contenu: bytes, macros: Macros) -> bytes:
    """The package with its ribbon, and as an add-in if it is one. The same package gives the same bytes."""
    sortie = BytesIO()
    with zipfile.ZipFile(BytesIO(contenu)) as ancien, zipfile.ZipFile(sortie, "w") as neuf:
        for nom in ancien.namelist():
            neuf.writestr(_entree(nom, macros), _modifier(nom, ancien.read(nom), macros))
        neuf.writestr(_entree(RUBAN, macros), macros.ruban)
    return sortie.getvalue()


def _entree(nom: str, macros: Macros) -> zipfile.ZipInfo:
    """An add-in is kept among the templates: it is not compressed, since two zlibs do not compress alike."""
    entree = zipfile.ZipInfo(nom, _DATE)
    entree.compress_type = zipfile.ZIP_STORED if macros.complement else zipfile.ZIP_DEFLATED
    entree.create_system = 0  # the same archive on every system
    return entree


def _modifier(nom: str, contenu: bytes, macros: Macros) -> bytes:
    if nom == _RELATIONS:
        relation = f'<Relationship Id="rIdRuban" Type="{RELATION_DU_RUBAN}" Target="{RUBAN}"/></Relationships>'
        return _remplacer(contenu, "</Relationships>", relation)
    if nom == _TYPES and macros.complement:
        return _remplacer(contenu, TYPE_CLASSEUR, TYPE_COMPLEMENT)
    return contenu


def _remplacer(contenu: bytes, ancien: str, neuf: str) -> bytes:
    if contenu.count(ancien.encode()) != 1:
        raise ValueError(f"« {ancien} » attendu une fois dans le classeur écrit")
    return contenu.replace(ancien.encode(), neuf.encode())
