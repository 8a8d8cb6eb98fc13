"""The « Données … » sheets of the agency's copy, described column by column: what a region reads.

Their version is ``FORMAT_DES_DONNEES``: a change of a title, of a type or of a meaning is a new version.
"""

from __future__ import annotations

from cls_workbook.contract.model import AGREGATIONS, NIVEAUX
from cls_workbook.results.colonnes import (
    ANNEE,
    AXE,
    FICHE,
    STRUCTURE,
    VOLET,
    Colonne,
    TableDecrite,
    entier,
    montant,
    obligatoire,
    taux,
    texte,
)
from cls_workbook.results.descriptions import FINANCEMENT_FICHES, FINANCEMENT_FINANCEURS, INDICATEURS
from cls_workbook.summaries.consolidation import DOUBLON, MANQUANT, RECU, REJETE

FORMAT_DES_DONNEES = 1
OUI, NON = "oui", "non"
PROVISOIRE, VALIDE = "provisoire", "validé"
THEME, PRIORITE = "thème", "priorité"

CONTRAT = TableDecrite("Données contrat", "Donnees_contrat", "De quel contrat et de quelle année il s’agit, dans quel état, et sur combien de retours.", (
    Colonne("Format", "entier", "La version de ces feuilles de données.", obligatoire=True),
    texte("Contrat", "L’identifiant du contrat.", obligatoire=True), texte("Titre", "Le titre du contrat.", obligatoire=True),
    texte("Nom court", "Le nom usuel."), texte("Type", "Contrat local de santé, ou contrat de même forme."), texte("Territoire", "Le territoire couvert."),
    obligatoire(ANNEE), entier("Première année", "La première année du contrat.", obligatoire=True),
    entier("Dernière année", "La dernière année du contrat.", obligatoire=True),
    texte("État", "provisoire, ou validé en COPIL.", obligatoire=True, choix=(PROVISOIRE, VALIDE)), Colonne("Validé le", "date", "La date du COPIL qui a validé l’année."),
    Colonne("Consolidé le", "date", "La date de la consolidation.", obligatoire=True),
    entier("Retours reçus", "Combien de réponses comptent (une par fiche, structure et volet)."), entier("Retours attendus", "Combien étaient attendues."),
    entier("Bloquants", "Le nombre d’anomalies bloquantes : ces valeurs ne sont dans aucun chiffre."), entier("À confirmer", "Le nombre de points à confirmer."),
    entier("Fiches actives", "Le nombre de fiches actives."), entier("Actions à programmer", "Le nombre d’actions annoncées sans fiche."),
    montant("Maquette", "Le total de la maquette au contrat, sur toute sa durée."),
), cle=("Contrat", "Année"), verticale=True)  # fmt: skip

FICHES = TableDecrite("Données fiches", "Donnees_fiches", "Une ligne par fiche active, puis par action à programmer.", (
    FICHE, texte("Titre", "Le titre de la fiche.", obligatoire=True), AXE, texte("Titre de l’axe", "Le titre de l’axe."),
    texte("État", "L’état d’avancement, sur toute la vie de la fiche.", obligatoire=True), texte("Réalisation", "La réalisation du programme de l’année."),
    entier("Retours reçus", "Combien de réponses comptent."), entier("Retours attendus", "Combien étaient attendues."),
    entier("Bloquants", "Anomalies bloquantes."), entier("À confirmer", "Points à confirmer."),
    texte("Avenant demandé", "Un porteur demande que le contrat soit modifié.", choix=(OUI, NON)),
))  # fmt: skip

THEMES = TableDecrite("Données thèmes", "Donnees_themes", "Les thèmes des fiches, et les priorités du projet régional de santé qu’elles servent : une ligne par fiche et par thème ou priorité.", (
    obligatoire(FICHE), texte("Genre", "thème, ou priorité du projet régional de santé.", obligatoire=True, choix=(THEME, PRIORITE)),
    texte("Identifiant", "L’identifiant, le même d’un contrat à l’autre.", obligatoire=True), texte("Libellé", "Le libellé.", obligatoire=True),
))  # fmt: skip

FINANCEMENT = TableDecrite("Données financement", "Donnees_financement", FINANCEMENT_FICHES.aide, (
    *FINANCEMENT_FICHES.colonnes,
    texte("Poste", "oui : « ARS hors maquette » est l’aide au poste de coordination.", obligatoire=True, choix=(OUI, NON)),
), cle=("Fiche",))  # fmt: skip

FINANCEURS = TableDecrite("Données financeurs", "Donnees_financeurs", FINANCEMENT_FINANCEURS.aide, (
    *FINANCEMENT_FINANCEURS.colonnes[:2], texte("Niveau", "Le sous-total auquel la nature appartient ; vide si elle n’est pas connue.", choix=NIVEAUX),
    *FINANCEMENT_FINANCEURS.colonnes[2:],
))  # fmt: skip

POSTES = TableDecrite("Données postes", "Donnees_postes", "Les postes de coordination, leur règle et ce qu’elle permet.", (
    obligatoire(FICHE), texte("Règle", "La règle du contrat."), texte("Financeur", "Qui aide."), taux("Taux", "La part prise en charge."),
    montant("Plafond annuel", "L’aide la plus haute pour un an."), Colonne("ETP minimum", "nombre", "Le temps de travail en dessous duquel rien n’est dû."),
    Colonne("ETP", "nombre", "Le temps de travail déclaré, en équivalents temps plein."), montant("Dépense réalisée", "La dépense déclarée."),
    montant("Aide possible", "Ce que la règle permet pour cette dépense."), montant("Aide engagée", "Ce qui est engagé."), montant("Aide versée", "Ce qui est versé."),
    taux("Aide / dépense", "Aide versée / dépense réalisée."),
))  # fmt: skip

_INDICATEUR = {c.titre: c for c in INDICATEURS.colonnes}
MESURES = TableDecrite("Données mesures", "Donnees_mesures", "Une ligne par mesure chiffrée du contrat, petits effectifs masqués. Les listes et les textes n’y sont pas.", (
    *(_INDICATEUR[t] for t in ("Fiche", "Indicateur", "Mesure", "Libellé", "Unité")),
    texte("Agrégation", _INDICATEUR["Agrégation"].aide, obligatoire=True, choix=AGREGATIONS),
    texte("Thème", "L’identifiant du thème de la mesure : seules se comparent les mesures de même thème et de même unité."), texte("Libellé du thème", "Son libellé."),
    *(_INDICATEUR[t] for t in ("Valeur initiale", "Valeur n-1", "Valeur", "Numérateur", "Dénominateur", "Retours reçus", "Retours attendus", "Couverture", "Réserve")),
), cle=("Mesure",))  # fmt: skip

RETOURS = TableDecrite("Données retours", "Donnees_retours", "Qui était attendu, qui a répondu : des structures, jamais des personnes ni des fichiers.", (
    FICHE, STRUCTURE, VOLET, texte("Statut", "Ce qu’il est advenu du retour.", obligatoire=True, choix=(RECU, MANQUANT, DOUBLON, REJETE)),
))  # fmt: skip

INSTANCES = TableDecrite("Données instances", "Donnees_instances", "La gouvernance : les réunions tenues et la participation.", (
    texte("Instance", "L’instance.", obligatoire=True), entier("Minimum par an", "Le nombre de réunions prévu au contrat."),
    entier("Réunions tenues", "Combien ont été tenues."), entier("Conviés", "Structures conviées."), entier("Présents", "Structures présentes."),
    taux("Taux de participation", "Présents / conviés."),
))  # fmt: skip

TABLES = (CONTRAT, FICHES, THEMES, FINANCEMENT, FINANCEURS, POSTES, MESURES, RETOURS, INSTANCES)
