"""Breakdowns and lists of names, against the figure that they detail.

Where they contradict each other, the detail is set aside and the figure counts, with a reserve
(``what_counts.details_set_aside``).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from cls_workbook.anomalies import A_CONFIRMER, BLOCKING, Anomalie
from cls_workbook.checks.check_kinds import CONFIRM, SEND_BACK, RetourCheck, RowCheck
from cls_workbook.checks.given.typed_answers import Row, above, here, typed_cells
from cls_workbook.french import fold, how_many, number_fr
from cls_workbook.reading.storing.wide_views import ADDRESS_SUFFIX, total_of

# Block of a total → its champs, and the champ of the rows that each is compared with.
TOTALS = {"mesures": {"valeur": "effectif"}, "taux": {"numerateur": "numerateur", "denominateur": "denominateur"}}
COUNTS = ("effectif", "numerateur", "denominateur")


class _BreakdownCheck(RetourCheck, abstract=True):
    def detailed(self, bloc: str, multiple_answers: bool) -> Iterator[tuple[Row, Sequence[Row]]]:
        """Each measure of a block that is detailed, all its detail being readable, and the rows of its detail."""
        for r in self.answers.rows(bloc):
            ranks, known = self.detail(r), r["mesure"] in self.contrat.by_mesure
            if ranks and known and self.words.mesure(r["mesure"]).reponses_multiples == multiple_answers:
                yield r, ranks

    def detail(self, r: Row) -> Sequence[Row]:
        """Nothing where an input of the breakdown was refused."""
        ranks = self.answers.ventilations.get((*here(r), r["mesure"]), ())
        return () if ranks and self.places.any_refused(*here(r), "ventilations", r["mesure"]) else ranks


def _cells(ranks: Iterable[Row], *details: str) -> list[str]:
    """Of a detail."""
    return [cell for rank in ranks for cell in typed_cells(rank, *details)]


def _declared(r: Row, champ: str = "valeur") -> str:
    """A total that counts, and where it stands."""
    return f"{number_fr(r[champ])} (cellule {r[champ + ADDRESS_SUFFIX]})"


class BreakdownDiffersFromTotal(_BreakdownCheck):
    """One anomaly a measure, at all the figures of its breakdown; it names the cell of the total."""

    code, gravity = "VENTILATION_DIFFERENTE_DU_TOTAL", BLOCKING
    sought = "Le total du détail par catégorie diffère de la valeur déclarée : la valeur compte, le détail est écarté."
    expected = "un détail dont le total est la valeur déclarée"
    remedy = f"corrigez la valeur ou le détail par catégorie, {SEND_BACK}"

    def in_retours(self) -> Iterator[Anomalie]:
        for bloc, champs in TOTALS.items():
            for r, ranks in self.detailed(bloc, multiple_answers=False):
                totals = {champ: total_of(rank[detail] for rank in ranks) for champ, detail in champs.items()}
                gaps = [c for c, total in totals.items() if None not in (r[c], total) and total != r[c]]
                said = (
                    f"{self.words.libelle(bloc, c).lower()} : {_declared(r, c)} ; total du détail : "
                    f"{number_fr(totals[c])}"
                    for c in gaps
                )
                if gaps:
                    yield self.at(r, " ; ".join(said), *gaps, cells=_cells(ranks, *champs.values()))


class CategoryAboveTotal(_BreakdownCheck):
    code, gravity = "MODALITE_SUPERIEURE_AU_TOTAL", BLOCKING
    sought = "À réponses multiples, une catégorie compte plus que la valeur déclarée : le détail est écarté."
    expected = "dans chaque catégorie, la valeur déclarée au plus"
    remedy = f"corrigez la valeur ou le détail par catégorie, {SEND_BACK}"

    def in_retours(self) -> Iterator[Anomalie]:
        for r, ranks in self.detailed("mesures", multiple_answers=True):
            if excess := [rank for rank in ranks if above(rank["effectif"], r["valeur"])]:
                said = ", ".join(f"« {_name(rank)} » : {number_fr(rank['effectif'])}" for rank in excess)
                found, others = f"{said} ; valeur déclarée : {_declared(r)}", [r for r in ranks if r not in excess]
                yield self.at(r, found, "valeur", cells=_cells([*excess, *others], "effectif"))


def _name(rank: Row) -> str:
    return str(rank["modalite"] or rank["intitule"] or f"ligne {rank['ligne']}")


class NamesDifferFromTotal(_BreakdownCheck):
    """More names than counted is a contradiction; fewer may be a list that was not finished."""

    code, gravity = "LISTE_DE_NOMS_DIFFERENTE_DU_TOTAL", (BLOCKING, A_CONFIRMER)
    sought = (
        "La liste des noms en compte plus que la valeur déclarée (bloquant : la liste est écartée, la valeur compte), "
        "ou moins (à confirmer)."
    )
    expected = "autant de noms que la valeur déclarée"

    def in_retours(self) -> Iterator[Anomalie]:
        nominative = {id_ for id_, (_, _, mesure) in self.contrat.by_mesure.items() if mesure.nominative}
        for r in (r for r in self.answers.rows("mesures") if r["mesure"] in nominative):
            ranks = [rank for rank in self.detail(r) if rank["nom"] is not None]
            names = {fold(rank["nom"]) for rank in ranks}
            if not names or r["valeur"] in (None, len(names)):
                continue
            gravite, remedy = A_CONFIRMER, "complétez la liste, ou confirmez à la coordination."
            cells = typed_cells(r, "valeur") + _cells(ranks, "nom", "modalite")
            if len(names) > r["valeur"]:
                gravite, remedy = BLOCKING, f"corrigez la valeur ou la liste, {SEND_BACK}"
                cells = _cells(ranks, "nom", "modalite")
            found = f"{_declared(r)} ; {how_many(len(names), 'nom différent')} dans la liste"
            yield self.at(r, found, "valeur", cells=cells, remedy=remedy, gravite=gravite)


class UnnamedCategory(RowCheck):
    code, gravity = "CATEGORIE_NON_NOMMEE", A_CONFIRMER
    sought = "Un effectif est saisi sans la catégorie à laquelle il se rapporte."
    expected = "le nom de la catégorie"
    remedy = f"nommez la catégorie, ou videz la ligne : {CONFIRM}"
    blocks = ("ventilations",)

    def broken(self, r: Row) -> bool:
        unnamed = not (r["nom"] or r["intitule"]) and self.is_lacking(r, "modalite")
        return unnamed and any(r[c] is not None for c in COUNTS)

    def say(self, r: Row) -> Anomalie:
        first = next(r[c] for c in COUNTS if r[c] is not None)
        cells = self.blank_cells(r, "modalite") + typed_cells(r, *COUNTS)
        return self.at(r, f"{number_fr(first)}, sans catégorie", "modalite", cells=cells)


# What they refuse is a detail; the figure of its return counts.
ON_DETAILS = (BreakdownDiffersFromTotal, CategoryAboveTotal, NamesDifferFromTotal)
