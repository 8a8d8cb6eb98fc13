"""A sheet as a screen shows it, for pictures. Beside ``libreoffice_driver``, which is run as a programme."""

from __future__ import annotations

import uno
from com.sun.star.beans import PropertyValue

LARGEST_PAPER = 290_000  # hundredths of a millimetre


class Screens:
    """The orders about what a screen shows."""

    def order_screen(self, doc, document, sheet, file):
        selected = uno.Any("[]com.sun.star.beans.PropertyValue", (_named("Selection", _alone(doc, sheet)),))
        saved = (_named("FilterName", "calc_pdf_Export"), _named("FilterData", selected))
        doc.storeToURL(uno.systemPathToFileUrl(file), saved)


def _named(name, value):
    found = PropertyValue()
    found.Name, found.Value = name, value
    return found


def _alone(doc, name):
    """The sheet alone, at 100 %, on one page without margins: its pixels are those of a screen. Its cells."""
    sheet = doc.Sheets.getByName(name)
    for other in doc.Sheets:
        other.setPrintAreas(())
    sheet.removeAllManualPageBreaks()
    sheet.setPrintTitleRows(False)
    sheet.setPrintTitleColumns(False)
    cursor = sheet.createCursor()
    cursor.gotoEndOfUsedArea(False)
    area = sheet.getCellRangeByPosition(0, 0, cursor.RangeAddress.EndColumn, cursor.RangeAddress.EndRow)
    sheet.setPrintAreas((area.RangeAddress,))
    style = doc.StyleFamilies.getByName("PageStyles").getByName(sheet.PageStyle)
    style.ScaleToPagesX = style.ScaleToPagesY = style.ScaleToPages = 0
    style.PageScale = 100
    style.CenterHorizontally = False
    style.HeaderIsOn = style.FooterIsOn = style.IsLandscape = False
    style.LeftMargin = style.RightMargin = style.TopMargin = style.BottomMargin = 0
    style.Width, style.Height = (min(side + 600, LARGEST_PAPER) for side in (area.Size.Width, area.Size.Height))
    return area
