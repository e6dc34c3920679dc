"""The HTML that is made of a Word file → our Markdown. Reads a closed set of tags; everything else is its words.

Signs that mean something in Markdown are escaped, so that what is read is what was written. Emphasis never begins or
ends at a punctuation mark: between Chinese characters Markdown would not see it.
"""

import re
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from selectolax.lexbor import LexborHTMLParser, LexborNode

from content.importers.word_numbers import NUMBER
from content.importers.word_signs import LOWERED, RAISED, UNSEEN

_ESCAPED = re.compile(r"[\\`*_\[\]<>|]|~(?=~)|&(?=#?\w+;)|!\Z")
_AT_START = re.compile(r"(?P<sign>#{1,6}(?=\s|$)|[-+](?=\s|$)|=+\s*$|-+\s*$)|(?P<number>\d{1,9})(?P<dot>[.)])(?=\s|$)")
_BLOCKS = {"p", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "table", "blockquote", "pre", "hr"}
_HEADINGS = {f"h{level}": level for level in range(1, 7)}
_PAD = " \t\n\u3000\xa0"
HARD_BREAK = "\\\n"
WIDE = 6
"""Columns; more cannot be read on a phone."""


@dataclass(frozen=True, slots=True)
class Piece:
    """Words of one kind; `markdown` is what needs no escaping, such as a picture."""

    words: str
    is_bold: bool = False
    is_slanted: bool = False
    is_struck: bool = False
    url: str = ""
    markdown: str = ""


class Converter:
    """One document. `picture` gives the Markdown of a picture from its source and description."""

    def __init__(self, picture: Callable[[str, str], str]) -> None:
        self._picture = picture
        self._notes: list[str] = []
        self.widest_table = 0

    def markdown(self, html: str) -> str:
        body = LexborHTMLParser(html).body
        blocks = list(self._blocks(body)) if body else []
        if self._notes:
            blocks += ["---", *self._notes]
        return NUMBER.sub(r"\1. ", "\n\n".join(block for block in blocks if block.strip()))

    def _blocks(self, node: LexborNode) -> Iterator[str]:
        inline: list[LexborNode] = []
        for child in node.iter(include_text=True):
            if child.tag not in _BLOCKS:
                inline.append(child)
                continue
            yield self._paragraph(inline)
            inline = []
            yield from self._block(child)
        yield self._paragraph(inline)

    def _block(self, node: LexborNode) -> Iterator[str]:
        tag = str(node.tag)
        if tag in _HEADINGS:
            words = _inline([replace(piece, is_bold=False) for piece in self._pieces(node)]).replace(HARD_BREAK, " ")
            yield "#" * _HEADINGS[tag] + " " + words if words.strip(_PAD) else ""
        elif tag == "ol" and _is_notes(node):
            self._notes += [self._note(item, number) for number, item in enumerate(node.iter(), start=1)]
        elif tag in ("ul", "ol"):
            yield self._list(node)
        elif tag == "table":
            yield from self._table(node)
        elif tag == "blockquote":
            yield self._quotation(node)
        elif tag == "hr":
            yield "---"
        else:
            yield self._paragraph(list(node.iter(include_text=True)))

    def _paragraph(self, nodes: list[LexborNode]) -> str:
        pieces = [piece for node in nodes for piece in self._piece(node, Piece(""))]
        return _guarded(_inline(pieces))

    def _list(self, node: LexborNode) -> str:
        """An item with no words of its own gives way to the list in it."""
        items: list[str] = []
        number, dot = 0, "."
        for item in node.iter():
            blocks = [block for block in self._blocks(item) if block.strip()]
            if not _own_words(item):
                items += blocks
                continue
            number += 1
            if found := NUMBER.match(blocks[0]):
                if items and int(found[1]) != number:  # Markdown would count on; with another sign it begins anew
                    dot = ")" if dot == "." else "."
                number = int(found[1])
                blocks[0] = _guarded(blocks[0][found.end() :].lstrip(_PAD))
            sign = "- " if node.tag == "ul" else f"{number}{dot} "
            items.append(sign + _item(blocks).replace("\n", "\n" + " " * len(sign)))
        return "\n".join(items)

    def _quotation(self, node: LexborNode) -> str:
        text = "\n\n".join(block for block in self._blocks(node) if block.strip())
        return "\n".join(f"> {line}".rstrip() for line in text.split("\n")) if text else ""

    def _note(self, item: LexborNode, number: int) -> str:
        words = _inline([piece for piece in self._pieces(item) if not piece.url.startswith("#")])
        return f"\\[{number}\\] {words.replace(HARD_BREAK, ' ').strip(_PAD)}"

    # ── tables ────────────────────────────────────────────────────────────────────────────────────────────────────────

    def _table(self, node: LexborNode) -> Iterator[str]:
        rows = [_cells(row) for row in _rows(node)]
        width = max((sum(span for _, span, _ in row) for row in rows), default=0)
        if width <= 1:  # a frame around words
            for row in rows:
                for cell, _, _ in row:
                    yield self._quotation(cell)
            return
        self.widest_table = max(self.widest_table, width)
        grid = self._grid(rows, width)
        while grid and sum(bool(cell) for cell in grid[0]) == 1 and grid[0][0] and len(grid) > 1:
            yield f"**{grid.pop(0)[0].strip('*')}**"  # a title across the whole table
        lines = [f"| {' | '.join(row)} |" for row in grid]
        yield "\n".join([*lines[:1], "|" + " --- |" * width, *lines[1:]])

    def _grid(self, rows: list[list[tuple[LexborNode, int, int]]], width: int) -> list[list[str]]:
        """Each row can be read alone: what spans several rows stands in each of them, what spans some columns too."""
        grid = [[""] * width for _ in rows]
        taken = [[False] * width for _ in rows]
        for y, row in enumerate(rows):
            x = 0
            for cell, columns, lines in row:
                while x < width and taken[y][x]:
                    x += 1
                words = self._cell(cell)
                for down in range(y, min(y + lines, len(rows))):
                    for right in range(x, min(x + columns, width)):
                        taken[down][right] = True
                        grid[down][right] = words if columns < width or right == x else ""
                x += columns
        return grid

    def _cell(self, node: LexborNode) -> str:
        """Everything in one line."""
        parts = []
        for child in node.iter(include_text=True):
            if child.tag == "table":
                parts += ["，".join(self._cell(cell) for cell, _, _ in _cells(row)) for row in _rows(child)]
            elif child.tag in ("ul", "ol"):
                parts += [self._cell(item) for item in child.iter()]
            else:
                parts.append(_inline(list(self._piece(child, Piece("")))))
        lines = [NUMBER.sub(r"\1. ", part.replace(HARD_BREAK, " ")).strip(_PAD) for part in parts]
        return _joined([line for line in lines if line])

    # ── words ─────────────────────────────────────────────────────────────────────────────────────────────────────────

    def _pieces(self, node: LexborNode) -> Iterator[Piece]:
        for child in node.iter(include_text=True):
            yield from self._piece(child, Piece(""))

    def _piece(self, node: LexborNode, style: Piece) -> Iterator[Piece]:
        tag = str(node.tag)
        if tag == "-text":
            yield replace(style, words=(node.text_content or "").translate(UNSEEN))
        elif tag == "br":
            yield Piece("", markdown=HARD_BREAK)
        elif tag == "img":
            attributes = node.attributes
            yield Piece("", markdown=self._picture(str(attributes.get("src") or ""), str(attributes.get("alt") or "")))
        elif tag in ("sup", "sub"):
            yield from self._raised(node, style, tag)
        else:
            url = str(node.attributes.get("href") or "") if tag == "a" else style.url
            inner = replace(
                style, url=url, is_bold=style.is_bold or tag in ("strong", "b"),
                is_slanted=style.is_slanted or tag in ("em", "i"), is_struck=style.is_struck or tag in ("s", "del"),
            )  # fmt: skip
            for child in node.iter(include_text=True):
                yield from self._piece(child, inner)

    def _raised(self, node: LexborNode, style: Piece, tag: str) -> Iterator[Piece]:
        """m² stays m²; the sign of a footnote is a number in brackets."""
        words = node.text(deep=True)
        table = RAISED if tag == "sup" else LOWERED
        if words and set(map(ord, words)) <= set(table):
            yield replace(style, words=words.translate(table))
        else:
            yield replace(style, words=words)


def _inline(pieces: list[Piece]) -> str:
    merged: list[Piece] = []
    for piece in pieces:
        words = re.sub(r"[\t\n\r ]+", " ", piece.words)
        plain = replace(piece, words=words, url="" if piece.url.startswith("#") else piece.url)
        if merged and not plain.markdown and not merged[-1].markdown and replace(merged[-1], words="") == replace(
            plain, words=""
        ):  # fmt: skip
            merged[-1] = replace(plain, words=merged[-1].words + words)
        else:
            merged.append(plain)
    return "".join(map(_written, merged)).strip(_PAD).removesuffix(HARD_BREAK.strip()).strip(_PAD)


def _written(piece: Piece) -> str:
    if piece.markdown:
        return piece.markdown
    signs = "~~" * piece.is_struck + "**" * piece.is_bold + "*" * piece.is_slanted
    before, core, after = _core(piece.words) if signs else ("", piece.words, "")
    if signs and not core:
        return _escaped(piece.words)
    if piece.url and core.strip():
        core = f"[{_escaped(core)}]({_url(piece.url)})"
        return _escaped(before) + core + _escaped(after)
    return f"{_escaped(before)}{signs}{_escaped(core)}{signs[::-1]}{_escaped(after)}"


def _core(words: str) -> tuple[str, str, str]:
    """Leading spaces and punctuation, what emphasis can stand around, and the rest."""
    start, end = 0, len(words)
    while start < end and _is_outer(words[start]):
        start += 1
    while end > start and _is_outer(words[end - 1]):
        end -= 1
    return words[:start], words[start:end], words[end:]


def _is_outer(sign: str) -> bool:
    return sign.isspace() or unicodedata.category(sign)[0] in "PSZC"


def _escaped(words: str) -> str:
    return _ESCAPED.sub(lambda found: "\\" + found[0], words)


def _guarded(line: str) -> str:
    """A paragraph's beginning that would be a heading, a list or a line is none."""

    def guard(found: re.Match[str]) -> str:
        return f"\\{found['sign']}" if found["sign"] else f"{found['number']}\\{found['dot']}"

    return "\n".join(
        _AT_START.sub(guard, part.lstrip(_PAD), count=1) if _AT_START.match(part.lstrip(_PAD)) else part.lstrip(_PAD)
        for part in line.split("\n")
    )


def _url(url: str) -> str:
    return re.sub(r"[\s()<>\\|]", lambda sign: f"%{ord(sign[0]):02X}" if ord(sign[0]) < 128 else "", url)


def _joined(lines: list[str]) -> str:
    """Lines of a cell as one, with a sign between them where there is none."""
    text = ""
    for line in lines:
        text += ("" if not text else " " if unicodedata.category(text[-1])[0] == "P" else "；") + line
    return text


def _item(blocks: list[str]) -> str:
    """A list may follow at once, another paragraph only behind an empty line."""
    text = blocks[0]
    for block in blocks[1:]:
        text += ("\n" if re.match(r"- |\d+[.)] ", block) else "\n\n") + block
    return "\n".join(line.rstrip() for line in text.split("\n"))


def _is_notes(node: LexborNode) -> bool:
    first = node.first_child
    return first is not None and str(first.attributes.get("id") or "").startswith(("footnote-", "endnote-"))


def _own_words(item: LexborNode) -> bool:
    """False for an item that only holds another list."""
    for child in item.iter(include_text=True):
        if child.tag in ("ul", "ol"):
            continue
        if child.css_first("img") is not None or child.tag == "img" or child.text(deep=True).strip(_PAD):
            return True
    return False


def _rows(table: LexborNode) -> list[LexborNode]:
    rows: list[LexborNode] = []
    for child in table.iter():
        rows += [child] if child.tag == "tr" else _rows(child) if child.tag in ("thead", "tbody", "tfoot") else []
    return rows


def _cells(row: LexborNode) -> list[tuple[LexborNode, int, int]]:
    """(cell, columns, lines)."""
    return [
        (cell, _span(cell, "colspan"), _span(cell, "rowspan")) for cell in row.iter() if cell.tag in ("td", "th")
    ]  # fmt: skip


def _span(cell: LexborNode, name: str) -> int:
    value = str(cell.attributes.get(name) or "1")
    return max(1, min(int(value), 200)) if value.isdecimal() else 1
