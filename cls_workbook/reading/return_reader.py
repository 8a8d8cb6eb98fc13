"""A returned file → what was typed in it, as typed, each value with its key, its sheet and its cell.

Judges no value and loses none: what cannot be placed becomes an anomaly. Never raises on what a file contains.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from cls_workbook.anomalies import Anomalie, Place
from cls_workbook.bounded_memory import Memory
from cls_workbook.domain.accounts.also_asked import also_asked
from cls_workbook.domain.contrat_years import in_year
from cls_workbook.domain.model import Contrat
from cls_workbook.errors import Refusal, system_reason
from cls_workbook.reading.beside import annex_sheets, another_year
from cls_workbook.reading.beside.annotation_lists import ANNOTATIONS, NOTES, typed_on_lists, words_kept
from cls_workbook.reading.beside.note_messages import notes_told
from cls_workbook.reading.beside.partner_sheets import added_sheet
from cls_workbook.reading.cells.shown import as_text
from cls_workbook.reading.folder_files import left_aside
from cls_workbook.reading.identity import (
    Identity,
    SheetInFile,
    identity_of,
    resembling_annex,
    resembling_group,
    texts_of,
)
from cls_workbook.reading.locating import cell_messages, file_messages
from cls_workbook.reading.locating.column_finder import restored_anchors
from cls_workbook.reading.locating.expected_row import COMMON, COMPTE_RENDU, HOME, IDENTIFICATION, TERRITORY, fiche_of
from cls_workbook.reading.locating.retour import ReadSheet, Retour
from cls_workbook.reading.locating.sheet_locator import read_sheet, sheet_in_place
from cls_workbook.reading.locating.told import limit_anomalies
from cls_workbook.reading.locating.workbook_model import MODELS_KEPT, WorkbookModel
from cls_workbook.reading.opening.grids import Grid
from cls_workbook.reading.opening.zip_parts import FILE_SIZE_MAX
from cls_workbook.reading.reading_memory import ReadingMemory

_COMMON = {
    HOME: "Accueil",
    TERRITORY: "Territoires",
    COMPTE_RENDU: "Compte rendu",
}  # the sheets that are about all fiches
ID_LENGTH_MAX = 1_000  # characters of the identifier of a contract that is remembered


class ReturnReader:
    """Reads return after return. What it learns from one for the next is its own, and bounded; to another process it
    goes without.

    ``contrats``: identifier → contract, may raise Refusal; asked once for each. ``fast``: may the short ways of
    ``fast_paths`` be taken? They say the same. Give a module's function as ``contrats`` to read in several processes.
    ``keeps_content``: a Retour keeps the bytes that it was read from, for who makes a copy of them.
    ``alone``: each is looked at without its campaign, which may have asked for a compte rendu financier that the
    contract does not: what the workbook itself asks is then taken for asked.
    ``memory``: that of whoever reads one campaign after another.
    """

    def __init__(
        self,
        contrats: Callable[[str], Contrat],
        fast: bool = True,
        keeps_content: bool = False,
        alone: bool = False,
        memory: ReadingMemory | None = None,
    ):
        self._contrats, self._fast, self._keeps_content, self._alone = contrats, fast, keeps_content, alone
        self._known_contrats = Memory(contrats, MODELS_KEPT, ID_LENGTH_MAX)
        memory = memory or ReadingMemory(fast)
        self.models, self._opener = memory.models, memory.opener

    def __reduce__(self) -> tuple[type[ReturnReader], tuple[Callable[[str], Contrat], bool, bool, bool]]:
        return ReturnReader, (self._contrats, self._fast, self._keeps_content, self._alone)

    def contrat(self, identifier: str) -> Contrat:
        return self._known_contrats[identifier]

    def model(self, identity: Identity, comptes_rendus: tuple[str, ...] = ()) -> WorkbookModel:
        """What a workbook that says it is that was sent with. Refusal if its contract is not known."""
        contrat = self.contrat(identity.contrat)
        if comptes_rendus:
            contrat = also_asked(in_year(contrat, identity.annee), comptes_rendus)
        return self.models.of(contrat, identity.annee)

    def read(self, path: str | os.PathLike[str], file: str | None = None) -> Retour:
        """Reads one return. ``file``: the name that anomalies give to it (default: its own).

        Unreadable files give a Retour without answers and one blocking anomaly.
        """
        path = Path(path)
        return self.read_content(content_of(path), str(path), file or path.name)

    def read_content(self, content: bytes | OSError, path: str, file: str) -> Retour:
        """The same, of a return whose bytes (see ``content_of``) may come from another machine."""
        if told := left_aside(file):
            return Retour(file, path, "", anomalies=(told,))
        if isinstance(content, OSError):
            found = (
                "Le fichier est introuvable."
                if isinstance(content, FileNotFoundError)
                else f"Le fichier ne peut pas être ouvert ({system_reason(content)})."
            )
            remedy = "Vérifiez son emplacement et vos droits ; fermez-le s’il est ouvert ailleurs."
            return Retour(file, path, "", anomalies=(file_messages.unreadable(file, found, remedy),))
        empty = Retour(file, path, hashlib.sha256(content).hexdigest() if len(content) <= FILE_SIZE_MAX else "")
        if self._keeps_content:
            empty = replace(empty, content=content)
        try:
            opened = self._opener.open(content)
            empty = replace(empty, saved_on=opened.saved_on())
            return self._identify(empty, [SheetInFile(g) for g in opened.grids() if not _is_link_cache(g.nom)])
        except Refusal as refusal:
            remedy = " ".join(refusal.details) or "Renvoyez le classeur d’origine, rempli."
            return replace(empty, anomalies=(file_messages.unreadable(file, str(refusal), remedy),))

    def _identify(self, empty: Retour, worksheets: list[SheetInFile]) -> Retour:
        """What the file is, then what it says. Refusal if it says that it is nothing of ours."""
        front = [f for f in worksheets if f.announcement in ("", IDENTIFICATION)]
        identity = identity_of(front) or identity_of(worksheets)
        if identity is None:
            raise Refusal(
                "Ce n’est pas un classeur de suivi : sa feuille d’identification (masquée) est absente.",
                ("Renvoyez le classeur d’origine entier, rempli, sans en extraire de feuille.",),
            )
        if self._alone:
            empty = replace(empty, comptes_rendus=_comptes_rendus_in(worksheets))
        modele = self.model(identity, empty.comptes_rendus)
        for sheet in worksheets:
            as_planned = sheet.announcement in modele.sheet_templates and not sheet.grid.hidden
            if sheet not in front and as_planned and not sheet.grid.first_day:
                sheet.saisies = modele.sheet_templates[sheet.announcement].saisies(sheet.grid, identity.rappels)
        # A sheet that came back as sent has the keys that it was sent with; those of the others may contradict.
        others = [f for f in worksheets if f.saisies is None]
        if len(others) > len(front) and (reread := identity_of(others) or identity) != identity:
            identity, modele = reread, self.model(reread, empty.comptes_rendus)
            for sheet in worksheets:
                sheet.saisies = None
        groups = [f for f in worksheets if f.saisies is not None or f.groupe not in ("", IDENTIFICATION, ANNOTATIONS)]
        annotations = [f for f in others if f.groupe == ANNOTATIONS]
        return _FileReading(empty, identity, modele).read(groups, [f.grid for f in others if not f.groupe], annotations)


def _comptes_rendus_in(worksheets: list[SheetInFile]) -> tuple[str, ...]:
    """The fiches of which a workbook asks a compte rendu financier."""
    keys = (cle.split("/") for f in worksheets if f.announcement == COMPTE_RENDU for _, cle in f.anchors[1])
    return tuple(dict.fromkeys(parts[1] for parts in keys if parts[0] == COMPTE_RENDU and len(parts) > 2))


def content_of(path: Path) -> bytes | OSError:
    """The bytes of a file, no more than are needed to refuse it; or why they cannot be had."""
    try:
        with path.open("rb") as stream:
            is_usual = os.fstat(stream.fileno()).st_size <= FILE_SIZE_MAX
            return stream.read() if is_usual else stream.read(FILE_SIZE_MAX + 1)  # a film does not fill the memory
    except OSError as fault:
        return fault


class _FileReading:
    """One file, once it is known what it is. ``anomalies``: what is said of it so far."""

    def __init__(self, empty: Retour, identity: Identity, modele: WorkbookModel):
        self.empty, self.file, self.identity, self.modele = empty, empty.file, identity, modele
        self.anomalies: list[Anomalie] = []

    def read(self, groups: list[SheetInFile], without_key: list[Grid], annotations: list[SheetInFile]) -> Retour:
        """``groups``: the sheets that bear keys; ``annotations``: those that a copy added; ``without_key``: the
        others."""
        lacking = self._lacking_questions(groups)
        same_version = lacking is None
        if same_version:
            self._restore_anchors(groups, without_key)
        known = [f for f in groups if f.saisies is not None or self._is_known(f.groupe, f.grid.nom)]
        retained = self._without_duplicates([self._sheet(f, same_version) for f in known])
        self._report_missing_sheets(retained, self._sheets_without_key(without_key, same_version), same_version)
        self._report_answers_without_sheet(retained)
        self._annotation_lists(annotations)
        ours = words_kept(annotations, NOTES)
        for sheet in known:
            if sheet.grid.notes:
                self._notes(sheet, retained.get(sheet.groupe), ours)
        for grid in without_key:
            self.anomalies += notes_told(Place(self.file, grid.nom), grid, set(), ours)
        identity = self.identity
        if lacking is not None:
            answers = {_COMMON.get(g, g): len(f.saisies) for g, f in retained.items()}
            place = Place(self.file)
            self.anomalies.insert(0, file_messages.other_version(place, identity.modele, answers, lacking))
        return replace(
            self.empty,
            contrat=identity.contrat,
            annee=identity.annee,
            modele=identity.modele,
            structure=identity.structure,
            fiches=identity.fiches,
            carried_over=identity.carried_over,
            saisies=tuple(s for f in retained.values() for s in f.saisies),
            anomalies=tuple(limit_anomalies(self.anomalies)),
            worksheets={g: f.nom for g, f in retained.items()},
            moved_inputs={c: a for f in retained.values() for c, a in f.moved_inputs.items()},
            started_fiches=tuple(g for g, f in retained.items() if f.refused_inputs and fiche_of(g)),
        )

    def _sheet(self, sheet: SheetInFile, same_version: bool) -> ReadSheet:
        if sheet.saisies is not None and same_version:
            return sheet_in_place(sheet.grid, sheet.saisies, self.modele, self.file, sheet.announcement)
        grid, modele, groupe = sheet.grid, self.modele, sheet.groupe
        read = read_sheet(
            grid, *sheet.anchors, modele, self.file, groupe, same_version, self.identity.rappels, self.identity.fiches
        )
        read.hidden = grid.hidden
        all_printed = {} if groupe == HOME else modele.sheet_templates[groupe].all_printed
        if year := another_year.year_of_texts(texts_of(grid), all_printed, modele.annee):
            return another_year.refused(read, Place(self.file, grid.nom, fiche_of(groupe)), year, modele.annee)
        return read

    def _lacking_questions(self, groups: list[SheetInFile]) -> list[str] | None:
        """None if the workbook was made from this very contract; otherwise the questions that it lacks."""
        present = {f.announcement if f.saisies is not None else f.groupe for f in groups}
        fiches = self.identity.fiches or tuple(present - {HOME, *COMMON})
        modele = self.modele
        if not self.identity.modele or self.identity.modele == modele.version(fiches):
            return None
        anchors = {cle for f in groups for _, cle in f.anchors[1]}
        return [
            a.label or a.places[0].libelle
            for g in modele.groups
            if g in present
            for a in modele.expected(g, fiches)
            if a.places and a.cle not in anchors and a.prefix not in modele.extensible
        ]

    def _restore_anchors(self, groups: list[SheetInFile], without_key: list[Grid]) -> None:
        """Sheets of ours whose keys were all erased or deleted, but where everything printed is in place: read all
        the same."""
        modele = self.modele
        for grid in list(without_key):
            groupe = resembling_group(texts_of(grid), modele)
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
                    groups.append(sheet := SheetInFile(grid))
                    sheet.anchors, sheet.groupe = (column, []), groupe
                    without_key.remove(grid)
                    break

    def _is_known(self, groupe: str, nom: str) -> bool:
        if groupe in self.modele.groups:
            return True
        if groupe == COMPTE_RENDU:
            self.anomalies.append(file_messages.unasked_statement(Place(self.file, nom)))
        else:
            self.anomalies.append(file_messages.unknown_fiche(Place(self.file, nom, groupe)))
        return False

    def _without_duplicates(self, worksheets: list[ReadSheet]) -> dict[str, ReadSheet]:
        """One sheet per group. A blank or identical copy is nothing; two different answers are both refused."""
        retained: dict[str, ReadSheet] = {}
        for sheet in worksheets:
            first = retained.setdefault(sheet.groupe, sheet)
            if first is sheet or (sheet.empty and not first.hidden):
                continue
            if first.hidden != sheet.hidden and (first.empty or sheet.empty):
                shown, hidden = (first, sheet) if sheet.hidden else (sheet, first)
                self._refuse_hidden_twin(shown, hidden, retained)
            elif first.empty:
                retained[sheet.groupe] = sheet
            elif differences := _differences(first, sheet):
                location = Place(self.file, sheet.nom, fiche_of(sheet.groupe))
                self.anomalies.append(file_messages.duplicate_sheet(location, first.nom, differences))
        for sheet in retained.values():
            self.anomalies += sheet.anomalies
        return retained

    def _refuse_hidden_twin(self, shown: ReadSheet, hidden: ReadSheet, retained: dict[str, ReadSheet]) -> None:
        """What a person sees is the answer, be it blank: what another sheet of its fiche says out of sight is told."""
        retained[shown.groupe] = shown
        if not hidden.empty:
            location = Place(self.file, hidden.nom, fiche_of(hidden.groupe))
            self.anomalies.append(file_messages.hidden_twin(location, shown.nom, hidden.saisies))

    def _sheets_without_key(self, worksheets: list[Grid], same_version: bool) -> set[str]:
        """Sheets without keys: ours (Sommaire, lists), the partner's own, or a fiche that lost its keys (returned)."""
        lost = set()
        for grid in worksheets:
            texts, location = texts_of(grid), Place(self.file, grid.nom)
            if nom := resembling_annex(texts, self.modele):
                typed = annex_sheets.written_outside(grid, self.modele.annexes[nom], same_version)
                self.anomalies += cell_messages.outside_inputs(location, typed)
            elif groupe := resembling_group(texts, self.modele):
                lost.add(groupe)
                location = location._replace(fiche=fiche_of(groupe))
                self.anomalies.append(file_messages.missing_sheet(location, "repères", without_anchors=True))
            elif added := added_sheet(location, grid, self.modele):
                self.anomalies.append(added)
        return lost

    def _notes(self, sheet: SheetInFile, read: ReadSheet | None, ours: set[str]) -> None:
        groupe = sheet.announcement if sheet.saisies is not None else sheet.groupe
        moved = read.moved_inputs if read is not None and read.nom == sheet.grid.nom else {}
        rows = (self.modele.rows[cle] for cle in self.modele.groups[groupe])
        inputs = {moved.get(p.cle, p.cell) for a in rows for p in a.places} | set(moved.values())
        location = Place(self.file, sheet.grid.nom, fiche_of(groupe))
        self.anomalies += notes_told(location, sheet.grid, inputs, ours)

    def _annotation_lists(self, worksheets: list[SheetInFile]) -> None:
        for nom, typed in typed_on_lists(worksheets):
            self.anomalies += cell_messages.outside_inputs(Place(self.file, nom), typed)

    def _report_missing_sheets(self, retained: dict[str, ReadSheet], lost: set[str], same_version: bool) -> None:
        """Sheets that were deleted. From the general workbook, a fiche that concerns another structure may be."""
        expected = (HOME, *(self.identity.fiches if self.identity.structure else ()), *(COMMON if same_version else ()))
        for groupe in expected:
            is_asked = groupe in self.modele.groups and self.modele.asks(groupe, self.identity.fiches)
            if is_asked and groupe not in retained and groupe not in lost:
                what = f"feuille {_COMMON.get(groupe) or f'de la fiche {groupe}'}"
                location = Place(self.file, "", fiche_of(groupe))
                self.anomalies.append(file_messages.missing_sheet(location, what, without_anchors=False))

    def _report_answers_without_sheet(self, retained: dict[str, ReadSheet]) -> None:
        """What a sheet about several fiches says of one counts with the sheet of that fiche only."""
        for groupe in filter(retained.__contains__, COMMON):
            cells: dict[str, list[str]] = {}
            for typed in retained[groupe].saisies:
                if (fiche := typed.cle.partition("/")[0]) not in retained:
                    cells.setdefault(fiche, []).append(typed.cell)
            for fiche, filled in cells.items():
                location = Place(self.file, retained[groupe].nom, fiche)
                self.anomalies.append(file_messages.answers_without_sheet(location, filled, groupe == TERRITORY))


def _is_link_cache(nom: str) -> bool:
    """LibreOffice keeps what an external link last showed in a sheet of its own: « 'file:///…'#Listes »."""
    return nom.startswith("'") and "'#" in nom


def _differences(first: ReadSheet, second: ReadSheet) -> list[str]:
    """« C12 : 40 et 45 », for each input that two sheets of the same fiche answer differently."""
    left, right = ({s.cle: s for s in f.saisies} for f in (first, second))
    differences = []
    for cle in dict.fromkeys((*left, *right)):
        a, b = left.get(cle), right.get(cle)
        if (one := a or b) and (a is None or b is None or a.raw != b.raw):
            values = " et ".join(as_text(s.raw) if s else "rien" for s in (a, b))
            differences.append(f"{one.cell} : {values}")
    return differences
