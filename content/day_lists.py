"""A year's notice of holidays as lines that a person pastes → declared days. One bad line and nothing is taken: half a
notice would be worse than none. Reads; the days themselves are kept by store/working_days.py.
"""

import re
from dataclasses import dataclass
from datetime import date, timedelta

from content.store import working_days
from content.store.working_days import SHIFTED, NoSuchDay

MOST_LINES = 200
LONGEST = 31
FIRST_YEAR, LAST_YEAR = 2000, 2100
EXAMPLE = "2027-10-01 至 2027-10-07 休 国庆节"
_DATE = r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?(?:\s*[（(][^）)]*[）)])?"
_LINE = re.compile(rf"{_DATE}(?:\s*(?:至|到|~|～|—+|–)\s*{_DATE})?\s*[,，、:：]?\s*(\S+)(?:\s+(\S.*))?")
_WORDS = {"休": False, "放假": False, "假": False, "班": True, "上班": True, "调休上班": True}
_FREE = "放假"


@dataclass(frozen=True, slots=True)
class Wanted:
    day: date
    is_working: bool
    name: str


def read_days(text: str) -> list[Wanted]:
    """By date. Raises NoSuchDay, which names every line that cannot be read."""
    lines = [(number, line.strip()) for number, line in enumerate(text.splitlines(), start=1) if line.strip()]
    if not lines:
        raise NoSuchDay(f"没有写日子：每行一个，例如“{EXAMPLE}”或“2027-10-09 班”。")
    if len(lines) > MOST_LINES:
        raise NoSuchDay(f"一次最多 {MOST_LINES} 行：请分几次填。")
    found: dict[date, Wanted] = {}
    faults = []
    for number, line in lines:
        try:
            for wanted in _read(line):
                if found.setdefault(wanted.day, wanted).is_working != wanted.is_working:
                    raise NoSuchDay(f"{wanted.day} 前面写的是{'上班' if found[wanted.day].is_working else '放假'}")
        except NoSuchDay as fault:
            faults.append(f"第 {number} 行“{line[:30]}”：{fault}")
    if faults:
        raise NoSuchDay("；".join(faults) + "。一天也没有记下：请改好再交。")
    return [found[day] for day in sorted(found)]


def _read(line: str) -> list[Wanted]:
    told = _LINE.fullmatch(line)
    if told is None:
        raise NoSuchDay(f"看不懂，请写成“{EXAMPLE}”这样")
    first = _date(told.group(1, 2, 3))
    last = _date(told.group(4, 5, 6)) if told[4] else first
    if told[7] not in _WORDS:
        raise NoSuchDay(f"“{told[7][:10]}”应写“休”或“班”")
    if not first <= last < first + timedelta(days=LONGEST):
        raise NoSuchDay("起止日期不对")
    days = [first + timedelta(days=number) for number in range((last - first).days + 1)]
    is_working = _WORDS[told[7]]
    name = (told[8] or "").strip() or (SHIFTED if is_working else _usual_name(days))
    if len(name) > working_days.NAME_LENGTH:
        raise NoSuchDay(f"名称超过 {working_days.NAME_LENGTH} 个字")
    return [Wanted(day, is_working, name) for day in days]


def _usual_name(days: list[date]) -> str:
    """The festival that falls among these days, where it can be computed."""
    return next((name for day in days if (name := working_days.name_of(day)) and name != SHIFTED), _FREE)


def _date(parts: tuple[str | None, ...]) -> date:
    try:
        year, month, day = (int(part or "") for part in parts)
        made = date(year, month, day)
    except ValueError:
        raise NoSuchDay("没有这一天") from None
    if not FIRST_YEAR <= made.year <= LAST_YEAR:
        raise NoSuchDay("年份不对")
    return made
