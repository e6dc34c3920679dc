"""Words as they stand in Word files and messages → questions, each part with its line:

    1. 题干  A. …  B. …  答案：B  解析：…  依据：《宪法》第一条  难度：易

on one line or on several, signs half or full width, several questions one after the other, a story before those that
ask about it (情景：… to 情景完), headings such as 一、判断题. What belongs to no question is told, never dropped in
silence.
"""

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from content.questions.words import LETTERS, columns, folded, kind_of, labels
from content.questions.written import Written, clean

Line = tuple[str, str]
"""(place, words)."""
_LABELLED = ("key", "subject", "kind", "difficulty", "scenario", "scenario_text", "answer", "explanation", "basis")
_NAMES = "|".join(
    sorted((name for column in columns() if column.name in _LABELLED for name in (column.label, *column.also)
            if not name.isascii()), key=len, reverse=True)
)  # fmt: skip
_WHICH = r"\s*[一二三四五六七八九十\d]{0,3}"
_LABEL = re.compile(rf"\s*(?:[【\[]\s*({_NAMES})({_WHICH})\s*[】\]]\s*[:：]?|({_NAMES})({_WHICH})\s*[:：])\s*")
_BEFORE_LABEL = re.compile(rf"[\s　]+(?=(?:{_NAMES})\s*[:：])|(?<=\S)(?=【(?:{_NAMES})】)")
_NUMBER = re.compile(
    r"\s*(?:第\s*(\d{1,4}|[一二三四五六七八九十百]{1,5})\s*题\s*[.．、:：]?|[（(]\s*(\d{1,4})\s*[)）]|(\d{1,4})\s*[.．、:：)）](?!\d))\s*"
)
_KINDS = r"(?:单选|单项选择|多选|多项选择|不定项选择|选择|判断|是非)题?"
_SECTION = re.compile(
    rf"\s*(?:[一二三四五六七八九十]{{1,3}}\s*[、.．])?\s*【?({_KINDS})】?\s*(?:[（(][^（）()]*[)）])?\s*[:：]?\s*"
)
_TAG = re.compile(rf"\s*[【\[（(]\s*({_KINDS})\s*[】\]）)]\s*")
_STORY_ENDS = re.compile(r"\s*[【（(]?(?:情景|案例|材料)\s*(?:完|结束|到此)[】）)]?\s*。?\s*")
_IN_STEM = re.compile(r"[（(]\s*([A-HＡ-Ｈ][A-HＡ-Ｈ、，,\s]{0,14}|√|×|✓|✗|对|错|正确|错误)\s*[)）]")
_MARKS = {"√", "×", "✓", "✗", "对", "错", "正确", "错误"}


@dataclass
class _Draft:
    place: str
    number: int = 0
    kind: str = ""
    story: tuple[str, str] | None = None
    parts: dict[str, list[str]] = field(default_factory=dict)
    places: dict[str, str] = field(default_factory=dict)
    now: str = "text"

    def begin(self, name: str, place: str, words: str) -> None:
        self.now = name
        self.places.setdefault(name, place)
        self.parts.setdefault(name, []).append(words)

    def go_on(self, words: str) -> None:
        self.parts.setdefault(self.now, []).append(words)

    @property
    def is_labelled(self) -> bool:
        return any(name in self.parts for name in ("answer", "explanation", "basis", "difficulty"))

    @property
    def is_open(self) -> bool:
        """Nothing but a stem so far."""
        return not self.is_labelled and "A" not in self.parts

    def text(self, name: str) -> str:
        return "\n".join(self.parts.get(name, []))


def read(lines: Sequence[Line]) -> tuple[list[Written], list[str]]:
    reader = _Reader(any(_NUMBER.match(_half(line)) for _, line in lines))
    for place, line in lines:
        for part in _BEFORE_LABEL.split(line):
            reader.take(place, part)
    reader.close()
    return reader.found, reader.notes()


@dataclass
class _Reader:
    is_numbered: bool
    found: list[Written] = field(default_factory=list)
    draft: _Draft | None = None
    story: list[str] | None = None
    """Of the questions that follow; its first line is its number where one was given."""
    story_key: str = ""
    is_telling: bool = False
    section: str = ""
    after_blank: bool = True
    left_out: list[str] = field(default_factory=list)
    last: int = 0

    def take(self, place: str, line: str) -> None:
        if not line.strip():
            self.after_blank = True
            return
        self._take(place, line)
        self.after_blank = False

    def _take(self, place: str, line: str) -> None:
        if _STORY_ENDS.fullmatch(line):
            self.close()
            self.story, self.is_telling = None, False
        elif section := _SECTION.fullmatch(line):
            self.close()
            self.section, self.story, self.is_telling = kind_of(section[1]) or kind_of(section[1] + "题"), None, False
        elif label := _LABEL.match(line):
            self._label(place, label[1] or label[3], line[label.end() :])
        elif (number := _NUMBER.match(_half(line))) and self._is_new(_count(number)):
            self._begin(place, line[number.end() :], _count(number))
        elif self.is_telling and self.story is not None:
            self.story.append(line)
        else:
            self._unmarked(place, line)

    def _is_new(self, number: int) -> bool:
        draft = self.draft
        if draft is None or number == draft.number + 1:
            return True
        return not draft.is_open and (self.after_blank or number > draft.number)

    def _begin(self, place: str, words: str, number: int) -> None:
        self.close()
        self.is_telling = False
        draft = self.draft = _Draft(place, number, self.section)
        if tag := _TAG.match(words):
            draft.kind, words = kind_of(tag[1]) or kind_of(tag[1] + "题"), words[tag.end() :]
        if self.story is not None:
            story = clean("\n".join(self.story))
            draft.story = (self.story_key or f"s-{hashlib.sha256(story.encode()).hexdigest()[:8]}", story)
        self._stem(place, words)

    def _stem(self, place: str, words: str) -> None:
        """The stem's line may hold the options, too."""
        draft = self.draft or _Draft(place)
        first = re.search(r"(?:[\s　]+|^)[（(]?[AＡ][)）]?\s*[.．、:：]", words)
        if first and re.search(r"[\s　][（(]?[BＢ][)）]?\s*[.．、:：]", words[first.end() :]):
            draft.begin("text", place, words[: first.start()])
            _take_options(draft, place, words[first.start() :])
        else:
            draft.begin("text", place, words)

    def _label(self, place: str, name: str, words: str) -> None:
        part = labels()[folded(name)]
        if part == "scenario_text":
            self.close()
            self.story, self.story_key, self.section = (None if clean(words) in ("无", "完") else [words]), "", ""
            self.is_telling = self.story is not None
        elif part == "scenario" and self.draft is None and self.story is not None:
            self.story_key = words.strip()
        elif self.draft is None:
            self.left_out.append(f"{place}“{name}：{words.strip()[:20]}”")
        else:
            self.draft.begin(part, place, words)

    def _unmarked(self, place: str, line: str) -> None:
        draft = self.draft
        if draft is not None and not draft.is_labelled and _option(line):
            _take_options(draft, place, line)
        elif draft is not None and not (self.after_blank and draft.is_labelled):
            draft.go_on(line)
        elif self.is_numbered:
            self.left_out.append(f"{place}“{line.strip()[:20]}”")
        else:
            self._begin(place, line, self.last + 1)

    def close(self) -> None:
        if self.draft is not None:
            self.found.append(_finished(self.draft))
            self.last = self.draft.number
        self.draft = None

    def notes(self) -> list[str]:
        shown = "、".join(self.left_out[:8])
        return [f"这些文字没有当作题目：{shown}{'等' if len(self.left_out) > 8 else ''}。"] if self.left_out else []


def _take_options(draft: _Draft, place: str, line: str) -> None:
    """One option, or several on one line in the order of their letters."""
    rest = line
    while found := _option(rest):
        letter = _half(found[1] or found[2])
        rest = rest[found.end() :]
        following = _next_option(rest, letter)
        draft.begin(letter, place, rest[: following.start()] if following else rest)
        if following is None:
            return
        rest = rest[following.end() :]


def _next_option(line: str, letter: str) -> re.Match[str] | None:
    if letter == LETTERS[-1]:
        return None
    later = LETTERS[LETTERS.index(letter) + 1]
    return re.search(rf"[\s　]+(?=[（(]?[{later}{_wide(later)}][)）]?\s*[.．、:：])", line)


def _finished(draft: _Draft) -> Written:
    letters = [letter for letter in LETTERS if letter in draft.parts]
    last = LETTERS.index(letters[-1]) + 1 if letters else 0
    text, answer = draft.text("text"), draft.text("answer")
    if "answer" not in draft.parts:
        text, answer = _answer_in_stem(text, is_judged=not letters)
    return Written(
        place=draft.place,
        key=draft.text("key").strip(),
        subject=_said(draft, "subject"),
        kind=draft.text("kind").strip() or ("" if draft.kind == "judge" and letters else draft.kind),
        text=text,
        options=tuple(draft.text(letter) for letter in LETTERS[:last]),
        answer=answer.strip().rstrip("。."),
        explanation=_said(draft, "explanation"),
        basis=(draft.text("basis"),) if "basis" in draft.parts else None,
        difficulty=_said(draft, "difficulty"),
        scenario=draft.story[0] if draft.story else _said(draft, "scenario"),
        scenario_text=draft.story[1] if draft.story else None,
        places=draft.places,
    )


def _said(draft: _Draft, name: str) -> str | None:
    return draft.text(name).strip() if name in draft.parts else None


def _answer_in_stem(text: str, is_judged: bool) -> tuple[str, str]:
    """我国的根本制度是（ C ）。 → the stem with an empty bracket, and C."""
    for found in reversed(list(_IN_STEM.finditer(text))):
        if found[1] in _MARKS and is_judged and not text[found.end() :].strip(" 。.　\n"):
            return text[: found.start()].rstrip() + text[found.end() :].strip(), found[1]
        if found[1] not in _MARKS and not is_judged:
            return f"{text[: found.start()]}（　）{text[found.end() :]}", _half(found[1])
    return text, ""


def _option(line: str) -> re.Match[str] | None:
    return re.match(r"[\s　]*(?:[（(]?([A-HＡ-Ｈ])[)）]?\s*[.．、:：]|[（(]([A-HＡ-Ｈ])[)）])\s*", line)


def _half(text: str) -> str:
    """Digits and letters in half width; as long as before."""
    return text.translate(_HALF)


def _wide(letter: str) -> str:
    return chr(ord(letter) + 0xFEE0)


_HALF = {code + 0xFEE0: code for code in (*range(0x30, 0x3A), *range(0x41, 0x5B))}
_CHINESE = "零一二三四五六七八九十"


def _count(number: re.Match[str]) -> int:
    written = next(group for group in number.groups() if group)
    if written.isdecimal():
        return int(written)
    return _CHINESE.find(written) if written in _CHINESE else 0
