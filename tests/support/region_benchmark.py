"""How long a region takes to be read and written, and how much memory: ``python -m tests.support.region_benchmark``.

For 100, 200 and 400 contracts of five years: copies with a noyau, written once a year and given to each contract under
its own identifier. Each size in a process of its own; ratios to the first, and the peak in MiB.
"""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path
from resource import RUSAGE_SELF, getrusage
from tempfile import TemporaryDirectory
from time import process_time

from cls_workbook.reports.region import region_workbook
from tests.support import written_noyau

SIZES = (100, 200, 400)
MODEL = 11  # the rank whose copies are given to all


def copies(folder: Path, contrats: int) -> None:
    """Five files a contract, which differ by its identifier alone."""
    with TemporaryDirectory() as models:
        for annee in written_noyau.YEARS:
            with zipfile.ZipFile(written_noyau.write(Path(models), MODEL, annee)) as model:
                parts = {name: model.read(name) for name in model.namelist()}
            for rank in range(contrats):
                with zipfile.ZipFile(folder / f"{annee}-{rank:03}.xlsx", "w", zipfile.ZIP_DEFLATED) as copy:
                    for name, content in parts.items():
                        copy.writestr(name, content.replace(b"cls-11", b"cls-%03d" % rank))


def play(contrats: int) -> None:
    with TemporaryDirectory() as folder:
        copies(Path(folder), contrats)
        start = process_time()
        read = region_workbook.gather([folder], Path(folder) / "region.xlsx", following=lambda items: items)
        assert len(read.copies) == 5 * contrats
        print(process_time() - start, getrusage(RUSAGE_SELF).ru_maxrss / 1024)


def main() -> None:
    command = [sys.executable, "-m", "tests.support.region_benchmark"]
    played = [subprocess.run([*command, str(n)], capture_output=True, check=True) for n in SIZES]
    figures = [tuple(map(float, p.stdout.split())) for p in played]
    for contrats, (seconds, peak) in zip(SIZES, figures, strict=True):
        print(f"{contrats} contracts: {seconds / figures[0][0]:.2f} times the first, {peak:.0f} MiB")


if __name__ == "__main__":
    if sys.argv[1:]:
        play(int(sys.argv[1]))
    else:
        main()
