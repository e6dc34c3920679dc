"""The numbers that Word counts itself, written into the paragraphs before they are read: "第一条", "（二）", "1.1"
would otherwise be lost, and a list that goes on after a paragraph would begin anew.
"""

import re
from collections import defaultdict
from dataclasses import dataclass, field
from xml.etree.ElementTree import Element, SubElement

from content.citations import chinese

NUMBER = re.compile(r"\ue000(\d+)\ue001")
"""At the beginning of a list's item: its number."""
_PARAGRAPH = re.compile(r"\{[^}]*wordprocessingml[^}]*\}p")
_LATIN = {"decimal", "decimalZero", "lowerLetter", "upperLetter", "lowerRoman", "upperRoman"}
_LIST_SIGN = re.compile(r"%(\d)[.、．)）]?")
_ROMAN = ((1000, "M"), (900, "CM"), (500, "D"), (400, "CD"), (100, "C"), (90, "XC"), (50, "L"), (40, "XL"), (10, "X"),
          (9, "IX"), (5, "V"), (4, "IV"), (1, "I"))  # fmt: skip
_STEMS, _BRANCHES, _LEGAL = "甲乙丙丁戊己庚辛壬癸", "子丑寅卯辰巳午未申酉戌亥", "零壹贰叁肆伍陆柒捌玖"


def local(element: Element) -> str:
    """The name without its namespace: transitional and strict files differ only there."""
    return str(element.tag).rpartition("}")[2]


def value_of(element: Element | None, name: str = "val") -> str:
    if element is None:
        return ""
    return next((value for key, value in element.attrib.items() if key.rpartition("}")[2] == name), "")


def child_of(element: Element | None, *path: str) -> Element | None:
    for name in path:
        element = next((child for child in element if local(child) == name), None) if element is not None else None
    return element


@dataclass(frozen=True, slots=True)
class Level:
    """How one level of a list is numbered."""

    kind: str
    pattern: str
    start: int

    def is_list(self, depth: int) -> bool:
        """Counted as Markdown can: bullets, and a number, letter or Roman number of its own with at most one sign."""
        found = _LIST_SIGN.fullmatch(self.pattern)
        return self.kind == "bullet" or (self.kind in _LATIN and found is not None and int(found[1]) == depth + 1)


@dataclass
class Numbering:
    """numbering.xml and what styles.xml says of it."""

    lists: dict[str, str] = field(default_factory=dict)
    """numId → abstract list."""
    levels: dict[tuple[str, int], Level] = field(default_factory=dict)
    restarts: dict[tuple[str, int], int] = field(default_factory=dict)
    """(numId, depth) → where it begins anew."""
    styles: dict[str, tuple[str, int]] = field(default_factory=dict)
    """Style → (numId, depth)."""
    headings: set[str] = field(default_factory=set)


def read_numbering(numbering: Element | None, styles: Element | None) -> Numbering:
    made = Numbering()
    for part in numbering if numbering is not None else ():
        if local(part) == "abstractNum":
            for level in (child for child in part if local(child) == "lvl"):
                depth, start = _number(value_of(level, "ilvl")), value_of(child_of(level, "start")) or "1"
                kind = value_of(child_of(level, "numFmt")) or "decimal"
                pattern = value_of(child_of(level, "lvlText"))
                made.levels[value_of(part, "abstractNumId"), depth] = Level(kind, pattern, _number(start))
        elif local(part) == "num":
            number = value_of(part, "numId")
            made.lists[number] = value_of(child_of(part, "abstractNumId"))
            for override in (child for child in part if local(child) == "lvlOverride"):
                if begins := value_of(child_of(override, "startOverride")):
                    made.restarts[number, _number(value_of(override, "ilvl"))] = _number(begins)
    for style in (child for child in (styles if styles is not None else ()) if local(child) == "style"):
        name = value_of(style, "styleId")
        if re.match(r"(heading|标题) ?\d", value_of(child_of(style, "name")).lower()):
            made.headings.add(name)
        if number := value_of(child_of(style, "pPr", "numPr", "numId")):
            made.styles[name] = number, _number(value_of(child_of(style, "pPr", "numPr", "ilvl")))
    return made


class ListCounter:
    """Counts as Word does: one count for a list, whoever uses it, a deeper level anew below each higher one."""

    def __init__(self, numbering: Numbering) -> None:
        self._numbering = numbering
        self._counts: dict[str, dict[int, int]] = defaultdict(dict)
        self._begun: set[tuple[str, int]] = set()

    def next(self, number: str, depth: int) -> tuple[Level, int, str] | None:
        """(level, its number, the number as it is written); None where nothing is counted."""
        abstract = self._numbering.lists.get(number)
        level = self._numbering.levels.get((abstract or "", depth))
        if abstract is None or level is None:
            return None
        counts = self._counts[abstract]
        begins = self._numbering.restarts.get((number, depth))
        if begins is not None and (number, depth) not in self._begun:
            counts[depth] = begins
        else:
            counts[depth] = counts[depth] + 1 if depth in counts else level.start
        self._begun.add((number, depth))
        for deeper in [other for other in counts if other > depth]:
            del counts[deeper]
        return level, counts[depth], self._written(abstract, level, counts)

    def _written(self, abstract: str, level: Level, counts: dict[int, int]) -> str:
        def sign(found: re.Match[str]) -> str:
            depth = int(found[1]) - 1
            other = self._numbering.levels.get((abstract, depth), level)
            return written(other.kind, counts.get(depth, other.start))

        return re.sub(r"%(\d)", sign, level.pattern)


def written(kind: str, number: int) -> str:
    """A number in Word's way of counting `kind`; in digits where the kind is not known."""
    if kind in ("none", "bullet"):
        return ""
    if kind.startswith(("chineseCounting", "japaneseCounting", "taiwaneseCounting", "ideographDigital")):
        return chinese(number) if 0 < number < 10_000 else str(number)
    if kind in ("upperLetter", "lowerLetter") and number > 0:
        letter = chr(ord("A") + (number - 1) % 26) * ((number - 1) // 26 + 1)
        return letter if kind == "upperLetter" else letter.lower()
    if kind in ("upperRoman", "lowerRoman") and 0 < number < 4000:
        return _roman(number) if kind == "upperRoman" else _roman(number).lower()
    if kind.startswith("decimalEnclosedCircle") and 0 < number <= 20:
        return chr(0x245F + number)
    for name, signs in (("ideographTraditional", _STEMS), ("ideographZodiac", _BRANCHES)):
        if kind == name and 0 < number <= len(signs):
            return signs[number - 1]
    if kind == "chineseLegalSimplified" and 0 <= number < 10:
        return _LEGAL[number]
    return f"{number:02}" if kind == "decimalZero" else str(number)


def _roman(number: int) -> str:
    text = ""
    for value, sign in _ROMAN:
        text += sign * (number // value)
        number %= value
    return text


def write_numbers(document: Element, numbering: Numbering) -> None:
    """Every counted paragraph begins with its number: as words, or as a mark where Markdown counts too."""
    counter = ListCounter(numbering)
    for paragraph in document.iter():
        if not _PARAGRAPH.fullmatch(str(paragraph.tag)):
            continue
        properties = child_of(paragraph, "pPr")
        style = value_of(child_of(properties, "pStyle"))
        number, depth = numbering.styles.get(style, ("", 0))
        number = value_of(child_of(properties, "numPr", "numId")) or number
        own_depth = child_of(properties, "numPr", "ilvl")
        depth = _number(value_of(own_depth)) if own_depth is not None else depth
        if number in ("", "0") or _is_gone(properties):
            continue
        if found := counter.next(number, depth):
            _write_number(paragraph, *found, is_list=found[0].is_list(depth) and style not in numbering.headings)


def _write_number(paragraph: Element, level: Level, number: int, text: str, is_list: bool) -> None:
    if level.kind == "bullet":
        return
    if is_list:
        _put_first(paragraph, f"\ue000{number}\ue001")
        return
    space = "" if text.endswith(("、", "．", "）", "：")) or not text else " "
    _put_first(paragraph, text + space)
    namespace = str(paragraph.tag).rpartition("}")[0] + "}"
    properties = child_of(paragraph, "pPr")
    properties = properties if properties is not None else SubElement(paragraph, f"{namespace}pPr")
    if (counted := child_of(properties, "numPr")) is not None:
        properties.remove(counted)
    counted = SubElement(properties, f"{namespace}numPr")
    for name in ("ilvl", "numId"):
        SubElement(counted, namespace + name, {f"{namespace}val": "0"})


def _put_first(paragraph: Element, words: str) -> None:
    """Before every other word of the paragraph."""
    namespace = str(paragraph.tag).rpartition("}")[0] + "}"
    run = Element(f"{namespace}r")
    SubElement(run, f"{namespace}t").text = words
    place = 1 if len(paragraph) and local(paragraph[0]) == "pPr" else 0
    paragraph.insert(place, run)


def _is_gone(properties: Element | None) -> bool:
    """Deleted or moved away in tracked changes."""
    marks = child_of(properties, "rPr")
    return marks is not None and any(local(mark) in ("del", "moveFrom") for mark in marks)


def _number(text: str) -> int:
    return int(text) if re.fullmatch(r"-?\d{1,6}", text) else 0
