"""What several returns declare alike for a measure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from cls_workbook.anomalies import Place
from cls_workbook.french import fold
from cls_workbook.reading.storing.value_store import ValueStore


@dataclass(slots=True)
class Declaration:
    """What a return says of a measure. ``detail``: (category, number, cell)."""

    mesure: str
    file: str
    sheet: str
    fiche: str
    structure: str
    valeur: Any = None
    cell: str = ""
    commentaire: str | None = None
    detail: list[tuple[str, Any, str]] = field(default_factory=list)

    @property
    def place(self) -> Place:
        return Place(self.file, self.sheet, self.fiche, self.structure)

    def signature(self) -> str:
        """What two declarations of one event share; "" where there is too little to tell."""
        if not self.valeur:
            return ""
        if self.commentaire is not None:
            return f"{self.valeur} {fold(self.commentaire)}"
        detail = sorted((fold(nom), str(nombre)) for nom, nombre, _ in self.detail)
        return f"{self.valeur} {detail}" if len(detail) > 1 else ""

    def cells(self) -> list[str]:
        return [self.cell] if self.commentaire is not None else [self.cell, *(cell for _, _, cell in self.detail)]


@dataclass(slots=True)
class SharedDeclaration:
    """Declarations of one signature: the first, those of other structures (``kept`` at most),
    and how many these are.
    """

    first: Declaration
    kept: int
    later: list[Declaration] = field(default_factory=list)
    others: int = 0

    def add(self, other: Declaration) -> None:
        if other.structure != self.first.structure:
            self.others += 1
            if len(self.later) < self.kept:
                self.later.append(other)


def alike(mesure: str, store: ValueStore, kept: int) -> Iterable[SharedDeclaration]:
    """Signatures are counted first, so that only the declarations whose signature comes back are kept."""
    times = Counter(hash(signature) for d in _declarations(mesure, store) if (signature := d.signature()))
    shared: dict[str, SharedDeclaration] = {}
    if any(n > 1 for n in times.values()):
        for d in _declarations(mesure, store):
            if times[hash(signature := d.signature())] > 1:
                if signature in shared:
                    shared[signature].add(d)
                else:
                    shared[signature] = SharedDeclaration(d, kept)
    return shared.values()


def _declarations(mesure: str, store: ValueStore) -> Iterator[Declaration]:
    """One a return; what a return says stands together."""
    names = ("fichier", "feuille", "fiche", "structure", "champ", "modalite", "valeur", "cellule")
    declared = None
    for file, sheet, fiche, structure, champ, modalite, valeur, cell in store.lines(
        lambda _: True, *names, input_fields=("valeur", "commentaire", "effectif")
    ):
        if declared is None or declared.file != file or declared.fiche != fiche:
            if declared is not None:
                yield declared
            declared = Declaration(mesure, file, sheet, fiche, structure)
        if champ == "valeur":
            declared.valeur, declared.cell = valeur, cell
        elif champ == "commentaire":
            declared.commentaire = valeur
        elif valeur:
            declared.detail.append((modalite, valeur, cell))
    if declared is not None:
        yield declared
