"""Where the actions took place, asked once for the whole workbook: a row a fiche, a box a place."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from operator import attrgetter
from typing import NamedTuple

from cls_workbook.domain import entry_questions
from cls_workbook.domain.model import Contrat, Fiche
from cls_workbook.domain.placed.place_kinds import OTHER, groups, place_kinds
from cls_workbook.domain.placed.place_words import COMMUNES, QUARTERS
from cls_workbook.domain.questions import Champ
from cls_workbook.forms.layout import KEY_COLUMN, FormPage, RowQuestion, height
from cls_workbook.forms.table_names import name_range
from cls_workbook.french import typography
from cls_workbook.workbook import text_width
from cls_workbook.workbook.description import CellRange, Link, reference

TERRITORY_SHEET, GROUP = "Territoires", entry_questions.TERRITORY.nom
_B, _C, _FIRST = 2, 3, 4  # link to the fiche, its title, the first box
_LABEL_WIDTH, _BOX_WIDTH, _HEADER_HEIGHT = 46, 3.5, 118.0
_BOXES_PER_TITLE, _TALLEST = 16, 220.0
_NARROW = 12  # characters: below, a title stands upright
_BACK = Link("internal:'Sommaire'!A1", "← Revenir au sommaire", "Voir toutes les fiches")
_HELP = "Un x par lieu touché dans l’année : {}. Facultatif : laissez vide sinon."
_BOXES_PER_PAGE = 32  # printed beside the titles of the fiches, at a size that is read


class _Box(NamedTuple):
    """What may be ticked. ``line``: its name in keys; ``group``: the title above it and its neighbours."""

    champ: Champ
    line: str
    label: str
    group: str


def boxes(contrat: Contrat, annee: int) -> list[_Box]:
    """Communes, then QPV, then the other places; by département and EPCI where the contract has several."""
    kinds = place_kinds(contrat, annee)
    is_alone = len(contrat.places.communes) == 1  # then nothing is told by its name
    return [
        _Box(
            entry_questions.TERRITORY.champ(kind.champ),
            place.cle,
            place.nom if is_alone and kind.champ == OTHER else place.label,
            group.titre or kind.word.title,
        )
        for kind in kinds
        for group in groups(kind, kinds)
        for place in group.places
    ]


def _kinds_in_words(contrat: Contrat, annee: int) -> str:
    """« commune, quartier prioritaire (QPV), village »."""
    words = (k.word for k in place_kinds(contrat, annee))
    return ", ".join(f"{w.one} ({w.short})" if w.short else w.one for w in words)


def draw(page: FormPage, contrat: Contrat, fiches: Sequence[tuple[Fiche, str]]) -> None:
    """``fiches``: those that are asked, each with the name of its sheet."""
    asked = boxes(contrat, page.annee)
    last = _FIRST + len(asked) - 1
    page.sheet.print_setup.width = max(1, round(len(asked) / _BOXES_PER_PAGE))
    page.sheet.widths.update({1: 4, _B: 7, _C: _LABEL_WIDTH} | dict.fromkeys(range(_FIRST, last + 1), _BOX_WIDTH))
    page.sheet.hidden_columns = (KEY_COLUMN,)  # nothing is carried over here, and a box stands in each other column
    page.sheet.tab_color = "accent"
    titre = page.row(f"{GROUP}/identite/titre", "repere")
    page.anchor(titre, _B, f"Territoires touchés en {contrat.follow_up.year_name(page.annee)}", "titre")
    page.next_row(34)
    page.texte(_B, typography(_HELP.format(_kinds_in_words(contrat, page.annee))), "aide_ligne")
    page.next_row(20)
    page.texte(_B, _BACK, "lien")
    page.next_row(20)
    first = page.line
    _group_titles(page, asked)
    header = page.line
    page.row(f"{GROUP}/fiches/#", "entete")
    page.texte(_B, "Fiche", "entete:lisible")
    page.texte(_C, "Titre", "entete:lisible")
    for column, box in enumerate(asked, _FIRST):
        page.texte(column, box.label, "entete_saisie:debout")
    page.next_row(max(_HEADER_HEIGHT, *(_upright(box.label) for box in asked)))
    for fiche, nom in fiches:
        _row(page, fiche, nom, asked)
    name_range(page, "Territoires touchés", CellRange(header, _B, page.line - 1, last))
    page.fiche = ""
    page.sheet.frozen_at = (header, _C)
    page.sheet.selection = (header + 1, _FIRST)
    page.sheet.print_setup.repeated_rows = (first, header)
    page.sheet.print_setup.repeated_columns = (_B, _C)


def _group_titles(page: FormPage, asked: Sequence[_Box]) -> None:
    """Above the boxes, what each group of them is; nothing where communes and QPV of one territory speak for
    themselves."""
    if len({box.group for box in asked}) <= 1 or _is_plain(asked):
        return
    column, tall = _FIRST, 30.0
    for titre, wide in _titled(asked):
        is_narrow = wide * _BOX_WIDTH < _NARROW
        page.merge(column, column + wide - 1, titre, "entete:debout" if is_narrow else "entete:lisible")
        tall = max(tall, _upright(titre) if is_narrow else height(titre, wide * _BOX_WIDTH, bold=True))
        column += wide
    page.next_row(tall)


def _upright(label: str) -> float:
    """Points of a row in which the label stands on one line; one twentieth to spare."""
    return min(_TALLEST, text_width.width(label, 10, bold=True) * 1.05 + 8)


def _titled(asked: Sequence[_Box]) -> Iterator[tuple[str, int]]:
    """Each title and over how many boxes it stands: again and again over a long group, so that each page has it."""
    for titre, its_own in groupby(asked, key=attrgetter("group")):
        left = len(list(its_own))
        while left:
            parts = -(-left // _BOXES_PER_TITLE)
            yield titre, (wide := -(-left // parts))
            left -= wide


def _is_plain(asked: Sequence[_Box]) -> bool:
    return {box.group for box in asked} <= {COMMUNES.title, QUARTERS.title}


def _row(page: FormPage, fiche: Fiche, nom: str, asked: Sequence[_Box]) -> None:
    page.fiche = fiche.numero  # whose inputs these are
    row = page.row(f"{GROUP}/fiches/{fiche.numero}", "saisie", fiche.titre)
    target = f"internal:{reference(nom, CellRange(1, _B, 1, _B), absolute=False)}"
    page.texte(_B, Link(target, fiche.numero, f"Ouvrir la fiche {fiche.numero}"), "lien_fort:centre")
    page.texte(_C, fiche.titre, "libelle")
    for column, (champ, line, label, _) in enumerate(asked, _FIRST):
        cle = f"{fiche.numero}/{GROUP}/{line}/{champ.nom}"
        page.typed(row, column, RowQuestion(champ, GROUP, label, line, subject=champ.libelle, cle=cle))
    page.next_row(height(fiche.titre, _LABEL_WIDTH, 20))
