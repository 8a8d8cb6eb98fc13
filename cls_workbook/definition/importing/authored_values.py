"""What was typed in one cell → the value of a field, or a French sentence that says what is expected.

A number or a code that the spreadsheet has turned into a number or a date is never guessed back.
"""

from __future__ import annotations

import difflib
import re
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from cls_workbook.definition.asked.sections import SectionColumn
from cls_workbook.definition.authoring import coded_choices
from cls_workbook.definition.importing.import_finding import found
from cls_workbook.french import date_fr, fold, number_fr, quoted_list
from cls_workbook.reading.cells.accepted_input import NotUnderstood
from cls_workbook.reading.cells.parse_values import understand

YES = ("oui", "vrai", "x", "1", "true", "o", "✓", "✔")
NO = ("non", "faux", "0", "false", "n")
TO_BE_NAMED = ("a designer", "porteur a designer", "a definir", "a nommer", "a preciser", "non designe")
AS_TEXT = "mettez la cellule au format Texte, puis écrivez à nouveau"


class CellError(NamedTuple):
    message: str
    remedy: str


class Doubtful(NamedTuple):
    """A number or a date where a name was due: it may still be understood by what it could name."""

    raw: float | date
    error: CellError


def text_of(raw: object) -> str:
    """A text as it was typed, without its outer spaces; a number or a date as a French sheet shows it."""
    if isinstance(raw, str):
        return raw.strip()
    value = understand(raw, "texte")
    return "" if value is None else str(value.valeur)


def says_nobody(column: SectionColumn, raw: object) -> bool:
    """« à désigner », where those who answer are named: nobody is, yet."""
    return column.champ == "porteurs" and isinstance(raw, str) and fold(raw) in TO_BE_NAMED


def read(column: SectionColumn, raw: object) -> object | CellError | Doubtful:
    """The value of one item of a field; ``raw`` is not blank."""
    type_ = column.key.type
    if type_ is bool:
        return _yes_no(raw)
    if column.choix:
        return _from_choice(column.choix, raw)
    if column.proposed:
        return coded_choices.code(column.proposed, text_of(raw)) or text_of(raw)
    if column.format == "taux":
        return _taux(raw, column.maximum)
    if column.format == "montant":
        return _amount(raw)
    if type_ is Decimal and isinstance(raw, str) and raw.strip().endswith("%"):
        return _type_value(raw, "taux")
    if type_ in _KINDS:
        value = _type_value(raw, _KINDS[type_])
        if column.format == "annee" and isinstance(value, CellError):
            return CellError(f"trouvé {found(text_of(raw))}, attendu une année.", "écrivez-la seule, par exemple 2026.")
        return value
    if column.format == "jour_mois":
        return _day_month(raw)
    return _anchor(raw, column.format) if column.anchor else text_of(raw)


_KINDS = {int: "entier", Decimal: "decimal", date: "date"}


def _type_value(raw: object, type_: str, unite: str | None = None) -> object | CellError:
    value = understand(raw, type_, unite=unite)
    if isinstance(value, NotUnderstood):
        remedy = value.remedy.replace("puis renvoyez le classeur", "puis recommencez")
        return CellError(f"trouvé {found(text_of(raw))}, attendu {value.expected}.", remedy)
    return None if value is None else value.valeur


def _amount(raw: object) -> object | CellError:
    """Euros; the sentence is the amount's, but what is finer than a cent is left to the verification."""
    value = _type_value(raw, "decimal", "€")
    as_euros = _type_value(raw, "montant") if isinstance(value, CellError) else value
    return as_euros if isinstance(as_euros, CellError) else value


def _taux(raw: object, maximum: int) -> object | CellError:
    """0.265 for 26,5 %: a cell in per cent holds the fraction."""
    value = _type_value(raw, "taux")
    if isinstance(value, Decimal) and value > maximum:
        most = number_fr(Decimal(100 * maximum))
        message = f"trouvé {found(number_fr(value))}, attendu un pourcentage entre 0 et {most} %."
        return CellError(message, f"écrivez-le avec son symbole : {number_fr(value)} %.")
    return value


def _yes_no(raw: object) -> object:
    texte = fold(text_of(raw))
    if texte in YES + NO:
        return texte in YES
    return CellError(f"trouvé {found(text_of(raw))}, attendu « oui » ou « non ».", "choisissez dans la liste.")


def _from_choice(listing: str, raw: object) -> object:
    texte = text_of(raw)
    code = coded_choices.code(listing, texte)
    if code is not None:
        return code
    choices = coded_choices.CHOICES[listing].values()
    words = {fold(m): m for m in choices}
    close_matches = difflib.get_close_matches(fold(texte), words, n=1, cutoff=0.5)
    tip = f"vouliez-vous dire « {words[close_matches[0]]} » ?" if close_matches else "choisissez dans la liste."
    return CellError(f"trouvé {found(texte)}, attendu un choix parmi {quoted_list(choices)}.", tip)


_DIGITS = {"insee": 5, "departement": 2}  # the least that a code has: its first zero was lost


def _anchor(raw: object, format_: str) -> object:
    """A number or code as a text. Whole numbers are themselves; a decimal or a date may be another number in
    disguise.
    """
    digits = _DIGITS.get(format_, 0)
    if isinstance(raw, bool):
        return CellError("trouvé une valeur logique, attendu un texte.", f"{AS_TEXT} ce repère.")
    if isinstance(raw, date):
        message = f"trouvé la date {date_fr(raw)} : le tableur a changé un numéro en date."
        remedy = f"{AS_TEXT} le numéro tel qu’imprimé, sans doute {found(f'{raw.day}.{raw.month}')}."
        return Doubtful(raw, CellError(message, remedy))
    if isinstance(raw, (int, float)):
        if raw == int(raw):
            return str(int(raw)).zfill(digits)
        number = f"{raw:.15g}"
        message = (
            f"trouvé le nombre {number_fr(Decimal(number))} : le tableur a pu retirer un zéro final ou changer le "
            "point en virgule."
        )
        remedy = f"{AS_TEXT} le numéro tel qu’imprimé : {found(number)}, ou {found(number + '0')} par exemple."
        return Doubtful(float(raw), CellError(message, remedy))
    texte = text_of(raw)
    if format_ in ("chiffres", *_DIGITS) and re.fullmatch(r"[\d\s]+", texte):
        return "".join(texte.split()).zfill(digits)
    return texte


def _day_month(raw: object) -> object:
    """« 01/09 » → « 09-01 », as the model has it; a date gives its day and month."""
    if isinstance(raw, date):
        return f"{raw.month:02}-{raw.day:02}"
    texte = text_of(raw)
    matched = re.fullmatch(r"(\d{1,2})\s*[/.-]\s*(\d{1,2})", texte)
    return f"{int(matched.group(2)):02}-{int(matched.group(1)):02}" if matched else texte


def annees(raw: object) -> tuple[int | CellError, ...]:
    """« 2024-2028 », « 2024 à 2028 », « 2024 ; 2026 » → the years, or what is wrong with them."""
    texte = text_of(raw)
    if extent := re.fullmatch(r"(\d{4})\s*(?:[-–—/]|à|au)\s*(\d{4})", texte):
        first, last = map(int, extent.groups())
        if first <= last <= first + 50:
            return tuple(range(first, last + 1))
    elif re.fullmatch(r"\d{4}(?:(?:\s+|\s*[;,]\s*)\d{4})*", texte):
        return tuple(map(int, re.findall(r"\d{4}", texte)))
    remedy = "écrivez la première et la dernière, par exemple 2025-2029, ou chacune, séparées par « ; »."
    return (CellError(f"trouvé {found(texte)}, attendu des années.", remedy),)
