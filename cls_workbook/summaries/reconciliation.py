"""The sum of what returns say, and the total that was consolidated: every difference told, to the cent.

The sums are made again here, from the cells, without the functions that consolidate: what they do not explain is an
error. Only which funding lines are of which nature is taken from those: a sum set apart by mistake would be missing
from the total, or twice in it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from itertools import groupby
from operator import itemgetter
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pandas as pd

from cls_workbook.anomalies import BLOCKING, Anomalie, Place
from cls_workbook.checks.families.campaign_checks import UnexplainedGap
from cls_workbook.domain.entry_questions import EXPENDITURE_POSTS
from cls_workbook.domain.model import Contrat, Mesure
from cls_workbook.french import amount_fr, fold, number_fr, typography
from cls_workbook.reading.storing.value_store import ValueStore
from cls_workbook.reading.storing.wide_views import columns, total_of
from cls_workbook.summaries.aggregation import ESTIMATED, SEPARATOR, entity_key
from cls_workbook.summaries.what_counts import Exclusions
from cls_workbook.tables.consolidation_tables import EXPENDITURE, FINANCEMENT, INDICATEUR, RECONCILIATION
from cls_workbook.tables.table_frames import frame_records, table_frame

if TYPE_CHECKING:
    from cls_workbook.reading.storing.typed_frames import TypedRetours

RETAINED, REFUSED, REPLACED, SET_ASIDE = "retenue", "refusée", "remplacée", "écartée"
AMOUNTS = {"prevu": "Prévu", "engage": "Engagé", "verse": "Versé"}
_CENT = Decimal("0.01")
_ADDITIVES = ("FLUX", "PERSONNES", "STOCK", "ENTITES")
_COUNTED = {"MOYENNE": "moyenne", "JALON": "jalon", "TEXTE": "texte", "UNION": "modalite"}
_TERMS = {
    "RATIO": (("numerateur", "Numérateur"), ("denominateur", "Dénominateur")),
    "SATISFACTION": (("satisfaits", "Numérateur"), ("repondants", "Dénominateur")),
}
# What is added, and what says how far it may be.
_FIELD_NAMES = (
    "valeur",
    "effectif",
    "statut",
    "double_compte",
    "nom",
    *_COUNTED.values(),
    *(champ for terms in _TERMS.values() for champ, _ in terms),
)
_LOCATION = ("fichier", "fiche", "feuille", "cellule")
_FIELD_NUMBERS = {champ: numero for numero, champ in enumerate(_FIELD_NAMES)}


class MesureValues(NamedTuple):
    """Typed values: the return that each comes from and its row in a breakdown (numbers; negative: none), and what
    became of it."""

    retours: np.ndarray
    lines: np.ndarray
    input_fields: np.ndarray
    contents: np.ndarray
    classes: np.ndarray

    def where(self, mask: np.ndarray) -> MesureValues:
        return MesureValues(*(column[mask] for column in self))

    def of(self, *input_fields: str) -> MesureValues:
        return self.where(np.isin(self.input_fields, [_FIELD_NUMBERS[champ] for champ in input_fields]))

    @property
    def retained(self) -> MesureValues:
        return self.where(self.classes == RETAINED)

    @property
    def rows(self) -> np.ndarray:
        """What tells the row of a return from all others."""
        numbers: np.ndarray = (self.retours.astype(np.int64) << 32) + self.lines
        return numbers

    @property
    def total_of(self) -> Any:
        return total_of(self.contents)

    def sums(self) -> tuple[dict[str, Any], int]:
        """(class → sum, how many values)."""
        return {class_: sum(self.contents[self.classes == class_]) for class_ in set(self.classes)}, len(self.contents)


@dataclass
class ReconciliationLine:
    """One line of the table. ``apart``: (amount, why) of what was retained and is not in the total all the same."""

    objet: str
    fiche: str | None
    mesure: str | None
    column: str
    libelle: str
    parts: dict[str, Any] = field(default_factory=dict)  # class → sum
    nombre: int = 0
    apart: list[tuple[Any, str]] = field(default_factory=list)
    total: Any = None
    notes: list[str] = field(default_factory=list)
    money: bool = False

    def row(self) -> tuple[Any, ...]:
        sums = [self.parts.get(c) for c in (REFUSED, REPLACED, SET_ASIDE)]
        stated, sum_apart = total_of(self.parts.values()), total_of(v for v, _ in self.apart)
        gap = (stated or 0) - sum(v or 0 for v in (*sums, sum_apart, self.total))
        return (
            self.objet,
            self.fiche,
            self.mesure,
            self.column,
            self.libelle,
            self.nombre,
            stated,
            *sums,
            sum_apart,
            self.total,
            gap,
            self._explanation(sums, stated, gap),
        )

    def _explanation(self, sums: Sequence[Any], stated: Any, gap: Any) -> str:
        reasons = ("refusé (feuille Anomalies)", "remplacé par une correction", "écarté (retours en double ou rejetés)")
        words = [f"{word} : {self._as_text(v)}" for v, word in (*zip(sums, reasons, strict=True), *self.apart) if v]
        words += self.notes
        if gap:
            words.insert(0, f"écart de {self._as_text(gap)} que rien n’explique")
        if not words:
            words = ["aucune valeur"] if stated is None else ["la somme des retours est le total"]
        return typography(SEPARATOR.join(words))

    def _as_text(self, valeur: Any) -> str:
        return amount_fr(valeur) if self.money else number_fr(valeur)


def reconciliation(
    contrat: Contrat,
    typed_returns: TypedRetours,
    anomalies: Sequence[Anomalie],
    replaced: Iterable[tuple[str, str]],
    indicateurs: pd.DataFrame,
    par_fiche: pd.DataFrame,
    par_financeur: pd.DataFrame,
    lines: Sequence[Mapping[str, object]] = (),
) -> pd.DataFrame:
    """The table ``Rapprochement``: one row per measure and term, per fiche and amount, per amount for the whole
    contract.

    ``typed_returns``: all that was typed (``frames.TypedRetours``). The other frames: what was consolidated; ``lines``:
    the funding lines that count (``funding.financement_lines``). Missing sums are None.
    """
    saisies = _TypedInputs(ValueStore.of(typed_returns.values), Exclusions(anomalies), set(replaced))
    unreadable = _unreadable(typed_returns, contrat, anomalies)
    statements = [
        *_mesures(contrat, saisies, indicateurs, unreadable),
        *_money(contrat, saisies, par_fiche, par_financeur, lines, unreadable),
    ]
    return table_frame(RECONCILIATION, (line.row() for line in statements))


def unexplained(table: pd.DataFrame) -> list[Anomalie]:
    """One anomaly for each line whose difference is not explained: an error of the program, never of a return."""
    return [
        UnexplainedGap.anomalie(
            Place(fiche=r["Fiche"] or ""),
            (),
            champ=f"{r['Libellé']} — {r['Colonne']}",
            found=f"écart de {number_fr(r['Écart inexpliqué'])} entre la somme des retours et le total",
        )
        for r in frame_records(table)
        if r["Écart inexpliqué"]
    ]


_NO_VALUES = MesureValues(*(np.zeros(0, dtype=type_) for type_ in (int, int, int, object, object)))


class _TypedInputs(NamedTuple):
    """All that was typed, and what the anomalies refuse."""

    store: ValueStore
    excluded: Exclusions
    replaced: set[tuple[str, str]]

    def class_(self, file: str, fiche: str, sheet: str, cell: str) -> str:
        """What became of a value."""
        if file not in self.excluded.concerned:
            return RETAINED
        if (file, fiche) in self.replaced:
            return REPLACED
        if self.excluded.retour(file, fiche):
            return SET_ASIDE
        return REFUSED if (file, sheet, cell) in self.excluded.cells else RETAINED

    def of_block(self, bloc: str, input_fields: Collection[str]) -> Iterator[tuple[str, str, str, Any, str]]:
        """(fichier, fiche, champ, value, class) of what was typed there."""
        for file, fiche, sheet, cell, champ, content in self.store.lines(
            lambda c: c.bloc == bloc, *_LOCATION, "champ", "valeur", input_fields=input_fields
        ):
            yield file, fiche, champ, content, self.class_(file, fiche, sheet, cell)

    def of_mesure(self, mesure: str, input_fields: Collection[str]) -> MesureValues:
        """What is added up, or says how far it may be."""
        if not self.store.told(lambda c: c.mesure == mesure):
            return _NO_VALUES
        frame = self.store.read(lambda c: c.mesure == mesure, (*_LOCATION, "champ", "ligne", "valeur"), input_fields)
        classes = np.empty(len(frame), dtype=object)
        classes.fill(RETAINED)  # the word itself: ``np.full`` would make one for each
        if self.excluded.concerned:
            implicated = np.flatnonzero(frame["fichier"].isin(self.excluded.concerned))
            classes[implicated] = [self.class_(*place) for place in columns(frame.iloc[implicated], *_LOCATION)]
        said, lines = frame["champ"].array, frame["ligne"].array
        said = np.array([_FIELD_NUMBERS.get(word, -1) for word in said.categories], dtype=np.int8)[said.codes]
        lines = np.array([n if word else -1 for n, word in enumerate(lines.categories)], dtype=np.int32)[lines.codes]
        return MesureValues(frame["fichier"].array.codes, lines, said, frame["valeur"].to_numpy(), classes)


def _unreadable(
    typed_returns: TypedRetours, contrat: Contrat, anomalies: Sequence[Anomalie]
) -> Counter[tuple[str, str]]:
    """(measure, or fiche of a funding line, champ) → inputs whose content could not be read as a number."""
    counts: Counter[tuple[str, str]] = Counter()
    addresses = typed_returns.addresses(contrat)
    involved = [a for a in anomalies if a.gravite == BLOCKING and a.cells and a.file in addresses]
    files = {a.file for a in involved}
    items_read = set(columns(ValueStore.of(typed_returns.values).of_files(files), "fichier", "feuille", "cellule"))
    keys: dict[str, dict[tuple[str, str], str]] = {}
    for a in involved:
        for cell in a.cells:
            if (a.file, a.sheet, cell) in items_read:
                continue
            its_own = keys.setdefault(a.file, {location: cle for cle, location in addresses[a.file].items()})
            pieces = its_own.get((a.sheet, cell), "").split("/")
            if len(pieces) > 2:
                counts[pieces[0] if pieces[1] in ("financement", "depenses") else pieces[2], pieces[-1]] += 1
    return counts


def _tell_unreadable(nombre: int) -> list[str]:
    return [f"{nombre} saisie{'s' * (nombre > 1)} illisible{'s' * (nombre > 1)}, sans montant connu"] if nombre else []


# --- measures -------------------------------------------------------------------------------------------------------


def _mesures(
    contrat: Contrat, saisies: _TypedInputs, indicateurs: pd.DataFrame, unreadable: Counter[tuple[str, str]]
) -> Iterator[ReconciliationLine]:
    consolidated_by_mesure = {r["Mesure"]: r for r in frame_records(indicateurs)}
    for fiche, _, mesure in contrat.by_mesure.values():
        for line in _of_mesure(contrat, saisies, fiche.numero, mesure, consolidated_by_mesure.get(mesure.id, {})):
            input_fields = (
                {"valeur", "effectif"}
                if mesure.agregation in _ADDITIVES
                else {c for c, t in _TERMS.get(mesure.agregation, ()) if t == line.column}
            )
            line.notes += _tell_unreadable(sum(unreadable[mesure.id, c] for c in input_fields))
            yield line


def _of_mesure(
    contrat: Contrat, saisies: _TypedInputs, fiche: str, mesure: Mesure, consolidated: Mapping[str, Any]
) -> list[ReconciliationLine]:
    """Its lines; what returns say of it is let go with them."""

    def open_up(column: str) -> ReconciliationLine:
        return ReconciliationLine(INDICATEUR, fiche, mesure.id, column, mesure.libelle)

    input_fields: tuple[str, ...]
    if mesure.agregation in _ADDITIVES:
        reconcile: Callable[..., Iterator[ReconciliationLine]] = _additive
        figure = "effectif" if mesure.type == "ventilation" else "valeur"
        input_fields = (figure, "statut", "double_compte", "nom")
    elif mesure.agregation in _TERMS:
        reconcile, input_fields = _terms, tuple(champ for champ, _ in _TERMS[mesure.agregation])
    else:
        reconcile, input_fields = _counted, (_COUNTED[mesure.agregation],)
    return list(reconcile(contrat, mesure, saisies.of_mesure(mesure.id, input_fields), consolidated, open_up))


def _additive(
    contrat: Contrat,
    mesure: Mesure,
    values: MesureValues,
    consolidated: Mapping[str, Any],
    open_up: Callable[[str], ReconciliationLine],
) -> Iterator[ReconciliationLine]:
    line = open_up("Valeur")
    is_ventilation = mesure.type == "ventilation"
    digits = values.of("effectif" if is_ventilation else "valeur")
    digits = digits.where((digits.lines >= 0) == is_ventilation)
    line.parts, line.nombre = digits.sums()
    line.total = consolidated.get("Valeur")
    retained = digits.retained
    if mesure.agregation in ("STOCK", "ENTITES"):
        line.apart += _double_counts(contrat, mesure, values, retained)
    if estimated := sum(retained.contents[_saying(retained, values.of("statut"), fold(ESTIMATED))]):
        line.notes.append(f"dont {number_fr(estimated)} estimé")
    doubt = (
        sum(retained.contents[~_saying(retained, values.of("double_compte"), "oui")])
        if mesure.agregation == "PERSONNES"
        else 0
    )
    if doubt and line.total is not None:
        line.notes.append(f"dont {number_fr(doubt)} sans garantie contre le double compte")
    yield line


def _saying(digits: MesureValues, statements: MesureValues, word: str) -> np.ndarray:
    """Does the return of each figure say this word (folded) among ``statements``?"""
    said = zip(statements.retained.retours, statements.retained.contents, strict=True)
    return np.isin(digits.retours, [retour for retour, content in said if fold(str(content)) == word])


def _double_counts(
    contrat: Contrat, mesure: Mesure, values: MesureValues, retained: MesureValues
) -> list[tuple[Any, str]]:
    """What several returns count of the same entities: known where all are named; else no total holds."""
    counts: dict[int, Any] = {}
    for retour, content in zip(map(int, retained.retours), retained.contents, strict=True):
        counts[retour] = counts.get(retour, 0) + content
    if len(counts) < 2:
        return []
    named, numbers = values.of("nom").retained, dict.fromkeys(counts, 0)
    all_of_them: set[str] = set()
    for retour, theirs in groupby(zip(map(int, named.retours), named.contents, strict=True), key=itemgetter(0)):
        if retour in numbers:
            names = {entity_key(contrat, mesure, str(content)) for _, content in theirs}
            numbers[retour] = len(names)
            all_of_them |= names
    told = sum(counts.values())
    if numbers != counts:
        return [
            (
                told,
                f"sans total, faute de pouvoir dédoublonner (entre {number_fr(max(counts.values()))} et "
                f"{number_fr(told)})",
            )
        ]
    return [(told - len(all_of_them), "déclaré par plusieurs structures, compté une fois")]


def _terms(
    contrat: Contrat,
    mesure: Mesure,
    values: MesureValues,
    consolidated: Mapping[str, Any],
    open_up: Callable[[str], ReconciliationLine],
) -> Iterator[ReconciliationLine]:
    """The terms of a rate. A return that gives none in all is read in its breakdown."""
    input_fields = _TERMS[mesure.agregation]
    in_all = values.where(values.lines < 0).of("numerateur", "denominateur")
    detailed = ~np.isin(values.retours, in_all.retours)  # the returns that give no term in all
    refused = ~detailed & ~np.isin(values.retours, in_all.retained.retours)  # those whose terms in all are all refused
    fixed = mesure.denominateur
    for champ, column in input_fields:
        if fixed is not None and column == "Dénominateur":
            continue  # the contract's: no return says it
        line = open_up(column)
        said = values.where((values.lines < 0) | detailed).of(champ)
        line.parts, line.nombre = said.sums()
        line.total = consolidated.get(column)
        autres = values.of(*(c for c, _ in input_fields if c != champ)).retained.rows
        if fixed is None:
            retained = said.retained
            line.apart.append((retained.where(~np.isin(retained.rows, autres)).total_of, "sans l’autre terme du taux"))
        in_detail = values.where((values.lines >= 0) & refused).of(champ).retained
        detail = in_detail.where(np.isin(in_detail.rows, autres)).total_of
        if detail is not None:
            line.parts[RETAINED] = line.parts.get(RETAINED, 0) + detail
            line.notes.append(f"{number_fr(detail)} lu dans le détail, à la place d’un total refusé")
        remaining = (line.parts.get(RETAINED) or 0) - sum(v or 0 for v, _ in line.apart)
        if line.total is None and remaining:
            line.apart.append((remaining, "sans total, car les échelles diffèrent ou ne sont pas précisées"))
        yield line


def _counted(
    _: Contrat,
    mesure: Mesure,
    values: MesureValues,
    consolidated: Mapping[str, Any],
    open_up: Callable[[str], ReconciliationLine],
) -> Iterator[ReconciliationLine]:
    """What is no sum (a mean, a state, a text): how many answers were given, and how many were retained."""
    line = open_up("Réponses")
    statements = values.of(_COUNTED[mesure.agregation])
    line.parts, line.nombre = dict(Counter(statements.classes)), len(statements.classes)
    line.total = line.parts.get(RETAINED)
    if line.total and consolidated.get("Valeur") is None:
        line.notes.append("réponses qui ne font pas une seule valeur")
    yield line


# --- money ----------------------------------------------------------------------------------------------------------


class AmountSum(NamedTuple):
    """Of one amount of a fiche. ``parts``: class → EUR; ``detail``: what was taken from the posts, in the place of
    totals that were refused."""

    parts: dict[str, Any]
    nombre: int
    detail: Any = None


def _money(
    contrat: Contrat,
    saisies: _TypedInputs,
    par_fiche: pd.DataFrame,
    par_financeur: pd.DataFrame,
    lines: Sequence[Mapping[str, Any]],
    unreadable: Counter[tuple[str, str]],
) -> Iterator[ReconciliationLine]:
    """What all fiches make together comes first."""
    amounts, costs = _amounts(saisies), _costs(saisies)
    for champ, column in AMOUNTS.items():
        line = ReconciliationLine(
            FINANCEMENT, None, None, column, "Tous financeurs", total=total_of(par_financeur[column]), money=True
        )
        for parts, nombre, _ in (s for (_, c), s in amounts.items() if c == champ):
            line.parts = {c: line.parts.get(c, 0) + parts.get(c, 0) for c in line.parts | parts}
            line.nombre += nombre
        line.notes += _tell_unreadable(sum(n for (_, c), n in unreadable.items() if c == champ))
        yield _to_the_cent(line)
    for consolidated in frame_records(par_fiche):
        if (fiche := consolidated["Fiche"]) in contrat.par_fiche:
            its_own = [li for li in lines if li["fiche"] == fiche]
            yield from _money_of_fiche(
                consolidated, {c: amounts.get((fiche, c), AmountSum({}, 0)) for c in AMOUNTS}, its_own, unreadable
            )
            yield _to_the_cent(
                _cost(fiche, consolidated["Coût réalisé"], costs.get(fiche, AmountSum({}, 0)), unreadable)
            )


def _amounts(saisies: _TypedInputs) -> dict[tuple[str, str], AmountSum]:
    """(fiche, champ) → its sum over all funding lines, made batch after batch."""
    parts: dict[tuple[str, str], dict[str, Any]] = {}
    numbers: Counter[tuple[str, str]] = Counter()
    for _, fiche, champ, content, class_ in saisies.of_block("financement", AMOUNTS):
        its_own = parts.setdefault((fiche, champ), {})
        its_own[class_] = its_own.get(class_, 0) + content
        numbers[fiche, champ] += 1
    return {cle: AmountSum(its_own, numbers[cle]) for cle, its_own in parts.items()}


def _costs(saisies: _TypedInputs) -> dict[str, AmountSum]:
    """Fiche → the cost that returns say: their total; where one gives none, the sum of its posts. What a return says
    stands together."""
    costs: dict[str, AmountSum] = {}
    for (_, fiche), its_own in groupby(
        saisies.of_block("depenses", ("total", *EXPENDITURE_POSTS)), key=itemgetter(0, 1)
    ):
        statements = [(champ == "total", content, class_) for _, _, champ, content, class_ in its_own]
        totaux = [class_ for in_all, _, class_ in statements if in_all]
        before = costs.get(fiche, AmountSum({}, 0))
        parts, nombre, detail = dict(before.parts), before.nombre, before.detail
        for in_all, content, class_ in statements:
            if in_all or not totaux:
                parts[class_] = parts.get(class_, 0) + content
                nombre += 1
            elif class_ == RETAINED and RETAINED not in totaux:
                parts[RETAINED] = parts.get(RETAINED, 0) + content
                detail = total_of((detail, content))
        costs[fiche] = AmountSum(parts, nombre, detail)
    return costs


def _money_of_fiche(
    consolidated: Mapping[str, Any],
    amounts: Mapping[str, AmountSum],
    lines: Sequence[Mapping[str, Any]],
    unreadable: Counter[tuple[str, str]],
) -> Iterator[ReconciliationLine]:
    fiche = consolidated["Fiche"]
    for champ, column, elsewhere in (
        ("engage", "Engagé", ("ARS hors maquette", "Cofinancements", "Valorisation")),
        ("verse", "Versé", ()),
    ):
        line = ReconciliationLine(
            FINANCEMENT, fiche, None, column, "Toutes natures" if elsewhere else "Maquette", money=True
        )
        line.parts, line.nombre, _ = amounts[champ]
        line.total = total_of(consolidated[c] for c in (column, *elsewhere))
        line.apart.append(
            (total_of(li[champ] for li in lines if li["niveau"] is None), "sans nature, donc dans aucun sous-total")
        )
        if not elsewhere:
            line.apart.append(
                (
                    total_of(li[champ] for li in lines if li["niveau"] not in (None, "maquette")),
                    "autres natures que la maquette",
                )
            )
        line.notes += _tell_unreadable(unreadable[fiche, champ])
        yield _to_the_cent(line)


def _cost(fiche: str, total: Any, cost: AmountSum, unreadable: Counter[tuple[str, str]]) -> ReconciliationLine:
    line = ReconciliationLine(EXPENDITURE, fiche, None, "Coût réalisé", "Dépenses de l’année", total=total, money=True)
    line.parts, line.nombre, detail = cost
    if detail is not None:
        line.notes.append(f"{amount_fr(detail)} pris dans les postes, à la place d’un total refusé")
    line.notes += _tell_unreadable(unreadable[fiche, "total"])
    return line


def _to_the_cent(line: ReconciliationLine) -> ReconciliationLine:
    """Totals are rounded once, at the end: what it moves is told."""
    line.parts = {c: Decimal(v) for c, v in line.parts.items()}
    kept = sum(v for c, v in line.parts.items() if c == RETAINED) - sum(v or 0 for v, _ in line.apart)
    rounded = kept.quantize(_CENT, rounding=ROUND_HALF_UP) if isinstance(kept, Decimal) else kept
    if kept != rounded:
        line.apart.append((kept - rounded, "arrondi au centime"))
    return line
