"""Where each structure stands, one row for all its fiches. It holds addresses, and what the table « Retours » and the
pilotage say already: it goes no further than the coordinator."""

from __future__ import annotations

from dataclasses import replace

from cls_workbook.tables.consolidation_tables import DUPLICATE, MISSING, RECEIVED, REJECTED, RETOURS, SET_ASIDE
from cls_workbook.tables.described_columns import PILL, STRUCTURE, DescribedTable, TableColumn, texte

PARTLY, TO_CORRECT = "en partie", "à corriger"  # where a structure stands, besides what became of its returns
SAID_RECEIVED = (RECEIVED, "validé")  # what the coordinator may say of a return that is in no folder

STRUCTURES = DescribedTable(
    "Retours par structure",
    "Retours_structures",
    "Où en est chaque structure, et ce qui reste à faire avec elle ; le détail par fiche est à la feuille Retours.",
    (
        replace(STRUCTURE, max_width=24),
        texte(
            "Où en est-on",
            "Ce qu’il est advenu de ses retours, pour toutes ses fiches.",
            obligatoire=True,
            choix=(RECEIVED, PARTLY, MISSING, TO_CORRECT, DUPLICATE, REJECTED, SET_ASIDE),
            look=PILL,
            max_width=13,
        ),
        texte("À faire", "La prochaine étape.", max_width=28),
        texte("Manquantes", "Les fiches dont rien n’est venu.", max_width=14),
        texte("À reprendre", "Les fiches dont la réponse est en double, rejetée ou écartée.", max_width=13),
        texte("Reçues", "Les fiches dont la réponse compte.", max_width=18),
        TableColumn(
            "Enregistré le",
            "date",
            "Le jour où son dernier classeur a été enregistré, d’après le fichier.",
            max_width=12,
        ),
        TableColumn("Dernière relance", "date", "Selon le pilotage.", max_width=12),
        texte("Contact", "Le courriel du service, selon le pilotage.", max_width=24),
        texte("Fichiers", "Les fichiers reçus d’elle.", max_width=40),
        *RETOURS.chosen("Bloquants", "À confirmer"),
    ),
    note_key=("Structure",),
    printed_columns=9,
    tab="accent",
)
