"""Who and what may be named in a cell: the ids of a definition, the names that people write for them."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from cls_workbook.contract.model import Contrat
from cls_workbook.contract.themes import priorites, themes
from cls_workbook.francais import plier


class Entree(NamedTuple):
    """``noms``: what it may be called, the first being the one shown; ``fiche``: the fiche inside which it is known, or ""."""

    id: str
    noms: tuple[str, ...]
    fiche: str = ""


class Repertoire:
    """Kind of reference (see ``tout.RENVOIS``) → its entries."""

    def __init__(self, entrees: dict[str, list[Entree]]):
        self.entrees = entrees

    def _connues(self, genre: str, fiche: str) -> Iterator[Entree]:
        return (e for e in self.entrees.get(genre, ()) if e.fiche in ("", fiche))

    def afficher(self, genre: str, identifiant: str, fiche: str = "") -> str:
        """The name to show, or the id itself where the name would not lead back to it."""
        for entree in self._connues(genre, fiche):
            if entree.id == identifiant and self.resoudre(genre, entree.noms[0], fiche) == identifiant:
                return entree.noms[0]
        return identifiant

    def resoudre(self, genre: str, texte: str, fiche: str = "") -> str | None:
        """The id meant: by its name to the letter, by itself, else by any of its names, case and accents apart."""
        connues = list(self._connues(genre, fiche))
        cherche = plier(texte)
        for egal in (
            lambda e: texte == e.noms[0],
            lambda e: texte == e.id,
            lambda e: cherche == plier(e.noms[0]),
            lambda e: cherche in map(plier, (e.id, *e.noms)),
        ):
            trouves = list(dict.fromkeys(e.id for e in connues if egal(e)))
            if len(trouves) == 1:
                return trouves[0]
        return None

    def proche(self, genre: str, texte: str, fiche: str = "") -> str | None:
        """The name shown that resembles the text most, if one does."""
        noms = {plier(nom): e.noms[0] for e in reversed(list(self._connues(genre, fiche))) for nom in (*e.noms, e.id)}
        proches = difflib.get_close_matches(plier(texte), noms, n=1, cutoff=0.6)
        return noms[proches[0]] if proches else None


def noms_de_fiche(numero: str, titre: str) -> tuple[str, ...]:
    return (numero, f"FA {numero}", f"fiche {numero}", titre, f"{numero} · {titre}")


def noms_d_axe(numero: str, titre: str) -> tuple[str, ...]:
    return (numero, f"axe {numero}", titre, f"{numero}. {titre}")


def du_contrat(contrat: Contrat) -> Repertoire:
    fiches = contrat.fiches
    return Repertoire({
        "axes": [Entree(a.numero, noms_d_axe(a.numero, a.titre)) for a in contrat.axes],
        "structures": [Entree(s.id, _noms(s.nom, s.nom_complet, *s.alias)) for s in contrat.structures],
        "fiches": [Entree(f.numero, noms_de_fiche(f.numero, f.titre)) for f in fiches],
        "communes": [Entree(c.nom, _noms(c.nom, c.nom_imprime)) for c in contrat.communes],
        "financeurs": [Entree(f.id, (f.nom,)) for f in contrat.financeurs],
        "volets": [Entree(v.id, (v.nom,), f.numero) for f in fiches for v in f.volets],
        "mesures": [Entree(m, (m,)) for m in contrat.par_mesure],
        "complements": [Entree(c.id, (c.libelle,), f.numero) for f in fiches for c in f.complements],
        "decisions": [Entree(d.id, (d.id,)) for d in contrat.decisions],
        "themes": [Entree(id_, (libelle,)) for id_, libelle in themes(contrat).items()],
        "priorites": [Entree(id_, (libelle,)) for id_, libelle in priorites(contrat).items()],
    })  # fmt: skip


def _noms(*noms: str | None) -> tuple[str, ...]:
    return tuple(n for n in noms if n)


def unique(base: str, pris: Iterable[str]) -> str:
    """``base``, or ``base-2``, ``base-3``… if it is taken."""
    pris = set(pris)
    essai, rang = base, 2
    while essai in pris:
        essai, rang = f"{base}-{rang}", rang + 1
    return essai
