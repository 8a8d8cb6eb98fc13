"""« Relances »: the drafts beside the open workbook, and a sheet that says who is late."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from cls_workbook.errors import Refus
from cls_workbook.excel.compte_rendu import executer
from cls_workbook.excel.consolidation import TABLES, ecrire, lire_les_retours
from cls_workbook.excel.situation import Ouvert, campagne
from cls_workbook.francais import typographie
from cls_workbook.relances import dossier
from cls_workbook.xlsx.sheets import Classeur

if TYPE_CHECKING:
    import xlwings

NOM_DU_DOSSIER = "relances"


def relancer(book: xlwings.Book, jour: date | None = None) -> dossier.Relances | None:
    """Writes the folder « relances » beside the workbook and the sheet Relances. Nothing is sent. None if it was refused."""
    return executer(book, "Relances", lambda ouvert: _relancer(ouvert, jour or date.today()))


def _relancer(ouvert: Ouvert, jour: date) -> tuple[str, dossier.Relances]:
    if ouvert.chemin is None:
        raise Refus(typographie(
            "Les brouillons s’écrivent à côté du classeur, qui n’a pas d’emplacement connu sur ce poste (jamais enregistré, ou ouvert depuis OneDrive ou SharePoint). "
            "Enregistrez-le dans un dossier de l’ordinateur, puis recommencez."
        ))  # fmt: skip
    c = campagne(ouvert, TABLES)
    resultat = lire_les_retours(ouvert, c, jour, vide_permis=True)
    faites = dossier.preparer(resultat, c.pilotage, ouvert.chemin.parent / NOM_DU_DOSSIER, jour, c.precedent)
    conservees = ecrire(ouvert, Classeur([faites.feuille], "Relances"), jour)
    return f"{faites.bilan()} Dossier « {NOM_DU_DOSSIER} », à côté de ce classeur ; liste : feuille « Relances ».{conservees}", faites
