"""What each style name looks like: the charte (``templates/charte.toml``) as XlsxWriter properties.

The only place that knows colours and sizes. Knows no library: ``style`` and ``dxf`` give plain
dictionaries. Colours come out as ``#RRGGBB``.
"""

from __future__ import annotations

import tomllib
from functools import cache
from typing import Any

from cls_workbook import resources

_STROKES = {"fin": 1, "moyen": 2, "pointille": 3, "epais": 5, "cheveu": 7}
_SIDES = {"bas": "bottom", "haut": "top", "gauche": "left", "droite": "right"}
_HORIZONTAL = {"gauche": "left", "centre": "center", "droite": "right"}
_VERTICAL = {"haut": "top", "centre": "vcenter", "bas": "bottom"}
_PATTERNS = {"hachures": 14}  # Excel's thin diagonal stripes
_TOGGLES = {"gras": "bold", "italique": "italic", "retour": "text_wrap", "souligne": "underline"}
_KEYS = {"base", "fond", "texte", "taille", "cadre", "filet", "filet_bas", "nombre", "retrait", "deverrouille"} | {
    "rotation",
    "motif",
    "motif_couleur",
    "horizontal",
    "vertical",
    *_SIDES,
    *_TOGGLES,
}

Settings = dict[str, Any]  # as TOML and XlsxWriter have them: name → value of its own kind


@cache
def charte() -> Settings:
    """The whole charte, as parsed. ValueError if a role, a format or a conditional style uses an unknown key."""
    with (resources.folder("templates") / "charte.toml").open("rb") as file:
        content: Settings = tomllib.load(file)
    for section in ("roles", "formats", "conditionnels"):
        for nom, settings in content[section].items():
            if unknown := settings.keys() - _KEYS:
                raise ValueError(f"charte.toml, [{section}.{nom}] : réglage inconnu {sorted(unknown)}")
    return content


def color(nom: str) -> str:
    """``color("accent")`` → ``#0B4F5C``; KeyError if the palette has no such colour."""
    found: str = _look_up("couleurs", nom, "couleur")
    return found


def font() -> tuple[str, int]:
    """Name of the font, and size of running text in points."""
    return charte()["police"]["nom"], charte()["police"]["corps"]


def size(nom: str) -> float:
    """A size of the type scale, in points."""
    found: float = _look_up("tailles", nom, "taille")
    return found


def series() -> tuple[str, ...]:
    """Colours of a chart's series or slices, in order (start again after the last)."""
    return tuple(color(nom) for nom in charte()["graphique"]["series"])


@cache
def style(nom: str) -> Settings:
    """XlsxWriter properties of ``role`` or ``role:format``. KeyError, in French, if either is unknown. The dictionary
    is shared between calls: copy it before changing it."""
    role, _, format_ = nom.partition(":")
    settings = _role(role)
    if format_ or nom.endswith(":"):
        settings = settings | _look_up("formats", format_, "format")
    return {"font_name": font()[0]} | _properties(settings) | {"locked": not settings.get("deverrouille", False)}


@cache
def number_formats() -> dict[str, str]:
    """Every number format of the charte → a style that has it; that of a year or a day first."""
    names = [*charte()["roles"], *(f"cellule:{nom}" for nom in charte()["formats"])]
    found = {style(nom)["num_format"]: nom for nom in names if "num_format" in style(nom)}
    return dict(sorted(found.items(), key=lambda pair: "yy" not in pair[0]))


@cache
def dxf(nom: str) -> Settings:
    """XlsxWriter properties of a conditional style; KeyError if unknown."""
    return _properties(_look_up("conditionnels", nom, "style conditionnel"))


def page_footer(left: str) -> str:
    """Foot of a printed page in Excel's codes: the text on the left, « Page x / y » on the right."""
    settings = charte()["impression"]
    # The six digits of a colour end the codes, so that a text beginning with a figure is not read as a size.
    start = f'&"{font()[0]},Regular"&{settings["taille"]}&K{color(settings["texte"])[1:]}'
    texte = left.replace("&", "&&")
    return (f"&L{start}{texte}" if texte else "") + f"&R{start}Page &P / &N"


def contrast(first: str, second: str) -> float:
    """Contrast of two ``#RRGGBB`` colours as WCAG 2 defines it: 1 (same) to 21 (black on white)."""
    light, dark = sorted((_luminance(first), _luminance(second)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _luminance(hexadecimal: str) -> float:
    channels = [int(hexadecimal[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _look_up(section: str, nom: str, what: str) -> Any:
    known = charte()[section]
    if nom not in known:
        raise KeyError(f"{what} « {nom} » absent de la charte ; elle connaît : {', '.join(known)}")
    return known[nom]


def _role(nom: str) -> Settings:
    """Settings of a role, its base's included."""
    settings: Settings = _look_up("roles", nom, "rôle")
    base = settings.get("base")
    return (_role(base) | settings) if base else settings


def _text_color(settings: Settings, fill: str) -> str:
    nom = settings.get("texte", "encre")
    if nom != "auto":
        return color(nom)
    return max((color("blanc"), color("encre")), key=lambda trial: contrast(trial, fill))


def _properties(settings: Settings) -> Settings:
    """The charte's settings → XlsxWriter's names."""
    output: Settings = {}
    fill = color(settings.get("fond", "blanc"))
    if "texte" in settings:
        output["font_color"] = _text_color(settings, fill)
    if "fond" in settings:
        output["bg_color"] = fill
    if "motif" in settings:
        output |= {"pattern": _PATTERNS[settings["motif"]], "fg_color": color(settings["motif_couleur"])}
    if "taille" in settings:
        output["font_size"] = size(settings["taille"])
    for cle, property_ in _TOGGLES.items():
        if settings.get(cle):
            output[property_] = True
    if "horizontal" in settings:
        output["align"] = _HORIZONTAL[settings["horizontal"]]
    if "vertical" in settings:
        output["valign"] = _VERTICAL[settings["vertical"]]
    # An indent turns a cell without alignment into a left-aligned one, numbers included.
    if "retrait" in settings and settings.get("horizontal") in ("gauche", "droite"):
        output["indent"] = settings["retrait"]
    if "nombre" in settings:
        output["num_format"] = settings["nombre"]
    if "rotation" in settings:
        output["rotation"] = settings["rotation"]
    return output | _borders(settings)


def _borders(settings: Settings) -> Settings:
    """Borders: the whole frame, then sides that differ from it."""
    output: Settings = {}
    thin_line = color(settings.get("filet", "gris"))
    if "cadre" in settings:
        output |= {"border": _STROKES[settings["cadre"]], "border_color": thin_line}
    for side, property_ in _SIDES.items():
        if side in settings:
            tint = color(settings[f"filet_{side}"]) if f"filet_{side}" in settings else thin_line
            output |= {property_: _STROKES[settings[side]], f"{property_}_color": tint}
    return output
