"""A value → what follows the style in the XML of its cell, as XlsxWriter writes it. Texts are shared by the whole workbook."""

from __future__ import annotations

import re
from datetime import date, datetime
from decimal import Decimal
from numbers import Integral, Real

from xlsxwriter.sharedstrings import SharedStringTable
from xlsxwriter.utility import _datetime_to_excel_datetime

from cls_workbook.xlsx.limits import ENTIER_EXACT, formule_permise, sans_interdit, unites
from cls_workbook.xlsx.sheets import TEXTE_MAX, Formule, Lien

VIDE, TEXTE = "/>", ' t="s"'
SANS_VALEUR = object()  # charts pass over a truth value
# Characters that XML forbids, carriage returns, and a text that XlsxWriter would take for rich-text XML.
_ANORMAL = re.compile("[\x00-\x08\x0b-\x1f\ud800-\udfff\ufffe\uffff]|^<r>.*</r>$", re.DOTALL)
_ERREURS = frozenset(("#DIV/0!", "#N/A", "#NAME?", "#NULL!", "#NUM!", "#REF!", "#VALUE!"))


def texte_sur(texte: str) -> str:
    """The text with line ends as Excel has them, and every character that XML forbids shown as ``\\ufffd``."""
    texte = sans_interdit(texte)
    if texte.startswith("<r>") and texte.endswith("</r>"):
        # XlsxWriter copies such a text into the file unescaped: give it the escaped text as one rich run.
        return f'<r><t xml:space="preserve">{_echappe(texte)}</t></r>'
    return texte


def texte_permis(texte: str) -> str:
    """The text as it may be stored. ValueError if a cell cannot hold it."""
    if len(texte) > TEXTE_MAX // 2 and unites(texte) > TEXTE_MAX:
        raise ValueError(f"texte de {unites(texte)} caractères : Excel en accepte {TEXTE_MAX} par cellule")
    return texte_sur(texte) if _ANORMAL.search(texte) else texte


def texte_de_rang(rang: int) -> str:
    """The cell of a shared text."""
    return f"{TEXTE}><v>{rang}</v></c>"


class Textes(dict):
    """Text → the end of its cell, worked out once for each distinct text. Who writes the cell counts it: ``table.count``."""

    def __init__(self, table: SharedStringTable):
        super().__init__({"": VIDE})  # an empty text would make the cell count as filled
        self.table = table

    def __missing__(self, texte: str) -> str:
        rang = self.table._get_shared_string_index(texte_permis(texte))
        self.table.count -= 1
        fin = self[texte] = texte_de_rang(rang)
        return fin


class Contenus(dict):
    """Type of a value → the function that gives the end of its cell; None, plain texts and links are left to the caller.

    It holds methods of its own: ``clear()`` when the workbook is written, and no collector is needed.
    """

    def __init__(self, textes: Textes):
        super().__init__({int: self._entier, float: self._reel, Decimal: self._reel, bool: _booleen, date: _date, datetime: _date, Formule: _formule})
        self.textes = textes

    def __missing__(self, classe: type):
        """Subclasses and other libraries' numbers."""
        parents = [(datetime, _date), (str, self._texte), (Integral, self._entier), (Real, self._reel)]
        for parent, ecrire in parents:
            if issubclass(classe, parent):
                self[classe] = ecrire
                return ecrire
        raise ValueError(f"une cellule ne peut pas contenir un objet {classe.__name__}")

    def _texte(self, valeur: str) -> str:
        self.textes.table.count += valeur != ""
        return self.textes[valeur]

    def _entier(self, valeur) -> str:
        if -ENTIER_EXACT < valeur < ENTIER_EXACT:
            return f"><v>{int(valeur)}</v></c>"
        return self._texte(str(valeur))

    def _reel(self, valeur) -> str:
        nombre = float(valeur)
        if nombre != nombre:  # NaN is how frames say missing
            return VIDE
        if nombre in (float("inf"), float("-inf")):
            raise ValueError("une cellule ne peut pas contenir un nombre infini")
        return f"><v>{nombre:.16G}</v></c>"


def montre(valeur: object) -> object:
    """What a chart keeps of a cell that it shows: text, number written in full, result of a formula; or SANS_VALEUR."""
    if valeur is None or valeur == "" or valeur != valeur:
        return ""
    if isinstance(valeur, bool):
        return SANS_VALEUR
    if isinstance(valeur, Formule):
        return _resultat(valeur.valeur)
    if isinstance(valeur, (Lien, str)):
        return texte_permis(valeur.texte if isinstance(valeur, Lien) else valeur)
    if isinstance(valeur, date):
        return f"{_numero(valeur):.16g}"
    if isinstance(valeur, Integral):
        return f"{int(valeur):.16g}" if -ENTIER_EXACT < valeur < ENTIER_EXACT else str(valeur)
    return f"{float(valeur):.16g}"


def _date(jour: date) -> str:
    return f"><v>{_numero(jour):.16G}</v></c>"


def _numero(jour: date) -> float:
    return _datetime_to_excel_datetime(jour, False, False)  # years from 1900, time zones refused


def _booleen(valeur: bool) -> str:
    return f' t="b"><v>{valeur:d}</v></c>'


def _formule(formule: Formule) -> str:
    texte, valeur = formule
    formule_permise(texte)
    type_, resultat = "", _resultat(valeur)
    if isinstance(resultat, bool):
        type_, resultat = ' t="b"', int(resultat)
    elif isinstance(resultat, str) and resultat:  # none for an empty result: every program then computes it
        type_, resultat = ' t="e"' if resultat in _ERREURS else ' t="str"', _echappe(resultat)
    return f"{type_}><f>{_echappe(texte)}</f><v>{resultat}</v></c>"


def _resultat(valeur: object) -> object:
    """What a formula shows: text ("" for nothing), number or truth value."""
    if not valeur and (valeur is None or isinstance(valeur, str)):
        return ""
    if isinstance(valeur, str):
        return sans_interdit(valeur)
    if isinstance(valeur, date):
        return _numero_de_serie(valeur)
    return float(valeur) if isinstance(valeur, Decimal) else valeur


def _numero_de_serie(jour: date) -> float:
    """A date (and time) as Excel counts it: days since 30/12/1899."""
    moment = jour if isinstance(jour, datetime) else datetime(jour.year, jour.month, jour.day)
    return (moment - datetime(1899, 12, 30)).total_seconds() / 86_400


def _echappe(texte: str) -> str:
    return texte.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
