"""The quiz bank in TOML → questions. Reads, checks and stores; never decides which question is asked."""

import tomllib
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from content.models import Question

LETTERS = "ABCDEFGH"
KINDS = {"single", "multiple", "judge"}


class BadQuestion(Exception):
    """A question cannot be used; the message names it and says why."""


def read_questions(path: Path) -> list[Question]:
    """Raises BadQuestion for the first that cannot be used."""
    try:
        entries = tomllib.loads(path.read_text(encoding="utf-8"))["question"]
    except (tomllib.TOMLDecodeError, KeyError, UnicodeDecodeError) as error:
        raise BadQuestion(f"{path} 写法有误：{error}。") from error
    return [_question(entry, path) for entry in entries]


def import_questions(session: Session, questions: list[Question]) -> bool:
    """True where any is new or has changed."""
    for question in questions:
        session.merge(question)
    changed = bool(session.new or session.dirty)
    session.flush()
    return changed


def _question(entry: dict[str, Any], path: Path) -> Question:
    key = str(entry.get("key", "?"))
    kind, options, answer = entry.get("kind"), entry.get("options", []), str(entry.get("answer", ""))
    if kind == "judge":
        options = ["对", "错"]
    faults = {
        "kind 应为 single、multiple 或 judge": kind not in KINDS,
        "缺少题干 text": not entry.get("text"),
        "选项应为 2 至 8 个": not 2 <= len(options) <= len(LETTERS),
        "answer 应为选项的字母，按顺序写": not _is_answer(answer, len(options)),
        "单选和判断只能有一个答案": kind != "multiple" and len(answer) != 1,
        "缺少 basis（依据的法律和条）": not entry.get("basis"),
    }
    if fault := next((text for text, wrong in faults.items() if wrong), None):
        raise BadQuestion(f"{path} 中编号 {key} 的题：{fault}。")
    return Question(
        key=key,
        kind=kind,
        text=entry["text"],
        options=list(options),
        answer=answer,
        explanation=entry.get("explanation", ""),
        basis=list(entry["basis"]),
        difficulty=int(entry.get("difficulty", 1)),
        retired=False,
    )


def _is_answer(answer: str, options: int) -> bool:
    return (
        bool(answer) and list(answer) == sorted(set(answer)) and all(letter in LETTERS[:options] for letter in answer)
    )
