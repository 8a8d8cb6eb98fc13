"""Reads thousands of broken workbooks: ``python tests/fuzz_lecture.py NUMBER [SEED]``. Fails on a traceback, a hang or a swollen memory.

A mutator of our own, seeded: the same number and seed break the same files in the same way.
"""

from __future__ import annotations

import io
import random
import re
import resource
import signal
import sys
import tempfile
import warnings
import zipfile
from collections import Counter
from functools import cache
from pathlib import Path

import openpyxl
from classeurs import essai, rempli

from cls_workbook import contract, resources
from cls_workbook.reading import frames, reader

SECONDES, MEMOIRE = 20, 3_000_000_000  # for one file; of address space for all
NOMBRES = (b"-1", b"0", b"1", b"99999999", b"4294967296", b"1e400", b"NaN", b"", b"x", b"-9999999999999999999", b"0x10", b"1048577", b"%C3%A9")
MORCEAUX = (b"<", b">", b"&", b"&#0;", b"&#x110000;", b"\x00", b"\xff\xfe", b"]]>", b"<![CDATA[", b"<!--", b"<?x?>", b"<c/>", b"</row>", b'"', b"<f/>", b"<v>1</v>")


def mutations(xml: bytes, hasard: random.Random) -> bytes:
    """One part, broken in one to four ways."""
    for _ in range(hasard.randint(1, 4)):
        xml = hasard.choice((_octets, _tronquer, _nombre, _inserer, _retirer, _repeter, _imbriquer, _etendre, _element))(xml, hasard)
    return xml


def _ou(xml: bytes, hasard: random.Random) -> int:
    return hasard.randrange(len(xml)) if xml else 0


def _octets(xml: bytes, hasard: random.Random) -> bytes:
    abime = bytearray(xml)
    for _ in range(min(len(abime), hasard.choice((1, 4, 40)))):
        abime[_ou(xml, hasard)] = hasard.randrange(256)
    return bytes(abime)


def _tronquer(xml: bytes, hasard: random.Random) -> bytes:
    return xml[: _ou(xml, hasard)]


def _nombre(xml: bytes, hasard: random.Random) -> bytes:
    """An attribute or a value becomes an absurd number."""
    trouves = list(re.finditer(rb'(?<==")[^"<>]{0,40}(?=")|(?<=<v>)[^<]{0,20}', xml[:400_000]))
    if not trouves:
        return xml
    choisi = hasard.choice(trouves)
    return xml[: choisi.start()] + hasard.choice(NOMBRES) + xml[choisi.end() :]


def _inserer(xml: bytes, hasard: random.Random) -> bytes:
    ou = _ou(xml, hasard)
    return xml[:ou] + hasard.choice(MORCEAUX) + xml[ou:]


def _retirer(xml: bytes, hasard: random.Random) -> bytes:
    ou = _ou(xml, hasard)
    return xml[:ou] + xml[ou + hasard.choice((1, 10, 500)) :]


def _repeter(xml: bytes, hasard: random.Random) -> bytes:
    ou = _ou(xml, hasard)
    return xml[:ou] + xml[ou : ou + hasard.choice((20, 2000))] * hasard.choice((2, 50)) + xml[ou:]


def _imbriquer(xml: bytes, hasard: random.Random) -> bytes:
    ou, profondeur = xml.rfind(b"</"), hasard.choice((50, 20_000))
    return xml[:ou] + b"<a>" * profondeur + b"</a>" * profondeur + xml[ou:]


def _etendre(xml: bytes, hasard: random.Random) -> bytes:
    """Sizes that lie: a used area of the whole sheet, a row repeated a billion times."""
    remplacee = hasard.choice((rb'ref="[A-Z]+[0-9]+(:[A-Z]+[0-9]+)?"', rb' r="[A-Z]{0,3}[0-9]+"', rb'-repeated="[0-9]+"', rb'(unique)?[cC]ount="[0-9]+"'))
    absurde = hasard.choice((b'ref="A1:XFD1048576"', b' r="XFD1048576"', b' r="ZZZ99999999"', b'-repeated="1000000000"', b'-repeated="-5"', b' r="0"', b'count="4000000000"'))
    return re.sub(remplacee, absurde, xml, count=hasard.choice((1, 3)))


def _element(xml: bytes, hasard: random.Random) -> bytes:
    """An element renamed everywhere: the part is no longer of its kind."""
    noms = sorted(set(re.findall(rb"<([\w:-]+)", xml[:50_000])))
    return xml.replace(hasard.choice(noms), hasard.choice((b"x", b"x:y", b"row", b"c", b"table:table-cell"))) if noms else xml


def abimer(sain: bytes, hasard: random.Random) -> bytes:
    """One broken workbook."""
    if hasard.random() < 0.25:  # the archive itself
        return hasard.choice((_octets, _tronquer, _inserer, _retirer, _sommaire))(sain, hasard)
    tampon = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(sain)) as source, zipfile.ZipFile(tampon, "w", hasard.choice((zipfile.ZIP_DEFLATED, zipfile.ZIP_STORED))) as cible:
        touchees = set(hasard.sample(source.namelist(), hasard.randint(1, 2)))
        geste = hasard.choice(("muter", "muter", "muter", "muter", "retirer", "renommer", "vider", "echanger"))
        for nom in source.namelist():
            contenu = source.read(nom)
            if nom not in touchees:
                cible.writestr(nom, contenu)
            elif geste == "muter":
                cible.writestr(nom, mutations(contenu, hasard))
            elif geste != "retirer":
                nouveau = hasard.choice((f"../../{nom}", f"/{nom}", nom.upper(), "con\x01trol", "é" * 200)) if geste == "renommer" else nom
                cible.writestr(nouveau, b"" if geste == "vider" else source.read(hasard.choice(source.namelist())) if geste == "echanger" else contenu)
    return tampon.getvalue()


def _sommaire(sain: bytes, hasard: random.Random) -> bytes:
    """The directory at the end of the zip: sizes, places, flags, numbers of parts."""
    abime = bytearray(sain)
    debut = sain.find(b"PK\x01\x02")
    for _ in range(hasard.choice((1, 3, 10))):
        abime[hasard.randrange(debut, len(abime))] = hasard.choice((0, 1, 255, hasard.randrange(256)))
    return bytes(abime)


def _trop_long(*_: object) -> None:
    raise TimeoutError(f"plus de {SECONDES} secondes")


def sains(dossier: Path) -> list[bytes]:
    """Three good workbooks: as we write it, as openpyxl saves it, and the .ods that ships, as LibreOffice saves it."""
    chemin = rempli(dossier, {"1.1/mesures/1.1-I01/valeur": 7, "1.1/financement/01/engage": 12.5, "1.1/qualitatif/freins": "un frein"})
    livre = openpyxl.load_workbook(chemin)
    livre.save(dossier / "openpyxl.xlsx")
    return [p.read_bytes() for p in (chemin, dossier / "openpyxl.xlsx", resources.folder("templates") / "exemples" / "retour-libreoffice.ods")]


@cache
def connus(identifiant: str) -> contract.Contrat:
    return essai() if identifiant == "essai" else contract.load(identifiant)


def main(nombre: int, graine: int = 1, modeles: str = "") -> int:
    """The number of files that made the reader fail. ``modeles``: a folder of other good files to break."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMOIRE, MEMOIRE))
    signal.signal(signal.SIGALRM, _trop_long)
    warnings.simplefilter("ignore")  # zipfile, of the parts that are written twice
    hasard, fautes, codes, formes = random.Random(graine), 0, Counter(), Counter()
    with tempfile.TemporaryDirectory() as provisoire:
        dossier = Path(provisoire)
        bons = sains(dossier) + [p.read_bytes() for p in (sorted(Path(modeles).iterdir()) if modeles else ())]
        for bon in bons:  # contracts are compiled once, before the clock runs
            (dossier / "abime.xlsx").write_bytes(bon)
            assert reader.lire(dossier / "abime.xlsx", connus).saisies
        for rang in range(nombre):
            choisi = hasard.randrange(len(bons))
            formes[bons[choisi][30:70].startswith(b"mimetype")] += 1
            (dossier / "abime.xlsx").write_bytes(abimer(bons[choisi], hasard))
            signal.alarm(SECONDES)
            try:
                retour = reader.lire(dossier / "abime.xlsx", connus)
                frames.typer([retour], connus(retour.contrat or "essai"))
                codes.update({a.code for a in retour.anomalies} or {"sans anomalie"})
            except BaseException as faute:
                fautes += 1
                if fautes <= 20:
                    print(f"fichier {rang} de la graine {graine} : {type(faute).__name__} : {str(faute)[:300]}", file=sys.stderr)
                if len(sys.argv) > 4:
                    Path(sys.argv[4], f"faute-{graine}-{rang}.xlsx").write_bytes((dossier / "abime.xlsx").read_bytes())
            finally:
                signal.alarm(0)
    print(dict(codes), f"{formes[False]} .xlsx, {formes[True]} .ods", f"{resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024} Mo")
    return fautes


if __name__ == "__main__":
    sys.exit(min(1, main(int(sys.argv[1]), *(int(a) for a in sys.argv[2:3]), *sys.argv[3:4])))
