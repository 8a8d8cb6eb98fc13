"""The post that a rule of the contract shares in, as the returns declare it: what it cost, its share of a full time,
the months it was filled."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from cls_workbook.french import NBSP, number_fr
from cls_workbook.reading.storing.value_store import ValueStore
from cls_workbook.reading.storing.wide_views import columns, total_of

MONTHS = Decimal(12)
FIELDS = ("depense_eligible", "quotite", "mois")


@dataclass(frozen=True, slots=True)
class DeclaredPost:
    """``expenditure``: eligible, EUR; ``etp``: shares of a full time, whatever the months; ``months``: those of the one
    return that gives them, None where several do; ``etpt``: full time over the year. None where it is not known."""

    expenditure: Decimal | None = None
    etp: Decimal | None = None
    months: Decimal | None = None
    etpt: Decimal | None = None

    @property
    def is_part_of_a_year(self) -> bool:
        return self.etp is not None and self.etpt is not None and self.etpt < self.etp

    def duration(self) -> str:
        """« 1 ETP pendant 3 mois, soit 0,25 ETPT »; "" over a whole year, or where it is not known."""
        if not self.is_part_of_a_year:
            return ""
        over = (
            f" pendant {number_fr(self.months)}{NBSP}mois" if self.months is not None else " sur une partie de l’année"
        )
        return f"{number_fr(self.etp)} ETP{over}, soit {number_fr(self.etpt)} ETPT"


def declared(rows: Iterable[tuple[Decimal | None, Decimal | None, Decimal | None]]) -> DeclaredPost:
    """The post of all these returns: (eligible expenditure, share, months) of each."""
    known = [(e, q, m) for e, q, m in rows if (e, q, m) != (None, None, None)]
    months = {m for _, _, m in known}
    shares = [(q, m) for _, q, m in known if q is not None]
    over_the_year = (
        total_of(q * m for q, m in shares if m is not None) if all(m is not None for _, m in shares) else None
    )
    return DeclaredPost(
        total_of(e for e, _, _ in known),
        total_of(q for q, _ in shares),
        months.pop() if len(months) == 1 else None,
        None if over_the_year is None else (over_the_year / MONTHS).quantize(Decimal("0.01"), ROUND_HALF_UP),
    )


def declared_post(values: ValueStore, fiche: str) -> DeclaredPost:
    """What the returns of a fiche say of its post."""
    parts = values.arrays(lambda c: c.bloc == "poste" and c.fiche == fiche)
    return declared(row for part in parts for row in columns(part.wide("poste"), *FIELDS))
