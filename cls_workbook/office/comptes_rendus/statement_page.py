"""The printed form of a compte rendu financier: A4 upright, the account in words, then the figures and the signature.

Laid out as the public form is (cerfa 15059*02): charges at the left, produits at the right, planned, realised, part.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import NamedTuple

from cls_workbook.domain.accounts.account_plan import (
    ACCOUNTS,
    BALANCES,
    CHARGES,
    COLUMNS,
    GIFTS,
    INDIRECT,
    PLANNED,
    PRODUITS,
    REALISED,
    USES,
)
from cls_workbook.domain.accounts.compte_rendu import Balance, CompteRendu
from cls_workbook.forms.layout import height
from cls_workbook.french import amount_fr, typography
from cls_workbook.workbook.description import CellRange, PrintSetup, Sheet, Workbook

SHEET = "Compte rendu financier"
_SIDES = (1, 5)  # first columns of the charges, and of the produits; then planned, realised, part
_LAST = 8
_LABEL, _AMOUNT, _PART = 28.0, 11.5, 7.5
_ROOM_TO_SIGN = 62.0
_WRONG = "annote_a_confirmer"
_NAMES = {PLANNED: "prévision", REALISED: "réalisation"}


class Line(NamedTuple):
    """A line of the table. ``style``: « cellule » or « total »; ``wrong``: the columns that do not hold."""

    libelle: str
    planned: Decimal | None
    realised: Decimal | None
    style: str = "cellule"
    wrong: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Statement:
    """What the form says. ``grants``: the line of each funder; ``paragraphs``, ``annexes``: (title, text)."""

    titre: str
    who: Sequence[tuple[str, str]]
    paragraphs: Sequence[tuple[str, str]]
    drawn_up: CompteRendu
    grants: Sequence[Line]
    annexes: Sequence[tuple[str, str]]
    signed_for: str
    footer: str = ""


def workbook(statement: Statement) -> Workbook:
    page = _Page(statement)
    page.draw()
    return Workbook([page.sheet], statement.titre, SHEET)


@dataclass
class _Page:
    statement: Statement
    sheet: Sheet = field(default_factory=lambda: Sheet(SHEET))
    line: int = 1

    def draw(self) -> None:
        page, said = self.sheet, self.statement
        page.widths.update(self._widths())
        page.print_setup = PrintSetup(landscape=False, left_footer=said.footer)
        self._whole("Compte rendu financier de subvention", "titre:texte", 20)
        self._whole("D’après le formulaire cerfa n° 15059*02 (arrêté du 11 octobre 2006)", "aide:texte", 10)
        for pair in said.who:
            self._pair(*pair)
        self._band("1. Bilan qualitatif de l’action réalisée")
        for pair in said.paragraphs:
            self._pair(*pair)
        page.print_setup.page_breaks.append(self.line - 1)
        self._band("2. Tableau de synthèse")
        self._figures()
        self._band("3. Données chiffrées : annexe")
        for pair in said.annexes:
            self._pair(*pair)
        self._signature()
        page.print_setup.zone = CellRange(1, 1, self.line - 1, _LAST)

    def _widths(self) -> dict[int, float]:
        """An amount shows whole, whatever it is."""
        amounts = [a for column in self.statement.drawn_up.amounts.values() for a in column.values()]
        longest = max((len(amount_fr(a)) for a in [*amounts, *self._totals()]), default=0)
        amount = max(_AMOUNT, longest + 3)
        return {s + n: w for s in _SIDES for n, w in enumerate((_LABEL, amount, amount, _PART))}

    def _totals(self) -> list[Decimal | None]:
        drawn = self.statement.drawn_up
        return [drawn.total(column, *side) for _, *sides in BALANCES for side in sides for column in COLUMNS]

    # --- words ---

    def _width(self, start: int, end: int) -> float:
        return sum(self.sheet.widths[c] for c in range(start, end + 1))

    def _merged(self, start: int, end: int, texte: str, style: str) -> None:
        self.sheet.write(self.line, start, texte, style)
        for column in range(start + 1, end + 1):
            self.sheet.write(self.line, column, None, style)
        self.sheet.merges.append(CellRange(self.line, start, self.line, end))

    def _whole(self, texte: str, style: str, size: float = 10) -> None:
        self._merged(1, _LAST, typography(texte), style)
        self.sheet.heights[self.line] = height(texte, self._width(1, _LAST), 20, size=size, bold=size > 10)
        self.line += 1

    def _band(self, titre: str) -> None:
        self.sheet.heights[self.line] = 7
        self.line += 1
        self._whole(titre, "bloc:texte", 12)

    def _pair(self, titre: str, texte: str) -> None:
        """A title at the left, its text beside it; on several rows where it is longer than a row may be."""
        for rank, piece in enumerate(_cut(texte, self._width(2, _LAST))):
            self.sheet.write(self.line, 1, typography(titre) if not rank else None, "libelle_fort:texte")
            self._merged(2, _LAST, piece, "cellule:texte")
            self.sheet.heights[self.line] = max(
                height(titre, _LABEL, bold=True), height(piece, self._width(2, _LAST), 17)
            )
            self.line += 1

    # --- figures ---

    def _figures(self) -> None:
        drawn = self.statement.drawn_up
        charges = self._lines(CHARGES) + self._lines(INDIRECT)
        self._two_sides(
            "Charges directes et indirectes affectées à l’action",
            charges,
            "Ressources affectées à l’action",
            self._produits(),
            drawn.balances()[: len(COLUMNS)],
            ("Total des charges", "Total des produits"),
        )
        self._two_sides(
            "86 · Emplois des contributions volontaires",
            self._lines(USES),
            "87 · Contributions volontaires en nature",
            self._lines(GIFTS),
            drawn.balances()[len(COLUMNS) :],
            ("Total", "Total"),
        )
        produits = drawn.total(REALISED, PRODUITS)
        for grant in self.statement.grants if produits else ():
            share = Decimal(grant.realised or 0) / Decimal(produits or 1) * 100
            said = f"La subvention de {amount_fr(grant.realised)} ({grant.libelle.removeprefix('dont ')}) représente "
            self._whole(said + f"{share:.1f} % du total des produits.".replace(".", ",", 1), "note:texte")

    def _lines(self, section: str) -> list[Line]:
        planned, realised = (self.statement.drawn_up.amounts[column] for column in COLUMNS)
        return [Line(a.titre, planned[a.numero], realised[a.numero]) for a in ACCOUNTS if a.section == section]

    def _produits(self) -> list[Line]:
        """The subsidies of each funder stand under the account."""
        lines = self._lines(PRODUITS)
        rank = next(n for n, a in enumerate(a for a in ACCOUNTS if a.section == PRODUITS) if a.numero == "74") + 1
        return [*lines[:rank], *self.statement.grants, *lines[rank:]]

    def _two_sides(
        self,
        left: str,
        lefts: list[Line],
        right: str,
        rights: list[Line],
        balances: list[Balance],
        totals: tuple[str, str],
    ) -> None:
        for start, titre in zip(_SIDES, (left, right), strict=True):
            for n, texte in enumerate((titre, "Prévision", "Réalisation", "%")):
                self.sheet.write(self.line, start + n, texte, "entete:droite" if n else "entete:texte")
        self.sheet.heights[self.line] = 30
        self.line += 1
        rows = max(len(lefts), len(rights))
        for n in range(rows):
            self._row([side[n] if n < len(side) else Line("", None, None) for side in (lefts, rights)])
        planned, realised = balances
        wrong = [b for b in balances if b.gap]
        where = frozenset(b.column for b in wrong)
        left_total = Line(totals[0], planned.left, realised.left, "total", where)
        self._row([left_total, Line(totals[1], planned.right, realised.right, "total", where)])
        for balance in wrong:
            self._whole(in_words(balance), "alerte:texte")

    def _row(self, lines: Sequence[Line]) -> None:
        for start, line in zip(_SIDES, lines, strict=True):
            part = line.realised / line.planned if line.planned and line.realised is not None else None
            planned, realised = (_WRONG if column in line.wrong else line.style for column in COLUMNS)
            self.sheet.write(self.line, start, line.libelle, f"{line.style}:texte")
            self.sheet.write(self.line, start + 1, line.planned, f"{planned}:montant")
            self.sheet.write(self.line, start + 2, line.realised, f"{realised}:montant")
            self.sheet.write(self.line, start + 3, part, f"{line.style}:taux")
        self.sheet.heights[self.line] = max(height(line.libelle, _LABEL, 17) for line in lines)
        self.line += 1

    # --- signature ---

    def _signature(self) -> None:
        said = (
            "Je soussigné(e), ……………………………………………………… (nom et qualité), représentant(e) légal(e) de "
            f"{self.statement.signed_for}, certifie exactes les informations du présent compte rendu."
        )
        self._whole(said, "page:texte")
        self._merged(1, 3, typography("Fait à ………………………………………, le ……… / ……… / ………………"), "page:texte")
        self._merged(5, _LAST, typography("Signature :"), "repere:texte")
        self.sheet.heights[self.line] = _ROOM_TO_SIGN
        self.line += 1


def in_words(balance: Balance) -> str:
    """« À corriger, en réalisation : charges et produits diffèrent de 1 000 €. »"""
    return f"À corriger, en {_NAMES[balance.column]} : {balance.nom} diffèrent de {amount_fr(abs(balance.gap))}."


def _cut(texte: str, width: float) -> list[str]:
    """The text in pieces that a row can show whole."""
    pieces, words = [""], texte.split(" ")
    for word in words:
        longer = f"{pieces[-1]} {word}".strip() if pieces[-1] else word
        if pieces[-1] and height(longer, width) >= 200:
            pieces.append(word)
        else:
            pieces[-1] = longer
    return pieces
