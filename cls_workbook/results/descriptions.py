"""The tables of the consolidation workbook, described column by column, in the order of their tabs."""

from __future__ import annotations

from cls_workbook.anomalies import GRAVITES
from cls_workbook.contract.model import AGREGATIONS
from cls_workbook.results.colonnes import (
    ANNEE,
    AXE,
    CELLULE,
    FEUILLE,
    FICHE,
    FICHIER,
    PROVENANCE,
    STRUCTURE,
    VOLET,
    Colonne,
    TableDecrite,
    du_champ,
    entier,
    montant,
    obligatoire,
    styles,
    taux,
    texte,
)
from cls_workbook.summaries.consolidation import DOUBLON, MANQUANT, RECU, REJETE
from cls_workbook.summaries.rapprochement import DEPENSE, FINANCEMENT, INDICATEUR
from cls_workbook.summaries.remplacement import CHANGEMENTS

_BLOQUANTS = entier("Bloquants", "Le nombre d’anomalies bloquantes : ces valeurs ne sont dans aucun total.")
_CONFIRMER = entier("À confirmer", "Le nombre de points à confirmer.")

RETOURS = TableDecrite("Retours", "Retours", "Les retours attendus ou reçus, un par fiche, structure et volet.", (
    FICHE, STRUCTURE, VOLET,
    texte("Statut", "Ce qu’il est advenu du retour.", obligatoire=True, choix=(RECU, MANQUANT, DOUBLON, REJETE)),
    FICHIER, Colonne("Empreinte SHA-256", "empreinte", "L’empreinte du fichier : deux fichiers identiques ont la même."),
    entier("Champs renseignés", "Combien de cases sont remplies."), entier("Champs attendus", "Combien de cases étaient à remplir."),
    _BLOQUANTS, _CONFIRMER,
))  # fmt: skip

ANOMALIES = TableDecrite("Anomalies", "Anomalies", "Tout ce qui a été relevé dans les retours, le plus grave d’abord, avec la cellule et ce qu’il y a à faire.", (
    texte("Gravité", "bloquant : la valeur est refusée. à confirmer, information : elle est gardée.", obligatoire=True, choix=GRAVITES),
    texte("Code", "Le contrôle qui parle (voir « cls-workbook anomalies »).", obligatoire=True),
    FICHIER, FEUILLE, CELLULE, FICHE, STRUCTURE, texte("Champ", "La question concernée."),
    texte("Trouvé", "Ce qui a été saisi."), texte("Attendu", "Ce qui était attendu."), texte("À faire", "Comment corriger."),
))  # fmt: skip

INDICATEURS = TableDecrite("Indicateurs", "Indicateurs", "Une ligne par mesure du contrat. Couverture dit sur combien de retours repose la valeur, Réserve ce que le chiffre ne dit pas.", (
    obligatoire(FICHE), AXE, texte("Indicateur", "L’identifiant de l’indicateur imprimé au contrat."),
    texte("Mesure", "L’identifiant de la mesure.", obligatoire=True), texte("Libellé", "Ce qui est mesuré."),
    texte("Unité", "L’unité de la valeur ; vide pour un taux, une liste ou un texte."),
    texte("Agrégation", "Comment les réponses sont réunies.", choix=AGREGATIONS),
    Colonne("Valeur initiale", "mixte", "La valeur de départ imprimée au contrat."), Colonne("Valeur n-1", "mixte", "La valeur consolidée de l’année précédente."),
    Colonne("Valeur", "mixte", "La valeur consolidée de l’année ; pour un taux, une part (0,1 pour 10 %). Vide : non connue."),
    Colonne("Numérateur", "nombre", "Le haut du taux."), Colonne("Dénominateur", "nombre", "Le bas du taux."),
    entier("Retours reçus", "Combien de retours donnent une valeur."), entier("Retours attendus", "Combien étaient attendus."),
    texte("Couverture", "Complet, partiel ou aucune valeur, et sur combien de retours."), texte("Réserve", "Jusqu’où le chiffre tient : estimé, non dédoublonné, masqué…"),
), cle=("Mesure",))  # fmt: skip

_CONTRAT = montant("Montant contrat", "Le montant imprimé au contrat, sur toute sa durée ; vide s’il n’est pas chiffré.")
FINANCEMENT_FICHES = TableDecrite("Financement par fiche", "Financement_fiches", "L’argent de chaque fiche. Engagé et Versé sont ceux de la maquette ; le reste a ses colonnes. Les niveaux ne s’additionnent pas.", (
    obligatoire(FICHE), AXE, _CONTRAT, taux("Taux contrat", "Le taux d’intervention imprimé au contrat."),
    montant("Programmé", "Ce que le COPIL a programmé sur la maquette pour l’année."),
    montant("Engagé", "Ce qui est acquis sur la maquette par une convention ou une décision."), montant("Versé", "Ce qui a été reçu de la maquette dans l’année."),
    montant("Coût réalisé", "Le coût de l’action dans l’année, tous financeurs."), taux("Taux constaté", "Versé par l’agence / coût réalisé."),
    montant("Reste à engager", "Montant contrat moins ce qui est engagé depuis le début ; négatif en cas de dépassement.", minimum=None),
    montant("ARS hors maquette", "Engagé par l’agence hors de la maquette (CPOM, fonds, poste de coordination)."),
    montant("Cofinancements", "Engagé par les autres financeurs."), montant("Valorisation", "Temps et moyens mis à disposition, sans versement."),
))  # fmt: skip

FINANCEMENT_FINANCEURS = TableDecrite("Financement par financeur", "Financement_financeurs", "Une ligne par financeur et par nature de financement.", (
    du_champ("Financeur", "financeur"), du_champ("Nature", "nature"), du_champ("Prévu", "prevu"), du_champ("Engagé", "engage"), du_champ("Versé", "verse"),
))  # fmt: skip

FINANCEMENTS = TableDecrite("Lignes de financement", "Financements", "Chaque ligne de financement saisie, et où.", (
    ANNEE, FICHE, STRUCTURE, du_champ("Financeur", "financeur"), du_champ("Nature", "nature"), du_champ("Prévu", "prevu"), du_champ("Engagé", "engage"),
    du_champ("Versé", "verse"), du_champ("Référence", "reference"), du_champ("Date", "date"), *PROVENANCE,
))  # fmt: skip

MESURES = TableDecrite("Mesures", "Mesures", "Chaque valeur saisie pour une mesure, et où.", (
    ANNEE, obligatoire(FICHE), texte("Indicateur", "L’identifiant de l’indicateur imprimé au contrat."), texte("Mesure", "L’identifiant de la mesure.", obligatoire=True),
    texte("Champ", "Quelle case de la mesure : valeur, numerateur, effectif…", obligatoire=True), STRUCTURE, VOLET,
    texte("Modalité", "La catégorie, dans un détail par catégorie."), Colonne("Valeur", "mixte", "Ce qui a été saisi, compris et retenu."),
    texte("Statut", "réel, estimé, non disponible ou sans objet."), *PROVENANCE,
), renvois=(("Mesure", "Indicateurs", "Mesure"),))  # fmt: skip

REPONSES = TableDecrite("Réponses", "Reponses", "Toutes les autres valeurs saisies, et où.", (
    ANNEE, FICHE, STRUCTURE, VOLET, texte("Bloc", "La partie de la feuille.", obligatoire=True), texte("Champ", "La question.", obligatoire=True),
    texte("Ligne", "La ligne, dans un tableau."), Colonne("Valeur", "mixte", "Ce qui a été saisi, compris et retenu."), *PROVENANCE,
))  # fmt: skip

NORMALISATIONS = TableDecrite("Normalisations", "Normalisations", "Les saisies qui ont été comprises comme une autre valeur (« 12 000 € » → 12000), et pourquoi.", (
    *PROVENANCE, texte("Champ", "La question concernée."), Colonne("Saisi", "mixte", "Ce qui a été tapé."),
    Colonne("Retenu", "mixte", "Ce qui a été compris."), texte("Règle", "Pourquoi."),
))  # fmt: skip

RAPPROCHEMENT = TableDecrite("Rapprochement", "Rapprochement", "Pour chaque mesure et chaque montant : la somme des retours, ce qui en est refusé, remplacé ou mis à part, le total, et pourquoi.", (
    texte("Objet", "Ce dont on fait la somme.", obligatoire=True, choix=(INDICATEUR, FINANCEMENT, DEPENSE)), FICHE,
    texte("Mesure", "L’identifiant de la mesure."), texte("Colonne", "La colonne rapprochée : valeur, numérateur, prévu, engagé…"), texte("Libellé", "De quoi il s’agit."),
    entier("Valeurs saisies", "Combien de cases des retours disent quelque chose."), Colonne("Somme des retours", "nombre", "Tout ce qui a été saisi."),
    Colonne("Refusées", "nombre", "Ce qu’une anomalie bloquante refuse."), Colonne("Remplacées", "nombre", "Ce qu’un retour corrigé a remplacé."),
    Colonne("Écartées", "nombre", "Ce qui vient d’un retour qui n’est pas retenu."), Colonne("Mises à part", "nombre", "Ce que la règle de calcul ne compte pas dans le total."),
    Colonne("Total consolidé", "nombre", "Le total, tel que les autres feuilles le disent."), Colonne("Écart inexpliqué", "nombre", "Zéro, ou une anomalie le signale."),
    texte("Explication", "Chaque différence, en mots."),
))  # fmt: skip

REMPLACEMENTS = TableDecrite("Remplacements", "Remplacements", "Ce qu’un retour corrigé a changé, valeur par valeur ; le remplacé et le retenu, avec leur empreinte.", (
    texte("Changement", "Ce qui est arrivé à la valeur.", obligatoire=True, choix=CHANGEMENTS), FICHE, STRUCTURE, VOLET, texte("Champ", "La question concernée."),
    Colonne("Valeur avant", "mixte", "Dans le retour remplacé."), Colonne("Valeur après", "mixte", "Dans le retour retenu."),
    texte("Retour remplacé", "Le fichier mis de côté."), texte("Feuille remplacée", "Sa feuille."), texte("Cellule remplacée", "Sa cellule."),
    texte("Retour retenu", "Le fichier qui compte."), FEUILLE, CELLULE,
    Colonne("Empreinte du remplacé", "empreinte", "L’empreinte du fichier mis de côté."), Colonne("Empreinte du retenu", "empreinte", "L’empreinte du fichier qui compte."),
), optionnelle=True)  # fmt: skip

HISTORIQUE = TableDecrite("Historique", "Historique", "L’évolution, une ligne par objet et par année : c’est ce que la consolidation suivante relira.", (
    ANNEE, texte("Objet", "Mesure, état, enveloppe ou montant.", obligatoire=True), FICHE, AXE, texte("Mesure", "L’identifiant de la mesure."), texte("Libellé", "De quoi il s’agit."),
    texte("Unité", "L’unité de la valeur."), texte("Agrégation", "Comment les réponses sont réunies."), Colonne("Valeur initiale", "mixte", "La valeur de départ imprimée au contrat."),
    texte("Financeur", "Le financeur."), texte("Nature", "La nature du financement."), Colonne("Valeur", "mixte", "La valeur de l’année."),
    Colonne("Numérateur", "nombre", "Le haut du taux."), Colonne("Dénominateur", "nombre", "Le bas du taux."),
    texte("Noms", "Les entités nommées, pour ne pas les compter deux fois d’une année à l’autre."), texte("Réserve", "Jusqu’où le chiffre tient."),
))  # fmt: skip

REPERES = TableDecrite("Repères", "Reperes", "Ce que dit la Synthèse et qui n’est dans aucun autre tableau : avancement, réunions, décisions, règles, réserves.", (
    texte("Rubrique", "De quoi il s’agit.", obligatoire=True), texte("Objet", "La fiche, l’instance ou le rang."),
    texte("Champ", "Le renseignement.", obligatoire=True), Colonne("Valeur", "mixte", "Sa valeur."),
))  # fmt: skip

TABLES = (
    RETOURS, ANOMALIES, INDICATEURS, FINANCEMENT_FICHES, FINANCEMENT_FINANCEURS, FINANCEMENTS, MESURES, REPONSES, NORMALISATIONS, RAPPROCHEMENT,
    REMPLACEMENTS, HISTORIQUE, REPERES,
)  # fmt: skip
STYLES = styles(TABLES)
