"""Where the actions took place, asked once for the whole workbook: a row a fiche, a box a commune and a QPV."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from cls_workbook.domain import entry_questions
from cls_workbook.domain.model import Contrat, Fiche
from cls_workbook.domain.questions import Champ
from cls_workbook.forms.layout import FormPage, height
from cls_workbook.french import typography
from cls_workbook.workbook.description import CellRange, Link, reference

TERRITORY_SHEET, GROUP = "Territoires", entry_questions.TERRITORY.nom
_B, _C, _FIRST = 2, 3, 4  # link to the fiche, its title, the first box
_LABEL_WIDTH, _BOX_WIDTH, _HEADER_HEIGHT = 46, 3.5, 118.0
_BACK = Link("internal:'Sommaire'!A1", "← Revenir au sommaire", "Voir toutes les fiches")
_HELP = "Un x par commune et par quartier prioritaire (QPV) touché dans l’année. Facultatif : laissez vide sinon."


class _Box(NamedTuple):
    """What may be ticked: a commune or a QPV. ``line``: its name in keys."""

    champ: Champ
    line: str
    label: str


def boxes(contrat: Contrat, annee: int) -> list[_Box]:
    """Communes, then neighbourhoods, each with its commune."""
    bloc = entry_questions.TERRITORY
    names = {c.code_insee: c.nom for c in contrat.communes}
    communes = [_Box(bloc.champ("commune"), code, nom) for code, nom in names.items()]
    qpv = [(q.nom, f"{q.nom} ({names.get(q.commune, q.commune)})") for q in contrat.qpv_in(annee)]
    return communes + [_Box(bloc.champ("qpv"), nom, label) for nom, label in qpv]


def draw(page: FormPage, contrat: Contrat, fiches: Sequence[tuple[Fiche, str]]) -> None:
    """``fiches``: those that are asked, each with the name of its sheet."""
    asked = boxes(contrat, page.annee)
    last = _FIRST + len(asked) - 1
    page.sheet.widths.update({1: 4, _B: 7, _C: _LABEL_WIDTH} | dict.fromkeys(range(_FIRST, last + 1), _BOX_WIDTH))
    page.sheet.tab_color = "accent"
    titre = page.row(f"{GROUP}/identite/titre", "repere")
    page.anchor(titre, _B, f"Territoires touchés en {contrat.year_name(page.annee)}", "titre")
    page.next_row(34)
    page.texte(_B, typography(_HELP), "aide_ligne")
    page.next_row(20)
    page.texte(_B, _BACK, "lien")
    page.next_row(20)
    page.row(f"{GROUP}/fiches/#", "entete")
    page.texte(_B, "Fiche", "entete:lisible")
    page.texte(_C, "Titre", "entete:lisible")
    for column, box in enumerate(asked, _FIRST):
        page.texte(column, box.label, "entete_saisie:debout")
    page.next_row(_HEADER_HEIGHT)
    for fiche, nom in fiches:
        _row(page, fiche, nom, asked)
    page.fiche = ""
    page.sheet.frozen_at = (4, _C)
    page.sheet.selection = (5, _FIRST)
    page.sheet.print_setup.repeated_rows = (4, 4)
    page.sheet.print_setup.repeated_columns = (_B, _C)


def _row(page: FormPage, fiche: Fiche, nom: str, asked: Sequence[_Box]) -> None:
    page.fiche = fiche.numero  # whose inputs these are
    row = page.row(f"{GROUP}/fiches/{fiche.numero}", "saisie", fiche.titre)
    target = f"internal:{reference(nom, CellRange(1, _B, 1, _B), absolute=False)}"
    page.texte(_B, Link(target, fiche.numero, f"Ouvrir la fiche {fiche.numero}"), "lien_fort:centre")
    page.texte(_C, fiche.titre, "libelle")
    for column, (champ, line, label) in enumerate(asked, _FIRST):
        cle = f"{fiche.numero}/{GROUP}/{line}/{champ.nom}"
        page.typed(row, champ, column, GROUP, label=label, cle=cle, line=line, subject=champ.libelle)
    page.next_row(height(fiche.titre, _LABEL_WIDTH, 20))
