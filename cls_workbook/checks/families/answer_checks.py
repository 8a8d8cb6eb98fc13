"""What is asked of each measure: answered or not, and within bounds."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from cls_workbook.anomalies import A_CONFIRMER, Anomalie
from cls_workbook.checks.check_kinds import SEND_BACK, RetourCheck, RowCheck
from cls_workbook.checks.families.progress_checks import ABANDONED, COMPLETED, IN_PROGRESS, NOT_STARTED, POSTPONED
from cls_workbook.checks.given.typed_answers import Row, above, here, place_of
from cls_workbook.domain.model import Fiche, Mesure
from cls_workbook.french import fold, how_many, number_fr
from cls_workbook.reading.reading_checks import NegativeValue, OutOfBounds
from cls_workbook.reading.storing.wide_views import NUMERIC_FIELDS

NO_VALUE = frozenset(map(fold, ("non disponible", "sans objet")))
# What a measure is not answered without, by type: (block, champs).
ESSENTIAL = {
    "entier": ("mesures", ("valeur",)),
    "decimal": ("mesures", ("valeur",)),
    "ventilation": ("ventilations", ("effectif",)),
    "liste": ("ventilations", ("modalite",)),
    "taux": ("taux", ("numerateur",)),
    "satisfaction": ("satisfaction", ("repondants", "satisfaits")),
    "moyenne": ("durees", ("moyenne", "effectif")),
    "jalon": ("jalons", ("jalon",)),
    "date": ("dates", ("jour",)),
    "texte": ("textes", ("texte",)),
}


class NegativeNumber(RetourCheck, NegativeValue):
    """Each number of a row is looked at on its own."""

    expected = "un nombre positif ou nul"
    remedy = f"corrigez la valeur, {SEND_BACK}"

    def in_retours(self) -> Iterator[Anomalie]:
        for bloc, champs in NUMERIC_FIELDS.items():
            for champ in champs:
                for r in self.answers.rows(bloc):
                    if r[champ] is not None and r[champ] < 0:
                        yield self.at(r, number_fr(r[champ]), champ)


class AboveMaximum(RowCheck, OutOfBounds):
    remedy = f"corrigez la valeur, {SEND_BACK}"
    blocks = ("mesures",)

    def broken(self, r: Row) -> bool:
        return above(r["valeur"], self.words.maxima.get(r["mesure"]))

    def say(self, r: Row) -> Anomalie:
        expected = f"{number_fr(self.words.maxima[r['mesure']])} au plus"
        return self.at(r, number_fr(r["valeur"]), "valeur", expected=expected)


class ValueNotFilledIn(RetourCheck):
    """One anomaly a measure that the volet answers; one for the whole fiche where it answers none,
    or where volets share them.
    """

    code, gravity = "VALEUR_NON_RENSEIGNEE", A_CONFIRMER
    sought = "Une valeur est vide, sans qu’un statut dise pourquoi (0, non disponible, sans objet)."
    expected = "une valeur (0 si rien n’a eu lieu), ou un statut : non disponible, sans objet"
    remedy = "saisissez la valeur ; si vous ne l’avez pas, choisissez un statut."

    def in_retours(self) -> Iterator[Anomalie]:
        for r in self.answers.progress_rows:
            fiche = self.contrat.par_fiche.get(r["fiche"])
            indicateurs = [i for i in fiche.indicateurs if fiche.concerns(i, r["volet"])] if fiche else []
            mesures = [m for i in indicateurs for m in i.mesures if not _may_be_of_another(fiche, m)]
            is_silent = not any((*here(r), m.id) in self.answers.fills for m in mesures)
            # Said better by another rule (active without an indicator), or nothing to say (nothing was done).
            said = self.words.phase(r["etat"]) in (IN_PROGRESS, COMPLETED, NOT_STARTED, POSTPONED, ABANDONED)
            if r["rien"] or (is_silent and said):
                continue
            gaps = [(m, cells) for m in mesures if (cells := self._missing(r, m)) is not None]
            shared = fiche is not None and fiche.volets and any(i.volet is None for i in indicateurs)
            if gaps and (is_silent or shared):
                empty = [c for _, cells in gaps for c in cells]
                found = f"{how_many(len(empty), 'cellule vide') if empty else 'des cellules vides'}, sans statut"
                yield self.anomalie(place_of(r), empty, "Indicateurs", found)
                continue
            for mesure, cells in gaps:
                bloc, (champ, *_) = ESSENTIAL[mesure.type]
                yield self.at({**r, "bloc": bloc, "mesure": mesure.id}, "vide, sans statut", champ, cells=cells)

    def _missing(self, r: Row, mesure: Mesure) -> list[str] | None:
        """The cells of what is missing for a measure; None if it is answered, or if a statut says why not."""
        key = (*here(r), mesure.id)
        statut = self.answers.statuts.get(key)
        if statut is not None and fold(statut.valeur) in NO_VALUE:
            return None
        bloc, champs = ESSENTIAL[mesure.type]
        filled = {(f.bloc, f.champ) for f in self.answers.fills.get(key, ())}
        if mesure.nominative and ("ventilations", "nom") in filled:
            return None  # the names are counted
        if bloc == "ventilations" and self.places.any_refused(*here(r), bloc, mesure.id):
            return None
        row = {c: r[c] for c in ("fichier", "fiche", "feuille")}
        row |= {"bloc": bloc, "mesure": mesure.id, "ligne": "01" if bloc == "ventilations" else ""}
        missing = [c for c in champs if (bloc, c) not in filled and not self.places.refused(row, bloc, c)]
        return self.blank_cells(row, *missing) if missing else None


def _may_be_of_another(fiche: Fiche | None, mesure: Mesure) -> bool:
    """Is it a value of context of which somebody else may be the source? One gives it, for all."""
    return mesure.agregation == "CONTEXTE" and fiche is not None and len(fiche.repondants()) > 1


class ContradictoryStatut(RetourCheck):
    code, gravity = "STATUT_CONTRADICTOIRE", A_CONFIRMER
    sought = "Une valeur est donnée avec le statut « non disponible » ou « sans objet »."
    expected = "une valeur, ou un statut qui dit qu’il n’y en a pas"
    remedy = "retirez la valeur, ou corrigez le statut (réel, estimé)."

    def in_retours(self) -> Iterator[Anomalie]:
        for (file, fiche, mesure), statut in self.answers.statuts.items():
            fills = self.answers.fills.get((file, fiche, mesure))
            if fills and fold(statut.valeur) in NO_VALUE:
                values = (f.valeur for f in fills[:3])
                words = (number_fr(v) if isinstance(v, (int, Decimal)) else f"« {v} »" for v in values)
                r = {**self.answers.progress_of[file, fiche], "bloc": statut.bloc, "mesure": mesure}
                cells = [*(f.cell for f in fills), statut.cell]
                yield self.at(r, f"« {statut.valeur} », avec {', '.join(words)}", "statut", cells=cells)
