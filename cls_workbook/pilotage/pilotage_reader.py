"""A filled pilotage workbook, closed or open → ``Pilotage``. Everything is found by keys and printed headers, never by
sheet or address.

What cannot be understood is not guessed: all faults are gathered, each with its sheet and cell, and refused together.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from os import PathLike
from pathlib import Path
from typing import NamedTuple

from cls_workbook.domain.contrat_years import in_year
from cls_workbook.domain.model import Contrat, Fiche, Members, Structure
from cls_workbook.domain.questions import Bloc, Champ
from cls_workbook.errors import Refusal
from cls_workbook.forms.layout import MARK
from cls_workbook.french import date_fr, fold, typography
from cls_workbook.pilotage import pilotage_questions as pf
from cls_workbook.pilotage.coordinator_inputs import (
    CopilDecision,
    Financement,
    Meeting,
    Pilotage,
    Relance,
    Replacement,
    programme,
)
from cls_workbook.reading.opening.open_sheets import WorkbookRows
from cls_workbook.reading.opening.returned_workbook import Grid, WorkbookFile
from cls_workbook.reading.parsing.parse_values import NotUnderstood, is_blank, understand
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
        workbook = source if isinstance(source, WorkbookRows) else _open(source)
        for grid in workbook.grids():
            for i, row in enumerate(grid.lines):
                for j, valeur in enumerate(row):
                    if isinstance(valeur, str) and valeur.startswith(MARK + ROOT):
                        self.places.setdefault(valeur[len(MARK + ROOT) :], []).append(KeyPlace(grid, i, j))
                        break

    def fault(self, sheet: str, cell: str, found: object, expected: str, remedy: str, champ: str = "") -> None:
        """One line: sheet, cell, found, expected, what to do."""
        location = f"feuille « {sheet} », cellule {cell}" + (f" ({champ})" if champ else "")
        texte = _written(found)
        what = (
            "rien" if is_blank(found) else f"« {texte if len(texte) <= QUOTE_MAX else texte[: QUOTE_MAX - 1] + '…'} »"
        )
        self.faults.append(typography(f"{location} : trouvé {what} ; attendu : {expected} ; à faire : {remedy}"))

    def place(self, cle: str, what: str) -> KeyPlace | None:
        """Where a key stands; a fault if it is lost, or found twice."""
        places = self.places.get(cle, [])
        if len(places) == 1:
            return places[0]
        if not places:
            self.faults.append(
                typography(
                    f"{what} : introuvable ; attendu : la feuille d’origine ; à faire : reprenez le classeur de "
                    "pilotage d’origine, puis reportez-y vos saisies."
                )
            )
        else:
            worksheets = ", ".join(f"« {p.grid.nom} »" for p in places)
            self.faults.append(
                typography(
                    f"{what} : trouvé {len(places)} fois ({worksheets}) ; attendu : une seule fois ; à faire : "
                    "supprimez la copie, puis recommencez."
                )
            )
        return None

    def valeur(self, grid: Grid, line: int, column: int, champ: Champ) -> object:
        """What was typed, typed; None if blank or refused (then a fault says why)."""
        raw = _cell(grid, line, column)
        anchor = address(line + 1, column + 1)
        special = grid.special_cells.get((line, column))
        if special and (special.error or (special.formula is not None and is_blank(raw))):
            self.fault(
                grid.nom,
                anchor,
                "une formule en erreur ou jamais calculée",
                "une valeur",
                "remplacez la formule par sa valeur, puis recommencez.",
                champ.libelle,
            )
            return None
        if champ.nom == "fiche":
            return self._fiche(grid, anchor, raw, champ)
        strict = champ.type == "liste" and champ.strict
        value_read = understand(
            raw,
            champ.type if strict or champ.type != "liste" else "texte",
            self.choix.get(champ.choix or "", ()) if strict else (),
            champ.minimum,
            champ.maximum,
            champ.length,
            champ.unite,
        )
        if isinstance(value_read, NotUnderstood):
            # The sentences of ``typed`` are for partners, who send their workbook back.
            self.fault(
                grid.nom,
                anchor,
                raw,
                value_read.expected,
                value_read.remedy.replace("puis renvoyez le classeur", "puis recommencez"),
                champ.libelle,
            )
            return None
        return None if value_read is None else value_read.valeur

    def _fiche(self, grid: Grid, anchor: str, raw: object, champ: Champ) -> str | None:
        """The number of the fiche meant by « 1.2 · Titre », « 1.2 », « FA 1.2 » or its title."""
        if is_blank(raw):
            return None
        allowed_ones = [f for f in self.contrat.fiches if pf.shown_fiche(f) in self.choix.get(champ.choix or "", ())]
        all_found = [f for f in allowed_ones if fold(_written(raw)) in _names(f, isinstance(raw, (int, float)))]
        if len(all_found) == 1:
            return all_found[0].numero
        self.fault(
            grid.nom,
            anchor,
            raw,
            f"une fiche parmi {', '.join(f.numero for f in allowed_ones)}",
            "choisissez la fiche dans la liste, puis recommencez.",
            champ.libelle,
        )
        return None

    # --- tables ---

    def sheet_table(self, prefix: str, bloc: Bloc) -> list[PilotageRow]:
        """The rows of a table in which something was typed, inserted rows included."""
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
            cle = _written(_cell(grid, i, header.column)).removeprefix(f"{MARK}{ROOT}{prefix}/")
            values = {champ.nom: self.valeur(grid, i, columns[champ.nom], champ) for champ in bloc.input_fields}
            cells = {nom: address(i + 1, j + 1) for nom, j in columns.items()}
            lines.append(
                PilotageRow(
                    cle, grid.nom, values, typed_fields, cells, frozenset(fold(_written(v)) for v in grid.lines[i])
                )
            )
            self._check_required(lines[-1], bloc)
        return lines

    def _columns(self, header: KeyPlace, bloc: Bloc) -> dict[str, int] | None:
        """Champ → column, by the printed headers; None (and a fault) if one is lost or printed twice."""
        all_printed = [fold(str(v)) for v in header.grid.lines[header.line]]
        columns = {}
        for champ in bloc.input_fields:
            ranks = [j for j, printed in enumerate(all_printed) if printed == fold(champ.libelle)]
            if len(ranks) != 1:
                self.fault(
                    header.grid.nom,
                    address(header.line + 1, header.column + 1),
                    f"{len(ranks)} colonne « {champ.libelle} »",
                    "les en-têtes d’origine",
                    "rétablissez la ligne d’en-têtes, puis recommencez.",
                    bloc.titre,
                )
                return None
            columns[champ.nom] = ranks[0]
        return columns

    def _check_required(self, line: PilotageRow, bloc: Bloc) -> None:
        for champ in bloc.input_fields:
            if champ.obligatoire and champ.nom not in line.typed_fields:
                self.fault(
                    line.sheet,
                    line.cells[champ.nom],
                    None,
                    "une saisie, puisque la ligne est commencée",
                    "complétez la ligne, ou videz-la.",
                    champ.libelle,
                )

    def form(self, bloc: Bloc) -> PilotageRow:
        """The questions whose input stands at the right of their label."""
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
        for j, valeur in enumerate(place.grid.lines[place.line]):
            if isinstance(valeur, str) and fold(valeur) == fold(label):
                return j + 1
        self.fault(
            place.grid.nom,
            address(place.line + 1, place.column + 2),
            _cell(place.grid, place.line, place.column + 1),
            f"l’étiquette « {label} »",
            "rétablissez-la, puis recommencez.",
        )
        return None


# --- Cells ----------------------------------------------------------------------------------------------------------


def _open(path: str | PathLike[str]) -> WorkbookFile:
    try:
        content = Path(path).read_bytes()
    except OSError as error:
        raise Refusal(f"Le classeur de pilotage « {path} » ne peut pas être lu ({error.strerror or error}).") from error
    try:
        return WorkbookFile(content)
    except Refusal as refusal:
        raise Refusal(
            f"Le classeur de pilotage « {path} » ne peut pas être lu. {refusal}", refusal.details
        ) from refusal


def _cell(grid: Grid, line: int, column: int) -> object:
    row = grid.lines[line] if line < len(grid.lines) else []
    return row[column] if column < len(row) else ""


def _is_touched(grid: Grid, line: int, column: int) -> bool:
    """Was anything put there, a formula in error included?"""
    return not is_blank(_cell(grid, line, column)) or (line, column) in grid.special_cells


def _written(valeur: object) -> str:
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


# --- The workbook ---------------------------------------------------------------------------------------------------


def read(source: str | PathLike[str] | WorkbookRows, contrat: Contrat, annee: int) -> Pilotage:
    """See ``cls_workbook.pilotage.read``."""
    reading = PilotageReading(source, in_year(contrat, annee), annee)
    _check_identity(reading)
    campagne = _campagne(reading)
    maquette, engage = _year_programme(reading)
    autres = _financements(reading, maquette)
    pilotage = replace(
        campagne,
        membres=_members(reading),
        programme=programme(contrat, maquette, autres),
        financements=autres,
        engage_anterieur=engage,
        reunions=_meetings(reading),
        decisions=_decisions(reading),
        relances=_relances(reading),
        remplacements=_replacements(reading),
    )
    if reading.faults:
        nombre = len(reading.faults)
        plural = "s" * (nombre > 1)
        raise Refusal(
            typography(
                f"Le classeur de pilotage « {reading.file} » contient {nombre} point{plural} à corriger : rien n’a été "
                "fait."
            ),
            reading.faults,
        )
    return pilotage


def _check_identity(reading: PilotageReading) -> None:
    """Refus for a workbook that is no pilotage, or is of another contract or year."""
    contrat, annee = reading.contrat, reading.annee
    values_read = []
    for cle in ("contrat", "annee"):
        places = reading.places.get(f"identification/{cle}", [])
        if not places:
            raise Refusal(
                typography(
                    f"« {reading.nom} » n’est pas un classeur de pilotage : fabriquez-en un avec la commande « "
                    "pilotage »."
                )
            )
        grid, line, column = places[0]
        values_read.append([_written(v) for v in grid.lines[line][column + 1 :] if not is_blank(v)][-1:])
    if values_read != [[contrat.id], [str(annee)]]:
        found = ", ".join((value_read or ["rien"])[0] for value_read in values_read)
        raise Refusal(
            typography(
                f"Le classeur de pilotage « {reading.file} » est celui d’une autre campagne ({found}) ; celle-ci est "
                f"{contrat.id}, {annee}. "
                "Donnez le classeur de la bonne campagne, ou changez --contrat et --annee."
            )
        )
    if (printed_year := _printed_year(reading)) not in ("", str(annee)):
        raise Refusal(
            typography(
                f"« {reading.file} » dit l’année {annee}, mais ses feuilles sont celles de {printed_year} : le "
                "classeur d’une année ne sert pas à une autre. "
                f"Remettez {printed_year}, ou fabriquez le classeur de {annee}."
            )
        )


def _printed_year(reading: PilotageReading) -> str:
    """The year that the headers of the programming bear, whatever the identification says now; "" if they bear none."""
    start = pf.YEAR_PROGRAMME.champ("programme").libelle.partition("{")[0]
    for grid, line, _ in reading.places.get("programmation/#", []):
        for valeur in grid.lines[line]:
            if isinstance(valeur, str) and valeur.startswith(start) and valeur[len(start) :].strip().isdigit():
                return valeur[len(start) :].strip()
    return ""


def _block(reading: PilotageReading, bloc: Bloc, groupe: str = "") -> Bloc:
    return pf.for_this(bloc, reading.contrat, reading.annee, reading.choix, groupe)


def _campagne(reading: PilotageReading) -> Pilotage:
    """What is asked of the whole campaign."""
    bloc = _block(reading, pf.CAMPAGNE)
    answer = reading.form(bloc)
    etat = pf.STATES.get(str(answer.values["etat"]), pf.PROVISOIRE)
    if etat == pf.VALIDE and "date_validation" in answer.cells.keys() - answer.typed_fields:
        champ = bloc.champ("date_validation")
        reading.fault(
            answer.sheet,
            answer.cells[champ.nom],
            None,
            "la date du COPIL, puisque le bilan est validé",
            "saisissez la date, ou remettez l’état à « provisoire ».",
            champ.libelle,
        )
    return Pilotage(
        etat=etat,
        date_validation=answer.day("date_validation"),
        limite=answer.day("limite"),
        contact=answer.text("contact"),
    )


def _members(reading: PilotageReading) -> Members:
    membres: dict[str | tuple[str, str], tuple[str, ...]] = {}
    for groupe in pf.groups(reading.contrat):
        lines = reading.sheet_table(f"membres/{groupe.id}", _block(reading, pf.MEMBERS, groupe.id))
        named = [li for li in lines if li.text("structure") and _is_structure(reading, li)]
        membres |= _members_of_group(reading.contrat, groupe, named)
    return membres


def _is_structure(reading: PilotageReading, line: PilotageRow) -> bool:
    nom = line.text("structure")
    named = reading.contrat.by_structure.get(reading.contrat.identify(nom) or "")
    if named is not None and named.groupe:
        reading.fault(
            line.sheet,
            line.cells["structure"],
            nom,
            "une structure, et non un groupe",
            "nommez les structures une à une.",
        )
        return False
    return True


def _members_of_group(contrat: Contrat, groupe: Structure, lines: Sequence[PilotageRow]) -> Members:
    """The names of a group, each once, however it is written; and who answers for which fiche if some do for a few
    only.
    """
    names: dict[str, str] = {}
    fiches: dict[str, set[str | None]] = {}
    for line in lines:
        nom = line.text("structure")
        cle = contrat.identify(nom) or fold(nom)
        names.setdefault(cle, nom)
        fiches.setdefault(cle, set()).add(line.text("fiche") or None)
    if not names:
        return {}
    membres: dict[str | tuple[str, str], tuple[str, ...]] = {groupe.id: tuple(names.values())}
    everything = [f.numero for f in pf.fiches_of_group(contrat, groupe)]
    if any(None not in its_own and not its_own.issuperset(everything) for its_own in fiches.values()):
        for numero in everything:
            membres[groupe.id, numero] = tuple(nom for cle, nom in names.items() if fiches[cle] & {None, numero})
    return membres


def _year_programme(reading: PilotageReading) -> tuple[dict[str, Decimal], dict[str, Decimal]]:
    """Fiche → EUR programmed on the maquette; fiche → EUR engaged before."""
    programmes: dict[str, Decimal] = {}
    engages: dict[str, Decimal] = {}
    already: set[str] = set()
    if not reading.contrat.fiches:
        return programmes, engages
    for line in reading.sheet_table("programmation", _block(reading, pf.YEAR_PROGRAMME)):
        fiche = reading.contrat.par_fiche.get(line.cle)
        if not _label_agrees(reading, line, fiche.numero if fiche else "", already) or fiche is None:
            continue
        if pf.has_post(reading.contrat, fiche):
            reading.fault(
                line.sheet,
                line.cells[min(line.typed_fields)],
                "un montant",
                "rien : le poste est hors maquette",
                "déplacez ce montant dans le tableau « Autres financements programmés ».",
            )
            continue
        for champ, sums in (("programme", programmes), ("engage_anterieur", engages)):
            if (amount := line.amount(champ)) is not None:
                sums[fiche.numero] = amount
    return programmes, engages


def _label_agrees(reading: PilotageReading, line: PilotageRow, printed: str, already: set[str]) -> bool:
    """Does the row bear the label that its hidden key promises, once only? ``printed`` "": a key that the contract does
    not know.

    ``already``: the keys found so far, to which this one is added.
    """
    if printed and fold(printed) in line.texts and line.cle not in already:
        already.add(line.cle)
        return True
    first = next(iter(line.cells.values()))
    expected = f"la ligne d’origine de « {printed} »" if printed else "une des lignes d’origine"
    reading.fault(
        line.sheet,
        first,
        "une saisie sur une autre ligne",
        expected,
        "remettez la saisie sur la ligne d’origine, puis recommencez.",
    )
    return False


def _financements(reading: PilotageReading, maquette: Mapping[str, Decimal]) -> tuple[Financement, ...]:
    contrat = reading.contrat
    if not contrat.fiches:
        return ()
    ids = {fold(n): f.id for f in contrat.financeurs for n in (f.nom, f.id)}
    levels = {fold(n.libelle): n.niveau for n in contrat.natures}
    hits = []
    for line in reading.sheet_table("autres", _block(reading, pf.OTHER_FINANCEMENTS)):
        fiche, financeur, nature = (line.text(c) for c in ("fiche", "financeur", "nature"))
        montant = line.amount("montant")
        if not fiche or not financeur or montant is None:
            continue  # a fault was noted, or will be for the blank cell
        if levels.get(fold(nature)) == "maquette" and fiche in maquette:
            reading.fault(
                line.sheet,
                line.cells["nature"],
                nature,
                f"une autre nature : la maquette de la fiche {fiche} est déjà saisie au tableau du haut",
                "videz une des deux saisies.",
            )
            continue
        hits.append(Financement(fiche, ids.get(fold(financeur), financeur), nature, montant))
    return tuple(hits)


def _meetings(reading: PilotageReading) -> tuple[Meeting, ...]:
    reunions = []
    for line in reading.sheet_table("reunions", _block(reading, pf.MEETINGS)):
        convies, presents = line.number("convies"), line.number("presents")
        if convies is not None and presents is not None and presents > convies:
            reading.fault(
                line.sheet,
                line.cells["presents"],
                presents,
                f"{convies} au plus, le nombre de structures conviées",
                "corrigez l’un des deux nombres.",
            )
        instance, day = line.text("instance"), line.day("date")
        if instance and day is not None:
            reunions.append(Meeting(instance, day, convies, presents, line.text("observation")))
    return tuple(reunions)


def _decisions(reading: PilotageReading) -> tuple[CopilDecision, ...]:
    return tuple(
        CopilDecision(
            line.text("fiche"),
            line.text("decision"),
            line.day("date"),
            *(line.text(champ) for champ in ("precision", "avis", "perspectives")),
        )
        for line in reading.sheet_table("decisions", _block(reading, pf.COPIL_DECISIONS))
        if line.text("decision")
    )


def _relances(reading: PilotageReading) -> tuple[Relance, ...]:
    """The rows of the expected structures, then those that were added."""
    known = reading.contrat.by_structure
    rows: list[tuple[str, PilotageRow]] = []
    already: set[str] = set()
    for line in reading.sheet_table("suivi", _block(reading, pf.FOLLOW_UP)):
        printed = known[line.cle].nom if line.cle in known else line.cle
        if _label_agrees(reading, line, printed, already):
            rows.append((line.cle, line))
    for line in reading.sheet_table("suivi_autres", _block(reading, pf.OTHERS_FOLLOW_UP)):
        if nom := line.text("structure"):
            rows.append((reading.contrat.identify(nom) or nom, line))
    return tuple(Relance(structure, li.text("statut"), li.day("date"), li.text("note")) for structure, li in rows)


def _replacements(reading: PilotageReading) -> tuple[Replacement, ...]:
    """Which returns take the place of others; a workbook made before this table existed has none."""
    if "remplacements/#" not in reading.places:
        return ()
    lines = reading.sheet_table("remplacements", _block(reading, pf.REPLACEMENTS))
    return tuple(
        Replacement(line.text("ancien"), line.text("nouveau"), line.text("note"))
        for line in lines
        if line.text("ancien") and line.text("nouveau")
    )
