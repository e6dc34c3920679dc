"""Days as people write them: 2026年3月5日, 3月5号, 上周五, 前天, 去年12月3日, 两周前. What names no day is None."""

import re
import unicodedata
from datetime import date, timedelta

from handlers.guided.amounts import chinese

_NUMERALS = "零〇○一二两" + "三四五六七八" + "九十"
_N = rf"(?:\d+|[{_NUMERALS}]+)"
_FULL = re.compile(rf"({_N})\s*年\s*({_N})\s*月\s*(?:份)?\s*({_N})\s*[日号]?")
_SIGNS = re.compile(r"(\d{4})\s*[-./年,，]\s*(\d{1,2})\s*[-./月,，]\s*(\d{1,2})\s*[日号]?")
_DIGITS = re.compile(r"(?<!\d)(\d{4})(\d{2})(\d{2})(?!\d)")
_YEAR_BY_NAME = re.compile(
    rf"(大前年|前年|去年|上一?年|今年|明年)\s*的?\s*({_N})\s*(?:月|[-./])\s*(?:份)?\s*({_N})\s*[日号]?"
)
_MONTH_BY_NAME = re.compile(rf"(上上|上|这|本|下)个?月\s*的?\s*({_N})\s*[日号]?")
_MONTH_AND_DAY = re.compile(rf"(?<![\d年])({_N})\s*(?:月|[-./])\s*(?:份)?\s*({_N})\s*[日号]?")
_DAY_ALONE = re.compile(rf"(?<!\d)({_N})\s*[日号](?!楼|院|令|文)")
_WEEKDAY = re.compile(r"(上上|上|这|本|下)?个?(?:周|星期|礼拜)([一二三四五六]|日|天)")
_AGO = re.compile(rf"({_N}|半)\s*个?\s*(天|日|周|星期|礼拜|月|年)\s*(?:以|之)?前")
_BY_NAME = {
    "大前天": -3, "前天": -2, "昨天": -1, "昨日": -1, "昨晚": -1, "今天": 0, "今日": 0, "今早": 0, "刚刚": 0, "刚才": 0,
    "当天": 0, "明天": 1, "明日": 1, "大后天": 3, "后天": 2,
}  # fmt: skip
_YEARS = {"大前年": -3, "前年": -2, "去年": -1, "上年": -1, "上一年": -1, "今年": 0, "明年": 1}
_AWAY = {"上上": -2, "上": -1, "": 0, "这": 0, "本": 0, "下": 1}
_WEEK = {sign: place for place, sign in enumerate("一二三四" + "五六日")} | {"天": 6}
_CHINESE_CALENDAR = re.compile(r"农历|阴历|腊月|正月|初[一二三四五]|初[六七八九十]")


def read_day(text: str, today: date) -> date | None:
    """Of a day without a year the last one that is not after today; "3月" or a lunar day is no day."""
    plain = unicodedata.normalize("NFKC", text).strip()
    if is_chinese_calendar(plain):
        return None
    try:
        return _written_out(plain, today) or _by_name(plain, today)
    except (ValueError, OverflowError):
        return None


def is_chinese_calendar(text: str) -> bool:
    return bool(_CHINESE_CALENDAR.search(text))


def _written_out(text: str, today: date) -> date | None:
    for form in (_FULL, _SIGNS, _DIGITS):
        if found := form.search(text):
            return date(_year(found[1]), _number(found[2]), _number(found[3]))
    if found := _YEAR_BY_NAME.search(text):
        return date(today.year + _YEARS[found[1]], _number(found[2]), _number(found[3]))
    if found := _MONTH_BY_NAME.search(text):
        first = _months_away(today.replace(day=1), _AWAY[found[1]])
        return first.replace(day=_number(found[2]))
    if found := _MONTH_AND_DAY.search(text):
        return _latest(_number(found[1]), _number(found[2]), today)
    return None


def _by_name(text: str, today: date) -> date | None:
    if found := _AGO.search(text):
        return _ago(found[1], found[2], today)
    if found := _WEEKDAY.search(text):
        return _weekday(found[1] or "", _WEEK[found[2]], today)
    if name := next((name for name in _BY_NAME if name in text), ""):
        return today + timedelta(days=_BY_NAME[name])
    if found := _DAY_ALONE.search(text):
        day = _number(found[1])
        first = today.replace(day=1)
        return first.replace(day=day) if day <= today.day else _months_away(first, -1).replace(day=day)
    return None


def _weekday(which: str, place: int, today: date) -> date:
    """Weeks begin on Monday; a bare 周五 is the last one that is not after today."""
    monday = today - timedelta(days=today.weekday())
    day = monday + timedelta(weeks=_AWAY[which], days=place)
    return day - timedelta(weeks=1) if not which and day > today else day


def _ago(count: str, unit: str, today: date) -> date | None:
    if count == "半":
        return _months_away(today, -6) if unit == "年" else today - timedelta(days=15) if unit == "月" else None
    number = _number(count)
    if unit in ("月", "年"):
        return _months_away(today, -number * (12 if unit == "年" else 1))
    return today - timedelta(days=number * (1 if unit in ("天", "日") else 7))


def _months_away(day: date, months: int) -> date:
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
    return int(written) if written.isdecimal() and written.isascii() else chinese(written)
