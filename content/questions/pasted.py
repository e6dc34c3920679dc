"""Words as they stand in Word files and messages → questions, each part with its line:

    1. 题干  A. …  B. …  答案：B  解析：…  依据：《宪法》第一条  难度：易

on one line or on several, signs half or full width, several questions one after the other, a story before those that
ask about it (情景：… to 情景完), headings such as 一、判断题. Numbers may begin anew: what has options or an answer
of its own is a question of its own. What belongs to no question is told, never dropped in silence; where two may have
run together it is a fault.
"""

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from content.questions import answer_table
from content.questions.numbering import Number, half, number_of
from content.questions.words import LETTERS, columns, folded, kind_of, labels
from content.questions.written import Fault, Written, clean

Line = tuple[str, str]
"""(place, words)."""
_LABELLED = ("key", "subject", "kind", "difficulty", "scenario", "scenario_text", "answer", "explanation", "basis")
_NAMES = "|".join(
    sorted((name for column in columns() if column.name in _LABELLED for name in (column.label, *column.also)
            if not name.isascii()), key=len, reverse=True)
)  # fmt: skip
_WHICH = r"\s*[一二三四五六七八九十\d]{0,3}"
_SIGN = r"\s*(?:应?[是为]\s*)?[:：]"
_NO_SIGN = rf"(?<=答案)\s*(?=(?:[A-HＡ-Ｈ][A-HＡ-Ｈ、，,]*|√|×|✓|✗|对|错|正确|错误)\s*[。.]?\s*(?:$|\s(?:{_NAMES})))"
"""答案 B, with nothing behind it but the next part."""
_LABEL = re.compile(
    rf"\s*(?:[【\[]\s*({_NAMES})({_WHICH})\s*[】\]]\s*[:：]?|({_NAMES})({_WHICH})(?:{_SIGN}|{_NO_SIGN}))\s*"
)
_BEFORE_LABEL = re.compile(rf"[\s　]+(?=(?:{_NAMES})(?:{_SIGN}|{_NO_SIGN}))|(?<=\S)[\s　]*(?=【(?:{_NAMES})】)")
_KINDS = r"(?:单选|单项选择|多选|多项选择|不定项选择|选择|判断|是非)题?"
_SECTION = re.compile(
    rf"\s*(?:[一二三四五六七八九十]{{1,3}}\s*[、.．])?\s*【?({_KINDS})】?\s*(?:[（(][^（）()]*[)）])?\s*[:：]?\s*"
)
_TAG = re.compile(rf"\s*[【\[（(]\s*({_KINDS})\s*[】\]）)]\s*")
_STORY_ENDS = re.compile(r"\s*[【（(]?(?:情景|案例|材料)\s*(?:完|结束|到此)[】）)]?\s*。?\s*")
_IN_STEM = re.compile(r"[（(]\s*([A-HＡ-Ｈ][A-HＡ-Ｈ、，,\s]{0,14}|√|×|✓|✗|对|错|正确|错误)\s*[)）]")
_VERDICT = re.compile(r"[（(]\s*(?:√|×|✓|✗|对|错|正确|错误)\s*[)）][\s　。.]*$")
_APART = "请给每道题编上号，或在题与题之间空一行。"
_ANSWER_AGAIN = f"这道题里又有一个“答案”：可能是两道题连在了一起。{_APART}"
_OPTIONS_AGAIN = f"这道题里又从 A 开始列选项：可能是两道题连在了一起。{_APART}逐项解析请写成“A 项……”。"
_STEM_SHORT = f"前面有编号的几行归到了上一题里，题干可能不全。{_APART}"
_MARKS = {"√", "×", "✓", "✗", "对", "错", "正确", "错误"}


@dataclass
class _Draft:
    place: str
    number: int = 0
    style: str = ""
    inner: int = 0
    """The last number inside of it: of a statement, or of a step of the explanation."""
    kind: str = ""
    story: tuple[str, str] | None = None
    parts: dict[str, list[str]] = field(default_factory=dict)
    places: dict[str, str] = field(default_factory=dict)
    now: str = "text"
    lines: int = 0
    """How many the part has that is written now."""
    faults: list[Fault] = field(default_factory=list)

    def begin(self, name: str, place: str, words: str) -> None:
        self.now, self.lines = name, 1
        self.places.setdefault(name, place)
        self.parts.setdefault(name, []).append(words)

    def go_on(self, words: str) -> None:
        self.lines += not _option(words)
        self.parts.setdefault(self.now, []).append(words)

    @property
    def is_labelled(self) -> bool:
        return any(name in self.parts for name in ("answer", "explanation", "basis", "difficulty"))

    @property
    def is_open(self) -> bool:
        """Nothing but a stem so far, and no verdict behind it."""
        return not self.is_labelled and "A" not in self.parts and not _VERDICT.search(self.text("text"))

    @property
    def is_answered(self) -> bool:
        return "answer" in self.parts or bool(_answer_in_stem(self.text("text"), is_judged="A" not in self.parts)[1])

    def runs_into_another(self, line: str, after_blank: bool) -> bool:
        """Whether the options begin a second time. Right behind 解析： they are its own."""
        if not self.is_labelled:
            return _letter(line) == "A" and "A" in self.parts
        inline = _inline_options(line)
        has_stem = bool(inline and line[: inline.start()].strip())
        return not after_blank and (has_stem or (_letter(line) == "A" and self.lines > 1))

    def text(self, name: str) -> str:
        return "\n".join(self.parts.get(name, []))


def read(lines: Sequence[Line]) -> tuple[list[Written], list[str]]:
    parts = [(place, part) for place, line in lines for part in _BEFORE_LABEL.split(line)]
    reader = _Reader(parts)
    for at, (place, part) in enumerate(parts):
        reader.take(at, place, part)
    reader.close()
    return answer_table.applied(reader.found, reader.numbers), reader.notes()


@dataclass
class _Reader:
    parts: Sequence[Line]
    found: list[Written] = field(default_factory=list)
    numbers: list[int] = field(default_factory=list)
    draft: _Draft | None = None
    story: list[str] | None = None
    """Of the questions that follow; its first line is its number where one was given."""
    story_key: str = ""
    is_telling: bool = False
    section: str = ""
    after_blank: bool = True
    left_out: list[str] = field(default_factory=list)
    last: int = 0
    is_numbered: bool = False

    def __post_init__(self) -> None:
        numbers = [(at, number) for at, (_, line) in enumerate(self.parts) if (number := number_of(line))]
        is_plain = any(number.is_plain for _, number in numbers)
        self.is_numbered = is_plain or any(self._asks(at, number, is_answered=True) for at, number in numbers[:1])

    def take(self, at: int, place: str, line: str) -> None:
        if not line.strip():
            self.after_blank = True
            return
        self._take(at, place, line)
        self.after_blank = False

    def _take(self, at: int, place: str, line: str) -> None:
        if _STORY_ENDS.fullmatch(line):
            self.close()
            self.story, self.is_telling = None, False
        elif section := _SECTION.fullmatch(line):
            self.close()
            self.section, self.story, self.is_telling = kind_of(section[1]) or kind_of(section[1] + "题"), None, False
        elif label := _LABEL.match(line):
            self._label(place, label[1] or label[3], line[label.end() :])
        elif (number := number_of(line)) and self._is_new(at, number):
            self._next(place, line[number.end :], number)
        elif self.is_telling and self.story is not None:
            self.story.append(line)
        else:
            self._unmarked(place, line)

    def _is_new(self, at: int, number: Number) -> bool:
        """Whether it is a question's; else it is kept as the last one inside of this question."""
        draft = self.draft
        if draft is None:
            return number.is_plain or self._asks(at, number, is_answered=True)
        follows, is_step = number.follows(draft.style, draft.number), 0 < draft.inner == number.count - 1
        if draft.is_open:
            is_new = follows and not is_step
        else:
            goes_on = number.style == draft.style and (self.after_blank or number.count > draft.number)
            is_new = self._asks(at, number, draft.is_answered) or (goes_on and not is_step)
        if not is_new and not number.is_sum:
            draft.inner = number.count
        return is_new

    def _asks(self, at: int, number: Number, is_answered: bool) -> bool:
        """Whether options or, behind a question that `is_answered`, an answer come before the next number."""
        words = self.parts[at][1][number.end :]
        if _VERDICT.search(words) or _inline_options(words):
            return True
        for _, line in self.parts[at + 1 :]:
            label, option, other = _LABEL.match(line), _option(line), number_of(line)
            part = labels()[folded(label[1] or label[3])] if label else ""
            if part == "answer":
                return is_answered
            if option or (other and other.rank >= number.rank) or part == "scenario_text" or _SECTION.fullmatch(line):
                return _letter(line) == "A"
        return False

    def _next(self, place: str, words: str, number: Number) -> None:
        before = self.draft
        self._begin(place, words, number.count, number.style)
        is_step = before is not None and 0 < before.inner == number.count - 1
        if self.draft and is_step and not self.after_blank:
            self.draft.faults.append(Fault("text", place, _STEM_SHORT))

    def _begin(self, place: str, words: str, number: int, style: str = "") -> None:
        self.close()
        self.is_telling = False
        draft = self.draft = _Draft(place, number, style, kind=self.section)
        if tag := _TAG.match(words):
            draft.kind, words = kind_of(tag[1]) or kind_of(tag[1] + "题"), words[tag.end() :]
        if self.story is not None:
            story = clean("\n".join(self.story))
            draft.story = (self.story_key or f"s-{hashlib.sha256(story.encode()).hexdigest()[:8]}", story)
        self._stem(place, words)

    def _stem(self, place: str, words: str) -> None:
        """The stem's line may hold the options, too."""
        draft = self.draft or _Draft(place)
        if first := _inline_options(words):
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
        elif part == "answer" and "answer" in self.draft.parts:
            self.draft.faults.append(Fault("answer", place, _ANSWER_AGAIN))
        else:
            self.draft.begin(part, place, words)

    def _unmarked(self, place: str, line: str) -> None:
        draft = self.draft
        if draft is not None and draft.runs_into_another(line, self.after_blank):
            draft.faults.append(Fault("A", place, _OPTIONS_AGAIN))
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
            self.numbers.append(self.draft.number)
            self.last = self.draft.number
        self.draft = None

    def notes(self) -> list[str]:
        shown = "、".join(self.left_out[:8])
        return [f"这些文字没有当作题目：{shown}{'等' if len(self.left_out) > 8 else ''}。"] if self.left_out else []


def _take_options(draft: _Draft, place: str, line: str) -> None:
    """One option, or several on one line in the order of their letters."""
    rest = line
    while found := _option(rest):
        letter = half(found[1] or found[2])
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
    return re.search(rf"[\s　；;]+(?={_mark(later)})", line)


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
        faults=tuple(draft.faults),
    )


def _said(draft: _Draft, name: str) -> str | None:
    return draft.text(name).strip() if name in draft.parts else None


def _answer_in_stem(text: str, is_judged: bool) -> tuple[str, str]:
    """我国的根本制度是（ C ）。 → the stem with an empty bracket, and C."""
    for found in reversed(list(_IN_STEM.finditer(text))):
        if found[1] in _MARKS and is_judged and not text[found.end() :].strip(" 。.　\n"):
            return text[: found.start()].rstrip() + text[found.end() :].strip(), found[1]
        if found[1] not in _MARKS and not is_judged:
            return f"{text[: found.start()]}（　）{text[found.end() :]}", half(found[1])
    return text, ""


def _option(line: str) -> re.Match[str] | None:
    return re.match(r"[\s　]*(?:[（(]?([A-HＡ-Ｈ])[)）]?\s*[.．、:：]|[（(]?([A-HＡ-Ｈ])\s*[)）])\s*", line)


def _letter(line: str) -> str:
    """Of the option that the line begins with."""
    found = _option(line)
    return half(found[1] or found[2]) if found else ""


def _inline_options(words: str) -> re.Match[str] | None:
    """Where they begin on the stem's line, if two or more stand there."""
    first = re.search(rf"(?:[\s　]+|^|(?<=[？?：:。；;])){_mark('A')}", words)
    return first if first and re.search(rf"[\s　；;]{_mark('B')}", words[first.end() :]) else None


def _mark(letter: str) -> str:
    """A. （A） A） and the like, as a pattern."""
    either = f"[{letter}{chr(ord(letter) + 0xFEE0)}]"
    return rf"(?:[（(]?{either}[)）]?\s*[.．、:：]|[（(]?{either}\s*[)）])"
