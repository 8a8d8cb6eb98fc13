"""« Vérifier l’installation », asked from the open workbook: the findings in an alert, their number in the message."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cls_workbook import installation
from cls_workbook.coordination import accueil
from cls_workbook.errors import Refus
from cls_workbook.excel.compte_rendu import dire
from cls_workbook.excel.situation import Ouvert, contrat_de, dossier_des_retours, ouvrir

if TYPE_CHECKING:
    import xlwings


def verifier(book: xlwings.Book) -> list[installation.Constat]:
    """Never refuses: what cannot be looked at is a finding too."""
    ouvert: Ouvert | None = None
    try:
        ouvert = ouvrir(book)
        faits = installation.constater(**_du_classeur(ouvert), par_excel=True)
    except Refus as refus:
        faits = installation.constater(defaut=str(refus), par_excel=True)
    constats = installation.verifier(faits)
    phrase = "\n".join([installation.bilan(constats).capitalize(), "", *map(str, constats)])
    dire(book, ouvert, "Vérifier l’installation", phrase, reussi=all(c.etat != installation.A_CORRIGER for c in constats))
    return constats


def _du_classeur(ouvert: Ouvert) -> dict[str, object]:
    faits: dict[str, object] = {"classeur": accueil.lire_versions(ouvert.dit("version")), "chemin": str(ouvert.chemin or "")}
    try:
        contrat_de(ouvert)
        return faits | {"dossier": dossier_des_retours(ouvert)}
    except Refus as refus:
        return faits | {"defaut": str(refus)}
