"""A file, or words pasted from one → questions as they were written, whatever its form."""

import re
from dataclasses import dataclass, field
from pathlib import PurePath

from content.importers.library import Unreadable
from content.questions import aiken, gift, pasted, sheet, tables, word_lines
from content.questions.written import Written

MOST_QUESTIONS = 2000
MOST_TEXT = 2_000_000
"""Bytes."""
PASTED = "粘贴的文字"
FORMS = {
    "xlsx": "Excel",
    "docx": "Word",
    "text": "文字",
    "gift": "GIFT",
    "aiken": "Aiken",
    "toml": "TOML",
    "form": "网页填写",
}


@dataclass(frozen=True)
class Reading:
    form: str
    rows: list[Written]
    notes: list[str] = field(default_factory=list)
    """What was in the file and is no question, a sentence each."""


def read(data: bytes, name: str) -> Reading:
    """Raises Unreadable where nothing at all can be made of it."""
    ending = PurePath(name).suffix.lower()
    if ending in (".xlsx", ".xlsm", ".xls", ".et"):
        found = _reading("xlsx", *sheet.read(data, name))
    elif ending in (".docx", ".doc", ".wps", ".rtf") or data.startswith(b"PK"):
        found = _reading("docx", *pasted.read(word_lines.lines_of(data, name)))
    else:
        found = read_text(_decoded(data, name), name)
    if not found.rows:
        raise Unreadable(f"{name} 里没有找到题目：请下载模板照着写，或按“1. 题干 A. … 答案：…”的样子写。")
    if len(found.rows) > MOST_QUESTIONS:
        raise Unreadable(f"{name} 有 {len(found.rows)} 道题，一次最多 {MOST_QUESTIONS} 道：请分几次导入。")
    return found


def read_text(text: str, name: str) -> Reading:
    """GIFT, Aiken, TOML or plain words, told apart by the name and by what they look like."""
    ending = PurePath(name).suffix.lower()
    if ending == ".toml":
        return _reading("toml", *tables.read(text, PurePath(name).stem))
    if ending == ".gift" or (ending != ".aiken" and gift.looks_like(text)):
        return _reading("gift", *gift.read(text))
    if ending == ".aiken" or aiken.looks_like(text):
        return _reading("aiken", *aiken.read(text))
    lines = [(f"第 {number} 行", line) for number, line in enumerate(text.split("\n"), start=1)]
    return _reading("text", *pasted.read(lines))


def _reading(form: str, rows: list[Written], notes: list[str]) -> Reading:
    return Reading(form, rows, notes)


def _decoded(data: bytes, name: str) -> str:
    if len(data) > MOST_TEXT:
        raise Unreadable(f"{name} 太大：文字最多 {MOST_TEXT // 1_000_000} MB，请分几次导入。")
    for coding in ("utf-8-sig", "gb18030"):
        try:
            text = data.decode(coding)
            break
        except UnicodeDecodeError:
            continue
    else:
        raise Unreadable(f"{name} 不是文本文件：请用 Excel 模板、Word、GIFT、Aiken 或纯文本。")
    if "\0" in text:
        raise Unreadable(f"{name} 不是文本文件：请用 Excel 模板、Word、GIFT、Aiken 或纯文本。")
    return re.sub(r"\r\n?", "\n", text)
