"""GIFT, Moodle's text form of questions, in and out.

Read: comments, categories, titles, escapes, formats, weights, feedback of an answer and of the whole, true and false,
one and several right answers, a blank inside the stem. What the bank has no place for is told at its line: essays,
short answers, numbers, matching. Our own key stands where Moodle keeps an id (`// [id:const-001]`); law and difficulty
stand as the last lines of the general feedback.
"""

import html
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from content.models import Question
from content.questions.words import LETTERS, difficulty_name
from content.questions.written import Fault, Written

_SIGNS = "\\~=#{}:"
_ID = re.compile(r"\[id:((?:\\.|[^\]\\])+)\]")
_SUBJECT = re.compile(r"\$CATEGORY:\s*(.*)")
_TITLE = re.compile(r"\s*::((?:\\.|[^\\])*?)::", re.DOTALL)
_FORMAT = re.compile(r"\s*\[(html|moodle|plain|markdown)\]")
_WEIGHT = re.compile(r"%(-?\d+(?:\.\d+)?)%")
_TRUTH = {"T": "A", "TRUE": "A", "F": "B", "FALSE": "B"}
_STORY, _ASKED, _BASIS, _DIFFICULTY = "【情景】", "【问题】", "依据：", "难度："
_STORY_HEAD = re.compile(r"【情景(?:\s+([^】\n]+))?】\n?(.*?)\n【问题】\n?", re.DOTALL)


@dataclass
class _Block:
    """The lines of one question, with the comments before it."""

    number: int
    lines: list[str] = field(default_factory=list)
    numbers: list[int] = field(default_factory=list)
    """Of the lines, in the file."""
    comments: list[str] = field(default_factory=list)
    subject: str = ""


@dataclass
class _Told:
    """What becomes of an answer block."""

    kind: str = ""
    options: list[str] = field(default_factory=list)
    answer: str = ""
    feedback: str = ""
    faults: list[str] = field(default_factory=list)
    doubts: list[str] = field(default_factory=list)


def looks_like(text: str) -> bool:
    has_block = re.search(r"(?<!\\)\{\s*(?:[=~#]|T\b|F\b|TRUE\b|FALSE\b|\})", text)
    return has_block is not None or re.search(r"^\s*::.+?::", text, re.MULTILINE) is not None


def read(text: str) -> tuple[list[Written], list[str]]:
    rows, notes = [], []
    for block in _blocks(text):
        words = "\n".join(block.lines)
        if _opening(words) is None:
            notes.append(f"第 {block.number} 行起的说明文字不是题目，没有导入。")
        else:
            rows.append(_question(block, words))
    return rows, notes


def _blocks(text: str) -> Iterator[_Block]:
    block, comments, subject = None, [], ""
    for number, line in enumerate(text.lstrip("\ufeff").split("\n"), start=1):
        if line.lstrip().startswith("//"):
            comments.append(line)
        elif category := _SUBJECT.match(line.strip()):
            subject = category[1].strip().replace("//", "\0").rsplit("/", 1)[-1].replace("\0", "/").strip()
        elif line.strip():
            block = block or _Block(number, comments=comments, subject=subject)
            block.lines.append(line)
            block.numbers.append(number)
            comments = comments if block.comments is not comments else []
        elif block is not None:
            yield block
            block, comments = None, []
    if block is not None:
        yield block


def _question(block: _Block, words: str) -> Written:
    key = next((re.sub(r"\\(.)", r"\1", found[1]) for line in block.comments for found in _ID.finditer(line)), "")
    whole = words
    if title := _TITLE.match(words):
        words = words[title.end() :]
    start = _opening(words)
    end = _closing(words, start) if start is not None else None
    place = f"第 {block.number} 行"
    if start is None or end is None:
        unclosed = Fault("text", place, "花括号没有合上：每道题的答案写在 { } 里。")
        return Written(place=place, key=key, text=_plain(words), faults=(unclosed,))
    before, inside, after = words[:start], words[start + 1 : end], words[end + 1 :]
    stem, was_html = _formatted(f"{before}_____{after}" if after.strip() else before)
    told = _answers(inside)
    story = _STORY_HEAD.match(stem)
    explanation, basis, difficulty = _feedback(told.feedback)
    field = "answer" if told.options else "kind"
    doubts = [*told.doubts, *(["题干里的网页格式去掉了，只留下文字。"] if was_html else [])]
    return Written(
        place=place, key=key, subject=block.subject or None, kind=told.kind,
        text=stem[story.end() :] if story else stem, options=tuple(told.options), answer=told.answer,
        explanation=explanation, basis=basis, difficulty=difficulty,
        scenario=(story[1] or "").strip() if story else None, scenario_text=story[2] if story else None,
        faults=tuple(_left_over(block, whole, inside, after)) or tuple(Fault(field, place, one) for one in told.faults),
        doubts=tuple(doubts),
    )  # fmt: skip


def _left_over(block: _Block, whole: str, inside: str, after: str) -> Iterator[Fault]:
    """Behind the braces the rest of the stem may stand; another question would be lost."""
    if next(_marks(inside, "{"), None) is not None:
        yield Fault("text", f"第 {block.number} 行", "花括号没有合上，后面的题读不出来：每道题的答案写在 { } 里。")
    elif _opening(after) is not None:
        begin = len(whole) - len(after.lstrip())
        line, said = block.numbers[whole[:begin].count("\n")], after.split("{")[0].strip()[:20]
        yield Fault("text", f"第 {line} 行", f"“{said}”和上一题连在一起，读不出来：两道题之间要空一行。")


# ── what stands between the braces ────────────────────────────────────────────────────────────────────────────────────


def _answers(inside: str) -> _Told:
    told = _Told()
    body, mark, general = _split_once(inside, "####")
    told.feedback = _plain(general) if mark else ""
    body = body.strip()
    first = _split_once(body, "#")[0].strip().upper()
    if first in _TRUTH:
        told.kind, told.answer = "judge", _TRUTH[first]
        _own_feedback(told, _split(body, "#")[1:])
    elif not body:
        told.faults.append("问答题不能导入：题库只有单选、多选和判断。")
    elif body.startswith("#"):
        told.faults.append("填数字的题不能导入：题库只有单选、多选和判断。")
    else:
        _choices(told, body)
    return told


def _choices(told: _Told, body: str) -> None:
    pieces = _pieces(body)
    if all(sign == "=" and "->" in words for sign, words in pieces) and len(pieces) > 1:
        told.faults.append("连线题不能导入：题库只有单选、多选和判断。")
        return
    if not any(sign == "~" for sign, _ in pieces):  # Moodle calls it a short answer
        told.faults.append("填空题不能导入（只有“=”没有“~”）：题库只有单选、多选和判断。")
        return
    one_is_right = any(sign == "=" for sign, _ in pieces)  # so GIFT tells single choice from several answers
    right, notes, partly = [], [], False
    for letter, (sign, words) in zip(LETTERS, pieces, strict=False):
        words, _, feedback = _split_once(words, "#")
        weight = _WEIGHT.match(words.strip())
        told.options.append(_formatted(words.strip()[weight.end() :] if weight else words)[0].strip())
        is_worth_something = weight is not None and float(weight[1]) > 0
        if sign == "=" or (is_worth_something and not one_is_right):
            right.append(letter)
            notes.append(feedback)
        partly = partly or (is_worth_something and sign == "~" and one_is_right)
    if len(pieces) > len(LETTERS):
        told.faults.append(f"有 {len(pieces)} 个选项，最多 {len(LETTERS)} 个。")
    if one_is_right and len(right) > 1:
        told.faults.append("有几个“=”：单选只能有一个；多选请写成 ~%50% 这样的比例。")
    if partly:
        told.doubts.append("给部分分的选项当作错的：单选只有一个答案。")
    told.kind, told.answer = ("single" if one_is_right else "multiple"), "".join(right)
    _own_feedback(told, notes)


def _own_feedback(told: _Told, notes: list[str]) -> None:
    """One explanation is kept: the general one, else that of the right answer."""
    said = [_plain(note) for note in notes if note.strip()]
    if said and not told.feedback:
        told.feedback = said[-1]
    elif said:
        told.doubts.append("各选项自己的反馈没有导入，只留了总的解析。")


def _feedback(text: str) -> tuple[str | None, tuple[str, ...] | None, str | None]:
    """(explanation, laws, difficulty); law and difficulty are the last lines."""
    lines = text.split("\n") if text else []
    difficulty = lines.pop().removeprefix(_DIFFICULTY) if lines and lines[-1].startswith(_DIFFICULTY) else None
    basis = (lines.pop().removeprefix(_BASIS),) if lines and lines[-1].startswith(_BASIS) else None
    explanation = "\n".join(lines)
    return explanation if explanation or basis else None, basis, difficulty


# ── signs ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


def _marks(text: str, wanted: str) -> Iterator[int]:
    """Where these signs stand, escaped ones left out."""
    place = 0
    while place < len(text):
        if text[place] == "\\":
            place += 2
            continue
        if text[place] in wanted:
            yield place
        place += 1


def _opening(text: str) -> int | None:
    title = _TITLE.match(text)
    begin = title.end() if title else 0
    return next((begin + place for place in _marks(text[begin:], "{")), None)


def _closing(text: str, start: int) -> int | None:
    return next((start + place for place in _marks(text[start:], "}")), None)


def _split_once(text: str, mark: str) -> tuple[str, str, str]:
    for place in _marks(text, mark[0]):
        if text.startswith(mark, place):
            return text[:place], mark, text[place + len(mark) :]
    return text, "", ""


def _split(text: str, mark: str) -> list[str]:
    places = [-1, *_marks(text, mark), len(text)]
    return [text[begin + 1 : end] for begin, end in zip(places, places[1:], strict=False)]


def _pieces(body: str) -> list[tuple[str, str]]:
    """("=" or "~", what follows)."""
    places = [*_marks(body, "=~"), len(body)]
    return [(body[begin], body[begin + 1 : end]) for begin, end in zip(places, places[1:], strict=False)]


def _plain(text: str) -> str:
    return _formatted(text)[0]


def _formatted(text: str) -> tuple[str, bool]:
    """(the words without their format and escapes, whether it was HTML)."""
    found = _FORMAT.match(text)
    words = text[found.end() :] if found else text
    words = re.sub(r"\\(n|[\\~=#{}:])", lambda sign: "\n" if sign[1] == "n" else sign[1], words)
    if found and found[1] == "html":
        return html.unescape(re.sub(r"<[^<>]*>", "", re.sub(r"<(?:br|/p)[^<>]*>", "\n", words))).strip(), True
    return words.strip(), False


# ── out ───────────────────────────────────────────────────────────────────────────────────────────────────────────────


def write(questions: Iterable[Question]) -> str:
    """All of them; reading it again changes nothing."""
    parts, subject = [], ""
    for question in sorted(questions, key=lambda one: (one.subject, one.key)):
        if question.subject != subject:
            subject = question.subject
            parts.append(f"$CATEGORY: {subject.replace('/', '//')}\n")
        parts.append(_written(question))
    return "\n".join(parts)


def _written(question: Question) -> str:
    story = f"{_STORY[:-1]} {question.scenario}】\n{question.scenario_text}\n{_ASKED}\n" if question.scenario else ""
    told = f"{question.explanation}\n" if question.explanation else ""
    told += f"{_BASIS}{'；'.join(question.basis)}\n{_DIFFICULTY}{difficulty_name(question.difficulty)}"
    key = re.sub(r"([\]\\])", r"\\\1", question.key)
    head = f"// [id:{key}]\n::{_escaped(question.key)}::{_escaped(story + question.text)}"
    if question.kind == "judge":
        inside = f"{'TRUE' if question.answer == 'A' else 'FALSE'}####{_escaped(told)}"
    else:
        inside = "".join(
            _option(question, letter, option) for letter, option in zip(LETTERS, question.options, strict=False)
        )
        inside += f"\n\t####{_escaped(told)}\n"
    return f"{head} {{{inside}}}\n"


def _option(question: Question, letter: str, option: str) -> str:
    is_right = letter in question.answer
    if question.kind == "multiple":
        right = len(question.answer)
        sign = f"~%{100 / right:.5f}%" if is_right else "~%-100%"
    elif option.startswith("%"):  # else it would be read as a weight
        sign = "=%100%" if is_right else "~%0%"
    else:
        sign = "=" if is_right else "~"
    return f"\n\t{sign}{_escaped(option)}"


def _escaped(text: str) -> str:
    """What begins like a format gets one of its own, which reading takes away again."""
    own = "[plain]" if _FORMAT.match(text) else ""
    return own + re.sub(r"[\\~=#{}:]", lambda sign: f"\\{sign[0]}", text).replace("\n", "\\n")
