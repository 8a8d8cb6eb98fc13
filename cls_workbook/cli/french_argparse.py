"""argparse, in French."""

from __future__ import annotations

import argparse

from cls_workbook.version import PACKAGE

TYPE_CHECKING = False  # as type checkers know it: importing typing would take half the time of --help
if TYPE_CHECKING:
    from typing import Any, NoReturn

REFUSED = 2  # the exit code of what was not done

# What argparse says in English, in French.
FRENCH = {
    "usage: ": "usage : ",
    "positional arguments": "arguments",
    "options": "options",
    "optional arguments": "options",
    "show this help message and exit": "affiche cette aide",
    "argument %(argument_name)s: %(message)s": "%(argument_name)s : %(message)s",
    "the following arguments are required: %s": "il manque : %s",
    "unrecognized arguments: %s": "mots non compris : %s",
    "invalid choice: %(value)r (choose from %(choices)s)": "« %(value)s » n’existe pas ; au choix : %(choices)s",
    "expected one argument": "une valeur est attendue",
    "expected at least one argument": "au moins une valeur est attendue",
    "ambiguous option: %(option)s could match %(matches)s": "%(option)s est ambigu : %(matches)s",
    "%(prog)s: error: %(message)s\n": "%(prog)s : %(message)s\n",
    "subcommands": "commandes",
    "invalid %(type)s value: %(value)r": "« %(value)s » ne convient pas",
}


class CommandParser(argparse.ArgumentParser):
    """One clear sentence in French on stderr, and exit code 2; ``--version`` everywhere."""

    def __init__(self, *positional: Any, **settings: Any) -> None:
        super().__init__(*positional, **settings)
        self.add_argument(
            "--version", action="version", version=f"cls-workbook {PACKAGE}", help="affiche la version de l’outil"
        )

    def error(self, message: str) -> NoReturn:
        said = _with_suggestion(message)
        self.exit(REFUSED, f"{self.prog} : {said}{'' if said.endswith('?') else '.'}\nAide : {self.prog} --help\n")


def _with_suggestion(message: str) -> str:
    """A word that is nearly one of the choices: which one was meant, instead of them all."""
    word, known, choices = message.partition(" » n’existe pas ; au choix : ")
    if not known:
        return message
    import re
    from difflib import get_close_matches

    refused = word.rpartition("« ")[2]
    near = get_close_matches(refused, re.findall(r"[\w-]+", choices), n=1)
    return f"« {refused} » n’existe pas ; vouliez-vous dire « {near[0]} » ?" if near else message


def speak_french() -> None:
    """argparse has no other door to its words."""
    vars(argparse)["_"] = lambda text: FRENCH.get(text, text)
