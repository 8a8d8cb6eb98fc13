"""Returns filled at random, cell by cell through the dictionary, by someone who knows nothing of the package.

Most of what is typed holds together, as partners' figures do; some of it does not: blanks, names spelt otherwise,
breakdowns that do not make their total, money under another nature than its own, amounts typed as texts.
"""

from __future__ import annotations

import json
import random
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

import openpyxl

Definition = Mapping[str, Any]  # a contract, as its TOML has it
Entry = Mapping[str, Any]  # one input, as ``dictionnaire --format json`` gives it
SILENT = 0.4  # of the structures, in a year
NAMES = ("Mission locale", "Hôpital d’enfants", "Les Petits-Frères", "École Jean-Moulin", "Collège Champollion")
CATEGORIES = ("Jeunes", "Grand public", "Familles", "Professionnels", "Bénévoles", "Habitants")


class RandomYear(NamedTuple):
    """``typed``: structure → key → what it typed; ``dictionary``: every input of the year's workbooks."""

    annee: int
    typed: Mapping[str, Mapping[str, object]]
    dictionary: Sequence[Entry]
    consolidation: Path


def live(
    command: Callable[[list[str]], int],
    folder: Path,
    reference: Path,
    definition: Definition,
    annee: int,
    precedent: Path | None,
) -> RandomYear:
    """One year by the command line: workbooks, answers, consolidation. ``reference``: the file of the definition;
    ``precedent``: last year's consolidation."""
    contrat, since = definition["contrat"]["id"], ["--precedent", str(precedent)] if precedent else []
    asked, retours = ["--contrat", str(reference), "--annee", str(annee)], folder / "retours"
    inputs = folder / "inputs.json"
    assert command(["generer", *asked, *since, "--par-structure", "--sortie", str(folder / "blank")]) == 0
    assert command(["dictionnaire", *asked, "--format", "json", "--sortie", str(inputs)]) == 0
    dictionary, typed = json.loads(inputs.read_text(encoding="utf-8")), {}
    retours.mkdir()
    for blank in sorted((folder / "blank").glob(f"{contrat}-{annee}-*.xlsx")):
        structure = blank.stem.removeprefix(f"{contrat}-{annee}-")
        if random.Random(f"{annee} {structure} answers").random() < SILENT:
            continue
        its_own = [entry for entry in dictionary if structure in entry["structures"]]
        typed[structure] = answers(its_own, f"{annee} {structure}", annee, *parts(definition, structure))
        fill(blank, retours / f"{structure}.xlsx", typed[structure], its_own)
    consolidation = folder / f"consolidation-{annee}.xlsx"
    day = ["--date", f"{annee + 1}-03-01"]
    assert command(["consolider", str(retours), *asked, *since, *day, "--sortie", str(consolidation)]) in (0, 1)
    return RandomYear(annee, typed, dictionary, consolidation)


def parts(definition: Definition, structure: str) -> tuple[dict[str, str], set[str]]:
    """(fiche → the volet that this structure answers for, the measures of the other volets)."""
    mine, others = dict[str, str](), set[str]()
    for fiche in definition["fiches"]:
        ids = {v["id"]: v["nom"] for v in fiche.get("volets", ()) if structure in v["porteurs"]}
        mine[fiche["numero"]] = next(iter(ids.values()), "")
        for indicateur in fiche.get("indicateurs", ()):
            if "volet" in indicateur and indicateur["volet"] not in ids:
                others |= {mesure["id"] for mesure in indicateur["mesures"]}
    return mine, others


def fill(blank: Path, filled: Path, typed: Mapping[str, object], dictionary: Iterable[Entry]) -> None:
    """Types the answers into a copy of a structure's workbook."""
    workbook = openpyxl.load_workbook(blank)
    for entry in dictionary:
        if entry["cle"] in typed:
            workbook[entry["feuille"]][entry["cellule"]] = typed[entry["cle"]]
    workbook.save(filled)


def answers(
    dictionary: Iterable[Entry], seed: str, annee: int, volets: Mapping[str, str], skip: set[str]
) -> dict[str, object]:
    """Key → what is typed. ``skip``: measures that are left blank."""
    typist = _Typist(seed, annee)
    groups: dict[tuple[str, str, str], list[Entry]] = defaultdict(list)
    for entry in dictionary:
        if entry["mesure"] not in skip:
            groups[entry["fiche"], entry["bloc"], entry["mesure"]].append(entry)
    for (fiche, bloc, mesure), entries in groups.items():
        if fiche and bloc == "reponse":
            typist.type_in(entries[0], volets[fiche])
        elif fiche and (type_all := getattr(typist, f"_{bloc}", None)):
            details = groups.get((fiche, "ventilations", mesure), [])
            type_all(*((entries, details) if bloc in ("mesures", "taux") else (entries,)))
    return typist.typed


def _by_line(entries: Iterable[Entry]) -> list[dict[str, Entry]]:
    """The rows of a block: field → its input."""
    rows: dict[str, dict[str, Entry]] = defaultdict(dict)
    for entry in entries:
        rows[entry["cle"].split("/")[-2]][entry["champ"]] = entry
    return list(rows.values())


class _Typist:
    def __init__(self, seed: str, annee: int) -> None:
        self.random, self.annee = random.Random(seed), annee
        self.typed: dict[str, object] = {}
        self.seed, self.detailed = seed, set[str]()

    def type_in(self, entry: Entry | None, valeur: object) -> None:
        if entry is not None and valeur is not None:
            self.typed[entry["cle"]] = valeur

    def chance(self, share: float) -> bool:
        return self.random.random() < share

    def _avancement(self, entries: list[Entry]) -> None:
        for entry in entries:
            if entry["choix"] and self.chance(0.9):
                self.type_in(entry, self.random.choice(entry["choix"]))

    # --- what was done ---

    def _mesures(self, entries: list[Entry], details: list[Entry]) -> None:
        fields = {e["champ"]: e for e in entries}
        rows = _by_line(details)
        if "valeur" not in fields:  # asked as a breakdown
            return
        self.detailed.add(entries[0]["mesure"])
        if self.chance(0.1):
            return
        is_named = bool(rows) and "nom" in rows[0]
        top = len(rows) + self.chance(0.1) if is_named else self.random.choice((0, 9, 60, 3000, 1200000))
        number = self.random.randint(0, int(min(top, fields["valeur"]["max"] or top)))
        self.type_in(fields["valeur"], number)
        if self.chance(0.5):
            self.type_in(fields["statut"], self.random.choice(("réel", "estimé")))
        if "double_compte" in fields and self.chance(0.8):
            self.type_in(fields["double_compte"], self.random.choice(fields["double_compte"]["choix"]))
        if is_named:
            self._named(rows, number if self.chance(0.85) else self.random.randint(0, len(rows)))
        elif rows and self.chance(0.8):
            self._split(rows, number if self.chance(0.9) else number + 1)

    def _named(self, rows: list[dict[str, Entry]], how_many: int) -> None:
        choices = rows[0]["nom"]["choix"] or NAMES
        names = self.random.sample(list(choices), min(how_many, len(rows), len(choices)))
        for row, name in zip(rows, names, strict=False):
            spellings = [name] if rows[0]["nom"]["choix"] else [name, name.upper(), name.replace("-", " ")]
            self.type_in(row["nom"], self.random.choice(spellings))
            self.type_in(row.get("modalite"), self.random.choice(CATEGORIES) if "modalite" in row else None)

    def _split(self, rows: list[dict[str, Entry]], total: int) -> None:
        """A number in parts, one a row; free categories are named."""
        rows = rows[: self.random.randint(1, len(rows))]
        for rank, row in enumerate(rows):
            part = total if rank == len(rows) - 1 else self.random.randint(0, total)
            total -= part
            self.type_in(row.get("modalite"), CATEGORIES[rank % len(CATEGORIES)])
            self.type_in(row.get("effectif"), part)

    def _ventilations(self, entries: list[Entry]) -> None:
        """Of what is asked as a breakdown only, or as a list: the others came with their total."""
        rows = _by_line(entries)
        if entries[0]["mesure"] in self.detailed or self.chance(0.15):
            return
        if "effectif" in rows[0]:
            self._split(rows, self.random.choice((0, 7, 55, 400)))
        elif "modalite" in rows[0]:
            words = self.random.sample(CATEGORIES, self.random.randint(1, 4))
            for row, word in zip(rows, words, strict=False):
                self.type_in(row["modalite"], self.random.choice((word, word.lower(), word.upper())))

    def _taux(self, entries: list[Entry], details: list[Entry]) -> None:
        fields = {e["champ"]: e for e in entries}
        self.detailed.add(entries[0]["mesure"])
        bottom = self.random.choice((20, 35, 400)) if "denominateur" in fields else 20
        top = self.random.randint(0, bottom)
        rows = _by_line(details)[:2] if details and self.chance(0.6) else []
        parts = ((top // 2, bottom // 2), (top - top // 2, bottom - bottom // 2))
        for row, (numerateur, denominateur), word in zip(rows, parts, CATEGORIES, strict=False):
            self.type_in(row.get("modalite"), word)
            self.type_in(row["numerateur"], numerateur)
            self.type_in(row["denominateur"], denominateur)
        if (rows and self.chance(0.5)) or self.chance(0.1):
            return
        decimal = fields["numerateur"]["type"] == "decimal"
        self.type_in(fields["numerateur"], round(top * 0.73, 2) if decimal else top)
        if "denominateur" in fields and self.chance(0.9):
            self.type_in(fields["denominateur"], bottom)

    def _satisfaction(self, entries: list[Entry]) -> None:
        fields = {e["champ"]: e for e in entries}
        if self.chance(0.15):
            return
        given = self.random.randint(0, 90)
        answered = self.random.randint(0, given)
        self.type_in(fields["questionnaires"], given)
        self.type_in(fields["repondants"], answered)
        if self.chance(0.9):
            self.type_in(fields["satisfaits"], self.random.randint(0, answered))
        if "echelle" in fields and self.chance(0.9):
            self.type_in(fields["echelle"], fields["echelle"]["choix"][self.random.choice((0, 0, 0, 1, -1))])

    def _durees(self, entries: list[Entry]) -> None:
        fields = {e["champ"]: e for e in entries}
        self.type_in(fields["unite"], fields["unite"]["choix"][self.random.choice((2, 2, 2, 1))])
        self.type_in(fields["effectif"], self.random.randint(0, 30) if self.chance(0.9) else None)
        self.type_in(fields["moyenne"], round(self.random.uniform(0, 30), 2) if self.chance(0.9) else None)

    def _jalons(self, entries: list[Entry]) -> None:
        fields = {e["champ"]: e for e in entries}
        if self.chance(0.85):
            state = self.random.choice(fields["jalon"]["choix"])
            self.type_in(fields["jalon"], state)
            day = date(self.annee, self.random.randint(1, 12), 15)
            self.type_in(fields.get("date"), day if state == fields["jalon"]["choix"][-1] else None)

    def _textes(self, entries: list[Entry]) -> None:
        self.type_in(next(e for e in entries if e["champ"] == "texte"), f"Réponse {self.seed}")

    # --- money ---

    def _amount(self) -> object:
        """Euros, with cents or not, typed as a number or as a text."""
        cents = self.random.choice((0, 1, self.random.randint(100, 9_000_000), self.random.randint(1, 900) * 10_000))
        if self.chance(0.1):
            return f"{cents // 100:,}".replace(",", "\u202f") + f",{cents % 100:02d} €"
        return cents / 100 if cents % 100 else cents // 100

    def _financement(self, entries: list[Entry]) -> None:
        rows = _by_line(entries)
        for rank, row in enumerate(rows[: self.random.randint(0, min(6, len(rows)))]):
            funders, natures = row["financeur"]["choix"], row["nature"]["choix"]
            is_first = self.chance(0.55)
            self.type_in(row["financeur"], funders[0] if is_first else self.random.choice(funders))
            right = self.random.choice(natures[:2]) if is_first else self.random.choice(natures[2:])
            self.type_in(row["nature"], right if self.chance(0.8) else self.random.choice(natures))
            for champ in ("prevu", "engage", "verse"):
                if self.chance(0.75):
                    self.type_in(row.get(champ), self._amount())
            self.type_in(row.get("reference"), f"CONV {self.seed} {row['financeur']['fiche']} {rank}")

    def _depenses(self, entries: list[Entry]) -> None:
        fields = {e["champ"]: e for e in entries}
        if self.chance(0.2):
            return
        posts = [self.random.randint(0, 4_000_000) for _ in range(3)]
        for champ, cents in zip(("personnel", "achats", "autres"), posts, strict=True):
            self.type_in(fields.get(champ), cents / 100)
        if "personnel" not in fields or self.chance(0.7):
            gap = 100 if self.chance(0.1) and "personnel" in fields else 0  # posts that contradict the total
            self.type_in(fields["total"], (sum(posts) + gap) / 100)
