"""A campaign's file out of what was filled into a form, and a form out of a file: the same words in both directions;
a file's words out of its bytes, and a sample of one.

What cannot be read as the form wants it is left in the file as it was typed: read_campaign then says what is wrong with
it. Decides nothing.
"""

import json
import re
import tomllib
from collections.abc import Iterable, Mapping
from contextlib import suppress
from datetime import date, datetime, timedelta
from typing import Any

from content.phrases import LIBRARY, say
from content.store import clock
from handlers.quiz.campaign import REVEAL_DAYS, BadCampaign
from handlers.quiz.draw import LOTTERIES

Fields = Mapping[str, str]
NUMBERS = ("minutes", "attempts_a_day", "freeze_minutes")
CELLS = ("subject", "kind", "difficulty", "count", "points", "for")
PRIZES = ("name", "count")
DRAW = (
    "lottery", "issue", "drawn_on", "later_issue", "later_drawn_on", "least_points", "claim_days", "prizes",
)  # fmt: skip
EXAM = ("pass_points", "attempts", "makeup_opens_at", "makeup_closes_at", "makeup_attempts")
FILE = (
    "title", "opens_at", "closes_at", *NUMBERS, "verdicts", "multiple", "who", "paper", "draw", "exam",
)  # fmt: skip
_DRAW_NUMBERS = ("least_points", "claim_days")
_EXAM_NUMBERS = ("pass_points", "attempts", "makeup_attempts")
_DAYS = ("drawn_on", "later_drawn_on")
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_MOMENT = re.compile(r"\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(:\d{2})?")


def as_toml(fields: Fields, cells: Iterable[Fields], prizes: Iterable[Fields]) -> str:
    """`fields`: by the names in the file, those of the draw and the exam behind `draw_` and `exam_`, and `sort`:
    practice of none, draw or exam. Rows that are empty are left out.
    """
    lines = [_text("title", fields), *_moments(("opens_at", "closes_at"), fields)]
    lines += [_number(name, fields.get(name, "")) for name in NUMBERS if fields.get(name, "").strip()]
    lines += [_text(name, fields) for name in ("verdicts", "multiple", "who") if fields.get(name, "").strip()]
    for cell in cells:
        if is_filled(cell):
            lines += ["", "[[paper]]", *_cell(cell)]
    if fields.get("sort") == "draw":
        lines += ["", "[draw]", *_draw(fields, prizes)]
    if fields.get("sort") == "exam":
        lines += ["", "[exam]", *_exam(fields)]
    return "\n".join(lines) + "\n"


def is_filled(row: Fields) -> bool:
    """A row of the paper or a prize of which something is said; others are left out."""
    return any(words.strip() for words in row.values())


def _cell(cell: Fields) -> list[str]:
    lines = [_text("subject", cell)]
    if cell.get("kind", "").strip():
        lines.append(_text("kind", cell))
    if cell.get("difficulty", "").strip() not in ("", "0"):
        lines.append(_number("difficulty", cell["difficulty"]))
    if cell.get("for", "").strip():
        lines.append(_text("for", cell))
    return [*lines, *(_number(name, cell.get(name, "")) for name in ("count", "points"))]


def _draw(fields: Fields, prizes: Iterable[Fields]) -> list[str]:
    mine = _inner("draw_", fields)
    lines = [_text(name, mine) for name in ("lottery", "issue", "later_issue")]
    lines += [_day(name, mine) for name in _DAYS]
    lines += [_number(name, mine[name]) for name in _DRAW_NUMBERS if mine.get(name, "").strip()]
    rows = filter(is_filled, prizes)
    listed = ", ".join(f"{{ {_text('name', row)}, {_number('count', row.get('count', ''))} }}" for row in rows)
    return [*lines, f"prizes = [{listed}]"]


def _exam(fields: Fields) -> list[str]:
    mine = _inner("exam_", fields)
    lines = [_number(name, mine[name]) for name in _EXAM_NUMBERS if mine.get(name, "").strip()]
    return [*lines, *_moments(("makeup_opens_at", "makeup_closes_at"), mine)]


def _inner(beginning: str, fields: Fields) -> dict[str, str]:
    return {name.removeprefix(beginning): words for name, words in fields.items() if name.startswith(beginning)}


def _text(name: str, fields: Fields) -> str:
    """A basic string: TOML and JSON write one alike."""
    return f"{name} = {_quoted(fields.get(name, ''))}"


def _quoted(typed: str) -> str:
    return json.dumps(re.sub(r"[\x00-\x1f\x7f]", " ", typed).strip(), ensure_ascii=False)


def _number(name: str, typed: str) -> str:
    plain = typed.strip()
    return f"{name} = {int(plain)}" if plain.isdecimal() else f"{name} = {_quoted(plain)}"


def _day(name: str, fields: Fields) -> str:
    day = day_of(fields.get(name, "").strip())
    return f"{name} = {day}" if day else _text(name, fields)


def _moments(names: Iterable[str], fields: Fields) -> list[str]:
    """Typed without a zone, and meant in Beijing."""
    lines = []
    for name in names:
        typed = fields.get(name, "").strip()
        if moment := moment_of(typed):
            lines.append(f"{name} = {moment.isoformat(timespec='seconds')}+08:00")
        elif typed:
            lines.append(_text(name, fields))
    return lines


def day_of(typed: str) -> date | None:
    """None for a day that there is not."""
    with suppress(ValueError):
        return date.fromisoformat(typed) if _DAY.fullmatch(typed) else None
    return None


def moment_of(typed: str) -> datetime | None:
    """None for a day or an hour that there is not."""
    with suppress(ValueError):
        return datetime.fromisoformat(typed) if _MOMENT.fullmatch(typed) else None
    return None


# ── back into a form ──────────────────────────────────────────────────────────────────────────────────────────────────


def as_fields(written: str) -> tuple[dict[str, str], list[dict[str, str]], list[dict[str, str]]]:
    """Fields, cells and prizes; as far as the file can be read."""
    try:
        file: dict[str, Any] = tomllib.loads(written)
    except tomllib.TOMLDecodeError:
        return {}, [], []
    draw, exam = _table(file.get("draw")), _table(file.get("exam"))
    fields = {name: _shown(value) for name, value in file.items() if not isinstance(value, list | dict)}
    fields |= {f"draw_{name}": _shown(value) for name, value in draw.items() if not isinstance(value, list | dict)}
    fields |= {f"exam_{name}": _shown(value) for name, value in exam.items()}
    fields["sort"] = "draw" if draw else "exam" if exam else ""
    return fields, _rows(file.get("paper")), _rows(draw.get("prizes"))


def _table(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _rows(value: object) -> list[dict[str, str]]:
    rows = value if isinstance(value, list) else []
    return [{name: _shown(cell) for name, cell in row.items()} for row in rows if isinstance(row, dict)]


def _shown(value: object) -> str:
    if isinstance(value, datetime):
        local = clock.in_beijing(value) if value.tzinfo else value
        return f"{local:%Y-%m-%dT%H:%M}"
    return str(value)


def strangers(written: str) -> list[str]:
    """What a form has no place for and would lose; of a file that is no TOML nothing can be said."""
    try:
        file: dict[str, Any] = tomllib.loads(written)
    except tomllib.TOMLDecodeError:
        return []
    draw, exam = _table(file.get("draw")), _table(file.get("exam"))
    tables = (("", file, FILE), ("draw.", draw, DRAW), ("exam.", exam, EXAM))
    found = [above + name for above, table, known in tables for name in table if name not in known]
    rows = (("paper.", file.get("paper"), CELLS), ("draw.prizes.", draw.get("prizes"), PRIZES))
    return found + [
        above + name for above, listed, known in rows for row in _rows(listed) for name in row if name not in known
    ]


# ── files ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


def text_of(data: bytes) -> str:
    """As Windows' notepad writes it, too: UTF-8 with its mark, GBK, UTF-16. Raises BadCampaign."""
    codings = ("utf-16",) if data.startswith((b"\xff\xfe", b"\xfe\xff")) else ("utf-8-sig", "gb18030")
    for coding in codings:
        with suppress(UnicodeDecodeError):
            text = re.sub(r"\r\n?", "\n", data.decode(coding))
            if "\0" not in text:
                return text
    raise BadCampaign(say("campaign_not_text"))


def sample() -> str:
    """A file to begin from, with days that are still to come; what a draw and an exam add is there behind #."""
    today = clock.today()
    year = today.year + (today >= date(today.year, 12, 1))
    opens, closes = date(year, 12, 1), date(year, 12, 7)
    drawn = _drawn_behind(closes)
    later = _drawn_behind(drawn + timedelta(days=REVEAL_DAYS))
    text = (LIBRARY / "campaign_sample.toml").read_text(encoding="utf-8")
    return text.format(
        opens=opens, closes=closes, issue=f"{year}141", drawn=drawn, later_issue=f"{year}148", later=later,
        makeup=date(year, 12, 10), makeup_end=date(year, 12, 11),
    )  # fmt: skip


def _drawn_behind(day: date) -> date:
    """The next day on which the sample's lottery usually draws."""
    days = (day + timedelta(days=number) for number in range(1, 8))
    return next(one for one in days if one.weekday() in LOTTERIES["双色球"].weekdays)
