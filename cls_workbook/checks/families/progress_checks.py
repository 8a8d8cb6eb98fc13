"""Where an action stands, its dates, its milestones."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any, ClassVar

from cls_workbook.anomalies import A_CONFIRMER, BLOCKING, Anomalie
from cls_workbook.checks.check_kinds import CONFIRM, SEND_BACK, RetourCheck, RowCheck
from cls_workbook.checks.given.typed_answers import MESURE_BLOCKS, Here, Row, above, here, typed_cells
from cls_workbook.domain.entry_questions import NOTHING
from cls_workbook.domain.model import Mesure
from cls_workbook.french import date_fr, fold, how_many, number_fr
from cls_workbook.reading.storing.wide_views import ADDRESS_SUFFIX, columns

# The words of the default scale; those of a contract are judged on what they mean of it.
NOT_STARTED, IN_PROGRESS, COMPLETED, POSTPONED, ABANDONED = map(
    fold, ("Non démarrée", "En cours", "Réalisée", "Reportée", "Abandonnée")
)
ACTIVITY = frozenset(("valeur", "effectif", "numerateur", "repondants", "moyenne"))
SPENT = {"depenses": ("personnel", "achats", "autres", "total"), "financement": ("verse",)}
CITED_MAX = 3


def is_stock(mesure: Mesure) -> bool:
    return mesure.agregation in ("STOCK", "CUMUL") or mesure.stock


class BlankEtat(RetourCheck):
    code, gravity = "ETAT_NON_RENSEIGNE", BLOCKING
    sought = "L’état d’avancement est vide."
    remedy = f"choisissez l’état de l’action dans la liste, {SEND_BACK}"

    def in_retours(self) -> Iterator[Anomalie]:
        expected = f"un état parmi : {', '.join(self.contrat.follow_up.listes.etats)}"
        for r in self.answers.progress_rows:
            fiche = self.contrat.par_fiche.get(r["fiche"])
            if fiche is not None and fiche.regional:
                continue  # no action: it has no state
            if self.is_lacking(r, "etat") and not r["rien"]:
                yield self.at(r, "vide", "etat", cells=self.blank_cells(r, "etat"), expected=expected)


class NotStartedWithActivity(RetourCheck):
    code, gravity = "NON_DEMARREE_AVEC_ACTIVITE", A_CONFIRMER
    sought = "L’action est « non démarrée », mais des indicateurs ou des dépenses sont positifs."
    expected = "une action non démarrée sans activité ni dépense dans l’année"
    remedy = "corrigez l’état de l’action ou les valeurs, ou confirmez à la coordination."

    def in_retours(self) -> Iterator[Anomalie]:
        not_started = {here(r): r for r in self.answers.progress_rows if self.words.phase(r["etat"]) == NOT_STARTED}
        positives: dict[Here, list[tuple[str, Any, str]]] = {}
        for where, positive in self._positives() if not_started else ():
            positives.setdefault(where, []).append(positive)
        for where, r in not_started.items():
            if its_own := positives.get(where):
                cited = ", ".join(f"{nom} : {number_fr(valeur)}" for nom, valeur, _ in its_own[:CITED_MAX])
                others = len(its_own) - CITED_MAX
                found = f"« {r['etat']} », avec {cited}" + (
                    f" et {how_many(others, 'autre valeur')}" if others > 0 else ""
                )
                yield self.at(r, found, "etat", cells=typed_cells(r, "etat") + [cell for *_, cell in its_own])

    def _positives(self) -> Iterator[tuple[Here, tuple[str, Any, str]]]:
        """(fichier, fiche), (what, how much, cell). A stock may stand at the end of a year in which nothing was
        done."""
        for (file, fiche, id_), fills in self.answers.fills.items():
            if id_ in self.contrat.by_mesure and not is_stock(mesure := self.words.mesure(id_)):
                for f in fills:
                    if f.champ in ACTIVITY and f.valeur > 0:
                        yield (file, fiche), (mesure.libelle, f.valeur, f.cell)
        for bloc, champs in SPENT.items():
            for r in self.answers.rows(bloc):
                for c in champs:
                    if above(r[c], 0):
                        yield here(r), (self.words.libelle(bloc, c), r[c], r[c + ADDRESS_SUFFIX])


class ActiveWithoutIndicateur(RetourCheck):
    code, gravity = "ACTIVE_SANS_INDICATEUR", A_CONFIRMER
    sought = "L’action est en cours ou réalisée, mais aucun indicateur n’est renseigné."
    expected = "au moins un indicateur renseigné quand l’action est en cours ou réalisée"
    remedy = "renseignez les indicateurs de la fiche (0 si rien n’a eu lieu), ou confirmez à la coordination."

    def in_retours(self) -> Iterator[Anomalie]:
        filled = {(file, fiche) for file, fiche, _ in self.answers.fills}
        for r in self.answers.progress_rows:
            if (
                self.words.phase(r["etat"]) not in (IN_PROGRESS, COMPLETED)
                or here(r) in filled
                or not self._is_asked(r)
            ):
                continue
            if not any(self.places.any_refused(*here(r), bloc) for bloc in MESURE_BLOCKS):
                found = f"« {r['etat']} », sans aucune valeur d’indicateur"
                yield self.at(r, found, "etat", cells=self.blank_cells(r, "etat"))

    def _is_asked(self, r: Row) -> bool:
        """Does the fiche ask anything of who answers for this volet?"""
        fiche = self.contrat.par_fiche.get(r["fiche"])
        return fiche is not None and any(i.mesures and fiche.concerns(i, r["volet"]) for i in fiche.indicateurs)


class _UnansweredCause(RowCheck, abstract=True):
    """``cause`` (a champ), if it says one of ``words``, calls for ``lacking``, which is blank."""

    blocks: ClassVar[tuple[str, ...]] = ("avancement",)
    cause: ClassVar[str] = "etat"
    calling: ClassVar[tuple[str, ...]]
    lacking: ClassVar[str]

    def broken(self, r: Row) -> bool:
        return self.words.phase(r[self.cause]) in self.calling and self.is_lacking(r, self.lacking)

    def say(self, r: Row) -> Anomalie:
        cells = self.blank_cells(r, self.lacking) + typed_cells(r, self.cause)
        return self.at(r, f"« {r[self.cause]} », et rien ici", self.lacking, cells=cells)


class CompletedWithoutEnd(_UnansweredCause):
    code, gravity = "REALISEE_SANS_DATE_DE_FIN", A_CONFIRMER
    sought = "L’action est réalisée, sans date de fin réelle."
    expected = "la date à laquelle l’action s’est terminée"
    remedy = "saisissez la date de fin réelle ; si l’action continue, choisissez « En cours »."
    calling, lacking = (COMPLETED,), "date_fin_reelle"


class MissingReason(_UnansweredCause):
    code, gravity = "MOTIF_MANQUANT", A_CONFIRMER
    sought = "L’action est reportée ou abandonnée, sans motif."
    expected = "le motif du report ou de l’abandon"
    remedy = "dites en une phrase pourquoi l’action est reportée ou abandonnée."
    calling, lacking = (POSTPONED, ABANDONED), "motif"


class NothingWithoutReason(_UnansweredCause):
    code, gravity = "RIEN_SANS_RAISON", A_CONFIRMER
    sought = "La fiche est déclarée sans objet, ou sans rien à déclarer, et rien ne dit pourquoi."
    expected = "en une phrase, pourquoi la fiche n’appelle pas de réponse cette année"
    remedy = "dites en une phrase pourquoi, à droite du choix."
    cause, calling, lacking = "rien", tuple(map(fold, NOTHING)), "rien_motif"


class NothingYetAnswered(RetourCheck):
    code, gravity = "RIEN_ET_POURTANT", A_CONFIRMER
    sought = "La fiche est déclarée sans objet, ou sans rien à déclarer, et des réponses y sont saisies."
    expected = "une fiche sans rien d’autre, ou des réponses sans ce choix"
    remedy = "effacez ce choix, ou les réponses qui ne valent plus ; en attendant, elles comptent."

    def in_retours(self) -> Iterator[Anomalie]:
        answered = {(file, fiche): bloc for (file, fiche, _), fills in self.answers.fills.items() for bloc in fills[:1]}
        for r in self.answers.progress_rows:
            if not r["rien"]:
                continue
            typed = [c for c in ("etat", "realisation") if r[c] is not None]
            cells = typed_cells(r, "rien", *typed) + [f.cell for f in [answered.get(here(r))] if f]
            money = [row for bloc in SPENT for row in self.answers.rows(bloc) if here(row) == here(r)]
            cells += [c for row in money for c in typed_cells(row, *SPENT[row["bloc"]])]
            if len(cells) > 1:
                yield self.at(
                    r, f"« {r['rien']} », avec {how_many(len(cells) - 1, 'réponse')} ou plus", "rien", cells=cells
                )


class EndBeforeStart(RowCheck):
    code, gravity = "FIN_AVANT_DEBUT", BLOCKING
    sought = "Une date de fin précède la date de début."
    expected = "une fin le jour du début ou après"
    remedy = f"corrigez l’une des dates, {SEND_BACK}"
    blocks = ("avancement",)

    def ends(self, r: Row) -> list[str]:
        """Those that come before the start."""
        return [c for c in ("date_fin_prevue", "date_fin_reelle") if above(r["date_debut"], r[c])]

    def broken(self, r: Row) -> bool:
        return bool(self.ends(r))

    def say(self, r: Row) -> Anomalie:
        ends = self.ends(r)
        said = ", ".join(f"{self.words.libelle('avancement', c).lower()} le {date_fr(r[c])}" for c in ends)
        found = f"{said}, pour un début le {date_fr(r['date_debut'])}"
        return self.at(r, found, *ends, cells=typed_cells(r, "date_debut", *ends))


class DateOutOfPeriod(RetourCheck):
    """The year for what happened in it, the contract for what may span several years."""

    code, gravity = "DATE_HORS_PERIODE", A_CONFIRMER
    sought = "Une date est hors de l’année de suivi ou hors du contrat."
    remedy = f"vérifiez la date : {CONFIRM}"

    def in_retours(self) -> Iterator[Anomalie]:
        for (bloc, champ), (start, end) in self._periods().items():
            for r in self.answers.rows(bloc):
                if r[champ] is not None and not start <= r[champ] <= end:
                    yield self.at(
                        r, date_fr(r[champ]), champ, expected=f"une date du {date_fr(start)} au {date_fr(end)}"
                    )

    def _periods(self) -> dict[tuple[str, str], tuple[date, date]]:
        """(bloc, champ) → first and last day allowed."""
        contrat, annee = self.contrat, self.annee
        annees = contrat.annees or (annee,)
        start, end = contrat.follow_up.start(annees[0]), contrat.follow_up.end(annees[-1])
        to_date = start, contrat.follow_up.end(annee)
        return {
            ("reponse", "date_reponse"): (contrat.follow_up.start(annee), contrat.follow_up.end(annee + 1)),
            ("avancement", "date_debut"): (start, end),
            ("avancement", "date_fin_prevue"): (start, end),
            ("avancement", "date_fin_reelle"): (contrat.follow_up.start(annee), contrat.follow_up.end(annee)),
            ("jalons", "date"): to_date,
            ("dates", "jour"): (start, end),
            ("financement", "date"): to_date,
        }


class JalonWithoutDate(_UnansweredCause):
    code, gravity = "JALON_SANS_DATE", A_CONFIRMER
    sought = "Un jalon est atteint, sans date."
    expected = "la date à laquelle le jalon a été atteint"
    remedy = "saisissez la date ; si le jalon n’est pas encore atteint, corrigez son état."
    blocks, cause, calling, lacking = ("jalons",), "jalon", (fold("Atteint"),), "date"


class JalonGoingBack(RetourCheck):
    code, gravity = "JALON_EN_RECUL", A_CONFIRMER
    sought = "Un jalon est moins avancé que l’année précédente."
    expected = "un jalon au moins aussi avancé que l’année précédente"
    remedy = CONFIRM

    def in_retours(self) -> Iterator[Anomalie]:
        if self.given.precedent is None:
            return
        p = self.given.precedent.mesures
        answered = ("fiche", "structure", "volet", "mesure")
        before = {tuple(key): ancien for *key, ancien in columns(p[p["champ"] == "jalon"], *answered, "valeur")}
        for r in self.answers.rows("jalons"):
            ancien = before.get(tuple(r[c] for c in answered))
            steps = self.words.mesure(r["mesure"]).modalites if r["mesure"] in self.contrat.by_mesure else ()
            rank = {fold(nom): i for i, nom in enumerate(steps or self.contrat.follow_up.listes.jalons)}
            if r["jalon"] is None or ancien is None or rank.get(fold(r["jalon"]), 99) >= rank.get(fold(ancien), 0):
                continue
            yield self.at(r, f"« {r['jalon']} », après « {ancien} » en {self.words.year(self.annee - 1)}", "jalon")
