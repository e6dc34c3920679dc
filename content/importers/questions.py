"""The quiz bank in TOML → questions. Reads, checks and stores; never decides which question is asked."""

import tomllib
from collections.abc import Container, Mapping
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from content.models import Question

LETTERS = "ABCDEFGH"
KINDS = {"single", "multiple", "judge"}
KEY_CHARACTERS = 32
Story = tuple[str, str]
"""(subject, key of the story)."""


class BadQuestion(Exception):
    """A question cannot be used; the message names it and says why."""


def read_questions(path: Path) -> list[Question]:
    """The questions of one subject, which is the file's name, or of those that they name themselves. Raises BadQuestion
    for the first that cannot be used.
    """
    try:
        tables = tomllib.loads(path.read_text(encoding="utf-8-sig"))
        entries = tables["question"]
    except (tomllib.TOMLDecodeError, KeyError, UnicodeDecodeError) as error:
        raise BadQuestion(f"{path} 写法有误：{error}。") from error
    if len(path.stem) > KEY_CHARACTERS:
        raise BadQuestion(f"{path} 的文件名就是题目的类别，不能超过 {KEY_CHARACTERS} 个字符：请改短。")
    scenarios = _scenarios(tables.get("scenario", []), path)
    if not _are_tables(entries):
        raise BadQuestion(f"{path} 写法有误：每道题以 [[question]] 开头（两层方括号）。")
    questions = [_question(entry, path, scenarios) for entry in entries]
    if twice := _repeated([question.key for question in questions]):
        raise BadQuestion(f"{path} 中编号 {twice} 出现了两次。")
    used = {(question.subject, question.scenario) for question in questions}
    if unused := sorted(key for subject, key in scenarios if (subject, key) not in used):
        raise BadQuestion(f"{path} 中没有题目用到情景 {'、'.join(unused)}：请在题目里写 scenario，或删去情景。")
    return questions


def import_questions(session: Session, questions: list[Question], kept: Container[str] = ()) -> bool:
    """True where any is new or has changed. Whether a question is asked stays as staff have decided; `kept` are those
    whose words are the bureau's own.
    """
    known = {question.key: question.retired for question in session.scalars(select(Question)).all()}
    for question in questions:
        question.retired = known.get(question.key, question.retired)
    with session.no_autoflush:  # a flush would forget what is new
        merged = [session.merge(question) for question in questions if question.key not in kept]
    changed = any(question in session.new or session.is_modified(question) for question in merged)
    session.flush()
    return changed


def _scenarios(entries: Any, path: Path) -> dict[Story, str]:
    """Stories that several questions ask about."""
    if not _are_tables(entries):
        raise BadQuestion(f"{path} 写法有误：每个情景以 [[scenario]] 开头（两层方括号）。")
    for entry in entries:
        if not _is_key(entry.get("key")) or not _is_text(entry.get("text")):
            told = f"要有 key（1 至 {KEY_CHARACTERS} 个字符）和 text（情景）"
            raise BadQuestion(f"{path} 中编号 {entry.get('key') or '（空）'} 的情景：{told}。")
    stories = [(str(entry.get("subject", path.stem)), str(entry["key"])) for entry in entries]
    if len(set(stories)) < len(stories):
        raise BadQuestion(f"{path} 中情景 {_repeated([key for _, key in stories])} 出现了两次。")
    return {story: entry["text"] for story, entry in zip(stories, entries, strict=True)}


def _question(entry: dict[str, Any], path: Path, scenarios: Mapping[Story, str]) -> Question:
    key, answer, options = str(entry.get("key", "")), str(entry.get("answer", "")), entry.get("options")
    scenario = str(entry["scenario"]) if "scenario" in entry else None
    subject = entry.get("subject", path.stem)
    if entry.get("kind") == "judge":
        options = ["对", "错"]
    written = {**entry, "key": key, "options": options, "answer": answer, "scenario": scenario, "subject": subject}
    if fault := _fault(written, scenarios):
        raise BadQuestion(f"{path} 中编号 {key or '（空）'} 的题：{fault}。")
    return Question(
        key=key,
        subject=subject,
        kind=entry["kind"],
        text=entry["text"],
        options=list(options or ()),
        answer=answer,
        explanation=str(entry.get("explanation", "")),
        basis=entry["basis"],
        difficulty=int(entry.get("difficulty", 1)),
        scenario=scenario,
        scenario_text=scenarios[subject, scenario] if scenario else None,
        retired=False,
    )


def _fault(entry: dict[str, Any], scenarios: Mapping[Story, str]) -> str | None:
    """What is wrong with a question, if anything is."""
    kind, answer, basis, scenario = entry.get("kind"), entry["answer"], entry.get("basis"), entry["scenario"]
    options = entry["options"] if _are_texts(entry["options"]) else []
    faults = {
        f"subject（类别）应有 1 至 {KEY_CHARACTERS} 个字符": not _is_key(entry["subject"]),
        f"key（编号）应有 1 至 {KEY_CHARACTERS} 个字符": not _is_key(entry["key"]),
        "kind 应为 single、multiple 或 judge": str(kind) not in KINDS,
        "缺少题干 text": not _is_text(entry.get("text")),
        "选项应为 2 至 8 个，都用引号括起": not 2 <= len(options) <= len(LETTERS),
        "answer 应为选项的字母，按顺序写": not _is_answer(answer, len(options)),
        "单选和判断只能有一个答案": kind != "multiple" and len(answer) != 1,
        "多选至少有两个答案": kind == "multiple" and len(answer) < 2,
        'basis（依据的法律和条）应写成 ["《宪法》第一条"] 这样': not (basis and _are_texts(basis)),
        "difficulty 应为 1、2 或 3": entry.get("difficulty", 1) not in (1, 2, 3),
        f"没有编号为 {scenario} 的情景 [[scenario]]": scenario is not None
        and (str(entry["subject"]), scenario) not in scenarios,
    }
    return next((text for text, wrong in faults.items() if wrong), None)


def _repeated(keys: list[str]) -> str:
    return "、".join(sorted({key for key in keys if keys.count(key) > 1}))


def _are_tables(entries: Any) -> bool:
    return isinstance(entries, list) and all(isinstance(entry, dict) for entry in entries)


def _is_key(value: Any) -> bool:
    return isinstance(value, str) and 1 <= len(value) <= KEY_CHARACTERS


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and bool(value.strip())


def _are_texts(values: Any) -> bool:
    return isinstance(values, list) and all(_is_text(value) for value in values)


def _is_answer(answer: str, options: int) -> bool:
    return (
        bool(answer) and list(answer) == sorted(set(answer)) and all(letter in LETTERS[:options] for letter in answer)
    )
