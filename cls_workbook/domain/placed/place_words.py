"""What a kind of place is called: « village », « villages », « communes déléguées »; and what a département is."""

from __future__ import annotations

import tomllib
from functools import cache
from typing import NamedTuple

from cls_workbook import resources
from cls_workbook.french import NBSP, fold

# The kinds of place of which « touchée » is said rather than « touché ».
_FEMININE = frozenset(
    ("aire", "bourgade", "circonscription", "cite", "commune", "communaute", "ile", "intercommunalite", "localite")
    + ("paroisse", "residence", "section", "station", "tribu", "vallee", "ville", "zone")
)
_SMALL_WORDS = ("de", "des", "du", "a", "au", "aux", "en", "sur", "hors", "pour")
_UNCHANGED, _WITH_X = ("s", "x", "z"), ("eau", "eu", "au")


class PlaceWord(NamedTuple):
    """``short``: what a sentence calls it where there is a short word (QPV), the same for one and for several."""

    one: str
    several: str
    feminine: bool = False
    short: str = ""

    def counted(self, number: int) -> str:
        """« 1 village », « 3 villages », « 2 QPV »."""
        return f"{number} {self.short or self.named(number)}"

    def named(self, number: int) -> str:
        return self.several if number > 1 else self.one

    def touched(self, number: int) -> str:
        """« touché », « touchées »."""
        return f"touché{'e' * self.feminine}{'s' * (number > 1)}"

    @property
    def title(self) -> str:
        """« Villages »."""
        return self.several[:1].upper() + self.several[1:]

    @property
    def full_title(self) -> str:
        """« Quartiers prioritaires (QPV) »."""
        return f"{self.title} ({self.short})" if self.short else self.title


COMMUNES = PlaceWord("commune", "communes", True)
QUARTERS = PlaceWord("quartier prioritaire", "quartiers prioritaires", short="QPV")


@cache
def word_of(sorte: str) -> PlaceWord:
    """Of a kind, as the contract writes it in the singular."""
    words = sorte.split()
    return PlaceWord(sorte, plural(sorte), bool(words) and fold(words[0]) in _FEMININE)


def plural(words: str) -> str:
    """Of a name of a few words: up to its first preposition, each takes its mark; what is all capitals (IRIS) none."""
    marked: list[str] = []
    parts = words.split()
    for rank, word in enumerate(parts):
        if fold(word) in _SMALL_WORDS or fold(word).startswith("d'"):
            return " ".join([*marked, *parts[rank:]])
        marked.append("-".join(_plural_word(part) for part in word.split("-")))
    return " ".join(marked)


def _plural_word(word: str) -> str:
    if not word or word.isupper() or word.lower().endswith(_UNCHANGED):
        return word
    if word.lower().endswith("al"):
        return f"{word[:-1]}ux"
    return f"{word}{'x' if word.lower().endswith(_WITH_X) else 's'}"


@cache
def departement_names() -> dict[str, str]:
    """Code → name."""
    path = resources.folder("templates") / "departements.toml"
    return {str(code): nom for code, nom in tomllib.loads(path.read_text(encoding="utf-8")).items()}


def departement_name(code: str) -> str:
    """« Drôme (26) »; the code alone where it is no département's; "" for none."""
    nom = departement_names().get(code)
    return f"{nom}{NBSP}({code})" if nom else code


def reached(word: PlaceWord, number: int, of: int) -> str:
    """« 3 villages touchés sur 4 »; in French, zero is singular."""
    return f"{number} {word.named(number)} {word.touched(number)} sur {of}"
