"""The language of a file, among its properties: what a screen reader takes its voice from, where it asks.

XlsxWriter has no property for it. It says of ``_get_packager`` that it may be overridden; the rest is as it writes it.
"""

from __future__ import annotations

from xlsxwriter import Workbook
from xlsxwriter.core import Core
from xlsxwriter.packager import Packager

LANGUAGE = "fr-FR"


class FrenchBook(Workbook):  # type: ignore[misc]  # XlsxWriter carries no types
    """A workbook of XlsxWriter whose properties say that it is in French."""

    def _get_packager(self) -> Packager:
        return _FrenchPackager()


class _FrenchPackager(Packager):  # type: ignore[misc]  # as above
    def _write_core_file(self) -> None:
        core = _FrenchCore()
        core._set_properties(self.workbook.doc_properties)
        core._set_xml_writer(self._filename("docProps/core.xml"))
        core._assemble_xml_file()


class _FrenchCore(Core):  # type: ignore[misc]  # as above
    def _write_dc_creator(self) -> None:
        super()._write_dc_creator()
        self._xml_data_element("dc:language", LANGUAGE)
