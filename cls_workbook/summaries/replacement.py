"""What changes when a corrected return takes the place of an earlier one, value by value (``pipeline.settling`` says
which do)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import pandas as pd

from cls_workbook.anomalies import Anomalie, Place
from cls_workbook.checks.families.campaign_checks import ReplacedRetour
from cls_workbook.domain.model import Contrat
from cls_workbook.domain.wording import fiches_named
from cls_workbook.french import NBSP, date_fr, number_fr, typography
from cls_workbook.reading.locating.expected_row import HOME
from cls_workbook.reading.parsing.answering import Answer
from cls_workbook.reading.storing.typed_frames import Said, SettledReturn
from cls_workbook.summaries.expected import displayed_name
from cls_workbook.tables.consolidation_tables import CHANGES, CREATED, DELETED, MODIFIED, REPLACEMENTS, UNCHANGED
from cls_workbook.tables.table_frames import table_frame


@dataclass(frozen=True)
class Replacements:
    """What was set aside, as (file, fiche); the anomalies that say so; and the table of what changes."""

    fiches: frozenset[tuple[str, str]]
    table: pd.DataFrame
    anomalies: tuple[Anomalie, ...] = ()


def replacements(contrat: Contrat, replaced: Mapping[Answer, Answer], settled: Sequence[SettledReturn]) -> Replacements:
    """``replaced``: answer set aside → the one that counts instead; ``settled``: the returns that these are of."""
    said = {s.file: s.said for s in settled}
    whole = frozenset(s.file for s in settled if s.is_replaced_whole)
    exchanges = [*_of_first_sheets(replaced, whole, settled), *replaced.items()]
    lines = [line for old, new in exchanges for line in _changes(contrat, old, new, said)]
    lines.sort(key=lambda line: (line[7], line[10], CHANGES.index(str(line[0]))))
    table = table_frame(REPLACEMENTS, lines)
    fiches = frozenset((old.file, old.fiche) for old in replaced)
    return Replacements(fiches, table, tuple(_anomalies(replaced, whole, table)))


def _of_first_sheets(
    replaced: Mapping[Answer, Answer], whole: frozenset[str], settled: Sequence[SettledReturn]
) -> Iterator[tuple[Answer, Answer]]:
    """Who answered, on the first sheet, goes with a return of which nothing is left."""
    structures = {s.file: s.answers[0].structure for s in settled}
    for file in sorted(whole):
        old, new = next((old, new) for old, new in replaced.items() if old.file == file)
        yield old._replace(fiche=HOME), new._replace(fiche=HOME, structure=structures[new.file], volet="")


def _changes(
    contrat: Contrat, old: Answer, new: Answer, said: Mapping[str, Mapping[str, Said]]
) -> Iterator[tuple[Any, ...]]:
    """One line of the table per input that one of them fills in."""
    before, after = (
        {cle: what for cle, what in said[answer.file].items() if cle.partition("/")[0] == old.fiche}
        for answer in (old, new)
    )
    who = None if old.fiche == HOME else old.fiche, displayed_name(contrat, new.structure), new.volet or None
    for cle in dict.fromkeys((*before, *after)):
        a, b = before.get(cle), after.get(cle)
        libelle = next(x.libelle for x in (a, b) if x)
        was = (old.file, a and a.sheet, a and a.cell)
        now = (new.file, b and b.sheet, b and b.cell)
        values = a and a.valeur, b and b.valeur
        yield (_change(a, b), *who, libelle, *values, *was, *now, old.sha256, new.sha256)


def _change(before: Said | None, after: Said | None) -> str:
    if before is None or after is None:
        return CREATED if before is None else DELETED
    return UNCHANGED if before.valeur == after.valeur else MODIFIED


def _anomalies(replaced: Mapping[Answer, Answer], whole: frozenset[str], table: pd.DataFrame) -> Iterator[Anomalie]:
    """One a file when all of it is replaced, else one a fiche."""
    by_file: dict[str, list[Answer]] = {}
    for old in replaced:
        by_file.setdefault(old.file, []).append(old)
    for file, answers in by_file.items():
        for together in [answers] if file in whole else [[a] for a in answers]:
            names = ", ".join(dict.fromkeys(replaced[a].file for a in together))
            fiches = [a.fiche for a in together] + [None] * (file in whole)
            lines = table[(table["Retour remplacé"] == file) & table["Fiche"].isin(fiches)]
            place = Place(file, fiche="" if file in whole else together[0].fiche, structure=together[0].structure)
            found, all_of_it = f"remplacé par {names} : {tally(lines)}", file in whole
            yield ReplacedRetour.anomalie(
                place, (), "Retour", found, refuses_file=all_of_it, refuses_sheet=not all_of_it
            )


def tally(table: pd.DataFrame) -> str:
    """« 1 valeur créée, 2 modifiées, 0 supprimée, 30 inchangées »."""
    numbers = Counter(table["Changement"])
    words = [f"{numbers[c]} {c}{'s' * (numbers[c] > 1)}" for c in CHANGES]
    return f"valeurs : {', '.join(words)}"


def preview(table: pd.DataFrame) -> Iterator[str]:
    """Lines for the command: each replacement, its count, and each value that changes with its cells."""
    for (ancien, nouveau), lines in table.groupby(["Retour remplacé", "Retour retenu"], sort=False):
        fiches = list(dict.fromkeys(f for f in lines["Fiche"] if f))
        yield typography(f"{nouveau} remplace {ancien} ({fiches_named(fiches)}) : {tally(lines)}.")
        for r in lines[lines["Changement"] != UNCHANGED].to_dict("records"):
            where = f"{r['Feuille'] or r['Feuille remplacée']}!{r['Cellule'] or r['Cellule remplacée']}"
            values = f"{_worded(r['Valeur avant'])} → {_worded(r['Valeur après'])}"
            yield typography(f"  {r['Changement']} : {where} ({r['Champ']}) : {values}")


def _worded(valeur: Any) -> str:
    if valeur is None:
        return "rien"
    if isinstance(valeur, date):
        return date_fr(valeur)
    text = valeur if isinstance(valeur, str) else number_fr(valeur)
    text = text if len(text) <= 80 else text[:79] + "…"
    return text if text.startswith("«") else f"«{NBSP}{text}{NBSP}»"
