"""Which returns count, and what they said: expected against received, refused values set aside, values stacked.

Frames in, frames out. The column names of the tables are those of the consolidation workbook.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple, TypeVar

import numpy as np
import pandas as pd

from cls_workbook.anomalies import A_CONFIRMER, BLOCKING, Anomalie
from cls_workbook.checks.families.breakdown_checks import ON_DETAILS
from cls_workbook.checks.families.campaign_checks import DuplicateRetour, ReplacedRetour, SetAsideRetour
from cls_workbook.checks.families.common_answer_checks import CommonAnswerDiffers, CommonAnswerTwice
from cls_workbook.checks.families.double_checks import COUNTED, FILES, WHOSE, DoubledActivity, DoubledGrant
from cls_workbook.checks.families.money_checks import PostsDiffer
from cls_workbook.checks.families.subsidy_checks import BEYOND_A_RULE
from cls_workbook.domain.model import Contrat
from cls_workbook.french import NBSP, fold
from cls_workbook.reading.storing.value_store import ValueStore
from cls_workbook.reading.storing.wide_views import columns
from cls_workbook.summaries.aggregation import SEPARATOR
from cls_workbook.summaries.expected import EXPECTED_COLUMNS, ExpectedReturns, answers_together, displayed_name
from cls_workbook.tables.consolidation_tables import DUPLICATE, MISSING, RECEIVED, REJECTED, RETOURS, SET_ASIDE

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
    received = _received(contrat, planned, retours, anomalies, ranks)
    # what was set aside leaves its place to another return
    there = np.array([statut != SET_ASIDE for statut in received["Statut"]], dtype=bool)
    theirs = retours[there], [rank for rank, is_there in zip(ranks, there, strict=True) if is_there]
    autres = [*_missing_retours(contrat, planned, *theirs), *_silent_files(retours, anomalies)]

    titles = RETOURS.titles

    def column(titre: str) -> np.ndarray:
        return np.array([*received[titre], *(line[titles.index(titre)] for _, line in autres)], dtype=object)

    last = len(planned.volets)
    places = np.minimum([*ranks, *(last if rank is None else rank for rank, _ in autres)], last)
    order = _order(contrat, places, *map(column, ("Fiche", "Structure", "Fichier")))
    table = np.empty((len(order), len(titles)), dtype=object, order="F")
    for n, titre in enumerate(titles):
        table[:, n] = column(titre)[order]
    return pd.DataFrame(table, columns=pd.Index(titles, dtype=object), dtype=object, copy=False)


def _ranks(planned: ExpectedReturns, retours: pd.DataFrame) -> list[int]:
    """What each return answers for: a rank among those expected; beyond, one for each answer that was not."""
    unexpected: dict[tuple[str, str, str], int] = {}
    ranks = []
    for fiche, structure, volet in columns(retours, *EXPECTED_COLUMNS[:3]):
        if (rank := planned.find(fiche, structure, volet)) is None:
            rank = len(planned.volets) + len(unexpected)
            rank = unexpected.setdefault((fiche, fold(structure), volet), rank)
        ranks.append(rank)
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
    fields_filled: int | None = None
    expected_returns: int | None = None
    blocking: int | None = None
    a_confirmer: int | None = None
    digest: str | None = None


def _received(
    contrat: Contrat, planned: ExpectedReturns, retours: pd.DataFrame, anomalies: list[Anomalie], ranks: Sequence[int]
) -> dict[str, Iterable[Any]]:
    """The columns of the returns received, in their order; ``ranks``: what each answers for."""
    excluded, its_own = Exclusions(anomalies), _by_file(anomalies)
    reasons = [excluded.retour(*place) for place in columns(retours, "fichier", "fiche")]
    keys = [_same_answer(planned, *place) for place in zip(ranks, retours["volet"], strict=True)]
    answers = Counter(cle for cle, refusal in zip(keys, reasons, strict=True) if not refusal)
    statuts_ = [
        _refused_as(refusal) if refusal else DUPLICATE if answers[cle] > 1 else RECEIVED
        for cle, refusal in zip(keys, reasons, strict=True)
    ]
    # of those who answer together, the first did
    for rank, place in reversed([*enumerate(columns(retours, "fiche", "volet"))]):
        if statuts_[rank] == DUPLICATE and not reasons[rank] and answers_together(contrat, *place):
            same = [r for r, other in enumerate(ranks[:rank]) if other == ranks[rank] and not reasons[r]]
            statuts_[rank] = DUPLICATE if same else RECEIVED

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


def _same_answer(planned: ExpectedReturns, rank: int, volet: str) -> tuple[int, str]:
    """What two doubles have in common: what they answer for, and which of its volets where they say one only."""
    expected = planned.volets[rank] if rank < len(planned.volets) else volet
    return rank, "" if volet == expected else volet


def _by_file(anomalies: Iterable[Anomalie]) -> dict[str, list[Anomalie]]:
    by_file: dict[str, list[Anomalie]] = {}
    for a in anomalies:
        by_file.setdefault(a.file, []).append(a)
    return by_file


def _refused_as(anomalies: Iterable[Anomalie]) -> str:
    anomalies, codes = list(anomalies), (DuplicateRetour.code, ReplacedRetour.code)
    if any(a.code == SetAsideRetour.code for a in anomalies):
        return SET_ASIDE
    return DUPLICATE if any(a.code in codes for a in anomalies) else REJECTED


def _missing_retours(
    contrat: Contrat, planned: ExpectedReturns, retours: pd.DataFrame, ranks: Sequence[int]
) -> Iterator[tuple[int | None, _RetourLine]]:
    lines: dict[object, tuple[int | None, str, str, list[str]]] = {}  # those who answer together have one
    answered: dict[int, list[str]] = {}
    for place, nom in zip(ranks, retours["volet"], strict=True):
        answered.setdefault(place, []).append(nom)
    for fiche, structure, volet, groupe in columns(planned.planned, *EXPECTED_COLUMNS):
        rank = planned.find(fiche, structure, volet)
        is_there = rank is not None and rank in answered
        if rank is not None and is_there and volet:
            volet = planned.left_out(fiche, rank, answered[rank])
            is_there = not volet
        if groupe:
            is_there = _is_group_represented(contrat, fiche, structure, volet, retours)
        if not is_there:
            cle = (fiche, structure, volet) if groupe else rank
            lines.setdefault(cle, (rank, fiche, volet, []))[-1].append(displayed_name(contrat, structure))
    for rank, fiche, volet, names in lines.values():
        yield rank, _RetourLine(fiche, " ou ".join(names), volet or None)


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
            gravities = Counter(a.gravite for a in its_own)
            line = _RetourLine(statut=_refused_as(refusal), file=file)
            yield None, line._replace(blocking=gravities[BLOCKING], a_confirmer=gravities[A_CONFIRMER])


# --- What is kept ---------------------------------------------------------------------------------------------------


class Exclusions:
    """What the anomalies refuse: whole files, whole fiches of a file, single cells."""

    def __init__(self, anomalies: Iterable[Anomalie]):
        self.files: dict[str, list[Anomalie]] = {}
        self.fiches: dict[tuple[str, str], list[Anomalie]] = {}
        self.cells: set[tuple[str, str, str]] = set()
        self.aside: set[tuple[str, str, str]] = set()  # another return counts in their place
        for a in anomalies:
            if a.refuses_file:
                self.files.setdefault(a.file, []).append(a)
            elif a.refuses_sheet:
                self.fiches.setdefault((a.file, a.fiche), []).append(a)
            elif a.gravite == BLOCKING:
                self.cells.update((a.file, a.sheet, cell) for cell in a.cells)
            elif a.sets_aside:
                self.aside.update((a.file, a.sheet, cell) for cell in a.cells)
        self.concerned = {*self.files, *(f for f, _ in self.fiches), *(f for f, _, _ in self.cells | self.aside)}

    def retour(self, file: str, fiche: str) -> Sequence[Anomalie]:
        """The anomalies that refuse the whole answer of this file on this fiche."""
        if file not in self.concerned:
            return ()
        return self.files.get(file, []) + self.fiches.get((file, fiche), [])

    def valeur(self, file: str, fiche: str, sheet: str, cell: str) -> bool:
        """Is it refused, with its return, its fiche or by itself? Asked of every value of a campaign."""
        place = file, sheet, cell
        return file in self.files or (file, fiche) in self.fiches or place in self.cells or place in self.aside


V = TypeVar("V", pd.DataFrame, ValueStore)


def retain(values: V, anomalies: Iterable[Anomalie]) -> V:
    """The values left once what the anomalies refuse is set aside: cells, whole fiches, whole files."""
    excluded = Exclusions(anomalies)
    kept = ValueStore.of(values).without(excluded.concerned, excluded.valeur)
    return kept if isinstance(values, ValueStore) else kept.read()


# --- What is kept, and to be confirmed ------------------------------------------------------------------------------

MONEY = f"Financement{NBSP}: "  # what the reserves of the totals of money begin with
DOUBLED = "une même activité est peut-être comptée deux fois"
DIFFERING = f"deux structures qui répondent ensemble diffèrent{NBSP}: la réponse du premier retour compte"
COMMON = (
    "deux retours de structures qui répondent ensemble : chaque chiffre est compté une fois, celui du premier retour ; "
    "les financements et les coûts qui diffèrent le sont tous, à confirmer"
)
WITHOUT_POSTS = "coût total compté, détail par poste écarté, qui contredit ce total"
_TOLD = 20


def money_reserves(anomalies: Iterable[Anomalie]) -> list[str]:
    """French sentences: the amounts that the totals of money hold although a rule does not allow them, although two
    returns declare them, or although their detail contradicts them. No file is named."""
    anomalies, beyond = list(anomalies), {check.code for check in BEYOND_A_RULE}
    said = dict[str, None]()
    for fiche, n in sorted(Counter(a.fiche for a in anomalies if a.code == PostsDiffer.code).items()):
        said[f"fiche {fiche}, {WITHOUT_POSTS} ({n} retour{'s' * (n > 1)})."] = None
    for a in anomalies:
        if a.code in beyond:
            said[f"fiche {a.fiche}, compté au-delà d’une règle{NBSP}: {a.found} (attendu{NBSP}: {a.expected})."] = None
        elif a.code == DoubledGrant.code:
            said[f"fiche {a.fiche}, peut-être compté deux fois{NBSP}: {a.found.rpartition(FILES)[0]}."] = None
        elif a.code == CommonAnswerTwice.code:
            said[f"fiche {a.fiche}, {COMMON}."] = None
        elif a.code == DoubledActivity.code:  # its counts may be of few people: they are not said
            whose = a.found.rpartition(FILES)[0].rpartition(WHOSE)[2]
            said[f"fiche {a.fiche}, coût et activité peut-être comptés deux fois, {whose} les déclare aussi."] = None
    others = [f"{len(said) - _TOLD} autres montants sont comptés, et à confirmer."] * (len(said) > _TOLD)
    return [f"{MONEY}{sentence}" for sentence in [*said][:_TOLD] + others]


def details_set_aside(values: ValueStore, anomalies: Iterable[Anomalie]) -> dict[str, set[str]]:
    """Measure → the returns whose breakdown, or list of names, contradicts their figure and is refused for it.
    ``values``: all that was typed."""
    codes = {check.code for check in ON_DETAILS}
    refused = [a for a in anomalies if a.code in codes and a.gravite == BLOCKING]
    set_aside: dict[str, set[str]] = {}
    for mesure, file in _concerned(values, refused):
        set_aside.setdefault(mesure, set()).add(file)
    return set_aside


def _concerned(values: ValueStore, anomalies: Sequence[Anomalie]) -> Iterator[tuple[str, str]]:
    """(measure, file) of each typed value that these anomalies are about."""
    cells = {(a.file, a.sheet, cell) for a in anomalies for cell in a.cells}
    of_files = values.of_files({a.file for a in anomalies})
    for mesure, *place in columns(of_files, "mesure", "fichier", "feuille", "cellule"):
        if tuple(place) in cells:
            yield mesure, place[0]


def reserved(indicateurs: pd.DataFrame, values: ValueStore, anomalies: Sequence[Anomalie]) -> pd.DataFrame:
    """The table ``Indicateurs``, whose reserves say where two structures declared the same activity, and where two that
    answer together do not say the same. ``values``: all that was typed."""
    doubled = {a.fiche for a in anomalies if a.code == DoubledActivity.code}
    differ = [a for a in anomalies if a.code == CommonAnswerDiffers.code and a.sets_aside]
    if not doubled and not differ:
        return indicateurs
    is_known, told = indicateurs["Valeur"].notna(), indicateurs["Réserve"]
    differing = {mesure for mesure, _ in _concerned(values, differ)}
    for sentence, concerned in (
        (DOUBLED, indicateurs["Fiche"].isin(doubled) & indicateurs["Agrégation"].isin(COUNTED) & is_known),
        (DIFFERING, indicateurs["Mesure"].isin(differing)),
    ):
        pairs = zip(told, concerned, strict=True)
        said = [SEPARATOR.join(filter(None, (reserve, sentence))) if is_told else reserve for reserve, is_told in pairs]
        told = pd.Series(said, indicateurs.index, dtype=object)
    return indicateurs.assign(**{"Réserve": told})
