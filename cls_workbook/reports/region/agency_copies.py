"""The agency's copies and consolidation workbooks of a region, read; what cannot be read costs its file, and no more.

Every row keeps its place: contract, file, sheet and cells.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise
from pathlib import Path
from typing import Any

from cls_workbook.definition import toml_reader
from cls_workbook.domain.model import Contrat
from cls_workbook.errors import Refusal
from cls_workbook.reports import table_reading
from cls_workbook.reports.agency import agency_data, agency_tables, ars_copy
from cls_workbook.reports.agency.agency_data_read import OtherVersion, data_tables
from cls_workbook.reports.table_reading import RowsBySheet, TableRead
from cls_workbook.tables import consolidation_tables
from cls_workbook.tables.described_columns import DescribedTable, Row
from cls_workbook.tables.noyau_table import NOYAU, NOYAU_DETAIL

SYNTHESE, CONSOLIDATION = "synthèse", "consolidation"
UNREADABLE, FOREIGN, OTHER_VERSION, INCOMPLETE = "illisible", "autre classeur", "autre version", "incomplet"
RETAINED, DUPLICATE, IDENTICAL = "retenu", "doublon", "copie identique"
_EXTENSIONS = (".xlsx", ".xlsm", ".ods")

# (table, rank of the row, titles) → (sheet, cells)
PlaceFinder = Callable[[DescribedTable, int, Sequence[str]], tuple[str, str]]


@dataclass(frozen=True)
class ContratCopy:
    """One contract and year. ``lines``: the « Données … » tables, masked, whatever the file was."""

    file: str
    digest: str
    kind: str
    lines: Mapping[DescribedTable, list[Row]]
    find_place: PlaceFinder

    @property
    def contrat(self) -> Row:
        """The record of the contract: see ``agency_tables.CONTRAT``."""
        return self.lines[agency_tables.CONTRAT][0]

    @property
    def cle(self) -> tuple[str, int]:
        return str(self.contrat["Contrat"]), int(self.contrat["Année"])

    def where(self, table: DescribedTable, rank: int, titles: Sequence[str]) -> Row:
        """Where these figures of a row stand."""
        sheet, cells = self.find_place(table, rank, titles)
        return {"Fichier": self.file, "Feuille": sheet, "Cellule": cells}


@dataclass(frozen=True)
class SetAsideFile:
    """A file that brought nothing, and why (a French sentence); what it said of itself, as far as it could be read."""

    file: str
    statut: str
    reason: str
    contrat: str | None = None
    annee: int | None = None
    digest: str | None = None


def files_in(sources: Iterable[str | Path], except_for: Path) -> dict[str, Path]:
    """Name to show → file: those given, and the workbooks of the folders given; ``except_for`` (what is being written)
    apart.

    Refusal if a source does not exist, or if there is nothing to read.
    """
    hits: dict[str, Path] = {}
    seen = {except_for.resolve()}
    for source in map(Path, sources):
        if source.is_dir():
            inside = sorted(p for p in source.rglob("*") if p.is_file() and p.suffix.lower() in _EXTENSIONS)
            relative = ((p.relative_to(source), p) for p in inside)
            candidats = [(r.as_posix(), p) for r, p in relative if not _is_hidden_file(r)]
        elif source.is_file():
            candidats = [(source.name, source)]
        else:
            raise Refusal(
                f"« {source} » n’existe pas : indiquez une synthèse, ou le dossier qui contient les synthèses."
            )
        for nom, path in candidats:
            if path.resolve() not in seen:
                hits[nom if nom not in hits else str(path)] = path
                seen.add(path.resolve())
    if not hits:
        raise Refusal("Aucun classeur à lire : déposez les synthèses reçues dans le dossier indiqué, puis recommencez.")
    return dict(sorted(hits.items()))


def _is_hidden_file(path: Path) -> bool:
    return any(part.startswith((".", "~$")) for part in path.parts)


Following = Callable[[Collection[tuple[str, Path]]], Iterable[tuple[str, Path]]]  # the same files, told as they go by


def with_a_bar(files: Collection[tuple[str, Path]]) -> Iterable[tuple[str, Path]]:
    """On a terminal, once it has lasted a second."""
    from tqdm import tqdm  # not sooner: it is long to import

    return tqdm(files, desc="Lecture", unit=" classeur", delay=1, leave=False, disable=None)


def read(
    files: Mapping[str, Path], definitions: Mapping[str, Contrat], following: Following = with_a_bar
) -> Iterator[ContratCopy | SetAsideFile]:
    """Each file, in order. ``definitions``: contract id → definition, for the consolidations of contracts that do not
    ship."""
    for nom, path in following(files.items()):
        yield _read(nom, path, definitions)


def _read(nom: str, path: Path, definitions: Mapping[str, Contrat]) -> ContratCopy | SetAsideFile:
    try:
        worksheets, digest = table_reading.open_up(path), hashlib.sha256(path.read_bytes()).hexdigest()
    except (Refusal, OSError) as refusal:
        return SetAsideFile(nom, UNREADABLE, str(refusal).replace(str(path), nom))
    try:
        if table_reading.has_table(worksheets, agency_tables.CONTRAT):
            return _synthese(nom, path, digest, worksheets)
        if table_reading.has_table(worksheets, consolidation_tables.ANCHORS):
            return _consolidation(nom, path, digest, worksheets, definitions)
    except Refusal as refusal:
        statut = OTHER_VERSION if isinstance(refusal, OtherVersion) else INCOMPLETE
        contrat, annee = _announced(worksheets)
        return SetAsideFile(nom, statut, str(refusal).replace(str(path), nom), contrat, annee, digest)
    reason = f"« {nom} » n’est ni une synthèse pour l’ARS, ni une consolidation de cette version."
    return SetAsideFile(nom, FOREIGN, reason, digest=digest)


def _announced(worksheets: RowsBySheet) -> tuple[str | None, int | None]:
    """The contract and year that a set-aside workbook says it is of, as far as they can be made out."""
    said: dict[str, object] = {}
    for nom in (consolidation_tables.ANCHORS.sheet, agency_tables.CONTRAT.sheet):
        for line in worksheets.get(nom, ()):
            said |= {str(champ).lower(): valeur for champ, valeur in pairwise(line)}
    contrat, annee = said.get("contrat"), said.get("année")
    return contrat if isinstance(contrat, str) else None, int(annee) if isinstance(annee, (int, float)) else None


# --- An agency's copy -------------------------------------------------------------------------------------------------


def _synthese(nom: str, path: Path, digest: str, worksheets: RowsBySheet) -> ContratCopy:
    tables = data_tables(path, worksheets)

    def find_place(table: DescribedTable, rank: int, titles: Sequence[str]) -> tuple[str, str]:
        return tables[table].sheet, tables[table].cells(rank, titles)

    return ContratCopy(nom, digest, SYNTHESE, {t: its_own.lines for t, its_own in tables.items()}, find_place)


# --- A consolidation workbook -----------------------------------------------------------------------------------------

# Where the figures of a data table stand in a consolidation: the table, and what tells its rows apart.
_ORIGINS: dict[DescribedTable, tuple[DescribedTable, tuple[str, ...]]] = {
    agency_tables.FINANCEMENT: (consolidation_tables.FINANCEMENT_FICHES, ("Fiche",)),
    agency_tables.FINANCEURS: (consolidation_tables.FINANCEMENT_FINANCEURS, ("Financeur", "Nature")),
    agency_tables.POSTS: (consolidation_tables.FINANCEMENT_FICHES, ("Fiche",)),
    agency_tables.MESURES: (consolidation_tables.INDICATEURS, ("Mesure",)),
    agency_tables.NOYAU_ANSWERS: (NOYAU, ("Mesure",)),
    agency_tables.NOYAU_DETAILS: (NOYAU_DETAIL, ("Mesure", "Catégorie")),
    agency_tables.RETOURS: (consolidation_tables.RETOURS, ("Fiche", "Structure", "Volet")),
}
_IN_POSTS = {"Dépense réalisée": "Coût réalisé", "Aide engagée": "ARS hors maquette"}


def _consolidation(
    nom: str, path: Path, digest: str, worksheets: RowsBySheet, definitions: Mapping[str, Contrat]
) -> ContratCopy:
    """Masked here, as the agency's copy would be."""
    anchors = table_reading.table(path, worksheets, consolidation_tables.ANCHORS)
    identifier = next(
        (str(r["Valeur"]) for r in anchors.lines if (r["Rubrique"], r["Champ"]) == ("Identification", "contrat")), ""
    )
    result = ars_copy.read_back(path, definitions.get(identifier))
    tables = {
        origin: table_reading.table(path, worksheets, origin)
        for origin, _ in _ORIGINS.values()
        if not origin.optional or table_reading.has_table(worksheets, origin)
    }
    lines = agency_data.rows_by_table(result)

    def find_place(table: DescribedTable, rank: int, titles: Sequence[str]) -> tuple[str, str]:
        if table not in _ORIGINS:
            return _in_anchors(anchors, table, lines[table][rank])
        origin, cle = _ORIGINS[table]
        there, wanted = tables[origin], lines[table][rank]
        here = next((r for r, line in enumerate(there.lines) if all(line[c] == wanted[c] for c in cle)), None)
        known = [t for t in (_IN_POSTS.get(t, t) for t in titles) if t in origin.titles] or [cle[0]]
        return there.sheet, "" if here is None else there.cells(here, known)

    return ContratCopy(nom, digest, CONSOLIDATION, lines, find_place)


def _in_anchors(anchors: TableRead, table: DescribedTable, line: Row) -> tuple[str, str]:
    """The state of a fiche has its row there; the rest is the sheet as a whole, or the contract's definition."""
    if table in (agency_tables.THEMES, agency_tables.LINKS):
        return "définition du contrat" if table is agency_tables.THEMES else "définition du noyau", ""
    if table is agency_tables.PLANNED_MONEY:
        return consolidation_tables.PLANNED_MONEY.sheet, ""
    if table is agency_tables.LEFT_TO_PAY:
        return consolidation_tables.HISTORY.sheet, ""  # several of its rows make one
    if table is agency_tables.FICHES:
        titles, wanted = ("Rubrique", "Objet", "Champ"), ("Avancement", line["Fiche"], "etat")
        for rank, anchor in enumerate(anchors.lines):
            if tuple(anchor[t] for t in titles) == wanted:
                return anchors.sheet, anchors.cells(rank, ["Valeur"])
    return anchors.sheet, ""


def definitions(references: Iterable[str | Path]) -> dict[str, Contrat]:
    """Contract id → definition. Refusal if one cannot be read."""
    return {c.id: c for c in map(toml_reader.load, references)}


# --- Which ones count -------------------------------------------------------------------------------------------------


def choose(files: Iterable[ContratCopy | SetAsideFile]) -> tuple[list[ContratCopy], list[SetAsideFile]]:
    """One copy a contract and year: the last consolidated, validated rather than provisional; the others are set aside.

    Two that differ and were made the same day in the same state: neither counts, for nothing says which is right.
    Contracts in alphabetical order, years in order.
    """
    groups: dict[tuple[str, int], list[ContratCopy]] = {}
    ecarts: list[SetAsideFile] = []
    for file in files:
        if isinstance(file, SetAsideFile):
            ecarts.append(file)
        else:
            groups.setdefault(file.cle, []).append(file)
    retained = []
    for cle in sorted(groups):
        kept, set_aside = _latest(groups[cle])
        retained += [kept] if kept else []
        ecarts += set_aside
    return retained, sorted(ecarts, key=lambda e: e.file)


def _latest(copies: list[ContratCopy]) -> tuple[ContratCopy | None, list[SetAsideFile]]:
    def rank(file_copy: ContratCopy) -> tuple[Any, ...]:
        return file_copy.contrat["Consolidé le"], file_copy.contrat["État"] == agency_tables.VALIDE

    highest = max(map(rank, copies))
    latest = [c for c in copies if rank(c) == highest]
    first = latest[0]
    kept = first if all(_figures(c) == _figures(first) for c in latest[1:]) else None
    ecarts = []
    for file_copy in copies:
        if file_copy is kept:
            continue
        contrat, annee = file_copy.cle
        statut = DUPLICATE
        if rank(file_copy) < highest:
            reason = f"Une version plus récente, ou validée, de ce contrat pour {annee} est retenue : « {first.file} »."
        elif kept is None:
            autres = ", ".join(f"« {c.file} »" for c in latest if c is not file_copy)
            reason = (
                f"{autres} dit autre chose du même contrat, de la même année et du même jour : aucune n’est retenue. "
                f"Demandez laquelle fait foi."
            )
        else:
            statut, reason = IDENTICAL, f"Les mêmes chiffres que « {first.file} », qui est retenue."
        ecarts.append(SetAsideFile(file_copy.file, statut, reason, contrat, annee, file_copy.digest))
    return kept, ecarts


def _figures(file_copy: ContratCopy) -> list[Any]:
    """What a copy says, to the digits that a workbook keeps: a consolidation and the copy made of it say the same."""
    return [[[*map(_readable, li.values())] for li in file_copy.lines.get(t, ())] for t in agency_tables.TABLES]


def _readable(valeur: object) -> object:
    return f"{float(valeur):.12g}" if isinstance(valeur, (int, float, Decimal)) else valeur
