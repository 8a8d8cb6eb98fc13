"""The figures of a contract computed again, from what partners typed, by someone who knows nothing of the package.

Plain Python: the definition as TOML has it, what was typed as key → value, sums of ``Decimal`` and ``Fraction``. What
each figure is comes from the guides and the decisions; a None is a figure that nobody knows.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Any, NamedTuple

from tests.support.independent_money import cost
from tests.support.independent_typing import NOTHING, POSTS, Definition, Figure, Typed, plain, total

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
