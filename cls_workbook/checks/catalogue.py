"""Every finding that the program can make: its code, how serious it is, what it looks for.

``numbers``: the checks of the reference list (domaine, section 5) that it answers.
"""

from __future__ import annotations

from dataclasses import dataclass

from cls_workbook.anomalies import A_CONFIRMER, BLOCKING, INFORMATION


@dataclass(frozen=True, slots=True)
class Check:
    """``gravities``: one, or several where the sub-case decides. ``sought``: what it looks for, in one French sentence."""

    code: str
    numbers: tuple[int, ...]
    gravities: tuple[str, ...]
    sought: str


def _blocking(code: str, numbers: tuple[int, ...], sought: str) -> Check:
    return Check(code, numbers, (BLOCKING,), sought)


def _to_confirm(code: str, numbers: tuple[int, ...], sought: str) -> Check:
    return Check(code, numbers, (A_CONFIRMER,), sought)


def _informing(code: str, numbers: tuple[int, ...], sought: str) -> Check:
    return Check(code, numbers, (INFORMATION,), sought)


READING = (
    Check(
        "HORS_CAMPAGNE",
        (1,),
        (BLOCKING, A_CONFIRMER),
        "Le classeur est d’une autre année ou d’un autre contrat que la campagne ; ou d’une autre version du modèle, et ses réponses sont reprises (à confirmer).",
    ),
    _blocking("FICHIER_ILLISIBLE", (2,), "Le fichier ne s’ouvre pas, ou n’est pas un classeur de suivi."),
    _blocking("FICHE_INCONNUE", (2,), "Une feuille répond pour une fiche que le contrat ne connaît pas."),
    _blocking(
        "CELLULE_INTROUVABLE", (2,), "Une cellule de saisie, une ligne ou une feuille du modèle a été supprimée."
    ),
    Check(
        "ANCRES_EN_DESACCORD",
        (2,),
        (BLOCKING, A_CONFIRMER),
        "Des lignes ou des colonnes ont été déplacées : l’intitulé imprimé et le repère de la ligne ne concordent plus (à confirmer si seul l’ordre des colonnes a changé).",
    ),
    Check(
        "SAISIE_HORS_CADRE",
        (2,),
        (A_CONFIRMER, INFORMATION),
        "Quelque chose est saisi là où rien n’est demandé, ou une feuille a été ajoutée (information).",
    ),
    _to_confirm("RETOUR_VIDE", (5,), "Un classeur de la campagne est revenu sans qu’aucune fiche ne soit remplie."),
    _blocking("STRUCTURE_INCONNUE", (3,), "Le classeur ne dit pas quelle structure répond."),
    Check(
        "PREREMPLI_MODIFIE",
        (6, 17),
        (BLOCKING, A_CONFIRMER),
        "Une cellule préremplie ou calculée (titre, valeur initiale, montant du contrat, taux) a été modifiée ; à confirmer si toute la feuille a été collée en valeurs.",
    ),
    _to_confirm("FORMULE_MODIFIEE", (6,), "Une formule du modèle ne calcule plus la même chose."),
    _informing(
        "TEXTE_IMPRIME_MODIFIE", (6,), "Un texte imprimé du modèle (titre, aide, unité) a été retouché ou effacé."
    ),
    _blocking(
        "CHOIX_INCONNU",
        (7,),
        "La valeur d’une liste (état d’avancement, statut, nature…) n’est pas un des choix proposés.",
    ),
    _blocking("DATE_ILLISIBLE", (11,), "Une date ne se lit pas, ou n’existe pas."),
    _blocking("NOMBRE_ILLISIBLE", (12,), "Un texte est saisi à la place d’un nombre."),
    _blocking("MONTANT_ILLISIBLE", (12,), "Un texte est saisi à la place d’un montant."),
    _blocking("ENTIER_ATTENDU", (12,), "Un nombre à virgule est saisi là où un nombre entier est attendu."),
    _blocking("VALEUR_NEGATIVE", (12,), "Une valeur est négative."),
    _blocking(
        "VALEUR_HORS_LIMITES",
        (12, 19),
        "Une valeur dépasse le maximum possible, par exemple plus de collectivités que le territoire n’en compte.",
    ),
    _to_confirm("SIRET_INVALIDE", (35,), "Le SIRET n’a pas 14 chiffres, ou sa clé de contrôle est fausse."),
    _blocking(
        "FORMULE_DANS_UNE_SAISIE",
        (40,),
        "Une cellule de saisie contient une formule, une erreur (#REF!) ou un lien vers un autre classeur.",
    ),
    _to_confirm("TEXTE_TROP_LONG", (), "Un texte dépasse la longueur prévue."),
)

RETOURS = (
    _to_confirm("STRUCTURE_INATTENDUE", (3,), "La structure qui répond n’est pas un porteur attendu de la fiche."),
    _to_confirm("VOLET_INATTENDU", (3,), "Le volet n’est pas indiqué, ou n’est pas celui de la structure qui répond."),
    Check(
        "DOUBLON_DE_RETOUR",
        (4,),
        (BLOCKING, A_CONFIRMER),
        "Deux classeurs répondent pour la même fiche, la même structure et le même volet.",
    ),
    _informing("RETOUR_REMPLACE", (4,), "Un retour est remplacé par sa correction, à la demande de la coordination."),
    _to_confirm("RETOUR_MANQUANT", (5,), "Un retour attendu n’est pas arrivé."),
    _blocking(
        "ECART_INEXPLIQUE", (), "Un total consolidé diffère de la somme des retours sans que rien ne l’explique."
    ),
    _to_confirm(
        "GROUPE_NON_NOMME",
        (5,),
        "Un groupe de structures n’est pas remplacé par ses membres : le nombre de retours attendus est inconnu.",
    ),
    _to_confirm(
        "GOUVERNANCE_SOUS_LE_MINIMUM", (42,), "Une instance s’est réunie moins souvent que le contrat ne le prévoit."
    ),
)

PROGRESS = (
    _blocking("ETAT_NON_RENSEIGNE", (7,), "L’état d’avancement est vide."),
    _to_confirm(
        "NON_DEMARREE_AVEC_ACTIVITE",
        (8,),
        "L’action est « non démarrée », mais des indicateurs ou des dépenses sont positifs.",
    ),
    _to_confirm(
        "ACTIVE_SANS_INDICATEUR", (9,), "L’action est en cours ou réalisée, mais aucun indicateur n’est renseigné."
    ),
    _to_confirm("REALISEE_SANS_DATE_DE_FIN", (10,), "L’action est réalisée, sans date de fin réelle."),
    _to_confirm("MOTIF_MANQUANT", (10,), "L’action est reportée ou abandonnée, sans motif."),
    _blocking("FIN_AVANT_DEBUT", (11,), "Une date de fin précède la date de début."),
    _to_confirm("DATE_HORS_PERIODE", (11,), "Une date est hors de l’année de suivi ou hors du contrat."),
    _to_confirm("JALON_SANS_DATE", (41,), "Un jalon est atteint, sans date."),
    _to_confirm("JALON_EN_RECUL", (41,), "Un jalon est moins avancé que l’année précédente."),
)

INDICATEURS = (
    _to_confirm(
        "VALEUR_NON_RENSEIGNEE",
        (13,),
        "Une valeur est vide, sans qu’un statut dise pourquoi (0, non disponible, sans objet).",
    ),
    _to_confirm(
        "STATUT_CONTRADICTOIRE", (13,), "Une valeur est donnée avec le statut « non disponible » ou « sans objet »."
    ),
    _blocking(
        "VENTILATION_DIFFERENTE_DU_TOTAL", (14,), "Le total du détail par catégorie diffère de la valeur déclarée."
    ),
    _blocking(
        "MODALITE_SUPERIEURE_AU_TOTAL", (14,), "À réponses multiples, une catégorie compte plus que la valeur déclarée."
    ),
    Check(
        "LISTE_DE_NOMS_DIFFERENTE_DU_TOTAL",
        (14,),
        (BLOCKING, A_CONFIRMER),
        "La liste des noms en compte plus (bloquant) ou moins (à confirmer) que la valeur déclarée.",
    ),
    _to_confirm("CATEGORIE_NON_NOMMEE", (14,), "Un effectif est saisi sans la catégorie à laquelle il se rapporte."),
    _blocking("QPV_SUPERIEUR_AU_TOTAL", (15,), "Le nombre « dont QPV » dépasse la valeur déclarée."),
    _to_confirm("QPV_NUL", (15,), "Aucun habitant de QPV, pour une action qui se déroule en QPV."),
    _blocking("NUMERATEUR_SUPERIEUR_AU_DENOMINATEUR", (16,), "Le numérateur d’un taux dépasse son dénominateur."),
    _blocking("DENOMINATEUR_NUL", (16,), "Le dénominateur d’un taux est 0."),
    _blocking("DENOMINATEUR_MANQUANT", (16,), "Le numérateur d’un taux est donné sans dénominateur."),
    _blocking("TAUX_SAISI", (17,), "Un taux (0,265 ou 26,5) est saisi à la place du numérateur."),
    _blocking(
        "SATISFACTION_INCOHERENTE",
        (18,),
        "Il y a plus de satisfaits que de répondants, ou plus de répondants que de questionnaires.",
    ),
    _informing("REPONDANTS_PEU_NOMBREUX", (18,), "La satisfaction repose sur moins de 5 répondants."),
    _blocking("COMMUNE_INCONNUE", (19,), "Une commune nommée n’est pas du territoire du contrat."),
    _to_confirm("PARTICIPANTS_SANS_SESSION", (20,), "Des participants sont déclarés, mais aucune session."),
    _to_confirm("SESSION_SANS_PARTICIPANT", (20,), "Des sessions sont déclarées, mais aucun participant."),
    _blocking(
        "SESSION_TROP_NOMBREUSE", (21,), "Il y a plus de participants que les sessions ne peuvent en accueillir."
    ),
    _to_confirm(
        "SESSION_PEU_NOMBREUSE", (21,), "Les sessions comptent en moyenne moins de participants que le minimum."
    ),
    _to_confirm(
        "COUT_DIFFERENT_DU_BAREME",
        (21,),
        "Le coût déclaré n’est pas le coût unitaire multiplié par le nombre de participants (ou de formateurs).",
    ),
    _to_confirm("OCCUPATION_SUPERIEURE_A_LA_CAPACITE", (22,), "Le taux d’occupation dépasse 100 %."),
    _to_confirm("SORTIES_SUPERIEURES_A_LA_FILE_ACTIVE", (22,), "Il y a plus de sorties que de personnes suivies."),
    _to_confirm("RELAIS_SUPERIEURS_AUX_SORTIES", (22,), "Il y a plus de relais que de sorties."),
    _to_confirm(
        "EVOLUTION_FORTE",
        (23,),
        "Une valeur de la structure (compte, taux, moyenne, montant engagé) s’écarte beaucoup de celle qu’elle avait donnée l’année précédente ; les seuils sont dans la définition du contrat.",
    ),
    _to_confirm("STOCK_EN_BAISSE", (23,), "Un nombre constaté en fin d’année baisse par rapport à l’année précédente."),
    _to_confirm(
        "IDENTIQUE_A_L_ANNEE_PRECEDENTE",
        (24,),
        "Toutes les valeurs d’une fiche, ou tous ses financements, sont ceux de l’année précédente : le classeur a pu être recopié.",
    ),
    _to_confirm(
        "EVENEMENT_DECLARE_DEUX_FOIS", (25,), "Deux structures d’une même fiche semblent déclarer le même événement."
    ),
)

FINANCEMENT = (
    _blocking("POSTES_DIFFERENTS_DU_TOTAL", (26,), "La somme des postes de dépense diffère du coût total."),
    _blocking(
        "FINANCEURS_DIFFERENTS_DU_COUT", (26,), "La somme versée par les financeurs diffère du coût total (à 1 € près)."
    ),
    _to_confirm("LIGNE_DE_FINANCEMENT_INCOMPLETE", (26,), "Un montant est saisi sans financeur ou sans nature."),
    _to_confirm("VERSE_SUPERIEUR_A_L_ENGAGE", (27,), "Le montant versé dépasse le montant engagé."),
    _to_confirm("ENGAGE_SUPERIEUR_AU_PROGRAMME", (27,), "Le montant engagé dépasse le montant programmé par le COPIL."),
    _to_confirm(
        "CONTRAT_DEPASSE", (28,), "Le cumul engagé dépasse le montant inscrit au contrat : un avenant est à prévoir."
    ),
    _to_confirm(
        "TAUX_SUPERIEUR_AU_CONTRAT", (29,), "La part financée dépasse de plus d’un point le taux imprimé au contrat."
    ),
    _to_confirm("ENGAGEMENT_SANS_REFERENCE", (30,), "Un montant est engagé sans référence ou sans date de convention."),
    _to_confirm(
        "NATURE_DOUTEUSE",
        (31,),
        "Une ligne inscrite à la maquette semble relever d’un CPOM, d’un fonds dédié, d’une valorisation ou d’un autre financeur.",
    ),
    _blocking("AIDE_SUPERIEURE_AU_PLAFOND", (32,), "L’aide au poste dépasse le plafond annuel."),
    _blocking(
        "AIDE_SUPERIEURE_A_LA_PART", (32,), "L’aide au poste dépasse la part de la dépense que le contrat permet."
    ),
    _to_confirm(
        "AIDE_SUPERIEURE_AU_CALCUL",
        (32,),
        "L’aide dépasse ce que donne la règle du financeur (taux ou montant unitaire).",
    ),
    _to_confirm(
        "AIDES_SUPERIEURES_AU_COUT",
        (32,),
        "Les aides engagées, ensemble, dépassent le coût de l’action qu’une règle finance.",
    ),
    _to_confirm(
        "ETP_HORS_BORNES",
        (32,),
        "Le temps de travail du poste est sous le minimum, ou dépasse celui que le contrat finance.",
    ),
    _blocking("PARITE_NON_RESPECTEE", (33,), "Les financeurs tenus à parité n’apportent pas le même montant."),
    _to_confirm("PARITE_INVERIFIABLE", (33,), "Un seul des financeurs tenus à parité a un montant."),
    _blocking("PLAFOND_ANNUEL_DEPASSE", (34,), "L’aide dépasse le plafond de l’année."),
    _blocking("PLAFOND_TOTAL_DEPASSE", (34,), "L’aide cumulée dépasse le plafond total."),
    _blocking("DUREE_D_AIDE_DEPASSEE", (34,), "Une aide est saisie au-delà du nombre d’années prévu."),
    _informing(
        "SUBVENTION_A_JUSTIFIER",
        (36,),
        "Une structure de droit privé reçoit d’un même financeur public plus de 23 000 € dans l’année : convention et compte rendu financier.",
    ),
    _informing(
        "MONTANT_SANS_PREVISION",
        (39,),
        "Un montant de la maquette est saisi pour une fiche dont le contrat n’imprime aucun montant.",
    ),
)

CONFIDENTIALITY = (
    _informing(
        "PETIT_EFFECTIF", (37,), "Un petit effectif figure dans un détail sensible : il sera masqué dans la synthèse."
    ),
    _to_confirm(
        "DONNEE_PERSONNELLE",
        (38,),
        "Un texte libre semble contenir un nom, un courriel, un téléphone ou un numéro de sécurité sociale.",
    ),
)

CATALOGUE: tuple[Check, ...] = READING + RETOURS + PROGRESS + INDICATEURS + FINANCEMENT + CONFIDENTIALITY
BY_CODE = {check.code: check for check in CATALOGUE}
