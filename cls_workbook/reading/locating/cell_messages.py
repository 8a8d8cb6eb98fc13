"""What reading says of single cells."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from difflib import SequenceMatcher
from typing import Any

from cls_workbook.anomalies import A_CONFIRMER, BLOCKING, INFORMATION, Anomalie, Place
from cls_workbook.french import fold, how_many, typography
from cls_workbook.reading.cells.shown import QUOTED_MAX, as_text
from cls_workbook.reading.locating.expected_row import ExpectedRow
from cls_workbook.reading.locating.formula_comparison import ChangedFormula
from cls_workbook.reading.locating.still_printed import FreeCell
from cls_workbook.reading.locating.told import anomalie
from cls_workbook.reading.opening.special_cells import SpecialCell
from cls_workbook.reading.reading_checks import (
    ChangedComputation,
    ChangedPrefill,
    RetouchedText,
    TypedElsewhere,
    TypedFormula,
    TypedRate,
)
from cls_workbook.workbook.description import address
from cls_workbook.workbook.percentages import Percentage


def formula(location: Place, cell: str, champ: str, special: SpecialCell, raw: object) -> Anomalie:
    if special.formula is None:
        found = "une erreur (#REF!, #N/A, #DIV/0!…)"
    else:
        texte = special.formula.removeprefix("of:").lstrip("=")
        found = f"la formule « ={as_text(texte)} »" if texte else "une formule"
        found += ", en erreur" if special.error else f", qui affiche « {as_text(raw)} »" if raw != "" else ""
    return anomalie(
        BLOCKING,
        TypedFormula,
        location,
        (cell,),
        champ,
        found,
        "une valeur saisie, sans formule ni lien",
        "remplacez la formule par sa valeur (Copier, puis Collage spécial, Valeurs), puis renvoyez le classeur.",
    )


def changed_fact(location: Place, cell: str, expected_row: ExpectedRow, value: object, done: object) -> Anomalie:
    champ = expected_row.label or next(iter(expected_row.texts.values()), "")
    found = f"« {as_text(value)} »" if value != "" else "une cellule vide"
    return anomalie(
        BLOCKING,
        ChangedPrefill,
        location,
        (cell,),
        as_text(champ),
        found,
        f"« {as_text(done)} », comme dans le classeur envoyé",
        "rétablissez cette valeur. Si elle est fausse, dites-le à la coordination plutôt que de la corriger.",
    )


def changed_reminder(
    location: Place, cell: str, expected_row: ExpectedRow, free: FreeCell, value: object, done: object
) -> Anomalie:
    """Something typed over what the campaign printed: last year's figure or state, or the amount of the year."""
    champ = (
        f"{as_text(expected_row.label)}, rappel de l’an dernier"
        if expected_row.places or not free.printed
        else as_text(expected_row.label)
    )
    if isinstance(value, Percentage) and isinstance(done, (int, float)):
        done = Percentage(round(float(done), 4))
    return anomalie(
        BLOCKING,
        ChangedPrefill,
        location,
        (cell,),
        champ,
        f"« {as_text(value)} »" if value != "" else "une cellule vide",
        f"« {as_text(done)} », comme dans le classeur envoyé",
        "rétablissez cette valeur ; si celle que vous y avez mise est une réponse de cette année, reportez-la dans "
        "sa case. "
        "Si le rappel est faux, dites-le à la coordination plutôt que de le corriger.",
    )


def overwritten_formula(
    location: Place, cell: str, expected_row: ExpectedRow, column: int, value: object, computation: str
) -> Anomalie:
    """``computation``: what the formula computed, in words."""
    champ = as_text(expected_row.label or expected_row.cle)
    if expected_row.suivi == column:
        return anomalie(
            A_CONFIRMER,
            TypedElsewhere,
            location,
            (cell,),
            champ,
            f"« {as_text(value)} »",
            "le mot « rempli » ou « à remplir », qui se calcule seul",
            "mettez cette remarque dans la case Commentaire ; elle n’est pas reprise.",
        )
    numerateur = any(p.champ in ("numerateur", "satisfaits") for p in expected_row.places)
    return anomalie(
        BLOCKING,
        TypedRate if numerateur else ChangedPrefill,
        location,
        (cell,),
        champ,
        f"« {as_text(value)} » saisi à la place d’un calcul ({computation})",
        f"une valeur qui se calcule seule : {computation}",
        "effacez cette cellule et saisissez les nombres dont elle se calcule, dans les cases jaunes.",
    )


def lost_formulas(location: Place, cells: list[str]) -> Anomalie:
    return anomalie(
        A_CONFIRMER,
        ChangedPrefill,
        location,
        cells,
        "cellules calculées",
        f"{len(cells)} formules remplacées par leur valeur",
        "les formules du modèle",
        "rien, si la feuille a été collée en valeurs : les calculs sont refaits à la lecture.",
    )


def changed_formulas(location: Place, found_cells: Sequence[ChangedFormula]) -> Anomalie:
    """Formulas that compute something else than they did, told once for the sheet, before and after."""
    examples = [
        f"{address(c.line + 1, c.column + 1)} : « ={as_text(c.after)} » au lieu de « ={as_text(c.before)} »"
        for c in found_cells[:QUOTED_MAX]
    ]
    remaining = len(found_cells) - QUOTED_MAX
    return anomalie(
        A_CONFIRMER,
        ChangedComputation,
        location,
        [address(c.line + 1, c.column + 1) for c in found_cells],
        "formules du modèle",
        " ; ".join(examples) + (f" ; et {how_many(remaining, 'autre')}" if remaining > 0 else ""),
        "les formules du classeur envoyé",
        "rien à ressaisir : les calculs sont refaits à la lecture. Signalez à la coordination une formule qui vous "
        "paraît fausse.",
    )


RESEMBLANCE = 0.6  # share of a printed text that must be left for a change to be a mere retouch


def is_retouch(value: object, printed: str) -> bool:
    """Was a printed text reworded, rather than covered with something that could be an answer?"""
    return (
        isinstance(value, str)
        and bool(printed)
        and SequenceMatcher(None, fold(value), fold(printed)).ratio() >= RESEMBLANCE
    )


def retouched_texts(location: Place, found_cells: Sequence[tuple[str, object, str]]) -> Anomalie:
    """(cell, text now or "", text that was printed there), told once for the sheet."""
    examples = [
        f"{c} : « {as_text(value)} » au lieu de « {as_text(before)} »"
        if value != ""
        else f"{c} : « {as_text(before)} » effacé"
        for c, value, before in found_cells[:QUOTED_MAX]
    ]
    remaining = len(found_cells) - QUOTED_MAX
    return anomalie(
        INFORMATION,
        RetouchedText,
        location,
        [c for c, _, _ in found_cells],
        "textes du modèle",
        " ; ".join(examples) + (f" ; et {how_many(remaining, 'autre')}" if remaining > 0 else ""),
        "les textes du classeur envoyé",
        "rien : ces textes ne sont pas des réponses.",
    )


def outside_inputs(location: Place, found_cells: Iterable[tuple[Any, ...]]) -> list[Anomalie]:
    """(cell, value[, text that was printed there])"""
    return [
        anomalie(
            A_CONFIRMER,
            TypedElsewhere,
            location,
            (cell,),
            "hors des cases de saisie",
            f"« {as_text(valeur)} »" + (f", à la place de « {as_text(printed[0])} »" if any(printed) else ""),
            f"« {as_text(printed[0])} », comme dans le classeur envoyé" if any(printed) else "rien dans cette cellule",
            "si c’est une réponse, reportez-la dans la case prévue ou dans un commentaire ; elle n’est pas reprise.",
        )
        for cell, valeur, *printed in found_cells
    ]


def other_texts(anomalies: Sequence[Anomalie]) -> Anomalie:
    """Another version's own printed texts among them cannot be told from what was typed."""
    a = anomalies[0]
    found = f"{len(anomalies)} cellules que ce modèle n’a pas : " + ", ".join(x.found for x in anomalies[:QUOTED_MAX])
    return replace(a, cells=tuple(dict.fromkeys(c for x in anomalies for c in x.cells)), found=typography(found))
