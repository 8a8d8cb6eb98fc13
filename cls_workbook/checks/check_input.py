"""All that the checks look at: the typed values of the returns, what was expected, last year, the coordinator's inputs."""

from __future__ import annotations

import dataclasses
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from typing import NamedTuple

import numpy as np
import pandas as pd

from cls_workbook.anomalies import Anomalie
from cls_workbook.domain.entry_questions import libelle
from cls_workbook.domain.model import Contrat, Mesure
from cls_workbook.french import fold
from cls_workbook.reading.storing.value_store import ValueStore
from cls_workbook.reading.storing.wide_views import (
    ADDRESS_SUFFIX,
    ValueArrays,
    ViewRow,
    as_dicts,
    as_rows,
    total_of,
    wide,
)

MESURE_BLOCKS = ("mesures", "taux", "satisfaction", "durees", "jalons", "textes", "ventilations")
# What answers a measure; the rest (statut, commentaire, échelle, unité…) only qualifies the answer.
ANSWER_FIELDS = frozenset(
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
        "modalite",
        "nom",
    )
)


@dataclass(frozen=True, eq=False)
class PreviousYear:
    """Last year's consolidation, as far as the checks need it.

    ``mesures``: values retained last year; columns fiche, structure, volet, mesure, champ, modalite, valeur
    (other columns are ignored; structures named as in ``CheckInput.retours``).
    ``lines``: the funding lines of last year; columns fiche, structure, financeur, nature, prevu, engage, verse, reference.
    ``financements``: what earlier years engaged in all; columns fiche, financeur (id or name), nature (label), engage (EUR).
    """

    mesures: pd.DataFrame
    financements: pd.DataFrame
    lines: pd.DataFrame | None = None


@dataclass(frozen=True, eq=False)
class PilotageFacts:
    """``programmes``: (fiche, financeur id or name) → EUR programmed for the year; ``hors_maquette``: the same for the
    lines of that level. ``reunions``: instance → meetings held."""

    programmes: Mapping[tuple[str, str], Decimal] = field(default_factory=dict)
    reunions: Mapping[str, int] = field(default_factory=dict)
    hors_maquette: Mapping[tuple[str, str], Decimal] = field(default_factory=dict)


class AnswerInput(NamedTuple):
    """One input of a measure."""

    bloc: str
    champ: str
    valeur: object
    cell: str


class MesureCount(NamedTuple):
    """The figure given for a measure: typed, or the total of its breakdown; ``line``: a row of the return it comes from."""

    valeur: int | Decimal
    cells: tuple[str, ...]
    line: dict


@dataclass(frozen=True, eq=False)
class CheckInput:
    """The returns of a campaign (or a single one), typed.

    ``values``: one row per input understood; columns annee, fichier, feuille, cellule, fiche, structure, volet, bloc,
    mesure, champ, ligne, modalite, type, valeur; for a whole campaign, a book of them, which rules between returns take up by
    parts (``par_fiche``, ``by_mesure``, ``financements_of``). ``retours``: one row per (fichier, fiche) answered; columns fichier,
    sha256, annee, contrat, modele, structure, volet, fiche, feuille. ``expected_returns``: columns fiche, structure, volet,
    groupe; None where no campaign is known. What is None is not checked against.
    ``anomalies``: what reading and typing already found; what they refused is not said to be missing.
    ``addresses``: file → key of an input → (sheet, cell), blank inputs included, so that a blank can be pointed at.
    ``modele``: version of the template that this campaign sent out.
    """

    contrat: Contrat
    annee: int
    values: pd.DataFrame | ValueStore
    retours: pd.DataFrame
    expected_returns: pd.DataFrame | None = None
    precedent: PreviousYear | None = None
    pilotage: PilotageFacts | None = None
    anomalies: tuple[Anomalie, ...] = ()
    addresses: Mapping[str, Mapping[str, tuple[str, str]]] = field(default_factory=dict)
    modele: object = None

    # --- views ---

    @cached_property
    def _typed_values(self) -> ValueArrays:
        return ValueArrays(self.values)

    @cached_property
    def _views(self) -> dict[str, pd.DataFrame]:
        return {}

    @cached_property
    def blocks(self) -> frozenset[str]:
        """Those in which something was typed."""
        return frozenset(self._typed_values.words["bloc"][np.unique(self._typed_values.codes["bloc"])])

    def view(self, bloc: str) -> pd.DataFrame:
        """``already_seen.wide`` of a block, computed once."""
        if bloc not in self._views:
            self._views[bloc] = self._typed_values.wide(bloc)
        return self._views[bloc]

    @cached_property
    def fiches_returned(self) -> list[dict]:
        """The rows of ``retours``."""
        return as_dicts(self.retours)

    @cached_property
    def progress_rows(self) -> list[dict]:
        """One row per fiche returned with the champs of ``avancement`` (None where blank), in the order of ``retours``."""
        par_fiche = {(r["fichier"], r["fiche"]): r for r in as_dicts(self.view("avancement"))}
        input_fields = [c for c in self.view("avancement").columns if c not in ("intitule", "annee")]
        white = dict.fromkeys(input_fields) | {"mesure": "", "ligne": ""}
        return [
            par_fiche.get(
                (r["fichier"], r["fiche"]),
                white | {c: r[c] for c in ("fichier", "feuille", "fiche", "structure", "volet")},
            )
            for r in self.fiches_returned
        ]

    @cached_property
    def progress_of(self) -> dict[tuple[str, str], dict]:
        """(fichier, fiche) → its row of ``progress_rows``."""
        return {(r["fichier"], r["fiche"]): r for r in self.progress_rows}

    @cached_property
    def financements(self) -> list[ViewRow]:
        """The funding lines, with ``niveau`` (subtotal of the nature) and ``id`` (of the funder)."""
        return list(self.financements_one_by_one())

    def financements_one_by_one(self) -> Iterator[ViewRow]:
        """The same, none kept: for a sum over a whole campaign."""
        return (x for view in self._views_of("financement") for x in self._financements(view))

    def _views_of(self, bloc: str) -> Iterator[pd.DataFrame]:
        """``view``, part after part where it is of a whole campaign."""
        if isinstance(self.values, ValueStore):
            yield from (wide(part, bloc) for part in self.values.per_batch(lambda c: c.bloc == bloc))
        else:
            yield self.view(bloc)

    def _financements(self, view: pd.DataFrame) -> list[ViewRow]:
        levels, ids = (
            {nom: read(nom) for nom in view[c].unique()}
            for c, read in (("nature", self.niveau), ("financeur", self.financeur))
        )
        return as_rows(view.assign(niveau=[levels[n] for n in view["nature"]], id=[ids[f] for f in view["financeur"]]))

    @cached_property
    def depenses(self) -> dict[tuple[str, str], ViewRow]:
        """(fichier, fiche) → what was spent."""
        return {(r["fichier"], r["fiche"]): r for view in self._views_of("depenses") for r in as_rows(view)}

    @cached_property
    def ventilations(self) -> dict[tuple[str, str, str], list[dict]]:
        """(fichier, fiche, mesure) → rows of its breakdown."""
        groups: dict[tuple[str, str, str], list[dict]] = {}
        for line in as_dicts(self.view("ventilations")):
            groups.setdefault((line["fichier"], line["fiche"], line["mesure"]), []).append(line)
        return groups

    @cached_property
    def fills(self) -> dict[tuple[str, str, str], list[AnswerInput]]:
        """(fichier, fiche, mesure) → what answers it."""
        s, groups = self._typed_values, {}
        is_answer = np.isin(s.codes["champ"], [s.numero("champ", champ) for champ in ANSWER_FIELDS])
        for bloc in MESURE_BLOCKS:
            for key_, fill in self._fills(is_answer & (s.codes["bloc"] == s.numero("bloc", bloc))):
                groups.setdefault(key_, []).append(fill)
        return groups

    @cached_property
    def statuts(self) -> dict[tuple[str, str, str], AnswerInput]:
        """(fichier, fiche, mesure) → statut, where one was chosen."""
        return dict(self._fills(self._typed_values.codes["champ"] == self._typed_values.numero("champ", "statut")))

    def _fills(self, mask: np.ndarray) -> Iterable[tuple[tuple[str, str, str], AnswerInput]]:
        """(fichier, fiche, mesure), and what answers it, of these rows."""
        s, ranks = self._typed_values, np.flatnonzero(mask)
        keys = zip(*(s.read(nom, ranks) for nom in ("fichier", "fiche", "mesure")), strict=True)
        return zip(
            keys,
            map(AnswerInput, s.read("bloc", ranks), s.read("champ", ranks), s.values[ranks], s.read("cellule", ranks)),
            strict=True,
        )

    def counts(self, ids: Collection[str]) -> dict[tuple[str, str], dict[str, MesureCount]]:
        """(fichier, fiche) → measure → its figure, for the measures asked about that have one."""
        hits: dict[tuple[str, str], dict[str, MesureCount]] = {}
        view = self.view("mesures")
        for r in as_dicts(view, view["mesure"].isin(list(ids))):
            if r["valeur"] is not None:
                hits.setdefault((r["fichier"], r["fiche"]), {})[r["mesure"]] = MesureCount(
                    r["valeur"], (r["valeur" + ADDRESS_SUFFIX],), r
                )
        for (file, fiche, mesure), ranks in self.ventilations.items():
            if (
                mesure not in ids
                or self.mesure(mesure).type != "ventilation"
                or self.holds_refused_input(file, fiche, "ventilations", mesure)
            ):
                continue
            filled_in = [r for r in ranks if r["effectif"] is not None]
            if filled_in:
                tally = MesureCount(
                    total_of(r["effectif"] for r in filled_in),
                    tuple(r["effectif" + ADDRESS_SUFFIX] for r in filled_in),
                    filled_in[0],
                )
                hits.setdefault((file, fiche), {})[mesure] = tally
        return hits

    # --- the contract, seen from a row ---

    def mesure(self, id_: str) -> Mesure:
        return self.contrat.by_mesure[id_][2]

    def libelle(self, bloc: str, champ: str, mesure: str = "", fiche: str = "") -> str:
        """What is printed beside the input: the measure, then the champ."""
        printed = libelle(bloc, champ, self.contrat.year_name(self.annee))
        if bloc == "complements" and fiche in self.contrat.par_fiche:
            printed = next((c.libelle for c in self.contrat.par_fiche[fiche].complements if c.id == champ), printed)
        return f"{self.mesure(mesure).libelle} — {printed}" if mesure in self.contrat.by_mesure else printed

    @cached_property
    def _financeurs(self) -> dict[str, str]:
        return {fold(n): f.id for f in self.contrat.financeurs for n in (f.nom, f.id)}

    def financeur(self, nom: str | None) -> str:
        """The id of a funder named by its id or name; the folded name if the contract does not know it."""
        return self._financeurs.get(fold(nom or ""), fold(nom or ""))

    def financeur_name(self, id_: str) -> str:
        return next((f.nom for f in self.contrat.financeurs if f.id == id_), id_)

    def niveau(self, nature: str | None) -> str:
        """maquette, hors_maquette, cofinancement or valorisation; "" if the nature is blank or unknown."""
        known_one = self.contrat.by_nature.get(nature or "")
        return known_one.niveau if known_one else ""

    # --- places ---

    def cell(self, line: Mapping, bloc: str, champ: str) -> tuple[str, ...]:
        """Where ``champ`` of a row stands, blank or not; () if unknown."""
        typed = line.get(champ + ADDRESS_SUFFIX)
        place = (
            (line["feuille"], typed) if typed else self.addresses.get(line["fichier"], {}).get(cle(line, bloc, champ))
        )
        return (place[1],) if place else ()

    @cached_property
    def _unreadable(self) -> frozenset[tuple[str, str]]:
        """(fichier, key) of the inputs in which something was typed that could not be taken."""
        at_fault = {(a.file, a.sheet, c) for a in self.anomalies for c in a.cells}
        if not at_fault:
            return frozenset()
        return frozenset(
            (file, key_)
            for file in {f for f, _, _ in at_fault}
            for key_, (sheet, cell) in self.addresses.get(file, {}).items()
            if (file, sheet, cell) in at_fault
        )

    @cached_property
    def _tables_with_refused_input(self) -> frozenset[tuple[str, str]]:
        return frozenset((file, prefix) for file, key_ in self._unreadable for prefix in _prefixes(key_))

    def unreadable(self, line: Mapping, bloc: str, champ: str) -> bool:
        """Was something typed there that reading already refused? Then it is not missing."""
        return bool(self._unreadable) and (line["fichier"], cle(line, bloc, champ)) in self._unreadable

    def holds_refused_input(self, file: str, fiche: str, bloc: str, mesure: str = "") -> bool:
        """Does the block (of the measure) hold a refused input? Then its total is not known."""
        return (
            bool(self._tables_with_refused_input)
            and (file, "/".join(m for m in (fiche, bloc, mesure) if m)) in self._tables_with_refused_input
        )

    # --- parts ---

    def without(self, files: Collection[str] = (), fiches: Collection[tuple[str, str]] = ()) -> CheckInput:
        """The same without some files, or without some (fichier, fiche)."""
        if not files and not fiches:
            return self
        if isinstance(self.values, ValueStore):
            concerned = {*files, *(file for file, _ in fiches)}
            values = self.values.without(concerned, lambda file, fiche, *_: file in files or (file, fiche) in fiches)
        else:
            values = self.values[_kept(self.values, files, fiches)]
        return dataclasses.replace(self, values=values, retours=self.retours[_kept(self.retours, files, fiches)])

    def only(self, files: Collection[str]) -> CheckInput:
        """The same with these files only."""
        return dataclasses.replace(
            self,
            values=self._value_store.of_files(files),
            retours=self.retours[self.retours["fichier"].isin(list(files))],
        )

    # --- a campaign, part after part ---

    @cached_property
    def _value_store(self) -> ValueStore:
        return ValueStore.of(self.values)

    def par_fiche(self, bloc: str) -> Iterator[tuple[str, CheckInput]]:
        """Each fiche of which something is said in this block, and what is said of it."""
        for fiche in dict.fromkeys(c.fiche for c in self._value_store.chapters if c.bloc == bloc):
            its_own = tuple(a for a in self.anomalies if a.fiche in ("", fiche))
            yield (
                fiche,
                dataclasses.replace(
                    self, values=self._value_store.only(lambda c, here=fiche: c.fiche == here), anomalies=its_own
                ),
            )

    def by_mesure(self, *blocks: str) -> Iterator[tuple[str, ValueStore]]:
        """Each measure of which something is said in these blocks, and what is said of it there."""
        for mesure in dict.fromkeys(c.mesure for c in self._value_store.chapters if c.bloc in blocks):
            yield (
                mesure,
                self._value_store.only(lambda c, own_mesure=mesure: c.mesure == own_mesure and c.bloc in blocks),
            )

    def financements_of(self, structures: Collection[str]) -> list[ViewRow]:
        """The funding lines of these structures, over all fiches."""
        if not structures:
            return []
        its_own = (
            v[v["structure"].isin(structures)] for v in self._value_store.per_batch(lambda c: c.bloc == "financement")
        )
        return [x for v in its_own if len(v) for x in self._financements(wide(v, "financement"))]


def cle(line: Mapping, bloc: str, champ: str) -> str:
    """``fiche/bloc[/mesure][/line]/champ``."""
    fiche = line["fiche"] or "accueil"
    return "/".join(m for m in (fiche, bloc, line.get("mesure", ""), line.get("ligne", ""), champ) if m)


def _prefixes(key_: str) -> list[str]:
    pieces = key_.split("/")
    return ["/".join(pieces[:n]) for n in range(1, len(pieces))]


def _kept(frame: pd.DataFrame, files: Collection[str], fiches: Collection[tuple[str, str]]) -> list[bool]:
    return [f not in files and (f, n) not in fiches for f, n in zip(frame["fichier"], frame["fiche"], strict=True)]
