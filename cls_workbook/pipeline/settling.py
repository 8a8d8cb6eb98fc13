"""A corrected return takes the place of an earlier one, because the coordinator said so: which, before anything is
typed.

The unit is a fiche, for a structure and a volet. What the earlier return says of other fiches still counts.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePath
from types import MappingProxyType
from typing import NamedTuple

from cls_workbook.errors import Refusal
from cls_workbook.french import fold, listing, same_look
from cls_workbook.reading.parsing.answering import Answer
from cls_workbook.reading.storing.typed_frames import SettledReturn


@dataclass(frozen=True, slots=True)
class ReplacementRequest:
    """« ``nouveau`` replaces ``ancien`` »; ``ancien`` "": whatever other return answers the same. Names as shown.
    ``lenient``: asked for good (in the pilotage workbook); a return that is no longer there is nothing to replace."""

    nouveau: str
    ancien: str = ""
    lenient: bool = False


# --- what was asked -------------------------------------------------------------------------------------------------


def requests(texts: Iterable[str], files: Mapping[str, Path]) -> list[ReplacementRequest]:
    """``NOUVEAU`` or ``ANCIEN=NOUVEAU`` as typed → the returns meant. Refusal if one is not among ``files``."""
    return [_request(text, files) for text in texts]


def _request(text: str, files: Mapping[str, Path]) -> ReplacementRequest:
    if whole := find(text, files):
        return ReplacementRequest(whole)
    for i, character in enumerate(text):
        if character == "=" and (ancien := find(text[:i], files)) and (nouveau := find(text[i + 1 :], files)):
            return ReplacementRequest(nouveau, ancien)
    raise Refusal(
        f"« {text} » ne désigne aucun des retours à lire. Indiquez un fichier (le nouveau), ou ANCIEN=NOUVEAU.",
        [f"Retours : {listing(list(files))}"],
    )


def lasting(pairs: Iterable[tuple[str, str]], files: Mapping[str, Path]) -> Iterator[ReplacementRequest]:
    """(earlier, new) as the pilotage workbook names them; a return may have left the folder since."""
    for ancien, nouveau in pairs:
        yield ReplacementRequest(find(nouveau, files) or nouveau, find(ancien, files) or ancien, lenient=True)


class NotCounted(NamedTuple):
    """The returns that the coordinator sets aside: file → why; ``unknown``: the names that no return bears."""

    reasons: Mapping[str, str] = MappingProxyType({})
    unknown: tuple[str, ...] = ()

    @classmethod
    def among(cls, files: Mapping[str, Path], asked: Iterable[tuple[str, str]]) -> NotCounted:
        """``asked``: (file as the pilotage workbook names it, why)."""
        found = [(find(text, files), text, why) for text, why in asked]
        return cls({name: why for name, _, why in found if name}, tuple(text for name, text, _ in found if not name))

    def check(self, requested: Iterable[ReplacementRequest]) -> list[ReplacementRequest]:
        """Without those whose earlier return is set aside. Refusal where the new one is."""
        requested = list(requested)
        if new := next((r.nouveau for r in requested if r.nouveau in self.reasons), ""):
            raise Refusal(
                f"« {new} » est à la fois écarté et retenu à la place d’un autre : videz l’une des deux lignes de la "
                "feuille « Suivi » du pilotage, puis recommencez."
            )
        return [r for r in requested if r.ancien not in self.reasons]


def find(text: str, files: Mapping[str, Path]) -> str:
    """The return meant by its name, its path, or its last name; "" if none. Refusal if several are."""
    text = text.strip()
    if text in files:
        return text
    exact = [n for n, p in files.items() if p.resolve() == Path(text).resolve()] if text else []
    seen = same_look(text)
    names = (
        exact
        or [n for n in files if same_look(n) == seen]
        or [n for n in files if same_look(PurePath(n).name).casefold() == seen.casefold()]
    )
    if len(names) > 1:
        raise Refusal(f"« {text} » désigne plusieurs retours ({', '.join(names)}) : donnez le nom avec son dossier.")
    return names[0] if names else ""


# --- what it comes to -----------------------------------------------------------------------------------------------


class Settlement:
    """Who takes whose place. Goes to other processes as it is. ``corrections``: what the new returns answer, as they
    were read."""

    def __init__(self, requested: Sequence[ReplacementRequest] = (), corrections: Iterable[Answer] = ()):
        self.requested = tuple(requested)
        self._named = {name for r in requested for name in (r.nouveau, r.ancien)}
        self._corrections: dict[str, list[Answer]] = {}
        for answer in corrections:
            self._corrections.setdefault(answer.file, []).append(answer)

    def __call__(self, answers: Sequence[Answer]) -> Mapping[str, str] | None:
        """What one return answers → fiche → the return that takes its place there; None: no place of its is taken,
        nor is it named."""
        replaced: dict[str, str] = {}
        for asked in self.requested:
            for answer in self._taken_by(asked, answers):
                replaced.setdefault(answer.fiche, asked.nouveau)
        return replaced if replaced or any(a.file in self._named for a in answers) else None

    def _taken_by(self, asked: ReplacementRequest, answers: Iterable[Answer]) -> list[Answer]:
        theirs = self._corrections.get(asked.nouveau, ())
        if asked.ancien:
            fiches = {a.fiche for a in theirs}
            return [a for a in answers if a.file == asked.ancien and a.fiche in fiches]
        same = {(a.fiche, fold(a.structure), a.volet) for a in theirs}
        return [a for a in answers if a.file != asked.nouveau and (a.fiche, fold(a.structure), a.volet) in same]

    def conclude(self, settled: Iterable[SettledReturn]) -> dict[Answer, Answer]:
        """Once all were read: answer set aside → the answer that counts instead. Refusal for a request without object,
        or that contradicts another."""
        answers = [a for s in settled for a in s.answers]
        by_place = {(a.file, a.fiche): a for a in answers}
        replaced: dict[Answer, Answer] = {}
        for asked in self.requested:
            taken = self._taken_by(asked, answers)
            self._check_object(asked, taken, {a.file for a in answers})
            for answer in taken:
                new = replaced.setdefault(answer, by_place[asked.nouveau, answer.fiche])
                if new.file != asked.nouveau:
                    raise Refusal(
                        f"« {answer.file} » serait remplacé deux fois pour la fiche {answer.fiche} : par « "
                        f"{new.file} » et par « {asked.nouveau} »."
                    )
        _check_no_circle(replaced)
        return replaced

    def _check_object(self, asked: ReplacementRequest, taken: Sequence[Answer], known: set[str]) -> None:
        """Refusal if the new return replaces nothing."""
        if asked.nouveau not in known and not (asked.lenient and asked.ancien not in known):
            raise Refusal(
                f"« {asked.nouveau} » ne peut rien remplacer : il ne se lit pas, n’est pas de cette campagne ou ne "
                "répond pour aucune fiche."
            )
        if not taken and not asked.lenient:
            what = f"« {asked.ancien} »" if asked.ancien else "aucun autre retour"
            same = "aucune des mêmes fiches" if asked.ancien else "la même fiche, la même structure et le même volet"
            raise Refusal(f"« {asked.nouveau} » ne remplace rien : {what} ne répond pour {same}.")


def _check_no_circle(replaced: Mapping[Answer, Answer]) -> None:
    for start, new in replaced.items():
        seen, here = set(), start
        while here in replaced:
            if here in seen:
                if start.file == new.file:
                    raise Refusal(f"« {start.file} » ne peut pas se remplacer lui-même : dites lequel est le bon.")
                raise Refusal(
                    f"« {start.file} » et « {new.file} » se remplaceraient l’un l’autre pour la fiche "
                    f"{start.fiche} : dites lequel est le bon."
                )
            seen.add(here)
            here = replaced[here]
