"""Described columns → a table schema (Frictionless Table Schema 1), and values → their text in a CSV.

Titles, types, units and bounds come from the same descriptions as the sheets; nothing is described here again.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal

from cls_workbook.francais import typographie
from cls_workbook.results.colonnes import Colonne, TableDecrite

_TYPES = {
    "texte": "string", "empreinte": "string", "mixte": "string", "entier": "integer", "annee": "year", "nombre": "number", "montant": "number",
    "taux": "number", "date": "date",
}  # fmt: skip
_NOMBRE = " (nombre)"
_AIDE_MIXTE = typographie(" Écrite telle quelle : un nombre avec le point décimal, une date en AAAA-MM-JJ, ou un texte.")
_AIDE_NOMBRE = typographie("La même valeur quand c’est un nombre ; vide sinon.")
_MOTIF_D_EMPREINTE = "^[0-9a-f]{64}$"

# A text that a spreadsheet would take for a formula; so would it these characters in full width, or after blanks.
FORMULES = "=+-@\t\r＝＋－＠"
NEUTRALISATION = typographie(
    "Un texte dont le premier caractère (espaces mises à part) est =, +, -, @ ou une tabulation, qu’un tableur prendrait pour une formule, ou une apostrophe, "
    "est précédé d’une apostrophe ('). Retirez cette première apostrophe pour retrouver le texte d’origine. Les nombres ne sont pas concernés."
)


class Champ:
    """One column of an export: a described column, or the number that a mixed column may hold."""

    def __init__(self, colonne: Colonne, nombre: bool = False):
        self.colonne, self.nombre = colonne, nombre
        self.nom = colonne.nom + ("_nombre" if nombre else "")

    @property
    def type(self) -> str:
        """A type of ``colonnes.TYPES``."""
        return "nombre" if self.nombre else self.colonne.type

    @property
    def aide(self) -> str:
        return _AIDE_NOMBRE if self.nombre else self.colonne.aide + (_AIDE_MIXTE if self.type == "mixte" else "")

    def valeur(self, brute: object) -> object:
        """The value as the column has it: a mixed one as text."""
        if self.nombre:
            return brute if isinstance(brute, (int, Decimal)) else None
        return brute if self.type != "mixte" or brute is None else en_texte(brute)

    def descripteur(self, table: TableDecrite) -> dict[str, object]:
        """The field of a table schema."""
        colonne = self.colonne
        champ: dict[str, object] = {"name": self.nom, "type": _TYPES[self.type], "title": colonne.titre + (_NOMBRE if self.nombre else ""), "description": self.aide}
        if colonne.unite:
            champ["unit"] = colonne.unite
        champ["source"] = {"sheet": table.feuille, "table": table.nom, "column": colonne.titre}
        if contraintes := {} if self.nombre else _contraintes(colonne, table):
            champ["constraints"] = contraintes
        return champ


def champs(table: TableDecrite) -> list[Champ]:
    """The columns of the export, in order; a mixed one is followed by its number."""
    return [champ for c in table.colonnes for champ in ([Champ(c), Champ(c, nombre=True)] if c.type == "mixte" else [Champ(c)])]


def _contraintes(colonne: Colonne, table: TableDecrite) -> dict[str, object]:
    contraintes: dict[str, object] = {}
    if colonne.obligatoire or colonne.titre in table.cle:
        contraintes["required"] = True
    if table.cle == (colonne.titre,):
        contraintes["unique"] = True
    if colonne.choix:
        contraintes["enum"] = list(colonne.choix)
    if colonne.minimum is not None:
        contraintes["minimum"] = int(colonne.minimum)
    if colonne.type == "empreinte":
        contraintes["pattern"] = _MOTIF_D_EMPREINTE
    return contraintes


def schema(table: TableDecrite, presentes: dict[str, TableDecrite]) -> dict[str, object]:
    """The table schema; ``presentes``: table name → the tables of the package, that it may refer to."""
    resultat: dict[str, object] = {"fields": [c.descripteur(table) for c in champs(table)], "missingValues": [""]}
    noms = {c.titre: c.nom for c in table.colonnes}
    if table.cle:
        resultat["primaryKey"] = [noms[t] for t in table.cle]
    renvois = [
        {"fields": [noms[titre]], "reference": {"resource": presentes[autre].fichier, "fields": [c.nom for c in presentes[autre].colonnes if c.titre == vers]}}
        for titre, autre, vers in table.renvois if autre in presentes
    ]  # fmt: skip
    if renvois:
        resultat["foreignKeys"] = renvois
    return resultat


# --- Text of values ---------------------------------------------------------------------------------------------------


def en_texte(valeur: object) -> str:
    """A number with a decimal point, a date as AAAA-MM-JJ, a text as it is, "" for what is missing."""
    if valeur is None:
        return ""
    if isinstance(valeur, date):
        return valeur.isoformat()
    if isinstance(valeur, Decimal):
        return f"{valeur:f}"
    return str(valeur)


def neutralise(texte: str) -> str:
    """The text, preceded by an apostrophe where a spreadsheet would take it for a formula (see ``NEUTRALISATION``)."""
    debut = texte.lstrip(" \n\u00a0\u202f")[:1]
    return f"'{texte}" if debut and debut in FORMULES + "'" else texte


def rangee(champs_: list[Champ], ligne: dict[str, object]) -> Iterator[str]:
    """A row of the CSV."""
    for champ in champs_:
        brute = ligne[champ.colonne.titre]
        valeur = champ.valeur(brute)
        yield neutralise(valeur) if isinstance(valeur, str) and isinstance(brute, str) else en_texte(valeur)
