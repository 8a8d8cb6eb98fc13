"""A returned file → what was typed in it, as typed, each value with its key, its sheet and its cell.

Judges no value and loses none: what cannot be placed becomes an anomaly. Never raises on what a file contains.
"""

from __future__ import annotations

import hashlib
import os
import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from pathlib import Path

from cls_workbook.anomalies import Anomalie
from cls_workbook.domain import locked_facts
from cls_workbook.domain.model import Contrat
from cls_workbook.errors import Refusal
from cls_workbook.forms.layout import FICHE_SEPARATOR, LISTS_SHEET, MARK
from cls_workbook.french import fold
from cls_workbook.reading import reading_messages as findings
from cls_workbook.reading.locating.anchors import CONTRATS_KEPT, HOME, IDENTIFICATION, WorkbookModel, workbook_model
from cls_workbook.reading.locating.campaign_texts import Reminders
from cls_workbook.reading.locating.column_finder import keys
from cls_workbook.reading.locating.erased_keys import restored_anchors
from cls_workbook.reading.locating.sheet_answers import ReadSheet
from cls_workbook.reading.locating.sheet_locator import read_sheet, sheet_in_place
from cls_workbook.reading.locating.unchanged_sheet import TypedInput
from cls_workbook.reading.opening.returned_workbook import Grid, WorkbookFile
from cls_workbook.reading.opening.zip_parts import FILE_SIZE_MAX
from cls_workbook.reading.reading_messages import ReadingPlace
from cls_workbook.workbook.description import address

__all__ = ["Retour", "TypedInput", "read"]

ANNOTATIONS = "annotations"  # a sheet whose keys begin so was added by us to a copy: it is not an answer
_YEAR = re.compile("(?:19|20)[0-9]{2}")
RESEMBLANCE = 0.5  # share of a sheet's texts that must be ours for the sheet to be ours


@dataclass(frozen=True, slots=True)
class Retour:
    """One file as read. ``worksheets``: group (``accueil`` or fiche) → name of its sheet.

    ``contrat``, ``annee``, ``modele``, ``structure``, ``fiches``: what the file says it is ("" or 0 where it does not).
    ``moved_inputs``: key → cell, for inputs that stand elsewhere than planned. ``started_fiches``: fiches in which
    something was typed, even if none of it could be taken.
    """

    file: str
    path: str
    sha256: str
    contrat: str = ""
    annee: int = 0
    modele: str = ""
    structure: str = ""
    fiches: tuple[str, ...] = ()
    saisies: tuple[TypedInput, ...] = ()
    anomalies: tuple[Anomalie, ...] = ()
    worksheets: dict[str, str] = field(default_factory=dict)
    moved_inputs: dict[str, str] = field(default_factory=dict)
    started_fiches: tuple[str, ...] = ()
    carried_over: frozenset[str] = frozenset()  # fingerprints of what was filled in beforehand

    def __getstate__(self) -> list:
        """For another process: the inputs column by column, five times as fast as one by one."""
        return [
            tuple(zip(*valeur, strict=True)) if nom == "saisies" else valeur
            for nom, valeur in ((nom, getattr(self, nom)) for nom in self.__slots__)
        ]

    def __setstate__(self, etat: list) -> None:
        for nom, valeur in zip(self.__slots__, etat, strict=True):
            object.__setattr__(
                self, nom, tuple(map(TypedInput._make, zip(*valeur, strict=True))) if nom == "saisies" else valeur
            )


def read(path: str | os.PathLike, contrats: Callable[[str], Contrat], file: str | None = None) -> Retour:
    """Reads one return. ``contrats``: identifier → contract, may raise Refus; asked once per process and identifier.

    ``file``: the name that anomalies give to the file (default: its own). Unreadable files give a Retour without
    answers and one blocking anomaly. Give a module's function as ``contrats`` to read in several processes.
    """
    path = Path(path)
    return read_content(content_of(path), str(path), contrats, file or path.name)


def content_of(path: Path) -> bytes | OSError:
    """The bytes of a file, no more than are needed to refuse it; or why they cannot be had."""
    try:
        with path.open("rb") as stream:
            # A film among the returns does not fill the memory.
            return (
                stream.read() if os.fstat(stream.fileno()).st_size <= FILE_SIZE_MAX else stream.read(FILE_SIZE_MAX + 1)
            )
    except OSError as fault:
        return fault


def read_content(content: bytes | OSError, path: str, contrats: Callable[[str], Contrat], file: str) -> Retour:
    """Reads one return, whose bytes (see ``content_of``) may come from another machine. As ``read`` otherwise."""
    if isinstance(content, OSError):
        found = (
            "Le fichier est introuvable."
            if isinstance(content, FileNotFoundError)
            else f"Le fichier ne peut pas être ouvert ({content.strerror})."
        )
        remedy = "Vérifiez son emplacement et vos droits ; fermez-le s’il est ouvert ailleurs."
        return Retour(file, path, "", anomalies=(findings.unreadable(file, found, remedy),))
    empty = Retour(file, path, hashlib.sha256(content).hexdigest() if len(content) <= FILE_SIZE_MAX else "")
    try:
        return _FileReader(empty, contrats).read(content)
    except Refusal as refusal:
        remedy = " ".join(refusal.details) or "Renvoyez le classeur d’origine, rempli."
        return _with_changes(empty, anomalies=(findings.unreadable(file, str(refusal), remedy),))


@lru_cache(maxsize=CONTRATS_KEPT)
def _contrat(contrats: Callable[[str], Contrat], identifier: str) -> Contrat:
    return contrats(identifier)


def _with_changes(retour: Retour, **values) -> Retour:
    return Retour(**{nom: getattr(retour, nom) for nom in Retour.__slots__} | values)


class _ReturnedSheet:
    """A sheet of the file. ``announcement``: what its first cell says that it is about; ``saisies``: its inputs, if it is that, as sent."""

    def __init__(self, grid: Grid):
        self.grid = grid
        first = grid.values.get(b"A1", "")
        self.announcement = first[1:].partition("/")[0] if isinstance(first, str) and first[:1] == MARK else ""
        self.saisies: list[TypedInput] | None = None

    @cached_property
    def anchors(self) -> tuple[int, list[tuple[int, str]]]:
        """Column of the keys, [(row, key)]."""
        return keys(self.grid)

    @cached_property
    def groupe(self) -> str:
        """What most of its keys are about; "" if it has none."""
        counts = Counter(cle.partition("/")[0] for _, cle in self.anchors[1]).most_common(1)
        return counts[0][0] if counts else ""


class _FileReader:
    def __init__(self, empty: Retour, contrats: Callable[[str], Contrat]):
        self.empty, self.contrats, self.file = empty, contrats, empty.file
        self.anomalies: list[Anomalie] = []

    def read(self, content: bytes) -> Retour:
        # The choices of our lists are left out: nobody answers there.
        worksheets = [
            _ReturnedSheet(grid)
            for grid in WorkbookFile(content).grids(except_for=LISTS_SHEET)
            if not _is_link_cache(grid.nom)
        ]
        first_ones = [f for f in worksheets if f.announcement in ("", IDENTIFICATION)]
        identity = self._identity(_facts(first_ones) or _facts(worksheets))
        modele = workbook_model(_contrat(self.contrats, identity["contrat"]), identity["annee"])
        for sheet in worksheets:
            if sheet not in first_ones and sheet.announcement in modele.sheet_templates:
                sheet.saisies = modele.sheet_templates[sheet.announcement].saisies(sheet.grid, identity["rappels"])
        # A sheet that came back as sent has the keys that it was sent with; those of the others may contradict.
        autres = [f for f in worksheets if f.saisies is None]
        if len(autres) > len(first_ones) and (reread := self._identity(_facts(autres))) != identity:
            identity, modele = reread, workbook_model(_contrat(self.contrats, reread["contrat"]), reread["annee"])
            for sheet in worksheets:
                sheet.saisies = None
        groups = [f for f in worksheets if f.saisies is not None or f.groupe not in ("", IDENTIFICATION, ANNOTATIONS)]
        return self._retour(identity, modele, groups, [f.grid for f in autres if not f.groupe])

    def _identity(self, facts: dict[str, list]) -> dict:
        """What the file says it is. Refus if it says nothing, or two things."""
        if not facts:
            raise Refusal(
                "Ce n’est pas un classeur de suivi : sa feuille d’identification (masquée) est absente.",
                ("Renvoyez le classeur d’origine entier, rempli, sans en extraire de feuille.",),
            )
        texts = {nom: {str(v).strip() for v in values} for nom, values in facts.items()}
        annees = {v.partition(".")[0] for v in texts.get("annee", ())}
        if len(texts.get("contrat", ())) != 1 or len(annees) != 1 or not _YEAR.fullmatch(next(iter(annees))):
            raise Refusal(
                "La feuille d’identification (masquée) a été modifiée : le contrat et l’année ne s’y lisent plus.",
                ("Reportez les réponses dans un exemplaire neuf du classeur, puis renvoyez-le.",),
            )
        if len(gathered := sorted(texts.get("structure", ()))) > 1:
            raise Refusal(
                f"Le fichier réunit plusieurs retours : {findings.quoted(s or 'le classeur général' for s in gathered)}.",
                ("Renvoyez chaque classeur dans son propre fichier, sans y ajouter les feuilles d’un autre.",),
            )
        one = {nom: next(iter(values)) for nom, values in sorted(texts.items()) if len(values) == 1}
        return {
            "contrat": one["contrat"],
            "annee": int(next(iter(annees))),
            "modele": one.get("modele", ""),
            "structure": one.get("structure", ""),
            "rappels": locked_facts.read(one.get("rappels", "").splitlines()),
            "carried_over": frozenset(one.get("reprises", "").split()),
            "fiches": tuple(f for f in one.get("fiches", "").split(FICHE_SEPARATOR) if f),
        }

    def _retour(
        self, identity: dict, modele: WorkbookModel, groups: list[_ReturnedSheet], without_key: list[Grid]
    ) -> Retour:
        absent_ones = self._lacking_questions(identity, modele, groups)
        same_version = absent_ones is None
        if same_version:
            self._restore_anchors(groups, without_key, modele)
        all_known = [f for f in groups if f.saisies is not None or self._is_known(f.groupe, f.grid.nom, modele)]
        all_printed = identity.pop("rappels")
        items_read = [self._sheet(f, modele, same_version, all_printed) for f in all_known]
        retained = self._without_duplicates(items_read)
        without_anchors = self._sheets_without_key(without_key, modele)
        self._report_missing_sheets(identity, retained, without_anchors, modele)
        if absent_ones is not None:
            carried_over = {"Accueil" if g == HOME else g: len(f.saisies) for g, f in retained.items()}
            self.anomalies.insert(
                0, findings.other_version(ReadingPlace(self.file), identity["modele"], carried_over, absent_ones)
            )
        return _with_changes(
            self.empty,
            **identity,
            saisies=tuple(s for f in retained.values() for s in f.saisies),
            anomalies=tuple(findings.limit_anomalies(self.anomalies)),
            worksheets={g: f.nom for g, f in retained.items()},
            moved_inputs={c: a for f in retained.values() for c, a in f.moved_inputs.items()},
            started_fiches=tuple(g for g, f in retained.items() if f.refused_ones and g != HOME),
        )

    def _sheet(
        self, sheet: _ReturnedSheet, modele: WorkbookModel, same_version: bool, all_printed: Reminders | None
    ) -> ReadSheet:
        if sheet.saisies is not None and same_version:
            return sheet_in_place(sheet.grid, sheet.saisies, modele, self.file, sheet.announcement)
        return read_sheet(sheet.grid, *sheet.anchors, modele, self.file, sheet.groupe, same_version, all_printed)

    def _lacking_questions(
        self, identity: dict, modele: WorkbookModel, groups: list[_ReturnedSheet]
    ) -> list[str] | None:
        """None if the workbook was made from this very contract; otherwise the questions that it lacks."""
        present_ones = {f.announcement if f.saisies is not None else f.groupe for f in groups}
        fiches = identity["fiches"] or tuple(present_ones - {HOME})
        if not identity["modele"] or identity["modele"] == modele.version(fiches):
            return None
        anchors = {cle for f in groups for _, cle in f.anchors[1]}
        return [
            a.label or a.places[0].libelle
            for g in modele.groups
            if g in present_ones
            for a in (modele.rows[c] for c in modele.groups[g])
            if a.places and a.cle not in anchors and a.prefix not in modele.extensible
        ]

    def _restore_anchors(self, groups: list[_ReturnedSheet], without_key: list[Grid], modele: WorkbookModel) -> None:
        """Sheets of ours whose keys were all erased or deleted, but where everything printed is in place: read all the same."""
        for grid in list(without_key):
            groupe = _resembling_group(_texts_of(grid), modele)
            if groupe not in modele.groups:
                continue
            for column in (0, -1):
                restored = restored_anchors(
                    grid.lines, column, (), [modele.rows[c] for c in modele.groups[groupe]], modele.texts[groupe]
                )
                # The title says which fiche it is: two fiches may ask the same questions.
                if (
                    restored
                    and restored[0][1] == modele.groups[groupe][0]
                    and len(restored) > len(modele.groups[groupe]) / 2
                ):
                    groups.append(sheet := _ReturnedSheet(grid))
                    sheet.anchors, sheet.groupe = (column, []), groupe
                    without_key.remove(grid)
                    break

    def _is_known(self, groupe: str, nom: str, modele: WorkbookModel) -> bool:
        if groupe in modele.groups:
            return True
        self.anomalies.append(findings.unknown_fiche(ReadingPlace(self.file, nom, groupe)))
        return False

    def _without_duplicates(self, items_read: list[ReadSheet]) -> dict[str, ReadSheet]:
        """One sheet per group. A blank or identical copy is nothing; two different answers are both refused."""
        retained: dict[str, ReadSheet] = {}
        for sheet in items_read:
            first = retained.setdefault(sheet.groupe, sheet)
            if first is sheet or sheet.empty:
                continue
            if first.empty:
                retained[sheet.groupe] = sheet
            elif differences := _differences(first, sheet):
                location = ReadingPlace(self.file, sheet.nom, "" if sheet.groupe == HOME else sheet.groupe)
                self.anomalies.append(findings.duplicate_sheet(location, first.nom, differences))
        for sheet in retained.values():
            self.anomalies += sheet.anomalies
        return retained

    def _sheets_without_key(self, worksheets: list[Grid], modele: WorkbookModel) -> set[str]:
        """Sheets without keys: ours (Sommaire, lists), the partner's own, or a fiche that lost its keys (returned)."""
        lost = set()
        for grid in worksheets:
            texts = _texts_of(grid)
            groupe = _resembling_group(texts, modele)
            if groupe in modele.annexes:
                known, visible = modele.annexes[groupe]
                unknown_ones = (
                    {v for v in texts - known if fold(v) not in known and not v.isspace()} if visible else set()
                )
                self.anomalies += self._written_outside(grid, unknown_ones) if unknown_ones else []
            elif groupe:
                lost.add(groupe)
                location = ReadingPlace(self.file, grid.nom, "" if groupe == HOME else groupe)
                self.anomalies.append(findings.missing_sheet(location, "repères", without_anchors=True))
            elif filled := sum(1 for v in grid.values.values() if v != ""):
                self.anomalies.append(findings.partner_sheet(ReadingPlace(self.file, grid.nom), filled))
        return lost

    def _written_outside(self, grid: Grid, unknown_ones: set[str]) -> list[Anomalie]:
        """What was written on the Sommaire; its states are formulas, unless the sheet was saved « values only »."""
        special_cells = grid.special_cells
        all_found = [
            (address(i + 1, j + 1), v)
            for i, line in enumerate(grid.lines)
            for j, v in enumerate(line)
            if v in unknown_ones and special_cells and (i, j) not in special_cells
        ]
        return findings.outside_inputs(ReadingPlace(self.file, grid.nom), all_found)

    def _report_missing_sheets(
        self, identity: dict, retained: dict[str, ReadSheet], lost: set[str], modele: WorkbookModel
    ) -> None:
        """Sheets that were deleted. From the general workbook, a fiche that concerns another structure may be."""
        all_expected = (HOME, *(identity["fiches"] if identity["structure"] else ()))
        for groupe in all_expected:
            if groupe in modele.groups and groupe not in retained and groupe not in lost:
                what = "feuille Accueil" if groupe == HOME else f"feuille de la fiche {groupe}"
                location = ReadingPlace(self.file, "", "" if groupe == HOME else groupe)
                self.anomalies.append(findings.missing_sheet(location, what, without_anchors=False))


def _facts(worksheets: list[_ReturnedSheet]) -> dict[str, list]:
    """What the sheets say that the file is: name → values."""
    facts: dict[str, list] = {}
    for sheet in worksheets:
        column, anchors = sheet.anchors
        for i, cle in anchors:
            if cle.startswith(f"{IDENTIFICATION}/"):
                nom = cle.partition("/")[2]
                facts.setdefault(nom, []).append(_fact(sheet.grid.lines[i], column, nom))
    return facts


def _is_link_cache(nom: str) -> bool:
    """LibreOffice keeps what an external link last showed in a sheet of its own: « 'file:///…'#Listes »."""
    return nom.startswith("'") and "'#" in nom


def _fact(line: list, column: int, nom: str) -> object:
    """The value at the right of its printed name; all of them, one a line, of what may take several cells."""
    j = line.index(nom) if nom in line else column + 1
    if nom == "rappels":
        return "\n".join(v for v in line[j + 1 :] if isinstance(v, str) and v)
    return line[j + 1] if j + 1 < len(line) else ""


def _differences(first: ReadSheet, second: ReadSheet) -> list[str]:
    """« C12 : 40 et 45 », for each input that two sheets of the same fiche answer differently."""
    left, right = ({s.cle: s for s in f.saisies} for f in (first, second))
    differences = []
    for cle in dict.fromkeys((*left, *right)):
        a, b = left.get(cle), right.get(cle)
        if a is None or b is None or a.raw != b.raw:
            values_read = " et ".join(findings.as_text(s.raw) if s else "rien" for s in (a, b))
            differences.append(f"{(a or b).cell} : {values_read}")  # type: ignore[union-attr]
    return differences


def _texts_of(grid: Grid) -> set[str]:
    return {v for v in grid.values.values() if type(v) is str and v}


def _resembling_group(texts: set[str], modele: WorkbookModel) -> str:
    """The sheet of ours (name of an annex, ``accueil`` or fiche) that most of these texts were printed on, or ""."""
    if len(texts) < 3:
        return ""
    annexes = {nom: known for nom, (known, _) in modele.annexes.items()}
    for candidats in (annexes, modele.texts):
        nom = max(candidats, key=lambda nom: len(texts & candidats[nom]))
        if len(texts & candidats[nom]) >= RESEMBLANCE * len(texts):
            return nom
    return ""
