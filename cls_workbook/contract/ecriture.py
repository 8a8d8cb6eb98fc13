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

from cls_workbook.contract.model import Contrat, Fiche
from cls_workbook.contract.modeles_de_regle import fournis
from cls_workbook.contract.vie import Periode

LARGEUR = 140  # beyond, a list has one item a line
_TRAIT = "─" * 100
_PERIODE = {c.name for c in dataclasses.fields(Periode)}
TITRES = {
    "listes": "Les échelles des listes déroulantes", "axes": "Les axes", "structures": "Les structures qui répondent",
    "signataires": "Les signataires", "communes": "Les communes", "qpv": "Les quartiers prioritaires",
    "instances": "Les instances", "natures": "Les natures de financement", "financeurs": "Les financeurs",
    "fiches": "Les fiches actions", "a_programmer": "Les actions à programmer", "regles": "Les règles de financement",
    "enveloppes": "Les enveloppes", "decisions": "Les décisions", "revisions": "Les révisions",
    "themes": "Les thèmes", "priorites": "Les priorités", "evolution": "Les seuils de vraisemblance d’une année à l’autre",
    "a_confirmer": "Les points à confirmer",
}  # fmt: skip


def ecrire(contrat: Contrat) -> str:
    """The whole definition; ``parse(ecrire(contrat), …) == contrat``."""
    lignes = [f"# {_commentaire(contrat.titre)}.", "# Après toute modification : cls-workbook contrat verifier <ce fichier>"]
    lignes += [*_titre("Le contrat"), "[contrat]", *_champs(contrat)]
    for nom, valeur in _utiles(contrat):
        if dataclasses.is_dataclass(valeur):
            lignes += [*_titre(_nom(nom)), f"[{nom}]", *_champs(valeur)]
        elif _est_liste_de_tables(valeur):
            lignes += _titre(f"{_nom(nom)} ({len(valeur)})")
            for element in valeur:
                lignes += ["", *_table(nom, element)]
    return "\n".join(lignes) + "\n"


def _nom(champ: str) -> str:
    return TITRES.get(champ, champ.replace("_", " ").capitalize())


def _titre(texte: str) -> list[str]:
    return ["", "", f"# {_TRAIT}", f"# {texte}", f"# {_TRAIT}", ""]


def _commentaire(texte: str) -> str:
    return " ".join("".join(c if c.isprintable() else " " for c in texte).split())


def _utiles(objet) -> Iterator[tuple[str, object]]:
    """The fields that say something: those that differ from their default, or that a model of rule would fill in."""
    du_modele = fournis(getattr(objet, "modele", None))
    champs = dataclasses.fields(objet)
    # What something is comes before the years in which it holds.
    for champ in sorted(champs, key=lambda c: c.name in _PERIODE):
        valeur = getattr(objet, champ.name)
        if valeur is not None and (champ.default is dataclasses.MISSING or valeur != champ.default or champ.name in du_modele):
            yield champ.name, valeur


def _est_liste_de_tables(valeur: object) -> bool:
    return isinstance(valeur, tuple) and bool(valeur) and dataclasses.is_dataclass(valeur[0])


def _champs(objet) -> list[str]:
    """The simple fields of a table, one a line."""
    return [_ligne(nom, valeur) for nom, valeur in _utiles(objet) if not dataclasses.is_dataclass(valeur) and not _est_liste_de_tables(valeur)]


def _table(chemin: str, objet) -> list[str]:
    """``[[chemin]]``, its simple fields, then the tables that it holds."""
    lignes = [f"# ── Fiche {_commentaire(objet.numero)} ──", ""] if isinstance(objet, Fiche) else []
    lignes += [f"[[{chemin}]]", *_champs(objet)]
    for nom, valeur in _utiles(objet):
        if dataclasses.is_dataclass(valeur):
            lignes += ["", f"[{chemin}.{nom}]", *_champs(valeur), *_sous_tables(f"{chemin}.{nom}", valeur)]
        elif _est_liste_de_tables(valeur):
            lignes += _tables(f"{chemin}.{nom}", valeur)
    return lignes


def _sous_tables(chemin: str, objet) -> list[str]:
    return [ligne for nom, valeur in _utiles(objet) if _est_liste_de_tables(valeur) for ligne in _tables(f"{chemin}.{nom}", valeur)]


def _tables(chemin: str, elements: tuple) -> list[str]:
    return [ligne for element in elements for ligne in ("", *_table(chemin, element))]


def _ligne(nom: str, valeur: object) -> str:
    ecrit = _valeur(valeur)
    if isinstance(valeur, tuple) and len(ecrit) > LARGEUR:
        ecrit = "[\n" + "".join(f"    {_valeur(v)},\n" for v in valeur) + "]"
    return f"{nom} = {ecrit}"


def _valeur(valeur: object) -> str:
    if isinstance(valeur, bool):
        return "true" if valeur else "false"
    if isinstance(valeur, Decimal):
        return _decimal(valeur)
    if isinstance(valeur, tuple):
        return "[" + ", ".join(map(_valeur, valeur)) + "]"
    if isinstance(valeur, date):
        return valeur.isoformat()
    return _texte(valeur) if isinstance(valeur, str) else str(valeur)


def _decimal(valeur: Decimal) -> str:
    if valeur == valeur.to_integral_value():
        return str(int(valeur))
    return f"{valeur.normalize():f}"


def _texte(texte: str) -> str:
    """A TOML basic string: JSON's, but for DEL, which TOML wants escaped."""
    return json.dumps(texte, ensure_ascii=False).replace("\x7f", "\\u007F")
