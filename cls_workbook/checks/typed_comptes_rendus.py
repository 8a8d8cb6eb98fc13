"""The comptes rendus financiers that the returns make: what was typed for them, and what their fiches tell."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from cls_workbook.anomalies import Place
from cls_workbook.checks.families.money_checks import VALORISATION, is_total
from cls_workbook.checks.given.check_input import CheckInput
from cls_workbook.checks.given.typed_answers import Row, by_retour, here
from cls_workbook.domain.accounts.account_plan import (
    CHARGES,
    COLUMNS,
    GRANTS,
    INDIRECT,
    INDIRECT_ACCOUNTS,
    PRODUITS,
    REALISED,
    VALUED,
    told_by_fiche,
)
from cls_workbook.domain.accounts.compte_rendu import Amounts, CompteRendu, drawn_up, shares, total_of_known
from cls_workbook.domain.asked.compte_rendu_questions import COMPTE_RENDU, COST, HOURS, REPARTITION, WAGES
from cls_workbook.domain.asked.left_out import left_out
from cls_workbook.domain.asked.money_questions import EXPENDITURES

GROUP = COMPTE_RENDU.nom
_AMOUNT_OF = dict(zip(COLUMNS, ("prevu", "engage"), strict=True))  # of a line of money


@dataclass(frozen=True)
class DeclaredCompteRendu:
    """That of a fiche in a return. ``rows``: account ("": the fiche itself) → what was typed for it; ``depenses``,
    ``lines``: what the fiche says of its money; ``cells``: key of an input → (sheet, cell); ``key``: what
    it is in the key that indirect charges are shared by."""

    retour: Row
    drawn_up: CompteRendu
    rows: Mapping[str, Row]
    depenses: Mapping[str, Any]
    lines: tuple[Row, ...]
    cells: Mapping[str, tuple[str, str]]
    key: Decimal | None

    @property
    def fiche(self) -> str:
        return str(self.retour["fiche"])

    def cell(self, account: str, column: str) -> str:
        """Where this amount is asked; "" where the fiche tells it."""
        return self.cells.get(f"{self.fiche}/{GROUP}/{account}/{column}", ("", ""))[1]

    def cell_of(self, champ: str) -> str:
        """Where a question on the whole of it is asked."""
        return self.cells.get(f"{self.fiche}/{GROUP}/{champ}", ("", ""))[1]

    @property
    def place(self) -> Place:
        sheet = next((s for cle, (s, _) in self.cells.items() if cle.startswith(f"{self.fiche}/{GROUP}/")), "")
        return Place(self.retour["fichier"], sheet, self.fiche, self.retour["structure"])

    @property
    def explanation(self) -> str:
        return str(self.rows.get("", {}).get("explication") or "")

    @property
    def is_money_of_fiche(self) -> bool:
        """Are its charges and its produits, as realised, the very cost and resources of the fiche?"""
        attributed = total_of_known(x["engage"] for x in self.lines if x["niveau"] != VALORISATION)
        resources = total_of_known((attributed, self.depenses["ressources_propres"]))
        sides = self.drawn_up.total(REALISED, CHARGES, INDIRECT), self.drawn_up.total(REALISED, PRODUITS)
        return sides == (self.depenses["total"], resources)

    @property
    def is_said(self) -> bool:
        """Is there any money to account for?"""
        return bool(self.rows) or any(x[m] is not None for x in self.lines for m in _AMOUNT_OF.values())


def comptes_rendus(given: CheckInput) -> Iterator[DeclaredCompteRendu]:
    """One for each fiche that calls for it, of each return, in their order."""
    asked = {f.numero: told_of(given, f.numero) for f in given.contrat.fiches if f.compte_rendu}
    if not asked:
        return
    typed, lines = by_retour(given.answers.rows(GROUP)), by_retour(given.answers.rows("financement"))
    common = {r["fichier"]: r for r in given.answers.rows(REPARTITION.nom)}
    of_file: dict[str, list[Row]] = {}
    for r in given.answers.fiches_returned:
        if r["fiche"] in asked:
            of_file.setdefault(r["fichier"], []).append(r)
    for file, returned in of_file.items():
        said = [_FicheMoney(r, typed.get(here(r), []), lines.get(here(r), []), given) for r in returned]
        parts = shared_out(common.get(file, {}), said)
        for one in said:
            told = {column: one.told(column, asked[one.fiche][column], parts) for column in COLUMNS}
            amounts = {column: {n: row[column] for n, row in one.rows.items()} for column in COLUMNS}
            cells = given.addresses.get(file, {})
            drawn = drawn_up(amounts, told)
            key = one.key(common.get(file, {}).get("cle_de_repartition"))
            yield DeclaredCompteRendu(one.retour, drawn, one.rows, one.depenses, tuple(one.lines), cells, key)


def told_of(given: CheckInput, numero: str) -> dict[str, frozenset[str]]:
    asked = left_out(given.contrat, given.contrat.par_fiche[numero])
    return {column: told_by_fiche(column, asked) for column in COLUMNS}


class _FicheMoney:
    """What one fiche of a return says of its money."""

    def __init__(self, retour: Row, typed: list[Row], lines: list[Row], given: CheckInput):
        self.retour, self.fiche = retour, str(retour["fiche"])
        self.rows = {row["ligne"]: row for row in typed}
        self.lines = [x for x in lines if not is_total(x["financeur"])]
        blank: dict[str, Any] = dict.fromkeys(c.nom for c in EXPENDITURES.input_fields)
        self.depenses = given.answers.depenses.get(here(retour), blank)

    def told(self, column: str, sources: frozenset[str], parts: Mapping[str, Amounts]) -> dict[str, Decimal | None]:
        champ = _AMOUNT_OF[column]
        of_lines = {
            GRANTS: total_of_known(x[champ] for x in self.lines if x["niveau"] != VALORISATION),
            VALUED: total_of_known(x[champ] for x in self.lines if x["niveau"] == VALORISATION),
        }
        shared = {account: parts.get(account, {}).get(self.fiche) for account in INDIRECT_ACCOUNTS}
        known = {**self.depenses, **of_lines, **shared}
        return {source: known[source] for source in sources}

    def key(self, word: object) -> Decimal | None:
        """What the charges that are shared out are shared by."""
        wages: Decimal | None = self.depenses["personnel"]
        if wages is None and "64" in self.rows:
            wages = self.rows["64"][REALISED]
        keys = {WAGES: wages, HOURS: self.rows.get("", {}).get("heures"), COST: self.depenses["total"]}
        return keys.get(str(word))


def shared_out(common: Mapping[str, Any], said: list[_FicheMoney]) -> dict[str, dict[str, Decimal]]:
    """Indirect account → fiche → its part, in one return. ``common``: its row of « repartition »."""
    keys = {one.fiche: one.key(common.get("cle_de_repartition")) for one in said}
    return {account: shares(common.get(account), keys, common.get("base")) for account in INDIRECT_ACCOUNTS}
