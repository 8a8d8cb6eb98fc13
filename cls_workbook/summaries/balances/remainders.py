"""What is left: of the maquette to engage, of what was engaged to pay. Rows in, figures out; euros.

One place for the tables, the Synthèse, the agency's copy and a region. A figure rests on what is known only: how many
fiches are not known stands beside it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from decimal import Decimal
from typing import Any, NamedTuple

from cls_workbook.domain.model import Contrat
from cls_workbook.domain.subsidies import rounded
from cls_workbook.domain.wording import nature_name
from cls_workbook.french import NBSP, amount_fr, how_many
from cls_workbook.reading.storing.wide_views import total_of
from cls_workbook.summaries.balances.line_meaning import VALORISATION, meaning_of
from cls_workbook.tables.described_columns import Row

ENGAGE, VERSE = "Engagé", "Versé"  # rows of the history: on the maquette of a fiche, in one year
# What the coordinator alone says of the years that no consolidation holds, in the row of the year when it is said.
ENGAGED_BEFORE = "Engagé les années précédentes"
ENGAGE_BY_FINANCEUR, VERSE_BY_FINANCEUR = "Engagé par financeur", "Versé par financeur"
SINCE = "depuis le début"


class Remainder(NamedTuple):
    """``montant``: EUR, None where nothing is known; ``reserve``: what it does not rest on, in words ("": nothing)."""

    montant: Decimal | None
    reserve: str = ""


# --- Of one fiche ---------------------------------------------------------------------------------------------------


def to_engage(prevu: Decimal | None, engaged: Iterable[Decimal | None]) -> Decimal | None:
    """Of a fiche: the contract's amount less all that is engaged on its maquette since the first year (``engaged``:
    year by year); None where the contract gives no amount, or nothing is known to be engaged."""
    already = total_of(engaged)
    return rounded(Decimal(prevu - already)) if prevu is not None and already is not None else None


def to_pay(engaged: Iterable[Decimal | None], paid: Iterable[Decimal | None]) -> Decimal | None:
    """What is engaged less what is paid, over the years; None where one of the two is not known."""
    promised, received = total_of(engaged), total_of(paid)
    return rounded(Decimal(promised - received)) if promised is not None and received is not None else None


def of_earlier_years(before: Iterable[Mapping[str, Any]], annee: int, *objets: str) -> dict[str, Decimal]:
    """Fiche → EUR that the years before ``annee`` engaged, or paid, on its maquette, as the history has it."""
    sums: dict[str, Decimal] = {}
    for r in before:
        if r["Objet"] in objets and _is_amount(r["Valeur"]) and isinstance(r["Année"], int) and r["Année"] < annee:
            sums[str(r["Fiche"])] = sums.get(str(r["Fiche"]), Decimal(0)) + Decimal(r["Valeur"])
    return sums


def _is_amount(valeur: object) -> bool:
    return isinstance(valeur, (int, Decimal)) and not isinstance(valeur, bool)


# --- Of all fiches --------------------------------------------------------------------------------------------------


def left_to_engage(
    maquette: Decimal | None, fiches: Iterable[Row], engaged: Mapping[str, Decimal] | None = None
) -> Remainder:
    """The maquette less all that is engaged on the fiches that have an amount; on all of them, where the contract gives
    its money as a whole. ``fiches``: rows of ``Financement_fiches``; ``engaged``: fiche → EUR since the first year."""
    fiches = list(fiches)
    funded = [f for f in fiches if f["Montant contrat"] is not None]
    if not funded:
        return Remainder(to_engage(maquette, (engaged or {}).values()))
    known = [f for f in funded if f["Reste à engager"] is not None]
    if not known:
        return Remainder(None, "aucun engagement connu sur une fiche dotée")
    already = total_of(f["Montant contrat"] - f["Reste à engager"] for f in known)
    sums, since = ({f["Fiche"]: f["Engagé"] for f in fiches}, "dans l’année") if engaged is None else (engaged, SINCE)
    without = (f["Fiche"] for f in fiches if f["Montant contrat"] is None)
    elsewhere = [amount for fiche in without if (amount := sums.get(fiche))]
    said = []
    if unknown := len(funded) - len(known):
        s = "s" * (unknown > 1)
        whole = f"comptée{s} pour {'leur' if unknown > 1 else 'son'} montant entier"
        said.append(f"aucun engagement connu pour {unknown} fiche{s} dotée{s} sur {len(funded)}, {whole}")
    if elsewhere:
        on = how_many(len(elsewhere), "fiche")
        said.append(f"{amount_fr(total_of(elsewhere))} engagés {since} sur {on} sans montant, non déduits")
    return Remainder(to_engage(maquette, [already]), f"{NBSP}; ".join(said))


def left_to_pay(fiches: Iterable[Row], earlier: Collection[str] = ()) -> Remainder:
    """The sum of what is left to pay on each fiche, and on how many of those that engaged or were paid it rests;
    ``earlier``: those that did in earlier years."""
    fiches = list(fiches)
    known = [f["Reste à verser"] for f in fiches if f["Reste à verser"] is not None]
    in_year = (ENGAGE, VERSE, "Reste à verser")
    moved = [f for f in fiches if f["Fiche"] in earlier or any(f[c] is not None for c in in_year)]
    lacking = len(moved) - len(known)
    reserve = f"non connu pour {how_many(lacking, 'fiche')} sur {len(moved)}" if lacking else ""
    return Remainder(total_of(known), reserve)


def paid_beside_engaged(fiches: Iterable[Row]) -> str:
    """Where what is paid and what is engaged in the year rest on other fiches: how much, on how many, in words."""
    fiches = list(fiches)
    paid_only = [f[VERSE] for f in fiches if f[VERSE] is not None and f[ENGAGE] is None]
    engaged_only = [f[ENGAGE] for f in fiches if f[ENGAGE] is not None and f[VERSE] is None]
    said = []
    if paid_only:
        on = how_many(len(paid_only), "fiche")
        said.append(f"{amount_fr(total_of(paid_only))} versés sur {on} sans engagement connu dans l’année")
    if engaged_only:
        on = how_many(len(engaged_only), "fiche")
        said.append(f"{amount_fr(total_of(engaged_only))} engagés sur {on} sans versement connu dans l’année")
    return f"{NBSP}; ".join(said)


# --- By funder ------------------------------------------------------------------------------------------------------


def by_financeur(contrat: Contrat, history: Iterable[Mapping[str, Any]]) -> list[Row]:
    """What each funder engaged and paid on each fiche over the years, and what is left to pay; nothing is due of what
    is valued. In the contract's order."""
    names = {f.id: f.nom for f in contrat.money.financeurs}
    groups: dict[tuple[str, str, str], dict[str, list[Decimal]]] = {}
    for r in history:
        if r["Objet"] not in (ENGAGE_BY_FINANCEUR, VERSE_BY_FINANCEUR) or not _is_amount(r["Valeur"]):
            continue
        # an older consolidation has the words that were typed
        meaning = meaning_of(contrat, str(r["Fiche"]), r["Financeur"], r["Nature"])
        if meaning.niveau != VALORISATION:
            nature = nature_name(contrat, str(meaning.niveau)) if meaning.reclassified else r["Nature"]
            cle = (
                str(r["Fiche"] or ""),
                str(names.get(meaning.financeur or "", r["Financeur"]) or ""),
                str(nature or ""),
            )
            groups.setdefault(cle, {}).setdefault(r["Objet"], []).append(Decimal(r["Valeur"]))
    ranks = {f.numero: rank for rank, f in enumerate(contrat.fiches)}
    rows = []
    for cle in sorted(groups, key=lambda c: ranks.get(c[0], len(ranks))):
        engaged, paid = (groups[cle].get(objet, []) for objet in (ENGAGE_BY_FINANCEUR, VERSE_BY_FINANCEUR))
        row: Row = {t: texte or None for t, texte in zip(("Fiche", "Financeur", "Nature"), cle, strict=True)}
        row |= {"Engagé depuis le début": total_of(engaged), "Versé depuis le début": total_of(paid)}
        rows.append(row | {"Reste à verser": to_pay(engaged, paid)})
    return rows
