"""Typed rows → the objects that they describe: what the import of a contract and that of a regional noyau share."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from cls_workbook.definition.asked.all_sections import REFERENCES
from cls_workbook.definition.asked.sections import Section, SectionColumn
from cls_workbook.definition.authoring import coded_choices
from cls_workbook.definition.authoring.reference_directory import ReferenceDirectory
from cls_workbook.definition.importing.authored_tables import DescriptionWorkbook
from cls_workbook.definition.importing.authored_values import Doubtful
from cls_workbook.definition.importing.import_finding import found
from cls_workbook.definition.importing.typed_rows import Item, TypedRow, type_values
from cls_workbook.domain.definition_keys import build, keys_of
from cls_workbook.domain.themes import shipped_themes
from cls_workbook.domain.verification.fault import RankedPlace
from cls_workbook.domain.verification.fiche_faults import ALLOWED_AGGREGATIONS
from cls_workbook.domain.verification.list_faults import several_names
from cls_workbook.french import fold, quoted_list

_PLACEHOLDERS = {str: "", int: 0, Decimal: Decimal(0), bool: False, date: None}


class Origin(NamedTuple):
    """The row of an object, and which part of the row is its own."""

    row: TypedRow
    part: str = ""


class RowAssembly:
    """``described_object``: what could be understood; ``faults``: the workbook's, and those found on the way.
    ``origins``: place of each object in the definition → where it comes from; ``silenced``: (sheet, cell) of what needs
    no word, another cell being at fault."""

    directory: ReferenceDirectory
    described_object: Any

    def __init__(self, workbook: DescriptionWorkbook):
        self.described, self.rows, self.tables = workbook.described, type_values(workbook), workbook.tables
        self.faults, self._add_fault = workbook.faults, workbook.add_fault
        self.origins: dict[RankedPlace, Origin] = {}
        self.silenced: set[tuple[str, str]] = set()
        self.lost_sheets: set[str] = set()  # that other sheets cite

    def _objects(self, rows: Iterable[TypedRow], place: RankedPlace, part: str = "") -> tuple[Any, ...]:
        return tuple(self._object(row, (*place, rank), part) for rank, row in enumerate(rows, 1))

    def _object(self, row: TypedRow, place: RankedPlace, part: str = "", **extra: object) -> Any:
        class_ = row.table.section.class_
        self.origins.setdefault(place, Origin(row, part))  # of two rows at one place, the first counts
        return build(keys_of(class_)[part].type if part else class_, self._field_values(row, part) | extra)

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
        return placeholders(section, part) | {c: v for c, v in written.items() if v is not None}

    def _tell_missing(self, row: TypedRow, column: SectionColumn) -> None:
        location, is_answer = row.location(column.champ, column.part), row.table.section.form
        if not is_answer and column.cle not in row.table.columns:
            self.silenced.add((location.sheet, location.cell))  # the column is lost: told once, at its headers
        elif column.deduced and (is_answer or any(f.location.order[:2] == location.order[:2] for f in self.faults)):
            self.silenced.add((location.sheet, location.cell))  # it will follow from what is already told of the row
        elif is_answer:
            self._add_fault(location, "cette réponse manque.", f"écrivez-la : {_first_sentence(column.aide)}.")
        elif column.champ == "agregation":
            words = coded_choices.CHOICES["agregations"]
            fit = quoted_list(words[code] for code in ALLOWED_AGGREGATIONS[row.texte("type", column.part)])
            message = "cette case est vide, et plusieurs façons de rassembler conviennent à cette sorte de saisie."
            self._add_fault(location, message, f"choisissez : {fit}.")
        elif column.deduced:
            reason = column.deduced.rstrip(".")
            message = f"cette case est vide, et l’outil ne peut pas la déduire ici ({reason})."
            self._add_fault(location, message, "remplissez-la.")
        else:
            message = "cette case est vide, alors que la ligne est commencée."
            expected = f"attendu : {_first_sentence(column.aide)}."
            self._add_fault(location, f"{message[:-1]} ; {expected}", "complétez-la, ou videz la ligne.")

    def _value(self, row: TypedRow, column: SectionColumn, item: Item, fiche: str) -> object:
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
        named = self.tables[REFERENCES[kind].section]
        if match is None and not named.sheet:  # told once, whatever cites it
            self.lost_sheets.add(named.section.nom)
            remedy = "rétablissez-la, ou reprenez le classeur d’origine."
            self._add_fault(named.entire, "cette feuille est introuvable, et d’autres citent ses lignes.", remedy)
        elif match is None and (several := self._several(kind, texte, fiche)):
            message = f"trouvé {found(texte)}, qui semble contenir plusieurs noms."
            self._add_fault(location, message, self._one_a_cell(column, several))
        elif match is None and self._may_be_disguised(kind, texte):
            self.silenced.add((location.sheet, location.cell))
        elif match is None:
            close_match = self.directory.close_match(kind, texte, fiche)
            to_add = f"joutez-le à la feuille « {named.section.sheet} »"
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
        where = self.tables[REFERENCES[column.cross_reference or ""].section].section.sheet
        unknown = [nom for nom in names if self.directory.resolve(column.cross_reference or "", nom) is None]
        how = "si les cases manquent, « ; » les sépare dans la dernière" if column.boxes else "un nom par ligne"
        how = "« ; » les sépare" if column.key.is_list and not column.boxes else how
        per_cell = f"un nom par case : {quoted_list(names)} ; {how}."
        return per_cell + (f" À ajouter à la feuille « {where} » : {quoted_list(unknown)}." if unknown else "")

    def _may_be_disguised(self, kind: str, texte: str) -> bool:
        """May the text name a row whose own name or number was spoilt, forgotten, or that of another row? Then that row
        alone is at fault."""
        nom, champ, _ = REFERENCES[kind]
        cle, its_own = f"{nom}.{champ}", [r for r in self.rows[nom] if r.touched]
        written = Counter(fold(r.texte(champ)) for r in its_own)
        if any(n > 1 for n in written.values()):  # one is given twice, or two lack: it is told there
            return True
        return written[""] > 0 or any(_is_same_number(texte, d.raw) for r in its_own if (d := r.doubtful.get(cle)))

    def _by_number(self, kind: str, raw: Doubtful) -> str | None:
        """The only entry whose number is that number; None if there is none, or « 2.1 » and « 2.10 » both."""
        if isinstance(raw.raw, date):
            return None
        same = [e.id for e in self.directory.entries.get(kind, ()) if _equals(e.id, raw.raw)]
        return same[0] if len(same) == 1 else None


def _first_sentence(aide: str) -> str:
    """What a help says first, to go on a sentence with."""
    first = re.split(r"[.:](?=\s|$)", aide, maxsplit=1)[0].strip(" …")
    return first if first[:2].isupper() else first[:1].lower() + first[1:]


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


def own_themes(themes: list[TypedRow]) -> list[TypedRow]:
    """The rows of the contract's own themes. One that ships is not its own, unless it is there twice with its
    identifier.
    """
    seen, own = set(), []
    for row in themes:
        id_ = row.texte("id")
        shipped = id_ in shipped_themes() and fold(shipped_themes()[id_]) == fold(row.texte("libelle"))
        if not shipped or (id_ in seen and not row.empty("id")):
            own.append(row)
        seen.add(id_)
    return own


def placeholders(section: Section, part: str) -> dict[str, object]:
    """For the fields that the model needs."""
    keys = {c.champ: c.key for c in section.own_columns(part) if c.key.obligatoire}
    return {champ: () if key.is_list else _PLACEHOLDERS[key.type] for champ, key in keys.items()}
