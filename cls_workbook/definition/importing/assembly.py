"""Typed rows → the contract that they describe; every name resolved, every object traced to its row."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from cls_workbook.definition.asked.all_sections import REFERENCES, SECTION_BY_NAME, SECTIONS
from cls_workbook.definition.asked.sections import Section, SectionColumn
from cls_workbook.definition.authoring import written_revisions
from cls_workbook.definition.authoring.reference_directory import DirectoryEntry, ReferenceDirectory, entry
from cls_workbook.definition.importing.authored_tables import DescriptionWorkbook
from cls_workbook.definition.importing.authored_values import Doubtful
from cls_workbook.definition.importing.deductions import deduce, holds_mesure
from cls_workbook.definition.importing.import_finding import found
from cls_workbook.definition.importing.typed_rows import Item, TypedRow, type_values
from cls_workbook.domain.definition_keys import build, keys_of
from cls_workbook.domain.lifetime import EvolutionThresholds
from cls_workbook.domain.model import Contrat, Fiche, FicheFinancement, Indicateur
from cls_workbook.domain.questions import ChoiceLists
from cls_workbook.domain.themes import shipped_themes
from cls_workbook.domain.verification.fault import RankedPlace
from cls_workbook.domain.verification.list_faults import several_names
from cls_workbook.french import fold, quoted_list

_PLACEHOLDERS = {str: "", int: 0, Decimal: Decimal(0), bool: False, date: None}


class Origin(NamedTuple):
    """The row of an object, and which part of the row is its own."""

    row: TypedRow
    part: str = ""


class Assembly:
    """``contrat``: what could be understood; ``faults``: the workbook's, and those found on the way. ``origins``: place
    of each object in the contract → where it comes from; ``silenced``: (sheet, cell) of what needs no word, another
    cell being at fault."""

    def __init__(self, workbook: DescriptionWorkbook):
        self.rows, self.tables = type_values(workbook), workbook.tables
        self.faults, self._add_fault = workbook.faults, workbook.add_fault
        self.origins: dict[RankedPlace, Origin] = {}
        self.silenced: set[tuple[str, str]] = set()
        self._attach_to_fiches()
        deduce(self.rows)
        self.directory = _directory(self.rows)
        self.contrat = self._contrat()

    def _attach_to_fiches(self) -> None:
        """The number of the fiche that rows belong to, however it was written: everything else hangs on it."""
        self.directory = _directory({nom: self.rows[nom] if nom == "fiches" else [] for nom in self.rows})
        for row in (row for section in SECTIONS if section.parent for row in self.rows[section.nom]):
            for raw in row.values("fiche")[:1]:
                if isinstance(raw, Doubtful):
                    numero = self._by_number("fiches", raw)
                else:
                    numero = self.directory.resolve("fiches", str(raw))
                if numero is not None:
                    row.put("fiche", numero)

    # --- objects ---

    def _contrat(self) -> Contrat:
        plain_sections = [r for r in SECTIONS if not (r.form or r.parent or r.nom in ("listes", "fiches"))]
        its_own = self.rows | {"themes": _own_themes(self.rows["themes"])}
        parts: dict[str, Any] = {r.nom: self._objects(its_own[r.nom], (r.nom,)) for r in plain_sections}
        parts["fiches"] = tuple(self._fiches())
        parts["listes"] = self._lists()
        head = self.rows["contrat"]
        own = self._field_values(head[0], "") if head else _placeholders(SECTION_BY_NAME["contrat"], "")
        parts["evolution"] = build(EvolutionThresholds, self._field_values(head[0], "evolution") if head else {})
        return build(Contrat, own | parts)

    def _lists(self) -> ChoiceLists:
        columns = SECTION_BY_NAME["listes"].columns
        choices = {c.champ: tuple(t for row in self.rows["listes"] for t in row.texts(c.champ)) for c in columns}
        return ChoiceLists(**{champ: of_list for champ, of_list in choices.items() if of_list})

    def _objects(self, rows: Iterable[TypedRow], place: RankedPlace, part: str = "") -> tuple[Any, ...]:
        return tuple(self._object(row, (*place, rank), part) for rank, row in enumerate(rows, 1))

    def _object(self, row: TypedRow, place: RankedPlace, part: str = "", **extra: object) -> Any:
        class_ = row.table.section.class_
        self.origins.setdefault(place, Origin(row, part))  # of two rows at one place, the first counts
        return build(keys_of(class_)[part].type if part else class_, self._field_values(row, part) | extra)

    def _fiches(self) -> list[Fiche]:
        """Each fiche with what other sheets say of it."""
        content = {
            nom: self._by_fiche(nom) for nom in ("volets", "financement", "lignes", "indicateurs", "complements")
        }
        fiches = []
        for rank, row in enumerate(self.rows["fiches"], 1):
            numero, here = row.texte("numero"), ("fiches", rank)
            own_rows = {nom: by_numero.pop(numero, []) for nom, by_numero in content.items()}
            money = [self._object(r, (*here, "financement")) for r in own_rows["financement"]]
            for double in own_rows["financement"][1:]:
                first = own_rows["financement"][0].numero + 1
                message = f"la fiche {numero} a déjà une ligne, ligne {first}."
                self._add_fault(double.here, message, "gardez-en une seule.")
            fiche = self._object(
                row,
                here,
                volets=self._objects(own_rows["volets"], (*here, "volets")),
                lignes=self._objects(own_rows["lignes"], (*here, "lignes")),
                complements=self._objects(own_rows["complements"], (*here, "complements")),
                indicateurs=tuple(self._indicateurs(own_rows["indicateurs"], (*here, "indicateurs"))),
                financement=money[0] if money else FicheFinancement(),
            )
            fiches.append(fiche)
        for numero, orphans in (item for by_numero in content.values() for item in by_numero.items()):
            for row in orphans:
                self._tell_orphan(row, numero)
        return fiches

    def _by_fiche(self, nom: str) -> dict[str, list[TypedRow]]:
        """Number of a fiche → the rows that belong to it."""
        column = SECTION_BY_NAME[nom].columns[0]
        by_numero: dict[str, list[TypedRow]] = {}
        for row in self.rows[nom]:
            item = next(iter(row.items.get(column.cle, ())), None)
            numero = "" if item is None else self._resolve(column, item, "")
            by_numero.setdefault(numero, []).append(row)
        return by_numero

    def _tell_orphan(self, row: TypedRow, numero: str) -> None:
        """A row of no fiche: told once, then read for the faults that its other cells may have."""
        if not numero and row.empty("fiche"):
            self._add_fault(row.location("fiche"), "la fiche manque.", "choisissez son numéro dans la liste.")
        following = row.table.section.nom == "indicateurs" and row.empty("libelle")
        for part in sorted({c.part for c in row.table.section.columns}):
            if holds_mesure(row) if part else not following:
                self._field_values(row, part)

    def _indicateurs(self, rows: list[TypedRow], place: RankedPlace) -> list[Indicateur]:
        """Rows of the same indicator, wherever they stand, make one."""
        by_id: dict[str, list[TypedRow]] = {}
        for row in rows:
            if row.texte("id"):
                by_id.setdefault(row.texte("id"), []).append(row)
                continue
            remedy = "écrivez-le, ou placez la ligne sous celles de son indicateur."
            self._add_fault(row.location("libelle"), "le libellé de l’indicateur manque.", remedy)
            self._field_values(row, "mesures")
        return [self._indicateur(its_own, (*place, rank)) for rank, its_own in enumerate(by_id.values(), 1)]

    def _indicateur(self, rows: list[TypedRow], place: RankedPlace) -> Indicateur:
        start = next((r for r in rows if not r.empty("libelle")), rows[0])
        for other in rows:
            if other is not start:
                self._compare(start, other)
        mesures = self._objects(filter(holds_mesure, rows), (*place, "mesures"), "mesures")
        indicateur: Indicateur = self._object(start, place, mesures=mesures)
        return indicateur

    def _compare(self, start: TypedRow, other: TypedRow) -> None:
        """The further rows of an indicator say nothing else of it than the first."""
        for champ in (c.champ for c in other.table.section.own_columns() if c.champ != "id"):
            if not other.empty(champ) and other.values(champ) != start.values(champ):
                message = "cette case diffère de la première ligne du même indicateur."
                begins = f"l’indicateur « {start.texte('id')} » commence à la ligne {start.numero + 1}."
                self._add_fault(other.location(champ), message, f"effacez cette case : {begins}")

    # --- fields ---

    def _field_values(self, row: TypedRow, part: str) -> dict[str, object]:
        """Field → value, for what was written; placeholders for what is missing, once it has been told."""
        section = row.table.section
        fiche = row.texte("numero" if section.nom == "fiches" else "fiche")
        written: dict[str, object] = {}
        # what is deduced from another cell lacks only if that one is there
        for column in sorted(section.own_columns(part), key=lambda c: bool(c.deduced)):
            if items := row.items.get(column.cle):
                values = [self._value(row, column, item, fiche) for item in items]
                written[column.champ] = tuple(values) if column.key.is_list else values[0]
            elif column.key.is_list and not row.empty(column.champ, part):
                written[column.champ] = ()
            elif column.key.obligatoire and row.empty(column.champ, part):  # else its own fault says what is wrong
                self._tell_missing(row, column)
        return _placeholders(section, part) | {c: v for c, v in written.items() if v is not None}

    def _tell_missing(self, row: TypedRow, column: SectionColumn) -> None:
        location, is_answer = row.location(column.champ, column.part), row.table.section.form
        if column.deduced and (is_answer or any(f.location.order[:2] == location.order[:2] for f in self.faults)):
            self.silenced.add((location.sheet, location.cell))  # it will follow from what is already told of the row
        elif is_answer:
            self._add_fault(location, "cette réponse manque.", column.aide)
        elif column.deduced:
            reason = column.deduced.rstrip(".")
            message = f"cette case est vide, et l’outil ne peut pas la déduire ici ({reason})."
            self._add_fault(location, message, "remplissez-la.")
        else:
            message = "cette case est vide, alors que la ligne est commencée."
            self._add_fault(location, message, "complétez-la, ou videz la ligne.")

    def _value(self, row: TypedRow, column: SectionColumn, item: Item, fiche: str) -> object:
        if column.cle in ("revisions.cible", "revisions.champ", "revisions.valeur"):
            return self._revision(row, column, item)
        return self._resolve(column, item, fiche) if column.cross_reference else item[0]

    def _resolve(self, column: SectionColumn, item: Item, fiche: str) -> str:
        """The id of what a cell names; a fault, and the text as it is, if nothing bears this name. ``fiche``: the one
        inside which names of volets and complements are known."""
        raw, location = item
        kind = column.cross_reference or ""
        if isinstance(raw, Doubtful):
            numero = self._by_number(kind, raw)
            if numero is None:
                self._add_fault(location, *raw.error)
            return numero or str(raw.raw)
        texte = str(raw)
        match = self.directory.resolve(kind, texte, fiche)
        if match is None and (several := self._several(kind, texte, fiche)):
            message = f"trouvé {found(texte)}, qui semble contenir plusieurs noms."
            self._add_fault(location, message, self._one_a_cell(column, several))
        elif match is None and not self._may_be_disguised(kind, texte):
            close_match = self.directory.close_match(kind, texte, fiche)
            to_add = f"joutez-le à la feuille « {SECTION_BY_NAME[REFERENCES[kind].section].sheet} »"
            tip = (
                f"vouliez-vous dire « {close_match} » ? Sinon, a{to_add}."
                if close_match
                else f"a{to_add}, ou corrigez."
            )
            self._add_fault(location, f"trouvé {found(texte)}, qui ne désigne pas {REFERENCES[kind].words}.", tip)
        return texte if match is None else match

    def _several(self, kind: str, texte: str, fiche: str) -> list[str]:
        """The names that one cell seems to hold (« PETR, CPAM 71 et CPAM 03 »): one of them is known, or they look
        like a list."""
        names = [nom.strip() for nom in re.split(r",|;|/|\n|\bet\b|\+", texte) if nom.strip()]
        is_known = any(self.directory.resolve(kind, nom, fiche) for nom in names)
        looks_so = kind in ("structures", "financeurs") and bool(several_names(texte))
        return names if len(names) > 1 and (is_known or looks_so) else []

    def _one_a_cell(self, column: SectionColumn, names: list[str]) -> str:
        """How names that share a cell are to be parted."""
        where = SECTION_BY_NAME[REFERENCES[column.cross_reference or ""].section].sheet
        unknown = [nom for nom in names if self.directory.resolve(column.cross_reference or "", nom) is None]
        how = "si les cases manquent, « ; » les sépare dans la dernière" if column.boxes else "un nom par ligne"
        how = "« ; » les sépare" if column.key.is_list and not column.boxes else how
        per_cell = f"un nom par case : {quoted_list(names)} ; {how}."
        return per_cell + (f" À ajouter à la feuille « {where} » : {quoted_list(unknown)}." if unknown else "")

    def _may_be_disguised(self, kind: str, texte: str) -> bool:
        """May the text name a row whose own number was spoilt? Then that row alone is at fault."""
        nom, champ, _ = REFERENCES[kind]
        return any(_is_same_number(texte, d.raw) for r in self.rows[nom] if (d := r.doubtful.get(f"{nom}.{champ}")))

    def _by_number(self, kind: str, raw: Doubtful) -> str | None:
        """The only entry whose number is that number; None if there is none, or « 2.1 » and « 2.10 » both."""
        if isinstance(raw.raw, date):
            return None
        same = [e.id for e in self.directory.entries.get(kind, ()) if _equals(e.id, raw.raw)]
        return same[0] if len(same) == 1 else None

    def _revision(self, row: TypedRow, column: SectionColumn, item: Item) -> str:
        objet, texte = row.texte("objet"), str(item[0])
        if column.champ == "cible":
            return written_revisions.read_target(objet, texte, self.directory)
        if column.champ == "champ":
            match = written_revisions.column(objet, texte)
            if match is None and objet:
                titles = ", ".join(c.titre for c in written_revisions.columns(objet))
                message = f"trouvé {found(texte)}, qui n’est pas une colonne qui se révise."
                self._add_fault(item[1], message, f"colonnes possibles : {titles}.")
            return match.champ if match else texte
        match = written_revisions.column(objet, row.texte("champ"))
        return written_revisions.read_value(match, texte, self.directory, self._revised_fiche(row)) if match else texte

    def _revised_fiche(self, row: TypedRow) -> str:
        cible = row.texte("cible")
        return next((r.texte("fiche") for r in self.rows["indicateurs"] if r.texte("id") == cible), cible)


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


def _placeholders(section: Section, part: str) -> dict[str, object]:
    """For the fields that the model needs."""
    keys = {c.champ: c.key for c in section.own_columns(part) if c.key.obligatoire}
    return {champ: () if key.is_list else _PLACEHOLDERS[key.type] for champ, key in keys.items()}


def _directory(rows: dict[str, list[TypedRow]]) -> ReferenceDirectory:
    """What the sheets themselves let one name."""
    entries: dict[str, list[DirectoryEntry]] = {}
    for kind in (kind for kind in REFERENCES if kind != "mesures"):
        # names of volets and complements are known inside their fiche alone
        entries[kind] = [
            e
            for row in rows[kind]
            for e in entry(kind, row.texts, row.texte("fiche") if row.table.section.parent else "")
        ]
    shipped = [DirectoryEntry(id_, (libelle,)) for id_, libelle in shipped_themes().items()]
    entries["themes"] = shipped + entries["themes"]
    entries["mesures"] = [DirectoryEntry(m, (m,)) for row in rows["indicateurs"] for m in row.texts("id", "mesures")]
    return ReferenceDirectory(entries)
