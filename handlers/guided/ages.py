"""An age in an answer: 我68了, 今年七十二, 才15岁, 不到60岁; and a number that may be an age or two options."""

import re
import unicodedata
from dataclasses import dataclass

from content.phrases import say
from handlers.guided.amounts import chinese
from handlers.guided.questions import Question

_ONES = "一二三四" + "五六七八" + "九"
_NUMERAL = f"零十{_ONES}"
_WORDED = f"[{_ONES}]?十[{_ONES}]?"
_TENS = rf"(?<![\d.第{_NUMERAL}])(\d{{2,3}}|{_WORDED})(?![\d.{_NUMERAL}])"
_N = rf"(?<![\d.第{_NUMERAL}])(\d{{1,3}}|{_WORDED}|[{_ONES}])(?![\d.{_NUMERAL}])"
_WHO = (
    "我|俺|他|她|孩子|娃|人|[爸妈爹娘]|[姐哥弟妹]|[奶爷婆公]|[叔舅姨姑伴]|[侄孙]|媳妇|老头|老太|儿子|女儿|闺女|男的?|女的?|"
    "今年|现在|才|都|刚满?|已经|(?<![未不没])满|周岁"
)
_BELOW = "不到|没到|没满|未满|不满|不足|不够"
_NO_COUNT = r"(?!\s*多?\s*(?:[天个万千]|[百块元]|[年月日号点]|[亩级度名次]|[位条件斤里]|[口套辆间份后]|小时|平米))"
_YEARS = re.compile(rf"({_BELOW})?\s*{_N}\s*多?\s*周?岁(?!前|时|那)")
_UNDER = re.compile(rf"({_BELOW})\s*{_TENS}{_NO_COUNT}")
_TOLD = re.compile(rf"(?:{_WHO})\s*({_BELOW})?\s*{_TENS}{_NO_COUNT}")
_SMALL = re.compile(
    rf"(?:孩子|娃|儿子|女儿|闺女|姑娘|才|刚满)\s*({_BELOW})?\s*{_N}{_NO_COUNT}(?=[了啦]|\s*$|[\s,，。.、;；!！男女])"
)
_BEGINS = re.compile(rf"^\s*({_BELOW})?{_TENS}\s*多?(?:[了啦]|(?=[\s,，。.、;；!！]))(?=.)")
"""62了 农民工: an age in front, and more behind it."""
_CLOSES = re.compile(rf"[\u4e00-\u9fff][\s,，。.、;；!！]+({_BELOW})?{_TENS}\s*多?[了啦]?[。.!！\s]*$")
"""残疾，63."""
_PERHAPS = re.compile(rf"\d\d|[十岁]|(?:孩子|娃|儿子|女儿|闺女|姑娘|才|刚满)[^\d]?[\d{_ONES}]")
"""What holds nothing of this tells no age."""
_FORMS = (_YEARS, _UNDER, _TOLD, _SMALL, _BEGINS, _CLOSES)
_NEARLY = re.compile(rf"(?:快|将近|虚岁|差.{{1,4}}|马上)(?:到|满)?{_TENS}{_NO_COUNT}|{_TENS}(?:虚岁|左右|上下)")
"""No age as the law counts: it is asked."""
_BARE = re.compile(_TENS)
_END = re.compile(r"[了啦\s\W]+$")


@dataclass(frozen=True, slots=True)
class Age:
    years: int
    rest: str
    """What is told besides."""


def read_age(question: Question, text: str) -> Age | str | None:
    """The age that is told; a sentence where two digits may be an age or options, or where it is only nearly told;
    None where no age is.
    """
    if not question.has_ages or not _PERHAPS.search(text):
        return None
    written = unicodedata.normalize("NFKC", text)
    if nearly := _NEARLY.search(written):
        return say("guided_nearly", number=nearly[1] or nearly[2])
    if told := find(text):
        return told
    words = _END.sub("", written.strip())
    if _BARE.fullmatch(words) is None or (age := _number(words)) <= len(question.options):
        return None
    is_places = words.isdecimal() and all(1 <= int(sign) <= len(question.options) for sign in words)
    if is_places and len(set(words)) > 1:
        return say("guided_age_or_options", number=words, first=words[0], second=words[1])
    return Age(age, "")


def find(text: str) -> Age | None:
    """In whole years; 不到18 is 17."""
    written = unicodedata.normalize("NFKC", text)
    found = next(filter(None, (form.search(written) for form in _FORMS)), None)
    if found is None:
        return None
    begin = found.start(1) if found[1] else found.start(2)
    rest = re.sub(r"^[了啦]+", "", written[:begin] + written[found.end() :])
    return Age(_number(found[2]) - bool(found[1]), rest)


def without_age(text: str) -> str:
    """What is told besides; the same where no age is."""
    told = find(text)
    return told.rest if told else text


def of_age(question: Question, years: int) -> list[str]:
    """The values of the options of that age."""
    return [one.value for one in question.options if one.ages and one.ages[0] <= years <= one.ages[1]]


def _number(written: str) -> int:
    return int(written) if written.isdecimal() else chinese(written)
