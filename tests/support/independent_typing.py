"""What partners typed, understood by someone who knows nothing of the package."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, NamedTuple

NUMBERS = ("entier", "decimal", "montant")
NOTHING = "Rien de programmé"
POSTS = ("personnel", "achats", "autres")
Definition = Mapping[str, Any]


class Figure(NamedTuple):
    """``valeur``: a number, a text, a set of words, or None; ``names``: the entities counted, where all are named."""

    valeur: Any = None
    numerateur: Decimal | None = None
    denominateur: Decimal | None = None
    counted: int = 0
    names: frozenset[str] | None = None


class Line(NamedTuple):
    """One funding line: where it counts (``niveau``), and its amounts."""

    fiche: str
    financeur: str | None
    niveau: str | None
    prevu: Decimal | None
    engage: Decimal | None
    verse: Decimal | None


@dataclass
class Typed:
    """One return: (fiche, bloc, mesure) → line ("" where there is one only) → champ → what it says, refused cells left
    out. ``places``: (sheet, cell) → the same, without the funding lines; ``where``: each has its place."""

    structure: str
    values: dict[tuple[str, str, str], dict[str, dict[str, Any]]] = field(default_factory=dict)
    places: dict[tuple[str, str], Any] = field(default_factory=dict)
    where: dict[tuple[str, str, str, str, str], tuple[str, str]] = field(default_factory=dict)

    def without(self, fiche: str, bloc: str, mesure: str, line: str, champ: str) -> None:
        del self.values[fiche, bloc, mesure][line][champ]
        if bloc != "financement":
            del self.places[self.where[fiche, bloc, mesure, line, champ]]

    def one(self, fiche: str, bloc: str, champ: str, mesure: str = "") -> Any:
        return self.values.get((fiche, bloc, mesure), {}).get("", {}).get(champ)

    def rows(self, fiche: str, bloc: str, mesure: str = "") -> list[dict[str, Any]]:
        return [row for line, row in self.values.get((fiche, bloc, mesure), {}).items() if line]


Entry = Mapping[str, Any]  # one input, as ``dictionnaire --format json`` gives it


def understand(
    structure: str, dictionary: Iterable[Entry], answers: Mapping[str, object], refused: set[tuple[str, str]]
) -> Typed:
    """What a return says. ``refused``: (sheet, cell)."""
    typed = Typed(structure)
    for entry in dictionary:
        cle, place = entry["cle"], (entry["feuille"], entry["cellule"])
        if cle in answers and place not in refused:
            valeur: Any = answers[cle]
            if entry["type"] in NUMBERS:
                valeur = Decimal(re.sub(r"[\s€]", "", str(valeur)).replace(",", "."))
            parts = cle.split("/")
            line = parts[-2] if len(parts) == 4 + bool(entry["mesure"]) else ""
            where = typed.values.setdefault((entry["fiche"], entry["bloc"], entry["mesure"]), {})
            where.setdefault(line, {})[entry["champ"]] = valeur
            typed.where[entry["fiche"], entry["bloc"], entry["mesure"], line, entry["champ"]] = place
            if entry["bloc"] != "financement":
                typed.places[place] = valeur
    return typed


def total(amounts: Iterable[Any]) -> Any:
    """Their sum; of nothing known, nothing."""
    known = [a for a in amounts if a is not None]
    return sum(known) if known else None


def plain(texte: object) -> str:
    """Without case, accents, hyphens, kinds of apostrophes and of spaces: what makes two spellings one."""
    bare = "".join(c for c in unicodedata.normalize("NFKD", str(texte)) if not unicodedata.combining(c))
    return " ".join(bare.casefold().replace("’", "'").replace("-", " ").split())
