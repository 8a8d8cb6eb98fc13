"""What is answered for a measure: QPV, rates, satisfaction, communes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from itertools import pairwise
from typing import Any, ClassVar

import pandas as pd

from cls_workbook.anomalies import A_CONFIRMER, BLOCKING, INFORMATION, Anomalie
from cls_workbook.checks.check_kinds import SEND_BACK, RetourCheck, RowCheck
from cls_workbook.checks.given.check_input import CheckInput
from cls_workbook.checks.given.typed_answers import Row, place_of, typed_cells
from cls_workbook.domain.model import Contrat
from cls_workbook.french import fold, number_fr
from cls_workbook.reading.reading_checks import TypedRate
from cls_workbook.reading.storing.wide_views import ADDRESS_SUFFIX, as_dicts, where_above

RESPONDENTS_MIN = 5  # below, a rate of satisfaction says little
COMMUNE_PREFIXES = ("commune de ", "commune d'", "ville de ", "ville d'", "mairie de ", "mairie d'")


# --- QPV ------------------------------------------------------------------------------------------------------------


class QpvAboveTotal(RowCheck):
    code, gravity = "QPV_SUPERIEUR_AU_TOTAL", BLOCKING
    sought = "Le nombre « dont QPV » dépasse la valeur déclarée."
    remedy = f"corrigez « dont QPV », ou la valeur, {SEND_BACK}"
    blocks = ("mesures",)

    def broken(self, rows: pd.DataFrame) -> Sequence[bool]:
        return where_above(rows["dont_qpv"], rows["valeur"])

    def say(self, given: CheckInput, r: Row) -> Anomalie:
        qpv, total = number_fr(r["dont_qpv"]), number_fr(r["valeur"])
        found = f"{qpv}, pour une valeur de {total} (cellule {r['valeur' + ADDRESS_SUFFIX]})"
        cells = typed_cells(r, "dont_qpv")
        return self.at(given, r, "dont_qpv", cells, found, expected=f"un nombre de 0 à {total}")


class ZeroQpv(RowCheck):
    code, gravity = "QPV_NUL", A_CONFIRMER
    sought = "Aucun habitant de QPV, pour une action qui se déroule en QPV."
    expected = "des habitants de QPV : l’action s’y déroule"
    remedy = "corrigez, videz la cellule si vous ne le savez pas, ou confirmez à la coordination."
    blocks = ("mesures",)

    def broken(self, rows: pd.DataFrame) -> Sequence[bool]:
        return [
            q == 0 and v is not None and v > 0 and en_qpv
            for q, v, en_qpv in zip(rows["dont_qpv"], rows["valeur"], rows["en_qpv"], strict=True)
        ]

    def say(self, given: CheckInput, r: Row) -> Anomalie:
        found = f"0, pour une valeur de {number_fr(r['valeur'])}"
        return self.at(given, r, "dont_qpv", typed_cells(r, "dont_qpv"), found)


# --- rates: of a measure, or of a category of its breakdown ---------------------------------------------------------


class _RateCheck(RowCheck, abstract=True):
    """``singled``: the champs at fault (both, where which one is wrong is not known); ``first``:
    the one to look at first.
    """

    blocks: ClassVar[tuple[str, ...]] = ("taux", "ventilations")
    singled: ClassVar[tuple[str, ...]] = ("numerateur", "denominateur")
    first: ClassVar[str] = "numerateur"

    def say(self, given: CheckInput, r: Row) -> Anomalie | None:
        bottom = r["denominateur"] if r["denominateur"] is not None else r.get("fixed")
        top, bottom = ("vide" if x is None else number_fr(x) for x in (r["numerateur"], bottom))
        cells = [c for champ in self.singled for c in given.places.cell(r, r["bloc"], champ)]
        return self.at(given, r, self.first, cells, f"numérateur : {top} ; dénominateur : {bottom}")


def _denominators(rows: pd.DataFrame) -> list[Any]:
    """As typed, or printed and locked where the contract fixes it."""
    if "fixed" not in rows:
        return list(rows["denominateur"])
    return [f if d is None else d for d, f in zip(rows["denominateur"], rows["fixed"], strict=True)]


def _is_a_rate(numerateur: object, denominateur: object) -> bool:
    """0,265 or 26,5 where a count is asked: a share, or a figure « out of 100 » that no count makes."""
    if not isinstance(numerateur, Decimal) or numerateur == numerateur.to_integral_value():
        return False
    return (0 < numerateur < 1 and denominateur != 0) or denominateur in (1, 100)


class NumeratorAbove(_RateCheck):
    """A capacity may be exceeded (another rule says so), and 0 has its own rule."""

    code, gravity = "NUMERATEUR_SUPERIEUR_AU_DENOMINATEUR", BLOCKING
    sought = "Le numérateur d’un taux dépasse son dénominateur."
    expected = "un numérateur au plus égal au dénominateur"
    remedy = f"corrigez l’un des deux nombres, {SEND_BACK}"

    def broken(self, rows: pd.DataFrame) -> Sequence[bool]:
        of_a_capacity = rows["a_capacite"] if "a_capacite" in rows else [False] * len(rows)
        bottoms = _denominators(rows)
        excess = where_above(rows["numerateur"], bottoms)
        return [
            above and d != 0 and not allowed and not _is_a_rate(n, d)
            for above, d, allowed, n in zip(excess, bottoms, of_a_capacity, rows["numerateur"], strict=True)
        ]


class ZeroDenominator(_RateCheck):
    code, gravity = "DENOMINATEUR_NUL", BLOCKING
    sought = "Le dénominateur d’un taux est 0."
    expected = "un dénominateur d’au moins 1"
    remedy = (
        "corrigez le dénominateur ; si la question ne se pose pas, videz les deux cellules et choisissez "
        f"« sans objet », {SEND_BACK}"
    )
    first = "denominateur"

    def broken(self, rows: pd.DataFrame) -> Sequence[bool]:
        return [d is not None and d == 0 for d in rows["denominateur"]]


class MissingDenominator(_RateCheck):
    code, gravity = "DENOMINATEUR_MANQUANT", BLOCKING
    sought = "Le numérateur d’un taux est donné sans dénominateur."
    expected = "le nombre du bas (le total)"
    remedy = f"saisissez le dénominateur, {SEND_BACK}"
    first = "denominateur"

    def broken(self, rows: pd.DataFrame) -> Sequence[bool]:
        return [n is not None and d is None for n, d in zip(rows["numerateur"], _denominators(rows), strict=True)]

    def say(self, given: CheckInput, r: Row) -> Anomalie | None:
        return None if given.places.refused(r, r["bloc"], "denominateur") else super().say(given, r)


class RateForACount(_RateCheck, TypedRate):
    """Numerators of a breakdown are whole numbers: reading refuses a rate there."""

    expected = "le nombre du haut, compté : le taux se calcule seul"
    remedy = f"saisissez les deux nombres, jamais le taux, {SEND_BACK}"
    blocks, singled = ("taux",), ("numerateur",)

    def broken(self, rows: pd.DataFrame) -> Sequence[bool]:
        return [_is_a_rate(n, d) for n, d in zip(rows["numerateur"], _denominators(rows), strict=True)]


# --- satisfaction ---------------------------------------------------------------------------------------------------


class InconsistentSatisfaction(RowCheck):
    code, gravity = "SATISFACTION_INCOHERENTE", BLOCKING
    sought = "Il y a plus de satisfaits que de répondants, ou plus de répondants que de questionnaires."
    expected = "au plus autant de satisfaits que de répondants, et de répondants que de questionnaires remis"
    remedy = f"corrigez ces nombres, {SEND_BACK}"
    blocks = ("satisfaction",)
    order = ("satisfaits", "repondants", "questionnaires")

    def broken(self, rows: pd.DataFrame) -> Sequence[bool]:
        a, b, c = (rows[champ] for champ in self.order)
        return [any(three) for three in zip(where_above(a, b), where_above(b, c), where_above(a, c), strict=True)]

    def say(self, given: CheckInput, r: Row) -> Anomalie:
        known = [c for c in self.order if r[c] is not None]
        wrong = {c for a, b in pairwise(known) if r[a] > r[b] for c in (a, b)}
        at_fault = [c for c in known if c in wrong]
        said = (f"{given.words.libelle('satisfaction', c).lower()} : {number_fr(r[c])}" for c in at_fault)
        return self.at(given, r, at_fault[0], typed_cells(r, *at_fault), " ; ".join(said))


class FewRespondents(RowCheck):
    code, gravity = "REPONDANTS_PEU_NOMBREUX", INFORMATION
    sought = "La satisfaction repose sur moins de 5 répondants."
    expected = f"au moins {RESPONDENTS_MIN} répondants pour qu’un taux ait un sens"
    remedy = "rien à corriger : le taux sera lu avec prudence."
    blocks = ("satisfaction",)

    def broken(self, rows: pd.DataFrame) -> Sequence[bool]:
        return [n is not None and n < RESPONDENTS_MIN for n in rows["repondants"]]

    def say(self, given: CheckInput, r: Row) -> Anomalie:
        return self.at(given, r, "repondants", typed_cells(r, "repondants"), number_fr(r["repondants"]))


# --- communes -------------------------------------------------------------------------------------------------------


class UnknownCommune(RetourCheck):
    code, gravity = "COMMUNE_INCONNUE", BLOCKING
    sought = "Une commune nommée n’est pas du territoire du contrat."
    remedy = f"corrigez le nom de la commune, {SEND_BACK}"

    def in_retours(self, given: CheckInput) -> Iterator[Anomalie]:
        known = _communes(given.contrat)
        mesures = [id_ for id_, (_, _, m) in given.contrat.by_mesure.items() if m.communes]
        if not known or not mesures:
            return
        view = given.answers.view("ventilations")
        for r in as_dicts(view, view["mesure"].isin(mesures)):
            if r["nom"] is not None and _without_article(fold(r["nom"])) not in known:
                yield self.anomalie(
                    place_of(r),
                    typed_cells(r, "nom"),
                    champ=given.words.libelle("ventilations", "nom", r["mesure"]),
                    found=f"« {r['nom']} »",
                    expected=f"une des {len(given.contrat.communes)} communes du territoire",
                )


def _communes(contrat: Contrat) -> frozenset[str]:
    names = (n for c in contrat.communes for n in (c.nom, c.nom_imprime, c.code_insee) if n)
    return frozenset(_without_article(fold(n)) for n in names)


def _without_article(nom: str) -> str:
    """« Commune de Fleury-les-Eaux » → « fleury les eaux »."""
    for start in COMMUNE_PREFIXES:
        nom = nom.removeprefix(start)
    return nom.replace("-", " ")
