"""What the contract prints of each funder of a fiche in a year, beside what was engaged of it. Euros.

Amounts of different states are never one sum: a call for projects that is not won is no money. A line of another year
is not there; one without year is of every year.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from cls_workbook.domain.announced.money_lines import PrintedLine
from cls_workbook.domain.model import Contrat
from cls_workbook.summaries.balances.remainders import by_financeur
from cls_workbook.tables.described_columns import Row

YES, NO = "oui", "non"


def planned_money(contrat: Contrat, annee: int, history: Iterable[Mapping[str, Any]]) -> list[Row]:
    """A row of ``PLANNED_MONEY`` a line, in the contract's order. ``contrat``: as of the year; ``history``: rows of
    ``Historique``, the year's own included."""
    known = [r for r in history if isinstance(r["Année"], int) and r["Année"] <= annee]
    since_start, of_year = (
        by_financeur(contrat, known),
        by_financeur(contrat, (r for r in known if r["Année"] == annee)),
    )
    names, natures = {f.id: f.nom for f in contrat.money.financeurs}, {n.id: n.libelle for n in contrat.money.natures}
    rows = []
    for fiche in contrat.fiches:
        for line in fiche.lignes:
            row: Row = {
                "Fiche": fiche.numero,
                "Financeur": names.get(line.financeur or "", line.financeur),
                "Nature": natures.get(line.nature or "", line.nature),
                "Année de la ligne": line.annee,
                "Montant": line.montant,
                "État": line.state,
                "Acquis": YES if line.is_granted else NO,
                "Mention": line.mention,
            }
            is_alone = sum(_same_money(line, other) for other in fiche.lignes) == 1
            engaged = _engaged(row, since_start if line.annee is None else of_year) if is_alone else None
            rows.append(row | {"Engagé": engaged, "Reste à engager": _left(line, engaged)})
    return rows


def _same_money(line: PrintedLine, other: PrintedLine) -> bool:
    """May what a funder engages be of either? A line is of its own money."""
    return line.financeur == other.financeur and (None in (line.nature, other.nature) or line.nature == other.nature)


def _engaged(row: Row, rows: Iterable[Row]) -> Decimal | None:
    """What the funder engaged on the fiche, under the nature that the line says, or under any."""
    if row["Financeur"] is None:
        return None
    engaged = [
        r["Engagé depuis le début"]
        for r in rows
        if (r["Fiche"], r["Financeur"]) == (row["Fiche"], row["Financeur"])
        and row["Nature"] in (None, r["Nature"])
        and r["Engagé depuis le début"] is not None
    ]
    return sum(engaged, Decimal(0)) if engaged else None


def _left(line: PrintedLine, engaged: Decimal | None) -> Decimal | None:
    """Of what is sure, less what is engaged; None where one of the two is not known."""
    return line.montant - engaged if line.is_granted and line.montant is not None and engaged is not None else None
