"""The « Données … » sheets of an agency's copy, read back; their version is looked at before anything else."""

from __future__ import annotations

from pathlib import Path

from cls_workbook.errors import Refus
from cls_workbook.francais import plier
from cls_workbook.results import donnees_decrites, relecture
from cls_workbook.results.colonnes import TableDecrite
from cls_workbook.results.relecture import Feuilles, TableLue


class AutreVersion(Refus):
    """The workbook is ours, of another version."""


def tables_de_donnees(chemin: str | Path, feuilles: Feuilles) -> dict[TableDecrite, TableLue]:
    """Every table of the copy. Refus if it is of another version, or if one is missing or damaged."""
    verifier_le_format(chemin, _format(feuilles), donnees_decrites.FORMAT_DES_DONNEES)
    tables = {t: relecture.table(chemin, feuilles, t) for t in donnees_decrites.TABLES}
    return tables


def _format(feuilles: Feuilles) -> object:
    """Another version may have other columns: only this one is looked for."""
    for nom, lignes in feuilles.items():
        if plier(nom) == plier(donnees_decrites.CONTRAT.feuille):
            for champ, valeur in (ligne[i : i + 2] for ligne in lignes for i in range(len(ligne) - 1)):
                if champ == "Format":
                    return int(valeur) if isinstance(valeur, float) and valeur.is_integer() else valeur
    return None


def verifier_le_format(chemin: str | Path, trouve: object, attendu: int) -> None:
    """AutreVersion if the version is not the one expected."""
    if trouve != attendu:
        raise AutreVersion(f"« {chemin} » est d’une autre version (format {trouve or 'inconnu'}, attendu {attendu}). Refaites ce classeur avec cette version-ci.")
