"""Where each structure stands, one line for all its fiches, and what is to be done next."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import NamedTuple

import pandas as pd

from cls_workbook.anomalies import A_CONFIRMER, BLOCKING, Anomalie
from cls_workbook.domain.model import Contrat
from cls_workbook.french import how_many, typography
from cls_workbook.summaries.expected import answers_together, structure_key
from cls_workbook.tables import structure_table as described
from cls_workbook.tables.consolidation_tables import DUPLICATE, MISSING, RECEIVED, REJECTED, SET_ASIDE
from cls_workbook.tables.described_columns import Row
from cls_workbook.tables.structure_table import STRUCTURES
from cls_workbook.tables.table_frames import frame_records, table_frame

_BEST_FIRST = (RECEIVED, DUPLICATE, REJECTED, MISSING, SET_ASIDE)  # of what came for one answer
_NOTHING = "rien"
OR = " ou "  # between those of whom one answers for all


class Followed(NamedTuple):
    """What the coordinator says of a structure. ``statut``: received elsewhere, to be corrected, read over."""

    statut: str = ""
    reminded_on: date | None = None
    courriel: str = ""


class _Given(NamedTuple):
    """What is known of all."""

    rows: Sequence[Row]
    anomalies: Sequence[Anomalie]
    saved: Mapping[str, date]


def by_structure(
    contrat: Contrat,
    retours: pd.DataFrame,
    anomalies: Sequence[Anomalie],
    followed: Mapping[str, Followed],
    saved: Mapping[str, date],
) -> pd.DataFrame:
    """The table ``STRUCTURES``, in the contract's order of fiches. ``retours``: the table ``Retours``; ``followed``:
    structure id or name → what the pilotage says; ``saved``: file → the day on which it was saved."""
    rows = frame_records(retours)
    key = structure_key(contrat)
    told = {key(structure): said for structure, said in followed.items()}
    theirs: dict[str | None, list[Row]] = {}
    given = _Given(rows, anomalies, saved)
    for row in rows:
        theirs.setdefault(row["Structure"], []).append(row)
    lines = (_line(contrat, nom, of_it, _followed(nom, key, told), given) for nom, of_it in theirs.items())
    return table_frame(STRUCTURES, lines)


def _followed(nom: str | None, key: Callable[[str], str], told: Mapping[str, Followed]) -> Followed:
    """Of a structure, or of the first that is followed among those who answer together."""
    names = [nom or "", *(nom or "").split(OR)]
    return next((told[key(name)] for name in names if key(name) in told), Followed())


def _line(
    contrat: Contrat, nom: str | None, rows: Sequence[Row], followed: Followed, given: _Given
) -> tuple[object, ...]:
    all_rows, anomalies, saved = given
    answers = dict(_answers(contrat, rows, all_rows))
    files = list(dict.fromkeys(r["Fichier"] for r in rows if r["Fichier"]))
    counted = {(r["Fichier"], fiche) for r in rows if r["Statut"] == RECEIVED for fiche in ("", r["Fiche"])}
    gravities = Counter(a.gravite for a in anomalies if (a.file, a.fiche) in counted)
    blocking, to_confirm = gravities[BLOCKING], gravities[A_CONFIRMER]
    dates = [saved[file] for file in files if file in saved]
    state = _state(set(answers.values()), blocking, followed)
    step = _to_name(contrat, nom) or _next_step(set(answers.values()), blocking, to_confirm, followed)
    lists = (_listed(answers, MISSING), _listed(answers, DUPLICATE, REJECTED, SET_ASIDE), _listed(answers, RECEIVED))
    when = max(dates, default=None), followed.reminded_on
    return (nom, state, step, *lists, *when, followed.courriel or None, ", ".join(files) or None, blocking, to_confirm)


def _answers(contrat: Contrat, rows: Iterable[Row], all_rows: Sequence[Row]) -> Iterator[tuple[str, str]]:
    """(« 2.1 (volet) », the best of what came for it); of those who answer together, whoever did."""
    for row in rows:
        fiche, volet = row["Fiche"], row["Volet"]
        if fiche is None:
            continue
        together = answers_together(contrat, fiche, volet)
        same = [
            r["Statut"]
            for r in all_rows
            if (r["Fiche"], r["Volet"]) == (fiche, volet) and (together or r["Structure"] == row["Structure"])
        ]
        yield f"{fiche} ({volet})" if volet else fiche, min(same, key=_BEST_FIRST.index)


def _listed(answers: Mapping[str, str], *statuts: str) -> str | None:
    return ", ".join(answer for answer, statut in answers.items() if statut in statuts) or None


def _state(statuts: set[str], blocking: int, followed: Followed) -> str:
    for statut in (REJECTED, DUPLICATE):
        if statut in statuts or not statuts:
            return statut
    if RECEIVED in statuts:
        to_correct = blocking or followed.statut == described.TO_CORRECT
        return described.PARTLY if MISSING in statuts else described.TO_CORRECT if to_correct else RECEIVED
    return MISSING if MISSING in statuts else SET_ASIDE


def _to_name(contrat: Contrat, nom: str | None) -> str:
    """What is to be done of a group of which nobody was named."""
    known = contrat.by_structure.get(contrat.identify(nom or "") or "")
    return "nommer ses membres (pilotage, feuille Groupes)" if known is not None and known.groupe else ""


def _next_step(statuts: set[str], blocking: int, to_confirm: int, followed: Followed) -> str:
    if not statuts or REJECTED in statuts:
        return "demander un nouvel envoi : la feuille Anomalies dit pourquoi"
    if DUPLICATE in statuts:
        return "demander quelle version garder, puis l’écrire au pilotage (feuille Suivi)"
    steps = []
    if MISSING in statuts:
        said_received = followed.statut in described.SAID_RECEIVED
        again = " de nouveau" if followed.reminded_on else ""
        steps.append("déposer son fichier dans le dossier" if said_received else f"relancer{again}")
    if blocking:
        steps.append(f"renvoyer sa copie annotée ({how_many(blocking, 'point')} à corriger)")
    elif to_confirm:
        steps.append(f"vérifier {how_many(to_confirm, 'point')} à confirmer")
    return typography(" ; ".join(steps)) or _NOTHING
