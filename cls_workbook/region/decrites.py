"""The tables of a region's workbook, described column by column, in the order of their tabs."""

from __future__ import annotations

from cls_workbook.region.copies import AUTRE_VERSION, DOUBLON, ETRANGER, IDENTIQUE, ILLISIBLE, INCOMPLET, RETENU
from cls_workbook.results import donnees_decrites
from cls_workbook.results.colonnes import ANNEE, FICHE, PROVENANCE, STRUCTURE, VOLET, Colonne, TableDecrite, entier, montant, obligatoire, taux, texte

CONTRAT = texte("Contrat", "L’identifiant du contrat.", obligatoire=True)
TERRITOIRE = texte("Territoire", "Le territoire couvert.")
MAQUETTE, POSTE, HORS_MAQUETTE, COFINANCEMENTS, VALORISATION = "Maquette", "Poste de coordination", "ARS hors maquette", "Cofinancements", "Valorisation"
NATURES = (MAQUETTE, POSTE, HORS_MAQUETTE, COFINANCEMENTS, VALORISATION)
SYNTHESE_ABSENTE, RETOUR_MANQUANT, RETOUR_REJETE, RETOUR_EN_DOUBLE = "synthèse absente", "retour manquant", "retour rejeté", "retour en double"
RETARDS_POSSIBLES = (SYNTHESE_ABSENTE, RETOUR_MANQUANT, RETOUR_REJETE, RETOUR_EN_DOUBLE)

_du_contrat = {c.titre: c for c in donnees_decrites.CONTRAT.colonnes}
_de_la_fiche = {c.titre: c for c in donnees_decrites.FICHES.colonnes}
_de_la_mesure = {c.titre: c for c in donnees_decrites.MESURES.colonnes}
_ENGAGE = montant("Engagé", "Ce qui est acquis par une convention ou une décision.")

CONTRATS = TableDecrite("Contrats", "Contrats", "Une ligne par contrat et par année : où en est-on, sur combien de retours, dans quel état.", (
    CONTRAT, TERRITOIRE, ANNEE, _du_contrat["État"], _du_contrat["Validé le"], _du_contrat["Consolidé le"],
    _du_contrat["Retours reçus"], _du_contrat["Retours attendus"], taux("Taux de retour", "Retours reçus / retours attendus."),
    _du_contrat["Bloquants"], _du_contrat["À confirmer"], _du_contrat["Fiches actives"], _du_contrat["Actions à programmer"], _du_contrat["Maquette"],
    montant("Programmé", "Programmé sur la maquette pour l’année, fiches où c’est connu."), montant("Engagé", "Engagé sur la maquette dans l’année."),
    montant("Versé", "Versé sur la maquette dans l’année."), montant("Coût réalisé", "Le coût des actions dans l’année, tous financeurs."), *PROVENANCE,
), cle=("Contrat", "Année"))  # fmt: skip

MAQUETTES = TableDecrite("Maquettes", "Maquettes", "Une ligne par contrat : la maquette, et ce qui en est engagé et versé depuis le début, années connues additionnées.", (
    CONTRAT, _du_contrat["Titre"], TERRITOIRE, _du_contrat["Première année"], _du_contrat["Dernière année"], _du_contrat["Maquette"],
    montant("Engagé cumulé", "La somme des lignes « Maquette » de la feuille Financement, années connues."), montant("Versé cumulé", "De même pour ce qui est versé."),
    montant("Reste à engager", "Maquette moins engagé cumulé ; vide s’il manque une année. Négatif en cas de dépassement.", minimum=None),
    taux("Part engagée", "Engagé cumulé / maquette."), texte("Années additionnées", "Les années dont l’engagement est connu."), texte("Années absentes", "Les années qui manquent au cumul."), *PROVENANCE,
), cle=("Contrat",))  # fmt: skip

FINANCEMENT = TableDecrite("Financement", "Financement", "L’argent de chaque contrat et de chaque année, par nature. Les natures ne s’additionnent pas entre elles.", (
    CONTRAT, TERRITOIRE, ANNEE, texte("Nature", "La nature du financement.", obligatoire=True, choix=NATURES),
    montant("Prévu au contrat", "Sur toute la durée du contrat."), montant("Programmé", "Programmé par le COPIL pour l’année."), _ENGAGE,
    montant("Versé", "Versé sur la maquette ; pour les autres natures, voir Financeurs et Postes de coordination."),
    entier("Fiches", "Combien de fiches donnent un montant engagé."), *PROVENANCE,
), cle=("Contrat", "Année", "Nature"))  # fmt: skip

FINANCEMENT_FICHES = TableDecrite("Financement par fiche", "Financement_fiches", donnees_decrites.FINANCEMENT.aide, (
    CONTRAT, ANNEE, *donnees_decrites.FINANCEMENT.colonnes, *PROVENANCE,
), cle=("Contrat", "Année", "Fiche"))  # fmt: skip

FINANCEURS = TableDecrite("Financeurs", "Financeurs", "Une ligne par contrat, année, financeur et nature.", (
    CONTRAT, ANNEE, *donnees_decrites.FINANCEURS.colonnes, *PROVENANCE,
))  # fmt: skip

POSTES = TableDecrite("Postes de coordination", "Postes", "Les postes de coordination, leur règle, ce qu’elle permet, et ce qui est à regarder.", (
    CONTRAT, TERRITOIRE, ANNEE, *donnees_decrites.POSTES.colonnes, texte("À regarder", "Ce qui ne s’accorde pas avec la règle, ou n’est pas connu."), *PROVENANCE,
))  # fmt: skip

FICHES = TableDecrite("Fiches", "Fiches", "Une ligne par contrat, année et fiche, avec ses thèmes et les priorités du projet régional de santé qu’elle sert.", (
    CONTRAT, ANNEE, FICHE, _de_la_fiche["Titre"], texte("Axe", "L’axe du contrat."), texte("Thèmes", "Les thèmes de la fiche."),
    texte("Priorités", "Les priorités du projet régional de santé."), *(_de_la_fiche[t] for t in ("État", "Réalisation", "Retours reçus", "Retours attendus", "Bloquants", "Avenant demandé")),
    *PROVENANCE,
))  # fmt: skip

THEMES = TableDecrite("Thèmes", "Themes", "Combien de fiches par thème et par priorité du projet régional de santé, selon leur état. Une fiche à deux thèmes compte dans les deux.", (
    ANNEE, *(c for c in donnees_decrites.THEMES.colonnes if c.titre != "Fiche"), texte("État", "L’état des fiches.", obligatoire=True),
    entier("Fiches", "Combien de fiches."), entier("Contrats", "De combien de contrats."), texte("Lesquelles", "Contrat et fiche ; leur place est dans la feuille Fiches."),
))  # fmt: skip

MESURES = TableDecrite("Mesures comparées", "Mesures_comparees", "Les mesures que plusieurs contrats déclarent de même thème et de même unité, côte à côte, jamais additionnées.", (
    *(_de_la_mesure[t] for t in ("Thème", "Libellé du thème")), texte("Unité", "L’unité commune.", obligatoire=True), CONTRAT, TERRITOIRE, obligatoire(ANNEE), FICHE,
    *(_de_la_mesure[t] for t in ("Mesure", "Libellé", "Agrégation", "Valeur initiale", "Valeur", "Numérateur", "Dénominateur", "Couverture", "Réserve")), *PROVENANCE,
))  # fmt: skip

RETARDS = TableDecrite("Retards", "Retards", "Ce qui n’est pas arrivé : la synthèse d’une année, ou le retour d’une structure.", (
    CONTRAT, TERRITOIRE, ANNEE, texte("Quoi", "Ce qui manque.", obligatoire=True, choix=RETARDS_POSSIBLES), FICHE, STRUCTURE, VOLET,
    texte("Précision", "Ce qu’on en sait."), *PROVENANCE,
))  # fmt: skip

FICHIERS = TableDecrite("Fichiers", "Fichiers", "Chaque fichier lu : retenu, ou écarté et pourquoi.", (
    texte("Fichier", "Le fichier.", obligatoire=True),
    texte("Statut", "Ce qu’il en est.", obligatoire=True, choix=(RETENU, DOUBLON, IDENTIQUE, AUTRE_VERSION, INCOMPLET, ILLISIBLE, ETRANGER)),
    texte("Raison", "Pourquoi il est écarté."), texte("Contrat", "Le contrat, s’il a pu être lu."), Colonne("Année", "annee", "L’année, si elle a pu être lue."),
    texte("Genre", "Synthèse ou consolidation."), Colonne("Consolidé le", "date", "La date de la consolidation."), _du_contrat["État"],
    Colonne("Empreinte SHA-256", "empreinte", "L’empreinte du fichier."),
))  # fmt: skip

TABLES = (
    CONTRATS, MAQUETTES, FINANCEMENT, FINANCEMENT_FICHES, FINANCEURS, POSTES, THEMES, FICHES, MESURES, RETARDS, FICHIERS,
)  # fmt: skip
