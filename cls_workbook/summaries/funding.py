"""The money of a campaign, by fiche, by funder and by subtotal. Frames in, frames out; euros, exact to the cent.

The levels (programmé, engagé, versé, réalisé) are never added to each other, nor are the
four natures of money (maquette, hors maquette, cofinancement, valorisation): there is no grand total.
What the rules of the contract make of it, in sentences, is in ``funding_rules``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

import pandas as pd

from cls_workbook.domain.asked.money_questions import EXPENDITURE_POSTS
from cls_workbook.domain.model import Contrat, Fiche
from cls_workbook.domain.subsidies import rounded
from cls_workbook.domain.wording import agency_financeurs, id_of_financeur, nature_name
from cls_workbook.french import NBSP, amount_fr, fold
from cls_workbook.reading.storing.value_store import ValueStore
from cls_workbook.reading.storing.wide_views import columns, total_of
from cls_workbook.summaries.balances import remainders
from cls_workbook.summaries.balances.line_meaning import (
    COFINANCEMENT,
    MAQUETTE,
    OUTSIDE_MAQUETTE,
    VALORISATION,
    meaning_of,
    post_rules,
)
from cls_workbook.summaries.balances.observed_rates import observed_rates
from cls_workbook.tables.consolidation_tables import FINANCEMENT_FICHES, FINANCEMENT_FINANCEURS
from cls_workbook.tables.described_columns import Row
from cls_workbook.tables.summary_tables import TOTALS
from cls_workbook.tables.table_frames import frame_of_rows, frame_records, table_frame

AMOUNTS = ("prevu", "engage", "verse")
LINE = (
    *("fiche", "financeur", "nature", *AMOUNTS, "lignes", "chiffrees"),
    *("niveau", "financeur_id", "reclassee", "verse_valorise"),
)
FinancementKey = tuple[str, str | None, str | None]  # fiche, funder, nature
TO_BE_SCHEDULED = "à programmer"


# --- Funding lines --------------------------------------------------------------------------------------------------


def financement_lines(contrat: Contrat, values: pd.DataFrame | ValueStore) -> list[Row]:
    """The funding lines, those of one fiche that name the same funder and nature added up: fiche, financeur, nature (as
    typed), prevu, engage, verse (EUR), ``lignes`` (how many), ``chiffrees`` (how many of them with an amount),
    ``niveau`` (None: no nature), ``financeur_id`` (None: not in the contract), ``reclassee`` (True: counted elsewhere
    than it was typed, see ``meaning_of``) and ``verse_valorise`` (EUR typed as paid of what is only valued: in no
    sum)."""
    store = ValueStore.of(values)
    return store.once("lignes", lambda: [_row(contrat, *line) for line in _sums(store).items()], contrat)


def _sums(store: ValueStore) -> dict[FinancementKey, tuple[Any, ...]]:
    """(fiche, funder, nature) → its sums (prevu, engage, verse, lignes, chiffrees), made batch after batch."""
    sums: dict[FinancementKey, tuple[Any, ...]] = {}
    for part in store.arrays(lambda c: c.bloc == "financement"):
        groups: dict[FinancementKey, list[tuple[Any, ...]]] = {}
        for fiche, financeur, nature, *amounts in columns(
            part.wide("financement"), "fiche", "financeur", "nature", "prevu", "engage", "verse"
        ):
            has_amount = any(m is not None for m in amounts)
            groups.setdefault((fiche, financeur, nature), []).append((*amounts, 1, int(has_amount)))
        for cle, lines in groups.items():
            sums[cle] = tuple(map(total_of, zip(*lines, *([sums[cle]] if cle in sums else ()), strict=True)))
    return sums


def _row(contrat: Contrat, cle: FinancementKey, sums: tuple[Any, ...]) -> Row:
    niveau, financeur, reclassified = meaning_of(contrat, *cle)
    row = dict(zip(LINE, (*cle, *sums, niveau, financeur, reclassified, None), strict=True))
    if niveau == VALORISATION:
        row["verse"], row["verse_valorise"] = None, row["verse"]
    return row


def of_the_year(values: pd.DataFrame | ValueStore, annee: int) -> ValueStore:
    """Without what was typed for another year; a book is of one campaign."""
    return values if isinstance(values, ValueStore) else ValueStore.of(values[values["annee"] == annee])


def _to_cents(montant: Decimal | None) -> Decimal | None:
    """Rounding comes here only, once everything is added."""
    return None if montant is None else rounded(Decimal(montant))


# --- By fiche -------------------------------------------------------------------------------------------------------


def par_fiche(
    contrat: Contrat,
    annee: int,
    values: pd.DataFrame | ValueStore,
    programme: Mapping[tuple[str, str], Decimal] | None = None,
    previous_cumulated: Mapping[str, Decimal] | None = None,
    before: Iterable[Mapping[str, Any]] = (),
) -> pd.DataFrame:
    """The table ``Financement_fiches``: one row per fiche, those without amount included, then the actions to
    programme.

    ``values``: retained values; those of another year than ``annee`` are left out. ``programme``: (fiche, financeur id
    or "") → EUR that the COPIL programmed for the year. ``previous_cumulated``: fiche → EUR of the maquette engaged in
    earlier years; ``before``: the rows of the history, of which what they engaged and paid. Engagé and Versé are of the
    maquette only; the last three columns are what was engaged of the rest.
    """
    values, before = of_the_year(values, annee), list(before)
    lines, costs, earlier = financement_lines(contrat, values), actual_costs(values), previous_cumulated or {}
    promised, received = (
        remainders.of_earlier_years(before, annee, objet) for objet in (remainders.ENGAGE, remainders.VERSE)
    )
    rates = observed_rates(contrat, values)
    rows = []
    for fiche in contrat.actions:
        numero = fiche.numero
        row = _fiche(contrat, fiche, [li for li in lines if li["fiche"] == numero])
        row["Programmé"] = _to_cents(maquette_programme(contrat, numero, programme or {}))
        row["Coût réalisé"] = _to_cents(costs.get(numero))
        row["Taux constaté"] = rates[numero].taux if numero in rates else None
        engaged, paid = row["Engagé"], row["Versé"]
        row["Reste à engager"] = remainders.to_engage(fiche.financement.montant, (engaged, earlier.get(numero)))
        row["Reste à verser"] = remainders.to_pay((engaged, promised.get(numero)), (paid, received.get(numero)))
        rows.append(row)
    rows += [{"Fiche": TO_BE_SCHEDULED, "Axe": action.axe} for action in contrat.announced.a_programmer]
    return frame_of_rows(FINANCEMENT_FICHES, rows)


def _fiche(contrat: Contrat, fiche: Fiche, lines: list[Row]) -> Row:
    """What the contract says, and what its lines add up to."""
    return {
        "Fiche": fiche.numero,
        "Axe": fiche.axe,
        "Montant contrat": _to_cents(fiche.financement.montant),
        "Taux contrat": fiche.financement.taux,
        "Engagé": _to_cents(_sum_of_level(lines, MAQUETTE, "engage")),
        "Versé": _to_cents(_sum_of_level(lines, MAQUETTE, "verse")),
        "ARS hors maquette": _to_cents(_sum_of_level(lines, OUTSIDE_MAQUETTE, "engage")),
        "Cofinancements": _to_cents(_sum_of_level(lines, COFINANCEMENT, "engage")),
        "Valorisation": _to_cents(_sum_of_level(lines, VALORISATION, "engage")),
    }


def _sum_of_level(lines: Iterable[Mapping[str, Any]], niveau: str, champ: str) -> Any:
    return total_of(li[champ] for li in lines if li["niveau"] == niveau)


def maquette_programme(contrat: Contrat, numero: str, programme: Mapping[tuple[str, str], Decimal]) -> Decimal | None:
    """What the COPIL programmed on the maquette of a fiche; the aid to a post is outside it."""
    if post_rules(contrat, numero):
        return None
    understood = agency_financeurs(contrat) | {f for r in contrat.rules_of(numero, "parite") for f in r.financeurs}
    planned: Decimal | None = total_of(
        montant
        for (fiche, financeur), montant in programme.items()
        if fiche == numero and (not financeur or not understood or id_of_financeur(contrat, financeur) in understood)
    )
    return planned


def actual_costs(values: pd.DataFrame | ValueStore) -> dict[str, Decimal]:
    """Fiche → cost of the year, EUR: the totals of its returns; where a return gives no total, the sum of its posts."""
    store = ValueStore.of(values)
    return store.once("couts", lambda: _costs(store))


def _costs(store: ValueStore) -> dict[str, Decimal]:
    costs: dict[str, Decimal] = {}
    for part in store.arrays(lambda c: c.bloc == "depenses"):
        for fiche, total, *posts in columns(part.wide("depenses"), "fiche", "total", *EXPENDITURE_POSTS):
            expenditure = total if total is not None else total_of(posts)
            if expenditure is not None:
                costs[fiche] = costs.get(fiche, Decimal(0)) + expenditure
    return costs


# --- By funder, by subtotal -----------------------------------------------------------------------------------------


def par_financeur(contrat: Contrat, values: pd.DataFrame | ValueStore) -> pd.DataFrame:
    """The table ``Financement_financeurs``: one row per funder and nature, in the contract's order; EUR.

    Prévu, Engagé and Versé are each their own sum. A funder or a nature that nobody gave is an empty cell.
    """
    names = {f.id: f.nom for f in contrat.money.financeurs}
    natures = {fold(n.libelle): n.libelle for n in contrat.money.natures}
    groups: dict[tuple[Any, ...], list[Row]] = {}
    spelling: dict[str, str] = {}
    for li in financement_lines(contrat, values):
        typed = li["financeur"] and spelling.setdefault(fold(li["financeur"]), li["financeur"])
        groups.setdefault((names.get(li["financeur_id"], typed), retained_nature(contrat, li)), []).append(li)
    financeur_rank = {nom: rank for rank, nom in enumerate(names.values())}
    nature_rank = {nom: rank for rank, nom in enumerate(natures.values())}
    last = len(financeur_rank), len(nature_rank)

    def order(cle: tuple[Any, ...]) -> tuple[Any, ...]:
        financeur, nature = cle
        return financeur_rank.get(financeur, last[0]), financeur or "", nature_rank.get(nature, last[1]), nature or ""

    sums = {cle: [_to_cents(total_of(li[c] for li in groups[cle])) for c in AMOUNTS] for cle in groups}
    return table_frame(FINANCEMENT_FINANCEURS, ((*cle, *sums[cle]) for cle in sorted(groups, key=order)))


def retained_nature(contrat: Contrat, line: Row) -> str | None:
    """The printed label of the nature that a line counts in; as it was typed where the contract does not know it."""
    if line["reclassee"]:
        return nature_name(contrat, line["niveau"])
    typed = line["nature"]
    return typed and next((n.libelle for n in contrat.money.natures if fold(n.libelle) == fold(typed)), typed)


def given_by_financeur(contrat: Contrat, values: pd.DataFrame | ValueStore) -> pd.DataFrame:
    """Of the table ``Financements``, what each fiche had of each funder under each nature that counts: Fiche,
    Financeur, Nature, Engagé, Versé (EUR)."""
    names = {f.id: f.nom for f in contrat.money.financeurs}
    lines = [
        (li["fiche"], names.get(li["financeur_id"], li["financeur"]), retained_nature(contrat, li), *given)
        for li in financement_lines(contrat, values)
        for given in [(li["engage"], li["verse"])]
    ]
    return pd.DataFrame(lines, columns=["Fiche", "Financeur", "Nature", "Engagé", "Versé"], dtype=object)


def totaux(contrat: Contrat, financement: pd.DataFrame) -> pd.DataFrame:
    """The subtotals of ``par_fiche``: maquette, poste de coordination, ARS hors maquette, cofinancements, valorisation.

    One row each, never added together. Differences are in EUR and as a share (0.1 for 10 %), over the fiches where
    both amounts are known; Réserve says over how many. Only the maquette has all levels; the others show what was
    engaged.
    """
    fiches = financement[financement["Fiche"] != TO_BE_SCHEDULED]
    has_post = fiches["Fiche"].map(lambda numero: bool(post_rules(contrat, numero))).astype(bool)
    outside, cofinancements = fiches["ARS hors maquette"], fiches["Cofinancements"]
    engages = {"Poste de coordination (hors maquette)": outside[has_post]} if has_post.any() else {}
    engages[nature_name(contrat, OUTSIDE_MAQUETTE)] = outside[~has_post]
    engages[nature_name(contrat, COFINANCEMENT)] = cofinancements
    engages[f"{nature_name(contrat, VALORISATION)} (sans versement)"] = fiches["Valorisation"]
    lines = [{"Sous-total": nom, "Engagé": total_of(amounts)} for nom, amounts in engages.items()]
    for line, amounts in zip(lines[-2:], (cofinancements, fiches["Valorisation"]), strict=True):
        line["Réserve"] = of_the_post(total_of(amounts[has_post])) or None
    return frame_of_rows(TOTALS, [_maquette(contrat, fiches), *lines])


def of_the_post(montant: Decimal | None) -> str:
    """What a subtotal holds of the post of coordination, which has a subtotal of its own for the rest ("": nothing)."""
    return f"dont {amount_fr(montant)} au poste de coordination" if montant else ""


def _maquette(contrat: Contrat, fiches: pd.DataFrame) -> Row:
    prevu = total_of(fiches["Montant contrat"])
    reserves = []
    if contrat.money.maquette is not None and prevu is not None and prevu != contrat.money.maquette:
        reserves.append(f"le contrat annonce {amount_fr(contrat.money.maquette)}, les fiches font {amount_fr(prevu)}")
    funded = fiches[fiches["Montant contrat"].notna()]
    for column in ("Programmé", "Engagé", "Versé"):
        known = int(funded[column].notna().sum())
        if known < len(funded):
            s = "s" * (known > 1)
            reserves.append(f"{column.lower()} connu pour {known} fiche{s} dotée{s} sur {len(funded)}")
    reserves += [r for r in (remainders.paid_beside_engaged(frame_records(fiches)),) if r]
    overall = total_of(e.montant for e in contrat.money.enveloppes if e.financeur is None)
    announced = (amount for amount in (prevu, contrat.money.maquette, overall) if amount is not None)
    line = {"Sous-total": "Maquette", "Contrat": next(announced, None)}
    line |= {column: total_of(fiches[column]) for column in ("Programmé", "Engagé", "Versé")}
    for depuis, to in (("Programmé", "Engagé"), ("Engagé", "Versé")):
        titre = f"Écart {to.lower()} - {depuis.lower()}"
        line[titre], line[f"{titre} (%)"], how_many = _gap(fiches, depuis, to)
        if how_many and how_many < len(fiches):
            reserves.append(f"écart {to.lower()} - {depuis.lower()} sur {how_many} fiche{'s' * (how_many > 1)}")
    return line | {"Réserve": f"{NBSP}; ".join(reserves) or None}


def _gap(fiches: pd.DataFrame, depuis: str, to: str) -> tuple[Decimal | None, Decimal | None, int]:
    """(difference, share of the first amount, number of fiches): like with like, only where both are known."""
    pairs = [(a, b) for a, b in zip(fiches[depuis], fiches[to], strict=True) if a is not None and b is not None]
    if not pairs:
        return None, None, 0
    base = sum(a for a, _ in pairs)
    gap = sum(b for _, b in pairs) - base
    return gap, gap / base if base else None, len(pairs)
