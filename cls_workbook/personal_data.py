"""What designates a person in a free text: found for the check on returns, taken out of what leaves.

Names are known by the civility before them: no list of names is kept. Addresses, numbers and names are looked for in
all the ways that French people write them; keys (NIR, IBAN, RPPS) are worked out here, as their publishers give them.
Every repetition is bounded, so that no text takes longer than its length.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import NamedTuple

WITHDRAWN = "[donnée personnelle retirée]"

# One character for one, so that places stay: full-width letters and digits, all spaces, all dashes.
_PLAIN = (
    {0xFF01 + i: 0x21 + i for i in range(94)}
    | {zero + i: 0x30 + i for zero in (0x660, 0x6F0) for i in range(10)}
    | dict.fromkeys((0xA0, 0x202F, 0x3000, *range(0x2000, 0x200C), 0x2060, 0xFEFF, 0xAD), 0x20)
    | dict.fromkeys((0x0B, 0x0C, 0x85, 0x2028, 0x2029), 0x0A)
    | dict.fromkeys((*range(0x2010, 0x2016), 0x2212), 0x2D)
)
_BREAK = r"[ \t\r\n]"
_FURTHER_LETTERS = (*range(0x100, 0x250), *range(0x370, 0x530), *range(0x1E00, 0x1F00))  # œ, ł, ễ; Greek, Cyrillic
_UPPERCASE = "A-ZÀ-ÖØ-Þ" + "".join(chr(code) for code in _FURTHER_LETTERS if chr(code).isupper())
# An accent may be a character of its own, after its letter, in what comes from a Mac or a PDF.
_WORD_CHARACTERS = "A-Za-zÀ-ÖØ-öø-ɏͰ-ԯḀ-ỿ\u0300-\u036f'’-"

# --- names ---

_LETTER_ALONE = r"(?:M(?= )|Me(?= ))"  # on the same line as the name: « taille M » may end a line
_FULL_CIVILITY = (
    r"(?:M\.|MM\.|Mr\.?|Mrs\.?|Mmes?\.?|MME|M\.?lles?\.?|Melles?\.?"
    r"|MLLE|Monsieur|Messieurs|Madame|Mesdames|Mademoiselle|Mesdemoiselles"
    r"|MONSIEUR|MADAME|Dre?s?\.?|DR|[Dd]octeure?s?|Pre?\.?|[Pp]rofesseure?s?|[Mm]aître|[Ss]œur|Abbé|Mgr|Monseigneur"
    r"|[Vv]euve|VEUVE|[Vv]euf|Vve\.?|VVE|[ÉéEe]pou(?:se|x)|[Nn]ée?)"
)
_CIVILITY = rf"(?:{_FULL_CIVILITY}|{_LETTER_ALONE})"
_LOWERCASE_CIVILITY = (
    r"(?:[Mm]mes?\.?|[Mm]lles?\.?|[Mm]elles?\.?|[Mm]adame|[Mm]ademoiselle|[Mm]onsieur|(?<!\d)(?<!\d )M\."
    r"|[Dd]r\.?|[Dd]octeure?|[Vv]ve\.?)"
)
_FUNCTION_WORD = (
    r"(?:les?|la|l['’]|du|des?|et|ou|qui|à|a|en|un|une|est|sont|dans|pour|par|sur|avec|chargée?|référente?"
    r"|en|ne|se|s['’]|d['’]|ayant|ainsi|mais|puis)"
)
_PARTICLE = r"(?:d['’]|(?:de|du|des|de la|le|la|von|van|ben|el|al) )"
_NAME = (
    rf"(?!(?:Le|La|Les|L['’]|X|Y|Z|N|XX|XXX)(?![{_WORD_CHARACTERS}]))"
    rf"{_PARTICLE}?[{_UPPERCASE}](?:\.(?= ?[{_UPPERCASE}])|[{_WORD_CHARACTERS}]{{0,40}})"
)
_CONTINUATION = rf"(?: {{1,2}}(?!et ){_NAME}){{0,5}}"
_NAMES = (
    rf"(?<![{_WORD_CHARACTERS}])(?:{_FULL_CIVILITY}{_BREAK}{{0,4}}|{_LETTER_ALONE} {{1,3}})(?<![A-Za-zÀ-ÿ])"
    rf"{_NAME}{_CONTINUATION}(?: et (?!{_FULL_CIVILITY}[ .]){_NAME}{_CONTINUATION})?"
)
_LOWERCASE_NAMES = (
    rf"(?<![{_WORD_CHARACTERS}]){_LOWERCASE_CIVILITY}{_BREAK}{{1,4}}(?!{_BREAK}|{_FUNCTION_WORD}(?![{_WORD_CHARACTERS}])"
    rf")(?:(?:von|van|ben|el) )?[{_WORD_CHARACTERS}]{{3,40}}(?: {{1,2}}{_NAME})?"
)
_TITLE = re.compile(  # « Mme la Préfète » is a function, capital or not
    r"\S{1,15}\s{1,4}(?:la |le |l['’])(?:Maires?|Préf[eè]te?|Sous-préf[eè]te?|Présidente?|Vice-présidente?|Adjointe?"
    r"|Directeur|Directrice|Ministre|Députée?|Sénateur|Sénatrice|Conseill[eè]re?|Déléguée?|Recteur|Rectrice|Médecin"
    r"|Chef|Cheffe|Responsable|Coordinateur|Coordinatrice|Coordonnateur|Coordonnatrice|Secrétaire|Trésori[eè]re?"
    r"|Inspecteur|Inspectrice|Proviseure?|Principale?|Doyenne?|Référente?)",
    re.IGNORECASE,
)
# A street or a building that bears a name designates nobody.
_LOCATION = re.compile(
    r"\b(?:rue|avenue|av\.?|boulevard|bd|place|pl\.?|quai|allée|impasse|square|cours|chemin|route|passage"
    r"|hôpital|clinique|centre|espace|salle|maison"
    r"|école|collège|lycée|fondation|institut|résidence)(?: (?:du|de|de la|des|le))? \Z",
    re.IGNORECASE,
)

# --- addresses and numbers ---

_DOT = r"(?:\.| {0,3}[(\[{] {0,3}(?:point|dot|\.) {0,3}[)\]}] {0,3}| {1,3}(?:point|dot) {1,3})"
_AT = r"(?: {0,3}@ {0,3}| {0,3}[(\[{_] {0,3}(?:at|arobase|chez|[aà]|@) {0,3}[)\]}_] {0,3}| {1,3}(?:arobase|at) {1,3})"
_LOCAL = r"[\w.+'-]{1,64}"
_EMAIL = (
    rf"(?i){_LOCAL}(?: {{1,3}}(?:point|dot) {{1,3}}{_LOCAL}){{0,3}}{_AT}"
    rf"[\w-]{{1,63}}(?:{_DOT}[\w-]{{1,63}}){{0,6}}{_DOT}[a-z]{{2,24}}"
)
_MISTYPED_EMAIL = rf"(?<![^\W_]){_LOCAL}@[\w-]{{1,63}}(?:[.,] ?[\w-]{{1,63}}){{0,3}}"  # « j.durand@exemple,fr »
_S = r"[ ._/-]{0,3}"
_NIR = (
    rf"(?i)(?<!\d)[123478]{_S}\d{{2}}{_S}(?:0[1-9]|1[0-2]|[2-9]\d){_S}(?:(?:2[AB]|\d{{2}}){_S}\d{{3}}"
    rf"|9[78]\d{_S}\d{{2}}){_S}\d{{3}}(?:[ ./-]{{0,3}}(?:clé ?)?\d{{2}})?(?!\d)"
)
_ANNOUNCES_NIR = re.compile(
    r"(?:NIR|s[ée]curit[ée] sociale|n[°o] ?(?:de )?(?:SS|s[ée]cu)|s[ée]cu|matricule|immatriculation)"
    r"\W{0,6}(?:n[°o] ?)?(?:est|:)?\W{0,6}\Z",
    re.IGNORECASE,
)
_P = r"[ \t\r\n._/:·•-]{0,3}"
_ABROAD = "32|33|34|39|41|44|49|212|213|216|352|377"
_PHONE = (
    rf"(?<![\d+/-])(?:(?:\+|00){_P}33\)?{_P}(?:\(0\){_P})?[1-9]|\(0[1-79]\)|0[1-79])(?:(?:{_P}\d{{2}}){{4}}"
    rf"|\d{{2}}(?:{_P}\d{{2}}){{3}}|\d{{2}}{_P}\d{{3}}{_P}\d{{3}})(?!\d)"
    rf"|(?<![\d+])(?:\+|00){_P}(?:262|269|590|594|596){_P}(?:\(0\){_P})?\d{{3}}(?:{_P}\d{{2}}){{3}}(?!\d)"
    rf"|(?<![\d+])(?:\+|00){_P}(?:508|681|687|689){_P}\d{{2}}(?:{_P}\d{{2}}){{2,3}}(?!\d)"
    rf"|(?<![\d+])(?:\+|00)(?:{_ABROAD}){_P}(?:\(0\){_P})?(?:\d[ ./-]{{0,2}}){{7,10}}\d(?! ?(?:\d|€|%|euro))"
)
_DATE = re.compile(r"[0-3]\d([/.-])[01]\d\1(?:19|20)\d\d(?!\d|\1)")
_IBAN = r"(?i)(?<![^\W_])[A-Z]{2}\d{2}(?:[ -]{0,2}[A-Z0-9]){11,30}"
_RPPS = r"(?<!\d)1(?:[ .-]?\d){10}(?![ .-]?\d)"
_ANNOUNCES_RPPS = re.compile(r"RPPS\W{0,4}(?:n[°o]|num[ée]ro)?\W{0,4}\Z", re.IGNORECASE)
_BIRTH = (
    r"(?i)(?<![^\W_])(?:n[ée]e?s?(?:\(e\))? {1,3}le|naissance|DDN|D\.D\.N\.?)[ :,(]{0,5}(?:est )?(?:le )? {0,3}"
    r"[0-3]?\d(?:er)?[ ./-]{1,3}(?:[01]?\d|[a-zéû]{3,9}\.?)[ ./-]{1,3}(?:\d{4}|\d{2})(?!\d)"
)


class PersonalDataPattern(NamedTuple):
    """``length``: of what was found at that place, how many characters are personal after all; 0: none.

    Few texts come as far as these expressions (see ``MAYBE``): they are compiled when one does.
    """

    nature: str
    expression: str
    length: Callable[[re.Match[str]], int]


def _all(m: re.Match[str]) -> int:
    return len(m.group())


def _before(m: re.Match[str], characters: int = 60) -> str:
    return m.string[max(0, m.start() - characters) : m.start()]


def _nir(m: re.Match[str]) -> int:
    """A run of digits is one if its key is right; written in groups, or announced, it is one whatever its key. The
    reference of a file has dashes too, but not so many."""
    written = m.group().lower().replace("clé", "").upper()
    digits, groups = re.sub("[^0-9AB]", "", written), re.findall("[0-9AB]+", written)
    is_reference = "-" in written and len(groups) < 6
    grouped = len(groups) > 1 and not {"A", "B"} & set(digits)
    if _ANNOUNCES_NIR.search(_before(m)) or not is_reference and (len(digits) < 15 or grouped):
        return len(m.group())
    body = digits[:13].replace("2A", "19").replace("2B", "18")
    return len(m.group()) if len(digits) == 15 and 97 - int(body) % 97 == int(digits[13:]) else 0


def _phone(m: re.Match[str]) -> int:
    return 0 if _DATE.match(m.group()) else len(m.group())


def _iban(m: re.Match[str]) -> int:
    """The longest beginning of the run whose key is right: words may follow it."""
    ends = [i + 1 for i, c in enumerate(m.group()) if c.isalnum()]
    for count in range(len(ends), 14, -1):
        number = "".join(c for c in m.group()[: ends[count - 1]].upper() if c.isalnum())
        if int("".join(str(int(c, 36)) for c in number[4:] + number[:4])) % 97 == 1:
            return ends[count - 1]
    return 0


def _rpps(m: re.Match[str]) -> int:
    """Announced, or without a blank, of a health professional (10…), with Luhn's key."""
    total = 0
    for rank, digit in enumerate(reversed(re.sub(r"\D", "", m.group()))):
        double = int(digit) * (1 + rank % 2)
        total += double - 9 if double > 9 else double
    by_key = m.group().startswith("10") and m.group().isdigit() and total % 10 == 0
    return len(m.group()) if by_key or _ANNOUNCES_RPPS.search(_before(m)) else 0


def _someone(m: re.Match[str]) -> int:
    return 0 if _LOCATION.search(_before(m, 40)) or _TITLE.fullmatch(m.group()) else len(m.group())


PATTERNS = (
    PersonalDataPattern("courriel", _EMAIL, _all),
    PersonalDataPattern("courriel", _MISTYPED_EMAIL, _all),
    PersonalDataPattern("coordonnées bancaires", _IBAN, _iban),
    PersonalDataPattern("numéro de sécurité sociale", _NIR, _nir),
    PersonalDataPattern("téléphone", _PHONE, _phone),
    PersonalDataPattern("numéro RPPS", _RPPS, _rpps),
    PersonalDataPattern("date de naissance", _BIRTH, _all),
    PersonalDataPattern("nom de personne", _NAMES, _someone),
    PersonalDataPattern("nom de personne", _LOWERCASE_NAMES, _someone),
)
# One pass, before the others, on the text as it is.
MAYBE = re.compile(
    r"[@＠]|arobase|[(\[{_]\s{0,3}(?:at|chez|[aà])\s{0,3}[)\]}_]|(?<!\w)at\s|\d(?:[\W_]{0,3}[\dAB]){8}|naissance|DDN|D\.D\.N|n[ée]e?s?(?:\(e\))?\s{1,3}le\s"
    rf"|(?<![A-Za-zÀ-ÿ])(?:{_FULL_CIVILITY}\s{{0,4}}|Me?\s{{1,3}})(?<![A-Za-zÀ-ÿ])[{_WORD_CHARACTERS}]"
    rf"|(?<![A-Za-zÀ-ÿ]){_LOWERCASE_CIVILITY}\s",
    re.IGNORECASE,
)


def _found(texte: str) -> Iterator[tuple[int, int, str]]:
    """(start, end, kind); each stretch of text once, the first kinds first."""
    plain, taken = texte.translate(_PLAIN), bytearray(len(texte))
    for nature, expression, length in PATTERNS:
        for m in re.finditer(expression, plain):
            end = m.start() + length(m)
            if end > m.start() and not any(taken[m.start() : end]):
                taken[m.start() : end] = b"\1" * (end - m.start())
                yield m.start(), end, nature


@lru_cache(maxsize=20_000)
def without_personal_data(texte: str) -> str:
    """The text without e-mail addresses, numbers of a person or of an account, births, and names after a civility."""
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
    plain = texte.translate(_PLAIN)
    if re.fullmatch(_EMAIL, plain):
        return f"{texte[0]}…@…"
    civility = re.match(rf"(?:{_CIVILITY}|{_LOWERCASE_CIVILITY}){_BREAK}{{0,4}}", plain)
    start = civility.end() + 1 if civility else 1
    return texte[:start] + "…"
