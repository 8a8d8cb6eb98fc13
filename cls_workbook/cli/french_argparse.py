"""argparse, in French."""

from __future__ import annotations

import argparse

TYPE_CHECKING = False  # as type checkers know it: importing typing would take half the time of --help
if TYPE_CHECKING:
    from typing import NoReturn

REFUSED = 2  # the exit code of what was not done

# What argparse says in English, in French.
FRENCH = {
    "usage: ": "usage : ",
    "positional arguments": "arguments",
    "options": "options",
    "optional arguments": "options",
    "show this help message and exit": "affiche cette aide",
    "the following arguments are required: %s": "il manque : %s",
    "unrecognized arguments: %s": "mots non compris : %s",
    "invalid choice: %(value)r (choose from %(choices)s)": "« %(value)s » n’existe pas ; au choix : %(choices)s",
    "argument %(argument_name)s: %(message)s": "%(argument_name)s : %(message)s",
    "expected one argument": "une valeur est attendue",
    "expected at least one argument": "au moins une valeur est attendue",
    "ambiguous option: %(option)s could match %(matches)s": "%(option)s est ambigu : %(matches)s",
    "%(prog)s: error: %(message)s\n": "%(prog)s : %(message)s\n",
    "subcommands": "commandes",
    "invalid %(type)s value: %(value)r": "« %(value)s » ne convient pas",
}


class CommandParser(argparse.ArgumentParser):
    """One clear sentence in French on stderr, and exit code 2."""

    def error(self, message: str) -> NoReturn:
        self.exit(REFUSED, f"{self.prog} : {message}.\nAide : {self.prog} --help\n")


def speak_french() -> None:
    """argparse has no other door to its words."""
    vars(argparse)["_"] = lambda text: FRENCH.get(text, text)
