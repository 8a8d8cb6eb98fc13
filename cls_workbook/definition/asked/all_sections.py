"""The sheets of the workbook in their order, as ``templates/description.toml`` words them and the model types them."""

from __future__ import annotations

import dataclasses
import tomllib
from collections.abc import Iterator
from typing import Any, NamedTuple

from cls_workbook import resources
from cls_workbook.definition.asked.sections import ESSENTIAL, LIFETIME, Described, Section, SectionColumn
from cls_workbook.domain.definition_keys import Key, keys_of
from cls_workbook.domain.model import Contrat, Fiche
from cls_workbook.domain.regional.noyau_model import Noyau
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
    "natures": Referred("natures", "libelle", "une nature"),
    "volets": Referred("volets", "nom", "un volet de la fiche"),
    "mesures": Referred("indicateurs", "repere", "une mesure"),
    "complements": Referred("complements", "libelle", "une question de la fiche"),
    "decisions": Referred("decisions", "id", "une décision"),
    "themes": Referred("themes", "libelle", "un thème"),
    "priorites": Referred("priorites", "libelle", "une priorité"),
}


def _section(nom: str, sheet: str, aide: str, columns: dict[str, list[Any]], **room: Any) -> Section:
    """A sheet from its table of the description; what belongs to a fiche begins with its number."""
    of_fiche = nom != "contrat" and nom not in keys_of(Contrat)
    class_ = Contrat if nom == "contrat" else keys_of(Fiche if of_fiche else Contrat)[nom].type
    asked = tuple(_columns(nom, class_, columns))
    if of_fiche:
        asked = (_number_of_fiche(nom, only_once=not keys_of(Fiche)[nom].is_list), *asked)
    return Section(nom, typography(sheet), class_, typography(aide), asked, **room)


def _noyau_section(nom: str, sheet: str, aide: str, columns: dict[str, list[Any]], **room: Any) -> Section:
    class_ = Noyau if nom == "noyau" else keys_of(Noyau)[nom].type
    asked = tuple(_columns(nom, class_, columns))
    return Section(nom, typography(sheet), class_, typography(aide), asked, of="noyau", **room)


def _number_of_fiche(nom: str, only_once: bool) -> SectionColumn:
    words = _words(DESCRIPTION["fiche"])
    key = Key(str, False, dataclasses.MISSING)
    return SectionColumn(
        "fiche", cle=f"{nom}.fiche", key=key, band=ESSENTIAL, unique=only_once, is_parent=True, **words
    )


def _columns(nom: str, class_: type, bands: dict[str, list[Any]]) -> Iterator[SectionColumn]:
    for band, rows in bands.items():
        for row in (row for part in rows for row in _years(part)) if band == LIFETIME else rows:
            part, _, champ = row["champ"].rpartition(".")
            key = keys_of(keys_of(class_)[part].type if part else class_)[champ]
            words = _words(row) | {"champ": champ}
            yield SectionColumn(cle=f"{part or nom}.{champ}", key=key, band=band, part=part, **words)


def _years(part: str) -> Iterator[dict[str, Any]]:
    """The years in which the row, or a part of it, holds, and what decided them."""
    for row in DESCRIPTION["periode"]:
        yield row | {"champ": f"{part}.{row['champ']}", "titre": f"{row['titre']} (mesure)"} if part else row


def _words(row: dict[str, Any]) -> dict[str, Any]:
    """The settings of a column, its sentences with their non-breaking spaces."""
    sentences = {name: typography(row[name]) for name in ("titre", "aide", "example", "deduced") if name in row}
    return row | sentences | {"meant_for": tuple(row.get("meant_for", ()))}


SECTIONS = tuple(_section(**row) for row in DESCRIPTION["sections"])
SECTION_BY_NAME = {r.nom: r for r in SECTIONS}
NOYAU_DESCRIPTION: dict[str, Any] = tomllib.loads(
    (resources.folder("templates") / "description_noyau.toml").read_text(encoding="utf-8")
)
CONTRAT = Described("contrat", SECTIONS, DESCRIPTION["guide"])
NOYAU = Described(
    "noyau",
    tuple(_noyau_section(**row) for row in NOYAU_DESCRIPTION["sections"]),
    {**NOYAU_DESCRIPTION["guide"], "legend": DESCRIPTION["guide"]["legend"]},
)
