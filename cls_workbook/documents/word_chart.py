"""A native chart in a Word file, with the workbook of its figures inside."""

from __future__ import annotations

from xml.sax.saxutils import quoteattr

from docx.document import Document
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.opc.oxml import serialize_part_xml
from docx.opc.packuri import PackURI
from docx.opc.part import Part
from docx.oxml import parse_xml
from docx.shared import Cm
from docx.text.paragraph import Paragraph
from pptx.chart.chart import Chart
from pptx.oxml import parse_xml as parse_chart

from cls_workbook.documents.document_parts import Bars
from cls_workbook.documents.native_chart import chart_data, chart_type, dress, figures_workbook

_WIDTH, _ROW, _LEAST, _MOST = Cm(17), Cm(0.85), Cm(5), Cm(21)
_POINTS = 9
_CHART = "application/vnd.openxmlformats-officedocument.drawingml.chart+xml"
_SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_DRAWING = (
    '<w:drawing xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" '
    'xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing" '
    'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" '
    'xmlns:c="http://schemas.openxmlformats.org/drawingml/2006/chart" '
    'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships">'
    '<wp:inline distT="0" distB="0" distL="0" distR="0"><wp:extent cx="{wide}" cy="{high}"/>'
    '<wp:docPr id="{numero}" name="Graphique {numero}" descr={alt}/><wp:cNvGraphicFramePr/>'
    '<a:graphic><a:graphicData uri="http://schemas.openxmlformats.org/drawingml/2006/chart">'
    '<c:chart r:id="{link}"/></a:graphicData></a:graphic></wp:inline></w:drawing>'
)


def add_chart(document: Document, paragraph: Paragraph, bars: Bars, numero: int) -> None:
    """Puts the chart in the paragraph; ``numero``: of the charts of this document."""
    package = document.part.package
    space = parse_chart(chart_data(bars).xml_bytes(chart_type(bars)))
    dress(Chart(space, None), bars, _POINTS)
    figures = Part(PackURI(f"/word/embeddings/figures{numero}.xlsx"), _SHEET, figures_workbook(bars), package)
    chart = Part(PackURI(f"/word/charts/chart{numero}.xml"), _CHART, b"", package)
    space.get_or_add_externalData().rId = chart.relate_to(figures, RELATIONSHIP_TYPE.PACKAGE)
    chart._blob = serialize_part_xml(space)
    link = document.part.relate_to(chart, RELATIONSHIP_TYPE.CHART)
    high = min(max(_ROW * len(bars.categories) + Cm(1.5), _LEAST), _MOST)
    drawing = _DRAWING.format(wide=int(_WIDTH), high=int(high), numero=numero, alt=quoteattr(bars.alt), link=link)
    paragraph.add_run()._r.append(parse_xml(drawing))
