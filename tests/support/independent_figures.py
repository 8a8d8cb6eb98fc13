"""The figures of a contract computed again, from what partners typed, by someone who knows nothing of the package.

Plain Python: the definition as TOML has it, what was typed as key → value, sums of ``Decimal`` and ``Fraction``. What
each figure is comes from the guides and the decisions; a None is a figure that nobody knows.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from typing import Any, NamedTuple

NUMBERS = ("entier", "decimal", "montant")
NOTHING = "Rien de programmé"
POSTS = ("personnel", "achats", "autres")
Definition = Mapping[str, Any]


class Figure(NamedTuple):
    """``valeur``: a number, a text, a set of words, or None; ``names``: the entities counted, where all are named."""

    valeur: Any = None
    numerateur: Decimal | None = None
    denominateur: Decimal | None = None
    counted: int = 0
    names: frozenset[str] | None = None


class Line(NamedTuple):
    """One funding line: where it counts (``niveau``), and its amounts."""

    fiche: str
    financeur: str | None
    niveau: str | None
    prevu: Decimal | None
    engage: Decimal | None
    verse: Decimal | None


@dataclass
class Typed:
    """One return: (fiche, bloc, mesure) → line ("" where there is one only) → champ → what it says, refused cells left
    out. ``places``: (sheet, cell) → the same, without the funding lines; ``where``: each has its place."""

    structure: str
    values: dict[tuple[str, str, str], dict[str, dict[str, Any]]] = field(default_factory=dict)
    places: dict[tuple[str, str], Any] = field(default_factory=dict)
    where: dict[tuple[str, str, str, str, str], tuple[str, str]] = field(default_factory=dict)

    def without(self, fiche: str, bloc: str, mesure: str, line: str, champ: str) -> None:
        del self.values[fiche, bloc, mesure][line][champ]
        if bloc != "financement":
            del self.places[self.where[fiche, bloc, mesure, line, champ]]

    def one(self, fiche: str, bloc: str, champ: str, mesure: str = "") -> Any:
        return self.values.get((fiche, bloc, mesure), {}).get("", {}).get(champ)

    def rows(self, fiche: str, bloc: str, mesure: str = "") -> list[dict[str, Any]]:
        return [row for line, row in self.values.get((fiche, bloc, mesure), {}).items() if line]


Entry = Mapping[str, Any]  # one input, as ``dictionnaire --format json`` gives it


def understand(
    structure: str, dictionary: Iterable[Entry], answers: Mapping[str, object], refused: set[tuple[str, str]]
) -> Typed:
    """What a return says. ``refused``: (sheet, cell)."""
    typed = Typed(structure)
    for entry in dictionary:
        cle, place = entry["cle"], (entry["feuille"], entry["cellule"])
        if cle in answers and place not in refused:
            valeur: Any = answers[cle]
            if entry["type"] in NUMBERS:
                valeur = Decimal(re.sub(r"[\s€]", "", str(valeur)).replace(",", "."))
            parts = cle.split("/")
            line = parts[-2] if len(parts) == 4 + bool(entry["mesure"]) else ""
            where = typed.values.setdefault((entry["fiche"], entry["bloc"], entry["mesure"]), {})
            where.setdefault(line, {})[entry["champ"]] = valeur
            typed.where[entry["fiche"], entry["bloc"], entry["mesure"], line, entry["champ"]] = place
            if entry["bloc"] != "financement":
                typed.places[place] = valeur
    return typed


def total(amounts: Iterable[Any]) -> Any:
    """Their sum; of nothing known, nothing."""
    known = [a for a in amounts if a is not None]
    return sum(known) if known else None


def plain(texte: object) -> str:
    """Without case, accents, hyphens, kinds of apostrophes and of spaces: what makes two spellings one."""
    bare = "".join(c for c in unicodedata.normalize("NFKD", str(texte)) if not unicodedata.combining(c))
    return " ".join(bare.casefold().replace("’", "'").replace("-", " ").split())


# --- What was done --------------------------------------------------------------------------------------------------


def measures(definition: Definition) -> dict[str, tuple[str, Mapping[str, Any]]]:
    """Measure → (its fiche, itself), in the contract's order."""
    return {
        mesure["id"]: (fiche["numero"], mesure)
        for fiche in definition["fiches"]
        for indicateur in fiche.get("indicateurs", ())
        for mesure in indicateur["mesures"]
    }


def answered_together(definition: Definition) -> set[str]:
    """The measures for which several porteurs are expected to answer once."""
    return {
        mesure["id"]
        for fiche in definition["fiches"]
        for indicateur in fiche.get("indicateurs", ())
        for mesure in indicateur["mesures"]
        if fiche.get("reponse_commune")
        or any(v.get("reponse_commune") and v["id"] == indicateur.get("volet") for v in fiche.get("volets", ()))
    }


def counted_once(definition: Definition, returns: list[Typed]) -> list[Typed]:
    """Of those who answer together, the first file counts; of the others, what it does not say, and money that
    differs."""
    for fiche in definition["fiches"]:
        parts = [v for v in fiche.get("volets", ()) if v.get("reponse_commune")]
        for part in parts + [fiche] * bool(fiche.get("reponse_commune")):
            theirs = [t for t in returns if t.structure in part["porteurs"]]
            theirs = [t for t in theirs if any(numero == fiche["numero"] for numero, *_ in t.values)]
            theirs.sort(key=lambda t: f"{t.structure}.xlsx")
            for rank, other in enumerate(theirs):
                for first in theirs[:rank]:
                    _leave_out_what_is_said(definition, fiche["numero"], first, other)
    return returns


def _leave_out_what_is_said(definition: Definition, fiche: str, first: Typed, other: Typed) -> None:
    same_cost = cost(first, fiche) == cost(other, fiche)
    known_lines = first.rows(fiche, "financement")
    same_lines = [n for n, row in other.values.get((fiche, "financement", ""), {}).items() if row in known_lines]
    answered = {m for (f, _, m), rows in first.values.items() if f == fiche and _answers(rows)}
    for (numero, bloc, mesure), rows in other.values.items():
        for line, row in rows.items() if numero == fiche else ():
            for champ, valeur in list(row.items()):
                before = first.values.get((fiche, bloc, mesure), {}).get(line, {}).get(champ)
                if mesure:
                    added = measures(definition)[mesure][1]["agregation"] not in ("TEXTE", "UNION")
                    said = added and mesure in answered and champ != "commentaire"
                elif bloc == "financement":
                    said = line in same_lines
                elif bloc == "depenses":
                    said = same_cost if champ in ("total", *POSTS) else valeur == before
                else:
                    said = isinstance(valeur, Decimal) and before is not None
                if said:
                    other.without(fiche, bloc, mesure, line, champ)


def _answers(rows: Mapping[str, Mapping[str, Any]]) -> bool:
    """Does it say more than how it knows?"""
    beside = {"statut", "commentaire", "double_compte", "echelle", "unite"}
    return any(champ not in beside for row in rows.values() for champ in row)


def figure(definition: Definition, fiche: str, mesure: Mapping[str, Any], returns: Iterable[Typed]) -> Figure:
    """What the returns of one year make of a measure."""
    compute = {
        "RATIO": _ratio,
        "MOYENNE": _mean,
        "SATISFACTION": _satisfaction,
        "JALON": _jalon,
        "UNION": _union,
        "TEXTE": _text,
    }
    if (code := mesure["agregation"]) in compute:
        return compute[code](definition, fiche, mesure, list(returns))
    return _count(fiche, mesure, list(returns), distinct=code in ("ENTITES", "STOCK"))


def _count(fiche: str, mesure: Mapping[str, Any], returns: list[Typed], distinct: bool) -> Figure:
    """A sum; of entities that several returns count, the different names, if each names all that it counts."""
    counts, lists = list[Decimal](), list[frozenset[str]]()
    for typed in returns:
        rows = typed.rows(fiche, "ventilations", mesure["id"])
        valeur = typed.one(fiche, "mesures", "valeur", mesure["id"])
        if mesure["type"] == "ventilation":
            valeur = total(row.get("effectif") for row in rows)
        if valeur is not None:
            counts.append(valeur)
            lists.append(frozenset(plain(row["nom"]) for row in rows if row.get("nom")))
    all_names = frozenset[str]().union(*lists)
    all_named = [len(names) for names in lists] == counts
    names = all_names if counts and all_named else None
    if not distinct or sum(1 for c in counts if c) < 2:
        return Figure(total(counts), counted=len(counts), names=names)
    return Figure(len(all_names) if all_named else None, counted=len(counts), names=names)


def _ratio(_: Definition, fiche: str, mesure: Mapping[str, Any], returns: list[Typed]) -> Figure:
    """All numerators over all denominators, of the returns that give both; the contract's denominator counts once."""
    pairs = []
    for typed in returns:
        top, bottom = (typed.one(fiche, "taux", champ, mesure["id"]) for champ in ("numerateur", "denominateur"))
        rows = typed.rows(fiche, "ventilations", mesure["id"])
        full = [r for r in rows if r.get("numerateur") is not None and r.get("denominateur") is not None]
        if top is None and bottom is None and full:
            top, bottom = total(r["numerateur"] for r in full), total(r["denominateur"] for r in full)
        if top is not None and (bottom is not None or "denominateur" in mesure):
            pairs.append((top, bottom))
    if not pairs:
        return Figure()
    top = total(t for t, _ in pairs)
    bottom = Decimal(mesure["denominateur"]) if "denominateur" in mesure else total(b for _, b in pairs)
    return Figure(Fraction(top) / Fraction(bottom) if bottom else None, top, bottom, len(pairs))


def _mean(_: Definition, fiche: str, mesure: Mapping[str, Any], returns: list[Typed]) -> Figure:
    """Weighted by how many each average is of, in one unit; the only one there is stands without."""
    said = []
    for typed in returns:
        average, weight, unit = (
            typed.one(fiche, "durees", champ, mesure["id"]) for champ in ("moyenne", "effectif", "unite")
        )
        if average is not None:
            said.append((average, weight, unit))
    if len(said) == 1 and said[0][1] is None:
        return Figure(said[0][0], counted=1)
    weighted = [(average, weight, unit) for average, weight, unit in said if weight]
    if not weighted or len({unit for *_, unit in weighted}) > 1:
        return Figure(counted=len(weighted))
    mean = sum(Fraction(a) * Fraction(w) for a, w, _ in weighted) / sum(Fraction(w) for _, w, _ in weighted)
    return Figure(mean, counted=len(weighted))


def _satisfaction(_: Definition, fiche: str, mesure: Mapping[str, Any], returns: list[Typed]) -> Figure:
    """All satisfied over all who answered, on one scale; « Autre » is a scale of one's own."""
    fields = ("satisfaits", "repondants", "echelle")
    said = [tuple(typed.one(fiche, "satisfaction", c, mesure["id"]) for c in fields) for typed in returns]
    full = [(s, r, e) for s, r, e in said if s is not None and r is not None]
    scales = {e for *_, e in full}
    if not full or len(scales) > 1 or (scales == {"Autre"} and len(full) > 1):
        return Figure(counted=len(full))
    top, bottom = (total(x[rank] for x in full) for rank in (0, 1))
    return Figure(Fraction(top) / Fraction(bottom) if bottom else None, top, bottom, len(full))


def _jalon(definition: Definition, fiche: str, mesure: Mapping[str, Any], returns: list[Typed]) -> Figure:
    """The least advanced state that a return gives."""
    states = [s for t in returns if (s := t.one(fiche, "jalons", "jalon", mesure["id"]))]
    return Figure(min(states, key=definition["listes"]["jalons"].index) if states else None, counted=len(states))


def _union(_: Definition, fiche: str, mesure: Mapping[str, Any], returns: list[Typed]) -> Figure:
    cited = [
        {plain(r["modalite"]) for r in t.rows(fiche, "ventilations", mesure["id"]) if r.get("modalite")}
        for t in returns
    ]
    return Figure(set().union(*cited) or None, counted=sum(1 for words in cited if words))


def _text(_: Definition, fiche: str, mesure: Mapping[str, Any], returns: list[Typed]) -> Figure:
    texts = [s for t in returns if (s := t.one(fiche, "textes", "texte", mesure["id"]))]
    return Figure(frozenset(texts) or None, counted=len(texts))


def completion(returns: Iterable[Typed], fiche: str) -> str | None:
    """« Totale » or « Nulle » where all who had something to do say so, else « Partielle »; None without answer."""
    said = [word for typed in returns if (word := typed.one(fiche, "avancement", "realisation"))]
    programmed = {word for word in said if word != NOTHING}
    if len(programmed) > 1:
        return "Partielle"
    return next(iter(programmed or said), None)


def over_the_years(code: str, by_year: Mapping[int, Figure]) -> Any:
    """What the years make together: added, distinct, last or nothing, by what the measure counts."""
    known = {annee: f for annee, f in sorted(by_year.items()) if f.valeur is not None}
    if not known or code in ("PERSONNES", "MOYENNE", "SATISFACTION"):
        return None
    if code == "FLUX":
        return total(f.valeur for f in known.values())
    if code in ("STOCK", "JALON"):
        return known[max(known)].valeur
    if code == "RATIO":
        top, bottom = (total(f[rank] for f in known.values()) for rank in (1, 2))
        return Fraction(top) / Fraction(bottom) if bottom else None
    if code == "ENTITES":
        counting = [f for f in known.values() if f.valeur]
        if len(counting) == 1 or all(f.names is not None for f in counting):
            return counting[0].valeur if len(counting) == 1 else len(set().union(*(f.names or () for f in counting)))
        return None
    return set().union(*(f.valeur for f in known.values()))  # words


# --- What the contract wants, what leaves ---------------------------------------------------------------------------


class Target(NamedTuple):
    """What a year looks at, and how far it is; ``part`` is of no ceiling, ``met`` is None where nothing is known."""

    wanted: Decimal | None = None
    part: Fraction | None = None
    met: str | None = None


def target(
    definition: Definition, mesure: Mapping[str, Any], by_year: Mapping[int, Figure], masked: set[int] = frozenset()
) -> Target:
    """Of the last year of ``by_year``: its yearly target, else the next one due. A masked year has no part."""
    annee, last = max(by_year), max(definition["contrat"]["annees"])
    its_own = [c for c in definition.get("cibles", ()) if c["mesure"] == mesure["id"]]
    due = sorted(
        (c for c in its_own if c.get("annee", last) >= annee or c.get("chaque_annee")),
        key=lambda c: (not c.get("chaque_annee"), c.get("annee", last)),
    )
    if not due:
        return Target()
    added_up, wanted = due[0].get("cumulee"), Decimal(str(due[0]["valeur"]))
    code = "FLUX" if mesure["agregation"] == "PERSONNES" else mesure["agregation"]  # the contract adds the years
    reached = over_the_years(code, by_year) if added_up else by_year[annee].valeur
    if reached is None or masked & (set(by_year) if added_up else {annee}):
        return Target(wanted)
    if due[0].get("au_plus"):
        return Target(wanted, None, "oui" if reached <= wanted else "non")
    return Target(wanted, Fraction(reached) / Fraction(wanted), "oui" if reached >= wanted else "non")


def is_masked(definition: Definition, mesure: Mapping[str, Any], figure: Figure) -> bool:
    """Does it speak of so few persons that it does not leave? Of a rate: either term, or what is left."""
    terms = (figure.numerateur, figure.denominateur)
    if mesure["agregation"] not in ("RATIO", "SATISFACTION"):
        spoken_of = [figure.valeur]
    else:
        spoken_of = [*terms, terms[1] - terms[0] if None not in terms else None]
    few = definition["contrat"].get("seuil_petits_effectifs", 0)
    return bool(mesure.get("petits_effectifs")) and any(
        isinstance(n, (int, Decimal)) and 0 < n <= few for n in spoken_of
    )


# --- Money ----------------------------------------------------------------------------------------------------------


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
