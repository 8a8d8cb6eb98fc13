"""Where each fiche is, which meetings were held, which places were reached. Frames in, frames out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import partial
from typing import TYPE_CHECKING, Any

import pandas as pd

from cls_workbook.domain.announced.evaluations import of_year
from cls_workbook.domain.announced.volets import WHOLE_FICHE, covered
from cls_workbook.domain.entry_questions import NOTHING as WITHOUT_OBJECT
from cls_workbook.domain.model import Contrat, Fiche
from cls_workbook.domain.placed.place_kinds import COMMUNE, place_kinds
from cls_workbook.french import NBSP, fold
from cls_workbook.reading.storing.value_store import Chapter, ValueStore
from cls_workbook.reading.storing.wide_views import columns, quotient, total_of
from cls_workbook.summaries.aggregation import SEPARATOR, least_advanced
from cls_workbook.summaries.campagne_returns import CampagneRetours
from cls_workbook.summaries.expected import ExpectedReturns, displayed_name
from cls_workbook.tables.summary_tables import EVALUATIONS, GOVERNANCE, PROGRESS, TERRITORY
from cls_workbook.tables.table_frames import table_frame

if TYPE_CHECKING:
    from cls_workbook.pilotage import FollowedEvaluation, Meeting


_SAID = ("etat", "realisation", "rien", "rien_motif")
SAID = ("fichier", "structure", "champ", "valeur")
TO_BE_SCHEDULED, WITHOUT_RETOUR = "à programmer", "sans retour"
FULL, PARTIAL, NOTHING, COMPLETED = "totale", "partielle", "rien de programme", "realisee"  # folded, as ``fold`` does


def avancement(
    contrat: Contrat, values: pd.DataFrame | ValueStore, planned: pd.DataFrame | ExpectedReturns
) -> pd.DataFrame:
    """One row per fiche: état (the least advanced of the porteurs) and réalisation; None without answer.

    ``par_volet``: the réalisation of each volet, one a line, where the fiche has some. ``detail``: « structure : état,
    réalisation » for each where porteurs disagree. « Réalisée » holds only if all say so; « Totale » and « Nulle » only
    if all who had something to do do; where they differ, « Partielle »; « Rien de programmé » only if none had. Who has
    nothing to declare has answered, says so in ``detail``, and stands in ``realisation`` where nobody did anything.
    """
    campagne, lines = CampagneRetours(contrat, values, planned), []
    for fiche in contrat.actions:
        ranks, volets = campagne.retours[fiche.numero]
        said = campagne.values.lines(partial(_is_progress, fiche.numero), *SAID, input_fields=_SAID)
        by_champ: dict[str, dict[str, str]] = {champ: {} for champ in _SAID}
        structures = dict[str, str]()
        for file, structure, champ, valeur in said:
            by_champ[champ][file] = valeur
            structures[file] = structure
        etats, facts, nothing, reasons = by_champ.values()
        parts = {(volets.get(r, ""), fold(word)) for r, word in facts.items() if volets.get(r) != WHOLE_FICHE}
        in_disagreement = len({*map(fold, etats.values())}) > 1 or len({volet for volet, _ in parts}) < len(parts)
        sentences = (
            _as_text(displayed_name(contrat, who), volets.get(r, ""), etats.get(r), facts.get(r), nothing.get(r))
            + (f" ({reason})" if (reason := reasons.get(r)) else "")
            for r, who in structures.items()
        )
        detail = "\n".join(sentences) if in_disagreement or nothing else None
        planned_here = list(campagne.planned.of_fiche(fiche.numero))
        coverage = campagne.count_up(fiche.numero, planned_here, etats.keys() | nothing.keys(), bool(ranks))
        by_volet = _by_volet(contrat, fiche, facts, volets, _said_of_volets(campagne, fiche))
        done = _completion(contrat, facts.values()) or next(iter(nothing.values()), None)
        state = _state(contrat, etats), done, by_volet, detail
        lines.append((fiche.numero, fiche.axe, fiche.titre, *state, *coverage))
    return table_frame(PROGRESS, lines)


def _is_progress(fiche: str, chapter: Chapter) -> bool:
    return chapter.bloc == "avancement" and chapter.fiche == fiche


def _as_text(structure: str, volet: str, *said: str | None) -> str:
    who = f"{structure} ({volet})" if volet else structure
    return f"{who}{NBSP}: " + ", ".join(word for word in said if word)


def _state(contrat: Contrat, etats: Mapping[str, str]) -> str | None:
    # Reported or given up come after « Réalisée » in the list, yet nothing is done while one porteur says so.
    echelle = sorted(
        contrat.follow_up.listes.etats, key=lambda e: fold(contrat.follow_up.listes.own_word(e)) == COMPLETED
    )
    return least_advanced(echelle, etats.values()) if etats else None


def _completion(contrat: Contrat, facts: Collection[str]) -> str | None:
    """All alike: that; else a part was done, in the words of the contract, or of its own scale the least done."""
    programmes = [f for f in facts if fold(f) != NOTHING]
    if len({fold(f) for f in programmes}) < 2:
        return next(iter(programmes or facts), None)
    echelle = [r for r in reversed(contrat.follow_up.listes.realisations) if fold(r) != NOTHING]
    partial_word = next((r for r in echelle if fold(r) == PARTIAL), None)
    return partial_word or least_advanced(echelle, programmes)


def _said_of_volets(campagne: CampagneRetours, fiche: Fiche) -> dict[tuple[str, str], dict[str, str]]:
    """(fichier, volet id) → what a return that answers for several volets says of each."""
    said: dict[tuple[str, str], dict[str, str]] = {}
    if fiche.shares_sheets:
        names = ("fichier", "ligne", "champ", "valeur")
        for file, volet, champ, valeur in campagne.values.lines(partial(_is_of_volets, fiche.numero), *names):
            said.setdefault((file, volet), {})[champ] = valeur
    return said


def _is_of_volets(fiche: str, chapter: Chapter) -> bool:
    return chapter.bloc == "volets" and chapter.fiche == fiche


def _by_volet(
    contrat: Contrat,
    fiche: Fiche,
    facts: Mapping[str, str],
    volets: Mapping[str, str],
    apart: Mapping[tuple[str, str], Mapping[str, str]],
) -> str | None:
    """A line for each volet, those of whom nobody says it too; None for a fiche without volets, or without answer.
    ``apart``: what returns say of each volet, where they answer for several."""
    if not fiche.volets or not (facts or apart):
        return None
    covered_by = {r: covered(fiche.volets, volets.get(r, "")) for r in {*facts, *(r for r, _ in apart)}}
    lines = []
    for volet in fiche.volets:
        theirs = [r for r, ids in covered_by.items() if volet.id in ids]
        own = [apart[r, volet.id] for r in theirs if (r, volet.id) in apart]
        words = [apart.get((r, volet.id), {}).get("realisation", facts.get(r)) for r in theirs]
        state = _state(contrat, {str(rank): said["etat"] for rank, said in enumerate(own) if "etat" in said})
        told = [state, _completion(contrat, [word for word in words if word])]
        lines.append((volet.nom, ", ".join(word for word in told if word)))
    whole = {WHOLE_FICHE, *fiche.volet_names}
    if others := [word for r, word in facts.items() if not covered_by[r] and volets.get(r) not in whole]:
        lines.append(("volet non précisé", _completion(contrat, others) or ""))
    return "\n".join(f"{nom}{NBSP}: {word or WITHOUT_RETOUR}" for nom, word in lines)


@dataclass(frozen=True, slots=True)
class CompletionRate:
    """``strict`` = totales / programmées; ``wide`` = (totales + partielles) / programmées; None if nothing was
    programmed."""

    fully_done: int
    partly_done: int
    programmed: int
    unanswered: int

    @property
    def strict(self) -> Decimal | None:
        return Decimal(self.fully_done) / self.programmed if self.programmed else None

    @property
    def wide(self) -> Decimal | None:
        return Decimal(self.fully_done + self.partly_done) / self.programmed if self.programmed else None


def completion_rate(contrat: Contrat, suivi: pd.DataFrame, porteur: str | None = None) -> CompletionRate:
    """Over the fiches of ``avancement`` that had something programmed; ``porteur``: only those this structure id
    answers for."""
    requested = [f.numero for f in contrat.actions if porteur is None or porteur in (p for p, _ in f.repondants())]
    return count_completions(suivi.loc[suivi["fiche"].isin(requested), "realisation"])


def count_completions(words: Iterable[str | None]) -> CompletionRate:
    """The rates over words as the list of réalisations has them; None: no answer."""
    statements = [None if r is None else fold(r) for r in words]
    tally = Counter(statements)
    unplanned = sum(tally[word] for word in (NOTHING, *map(fold, WITHOUT_OBJECT)))
    return CompletionRate(tally[FULL], tally[PARTIAL], len(statements) - tally[None] - unplanned, tally[None])


def gouvernance(contrat: Contrat, reunions: Sequence[Meeting] = ()) -> pd.DataFrame:
    """One row per instance. The rate is Σ présents / Σ conviés (structures) over the meetings that give both.

    Without any meeting nothing is known; once one is listed, an instance without meetings has met 0 times.
    """
    lines: list[tuple[Any, ...]] = []
    for instance in contrat.announced.instances:
        if not reunions:
            lines.append((instance.nom, instance.minimum_par_an, None, None, None, None, "réunions non renseignées"))
            continue
        held = [r for r in reunions if fold(r.instance) == fold(instance.nom)]
        counted = [r for r in held if r.convies is not None and r.presents is not None]
        convies, presents = total_of(r.convies for r in counted), total_of(r.presents for r in counted)
        minimum, known = instance.minimum_par_an, f"{len(counted)} réunion{'s' * (len(counted) > 1)}"
        reserves = [f"sous le minimum ({len(held)} sur {minimum})"] if len(held) < minimum else []
        if len(counted) < len(held):
            reserves.append(f"participation connue pour {known} sur {len(held)}")
        taux = quotient(presents, convies)
        lines.append((instance.nom, minimum, len(held), convies, presents, taux, SEPARATOR.join(reserves) or None))
    return table_frame(GOVERNANCE, lines)


def evaluations(contrat: Contrat, annee: int, followed: Sequence[FollowedEvaluation] = ()) -> pd.DataFrame:
    """One row per evaluation that the contract plans that year, and what the coordinator says of it."""
    told = {e.sorte: e for e in followed}
    lines = []
    for planned in of_year(contrat.announced.evaluations, annee):
        known = told.get(planned.sorte)
        said = (known.etat, known.date, known.constats or None) if known else (None, None, None)
        lines.append((planned.nom, planned.par, planned.objet, *said))
    return table_frame(EVALUATIONS, lines)


def territoire(contrat: Contrat, values: pd.DataFrame | ValueStore) -> pd.DataFrame:
    """The places that at least one return says it reached: type, code, nom, fiches (how many), numeros.

    In the contract's order; one that the contract does not know comes last, as it was given.
    """
    touched: dict[tuple[str, str], set[str]] = {}
    for champ, line, fiche in _ticked(values):
        touched.setdefault((champ, line), set()).add(fiche)
    known = {(kind.champ, place.cle): (kind.type, place) for kind in place_kinds(contrat) for place in kind.places}
    order = {cle: rank for rank, cle in enumerate(known)}
    numbers = [f.numero for f in contrat.actions]
    lines = []
    for cle in sorted(touched, key=lambda c: (order.get(c, len(order)), c)):
        champ, line = cle
        type_, place = known.get(cle, (champ, None))
        code = line if champ == COMMUNE else None
        its_own = [n for n in numbers if n in touched[cle]]
        lines.append((type_, code, place.nom if place else line, len(its_own), SEPARATOR.join(its_own)))
    return table_frame(TERRITORY, lines)


def _ticked(values: pd.DataFrame | ValueStore) -> Iterable[tuple[str, ...]]:
    """(champ, ligne, fiche) of what was ticked."""
    if isinstance(values, ValueStore):
        return values.distinct("champ", "ligne", "fiche", wanted=lambda c: c.bloc == "territoire")
    return columns(values[values["bloc"] == "territoire"], "champ", "ligne", "fiche")
