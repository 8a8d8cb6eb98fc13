"""What python-docx has no word for: fields, bookmarks, links inside a document."""

from __future__ import annotations

from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.oxml.xmlchemy import BaseOxmlElement
from docx.text.paragraph import Paragraph


def element(tag: str, **attributes: str) -> BaseOxmlElement:
    """``element("w:shd", fill="FFFFFF")``: attributes are of the namespace of the tag."""
    made = OxmlElement(tag)
    prefix = tag.partition(":")[0]
    for nom, valeur in attributes.items():
        made.set(qn(f"{prefix}:{nom}"), valeur)
    return made


def add_field(paragraph: Paragraph, code: str | None, shown: str | None) -> None:
    """A field at the end of the paragraph, with what it shows until Word computes it again.

    ``shown`` None: the field is left open, and everything up to the next call with ``code`` None is what it shows.
    """
    if code is not None:
        for run in (
            element("w:fldChar", fldCharType="begin", dirty="true"),
            _instruction(code),
            element("w:fldChar", fldCharType="separate"),
        ):
            paragraph.add_run()._r.append(run)
        if shown is None:
            return
        paragraph.add_run(shown)
    paragraph.add_run()._r.append(element("w:fldChar", fldCharType="end"))


def _instruction(code: str) -> BaseOxmlElement:
    instruction = element("w:instrText")
    instruction.text = f" {code} "
    instruction.set(qn("xml:space"), "preserve")
    return instruction


def bookmark(paragraph: Paragraph, nom: str, numero: int) -> None:
    """A name for the whole paragraph, to which links and contents lead."""
    properties = paragraph._p.get_or_add_pPr()
    properties.addnext(element("w:bookmarkStart", id=str(numero), name=nom))
    paragraph._p.append(element("w:bookmarkEnd", id=str(numero)))


def link_to(paragraph: Paragraph, mark: str, texte: str) -> None:
    """The text, leading to the bookmark."""
    link = element("w:hyperlink", anchor=mark, history="1")
    link.append(paragraph.add_run(texte)._r)
    paragraph._p.append(link)
