"""Against last year, and between the structures of a fiche."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import Any, NamedTuple

import pandas as pd

from cls_workbook.anomalies import A_CONFIRMER, Anomalie
from cls_workbook.checks.check_kinds import CONFIRM, BetweenRetours, FicheCheck, RetourCheck
from cls_workbook.checks.families.like_declarations import Declaration, alike
from cls_workbook.checks.families.progress_checks import is_stock
from cls_workbook.checks.given.check_input import CheckInput, PreviousYear
from cls_workbook.checks.given.measure_counts import MesureCount, counts
from cls_workbook.checks.given.typed_answers import Row, by_retour, place_of, typed_cells
from cls_workbook.domain.model import Mesure
from cls_workbook.french import amount_fr, fold, number_fr, rate_fr
from cls_workbook.reading.storing.wide_views import as_dicts, columns

COMPARABLES_MIN = 3  # fewer equal figures may be chance
ALIKE_MAX = 10  # like declarations of one event; beyond, one anomaly a pair would hide all the others
CITED_MAX = 3  # of these, how many are named
AMOUNTS = ("prevu", "engage", "verse")
NUMBERS = (
    *("valeur", "numerateur", "denominateur", "questionnaires", "repondants", "satisfaits"),
    *("moyenne", "effectif", "dont_qpv"),
)
LAST_YEAR = ("fiche", "structure", "volet", "mesure", "champ", "valeur")
LOOK_AGAIN = f"vérifiez la valeur ; {CONFIRM}"


class _Change(NamedTuple):
    """What a structure gave for a measure, and what it had given last year."""

    mesure: Mesure
    tally: MesureCount
    ancien: int | Decimal

    @property
    def gap(self) -> Decimal:
        return Decimal(self.tally.valeur - self.ancien)

    @property
    def is_stock_falling(self) -> bool:
        return is_stock(self.mesure) and self.gap < 0

    def found(self, annee: int) -> str:
        return _found(number_fr(self.tally.valeur), number_fr(self.ancien), annee, _proportion(self.gap, self.ancien))


def _found(nouveau: str, ancien: str, annee: int, proportion: str = "") -> str:
    return f"{nouveau}, après {ancien} en {annee - 1}{proportion}"


def _proportion(gap: int | Decimal, ancien: int | Decimal) -> str:
    return f" ({rate_fr(Decimal(gap) / ancien, 0)})" if ancien else ""


def _changes(given: CheckInput) -> Iterator[_Change]:
    """Of the counts that a return gives and had given."""
    before = _totals_last_year(given)
    for by_mesure in counts(given, {id_ for *_, id_ in before}).values():
        for id_, tally in by_mesure.items():
            ancien = before.get((tally.row["fiche"], tally.row["structure"], tally.row["volet"], id_))
            if ancien is not None:
                yield _Change(given.words.mesure(id_), tally, ancien)


def _totals_last_year(given: CheckInput) -> dict[tuple[str, str, str, str], int | Decimal]:
    """(fiche, structure, volet, measure) → last year's figure, typed or total of its breakdown."""
    totals: dict[tuple[str, str, str, str], Any] = {}
    mesures = given.precedent.mesures if given.precedent else pd.DataFrame(columns=LAST_YEAR)
    for fiche, structure, volet, id_, champ, valeur in columns(mesures, *LAST_YEAR):
        if id_ not in given.contrat.by_mesure:
            continue
        key, is_ventilation = (fiche, structure, volet, id_), given.words.mesure(id_).type == "ventilation"
        if champ == "valeur" and not is_ventilation:
            totals[key] = valeur
        elif champ == "effectif" and is_ventilation:
            totals[key] = totals.get(key, 0) + valeur
    return totals


class SharpChange(RetourCheck, FicheCheck):
    """Of one return's own counts, rates and means; of what a structure was granted by one funder on a fiche."""

    code, gravity = "EVOLUTION_FORTE", A_CONFIRMER
    sought = (
        "Une valeur de la structure (compte, taux, moyenne, montant engagé) s’écarte beaucoup de celle qu’elle avait "
        "donnée l’année précédente ; les seuils sont dans la définition du contrat."
    )
    remedy = LOOK_AGAIN

    def in_retours(self, given: CheckInput) -> Iterator[Anomalie]:
        if given.precedent is not None:
            before = _values_last_year(given.precedent)
            yield from self._counts(given)
            yield from self._rates(given, before)
            yield from self._means(given, before)

    def _counts(self, given: CheckInput) -> Iterator[Anomalie]:
        seuils = given.contrat.evolution
        for change in _changes(given):
            gap, ancien = abs(change.gap), change.ancien
            if not change.is_stock_falling and gap >= seuils.unites and gap > seuils.part * ancien:
                yield self.anomalie(
                    place_of(change.tally.row),
                    change.tally.cells,
                    champ=change.mesure.libelle,
                    found=change.found(given.annee),
                    expected=f"une évolution de moins de {rate_fr(seuils.part, 0)}, "
                    f"ou de moins de {seuils.unites} unités",
                )

    def _rates(self, given: CheckInput, before: dict[tuple[str, ...], Any]) -> Iterator[Anomalie]:
        """Both terms of a rate are compared at once: what matters is what they make."""
        points = given.contrat.evolution.points
        for bloc, top, bottom in (("taux", "numerateur", "denominateur"), ("satisfaction", "satisfaits", "repondants")):
            for r in as_dicts(given.answers.view(bloc)):
                key = (r["fiche"], r["structure"], r["volet"], r["mesure"])
                known = bloc == "taux" and r["mesure"] in given.contrat.by_mesure
                fixed = given.words.mesure(r["mesure"]).denominateur if known else None
                nouveau = _quotient(r[top], r[bottom] if fixed is None else fixed)
                ancien = _quotient(before.get((*key, top)), before.get((*key, bottom)) if fixed is None else fixed)
                if nouveau is not None and ancien is not None and abs(nouveau - ancien) > points:
                    yield self.anomalie(
                        place_of(r),
                        typed_cells(r, top, bottom),
                        champ=given.words.mesure(r["mesure"]).libelle,
                        found=_found(rate_fr(nouveau, 1), rate_fr(ancien, 1), given.annee),
                        expected=f"une évolution de {number_fr(points * 100)} points au plus",
                    )

    def _means(self, given: CheckInput, before: dict[tuple[str, ...], Any]) -> Iterator[Anomalie]:
        part = given.contrat.evolution.part
        for r in as_dicts(given.answers.view("durees")):
            nouveau = r["moyenne"]
            ancien = before.get((r["fiche"], r["structure"], r["volet"], r["mesure"], "moyenne"))
            if ancien and nouveau is not None and abs(nouveau - ancien) > part * ancien:
                proportion = _proportion(nouveau - ancien, ancien)
                yield self.anomalie(
                    place_of(r),
                    typed_cells(r, "moyenne"),
                    champ=given.words.mesure(r["mesure"]).libelle,
                    found=_found(number_fr(nouveau), number_fr(ancien), given.annee, proportion),
                    expected=f"une évolution de moins de {rate_fr(part, 0)}",
                )

    def on_fiche(self, given: CheckInput, fiche: str) -> Iterator[Anomalie]:
        """What a structure was granted by one funder, under one nature, over all its returns for the fiche."""
        seuils, before = given.contrat.evolution, dict[tuple[str, ...], Any]()
        for r in _lines_last_year(given, fiche):
            if r["engage"] is not None:
                granted = r["structure"], given.words.financeur(r["financeur"]), fold(r["nature"] or "")
                before[granted] = before.get(granted, 0) + r["engage"]
        this_year: dict[tuple[str, ...], list[Row]] = {}
        for r in given.answers.financements if before else ():
            if r["engage"] is not None:
                this_year.setdefault((r["structure"], r["id"], fold(r["nature"] or "")), []).append(r)
        for key, lines in this_year.items():
            ancien, nouveau = before.get(key), sum(r["engage"] for r in lines)
            if ancien is None or abs(nouveau - ancien) < seuils.euros or abs(nouveau - ancien) <= seuils.part * ancien:
                continue
            amounts = amount_fr(nouveau), amount_fr(ancien)
            yield self.anomalie(
                place_of(lines[0]),
                [c for r in lines for c in typed_cells(r, "engage")],
                champ=f"{given.words.financeur_name(key[1])} — {given.words.libelle('financement', 'engage')}",
                found=_found(*amounts, given.annee, _proportion(nouveau - ancien, ancien)),
                expected=f"une évolution de moins de {rate_fr(seuils.part, 0)}, "
                f"ou de moins de {amount_fr(seuils.euros)}",
            )


def _values_last_year(precedent: PreviousYear) -> dict[tuple[str, ...], Any]:
    """(fiche, structure, volet, measure, champ) → last year's value, rows of breakdowns apart."""
    rows = columns(precedent.mesures, *LAST_YEAR, "modalite")
    return {tuple(key): valeur for *key, valeur, modalite in rows if not modalite}


def _lines_last_year(given: CheckInput, fiche: str) -> list[Row]:
    lines = given.precedent.lines if given.precedent else None
    return [] if lines is None else list(as_dicts(lines, lines["fiche"] == fiche))


def _quotient(top: Any, bottom: Any) -> Decimal | None:
    return Decimal(top) / Decimal(bottom) if top is not None and bottom else None


class FallingStock(RetourCheck):
    code, gravity = "STOCK_EN_BAISSE", A_CONFIRMER
    sought = "Un nombre constaté en fin d’année baisse par rapport à l’année précédente."
    expected = "un nombre qui ne baisse pas"
    remedy = LOOK_AGAIN

    def in_retours(self, given: CheckInput) -> Iterator[Anomalie]:
        for change in _changes(given):
            if change.is_stock_falling:
                yield self.anomalie(
                    place_of(change.tally.row),
                    change.tally.cells,
                    champ=change.mesure.libelle,
                    found=change.found(given.annee),
                )


class SameAsLastYear(RetourCheck, FicheCheck):
    code, gravity = "IDENTIQUE_A_L_ANNEE_PRECEDENTE", A_CONFIRMER
    sought = (
        "Toutes les valeurs d’une fiche, ou tous ses financements, sont ceux de l’année précédente : "
        "le classeur a pu être recopié."
    )

    def in_retours(self, given: CheckInput) -> Iterator[Anomalie]:
        """Of one fiche of a return: every figure that could be compared is last year's."""
        if given.precedent is None:
            return
        p, v = given.precedent.mesures, given.answers.values
        rows = p[p["champ"].isin(NUMBERS)]
        before = {_figure_key(r): r["valeur"] for r in as_dicts(rows)}
        comparable = as_dicts(v, v["champ"].isin(NUMBERS) & v["mesure"].isin(rows["mesure"].unique()))
        for lines in by_retour(comparable).values():
            former = [before.get(_figure_key(r)) for r in lines]
            equal = all(a is not None and a == r["valeur"] for a, r in zip(former, lines, strict=True))
            if equal and len(lines) >= COMPARABLES_MIN and any(former):
                last, current = given.words.year(given.annee - 1), given.words.year(given.annee)
                yield self.anomalie(
                    place_of(lines[0]),
                    [r["cellule"] for r in lines],
                    champ="Indicateurs",
                    found=f"les {len(lines)} valeurs de la fiche sont celles de {last}",
                    expected=f"les valeurs de {current}",
                    remedy="vérifiez que le classeur de l’année précédente n’a pas été renvoyé ; corrigez, "
                    "ou confirmez à la coordination.",
                )

    def on_fiche(self, given: CheckInput, fiche: str) -> Iterator[Anomalie]:
        """Every funding line of a structure on the fiche is last year's, amounts and reference alike."""
        before: dict[str, list[tuple[Any, ...]]] = {}
        for r in _lines_last_year(given, fiche):
            before.setdefault(r["structure"], []).append(_line_fingerprint(given, r))
        groups: dict[str, list[Row]] = {}
        for r in given.answers.financements if before else ():
            groups.setdefault(r["structure"], []).append(r)
        for structure, lines in groups.items():
            its_own = sorted((_line_fingerprint(given, r) for r in lines), key=str)
            referenced = any(r["reference"] and any(r[c] for c in AMOUNTS) for r in lines)
            if referenced and its_own == sorted(before.get(structure, []), key=str):
                yield self.anomalie(
                    place_of(lines[0]),
                    [c for r in lines for c in typed_cells(r, *AMOUNTS, "reference")],
                    champ="Financements",
                    found=f"les financements de la fiche sont ceux de {given.annee - 1}, références comprises",
                    expected=f"les financements de {given.annee}",
                    remedy="vérifiez que le tableau de l’année précédente n’a pas été recopié ; corrigez, "
                    "ou confirmez à la coordination.",
                )


def _figure_key(r: Row) -> tuple[str, ...]:
    return (*(r[c] for c in ("fiche", "structure", "volet", "mesure", "champ")), fold(r["modalite"] or ""))


def _line_fingerprint(given: CheckInput, r: Row) -> tuple[Any, ...]:
    amounts = tuple(None if r[c] is None else Decimal(r[c]) for c in AMOUNTS)
    nature, reference = fold(r["nature"] or ""), fold(str(r["reference"] or ""))
    return (given.words.financeur(r["financeur"]), nature, *amounts, reference)


class EventDeclaredTwice(BetweenRetours):
    """Same figure and same comment, or same detail, for one measure, from two structures of a fiche:
    one anomaly a pair.

    Names are set aside: they are counted once anyway. What many declare alike is said once, at the first of them.
    """

    code, gravity = "EVENEMENT_DECLARE_DEUX_FOIS", A_CONFIRMER
    sought = "Deux structures d’une même fiche semblent déclarer le même événement."
    expected = "un événement commun, déclaré par une seule structure"
    remedy = "si c’est le même événement, ne le gardez que dans un seul retour ; sinon confirmez à la coordination."

    def between(self, given: CheckInput) -> Iterable[Anomalie]:
        pairs: dict[tuple[str, str, str], list[Declaration]] = {}
        anomalies = []
        for mesure, store in given.by_mesure("mesures", "ventilations"):
            if mesure not in given.contrat.by_mesure or given.words.mesure(mesure).nominative:
                continue
            for shared in alike(mesure, store, ALIKE_MAX):
                if shared.others > ALIKE_MAX:
                    cited = ", ".join(d.file for d in shared.later[:CITED_MAX])
                    where = f"{number_fr(shared.others)} autres retours, dont {cited}"
                    anomalies.append(self._shared(given, [shared.first], where))
                    continue
                for d in shared.later:
                    pairs.setdefault((d.fiche, shared.first.file, d.file), []).append(d)
        return anomalies + [self._shared(given, same, first) for (_, first, _), same in pairs.items()]

    def _shared(self, given: CheckInput, declarations: list[Declaration], where: str) -> Anomalie:
        labels = list(dict.fromkeys(given.words.mesure(d.mesure).libelle for d in declarations))
        return self.anomalie(
            declarations[0].place,
            [c for d in declarations for c in d.cells()],
            champ=labels[0],
            found=f"même déclaration dans {where} : {', '.join(labels)}",
        )
