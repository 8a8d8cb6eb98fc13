"""One fault of a contract's definition, and the rules that every list of a definition obeys.

A place reads as the loader writes it: ``contrat.fiches[3] (2.2).indicateurs[1] (2.2-I01)``.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import TypeVar

from cls_workbook.francais import NBSP, enumere, plier

FAUTE, A_CONFIRMER = "faute", "à confirmer"

# What one line, heading or list item of a sheet holds; Excel cuts or refuses beyond.
LIBELLE_MAX = 255
# La Poste: its establishments' SIRET do not follow Luhn, the sum of their digits is a multiple of 5.
SIREN_LA_POSTE = "356000000"

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Faute:
    """``lieu``: where in the definition; ``remede``: what to do, "" where the message says it all."""

    lieu: str
    message: str
    remede: str = ""
    gravite: str = FAUTE

    def __str__(self) -> str:
        return f"{self.lieu}{NBSP}: {self.message}" + (f" {self.remede}" if self.remede else "")


def faute(lieu: str, message: str, remede: str = "", gravite: str = FAUTE) -> Faute:
    """A Faute whose sentences carry French no-break spaces."""
    return Faute(lieu, _insecables(message), _insecables(remede), gravite)


def note(lieu: str, message: str, remede: str = "") -> Faute:
    """What is not wrong, but that the coordinator should settle."""
    return faute(lieu, message, remede, A_CONFIRMER)


def _insecables(texte: str) -> str:
    return re.sub(r"(?<=«) | (?=[»;:!?%€])", NBSP, texte)


def places(lieu: str, objets: Iterable[T]) -> list[tuple[str, T]]:
    """Each object with its place: rank from 1 and, where it has one, its name."""
    return [(f"{lieu}[{rang}]" + _nom(objet), objet) for rang, objet in enumerate(objets, 1)]


def _nom(objet: object) -> str:
    if isinstance(objet, str):
        return ""
    cles = ("numero", "id", "nom", "code_insee", "code")
    nom = next((str(getattr(objet, cle)) for cle in cles if hasattr(objet, cle)), "")
    return f" ({nom})" if nom else ""


def doublons(objets: list[tuple[str, T]], champ: str, cle: Callable[[str], str] = str) -> Iterator[Faute]:
    """The second of two objects with the same ``champ`` (as ``cle`` reads it), and where the first is."""
    vus: dict[str, str] = {}
    for lieu, objet in objets:
        valeur = getattr(objet, champ)
        if valeur is None:
            continue
        premier = vus.setdefault(cle(valeur), lieu)
        if premier != lieu:
            yield faute(f"{lieu}.{champ}", f"« {valeur} » est déjà pris par {premier}.", "Donnez une autre valeur à l’un des deux.")


def repetitions(lieu: str, valeurs: Iterable[str]) -> Iterator[Faute]:
    """A text given twice in one list, whatever its case and accents."""
    vus: set[str] = set()
    for rang, valeur in enumerate(valeurs, 1):
        if plier(valeur) in vus:
            yield faute(f"{lieu}[{rang}]", f"« {valeur} » est donné deux fois.", "Gardez-le une fois.")
        vus.add(plier(valeur))


def reference(lieu: str, valeur: str | None, connus: Iterable[str], quoi: str) -> Iterator[Faute]:
    """A name that must be one of those defined elsewhere (``quoi``: « la structure », « l’axe »…)."""
    connus = tuple(connus)
    if valeur is None or valeur in connus:
        return
    proches = difflib.get_close_matches(valeur, connus, n=1, cutoff=0.6)
    remede = f"Vouliez-vous dire « {proches[0]} » ?" if proches else "Corrigez ce renvoi, ou ajoutez ce qu’il désigne."
    yield faute(lieu, f"{quoi} « {valeur} » n’existe pas dans la définition.", remede)


def references(lieu: str, valeurs: Iterable[str], connus: Iterable[str], quoi: str) -> Iterator[Faute]:
    """Same, for a list; a name given twice is a fault too."""
    connus, valeurs = tuple(connus), tuple(valeurs)
    for rang, valeur in enumerate(valeurs, 1):
        yield from reference(f"{lieu}[{rang}]", valeur, connus, quoi)
    yield from repetitions(lieu, valeurs)


def parmi(lieu: str, valeur: str | None, permis: Iterable[str]) -> Iterator[Faute]:
    """A word that must be one of a closed list."""
    permis = tuple(permis)
    if valeur is not None and valeur not in permis:
        yield faute(lieu, f"« {valeur} » n’est pas une valeur connue.", f"Valeurs possibles : {enumere(permis)}.")


def trop_long(lieu: str, texte: str | None) -> Iterator[Faute]:
    """A label that a sheet or a list could not show whole."""
    if texte is not None and len(texte) > LIBELLE_MAX:
        yield faute(lieu, f"ce libellé compte {len(texte)} caractères.", f"Raccourcissez-le à {LIBELLE_MAX} caractères au plus.")


def cle_de_luhn(chiffres: str) -> bool:
    """Do the digits pass Luhn's check, which SIREN and SIRET follow?"""
    total = 0
    for rang, chiffre in enumerate(reversed(chiffres)):
        valeur = int(chiffre) * (1 + rang % 2)
        total += valeur - 9 if valeur > 9 else valeur
    return total % 10 == 0


def numero_insee(lieu: str, numero: str | None, longueur: int, quoi: str) -> Iterator[Faute]:
    """A SIREN (9 digits) or a SIRET (14)."""
    if numero is None:
        return
    if not re.fullmatch(rf"[0-9]{{{longueur}}}", numero):
        message = f"un {quoi} compte {longueur} chiffres sans espace, trouvé « {numero} »."
        yield faute(lieu, message, "Recopiez-le, ou retirez le champ.")
    elif not cle_de_luhn(numero) and not _de_la_poste(numero):
        yield faute(lieu, f"le {quoi} « {numero} » a une clé de contrôle fausse.", "Vérifiez chaque chiffre.")


def _de_la_poste(numero: str) -> bool:
    return numero.startswith(SIREN_LA_POSTE) and sum(map(int, numero)) % 5 == 0
