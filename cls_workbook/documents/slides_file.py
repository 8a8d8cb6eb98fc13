"""The slides as a PowerPoint file: titles in their place, native charts and tables, speaker's notes, descriptions.

In a template of one's own, its slides and its look stay, and ours come after.
"""

from __future__ import annotations

import io
from collections.abc import Iterable
from datetime import date, datetime

from pptx import Presentation
from pptx.dml.color import RGBColor
from pptx.enum.text import MSO_ANCHOR, PP_ALIGN
from pptx.presentation import Presentation as Deck
from pptx.shapes.base import BaseShape
from pptx.shapes.graphfrm import GraphicFrame
from pptx.slide import Slide as DrawnSlide
from pptx.slide import SlideLayout
from pptx.table import _Cell
from pptx.text.text import TextFrame
from pptx.util import Cm, Emu, Pt

from cls_workbook.documents.document_parts import LEAD, Bars, Bullets, FigureTable, Part, Sentence, Slide
from cls_workbook.documents.native_chart import chart_data, chart_type, dress, figures_workbook
from cls_workbook.workbook import look
from cls_workbook.workbook.text_width import lines

LEAST_POINTS = 16  # nothing on a slide is smaller
_TITLE, _COVER, _LEAD, _BODY, _LARGE_CELL, _CELL = 30, 40, 24, 20, 20, 16
_FEW_ROWS, _HEADER = 6, "header"
_WIDE, _HIGH, _MARGIN, _TOP = Cm(33.867), Cm(19.05), Cm(1.6), Cm(3.6)
_LINE = 1.2  # of a line of text, in heights of its characters
_GAP = Cm(0.5)
_EMU_PER_POINT = 12700


class SlidesFile:
    """A deck under way. ``modele``: the bytes of a template, None for ours."""

    def __init__(self, titre: str, day: date, modele: bytes | None = None):
        self.deck: Deck = Presentation(io.BytesIO(modele)) if modele else Presentation()
        self._own_look = modele is None
        if self._own_look:
            self.deck.slide_width, self.deck.slide_height = _WIDE, _HIGH
        core = self.deck.core_properties
        core.title, core.author, core.last_modified_by, core.language = titre, "", "", "fr-FR"
        core.created = core.modified = datetime(day.year, day.month, day.day)
        core.revision = 1

    def cover(self, titre: str, under: Iterable[str]) -> None:
        slide = self.deck.slides.add_slide(self._layout(with_subtitle=True))
        self._title(slide, titre, _COVER, Cm(6))
        subtitle = next((p for p in slide.placeholders if p.placeholder_format.idx == 1), None)
        if subtitle is not None:
            if self._own_look:
                self._place(subtitle, Cm(9.5), Cm(5))
            _write(subtitle.text_frame, list(under), _LEAD, _hex(look.color("encre_douce")), self._own_look)

    def add(self, slides: Iterable[Slide]) -> None:
        for slide in slides:
            self._slide(slide)

    def to_bytes(self) -> bytes:
        written = io.BytesIO()
        self.deck.save(written)
        return written.getvalue()

    # --- a slide ---

    def _slide(self, said: Slide) -> None:
        slide = self.deck.slides.add_slide(self._layout(with_subtitle=False))
        self._title(slide, said.titre, _TITLE, Cm(1))
        top = self._body_top(slide)
        for rank, part in enumerate(said.parts):
            room = (self._high - top - Cm(1)) if rank == len(said.parts) - 1 else Emu(0)
            top = Emu(top + self._part(slide, part, top, room) + _GAP)
        slide.notes_slide.notes_text_frame.text = "\n".join(said.notes)

    def _part(self, slide: DrawnSlide, part: Part, top: Emu, room: Emu) -> int:
        """Draws it; the height that it takes. ``room``: what is left, for the last one."""
        match part:
            case Bars():
                return self._chart(slide, part, top, room)
            case FigureTable():
                return self._table(slide, part, top)
            case Bullets():
                return self._text(slide, [f"• {texte}" for texte in part.texts], top, room, _BODY)
            case Sentence():
                return self._text(slide, [part.texte], top, room, _LEAD if part.role == LEAD else _BODY)
        return 0

    def _text(self, slide: DrawnSlide, texts: list[str], top: Emu, room: Emu, points: float) -> int:
        """Smaller, down to the least, where it would not fit."""
        while points > LEAST_POINTS and room and self._text_height(texts, points) > room:
            points -= 1
        high = self._text_height(texts, points)
        box = slide.shapes.add_textbox(_MARGIN, top, self._inside, Emu(high))
        _write(box.text_frame, texts, points, _hex(look.color("encre")), True)
        return high

    def _text_height(self, texts: list[str], points: float) -> int:
        inside = self._inside / _EMU_PER_POINT - 15
        count = sum(lines(texte, inside, points) for texte in texts)
        return int((count * points * _LINE + len(texts) * points * 0.5) * _EMU_PER_POINT)

    def _table(self, slide: DrawnSlide, grid: FigureTable, top: Emu) -> int:
        points = _CELL if len(grid.rows) > _FEW_ROWS else _LARGE_CELL
        high = int(Pt(points * 2)) * (len(grid.rows) + 1)
        frame = slide.shapes.add_table(len(grid.rows) + 1, len(grid.headers), _MARGIN, top, self._inside, Emu(high))
        _describe(frame, grid.caption, grid.alt)
        table, whole = frame.table, sum(grid.widths)
        for column, share in zip(table.columns, grid.widths, strict=True):
            column.width = Emu(self._inside * share // whole)
        last = len(grid.headers) - 1
        for rank, texts in enumerate((grid.headers, *grid.rows)):
            for place, texte in enumerate(texts):
                role = "" if rank else _HEADER
                if rank and grid.roles and place == last:
                    role = grid.roles[rank - 1]
                _cell(table.cell(rank, place), texte, place in grid.figures, role, points)
        return high

    def _chart(self, slide: DrawnSlide, bars: Bars, top: Emu, room: Emu) -> int:
        frame = slide.shapes.add_chart(chart_type(bars), _MARGIN, top, self._inside, room, chart_data(bars))
        frame.chart.part.chart_workbook.update_from_xlsx_blob(figures_workbook(bars))
        dress(frame.chart, bars, _CELL)
        _describe(frame, bars.caption, bars.alt)
        return int(room)

    # --- where things stand ---

    @property
    def _wide(self) -> int:
        return int(self.deck.slide_width or _WIDE)

    @property
    def _high(self) -> int:
        return int(self.deck.slide_height or _HIGH)

    @property
    def _inside(self) -> Emu:
        return Emu(self._wide - 2 * _MARGIN)

    def _layout(self, with_subtitle: bool) -> SlideLayout:
        """The first layout that has a title and, for the cover, a subtitle; for the others, nothing else."""

        def kinds(layout: SlideLayout) -> set[int]:
            return {p.placeholder_format.idx for p in layout.placeholders if p.placeholder_format.idx < 10}

        wanted = {0, 1} if with_subtitle else {0}
        layouts = list(self.deck.slide_layouts)
        return next((layout for layout in layouts if kinds(layout) == wanted), layouts[0])

    def _title(self, slide: DrawnSlide, titre: str, points: float, top: Emu) -> None:
        title = slide.shapes.title
        if title is None:
            return
        if self._own_look:
            self._place(title, top, Cm(2.4) if points == _TITLE else Cm(3.2))
        inside = self._inside / _EMU_PER_POINT - 15
        while points > LEAST_POINTS and lines(titre, inside, points, bold=True) > 2:
            points -= 2
        _write(title.text_frame, [titre], points, _hex(look.color("accent")), self._own_look, bold=True)

    def _place(self, shape: BaseShape, top: Emu, high: Emu) -> None:
        shape.left, shape.top, shape.width, shape.height = _MARGIN, top, self._inside, high

    def _body_top(self, slide: DrawnSlide) -> Emu:
        title = slide.shapes.title
        if self._own_look or title is None:
            return _TOP
        return Emu(int(title.top + title.height) + _GAP)


def _write(frame: TextFrame, texts: list[str], points: float, color: str, own: bool, bold: bool = False) -> None:
    """``own``: in our look; else the template's, whose sizes and colours stay."""
    frame.word_wrap = True
    for rank, texte in enumerate(texts):
        paragraph = frame.paragraphs[0] if rank == 0 else frame.add_paragraph()
        run = paragraph.add_run()
        run.text = texte
        run._r.get_or_add_rPr().set("lang", "fr-FR")
        if own:
            paragraph.alignment, paragraph.space_after = PP_ALIGN.LEFT, Pt(points * 0.5)
            run.font.name, run.font.size, run.font.bold = look.font()[0], Pt(points), bold
            run.font.color.rgb = RGBColor.from_string(color)


def _cell(cell: _Cell, texte: str, is_figure: bool, role: str, points: float) -> None:
    """``role``: of the charte, "" for an ordinary cell."""
    ink, ground = _colors(role)
    frame = cell.text_frame
    _write(frame, [texte], points, ink, True, bold=role == _HEADER)
    frame.paragraphs[0].space_after = Pt(0)
    if is_figure:
        frame.paragraphs[0].alignment = PP_ALIGN.RIGHT
    cell.vertical_anchor = MSO_ANCHOR.MIDDLE
    cell.margin_top = cell.margin_bottom = Cm(0.1)
    cell.fill.solid()
    cell.fill.fore_color.rgb = RGBColor.from_string(ground)


def _colors(role: str) -> tuple[str, str]:
    """(ink, ground) as RRGGBB."""
    if role in ("", _HEADER):
        names = ("blanc", "accent") if role else ("encre", "blanc")
        return _hex(look.color(names[0])), _hex(look.color(names[1]))
    drawn = look.style(role)
    return _hex(drawn["font_color"]), _hex(drawn["bg_color"])


def _hex(color: str) -> str:
    return color.lstrip("#")


def _describe(frame: GraphicFrame, nom: str, alt: str) -> None:
    properties = frame._element.nvGraphicFramePr.cNvPr
    properties.set("name", nom)
    properties.set("descr", alt)
