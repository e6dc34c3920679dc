"""Numbers as people write them: 3000, 三千, 两万五, 3.5万, "一个月3000块"."""

import re

_DIGITS = {sign: value for value, sign in enumerate("零一二三四" + "五六七八九")}
_DIGITS |= {
    "两": 2,
    "〇": 0,
    "○": 0,
    "俩": 2,
    "仨": 3,
}
_UNITS = {"十": 10, "百": 100, "千": 1000, "万": 10_000, "亿": 100_000_000}
_ARABIC = re.compile(r"(\d+(?:,\d{3})+|\d+)(\.\d+)?\s*([十百千万亿]*)")
_CHINESE = re.compile(f"[{''.join([*_DIGITS, *_UNITS])}]+")
_COUNTED = "个元块人口岁" + "年月天次" + "名位件份"
_NOTHING = re.compile(r"(一分|一点|什么|任何)?(钱|收入)?(都|也)?(没有|没|无)(钱|收入|有)?[了的。.!！]*")
_NOT_COUNTED = re.compile(r"(一?个月|每月|月均|每个?人|一年|每年|一共|大概|大约|差不多|左右|上下)")


def numbers_in(text: str) -> list[float]:
    """Every number of the text, in order; "一个月3000" has one."""
    plain = _NOT_COUNTED.sub(" ", text)
    if _NOTHING.fullmatch(plain.strip()):
        return [0]
    found = [(match.start(), _arabic(match)) for match in _ARABIC.finditer(plain)]
    rest = _ARABIC.sub(lambda match: " " * len(match[0]), plain)
    found += [(match.start(), float(chinese(match[0]))) for match in _CHINESE.finditer(rest) if _is_count(match, rest)]
    return [int(value) if value.is_integer() else value for _, value in sorted(found)]


def chinese(text: str) -> int:
    """ "两万五" → 25000, "三百零五" → 305, "二〇二六" → 2026."""
    if not any(sign in _UNITS for sign in text):
        return int("".join(str(_DIGITS[sign]) for sign in text))
    total = section = digit = 0
    last_unit = 0
    for sign in text:
        if sign in _DIGITS:
            digit = _DIGITS[sign]
            last_unit = 0 if digit == 0 else last_unit
            continue
        unit = _UNITS[sign]
        if unit >= 10_000:
            total, section = (total + section + digit) * unit, 0
        else:
            section += (digit or 1) * unit
        digit, last_unit = 0, unit
    return total + section + digit * (last_unit // 10 if last_unit >= 100 else 1)


def _is_count(match: re.Match[str], text: str) -> bool:
    """三个 and 三 are a number, the 一 of 一点 is none."""
    behind = text[match.end() :].strip()
    return len(match[0]) > 1 or match[0] == "十" or not behind or behind[0] in _COUNTED


def _arabic(match: re.Match[str]) -> float:
    value = float(match[1].replace(",", "") + (match[2] or ""))
    for sign in match[3]:
        value *= _UNITS[sign]
    return value
