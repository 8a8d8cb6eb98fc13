"""Who and what may be named in a cell: the ids of a definition, the names that people write for them."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from cls_workbook.domain.model import Contrat
from cls_workbook.domain.themes import priorites, themes
from cls_workbook.french import fold


class DirectoryEntry(NamedTuple):
    """``names``: what it may be called, the first being the one shown; ``fiche``: the fiche inside which it is known,
    or "".
    """

    id: str
    names: tuple[str, ...]
    fiche: str = ""


class ReferenceDirectory:
    """Kind of reference (see ``whole.REFERENCES``) → its entries."""

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


def names_of_fiche(numero: str, titre: str) -> tuple[str, ...]:
    return (numero, f"FA {numero}", f"fiche {numero}", titre, f"{numero} · {titre}")


def names_of_axe(numero: str, titre: str) -> tuple[str, ...]:
    return (numero, f"axe {numero}", titre, f"{numero}. {titre}")


def of_contrat(contrat: Contrat) -> ReferenceDirectory:
    fiches = contrat.fiches
    return ReferenceDirectory(
        {
            "axes": [DirectoryEntry(a.numero, names_of_axe(a.numero, a.titre)) for a in contrat.axes],
            "structures": [DirectoryEntry(s.id, _names(s.nom, s.nom_complet, *s.alias)) for s in contrat.structures],
            "fiches": [DirectoryEntry(f.numero, names_of_fiche(f.numero, f.titre)) for f in fiches],
            "communes": [DirectoryEntry(c.nom, _names(c.nom, c.nom_imprime)) for c in contrat.communes],
            "financeurs": [DirectoryEntry(f.id, (f.nom,)) for f in contrat.financeurs],
            "volets": [DirectoryEntry(v.id, (v.nom,), f.numero) for f in fiches for v in f.volets],
            "mesures": [DirectoryEntry(m, (m,)) for m in contrat.by_mesure],
            "complements": [DirectoryEntry(c.id, (c.libelle,), f.numero) for f in fiches for c in f.complements],
            "decisions": [DirectoryEntry(d.id, (d.id,)) for d in contrat.decisions],
            "themes": [DirectoryEntry(id_, (libelle,)) for id_, libelle in themes(contrat).items()],
            "priorites": [DirectoryEntry(id_, (libelle,)) for id_, libelle in priorites(contrat).items()],
        }
    )


def _names(*names: str | None) -> tuple[str, ...]:
    return tuple(n for n in names if n)


def unique(base: str, taken: Iterable[str]) -> str:
    """``base``, or ``base-2``, ``base-3``… if it is taken."""
    taken = set(taken)
    trial, rank = base, 2
    while trial in taken:
        trial, rank = f"{base}-{rank}", rank + 1
    return trial
