"""What designates a person in a free text: found for the check on returns, taken out of what leaves.

Names are known by the civility before them: no list of names is kept. Addresses, numbers and names are looked for in
all the ways that French people write them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import NamedTuple

WITHDRAWN = "[donnée personnelle retirée]"

_SPACE = "[ \u00a0\u202f]"
_UPPERCASE, _WORD_CHARACTERS = "A-ZÀ-ÖØ-Þ", "A-Za-zÀ-ÖØ-öø-ÿ'’-"

# --- names ---

_CIVILITY = (
    r"(?:M\.|MM\.|Mr\.?|Mrs\.?|M(?=[ \u00a0\u202f])|Mmes?\.?|MME|M\.?lles?\.?|Melles?\.?"
    r"|MLLE|Monsieur|Messieurs|Madame|Mesdames|Mademoiselle|Mesdemoiselles"
    r"|MONSIEUR|MADAME|Dre?s?\.?|DR|Docteure?s?|Pre?\.?|Professeure?s?|Me(?=[ \u00a0\u202f])|Maître|Sœur|Abbé)"
)
_LOWERCASE_CIVILITY = r"(?:mmes?\.?|mlles?\.?|melles?\.?|madame|mademoiselle|monsieur|dr\.?|docteure?)"
_FUNCTION_WORD = (
    r"(?:les?|la|l['’]|du|des?|et|ou|qui|à|a|en|un|une|est|sont|dans|pour|par|sur|avec|chargée?|référente?"
    r"|en|ne|se|s['’]|d['’]|ayant|ainsi|mais|puis)"
)
_PARTICLE = r"(?:d['’]|(?:de|du|des|de la|le|la|von|van|ben|el|al)[ \u00a0\u202f])"
_NAME = (
    rf"(?!(?:Le|La|Les|L['’]|X|Y|Z|N|XX|XXX)(?![{_WORD_CHARACTERS}]))"
    rf"(?:{_PARTICLE})?[{_UPPERCASE}](?:\.(?={_SPACE}?[{_UPPERCASE}])|[{_WORD_CHARACTERS}]*)"
)
_CONTINUATION = rf"(?:{_SPACE}(?!et{_SPACE}){_NAME})*"
_NAMES = (
    rf"(?<![{_WORD_CHARACTERS}]){_CIVILITY}{_SPACE}?(?<![A-Za-zÀ-ÿ])"
    rf"{_NAME}{_CONTINUATION}(?:{_SPACE}et{_SPACE}{_NAME}{_CONTINUATION})?"
)
_LOWERCASE_NAMES = (
    rf"(?<![{_WORD_CHARACTERS}]){_LOWERCASE_CIVILITY}{_SPACE}(?!{_FUNCTION_WORD}(?![{_WORD_CHARACTERS}])"
    rf")[{_WORD_CHARACTERS}]{{3,}}"
)
# A street or a building that bears a name designates nobody.
_LOCATION = re.compile(
    r"\b(?:rue|avenue|av\.?|boulevard|bd|place|pl\.?|quai|allée|impasse|square|cours|chemin|route|passage"
    r"|hôpital|clinique|centre|espace|salle|maison"
    rf"|école|collège|lycée|fondation|institut|résidence)(?:{_SPACE}(?:du|de|de la|des|le))?{_SPACE}$",
    re.IGNORECASE,
)

# --- addresses and numbers ---

_EMAIL = (
    rf"(?i)[\w.+'-]+{_SPACE}*(?:[@＠]|[(\[{{]{_SPACE}*(?:at|arobase|a|@){_SPACE}*[)\]}}]|(?<=[ \u00a0\u202f])"
    rf"arobase(?=[ \u00a0\u202f])){_SPACE}*"
    rf"[\w-]+(?:(?:\.|{_SPACE}*[(\[{{]{_SPACE}*(?:point|dot|\.){_SPACE}*[)\]}}]{_SPACE}*|{_SPACE}point{_SPACE})[\w-]+)*"
    rf"(?:\.|{_SPACE}*[(\[{{]{_SPACE}*(?:point|dot|\.){_SPACE}*[)\]}}]{_SPACE}*|{_SPACE}point{_SPACE})[a-zA-Z]{{2,}}"
)
_S = r"[ \u00a0\u202f.]?"
_NIR = (
    rf"(?i)(?<!\d)[123478]{_S}\d{{2}}{_S}(?:0[1-9]|1[0-2]|[2-9]\d){_S}(?:(?:2[AB]|\d{{2}}){_S}\d{{3}}"
    rf"|9[78]\d{_S}\d{{2}}){_S}\d{{3}}(?:[ \u00a0\u202f./-]{{0,3}}(?:clé{_SPACE}?)?\d{{2}})?(?!\d)"
)
_ANNOUNCES_NIR = re.compile(
    r"(?:NIR|s[ée]curit[ée] sociale|n[°o] ?(?:de )?(?:SS|s[ée]cu)|s[ée]cu|matricule|immatriculation)"
    r"\W{0,6}(?:n[°o] ?)?(?:est|:)?\W*$",
    re.IGNORECASE,
)
_P = r"[ \u00a0\u202f._/-]{0,2}"
_PHONE = (
    rf"(?<![\d+/-])(?:(?:\+|00){_P}33{_P}(?:\(0\){_P})?[1-9]|\(0[1-79]\)|0[1-79])(?:(?:{_P}\d{{2}}){{4}}"
    rf"|\d{{2}}(?:{_P}\d{{2}}){{3}}|\d{{2}}{_P}\d{{3}}{_P}\d{{3}})(?!\d)"
    rf"|(?<![\d+])(?:\+|00){_P}(?:262|269|590|594|596){_P}(?:\(0\){_P})?\d{{3}}(?:{_P}\d{{2}}){{3}}(?!\d)"
    rf"|(?<![\d+])(?:\+|00){_P}(?:508|681|687|689){_P}\d{{2}}(?:{_P}\d{{2}}){{2,3}}(?!\d)"
)


class PersonalDataPattern(NamedTuple):
    """``kept``: is what was found at that place personal after all?

    Few texts come as far as these expressions (see ``MAYBE``): they are compiled when one does.
    """

    nature: str
    expression: str
    kept: Callable[[re.Match[str]], bool]


def _always(_: re.Match[str]) -> bool:
    return True


def _is_nir(m: re.Match[str]) -> bool:
    """A run of digits is one if its key is right; written in groups, or announced, it is one whatever its key."""
    digits = re.sub(r"[^0-9ABab]", "", m.group().lower().replace("clé", "")).upper()
    groupe = re.search(r"\D", m.group().strip()) is not None and "A" not in digits and "B" not in digits
    if len(digits) < 15 or groupe or _ANNOUNCES_NIR.search(m.string[: m.start()]):
        return True
    body = digits[:13].replace("2A", "19").replace("2B", "18")
    return 97 - int(body) % 97 == int(digits[13:])


def _names_someone(m: re.Match[str]) -> bool:
    return _LOCATION.search(m.string[max(0, m.start() - 40) : m.start()]) is None


PATTERNS = (
    PersonalDataPattern("courriel", _EMAIL, _always),
    PersonalDataPattern("numéro de sécurité sociale", _NIR, _is_nir),
    PersonalDataPattern("téléphone", _PHONE, _always),
    PersonalDataPattern("nom de personne", _NAMES, _names_someone),
    PersonalDataPattern("nom de personne", _LOWERCASE_NAMES, _names_someone),
)
# One pass, before the others.
MAYBE = re.compile(
    rf"[@＠]|arobase|[(\[{{]{_SPACE}*at?{_SPACE}*[)\]}}]|\d(?:[^\w\n]{{0,3}}[\dAB]){{8}}"
    rf"|(?<![A-Za-zÀ-ÿ]){_CIVILITY}{_SPACE}?(?<![A-Za-zÀ-ÿ])[{_UPPERCASE}a-z]"
    rf"|(?<![A-Za-zÀ-ÿ]){_LOWERCASE_CIVILITY}{_SPACE}",
    re.IGNORECASE,
)


def _found(texte: str) -> Iterator[tuple[int, int, str]]:
    """(start, end, kind); each stretch of text once, the first kinds first."""
    taken: list[tuple[int, int]] = []
    for nature, expression, kept in PATTERNS:
        for m in re.finditer(expression, texte):
            if kept(m) and all(m.end() <= start or end <= m.start() for start, end in taken):
                taken.append(m.span())
                yield *m.span(), nature


@lru_cache(maxsize=20_000)
def without_personal_data(texte: str) -> str:
    """The text without e-mail addresses, phone and social security numbers, and names that follow a civility."""
    if not MAYBE.search(texte):
        return texte
    for start, end, _ in sorted(_found(texte), reverse=True):
        texte = texte[:start] + WITHDRAWN + texte[end:]
    return texte


def personal_data_in(texte: str) -> list[tuple[str, str]]:
    """(kind, words) found in a text; each stretch of text once."""
    return [(nature, texte[start:end]) for start, end, nature in _found(texte)]


def mask(texte: str) -> str:
    """Enough to find it in the cell, not enough to spread it: « 0… », « Mme D… », « j…@… »."""
    if re.fullmatch(_EMAIL, texte):
        return f"{texte[0]}…@…"
    civility = re.match(rf"(?:{_CIVILITY}|{_LOWERCASE_CIVILITY}){_SPACE}?", texte)
    start = civility.end() + 1 if civility else 1
    return texte[:start] + "…"
