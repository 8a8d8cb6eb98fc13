"""A partner who fills a workbook in, in LibreOffice, knowing only what its sheets show: from the first sheet, by its
links, cell after cell with the Tab key, by the prompt under the cursor and what its list offers.

What was typed is held here, by sheet and cell, for those who compare it with what was read.
"""

from __future__ import annotations

import datetime
import itertools
import re
from dataclasses import dataclass, field
from decimal import Decimal

from tests.support.libreoffice import Document, Offered

TO_FILL, FILLED, TO_CORRECT = "à remplir", "rempli", "à corriger"
LEFT = (
    "Rien cette année ?",
    "Pourquoi ?",
    "Motif du report ou de l’abandon",
    "Date de fin réelle",
    "Statut",
    "Structure",
)
WORDS = {"SIRET": "21210231300013", "Courriel": "sante@exemple.fr", "Fonction de la personne qui…": "chargée de projet"}
AMOUNTS = {
    "Prévu": "12 500",
    "Engagé": "12 000,50",
    "Versé": "8 000,25",
    "Ressources propres": "1 500",
    "Coût total de l’action": "37 501,50",
}
# A whole stands after its part: what is counted, then what it is out of.
WHOLES = {"Sur un total de": 400, "Questionnaires remis": 90, "Répondants": 80, "Satisfaits": 60, "Valeur": 300}
PARTS = {"Nombre compté": 100, "dont QPV": 20, "Effectif": 5}
OTHER_VOLET = "autre volet"
# Optional: no total stands under it.
DETAIL_OF_RATE = ("Le premier des deux nombres.", "Le total dont il est une part.")
TOTAL, POSTS_DIFFER = "Coût total de l’action", "Le détail ne fait pas le total"
OTHER_TOTAL = re.compile(r"Différent de la valeur déclarée \((\d+)\)")


@dataclass
class Partner:
    """``typed``: (sheet, cell) → text as typed; ``asked``: what stood under the cursor there; ``opened``: the sheets in
    the order in which links led to them."""

    document: Document
    typed: dict[tuple[str, str], str] = field(default_factory=dict)
    asked: dict[tuple[str, str], Offered] = field(default_factory=dict)
    opened: list[str] = field(default_factory=list)
    stops: dict[str, list[str]] = field(default_factory=dict)
    year: str = ""
    _count: itertools.count[int] = field(default_factory=lambda: itertools.count(1))

    def fill_all(self) -> None:
        """From the first sheet, then each one that a link leads to."""
        waiting = [self.document.sheets()[0]]
        shown = " ".join(str(c.valeur) for c in self.document.values(waiting[0]).values())
        self.year = re.findall(r"Suivi de l’année (\d{4})", shown)[0]
        while waiting:
            sheet = waiting.pop(0)
            self.opened.append(sheet)
            self.fill(sheet)
            ahead = [target for _, target in self.document.links(sheet).values()]
            waiting += [t for t in dict.fromkeys(ahead) if t not in self.opened and t not in waiting]

    def fill(self, sheet: str) -> None:
        """Every cell that Tab stops at, in that order; then what the sheet says to be wrong."""
        self.stops[sheet] = self.document.tab_stops(sheet)
        others: set[str] = set()  # rows that the sheet says to be another volet's
        for cell in self.stops[sheet]:
            asked = self.asked[sheet, cell] = self.document.offered(sheet, cell)
            if re.sub(r"\D", "", cell) in others or asked.prompt in DETAIL_OF_RATE:
                continue
            if texte := self.answer(asked):
                self.type(sheet, cell, texte)
            if asked.title.startswith("Volet"):
                others = {a[1:] for a, c in self.document.values(sheet).items() if c.valeur == OTHER_VOLET}
        self._make_totals(sheet)

    def type(self, sheet: str, cell: str, texte: str) -> None:
        self.document.enter(sheet, cell, texte)
        self.typed[sheet, cell] = texte

    def answer(self, asked: Offered) -> str:
        """What a person would type there; nothing where the prompt tells to leave it."""
        rank = next(self._count)
        title = re.sub(r" \d{4}(-\d{4})?$", "", asked.title.replace("\u00a0", " "))
        if title in LEFT:
            return ""
        if asked.kind == "LIST" and asked.choices:
            # neither stopped nor put off: what follows would then be asked
            return asked.choices[rank % min(2, len(asked.choices))]
        if asked.kind == "DATE":
            return f"{1 + rank % 28:02d}/0{1 + rank % 9}/{self.year}"
        if asked.kind in ("WHOLE", "DECIMAL"):
            return AMOUNTS.get(title) or self._number(title, asked, rank)
        return WORDS.get(title) or f"Réponse {rank} : dépistage, puis « accueil » ; 12,5 % à l’est"

    def _number(self, title: str, asked: Offered, rank: int) -> str:
        wanted = WHOLES.get(title, PARTS.get(title, 30)) + rank % 5
        top = asked.bounds[1] or "1000000"
        return str(min(wanted, int(float(top)))) if top.replace(".", "").isdigit() else str(wanted)

    def _make_totals(self, sheet: str) -> None:
        """What the sheet says beside a total that does not agree is set right, as it says."""
        cells = self.document.values(sheet)
        for address, cell in cells.items():
            line = int(re.sub(r"\D", "", address))
            if declared := OTHER_TOTAL.search(str(cell.valeur)):
                above = itertools.takewhile(lambda n: (sheet, f"D{n}") in self.typed, range(line - 2, 0, -1))
                *others, first = (f"D{n}" for n in above)
                self.type(sheet, first, str(int(declared[1]) - sum(int(self.typed[sheet, c]) for c in others)))
            elif str(cell.valeur).startswith(POSTS_DIFFER):
                total = next(c for s, c in self.typed if s == sheet and self.asked[s, c].title == TOTAL)
                self.type(sheet, total, f"{cells[f'D{line}'].valeur:.0f}")

    def states(self, sheet: str) -> dict[str, str]:
        """Address → the word of each state on the sheet."""
        words = (TO_FILL, FILLED, TO_CORRECT)
        return {a: str(c.valeur) for a, c in self.document.values(sheet).items() if c.valeur in words}


def meant(texte: str) -> object:
    """A typed text, as a value: a date, a number of the French way of writing, or the text."""
    if re.fullmatch(r"\d\d/\d\d/\d{4}", texte):
        return datetime.datetime.strptime(texte, "%d/%m/%Y").date()
    number = texte.replace(" ", "").replace(",", ".")
    return Decimal(number) if re.fullmatch(r"\d+(\.\d+)?", number) else texte
