"""What is asked about the fiches: who carries them, what they count, what they cost, and the rules of money."""

from __future__ import annotations

from typing import Any

from cls_workbook.definition.asked.contract_sections import period
from cls_workbook.definition.asked.sections import ESSENTIAL, IDENTIFIERS, Section, SectionColumn
from cls_workbook.domain import model

C = SectionColumn
TERMS = "Tel qu’imprimé"


def fiche_column(**extra: Any) -> SectionColumn:
    return C(
        "fiche",
        "Fiche",
        "Le numéro de la fiche, parmi ceux de la feuille Fiches.",
        "1.2",
        11,
        ESSENTIAL,
        cross_reference="fiches",
        anchor=True,
        **extra,
    )


FICHES = Section(
    "fiches",
    "Fiches",
    model.Fiche,
    "Une ligne par fiche action. Les montants, les volets et les indicateurs ont leur propre feuille.",
    (
        C(
            "numero",
            "Numéro",
            "Le numéro imprimé, unique : 1.2, 3 bis, A.4… La colonne est au format Texte : gardez-le.",
            "1.2",
            11,
            ESSENTIAL,
            unique=True,
            anchor=True,
        ),
        C(
            "titre",
            "Titre",
            "Le titre imprimé sur la fiche.",
            "Aller vers les habitants éloignés du soin",
            48,
            ESSENTIAL,
        ),
        C(
            "axe",
            "Axe",
            "Le numéro de l’axe, parmi ceux de la feuille Axes.",
            "1",
            9,
            ESSENTIAL,
            cross_reference="axes",
            anchor=True,
        ),
        C(
            "porteurs",
            "Porteur",
            "Une structure qui rend compte de la fiche, parmi celles de la feuille Structures. Au-delà de quatre, la "
            "dernière colonne.",
            "CCAS du Val-Fleuri",
            24,
            ESSENTIAL,
            cross_reference="structures",
            boxes=4,
        ),
        C(
            "themes",
            "Thème",
            "Ce dont traite la fiche, parmi la feuille Thèmes. Au-delà de deux, la dernière colonne.",
            "Accès aux droits et médiation en santé",
            28,
            cross_reference="themes",
            boxes=2,
        ),
        C(
            "priorites",
            "Priorité",
            "Une priorité du projet régional de santé qu’elle sert, parmi la feuille Priorités. Au-delà de deux, la "
            "dernière colonne.",
            "Favoriser la santé mentale",
            44,
            cross_reference="priorites",
            boxes=2,
        ),
        C("qpv_attendu", "En QPV ?", "oui si l’action se déroule dans les quartiers prioritaires.", "oui", 10),
        C("sous_titre", "Sous-titre", "S’il y en a un.", "Volet adultes", 26),
        C("public", "Public", "À qui s’adresse l’action.", "Habitants des quartiers prioritaires", 32),
        C("territoire", "Territoire", "Où elle se déroule.", "Tout le territoire", 24),
        C("partenaires", "Partenaires", "Les partenaires cités par la fiche.", "CPTS, CPAM, centres sociaux", 48),
        C("calendrier", "Calendrier", "Tel qu’imprimé.", "2025-2029", 34),
        C("frequence", "Fréquence du suivi", "Tel qu’imprimé.", "annuelle", 28),
        C("source", "Source des données", "Qui détient les chiffres.", "Porteur de l’action", 28),
        C("responsable", "Responsable du suivi", "Une fonction, jamais un nom.", "coordination du CLS", 22),
        C(
            "valeur_initiale",
            "Valeur initiale imprimée",
            "Celle de la fiche entière ; chaque mesure a la sienne sur la feuille Indicateurs.",
            "0",
            18,
            TERMS,
        ),
        C(
            "porteurs_imprimes",
            "Porteurs, tels qu’imprimés",
            "À la lettre, si la fiche les écrit autrement.",
            "CCAS en lien avec la CPTS",
            34,
            TERMS,
        ),
        C(
            "titre_recapitulatif",
            "Titre au récapitulatif",
            "Si le tableau récapitulatif du contrat en donne un autre.",
            "Aller vers",
            34,
            TERMS,
        ),
        C(
            "porteurs_recapitulatif",
            "Porteurs au récapitulatif",
            "Si le tableau récapitulatif en donne d’autres.",
            "CCAS",
            34,
            TERMS,
        ),
        *period(),
    ),
    frozen_columns=2,
)

VOLETS = Section(
    "volets",
    "Volets",
    model.Volet,
    "Seulement pour une fiche dont des parties ont chacune leurs porteurs.",
    (
        fiche_column(),
        C("nom", "Volet", "Le nom du volet.", "Expérimentation", 44, ESSENTIAL),
        C(
            "porteurs",
            "Porteur",
            "Ceux du volet, parmi les porteurs de la fiche.",
            "CCAS du Val-Fleuri",
            24,
            ESSENTIAL,
            cross_reference="structures",
            boxes=3,
        ),
        *period(),
        C(
            "id",
            "Repère",
            "Unique dans la fiche. À ne plus changer ensuite.",
            "experimentation",
            22,
            IDENTIFIERS,
            anchor=True,
            deduced="le nom.",
        ),
    ),
    parent="volets",
    lines=20,
    frozen_columns=2,
)

AMOUNTS = Section(
    "financement",
    "Montants",
    model.FicheFinancement,
    "L’argent de chaque fiche, tel que le contrat l’annonce. Une ligne par fiche ; vide n’est pas zéro.",
    (
        fiche_column(unique=True),
        C(
            "montant",
            "Montant",
            "En euros, pour toute la durée. Vide : non chiffré.",
            "45000",
            18,
            ESSENTIAL,
            format="montant",
        ),
        C(
            "montant_etat",
            "État du montant",
            "Ce que dit le contrat.",
            "chiffré",
            22,
            ESSENTIAL,
            choix="etats_du_montant",
            deduced="« chiffré » s’il y a un montant, « imprimé sans valeur » sinon.",
        ),
        C("taux", "Taux", "Le taux d’intervention annoncé, en pour cent.", "26,5 %", 12, format="taux"),
        C("taux_pur", "Taux à comparer ?", "oui si un taux constaté peut se comparer à ce taux.", "oui", 12),
        C("duree_ans", "Durée (années)", "Nombre d’années que couvre le montant.", "3", 11),
        C("montant_base", "Base", "Ce que couvre le montant.", "3 ans", 24),
        C(
            "cofinanceurs",
            "Cofinanceur",
            "Parmi la feuille Financeurs.",
            "CPAM",
            22,
            cross_reference="financeurs",
            boxes=3,
        ),
        C("mention", "Mention", "Ce qui accompagne le montant au contrat.", "sous réserve des crédits", 48),
        C("montant_imprime", "Montant, tel qu’imprimé", "À la lettre.", "45 000 € (sur 3 ans)", 30, TERMS),
        C("taux_imprime", "Taux, tel qu’imprimé", "À la lettre.", "26,5 %", 40, TERMS),
        C(
            "cofinancements_imprimes",
            "Cofinancements, tels qu’imprimés",
            "À la lettre.",
            "CPAM (à confirmer)",
            40,
            TERMS,
        ),
    ),
    parent="financement",
)

COMPLEMENTS = Section(
    "complements",
    "Compléments",
    model.Complement,
    "Les questions que le financement demande et qu’aucun indicateur ne pose.",
    (
        fiche_column(),
        C("libelle", "Question", "Le libellé de la case à remplir.", "Coût des séances de l’année", 54, ESSENTIAL),
        C(
            "type",
            "Sorte de saisie",
            "Nombre, montant ou texte.",
            "montant en euros",
            20,
            ESSENTIAL,
            choix="types_de_complement",
        ),
        C("unite", "Unité", "Au singulier.", "séance", 16),
        C("aide", "Aide", "Ce qu’il faut savoir pour répondre.", "Toutes charges comprises", 44),
        C(
            "id",
            "Repère",
            "Unique dans la fiche. À ne plus changer ensuite.",
            "cout_des_seances",
            24,
            IDENTIFIERS,
            anchor=True,
            deduced="la question.",
        ),
    ),
    parent="complements",
    lines=20,
    frozen_columns=2,
)

TO_BE_SCHEDULED = Section(
    "a_programmer",
    "À programmer",
    model.ActionToProgramme,
    "Les actions annoncées qui n’ont pas encore de fiche.",
    (
        C("axe", "Axe", "Le numéro de l’axe.", "2", 9, ESSENTIAL, cross_reference="axes", anchor=True),
        C("titre", "Titre", "Le titre annoncé.", "Créer un lieu de répit pour les aidants", 80, ESSENTIAL),
        C(
            "devient",
            "Devenue la fiche",
            "Le numéro de la fiche qui la remplace, une fois écrite.",
            "2.4",
            14,
            cross_reference="fiches",
            anchor=True,
        ),
        *period(),
    ),
    lines=20,
)
