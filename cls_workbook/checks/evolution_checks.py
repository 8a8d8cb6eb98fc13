"""Checks 23 to 25: against last year, and between the structures of a fiche."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal

from cls_workbook.anomalies import Anomalie
from cls_workbook.checks.check_input import CheckInput
from cls_workbook.checks.findings import CONFIRM, constat
from cls_workbook.french import amount_fr, fold, number_fr, rate_fr
from cls_workbook.reading.storing.value_store import ValueStore
from cls_workbook.reading.storing.wide_views import ADDRESS_SUFFIX, as_dicts

COMPARABLES_MIN = 3  # fewer equal figures may be chance
ALIKE_MAX = 10  # like declarations of one event; beyond, one anomaly a pair would hide all the others
MAX_CITED = 3  # of these, how many are named
AMOUNTS = ("prevu", "engage", "verse")
NUMBERS = frozenset(
    (
        "valeur",
        "numerateur",
        "denominateur",
        "questionnaires",
        "repondants",
        "satisfaits",
        "moyenne",
        "effectif",
        "dont_qpv",
    )
)


def _totals_last_year(given: CheckInput) -> dict[tuple[str, str, str, str], int | Decimal]:
    """(fiche, structure, volet, measure) → last year's figure, typed or total of its breakdown."""
    totals: dict[tuple[str, str, str, str], int | Decimal] = {}
    for r in given.precedent.mesures.itertuples():
        if r.mesure not in given.contrat.by_mesure:
            continue
        cle, is_ventilation = (r.fiche, r.structure, r.volet, r.mesure), given.mesure(r.mesure).type == "ventilation"
        if r.champ == "valeur" and not is_ventilation:
            totals[cle] = r.valeur
        elif r.champ == "effectif" and is_ventilation:
            totals[cle] = totals.get(cle, 0) + r.valeur
    return totals


def sharp_change(given: CheckInput) -> list[Anomalie]:
    """Of one return's own values: counts, rates, means. A stock that falls is said as such, once."""
    if given.precedent is None:
        return []
    return [*_changing_counts(given), *_changing_rates_and_means(given)]


def _changing_counts(given: CheckInput) -> Iterable[Anomalie]:
    before, thresholds = _totals_last_year(given), given.contrat.evolution
    expected = f"une évolution de moins de {rate_fr(thresholds.part, 0)}, ou de moins de {thresholds.unites} unités"
    for by_mesure in given.counts({m for _, _, _, m in before}).values():
        for id_, tally in by_mesure.items():
            r, mesure = tally.line, given.mesure(id_)
            ancien = before.get((r["fiche"], r["structure"], r["volet"], id_))
            if ancien is None:
                continue
            gap = tally.valeur - ancien
            decreases = (mesure.agregation == "STOCK" or mesure.stock) and gap < 0
            if decreases or (abs(gap) >= thresholds.unites and abs(gap) > thresholds.part * ancien):
                code, wanted = (
                    ("STOCK_EN_BAISSE", "un nombre qui ne baisse pas") if decreases else ("EVOLUTION_FORTE", expected)
                )
                yield _tell_change(
                    given,
                    code,
                    r,
                    tally.cells,
                    mesure.libelle,
                    number_fr(tally.valeur),
                    number_fr(ancien),
                    _proportion(gap, ancien),
                    wanted,
                )


def _changing_rates_and_means(given: CheckInput) -> Iterable[Anomalie]:
    """Both terms of a rate are compared at once: what matters is what they make."""
    thresholds, before = given.contrat.evolution, _values_last_year(given)
    for bloc, top, bottom in (("taux", "numerateur", "denominateur"), ("satisfaction", "satisfaits", "repondants")):
        for r in as_dicts(given.view(bloc)):
            cle = (r["fiche"], r["structure"], r["volet"], r["mesure"])
            fixed = (
                given.mesure(r["mesure"]).denominateur
                if bloc == "taux" and r["mesure"] in given.contrat.by_mesure
                else None
            )
            nouveau, ancien = (
                _quotient(h, fixed if fixed is not None else b)
                for h, b in ((r[top], r[bottom]), (before.get((*cle, top)), before.get((*cle, bottom))))
            )
            if None not in (nouveau, ancien) and abs(nouveau - ancien) > thresholds.points:
                cells = [r[c + ADDRESS_SUFFIX] for c in (top, bottom) if r[c + ADDRESS_SUFFIX]]
                expected = f"une évolution de {number_fr(thresholds.points * 100)} points au plus"
                yield _tell_change(
                    given,
                    "EVOLUTION_FORTE",
                    r,
                    cells,
                    given.mesure(r["mesure"]).libelle,
                    rate_fr(nouveau, 1),
                    rate_fr(ancien, 1),
                    "",
                    expected,
                )
    for r in as_dicts(given.view("durees")):
        ancien = before.get((r["fiche"], r["structure"], r["volet"], r["mesure"], "moyenne"))
        if ancien and r["moyenne"] is not None and abs(r["moyenne"] - ancien) > thresholds.part * ancien:
            expected = f"une évolution de moins de {rate_fr(thresholds.part, 0)}"
            gap = _proportion(r["moyenne"] - ancien, ancien)
            yield _tell_change(
                given,
                "EVOLUTION_FORTE",
                r,
                [r["moyenne" + ADDRESS_SUFFIX]],
                given.mesure(r["mesure"]).libelle,
                number_fr(r["moyenne"]),
                number_fr(ancien),
                gap,
                expected,
            )


def _values_last_year(given: CheckInput) -> dict[tuple, object]:
    """(fiche, structure, volet, measure, champ) → last year's value, rows of breakdowns apart."""
    p = given.precedent.mesures
    return {(r.fiche, r.structure, r.volet, r.mesure, r.champ): r.valeur for r in p.itertuples() if not r.modalite}


def _lines_last_year(given: CheckInput, fiche: str) -> list[dict]:
    lines = given.precedent.lines
    return [] if lines is None else as_dicts(lines, lines["fiche"] == fiche)


def _quotient(top: object, bottom: object) -> Decimal | None:
    return Decimal(top) / Decimal(bottom) if top is not None and bottom else None


def _proportion(gap: int | Decimal, ancien: int | Decimal) -> str:
    return f" ({rate_fr(Decimal(gap) / ancien, 0)})" if ancien else ""


def _tell_change(
    given: CheckInput,
    code: str,
    r: dict,
    cells: Iterable[str],
    champ: str,
    nouveau: str,
    ancien: str,
    proportion: str,
    expected: str,
) -> Anomalie:
    return constat(
        code,
        r,
        cells,
        champ=champ,
        found=f"{nouveau}, après {ancien} en {given.annee - 1}{proportion}",
        expected=expected,
        remedy=f"vérifiez la valeur ; {CONFIRM}",
    )


def same_as_last_year(given: CheckInput) -> list[Anomalie]:
    if given.precedent is None:
        return []
    p, v = given.precedent.mesures, given.values
    old_ones = p[p["champ"].isin(NUMBERS)]
    before = {
        (r.fiche, r.structure, r.volet, r.mesure, r.champ, fold(r.modalite or "")): r.valeur
        for r in old_ones.itertuples()
    }
    groups: dict[tuple[str, str], list[dict]] = {}
    for r in as_dicts(v, v["champ"].isin(NUMBERS) & v["mesure"].isin(old_ones["mesure"].unique())):
        groups.setdefault((r["fichier"], r["fiche"]), []).append(r)
    all_found = []
    for lines in groups.values():
        former_ones = [
            before.get((r["fiche"], r["structure"], r["volet"], r["mesure"], r["champ"], fold(r["modalite"])))
            for r in lines
        ]
        are_equal = all(a is not None and a == r["valeur"] for a, r in zip(former_ones, lines, strict=True))
        if are_equal and len(lines) >= COMPARABLES_MIN and any(former_ones):
            all_found.append(
                constat(
                    "IDENTIQUE_A_L_ANNEE_PRECEDENTE",
                    lines[0],
                    [r["cellule"] for r in lines],
                    champ="Indicateurs",
                    found=f"les {len(lines)} valeurs de la fiche sont celles de {given.contrat.year_name(given.annee - 1)}",
                    expected=f"les valeurs de {given.contrat.year_name(given.annee)}",
                    remedy="vérifiez que le classeur de l’année précédente n’a pas été renvoyé ; corrigez, ou confirmez à la coordination.",
                )
            )
    return all_found


def sharp_change_of_amounts(given: CheckInput, fiche: str) -> list[Anomalie]:
    """What a structure was granted by one funder, under one nature, over all its returns for the fiche."""
    if given.precedent is None:
        return []
    thresholds, before = given.contrat.evolution, {}
    for r in _lines_last_year(given, fiche):
        cle = (r["fiche"], r["structure"], given.financeur(r["financeur"]), fold(r["nature"] or ""))
        before[cle] = (before.get(cle) or 0) + r["engage"] if r["engage"] is not None else before.get(cle)
    this_year: dict[tuple, list[dict]] = {}
    for r in given.financements:
        if r["engage"] is not None:
            this_year.setdefault((r["fiche"], r["structure"], r["id"], fold(r["nature"] or "")), []).append(r)
    expected = f"une évolution de moins de {rate_fr(thresholds.part, 0)}, ou de moins de {amount_fr(thresholds.euros)}"
    all_found = []
    for cle, lines in this_year.items():
        ancien, nouveau = before.get(cle), sum(r["engage"] for r in lines)
        if (
            ancien is not None
            and abs(nouveau - ancien) >= thresholds.euros
            and abs(nouveau - ancien) > thresholds.part * ancien
        ):
            champ = f"{given.financeur_name(cle[2])} — {given.libelle('financement', 'engage')}"
            gap = _proportion(nouveau - ancien, ancien)
            cells = [r["engage" + ADDRESS_SUFFIX] for r in lines]
            all_found.append(
                _tell_change(
                    given,
                    "EVOLUTION_FORTE",
                    lines[0],
                    cells,
                    champ,
                    amount_fr(nouveau),
                    amount_fr(ancien),
                    gap,
                    expected,
                )
            )
    return all_found


def copied_financement(given: CheckInput, fiche: str) -> list[Anomalie]:
    """Every funding line of a structure on the fiche is last year's, amounts and reference alike."""
    if given.precedent is None:
        return []
    before: dict[tuple[str, str], list[tuple]] = {}
    for r in _lines_last_year(given, fiche):
        before.setdefault((r["fiche"], r["structure"]), []).append(_line_fingerprint(given, r))
    groups: dict[tuple[str, str], list[dict]] = {}
    for r in given.financements:
        groups.setdefault((r["fiche"], r["structure"]), []).append(r)
    all_found = []
    for cle, lines in groups.items():
        its_own = [_line_fingerprint(given, r) for r in lines]
        referenced = [r for r in lines if r["reference"] and any(r[c] for c in AMOUNTS)]
        if referenced and sorted(its_own, key=str) == sorted(before.get(cle, []), key=str):
            cells = [r[c + ADDRESS_SUFFIX] for r in lines for c in (*AMOUNTS, "reference") if r[c + ADDRESS_SUFFIX]]
            all_found.append(
                constat(
                    "IDENTIQUE_A_L_ANNEE_PRECEDENTE",
                    lines[0],
                    cells,
                    champ="Financements",
                    found=f"les financements de la fiche sont ceux de {given.annee - 1}, références comprises",
                    expected=f"les financements de {given.annee}",
                    remedy="vérifiez que le tableau de l’année précédente n’a pas été recopié ; corrigez, ou confirmez à la coordination.",
                )
            )
    return all_found


def _line_fingerprint(given: CheckInput, r: dict) -> tuple:
    amounts = tuple(None if r[c] is None else Decimal(r[c]) for c in AMOUNTS)
    return (given.financeur(r["financeur"]), fold(r["nature"] or ""), *amounts, fold(str(r["reference"] or "")))


def event_declared_twice(given: CheckInput) -> list[Anomalie]:
    """Same figure and same comment, or same detail, for one measure, from two structures of a fiche: one anomaly a pair.

    Names are set aside: they are counted once anyway. What many declare alike is said once, at the first of them.
    """
    pairs: dict[tuple[str, str, str], list[_Declaration]] = {}
    all_found = []
    for mesure, store in given.by_mesure("mesures", "ventilations"):
        if mesure in given.contrat.by_mesure and not given.mesure(mesure).nominative:
            for commune in _alike(mesure, store):
                if commune.nombre > ALIKE_MAX:
                    where = f"{number_fr(commune.nombre)} autres retours, dont {', '.join(d.file for d in commune.later_ones[:MAX_CITED])}"
                    all_found.append(_tell_event(given, [commune.first], where))
                    continue
                for d in commune.later_ones:
                    pairs.setdefault((d.fiche, commune.first.file, d.file), []).append(d)
    return all_found + [_tell_event(given, communes, first_one) for (_, first_one, _), communes in pairs.items()]


def _tell_event(given: CheckInput, declarations: list[_Declaration], where: str) -> Anomalie:
    labels = dict.fromkeys(given.mesure(d.mesure).libelle for d in declarations)
    return constat(
        "EVENEMENT_DECLARE_DEUX_FOIS",
        declarations[0].location,
        [c for d in declarations for c in d.cells()],
        champ=next(iter(labels)),
        found=f"même déclaration dans {where} : {', '.join(labels)}",
        expected="un événement commun, déclaré par une seule structure",
        remedy="si c’est le même événement, ne le gardez que dans un seul retour ; sinon confirmez à la coordination.",
    )


@dataclass(slots=True)
class _SharedDeclaration:
    """Declarations that have the same signature: the first, those of other structures (no more than are told), and how many these are."""

    first: _Declaration
    later_ones: list[_Declaration] = field(default_factory=list)
    nombre: int = 0

    def add(self, other: _Declaration) -> None:
        if other.structure != self.first.structure:
            self.nombre += 1
            if len(self.later_ones) < ALIKE_MAX:
                self.later_ones.append(other)


def _alike(mesure: str, store: ValueStore) -> Iterable[_SharedDeclaration]:
    """Signatures are counted first, so that only the declarations whose signature comes back are kept."""
    times = Counter(hash(signature) for d in _declarations(mesure, store) if (signature := d.signature()))
    communes: dict[str, _SharedDeclaration] = {}
    if any(n > 1 for n in times.values()):
        for d in _declarations(mesure, store):
            if times[hash(signature := d.signature())] > 1:
                if signature in communes:
                    communes[signature].add(d)
                else:
                    communes[signature] = _SharedDeclaration(d)
    return communes.values()


@dataclass(slots=True)
class _Declaration:
    """What a return says of a measure. ``detail``: (category, number, cell)."""

    mesure: str
    file: str
    sheet: str
    fiche: str
    structure: str
    valeur: object = None
    cell: str = ""
    commentaire: str | None = None
    detail: list[tuple[str, object, str]] = field(default_factory=list)

    @property
    def location(self) -> dict[str, str]:
        return {"fichier": self.file, "feuille": self.sheet, "fiche": self.fiche, "structure": self.structure}

    def signature(self) -> str:
        """What two declarations of one event share; "" where there is too little to tell."""
        if not self.valeur:
            return ""
        if self.commentaire is not None:
            return f"{self.valeur} {fold(self.commentaire)}"
        return (
            f"{self.valeur} {sorted((fold(nom), str(nombre)) for nom, nombre, _ in self.detail)}"
            if len(self.detail) > 1
            else ""
        )

    def cells(self) -> list[str]:
        return [self.cell] if self.commentaire is not None else [self.cell, *(cell for _, _, cell in self.detail)]


def _declarations(mesure: str, store: ValueStore) -> Iterator[_Declaration]:
    """One a return; what a return says stands together."""
    names = ("fichier", "feuille", "fiche", "structure", "champ", "modalite", "valeur", "cellule")
    stated = None
    for file, sheet, fiche, structure, champ, modalite, valeur, cell in store.lines(
        lambda _: True, *names, input_fields=("valeur", "commentaire", "effectif")
    ):
        if stated is None or stated.file != file or stated.fiche != fiche:
            if stated is not None:
                yield stated
            stated = _Declaration(mesure, file, sheet, fiche, structure)
        if champ == "valeur":
            stated.valeur, stated.cell = valeur, cell
        elif champ == "commentaire":
            stated.commentaire = valeur
        elif valeur:
            stated.detail.append((modalite, valeur, cell))
    if stated is not None:
        yield stated


RULES = (sharp_change, same_as_last_year)
RULES_OF_ONE_FICHE = (sharp_change_of_amounts, copied_financement)
RULES_BETWEEN_RETOURS = (event_declared_twice,)
