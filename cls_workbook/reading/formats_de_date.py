"""Which cell formats of an .xlsx show a number as a date, as a duration (calamine is asked, not imitated), or as a percentage.

A workbook of one row is made around the styles of the file, with the same number in each format, and given to calamine.
"""

from __future__ import annotations

import zipfile
from datetime import date, timedelta
from functools import lru_cache
from io import BytesIO
from typing import NamedTuple

from python_calamine import CalamineError, CalamineWorkbook

from cls_workbook.reading.pourcentages import formats_de_pourcentage

FORMATS_MAX = 20_000  # Excel stops at 65 490; a filled workbook has some hundreds
FORMATS_GARDES = 16  # styles remembered: those of one sender are the same in all the files sent by the same spreadsheet
_TEMOIN = 45_000.5  # a day at noon: no format can take it for a time alone


class Formats(NamedTuple):
    """Indices of formats, as a cell writes them in its attribute ``s``."""

    dates: frozenset[bytes]
    durees: frozenset[bytes]
    pourcentages: frozenset[bytes]


@lru_cache(maxsize=FORMATS_GARDES)
def formats_de_date(styles: bytes) -> Formats | None:
    """None if these styles cannot be read. ``styles``: the part ``xl/styles.xml``."""
    nombre = styles.count(b"<xf ") + styles.count(b":xf ")  # at least as many as there are formats of cells
    if nombre > FORMATS_MAX:
        return None
    try:
        classeur = CalamineWorkbook.from_filelike(BytesIO(_temoin(styles, nombre)))
        vus = (classeur.get_sheet_by_index(0).to_python() or [[]])[0]
    except (CalamineError, OSError, ValueError):
        return None
    rangs = {nature: frozenset(b"%d" % i for i, v in enumerate(vus) if isinstance(v, nature)) for nature in (date, timedelta)}
    return Formats(rangs[date], rangs[timedelta], formats_de_pourcentage(styles))


def _temoin(styles: bytes, nombre: int) -> bytes:
    cellules = b"".join(b'<c s="%d"><v>%r</v></c>' % (i, _TEMOIN) for i in range(nombre))
    tampon = BytesIO()
    with zipfile.ZipFile(tampon, "w") as archive:
        for nom, contenu in (*_PARTIES.items(), ("xl/styles.xml", styles)):
            archive.writestr(nom, contenu)
        archive.writestr("xl/worksheets/sheet1.xml", b"<worksheet %s><sheetData><row>%s</row></sheetData></worksheet>" % (_CLASSEUR, cellules))
    return tampon.getvalue()


_CLASSEUR = b'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
_LIENS = b"http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PAQUET = b"http://schemas.openxmlformats.org/package/2006"
_TYPE = b"application/vnd.openxmlformats-officedocument.spreadsheetml."
_PARTIES = {
    "[Content_Types].xml": b'<Types xmlns="%s/content-types"><Override PartName="/xl/workbook.xml" ContentType="%ssheet.main+xml"/></Types>' % (_PAQUET, _TYPE),
    "_rels/.rels": b'<Relationships xmlns="%s/relationships"><Relationship Id="r1" Type="%s/officeDocument" Target="xl/workbook.xml"/></Relationships>' % (_PAQUET, _LIENS),
    "xl/workbook.xml": b'<workbook %s xmlns:r="%s"><sheets><sheet name="t" sheetId="1" r:id="r1"/></sheets></workbook>' % (_CLASSEUR, _LIENS),
    "xl/_rels/workbook.xml.rels": b'<Relationships xmlns="%s/relationships"><Relationship Id="r1" Type="%s/worksheet" Target="worksheets/sheet1.xml"/></Relationships>' % (_PAQUET, _LIENS),
}  # fmt: skip
