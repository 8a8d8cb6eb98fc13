"""How the answers of several structures, or of several years, make one figure. One function per aggregation code.

Pure: plain values in, plain values out. A blank is not a zero: an answer without
value adds nothing, and the total says how many answers it rests on.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from cls_workbook.domain.model import Contrat, Mesure
from cls_workbook.domain.placed.named_communes import codes_meant
from cls_workbook.french import NBSP, date_fr, fold, number_fr, quoted_list
from cls_workbook.reading.storing.wide_views import total_of

SEPARATOR = f"{NBSP}; "
AS_RATE = ("RATIO", "SATISFACTION")  # what they make is a share
ESTIMATED, UNAVAILABLE, NOT_APPLICABLE = "estimé", "non disponible", "sans objet"
# Of all that a return says of a measure, what the rules below look at.
FIELDS = (
    *("valeur", "statut", "double_compte", "effectif", "nom", "modalite", "numerateur", "denominateur", "definition"),
    *("moyenne", "unite", "satisfaits", "repondants", "echelle", "jalon", "date", "jour", "texte"),
)
Number = int | Decimal


class Detail(NamedTuple):
    """One row of the breakdown of a measure, as a return says it: a third of the memory of a dictionary, for all the
    rows of a campaign."""

    modalite: str | None = None
    nom: str | None = None
    effectif: Number | None = None
    numerateur: Number | None = None
    denominateur: Number | None = None


@dataclass(frozen=True, slots=True, eq=False)
class MesureAnswer:
    """What one return says of one measure. ``input_fields``: champ → value; ``lines``: the rows of its breakdown.

    Two returns that say the same are still two: they compare by identity.
    """

    structure: str
    input_fields: Mapping[str, Any] = field(default_factory=dict)
    lines: tuple[Detail, ...] = ()

    @property
    def statut(self) -> str:
        return fold(str(self.input_fields.get("statut") or ""))

    def has_statut(self, statut: str) -> bool:
        return self.statut == fold(statut)

    def nombre(self, champ: str) -> Number | None:
        number: Number | None = self.input_fields.get(champ)
        return number


@dataclass(frozen=True, slots=True)
class Aggregate:
    """``counted``: the answers that gave what the measure needs. ``valeur`` None: no figure, ``reserves`` say why."""

    valeur: object = None
    counted: tuple[MesureAnswer, ...] = ()
    reserves: tuple[str, ...] = ()
    numerateur: Number | None = None
    denominateur: Number | None = None
    unite: str | None = None


def aggregate(contrat: Contrat, mesure: Mesure, reponses: Iterable[MesureAnswer]) -> Aggregate:
    """One figure for a measure. KeyError for an aggregation code that does not exist."""
    return RULES[mesure.agregation](contrat, mesure, tuple(reponses))


def depends_on_detail(mesure: Mesure) -> bool:
    """Does the figure of this measure depend on the rows of its breakdown?"""
    return mesure.type == "ventilation" or mesure.agregation not in ("FLUX", "PERSONNES", "CUMUL", "CONTEXTE")


def tally(mesure: Mesure, reponse: MesureAnswer) -> Number | None:
    """The figure of one return: typed, or the total of the breakdown where that is what is asked."""
    if mesure.type == "ventilation":
        total: Number | None = total_of(line.effectif for line in reponse.lines)
        return total
    return reponse.nombre("valeur")


# --- Sums -----------------------------------------------------------------------------------------------------------


def _flow(_: Contrat, mesure: Mesure, reponses: tuple[MesureAnswer, ...]) -> Aggregate:
    counted = _with_figure(mesure, reponses)
    return Aggregate(total_of(tally(mesure, r) for r in counted), counted, _common_caveats(mesure, counted))


def _context(_: Contrat, mesure: Mesure, reponses: tuple[MesureAnswer, ...]) -> Aggregate:
    """What one source says, once: never added. None where two returns say otherwise."""
    counted = _with_figure(mesure, reponses)
    said = {r: tally(mesure, r) for r in counted}
    if len(set(said.values())) > 1:
        told = ", ".join(f"{number_fr(valeur)} ({r.structure})" for r, valeur in said.items())
        return Aggregate(None, counted, (f"valeurs différentes{NBSP}: {told}",))
    return Aggregate(next(iter(said.values()), None), counted, _common_caveats(mesure, counted))


def _persons(_: Contrat, mesure: Mesure, reponses: tuple[MesureAnswer, ...]) -> Aggregate:
    """A number of persons only in one return that attests that none is counted twice: no return knows whom another
    one counts."""
    counted = _with_figure(mesure, reponses)
    unattested = [r for r in counted if fold(str(r.input_fields.get("double_compte") or "")) != "oui"]
    doubt, reserves = "absence de double compte non attestée", list[str]()
    if len(counted) > 1:
        reserves.append(f"participations additionnées sur {len(counted)} retours, et non personnes différentes")
        if unattested:
            several = "s" * (len(unattested) > 1)
            reserves.append(f"{doubt} par {len(unattested)} retour{several} sur {len(counted)}")
    elif unattested:
        reserves.append(f"participations ({doubt})")
    total = total_of(tally(mesure, r) for r in counted)
    return Aggregate(total, counted, (*reserves, *_common_caveats(mesure, counted)))


def _with_figure(mesure: Mesure, reponses: tuple[MesureAnswer, ...]) -> tuple[MesureAnswer, ...]:
    return tuple(r for r in reponses if tally(mesure, r) is not None)


def _common_caveats(mesure: Mesure, counted: tuple[MesureAnswer, ...]) -> tuple[str, ...]:
    reserves = []
    estimated = sum(r.has_statut(ESTIMATED) for r in counted)
    if estimated:
        reserves.append("estimé" if estimated == len(counted) else "en partie estimé")
    if mesure.type == "ventilation" and mesure.reponses_multiples and counted:
        reserves.append("total des catégories (réponses multiples possibles)")
    return tuple(reserves)


# --- Entities and stocks --------------------------------------------------------------------------------------------


def _entities(contrat: Contrat, mesure: Mesure, reponses: tuple[MesureAnswer, ...]) -> Aggregate:
    """One return that counts any: its figure. Several: the distinct names, if every return names all that it counts."""
    counted = _with_figure(mesure, reponses)
    reserves = _common_caveats(mesure, counted)
    counts = [n for r in counted if (n := tally(mesure, r)) is not None]
    if sum(n != 0 for n in counts) < 2:
        return Aggregate(total_of(counts), counted, reserves)
    names = [{entity_key(contrat, mesure, str(line.nom)) for line in r.lines if line.nom} for r in counted]
    if [len(theirs) for theirs in names] == counts:
        distinct, total = len(set().union(*names)), sum(counts)
        if distinct < total:
            reserves += (f"noms distincts (total des déclarations{NBSP}: {number_fr(total)})",)
        return Aggregate(distinct, counted, reserves)
    bounds = f"non dédoublonné{NBSP}: entre {number_fr(max(counts))} et {number_fr(sum(counts))}"
    return Aggregate(None, counted, (bounds, *reserves))


def entity_key(contrat: Contrat, mesure: Mesure, nom: str) -> str:
    """Two spellings of one entity give the same key: case, accents, apostrophes, hyphens, spaces; a commune gives its
    code."""
    if mesure.communes and len(codes := codes_meant(contrat, nom)) == 1:  # a name that two of them bear tells neither
        return min(codes)
    return without_hyphens(nom)


def without_hyphens(nom: str) -> str:
    return " ".join(fold(nom).replace("-", " ").split())


# --- Rates and averages ---------------------------------------------------------------------------------------------


def _ratio(_: Contrat, mesure: Mesure, reponses: tuple[MesureAnswer, ...]) -> Aggregate:
    """Σ numerators / Σ denominators, over the returns that give both. A denominator fixed by the contract counts
    once."""
    terms = {r: t for r in reponses if (t := _terms(mesure, r)) is not None}
    counted = tuple(terms)
    if not counted:
        return Aggregate()
    fixed = mesure.denominateur
    top = sum(n for n, _ in terms.values())
    bottom = fixed if fixed is not None else sum(d for _, d in terms.values())
    reserves = list(_common_caveats(mesure, counted))
    if fixed is not None and len(counted) > 1:
        reserves.append(f"dénominateur du contrat ({number_fr(fixed)}) compté une fois")
    if any(_rests_on_detail(r) for r in counted):
        reserves.append("somme des catégories")
    if len(spellings(r.input_fields.get("definition") for r in counted)) > 1:
        reserves.append("définitions du taux différentes selon les retours")
    if not bottom:
        reserves.append("dénominateur nul")
    return Aggregate(Decimal(top) / Decimal(bottom) if bottom else None, counted, tuple(reserves), top, bottom)


def _terms(mesure: Mesure, reponse: MesureAnswer) -> tuple[Number, Number] | None:
    top = reponse.nombre("numerateur")
    bottom = mesure.denominateur if mesure.denominateur is not None else reponse.nombre("denominateur")
    if top is not None and bottom is not None:
        return top, bottom
    if not _rests_on_detail(reponse):
        return None
    full = [li for li in reponse.lines if complete(li)]
    return sum(li.numerateur or 0 for li in full), sum(li.denominateur or 0 for li in full)


def _rests_on_detail(reponse: MesureAnswer) -> bool:
    """Is the rate given by its breakdown only?"""
    alone = reponse.nombre("numerateur") is None and reponse.nombre("denominateur") is None
    return alone and any(complete(line) for line in reponse.lines)


def complete(line: Detail) -> bool:
    """Does this row give both terms of a rate?"""
    return line.numerateur is not None and line.denominateur is not None


def spellings(texts: Iterable[object]) -> dict[str, str]:
    """Folded text → first way it was written, for the texts that are there."""
    written: dict[str, str] = {}
    for texte in filter(None, texts):
        written.setdefault(fold(str(texte)), str(texte))
    return written


def _mean(_: Contrat, mesure: Mesure, reponses: tuple[MesureAnswer, ...]) -> Aggregate:
    """Weighted by the number each average rests on, one unit only. One return alone: its average."""
    data = tuple(r for r in reponses if r.nombre("moyenne") is not None)
    if len(data) == 1 and data[0].nombre("effectif") is None:
        sole = data[0]
        alone = ("effectif non renseigné", *_common_caveats(mesure, data))
        return Aggregate(sole.nombre("moyenne"), data, alone, unite=sole.input_fields.get("unite"))
    counted = tuple(r for r in data if r.nombre("effectif"))
    reserves = list(_common_caveats(mesure, counted))
    if set_aside := len(data) - len(counted):
        reserves.append(f"{set_aside} moyenne{'s' * (set_aside > 1)} sans effectif, non comptée{'s' * (set_aside > 1)}")
    if not counted:
        return Aggregate(None, (), tuple(reserves))
    commune, reserve = _shared_scale(counted, "unite", "unité")
    reserves += [reserve] * bool(reserve)
    if commune is None:
        return Aggregate(None, counted, tuple(reserves))
    weighted = [(r.input_fields["moyenne"], r.input_fields["effectif"]) for r in counted]
    poids = sum(weight for _, weight in weighted)
    total = sum(Decimal(mean) * weight for mean, weight in weighted)
    return Aggregate(total / poids, counted, tuple(reserves), unite=commune or None)


def _satisfaction(_: Contrat, mesure: Mesure, reponses: tuple[MesureAnswer, ...]) -> Aggregate:
    """Σ satisfied / Σ respondents, one scale only."""
    counted = tuple(r for r in reponses if r.nombre("satisfaits") is not None and r.nombre("repondants") is not None)
    if not counted:
        return Aggregate()
    reserves = list(_common_caveats(mesure, counted))
    commune, reserve = _shared_scale(counted, "echelle", "échelle")
    reserves += [reserve] * bool(reserve)
    if commune is None:
        return Aggregate(None, counted, tuple(reserves))
    top, bottom = (sum(r.input_fields[champ] for r in counted) for champ in ("satisfaits", "repondants"))
    if not bottom:
        return Aggregate(None, counted, (*reserves, "aucun répondant"), top, bottom)
    return Aggregate(Decimal(top) / Decimal(bottom), counted, tuple(reserves), top, bottom)


def _shared_scale(counted: tuple[MesureAnswer, ...], champ: str, word: str) -> tuple[str | None, str]:
    """(the scale that all share, "" if none says it, None if they differ; what has to be said about it).

    « Autre » is no scale in common: two structures may each mean their own.
    """
    written = spellings(r.input_fields.get(champ) for r in counted)
    silent = sum(not r.input_fields.get(champ) for r in counted)
    if not written:
        return "", f"{word} non précisée"
    if len(written) == 1 and not silent and (len(counted) == 1 or "autre" not in written):
        return next(iter(written.values())), ""
    quoted = [*written.values(), *["non précisée"] * bool(silent)]
    how = "différentes" if len(quoted) > 1 else "non comparables"
    return None, f"{word}s {how}{NBSP}: {quoted_list(quoted)}"


# --- States, lists, texts -------------------------------------------------------------------------------------------


def _jalon(contrat: Contrat, mesure: Mesure, reponses: tuple[MesureAnswer, ...]) -> Aggregate:
    """The least advanced state; its date is the latest given for that state."""
    counted = tuple(r for r in reponses if r.input_fields.get("jalon"))
    if not counted:
        return Aggregate()
    etats = {r: str(r.input_fields["jalon"]) for r in counted}
    kept = least_advanced(mesure.modalites or contrat.follow_up.listes.jalons, etats.values())
    reached = [r.input_fields.get("date") for r, etat in etats.items() if fold(etat) == fold(kept)]
    dates = [day for day in reached if isinstance(day, date)]
    reserves = [f"au {date_fr(max(dates))}"] if dates else []
    if len({fold(e) for e in etats.values()}) > 1:
        reserves.append(f"états différents{NBSP}: " + ", ".join(f"{r.structure} ({etat})" for r, etat in etats.items()))
    return Aggregate(kept, counted, tuple(reserves))


def _dates(keep: Callable[[list[date]], date] | None) -> Callable[..., Aggregate]:
    """The date that ``keep`` takes; None: all of them in order, each with who gives it. Never added."""

    def one_or_all(_: Contrat, mesure: Mesure, reponses: tuple[MesureAnswer, ...]) -> Aggregate:
        given = {r: day for r in reponses if isinstance(day := r.input_fields.get("jour"), date)}
        counted = tuple(sorted(given, key=lambda r: (given[r], r.structure)))
        told = [f"{date_fr(given[r])} ({r.structure})" for r in counted]
        if not counted:
            return Aggregate()
        if keep is None:
            return Aggregate(SEPARATOR.join(told), counted, _common_caveats(mesure, counted))
        differing = len(set(given.values())) > 1
        reserves = (f"dates différentes{NBSP}: {', '.join(told)}",) * differing
        return Aggregate(date_fr(keep([*given.values()])), counted, (*reserves, *_common_caveats(mesure, counted)))

    return one_or_all


def least_advanced(echelle: Iterable[str], etats: Iterable[str]) -> str:
    """The state that comes first in ``echelle``; one that is not there counts as the least advanced. ValueError if
    none."""
    ranks = {fold(e): rank for rank, e in enumerate(echelle)}
    return min(etats, key=lambda e: ranks.get(fold(e), -1))


def _union(_: Contrat, mesure: Mesure, reponses: tuple[MesureAnswer, ...]) -> Aggregate:
    counted = tuple(r for r in reponses if any(line.modalite for line in r.lines))
    cited = spellings(line.modalite for r in counted for line in r.lines)
    order = {fold(m): rank for rank, m in enumerate(mesure.modalites)}
    rows = sorted(cited, key=lambda cle: order.get(cle, len(order)))
    valeur = SEPARATOR.join(cited[cle] for cle in rows) or None
    return Aggregate(valeur, counted, _common_caveats(mesure, counted))


def _text(_: Contrat, mesure: Mesure, reponses: tuple[MesureAnswer, ...]) -> Aggregate:
    counted = tuple(r for r in reponses if r.input_fields.get("texte"))
    valeur = "\n".join(f"{r.structure}{NBSP}: {r.input_fields['texte']}" for r in counted) or None
    return Aggregate(valeur, counted, _common_caveats(mesure, counted))


RULES: dict[str, Callable[[Contrat, Mesure, tuple[MesureAnswer, ...]], Aggregate]] = {
    "FLUX": _flow,
    "PERSONNES": _persons,
    "CUMUL": _flow,
    "CONTEXTE": _context,
    "STOCK": _entities,
    "ENTITES": _entities,
    "RATIO": _ratio,
    "MOYENNE": _mean,
    "SATISFACTION": _satisfaction,
    "JALON": _jalon,
    "UNION": _union,
    "TEXTE": _text,
    "PREMIERE_DATE": _dates(min),
    "DERNIERE_DATE": _dates(max),
    "DATES": _dates(None),
}
