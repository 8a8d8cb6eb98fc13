"""What a definition says word for word, compared with the document that prints it, without keeping the document.

    python -m tests.support.quotations NAME DOCUMENT…      writes ``tests/golden/printed/NAME.txt`` again

A document is kept as fingerprints of its words, of its pairs and of its triples of words that follow each other: enough
to tell whether a clause stands in it word for word, not enough to read it. NAME is that of a definition (or of a rule)
that ships; the documents are the text of the signed contract, of the deliberation, of the page.
"""

from __future__ import annotations

import base64
import hashlib
import re
import sys
import textwrap
import tomllib
import unicodedata
from collections.abc import Iterator
from pathlib import Path

TEMPLATES = Path(__file__).parents[2] / "templates"
PRINTED = Path(__file__).parents[1] / "golden" / "printed"
BYTES = 4  # of a fingerprint: a wrong triple of words passes once in some 100 000
LIGATURES = {"Ï": "fi", "Ý": "ti"}  # as the texts of the documents spell them
CLAUSES = re.compile(r"[;:.(),…]| - | / ")

FICHE = (
    "titre",
    "sous_titre",
    "titre_recapitulatif",
    "porteurs_imprimes",
    "porteurs_recapitulatif",
    "partenaires",
    "public",
    "territoire",
    "calendrier",
    "valeur_initiale",
    "frequence",
    "source",
    "responsable",
    "lien_parcours",
    "autres_plans",
)
MONEY = ("montant_imprime", "taux_imprime", "cofinancements_imprimes", "mention")


def words(text: str) -> list[str]:
    for printed, letters in LIGATURES.items():
        text = text.replace(printed, letters)
    found = re.findall(r"\w+|[%€]", text.replace("’", "'").casefold())
    # Capitals bear their accents or not: « État », « Etat ».
    return [unicodedata.normalize("NFD", word)[0] + word[1:] for word in found]


def runs(row: list[str], length: int) -> Iterator[str]:
    return (" ".join(row[start : start + length]) for start in range(len(row) - length + 1))


def fingerprint(run: str) -> bytes:
    return hashlib.sha256(run.encode()).digest()[:BYTES]


def missing_runs(text: str, printed: frozenset[bytes]) -> list[str]:
    """The runs of at most three words, clause by clause, that the document does not hold in that order."""
    missing = []
    for clause in CLAUSES.split(text.replace("–", "-")):
        row = words(clause)
        missing += [run for run in runs(row, min(len(row), 3)) if row and fingerprint(run) not in printed]
    return missing


def printed_in(name: str) -> frozenset[bytes]:
    """The fingerprints kept for a definition."""
    kept = base64.b64decode((PRINTED / f"{name}.txt").read_text(encoding="ascii"))
    return frozenset(kept[start : start + BYTES] for start in range(0, len(kept), BYTES))


def keep(name: str, documents: list[Path]) -> None:
    seen: set[bytes] = set()
    for document in documents:
        # A line of the document may end within a word, cut by a hyphen.
        row = words(re.sub(r"(\w)-\s*\n\s*(?=[a-zà-ÿ])", r"\1", document.read_text(encoding="utf-8")))
        cut = words(document.read_text(encoding="utf-8"))
        seen |= {fingerprint(run) for each in (row, cut) for length in (1, 2, 3) for run in runs(each, length)}
    text = base64.b64encode(b"".join(sorted(seen))).decode()
    PRINTED.mkdir(exist_ok=True)
    (PRINTED / f"{name}.txt").write_text("\n".join(textwrap.wrap(text, 120)) + "\n", encoding="ascii")


# --- What a definition says word for word ---------------------------------------------------------------------------


def quotations(path: Path) -> Iterator[tuple[str, str]]:
    """(place, text) of all that a definition takes from its document, and of what stands between « » in it."""
    source = path.read_text(encoding="utf-8")
    yield from _printed_fields(tomllib.loads(source))
    for quoted in re.findall(r"«\s*([^»]+?)\s*»", re.sub(r"\n#\s*", " ", source)):
        yield "« »", quoted


def _printed_fields(definition: dict) -> Iterator[tuple[str, str]]:
    for table, keys in (
        ("axes", ("titre",)),
        ("a_programmer", ("titre",)),
        ("priorites", ("libelle",)),
        ("signataires", ("nom",)),
        ("instances", ("nom",)),
    ):
        for row in definition.get(table, ()):
            yield from ((f"{table}.{key}", row[key]) for key in keys)
    for structure in definition.get("structures", ()):
        yield from (("structures", text) for text in (structure["nom"], *structure.get("candidats", ())))
    yield from (("communes", c["nom_imprime"]) for c in definition.get("communes", ()) if "nom_imprime" in c)
    yield from (
        ("partenaires_associes", text) for text in definition.get("contrat", {}).get("partenaires_associes", ())
    )
    for fiche in definition.get("fiches", ()):
        place = f"fiche {fiche['numero']}"
        yield from ((f"{place}.{key}", fiche[key]) for key in FICHE if key in fiche)
        money = fiche.get("financement", {})
        yield from ((f"{place}.{key}", money[key]) for key in MONEY if key in money)
        for indicateur in fiche.get("indicateurs", ()):
            if indicateur.get("imprime", True):
                yield indicateur["id"], indicateur["libelle"]
                yield from ((indicateur["id"], indicateur[key]) for key in ("groupe",) if key in indicateur)


if __name__ == "__main__":
    keep(sys.argv[1], [Path(document) for document in sys.argv[2:]])
