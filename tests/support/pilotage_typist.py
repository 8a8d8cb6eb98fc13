"""A small contract, a full pilotage of it, and how a person would type in its workbook."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import openpyxl

from cls_workbook.pilotage import CopilDecision, Financement, Meeting, Pilotage, Relance

CONTRAT = """
[contrat]
id = "essai-2024-2026"
titre = "Contrat local de santé d’Essai"
nom_court = "CLS d’Essai"
annees = [2024, 2025, 2026]
territoire = "Essai"
agence = "ars"
maquette = 50000

[[structures]]
id = "ars"
nom = "ARS"

[[structures]]
id = "ville"
nom = "Ville d’Essai"
alias = ["Mairie d’Essai"]

[[structures]]
id = "operateurs"
nom = "Opérateurs"
groupe = true
candidats = ["Alpha", "Bêta", "Gamma"]

[[instances]]
nom = "COPIL"
minimum_par_an = 1

[[instances]]
nom = "Comité technique"
minimum_par_an = 2

[[natures]]
id = "maquette"
libelle = "Maquette ARS"
niveau = "maquette"

[[natures]]
id = "hors"
libelle = "ARS hors maquette"
niveau = "hors_maquette"

[[natures]]
id = "cofi"
libelle = "Cofinancement"
niveau = "cofinancement"

[[financeurs]]
id = "ars"
nom = "ARS"
structure = "ars"

[[financeurs]]
id = "region"
nom = "Région"

[[axes]]
numero = "1"
titre = "Soins"

[[fiches]]
numero = "1.1"
titre = "Former"
axe = "1"
porteurs = ["ville", "operateurs"]
financement = { montant = 30000, montant_etat = "chiffre" }

[[fiches]]
numero = "1.2"
titre = "Prévenir"
axe = "1"
porteurs = ["operateurs"]
financement = { montant = 20000, montant_etat = "chiffre" }

[[fiches]]
numero = "1.3"
titre = "Coordonner"
axe = "1"
porteurs = ["ville"]

[[regles]]
id = "poste"
type = "poste"
libelle = "La moitié du poste"
fiche = "1.3"
financeur = "ars"
hors_maquette = true
taux = 0.5
"""

FULL_PILOTAGE = Pilotage(
    membres={
        "operateurs": ("Alpha", "Maison des aînés"),
        ("operateurs", "1.1"): ("Alpha", "Maison des aînés"),
        ("operateurs", "1.2"): ("Alpha",),
    },
    programme={
        ("1.1", ""): Decimal("1234.56"),
        ("1.2", ""): Decimal("0.00"),
        ("1.1", "region"): Decimal("3000.00"),
        ("1.1", "Mécène"): Decimal("10.00"),
    },
    financements=(
        Financement("1.1", "region", "Cofinancement", Decimal("3000.00")),
        Financement("1.1", "Mécène", "Cofinancement", Decimal("10.00")),
        Financement("1.3", "ars", "ARS hors maquette", Decimal("26000.00")),
    ),
    engage_anterieur={"1.1": Decimal("5000.00")},
    reunions=(Meeting("COPIL", date(2025, 11, 20), 36, 21, "Quorum atteint."), Meeting("COPIL", date(2025, 3, 2))),
    decisions=(
        CopilDecision("1.2", "report", date(2026, 1, 8), "Faute de local.", "Le porteur regrette.", "Relancer."),
        CopilDecision("", "maintien"),
    ),
    relances=(
        Relance("ville", "relancé", date(2026, 1, 15), "Promis."),
        Relance("Alpha", "reçu"),
        Relance("Gamma", "attendu"),
    ),
    etat="validé",
    date_validation=date(2026, 2, 3),
    limite=date(2026, 1, 31),
    contact="Coordination, 03 00 00 00 00.",
)


def place(opened_book, cle: str, header: str):
    """The input of a keyed row under (or beside) a printed text, found as a person would."""
    sheet = next(f for f in opened_book if any(c.value == f"§{cle}" for c in f["A"]))
    row = next(c.row for c in sheet["A"] if c.value == f"§{cle}")
    table = f"§{cle.rpartition('/')[0]}/#"
    head = next((c.row for c in sheet["A"] if c.value == table), None)
    if head is None:
        return sheet.cell(row, 3)
    column = next(c.column for c in sheet[head] if c.value and c.value.replace("\u00a0", " ") == header)
    return sheet.cell(row, column)


def enter_value(file: Path, saisies: dict[tuple[str, str], object]) -> dict[tuple[str, str], str]:
    """Type values into the workbook; gives back the address of each."""
    opened_book = openpyxl.load_workbook(file)
    places = {cle: place(opened_book, *cle) for cle in saisies}
    for cle, cell in places.items():
        assert not cell.protection.locked, cle
        cell.value = saisies[cle]
    opened_book.save(file)
    return {cle: f"« {c.parent.title} », cellule {c.coordinate} " for cle, c in places.items()}
