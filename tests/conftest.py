"""What several test files share."""

from __future__ import annotations

import os

import pytest
from libreoffice import LibreOffice, programmes


@pytest.fixture(scope="session")
def libreoffice(tmp_path_factory: pytest.TempPathFactory):
    """A running LibreOffice. Tests that need it are skipped where there is none, except in continuous integration."""
    if programmes() is None:
        raison = "LibreOffice (soffice) or its Python module (uno, Debian: python3-uno) is not installed"
        if os.environ.get("CI"):
            pytest.fail(raison)
        pytest.skip(raison)
    with LibreOffice(tmp_path_factory.mktemp("libreoffice")) as instance:
        yield instance
