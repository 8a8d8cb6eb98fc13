"""The same money, or the same activity, declared by two returns: both count, until somebody says which of them does."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from cls_workbook.anomalies import A_CONFIRMER, Anomalie
from cls_workbook.checks.check_kinds import CONFIRM, BetweenRetours
from cls_workbook.checks.families.money_checks import is_cash
from cls_workbook.checks.given.check_input import CheckInput
from cls_workbook.checks.given.typed_answers import Row, by_retour, here, typed_cells
from cls_workbook.french import amount_fr, date_fr, fold, listing, number_fr

AMOUNTS = ("engage", "verse", "prevu")
COUNTED = ("PERSONNES", "FLUX")
WHOSE, FILES = ", déclarés aussi par ", " — fichier "  # the files stay with the coordinator
REFERENCE_DIGITS = 3  # that tell a reference from another, whatever the words around them
TOLD_MAX = 10  # like declarations; beyond, one anomaly each would hide all the others


class _Double(BetweenRetours, abstract=True):
    def whose(self, rows: list[Row]) -> str:
        """Who else declares it."""
        names = dict.fromkeys(f"{self.words.structure_name(r['structure'])} (fiche {r['fiche']})" for r in rows)
        return f"{WHOSE}{listing(list(names))}{FILES}{listing(list(dict.fromkeys(r['fichier'] for r in rows)))}"


class DoubledGrant(_Double):
    """One funder, nature and amount, under one reference, whichever day each gives for it; or, on one fiche, of one
    date. What is blank in one of the two contradicts nothing."""

    code, gravity = "FINANCEMENT_DECLARE_DEUX_FOIS", A_CONFIRMER
    sought = "Deux retours déclarent le même financement (financeur, nature, référence, date et montants)."
    expected = "un même financement déclaré par une seule structure"
    remedy = f"si c’est le même, ne le laissez que dans un seul retour : d’ici là, il est compté deux fois ; {CONFIRM}"

    def between(self) -> Iterator[Anomalie]:
        for first, *others in self._declared_alike():
            if len(others) > TOLD_MAX:
                yield self._say(first, others)
            else:
                yield from (self._say(other, [first]) for other in others)

    def _say(self, x: Row, others: list[Row]) -> Anomalie:
        known = self.words.financeur_name(x["id"])
        said = [x["financeur"] if known == x["id"] else known, amount_fr(_amount(x))]
        said += [f"« {x['reference']} »"] * bool(x["reference"]) + [date_fr(x["date"])] * bool(x["date"])
        champs = [c for c in AMOUNTS if x[c] is not None]
        cells = typed_cells(x, *champs, "reference", "date")
        if here(x) == here(others[0]):
            found = f"{', '.join(said)}, déjà en {listing(typed_cells(others[0], *champs))}{FILES}{x['fichier']}"
            remedy = f"si c’est le même, n’en laissez qu’une ligne : d’ici là, il est compté deux fois ; {CONFIRM}"
            return self.at(x, found, *champs, cells=cells, expected="chaque financement sur une ligne", remedy=remedy)
        return self.at(x, f"{', '.join(said)}{self.whose(others)}", *champs, cells=cells)

    def _declared_alike(self) -> Iterator[list[Row]]:
        times = Counter(map(_pot, self._lines()))
        by_pot: dict[tuple[Any, ...], list[list[Row]]] = {}
        for x in self._lines():
            if times[_pot(x)] > 1:
                theirs = by_pot.setdefault(_pot(x), [])
                group = next((g for g in theirs if _is_the_same_grant(g[0], x)), None)
                if group is None:
                    theirs.append([x])
                else:
                    group.append(x)
        return (group for theirs in by_pot.values() for group in theirs if len(group) > 1)

    def _lines(self) -> Iterator[Row]:
        """Those of money that say enough to be told from another."""
        said = (x for x in self.answers.each("financement") if x["reference"] or x["date"])
        return (x for x in said if x["id"] and is_cash(x) and _amount(x) > 0)


def _amount(x: Row) -> Decimal:
    return next((Decimal(x[c]) for c in AMOUNTS if x[c] is not None), Decimal(0))


def _pot(x: Row) -> tuple[Any, ...]:
    return x["id"], x["niveau"], _amount(x)


def _is_the_same_grant(one: Row, other: Row) -> bool:
    if not all(one[c] == other[c] for c in AMOUNTS if None not in (one[c], other[c])):
        return False
    references = [_core(x["reference"]) for x in (one, other) if x["reference"]]
    if len(set(references)) > 1:
        return False
    is_named, is_dated = len(references) > 1, one["date"] is not None and one["date"] == other["date"]
    if one["structure"] == other["structure"] and None not in (one["date"], other["date"]) and not is_dated:
        return False
    if here(one) == here(other):
        return is_named and is_dated  # two payments of a grant may stand on two lines
    return is_named or (is_dated and one["fiche"] == other["fiche"])


def _core(reference: str) -> str:
    """What two spellings of a reference share: « Conv. n° 2025-12 », « 2025/12 »."""
    digits = "".join(filter(str.isdecimal, reference))
    return digits if len(digits) >= REFERENCE_DIGITS else "".join(filter(str.isalnum, fold(reference)))


class DoubledActivity(_Double):
    """All the persons, sessions and actions that two structures count for a fiche, and its cost, are alike."""

    code, gravity = "ACTIVITE_DECLAREE_DEUX_FOIS", A_CONFIRMER
    sought = "Deux structures déclarent la même activité pour une fiche (personnes, séances et coût identiques)."
    expected = "une même activité déclarée par une seule structure"
    remedy = f"si c’est la même, ne la laissez que dans un seul retour : elle est comptée deux fois ; {CONFIRM}"

    def between(self) -> Iterator[Anomalie]:
        for _, part in self.given.par_fiche("mesures"):
            for first, *others in counted_alike(part):
                theirs = [rows for rows in others if rows[0]["structure"] != first[0]["structure"]]
                if len(theirs) > TOLD_MAX:
                    yield self._say(part, first, [rows[0] for rows in theirs])
                else:
                    yield from (self._say(part, rows, [first[0]]) for rows in theirs)

    def _say(self, part: CheckInput, counted: list[Row], others: list[Row]) -> Anomalie:
        said = [f"{number_fr(r['valeur'])} pour « {self.words.mesure(r['mesure']).libelle} »" for r in counted[:3]]
        cost = _cost(part, counted[0])
        said += [f"coût de {amount_fr(cost)}"] * bool(cost)
        found = f"{', '.join(said)}{self.whose(others)}"
        return self.at(counted[0], found, "valeur", cells=[c for r in counted for c in typed_cells(r, "valeur")])


def _cost(part: CheckInput, r: Row) -> Decimal | None:
    row = part.answers.depenses.get(here(r), {})
    cost: Decimal | None = row.get("total")
    return cost


def counted_alike(part: CheckInput) -> Iterator[list[list[Row]]]:
    """The returns of one fiche that count the same; one figure that is alike proves nothing."""
    alike: dict[tuple[Any, ...], list[list[Row]]] = {}
    for rows in by_retour(part.answers.each("mesures")).values():
        counted = [r for r in rows if r["valeur"] and part.words.mesure(r["mesure"]).agregation in COUNTED]
        cost = _cost(part, rows[0])
        if counted and len(counted) + bool(cost) > 1:
            figures = cost, *sorted((r["mesure"], r["valeur"]) for r in counted)
            alike.setdefault(figures, []).append(counted)
    return (returns for returns in alike.values() if len(returns) > 1)
