"""What a definition says of its own changes: decisions, periods, revisions, and whether an avenant stands behind them."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterator
from datetime import date

from cls_workbook.contract.faute import Faute, doublons, faute, note, parmi, places, reference, repetitions, trop_long
from cls_workbook.contract.model import ActionAProgrammer, Axe, Contrat, Enveloppe, Fiche, Indicateur, Signataire
from cls_workbook.contract.vie import CHANGEMENTS_A_AVENANT, INSTANCES_DE_DECISION, Periode, Revision
from cls_workbook.francais import enumere

AVENANT = "avenant"
# What an avenant may be needed for: the words of ``avenant_requis``, in a sentence.
CHANGEMENTS = {"axes": "ce changement d’axe", "signataires": "ce changement de signataire", "duree": "changer la durée du contrat", "montants": "changer un montant"}
PAR_CLASSE = {Axe: "axes", Signataire: "signataires", Enveloppe: "montants"}
DECIDES = (Fiche, Indicateur, ActionAProgrammer)  # what comes and goes by a decision of the COPIL at least


def decisions(contrat: Contrat) -> Iterator[Faute]:
    """Each decision known once, of a known instance, and one that can be found again."""
    toutes = places("contrat.decisions", contrat.decisions)
    yield from doublons(toutes, "id")
    for lieu, decision in toutes:
        yield from parmi(f"{lieu}.instance", decision.instance, INSTANCES_DE_DECISION)
        yield from trop_long(f"{lieu}.objet", decision.objet)
        if decision.date is None and decision.reference is None:
            yield note(lieu, "ni date ni référence : cette décision ne se retrouverait pas.", "Donnez l’une des deux.")


def exercice(contrat: Contrat) -> Iterator[Faute]:
    """The day on which years begin; what needs an avenant."""
    lieu = "contrat.debut_annee"
    try:
        if not re.fullmatch(r"\d\d-\d\d", contrat.debut_annee):
            raise ValueError(contrat.debut_annee)
        date(2023, *map(int, contrat.debut_annee.split("-")))  # a day that every year has: not 29 February
    except ValueError:
        yield faute(lieu, f"« {contrat.debut_annee} » n’est pas un jour de l’année.", "Écrivez mois et jour, par exemple 09-01 pour le 1er septembre.")
    for rang, mot in enumerate(contrat.avenant_requis, 1):
        yield from parmi(f"contrat.avenant_requis[{rang}]", mot, CHANGEMENTS_A_AVENANT)
    yield from repetitions("contrat.avenant_requis", contrat.avenant_requis)


def periodes(contrat: Contrat) -> Iterator[Faute]:
    """Every period: in order, within the contract, decided by something that is known, and by an avenant where it takes one."""
    annees = contrat.toutes_les_annees
    for lieu, objet in _periodes("contrat", contrat):
        depuis, jusque = objet.depuis, objet.jusque
        for champ in ("decision", "decision_fin"):
            yield from reference(f"{lieu}.{champ}", getattr(objet, champ), contrat.par_decision, "la décision")
        if depuis is not None and jusque is not None and depuis > jusque:
            yield faute(f"{lieu}.jusque", f"{jusque} vient avant {depuis} : cette ligne ne vaudrait aucune année.", "Échangez-les.")
        elif annees and ((depuis or annees[0]) > annees[-1] or (jusque if jusque is not None else annees[-1]) < annees[0]):
            yield note(f"{lieu}.depuis" if depuis is not None else f"{lieu}.jusque", "hors des années du contrat : cette ligne ne paraîtra jamais.")
        else:
            yield from _decides(lieu, objet, contrat)


def _periodes(lieu: str, objet: object) -> Iterator[tuple[str, Periode]]:
    if isinstance(objet, Periode):
        yield lieu, objet
    if dataclasses.is_dataclass(objet):
        for champ in dataclasses.fields(objet):
            contenu = getattr(objet, champ.name)
            if isinstance(contenu, tuple):
                for place, element in places(f"{lieu}.{champ.name}", contenu):
                    yield from _periodes(place, element)


def _decides(lieu: str, objet: Periode, contrat: Contrat) -> Iterator[Faute]:
    """Is each end of the period that falls within the contract decided as it should be?"""
    annees = contrat.toutes_les_annees
    debut = objet.depuis is not None and bool(annees) and objet.depuis > annees[0]
    fin = objet.jusque is not None and bool(annees) and objet.jusque < annees[-1]
    changement = PAR_CLASSE.get(type(objet))
    sans_suite = isinstance(objet, ActionAProgrammer) and objet.devient is not None  # the fiche says what decided it
    if changement is None and (not isinstance(objet, DECIDES) or sans_suite):
        return
    if debut:
        yield from _autorise(f"{lieu}.depuis", objet.decision, changement, contrat)
    if fin:
        yield from _autorise(f"{lieu}.jusque", objet.decision_fin or (None if debut else objet.decision), changement, contrat)


def _autorise(lieu: str, citee: str | None, changement: str | None, contrat: Contrat) -> Iterator[Faute]:
    """``changement``: a word of ``avenant_requis``, or None where a decision of the COPIL is enough."""
    decision = contrat.par_decision.get(citee or "")
    if changement in contrat.avenant_requis:
        if citee is None:
            yield note(lieu, f"{CHANGEMENTS[changement]} demande un avenant, aucun n’est cité.", "Ajoutez l’avenant à decisions, puis citez-le ici.")
        elif decision is not None and decision.instance != AVENANT:
            yield note(lieu, f"{CHANGEMENTS[changement]} demande un avenant ; « {citee} » est une décision du COPIL.", "Citez l’avenant, ou faites-le signer.")
    elif citee is None:
        yield note(lieu, "aucune décision n’est citée pour ce changement.", "Citez la décision du COPIL ou l’avenant.")


def revisions(contrat: Contrat) -> Iterator[Faute]:
    """Every revision: in the contract's years, by a known decision, once for a field and a year."""
    annees, vues = contrat.toutes_les_annees, {}
    for lieu, revision in places("contrat.revisions", contrat.revisions):
        yield from reference(f"{lieu}.decision", revision.decision, contrat.par_decision, "la décision")
        if annees and not annees[0] < revision.depuis <= annees[-1]:
            yield faute(f"{lieu}.depuis", f"une révision vaut à partir d’une année du contrat après la première, trouvé « {revision.depuis} ».",
                        f"Années possibles : {enumere(map(str, annees[1:]))}.")
        premier = vues.setdefault((revision.depuis, revision.objet, revision.cible, revision.champ), lieu)
        if premier != lieu:
            yield faute(lieu, f"même année, même objet et même champ que {premier}.", "Gardez une seule des deux.")
        if revision.decision is None or revision.decision in contrat.par_decision:
            yield from _autorise(f"{lieu}.decision", revision.decision, _changement(revision), contrat)


def _changement(revision: Revision) -> str | None:
    if revision.objet in ("axe", "signataire"):
        return f"{revision.objet}s"
    if revision.objet == "contrat":
        return {"annees": "duree", "debut_annee": "duree", "maquette": "montants"}.get(revision.champ)
    return "montants" if (revision.objet, revision.champ) == ("fiche", "montant") else None


def devenir(contrat: Contrat) -> Iterator[Faute]:
    """An action to programme that became a fiche: that fiche is there, and came after it."""
    for lieu, action in places("contrat.a_programmer", contrat.a_programmer):
        yield from reference(f"{lieu}.devient", action.devient, contrat.par_fiche, "la fiche")
        fiche = contrat.par_fiche.get(action.devient or "")
        if fiche is None:
            continue
        if fiche.depuis is None:
            yield note(f"{lieu}.devient", f"la fiche {fiche.numero} vaut dès la première année : l’action ne serait jamais à programmer.",
                       "Donnez à la fiche l’année « depuis », ou retirez l’action.")
        if fiche.axe != action.axe:
            yield note(f"{lieu}.devient", f"l’action est de l’axe {action.axe}, la fiche {fiche.numero} de l’axe {fiche.axe}.")
