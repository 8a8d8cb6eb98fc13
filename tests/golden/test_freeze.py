"""What the commands write is what was frozen: a short scene, of all those of ``tests.golden.freeze``."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.golden import freeze

COMPARE = (sys.executable, "-m", "tests.golden.freeze", "compare", "--only", "bref", "--processes", "1")


def test_a_year_in_seconds_writes_what_was_frozen():
    recorded_with = json.loads(freeze.FROZEN.read_text(encoding="utf-8"))[freeze.VERSIONS]
    if freeze.versions() != recorded_with:
        pytest.skip(f"recorded with other versions: {recorded_with}")
    done = subprocess.run(COMPARE, capture_output=True, text=True, cwd=Path(__file__).parents[2])
    assert done.returncode == 0, done.stdout + done.stderr
