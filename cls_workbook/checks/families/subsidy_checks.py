"""Aids against the rules of the contract: caps, shares, what a rule works out, equal shares, working time."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import NamedTuple

from cls_workbook.anomalies import A_CONFIRMER, BLOCKING, Anomalie, Check
from cls_workbook.checks.check_kinds import CONFIRM, SEND_BACK, FicheCheck, RetourCheck
from cls_workbook.checks.families.capacity_checks import rules
from cls_workbook.checks.families.money_checks import cumulated_engage, is_cash
from cls_workbook.checks.given.check_input import CheckInput
from cls_workbook.checks.given.measure_counts import counts
from cls_workbook.checks.given.typed_answers import Here, Row, by_retour, place_of, typed_cells
from cls_workbook.domain.rules import SUBSIDY_TYPES, Rule, RuleCaps
from cls_workbook.domain.subsidies import Situation, are_subsidy_years_over, compute, payable_for_post
from cls_workbook.french import amount_fr, number_fr
from cls_workbook.reading.storing.wide_views import total_of

AMOUNTS = ("engage", "verse")


def _lines_of(given: CheckInput, rule: Rule) -> dict[Here, list[Row]]:
    """(fichier, fiche) → the cash lines that the rule is about, of every funder."""
    lines = given.answers.financements
    return by_retour(x for x in lines if rule.fiche in (None, x["fiche"]) and is_cash(x))


def _subsidies(given: CheckInput, rule: Rule) -> dict[Here, list[Row]]:
    """(fichier, fiche) → those of its funder."""
    financeur = given.words.financeur(rule.financeur)
    groups = ((where, [x for x in lines if x["id"] == financeur]) for where, lines in _lines_of(given, rule).items())
    return {where: lines for where, lines in groups if lines}


def _known_cells(lines: Iterable[Row], champs: Iterable[str]) -> list[str]:
    return [cell for champ in champs for x in lines for cell in typed_cells(x, champ)]


# --- aid to a post --------------------------------------------------------------------------------------------------


class _Aid(NamedTuple):
    """What a return was granted under a rule ``poste``. ``sums``: of the amounts that are known."""

    rule: Rule
    lines: list[Row]
    sums: dict[str, Decimal]
    expenditure: Row | None

    def above(self, limit: Decimal | None) -> list[str]:
        """The amounts over a limit."""
        return [c for c, s in self.sums.items() if limit is not None and s > limit]

    def share(self) -> Decimal | None:
        """What the contract lets the funder pay; None where the cost is not known, or the post not aided at all."""
        r, minimum = self.expenditure, self.rule.post.etp_min
        if r is None or r["total"] is None or None not in (r["etp"], minimum) and r["etp"] < minimum:
            return None
        return payable_for_post(self.rule, r["total"], r["etp"])


def _aids_to_posts(given: CheckInput) -> Iterator[_Aid]:
    for rule in rules(given, "poste"):
        for where, lines in _subsidies(given, rule).items():
            yield _Aid(rule, lines, _sums(lines), given.answers.depenses.get(where))


def _sums(lines: list[Row]) -> dict[str, Decimal]:
    return {c: s for c in AMOUNTS if (s := total_of(x[c] for x in lines)) is not None}


def _too_high(
    check: Check, given: CheckInput, lines: list[Row], cells: list[str], champ: str, found: str, expected: str
) -> Anomalie:
    printed = given.words.libelle("financement", champ)
    return check.anomalie(place_of(lines[0]), cells, champ=printed, found=found, expected=expected)


class AidAboveCap(RetourCheck):
    code, gravity = "AIDE_SUPERIEURE_AU_PLAFOND", BLOCKING
    sought = "L’aide au poste dépasse le plafond annuel."
    remedy = f"corrigez le montant de l’aide, {SEND_BACK}"

    def in_retours(self, given: CheckInput) -> Iterator[Anomalie]:
        for aid in _aids_to_posts(given):
            cap = aid.rule.caps.plafond_annuel
            if champs := aid.above(cap):
                expected = f"{amount_fr(cap)} au plus : le plafond annuel ({aid.rule.libelle})"
                cells, found = _known_cells(aid.lines, champs), amount_fr(aid.sums[champs[0]])
                yield _too_high(self, given, aid.lines, cells, champs[0], found, expected)


class AidAboveShare(RetourCheck):
    """Over the cap, the other rule speaks: it is the more certain of the two."""

    code, gravity = "AIDE_SUPERIEURE_A_LA_PART", BLOCKING
    sought = "L’aide au poste dépasse la part de la dépense que le contrat permet."
    remedy = f"corrigez le montant de l’aide, {SEND_BACK}"

    def in_retours(self, given: CheckInput) -> Iterator[Anomalie]:
        for aid in _aids_to_posts(given):
            share = None if aid.above(aid.rule.caps.plafond_annuel) else aid.share()
            if champs := aid.above(share):
                what = "la part de la dépense que le contrat permet"
                expected = f"{amount_fr(share)} au plus : {what} ({aid.rule.libelle})"
                cells, found = _known_cells(aid.lines, champs), amount_fr(aid.sums[champs[0]])
                yield _too_high(self, given, aid.lines, cells, champs[0], found, expected)


# --- aid that a rule works out --------------------------------------------------------------------------------------


class AidAboveItsRule(RetourCheck):
    """Rules of type ``aide``: the aid that a return engages against its rate or its unit amount;
    caps are checked apart.
    """

    code, gravity = "AIDE_SUPERIEURE_AU_CALCUL", A_CONFIRMER
    sought = "L’aide dépasse ce que donne la règle du financeur (taux ou montant unitaire)."
    remedy = CONFIRM

    def in_retours(self, given: CheckInput) -> Iterator[Anomalie]:
        for rule in rules(given, "aide"):
            without_cap = dataclasses.replace(rule, caps=RuleCaps())
            its_own = _subsidies(given, rule)
            for where, lines in _lines_of(given, rule).items():
                asked = total_of(x["engage"] for x in its_own.get(where, ()))
                if asked is None:
                    continue
                aide = compute(without_cap, _situation(given, rule, where, lines, asked))
                if aide.montant is not None and asked > aide.montant:
                    reasons = " ; ".join(aide.reasons)
                    expected = f"{amount_fr(aide.montant)} au plus : {reasons} ({rule.libelle})"
                    cells = _known_cells(its_own[where], ["engage"])
                    yield _too_high(self, given, its_own[where], cells, "engage", amount_fr(asked), expected)


def _situation(given: CheckInput, rule: Rule, where: Here, lines: list[Row], asked: Decimal) -> Situation:
    measures = rule.sessions.mesure_participants, rule.sessions.mesure_sessions
    figures = counts(given, {m for m in measures if m}).get(where, {})
    people, sessions = (figures[m].valeur if m in figures else None for m in measures)
    engage = total_of(x["engage"] for x in lines)
    expenditure = given.answers.depenses.get(where, {})
    total, etp = expenditure.get("total"), expenditure.get("etp")
    return Situation(given.annee, total, etp, engage, asked, engage - asked, people, sessions)


class AidsAboveCost(FicheCheck):
    """On a fiche that a rule of aid finances, all returns together; where a return gives no cost, nothing is said."""

    code, gravity = "AIDES_SUPERIEURES_AU_COUT", A_CONFIRMER
    sought = "Les aides engagées, ensemble, dépassent le coût de l’action qu’une règle finance."
    remedy = CONFIRM

    def on_fiche(self, given: CheckInput, fiche: str) -> Iterator[Anomalie]:
        if not any(r.type in SUBSIDY_TYPES and r.fiche == fiche for r in given.contrat.regles):
            return
        paid = [x for x in given.answers.financements if is_cash(x) and x["engage"] is not None]
        costs = [r["total"] for r in given.answers.depenses.values()]
        engage = total_of(x["engage"] for x in paid)
        if engage is None or not costs or None in costs or engage <= sum(costs):
            return
        expected = f"{amount_fr(sum(costs))} au plus : le coût de l’action"
        for lines in by_retour(paid).values():
            found, cells = f"{amount_fr(engage)} engagés, tous financeurs", _known_cells(lines, ["engage"])
            yield _too_high(self, given, lines, cells, "engage", found, expected)


class WorkingTimeOutOfBounds(RetourCheck):
    code, gravity = "ETP_HORS_BORNES", A_CONFIRMER
    sought = "Le temps de travail du poste est sous le minimum, ou dépasse celui que le contrat finance."

    def in_retours(self, given: CheckInput) -> Iterator[Anomalie]:
        for rule in rules(given, "poste"):
            bottom, top = rule.post.etp_min, rule.post.etp_assiette_max
            for r in given.answers.depenses.values():
                etp = r["etp"] if rule.fiche in (None, r["fiche"]) else None
                if etp is None or ((bottom is None or etp >= bottom) and (top is None or etp <= top)):
                    continue
                yield self.anomalie(
                    place_of(r),
                    typed_cells(r, "etp"),
                    champ=given.words.libelle("depenses", "etp"),
                    found=f"{number_fr(etp)} ETP",
                    expected=f"{number_fr(bottom)} ETP au moins"
                    if top is None
                    else f"de {number_fr(bottom or Decimal(0))} à {number_fr(top)} ETP",
                    remedy=(
                        f"{CONFIRM[:-1]} (au-delà du maximum, la dépense est ramenée à {number_fr(top)} ETP ; "
                        "sous le minimum, le poste n’est pas aidé)."
                    ),
                )


# --- equal shares ---------------------------------------------------------------------------------------------------


class _Shares(NamedTuple):
    """What each of the funders held to parity brings to a fiche: ``parts`` of each amount that one of them gives."""

    rule: Rule
    lines: list[Row]
    parts: dict[str, dict[str, Decimal | None]]

    def unequal(self) -> list[str]:
        return [champ for champ, parts in self.parts.items() if _spread(parts) > self.rule.tolerance]

    def unknown(self) -> list[str]:
        return [champ for champ, parts in self.parts.items() if None in parts.values()]


def _spread(parts: dict[str, Decimal | None]) -> Decimal:
    """Between the largest and the smallest share; 0 while one is not known."""
    known = [p for p in parts.values() if p is not None]
    return max(known) - min(known) if len(known) == len(parts) else Decimal(0)


def _shares(given: CheckInput, fiche: str) -> Iterator[_Shares]:
    """Of each rule of parity, all returns together; other funders are outside the test."""
    for rule in (r for r in rules(given, "parite") if r.fiche in (None, fiche)):
        financeurs = [given.words.financeur(f) for f in rule.financeurs]
        lines = [x for x in given.answers.financements if x["id"] in financeurs and is_cash(x)]
        parts = {champ: {f: total_of(x[champ] for x in lines if x["id"] == f) for f in financeurs} for champ in AMOUNTS}
        yield _Shares(rule, lines, {champ: p for champ, p in parts.items() if any(x is not None for x in p.values())})


def _tell_shares(check: Check, given: CheckInput, shares: _Shares, champs: list[str]) -> Iterator[Anomalie]:
    """One anomaly a return that carries one of the amounts."""
    parts = shares.parts[champs[0]] if champs else {}
    said = " ; ".join(
        f"{given.words.financeur_name(f)} : {'vide' if p is None else amount_fr(p)}" for f, p in parts.items()
    )
    expected = f"le même montant de chacun ({shares.rule.libelle})"
    for lines in by_retour(shares.lines).values() if champs else ():
        if cells := _known_cells(lines, champs):
            yield _too_high(check, given, lines, cells, champs[0], said, expected)


class UnequalShares(FicheCheck):
    code, gravity = "PARITE_NON_RESPECTEE", BLOCKING
    sought = "Les financeurs tenus à parité n’apportent pas le même montant."
    remedy = f"corrigez les montants, {SEND_BACK}"

    def on_fiche(self, given: CheckInput, fiche: str) -> Iterator[Anomalie]:
        for shares in _shares(given, fiche):
            yield from _tell_shares(self, given, shares, shares.unequal())


class UnverifiableShares(FicheCheck):
    code, gravity = "PARITE_INVERIFIABLE", A_CONFIRMER
    sought = "Un seul des financeurs tenus à parité a un montant."
    remedy = CONFIRM

    def on_fiche(self, given: CheckInput, fiche: str) -> Iterator[Anomalie]:
        for shares in _shares(given, fiche):
            if not shares.unequal():
                yield from _tell_shares(self, given, shares, shares.unknown())


# --- capped aid: over the years of aid, over the year's cap, over the total: the first that holds -------------------


class _CappedAid(RetourCheck, abstract=True):
    remedy = f"corrigez le montant de l’aide, {SEND_BACK}"

    def in_retours(self, given: CheckInput) -> Iterator[Anomalie]:
        for rule in rules(given, "plafond", "aide"):
            for (_, fiche), lines in _subsidies(given, rule).items():
                sums = {c: s for c, s in _sums(lines).items() if s > 0}
                first = next((c for c in _CAPS if c.crossed(given, rule, fiche, sums)), None)
                if first is not type(self):
                    continue
                champs, expected = self.crossed(given, rule, fiche, sums) or ([], "")
                cells = [cell for c in champs for x in lines if x[c] for cell in typed_cells(x, c)]
                found, expected = amount_fr(sums[champs[0]]), f"{expected} ({rule.libelle})"
                yield _too_high(self, given, lines, cells, champs[0], found, expected)

    @classmethod
    def crossed(
        cls, given: CheckInput, rule: Rule, fiche: str, sums: dict[str, Decimal]
    ) -> tuple[list[str], str] | None:
        """The amounts that cross this limit, and what was expected.

        ``sums``: what the aid amounts to, where it is positive.
        """
        raise NotImplementedError


class YearCapExceeded(_CappedAid):
    code, gravity = "PLAFOND_ANNUEL_DEPASSE", BLOCKING
    sought = "L’aide dépasse le plafond de l’année."

    @classmethod
    def crossed(
        cls, given: CheckInput, rule: Rule, fiche: str, sums: dict[str, Decimal]
    ) -> tuple[list[str], str] | None:
        yearly = rule.yearly_cap()
        champs = [c for c, s in sums.items() if yearly is not None and s > yearly]
        return (champs, f"{amount_fr(yearly)} au plus dans l’année") if champs else None


class TotalCapExceeded(_CappedAid):
    code, gravity = "PLAFOND_TOTAL_DEPASSE", BLOCKING
    sought = "L’aide cumulée dépasse le plafond total."

    @classmethod
    def crossed(
        cls, given: CheckInput, rule: Rule, fiche: str, sums: dict[str, Decimal]
    ) -> tuple[list[str], str] | None:
        total = rule.total_cap()
        if total is None or "engage" not in sums:
            return None
        before = cumulated_engage(given, fiche, financeur=given.words.financeur(rule.financeur))
        if before + sums["engage"] <= total:
            return None
        remaining = amount_fr(max(Decimal(0), total - before))
        return ["engage"], f"{remaining} au plus : {amount_fr(before)} sont déjà engagés sur {amount_fr(total)}"


class AidYearsOver(_CappedAid):
    code, gravity = "DUREE_D_AIDE_DEPASSEE", BLOCKING
    sought = "Une aide est saisie au-delà du nombre d’années prévu."

    @classmethod
    def crossed(
        cls, given: CheckInput, rule: Rule, fiche: str, sums: dict[str, Decimal]
    ) -> tuple[list[str], str] | None:
        if (
            not sums
            or not are_subsidy_years_over(rule, given.annee)
            or rule.depuis is None
            or rule.caps.duree_ans is None
        ):
            return None
        last = rule.depuis + rule.caps.duree_ans - 1
        return list(sums), f"aucune aide après {last} ({rule.caps.duree_ans} années)"


_CAPS = (AidYearsOver, YearCapExceeded, TotalCapExceeded)
