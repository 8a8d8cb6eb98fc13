"""Returns looked at one by one, without a campaign: checked, copied with their faults shown, compared two by two.

Apart from the campaign, so that a command on one return imports neither summaries nor what writes workbooks.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from cls_workbook import checks
from cls_workbook.anomalies import Anomalie, sort_out
from cls_workbook.checks.given.check_input import CheckInput
from cls_workbook.definition.known_contrats import KnownContrats
from cls_workbook.definition.toml_reader import load_sound
from cls_workbook.domain.accounts.also_asked import also_asked
from cls_workbook.domain.contrat_years import covers, in_year
from cls_workbook.domain.model import Contrat
from cls_workbook.errors import Refusal
from cls_workbook.french import typography
from cls_workbook.pipeline.settling import ReplacementRequest, Settlement
from cls_workbook.reading.locating.retour import Retour
from cls_workbook.reading.parsing.answering import Answering
from cls_workbook.reading.reading_memory import ReadingMemory
from cls_workbook.reading.return_files import RetourFiles, read, retours_in
from cls_workbook.reading.return_reader import ReturnReader
from cls_workbook.reading.storing import typed_frames
from cls_workbook.reading.storing.typed_frames import TypedRetours

if TYPE_CHECKING:
    import pandas as pd

    from cls_workbook.engines.engine_protocol import Engine


class LookedAt(NamedTuple):
    """A return and its annotated copy. ``lines``: on the copy, its path first, or why there is none. ``campaign``: the
    contract and the year that the file says it is of, "" where it cannot be read."""

    anomalies: list[Anomalie]
    lines: list[str]
    campaign: str = ""


def controler(sources: Sequence[str], reference: str | None = None, engine: Engine | None = None) -> list[Anomalie]:
    """The anomalies of returns looked at one by one, without a campaign: each says its contract and year."""
    reader, anomalies = _reader(reference), list[Anomalie]()
    for retour in read(_returns_in(sources), reader, engine=engine):
        anomalies += _check_one(_typed(retour, reader), retour, reader) if retour.contrat else retour.anomalies
    return sort_out(anomalies)


def faultless(sources: Sequence[str], anomalies: Sequence[Anomalie]) -> list[str]:
    """The names of the returns of which nothing is said."""
    said_of = {a.file for a in anomalies}
    return [nom for nom in _returns_in(sources) if nom not in said_of]


def annotate(
    sources: Sequence[str],
    folder: str | Path,
    reference: str | None = None,
    engine: Engine | None = None,
    memory: ReadingMemory | None = None,
) -> Iterator[LookedAt]:
    """Each return in turn, its annotated copy written in ``folder``. ``memory``: see ``ReturnReader``."""
    folder, reader = Path(folder), _reader(reference, keeps_content=True, memory=memory)
    taken: set[Path] = set()
    for retour in read(_without_copies(sources, folder), reader, engine=engine):
        if retour.contrat:
            yield _annotate_one(retour, reader, folder, taken)
        else:
            reason = typography(f"{retour.file} : pas de copie annotée, car le fichier ne se lit pas.")
            yield LookedAt(list(retour.anomalies), [reason])


def _returns_in(sources: Sequence[str]) -> RetourFiles:
    """Those to look at: without any there is nothing to check, and no campaign that could be said to lack them."""
    if files := retours_in(sources):
        return files
    raise Refusal("Aucun fichier à lire : le dossier est vide. Déposez-y les retours, puis recommencez.")


def _reader(reference: str | None, keeps_content: bool = False, memory: ReadingMemory | None = None) -> ReturnReader:
    known = KnownContrats(load_sound(reference) if reference else None)
    return ReturnReader(known, keeps_content=keeps_content, alone=True, memory=memory)


def _typed(retour: Retour, reader: ReturnReader) -> TypedRetours[pd.DataFrame]:
    return typed_frames.type_values([retour], _contrat_of(retour, reader), reader.models)


def _contrat_of(retour: Retour, reader: ReturnReader) -> Contrat:
    """The contract, and the comptes rendus financiers that the workbook asks beside it."""
    contrat = reader.contrat(retour.contrat)
    return also_asked(in_year(contrat, retour.annee), retour.comptes_rendus) if retour.comptes_rendus else contrat


def _annotate_one(retour: Retour, reader: ReturnReader, folder: Path, taken: set[Path]) -> LookedAt:
    from cls_workbook.office.annotation import annotate as make_copy
    from cls_workbook.office.annotation import copy_name
    from cls_workbook.tables.table_frames import frame_records
    from cls_workbook.workbook.saving import save

    contrat, typed_returns = _contrat_of(retour, reader), _typed(retour, reader)
    anomalies = _check_one(typed_returns, retour, reader)
    normalisations = frame_records(typed_returns.normalisations)
    addresses = typed_returns.addresses(contrat)[retour.file]
    annotated_copy = make_copy(retour, contrat, anomalies, addresses, normalisations)
    target = _free_target(folder / copy_name(retour, annotated_copy.extension), retour, taken)
    save(annotated_copy.content, target)
    reason = annotated_copy.remade_because
    lines = [str(target), *([typography(f"{retour.file} : {reason}")] if reason else [])]
    return LookedAt(anomalies, lines, f"{contrat.titre}, année {contrat.follow_up.year_name(retour.annee)}")


def _without_copies(sources: Sequence[str], folder: Path) -> RetourFiles:
    """The returns; not the copies that an earlier run left in a folder among them."""
    here = folder.resolve()
    inside = any(
        Path(s).is_dir() and here != Path(s).resolve() and here.is_relative_to(Path(s).resolve()) for s in sources
    )
    files = _returns_in(sources)
    return files.without(lambda path: path.resolve().is_relative_to(here)) if inside else files


def _free_target(desired: Path, retour: Retour, taken: set[Path]) -> Path:
    """A file for the copy, never the return itself nor another return's copy."""
    rank, target = 1, desired
    while target in taken or target.resolve() == Path(retour.path).resolve():
        rank += 1
        target = desired.with_stem(f"{desired.stem}-{rank}")
    taken.add(target)
    return target


def _check_one(typed_returns: TypedRetours[pd.DataFrame], retour: Retour, reader: ReturnReader) -> list[Anomalie]:
    """What is found of one return, typed."""
    contrat = _contrat_of(retour, reader)
    if not covers(contrat, retour.annee):
        return list(typed_returns.anomalies)
    contrat = in_year(contrat, retour.annee)
    folder = CheckInput(
        contrat,
        retour.annee,
        typed_returns.values,
        typed_returns.retours,
        anomalies=tuple(typed_returns.anomalies),
        addresses=typed_returns.addresses(contrat),
    )
    return list(typed_returns.anomalies) + checks.check_retour(folder)


def comparer(ancien: str, nouveau: str, reference: str | None = None, engine: Engine | None = None) -> pd.DataFrame:
    """What would change if the return ``nouveau`` replaced ``ancien``: the table ``Replacements``. Nothing is written.
    Refusal if one of them cannot be read, or if they are of two campaigns."""
    from cls_workbook.summaries import replacement  # summaries take long to import, and the others need none

    reader = _reader(reference)
    paths = Path(ancien), Path(nouveau)
    files = {c.name: c for c in paths} if paths[0].name != paths[1].name else {str(c): c for c in paths}
    for file in files.values():
        if not file.is_file():
            raise Refusal(f"« {file} » n’existe pas, ou n’est pas un fichier : indiquez un retour.")
    retours = list(read(files, reader, engine=engine) if engine else read(files, reader))
    names = list(files)
    for retour in retours:
        if not retour.contrat:
            raise Refusal(f"« {retour.file} » ne se lit pas. {retour.anomalies[0].found}")
    campagnes = {(r.contrat, r.annee) for r in retours}
    if len(campagnes) > 1 or len(retours) < 2:
        raise Refusal(f"« {ancien} » et « {nouveau} » ne sont pas deux retours d’une même campagne.")
    contrat = in_year(_contrat_of(retours[0], reader), retours[0].annee)
    contrat = also_asked(contrat, retours[1].comptes_rendus)
    new = Answering(retours[1], reader.models.of(contrat, retours[0].annee))
    settlement = Settlement([ReplacementRequest(names[1], names[0])], new.answers)
    settled = typed_frames.type_values(retours, contrat, reader.models, settlement).settled
    return replacement.replacements(contrat, settlement.conclude(settled), settled).table
