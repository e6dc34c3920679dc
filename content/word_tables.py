"""A heading, some sentences and a table as a Word file that a clerk can go on writing in: A4, Chinese fonts, the
heading row repeated on every page.
"""

import io
from collections.abc import Iterable, Sequence
from typing import Any

import docx
from docx.enum.section import WD_ORIENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Pt

_BODY, _HEAD = "仿宋", "黑体"
_LONG, _SHORT, _EDGE = Cm(29.7), Cm(21), Cm(2)


def as_docx(title: str, said: Iterable[str], headings: Sequence[str], rows: Sequence[Sequence[object]]) -> bytes:
    """On its side, since the tables are broad; the first column takes what the others leave."""
    document = docx.Document()
    section = document.sections[0]
    section.orientation, section.page_width, section.page_height = WD_ORIENT.LANDSCAPE, _LONG, _SHORT
    section.left_margin = section.right_margin = section.top_margin = section.bottom_margin = _EDGE
    _set_font(document.styles["Normal"], _BODY, 12)
    heading = document.add_paragraph()
    heading.alignment = WD_ALIGN_PARAGRAPH.CENTER
    _set_font(heading.add_run(title), _HEAD, 18)
    for sentence in said:
        document.add_paragraph(sentence)
    _add_table(document, headings, rows)
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def _add_table(document: Any, headings: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    table = document.add_table(rows=1 + len(rows), cols=len(headings))
    table.style, table.autofit = "Table Grid", False
    narrow = Cm(1.9)
    widths = [_LONG - 2 * _EDGE - narrow * (len(headings) - 1), *[narrow] * (len(headings) - 1)]
    for line, (row, cells) in enumerate(zip(table.rows, [headings, *rows], strict=True)):
        for place, (cell, width, value) in enumerate(zip(row.cells, widths, cells, strict=True)):
            cell.width = width
            paragraph = cell.paragraphs[0]
            paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER if line == 0 or place else WD_ALIGN_PARAGRAPH.LEFT
            _set_font(paragraph.add_run(str(value)), _BODY if line else _HEAD, 10.5)
    repeated = OxmlElement("w:tblHeader")
    repeated.set(qn("w:val"), "true")
    table.rows[0]._tr.get_or_add_trPr().append(repeated)


def _set_font(styled: Any, name: str, points: float) -> None:
    """Word keeps the font of Chinese signs apart from that of others."""
    styled.font.name, styled.font.size = name, Pt(points)
    properties = styled.element.get_or_add_rPr() if hasattr(styled, "element") else styled._element.get_or_add_rPr()
    properties.rFonts.set(qn("w:eastAsia"), name)
