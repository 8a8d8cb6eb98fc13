"""A contract with awkward content: quotes, apostrophes, ampersands, long titles, sixty measures."""

from __future__ import annotations

from functools import cache

from cls_workbook.definition import toml_reader
from cls_workbook.domain.model import Contrat

TITLE = ("L'été & l’hiver, « ici » / d'ailleurs <partout> : prévention, accès aux droits, médiation " * 3)[:200]


STRUCTURE = 'L\'Orme "& Cie" <ici>'


TWISTED = f"""
[contrat]
id = "retors"
titre = '''{TITLE}'''
nom_court = "CLS d'à côté & d’autres"
annees = [2025]
territoire = "Rivemont"
coordination = "seule"
axes = [{{ numero = "A", titre = "L'axe / unique" }}, {{ numero = "B", titre = "Axe sans fiche" }}]
structures = [{{ id = "seule", nom = '''{STRUCTURE}''' }}]
[listes]
etats = ["Non démarrée", 'Dite "finie"', 'Reportée "sine die"']
etats_a_motif = ['Reportée "sine die"']
[[fiches]]
numero = "A.3 bis"
titre = '''{TITLE}'''
axe = "A"
porteurs = ["seule"]
{
    "".join(
        f'''
  [[fiches.indicateurs]]
  id = "I{rank}"
  libelle = "Nombre d'actions / de personnes, n° {rank}"
  type = "compte"
  mesures = [{{ id = "I{rank}", libelle = "Mesure {rank}", type = "entier", agregation = "FLUX" }}]
'''
        for rank in range(60)
    )
}
[[fiches]]
numero = "Z'0"
titre = "Sans indicateur"
axe = "A"
porteurs = ["seule"]
"""


@cache
def twisted() -> Contrat:
    return toml_reader.parse(TWISTED, "retors")
