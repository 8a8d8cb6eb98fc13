"""A contract definition (TOML) → ``Contrat``: every fault of writing is told with its place."""

from __future__ import annotations

import dataclasses
import difflib
import math
import tomllib
from datetime import date
from decimal import Decimal
from pathlib import Path

from cls_workbook import resources
from cls_workbook.contract.champs import champs_de
from cls_workbook.contract.model import Contrat
from cls_workbook.contract.modeles_de_regle import completer
from cls_workbook.contract.periodes import illisibles
from cls_workbook.errors import Refus


def shipped() -> dict[str, Path]:
    """Identifier → file of each definition that ships, in alphabetical order."""
    return {p.stem: p for p in sorted((resources.folder("templates") / "contrats").glob("*.toml"))}


def load(reference: str | Path) -> Contrat:
    """The contract of a shipped identifier or of a file. Refus with one line per fault if it cannot be read."""
    path = shipped().get(str(reference), Path(reference))
    try:
        texte = path.read_text(encoding="utf-8-sig")
    except OSError as erreur:
        connus = ", ".join(shipped())
        raise Refus(
            f"Le contrat « {reference} » est introuvable : ce n’est ni un contrat livré ({connus}), ni un fichier lisible."
        ) from erreur
    except UnicodeDecodeError as erreur:
        raise Refus(f"{path} n’est pas enregistré en UTF-8. Enregistrez-le en UTF-8, puis recommencez.") from erreur
    return parse(texte, str(path))


def parse(texte: str, origine: str) -> Contrat:
    """A definition's text → Contrat. ``origine`` names the file in messages."""
    try:
        brut = tomllib.loads(texte)
    except tomllib.TOMLDecodeError as erreur:
        raise Refus(f"{origine} n’est pas un fichier TOML lisible : {erreur}.") from erreur
    fautes: list[str] = []
    entete = brut.pop("contrat", {})
    if not isinstance(entete, dict):
        raise Refus(f"{origine} : « contrat » doit être un tableau TOML simple, écrit [contrat].")
    completer(brut, fautes)
    contrat = _construire(Contrat, {**entete, **brut}, "contrat", fautes)
    if not fautes:
        # a revision that cannot be applied is a fault of writing: no year could be shown
        fautes += [f"contrat.revisions[{rang}].{e.champ_fautif} : {e}" for rang, e in illisibles(contrat)]
    if fautes:
        raise Refus(f"La définition {origine} comporte {len(fautes)} faute(s).", fautes)
    return contrat


def _construire(classe: type, brut: object, lieu: str, fautes: list[str]):
    """Builds a dataclass from a TOML table; every fault is noted with its place, none stops the reading."""
    if not isinstance(brut, dict):
        fautes.append(f"{lieu} : un tableau TOML est attendu, trouvé « {brut} ».")
        return None
    champs = champs_de(classe)
    devines: set[str] = set()  # a field misspelt is one mistake: it is not missing as well
    for inconnu in sorted(brut.keys() - champs.keys()):
        proches = difflib.get_close_matches(inconnu, sorted(champs.keys() - brut.keys()), n=1)
        conseil = f"Vouliez-vous dire « {proches[0]} » ?" if proches else f"Champs possibles : {', '.join(sorted(champs))}."
        fautes.append(f"{lieu} : le champ « {inconnu} » est inconnu. {conseil}")
        devines.update(proches)
    valeurs = {}
    for nom, contenu in brut.items():
        if nom in champs:
            type_, liste, _ = champs[nom]
            if type(contenu) is type_ and not liste:
                valeurs[nom] = contenu  # as most are: nothing to convert, no place to tell
                continue
            valeurs[nom] = (_lister if liste else _convertir)(type_, contenu, f"{lieu}.{nom}", fautes)
    for nom, (_, _, obligatoire) in champs.items():
        if obligatoire and nom not in brut:
            if nom not in devines:
                fautes.append(f"{lieu} : le champ « {nom} » manque.")
            valeurs[nom] = None
    return classe(**valeurs)


def _lister(type_: type, brut: object, lieu: str, fautes: list[str]) -> tuple:
    if not isinstance(brut, list):
        fautes.append(f"{lieu} : une liste est attendue, trouvé « {brut} ».")
        return ()
    return tuple(_convertir(type_, b, _rang(lieu, i, b), fautes) for i, b in enumerate(brut, 1))


_ATTENDU = {str: "un texte entre guillemets", int: "un nombre entier", bool: "true ou false", Decimal: "un nombre", date: "une date"}


def _convertir(type_: type, brut: object, lieu: str, fautes: list[str]):
    if dataclasses.is_dataclass(type_):
        return _construire(type_, brut, lieu, fautes)
    if type_ is Decimal and isinstance(brut, (int, float)) and not isinstance(brut, bool) and math.isfinite(brut):
        return Decimal(str(brut))
    if isinstance(brut, type_) and not (isinstance(brut, bool) and type_ is not bool):
        return brut
    fautes.append(f"{lieu} : {_ATTENDU[type_]} est attendu, trouvé « {brut} ».")
    return None


def _rang(lieu: str, rang: int, brut: object) -> str:
    """``contrat.fiches[3] (2.2)``: the row and, where it has one, its name."""
    nom = next((str(brut[k]) for k in ("numero", "id", "nom", "code_insee", "code") if k in brut), "") if isinstance(brut, dict) else ""
    return f"{lieu}[{rang}]" + (f" ({nom})" if nom else "")
