"""One revision of a contract: which field of which object, what its text means, and the contract once it is applied."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable
from datetime import date
from decimal import Decimal, InvalidOperation

from cls_workbook.domain import model
from cls_workbook.domain.class_fields import fields_of
from cls_workbook.domain.lifetime import Period, Revision
from cls_workbook.domain.model import Contrat
from cls_workbook.french import FOR_NUMBER, fold

# What may be revised: its class, the list of the contract that holds it, and what names it there.
_LISTS = {
    "axe": (model.Axe, "axes", "numero"),
    "structure": (model.Structure, "structures", "id"),
    "signataire": (model.Signatory, "signataires", "nom"),
    "financeur": (model.Financeur, "financeurs", "id"),
    "fiche": (model.Fiche, "fiches", "numero"),
    "regle": (model.Rule, "regles", "id"),
}
_WITHIN_FICHE = {"volet": model.Volet, "indicateur": model.Indicateur, "mesure": model.Mesure}
_KEYS = {"id", "numero", "decisions", "revisions", "code_insee", *(c.name for c in dataclasses.fields(Period))}
YES, NO = ("oui", "vrai", "true", "1"), ("non", "faux", "false", "0")


class UnreadableRevision(ValueError):
    """Says in French, at a champ of the revision (``faulty_field``), why it cannot be applied."""

    def __init__(self, faulty_field: str, message: str):
        super().__init__(message)
        self.faulty_field = faulty_field


def revisable_fields(objet: str) -> dict[str, tuple[type, bool, bool]]:
    """Field → (its type, is it a list of it?, must it be there?), for what a cell can hold; a fiche's money included."""
    class_ = model.Contrat if objet == "contrat" else _LISTS[objet][0] if objet in _LISTS else _WITHIN_FICHE[objet]
    input_fields = dict(fields_of(class_))
    if class_ is model.Fiche:
        input_fields |= fields_of(model.FicheFinancement)
    return {n: c for n, c in input_fields.items() if n not in _KEYS and not dataclasses.is_dataclass(c[0])}


def value_of(revision: Revision) -> object:
    """The typed value of a revision. RevisionIllisible if its objet, its champ or its text cannot be understood."""
    if revision.objet not in ("contrat", *_LISTS, *_WITHIN_FICHE):
        raise UnreadableRevision("objet", f"« {revision.objet} » ne se révise pas.")
    input_fields = revisable_fields(revision.objet)
    if revision.champ not in input_fields or (revision.objet == "signataire" and revision.champ == "nom"):
        raise UnreadableRevision(
            "champ",
            f"« {revision.champ} » n’est pas un champ qui se révise. Champs possibles : {', '.join(sorted(input_fields))}.",
        )
    type_, listing, obligatoire = input_fields[revision.champ]
    texte = (revision.valeur or "").strip()
    if listing:
        return tuple(_type_value(type_, piece.strip()) for piece in texte.split(";") if piece.strip())
    if not texte:
        if obligatoire:
            raise UnreadableRevision("valeur", f"« {revision.champ} » ne peut pas être vidé.")
        return _default(revision)
    return _type_value(type_, texte)


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


def _default(revision: Revision) -> object:
    classes = (
        [model.Contrat]
        if revision.objet == "contrat"
        else [_LISTS[revision.objet][0]]
        if revision.objet in _LISTS
        else [_WITHIN_FICHE[revision.objet]]
    )
    classes += [model.FicheFinancement] * (revision.objet == "fiche")
    return next(c.default for class_ in classes for c in dataclasses.fields(class_) if c.name == revision.champ)


# --- The contract, revised ------------------------------------------------------------------------------------------


def apply(contrat: Contrat, revision: Revision) -> Contrat:
    """The contract with the revision. RevisionIllisible if it cannot be understood or if nothing bears its ``cible``."""
    valeur = value_of(revision)
    if revision.objet == "contrat":
        return dataclasses.replace(contrat, **{revision.champ: valeur})
    hits: list[object] = []
    if revision.objet in _LISTS:
        _, listing, nom = _LISTS[revision.objet]
        revised = dataclasses.replace(
            contrat, **{listing: _revise(getattr(contrat, listing), nom, revision.cible, revision, valeur, hits)}
        )
    else:
        revised = dataclasses.replace(
            contrat, fiches=tuple(_within_fiche(f, revision, valeur, hits) for f in contrat.fiches)
        )
    if not hits:
        raise UnreadableRevision(
            "cible", f"« {revision.cible or ''} » ne désigne rien de type « {revision.objet} » dans la définition."
        )
    return revised


def _revise(objects: tuple, nom: str, cible: str | None, revision: Revision, valeur: object, hits: list) -> tuple:
    revised_items = []
    for objet in objects:
        if getattr(objet, nom) == cible:
            hits.append(objet)
            objet = _change(objet, revision.champ, valeur)
        revised_items.append(objet)
    return tuple(revised_items)


def _change(objet, champ: str, valeur: object):
    if isinstance(objet, model.Fiche) and champ in fields_of(model.FicheFinancement):
        money = dataclasses.replace(objet.financement, **{champ: valeur})
        if champ == "montant":  # an amount that is given is no longer « non déterminé », and the reverse
            money = dataclasses.replace(
                money, montant_imprime=None, montant_etat="vide" if valeur is None else "chiffre"
            )
        return dataclasses.replace(objet, financement=money)
    return dataclasses.replace(objet, **{champ: valeur})


def _within_fiche(fiche: model.Fiche, revision: Revision, valeur: object, hits: list) -> model.Fiche:
    if revision.objet == "volet":
        numero, _, volet = (revision.cible or "").rpartition("/")
        return (
            dataclasses.replace(fiche, volets=_revise(fiche.volets, "id", volet, revision, valeur, hits))
            if fiche.numero == numero
            else fiche
        )
    if revision.objet == "indicateur":
        return dataclasses.replace(
            fiche, indicateurs=_revise(fiche.indicateurs, "id", revision.cible, revision, valeur, hits)
        )
    return dataclasses.replace(
        fiche,
        indicateurs=tuple(
            dataclasses.replace(i, mesures=_revise(i.mesures, "id", revision.cible, revision, valeur, hits))
            for i in fiche.indicateurs
        ),
    )
