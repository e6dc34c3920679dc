"""The quiz bank in TOML → questions. Reads, checks and stores; never decides which question is asked."""

import tomllib
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from content.models import Question

LETTERS = "ABCDEFGH"
KINDS = {"single", "multiple", "judge"}
KEY_CHARACTERS = 32


class BadQuestion(Exception):
    """A question cannot be used; the message names it and says why."""


def read_questions(path: Path) -> list[Question]:
    """Raises BadQuestion for the first that cannot be used."""
    try:
        entries = tomllib.loads(path.read_text(encoding="utf-8-sig"))["question"]
    except (tomllib.TOMLDecodeError, KeyError, UnicodeDecodeError) as error:
        raise BadQuestion(f"{path} 写法有误：{error}。") from error
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        raise BadQuestion(f"{path} 写法有误：每道题以 [[question]] 开头（两层方括号）。")
    questions = [_question(entry, path) for entry in entries]
    keys = [question.key for question in questions]
    if twice := {key for key in keys if keys.count(key) > 1}:
        raise BadQuestion(f"{path} 中编号 {'、'.join(sorted(twice))} 出现了两次。")
    return questions


def import_questions(session: Session, questions: list[Question]) -> bool:
    """True where any is new or has changed."""
    with session.no_autoflush:  # a flush would forget what is new
        merged = [session.merge(question) for question in questions]
    changed = any(question in session.new or session.is_modified(question) for question in merged)
    session.flush()
    return changed


def _question(entry: dict[str, Any], path: Path) -> Question:
    key = str(entry.get("key", ""))
    kind, options, answer = entry.get("kind"), entry.get("options", []), str(entry.get("answer", ""))
    basis = entry.get("basis")
    if kind == "judge":
        options = ["对", "错"]
    faults = {
        f"key（编号）应有 1 至 {KEY_CHARACTERS} 个字符": not 1 <= len(key) <= KEY_CHARACTERS,
        "kind 应为 single、multiple 或 judge": kind not in KINDS,
        "缺少题干 text": not _is_text(entry.get("text")),
        "选项应为 2 至 8 个，都用引号括起": not _are_texts(options) or not 2 <= len(options) <= len(LETTERS),
        "answer 应为选项的字母，按顺序写": not _is_answer(answer, len(options)),
        "单选和判断只能有一个答案": kind != "multiple" and len(answer) != 1,
        'basis（依据的法律和条）应写成 ["《宪法》第一条"] 这样': not (basis and _are_texts(basis)),
        "difficulty 应为 1、2 或 3": entry.get("difficulty", 1) not in (1, 2, 3),
    }
    if fault := next((text for text, wrong in faults.items() if wrong), None):
        raise BadQuestion(f"{path} 中编号 {key or '（空）'} 的题：{fault}。")
    return Question(
        key=key,
        kind=kind,
        text=entry["text"],
        options=options,
        answer=answer,
        explanation=str(entry.get("explanation", "")),
        basis=entry["basis"],
        difficulty=int(entry.get("difficulty", 1)),
        retired=False,
    )


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and bool(value.strip())


def _are_texts(values: Any) -> bool:
    return isinstance(values, list) and all(_is_text(value) for value in values)


def _is_answer(answer: str, options: int) -> bool:
    return (
        bool(answer) and list(answer) == sorted(set(answer)) and all(letter in LETTERS[:options] for letter in answer)
    )
