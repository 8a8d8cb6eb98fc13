"""What the verification of a definition says, in the words and at the cells of the workbook."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cls_workbook.definition.importing.typed_rows import TypedRow

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

import dataclasses
import re

from cls_workbook.definition.asked.all_sections import SECTION_BY_NAME
from cls_workbook.definition.asked.sections import Section
from cls_workbook.definition.authoring import coded_choices
from cls_workbook.definition.importing.assembly import Assembly
from cls_workbook.definition.importing.import_finding import AuthoredPlace, ImportFinding
from cls_workbook.domain.definition_keys import values_by_key
from cls_workbook.domain.verification.fault import DefinitionFault, places

# Remedies that speak of the definition's text → what they come to in the workbook.
_REMEDIES = (
    (r"Ajoutez groupe = true\.", "Répondez « oui » dans la colonne « Groupe ? », ou effacez ces membres."),
    (r"Écrivez montant_etat = \"chiffre\"\.", "Choisissez « chiffré », ou effacez le montant."),
    (r"Donnez-les, par exemple \[2024, 2025\]\.", "Écrivez-les, par exemple 2025-2029."),
    (r"Ajoutez-le à decisions, puis", "Ajoutez-le à la feuille « Décisions », puis"),
    (r"Ajoutez l’avenant à decisions,", "Ajoutez l’avenant à la feuille « Décisions »,"),
    (r"dans la définition", "dans ce classeur"),
    (r"retirez le champ|Retirez le champ", "videz la case"),
    (
        r"Écrivez mois et jour, par exemple 09-01 pour le 1er septembre\.",
        "Écrivez le jour et le mois, par exemple 01/09 pour le 1er septembre.",
    ),
)


class FaultPlaces:
    """Place of a definition (``contrat.fiches[3] (2.2).axe``) → cell of the workbook."""

    def __init__(self, assembly: Assembly):
        self.assembly = assembly
        self.cells: dict[str, AuthoredPlace] = {}
        self.sections: dict[str, Section] = {}
        head = assembly.rows["contrat"]
        if head:
            self._field_values("contrat", assembly.contrat, head[0], "")
            self._field_values("contrat.evolution", assembly.contrat.evolution, head[0], "evolution")
        self._descend("contrat", assembly.contrat)
        self._lists()
        self._without_rank = {_without_rank(location): place for location, place in reversed(self.cells.items())}

    def _descend(self, location: str, objet: DataclassInstance) -> None:
        """Every object that a row made, then what it holds."""
        origin = self.assembly.origins.get(id(objet))
        if origin is not None:
            self.cells[location] = origin.row.location("libelle", "mesures") if origin.part else origin.row.here
            self._field_values(location, objet, origin.row, origin.part)
        for name, content in values_by_key(objet):
            if isinstance(content, tuple):
                self._list(f"{location}.{name}", name, content)
            elif dataclasses.is_dataclass(content) and not isinstance(content, type):
                self._descend(f"{location}.{name}", content)

    def _list(self, location: str, champ: str, content: tuple[Any, ...]) -> None:
        if location == f"contrat.{champ}" and champ in SECTION_BY_NAME:
            self.cells[location] = self.assembly.tables[champ].entire
        for place, element in places(location, content):
            if dataclasses.is_dataclass(element) and not isinstance(element, type):
                self._descend(place, element)
            if champ == "mesures":  # the verification of themes places a measure in its fiche
                self.cells[f"{location.partition('.indicateurs')[0]}.mesures ({element.id}).theme"] = self.cells[
                    f"{place}.theme"
                ]

    def _field_values(self, location: str, objet: object, row: TypedRow, part: str) -> None:
        section: Section = row.table.section
        self.sections[location] = section
        for column in section.columns:
            if column.part != part or section.is_parent(column):
                continue
            place = f"{location}.{column.champ}"
            self.cells[place] = row.location(column.champ, part)
            items = row.items.get(row.cle(column.champ, part), ())
            for rank, (_, cell) in enumerate(items, 1):
                self.cells[f"{place}[{rank}]"] = cell
        if section.nom == "indicateurs" and not part:
            self.cells[f"{location}.mesures"] = row.location("type", "mesures")

    def _lists(self) -> None:
        """Each choice of a scale stands in its own cell."""
        for row in self.assembly.rows["listes"]:
            for column in row.table.section.columns:
                location = f"contrat.listes.{column.champ}"
                for _, cell in row.items.get(row.cle(column.champ), ()):
                    rank = 1 + sum(1 for known in self.cells if known.startswith(f"{location}["))
                    self.cells[f"{location}[{rank}]"] = cell
                    self.cells.setdefault(location, cell)

    # --- faults ---

    def constat(self, fault: DefinitionFault) -> ImportFinding:
        """The same fault, at its cell."""
        location, annees = _years(fault.location)
        cell = self._cell(location)
        return ImportFinding(
            cell,
            self._in_words(fault.message, location) + annees,
            self._in_words(fault.remedy, location),
            fault.gravite,
        )

    def _cell(self, location: str) -> AuthoredPlace:
        """The cell of the place, or of what holds it."""
        for cells, sought in ((self.cells, location), (self._without_rank, _without_rank(location))):
            if sought in cells:
                return cells[sought]
        while "." in location or "[" in location:
            location = _parent(location)
            if location in self.cells:
                return self.cells[location]
            if _without_rank(location) in self._without_rank:
                return self._without_rank[_without_rank(location)]
        return self.assembly.tables["contrat"].entire

    def _in_words(self, texte: str, location: str) -> str:
        """Cells for places, words for codes, titles of columns for names of fields."""
        for motif, words in _REMEDIES:
            texte = re.sub(motif, words, texte)
        for other in sorted((c for c in self.cells if c in texte), key=len, reverse=True):
            place = self.cells[other]
            texte = texte.replace(
                other,
                f"la cellule {place.cell} de la feuille « {place.sheet} »"
                if place.cell
                else f"la feuille « {place.sheet} »",
            )
        section = next((self.sections[p] for p in _ancestors(location) if p in self.sections), None)
        return _words_for_codes(_titles_for_fields(texte, section), section, location)


def _parent(location: str) -> str:
    """The place that holds this one: what a dot or a rank adds is taken away; names in parentheses may hold both."""
    without_name = re.sub(r" \([^()]*(\([^()]*\)[^()]*)*\)$", "", location)
    if without_name != location:
        return without_name
    without_rank = re.sub(r"\[\d+\]$", "", location)
    return (
        without_rank
        if without_rank != location
        else re.sub(r"\.?[a-z_]+$", "", location)
        if re.search(r"\.[a-z_]+$", location)
        else ""
    )


def _ancestors(location: str) -> list[str]:
    ancestors = [location]
    while location := _parent(location):
        ancestors.append(location)
    return ancestors


def _without_rank(location: str) -> str:
    """Ranks of objects taken away, those that a year shifts; their names stay."""
    return re.sub(r"\[\d+\](?= \()", "", location)


def _years(location: str) -> tuple[str, str]:
    """The place, and the years that the verification adds to it, as the end of a sentence."""
    found = re.search(r" \(en ([\d, ]+)\)$", location)
    return (location[: found.start()], f" (En {found.group(1)}.)") if found else (location, "")


def _titles_for_fields(texte: str, section: Section | None) -> str:
    for column in section.columns if section else ():
        if "_" in column.champ:
            texte = re.sub(rf"\b{column.champ}\b", f"« {column.titre} »", texte)
    return re.sub(
        r"le champ (ventilation|modalites)",
        lambda m: "la colonne « " + ("Détail par" if m.group(1) == "ventilation" else "Catégories du détail") + " »",
        texte,
    )


def _words_for_codes(texte: str, section: Section | None, location: str) -> str:
    """Codes of the model, cited or listed → the words of the drop-downs."""
    for column in section.columns if section else ():
        for code, words in coded_choices.CHOICES.get(column.choix or "", {}).items():
            quoted = rf"(?<=«\u00a0){re.escape(code)}(?=\u00a0»)"
            if code.isupper():  # such a word is nothing else
                texte = re.sub(rf"{quoted}|\b{code}\b(?=[,.])", words, texte)
            elif location.endswith(f".{column.champ}"):
                texte = re.sub(quoted, words, texte)
            elif column.champ == "type":
                texte = re.sub(rf"(?<=type «\u00a0){re.escape(code)}(?=\u00a0»)", words, texte)
    return texte
