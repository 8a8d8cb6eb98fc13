"""The parts of a document as a Word file: real styles, captions, tables with headers, contents, page numbers.

A person edits it, a screen reader reads it. In a template of one's own, headers, footers and styles are kept, and the
text comes after what is there.
"""

from __future__ import annotations

import io
from collections.abc import Iterable
from datetime import date, datetime

from docx import Document
from docx.document import Document as WordDocument
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_TAB_ALIGNMENT, WD_TAB_LEADER
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Pt, RGBColor
from docx.styles.style import ParagraphStyle
from docx.text.paragraph import Paragraph

from cls_workbook.documents import document_parts as parts
from cls_workbook.documents.word_chart import add_chart
from cls_workbook.documents.word_table import add_table
from cls_workbook.documents.word_xml import add_field, bookmark, link_to
from cls_workbook.workbook import look

_SOURCE = "Source des chiffres"
_STYLES = {  # ours, beside Word's own
    parts.LEAD: ("Chapeau", 12, "accent"),
    parts.SMALL: ("Note de lecture", 9, "encre_douce"),
    parts.COVER_LINE: ("Ligne de couverture", 14, "encre_douce"),
}
_HEADINGS = {1: (18, 18), 2: (14, 14), 3: (12, 10), 4: (11, 8)}  # level → points, space before


class WordFile:
    """A document under way. ``modele``: the bytes of a template, None for ours; ``footer``: what each page says beside
    its number."""

    def __init__(self, titre: str, footer: str, day: date, modele: bytes | None = None):
        self.document: WordDocument = Document(io.BytesIO(modele)) if modele else Document()
        self._own_look = modele is None
        self._properties(titre, day)
        self._styles()
        if self._own_look:
            self._page(footer)
        self.headings: list[tuple[str, int, str]] = []  # text, level, bookmark
        self._contents: Paragraph | None = None
        self._numbers = {"Tableau": 0, "Graphique": 0}
        self._style_ids: dict[str, str | None] = {}  # name → what paragraphs bear; None: the style of all others

    def add(self, written: Iterable[parts.Part]) -> None:
        for part in written:
            match part:
                case parts.Heading():
                    self._heading(part)
                case parts.Sentence():
                    self._said(part)
                case parts.Bullets():
                    for texte in part.texts:
                        self._paragraph(texte, "List Bullet")
                case parts.Contents():
                    self._contents = self._paragraph("", "Normal")
                case parts.FigureTable():
                    self._caption("Tableau", part.caption)
                    add_table(self.document, part)
                    self._source(part.source)
                case parts.Bars():
                    self._chart(part)

    def to_bytes(self) -> bytes:
        if self._contents is not None:
            self._fill_contents(self._contents)
        written = io.BytesIO()
        self.document.save(written)
        return written.getvalue()

    # --- the parts ---

    def _heading(self, heading: parts.Heading) -> None:
        paragraph = self._paragraph(heading.texte, f"Heading {heading.level}")
        paragraph.paragraph_format.page_break_before = heading.new_page or None
        mark = f"_Toc{len(self.headings) + 1:06}"
        bookmark(paragraph, mark, len(self.headings) + 1)
        self.headings.append((heading.texte, heading.level, mark))

    def _said(self, said: parts.Sentence) -> None:
        if said.role == parts.COVER_TITLE:
            self._paragraph(said.texte, "Title")
        else:
            self._paragraph(said.texte, _STYLES[said.role][0] if said.role in _STYLES else "Normal")

    def _caption(self, kind: str, texte: str) -> None:
        self._numbers[kind] += 1
        paragraph = self._paragraph(f"{kind}\u00a0", "Caption")
        paragraph.paragraph_format.keep_with_next = True
        add_field(paragraph, f"SEQ {kind} \\* ARABIC", str(self._numbers[kind]))
        paragraph.add_run(f" — {texte}")

    def _chart(self, bars: parts.Bars) -> None:
        self._caption("Graphique", bars.caption)
        add_chart(self.document, self._paragraph("", "Normal"), bars, self._numbers["Graphique"])
        self._source(bars.source)

    def _source(self, texte: str) -> None:
        self._paragraph(f"{_SOURCE}\u00a0: {texte}", _STYLES[parts.SMALL][0])

    def _paragraph(self, texte: str, style: str) -> Paragraph:
        """A style is looked for once: a report has hundreds of paragraphs, and each search goes through all styles."""
        paragraph = self.document.add_paragraph(texte)
        if style not in self._style_ids:
            paragraph.style = style
            self._style_ids[style] = paragraph._p.style
        paragraph._p.style = self._style_ids[style]
        return paragraph

    def _fill_contents(self, first: Paragraph) -> None:
        """Every heading of the first two levels, as a link; Word adds the pages when it computes its fields."""
        entries = [h for h in self.headings if h[1] <= 2]
        paragraph = first
        for rank, (texte, level, mark) in enumerate(entries):
            if rank:
                following = OxmlElement("w:p")
                paragraph._p.addnext(following)
                paragraph = Paragraph(following, first._parent)
            paragraph.style = self.document.styles[f"TOC {level}"]
            if rank == 0:
                add_field(paragraph, 'TOC \\o "1-2" \\h \\z \\u', None)
            link_to(paragraph, mark, texte)
            if rank == len(entries) - 1:
                add_field(paragraph, None, None)

    # --- the look ---

    def _properties(self, titre: str, day: date) -> None:
        core = self.document.core_properties
        core.title, core.author, core.comments, core.language = titre, "", "", "fr-FR"
        core.last_modified_by = ""
        core.created = core.modified = datetime(day.year, day.month, day.day)
        core.revision = 1

    def _styles(self) -> None:
        """The styles that the text needs; those of a template stay as they are."""
        styles = self.document.styles
        if self._own_look:
            self._own_styles()
        for titre, size, color in _STYLES.values():
            if titre not in styles:
                style = styles.add_style(titre, WD_STYLE_TYPE.PARAGRAPH)
                style.base_style = styles["Normal"]
                style.font.size, style.font.color.rgb = Pt(size), _rgb(color)
        for nom in ("Title", "Caption", "List Bullet", *(f"Heading {n}" for n in _HEADINGS), "TOC 1", "TOC 2"):
            if nom not in styles:
                styles.add_style(nom, WD_STYLE_TYPE.PARAGRAPH, builtin=True).base_style = styles["Normal"]
        if self._own_look:
            self._contents_styles()

    def _own_styles(self) -> None:
        font, _ = look.font()
        styles = self.document.styles
        normal = styles["Normal"]
        normal.font.name, normal.font.size, normal.font.color.rgb = font, Pt(10.5), _rgb("encre")
        normal.paragraph_format.space_after, normal.paragraph_format.line_spacing = Pt(6), 1.12
        for level, (points, before) in _HEADINGS.items():
            _set_heading(styles[f"Heading {level}"], font, points, before)
        _set_heading(styles["Title"], font, 30, 160)
        _set_heading(styles["Caption"], font, 10, 10)
        styles["List Bullet"].paragraph_format.space_after = Pt(3)
        self._french(styles.element)

    def _contents_styles(self) -> None:
        for level in (1, 2):
            style = self.document.styles[f"TOC {level}"]
            style.font.bold = level == 1
            style.paragraph_format.left_indent = Cm(0.6 * (level - 1))
            style.paragraph_format.space_after = Pt(2)
            style.paragraph_format.tab_stops.add_tab_stop(Cm(17), WD_TAB_ALIGNMENT.RIGHT, WD_TAB_LEADER.DOTS)

    @staticmethod
    def _french(styles: OxmlElement) -> None:
        for language in styles.iter(qn("w:lang")):
            language.set(qn("w:val"), "fr-FR")

    def _page(self, footer: str) -> None:
        section = self.document.sections[0]
        section.page_width, section.page_height = Cm(21), Cm(29.7)
        section.left_margin = section.right_margin = Cm(2)
        section.top_margin = section.bottom_margin = Cm(1.9)
        section.different_first_page_header_footer = True  # the cover has no number
        paragraph = section.footer.paragraphs[0]
        paragraph.style.font.size = Pt(9)
        paragraph.text = f"{footer} · page "
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
        add_field(paragraph, "PAGE", "1")
        paragraph.add_run(" sur ")
        add_field(paragraph, "NUMPAGES", "1")


def _set_heading(style: ParagraphStyle, font: str, points: float, before: float) -> None:
    style.font.name, style.font.size, style.font.bold, style.font.italic = font, Pt(points), True, False
    style.font.color.rgb = _rgb("accent")
    style.paragraph_format.space_before, style.paragraph_format.space_after = Pt(before), Pt(4)
    fonts = style.element.get_or_add_rPr().find(qn("w:rFonts"))
    if fonts is not None:  # a theme font would win over the name
        for attribute in [a for a in fonts.attrib if "Theme" in a]:
            del fonts.attrib[attribute]
        fonts.set(qn("w:hAnsi"), font)


def _rgb(color: str) -> RGBColor:
    return RGBColor.from_string(look.color(color).lstrip("#"))
