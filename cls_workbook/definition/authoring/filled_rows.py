"""A contract → the rows of each sheet, in the words of a coordinator."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from cls_workbook.definition.asked.all_sections import NOYAU, SECTIONS
from cls_workbook.definition.asked.sections import Section, SectionColumn
from cls_workbook.definition.authoring import coded_choices, written_list, written_revisions
from cls_workbook.definition.authoring.reference_directory import ReferenceDirectory, of_contrat, of_noyau
from cls_workbook.definition.rule_templates import supplied_fields
from cls_workbook.domain.announced.contrat_parts import Theme
from cls_workbook.domain.definition_keys import value_of_key
from cls_workbook.domain.model import Contrat, Fiche, Indicateur
from cls_workbook.domain.regional.noyau_model import Noyau, NoyauTheme
from cls_workbook.domain.themes import shipped_themes

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

NOTHING = '""'  # a list with nothing in it, where a blank cell would mean something else
Value = str | int | Decimal | date | None
Line = dict[str, Value]  # key of a column → what its cell shows


def lines(contrat: Contrat) -> dict[str, list[Line]]:
    """Sheet (by the name of its section) → its rows, in the order of the contract."""
    directory = of_contrat(contrat)
    return {r.nom: list(_rows(r, contrat, directory)) for r in SECTIONS}


def noyau_lines(noyau: Noyau) -> dict[str, list[Line]]:
    """The same for a regional noyau."""
    directory = of_noyau(noyau)
    content: dict[str, list[Line]] = {}
    for section in NOYAU.sections:
        own = (noyau,) if section.form else getattr(noyau, section.nom)
        supplied = tuple(NoyauTheme(*t) for t in shipped_themes().items()) if section.nom == "themes" else ()
        content[section.nom] = [_row(section, objet, directory) for objet in (*supplied, *own)]
    return content


def _rows(section: Section, contrat: Contrat, directory: ReferenceDirectory) -> Iterator[Line]:
    if section.form:
        yield _row(section, contrat, directory) | _row(
            section, contrat.follow_up.evolution, directory, part="evolution"
        )
    elif section.nom == "listes":
        columns = [(c.cle, getattr(contrat.follow_up.listes, c.champ)) for c in section.columns]
        for rank in range(max(len(values) for _, values in columns)):
            yield {cle: values[rank] for cle, values in columns if rank < len(values)}
    elif section.nom == "revisions":
        for revision in contrat.changes.revisions:
            written = written_revisions.written(revision, directory, contrat)
            yield _row(section, revision, directory) | {f"revisions.{champ}": value for champ, value in written.items()}
    elif section.nom == "indicateurs":
        for fiche in contrat.fiches:
            for indicateur in fiche.indicateurs:
                yield from _indicateur(section, fiche, indicateur, directory)
    elif section.parent:
        for fiche in contrat.fiches:
            inside = getattr(fiche, section.nom)
            for objet in inside if isinstance(inside, tuple) else (inside,):
                yield _row(section, objet, directory, fiche.numero)
    else:
        # The themes that ship come first: drop-downs offer one zone, and one sees what need not be added.
        supplied_themes = (Theme(*t) for t in shipped_themes().items()) if section.nom == "themes" else ()
        for objet in (*supplied_themes, *value_of_key(contrat, section.nom)):
            yield _row(section, objet, directory)


def _row(
    section: Section, objet: DataclassInstance, directory: ReferenceDirectory, fiche: str = "", part: str = ""
) -> Line:
    """The cells of one object; ``fiche``: the one that holds it."""
    inside = fiche or getattr(objet, "fiche", None) or (objet.numero if isinstance(objet, Fiche) else "")
    line: Line = {f"{section.nom}.fiche": fiche} if section.parent else {}
    from_model = supplied_fields(getattr(objet, "modele", None))
    for column in section.own_columns(part):
        valeur = value_of_key(objet, column.champ)
        if column.champ in from_model and (valeur is False or valeur == ()):
            # a blank would mean what the rule that ships says
            line[section.box(column.champ, part).cle] = NOTHING if valeur == () else coded_choices.NO
        else:
            line |= _cells(section, column, valeur, directory, inside)
    return line


def _indicateur(
    section: Section, fiche: Fiche, indicateur: Indicateur, directory: ReferenceDirectory
) -> Iterator[Line]:
    """One row a measure; the indicator's own cells are on the first, its id on each."""
    start = _row(section, indicateur, directory, fiche.numero)
    if not indicateur.mesures:
        yield start
    for mesure in indicateur.mesures:
        yield start | _row(section, mesure, directory, fiche.numero, "mesures")
        start = {"indicateurs.id": indicateur.id}


def _cells(section: Section, column: SectionColumn, valeur: Any, directory: ReferenceDirectory, fiche: str) -> Line:
    boxes = [c.cle for c in section.boxes if c.column is column]
    if column.champ == "annees":
        return {boxes[0]: _written_years(valeur)}
    if not isinstance(valeur, tuple):
        return {boxes[0]: _written(column, valeur, directory, fiche)}
    items = [str(_written(column, v, directory, fiche)) for v in valeur]
    line: Line = dict(zip(boxes, items[: column.boxes], strict=False))
    others = items[column.boxes :]
    return line | ({boxes[-1]: written_list.join(others)} if others else {})


def _written(column: SectionColumn, valeur: Any, directory: ReferenceDirectory, fiche: str) -> Value:
    written: Value = valeur
    if valeur is None:
        return None
    if isinstance(valeur, bool):
        return None if valeur == column.default else (coded_choices.YES if valeur else coded_choices.NO)
    if column.cross_reference:
        return directory.name_to_show(column.cross_reference, valeur, fiche)
    if column.choix:
        return coded_choices.words(column.choix, valeur)
    if column.format == "jour_mois":
        return _day_month(valeur)
    # the digits as a text where a cell would not keep them all
    if isinstance(valeur, Decimal) and Decimal(f"{float(valeur):.15g}") != valeur:
        return f"{valeur:f}".replace(".", ",")
    return written


def _written_years(annees: tuple[int, ...]) -> str | None:
    """« 2024-2028 », or « 2024 ; 2026 » where years are missing."""
    if len(annees) > 1 and annees == tuple(range(annees[0], annees[-1] + 1)):
        return f"{annees[0]}-{annees[-1]}"
    return " ; ".join(map(str, annees)) or None


def _day_month(texte: str) -> str:
    """« 09-01 » → « 01/09 »; anything else as it is."""
    return re.sub(r"\A(\d\d)-(\d\d)\Z", r"\2/\1", texte)
