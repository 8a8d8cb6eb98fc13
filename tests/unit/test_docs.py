"""The pages hold: links lead somewhere, every command is documented, examples parse, French is set in type."""

from __future__ import annotations

import argparse
import re
import shlex
import unicodedata
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from cls_workbook.cli.commands import _parser

ROOT = Path(__file__).parents[2]
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *(ROOT / "macros").rglob("README.md")])
GUIDES = ("partenaire", "coordination", "ars", "installation", "page")
FRENCH = [ROOT / "docs" / f"{name}.md" for name in (*(f"guide-{g}" for g in GUIDES), "decrire-son-contrat")]
FRENCH += [ROOT / "docs" / f"{name}.md" for name in ("contrat-qui-vit", "limites", "glossaire", "page-informatique")]
COMMAND = re.compile(r"^\s*(?:cls-workbook|py -m cls_workbook) (.+)$", re.MULTILINE)


def name_of(page: Path) -> str:
    return page.relative_to(ROOT).as_posix()


@cache
def parts(page: Path) -> tuple[str, str]:
    """What is written in a page outside fenced blocks, and inside."""
    pieces = re.split(r"^\s*```.*$", page.read_text(encoding="utf-8"), flags=re.MULTILINE)
    return "\n".join(pieces[::2]), "\n".join(pieces[1::2])


def anchors(page: Path) -> set[str]:
    """The anchors of a page's titles, as the places that show Markdown make them."""
    titles = re.findall(r"^#+ (.+)$", parts(page)[0], re.MULTILINE)
    kept = (unicodedata.normalize("NFC", title).lower() for title in titles)
    return {re.sub(r"[^\w\- ]", "", title.replace("\u00a0", "")).strip().replace(" ", "-") for title in kept}


def commands(parser: argparse.ArgumentParser, before: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """Every command of the command line: ("contrat", "lister")…"""
    under = [a for a in parser._actions if isinstance(a, argparse._SubParsersAction)]
    if not under:
        yield before
    for action in under:
        for word, child in action.choices.items():
            yield from commands(child, (*before, word))


@cache
def examples() -> tuple[tuple[str, str], ...]:
    """(page, command) of every example of the pages in ``docs``."""
    pages = [p for p in PAGES if p.is_relative_to(ROOT / "docs") and "how-to" not in p.parts]
    return tuple((name_of(p), example) for p in pages for example in COMMAND.findall(parts(p)[1]))


def test_the_readme_can_be_read_in_ten_minutes():
    assert len((ROOT / "README.md").read_text(encoding="utf-8").split()) < 2000


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_every_link_leads_somewhere(page):
    for target in re.findall(r"\]\(([^)\s]+)\)", parts(page)[0]):
        if re.match(r"[a-z]+:", target):
            continue
        path, _, anchor = target.partition("#")
        there = (page.parent / path).resolve() if path else page
        assert there.exists(), target
        assert not anchor or anchor in anchors(there), target


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_every_file_and_module_that_a_page_names_is_there(page):
    named = re.findall(r"`([\w./-]+(?:/|\.py|\.toml|\.md))`", parts(page)[0])
    known = {p.name for p in (ROOT / "cls_workbook").rglob("*.py")}
    places = (ROOT, ROOT / "cls_workbook", page.parent)
    assert [n for n in named if n not in known and not any((place / n).exists() for place in places)] == []


@pytest.mark.parametrize("command", sorted(commands(_parser())), ids=" ".join)
def test_every_command_is_shown_in_the_documentation(command):
    assert any(tuple(example.split()[: len(command)]) == command for _, example in examples())


@pytest.mark.parametrize(("page", "example"), examples())
def test_every_example_is_a_command(page, example):
    _parser().parse_args(shlex.split(example))


def test_every_decision_is_in_the_list():
    folder = ROOT / "docs" / "decisions"
    listed = re.findall(r"^(\d+)\. \[(.+)\]\((.+)\)$", (folder / "README.md").read_text(encoding="utf-8"), re.MULTILINE)
    pages = sorted(p for p in folder.glob("*.md") if p.stem != "README")
    assert [(f"# {number}. {title}", page) for number, title, page in listed] == [
        (p.read_text(encoding="utf-8").partition("\n")[0], p.name) for p in pages
    ]


@pytest.mark.parametrize("page", FRENCH, ids=name_of)
def test_a_french_page_has_its_non_breaking_spaces(page):
    words = re.sub(r"`[^`]*`|\]\([^)]*\)|^\|[-:| ]+\|$", "", parts(page)[0], flags=re.MULTILINE)
    assert re.findall(r".{0,20}(?: [:;?!»]|« ).{0,20}", words) == []
