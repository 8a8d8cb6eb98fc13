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


def read(column: SectionColumn, type_: type, raw: object) -> object | CellError | Doubtful:
    """The value of one item of a field; ``raw`` is not blank."""
    if type_ is bool:
        return _yes_no(raw)
    if column.choix:
        return _from_choice(column.choix, raw)
    if type_ is int:
        return _type_value(raw, "entier")
    if type_ is Decimal:
        return (
            _taux(raw, column.maximum)
            if column.format == "taux"
            else _amount(raw)
            if column.format == "montant"
            else _type_value(raw, "decimal")
        )
    if type_ is date:
        return _type_value(raw, "date")
    if column.format == "jour_mois":
        return _day_month(raw)
    return anchor(raw, column.format) if column.anchor else text_of(raw)


def _type_value(raw: object, type_: str, unite: str | None = None) -> object | CellError:
    value = understand(raw, type_, unite=unite)
    if isinstance(value, NotUnderstood):
        return CellError(f"trouvé {found(text_of(raw))}, attendu {value.expected}.", _follow_on(value.remedy))
    return None if value is None else value.valeur


def _follow_on(remedy: str) -> str:
    return remedy.replace("puis renvoyez le classeur", "puis recommencez")


def _amount(raw: object) -> object | CellError:
    """Euros; the sentence is the amount's, but what is finer than a cent is left to the verification."""
    value = _type_value(raw, "decimal", "€")
    as_euros = _type_value(raw, "montant") if isinstance(value, CellError) else value
    return as_euros if isinstance(as_euros, CellError) else value


def _taux(raw: object, maximum: int) -> object | CellError:
    """0.265 for 26,5 %: a cell in per cent holds the fraction."""
    value = _type_value(raw, "taux")
    if isinstance(value, Decimal) and value > maximum:
        return CellError(
            f"trouvé {found(number_fr(value))}, attendu un pourcentage entre 0 et "
            f"{number_fr(Decimal(100 * maximum))} %.",
            f"écrivez-le avec son symbole : {number_fr(value)} %.",
        )
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
    words = {fold(m): m for m in coded_choices.CHOICES[listing].values()}
    close_matches = difflib.get_close_matches(fold(texte), words, n=1, cutoff=0.5)
    tip = f"vouliez-vous dire « {words[close_matches[0]]} » ?" if close_matches else "choisissez dans la liste."
    return CellError(
        f"trouvé {found(texte)}, attendu un choix parmi {quoted_list(coded_choices.CHOICES[listing].values())}.", tip
    )


def anchor(raw: object, format_: str = "") -> object:
    """A number or code as a text. Whole numbers are themselves; a decimal or a date may be another number in
    disguise.
    """
    if isinstance(raw, bool):
        return CellError("trouvé une valeur logique, attendu un texte.", f"{AS_TEXT} ce repère.")
    if isinstance(raw, (int, float)):
        if raw != int(raw):
            shown_as = number_fr(Decimal(f"{raw:.15g}"))
            with_zero = f"{raw:.15g}0"
            remedy = f"{AS_TEXT} le numéro tel qu’imprimé : {found(f'{raw:.15g}')}, ou {found(with_zero)} par exemple."
            return Doubtful(
                float(raw),
                CellError(
                    f"trouvé le nombre {shown_as} : le tableur a pu retirer un zéro final ou changer le point en "
                    "virgule.",
                    remedy,
                ),
            )
        return str(int(raw)).zfill(5 if format_ == "insee" else 0)
    if isinstance(raw, date):
        written = f"{raw.day}.{raw.month}"
        return Doubtful(
            raw,
            CellError(
                f"trouvé la date {date_fr(raw)} : le tableur a changé un numéro en date.",
                f"{AS_TEXT} le numéro tel qu’imprimé, sans doute {found(written)}.",
            ),
        )
    texte = text_of(raw)
    if format_ in ("chiffres", "insee") and re.fullmatch(r"[\d\s]+", texte):
        return "".join(texte.split()).zfill(
            5 if format_ == "insee" else 0
        )  # a commune's code has five digits: the first zero was lost
    return texte


def _day_month(raw: object) -> object:
    """« 01/09 » → « 09-01 », as the model has it; a date gives its day and month."""
    if isinstance(raw, date):
        return f"{raw.month:02}-{raw.day:02}"
    texte = text_of(raw)
    matched = re.fullmatch(r"(\d{1,2})\s*[/.-]\s*(\d{1,2})", texte)
    return f"{int(matched.group(2)):02}-{int(matched.group(1)):02}" if matched else texte


def annees(raw: object) -> object:
    """« 2024-2028 », « 2024 à 2028 », « 2024 ; 2026 » → the years."""
    texte = text_of(raw)
    if extent := re.fullmatch(r"(\d{4})\s*(?:[-–—/]|à|au)\s*(\d{4})", texte):
        first, last = map(int, extent.groups())
        if first <= last <= first + 50:
            return tuple(range(first, last + 1))
    elif re.fullmatch(r"\d{4}(\s*[;,\s]\s*\d{4})*", texte):
        return tuple(map(int, re.findall(r"\d{4}", texte)))
    return CellError(
        f"trouvé {found(texte)}, attendu des années.",
        "écrivez la première et la dernière, par exemple 2025-2029, ou chacune, séparées par « ; ».",
    )
