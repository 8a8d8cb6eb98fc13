"""What a definition says of its own changes: decisions, periods, revisions, and whether an avenant stands behind
them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

from cls_workbook.domain.announced.bodies import deciding, named
from cls_workbook.domain.announced.contrat_parts import Enveloppe, Signatory
from cls_workbook.domain.asked.left_out import QUESTIONS
from cls_workbook.domain.contrat_years import all_years
from cls_workbook.domain.lifetime import CHANGES_NEEDING_AVENANT, DECISION_INSTANCES, Period, Revision
from cls_workbook.domain.model import Axe, Contrat
from cls_workbook.domain.verification.fault import DefinitionFault, FieldPlace, duplicates, everything, places
from cls_workbook.french import date_fr, how_many, quoted_list

AVENANT = "avenant"
# What an avenant may be needed for: the words of ``avenant_requis``, in a sentence.
CHANGES = {
    "axes": "ce changement d’axe",
    "signataires": "ce changement de signataire",
    "duree": "changer la durée du contrat",
    "montants": "changer un montant",
}
CHANGE_BY_CLASS = {Axe: "axes", Signatory: "signataires", Enveloppe: "montants"}


def decisions(contrat: Contrat) -> Iterator[DefinitionFault]:
    """Each decision known once, of a known instance, and one that can be found again."""
    located = places("contrat.decisions", contrat.changes.decisions)
    yield from duplicates(located, "id")
    for here, decision in located:
        yield from here.among(
            "instance", dict.fromkeys((*DECISION_INSTANCES, *(i.nom for i in contrat.announced.instances)))
        )
        yield from here.too_long("objet")
        if decision.date is None and decision.reference is None:
            message = "ni date ni référence : cette décision ne se retrouverait pas."
            yield here.note("", message, "Donnez l’une des deux.")


def fiscal_year(contrat: Contrat) -> Iterator[DefinitionFault]:
    """The day on which years begin; what needs an avenant."""
    here = FieldPlace("contrat", contrat)
    try:
        if not re.fullmatch(r"\d\d-\d\d", contrat.follow_up.debut_annee):
            raise ValueError(contrat.follow_up.debut_annee)
        date(2023, *map(int, contrat.follow_up.debut_annee.split("-")))  # a day that every year has: not 29 February
    except ValueError:
        remedy = "Écrivez mois et jour, par exemple 09-01 pour le 1er septembre."
        yield here.fault("debut_annee", f"« {contrat.follow_up.debut_annee} » n’est pas un jour de l’année.", remedy)
    else:
        yield from _year_counts(here, contrat)
    yield from here.among("avenant_requis", CHANGES_NEEDING_AVENANT)
    yield from here.repetitions("avenant_requis")
    yield from here.among("non_demandes", QUESTIONS)


def _year_counts(here: FieldPlace, contrat: Contrat) -> Iterator[DefinitionFault]:
    """How years that are not the calendar's are counted."""
    if not contrat.annees or contrat.follow_up.start(contrat.annees[0]) == date(contrat.annees[0], 1, 1):
        return
    first, last = contrat.annees[0], contrat.annees[-1]
    count = how_many(len(contrat.annees), "exercice")
    begins = f"le premier du {date_fr(contrat.follow_up.start(first))} au {date_fr(contrat.follow_up.end(first))}"
    ends = f"le dernier ({contrat.follow_up.year_name(last)}) jusqu’au {date_fr(contrat.follow_up.end(last))}"
    remedy = f"Si le contrat finit plus tôt, sa dernière année est {last - 1}." if len(contrat.annees) > 1 else ""
    yield here.note("debut_annee", f"{count}, nommés par l’année où ils commencent : {begins}, {ends}.", remedy)


def periods(contrat: Contrat) -> Iterator[DefinitionFault]:
    """Every period: in order, within the contract, decided by something that is known, and by an avenant where it takes
    one.
    """
    annees = all_years(contrat)
    for location, objet in everything("contrat", contrat):
        if not isinstance(objet, Period):
            continue
        here, depuis, jusque = FieldPlace(location, objet), objet.depuis, objet.jusque
        for champ in ("decision", "decision_fin"):
            yield from here.reference(champ, contrat.changes.by_decision, "la décision")
        if depuis is not None and jusque is not None and depuis > jusque:
            message = f"{jusque} vient avant {depuis} : cette ligne ne vaudrait aucune année."
            yield here.fault("jusque", message, "Échangez-les.")
        elif annees and not any(objet.holds_in(annee) for annee in range(annees[0], annees[-1] + 1)):
            champ = "jusque" if depuis is None else "depuis"
            yield here.note(champ, "hors des années du contrat : cette ligne ne paraîtra jamais.")
        elif annees:
            yield from _decision_faults(here, objet, contrat)


def _decision_faults(here: FieldPlace, objet: Period, contrat: Contrat) -> Iterator[DefinitionFault]:
    """Is each end of the period that falls within the contract decided as it should be?"""
    annees = all_years(contrat)
    start = objet.depuis is not None and objet.depuis > annees[0]
    end = objet.jusque is not None and objet.jusque < annees[-1]
    change = CHANGE_BY_CLASS.get(type(objet))
    if change is None:  # without a decision, it is what the contract planned from the start
        return
    if start:
        yield from _authorisation(here, "depuis", objet.decision, change, contrat)
    if end:
        cited = objet.decision_fin or (None if start else objet.decision)
        yield from _authorisation(here, "jusque", cited, change, contrat)


def _authorisation(
    here: FieldPlace, champ: str, cited: str | None, change: str | None, contrat: Contrat
) -> Iterator[DefinitionFault]:
    """``change``: a word of ``avenant_requis``, or None where a decision of a body is enough."""
    decision = contrat.changes.by_decision.get(cited or "")
    if change in contrat.changes.avenant_requis:
        if cited is None:
            message = f"{CHANGES[change]} demande un avenant, aucun n’est cité."
            yield here.note(champ, message, "Ajoutez l’avenant à decisions, puis citez-le ici.")
        elif decision is not None and decision.instance != AVENANT:
            by = named(decision.instance).of_the
            message = f"{CHANGES[change]} demande un avenant ; « {cited} » est une décision {by}."
            yield here.note(champ, message, "Citez l’avenant, ou faites-le signer.")
    elif cited is None:
        message = "aucune décision n’est citée pour ce changement."
        yield here.note(champ, message, f"Citez la décision {deciding(contrat).of_the} ou l’avenant.")


def revisions(contrat: Contrat) -> Iterator[DefinitionFault]:
    """Every revision: in the contract's years, by a known decision, once for a field and a year."""
    annees = all_years(contrat)
    first_places: dict[tuple[int, str, str | None, str], FieldPlace] = {}
    for here, revision in places("contrat.revisions", contrat.changes.revisions):
        yield from here.reference("decision", contrat.changes.by_decision, "la décision")
        if annees and not annees[0] < revision.depuis <= annees[-1]:
            found = f"trouvé « {revision.depuis} »."
            message = f"une révision vaut à partir d’une année du contrat après la première, {found}"
            yield here.fault("depuis", message, f"Années possibles : {quoted_list(map(str, annees[1:]))}.")
        first = first_places.setdefault((revision.depuis, revision.objet, revision.cible, revision.champ), here)
        if first is not here:
            yield here.fault("", f"même année, même objet et même champ que {first}.", "Gardez une seule des deux.")
        if revision.decision is None or revision.decision in contrat.changes.by_decision:
            yield from _authorisation(here, "decision", revision.decision, _change(revision), contrat)


def _change(revision: Revision) -> str | None:
    if revision.objet in ("axe", "signataire"):
        return f"{revision.objet}s"
    if revision.objet == "contrat":
        return {"annees": "duree", "debut_annee": "duree", "maquette": "montants"}.get(revision.champ)
    return "montants" if (revision.objet, revision.champ) == ("fiche", "montant") else None


def becoming(contrat: Contrat) -> Iterator[DefinitionFault]:
    """An action to programme that became a fiche: that fiche is there, and came after it."""
    for here, action in places("contrat.a_programmer", contrat.announced.a_programmer):
        yield from here.reference("devient", contrat.par_fiche, "la fiche")
        fiche = contrat.par_fiche.get(action.devient or "")
        if fiche is None:
            continue
        if fiche.depuis is None:
            never = "l’action ne serait jamais à programmer"
            message = f"la fiche {fiche.numero} vaut dès la première année : {never}."
            yield here.note("devient", message, "Donnez à la fiche l’année « depuis », ou retirez l’action.")
        if fiche.axe != action.axe:
            message = f"l’action est de l’axe {action.axe}, la fiche {fiche.numero} de l’axe {fiche.axe}."
            yield here.note("devient", message)
