"""Typed rows → the contract that they describe; every name resolved, every object traced to its row."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from cls_workbook.definition.asked.all_sections import REFERENCE_WORDS, REFERENCES, SECTION_BY_NAME, SECTIONS
from cls_workbook.definition.asked.sections import Section, SectionColumn
from cls_workbook.definition.authoring import written_revisions
from cls_workbook.definition.authoring.reference_directory import (
    DirectoryEntry,
    ReferenceDirectory,
    names_of_axe,
    names_of_fiche,
)
from cls_workbook.definition.importing.authored_tables import DescriptionWorkbook
from cls_workbook.definition.importing.authored_values import Doubtful
from cls_workbook.definition.importing.deductions import deduce, holds_mesure
from cls_workbook.definition.importing.import_finding import AuthoredPlace, ImportFinding, found
from cls_workbook.definition.importing.typed_rows import Item, TypedRow, type_values
from cls_workbook.domain.definition_keys import build, keys_of
from cls_workbook.domain.lifetime import EvolutionThresholds
from cls_workbook.domain.model import (
    ChoiceLists,
    Complement,
    Contrat,
    Fiche,
    FicheFinancement,
    Indicateur,
    Mesure,
    Volet,
)
from cls_workbook.domain.themes import shipped_themes
from cls_workbook.french import fold

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

D = TypeVar("D", bound="DataclassInstance")
_PLACEHOLDERS = {str: "", int: 0, Decimal: Decimal(0), bool: False, date: None}


class Origin(NamedTuple):
    """The row of an object, and which part of the row is its own."""

    row: TypedRow
    part: str = ""


class Assembly:
    """``contrat``: what could be understood; ``faults``: the workbook's, and those found on the way. ``origins``: id()
    of each object → where it comes from; ``silenced``: (sheet, cell) of what needs no word, another cell being at
    fault."""

    def __init__(self, workbook: DescriptionWorkbook):
        self.rows, self.tables = type_values(workbook), workbook.tables
        self.faults: list[ImportFinding] = workbook.faults
        self.origins: dict[int, Origin] = {}
        self.silenced: set[tuple[str, str]] = set()
        self._created: list[object] = []  # kept alive: id() is theirs alone as long as they are
        self._attach_to_fiches()
        deduce(self.rows)
        self.directory = _directory(self.rows)
        self.contrat = self._contrat()

    def _attach_to_fiches(self) -> None:
        """The number of the fiche that rows belong to, however it was written: everything else hangs on it."""
        self.directory = _directory({nom: self.rows[nom] if nom == "fiches" else [] for nom in self.rows})
        for nom in (r.nom for r in SECTIONS if r.parent):
            for row in self.rows[nom]:
                for raw, _ in row.items.get(row.cle("fiche"), ())[:1]:
                    value = (
                        self._entry_of_doubtful("fiches", raw)
                        if isinstance(raw, Doubtful)
                        else self.directory.resolve("fiches", str(raw))
                    )
                    if value is not None:
                        row.put("fiche", value)

    # --- objects ---

    def _contrat(self) -> Contrat:
        plain_sections = [r for r in SECTIONS if not (r.form or r.parent or r.nom in ("listes", "fiches"))]
        its_own = self.rows | {"themes": _own_themes(self.rows["themes"])}
        listes = {r.nom: tuple(self._object(r.class_, x) for x in its_own[r.nom]) for r in plain_sections}
        fiches = tuple(self._fiches())
        head = self.rows["contrat"]
        input_fields = self._field_values(head[0], "") if head else _required_fields(SECTION_BY_NAME["contrat"], "")
        evolution = build(EvolutionThresholds, self._field_values(head[0], "evolution") if head else {})
        return build(
            Contrat, input_fields | listes | {"fiches": fiches, "listes": self._lists(), "evolution": evolution}
        )

    def _lists(self) -> ChoiceLists:
        columns: dict[str, list[str]] = {}
        for row in self.rows["listes"]:
            for column in row.table.section.columns:
                columns.setdefault(column.champ, []).extend(str(v) for v, _ in row.items.get(row.cle(column.champ), ()))
        return ChoiceLists(**{champ: tuple(choix) for champ, choix in columns.items() if choix})

    def _object(self, class_: type[D], row: TypedRow, part: str = "", **extra: object) -> D:
        made = build(class_, self._field_values(row, part) | extra)
        self._created.append(made)
        self.origins[id(made)] = Origin(row, part)
        return made

    def _fiches(self) -> list[Fiche]:
        """Each fiche with what other sheets say of it."""
        content = {nom: self._by_fiche(nom) for nom in ("volets", "financement", "indicateurs", "complements")}
        fiches = []
        for row in self.rows["fiches"]:
            numero = row.texte("numero")
            own_rows = {nom: par_fiche.pop(numero, []) for nom, par_fiche in content.items()}
            money = [self._object(FicheFinancement, r) for r in own_rows["financement"]]
            for double in own_rows["financement"][1:]:
                self._add_fault(
                    double.here,
                    f"la fiche {numero} a déjà une ligne, ligne {own_rows['financement'][0].numero + 1}.",
                    "gardez-en une seule.",
                )
            fiches.append(
                self._object(
                    Fiche,
                    row,
                    volets=tuple(self._object(Volet, r) for r in own_rows["volets"]),
                    complements=tuple(self._object(Complement, r) for r in own_rows["complements"]),
                    indicateurs=tuple(self._indicateurs(own_rows["indicateurs"])),
                    financement=money[0] if money else FicheFinancement(),
                )
            )
        for remaining in content.values():
            for numero, orphans in remaining.items():
                for row in orphans:
                    self._report_orphan(row, numero)
        return fiches

    def _by_fiche(self, nom: str) -> dict[str, list[TypedRow]]:
        """Number of a fiche → the rows that belong to it."""
        column = SECTION_BY_NAME[nom].columns[0]
        par_fiche: dict[str, list[TypedRow]] = {}
        for row in self.rows[nom]:
            value = next(iter(row.items.get(row.cle("fiche"), ())), None)
            numero = "" if value is None else self._resolve(column, value, "") or ""
            par_fiche.setdefault(numero, []).append(row)
        return par_fiche

    def _report_orphan(self, row: TypedRow, numero: str) -> None:
        """A row of no fiche: told once, then read for the faults that its other cells may have."""
        if not numero and row.empty("fiche"):
            self._add_fault(row.location("fiche"), "la fiche manque.", "choisissez son numéro dans la liste.")
        following = row.table.section.nom == "indicateurs" and row.empty("libelle")
        for part in sorted({c.part for c in row.table.section.columns}):
            if holds_mesure(row) if part else not following:
                self._field_values(row, part)

    def _indicateurs(self, rows: list[TypedRow]) -> list[Indicateur]:
        """Rows of the same indicator, wherever they stand, make one."""
        by_id: dict[str, list[TypedRow]] = {}
        for row in rows:
            if not row.texte("id"):
                self._add_fault(
                    row.location("libelle"),
                    "le libellé de l’indicateur manque.",
                    "écrivez-le, ou placez la ligne sous celles de son indicateur.",
                )
                self._field_values(row, "mesures")
                continue
            by_id.setdefault(row.texte("id"), []).append(row)
        return [self._indicateur(its_own) for its_own in by_id.values()]

    def _indicateur(self, rows: list[TypedRow]) -> Indicateur:
        start = next((r for r in rows if not r.empty("libelle")), rows[0])
        for other in rows:
            if other is not start:
                self._follow_on(start, other)
        mesures = tuple(self._object(Mesure, r, "mesures") for r in rows if holds_mesure(r))
        return self._object(Indicateur, start, mesures=mesures)

    def _follow_on(self, start: TypedRow, other: TypedRow) -> None:
        """The further rows of an indicator say nothing else of it than the first."""
        for column in other.table.section.columns:
            if column.part or column.champ in ("fiche", "id") or other.empty(column.champ):
                continue
            if other.valeur(column.champ) != start.valeur(column.champ):
                remedy = (
                    f"effacez cette case : l’indicateur « {start.texte('id')} » commence à la ligne {start.numero + 1}."
                )
                self._add_fault(
                    other.location(column.champ), "cette case diffère de la première ligne du même indicateur.", remedy
                )

    # --- fields ---

    def _field_values(self, row: TypedRow, part: str) -> dict[str, object]:
        """Field → value, for what was written; placeholders for what is missing, once it has been told."""
        section = row.table.section
        fiche = row.texte("numero") if section.nom == "fiches" else self._fiche_of(row)
        input_fields: dict[str, object] = {}
        own_columns = [c for c in section.columns if c.part == part and not section.is_parent(c)]
        for column in sorted(
            own_columns, key=lambda c: bool(c.deduced)
        ):  # what is deduced from another cell lacks only if that one is there
            items = row.items.get(row.cle(column.champ, part), [])
            if items:
                values = [self._value(row, column, item, fiche) for item in items]
                input_fields[column.champ] = tuple(values) if section.key(column).is_list else values[0]
            elif section.key(column).is_list and not row.empty(column.champ, part):
                input_fields[column.champ] = ()
            elif section.key(column).obligatoire:
                self._missing(row, column)
        return _required_fields(section, part) | {c: v for c, v in input_fields.items() if v is not None}

    def _fiche_of(self, row: TypedRow) -> str:
        """The fiche inside which names of volets and complements are known."""
        return row.texte("fiche") if any(c.champ == "fiche" for c in row.table.section.columns) else ""

    def _missing(self, row: TypedRow, column: SectionColumn) -> None:
        if not row.empty(column.champ, column.part):
            return  # something was written there: its own fault says what
        location = row.location(column.champ, column.part)
        if column.deduced and (
            row.table.section.form or any(f.location.order[:2] == location.order[:2] for f in self.faults)
        ):
            self.silenced.add((location.sheet, location.cell))  # it will follow from what is already told of the row
        elif row.table.section.form:
            self._add_fault(location, "cette réponse manque.", column.aide)
        elif column.deduced:
            self._add_fault(
                location,
                f"cette case est vide, et l’outil ne peut pas la déduire ici ({column.deduced.rstrip('.')}).",
                "remplissez-la.",
            )
        else:
            self._add_fault(
                location, "cette case est vide, alors que la ligne est commencée.", "complétez-la, ou videz la ligne."
            )

    def _value(self, row: TypedRow, column: SectionColumn, item: Item, fiche: str) -> object:
        if row.table.section.nom == "revisions" and column.champ in ("cible", "champ", "valeur"):
            return self._revision(row, column, item)
        if not column.cross_reference:
            return item[0]
        return self._resolve(column, item, fiche)

    def _resolve(self, column: SectionColumn, item: Item, fiche: str) -> str | None:
        """The id of what a cell names; a fault, and the text as it is, if nothing bears this name."""
        raw, location = item
        kind = column.cross_reference or ""
        if isinstance(raw, Doubtful):
            value = self._entry_of_doubtful(kind, raw)
            if value is None:
                self._add_fault(location, *raw.error)
            return value or str(raw.raw)
        texte = str(raw)
        match = self.directory.resolve(kind, texte, fiche)
        if match is None and not self._may_be_disguised(kind, texte):
            close_match = self.directory.close_match(kind, texte, fiche)
            sheet = SECTION_BY_NAME[REFERENCES[kind][0]].sheet
            tip = (
                f"vouliez-vous dire « {close_match} » ? Sinon, ajoutez-le à la feuille « {sheet} »."
                if close_match
                else f"ajoutez-le à la feuille « {sheet} », ou corrigez."
            )
            self._add_fault(location, f"trouvé {found(texte)}, qui ne désigne pas {REFERENCE_WORDS[kind]}.", tip)
        return texte if match is None else match

    def _may_be_disguised(self, kind: str, texte: str) -> bool:
        """May the text name a row whose own number was spoilt? Then that row alone is at fault."""
        nom, champ = REFERENCES[kind]
        return any(_is_same_number(texte, d.raw) for r in self.rows[nom] if (d := r.doubtful.get(f"{nom}.{champ}")))

    def _entry_of_doubtful(self, kind: str, raw: Doubtful) -> str | None:
        """The only entry whose number is that number; None if there is none, or « 2.1 » and « 2.10 » both."""
        if isinstance(raw.raw, date):
            return None
        all_found = [e.id for e in self.directory.entries.get(kind, ()) if _equals(e.id, raw.raw)]
        return all_found[0] if len(all_found) == 1 else None

    def _revision(self, row: TypedRow, column: SectionColumn, item: Item) -> str:
        objet, texte = row.texte("objet"), str(item[0])
        if column.champ == "cible":
            return written_revisions.read_target(objet, texte, self.directory)
        if column.champ == "champ":
            match = written_revisions.column(objet, texte)
            if match is None and objet:
                self._add_fault(
                    item[1],
                    f"trouvé {found(texte)}, qui n’est pas une colonne qui se révise.",
                    f"colonnes possibles : {', '.join(written_revisions.titles(objet))}.",
                )
            return match[1].champ if match else texte
        match = written_revisions.column(objet, row.texte("champ"))
        return written_revisions.read_value(*match, texte, self.directory, self._revised_fiche(row)) if match else texte

    def _revised_fiche(self, row: TypedRow) -> str:
        cible = row.texte("cible")
        return next((r.texte("fiche") for r in self.rows["indicateurs"] if r.texte("id") == cible), cible)

    def _add_fault(self, location: AuthoredPlace, message: str, remedy: str) -> None:
        self.faults.append(ImportFinding(location, message, remedy))


def _is_same_number(texte: str, raw: float | date) -> bool:
    """« 1.2 » and the first of February; « 1.10 » and 1.1."""
    if isinstance(raw, date):
        return [int(n) for n in re.findall(r"\d+", texte)[:2]] == [raw.day, raw.month]
    return _equals(texte, raw)


def _equals(numero: str, nombre: float) -> bool:
    try:
        return Decimal(numero.replace(",", ".")) == Decimal(f"{nombre:.15g}")
    except ArithmeticError:
        return False


def _own_themes(themes: list[TypedRow]) -> list[TypedRow]:
    """The rows of the contract's own themes. One that ships is not its own, unless it is there twice with its
    identifier.
    """
    seen, own = set(), []
    for row in themes:
        id_ = row.texte("id")
        shipped = fold(shipped_themes().get(id_, "")) == fold(row.texte("libelle"))
        if not shipped or (id_ in seen and not row.empty("id")):
            own.append(row)
        seen.add(id_)
    return own


def _required_fields(section: Section, part: str) -> dict[str, object]:
    """Placeholders for the fields that the model needs."""
    columns = [c for c in section.columns if c.part == part and not section.is_parent(c)]
    keys = {c.champ: section.key(c) for c in columns}
    required = {c: keys[c] for c, key in keys_of(section.class_of(columns[0])).items() if key.obligatoire}
    return {champ: () if key.is_list else _PLACEHOLDERS[key.type] for champ, key in required.items()}


def _directory(rows: dict[str, list[TypedRow]]) -> ReferenceDirectory:
    """What the sheets themselves let one name."""

    def texts(row: TypedRow, *input_fields: str) -> tuple[str, ...]:
        items = (v for champ in input_fields for v, _ in row.items.get(row.cle(champ), ()))
        return tuple(str(v) for v in items)

    def entries(nom: str, champ: str, *names: str) -> list[DirectoryEntry]:
        return [
            DirectoryEntry(r.texte(champ), texts(r, *names) or (r.texte(champ),)) for r in rows[nom] if r.texte(champ)
        ]

    def entries_of_fiche(nom: str, champ: str) -> list[DirectoryEntry]:
        return [
            DirectoryEntry(r.texte("id"), texts(r, champ) or (r.texte("id"),), r.texte("fiche"))
            for r in rows[nom]
            if r.texte("id")
        ]

    return ReferenceDirectory(
        {
            "axes": [
                DirectoryEntry(r.texte("numero"), names_of_axe(r.texte("numero"), r.texte("titre")))
                for r in rows["axes"]
                if r.texte("numero")
            ],
            "fiches": [
                DirectoryEntry(r.texte("numero"), names_of_fiche(r.texte("numero"), r.texte("titre")))
                for r in rows["fiches"]
                if r.texte("numero")
            ],
            "structures": entries("structures", "id", "nom", "nom_complet", "alias"),
            "communes": entries("communes", "nom", "nom", "nom_imprime"),
            "financeurs": entries("financeurs", "id", "nom"),
            "decisions": entries("decisions", "id", "id"),
            "themes": [DirectoryEntry(id_, (libelle,)) for id_, libelle in shipped_themes().items()]
            + entries("themes", "id", "libelle"),
            "priorites": entries("priorites", "id", "libelle"),
            "volets": entries_of_fiche("volets", "nom"),
            "complements": entries_of_fiche("complements", "libelle"),
            "mesures": [DirectoryEntry(m, (m,)) for r in rows["indicateurs"] if (m := r.texte("id", "mesures"))],
        }
    )
