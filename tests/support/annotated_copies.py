"""Faulty returns of the small contract, their annotated copies, and what is read in them."""

from __future__ import annotations

from functools import cache, partial
from pathlib import Path
from tempfile import TemporaryDirectory

from cls_workbook.pipeline import single_returns
from tests.support import small_workbook
from tests.support.small_workbook import modified, places

# as they are sent: what is drawn is looked at here
filled = partial(small_workbook.filled, ornate=True)


blank = partial(small_workbook.blank, ornate=True)


FAULTS = {
    "accueil/reponse/structure": "Ville de Rivemont",
    "1.1/avancement/etat": "En cours",
    "1.1/mesures/1.1-I01/valeur": "env. 30",
    "1.1/financement/01/financeur": "ARS",
    "1.1/financement/01/engage": "=1+1",
    "1.1/financement/01/prevu": "douze mille",
}


def annotate(contrat, retour: Path, folder: Path) -> tuple[list, Path | None, list[str]]:
    """(anomalies, the copy, the lines printed on it)."""
    ((anomalies, lines, _),) = single_returns.annotate([str(retour)], folder, contrat)
    return anomalies, Path(lines[0]) if Path(lines[0]).exists() else None, lines


def read_back(contrat, file: Path) -> list[tuple]:
    return [(a.code, a.sheet, a.cells) for a in single_returns.controler([str(file)], contrat)]


def faulty(tmp_path, **extra) -> Path:
    if extra:
        return filled(tmp_path, FAULTS | extra, "ville")
    path = tmp_path / "retour.xlsx"
    path.write_bytes(_faulty_bytes())
    return path


@cache
def _faulty_bytes() -> bytes:
    with TemporaryDirectory() as folder:
        return filled(Path(folder), FAULTS, "ville").read_bytes()


def correct(contrat, file_copy: Path, anomalies) -> None:
    """Puts a right answer in every faulty input, in the copy itself, as a partner would."""
    good_values = {
        "1.1/mesures/1.1-I01/valeur": 30,
        "1.1/financement/01/engage": 1000,
        "1.1/financement/01/prevu": 12000,
    }
    where = places("ville")
    modified(
        file_copy,
        lambda opened_book: [opened_book[where[c].sheet].__setitem__(where[c].cell, v) for c, v in good_values.items()],
    )


def refused_ones(findings) -> list:
    return [
        c
        for c in findings
        if c[0]
        in (
            "NOMBRE_ILLISIBLE",
            "MONTANT_ILLISIBLE",
            "FORMULE_DANS_UNE_SAISIE",
            "SAISIE_HORS_CADRE",
            "PREREMPLI_MODIFIE",
        )
    ]
