"""How people write an option: "选a", "A、C", "对", "第三个", or a tap. Nothing is decided here."""

import re
import unicodedata
from functools import lru_cache

from content.models import Question
from content.phrases import say

LETTERS = "ABCDEFGH"
SHORT = 8
_LONGEST_REMARK = 16
"""Characters: what is not longer is remembered."""
HAND_IN = frozenset({"确定", "交卷", "提交", "确认", "选好了", "就这些"})
_TRUE = frozenset({"对", "正确", "是", "√", "✓", "✔", "⭕", "对的", "是的", "没错", "true", "t", "yes"})
_FALSE = frozenset(
    {"错", "错误", "不对", "不是", "不正确", "否", "×", "✗", "✘", "❌", "✖", "x", "错的", "false", "f", "no"}
)
_THANKS = re.compile(r"[\s，,。.!！]*(谢谢(你|您)?|多谢|谢了)[\s，,。.!！~]*$")
_AROUND = re.compile(
    r"^[嗯那就]*(还是)?(我(觉得|认为|猜|的)?)?(应该)?(选项|选择|选|答案?)?(应该)?是?(?=.)|"
    r"(吧|选?项|呗|啊|呀|哦|嘛|答案|。|\.|!|\ufe0f)+$"
)
_REMARK = re.compile(
    r"([啊哎唉哦呀]|[我俺咱]|刚才|刚刚?|上一?[题道]|[上前]面|那[题道]|[又都也是])*"
    r"((答|选|按|点|做|猜)?(错|对)[了啦咯喽]|(答|选|按|点|做)的?不对)(了?吧|[啊呀哦哈呢嘛])*|"
    r"(这|你们?的?|标准|正确)?答案(是)?(错了|不对|有问题|有误|搞错了?)[吧啊呀]*|(不是|不对|错了|对了)吧",
)
"""A word about the verdict that came with the question, not about the question."""
_BETWEEN = re.compile(r"[\s,，、;；/和+.第个项号]+")
_PLACES = {ord(sign): str(place) for place, sign in enumerate("一二三四" + "五六七八", start=1)}
_SQUARED = {0x1F170 + place: letter for place, letter in enumerate("ABCDEFGH".lower())}
"""🅰, as telephones offer it for an A."""
_EVERY = re.compile("(我)?(全部?|都|全都|[三四五六]个都)(选|对|是)(上)?")
_FIRST = re.compile("(我)?(选)?前([两二三四五六])个?(都选|都对)?")
_COUNTS = {"两": 2} | {sign: place for place, sign in enumerate("二三四五六", start=2)}


def read_letters(text: str, question: Question) -> str | None:
    """ "选a", "A、C", "对", "第三个" → letters in order; "" for no option of this question; None for no answer."""
    read = _read_again if len(text) <= SHORT else _read
    return read(text, question.kind, len(question.options))


def _read(text: str, kind: str, options: int) -> str | None:
    whole = _THANKS.sub("", unicodedata.normalize("NFKC", text).strip().lower())
    if is_remark(whole):
        return None
    if kind == "multiple" and (together := _together(whole, options)):
        return together
    written = _AROUND.sub("", whole.translate(_SQUARED))
    is_verdict = bool({whole, written} & (_TRUE | _FALSE))
    if kind == "judge" and is_verdict:
        return "A" if {whole, written} & _TRUE else "B"
    signs = _BETWEEN.sub("", written).translate(_PLACES)
    if not re.fullmatch(r"[a-h]+|[1-8]+", signs) or len(set(signs)) < len(signs):
        return "" if is_verdict or whole in HAND_IN or _read_tick(text, options) else None
    letters = {sign.upper() if sign.isalpha() else LETTERS[int(sign) - 1] for sign in signs}
    if not letters <= set(LETTERS[:options]):
        return None if signs.isdigit() and len(signs) > 1 else ""  # 12348 is a telephone number
    return "" if len(letters) > 1 and kind != "multiple" else "".join(sorted(letters))


def _together(whole: str, options: int) -> str:
    """ "全选", "前三个" → letters; empty for anything else."""
    if _EVERY.fullmatch(whole):
        return LETTERS[:options]
    found = _FIRST.fullmatch(whole)
    return LETTERS[: _COUNTS[found[3]]] if found and _COUNTS[found[3]] <= options else ""


_read_again = lru_cache(maxsize=4096)(_read)
"""The same few letters come again and again."""


def is_remark(text: str) -> bool:
    """ "我选错了", "对了", "不是吧": of what was answered before."""
    return len(text) <= _LONGEST_REMARK and bool(_REMARK.fullmatch(text.strip(" \n,，。.!！~～…")))


def read_tick(text: str, question: Question) -> str | None:
    """The letter of a tapped option of a question with several."""
    return _read_tick(text, len(question.options))


def _read_tick(text: str, options: int) -> str | None:
    return next((letter for letter in LETTERS[:options] if text.strip() == say("quiz_tick", letter=letter)), None)


def sounds_like_an_answer(text: str) -> bool:
    written = _AROUND.sub("", unicodedata.normalize("NFKC", text).strip().lower())
    return written in _TRUE | _FALSE | HAND_IN or bool(re.fullmatch("[a-h1-8]{1,4}", _BETWEEN.sub("", written)))


def letters_of(question: Question) -> list[str]:
    return list(LETTERS[: len(question.options)])
