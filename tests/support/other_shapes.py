"""Definitions of other shapes than Dijon’s: actions alone, equal shares, a capped aid."""

from __future__ import annotations

BESANCON = """
[contrat]
id = "ville-2016-2018"
titre = "Contrat Local de Santé d’une ville 2016-2018"
nom_court = "CLS d’une ville"
annees = [2016, 2017, 2018]
territoire = "Une ville"
coordination = "ville"
agence = "ars"
actions_annoncees = 20

[[axes]]
numero = "1"
titre = "Favoriser l’adoption de comportements favorables à la santé"

[[structures]]
id = "ville"
nom = "Ville"

[[structures]]
id = "ars"
nom = "ARS"
"""

ACTION = """
[[fiches]]
numero = "{numero}"
titre = "Action {numero}"
axe = "{axe}"
porteurs = ["metropole"]
"""

SOLIDARITES = """
[contrat]
id = "solidarites-2024-2027"
titre = "Contrat local des solidarités 2024-2027"
nom_court = "Solidarités"
type = "Contrat local des solidarités"
annees = [2024, 2025, 2026, 2027]
territoire = "La métropole"
axes = [{numero = "1", titre = "A"}, {numero = "2", titre = "B"}, {numero = "3", titre = "C"}, {numero = "4", \
titre = "D"}]
structures = [{id = "metropole", nom = "Métropole"}, {id = "etat", nom = "État"}]
financeurs = [{id = "metropole", nom = "Métropole", structure = "metropole"}, {id = "etat", nom = "État", \
structure = "etat"}]
natures = [{id = "credits", libelle = "Crédits du contrat", niveau = "maquette"}]

[[regles]]
id = "parite"
type = "parite"
libelle = "État et métropole à parité sur chaque action, chaque année"
financeurs = ["etat", "metropole"]

[[enveloppes]]
annee = 2024
montant = 665000

[[enveloppes]]
annee = 2025
montant = 700000
etat = "estimé"

[[enveloppes]]
annee = 2026
montant = 700000
etat = "estimé"

[[enveloppes]]
annee = 2027
montant = 700000
etat = "estimé"
""" + "".join(ACTION.format(numero=n, axe=(n + 1) // 2) for n in range(1, 9))

MAYENNE = """
[contrat]
id = "epci"
titre = "Animation territoriale de santé"
nom_court = "EPCI"
annees = [2022, 2023, 2024, 2025]
territoire = "Un EPCI"
structures = [{id = "epci", nom = "EPCI"}]
financeurs = [{id = "departement", nom = "Département"}]

[[regles]]
id = "animateur"
type = "plafond"
libelle = "Animateur territorial : 10 000 € par an, trois ans, 30 000 € en tout"
financeur = "departement"
plafond_annuel = 10000
plafond_total = 30000
duree_ans = 3
depuis = 2022
"""
