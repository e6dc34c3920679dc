"""What a citizen's words answer: a number, a letter, the label, one of the option's words, or a sentence with one of
them in it, also where he denies it. Knows no law and says nothing but why something will not do.
"""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache, lru_cache
from typing import Any

from content.phrases import say
from handlers.guided import ages, replies
from handlers.guided.amounts import chinese, numbers_in
from handlers.guided.days import is_chinese_calendar, read_day
from handlers.guided.questions import NONE_OF_THEM, Kind, Option, Question

_NUMERAL = "零一二两三" + "四五六七" + "八九十"
_ONE = re.compile(
    rf"(?:我?[就要]?(?:选择?|点|是|要)?)?(?:答案|选项)?(?:是)?第?(\d{{1,2}}|[{_NUMERAL}]{{1,3}}|[a-z])[个项号条种题]?(?:选项)?[吧呀啊的哦了]*"
)
_MANY = re.compile(rf"(?:\d{{1,2}}|[{_NUMERAL}]{{1,3}}|[a-z])")
_BETWEEN = re.compile(r"(?:[\s、,，;；/+.。]|[和与跟及]|以及|还有|[第个项号选]|[我都也要是的]|[吧了有])+")
_SIGNS = re.compile(r"[\s\W_]+")
_TAIL = re.compile(r"(?:[吧呀啊的哦]|[呢啦嘛了])+$")
_DENIED = re.compile(r"(不属于|不[是算在]|没有?|并?非|[不无未别])(是|什么|任何|过|算|有|要|想|一个|个|当|做)*$")
_ASKING = re.compile(r"[?？]|吗|怎么|如何|什么|多少|哪[里个儿些]|为什么|为啥|咋|能不能|可不可以|是不是|有没有")
_PLEA = re.compile(r"(怎么办|咋办|咋整|怎么弄|该怎么办|求助|帮帮我)")
_YES = re.compile(
    "是|是的|是啊|对|对的|对啊|嗯+|恩|有|有的|要|好|好的|可以|行|没错|当然|当然是|属于|算|算是|符合|yes|y|确认|确定|同意"
)
_NO = re.compile("不是|不是的|没有|否|不|没|无|不要|不算|不属于|不符合|不同意|不行|不可以|no|n|都不是")
_BEGINS = re.compile(r"(不是的?|没有|没|不|是的?|对的?|有的?|嗯+|要|好的?|可以)[\s,，。.、!！]")
_NONE = re.compile("没有?|都没有?|都?不是|无|均无|(一个|一样|以上)(都|均)?(没有|不是|无)|都不符合|没有以上情形")
_ALL = re.compile("(?:以上|上面|这些)?(?:全部|全都?有|都有|都是|全是|全选|所有|都要|都符合)")
DENIAL = 12
"""Characters: who denies an option in so few words answers the question, and tells of nothing else."""
_SKIP = re.compile("跳过|不填|略过?|不写|不用了|不知道|不清楚|不记得了?|记不清了?|忘了|pass")
_EDGES = " \t：:，,。.！!、；;"
_NO_DAY = re.compile(rf"[^月日号]*(?:[年月]份?[^月日号\d{_NUMERAL}]*|[年月]份?)")
"""A year or a month, and no day."""
_LITTLE = re.compile("(?:我们|俺们|[我俺是也]|[的了啊呢]|[和与跟]|[还有都就]|今年|[才又])*")
_NOTHING = re.compile("没有|没|无")
"""Of a text or a day it is skipped as well; of a number it is nought, of a choice perhaps an option."""


@dataclass(frozen=True, slots=True)
class Read:
    """An answer, or why it will not do. Neither: it is no answer."""

    value: Any = None
    problem: str = ""


NO_ANSWER = Read()


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


@lru_cache(maxsize=32)
def plain(text: str) -> str:
    """Without signs, width and case. Kept for a moment: many ask it of the message that is being answered."""
    return _SIGNS.sub("", unicodedata.normalize("NFKC", text)).lower()


def _read_choice(question: Question, text: str, _today: date) -> Read:
    if question.recaps:
        return _read_binding(question, text)
    words = plain(text)
    if alone := _alone(question, words):
        return alone
    is_yes_or_no = {"yes", "no"} <= set(question.values)
    if is_yes_or_no and (value := _yes_or_no(words)):
        return Read(value)
    if NONE_OF_THEM in question.values and replies.says(words, "none"):
        return Read(NONE_OF_THEM)
    yes, no = _mentioned(question, text)
    yes = [one.value for one in question.options if one.value in yes and not one.yields] or yes
    if len(yes) == 1:
        return Read(yes[0])
    if is_yes_or_no and (begins := _BEGINS.match(unicodedata.normalize("NFKC", text).strip())) and not is_asking(text):
        return Read("no" if begins[1][0] in "不没" else "yes")
    if len(yes) > 1:
        labels = "”“".join(question.label_of(value) for value in yes)
        return Read(problem=say("guided_which_of", labels=labels))
    left = [option.value for option in question.options if option.value not in no]
    if no and len(left) == 1:
        return Read(left[0])
    if no and len(words) <= DENIAL:
        return Read(problem=say("guided_which_then", labels="”“".join(map(question.label_of, no))))
    return NO_ANSWER


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
    if NONE_OF_THEM in question.values and (replies.says(words, "none") or _NONE.fullmatch(words)):
        return Read([NONE_OF_THEM])
    if _ALL.fullmatch(words):
        return Read([value for value in question.values if value != NONE_OF_THEM])
    if option := named(question, words):
        return Read([option.value])
    aged = ages.read_age(question, text)
    if isinstance(aged, str):
        return Read(problem=aged)
    if not aged and (places := _places(text, len(question.options))) is not None:
        found = _by_place(question, places)
        return found if found.problem else Read(together(question, found.value))
    yes, _no = _mentioned(question, text)
    return Read(together(question, [*aged, *yes])) if aged or yes else NO_ANSWER


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


def named(question: Question, words: str) -> Option | None:
    """The option that is named by its label or one of its words and nothing else."""
    names = _names(question)
    if found := names.get(words) or names.get(_TAIL.sub("", words)):
        return found
    unsure = _for_the_unsure(question)
    return unsure if unsure and replies.says(words, "unsure") else None


@cache
def labels(question: Question) -> Mapping[str, Option]:
    """What its options are called, as a tap sends it."""
    return {plain(option.label): option for option in question.options}


@cache
def _names(question: Question) -> Mapping[str, Option]:
    """By label and words, in their order; the first one of those that are named alike."""
    names: dict[str, Option] = {}
    for option in question.options:
        for name in (option.label, *option.words):
            names.setdefault(plain(name), option)
    return names


@cache
def _for_the_unsure(question: Question) -> Option | None:
    """The option that has a word of those who do not know: it has all of them."""
    return next((one for one in question.options if any(map(replies.is_unsure_word, one.words))), None)


def of_topic(question: Question, topic: str) -> Option | None:
    """The option of those who tell a story about this topic."""
    return next((option for option in question.options if topic in option.topics), None)


def is_nothing_else(question: Question, text: str) -> bool:
    """Whether the words are made of what the question offers, and of little words between."""
    left = plain(text)
    if _ALL.fullmatch(left):
        return True
    for term in sorted(_names(question), key=len, reverse=True):
        left = left.replace(term, "")
    is_named = left != plain(text) or bool(question.has_ages and ages.read_age(question, text))
    return is_named and bool(_LITTLE.fullmatch(ages.without_age(left) if question.has_ages else left))


def denied(question: Question, text: str) -> list[str]:
    """The values that the words deny."""
    return _mentioned(question, text)[1]


def names_an_option(question: Question, text: str) -> bool:
    """Whether the words name one, alone or in a sentence."""
    return named(question, plain(text)) is not None or len(_mentioned(question, text)[0]) == 1


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
    parts = [part for part in _BETWEEN.split(written) if part]
    return parts if parts and all(_MANY.fullmatch(part) for part in parts) else None


def together(question: Question, values: Sequence[str]) -> list[str]:
    """In the order of the question; "none" stands only alone."""
    chosen = [value for value in question.values if value in values]
    return [value for value in chosen if value != NONE_OF_THEM] or chosen


def _yes_or_no(words: str) -> str:
    bare = _TAIL.sub("", words)
    if replies.says(words, "yes") or _YES.fullmatch(words) or _YES.fullmatch(bare):
        return "yes"
    return "no" if replies.says(words, "no") or _NO.fullmatch(words) or _NO.fullmatch(bare) else ""


def _mentioned(question: Question, text: str) -> tuple[list[str], list[str]]:
    """(values that the sentence names, values that it denies). A question names nothing."""
    if is_asking(text):
        return [], []
    sentence = plain(_PLEA.sub("", text))
    spans = sorted(
        ((sentence.find(term), sentence.find(term) + len(term), option.value)
         for term, option in _names(question).items() if term in sentence and not replies.stands_alone(term)),
        key=lambda span: span[0] - span[1],
    )  # fmt: skip
    kept: list[tuple[int, int, str]] = []
    for begin, end, value in spans:  # the longest first: 农民工 is no 农民
        if all(end <= other[0] or begin >= other[1] or value == other[2] for other in kept):
            kept.append((begin, end, value))
    no = {value for begin, _, value in kept if _DENIED.search(sentence[max(0, begin - 6) : begin])}
    yes = {value for begin, _, value in kept if value not in no}
    return [value for value in question.values if value in yes], [value for value in question.values if value in no]


def is_asking(text: str) -> bool:
    return bool(_ASKING.search(_PLEA.sub("", text)))
