"""One fault of a contract's definition, and the rules that every list of a definition obeys.

A place reads as the loader writes it: ``contrat.fiches[3] (2.2).indicateurs[1] (2.2-I01)``.
"""

from __future__ import annotations

import dataclasses
import difflib
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import TypeVar

from cls_workbook.domain.definition_keys import values_by_key
from cls_workbook.french import NBSP, fold, quoted_list

FAULT, A_CONFIRMER = "faute", "à confirmer"

# What one line, heading or list item of a sheet holds; Excel cuts or refuses beyond.
LABEL_MAX = 255
# La Poste: its establishments' SIRET do not follow Luhn, the sum of their digits is a multiple of 5.
LA_POSTE_SIREN = "356000000"

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class DefinitionFault:
    """``location``: where in the definition; ``remedy``: what to do, "" where the message says it all.

    ``blocks``: no workbook can be made of the definition: it names what is defined nowhere, or it cannot name a file.
    """

    location: str
    message: str
    remedy: str = ""
    gravite: str = FAULT
    blocks: bool = False

    def __str__(self) -> str:
        return f"{self.location}{NBSP}: {self.message}" + (f" {self.remedy}" if self.remedy else "")


def fault(location: str, message: str, remedy: str = "", gravite: str = FAULT) -> DefinitionFault:
    """A fault whose sentences carry French no-break spaces."""
    return DefinitionFault(location, _non_breaking(message), _non_breaking(remedy), gravite)


def note(location: str, message: str, remedy: str = "") -> DefinitionFault:
    """What is not wrong, but that the coordinator should settle."""
    return fault(location, message, remedy, A_CONFIRMER)


def _non_breaking(texte: str) -> str:
    return re.sub(r"(?<=«) | (?=[»;:!?%€])", NBSP, texte)


def places(location: str, objects: Iterable[T]) -> list[tuple[str, T]]:
    """Each object with its place: rank from 1 and, where it has one, its name."""
    return [(f"{location}[{rank}]" + _name(objet), objet) for rank, objet in enumerate(objects, 1)]


def everything(location: str, value: object) -> Iterator[tuple[str, object]]:
    """The value and all that it holds, each with its place, in the order of the definition."""
    yield location, value
    if isinstance(value, tuple):
        for place, element in places(location, value):
            yield from everything(place, element)
    elif dataclasses.is_dataclass(value) and not isinstance(value, type):
        for name, content in values_by_key(value):
            yield from everything(f"{location}.{name}", content)


def _name(objet: object) -> str:
    if isinstance(objet, str):
        return ""
    keys = ("numero", "id", "nom", "code_insee", "code")
    nom = next((str(getattr(objet, cle)) for cle in keys if hasattr(objet, cle)), "")
    return f" ({nom})" if nom else ""


def duplicates(objects: list[tuple[str, T]], champ: str, cle: Callable[[str], str] = str) -> Iterator[DefinitionFault]:
    """The second of two objects with the same ``champ`` (as ``cle`` reads it), and where the first is."""
    seen: dict[str, str] = {}
    for location, objet in objects:
        valeur = getattr(objet, champ)
        if valeur is None:
            continue
        first = seen.setdefault(cle(valeur), location)
        if first != location:
            yield fault(
                f"{location}.{champ}",
                f"« {valeur} » est déjà pris par {first}.",
                "Donnez une autre valeur à l’un des deux.",
            )


def repetitions(location: str, values: Iterable[str]) -> Iterator[DefinitionFault]:
    """A text given twice in one list, whatever its case and accents."""
    seen: set[str] = set()
    for rank, valeur in enumerate(values, 1):
        if fold(valeur) in seen:
            yield fault(f"{location}[{rank}]", f"« {valeur} » est donné deux fois.", "Gardez-le une fois.")
        seen.add(fold(valeur))


def reference(location: str, valeur: str | None, known: Iterable[str], what: str) -> Iterator[DefinitionFault]:
    """A name that must be one of those defined elsewhere (``what``: « la structure », « l’axe »…)."""
    known = tuple(known)
    if valeur is None or valeur in known:
        return
    close_matches = difflib.get_close_matches(valeur, known, n=1, cutoff=0.6)
    remedy = (
        f"Vouliez-vous dire « {close_matches[0]} » ?"
        if close_matches
        else "Corrigez ce renvoi, ou ajoutez ce qu’il désigne."
    )
    yield replace(fault(location, f"{what} « {valeur} » n’existe pas dans la définition.", remedy), blocks=True)


def references(location: str, values: Iterable[str], known: Iterable[str], what: str) -> Iterator[DefinitionFault]:
    """Same, for a list; a name given twice is a fault too."""
    known, values = tuple(known), tuple(values)
    for rank, valeur in enumerate(values, 1):
        yield from reference(f"{location}[{rank}]", valeur, known, what)
    yield from repetitions(location, values)


def among(location: str, valeur: str | None, allowed: Iterable[str]) -> Iterator[DefinitionFault]:
    """A word that must be one of a closed list."""
    allowed = tuple(allowed)
    if valeur is not None and valeur not in allowed:
        yield fault(
            location, f"« {valeur} » n’est pas une valeur connue.", f"Valeurs possibles : {quoted_list(allowed)}."
        )


def euros(location: str, montant: Decimal | None) -> Iterator[DefinitionFault]:
    """An amount, to the cent."""
    if montant is None:
        return
    if montant < 0:
        yield fault(location, f"un montant est positif ou nul, trouvé « {montant} ».")
    elif montant != round(montant, 2):
        yield fault(location, f"« {montant} » compte des fractions de centime.", "Arrondissez-le au centime.")


def rate(location: str, taux: Decimal | None) -> Iterator[DefinitionFault]:
    """A rate, as a share."""
    if taux is not None and not 0 <= taux <= 1:
        yield fault(location, f"un taux s’écrit entre 0 et 1, trouvé « {taux} ».", "Pour 26,5 %, écrivez 0.265.")


def too_long(location: str, texte: str | None) -> Iterator[DefinitionFault]:
    """A label that a sheet or a list could not show whole."""
    if texte is not None and len(texte) > LABEL_MAX:
        yield fault(
            location,
            f"ce libellé compte {len(texte)} caractères.",
            f"Raccourcissez-le à {LABEL_MAX} caractères au plus.",
        )


def has_luhn_key(digits: str) -> bool:
    """Do the digits pass Luhn's check, which SIREN and SIRET follow?"""
    total = 0
    for rank, digit in enumerate(reversed(digits)):
        valeur = int(digit) * (1 + rank % 2)
        total += valeur - 9 if valeur > 9 else valeur
    return total % 10 == 0


def insee_number(location: str, numero: str | None, length: int, what: str) -> Iterator[DefinitionFault]:
    """A SIREN (9 digits) or a SIRET (14)."""
    if numero is None:
        return
    if not re.fullmatch(rf"[0-9]{{{length}}}", numero):
        message = f"un {what} compte {length} chiffres sans espace, trouvé « {numero} »."
        yield fault(location, message, "Recopiez-le, ou retirez le champ.")
    elif not has_luhn_key(numero) and not _is_of_la_poste(numero):
        yield fault(location, f"le {what} « {numero} » a une clé de contrôle fausse.", "Vérifiez chaque chiffre.")


def _is_of_la_poste(numero: str) -> bool:
    return numero.startswith(LA_POSTE_SIREN) and sum(map(int, numero)) % 5 == 0


def identifier_faults(location: str, identifier: str) -> Iterator[DefinitionFault]:
    """Identifiers are parts of file names, on every system."""
    if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", identifier):
        yield fault(
            location,
            f"« {identifier} » ne peut pas servir dans un nom de fichier.",
            "Écrivez-le en minuscules sans accent, chiffres et tirets.",
        )
