"""What is asked of the money of a fiche."""

from __future__ import annotations

from decimal import Decimal

from cls_workbook.domain.questions import amount, block, choice, day, decimal, text

# What the Synthèse makes of an answer (see ``entry_questions``).
TOTALLED, TAKEN_UP = "totalisé", "repris"

FINANCEMENT = block(
    "financement",
    "Financements de l’année",
    (
        choice(
            "financeur",
            "Financeur",
            "financeurs",
            "Choisissez le financeur, ou saisissez son nom s’il n’est pas dans la liste.",
            strict=False,
            carried_over=True,
        ),
        choice("nature", "Nature", "natures", "De quel argent il s’agit, avec les mots du contrat.", carried_over=True),
        amount("prevu", "Prévu {annee}", "Montant attendu pour l’année, en euros."),
        amount(
            "engage",
            "Engagé {annee}",
            "Attribué ou notifié pour l’année par une convention ou une décision, même si rien n’est encore arrivé ; "
            "en euros.",
        ),
        amount(
            "verse",
            "Versé {annee}",
            "Reçu dans l’année, quelle que soit l’année de la décision ; en euros. Rien pour une valorisation.",
        ),
        text("reference", "Référence", "Numéro de la convention ou de la décision.", 80),
        day("date", "Date", "Date de la convention ou de la décision, jj/mm/aaaa."),
    ),
    aide="Une ligne par financeur et par nature. Des euros, centimes compris si besoin.",
    is_optional=True,
    lines=3,
)

EXPENDITURES = block(
    "depenses",
    "Dépenses réalisées",
    (
        amount("personnel", "Personnel", "Salaires et charges de l’action, en euros."),
        amount("achats", "Achats et services", "Prestations, fournitures, déplacements, en euros."),
        amount("autres", "Autres dépenses", "Le reste, en euros."),
        amount(
            "total",
            "Coût total de l’action",
            "Le coût de l’action dans l’année, en euros. Saisissez 0 s’il n’y a eu aucune dépense.",
            obligatoire=True,
        ),
        amount(
            "ressources_propres",
            "Ressources propres",
            "Facultatif : ce que votre structure apporte elle-même à l’action dans l’année, en euros.",
            synthese=TOTALLED,
        ),
        decimal(
            "etp",
            "Équivalents temps plein (ETP)",
            "Temps de travail consacré à l’action dans l’année, par exemple 0,5.",
            unite="ETP",
            maximum=Decimal(999),
            synthese=TAKEN_UP,
        ),
    ),
    aide="Le coût total suffit ; le détail par poste est facultatif, mais il doit alors faire le total.",
)
# The posts that make the cost, where a return gives no total.
EXPENDITURE_POSTS = ("personnel", "achats", "autres")

POST = block(
    "poste",
    "Poste financé",
    (
        amount(
            "depense_eligible",
            "Dépense éligible du poste",
            "Salaire chargé et frais de missions du poste (déplacements, fournitures), en euros.",
            obligatoire=True,
            synthese=TAKEN_UP,
        ),
        decimal(
            "quotite",
            "Quotité du poste",
            "La part d’un temps plein, quels que soient les mois : 1 pour un temps plein, 0,5 pour un mi-temps.",
            unite="ETP",
            maximum=Decimal(999),
            obligatoire=True,
            synthese=TAKEN_UP,
        ),
        decimal(
            "mois",
            "Mois pourvus",
            "Combien de mois de l’année le poste était pourvu : 12 pour l’année entière, 3 à partir d’octobre.",
            unite="mois",
            maximum=Decimal(12),
            obligatoire=True,
            synthese=TAKEN_UP,
        ),
    ),
    aide="L’aide se calcule sur la dépense éligible du poste, jamais sur le coût de toute l’action.",
)
