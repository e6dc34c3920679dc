"""An age in an answer: 我68了, 今年七十二, 才15岁, 不到60岁; and a number that may be an age or two options."""

import re
import unicodedata

from content.phrases import say
from handlers.guided.amounts import chinese
from handlers.guided.questions import Question

_NUMERAL = "零一二三四" + "五六七八" + "九十"
_N = rf"(\d{{1,3}}|[{_NUMERAL}]{{1,4}})"
_WHO = "我|俺|他|她|孩子|娃|老人|[爸妈爹娘]|儿子|女儿|今年|才|都|刚|快|已经|满|虚岁|周岁"
_YEARS = re.compile(rf"(不到|没到|没满|未满|不满)?\s*{_N}\s*多?\s*周?岁")
_ALONE = re.compile(rf"(?:{_WHO})+(不到|没到|没满|未满|不满)?{_N}多?[了啦]?")
_AMONG = re.compile(rf"(?:{_WHO})+(不到|没到|没满|未满|不满)?{_N}多?[了啦]")
_BARE = re.compile(rf"(\d{{2}}|[{_NUMERAL}]{{2,3}})")
_SIGNS = re.compile(r"[\s\W_]+")


def read_age(question: Question, text: str) -> list[str] | str:
    """The values of the options of that age; a sentence where two digits may be an age or options; else empty."""
    if not question.has_ages:
        return []
    written = unicodedata.normalize("NFKC", text)
    words = _SIGNS.sub("", written)
    if found := _YEARS.search(written) or _ALONE.fullmatch(words) or _AMONG.search(words):
        return _of_age(question, _number(found[2]) - bool(found[1]))
    words = re.sub("[了啦]+$", "", words)
    if _BARE.fullmatch(words) is None or (age := _number(words)) <= len(question.options):
        return []
    if words.isdecimal() and all(1 <= int(sign) <= len(question.options) for sign in words):
        is_age = bool(_of_age(question, age)) and words[0] >= words[1]  # 13 is read as 1 and 3
        return say("guided_age_or_options", number=words, first=words[0], second=words[1]) if is_age else []
    return _of_age(question, age)


def without_age(words: str) -> str:
    return _YEARS.sub("", words) if _YEARS.search(words) else re.sub(rf"^((?:{_WHO})*){_N}", r"\1", words)


def _of_age(question: Question, age: int) -> list[str]:
    return [one.value for one in question.options if one.ages and one.ages[0] <= age <= one.ages[1]]


def _number(written: str) -> int:
    return int(written) if written.isdecimal() else chinese(written)
