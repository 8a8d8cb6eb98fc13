"""The charts of a drawn sheet, through what every engine of xlwings can do: each reads a block of a hidden sheet (one for each drawn sheet).

The cells of the Synthèse are merged, which Excel's « source data » does not understand; the block holds the same figures.
Colours are given where the engine can; the rest of the dress (labels, grid) is that of Excel. The charts that the tool
drew before, or that came with the workbook, bear ``PREFIXE`` in their name and are replaced; the coordinator's are not.
"""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from cls_workbook.xlsx import look
from cls_workbook.xlsx.sheets import Feuille, Graphique

if TYPE_CHECKING:
    import xlwings

PREFIXE = "CLS "
FEUILLE = "Graphiques · {}"  # one for each drawn sheet
POINTS_PAR_PIXEL = 0.75
_TYPES = {"barres": "bar_{}", "colonnes": "column_{}", "courbes": "line", "secteurs": "pie"}


def dessiner(page: xlwings.Sheet, feuille: Feuille) -> None:
    if not feuille.graphiques:
        return
    for ancien in reversed(list(page.charts)):
        if ancien.name.startswith(PREFIXE):
            ancien.delete()
    donnees, ligne = _feuille_des_donnees(page.book, FEUILLE.format(feuille.nom)), 1
    for rang, graphique in enumerate(feuille.graphiques, 1):
        bloc = _bloc(feuille, graphique)
        source = donnees.range((ligne, 1), (ligne + len(bloc) - 1, len(bloc[0])))
        source.columns[0].number_format = "@"
        source.rows[0].number_format = "@"
        source.value = bloc
        _dessiner_un(page, graphique, source, f"{PREFIXE}{rang}")
        ligne += len(bloc) + 1


def _dessiner_un(page: xlwings.Sheet, graphique: Graphique, source: xlwings.Range, nom: str) -> None:
    dessin = page.charts.add(
        width=graphique.largeur * POINTS_PAR_PIXEL, height=graphique.hauteur * POINTS_PAR_PIXEL,
        chart_type=_TYPES[graphique.type].format("stacked" if graphique.empile else "clustered"), source=source, plot_by="columns",
        name=nom, anchor=page.range((graphique.ligne, graphique.colonne)),
    )  # fmt: skip
    dessin.title = graphique.titre
    with suppress(NotImplementedError):  # an engine that does not tell its series apart keeps Excel's colours
        for rang, serie in enumerate(graphique.series, 1):
            if serie.couleur:
                dessin.series(rang).fill_color = look.couleur(serie.couleur)


def _bloc(feuille: Feuille, graphique: Graphique) -> list[list[object]]:
    """Header, then one row a category: the figures that the chart's ranges hold in the description."""
    valeurs = {(c.ligne, c.colonne): c.valeur for c in feuille.cellules}
    _, categories = graphique.series[0].categories
    bloc: list[list[object]] = [["", *(serie.nom for serie in graphique.series)]]
    for rang in range(categories.ligne_fin - categories.ligne + 1):
        nombres = [valeurs.get((serie.valeurs[1].ligne + rang, serie.valeurs[1].colonne)) for serie in graphique.series]
        etiquette = valeurs.get((categories.ligne + rang, categories.colonne))
        bloc.append(["" if etiquette is None else str(etiquette), *(None if isinstance(n, str) or n is None else float(n) for n in nombres)])
    return bloc


def _feuille_des_donnees(book: xlwings.Book, nom: str) -> xlwings.Sheet:
    for feuille in book.sheets:
        if feuille.name == nom:
            feuille.clear()
            return feuille
    feuille = book.sheets.add(nom, after=book.sheets[len(book.sheets) - 1])
    feuille.visible = False
    return feuille
