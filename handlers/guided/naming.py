"""How the options of a question are named: by label and word, alone or in a sentence, also where one is denied."""

import re
import unicodedata
from collections.abc import Mapping
from functools import cache, lru_cache

from handlers.guided import replies
from handlers.guided.questions import Option, Question

_SIGNS = re.compile(r"[\s\W_]+")
TAIL = re.compile(r"(?:[吧呀啊的哦哇]|[呢啦嘛了])+$")
_DENIED = re.compile(
    r"(不属于|不[是算在]|没有?|并?非|[不无未别])"
    r"(是|什么|任何|过|算|有|要|想|一个|个|当|做|[在到去被再够]|[带送关住进]|[真啥]|[很太大多][么是]?|特别|那么|怎么|会判?|"
    r"可能判?|至于判?|一审|二审|法院)*$|(?:判不了|够不上|到不了|算不上|谈不上)$"
)
_DENIED_AFTER = re.compile(
    r"(?:我们?|俺|我家|家里|[他她也都]|[倒可还真]|这个)*(?:不是|不算|没有|没得|不沾)[的了呢啊吧]?"
)
_ASKING = re.compile(
    r"[?？]|吗|怎么|如何|(?<!没)(?<!没有)什么(?![都也])|多少|哪[里个儿些]|为什么|为啥|咋|能不能|可不可以|是不是|有没有"
)
_PLEA = re.compile(r"(怎么办|咋办|咋整|怎么弄|该怎么办|求助|帮帮我)")


@lru_cache(maxsize=32)
def plain(text: str) -> str:
    """Without signs, width and case. Kept for a moment: many ask it of the message that is being answered."""
    return _SIGNS.sub("", unicodedata.normalize("NFKC", text)).lower()


def is_asking(text: str) -> bool:
    return bool(_ASKING.search(_PLEA.sub("", text)))


def named(question: Question, words: str) -> Option | None:
    """The option that is named by its label or one of its words and nothing else."""
    if found := names(question).get(words):
        return found
    bare = TAIL.sub("", words)
    if found := names(question).get(bare) or _alone_names(question).get(words) or _alone_names(question).get(bare):
        return found
    unsure = _for_the_unsure(question)
    return unsure if unsure and replies.says(words, "unsure") else None


@cache
def labels(question: Question) -> Mapping[str, Option]:
    """What its options are called, as a tap sends it."""
    return {plain(option.label): option for option in question.options}


@cache
def names(question: Question) -> Mapping[str, Option]:
    """By label and words, in their order; the first one of those that are named alike."""
    names: dict[str, Option] = {}
    for option in question.options:
        for name in (option.label, *option.words):
            names.setdefault(plain(name), option)
    return names


@cache
def _alone_names(question: Question) -> Mapping[str, Option]:
    return {plain(name): option for option in question.options for name in option.alone}


@cache
def _for_the_unsure(question: Question) -> Option | None:
    """The option that has a word of those who do not know: it has all of them."""
    return next((one for one in question.options if any(map(replies.is_unsure_word, one.words))), None)


def of_topic(question: Question, topic: str) -> Option | None:
    """The option of those who tell a story about this topic."""
    return next((option for option in question.options if topic in option.topics), None)


def denied(question: Question, text: str) -> list[str]:
    """The values that the words deny."""
    return mentioned(question, text)[1]


def names_an_option(question: Question, text: str) -> bool:
    """Whether the words name one, alone or in a sentence."""
    return named(question, plain(text)) is not None or len(mentioned(question, text)[0]) == 1


def mentioned(question: Question, text: str) -> tuple[list[str], list[str]]:
    """(values that the sentence names, values that it denies). A question names nothing."""
    if is_asking(text):
        return [], []
    sentence = plain(_PLEA.sub("", text))
    spans = sorted(
        ((sentence.find(term), sentence.find(term) + len(term), option.value)
         for term, option in names(question).items() if term in sentence and not replies.stands_alone(term)),
        key=lambda span: span[0] - span[1],
    )  # fmt: skip
    kept: list[tuple[int, int, str]] = []
    for begin, end, value in spans:  # the longest first: 农民工 is no 农民
        if all(end <= first or begin >= last for first, last, _ in kept):
            kept.append((begin, end, value))
    denied = [(value, _is_denied(sentence, begin, end)) for begin, end, value in kept]
    yes = {value for value, is_denied in denied if not is_denied}
    no = {value for value, _ in denied if value not in yes}
    return [value for value in question.values if value in yes], [value for value in question.values if value in no]


def _is_denied(sentence: str, begin: int, end: int) -> bool:
    """In front of it, or behind it at the end: 低保我家没有."""
    before = sentence[max(0, begin - 6) : begin]
    return bool(_DENIED.search(before) or _DENIED_AFTER.fullmatch(sentence, end))
