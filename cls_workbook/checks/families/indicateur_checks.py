"""What is answered for a measure: QPV, rates, satisfaction, communes."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from itertools import combinations, pairwise
from typing import Any, ClassVar

from cls_workbook.anomalies import A_CONFIRMER, BLOCKING, INFORMATION, Anomalie, Check
from cls_workbook.checks.check_kinds import SEND_BACK, RetourCheck, RowCheck
from cls_workbook.checks.given.typed_answers import Row, above
from cls_workbook.domain.placed.named_communes import codes_meant
from cls_workbook.french import number_fr
from cls_workbook.reading.reading_checks import TypedRate
from cls_workbook.reading.storing.wide_views import ADDRESS_SUFFIX

RESPONDENTS_MIN = 5  # below, a rate of satisfaction says little


# --- QPV ------------------------------------------------------------------------------------------------------------


class QpvAboveTotal(RowCheck):
    code, gravity = "QPV_SUPERIEUR_AU_TOTAL", BLOCKING
    sought = "Le nombre « dont QPV » dépasse la valeur déclarée."
    remedy = f"corrigez « dont QPV », ou la valeur, {SEND_BACK}"
    blocks = ("mesures",)

    def broken(self, r: Row) -> bool:
        return above(r["dont_qpv"], r["valeur"])

    def say(self, r: Row) -> Anomalie:
        qpv, total = number_fr(r["dont_qpv"]), number_fr(r["valeur"])
        found = f"{qpv}, pour une valeur de {total} (cellule {r['valeur' + ADDRESS_SUFFIX]})"
        return self.at(r, found, "dont_qpv", expected=f"un nombre de 0 à {total}")


class ZeroQpv(RowCheck):
    code, gravity = "QPV_NUL", A_CONFIRMER
    sought = "Aucun habitant de QPV, pour une action qui se déroule en QPV."
    expected = "des habitants de QPV : l’action s’y déroule"
    remedy = "corrigez, videz la cellule si vous ne le savez pas, ou confirmez à la coordination."
    blocks = ("mesures",)

    def broken(self, r: Row) -> bool:
        fiche = self.contrat.par_fiche.get(r["fiche"])
        return r["dont_qpv"] == 0 and above(r["valeur"], 0) and fiche is not None and fiche.qpv_attendu

    def say(self, r: Row) -> Anomalie:
        return self.at(r, f"0, pour une valeur de {number_fr(r['valeur'])}", "dont_qpv")


# --- rates: of a measure, or of a category of its breakdown ---------------------------------------------------------


class _RateCheck(RowCheck, abstract=True):
    """``singled``: the champs at fault (both, where which one is wrong is not known); ``first``: the one to look at
    first."""

    blocks: ClassVar[tuple[str, ...]] = ("taux", "ventilations")
    singled: ClassVar[tuple[str, ...]] = ("numerateur", "denominateur")
    first: ClassVar[str] = "numerateur"

    def denominator(self, r: Row) -> Any:
        """As typed, or printed and locked where the contract fixes it."""
        if r["denominateur"] is None and r["bloc"] == "taux" and r["mesure"] in self.contrat.by_mesure:
            return self.words.mesure(r["mesure"]).denominateur
        return r["denominateur"]

    def is_typed_rate(self, r: Row) -> bool:
        """0,265 or 26,5 where a count is asked: a share, or a figure « out of 100 » that no count makes."""
        top, bottom = r["numerateur"], self.denominator(r)
        if not isinstance(top, Decimal) or top == top.to_integral_value():
            return False
        return (0 < top < 1 and bottom != 0) or bottom in (1, 100)

    def say(self, r: Row) -> Anomalie:
        top, bottom = ("vide" if x is None else number_fr(x) for x in (r["numerateur"], self.denominator(r)))
        found = f"numérateur : {top} ; dénominateur : {bottom}"
        return self.at(r, found, self.first, cells=self.blank_cells(r, *self.singled))


class NumeratorAbove(_RateCheck):
    """A capacity may be exceeded (another rule says so), and 0 has its own rule."""

    code, gravity = "NUMERATEUR_SUPERIEUR_AU_DENOMINATEUR", BLOCKING
    sought = "Le numérateur d’un taux dépasse son dénominateur."
    expected = "un numérateur au plus égal au dénominateur"
    remedy = f"corrigez l’un des deux nombres, {SEND_BACK}"

    def broken(self, r: Row) -> bool:
        bottom = self.denominator(r)
        if not above(r["numerateur"], bottom) or bottom == 0 or self.is_typed_rate(r):
            return False
        return r["bloc"] != "taux" or r["mesure"] not in {rule.capacity.mesure for rule in self.rules("capacite")}


class ZeroDenominator(_RateCheck):
    code, gravity = "DENOMINATEUR_NUL", BLOCKING
    sought = "Le dénominateur d’un taux est 0."
    expected = "un dénominateur d’au moins 1"
    remedy = (
        "corrigez le dénominateur ; si la question ne se pose pas, videz les deux cellules et choisissez "
        f"« sans objet », {SEND_BACK}"
    )
    first = "denominateur"

    def broken(self, r: Row) -> bool:
        return r["denominateur"] is not None and r["denominateur"] == 0


class MissingDenominator(_RateCheck):
    code, gravity = "DENOMINATEUR_MANQUANT", BLOCKING
    sought = "Le numérateur d’un taux est donné sans dénominateur."
    expected = "le nombre du bas (le total)"
    remedy = f"saisissez le dénominateur, {SEND_BACK}"
    first = "denominateur"

    def broken(self, r: Row) -> bool:
        return r["numerateur"] is not None and self.denominator(r) is None and self.is_lacking(r, "denominateur")


class RateForACount(_RateCheck, TypedRate):
    """Numerators of a breakdown are whole numbers: reading refuses a rate there."""

    expected = "le nombre du haut, compté : le taux se calcule seul"
    remedy = f"saisissez les deux nombres, jamais le taux, {SEND_BACK}"
    blocks, singled = ("taux",), ("numerateur",)

    def broken(self, r: Row) -> bool:
        return self.is_typed_rate(r)


# --- what the tool computes too -------------------------------------------------------------------------------------


class DifferentFromCalcul(Check):
    """Told by ``summaries.computed``, once all that counts is known; an information while something is missing."""

    code, gravity = "VALEUR_DIFFERENTE_DU_CALCUL", (A_CONFIRMER, INFORMATION)
    sought = "Un chiffre ou une étape que l’outil calcule de tous les retours et du pilotage est déclaré autrement."
    remedy = "les deux sont montrés : corrigez la valeur, ou confirmez à la coordination."


# --- satisfaction ---------------------------------------------------------------------------------------------------


class InconsistentSatisfaction(RowCheck):
    code, gravity = "SATISFACTION_INCOHERENTE", BLOCKING
    sought = "Il y a plus de satisfaits que de répondants, ou plus de répondants que de questionnaires."
    expected = "au plus autant de satisfaits que de répondants, et de répondants que de questionnaires remis"
    remedy = f"corrigez ces nombres, {SEND_BACK}"
    blocks = ("satisfaction",)
    order = ("satisfaits", "repondants", "questionnaires")

    def broken(self, r: Row) -> bool:
        return any(above(r[one], r[other]) for one, other in combinations(self.order, 2))

    def say(self, r: Row) -> Anomalie:
        known = [c for c in self.order if r[c] is not None]
        wrong = {c for a, b in pairwise(known) if r[a] > r[b] for c in (a, b)}
        at_fault = [c for c in known if c in wrong]
        said = (f"{self.words.libelle('satisfaction', c).lower()} : {number_fr(r[c])}" for c in at_fault)
        return self.at(r, " ; ".join(said), *at_fault)


class FewRespondents(RowCheck):
    code, gravity = "REPONDANTS_PEU_NOMBREUX", INFORMATION
    sought = "La satisfaction repose sur moins de 5 répondants."
    expected = f"au moins {RESPONDENTS_MIN} répondants pour qu’un taux ait un sens"
    remedy = "rien à corriger : le taux sera lu avec prudence."
    blocks = ("satisfaction",)

    def broken(self, r: Row) -> bool:
        return above(RESPONDENTS_MIN, r["repondants"])

    def say(self, r: Row) -> Anomalie:
        return self.at(r, number_fr(r["repondants"]), "repondants")


# --- communes -------------------------------------------------------------------------------------------------------


class UnknownCommune(RetourCheck):
    """A name that two communes of the territory bear names neither."""

    code, gravity = "COMMUNE_INCONNUE", BLOCKING
    sought = "Une commune nommée n’est pas du territoire du contrat, ou deux communes y portent ce nom."
    remedy = f"corrigez le nom de la commune, {SEND_BACK}"

    def in_retours(self) -> Iterator[Anomalie]:
        communes, names = self.contrat.places.communes, self.contrat.commune_names
        mesures = {id_ for id_, (_, _, m) in self.contrat.by_mesure.items() if m.communes and communes}
        for r in self.answers.rows("ventilations"):
            if r["mesure"] in mesures and r["nom"] is not None:
                meant = codes_meant(self.contrat, r["nom"])
                if len(meant) != 1:
                    expected = f"une des {len(communes)} communes du territoire"
                    expected = " ou ".join(sorted(names[code] for code in meant)) or expected
                    yield self.at(r, f"« {r['nom']} »", "nom", expected=expected)
