"""Aiken, the plainest form of single choice, in and out: a line of text, options A. and B., ANSWER: B.

It has no place for explanation, law, difficulty and key: a question that the bank has keeps its own, a new one wants
them added.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from content.models import Question
from content.questions.words import LETTERS
from content.questions.written import Fault, Written

_OPTION = re.compile(r"\s*([A-Za-z])[.)]\s+(.*)")
_ANSWER = re.compile(r"\s*ANSWER\s*:\s*(.*?)\s*", re.IGNORECASE)


@dataclass
class _Draft:
    place: str
    text: list[str] = field(default_factory=list)
    options: list[str] = field(default_factory=list)
    places: dict[str, str] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)

    def finished(self, answer: str) -> Written:
        return Written(
            place=self.place, text="\n".join(self.text), options=tuple(self.options), answer=answer,
            places=self.places, faults=tuple(self.faults),
        )  # fmt: skip


def looks_like(text: str) -> bool:
    return re.search(r"(?im)^\s*ANSWER\s*:\s*[A-Z]\s*$", text) is not None


def read(text: str) -> tuple[list[Written], list[str]]:
    rows: list[Written] = []
    draft: _Draft | None = None
    for number, line in enumerate(text.lstrip("\ufeff").split("\n"), start=1):
        place = f"第 {number} 行"
        if not line.strip():
            continue
        draft = draft or _Draft(place)
        if answer := _ANSWER.fullmatch(line):
            draft.places["answer"] = place
            rows.append(draft.finished(answer[1].upper()))
            draft = None
        elif (option := _OPTION.match(line)) and (draft.text or draft.options):
            _take_option(draft, option[1].upper(), option[2], place)
        elif draft.options:
            draft.faults.append(Fault("A", place, "选项之后只能是 ANSWER: 一行；选项要写在一行里。"))
        else:
            draft.text.append(line)
    if draft is not None:
        rows.append(draft.finished(""))
    return rows, []


def _take_option(draft: _Draft, letter: str, words: str, place: str) -> None:
    expected = LETTERS[len(draft.options)] if len(draft.options) < len(LETTERS) else ""
    if letter != expected:
        told = f"选项的字母应是 {expected}，现在是 {letter}。" if expected else f"选项最多 {len(LETTERS)} 个。"
        draft.faults.append(Fault(letter, place, told))
    draft.places.setdefault(letter, place)
    draft.options.append(words)


def write(questions: Iterable[Question]) -> tuple[str, list[str]]:
    """(the file, keys of the questions that this form cannot hold)."""
    parts, left_out = [], []
    for question in sorted(questions, key=lambda one: (one.subject, one.key)):
        if not _fits(question):
            left_out.append(question.key)
            continue
        options = [f"{letter}. {option}" for letter, option in zip(LETTERS, question.options, strict=False)]
        parts.append("\n".join([question.text, *options, f"ANSWER: {question.answer}", ""]))
    return "\n".join(parts), left_out


def _fits(question: Question) -> bool:
    """Single choice without a story, all of it on lines of its own that say nothing else."""
    if question.kind != "single" or question.scenario:
        return False
    is_misread = _ANSWER.fullmatch(question.text) or _OPTION.match(question.text)
    return not is_misread and not any("\n" in words or "\r" in words for words in (question.text, *question.options))
