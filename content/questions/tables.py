"""The bank's own TOML, in and out: one file may hold several subjects. Reading tells all that is wrong at once."""

import re
import tomllib
from collections.abc import Iterable, Iterator
from typing import Any

from content.importers.documents import quoted
from content.importers.library import Unreadable
from content.models import Question
from content.questions.words import LETTERS
from content.questions.written import Fault, Written

_HEAD = re.compile(r"^\s*\[\[\s*question\s*\]\]", re.MULTILINE)
_TEXTS = ("key", "text", "answer", "kind")


def read(text: str, subject: str) -> tuple[list[Written], list[str]]:
    """`subject`: the name of the file, for questions that do not say theirs. Raises Unreadable."""
    try:
        tables = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise Unreadable(f"TOML 写法有误：{error}。") from error
    entries = tables.get("question")
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        raise Unreadable("TOML 写法有误：每道题以 [[question]] 开头（两层方括号）。")
    stories = _stories(tables.get("scenario", []), subject)
    lines = [text.count("\n", 0, found.start(0)) + 1 + found[0].count("\n") for found in _HEAD.finditer(text)]
    places = [f"第 {line} 行" for line in lines]
    if len(places) != len(entries):  # a heading stands inside of a text
        places = [f"第 {number} 题" for number in range(1, len(entries) + 1)]
    return [_question(entry, place, subject, stories) for entry, place in zip(entries, places, strict=True)], []


def _stories(entries: Any, subject: str) -> dict[tuple[str, str], str]:
    """Raises Unreadable."""
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        raise Unreadable("TOML 写法有误：每个情景以 [[scenario]] 开头（两层方括号）。")
    return {
        (str(entry.get("subject", subject)), str(entry.get("key", ""))): str(entry.get("text", "")) for entry in entries
    }


def _question(entry: dict[str, Any], place: str, subject: str, stories: dict[tuple[str, str], str]) -> Written:
    faults = [Fault(name, place, f"{name} 应是一段文字，用引号括起。") for name in _TEXTS
              if name in entry and not isinstance(entry[name], str)]  # fmt: skip
    options, basis = entry.get("options", []), entry.get("basis", [])
    for name, value in (("A", options), ("basis", basis)):
        if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
            faults.append(
                Fault(name, place, f'{"options" if name == "A" else name} 应写成 ["…", "…"] 这样，都用引号括起。')
            )
    own = str(entry.get("subject", subject))
    scenario = str(entry["scenario"]) if "scenario" in entry else ""
    return Written(
        place=place, key=str(entry.get("key", "")).strip(), subject=own, kind=str(entry.get("kind", "")),
        text=str(entry.get("text", "")), options=tuple(map(str, options)) if isinstance(options, list) else (),
        answer=str(entry.get("answer", "")), explanation=str(entry.get("explanation", "")),
        basis=tuple(map(str, basis)) if isinstance(basis, list) else (), difficulty=str(entry.get("difficulty", 1)),
        scenario=scenario, scenario_text=stories.get((own, scenario), "") if scenario else "", faults=tuple(faults),
    )  # fmt: skip


def write(questions: Iterable[Question]) -> str:
    """All of them; reading it again changes nothing."""
    ordered = sorted(questions, key=lambda one: (one.subject, one.key))
    stories = {(one.subject, one.scenario): one.scenario_text or "" for one in ordered if one.scenario}
    parts = [_table("scenario", [("key", quoted(key)), ("subject", quoted(subject)), ("text", quoted(story))])
             for (subject, key), story in stories.items() if key]  # fmt: skip
    parts += [_table("question", _entry(question)) for question in ordered]
    return "\n".join(parts)


def _table(name: str, lines: Iterable[tuple[str, str]]) -> str:
    return "\n".join([f"[[{name}]]", *(f"{key} = {value}" for key, value in lines), ""])


def _entry(question: Question) -> Iterator[tuple[str, str]]:
    for name in ("key", "subject", "kind", "text"):
        yield name, quoted(getattr(question, name))
    if question.kind != "judge":
        yield "options", _list(question.options[: len(LETTERS)])
    yield "answer", quoted(question.answer)
    yield "explanation", quoted(question.explanation)
    yield "basis", _list(question.basis)
    yield "difficulty", str(question.difficulty)
    if question.scenario:
        yield "scenario", quoted(question.scenario)


def _list(values: list[str]) -> str:
    return f"[{', '.join(map(quoted, values))}]"
