"""A Word file → its lines of text with their places, with the numbers that Word counts itself; nothing of its looks."""

import zipfile
from collections.abc import Iterator
from xml.etree.ElementTree import Element, ParseError

from defusedxml import ElementTree
from defusedxml.common import DefusedXmlException

from content.importers.library import Unreadable
from content.importers.word_numbers import ListCounter, Numbering, child_of, local, read_numbering, value_of
from content.importers.word_package import BROKEN, SAVE_AS, document_path, open_package

MOST_BYTES = 5_000_000
MOST_UNPACKED = 20_000_000
_GONE = {"del", "moveFrom", "Fallback", "instrText", "delText", "pPr", "rPr", "txbxContent"}
"""Deleted, said twice, or no words of the text."""


def lines_of(data: bytes, name: str) -> list[tuple[str, str]]:
    """(place, line); a paragraph may hold several lines. Raises Unreadable."""
    if len(data) > MOST_BYTES:
        raise Unreadable(f"{name} 太大：最多 {MOST_BYTES // 1_000_000} MB，请删去图片再上传。")
    package = open_package(data, name)
    try:
        path = document_path(package)
        if package.getinfo(path).file_size > MOST_UNPACKED:
            raise Unreadable(f"{name} 的文字太多：请分成几个文件上传。")
        folder = path.rpartition("/")[0]
        document = ElementTree.fromstring(package.read(path), forbid_dtd=True)
        numbering, styles = (_part(package, f"{folder}/{part}.xml") for part in ("numbering", "styles"))
    except (*BROKEN, ParseError, DefusedXmlException) as error:
        raise Unreadable(f"{name} 已损坏，打不开：{SAVE_AS}") from error
    return list(_lines(document, read_numbering(numbering, styles)))


def _part(package: zipfile.ZipFile, path: str) -> Element | None:
    try:
        return ElementTree.fromstring(package.read(path), forbid_dtd=True)
    except KeyError:
        return None


def _lines(document: Element, numbering: Numbering) -> Iterator[tuple[str, str]]:
    counter = ListCounter(numbering)
    for number, paragraph in enumerate((part for part in document.iter() if local(part) == "p"), start=1):
        text = "".join(_words(paragraph))
        counted = _counted(paragraph, numbering, counter) if text.strip() else ""
        for line in f"{counted} {text}".lstrip(" ").split("\n") if counted else text.split("\n"):
            yield f"第 {number} 段", line


def _counted(paragraph: Element, numbering: Numbering, counter: ListCounter) -> str:
    properties = child_of(paragraph, "pPr")
    number, depth = numbering.styles.get(value_of(child_of(properties, "pStyle")), ("", 0))
    number = value_of(child_of(properties, "numPr", "numId")) or number
    own = value_of(child_of(properties, "numPr", "ilvl"))
    depth = int(own) if own.isdecimal() and len(own) < 3 else depth
    found = counter.next(number, depth) if number not in ("", "0") else None
    return "" if found is None or found[0].kind == "bullet" else found[2]


def _words(element: Element) -> Iterator[str]:
    for part in element:
        name = local(part)
        if name in _GONE or _is_hidden(part):
            continue
        if name == "t":
            yield part.text or ""
        elif name == "tab":
            yield "\t"
        elif name in ("br", "cr"):
            yield "\n"
        elif name != "p":  # paragraphs of a box or a table have their own turn
            yield from _words(part)


def _is_hidden(part: Element) -> bool:
    hidden = child_of(part, "rPr", "vanish") if local(part) == "r" else None
    return hidden is not None and value_of(hidden) not in ("0", "false")
