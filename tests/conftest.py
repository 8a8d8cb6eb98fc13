"""What several test files share."""

from __future__ import annotations

import gc
import os
import sys

# Read when xlwings is first imported: its remote engine, used by tests only, is free for them under this name.
os.environ.setdefault("XLWINGS_LICENSE_KEY", "noncommercial")

import pytest
from hypothesis import settings

from cls_workbook import garbage
from tests.support import quick_openpyxl, shared_models
from tests.support.libreoffice import LibreOffice, programmes

# A busy machine is no failure: no test is timed.
settings.register_profile("sans délai", deadline=None)
settings.load_profile("sans délai")
quick_openpyxl.install()
shared_models.install()
# Pandera looks for it on the disk at each table that it validates, a quarter of the time of a small one.
sys.modules.setdefault("geopandas", None)  # type: ignore[arg-type]


# Files that take long though they hold few tests, the longest first. A file stays in one process (see pyproject.toml):
# begun last, each of these would keep the others waiting.
LONGEST_FIRST = (
    "browser/",
    "office/",
    "unit/test_button",
    "unit/test_region.py",
    "unit/test_way_back.py",
    "unit/test_awkward_contrat.py",
    "unit/test_authoring_workbook.py",
    "unit/test_dask_cluster.py",
    "unit/test_demo.py",
    "unit/test_annotated_copy",
    "unit/test_refreshed_workbook",
    "unit/test_definition_import",
    "unit/test_page_desk",
    "unit/test_other_buttons",
    "unit/test_engines",
    "golden/",
    "property/",
)


def pytest_xdist_auto_num_workers() -> int:
    """One more than there are cores: an eighth of the time, a test waits for LibreOffice, for a browser, or for a delay
    to pass. See pyproject.toml for the most."""
    return (os.cpu_count() or 1) + 1


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=lambda item: _rank(item.nodeid.removeprefix("tests/")))  # stable: a file's tests keep their order


def _rank(nodeid: str) -> int:
    return next((i for i, start in enumerate(LONGEST_FIRST) if nodeid.startswith(start)), len(LONGEST_FIRST))


def pytest_collection_finish() -> None:
    """Python's collector visits neither what was imported nor, but rarely, what tests make: a quarter of their time."""
    gc.freeze()
    gc.set_threshold(garbage.BETWEEN_VISITS)


@pytest.fixture(scope="session")
def libreoffice(tmp_path_factory: pytest.TempPathFactory):
    """A running LibreOffice. Tests that need it are skipped where there is none, except in continuous integration."""
    if programmes() is None:
        reason = "LibreOffice (soffice) or its Python module (uno, Debian: python3-uno) is not installed"
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)
    with LibreOffice(tmp_path_factory.mktemp("libreoffice")) as instance:
        yield instance


@pytest.fixture(scope="session")
def coordination_workbook(tmp_path_factory: pytest.TempPathFactory):
    """A coordinator's workbook (.xlsm) of a small contract, made for a computer whose Python is known.

    Not to be changed.
    """
    from cls_workbook.definition.toml_reader import parse
    from cls_workbook.office.coordinator.making import coordonner
    from cls_workbook.office.coordinator.workstation import Workstation
    from tests.support.pilotage_typist import CONTRAT

    path = tmp_path_factory.mktemp("coordination") / "K.xlsm"
    on = Workstation("C:\\Python312\\python.exe", "/usr/local/bin/python3", "")
    coordonner(parse(CONTRAT, "essai.toml"), "essai.toml", 2025, path, on=on)
    return path
