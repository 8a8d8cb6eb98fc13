"""What was typed in one cell → the value of a field, or a French sentence that says what is expected.

A number or a code that the spreadsheet has turned into a number or a date is never guessed back.
"""

from __future__ import annotations

import difflib
import re
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from cls_workbook.authoring import choix
from cls_workbook.authoring.constat import trouve
from cls_workbook.authoring.rubriques import Colonne
from cls_workbook.francais import date_fr, enumere, nombre_fr, plier
from cls_workbook.reading.saisie import Incomprise, comprendre

OUI = ("oui", "vrai", "x", "1", "true", "o", "✓", "✔")
NON = ("non", "faux", "0", "false", "n")
EN_TEXTE = "mettez la cellule au format Texte, puis écrivez à nouveau"


class Erreur(NamedTuple):
    message: str
    remede: str


class Douteux(NamedTuple):
    """A number or a date where a name was due: it may still be understood by what it could name."""

    brut: float | date
    erreur: Erreur


def texte_de(brut: object) -> str:
    """A text as it was typed, without its outer spaces; a number or a date as a French sheet shows it."""
    if isinstance(brut, str):
        return brut.strip()
    lu = comprendre(brut, "texte")
    return "" if lu is None else str(lu.valeur)


def lire(colonne: Colonne, type_: type, brut: object) -> object | Erreur | Douteux:
    """The value of one item of a field; ``brut`` is not blank."""
    if type_ is bool:
        return _oui_non(brut)
    if colonne.choix:
        return _du_choix(colonne.choix, brut)
    if type_ is int:
        return _typer(brut, "entier")
    if type_ is Decimal:
        return _taux(brut, colonne.maximum) if colonne.format == "taux" else _montant(brut) if colonne.format == "montant" else _typer(brut, "decimal")
    if type_ is date:
        return _typer(brut, "date")
    if colonne.format == "jour_mois":
        return _jour_mois(brut)
    return repere(brut, colonne.format) if colonne.repere else texte_de(brut)


def _typer(brut: object, type_: str, unite: str | None = None) -> object | Erreur:
    lu = comprendre(brut, type_, unite=unite)
    if isinstance(lu, Incomprise):
        return Erreur(f"trouvé {trouve(texte_de(brut))}, attendu {lu.attendu}.", _suite(lu.a_faire))
    return None if lu is None else lu.valeur


def _suite(a_faire: str) -> str:
    return a_faire.replace("puis renvoyez le classeur", "puis recommencez")


def _montant(brut: object) -> object | Erreur:
    """Euros; the sentence is the amount's, but what is finer than a cent is left to the verification."""
    lu = _typer(brut, "decimal", "€")
    en_euros = _typer(brut, "montant") if isinstance(lu, Erreur) else lu
    return en_euros if isinstance(en_euros, Erreur) else lu


def _taux(brut: object, maximum: int) -> object | Erreur:
    """0.265 for 26,5 %: a cell in per cent holds the fraction."""
    lu = _typer(brut, "taux")
    if isinstance(lu, Decimal) and lu > maximum:
        return Erreur(f"trouvé {trouve(nombre_fr(lu))}, attendu un pourcentage entre 0 et {nombre_fr(Decimal(100 * maximum))} %.", f"écrivez-le avec son symbole : {nombre_fr(lu)} %.")
    return lu


def _oui_non(brut: object) -> object:
    texte = plier(texte_de(brut))
    if texte in OUI + NON:
        return texte in OUI
    return Erreur(f"trouvé {trouve(texte_de(brut))}, attendu « oui » ou « non ».", "choisissez dans la liste.")


def _du_choix(liste: str, brut: object) -> object:
    texte = texte_de(brut)
    code = choix.code(liste, texte)
    if code is not None:
        return code
    mots = {plier(m): m for m in choix.CHOIX[liste].values()}
    proches = difflib.get_close_matches(plier(texte), mots, n=1, cutoff=0.5)
    conseil = f"vouliez-vous dire « {mots[proches[0]]} » ?" if proches else "choisissez dans la liste."
    return Erreur(f"trouvé {trouve(texte)}, attendu un choix parmi {enumere(choix.CHOIX[liste].values())}.", conseil)


def repere(brut: object, format_: str = "") -> object:
    """A number or code as a text. Whole numbers are themselves; a decimal or a date may be another number in disguise."""
    if isinstance(brut, bool):
        return Erreur("trouvé une valeur logique, attendu un texte.", f"{EN_TEXTE} ce repère.")
    if isinstance(brut, (int, float)):
        if brut != int(brut):
            montre = nombre_fr(Decimal(f"{brut:.15g}"))
            avec_zero = f"{brut:.15g}0"
            remede = f"{EN_TEXTE} le numéro tel qu’imprimé : {trouve(f'{brut:.15g}')}, ou {trouve(avec_zero)} par exemple."
            return Douteux(float(brut), Erreur(f"trouvé le nombre {montre} : le tableur a pu retirer un zéro final ou changer le point en virgule.", remede))
        return str(int(brut)).zfill(5 if format_ == "insee" else 0)
    if isinstance(brut, date):
        ecrit = f"{brut.day}.{brut.month}"
        return Douteux(brut, Erreur(f"trouvé la date {date_fr(brut)} : le tableur a changé un numéro en date.", f"{EN_TEXTE} le numéro tel qu’imprimé, sans doute {trouve(ecrit)}."))
    texte = texte_de(brut)
    if format_ in ("chiffres", "insee") and re.fullmatch(r"[\d\s]+", texte):
        return "".join(texte.split()).zfill(5 if format_ == "insee" else 0)  # a commune's code has five digits: the first zero was lost
    return texte


def _jour_mois(brut: object) -> object:
    """« 01/09 » → « 09-01 », as the model has it; a date gives its day and month."""
    if isinstance(brut, date):
        return f"{brut.month:02}-{brut.day:02}"
    texte = texte_de(brut)
    trouve_ = re.fullmatch(r"(\d{1,2})\s*[/.-]\s*(\d{1,2})", texte)
    return f"{int(trouve_.group(2)):02}-{int(trouve_.group(1)):02}" if trouve_ else texte


def annees(brut: object) -> object:
    """« 2024-2028 », « 2024 à 2028 », « 2024 ; 2026 » → the years."""
    texte = texte_de(brut)
    if etendue := re.fullmatch(r"(\d{4})\s*(?:[-–—/]|à|au)\s*(\d{4})", texte):
        premiere, derniere = map(int, etendue.groups())
        if premiere <= derniere <= premiere + 50:
            return tuple(range(premiere, derniere + 1))
    elif re.fullmatch(r"\d{4}(\s*[;,\s]\s*\d{4})*", texte):
        return tuple(map(int, re.findall(r"\d{4}", texte)))
    return Erreur(f"trouvé {trouve(texte)}, attendu des années.", "écrivez la première et la dernière, par exemple 2025-2029, ou chacune, séparées par « ; ».")
