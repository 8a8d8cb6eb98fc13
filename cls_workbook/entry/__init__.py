"""The way out: what is asked, where it stands, and the workbooks that partners fill in."""

from cls_workbook.entry.workbook import Campagne, Plan, Repondant, nom_de_feuille, nom_de_fichier, plan, repondants, version

__all__ = ["Campagne", "Plan", "Repondant", "nom_de_feuille", "nom_de_fichier", "plan", "repondants", "version"]
