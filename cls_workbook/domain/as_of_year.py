"""The contract as of one year: revised by then, without what does not hold then, and with nothing that names it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from cls_workbook.domain.lifetime import Period
from cls_workbook.domain.model import Contrat, Fiche, Rule
from cls_workbook.domain.revision import UnreadableRevision, apply, value_of

REQUIRED_MESURES = {"cout_unitaire": ("mesure_participants", "mesure_sessions"), "capacite": ("mesure",)}


def in_year(contrat: Contrat, annee: int) -> Contrat:
    """A whole definition → what it is in that year. The same object where nothing changes."""
    revised = contrat
    for revision in sorted(contrat.revisions, key=lambda r: r.depuis):
        if revision.depuis <= annee:
            revised = apply(revised, revision)
    held = _contrat_held(revised, annee)
    return contrat if held == contrat else held


def revised_years(contrat: Contrat) -> tuple[int, ...]:
    """The years that revisions of the duration name."""
    return tuple(a for r in contrat.revisions if (r.objet, r.champ) == ("contrat", "annees") for a in value_of(r))


def unreadable(contrat: Contrat) -> Iterator[tuple[int, UnreadableRevision]]:
    """Rank (from 1) of each revision that cannot be applied, and why."""
    for rank, revision in enumerate(contrat.revisions, 1):
        try:
            apply(contrat, revision)
        except UnreadableRevision as error:
            yield rank, error


def _holding_in(objects: tuple[Period, ...], annee: int) -> tuple:
    return tuple(o for o in objects if o.holds_in(annee))


def _contrat_held(contrat: Contrat, annee: int) -> Contrat:
    structures = _holding_in(contrat.structures, annee)
    present_ones = {s.id for s in structures}
    parts = {s.id for s in contrat.structures} - present_ones
    communes = _holding_in(contrat.communes, annee)
    departed_communes = {c.nom for c in contrat.communes} - {c.nom for c in communes}
    financeurs = _holding_in(contrat.financeurs, annee)
    departed_financeurs = {f.id for f in contrat.financeurs} - {f.id for f in financeurs}
    fiches = tuple(_fiche(f, annee, parts, departed_financeurs) for f in _holding_in(contrat.fiches, annee))
    return replace(
        contrat,
        axes=_holding_in(contrat.axes, annee),
        structures=structures,
        communes=communes,
        financeurs=financeurs,
        fiches=fiches,
        signataires=tuple(
            replace(s, structure=None) if s.structure in parts else s for s in _holding_in(contrat.signataires, annee)
        ),
        qpv=tuple(q for q in _holding_in(contrat.qpv, annee) if q.commune not in departed_communes),
        enveloppes=_holding_in(contrat.enveloppes, annee),
        a_programmer=tuple(
            a for a in _holding_in(contrat.a_programmer, annee) if a.devient not in {f.numero for f in fiches}
        ),
        regles=tuple(_rules(contrat, fiches, departed_financeurs, annee)),
    )


def _fiche(fiche: Fiche, annee: int, parts: set[str], departed_financeurs: set[str]) -> Fiche:
    volets = tuple(replace(v, porteurs=_without(v.porteurs, parts)) for v in _holding_in(fiche.volets, annee))
    open_items = {None, *(v.id for v in volets)}
    return replace(
        fiche,
        porteurs=_without(fiche.porteurs, parts),
        volets=volets,
        financement=replace(
            fiche.financement, cofinanceurs=_without(fiche.financement.cofinanceurs, departed_financeurs)
        ),
        indicateurs=tuple(
            replace(i, mesures=_holding_in(i.mesures, annee))
            for i in _holding_in(fiche.indicateurs, annee)
            if i.volet in open_items and any(m.holds_in(annee) for m in i.mesures)
        ),
    )


def _without(names: tuple[str, ...], withdrawn: set[str]) -> tuple[str, ...]:
    return tuple(n for n in names if n not in withdrawn)


def _rules(contrat: Contrat, fiches: tuple[Fiche, ...], departed_financeurs: set[str], annee: int) -> Iterator[Rule]:
    """The rules of the year: of fiches and funders that are there, asking nothing of measures that are not."""
    closed = {f.numero for f in contrat.fiches} - {f.numero for f in fiches}
    withdrawn_mesures = set(contrat.by_mesure) - {m.id for f in fiches for m in f.mesures}
    for rule in _holding_in(contrat.regles, annee):
        absent_ones = {c: None for c in rule.mesure_fields() if getattr(rule, c) in withdrawn_mesures}
        if (
            rule.fiche in closed
            or rule.financeur in departed_financeurs
            or absent_ones.keys() & set(REQUIRED_MESURES.get(rule.type, ()))
        ):
            continue
        yield replace(rule, financeurs=_without(rule.financeurs, departed_financeurs), **absent_ones)
