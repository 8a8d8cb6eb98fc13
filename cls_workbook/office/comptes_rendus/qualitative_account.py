"""What a compte rendu financier says in words: from what the partner wrote, and from the contract. Small counts and
persons are not in it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from cls_workbook.checks.given.check_input import CheckInput
from cls_workbook.checks.given.typed_answers import Row, here
from cls_workbook.checks.typed_comptes_rendus import DeclaredCompteRendu
from cls_workbook.domain.model import Fiche, Mesure
from cls_workbook.domain.small_counts import is_identifying_rate, small
from cls_workbook.domain.targets import target_in_words, targets_in, value_in_words
from cls_workbook.french import date_fr, typography
from cls_workbook.personal_data import without_personal_data

_RATES = {"taux": ("numerateur", "denominateur"), "satisfaction": ("satisfaits", "repondants")}
_TO_COMPLETE = "À compléter."
_FEW = "petit effectif, non indiqué"


def paragraphs(given: CheckInput, declared: DeclaredCompteRendu) -> list[tuple[str, str]]:
    """(title, text) of each part of the « bilan qualitatif » of the public form, in its order."""
    fiche, own = given.contrat.par_fiche[declared.fiche], _Own(given, here(declared.retour))
    people = [m for m in fiche.mesures if m.agregation == "PERSONNES" and m.type == "entier"]
    counted = [sentence for m in people if (sentence := own.figure(m))]
    results = [sentence for m in fiche.mesures if m not in people and (sentence := own.figure(m))]
    said = (
        ("Objectifs de l’action", " ; ".join(fiche.printed.objectifs)),
        ("Mise en œuvre de l’action", own.text("qualitatif", "realisations") or own.text("avancement", "rien_motif")),
        ("Personnes bénéficiaires, par public", _lines(fiche.printed.public, *counted)),
        (
            "Dates et lieux de réalisation",
            _lines(own.dates() or fiche.printed.calendrier, own.places() or fiche.printed.territoire),
        ),
        ("Objectifs atteints au regard des indicateurs", _lines(*results, *_awaited(fiche, results))),
        ("Écarts, freins et suites", _lines(*own.texts("ecarts", "freins", "perspectives"))),
    )
    return [(titre, typography(texte or _TO_COMPLETE)) for titre, texte in said]


def _lines(*pieces: str | None) -> str:
    return "\n".join(piece for piece in pieces if piece)


def _awaited(fiche: Fiche, results: list[str]) -> Iterator[str]:
    """What the contract awaits, where no figure says what was had."""
    if not results and fiche.printed.resultats_attendus:
        yield f"Attendus : {' ; '.join(fiche.printed.resultats_attendus)}"


class _Own:
    """What one return says of one fiche."""

    def __init__(self, given: CheckInput, place: tuple[str, str]):
        self.given, self.place = given, place
        self.targets = targets_in(given.contrat, given.annee)

    def rows(self, bloc: str) -> list[Row]:
        return [r for r in self.given.answers.rows(bloc) if here(r) == self.place]

    def text(self, bloc: str, champ: str) -> str:
        found = next((r[champ] for r in self.rows(bloc) if r[champ]), "")
        return without_personal_data(str(found)) if found else ""

    def texts(self, *champs: str) -> list[str]:
        return [texte for champ in champs if (texte := self.text("qualitatif", champ))]

    def places(self) -> str:
        names = {c.code_insee: c.nom for c in self.given.contrat.places.communes}
        ticked = [r["ligne"] for r in self.rows("territoire")]
        return ", ".join(names.get(line, line) for line in ticked)

    def dates(self) -> str:
        row: Row = next(iter(self.rows("avancement")), {})
        start, end = (date_fr(row.get(c)) for c in ("date_debut", "date_fin_reelle"))
        return " ; ".join([f"depuis le {start}"] * bool(start) + [f"jusqu’au {end}"] * bool(end))

    def figure(self, mesure: Mesure) -> str:
        """« Consultations : 120 consultations (cible 2026 : 150) »; "" where nothing is known."""
        value = self._value(mesure)
        if not value:
            return ""
        target = self.targets.get(mesure.id)
        beside = f" ({target_in_words(target, mesure, self.given.contrat)})" if target else ""
        return f"{mesure.libelle} : {value}{beside}"

    def _value(self, mesure: Mesure) -> str:
        threshold = self.given.contrat.follow_up.seuil_petits_effectifs
        if mesure.type in _RATES:
            row: Any = next((r for r in self.rows(mesure.type) if r["mesure"] == mesure.id), {})
            top, bottom = (row.get(champ) for champ in _RATES[mesure.type])
            if top is None or not bottom:
                return ""
            hidden = mesure.petits_effectifs and is_identifying_rate(top, bottom, threshold)
            return _FEW if hidden else f"{top} sur {bottom}"
        row = next((r for r in self.rows("mesures") if r["mesure"] == mesure.id), {})
        value = row.get("valeur")
        if value is None:
            return ""
        return _FEW if mesure.petits_effectifs and small(value, threshold) else value_in_words(value, mesure)
