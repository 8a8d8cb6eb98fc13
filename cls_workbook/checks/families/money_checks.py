"""What was spent, who pays, against what the contract and the COPIL said."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal
from functools import partial
from typing import ClassVar

import pandas as pd

from cls_workbook.anomalies import A_CONFIRMER, BLOCKING, Anomalie
from cls_workbook.checks.check_kinds import CONFIRM, SEND_BACK, FicheCheck, RetourCheck, RowCheck
from cls_workbook.checks.given.check_input import CheckInput
from cls_workbook.checks.given.typed_answers import Here, Row, here, place_of, typed_cells
from cls_workbook.domain.model import FicheFinancement
from cls_workbook.french import amount_fr, fold, listing, rate_fr
from cls_workbook.reading.storing.wide_views import columns, total_of, where_above

TOLERANCE = Decimal(1)  # euros, between what the funders paid and the cost
RATE_MARGIN = Decimal("0.01")  # one point
POSTS = ("personnel", "achats", "autres")
AMOUNTS = ("prevu", "engage", "verse")
MAQUETTE, HORS_MAQUETTE, VALORISATION = "maquette", "hors_maquette", "valorisation"
OUTSIDE_MAQUETTE = ("cpom", "flca", "valorisation", "mise a disposition", "benevolat", "fonds de lutte")


def is_cash(x: Row) -> bool:
    """Valuation is no cash."""
    return bool(x["niveau"] != VALORISATION)


# --- cost -----------------------------------------------------------------------------------------------------------


class PostsDiffer(RowCheck):
    code, gravity = "POSTES_DIFFERENTS_DU_TOTAL", BLOCKING
    sought = "La somme des postes de dépense diffère du coût total."
    expected = "un coût total égal à la somme des postes"
    remedy = f"corrigez le total ou les postes, {SEND_BACK}"
    blocks = ("depenses",)

    def broken(self, rows: pd.DataFrame) -> Sequence[bool]:
        posts = (total_of(three) for three in zip(*(rows[p] for p in POSTS), strict=True))
        return [None not in (p, t) and p != t for p, t in zip(posts, rows["total"], strict=True)]

    def say(self, given: CheckInput, r: Row) -> Anomalie | None:
        if given.places.any_refused(*here(r), "depenses"):
            return None
        found = f"{amount_fr(r['total'])} ; somme des postes : {amount_fr(total_of(r[p] for p in POSTS))}"
        return self.at(given, r, "total", typed_cells(r, *POSTS, "total"), found)


class FundersDifferFromCost(RetourCheck):
    """Too little is not said while an amount paid is still blank."""

    code, gravity = "FINANCEURS_DIFFERENTS_DU_COUT", BLOCKING
    sought = "La somme versée par les financeurs diffère du coût total (à 1 € près)."
    expected = "un coût total égal à la somme versée, à 1 € près (la part de la structure est aussi un financement)"
    remedy = f"corrigez le coût total, ou complétez les financements (autofinancement compris), {SEND_BACK}"

    def in_retours(self, given: CheckInput) -> Iterator[Anomalie]:
        for r, verse in contradicted_costs(given):
            yield self.anomalie(
                place_of(r),
                typed_cells(r, "total"),
                champ=given.words.libelle("depenses", "total"),
                found=f"{amount_fr(r['total'])} ; versé par les financeurs : {amount_fr(verse)}",
            )


def contradicted_costs(given: CheckInput) -> Iterator[tuple[Row, Decimal]]:
    """The expenditure rows whose total differs from what the funders paid, and what they paid."""
    paid = _paid_by_retour(given)
    for where, r in given.answers.depenses.items():
        verse, complete = paid.get(where, (None, True))
        if (
            r["total"] is None
            or verse is None
            or _are_close(verse, r["total"])
            or (verse < r["total"] and not complete)
        ):
            continue
        posts = total_of(r[p] for p in POSTS)
        if posts is not None and posts != r["total"] and _are_close(verse, posts):
            continue  # the posts make what was paid: the total is wrong, and another rule says so
        yield r, verse


def _are_close(one: Decimal, other: Decimal) -> bool:
    return abs(one - other) <= TOLERANCE


def _paid_by_retour(given: CheckInput) -> dict[Here, tuple[Decimal | None, bool]]:
    """(fichier, fiche) → (cash paid, are all its amounts known?)."""
    sums: dict[Here, tuple[Decimal | None, bool]] = {}
    for x in filter(is_cash, given.answers.financements):
        before, complete = sums.get(here(x), (None, not given.places.any_refused(*here(x), "financement")))
        sums[here(x)] = (total_of((before, x["verse"])), complete and x["verse"] is not None)
    return sums


# --- one funding line -----------------------------------------------------------------------------------------------


class IncompleteLine(RowCheck):
    code, gravity = "LIGNE_DE_FINANCEMENT_INCOMPLETE", A_CONFIRMER
    sought = "Un montant est saisi sans financeur ou sans nature."
    expected = "un financeur et une nature sur chaque ligne qui porte un montant"
    remedy = "complétez la ligne : sans cela, le montant n’entre dans aucun sous-total."
    blocks = ("financement",)

    def broken(self, rows: pd.DataFrame) -> Sequence[bool]:
        return [
            (financeur is None or nature is None) and any(m is not None for m in amounts)
            for financeur, nature, *amounts in zip(*(rows[c] for c in ("financeur", "nature", *AMOUNTS)), strict=True)
        ]

    def say(self, given: CheckInput, r: Row) -> Anomalie | None:
        if not (missing := _missing(given, r, "financeur", "nature")):
            return None
        cells = [
            *(c for champ in missing for c in given.places.cell(r, "financement", champ)),
            *typed_cells(r, *AMOUNTS),
        ]
        first = next(r[m] for m in AMOUNTS if r[m] is not None)
        return self.at(given, r, missing[0], cells, f"{amount_fr(first)}, sans {' ni '.join(missing)}")


def _missing(given: CheckInput, r: Row, *champs: str) -> list[str]:
    """Those left blank; what reading refused is not missing."""
    return [c for c in champs if r[c] is None and not given.places.refused(r, "financement", c)]


class PaidAboveEngaged(RowCheck):
    code, gravity = "VERSE_SUPERIEUR_A_L_ENGAGE", A_CONFIRMER
    sought = "Le montant versé dépasse le montant engagé."
    expected = "un montant versé au plus égal au montant engagé"
    remedy = f"vérifiez les deux montants : {CONFIRM}"
    blocks = ("financement",)

    def broken(self, rows: pd.DataFrame) -> Sequence[bool]:
        return where_above(rows["verse"], rows["engage"])

    def say(self, given: CheckInput, r: Row) -> Anomalie:
        found = f"versé : {amount_fr(r['verse'])} ; engagé : {amount_fr(r['engage'])}"
        return self.at(given, r, "verse", typed_cells(r, "verse", "engage"), found)


# --- against the contract and the COPIL -----------------------------------------------------------------------------


class _MoneyOfAFiche(FicheCheck, abstract=True):
    """About the lines of a fiche, maybe in several returns: placed at the return that weighs most,
    the others are named.
    """

    champ: ClassVar[str] = "engage"

    def on_lines(self, given: CheckInput, counted: Callable[[Row], bool], found: str, expected: str) -> Anomalie:
        """``counted``: the lines that make the amount, those where ``champ`` is known."""
        champ = self.champ
        by_file: dict[str, Decimal] = {}
        for x in filter(counted, given.answers.each_financement()):
            by_file[x["fichier"]] = by_file.get(x["fichier"], Decimal(0)) + x[champ]
        main = max(sorted(by_file), key=by_file.__getitem__)
        lines = [x for x in given.answers.each_financement() if x["fichier"] == main and counted(x)]
        others = sorted(by_file.keys() - {main})
        return self.anomalie(
            place_of(lines[0]),
            [c for x in lines for c in typed_cells(x, champ)],
            champ=given.words.libelle("financement", champ),
            found=found + (f" (avec {listing(others)})" if others else ""),
            expected=expected,
        )


class EngagedAboveProgramme(_MoneyOfAFiche):
    code, gravity = "ENGAGE_SUPERIEUR_AU_PROGRAMME", A_CONFIRMER
    sought = "Le montant engagé dépasse le montant programmé par le COPIL."
    remedy = CONFIRM

    def on_fiche(self, given: CheckInput, fiche: str) -> Iterator[Anomalie]:
        programmes = _programmes(given, fiche)
        engages: dict[tuple[str, bool], Decimal] = {}
        for x in filter(_is_engaged, given.answers.each_financement() if programmes else ()):
            engages[_pot(x)] = engages.get(_pot(x), Decimal(0)) + x["engage"]
        for pot, engage in engages.items():
            programme = programmes.get(pot)
            if programme is not None and engage > programme:
                yield self.on_lines(
                    given,
                    partial(_is_engaged_in, pot),
                    f"{given.words.financeur_name(pot[0])} : {amount_fr(engage)} engagés",
                    f"{amount_fr(programme)} au plus : le montant programmé pour l’année",
                )


def _programmes(given: CheckInput, fiche: str) -> dict[tuple[str, bool], Decimal]:
    """(funder, outside the maquette?) → EUR programmed."""
    if given.pilotage is None:
        return {}
    by_level = ((False, given.pilotage.programmes), (True, given.pilotage.hors_maquette))
    return {
        (given.words.financeur(financeur), outside): montant
        for outside, amounts in by_level
        for (numero, financeur), montant in amounts.items()
        if numero == fiche
    }


def _pot(x: Row) -> tuple[str, bool]:
    return x["id"], x["niveau"] == HORS_MAQUETTE


def _is_engaged(x: Row) -> bool:
    return x["engage"] is not None and is_cash(x)


def _is_engaged_in(pot: tuple[str, bool], x: Row) -> bool:
    return _is_engaged(x) and _pot(x) == pot


def cumulated_engage(given: CheckInput, fiche: str, niveau: str | None = None, financeur: str | None = None) -> Decimal:
    """What earlier years engaged for a fiche, in euros; 0 where nothing is known of them."""
    if given.precedent is None:
        return Decimal(0)
    past = given.precedent.financements
    engages = [
        engage
        for nature, payer, engage in columns(past[past["fiche"] == fiche], "nature", "financeur", "engage")
        if niveau in (None, given.words.niveau(nature)) and financeur in (None, given.words.financeur(payer))
    ]
    return total_of(engages) or Decimal(0)


def _money_of(given: CheckInput, fiche: str) -> FicheFinancement | None:
    return given.contrat.par_fiche[fiche].financement if fiche in given.contrat.par_fiche else None


class ContratExceeded(_MoneyOfAFiche):
    code, gravity = "CONTRAT_DEPASSE", A_CONFIRMER
    sought = "Le cumul engagé dépasse le montant inscrit au contrat : un avenant est à prévoir."
    remedy = "corrigez le montant, ou prévoyez un avenant avec la coordination."

    def on_fiche(self, given: CheckInput, fiche: str) -> Iterator[Anomalie]:
        money = _money_of(given, fiche)
        if money is None or money.montant is None:
            return
        this_year = total_of(x["engage"] for x in given.answers.each_financement() if x["niveau"] == MAQUETTE)
        before = cumulated_engage(given, fiche, MAQUETTE)
        if this_year and before + this_year > money.montant:
            detail = f" ({amount_fr(before)} les années précédentes)" if before else ""
            yield self.on_lines(
                given,
                lambda x: x["niveau"] == MAQUETTE and x["engage"] is not None,
                f"{amount_fr(before + this_year)} engagés en tout{detail}",
                f"{amount_fr(money.montant)} au plus : le montant inscrit au contrat",
            )


class RateAboveContrat(_MoneyOfAFiche):
    """Only where the contract prints a pure rate, over the returns whose cost is known and not contradicted."""

    code, gravity = "TAUX_SUPERIEUR_AU_CONTRAT", A_CONFIRMER
    sought = "La part financée dépasse de plus d’un point le taux imprimé au contrat."
    remedy = CONFIRM
    champ = "verse"

    def on_fiche(self, given: CheckInput, fiche: str) -> Iterator[Anomalie]:
        money = _money_of(given, fiche)
        if money is None or not money.taux_pur or money.taux is None:
            return
        contradicted = {here(r) for r, _ in contradicted_costs(given)}
        depenses = given.answers.depenses.items()
        costs = {r["fichier"]: r["total"] for key, r in depenses if r["total"] is not None and key not in contradicted}

        def counted(x: Row) -> bool:
            return x["niveau"] == MAQUETTE and x["verse"] is not None and x["fichier"] in costs

        verse, cost = total_of(x["verse"] for x in given.answers.each_financement() if counted(x)), sum(costs.values())
        if verse is not None and cost != 0 and verse > cost * (money.taux + RATE_MARGIN):
            yield self.on_lines(
                given,
                counted,
                f"{rate_fr(verse / cost, 1)} : {amount_fr(verse)} sur un coût de {amount_fr(cost)}",
                f"{rate_fr(money.taux, 1)}, à un point près",
            )


# --- one funding line, again ----------------------------------------------------------------------------------------


class EngagedWithoutReference(RowCheck):
    code, gravity = "ENGAGEMENT_SANS_REFERENCE", A_CONFIRMER
    sought = "Un montant est engagé sans référence ou sans date de convention."
    expected = "la référence et la date de la convention ou de la décision"
    remedy = "complétez la ligne, ou confirmez à la coordination qu’aucune convention n’est signée."
    blocks = ("financement",)
    names = {"reference": "référence", "date": "date"}

    def broken(self, rows: pd.DataFrame) -> Sequence[bool]:
        columns = (rows[c] for c in ("engage", "niveau", "reference", "date"))
        return [
            e is not None and e > 0 and n != VALORISATION and (r is None or d is None)
            for e, n, r, d in zip(*columns, strict=True)
        ]

    def say(self, given: CheckInput, r: Row) -> Anomalie | None:
        if not (missing := _missing(given, r, *self.names)):
            return None
        cells = [
            *(c for champ in missing for c in given.places.cell(r, "financement", champ)),
            *typed_cells(r, "engage"),
        ]
        lacking = " ni ".join(self.names[c] for c in missing)
        return self.at(given, r, missing[0], cells, f"{amount_fr(r['engage'])} engagés, sans {lacking}")


class DoubtfulNature(RetourCheck):
    code, gravity = "NATURE_DOUTEUSE", A_CONFIRMER
    sought = (
        "Une ligne inscrite à la maquette semble relever d’un CPOM, d’un fonds dédié, d’une valorisation ou d’un autre "
        "financeur."
    )
    expected = (
        "à la maquette, les seuls crédits inscrits au contrat ; les CPOM, fonds dédiés, valorisations et "
        "cofinancements ont leur nature"
    )
    remedy = f"vérifiez la nature : {CONFIRM}"

    def in_retours(self, given: CheckInput) -> Iterator[Anomalie]:
        contrat = given.contrat
        agence = {f.id for f in contrat.financeurs if f.structure and f.structure == contrat.agence}
        for r in given.answers.financements:
            if r["niveau"] != MAQUETTE:
                continue
            parity = {
                given.words.financeur(f) for rule in contrat.rules_of(r["fiche"], "parite") for f in rule.financeurs
            }
            other = bool(agence) and r["financeur"] is not None and r["id"] not in agence | parity
            reference = fold(r["reference"] or "")
            if other or any(word in reference for word in OUTSIDE_MAQUETTE):
                clue = "financeur" if other else "reference"
                yield self.anomalie(
                    place_of(r),
                    typed_cells(r, "nature", clue),
                    champ=given.words.libelle("financement", "nature"),
                    found=f"« {r['nature']} », avec « {r[clue]} »",
                )
