"""One return → its values typed, each with who says it of what; what cannot be typed, an anomaly.

Knows no frame: a return is typed in whichever process read it.
"""

from __future__ import annotations

from dataclasses import replace

from cls_workbook.anomalies import Anomalie, Place
from cls_workbook.domain.carried_over import digest, is_taken_up
from cls_workbook.domain.model import Fiche
from cls_workbook.forms.layout import InputPlace
from cls_workbook.reading import reading_messages as findings
from cls_workbook.reading.locating.anchors import HOME, CountedAnswer, WorkbookModel
from cls_workbook.reading.locating.sheet_locator import TypedInput
from cls_workbook.reading.parsing.parse_values import NotUnderstood, Understood, understand
from cls_workbook.reading.reading_checks import UnknownChoice, UnnamedStructure
from cls_workbook.reading.return_reader import Retour
from cls_workbook.reading.storing.value_log import ValueLog

STRUCTURE = "accueil/reponse/structure"
UNDERSTOOD_MAX = 5_000  # words remembered


class ReturnTyping:
    """One return."""

    def __init__(self, retour: Retour, modele: WorkbookModel):
        self.retour, self.modele, self.contrat = retour, modele, modele.contrat
        self.anomalies: list[Anomalie] = []
        places = modele.places
        self.placed = [
            (typed, place)
            for typed in retour.saisies
            if (place := places.get(typed.cle) or modele.place(typed.cle)) is not None
        ]
        self.raw_values = {s.cle: s.raw for s in retour.saisies}
        self.ventilation_inputs = [(typed, place) for typed, place in self.placed if place.bloc == "ventilations"]
        self.detailed = {_row(_row(typed.cle)) for typed, _ in self.ventilation_inputs}
        self.structure = self._structure()
        self.volets = {
            numero: self._volet(fiche)
            for numero, fiche in self.contrat.par_fiche.items()
            if numero in retour.worksheets
        }
        self.answered = self._answered_fiches()
        # A blank workbook that comes back answers nothing: nobody needs to know who sent it.
        if not self.structure and self.answered:
            self.anomalies.append(self._unknown_structure())

    def type_values(self, value_log: ValueLog, normalisations: list[tuple]) -> None:
        """Notes the typed values, and appends the rows of what was reinterpreted."""
        written_ones, untouched, moved_inputs = (
            self._typed_modalites(),
            self._untouched_rows(),
            self.retour.moved_inputs,
        )
        answered, ecarts, here = {"", *self.answered}, value_log.ecarts, None
        for typed, place in self.placed:
            cle, sheet, cell, raw, line = typed
            if place.fiche not in answered or (untouched and _row(cle) in untouched):
                continue
            understood = self._understand(raw, place)
            if understood.__class__ is NotUnderstood:
                self.anomalies.append(self._not_understood(typed, place, understood))
                understood = None if understood.valeur is None else Understood(understood.valeur)
            if understood is None:
                continue
            valeur, rule = understood
            if rule:
                normalisations.append(
                    (self.retour.file, sheet, cell, place.libelle, findings.as_text(raw), valeur, rule)
                )
            if sheet is not here:
                here = sheet
                value_log.open_up(
                    self.retour.annee, self.retour.file, sheet, self.structure, self.volets.get(place.fiche, "")
                )
            if cle in moved_inputs:
                ecarts["cellule"][len(value_log)] = moved_inputs[cle]
            if line != place.line:  # of a row that the partner added
                ecarts["ligne"][len(value_log)] = line
            if written_ones and not place.modalite and (modalite := written_ones.get(_row(cle))):
                ecarts["modalite"][len(value_log)] = modalite
            value_log.note_down(place, valeur)
        self.anomalies[:0] = [replace(a, structure=self.structure) for a in self.retour.anomalies]

    def _understand(self, raw: object, place: InputPlace) -> Understood | NotUnderstood | None:
        """What was typed, understood. The same word in the same input means the same in every return: it is worked out once."""
        known, cle = self.modele.understood, (place.cle, raw.__class__, raw)
        if (understood := known.get(cle)) is None:
            understood = understand(
                raw, place.type, place.choix, place.minimum, place.maximum, place.length, place.unite
            )
            if isinstance(understood, NotUnderstood) and understood.check is UnknownChoice and not place.strict:
                understood = understand(raw, "texte", length=place.length)  # the list only proposes
            if len(known) >= UNDERSTOOD_MAX:
                known.clear()
            known[cle] = understood
        return understood

    def lines(self) -> list[tuple]:
        """One row of ``retours`` per fiche answered."""
        r = self.retour
        return [
            (
                r.file,
                r.sha256,
                r.annee,
                r.contrat,
                r.modele,
                self.structure,
                self.volets.get(f, ""),
                f,
                r.worksheets[f],
                *self._tallies(f),
            )
            for f in self.answered
        ]

    # --- who answers, for what ---

    def _structure(self) -> str:
        """Id of the structure chosen on Accueil, else its name as typed; if blank, the one the workbook was made for."""
        typed = self.raw_values.get(STRUCTURE)
        if typed is None:
            return self.retour.structure
        nom = " ".join(str(typed).split())
        return self.contrat.identify(nom) or nom

    def _volet(self, fiche: Fiche) -> str:
        """The volet chosen; if blank, the only one that this structure has on the fiche; else ""."""
        raw = self.raw_values.get(f"{fiche.numero}/reponse/volet")
        if raw is not None:
            understood = understand(raw, "liste", (v.nom for v in fiche.volets))
            return understood.valeur if isinstance(understood, Understood) else ""
        theirs = [v.nom for v in fiche.volets if self.structure in v.porteurs]
        return theirs[0] if len(theirs) == 1 else ""

    def _answered_fiches(self) -> list[str]:
        """Fiches in which something was typed; what the workbook came with (a volet, last year's partners) is no answer."""
        started_fiches, is_prefilled = set(self.retour.started_fiches), bool(self.retour.structure)
        for typed, place in self.placed:
            if (
                place.fiche
                and place.fiche not in started_fiches
                and not (is_prefilled and place.champ == "volet")
                and not self._is_unchanged(typed, place)
            ):
                started_fiches.add(place.fiche)
        return [
            numero for numero in self.contrat.par_fiche if numero in started_fiches and numero in self.retour.worksheets
        ]

    def _is_unchanged(self, typed: TypedInput, place: InputPlace) -> bool:
        """Does the input hold what was taken up from last year, unchanged?"""
        carried_over = self.retour.carried_over
        return (
            bool(carried_over) and is_taken_up(place.bloc, place.champ) and digest(typed.cle, typed.raw) in carried_over
        )

    def _untouched_rows(self) -> set[str]:
        """Funding lines that hold last year's funder and nothing of this year: they say nothing."""
        lines: dict[str, bool] = {}
        for typed, place in self.placed if self.retour.carried_over else ():
            if place.bloc == "financement":
                row = _row(typed.cle)
                lines[row] = lines.get(row, True) and self._is_unchanged(typed, place)
        return {row for row, is_untouched in lines.items() if is_untouched}

    def _typed_modalites(self) -> dict[str, str]:
        """Row of a breakdown → what names it: its category as typed, else the name."""
        names: dict[str, dict[str, str]] = {}
        for typed, place in self.ventilation_inputs:
            if place.champ in ("modalite", "nom"):
                understood = self._understand(typed.raw, place)
                if isinstance(understood, Understood):
                    names.setdefault(_row(typed.cle), {})[place.champ] = understood.valeur
        return {row: n.get("modalite") or n["nom"] for row, n in names.items()}

    # --- how much is filled in ---

    def _tallies(self, fiche: str) -> tuple[int, int]:
        """(answers given, answers expected) on a fiche, counted as its last column counts them."""
        all_expected = [a for a in self.modele.counted[fiche] if self._is_asked(a)]
        return sum(1 for a in all_expected if self._is_filled(a)), len(all_expected)

    def _is_asked(self, counted_one: CountedAnswer) -> bool:
        """Not what belongs to another volet than the one answered for."""
        if not counted_one.mesure:
            return True
        fiche, indicateur, _ = self.contrat.by_mesure[counted_one.mesure]
        return fiche.concerns(indicateur, self.volets.get(fiche.numero, ""))

    def _is_filled(self, counted_one: CountedAnswer) -> bool:
        if counted_one.asked_for and all(map(self.raw_values.__contains__, counted_one.asked_for)):
            return True
        if self.raw_values.get(counted_one.statut) in self.contrat.listes.statuts[2:]:
            return True
        # A measure made of its breakdown has no figure of its own.
        return not counted_one.asked_for and counted_one.detail in self.detailed

    # --- anomalies ---

    def _not_understood(self, typed: TypedInput, place: InputPlace, fault: NotUnderstood) -> Anomalie:
        return fault.check.anomalie(
            Place(self.retour.file, typed.sheet, place.fiche, self.structure),
            (typed.cell,),
            champ=place.libelle,
            found=f"« {findings.as_text(typed.raw)} »",
            expected=fault.expected,
            remedy=fault.remedy,
        )

    def _unknown_structure(self) -> Anomalie:
        sheet = self.retour.worksheets.get(HOME, "")
        cell = self.retour.moved_inputs.get(STRUCTURE, self.modele.places[STRUCTURE].cell)
        return UnnamedStructure.anomalie(
            Place(self.retour.file, sheet),
            (cell,) if sheet else (),
            champ=self.modele.places[STRUCTURE].libelle,
            found="une cellule vide",
            expected="le nom de la structure qui répond",
            remedy="choisissez votre structure sur la feuille Accueil, puis renvoyez le classeur.",
            refuses_file=True,
        )


def _row(cle: str) -> str:
    """The key of the row that an input stands in."""
    return cle.rpartition("/")[0]
