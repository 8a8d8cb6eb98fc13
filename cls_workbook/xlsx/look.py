"""What each style name looks like: the charte (``templates/charte.toml``) as XlsxWriter properties.

The only place that knows colours and sizes. Knows no library: ``style`` and ``dxf`` give plain
dictionaries. Colours come out as ``#RRGGBB``.
"""

from __future__ import annotations

import tomllib
from functools import cache

from cls_workbook import resources

_TRAITS = {"fin": 1, "moyen": 2, "pointille": 3, "epais": 5, "cheveu": 7}
_COTES = {"bas": "bottom", "haut": "top", "gauche": "left", "droite": "right"}
_HORIZONTAL = {"gauche": "left", "centre": "center", "droite": "right"}
_VERTICAL = {"haut": "top", "centre": "vcenter", "bas": "bottom"}
_MOTIFS = {"hachures": 14}  # Excel's thin diagonal stripes
_BASCULES = {"gras": "bold", "italique": "italic", "retour": "text_wrap", "souligne": "underline"}
_CLES = {"base", "fond", "texte", "taille", "cadre", "filet", "filet_bas", "nombre", "retrait", "deverrouille"} | {
    "motif",
    "motif_couleur",
    "horizontal",
    "vertical",
    *_COTES,
    *_BASCULES,
}


@cache
def charte() -> dict:
    """The whole charte, as parsed. ValueError if a role, a format or a conditional style uses an unknown key."""
    with (resources.folder("templates") / "charte.toml").open("rb") as fichier:
        lue = tomllib.load(fichier)
    for section in ("roles", "formats", "conditionnels"):
        for nom, reglages in lue[section].items():
            if inconnues := reglages.keys() - _CLES:
                raise ValueError(f"charte.toml, [{section}.{nom}] : réglage inconnu {sorted(inconnues)}")
    return lue


def roles() -> tuple[str, ...]:
    """Names of the roles, in the charte's order."""
    return tuple(charte()["roles"])


def formats() -> tuple[str, ...]:
    """Names of the formats that may follow a role after a colon."""
    return tuple(charte()["formats"])


def conditionnels() -> tuple[str, ...]:
    """Names of the conditional styles."""
    return tuple(charte()["conditionnels"])


def couleur(nom: str) -> str:
    """``couleur("accent")`` → ``#0B4F5C``; KeyError if the palette has no such colour."""
    return _chercher("couleurs", nom, "couleur")


def police() -> tuple[str, int]:
    """Name of the font, and size of running text in points."""
    return charte()["police"]["nom"], charte()["police"]["corps"]


def taille(nom: str) -> int:
    """A size of the type scale, in points."""
    return _chercher("tailles", nom, "taille")


def series() -> tuple[str, ...]:
    """Colours of a chart's series or slices, in order (start again after the last)."""
    return tuple(couleur(nom) for nom in charte()["graphique"]["series"])


@cache
def style(nom: str) -> dict:
    """XlsxWriter properties of ``role`` or ``role:format``. KeyError, in French, if either is unknown.

    The dictionary is shared between calls: copy it before changing it.
    """
    role, _, format_ = nom.partition(":")
    reglages = _role(role)
    if format_ or nom.endswith(":"):
        reglages = reglages | _chercher("formats", format_, "format")
    return {"font_name": police()[0]} | _proprietes(reglages) | {"locked": not reglages.get("deverrouille", False)}


@cache
def dxf(nom: str) -> dict:
    """XlsxWriter properties of a conditional style; KeyError if unknown."""
    return _proprietes(_chercher("conditionnels", nom, "style conditionnel"))


def texte_et_fond(nom: str) -> tuple[str, str]:
    """Colours of text and background of a role (white where the role has no background)."""
    reglages = _role(nom)
    fond = couleur(reglages.get("fond", "blanc"))
    return _couleur_du_texte(reglages, fond), fond


def pied_de_page(gauche: str) -> str:
    """Foot of a printed page in Excel's codes: the text on the left, « Page x / y » on the right."""
    reglages = charte()["impression"]
    # The six digits of a colour end the codes, so that a text beginning with a figure is not read as a size.
    debut = f'&"{police()[0]},Regular"&{reglages["taille"]}&K{couleur(reglages["texte"])[1:]}'
    texte = gauche.replace("&", "&&")
    return (f"&L{debut}{texte}" if texte else "") + f"&R{debut}Page &P / &N"


def contraste(premiere: str, seconde: str) -> float:
    """Contrast of two ``#RRGGBB`` colours as WCAG 2 defines it: 1 (same) to 21 (black on white)."""
    clair, sombre = sorted((_luminance(premiere), _luminance(seconde)), reverse=True)
    return (clair + 0.05) / (sombre + 0.05)


def _luminance(hexadecimal: str) -> float:
    canaux = [int(hexadecimal[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    rouge, vert, bleu = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in canaux)
    return 0.2126 * rouge + 0.7152 * vert + 0.0722 * bleu


def _chercher(section: str, nom: str, quoi: str):
    connus = charte()[section]
    if nom not in connus:
        raise KeyError(f"{quoi} « {nom} » absent de la charte ; elle connaît : {', '.join(connus)}")
    return connus[nom]


def _role(nom: str) -> dict:
    """Settings of a role, its base's included."""
    reglages = _chercher("roles", nom, "rôle")
    base = reglages.get("base")
    return (_role(base) | reglages) if base else reglages


def _couleur_du_texte(reglages: dict, fond: str) -> str:
    nom = reglages.get("texte", "encre")
    if nom != "auto":
        return couleur(nom)
    return max((couleur("blanc"), couleur("encre")), key=lambda essai: contraste(essai, fond))


def _proprietes(reglages: dict) -> dict:
    """The charte's settings → XlsxWriter's names."""
    sortie: dict = {}
    fond = couleur(reglages.get("fond", "blanc"))
    if "texte" in reglages:
        sortie["font_color"] = _couleur_du_texte(reglages, fond)
    if "fond" in reglages:
        sortie["bg_color"] = fond
    if "motif" in reglages:
        sortie |= {"pattern": _MOTIFS[reglages["motif"]], "fg_color": couleur(reglages["motif_couleur"])}
    if "taille" in reglages:
        sortie["font_size"] = taille(reglages["taille"])
    for cle, propriete in _BASCULES.items():
        if reglages.get(cle):
            sortie[propriete] = True
    if "horizontal" in reglages:
        sortie["align"] = _HORIZONTAL[reglages["horizontal"]]
    if "vertical" in reglages:
        sortie["valign"] = _VERTICAL[reglages["vertical"]]
    # An indent turns a cell without alignment into a left-aligned one, numbers included.
    if "retrait" in reglages and reglages.get("horizontal") in ("gauche", "droite"):
        sortie["indent"] = reglages["retrait"]
    if "nombre" in reglages:
        sortie["num_format"] = reglages["nombre"]
    return sortie | _filets(reglages)


def _filets(reglages: dict) -> dict:
    """Borders: the whole frame, then sides that differ from it."""
    sortie: dict = {}
    filet = couleur(reglages.get("filet", "gris"))
    if "cadre" in reglages:
        sortie |= {"border": _TRAITS[reglages["cadre"]], "border_color": filet}
    for cote, propriete in _COTES.items():
        if cote in reglages:
            teinte = couleur(reglages[f"filet_{cote}"]) if f"filet_{cote}" in reglages else filet
            sortie |= {propriete: _TRAITS[reglages[cote]], f"{propriete}_color": teinte}
    return sortie
