"""Against last year, and between the structures of a fiche."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from decimal import Decimal
from functools import cached_property
from typing import Any

from cls_workbook.anomalies import A_CONFIRMER, Anomalie
from cls_workbook.checks.check_kinds import CONFIRM, BetweenRetours, FicheCheck, InputCheck, RetourCheck
from cls_workbook.checks.families.double_checks import counted_alike
from cls_workbook.checks.families.progress_checks import is_stock
from cls_workbook.checks.given.like_declarations import Declaration, alike
from cls_workbook.checks.given.measure_counts import MesureCount, counts
from cls_workbook.checks.given.typed_answers import Row, by_retour, place_of, typed_cells
from cls_workbook.domain.model import Mesure
from cls_workbook.french import amount_fr, fold, number_fr, rate_fr
from cls_workbook.reading.storing.wide_views import as_dicts, columns, quotient

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
CHECK_COPY = "vérifiez que {} de l’année précédente n’a pas été {} ; corrigez, ou confirmez à la coordination."


class _YearCheck(InputCheck, abstract=True):
    """Against last year. A return's fiche is told from the others by fiche, structure and volet."""

    def compared(self, nouveau: str, ancien: str, gap: int | Decimal = 0, base: int | Decimal | None = None) -> str:
        """``gap``, ``base``: by how much it changed, and from what."""
        proportion = f" ({rate_fr(Decimal(gap) / base, 0)})" if base else ""
        return f"{nouveau}, après {ancien} en {self.annee - 1}{proportion}"

    def changed_counts(self) -> Iterator[tuple[Mesure, MesureCount, int | Decimal]]:
        """Of the counts that a return gives and had given: the measure, its figure, last year's."""
        before = self._totals_last_year()
        for by_mesure in counts(self.given, {id_ for *_, id_ in before}).values():
            for id_, tally in by_mesure.items():
                ancien = before.get((tally.row["fiche"], tally.row["structure"], tally.row["volet"], id_))
                if ancien is not None:
                    yield self.words.mesure(id_), tally, ancien

    def _totals_last_year(self) -> dict[tuple[str, str, str, str], int | Decimal]:
        """(fiche, structure, volet, measure) → last year's figure, typed or total of its breakdown."""
        totals: dict[tuple[str, str, str, str], Any] = {}
        rows = columns(self.given.precedent.mesures, *LAST_YEAR) if self.given.precedent else ()
        for fiche, structure, volet, id_, champ, valeur in rows:
            if id_ not in self.contrat.by_mesure:
                continue
            key, is_ventilation = (fiche, structure, volet, id_), self.words.mesure(id_).type == "ventilation"
            if champ == "valeur" and not is_ventilation:
                totals[key] = valeur
            elif champ == "effectif" and is_ventilation:
                totals[key] = totals.get(key, 0) + valeur
        return totals

    def of_the_count(self, tally: MesureCount, mesure: Mesure, ancien: int | Decimal, expected: str = "") -> Anomalie:
        found = self.compared(number_fr(tally.valeur), number_fr(ancien), tally.valeur - ancien, ancien)
        return self.anomalie(place_of(tally.row), tally.cells, mesure.libelle, found, expected)

    def lines_last_year(self, fiche: str) -> list[Row]:
        """The funding lines of the fiche."""
        lines = self.given.precedent.lines if self.given.precedent else None
        return [] if lines is None else list(as_dicts(lines, lines["fiche"] == fiche))


class SharpChange(_YearCheck, RetourCheck, FicheCheck):
    """Of one return's own counts, rates and means; of what a structure was granted by one funder on a fiche."""

    code, gravity = "EVOLUTION_FORTE", A_CONFIRMER
    sought = (
        "Une valeur de la structure (compte, taux, moyenne, montant engagé) s’écarte beaucoup de celle qu’elle avait "
        "donnée l’année précédente ; les seuils sont dans la définition du contrat."
    )
    remedy = LOOK_AGAIN

    def in_retours(self) -> Iterator[Anomalie]:
        if self.given.precedent is not None:
            # (fiche, structure, volet, measure, champ) → last year's value, rows of breakdowns apart
            rows = columns(self.given.precedent.mesures, *LAST_YEAR, "modalite")
            before = {tuple(key): valeur for *key, valeur, modalite in rows if not modalite}
            yield from self._counts()
            yield from self._rates(before)
            yield from self._means(before)

    def _counts(self) -> Iterator[Anomalie]:
        seuils = self.contrat.follow_up.evolution
        expected = f"une évolution de moins de {rate_fr(seuils.part, 0)}, ou de moins de {seuils.unites} unités"
        for mesure, tally, ancien in self.changed_counts():
            gap = abs(Decimal(tally.valeur - ancien))
            falling = is_stock(mesure) and tally.valeur < ancien
            growing = mesure.agregation == "CUMUL" and tally.valeur >= ancien  # as it should
            if not (falling or growing) and gap >= seuils.unites and gap > seuils.part * ancien:
                yield self.of_the_count(tally, mesure, ancien, expected)

    def _rates(self, before: dict[tuple[str, ...], Any]) -> Iterator[Anomalie]:
        """Both terms of a rate are compared at once: what matters is what they make."""
        points = self.contrat.follow_up.evolution.points
        expected = f"une évolution de {number_fr(points * 100)} points au plus"
        for bloc, top, bottom in (("taux", "numerateur", "denominateur"), ("satisfaction", "satisfaits", "repondants")):
            for r in self.answers.rows(bloc):
                key = (r["fiche"], r["structure"], r["volet"], r["mesure"])
                known = bloc == "taux" and r["mesure"] in self.contrat.by_mesure
                fixed = self.words.mesure(r["mesure"]).denominateur if known else None
                nouveau = quotient(r[top], r[bottom] if fixed is None else fixed)
                ancien = quotient(before.get((*key, top)), before.get((*key, bottom)) if fixed is None else fixed)
                if nouveau is not None and ancien is not None and abs(nouveau - ancien) > points:
                    found = self.compared(rate_fr(nouveau, 1), rate_fr(ancien, 1))
                    cells, label = typed_cells(r, top, bottom), self.words.mesure(r["mesure"]).libelle
                    yield self.anomalie(place_of(r), cells, label, found, expected)

    def _means(self, before: dict[tuple[str, ...], Any]) -> Iterator[Anomalie]:
        part = self.contrat.follow_up.evolution.part
        for r in self.answers.rows("durees"):
            nouveau = r["moyenne"]
            ancien = before.get((r["fiche"], r["structure"], r["volet"], r["mesure"], "moyenne"))
            if ancien and nouveau is not None and abs(nouveau - ancien) > part * ancien:
                found = self.compared(number_fr(nouveau), number_fr(ancien), nouveau - ancien, ancien)
                cells, label = typed_cells(r, "moyenne"), self.words.mesure(r["mesure"]).libelle
                yield self.anomalie(place_of(r), cells, label, found, f"une évolution de moins de {rate_fr(part, 0)}")

    def on_fiche(self, fiche: str) -> Iterator[Anomalie]:
        """What a structure was granted by one funder, under one nature, over all its returns for the fiche."""
        seuils, before = self.contrat.follow_up.evolution, dict[tuple[str, ...], Any]()
        expected = f"une évolution de moins de {rate_fr(seuils.part, 0)}, ou de moins de {amount_fr(seuils.euros)}"
        for r in self.lines_last_year(fiche):
            if r["engage"] is not None:
                granted = r["structure"], self.words.financeur(r["financeur"]), fold(r["nature"] or "")
                before[granted] = before.get(granted, 0) + r["engage"]
        this_year: dict[tuple[str, ...], list[Row]] = {}
        for r in self.answers.rows("financement") if before else ():
            if r["engage"] is not None:
                this_year.setdefault((r["structure"], r["id"], fold(r["nature"] or "")), []).append(r)
        for key, lines in this_year.items():
            ancien, nouveau = before.get(key), sum(r["engage"] for r in lines)
            if ancien is None or abs(nouveau - ancien) < seuils.euros or abs(nouveau - ancien) <= seuils.part * ancien:
                continue
            label = f"{self.words.financeur_name(key[1])} — {self.words.libelle('financement', 'engage')}"
            found = self.compared(amount_fr(nouveau), amount_fr(ancien), nouveau - ancien, ancien)
            cells = [c for r in lines for c in typed_cells(r, "engage")]
            yield self.anomalie(place_of(lines[0]), cells, label, found, expected)


class FallingStock(_YearCheck, RetourCheck):
    code, gravity = "STOCK_EN_BAISSE", A_CONFIRMER
    sought = "Un nombre constaté en fin d’année baisse par rapport à l’année précédente."
    expected = "un nombre qui ne baisse pas"
    remedy = LOOK_AGAIN

    def in_retours(self) -> Iterator[Anomalie]:
        for mesure, tally, ancien in self.changed_counts():
            if is_stock(mesure) and tally.valeur < ancien:
                yield self.of_the_count(tally, mesure, ancien)


class SameAsLastYear(_YearCheck, RetourCheck, FicheCheck):
    code, gravity = "IDENTIQUE_A_L_ANNEE_PRECEDENTE", A_CONFIRMER
    sought = (
        "Toutes les valeurs d’une fiche, ou tous ses financements, sont ceux de l’année précédente : "
        "le classeur a pu être recopié."
    )

    def in_retours(self) -> Iterator[Anomalie]:
        """Of one fiche of a return: every figure that could be compared is last year's."""
        if self.given.precedent is None:
            return
        p, v = self.given.precedent.mesures, self.answers.values
        rows = p[p["champ"].isin(NUMBERS)]
        before = {_figure_key(r): r["valeur"] for r in as_dicts(rows)}
        comparable = as_dicts(v, v["champ"].isin(NUMBERS) & v["mesure"].isin(rows["mesure"].unique()))
        last, current = self.words.year(self.annee - 1), self.words.year(self.annee)
        for lines in by_retour(comparable).values():
            former = [before.get(_figure_key(r)) for r in lines]
            equal = all(a is not None and a == r["valeur"] for a, r in zip(former, lines, strict=True))
            if equal and len(lines) >= COMPARABLES_MIN and any(former):
                found = f"les {len(lines)} valeurs de la fiche sont celles de {last}"
                cells, remedy = [r["cellule"] for r in lines], CHECK_COPY.format("le classeur", "renvoyé")
                expected = f"les valeurs de {current}"
                yield self.anomalie(place_of(lines[0]), cells, "Indicateurs", found, expected, remedy)

    def on_fiche(self, fiche: str) -> Iterator[Anomalie]:
        """Every funding line of a structure on the fiche is last year's, amounts and reference alike."""
        before: dict[str, list[tuple[Any, ...]]] = {}
        for r in self.lines_last_year(fiche):
            before.setdefault(r["structure"], []).append(self._line_fingerprint(r))
        groups: dict[str, list[Row]] = {}
        for r in self.answers.rows("financement") if before else ():
            groups.setdefault(r["structure"], []).append(r)
        for structure, lines in groups.items():
            its_own = sorted(map(self._line_fingerprint, lines), key=str)
            referenced = any(r["reference"] and any(r[c] for c in AMOUNTS) for r in lines)
            if referenced and its_own == sorted(before.get(structure, []), key=str):
                found = f"les financements de la fiche sont ceux de {self.annee - 1}, références comprises"
                cells = [c for r in lines for c in typed_cells(r, *AMOUNTS, "reference")]
                expected, remedy = f"les financements de {self.annee}", CHECK_COPY.format("le tableau", "recopié")
                yield self.anomalie(place_of(lines[0]), cells, "Financements", found, expected, remedy)

    def _line_fingerprint(self, r: Row) -> tuple[Any, ...]:
        amounts = tuple(None if r[c] is None else Decimal(r[c]) for c in AMOUNTS)
        nature, reference = fold(r["nature"] or ""), fold(str(r["reference"] or ""))
        return (self.words.financeur(r["financeur"]), nature, *amounts, reference)


def _figure_key(r: Row) -> tuple[str, ...]:
    return (*(r[c] for c in ("fiche", "structure", "volet", "mesure", "champ")), fold(r["modalite"] or ""))


class EventDeclaredTwice(BetweenRetours):
    """Same figure and same comment, or same detail, for one measure, from two structures of a fiche:
    one anomaly a pair.

    Names are set aside: they are counted once anyway. What many declare alike is said once, at the first of them.
    Nothing is said of returns that count everything alike on the fiche: ACTIVITE_DECLAREE_DEUX_FOIS says it already.
    """

    code, gravity = "EVENEMENT_DECLARE_DEUX_FOIS", A_CONFIRMER
    sought = "Deux structures d’une même fiche semblent déclarer le même événement."
    expected = "un événement commun, déclaré par une seule structure"
    remedy = "si c’est le même événement, ne le gardez que dans un seul retour ; sinon confirmez à la coordination."

    def between(self) -> Iterable[Anomalie]:
        pairs: dict[tuple[str, str, str], list[Declaration]] = {}
        anomalies = []
        for mesure, store in self.given.by_mesure("mesures", "ventilations"):
            if mesure not in self.contrat.by_mesure or self.words.mesure(mesure).nominative:
                continue
            for shared in alike(mesure, store, ALIKE_MAX):
                later = [d for d in shared.later if d.file not in self._counting_like(shared.first)]
                if later and shared.others > ALIKE_MAX:
                    cited = ", ".join(d.file for d in shared.later[:CITED_MAX])
                    where = f"{number_fr(shared.others)} autres retours, dont {cited}"
                    anomalies.append(self._shared([shared.first], where))
                    continue
                for d in later:
                    pairs.setdefault((d.fiche, shared.first.file, d.file), []).append(d)
        return anomalies + [self._shared(same, first) for (_, first, _), same in pairs.items()]

    def _counting_like(self, declaration: Declaration) -> set[str]:
        return self._counted_alike.get((declaration.fiche, declaration.file), set())

    @cached_property
    def _counted_alike(self) -> dict[tuple[str, str], set[str]]:
        """(fiche, file) → the files that count everything as it does there."""
        alike: dict[tuple[str, str], set[str]] = {}
        for fiche, part in self.given.par_fiche("mesures"):
            for returns in counted_alike(part):
                files = {rows[0]["fichier"] for rows in returns}
                alike.update(dict.fromkeys(((fiche, file) for file in files), files))
        return alike

    def _shared(self, declarations: list[Declaration], where: str) -> Anomalie:
        labels = list(dict.fromkeys(self.words.mesure(d.mesure).libelle for d in declarations))
        cells = [c for d in declarations for c in d.cells()]
        found = f"même déclaration dans {where} : {', '.join(labels)}"
        return self.anomalie(declarations[0].place, cells, labels[0], found)
