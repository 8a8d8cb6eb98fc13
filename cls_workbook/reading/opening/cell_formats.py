"""Which cell formats of an .xlsx show a number as a date, as a duration (calamine is asked, not imitated), or as a
percentage.

A workbook of one row is made around the styles of the file, with the same number in each format, and given to calamine.
"""

from __future__ import annotations

import zipfile
from datetime import date, timedelta
from io import BytesIO

from python_calamine import CalamineError, CalamineWorkbook

from cls_workbook.fast_paths.sheet_xml import Formats
from cls_workbook.workbook.percentages import percentage_formats

FORMATS_MAX = 20_000  # Excel stops at 65 490; a filled workbook has some hundreds
_SAMPLE_NUMBER = 45_000.5  # a day at noon: no format can take it for a time alone


def date_formats(styles: bytes) -> Formats | None:
    """None if these styles cannot be read. ``styles``: the part ``xl/styles.xml``."""
    number = styles.count(b"<xf ") + styles.count(b":xf ")  # at least as many as there are formats of cells
    if number > FORMATS_MAX:
        return None
    try:
        workbook = CalamineWorkbook.from_filelike(BytesIO(_sample_workbook(styles, number)))
        seen = (workbook.get_sheet_by_index(0).to_python() or [[]])[0]
    except (CalamineError, OSError, ValueError):
        return None
    ranks = {
        kind: frozenset(b"%d" % i for i, v in enumerate(seen) if isinstance(v, kind)) for kind in (date, timedelta)
    }
    return Formats(ranks[date], ranks[timedelta], percentage_formats(styles))


def _sample_workbook(styles: bytes, number: int) -> bytes:
    cells = b"".join(b'<c s="%d"><v>%r</v></c>' % (i, _SAMPLE_NUMBER) for i in range(number))
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for nom, content in (*_PARTS.items(), ("xl/styles.xml", styles)):
            archive.writestr(nom, content)
        archive.writestr(
            "xl/worksheets/sheet1.xml",
            b"<worksheet %s><sheetData><row>%s</row></sheetData></worksheet>" % (_WORKBOOK, cells),
        )
    return buffer.getvalue()


_WORKBOOK = b'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
_RELATIONSHIPS = b"http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = b"http://schemas.openxmlformats.org/package/2006"
_TYPE = b"application/vnd.openxmlformats-officedocument.spreadsheetml."
_PARTS = {
    "[Content_Types].xml": b'<Types xmlns="%s/content-types"><Override PartName="/xl/workbook.xml" '
    b'ContentType="%ssheet.main+xml"/></Types>' % (_PACKAGE, _TYPE),
    "_rels/.rels": b'<Relationships xmlns="%s/relationships"><Relationship Id="r1" Type="%s/officeDocument" '
    b'Target="xl/workbook.xml"/></Relationships>' % (_PACKAGE, _RELATIONSHIPS),
    "xl/workbook.xml": b'<workbook %s xmlns:r="%s"><sheets><sheet name="t" sheetId="1" r:id="r1"/></sheets></workbook>'
    % (_WORKBOOK, _RELATIONSHIPS),
    "xl/_rels/workbook.xml.rels": b'<Relationships xmlns="%s/relationships"><Relationship Id="r1" '
    b'Type="%s/worksheet" Target="worksheets/sheet1.xml"/></Relationships>' % (_PACKAGE, _RELATIONSHIPS),
}
