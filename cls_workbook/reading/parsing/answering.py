"""Who answers, for which fiches: known from a return as it was read, before any of its values is typed."""

from __future__ import annotations

from typing import NamedTuple

from cls_workbook.domain.carried_over import digest, is_taken_up
from cls_workbook.domain.model import Fiche
from cls_workbook.forms.layout import InputPlace
from cls_workbook.reading.cells.accepted_input import Understood
from cls_workbook.reading.cells.parse_values import understand
from cls_workbook.reading.locating.retour import Retour, TypedInput
from cls_workbook.reading.locating.workbook_model import WorkbookModel

STRUCTURE = "accueil/reponse/structure"


class Answer(NamedTuple):
    """A return answers for a fiche. ``structure``: id, or name as typed; ``volet``: "" if none."""

    file: str
    fiche: str
    structure: str
    volet: str
    sha256: str


class Answering:
    """Of one return. ``placed``: its inputs, each with its place; ``answered``: the fiches that it answers for."""

    def __init__(self, retour: Retour, modele: WorkbookModel):
        self.retour, self.modele, self.contrat = retour, modele, modele.contrat
        places = modele.places
        self.placed = [
            (typed, place)
            for typed in retour.saisies
            if (place := places.get(typed.cle) or modele.place(typed.cle)) is not None
        ]
        self.raw_values = {s.cle: s.raw for s in retour.saisies}
        self.structure = self._structure()
        self.volets = {
            numero: self._volet(fiche)
            for numero, fiche in self.contrat.par_fiche.items()
            if numero in retour.worksheets
        }
        self.answered = self._answered_fiches()

    @property
    def answers(self) -> tuple[Answer, ...]:
        r = self.retour
        return tuple(Answer(r.file, f, self.structure, self.volets.get(f, ""), r.sha256) for f in self.answered)

    def is_unchanged(self, typed: TypedInput, place: InputPlace) -> bool:
        """Does the input hold what was taken up from last year, unchanged?"""
        carried_over = self.retour.carried_over
        return (
            bool(carried_over) and is_taken_up(place.bloc, place.champ) and digest(typed.cle, typed.raw) in carried_over
        )

    def _structure(self) -> str:
        """Id of the structure chosen on Accueil, else its name as typed; if blank, the one the workbook was made
        for."""
        typed = self.raw_values.get(STRUCTURE)
        if typed is None:
            return self.retour.structure
        nom = " ".join(str(typed).split())
        return self.contrat.identify(nom) or nom

    def _volet(self, fiche: Fiche) -> str:
        """The volet chosen; if blank, what this structure answers for on the fiche, if it is one; else ""."""
        raw = self.raw_values.get(f"{fiche.numero}/reponse/volet")
        if raw is not None:
            understood = understand(raw, "liste", fiche.volet_names)
            return str(understood.valeur) if isinstance(understood, Understood) else ""
        theirs = [volet for porteur, volet in fiche.repondants() if porteur == self.structure and volet]
        return theirs[0] if len(theirs) == 1 else ""

    def _answered_fiches(self) -> list[str]:
        """Fiches in which something was typed; what the workbook came with (a volet, last year's partners) is no
        answer."""
        started, is_prefilled = set(self.retour.started_fiches), bool(self.retour.structure)
        for typed, place in self.placed:
            if (
                place.fiche
                and place.fiche not in started
                and not (is_prefilled and place.champ == "volet")
                and not self.is_unchanged(typed, place)
            ):
                started.add(place.fiche)
        return [numero for numero in self.contrat.par_fiche if numero in started and numero in self.retour.worksheets]
