"""What the Synthèse has to say, fiche by fiche, before any drawing: figures found, words chosen, reserves numbered."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import replace
from decimal import Decimal
from functools import cached_property
from typing import Any, NamedTuple

import pandas as pd

from cls_workbook.anomalies import A_CONFIRMER, BLOCKING
from cls_workbook.domain.announced.shared_indicators import shared_mesures
from cls_workbook.domain.asked.money_questions import TOTALLED
from cls_workbook.domain.entry_questions import NOTHING, in_synthese
from cls_workbook.domain.model import Contrat, Fiche, Mesure
from cls_workbook.domain.questions import Champ, ChoiceLists
from cls_workbook.domain.targets import targets_in
from cls_workbook.domain.wording import TRANSVERSAL, agency_name, axe_name, axe_rank, holds_only_others, lineage
from cls_workbook.french import NBSP, amount_fr, fold, how_many, rate_fr
from cls_workbook.personal_data import without_personal_data
from cls_workbook.reports.consolidation.consolidated_result import Result, ResultNotes
from cls_workbook.summaries import history
from cls_workbook.summaries.aggregation import AS_RATE
from cls_workbook.summaries.balances import remainders
from cls_workbook.summaries.balances.remainders import Remainder
from cls_workbook.summaries.expected import displayed_name
from cls_workbook.summaries.masking import is_masked, mask_indicateurs
from cls_workbook.summaries.progress import TO_BE_SCHEDULED, WITHOUT_RETOUR
from cls_workbook.summaries.regional import noyau_answers, noyau_details
from cls_workbook.summaries.value_tables import as_frame
from cls_workbook.summaries.years.followed_targets import FollowedTarget, followed
from cls_workbook.summaries.years.masked_years import leaving_history, masked_years, of_mesure
from cls_workbook.tables.consolidation_tables import DUPLICATE, MISSING, RECEIVED, REJECTED, SET_ASIDE
from cls_workbook.tables.described_columns import Row
from cls_workbook.tables.table_frames import frame_records

MESURES_PER_FICHE, ATTENTION_POINTS_PER_FICHE = 3, 3
AS_TEXT = ("UNION", "TEXTE", "DATES")
PERCENTAGE_POINT = Decimal("0.01")

# État → (role of its pill, colour of its bar). The words of the scales are choices that a contract may replace.
_ETATS = {
    "realisee": ("etat_bon", "axe3"),
    "en cours": ("etat_encours", "accent"),
    "en preparation": ("etat_preparation", "axe4"),
    "non demarree": ("etat_neutre", "gris_moyen"),
    "reportee": ("etat_attention", "axe2"),
    "abandonnee": ("etat_mauvais", "rouge"),
    fold(WITHOUT_RETOUR): ("etat_absent", "gris"),
    fold(TO_BE_SCHEDULED): ("etat_neutre", "gris_clair"),
}


def appearance(listes: ChoiceLists, etat: str) -> tuple[str, str]:
    """Role and colour of an état; for a scale of the contract's own, by its place in the scale."""
    if fold(listes.own_word(etat)) in _ETATS:
        return _ETATS[fold(listes.own_word(etat))]
    if etat in listes.stopped:
        return _ETATS["reportee"]
    following = [e for e in listes.etats if e not in listes.stopped]
    if etat in following[:1]:
        return _ETATS["non demarree"]
    return _ETATS["realisee" if etat == following[-1] else "en cours"] if etat in following else _ETATS["en cours"]


class Testimony(NamedTuple):
    """What one structure wrote of one fiche. ``texts``: champ of the block « qualitatif » → text."""

    fiche: str
    structure: str
    texts: dict[str, str]


def speaker(structure: str, volet: str | None) -> str:
    """« APO », « SDAT (EMAS) »."""
    return f"{structure} ({volet})" if volet else structure


def without_persons(result: Result) -> Result:
    """The same campaign without personal data in what the Synthèse quotes. Before any drawing: a text that is cut
    into rows, or shortened, could hide half a telephone number from the patterns."""
    reponses, tables, notes = as_frame(result.tables.reponses), result.tables, result.notes
    summaries = result.summaries
    used = {(bloc.nom, champ.nom) for bloc, champ in in_synthese()}
    places = zip(reponses["Bloc"], reponses["Champ"], strict=True)
    cited = reponses[pd.Series([place in used for place in places], index=reponses.index, dtype=bool)]
    return replace(
        result,
        tables=replace(
            tables,
            reponses=_without_persons(cited, "Structure", "Valeur"),
            retours=_without_persons(tables.retours, "Structure"),
            history=_without_persons(tables.history, "Libellé", "Financeur", "Nature", "Valeur"),
            indicateurs=_without_persons(tables.indicateurs),
            par_financeur=_without_persons(tables.par_financeur),
        ),
        summaries=replace(
            summaries,
            avancement=_without_persons(summaries.avancement),
            gouvernance=_without_persons(summaries.gouvernance),
            evaluations=_without_persons(summaries.evaluations),
            territoire=_without_persons(summaries.territoire),
        ),
        notes=ResultNotes(
            tuple(map(without_personal_data, notes.explications)),
            tuple(map(without_personal_data, notes.a_preciser)),
            tuple(map(without_personal_data, notes.reserves)),
            {numero: without_personal_data(texte) for numero, texte in notes.decisions.items()},
        ),
    )


def _without_persons(frame: pd.DataFrame, *columns: str) -> pd.DataFrame:
    """``columns``: all of them, if none is named."""
    values = frame.to_numpy(dtype=object, copy=True)
    for rank in map(frame.columns.get_loc, columns) if columns else range(values.shape[1]):
        values[:, rank] = [without_personal_data(v) if isinstance(v, str) else v for v in values[:, rank]]
    return pd.DataFrame(values, index=frame.index, columns=frame.columns, dtype=object, copy=False)


class Portrait:
    """The figures of a campaign as the Synthèse shows them: small counts masked, texts without personal data,
    reserves numbered as they are met."""

    def __init__(self, result: Result):
        result = without_persons(result)
        self.result, self.contrat, self.annee = result, result.contrat, result.annee
        past = result.tables.history
        self.masked_years = masked_years(result.contrat, result.annee, past, result.tables.indicateurs)
        now, before = (self.masked_years.get(result.annee - gap, set()) for gap in (0, 1))
        masked = mask_indicateurs(
            result.contrat, result.tables.indicateurs, history.terms(past, result.annee - 1), now, before
        )
        self.indicateurs = {r["Mesure"]: r for r in frame_records(masked)}
        self.suivi = {r["fiche"]: r for r in frame_records(result.summaries.avancement)}
        self.money = {r["Fiche"]: r for r in frame_records(result.tables.par_fiche) if r["Fiche"] != TO_BE_SCHEDULED}
        self.history = frame_records(result.tables.history)
        self.notes: dict[str, dict[str, list[str]]] = {}  # reserve → fiche → what it is about
        self.has_previous = result.precedent or any(r["Valeur n-1"] is not None for r in self.indicateurs.values())

    def leaving(self) -> Result:
        """The campaign and its earlier years, without persons and with nothing of what is masked in any of them."""
        tables = self.result.tables
        masked = pd.DataFrame(list(self.indicateurs.values()), columns=tables.indicateurs.columns, dtype=object)
        past = leaving_history(self.contrat, tables.history, self.masked_years)
        return replace(self.result, tables=replace(tables, indicateurs=masked, history=past))

    @cached_property
    def noyau(self) -> list[Row]:
        """What it answers to the noyau of its region, masked as its measures are; nothing where it takes none in."""
        if self.contrat.regional.taken_in is None:
            return []
        statuts = noyau_answers.statuts_said(self.contrat, self.result.tables.mesures)
        return noyau_answers.answers(self.contrat, self.annee, self.indicateurs, statuts)

    @cached_property
    def noyau_details(self) -> list[Row]:
        """The categories of those answers, those left out that would give a small count away."""
        if not self.noyau:
            return []
        known = {r["Mesure"]: r for r in frame_records(self.result.tables.indicateurs)}
        detail = frame_records(self.result.tables.noyau_detail)
        return noyau_details.leaving_details(self.contrat, detail, self.noyau, known, self.indicateurs)

    @cached_property
    def left_to_engage(self) -> Remainder:
        """Of the whole maquette."""
        total = next(iter(frame_records(self.result.summaries.totaux)), {})
        objets = remainders.ENGAGE, remainders.ENGAGED_BEFORE
        engaged = remainders.of_earlier_years(self.history, self.annee + 1, *objets)
        return remainders.left_to_engage(total.get("Contrat"), self.money.values(), engaged)

    @cached_property
    def left_to_pay(self) -> Remainder:
        """Of the whole maquette."""
        objets = (remainders.ENGAGE, remainders.VERSE)
        return remainders.left_to_pay(
            self.money.values(), {str(r["Fiche"]) for r in self.history if r["Objet"] in objets}
        )

    def beyond_maquette(self, fiches: Iterable[Fiche]) -> dict[str, Decimal]:
        """Of these fiches, those that engaged more than their maquette → by how much, EUR."""
        left = {f.numero: self.money.get(f.numero, {}).get("Reste à engager") for f in fiches}
        return {numero: -Decimal(amount) for numero, amount in left.items() if amount is not None and amount < 0}

    @cached_property
    def rates(self) -> dict[str, Row]:
        """Fiche → what its observed rate rests on."""
        return {r["fiche"]: r for r in frame_records(self.result.summaries.taux)}

    def rate_extent(self, numero: str) -> str | None:
        """« 2 retours sur 3 »; None where it is not known."""
        r = self.rates.get(numero)
        return f"{how_many(int(r['retours']), 'retour')} sur {r['sur']}" if r else None

    def year_label(self, gap: int = 0) -> str:
        """The name of the campaign's year, or of one ``gap`` years away."""
        return self.contrat.follow_up.year_name(self.annee + gap)

    # --- fiches ---

    def etat(self, fiche: Fiche) -> str:
        return self.suivi.get(fiche.numero, {}).get("etat") or WITHOUT_RETOUR

    def realisation(self, fiche: Fiche) -> str | None:
        """Of each volet, one a line, where the fiche has some."""
        suivi = self.suivi.get(fiche.numero, {})
        return suivi.get("par_volet") or suivi.get("realisation")

    def nothing_this_year(self, fiche: Fiche) -> str:
        """Who answers that the fiche calls for no answer this year, and why; "" where it is answered."""
        suivi = self.suivi.get(fiche.numero, {})
        return str(suivi.get("detail") or suivi["realisation"]) if suivi.get("realisation") in NOTHING else ""

    def porteurs(self, fiche: Fiche) -> str:
        def named(porteurs: Iterable[str]) -> str:
            return ", ".join(displayed_name(self.contrat, p) for p in porteurs) or "à désigner"

        if fiche.volets:
            return "\n".join(f"{v.nom}{NBSP}: {named(v.porteurs)}" for v in fiche.volets)
        return named(fiche.porteurs)

    @cached_property
    def _statuts(self) -> dict[str, Counter[str]]:
        return _count(self.result.tables.retours["Fiche"], self.result.tables.retours["Statut"])

    @cached_property
    def _expected(self) -> Counter[str]:
        return self.result.expected_by_fiche()

    @cached_property
    def _alerts(self) -> dict[str, Counter[str]]:
        return _count([a.fiche for a in self.result.anomalies], [a.gravite for a in self.result.anomalies])

    def alerts(self, fiche: Fiche) -> Counter[str]:
        """Gravité → how many anomalies the fiche has."""
        return self._alerts[fiche.numero]

    def received_and_expected(self, fiche: Fiche) -> tuple[int, int]:
        """Answers that count, answers expected or come in."""
        return self._statuts[fiche.numero][RECEIVED], self._expected[fiche.numero]

    def attention(self, fiche: Fiche) -> str:
        """What a reader should know first, beside its state, the most serious first; at most three points."""
        points = [*self._on_retours(fiche), *self._on_etat(fiche), *self._on_money(fiche)]
        if to_confirm := self._alerts[fiche.numero][A_CONFIRMER]:
            points.append(f"{how_many(to_confirm, 'point')} à confirmer")
        if (more := len(points) - ATTENTION_POINTS_PER_FICHE) > 0:
            points = [*points[:ATTENTION_POINTS_PER_FICHE], f"{how_many(more, 'autre')} point{'s' * (more > 1)}"]
        return "\n".join(f"• {p}" for p in points)

    def _on_retours(self, fiche: Fiche) -> Iterator[str]:
        statuts = self._statuts[fiche.numero]
        total = self._expected[fiche.numero]
        if n := statuts[MISSING]:
            yield "Aucun retour" if n == total else f"{how_many(n, 'retour')} manquant{'s' * (n > 1)} sur {total}"
        if n := statuts[REJECTED]:
            yield f"{how_many(n, 'retour')} rejeté{'s' * (n > 1)}"
        if n := statuts[DUPLICATE]:
            yield f"{how_many(n, 'retour')} en double"
        if n := statuts[SET_ASIDE]:
            yield f"{how_many(n, 'retour')} écarté{'s' * (n > 1)}"
        if n := self._alerts[fiche.numero][BLOCKING]:
            yield f"{how_many(n, 'anomalie')} bloquante{'s' * (n > 1)}"

    def _on_etat(self, fiche: Fiche) -> Iterator[str]:
        suivi = self.suivi.get(fiche.numero, {})
        if suivi.get("detail") and not self.nothing_this_year(fiche):
            detail = suivi["detail"].replace("\n", f"{NBSP}; ")
            yield f"Porteurs en désaccord {self.cross_reference(fiche.numero, 'avancement', detail)}"
        if any(fold(t.texts.get("avenant", "")) == "oui" for t in self.testimonies if t.fiche == fiche.numero):
            yield "Avenant demandé"

    def _on_money(self, fiche: Fiche) -> Iterator[str]:
        money = self.money.get(fiche.numero, {})
        remaining = money.get("Reste à engager")
        if remaining is not None and remaining < 0:
            yield f"Maquette dépassée de {amount_fr(-Decimal(remaining))}"
        prevu, observed = fiche.financement.taux if fiche.financement.taux_pur else None, money.get("Taux constaté")
        if observed is not None and observed > 1:
            yield f"Taux {agency_name(self.contrat)} {rate_fr(observed, 1)}, au-delà de 100 %"
        elif prevu is not None and observed is not None and observed > prevu + PERCENTAGE_POINT:
            yield f"Taux {agency_name(self.contrat)} {rate_fr(observed, 1)} pour {rate_fr(prevu, 1)} au contrat"

    # --- measures ---

    def key_mesures(self, fiche: Fiche) -> list[Mesure]:
        """One to three measures: those that the contract marks, else its first figures, else its first ones; then those
        that have a target."""
        marked = [m for m in fiche.mesures if m.cle]
        with_figures = [m for m in fiche.mesures if m.agregation not in AS_TEXT]
        first = (marked or with_figures or list(fiche.mesures))[:MESURES_PER_FICHE]
        return first + [m for m in fiche.mesures if m.id in self.targets and m not in first]

    @cached_property
    def has_mesures(self) -> bool:
        return any(f.mesures for f in self.contrat.fiches)

    def shared_mesures(self, fiche: Fiche) -> list[tuple[Fiche, Mesure]]:
        """Of other fiches, those that this one follows too, as many as there is room for."""
        return shared_mesures(self.contrat, fiche.numero)[:MESURES_PER_FICHE]

    @cached_property
    def targets(self) -> dict[str, FollowedTarget]:
        """Measure → the target that the year looks at, and how far it is; a masked value has no part."""
        wanted = targets_in(self.contrat, self.annee)
        if not wanted:
            return {}
        series = history.series_of_mesures(self.result.tables.history)
        past = dict[str, dict[int, Row]]()
        for mesure in wanted:
            remembered, asked = series.get(mesure, {}), self.contrat.by_mesure[mesure][2]
            past[mesure] = {
                a: row for a, row in remembered.items() if a < self.annee and history.counts_alike(row, asked)
            }
            # Names of entities stand in the history alone.
            past[mesure][self.annee] = remembered.get(self.annee, {}) | self.indicateurs.get(mesure, {})
        return {
            mesure: followed(self.contrat, self.annee, cible, past[mesure], of_mesure(self.masked_years, mesure))
            for mesure, cible in wanted.items()
        }

    def libelle(self, fiche: Fiche, mesure: Mesure) -> str:
        """Label, unit, and the number of its reserve."""
        line = self.indicateurs.get(mesure.id, {})
        unite = line.get("Unité") or mesure.unite
        if unite and unite.startswith("pour ") and unite in mesure.libelle:
            unite = None  # « pour 100 000 habitants », which the label says
        texte = mesure.libelle + (f" ({unite})" if unite and mesure.agregation not in AS_RATE else "")
        cross_reference = self.cross_reference(fiche.numero, mesure.libelle, self.reserve(mesure))
        return f"{texte} {cross_reference}" if cross_reference else texte

    def reserve(self, mesure: Mesure) -> str:
        """How far the figure holds: its coverage if it is partial, then its reserves; "" if nothing is to be said."""
        line = self.indicateurs.get(mesure.id, {})
        coverage = line.get("Couverture") or ""
        if coverage.startswith("complet") or not line.get("Retours reçus"):
            coverage = ""  # a missing return is said once, on the line of its fiche
        return f"{NBSP}; ".join(t for t in (coverage, line.get("Réserve")) if t)

    def masked(self, mesure: Mesure) -> bool:
        return is_masked(self.indicateurs.get(mesure.id, {}).get("Réserve"))

    def cross_reference(self, fiche: str, subject: str, texte: str) -> str:
        """« [3] »: the number under which the reserve is printed at the end, the same wherever it is the same; ""
        without reserve."""
        if not texte:
            return ""
        subjects = self.notes.setdefault(texte, {}).setdefault(fiche, [])
        if subject not in subjects:
            subjects.append(subject)
        return f"[{list(self.notes).index(texte) + 1}]"

    def numbered_notes(self) -> list[str]:
        """« [3] Fiche 1.2, Séances : estimé. »; the fiches alone where it is about several."""
        notes = []
        for number, (texte, fiches) in enumerate(self.notes.items(), 1):
            whose = f"Fiches {', '.join(fiches)}"
            if len(fiches) == 1:
                whose = ", ".join((f"Fiche {next(iter(fiches))}", *next(iter(fiches.values()))))
            notes.append(f"[{number}] {whose}{NBSP}: {texte}.")
        return notes

    # --- texts ---

    @cached_property
    def testimonies(self) -> list[Testimony]:
        """In the contract's order; the motif of an action put off or given up opens its « écarts »."""
        said: dict[tuple[Any, ...], dict[str, str]] = {}
        for r in frame_records(as_frame(self.result.tables.reponses)):
            if r["Valeur"] is not None and (
                r["Bloc"] == "qualitatif" or (r["Bloc"], r["Champ"]) == ("avancement", "motif")
            ):
                who = speaker(r["Structure"] or "", r["Volet"])
                said.setdefault((r["Fiche"], r["Fichier"], who), {})[r["Champ"]] = str(r["Valeur"])
        order = {f.numero: rank for rank, f in enumerate(self.contrat.actions)}
        return [
            Testimony(fiche, who, texts)
            for (fiche, _, who), texts in sorted(said.items(), key=lambda d: order.get(d[0][0], len(order)))
        ]

    # --- numbers asked of every fiche ---

    @cached_property
    def totals(self) -> list[tuple[Champ, dict[str, list[Decimal | int]]]]:
        """The questions whose answers the Synthèse adds up, where anyone answered: each with, by fiche, the numbers
        that its returns give."""
        asked: dict[tuple[str, str], tuple[Champ, dict[str, list[Decimal | int]]]] = {
            (bloc.nom, champ.nom): (champ, defaultdict(list)) for bloc, champ in in_synthese(TOTALLED)
        }
        for r in frame_records(as_frame(self.result.tables.reponses)):
            if (r["Bloc"], r["Champ"]) in asked and r["Valeur"] is not None:
                asked[r["Bloc"], r["Champ"]][1][r["Fiche"]].append(r["Valeur"])
        return [(champ, values) for champ, values in asked.values() if values]


def _count(fiches: Iterable[str | None], words: Iterable[str]) -> dict[str, Counter[str]]:
    counts: dict[str, Counter[str]] = defaultdict(Counter[str])
    for fiche, word in zip(fiches, words, strict=True):
        counts[fiche or ""][word] += 1
    return counts


class AxeGroup(NamedTuple):
    """An axe (or a part of one) and what belongs to it. ``rank``: from 1, that of its colour; 0 outside every axe;
    ``elsewhere``: the fiches of other axes that serve it too."""

    rank: int
    titre: str
    fiches: list[Fiche]
    a_programmer: list[str]
    elsewhere: list[Fiche]


def by_axe(contrat: Contrat) -> list[AxeGroup]:
    """Those that hold something, or might; what belongs to all axes, or to none, comes last."""
    groups = [
        AxeGroup(
            axe_rank(contrat, a.numero) + 1,
            f"{' › '.join(map(axe_name, lineage(contrat, a.numero)))} — {a.titre}",
            [f for f in contrat.actions if f.axe == a.numero],
            [p.titre for p in contrat.announced.a_programmer if p.axe == a.numero],
            [f for f in contrat.actions if a.numero in f.autres_axes],
        )
        for a in contrat.axes
        if not holds_only_others(contrat, a)
    ]
    transversal = [f for f in contrat.actions if f.axe is None]
    outside = [f for f in contrat.actions if f.axe not in {None, *contrat.by_axe}]
    free_cells = [p.titre for p in contrat.announced.a_programmer if p.axe not in contrat.by_axe]
    if transversal:
        groups.append(AxeGroup(0, TRANSVERSAL, transversal, [], []))
    if outside or free_cells:
        groups.append(AxeGroup(0, "Hors axe", outside, free_cells, []))
    return groups
