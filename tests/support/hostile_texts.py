"""Texts that a spreadsheet would compute, and where they are typed."""

from __future__ import annotations

FICHE, NEW_NAME = "FA 1.1", "=cmd|A0"


ATTACKS = (
    "=cmd|' /C calc'!A0",
    "+1+cmd",
    "-1+1",
    "@SUM(A1)",
    "\t=1+1",
    "\r=1+1",
    '=HYPERLINK("http://exemple.invalid","clic")',
    "x\n=1+1",
)


WHERE = (
    "1.1/mesures/1.1-I01/valeur",
    "1.1/mesures/1.1-I02a/valeur",
    "1.1/financement/01/engage",
    "1.1/financement/01/prevu",
    "1.1/avancement/etat",
    "1.1/taux/1.1-I03a/numerateur",
    "1.1/depenses/total",
    "1.1/depenses/etp",
)


def formulas(opened_book) -> set[tuple[str, str, str]]:
    return {
        (f.title, c.coordinate, str(c.value))
        for f in opened_book
        for line in f.iter_rows()
        for c in line
        if c.data_type == "f"
    }


def simple(texte: object) -> str:
    return " ".join(str(texte).split())
