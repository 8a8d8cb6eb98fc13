"""The table of the comptes rendus financiers, an account a row. It goes no further than the coordinator: the structure
hands its own in, signed."""

from __future__ import annotations

from dataclasses import replace

from cls_workbook.domain.accounts.account_plan import CHARGES, GIFTS, INDIRECT, PRODUITS, USES
from cls_workbook.tables.described_columns import (
    CELL,
    FICHE,
    FILE,
    SHEET,
    STRUCTURE,
    VOLET,
    YEAR,
    DescribedTable,
    montant,
    obligatoire,
    taux,
    texte,
)

SECTIONS = {
    CHARGES: "charges",
    INDIRECT: "charges indirectes",
    PRODUITS: "produits",
    USES: "emplois des contributions en nature",
    GIFTS: "contributions volontaires en nature",
}
TYPED, TAKEN_UP, SHARED = "saisi", "repris de la fiche", "réparti"

STATEMENTS = DescribedTable(
    "Comptes rendus",
    "Comptes_rendus",
    "Le compte rendu financier de chaque fiche subventionnée, compte par compte : ce qui était prévu, ce qui a été "
    "réalisé. Les totaux n’y sont pas : un tableau croisé les fait.",
    (
        YEAR,
        obligatoire(FICHE),
        replace(STRUCTURE, max_width=22),
        replace(VOLET, max_width=18),
        texte("Partie", "Le côté du compte rendu.", obligatoire=True, choix=tuple(SECTIONS.values()), max_width=18),
        texte("Compte", "Le numéro du compte ; vide pour une charge indirecte.", max_width=11),
        texte("Libellé", "Le nom du compte.", obligatoire=True, max_width=23),
        montant("Prévision", "Le budget prévu, en euros.", minimum=None),
        montant("Réalisation", "Ce qui a été dépensé ou reçu dans l’année, en euros.", minimum=None),
        taux("Taux de réalisation", "La réalisation rapportée à la prévision."),
        texte(
            "Origine", "D’où vient la réalisation, ou la prévision si elle est seule.", choix=(TYPED, TAKEN_UP, SHARED)
        ),
        obligatoire(FILE),
        SHEET,
        CELL,
    ),
    cle=("Fichier", "Fiche", "Partie", "Libellé"),
    optional=True,
    note_key=("Fiche", "Structure", "Volet", "Libellé"),
    frozen_columns=3,
    printed_columns=10,
    tab="axe2",
)
