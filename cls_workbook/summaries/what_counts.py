"""Which returns count, and what they said: expected against received, refused values set aside, values stacked.

Frames in, frames out. The column names of the tables are those of the consolidation workbook.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache, partial
from typing import Any, NamedTuple, TypeVar

import numpy as np
import pandas as pd

from cls_workbook.anomalies import A_CONFIRMER, BLOCKING, Anomalie
from cls_workbook.checks.families.campaign_checks import DuplicateRetour, ReplacedRetour
from cls_workbook.domain.contrat_years import covers
from cls_workbook.domain.model import Contrat, Fiche
from cls_workbook.errors import Refusal
from cls_workbook.french import NBSP, fold
from cls_workbook.reading.storing.value_store import Chapter, ValueStore
from cls_workbook.reading.storing.wide_views import ADDRESS_SUFFIX, columns, rows, wide
from cls_workbook.tables.consolidation_tables import (
    ANSWERS,
    DUPLICATE,
    FINANCEMENTS,
    MESURES,
    MISSING,
    RECEIVED,
    REJECTED,
    RETOURS,
)
from cls_workbook.tables.described_columns import DescribedTable
from cls_workbook.tables.table_frames import table_frame

# Group id → the structures that the coordinator named for it; (group id, fiche) → those of one fiche, looked up first.
Members = Mapping[str | tuple[str, str], Sequence[str]]

EXPECTED_COLUMNS = ("fiche", "structure", "volet", "groupe")

ACTUAL = "réel"
_FINANCEMENT_FIELDS = ("financeur", "nature", "prevu", "engage", "verse", "reference", "date")

# The champs of a measure that carry a figure or an answer; the others only qualify it.
VALUE_FIELDS = frozenset(
    (
        "valeur",
        "dont_qpv",
        "numerateur",
        "denominateur",
        "questionnaires",
        "repondants",
        "satisfaits",
        "moyenne",
        "effectif",
        "jalon",
        "texte",
        "nom",
        "modalite",
    )
)

# --- Structures -----------------------------------------------------------------------------------------------------


def displayed_name(contrat: Contrat, structure: str) -> str:
    """The printed name of a structure id; a name that is not an id, as it was typed."""
    known_one = contrat.by_structure.get(structure)
    return known_one.nom if known_one else structure


def structure_key(contrat: Contrat) -> Callable[[str], str]:
    """A function: a structure however it is written (id, name, full name, alias) → its id; else its folded name."""
    return lambda structure: contrat.identify(structure) or fold(structure)


# --- What is expected -----------------------------------------------------------------------------------------------


def expected_returns(contrat: Contrat, annee: int, membres: Members | None = None) -> pd.DataFrame:
    """One row per expected return: fiche, structure (id or name), volet ("" if none), groupe (bool).

    A group for which ``membres`` names nobody stays one line with groupe=True: how many returns it stands for is
    unknown. Refus if the contract does not cover ``annee``.
    """
    if not covers(contrat, annee):
        raise Refusal(f"L’année {annee} n’est pas une année du contrat «{NBSP}{contrat.titre}{NBSP}».")
    identify = structure_key(contrat)
    lines, already_seen = [], set()
    for fiche in contrat.fiches:
        for porteur, volet in fiche.repondants():
            for structure, groupe in _designated(contrat, fiche.numero, porteur, membres or {}):
                cle = (fiche.numero, identify(structure), volet or "")
                if cle not in already_seen:
                    already_seen.add(cle)
                    lines.append((fiche.numero, structure, volet or "", groupe))
    return pd.DataFrame(lines, columns=EXPECTED_COLUMNS, dtype=object).astype({"groupe": bool})


def _designated(contrat: Contrat, fiche: str, porteur: str, membres: Members) -> list[tuple[str, bool]]:
    known_one = contrat.by_structure.get(porteur)
    if known_one is None or not known_one.groupe:
        return [(porteur, False)]
    named_ones = [nom for nom in membres.get((porteur, fiche), membres.get(porteur, ())) if nom.strip()]
    if not named_ones:
        return [(porteur, True)]
    identify = structure_key(contrat)
    return [(cle if (cle := identify(nom)) in contrat.by_structure else nom.strip(), False) for nom in named_ones]


def a_preciser(contrat: Contrat, membres: Members | None = None) -> list[str]:
    """French sentences: the volets without porteur and the groups without members, by fiche."""
    notes = []
    for fiche in contrat.fiches:
        notes += [
            f"Fiche {fiche.numero}, volet «{NBSP}{v.nom}{NBSP}»{NBSP}: porteur à préciser."
            for v in fiche.volets
            if not v.porteurs
        ]
        if not fiche.volets and not fiche.porteurs:
            notes.append(f"Fiche {fiche.numero}{NBSP}: porteur à préciser.")
        for groupe in _groups_without_members(contrat, fiche, membres or {}):
            notes.append(
                f"Fiche {fiche.numero}{NBSP}: les structures du groupe «{NBSP}{groupe}{NBSP}» ne sont pas nommées, "
                "le nombre de retours attendus est inconnu."
            )
    return notes


def _groups_without_members(contrat: Contrat, fiche: Fiche, membres: Members) -> list[str]:
    porteurs = dict.fromkeys(p for p, _ in fiche.repondants())
    return [
        displayed_name(contrat, p)
        for p in porteurs
        if any(groupe for _, groupe in _designated(contrat, fiche.numero, p, membres))
    ]


class ExpectedReturns:
    """The returns expected one by one, by rank: the lines of ``expected_returns`` but for those of groups, in whose
    name nobody answers."""

    def __init__(self, contrat: Contrat, planned: pd.DataFrame):
        self.planned = planned
        self.groups = frozenset(planned.loc[planned["groupe"], "fiche"])  # the fiches that have such a line
        names = planned[~planned["groupe"]]
        self.volets: list[str] = names["volet"].tolist()
        self._identify = structure_key(contrat)
        self._ranks: dict[str, dict[str, int]] = {}  # fiche → structure → its rank
        self._next_ranks: dict[int, int] = {}  # rank → that of the same structure on another volet
        for rank, (fiche, structure) in enumerate(zip(names["fiche"], names["structure"], strict=True)):
            its_own, cle = self._ranks.setdefault(fiche, {}), self._identify(structure)
            if its_own.setdefault(cle, rank) != rank:
                self._next_ranks[self._of_structure(fiche, cle)[-1]] = rank

    @classmethod
    def of(cls, contrat: Contrat, planned: pd.DataFrame | ExpectedReturns) -> ExpectedReturns:
        """Those of the frame of ``expected_returns``, or themselves."""
        return planned if isinstance(planned, ExpectedReturns) else cls(contrat, planned)

    def _of_structure(self, fiche: str, cle: str) -> list[int]:
        ranks = [rank] if (rank := self._ranks.get(fiche, {}).get(cle)) is not None else []
        while ranks and (following := self._next_ranks.get(ranks[-1])) is not None:
            ranks.append(following)
        return ranks

    def of_fiche(self, fiche: str) -> Iterator[int]:
        """Their ranks."""
        return (rank for cle in self._ranks.get(fiche, {}) for rank in self._of_structure(fiche, cle))

    def find(self, fiche: str, structure: str, volet: str) -> int | None:
        """The expected return that this one answers for; None: it is not expected.

        A blank volet is understood when the structure is expected on one volet of the fiche only.
        """
        possible = self._of_structure(fiche, self._identify(structure))
        exact = next((rank for rank in possible if self.volets[rank] == volet), None)
        return possible[0] if exact is None and len(possible) == 1 and not volet else exact


# --- What came back -------------------------------------------------------------------------------------------------


def statuts(
    contrat: Contrat, planned: pd.DataFrame | ExpectedReturns, retours: pd.DataFrame, anomalies: Iterable[Anomalie]
) -> pd.DataFrame:
    """The table ``Retours``: every expected return and every received one, in the contract's order of fiches.

    A group without members is « manquant » until one of its candidates answers; then these answers stand for it.
    A refused file that says of no fiche stays a line of its own, with no fiche.
    """
    anomalies, planned = list(anomalies), ExpectedReturns.of(contrat, planned)
    ranks = _ranks(planned, retours)
    received = _received(contrat, retours, anomalies, ranks)
    autres = [
        *_missing_retours(contrat, planned, retours, np.bincount(ranks, minlength=len(planned.volets)) > 0),
        *_silent_files(retours, anomalies),
    ]

    titles = RETOURS.titles

    def column(titre: str) -> np.ndarray:
        return np.array([*received[titre], *(line[titles.index(titre)] for _, line in autres)], dtype=object)

    last = len(planned.volets)
    places = np.minimum([*ranks, *(last if rank is None else rank for rank, _ in autres)], last)
    order = _order(contrat, places, *map(column, ("Fiche", "Structure", "Fichier")))
    table = np.empty((len(order), len(titles)), dtype=object, order="F")
    for n, titre in enumerate(titles):
        table[:, n] = column(titre)[order]
    return pd.DataFrame(table, columns=list(titles), dtype=object, copy=False)


def _ranks(planned: ExpectedReturns, retours: pd.DataFrame) -> list[int]:
    """What each return answers for: a rank among those expected; beyond, one for each answer that was not."""
    unexpected: dict[tuple[str, str, str], int] = {}
    ranks = []
    for fiche, structure, volet in columns(retours, *EXPECTED_COLUMNS[:3]):
        rank = planned.find(fiche, structure, volet)
        ranks.append(
            unexpected.setdefault((fiche, fold(structure), volet), len(planned.volets) + len(unexpected))
            if rank is None
            else rank
        )
    return ranks


def _order(
    contrat: Contrat, ranks: np.ndarray, fiches: np.ndarray, structures: np.ndarray, files: np.ndarray
) -> np.ndarray:
    """The rows by fiche, then by rank of the expected return, then by name."""

    def alphabetical(names: np.ndarray) -> np.ndarray:
        return np.unique(np.array([nom or "" for nom in names], dtype=object), return_inverse=True)[1]

    of_contrat = {f.numero: rank for rank, f in enumerate(contrat.fiches)}
    places = [of_contrat.get(fiche, len(of_contrat)) for fiche in fiches]
    # the last is looked at first
    return np.lexsort((alphabetical(files), alphabetical(structures), ranks, alphabetical(fiches), np.array(places)))


class _RetourLine(NamedTuple):
    """A line of the table ``Retours`` for which no return was kept, in the order of its columns."""

    fiche: str | None = None
    structure: str | None = None
    volet: str | None = None
    statut: str = MISSING
    file: str | None = None
    digest: str | None = None
    fields_filled: int | None = None
    expected_returns: int | None = None
    blocking: int | None = None
    a_confirmer: int | None = None


def _received(
    contrat: Contrat, retours: pd.DataFrame, anomalies: list[Anomalie], ranks: Sequence[int]
) -> dict[str, Iterable[Any]]:
    """The columns of the returns received, in their order; ``ranks``: what each answers for."""
    excluded, its_own = Exclusions(anomalies), _by_file(anomalies)
    reasons = [excluded.retour(*place) for place in columns(retours, "fichier", "fiche")]
    free_cells = np.bincount(
        [rank for rank, refusal in zip(ranks, reasons, strict=True) if not refusal], minlength=max(ranks, default=0) + 1
    )
    statuts_ = [
        (DUPLICATE if any(map(_reports_a_duplicate, refusal)) else REJECTED)
        if refusal
        else DUPLICATE
        if free_cells[rank] > 1
        else RECEIVED
        for rank, refusal in zip(ranks, reasons, strict=True)
    ]

    def numbers(gravite: str) -> list[int]:
        return [
            sum(a.gravite == gravite and a.fiche in ("", fiche) for a in its_own.get(file, ()))
            for file, fiche in columns(retours, "fichier", "fiche")
        ]

    return {
        "Fiche": retours["fiche"],
        "Structure": [displayed_name(contrat, structure) for structure in retours["structure"]],
        "Volet": [volet or None for volet in retours["volet"]],
        "Statut": statuts_,
        "Fichier": retours["fichier"],
        "Empreinte SHA-256": retours["sha256"],
        "Champs renseignés": retours["champs_renseignes"],
        "Champs attendus": retours["champs_attendus"],
        "Bloquants": numbers(BLOCKING),
        "À confirmer": numbers(A_CONFIRMER),
    }


def _by_file(anomalies: Iterable[Anomalie]) -> dict[str, list[Anomalie]]:
    by_file: dict[str, list[Anomalie]] = {}
    for a in anomalies:
        by_file.setdefault(a.file, []).append(a)
    return by_file


def _reports_a_duplicate(anomalie: Anomalie) -> bool:
    return anomalie.code in (DuplicateRetour.code, ReplacedRetour.code)


def _missing_retours(
    contrat: Contrat, planned: ExpectedReturns, retours: pd.DataFrame, presents: np.ndarray
) -> Iterator[tuple[int | None, _RetourLine]]:
    for fiche, structure, volet, groupe in columns(planned.planned, *EXPECTED_COLUMNS):
        rank = planned.find(fiche, structure, volet)
        absent = (
            not _is_group_represented(contrat, fiche, structure, volet, retours)
            if groupe
            else rank is None or not presents[rank]
        )
        if absent:
            yield rank, _RetourLine(fiche, displayed_name(contrat, structure), volet or None)


def _is_group_represented(contrat: Contrat, fiche: str, groupe: str, volet: str, retours: pd.DataFrame) -> bool:
    """Has a member that the contract proposes for this group answered (whatever its answer is worth)?"""
    names = {fold(nom) for nom in contrat.candidats(contrat.by_structure[groupe])}
    of_volet = retours.loc[(retours["fiche"] == fiche) & (retours["volet"] == volet), "structure"]
    return any(fold(displayed_name(contrat, structure)) in names for structure in of_volet)


def _silent_files(retours: pd.DataFrame, anomalies: list[Anomalie]) -> Iterator[tuple[None, _RetourLine]]:
    """Refused files of which no fiche could be read: they are named too."""
    known = set(retours["fichier"])
    for file, its_own in _by_file(anomalies).items():
        refusal = [a for a in its_own if a.refuses_file]
        if file and file not in known and refusal:
            gravities = [a.gravite for a in its_own]
            statut = DUPLICATE if any(map(_reports_a_duplicate, refusal)) else REJECTED
            yield (
                None,
                _RetourLine(
                    statut=statut,
                    file=file,
                    blocking=gravities.count(BLOCKING),
                    a_confirmer=gravities.count(A_CONFIRMER),
                ),
            )


# --- What is kept ---------------------------------------------------------------------------------------------------


class Exclusions:
    """What the anomalies refuse: whole files, whole fiches of a file, single cells."""

    def __init__(self, anomalies: Iterable[Anomalie]):
        self.files: dict[str, list[Anomalie]] = {}
        self.fiches: dict[tuple[str, str], list[Anomalie]] = {}
        self.cells: set[tuple[str, str, str]] = set()
        for a in anomalies:
            if a.refuses_file:
                self.files.setdefault(a.file, []).append(a)
            elif a.refuses_sheet:
                self.fiches.setdefault((a.file, a.fiche), []).append(a)
            elif a.gravite == BLOCKING:
                self.cells.update((a.file, a.sheet, cell) for cell in a.cells)
        self.concerned = {*self.files, *(f for f, _ in self.fiches), *(f for f, _, _ in self.cells)}

    def retour(self, file: str, fiche: str) -> Sequence[Anomalie]:
        """The anomalies that refuse the whole answer of this file on this fiche."""
        if file not in self.concerned:
            return ()
        return self.files.get(file, []) + self.fiches.get((file, fiche), [])

    def valeur(self, file: str, fiche: str, sheet: str, cell: str) -> bool:
        return bool(self.retour(file, fiche)) or (file, sheet, cell) in self.cells


V = TypeVar("V", pd.DataFrame, ValueStore)


def retain(values: V, anomalies: Iterable[Anomalie]) -> V:
    """The values left once what the anomalies refuse is set aside: cells, whole fiches, whole files."""
    excluded = Exclusions(anomalies)
    kept_ones = ValueStore.of(values).without(excluded.concerned, excluded.valeur)
    return kept_ones if isinstance(values, ValueStore) else kept_ones.read()


# --- The three tables of values -------------------------------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class ValueTable:
    """A table of which returns give the rows: made whenever it is asked for, whole (``frame``) or batch after batch
    (``parts``)."""

    store: ValueStore
    described: DescribedTable
    wanted: Callable[[Chapter], object]
    perform: Callable[[pd.DataFrame], pd.DataFrame]

    def frame(self) -> pd.DataFrame:
        return self.perform(self.store.read(self.wanted))

    def parts(self) -> Iterator[pd.DataFrame]:
        return map(self.perform, self.store.per_batch(self.wanted))


def as_frame(table: pd.DataFrame | ValueTable) -> pd.DataFrame:
    """The frame of a table, made if something makes it."""
    return table.frame() if isinstance(table, ValueTable) else table


def mesures_table(contrat: Contrat, values: pd.DataFrame | ValueStore) -> ValueTable:
    """The table ``Mesures``: one row per value typed for a measure (its figure, its statut, its comment…).

    Statut is what the return typed for that measure; « réel » where a figure came without statut.
    """
    return ValueTable(ValueStore.of(values), MESURES, lambda c: c.mesure, partial(_mesures, contrat))


def _mesures(contrat: Contrat, its_own: pd.DataFrame) -> pd.DataFrame:
    own: dict[str, Iterable[Any]] = {
        "Indicateur": _translated(its_own["mesure"], lambda mesure: contrat.by_mesure[mesure][1].id),
        "Mesure": its_own["mesure"],
        "Champ": its_own["champ"],
        "Modalité": _translated(its_own["modalite"]),
        "Valeur": its_own["valeur"],
        "Statut": _statuts_of_mesures(its_own),
    }
    return _columns_to_table(MESURES, _origin(contrat, its_own) | own)


def _statuts_of_mesures(values: pd.DataFrame) -> np.ndarray:
    """Of each value: the statut that its return gives to its measure."""
    numbers = rows(values, ("fichier", "feuille", "mesure"))
    said = np.full(len(values), None, dtype=object)  # by number of (return, measure)
    said[numbers[values["champ"].isin(VALUE_FIELDS).to_numpy()]] = ACTUAL
    typed_values = np.flatnonzero(values["champ"] == "statut")
    said[numbers[typed_values]] = values["valeur"].to_numpy()[typed_values]
    of_each: np.ndarray = said[numbers]
    return of_each


def financements_table(contrat: Contrat, values: pd.DataFrame | ValueStore) -> ValueTable:
    """The table ``Financements``: one row per funding line; amounts in euros. Cellule is the range that was typed."""
    return ValueTable(
        ValueStore.of(values), FINANCEMENTS, lambda c: c.bloc == "financement", partial(_financements, contrat)
    )


def _financements(contrat: Contrat, its_own: pd.DataFrame) -> pd.DataFrame:
    return table_frame(FINANCEMENTS, _financement_lines(contrat, wide(its_own, "financement")))


def _financement_lines(contrat: Contrat, view: pd.DataFrame) -> Iterator[tuple[Any, ...]]:
    origins = columns(view, "annee", "fiche", "structure", "fichier", "feuille")
    contents, addresses = (
        columns(view, *_FINANCEMENT_FIELDS),
        columns(view, *(champ + ADDRESS_SUFFIX for champ in _FINANCEMENT_FIELDS)),
    )
    for (annee, fiche, structure, file, sheet), content, cells in zip(origins, contents, addresses, strict=True):
        yield (
            annee,
            fiche,
            displayed_name(contrat, structure),
            *content,
            file,
            sheet,
            extent([c for c in cells if c is not None]),
        )


def names_cited(contrat: Contrat, values: pd.DataFrame | ValueStore) -> pd.DataFrame:
    """Of the table ``Mesures``, the names that count entities, each once: Mesure, Champ, Valeur."""
    nominative_ids = {id_ for id_, (_, _, mesure) in contrat.by_mesure.items() if mesure.nominative}
    quoted = ValueStore.of(values).lines(
        lambda c: c.mesure in nominative_ids, "mesure", "champ", "valeur", input_fields=("nom",)
    )
    return pd.DataFrame(list(dict.fromkeys(quoted)), columns=["Mesure", "Champ", "Valeur"], dtype=object)


def answers_table(contrat: Contrat, values: pd.DataFrame | ValueStore) -> ValueTable:
    """The table ``Reponses``: every value that is neither of a measure nor of a funding line."""
    return ValueTable(
        ValueStore.of(values), ANSWERS, lambda c: not c.mesure and c.bloc != "financement", partial(_answers, contrat)
    )


def _answers(contrat: Contrat, autres: pd.DataFrame) -> pd.DataFrame:
    own: dict[str, Iterable[Any]] = {
        "Bloc": autres["bloc"],
        "Champ": autres["champ"],
        "Ligne": _translated(autres["ligne"]),
        "Valeur": autres["valeur"],
    }
    return _columns_to_table(ANSWERS, _origin(contrat, autres) | own)


def _origin(contrat: Contrat, values: pd.DataFrame) -> dict[str, Iterable[Any]]:
    """The columns that tell where each value comes from."""
    return {
        "Année": values["annee"],
        "Fiche": _translated(values["fiche"]),
        "Structure": _translated(values["structure"], lambda structure: displayed_name(contrat, structure)),
        "Volet": _translated(values["volet"]),
        "Fichier": values["fichier"],
        "Feuille": values["feuille"],
        "Cellule": values["cellule"],
    }


def _translated(words: pd.Series, translate: Callable[[str], str] = str) -> np.ndarray:
    """A column with each of its words translated, once; None for an empty one."""
    ranks, known = pd.factorize(words)
    return np.array([translate(word) or None for word in known] or [None], dtype=object)[ranks]


def extent(cells: Sequence[str]) -> str:
    """The smallest range that holds these cells: ``C45:I45``; ``C45`` for one cell."""
    places = [_letters_and_rank(cell) for cell in cells]
    columns = sorted({c for c, _ in places}, key=lambda c: (len(c), c))
    rows = sorted(rank for _, rank in places)
    start, end = f"{columns[0]}{rows[0]}", f"{columns[-1]}{rows[-1]}"
    return start if start == end else f"{start}:{end}"


@lru_cache(maxsize=5_000)
def _letters_and_rank(cell: str) -> tuple[str, int]:
    letters = cell.rstrip("0123456789")
    return letters, int(cell[len(letters) :])


def _columns_to_table(table: DescribedTable, by_title: Mapping[str, Iterable[Any]]) -> pd.DataFrame:
    """Object columns only: an int stays an int and a missing value stays None."""
    return pd.DataFrame({titre: np.asarray(by_title[titre], dtype=object) for titre in table.titles}, dtype=object)
