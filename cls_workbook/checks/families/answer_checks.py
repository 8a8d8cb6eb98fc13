"""What is asked of each measure: answered or not, and within bounds."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal

import pandas as pd

from cls_workbook.anomalies import A_CONFIRMER, Anomalie
from cls_workbook.checks.check_kinds import SEND_BACK, RetourCheck, RowCheck
from cls_workbook.checks.families.progress_checks import (
    ABANDONED,
    COMPLETED,
    IN_PROGRESS,
    NOT_STARTED,
    POSTPONED,
    phase,
)
from cls_workbook.checks.given.check_input import CheckInput
from cls_workbook.checks.given.typed_answers import Row, here, place_of, typed_cells
from cls_workbook.domain.model import Mesure
from cls_workbook.french import fold, number_fr
from cls_workbook.reading.reading_checks import NegativeValue, OutOfBounds
from cls_workbook.reading.storing.wide_views import NUMERIC_FIELDS, where_above

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
    "texte": ("textes", ("texte",)),
}


class NegativeNumber(RowCheck, NegativeValue):
    """Each number of a row is looked at on its own."""

    expected = "un nombre positif ou nul"
    remedy = f"corrigez la valeur, {SEND_BACK}"
    blocks = tuple(bloc for bloc, champs in NUMERIC_FIELDS.items() if champs)

    def in_retours(self, given: CheckInput) -> Iterator[Anomalie]:
        for bloc in self.blocks:
            rows = given.answers.rows(bloc) if bloc in given.answers.blocks else pd.DataFrame()
            for champ in NUMERIC_FIELDS[bloc] if len(rows) else ():
                for r in self.picked(rows, [v is not None and v < 0 for v in rows[champ]], bloc):
                    yield self.at(given, r, champ, typed_cells(r, champ), number_fr(r[champ]))


class AboveMaximum(RowCheck, OutOfBounds):
    remedy = f"corrigez la valeur, {SEND_BACK}"
    blocks = ("mesures",)

    def broken(self, rows: pd.DataFrame) -> Sequence[bool]:
        return where_above(rows["valeur"], rows["maximum"])

    def say(self, given: CheckInput, r: Row) -> Anomalie:
        expected = f"{number_fr(r['maximum'])} au plus"
        return self.at(given, r, "valeur", typed_cells(r, "valeur"), number_fr(r["valeur"]), expected=expected)


class ValueNotFilledIn(RetourCheck):
    """One anomaly a measure that the volet answers; one for the whole fiche where it answers none,
    or where volets share them.
    """

    code, gravity = "VALEUR_NON_RENSEIGNEE", A_CONFIRMER
    sought = "Une valeur est vide, sans qu’un statut dise pourquoi (0, non disponible, sans objet)."
    expected = "une valeur (0 si rien n’a eu lieu), ou un statut : non disponible, sans objet"
    remedy = "saisissez la valeur ; si vous ne l’avez pas, choisissez un statut."

    def in_retours(self, given: CheckInput) -> Iterator[Anomalie]:
        for r in given.answers.progress_rows:
            fiche = given.contrat.par_fiche.get(r["fiche"])
            indicateurs = [i for i in fiche.indicateurs if fiche.concerns(i, r["volet"])] if fiche else []
            mesures = [m for i in indicateurs for m in i.mesures]
            is_silent = not any((*here(r), m.id) in given.answers.fills for m in mesures)
            # Said better by another rule (active without an indicator), or nothing to say (nothing was done).
            if is_silent and phase(r["etat"]) in (IN_PROGRESS, COMPLETED, NOT_STARTED, POSTPONED, ABANDONED):
                continue
            gaps = [(m, cells) for m in mesures if (cells := _missing(given, r, m)) is not None]
            shared = fiche is not None and fiche.volets and any(i.volet is None for i in indicateurs)
            if gaps and (is_silent or shared):
                yield self._of_the_fiche(r, [c for _, cells in gaps for c in cells])
            else:
                for mesure, cells in gaps:
                    bloc, (champ, *_) = ESSENTIAL[mesure.type]
                    printed = given.words.libelle(bloc, champ, mesure.id)
                    yield self.anomalie(place_of(r), cells, champ=printed, found="vide, sans statut")

    def _of_the_fiche(self, r: Row, cells: list[str]) -> Anomalie:
        found = f"{len(cells) or 'des'} cellule(s) vide(s), sans statut"
        return self.anomalie(place_of(r), cells, champ="Indicateurs", found=found)


def _missing(given: CheckInput, r: Row, mesure: Mesure) -> tuple[str, ...] | None:
    """The cells of what is missing for a measure; None if it is answered, or if a statut says why not."""
    key = (*here(r), mesure.id)
    statut = given.answers.statuts.get(key)
    if statut is not None and fold(statut.valeur) in NO_VALUE:
        return None
    bloc, champs = ESSENTIAL[mesure.type]
    filled = {(f.bloc, f.champ) for f in given.answers.fills.get(key, ())}
    if mesure.nominative and ("ventilations", "nom") in filled:
        return None  # the names are counted
    if bloc == "ventilations" and given.places.any_refused(*here(r), bloc, mesure.id):
        return None
    row = {c: r[c] for c in ("fichier", "fiche", "feuille")}
    row |= {"mesure": mesure.id, "ligne": "01" if bloc == "ventilations" else ""}
    missing = [c for c in champs if (bloc, c) not in filled and not given.places.refused(row, bloc, c)]
    return tuple(cell for c in missing for cell in given.places.cell(row, bloc, c)) if missing else None


class ContradictoryStatut(RetourCheck):
    code, gravity = "STATUT_CONTRADICTOIRE", A_CONFIRMER
    sought = "Une valeur est donnée avec le statut « non disponible » ou « sans objet »."
    expected = "une valeur, ou un statut qui dit qu’il n’y en a pas"
    remedy = "retirez la valeur, ou corrigez le statut (réel, estimé)."

    def in_retours(self, given: CheckInput) -> Iterator[Anomalie]:
        for key, statut in given.answers.statuts.items():
            fills = given.answers.fills.get(key)
            if not fills or fold(statut.valeur) not in NO_VALUE:
                continue
            values = ", ".join(
                number_fr(f.valeur) if isinstance(f.valeur, (int, Decimal)) else f"« {f.valeur} »" for f in fills[:3]
            )
            yield self.anomalie(
                place_of(given.answers.progress_of[key[:2]]),
                (*(f.cell for f in fills), statut.cell),
                champ=given.words.libelle(statut.bloc, "statut", key[2]),
                found=f"« {statut.valeur} », avec {values}",
            )
