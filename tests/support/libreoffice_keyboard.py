"""What a person does at the keyboard of LibreOffice: looks, follows links, presses Tab, types in the cell under the
cursor, chooses from what a list offers.

Part of ``libreoffice_driver``: run by the interpreter that has ``uno``, on LibreOffice's main thread.
"""

from __future__ import annotations

import uno
from com.sun.star.beans import PropertyValue

TEXT_CONTENT = 4  # com.sun.star.sheet.CellFlags.STRING
TABS_MAX = 2000  # of one sheet: a cursor that never comes back is lost


def _dispatch(doc, command, **parameters):
    url = uno.createUnoStruct("com.sun.star.util.URL")
    url.Complete = url.Main = f".uno:{command}"
    url.Protocol, url.Path = ".uno:", command
    values = tuple(PropertyValue(nom, 0, valeur, 0) for nom, valeur in parameters.items())
    doc.CurrentController.Frame.queryDispatch(url, "", 0).dispatch(url, values)


def _cursor(doc):
    where = doc.CurrentController.Selection.RangeAddress  # of several cells where they are merged
    return where.StartColumn, where.StartRow


def tab_stops(doc, sheet):
    """[column, row] of each cell that Tab stops at, from the one where the sheet opens, until it comes round."""
    doc.CurrentController.setActiveSheet(sheet)
    here = _cursor(doc)
    stops = [] if sheet.getCellByPosition(*here).CellProtection.IsLocked else [here]
    while len(stops) < TABS_MAX:
        _dispatch(doc, "JumpToNextUnprotected")
        place = _cursor(doc)
        if place in stops or sheet.getCellByPosition(*place).CellProtection.IsLocked:
            break  # it came round, or there is nowhere to go
        stops.append(place)
    return stops


def enter(doc, sheet, address, texte):
    """Types in a cell; what it then shows."""
    controller, cell = doc.CurrentController, sheet.getCellRangeByName(address)
    controller.select(cell)
    _dispatch(doc, "EnterString", StringName=texte)
    return sheet.getCellRangeByName(address).getCellByPosition(0, 0).String


def offered(doc, sheet, address):
    """The prompt that shows under the cursor, what the cell accepts, what its list offers."""
    rule = sheet.getCellRangeByName(address).Validation
    return {
        "kind": rule.Type.value,
        "title": rule.InputTitle,
        "prompt": rule.InputMessage,
        "bounds": [rule.getFormula1(), rule.getFormula2()],
        "choices": _choices(doc, rule.getFormula1()) if rule.Type.value == "LIST" else [],
        "strict": rule.ErrorAlertStyle.value == "STOP",
    }


def _choices(doc, source):
    if source.startswith('"'):
        return source.strip('"').split('";"')
    nom, _, zone = source.lstrip("$").rpartition(".")
    lines = doc.Sheets.getByName(nom.strip("'")).getCellRangeByName(zone.replace("$", "")).getDataArray()
    return [line[0] for line in lines if line[0] != ""]


def links(sheet):
    """[address, shown text, sheet that it leads to] of each link."""
    found = []
    for cell in sheet.queryContentCells(TEXT_CONTENT).Cells:
        for link in cell.TextFields:
            target = link.URL.lstrip("#").rpartition(".")[0].strip("'")
            place = cell.CellAddress
            found.append([place.Column, place.Row, link.Representation, target])
    return found


def judged_invalid(sheet):
    """The cells that « Mark invalid data » circles: what no one could have typed by the rules of validation."""
    sheet.unprotect("")
    sheet.showInvalid()
    shapes = [sheet.DrawPage.getByIndex(rank) for rank in range(sheet.DrawPage.Count)]
    return [s.Anchor.AbsoluteName.rpartition(".")[2].replace("$", "") for s in shapes]
