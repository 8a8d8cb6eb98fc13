"""The grammar of SpreadsheetML as far as the project's files use it: for each element its attributes and, in their
order, its children. Written from ECMA-376, part 1, and [MS-XLSX].

An attribute is ``name:kind``, ``!`` where it must be there; a kind is a letter (below), an enumeration (``a|b``) or
nothing, for any text. What bears a prefix (``r:id``, ``xml:space``) is not looked at.
"""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from functools import cache

MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_KINDS = {
    "b": "0|1|true|false",
    "i": r"-?\d{1,10}",
    "u": r"\d{1,10}",
    "d": r"-?\d+(\.\d+)?([eE][+-]?\d+)?",
    "x": "[0-9A-Fa-f]{8}",  # a colour
    "h": "[0-9A-Fa-f]{4}",  # the hash of a password, as Excel 2007 keeps it
    "64": "[A-Za-z0-9+/]{4,}={0,2}",
    "zoom": r"0|[1-9]\d|[1-3]\d\d|400",
    "level": "[0-7]",
    "rotation": r"\d|[1-9]\d|1[0-7]\d|180|255",
}
_PANE = "bottomRight|topRight|bottomLeft|topLeft"
_LINE = (
    "none|thin|medium|dashed|dotted|thick|double|hair|mediumDashed|dashDot|mediumDashDot|dashDotDot|mediumDashDotDot"
    "|slantDashDot"
)
_COLOUR = ("auto:b indexed:u rgb:x theme:u tint:d", "")
_EDGE = (f"style:{_LINE}", "color")
_BREAKS = ("count:u manualBreakCount:u", "brk")
_VALUE = ("val!", "")
_SWITCH = ("val:b", "")
_LOCKS = (
    "formatCells formatColumns formatRows insertColumns insertRows insertHyperlinks deleteColumns deleteRows sort "
    "autoFilter pivotTables selectLockedCells selectUnlockedCells sheet objects scenarios"
)
_FONT = "b i strike condense extend outline shadow u vertAlign sz color name family charset scheme"

# element → (its attributes, its children in their order); what is not here is not looked at
GRAMMAR: dict[str, tuple[str, str]] = {
    # a sheet
    "worksheet": (
        "",
        "sheetPr dimension sheetViews sheetFormatPr cols sheetData sheetCalcPr sheetProtection protectedRanges "
        "scenarios autoFilter sortState dataConsolidate customSheetViews mergeCells phoneticPr conditionalFormatting "
        "dataValidations hyperlinks printOptions pageMargins pageSetup headerFooter rowBreaks colBreaks "
        "customProperties cellWatches ignoredErrors smartTags drawing legacyDrawing legacyDrawingHF drawingHF picture "
        "oleObjects controls webPublishItems tableParts extLst",
    ),
    "sheetPr": (
        "syncHorizontal:b syncVertical:b syncRef transitionEvaluation:b transitionEntry:b published:b codeName "
        "filterMode:b enableFormatConditionsCalculation:b",
        "tabColor outlinePr pageSetUpPr",
    ),
    "tabColor": _COLOUR,
    "pageSetUpPr": ("autoPageBreaks:b fitToPage:b", ""),
    "dimension": ("ref!", ""),
    "sheetViews": ("", "sheetView extLst"),
    "sheetView": (
        "windowProtection:b showFormulas:b showGridLines:b showRowColHeaders:b showZeros:b rightToLeft:b tabSelected:b "
        "showRuler:b showOutlineSymbols:b defaultGridColor:b showWhiteSpace:b view:normal|pageBreakPreview|pageLayout "
        "topLeftCell colorId:u zoomScale:zoom zoomScaleNormal:zoom zoomScaleSheetLayoutView:zoom "
        "zoomScalePageLayoutView:zoom workbookViewId!:u",
        "pane selection pivotSelection extLst",
    ),
    "pane": (f"xSplit:d ySplit:d topLeftCell activePane:{_PANE} state:split|frozen|frozenSplit", ""),
    "selection": (f"pane:{_PANE} activeCell activeCellId:u sqref", ""),
    "sheetFormatPr": (
        "baseColWidth:u defaultColWidth:d defaultRowHeight!:d customHeight:b zeroHeight:b thickTop:b thickBottom:b "
        "outlineLevelRow:level outlineLevelCol:level",
        "",
    ),
    "cols": ("", "col"),
    "col": (
        "min!:u max!:u width:d style:u hidden:b bestFit:b customWidth:b phonetic:b outlineLevel:level collapsed:b",
        "",
    ),
    "sheetData": ("", "row"),
    "row": (
        "r:u spans s:u customFormat:b ht:d hidden:b customHeight:b outlineLevel:level collapsed:b thickTop:b "
        "thickBot:b ph:b",
        "c extLst",
    ),
    "c": ("r s:u t:b|n|e|s|str|inlineStr|d cm:u vm:u ph:b", "f v is extLst"),
    "f": ("t:normal|array|dataTable|shared aca:b ref dt2D:b dtr:b del1:b del2:b r1 r2 ca:b si:u bx:b", ""),
    "sheetProtection": (
        f"password:h algorithmName hashValue:64 saltValue:64 spinCount:u {' '.join(f'{n}:b' for n in _LOCKS.split())}",
        "",
    ),
    "mergeCells": ("count:u", "mergeCell"),
    "mergeCell": ("ref!", ""),
    "conditionalFormatting": ("pivot:b sqref!", "cfRule extLst"),
    "cfRule": (
        "type!:expression|cellIs|colorScale|dataBar|iconSet|top10|uniqueValues|duplicateValues|containsText"
        "|notContainsText|beginsWith|endsWith|containsBlanks|notContainsBlanks|containsErrors|notContainsErrors"
        "|timePeriod|aboveAverage dxfId:u priority!:i stopIfTrue:b aboveAverage:b percent:b bottom:b "
        "operator:lessThan|lessThanOrEqual|equal|notEqual|greaterThanOrEqual|greaterThan|between|notBetween"
        "|containsText|notContains|beginsWith|endsWith text timePeriod rank:u stdDev:i equalAverage:b",
        "formula colorScale dataBar iconSet extLst",
    ),
    "dataValidations": ("disablePrompts:b xWindow:u yWindow:u count:u", "dataValidation"),
    "dataValidation": (
        "type:none|whole|decimal|list|date|time|textLength|custom errorStyle:stop|warning|information imeMode "
        "operator:between|notBetween|equal|notEqual|lessThan|lessThanOrEqual|greaterThan|greaterThanOrEqual "
        "allowBlank:b showDropDown:b showInputMessage:b showErrorMessage:b errorTitle error promptTitle prompt sqref!",
        "formula1 formula2",
    ),
    "hyperlinks": ("", "hyperlink"),
    "hyperlink": ("ref! location tooltip display", ""),
    "printOptions": ("horizontalCentered:b verticalCentered:b headings:b gridLines:b gridLinesSet:b", ""),
    "pageMargins": ("left!:d right!:d top!:d bottom!:d header!:d footer!:d", ""),
    "pageSetup": (
        "paperSize:u paperHeight paperWidth scale:u firstPageNumber:u fitToWidth:u fitToHeight:u "
        "pageOrder:downThenOver|overThenDown orientation:default|portrait|landscape usePrinterDefaults:b "
        "blackAndWhite:b draft:b cellComments:none|asDisplayed|atEnd useFirstPageNumber:b "
        "errors:displayed|blank|dash|NA horizontalDpi:u verticalDpi:u copies:u",
        "",
    ),
    "headerFooter": (
        "differentOddEven:b differentFirst:b scaleWithDoc:b alignWithMargins:b",
        "oddHeader oddFooter evenHeader evenFooter firstHeader firstFooter",
    ),
    "rowBreaks": _BREAKS,
    "colBreaks": _BREAKS,
    "brk": ("id:u min:u max:u man:b pt:b", ""),
    "tableParts": ("count:u", "tablePart"),
    "tablePart": ("", ""),
    # the workbook
    "workbook": (
        "conformance",
        "fileVersion fileSharing workbookPr workbookProtection bookViews sheets functionGroups externalReferences "
        "definedNames calcPr oleSize customWorkbookViews pivotCaches smartTagPr smartTagTypes webPublishing "
        "fileRecoveryPr webPublishObjects extLst",
    ),
    "workbookView": (
        "visibility:visible|hidden|veryHidden minimized:b showHorizontalScroll:b showVerticalScroll:b showSheetTabs:b "
        "xWindow:i yWindow:i windowWidth:u windowHeight:u tabRatio:u firstSheet:u activeTab:u "
        "autoFilterDateGrouping:b",
        "extLst",
    ),
    "sheets": ("", "sheet"),
    "sheet": ("name! sheetId!:u state:visible|hidden|veryHidden", ""),
    "definedNames": ("", "definedName"),
    "definedName": (
        "name! comment customMenu description help statusBar localSheetId:u hidden:b function:b vbProcedure:b xlm:b "
        "functionGroupId:u shortcutKey publishToServer:b workbookParameter:b",
        "",
    ),
    "calcPr": (
        "calcId:u calcMode:manual|auto|autoNoTable fullCalcOnLoad:b refMode:A1|R1C1 iterate:b iterateCount:u "
        "iterateDelta:d fullPrecision:b calcCompleted:b calcOnSave:b concurrentCalc:b concurrentManualCount:u "
        "forceFullCalc:b",
        "",
    ),
    # styles
    "styleSheet": ("", "numFmts fonts fills borders cellStyleXfs cellXfs cellStyles dxfs tableStyles colors extLst"),
    "numFmts": ("count:u", "numFmt"),
    "numFmt": ("numFmtId!:u formatCode!", ""),
    "fonts": ("count:u", "font"),
    "font": ("", _FONT),
    **dict.fromkeys(("b", "i", "strike", "outline", "shadow"), _SWITCH),
    "u": ("val:single|double|singleAccounting|doubleAccounting|none", ""),
    "sz": ("val!:d", ""),
    "name": _VALUE,
    "family": ("val!:u", ""),
    "scheme": ("val!:none|major|minor", ""),
    "fills": ("count:u", "fill"),
    "fill": ("", "patternFill gradientFill"),
    "patternFill": (
        "patternType:none|solid|mediumGray|darkGray|lightGray|darkHorizontal|darkVertical|darkDown|darkUp|darkGrid"
        "|darkTrellis|lightHorizontal|lightVertical|lightDown|lightUp|lightGrid|lightTrellis|gray125|gray0625",
        "fgColor bgColor",
    ),
    "fgColor": _COLOUR,
    "bgColor": _COLOUR,
    "color": _COLOUR,
    "borders": ("count:u", "border"),
    "border": ("diagonalUp:b diagonalDown:b outline:b", "start end left right top bottom diagonal vertical horizontal"),
    **dict.fromkeys(("left", "right", "top", "bottom", "diagonal"), _EDGE),
    "cellStyleXfs": ("count:u", "xf"),
    "cellXfs": ("count:u", "xf"),
    "xf": (
        "numFmtId:u fontId:u fillId:u borderId:u xfId:u quotePrefix:b pivotButton:b applyNumberFormat:b applyFont:b "
        "applyFill:b applyBorder:b applyAlignment:b applyProtection:b",
        "alignment protection extLst",
    ),
    "alignment": (
        "horizontal:general|left|center|right|fill|justify|centerContinuous|distributed "
        "vertical:top|center|bottom|justify|distributed textRotation:rotation wrapText:b indent:u relativeIndent:i "
        "justifyLastLine:b shrinkToFit:b readingOrder:u",
        "",
    ),
    "protection": ("locked:b hidden:b", ""),
    "cellStyles": ("count:u", "cellStyle"),
    "cellStyle": ("name xfId!:u builtinId:u iLevel:u hidden:b customBuiltin:b", "extLst"),
    "dxfs": ("count:u", "dxf"),
    "dxf": ("", "font numFmt fill alignment border protection extLst"),
    # tables, comments, texts
    "table": (
        "id!:u name displayName! comment ref! tableType:worksheet|xml|queryTable headerRowCount:u insertRow:b "
        "insertRowShift:b totalsRowCount:u totalsRowShown:b published:b headerRowDxfId:u dataDxfId:u totalsRowDxfId:u "
        "headerRowBorderDxfId:u tableBorderDxfId:u totalsRowBorderDxfId:u headerRowCellStyle dataCellStyle "
        "totalsRowCellStyle connectionId:u",
        "autoFilter sortState tableColumns tableStyleInfo extLst",
    ),
    "autoFilter": ("ref", "filterColumn sortState extLst"),
    "tableColumns": ("count:u", "tableColumn"),
    "tableColumn": (
        "id!:u uniqueName name! totalsRowFunction totalsRowLabel queryTableFieldId:u headerRowDxfId:u dataDxfId:u "
        "totalsRowDxfId:u headerRowCellStyle dataCellStyle totalsRowCellStyle",
        "calculatedColumnFormula totalsRowFormula xmlColumnPr extLst",
    ),
    "tableStyleInfo": ("name showFirstColumn:b showLastColumn:b showRowStripes:b showColumnStripes:b", ""),
    "comments": ("", "authors commentList extLst"),
    "authors": ("", "author"),
    "commentList": ("", "comment"),
    "comment": ("ref! authorId!:u guid shapeId:u", "text commentPr"),
    "sst": ("count:u uniqueCount:u", "si extLst"),
    "si": ("", "t r rPh phoneticPr"),
    "is": ("", "t r rPh phoneticPr"),
    "r": ("", "rPr t"),
}
# A font may be described in any order (openpyxl has its own).
_ANY_ORDER = frozenset(("font", "si", "is"))
# Where several kinds of children stand side by side, those that may come again.
_SEVERAL = frozenset(
    ("conditionalFormatting", "sheetView", "selection", "cfRule", "formula", "c", "r", "rPh", "si", "filterColumn")
)


@cache
def _attributes(name: str) -> dict[str, tuple[bool, re.Pattern[str] | None]]:
    """Attribute → (whether it must be there, the expression that its value matches)."""
    found = {}
    for word in GRAMMAR[name][0].split():
        attribute, _, kind = word.partition(":")
        pattern = _KINDS.get(kind) or "|".join(map(re.escape, kind.split("|")))
        found[attribute.rstrip("!")] = (attribute.endswith("!"), re.compile(pattern) if kind else None)
    return found


@cache
def _needed(name: str) -> list[str]:
    return [attribute for attribute, (is_needed, _) in _attributes(name).items() if is_needed]


@cache
def _ranks(name: str) -> dict[str, int]:
    """Child → its place in the order."""
    return {child: rank for rank, child in enumerate(dict.fromkeys(GRAMMAR[name][1].split()))}


def grammar_faults(part: str, tree: ET.Element) -> Iterator[str]:
    """Attributes and children that the grammar does not know, are missing, or stand out of their order."""
    for element in tree.iter():
        name = element.tag.removeprefix(MAIN)
        if element.tag.startswith(MAIN) and name in GRAMMAR:
            for fault in (*_attribute_faults(name, element), *_child_faults(name, element)):
                yield f"{part}: {fault}"


def _attribute_faults(name: str, element: ET.Element) -> Iterator[str]:
    known = _attributes(name)
    for attribute, value in element.items():
        if attribute.startswith("{"):
            continue
        if attribute not in known:
            yield f"<{name}> has an attribute {attribute}, which it does not know."
        elif (pattern := known[attribute][1]) and not pattern.fullmatch(value):
            yield f"<{name}> says {attribute}=“{value[:40]}”."
    for attribute in _needed(name):
        if attribute not in element.attrib:
            yield f"<{name}> lacks its attribute {attribute}."


def _child_faults(name: str, element: ET.Element) -> Iterator[str]:
    order = _ranks(name)
    last, seen = -1, set()
    for child in element:
        if not child.tag.startswith(MAIN):
            continue
        inside = child.tag.removeprefix(MAIN)
        if inside not in order:
            yield f"<{name}> holds <{inside}>, which does not belong there."
            continue
        if (rank := order[inside]) < last and name not in _ANY_ORDER:
            yield f"<{inside}> comes after <{list(order)[last]}> in <{name}>."
        if inside in seen and len(order) > 1 and inside not in _SEVERAL:
            yield f"<{name}> holds <{inside}> twice."
        last = max(last, rank)
        seen.add(inside)
    count = element.get("count")
    if name not in ("sst", "rowBreaks", "colBreaks") and count and count.isdigit() and int(count) != len(element):
        yield f"<{name}> counts {count}, it holds {len(element)}."
