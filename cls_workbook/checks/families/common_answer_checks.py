"""Those who answer together and sent two returns: the first counts; what another says as well is set aside, what it
alone says is kept, and money that differs counts in both."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from cls_workbook.anomalies import A_CONFIRMER, BLOCKING, Anomalie
from cls_workbook.checks.families.campaign_checks import ExpectedCheck, answering_together, of_volet
from cls_workbook.checks.given.typed_answers import ANSWER_FIELDS, MESURE_BLOCKS, Row, place_of
from cls_workbook.domain.asked.money_questions import EXPENDITURE_POSTS
from cls_workbook.french import amount_fr, date_fr, fold, number_fr, of
from cls_workbook.reading.storing.value_store import ValueStore
from cls_workbook.reading.storing.wide_views import as_dicts

COST = ("total", *EXPENDITURE_POSTS)
AMOUNTS = (*COST, "ressources_propres", "prevu", "engage", "verse", "depense_eligible")
ADDED_UP_ONCE = ("TEXTE", "UNION")  # what two returns say of these is never counted twice
Key = tuple[str, ...]  # block, measure, and of an input alone: its row, its champ


class CountedPart(NamedTuple):
    """What one return says in one place: its rows of typed values."""

    retour: Row
    rows: list[Row]

    @property
    def cells(self) -> list[str]:
        return [r["cellule"] for r in self.rows]

    @property
    def said(self) -> dict[tuple[str, str], Any]:
        return {(r["ligne"], r["champ"]): r["valeur"] for r in self.rows}


@dataclass
class _Answered:
    """What the first returns of a team said. ``lines``: each funding line, by what tells it from another."""

    parts: dict[Key, CountedPart] = field(default_factory=dict)
    lines: Counter[tuple[Any, ...]] = field(default_factory=Counter)
    by_financeur: dict[tuple[Any, ...], CountedPart] = field(default_factory=dict)


class CommonAnswerDiffers(ExpectedCheck):
    """A figure is set aside; an amount counts in both, for each may have its own."""

    code, gravity = "REPONSE_COMMUNE_DIFFERENTE", A_CONFIRMER
    sought = "Deux structures qui répondent ensemble ne disent pas la même chose."
    expected = "la même réponse dans les deux retours"
    remedy = "mettez les deux retours d’accord, ou retirez celui qui est de trop."

    def differs(self, part: CountedPart, first: CountedPart, counts: bool) -> Anomalie:
        r, whose = part.rows[0], self.words.structure_name(first.retour["structure"])
        printed = self.words.libelle(r["bloc"], r["champ"], r["mesure"], r["fiche"])
        found = f"{_said(part)} ; {whose} ({first.retour['fichier']}) : {_said(first)} ; "
        found += "les deux sont comptés" if counts else f"la réponse {of(whose)} est comptée, celle-ci non"
        return self.anomalie(place_of(part.retour), part.cells, printed, found, sets_aside=not counts)


class CommonAnswerTwice(ExpectedCheck):
    code, gravity = "REPONSE_COMMUNE_EN_DOUBLE", A_CONFIRMER
    sought = "Deux structures qui répondent ensemble ont chacune envoyé un retour."
    expected = "un seul retour pour toutes"
    remedy = "rien n’est compté deux fois ; si l’un des deux suffit, retirez l’autre."

    def second_answers(self, found: Collection[Anomalie]) -> Iterator[Anomalie]:
        """``found``: what is refused already; nothing is set aside for the sake of it."""
        for (fiche, volet), retours in self._teams(found).items():
            answered, firsts = _Answered(), retours[:1]
            typed = self._typed({r["fichier"] for r in retours}, fiche, found)
            for rank, r in enumerate(retours):
                same, differing = self._settle(answered, r, typed.get(r["fichier"], []))
                if rank:
                    yield self._twice(r, firsts[0], volet, same)
                    yield from differing

    def _twice(self, r: Row, first: Row, volet: str, same: list[str]) -> Anomalie:
        whose = f"{self.words.structure_name(first['structure'])} ({first['fichier']})"
        found = (
            f"un autre retour, {of(whose)}, pour la fiche {r['fiche']}{of_volet(volet)} : c’est lui qui compte, "
            f"et de celui-ci ce qu’il est seul à dire"
        )
        return self.anomalie(place_of(r), same, "Retour", found, sets_aside=True)

    def _teams(self, found: Collection[Anomalie]) -> dict[tuple[str, str], list[Row]]:
        """(fiche, volet) → the returns of those who answer together, where there are several."""
        refused = {(a.file, "" if a.refuses_file else a.fiche) for a in found if a.refuses_file or a.refuses_sheet}
        together = answering_together(self.given, self.expected_returns())
        teams: dict[tuple[str, str], list[Row]] = {}
        for r in self.answers.fiches_returned if together else ():
            key = r["fiche"], r["volet"] or self._only_volet(r["fiche"], r["structure"], together)
            if r["structure"] in together.get(key, ()) and not refused & {
                (r["fichier"], ""),
                (r["fichier"], r["fiche"]),
            }:
                teams.setdefault(key, []).append(r)
        return {key: theirs for key, theirs in teams.items() if len({r["fichier"] for r in theirs}) > 1}

    def _only_volet(self, fiche: str, structure: str, together: dict[tuple[str, str], list[str]]) -> str:
        """What a blank volet stands for."""
        theirs = [volet for (numero, volet), those in together.items() if numero == fiche and structure in those]
        return theirs[0] if len(theirs) == 1 else ""

    def _typed(self, files: set[str], fiche: str, found: Collection[Anomalie]) -> dict[str, list[Row]]:
        """File → its typed values of the fiche, but for those that are refused."""
        cells = {(a.file, a.sheet, c) for a in found if a.gravite == BLOCKING and a.file in files for c in a.cells}
        typed: dict[str, list[Row]] = {}
        for r in as_dicts(ValueStore.of(self.given.values).of_files(files)):
            if r["fiche"] == fiche and (r["fichier"], r["feuille"], r["cellule"]) not in cells:
                typed.setdefault(r["fichier"], []).append(r)
        return typed

    def _settle(self, answered: _Answered, retour: Row, rows: list[Row]) -> tuple[list[str], list[Anomalie]]:
        """The cells that say again what an earlier return says, and what differs; ``answered`` takes the rest in."""
        same, differing = list[str](), list[Anomalie]()
        tell = CommonAnswerDiffers(self.given).differs
        for key, part in self._parts(retour, rows).items():
            first = answered.parts.setdefault(key, part)
            if first is part:
                continue
            is_money = key[0] == "depenses"
            if _alike(key, part, first):
                same += part.cells
            else:
                differing.append(tell(part, first, counts=is_money))
        lines = _lines(retour, rows)
        known = Counter(answered.lines)
        for line in lines:
            mark = self._mark(line)
            first_line = answered.by_financeur.setdefault(mark[:2], line)
            if known[mark]:
                known[mark] -= 1
                same += line.cells
                continue
            answered.lines[mark] += 1
            if first_line.retour is not retour:
                differing.append(tell(_amounts_of(line), _amounts_of(first_line), counts=True))
        return same, differing

    def _mark(self, line: CountedPart) -> tuple[Any, ...]:
        """What tells a funding line from another."""
        said = {r["champ"]: r["valeur"] for r in line.rows}
        reference = "".join(filter(str.isalnum, fold(str(said.get("reference") or ""))))
        amounts = (said.get(c) for c in ("prevu", "engage", "verse", "date"))
        return self.words.financeur(said.get("financeur")), fold(said.get("nature") or ""), reference, *amounts

    def _parts(self, retour: Row, rows: list[Row]) -> dict[Key, CountedPart]:
        """What may be counted twice: each measure that is answered, the cost, each other number."""
        parts: dict[Key, CountedPart] = {}
        answers = {r["mesure"] for r in rows if r["bloc"] in MESURE_BLOCKS and r["champ"] in ANSWER_FIELDS}
        for r in rows:
            key = _key(r)
            if r["bloc"] in MESURE_BLOCKS:
                counted = self.words.mesure(r["mesure"]).agregation not in ADDED_UP_ONCE
                if r["champ"] == "commentaire" or not counted or r["mesure"] not in answers:
                    continue
            elif r["bloc"] == "financement" or not _is_number(r["valeur"]):
                continue
            parts.setdefault(key, CountedPart(retour, [])).rows.append(r)
        return parts


def _key(r: Row) -> Key:
    if r["bloc"] in MESURE_BLOCKS:
        return "mesures", r["mesure"]
    if r["bloc"] == "depenses" and r["champ"] in COST:
        return "depenses", ""
    return r["bloc"], r["mesure"], r["ligne"], r["champ"]


def _alike(key: Key, one: CountedPart, other: CountedPart) -> bool:
    return bool(_cost(one) == _cost(other) if key == ("depenses", "") else one.said == other.said)


def _cost(part: CountedPart) -> Any:
    said = {champ: valeur for (_, champ), valeur in part.said.items()}
    return said["total"] if "total" in said else sum(said.values())


def _lines(retour: Row, rows: list[Row]) -> list[CountedPart]:
    lines: dict[str, CountedPart] = {}
    for r in rows:
        if r["bloc"] == "financement":
            lines.setdefault(r["ligne"], CountedPart(retour, [])).rows.append(r)
    return list(lines.values())


def _amounts_of(line: CountedPart) -> CountedPart:
    """What is shown of it where it differs."""
    amounts = [r for r in line.rows if r["champ"] in AMOUNTS]
    return line._replace(rows=amounts or line.rows)


def _is_number(valeur: object) -> bool:
    return isinstance(valeur, (int, float, Decimal)) and not isinstance(valeur, bool)


def _said(part: CountedPart) -> str:
    return ", ".join(_shown(r) for r in part.rows)


def _shown(r: Mapping[str, Any]) -> str:
    valeur = r["valeur"]
    if isinstance(valeur, date):
        return date_fr(valeur)
    if not _is_number(valeur):
        return f"« {valeur} »"
    shown = amount_fr(valeur) if r["champ"] in AMOUNTS else number_fr(valeur)
    return f"{shown} ({r['modalite']})" if r["modalite"] else shown
