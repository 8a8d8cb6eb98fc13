"""The pages « how to add… » are true: each is played, from its first line to its last, on a copy of the project."""

from __future__ import annotations

import pytest

from tests.support.played_pages import ROOT, PageOutOfDate, copy_project, play

LONGER = {"add-a-contract", "add-a-rule", "add-a-table"}  # played where every case is
PAGES = [
    pytest.param(page, id=page.stem, marks=pytest.mark.exhaustive if page.stem in LONGER else ())
    for page in sorted((ROOT / "docs" / "how-to").glob("*.md"))
    if page.stem != "README"
]


@pytest.mark.parametrize("page", PAGES)
def test_a_page_does_what_it_says(page, tmp_path):
    assert play(page, copy_project(tmp_path)) >= 3


def test_a_page_that_shows_lines_which_are_gone_is_out_of_date(tmp_path):
    (tmp_path / "module.py").write_text("one = 1\n", encoding="utf-8")
    page = tmp_path / "page.md"
    page.write_text("```diff\n--- module.py\n two = 2\n+three = 3\n```\n", encoding="utf-8")
    with pytest.raises(PageOutOfDate, match="0 times"):
        play(page, tmp_path)


def test_a_page_whose_command_prints_something_else_is_out_of_date(tmp_path):
    page = tmp_path / "page.md"
    page.write_text("```console\n$ python -c \"print('one')\"\ntwo\n```\n", encoding="utf-8")
    with pytest.raises(PageOutOfDate, match="expected: two"):
        play(page, tmp_path)
