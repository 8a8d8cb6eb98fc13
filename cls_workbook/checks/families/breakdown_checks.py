"""Breakdowns and lists of names, against the figure that they detail."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import pandas as pd

from cls_workbook.anomalies import A_CONFIRMER, BLOCKING, Anomalie
from cls_workbook.checks.check_kinds import CONFIRM, SEND_BACK, RetourCheck, RowCheck
from cls_workbook.checks.given.check_input import CheckInput
from cls_workbook.checks.given.typed_answers import Row, here, place_of, typed_cells
from cls_workbook.french import fold, number_fr
from cls_workbook.reading.storing.wide_views import as_dicts, total_of

# What a total is compared with: block of the total, its champ, the champ of the rows.
TOTALS = (
    ("mesures", "valeur", "effectif"),
    ("taux", "numerateur", "numerateur"),
    ("taux", "denominateur", "denominateur"),
)
COUNTS = ("effectif", "numerateur", "denominateur")


def _detailed(given: CheckInput, bloc: str, multiple_answers: bool) -> Iterator[tuple[Row, list[Row]]]:
    """Each measure of a block that is detailed, all its detail being readable, and the rows of its detail."""
    for r in as_dicts(given.answers.view(bloc)):
        ranks = given.answers.ventilations.get((*here(r), r["mesure"]))
        if (
            ranks
            and r["mesure"] in given.contrat.by_mesure
            and given.words.mesure(r["mesure"]).reponses_multiples == multiple_answers
            and not given.places.any_refused(*here(r), "ventilations", r["mesure"])
        ):
            yield r, ranks


class BreakdownDiffersFromTotal(RetourCheck):
    """One anomaly a measure, at the total and at all the figures of its breakdown: which one is wrong is not known."""

    code, gravity = "VENTILATION_DIFFERENTE_DU_TOTAL", BLOCKING
    sought = "Le total du détail par catégorie diffère de la valeur déclarée."
    expected = "un détail dont le total est la valeur déclarée"
    remedy = f"corrigez la valeur ou le détail par catégorie, {SEND_BACK}"

    def in_retours(self, given: CheckInput) -> Iterator[Anomalie]:
        for bloc in ("mesures", "taux"):
            for r, ranks in _detailed(given, bloc, multiple_answers=False):
                if gaps := _gaps(bloc, r, ranks):
                    said = (
                        (
                            f"{given.words.libelle(bloc, c).lower()} : {number_fr(r[c])} ; total du détail : "
                            f"{number_fr(total)}"
                        )
                        for c, _, total in gaps
                    )
                    yield self.anomalie(
                        place_of(r),
                        [
                            cell
                            for c, detail, _ in gaps
                            for cell in (*typed_cells(r, c), *(x for rank in ranks for x in typed_cells(rank, detail)))
                        ],
                        champ=given.words.libelle(bloc, gaps[0][0], r["mesure"]),
                        found=" ; ".join(said),
                    )


def _gaps(bloc: str, r: Row, ranks: list[Row]) -> list[tuple[str, str, Any]]:
    """(champ, champ of the detail, total of the detail), where the two are known and differ."""
    totals = [(c, detail, total_of(rank[detail] for rank in ranks)) for b, c, detail in TOTALS if b == bloc]
    return [(c, detail, total) for c, detail, total in totals if None not in (r[c], total) and total != r[c]]


class CategoryAboveTotal(RetourCheck):
    code, gravity = "MODALITE_SUPERIEURE_AU_TOTAL", BLOCKING
    sought = "À réponses multiples, une catégorie compte plus que la valeur déclarée."
    expected = "dans chaque catégorie, la valeur déclarée au plus"
    remedy = f"corrigez la valeur ou le détail par catégorie, {SEND_BACK}"

    def in_retours(self, given: CheckInput) -> Iterator[Anomalie]:
        for r, ranks in _detailed(given, "mesures", multiple_answers=True):
            excess = [
                rank for rank in ranks if None not in (r["valeur"], rank["effectif"]) and rank["effectif"] > r["valeur"]
            ]
            if excess:
                said = ", ".join(f"« {_name(rank)} » : {number_fr(rank['effectif'])}" for rank in excess)
                yield self.anomalie(
                    place_of(r),
                    (*typed_cells(r, "valeur"), *(c for rank in excess for c in typed_cells(rank, "effectif"))),
                    champ=given.words.libelle("mesures", "valeur", r["mesure"]),
                    found=f"{said} ; valeur déclarée : {number_fr(r['valeur'])}",
                )


def _name(rank: Row) -> str:
    return str(rank["modalite"] or rank["intitule"] or f"ligne {rank['ligne']}")


class NamesDifferFromTotal(RetourCheck):
    """More names than counted is a contradiction; fewer may be a list that was not finished."""

    code, gravity = "LISTE_DE_NOMS_DIFFERENTE_DU_TOTAL", (BLOCKING, A_CONFIRMER)
    sought = "La liste des noms en compte plus (bloquant) ou moins (à confirmer) que la valeur déclarée."
    expected = "autant de noms que la valeur déclarée"

    def in_retours(self, given: CheckInput) -> Iterator[Anomalie]:
        view, known = given.answers.view("mesures"), given.contrat.by_mesure
        nominative = [m for m in view["mesure"].unique() if m in known and given.words.mesure(m).nominative]
        for r in as_dicts(view, view["mesure"].isin(nominative)):
            detail = given.answers.ventilations.get((*here(r), r["mesure"]), ())
            ranks = [rank for rank in detail if rank["nom"] is not None]
            names = {fold(rank["nom"]) for rank in ranks}
            unreadable = given.places.any_refused(*here(r), "ventilations", r["mesure"])
            if not names or unreadable or r["valeur"] is None or r["valeur"] == len(names):
                continue
            contradicts = len(names) > r["valeur"]
            yield self.anomalie(
                place_of(r),
                (*typed_cells(r, "valeur"), *(c for rank in ranks for c in typed_cells(rank, "nom", "modalite"))),
                champ=given.words.libelle("mesures", "valeur", r["mesure"]),
                found=f"{number_fr(r['valeur'])} ; {len(names)} nom(s) différent(s) dans la liste",
                remedy=f"corrigez la valeur ou la liste, {SEND_BACK}"
                if contradicts
                else "complétez la liste, ou confirmez à la coordination.",
                gravite=BLOCKING if contradicts else A_CONFIRMER,
            )


class UnnamedCategory(RowCheck):
    code, gravity = "CATEGORIE_NON_NOMMEE", A_CONFIRMER
    sought = "Un effectif est saisi sans la catégorie à laquelle il se rapporte."
    expected = "le nom de la catégorie"
    remedy = f"nommez la catégorie, ou videz la ligne : {CONFIRM}"
    blocks = ("ventilations",)

    def broken(self, rows: pd.DataFrame) -> Sequence[bool]:
        columns = (rows[c] for c in ("nom", "modalite", "intitule", *COUNTS))
        return [
            not (nom or modalite or intitule) and any(n is not None for n in numbers)
            for nom, modalite, intitule, *numbers in zip(*columns, strict=True)
        ]

    def say(self, given: CheckInput, r: Row) -> Anomalie | None:
        if given.places.refused(r, "ventilations", "modalite"):
            return None
        cells = (*given.places.cell(r, "ventilations", "modalite"), *typed_cells(r, *COUNTS))
        first = next(r[c] for c in COUNTS if r[c] is not None)
        return self.at(given, r, "modalite", cells, f"{number_fr(first)}, sans catégorie")
