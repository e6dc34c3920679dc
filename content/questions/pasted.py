"""Words as they stand in Word files and messages → questions, each part with its line:

    1. 题干  A. …  B. …  答案：B  解析：…  依据：《宪法》第一条  难度：易

on one line or on several, signs half or full width, several questions one after the other, a story before those that
ask about it (情景：… to 情景完), headings such as 一、判断题. Numbers may begin anew: what has options or an answer
of its own is a question of its own. What belongs to no question is told, never dropped in silence; where two may have
run together it is a fault.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import islice

from content.questions import answer_table, marks
from content.questions.numbering import Number, half, number_of
from content.questions.points import LISTED, Points, asks, behind, is_whole
from content.questions.words import LETTERS, folded, kind_of, labels
from content.questions.written import Fault, Written, clean

Line = tuple[str, str]
"""(place, words)."""
_FARTHEST = 40
"""Lines looked at behind an empty one."""
_APART = "请给每道题编上号，或在题与题之间空一行。"
_ANSWER_AGAIN = f"这道题里又有一个“答案”：可能是两道题连在了一起。{_APART}"
_OPTIONS_AGAIN = f"这道题里又从 A 开始列选项：可能是两道题连在了一起。{_APART}逐项解析请写成“A 项……”。"
_POINTS = "解析里的各点请编成①②③，题目请写全选项和答案，题与题之间空一行。"
_STEM_SHORT = f"前面有编号的几行归到了上一题里，这一行可能也是其中一点，题干可能不全。{_POINTS}"
_LIST_CUT = f"从这一行起有编号的几行，分不清哪些是这道题的解析、哪一行起是下一题。{_POINTS}"
_UNSURE = f"分不清这一行是上面解析里的一点，还是另一道题。{_POINTS}"
_PART_AGAIN = f"这道题里又有一个“{{}}”：上面有编号的几行里，可能有一行是另一道题。{_POINTS}"
_MARKS = {"√", "×", "✓", "✗", "对", "错", "正确", "错误"}


@dataclass
class _Draft:
    place: str
    number: int = 0
    style: str = ""
    points: Points = field(default_factory=Points)
    has_points: bool = False
    kind: str = ""
    story: tuple[str, str] | None = None
    parts: dict[str, list[str]] = field(default_factory=dict)
    places: dict[str, str] = field(default_factory=dict)
    now: str = "text"
    lines: int = 0
    """How many the part has that is written now."""
    faults: list[Fault] = field(default_factory=list)

    def begin(self, name: str, place: str, words: str) -> None:
        self.now, self.lines, self.points = name, 1, Points()
        self.places.setdefault(name, place)
        self.parts.setdefault(name, []).append(words)

    def go_on(self, words: str) -> None:
        self.lines += not marks.option(words)
        self.parts.setdefault(self.now, []).append(words)

    @property
    def is_empty(self) -> bool:
        """Nothing but the label so far of a part in points."""
        return self.now in (*LISTED, "answer") and not self.text(self.now).strip()

    @property
    def is_labelled(self) -> bool:
        return any(name in self.parts for name in ("answer", "explanation", "basis", "difficulty"))

    @property
    def is_open(self) -> bool:
        """Nothing but a stem so far, and no verdict behind it."""
        return not self.is_labelled and "A" not in self.parts and not marks.VERDICT.search(self.text("text"))

    @property
    def is_answered(self) -> bool:
        return "answer" in self.parts or bool(_answer_in_stem(self.text("text"), is_judged="A" not in self.parts)[1])

    def runs_into_another(self, line: str, after_blank: bool) -> bool:
        """Whether the options begin a second time. Right behind 解析： they are its own."""
        if not self.is_labelled:
            return marks.letter(line) == "A" and "A" in self.parts
        inline = marks.inline_options(line)
        has_stem = bool(inline and line[: inline.start()].strip())
        return not after_blank and (has_stem or (marks.letter(line) == "A" and self.lines > 1))

    def text(self, name: str) -> str:
        return "\n".join(self.parts.get(name, []))


def read(lines: Sequence[Line]) -> tuple[list[Written], list[str]]:
    parts = [(place, part) for place, line in lines for part in marks.BEFORE_LABEL.split(line)]
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
    lines: Sequence[str] = ()
    """Of the parts."""

    def __post_init__(self) -> None:
        """Numbers before any answer, or with one, are those of questions; an explanation may have some of its own."""
        lines = self.lines = [line for _, line in self.parts]
        numbers = [(at, number) for at, line in enumerate(lines) if (number := number_of(line))]
        first = next(
            (at for at, line in enumerate(lines) if marks.part_of(line) in ("answer", "explanation")), len(lines)
        )
        self.is_numbered = any(
            number.is_plain and (at < first or is_whole(lines, at, number)) for at, number in numbers
        ) or any(asks(lines, at, number, True) for at, number in numbers[:1])

    def take(self, at: int, place: str, line: str) -> None:
        if not line.strip():
            self.after_blank = True
            return
        self._take(at, place, line)
        self.after_blank = False

    def _take(self, at: int, place: str, line: str) -> None:
        if marks.STORY_ENDS.fullmatch(line):
            self.close()
            self.story, self.is_telling = None, False
        elif section := marks.SECTION.fullmatch(line):
            self.close()
            self.section, self.story, self.is_telling = kind_of(section[1]) or kind_of(section[1] + "题"), None, False
        elif label := marks.LABEL.match(line):
            self._label(place, label[1] or label[3], line[label.end() :])
        elif (number := number_of(line)) and self._is_new(at, number):
            self._next(at, place, line[number.end :], number)
        elif self.is_telling and self.story is not None:
            self.story.append(line)
        elif number and self.draft and self.draft.now in LISTED:
            self.draft.go_on(line)  # a point stays in its list, whatever is empty between
        else:
            self._unmarked(at, place, line)

    def _is_new(self, at: int, number: Number) -> bool:
        """Whether it is a question's; else it is kept as a point of this question."""
        draft = self.draft
        if draft is None:
            return number.is_plain or asks(self.lines, at, number, True)
        is_next = draft.points.is_next(number)
        if draft.is_open:
            is_new = number.follows(draft.style, draft.number) and not is_next
        elif asks(self.lines, at, number, draft.is_answered, draft.style):
            is_new = not self._is_judged(at, number)
        else:
            begins = number.count == 1 and (draft.now in LISTED or draft.is_empty)
            goes_on = number.style == draft.style and (self.after_blank or number.count > draft.number)
            is_new = goes_on and not is_next and not begins
        if not is_new:
            self._point(at, number)
        return is_new

    def _is_judged(self, at: int, number: Number) -> bool:
        """1. A 项正确（√）: of a question with options that is explained one by one."""
        draft, words = self.draft, self.parts[at][1]
        if draft is None or draft.now != "explanation" or "A" not in draft.parts or marks.inline_options(words):
            return False
        return bool(marks.VERDICT.search(words)) and (number.count == 1 or draft.points.is_next(number))

    def _point(self, at: int, number: Number) -> None:
        place, line = self.parts[at]
        draft = self.draft or _Draft(place)
        if draft.is_labelled and number.style == draft.style and self._may_be_new(at, number, draft):
            draft.faults.append(Fault(draft.now, place, _UNSURE))
        draft.points.take(number, line, place, draft.is_empty)
        draft.has_points |= draft.is_labelled

    def _may_be_new(self, at: int, number: Number, draft: _Draft) -> bool:
        """A point that could as well be a question of which something is lacking."""
        words, is_next = self.parts[at][1][number.end :], draft.points.is_next(number)
        if self._is_judged(at, number):
            return True
        if is_next:
            is_loose = bool(marks.CUE.search(words)) or (self.after_blank and not draft.is_answered)
            return is_loose and number.follows(draft.style, draft.number)
        is_loose = self.after_blank and (not draft.is_answered or bool(marks.CUE.search(words)))
        return not draft.is_empty and (draft.now == "basis" or (draft.now == "explanation" and is_loose))

    def _next(self, at: int, place: str, words: str, number: Number) -> None:
        before = self.draft
        is_doubtful = before is not None and self._may_be_a_point(at, number, before)
        if before and is_doubtful:
            before.faults.append(Fault(before.now, before.points.place, _LIST_CUT))
        self._begin(place, words, number.count, number.style)
        if self.draft and is_doubtful:
            self.draft.faults.append(Fault("text", place, _STEM_SHORT))

    def _may_be_a_point(self, at: int, number: Number, before: _Draft) -> bool:
        """A question that could as well be a point of the one before, or has cut its points off."""
        if number.style not in before.points.counts:
            return False
        follows = number.follows(before.style, before.number)
        if not before.points.is_next(number):
            return not asks(self.lines, at, number, True) and not (follows and not before.is_answered)
        is_asked = bool(marks.CUE.search(self.lines[at][number.end :]))
        if not is_asked and not is_whole(self.lines, at, number):
            return True
        return not self.after_blank and not (follows and (is_asked or before.points.is_sure))

    def _begin(self, place: str, words: str, number: int, style: str = "") -> None:
        self.close()
        self.is_telling = False
        draft = self.draft = _Draft(place, number, style, kind=self.section)
        if tag := marks.TAG.match(words):
            draft.kind, words = kind_of(tag[1]) or kind_of(tag[1] + "题"), words[tag.end() :]
        if self.story is not None:
            story = clean("\n".join(self.story))
            draft.story = (self.story_key or f"s-{hashlib.sha256(story.encode()).hexdigest()[:8]}", story)
        self._stem(place, words)

    def _stem(self, place: str, words: str) -> None:
        """The stem's line may hold the options, too."""
        draft = self.draft or _Draft(place)
        if first := marks.inline_options(words):
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
            is_again = part in self.draft.parts and (part == "explanation" or part != self.draft.now)
            if is_again and self.draft.has_points:
                self.draft.faults.append(Fault(part, place, _PART_AGAIN.format(name)))
            self.draft.begin(part, place, words)
            if number := number_of(words):
                self.draft.points.take(number, words, place, at_label=True)
                self.draft.has_points |= part != "answer"

    def _comes_back(self, at: int) -> bool:
        """Whether words behind an empty line go on with the explanation: more of this question comes behind them."""
        draft = self.draft
        if draft is None or not self.is_numbered or draft.now != "explanation":
            return False
        for there, line in enumerate(islice(behind(self.lines, at), _FARTHEST), start=at + 1):
            if part := marks.part_of(line):
                return part in ("basis", "difficulty")
            if number := number_of(line):
                return draft.points.is_next(number) and not asks(self.lines, there, number, draft.is_answered)
            if marks.option(line) or marks.SECTION.fullmatch(line):
                return False
        return False

    def _unmarked(self, at: int, place: str, line: str) -> None:
        draft = self.draft
        if draft is not None and draft.runs_into_another(line, self.after_blank):
            draft.faults.append(Fault("A", place, _OPTIONS_AGAIN))
        if draft is not None and not draft.is_labelled and marks.option(line):
            _take_options(draft, place, line)
        elif draft is not None and (not (self.after_blank and draft.is_labelled) or self._comes_back(at)):
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
    while found := marks.option(rest):
        letter = half(found[1] or found[2])
        rest = rest[found.end() :]
        following = marks.next_option(rest, letter)
        draft.begin(letter, place, rest[: following.start()] if following else rest)
        if following is None:
            return
        rest = rest[following.end() :]


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
    for found in reversed(list(marks.IN_STEM.finditer(text))):
        if found[1] in _MARKS and is_judged and not text[found.end() :].strip(" 。.　\n"):
            return text[: found.start()].rstrip() + text[found.end() :].strip(), found[1]
        if found[1] not in _MARKS and not is_judged:
            return f"{text[: found.start()]}（　）{text[found.end() :]}", half(found[1])
    return text, ""
