"""The contract of a year as a row needs it: what is printed beside an input, which funder and level a name means."""

from __future__ import annotations

from decimal import Decimal
from functools import cached_property

from cls_workbook.domain.entry_questions import libelle
from cls_workbook.domain.model import Contrat, Mesure
from cls_workbook.domain.wording import id_of_financeur
from cls_workbook.french import fold


class ContractWords:
    def __init__(self, contrat: Contrat, annee: int):
        self._contrat, self._annee = contrat, annee

    def mesure(self, id_: str) -> Mesure:
        return self._contrat.by_mesure[id_][2]

    @cached_property
    def maxima(self) -> dict[str, int | Decimal]:
        """The most that a measure may be: its own maximum, and no more communes than the territory has."""
        communes, maxima = len(self._contrat.places.communes), dict[str, int | Decimal]()
        for id_, (_, _, mesure) in self._contrat.by_mesure.items():
            bounds = [b for b in (mesure.maximum, communes if mesure.communes and communes else None) if b is not None]
            maxima |= {id_: min(bounds)} if bounds else {}
        return maxima

    def libelle(self, bloc: str, champ: str, mesure: str = "", fiche: str = "") -> str:
        """What is printed beside the input: the measure, then the champ."""
        printed = libelle(bloc, champ, self.year(self._annee))
        if bloc == "complements" and fiche in self._contrat.par_fiche:
            printed = next((c.libelle for c in self._contrat.par_fiche[fiche].complements if c.id == champ), printed)
        return f"{self.mesure(mesure).libelle} — {printed}" if mesure in self._contrat.by_mesure else printed

    @cached_property
    def _phases(self) -> dict[str, str]:
        """Every état met so far → what it means."""
        return {}

    def phase(self, etat: object) -> str:
        """What an état means of the tool's own scale, folded; "" where there is none."""
        if not isinstance(etat, str):
            return ""
        if etat not in self._phases:
            self._phases[etat] = fold(self._contrat.follow_up.listes.own_word(etat))
        return self._phases[etat]

    def year(self, annee: int) -> str:
        """As the contract calls it."""
        return self._contrat.follow_up.year_name(annee)

    @cached_property
    def _financeurs(self) -> dict[str, str]:
        """Every name met so far → what it means: the same few come back on thousands of lines."""
        return {}

    def financeur(self, nom: str | None) -> str:
        """The id of a funder named as the summaries know it; the folded name if the contract does not know it."""
        typed = nom or ""
        if typed not in self._financeurs:
            self._financeurs[typed] = id_of_financeur(self._contrat, typed) or fold(typed)
        return self._financeurs[typed]

    def financeur_name(self, id_: str) -> str:
        return next((f.nom for f in self._contrat.money.financeurs if f.id == id_), id_)

    def structure_name(self, id_: str) -> str:
        known = self._contrat.by_structure.get(id_)
        return known.nom if known else id_

    def niveau(self, nature: str | None) -> str:
        """maquette, hors_maquette, cofinancement or valorisation; "" if the nature is blank or unknown."""
        known = self._contrat.money.by_nature.get(nature or "")
        return known.niveau if known else ""
