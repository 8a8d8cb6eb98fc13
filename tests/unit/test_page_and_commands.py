"""Whatever the command line makes without Excel has its place in the page, or a reason not to: ``guide-page.md`` says
where, or why."""

from __future__ import annotations

import argparse
import re
from collections.abc import Iterator
from dataclasses import fields

import pytest

from cls_workbook import resources
from cls_workbook.cli import commands
from cls_workbook.page.desk.asked import Asked
from cls_workbook.page.desk.requests import everything
from tests.support.played_pages import ROOT

SCRIPTS = (resources.folder("templates") / "page" / "scripts").glob("*.js")
SCRIPT = "\n".join(path.read_text(encoding="utf-8") for path in sorted(SCRIPTS))
GUIDE = (ROOT / "docs" / "guide-page.md").read_text(encoding="utf-8").partition("## La page et la ligne de commande")[2]
_BEFORE, _, _ROWS = GUIDE.partition("|---|---|---|")
NOWHERE = set(re.findall(r"`(--[\w-]+)`", _BEFORE)) | {"--help", "--version"}
ROWS = {
    command.strip("` "): (place.strip(), absent.strip())
    for command, place, absent in (line.strip("|").split("|") for line in _ROWS.strip().splitlines())
}
ALWAYS = ""  # done whatever is asked
CAMPAIGN = {"--contrat": "contrat", "--annee": "annee"}
COORDINATION = {"--pilotage": "pilotage", "--precedent": "precedent"}
# Command → what the page asks of its desk, and the part of the request that says each option.
PLACES: dict[str, tuple[tuple[str, ...], dict[str, str]]] = {
    "contrat lister": ((), {}),
    "contrat verifier": (("importer",), {}),
    "contrat modele": (("modele",), {"--contrat": "contrat"}),
    "contrat importer": (("importer",), {}),
    "noyau verifier": (("importer-noyau",), {}),
    "noyau modele": (("modele-noyau",), {"--noyau": "noyau"}),
    "noyau importer": (("importer-noyau",), {}),
    "generer": (("generer",), CAMPAIGN | COORDINATION | {"--par-structure": ALWAYS}),
    "pilotage": (("pilotage",), CAMPAIGN),
    "coordonner": (
        ("coordonner", "rafraichir"),
        CAMPAIGN | COORDINATION | {"--retours": "retours", "--remplacer": "to_replace", "--date": "iso_day"},
    ),
    "dictionnaire": (
        ("dictionnaire", "noms-formulaire"),
        CAMPAIGN
        | {"--pilotage": "pilotage", "--structure": "structure", "--format": "format", "--pour-modele": ALWAYS},
    ),
    "consolider": (("consolider",), CAMPAIGN | COORDINATION | {"--date": "iso_day", "--remplacer": "to_replace"}),
    "relances": (("relancer",), CAMPAIGN | COORDINATION | {"--date": "iso_day"}),
    "compte-rendu": (("comptes-rendus",), CAMPAIGN | {"--pilotage": "pilotage"}),
    "synthese": (
        ("consolider", "reprendre", "synthese", "formulaire"),
        {"--contrat": "contrat", "--logos": "files", "--modele": "files"},
    ),
    "exporter": (
        ("exporter",),
        {"--contrat": "contrat", "--format": "format", "--colonnes": "columns"}
        | {"--financeur": "financeur", "--siret": "siret"},
    ),
    "region": (("region",), {"--contrat": "files", "--entretiens": ALWAYS, "--relances": ALWAYS}),
    "controler": (("controler", "annoter"), {"--contrat": "files", "--annoter": ALWAYS}),
    "comparer": (("comparer",), {"--contrat": "contrat"}),
    "anomalies": (("anomalies",), {}),
    "demo": (("demo",), {}),
}


def _leaves(parser: argparse.ArgumentParser, before: str = "") -> Iterator[tuple[str, list[argparse.Action]]]:
    under = [a for a in parser._actions if isinstance(a, argparse._SubParsersAction)]
    if not under:
        yield before.strip(), [a for a in parser._actions if a.option_strings]
    for name, below in under[0].choices.items() if under else ():
        yield from _leaves(below, f"{before} {name}")


COMMANDS = dict(_leaves(commands._parser()))


def test_the_guide_and_the_places_name_the_commands_that_there_are():
    assert ROWS.keys() == COMMANDS.keys()
    assert PLACES.keys() == {command for command, (place, _) in ROWS.items() if place}


@pytest.mark.parametrize("command", COMMANDS)
def test_every_option_has_its_place_in_the_page_or_a_reason(command):
    place, absent = ROWS[command]
    assert place or len(absent) > 20, "neither a place nor a reason"
    if not place:
        return
    told = set(re.findall(r"`([\w-]+)`\u00a0: ", absent))
    for option in COMMANDS[command]:
        (name, *_) = option.option_strings[-1:]
        if name in NOWHERE | told:
            continue
        assert name in PLACES[command][1], f"{name} : no place in the page, no reason in its guide"
        for choice in option.choices or ():
            assert choice in told or f"'{choice}'" in SCRIPT, f"{name} {choice}"


@pytest.mark.parametrize("command", PLACES)
def test_a_place_is_one_that_the_page_has(command):
    requests, options = PLACES[command]
    for what in requests:
        assert what == "controler" or what in everything(), what
        assert f"'{what}'" in SCRIPT, what
    assert options.keys() <= {name for option in COMMANDS[command] for name in option.option_strings}
    for field in set(options.values()) - {ALWAYS}:
        assert field in {f.name for f in fields(Asked)} and re.search(rf"\b{field}\b", SCRIPT), field


def test_nothing_that_the_desk_answers_is_out_of_the_pages_reach():
    asked = {what for requests, _ in PLACES.values() for what in requests}
    its_own = {"trier", "deballer"}
    assert everything().keys() - asked == its_own
    assert all(f"'{what}'" in SCRIPT for what in its_own)
