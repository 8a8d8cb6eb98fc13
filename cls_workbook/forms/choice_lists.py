"""What is offered to choose from, the hidden sheet of choices, and the address by which a validation cites each
list."""

from __future__ import annotations

from collections.abc import Mapping

from cls_workbook.domain.asked.compte_rendu_questions import SHARING_KEYS, SHARING_LIST
from cls_workbook.domain.definition_keys import values_by_key
from cls_workbook.domain.entry_questions import NOTHING, YES_NO
from cls_workbook.domain.model import Contrat, Mesure
from cls_workbook.forms.layout import LISTS_SHEET
from cls_workbook.workbook.description import Cell, Sheet, letter


def structure_names(contrat: Contrat) -> tuple[str, ...]:
    """Every name that may be chosen as the answering structure: structures, then members of groups."""
    names = [s.nom for s in contrat.structures if not s.groupe]
    for groupe in contrat.structures:
        if groupe.groupe:
            names += [n for n in contrat.candidats(groupe) if n not in names and contrat.identify(n) is None]
    return tuple(names)


NOT_OFFERED = ("etats_a_motif", "sens_des_etats")  # what the contract says of its scales, none to choose from


def listes(contrat: Contrat) -> dict[str, tuple[str, ...]]:
    """List name → choices; those of the volets are each fiche's own."""
    scales = {name: choix for name, choix in values_by_key(contrat.follow_up.listes) if name not in NOT_OFFERED}
    return {
        "structures": structure_names(contrat),
        **scales,
        "financeurs": tuple(f.nom for f in contrat.money.financeurs),
        "natures": tuple(n.libelle for n in contrat.money.natures),
        "communes": tuple(contrat.commune_names[c.code_insee] for c in contrat.places.communes),
        "oui_non": YES_NO,
        "riens": NOTHING,
        "volets": (),
        SHARING_LIST: SHARING_KEYS if any(f.compte_rendu for f in contrat.fiches) else (),
    }


def steps_list(mesure: Mesure) -> str:
    """The name of the list of the steps of a jalon that has its own."""
    return f"degrés {mesure.id}"


def addresses(listes: Mapping[str, tuple[str, ...]]) -> dict[str, str]:
    """List name → the formula of its range, one column a list, in their order."""
    return {nom: _address(rank, len(choix)) for rank, (nom, choix) in enumerate(listes.items(), 1)}


def _address(column: int, length: int) -> str:
    return f"={LISTS_SHEET}!${letter(column)}$2:${letter(column)}${length + 1}"


def sheet(listes: Mapping[str, tuple[str, ...]], nom: str = LISTS_SHEET, width: float = 28) -> Sheet:
    """The sheet itself: a list a column, its name above its choices."""
    cells: list[Cell] = []
    page = Sheet(nom, cells, etat="masquee", protected=True)
    for column, (listed, choix) in enumerate(listes.items(), 1):
        page.widths[column] = width
        for line, valeur in enumerate((listed, *choix), 1):
            cells.append(Cell(line, column, valeur, "entete" if line == 1 else "cellule"))
    cells.sort(key=lambda c: (c.line, c.column))
    return page
