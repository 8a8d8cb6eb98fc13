"""The sheets of the workbook in their order, as ``templates/description.toml`` words them and the model types them."""

from __future__ import annotations

import dataclasses
import tomllib
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from cls_workbook import resources
from cls_workbook.definition.asked.sections import ESSENTIAL, IDENTIFIERS, LIFETIME, Section, SectionColumn
from cls_workbook.domain.definition_keys import Key, keys_of
from cls_workbook.domain.lifetime import Period
from cls_workbook.domain.model import Contrat, Fiche
from cls_workbook.french import typography

DESCRIPTION: dict[str, Any] = tomllib.loads(
    (resources.folder("templates") / "description.toml").read_text(encoding="utf-8")
)


class Referred(NamedTuple):
    """What a reference names: the sheet and the column whose values a drop-down offers, and a word for one of them."""

    section: str
    champ: str
    words: str


REFERENCES = {
    "axes": Referred("axes", "numero", "un axe"),
    "structures": Referred("structures", "nom", "une structure"),
    "fiches": Referred("fiches", "numero", "une fiche"),
    "communes": Referred("communes", "nom", "une commune"),
    "financeurs": Referred("financeurs", "nom", "un financeur"),
    "volets": Referred("volets", "nom", "un volet de la fiche"),
    "mesures": Referred("indicateurs", "repere", "une mesure"),
    "complements": Referred("complements", "libelle", "une question de la fiche"),
    "decisions": Referred("decisions", "id", "une décision"),
    "themes": Referred("themes", "libelle", "un thème"),
    "priorites": Referred("priorites", "libelle", "une priorité"),
}


def _section(nom: str, sheet: str, aide: str, columns: dict[str, list[dict[str, Any]]], **room: Any) -> Section:
    """A sheet from its table of the description; what belongs to a fiche begins with its number."""
    holder = Contrat if nom in keys_of(Contrat) else Fiche
    class_ = Contrat if nom == "contrat" else keys_of(holder)[nom].type
    asked = list(_columns(nom, class_, columns))
    if holder is Fiche and class_ is not Contrat:
        number = Key(str, False, dataclasses.MISSING)
        once = not keys_of(Fiche)[nom].is_list  # such a row is the only one of its fiche
        words = _words(DESCRIPTION["fiche"])
        fiche = SectionColumn(
            "fiche", cle=f"{nom}.fiche", key=number, band=ESSENTIAL, unique=once, is_parent=True, **words
        )
        asked.insert(0, fiche)
    return Section(nom, typography(sheet), class_, typography(aide), tuple(asked), **room)


def _columns(nom: str, class_: type, bands: dict[str, list[dict[str, Any]]]) -> Iterator[SectionColumn]:
    parts = {"": class_}
    for row in (row for rows in bands.values() for row in rows):
        part = row["champ"].rpartition(".")[0]
        parts[part] = keys_of(class_)[part].type if part else class_
    years = [row for part, of_part in parts.items() if issubclass(of_part, Period) for row in _years(part)]
    identifiers = {IDENTIFIERS: bands[IDENTIFIERS]} if IDENTIFIERS in bands else {}
    others = {band: rows for band, rows in bands.items() if band != IDENTIFIERS}
    for band, rows in (others | {LIFETIME: years} | identifiers).items():
        for row in rows:
            part, _, champ = row["champ"].rpartition(".")
            key = keys_of(parts[part])[champ]
            words = _words(row) | {"champ": champ}
            yield SectionColumn(cle=f"{part or nom}.{champ}", key=key, band=band, part=part, **words)


def _years(part: str) -> Iterable[dict[str, Any]]:
    """The years in which the row, or what shares it, holds, and what decided them."""
    for row in DESCRIPTION["periode"]:
        yield row | {"champ": f"{part}.{row['champ']}", "titre": f"{row['titre']} (mesure)"} if part else row


def _words(row: dict[str, Any]) -> dict[str, Any]:
    """The settings of a column, its sentences with their non-breaking spaces."""
    sentences = {name: typography(row[name]) for name in ("titre", "aide", "example", "deduced") if name in row}
    return row | sentences | {"meant_for": tuple(row.get("meant_for", ()))}


SECTIONS = tuple(_section(**row) for row in DESCRIPTION["sections"])
SECTION_BY_NAME = {r.nom: r for r in SECTIONS}
