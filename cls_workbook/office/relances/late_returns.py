"""Who has not answered, for which fiches, since when. Pure: what the consolidation says against what is expected."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date

from cls_workbook import forms
from cls_workbook.domain.model import Contrat
from cls_workbook.pilotage import Pilotage, Relance
from cls_workbook.reports.consolidation.consolidated_result import Result
from cls_workbook.summaries.expected import ExpectedReturns, displayed_name, expected_returns, structure_key
from cls_workbook.tables.consolidation_tables import DUPLICATE, RECEIVED, REJECTED, SET_ASIDE
from cls_workbook.tables.structure_table import SAID_RECEIVED

ExpectedAnswer = tuple[str, str]  # fiche, volet ("" if none)
_CAME = (RECEIVED, DUPLICATE, REJECTED, SET_ASIDE)  # what counts most of what came for an answer


@dataclass(frozen=True)
class Overdue:
    """One structure, or one group whose members nobody named (``groupe``).

    ``missing``: nothing came; ``rejected`` and ``duplicated``: something came that could not be kept; ``set_aside``:
    something came that the coordinator does not take; ``received``: thanks. ``courriel``: the address of its service.
    ``statut`` and ``reminded_on``: what the pilotage says of its return. ``limite``: the day by which it was expected.
    ``days``: how late it is on the day asked about, None without limit or before it.
    """

    respondent: forms.Respondent
    missing: tuple[ExpectedAnswer, ...] = ()
    rejected: tuple[ExpectedAnswer, ...] = ()
    duplicated: tuple[ExpectedAnswer, ...] = ()
    received: tuple[ExpectedAnswer, ...] = ()
    statut: str = ""
    reminded_on: date | None = None
    limite: date | None = None
    days: int | None = None
    groupe: bool = False
    set_aside: tuple[ExpectedAnswer, ...] = ()
    courriel: str = ""

    @property
    def said_received(self) -> bool:
        """Does the coordinator hold this return, though its file is not in the folder?"""
        return self.statut in SAID_RECEIVED and not (self.rejected or self.duplicated or self.set_aside)

    @property
    def to_remind(self) -> bool:
        return not self.groupe and not self.said_received

    @property
    def a_remplir(self) -> tuple[ExpectedAnswer, ...]:
        """The answers for which a blank workbook is wanted, in the order of the contract."""
        return tuple(f for f in self.respondent.fiches if f in {*self.missing, *self.rejected, *self.set_aside})


def delays(result: Result, pilotage: Pilotage, day: date) -> list[Overdue]:
    """Those whose answer is missing or could not be kept, in the contract's order; then the groups without members."""
    contrat, cle = result.contrat, structure_key(result.contrat)
    planned = ExpectedReturns(contrat, expected_returns(contrat, result.annee, pilotage.membres))
    etats = _states(result, planned)
    followed: Mapping[str, Relance] = {cle(r.structure): r for r in reversed(pilotage.relances)}
    hits = []
    for respondent in forms.repondants(contrat, pilotage.membres):
        by_state: dict[str, list[ExpectedAnswer]] = defaultdict(list)
        for fiche, volet in respondent.fiches:
            by_state[_single_state(etats[planned.find(fiche, respondent.id, volet)])].append((fiche, volet))
        if set(by_state) == {RECEIVED}:
            continue
        suivi = followed.get(cle(respondent.id), Relance(respondent.id))
        missing, rejected, twice, received = (tuple(by_state[e]) for e in ("", REJECTED, DUPLICATE, RECEIVED))
        late = pilotage.limite, _days_late(pilotage.limite, day)
        followed_up = Overdue(respondent, missing, rejected, twice, received, suivi.statut, suivi.date, *late)
        hits.append(replace(followed_up, set_aside=tuple(by_state[SET_ASIDE]), courriel=suivi.courriel))
    return hits + _groups(contrat, result, pilotage, day)


def _states(result: Result, planned: ExpectedReturns) -> dict[int | None, set[str]]:
    """Expected answer → the states of what came for it."""
    etats: dict[int | None, set[str]] = defaultdict(set)
    for r in result.tables.retours.to_dict("records"):
        if (
            r["Statut"] in _CAME
            and r["Fiche"]
            and r["Structure"]
            and (rank := planned.find(r["Fiche"], r["Structure"], r["Volet"] or "")) is not None
        ):
            etats[rank].add(r["Statut"])
    return etats


def _single_state(etats: set[str]) -> str:
    """The first of ``_CAME``; "" if nothing came."""
    return next((e for e in _CAME if e in etats), "")


def _groups(contrat: Contrat, result: Result, pilotage: Pilotage, day: date) -> list[Overdue]:
    """Groups of which nobody was named: nobody can be reminded, and the coordinator must know it."""
    planned = expected_returns(contrat, result.annee, pilotage.membres)
    remainders: dict[str, list[ExpectedAnswer]] = defaultdict(list)
    missing = {
        (r["Fiche"], r["Structure"])
        for r in result.tables.retours.to_dict("records")
        if r["Statut"] not in (RECEIVED, REJECTED, DUPLICATE)
    }
    for p in planned[planned["groupe"]].to_dict("records"):
        if (p["fiche"], displayed_name(contrat, p["structure"])) in missing:
            remainders[p["structure"]].append((p["fiche"], p["volet"]))
    who = ((forms.Respondent(g, displayed_name(contrat, g), tuple(f)), tuple(f)) for g, f in remainders.items())
    days = _days_late(pilotage.limite, day)
    return [Overdue(group, missing, limite=pilotage.limite, days=days, groupe=True) for group, missing in who]


def _days_late(limite: date | None, day: date) -> int | None:
    return (day - limite).days if limite and day > limite else None
