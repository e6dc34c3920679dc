"""How a message's clauses stand to each other: "not this but that", or one wish beside another. Knows no topic."""

import re

import re2

LONGEST = 60
"""Characters; what is longer is one story, and its clauses belong together."""
_SIGN = r"，,。．.；;！!？?、\s…~～"
_SELF = "[我俺咱]"
_NO = rf"(?:不是(?:要|想|来|问|说|为了)?|不[要用想问]|不[找办查看]|先不|别(?:跟我|给我)?|甭|没有?|{_SELF}不)"
_ONLY = "[就只而倒]|其实"
_MEANT = rf"{_SELF}?(?:{_ONLY})*(?:[是要想问给]|[找办查看得]|直接|咨询|打听)"
_MEANT_AT_ONCE = rf"(?:{_SELF}(?:{_ONLY})*[是要想问找办]|[而就]是|是[想要]|给我)"
_BEFORE = rf"(?:^|[{_SIGN}]|{_SELF}|[这那真也都可])"
_NOT_BUT = re2.compile(rf"(?s){_BEFORE}(?P<no>{_NO}[^{_SIGN}]{{1,16}})[{_SIGN}]+(?P<yes>{_MEANT}.+)")
_RUN_ON = re2.compile(rf"(?s)(?P<no>{_NO}[^{_SIGN}]{{2,12}}?)(?P<yes>{_MEANT_AT_ONCE}.+)")
_BUT_NOT = re2.compile(
    rf"(?s)^(?P<yes>.{{3,}}?)[{_SIGN}]+(?:{_SELF}|这|可|并)*(?P<no>(?:不是|不[要用问找]|别|甭)[^{_SIGN}]{{2,}})[{_SIGN}]*$"
)
_JOINED = re.compile(rf"[{_SIGN}]|还|另外|顺便|顺带|然后|再问|而且|並且|并且|還")
_DENIES = re.compile("[不没沒别別甭]")


def is_joined(words: str) -> bool:
    """Whether there is more than one clause."""
    return bool(_JOINED.search(words.strip(" \n。.!！?？")))


def denies(words: str) -> bool:
    """Whether it is worth looking: most messages deny nothing."""
    return len(words) <= LONGEST and bool(_DENIES.search(words))


def not_but(words: str) -> tuple[str, str] | None:
    """(what is denied, what is meant); None where nothing is set against something else. `words` in Simplified."""
    for form in (_NOT_BUT, _BUT_NOT, _RUN_ON):
        if found := form.search(words):
            return found["no"], found["yes"]
    return None
