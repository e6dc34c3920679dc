"""What a citizen's words answer: a number, a letter, the label, one of the option's words, or a sentence with one of
them in it, also where he denies it. Knows no law and says nothing but why something will not do.
"""

import re
import unicodedata
from collections.abc import Sequence
from datetime import date

from content.phrases import say
from handlers.guided import ages, expressions, naming, replies, whose
from handlers.guided.amounts import chinese, numbers_in
from handlers.guided.days import is_chinese_calendar, read_day
from handlers.guided.expressions import DENIAL, NO_ANSWER, Read
from handlers.guided.naming import denied, is_asking, labels, named, names_an_option, of_topic, plain
from handlers.guided.questions import NONE_OF_THEM, Kind, Option, Question

__all__ = [
    "NO_ANSWER", "Read", "denied", "is_asking", "is_nothing_else", "is_skipped", "labels", "named", "names_an_option",
    "of_topic", "plain", "read", "together",
]  # fmt: skip

_NUMERAL = "零一二三" + "四五六七" + "八九十"
"""两 is none: 两个 are two of them, and no second."""
_ONE = re.compile(
    rf"(?:我?[就要]?(?:选择?|点|是|要)?)?(?:答案|选项)?(?:是)?第?(\d{{1,2}}|[{_NUMERAL}]{{1,3}}|[a-z])[个项号条种题]?(?:选项)?[吧呀啊的哦了]*"
)
_MANY = re.compile(rf"(?:\d{{1,2}}|[{_NUMERAL}]{{1,3}}|[a-z])")
_BETWEEN = re.compile(r"(?:[\s、,，;；/+.。]|[和与跟及]|以及|还有|[第个项号选]|[我都也要是的]|[吧了有])+")
_YES = re.compile(
    "是|是的|是啊|对|对的|对啊|嗯+|恩|有|有的|要|好|好的|可以|行|没错|当然|当然是|属于|算|算是|符合|yes|y|确认|确定|同意"
)
_NO = re.compile("不是|不是的|没有|否|不|没|无|不要|不算|不属于|不符合|不同意|不行|不可以|no|n|都不是")
_BEGINS = re.compile(r"(不是的?|没有|没|不|是的?|对的?|有的?|嗯+|要|好的?|可以)[\s,，。.、!！]")
_NONE = re.compile("没有?|都没有?|都?不是|无|均无|(一个|一样|以上)(都|均)?(没有|不是|无)|都不符合|没有以上情形")
_NONE_BUT = re.compile("(?:以上|上面|这些)?(?:都不是|都没有|都不沾|都不算)(?:我)?(?:就是|只是|就|是)")
_ALL = re.compile("(?:以上|上面|这些)?(?:全部|全都?有|都有|都是|全是|全选|所有|都要|都符合)")
_SKIP = re.compile("跳过|不填|略过?|不写|不用了|不知道|不清楚|不记得了?|记不清了?|忘了|pass")
_EDGES = " \t：:，,。.！!、；;"
_NO_DAY = re.compile(rf"[^月日号]*(?:[年月]份?[^月日号\d{_NUMERAL}]*|[年月]份?)")
"""A year or a month, and no day."""
_OF_THEM = re.compile(
    rf"(?:这|那|我|有|前|后)*[两俩仨{_NUMERAL}\d][个样项种条者]?(?:都|全|也)(?:是|有|算|占|沾|符合)?|"
    r"(?:这|我|有|占)*(?:俩|仨|[两三四五]个)"
)
"""两个都是: two of them, but which?"""
_UNSURE = re.compile("(?:我|俺)?(?:也|都|还)?(?:不知道|不清楚|不晓得|不懂|搞不清|弄不清|记不清|说不清).{0,6}")
_LITTLE = re.compile("(?:我们|俺们|[我俺是也]|[的了啊呢]|[和与跟]|[还有都就]|今年|[才又])*")
_NOTHING = re.compile("没有|没|无")
"""Of a text or a day it is skipped as well; of a number it is nought, of a choice perhaps an option."""


def read(question: Question, text: str, today: date) -> Read:
    if is_skipped(question, text):
        return Read("")
    return _READERS[question.kind](question, text, today)


def is_skipped(question: Question, text: str) -> bool:
    words = plain(text)
    if not question.may_skip or named(question, words):
        return False
    is_open = question.kind in (Kind.TEXT, Kind.DATE)
    if replies.says(words, "unsure") or _SKIP.fullmatch(words):
        return True
    if question.skips and {words, *replies.bared(words)} & set(question.skips):
        return True
    return is_open and bool(replies.says(words, "none") or _NOTHING.fullmatch(words))


def _read_choice(question: Question, text: str, _today: date) -> Read:
    if question.recaps:
        return _read_binding(question, text)
    if alone := _alone(question, plain(text)):
        return alone
    told = whose.own(question, text)
    found = (told != text and expressions.either(question, plain(text), whole=True)) or _told(question, told)
    is_of_others = found == NO_ANSWER and told != text and not is_asking(text)
    return Read(problem=say("guided_of_others", explain=question.explain)) if is_of_others else found


def _told(question: Question, text: str) -> Read:
    """What is told of him who is asked about, in more words than an option's name."""
    words = plain(text)
    is_yes_or_no = {"yes", "no"} <= set(question.values)
    if is_yes_or_no and (value := _yes_or_no(words)):
        return Read(value)
    if NONE_OF_THEM in question.values and replies.says(words, "none"):
        return Read(NONE_OF_THEM)
    if not is_asking(text) and (found := expressions.in_other_words(question, words)):
        return found
    yes, no = naming.mentioned(question, text)
    yes = _grown(question, text, _unyielding(question, yes))
    if len(yes) == 1:
        return Read(yes[0])
    if is_yes_or_no and (begins := _BEGINS.match(unicodedata.normalize("NFKC", text).strip())) and not is_asking(text):
        return Read("no" if begins[1][0] in "不没" else "yes")
    if len(yes) > 1:
        return expressions.which(question, yes)
    left = [option.value for option in question.options if option.value not in no]
    if no and len(left) == 1 and not (is_yes_or_no and left == ["yes"]):  # 没请不起 is no yes
        return Read(left[0])
    if no and len(words) <= DENIAL:
        return Read(problem=say("guided_which_then", labels="”“".join(map(question.label_of, no))))
    return expressions.unfit(question) if _UNSURE.fullmatch(words) and not is_asking(text) else NO_ANSWER


def _unyielding(question: Question, named: Sequence[str]) -> list[str]:
    """Without those that yield to another one beside them."""
    return [one.value for one in question.options if one.value in named and not set(one.yields) & set(named)]


def _grown(question: Question, text: str, yes: list[str]) -> list[str]:
    """Who is older than the option has it, is another's: 女儿25岁."""
    if len(yes) != 1 or not (option := _option(question, yes[0])).older:
        return yes
    age = ages.find(text)
    return [option.older] if age and option.value not in ages.of_age(question, age.years) else yes


def _option(question: Question, value: str) -> Option:
    return next(one for one in question.options if one.value == value)


def _read_binding(question: Question, text: str) -> Read:
    """An option, a place, or a yes or no of the listed ones, and nothing beside it."""
    if is_asking(text):
        return NO_ANSWER
    words = plain(text)
    said = next((Read(value) for value in ("yes", "no") if replies.says(words, value)), NO_ANSWER)
    return _alone(question, words) or said


def _alone(question: Question, words: str) -> Read | None:
    """What is an option's name or place, and nothing else."""
    if option := named(question, words):
        return Read(option.value)
    if found := _ONE.fullmatch(words):
        return _by_place(question, [found[1]])
    place = replies.place(words, len(question.options))
    return Read(question.values[place - 1]) if place else None


def _read_several(question: Question, text: str, _today: date) -> Read:
    words = plain(text)
    if _says_none(question, words):
        return Read([NONE_OF_THEM])
    if _ALL.fullmatch(words):
        return Read([value for value in question.values if value != NONE_OF_THEM])
    if option := named(question, words):
        return Read([option.value])
    told = whose.own(question, text)
    found = _several_told(question, told)
    is_of_others = found == NO_ANSWER and told != text and not is_asking(text)
    return Read(problem=say("guided_of_others", explain=question.explain)) if is_of_others else found


def _several_told(question: Question, text: str) -> Read:
    """What is told of him who is asked about: ages, places and names, or that it is none of them."""
    if _OF_THEM.fullmatch(plain(text)):
        return Read(problem=say("guided_how_many"))
    age = ages.read_age(question, text)
    if isinstance(age, str):
        return Read(problem=age)
    aged, rest = (ages.of_age(question, age.years), age.rest) if age else ([], text)
    if (places := _places(rest, len(question.options))) is not None:
        found = _by_place(question, places)
        return found if found.problem else Read(together(question, [*aged, *found.value]))
    yes, no = naming.mentioned(question, text)
    if not is_asking(text):
        if any(expressions.form(one.forms).search(plain(text)) for one in question.either):
            return expressions.unfit(question)
        yes = [*yes, *expressions.formed(question, plain(text))]
    if aged or yes:
        return Read(together(question, [*aged, *yes]))
    return _none_told(question, text, age, no)


def _says_none(question: Question, words: str) -> bool:
    return NONE_OF_THEM in question.values and bool(replies.says(words, "none") or _NONE.fullmatch(words))


def _none_told(question: Question, text: str, age: ages.Age | None, no: Sequence[str]) -> Read:
    """None of them, with more words around it; an age or a denial alone does not say that."""
    if is_asking(text):
        return NO_ANSWER
    first = plain(re.split(r"[\s,，.。;；!！]", text.strip())[0])
    if _says_none(question, first) or (NONE_OF_THEM in question.values and _NONE_BUT.match(plain(text))):
        return Read([NONE_OF_THEM])
    if age is not None:
        return Read(problem=say("guided_other_age", age=age.years))
    if no:
        return Read(problem=say("guided_which_else", labels="”“".join(map(question.label_of, no))))
    return expressions.unfit(question) if _UNSURE.fullmatch(plain(text)) else NO_ANSWER


def _read_date(question: Question, text: str, today: date) -> Read:
    if day := read_day(text, today):
        return Read(day.isoformat())
    if is_chinese_calendar(text):
        return Read(problem=say("guided_lunar_day"))
    if is_asking(text) or not re.search(r"[月年]|\d", text):
        return NO_ANSWER
    return Read(problem=say("guided_which_day" if _NO_DAY.fullmatch(text.strip()) else "guided_no_day"))


def _read_number(question: Question, text: str, today: date) -> Read:
    if is_asking(text):
        return NO_ANSWER
    found = numbers_in(unicodedata.normalize("NFKC", text))
    if len(found) == 1:
        return Read(found[0])
    return Read(problem=say("guided_one_number")) if found else NO_ANSWER


def _read_text(question: Question, text: str, today: date) -> Read:
    shown = "".join(sign for sign in text if sign == "\n" or unicodedata.category(sign) not in ("Cc", "Cs"))
    written = "\n".join(line.strip() for line in shown.splitlines() if line.strip())
    written = _without_drops(question, written)
    if len(written) > question.longest:
        return Read(problem=say("guided_too_long", longest=question.longest, written=len(written)))
    if plain(written) in ("跳过", "略过", "不填"):
        return Read(problem=say("guided_needed"))
    return Read(written) if written else NO_ANSWER


def _without_drops(question: Question, written: str) -> str:
    begins = next((words for words in question.drops if written.startswith(words)), "")
    left = written[len(begins) :].strip(_EDGES) if question.drops else ""
    return left or written


_READERS = {
    Kind.CHOICE: _read_choice, Kind.SEVERAL: _read_several, Kind.DATE: _read_date, Kind.NUMBER: _read_number,
    Kind.TEXT: _read_text,
}  # fmt: skip


def is_nothing_else(question: Question, text: str) -> bool:
    """Whether the words are made of what the question offers, and of little words between."""
    left = plain(text)
    if _ALL.fullmatch(left):
        return True
    for term in sorted(naming.names(question), key=len, reverse=True):
        left = left.replace(term, "")
    is_named = left != plain(text) or bool(question.has_ages and ages.read_age(question, text))
    return is_named and bool(_LITTLE.fullmatch(ages.without_age(left) if question.has_ages else left))


def _by_place(question: Question, places: Sequence[str]) -> Read:
    """By number or letter, each as it was written. A choice has one value, several a list."""
    numbers = [_place(written) for written in places]
    if any(not 1 <= number <= len(question.options) for number in numbers):
        return Read(problem=say("guided_no_such_option", most=len(question.options)))
    values = [question.options[number - 1].value for number in numbers]
    return Read(values[0] if question.kind is Kind.CHOICE else values)


def _place(written: str) -> int:
    if written.isdecimal():
        return int(written)
    return ord(written) - ord("a") + 1 if written.isascii() else chinese(written)


def _places(text: str, options: int) -> list[str] | None:
    """ "1和3", "1、3", "13", "ac", "第一个和第三个"; None where there is more in it than places."""
    written = unicodedata.normalize("NFKC", text).lower().strip()
    if re.fullmatch(r"\d{2,9}", written) and int(written) > options and "0" not in written:
        return list(written)
    if re.fullmatch(r"[a-z]{2,9}", written):
        return list(written)
    if re.fullmatch(f"[{_NUMERAL[1:-1]}]{{2,9}}", written):
        return list(written)
    parts = [part for part in _BETWEEN.split(written) if part]
    return parts if parts and all(_MANY.fullmatch(part) for part in parts) else None


def together(question: Question, values: Sequence[str]) -> list[str]:
    """In the order of the question; "none" stands only alone."""
    chosen = [value for value in question.values if value in values]
    return [value for value in chosen if value != NONE_OF_THEM] or chosen


def _yes_or_no(words: str) -> str:
    bare = naming.TAIL.sub("", words)
    if replies.says(words, "yes") or _YES.fullmatch(words) or _YES.fullmatch(bare):
        return "yes"
    return "no" if replies.says(words, "no") or _NO.fullmatch(words) or _NO.fullmatch(bare) else ""
