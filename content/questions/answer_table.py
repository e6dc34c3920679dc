"""The answers of all questions behind the last one, 参考答案：1-2 AB 3. ACD, given to those they belong to. What fits
no question, or more than one, is told; no answer is guessed.
"""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import replace

from content.questions.words import letters_of
from content.questions.written import Fault, Written

_GIVEN = r"(?:[A-H√×✓✗对错]+[\s、,]*)+"
_ENTRY = re.compile(rf"(\d{{1,4}})(?:\s*[-—–~至到]\s*(\d{{1,4}}))?\s*[.:、)]?\s*({_GIVEN})[;。.\s]*")


def table_of(text: str) -> dict[int, str] | None:
    """Number → answer; None for what is no such table."""
    table: dict[int, str] = {}
    rest = unicodedata.normalize("NFKC", text).strip()
    while rest:
        found = _ENTRY.match(rest)
        if found is None:
            return None
        first, last = int(found[1]), int(found[2] or found[1])
        groups = re.split(r"[\s、,]+", found[3].strip("、, \n"))
        given = ["".join(groups)] if first == last else list("".join(groups))
        if first != last and len(groups) == last - first + 1:
            given = groups
        if len(given) != last - first + 1 or any(number in table for number in range(first, last + 1)):
            return None
        table.update(zip(range(first, last + 1), given, strict=True))
        rest = rest[found.end() :]
    return table or None


def applied(found: Sequence[Written], numbers: Sequence[int]) -> list[Written]:
    """`numbers`: those of the questions, one each."""
    table = table_of(found[-1].answer) if found else None
    if table is None:
        return list(found)
    place = found[-1].place_of("answer")
    rows = [*found[:-1], replace(found[-1], answer="")]
    rows = [_with(row, number, table, place, numbers) for row, number in zip(rows, numbers, strict=True)]
    if unknown := sorted(set(table) - set(numbers)):
        told = f"答案表里有第 {'、'.join(map(str, unknown))} 题，题目里没有：请对一下题号。"
        rows[-1] = replace(rows[-1], faults=(*rows[-1].faults, Fault("answer", place, told)))
    return rows


def _with(row: Written, number: int, table: dict[int, str], place: str, numbers: Sequence[int]) -> Written:
    if number not in table:
        return row
    told = ""
    if list(numbers).count(number) > 1:
        told = f"答案表里的第 {number} 题，题目里有几道：请把答案写在每道题后面。"
    elif row.answer and letters_of(row.answer, not row.options) != letters_of(table[number], not row.options):
        told = f"这道题自己写了答案 {row.answer}，答案表里是 {table[number]}：请改成一样的。"
    if told:
        return replace(row, faults=(*row.faults, Fault("answer", place, told)))
    return replace(row, answer=table[number], places={**row.places, "answer": row.places.get("answer", place)})
