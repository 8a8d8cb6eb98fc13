"""What designates a person in a free text: found for the check on returns, taken out of what leaves.

Names are known by the civility before them: no list of names is kept. Addresses, numbers and names are looked for in
all the ways that French people write them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import NamedTuple

RETIREE = "[donnée personnelle retirée]"

_ESPACE = "[ \u00a0\u202f]"
_MAJUSCULE, _MOT = "A-ZÀ-ÖØ-Þ", "A-Za-zÀ-ÖØ-öø-ÿ'’-"

# --- names ---

_CIVILITE = (
    r"(?:M\.|MM\.|Mr\.?|Mrs\.?|M(?=[ \u00a0\u202f])|Mmes?\.?|MME|M\.?lles?\.?|Melles?\.?|MLLE|Monsieur|Messieurs|Madame|Mesdames|Mademoiselle|Mesdemoiselles"
    r"|MONSIEUR|MADAME|Dre?s?\.?|DR|Docteure?s?|Pre?\.?|Professeure?s?|Me(?=[ \u00a0\u202f])|Maître|Sœur|Abbé)"
)
_CIVILITE_MINUSCULE = r"(?:mmes?\.?|mlles?\.?|melles?\.?|madame|mademoiselle|monsieur|dr\.?|docteure?)"
_FONCTION = r"(?:les?|la|l['’]|du|des?|et|ou|qui|à|a|en|un|une|est|sont|dans|pour|par|sur|avec|chargée?|référente?|en|ne|se|s['’]|d['’]|ayant|ainsi|mais|puis)"
_PARTICULE = r"(?:d['’]|(?:de|du|des|de la|le|la|von|van|ben|el|al)[ \u00a0\u202f])"
_NOM = rf"(?!(?:Le|La|Les|L['’]|X|Y|Z|N|XX|XXX)(?![{_MOT}]))(?:{_PARTICULE})?[{_MAJUSCULE}](?:\.(?={_ESPACE}?[{_MAJUSCULE}])|[{_MOT}]*)"
_SUITE = rf"(?:{_ESPACE}(?!et{_ESPACE}){_NOM})*"
_NOMS = re.compile(rf"(?<![{_MOT}]){_CIVILITE}{_ESPACE}?(?<![A-Za-zÀ-ÿ]){_NOM}{_SUITE}(?:{_ESPACE}et{_ESPACE}{_NOM}{_SUITE})?")
_NOMS_MINUSCULES = re.compile(rf"(?<![{_MOT}]){_CIVILITE_MINUSCULE}{_ESPACE}(?!{_FONCTION}(?![{_MOT}]))[{_MOT}]{{3,}}")
# A street or a building that bears a name designates nobody.
_LIEU = re.compile(
    r"\b(?:rue|avenue|av\.?|boulevard|bd|place|pl\.?|quai|allée|impasse|square|cours|chemin|route|passage|hôpital|clinique|centre|espace|salle|maison"
    rf"|école|collège|lycée|fondation|institut|résidence)(?:{_ESPACE}(?:du|de|de la|des|le))?{_ESPACE}$",
    re.IGNORECASE,
)

# --- addresses and numbers ---

_COURRIEL = re.compile(
    rf"[\w.+'-]+{_ESPACE}*(?:[@＠]|[(\[{{]{_ESPACE}*(?:at|arobase|a|@){_ESPACE}*[)\]}}]|(?<=[ \u00a0\u202f])arobase(?=[ \u00a0\u202f])){_ESPACE}*"
    rf"[\w-]+(?:(?:\.|{_ESPACE}*[(\[{{]{_ESPACE}*(?:point|dot|\.){_ESPACE}*[)\]}}]{_ESPACE}*|{_ESPACE}point{_ESPACE})[\w-]+)*"
    rf"(?:\.|{_ESPACE}*[(\[{{]{_ESPACE}*(?:point|dot|\.){_ESPACE}*[)\]}}]{_ESPACE}*|{_ESPACE}point{_ESPACE})[a-zA-Z]{{2,}}",
    re.IGNORECASE,
)
_S = r"[ \u00a0\u202f.]?"
_NIR = re.compile(
    rf"(?<!\d)[123478]{_S}\d{{2}}{_S}(?:0[1-9]|1[0-2]|[2-9]\d){_S}(?:(?:2[AB]|\d{{2}}){_S}\d{{3}}|9[78]\d{_S}\d{{2}}){_S}\d{{3}}(?:[ \u00a0\u202f./-]{{0,3}}(?:clé{_ESPACE}?)?\d{{2}})?(?!\d)",
    re.IGNORECASE,
)
_ANNONCE_NIR = re.compile(r"(?:NIR|s[ée]curit[ée] sociale|n[°o] ?(?:de )?(?:SS|s[ée]cu)|s[ée]cu|matricule|immatriculation)\W{0,6}(?:n[°o] ?)?(?:est|:)?\W*$", re.IGNORECASE)
_P = r"[ \u00a0\u202f._/-]{0,2}"
_TELEPHONE = re.compile(
    rf"(?<![\d+/-])(?:(?:\+|00){_P}33{_P}(?:\(0\){_P})?[1-9]|\(0[1-79]\)|0[1-79])(?:(?:{_P}\d{{2}}){{4}}|\d{{2}}(?:{_P}\d{{2}}){{3}}|\d{{2}}{_P}\d{{3}}{_P}\d{{3}})(?!\d)"
    rf"|(?<![\d+])(?:\+|00){_P}(?:262|269|590|594|596){_P}(?:\(0\){_P})?\d{{3}}(?:{_P}\d{{2}}){{3}}(?!\d)"
    rf"|(?<![\d+])(?:\+|00){_P}(?:508|681|687|689){_P}\d{{2}}(?:{_P}\d{{2}}){{2,3}}(?!\d)"
)


class Motif(NamedTuple):
    """``retenu``: is what was found at that place personal after all?"""

    nature: str
    expression: re.Pattern[str]
    retenu: Callable[[re.Match[str]], bool]


def _toujours(_: re.Match[str]) -> bool:
    return True


def _est_un_nir(m: re.Match[str]) -> bool:
    """A run of digits is one if its key is right; written in groups, or announced, it is one whatever its key."""
    chiffres = re.sub(r"[^0-9ABab]", "", m.group().lower().replace("clé", "")).upper()
    groupe = re.search(r"\D", m.group().strip()) is not None and "A" not in chiffres and "B" not in chiffres
    if len(chiffres) < 15 or groupe or _ANNONCE_NIR.search(m.string[: m.start()]):
        return True
    corps = chiffres[:13].replace("2A", "19").replace("2B", "18")
    return 97 - int(corps) % 97 == int(chiffres[13:])


def _nomme_quelqu_un(m: re.Match[str]) -> bool:
    return _LIEU.search(m.string[max(0, m.start() - 40) : m.start()]) is None


MOTIFS = (
    Motif("courriel", _COURRIEL, _toujours),
    Motif("numéro de sécurité sociale", _NIR, _est_un_nir),
    Motif("téléphone", _TELEPHONE, _toujours),
    Motif("nom de personne", _NOMS, _nomme_quelqu_un),
    Motif("nom de personne", _NOMS_MINUSCULES, _nomme_quelqu_un),
)
# One pass, before the others.
PEUT_ETRE = re.compile(
    rf"[@＠]|arobase|[(\[{{]{_ESPACE}*at?{_ESPACE}*[)\]}}]|\d(?:[^\w\n]{{0,3}}[\dAB]){{8}}|(?<![A-Za-zÀ-ÿ]){_CIVILITE}{_ESPACE}?(?<![A-Za-zÀ-ÿ])[{_MAJUSCULE}a-z]|(?<![A-Za-zÀ-ÿ]){_CIVILITE_MINUSCULE}{_ESPACE}", re.IGNORECASE
)  # fmt: skip


def _trouvees(texte: str) -> Iterator[tuple[int, int, str]]:
    """(start, end, kind); each stretch of text once, the first kinds first."""
    pris: list[tuple[int, int]] = []
    for nature, expression, retenu in MOTIFS:
        for m in expression.finditer(texte):
            if retenu(m) and all(m.end() <= debut or fin <= m.start() for debut, fin in pris):
                pris.append(m.span())
                yield *m.span(), nature


@lru_cache(maxsize=20_000)
def sans_donnees_personnelles(texte: str) -> str:
    """The text without e-mail addresses, phone and social security numbers, and names that follow a civility."""
    if not PEUT_ETRE.search(texte):
        return texte
    for debut, fin, _ in sorted(_trouvees(texte), reverse=True):
        texte = texte[:debut] + RETIREE + texte[fin:]
    return texte


def donnees_personnelles(texte: str) -> list[tuple[str, str]]:
    """(kind, words) found in a text; each stretch of text once."""
    return [(nature, texte[debut:fin]) for debut, fin, nature in _trouvees(texte)]


def masque(texte: str) -> str:
    """Enough to find it in the cell, not enough to spread it: « 0… », « Mme D… », « j…@… »."""
    if _COURRIEL.fullmatch(texte):
        return f"{texte[0]}…@…"
    civilite = re.match(rf"(?:{_CIVILITE}|{_CIVILITE_MINUSCULE}){_ESPACE}?", texte)
    debut = civilite.end() + 1 if civilite else 1
    return texte[:debut] + "…"
