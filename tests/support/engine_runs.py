"""What an engine makes of a work: its results in their order, or the whole consolidation."""

from __future__ import annotations

import datetime

from cls_workbook.definition.known_contrats import KnownContrats
from cls_workbook.engines.engine_protocol import Engine, Failure
from cls_workbook.pipeline.way_back import consolider
from cls_workbook.reading import return_files
from cls_workbook.reading.return_reader import ReturnReader
from cls_workbook.reports.consolidation import consolidation_workbook
from cls_workbook.workbook import writer
from tests.support.small_workbook import YEAR, trial

NUMBERS = [list(range(start, start + 5)) for start in range(0, 50, 5)]
AROUND_37 = [[35, 36], [37, 38], [39]]
LIMIT = 2.0  # seconds for an element: a thousand times what an honest one takes, on a machine that is not busy


def facts(engine: Engine, work, batches=NUMBERS) -> list[tuple[object, object]]:
    """(element, its result) of each, in the order in which they came."""
    hits = []
    for elements, result in engine.apply(work, batches):
        if isinstance(result, Failure):
            assert (result.element,) == tuple(elements)
            result = [result.cause]
        hits += zip(elements, result, strict=True)
    return hits


def consolidation(retours, engine, definitions=None) -> bytes:
    values_read = return_files.read(retours, ReturnReader(definitions or KnownContrats(trial())), engine=engine)
    return writer.to_bytes(
        consolidation_workbook.workbook(consolider(values_read, trial(), YEAR, day=datetime.date(2026, 4, 1)))
    )
