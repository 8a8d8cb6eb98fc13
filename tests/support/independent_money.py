"""The money of a contract computed again, from what partners typed, by someone who knows nothing of the package."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

from tests.support.independent_typing import POSTS, Definition, Line, Typed, total


def lines(definition: Definition, returns: Iterable[Typed]) -> list[Line]:
    """The funding lines of a year."""
    return [
        li for typed in returns for f in definition["fiches"] for li in lines_of_fiche(definition, f["numero"], [typed])
    ]


def lines_of_fiche(definition: Definition, fiche: str, returns: Iterable[Typed]) -> list[Line]:
    """What is only valued is never paid."""
    found = []
    for row in (row for typed in returns for row in typed.rows(fiche, "financement")):
        niveau = level(definition, fiche, row.get("financeur"), row.get("nature"))
        verse = None if niveau == "valorisation" else row.get("verse")
        found.append(Line(fiche, row.get("financeur"), niveau, row.get("prevu"), row.get("engage"), verse))
    return found


def level(definition: Definition, fiche: str, financeur: str | None, nature: str | None) -> str | None:
    """Where a line counts: another funder's money is co-funding, whatever was typed; the aid to a post is outside the
    maquette."""
    typed = {n["libelle"]: n["niveau"] for n in definition["natures"]}.get(nature)
    rules = [r for r in definition["regles"] if r.get("fiche") in (None, fiche)]
    payers = agencies(definition).union(*(r.get("financeurs", [r.get("financeur")]) for r in rules))
    names = {f["nom"] for f in definition["financeurs"] if f["id"] in payers}
    if typed in ("maquette", "hors_maquette") and financeur and financeur not in names:
        return "cofinancement"
    return "hors_maquette" if typed == "maquette" and has_post(definition, fiche) else typed


def agencies(definition: Definition) -> set[str]:
    return {f["id"] for f in definition["financeurs"] if f.get("structure") == definition["contrat"]["agence"]}


def whole_maquette(definition: Definition) -> Any:
    """What the contract announces as a whole; where it does not, its envelopes of all funders, year by year."""
    given = definition["contrat"].get("maquette")
    return given or total(e["montant"] for e in definition.get("enveloppes", ()) if "financeur" not in e)


def has_post(definition: Definition, fiche: str) -> bool:
    return any(r["type"] == "poste" and r.get("hors_maquette") and r["fiche"] == fiche for r in definition["regles"])


def cost(typed: Typed, fiche: str) -> Decimal | None:
    """Of one return: its total, or what its posts make."""
    whole = typed.one(fiche, "depenses", "total")
    return whole if whole is not None else total(typed.one(fiche, "depenses", post) for post in POSTS)


@dataclass
class FicheMoney:
    """The money of a fiche in a year, and what is left after it."""

    engage: Decimal | None
    verse: Decimal | None
    cost: Decimal | None
    attributed: Decimal | None
    rate_cost: Decimal | None
    outside: Decimal | None
    cofunding: Decimal | None
    valued: Decimal | None
    to_engage: Decimal | None = None
    to_pay: Decimal | None = None

    @property
    def rate(self) -> Fraction | None:
        if self.attributed is None or not self.rate_cost:
            return None
        return Fraction(self.attributed) / Fraction(self.rate_cost)


def fiche_money(definition: Definition, fiche: Mapping[str, Any], years: list[list[Typed]]) -> FicheMoney:
    """``years``: the returns of each year since the first; the figures are of the last one."""
    numero = fiche["numero"]
    by_year = [lines_of_fiche(definition, numero, returns) for returns in years]

    def made(year: list[Line], niveau: str, champ: str) -> Decimal | None:
        return total(getattr(li, champ) for li in year if li.niveau == niveau)

    both = list(filter(None, (_attributed_and_cost(definition, numero, typed) for typed in years[-1])))
    money = FicheMoney(
        *(made(by_year[-1], "maquette", champ) for champ in ("engage", "verse")),
        total(cost(typed, numero) for typed in years[-1]),
        *(total(x[rank] for x in both) for rank in (0, 1)),
        *(made(by_year[-1], niveau, "engage") for niveau in ("hors_maquette", "cofinancement", "valorisation")),
    )
    engaged, paid = (total(made(year, "maquette", champ) for year in by_year) for champ in ("engage", "verse"))
    amount = fiche.get("financement", {}).get("montant")
    if amount is not None and engaged is not None:
        money.to_engage = Decimal(amount) - engaged
    if engaged is not None and paid is not None:
        money.to_pay = engaged - paid
    return money


def _attributed_and_cost(definition: Definition, fiche: str, typed: Typed) -> tuple[Decimal, Decimal] | None:
    """What the agency attributed to one return and what it spent, if it says both."""
    names = {f["nom"] for f in definition["financeurs"] if f["id"] in agencies(definition)}
    niveau = "hors_maquette" if has_post(definition, fiche) else "maquette"
    its_own = [li for li in lines_of_fiche(definition, fiche, [typed]) if li.niveau == niveau]
    attributed = total(li.engage for li in its_own if li.financeur in names or not li.financeur)
    spent = cost(typed, fiche)
    return None if attributed is None or spent is None else (attributed, spent)
