"""What the verification of a definition says, in the words and at the cells of the workbook."""

from __future__ import annotations

import re
from collections.abc import Iterator

from cls_workbook.definition.asked.all_sections import SECTION_BY_NAME
from cls_workbook.definition.asked.sections import Section, SectionColumn
from cls_workbook.definition.authoring import coded_choices
from cls_workbook.definition.importing.import_finding import AuthoredPlace, ImportFinding
from cls_workbook.definition.importing.row_assembly import RowAssembly
from cls_workbook.definition.importing.typed_rows import TypedRow
from cls_workbook.domain.model import Mesure
from cls_workbook.domain.verification.fault import DefinitionFault, with_places

# Remedies that speak of the definition's text → what they come to in the workbook.
_REMEDIES = (
    (r"Ajoutez groupe = true\.", "Répondez « oui » dans la colonne « Groupe ? », ou effacez ces membres."),
    (r"Écrivez montant_etat = \"chiffre\"\.", "Choisissez « chiffré », ou effacez le montant."),
    (r"Donnez-les, par exemple \[2024, 2025\]\.", "Écrivez-les, par exemple 2025-2029."),
    (r"Ajoutez-le à decisions, puis", "Ajoutez-le à la feuille « Décisions », puis"),
    (r"Ajoutez l’avenant à decisions,", "Ajoutez l’avenant à la feuille « Décisions »,"),
    (
        r"Ajoutez le champ ventilation, ou retirez les modalités\.",
        "Dites dans « Détail par » de quoi elles sont (âge, public…), ou videz cette case.",
    ),
    (r"des modalités sont fixées sans ventilation", "des catégories sont données, sans dire de quoi"),
    (r" dans le classeur de description", ""),
    (r"dans la définition", "dans ce classeur"),
    (r"retirez le champ|Retirez le champ", "videz la case"),
    (
        r"Écrivez mois et jour, par exemple 09-01 pour le 1er septembre\.",
        "Écrivez le jour et le mois, par exemple 01/09 pour le 1er septembre.",
    ),
)


class FaultPlaces:
    """Place of a definition (``contrat.fiches[3] (2.2).axe``) → cell of the workbook."""

    def __init__(self, assembly: RowAssembly):
        self.assembly, self.root = assembly, assembly.described.nom
        self.cells: dict[str, AuthoredPlace] = {}
        self.sections: dict[str, Section] = {}
        for head in assembly.rows[self.root][:1]:
            self._fields(self.root, head, "")
            self._fields(f"{self.root}.evolution", head, "evolution")
        self._objects()
        if "listes" in assembly.rows:
            self._lists()
        self._without_rank = {_without_rank(location): place for location, place in reversed(self.cells.items())}

    def _objects(self) -> None:
        """Every object that a row made, and the sheet of each list."""
        for location, place, value in with_places(self.root, self.assembly.described_object):
            listed = location.removeprefix(f"{self.root}.")
            if isinstance(value, tuple) and listed in self.assembly.tables:
                self.cells[location] = self.assembly.tables[listed].entire
            origin = self.assembly.origins.get(place)
            if origin is not None:
                self.cells[location] = origin.row.location("libelle", "mesures") if origin.part else origin.row.here
                self._fields(location, *origin)
            if type(value) is Mesure:  # the verification of themes places a measure in its fiche
                of_fiche = f"{location.partition('.indicateurs')[0]}.mesures ({value.id})"
                self.cells[f"{of_fiche}.theme"] = self.cells[f"{location}.theme"]

    def _fields(self, location: str, row: TypedRow, part: str) -> None:
        section = self.sections[location] = row.table.section
        for column in section.own_columns(part):
            place = f"{location}.{column.champ}"
            self.cells[place] = row.location(column.champ, part)
            for rank, (_, cell) in enumerate(row.items.get(column.cle, ()), 1):
                self.cells[f"{place}[{rank}]"] = cell
        if section.nom == "indicateurs" and not part:
            self.cells[f"{location}.mesures"] = row.location("type", "mesures")

    def _lists(self) -> None:
        """Each choice of a scale stands in its own cell."""
        for column in SECTION_BY_NAME["listes"].columns:
            location = f"contrat.listes.{column.champ}"
            items = (item for row in self.assembly.rows["listes"] for item in row.items.get(column.cle, ()))
            for rank, (_, cell) in enumerate(items, 1):
                self.cells[f"{location}[{rank}]"] = cell
                self.cells.setdefault(location, cell)

    def finding(self, fault: DefinitionFault) -> ImportFinding:
        """The same fault, at its cell."""
        location, annees = _years(fault.location)
        message, remedy = (self._in_words(texte, location) for texte in (fault.message, fault.remedy))
        return ImportFinding(self._cell(location), message + annees, remedy, fault.gravite)

    def _cell(self, location: str) -> AuthoredPlace:
        """The cell of the place, or of what holds it."""
        for place in _ancestors(location):
            for cells, sought in ((self.cells, place), (self._without_rank, _without_rank(place))):
                if sought in cells:
                    return cells[sought]
        return self.assembly.tables[self.root].entire

    def _in_words(self, texte: str, location: str) -> str:
        """Cells for places, words for codes, titles of columns for names of fields."""
        for motif, words in _REMEDIES:
            texte = re.sub(motif, words, texte)
        for other in sorted((c for c in self.cells if c in texte), key=len, reverse=True):
            place = self.cells[other]
            cell = f"la cellule {place.cell} de " if place.cell else ""
            texte = texte.replace(other, f"{cell}la feuille « {place.sheet} »")
        section = next((self.sections[p] for p in _ancestors(location) if p in self.sections), None)
        columns = section.columns if section else ()
        return _words_for_codes(_titles_for_fields(texte, columns), columns, location)


def _ancestors(location: str) -> Iterator[str]:
    """The place, then each that holds it: what a name in parentheses, a rank or a dot adds is taken away."""
    while location:
        yield location
        for added in (r" \((?:[^()]|\([^()]*\))*\)$", r"\[\d+\]$", r"\.[a-z_]+$"):
            shorter = re.sub(added, "", location)
            if shorter != location:
                break
        location = shorter if shorter != location else ""


def _without_rank(location: str) -> str:
    """Ranks of objects taken away, those that a year shifts; their names stay."""
    return re.sub(r"\[\d+\](?= \()", "", location)


def _years(location: str) -> tuple[str, str]:
    """The place, and the years that the verification adds to it, as the end of a sentence."""
    found = re.search(r" \(en ([\d, ]+)\)$", location)
    return (location[: found.start()], f" (En {found.group(1)}.)") if found else (location, "")


def _titles_for_fields(texte: str, columns: tuple[SectionColumn, ...]) -> str:
    for column in columns:
        if "_" in column.champ:
            texte = re.sub(rf"\b{column.champ}\b", f"« {column.titre} »", texte)
    return re.sub(
        r"le champ (ventilation|modalites)",
        lambda m: "la colonne « " + ("Détail par" if m.group(1) == "ventilation" else "Catégories du détail") + " »",
        texte,
    )


def _words_for_codes(texte: str, columns: tuple[SectionColumn, ...], location: str) -> str:
    """Codes of the model, cited or listed → the words of the drop-downs."""
    for column in columns:
        for code, words in coded_choices.CHOICES.get(column.choix or "", {}).items():
            quoted = rf"(?<=«\u00a0){re.escape(code)}(?=\u00a0»)"
            if code.isupper():  # such a word is nothing else
                texte = re.sub(rf"{quoted}|\b{code}\b(?=[,.])", words, texte)
            elif location.endswith(f".{column.champ}"):
                texte = re.sub(quoted, words, texte)
            elif column.champ == "type":
                texte = re.sub(rf"(?<=type «\u00a0){re.escape(code)}(?=\u00a0»)", words, texte)
    return texte
