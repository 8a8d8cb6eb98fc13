"""What the COPIL is asked to decide, the most pressing first; what the coordinator noted as decided is not asked
again."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from cls_workbook.domain.announced.evaluations import MADE
from cls_workbook.domain.model import Fiche
from cls_workbook.french import NBSP, amount_fr, fold, how_many, typography
from cls_workbook.reports.synthese.dashboard import fiche_lights as lights
from cls_workbook.reports.synthese.synthese_portrait import Portrait
from cls_workbook.summaries.expected import NOT_NAMED, TO_BE_NAMED
from cls_workbook.tables.table_frames import frame_records


def decisions(portrait: Portrait) -> list[str]:
    """One sentence each, by rank: money beyond the maquette, amendments, actions that stopped, programmes of which
    nothing was done, porteurs who disagree or are still to be named, points left open, meetings, actions to programme,
    the validation. Fiches of which the same is asked share theirs."""
    decided = portrait.result.notes.decisions
    open_fiches = [f for f in portrait.contrat.actions if not decided.get(f.numero)]
    shared: dict[str, list[Fiche]] = {}
    for ask in (_amended, _stopped, _not_kept, _in_disagreement, _nobody_named):
        for fiche in open_fiches:
            for text in ask(portrait, fiche):
                shared.setdefault(text, []).append(fiche)
    found = [*_beyond(portrait, open_fiches)]
    found += [f"{_whose(portrait, fiches)} : {text}" for text, fiches in shared.items()]
    return [typography(text[0].upper() + text[1:]) for text in (*found, *_on_the_contract(portrait))]


def _whose(portrait: Portrait, fiches: list[Fiche]) -> str:
    return "toutes les fiches" if 1 < len(fiches) == len(portrait.contrat.actions) else lights.numbered(fiches)


def _beyond(portrait: Portrait, fiches: list[Fiche]) -> Iterator[str]:
    over = portrait.beyond_maquette(fiches)
    if over:
        in_all = " en tout" if len(over) > 1 else ""
        amount = amount_fr(sum(over.values(), Decimal(0)))
        whose = _whose(portrait, [f for f in fiches if f.numero in over])
        yield f"{whose} : régler le dépassement de la maquette ({amount}{in_all})"


def _amended(portrait: Portrait, fiche: Fiche) -> Iterator[str]:
    who = [
        t.structure
        for t in portrait.testimonies
        if t.fiche == fiche.numero and fold(t.texts.get("avenant", "")) == "oui"
    ]
    if who:
        yield f"se prononcer sur un avenant, demandé par {', '.join(dict.fromkeys(who))}"


def _stopped(portrait: Portrait, fiche: Fiche) -> Iterator[str]:
    light = lights.light(portrait, fiche)
    if light.kind == lights.STOPPED:
        yield f"maintenir, modifier ou arrêter l’action (« {light.word} »)"


def _not_kept(portrait: Portrait, fiche: Fiche) -> Iterator[str]:
    if lights.light(portrait, fiche).kind == lights.NOT_KEPT:
        yield f"reprogrammer l’action, dont rien n’a été réalisé en {portrait.year_label()}"


def _in_disagreement(portrait: Portrait, fiche: Fiche) -> Iterator[str]:
    if portrait.suivi.get(fiche.numero, {}).get("detail"):
        yield "dire où en est l’action (les porteurs ne s’accordent pas)"


def _nobody_named(portrait: Portrait, fiche: Fiche) -> Iterator[str]:
    if not fiche.volets and not fiche.porteurs:
        yield "désigner le porteur"
    yield from (f"désigner le porteur du volet « {v.nom} »" for v in fiche.volets if not v.porteurs)


def _open_point(text: str) -> str:
    """« nommer les structures du groupe « Communes » », of fiches that wait for it; else the point as it is told."""
    asked, of_group, _ = text.partition(f" {NOT_NAMED}")
    whose, _, group = asked.partition(f"{NBSP}: ")
    return f"{whose} : nommer {group}" if of_group and group else f"préciser : {text[0].lower()}{text[1:].rstrip('.')}"


def _on_the_contract(portrait: Portrait) -> Iterator[str]:
    result, contrat = portrait.result, portrait.contrat
    yield from (_open_point(text) for text in result.notes.a_preciser if text and TO_BE_NAMED not in text)
    for r in frame_records(result.summaries.gouvernance):
        held, least = r["Réunions tenues"], r["Minimum par an"] or 0
        if held is not None and held < least:
            yield f"réunir « {r['Instance']} » ({how_many(held, 'réunion')} sur {least} au moins)"
    for r in frame_records(result.summaries.evaluations):
        if r["État"] not in (None, MADE):
            yield f"suivre « {r['Évaluation']} » ({r['État']})"
    if n := len(contrat.announced.a_programmer):
        yield f"programmer {how_many(n, 'action')} encore sans fiche"
    if not result.validated_on:
        yield f"valider le bilan {portrait.year_label()}, aujourd’hui provisoire"
