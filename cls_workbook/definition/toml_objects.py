"""The text of a definition (TOML) → objects of the model: every fault of writing is told with its place."""

from __future__ import annotations

import dataclasses
import difflib
import math
import re
import tomllib
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from cls_workbook.domain.definition_keys import build, keys_of
from cls_workbook.errors import Refusal

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

D = TypeVar("D", bound="DataclassInstance")
_WORKBOOK = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")  # how an .xlsx or .ods begins; an .xls


def text_of(path: Path, unknown: str) -> str:
    """The text of a definition's file. Refusal, in the words ``unknown``, where there is none; or if it is a workbook,
    or not in UTF-8."""
    try:
        return path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise Refusal(unknown) from error
    except UnicodeDecodeError as error:
        if path.read_bytes().startswith(_WORKBOOK):
            raise Refusal(
                f"{path} est un classeur, non une définition (.toml). S’il décrit un contrat, « contrat importer » le "
                "vérifie et écrit sa définition ; s’il décrit un noyau, « noyau importer »."
            ) from error
        raise Refusal(f"{path} n’est pas enregistré en UTF-8. Enregistrez-le en UTF-8, puis recommencez.") from error


DESCRIBED = {"contrat": "un contrat", "noyau": "un noyau régional"}  # by the table at the head of a definition


def tables_of(texte: str, origin: str, header: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """The table ``[header]`` of a text, and the others. Refusal if it is no TOML, or describes something else."""
    try:
        raw = tomllib.loads(texte)
    except tomllib.TOMLDecodeError as error:
        raise Refusal(
            f"{origin} n’est pas un fichier TOML lisible, {_place(str(error))}. Une définition s’écrit "
            "« clé = valeur » : partez de celle d’un contrat livré, ou du classeur de « contrat modele »."
        ) from error
    for other in DESCRIBED.keys() - {header} if header not in raw or not isinstance(raw[header], dict) else ():
        if isinstance(raw.get(other), dict):
            raise Refusal(f"{origin} décrit {DESCRIBED[other]}, non {DESCRIBED[header]}.")
    head = raw.pop(header, {})
    if not isinstance(head, dict):
        raise Refusal(f"{origin} : « {header} » doit être un tableau TOML simple, écrit [{header}].")
    return head, raw


def _place(said: str) -> str:
    """Where tomllib stopped: it says so at the end of an English sentence."""
    found = re.search(r"at line (\d+), column (\d+)", said)
    return f"ligne {found[1]}, colonne {found[2]}" if found else "à la fin du fichier"


def build_object(class_: type[D], raw: object, location: str, faults: list[str]) -> D | None:
    """Builds a dataclass from a TOML table; every fault is noted with its place, none stops the reading."""
    if not isinstance(raw, dict):
        faults.append(f"{location} : un tableau TOML est attendu, trouvé « {raw} ».")
        return None
    keys = keys_of(class_)
    guessed: set[str] = set()  # a field misspelt is one mistake: it is not missing as well
    for unknown in sorted(raw.keys() - keys.keys()):
        close_matches = difflib.get_close_matches(unknown, sorted(keys.keys() - raw.keys()), n=1)
        tip = (
            f"Vouliez-vous dire « {close_matches[0]} » ?"
            if close_matches
            else f"Champs possibles : {', '.join(sorted(keys))}."
        )
        faults.append(f"{location} : le champ « {unknown} » est inconnu. {tip}")
        guessed.update(close_matches)
    values: dict[str, object] = {}
    for nom, content in raw.items():
        if nom in keys:
            key = keys[nom]
            if type(content) is key.type and not key.is_list:
                values[nom] = content  # as most are: nothing to convert, no place to tell
                continue
            values[nom] = (_convert_list if key.is_list else _convert)(key.type, content, f"{location}.{nom}", faults)
    for nom, key in keys.items():
        if key.obligatoire and nom not in raw:
            if nom not in guessed:
                faults.append(f"{location} : le champ « {nom} » manque.")
            values[nom] = None
    return build(class_, values)


def _convert_list(type_: type, raw: object, location: str, faults: list[str]) -> tuple[object, ...]:
    if not isinstance(raw, list):
        faults.append(f"{location} : une liste est attendue, trouvé « {raw} ».")
        return ()
    return tuple(_convert(type_, b, _rank(location, i, b), faults) for i, b in enumerate(raw, 1))


_EXPECTED = {
    str: "un texte entre guillemets",
    int: "un nombre entier",
    bool: "true ou false",
    Decimal: "un nombre",
    date: "une date",
}


def _convert(type_: type, raw: object, location: str, faults: list[str]) -> object:
    if dataclasses.is_dataclass(type_):
        return build_object(type_, raw, location, faults)
    if type_ is Decimal and isinstance(raw, (int, float)) and not isinstance(raw, bool) and math.isfinite(raw):
        return Decimal(str(raw))
    if isinstance(raw, type_) and not (isinstance(raw, bool) and type_ is not bool):
        return raw
    faults.append(f"{location} : {_EXPECTED[type_]} est attendu, trouvé « {raw} ».")
    return None


def _rank(location: str, rank: int, raw: object) -> str:
    """``contrat.fiches[3] (2.2)``: the row and, where it has one, its name."""
    nom = (
        next((str(raw[k]) for k in ("numero", "id", "nom", "code_insee", "code") if k in raw), "")
        if isinstance(raw, dict)
        else ""
    )
    return f"{location}[{rank}]" + (f" ({nom})" if nom else "")
