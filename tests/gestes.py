"""What a partner does to a sheet, told once as data; where each typed value stands afterwards.

A ``Page`` is told gestures. It moves what it knows of the typed values, and keeps the gestures for a player
(``joueurs``): openpyxl or LibreOffice. Rows and columns count from 1.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

from cls_workbook import entry

PARTOUT = "?"  # the key of a value that answers whatever question is asked where it stands
REFUSE = object()  # the meaning of what no one can read for sure: an anomaly has to point at it


class Geste(NamedTuple):
    nom: str
    arguments: tuple


class Zone(NamedTuple):
    haut: int
    gauche: int
    bas: int
    droite: int

    def contient(self, place: tuple[int, int]) -> bool:
        return self.haut <= place[0] <= self.bas and self.gauche <= place[1] <= self.droite


@dataclass(frozen=True)
class Due:
    """A value that stands in the file, and must be read or pointed at.

    ``cle``: the input that it answers; "" where it answers none. ``sens``: what it means (``REFUSE``: nothing sure).
    ``copie``: the same answer stands elsewhere too. ``invisible``: under a merged cell, where nobody sees it.
    """

    cle: str
    brut: object
    sens: object
    touchee: bool = False
    copie: bool = False
    invisible: bool = False


class Page:
    """One sheet. ``places``: key → input as planned; ``saisies``: key → value that it left the partner's hands with."""

    def __init__(self, nom: str, places: Mapping[str, entry.Emplacement], saisies: Mapping[str, object]):
        self.nom, self.places = nom, {c: p for c, p in places.items() if p.feuille == nom}
        self.fiche = next(iter(self.places)).partition("/")[0]
        self.dues = {(p.rangee, p.colonne): Due(c, saisies[c], saisies[c]) for c, p in self.places.items() if c in saisies}
        self.gestes: list[Geste] = []

    # --- where things are ---

    def place(self, cle: str) -> tuple[int, int]:
        """Where an input was planned; ``cle`` without its fiche."""
        p = self.places[f"{self.fiche}/{cle.replace('§', self.fiche)}"]
        return p.rangee, p.colonne

    def ligne(self, cle: str) -> int:
        return self.place(cle)[0]

    def rangees(self, prefixe: str) -> list[int]:
        """The rows of a table, blank ones included."""
        debut = f"{self.fiche}/{prefixe.replace('§', self.fiche)}/"
        return sorted({p.rangee for c, p in self.places.items() if c.startswith(debut)})

    def _noter(self, nom: str, *arguments: object) -> None:
        self.gestes.append(Geste(nom, arguments))

    def _bouger(self, ou: Callable[[tuple[int, int]], tuple[int, int] | None]) -> None:
        """``ou``: former place → new place; None where the value went away."""
        self.dues = {arrivee: due for place, due in self.dues.items() if (arrivee := ou(place)) is not None}

    # --- rows and columns ---

    def inserer_lignes(self, rang: int, nombre: int = 1) -> None:
        self._noter("inserer_lignes", rang, nombre)
        self._bouger(lambda p: (p[0] + nombre if p[0] >= rang else p[0], p[1]))

    def supprimer_lignes(self, rang: int, nombre: int = 1) -> None:
        self._noter("supprimer_lignes", rang, nombre)
        self._bouger(lambda p: None if rang <= p[0] < rang + nombre else (p[0] - nombre if p[0] >= rang else p[0], p[1]))

    def inserer_colonnes(self, rang: int, nombre: int = 1) -> None:
        self._noter("inserer_colonnes", rang, nombre)
        self._bouger(lambda p: (p[0], p[1] + nombre if p[1] >= rang else p[1]))

    def supprimer_colonnes(self, rang: int, nombre: int = 1) -> None:
        self._noter("supprimer_colonnes", rang, nombre)
        self._bouger(lambda p: None if rang <= p[1] < rang + nombre else (p[0], p[1] - nombre if p[1] >= rang else p[1]))

    # --- blocks of cells ---

    def deplacer(self, zone: Zone, vers: tuple[int, int]) -> None:
        """Cut and paste: what was at the arrival is gone."""
        self._noter("deplacer", zone, vers)
        bas, droite = vers[0] - zone.haut, vers[1] - zone.gauche
        arrivee = Zone(*vers, zone.bas + bas, zone.droite + droite)
        self.dues = {p: replace(d, touchee=True) if zone.contient(p) else d for p, d in self.dues.items()}
        self._bouger(lambda p: (p[0] + bas, p[1] + droite) if zone.contient(p) else None if arrivee.contient(p) else p)

    def copier(self, zone: Zone, vers: tuple[int, int], cles: bool) -> None:
        """Copy and paste. ``cles``: the hidden key comes along, so that the copy answers the same questions; otherwise
        each value answers the question of the cell where it arrives."""
        self._noter("copier", zone, vers)
        bas, droite = vers[0] - zone.haut, vers[1] - zone.gauche
        venues = {(p[0] + bas, p[1] + droite): due for p, due in self.dues.items() if zone.contient(p)}
        arrivee = Zone(*vers, zone.bas + bas, zone.droite + droite)
        recues = {p: d.cle for p, d in self.dues.items() if arrivee.contient(p)} | {
            (q.rangee, q.colonne): c for c, q in self.places.items() if arrivee.contient((q.rangee, q.colonne)) and (q.rangee, q.colonne) not in self.dues
        }
        self.dues = {p: d for p, d in self.dues.items() if not arrivee.contient(p)}
        for p, due in venues.items():
            cle = due.cle if cles else recues.get(p, "")
            self.dues[p] = replace(due, cle=cle, sens=due.sens if cles else _sens(due.brut, self.places.get(cle)), touchee=True, copie=cles)

    def trier(self, zone: Zone, colonne: int, decroissant: bool = False) -> None:
        """Sorts the rows of ``zone`` by what was typed in ``colonne``; blank rows last."""
        def rang(ligne: int) -> object:
            return self.dues[ligne, colonne].brut

        lignes = [ligne for ligne in range(zone.haut, zone.bas + 1) if (ligne, colonne) in self.dues]
        ordre = sorted(lignes, key=rang, reverse=decroissant) + [ligne for ligne in range(zone.haut, zone.bas + 1) if ligne not in lignes]
        self._noter("trier", zone, colonne, decroissant, tuple(ordre))
        nouvelles = {ligne: zone.haut + i for i, ligne in enumerate(ordre)}
        self._bouger(lambda p: (nouvelles[p[0]], p[1]) if zone.contient(p) else p)

    def fusionner(self, zone: Zone) -> None:
        self._noter("fusionner", zone)
        premiere = (zone.haut, zone.gauche)
        for p, due in self.dues.items():
            if zone.contient(p):
                self.dues[p] = replace(due, touchee=True, invisible=p != premiere)

    def defusionner(self, zone: Zone) -> None:
        self._noter("defusionner", zone)

    # --- values ---

    def saisir(self, cle: str, brut: object, sens: Any = None) -> None:
        """Types over an input that has not moved. ``sens``: what is meant, if it is not what is typed; None empties."""
        place, complete = self.place(cle), f"{self.fiche}/{cle.replace('§', self.fiche)}"
        self.ecrire(*place, brut, cle=complete, sens=brut if sens is None else sens)

    def ecrire(self, ligne: int, colonne: int, brut: object, cle: str = "", sens: Any = None) -> None:
        """Writes in any cell; without ``cle``, what is written answers nothing, and must be pointed at."""
        self._noter("ecrire", ligne, colonne, brut)
        self.dues.pop((ligne, colonne), None)
        if isinstance(brut, str) and not brut.strip():
            brut = None
        if brut is not None:
            self.dues[ligne, colonne] = Due(cle, brut, brut if sens is None else sens, touchee=True)

    def ajouter(self, ligne: int, prefixe: str, **champs: object) -> None:
        """A line that the partner adds to a table."""
        modeles = {c.rpartition("/")[2]: (c, p) for c, p in self.places.items() if c.startswith(f"{self.fiche}/{prefixe.replace('§', self.fiche)}/")}
        for champ, brut in champs.items():
            cle, place = modeles[champ]
            self.ecrire(ligne, place.colonne, brut, cle=cle)

    def formule(self, cle: str, texte: str) -> None:
        self._noter("formule", *self.place(cle), texte)
        self.dues[self.place(cle)] = Due(f"{self.fiche}/{cle.replace('§', self.fiche)}", texte, REFUSE, touchee=True)

    def garder_blanches(self, lignes: Iterable[int]) -> None:
        """Rows that the partner left blank."""
        for p in [p for p in self.dues if p[0] in lignes]:
            self.ecrire(*p, None)

    # --- looks ---

    def masquer_lignes(self, rang: int, nombre: int = 1) -> None:
        self._noter("masquer_lignes", rang, nombre)

    def masquer_colonnes(self, rang: int, nombre: int = 1) -> None:
        self._noter("masquer_colonnes", rang, nombre)

    def montrer_colonnes(self, rang: int, nombre: int = 1) -> None:
        self._noter("montrer_colonnes", rang, nombre)

    def filtrer(self, zone: Zone, masquees: tuple[int, ...]) -> None:
        """A filter that leaves the rows ``masquees`` out of sight."""
        self._noter("filtrer", zone)
        for rang in masquees:
            self.masquer_lignes(rang)

    def noter(self, ligne: int, colonne: int, texte: str) -> None:
        self._noter("noter", ligne, colonne, texte)

    def colorer(self, zone: Zone) -> None:
        self._noter("colorer", zone)

    def formater(self, zone: Zone, format_: str) -> None:
        """A number format (as Excel writes it)."""
        self._noter("formater", zone, format_)


def _sens(brut: object, place: entry.Emplacement | None) -> object:
    """What a value means once pasted in another input: itself, if it is of the kind that is asked."""
    if place is None or (place.type == "liste" and place.stricte and brut not in place.choix):
        return REFUSE
    return brut
