"""Who and what may be named in a cell: the ids of a definition, the names that people write for them."""

from __future__ import annotations

import difflib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

from cls_workbook.domain.definition_keys import value_of_key
from cls_workbook.domain.model import Contrat
from cls_workbook.domain.placed.place_model import Commune, commune_names
from cls_workbook.domain.regional.noyau_model import Noyau
from cls_workbook.domain.themes import shipped_themes, themes
from cls_workbook.french import fold


class DirectoryEntry(NamedTuple):
    """``names``: what it may be called, the first being the one shown; ``fiche``: the fiche inside which it is known,
    or "".
    """

    id: str
    names: tuple[str, ...]
    fiche: str = ""


class ReferenceDirectory:
    """Kind of reference (of ``REFERENCES``) → its entries."""

    def __init__(self, entries: dict[str, list[DirectoryEntry]]):
        self.entries = entries

    def _known(self, kind: str, fiche: str) -> Iterator[DirectoryEntry]:
        return (e for e in self.entries.get(kind, ()) if e.fiche in ("", fiche))

    def name_to_show(self, kind: str, identifier: str, fiche: str = "") -> str:
        """The name to show, or the id itself where the name would not lead back to it."""
        for entry in self._known(kind, fiche):
            if entry.id == identifier and self.resolve(kind, entry.names[0], fiche) == identifier:
                return entry.names[0]
        return identifier

    def resolve(self, kind: str, texte: str, fiche: str = "") -> str | None:
        """The id meant: by its name to the letter, by itself, else by any of its names, case and accents apart."""
        known = list(self._known(kind, fiche))
        sought = fold(texte)
        for matches in (
            lambda e: texte == e.names[0],
            lambda e: texte == e.id,
            lambda e: sought == fold(e.names[0]),
            lambda e: sought in map(fold, (e.id, *e.names)),
        ):
            found = list(dict.fromkeys(e.id for e in known if matches(e)))
            if len(found) == 1:
                return found[0]
        return None

    def close_match(self, kind: str, texte: str, fiche: str = "") -> str | None:
        """The name shown that resembles the text most, if one does."""
        names = {fold(nom): e.names[0] for e in reversed(list(self._known(kind, fiche))) for nom in (*e.names, e.id)}
        close_matches = difflib.get_close_matches(fold(texte), names, n=1, cutoff=0.6)
        return names[close_matches[0]] if close_matches else None


# Kind of reference → what identifies an entry ("id" but for these), and what it may be called.
_IDENTIFIED_BY = {"axes": "numero", "fiches": "numero"}
_NAMED_BY = {
    "structures": ("nom", "nom_complet", "alias"),
    "financeurs": ("nom",),
    "natures": ("libelle",),
    "volets": ("nom",),
    "complements": ("libelle",),
    "themes": ("libelle",),
    "priorites": ("libelle",),
}


def entry(kind: str, texts: Callable[[str], tuple[str, ...]], fiche: str = "") -> list[DirectoryEntry]:
    """The entry of something of this kind, from the texts of its fields; none where it has nothing to be known by."""
    identifiers = texts(_IDENTIFIED_BY.get(kind, "id"))
    titre = "".join(texts("titre")) if kind in ("axes", "fiches") else ""
    names = tuple(name for champ in _NAMED_BY.get(kind, ()) for name in texts(champ)) or identifiers
    for numero in identifiers:
        if kind == "axes":
            names = (numero, f"axe {numero}", titre, f"{numero}. {titre}")
        if kind == "fiches":
            names = (numero, f"FA {numero}", f"fiche {numero}", titre, f"{numero} · {titre}")
    return [DirectoryEntry(identifier, names, fiche) for identifier in identifiers]


def of_communes(communes: Iterable[Commune]) -> list[DirectoryEntry]:
    """Each by the name shown, which tells apart those that bear the same, and by its INSEE code; two that were given
    one code by mistake keep their own names."""
    listed = tuple(communes)
    shown, how_many = commune_names(listed), Counter(c.code_insee for c in listed)
    names = [shown[c.code_insee] if how_many[c.code_insee] == 1 else c.nom for c in listed]
    named = [DirectoryEntry(n, tuple(filter(None, (n, c.nom_imprime)))) for n, c in zip(names, listed, strict=True)]
    return named + [DirectoryEntry(code, (code,)) for code in shown]


def of_contrat(contrat: Contrat) -> ReferenceDirectory:
    """What the definition itself lets one name."""
    plain = ("axes", "structures", "fiches", "financeurs", "natures", "decisions", "priorites")
    entries = {kind: [e for o in value_of_key(contrat, kind) for e in entry(kind, _texts_of(o))] for kind in plain}
    entries["communes"] = of_communes(contrat.places.communes)
    for kind in ("volets", "complements"):
        entries[kind] = [
            e for f in contrat.fiches for o in getattr(f, kind) for e in entry(kind, _texts_of(o), f.numero)
        ]
    entries["mesures"] = [DirectoryEntry(m, (m,)) for m in contrat.by_mesure]
    entries["themes"] = [DirectoryEntry(id_, (libelle,)) for id_, libelle in themes(contrat).items()]
    return ReferenceDirectory(entries)


def of_noyau(noyau: Noyau) -> ReferenceDirectory:
    """What the definition of a regional noyau lets one name."""
    own = {t.id: t.libelle for t in noyau.themes}
    themes_ = [DirectoryEntry(id_, (libelle,)) for id_, libelle in (shipped_themes() | own).items()]
    priorites = [DirectoryEntry(p.id, (p.libelle,)) for p in noyau.priorites]
    return ReferenceDirectory({"themes": themes_, "priorites": priorites})


def _texts_of(holder: object) -> Callable[[str], tuple[str, ...]]:
    def texts(champ: str) -> tuple[str, ...]:
        value = getattr(holder, champ)
        return value if isinstance(value, tuple) else (value,) if value else ()

    return texts


def unique(base: str, taken: Iterable[str]) -> str:
    """``base``, or ``base-2``, ``base-3``… if it is taken."""
    taken = set(taken)
    trial, rank = base, 2
    while trial in taken:
        trial, rank = f"{base}-{rank}", rank + 1
    return trial
