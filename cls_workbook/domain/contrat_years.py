"""The contract as of one year: revised by then, without what does not hold then, and with nothing that names it."""

from __future__ import annotations

from collections.abc import Iterator, Set
from dataclasses import replace
from typing import Any, TypeVar

from cls_workbook.domain.definition_keys import changed, value_of_key
from cls_workbook.domain.lifetime import Period
from cls_workbook.domain.model import Contrat, Fiche, YearView
from cls_workbook.domain.placed.by_place import with_places
from cls_workbook.domain.placed.place_model import Lieu, Qpv, code_of
from cls_workbook.domain.regional.taken_in import with_noyau
from cls_workbook.domain.revision import UnreadableRevision, apply, value_of
from cls_workbook.domain.rules import MESURE_KEYS, Rule

P = TypeVar("P", bound=Period)
REQUIRED_MESURES = {"cout_unitaire": ("mesure_participants", "mesure_sessions"), "capacite": ("mesure",)}


def in_year(contrat: Contrat, annee: int) -> Contrat:
    """What holds in that year, as revised by then. The whole definition itself where nothing changes.

    Always seen from the whole definition: as of 2027, the contract as of 2024 is the contract as of 2027.
    """
    if contrat.view is not None and contrat.view.annee == annee:
        return contrat
    definition = revised = whole(contrat)
    if definition.is_lasting and annee in definition.annees:
        return definition
    for revision in sorted(definition.changes.revisions, key=lambda r: r.depuis):
        if revision.depuis <= annee:
            revised = apply(revised, revision)
    held = with_places(with_noyau(_contrat_held(revised, annee), annee), annee)
    return definition if held is definition else replace(held, view=YearView(annee, definition))


def whole(contrat: Contrat) -> Contrat:
    """The whole definition, whatever the year that the contract is seen from."""
    return contrat.definition


def all_years(contrat: Contrat) -> tuple[int, ...]:
    """Those of the first signature and those that a revision added, whatever the year it is seen from."""
    definition = whole(contrat)
    added: set[int] = set()
    for revision in definition.changes.revisions:
        if (revision.objet, revision.champ) == ("contrat", "annees"):
            added.update(value_of(revision))
    return tuple(sorted({*definition.annees, *added}))


def covers(contrat: Contrat, annee: int) -> bool:
    """Is it a year of the contract, as the contract stood that year?"""
    return annee in in_year(contrat, annee).annees


def unreadable(contrat: Contrat) -> Iterator[tuple[int, UnreadableRevision]]:
    """Rank (from 1) of each revision that cannot be applied, and why."""
    for rank, revision in enumerate(contrat.changes.revisions, 1):
        try:
            apply(contrat, revision)
        except UnreadableRevision as error:
            yield rank, error


def _holding_in(objects: tuple[P, ...], annee: int) -> tuple[P, ...]:
    return tuple(o for o in objects if o.holds_in(annee))


def _contrat_held(contrat: Contrat, annee: int) -> Contrat:
    structures = _holding_in(contrat.structures, annee)
    departed = {s.id for s in contrat.structures} - {s.id for s in structures}
    communes = _holding_in(contrat.places.communes, annee)
    departed_communes = {c.code_insee for c in contrat.places.communes} - {c.code_insee for c in communes}
    financeurs = _holding_in(contrat.money.financeurs, annee)
    departed_financeurs = {f.id for f in contrat.money.financeurs} - {f.id for f in financeurs}
    axes = _holding_in(contrat.axes, annee)
    departed_axes = contrat.by_axe.keys() - {a.numero for a in axes}
    there = _holding_in(contrat.fiches, annee)
    closed = contrat.par_fiche.keys() - {f.numero for f in there}
    fiches = tuple(
        changed(
            _fiche(f, annee, departed, departed_financeurs, closed), autres_axes=_without(f.autres_axes, departed_axes)
        )
        for f in there
    )
    numeros = {f.numero for f in fiches}
    departed_fiches = contrat.par_fiche.keys() - numeros
    mesures = {m.id for f in fiches for m in f.mesures}
    return changed(
        contrat,
        axes=tuple(changed(a, parent=None) if a.parent in departed_axes else a for a in axes),
        structures=structures,
        communes=communes,
        financeurs=financeurs,
        fiches=fiches,
        signataires=tuple(
            changed(s, structure=None) if s.structure in departed else s
            for s in _holding_in(contrat.parties.signataires, annee)
        ),
        qpv=tuple(
            q for q in _holding_in(contrat.places.qpv, annee) if _commune_of(contrat, q) not in departed_communes
        ),
        lieux=tuple(
            x for x in _holding_in(contrat.places.lieux, annee) if _commune_of(contrat, x) not in departed_communes
        ),
        enveloppes=_holding_in(contrat.money.enveloppes, annee),
        cibles=tuple(c for c in _holding_in(contrat.announced.cibles, annee) if c.mesure in mesures),
        a_programmer=tuple(a for a in _holding_in(contrat.announced.a_programmer, annee) if a.devient not in numeros),
        instances=tuple(changed(i, fiches=_without(i.fiches, departed_fiches)) for i in contrat.announced.instances),
        regles=tuple(_rules(contrat, fiches, departed_financeurs, annee)),
    )


def _commune_of(contrat: Contrat, place: Qpv | Lieu) -> str | None:
    """The code of the commune that a place is in; None where it names none that the contract knows."""
    return code_of(contrat.commune_names, place.commune)


def _fiche(fiche: Fiche, annee: int, departed: set[str], departed_financeurs: set[str], closed: set[str]) -> Fiche:
    volets = tuple(changed(v, porteurs=_without(v.porteurs, departed)) for v in _holding_in(fiche.volets, annee))
    open_volets = {None, *(v.id for v in volets)}
    money = fiche.financement
    return changed(
        fiche,
        porteurs=_without(fiche.porteurs, departed),
        volets=volets,
        lignes=tuple(
            line for line in fiche.lignes if line.financeur not in departed_financeurs and line.annee in (None, annee)
        ),
        financement=changed(money, cofinanceurs=_without(money.cofinanceurs, departed_financeurs)),
        indicateurs=tuple(
            changed(i, mesures=_holding_in(i.mesures, annee), autres_fiches=_without(i.autres_fiches, closed))
            for i in _holding_in(fiche.indicateurs, annee)
            if i.volet in open_volets and any(m.holds_in(annee) for m in i.mesures)
        ),
    )


def _without(names: tuple[str, ...], withdrawn: Set[str]) -> tuple[str, ...]:
    return tuple(n for n in names if n not in withdrawn)


def _rules(contrat: Contrat, fiches: tuple[Fiche, ...], departed_financeurs: set[str], annee: int) -> Iterator[Rule]:
    """The rules of the year: of fiches and funders that are there, asking nothing of measures that are not."""
    closed = {f.numero for f in contrat.fiches} - {f.numero for f in fiches}
    withdrawn = set(contrat.by_mesure) - {m.id for f in fiches for m in f.mesures}
    for rule in _holding_in(contrat.regles, annee):
        absent: dict[str, Any] = {key: None for key in MESURE_KEYS if value_of_key(rule, key) in withdrawn}
        if (
            rule.fiche in closed
            or rule.financeur in departed_financeurs
            or absent.keys() & set(REQUIRED_MESURES.get(rule.type, ()))
        ):
            continue
        yield changed(rule, financeurs=_without(rule.financeurs, departed_financeurs), **absent)
