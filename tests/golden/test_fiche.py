"""A fiche as it was reviewed, in text."""

from __future__ import annotations

import difflib

from tests.support import dump_fiche


def test_the_fiche_2_3_is_the_one_that_was_reviewed():
    expected, obtained = dump_fiche.GOLDEN.read_text(encoding="utf-8"), dump_fiche.dump()
    ecarts = list(
        difflib.unified_diff(expected.splitlines(), obtained.splitlines(), "relu", "dessiné", lineterm="", n=0)
    )
    assert not ecarts, "\n".join([*ecarts[:60], "Relisez ces différences, puis : python -m tests.support.dump_fiche"])
