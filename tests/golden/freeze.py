"""Everything that the commands and the button write, kept as fingerprints: a change of code is shown to change nothing.

    python -m tests.golden.freeze record FOLDER      writes ``frozen.json``, and each output as text under FOLDER
    python -m tests.golden.freeze compare [FOLDER]   plays all again; names the outputs that differ, with short
                                                     differences where FOLDER holds the former texts; exit code 1
                                                     if any differs. ``--keep NEW`` keeps the new texts,
                                                     ``--only SCENE`` plays one scene

Played: every command on the shipped contracts and on a trial one (``freeze_trial.toml``), two and three years in a row,
returns with faults, refusals, help; the doors of the ribbon on the tests' two doubles of Excel. Frozen: each file's
bytes, the exit code, stdout and stderr of each command; of a workbook that the button fills, the text of its parts.

Left out: what a real clock, LibreOffice, Excel or a cluster makes (``synthese --pdf``, ``--moteur dask``).
The fingerprints hold for the versions that ``frozen.json`` names first: others may compress or save otherwise.
"""

from __future__ import annotations

import argparse
import difflib
import json
import os
import shutil
import sys
import tempfile
import time
import traceback
import zlib
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from importlib.metadata import version
from pathlib import Path

from tests.golden import freeze_play

FROZEN = Path(__file__).with_name("frozen.json")
VERSIONS = "(versions)"  # the one entry that is no fingerprint
LIBRARIES = ("xlsxwriter", "openpyxl", "pandas", "pyarrow", "python-calamine", "xlwings")
SHOWN, LINES, NAMED = 25, 14, 200  # outputs whose differences are printed, lines of each; outputs named
# The longest first.
ORDER = (
    "dijon",
    "essai-retours",
    "essai",
    "demo",
    "bouton-dijon",
    "bouton-essai",
    "essai-contredits",
    "definitions",
    "mots",
    "dijon-avant",
    "bref",
)


def play(name: str, texts: str) -> dict[str, str]:
    """Plays one scene; writes the text of each output under ``texts``; output → fingerprint."""
    from tests.golden import freeze_excel, freeze_scenes

    scenes = freeze_scenes.SCENES | freeze_excel.SCENES
    prints, begun = {}, time.monotonic()
    with tempfile.TemporaryDirectory(prefix="freeze-") as folder:
        scene = freeze_play.Scene(name, Path(folder).resolve())
        try:
            scenes[name](scene)
        except Exception:  # a scene that breaks is a difference like another: what it made so far is compared
            scene.text("broken", traceback.format_exc())
        for output, fingerprint, text in scene.close():
            prints[output] = fingerprint
            place = Path(texts, f"{output}.txt")
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_text(text, encoding="utf-8", newline="")
    broken = f", BROKEN: see {name}/broken" if f"{name}/broken" in prints else ""
    print(f"{name}: {len(prints)} outputs in {time.monotonic() - begun:.0f} s{broken}", flush=True)
    return prints


def play_all(texts: Path, names: tuple[str, ...], processes: int) -> dict[str, str]:
    import cls_workbook

    print(f"package: {Path(cls_workbook.__file__).parent}", flush=True)
    prints = {VERSIONS: versions()}
    with ProcessPoolExecutor(processes, max_tasks_per_child=1) as pool:
        for found in pool.map(play, names, [str(texts)] * len(names)):
            prints |= found
    return prints


def versions() -> str:
    python = ".".join(map(str, sys.version_info[:2]))
    libraries = (f"{name} {version(name)}" for name in LIBRARIES)
    return ", ".join([f"Python {python}", f"zlib {zlib.ZLIB_RUNTIME_VERSION}", *libraries])


# --- record, compare --------------------------------------------------------------------------------------------------


def record(folder: Path, names: tuple[str, ...], processes: int) -> int:
    if folder.exists() and any(p.name not in ORDER for p in folder.iterdir()):
        print(f"{folder} holds something else: give an empty folder, or one of an earlier record.", file=sys.stderr)
        return 2
    for name in names:
        shutil.rmtree(folder / name, ignore_errors=True)
    prints = play_all(folder, names, processes)
    former = json.loads(FROZEN.read_text(encoding="utf-8")) if FROZEN.exists() else {}
    kept = {output: mark for output, mark in former.items() if not played(output, names)}
    write(kept | prints)
    print(f"{len(prints) - 1} outputs recorded in {FROZEN.name}")
    return int(any(output.endswith("/broken") for output in prints))


def played(output: str, names: tuple[str, ...]) -> bool:
    return output.partition("/")[0] in names


def write(prints: dict[str, str]) -> None:
    """Sorted, one a line."""
    FROZEN.write_text(
        json.dumps(dict(sorted(prints.items())), ensure_ascii=False, indent=0) + "\n", encoding="utf-8", newline=""
    )


def compare(former_texts: Path | None, names: tuple[str, ...], processes: int, keep: Path | None) -> int:
    former = {
        o: mark
        for o, mark in json.loads(FROZEN.read_text(encoding="utf-8")).items()
        if o == VERSIONS or played(o, names)
    }
    with tempfile.TemporaryDirectory(prefix="freeze-texts-") as temporary:
        texts = keep or Path(temporary)
        now = play_all(texts, names, processes)
        if now[VERSIONS] != former.get(VERSIONS):
            print(f"other versions than those recorded:\n  then {former.get(VERSIONS)}\n  now  {now[VERSIONS]}")
        changed = [o for o in sorted(former.keys() | now.keys()) if former.get(o) != now.get(o) and o != VERSIONS]
        for rank, output in enumerate(changed[:NAMED]):
            print(f"{_state(output, former, now)}: {output}")
            if former_texts and rank < SHOWN and output in former and output in now:
                print("\n".join(_difference(former_texts / f"{output}.txt", texts / f"{output}.txt")))
    print(
        f"\n{len(now) - 1} outputs, {len(changed)} differ." if changed else f"\n{len(now) - 1} outputs, all the same."
    )
    return int(bool(changed))


def _state(output: str, former: dict[str, str], now: dict[str, str]) -> str:
    return "gone" if output not in now else "new" if output not in former else "changed"


def _difference(before: Path, after: Path) -> Iterator[str]:
    if not before.is_file():
        yield "  (its former text is not in the folder)"
        return
    old, new = (p.read_text(encoding="utf-8").splitlines() for p in (before, after))
    lines = [
        line
        for line in difflib.unified_diff(old, new, "then", "now", lineterm="", n=1)
        if not line.startswith(("---", "+++"))
    ]
    if not lines:
        yield "  the text is the same: only the bytes differ (compression or dates of an archive, ends of lines)"
    yield from (f"  {line[:240]}" for line in lines[:LINES])
    if len(lines) > LINES:
        yield f"  … and {len(lines) - LINES} more lines"


def main() -> int:
    os.environ.update(freeze_play.LANGUAGE | freeze_play.BYTECODE)
    parser = argparse.ArgumentParser(
        description="Freezes what the commands and the button write, or compares with what was frozen."
    )
    parser.add_argument("action", choices=("record", "compare"))
    parser.add_argument("folder", nargs="?", type=Path, help="the texts: written by record, read by compare")
    parser.add_argument("--keep", type=Path, metavar="NEW", help="compare: where the new texts are kept")
    parser.add_argument(
        "--only",
        action="append",
        choices=ORDER,
        metavar="SCENE",
        help=f"one scene ({', '.join(ORDER)}); may be repeated",
    )
    parser.add_argument("--processes", type=int, default=2)
    chosen = parser.parse_args()
    names = tuple(n for n in ORDER if not chosen.only or n in chosen.only)
    if chosen.action == "compare":
        return compare(chosen.folder, names, chosen.processes, chosen.keep)
    if chosen.folder is None:
        parser.error("record needs the folder where the texts go")
    return record(chosen.folder, names, chosen.processes)


if __name__ == "__main__":
    sys.exit(main())
