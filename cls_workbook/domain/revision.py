"""One revision of a contract: which field of which object, what its text means, and the contract once it is applied."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any, TypeVar

from cls_workbook.domain import model
from cls_workbook.domain.announced.contrat_parts import Financeur, Signatory
from cls_workbook.domain.announced.volets import Volet
from cls_workbook.domain.definition_keys import Key, changed, keys_of, value_of_key
from cls_workbook.domain.lifetime import Period, Revision
from cls_workbook.domain.model import Contrat
from cls_workbook.domain.rules import Rule
from cls_workbook.french import FOR_NUMBER, fold

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

    P = TypeVar("P", bound=DataclassInstance)

# What may be revised: its class, the list of the contract that holds it, and what names it there.
_LISTS: dict[str, tuple[type[Period], str, str]] = {
    "axe": (model.Axe, "axes", "numero"),
    "structure": (model.Structure, "structures", "id"),
    "signataire": (Signatory, "signataires", "nom"),
    "financeur": (Financeur, "financeurs", "id"),
    "fiche": (model.Fiche, "fiches", "numero"),
    "regle": (Rule, "regles", "id"),
}
_WITHIN_FICHE: dict[str, type[Period]] = {"volet": Volet, "indicateur": model.Indicateur, "mesure": model.Mesure}
_KEYS = {"id", "numero", "decisions", "revisions", "code_insee", *(c.name for c in dataclasses.fields(Period))}
YES, NO = ("oui", "vrai", "true", "1"), ("non", "faux", "false", "0")


class UnreadableRevision(ValueError):
    """Says in French, at a key of the revision (``champ``), why it cannot be applied."""

    def __init__(self, champ: str, message: str):
        super().__init__(message)
        self.champ = champ


def revisable_keys(objet: str) -> dict[str, Key]:
    """What may be revised of such an object: what a cell can hold; a fiche's money included."""
    class_: type = Contrat if objet == "contrat" else _LISTS[objet][0] if objet in _LISTS else _WITHIN_FICHE[objet]
    keys = keys_of(class_) | (keys_of(model.FicheFinancement) if class_ is model.Fiche else {})
    return {name: key for name, key in keys.items() if name not in _KEYS and not dataclasses.is_dataclass(key.type)}


def value_of(revision: Revision) -> Any:
    """The typed value of a revision. UnreadableRevision if its objet, its champ or its text cannot be understood."""
    if revision.objet not in ("contrat", *_LISTS, *_WITHIN_FICHE):
        raise UnreadableRevision("objet", f"« {revision.objet} » ne se révise pas.")
    keys = revisable_keys(revision.objet)
    if revision.champ not in keys or (revision.objet == "signataire" and revision.champ == "nom"):
        raise UnreadableRevision(
            "champ",
            f"« {revision.champ} » n’est pas un champ qui se révise. Champs possibles : {', '.join(sorted(keys))}.",
        )
    key = keys[revision.champ]
    texte = (revision.valeur or "").strip()
    if key.is_list:
        return tuple(_type_value(key.type, piece.strip()) for piece in texte.split(";") if piece.strip())
    if texte:
        return _type_value(key.type, texte)
    if key.obligatoire:
        raise UnreadableRevision("valeur", f"« {revision.champ} » ne peut pas être vidé.")
    return key.default


def _type_value(type_: type, texte: str) -> object:
    try:
        return _READ_AS[type_](texte)
    except (ValueError, InvalidOperation, KeyError):
        raise UnreadableRevision("valeur", f"{_EXPECTED[type_]} est attendu, trouvé « {texte} ».") from None


def _number(texte: str) -> Decimal:
    """« 180 000,50 », « 180000.5 », « 26,5 % »."""
    flat = texte.translate(FOR_NUMBER).replace(" ", "").removesuffix("€")
    is_percent = flat.endswith("%")
    nombre = Decimal(flat.removesuffix("%").replace(",", "."))
    if not nombre.is_finite():
        raise ValueError(texte)
    return nombre / 100 if is_percent else nombre


def _day(texte: str) -> date:
    if french_date := re.fullmatch(r"(\d{1,2})/(\d{1,2})/(\d{4})", texte):
        day, month, annee = map(int, french_date.groups())
        return date(annee, month, day)
    return date.fromisoformat(texte)


def _yes_no(texte: str) -> bool:
    if fold(texte) not in YES + NO:
        raise ValueError(texte)
    return fold(texte) in YES


_READ_AS: dict[type, Callable[[str], object]] = {str: str, int: int, bool: _yes_no, Decimal: _number, date: _day}
_EXPECTED = {
    str: "un texte",
    int: "un nombre entier",
    bool: "oui ou non",
    Decimal: "un nombre",
    date: "une date (jj/mm/aaaa)",
}


# --- The contract, revised ------------------------------------------------------------------------------------------


def apply(contrat: Contrat, revision: Revision) -> Contrat:
    """The contract with the revision. UnreadableRevision if it cannot be understood or if nothing bears its
    ``cible``.
    """
    value = value_of(revision)
    if revision.objet == "contrat":
        return changed(contrat, **{revision.champ: value})
    revising = _Revising(revision, value)
    if revision.objet in _LISTS:
        _, listed, named_by = _LISTS[revision.objet]
        revised = changed(contrat, **{listed: revising.among(value_of_key(contrat, listed), named_by, revision.cible)})
    else:
        revised = changed(contrat, fiches=tuple(map(revising.within, contrat.fiches)))
    if not revising.found:
        raise UnreadableRevision(
            "cible", f"« {revision.cible or ''} » ne désigne rien de type « {revision.objet} » dans la définition."
        )
    return revised


class _Revising:
    """One revision on its way through the contract. ``found``: did something bear its ``cible``?"""

    def __init__(self, revision: Revision, value: Any):
        self.revision, self.value = revision, value
        self.found = False

    def among(self, objects: tuple[P, ...], named_by: str, cible: str | None) -> tuple[P, ...]:
        return tuple(self._change(o) if getattr(o, named_by) == cible else o for o in objects)

    def within(self, fiche: model.Fiche) -> model.Fiche:
        """The fiche with its volet, indicator or measure revised."""
        cible = self.revision.cible
        if self.revision.objet == "volet":
            numero, _, volet = (cible or "").rpartition("/")
            return changed(fiche, volets=self.among(fiche.volets, "id", volet)) if fiche.numero == numero else fiche
        if self.revision.objet == "indicateur":
            return changed(fiche, indicateurs=self.among(fiche.indicateurs, "id", cible))
        return changed(
            fiche, indicateurs=tuple(changed(i, mesures=self.among(i.mesures, "id", cible)) for i in fiche.indicateurs)
        )

    def _change(self, holder: P) -> P:
        self.found = True
        champ, value = self.revision.champ, self.value
        if not isinstance(holder, model.Fiche) or champ not in keys_of(model.FicheFinancement):
            return changed(holder, **{champ: value})
        money = changed(holder.financement, **{champ: value})
        if champ == "montant":  # an amount that is given is no longer « non déterminé », and the reverse
            money = changed(money, montant_imprime=None, montant_etat="vide" if value is None else "chiffre")
        return changed(holder, financement=money)
