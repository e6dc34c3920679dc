"""Questions in an Excel sheet → as they were written, each part with its cell. The columns may stand in any order."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from content.importers.library import Unreadable
from content.importers.sheets import Cell, column_of, rows_of
from content.questions.words import EXAMPLE, LETTERS, folded, labels
from content.questions.written import Fault, Written

NEEDED = ("text", "answer")
PROBLEM = "问题"
"""The column that a marked file has more."""
_HEADING_WITHIN = 10
_SHEET = "题目"


def read(data: bytes, name: str) -> tuple[list[Written], list[str]]:
    """Raises Unreadable."""
    sheets: dict[str, list[tuple[int, list[Cell]]]] = {}
    for sheet, number, cells in rows_of(data, name):
        sheets.setdefault(sheet, []).append((number, cells))
    for title in sorted(sheets, key=lambda title: title != _SHEET):
        if (found := _heading(sheets[title])) is not None:
            place, heading = found
            rows = sheets[title][place + 1 :]
            return _questions(rows, heading), [*_notes(sheets, title), *_written_over(rows, heading)]
    raise Unreadable(f"{name} 里找不到有“题干”和“答案”的标题行：请下载模板，把题目复制进去。")


def heading_of(data: bytes, name: str) -> tuple[str, int, dict[str, str]]:
    """(sheet, row of the heading, column → field), as `read` finds them. Raises Unreadable."""
    sheets: dict[str, list[tuple[int, list[Cell]]]] = {}
    for sheet, number, cells in rows_of(data, name):
        sheets.setdefault(sheet, []).append((number, cells))
    for title in sorted(sheets, key=lambda title: title != _SHEET):
        if (found := _heading(sheets[title])) is not None:
            return title, sheets[title][found[0]][0], found[1]
    raise Unreadable(f"{name} 里找不到有“题干”和“答案”的标题行。")


def _heading(rows: Sequence[tuple[int, list[Cell]]]) -> tuple[int, dict[str, str]] | None:
    """(which of the rows, column → field)."""
    for place, (_, cells) in enumerate(rows[:_HEADING_WITHIN]):
        columns: dict[str, str] = {}
        for cell in cells:
            field = labels().get(folded(cell.text))
            if field and field not in columns.values():
                columns[column_of(cell.place)] = field
        if set(NEEDED) <= set(columns.values()):
            return place, columns
    return None


def _notes(sheets: dict[str, list[tuple[int, list[Cell]]]], title: str) -> list[str]:
    others = [other for other in sheets if other != title and _heading(sheets[other]) is not None]
    return [f"只读了工作表“{title}”，没有读“{'”“'.join(others)}”：请分开上传。"] if others else []


def _written_over(rows: Sequence[tuple[int, list[Cell]]], columns: dict[str, str]) -> list[str]:
    """Somebody's own words in the row that only shows how one is written."""
    named = {field: column for column, field in columns.items()}
    told = []
    for number, cells in rows:
        texts = {column_of(cell.place): cell.text for cell in cells}
        if folded(texts.get(named.get("key", ""), "")) == EXAMPLE and EXAMPLE not in texts.get(named["text"], ""):
            told.append(f"第 {number} 行的编号写着“{EXAMPLE}”，没有导入：如果是真的题，请把编号删去。")
    return told


def _questions(rows: Sequence[tuple[int, list[Cell]]], columns: dict[str, str]) -> list[Written]:
    found = []
    for number, cells in rows:
        told = {columns[column]: cell for cell in cells if (column := column_of(cell.place)) in columns}
        if not any(cell.text.strip() for cell in told.values()):
            continue
        if "key" in told and folded(told["key"].text) == EXAMPLE:
            continue
        found.append(_question(number, told, {field: column for column, field in columns.items()}))
    return list(_with_stories(found))


def _question(number: int, told: dict[str, Cell], columns: dict[str, str]) -> Written:
    def text(name: str) -> str:
        return told[name].text if name in told else ""

    def said(name: str) -> str | None:
        """None where the cell is empty: then the question keeps what it has."""
        return text(name) if text(name).strip() else None

    last = max((LETTERS.index(letter) + 1 for letter in LETTERS if text(letter).strip()), default=0)
    basis = said("basis")
    return Written(
        place=f"第 {number} 行",
        key=text("key").strip(),
        subject=said("subject"),
        kind=text("kind"),
        text=text("text"),
        options=tuple(text(letter) for letter in LETTERS[:last]),
        answer=text("answer"),
        explanation=text("explanation") if "explanation" in columns else None,
        basis=None if basis is None else (basis,),
        difficulty=said("difficulty"),
        scenario=text("scenario") if "scenario" in columns else None,
        scenario_text=text("scenario_text") if "scenario_text" in columns else None,
        places={name: f"{column}{number}" for name, column in columns.items()},
        faults=tuple(Fault(name, cell.place, cell.fault) for name, cell in told.items() if cell.fault),
    )


def _with_stories(rows: Sequence[Written]) -> Iterator[Written]:
    """A story is written once and meant for all rows of its number."""
    stories: dict[tuple[str, str], str] = {}
    for row in rows:
        if row.scenario and row.scenario_text and row.scenario_text.strip():
            stories.setdefault(((row.subject or "").strip(), row.scenario.strip()), row.scenario_text)
    for row in rows:
        place = ((row.subject or "").strip(), (row.scenario or "").strip())
        if row.scenario and row.scenario.strip() and not (row.scenario_text or "").strip():
            yield replace(row, scenario_text=stories.get(place, ""))
        else:
            yield row
