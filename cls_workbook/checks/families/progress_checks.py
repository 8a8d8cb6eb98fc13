"""Where an action stands, its dates, its milestones."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from functools import cache
from typing import Any, ClassVar

import pandas as pd

from cls_workbook.anomalies import A_CONFIRMER, BLOCKING, Anomalie
from cls_workbook.checks.check_kinds import CONFIRM, SEND_BACK, RetourCheck, RowCheck
from cls_workbook.checks.given.check_input import CheckInput
from cls_workbook.checks.given.typed_answers import MESURE_BLOCKS, Here, Row, here, place_of, typed_cells
from cls_workbook.domain.model import Mesure
from cls_workbook.french import date_fr, fold, number_fr
from cls_workbook.reading.storing.wide_views import ADDRESS_SUFFIX, as_dicts, columns, where_below

# The words of the default scale; a contract with another scale is not judged on words that it does not use.
NOT_STARTED, IN_PROGRESS, COMPLETED, POSTPONED, ABANDONED = map(
    fold, ("Non démarrée", "En cours", "Réalisée", "Reportée", "Abandonnée")
)
ACTIVITY = frozenset(("valeur", "effectif", "numerateur", "repondants", "moyenne"))
SPENT = {"depenses": ("personnel", "achats", "autres", "total"), "financement": ("verse",)}
CITED_MAX = 3


@cache
def phase(etat: object) -> str:
    return fold(etat) if isinstance(etat, str) else ""


def is_stock(mesure: Mesure) -> bool:
    return mesure.agregation == "STOCK" or mesure.stock


class BlankEtat(RetourCheck):
    code, gravity = "ETAT_NON_RENSEIGNE", BLOCKING
    sought = "L’état d’avancement est vide."
    remedy = f"choisissez l’état de l’action dans la liste, {SEND_BACK}"

    def in_retours(self, given: CheckInput) -> Iterator[Anomalie]:
        for r in given.answers.progress_rows:
            if r["etat"] is None and not given.places.refused(r, "avancement", "etat"):
                yield self.anomalie(
                    place_of(r),
                    given.places.cell(r, "avancement", "etat"),
                    champ=given.words.libelle("avancement", "etat"),
                    found="vide",
                    expected=f"un état parmi : {', '.join(given.contrat.listes.etats)}",
                )


class NotStartedWithActivity(RetourCheck):
    code, gravity = "NON_DEMARREE_AVEC_ACTIVITE", A_CONFIRMER
    sought = "L’action est « non démarrée », mais des indicateurs ou des dépenses sont positifs."
    expected = "une action non démarrée sans activité ni dépense dans l’année"
    remedy = "corrigez l’état de l’action ou les valeurs, ou confirmez à la coordination."

    def in_retours(self, given: CheckInput) -> Iterator[Anomalie]:
        not_started = {here(r): r for r in given.answers.progress_rows if phase(r["etat"]) == NOT_STARTED}
        positives: dict[Here, list[tuple[str, Any, str]]] = {}
        for where, *positive in _positives(given) if not_started else ():
            positives.setdefault(where, []).append((positive[0], positive[1], positive[2]))
        for where, r in not_started.items():
            if its_own := positives.get(where):
                cited = ", ".join(f"{nom} : {number_fr(valeur)}" for nom, valeur, _ in its_own[:CITED_MAX])
                others = len(its_own) - CITED_MAX
                yield self.anomalie(
                    place_of(r),
                    [*typed_cells(r, "etat"), *(cell for *_, cell in its_own)],
                    champ=given.words.libelle("avancement", "etat"),
                    found=f"« {r['etat']} », avec {cited}" + (f" et {others} autre(s) valeur(s)" if others > 0 else ""),
                )


def _positives(given: CheckInput) -> Iterator[tuple[Here, str, Any, str]]:
    """(fichier, fiche), what, how much, cell. A stock may stand at the end of a year in which nothing was done."""
    for (file, fiche, id_), fills in given.answers.fills.items():
        if id_ in given.contrat.by_mesure and not is_stock(mesure := given.words.mesure(id_)):
            for f in fills:
                if f.champ in ACTIVITY and f.valeur > 0:
                    yield (file, fiche), mesure.libelle, f.valeur, f.cell
    for bloc, champs in SPENT.items():
        for r in as_dicts(given.answers.view(bloc)):
            for c in champs:
                if (r[c] or 0) > 0:
                    yield here(r), given.words.libelle(bloc, c), r[c], r[c + ADDRESS_SUFFIX]


class ActiveWithoutIndicateur(RetourCheck):
    code, gravity = "ACTIVE_SANS_INDICATEUR", A_CONFIRMER
    sought = "L’action est en cours ou réalisée, mais aucun indicateur n’est renseigné."
    expected = "au moins un indicateur renseigné quand l’action est en cours ou réalisée"
    remedy = "renseignez les indicateurs de la fiche (0 si rien n’a eu lieu), ou confirmez à la coordination."

    def in_retours(self, given: CheckInput) -> Iterator[Anomalie]:
        filled = {(file, fiche) for file, fiche, _ in given.answers.fills}
        for r in given.answers.progress_rows:
            if (
                phase(r["etat"]) in (IN_PROGRESS, COMPLETED)
                and here(r) not in filled
                and _is_asked(given, r)
                and not any(given.places.any_refused(*here(r), bloc) for bloc in MESURE_BLOCKS)
            ):
                yield self.anomalie(
                    place_of(r),
                    given.places.cell(r, "avancement", "etat"),
                    champ=given.words.libelle("avancement", "etat"),
                    found=f"« {r['etat']} », sans aucune valeur d’indicateur",
                )


def _is_asked(given: CheckInput, r: Row) -> bool:
    """Does the fiche ask anything of who answers for this volet?"""
    fiche = given.contrat.par_fiche.get(r["fiche"])
    return fiche is not None and any(i.mesures and fiche.concerns(i, r["volet"]) for i in fiche.indicateurs)


class _UnansweredCause(RowCheck, abstract=True):
    """``cause`` (a champ) calls for ``lacking``, which is blank."""

    cause: ClassVar[str]
    lacking: ClassVar[str]

    def calls(self, cause: str | None) -> bool:
        raise NotImplementedError

    def broken(self, rows: pd.DataFrame) -> Sequence[bool]:
        return [
            lacking is None and self.calls(c) for c, lacking in zip(rows[self.cause], rows[self.lacking], strict=True)
        ]

    def say(self, given: CheckInput, r: Row) -> Anomalie | None:
        if given.places.refused(r, r["bloc"], self.lacking):
            return None
        cells = (*given.places.cell(r, r["bloc"], self.lacking), *typed_cells(r, self.cause))
        return self.at(given, r, self.lacking, cells, f"« {r[self.cause]} », et rien ici")


class CompletedWithoutEnd(_UnansweredCause):
    code, gravity = "REALISEE_SANS_DATE_DE_FIN", A_CONFIRMER
    sought = "L’action est réalisée, sans date de fin réelle."
    expected = "la date à laquelle l’action s’est terminée"
    remedy = "saisissez la date de fin réelle ; si l’action continue, choisissez « En cours »."
    blocks, cause, lacking = ("avancement",), "etat", "date_fin_reelle"

    def calls(self, cause: str | None) -> bool:
        return phase(cause) == COMPLETED


class MissingReason(_UnansweredCause):
    code, gravity = "MOTIF_MANQUANT", A_CONFIRMER
    sought = "L’action est reportée ou abandonnée, sans motif."
    expected = "le motif du report ou de l’abandon"
    remedy = "dites en une phrase pourquoi l’action est reportée ou abandonnée."
    blocks, cause, lacking = ("avancement",), "etat", "motif"

    def calls(self, cause: str | None) -> bool:
        return phase(cause) in (POSTPONED, ABANDONED)


class EndBeforeStart(RowCheck):
    code, gravity = "FIN_AVANT_DEBUT", BLOCKING
    sought = "Une date de fin précède la date de début."
    expected = "une fin le jour du début ou après"
    remedy = f"corrigez l’une des dates, {SEND_BACK}"
    blocks = ("avancement",)
    ends = ("date_fin_prevue", "date_fin_reelle")

    def broken(self, rows: pd.DataFrame) -> Sequence[bool]:
        return [any(both) for both in zip(*(where_below(rows[c], rows["date_debut"]) for c in self.ends), strict=True)]

    def say(self, given: CheckInput, r: Row) -> Anomalie:
        ends = [c for c in self.ends if r[c] is not None and r[c] < r["date_debut"]]
        said = ", ".join(f"{given.words.libelle('avancement', c).lower()} le {date_fr(r[c])}" for c in ends)
        found = f"{said}, pour un début le {date_fr(r['date_debut'])}"
        return self.at(given, r, ends[0], typed_cells(r, "date_debut", *ends), found)


class DateOutOfPeriod(RetourCheck):
    """The year for what happened in it, the contract for what may span several years."""

    code, gravity = "DATE_HORS_PERIODE", A_CONFIRMER
    sought = "Une date est hors de l’année de suivi ou hors du contrat."
    remedy = f"vérifiez la date : {CONFIRM}"

    def in_retours(self, given: CheckInput) -> Iterator[Anomalie]:
        for (bloc, champ), (start, end) in _periods(given).items():
            view = given.answers.view(bloc)
            for r in as_dicts(view, [d is not None and not start <= d <= end for d in view[champ]]):
                yield self.anomalie(
                    place_of(r),
                    typed_cells(r, champ),
                    champ=given.words.libelle(bloc, champ, r["mesure"]),
                    found=date_fr(r[champ]),
                    expected=f"une date du {date_fr(start)} au {date_fr(end)}",
                )


def _periods(given: CheckInput) -> dict[tuple[str, str], tuple[date, date]]:
    """(bloc, champ) → first and last day allowed."""
    contrat, annee = given.contrat, given.annee
    annees = contrat.annees or (annee,)
    start, end = contrat.start(annees[0]), contrat.end(annees[-1])
    to_date = start, contrat.end(annee)
    return {
        ("reponse", "date_reponse"): (contrat.start(annee), contrat.end(annee + 1)),
        ("avancement", "date_debut"): (start, end),
        ("avancement", "date_fin_prevue"): (start, end),
        ("avancement", "date_fin_reelle"): (contrat.start(annee), contrat.end(annee)),
        ("jalons", "date"): to_date,
        ("financement", "date"): to_date,
    }


class JalonWithoutDate(_UnansweredCause):
    code, gravity = "JALON_SANS_DATE", A_CONFIRMER
    sought = "Un jalon est atteint, sans date."
    expected = "la date à laquelle le jalon a été atteint"
    remedy = "saisissez la date ; si le jalon n’est pas encore atteint, corrigez son état."
    blocks, cause, lacking = ("jalons",), "jalon", "date"

    def calls(self, cause: str | None) -> bool:
        return fold(cause or "") == fold("Atteint")


class JalonGoingBack(RetourCheck):
    code, gravity = "JALON_EN_RECUL", A_CONFIRMER
    sought = "Un jalon est moins avancé que l’année précédente."
    expected = "un jalon au moins aussi avancé que l’année précédente"
    remedy = CONFIRM

    def in_retours(self, given: CheckInput) -> Iterator[Anomalie]:
        if given.precedent is None:
            return
        rank = {fold(nom): i for i, nom in enumerate(given.contrat.listes.jalons)}
        p = given.precedent.mesures
        answered = ("fiche", "structure", "volet", "mesure")
        before = {tuple(key): ancien for *key, ancien in columns(p[p["champ"] == "jalon"], *answered, "valeur")}
        for r in as_dicts(given.answers.view("jalons")):
            ancien = before.get(tuple(r[c] for c in answered))
            if r["jalon"] is None or ancien is None or rank.get(fold(r["jalon"]), 99) >= rank.get(fold(ancien), 0):
                continue
            yield self.anomalie(
                place_of(r),
                typed_cells(r, "jalon"),
                champ=given.words.libelle("jalons", "jalon", r["mesure"]),
                found=f"« {r['jalon']} », après « {ancien} » en {given.words.year(given.annee - 1)}",
            )
