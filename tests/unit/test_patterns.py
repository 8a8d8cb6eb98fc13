"""No regular expression of the package takes longer than its text is long, whatever the text."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.pattern_attacks import attacks

ROOT = Path(__file__).parents[2]


@pytest.mark.exhaustive
def test_no_pattern_is_worse_than_linear():
    """In a process of its own, whose own processor time is bounded: a machine that is busy changes nothing."""
    environment = os.environ | {"PYTHONPATH": os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")])}
    played = [sys.executable, "-m", "tests.support.pattern_attacks"]
    done = subprocess.run(played, capture_output=True, text=True, env=environment)
    assert (done.returncode, done.stderr) == (0, ""), done.stdout.splitlines()[-1:]
    assert len(done.stdout.splitlines()) > 60


def test_the_attacks_are_those_that_would_tell():
    assert any(text.startswith("a" * 1000) for text in attacks(re.compile(r"[\w.]+@")))
    assert any(text.startswith("[a" * 1000) for text in attacks(re.compile(r"\[[^\]]*\]")))
    assert any(text.startswith("<a>a<a>a<a>a") for text in attacks(re.compile("<a>.*</a>")))
