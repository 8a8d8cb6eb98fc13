"""Aids against the rules of the contract: caps, shares, what a rule works out, equal shares, working time.

What was declared stays in tables and totals: how far it exceeds a rule is said, to be confirmed.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Sequence
from decimal import ROUND_HALF_UP, Decimal
from typing import ClassVar

from cls_workbook.anomalies import A_CONFIRMER, Anomalie
from cls_workbook.checks.check_kinds import CONFIRM, FicheCheck, InputCheck, RetourCheck
from cls_workbook.checks.families.money_checks import cumulated_engage, is_cash
from cls_workbook.checks.given.measure_counts import counts
from cls_workbook.checks.given.typed_answers import Here, Row, above, by_retour, typed_cells
from cls_workbook.domain.rules import SUBSIDY_TYPES, Rule, RuleCaps
from cls_workbook.domain.subsidies import Situation, are_subsidy_years_over, compute, payable_for_post
from cls_workbook.french import CENT, amount_fr, number_fr
from cls_workbook.reading.storing.wide_views import total_of

AMOUNTS = ("engage", "verse")
MONTHS = Decimal(12)
KEPT = f"le montant déclaré reste compté : {CONFIRM}"


class _SubsidyCheck(InputCheck, abstract=True):
    def lines_of(self, rule: Rule) -> dict[Here, list[Row]]:
        """(fichier, fiche) → the cash lines that the rule is about, of every funder."""
        lines = self.answers.rows("financement")
        return by_retour(x for x in lines if rule.fiche in (None, x["fiche"]) and is_cash(x))

    def subsidies(self, rule: Rule) -> dict[Here, list[Row]]:
        """(fichier, fiche) → those of its funder."""
        financeur = self.words.financeur(rule.financeur)
        return by_retour(x for lines in self.lines_of(rule).values() for x in lines if x["id"] == financeur)

    def on_lines(self, lines: list[Row], champs: Sequence[str], found: str, expected: str) -> Iterator[Anomalie]:
        """At the amounts of these lines that are known; nothing where none is."""
        if cells := [cell for champ in champs for x in lines for cell in typed_cells(x, champ)]:
            yield self.at(lines[0], found, *champs, cells=cells, expected=expected)


def _sums(lines: list[Row]) -> dict[str, Decimal]:
    """Of the amounts that are known."""
    return {c: s for c in AMOUNTS if (s := total_of(x[c] for x in lines)) is not None}


def _first_known(*values: Decimal | None) -> Decimal | None:
    return next((v for v in values if v is not None), None)


def _share_of_post(post: Row, expenditure: Row) -> Decimal | None:
    """Its share of a full time, whatever the months it was filled; failing that, the working time of the fiche."""
    return _first_known(post.get("quotite"), expenditure.get("etp"))


def _beyond(sums: dict[str, Decimal], limit: Decimal | None) -> list[str]:
    """The amounts over a limit."""
    return [c for c, s in sums.items() if limit is not None and s > limit]


def _exceeding(declared: Decimal, limit: Decimal) -> str:
    """The amount declared, and how far it exceeds what a rule allows."""
    return f"{amount_fr(declared)}, soit {amount_fr(declared - limit)} de trop"


# --- aid to a post --------------------------------------------------------------------------------------------------


class _PostAid(_SubsidyCheck, RetourCheck, abstract=True):
    """What a return was granted under a rule ``poste``, against ``limit``. ``what``: how this limit is called."""

    remedy = KEPT
    what: ClassVar[str]

    def limit(self, rule: Rule, sums: dict[str, Decimal], where: Here) -> Decimal | None:
        raise NotImplementedError

    def in_retours(self) -> Iterator[Anomalie]:
        for rule in self.rules("poste"):
            for where, lines in self.subsidies(rule).items():
                limit = self.limit(rule, sums := _sums(lines), where)
                if limit is not None and (champs := _beyond(sums, limit)):
                    expected = f"{amount_fr(limit)} au plus : {self.what} ({rule.libelle})"
                    yield from self.on_lines(lines, champs, _exceeding(sums[champs[0]], limit), expected)


class AidAboveCap(_PostAid):
    code, gravity = "AIDE_SUPERIEURE_AU_PLAFOND", A_CONFIRMER
    sought = "L’aide au poste dépasse le plafond annuel."
    what = "le plafond annuel"

    def limit(self, rule: Rule, sums: dict[str, Decimal], where: Here) -> Decimal | None:
        return rule.caps.plafond_annuel


class AidAboveShare(_PostAid):
    """Of the eligible expenditure of the post; where it is not known, of the whole cost, which is no less. Over the
    cap, the other rule speaks: it is the more certain of the two."""

    code, gravity = "AIDE_SUPERIEURE_A_LA_PART", A_CONFIRMER
    sought = "L’aide au poste dépasse la part de la dépense éligible que le contrat permet."
    what = "la part de la dépense éligible que le contrat permet"

    def limit(self, rule: Rule, sums: dict[str, Decimal], where: Here) -> Decimal | None:
        """None where no expenditure is known, or the post not aided at all."""
        post, cost = self.answers.posts.get(where, {}), self.answers.depenses.get(where, {})
        eligible, etp = _first_known(post.get("depense_eligible"), cost.get("total")), _share_of_post(post, cost)
        if eligible is None or above(rule.post.etp_min, etp) or _beyond(sums, rule.caps.plafond_annuel):
            return None
        return payable_for_post(rule, eligible, etp)


# --- aid that a rule works out --------------------------------------------------------------------------------------


class AidAboveItsRule(_SubsidyCheck, RetourCheck):
    """Rules of type ``aide``: the aid that a return engages against its rate or its unit amount;
    caps are checked apart.
    """

    code, gravity = "AIDE_SUPERIEURE_AU_CALCUL", A_CONFIRMER
    sought = "L’aide dépasse ce que donne la règle du financeur (taux ou montant unitaire)."
    remedy = CONFIRM

    def in_retours(self) -> Iterator[Anomalie]:
        for rule in self.rules("aide"):
            without_cap, lines_of = dataclasses.replace(rule, caps=RuleCaps()), self.lines_of(rule)
            for where, lines in self.subsidies(rule).items():
                asked = total_of(x["engage"] for x in lines)
                if asked is None:
                    continue
                aide = compute(without_cap, self._situation(rule, where, lines_of[where], asked))
                if aide.montant is not None and asked > aide.montant:
                    expected = f"{amount_fr(aide.montant)} au plus : {' ; '.join(aide.reasons)} ({rule.libelle})"
                    yield from self.on_lines(lines, ["engage"], _exceeding(asked, aide.montant), expected)

    def _situation(self, rule: Rule, where: Here, lines: list[Row], asked: Decimal) -> Situation:
        measures = rule.sessions.mesure_participants, rule.sessions.mesure_sessions
        figures = counts(self.given, {m for m in measures if m}).get(where, {})
        people, sessions = (figures[m].valeur if m in figures else None for m in measures)
        engage = total_of(x["engage"] for x in lines)
        expenditure = self.answers.depenses.get(where, {})
        total, etp = expenditure.get("total"), _share_of_post(self.answers.posts.get(where, {}), expenditure)
        return Situation(self.annee, total, etp, engage, asked, engage - asked, people, sessions)


class AidsAboveCost(_SubsidyCheck, FicheCheck):
    """On a fiche that a rule of aid finances, all returns together; where a return gives no cost, nothing is said."""

    code, gravity = "AIDES_SUPERIEURES_AU_COUT", A_CONFIRMER
    sought = "Les aides engagées, ensemble, dépassent le coût de l’action qu’une règle finance."
    remedy = CONFIRM

    def on_fiche(self, fiche: str) -> Iterator[Anomalie]:
        if not any(r.fiche == fiche for r in self.rules(*SUBSIDY_TYPES)):
            return
        paid = [x for x in self.answers.rows("financement") if is_cash(x) and x["engage"] is not None]
        costs = [r["total"] for r in self.answers.depenses.values()]
        engage = total_of(x["engage"] for x in paid)
        if engage is None or not costs or None in costs or engage <= sum(costs):
            return
        found = f"tous financeurs, {_exceeding(engage, sum(costs))}"
        expected = f"{amount_fr(sum(costs))} au plus engagés : le coût de l’action"
        for lines in by_retour(paid).values():
            yield from self.on_lines(lines, ["engage"], found, expected)


class WorkingTimeOutOfBounds(RetourCheck):
    """Looks at the share of the post, whatever the months it was filled; failing that, at the working time of the
    fiche."""

    code, gravity = "ETP_HORS_BORNES", A_CONFIRMER
    sought = "La quotité du poste est sous le minimum, ou dépasse celle que le contrat finance."

    def in_retours(self) -> Iterator[Anomalie]:
        for rule in self.rules("poste"):
            bottom, top = rule.post.etp_min, rule.post.etp_assiette_max
            expected = f"de {number_fr(bottom or Decimal(0))} à {number_fr(top)} ETP"
            remedy = (
                f"{CONFIRM[:-1]} (au-delà du maximum, la dépense est ramenée à {number_fr(top)} ETP ; "
                "sous le minimum, le poste n’est pas aidé)."
            )
            if top is None:
                expected = f"{number_fr(bottom)} ETP au moins"
            for r, champ in self._shares():
                if rule.fiche in (None, r["fiche"]) and (above(bottom, r[champ]) or above(r[champ], top)):
                    yield self.at(r, f"{number_fr(r[champ])} ETP", champ, expected=expected, remedy=remedy)

    def _shares(self) -> Iterator[tuple[Row, str]]:
        """The row that says it, and where."""
        given = {where for where, r in self.answers.posts.items() if r["quotite"] is not None}
        yield from ((self.answers.posts[where], "quotite") for where in given)
        yield from ((r, "etp") for where, r in self.answers.depenses.items() if where not in given)


class EligibleAboveCost(RetourCheck):
    code, gravity = "DEPENSE_ELIGIBLE_SUPERIEURE_AU_COUT", A_CONFIRMER
    sought = "La dépense éligible du poste dépasse le coût de toute l’action."
    remedy = CONFIRM

    def in_retours(self) -> Iterator[Anomalie]:
        for where, r in self.answers.posts.items():
            total = self.answers.depenses.get(where, {}).get("total")
            if above(r["depense_eligible"], total):
                expected = f"{amount_fr(total)} au plus : le coût total de l’action"
                yield self.at(r, amount_fr(r["depense_eligible"]), "depense_eligible", expected=expected)


class PostForPartOfAYear(RetourCheck):
    """Neither the floor nor the cap is reduced: no definition says that it is."""

    code, gravity = "POSTE_SUR_UNE_PARTIE_DE_L_ANNEE", A_CONFIRMER
    sought = (
        "Le poste n’est pourvu qu’une partie de l’année : le contrat ne dit pas si minimum et plafond se réduisent."
    )
    expected = "un poste pourvu toute l’année ; sinon, ce que les signataires retiennent du minimum et du plafond"
    remedy = "vérifiez les mois ; d’ici là, le minimum et le plafond sont pris entiers."

    def in_retours(self) -> Iterator[Anomalie]:
        for r in self.answers.posts.values():
            if above(MONTHS, r["mois"]):
                found = f"{number_fr(r['mois'])} mois"
                if r["quotite"] is not None:
                    etpt = (r["quotite"] * r["mois"] / MONTHS).quantize(CENT, ROUND_HALF_UP)
                    found = f"{number_fr(r['quotite'])} ETP pendant {found}, soit {number_fr(etpt)} ETPT"
                yield self.at(r, found, "mois", cells=typed_cells(r, "mois", "quotite"))


# --- equal shares ---------------------------------------------------------------------------------------------------

Parts = dict[str, Decimal | None]  # funder → what it brings


def _spread(parts: Parts) -> Decimal:
    """Between the largest and the smallest share; 0 while one is not known."""
    known = [p for p in parts.values() if p is not None]
    return max(known) - min(known) if len(known) == len(parts) else Decimal(0)


class _SharesCheck(_SubsidyCheck, FicheCheck, abstract=True):
    """What each of the funders held to parity brings to a fiche, all returns together; others are outside the test."""

    def amiss(self, rule: Rule, parts: dict[str, Parts]) -> list[str]:
        """``parts``: of each amount that one of them gives. The amounts of which something is to be said."""
        raise NotImplementedError

    def on_fiche(self, fiche: str) -> Iterator[Anomalie]:
        """One anomaly a return that carries one of the amounts."""
        for rule in (r for r in self.rules("parite") if r.fiche in (None, fiche)):
            financeurs = [self.words.financeur(f) for f in rule.financeurs]
            lines = [x for x in self.answers.rows("financement") if x["id"] in financeurs and is_cash(x)]
            of_each = {c: {f: total_of(x[c] for x in lines if x["id"] == f) for f in financeurs} for c in AMOUNTS}
            parts = {c: p for c, p in of_each.items() if any(x is not None for x in p.values())}
            if not (champs := self.amiss(rule, parts)):
                continue
            told = {self.words.financeur_name(f): amount for f, amount in parts[champs[0]].items()}
            said = " ; ".join(f"{nom} : {'vide' if p is None else amount_fr(p)}" for nom, p in told.items())
            if gap := _spread(parts[champs[0]]):
                said += f", soit {amount_fr(gap)} d’écart"
            for theirs in by_retour(lines).values():
                yield from self.on_lines(theirs, champs, said, f"le même montant de chacun ({rule.libelle})")


class UnequalShares(_SharesCheck):
    code, gravity = "PARITE_NON_RESPECTEE", A_CONFIRMER
    sought = "Les financeurs tenus à parité n’apportent pas le même montant."
    remedy = KEPT

    def amiss(self, rule: Rule, parts: dict[str, Parts]) -> list[str]:
        return [champ for champ, p in parts.items() if _spread(p) > rule.tolerance]


class UnverifiableShares(_SharesCheck):
    code, gravity = "PARITE_INVERIFIABLE", A_CONFIRMER
    sought = "Un seul des financeurs tenus à parité a un montant."
    remedy = CONFIRM

    def amiss(self, rule: Rule, parts: dict[str, Parts]) -> list[str]:
        if any(_spread(p) > rule.tolerance for p in parts.values()):
            return []  # the other rule speaks
        return [champ for champ, p in parts.items() if None in p.values()]


# --- capped aid: over the years of aid, over the year's cap, over the total: the first that holds -------------------

Crossing = tuple[list[str], Decimal, str] | None  # the amounts that cross a limit, the limit, what was expected


class _CappedAid(_SubsidyCheck, RetourCheck, abstract=True):
    remedy = KEPT

    def in_retours(self) -> Iterator[Anomalie]:
        for rule in self.rules("plafond", "aide"):
            for (_, fiche), lines in self.subsidies(rule).items():
                sums = {c: s for c, s in _sums(lines).items() if s > 0}
                crossings = ((cap, cap(self.given).crossed(rule, fiche, sums)) for cap in _CAPS)
                first, crossing = next(((cap, found) for cap, found in crossings if found), (None, None))
                if crossing and first is type(self):
                    champs, limit, expected = crossing
                    found, expected = _exceeding(sums[champs[0]], limit), f"{expected} ({rule.libelle})"
                    cells = [cell for c in champs for x in lines if x[c] for cell in typed_cells(x, c)]
                    yield self.at(lines[0], found, *champs, cells=cells, expected=expected)

    def crossed(self, rule: Rule, fiche: str, sums: dict[str, Decimal]) -> Crossing:
        """``sums``: what the aid amounts to, where it is positive."""
        raise NotImplementedError


class YearCapExceeded(_CappedAid):
    code, gravity = "PLAFOND_ANNUEL_DEPASSE", A_CONFIRMER
    sought = "L’aide dépasse le plafond de l’année."

    def crossed(self, rule: Rule, fiche: str, sums: dict[str, Decimal]) -> Crossing:
        cap = rule.yearly_cap()
        champs = _beyond(sums, cap)
        return (champs, cap, f"{amount_fr(cap)} au plus dans l’année") if cap is not None and champs else None


class TotalCapExceeded(_CappedAid):
    code, gravity = "PLAFOND_TOTAL_DEPASSE", A_CONFIRMER
    sought = "L’aide cumulée dépasse le plafond total."

    def crossed(self, rule: Rule, fiche: str, sums: dict[str, Decimal]) -> Crossing:
        total = rule.total_cap()
        if total is None or "engage" not in sums:
            return None
        before = cumulated_engage(self.given, fiche, financeur=self.words.financeur(rule.financeur))
        if before + sums["engage"] <= total:
            return None
        remaining = max(Decimal(0), total - before)
        expected = f"{amount_fr(remaining)} au plus : {amount_fr(before)} sont déjà engagés sur {amount_fr(total)}"
        return ["engage"], remaining, expected


class AidYearsOver(_CappedAid):
    code, gravity = "DUREE_D_AIDE_DEPASSEE", A_CONFIRMER
    sought = "Une aide est saisie au-delà du nombre d’années prévu."

    def crossed(self, rule: Rule, fiche: str, sums: dict[str, Decimal]) -> Crossing:
        start, duree = rule.depuis, rule.caps.duree_ans
        if not sums or not are_subsidy_years_over(rule, self.annee) or start is None or duree is None:
            return None
        return list(sums), Decimal(0), f"aucune aide après {start + duree - 1} ({duree} années)"


_CAPS = (AidYearsOver, YearCapExceeded, TotalCapExceeded)
# What was declared beyond a rule, and counts all the same.
BEYOND_A_RULE = (AidAboveCap, AidAboveShare, AidAboveItsRule, AidsAboveCost, UnequalShares, *_CAPS)
