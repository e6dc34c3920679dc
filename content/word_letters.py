"""An official letter as a Word file in the manner of such papers: the organ's name in red at the top, a number, a
title, indented paragraphs, signature and date at the right with room for the seal. What is still to be filled in
stands on yellow, so that nobody can overlook it.
"""

import io
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import docx
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_COLOR_INDEX
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Pt, RGBColor

_BODY, _HEAD, _TITLE = "仿宋", "黑体", "宋体"
_RED = RGBColor(0xC0, 0x00, 0x00)
_GAP = re.compile(r"(【请填写：[^】]*】)")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


@dataclass(frozen=True, slots=True)
class Letter:
    organ: str
    number: str
    title: str
    greeting: str
    said: tuple[str, ...]
    closing: str
    dated: str

    @property
    def text(self) -> str:
        lines = (self.organ, self.number, self.title, self.greeting, *self.said, self.closing, self.organ, self.dated)
        return "\n".join(lines)

    @property
    def gaps(self) -> tuple[str, ...]:
        """What is still to be filled in, each once."""
        return tuple(dict.fromkeys(found[5:-1] for found in _GAP.findall(self.text)))


def gap(label: str) -> str:
    """Stands where something is still to be filled in."""
    return f"【请填写：{label}】"


def as_docx(letter: Letter) -> bytes:
    document = docx.Document()
    section = document.sections[0]
    section.page_width, section.page_height = Cm(21), Cm(29.7)
    section.left_margin, section.right_margin = Cm(2.8), Cm(2.6)
    section.top_margin, section.bottom_margin = Cm(3.2), Cm(3)
    _set_font(document.styles["Normal"], _BODY, 16)
    spacing = document.styles["Normal"].paragraph_format
    spacing.line_spacing, spacing.space_after = Pt(28), Pt(0)
    _head(document, letter)
    _paragraph(document, letter.greeting)
    for sentence in letter.said:
        _paragraph(document, sentence, is_indented=True)
    if letter.closing:
        _paragraph(document, letter.closing, is_indented=True)
    _signature(document, [letter.organ, letter.dated])
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def _head(document: Any, letter: Letter) -> None:
    organ = _paragraph(document, letter.organ, WD_ALIGN_PARAGRAPH.CENTER)
    _set_font(organ.runs[0], _TITLE, 28)
    organ.runs[0].font.bold, organ.runs[0].font.color.rgb = True, _RED
    organ.paragraph_format.line_spacing = Pt(40)
    _underline(_paragraph(document, letter.number, WD_ALIGN_PARAGRAPH.RIGHT))
    title = _paragraph(document, letter.title, WD_ALIGN_PARAGRAPH.CENTER)
    _set_font(title.runs[0], _HEAD, 20)
    title.paragraph_format.space_before = title.paragraph_format.space_after = Pt(16)
    title.paragraph_format.line_spacing = Pt(32)


def _signature(document: Any, lines: Iterable[str]) -> None:
    """At the right, kept together; the seal goes over it."""
    for place, line in enumerate(lines):
        signed = _paragraph(document, line, WD_ALIGN_PARAGRAPH.RIGHT)
        signed.paragraph_format.right_indent = Cm(1.5)
        signed.paragraph_format.keep_with_next = place == 0
        if place == 0:
            signed.paragraph_format.space_before = Pt(44)


def _paragraph(document: Any, text: str, alignment: Any = None, is_indented: bool = False) -> Any:
    made = document.add_paragraph()
    made.alignment = alignment
    if is_indented:
        made.paragraph_format.first_line_indent = Pt(32)
    for part in _GAP.split(_CONTROL.sub("", text)):
        if part or not text:
            run = made.add_run(part)
            if _GAP.fullmatch(part):
                run.font.highlight_color = WD_COLOR_INDEX.YELLOW
    return made


def _underline(paragraph: Any) -> None:
    """The red line under the head."""
    borders, line = OxmlElement("w:pBdr"), OxmlElement("w:bottom")
    for name, value in (("val", "single"), ("sz", "12"), ("space", "6"), ("color", "C00000")):
        line.set(qn(f"w:{name}"), value)
    borders.append(line)
    paragraph._p.get_or_add_pPr().append(borders)


def _set_font(styled: Any, name: str, points: float) -> None:
    """Word keeps the font of Chinese signs apart from that of others."""
    styled.font.name, styled.font.size = name, Pt(points)
    properties = styled.element.get_or_add_rPr() if hasattr(styled, "element") else styled._element.get_or_add_rPr()
    properties.rFonts.set(qn("w:eastAsia"), name)
