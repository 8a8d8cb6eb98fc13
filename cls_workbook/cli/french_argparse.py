"""argparse, in French."""

from __future__ import annotations

import argparse

from cls_workbook.french import NBSP, typography
from cls_workbook.version import PACKAGE

TYPE_CHECKING = False  # as type checkers know it: importing typing would take half the time of --help
if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from typing import Any, NoReturn

REFUSED = 2  # the exit code of what was not done

# What argparse says in English, in French.
FRENCH = {
    "usage: ": f"utilisation{NBSP}: ",
    "positional arguments": "arguments",
    "options": "options",
    "show this help message and exit": "affiche cette aide",
    "argument %(argument_name)s: %(message)s": "%(argument_name)s : %(message)s",
    "the following arguments are required: %s": "il manque : %s",
    "one of the arguments %s is required": "il manque l’un de : %s",
    "not allowed with argument %s": "ne va pas avec %s",
    "unrecognized arguments: %s": "mots non compris : %s",
    "invalid choice: %(value)r (choose from %(choices)s)": "« %(value)s » n’existe pas ; au choix : %(choices)s",
    "ignored explicit argument %r": "ne prend pas de valeur ; reçu : « %s »",
    "expected one argument": "une valeur est attendue",
    "expected at most one argument": "une valeur au plus est attendue",
    "expected at least one argument": "au moins une valeur est attendue",
    "ambiguous option: %(option)s could match %(matches)s": "« %(option)s » est ambigu ; au choix : %(matches)s",
    "%(prog)s: error: %(message)s\n": "%(prog)s : %(message)s\n",
    "invalid %(type)s value: %(value)r": "« %(value)s » ne convient pas, un nombre en chiffres est attendu",
}
UNKNOWN = "« %s » n’existe pas ; au choix : %s"


class FrenchHelp(argparse.HelpFormatter):
    """Headings and sentences with the spaces that French wants, before they are cut into lines."""

    def start_section(self, heading: str | None) -> None:
        super().start_section(f"{heading}{NBSP}" if heading else heading)

    def _split_lines(self, text: str, width: int) -> list[str]:
        return super()._split_lines(typography(text), width)

    def _fill_text(self, text: str, width: int, indent: str) -> str:
        lines = typography(text).splitlines()
        return "\n".join(super(FrenchHelp, self)._fill_text(line, width, indent) for line in lines)


class CommandParser(argparse.ArgumentParser):
    """One clear sentence in French on stderr, and exit code 2; ``--version`` everywhere."""

    def __init__(self, **settings: Any) -> None:
        super().__init__(formatter_class=FrenchHelp, **settings)
        self.add_argument(
            "--version", action="version", version=f"cls-workbook {PACKAGE}", help="affiche la version de l’outil"
        )

    def parse_known_args(self, args: Any = None, namespace: Any = None) -> Any:
        """Each command answers for its own words, the mistyped option before what is lacking: it often is that one."""
        self._refuse_unknown_options(args)
        known, left = super().parse_known_args(args, namespace)
        if left:
            self.error(FRENCH["unrecognized arguments: %s"] % " ".join(left))
        return known, left

    def _refuse_unknown_options(self, words: Sequence[str]) -> None:
        options = list(self._option_string_actions)
        for word in words:
            if word == "--" or (self._subparsers and not word.startswith("-")):
                return  # what follows is no option, or is another command's
            name = word.partition("=")[0]
            if _is_option(word) and not any(known.startswith(name) for known in options):
                self.error(UNKNOWN % (name, ", ".join(options)))

    def error(self, message: str) -> NoReturn:
        said = typography(_with_suggestion(message))
        end = "" if said.endswith("?") else "."
        self.exit(REFUSED, f"{self.prog}{NBSP}: {said}{end}\nAide{NBSP}: {self.prog} --help\n")


def _is_option(word: str) -> bool:
    """As argparse sees it: neither a dash alone, nor a negative number, nor a text with spaces."""
    return word.startswith("-") and len(word) > 1 and not word[1].isdigit() and " " not in word


def _with_suggestion(message: str) -> str:
    """A word that is nearly one of the choices: which one was meant, instead of them all."""
    before, of_choices, listed = message.partition(" » n’existe pas ; au choix : ")
    if not of_choices:
        return message
    whose, _, refused = before.removeprefix("<commande> : ").rpartition("« ")
    choices = listed.replace("'", "")
    near = _nearest(refused, choices.split(", "))
    meant = f"vouliez-vous dire « {near} » ?" if near else f"au choix : {choices}"
    return f"{whose}« {refused} » n’existe pas ; {meant}"


def _nearest(refused: str, choices: Iterable[str]) -> str:
    from difflib import get_close_matches

    bare = {choice.lstrip("-"): choice for choice in choices}
    return next((bare[word] for word in get_close_matches(refused.lstrip("-"), bare, n=1)), "")


def speak_french() -> None:
    """argparse has no other door to its words."""
    vars(argparse)["_"] = lambda text: FRENCH.get(text, text)
