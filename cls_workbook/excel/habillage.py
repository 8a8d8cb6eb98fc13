"""How cells look in the open workbook: the charte, through xlwings, one call for each rectangle that shares something."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING

from cls_workbook.excel.rectangles import rectangles
from cls_workbook.xlsx import look
from cls_workbook.xlsx.sheets import Cellule, Lien

if TYPE_CHECKING:
    import xlwings

    from cls_workbook.xlsx.sheets import Plage

TEXTE, GENERAL = "@", "General"
_VERTICAL = {"vcenter": "center", "top": "top", "bottom": "bottom"}
_EPAISSEURS = {1: "thin", 2: "medium", 3: "thin", 5: "thick", 7: "hairline"}

Zone = Callable[["Plage"], "xlwings.Range"]


def formats(cellules: Iterable[Cellule]) -> dict[tuple[int, int], str]:
    """The number format of each cell. What is text is « @ », so that nothing typed by a partner is ever taken for a formula.

    A blank takes the format of the cell above: fewer rectangles, and nothing to show anyway.
    """
    trouves: dict[tuple[int, int], str] = {}
    for ligne, colonne, valeur, style in cellules:
        if isinstance(valeur, (str, Lien)):
            trouves[ligne, colonne] = TEXTE
        elif valeur is None and (ligne - 1, colonne) in trouves:
            trouves[ligne, colonne] = trouves[ligne - 1, colonne]
        else:
            trouves[ligne, colonne] = look.style(style).get("num_format", GENERAL)
    return trouves


def poser_les_formats(cellules: Iterable[Cellule], zone: Zone) -> None:
    for plage, format_ in rectangles(formats(cellules)):
        if format_ != GENERAL:  # what was cleared is General already
            zone(plage).number_format = format_


def habiller(cellules: Iterable[Cellule], zone: Zone, *, aligner: bool) -> None:
    """Background, font, wrapping and rules. ``aligner`` False: figures right and texts left, as Excel does by itself."""
    styles = {(c.ligne, c.colonne): look.style(c.style) for c in cellules}
    for lire, poser in _TRAITS.items() if aligner else [(li, po) for li, po in _TRAITS.items() if li is not _horizontal]:
        voulus = {place: v for place, style in styles.items() if (v := lire(style)) is not None}
        for plage, valeur in rectangles(voulus):
            poser(zone(plage), valeur)


# --- One trait at a time: what the style says of it (None: nothing), and how it is put on a range ----------------------


def _fond(style: Mapping) -> str | None:
    return style.get("bg_color")


def _couleur(style: Mapping) -> str | None:
    return style.get("font_color")


def _taille(style: Mapping) -> float | None:
    return style.get("font_size")


def _gras(style: Mapping) -> bool | None:
    return style.get("bold")


def _italique(style: Mapping) -> bool | None:
    return style.get("italic")


def _retour(style: Mapping) -> bool | None:
    return style.get("text_wrap")


def _horizontal(style: Mapping) -> str | None:
    return style.get("align")


def _vertical(style: Mapping) -> str | None:
    return _VERTICAL.get(style.get("valign", ""))


def _filet(style: Mapping) -> tuple[str, str] | None:
    """(thickness, colour) of the rule under a cell."""
    epaisseur = style.get("bottom", style.get("border"))
    return (_EPAISSEURS[epaisseur], style.get("bottom_color", style.get("border_color"))) if epaisseur else None


def _poser_la_couleur(zone: xlwings.Range, couleur: str) -> None:
    zone.font.color = couleur


def _poser_la_taille(zone: xlwings.Range, taille: float) -> None:
    zone.font.size = taille


def _mettre_en_gras(zone: xlwings.Range, gras: bool) -> None:
    zone.font.bold = gras


def _mettre_en_italique(zone: xlwings.Range, italique: bool) -> None:
    zone.font.italic = italique


def _poser_le_fond(zone: xlwings.Range, couleur: str) -> None:
    zone.color = couleur


def _poser_le_retour(zone: xlwings.Range, retour: bool) -> None:
    zone.wrap_text = retour


def _aligner(zone: xlwings.Range, horizontal: str) -> None:
    zone.horizontal_alignment = horizontal


def _aligner_en_hauteur(zone: xlwings.Range, vertical: str) -> None:
    zone.vertical_alignment = vertical


def _souligner(zone: xlwings.Range, filet: tuple[str, str]) -> None:
    epaisseur, couleur = filet
    cotes = ["edge_bottom", "inside_horizontal"] if zone.shape[0] > 1 else ["edge_bottom"]
    epaisse = {} if epaisseur == "thin" else {"weight": epaisseur}  # thin is what a new rule is
    zone.borders.set(cotes, line_style="continuous", color=couleur, **epaisse)


_TRAITS = {
    _fond: _poser_le_fond, _couleur: _poser_la_couleur, _taille: _poser_la_taille, _gras: _mettre_en_gras,
    _italique: _mettre_en_italique, _retour: _poser_le_retour, _horizontal: _aligner, _vertical: _aligner_en_hauteur, _filet: _souligner,
}  # fmt: skip
