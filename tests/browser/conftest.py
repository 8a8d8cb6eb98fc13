"""The local page, made once, opened from a file; a year of returns, and what the command line makes of them."""

from __future__ import annotations

import hashlib
import os
import shutil
import zipfile
from pathlib import Path

import pytest

import cls_workbook
from cls_workbook import demo, resources
from cls_workbook.cli.commands import main
from cls_workbook.page.making.page_writing import make
from tests.support import browser as browsers
from tests.support import pyodide_folder
from tests.support.agency_form_by_hand import form
from tests.support.opened_pages import CONTRAT, DAY, WRONG, opened, required
from tests.support.small_pictures import png

BROWSERS = ["chromium", pytest.param("firefox", marks=[pytest.mark.exhaustive, pytest.mark.firefox])]


@pytest.fixture(scope="session")
def page(request, tmp_path_factory) -> Path:
    """Made once, for the runs too that follow on the same sources: it takes twenty seconds."""
    folder = pyodide_folder.folder()
    required("" if folder else f"{pyodide_folder.VARIABLE} names no folder of Pyodide's files")
    required("" if shutil.which("node") else "Node.js is not installed")
    cache = getattr(request.config, "cache", None)
    kept = cache.mkdir("page") if cache else tmp_path_factory.mktemp("page")
    path = kept / f"cls-{_digest(Path(folder))}.html"
    if not path.exists():
        for former in kept.iterdir():
            former.unlink(missing_ok=True)
        make(str(folder), path)
    return path


def _digest(pyodide: Path) -> str:
    """Of all that the page is made of."""
    made_of = hashlib.sha256()
    package = Path(cls_workbook.__file__).parent
    for folder in (package, resources.folder("templates"), resources.folder("macros"), pyodide):
        for path in sorted(p for p in folder.rglob("*") if p.is_file() and p.suffix != ".pyc"):
            made_of.update(f"{path.relative_to(folder)} {path.stat().st_size} ".encode() + path.read_bytes())
    return made_of.hexdigest()[:16]


@pytest.fixture(scope="session")
def year(tmp_path_factory) -> Path:
    """A whole year: returns, pilotage; and two files that are no returns."""
    folder = tmp_path_factory.mktemp("annee") / "demo"
    demo.play(folder)
    (folder / "2-retours-recus" / "abime.xlsx").write_bytes(b"PK\x03\x04 coupe")
    with zipfile.ZipFile(folder / "2-retours-recus" / "hostile.xlsx", "w") as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("xl/workbook.xml", '<!DOCTYPE a [<!ENTITY b "c">]><workbook>&b;</workbook>')
    return folder


@pytest.fixture(scope="session")
def by_command(year, tmp_path_factory) -> Path:
    """What the command line makes of the same files, where the page has them."""
    here, before = tmp_path_factory.mktemp("commande"), Path.cwd()
    shutil.copytree(year / "2-retours-recus", here / "retours")
    shutil.copy(year / "pilotage-2025.xlsx", here)
    campaign = ["--contrat", CONTRAT, "--annee", "2025", "--pilotage", "pilotage-2025.xlsx"]
    os.chdir(here)
    try:
        main(["consolider", "retours", *campaign, "--sortie", "consolidation-2025.xlsx", "--date", DAY])
        main(["synthese", "consolidation-2025.xlsx", "--sortie", "synthese-ars-2025.xlsx"])
        main(["controler", f"retours/{Path(WRONG).name}", "--annoter", "copies"])
        form(Path("modele.xlsx"), {"cls_titre": "Bilan!$B$1:$D$1", "cls_retours_recus": "Bilan!$B$3"})
        main(["synthese", "consolidation-2025.xlsx", "--modele", "modele.xlsx", "--sortie", "formulaire-2025.xlsx"])
        main(["region", "synthese-ars-2025.xlsx", "--sortie", "region.xlsx"])
        Path("logos").mkdir()
        Path("logos", "ville.png").write_bytes(png(60, 40))
        main(["synthese", "consolidation-2025.xlsx", "--logos", "logos", "--sortie", "avec-logos.xlsx"])
        columns = ["--colonnes", "Fiche,Statut"]
        main(["exporter", "consolidation-2025.xlsx", "--format", "csv-excel", *columns, "--sortie", "export"])
        main(["exporter", "synthese-ars-2025.xlsx", "--format", "csv-excel", "--sortie", "export-synthese"])
        main(["relances", "retours", *campaign, "--sortie", "relances", "--date", DAY])
    finally:
        os.chdir(before)
    return here


@pytest.fixture(scope="module", params=BROWSERS)
def local(request, page, tmp_path_factory):
    """The page, opened from a file as by a double click."""
    required(browsers.missing(request.param))
    with opened(request.param, page.as_uri(), tmp_path_factory.mktemp("enregistres")) as driven:
        yield driven
