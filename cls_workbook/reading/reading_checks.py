"""What reading looks for: one check a code. How each is told stands in the messages of ``locating`` and beside what
refuses a value."""

from __future__ import annotations

from cls_workbook.anomalies import A_CONFIRMER, BLOCKING, INFORMATION, Check


class OutOfCampagne(Check):
    code, gravity = "HORS_CAMPAGNE", (BLOCKING, A_CONFIRMER)
    sought = (
        "Le classeur, ou une de ses feuilles, est d’une autre année ou d’un autre contrat ; ou d’une autre "
        "version du modèle, et ses réponses sont reprises (à confirmer)."
    )


class UnreadableFile(Check):
    code, gravity = "FICHIER_ILLISIBLE", BLOCKING
    sought = "Le fichier ne s’ouvre pas, ou n’est pas un classeur de suivi."


class FileLeftAside(Check):
    code, gravity = "FICHIER_LAISSE_DE_COTE", INFORMATION
    sought = (
        "Un fichier du dossier n’est pas lu : c’est un raccourci, un téléchargement interrompu, un fichier "
        "temporaire ou de secours, ou il est dans un dossier masqué."
    )


class UnknownFiche(Check):
    code, gravity = "FICHE_INCONNUE", BLOCKING
    sought = "Une feuille répond pour une fiche que le contrat ne connaît pas."


class MissingCell(Check):
    code, gravity = "CELLULE_INTROUVABLE", BLOCKING
    sought = "Une cellule de saisie, une ligne ou une feuille du modèle a été supprimée."


class MovedRows(Check):
    code, gravity = "ANCRES_EN_DESACCORD", (BLOCKING, A_CONFIRMER)
    sought = (
        "Des lignes ou des colonnes ont été déplacées : l’intitulé et le repère de la ligne ne "
        "concordent plus (à confirmer si seul l’ordre des colonnes a changé)."
    )


class TypedElsewhere(Check):
    code, gravity = "SAISIE_HORS_CADRE", (A_CONFIRMER, INFORMATION)
    sought = "Quelque chose est saisi là où rien n’est demandé, ou une feuille a été ajoutée (information)."


class CellNote(Check):
    code, gravity = "NOTE_A_LIRE", (A_CONFIRMER, INFORMATION)
    sought = (
        "Une note, une discussion ou une zone de texte est posée sur une case de saisie (à confirmer) ou ailleurs "
        "(information) : elle n’est pas reprise."
    )


class EmptyRetour(Check):
    code, gravity = "RETOUR_VIDE", A_CONFIRMER
    sought = "Un classeur de la campagne est revenu sans qu’aucune fiche ne soit remplie."


class UnnamedStructure(Check):
    code, gravity = "STRUCTURE_INCONNUE", BLOCKING
    sought = "Le classeur ne dit pas quelle structure répond."


class ChangedPrefill(Check):
    code, gravity = "PREREMPLI_MODIFIE", (BLOCKING, A_CONFIRMER)
    sought = (
        "Une cellule préremplie ou calculée (titre, valeur initiale, montant du contrat, taux) a été "
        "modifiée ; à confirmer si toute la feuille a été collée en valeurs."
    )


class ChangedComputation(Check):
    code, gravity = "FORMULE_MODIFIEE", A_CONFIRMER
    sought = "Une formule du modèle ne calcule plus la même chose."


class RetouchedText(Check):
    code, gravity = "TEXTE_IMPRIME_MODIFIE", INFORMATION
    sought = "Un texte du modèle (titre, aide, unité) a été retouché ou effacé."


class UnknownChoice(Check):
    code, gravity = "CHOIX_INCONNU", BLOCKING
    sought = "La valeur d’une liste (état d’avancement, statut, nature…) n’est pas un des choix proposés."


class WrittenNo(Check):
    code, gravity = "CASE_NON_COCHEE", INFORMATION
    sought = "Une case à cocher dit « non » (ou FAUX) : elle est lue comme vide."
    expected = "« x », ou rien"
    remedy = "rien : ces cases sont lues comme vides."


class UnreadableDate(Check):
    code, gravity = "DATE_ILLISIBLE", BLOCKING
    sought = "Une date ne se lit pas, ou n’existe pas."


class DoubtfulDayOrder(Check):
    code, gravity = "ORDRE_JOUR_MOIS_DOUTEUX", A_CONFIRMER
    sought = "Une date se lit le jour d’abord, mais une autre du même fichier est écrite le mois d’abord."
    expected = "des dates toutes écrites jj/mm/aaaa"
    remedy = "vérifiez que jour et mois n’y sont pas intervertis ; ces dates sont lues comme le tableur les montre."


class UnreadableNumber(Check):
    code, gravity = "NOMBRE_ILLISIBLE", BLOCKING
    sought = "Un texte est saisi à la place d’un nombre."


class UnreadableAmount(Check):
    code, gravity = "MONTANT_ILLISIBLE", BLOCKING
    sought = "Un texte est saisi à la place d’un montant."


class WholeNumberExpected(Check):
    code, gravity = "ENTIER_ATTENDU", BLOCKING
    sought = "Un nombre à virgule est saisi là où un nombre entier est attendu."


class NegativeValue(Check):
    code, gravity = "VALEUR_NEGATIVE", BLOCKING
    sought = "Une valeur est négative."


class OutOfBounds(Check):
    code, gravity = "VALEUR_HORS_LIMITES", BLOCKING
    sought = "Une valeur dépasse le maximum possible, par exemple plus de collectivités que le territoire n’en compte."


class TypedFormula(Check):
    code, gravity = "FORMULE_DANS_UNE_SAISIE", BLOCKING
    sought = "Une cellule de saisie contient une formule, une erreur (#REF!) ou un lien vers un autre classeur."


class StruckOut(Check):
    code, gravity = "TEXTE_BARRE", A_CONFIRMER
    sought = "Une partie d’un texte est barrée, ou ne se voit pas (écrite en blanc) : elle n’est pas reprise."


class TooLongText(Check):
    code, gravity = "TEXTE_TROP_LONG", A_CONFIRMER
    sought = "Un texte dépasse la longueur prévue."


class TypedRate(Check):
    code, gravity = "TAUX_SAISI", BLOCKING
    after = "DENOMINATEUR_MANQUANT"
    sought = "Un taux (0,265 ou 26,5) est saisi à la place du numérateur."
