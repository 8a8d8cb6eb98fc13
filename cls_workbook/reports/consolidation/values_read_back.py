"""The values of a consolidation, as the checks look at them: what its tables kept of each return, typed again."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pandas as pd

from cls_workbook.anomalies import Anomalie
from cls_workbook.checks.given.check_input import CheckInput
from cls_workbook.domain.entry_questions import BLOCKS
from cls_workbook.domain.model import Contrat
from cls_workbook.domain.subsidies import rounded
from cls_workbook.reading.parsing.value_log import VALUES
from cls_workbook.reading.storing.typed_frames import RETOURS
from cls_workbook.reports.consolidation.previous_year import PreviousConsolidation
from cls_workbook.tables import consolidation_tables as described
from cls_workbook.tables.described_columns import Row

_FUNDING = {
    "financeur": "Financeur",
    "nature": "Nature",
    "prevu": "Prévu",
    "engage": "Engagé",
    "verse": "Versé",
    "reference": "Référence",
    "date": "Date",
}
_ANOMALY = {
    "file": "Fichier",
    "sheet": "Feuille",
    "fiche": "Fiche",
    "structure": "Structure",
    "champ": "Champ",
    "found": "Trouvé",
    "expected": "Attendu",
    "remedy": "À faire",
}
_OWN_BLOCK = ("taux", "satisfaction")  # the types of measures that are asked for in a block of theirs


def values_read_back(consolidation: PreviousConsolidation, contrat: Contrat, annee: int) -> CheckInput:
    """What counts of the returns, and what is said of it; breakdowns apart. ``contrat``: as of ``annee``."""
    read = _Values(consolidation, contrat, annee)
    values = pd.DataFrame([[v.get(c, "") for c in VALUES] for v in read.all()], columns=list(VALUES), dtype=object)
    retours = pd.DataFrame(list(read.retours()), columns=list(RETOURS), dtype=object)
    return CheckInput(contrat, annee, values, retours, anomalies=tuple(read.anomalies()))


class _Values:
    def __init__(self, consolidation: PreviousConsolidation, contrat: Contrat, annee: int):
        self.consolidation, self.contrat, self.annee = consolidation, contrat, annee

    def all(self) -> Iterator[Row]:
        yield from self._answers()
        yield from self._mesures()
        yield from self._funding_lines()

    def retours(self) -> Iterator[tuple[object, ...]]:
        for r in self.consolidation.rows(described.RETOURS):
            if r["Statut"] == described.RECEIVED:
                told = {"fichier": r["Fichier"], "annee": self.annee, "fiche": r["Fiche"], **self._who(r)}
                yield tuple(told.get(c, "") for c in RETOURS)

    def anomalies(self) -> Iterator[Anomalie]:
        for r in self.consolidation.rows(described.ANOMALIES):
            said: Row = {field: r[titre] or "" for field, titre in _ANOMALY.items()}
            cells = tuple(str(r["Cellule"] or "").split(", ")) if r["Cellule"] else ()
            yield Anomalie(str(r["Gravité"]), str(r["Code"]), cells=cells, **said)

    def _who(self, r: Row) -> dict[str, str]:
        nom = str(r["Structure"] or "")
        return {"structure": self.contrat.identify(nom) or nom, "volet": str(r.get("Volet") or "")}

    def _where(self, r: Row) -> Row:
        place = {"fichier": r["Fichier"], "feuille": r["Feuille"], "cellule": r["Cellule"]}
        return place | {"annee": r["Année"], "fiche": r["Fiche"] or ""} | self._who(r)

    def _answers(self) -> Iterator[Row]:
        for r in self.consolidation.rows(described.ANSWERS):
            bloc, champ = str(r["Bloc"]), str(r["Champ"])
            said = {"bloc": bloc, "champ": champ, "ligne": r["Ligne"] or "", "valeur": _exact(bloc, champ, r["Valeur"])}
            yield self._where(r) | said

    def _mesures(self) -> Iterator[Row]:
        for r in self.consolidation.rows(described.MESURES):
            type_ = self.contrat.by_mesure[r["Mesure"]][2].type if r["Mesure"] in self.contrat.by_mesure else ""
            if r["Modalité"] is None:
                bloc = type_ if type_ in _OWN_BLOCK else "mesures"
                said = {"bloc": bloc, "mesure": r["Mesure"], "champ": r["Champ"], "valeur": r["Valeur"]}
                yield self._where(r) | said

    def _funding_lines(self) -> Iterator[Row]:
        ranks: Counter[tuple[str, str]] = Counter()
        for r in self.consolidation.rows(described.FINANCEMENTS):
            ranks[r["Fichier"], r["Fiche"]] += 1
            line = self._where(r) | {"bloc": "financement", "ligne": f"{ranks[r['Fichier'], r['Fiche']]:02d}"}
            for champ, titre in _FUNDING.items():
                if r[titre] is not None:
                    yield line | {"champ": champ, "valeur": _exact("financement", champ, r[titre])}


def _exact(bloc: str, champ: str, valeur: Any) -> Any:
    """An amount to the cent, a number exact: a sheet keeps binary ones."""
    fields = {c.nom: c.type for c in BLOCKS[bloc].input_fields} if bloc in BLOCKS else {}
    if fields.get(champ) not in ("montant", "decimal") or isinstance(valeur, str):
        return valeur
    return rounded(Decimal(valeur)) if fields[champ] == "montant" else Decimal(valeur)
