"""``Contrat`` → the text of its definition (TOML), such as a person reads, corrects and keeps.

Fields stand in the order of the model; what equals its default is left out. What ``parse`` reads back is the same
contract. An emitter of our own, because a definition is also a document: titles between its parts, one fiche after
another with its indicators.
"""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any, TypeGuard

from cls_workbook.definition.rule_templates import supplied_fields
from cls_workbook.domain.definition_keys import keys_of, value_of_key
from cls_workbook.domain.lifetime import Period
from cls_workbook.domain.model import Contrat, Fiche
from cls_workbook.domain.regional.noyau_model import Noyau

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

WIDTH = 140  # beyond, a list has one item a line
_STROKE = "─" * 100
_PERIOD_KEYS = set(keys_of(Period))
TITLES = {
    "listes": "Les échelles des listes déroulantes",
    "axes": "Les axes",
    "structures": "Les structures qui répondent",
    "signataires": "Les signataires",
    "communes": "Les communes",
    "qpv": "Les quartiers prioritaires",
    "lieux": "Les autres lieux",
    "instances": "Les instances",
    "evaluations": "Les évaluations prévues",
    "natures": "Les natures de financement",
    "financeurs": "Les financeurs",
    "fiches": "Les fiches actions",
    "a_programmer": "Les actions à programmer",
    "regles": "Les règles de financement",
    "enveloppes": "Les enveloppes",
    "cibles": "Les cibles des mesures",
    "decisions": "Les décisions",
    "revisions": "Les révisions",
    "themes": "Les thèmes",
    "priorites": "Les priorités",
    "evolution": "Les seuils de vraisemblance d’une année à l’autre",
    "a_confirmer": "Les points à confirmer",
    "versions": "Les versions",
    "mesures": "Les mesures",
    "correspondances": "Les correspondances avec d’autres vocabulaires",
}


def write(contrat: Contrat) -> str:
    """The whole definition; ``parse(write(contrat), …) == contrat``."""
    return _written(contrat, contrat.titre, "contrat")


def write_noyau(noyau: Noyau) -> str:
    """The same for a regional noyau; ``parse_noyau(write_noyau(noyau), …) == noyau``."""
    return _written(noyau, noyau.titre, "noyau")


def _written(objet: DataclassInstance, titre: str, header: str) -> str:
    lines = [f"# {_comment(titre)}.", f"# Après toute modification : cls-workbook {header} verifier <ce fichier>"]
    lines += [*_title(f"Le {header}"), f"[{header}]", *_simple_fields(objet)]
    for nom, valeur in _useful_fields(objet):
        if _is_table(valeur):
            lines += [*_title(_name(nom)), f"[{nom}]", *_inside(nom, valeur)]
        elif _is_list_of_tables(valeur):
            lines += [*_title(f"{_name(nom)} ({len(valeur)})"), *_tables(nom, valeur)]
    return "\n".join(lines) + "\n"


def _name(champ: str) -> str:
    return TITLES.get(champ, champ.replace("_", " ").capitalize())


def _title(texte: str) -> list[str]:
    return ["", "", f"# {_STROKE}", f"# {texte}", f"# {_STROKE}", ""]


def _comment(texte: str) -> str:
    return " ".join("".join(c if c.isprintable() else " " for c in texte).split())


def _useful_fields(objet: DataclassInstance) -> Iterator[tuple[str, Any]]:
    """The keys that say something: those that differ from their default, or that a model of rule would fill in."""
    from_model = supplied_fields(getattr(objet, "modele", None))
    # What something is comes before the years in which it holds.
    for name, key in sorted(keys_of(type(objet)).items(), key=lambda item: item[0] in _PERIOD_KEYS):
        valeur = value_of_key(objet, name)
        if valeur is not None and (valeur != key.default or name in from_model):
            yield name, valeur


def _is_table(valeur: object) -> TypeGuard[DataclassInstance]:
    return dataclasses.is_dataclass(valeur)


def _is_list_of_tables(valeur: object) -> TypeGuard[tuple[DataclassInstance, ...]]:
    return isinstance(valeur, tuple) and bool(valeur) and dataclasses.is_dataclass(valeur[0])


def _simple_fields(objet: DataclassInstance) -> list[str]:
    """The fields of a table that hold no other, one a line."""
    fields = _useful_fields(objet)
    return [_row(nom, v) for nom, v in fields if not _is_table(v) and not _is_list_of_tables(v)]


def _inside(path: str, objet: DataclassInstance) -> list[str]:
    """The simple fields of a table, then the tables that it holds."""
    lines = _simple_fields(objet)
    for nom, valeur in _useful_fields(objet):
        if _is_table(valeur):
            lines += ["", f"[{path}.{nom}]", *_inside(f"{path}.{nom}", valeur)]
        elif _is_list_of_tables(valeur):
            lines += _tables(f"{path}.{nom}", valeur)
    return lines


def _tables(path: str, elements: tuple[DataclassInstance, ...]) -> Iterator[str]:
    for element in elements:
        yield ""
        if isinstance(element, Fiche):
            yield from (f"# ── Fiche {_comment(element.numero)} ──", "")
        yield from (f"[[{path}]]", *_inside(path, element))


def _row(nom: str, valeur: object) -> str:
    written = _value(valeur)
    if isinstance(valeur, tuple) and len(written) > WIDTH:
        written = "[\n" + "".join(f"    {_value(v)},\n" for v in valeur) + "]"
    return f"{nom} = {written}"


def _value(valeur: object) -> str:
    if isinstance(valeur, bool):
        return "true" if valeur else "false"
    if isinstance(valeur, Decimal):
        return _decimal(valeur)
    if isinstance(valeur, tuple):
        return "[" + ", ".join(map(_value, valeur)) + "]"
    if isinstance(valeur, date):
        return valeur.isoformat()
    return _text(valeur) if isinstance(valeur, str) else str(valeur)


def _decimal(valeur: Decimal) -> str:
    if valeur == valeur.to_integral_value():
        return str(int(valeur))
    return f"{valeur.normalize():f}"


def _text(texte: str) -> str:
    """A TOML basic string: JSON's, but for DEL, which TOML wants escaped."""
    return json.dumps(texte, ensure_ascii=False).replace("\x7f", "\\u007F")
