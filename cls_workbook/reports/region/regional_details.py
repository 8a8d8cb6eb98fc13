"""Beside the sums of the noyau: its breakdowns over contracts, and what its themes are called elsewhere. Pure.

A category that a copy masks enters no sum, as its question does.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from cls_workbook.french import fold
from cls_workbook.reports.agency.agency_tables import LINKS, NOYAU_ANSWERS, NOYAU_DETAILS
from cls_workbook.reports.region.agency_copies import ContratCopy
from cls_workbook.reports.region.region_noyau_tables import REGIONAL_DETAILS, REGIONAL_LINKS
from cls_workbook.reports.region.regional_sums import added, spread
from cls_workbook.summaries.aggregation import SEPARATOR
from cls_workbook.summaries.masking import is_masked
from cls_workbook.tables.described_columns import DescribedTable, Row

_Category = tuple[str, int, str, str, str, str]  # noyau, year, measure, unit, way of bringing together, category


def detail_lines(copies: Sequence[ContratCopy]) -> dict[DescribedTable, list[Row]]:
    """The rows of both tables; those of one that has none are no table."""
    tables = {REGIONAL_DETAILS: list(_over_contracts(copies)), REGIONAL_LINKS: list(_links(copies))}
    return {table: rows for table, rows in tables.items() if rows}


def _over_contracts(copies: Sequence[ContratCopy]) -> Iterator[Row]:
    """In the order of years, questions, then categories as contracts give them."""
    groups: dict[_Category, list[Row]] = {}
    for copy in copies:
        answers = {li["Mesure"]: li for li in copy.lines.get(NOYAU_ANSWERS, ())}
        for line in copy.lines.get(NOYAU_DETAILS, ()):
            answer = answers.get(line["Mesure"], {"Au": None, "État": None})
            groups.setdefault(_category(copy, line), []).append(line | {t: answer[t] for t in ("Au", "État")})
    for (_, annee, *_), lines in sorted(groups.items(), key=lambda group: group[0][:3]):
        figure, reserves = added(lines)
        yield (
            {t: lines[0][t] for t in REGIONAL_DETAILS.titles if t in NOYAU_DETAILS.titles}
            | {"Année": annee, "Contrats": len(lines), "Masquées": sum(is_masked(li["Réserve"]) for li in lines)}
            | figure
            | spread(lines)
            | {"Réserve": SEPARATOR.join(reserves) or None}
        )


def _category(copy: ContratCopy, line: Row) -> _Category:
    noyau, *asked = (str(line[t] or "") for t in ("Noyau", "Mesure", "Unité", "Agrégation"))
    mesure, unite, agregation = asked
    return noyau, int(copy.contrat["Année"]), mesure, unite, agregation, fold(line["Catégorie"])


def _links(copies: Sequence[ContratCopy]) -> Iterator[Row]:
    """Each match once, with the year and the contracts that say it: an agency may have completed its noyau since."""
    said: dict[tuple[object, ...], tuple[Row, set[object], int]] = {}
    for copy in copies:
        annee = int(copy.contrat["Année"])
        for line in copy.lines.get(LINKS, ()):
            key = tuple(line[t] for t in ("Noyau", "Thème", "Vocabulaire", "Code", "Correspondance"))
            _, contrats, last = said.setdefault(key, (line, set(), annee))
            said[key] = line, contrats | {copy.contrat["Contrat"]}, max(last, annee)
    for key in sorted(said, key=lambda key: tuple(str(part or "") for part in key)):
        line, contrats, annee = said[key]
        yield line | {"Dernière année": annee, "Contrats": len(contrats)}
