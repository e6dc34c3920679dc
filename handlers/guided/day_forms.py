"""Days as people write them: 2026年3月5日, 3月5号, 上周五, 前天, 去年今天, 两周前. What names no day is none.

Where a text names several days, which of them is meant is days.py's to find.
"""

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

from handlers.guided.amounts import chinese

_SIGN = "零〇○一二" + "三四五六七八" + "九"
_NUMERALS = f"{_SIGN}两十"
_N = rf"(?:\d{{1,2}}(?!\d)|[{_NUMERALS}]+)"
_NO_COUNT = r"(?!\s*(?:[天个万千百]|[块元年岁多]|[倍点亩级度人%]|小时|平米))"
_YEAR = rf"(?<!判)(?<!判了)(?<!徒刑)(?<![\d{_NUMERALS}])(\d{{4}}|\d{{2}}|[{_SIGN}]{{2}}|[{_SIGN}]{{4}})\s*年"
_NAMED_YEAR = r"(大前年|前年|去年|上一?年|今年|明年)\s*的?\s*"
_RELATIVE = {
    "大大前天": -4, "大前天": -3, "大前儿": -3, "前天": -2, "前日": -2, "前晚": -2, "前儿": -2, "昨天": -1, "昨日": -1,
    "昨晚": -1, "昨夜": -1, "昨儿": -1, "昨个": -1, "昨早": -1, "琴日": -1, "寻日": -1, "今天": 0, "今日": 0, "今早": 0,
    "今儿": 0, "今个": 0, "今晨": 0, "明天": 1, "明日": 1, "明儿": 1, "大后天": 3, "后天": 2,
}  # fmt: skip
_RELATIVE_WORDS = "|".join(sorted(_RELATIVE, key=len, reverse=True))
_NOW = r"(?<![到至])(?<!截止)(?:今天|今日|今儿)(?!\s*(?:还|能|可以|来得及|去|想|问|是不是|算|要|再|起诉|上诉|晚|止))"
_BY_NAME = re.compile(rf"(?<!以)(?<!今)(?:{_NOW}|(?!今天|今日|今儿)(?:{_RELATIVE_WORDS}))")
_JUST_NOW = re.compile("刚刚|刚才|当天")
_LEANS = re.compile(
    r"(?:(大前年|前年|去年|上一?年)|(上上|上)个?月|(大上|上上|上)个?(?:周|星期|礼拜))\s*的?\s*(今天|今日|昨天|昨日|前天|这一?天)"
)
_AGO = re.compile(rf"(?<![\d月])({_N}|\d{{3}}|半)\s*个?\s*(天|日|周|星期|礼拜|月|年)\s*(?:以|之)?前(?:的?(今天|昨天))?")
_WEEKDAY = re.compile(r"(?<!每)(大上|上上上|上上|上|这|本|下)?个?(?:周|星期|礼拜)([一二三四五六]|日|天)")
_FESTIVAL = re.compile(r"(元旦|国庆|五一|十一|劳动节)节?(?:假期?)?的?(?=当天|那天|第一天|前一天|前1天|头一天|第二天)")
_FESTIVALS = {"元旦": (1, 1), "国庆": (10, 1), "五一": (5, 1), "十一": (10, 1), "劳动节": (5, 1)}
_BESIDE = re.compile(r"的?(?:(前[一1]天)|(第[二2]天|后一天|次日)|当天|那天|第一天)?")
_YEARS = {"大前年": -3, "前年": -2, "去年": -1, "上年": -1, "上一年": -1, "今年": 0, "明年": 1}
_AWAY = {"大上": -2, "上上上": -3, "上上": -2, "上": -1, "": 0, "这": 0, "本": 0, "下": 1}
_WEEK = {sign: place for place, sign in enumerate("一二三四" + "五六日")} | {"天": 6}
_CHINESE_CALENDAR = re.compile(r"农历|阴历|腊月|正月|初[一二三四五]|初[六七八九十]|大年|年三十|除夕")
_TWO_DIGITS = re.compile(rf"十[{_SIGN}]{{2}}")
_Read = Callable[[re.Match[str], date], date | None]


@dataclass(frozen=True, slots=True)
class Named:
    """A day that stands in a text, and where."""

    day: date
    begin: int
    end: int
    is_open: bool = False
    """Of which month or year is not said, and another day of the text leaves it in doubt."""


@dataclass(frozen=True, slots=True)
class _Form:
    pattern: re.Pattern[str]
    read: _Read
    tells: str = ""
    """What it says out: the year and month, or the month; nothing where it leans on today."""
    may_fail: bool = False
    """What is no day of this form may be something else, as 1.5 or 130号."""


def days_in(text: str, today: date) -> list[Named] | None:
    """Every day that a text names, in order; None where one of them is no day, as 31 November. Of a day without a year
    it is the last one that is not after today.
    """
    found: list[tuple[Named, str]] = []
    taken: list[tuple[int, int]] = []
    for form in _FORMS:
        for match in form.pattern.finditer(text):
            begin, end = match.span()
            if any(begin < last and first < end for first, last in taken):
                continue
            try:
                day = form.read(match, today)
            except (ValueError, OverflowError):
                if not form.may_fail:
                    return None
                day = None
            if day is not None:
                day, end = _one_beside(text, day, end)
                found.append((Named(day, begin, end), form.tells))
                taken.append((begin, end))
    found.sort(key=lambda one: one[0].begin)
    return _left_open([*found, *_just_now(text, found, today)])


def is_chinese_calendar(text: str) -> bool:
    return bool(_CHINESE_CALENDAR.search(text))


def as_written(text: str) -> str:
    """As it is looked through for days: places in it are those of `Named`."""
    return unicodedata.normalize("NFKC", text).strip()


def _one_beside(text: str, day: date, end: int) -> tuple[date, int]:
    """昨天的前一天, 11月10日第二天."""
    beside = _BESIDE.match(text, end)
    if beside is None or beside[0] in ("", "的"):
        return day, end
    return day + timedelta(days=-1 if beside[1] else 1 if beside[2] else 0), beside.end()


def _just_now(text: str, found: list[tuple[Named, str]], today: date) -> list[tuple[Named, str]]:
    """刚刚 is today where no other day is named."""
    match = None if found else _JUST_NOW.search(text)
    return [(Named(today, *match.span()), "")] if match else []


def _left_open(found: list[tuple[Named, str]]) -> list[Named]:
    """“2025年3月10日判的，4月2号收到”, “9月5号判的，20号收到”: of which year, of which month is not said."""
    year = next((one.day.year for one, tells in found if tells == "year"), None)
    month = next((one.day.replace(day=1) for one, tells in found if tells in ("year", "month")), None)
    named = []
    for one, tells in found:
        is_open = (tells == "month" and year not in (None, one.day.year)) or (
            tells == "day" and month not in (None, one.day.replace(day=1))
        )
        named.append(Named(one.day, one.begin, one.end, is_open))
    return named


# ── the forms, the surest first ───────────────────────────────────────────────────────────────────────────────────────


def _full(found: re.Match[str], today: date) -> date:
    return date(_year(found[1]), _number(found[2]), _number(found[3]))


def _by_year(found: re.Match[str], today: date) -> date:
    return date(today.year + _YEARS[found[1]], _number(found[2]), _number(found[3]))


def _by_month(found: re.Match[str], today: date) -> date:
    return months_away(today.replace(day=1), _AWAY[found[1]]).replace(day=_number(found[2]))


def _month_and_day(found: re.Match[str], today: date) -> date:
    return _latest(_number(found[1]), _number(found[2]), today)


def _leaning(found: re.Match[str], today: date) -> date:
    """去年今天, 上个月昨天."""
    day = today + timedelta(days=_RELATIVE.get(found[4], 0))
    if found[1]:
        return months_away(day, 12 * _YEARS[found[1]])
    return months_away(day, _AWAY[found[2]]) if found[2] else day + timedelta(weeks=_AWAY[found[3]])


def _ago(found: re.Match[str], today: date) -> date | None:
    count, unit, day = found[1], found[2], today + timedelta(days=_RELATIVE.get(found[3] or "", 0))
    if count == "半":
        return months_away(day, -6) if unit == "年" else day - timedelta(days=15) if unit == "月" else None
    number = _number(count)
    if unit in ("月", "年"):
        return months_away(day, -number * (12 if unit == "年" else 1))
    return day - timedelta(days=number * (1 if unit in ("天", "日") else 7))


def _weekday(found: re.Match[str], today: date) -> date:
    """Weeks begin on Monday; a bare 周五 is the last one that is not after today."""
    which = found[1] or ""
    monday = today - timedelta(days=today.weekday())
    day = monday + timedelta(weeks=_AWAY[which], days=_WEEK[found[2]])
    return day - timedelta(weeks=1) if not which and day > today else day


def _festival(found: re.Match[str], today: date) -> date:
    return _latest(*_FESTIVALS[found[1]], today)


def _by_name(found: re.Match[str], today: date) -> date:
    return today + timedelta(days=_RELATIVE[found[0]])


def _day_alone(found: re.Match[str], today: date) -> date:
    day = _number(found[1])
    first = today.replace(day=1)
    return first.replace(day=day) if day <= today.day else months_away(first, -1).replace(day=day)


_BETWEEN = r"\s*月\s*(?:份)?\s*"
_THEN = r"\s*[日号]?"
_NO_LENGTH = r"(?!之?内|以内|冷静|无理由|期|之?后|以后|届满|以上|以下|左右)"
_SIGNED = r"(?<!\d)(\d{4})\s*[-./年,，]\s*(\d{1,2})\s*[-./月,，]\s*(\d{1,2})(?!\d)"
_IN_SHORT = rf"(?<![\d年.:/-])(\d{{1,2}})\s*[-./]\s*(\d{{1,2}})(?![\d.:/-]){_NO_COUNT}"
_ALONE = rf"(?<![\d第字初终执{_NUMERALS}])({_N})\s*(?:号(?!楼|院|令|文|案|房|线|门)|日{_NO_LENGTH})"
_FORMS = (
    _Form(re.compile(rf"{_YEAR}\s*({_N}){_BETWEEN}({_N}){_THEN}"), _full, "year"),
    _Form(re.compile(rf"{_SIGNED}{_THEN}"), _full, "year"),
    _Form(re.compile(r"(?<!\d)(\d{4})(\d{2})(\d{2})(?!\d)"), _full, "year"),
    _Form(re.compile(rf"{_NAMED_YEAR}({_N})\s*(?:月|[-./])\s*(?:份)?\s*({_N}){_THEN}"), _by_year, "year"),
    _Form(re.compile(rf"(上上|上|这|本|下)个?月\s*的?\s*({_N}){_NO_COUNT}{_THEN}"), _by_month, "month", may_fail=True),
    _Form(re.compile(rf"(?<![\d{_NUMERALS}])({_N}){_BETWEEN}({_N}){_NO_COUNT}{_THEN}"), _month_and_day, "month"),
    _Form(re.compile(rf"{_IN_SHORT}{_THEN}"), _month_and_day, "month", may_fail=True),
    _Form(_LEANS, _leaning),
    _Form(_AGO, _ago),
    _Form(_WEEKDAY, _weekday),
    _Form(_FESTIVAL, _festival),
    _Form(_BY_NAME, _by_name),
    _Form(re.compile(_ALONE), _day_alone, "day", may_fail=True),
)


def months_away(day: date, months: int) -> date:
    """The same day of that month, or its last."""
    place = day.year * 12 + day.month - 1 + months
    year, month = divmod(place, 12)
    for last in (day.day, 30, 29, 28):
        try:
            return date(year, month + 1, min(day.day, last))
        except ValueError:
            continue
    raise ValueError(f"no such month: {year}-{month + 1}")


def _latest(month: int, day: int, today: date) -> date:
    this_year = date(today.year, month, day) if (month, day) != (2, 29) else _leap(today)
    return this_year if this_year <= today or (month, day) == (2, 29) else date(today.year - 1, month, day)


def _leap(today: date) -> date:
    return next(date(year, 2, 29) for year in range(today.year, today.year - 9, -1) if _is_past_leap(year, today))


def _is_past_leap(year: int, today: date) -> bool:
    try:
        return date(year, 2, 29) <= today
    except ValueError:
        return False


def _year(written: str) -> int:
    year = _number(written)
    return year + 2000 if year < 100 else year


def _number(written: str) -> int:
    """十八九 is none."""
    if _TWO_DIGITS.search(written):
        raise ValueError(written)
    return int(written) if written.isdecimal() and written.isascii() else chinese(written)
