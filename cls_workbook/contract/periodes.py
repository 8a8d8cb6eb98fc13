"""The contract as of one year: revised by then, without what does not hold then, and with nothing that names it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from cls_workbook.contract.model import Contrat, Fiche, Regle
from cls_workbook.contract.revision import RevisionIllisible, appliquer, valeur_de
from cls_workbook.contract.vie import Periode

MESURES_NECESSAIRES = {"cout_unitaire": ("mesure_participants", "mesure_sessions"), "capacite": ("mesure",)}


def en(contrat: Contrat, annee: int) -> Contrat:
    """A whole definition → what it is in that year. The same object where nothing changes."""
    revu = contrat
    for revision in sorted(contrat.revisions, key=lambda r: r.depuis):
        if revision.depuis <= annee:
            revu = appliquer(revu, revision)
    vu = _tenu(revu, annee)
    return contrat if vu == contrat else vu


def annees_revisees(contrat: Contrat) -> tuple[int, ...]:
    """The years that revisions of the duration name."""
    return tuple(a for r in contrat.revisions if (r.objet, r.champ) == ("contrat", "annees") for a in valeur_de(r))


def illisibles(contrat: Contrat) -> Iterator[tuple[int, RevisionIllisible]]:
    """Rank (from 1) of each revision that cannot be applied, and why."""
    for rang, revision in enumerate(contrat.revisions, 1):
        try:
            appliquer(contrat, revision)
        except RevisionIllisible as erreur:
            yield rang, erreur


def _tenus(objets: tuple[Periode, ...], annee: int) -> tuple:
    return tuple(o for o in objets if o.vaut(annee))


def _tenu(contrat: Contrat, annee: int) -> Contrat:
    structures = _tenus(contrat.structures, annee)
    presentes = {s.id for s in structures}
    parties = {s.id for s in contrat.structures} - presentes
    communes = _tenus(contrat.communes, annee)
    quittees = {c.nom for c in contrat.communes} - {c.nom for c in communes}
    financeurs = _tenus(contrat.financeurs, annee)
    sortis = {f.id for f in contrat.financeurs} - {f.id for f in financeurs}
    fiches = tuple(_fiche(f, annee, parties, sortis) for f in _tenus(contrat.fiches, annee))
    return replace(
        contrat,
        axes=_tenus(contrat.axes, annee), structures=structures, communes=communes, financeurs=financeurs, fiches=fiches,
        signataires=tuple(replace(s, structure=None) if s.structure in parties else s for s in _tenus(contrat.signataires, annee)),
        qpv=tuple(q for q in _tenus(contrat.qpv, annee) if q.commune not in quittees),
        enveloppes=_tenus(contrat.enveloppes, annee),
        a_programmer=tuple(a for a in _tenus(contrat.a_programmer, annee) if a.devient not in {f.numero for f in fiches}),
        regles=tuple(_regles(contrat, fiches, sortis, annee)),
    )  # fmt: skip


def _fiche(fiche: Fiche, annee: int, parties: set[str], sortis: set[str]) -> Fiche:
    volets = tuple(replace(v, porteurs=_sans(v.porteurs, parties)) for v in _tenus(fiche.volets, annee))
    ouverts = {None, *(v.id for v in volets)}
    return replace(
        fiche,
        porteurs=_sans(fiche.porteurs, parties), volets=volets,
        financement=replace(fiche.financement, cofinanceurs=_sans(fiche.financement.cofinanceurs, sortis)),
        indicateurs=tuple(
            replace(i, mesures=_tenus(i.mesures, annee)) for i in _tenus(fiche.indicateurs, annee)
            if i.volet in ouverts and any(m.vaut(annee) for m in i.mesures)
        ),
    )  # fmt: skip


def _sans(noms: tuple[str, ...], retires: set[str]) -> tuple[str, ...]:
    return tuple(n for n in noms if n not in retires)


def _regles(contrat: Contrat, fiches: tuple[Fiche, ...], sortis: set[str], annee: int) -> Iterator[Regle]:
    """The rules of the year: of fiches and funders that are there, asking nothing of measures that are not."""
    fermees = {f.numero for f in contrat.fiches} - {f.numero for f in fiches}
    retirees = set(contrat.par_mesure) - {m.id for f in fiches for m in f.mesures}
    for regle in _tenus(contrat.regles, annee):
        absentes = {c: None for c in regle.champs_de_mesure() if getattr(regle, c) in retirees}
        if regle.fiche in fermees or regle.financeur in sortis or absentes.keys() & set(MESURES_NECESSAIRES.get(regle.type, ())):
            continue
        yield replace(regle, financeurs=_sans(regle.financeurs, sortis), **absentes)
