"""A report with headings, paragraphs and tables with merged cells as a Word file: A4 upright, Chinese fonts, the head
of a table repeated on every page.
"""

import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import docx
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Pt, RGBColor

_BODY, _HEAD, _TITLE = "仿宋", "黑体", "宋体"
_WIDTH, _EDGE = Cm(21), Cm(2)
_FEW = 6
"""Columns up to which all have one width; where there are more, the third is broad: names stand in the first three."""


@dataclass(frozen=True, slots=True)
class Heading:
    text: str


@dataclass(frozen=True, slots=True)
class Words:
    text: str
    """Paragraphs on lines of their own."""


@dataclass(frozen=True, slots=True)
class Grid:
    rows: tuple[tuple[str, ...], ...]
    """All of one length; the text of merged cells stands in their first."""
    merges: tuple[tuple[int, int, int, int], ...]
    """First row, first column, last row, last column."""
    head_rows: int


@dataclass(frozen=True, slots=True)
class Form:
    title: str
    parts: tuple[Heading | Words | Grid, ...]


def as_docx(form: Form) -> bytes:
    document = docx.Document()
    section = document.sections[0]
    section.page_width, section.page_height = _WIDTH, Cm(29.7)
    section.left_margin = section.right_margin = section.top_margin = section.bottom_margin = _EDGE
    _set_font(document.styles["Normal"], _BODY, 14)
    title = document.add_paragraph()
    title.alignment = WD_ALIGN_PARAGRAPH.CENTER
    _set_font(title.add_run(form.title), _TITLE, 20)
    for part in form.parts:
        if isinstance(part, Grid):
            _add_grid(document, part)
        elif isinstance(part, Heading):
            heading = document.add_heading(level=1).add_run(part.text)
            _set_font(heading, _HEAD, 16)
            heading.font.color.rgb = RGBColor(0, 0, 0)
        else:
            for line in part.text.split("\n"):
                document.add_paragraph(line).paragraph_format.first_line_indent = Pt(28)
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def _add_grid(document: Any, grid: Grid) -> None:
    table = document.add_table(rows=len(grid.rows), cols=len(grid.rows[0]))
    table.style, table.autofit = "Table Grid", False
    for column, width in zip(table.columns, _widths(len(grid.rows[0])), strict=True):
        column.width = width
    merged = {place: merge for merge in grid.merges for place in _covered(merge)}
    for row, (cells, values) in enumerate(zip((row.cells for row in table.rows), grid.rows, strict=True)):
        for column, (cell, width, value) in enumerate(zip(cells, _widths(len(values)), values, strict=True)):
            cell.width = width
            if value and _is_first(merged.get((row, column)), row, column):
                _fill(cell, value, is_head=row < grid.head_rows, is_number=column > 2 or len(values) <= _FEW)
    for top, left, bottom, right in grid.merges:
        table.cell(top, left).merge(table.cell(bottom, right))
    for row in table.rows[: grid.head_rows]:
        repeated = OxmlElement("w:tblHeader")
        repeated.set(qn("w:val"), "true")
        row._tr.get_or_add_trPr().append(repeated)


def _fill(cell: Any, value: str, *, is_head: bool, is_number: bool) -> None:
    paragraph = cell.paragraphs[0]
    paragraph.paragraph_format.space_after = Pt(0)
    paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER if is_head or is_number else WD_ALIGN_PARAGRAPH.LEFT
    _set_font(paragraph.add_run(value), _HEAD if is_head else _BODY, 10.5)


def _covered(merge: tuple[int, int, int, int]) -> Sequence[tuple[int, int]]:
    top, left, bottom, right = merge
    return [(row, column) for row in range(top, bottom + 1) for column in range(left, right + 1)]


def _is_first(merge: tuple[int, int, int, int] | None, row: int, column: int) -> bool:
    return merge is None or (row, column) == merge[:2]


def _widths(columns: int) -> list[Any]:
    room = _WIDTH - 2 * _EDGE
    if columns <= _FEW:
        return [room // columns] * columns
    narrow = Cm(1.4)
    return [narrow, narrow, room - narrow * (columns - 1), *[narrow] * (columns - 3)]


def _set_font(styled: Any, name: str, points: float) -> None:
    """Word keeps the font of Chinese signs apart from that of others."""
    styled.font.name, styled.font.size = name, Pt(points)
    properties = styled.element.get_or_add_rPr() if hasattr(styled, "element") else styled._element.get_or_add_rPr()
    properties.rFonts.set(qn("w:eastAsia"), name)
