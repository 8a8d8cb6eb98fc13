"""What was spent, who pays, against what the contract and the COPIL said."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from decimal import Decimal
from functools import partial
from typing import ClassVar

from cls_workbook.anomalies import A_CONFIRMER, BLOCKING, Anomalie
from cls_workbook.checks.check_kinds import CONFIRM, SEND_BACK, FicheCheck, RetourCheck, RowCheck
from cls_workbook.checks.given.check_input import CheckInput
from cls_workbook.checks.given.typed_answers import Here, Row, above, here, typed_cells
from cls_workbook.domain.asked.money_questions import EXPENDITURE_POSTS
from cls_workbook.domain.model import FicheFinancement
from cls_workbook.domain.wording import is_of_another
from cls_workbook.french import amount_fr, fold, listing, rate_fr
from cls_workbook.reading.storing.wide_views import ADDRESS_SUFFIX, columns, total_of

TOLERANCE = Decimal(1)  # euros, between what was attributed and the cost
RATE_MARGIN = Decimal("0.01")  # one point
POSTS = EXPENDITURE_POSTS
OWN_RESOURCES = "ressources_propres"
AMOUNTS = ("prevu", "engage", "verse")
# « Total Énergies » pays for things
_TOTAL = re.compile(
    r"(?:sous[ -]?|s ?[/-] ?|grand |(?:montant|cout|budget|financement|ressource|recette|subvention)s? )?"
    r"tota(?:l|ux)(?: (?!energies\b).*)?|(?:ensemble|cumul|somme)(?: (?:des? .*|[0-9]{4}))?"
)
_MARKS = " \t\n*-–—=→>:."  # « -- Total -- »
MAQUETTE, HORS_MAQUETTE, VALORISATION = "maquette", "hors_maquette", "valorisation"
OUTSIDE_MAQUETTE = ("cpom", "flca", "valorisation", "mise a disposition", "benevolat", "fonds de lutte")


def is_cash(x: Row) -> bool:
    """Valuation is no cash, nor is a total of other lines."""
    return bool(x["niveau"] != VALORISATION) and not is_total(x["financeur"])


def is_total(nom: object) -> bool:
    """Does what names a line say that it is a total of others?"""
    return isinstance(nom, str) and len(nom) <= 200 and _TOTAL.fullmatch(fold(nom.strip(_MARKS))) is not None


# --- cost -----------------------------------------------------------------------------------------------------------


class PostsDiffer(RowCheck):
    """The posts are set aside, and the total counts: it is what was asked for, and they detail it."""

    code, gravity = "POSTES_DIFFERENTS_DU_TOTAL", BLOCKING
    sought = "La somme des postes de dépense diffère du coût total : le coût total compte, les postes sont écartés."
    expected = "un coût total égal à la somme des postes"
    remedy = f"corrigez le total ou les postes, {SEND_BACK}"
    blocks = ("depenses",)

    def broken(self, r: Row) -> bool:
        posts = total_of(r[p] for p in POSTS)
        differ = None not in (posts, r["total"]) and posts != r["total"]
        return differ and not self.places.any_refused(*here(r), "depenses")

    def say(self, r: Row) -> Anomalie:
        declared = f"{amount_fr(r['total'])} (cellule {r['total' + ADDRESS_SUFFIX]})"
        found = f"{declared} ; somme des postes : {amount_fr(total_of(r[p] for p in POSTS))}"
        return self.at(r, found, "total", cells=typed_cells(r, *POSTS))


class FundersDifferFromCost(RetourCheck):
    """What was paid says nothing of it: the balance of a grant comes later. Too little is not said while an amount
    engaged is still blank."""

    code, gravity = "FINANCEURS_DIFFERENTS_DU_COUT", A_CONFIRMER
    sought = "Ce qui est attribué pour l’année, ressources propres comprises, diffère du coût total (à 1 € près)."
    expected = (
        "un coût total égal à ce qui est attribué (engagé) pour l’année, ressources propres comprises, à 1 € près"
    )
    remedy = f"le coût reste compté : complétez les financements et les ressources propres, {CONFIRM}"

    def in_retours(self) -> Iterator[Anomalie]:
        resources = self._resources()
        for where, r in self.answers.depenses.items():
            (attributed, complete), own, total = resources.get(where, (None, True)), r[OWN_RESOURCES], r["total"]
            known = total_of((attributed, own))
            if total is None or known is None or _are_close(known, total) or (known < total and not complete):
                continue
            posts = total_of(r[p] for p in POSTS)
            if posts is not None and posts != total and _are_close(known, posts):
                continue  # the posts make what was attributed: the total is wrong, and another rule says so
            said = [f"attribué par les financeurs : {amount_fr(attributed)}" if attributed is not None else ""]
            said += [f"ressources propres : {amount_fr(own)}" if own is not None else ""]
            gap = f"{amount_fr(abs(total - known))} {'de plus' if known > total else 'sans financement'}"
            found = " ; ".join((amount_fr(total), *filter(None, said), gap))
            yield self.at(r, found, "total", cells=typed_cells(r, "total", OWN_RESOURCES))

    def _resources(self) -> dict[Here, tuple[Decimal | None, bool]]:
        """(fichier, fiche) → (money engaged for the year, are all its amounts known?)."""
        sums: dict[Here, tuple[Decimal | None, bool]] = {}
        for x in filter(is_cash, self.answers.rows("financement")):
            before, complete = sums.get(here(x), (None, not self.places.any_refused(*here(x), "financement")))
            sums[here(x)] = (total_of((before, x["engage"])), complete and x["engage"] is not None)
        return sums


def _are_close(one: Decimal, other: Decimal) -> bool:
    return abs(one - other) <= TOLERANCE


# --- one funding line -----------------------------------------------------------------------------------------------


class _LackingLine(RowCheck, abstract=True):
    """A line that bears an amount, and lacks some of ``needed`` (champ → how it is called). ``amounts``: those shown;
    ``done``: what was done with them."""

    blocks: ClassVar[tuple[str, ...]] = ("financement",)
    needed: ClassVar[dict[str, str]]

    amounts: ClassVar[tuple[str, ...]] = AMOUNTS
    done: ClassVar[str] = ""

    def amount(self, r: Row) -> Decimal | None:
        """The one that calls for the others."""
        raise NotImplementedError

    def broken(self, r: Row) -> bool:
        return (
            self.amount(r) is not None
            and not is_total(r["financeur"])
            and any(self.is_lacking(r, c) for c in self.needed)
        )

    def say(self, r: Row) -> Anomalie:
        lacking = {c: nom for c, nom in self.needed.items() if self.is_lacking(r, c)}
        cells = self.blank_cells(r, *lacking) + typed_cells(r, *self.amounts)
        found = f"{amount_fr(self.amount(r))}{self.done}, sans {' ni '.join(lacking.values())}"
        return self.at(r, found, *lacking, cells=cells)


class IncompleteLine(_LackingLine):
    code, gravity = "LIGNE_DE_FINANCEMENT_INCOMPLETE", A_CONFIRMER
    sought = "Un montant est saisi sans financeur ou sans nature."
    expected = "un financeur et une nature sur chaque ligne qui porte un montant"
    remedy = "complétez la ligne : sans cela, le montant n’entre dans aucun sous-total."
    needed = {"financeur": "financeur", "nature": "nature"}

    def amount(self, r: Row) -> Decimal | None:
        return next((r[m] for m in AMOUNTS if r[m] is not None), None)


class PaidAboveEngaged(RowCheck):
    code, gravity = "VERSE_SUPERIEUR_A_L_ENGAGE", A_CONFIRMER
    sought = "Le montant versé dépasse le montant engagé."
    expected = "un montant versé au plus égal au montant engagé"
    remedy = f"vérifiez les deux montants (le solde d’une année antérieure peut l’expliquer) : {CONFIRM}"
    blocks = ("financement",)

    def broken(self, r: Row) -> bool:
        return above(r["verse"], r["engage"])

    def say(self, r: Row) -> Anomalie:
        return self.at(r, f"versé : {amount_fr(r['verse'])} ; engagé : {amount_fr(r['engage'])}", "verse", "engage")


# --- against the contract and the COPIL -----------------------------------------------------------------------------


class _MoneyOfAFiche(FicheCheck, abstract=True):
    """About the lines of a fiche, maybe in several returns: placed at the return that weighs most,
    the others are named.
    """

    champ: ClassVar[str] = "engage"

    def money(self, fiche: str) -> FicheFinancement | None:
        """What the contract says of it."""
        return self.contrat.par_fiche[fiche].financement if fiche in self.contrat.par_fiche else None

    def on_lines(self, counted: Callable[[Row], bool], found: str, expected: str) -> Anomalie:
        """``counted``: the lines that make the amount, those where ``champ`` is known."""
        by_file: dict[str, Decimal] = {}
        for x in filter(counted, self.answers.each("financement")):
            by_file[x["fichier"]] = by_file.get(x["fichier"], Decimal(0)) + x[self.champ]
        main = max(sorted(by_file), key=by_file.__getitem__)
        lines = [x for x in self.answers.each("financement") if x["fichier"] == main and counted(x)]
        if others := sorted(by_file.keys() - {main}):
            found += f" (avec {listing(others)})"
        cells = [c for x in lines for c in typed_cells(x, self.champ)]
        return self.at(lines[0], found, self.champ, cells=cells, expected=expected)


class EngagedAboveProgramme(_MoneyOfAFiche):
    code, gravity = "ENGAGE_SUPERIEUR_AU_PROGRAMME", A_CONFIRMER
    sought = "Le montant engagé dépasse le montant programmé pour l’année."
    remedy = CONFIRM

    def on_fiche(self, fiche: str) -> Iterator[Anomalie]:
        programmes = self._programmes(fiche)
        engages: dict[tuple[str, bool], Decimal] = {}
        for x in filter(_is_engaged, self.answers.each("financement") if programmes else ()):
            engages[_pot(x)] = engages.get(_pot(x), Decimal(0)) + x["engage"]
        for pot, engage in engages.items():
            programme = programmes.get(pot)
            if programme is not None and engage > programme:
                found = f"{self.words.financeur_name(pot[0])} : {amount_fr(engage)} engagés"
                expected = f"{amount_fr(programme)} au plus : le montant programmé pour l’année"
                yield self.on_lines(partial(_is_engaged_in, pot), found, expected)

    def _programmes(self, fiche: str) -> dict[tuple[str, bool], Decimal]:
        """(funder, outside the maquette?) → EUR programmed."""
        pilotage = self.given.pilotage
        by_level = ((False, pilotage.programmes), (True, pilotage.hors_maquette)) if pilotage else ()
        return {
            (self.words.financeur(financeur), outside): montant
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


class ContratExceeded(_MoneyOfAFiche):
    code, gravity = "CONTRAT_DEPASSE", A_CONFIRMER
    sought = "Le cumul engagé dépasse le montant inscrit au contrat : un avenant ou une décision est à prévoir."
    remedy = "corrigez le montant, ou voyez avec la coordination l’avenant ou la décision à prévoir."

    def on_fiche(self, fiche: str) -> Iterator[Anomalie]:
        money = self.money(fiche)
        if money is None or money.montant is None:
            return
        this_year = total_of(x["engage"] for x in self.answers.each("financement") if x["niveau"] == MAQUETTE)
        before = cumulated_engage(self.given, fiche, MAQUETTE)
        if this_year and before + this_year > money.montant:
            detail = f" ({amount_fr(before)} les années précédentes)" if before else ""
            found = f"{amount_fr(before + this_year)} engagés en tout{detail}"
            expected = f"{amount_fr(money.montant)} au plus : le montant inscrit au contrat"
            yield self.on_lines(lambda x: x["niveau"] == MAQUETTE and x["engage"] is not None, found, expected)


class RateAboveContrat(_MoneyOfAFiche):
    """Only where the contract prints a pure rate, over the returns whose cost is known: what was attributed for the
    year, against its cost."""

    code, gravity = "TAUX_SUPERIEUR_AU_CONTRAT", A_CONFIRMER
    sought = "La part financée dépasse de plus d’un point le taux inscrit au contrat."
    remedy = CONFIRM

    def on_fiche(self, fiche: str) -> Iterator[Anomalie]:
        money = self.money(fiche)
        if money is None or not money.taux_pur or money.taux is None:
            return
        costs = {r["fichier"]: r["total"] for r in self.answers.depenses.values() if r["total"] is not None}

        def counted(x: Row) -> bool:
            of_maquette = x["niveau"] == MAQUETTE and not is_of_another(self.contrat, fiche, x["financeur"])
            return of_maquette and x["engage"] is not None and x["fichier"] in costs

        lines = [x for x in self.answers.each("financement") if counted(x)]
        engage, cost = total_of(x["engage"] for x in lines), sum(costs[file] for file in {x["fichier"] for x in lines})
        if engage is not None and cost != 0 and engage > cost * (money.taux + RATE_MARGIN):
            found = f"{rate_fr(engage / cost, 1)} : {amount_fr(engage)} attribués pour un coût de {amount_fr(cost)}"
            yield self.on_lines(counted, found, f"{rate_fr(money.taux, 1)}, à un point près")


# --- one funding line, again ----------------------------------------------------------------------------------------


class EngagedWithoutReference(_LackingLine):
    code, gravity = "ENGAGEMENT_SANS_REFERENCE", A_CONFIRMER
    sought = "Un montant est engagé sans référence ou sans date de convention."
    expected = "la référence et la date de la convention ou de la décision"
    remedy = "complétez la ligne, ou confirmez à la coordination qu’aucune convention n’est signée."
    needed, amounts, done = {"reference": "référence", "date": "date"}, ("engage",), " engagés"

    def amount(self, r: Row) -> Decimal | None:
        return r["engage"] if above(r["engage"], 0) and is_cash(r) else None


class DoubtfulNature(RowCheck):
    code, gravity = "NATURE_DOUTEUSE", A_CONFIRMER
    sought = (
        "Une ligne inscrite à la maquette semble relever d’un CPOM, d’un fonds dédié, d’une valorisation ou d’un autre "
        "financeur ; ou une ligne hors maquette, d’un autre financeur."
    )
    expected = (
        "à la maquette, les seuls crédits inscrits au contrat ; les CPOM, fonds dédiés, valorisations et "
        "cofinancements ont leur nature"
    )
    remedy = f"vérifiez la nature : {CONFIRM}"
    blocks = ("financement",)

    def broken(self, r: Row) -> bool:
        if is_total(r["financeur"]):
            return False  # another rule says so
        if r["niveau"] == HORS_MAQUETTE:
            return self._is_of_another(r)
        if r["niveau"] != MAQUETTE:
            return False
        reference = fold(r["reference"] or "")
        return self._is_of_another(r) or any(word in reference for word in OUTSIDE_MAQUETTE)

    def _is_of_another(self, r: Row) -> bool:
        """Is its funder neither the agency, nor one that shares with it?"""
        return is_of_another(self.contrat, r["fiche"], r["financeur"])

    def say(self, r: Row) -> Anomalie:
        clue = "financeur" if self._is_of_another(r) else "reference"
        return self.at(r, f"« {r['nature']} », avec « {r[clue]} »", "nature", clue)
