"""Reads thousands of broken workbooks: ``python -m tests.support.reading_fuzz NUMBER [SEED [MODELS [KEPT]]]``.

Fails on a traceback, a file that takes too long or a swollen memory (``fuzz_limits``).

A mutator of our own, seeded: the same number and seed break the same files in the same way.
"""

from __future__ import annotations

import io
import random
import re
import sys
import tempfile
import zipfile
from collections import Counter
from functools import cache
from pathlib import Path

import openpyxl

from cls_workbook import resources
from cls_workbook.definition import toml_reader
from cls_workbook.domain.model import Contrat
from cls_workbook.reading.return_reader import ReturnReader
from cls_workbook.reading.storing import typed_frames
from tests.support.fuzz_limits import Limits
from tests.support.small_workbook import filled, trial

NUMBERS = (
    b"-1",
    b"0",
    b"1",
    b"99999999",
    b"4294967296",
    b"1e400",
    b"NaN",
    b"",
    b"x",
    b"-9999999999999999999",
    b"0x10",
    b"1048577",
    b"%C3%A9",
)
PIECES = (
    b"<",
    b">",
    b"&",
    b"&#0;",
    b"&#x110000;",
    b"\x00",
    b"\xff\xfe",
    b"]]>",
    b"<![CDATA[",
    b"<!--",
    b"<?x?>",
    b"<c/>",
    b"</row>",
    b'"',
    b"<f/>",
    b"<v>1</v>",
)


def mutations(xml: bytes, rng: random.Random) -> bytes:
    """One part, broken in one to four ways."""
    for _ in range(rng.randint(1, 4)):
        xml = rng.choice((_raw_bytes, _truncate, _number, _insert, _remove_some, _repeat, _nest, _extend, _element))(
            xml, rng
        )
    return xml


def _somewhere(xml: bytes, rng: random.Random) -> int:
    return rng.randrange(len(xml)) if xml else 0


def _raw_bytes(xml: bytes, rng: random.Random) -> bytes:
    damaged = bytearray(xml)
    for _ in range(min(len(damaged), rng.choice((1, 4, 40)))):
        damaged[_somewhere(xml, rng)] = rng.randrange(256)
    return bytes(damaged)


def _truncate(xml: bytes, rng: random.Random) -> bytes:
    return xml[: _somewhere(xml, rng)]


def _number(xml: bytes, rng: random.Random) -> bytes:
    """An attribute or a value becomes an absurd number."""
    hits = list(re.finditer(rb'(?<==")[^"<>]{0,40}(?=")|(?<=<v>)[^<]{0,20}', xml[:400_000]))
    if not hits:
        return xml
    chosen = rng.choice(hits)
    return xml[: chosen.start()] + rng.choice(NUMBERS) + xml[chosen.end() :]


def _insert(xml: bytes, rng: random.Random) -> bytes:
    where = _somewhere(xml, rng)
    return xml[:where] + rng.choice(PIECES) + xml[where:]


def _remove_some(xml: bytes, rng: random.Random) -> bytes:
    where = _somewhere(xml, rng)
    return xml[:where] + xml[where + rng.choice((1, 10, 500)) :]


def _repeat(xml: bytes, rng: random.Random) -> bytes:
    where = _somewhere(xml, rng)
    return xml[:where] + xml[where : where + rng.choice((20, 2000))] * rng.choice((2, 50)) + xml[where:]


def _nest(xml: bytes, rng: random.Random) -> bytes:
    where, depth = xml.rfind(b"</"), rng.choice((50, 20_000))
    return xml[:where] + b"<a>" * depth + b"</a>" * depth + xml[where:]


def _extend(xml: bytes, rng: random.Random) -> bytes:
    """Sizes that lie: a used area of the whole sheet, a row repeated a billion times."""
    replaced_part = rng.choice(
        (
            rb'ref="[A-Z]+[0-9]+(:[A-Z]+[0-9]+)?"',
            rb' r="[A-Z]{0,3}[0-9]+"',
            rb'-repeated="[0-9]+"',
            rb'(unique)?[cC]ount="[0-9]+"',
        )
    )
    absurd = rng.choice(
        (
            b'ref="A1:XFD1048576"',
            b' r="XFD1048576"',
            b' r="ZZZ99999999"',
            b'-repeated="1000000000"',
            b'-repeated="-5"',
            b' r="0"',
            b'count="4000000000"',
        )
    )
    return re.sub(replaced_part, absurd, xml, count=rng.choice((1, 3)))


def _element(xml: bytes, rng: random.Random) -> bytes:
    """An element renamed everywhere: the part is no longer of its kind."""
    names = sorted(set(re.findall(rb"<([\w:-]+)", xml[:50_000])))
    return (
        xml.replace(rng.choice(names), rng.choice((b"x", b"x:y", b"row", b"c", b"table:table-cell"))) if names else xml
    )


def damage(sound_bytes: bytes, rng: random.Random) -> bytes:
    """One broken workbook."""
    if rng.random() < 0.25:  # the archive itself
        return rng.choice((_raw_bytes, _truncate, _insert, _remove_some, _central_directory))(sound_bytes, rng)
    buffer = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(sound_bytes)) as source,
        zipfile.ZipFile(buffer, "w", rng.choice((zipfile.ZIP_DEFLATED, zipfile.ZIP_STORED))) as cible,
    ):
        touched_ones = set(rng.sample(source.namelist(), rng.randint(1, 2)))
        gesture = rng.choice(("muter", "muter", "muter", "muter", "retirer", "renommer", "vider", "echanger"))
        for nom in source.namelist():
            content = source.read(nom)
            if nom not in touched_ones:
                cible.writestr(nom, content)
            elif gesture == "muter":
                cible.writestr(nom, mutations(content, rng))
            elif gesture != "retirer":
                nouveau = (
                    rng.choice((f"../../{nom}", f"/{nom}", nom.upper(), "con\x01trol", "é" * 200))
                    if gesture == "renommer"
                    else nom
                )
                cible.writestr(
                    nouveau,
                    b""
                    if gesture == "vider"
                    else source.read(rng.choice(source.namelist()))
                    if gesture == "echanger"
                    else content,
                )
    return buffer.getvalue()


def _central_directory(sound_bytes: bytes, rng: random.Random) -> bytes:
    """The directory at the end of the zip: sizes, places, flags, numbers of parts."""
    damaged = bytearray(sound_bytes)
    start = sound_bytes.find(b"PK\x01\x02")
    for _ in range(rng.choice((1, 3, 10))):
        damaged[rng.randrange(start, len(damaged))] = rng.choice((0, 1, 255, rng.randrange(256)))
    return bytes(damaged)


def sound_files(folder: Path) -> list[bytes]:
    """Three good workbooks: as we write it, as openpyxl saves it, and the .ods that ships, as LibreOffice saves it."""
    path = filled(
        folder,
        {"1.1/mesures/1.1-I01/valeur": 7, "1.1/financement/01/engage": 12.5, "1.1/qualitatif/freins": "un frein"},
    )
    opened_book = openpyxl.load_workbook(path)
    opened_book.save(folder / "openpyxl.xlsx")
    return [
        p.read_bytes()
        for p in (path, folder / "openpyxl.xlsx", resources.folder("templates") / "exemples" / "retour-libreoffice.ods")
    ]


@cache
def known(identifier: str) -> Contrat:
    return trial() if identifier == "essai" else toml_reader.load(identifier)


def main(nombre: int, seed: int = 1, models: str = "", kept: str = "") -> int:
    """The number of files that made the reader fail. ``models``: a folder of other good files to break; ``kept``: a
    folder for those that fail."""
    rng, codes, saved_forms = random.Random(seed), Counter(), Counter()
    with tempfile.TemporaryDirectory() as provisoire:
        folder = Path(provisoire)
        good_ones = sound_files(folder) + [p.read_bytes() for p in (sorted(Path(models).iterdir()) if models else ())]
        reader = ReturnReader(known)  # one for all, as in a campaign: no file may spoil what is read after it
        path = folder / "abime.xlsx"
        for good_one in good_ones:  # contracts are compiled once, before the clock runs
            path.write_bytes(good_one)
            assert reader.read(path).saisies
        limits = Limits(kept)
        for rank in range(nombre):
            chosen = rng.randrange(len(good_ones))
            saved_forms[good_ones[chosen][30:70].startswith(b"mimetype")] += 1
            path.write_bytes(damage(good_ones[chosen], rng))
            with limits.around(f"fichier {rank} de la graine {seed}", path):
                retour = reader.read(path)
                typed_frames.type_values([retour], known(retour.contrat or "essai"), reader.models)
                codes.update({a.code for a in retour.anomalies} or {"sans anomalie"})
    print(dict(codes), f"{saved_forms[False]} .xlsx, {saved_forms[True]} .ods", limits.said())
    return limits.faults


if __name__ == "__main__":
    sys.exit(min(1, main(int(sys.argv[1]), *(int(a) for a in sys.argv[2:3]), *sys.argv[3:5])))
