"""The way back of a campaign: a return goes down once, and what is found of it goes down with it.

1. *Named*: which files are returns, and which are said to take the place of others (``reading.return_files``,
``settling``).
2. *Corrections*: the returns that take a place are read before the others, for what they answer says whose place they
   take. They are kept as read, not read again: their number is that of the requests, whatever the number of returns.
3. In batches, in any process (``campaign``), each return is *opened* and *located* (``reading``), *settled* (which of
   its fiches another return answers for instead), *typed*, and *checked* on its own. What is replaced is typed all the
   same: the table « Remplacements » shows it before and after, and the reconciliation counts it. It is not checked, and
   its anomalies are left there.
4. *Brought together*, batch after batch, in a file: memory does not grow with the number of returns.
5. *Concluded* (``conclusion``): rules between returns, what counts, summaries, reconciliation: one ``Result``.
6. *Written*: ``reports``.

Nothing of steps 4 to 6 opens a file or asks a step above for more. The command line and the Excel button are two doors
to these functions; returns looked at one by one are ``pipeline.single_returns``.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Required, TypedDict, Unpack

from cls_workbook import pilotage as coordination
from cls_workbook.definition.known_contrats import KnownContrats
from cls_workbook.domain.accounts.also_asked import also_asked
from cls_workbook.domain.contrat_years import in_year
from cls_workbook.domain.model import Contrat
from cls_workbook.engines.engine_protocol import Engine
from cls_workbook.engines.local_engines import LocalEngine
from cls_workbook.pilotage import Pilotage
from cls_workbook.pipeline import settling
from cls_workbook.pipeline.campaign import Campagne
from cls_workbook.pipeline.conclusion import conclude
from cls_workbook.pipeline.way_out import load_contrat, verify_year
from cls_workbook.reading.locating.retour import Retour
from cls_workbook.reading.reading_memory import ReadingMemory
from cls_workbook.reading.return_files import RetourFiles, read, retours_in
from cls_workbook.reading.return_reader import ReturnReader
from cls_workbook.reports.consolidation import previous_year as past_year
from cls_workbook.reports.consolidation.consolidated_result import Result
from cls_workbook.reports.consolidation.previous_year import PreviousConsolidation
from cls_workbook.summaries import expected

if TYPE_CHECKING:
    from cls_workbook.office.relances.relance_folder import Relances


class Reading(TypedDict, total=False):
    """How returns are read. ``day``: of the consolidation. ``precedent``: last year's. ``engine``: who reads (default:
    this machine). ``to_replace``: « NOUVEAU » or « ANCIEN=NOUVEAU », returns that take the place of others. ``memory``:
    what is known already, where campaigns are read one after another."""

    day: Required[date]
    precedent: str | Path | None
    engine: Engine | None
    to_replace: Sequence[str]
    memory: ReadingMemory | None


def consolidate_files(
    sources: Sequence[str],
    reference: str,
    annee: int,
    output: str | Path,
    *,
    pilotage: str | None = None,
    synthese: str | Path | None = None,
    **how: Unpack[Reading],
) -> Result:
    """Reads, checks and consolidates returns, and writes the consolidation workbook at ``output``.

    ``synthese``: where to write the agency's copy too, the same bytes as ``ars_copy.file_copy`` makes of ``output``;
    what was just computed is not read back from the file, and the Synthèse is drawn once for both."""
    from cls_workbook.fast_paths import row_writer  # who only reads writes no workbook
    from cls_workbook.reports.agency import ars_copy
    from cls_workbook.reports.consolidation import consolidation_workbook

    contrat = load_contrat(reference, annee)
    saisies = coordination.read(pilotage, contrat, annee) if pilotage else None
    result = consolidate_folder(sources, contrat, annee, pilotage=saisies, depuis=output, **how)
    drawn = consolidation_workbook.workbook(result)
    row_writer.write(drawn, output)
    if synthese is not None:
        row_writer.write(ars_copy.workbook(result, synthese=drawn.worksheets[0]), synthese)
    return result


def consolidate_folder(
    sources: Sequence[str | Path],
    contrat: Contrat,
    annee: int,
    *,
    day: date,
    precedent: str | Path | None = None,
    pilotage: Pilotage | None = None,
    depuis: str | Path | None = None,
    engine: Engine | None = None,
    to_replace: Sequence[str] = (),
    memory: ReadingMemory | None = None,
) -> Result:
    """Reads, checks and consolidates the returns of files and folders; nothing is written.

    ``depuis``: the workbook that will hold the result. It is no return, wherever it lies, and links start from it.
    A folder without any file is a campaign that nobody has answered: all is missing, and nothing is wrong.
    The rest: see ``Reading``; the replacements that ``pilotage`` names hold too.
    """
    verify_year(contrat, annee)
    past = past_year.read_last_year(precedent, contrat, annee) if precedent else None
    files = retours_from(sources, depuis)
    pilotage = pilotage or coordination.Pilotage()
    lasting = [(r.ancien, r.nouveau) for r in pilotage.remplacements]
    not_counted = _not_counted(pilotage, files)
    requested = not_counted.check([*settling.requests(to_replace, files), *settling.lasting(lasting, files)])
    campagne, engine = _campagne(contrat, annee, past, pilotage, not_counted, memory), engine or LocalEngine()
    corrections = {r.nouveau: files[r.nouveau] for r in requested if r.nouveau in files}
    already_read = {r.file: r for r in read(corrections, campagne.reader, engine=engine)} if corrections else {}
    campagne = campagne.settled(requested, already_read.values())
    result = conclude(campagne.batches(files, engine, already_read), campagne, day, past, pilotage)
    return replace(result, paths=paths_from(depuis, files)) if depuis else result


def write_relances_from_files(
    sources: Sequence[str],
    reference: str,
    annee: int,
    folder: str | Path,
    *,
    pilotage: str | None = None,
    **how: Unpack[Reading],
) -> Relances:
    """Reads the returns, and writes in ``folder`` who has not answered and a draft of a message to each."""
    from cls_workbook.office.relances import relance_folder as relances

    contrat = load_contrat(reference, annee)
    saisies = coordination.read(pilotage, contrat, annee) if pilotage else coordination.Pilotage()
    result = consolidate_folder(sources, contrat, annee, pilotage=saisies, depuis=pilotage, **how)
    return relances.prepare(result, saisies, folder, how["day"], how.get("precedent"))


def retours_from(sources: Sequence[str | Path], except_for: str | Path | None = None) -> RetourFiles:
    """Name → file of each return, without the workbook of the coordinator, wherever it lies."""
    files = retours_in(sources)
    if except_for is None:
        return files
    own = Path(except_for).resolve()
    return files.without(lambda path: path.resolve() == own)


def paths_from(workbook: str | Path, files: Mapping[str, Path]) -> dict[str, str]:
    """Name → path of each file as a link of ``workbook`` wants it: from its folder, or whole where drives differ."""
    folder, paths = Path(workbook).resolve().parent, {}
    for nom, file in files.items():
        try:
            paths[nom] = Path(os.path.relpath(file.resolve(), folder)).as_posix()
        except ValueError:  # another drive
            paths[nom] = str(file.resolve())
    return paths


def consolider(
    retours: Iterable[Retour],
    contrat: Contrat,
    annee: int,
    *,
    day: date,
    precedent: PreviousConsolidation | None = None,
    pilotage: Pilotage | None = None,
    to_replace: Sequence[settling.ReplacementRequest] = (),
) -> Result:
    """Returns as read → everything that the consolidation workbook says. No file is touched."""
    pilotage, not_counted = pilotage or coordination.Pilotage(), settling.NotCounted()
    if pilotage.ecartes:
        retours = list(retours)
        not_counted = _not_counted(pilotage, {r.file: Path(r.path) for r in retours})
        to_replace = not_counted.check(to_replace)
    campagne = _campagne(contrat, annee, precedent, pilotage, not_counted)
    if to_replace:
        retours, corrections = list(retours), {asked.nouveau for asked in to_replace}
        campagne = campagne.settled(to_replace, [r for r in retours if r.file in corrections])
    return conclude([campagne.controler(retours)], campagne, day, precedent, pilotage)


def _not_counted(pilotage: Pilotage, files: Mapping[str, Path]) -> settling.NotCounted:
    return settling.NotCounted.among(files, [(e.fichier, e.motif) for e in pilotage.ecartes])


def _campagne(
    contrat: Contrat,
    annee: int,
    precedent: PreviousConsolidation | None,
    pilotage: Pilotage,
    not_counted: settling.NotCounted,
    memory: ReadingMemory | None = None,
) -> Campagne:
    contrat = also_asked(in_year(contrat, annee), pilotage.comptes_rendus)
    return Campagne(
        contrat,
        annee,
        expected.expected_returns(contrat, annee, pilotage.membres),
        ReturnReader(KnownContrats(contrat), memory=memory),
        precedent=past_year.for_checks(precedent, contrat) if precedent else None,
        pilotage=coordination.for_checks(pilotage, contrat),
        not_counted=not_counted,
    )
