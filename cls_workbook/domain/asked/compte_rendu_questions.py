"""What a compte rendu financier asks beside what a fiche asks already."""

from __future__ import annotations

from cls_workbook.domain.questions import AMOUNT_MAX, TEXT_LENGTH, amount, block, choice, decimal, text

WAGES, HOURS, COST = "part des salaires", "heures consacrées", "coût des actions"
SHARING_KEYS = (WAGES, HOURS, COST)  # what the indirect charges of a structure are shared out by
SHARING_LIST = "cles_de_repartition"

COMPTE_RENDU = block(
    "compte_rendu",
    "Compte rendu financier",
    (
        amount("prevision", "Prévision", "Le budget prévu de l’action pour ce compte, en euros."),
        amount("realisation", "Réalisation", "Ce qui a été dépensé ou reçu pour ce compte dans l’année, en euros."),
        decimal(
            "heures",
            "Heures consacrées à l’action",
            "Seulement si les charges indirectes sont réparties selon les heures.",
            unite="heures",
        ),
        text(
            "explication",
            "Écarts entre prévision et réalisation",
            "Expliquez les écarts significatifs entre le budget prévu et ce qui a été réalisé.",
            TEXT_LENGTH,
        ),
    ),
)

REPARTITION = block(
    "repartition",
    "Charges indirectes de la structure",
    (
        amount(
            "indirectes_fixes",
            "Charges fixes de fonctionnement",
            "Loyers, énergie, gestion… : le montant à répartir, en euros.",
        ),
        amount("indirectes_financieres", "Frais financiers", "Le montant à répartir, en euros."),
        amount("indirectes_autres", "Autres charges indirectes", "Le montant à répartir, en euros."),
        choice(
            "cle_de_repartition",
            "Réparties selon",
            SHARING_LIST,
            "La clé : la part des salaires (compte 64), les heures consacrées, ou le coût total de chaque action.",
        ),
        decimal(
            "base",
            "Total de la structure pour cette clé",
            "Tous les salaires, toutes les heures ou toutes les charges de la structure. Vide : tout se répartit entre "
            "les fiches ci-dessous.",
            maximum=AMOUNT_MAX,
        ),
        text("regle", "Règle de répartition", "Facultatif : précisez la règle en une phrase."),
    ),
    aide="Facultatif. La part de chaque fiche se calcule seule ; elle est comprise dans son coût total.",
    is_optional=True,
)
