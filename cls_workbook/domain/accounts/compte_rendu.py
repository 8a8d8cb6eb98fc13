"""What the compte rendu financier of one fiche comes to, from what was typed and what the fiche tells. In euros, exact;
a blank is None and is not zero.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from typing import NamedTuple

from cls_workbook.domain.accounts.account_plan import ACCOUNTS, BALANCES, BY_NUMBER, COLUMNS, GAPS, Account
from cls_workbook.french import CENT

Amounts = Mapping[str, Decimal | None]  # number of an account, or what tells it → euros


@dataclass(frozen=True, slots=True)
class Balance:
    """Two sides that must be equal, in one column. ``left``, ``right``: their totals."""

    nom: str
    column: str
    left: Decimal | None
    right: Decimal | None

    @property
    def gap(self) -> Decimal:
        """What the left has beyond the right; a side of which nothing is known contradicts nothing."""
        return Decimal(0) if self.left is None or self.right is None else self.left - self.right


class Gap(NamedTuple):
    """A part of the budget that came to something else than planned. In euros."""

    nom: str
    planned: Decimal
    realised: Decimal


@dataclass(frozen=True, slots=True)
class CompteRendu:
    """``amounts``: column → account → euros."""

    amounts: Mapping[str, Amounts] = field(default_factory=dict)

    def total(self, column: str, *sections: str) -> Decimal | None:
        """None where nothing is known of any of its accounts."""
        return total_of_known(self.amounts[column][a.numero] for a in ACCOUNTS if a.section in sections)

    def balances(self) -> list[Balance]:
        return [
            Balance(nom, column, self.total(column, *left), self.total(column, *right))
            for nom, left, right in BALANCES
            for column in COLUMNS
        ]

    def gaps(self, part: Decimal) -> list[Gap]:
        """The posts of which the gap is more than this part of the budget of their side; where none is, the side
        itself. Accounts of one post make up for each other: what was planned under one may be spent under another."""
        found = []
        for side, sections, posts in GAPS:
            planned, realised = (self.total(column, *sections) for column in COLUMNS)
            if planned is None or realised is None:
                continue
            wholes = [Gap(nom, *(self._sum(column, numbers) for column in COLUMNS)) for nom, numbers in posts]
            beyond = [gap for gap in (*wholes, Gap(side, planned, realised)) if _gap(gap) > part * abs(planned)]
            found += beyond[:-1] if len(beyond) > 1 and beyond[-1].nom == side else beyond
        return found

    def _sum(self, column: str, numbers: Iterable[str]) -> Decimal:
        return total_of_known(self.amounts[column][n] for n in numbers) or Decimal(0)

    def beyond_the_fiche(self, column: str) -> list[tuple[Account, Decimal]]:
        """The accounts of which the detail is more than what the fiche says, and by how much."""
        amounts = ((BY_NUMBER[n], amount) for n, amount in self.amounts[column].items() if amount is not None)
        return [(account, -amount) for account, amount in amounts if amount < 0]


def _gap(gap: Gap) -> Decimal:
    return abs(gap.realised - gap.planned)


def drawn_up(typed: Mapping[str, Amounts], told: Mapping[str, Amounts]) -> CompteRendu:
    """``typed``: column → account → what was typed; ``told``: column → source → what the fiche says of it, None where
    it is asked and blank. An account that the fiche tells is not typed."""
    return CompteRendu({column: _column(typed[column], told[column]) for column in COLUMNS})


def _column(typed: Amounts, told: Amounts) -> dict[str, Decimal | None]:
    amounts: dict[str, Decimal | None] = {}
    for account in ACCOUNTS:
        source = account.source
        amounts[account.numero] = told[source] if source in told else typed.get(account.numero)
    for account in ACCOUNTS:
        of_fiche = amounts[account.numero]
        if account.source in told and account.less and of_fiche is not None:
            amounts[account.numero] = of_fiche - (total_of_known(amounts[n] for n in account.less) or 0)
    return amounts


def total_of_known(amounts: Iterable[Decimal | None]) -> Decimal | None:
    known = [a for a in amounts if a is not None]
    return sum(known, Decimal(0)) if known else None


def shares(amount: Decimal | None, keys: Mapping[str, Decimal | None], base: Decimal | None) -> dict[str, Decimal]:
    """Fiche → its part of an amount, in proportion of its key among ``base`` (None: the sum of the keys); fiches
    without key have none. To the cent, half up, over the running sum: the parts of what is wholly shared make it
    exactly. Empty where nothing can be shared."""
    known = {fiche: key for fiche, key in keys.items() if key}
    whole = base or total_of_known(known.values())
    if not amount or not known or not whole:
        return {}
    parts, before, running = {}, Decimal(0), Decimal(0)
    for fiche, key in known.items():
        running += key
        up_to = (amount * running / whole).quantize(CENT, ROUND_HALF_UP)
        parts[fiche], before = up_to - before, up_to
    return parts
