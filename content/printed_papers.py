"""Exam papers as Word files that print on A4: head to fill in, rules, questions, a sheet for the answers; and the key
for whoever marks. Draws what it is given and knows of no campaign.
"""

import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import docx
from docx.enum.table import WD_CELL_VERTICAL_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_BREAK
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Pt

_BODY, _HEAD = "宋体", "黑体"
_A_ROW = 10
"""Questions beside one another on the sheet."""
_SHORT_OPTION, _HALF_OPTION = 8, 17
"""Characters of options that stand four, or two, in a line."""


@dataclass(frozen=True, slots=True)
class PrintedQuestion:
    number: int
    story: str
    """Told before the first question that belongs to it; else empty."""
    words: str
    options: tuple[str, ...]
    points: int
    right: str
    """Letters as printed; only in the key."""
    sort: str = ""
    """单选题 or so, where its section does not say it."""


@dataclass(frozen=True, slots=True)
class PrintedSection:
    title: str
    questions: tuple[PrintedQuestion, ...]


@dataclass(frozen=True, slots=True)
class PrintedEdition:
    title: str
    edition: str
    sections: tuple[PrintedSection, ...]
    rules: tuple[str, ...]
    lines: tuple[str, ...]
    """What is filled in at the head: 单位, 姓名."""

    @property
    def questions(self) -> list[PrintedQuestion]:
        return [question for section in self.sections for question in section.questions]


def paper_docx(edition: PrintedEdition) -> bytes:
    """Questions without a word of what is right, and the sheet on a page of its own."""
    document = _document(f"{edition.title}　{edition.edition}卷")
    _title(document, edition.title, f"（{edition.edition} 卷）")
    _head(document, edition.lines)
    _title(document, "", "答题须知", 12)
    for number, rule in enumerate(edition.rules, start=1):
        _line(document, f"{number}. {rule}", 10.5)
    for section in edition.sections:
        _line(document, section.title, 12, _HEAD, before=8, keeps=True)
        for question in section.questions:
            _question(document, question)
    document.paragraphs[-1].add_run().add_break(WD_BREAK.PAGE)
    _sheet(document, edition)
    return _bytes(document)


def key_docx(title: str, editions: Sequence[PrintedEdition], rules: Sequence[str]) -> bytes:
    """For staff alone: what is right on each edition."""
    document = _document(f"{title}　评分标准")
    _title(document, title, "评分标准（内部使用，考完之前不得外传）")
    for number, rule in enumerate(rules, start=1):
        _line(document, f"{number}. {rule}", 10.5)
    for edition in editions:
        _line(document, f"{edition.edition} 卷", 12, _HEAD, before=10, keeps=True)
        for section in edition.sections:
            _line(document, section.title, 11, before=4, keeps=True)
            _grid(document, [f"{one.number}　{one.right}（{one.points}）" for one in section.questions], 10.5)
    return _bytes(document)


def _document(title: str) -> Any:
    document = docx.Document()
    section = document.sections[0]
    section.page_width, section.page_height = Cm(21), Cm(29.7)
    section.left_margin = section.right_margin = section.top_margin = section.bottom_margin = Cm(2)
    _set_font(document.styles["Normal"], _BODY, 11)
    footer = section.footer.paragraphs[0]
    footer.alignment = WD_ALIGN_PARAGRAPH.CENTER
    _set_font(footer.add_run(f"{title}　第 "), _BODY, 9)
    _page_number(footer)
    _set_font(footer.add_run(" 页"), _BODY, 9)
    return document


def _page_number(paragraph: Any) -> None:
    field = OxmlElement("w:fldSimple")
    field.set(qn("w:instr"), "PAGE")
    paragraph._p.append(field)


def _title(document: Any, title: str, below: str, size: float = 18) -> None:
    for words, points in ((title, size), (below, 12)):
        if words:
            paragraph = document.add_paragraph()
            paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
            paragraph.paragraph_format.space_after = Pt(4)
            paragraph.paragraph_format.keep_with_next = True
            _set_font(paragraph.add_run(words), _HEAD, points)


def _head(document: Any, lines: Sequence[str]) -> None:
    table = document.add_table(rows=1, cols=2 * len(lines))
    table.style = "Table Grid"
    for place, words in enumerate(lines):
        _set_font(table.rows[0].cells[2 * place].paragraphs[0].add_run(words), _HEAD, 11)
        table.rows[0].cells[2 * place].vertical_alignment = WD_CELL_VERTICAL_ALIGNMENT.CENTER
    table.rows[0].height = Cm(1)
    _line(document, "", 6)


def _question(document: Any, question: PrintedQuestion) -> None:
    if question.story:
        _line(document, question.story, 11, before=4, keeps=True)
    worth = f"{question.sort}，{question.points} 分" if question.sort else f"{question.points} 分"
    _line(document, f"{question.number}. {question.words}（{worth}）", 11, before=4, keeps=True)
    told = [f"{letter}. {option}" for letter, option in zip("ABCDEFGH", question.options, strict=False)]
    longest = max(map(len, question.options), default=0)
    in_a_line = 4 if longest <= _SHORT_OPTION else 2 if longest <= _HALF_OPTION else 1
    for start in range(0, len(told), in_a_line):
        is_last = start + in_a_line >= len(told)
        paragraph = _line(document, "\t".join(told[start : start + in_a_line]), 11, keeps=not is_last)
        paragraph.paragraph_format.left_indent = Cm(0.7)
        for stop in range(1, in_a_line):
            paragraph.paragraph_format.tab_stops.add_tab_stop(Cm(0.7 + stop * 16.3 / in_a_line))


def _sheet(document: Any, edition: PrintedEdition) -> None:
    _title(document, edition.title, f"答题卡（{edition.edition} 卷）")
    _head(document, edition.lines)
    _line(document, "把选定的字母写在题号下面的格子里，字迹清楚；改答案先划掉，再写在旁边。", 10.5)
    for section in edition.sections:
        _line(document, section.title, 11, _HEAD, before=6, keeps=True)
        _grid(document, [str(question.number) for question in section.questions], 10, blank=True)


def _grid(document: Any, cells: Sequence[str], size: float, *, blank: bool = False) -> None:
    """Ten beside one another; with `blank` an empty box below each."""
    step = 2 if blank else 1
    table = document.add_table(rows=step * -(-len(cells) // _A_ROW), cols=_A_ROW)
    table.style = "Table Grid"
    for place, words in enumerate(cells):
        row, column = step * (place // _A_ROW), place % _A_ROW
        paragraph = table.cell(row, column).paragraphs[0]
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
        _set_font(paragraph.add_run(words), _BODY, size)
        if blank:
            table.rows[row + 1].height = Cm(1.1)
    for row in table.rows:
        properties = row._tr.get_or_add_trPr()
        properties.append(OxmlElement("w:cantSplit"))


def _line(
    document: Any, words: str, size: float, font: str = _BODY, before: float = 0, *, keeps: bool = False
) -> Any:  # fmt: skip
    """`keeps`: on one page with what follows."""
    paragraph = document.add_paragraph()
    paragraph.paragraph_format.space_before, paragraph.paragraph_format.space_after = Pt(before), Pt(2)
    paragraph.paragraph_format.keep_with_next = keeps
    _set_font(paragraph.add_run(words), font, size)
    return paragraph


def _set_font(styled: Any, name: str, points: float) -> None:
    """Word keeps the font of Chinese signs apart from that of others."""
    styled.font.name, styled.font.size = name, Pt(points)
    properties = styled.element.get_or_add_rPr() if hasattr(styled, "element") else styled._element.get_or_add_rPr()
    properties.rFonts.set(qn("w:eastAsia"), name)


def _bytes(document: Any) -> bytes:
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()
