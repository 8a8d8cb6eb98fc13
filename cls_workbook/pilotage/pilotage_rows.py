"""The keyed rows of a filled pilotage workbook, closed or open, found by keys and printed headers, never by sheet or
address.

What cannot be understood is not guessed: all faults are gathered, each with its sheet and cell.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from os import PathLike
from pathlib import Path
from typing import NamedTuple

from cls_workbook.domain.announced.bodies import COPIL, deciding, named
from cls_workbook.domain.model import Contrat, Fiche
from cls_workbook.domain.questions import Bloc, Champ
from cls_workbook.errors import Refusal, system_reason
from cls_workbook.forms.layout import MARK
from cls_workbook.french import date_fr, fold, typography
from cls_workbook.pilotage import pilotage_questions as pf
from cls_workbook.reading.cells.accepted_input import NotUnderstood
from cls_workbook.reading.cells.parse_values import is_blank, understand
from cls_workbook.reading.opening.grids import Grid
from cls_workbook.reading.opening.open_sheets import WorkbookRows
from cls_workbook.reading.opening.returned_workbook import own_workbook
from cls_workbook.workbook.description import address

ROOT = "pilotage/"
QUOTE_MAX = 80  # characters of what was typed that a message repeats


class KeyPlace(NamedTuple):
    """A keyed row: sheet, row and column of the key (from 0)."""

    grid: Grid
    line: int
    column: int


class PilotageRow(NamedTuple):
    """A row of a table in which something was typed. ``cle``: the end of its key, "" for an inserted row.

    ``values``: champ → value, None if blank or refused; ``typed_fields``: the champs in which something was typed;
    ``cells``: champ → address; ``texts``: every text of the row, folded.
    """

    cle: str
    sheet: str
    values: dict[str, object]
    typed_fields: frozenset[str]
    cells: dict[str, str]
    texts: frozenset[str] = frozenset()

    def text(self, champ: str) -> str:
        """ "" if blank or refused; as are the others None."""
        value = self.values[champ]
        return value if isinstance(value, str) else ""

    def amount(self, champ: str) -> Decimal | None:
        value = self.values[champ]
        return value if isinstance(value, Decimal) else None

    def number(self, champ: str) -> int | None:
        value = self.values[champ]
        return value if isinstance(value, int) else None

    def day(self, champ: str) -> date | None:
        value = self.values[champ]
        return value if isinstance(value, date) else None


class PilotageReading:
    """The keyed rows of a workbook, and the faults found while reading them. ``nom``: as messages call it; ``file``:
    shorter.
    """

    def __init__(self, source: str | PathLike[str] | WorkbookRows, contrat: Contrat, annee: int):
        self.contrat, self.annee = contrat, annee
        self.nom = source.nom if isinstance(source, WorkbookRows) else str(source)
        self.file = Path(self.nom).name
        self.choix = pf.listes(contrat)
        self.faults: list[str] = []
        self.places: dict[str, list[KeyPlace]] = {}
        for grid in source.grids() if isinstance(source, WorkbookRows) else _open(source):
            for i, row in enumerate(grid.lines):
                for j, valeur in enumerate(row):
                    if isinstance(valeur, str) and valeur.startswith(MARK + ROOT):
                        self.places.setdefault(valeur[len(MARK + ROOT) :], []).append(KeyPlace(grid, i, j))
                        break

    def fault(self, sheet: str, cell: str, found: object, expected: str, remedy: str, champ: str = "") -> None:
        """One line: sheet, cell, found, expected, what to do."""
        location = f"feuille « {sheet} », cellule {cell}" + (f" ({champ})" if champ else "")
        texte = written(found)
        quoted = texte if len(texte) <= QUOTE_MAX else texte[: QUOTE_MAX - 1] + "…"
        what = "rien" if is_blank(found) else f"« {quoted} »"
        self.faults.append(typography(f"{location} : trouvé {what} ; attendu : {expected} ; à faire : {remedy}"))

    def place(self, cle: str, what: str) -> KeyPlace | None:
        """Where a key stands; a fault if it is lost, or found twice."""
        places = self.places.get(cle, [])
        if len(places) == 1:
            return places[0]
        found, expected = "introuvable", "la feuille d’origine"
        remedy = "reprenez le classeur de pilotage d’origine, puis reportez-y vos saisies."
        if places:
            found = f"trouvé {len(places)} fois ({', '.join(f'« {p.grid.nom} »' for p in places)})"
            expected, remedy = "une seule fois", "supprimez la copie, puis recommencez."
        self.faults.append(typography(f"{what} : {found} ; attendu : {expected} ; à faire : {remedy}"))
        return None

    def valeur(self, grid: Grid, line: int, column: int, champ: Champ) -> object:
        """What was typed, typed; None if blank or refused (then a fault says why)."""
        raw = _cell(grid, line, column)
        anchor = address(line + 1, column + 1)
        special = grid.special_cells.get((line, column))
        if special and (special.error or (special.formula is not None and is_blank(raw))):
            found, remedy = "une formule en erreur ou jamais calculée", "remplacez la formule par sa valeur"
            self.fault(grid.nom, anchor, found, "une valeur", f"{remedy}, puis recommencez.", champ.libelle)
            return None
        if champ.nom == "fiche":
            return self._fiche(grid, anchor, raw, champ)
        type_, choix = champ.type, self.choix.get(champ.choix or "", ())
        if champ.choix == "statuts_du_retour" and fold(written(raw)) in map(fold, pf.FORMER_STATUTS):
            type_ = "texte"
        if type_ == "liste" and not champ.strict:
            type_, choix = "texte", ()
        answer = understand(raw, type_, choix, champ.minimum, champ.maximum, champ.length, champ.unite)
        if isinstance(answer, NotUnderstood):
            # These sentences are for partners, who send their workbook back.
            remedy = answer.remedy.replace("puis renvoyez le classeur", "puis recommencez")
            self.fault(grid.nom, anchor, raw, answer.expected, remedy, champ.libelle)
            return None
        return None if answer is None else answer.valeur

    def _fiche(self, grid: Grid, anchor: str, raw: object, champ: Champ) -> str | None:
        """The number of the fiche meant by « 1.2 · Titre », « 1.2 », « FA 1.2 » or its title."""
        if is_blank(raw):
            return None
        allowed = [f for f in self.contrat.actions if pf.shown_fiche(f) in self.choix.get(champ.choix or "", ())]
        meant = [f for f in allowed if fold(written(raw)) in _names(f, isinstance(raw, (int, float)))]
        if len(meant) == 1:
            return meant[0].numero
        expected = f"une fiche parmi {', '.join(f.numero for f in allowed)}"
        remedy = "choisissez la fiche dans la liste, puis recommencez."
        self.fault(grid.nom, anchor, raw, expected, remedy, champ.libelle)
        return None

    # --- tables ---

    def sheet_table(self, prefix: str, bloc: Bloc, groupe: str = "") -> list[PilotageRow]:
        """The rows of a table in which something was typed, inserted rows included."""
        bloc = pf.for_this(bloc, self.contrat, self.annee, self.choix, groupe)
        header = self.place(f"{prefix}/#", f"tableau « {bloc.titre} »")
        end = self.place(f"{prefix}/fin", f"fin du tableau « {bloc.titre} »") if header else None
        if header is None or end is None:
            return []
        columns = self._columns(header, bloc)
        if columns is None:
            return []
        grid, lines = header.grid, []
        for i in range(header.line + 1, end.line if end.grid is grid else len(grid.lines)):
            typed_fields = frozenset(nom for nom, j in columns.items() if _is_touched(grid, i, j))
            if not typed_fields:
                continue
            cle = written(_cell(grid, i, header.column)).removeprefix(f"{MARK}{ROOT}{prefix}/")
            values: dict[str, object] = dict.fromkeys(c.nom for c in bloc.input_fields)
            values |= {c.nom: self.valeur(grid, i, columns[c.nom], c) for c in bloc.input_fields if c.nom in columns}
            cells = {nom: address(i + 1, j + 1) for nom, j in columns.items()}
            texts = frozenset(fold(written(v)) for v in grid.lines[i])
            lines.append(PilotageRow(cle, grid.nom, values, typed_fields, cells, texts))
            self._check_required(lines[-1], bloc)
        return lines

    def _columns(self, header: KeyPlace, bloc: Bloc) -> dict[str, int] | None:
        """Champ → column, by the printed headers; None (and a fault) if one is lost or printed twice."""
        headers = [fold(str(v)) for v in header.grid.lines[header.line]]
        columns = {}
        for champ in bloc.input_fields:
            ranks = [j for j, printed in enumerate(headers) if printed == fold(champ.libelle)]
            if not ranks and (bloc.nom, champ.nom) in pf.ADDED_COLUMNS:
                continue
            if len(ranks) != 1:
                cell, found = address(header.line + 1, header.column + 1), f"{len(ranks)} colonne « {champ.libelle} »"
                remedy = "rétablissez la ligne d’en-têtes, puis recommencez."
                self.fault(header.grid.nom, cell, found, "les en-têtes d’origine", remedy, bloc.titre)
                return None
            columns[champ.nom] = ranks[0]
        return columns

    def _check_required(self, line: PilotageRow, bloc: Bloc) -> None:
        for champ in bloc.input_fields:
            if champ.obligatoire and champ.nom not in line.typed_fields:
                expected, remedy = "une saisie, puisque la ligne est commencée", "complétez la ligne, ou videz-la."
                self.fault(line.sheet, line.cells[champ.nom], None, expected, remedy, champ.libelle)

    def form(self, bloc: Bloc) -> PilotageRow:
        """The questions whose input stands at the right of their label."""
        bloc = pf.for_this(bloc, self.contrat, self.annee, self.choix)
        values: dict[str, object] = dict.fromkeys(c.nom for c in bloc.input_fields)
        typed_fields, cells, sheet = set(), {}, ""
        for champ in bloc.input_fields:
            place = self.place(f"{bloc.nom}/{champ.nom}", f"question « {champ.libelle} »")
            column = self._column_at_right(place, champ.libelle) if place else None
            if place is None or column is None:
                continue
            sheet, cells[champ.nom] = place.grid.nom, address(place.line + 1, column + 1)
            values[champ.nom] = self.valeur(place.grid, place.line, column, champ)
            if _is_touched(place.grid, place.line, column):
                typed_fields.add(champ.nom)
        return PilotageRow("", sheet, values, frozenset(typed_fields), cells)

    def _column_at_right(self, place: KeyPlace, label: str) -> int | None:
        """``label`` may name the COPIL, in a workbook made before the contract said who decides."""
        labels = {fold(label), fold(label.replace(deciding(self.contrat).of_the, named(COPIL).of_the))}
        for j, valeur in enumerate(place.grid.lines[place.line]):
            if isinstance(valeur, str) and fold(valeur) in labels:
                return j + 1
        cell, found = address(place.line + 1, place.column + 2), _cell(place.grid, place.line, place.column + 1)
        self.fault(place.grid.nom, cell, found, f"l’étiquette « {label} »", "rétablissez-la, puis recommencez.")
        return None


# --- Cells ----------------------------------------------------------------------------------------------------------


def _open(path: str | PathLike[str]) -> list[Grid]:
    try:
        return own_workbook(path)
    except OSError as error:
        raise Refusal(f"Le classeur de pilotage « {path} » ne peut pas être lu ({system_reason(error)}).") from error
    except Refusal as refusal:
        reason = f"Le classeur de pilotage « {path} » ne peut pas être lu. {refusal}"
        raise Refusal(reason, refusal.details) from refusal


def _cell(grid: Grid, line: int, column: int) -> object:
    row = grid.lines[line] if line < len(grid.lines) else []
    return row[column] if column < len(row) else ""


def _is_touched(grid: Grid, line: int, column: int) -> bool:
    """Was anything put there, a formula in error included?"""
    return not is_blank(_cell(grid, line, column)) or (line, column) in grid.special_cells


def written(valeur: object) -> str:
    """A value on one line; a number as a fiche or a year is numbered."""
    if isinstance(valeur, float) and valeur == int(valeur):
        return str(int(valeur))
    return date_fr(valeur) if isinstance(valeur, date) else " ".join(str(valeur).split())


def _names(fiche: Fiche, nombre: bool) -> set[str]:
    """How a fiche may be written. A spreadsheet keeps « 1.10 » as the number 1.1: then both numbers are meant."""
    numero = fold(fiche.numero)
    if nombre:
        return {numero, numero.rstrip("0").rstrip(".")} if "." in numero else {numero}
    return {numero, f"fa {numero}", f"fiche {numero}", fold(fiche.titre), fold(pf.shown_fiche(fiche))}
