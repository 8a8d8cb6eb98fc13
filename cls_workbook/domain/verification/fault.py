"""One fault of a contract's definition, and the rules that every list of a definition obeys.

A place reads as the loader writes it: ``contrat.fiches[3] (2.2).indicateurs[1] (2.2-I01)``.
"""

from __future__ import annotations

import dataclasses
import difflib
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any, TypeVar

from cls_workbook.domain.definition_keys import value_of_key, values_by_key
from cls_workbook.french import NBSP, fold, number_fr, quoted_list

FAULT, A_CONFIRMER = "faute", "à confirmer"

# What one line, heading or list item of a sheet holds; Excel cuts or refuses beyond.
LABEL_MAX = 255
# La Poste: its establishments' SIRET do not follow Luhn, the sum of their digits is a multiple of 5.
LA_POSTE_SIREN = "356000000"

T = TypeVar("T")
RankedPlace = tuple[str | int, ...]  # keys, and ranks from 1: ("fiches", 3, "indicateurs", 1)


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


SIGN = "Retirez le signe moins, ou corrigez le nombre."


@dataclass(frozen=True, slots=True)
class FieldPlace:
    """Where an object of a definition stands. What its fields must hold is asked by their names (a field of "" is the
    object itself), and each fault is told at its field."""

    location: str
    holder: Any

    def __str__(self) -> str:
        return self.location

    def fault(self, champ: str, message: str, remedy: str = "") -> DefinitionFault:
        return fault(self.location + f".{champ}" * bool(champ), message, remedy)

    def note(self, champ: str, message: str, remedy: str = "") -> DefinitionFault:
        return note(self.location + f".{champ}" * bool(champ), message, remedy)

    def reference(self, champ: str, known: Iterable[str], what: str) -> Iterator[DefinitionFault]:
        """A name that must be one of those defined elsewhere (``what``: « la structure », « l’axe »…)."""
        yield from reference(f"{self}.{champ}", value_of_key(self.holder, champ), known, what)

    def references(self, champ: str, known: Iterable[str], what: str) -> Iterator[DefinitionFault]:
        """Same, for a list; a name given twice is a fault too."""
        known = tuple(known)
        for rank, valeur in enumerate(value_of_key(self.holder, champ), 1):
            yield from reference(f"{self}.{champ}[{rank}]", valeur, known, what)
        yield from self.repetitions(champ)

    def repetitions(self, champ: str) -> Iterator[DefinitionFault]:
        """A text given twice in one list, whatever its case and accents."""
        seen: set[str] = set()
        for rank, valeur in enumerate(value_of_key(self.holder, champ), 1):
            if fold(valeur) in seen:
                yield self.fault(f"{champ}[{rank}]", f"« {valeur} » est donné deux fois.", "Gardez-le une fois.")
            seen.add(fold(valeur))

    def among(self, champ: str, allowed: Iterable[str]) -> Iterator[DefinitionFault]:
        """A word that must be one of a closed list, or several."""
        allowed, value = tuple(allowed), value_of_key(self.holder, champ)
        remedy = f"Valeurs possibles : {quoted_list(allowed)}."
        for place, word in _items(champ, value):
            if word is not None and word not in allowed:
                yield self.fault(place, f"« {word} » n’est pas une valeur connue.", remedy)

    def too_long(self, *champs: str) -> Iterator[DefinitionFault]:
        """A label, or a list of them, that a sheet or a drop-down could not show whole."""
        for place, texte in (item for champ in champs for item in _items(champ, value_of_key(self.holder, champ))):
            if texte is not None and len(texte) > LABEL_MAX:
                remedy = f"Raccourcissez-le à {LABEL_MAX} caractères au plus."
                yield self.fault(place, f"ce libellé compte {len(texte)} caractères.", remedy)

    def year_among(self, champ: str, annees: Sequence[int]) -> Iterator[DefinitionFault]:
        """A year of the contract, if one is given."""
        annee = value_of_key(self.holder, champ)
        if annee is not None and annee not in annees:
            first_of_all = "Donnez d’abord les années du contrat."
            remedy = f"Donnez une de ses années, de {annees[0]} à {annees[-1]}." if annees else first_of_all
            yield self.fault(champ, f"{annee} n’est pas une année du contrat.", remedy)

    def not_negative(self, champ: str, what: str = "un montant") -> Iterator[DefinitionFault]:
        """``what``: « un nombre de réunions », as a sentence begins with it."""
        number = value_of_key(self.holder, champ)
        if number is not None and number < 0:
            yield self.fault(champ, f"{what} est positif ou nul, trouvé « {number_fr(number)} ».", SIGN)

    def euros(self, champ: str) -> Iterator[DefinitionFault]:
        """An amount, to the cent."""
        yield from self.not_negative(champ)
        montant = value_of_key(self.holder, champ)
        if montant is not None and 0 <= montant != round(montant, 2):
            yield self.fault(
                champ, f"« {number_fr(montant)} » compte des fractions de centime.", "Arrondissez-le au centime."
            )

    def rate(self, champ: str) -> Iterator[DefinitionFault]:
        """A rate, as a share."""
        taux = value_of_key(self.holder, champ)
        if taux is not None and not 0 <= taux <= 1:
            message = f"un taux s’écrit entre 0 et 1, trouvé « {number_fr(taux)} »."
            yield self.fault(champ, message, as_share(taux))

    def duration(self, champ: str) -> Iterator[DefinitionFault]:
        """A number of years."""
        annees = value_of_key(self.holder, champ)
        if annees is not None and annees < 1:
            yield self.fault(champ, f"une durée compte au moins un an, trouvé « {annees} ».", "Donnez-la en années.")


def _items(champ: str, value: Any) -> list[tuple[str, Any]]:
    """What a field holds, with its place: itself, or each item of a list."""
    return (
        [(f"{champ}[{rank}]", v) for rank, v in enumerate(value, 1)] if isinstance(value, tuple) else [(champ, value)]
    )


def as_share(typed: Decimal) -> str:
    """How a rate typed as « 26.5 » is to be written; another one as an example, where it is no percentage at all."""
    percent = typed if 1 < typed <= 100 else Decimal(50)
    said = number_fr(percent)
    return f"Pour {said} %, écrivez {said} % dans le classeur de description ({number_fr(percent / 100)} en part de 1)."


def places(location: str, objects: Iterable[T]) -> list[tuple[FieldPlace, T]]:
    """Each object with its place: rank from 1 and, where it has one, its name."""
    return [(FieldPlace(f"{location}[{rank}]{_name(objet)}", objet), objet) for rank, objet in enumerate(objects, 1)]


def everything(location: str, value: object) -> Iterator[tuple[str, object]]:
    """The value and all that it holds, each with its place, in the order of the definition."""
    return ((named, content) for named, _, content in with_places(location, value))


def with_places(location: str, value: object, ranks: RankedPlace = ()) -> Iterator[tuple[str, RankedPlace, object]]:
    """The same, between the two the place without the names that may stand twice."""
    yield location, ranks, value
    if isinstance(value, tuple):
        for rank, (place, element) in enumerate(places(location, value), 1):
            yield from with_places(str(place), element, (*ranks, rank))
    elif dataclasses.is_dataclass(value) and not isinstance(value, type):
        for name, content in values_by_key(value):
            yield from with_places(f"{location}.{name}", content, (*ranks, name))


def _name(objet: object) -> str:
    keys = ("numero", "id", "nom", "code_insee", "code")
    nom = next((str(getattr(objet, cle)) for cle in keys if hasattr(objet, cle)), "")
    return f" ({nom})" if nom else ""


def duplicates(
    objects: list[tuple[FieldPlace, T]], champ: str, cle: Callable[[str], str] = str
) -> Iterator[DefinitionFault]:
    """The second of two objects with the same ``champ`` (as ``cle`` reads it), and where the first is."""
    seen: dict[str, FieldPlace] = {}
    for place, objet in objects:
        valeur = getattr(objet, champ)
        first = place if valeur is None else seen.setdefault(cle(valeur), place)
        if first is not place:
            remedy = "Donnez une autre valeur à l’un des deux."
            yield place.fault(champ, f"« {valeur} » est déjà pris par {first}.", remedy)


def reference(location: str, valeur: str | None, known: Iterable[str], what: str) -> Iterator[DefinitionFault]:
    """A name that must be one of those defined elsewhere (``what``: « la structure », « l’axe »…)."""
    known = tuple(known)
    if valeur is None or valeur in known:
        return
    close_matches = difflib.get_close_matches(valeur, known, n=1, cutoff=0.6)
    remedy = "Corrigez ce renvoi, ou ajoutez ce qu’il désigne."
    if close_matches:
        remedy = f"Vouliez-vous dire « {close_matches[0]} » ?"
    yield replace(fault(location, f"{what} « {valeur} » n’existe pas dans la définition.", remedy), blocks=True)


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


def identifier_faults(place: FieldPlace) -> Iterator[DefinitionFault]:
    """Identifiers are parts of file names, on every system."""
    if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", place.holder.id):
        message = f"« {place.holder.id} » ne peut pas servir dans un nom de fichier."
        yield place.fault("id", message, "Écrivez-le en minuscules sans accent, chiffres et tirets.")
