"""Typed rows → the regional noyau that they describe."""

from __future__ import annotations

from typing import Any

from cls_workbook.definition.authoring.reference_directory import DirectoryEntry, ReferenceDirectory, entry
from cls_workbook.definition.importing.authored_tables import DescriptionWorkbook
from cls_workbook.definition.importing.deductions import deduce_noyau
from cls_workbook.definition.importing.row_assembly import RowAssembly, own_themes, placeholders
from cls_workbook.domain.definition_keys import build
from cls_workbook.domain.regional.noyau_model import Noyau
from cls_workbook.domain.themes import shipped_themes


class NoyauAssembly(RowAssembly):
    """A regional noyau (``noyau``) of its rows."""

    def __init__(self, workbook: DescriptionWorkbook):
        super().__init__(workbook)
        deduce_noyau(self.rows)
        entries = {kind: [e for r in self.rows[kind] for e in entry(kind, r.texts)] for kind in ("themes", "priorites")}
        entries["themes"] = [DirectoryEntry(i, (t,)) for i, t in shipped_themes().items()] + entries["themes"]
        self.directory = ReferenceDirectory(entries)
        self.noyau = self.described_object = self._noyau()

    def _noyau(self) -> Noyau:
        its_own = self.rows | {"themes": own_themes(self.rows["themes"])}
        lists = [section for section in self.described.sections if not section.form]
        parts: dict[str, Any] = {s.nom: self._objects(its_own[s.nom], (s.nom,)) for s in lists}
        head = self.rows["noyau"]
        own = self._field_values(head[0], "") if head else placeholders(self.described.by_name["noyau"], "")
        return build(Noyau, own | parts)
