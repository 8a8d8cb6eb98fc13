"""A ``Graphique`` in the options of XlsxWriter's charts, dressed by the charte. Pure: dictionaries in and out."""

from __future__ import annotations

from cls_workbook.xlsx import look
from cls_workbook.xlsx.sheets import Graphique, Plage

_NATURES = {"barres": "bar", "colonnes": "column", "courbes": "line", "secteurs": "pie"}
# Curves are told apart by their marks as well as by their colours.
_MARQUES = ("circle", "square", "diamond", "triangle", "long_dash", "x")


def nature(graphique: Graphique) -> tuple[str, str]:
    """Chart type and sub-type ("" for none); KeyError if the type is unknown."""
    sous_type = "stacked" if graphique.empile and graphique.type != "secteurs" else ""
    return _NATURES[graphique.type], sous_type


def series(graphique: Graphique) -> list[dict]:
    """Options of ``add_series``, one dictionary a series."""
    couleurs = _teintes(graphique)
    return [
        {
            "name": serie.nom,
            "categories": _place(*serie.categories),
            "values": _place(*serie.valeurs),
            **_trait(graphique, serie.valeurs[1], couleurs, rang),
            **({"data_labels": _etiquettes(graphique, couleurs[rang % len(couleurs)])} if graphique.etiquettes else {}),
        }
        for rang, serie in enumerate(graphique.series)
    ]


def reglages(graphique: Graphique) -> dict[str, dict]:
    """Name of a chart's setting method → its options."""
    teintes = look.charte()["graphique"]
    sortie = {
        "set_title": {"name": graphique.titre, "name_font": _police("graphique_titre", "accent", gras=True)},
        "set_size": {"width": graphique.largeur, "height": graphique.hauteur},
        "set_chartarea": {"border": {"color": look.couleur(teintes["quadrillage"])}, "fill": {"color": "#FFFFFF"}},
        "set_legend": _legende(graphique),
    }
    if graphique.type != "secteurs":
        trait = {"color": look.couleur(teintes["trait"])}
        police = _police("graphique", teintes["texte"])
        quadrillage = {"visible": True, "line": {"color": look.couleur(teintes["quadrillage"]), "width": 0.5}}
        # Bars read from top to bottom, as the table that they show.
        couche = graphique.type == "barres"
        axes = ("set_y_axis", "set_x_axis") if couche else ("set_x_axis", "set_y_axis")
        sortie[axes[0]] = {
            "num_font": police,
            "line": trait,
            "major_tick_mark": "none",
            "reverse": couche,
            "major_gridlines": {"visible": False},
        }
        sortie[axes[1]] = {
            "num_font": police,
            "num_format": _format(graphique),
            "line": {"none": True},
            "major_tick_mark": "none",
            "major_gridlines": quadrillage,
            # With its labels on every bar, an axis would say things twice.
            "label_position": "none" if graphique.etiquettes and graphique.type != "courbes" else "next_to",
        }
    return sortie


def _teintes(graphique: Graphique) -> tuple[str, ...]:
    """One colour a series: its own, or that of its rank; for a pie, the colours of the slices."""
    suite = look.series()
    if graphique.type == "secteurs":
        return suite
    return tuple(look.couleur(s.couleur) if s.couleur else suite[rang % len(suite)] for rang, s in enumerate(graphique.series))


def _place(feuille: str, plage: Plage) -> list:
    return [feuille, plage.ligne - 1, plage.colonne - 1, plage.ligne_fin - 1, plage.colonne_fin - 1]


def _police(taille: str, teinte: str, gras: bool = False) -> dict:
    return {"name": look.police()[0], "size": look.taille(taille), "bold": gras, "color": look.couleur(teinte)}


def _format(graphique: Graphique) -> str:
    return look.style(f"cellule:{graphique.format_valeurs}").get("num_format", "General")


def _trait(graphique: Graphique, valeurs: Plage, couleurs: tuple[str, ...], rang: int) -> dict:
    """Colours of one series; of each slice for a pie."""
    teinte = couleurs[rang % len(couleurs)]
    if graphique.type == "secteurs":
        nombre = max(valeurs.ligne_fin - valeurs.ligne, valeurs.colonne_fin - valeurs.colonne) + 1
        parts = [couleurs[i % len(couleurs)] for i in range(nombre)]
        return {"points": [{"fill": {"color": part}, "border": {"color": "#FFFFFF", "width": 1.5}} for part in parts]}
    if graphique.type == "courbes":
        marque = {"type": _MARQUES[rang % len(_MARQUES)], "size": 7, "fill": {"color": teinte}}
        return {"line": {"color": teinte, "width": 2.25}, "marker": marque | {"border": {"color": "#FFFFFF"}}}
    return {"fill": {"color": teinte}, "border": {"none": True}, "gap": 55, "overlap": 100 if graphique.empile else -8}


def _etiquettes(graphique: Graphique, fond: str) -> dict:
    """Labels: shares for a pie, values elsewhere; inside a stacked bar, in the colour that reads best on it."""
    police = _police("graphique", "encre")
    if graphique.type == "secteurs":
        return {"percentage": True, "num_format": "0%", "position": "outside_end", "leader_lines": True, "font": police}
    etiquettes = {"value": True, "num_format": _format(graphique), "font": police}
    if graphique.type == "courbes":
        return etiquettes | {"position": "above"}
    if not graphique.empile:
        return etiquettes | {"position": "outside_end"}
    lisible = max(("blanc", "encre"), key=lambda nom: look.contraste(look.couleur(nom), fond))
    return etiquettes | {"position": "center", "font": police | {"color": look.couleur(lisible)}}


def _legende(graphique: Graphique) -> dict:
    if graphique.type == "secteurs":
        return {"position": "right", "font": _police("graphique", "encre")}
    if len(graphique.series) < 2:
        return {"none": True}
    return {"position": "bottom", "font": _police("graphique", "encre")}
