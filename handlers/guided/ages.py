"""An age in an answer: 我68了, 今年七十二, 才15岁, 不到60岁; and a number that may be an age or two options."""

import re
import unicodedata

from content.phrases import say
from handlers.guided.amounts import chinese
from handlers.guided.questions import Question

_NUMERAL = "零一二三四" + "五六七八" + "九十"
_N = rf"(?<![\d.第{_NUMERAL}])(\d{{1,3}}|[{_NUMERAL}]{{1,4}})(?![\d.{_NUMERAL}])"
_WHO = "我|俺|他|她|孩子|娃|老人|[爸妈爹娘]|[姐哥弟妹]|[奶爷]|儿子|女儿|闺女|男的?|女的?"
_WHEN = "今年|现在|才|都|刚满?|已经|满|周岁"
_BELOW = "不到|没到|没满|未满|不满|不足|不够"
_YEARS = re.compile(rf"({_BELOW})?\s*{_N}\s*多?\s*周?岁(?!前|时|那)")
_TENS = rf"(?<![\d.第{_NUMERAL}])(\d{{2,3}}|[{_NUMERAL}]{{2,4}}|十)(?![\d.{_NUMERAL}])"
_ENDS = r"\s*多?(?=[了啦]|\s*$|[\s,，。.、;；!！男女])"
_TOLD = re.compile(rf"(?:{_WHO}|{_WHEN})\s*({_BELOW})?\s*{_TENS}{_ENDS}")
_SMALL = re.compile(rf"(?:孩子|娃|儿子|女儿|闺女|才|刚满)\s*({_BELOW})?\s*{_N}{_ENDS}")
_BEGINS = re.compile(rf"^\s*({_BELOW})?(\d{{2,3}}|[{_NUMERAL}]{{2,4}})\s*多?(?:[了啦]|(?=[\s,，。.、;；!！]))(?=.)")
"""62了 农民工: an age in front, and more behind it."""
_CLOSES = re.compile(
    rf"[\u4e00-\u9fff][\s,，。.、;；!！]+({_BELOW})?(\d{{2}}|[{_NUMERAL}]{{2,3}})\s*多?[了啦]?[。.!！\s]*$"
)
"""残疾，63."""
_NEARLY = re.compile(rf"(?:快|将近|虚岁|差.{{1,4}}|马上)(?:到|满)?{_N}|{_N}(?:虚岁|左右|上下)")
"""No age as the law counts: it is asked."""
_BARE = re.compile(rf"(\d{{2}}|[{_NUMERAL}]{{2,3}})")
_END = re.compile(r"[了啦\s\W]+$")


def read_age(question: Question, text: str) -> list[str] | str | None:
    """The values of the options of that age, which may be none; a sentence where two digits may be an age or options,
    or where the age is only nearly told; None where no age is told.
    """
    if not question.has_ages:
        return None
    written = unicodedata.normalize("NFKC", text)
    if nearly := _NEARLY.search(written):
        return say("guided_nearly", number=nearly[1] or nearly[2])
    if (told := age_in(written)) is not None:
        return _of_age(question, told)
    words = _END.sub("", written.strip())
    if _BARE.fullmatch(words) is None or (age := _number(words)) <= len(question.options):
        return None
    is_places = words.isdecimal() and all(1 <= int(sign) <= len(question.options) for sign in words)
    if is_places and words[0] != words[1]:
        return say("guided_age_or_options", number=words, first=words[0], second=words[1])
    return _of_age(question, age)


def age_in(text: str) -> int | None:
    """In whole years; 不到18 is 17."""
    found = _found(unicodedata.normalize("NFKC", text))
    return _number(found[2]) - bool(found[1]) if found else None


def without_age(text: str) -> str:
    """What is told besides; the same where no age is."""
    written = unicodedata.normalize("NFKC", text)
    found = _found(written)
    if found is None:
        return text
    begin = found.start(1) if found[1] else found.start(2)
    return re.sub(r"^[了啦]+", "", written[:begin] + written[found.end() :])


def _found(written: str) -> re.Match[str] | None:
    return next(filter(None, (form.search(written) for form in (_YEARS, _TOLD, _SMALL, _BEGINS, _CLOSES))), None)


def _of_age(question: Question, age: int) -> list[str]:
    return [one.value for one in question.options if one.ages and one.ages[0] <= age <= one.ages[1]]


def _number(written: str) -> int:
    return int(written) if written.isdecimal() else chinese(written)
