"""What a campaign adds up to: indicators, breakdowns, progress, governance, territory. Frames in, frames out.

How answers make one figure is in ``agregation``. No figure is ever added across fiches.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import partial
from itertools import groupby
from operator import itemgetter
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pandas as pd

from cls_workbook.domain.model import Contrat, Fiche, Indicateur, Mesure
from cls_workbook.french import NBSP, fold, listing
from cls_workbook.reading.storing.value_store import Chapter, ValueStore
from cls_workbook.reading.storing.wide_views import columns, total_of
from cls_workbook.summaries.aggregation import (
    FIELDS,
    NOT_APPLICABLE,
    SEPARATOR,
    UNAVAILABLE,
    Aggregate,
    Answer,
    Detail,
    aggregate,
    complete,
    depends_on_detail,
    entity_key,
    least_advanced,
    sur_les_annees,
)
from cls_workbook.summaries.what_counts import ExpectedReturns, displayed_name
from cls_workbook.tables.consolidation_tables import INDICATEURS
from cls_workbook.tables.summary_tables import BY_AXE, GOVERNANCE, PROGRESS, TERRITORY, VENTILATIONS
from cls_workbook.tables.table_frames import table_frame

if TYPE_CHECKING:
    from cls_workbook.pilotage import Meeting

__all__ = [
    "avancement",
    "gouvernance",
    "indicateurs",
    "by_axe",
    "sur_les_annees",
    "completion_rate",
    "territoire",
    "ventilations",
]


UNSPECIFIED = "non précisée"
TO_BE_SCHEDULED, WITHOUT_RETOUR = "à programmer", "sans retour"
FULL, PARTIAL, NOTHING, COMPLETED = "totale", "partielle", "rien de programme", "realisee"  # folded, as ``fold`` does


# --- Indicators -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Coverage:
    """How many returns a figure rests on. ``expected_returns`` None: unknown (a group without named members)."""

    received: int
    expected_returns: int | None
    texte: str


def indicateurs(
    contrat: Contrat,
    values: pd.DataFrame | ValueStore,
    planned: pd.DataFrame | ExpectedReturns,
    precedent: Mapping[str, object] | None = None,
) -> pd.DataFrame:
    """The table ``Indicateurs``: one row per measure, in the contract's order.

    ``values``: what is left once refused values are set aside (``consolidation.retain``). ``planned``: the frame of
    ``consolidation.expected_returns``, or its ``ExpectedReturns``. ``precedent``: measure → last year's value. Rates
    are shares (0.265 for 26,5 %). A return counts as received for a measure when it gave the figure, or said « sans
    objet ».
    """
    campagne, former_ones = _CampagneRetours(contrat, values, planned), precedent or {}
    lines = [_indicateur(campagne, *contrat.by_mesure[id_], former_ones.get(id_)) for id_ in contrat.by_mesure]
    return table_frame(INDICATEURS, lines)


def _indicateur(
    campagne: _CampagneRetours, fiche: Fiche, indicateur: Indicateur, mesure: Mesure, former: object
) -> tuple[Any, ...]:
    """The line of one measure; what returns say of it is let go before those of the next one are taken up."""
    reponses = campagne.reponses(mesure.id, depends_on_detail(mesure))
    result = aggregate(campagne.contrat, mesure, reponses.values())
    coverage, gaps = campagne.coverage(fiche, indicateur, reponses, result)
    return (
        fiche.numero,
        fiche.axe,
        indicateur.id,
        mesure.id,
        mesure.libelle,
        result.unite or mesure.unite,
        mesure.agregation,
        mesure.valeur_initiale,
        former,
        result.valeur,
        result.numerateur,
        result.denominateur,
        coverage.received,
        coverage.expected_returns,
        coverage.texte,
        SEPARATOR.join((*result.reserves, *gaps)) or None,
    )


class _FicheRetours(NamedTuple):
    """Of one fiche: fichier → the rank of the expected return that it is (None: of none); ``volets``: of those that
    answer for one."""

    ranks: dict[str, int | None]
    volets: dict[str, str]


class _CampagneRetours:
    """The returns of a campaign, found by fiche and measure: fichier → what it says there."""

    def __init__(self, contrat: Contrat, values: pd.DataFrame | ValueStore, planned: pd.DataFrame | ExpectedReturns):
        self.contrat = contrat
        self.values, self.planned = ValueStore.of(values), ExpectedReturns.of(contrat, planned)
        self.retours = self.values.once("retours", lambda: _retours(self.values, self.planned), contrat, planned)

    def reponses(self, mesure: str, detailed: bool = True) -> dict[str, Answer]:
        """Return → what it says of this measure, for the returns that say something of it. ``detailed``: with their
        breakdowns."""
        saisies = self.values.lines(
            lambda c: c.mesure == mesure,
            "fichier",
            "structure",
            "champ",
            "ligne",
            "modalite",
            "valeur",
            input_fields=FIELDS,
        )
        known: dict[str, Detail] = {}  # the same rows come back from many returns: one object for all
        return {
            file: self._reponse(structure, its_own, detailed, known)
            for (file, structure), its_own in groupby(saisies, key=itemgetter(0, 1))
        }

    def _reponse(
        self, structure: str, saisies: Iterable[tuple[Any, ...]], detailed: bool, known: dict[str, Detail]
    ) -> Answer:
        input_fields: dict[str, Any] = {}
        lines: dict[str, dict[str, Any]] = {}
        for _, _, champ, row, modalite, valeur in saisies:
            if row and not detailed:
                continue
            if row:
                line = lines.setdefault(row, {})
                line[champ] = valeur
                if modalite and "nom" not in line and champ != "nom":
                    line.setdefault("modalite", modalite)  # a printed row: its label is not typed
            else:
                input_fields[champ] = valeur
        details = (Detail(*map(lines[cle].get, Detail._fields)) for cle in sorted(lines))
        return Answer(
            displayed_name(self.contrat, structure),
            input_fields,
            tuple(known.setdefault(repr(detail), detail) for detail in details),
        )

    def coverage(
        self, fiche: Fiche, indicateur: Indicateur, reponses: Mapping[str, Answer], result: Aggregate
    ) -> tuple[Coverage, list[str]]:
        """What the figure rests on, and what must be said of the returns that are not in it.

        An indicator of one volet is asked of the porteurs of that volet only.
        """
        ranks, volets = self.retours[fiche.numero]
        answered, unavailable, not_applicable = _split_retours(reponses, result.counted)
        answering = [*answered, *unavailable, *not_applicable]
        restored, counts = (
            sum(fiche.concerns(indicateur, volets.get(r, "")) for r in theirs) for theirs in (ranks, answering)
        )
        silent_count = restored - counts
        reserves = [
            f"{len(who)} {word}" for who, word in ((unavailable, UNAVAILABLE), (not_applicable, NOT_APPLICABLE)) if who
        ]
        if silent_count:
            reserves.append(f"{silent_count} retour{'s' * (silent_count > 1)} sans valeur retenue")
        contradicted = sum(reponses[r].statut in (fold(UNAVAILABLE), fold(NOT_APPLICABLE)) for r in answered)
        if contradicted:
            reserves.append(
                f"{contradicted} valeur{'s' * (contradicted > 1)} malgré un statut qui dit qu’il n’y en a pas"
            )
        extra = (
            sorted(reponses[r].structure for r in answered if ranks[r] is None)
            if fiche.numero not in self.planned.groups
            else []
        )
        if extra:
            reserves.append(
                f"compte {len(extra)} retour{'s' * (len(extra) > 1)} non attendu{'s' * (len(extra) > 1)} "
                f"({listing(extra)})"
            )
        planned = [
            rank
            for rank in self.planned.of_fiche(fiche.numero)
            if fiche.concerns(indicateur, self.planned.volets[rank])
        ]
        return self.count_up(fiche.numero, planned, [*answered, *not_applicable], bool(restored)), reserves

    def count_up(self, fiche: str, planned: Sequence[int], answered: Collection[str], delivered: bool) -> Coverage:
        """``planned``: the returns that are asked; ``answered``: those that gave it; ``delivered``: has any of the
        fiche come in?"""
        if fiche in self.planned.groups or not planned:
            received, expected_returns = len(answered), None
        else:
            supplied = np.zeros(
                len(self.planned.volets) + 1, dtype=bool
            )  # by rank; the last is of those that were not expected
            supplied[[-1 if rank is None else rank for rank in map(self.retours[fiche].ranks.get, answered)]] = True
            received, expected_returns = int(supplied[planned].sum()), len(planned)
        on = f"({received} sur {'?' if expected_returns is None else expected_returns})"
        if not answered:
            return Coverage(received, expected_returns, f"{'aucune valeur' if delivered else 'aucun retour'} {on}")
        return Coverage(received, expected_returns, f"{'complet' if received == expected_returns else 'partiel'} {on}")


def _split_retours(reponses: Mapping[str, Answer], counted: Iterable[Answer]) -> tuple[list[str], list[str], list[str]]:
    """The returns that are in a figure (``counted``: their answers); of the others, those that have none to give, or
    none to be asked."""
    inside, answered, unavailable, not_applicable = set(counted), [], [], []
    for retour, reponse in reponses.items():
        if reponse in inside:
            answered.append(retour)
        elif reponse.has_statut(NOT_APPLICABLE):
            not_applicable.append(retour)
        elif reponse.has_statut(UNAVAILABLE):
            unavailable.append(retour)
    return answered, unavailable, not_applicable


def _retours(store: ValueStore, planned: ExpectedReturns) -> Mapping[str, _FicheRetours]:
    """Fiche → the returns that say something of it."""
    retours: dict[str, _FicheRetours] = defaultdict(lambda: _FicheRetours({}, {}))
    for fiche, file, structure, volet in store.distinct("fiche", "fichier", "structure", "volet"):
        ranks, volets = retours[fiche]
        ranks[file] = planned.find(fiche, structure, volet)
        if volet:
            volets[file] = volet
    return retours


# --- Breakdowns -----------------------------------------------------------------------------------------------------


def ventilations(contrat: Contrat, values: pd.DataFrame | ValueStore) -> pd.DataFrame:
    """The consolidated breakdowns: fiche, mesure, modalite, effectif, numerateur, denominateur (None where not asked).

    Modalités in the contract's order, then as they first appear. Entities are counted by distinct name; where several
    structures give numbers of entities without names, effectif is None: adding them would count some twice.
    """
    campagne = _CampagneRetours(contrat, values, _none_expected())
    lines = []
    for mesure_id, (fiche, _, mesure) in contrat.by_mesure.items():
        if mesure.type == "liste":
            continue
        detail = _detail(contrat, mesure, list(campagne.reponses(mesure_id).values()))
        lines += [(fiche.numero, mesure_id, modalite, *numbers) for modalite, numbers in detail.items()]
    return table_frame(VENTILATIONS, lines)


def _none_expected() -> pd.DataFrame:
    return pd.DataFrame({"fiche": [], "structure": [], "volet": [], "groupe": []}).astype({"groupe": bool})


def _detail(contrat: Contrat, mesure: Mesure, reponses: list[Answer]) -> dict[str, tuple[Any, ...]]:
    """Modalité → (effectif, numérateur, dénominateur)."""
    groups: dict[str, list[tuple[Answer, Detail]]] = {}
    written_ones: dict[str, str] = {fold(m): m for m in mesure.modalites}
    for reponse in reponses:
        for line in reponse.lines:
            if mesure.ventilation or line.effectif is not None:
                modalite = str(line.modalite or UNSPECIFIED)
                written_ones.setdefault(fold(modalite), modalite)
                groups.setdefault(fold(modalite), []).append((reponse, line))
    detail = {}
    for cle in sorted(groups, key=list(written_ones).index):
        names = {entity_key(contrat, mesure, str(li.nom)) for _, li in groups[cle] if li.nom}
        declaring = {r for r, li in groups[cle] if li.effectif is not None}
        counts_entities = mesure.agregation in ("ENTITES", "STOCK")
        effectif = (
            len(names)
            if names
            else None
            if counts_entities and len(declaring) > 1
            else total_of(li.effectif for _, li in groups[cle])
        )
        pairs = [(li.numerateur, li.denominateur) for _, li in groups[cle] if complete(li)]
        detail[written_ones[cle]] = (effectif, total_of(n for n, _ in pairs), total_of(d for _, d in pairs))
    return detail


# --- Progress -------------------------------------------------------------------------------------------------------


def avancement(
    contrat: Contrat, values: pd.DataFrame | ValueStore, planned: pd.DataFrame | ExpectedReturns
) -> pd.DataFrame:
    """One row per fiche: état and réalisation (the least advanced of the porteurs; None without answer).

    ``detail``: « structure : état, réalisation » for each where porteurs disagree. « Réalisée » holds only if all say
    so; « Rien de programmé » only if none had anything to do.
    """
    campagne, lines = _CampagneRetours(contrat, values, planned), []
    for fiche in contrat.fiches:
        ranks, volets = campagne.retours[fiche.numero]
        said = campagne.values.lines(
            partial(_is_progress, fiche.numero),
            "fichier",
            "structure",
            "champ",
            "valeur",
            input_fields=("etat", "realisation"),
        )
        etats: dict[str, str] = {}
        facts: dict[str, str] = {}
        structures: dict[str, str] = {}
        for file, structure, champ, valeur in said:
            (etats if champ == "etat" else facts)[file] = valeur
            structures[file] = structure
        in_disagreement = any(len({fold(word) for word in words.values()}) > 1 for words in (etats, facts))
        sentences = (
            _as_text(displayed_name(contrat, who), volets.get(r, ""), etats.get(r), facts.get(r))
            for r, who in structures.items()
        )
        detail = "\n".join(sentences) if in_disagreement else None
        coverage = campagne.count_up(
            fiche.numero, list(campagne.planned.of_fiche(fiche.numero)), etats.keys(), bool(ranks)
        )
        lines.append(
            (
                fiche.numero,
                fiche.axe,
                fiche.titre,
                _state(contrat, etats),
                _completion(contrat, facts),
                detail,
                coverage.received,
                coverage.expected_returns,
                coverage.texte,
            )
        )
    return table_frame(PROGRESS, lines)


def _is_progress(fiche: str, chapter: Chapter) -> bool:
    return chapter.bloc == "avancement" and chapter.fiche == fiche


def _as_text(structure: str, volet: str, etat: str | None, done: str | None) -> str:
    who = f"{structure} ({volet})" if volet else structure
    return f"{who}{NBSP}: " + ", ".join(word for word in (etat, done) if word)


def _state(contrat: Contrat, etats: Mapping[str, str]) -> str | None:
    # Reported or given up come after « Réalisée » in the list, yet nothing is done while one porteur says so.
    echelle = sorted(contrat.listes.etats, key=lambda e: fold(e) == COMPLETED)
    return least_advanced(echelle, etats.values()) if etats else None


def _completion(contrat: Contrat, facts: Mapping[str, str]) -> str | None:
    programmes = [f for f in facts.values() if fold(f) != NOTHING]
    echelle = [r for r in reversed(contrat.listes.realisations) if fold(r) != NOTHING]
    return least_advanced(echelle, programmes) if programmes else next(iter(facts.values()), None)


@dataclass(frozen=True, slots=True)
class CompletionRate:
    """``strict`` = totales / programmées; ``wide`` = (totales + partielles) / programmées; None if nothing was
    programmed."""

    fully_done: int
    partly_done: int
    programmed: int
    unanswered: int

    @property
    def strict(self) -> Decimal | None:
        return Decimal(self.fully_done) / self.programmed if self.programmed else None

    @property
    def wide(self) -> Decimal | None:
        return Decimal(self.fully_done + self.partly_done) / self.programmed if self.programmed else None


def completion_rate(contrat: Contrat, suivi: pd.DataFrame, porteur: str | None = None) -> CompletionRate:
    """Over the fiches of ``avancement`` that had something programmed; ``porteur``: only those this structure id
    answers for."""
    requested = [f.numero for f in contrat.fiches if porteur is None or porteur in (p for p, _ in f.repondants())]
    return count_completions(suivi.loc[suivi["fiche"].isin(requested), "realisation"])


def count_completions(words: Iterable[str | None]) -> CompletionRate:
    """The rates over words as the list of réalisations has them; None: no answer."""
    statements = [None if r is None else fold(r) for r in words]
    tally = Counter(statements)
    return CompletionRate(tally[FULL], tally[PARTIAL], len(statements) - tally[None] - tally[NOTHING], tally[None])


def by_axe(contrat: Contrat, suivi: pd.DataFrame) -> pd.DataFrame:
    """axe, titre, etat, fiches: how many fiches of each axe are in each état, « sans retour » and « à programmer »
    included."""
    etats = Counter((axe, etat or WITHOUT_RETOUR) for axe, etat in zip(suivi["axe"], suivi["etat"], strict=True))
    etats.update((action.axe, TO_BE_SCHEDULED) for action in contrat.a_programmer)
    order = (*contrat.listes.etats, WITHOUT_RETOUR, TO_BE_SCHEDULED)
    lines = [
        (axe.numero, axe.titre, etat, etats[axe.numero, etat])
        for axe in contrat.axes
        for etat in order
        if etats[axe.numero, etat]
    ]
    return table_frame(BY_AXE, lines)


# --- Governance and territory ---------------------------------------------------------------------------------------


def gouvernance(contrat: Contrat, reunions: Sequence[Meeting] = ()) -> pd.DataFrame:
    """One row per instance. The rate is Σ présents / Σ conviés (structures) over the meetings that give both.

    Without any meeting nothing is known; once one is listed, an instance without meetings has met 0 times.
    """
    lines: list[tuple[Any, ...]] = []
    for instance in contrat.instances:
        if not reunions:
            lines.append((instance.nom, instance.minimum_par_an, None, None, None, None, "réunions non renseignées"))
            continue
        held = [r for r in reunions if fold(r.instance) == fold(instance.nom)]
        complete_ones = [r for r in held if r.convies is not None and r.presents is not None]
        convies, presents = total_of(r.convies for r in complete_ones), total_of(r.presents for r in complete_ones)
        reserves = [f"sous le minimum ({len(held)} sur {instance.minimum_par_an})"] * (
            len(held) < instance.minimum_par_an
        )
        if len(complete_ones) < len(held):
            reserves.append(
                f"participation connue pour {len(complete_ones)} réunion{'s' * (len(complete_ones) > 1)} sur "
                f"{len(held)}"
            )
        taux = Decimal(presents) / Decimal(convies) if convies else None
        lines.append(
            (
                instance.nom,
                instance.minimum_par_an,
                len(held),
                convies,
                presents,
                taux,
                SEPARATOR.join(reserves) or None,
            )
        )
    return table_frame(GOVERNANCE, lines)


def territoire(contrat: Contrat, values: pd.DataFrame | ValueStore) -> pd.DataFrame:
    """The communes and QPV that at least one return says it reached: type, code, nom, fiches (how many), numeros.

    In the contract's order; one that the contract does not know comes last, as it was given.
    """
    touched: dict[tuple[str, str], set[str]] = {}
    for champ, line, fiche in _ticked(values):
        touched.setdefault((champ, line), set()).add(fiche)
    names = {("commune", c.code_insee): c.nom for c in contrat.communes} | {("qpv", q.nom): q.nom for q in contrat.qpv}
    order = {cle: rank for rank, cle in enumerate(names)}
    numbers = [f.numero for f in contrat.fiches]
    lines = []
    for cle in sorted(touched, key=lambda c: (order.get(c, len(order)), c)):
        type_, code = cle
        its_own = [n for n in numbers if n in touched[cle]]
        lines.append(
            (type_, code if type_ == "commune" else None, names.get(cle, code), len(its_own), SEPARATOR.join(its_own))
        )
    return table_frame(TERRITORY, lines)


def _ticked(values: pd.DataFrame | ValueStore) -> Iterable[tuple[str, ...]]:
    """(champ, ligne, fiche) of what was ticked."""
    if isinstance(values, ValueStore):
        return values.distinct("champ", "ligne", "fiche", wanted=lambda c: c.bloc == "territoire")
    return columns(values[values["bloc"] == "territoire"], "champ", "ligne", "fiche")
