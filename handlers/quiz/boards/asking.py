"""What a citizen writes about his points, his name on the boards and his unit, where the words alone say it."""

import re
import unicodedata
from dataclasses import dataclass
from enum import StrEnum

LONGEST = 60
_N = r"(?P<number>\d{1,9})"
_WHO = r"(?:我的|我要|我想|我|把)?"
_END = r"[\s。.!！~]*"


class Wish(StrEnum):
    MISSED = "missed"
    UNITS = "units"
    """The board of the units."""
    NICKNAME = "nickname"
    NO_NICKNAME = "no_nickname"
    UNIT = "unit"
    """Words that name one; without words, which there are."""
    CONFIRM = "confirm"
    """A unit by its number, out of a tap of ours."""


@dataclass(frozen=True, slots=True)
class Asked:
    wish: Wish
    words: str = ""
    number: int = 1
    is_loose: bool = False
    """It could be about something else: a unit that does not pay wages."""
    names_unit: bool = False
    """The words are as a unit is called, whether it is on the list or not."""


_MISSED = re.compile(rf"{_WHO}错题[本集]?(?:\s*第?\s*{_N}\s*页)?{_END}")
_UNITS = re.compile(rf"(?:看|各)?单位(?:的)?(?:排行榜|排名榜|排行|排名|榜){_END}")
_NO_NICKNAME = re.compile(rf"{_WHO}(?:不用|不要|去掉|取消|删除|删掉|清除)(?:我的)?昵称{_END}")
_CONFIRM = re.compile(rf"确认单位\s*{_N}{_END}")
_NICKNAME = re.compile(
    rf"{_WHO}(?P<verb>设置?|改|取|换)?个?昵称[\s:：]*(?:改?[成为是叫])?[\s:：]*(?P<words>.*)", re.DOTALL
)
_UNIT = re.compile(r"(?P<mine>我的|我|加入|选择?)?单位(?:[\s:]+|是|为)[\s:]*(?P<words>\S.{0,39})")
_WHICH_UNIT = re.compile(rf"(?:我的|我要?|选择?|换|改|加入)?单位(?:有哪些|列表|名单)?{_END}")
_NAMES_UNIT = re.compile(
    r"[\w/·（）()-]{0,18}(局|委|办|院|所|校|[小中大]学|园|中心|公司|集团|厂|银行|支行|街道|镇|乡|村|社区|[大支]队|处|科|部|会|"
    "馆|站|政府|办公室)"
)
_ASKS = re.compile("怎么|怎样|如何|咋|吗|[?？]|什么|啥|能不能|可以|可不可以|为何|在哪|没显示|不显示|不见|呢$")


def read(text: str) -> Asked | None:
    """None where the words say nothing of this kind."""
    if len(text) > LONGEST or not any(word in text for word in ("错题", "昵称", "单位")):
        return None
    plain = unicodedata.normalize("NFKC", text).strip()
    if found := _MISSED.fullmatch(plain):
        return Asked(Wish.MISSED, number=int(found["number"] or 1))
    if _UNITS.fullmatch(plain):
        return Asked(Wish.UNITS)
    if found := _CONFIRM.fullmatch(plain):
        return Asked(Wish.CONFIRM, number=int(found["number"]))
    if _NO_NICKNAME.fullmatch(plain):
        return Asked(Wish.NO_NICKNAME)
    if found := _NICKNAME.fullmatch(plain):
        return Asked(Wish.NICKNAME, "" if _ASKS.search(found["words"]) else found["words"].strip())
    if _WHICH_UNIT.fullmatch(plain):
        return Asked(Wish.UNIT, is_loose=True)
    if (found := _UNIT.fullmatch(plain)) and not _ASKS.search(found["words"]):
        called = found["words"].strip(" 。.！!~")
        is_name = bool(_NAMES_UNIT.fullmatch(called))
        return Asked(Wish.UNIT, found["words"].strip(), is_loose=not found["mine"], names_unit=is_name)
    return None
