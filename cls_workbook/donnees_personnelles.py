"""What designates a person in a free text: found for the check on returns, taken out of what leaves."""

from __future__ import annotations

import re
from functools import lru_cache

RETIREE = "[donnée personnelle retirée]"

_MAJUSCULE, _MOT = "A-ZÀ-ÖØ-Þ", "A-Za-zÀ-ÖØ-öø-ÿ'’-"
_CIVILITE = r"(?:M\.|MM\.|Mr\.?|Mme\.?|Mlle\.?|Monsieur|Madame|Mademoiselle|Dr\.?|Docteure?|Pr\.?|Professeure?)"
_NOM = rf"(?!(?:Le|La|Les|L['’])\b)[{_MAJUSCULE}][{_MOT}]*"
MOTIFS = (
    ("courriel", re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")),
    ("numéro de sécurité sociale", re.compile(
        r"(?<!\d)[12](?:[ .]?\d{2})(?:[ .]?(?:0[1-9]|1[0-2]|[2-9]\d))(?:[ .]?(?:2[AB]|\d{2}))(?:[ .]?\d{3}){2}(?:[ .]?\d{2})?(?!\d)", re.IGNORECASE)),
    ("téléphone", re.compile(r"(?<![\d+/-])(?:(?:\+|00)33[ .-]?(?:\(0\)[ .-]?)?|0)[1-9](?:[ .-]?\d{2}){4}(?!\d)")),
    ("nom de personne", re.compile(rf"(?<![{_MOT}]){_CIVILITE}[ \u00a0]{_NOM}(?:[ \u00a0]{_NOM})*")),
)  # fmt: skip
PEUT_ETRE = re.compile(rf"@|\d(?:[ .()-]*\d){{9}}|{_CIVILITE}[ \u00a0]")  # one pass, before the four


@lru_cache(maxsize=20_000)
def sans_donnees_personnelles(texte: str) -> str:
    """The text without e-mail addresses, phone and social security numbers, and names that follow a civility."""
    for _, motif in MOTIFS:
        texte = motif.sub(RETIREE, texte)
    return texte


def donnees_personnelles(texte: str) -> list[tuple[str, str]]:
    """(kind, words) found in a text; each stretch of text once."""
    trouvees, reste = [], texte
    for nature, motif in MOTIFS:
        trouvees += [(nature, m.group()) for m in motif.finditer(reste)]
        reste = motif.sub(" ", reste)
    return trouvees


def masque(texte: str) -> str:
    """Enough to find it in the cell, not enough to spread it: « 0… », « Mme D… », « j…@… »."""
    if "@" in texte:
        return f"{texte[0]}…@…"
    civilite = re.match(_CIVILITE + r"[ \u00a0]", texte)
    debut = civilite.end() + 1 if civilite else 1
    return texte[:debut] + "…"
