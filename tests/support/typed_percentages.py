"""Percentages typed where counts, amounts and hours are asked, and what must be said of them."""

from __future__ import annotations

from cls_workbook.reading.return_reader import ReturnReader
from cls_workbook.reading.storing import typed_frames
from tests.support.small_workbook import cell, contrats, trial

FICHE = "FA 1.1"


SLOTS = {
    "1.1/mesures/1.1-I01/valeur": 1,
    "1.1/mesures/1.1-I02a/valeur": 0.42,
    "1.1/financement/01/engage": 0.5,
    "1.1/taux/1.1-I03a/numerateur": 1,
}


def read_with_types(path, fast=True):
    """What is said of the values, and the cells of those that are kept."""
    typed_returns = typed_frames.type_values([ReturnReader(contrats, fast).read(path)], trial())
    return {(a.code, a.cells, a.found.replace("\u00a0", " ")) for a in typed_returns.anomalies if a.fiche}, set(
        typed_returns.values["cellule"]
    )


EXPECTED = {
    ("NOMBRE_ILLISIBLE", (cell("1.1/mesures/1.1-I01/valeur"),), "« 100 % »"),
    ("NOMBRE_ILLISIBLE", (cell("1.1/mesures/1.1-I02a/valeur"),), "« 42 % »"),
    ("MONTANT_ILLISIBLE", (cell("1.1/financement/01/engage"),), "« 50 % »"),
    ("NOMBRE_ILLISIBLE", (cell("1.1/taux/1.1-I03a/numerateur"),), "« 100 % »"),
}
